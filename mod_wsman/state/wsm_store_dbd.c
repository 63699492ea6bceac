/* wsm_store_dbd.c - the store over a database: operations, transactions,
 * items, and opening it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "wsm_store_dbd.h"

/* Items are what clients make the server keep (released enumerations, long
 * filters): not more than this. */
#define MAX_ITEMS 1000000
/* How often that is looked at: counting takes time. */
#define COUNT_EACH 1024
#define SQLITE     "sqlite3:"

static wsm_error_t *begin(wsm_dbd_op_t *op, wsm_dbd_op_e kind)
{
    switch (kind) {
    case WSM_DBD_WRITES:
        return wsm_dbd_begin(op->dbd, op->scratch);
    case WSM_DBD_SNAPSHOT:
        return wsm_dbd_begin_snapshot(op->dbd, op->scratch);
    default:
        return NULL;
    }
}

wsm_error_t *wsm_dbd_op_begin(wsm_dbd_op_t *op, wsm_store_t *store,
                              wsm_dbd_op_e kind, apr_pool_t *pool)
{
    wsm_dbd_store_t *self = (wsm_dbd_store_t *)store;
    wsm_error_t *err;

    op->self = self;
    op->callers = NULL;
    op->began = 0;
    apr_pool_create(&op->scratch, pool);
    if (self->transaction != NULL) {
        op->dbd = self->transaction->dbd;
        return NULL;
    }
    op->dbd = self->shared->dbd;
    wsm_dbd_lock(op->dbd);
    err = begin(op, kind);
    op->began =
        err == NULL && (kind == WSM_DBD_WRITES || kind == WSM_DBD_SNAPSHOT);
    return err;
}

/* The operation's pool ends, its error goes on. */
static wsm_error_t *hand_on(const wsm_dbd_op_t *op, wsm_error_t *err,
                            apr_pool_t *pool)
{
    if (err == NULL || err == op->callers)
        return err;
    if (err->cause != NULL)
        wsm_log(op->self->shared->log, WSMAN_LOG_ERR, "store: %s: %s",
                err->message, err->cause->message);
    return wsm_error_make(pool, err->code, err->status, NULL, "%s",
                          err->message);
}

wsm_error_t *wsm_dbd_op_end(wsm_dbd_op_t *op, wsm_error_t *err,
                            apr_pool_t *pool)
{
    wsm_dbd_transaction_t *transaction = op->self->transaction;

    if (op->began)
        err = wsm_dbd_end(op->dbd, err, op->scratch);
    if (transaction == NULL)
        wsm_dbd_unlock(op->dbd);
    else if (err != NULL &&
             (err->code == WSMAN_E_INTERNAL_ERROR ||
              err->code == WSMAN_E_CONCURRENCY) &&
             err != op->callers)
        transaction->failed = 1;
    err = hand_on(op, err, pool);
    apr_pool_destroy(op->scratch);
    return err;
}

void wsm_dbd_take_cell(void *baton, const char *const *columns)
{
    wsm_dbd_cell_t *cell = baton;

    cell->text = apr_pstrdup(cell->pool, columns[0]);
}

static const char *time_text(apr_time_t when, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%020" APR_TIME_T_FMT, when < 0 ? 0 : when);
}

/* ---- transactions */

static wsm_error_t *join(wsm_dbd_store_t *self, wsm_store_work_fn *work,
                         void *baton, apr_pool_t *pool)
{
    wsm_error_t *err = work(baton, &self->store, pool);

    if (err != NULL)
        self->transaction->failed = 1;
    return err;
}

wsm_error_t *wsm_dbd_store_transact(wsm_store_t *store, wsm_store_work_fn *work,
                                    void *baton, apr_pool_t *pool)
{
    wsm_dbd_store_t *self = (wsm_dbd_store_t *)store;
    wsm_dbd_store_t inner = *self;
    wsm_dbd_transaction_t transaction;
    wsm_dbd_op_t op;
    wsm_error_t *err;

    if (self->transaction != NULL)
        return join(self, work, baton, pool);
    err = wsm_dbd_op_begin(&op, store, WSM_DBD_WRITES, pool);
    if (err == NULL) {
        transaction.dbd = op.dbd;
        transaction.pool = op.scratch;
        transaction.versions = apr_hash_make(op.scratch);
        transaction.failed = 0;
        inner.transaction = &transaction;
        op.callers = err = work(baton, &inner.store, pool);
        if (err == NULL && transaction.failed)
            err = wsm_fail(op.scratch, WSMAN_E_INTERNAL_ERROR,
                           "A part of the transaction has failed.");
    }
    return wsm_dbd_op_end(&op, err, pool);
}

/* ---- items */

/* Only every thousandth put counts, so the bound is not exact. */
static wsm_error_t *check_quota(wsm_dbd_op_t *op)
{
    wsm_dbd_shared_t *shared = op->self->shared;
    wsm_dbd_cell_t cell = {NULL, op->scratch};
    wsm_error_t *err = NULL;

    if (shared->full || shared->puts++ % COUNT_EACH == 0) {
        err = wsm_dbd_select(op->dbd, WSM_DBD_ITEM_COUNT, NULL, 1,
                             wsm_dbd_take_cell, &cell, op->scratch);
        shared->full = err == NULL && apr_atoi64(cell.text) >= MAX_ITEMS;
    }
    if (err == NULL && shared->full)
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
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, store, WSM_DBD_WRITE, pool);

    values[3] = time_text(expires, op.scratch);
    if (err == NULL)
        err = check_quota(&op);
    if (err == NULL)
        err =
            wsm_dbd_change(op.dbd, WSM_DBD_ITEM_PUT, values, NULL, op.scratch);
    return wsm_dbd_op_end(&op, err, pool);
}

static wsm_error_t *dbd_item_get(wsm_store_t *store, const char *kind,
                                 const char *name, apr_time_t now,
                                 const char **data, apr_pool_t *pool)
{
    const char *values[] = {kind, name, NULL};
    wsm_dbd_cell_t cell = {NULL, pool};
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, store, WSM_DBD_READ, pool);

    values[2] = time_text(now, op.scratch);
    if (err == NULL)
        err = wsm_dbd_select(op.dbd, WSM_DBD_ITEM_GET, values, 1,
                             wsm_dbd_take_cell, &cell, op.scratch);
    *data = cell.text;
    return wsm_dbd_op_end(&op, err, pool);
}

static wsm_error_t *dbd_purge(wsm_store_t *store, apr_time_t now,
                              apr_pool_t *pool)
{
    const char *values[1];
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, store, WSM_DBD_WRITE, pool);

    values[0] = time_text(now, op.scratch);
    if (err == NULL)
        err = wsm_dbd_change(op.dbd, WSM_DBD_PURGE, values, NULL, op.scratch);
    err = wsm_dbd_op_end(&op, err, pool);
    return err ? err : wsm_dbd_store_forget(store, pool);
}

static const wsm_store_vtable_t dbd_vtable = {
    .transact = wsm_dbd_store_transact,
    .get = wsm_dbd_store_get,
    .insert = wsm_dbd_store_insert,
    .change = wsm_dbd_store_change,
    .remove = wsm_dbd_store_remove,
    .remove_all = wsm_dbd_store_remove_all,
    .any = wsm_dbd_store_any,
    .list = wsm_dbd_store_list,
    .referring = wsm_dbd_store_referring,
    .define = wsm_dbd_store_define,
    .lock_definitions = wsm_dbd_store_lock,
    .definition_version = wsm_dbd_store_version,
    .definitions = wsm_dbd_store_definitions,
    .item_put = dbd_item_put,
    .item_get = dbd_item_get,
    .purge = dbd_purge};

/* ---- opening */

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
    wsm_dbd_store_t *self = apr_pcalloc(pool, sizeof(*self));
    wsm_error_t *err;

    self->store.vtable = &dbd_vtable;
    self->shared = apr_pcalloc(pool, sizeof(*self->shared));
    self->shared->log = log;
    err = check_there(spec, pool);
    if (err == NULL)
        err = wsm_dbd_open(&self->shared->dbd, spec, pool);
    if (err == NULL)
        err = wsm_dbd_prepare(self->shared->dbd, pool);
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
