/* test_cim_resolve.c - inheritance and propagation (DSP0004 5.1.2, 5.6.1). */
#include "cim_test.h"

static const cim_qualifier_t *on(const cim_property_t *property,
                                 const char *name)
{
    return cim_qualifier_find(property->qualifiers, property->nqualifiers,
                              name);
}

static void inherited_properties_come_first(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(
        "class A { uint8 One; [Key] string Two; };"
        "class B : A { uint8 Three; [Override(\"One\")] uint8 one = 5; };");
    const cim_class_t *b = class_of(schema, "B");
    static const struct {
        const char *name, *origin;
        unsigned propagated, key;
    } rows[] = {{"one", "A", 0, 0}, {"Two", "A", 1, 1}, {"Three", "B", 0, 0}};
    assert_int_equal(b->nproperties, 3);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(b->properties[i].name, rows[i].name);
        assert_string_equal(b->properties[i].origin, rows[i].origin);
        assert_int_equal(b->properties[i].propagated, rows[i].propagated);
        assert_int_equal(b->properties[i].key, rows[i].key);
    }
    assert_int_equal(b->nkeys, 1);
    assert_int_equal(b->keys[0], 1);
    assert_int_equal(b->properties[0].value.v.u, 5);
    assert_int_equal(class_of(schema, "A")->properties[0].value.type, CIM_NONE);
}

static void defaults_and_bounds_are_inherited(void **state)
{
    (void)state;
    const cim_schema_t *schema =
        schema_of("class A { uint8 N = 7; string S = NULL; uint8 L[3]; };"
                  "class B : A { [Override(\"N\")] uint8 N;"
                  " [Override(\"L\")] uint8 L[]; string S = \"NULL\"; };");
    const cim_class_t *a = class_of(schema, "A"), *b = class_of(schema, "B");
    assert_int_equal(b->properties[0].value.v.u, 7);
    assert_int_equal(b->properties[2].array_size, 3);
    assert_true(a->properties[1].value.is_null);
    assert_int_equal(a->properties[1].value.type, CIM_STRING);
    assert_string_equal(b->properties[1].value.v.s, "NULL");
}

static void flavors_decide_what_goes_down(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(
        "Qualifier Down : string, Scope(any);"
        "Qualifier Stay : string, Scope(any), Flavor(Restricted);"
        "[Down(\"c\"), Stay(\"c\")] class A {"
        "  [Down(\"1\"), Stay(\"1\")] uint8 X;"
        "  [Down(\"2\") : Restricted, Stay(\"2\") : ToSubclass] uint8 Y; };"
        "class B : A { };"
        "class C : B { [Down(\"3\")] uint8 X; };"
        "class D : C { };");
    const cim_class_t *b = class_of(schema, "B"), *c = class_of(schema, "C");
    const cim_class_t *d = class_of(schema, "D");
    assert_int_equal(b->nqualifiers, 1);
    assert_string_equal(b->qualifiers[0].name, "Down");
    assert_true(b->qualifiers[0].propagated);
    assert_non_null(on(&b->properties[0], "Down"));
    assert_true(on(&b->properties[0], "Down")->propagated);
    assert_null(on(&b->properties[0], "Stay"));
    assert_null(on(&b->properties[1], "Down"));
    assert_string_equal(on(&b->properties[1], "Stay")->value.v.s, "2");
    assert_string_equal(on(&c->properties[0], "Down")->value.v.s, "3");
    assert_false(on(&c->properties[0], "Down")->propagated);
    assert_string_equal(on(&d->properties[0], "Down")->value.v.s, "3");
    assert_true(on(&d->properties[0], "Down")->propagated);
    /* the class above is as it was */
    const cim_class_t *a = class_of(schema, "A");
    assert_false(on(&a->properties[0], "Down")->propagated);
    assert_non_null(on(&a->properties[0], "Stay"));
}

static void equal_lists_are_shared(void **state)
{
    (void)state;
    const cim_schema_t *schema =
        schema_of("class A { [Description(\"x\")] uint8 X; uint8 M(); };"
                  "class B : A { }; class C : A { }; class D : B { };");
    const cim_class_t *b = class_of(schema, "B");
    const cim_qualifier_t *list = b->properties[0].qualifiers;
    assert_ptr_equal(class_of(schema, "C")->properties[0].qualifiers, list);
    assert_ptr_equal(class_of(schema, "D")->properties[0].qualifiers, list);
    assert_ptr_equal(class_of(schema, "D")->index,
                     class_of(schema, "A")->index);
    assert_ptr_equal(class_of(schema, "D")->methods[0].output,
                     class_of(schema, "A")->methods[0].output);
}

static void values_of_qualifiers_default_to_their_type(void **state)
{
    (void)state;
    const cim_schema_t *schema =
        schema_of("Qualifier Flag : boolean = false, Scope(any);"
                  "Qualifier Word : string = \"w\", Scope(any);"
                  "Qualifier List : uint8[] = {1, 2}, Scope(any);"
                  "Qualifier Null : string, Scope(any);"
                  "[Flag, Word, List, Null] class A { };");
    const cim_class_t *a = class_of(schema, "A");
    assert_int_equal(a->nqualifiers, 4);
    assert_true(a->qualifiers[0].value.v.u);
    assert_string_equal(a->qualifiers[1].value.v.s, "w");
    assert_int_equal(a->qualifiers[2].value.count, 2);
    assert_true(a->qualifiers[3].value.is_null);
}

static void flags_follow_qualifiers(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(
        "class A { [Write] uint8 W; [Required] uint8 R; [OctetString] uint8 "
        "O[]; [Write(false)] uint8 N; [Static] uint8 S(); uint8 P(); };"
        "[Indication] class I { }; [Association, Abstract] class L { };"
        "class LL : L { }; class II : I { };");
    const cim_class_t *a = class_of(schema, "A");
    assert_true(a->properties[0].writable && !a->properties[0].required);
    assert_true(a->properties[1].required && !a->properties[1].writable);
    assert_true(a->properties[2].octets);
    assert_false(a->properties[3].writable);
    assert_true(a->methods[0].is_static && !a->methods[1].is_static);
    assert_true(class_of(schema, "II")->indication);
    assert_true(class_of(schema, "L")->association);
    assert_true(class_of(schema, "L")->abstract);
    assert_true(class_of(schema, "LL")->association);
    assert_false(class_of(schema, "LL")->abstract);
}

static void embedded_instances_are_a_type(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(
        "class A { [EmbeddedInstance(\"B\")] string One = NULL;"
        " [EmbeddedObject] string Any[]; string Plain;"
        " [EmbeddedObject] string M([EmbeddedInstance(\"B\")] string P); };"
        "class B : A { [Override(\"Plain\"), EmbeddedInstance(\"A\")]"
        " string Plain; [Override(\"One\")] string One; };");
    const cim_class_t *a = class_of(schema, "A"), *b = class_of(schema, "B");
    assert_int_equal(a->properties[0].type, CIM_INSTANCE);
    assert_string_equal(a->properties[0].type_name, "B");
    assert_int_equal(a->properties[0].value.type, CIM_INSTANCE);
    assert_true(a->properties[0].value.is_null);
    assert_int_equal(a->properties[1].type, CIM_INSTANCE);
    assert_null(a->properties[1].type_name);
    assert_true(a->properties[1].is_array);
    assert_int_equal(a->properties[2].type, CIM_STRING);
    assert_int_equal(b->properties[0].type, CIM_INSTANCE);
    assert_int_equal(b->properties[2].type, CIM_INSTANCE);
    assert_int_equal(a->methods[0].type, CIM_INSTANCE);
    assert_string_equal(a->methods[0].input->properties[0].type_name, "B");
}

static void arguments_are_classes(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(
        "class A { uint32 Run(string Plain, [Out] uint8 Both, [In(false), Out]"
        " datetime Result, [In(false)] uint8 None, A REF Who[]); void Stop();"
        " };");
    const cim_method_t *run = class_of(schema, "A")->methods;
    static const struct {
        const char *name;
        unsigned in, out;
    } rows[] = {{"Plain", 1, 0},
                {"Both", 1, 1},
                {"Result", 0, 1},
                {"None", 0, 0},
                {"Who", 1, 0}};
    assert_int_equal(run->nparameters, COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(run->parameters[i].name, rows[i].name);
        assert_int_equal(run->parameters[i].in, rows[i].in);
        assert_int_equal(run->parameters[i].out, rows[i].out);
    }
    assert_string_equal(run->input->name, "Run_INPUT");
    assert_string_equal(run->input->ns, "root/cimv2");
    assert_int_equal(run->input->nproperties, 3);
    assert_int_equal(cim_class_property_index(run->input, "who"), 2);
    assert_int_equal(run->input->properties[2].type, CIM_REFERENCE);
    assert_true(run->input->properties[2].is_array);
    assert_string_equal(run->output->name, "Run_OUTPUT");
    assert_int_equal(run->output->nproperties, 3);
    assert_string_equal(run->output->properties[2].name, "ReturnValue");
    assert_int_equal(run->output->properties[2].type, CIM_UINT32);
    assert_int_equal(cim_class_property_index(run->output, "result"), 1);
    assert_int_equal(run->output->nkeys, 0);
    cim_instance_t *out = cim_instance_make(run->output, pool);
    assert_int_equal(cim_instance_set(out, "ReturnValue", cim_uint64(7)),
                     APR_SUCCESS);

    const cim_method_t *stop = &class_of(schema, "A")->methods[1];
    assert_int_equal(stop->type, CIM_NONE);
    assert_int_equal(stop->output->nproperties, 0);
}

static void methods_are_inherited_and_overridden(void **state)
{
    (void)state;
    const cim_schema_t *schema = schema_of(
        "class A { [Description(\"a\")] uint8 M([Required] string P);"
        " uint8 N(); };"
        "class B : A { [Override(\"M\")] uint8 M([Description(\"p\")] string "
        "p); string O(); };");
    const cim_class_t *b = class_of(schema, "B");
    assert_int_equal(b->nmethods, 3);
    assert_false(b->methods[0].propagated);
    assert_string_equal(b->methods[0].origin, "A");
    assert_non_null(cim_qualifier_find(
        b->methods[0].qualifiers, b->methods[0].nqualifiers, "Description"));
    assert_true(b->methods[0].parameters[0].required);
    assert_true(b->methods[1].propagated);
    assert_string_equal(b->methods[2].origin, "B");
}

static void bad_declarations_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"class A : B { };",
         "t.mof:1:7: A derives from B, which is not in root/cimv2"},
        {"class A : A { };",
         "t.mof:1:7: A derives from itself, or from more than 128 classes"},
        {"class A : B { }; class B : C { }; class C : A { };",
         "t.mof:1:7: A derives from itself, or from more than 128 classes"},
        {"class A { uint8 X; }; class B : A { uint16 X; };",
         "t.mof:1:29: B.X is a uint16, but the one it overrides is a uint8"},
        {"class A { uint8 X; }; class B : A { uint8 X[]; };",
         "t.mof:1:29: B.X is a uint8[], but the one it overrides is a uint8"},
        {"class A { uint8 X; string x; };", "t.mof:1:7: A.x is declared twice"},
        {"class A { uint8 M(); uint8 m(); };",
         "t.mof:1:7: A.m() is declared twice"},
        {"class A { uint8 M(uint8 a, string A); };",
         "t.mof:1:7: A.M has two parameters A"},
        {"class A { uint8 M(); }; class B : A { string M(); };",
         "t.mof:1:31: B.M returns a string, but the one it overrides a uint8"},
        {"class A { uint8 M(uint8 P); };"
         "class B : A { uint8 M(string P); };",
         "t.mof:1:37: B.M(P) is a string, but the one it overrides is a uint8"},
        {"class A { [Override(\"Y\")] uint8 X; };",
         "t.mof:1:7: A.X overrides 'Y', which is not inherited"},
        {"class A { uint8 X; }; class B : A { [Override(\"Y\")] uint8 X; };",
         "t.mof:1:29: B.X overrides 'Y', which has another name"},
        {"class A { [Override(\"M\")] uint8 M(); };",
         "t.mof:1:7: A.M overrides 'M', which is not inherited"},
        {"class A { [Key] string X; };\nclass B : A { [Key] string Y; };",
         "t.mof:2:7: B.Y cannot be a key: B has inherited its keys"},
        {"class A { [Key] string X; uint8 Y; };"
         "class B : A { [Key] uint8 Y; };",
         "t.mof:1:44: B.Y cannot be a key: B has inherited its keys"},
        {"class A { [Key] string X; };"
         "class B : A { [Key(false)] string X; };",
         "t.mof:1:35: B.X changes the qualifier Key, which has "
         "DisableOverride"},
        {"class A { B REF X; }; class B { };",
         "t.mof:1:7: A.X is a reference, but A is no association"},
        {"class A { }; [Association] class B : A { };",
         "t.mof:1:34: the association B derives from A, which is none"},
        {"[Key] class A { };",
         "t.mof:1:13: the qualifier Key is not for a class such as A"},
        {"class A { [Association] uint8 X; };",
         "t.mof:1:7: the qualifier Association is not for a property such as "
         "A.X"},
        {"class A { [Key] uint8 M(); };",
         "t.mof:1:7: the qualifier Key is not for a method such as A.M"},
        {"class A { uint8 M([Key] uint8 P); };",
         "t.mof:1:7: the qualifier Key is not for a parameter such as A.M(P)"},
        {"[Association] class A { [Write] A REF X; };",
         "t.mof:1:21: the qualifier Write is not for a reference such as A.X"},
        {"class A { [Key, key] uint8 X; };",
         "t.mof:1:7: the qualifier Key of A.X is given twice"},
        {"class A { [EmbeddedObject] string X = \"x\"; };",
         "t.mof:1:7: A.X is of type instance, its default of type string"},
        {"class A { }; class a { uint8 X; };",
         "t.mof:1:20: a is declared already, but not like this"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        refused(rows[i].text, rows[i].message);
}

static void inheritance_has_a_bound(void **state)
{
    (void)state;
    char *text = apr_palloc(pool, 200 * 32);
    strcpy(text, "class C0 { };");
    for (int i = 1; i <= 128; i++)
        sprintf(text + strlen(text), "class C%d : C%d { };", i, i - 1);
    schema_of(text);
    strcat(text, "class C129 : C128 { };");
    wsm_error_t *err = read_mof(cim_schema_make(pool), text);
    assert_non_null(err);
    assert_non_null(
        strstr(err->message, "C129 is below more than 128 classes"));
}

static void features_have_a_bound(void **state)
{
    (void)state;
    char *text = apr_palloc(pool, 5000 * 16);
    strcpy(text, "class A {");
    for (int i = 0; i < 4096; i++)
        sprintf(text + strlen(text), "uint8 P%d;", i);
    strcat(text, "};");
    schema_of(text);
    strcat(text, "class B : A { uint8 More; };");
    wsm_error_t *err = read_mof(cim_schema_make(pool), text);
    assert_non_null(err);
    assert_non_null(strstr(err->message, "B has more than 4096 properties"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(inherited_properties_come_first),
        TEST(defaults_and_bounds_are_inherited),
        TEST(flavors_decide_what_goes_down),
        TEST(equal_lists_are_shared),
        TEST(values_of_qualifiers_default_to_their_type),
        TEST(flags_follow_qualifiers),
        TEST(embedded_instances_are_a_type),
        TEST(arguments_are_classes),
        TEST(methods_are_inherited_and_overridden),
        TEST(bad_declarations_are_refused),
        TEST(inheritance_has_a_bound),
        TEST(features_have_a_bound),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
