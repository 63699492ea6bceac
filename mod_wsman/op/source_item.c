/* source_item.c - one instance as an item.
 */
#include "source_item.h"

#include "../cim/cim_value.h"

wsm_error_t *source_check_mode(const wsm_context_t *context,
                               const wsm_query_t *query,
                               const wsm_exchange_t *ex)
{
    if (context->item == WSM_ITEM_EPR && query != NULL &&
        query->projection != NULL)
        return wsm_fail(ex->pool, WSMAN_E_UNSUPPORTED_ENUMERATION_MODE,
                        "EnumerateEPR gives nothing of what the query selects: "
                        "select whole instances, or EnumerateObjectAndEPR.");
    return NULL;
}

int source_has_default_mode(const wsm_context_t *context,
                            const wsm_exchange_t *ex)
{
    return ex->request->draft ||
           context->polymorphism == WSM_POLYMORPHISM_INCLUDE;
}

void source_write_instance(wsm_writer_t *out, const wsm_walk_t *walk,
                           const cim_instance_t *instance,
                           const cim_class_t *as, apr_pool_t *scratch)
{
    const wsm_query_t *query = walk->query;

    if (query != NULL && query->projection != NULL)
        cim_xml_write_fragment(out, instance, as, query->projection,
                               query->nprojection, &walk->ex->style, scratch);
    else
        cim_xml_write_instance(out, instance, as, NULL, &walk->ex->style,
                               scratch);
}

int source_epr(wsm_epr_t *epr, const wsm_walk_t *walk, const void *thing,
               apr_pool_t *scratch)
{
    const cim_instance_t *instance = thing;
    cim_path_t *path = cim_instance_path(instance, scratch);

    if (path == NULL)
        return 0;
    path->ns = instance->cls->ns;
    cim_xml_epr_of_path(epr, path, &walk->ex->style, scratch);
    return 1;
}
