/* wsm_sink.h - the host's side of wsman_sink_put: checks and filters what a
 * provider puts, and hands what is left to whoever wants it.
 */
#ifndef WSM_SINK_H
#define WSM_SINK_H

#include "../query/wsm_query.h"
#include "wsm_call.h"

/** Takes one instance that has passed the checks.
 *  @param key      its resume key, or NULL
 *  @param scratch  cleared when it returns
 *  @return FULL if nothing more is wanted */
typedef wsman_sink_e wsm_sink_take_fn(void *baton,
                                      const cim_instance_t *instance,
                                      const char *key, apr_pool_t *scratch);

struct wsman_sink_t {
    const wsm_call_t *call;
    const cim_class_t *cls;   /* what every instance must be of */
    const wsm_query_t *query; /* NULL: all match */
    int keyed;                /* every instance must come with a key */
    wsm_sink_take_fn *take;
    void *baton;
    /* What came of it */
    int full;         /* take() has said so */
    int cancelled;    /* the deadline, or the client has gone */
    wsm_error_t *err; /* an instance that is none: the provider's
                         fault */
};

/** The function behind wsman_host_t.put. */
wsman_sink_e wsm_sink_put(wsman_sink_t *sink, const cim_instance_t *instance,
                          const char *key);

#endif
