/* source_instances.c - instances of a class and of those below it, filtered and
 * projected.
 */
#include "../om/cim_manager.h"
#include "source_item.h"

/* The class of the query, where it is narrower than the URI's, or the URI is
 * that of all classes. */
static const cim_class_t *class_of(const wsm_exchange_t *ex,
                                   const wsm_query_t *query)
{
    return query != NULL && query->cls != NULL ? query->cls : ex->cls;
}

static int is_deep(const wsm_context_t *context)
{
    return context->polymorphism != WSM_POLYMORPHISM_NONE;
}

/* DSP0227 8.1: what is projected has no identity of its own. */
static wsm_error_t *begin(wsm_context_t *context, const wsm_query_t *query,
                          wsm_exchange_t *ex)
{
    if (class_of(ex, query) == NULL)
        return wsm_fail(ex->pool, WSMAN_E_FILTERING_REQUIRED,
                        "All classes can be enumerated with a query only.");
    /* R8.1-4, R8.1-6 */
    if (ex->cls == NULL && !source_has_default_mode(context, ex))
        return wsm_fail(ex->pool, WSMAN_E_POLYMORPHISM_MODE,
                        "The all-classes URI has no PolymorphismMode but "
                        "IncludeSubClassProperties.");
    return source_check_mode(context, query, ex);
}

static wsm_error_t *authorize(const wsm_walk_t *walk)
{
    const wsm_call_t *call = walk->ex->call;
    const cim_class_t *cls = class_of(walk->ex, walk->query);

    if (call->authorize_class == NULL || cls == walk->ex->cls)
        return NULL;
    return call->authorize_class(call->baton, cls, is_deep(walk->context));
}

/* The walk's own baton, while the manager lists. */
static wsman_sink_e take(void *baton, const cim_instance_t *instance,
                         const char *key, apr_pool_t *scratch)
{
    const wsm_walk_t *walk = baton;
    const wsm_entry_t entry = {instance, instance->cls->name, key};

    return walk->take(walk->baton, &entry, scratch);
}

static wsm_error_t *walk_instances(const wsm_walk_t *walk)
{
    const wsm_context_t *context = walk->context;
    const cim_list_t list = {.cls = class_of(walk->ex, walk->query),
                             .deep = is_deep(context),
                             .query = walk->query,
                             .keys_only = context->item == WSM_ITEM_EPR,
                             .as_base = context->polymorphism ==
                                        WSM_POLYMORPHISM_EXCLUDE,
                             .after_class = context->after_class,
                             .after_key = context->after_key,
                             .take = take,
                             .baton = (void *)walk};

    return cim_manager_list(walk->ex->call, &list);
}

static void write_instance(wsm_writer_t *out, const wsm_walk_t *walk,
                           const void *thing, apr_pool_t *scratch)
{
    int base = walk->context->polymorphism == WSM_POLYMORPHISM_EXCLUDE;

    source_write_instance(out, walk, thing,
                          base ? class_of(walk->ex, walk->query) : NULL,
                          scratch);
}

const wsm_source_t wsm_source_instances = {
    NULL, begin, authorize, walk_instances, write_instance, source_epr};
