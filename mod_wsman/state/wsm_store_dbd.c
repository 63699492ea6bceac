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
/* Each of some hundred items. */
#define MAX_PURGES 10000

/* Of PostgreSQL a statement that writes is in a transaction, too: when a
 * server was restarted that is found out before anything can be done twice. */
static int has_transaction(const wsm_dbd_t *dbd, wsm_dbd_op_e kind)
{
    return kind == WSM_DBD_WRITES ||
           (!dbd->is_sqlite &&
            (kind == WSM_DBD_WRITE || kind == WSM_DBD_BRIEF));
}

static int is_write(wsm_dbd_op_e kind)
{
    return kind == WSM_DBD_WRITE || kind == WSM_DBD_WRITES ||
           kind == WSM_DBD_BRIEF;
}

wsm_error_t *wsm_dbd_op_begin(wsm_dbd_op_t *op, wsm_store_t *store,
                              wsm_dbd_op_e kind, apr_pool_t *pool)
{
    wsm_dbd_store_t *self = (wsm_dbd_store_t *)store;
    wsm_error_t *err;

    memset(op, 0, sizeof(*op));
    op->self = self;
    apr_pool_create(&op->scratch, pool);
    if (self->transaction != NULL) {
        op->dbd = self->transaction->dbd;
        return NULL;
    }
    err = wsm_dbd_pool_take(&op->dbd, self->shared->connections, is_write(kind),
                            op->scratch);
    if (err != NULL) {
        op->dbd = NULL;
        return err;
    }
    if (is_write(kind))
        err = wsm_dbd_last(op->dbd, kind == WSM_DBD_BRIEF, op->scratch);
    if (err != NULL)
        return err;
    if (has_transaction(op->dbd, kind)) {
        err = wsm_dbd_begin(op->dbd, op->scratch);
        op->began = err == NULL;
    } else if (kind == WSM_DBD_SNAPSHOT) {
        err = wsm_dbd_begin_snapshot(op->dbd, op->scratch);
        op->began = err == NULL;
    }
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
    if (transaction == NULL && op->dbd != NULL)
        wsm_dbd_pool_give(op->self->shared->connections, op->dbd);
    if (transaction != NULL && err != NULL && err != op->callers &&
        (err->code == WSMAN_E_INTERNAL_ERROR ||
         err->code == WSMAN_E_CONCURRENCY))
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

static wsm_error_t *run(wsm_dbd_op_t *op, wsm_store_work_fn *work, void *baton,
                        wsm_dbd_transaction_t *transaction, apr_pool_t *pool)
{
    wsm_dbd_store_t inner = *op->self;
    wsm_error_t *err;

    transaction->dbd = op->dbd;
    transaction->pool = op->scratch;
    transaction->versions = apr_hash_make(op->scratch);
    inner.transaction = transaction;
    op->callers = err = work(baton, &inner.store, pool);
    if (err == NULL && transaction->failed)
        err = wsm_fail(op->scratch, WSMAN_E_INTERNAL_ERROR,
                       "A part of the transaction has failed.");
    return err;
}

wsm_error_t *wsm_dbd_store_transact(wsm_store_t *store, wsm_store_work_fn *work,
                                    void *baton, apr_pool_t *pool)
{
    wsm_dbd_store_t *self = (wsm_dbd_store_t *)store;
    wsm_dbd_transaction_t transaction = {NULL, NULL, 0, NULL};
    wsm_dbd_gate_t *gate = wsm_dbd_pool_gate(self->shared->connections);
    wsm_dbd_op_t op;
    wsm_error_t *err;
    int defines;

    if (self->transaction != NULL)
        return join(self, work, baton, pool);
    err = wsm_dbd_op_begin(&op, store, WSM_DBD_WRITES, pool);
    if (err != NULL)
        return wsm_dbd_op_end(&op, err, pool);
    err = run(&op, work, baton, &transaction, pool);
    defines =
        err == NULL && gate != NULL && apr_hash_count(transaction.versions) > 0;
    if (defines)
        wsm_dbd_gate_changing(gate);
    err = wsm_dbd_end(op.dbd, err, op.scratch);
    op.began = 0;
    if (defines)
        wsm_dbd_gate_changed(gate);
    return wsm_dbd_op_end(&op, err, pool);
}

/* ---- items */

/* Only every thousandth put counts, so the bound is not exact. */
static wsm_error_t *check_quota(wsm_dbd_op_t *op)
{
    wsm_dbd_shared_t *shared = op->self->shared;
    wsm_dbd_cell_t cell = {NULL, op->scratch};
    wsm_error_t *err = NULL;

    if (shared->full ||
        __atomic_fetch_add(&shared->puts, 1, __ATOMIC_RELAXED) % COUNT_EACH ==
            0) {
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
    wsm_error_t *err = wsm_dbd_op_begin(&op, store, WSM_DBD_BRIEF, pool);

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

/* @param rows  set to how many are gone; a few at a time, so that others can
 *              write in between */
static wsm_error_t *purge_some(wsm_store_t *store, apr_time_t now, int *rows,
                               apr_pool_t *pool)
{
    const char *values[1];
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, store, WSM_DBD_BRIEF, pool);

    *rows = 0;
    values[0] = time_text(now, op.scratch);
    if (err == NULL)
        err = wsm_dbd_change(op.dbd, WSM_DBD_PURGE, values, rows, op.scratch);
    return wsm_dbd_op_end(&op, err, pool);
}

static wsm_error_t *dbd_purge(wsm_store_t *store, apr_time_t now,
                              apr_pool_t *pool)
{
    wsm_error_t *err = NULL;
    int rows = 1, i;

    for (i = 0; i < MAX_PURGES && rows > 0 && err == NULL; i++)
        err = purge_some(store, now, &rows, pool);
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

wsm_error_t *wsm_store_dbd_open(wsm_store_t **store, const char *spec,
                                const wsm_log_t *log, apr_pool_t *pool)
{
    wsm_dbd_store_t *self = apr_pcalloc(pool, sizeof(*self));
    wsm_dbd_shared_t *shared = apr_pcalloc(pool, sizeof(*shared));
    apr_status_t status =
        apr_thread_mutex_create(&shared->lock, APR_THREAD_MUTEX_DEFAULT, pool);
    wsm_error_t *err;

    if (status != APR_SUCCESS)
        return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, status, NULL,
                              "The store cannot be opened.");
    self->store.vtable = &dbd_vtable;
    self->shared = shared;
    shared->log = log;
    err = wsm_dbd_pool_make(&shared->connections, spec, pool);
    if (err != NULL)
        return err;
    shared->pool = wsm_dbd_pool_memory(shared->connections);
    shared->known = apr_hash_make(shared->pool);
    *store = &self->store;
    return NULL;
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
    static const char *const suffixes[] = {"", WSM_DBD_GATE_SUFFIX, "-wal",
                                           "-shm"};
    apr_size_t i;

    for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        const char *name = apr_pstrcat(pool, path, suffixes[i], NULL);
        int error = set_owner(name, i < 2 ? flags : 0, uid, gid);

        /* The others are there only while somebody has the file open. */
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
    const char *path = wsm_dbd_path(spec);
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
