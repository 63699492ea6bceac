/* test_cim_schema.c - namespaces, and what can be added to them. */
#include "cim_test.h"

/** A class as a caller that reads no MOF would make it. */
static cim_class_t *declare(cim_schema_t *schema, const char *ns,
                            const char *name, const char *super,
                            const char *property, cim_type_e type)
{
    apr_pool_t *in = cim_schema_pool(schema);
    cim_class_t *cls = apr_pcalloc(in, sizeof(*cls));
    cls->ns = ns;
    cls->name = name;
    cls->super_name = super;
    if (property) {
        cls->properties = apr_pcalloc(in, sizeof(*cls->properties));
        cls->properties->name = property;
        cls->properties->type = type;
        cls->nproperties = 1;
    }
    return cls;
}

static void holds_what_is_added(void **state)
{
    (void)state;
    cim_schema_t *schema = cim_schema_make(pool);
    assert_ptr_equal(cim_schema_pool(schema), pool);
    assert_int_equal(cim_schema_count(schema), 0);
    assert_false(cim_schema_has_namespace(schema, "root/a"));
    assert_null(cim_schema_class(schema, "root/a", "C"));
    cim_class_t *c = declare(schema, "root/a", "C", NULL, "P", CIM_UINT8);
    assert_null(cim_schema_add_class(schema, c));
    assert_true(cim_schema_has_namespace(schema, "ROOT/A"));
    assert_ptr_equal(cim_schema_class(schema, "Root/a", "c"), c);
    assert_null(cim_schema_class(schema, "root/b", "C"));
    assert_null(cim_schema_class(schema, "root/a", "D"));
    assert_int_equal(cim_schema_count(schema), 1);
    assert_int_equal(cim_class_property_index(c, "p"), 0);
    assert_string_equal(c->properties[0].origin, "C");
}

static void namespaces_are_apart(void **state)
{
    (void)state;
    cim_schema_t *schema = cim_schema_make(pool);
    assert_null(cim_schema_add_class(
        schema, declare(schema, "root/a", "C", NULL, "P", CIM_UINT8)));
    assert_null(cim_schema_add_class(
        schema, declare(schema, "root/b", "C", NULL, "P", CIM_STRING)));
    wsm_error_t *err = cim_schema_add_class(
        schema, declare(schema, "root/c", "D", "C", NULL, CIM_NONE));
    assert_string_equal(err->message, "D derives from C, which is not in "
                                      "root/c");
    assert_int_equal(cim_schema_count(schema), 2);
    assert_int_equal(
        cim_schema_class(schema, "root/b", "C")->properties[0].type,
        CIM_STRING);
}

static void the_same_again_is_success(void **state)
{
    (void)state;
    cim_schema_t *schema = cim_schema_make(pool);
    cim_class_t *first = declare(schema, "root/a", "C", NULL, "P", CIM_UINT8);
    assert_null(cim_schema_add_class(schema, first));
    assert_null(cim_schema_add_class(
        schema, declare(schema, "root/a", "c", NULL, "p", CIM_UINT8)));
    wsm_error_t *err = cim_schema_add_class(
        schema, declare(schema, "root/a", "C", NULL, "P", CIM_UINT16));
    assert_string_equal(err->message,
                        "C is declared already, but not like this");
    assert_ptr_equal(cim_schema_class(schema, "root/a", "C"), first);
    assert_int_equal(cim_schema_count(schema), 1);
}

static void differences_are_noticed(void **state)
{
    (void)state;
    static const char first[] =
        "[Description(\"d\")] class S { }; [Description(\"x\")] class C : S {"
        " [Key, MaxLen(5)] string K = \"k\"; uint8 L[2];"
        " uint8 M([In] string P); };";
    static const char *const others[] = {
        "[Description(\"y\")] class C : S { [Key, MaxLen(5)] string K = \"k\";"
        " uint8 L[2]; uint8 M([In] string P); };",
        "[Description(\"x\")] class C { [Key, MaxLen(5)] string K = \"k\";"
        " uint8 L[2]; uint8 M([In] string P); };",
        "[Description(\"x\")] class C : S { [Key, MaxLen(6)] string K = \"k\";"
        " uint8 L[2]; uint8 M([In] string P); };",
        "[Description(\"x\")] class C : S { [Key, MaxLen(5) : Restricted]"
        " string K = \"k\"; uint8 L[2]; uint8 M([In] string P); };",
        "[Description(\"x\")] class C : S { [Key, MaxLen(5)] string K = \"K\";"
        " uint8 L[2]; uint8 M([In] string P); };",
        "[Description(\"x\")] class C : S { [Key, MaxLen(5)] string K;"
        " uint8 L[2]; uint8 M([In] string P); };",
        "[Description(\"x\")] class C : S { [Key, MaxLen(5)] string K = \"k\";"
        " uint8 L[3]; uint8 M([In] string P); };",
        "[Description(\"x\")] class C : S { [Key, MaxLen(5)] string K = \"k\";"
        " uint8 M([In] string P); };",
        "[Description(\"x\")] class C : S { [Key, MaxLen(5)] string K = \"k\";"
        " uint8 L[2]; uint8 M([In] uint8 P); };",
        "[Description(\"x\")] class C : S { [Key, MaxLen(5)] string K = \"k\";"
        " uint8 L[2]; uint8 M(); };",
        "[Description(\"x\")] class C : S { [Key, MaxLen(5)] string K = \"k\";"
        " uint8 L[2]; };",
    };
    assert_null(read_mof(schema_of(first),
                         "[description(\"x\")] class c : s { [maxlen(5), key]"
                         " string k = \"k\"; uint8 l[2];"
                         " uint8 m([in] string p); };"));
    for (size_t i = 0; i < COUNT(others); i++) {
        if (!read_mof(schema_of(first), others[i]))
            fail_msg("taken for the same: %s", others[i]);
    }
}

static void qualifier_types(void **state)
{
    (void)state;
    cim_schema_t *schema = cim_schema_make(pool);
    char name[] = "Mine", text[] = "default";
    cim_qualifier_type_t type = {name, cim_string(text), CIM_SCOPE_CLASS,
                                 CIM_FLAVOR_OVERRIDE};
    assert_null(cim_schema_qualifier_type(schema, "root/a", "Mine"));
    assert_null(cim_schema_add_qualifier_type(schema, "root/a", &type));
    assert_null(cim_schema_add_qualifier_type(schema, "root/a", &type));
    cim_qualifier_type_t other = type;
    other.scope = CIM_SCOPE_ANY;
    assert_string_equal(
        cim_schema_add_qualifier_type(schema, "root/a", &other)->message,
        "the qualifier Mine is declared already, but not like this");
    assert_null(cim_schema_add_qualifier_type(schema, "root/b", &other));
    name[0] = text[0] = 'X';
    const cim_qualifier_type_t *found =
        cim_schema_qualifier_type(schema, "root/a", "MINE");
    assert_string_equal(found->name, "Mine");
    assert_string_equal(found->value.v.s, "default");
    assert_int_equal(found->scope, CIM_SCOPE_CLASS);
}

static void standard_qualifiers_need_no_declaration(void **state)
{
    (void)state;
    cim_schema_t *schema = cim_schema_make(pool);
    const cim_qualifier_type_t *key =
        cim_schema_qualifier_type(schema, "root/a", "key");
    assert_string_equal(key->name, "Key");
    assert_int_equal(key->value.type, CIM_BOOLEAN);
    assert_int_equal(key->scope, CIM_SCOPE_PROPERTY | CIM_SCOPE_REFERENCE);
    assert_int_equal(key->flavor, CIM_FLAVOR_TOSUBCLASS);
    /* one's own goes before it */
    const cim_qualifier_type_t own = {"Key", cim_boolean(0), CIM_SCOPE_ANY,
                                      CIM_FLAVOR_OVERRIDE};
    assert_null(cim_schema_add_qualifier_type(schema, "root/a", &own));
    key = cim_schema_qualifier_type(schema, "root/a", "Key");
    assert_int_equal(key->scope, CIM_SCOPE_ANY);
    key = cim_schema_qualifier_type(schema, "root/b", "Key");
    assert_int_not_equal(key->scope, CIM_SCOPE_ANY);
}

static void qualifiers_must_be_of_their_type(void **state)
{
    (void)state;
    cim_schema_t *schema = cim_schema_make(pool);
    cim_class_t *c = declare(schema, "root/a", "C", NULL, NULL, CIM_NONE);
    cim_qualifier_t *q = apr_pcalloc(pool, sizeof(*q));
    q->name = "Nope";
    q->value = cim_uint8(1);
    c->qualifiers = q;
    c->nqualifiers = 1;
    assert_string_equal(cim_schema_add_class(schema, c)->message,
                        "the qualifier Nope of C is not declared");
    q->name = "Description";
    assert_string_equal(cim_schema_add_class(schema, c)->message,
                        "the qualifier Description of C is not a string");
}

static void descendants_are_sorted(void **state)
{
    (void)state;
    const cim_schema_t *schema =
        schema_of("class A { }; class z : A { }; class C : A { };"
                  "class B : A { }; class b2 : B { }; class B1 : B { };"
                  "class Other { };");
    static const char *const names[] = {"A", "B", "B1", "b2", "C", "z"};
    const cim_class_t **all =
        cim_schema_descendants(schema, class_of(schema, "A"), pool);
    for (size_t i = 0; i < COUNT(names); i++)
        assert_string_equal(all[i]->name, names[i]);
    assert_null(all[COUNT(names)]);
    all = cim_schema_descendants(schema, class_of(schema, "Other"), pool);
    assert_string_equal(all[0]->name, "Other");
    assert_null(all[1]);
    assert_int_equal(class_of(schema, "A")->nsubclasses, 3);
    assert_string_equal(class_of(schema, "A")->subclasses[0]->name, "z");
}

typedef struct walk_t {
    int count;
    int wrong;
    apr_hash_t *seen;
} walk_t;

static void visit(void *baton, const cim_class_t *cls)
{
    walk_t *walk = baton;
    if (cls->super && !apr_hash_get(walk->seen, &cls->super, sizeof(void *)))
        walk->wrong++;
    const cim_class_t **key = apr_pmemdup(pool, &cls, sizeof(*key));
    apr_hash_set(walk->seen, key, sizeof(void *), cls);
    walk->count++;
}

static void each_visits_superclasses_first(void **state)
{
    (void)state;
    cim_schema_t *schema =
        schema_of("class D : C { }; class C : B { }; class B : A { };"
                  "class A { }; class E : A { };"
                  "#pragma namespace (\"root/two\")\n"
                  "class X { };");
    walk_t walk = {0, 0, apr_hash_make(pool)};
    cim_schema_each(schema, "ROOT/cimv2", visit, &walk);
    assert_int_equal(walk.count, 5);
    cim_schema_each(schema, NULL, visit, &walk);
    assert_int_equal(walk.count, 11);
    cim_schema_each(schema, "root/three", visit, &walk);
    assert_int_equal(walk.count, 11);
    assert_int_equal(walk.wrong, 0);
    assert_int_equal(cim_schema_count(schema), 6);
}

static void instances_are_kept_by_class(void **state)
{
    (void)state;
    cim_schema_t *schema = schema_of(
        "class A { [Key] string Id; }; class B : A { }; class S { uint8 N; };");
    const cim_class_t *a = class_of(schema, "A"), *b = class_of(schema, "B");
    const cim_class_t *s = class_of(schema, "S");
    char id[] = "x";
    cim_instance_t *one = cim_instance_make(a, pool);
    cim_instance_set(one, "Id", cim_string(id));
    cim_instance_t *two = cim_instance_make(b, pool);
    cim_instance_set(two, "Id", cim_string(id));
    assert_null(cim_schema_instances(schema, a, pool)[0]);
    assert_null(cim_schema_add_instance(schema, "root/cimv2", one));
    assert_null(cim_schema_add_instance(schema, "root/cimv2", two));
    id[0] = 'y';
    const cim_instance_t **list = cim_schema_instances(schema, a, pool);
    assert_string_equal(list[0]->values[0].v.s, "x");
    assert_null(list[1]);
    assert_ptr_equal(cim_schema_instances(schema, b, pool)[0]->cls, b);

    id[0] = 'x';
    assert_string_equal(
        cim_schema_add_instance(schema, "root/cimv2", one)->message,
        "there are two instances a.id=\"x\"");
    assert_string_equal(cim_schema_add_instance(schema, "root/cimv2",
                                                cim_instance_make(a, pool))
                            ->message,
                        "an instance of A lacks a key");
    cim_instance_t *only = cim_instance_make(s, pool);
    assert_null(cim_schema_add_instance(schema, "root/cimv2", only));
    assert_non_null(cim_schema_add_instance(schema, "root/cimv2", only));
    only->values[0] = cim_string("no number");
    assert_string_equal(
        cim_schema_add_instance(schema, "root/cimv2", only)->message,
        "S.N is a uint8, but the value is a string");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(holds_what_is_added),
        TEST(namespaces_are_apart),
        TEST(the_same_again_is_success),
        TEST(differences_are_noticed),
        TEST(qualifier_types),
        TEST(standard_qualifiers_need_no_declaration),
        TEST(qualifiers_must_be_of_their_type),
        TEST(descendants_are_sorted),
        TEST(each_visits_superclasses_first),
        TEST(instances_are_kept_by_class),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
