/* wsm_store_mem.h - tables in memory that a transaction can take back.
 *
 * An entry lives in a pool of its own, so that changing and removing give the
 * memory back.  While a transaction runs, what it replaces is kept beside the
 * table; its thread holds the lock from beginning to end.
 */
#ifndef WSM_STORE_MEM_H
#define WSM_STORE_MEM_H

#include <apr_hash.h>
#include <apr_tables.h>
#include <apr_thread_mutex.h>

#include "wsm_store.h"

typedef enum wsm_mem_table_e {
    WSM_MEM_RECORDS,
    WSM_MEM_ITEMS,
    WSM_MEM_DEFINITIONS,
    WSM_MEM_VERSIONS,
    WSM_MEM_TABLES
} wsm_mem_table_e;

typedef struct wsm_mem_entry_t {
    const char *key;
    const char *data; /* NULL: a definition that was deleted */
    const char *folded_key;
    const wsm_link_t *links;
    apr_uint32_t nlinks;
    apr_time_t expires;   /* items */
    apr_uint64_t version; /* definitions, versions */
    apr_uint64_t floor;   /* versions: what was deleted before is unknown */
    apr_pool_t *pool;     /* its own */
} wsm_mem_entry_t;

typedef struct wsm_mem_t {
    wsm_store_t store;        /* first */
    apr_thread_mutex_t *lock; /* nested */
    apr_hash_t *tables[WSM_MEM_TABLES];
    struct wsm_mem_transaction_t *transaction; /* NULL: none */
    apr_pool_t *pool;
} wsm_mem_t;

/** What divides the texts of a key; no name contains it. */
#define WSM_MEM_DIVIDER "\1"

/* All of these under the lock. */
wsm_mem_entry_t *wsm_mem_find(wsm_mem_t *self, wsm_mem_table_e table,
                              const char *key);
/** Makes an entry, or one in place of that of the same key. */
wsm_mem_entry_t *wsm_mem_set(wsm_mem_t *self, wsm_mem_table_e table,
                             const char *key, const char *data);
void wsm_mem_remove(wsm_mem_t *self, wsm_mem_table_e table,
                    wsm_mem_entry_t *entry);
/** The entries of a table whose keys begin so, in the order of their keys:
 *  wsm_mem_entry_t *, the entries themselves. */
apr_array_header_t *wsm_mem_select(wsm_mem_t *self, wsm_mem_table_e table,
                                   const char *prefix, apr_pool_t *pool);

wsm_error_t *wsm_mem_transact(wsm_store_t *store, wsm_store_work_fn *work,
                              void *baton, apr_pool_t *pool);

wsm_error_t *wsm_mem_define(wsm_store_t *store, const char *repository,
                            const wsm_definition_t *definition,
                            apr_pool_t *pool);
wsm_error_t *wsm_mem_definition_version(wsm_store_t *store,
                                        const char *repository,
                                        apr_uint64_t *version,
                                        apr_pool_t *pool);
wsm_error_t *wsm_mem_definitions(wsm_store_t *store, const char *repository,
                                 apr_uint64_t *since,
                                 wsm_definition_visit_fn *visit, void *baton,
                                 apr_pool_t *pool);
void wsm_mem_purge_definitions(wsm_mem_t *self, apr_pool_t *pool);

#endif
