/* test_cim_mof_instance.c - instances, aliases and references in MOF. */
#include "cim_test.h"

static const char instances_mof[] =
    "class P as $p { [Key] string Id; uint32 N = 4; string S[]; };"
    "class Box { [Key] uint8 No; [EmbeddedInstance(\"P\")] string One;"
    " [EmbeddedObject] string Many[]; };"
    "[Association] class Tie { [Key] P REF A; [Key] P REF B; };"
    "[Association] class Ring { [Key] string Id; Ring REF Next; };";

static const cim_instance_t *only(const cim_schema_t *schema, const char *name)
{
    const cim_instance_t **list =
        cim_schema_instances(schema, class_of(schema, name), pool);
    assert_non_null(list[0]);
    assert_null(list[1]);
    return list[0];
}

static void instances_have_defaults(void **state)
{
    (void)state;
    cim_schema_t *schema = schema_of(instances_mof);
    assert_null(read_mof(schema, "instance of P { id = \"x\"; s = {\"a\", "
                                 "NULL}; };"));
    const cim_instance_t *p = only(schema, "P");
    assert_string_equal(cim_instance_get(p, "Id")->v.s, "x");
    assert_int_equal(cim_instance_get(p, "N")->v.u, 4);
    assert_int_equal(cim_instance_get(p, "S")->count, 2);
}

static void aliases_may_come_later(void **state)
{
    (void)state;
    cim_schema_t *schema = schema_of(instances_mof);
    assert_null(read_mof(schema, "instance of Tie { A = $one; B = $TWO; };"
                                 "instance of P as $one { Id = \"1\"; };"
                                 "instance of P as $Two { Id = \"2\"; };"));
    const cim_instance_t *tie = only(schema, "Tie");
    const cim_path_t *a = cim_instance_get(tie, "A")->v.ref;
    assert_string_equal(a->class_name, "P");
    assert_string_equal(a->ns, "root/cimv2");
    assert_string_equal(a->keys[0].value.v.s, "1");
    assert_string_equal(cim_instance_get(tie, "B")->v.ref->keys[0].value.v.s,
                        "2");
}

static void references_may_be_texts(void **state)
{
    (void)state;
    cim_schema_t *schema = schema_of(instances_mof);
    assert_null(read_mof(schema, "instance of Tie { A = \"P.Id=\\\"1\\\"\";"
                                 " B = \"P=\\\"2\\\"\"; };"));
    const cim_instance_t *tie = only(schema, "Tie");
    assert_string_equal(cim_instance_get(tie, "A")->v.ref->keys[0].value.v.s,
                        "1");
    assert_string_equal(cim_instance_get(tie, "B")->v.ref->keys[0].name, "Id");
}

static void references_may_go_round(void **state)
{
    (void)state;
    cim_schema_t *schema = schema_of(instances_mof);
    assert_null(read_mof(schema,
                         "instance of Ring as $a { Id = \"a\"; Next = $b; };"
                         "instance of Ring as $b { Id = \"b\"; Next = $a; };"));
    const cim_instance_t **rings =
        cim_schema_instances(schema, class_of(schema, "Ring"), pool);
    assert_string_equal(
        cim_instance_get(rings[0], "Next")->v.ref->keys[0].value.v.s, "b");
    assert_string_equal(
        cim_instance_get(rings[1], "Next")->v.ref->keys[0].value.v.s, "a");
}

static void a_class_has_an_alias_too(void **state)
{
    (void)state;
    const cim_schema_t *schema =
        schema_of("class P as $p { [Key] string Id; };"
                  "[Association] class T { [Key] string Id; P REF A; };"
                  "instance of T { Id = \"x\"; A = $p; };");
    const cim_path_t *a = cim_instance_get(only(schema, "T"), "A")->v.ref;
    assert_string_equal(a->class_name, "P");
    assert_int_equal(a->nkeys, 0);
}

static void instances_may_hold_instances(void **state)
{
    (void)state;
    cim_schema_t *schema = schema_of(instances_mof);
    assert_null(read_mof(
        schema,
        "instance of Box { No = 1; One = $p2; Many = {$p2, instance of P {"
        " Id = \"in\"; }, \"instance of P { Id = \\\"text\\\"; };\", NULL}; };"
        "instance of P as $p2 { Id = \"2\"; };"));
    const cim_instance_t *box = only(schema, "Box");
    assert_string_equal(cim_instance_get(box, "One")->v.obj->values[0].v.s,
                        "2");
    const cim_value_t *many = cim_instance_get(box, "Many");
    static const char *const ids[] = {"2", "in", "text"};
    assert_int_equal(many->count, 4);
    for (size_t i = 0; i < COUNT(ids); i++)
        assert_string_equal(many->v.items[i].v.obj->values[0].v.s, ids[i]);
    assert_true(many->v.items[3].is_null);
    assert_int_equal(many->v.items[1].v.obj->values[1].v.u, 4);
    /* those inside are not instances of their own */
    only(schema, "P");
}

static void what_has_no_key_is_meant_by_its_alias(void **state)
{
    (void)state;
    cim_schema_t *schema =
        schema_of("class S { uint8 N; }; class B { [Key] uint8 No;"
                  " [EmbeddedInstance(\"S\")] string Many[]; };"
                  "instance of S as $a { N = 1; };"
                  "instance of S as $b { N = 2; };"
                  "instance of B { No = 1; Many = {$a, $b}; };");
    assert_null(cim_schema_instances(schema, class_of(schema, "S"), pool)[0]);
    assert_int_equal(cim_instance_get(only(schema, "B"), "Many")
                         ->v.items[1]
                         .v.obj->values[0]
                         .v.u,
                     2);
}

static void instances_go_to_their_namespace(void **state)
{
    (void)state;
    const cim_schema_t *schema =
        schema_of("class P { [Key] string Id; };"
                  "#pragma namespace (\"root/two\")\n"
                  "class P { [Key] string Id; uint8 Two; };"
                  "instance of P { Id = \"x\"; Two = 2; };");
    const cim_class_t *two = cim_schema_class(schema, "root/two", "P");
    assert_null(cim_schema_instances(schema, class_of(schema, "P"), pool)[0]);
    assert_non_null(cim_schema_instances(schema, two, pool)[0]);
}

static void bad_instances_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"instance P { };",
         "t.mof:1:10: expected 'of' after 'instance', found 'P'"},
        {"instance of P as p { };",
         "t.mof:1:18: expected an alias such as $a, found 'p'"},
        {"instance of P { Id \"x\"; };",
         "t.mof:1:20: expected '=' after the property, found a string"},
        {"instance of P { Id = \"x\" };",
         "t.mof:1:26: expected ';' after the value, found '}'"},
        {"instance of P { Id = \"x\"; }",
         "t.mof:1:28: expected ';' after the instance, found the end"},
        {"instance of Nope { };",
         "t.mof:1:13: the class Nope is not in root/cimv2"},
        {"[Abstract] class Z { };\ninstance of Z { };",
         "t.mof:2:13: Z is abstract, it has no instances"},
        {"instance of P { N = 1; };",
         "t.mof:1:13: an instance of P lacks a key"},
        {"instance of P { Id = NULL; };",
         "t.mof:1:13: an instance of P lacks a key"},
        {"instance of P { Id = \"x\"; Nope = 1; };",
         "t.mof:1:27: P has no property Nope"},
        {"instance of P { Id = \"x\"; ID = \"y\"; };",
         "t.mof:1:27: Id has a value already"},
        {"instance of P { Id = 5; };",
         "t.mof:1:22: expected a string, found the number 5"},
        {"instance of P { Id = {\"x\"}; };",
         "t.mof:1:17: Id takes a single value, found '{'"},
        {"instance of P { Id = \"x\"; S = \"y\"; };",
         "t.mof:1:31: expected '{', found a string"},
        {"instance of P { Id = \"x\"; N = 4294967296; };",
         "t.mof:1:31: the number 4294967296 is out of the range of uint32"},
        {"instance of P { Id = \"x\"; };\ninstance of P { Id = \"x\"; };",
         "t.mof:2:13: there are two instances p.id=\"x\""},
        {"instance of P as $a { Id = \"x\"; };"
         "instance of P as $A { Id = \"y\"; };",
         "t.mof:1:52: there is another alias $A"},
        {"instance of Tie { A = $no; B = $no; };",
         "t.mof:1:23: there is no alias $no"},
        {"instance of Tie { A = 5; };",
         "t.mof:1:23: expected an object path or an alias, found the number 5"},
        {"instance of Tie { A = \"P.\"; };",
         "t.mof:1:23: 'P.' is no object path"},
        {"instance of Tie { A = \"P.Nope=1\"; };",
         "t.mof:1:23: 'P.Nope=1' does not have the keys of P"},
        {"instance of Tie { A = $box; B = $box; };"
         "instance of Box as $box { No = 1; };",
         "t.mof:1:23: A refers to a P, this is a Box"},
        {"instance of Box { No = 1; One = 5; };",
         "t.mof:1:33: expected an instance, found the number 5"},
        {"instance of Box { No = 1; One = \"x\"; };",
         "t.mof:1:33: in this string:1:1: expected 'instance', found 'x'"},
        {"instance of Box { No = 1; One = \"instance of P { Id = \\\"x\\\"; }; "
         "x\"; };",
         "t.mof:1:33: in this string:1:30: expected the end, found 'x'"},
        {"instance of Box { No = 1; One = instance of Ring { }; };",
         "t.mof:1:13: Box.One holds a Ring, not a P"},
        {"instance of Tie as $t { A = $t; B = $t; };",
         "t.mof:1:13: instances refer to each other without an end"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        wsm_error_t *err = read_mof(schema_of(instances_mof), rows[i].text);
        if (!err)
            fail_msg("accepted: %s", rows[i].text);
        else
            assert_string_equal(err->message, rows[i].message);
    }
}

static void nesting_has_a_bound(void **state)
{
    (void)state;
    char *text = apr_pcalloc(pool, 100000);
    for (int depth = 31; depth <= 33; depth++) {
        strcpy(text, "class V { uint8 N; [EmbeddedObject] string O; };");
        for (int i = 0; i < depth; i++)
            strcat(text, i ? "O = instance of V { " : "instance of V { ");
        for (int i = 0; i < depth; i++)
            strcat(text, "}; ");
        wsm_error_t *err = read_mof(cim_schema_make(pool), text);
        if (depth <= 32)
            assert_null(err);
        else
            assert_non_null(
                strstr(err->message, "expected no more than 32 instances"));
    }
}

static void aliases_cannot_explode(void **state)
{
    (void)state;
    char *text = apr_pcalloc(pool, 100000);
    strcpy(text, "class V { [EmbeddedObject] string A; [EmbeddedObject] string "
                 "B; [Key] uint8 K; };\n"
                 "instance of V as $v0 { K = 0; };\n");
    for (int i = 1; i < 25; i++)
        sprintf(text + strlen(text),
                "instance of V as $v%d { K = %d; A = $v%d; B = $v%d; };\n", i,
                i, i - 1, i - 1);
    wsm_error_t *err = read_mof(cim_schema_make(pool), text);
    assert_non_null(err);
    assert_non_null(strstr(err->message, "more than 4096 instances in one"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(instances_have_defaults),
        TEST(aliases_may_come_later),
        TEST(references_may_be_texts),
        TEST(references_may_go_round),
        TEST(a_class_has_an_alias_too),
        TEST(instances_may_hold_instances),
        TEST(what_has_no_key_is_meant_by_its_alias),
        TEST(instances_go_to_their_namespace),
        TEST(bad_instances_are_refused),
        TEST(nesting_has_a_bound),
        TEST(aliases_cannot_explode),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
