/* cim_verify.h - does all that a repository keeps still make sense?
 */
#ifndef CIM_VERIFY_H
#define CIM_VERIFY_H

#include "../cim/cim_schema.h"
#include "../state/wsm_store.h"

typedef struct cim_verify_t {
    wsm_store_t *store;
    const char *repository;
    const cim_schema_t *schema;
    /** Told of a record that its class cannot read, does not allow, or that is
     *  not where its keys say. */
    void (*bad)(void *baton, const cim_class_t *cls, const char *key,
                const char *why);
    void *baton;
    /* What came of it */
    apr_uint32_t classes;
    apr_uint64_t records;
} cim_verify_t;

/** Reads the records of every class of the schema, one after the other.
 *  An error is the store's. */
wsm_error_t *cim_verify_records(cim_verify_t *self, apr_pool_t *pool);

#endif
