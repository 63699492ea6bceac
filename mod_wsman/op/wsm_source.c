/* wsm_source.c - the sources by what a query asks for.
 */
#include "wsm_source.h"

static const wsm_source_t *const sources[] = {
    [WSM_SOURCE_INSTANCES] = &wsm_source_instances,
    [WSM_SOURCE_CLASSES] = &wsm_source_classes,
    [WSM_SOURCE_ASSOCIATED] = &wsm_source_associations,
    [WSM_SOURCE_REFERENCES] = &wsm_source_associations,
};

const wsm_source_t *wsm_source_of(const wsm_exchange_t *ex,
                                  const wsm_query_t *query)
{
    apr_size_t kind = query ? (apr_size_t)query->source : WSM_SOURCE_INSTANCES;

    if (ex->source != NULL)
        return ex->source;
    return kind < sizeof(sources) / sizeof(sources[0]) ? sources[kind] : NULL;
}
