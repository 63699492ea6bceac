/* source_associations.c - what an object is associated with, and the
 * associations that refer to it (DSP0227 8.2).
 *
 * Nothing of it can be resumed: what does not fit the first page is spooled.
 */
#include "../om/cim_associate.h"
#include "source_item.h"

static wsm_error_t *begin(wsm_context_t *context, const wsm_query_t *query,
                          wsm_exchange_t *ex)
{
    /* R8.1-6: of which class the results are is not known beforehand. */
    if (!source_has_default_mode(context, ex))
        return wsm_fail(ex->pool, WSMAN_E_POLYMORPHISM_MODE,
                        "Associations have no PolymorphismMode but "
                        "IncludeSubClassProperties.");
    return source_check_mode(context, query, ex);
}

/* Whether the object is there is told to those only who may read it; what it
 * leads to is left out where they may not. */
static wsm_error_t *authorize(const wsm_walk_t *walk)
{
    const wsm_call_t *call = walk->ex->call;

    if (call->authorize_class == NULL)
        return NULL;
    return call->authorize_class(call->baton,
                                 walk->query->association->object_cls, 0);
}

static wsman_sink_e take(void *baton, const cim_instance_t *instance,
                         const char *key, apr_pool_t *scratch)
{
    const wsm_walk_t *walk = baton;
    const wsm_entry_t entry = {instance, instance->cls->name, key};

    return walk->take(walk->baton, &entry, scratch);
}

static wsman_sink_e take_class(void *baton, const cim_class_t *cls,
                               apr_pool_t *scratch)
{
    const wsm_walk_t *walk = baton;
    const wsm_entry_t entry = {cls, cls->name, NULL};

    return walk->take(walk->baton, &entry, scratch);
}

static wsm_error_t *walk_associations(const wsm_walk_t *walk)
{
    const cim_associate_t what = {.query = walk->query,
                                  .take = take,
                                  .take_class = take_class,
                                  .baton = (void *)walk};

    return cim_associate(walk->ex->call, &what);
}

/* KeysOnly */
static const unsigned char *keys_of(const cim_class_t *cls, apr_pool_t *pool)
{
    unsigned char *wanted = apr_pcalloc(pool, cls->nproperties + 1);
    apr_uint32_t i;

    for (i = 0; i < cls->nkeys; i++)
        wanted[cls->keys[i]] = 1;
    return wanted;
}

static void write_result(wsm_writer_t *out, const wsm_walk_t *walk,
                         const void *thing, apr_pool_t *scratch)
{
    const cim_instance_t *instance = thing;

    if (cim_associate_gives_classes(walk->query))
        wsm_source_classes.write(out, walk, thing, scratch);
    else if (walk->query->association->keys_only)
        cim_xml_write_instance(out, instance, NULL,
                               keys_of(instance->cls, scratch),
                               &walk->ex->style, scratch);
    else
        source_write_instance(out, walk, instance, NULL, scratch);
}

static int epr_of_result(wsm_epr_t *epr, const wsm_walk_t *walk,
                         const void *thing, apr_pool_t *scratch)
{
    if (cim_associate_gives_classes(walk->query))
        return wsm_source_classes.epr(epr, walk, thing, scratch);
    return source_epr(epr, walk, thing, scratch);
}

const wsm_source_t wsm_source_associations = {
    NULL, begin, authorize, walk_associations, write_result, epr_of_result};
