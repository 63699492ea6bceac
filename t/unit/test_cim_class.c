/* test_cim_class.c - asking a class. */
#include "cim_test.h"

static const char mof[] =
    "[Abstract, Description(\"top\")] class Top { [Key] string Id; uint8 No; };"
    "class Mid : Top { [Write, Required] string Text; uint32 Run(); };"
    "class Low : Mid { };";

static void properties_are_found_in_any_case(void **state)
{
    (void)state;
    const cim_class_t *low = class_of(schema_of(mof), "LOW");
    assert_string_equal(low->name, "Low");
    assert_int_equal(cim_class_property_index(low, "Id"), 0);
    assert_int_equal(cim_class_property_index(low, "nO"), 1);
    assert_int_equal(cim_class_property_index(low, "TEXT"), 2);
    assert_int_equal(cim_class_property_index(low, "Tex"), -1);
    assert_int_equal(cim_class_property_index(low, "Texts"), -1);
    assert_int_equal(cim_class_property_index(low, ""), -1);
    assert_ptr_equal(cim_class_property(low, "text"), &low->properties[2]);
    assert_null(cim_class_property(low, "nothing"));
}

static void a_class_without_properties(void **state)
{
    (void)state;
    const cim_class_t *none = class_of(schema_of("class N { };"), "N");
    assert_int_equal(none->nproperties, 0);
    assert_int_equal(cim_class_property_index(none, "x"), -1);
}

static void many_properties_are_all_found(void **state)
{
    (void)state;
    char *text = apr_palloc(pool, 1000 * 24);
    strcpy(text, "class Many {");
    for (int i = 0; i < 1000; i++)
        sprintf(text + strlen(text), "uint8 P%d;", i);
    strcat(text, "};");
    const cim_class_t *many = class_of(schema_of(text), "Many");
    assert_int_equal(many->nproperties, 1000);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(
            cim_class_property_index(many, apr_psprintf(pool, "p%d", i)), i);
        assert_int_equal(
            cim_class_property_index(many, apr_psprintf(pool, "q%d", i)), -1);
    }
}

static void methods_are_found_in_any_case(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(mof);
    const cim_method_t *run = cim_class_method(class_of(schema, "Low"), "RUN");
    assert_non_null(run);
    assert_string_equal(run->name, "Run");
    assert_null(cim_class_method(class_of(schema, "Top"), "Run"));
}

static void is_a_goes_up(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(mof);
    const cim_class_t *mid = class_of(schema, "Mid");
    assert_true(cim_class_is_a(mid, "mid"));
    assert_true(cim_class_is_a(mid, "TOP"));
    assert_false(cim_class_is_a(mid, "Low"));
    assert_false(cim_class_is_a(mid, "To"));
}

static void qualifiers(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(mof);
    const cim_class_t *top = class_of(schema, "Top");
    const cim_qualifier_t *text =
        cim_qualifier_find(top->qualifiers, top->nqualifiers, "DESCRIPTION");
    assert_string_equal(text->value.v.s, "top");
    assert_null(
        cim_qualifier_find(top->qualifiers, top->nqualifiers, "Version"));
    assert_true(
        cim_qualifier_true(top->qualifiers, top->nqualifiers, "abstract"));
    assert_false(
        cim_qualifier_true(top->qualifiers, top->nqualifiers, "Description"));
    assert_false(
        cim_qualifier_true(top->qualifiers, top->nqualifiers, "Indication"));
    assert_null(cim_qualifier_find(NULL, 0, "Abstract"));
}

static void types_have_names(void **state)
{
    (void)state;
    static const struct {
        cim_type_e type;
        const char *name;
    } rows[] = {{CIM_BOOLEAN, "boolean"},     {CIM_UINT8, "uint8"},
                {CIM_SINT8, "sint8"},         {CIM_UINT16, "uint16"},
                {CIM_SINT16, "sint16"},       {CIM_UINT32, "uint32"},
                {CIM_SINT32, "sint32"},       {CIM_UINT64, "uint64"},
                {CIM_SINT64, "sint64"},       {CIM_REAL32, "real32"},
                {CIM_REAL64, "real64"},       {CIM_CHAR16, "char16"},
                {CIM_STRING, "string"},       {CIM_DATETIME, "datetime"},
                {CIM_REFERENCE, "reference"}, {CIM_INSTANCE, "instance"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(cim_type_name(rows[i].type), rows[i].name);
        assert_int_equal(cim_type_by_name(rows[i].name), rows[i].type);
    }
    assert_int_equal(cim_type_by_name("UINT8"), CIM_UINT8);
    assert_int_equal(cim_type_by_name("int"), CIM_NONE);
    assert_int_equal(cim_type_by_name(""), CIM_NONE);
    assert_string_equal(cim_type_name(CIM_NONE), "void");
    assert_string_equal(cim_type_name((cim_type_e)99), "unknown type");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(properties_are_found_in_any_case),
        TEST(a_class_without_properties),
        TEST(many_properties_are_all_found),
        TEST(methods_are_found_in_any_case),
        TEST(is_a_goes_up),
        TEST(qualifiers),
        TEST(types_have_names),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
