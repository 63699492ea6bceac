/* test_cim_value.c - copying, comparing, converting, reading and writing. */
#include "cim_test.h"

#include <float.h>
#include <math.h>

static void integers_are_equal_over_widths(void **state)
{
    (void)state;
    const cim_value_t five8 = cim_uint8(5), five64 = cim_sint64(5);
    const cim_value_t minus = cim_sint32(-1);
    const cim_value_t huge = cim_uint64(UINT64_MAX);
    assert_true(cim_value_equal(&five8, &five64, 0));
    assert_false(cim_value_equal(&minus, &huge, 0));
    assert_false(cim_value_equal(&huge, &minus, 0));
    const cim_value_t minus64 = cim_sint64(-1);
    assert_true(cim_value_equal(&minus, &minus64, 0));
}

static void kinds_are_not_equal(void **state)
{
    (void)state;
    cim_datetime_t epoch = cim_timestamp(0, 0);
    const cim_value_t values[] = {cim_uint8(1),
                                  cim_boolean(1),
                                  cim_string("1"),
                                  cim_real(CIM_REAL64, 1),
                                  cim_datetime(&epoch),
                                  cim_unsigned(CIM_CHAR16, 1),
                                  cim_null(CIM_UINT8),
                                  cim_null(CIM_STRING),
                                  cim_array(CIM_UINT8, values, 1),
                                  {.type = CIM_NONE}};
    for (size_t i = 0; i < COUNT(values); i++) {
        for (size_t j = 0; j < COUNT(values); j++)
            assert_int_equal(cim_value_equal(&values[i], &values[j], 0),
                             i == j);
    }
}

static void strings_may_be_folded(void **state)
{
    (void)state;
    const cim_value_t a = cim_string("Ab\xc3\x84"),
                      b = cim_string("aB\xc3\x84");
    const cim_value_t c = cim_string("ab\xc3\xa4");
    assert_false(cim_value_equal(&a, &b, 0));
    assert_true(cim_value_equal(&a, &b, 1));
    assert_false(cim_value_equal(&a, &c, 1));
}

static void datetimes_are_equal_at_the_same_moment(void **state)
{
    (void)state;
    cim_datetime_t utc = cim_timestamp(3600000000, 0);
    cim_datetime_t berlin = cim_timestamp(3600000000, 60);
    cim_datetime_t hour = cim_interval(3600000000);
    cim_datetime_t wild = utc;
    wild.wild = CIM_WILD_SECOND;
    const cim_value_t a = cim_datetime(&utc), b = cim_datetime(&berlin);
    const cim_value_t c = cim_datetime(&hour), d = cim_datetime(&wild);
    assert_true(cim_value_equal(&a, &b, 0));
    assert_false(cim_value_equal(&a, &c, 0));
    assert_false(cim_value_equal(&a, &d, 0));
}

static void arrays_are_equal_item_by_item(void **state)
{
    (void)state;
    const cim_value_t one[] = {cim_uint8(1), cim_uint8(2)};
    const cim_value_t two[] = {cim_uint16(1), cim_uint16(2)};
    const cim_value_t three[] = {cim_uint8(2), cim_uint8(1)};
    const cim_value_t a = cim_array(CIM_UINT8, one, 2);
    const cim_value_t b = cim_array(CIM_UINT16, two, 2);
    const cim_value_t c = cim_array(CIM_UINT8, three, 2);
    const cim_value_t d = cim_array(CIM_UINT8, one, 1);
    assert_true(cim_value_equal(&a, &b, 0));
    assert_false(cim_value_equal(&a, &c, 0));
    assert_false(cim_value_equal(&a, &d, 0));
}

static void reals(void **state)
{
    (void)state;
    const cim_value_t a = cim_real(CIM_REAL32, 1.5);
    const cim_value_t b = cim_real(CIM_REAL64, 1.5);
    const cim_value_t n = cim_real(CIM_REAL64, (double)NAN);
    assert_true(cim_value_equal(&a, &b, 0));
    assert_true(cim_value_equal(&n, &n, 0));
    assert_false(cim_value_equal(&a, &n, 0));
    assert_false(cim_value_equal(&n, &a, 0));
}

static void conversion_keeps_to_the_range(void **state)
{
    (void)state;
    const struct {
        cim_value_t from;
        cim_type_e type;
        int good;
    } rows[] = {
        {cim_uint64(255), CIM_UINT8, 1},
        {cim_uint64(256), CIM_UINT8, 0},
        {cim_uint64(127), CIM_SINT8, 1},
        {cim_uint64(128), CIM_SINT8, 0},
        {cim_sint64(-128), CIM_SINT8, 1},
        {cim_sint64(-129), CIM_SINT8, 0},
        {cim_sint64(-1), CIM_UINT64, 0},
        {cim_sint64(5), CIM_UINT64, 1},
        {cim_uint64(UINT64_MAX), CIM_SINT64, 0},
        {cim_uint64(INT64_MAX), CIM_SINT64, 1},
        {cim_sint64(INT64_MIN), CIM_SINT64, 1},
        {cim_sint64(INT64_MIN), CIM_SINT32, 0},
        {cim_uint8(3), CIM_REAL32, 1},
        {cim_signed(CIM_SINT8, -3), CIM_REAL64, 1},
        {cim_real(CIM_REAL64, 1e300), CIM_REAL32, 0},
        {cim_real(CIM_REAL64, (double)INFINITY), CIM_REAL32, 1},
        {cim_real(CIM_REAL64, 0.1), CIM_REAL32, 1},
        {cim_real(CIM_REAL64, 3), CIM_UINT8, 0},
        {cim_boolean(1), CIM_UINT8, 0},
        {cim_uint8(1), CIM_BOOLEAN, 0},
        {cim_uint16(65), CIM_CHAR16, 0},
        {cim_string("5"), CIM_UINT8, 0},
        {cim_string("5"), CIM_STRING, 1},
        {cim_null(CIM_STRING), CIM_UINT8, 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        cim_value_t to = cim_string("untouched");
        assert_int_equal(cim_value_convert(&rows[i].from, rows[i].type, &to),
                         rows[i].good);
        assert_int_equal(to.type, rows[i].good ? rows[i].type : CIM_STRING);
    }
    cim_value_t minus = cim_sint64(-5), real;
    assert_true(cim_value_convert(&minus, CIM_SINT8, &minus));
    assert_true(minus.v.i == -5);
    assert_true(cim_value_convert(&minus, CIM_REAL32, &real));
    assert_true(real.v.r == -5.0);
    real = cim_real(CIM_REAL64, 0.1);
    assert_true(cim_value_convert(&real, CIM_REAL32, &real));
    assert_true(real.v.r == (double)0.1f);
}

static void arrays_convert_to_their_own_type(void **state)
{
    (void)state;
    const cim_value_t item = cim_uint8(1);
    const cim_value_t array = cim_array(CIM_UINT8, &item, 1);
    cim_value_t to;
    assert_true(cim_value_convert(&array, CIM_UINT8, &to));
    assert_false(cim_value_convert(&array, CIM_UINT16, &to));
}

static void texts_go_both_ways(void **state)
{
    (void)state;
    static const struct {
        cim_type_e type;
        const char *text, *again; /* NULL: the same */
    } rows[] = {
        {CIM_BOOLEAN, "true", NULL},
        {CIM_BOOLEAN, "FALSE", "false"},
        {CIM_BOOLEAN, "1", "true"},
        {CIM_UINT8, "255", NULL},
        {CIM_UINT64, "18446744073709551615", NULL},
        {CIM_SINT64, "-9223372036854775808", NULL},
        {CIM_SINT8, "-128", NULL},
        {CIM_SINT16, "+7", "7"},
        {CIM_REAL32, "0.1", NULL},
        {CIM_REAL32, "3.4028235e38", NULL},
        {CIM_REAL64, "0.30000000000000004", NULL},
        {CIM_REAL64, "INF", NULL},
        {CIM_CHAR16, "x", NULL},
        {CIM_CHAR16, "\xc3\xa9", NULL},
        {CIM_CHAR16, "\xe2\x82\xac", NULL},
        {CIM_CHAR16, "", NULL},
        {CIM_STRING, "", NULL},
        {CIM_STRING, " a b ", NULL},
        {CIM_DATETIME, "20261121080000.000000+060", NULL},
        {CIM_DATETIME, "00000001000000.000000:000", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        cim_value_t value;
        assert_true(cim_value_parse(rows[i].type, rows[i].text, &value, pool));
        assert_int_equal(value.type, rows[i].type);
        assert_false(value.is_null);
        assert_string_equal(cim_value_text(&value, pool),
                            rows[i].again ? rows[i].again : rows[i].text);
    }
}

static void texts_of_another_type_are_refused(void **state)
{
    (void)state;
    static const struct {
        cim_type_e type;
        const char *text;
    } rows[] = {
        {CIM_BOOLEAN, "yes"},     {CIM_BOOLEAN, ""},
        {CIM_UINT8, "256"},       {CIM_UINT8, "-1"},
        {CIM_UINT8, "0x1"},       {CIM_UINT8, ""},
        {CIM_SINT8, "128"},       {CIM_SINT8, "-129"},
        {CIM_UINT32, "1.0"},      {CIM_REAL32, "1e39"},
        {CIM_REAL64, "1e309"},    {CIM_REAL64, "one"},
        {CIM_CHAR16, "ab"},       {CIM_CHAR16, "\xf0\x9f\x98\x80"},
        {CIM_CHAR16, "\xc0\x80"}, {CIM_CHAR16, "\xed\xa0\x80"},
        {CIM_CHAR16, "\xc3"},     {CIM_DATETIME, "2026-11-21T08:00:00Z"},
        {CIM_REFERENCE, "A.B=1"}, {CIM_INSTANCE, "A"},
        {CIM_NONE, ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        cim_value_t value = cim_uint8(77);
        assert_false(cim_value_parse(rows[i].type, rows[i].text, &value, pool));
        assert_true(value.type == CIM_UINT8 && value.v.u == 77);
    }
}

static void some_values_have_no_text(void **state)
{
    (void)state;
    const cim_path_t path = {.class_name = "A"};
    const cim_value_t values[] = {
        cim_null(CIM_STRING), cim_array(CIM_STRING, NULL, 0),
        cim_reference(&path), cim_unsigned(CIM_CHAR16, 0xd800)};
    for (size_t i = 0; i < COUNT(values); i++)
        assert_null(cim_value_text(&values[i], pool));
}

static void copies_stand_alone(void **state)
{
    (void)state;
    apr_pool_t *other;
    apr_pool_create(&other, NULL);
    const cim_schema_t *schema =
        schema_of("class C { [Key] string K; string S[]; };");
    char text[] = "text", key_name[] = "K";
    cim_datetime_t when = cim_timestamp(5, 0);
    cim_value_t items[] = {cim_string(text), cim_null(CIM_STRING)};
    cim_key_t key = {key_name, cim_string(text)};
    const cim_path_t path = {NULL, text, &key, 1};
    cim_instance_t *instance = cim_instance_make(class_of(schema, "C"), other);
    cim_instance_set(instance, "S", cim_array(CIM_STRING, items, 2));

    const cim_value_t values[] = {cim_string(text), cim_datetime(&when),
                                  cim_array(CIM_STRING, items, 2),
                                  cim_reference(&path), cim_embedded(instance)};
    cim_value_t copies[COUNT(values)];
    for (size_t i = 0; i < COUNT(values); i++) {
        copies[i] = cim_value_copy(&values[i], pool);
        assert_true(cim_value_equal(&copies[i], &values[i], 0));
    }
    text[0] = 'X';
    key_name[0] = 'X';
    when.usec = 6;
    apr_pool_destroy(other);
    assert_string_equal(copies[0].v.s, "text");
    assert_true(copies[1].v.dt->usec == 5);
    assert_string_equal(copies[2].v.items[0].v.s, "text");
    assert_true(copies[2].v.items[1].is_null);
    assert_string_equal(copies[3].v.ref->class_name, "text");
    assert_string_equal(copies[3].v.ref->keys[0].name, "K");
    assert_string_equal(copies[3].v.ref->keys[0].value.v.s, "text");
    assert_string_equal(copies[4].v.obj->values[1].v.items[0].v.s, "text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(integers_are_equal_over_widths),
        TEST(kinds_are_not_equal),
        TEST(strings_may_be_folded),
        TEST(datetimes_are_equal_at_the_same_moment),
        TEST(arrays_are_equal_item_by_item),
        TEST(reals),
        TEST(conversion_keeps_to_the_range),
        TEST(arrays_convert_to_their_own_type),
        TEST(texts_go_both_ways),
        TEST(texts_of_another_type_are_refused),
        TEST(some_values_have_no_text),
        TEST(copies_stand_alone),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
