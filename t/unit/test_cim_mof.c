/* test_cim_mof.c - declarations in MOF. */
#include "cim_test.h"

static const cim_value_t *default_of(const cim_class_t *cls, const char *name)
{
    const cim_property_t *property = cim_class_property(cls, name);
    assert_non_null(property);
    return &property->value;
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *literal;
        apr_int64_t number;
    } rows[] = {
        {"0", 0},
        {"+5", 5},
        {"-5", -5},
        {"10", 10},
        {"010", 8},
        {"-017", -15},
        {"0x1F", 31},
        {"0Xff", 255},
        {"-0x10", -16},
        {"101b", 5},
        {"-11B", -3},
        {"0b", 0},
        {"0x1b", 27},
        {"00", 0},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const cim_schema_t *schema = schema_of(
            apr_psprintf(pool, "class A { sint64 N = %s; };", rows[i].literal));
        const cim_value_t *value = default_of(class_of(schema, "A"), "N");
        assert_int_equal(value->type, CIM_SINT64);
        assert_true(value->v.i == rows[i].number);
    }
}

static void reals_and_others(void **state)
{
    (void)state;
    const cim_class_t *a = class_of(
        schema_of("class A { real64 R = -1.5E+3; real32 S = .5; real64 I = 3;"
                  " boolean T = TRUE; boolean F = false; boolean N = Null;"
                  " uint64 U = 18446744073709551615; char16 C = 'x';"
                  " char16 D = '\\x20AC'; char16 E = 65; char16 F2 = '\\'';"
                  " char16 G = '\xc3\xa9';"
                  " datetime W = \"20261121080000.000000+060\"; };"),
        "A");
    assert_true(default_of(a, "R")->v.r == -1500.0);
    assert_true(default_of(a, "S")->v.r == 0.5);
    assert_int_equal(default_of(a, "S")->type, CIM_REAL32);
    assert_true(default_of(a, "I")->v.r == 3.0);
    assert_int_equal(default_of(a, "T")->v.u, 1);
    assert_int_equal(default_of(a, "F")->v.u, 0);
    assert_true(default_of(a, "N")->is_null);
    assert_true(default_of(a, "U")->v.u == UINT64_MAX);
    assert_int_equal(default_of(a, "C")->v.u, 'x');
    assert_int_equal(default_of(a, "D")->v.u, 0x20ac);
    assert_int_equal(default_of(a, "E")->v.u, 'A');
    assert_int_equal(default_of(a, "F2")->v.u, '\'');
    assert_int_equal(default_of(a, "G")->v.u, 0xe9);
    assert_int_equal(default_of(a, "W")->v.dt->offset, 60);
}

static void strings(void **state)
{
    (void)state;
    static const struct {
        const char *literal, *text;
    } rows[] = {
        {"\"\"", ""},
        {"\"a\" \"b\"\n\"c\"", "abc"},
        {"\"a\" /* x */ \"b\" // y\n \"c\"", "abc"},
        {"\"\\b\\t\\n\\f\\r\\\"\\'\\\\\"", "\b\t\n\f\r\"'\\"},
        {"\"\\x41\\X42\\x0043x\"", "ABCx"},
        {"\"\\x41g\"", "Ag"},
        {"\"\\xe9\\x20AC\"", "\xc3\xa9\xe2\x82\xac"},
        {"\"\\xD83D\\xDE00\"", "\xf0\x9f\x98\x80"},
        {"\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"",
         "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"\"tab\tin\"", "tab\tin"},
        {"\"//no comment\"", "//no comment"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const cim_schema_t *schema = schema_of(
            apr_psprintf(pool, "class A { string S = %s; };", rows[i].literal));
        assert_string_equal(default_of(class_of(schema, "A"), "S")->v.s,
                            rows[i].text);
    }
}

static void arrays(void **state)
{
    (void)state;
    const cim_class_t *a = class_of(
        schema_of("class A { uint8 One[] = {1, 2, NULL}; string Two[2] = "
                  "{\"a\" \"b\", \"c\"}; uint8 None[] = {}; uint8 Null[] = "
                  "NULL; uint8 No[]; };"),
        "A");
    const cim_value_t *one = default_of(a, "One");
    assert_true(one->is_array && one->count == 3 && one->type == CIM_UINT8);
    assert_int_equal(one->v.items[1].v.u, 2);
    assert_true(one->v.items[2].is_null);
    const cim_property_t *two = cim_class_property(a, "Two");
    assert_int_equal(two->array_size, 2);
    assert_string_equal(two->value.v.items[0].v.s, "ab");
    assert_true(default_of(a, "None")->is_array);
    assert_int_equal(default_of(a, "None")->count, 0);
    assert_true(default_of(a, "Null")->is_null);
    assert_int_equal(default_of(a, "No")->type, CIM_NONE);
    assert_true(cim_class_property(a, "No")->is_array);
}

static void qualifier_declarations(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(
        "QUALIFIER One : string = \"a\", SCOPE(class, Property), "
        "FLAVOR(DisableOverride, ToSubclass, Translatable);"
        "qualifier Two : uint8[] , scope(any);"
        "Qualifier Three : sint32 = -1, Scope(method), Flavor(Restricted);");
    const struct {
        const char *name;
        cim_type_e type;
        unsigned is_array, scope, flavor;
    } rows[] = {
        {"One", CIM_STRING, 0, CIM_SCOPE_CLASS | CIM_SCOPE_PROPERTY,
         CIM_FLAVOR_TOSUBCLASS | CIM_FLAVOR_TRANSLATABLE},
        {"Two", CIM_UINT8, 1, CIM_SCOPE_ANY,
         CIM_FLAVOR_TOSUBCLASS | CIM_FLAVOR_OVERRIDE},
        {"Three", CIM_SINT32, 0, CIM_SCOPE_METHOD, CIM_FLAVOR_OVERRIDE}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const cim_qualifier_type_t *type =
            cim_schema_qualifier_type(schema, "root/cimv2", rows[i].name);
        assert_int_equal(type->value.type, rows[i].type);
        assert_int_equal(type->value.is_array, rows[i].is_array);
        assert_int_equal(type->scope, rows[i].scope);
        assert_int_equal(type->flavor, rows[i].flavor);
    }
    assert_true(
        cim_schema_qualifier_type(schema, "root/cimv2", "Two")->value.is_null);
}

static void flavors_of_a_qualifier(void **state)
{
    (void)state;
    const cim_class_t *a = class_of(
        schema_of("[Description(\"x\") : DisableOverride Restricted,"
                  " Version(\"1\") : ToSubclass ToInstance] class A { };"),
        "A");
    assert_int_equal(a->qualifiers[0].flavor, CIM_FLAVOR_TRANSLATABLE);
    assert_int_equal(a->qualifiers[1].flavor, CIM_FLAVOR_OVERRIDE |
                                                  CIM_FLAVOR_TOSUBCLASS |
                                                  CIM_FLAVOR_TRANSLATABLE);
}

static void keywords_have_no_case(void **state)
{
    (void)state;
    const cim_schema_t *schema =
        schema_of("[ASSOCIATION] CLASS A AS $x { [KEY] B Ref L; UINT8 N = null;"
                  " }; Class B { };INSTANCE OF A AS $Y { l = \"B=@\"; };");
    assert_int_equal(class_of(schema, "A")->properties[0].type, CIM_REFERENCE);
    assert_string_equal(class_of(schema, "A")->properties[0].type_name, "B");
}

static void words_can_be_names(void **state)
{
    (void)state;
    const cim_class_t *a = class_of(
        schema_of("class A { string Class; string Instance; uint8 of;"
                  " boolean Null; string Ref; string Scope(uint8 any); };"),
        "A");
    assert_int_equal(a->nproperties, 5);
    assert_int_equal(a->nmethods, 1);
}

static void forward_references(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(
        "class D : C { }; class C : B { uint8 N; }; [Association] class L {"
        " D REF One; Later REF Two; }; class B { };");
    assert_ptr_equal(class_of(schema, "D")->super, class_of(schema, "C"));
    assert_int_equal(class_of(schema, "D")->nproperties, 1);
    assert_int_equal(cim_schema_count(schema), 4);
}

static void pragmas(void **state)
{
    (void)state;
    const cim_schema_t *schema =
        schema_of("#pragma locale (\"en_US\")\n"
                  "#pragma instancelocale (\"de\" \"_DE\")\n"
                  "#pragma autorecover\n"
                  "#pragma deleteclass(\"X\", (NOFAIL))\n"
                  "class A { };\n"
                  "#pragma namespace (\"\\\\\\\\host\\\\root\\\\other\")\n"
                  "class B { };\n"
                  "#pragma namespace (\"//./root/third\")\n"
                  "class C { };\n");
    assert_non_null(cim_schema_class(schema, "root/cimv2", "A"));
    assert_non_null(cim_schema_class(schema, "root/other", "B"));
    assert_non_null(cim_schema_class(schema, "root/third", "C"));
}

static void texts_have_a_limit(void **state)
{
    (void)state;
    static const char text[] = "class A { };";
    cim_mof_options_t options = {.ns = "root/x", .limit = sizeof(text) - 1};
    assert_null(cim_mof_read_text(cim_schema_make(pool), "t.mof", text,
                                  sizeof(text) - 1, &options, pool));
    options.limit--;
    assert_string_equal(cim_mof_read_text(cim_schema_make(pool), "t.mof", text,
                                          sizeof(text) - 1, &options, pool)
                            ->message,
                        "t.mof: the MOF text is larger than the limit");
}

static void a_text_may_be_cut_anywhere(void **state)
{
    (void)state;
    static const char text[] =
        "#pragma locale (\"x\")\n[Description(\"\\x41\" \"b\"), Abstract : "
        "Restricted] class A { [Key] string K = \"v\"; uint8 N[2] = {1, 0x2}; "
        "char16 C = 'c'; real32 R = 1.5e3; uint8 M([In] A REF P); }; "
        "Qualifier Q : string[] = {\"a\"}, Scope(any), Flavor(Restricted); "
        "class B as $b { [Key] string K; }; /* x */ instance of B as $c { K = "
        "\"k\"; };";
    cim_mof_options_t options = {.ns = "root/x"};
    for (apr_size_t length = 0; length < sizeof(text); length++) {
        /* exact size: a sanitizer sees what is read beyond */
        char *copy = malloc(length ? length : 1);
        memcpy(copy, text, length);
        wsm_error_t *err = cim_mof_read_text(cim_schema_make(pool), "t.mof",
                                             copy, length, &options, pool);
        if (length == sizeof(text) - 1)
            assert_null(err);
        free(copy);
    }
}

static void a_byte_order_mark_is_skipped(void **state)
{
    (void)state;
    schema_of("\xef\xbb\xbf"
              "class A { };");
    refused("\xef\xbb\xbf"
            "x",
            "t.mof:1:1: expected a class, an instance, a qualifier declaration "
            "or a pragma, found 'x'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers),
        TEST(reals_and_others),
        TEST(strings),
        TEST(arrays),
        TEST(qualifier_declarations),
        TEST(flavors_of_a_qualifier),
        TEST(keywords_have_no_case),
        TEST(words_can_be_names),
        TEST(forward_references),
        TEST(pragmas),
        TEST(texts_have_a_limit),
        TEST(a_text_may_be_cut_anywhere),
        TEST(a_byte_order_mark_is_skipped),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
