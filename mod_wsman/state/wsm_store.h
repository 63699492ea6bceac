/* wsm_store.h - what outlives a request: stored instances and the references
 * in them, definitions (namespaces, qualifier types, classes), and small items
 * with an expiry (tombstones of enumerations, long filters).
 *
 * An interface with two implementations: in memory (unit tests, one process)
 * and over apr_dbd (all children, all nodes).  All functions may be called by
 * several threads.  Every write is one transaction, or part of the one that
 * transact() runs: it is there or it is not.
 *
 * Errors besides those named below: WSMAN_E_CONCURRENCY when others write for
 * too long, WSMAN_E_INTERNAL_ERROR when the store does not answer.
 */
#ifndef WSM_STORE_H
#define WSM_STORE_H

#include <apr_time.h>
#include <apr_user.h>

#include "../base/wsm_error.h"
#include "../base/wsm_log.h"

typedef struct wsm_store_t wsm_store_t;

/** Which instance: all texts not NULL; ns, class and key are canonical (folded
 *  by the caller). */
typedef struct wsm_record_id_t {
    const char *repository;
    const char *ns;
    const char *class_name;
    const char *key;
} wsm_record_id_t;

/** A reference in an instance, for who asks from the other end. */
typedef struct wsm_link_t {
    const char *role;   /* the property, folded */
    const char *target; /* the path it refers to, with its namespace, folded */
} wsm_link_t;

typedef struct wsm_content_t {
    const char *data;
    /** What equal keys have in common when letter case is ignored.  In
     *  change() NULL leaves it as it was. */
    const char *folded_key;
    /** Roles are different.  In change() NULL leaves them as they were. */
    const wsm_link_t *links;
    apr_uint32_t nlinks;
} wsm_content_t;

/** An item of this kind, named as a repository: its records are of a version
 *  that had no links; cim_repository_seed makes them. */
#define WSM_STORE_UNLINKED "unlinked"

/** Something that a repository's clients have defined; ns and name canonical.
 */
typedef struct wsm_definition_t {
    const char *ns;
    char kind;        /* WSM_DEFINES_... */
    const char *name; /* "" for a namespace and its security */
    const char *data; /* NULL: deleted */
    apr_uint64_t version;
} wsm_definition_t;

#define WSM_DEFINES_NAMESPACE 'n'
#define WSM_DEFINES_QUALIFIER 'q'
#define WSM_DEFINES_CLASS     'c'
#define WSM_DEFINES_SECURITY  's'

/** Which records of a class; what is NULL does not limit. */
typedef struct wsm_selection_t {
    const char *key;        /* this one */
    const char *folded_key; /* those with this folded key */
    const char *after;      /* those behind this key */
} wsm_selection_t;

/** A record that refers to something. */
typedef struct wsm_referrer_t {
    const char *key;
    const char *role; /* which of its references does */
    const char *data;
} wsm_referrer_t;

/** Decides the new content of a record inside of a transaction; called once.
 *  It must not use the store.
 *  @param old      the content, never NULL
 *  @param content  zeroed; set to the new content, in `pool`
 *  An error leaves the record as it is and is what change() returns. */
typedef wsm_error_t *wsm_store_change_fn(void *baton, const char *old,
                                         wsm_content_t *content,
                                         apr_pool_t *pool);

/** Works in a transaction; called once at most.
 *  @param tx  the store inside of the transaction, valid during the call; the
 *             store itself must not be used meanwhile
 *  An error takes everything back and is what transact() returns. */
typedef wsm_error_t *wsm_store_work_fn(void *baton, wsm_store_t *tx,
                                       apr_pool_t *pool);

/** @return false to stop the listing */
typedef int wsm_store_visit_fn(void *baton, const char *key, const char *data);

/** @return false to stop; the store must not be used meanwhile */
typedef int wsm_definition_visit_fn(void *baton,
                                    const wsm_definition_t *definition);

/** @return false to stop the listing */
typedef int wsm_referrer_visit_fn(void *baton, const wsm_referrer_t *referrer);

typedef struct wsm_store_vtable_t {
    /** Runs `work` in one transaction.  Inside of another one it joins that:
     *  then its error ends the outer one, too.  Writers wait for one another
     *  here, so that work is not done in vain; on PostgreSQL those who define
     *  do. */
    wsm_error_t *(*transact)(wsm_store_t *store, wsm_store_work_fn *work,
                             void *baton, apr_pool_t *pool);

    /** *data NULL if there is no such record */
    wsm_error_t *(*get)(wsm_store_t *store, const wsm_record_id_t *id,
                        const char **data, apr_pool_t *pool);
    /** WSMAN_E_ALREADY_EXISTS if the record is there */
    wsm_error_t *(*insert)(wsm_store_t *store, const wsm_record_id_t *id,
                           const wsm_content_t *content, apr_pool_t *pool);
    /** WSMAN_E_DESTINATION_UNREACHABLE if it is not there */
    wsm_error_t *(*change)(wsm_store_t *store, const wsm_record_id_t *id,
                           wsm_store_change_fn *change, void *baton,
                           apr_pool_t *pool);
    wsm_error_t *(*remove)(wsm_store_t *store, const wsm_record_id_t *id,
                           apr_pool_t *pool);
    /** Removes the records of a class; class_name NULL: of all classes of just
     *  this namespace. */
    wsm_error_t *(*remove_all)(wsm_store_t *store, const char *repository,
                               const char *ns, const char *class_name,
                               apr_pool_t *pool);
    /** Is there a record of just this class? */
    wsm_error_t *(*any)(wsm_store_t *store, const char *repository,
                        const char *ns, const char *class_name, int *found,
                        apr_pool_t *pool);
    /** Visits the records of a class in the order of their keys (bytes);
     *  id->key is not looked at.  Pages internally: memory does not grow with
     *  the table, and no lock is held while `visit` runs.  Texts are valid
     *  during the visit.
     *  @param selection  NULL: all */
    wsm_error_t *(*list)(wsm_store_t *store, const wsm_record_id_t *id,
                         const wsm_selection_t *selection,
                         wsm_store_visit_fn *visit, void *baton,
                         apr_pool_t *pool);
    /** Visits the references to `target` that records of a class have, in the
     *  order of key and role (bytes), else as list().
     *  @param after  begin behind this one (its data is not looked at); NULL:
     *                all */
    wsm_error_t *(*referring)(wsm_store_t *store, const wsm_record_id_t *id,
                              const char *target, const wsm_referrer_t *after,
                              wsm_referrer_visit_fn *visit, void *baton,
                              apr_pool_t *pool);

    /** Defines, defines otherwise, or (data NULL) deletes; the definition's
     *  version is not looked at: it becomes the repository's new one, which
     *  grows with each transaction that defines something.  From the first
     *  define() of a transaction to its end others wait who want to define in
     *  this repository. */
    wsm_error_t *(*define)(wsm_store_t *store, const char *repository,
                           const wsm_definition_t *definition,
                           apr_pool_t *pool);
    /** Takes the lock that define() takes, and says the version that now
     *  cannot change; in a transaction. */
    wsm_error_t *(*lock_definitions)(wsm_store_t *store, const char *repository,
                                     apr_uint64_t *version, apr_pool_t *pool);
    /** 0: nothing was ever defined.  For each request: it costs next to nothing
     *  while nothing changes. */
    wsm_error_t *(*definition_version)(wsm_store_t *store,
                                       const char *repository,
                                       apr_uint64_t *version, apr_pool_t *pool);
    /** Visits the definitions of a later version than *since, as they are at
     *  one moment: namespaces, qualifiers, classes, each in the order of ns and
     *  name (bytes).  What was deleted is among them, unless *since is 0.
     *  @param since  set to 0, before the first visit, if what was deleted
     *                since is no longer known: then all living ones are visited
     */
    wsm_error_t *(*definitions)(wsm_store_t *store, const char *repository,
                                apr_uint64_t *since,
                                wsm_definition_visit_fn *visit, void *baton,
                                apr_pool_t *pool);

    /** Puts an item, replacing one of that kind and name. */
    wsm_error_t *(*item_put)(wsm_store_t *store, const char *kind,
                             const char *name, const char *data,
                             apr_time_t expires, apr_pool_t *pool);
    /** *data NULL if there is none, or it has expired at `now` */
    wsm_error_t *(*item_get)(wsm_store_t *store, const char *kind,
                             const char *name, apr_time_t now,
                             const char **data, apr_pool_t *pool);
    /** Forgets items that have expired, and, where very many definitions were
     *  deleted, the oldest of those. */
    wsm_error_t *(*purge)(wsm_store_t *store, apr_time_t now, apr_pool_t *pool);
} wsm_store_vtable_t;

struct wsm_store_t {
    const wsm_store_vtable_t *vtable;
};

#define wsm_store_do(store, what, ...)                                         \
    (store)->vtable->what((store), __VA_ARGS__)

#define wsm_store_transact(store, ...)                                         \
    wsm_store_do(store, transact, __VA_ARGS__)
#define wsm_store_get(store, ...)    wsm_store_do(store, get, __VA_ARGS__)
#define wsm_store_insert(store, ...) wsm_store_do(store, insert, __VA_ARGS__)
#define wsm_store_change(store, ...) wsm_store_do(store, change, __VA_ARGS__)
#define wsm_store_remove(store, ...) wsm_store_do(store, remove, __VA_ARGS__)
#define wsm_store_remove_all(store, ...)                                       \
    wsm_store_do(store, remove_all, __VA_ARGS__)
#define wsm_store_any(store, ...)  wsm_store_do(store, any, __VA_ARGS__)
#define wsm_store_list(store, ...) wsm_store_do(store, list, __VA_ARGS__)
#define wsm_store_referring(store, ...)                                        \
    wsm_store_do(store, referring, __VA_ARGS__)
#define wsm_store_define(store, ...) wsm_store_do(store, define, __VA_ARGS__)
#define wsm_store_lock_definitions(store, ...)                                 \
    wsm_store_do(store, lock_definitions, __VA_ARGS__)
#define wsm_store_definition_version(store, ...)                               \
    wsm_store_do(store, definition_version, __VA_ARGS__)
#define wsm_store_definitions(store, ...)                                      \
    wsm_store_do(store, definitions, __VA_ARGS__)
#define wsm_store_item_put(store, ...)                                         \
    wsm_store_do(store, item_put, __VA_ARGS__)
#define wsm_store_item_get(store, ...)                                         \
    wsm_store_do(store, item_get, __VA_ARGS__)
#define wsm_store_purge(store, ...) wsm_store_do(store, purge, __VA_ARGS__)

/** In this process' memory; gone with the pool. */
wsm_error_t *wsm_store_mem_open(wsm_store_t **store, apr_pool_t *pool);

/** Over apr_dbd.
 *  @param spec  "sqlite3:/path/file.db" (other drivers: their parameters)
 *  Opened in each child, never before fork; closed with the pool.  The schema
 *  is made by wsm_store_dbd_prepare. */
wsm_error_t *wsm_store_dbd_open(wsm_store_t **store, const char *spec,
                                const wsm_log_t *log, apr_pool_t *pool);
/** Makes the tables that are missing, brings those of an older version up to
 *  date, refuses a schema of a newer version, and closes again: for the parent,
 *  before children exist.  The file gets mode 0600 and the owner given (uid/gid
 *  -1: as it is). */
wsm_error_t *wsm_store_dbd_prepare(const char *spec, apr_uid_t uid,
                                   apr_gid_t gid, apr_pool_t *pool);

#endif
