/* test_cim_schema_layer.c - a schema over another one. */
#include "cim_test.h"

#include "../../mod_wsman/cim/cim_xml.h"

static cim_schema_t *over(const cim_schema_t *base, const char *text)
{
    cim_schema_t *schema = cim_schema_make_over(base, pool);
    wsm_error_t *err = read_mof(schema, text);
    if (err)
        fail_msg("%s", wsm_error_text(err, pool));
    return schema;
}

/** "A B C" of a class and what is below it. */
static const char *tree(const cim_schema_t *schema, const char *name)
{
    const char *text = "";
    const cim_class_t **all =
        cim_schema_descendants(schema, class_of(schema, name), pool);
    for (; *all; all++)
        text = apr_pstrcat(pool, text, *text ? " " : "", (*all)->name, NULL);
    return text;
}

static void adds_to_its_base(void **state)
{
    (void)state;
    cim_schema_t *base = schema_of("class A { uint8 p; }; class B : A { };");
    cim_schema_t *upper = over(base, "class C : A { string q; }; class D {};");
    assert_ptr_equal(cim_schema_base(upper), base);
    assert_ptr_equal(class_of(upper, "A"), class_of(base, "A"));
    assert_ptr_equal(class_of(upper, "C")->super, class_of(base, "A"));
    assert_int_equal(cim_class_property_index(class_of(upper, "C"), "P"), 0);
    assert_null(cim_schema_class(base, "root/cimv2", "C"));
    assert_string_equal(tree(upper, "A"), "A B C");
    assert_string_equal(tree(base, "A"), "A B");
    assert_int_equal(cim_schema_count(upper), 4);
    assert_int_equal(cim_schema_count(base), 2);
    assert_false(cim_schema_has_subclasses(upper, class_of(upper, "D")));
    assert_true(cim_schema_has_subclasses(upper, class_of(upper, "A")));
}

static void what_the_lowest_declares_is_fixed(void **state)
{
    (void)state;
    cim_schema_t *base = schema_of("class A { uint8 p; };");
    cim_schema_t *upper = over(base, "class A { uint8 p; }; class B {};");
    assert_ptr_equal(class_of(upper, "A"), class_of(base, "A"));
    wsm_error_t *err = read_mof(upper, "class A { uint16 p; };");
    assert_string_equal(err->message,
                        "t.mof:1:7: A is declared by the server's MOF files, "
                        "but not like this");
    assert_true(cim_schema_class_is_fixed(upper, class_of(upper, "A")));
    assert_false(cim_schema_class_is_fixed(upper, class_of(upper, "B")));
    assert_true(cim_schema_namespace_is_fixed(upper, "ROOT/CIMV2"));
    assert_false(cim_schema_namespace_is_fixed(upper, "root"));
}

static void a_class_is_replaced_with_all_below_it(void **state)
{
    (void)state;
    cim_schema_t *files = schema_of("class Base { };");
    cim_schema_t *middle =
        over(files, "class A : Base { uint8 p; }; class B : A { uint8 q; };"
                    "class C : B { }; class Z : Base { };");
    cim_schema_t *upper = over(middle, "class C : B { }; class B : A { uint8 q;"
                                       "}; class A : Base { uint16 n; };");
    assert_string_equal(tree(upper, "Base"), "Base A B C Z");
    assert_string_equal(tree(middle, "Base"), "Base A B C Z");
    const cim_class_t *c = class_of(upper, "C");
    assert_ptr_not_equal(c, class_of(middle, "C"));
    assert_ptr_equal(c->super->super, class_of(upper, "A"));
    assert_int_equal(cim_class_property_index(c, "p"), -1);
    assert_int_equal(cim_class_property_index(c, "n"), 0);
    assert_int_equal(cim_class_property_index(class_of(middle, "C"), "p"), 0);
    assert_int_equal(cim_schema_count(upper), 5);
}

static void subclasses_of_a_replaced_class_are_lost_until_added(void **state)
{
    (void)state;
    cim_schema_t *files = schema_of("class Base { };");
    cim_schema_t *middle =
        over(files, "class A : Base { uint8 p; }; class B : A { };");
    cim_schema_t *upper = over(middle, "class A : Base { uint16 n; };");
    assert_string_equal(tree(upper, "A"), "A");
    assert_null(read_mof(upper, "class B : A { };"));
    assert_string_equal(tree(upper, "A"), "A B");
    assert_int_equal(cim_class_property_index(class_of(upper, "B"), "n"), 0);
}

static void collect_names(void *baton, const cim_class_t *cls)
{
    const char **text = baton;
    *text = apr_pstrcat(pool, *text, cls->name, " ", NULL);
}

static void hides_classes_and_namespaces(void **state)
{
    (void)state;
    const char *names = "";
    cim_schema_t *files = schema_of("class Base { };");
    cim_schema_t *middle =
        over(files, "class A : Base { }; class B { };\n"
                    "#pragma namespace(\"root/x\")\nclass X { };");
    cim_schema_t *upper = cim_schema_make_over(middle, pool);
    cim_schema_hide_class(upper, "root/cimv2", "a");
    cim_schema_hide_class(upper, "root/cimv2", "never there");
    cim_schema_hide_namespace(upper, "ROOT/X");
    assert_null(cim_schema_class(upper, "root/cimv2", "A"));
    assert_false(cim_schema_has_namespace(upper, "root/x"));
    assert_null(cim_schema_class(upper, "root/x", "X"));
    assert_string_equal(tree(upper, "Base"), "Base");
    assert_int_equal(cim_schema_count(upper), 2);
    cim_schema_each(upper, NULL, collect_names, &names);
    assert_string_equal(names, "Base B ");
    const char **spaces = cim_schema_namespaces(upper, pool);
    assert_string_equal(spaces[0], "root/cimv2");
    assert_null(spaces[1]);
    /* and made again, empty */
    cim_schema_add_namespace(upper, "root/x");
    assert_true(cim_schema_has_namespace(upper, "root/x"));
    assert_null(cim_schema_class(upper, "root/x", "X"));
    cim_schema_t *top = over(upper, "class A : Base { string s; };");
    assert_string_equal(tree(top, "Base"), "Base A");
    spaces = cim_schema_namespaces(top, pool);
    assert_string_equal(spaces[1], "root/x");
}

static void qualifier_types_are_seen_from_above(void **state)
{
    (void)state;
    cim_schema_t *base =
        schema_of("Qualifier Q : uint8 = 1, Scope(any); class A { };");
    cim_schema_t *upper = over(base, "[Q(7)] class B { };");
    const cim_class_t *b = class_of(upper, "B");
    assert_int_equal(
        cim_qualifier_find(b->qualifiers, b->nqualifiers, "q")->value.v.u, 7);
    assert_null(read_mof(upper, "Qualifier Q : uint8 = 1, Scope(any);"));
    assert_non_null(read_mof(upper, "Qualifier Q : uint8 = 2, Scope(any);"));
}

static void leave_out(void *baton, const cim_class_t *cls,
                      const wsm_error_t *why)
{
    const char **text = baton;
    *text = apr_pstrcat(pool, *text, cls->name, ": ", why->message, "\n", NULL);
}

static void texts_are_read_as_one(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "class C : B { };", "class B : A { };", "class Lost : Nobody { };",
        "class Mine { uint8 p; };", "class Below : Mine { };"};
    const char *left_out = "";
    cim_schema_t *files =
        schema_of("class A { uint8 p; }; class Mine { uint16 p; };");
    cim_schema_t *upper = cim_schema_make_over(files, pool);
    const cim_mof_options_t options = {
        .ns = "root/cimv2", .refused = leave_out, .baton = &left_out};
    cim_mof_reader_t *reader;
    assert_null(cim_mof_begin(&reader, upper, &options, pool));
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_null(cim_mof_feed(reader, "root/cimv2", "store", texts[i],
                                 strlen(texts[i])));
    assert_non_null(cim_mof_feed(reader, "root/cimv2", "store", "class {", 7));
    assert_null(cim_mof_end(reader));
    assert_string_equal(tree(upper, "A"), "A B C");
    assert_string_equal(
        left_out,
        "Mine: store:1:7: Mine is declared by the server's MOF files, but not "
        "like this\n"
        "Lost: store:1:7: Lost derives from Nobody, which is not in "
        "root/cimv2\n");
    assert_string_equal(tree(upper, "Mine"), "Mine Below");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(adds_to_its_base),
        TEST(what_the_lowest_declares_is_fixed),
        TEST(a_class_is_replaced_with_all_below_it),
        TEST(subclasses_of_a_replaced_class_are_lost_until_added),
        TEST(hides_classes_and_namespaces),
        TEST(qualifier_types_are_seen_from_above),
        TEST(texts_are_read_as_one),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
