/* cim_repository.h - instances of classes that no provider serves, in the
 * store.
 *
 * A record's content is the instance in the WS-CIM mapping; its key is the
 * canonical text of the path, so equal paths meet in one record.  An instance
 * may be older than its class: properties that came since have their defaults,
 * those that are gone are left out.
 *
 * What an instance must fulfil, when it comes and after each change
 * (WSMAN_E_REPRESENTATION_MISSING_VALUES, _INVALID_VALUES): keys and Required
 * properties have values, values are of their types, and MaxLen, MinLen,
 * MaxValue, MinValue hold.
 */
#ifndef CIM_REPOSITORY_H
#define CIM_REPOSITORY_H

#include "../provide/wsm_sink.h"

/** WSMAN_E_DESTINATION_UNREACHABLE if it is not there. */
wsm_error_t *cim_repository_get(const wsm_call_t *call, const cim_class_t *cls,
                                const cim_path_t *path,
                                const cim_instance_t **instance);
/** Hands the instances of just this class, in the order of their keys, to a
 *  sink; the resume key is the record's key.  They begin after `after`.
 *  @param query  where its terms give every key a value it is one lookup; it
 *                does not filter: the sink does.  NULL: all */
wsm_error_t *cim_repository_list(const wsm_call_t *call, const cim_class_t *cls,
                                 const wsm_query_t *query, const char *after,
                                 wsman_sink_t *sink);
/** As the list, for those instances of just this class that refer to an
 *  object: each once, whatever class the reference gives the object, who may
 *  be named by one above its own.
 *  @param object  keys typed; ns NULL is that of `cls`
 *  @param role    the reference that it must be, or NULL */
wsm_error_t *cim_repository_referring(const wsm_call_t *call,
                                      const cim_class_t *cls,
                                      const cim_path_t *object,
                                      const char *role, const char *after,
                                      wsman_sink_t *sink);
/** The text by which the store finds references to an object: equal for equal
 *  paths; for some others too, whose keys differ in letter case or whose
 *  classes differ.
 *  @param ns  what stands for path->ns NULL */
const char *cim_repository_target(const cim_path_t *path, const char *ns,
                                  apr_pool_t *pool);

/** Changes what `changes` names, nothing else, in one transaction: of two who
 *  change different properties both win, of one property the later does.  The
 *  qualifier Write is not looked at: it says what a provider can do. */
wsm_error_t *cim_repository_put(const wsm_call_t *call, const cim_class_t *cls,
                                const cim_path_t *path,
                                const cim_instance_t *changes);
/** Adds the class' defaults.  WSMAN_E_ALREADY_EXISTS */
wsm_error_t *cim_repository_create(const wsm_call_t *call,
                                   const cim_class_t *cls,
                                   const cim_instance_t *instance,
                                   const cim_path_t **path);
/** The same without a call: in a transaction that compiles MOF. */
wsm_error_t *cim_repository_insert(wsm_store_t *store, const char *repository,
                                   const cim_instance_t *instance,
                                   const cim_path_t **path, apr_pool_t *pool);
/** What an instance of these keys would become by cim_repository_put, without
 *  a call.
 *  @param same  may be NULL; set to whether nothing had to be changed */
wsm_error_t *cim_repository_update(wsm_store_t *store, const char *repository,
                                   const cim_schema_t *schema,
                                   const cim_path_t *path,
                                   const cim_instance_t *changes, int *same,
                                   apr_pool_t *pool);
wsm_error_t *cim_repository_remove(const wsm_call_t *call,
                                   const cim_class_t *cls,
                                   const cim_path_t *path);

/** Puts the instances that MOF declares into the store, where they are not yet
 *  there, and gives the records of an old version what they lack; at start,
 *  before requests. */
wsm_error_t *cim_repository_seed(wsm_store_t *store, const char *repository,
                                 const cim_schema_t *schema, apr_pool_t *pool);

#endif
