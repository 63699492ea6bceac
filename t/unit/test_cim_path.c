/* test_cim_path.c - names of instances. */
#include "cim_test.h"

static const char mof[] =
    "class C { [Key] string Name; [Key] uint8 No; [Key] boolean Yes;"
    " string Other; };"
    "class One { [Key] string Id; };"
    "class When { [Key] datetime At; [Key] sint32 N; [Key] char16 X; };"
    "[Association] class A { [Key] One REF Left; [Key] One REF Right; };";

static void equality(void **state)
{
    (void)state;
    const cim_key_t one[] = {{"Name", cim_string("x")}, {"No", cim_uint8(1)}};
    const cim_key_t two[] = {{"NO", cim_uint64(1)}, {"name", cim_string("x")}};
    const cim_key_t three[] = {{"Name", cim_string("X")}, {"No", cim_uint8(1)}};
    const cim_path_t paths[] = {
        {NULL, "C", one, 2},         {"root/CIMV2", "c", two, 2},
        {"root/cimv2", "C", one, 2}, {"root/other", "C", one, 2},
        {NULL, "C", three, 2},       {NULL, "D", one, 2},
        {NULL, "C", one, 1},         {NULL, "C", NULL, 0}};
    /* which of the others each is equal to, as bits */
    static const unsigned equal[] = {0x0f, 0x07, 0x07, 0x09,
                                     0x10, 0x20, 0x40, 0x80};
    for (size_t i = 0; i < COUNT(paths); i++) {
        for (size_t j = 0; j < COUNT(paths); j++)
            assert_int_equal(cim_path_equal(&paths[i], &paths[j]),
                             equal[i] >> j & 1);
    }
    assert_string_equal(cim_path_key(&paths[1], "nAme")->v.s, "x");
    assert_null(cim_path_key(&paths[1], "other"));
}

static void equal_paths_have_equal_texts(void **state)
{
    (void)state;
    cim_datetime_t utc = cim_timestamp(0, 0), east = cim_timestamp(0, 60);
    const cim_key_t left[] = {{"b", cim_uint8(1)},
                              {"A", cim_string("x\"y\\z")},
                              {"C", cim_datetime(&utc)},
                              {"D", cim_boolean(1)},
                              {"E", cim_signed(CIM_SINT8, -1)}};
    const cim_key_t right[] = {{"e", cim_sint64(-1)},
                               {"D", cim_boolean(1)},
                               {"B", cim_sint64(1)},
                               {"c", cim_datetime(&east)},
                               {"a", cim_string("x\"y\\z")}};
    const cim_path_t a = {"root/cimv2", "Cls", left, 5};
    const cim_path_t b = {NULL, "CLS", right, 5};
    assert_true(cim_path_equal(&a, &b));
    assert_string_equal(cim_path_text(&a, pool),
                        "cls.a=\"x\\\"y\\\\z\",b=1,c=@0*0,d=true,e=-1");
    assert_string_equal(cim_path_text(&b, pool), cim_path_text(&a, pool));
}

static void different_paths_have_different_texts(void **state)
{
    (void)state;
    cim_datetime_t moment = cim_timestamp(1, 0), interval = cim_interval(1);
    const cim_key_t inner = {"Id", cim_string("x")};
    const cim_path_t ref = {NULL, "One", &inner, 1};
    const cim_value_t values[] = {
        cim_string("1"),       cim_uint8(1),
        cim_boolean(1),        cim_string("a"),
        cim_string("A"),       cim_string("a\",b=\"c"),
        cim_datetime(&moment), cim_datetime(&interval),
        cim_reference(&ref),   cim_unsigned(CIM_CHAR16, 1),
        cim_string("true"),    cim_real(CIM_REAL64, 1.5)};
    for (size_t i = 0; i < COUNT(values); i++) {
        for (size_t j = 0; j < i; j++) {
            const cim_key_t left = {"K", values[i]}, right = {"K", values[j]};
            const cim_path_t a = {NULL, "C", &left, 1};
            const cim_path_t b = {NULL, "C", &right, 1};
            assert_string_not_equal(cim_path_text(&a, pool),
                                    cim_path_text(&b, pool));
        }
    }
    const cim_path_t singleton = {NULL, "C", NULL, 0};
    assert_string_equal(cim_path_text(&singleton, pool), "c");
}

static void reads_the_form_of_dsp0004(void **state)
{
    (void)state;
    cim_path_t path;
    assert_true(cim_path_parse("root/cimv2:C.Name=\"a\\\"b\\\\,c=d\",No=5,Yes="
                               "TRUE",
                               NULL, &path, pool));
    assert_string_equal(path.ns, "root/cimv2");
    assert_string_equal(path.class_name, "C");
    assert_int_equal(path.nkeys, 3);
    assert_string_equal(path.keys[0].value.v.s, "a\"b\\,c=d");
    assert_int_equal(path.keys[1].value.type, CIM_UINT64);
    assert_int_equal(path.keys[1].value.v.u, 5);
    assert_int_equal(path.keys[2].value.type, CIM_BOOLEAN);
    assert_int_equal(path.keys[2].value.v.u, 1);

    assert_true(cim_path_parse("C", NULL, &path, pool));
    assert_null(path.ns);
    assert_int_equal(path.nkeys, 0);
    assert_true(cim_path_parse("Win32_Thing=@", NULL, &path, pool));
    assert_string_equal(path.class_name, "Win32_Thing");
    assert_int_equal(path.nkeys, 0);
    assert_true(
        cim_path_parse("\\\\.\\root\\cimv2:C.N=-5,H=0xFf", NULL, &path, pool));
    assert_string_equal(path.ns, "root/cimv2");
    assert_true(path.keys[0].value.type == CIM_SINT64 &&
                path.keys[0].value.v.i == -5);
    assert_int_equal(path.keys[1].value.v.u, 255);
    assert_true(
        cim_path_parse("//host/root/cimv2:C.N='a:b'", NULL, &path, pool));
    assert_string_equal(path.ns, "root/cimv2");
    assert_string_equal(path.keys[0].value.v.s, "a:b");
}

static void keys_get_the_types_of_the_class(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(mof);
    cim_path_t path;
    assert_true(cim_path_parse("C.name=\"5\",NO=0x10,yes=false",
                               class_of(schema, "C"), &path, pool));
    assert_int_equal(path.keys[0].value.type, CIM_STRING);
    assert_int_equal(path.keys[1].value.type, CIM_UINT8);
    assert_int_equal(path.keys[1].value.v.u, 16);
    assert_int_equal(path.keys[2].value.type, CIM_BOOLEAN);
    assert_true(
        cim_path_parse("When.At=\"20261121080000.000000+000\",N=-3,X='y'",
                       class_of(schema, "When"), &path, pool));
    assert_int_equal(path.keys[0].value.type, CIM_DATETIME);
    assert_true(path.keys[1].value.v.i == -3);
    assert_int_equal(path.keys[2].value.v.u, 'y');
    assert_true(
        cim_path_parse("One=\"x\"", class_of(schema, "One"), &path, pool));
    assert_string_equal(path.keys[0].name, "Id");
    assert_true(cim_path_parse(
        "A.Left=\"root/cimv2:One.Id=\\\"x\\\"\",Right=\"One.Id=\\\"y\\\"\"",
        class_of(schema, "A"), &path, pool));
    assert_string_equal(path.keys[0].value.v.ref->ns, "root/cimv2");
    assert_string_equal(path.keys[1].value.v.ref->keys[0].value.v.s, "y");
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(mof);
    static const struct {
        const char *cls; /* NULL: without */
        const char *text;
    } rows[] = {
        {NULL, ""},
        {NULL, ":C"},
        {NULL, "C."},
        {NULL, "C.A"},
        {NULL, "C.A="},
        {NULL, "C.=1"},
        {NULL, "C.A=1,"},
        {NULL, "C.A=1,A=2"},
        {NULL, "C.A=1,a=2"},
        {NULL, "C.A=\"x"},
        {NULL, "C.A=\"x\"y"},
        {NULL, "C.A=\"x\\"},
        {NULL, "C.A=x"},
        {NULL, "C.A=1.5"},
        {NULL, "C.A=0x"},
        {NULL, "C.A=0x11112222333344445"},
        {NULL, "C.A=NULL"},
        {NULL, "C=\"x\""},
        {NULL, "C=@x"},
        {NULL, "1C.A=1"},
        {NULL, "C D.A=1"},
        {NULL, "\\\\host:C"},
        {NULL, "//:C.A=1"},
        {"C", "C.Name=\"x\",No=256,Yes=TRUE"},
        {"C", "C.Name=5"},
        {"C", "C.Yes=5"},
        {"C", "C.Other=\"x\""},
        {"C", "C.Nope=\"x\""},
        {"C", "C=\"x\""},
        {"A", "A.Left=5"},
        {"A", "A.Left=\"One.\""},
        {"When", "When.At=\"yesterday\""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        cim_path_t path = {.class_name = "untouched"};
        const cim_class_t *cls =
            rows[i].cls ? class_of(schema, rows[i].cls) : NULL;
        if (cim_path_parse(rows[i].text, cls, &path, pool))
            fail_msg("accepted: %s", rows[i].text);
        assert_string_equal(path.class_name, "untouched");
    }
}

static void paths_in_paths_have_an_end(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(mof);
    cim_path_t path;
    const char *text = "One.Id=\"x\"";
    /* Without the class of the inner path its keys are strings: one level. */
    text =
        apr_psprintf(pool, "A.Left=\"%s\",Right=\"One\"", "One.Id=\\\"x\\\"");
    assert_true(cim_path_parse(text, class_of(schema, "A"), &path, pool));
    char *keys = apr_palloc(pool, 300 * 12);
    strcpy(keys, "C.a0=0");
    for (int i = 1; i < 300; i++)
        sprintf(keys + strlen(keys), ",a%d=0", i);
    assert_false(cim_path_parse(keys, NULL, &path, pool));
}

static void a_copy_stands_alone(void **state)
{
    (void)state;
    char ns[] = "root/a", name[] = "C";
    const cim_key_t key = {name, cim_string(name)};
    const cim_path_t path = {ns, name, &key, 1};
    cim_path_t *copy = cim_path_copy(&path, pool);
    assert_true(cim_path_equal(copy, &path));
    ns[0] = name[0] = 'x';
    assert_string_equal(copy->ns, "root/a");
    assert_string_equal(copy->class_name, "C");
    assert_string_equal(copy->keys[0].name, "C");
    assert_string_equal(copy->keys[0].value.v.s, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(equality),
        TEST(equal_paths_have_equal_texts),
        TEST(different_paths_have_different_texts),
        TEST(reads_the_form_of_dsp0004),
        TEST(keys_get_the_types_of_the_class),
        TEST(other_texts_are_refused),
        TEST(paths_in_paths_have_an_end),
        TEST(a_copy_stands_alone),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
