/* test_cim_datetime.c - the 25 characters of DSP0004 5.2.4. */
#include "cim_test.h"

#define SECOND ((apr_int64_t)1000000)
#define DAY    (86400 * SECOND)

static void moments_go_both_ways(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        apr_int64_t usec;
        int offset, wild, digits;
    } rows[] = {
        {"19700101000000.000000+000", 0, 0, 0, 6},
        {"20261121080000.000000+000", 1795248000 * SECOND, 0, 0, 6},
        {"20261121090000.123456+060", 1795248000 * SECOND + 123456, 60, 0, 6},
        {"20261121000000.000000-480", 1795248000 * SECOND, -480, 0, 6},
        {"19691231235959.999999+000", -1, 0, 0, 6},
        {"16010101000000.000000+000", -11644473600 * SECOND, 0, 0, 6},
        {"00000101000000.000000+000", -62167219200 * SECOND, 0, 0, 6},
        {"99991231235959.999999+000", 253402300799 * SECOND + 999999, 0, 0, 6},
        {"20000229120000.000000+000", 951825600 * SECOND, 0, 0, 6},
        {"20261121080000.12****+000", 1795248000 * SECOND + 120000, 0, 0, 2},
        {"20261121080000.******+000", 1795248000 * SECOND, 0, 0, 0},
        {"20261121******.******+000", 1795219200 * SECOND, 0,
         CIM_WILD_HOUR | CIM_WILD_MINUTE | CIM_WILD_SECOND, 0},
        {"********083000.000000+000", 30600 * SECOND, 0,
         CIM_WILD_YEAR | CIM_WILD_MONTH | CIM_WILD_DAY, 6},
        {"2026**********.******+060", 1767225600 * SECOND - 3600 * SECOND, 60,
         CIM_WILD_MONTH | CIM_WILD_DAY | CIM_WILD_HOUR | CIM_WILD_MINUTE |
             CIM_WILD_SECOND,
         0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        cim_datetime_t when;
        char out[CIM_DATETIME_LENGTH + 1];
        assert_true(cim_datetime_parse(rows[i].text, &when));
        assert_false(when.is_interval);
        assert_true(when.usec == rows[i].usec);
        assert_int_equal(when.offset, rows[i].offset);
        assert_int_equal(when.wild, rows[i].wild);
        assert_int_equal(when.digits, rows[i].digits);
        cim_datetime_put(&when, out);
        assert_string_equal(out, rows[i].text);
    }
}

static void intervals_go_both_ways(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        apr_int64_t usec;
        int wild, digits;
    } rows[] = {
        {"00000000000000.000000:000", 0, 0, 6},
        {"00000001132312.000125:000",
         DAY + (13 * 3600 + 23 * 60 + 12) * SECOND + 125, 0, 6},
        {"99999999235959.999999:000", 100000000 * DAY - 1, 0, 6},
        {"00000002******.******:000", 2 * DAY,
         CIM_WILD_HOUR | CIM_WILD_MINUTE | CIM_WILD_SECOND, 0},
        {"********000100.000***:000", 60 * SECOND, CIM_WILD_DAY, 3},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        cim_datetime_t when;
        char out[CIM_DATETIME_LENGTH + 1];
        assert_true(cim_datetime_parse(rows[i].text, &when));
        assert_true(when.is_interval);
        assert_true(when.usec == rows[i].usec);
        assert_int_equal(when.offset, 0);
        assert_int_equal(when.wild, rows[i].wild);
        assert_int_equal(when.digits, rows[i].digits);
        cim_datetime_put(&when, out);
        assert_string_equal(out, rows[i].text);
    }
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "20261121080000.000000+00",
        "20261121080000.000000+0000",
        "20261121080000,000000+000",
        "20261121080000.000000 000",
        "20261121080000.000000:001",
        "20261121080000.000000+0*0",
        "20261121080000.000000+***",
        "20261321080000.000000+000",
        "20260021080000.000000+000",
        "20260229080000.000000+000",
        "20261131080000.000000+000",
        "20261121240000.000000+000",
        "20261121086000.000000+000",
        "20261121080060.000000+000",
        "2026112*080000.000000+000",
        "20*61121080000.000000+000",
        "20261121080000.0*0000+000",
        "20261121080000.*00000+000",
        "2026112108000x.000000+000",
        "00000001240000.000000:000",
        "00000001006000.000000:000",
        "0000000*000000.000000:000",
        " 20261121080000.00000+000",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        cim_datetime_t when = {.usec = 77};
        assert_false(cim_datetime_parse(bad[i], &when));
        assert_true(when.usec == 77);
    }
}

static void what_has_no_form_is_not_significant(void **state)
{
    (void)state;
    char out[CIM_DATETIME_LENGTH + 1];
    static const struct {
        apr_int64_t usec;
        int is_interval;
        const char *text;
    } rows[] = {{INT64_MAX, 0, "**************.******+000"},
                {INT64_MIN, 0, "**************.******+000"},
                {INT64_MAX, 1, "**************.******:000"},
                {-1, 1, "**************.******:000"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        cim_datetime_t when = rows[i].is_interval
                                  ? cim_interval(rows[i].usec)
                                  : cim_timestamp(rows[i].usec, 0);
        cim_datetime_put(&when, out);
        assert_string_equal(out, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(moments_go_both_ways),
        TEST(intervals_go_both_ways),
        TEST(other_texts_are_refused),
        TEST(what_has_no_form_is_not_significant),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
