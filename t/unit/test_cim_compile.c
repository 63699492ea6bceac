/* test_cim_compile.c - what changes a repository, and what does not. */
#include "catalog.h"

static const char files[] =
    "[Description(\"of the server\")] class Base { [Key] string Id; };"
    "class Other { [Key] string Id; };";

/** The refusal's message; its code and status must be these. */
static const char *refusal(const wsm_error_t *err, wsman_code_e code,
                           wsman_cim_status_e status)
{
    assert_non_null(err);
    if (err->code != code)
        fail_msg("%s", err->message);
    assert_int_equal(err->cim_status, status);
    return err->message;
}

static const char *tree(const t_catalog_t *self, const char *name)
{
    const cim_schema_t *schema = now(self);
    const char *text = "";
    const cim_class_t **all =
        cim_schema_descendants(schema, class_of(schema, name), pool);
    for (; *all; all++)
        text = apr_pstrcat(pool, text, *text ? " " : "", (*all)->name, NULL);
    return text;
}

static void a_class_is_there_at_once(void **state)
{
    (void)state;
    t_catalog_t *self = catalog_of(files);
    const cim_schema_t *before = now(self);
    must(compile(self, "class A : Base { uint8 n = 5; }; class B : A { };"));
    assert_int_equal(self->done.classes_made, 2);
    assert_null(cim_schema_class(before, "root/cimv2", "A"));
    assert_string_equal(tree(self, "Base"), "Base A B");
    const cim_class_t *b = class_of(now(self), "b");
    assert_int_equal(b->properties[1].value.v.u, 5);
    assert_ptr_equal(now(self), now(self));
}

static void a_second_time_changes_nothing(void **state)
{
    (void)state;
    static const char mof[] =
        "Qualifier Mine : string = null, Scope(any);\n"
        "[Mine(\"x\")] class A : Base { uint8 n = 5; };\n"
        "class B : A { }; class Other { [Key] string Id; };\n"
        "instance of A { Id = \"1\"; n = 7; };";
    t_catalog_t *self = catalog_of(files);
    must(compile(self, mof));
    assert_int_equal(self->done.qualifiers_made, 1);
    assert_int_equal(self->done.classes_made, 2);
    assert_int_equal(self->done.classes_same, 1);
    assert_int_equal(self->done.instances_made, 1);
    const cim_schema_t *first = now(self);
    must(compile(self, mof));
    assert_int_equal(self->done.qualifiers_made, 0);
    assert_int_equal(self->done.classes_made, 0);
    assert_int_equal(self->done.classes_same, 3);
    assert_int_equal(self->done.instances_made, 0);
    assert_int_equal(self->done.instances_same, 1);
    assert_ptr_equal(now(self), first);
}

static void all_or_nothing(void **state)
{
    (void)state;
    t_catalog_t *self = catalog_of(files);
    const char *why = refusal(
        compile(self, "class A { [Key] string Id; };\n"
                      "instance of A { Id = \"1\"; };\nclass B : Nobody { };"),
        WSMAN_E_INVALID_REPRESENTATION, WSMAN_CIM_INVALID_SUPERCLASS);
    assert_string_equal(why, "t.mof:3:7: B derives from Nobody, which is not "
                             "in root/cimv2");
    assert_null(cim_schema_class(now(self), "root/cimv2", "A"));
    refusal(compile(self, "class {"), WSMAN_E_INVALID_REPRESENTATION,
            WSMAN_CIM_INVALID_PARAMETER);
    self->to.dry_run = 1;
    must(compile(self, "class A { [Key] string Id; };"));
    assert_int_equal(self->done.classes_made, 1);
    self->to.dry_run = 0;
    assert_null(cim_schema_class(now(self), "root/cimv2", "A"));
}

static void a_change_reaches_what_is_below(void **state)
{
    (void)state;
    t_catalog_t *self = catalog_of(files);
    must(compile(self, "class A : Base { uint8 n; }; class B : A { string s; };"
                       "class C : B { };"));
    must(compile(self, "class A : Base { uint8 n; uint16 more = 3; };"));
    assert_int_equal(self->done.classes_changed, 1);
    assert_string_equal(tree(self, "Base"), "Base A B C");
    const cim_class_t *c = class_of(now(self), "C");
    assert_int_equal(cim_class_property(c, "more")->value.v.u, 3);
    assert_non_null(cim_class_property(c, "s"));
    /* what would not fit below is not done */
    const char *why =
        refusal(compile(self, "class A : Base { uint8 s; };"),
                WSMAN_E_INVALID_REPRESENTATION, WSMAN_CIM_CLASS_HAS_CHILDREN);
    assert_non_null(strstr(why, "A class below what is changed"));
    assert_non_null(cim_class_property(class_of(now(self), "C"), "more"));
}

static void what_the_server_declares_stays(void **state)
{
    (void)state;
    t_catalog_t *self = catalog_of(files);
    refusal(compile(self, "class Base { [Key] uint8 Id; };"),
            WSMAN_E_INVALID_REPRESENTATION, WSMAN_CIM_INVALID_PARAMETER);
    refusal(cim_compile_delete_class(&self->to, "root/cimv2", "Base", pool),
            WSMAN_E_INVALID_REPRESENTATION, WSMAN_CIM_NOT_SUPPORTED);
    refusal(cim_compile_delete_class(&self->to, "root", "__NAMESPACE", pool),
            WSMAN_E_INVALID_REPRESENTATION, WSMAN_CIM_NOT_SUPPORTED);
    refusal(compile(self, "class __Mine { };"), WSMAN_E_INVALID_REPRESENTATION,
            WSMAN_CIM_NOT_SUPPORTED);
}

static void instances_hold_their_class(void **state)
{
    (void)state;
    t_catalog_t *self = catalog_of(files);
    must(compile(self, "class A : Base { uint8 n; string s; };"
                       "instance of A { Id = \"1\"; n = 7; };"));
    const char *why =
        refusal(compile(self, "class A : Base { uint8 n; };"),
                WSMAN_E_INVALID_REPRESENTATION, WSMAN_CIM_CLASS_HAS_INSTANCES);
    assert_non_null(strstr(why, "its property s can neither"));
    refusal(compile(self, "class A : Base { uint16 n; string s; };"),
            WSMAN_E_INVALID_REPRESENTATION, WSMAN_CIM_CLASS_HAS_INSTANCES);
    must(compile(self, "class A : Base { string s; uint8 n; string more; };"));
    refusal(cim_compile_delete_class(&self->to, "root/cimv2", "A", pool),
            WSMAN_E_INVALID_REPRESENTATION, WSMAN_CIM_CLASS_HAS_INSTANCES);
    must(wsm_store_remove_all(self->store, "default", "root/cimv2", "a", pool));
    must(compile(self, "class A : Base { uint16 n; };"));
    must(cim_compile_delete_class(&self->to, "ROOT/cimv2", "a", pool));
    assert_null(cim_schema_class(now(self), "root/cimv2", "A"));
    refusal(cim_compile_delete_class(&self->to, "root/cimv2", "A", pool),
            WSMAN_E_DESTINATION_UNREACHABLE, WSMAN_CIM_OK);
}

static void subclasses_hold_their_class(void **state)
{
    (void)state;
    t_catalog_t *self = catalog_of(files);
    must(compile(self, "class A : Base { }; class B : A { };"));
    refusal(cim_compile_delete_class(&self->to, "root/cimv2", "A", pool),
            WSMAN_E_INVALID_REPRESENTATION, WSMAN_CIM_CLASS_HAS_CHILDREN);
    must(cim_compile_delete_class(&self->to, "root/cimv2", "B", pool));
    must(cim_compile_delete_class(&self->to, "root/cimv2", "A", pool));
    assert_string_equal(tree(self, "Base"), "Base");
}

static void what_cannot_be_kept_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "instance of A { Id = \"a\\x0001\"; };",
        "instance of A { Id = \"a\"; s = {\"ok\", \"\\xFFFF\"}; };",
        "instance of A { Id = \"a\"; c = 0xD800; };",
        "instance of A { Id = \"a\"; c = 7; };"};
    t_catalog_t *self = catalog_of(files);
    must(compile(self, "class A : Base { string s[]; char16 c; };"));
    for (size_t i = 0; i < COUNT(bad); i++) {
        const wsm_error_t *err = compile(self, bad[i]);
        assert_non_null(err);
        assert_non_null(strstr(err->message, "cannot carry"));
    }
    must(compile(self, "instance of A { Id = \"a\\t\\n\\r\"; c = 0; s = "
                       "{\"\\x00E4\"}; };"));
}

static void an_expectation_is_kept(void **state)
{
    (void)state;
    t_catalog_t *self = catalog_of(files);
    self->to.known_class = "A";
    refusal(compile(self, "class A { };"), WSMAN_E_DESTINATION_UNREACHABLE,
            WSMAN_CIM_OK);
    self->to.known_class = NULL;
    self->to.new_class = "A";
    must(compile(self, "class A { };"));
    refusal(compile(self, "class A { };"), WSMAN_E_ALREADY_EXISTS,
            WSMAN_CIM_OK);
}

static void namespaces_come_and_go(void **state)
{
    (void)state;
    t_catalog_t *self = catalog_of(files);
    refusal(compile(self, "#pragma namespace(\"root/x/y\")\nclass X { };"),
            WSMAN_E_INVALID_RESOURCE_URI, WSMAN_CIM_INVALID_NAMESPACE);
    self->to.make_namespaces = 1;
    must(compile(self, "#pragma namespace(\"root/x/y\")\n"
                       "class X { [Key] string Id; };\n"
                       "instance of X { Id = \"1\"; };"));
    assert_int_equal(self->done.namespaces_made, 2);
    assert_true(cim_schema_has_namespace(now(self), "root/X"));
    assert_non_null(cim_schema_class(now(self), "root/x/y", "X"));
    assert_non_null(cim_schema_class(now(self), "root/x/y", "__NAMESPACE"));
    refusal(cim_compile_make_namespace(&self->to, "root/x", pool),
            WSMAN_E_ALREADY_EXISTS, WSMAN_CIM_OK);
    refusal(cim_compile_make_namespace(&self->to, "root/a/b", pool),
            WSMAN_E_INVALID_RESOURCE_URI, WSMAN_CIM_INVALID_NAMESPACE);
    refusal(cim_compile_make_namespace(&self->to, "root/a b", pool),
            WSMAN_E_INVALID_REPRESENTATION, WSMAN_CIM_INVALID_NAMESPACE);
    must(cim_compile_delete_namespace(&self->to, "root/x", pool));
    assert_false(cim_schema_has_namespace(now(self), "root/x/y"));
    int found = 1;
    must(wsm_store_any(self->store, "default", "root/x/y", "x", &found, pool));
    assert_false(found);
    /* made again it is empty */
    must(cim_compile_make_namespace(&self->to, "root/x", pool));
    must(cim_compile_make_namespace(&self->to, "root/x/y", pool));
    assert_null(cim_schema_class(now(self), "root/x/y", "X"));
    assert_non_null(cim_schema_class(now(self), "root/x/y", "__NAMESPACE"));
    refusal(cim_compile_delete_namespace(&self->to, "root/interop", pool),
            WSMAN_E_INVALID_REPRESENTATION, WSMAN_CIM_NOT_SUPPORTED);
    refusal(cim_compile_delete_namespace(&self->to, "root", pool),
            WSMAN_E_INVALID_REPRESENTATION, WSMAN_CIM_NOT_SUPPORTED);
    refusal(cim_compile_delete_namespace(&self->to, "root/nothing", pool),
            WSMAN_E_DESTINATION_UNREACHABLE, WSMAN_CIM_OK);
}

static void an_instance_makes_a_namespace(void **state)
{
    (void)state;
    t_catalog_t *self = catalog_of(files);
    must(compile(self, "instance of __NAMESPACE { Name = \"virt\"; };\n"
                       "#pragma namespace(\"root/cimv2/virt\")\n"
                       "class V { };"));
    assert_non_null(cim_schema_class(now(self), "root/cimv2/virt", "V"));
}

static void another_process_sees_it(void **state)
{
    (void)state;
    t_catalog_t *one = catalog_of(files);
    t_catalog_t *two = catalog_over(one->store, files);
    must(compile(one, "class A : Base { uint8 n; }; class B : A { };"));
    assert_string_equal(tree(two, "Base"), "Base A B");
    must(compile(two, "class A : Base { uint8 n; uint8 m; };"));
    assert_non_null(cim_class_property(class_of(now(one), "B"), "m"));
    /* one that starts later has it in what its children share */
    t_catalog_t *three = catalog_over(one->store, files);
    must(cim_catalog_load(three->catalog, one->store, NULL));
    assert_string_equal(tree(three, "Base"), "Base A B");
    must(cim_compile_delete_class(&one->to, "root/cimv2", "B", pool));
    must(compile(one, "class A : Base { uint8 n; uint8 o; };"));
    assert_string_equal(tree(three, "Base"), "Base A");
    assert_non_null(cim_class_property(class_of(now(three), "A"), "o"));
}

static void new_files_win_over_the_store(void **state)
{
    (void)state;
    t_catalog_t *one = catalog_of(files);
    must(compile(one, "class A : Base { uint8 n; }; class B : A { };"
                      "class C { };"));
    t_catalog_t *two = catalog_over(
        one->store, "class Base { [Key] string Id; }; class A : Base { string "
                    "t; };");
    must(cim_catalog_load(two->catalog, one->store, NULL));
    assert_string_equal(tree(two, "Base"), "Base A B");
    assert_non_null(cim_class_property(class_of(now(two), "B"), "t"));
    assert_null(cim_class_property(class_of(now(two), "B"), "n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_class_is_there_at_once),
        TEST(a_second_time_changes_nothing),
        TEST(all_or_nothing),
        TEST(a_change_reaches_what_is_below),
        TEST(what_the_server_declares_stays),
        TEST(instances_hold_their_class),
        TEST(subclasses_hold_their_class),
        TEST(what_cannot_be_kept_is_refused),
        TEST(an_expectation_is_kept),
        TEST(namespaces_come_and_go),
        TEST(an_instance_makes_a_namespace),
        TEST(another_process_sees_it),
        TEST(new_files_win_over_the_store),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
