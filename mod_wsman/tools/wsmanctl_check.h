/* wsmanctl_check.h - what the parts of the command check share.
 */
#ifndef WSMANCTL_CHECK_H
#define WSMANCTL_CHECK_H

#include "wsmanctl_direct.h"

typedef struct wsmanctl_check_t {
    wsmanctl_t *tool;
    const char *dir;
    wsm_manifest_t *manifest;
    apr_uid_t parent; /* the manifest's owner */
    wsm_store_t *store;
    apr_uint32_t findings;
    apr_uint64_t records;
    apr_uint32_t classes;
    apr_pool_t *pool;
} wsmanctl_check_t;

/** A finding: one line that says what is wrong and what to do.
 *  @param what  the thing that it is about */
void wsmanctl_found(wsmanctl_check_t *self, const char *what,
                    const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Folder, keys, store: whose they are, who may read them. */
void wsmanctl_check_files(wsmanctl_check_t *self);
/** What the database itself can say: is the file whole, are there records or
 *  references that nothing owns?
 *  @param schemas  of each endpoint of the manifest; NULL where it cannot be
 *                  read */
void wsmanctl_check_database(wsmanctl_check_t *self,
                             const cim_schema_t *const *schemas);

/** What is wrong with a provider's file now, or NULL. */
const char *wsmanctl_provider_fault(const wsm_manifest_provider_t *provider,
                                    apr_pool_t *pool);

#endif
