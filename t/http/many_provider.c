/* many_provider.c - a resumable list of any length, for the HTTP tests.
 *
 *     WSManProvider many many_provider.so [count=1000]
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../../mod_wsman/include/wsman_provider.h"

static wsman_error_t *many_list(wsman_call_t *call, const wsman_query_t *query,
                                wsman_sink_t *sink)
{
    const wsman_host_t *host = call->host;
    const apr_uint32_t *count = call->state;
    apr_uint32_t id = 0;
    if (query->after)
        id = (apr_uint32_t)strtoul(query->after, NULL, 10) + 1;
    for (; id < *count; id++) {
        cim_instance_t *instance =
            host->instance_make(query->cls, call->scratch);
        const char *key = apr_psprintf(call->scratch, "%u", id);
        host->set(instance, "Id", cim_uint32(id));
        host->set(instance, "Text", cim_string("one of many"));
        host->set(instance, "Pid", cim_uint32((apr_uint32_t)getpid()));
        if (wsman_sink_put(call, sink, instance, key) == WSMAN_SINK_FULL)
            return NULL;
    }
    return NULL;
}

static wsman_error_t *many_start(wsman_call_t *call,
                                 const wsman_param_t *params, void **state,
                                 apr_pool_t *pool)
{
    apr_uint32_t *count = apr_palloc(pool, sizeof(*count));
    (void)call;
    *count = 1000;
    for (; params->name; params++)
        if (!strcmp(params->name, "count"))
            *count = (apr_uint32_t)strtoul(params->value, NULL, 10);
    *state = count;
    return NULL;
}

static const char *const class_names[] = {"T_Many", NULL};

WSMAN_PROVIDER_DECLARE = {
    WSMAN_PROVIDER_HEADER,
    .flags = WSMAN_PROVIDER_THREADED | WSMAN_PROVIDER_RESUMABLE,
    .classes = class_names,
    .start = many_start,
    .list = many_list,
};
