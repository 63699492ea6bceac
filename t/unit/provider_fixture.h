/* provider_fixture.h - a provider's shared object under the real registry and
 * host, with its MOF, and a small tree of files to show it instead of "/".
 *
 * The test program finds the shared object beside itself in the build
 * directory; it runs in the root of the project.
 */
#ifndef T_PROVIDER_FIXTURE_H
#define T_PROVIDER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <apr_file_io.h>
#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/cim/cim_mof.h"
#include "../../mod_wsman/cim/cim_value.h"
#include "../../mod_wsman/provide/wsm_host.h"
#include "../../mod_wsman/provide/wsm_plugin.h"
#include "../../mod_wsman/provide/wsm_sink.h"

typedef struct p_world_t {
    apr_pool_t *pool;
    cim_schema_t *schema;
    wsm_plugin_t *plugin;
    wsm_endpoint_t endpoint;
    wsm_log_t log;
    apr_array_header_t *lines; /* of the log, const char * */
    const char *root;          /* the tree, or NULL */
} p_world_t;

static const char *p_program; /* argv[0] */

static inline void p_log(void *baton, int level, const char *line)
{
    p_world_t *world = baton;
    (void)level;
    APR_ARRAY_PUSH(world->lines, const char *) = apr_pstrdup(world->pool, line);
}

static inline const char *p_build_file(const char *name, apr_pool_t *pool)
{
    const char *at = strstr(p_program, "t/unit/");
    assert_non_null(at);
    return apr_pstrcat(
        pool, apr_pstrmemdup(pool, p_program, (apr_size_t)(at - p_program)),
        name, NULL);
}

/* Makes a fresh world; bring it up with p_start(). */
static inline p_world_t *p_make(void)
{
    apr_pool_t *pool;
    p_world_t *world;
    apr_pool_create(&pool, NULL);
    world = apr_pcalloc(pool, sizeof(*world));
    world->pool = pool;
    world->lines = apr_array_make(pool, 4, sizeof(const char *));
    world->log = (wsm_log_t){p_log, world, WSMAN_LOG_DEBUG};
    return world;
}

static inline wsm_binding_t *p_binding(p_world_t *world, const char *name)
{
    return wsm_registry_find(
        &world->endpoint, NULL,
        cim_schema_class(world->schema, "root/cimv2", name));
}

static inline void p_start(p_world_t *world, const char *name,
                           const wsman_param_t *params)
{
    const char *files[] = {
        "schemas/wsman.mof",
        apr_psprintf(world->pool, "providers/%s/%s.mof", name, name), NULL};
    const char *so = apr_psprintf(world->pool, "providers/%s.so", name);
    cim_mof_options_t options = {.ns = "root/cimv2"};
    wsm_error_t *err;
    world->schema = cim_schema_make(world->pool);
    err = cim_mof_read_files(world->schema, files, &options, world->pool);
    if (err)
        fail_msg("%s", wsm_error_text(err, world->pool));
    err = wsm_plugin_load(&world->plugin, name, p_build_file(so, world->pool),
                          params, world->pool);
    if (err)
        fail_msg("%s", wsm_error_text(err, world->pool));
    world->endpoint.id = "unit";
    world->endpoint.schema = world->schema;
    world->endpoint.default_ns = "root/cimv2";
    world->endpoint.registry =
        wsm_registry_make(world->schema, "root/cimv2", world->pool);
    assert_null(wsm_registry_add(world->endpoint.registry, world->plugin, 0));
    wsm_registry_start(world->endpoint.registry, &world->log, world->pool);
}

static inline const cim_class_t *p_class(p_world_t *world, const char *name)
{
    const cim_class_t *cls =
        cim_schema_class(world->schema, "root/cimv2", name);
    assert_non_null(cls);
    return cls;
}

static inline wsm_call_t p_call(p_world_t *world)
{
    wsm_call_t call = {
        .pub = {.host = &wsm_host,
                .pool = world->pool,
                .user = "unit",
                .ns = "root/cimv2",
                .deadline = apr_time_now() + apr_time_from_sec(60)},
        .endpoint = &world->endpoint,
        .log = &world->log,
        .now = apr_time_now()};
    return call;
}

/* Lists */

typedef struct p_list_t {
    p_world_t *world;
    apr_array_header_t *instances; /* const cim_instance_t * */
    apr_array_header_t *keys;      /* const char * */
    int limit;
    wsm_error_t *err;
} p_list_t;

static wsman_sink_e p_take(void *baton, const cim_instance_t *instance,
                           const char *key, apr_pool_t *scratch)
{
    p_list_t *list = baton;
    (void)scratch;
    APR_ARRAY_PUSH(list->instances, const cim_instance_t *) =
        cim_instance_copy(instance, list->world->pool);
    APR_ARRAY_PUSH(list->keys, const char *) =
        apr_pstrdup(list->world->pool, key);
    return list->instances->nelts == list->limit ? WSMAN_SINK_FULL
                                                 : WSMAN_SINK_MORE;
}

static inline p_list_t p_query(p_world_t *world, const wsman_query_t *query,
                               int limit)
{
    p_list_t list = {world, apr_array_make(world->pool, 8, sizeof(void *)),
                     apr_array_make(world->pool, 8, sizeof(void *)), limit,
                     NULL};
    struct wsman_sink_t sink = {
        .cls = query->cls, .keyed = 1, .take = p_take, .baton = &list};
    wsm_binding_t *binding = p_binding(world, query->cls->name);
    wsm_call_t call = p_call(world), inner;
    list.err = wsm_binding_enter(binding, &call, &inner);
    if (!list.err) {
        sink.call = &inner;
        list.err =
            wsm_binding_provider(binding)->list(&inner.pub, query, &sink);
        wsm_binding_leave(binding, &inner);
    }
    if (sink.err)
        fail_msg("%s", sink.err->message);
    return list;
}

static inline p_list_t p_list(p_world_t *world, const char *name)
{
    wsman_query_t query = {.cls = p_class(world, name)};
    p_list_t list = p_query(world, &query, 0);
    if (list.err)
        fail_msg("%s", wsm_error_text(list.err, world->pool));
    return list;
}

static inline const cim_instance_t *p_item(const p_list_t *list, int at)
{
    assert_in_range(at, 0, list->instances->nelts - 1);
    return APR_ARRAY_IDX(list->instances, at, const cim_instance_t *);
}

/* The instance whose property has this text, or NULL. */
static inline const cim_instance_t *p_find(const p_list_t *list,
                                           const char *name, const char *text)
{
    for (int i = 0; i < list->instances->nelts; i++) {
        const cim_instance_t *instance = p_item(list, i);
        const cim_value_t *value = cim_instance_get(instance, name);
        if (value && !value->is_null &&
            strcmp(cim_value_text(value, list->world->pool), text) == 0)
            return instance;
    }
    return NULL;
}

/* Values */

/* The text of a value; "NULL" for one that is not there; arrays with commas. */
static inline const char *p_text(p_world_t *world,
                                 const cim_instance_t *instance,
                                 const char *name)
{
    const cim_value_t *value;
    const char *text = "";
    assert_non_null(instance);
    if (cim_class_property_index(instance->cls, name) < 0)
        fail_msg("%s has no property %s", instance->cls->name, name);
    value = cim_instance_get(instance, name);
    if (!value || value->is_null || value->type == CIM_NONE)
        return "NULL";
    if (!value->is_array)
        return cim_value_text(value, world->pool);
    for (apr_uint32_t i = 0; i < value->count; i++)
        text =
            apr_pstrcat(world->pool, text, i ? "," : "",
                        value->v.items[i].is_null
                            ? "NULL"
                            : cim_value_text(&value->v.items[i], world->pool),
                        NULL);
    return text;
}

typedef struct p_expect_t {
    const char *name;
    const char *text;
} p_expect_t;

/* Ended by a row without a name. */
static inline void p_expect(p_world_t *world, const cim_instance_t *instance,
                            const p_expect_t *rows)
{
    for (; rows->name; rows++) {
        const char *text = p_text(world, instance, rows->name);
        if (strcmp(text, rows->text) != 0)
            fail_msg("%s.%s is %s, expected %s", instance->cls->name,
                     rows->name, text, rows->text);
    }
}

/* Get and Invoke: the path as text, 'Win32_Process.Handle="1"' */

static inline const cim_path_t *p_path(p_world_t *world, const char *text)
{
    cim_path_t *path = apr_pcalloc(world->pool, sizeof(*path));
    const char *name = apr_pstrmemdup(world->pool, text, strcspn(text, ".="));
    if (!cim_path_parse(text, p_class(world, name), path, world->pool))
        fail_msg("%s is no path", text);
    return path;
}

static inline wsm_error_t *p_get(p_world_t *world, const char *text,
                                 const cim_instance_t **instance)
{
    const cim_path_t *path = p_path(world, text);
    wsm_binding_t *binding = p_binding(world, path->class_name);
    wsm_call_t call = p_call(world), inner;
    wsm_error_t *err = wsm_binding_enter(binding, &call, &inner);
    assert_null(err);
    err = wsm_binding_provider(binding)->get(&inner.pub, path, instance);
    wsm_binding_leave(binding, &inner);
    return err;
}

static inline wsm_error_t *p_invoke(p_world_t *world, const char *text,
                                    const char *name, cim_instance_t **out)
{
    const cim_path_t *path = p_path(world, text);
    const cim_method_t *method =
        cim_class_method(p_class(world, path->class_name), name);
    wsm_binding_t *binding = p_binding(world, path->class_name);
    wsm_call_t call = p_call(world), inner;
    wsm_error_t *err = wsm_binding_enter(binding, &call, &inner);
    assert_null(err);
    assert_non_null(method);
    *out = cim_instance_make(method->output, world->pool);
    err = wsm_binding_provider(binding)->invoke(
        &inner.pub, path, method->name,
        cim_instance_make(method->input, world->pool), *out);
    wsm_binding_leave(binding, &inner);
    return err;
}

/* The tree of files */

static inline void p_tree_make(p_world_t *world)
{
    char template[] = "/tmp/wsman-unit-XXXXXX";
    assert_non_null(mkdtemp(template));
    assert_int_equal(chmod(template, 0755), 0);
    world->root = apr_pstrdup(world->pool, template);
}

static inline const char *p_tree_path(p_world_t *world, const char *path)
{
    char *full = apr_pstrcat(world->pool, world->root, path, NULL);
    char *slash = strrchr(full, '/');
    *slash = '\0';
    assert_int_equal(
        apr_dir_make_recursive(full, APR_FPROT_OS_DEFAULT, world->pool),
        APR_SUCCESS);
    *slash = '/';
    return full;
}

static inline void p_tree_write(p_world_t *world, const char *path,
                                const void *data, apr_size_t length)
{
    FILE *file = fopen(p_tree_path(world, path), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static inline void p_tree_text(p_world_t *world, const char *path,
                               const char *text)
{
    p_tree_write(world, path, text, strlen(text));
}

static inline void p_tree_link(p_world_t *world, const char *path,
                               const char *target)
{
    assert_int_equal(symlink(target, p_tree_path(world, path)), 0);
}

static inline void p_tree_remove(const char *path, apr_pool_t *pool)
{
    apr_dir_t *dir;
    apr_finfo_t info;
    if (apr_dir_open(&dir, path, pool) == APR_SUCCESS) {
        while (apr_dir_read(&info, APR_FINFO_NAME | APR_FINFO_TYPE, dir) ==
               APR_SUCCESS) {
            const char *full = apr_pstrcat(pool, path, "/", info.name, NULL);
            if (strcmp(info.name, ".") == 0 || strcmp(info.name, "..") == 0)
                continue;
            if (info.filetype == APR_DIR)
                p_tree_remove(full, pool);
            else
                unlink(full);
        }
        apr_dir_close(dir);
    }
    rmdir(path);
}

static inline void p_end(p_world_t *world)
{
    if (world->root)
        p_tree_remove(world->root, world->pool);
    apr_pool_destroy(world->pool);
}

#endif
