/* source_class.c - classes, by name: the instances of meta_class (MS-WMI
 * 2.2.1.1.2).
 *
 * The order is that of names and nothing else, so that a page can begin behind
 * a class that has gone meanwhile.
 */
#include "source_class.h"

#include <stdlib.h>

#include <apr_tables.h>

#include "../cim/cim_name.h"
#include "../cim/cim_xml_class.h"

/* ---- the walk */

typedef struct collector_t {
    const source_class_range_t *range;
    const char *after; /* NULL: all are wanted */
    apr_array_header_t *found;
} collector_t;

static int is_below(const cim_class_t *cls, const source_class_range_t *range)
{
    if (range->with_top && cls == range->top)
        return 1;
    if (!range->deep)
        return cls->super == range->top;
    for (cls = cls->super; cls != NULL; cls = cls->super) {
        if (cls == range->top)
            return 1;
    }
    return range->top == NULL;
}

static void collect(void *baton, const cim_class_t *cls)
{
    collector_t *self = baton;

    if (is_below(cls, self->range) &&
        (self->after == NULL || cim_name_order(cls->name, self->after) > 0))
        APR_ARRAY_PUSH(self->found, const cim_class_t *) = cls;
}

static int by_name(const void *a, const void *b)
{
    const cim_class_t *const *left = a;
    const cim_class_t *const *right = b;

    return cim_name_order((*left)->name, (*right)->name);
}

static const apr_array_header_t *find(const wsm_walk_t *walk,
                                      const source_class_range_t *range)
{
    const wsm_call_t *call = walk->ex->call;
    collector_t collector = {
        range, walk->context->after_class,
        apr_array_make(walk->ex->pool, 64, sizeof(const cim_class_t *))};

    cim_schema_each(call->endpoint->schema, call->pub.ns, collect, &collector);
    if (collector.found->nelts > 1)
        qsort(collector.found->elts, (size_t)collector.found->nelts,
              sizeof(const cim_class_t *), by_name);
    return collector.found;
}

static int may_see(const wsm_call_t *call, const cim_class_t *cls)
{
    return call->authorize_class == NULL ||
           call->authorize_class(call->baton, cls, 0) == NULL;
}

wsm_error_t *source_class_walk(const wsm_walk_t *walk,
                               const source_class_range_t *range)
{
    const wsm_call_t *call = walk->ex->call;
    const wsm_query_t *query = walk->query;
    const apr_array_header_t *found = find(walk, range);
    wsman_sink_e room = WSMAN_SINK_MORE;
    wsm_error_t *err = NULL;
    apr_pool_t *scratch;
    int i;

    apr_pool_create(&scratch, walk->ex->pool);
    for (i = 0; i < found->nelts && room == WSMAN_SINK_MORE; i++) {
        const cim_class_t *cls = APR_ARRAY_IDX(found, i, const cim_class_t *);
        const wsm_entry_t entry = {cls, cls->name, ""};

        if (wsm_call_cancelled(call)) {
            err = wsm_fail(walk->ex->pool, WSMAN_E_TIMED_OUT,
                           "The time for this request was over before all "
                           "classes were seen.");
            break;
        }
        if ((query != NULL && query->matches_class != NULL &&
             !query->matches_class(query, cls)) ||
            !may_see(call, cls))
            continue;
        room = walk->take(walk->baton, &entry, scratch);
        apr_pool_clear(scratch);
    }
    apr_pool_destroy(scratch);
    return err;
}

/* ---- meta_class */

wsm_error_t *source_class_check_mode(const wsm_context_t *context,
                                     const wsm_exchange_t *ex)
{
    /* The draft has a mode that nobody chose. */
    if (context->polymorphism == WSM_POLYMORPHISM_INCLUDE || ex->request->draft)
        return NULL;
    return wsm_fail(ex->pool, WSMAN_E_POLYMORPHISM_MODE,
                    "Classes have no PolymorphismMode but "
                    "IncludeSubClassProperties.");
}

static wsm_error_t *begin(wsm_context_t *context, const wsm_query_t *query,
                          wsm_exchange_t *ex)
{
    (void)query;
    return source_class_check_mode(context, ex);
}

static wsm_error_t *walk_classes(const wsm_walk_t *walk)
{
    const source_class_range_t range = {
        .top = walk->query->cls, .deep = 1, .with_top = 1};

    return source_class_walk(walk, &range);
}

static void write_class(wsm_writer_t *out, const wsm_walk_t *walk,
                        const void *thing, apr_pool_t *scratch)
{
    cim_xml_write_meta_class(out, thing, &walk->ex->style, scratch);
}

/* The EPR of a class: no keys. */
int source_class_epr(wsm_epr_t *epr, const wsm_walk_t *walk, const void *thing,
                     apr_pool_t *scratch)
{
    const cim_class_t *cls = thing;
    const cim_path_t path = {.ns = cls->ns, .class_name = cls->name};

    cim_xml_epr_of_path(epr, &path, &walk->ex->style, scratch);
    return 1;
}

const wsm_source_t wsm_source_classes = {
    NULL, begin, NULL, walk_classes, write_class, source_class_epr};
