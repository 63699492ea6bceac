/* wsmanctl_providers.c - the plug-ins that httpd was started with. */
#include <string.h>

#include <apr_strings.h>

#include "../provide/wsm_plugin.h"
#include "wsmanctl_check.h"

static int declares(const wsman_provider_t *provider, const char *name)
{
    for (const char *const *one = provider->classes; *one; one++)
        if (!strcmp(*one, name))
            return 1;
    return 0;
}

static int count_classes(const wsman_provider_t *provider)
{
    int count = 0;
    while (provider->classes[count])
        count++;
    return count;
}

const char *wsmanctl_provider_fault(const wsm_manifest_provider_t *provider,
                                    apr_pool_t *pool)
{
    const apr_array_header_t *classes = provider->classes;
    wsm_plugin_t *plugin;
    wsm_error_t *err =
        wsm_plugin_load(&plugin, provider->name, provider->path, NULL, pool);
    const char *version;
    if (err)
        return wsm_error_text(err, pool);
    version = plugin->provider->version ? plugin->provider->version : "";
    if (strcmp(version, provider->version))
        return apr_psprintf(pool,
                            "The file is version %s now: restart httpd to "
                            "load it.",
                            version);
    for (int i = 0; i < classes->nelts; i++)
        if (!declares(plugin->provider,
                      APR_ARRAY_IDX(classes, i, const char *)))
            return apr_psprintf(pool,
                                "The file does not serve %s any more: restart "
                                "httpd to load it.",
                                APR_ARRAY_IDX(classes, i, const char *));
    if (count_classes(plugin->provider) != classes->nelts)
        return "The file serves more classes now: restart httpd to load it.";
    return NULL;
}

static const char *flags_of(const wsm_manifest_provider_t *provider,
                            apr_pool_t *pool)
{
    const char *text = apr_pstrcat(
        pool, provider->flags & WSMAN_PROVIDER_THREADED ? " threaded" : "",
        provider->flags & WSMAN_PROVIDER_RESUMABLE ? " resumable" : "",
        provider->shadow ? " mapped" : "", NULL);
    return *text ? text + 1 : "";
}

static void print(wsmanctl_t *self, const wsm_manifest_provider_t *provider,
                  apr_pool_t *pool)
{
    static const char *const names[] = {"Name",  "File",    "Version",
                                        "Flags", "Classes", "Fault"};
    const char *const values[] = {
        provider->name,
        provider->path,
        *provider->version ? provider->version : NULL,
        flags_of(provider, pool),
        apr_array_pstrcat(pool, provider->classes, ' '),
        wsmanctl_provider_fault(provider, pool)};
    wsmanctl_item(self, "Provider", names, values, 6, pool);
}

wsm_failure_t *wsmanctl_providers(wsman_options_t *options,
                                  wsm_client_t *client, apr_pool_t *pool)
{
    wsmanctl_t *self = wsmanctl_of(options);
    wsm_manifest_t *manifest;
    wsm_error_t *err;
    (void)client;
    if (self->url)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "providers are files of the server: without "
                                "--url");
    err = wsm_manifest_read(&manifest, wsmanctl_state_dir(self), pool);
    if (err)
        return wsmanctl_failed(err, pool);
    for (int i = 0; i < manifest->providers->nelts; i++)
        print(self,
              APR_ARRAY_IDX(manifest->providers, i,
                            const wsm_manifest_provider_t *),
              pool);
    return NULL;
}
