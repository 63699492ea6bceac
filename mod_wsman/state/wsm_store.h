/* wsm_store.h - what outlives a request: stored instances, and small items
 * with an expiry (tombstones of enumerations, long filters).
 *
 * An interface with two implementations: in memory (unit tests, one process)
 * and over apr_dbd (all children, all nodes).  All functions may be called by
 * several threads.  Every write is one transaction: it is there or it is not.
 */
#ifndef WSM_STORE_H
#define WSM_STORE_H

#include <apr_time.h>
#include <apr_user.h>

#include "../base/wsm_error.h"
#include "../base/wsm_log.h"

typedef struct wsm_store_t wsm_store_t;

/** Which instance: all texts not NULL; class and key are canonical (folded by
 *  the caller). */
typedef struct wsm_record_id_t {
    const char *repository;
    const char *ns;
    const char *class_name;
    const char *key;
} wsm_record_id_t;

/** Decides the new content of a record inside of a transaction.
 *  @param old   the content, never NULL
 *  @param data  set to the new content, in `pool`
 *  An error leaves the record as it is and is what change() returns. */
typedef wsm_error_t *wsm_store_change_fn(void *baton, const char *old,
                                         const char **data, apr_pool_t *pool);

/** @return false to stop the listing */
typedef int wsm_store_visit_fn(void *baton, const char *key, const char *data);

typedef struct wsm_store_vtable_t {
    /** *data NULL if there is no such record */
    wsm_error_t *(*get)(wsm_store_t *store, const wsm_record_id_t *id,
                        const char **data, apr_pool_t *pool);
    /** WSMAN_E_ALREADY_EXISTS if the record is there */
    wsm_error_t *(*insert)(wsm_store_t *store, const wsm_record_id_t *id,
                           const char *data, apr_pool_t *pool);
    /** WSMAN_E_DESTINATION_UNREACHABLE if it is not there */
    wsm_error_t *(*change)(wsm_store_t *store, const wsm_record_id_t *id,
                           wsm_store_change_fn *change, void *baton,
                           apr_pool_t *pool);
    wsm_error_t *(*remove)(wsm_store_t *store, const wsm_record_id_t *id,
                           apr_pool_t *pool);
    /** Visits the records of a class in the order of their keys (bytes),
     *  beginning after `after` (NULL: all); id->key is not looked at.  Pages
     *  internally: memory does not grow with the table, and no lock is held
     *  while `visit` runs.  Texts are valid during the visit. */
    wsm_error_t *(*list)(wsm_store_t *store, const wsm_record_id_t *id,
                         const char *after, wsm_store_visit_fn *visit,
                         void *baton, apr_pool_t *pool);
    /** Puts an item, replacing one of that kind and name. */
    wsm_error_t *(*item_put)(wsm_store_t *store, const char *kind,
                             const char *name, const char *data,
                             apr_time_t expires, apr_pool_t *pool);
    /** *data NULL if there is none, or it has expired at `now` */
    wsm_error_t *(*item_get)(wsm_store_t *store, const char *kind,
                             const char *name, apr_time_t now,
                             const char **data, apr_pool_t *pool);
    /** Forgets items that have expired. */
    wsm_error_t *(*purge)(wsm_store_t *store, apr_time_t now, apr_pool_t *pool);
} wsm_store_vtable_t;

struct wsm_store_t {
    const wsm_store_vtable_t *vtable;
};

#define wsm_store_get(store, ...) (store)->vtable->get((store), __VA_ARGS__)
#define wsm_store_insert(store, ...)                                           \
    (store)->vtable->insert((store), __VA_ARGS__)
#define wsm_store_change(store, ...)                                           \
    (store)->vtable->change((store), __VA_ARGS__)
#define wsm_store_remove(store, ...)                                           \
    (store)->vtable->remove((store), __VA_ARGS__)
#define wsm_store_list(store, ...) (store)->vtable->list((store), __VA_ARGS__)
#define wsm_store_item_put(store, ...)                                         \
    (store)->vtable->item_put((store), __VA_ARGS__)
#define wsm_store_item_get(store, ...)                                         \
    (store)->vtable->item_get((store), __VA_ARGS__)
#define wsm_store_purge(store, ...) (store)->vtable->purge((store), __VA_ARGS__)

/** In this process' memory; gone with the pool. */
wsm_error_t *wsm_store_mem_open(wsm_store_t **store, apr_pool_t *pool);

/** Over apr_dbd.
 *  @param spec  "sqlite3:/path/file.db" (other drivers: their parameters)
 *  Opened in each child, never before fork; closed with the pool.  The schema
 *  is made by wsm_store_dbd_prepare. */
wsm_error_t *wsm_store_dbd_open(wsm_store_t **store, const char *spec,
                                const wsm_log_t *log, apr_pool_t *pool);
/** Makes the tables that are missing, refuses a schema of a newer version, and
 *  closes again: for the parent, before children exist.  The file gets mode
 *  0600 and the owner given (uid/gid -1: as it is). */
wsm_error_t *wsm_store_dbd_prepare(const char *spec, apr_uid_t uid,
                                   apr_gid_t gid, apr_pool_t *pool);

#endif
