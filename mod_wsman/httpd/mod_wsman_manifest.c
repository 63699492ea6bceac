/* mod_wsman_manifest.c - tells wsmanctl what this server was started with.
 */
#include "mod_wsman.h"

#include <apr_strings.h>
#include <unixd.h>

#include "../provide/wsm_manifest.h"
#include "../provide/wsm_plugin.h"

static const mod_wsman_model_t *model_at(const mod_wsman_process_t *process,
                                         int i)
{
    return APR_ARRAY_IDX(process->models, i, const mod_wsman_model_t *);
}

static void add_models(wsm_manifest_t *manifest,
                       const mod_wsman_process_t *process)
{
    int i;

    for (i = 0; i < process->models->nelts; i++) {
        const mod_wsman_model_t *model = model_at(process, i);
        wsm_manifest_model_t *made =
            wsm_manifest_add_model(manifest, model->ns);

        if (model->files != NULL)
            apr_array_cat(made->files, model->files);
    }
}

static int number_of(const mod_wsman_process_t *process,
                     const mod_wsman_model_t *model)
{
    int i = 0;

    while (model_at(process, i) != model)
        i++;
    return i;
}

static void add_endpoints(wsm_manifest_t *manifest,
                          const mod_wsman_process_t *process)
{
    const server_rec *s;
    int i;

    for (s = process->main; s != NULL; s = s->next) {
        const mod_wsman_server_t *server = mod_wsman_server_of(s);

        for (i = 0; i < server->nsites; i++) {
            const mod_wsman_site_t *site = &server->sites[i];
            wsm_manifest_endpoint_t *made = wsm_manifest_add_endpoint(manifest);

            made->id = site->id;
            made->repository = mod_wsman_place_repository(site->place);
            made->ns = mod_wsman_place_ns(site->place);
            made->model = number_of(process, site->model);
            if (site->place->maps != NULL)
                apr_array_cat(made->maps, site->place->maps);
        }
    }
}

/* A provider that serves nothing by what it declares is a WSManMap's. */
static int is_shadow(const mod_wsman_process_t *process,
                     const wsm_plugin_t *plugin, apr_pool_t *pool)
{
    const mod_wsman_model_t *model = model_at(process, 0);
    const char *name = plugin->provider->classes[0];
    const char *colon = strchr(name, ':');
    const char *ns =
        colon ? apr_pstrmemdup(pool, name, (apr_size_t)(colon - name))
              : model->ns;
    wsm_endpoint_t endpoint = {.registry = model->registry};
    const cim_class_t *cls =
        cim_schema_class(model->schema, ns, colon ? colon + 1 : name);
    const wsm_binding_t *binding =
        cls ? wsm_registry_find(&endpoint, NULL, cls) : NULL;

    return binding == NULL ||
           strcmp(wsm_binding_name(binding), plugin->name) != 0;
}

static void add_providers(wsm_manifest_t *manifest,
                          const mod_wsman_process_t *process, apr_pool_t *pool)
{
    const apr_array_header_t *lines =
        mod_wsman_server_of(process->main)->providers;
    int i;

    for (i = 0; i < process->plugins->nelts; i++) {
        const wsm_plugin_t *plugin =
            APR_ARRAY_IDX(process->plugins, i, const wsm_plugin_t *);
        wsm_manifest_provider_t *made;
        const char *const *name;

        made = wsm_manifest_add_provider(manifest);
        made->name = plugin->name;
        made->path = APR_ARRAY_IDX(lines, i, mod_wsman_provider_t).path;
        made->version = plugin->provider->version;
        made->flags = plugin->provider->flags;
        made->shadow = is_shadow(process, plugin, pool);
        for (name = plugin->provider->classes; *name != NULL; name++)
            APR_ARRAY_PUSH(made->classes, const char *) = *name;
    }
}

static const char *shells_of(const mod_wsman_process_t *process,
                             apr_pool_t *pool)
{
    const mod_wsman_shells_t *shells =
        &mod_wsman_server_of(process->main)->shells;

    return mod_wsman_shells_wanted(shells)
               ? mod_wsman_shells_socket(shells, pool)
               : NULL;
}

wsm_error_t *mod_wsman_manifest_write(const mod_wsman_process_t *process,
                                      apr_pool_t *pool)
{
    wsm_manifest_t *manifest = wsm_manifest_make(pool);

    manifest->version = WSM_VERSION;
    manifest->store = process->store;
    if (geteuid() == 0) {
        manifest->uid = ap_unixd_config.user_id;
        manifest->gid = ap_unixd_config.group_id;
    }
    manifest->shells = shells_of(process, pool);
    add_models(manifest, process);
    add_endpoints(manifest, process);
    add_providers(manifest, process, pool);
    return wsm_manifest_write(manifest, process->state_dir, pool);
}
