/* cim_catalog_private.h - what changing a catalog needs to know of it.
 */
#ifndef CIM_CATALOG_PRIVATE_H
#define CIM_CATALOG_PRIVATE_H

#include "cim_catalog.h"

/* Classes of a repository, those of the files too. */
#define CIM_CATALOG_MAX_CLASSES 16384

/** Names as the store has them: in lower case. */
const char *cim_catalog_fold(const char *name, apr_pool_t *pool);

/** cim_catalog_enter(), and which version of the definitions it is. */
wsm_error_t *cim_catalog_enter_version(const cim_schema_t **schema,
                                       apr_uint64_t *version,
                                       cim_catalog_t *catalog,
                                       wsm_store_t *store, const wsm_log_t *log,
                                       apr_pool_t *pool);

#endif
