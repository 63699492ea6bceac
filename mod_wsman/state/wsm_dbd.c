/* wsm_dbd.c - connections, the making of tables, and statements.
 */
#include "wsm_dbd.h"

#include <stdlib.h>
#include <string.h>

#include <apr_dso.h>
#include <apr_strings.h>

#include "wsm_dbd_sql.h"

#define SQLITE       "sqlite3:"
#define SQLITE_BUSY  5
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* WAL: readers do not wait for a writer.  What is acknowledged survives the
 * death of every process, and with FULL a power failure (wsm_dbd_last).
 *
 * Opening waits long: after a crash the first who opens recovers the file, and
 * all others are busy until then.  Later writers meet at the gate, so that
 * sqlite3's locks are busy only if a stranger writes; apr_dbd tries 15 times
 * then, for some 3 seconds. */
static const char *const pragmas[] = {
    "PRAGMA busy_timeout=10000", "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL", "PRAGMA mmap_size=1073741824"};
static const char to_disk[] = "PRAGMA synchronous=FULL";
static const char to_system[] = "PRAGMA synchronous=NORMAL";
static const char patience[] = "PRAGMA busy_timeout=50";

/* PostgreSQL: whatever the database and its users are set to. */
static const char *const settings[] = {"SET client_encoding = 'UTF8'",
                                       "SET lock_timeout = '5s'"};

/* What a message says when others were in the way; SQLSTATEs where libpq
 * writes them, for a server may speak any language. */
static const char *const busy_texts[] = {
    "is locked", "locking protocol",    " 40001: ",          " 40P01: ",
    " 55P03: ",  "could not serialize", "deadlock detected", "lock timeout"};

static int is_busy(const wsm_dbd_t *dbd, int code, const char *text)
{
    apr_size_t i;

    if (dbd->is_sqlite && code == SQLITE_BUSY)
        return 1;
    for (i = 0; i < COUNT(busy_texts); i++) {
        if (strstr(text, busy_texts[i]) != NULL)
            return 1;
    }
    return 0;
}

static wsm_error_t *database_error(wsm_dbd_t *dbd, int code, apr_pool_t *pool)
{
    const char *text = apr_dbd_error(dbd->driver, dbd->handle, code);

    if (text == NULL)
        text = "no reason";
    if (is_busy(dbd, code, text))
        return wsm_fail(pool, WSMAN_E_CONCURRENCY,
                        "The store is busy with other writers; try again.");
    return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, APR_SUCCESS,
                          wsm_fail(pool, WSMAN_E_INTERNAL_ERROR, "%.*s",
                                   (int)strcspn(text, "\r\n"), text),
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

wsm_error_t *wsm_dbd_last(wsm_dbd_t *dbd, int is_brief, apr_pool_t *pool)
{
    wsm_error_t *err;

    if (!dbd->is_sqlite || dbd->handle == NULL || dbd->is_brief == is_brief)
        return NULL;
    err = run_pragma(dbd, is_brief ? to_system : to_disk, pool);
    if (err == NULL)
        dbd->is_brief = is_brief;
    return err;
}

const char *wsm_dbd_path(const char *spec)
{
    return strncmp(spec, SQLITE, strlen(SQLITE)) == 0 ? spec + strlen(SQLITE)
                                                      : NULL;
}

/* A pool with an allocator of its own: statements are prepared again while
 * other threads use the parent. */
static apr_status_t make_pool(wsm_dbd_t *dbd)
{
    apr_allocator_t *allocator;
    apr_status_t status = apr_allocator_create(&allocator);

    dbd->pool = NULL;
    if (status != APR_SUCCESS)
        return status;
    status = apr_pool_create_ex(&dbd->pool, dbd->parent, NULL, allocator);
    if (status == APR_SUCCESS)
        apr_allocator_owner_set(allocator, dbd->pool);
    else
        apr_allocator_destroy(allocator);
    return status;
}

/* libpq can be asked to begin a message with its SQLSTATE; apr_dbd cannot. */
static void ask_for_states(wsm_dbd_t *dbd)
{
    typedef int verbosity_fn(void *connection, int verbosity);
    const int verbose = 2;
    apr_dso_handle_t *library;
    apr_dso_handle_sym_t symbol;

    if (apr_dso_load(&library, "libpq.so.5", dbd->pool) == APR_SUCCESS &&
        apr_dso_sym(&symbol, library, "PQsetErrorVerbosity") == APR_SUCCESS)
        ((verbosity_fn *)symbol)(
            apr_dbd_native_handle(dbd->driver, dbd->handle), verbose);
}

static wsm_error_t *set_up(wsm_dbd_t *dbd, apr_pool_t *pool)
{
    wsm_error_t *err = NULL;
    apr_size_t i;

    dbd->is_brief = 0;
    for (i = 0; dbd->is_sqlite && i < COUNT(pragmas) && err == NULL; i++)
        err = run_pragma(dbd, pragmas[i], pool);
    if (dbd->is_sqlite)
        return err;
    ask_for_states(dbd);
    for (i = 0; i < COUNT(settings) && err == NULL; i++)
        err = wsm_dbd_execute(dbd, settings[i], pool);
    return err;
}

/* What libpq says of parameters that it cannot read has parts of them; what it
 * says of a server has not. */
static const char *fit_to_tell(const wsm_dbd_t *dbd, const char *reason)
{
    static const char *const fit[] = {"connection to server",
                                      "could not connect",
                                      "could not translate", "FATAL: "};
    apr_size_t i;

    for (i = 0; reason != NULL && i < COUNT(fit); i++) {
        if (dbd->is_sqlite || strstr(reason, fit[i]) != NULL)
            return reason;
    }
    return dbd->is_sqlite ? "no reason"
                          : "its parameters cannot be used, or no server was "
                            "found";
}

static wsm_error_t *open_handle(wsm_dbd_t *dbd, apr_pool_t *pool)
{
    apr_status_t status = make_pool(dbd);
    const char *reason = NULL;
    wsm_error_t *err;

    if (status == APR_SUCCESS)
        status = apr_dbd_open_ex(dbd->driver, dbd->pool, dbd->params,
                                 &dbd->handle, &reason);
    if (status == APR_SUCCESS) {
        apr_pool_pre_cleanup_register(dbd->pool, dbd, close_connection);
        return set_up(dbd, pool);
    }
    dbd->handle = NULL;
    reason = fit_to_tell(dbd, reason);
    err = wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, status, NULL,
                         "The store%s%s cannot be opened: %.*s",
                         dbd->is_sqlite ? " " : "",
                         dbd->is_sqlite ? dbd->params : "",
                         (int)strcspn(reason, "\r\n"), reason);
    if (dbd->pool != NULL)
        apr_pool_destroy(dbd->pool);
    dbd->pool = NULL;
    return err;
}

wsm_error_t *wsm_dbd_open(wsm_dbd_t **dbd, const char *spec, apr_pool_t *pool)
{
    const char *colon = strchr(spec, ':');
    wsm_dbd_t *made = apr_pcalloc(pool, sizeof(*made));
    const char *name;
    apr_status_t status;
    wsm_error_t *err;

    if (colon == NULL)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "The store is not of the form driver:parameters.");
    name = apr_pstrmemdup(pool, spec, (apr_size_t)(colon - spec));
    apr_dbd_init(pool);
    status = apr_dbd_get_driver(pool, name, &made->driver);
    if (status != APR_SUCCESS)
        return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, status, NULL,
                              "There is no database driver %s: install it "
                              "(Debian: libaprutil1-dbd-%s).",
                              name, name);
    made->parent = pool;
    made->params = apr_pstrdup(pool, colon + 1);
    made->is_sqlite = wsm_dbd_path(spec) != NULL;
    err = open_handle(made, pool);
    if (err == NULL)
        *dbd = made;
    return err;
}

wsm_error_t *wsm_dbd_execute(wsm_dbd_t *dbd, const char *sql, apr_pool_t *pool)
{
    int rows, code = apr_dbd_query(dbd->driver, dbd->handle, &rows, sql);

    return code ? database_error(dbd, code, pool) : NULL;
}

/* @param number  set to the first column of the last row, 0 if there is none */
static wsm_error_t *select_number(wsm_dbd_t *dbd, const char *sql, int *number,
                                  apr_pool_t *pool)
{
    apr_dbd_results_t *results = NULL;
    apr_dbd_row_t *row = NULL;
    int code = apr_dbd_select(dbd->driver, pool, dbd->handle, &results, sql,
                              !dbd->is_sqlite);

    *number = 0;
    if (code != 0)
        return database_error(dbd, code, pool);
    while (apr_dbd_get_row(dbd->driver, pool, results, &row, -1) == 0) {
        const char *text = apr_dbd_get_entry(dbd->driver, row, 0);

        *number = text ? atoi(text) : 0;
    }
    return NULL;
}

static const char select_version[] =
    "SELECT value FROM wsman_meta WHERE name = 'version'";

/* 0: there are no tables yet. */
static wsm_error_t *find_version(wsm_dbd_t *dbd, int *version, apr_pool_t *pool)
{
    static const wsm_dbd_sql_t is_there = {
        "SELECT count(*) FROM sqlite_master WHERE name = 'wsman_meta'",
        "SELECT count(*) FROM pg_class WHERE oid = to_regclass('wsman_meta')"};
    int there;
    wsm_error_t *err = select_number(
        dbd, wsm_dbd_sql(&is_there, dbd->is_sqlite), &there, pool);

    *version = 0;
    return err || !there ? err
                         : select_number(dbd, select_version, version, pool);
}

static wsm_error_t *wrong_version(int version, apr_pool_t *pool)
{
    return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                    "The store has schema version %d, this server knows %d: "
                    "use the mod_wsman that made it, or another file.",
                    version, WSM_DBD_VERSION_NOW);
}

static wsm_error_t *check_version(wsm_dbd_t *dbd, apr_pool_t *pool)
{
    int version;
    wsm_error_t *err = select_number(dbd, select_version, &version, pool);

    if (err == NULL && version != WSM_DBD_VERSION_NOW)
        err = wrong_version(version, pool);
    return err;
}

static wsm_error_t *take_step(wsm_dbd_t *dbd, const wsm_dbd_sql_t *sql,
                              apr_pool_t *pool)
{
    wsm_error_t *err = NULL;

    for (; sql->sqlite != NULL && err == NULL; sql++) {
        const char *text = wsm_dbd_sql(sql, dbd->is_sqlite);

        if (*text != '\0')
            err = wsm_dbd_execute(dbd, text, pool);
    }
    return err;
}

/* Several nodes may start at the same time, and steps take long. */
static wsm_error_t *lock_schema(wsm_dbd_t *dbd, apr_pool_t *pool)
{
    wsm_error_t *err;
    int ignored;

    if (dbd->is_sqlite)
        return NULL;
    err = wsm_dbd_execute(dbd, "SET LOCAL lock_timeout = '60s'", pool);
    return err ? err
               : select_number(dbd,
                               "SELECT pg_advisory_xact_lock(x'77736d'::int)",
                               &ignored, pool);
}

static wsm_error_t *take_steps(wsm_dbd_t *dbd, apr_pool_t *pool)
{
    int version;
    wsm_error_t *err = lock_schema(dbd, pool);

    if (err == NULL)
        err = find_version(dbd, &version, pool);
    if (err != NULL)
        return err;
    if (version < 0 || version > WSM_DBD_VERSION_NOW)
        return wrong_version(version, pool);
    for (; wsm_dbd_steps[version] != NULL && err == NULL; version++)
        err = take_step(dbd, wsm_dbd_steps[version], pool);
    return err;
}

wsm_error_t *wsm_dbd_migrate(wsm_dbd_t *dbd, apr_pool_t *pool)
{
    wsm_error_t *err = wsm_dbd_begin(dbd, pool);

    return err ? err : wsm_dbd_end(dbd, take_steps(dbd, pool), pool);
}

static const char *text_of(const wsm_dbd_t *dbd, wsm_dbd_statement_e statement)
{
    return wsm_dbd_sql(&wsm_dbd_statements[statement], dbd->is_sqlite);
}

static int prepare_statement(wsm_dbd_t *dbd, wsm_dbd_statement_e statement)
{
    char label[32]; /* without one PostgreSQL's driver does not prepare */

    dbd->statements[statement] = NULL;
    apr_snprintf(label, sizeof(label), "wsman_%d", (int)statement);
    return apr_dbd_prepare(dbd->driver, dbd->pool, dbd->handle,
                           text_of(dbd, statement), label,
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

static wsm_error_t *prepare_all(wsm_dbd_t *dbd, apr_pool_t *pool)
{
    int i;

    for (i = 0; i < WSM_DBD_STATEMENTS; i++) {
        int code = prepare_statement(dbd, (wsm_dbd_statement_e)i);

        if (code != 0)
            return database_error(dbd, code, pool);
    }
    return NULL;
}

/* Statements are not prepared for other tables than those of this version. */
wsm_error_t *wsm_dbd_prepare(wsm_dbd_t *dbd, apr_pool_t *pool)
{
    wsm_error_t *err = check_version(dbd, pool);

    if (err == NULL)
        err = prepare_all(dbd, pool);
    if (err == NULL && dbd->is_sqlite)
        err = run_pragma(dbd, patience, pool);
    return err;
}

/* ---- a server that was restarted */

static void disconnect(wsm_dbd_t *dbd)
{
    if (dbd->pool != NULL)
        apr_pool_destroy(dbd->pool);
    dbd->pool = NULL;
    dbd->handle = NULL;
}

static wsm_error_t *connect_again(wsm_dbd_t *dbd, apr_pool_t *pool)
{
    wsm_error_t *err;

    disconnect(dbd);
    err = open_handle(dbd, pool);
    if (err == NULL)
        err = prepare_all(dbd, pool);
    if (err != NULL)
        disconnect(dbd);
    return err;
}

/* A statement outside of transactions has failed.  Messages are in the
 * language of the server; this is not: who is there can do nothing. */
static int is_lost(wsm_dbd_t *dbd)
{
    int rows;

    return !dbd->is_sqlite && !dbd->in_transaction &&
           apr_dbd_query(dbd->driver, dbd->handle, &rows, "ROLLBACK") != 0;
}

static int count_values(const wsm_dbd_t *dbd, wsm_dbd_statement_e statement)
{
    const char *at = text_of(dbd, statement);
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
                              count_values(dbd, statement), values);

    if (code != 0 && prepared_again(dbd, statement, code))
        code = apr_dbd_pquery(dbd->driver, pool, dbd->handle, &touched,
                              dbd->statements[statement],
                              count_values(dbd, statement), values);
    if (rows != NULL)
        *rows = touched;
    return code ? database_error(dbd, code, pool) : NULL;
}

static int run_select(wsm_dbd_t *dbd, wsm_dbd_statement_e statement,
                      const char **values, apr_dbd_results_t **results,
                      apr_pool_t *pool)
{
    *results = NULL;
    /* Without a seek PostgreSQL's driver sleeps when there are no rows. */
    return apr_dbd_pselect(dbd->driver, pool, dbd->handle, results,
                           dbd->statements[statement], !dbd->is_sqlite,
                           count_values(dbd, statement), values);
}

wsm_error_t *wsm_dbd_select(wsm_dbd_t *dbd, wsm_dbd_statement_e statement,
                            const char **values, int ncolumns,
                            wsm_dbd_row_fn *row, void *baton, apr_pool_t *pool)
{
    apr_dbd_results_t *results;
    apr_dbd_row_t *at = NULL;
    const char *columns[WSM_DBD_COLUMNS];
    wsm_error_t *err = dbd->handle ? NULL : connect_again(dbd, pool);
    int i, code;

    if (err != NULL)
        return err;
    code = run_select(dbd, statement, values, &results, pool);
    if (code != 0 && prepared_again(dbd, statement, code)) {
        code = run_select(dbd, statement, values, &results, pool);
    } else if (code != 0 && is_lost(dbd)) {
        err = connect_again(dbd, pool);
        if (err != NULL)
            return err;
        code = run_select(dbd, statement, values, &results, pool);
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

static wsm_error_t *begin(wsm_dbd_t *dbd, const wsm_dbd_sql_t *sql,
                          apr_pool_t *pool)
{
    const char *text = wsm_dbd_sql(sql, dbd->is_sqlite);
    wsm_error_t *err = dbd->handle ? NULL : connect_again(dbd, pool);

    if (err != NULL)
        return err;
    err = wsm_dbd_execute(dbd, text, pool);
    if (err != NULL && is_lost(dbd)) {
        err = connect_again(dbd, pool);
        if (err == NULL)
            err = wsm_dbd_execute(dbd, text, pool);
    }
    dbd->in_transaction = err == NULL;
    return err;
}

wsm_error_t *wsm_dbd_begin(wsm_dbd_t *dbd, apr_pool_t *pool)
{
    static const wsm_dbd_sql_t sql = {"BEGIN IMMEDIATE",
                                      "BEGIN ISOLATION LEVEL READ COMMITTED"};

    return begin(dbd, &sql, pool);
}

wsm_error_t *wsm_dbd_begin_snapshot(wsm_dbd_t *dbd, apr_pool_t *pool)
{
    static const wsm_dbd_sql_t sql = {"BEGIN",
                                      "BEGIN ISOLATION LEVEL REPEATABLE READ"};

    return begin(dbd, &sql, pool);
}

wsm_error_t *wsm_dbd_end(wsm_dbd_t *dbd, wsm_error_t *err, apr_pool_t *pool)
{
    if (err == NULL)
        err = wsm_dbd_execute(dbd, "COMMIT", pool);
    if (err != NULL)
        wsm_dbd_execute(dbd, "ROLLBACK", pool);
    dbd->in_transaction = 0;
    return err;
}
