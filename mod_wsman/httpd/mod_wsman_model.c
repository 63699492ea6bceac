/* mod_wsman_model.c - MOF files into schemas, plug-ins into registries.
 *
 * All of it happens in the parent; children share what it made copy-on-write.
 */
#include "mod_wsman.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include "../cim/cim_mof.h"
#include "../om/cim_system.h"
#include "../provide/wsm_plugin.h"

static int same_files(const apr_array_header_t *a, const apr_array_header_t *b)
{
    int i;

    if (a == b)
        return 1;
    if (a == NULL || b == NULL || a->nelts != b->nelts)
        return 0;
    for (i = 0; i < a->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(a, i, const char *),
                   APR_ARRAY_IDX(b, i, const char *)) != 0)
            return 0;
    }
    return 1;
}

static mod_wsman_model_t *find_model(const mod_wsman_process_t *process,
                                     const apr_array_header_t *files,
                                     const char *ns)
{
    int i;

    for (i = 0; i < process->models->nelts; i++) {
        mod_wsman_model_t *model =
            APR_ARRAY_IDX(process->models, i, mod_wsman_model_t *);

        if (strcmp(model->ns, ns) == 0 && same_files(model->files, files))
            return model;
    }
    return NULL;
}

static wsm_error_t *read_files(mod_wsman_model_t *model, apr_pool_t *ptemp)
{
    cim_mof_options_t options = {.ns = model->ns, .limit = 0};
    int nfiles = model->files ? model->files->nelts : 0;
    const char **names =
        apr_pcalloc(ptemp, sizeof(*names) * (apr_size_t)(nfiles + 1));
    apr_pool_t *scratch;
    wsm_error_t *err;
    int i;

    for (i = 0; i < nfiles; i++)
        names[i] = APR_ARRAY_IDX(model->files, i, const char *);
    apr_pool_create(&scratch, ptemp);
    err = cim_mof_read_files(model->schema, names, &options, scratch);
    if (err != NULL)
        err = wsm_error_make(ptemp, err->code, APR_SUCCESS, NULL, "%s",
                             wsm_error_text(err, ptemp));
    apr_pool_destroy(scratch);
    return err;
}

wsm_error_t *mod_wsman_model_get(mod_wsman_model_t **model,
                                 mod_wsman_process_t *process, server_rec *s,
                                 apr_pool_t *pconf, apr_pool_t *ptemp)
{
    const apr_array_header_t *files = mod_wsman_server_of(s)->schema;
    const char *ns = mod_wsman_place_ns(mod_wsman_place_of(s->lookup_defaults));
    wsm_error_t *err;

    *model = find_model(process, files, ns);
    if (*model != NULL)
        return NULL;
    *model = apr_pcalloc(pconf, sizeof(**model));
    (*model)->files = files;
    (*model)->ns = ns;
    (*model)->schema = cim_schema_make(pconf);
    (*model)->catalogs = apr_array_make(pconf, 1, sizeof(cim_catalog_t *));
    err = read_files(*model, ptemp);
    if (err == NULL)
        err = cim_catalog_complete((*model)->schema, ns, ptemp);
    if (err != NULL)
        return err;
    APR_ARRAY_PUSH(process->models, mod_wsman_model_t *) = *model;
    return NULL;
}

/* ---- catalogs */

cim_catalog_t *mod_wsman_model_catalog(const mod_wsman_model_t *model,
                                       const char *repository)
{
    int i;

    for (i = 0; i < model->catalogs->nelts; i++) {
        cim_catalog_t *catalog =
            APR_ARRAY_IDX(model->catalogs, i, cim_catalog_t *);

        if (strcmp(cim_catalog_repository(catalog), repository) == 0)
            return catalog;
    }
    return NULL;
}

void mod_wsman_model_add_catalog(mod_wsman_model_t *model,
                                 const char *repository, apr_pool_t *pconf)
{
    if (mod_wsman_model_catalog(model, repository) == NULL)
        APR_ARRAY_PUSH(model->catalogs, cim_catalog_t *) =
            cim_catalog_make(model->schema, repository, pconf);
}

wsm_error_t *mod_wsman_model_load(mod_wsman_process_t *process,
                                  wsm_store_t *store)
{
    wsm_error_t *err = NULL;
    int i, j;

    for (i = 0; i < process->models->nelts; i++) {
        const mod_wsman_model_t *model =
            APR_ARRAY_IDX(process->models, i, mod_wsman_model_t *);

        for (j = 0; j < model->catalogs->nelts && err == NULL; j++)
            err = cim_catalog_load(
                APR_ARRAY_IDX(model->catalogs, j, cim_catalog_t *), store,
                &process->log);
    }
    return err;
}

/* ---- plug-ins */

wsm_error_t *mod_wsman_model_plugins(mod_wsman_process_t *process,
                                     apr_pool_t *pconf)
{
    const apr_array_header_t *lines =
        mod_wsman_server_of(process->main)->providers;
    int i;

    process->plugins = apr_array_make(pconf, 4, sizeof(wsm_plugin_t *));
    for (i = 0; lines != NULL && i < lines->nelts; i++) {
        const mod_wsman_provider_t *line =
            &APR_ARRAY_IDX(lines, i, mod_wsman_provider_t);
        wsm_plugin_t *plugin;
        wsm_error_t *err = wsm_plugin_load(&plugin, line->name, line->path,
                                           line->params, pconf);

        if (err != NULL)
            return err;
        APR_ARRAY_PUSH(process->plugins, wsm_plugin_t *) = plugin;
    }
    return NULL;
}

/* ---- maps */

static int maps_name(const apr_array_header_t *maps, const char *provider)
{
    int i;

    for (i = 0; maps != NULL && i < maps->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(maps, i, wsm_map_t).provider, provider) == 0)
            return 1;
    }
    return 0;
}

/* Does an endpoint's WSManMap name this provider? */
static int is_mapped(const mod_wsman_process_t *process, const char *provider)
{
    const server_rec *s;
    int i;

    for (s = process->main; s != NULL; s = s->next) {
        const mod_wsman_server_t *server = mod_wsman_server_of(s);

        for (i = 0; i < server->nsites; i++) {
            if (maps_name(server->sites[i].place->maps, provider))
                return 1;
        }
    }
    return 0;
}

static wsm_error_t *check_maps(const mod_wsman_site_t *site, apr_pool_t *pool)
{
    const apr_array_header_t *maps = site->place->maps;
    int i;

    for (i = 0; maps != NULL && i < maps->nelts; i++) {
        const wsm_map_t *map = &APR_ARRAY_IDX(maps, i, wsm_map_t);

        if (!wsm_registry_has(site->model->registry, map->provider))
            return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                            "WSManMap \"%s\" names the provider %s at %s, and "
                            "no WSManProvider does.",
                            map->pattern, map->provider, site->path);
    }
    return NULL;
}

static wsm_error_t *check_all_maps(const mod_wsman_process_t *process,
                                   apr_pool_t *pool)
{
    const server_rec *s;
    wsm_error_t *err = NULL;
    int i;

    for (s = process->main; s != NULL; s = s->next) {
        const mod_wsman_server_t *server = mod_wsman_server_of(s);

        for (i = 0; i < server->nsites && err == NULL; i++)
            err = check_maps(&server->sites[i], pool);
    }
    return err;
}

/* ---- binding */

static const char *folded(const char *name, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, name);

    ap_str_tolower(copy);
    return copy;
}

/* Remembers the plug-in's classes.
 * @return true if an earlier plug-in serves one of them */
static int collides(apr_hash_t *served, const wsm_plugin_t *plugin,
                    apr_pool_t *pool)
{
    const char *const *name;
    int found = 0;

    for (name = plugin->provider->classes; *name != NULL; name++) {
        const char *key = folded(*name, pool);

        if (apr_hash_get(served, key, APR_HASH_KEY_STRING) != NULL)
            found = 1;
        else
            apr_hash_set(served, key, APR_HASH_KEY_STRING, plugin);
    }
    return found;
}

static wsm_error_t *bind_system(wsm_registry_t *registry, apr_pool_t *pconf)
{
    static const wsman_param_t none[] = {{NULL, NULL}};
    wsm_plugin_t *plugin;
    wsm_error_t *err = wsm_plugin_make(&plugin, CIM_SYSTEM_PROVIDER_NAME,
                                       &cim_system_provider, none, pconf);

    return err ? err : wsm_registry_add(registry, plugin, 0);
}

static wsm_error_t *bind_model(const mod_wsman_process_t *process,
                               mod_wsman_model_t *model, apr_pool_t *pconf)
{
    apr_hash_t *served = apr_hash_make(pconf);
    wsm_error_t *err = NULL;
    int i;

    model->registry = wsm_registry_make(model->schema, model->ns, pconf);
    err = bind_system(model->registry, pconf);
    for (i = 0; i < process->plugins->nelts && err == NULL; i++) {
        wsm_plugin_t *plugin =
            APR_ARRAY_IDX(process->plugins, i, wsm_plugin_t *);
        int shadow =
            collides(served, plugin, pconf) && is_mapped(process, plugin->name);

        err = wsm_registry_add(model->registry, plugin, shadow);
    }
    return err;
}

wsm_error_t *mod_wsman_model_bind(mod_wsman_process_t *process,
                                  apr_pool_t *pconf)
{
    wsm_error_t *err = NULL;
    int i;

    for (i = 0; i < process->models->nelts && err == NULL; i++)
        err = bind_model(process,
                         APR_ARRAY_IDX(process->models, i, mod_wsman_model_t *),
                         pconf);
    return err ? err : check_all_maps(process, pconf);
}
