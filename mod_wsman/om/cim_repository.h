/* cim_repository.h - instances of classes that no provider serves, in the
 * store.
 *
 * A record's content is the instance in the WS-CIM mapping; its key is the
 * canonical text of the path, so equal paths meet in one record.
 */
#ifndef CIM_REPOSITORY_H
#define CIM_REPOSITORY_H

#include "../provide/wsm_sink.h"

/** WSMAN_E_DESTINATION_UNREACHABLE if it is not there. */
wsm_error_t *cim_repository_get(const wsm_call_t *call, const cim_class_t *cls,
                                const cim_path_t *path,
                                const cim_instance_t **instance);
/** Hands the instances of just this class, in the order of their keys, to a
 *  sink; the resume key is the record's key.  They begin after `after`. */
wsm_error_t *cim_repository_list(const wsm_call_t *call, const cim_class_t *cls,
                                 const char *after, wsman_sink_t *sink);
/** Changes what `changes` names, nothing else, in one transaction. */
wsm_error_t *cim_repository_put(const wsm_call_t *call, const cim_class_t *cls,
                                const cim_path_t *path,
                                const cim_instance_t *changes);
/** Adds the class' defaults; all keys and required properties must be there.
 *  WSMAN_E_ALREADY_EXISTS, WSMAN_E_REPRESENTATION_MISSING_VALUES */
wsm_error_t *cim_repository_create(const wsm_call_t *call,
                                   const cim_class_t *cls,
                                   const cim_instance_t *instance,
                                   const cim_path_t **path);
wsm_error_t *cim_repository_remove(const wsm_call_t *call,
                                   const cim_class_t *cls,
                                   const cim_path_t *path);

/** Puts the instances that MOF declares into the store, where they are not yet
 *  there; at start, before requests. */
wsm_error_t *cim_repository_seed(wsm_store_t *store, const char *repository,
                                 const cim_schema_t *schema, apr_pool_t *pool);

#endif
