/* wsm_store_dbd.c - the store over a database.
 *
 * Everything is read into the caller's pool before the connection is given
 * back; what the database driver needs in between is in a pool of the
 * operation.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "../include/wsman_provider.h"
#include "wsm_dbd.h"
#include "wsm_store.h"

/* Items are what clients make the server keep (released enumerations, long
 * filters): not more than this. */
#define MAX_ITEMS 1000000
/* How often that is looked at: counting takes time. */
#define COUNT_EACH 1024
#define SQLITE     "sqlite3:"

typedef struct dbd_store_t {
    wsm_store_t store; /* first */
    wsm_dbd_t *dbd;
    const wsm_log_t *log;
    unsigned puts; /* since items were counted */
    int full;
} dbd_store_t;

/* An operation: the connection, locked, and a pool that ends with it. */
typedef struct op_t {
    dbd_store_t *self;
    wsm_dbd_t *dbd;
    apr_pool_t *scratch;
    const wsm_error_t *callers; /* made in the caller's pool: stays whole */
} op_t;

static void op_begin(op_t *op, wsm_store_t *store, apr_pool_t *pool)
{
    op->self = (dbd_store_t *)store;
    op->dbd = op->self->dbd;
    op->callers = NULL;
    apr_pool_create(&op->scratch, pool);
    wsm_dbd_lock(op->dbd);
}

static wsm_error_t *op_end(op_t *op, wsm_error_t *err, apr_pool_t *pool)
{
    wsm_dbd_unlock(op->dbd);
    if (err != NULL && err != op->callers) {
        /* The operation's pool ends here, the error goes on. */
        if (err->cause != NULL)
            wsm_log(op->self->log, WSMAN_LOG_ERR, "store: %s: %s", err->message,
                    err->cause->message);
        err = wsm_error_make(pool, err->code, err->status, NULL, "%s",
                             err->message);
    }
    apr_pool_destroy(op->scratch);
    return err;
}

static const char *time_text(apr_time_t when, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%020" APR_TIME_T_FMT, when < 0 ? 0 : when);
}

/* A column of the first row, in the pool of the caller. */
typedef struct cell_t {
    const char *text;
    apr_pool_t *pool;
} cell_t;

static void take_cell(void *baton, const char *const *columns)
{
    cell_t *cell = baton;

    cell->text = apr_pstrdup(cell->pool, columns[0]);
}

static wsm_error_t *dbd_get(wsm_store_t *store, const wsm_record_id_t *id,
                            const char **data, apr_pool_t *pool)
{
    const char *values[] = {id->repository, id->ns, id->class_name, id->key};
    cell_t cell = {NULL, pool};
    wsm_error_t *err;
    op_t op;

    op_begin(&op, store, pool);
    err = wsm_dbd_select(op.dbd, WSM_DBD_GET, values, 1, take_cell, &cell,
                         op.scratch);
    *data = cell.text;
    return op_end(&op, err, pool);
}

static wsm_error_t *dbd_insert(wsm_store_t *store, const wsm_record_id_t *id,
                               const char *data, apr_pool_t *pool)
{
    const char *values[] = {id->repository, id->ns, id->class_name, id->key,
                            data};
    wsm_error_t *err;
    int rows;
    op_t op;

    op_begin(&op, store, pool);
    err = wsm_dbd_change(op.dbd, WSM_DBD_INSERT, values, &rows, op.scratch);
    if (err == NULL && rows == 0)
        err = wsm_fail(op.scratch, WSMAN_E_ALREADY_EXISTS,
                       "There is such an instance already.");
    return op_end(&op, err, pool);
}

static wsm_error_t *not_found(apr_pool_t *pool)
{
    return wsm_fail(pool, WSMAN_E_DESTINATION_UNREACHABLE,
                    "There is no such instance.");
}

static wsm_error_t *change_record(op_t *op, const wsm_record_id_t *id,
                                  wsm_store_change_fn *change, void *baton,
                                  apr_pool_t *pool)
{
    const char *key[] = {id->repository, id->ns, id->class_name, id->key};
    const char *values[] = {NULL, id->repository, id->ns, id->class_name,
                            id->key};
    cell_t cell = {NULL, op->scratch};
    wsm_error_t *err;

    err = wsm_dbd_select(op->dbd, WSM_DBD_GET, key, 1, take_cell, &cell,
                         op->scratch);
    if (err == NULL && cell.text == NULL)
        err = not_found(op->scratch);
    if (err == NULL)
        op->callers = err = change(baton, cell.text, &values[0], pool);
    if (err == NULL)
        err =
            wsm_dbd_change(op->dbd, WSM_DBD_UPDATE, values, NULL, op->scratch);
    return err;
}

static wsm_error_t *dbd_change(wsm_store_t *store, const wsm_record_id_t *id,
                               wsm_store_change_fn *change, void *baton,
                               apr_pool_t *pool)
{
    wsm_error_t *err;
    op_t op;

    op_begin(&op, store, pool);
    err = wsm_dbd_begin(op.dbd, op.scratch);
    if (err == NULL)
        err = wsm_dbd_end(op.dbd, change_record(&op, id, change, baton, pool),
                          op.scratch);
    return op_end(&op, err, pool);
}

static wsm_error_t *dbd_remove(wsm_store_t *store, const wsm_record_id_t *id,
                               apr_pool_t *pool)
{
    const char *values[] = {id->repository, id->ns, id->class_name, id->key};
    wsm_error_t *err;
    int rows;
    op_t op;

    op_begin(&op, store, pool);
    err = wsm_dbd_change(op.dbd, WSM_DBD_REMOVE, values, &rows, op.scratch);
    if (err == NULL && rows == 0)
        err = not_found(op.scratch);
    return op_end(&op, err, pool);
}

/* One page of a listing, copied. */
typedef struct rows_t {
    apr_array_header_t *texts; /* key, data, key, data ... */
    apr_pool_t *pool;
} rows_t;

static void take_row(void *baton, const char *const *columns)
{
    rows_t *rows = baton;

    APR_ARRAY_PUSH(rows->texts, const char *) =
        apr_pstrdup(rows->pool, columns[0]);
    APR_ARRAY_PUSH(rows->texts, const char *) =
        apr_pstrdup(rows->pool, columns[1]);
}

static wsm_error_t *read_rows(rows_t *rows, wsm_store_t *store,
                              const wsm_record_id_t *id, const char *after,
                              apr_pool_t *pool)
{
    const char *values[] = {id->repository, id->ns, id->class_name, after};
    wsm_error_t *err;
    op_t op;

    rows->pool = pool;
    rows->texts = apr_array_make(pool, 128, sizeof(const char *));
    op_begin(&op, store, pool);
    err = wsm_dbd_select(op.dbd, after ? WSM_DBD_LIST_AFTER : WSM_DBD_LIST,
                         values, 2, take_row, rows, op.scratch);
    return op_end(&op, err, pool);
}

static wsm_error_t *dbd_list(wsm_store_t *store, const wsm_record_id_t *id,
                             const char *after, wsm_store_visit_fn *visit,
                             void *baton, apr_pool_t *pool)
{
    apr_pool_t *page, *next;
    wsm_error_t *err = NULL;
    rows_t rows;
    int i, go_on = 1;

    apr_pool_create(&page, pool);
    while (go_on) {
        apr_pool_create(&next, pool);
        err = read_rows(&rows, store, id, after, next);
        apr_pool_destroy(page);
        page = next;
        if (err != NULL || rows.texts->nelts == 0)
            break;
        for (i = 0; i < rows.texts->nelts && go_on; i += 2) {
            after = APR_ARRAY_IDX(rows.texts, i, const char *);
            go_on = visit(baton, after,
                          APR_ARRAY_IDX(rows.texts, i + 1, const char *));
        }
    }
    if (err != NULL)
        err = wsm_error_make(pool, err->code, err->status, NULL, "%s",
                             err->message);
    apr_pool_destroy(page);
    return err;
}

/* Only every thousandth put counts, so the bound is not exact. */
static wsm_error_t *check_quota(op_t *op)
{
    cell_t cell = {NULL, op->scratch};
    wsm_error_t *err = NULL;

    if (op->self->full || op->self->puts++ % COUNT_EACH == 0) {
        err = wsm_dbd_select(op->dbd, WSM_DBD_ITEM_COUNT, NULL, 1, take_cell,
                             &cell, op->scratch);
        op->self->full = err == NULL && apr_atoi64(cell.text) >= MAX_ITEMS;
    }
    if (err == NULL && op->self->full)
        err = wsm_fail(op->scratch, WSMAN_E_QUOTA_LIMIT,
                       "The store keeps as many items as it may; they expire "
                       "by themselves.");
    return err;
}

static wsm_error_t *dbd_item_put(wsm_store_t *store, const char *kind,
                                 const char *name, const char *data,
                                 apr_time_t expires, apr_pool_t *pool)
{
    const char *values[] = {kind, name, data, NULL};
    wsm_error_t *err;
    op_t op;

    op_begin(&op, store, pool);
    values[3] = time_text(expires, op.scratch);
    err = check_quota(&op);
    if (err == NULL)
        err =
            wsm_dbd_change(op.dbd, WSM_DBD_ITEM_PUT, values, NULL, op.scratch);
    return op_end(&op, err, pool);
}

static wsm_error_t *dbd_item_get(wsm_store_t *store, const char *kind,
                                 const char *name, apr_time_t now,
                                 const char **data, apr_pool_t *pool)
{
    const char *values[] = {kind, name, NULL};
    cell_t cell = {NULL, pool};
    wsm_error_t *err;
    op_t op;

    op_begin(&op, store, pool);
    values[2] = time_text(now, op.scratch);
    err = wsm_dbd_select(op.dbd, WSM_DBD_ITEM_GET, values, 1, take_cell, &cell,
                         op.scratch);
    *data = cell.text;
    return op_end(&op, err, pool);
}

static wsm_error_t *dbd_purge(wsm_store_t *store, apr_time_t now,
                              apr_pool_t *pool)
{
    const char *values[1];
    wsm_error_t *err;
    op_t op;

    op_begin(&op, store, pool);
    values[0] = time_text(now, op.scratch);
    err = wsm_dbd_change(op.dbd, WSM_DBD_PURGE, values, NULL, op.scratch);
    return op_end(&op, err, pool);
}

static const wsm_store_vtable_t dbd_vtable = {
    dbd_get,  dbd_insert,   dbd_change,   dbd_remove,
    dbd_list, dbd_item_put, dbd_item_get, dbd_purge};

/* sqlite3 would make a file that is missing, for all to read. */
static wsm_error_t *check_there(const char *spec, apr_pool_t *pool)
{
    struct stat info;

    if (strncmp(spec, SQLITE, strlen(SQLITE)) != 0 ||
        stat(spec + strlen(SQLITE), &info) == 0)
        return NULL;
    return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, errno, NULL,
                          "The store is gone: restart the server to make a "
                          "new one.");
}

wsm_error_t *wsm_store_dbd_open(wsm_store_t **store, const char *spec,
                                const wsm_log_t *log, apr_pool_t *pool)
{
    dbd_store_t *self = apr_pcalloc(pool, sizeof(*self));
    wsm_error_t *err;

    self->store.vtable = &dbd_vtable;
    self->log = log;
    err = check_there(spec, pool);
    if (err == NULL)
        err = wsm_dbd_open(&self->dbd, spec, pool);
    if (err == NULL)
        err = wsm_dbd_prepare(self->dbd, pool);
    if (err == NULL)
        *store = &self->store;
    return err;
}

/* Root works in a folder of the server's user here: what that user has put in
 * place of a file must not be touched.
 * @param flags  O_CREAT or 0 */
static int set_owner(const char *name, int flags, apr_uid_t uid, apr_gid_t gid)
{
    int fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags,
                  0600);
    struct stat info;
    int error = 0;

    if (fd < 0)
        return errno;
    if (fstat(fd, &info) != 0)
        error = errno;
    else if (!S_ISREG(info.st_mode) || info.st_nlink > 1)
        error = EINVAL;
    else if (fchmod(fd, 0600) != 0 ||
             (uid != (apr_uid_t)-1 && fchown(fd, uid, gid) != 0))
        error = errno;
    close(fd);
    return error;
}

/* Never while the database is open: closing a file ends this process' locks
 * on it. */
static wsm_error_t *give_file(const char *path, int flags, apr_uid_t uid,
                              apr_gid_t gid, apr_pool_t *pool)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    apr_size_t i;

    for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        const char *name = apr_pstrcat(pool, path, suffixes[i], NULL);
        int error = set_owner(name, i == 0 ? flags : 0, uid, gid);

        /* The other two are there only while somebody has the file open. */
        if (error != 0 && (i == 0 || error != ENOENT))
            return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, error, NULL,
                                  "%s is no regular file, or cannot be given "
                                  "to the server's user.",
                                  name);
    }
    return NULL;
}

wsm_error_t *wsm_store_dbd_prepare(const char *spec, apr_uid_t uid,
                                   apr_gid_t gid, apr_pool_t *pool)
{
    mode_t mask = umask(077);
    const char *path = strncmp(spec, SQLITE, strlen(SQLITE)) == 0
                           ? spec + strlen(SQLITE)
                           : NULL;
    apr_pool_t *scratch;
    wsm_dbd_t *dbd;
    wsm_error_t *err = NULL;

    apr_pool_create(&scratch, pool);
    if (path != NULL)
        err = give_file(path, O_CREAT, uid, gid, scratch);
    if (err == NULL)
        err = wsm_dbd_open(&dbd, spec, scratch);
    if (err == NULL)
        err = wsm_dbd_migrate(dbd, scratch);
    if (err != NULL)
        err = wsm_error_make(pool, err->code, err->status, NULL, "%s%s%s",
                             err->message, err->cause ? " " : "",
                             err->cause ? err->cause->message : "");
    apr_pool_destroy(scratch);
    umask(mask);
    return err || path == NULL ? err : give_file(path, 0, uid, gid, pool);
}
