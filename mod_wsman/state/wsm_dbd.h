/* wsm_dbd.h - a database connection and its prepared statements.
 *
 * All SQL is in wsm_dbd_sql.c.  A connection is private to one process and is
 * used by one thread at a time (wsm_dbd_pool).  One that a server has closed
 * is opened again by the next select or transaction.
 */
#ifndef WSM_DBD_H
#define WSM_DBD_H

#include <apr_dbd.h>

#include "../base/wsm_error.h"
#include "../base/wsm_log.h"

/** The statements, each a row of the table in wsm_dbd.c. */
typedef enum wsm_dbd_statement_e {
    WSM_DBD_GET,
    WSM_DBD_GET_LOCKED,
    WSM_DBD_INSERT,
    WSM_DBD_UPDATE,
    WSM_DBD_UPDATE_FOLDED,
    WSM_DBD_REMOVE,
    WSM_DBD_REMOVE_CLASS,
    WSM_DBD_REMOVE_NAMESPACE,
    WSM_DBD_ANY,
    WSM_DBD_LIST,
    WSM_DBD_LIST_AFTER, /* this and its like: behind the one without */
    WSM_DBD_LIST_FOLDED,
    WSM_DBD_LIST_FOLDED_AFTER,
    WSM_DBD_LINK,
    WSM_DBD_UNLINK,
    WSM_DBD_UNLINK_CLASS,
    WSM_DBD_UNLINK_NAMESPACE,
    WSM_DBD_REFERRING,
    WSM_DBD_VERSION,
    WSM_DBD_VERSION_MAKE,
    WSM_DBD_VERSION_LOCK,
    WSM_DBD_VERSION_SET,
    WSM_DBD_FLOOR_SET,
    WSM_DBD_DEFINE,
    WSM_DBD_DEFINITIONS,
    WSM_DBD_DEFINITIONS_SINCE,
    WSM_DBD_DELETED_MANY,
    WSM_DBD_DELETED_VERSION,
    WSM_DBD_FORGET,
    WSM_DBD_ITEM_PUT,
    WSM_DBD_ITEM_GET,
    WSM_DBD_ITEM_COUNT,
    WSM_DBD_PURGE,
    WSM_DBD_STATEMENTS
} wsm_dbd_statement_e;

typedef struct wsm_dbd_t {
    const apr_dbd_driver_t *driver;
    apr_dbd_t *handle; /* NULL: lost, and not yet opened again */
    apr_dbd_prepared_t *statements[WSM_DBD_STATEMENTS];
    const char *params; /* of the driver; they may hold a password */
    int is_sqlite;
    int in_transaction;
    int is_brief;           /* wsm_dbd_last */
    int writes;             /* wsm_dbd_pool: the one that writes */
    int entered;            /* wsm_dbd_pool: it is in the gate */
    struct wsm_dbd_t *next; /* wsm_dbd_pool: idle ones */
    apr_pool_t *pool;       /* of the handle and the statements */
    apr_pool_t *parent;
} wsm_dbd_t;

/** The path in a spec of sqlite3, or NULL. */
const char *wsm_dbd_path(const char *spec);

/** Opens "driver:parameters"; closed with the pool.  No error says the
 *  parameters, but for the path of sqlite3. */
wsm_error_t *wsm_dbd_open(wsm_dbd_t **dbd, const char *spec, apr_pool_t *pool);
/** Makes the tables that are missing, and brings those of an older version up
 *  to date, in one transaction.  A newer version is refused. */
wsm_error_t *wsm_dbd_migrate(wsm_dbd_t *dbd, apr_pool_t *pool);
/** Prepares the statements; the tables must be there. */
wsm_error_t *wsm_dbd_prepare(wsm_dbd_t *dbd, apr_pool_t *pool);

/** Runs SQL without parameters. */
wsm_error_t *wsm_dbd_execute(wsm_dbd_t *dbd, const char *sql, apr_pool_t *pool);
/** Runs a statement that changes.
 *  @param values  one a parameter
 *  @param rows    set to how many rows it touched; may be NULL */
wsm_error_t *wsm_dbd_change(wsm_dbd_t *dbd, wsm_dbd_statement_e statement,
                            const char **values, int *rows, apr_pool_t *pool);

#define WSM_DBD_COLUMNS 6

/** Called for each row; `columns` are valid during the call. */
typedef void wsm_dbd_row_fn(void *baton, const char *const *columns);

/** Runs a statement that selects `ncolumns` (at most WSM_DBD_COLUMNS). */
wsm_error_t *wsm_dbd_select(wsm_dbd_t *dbd, wsm_dbd_statement_e statement,
                            const char **values, int ncolumns,
                            wsm_dbd_row_fn *row, void *baton, apr_pool_t *pool);

/** Before a transaction: whether what it writes must survive a power failure
 *  (is_brief 0), or is for minutes and may be lost with it.  PostgreSQL writes
 *  everything to disk. */
wsm_error_t *wsm_dbd_last(wsm_dbd_t *dbd, int is_brief, apr_pool_t *pool);
/** Begins a transaction that is sure to be able to write; the connection is
 *  its thread's until its end. */
wsm_error_t *wsm_dbd_begin(wsm_dbd_t *dbd, apr_pool_t *pool);
/** Begins one whose selects all see the same; likewise. */
wsm_error_t *wsm_dbd_begin_snapshot(wsm_dbd_t *dbd, apr_pool_t *pool);
/** Ends it: commits if err is NULL, takes everything back if not.
 *  @return err, or what went wrong now */
wsm_error_t *wsm_dbd_end(wsm_dbd_t *dbd, wsm_error_t *err, apr_pool_t *pool);

#endif
