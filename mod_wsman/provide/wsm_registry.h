/* wsm_registry.h - plug-ins: loading, checking, and which one serves a class.
 *
 * A plugin is a loaded shared object.  A registry binds plugins to the classes
 * of one schema; for each binding start() is called once in each process.
 * Loading and binding happen in the parent, before the fork; starting in the
 * child.
 */
#ifndef WSM_REGISTRY_H
#define WSM_REGISTRY_H

#include "wsm_call.h"

typedef struct wsm_plugin_t wsm_plugin_t;
typedef struct wsm_binding_t wsm_binding_t;

/** Loads a shared object and checks its symbol: cookie, major, minor, size.
 *  The message of an error says which of these, and what to do.
 *  @param params  ended by a NULL name; must live as long as pool */
wsm_error_t *wsm_plugin_load(wsm_plugin_t **plugin, const char *name,
                             const char *path, const wsman_param_t *params,
                             apr_pool_t *pool);
/** The same for a provider that is linked in (tests). */
wsm_error_t *wsm_plugin_make(wsm_plugin_t **plugin, const char *name,
                             const wsman_provider_t *provider,
                             const wsman_param_t *params, apr_pool_t *pool);

wsm_registry_t *wsm_registry_make(const cim_schema_t *schema,
                                  const char *default_ns, apr_pool_t *pool);
/** Binds a plugin.  A class named "*:Class" is served in whatever namespace it
 *  is, also in those that are made later: for the server's own classes. Errors:
 * a class that no MOF declares; a class that another plugin serves already
 * (unless `shadow`: then it is found by name only, for WSManMap). */
wsm_error_t *wsm_registry_add(wsm_registry_t *registry, wsm_plugin_t *plugin,
                              int shadow);
/** Starts all bindings (in the child).  One that fails is logged and stays
 *  offline.
 *  @param pool  the process': bindings stop when it is cleared */
void wsm_registry_start(wsm_registry_t *registry, const wsm_log_t *log,
                        apr_pool_t *pool);

/** Who serves a class at an endpoint: the endpoint's maps first, then who
 *  declared it.  NULL: no provider does. */
wsm_binding_t *wsm_registry_find(const wsm_endpoint_t *endpoint,
                                 const char *resource_uri,
                                 const cim_class_t *cls);
/** @return true if a plugin of this name is bound */
int wsm_registry_has(const wsm_registry_t *registry, const char *name);

/** The provider of a binding, for asking which hooks it has. */
const wsman_provider_t *wsm_binding_provider(const wsm_binding_t *binding);
const char *wsm_binding_name(const wsm_binding_t *binding);

/** Readies a call for this binding's hooks: its state, its lock unless it is
 *  THREADED.  WSMAN_E_RESOURCE_OFFLINE if it did not start.  Always followed by
 *  wsm_binding_leave if it succeeded.
 *  @param inner  set to a copy of `call` to hand to the hook */
wsm_error_t *wsm_binding_enter(wsm_binding_t *binding, const wsm_call_t *call,
                               wsm_call_t *inner);
void wsm_binding_leave(wsm_binding_t *binding, wsm_call_t *inner);

#endif
