/* test_cim_catalog241.c - CIM 2.41 in a repository: what is read back from the
 * store is what the MOF says.
 */
#include "cim241.h"

#include "catalog.h"
#include "cim_same.h"

typedef struct walk_t {
    const cim_schema_t *other;
    same_t seen;
} walk_t;

static void compare(void *baton, const cim_class_t *cls)
{
    walk_t *walk = baton;
    const cim_class_t *stored =
        cim_schema_class(walk->other, cls->ns, cls->name);
    assert_non_null(stored);
    same_class(&walk->seen, cls, stored);
}

static wsm_store_t *open_store(const char *file)
{
    wsm_store_t *store;
    const char *spec = apr_pstrcat(pool, "sqlite3:", file, NULL);
    must(wsm_store_dbd_prepare(spec, (apr_uid_t)-1, (apr_gid_t)-1, pool));
    must(wsm_store_dbd_open(&store, spec, NULL, pool));
    return store;
}

static void compare_all(const cim_schema_t *read, const cim_schema_t *stored)
{
    walk_t walk = {.other = stored};
    cim_schema_each(read, "root/cim", compare, &walk);
    assert_int_equal(walk.seen.classes, 1438);
    /* as many as CIM 2.41 has with what is inherited */
    assert_true(walk.seen.properties >= 22614);
    assert_true(walk.seen.methods >= 1833);
    assert_true(walk.seen.parameters >= 2640);
    assert_true(walk.seen.qualifiers >= 79973);
    print_message("compared: %lu classes, %lu properties, %lu methods, %lu "
                  "parameters, %lu qualifiers\n",
                  walk.seen.classes, walk.seen.properties, walk.seen.methods,
                  walk.seen.parameters, walk.seen.qualifiers);
}

static void all_of_it_comes_back(void **state)
{
    (void)state;
    if (!unpack())
        skip();
    const char *const files[] = {top_file(pool), NULL};
    const cim_mof_options_t options = {.ns = "root/cim"};
    cim_schema_t *read = cim_schema_make(pool);
    must(cim_mof_read_files(read, files, &options, pool));

    const char *file = apr_pstrcat(pool, folder, "/store.db", NULL);
    t_catalog_t *one = catalog_over(open_store(file), "class A { };");
    one->to.ns = "root/cim";
    one->to.make_namespaces = 1;
    must(cim_compile_files(&one->done, &one->to, files, pool));
    assert_int_equal(one->done.classes_made, 1438);
    assert_int_equal(one->done.namespaces_made, 1);
    compare_all(read, now(one));

    /* a server that starts with it, and a second compile */
    t_catalog_t *two = catalog_over(open_store(file), "class A { };");
    must(cim_catalog_load(two->catalog, two->store, NULL));
    compare_all(read, now(two));
    two->to.ns = "root/cim";
    must(cim_compile_files(&two->done, &two->to, files, pool));
    assert_int_equal(two->done.classes_made, 0);
    assert_int_equal(two->done.classes_changed, 0);
    assert_int_equal(two->done.classes_same, 1438);
    assert_int_equal(two->done.qualifiers_made, 0);

    /* a change at the top reaches everything below */
    static const char top[] =
        "[Abstract, Version(\"2.41.0\")]\n"
        "class CIM_ManagedElement { string InstanceID; string Caption;\n"
        "string Description; string ElementName; uint64 Generation;\n"
        "string Added = \"yes\"; };";
    must(cim_compile_text(&two->done, &two->to, "top.mof", top, strlen(top),
                          pool));
    assert_int_equal(two->done.classes_changed, 1);
    const cim_class_t *system =
        cim_schema_class(now(one), "root/cim", "CIM_ComputerSystem");
    assert_string_equal(cim_class_property(system, "Added")->value.v.s, "yes");
    assert_int_equal(cim_schema_count(now(one)), cim_schema_count(now(two)));
}

static int forget(void **state)
{
    remove_folder();
    return destroy_pool(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(
        all_of_it_comes_back, make_pool, forget)};
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
