/* wsm_store_dbd.h - what the parts of the store over a database share.
 *
 * Everything is read into the caller's pool before the connection is given
 * back; what the database driver needs in between is in a pool of the
 * operation.
 */
#ifndef WSM_STORE_DBD_H
#define WSM_STORE_DBD_H

#include <apr_hash.h>
#include <apr_thread_mutex.h>

#include "../include/wsman_provider.h"
#include "wsm_dbd_pool.h"
#include "wsm_store.h"

/** What a store and its transactions have in common. */
typedef struct wsm_dbd_shared_t {
    wsm_dbd_pool_t *connections;
    const wsm_log_t *log;
    /* Items; looked at without a lock: they need not be exact. */
    unsigned puts; /* since they were counted */
    int full;
    /* What is known of each repository's definitions, by its name. */
    apr_hash_t *known;
    apr_thread_mutex_t *lock; /* of `known` */
    apr_pool_t *pool;         /* of `known`; used under the lock */
} wsm_dbd_shared_t;

/** A transaction; used by the thread that began it. */
typedef struct wsm_dbd_transaction_t {
    wsm_dbd_t *dbd;
    apr_hash_t *versions; /* repository: apr_uint64_t that it gets */
    /** Whatever its work says: a part of it has failed, or the database has
     *  said so.  PostgreSQL would answer COMMIT with a rollback. */
    int failed;
    apr_pool_t *pool;
} wsm_dbd_transaction_t;

typedef struct wsm_dbd_store_t {
    wsm_store_t store; /* first */
    wsm_dbd_shared_t *shared;
    wsm_dbd_transaction_t *transaction; /* NULL: the store itself */
} wsm_dbd_store_t;

typedef enum wsm_dbd_op_e {
    WSM_DBD_READ,
    WSM_DBD_SNAPSHOT, /* several selects that see the same */
    WSM_DBD_WRITE,    /* one statement */
    WSM_DBD_WRITES,   /* several: a transaction */
    WSM_DBD_BRIEF     /* one, of what may be lost with the power */
} wsm_dbd_op_e;

/** An operation: a connection, and a pool that ends with it. */
typedef struct wsm_dbd_op_t {
    wsm_dbd_store_t *self;
    wsm_dbd_t *dbd;
    apr_pool_t *scratch;
    int began;                  /* a transaction of its own */
    const wsm_error_t *callers; /* made in the caller's pool: stays whole */
} wsm_dbd_op_t;

/** After an error, too, wsm_dbd_op_end must be called. */
wsm_error_t *wsm_dbd_op_begin(wsm_dbd_op_t *op, wsm_store_t *store,
                              wsm_dbd_op_e kind, apr_pool_t *pool);
/** Commits, or takes back, what it began.
 *  @return err, or what went wrong now, in the pool */
wsm_error_t *wsm_dbd_op_end(wsm_dbd_op_t *op, wsm_error_t *err,
                            apr_pool_t *pool);

/** A column of the first row, in the pool of the caller. */
typedef struct wsm_dbd_cell_t {
    const char *text; /* NULL: no row */
    apr_pool_t *pool;
} wsm_dbd_cell_t;

/** A wsm_dbd_row_fn. */
void wsm_dbd_take_cell(void *baton, const char *const *columns);

wsm_error_t *wsm_dbd_store_transact(wsm_store_t *store, wsm_store_work_fn *work,
                                    void *baton, apr_pool_t *pool);

wsm_error_t *wsm_dbd_store_get(wsm_store_t *store, const wsm_record_id_t *id,
                               const char **data, apr_pool_t *pool);
wsm_error_t *wsm_dbd_store_insert(wsm_store_t *store, const wsm_record_id_t *id,
                                  const wsm_content_t *content,
                                  apr_pool_t *pool);
wsm_error_t *wsm_dbd_store_change(wsm_store_t *store, const wsm_record_id_t *id,
                                  wsm_store_change_fn *change, void *baton,
                                  apr_pool_t *pool);
wsm_error_t *wsm_dbd_store_remove(wsm_store_t *store, const wsm_record_id_t *id,
                                  apr_pool_t *pool);
wsm_error_t *wsm_dbd_store_remove_all(wsm_store_t *store,
                                      const char *repository, const char *ns,
                                      const char *class_name, apr_pool_t *pool);
wsm_error_t *wsm_dbd_store_any(wsm_store_t *store, const char *repository,
                               const char *ns, const char *class_name,
                               int *found, apr_pool_t *pool);

wsm_error_t *wsm_dbd_store_list(wsm_store_t *store, const wsm_record_id_t *id,
                                const wsm_selection_t *selection,
                                wsm_store_visit_fn *visit, void *baton,
                                apr_pool_t *pool);
wsm_error_t *wsm_dbd_store_referring(wsm_store_t *store,
                                     const wsm_record_id_t *id,
                                     const char *target,
                                     const wsm_referrer_t *after,
                                     wsm_referrer_visit_fn *visit, void *baton,
                                     apr_pool_t *pool);

wsm_error_t *wsm_dbd_store_define(wsm_store_t *store, const char *repository,
                                  const wsm_definition_t *definition,
                                  apr_pool_t *pool);
wsm_error_t *wsm_dbd_store_lock(wsm_store_t *store, const char *repository,
                                apr_uint64_t *version, apr_pool_t *pool);
wsm_error_t *wsm_dbd_store_version(wsm_store_t *store, const char *repository,
                                   apr_uint64_t *version, apr_pool_t *pool);
wsm_error_t *wsm_dbd_store_definitions(wsm_store_t *store,
                                       const char *repository,
                                       apr_uint64_t *since,
                                       wsm_definition_visit_fn *visit,
                                       void *baton, apr_pool_t *pool);
/** Forgets the older half of what was deleted, where that is very much. */
wsm_error_t *wsm_dbd_store_forget(wsm_store_t *store, apr_pool_t *pool);

#endif
