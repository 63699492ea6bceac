/* wsm_sink.c - what happens to an instance that a provider puts.
 */
#include "wsm_sink.h"

#include <string.h>

#include "../cim/cim_value.h"

/* A resume key travels in every context of the enumeration. */
#define MAX_KEY 512

static int has_keys(const cim_instance_t *instance)
{
    const cim_class_t *cls = instance->cls;
    apr_uint32_t i;

    for (i = 0; i < cls->nkeys; i++) {
        const cim_value_t *value = &instance->values[cls->keys[i]];

        if (value->type == CIM_NONE || value->is_null)
            return 0;
    }
    return 1;
}

static const char *fault_of(const wsman_sink_t *sink,
                            const cim_instance_t *instance, const char *key)
{
    if (instance == NULL || instance->cls != sink->cls)
        return "it is not of the class that was asked for";
    if (sink->keyed && key == NULL)
        return "it has no resume key";
    if (sink->keyed && strlen(key) > MAX_KEY)
        return "its resume key is longer than 512 bytes";
    if (!has_keys(instance))
        return "a key has no value";
    return cim_instance_fault(instance, sink->call->pub.pool);
}

wsman_sink_e wsm_sink_put(wsman_sink_t *sink, const cim_instance_t *instance,
                          const char *key)
{
    const char *fault;
    wsman_sink_e more = WSMAN_SINK_MORE;

    if (sink->full || sink->err != NULL || sink->cancelled)
        return WSMAN_SINK_FULL;
    if (wsm_call_cancelled(sink->call)) {
        sink->cancelled = 1;
        return WSMAN_SINK_FULL;
    }
    fault = fault_of(sink, instance, key);
    if (fault != NULL) {
        sink->err = wsm_fail(sink->call->pub.pool, WSMAN_E_INTERNAL_ERROR,
                             "The provider of %s put an instance that is "
                             "none: %s.",
                             sink->cls->name, fault);
        return WSMAN_SINK_FULL;
    }
    if (wsm_query_matches(sink->query, instance))
        more = sink->take(sink->baton, instance, key, sink->call->pub.scratch);
    else if (sink->query->failure != NULL)
        sink->err = sink->query->failure(sink->query);
    if (sink->err != NULL)
        more = WSMAN_SINK_FULL;
    apr_pool_clear(sink->call->pub.scratch);
    sink->full = more == WSMAN_SINK_FULL;
    return more;
}
