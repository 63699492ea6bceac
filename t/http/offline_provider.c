/* offline_provider.c - a provider that does not start, for the HTTP tests. */
#include "../../mod_wsman/include/wsman_provider.h"

static wsman_error_t *offline_start(wsman_call_t *call,
                                    const wsman_param_t *params, void **state,
                                    apr_pool_t *pool)
{
    (void)params;
    (void)state;
    return call->host->error(pool, WSMAN_E_INTERNAL_ERROR, APR_ENOENT, NULL,
                             "The device is not there.");
}

static wsman_error_t *offline_list(wsman_call_t *call,
                                   const wsman_query_t *query,
                                   wsman_sink_t *sink)
{
    (void)query;
    (void)sink;
    return call->host->error(call->pool, WSMAN_E_INTERNAL_ERROR, APR_SUCCESS,
                             NULL, "The host asks who did not start.");
}

static const char *const class_names[] = {"T_Offline", NULL};

WSMAN_PROVIDER_DECLARE = {
    WSMAN_PROVIDER_HEADER,
    .classes = class_names,
    .start = offline_start,
    .list = offline_list,
};
