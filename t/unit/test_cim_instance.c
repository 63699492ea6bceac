/* test_cim_instance.c - instances against their class. */
#include "cim_test.h"

static const char mof[] =
    "class C { [Key] string Id; [Key] uint8 No = 3; sint16 S; boolean B;"
    " string L[2]; uint8 U[]; datetime D = NULL; real32 R; char16 X;"
    " [EmbeddedInstance(\"C\")] string In; [EmbeddedObject] string Any[]; };"
    "class D : C { string More; }; class E { uint8 N; };"
    "[Association] class A { [Key] C REF Left; C REF Right; };";

static cim_instance_t *made(const char *name)
{
    return cim_instance_make(class_of(schema_of(mof), name), pool);
}

static void nothing_is_named_at_first(void **state)
{
    (void)state;
    const cim_instance_t *c = made("C");
    assert_int_equal(c->nvalues, 11);
    for (apr_uint32_t i = 0; i < c->nvalues; i++)
        assert_int_equal(c->values[i].type, CIM_NONE);
    assert_null(cim_instance_get(c, "Id"));
    assert_null(cim_instance_get(c, "Nothing"));
    assert_null(cim_instance_path(c, pool));
    assert_null(cim_instance_fault(c, pool));
}

static void set_takes_what_fits(void **state)
{
    (void)state;
    cim_instance_t *c = made("C");
    const cim_value_t items[] = {cim_uint8(1), cim_uint8(2)};
    const struct {
        const char *name;
        cim_value_t value;
        apr_status_t status;
    } rows[] = {
        {"id", cim_string("x"), APR_SUCCESS},
        {"ID", cim_uint8(1), APR_EINVAL},
        {"No", cim_uint64(255), APR_SUCCESS},
        {"No", cim_uint64(256), APR_EINVAL},
        {"No", cim_sint64(7), APR_SUCCESS},
        {"S", cim_uint16(40000), APR_EINVAL},
        {"S", cim_sint64(-32768), APR_SUCCESS},
        {"B", cim_boolean(1), APR_SUCCESS},
        {"B", cim_uint8(1), APR_EINVAL},
        {"U", cim_array(CIM_UINT8, items, 2), APR_SUCCESS},
        {"U", cim_uint8(1), APR_EINVAL},
        {"No", cim_array(CIM_UINT8, items, 2), APR_EINVAL},
        {"R", cim_real(CIM_REAL64, 1.5), APR_SUCCESS},
        {"R", cim_real(CIM_REAL64, 1e300), APR_EINVAL},
        {"D", cim_null(CIM_DATETIME), APR_SUCCESS},
        {"D", cim_null(CIM_STRING), APR_SUCCESS},
        {"Nope", cim_string("x"), APR_NOTFOUND},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(cim_instance_set(c, rows[i].name, rows[i].value),
                         rows[i].status);
    assert_string_equal(cim_instance_get(c, "ID")->v.s, "x");
    assert_int_equal(cim_instance_get(c, "no")->v.u, 7);
    assert_int_equal(cim_instance_get(c, "No")->type, CIM_UINT8);
    assert_true(cim_instance_get(c, "S")->v.i == -32768);
    assert_true(cim_instance_get(c, "D")->is_null);
    assert_int_equal(cim_instance_get(c, "D")->type, CIM_DATETIME);
    assert_int_equal(cim_instance_get(c, "R")->type, CIM_REAL32);
    assert_null(cim_instance_fault(c, pool));
}

static void a_value_can_be_taken_back(void **state)
{
    (void)state;
    cim_instance_t *c = made("C");
    const cim_value_t none = {.type = CIM_NONE};
    assert_int_equal(cim_instance_set(c, "Id", cim_string("x")), APR_SUCCESS);
    assert_int_equal(cim_instance_set(c, "Id", none), APR_SUCCESS);
    assert_null(cim_instance_get(c, "Id"));
}

static void a_path_needs_all_keys(void **state)
{
    (void)state;
    cim_instance_t *c = made("D");
    cim_instance_set(c, "Id", cim_string("x"));
    assert_null(cim_instance_path(c, pool));
    cim_instance_set(c, "No", cim_null(CIM_UINT8));
    assert_null(cim_instance_path(c, pool));
    cim_instance_set(c, "No", cim_uint8(3));
    const cim_path_t *path = cim_instance_path(c, pool);
    assert_string_equal(path->ns, "root/cimv2");
    assert_string_equal(path->class_name, "D");
    assert_int_equal(path->nkeys, 2);
    assert_string_equal(path->keys[0].name, "Id");
    assert_string_equal(path->keys[0].value.v.s, "x");
    assert_int_equal(path->keys[1].value.v.u, 3);
}

static void no_keys_make_a_path_too(void **state)
{
    (void)state;
    const cim_path_t *path = cim_instance_path(made("E"), pool);
    assert_string_equal(path->class_name, "E");
    assert_int_equal(path->nkeys, 0);
}

static void defaults_fill_what_is_not_named(void **state)
{
    (void)state;
    cim_instance_t *c = made("C");
    cim_instance_set(c, "Id", cim_string("x"));
    cim_instance_defaults(c);
    assert_string_equal(cim_instance_get(c, "Id")->v.s, "x");
    assert_int_equal(cim_instance_get(c, "No")->v.u, 3);
    assert_true(cim_instance_get(c, "D")->is_null);
    assert_null(cim_instance_get(c, "S"));
    cim_instance_set(c, "No", cim_uint8(9));
    cim_instance_defaults(c);
    assert_int_equal(cim_instance_get(c, "No")->v.u, 9);
}

/** Writes a value behind set()'s back. */
static const char *fault_of(const char *name, cim_value_t value)
{
    cim_instance_t *c = made("C");
    c->values[cim_class_property_index(c->cls, name)] = value;
    return cim_instance_fault(c, pool);
}

static void faults_say_what_is_wrong(void **state)
{
    (void)state;
    const cim_value_t bytes[] = {cim_uint8(1), cim_uint16(2)};
    const cim_value_t nested[] = {cim_array(CIM_UINT8, bytes, 1)};
    const cim_value_t large[] = {cim_uint8(1), cim_unsigned(CIM_UINT8, 300)};
    const cim_value_t words[] = {cim_string("a"), cim_null(CIM_STRING),
                                 cim_string("c")};
    const cim_value_t hollow = {.type = CIM_STRING};
    const cim_value_t no_moment = {.type = CIM_DATETIME};
    const struct {
        const char *name;
        cim_value_t value;
        const char *fault;
    } rows[] = {
        {"No", cim_uint16(1), "C.No is a uint8, but the value is a uint16"},
        {"No", cim_unsigned(CIM_UINT8, 256), "C.No is out of range"},
        {"S", cim_signed(CIM_SINT16, -40000), "C.S is out of range"},
        {"B", cim_unsigned(CIM_BOOLEAN, 2), "C.B is out of range"},
        {"X", cim_unsigned(CIM_CHAR16, 0x10000), "C.X is out of range"},
        {"U", cim_uint8(1), "C.U is an array, but the value is none"},
        {"No", cim_array(CIM_UINT8, bytes, 1),
         "C.No is no array, but the value is one"},
        {"U", cim_array(CIM_UINT8, bytes, 2),
         "C.U has an item 1 that is a uint16"},
        {"U", cim_array(CIM_UINT8, nested, 1),
         "C.U has an item 0 that is an array itself"},
        {"U", cim_array(CIM_UINT8, large, 2),
         "C.U has an item 1 that is out of range"},
        {"U", cim_array(CIM_UINT8, NULL, 2), "C.U has no items"},
        {"L", cim_array(CIM_STRING, words, 3),
         "C.L has 3 items, more than its 2"},
        {"Id", hollow, "C.Id has no text"},
        {"D", no_moment, "C.D has no moment"},
        {"L", cim_array(CIM_STRING, words, 2), NULL},
        {"U", cim_array(CIM_UINT8, NULL, 0), NULL},
        {"Id", cim_null(CIM_STRING), NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *fault = fault_of(rows[i].name, rows[i].value);
        if (rows[i].fault)
            assert_string_equal(fault, rows[i].fault);
        else
            assert_null(fault);
    }
}

static void embedded_instances_are_checked(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(mof);
    cim_instance_t *c = cim_instance_make(class_of(schema, "C"), pool);
    cim_instance_t *d = cim_instance_make(class_of(schema, "D"), pool);
    cim_instance_t *e = cim_instance_make(class_of(schema, "E"), pool);
    assert_int_equal(cim_instance_set(c, "In", cim_embedded(d)), APR_SUCCESS);
    assert_null(cim_instance_fault(c, pool));
    cim_instance_set(c, "In", cim_embedded(e));
    assert_string_equal(cim_instance_fault(c, pool), "C.In holds a E, not a C");
    cim_instance_set(c, "In", cim_null(CIM_INSTANCE));
    e->values[0] = cim_unsigned(CIM_UINT8, 256);
    const cim_value_t any[] = {cim_embedded(d), cim_embedded(e)};
    cim_instance_set(c, "Any", cim_array(CIM_INSTANCE, any, 2));
    assert_string_equal(cim_instance_fault(c, pool),
                        "C.Any has an item 1 that holds an instance in which "
                        "E.N is out of range");
    e->values[0] = cim_uint8(1);
    assert_null(cim_instance_fault(c, pool));
    cim_instance_set(d, "In", cim_embedded(d));
    assert_non_null(strstr(cim_instance_fault(d, pool), "nested too deeply"));
}

static void references_are_checked(void **state)
{
    (void)state;
    cim_instance_t *a = made("A");
    const cim_path_t path = {.class_name = "C"}, nowhere = {0};
    assert_int_equal(cim_instance_set(a, "Left", cim_reference(&path)),
                     APR_SUCCESS);
    assert_null(cim_instance_fault(a, pool));
    cim_instance_set(a, "Right", cim_reference(&nowhere));
    assert_string_equal(cim_instance_fault(a, pool),
                        "A.Right refers to nothing");
}

static void values_of_another_class_are_noticed(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(mof);
    cim_instance_t *e = cim_instance_make(class_of(schema, "E"), pool);
    e->cls = class_of(schema, "C");
    assert_string_equal(cim_instance_fault(e, pool),
                        "there are 1 values for the 11 properties of C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_named_at_first),
        TEST(set_takes_what_fits),
        TEST(a_value_can_be_taken_back),
        TEST(a_path_needs_all_keys),
        TEST(no_keys_make_a_path_too),
        TEST(defaults_fill_what_is_not_named),
        TEST(faults_say_what_is_wrong),
        TEST(embedded_instances_are_checked),
        TEST(references_are_checked),
        TEST(values_of_another_class_are_noticed),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
