/* source_item.h - what the sources of instances share.
 */
#ifndef SOURCE_ITEM_H
#define SOURCE_ITEM_H

#include "wsm_source.h"

/** Refuses to enumerate nothing but the EPRs of a projection: these are of
 *  whole instances, and nothing of what was selected would be there. */
wsm_error_t *source_check_mode(const wsm_context_t *context,
                               const wsm_query_t *query,
                               const wsm_exchange_t *ex);
/** @return true if the PolymorphismMode is the one that is there when nobody
 *  has chosen any: IncludeSubClassProperties, or what the draft has */
int source_has_default_mode(const wsm_context_t *context,
                            const wsm_exchange_t *ex);
/** Writes an instance, or what the query selects of it (R8.6-1).
 *  @param as  write it as this superclass; NULL: as what it is */
void source_write_instance(wsm_writer_t *out, const wsm_walk_t *walk,
                           const cim_instance_t *instance,
                           const cim_class_t *as, apr_pool_t *scratch);
/** The function for wsm_source_t.epr, where things are instances. */
int source_epr(wsm_epr_t *epr, const wsm_walk_t *walk, const void *thing,
               apr_pool_t *scratch);

#endif
