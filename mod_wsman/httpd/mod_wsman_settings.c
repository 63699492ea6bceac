/* mod_wsman_settings.c - bounds of an endpoint that a Put of winrm/config has
 * made narrower: on the board, where all children read them with each request,
 * and in the store, from where a start puts them on the board again.
 */
#include "mod_wsman.h"

#include <apr_strings.h>

#include "../op/op_config.h"
#include "../soap/wsm_names.h"

#define KIND "config"

/* Until they are changed again */
#define FOR_GOOD apr_time_from_sec(APR_INT64_C(100) * 365 * 86400)

static const char *const names[WSM_SETTINGS] = {
    [WSM_SETTING_TIMEOUT] = "MaxTimeoutms",
    [WSM_SETTING_ELEMENTS] = "MaxBatchItems",
    [WSM_SETTING_OPERATIONS] = "MaxConcurrentOperationsPerUser",
};

static const char *item_name(const mod_wsman_site_t *site, int setting,
                             apr_pool_t *pool)
{
    return apr_pstrcat(pool, site->id, " ", names[setting], NULL);
}

void mod_wsman_settings_apply(const mod_wsman_site_t *site,
                              wsm_limits_t *limits)
{
    wsm_settings_t settings;
    int i;

    for (i = 0; i < WSM_SETTINGS; i++)
        settings.values[i] = mod_wsman_counted(site->counts->settings[i]);
    op_config_apply(limits, &settings);
}

/* The sections have allowed the action; but it takes one that speaks of just
 * this, so that a right to change instances is none to change the server. */
static int is_named(const mod_wsman_request_t *self)
{
    return mod_wsman_authorize_is_named(self, WSM_NS_CONFIG);
}

wsm_error_t *mod_wsman_settings_change(void *baton,
                                       const wsm_settings_t *settings)
{
    mod_wsman_request_t *self = baton;
    apr_pool_t *pool = self->r->pool;
    int i;

    if (!is_named(self))
        return wsm_fail(pool, WSMAN_E_ACCESS_DENIED,
                        "The configuration may be changed where a "
                        "<WSManResource> names it, and Put.");
    for (i = 0; i < WSM_SETTINGS; i++) {
        apr_uint32_t value = settings->values[i];
        wsm_error_t *err;

        if (value == 0)
            continue;
        err = wsm_store_item_put(
            self->process->server.store, KIND, item_name(self->site, i, pool),
            apr_psprintf(pool, "%u", value), self->call.now + FOR_GOOD, pool);
        if (err != NULL)
            return err;
        __atomic_store_n(&self->site->counts->settings[i], value,
                         __ATOMIC_RELAXED);
        ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, self->r,
                      "%s of %s is now %u: a Put of winrm/config by %s",
                      names[i], self->site->id, value,
                      self->r->user ? self->r->user : "nobody");
    }
    return NULL;
}

wsm_error_t *mod_wsman_settings_load(mod_wsman_site_t *site, wsm_store_t *store,
                                     apr_pool_t *pool)
{
    int i;

    for (i = 0; i < WSM_SETTINGS; i++) {
        const char *data;
        wsm_error_t *err = wsm_store_item_get(
            store, KIND, item_name(site, i, pool), apr_time_now(), &data, pool);

        if (err != NULL)
            return err;
        site->stored[i] = data ? (apr_uint32_t)apr_atoi64(data) : 0;
    }
    return NULL;
}

void mod_wsman_settings_publish(const mod_wsman_site_t *site)
{
    int i;

    for (i = 0; i < WSM_SETTINGS; i++) {
        if (site->stored[i] != 0)
            site->counts->settings[i] = site->stored[i];
    }
}
