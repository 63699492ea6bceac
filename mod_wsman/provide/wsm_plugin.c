/* wsm_plugin.c - loads a shared object and refuses what is no provider.
 */
#include "wsm_plugin.h"

#include <stddef.h>

#include <apr_dso.h>
#include <apr_strings.h>

/* The order matters: nothing behind the cookie is believed before the cookie,
 * nothing behind the major before the major. */
static wsm_error_t *check(const char *name, const wsman_provider_t *provider,
                          apr_pool_t *pool)
{
    if (provider->cookie != WSMAN_PROVIDER_COOKIE)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "The provider %s has the wrong magic 0x%08x (0x%08x is "
                        "right): its symbol " WSMAN_PROVIDER_SYMBOL
                        " is not a wsman_provider_t.",
                        name, provider->cookie, WSMAN_PROVIDER_COOKIE);
    if (provider->major != WSMAN_PROVIDER_MAJOR)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "The provider %s is made for ABI %d.%d, this server "
                        "has %d.%d: build it again with this server's "
                        "wsman_provider.h.",
                        name, provider->major, provider->minor,
                        WSMAN_PROVIDER_MAJOR, WSMAN_PROVIDER_MINOR);
    if (provider->minor > WSMAN_PROVIDER_MINOR)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "The provider %s needs the newer ABI %d.%d, this "
                        "server has %d.%d: update the server or build the "
                        "provider with its wsman_provider.h.",
                        name, provider->major, provider->minor,
                        WSMAN_PROVIDER_MAJOR, WSMAN_PROVIDER_MINOR);
    if (provider->size < sizeof(wsman_provider_t))
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "The provider %s declares a size of %u bytes, ABI "
                        "%d.%d has %u: it was not declared with "
                        "WSMAN_PROVIDER_HEADER.",
                        name, provider->size, provider->major, provider->minor,
                        (unsigned)sizeof(wsman_provider_t));
    if (provider->classes == NULL || provider->classes[0] == NULL)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "The provider %s names no class that it serves.", name);
    return NULL;
}

wsm_error_t *wsm_plugin_make(wsm_plugin_t **plugin, const char *name,
                             const wsman_provider_t *provider,
                             const wsman_param_t *params, apr_pool_t *pool)
{
    static const wsman_param_t none = {NULL, NULL};
    wsm_error_t *err = check(name, provider, pool);

    if (err != NULL)
        return err;
    *plugin = apr_pcalloc(pool, sizeof(**plugin));
    (*plugin)->name = apr_pstrdup(pool, name);
    (*plugin)->provider = provider;
    (*plugin)->params = params ? params : &none;
    return NULL;
}

wsm_error_t *wsm_plugin_load(wsm_plugin_t **plugin, const char *name,
                             const char *path, const wsman_param_t *params,
                             apr_pool_t *pool)
{
    apr_dso_handle_t *dso;
    apr_dso_handle_sym_t symbol;
    char text[256];
    apr_status_t status;

    status = apr_dso_load(&dso, path, pool);
    if (status != APR_SUCCESS)
        return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, status, NULL,
                              "The provider %s cannot be loaded: %s", name,
                              apr_dso_error(dso, text, sizeof(text)));
    status = apr_dso_sym(&symbol, dso, WSMAN_PROVIDER_SYMBOL);
    if (status != APR_SUCCESS)
        return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, status, NULL,
                              "The provider %s: %s is no provider, it has no "
                              "symbol " WSMAN_PROVIDER_SYMBOL " (see "
                              "WSMAN_PROVIDER_DECLARE in wsman_provider.h).",
                              name, path);
    return wsm_plugin_make(plugin, name, symbol, params, pool);
}
