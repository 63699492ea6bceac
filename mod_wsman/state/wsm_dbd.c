/* wsm_dbd.c - connection, tables and statements.
 *
 * SQL that sqlite3 (3.24) and PostgreSQL (9.5) both understand; where they
 * differ there is a column in a table.  Times are texts of 20 digits, so that
 * they compare as numbers.
 */
#include "wsm_dbd.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#define SCHEMA_VERSION 1
#define SQLITE_BUSY    5

static const char *const statements[WSM_DBD_STATEMENTS] = {
    [WSM_DBD_GET] = "SELECT data FROM wsman_record WHERE repository = %s AND "
                    "ns = %s AND class = %s AND key = %s",
    [WSM_DBD_INSERT] = "INSERT INTO wsman_record "
                       "(repository, ns, class, key, data) "
                       "VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
    [WSM_DBD_UPDATE] = "UPDATE wsman_record SET data = %s WHERE "
                       "repository = %s AND ns = %s AND class = %s AND "
                       "key = %s",
    [WSM_DBD_REMOVE] = "DELETE FROM wsman_record WHERE repository = %s AND "
                       "ns = %s AND class = %s AND key = %s",
    [WSM_DBD_LIST] = "SELECT key, data FROM wsman_record WHERE "
                     "repository = %s AND ns = %s AND class = %s "
                     "ORDER BY key LIMIT 64",
    [WSM_DBD_LIST_AFTER] = "SELECT key, data FROM wsman_record WHERE "
                           "repository = %s AND ns = %s AND class = %s AND "
                           "key > %s ORDER BY key LIMIT 64",
    [WSM_DBD_ITEM_PUT] = "INSERT INTO wsman_item (kind, name, data, expires) "
                         "VALUES (%s, %s, %s, %s) "
                         "ON CONFLICT (kind, name) DO UPDATE SET "
                         "data = excluded.data, expires = excluded.expires",
    [WSM_DBD_ITEM_GET] = "SELECT data FROM wsman_item WHERE kind = %s AND "
                         "name = %s AND expires > %s",
    [WSM_DBD_ITEM_COUNT] = "SELECT count(*) FROM wsman_item",
    [WSM_DBD_PURGE] = "DELETE FROM wsman_item WHERE expires <= %s",
};

static const char *const tables[] = {
    "CREATE TABLE IF NOT EXISTS wsman_meta "
    "(name VARCHAR(64) PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS wsman_record "
    "(repository TEXT NOT NULL, ns TEXT NOT NULL, class TEXT NOT NULL, "
    "key TEXT NOT NULL, data TEXT NOT NULL, "
    "PRIMARY KEY (repository, ns, class, key))",
    "CREATE TABLE IF NOT EXISTS wsman_item "
    "(kind TEXT NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL, "
    "expires CHAR(20) NOT NULL, PRIMARY KEY (kind, name))",
    "CREATE INDEX IF NOT EXISTS wsman_item_expires ON wsman_item (expires)",
    "INSERT INTO wsman_meta (name, value) VALUES ('version', '1') "
    "ON CONFLICT DO NOTHING",
};

/* WAL: readers do not wait for a writer.  NORMAL: what is acknowledged
 * survives the death of every process; a power failure may take the last
 * transactions, never half of one.
 *
 * Opening waits long: after a crash the first who opens recovers the file, and
 * all others are busy until then.  Later apr_dbd tries 15 times on a busy file,
 * so a writer gives up after some 5 seconds. */
static const char *const pragmas[] = {"PRAGMA busy_timeout=10000",
                                      "PRAGMA journal_mode=WAL",
                                      "PRAGMA synchronous=NORMAL"};
static const char patience[] = "PRAGMA busy_timeout=250";

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static wsm_error_t *database_error(wsm_dbd_t *dbd, int code, apr_pool_t *pool)
{
    const char *text = apr_dbd_error(dbd->driver, dbd->handle, code);

    if (dbd->is_sqlite && code == SQLITE_BUSY)
        return wsm_fail(pool, WSMAN_E_CONCURRENCY,
                        "The store is busy with other writers; try again.");
    return wsm_error_make(
        pool, WSMAN_E_INTERNAL_ERROR, APR_SUCCESS,
        wsm_fail(pool, WSMAN_E_INTERNAL_ERROR, "%s", text ? text : "no reason"),
        "The store does not answer.");
}

static apr_status_t close_connection(void *data)
{
    wsm_dbd_t *dbd = data;

    apr_dbd_close(dbd->driver, dbd->handle);
    return APR_SUCCESS;
}

/* PRAGMA answers with a row, which apr_dbd_query does not read. */
static wsm_error_t *run_pragma(wsm_dbd_t *dbd, const char *sql,
                               apr_pool_t *pool)
{
    apr_dbd_results_t *results = NULL;
    apr_dbd_row_t *row = NULL;
    int code = apr_dbd_select(dbd->driver, pool, dbd->handle, &results, sql, 0);

    if (code != 0)
        return database_error(dbd, code, pool);
    while (apr_dbd_get_row(dbd->driver, pool, results, &row, -1) == 0)
        ;
    return NULL;
}

wsm_error_t *wsm_dbd_open(wsm_dbd_t **dbd, const char *spec, apr_pool_t *pool)
{
    const char *colon = strchr(spec, ':');
    wsm_dbd_t *made = apr_pcalloc(pool, sizeof(*made));
    const char *name, *reason = NULL;
    apr_status_t status;
    wsm_error_t *err = NULL;
    apr_size_t i;

    if (colon == NULL)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "The store \"%s\" is not of the form "
                        "driver:parameters.",
                        spec);
    name = apr_pstrmemdup(pool, spec, (apr_size_t)(colon - spec));
    apr_dbd_init(pool);
    status = apr_dbd_get_driver(pool, name, &made->driver);
    if (status != APR_SUCCESS)
        return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, status, NULL,
                              "There is no database driver %s: install it "
                              "(Debian: libaprutil1-dbd-%s).",
                              name, name);
    status =
        apr_dbd_open_ex(made->driver, pool, colon + 1, &made->handle, &reason);
    if (status != APR_SUCCESS)
        return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, status, NULL,
                              "The store %s cannot be opened%s%s.", spec,
                              reason ? ": " : "", reason ? reason : "");
    apr_pool_pre_cleanup_register(pool, made, close_connection);
    made->is_sqlite = strcmp(name, "sqlite3") == 0;
    made->path = made->is_sqlite ? apr_pstrdup(pool, colon + 1) : NULL;
    apr_thread_mutex_create(&made->lock, APR_THREAD_MUTEX_DEFAULT, pool);
    for (i = 0; made->is_sqlite && i < COUNT(pragmas) && err == NULL; i++)
        err = run_pragma(made, pragmas[i], pool);
    if (err == NULL)
        *dbd = made;
    return err;
}

wsm_error_t *wsm_dbd_execute(wsm_dbd_t *dbd, const char *sql, apr_pool_t *pool)
{
    int rows, code = apr_dbd_query(dbd->driver, dbd->handle, &rows, sql);

    return code ? database_error(dbd, code, pool) : NULL;
}

static wsm_error_t *check_version(wsm_dbd_t *dbd, apr_pool_t *pool)
{
    apr_dbd_results_t *results = NULL;
    apr_dbd_row_t *row = NULL;
    int version = 0;
    int code = apr_dbd_select(
        dbd->driver, pool, dbd->handle, &results,
        "SELECT value FROM wsman_meta WHERE name = 'version'", 0);

    if (code != 0)
        return database_error(dbd, code, pool);
    while (apr_dbd_get_row(dbd->driver, pool, results, &row, -1) == 0)
        version = atoi(apr_dbd_get_entry(dbd->driver, row, 0));
    if (version != SCHEMA_VERSION)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "The store has schema version %d, this server knows "
                        "%d: use the mod_wsman that made it, or another file.",
                        version, SCHEMA_VERSION);
    return NULL;
}

wsm_error_t *wsm_dbd_migrate(wsm_dbd_t *dbd, apr_pool_t *pool)
{
    wsm_error_t *err = NULL;
    apr_size_t i;

    for (i = 0; i < COUNT(tables) && err == NULL; i++)
        err = wsm_dbd_execute(dbd, tables[i], pool);
    return err ? err : check_version(dbd, pool);
}

/* A pool with an allocator of its own: statements are prepared again while
 * other threads use the parent. */
static apr_status_t make_pool(wsm_dbd_t *dbd, apr_pool_t *parent)
{
    apr_allocator_t *allocator;
    apr_status_t status = apr_allocator_create(&allocator);

    if (status != APR_SUCCESS)
        return status;
    status = apr_pool_create_ex(&dbd->pool, parent, NULL, allocator);
    if (status == APR_SUCCESS)
        apr_allocator_owner_set(allocator, dbd->pool);
    else
        apr_allocator_destroy(allocator);
    return status;
}

static int prepare_statement(wsm_dbd_t *dbd, wsm_dbd_statement_e statement)
{
    dbd->statements[statement] = NULL;
    return apr_dbd_prepare(dbd->driver, dbd->pool, dbd->handle,
                           statements[statement], NULL,
                           &dbd->statements[statement]);
}

/* VACUUM, or an index that somebody adds, ends prepared statements: the driver
 * uses sqlite3_prepare, which does not do it by itself.  Such a statement has
 * had no effect and leaves its transaction as it was.
 * @return whether to try again */
static int prepared_again(wsm_dbd_t *dbd, wsm_dbd_statement_e statement,
                          int code)
{
    const char *text = apr_dbd_error(dbd->driver, dbd->handle, code);

    return dbd->is_sqlite && text != NULL &&
           strstr(text, "schema has changed") != NULL &&
           prepare_statement(dbd, statement) == 0;
}

wsm_error_t *wsm_dbd_prepare(wsm_dbd_t *dbd, apr_pool_t *pool)
{
    apr_status_t status = make_pool(dbd, pool);
    wsm_error_t *err;
    int i;

    if (status != APR_SUCCESS)
        return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, status, NULL,
                              "The store cannot be opened.");
    for (i = 0; i < WSM_DBD_STATEMENTS; i++) {
        int code = prepare_statement(dbd, (wsm_dbd_statement_e)i);

        if (code != 0)
            return database_error(dbd, code, pool);
    }
    err = check_version(dbd, pool);
    if (err == NULL && dbd->is_sqlite)
        err = run_pragma(dbd, patience, pool);
    return err;
}

void wsm_dbd_lock(wsm_dbd_t *dbd)
{
    apr_thread_mutex_lock(dbd->lock);
}

void wsm_dbd_unlock(wsm_dbd_t *dbd)
{
    apr_thread_mutex_unlock(dbd->lock);
}

static int count_values(wsm_dbd_statement_e statement)
{
    const char *at = statements[statement];
    int n = 0;

    while ((at = strstr(at, "%s")) != NULL) {
        n++;
        at += 2;
    }
    return n;
}

wsm_error_t *wsm_dbd_change(wsm_dbd_t *dbd, wsm_dbd_statement_e statement,
                            const char **values, int *rows, apr_pool_t *pool)
{
    int touched = 0;
    int code = apr_dbd_pquery(dbd->driver, pool, dbd->handle, &touched,
                              dbd->statements[statement],
                              count_values(statement), values);

    if (code != 0 && prepared_again(dbd, statement, code))
        code = apr_dbd_pquery(dbd->driver, pool, dbd->handle, &touched,
                              dbd->statements[statement],
                              count_values(statement), values);
    if (rows != NULL)
        *rows = touched;
    return code ? database_error(dbd, code, pool) : NULL;
}

wsm_error_t *wsm_dbd_select(wsm_dbd_t *dbd, wsm_dbd_statement_e statement,
                            const char **values, int ncolumns,
                            wsm_dbd_row_fn *row, void *baton, apr_pool_t *pool)
{
    apr_dbd_results_t *results = NULL;
    apr_dbd_row_t *at = NULL;
    const char *columns[4];
    int i, code;

    code = apr_dbd_pselect(dbd->driver, pool, dbd->handle, &results,
                           dbd->statements[statement], 0,
                           count_values(statement), values);
    if (code != 0 && prepared_again(dbd, statement, code)) {
        results = NULL;
        code = apr_dbd_pselect(dbd->driver, pool, dbd->handle, &results,
                               dbd->statements[statement], 0,
                               count_values(statement), values);
    }
    if (code != 0)
        return database_error(dbd, code, pool);
    while (apr_dbd_get_row(dbd->driver, pool, results, &at, -1) == 0) {
        for (i = 0; i < ncolumns; i++)
            columns[i] = apr_dbd_get_entry(dbd->driver, at, i);
        row(baton, columns);
    }
    return NULL;
}

wsm_error_t *wsm_dbd_begin(wsm_dbd_t *dbd, apr_pool_t *pool)
{
    return wsm_dbd_execute(dbd,
                           dbd->is_sqlite
                               ? "BEGIN IMMEDIATE"
                               : "BEGIN ISOLATION LEVEL SERIALIZABLE",
                           pool);
}

wsm_error_t *wsm_dbd_end(wsm_dbd_t *dbd, wsm_error_t *err, apr_pool_t *pool)
{
    if (err == NULL)
        err = wsm_dbd_execute(dbd, "COMMIT", pool);
    if (err != NULL)
        wsm_dbd_execute(dbd, "ROLLBACK", pool);
    return err;
}
