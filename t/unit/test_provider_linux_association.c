/* test_provider_linux_association.c - the linux provider's associations: lists,
 * Get by references, and the associate hook, on a tree of known files.
 */
#include "provider_fixture.h"

static const struct {
    const char *path;
    const char *text;
} tree[] = {
    {"/proc/sys/kernel/hostname", "lena.example.org\n"},
    {"/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
                    "zoe:x:1001:10:Zoe:/home/zoe:/bin/sh\n"
                    "+nis::::::\n"
                    "adam:x:1000:1000::/home/adam:/bin/sh\n"
                    "zoe:x:5000:4:Second:/:/bin/false\n"},
    {"/etc/group", "wheel:x:10:root,zoe,ldapuser\nroot:x:0:\nadm:x:4:adam\n"
                   "adm:x:4:root\n+:::\n"},
};

static p_world_t *world;

static int setup(void **state)
{
    wsman_param_t *params;
    (void)state;
    world = p_make();
    params = apr_pcalloc(world->pool, 2 * sizeof(*params));
    p_tree_make(world);
    for (size_t i = 0; i < sizeof(tree) / sizeof(tree[0]); i++)
        p_tree_text(world, tree[i].path, tree[i].text);
    params[0].name = "root";
    params[0].value = world->root;
    p_start(world, "linux", params);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    p_end(world);
    return 0;
}

/* "class.key,key" of a reference */
static const char *end(const cim_instance_t *instance, const char *role)
{
    const cim_value_t *value = cim_instance_get(instance, role);
    const cim_path_t *path;
    const char *text;
    assert_non_null(value);
    assert_int_equal(value->type, CIM_REFERENCE);
    path = value->v.ref;
    text = apr_pstrcat(world->pool, path->class_name, ".", NULL);
    for (apr_uint32_t i = 0; i < path->nkeys; i++)
        text = apr_pstrcat(world->pool, text, i ? "," : "",
                           cim_value_text(&path->keys[i].value, world->pool),
                           NULL);
    return text;
}

static p_list_t associate(const char *cls, const cim_path_t *object)
{
    p_list_t list = {world, apr_array_make(world->pool, 8, sizeof(void *)),
                     apr_array_make(world->pool, 8, sizeof(void *)), 0, NULL};
    wsman_query_t query = {.cls = p_class(world, cls)};
    struct wsman_sink_t sink = {
        .cls = query.cls, .take = p_take, .baton = &list};
    wsm_binding_t *binding = p_binding(world, cls);
    wsm_call_t call = p_call(world), inner;
    assert_null(wsm_binding_enter(binding, &call, &inner));
    sink.call = &inner;
    list.err = wsm_binding_provider(binding)->associate(&inner.pub, object,
                                                        &query, &sink);
    wsm_binding_leave(binding, &inner);
    assert_null(sink.err);
    assert_null(list.err);
    return list;
}

static const char *const members[][2] = {
    {"Win32_Group.lena.example.org,adm",
     "Win32_UserAccount.lena.example.org,adam"},
    {"Win32_Group.lena.example.org,root",
     "Win32_UserAccount.lena.example.org,root"},
    {"Win32_Group.lena.example.org,wheel",
     "Win32_UserAccount.lena.example.org,root"},
    {"Win32_Group.lena.example.org,wheel",
     "Win32_UserAccount.lena.example.org,zoe"},
};

static void group_users(void **state)
{
    p_list_t list = p_list(world, "Win32_GroupUser");
    (void)state;
    assert_int_equal(list.instances->nelts, 4);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(end(p_item(&list, i), "GroupComponent"),
                            members[i][0]);
        assert_string_equal(end(p_item(&list, i), "PartComponent"),
                            members[i][1]);
    }
}

/* Each place gives what is behind it. */
static void resume(void **state)
{
    p_list_t all = p_list(world, "Win32_GroupUser");
    (void)state;
    for (int i = 0; i < 4; i++) {
        wsman_query_t query = {.cls = p_class(world, "Win32_GroupUser"),
                               .after =
                                   APR_ARRAY_IDX(all.keys, i, const char *)};
        p_list_t rest = p_query(world, &query, 0);
        assert_int_equal(rest.instances->nelts, 3 - i);
    }
}

static void associated(void **state)
{
    cim_path_t *path;
    p_list_t list = p_list(world, "Win32_Group"), users;
    (void)state;
    path = cim_instance_path(p_find(&list, "Name", "wheel"), world->pool);
    users = associate("Win32_GroupUser", path);
    assert_int_equal(users.instances->nelts, 2);
    list = p_list(world, "Win32_UserAccount");
    path = cim_instance_path(p_find(&list, "Name", "root"), world->pool);
    users = associate("Win32_GroupUser", path);
    assert_int_equal(users.instances->nelts, 2);
    path = cim_instance_path(p_find(&list, "Name", "zoe"), world->pool);
    users = associate("Win32_GroupUser", path);
    assert_int_equal(users.instances->nelts, 1);
    assert_string_equal(end(p_item(&users, 0), "GroupComponent"),
                        members[3][0]);
}

static wsm_error_t *get(const cim_path_t *path, const cim_instance_t **found)
{
    wsm_binding_t *binding = p_binding(world, path->class_name);
    wsm_call_t call = p_call(world), inner;
    wsm_error_t *err;
    assert_null(wsm_binding_enter(binding, &call, &inner));
    err = wsm_binding_provider(binding)->get(&inner.pub, path, found);
    wsm_binding_leave(binding, &inner);
    return err;
}

static void get_by_references(void **state)
{
    p_list_t list = p_list(world, "Win32_GroupUser");
    (void)state;
    for (int i = 0; i < 4; i++) {
        cim_path_t *path = cim_instance_path(p_item(&list, i), world->pool);
        const cim_instance_t *found;
        assert_null(get(path, &found));
        assert_string_equal(end(found, "GroupComponent"), members[i][0]);
        assert_string_equal(end(found, "PartComponent"), members[i][1]);
    }
}

/* The ends are the keys that a Get of them has. */
static void system_and_os(void **state)
{
    p_list_t list = p_list(world, "Win32_SystemOperatingSystem");
    p_list_t systems = p_list(world, "Win32_ComputerSystem");
    cim_path_t *path = cim_instance_path(p_item(&systems, 0), world->pool);
    (void)state;
    assert_int_equal(list.instances->nelts, 1);
    assert_string_equal(end(p_item(&list, 0), "GroupComponent"),
                        "Win32_ComputerSystem.lena.example.org");
    assert_string_equal(end(p_item(&list, 0), "PartComponent"),
                        "Win32_OperatingSystem.");
    assert_int_equal(
        associate("Win32_SystemOperatingSystem", path).instances->nelts, 1);
    path = cim_path_copy(path, world->pool);
    ((cim_key_t *)(apr_uintptr_t)path->keys)[0].value = cim_string("other");
    assert_int_equal(
        associate("Win32_SystemOperatingSystem", path).instances->nelts, 0);
}

static void adapter_settings(void **state)
{
    p_list_t adapters = p_list(world, "Win32_NetworkAdapter");
    p_list_t configs = p_list(world, "Win32_NetworkAdapterConfiguration");
    (void)state;
    assert_int_equal(adapters.instances->nelts, configs.instances->nelts);
    for (int i = 0; i < adapters.instances->nelts; i++) {
        p_list_t list =
            associate("Win32_NetworkAdapterSetting",
                      cim_instance_path(p_item(&adapters, i), world->pool));
        const cim_path_t *setting;
        assert_int_equal(list.instances->nelts, 1);
        setting = cim_instance_get(p_item(&list, 0), "Setting")->v.ref;
        assert_true(cim_path_equal(
            setting, cim_instance_path(p_item(&configs, i), world->pool)));
    }
}

static void unreadable(void **state)
{
    wsman_query_t query = {.cls = p_class(world, "Win32_GroupUser")};
    p_list_t list;
    (void)state;
    assert_int_equal(
        unlink(apr_pstrcat(world->pool, world->root, "/etc/group", NULL)), 0);
    list = p_query(world, &query, 0);
    assert_non_null(list.err);
    assert_int_equal(list.err->code, WSMAN_E_RESOURCE_OFFLINE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        CASE(group_users),       CASE(resume),        CASE(associated),
        CASE(get_by_references), CASE(system_and_os), CASE(adapter_settings),
        CASE(unreadable),
    };
    int failed;
    (void)argc;
    p_program = argv[0];
    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
