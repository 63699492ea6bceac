/* cim_associate.h - what an object is associated with (DSP0227 8.2, DSP0200
 * Associators and References).
 *
 * Every association class of the namespace that has a reference for objects of
 * this kind is asked: its provider's `associate` hook, or its provider's list
 * if it has none, or the repository.  What they give is looked at again, so a
 * provider that gives too much does no harm.
 *
 * Associations that the caller may not see, and what they lead to when it is
 * not there or he may not see it, are left out.
 */
#ifndef CIM_ASSOCIATE_H
#define CIM_ASSOCIATE_H

#include "../provide/wsm_sink.h"

typedef struct cim_associate_t {
    /** Of source WSM_SOURCE_ASSOCIATED or _REFERENCES. */
    const wsm_query_t *query;
    /** Takes a result; there are no resume keys. */
    wsm_sink_take_fn *take;
    /** Takes a class, if that is what the results are. */
    wsman_sink_e (*take_class)(void *baton, const cim_class_t *cls,
                               apr_pool_t *scratch);
    void *baton;
} cim_associate_t;

/** @return true if the results are classes, not instances: ClassDefsOnly, or
 *  the object is a class itself (DSP0227 8.2 has no such thing, MS-WMI
 *  2.2.1.3 has) */
int cim_associate_gives_classes(const wsm_query_t *query);

/** Hands over each result once, until take() says FULL.
 *  Errors: WSMAN_E_CANNOT_PROCESS_FILTER (there is no such object, R8.2.1-4),
 *  WSMAN_E_QUOTA_LIMIT (too many to tell them apart), WSMAN_E_TIMED_OUT, those
 *  of providers. */
wsm_error_t *cim_associate(const wsm_call_t *call, const cim_associate_t *what);

#endif
