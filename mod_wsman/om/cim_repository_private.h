/* cim_repository_private.h - records: what they are called, what is in them,
 * what must hold of them.
 */
#ifndef CIM_REPOSITORY_PRIVATE_H
#define CIM_REPOSITORY_PRIVATE_H

#include "cim_repository.h"

/** @param path  NULL: the key is not wanted */
void cim_record_id(wsm_record_id_t *id, const char *repository,
                   const cim_class_t *cls, const cim_path_t *path,
                   apr_pool_t *pool);
/** The folded key of a key. */
const char *cim_record_folded(const char *key, apr_pool_t *pool);
/** Data and links of an instance; the folded key is left alone.
 *  @return 0 if it is too large to be stored */
int cim_record_encode(wsm_content_t *content, const cim_instance_t *instance,
                      apr_pool_t *pool);
wsm_error_t *cim_record_decode(cim_instance_t **instance, const char *data,
                               const cim_schema_t *schema,
                               const cim_class_t *cls, apr_pool_t *pool);
wsm_error_t *cim_record_too_large(const cim_class_t *cls, apr_pool_t *pool);

/** NULL: the instance fulfils what its class demands. */
wsm_error_t *cim_record_check(const cim_instance_t *instance, apr_pool_t *pool);

#endif
