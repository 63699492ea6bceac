/* test_cim_mof_write.c - MOF that is written reads back to the same. */
#include "cim241.h"

#include <float.h>
#include <math.h>

#include "cim_same.h"
#include "mof_text.h"

#define LIMIT ((apr_size_t)64 << 20)

static void must(const wsm_error_t *err)
{
    if (err)
        fail_msg("%s", wsm_error_text(err, pool));
}

/* ---- schemas */

typedef struct walk_t {
    const cim_schema_t *other;
    same_t seen;
} walk_t;

static void compare(void *baton, const cim_class_t *cls)
{
    walk_t *walk = baton;
    const cim_class_t *other =
        cim_schema_class(walk->other, cls->ns, cls->name);
    if (!other)
        fail_msg("%s is gone", cls->name);
    same_class(&walk->seen, cls, other);
}

static void compare_type(void *baton, const char *ns,
                         const cim_qualifier_type_t *type)
{
    const walk_t *walk = baton;
    const cim_qualifier_type_t *other =
        cim_schema_qualifier_type(walk->other, ns, type->name);
    assert_non_null(other);
    assert_string_equal(other->name, type->name);
    assert_int_equal(other->scope, type->scope);
    assert_int_equal(other->flavor, type->flavor);
    same_value(&other->value, &type->value);
}

/** Writes all, in an order that `step` says, and reads it.
 *  @return what was compared */
static same_t round_trip(const cim_schema_t *schema, int step)
{
    cim_schema_t *read = cim_schema_make(pool);
    walk_t walk = {.other = read};
    const char *text = mof_text(schema, step, LIMIT, pool);
    assert_non_null(text);
    must(read_mof(read, text));
    assert_int_equal(cim_schema_count(read), cim_schema_count(schema));
    cim_schema_each(schema, NULL, compare, &walk);
    cim_schema_each_own_qualifier(schema, compare_type, &walk);
    if (step == 1)
        assert_string_equal(mof_text(read, step, LIMIT, pool), text);
    return walk.seen;
}

static const char *const difficult[] = {
    /* flavors, and values that say nothing */
    "Qualifier Q : string[] = {\"a\", NULL}, Scope(any), Flavor(Restricted);"
    "Qualifier E : sint8[] = {}, Scope(class, method, parameter, schema);"
    "Qualifier N : string[], Scope(property);"
    "Qualifier R : real64 = 1.0e20, Scope(reference, association, indication);"
    "Qualifier C : char16 = '\\'', Scope(class);"
    "Qualifier D : datetime = \"00000001000000.000000:000\", Scope(class);"
    "[Q, E, C, D] class A { [N] string a; [N(NULL)] string b; [N{}] string c;"
    "  [E{-1}] void m([E, Q{\"x\"}] uint8 p); };"
    "[C('\\x0001') : EnableOverride Restricted Translatable] class B : A { };",
    /* qualifiers that are inherited, repeated, changed, and kept back */
    "class A { [Description(\"a\"), Write] uint8 p;"
    "  [Description(\"m\")] uint32 m([In, Out, Description(\"x\")] uint8 x); };"
    "class B : A { [Override(\"p\"), Write(false)] uint8 p;"
    "  [Override(\"m\")] uint32 m([In, Out] uint8 x); };"
    "class C : B { [Override(\"p\"), Description(\"c\")] uint8 p = 7; };"
    "class D : C { uint8 q; };",
    /* what is declared as a string and is none */
    "class I { [Key] uint8 k; };"
    "class E { [EmbeddedInstance(\"I\")] string one;"
    "  [EmbeddedInstance(\"I\")] string many[3]; [EmbeddedObject] string any;"
    "  [EmbeddedInstance(\"I\")] string m("
    "    [EmbeddedObject, Out] string p[]); };"
    "class F : E { [Override(\"one\")] string one; };",
    /* types and shapes */
    "class T { boolean b = FALSE; uint8 u = 255; sint8 s = -128; uint16 v;"
    "  sint64 l = -9223372036854775808; uint64 h = 18446744073709551615;"
    "  real32 f = 1.0e-45; real64 d = -0.0; real64 e = 1.0e300; char16 c = 0;"
    "  char16 w = '\\xD800'; char16 q[] = {'\\'', '\\\\', '\"', 8364, NULL};"
    "  datetime t = \"20261121******.******+060\"; uint8 a[4] = {1, NULL};"
    "  string n = NULL; string z[] = NULL; string x[7] = {}; [OctetString]"
    "  uint8 o[] = {0, 255}; };",
    /* references, in arrays and to classes that are not there */
    "[Association] class R { R REF a = \"root/x:R.k=\\\"a\\\"\"; Gone REF b;"
    "  [Static] void m(R REF x, [Out] Gone REF y[]); };",
    /* words of MOF as names, and names that are not ASCII */
    "class Class { string String; uint8 ref; void void(uint8 uint8);"
    "  uint8 instance; uint8 of; uint8 null; uint8 true[]; };"
    "class Instance : Class { }; class Qualifier { };"
    "class Stra\xc3\x9f"
    "e { string \xe6\x9d\xb1\xe4\xba\xac; };"
    "#pragma namespace(\"root/\\x00e4\") class Class { };",
    /* texts */
    "[Description(\"a \\\"b\\\" \\\\ \\n\\t\\r\\b\\f \\x1\\x7f\\xe9\\xD83D"
    "\\xDE00\" \"/* no comment */ // none\")] class S { };",
};

static void difficult_classes_come_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(difficult); i++) {
        const cim_schema_t *schema = schema_of(difficult[i]);
        round_trip(schema, 1);
        round_trip(schema, -1);
    }
}

/** Only what a class itself says is in its text. */
static void what_is_inherited_is_not_written(void **state)
{
    (void)state;
    const cim_schema_t *schema =
        schema_of("[Description(\"top\")] class A { [Key] string k; uint8 p;"
                  "  void m(); };"
                  "class B : A { [Override(\"p\")] uint8 p = 1; };");
    wsm_writer_t *out = wsm_writer_make(LIMIT, pool);
    cim_mof_write_class(out, class_of(schema, "B"));
    assert_string_equal(wsm_writer_string(out, pool),
                        "class B : A\n"
                        "{\n"
                        "    [Override(\"p\") : EnableOverride Restricted]\n"
                        "    uint8 p = 1;\n"
                        "};\n");
}

/** A class that was declared, but is in no schema yet. */
static void a_declaration_is_written_whole(void **state)
{
    (void)state;
    static const cim_qualifier_t key = {
        "Key", {.type = CIM_BOOLEAN, .v.u = 1}, CIM_FLAVOR_TOSUBCLASS, 0};
    cim_property_t property = {.name = "k",
                               .type = CIM_SINT8,
                               .is_array = 1,
                               .array_size = 2,
                               .qualifiers = &key,
                               .nqualifiers = 1};
    cim_method_t method = {
        .name = "m", .parameters = &property, .nparameters = 1};
    const cim_class_t cls = {.name = "A",
                             .super_name = "Above",
                             .properties = &property,
                             .nproperties = 1,
                             .methods = &method,
                             .nmethods = 1};
    wsm_writer_t *out = wsm_writer_make(LIMIT, pool);
    cim_mof_write_class(out, &cls);
    assert_string_equal(wsm_writer_string(out, pool),
                        "class A : Above\n"
                        "{\n"
                        "    [Key(true) : DisableOverride ToSubclass]\n"
                        "    sint8 k[2];\n"
                        "    void m(\n"
                        "        [Key(true) : DisableOverride ToSubclass]\n"
                        "        sint8 k[2]);\n"
                        "};\n");
}

static void our_schemas_come_back(void **state)
{
    (void)state;
    glob_t found = {0};
    const cim_mof_options_t options = {.ns = "root/cimv2"};
    cim_schema_t *schema = cim_schema_make(pool);
    char **files;
    assert_int_equal(glob("schemas/*.mof", 0, NULL, &found), 0);
    /* they share their qualifiers */
    files = apr_palloc(pool, (found.gl_pathc + 2) * sizeof(*files));
    files[0] = (char *)"schemas/qualifiers.mof";
    memcpy(files + 1, found.gl_pathv, (found.gl_pathc + 1) * sizeof(*files));
    must(
        cim_mof_read_files(schema, (const char *const *)files, &options, pool));
    globfree(&found);
    assert_int_equal(round_trip(schema, 1).classes, cim_schema_count(schema));
    assert_true(cim_schema_count(schema) >= 18);
    round_trip(schema, -1);
}

static void cim_241_comes_back(void **state)
{
    static const int steps[] = {1, -1, 619};
    const cim_mof_options_t options = {.ns = "root/cimv2"};
    cim_schema_t *schema = cim_schema_make(pool);
    (void)state;
    if (!unpack())
        skip();
    const char *const files[] = {top_file(pool), NULL};
    must(cim_mof_read_files(schema, files, &options, pool));
    for (size_t i = 0; i < COUNT(steps); i++) {
        same_t seen = round_trip(schema, steps[i]);
        assert_int_equal(seen.classes, 1438);
        assert_true(seen.properties >= 22614);
        assert_true(seen.methods >= 1833);
        assert_true(seen.parameters >= 2640);
        assert_true(seen.qualifiers >= 79973);
    }
}

static int forget(void **state)
{
    remove_folder();
    return destroy_pool(state);
}

/* ---- instances */

/** The value of P of `instance of V { P = value; }`, written and read. */
static cim_value_t value_back(const char *mof, const cim_value_t *value)
{
    cim_schema_t *schema = schema_of(mof);
    cim_instance_t *instance = cim_instance_make(class_of(schema, "V"), pool);
    wsm_writer_t *out = wsm_writer_make(LIMIT, pool);
    cim_instance_set(instance, "K", cim_string("k"));
    assert_int_equal(cim_instance_set(instance, "P", *value), APR_SUCCESS);
    cim_mof_write_instance(out, instance);
    must(read_mof(schema, wsm_writer_string(out, pool)));
    return *cim_instance_get(
        cim_schema_instances(schema, instance->cls, pool)[0], "P");
}

static void comes_back(const char *declaration, const cim_value_t *value)
{
    const char *mof = apr_psprintf(
        pool, "class I { uint8 n; }; class V { [Key] string K; %s; };",
        declaration);
    cim_value_t back = value_back(mof, value);
    assert_int_equal(back.type, value->type);
    assert_int_equal(back.is_null, value->is_null);
    assert_int_equal(back.is_array, value->is_array);
    if (!cim_value_equal(&back, value, 0))
        fail_msg("%s does not come back", declaration);
}

static void texts_come_back(void **state)
{
    (void)state;
    char all[0x80];
    for (int i = 0; i < 0x7f; i++)
        all[i] = (char)(i + 1);
    all[0x7f] = '\0';
    const char *const texts[] = {all,
                                 "",
                                 "\"",
                                 "\\",
                                 "\\\\\"",
                                 "\\x41",
                                 "\x01"
                                 "1",
                                 "*/",
                                 "\r\n",
                                 "\x7f"
                                 "f",
                                 "\xef\xbf\xbf",
                                 "\xf0\x9f\x98\x80",
                                 "\xf4\x8f\xbf\xbf",
                                 "\xc2\x80",
                                 "NULL",
                                 "$a",
                                 "/* */"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        cim_value_t text = cim_string(texts[i]);
        comes_back("string P", &text);
    }
}

static void reals_come_back_exactly(void **state)
{
    (void)state;
    static const double numbers[] = {0,       -0.0,    0.1,      1,
                                     -1,      1e20,    1e-20,    123456789,
                                     DBL_MAX, DBL_MIN, 4.9e-324, DBL_EPSILON,
                                     1.0 / 3, 1e15,    1e16,     -2.5e-7};
    static const float singles[] = {0,       -0.0f,  0.1f,     1e20f,   FLT_MAX,
                                    FLT_MIN, 1e-45f, 1.0f / 3, 16777216};
    static const char *const mof = "class V { [Key] string K; real64 P; };";
    for (size_t i = 0; i < COUNT(numbers); i++) {
        cim_value_t number = cim_real(CIM_REAL64, numbers[i]);
        cim_value_t back = value_back(mof, &number);
        assert_memory_equal(&back.v.r, &number.v.r, sizeof(double));
    }
    for (size_t i = 0; i < COUNT(singles); i++) {
        cim_value_t number = cim_real(CIM_REAL32, (double)singles[i]);
        comes_back("real32 P", &number);
    }
}

/** MOF has no word for them; a comment says what was there. */
static void no_numbers_become_null(void **state)
{
    (void)state;
    static const double numbers[] = {HUGE_VAL, -HUGE_VAL, NAN};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        cim_value_t number = cim_real(CIM_REAL64, numbers[i]);
        assert_true(
            value_back("class V { [Key] string K; real64 P; };", &number)
                .is_null);
    }
}

static void other_scalars_come_back(void **state)
{
    (void)state;
    cim_datetime_t when = {0};
    assert_true(cim_datetime_parse("20261121080000.******+060", &when));
    const struct {
        const char *declaration;
        cim_value_t value;
    } cases[] = {
        {"boolean P", cim_boolean(1)},
        {"boolean P", cim_boolean(0)},
        {"boolean P", cim_null(CIM_BOOLEAN)},
        {"sint64 P", cim_signed(CIM_SINT64, INT64_MIN)},
        {"sint64 P", cim_signed(CIM_SINT64, INT64_MAX)},
        {"uint64 P", cim_unsigned(CIM_UINT64, UINT64_MAX)},
        {"sint8 P", cim_signed(CIM_SINT8, -128)},
        {"char16 P", cim_unsigned(CIM_CHAR16, 0)},
        {"char16 P", cim_unsigned(CIM_CHAR16, '\'')},
        {"char16 P", cim_unsigned(CIM_CHAR16, '\\')},
        {"char16 P", cim_unsigned(CIM_CHAR16, 0xd800)},
        {"char16 P", cim_unsigned(CIM_CHAR16, 0xffff)},
        {"datetime P", cim_datetime(&when)},
        {"string P", cim_null(CIM_STRING)},
        {"[EmbeddedObject] string P", cim_null(CIM_INSTANCE)},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        comes_back(cases[i].declaration, &cases[i].value);
}

static void arrays_come_back(void **state)
{
    (void)state;
    cim_value_t items[] = {cim_string("a"), cim_null(CIM_STRING),
                           cim_string("")};
    cim_value_t octets[] = {cim_unsigned(CIM_UINT8, 0),
                            cim_unsigned(CIM_UINT8, 255)};
    cim_value_t none = cim_null(CIM_STRING);
    const struct {
        const char *declaration;
        cim_value_t value;
    } cases[] = {
        {"string P[]", cim_array(CIM_STRING, items, 3)},
        {"string P[]", cim_array(CIM_STRING, items + 1, 1)},
        {"string P[]", cim_array(CIM_STRING, items, 0)},
        {"[OctetString] uint8 P[]", cim_array(CIM_UINT8, octets, 2)},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        comes_back(cases[i].declaration, &cases[i].value);
    none.is_array = 1;
    comes_back("string P[]", &none);
}

static void embedded_instances_come_back(void **state)
{
    (void)state;
    static const char mof[] =
        "class I { string n; [EmbeddedObject] string more[]; };"
        "class V { [Key] string K; [EmbeddedInstance(\"I\")] string P[]; };";
    const cim_schema_t *schema = schema_of(mof);
    cim_instance_t *inner = cim_instance_make(class_of(schema, "I"), pool);
    cim_instance_t *outer = cim_instance_make(class_of(schema, "I"), pool);
    cim_value_t more[] = {cim_null(CIM_INSTANCE), cim_embedded(inner)};
    cim_value_t both[] = {cim_embedded(outer), cim_null(CIM_INSTANCE),
                          cim_embedded(inner)};
    cim_instance_set(inner, "n", cim_string("};\n\"instance of\""));
    cim_instance_set(outer, "more", cim_array(CIM_INSTANCE, more, 2));
    cim_value_t value = cim_array(CIM_INSTANCE, both, 3);
    cim_value_t back = value_back(mof, &value);
    assert_int_equal(back.count, 3);
    assert_true(back.v.items[1].is_null);
    const cim_instance_t *first = back.v.items[0].v.obj;
    assert_null(cim_instance_get(first, "n"));
    const cim_value_t *deep = cim_instance_get(first, "more");
    assert_int_equal(deep->count, 2);
    assert_string_equal(cim_instance_get(deep->v.items[1].v.obj, "n")->v.s,
                        "};\n\"instance of\"");
}

/* ---- references */

static const char targets[] =
    "class T { [Key] string s; [Key] sint32 i; [Key] boolean b;"
    "  [Key] datetime d; [Key] char16 c; [Key] real64 r; };"
    "class One { [Key] string s; }; class None { };"
    "[Association] class L { [Key] One REF a; [Key] L REF b; };"
    "[Association] class V { [Key] string K; T REF P; };"
    "[Association] class W { [Key] string K; L REF P; };"
    "[Association] class X { [Key] string K; Gone REF P; };"
    "[Association] class Y { [Key] string K; None REF P; };";

/** Written in an instance of V, read, and the same with its types? */
static void path_comes_back(const char *cls, const cim_path_t *path)
{
    cim_schema_t *schema = schema_of(targets);
    cim_instance_t *instance = cim_instance_make(class_of(schema, cls), pool);
    wsm_writer_t *out = wsm_writer_make(LIMIT, pool);
    cim_value_t value = cim_reference(path);
    cim_instance_set(instance, "K", cim_string("k"));
    cim_instance_set(instance, "P", value);
    cim_mof_write_instance(out, instance);
    must(read_mof(schema, wsm_writer_string(out, pool)));
    const cim_value_t *back = cim_instance_get(
        cim_schema_instances(schema, instance->cls, pool)[0], "P");
    assert_true(cim_path_equal(back->v.ref, path));
    assert_string_equal(cim_path_text(back->v.ref, pool),
                        cim_path_text(path, pool));
    same_name(back->v.ref->ns, path->ns);
}

static void references_come_back(void **state)
{
    (void)state;
    cim_datetime_t when;
    assert_true(cim_datetime_parse("20261121080000.123456+060", &when));
    const cim_key_t all[] = {{"s", cim_string("a\\b\"c\n\x01,d=e'")},
                             {"i", cim_signed(CIM_SINT32, -5)},
                             {"b", cim_boolean(1)},
                             {"d", cim_datetime(&when)},
                             {"c", cim_unsigned(CIM_CHAR16, 0x20ac)},
                             {"r", cim_real(CIM_REAL64, -1.5e-7)}};
    const cim_path_t path = {"root/cimv2", "T", all, 6};
    const cim_path_t gone = {NULL, "Gone", all, 3};
    const cim_path_t far = {"root/a\n b", "Gone", all, 1};
    const cim_path_t keyless = {"root/cimv2", "None", NULL, 0};
    path_comes_back("V", &path);
    path_comes_back("X", &gone);
    path_comes_back("X", &far);
    path_comes_back("Y", &keyless);
}

static void references_in_references_come_back(void **state)
{
    (void)state;
    const cim_key_t last = {"s", cim_string("\\\"deep\"\n")};
    const cim_path_t one = {NULL, "One", &last, 1};
    cim_path_t *path = NULL;
    for (int i = 0; i < 6; i++) {
        cim_key_t *keys = apr_pcalloc(pool, 2 * sizeof(*keys));
        keys[0].name = "a";
        keys[0].value = cim_reference(&one);
        keys[1].name = "b";
        keys[1].value = cim_reference(path ? path : &one);
        path = apr_pcalloc(pool, sizeof(*path));
        path->class_name = "L";
        path->keys = keys;
        path->nkeys = 2;
        cim_schema_t *schema = schema_of(targets);
        cim_instance_t *instance =
            cim_instance_make(class_of(schema, "W"), pool);
        wsm_writer_t *out = wsm_writer_make(LIMIT, pool);
        cim_instance_set(instance, "K", cim_string("k"));
        cim_instance_set(instance, "P", cim_reference(path));
        cim_mof_write_instance(out, instance);
        must(read_mof(schema, wsm_writer_string(out, pool)));
        /* A key of a key is a text until somebody needs more. */
        wsm_writer_t *twice = wsm_writer_make(LIMIT, pool);
        cim_mof_write_instance(
            twice, cim_schema_instances(schema, instance->cls, pool)[0]);
        assert_string_equal(wsm_writer_string(twice, pool),
                            wsm_writer_string(out, pool));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(difficult_classes_come_back),
        TEST(what_is_inherited_is_not_written),
        TEST(a_declaration_is_written_whole),
        TEST(our_schemas_come_back),
        cmocka_unit_test_setup_teardown(cim_241_comes_back, make_pool, forget),
        TEST(texts_come_back),
        TEST(reals_come_back_exactly),
        TEST(no_numbers_become_null),
        TEST(other_scalars_come_back),
        TEST(arrays_come_back),
        TEST(embedded_instances_come_back),
        TEST(references_come_back),
        TEST(references_in_references_come_back),
    };
    int failed;
    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
