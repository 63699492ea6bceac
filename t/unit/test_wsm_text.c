/* test_wsm_text.c - UUIDs, base64url and numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include <float.h>
#include <locale.h>
#include <math.h>

#include "../../mod_wsman/base/wsm_text.h"

static apr_pool_t *pool;

static int setup(void **state)
{
    (void)state;
    return apr_pool_create(&pool, NULL);
}

static int teardown(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    return 0;
}

static void uuids_are_random_and_of_version_4(void **state)
{
    (void)state;
    char first[WSM_UUID_LENGTH + 1], second[WSM_UUID_LENGTH + 1];
    for (int round = 0; round < 50; round++) {
        wsm_text_uuid(first);
        wsm_text_uuid(second);
        assert_int_equal(strlen(first), WSM_UUID_LENGTH);
        assert_string_not_equal(first, second);
        for (int i = 0; i < WSM_UUID_LENGTH; i++) {
            if (i == 8 || i == 13 || i == 18 || i == 23)
                assert_int_equal(first[i], '-');
            else
                assert_non_null(strchr("0123456789ABCDEF", first[i]));
        }
        assert_int_equal(first[14], '4');
        assert_non_null(strchr("89AB", first[19]));
    }
}

static void base64url_goes_both_ways(void **state)
{
    (void)state;
    /* RFC 4648 10, without padding */
    static const struct {
        const char *bytes, *text;
    } rows[] = {{"", ""},
                {"f", "Zg"},
                {"fo", "Zm8"},
                {"foo", "Zm9v"},
                {"foob", "Zm9vYg"},
                {"fooba", "Zm9vYmE"},
                {"foobar", "Zm9vYmFy"},
                {"\xfb\xff\xbf", "-_-_"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned char *data;
        apr_size_t length;
        assert_string_equal(
            wsm_text_b64url_encode((const unsigned char *)rows[i].bytes,
                                   strlen(rows[i].bytes), pool),
            rows[i].text);
        assert_true(wsm_text_b64url_decode(rows[i].text, &data, &length, pool));
        assert_int_equal(length, strlen(rows[i].bytes));
        assert_memory_equal(data, rows[i].bytes, length);
    }
}

static void base64url_takes_canonical_text_only(void **state)
{
    (void)state;
    static const char *const bad[] = {"Z",    "Zg==", "Zh",    "Zm9",   "Zm+v",
                                      "Zm/v", "Zm 9", "Zm9vY", "Zm9v\n"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        unsigned char *data = NULL;
        apr_size_t length = 77;
        assert_false(wsm_text_b64url_decode(bad[i], &data, &length, pool));
        assert_null(data);
        assert_int_equal(length, 77);
    }
}

static void base64_in_place(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *text;
    } rows[] = {{"", ""},
                {"", " \r\n"},
                {"f", "Zg=="},
                {"fo", "Zm8="},
                {"foo", "Zm9v"},
                {"foob", "Zm9vYg=="},
                {"foobar", "\tZm9v YmFy\r\n"},
                {"f", "Z g =\n="},
                {"\xfb\xff\xbf", "+/+/"}};
    static const char *const bad[] = {
        "Z",    "Zg",    "Zg=",    "Zg===",  "Zh==",   "Zm9=",
        "=",    "==",    "====",   "Zm9v=",  "Zm9v==", "Zg==Zg==",
        "-_-_", "Zm9v.", "Zm=9v=", "Zm9\x80"};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[32];
        apr_size_t length = strlen(rows[i].text);
        memcpy(text, rows[i].text, length + 1);
        assert_true(wsm_text_base64_decode(text, &length));
        assert_int_equal(length, strlen(rows[i].bytes));
        assert_memory_equal(text, rows[i].bytes, length);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char text[32];
        apr_size_t length = strlen(bad[i]);
        memcpy(text, bad[i], length + 1);
        if (wsm_text_base64_decode(text, &length))
            fail_msg("%s", bad[i]);
    }
    apr_size_t length = 3;
    char zero[] = "Zg\0=";
    assert_false(wsm_text_base64_decode(zero, &length));
}

static void unsigned_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        apr_uint64_t max, number;
        int good;
    } rows[] = {{"0", 0, 0, 1},
                {"255", 255, 255, 1},
                {"256", 255, 0, 0},
                {"+7", 10, 7, 1},
                {"007", 10, 7, 1},
                {"-0", 10, 0, 1},
                {"-1", 10, 0, 0},
                {"18446744073709551615", UINT64_MAX, UINT64_MAX, 1},
                {"18446744073709551616", UINT64_MAX, 0, 0},
                {"99999999999999999999999", UINT64_MAX, 0, 0},
                {"", 10, 0, 0},
                {"+", 10, 0, 0},
                {"-", 10, 0, 0},
                {"+-1", 10, 0, 0},
                {" 1", 10, 0, 0},
                {"1 ", 10, 0, 0},
                {"0x1", 10, 0, 0},
                {"1.0", 10, 0, 0}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        apr_uint64_t number = 4711;
        assert_int_equal(wsm_text_u64(rows[i].text, rows[i].max, &number),
                         rows[i].good);
        assert_true(number == (rows[i].good ? rows[i].number : 4711));
    }
}

static void signed_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        apr_int64_t min, max, number;
        int good;
    } rows[] = {{"-128", -128, 127, -128, 1},
                {"-129", -128, 127, 0, 0},
                {"127", -128, 127, 127, 1},
                {"128", -128, 127, 0, 0},
                {"+5", -128, 127, 5, 1},
                {"-0", -128, 127, 0, 1},
                {"9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX, 1},
                {"9223372036854775808", INT64_MIN, INT64_MAX, 0, 0},
                {"-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN, 1},
                {"-9223372036854775809", INT64_MIN, INT64_MAX, 0, 0},
                {"--1", -128, 127, 0, 0},
                {"", -128, 127, 0, 0},
                {"-", -128, 127, 0, 0}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        apr_int64_t number = 4711;
        assert_int_equal(
            wsm_text_i64(rows[i].text, rows[i].min, rows[i].max, &number),
            rows[i].good);
        assert_true(number == (rows[i].good ? rows[i].number : 4711));
    }
}

static void doubles_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double number;
    } good[] = {
        {"1", 1},     {"-1.5", -1.5},      {"+2.25", 2.25}, {".5", .5},
        {"5.", 5},    {"1e3", 1000},       {"1E-3", 0.001}, {"1.5e+2", 150},
        {"-0", -0.0}, {"4.9e-324", 5e-324}};
    static const char *const bad[] = {
        "",    ".",        "e5",   "1e",    "1e+",    "0x10",
        "inf", "nan",      "+INF", "1,5",   " 1",     "1 ",
        "1f",  "INFINITY", "--1",  "1e999", "-1e999", "1.2.3"};
    double number;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(wsm_text_double(good[i].text, &number));
        assert_memory_equal(&number, &good[i].number, sizeof(number));
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(wsm_text_double(bad[i], &number));
    assert_true(wsm_text_double("INF", &number) && isinf(number) && number > 0);
    assert_true(wsm_text_double("-INF", &number) && isinf(number) &&
                number < 0);
    assert_true(wsm_text_double("NaN", &number) && isnan(number));
}

static void doubles_are_written_shortest(void **state)
{
    (void)state;
    static const struct {
        double number;
        int single;
        const char *text;
    } rows[] = {{0, 0, "0"},
                {-0.0, 0, "-0"},
                {0.1, 0, "0.1"},
                {(double)0.1f, 1, "0.1"},
                {(double)0.1f, 0, "0.10000000149011612"},
                {1e20, 0, "1e20"},
                {1e-7, 0, "1e-7"},
                {1.0 / 3, 0, "0.3333333333333333"},
                {DBL_MAX, 0, "1.7976931348623157e308"},
                {DBL_MIN, 0, "2.2250738585072014e-308"},
                {5e-324, 0, "5e-324"},
                {(double)FLT_MAX, 1, "3.4028235e38"},
                {(double)1e-45f, 1, "1e-45"},
                {(double)INFINITY, 0, "INF"},
                {-(double)INFINITY, 1, "-INF"},
                {(double)NAN, 0, "NaN"}};
    char out[32];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int length = wsm_text_double_put(rows[i].number, rows[i].single, out);
        assert_string_equal(out, rows[i].text);
        assert_int_equal(length, strlen(out));
    }
}

static void doubles_come_back(void **state)
{
    (void)state;
    char out[32];
    apr_uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        double number, again;
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        memcpy(&number, &bits, sizeof(number));
        if (!isfinite(number))
            continue;
        assert_in_range(wsm_text_double_put(number, 0, out), 1, 31);
        assert_true(wsm_text_double(out, &again));
        assert_memory_equal(&number, &again, sizeof(number));
    }
}

static void numbers_do_not_know_the_locale(void **state)
{
    (void)state;
    char out[32];
    double number;
    /* Where the locale is not installed this proves nothing, nor harms. */
    setlocale(LC_ALL, "de_DE.UTF-8");
    wsm_text_double_put(1.5, 0, out);
    int good = wsm_text_double("2.5", &number);
    setlocale(LC_ALL, "C");
    assert_string_equal(out, "1.5");
    assert_true(good && number == 2.5);
}

static void booleans(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int good, truth;
    } rows[] = {{"true", 1, 1},  {"TRUE", 1, 1}, {"True", 1, 1},
                {"false", 1, 0}, {"1", 1, 1},    {"0", 1, 0},
                {"yes", 0, 0},   {"", 0, 0},     {"2", 0, 0},
                {"true ", 0, 0}, {"00", 0, 0}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int truth = 7;
        assert_int_equal(wsm_text_boolean(rows[i].text, &truth), rows[i].good);
        assert_int_equal(truth, rows[i].good ? rows[i].truth : 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uuids_are_random_and_of_version_4),
        cmocka_unit_test(base64url_goes_both_ways),
        cmocka_unit_test(base64url_takes_canonical_text_only),
        cmocka_unit_test(base64_in_place),
        cmocka_unit_test(unsigned_numbers),
        cmocka_unit_test(signed_numbers),
        cmocka_unit_test(doubles_are_read),
        cmocka_unit_test(doubles_are_written_shortest),
        cmocka_unit_test(doubles_come_back),
        cmocka_unit_test(numbers_do_not_know_the_locale),
        cmocka_unit_test(booleans),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, setup, teardown);
}
