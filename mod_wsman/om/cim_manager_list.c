/* cim_manager_list.c - lists over a class and its subclasses.
 */
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "cim_manager.h"
#include "cim_manager_private.h"
#include "cim_repository.h"
#include "cim_security.h"

static void want_names(unsigned char *wanted, const cim_class_t *cls,
                       const char *const *names, apr_uint32_t n)
{
    apr_uint32_t i;

    for (i = 0; i < n; i++) {
        int index = cim_class_property_index(cls, names[i]);

        if (index >= 0)
            wanted[index] = 1;
    }
}

/* What the filter looks at; its class' properties come first in `cls`. */
static void want_filter(unsigned char *wanted, const wsm_query_t *query,
                        const cim_class_t *cls)
{
    apr_uint32_t n = query->cls ? query->cls->nproperties : 0, i;

    for (i = 0; query->looks_at != NULL && i < n && i < cls->nproperties; i++)
        wanted[i] |= query->looks_at[i];
}

/* What a provider may leave out: all that is not shown, neither key nor looked
 * at by the filter. */
static const unsigned char *wanted_of(const cim_list_t *list,
                                      const cim_class_t *cls, apr_pool_t *pool)
{
    const wsm_query_t *query = list->query;
    int projected = query != NULL && query->projection != NULL;
    unsigned char *wanted;
    apr_uint32_t i;

    if (!list->keys_only && !projected &&
        !(list->as_base && cls->nproperties > list->cls->nproperties))
        return NULL;
    wanted = apr_pcalloc(pool, cls->nproperties + 1);
    for (i = 0; i < cls->nkeys; i++)
        wanted[cls->keys[i]] = 1;
    if (query != NULL)
        want_filter(wanted, query, cls);
    if (list->keys_only)
        return wanted;
    if (projected)
        want_names(wanted, cls, query->projection, query->nprojection);
    else
        memset(wanted, 1, list->cls->nproperties);
    return wanted;
}

static wsm_error_t *list_provided(wsm_binding_t *binding,
                                  const wsm_call_t *call,
                                  const cim_list_t *list,
                                  const cim_class_t *cls, const char *after,
                                  wsman_sink_t *sink)
{
    const wsman_provider_t *provider = wsm_binding_provider(binding);
    wsman_query_t query = {.cls = cls, .after = after};
    wsm_call_t inner;
    wsm_error_t *err;

    if (provider->list == NULL)
        return wsm_fail(call->pub.pool, WSMAN_E_ACTION_MISMATCH,
                        "Instances of %s cannot be enumerated.", cls->name);
    if (list->query != NULL) {
        query.terms = list->query->terms;
        query.nterms = list->query->nterms;
    }
    query.wanted = wanted_of(list, cls, call->pub.pool);
    err = wsm_binding_enter(binding, call, &inner);
    if (err != NULL)
        return err;
    sink->call = &inner;
    sink->keyed = (provider->flags & WSMAN_PROVIDER_RESUMABLE) != 0;
    err = provider->list(&inner.pub, &query, sink);
    wsm_binding_leave(binding, &inner);
    return err;
}

static wsm_error_t *list_stored(const wsm_call_t *call, const cim_list_t *list,
                                const cim_class_t *cls, const char *after,
                                wsman_sink_t *sink)
{
    wsm_call_t inner = *call;
    wsm_error_t *err;

    apr_pool_create(&inner.pub.scratch, call->pub.pool);
    sink->call = &inner;
    sink->keyed = 0;
    err = cim_repository_list(&inner, cls, list->query, after, sink);
    apr_pool_destroy(inner.pub.scratch);
    return err;
}

static wsm_error_t *list_class(const wsm_call_t *call, const cim_list_t *list,
                               const cim_class_t *cls, const char *after,
                               int *full)
{
    wsm_binding_t *binding = cim_manager_binding(call, cls);
    wsman_sink_t sink = {.cls = cls,
                         .query = list->query,
                         .take = list->take,
                         .baton = list->baton};
    wsm_error_t *err = NULL;

    if (binding != NULL)
        err = list_provided(binding, call, list, cls, after, &sink);
    else if (!cls->abstract)
        err = list_stored(call, list, cls, after, &sink);
    *full = sink.full;
    if (err == NULL)
        err = sink.err;
    if (sink.full && err == NULL)
        return NULL;
    /* A provider that noticed the deadline itself may have said nothing. */
    return cim_manager_in_time(call, err);
}

wsm_error_t *cim_manager_list(const wsm_call_t *call, const cim_list_t *list)
{
    const cim_class_t *only[] = {list->cls, NULL};
    const cim_class_t **classes = only;
    const char *after = NULL;
    int full = 0, served = 0;
    wsm_error_t *err = cim_security_check(call, list->cls->ns, 0);

    if (err != NULL)
        return err;
    if (list->deep &&
        cim_schema_has_subclasses(call->endpoint->schema, list->cls))
        classes = cim_schema_descendants(call->endpoint->schema, list->cls,
                                         call->pub.pool);
    if (list->after_class != NULL) {
        while (*classes != NULL &&
               strcasecmp((*classes)->name, list->after_class) != 0)
            classes++;
        after = list->after_key;
        if (*classes == NULL)
            return wsm_fail(call->pub.pool, WSMAN_E_INVALID_ENUMERATION_CONTEXT,
                            "The class %s at which the enumeration stood is no "
                            "longer there.",
                            list->after_class);
    }
    for (; *classes != NULL && !full; classes++, after = NULL) {
        err = list_class(call, list, *classes, after, &full);
        if (err != NULL && err->code == WSMAN_E_ACTION_MISMATCH &&
            *classes != list->cls)
            continue;
        if (err != NULL)
            return err;
        served = 1;
    }
    return served ? NULL : err;
}
