/* cim_compile_private.h - what the files of compiling share.
 */
#ifndef CIM_COMPILE_PRIVATE_H
#define CIM_COMPILE_PRIVATE_H

#include <apr_tables.h>

#include "../cim/cim_mof.h"
#include "cim_catalog_private.h"
#include "cim_compile.h"

/** A change on its way, inside of its transaction. */
typedef struct cim_change_t {
    const cim_compile_t *to;
    wsm_store_t *store;       /* the transaction's */
    const cim_schema_t *base; /* as it is before */
    cim_compiled_t done;
    apr_table_t *namespaces; /* that it has made */
    apr_pool_t *pool;
} cim_change_t;

typedef wsm_error_t *cim_change_fn(void *baton, cim_change_t *change);

/** Runs `work` alone: nobody else changes what the repository has defined
 *  meanwhile.  With to->dry_run nothing of it stays.
 *  @param done  may be NULL */
wsm_error_t *cim_change_run(cim_compiled_t *done, const cim_compile_t *to,
                            cim_change_fn *work, void *baton, apr_pool_t *pool);

/** May it be done? */
wsm_error_t *cim_change_allow(const cim_change_t *change, const char *ns,
                              apr_uint32_t rights);

/** Writes a definition; data NULL: it is deleted.  Names as the schema spells
 *  them. */
wsm_error_t *cim_change_define(cim_change_t *change, char kind, const char *ns,
                               const char *name, const char *data);

/** Makes a namespace, in the store and in `schema`, if it is not there, and
 *  those above it.
 *  WSMAN_E_INVALID_RESOURCE_URI where `make` is false. */
wsm_error_t *cim_change_namespace(cim_change_t *change, cim_schema_t *schema,
                                  const char *ns, int make);

/** May `now` stand where `old` stood, given the instances that there are? */
wsm_error_t *cim_change_check(cim_change_t *change, const cim_class_t *old,
                              const cim_class_t *now);

/** What the repository does not allow.
 *  @param status  why, for the fault's detail */
wsm_error_t *cim_change_refuse(const cim_change_t *change,
                               wsman_cim_status_e status, const char *format,
                               ...) __attribute__((format(printf, 3, 4)));

#endif
