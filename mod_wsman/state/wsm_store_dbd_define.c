/* wsm_store_dbd_define.c - definitions and their version.
 */
#include <string.h>

#include <apr_strings.h>

#include "wsm_store_dbd.h"

/* Definitions that were deleted are remembered: this many, then half of it. */
#define MAX_DELETED 10000

/* Kinds as the table has them: in the order of visits. */
static const struct {
    char kind;
    const char *text;
} kinds[] = {{WSM_DEFINES_NAMESPACE, "1"},
             {WSM_DEFINES_QUALIFIER, "2"},
             {WSM_DEFINES_CLASS, "3"},
             {WSM_DEFINES_SECURITY, "4"}};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *kind_text(char kind)
{
    apr_size_t i;

    for (i = 0; i < COUNT(kinds) - 1; i++) {
        if (kinds[i].kind == kind)
            break;
    }
    return kinds[i].text;
}

static char kind_of(const char *text)
{
    apr_size_t i;

    for (i = 0; i < COUNT(kinds) - 1; i++) {
        if (strcmp(kinds[i].text, text) == 0)
            break;
    }
    return kinds[i].kind;
}

static const char *number_text(apr_uint64_t number, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%" APR_UINT64_T_FMT, number);
}

static apr_uint64_t number_of(const char *text)
{
    return text ? (apr_uint64_t)apr_atoi64(text) : 0;
}

/* A repository's row of versions. */
typedef struct versions_t {
    apr_uint64_t version;
    apr_uint64_t floor; /* what was deleted up to here may be forgotten */
} versions_t;

static void take_versions(void *baton, const char *const *columns)
{
    versions_t *versions = baton;

    versions->version = number_of(columns[0]);
    versions->floor = number_of(columns[1]);
}

static wsm_error_t *read_versions(versions_t *versions, wsm_dbd_op_t *op,
                                  wsm_dbd_statement_e statement,
                                  const char *repository)
{
    const char *values[] = {repository};

    memset(versions, 0, sizeof(*versions));
    return wsm_dbd_select(op->dbd, statement, values, 2, take_versions,
                          versions, op->scratch);
}

static wsm_error_t *lock_versions(versions_t *versions, wsm_dbd_op_t *op,
                                  const char *repository)
{
    const char *values[] = {repository};
    wsm_error_t *err = wsm_dbd_change(op->dbd, WSM_DBD_VERSION_MAKE, values,
                                      NULL, op->scratch);

    return err ? err
               : read_versions(versions, op, WSM_DBD_VERSION_LOCK, repository);
}

/* The first definition of a transaction gives the repository its next version,
 * the others get the same. */
static wsm_error_t *next_version(apr_uint64_t *version, wsm_dbd_op_t *op,
                                 const char *repository)
{
    wsm_dbd_transaction_t *transaction = op->self->transaction;
    const apr_uint64_t *known =
        apr_hash_get(transaction->versions, repository, APR_HASH_KEY_STRING);
    const char *values[2] = {NULL, repository};
    versions_t versions;
    wsm_error_t *err;

    if (known != NULL) {
        *version = *known;
        return NULL;
    }
    err = lock_versions(&versions, op, repository);
    if (err != NULL)
        return err;
    *version = versions.version + 1;
    apr_hash_set(transaction->versions,
                 apr_pstrdup(transaction->pool, repository),
                 APR_HASH_KEY_STRING,
                 apr_pmemdup(transaction->pool, version, sizeof(*version)));
    values[0] = number_text(*version, op->scratch);
    return wsm_dbd_change(op->dbd, WSM_DBD_VERSION_SET, values, NULL,
                          op->scratch);
}

typedef struct definer_t {
    const char *repository;
    const wsm_definition_t *definition;
} definer_t;

static wsm_error_t *define_in(void *baton, wsm_store_t *tx, apr_pool_t *pool)
{
    const definer_t *self = baton;
    const wsm_definition_t *definition = self->definition;
    const char *values[] = {self->repository, kind_text(definition->kind),
                            definition->ns,   definition->name,
                            definition->data, NULL};
    apr_uint64_t version;
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, tx, WSM_DBD_WRITES, pool);

    if (err == NULL)
        err = next_version(&version, &op, self->repository);
    if (err == NULL) {
        values[5] = number_text(version, op.scratch);
        err = wsm_dbd_change(op.dbd, WSM_DBD_DEFINE, values, NULL, op.scratch);
    }
    return wsm_dbd_op_end(&op, err, pool);
}

wsm_error_t *wsm_dbd_store_define(wsm_store_t *store, const char *repository,
                                  const wsm_definition_t *definition,
                                  apr_pool_t *pool)
{
    definer_t definer = {repository, definition};

    if (((wsm_dbd_store_t *)store)->transaction != NULL)
        return define_in(&definer, store, pool);
    return wsm_store_transact(store, define_in, &definer, pool);
}

wsm_error_t *wsm_dbd_store_lock(wsm_store_t *store, const char *repository,
                                apr_uint64_t *version, apr_pool_t *pool)
{
    versions_t versions = {0, 0};
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, store, WSM_DBD_WRITES, pool);

    if (err == NULL)
        err = lock_versions(&versions, &op, repository);
    *version = versions.version;
    return wsm_dbd_op_end(&op, err, pool);
}

/* ---- the version, without asking the database */

typedef struct known_t {
    apr_uint64_t count; /* of the gate, when it was read */
    apr_uint64_t version;
} known_t;

/* @return whether the version is known */
static int recall(wsm_dbd_shared_t *shared, const char *repository,
                  apr_uint64_t count, apr_uint64_t *version)
{
    const known_t *known;
    int found;

    apr_thread_mutex_lock(shared->lock);
    known = apr_hash_get(shared->known, repository, APR_HASH_KEY_STRING);
    found = known != NULL && known->count == count;
    if (found)
        *version = known->version;
    apr_thread_mutex_unlock(shared->lock);
    return found;
}

static void remember(wsm_dbd_shared_t *shared, const char *repository,
                     apr_uint64_t count, apr_uint64_t version)
{
    known_t *known;

    apr_thread_mutex_lock(shared->lock);
    known = apr_hash_get(shared->known, repository, APR_HASH_KEY_STRING);
    if (known == NULL) {
        known = apr_palloc(shared->pool, sizeof(*known));
        apr_hash_set(shared->known, apr_pstrdup(shared->pool, repository),
                     APR_HASH_KEY_STRING, known);
    }
    known->count = count;
    known->version = version;
    apr_thread_mutex_unlock(shared->lock);
}

static wsm_error_t *ask_version(wsm_store_t *store, const char *repository,
                                apr_uint64_t *version, apr_pool_t *pool)
{
    versions_t versions = {0, 0};
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, store, WSM_DBD_READ, pool);

    if (err == NULL)
        err = read_versions(&versions, &op, WSM_DBD_VERSION, repository);
    *version = versions.version;
    return wsm_dbd_op_end(&op, err, pool);
}

wsm_error_t *wsm_dbd_store_version(wsm_store_t *store, const char *repository,
                                   apr_uint64_t *version, apr_pool_t *pool)
{
    wsm_dbd_store_t *self = (wsm_dbd_store_t *)store;
    wsm_dbd_gate_t *gate = wsm_dbd_pool_gate(self->shared->connections);
    apr_uint64_t count;
    wsm_error_t *err;

    /* The count comes first: what is read after it is at least as new. */
    if (self->transaction != NULL || gate == NULL ||
        !wsm_dbd_gate_count(gate, &count))
        return ask_version(store, repository, version, pool);
    if (recall(self->shared, repository, count, version))
        return NULL;
    err = ask_version(store, repository, version, pool);
    if (err == NULL)
        remember(self->shared, repository, count, *version);
    return err;
}

/* ---- reading them all */

/* A page of a listing. */
typedef struct page_t {
    apr_array_header_t *found; /* wsm_definition_t */
    apr_pool_t *pool;
} page_t;

static void take_definition(void *baton, const char *const *columns)
{
    page_t *page = baton;
    wsm_definition_t *made = apr_array_push(page->found);

    made->kind = kind_of(columns[0]);
    made->ns = apr_pstrdup(page->pool, columns[1]);
    made->name = apr_pstrdup(page->pool, columns[2]);
    made->version = number_of(columns[3]);
    /* Drivers disagree on what NULL looks like. */
    made->data =
        number_of(columns[4]) == 0 ? apr_pstrdup(page->pool, columns[5]) : NULL;
}

/* A connection is kept from the first page to the last: what is visited is of
 * one moment. */
static wsm_error_t *visit_pages(wsm_dbd_op_t *op, const char *repository,
                                apr_uint64_t since,
                                wsm_definition_visit_fn *visit, void *baton)
{
    wsm_dbd_statement_e statement =
        since ? WSM_DBD_DEFINITIONS_SINCE : WSM_DBD_DEFINITIONS;
    const char *number = number_text(since, op->scratch);
    /* No kind is less than "1". */
    const char *values[] = {repository, "0", "", "", number};
    apr_pool_t *old = NULL;
    wsm_error_t *err = NULL;
    page_t page;
    int i, go_on = 1;

    while (go_on) {
        apr_pool_create(&page.pool, op->scratch);
        page.found = apr_array_make(page.pool, 16, sizeof(wsm_definition_t));
        err = wsm_dbd_select(op->dbd, statement, values, 6, take_definition,
                             &page, page.pool);
        if (old != NULL)
            apr_pool_destroy(old);
        old = page.pool;
        if (err != NULL || page.found->nelts == 0)
            break;
        for (i = 0; i < page.found->nelts && go_on; i++) {
            const wsm_definition_t *at =
                &APR_ARRAY_IDX(page.found, i, wsm_definition_t);

            go_on = visit(baton, at);
            values[1] = kind_text(at->kind);
            values[2] = at->ns;
            values[3] = at->name;
        }
    }
    return err;
}

wsm_error_t *wsm_dbd_store_definitions(wsm_store_t *store,
                                       const char *repository,
                                       apr_uint64_t *since,
                                       wsm_definition_visit_fn *visit,
                                       void *baton, apr_pool_t *pool)
{
    versions_t versions;
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, store, WSM_DBD_SNAPSHOT, pool);

    if (err == NULL)
        err = read_versions(&versions, &op, WSM_DBD_VERSION, repository);
    if (err == NULL && *since < versions.floor)
        *since = 0;
    if (err == NULL)
        err = visit_pages(&op, repository, *since, visit, baton);
    return wsm_dbd_op_end(&op, err, pool);
}

/* Repositories of which too much is remembered. */
static void take_name(void *baton, const char *const *columns)
{
    apr_array_header_t *names = baton;

    APR_ARRAY_PUSH(names, const char *) = apr_pstrdup(names->pool, columns[0]);
}

static wsm_error_t *forget_half(void *baton, wsm_store_t *tx, apr_pool_t *pool)
{
    const char *repository = baton;
    const char *oldest[] = {repository, number_text(MAX_DELETED / 2, pool)};
    const char *floor[] = {NULL, repository};
    const char *values[] = {repository, NULL};
    wsm_dbd_cell_t cell = {NULL, pool};
    versions_t versions;
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, tx, WSM_DBD_WRITES, pool);

    if (err == NULL)
        err = lock_versions(&versions, &op, repository);
    if (err == NULL)
        err = wsm_dbd_select(op.dbd, WSM_DBD_DELETED_VERSION, oldest, 1,
                             wsm_dbd_take_cell, &cell, op.scratch);
    if (err == NULL && cell.text != NULL) {
        floor[0] = values[1] = cell.text;
        err =
            wsm_dbd_change(op.dbd, WSM_DBD_FLOOR_SET, floor, NULL, op.scratch);
        if (err == NULL)
            err = wsm_dbd_change(op.dbd, WSM_DBD_FORGET, values, NULL,
                                 op.scratch);
    }
    return wsm_dbd_op_end(&op, err, pool);
}

wsm_error_t *wsm_dbd_store_forget(wsm_store_t *store, apr_pool_t *pool)
{
    apr_array_header_t *names = apr_array_make(pool, 1, sizeof(char *));
    const char *values[] = {number_text(MAX_DELETED, pool)};
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, store, WSM_DBD_READ, pool);
    int i;

    if (err == NULL)
        err = wsm_dbd_select(op.dbd, WSM_DBD_DELETED_MANY, values, 1, take_name,
                             names, op.scratch);
    err = wsm_dbd_op_end(&op, err, pool);
    for (i = 0; i < names->nelts && err == NULL; i++)
        err = wsm_store_transact(store, forget_half,
                                 APR_ARRAY_IDX(names, i, char *), pool);
    return err;
}
