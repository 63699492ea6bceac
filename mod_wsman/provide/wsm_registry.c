/* wsm_registry.c - bindings of plug-ins to the classes of a schema.
 */
#include "wsm_registry.h"

#include <string.h>

#include <apr_fnmatch.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>

#include "../cim/cim_table.h"
#include "wsm_host.h"
#include "wsm_plugin.h"

struct wsm_binding_t {
    const wsm_plugin_t *plugin;
    wsm_registry_t *registry;
    void *state;
    apr_thread_mutex_t *lock; /* NULL: hooks may run at the same time */
    int started;
};

struct wsm_registry_t {
    const cim_schema_t *schema;
    const char *default_ns;
    apr_hash_t *classes;          /* const cim_class_t * -> wsm_binding_t * */
    cim_table_t *anywhere;        /* wsm_binding_t * by class, of "*:Class" */
    apr_array_header_t *bindings; /* wsm_binding_t * */
    apr_pool_t *pool;
};

wsm_registry_t *wsm_registry_make(const cim_schema_t *schema,
                                  const char *default_ns, apr_pool_t *pool)
{
    wsm_registry_t *registry = apr_pcalloc(pool, sizeof(*registry));

    registry->schema = schema;
    registry->default_ns = default_ns;
    registry->classes = apr_hash_make(pool);
    registry->anywhere = cim_table_make(pool);
    registry->bindings = apr_array_make(pool, 4, sizeof(wsm_binding_t *));
    registry->pool = pool;
    return registry;
}

static wsm_error_t *served_twice(const wsm_registry_t *registry,
                                 const char *name, const wsm_binding_t *one,
                                 const wsm_binding_t *other)
{
    return wsm_fail(registry->pool, WSMAN_E_INTERNAL_ERROR,
                    "The class %s is served by two providers, %s and %s: load "
                    "one of them.",
                    name, one->plugin->name, other->plugin->name);
}

static wsm_error_t *bind_anywhere(wsm_registry_t *registry,
                                  wsm_binding_t *binding, const char *name)
{
    const wsm_binding_t *other = cim_table_get(registry->anywhere, name);

    if (other != NULL)
        return served_twice(registry, name, other, binding);
    cim_table_add(registry->anywhere, name, binding);
    return NULL;
}

/* "Class" or "root/other:Class" */
static const cim_class_t *find_declared(const wsm_registry_t *registry,
                                        const char *name)
{
    const char *colon = strchr(name, ':');
    const char *ns = registry->default_ns;

    if (colon != NULL) {
        ns = apr_pstrmemdup(registry->pool, name, (apr_size_t)(colon - name));
        name = colon + 1;
    }
    return cim_schema_class(registry->schema, ns, name);
}

static wsm_error_t *bind_class(wsm_registry_t *registry, wsm_binding_t *binding,
                               const char *name)
{
    const cim_class_t *cls;
    const wsm_binding_t *other;

    if (strncmp(name, "*:", 2) == 0)
        return bind_anywhere(registry, binding, name + 2);
    cls = find_declared(registry, name);
    if (cls == NULL)
        return wsm_fail(registry->pool, WSMAN_E_INTERNAL_ERROR,
                        "The provider %s serves the class %s, which no MOF "
                        "file declares: name its file in WSManSchema.",
                        binding->plugin->name, name);
    other = apr_hash_get(registry->classes, &cls, sizeof(cls));
    if (other != NULL)
        return served_twice(registry, name, other, binding);
    apr_hash_set(registry->classes,
                 apr_pmemdup(registry->pool, &cls, sizeof(cls)), sizeof(cls),
                 binding);
    return NULL;
}

wsm_error_t *wsm_registry_add(wsm_registry_t *registry, wsm_plugin_t *plugin,
                              int shadow)
{
    wsm_binding_t *binding = apr_pcalloc(registry->pool, sizeof(*binding));
    const char *const *name;

    if (wsm_registry_has(registry, plugin->name))
        return wsm_fail(registry->pool, WSMAN_E_INTERNAL_ERROR,
                        "There are two providers of the name %s.",
                        plugin->name);
    binding->plugin = plugin;
    binding->registry = registry;
    for (name = plugin->provider->classes; *name != NULL && !shadow; name++) {
        wsm_error_t *err = bind_class(registry, binding, *name);

        if (err != NULL)
            return err;
    }
    APR_ARRAY_PUSH(registry->bindings, wsm_binding_t *) = binding;
    return NULL;
}

static wsm_binding_t *find_by_name(const wsm_registry_t *registry,
                                   const char *name)
{
    int i;

    for (i = 0; i < registry->bindings->nelts; i++) {
        wsm_binding_t *binding =
            APR_ARRAY_IDX(registry->bindings, i, wsm_binding_t *);

        if (strcmp(binding->plugin->name, name) == 0)
            return binding;
    }
    return NULL;
}

int wsm_registry_has(const wsm_registry_t *registry, const char *name)
{
    return find_by_name(registry, name) != NULL;
}

static apr_status_t stop_binding(void *data)
{
    wsm_binding_t *binding = data;

    binding->started = 0;
    if (binding->plugin->provider->stop != NULL)
        binding->plugin->provider->stop(binding->state);
    return APR_SUCCESS;
}

static void start_binding(wsm_binding_t *binding, const wsm_log_t *log,
                          apr_pool_t *pool)
{
    const wsman_provider_t *provider = binding->plugin->provider;
    wsm_endpoint_t endpoint = {.schema = binding->registry->schema,
                               .default_ns = binding->registry->default_ns};
    wsm_call_t call = {.pub = {.host = &wsm_host,
                               .pool = pool,
                               .ns = binding->registry->default_ns},
                       .endpoint = &endpoint,
                       .log = log};
    wsm_error_t *err = NULL;

    apr_pool_create(&call.pub.scratch, pool);
    if ((provider->flags & WSMAN_PROVIDER_THREADED) == 0)
        apr_thread_mutex_create(&binding->lock, APR_THREAD_MUTEX_DEFAULT, pool);
    if (provider->start != NULL)
        err = provider->start(&call.pub, binding->plugin->params,
                              &binding->state, pool);
    if (err != NULL) {
        wsm_log(log, WSMAN_LOG_ERR,
                "provider %s did not start, requests for its classes will be "
                "answered with wsa:EndpointUnavailable: %s",
                binding->plugin->name, wsm_error_text(err, pool));
    } else {
        binding->started = 1;
        apr_pool_cleanup_register(pool, binding, stop_binding,
                                  apr_pool_cleanup_null);
    }
    apr_pool_destroy(call.pub.scratch);
}

void wsm_registry_start(wsm_registry_t *registry, const wsm_log_t *log,
                        apr_pool_t *pool)
{
    int i;

    for (i = 0; i < registry->bindings->nelts; i++)
        start_binding(APR_ARRAY_IDX(registry->bindings, i, wsm_binding_t *),
                      log, pool);
}

static wsm_binding_t *find_mapped(const wsm_endpoint_t *endpoint,
                                  const char *resource_uri,
                                  const cim_class_t *cls)
{
    const int flags = APR_FNM_CASE_BLIND;
    int i;

    for (i = 0; i < endpoint->nmaps; i++) {
        const wsm_map_t *map = &endpoint->maps[i];

        if (apr_fnmatch(map->pattern, cls->name, flags) == APR_SUCCESS ||
            (resource_uri != NULL &&
             apr_fnmatch(map->pattern, resource_uri, flags) == APR_SUCCESS))
            return find_by_name(endpoint->registry, map->provider);
    }
    return NULL;
}

wsm_binding_t *wsm_registry_find(const wsm_endpoint_t *endpoint,
                                 const char *resource_uri,
                                 const cim_class_t *cls)
{
    wsm_binding_t *binding = NULL;

    if (endpoint->nmaps > 0)
        binding = find_mapped(endpoint, resource_uri, cls);
    if (binding == NULL)
        binding = apr_hash_get(endpoint->registry->classes, &cls, sizeof(cls));
    if (binding == NULL)
        binding = cim_table_get(endpoint->registry->anywhere, cls->name);
    return binding;
}

const wsman_provider_t *wsm_binding_provider(const wsm_binding_t *binding)
{
    return binding->plugin->provider;
}

const char *wsm_binding_name(const wsm_binding_t *binding)
{
    return binding->plugin->name;
}

wsm_error_t *wsm_binding_enter(wsm_binding_t *binding, const wsm_call_t *call,
                               wsm_call_t *inner)
{
    if (!binding->started)
        return wsm_fail(call->pub.pool, WSMAN_E_RESOURCE_OFFLINE,
                        "The provider %s is not running; the server's log "
                        "says why.",
                        binding->plugin->name);
    *inner = *call;
    inner->pub.state = binding->state;
    apr_pool_create(&inner->pub.scratch, call->pub.pool);
    inner->held = binding->lock;
    if (binding->lock != NULL)
        apr_thread_mutex_lock(binding->lock);
    return NULL;
}

void wsm_binding_leave(wsm_binding_t *binding, wsm_call_t *inner)
{
    if (binding->lock != NULL)
        apr_thread_mutex_unlock(binding->lock);
    apr_pool_destroy(inner->pub.scratch);
}
