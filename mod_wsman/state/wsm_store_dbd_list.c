/* wsm_store_dbd_list.c - listings, a page at a time: the connection is given
 * back before a page is visited.
 */
#include <string.h>

#include <apr_strings.h>

#include "wsm_store_dbd.h"

/* The rows of a page, copied. */
typedef struct rows_t {
    apr_array_header_t *texts; /* ncolumns a row */
    int ncolumns;
    apr_pool_t *pool;
} rows_t;

static void take_row(void *baton, const char *const *columns)
{
    rows_t *rows = baton;
    int i;

    for (i = 0; i < rows->ncolumns; i++)
        APR_ARRAY_PUSH(rows->texts, const char *) =
            apr_pstrdup(rows->pool, columns[i]);
}

static wsm_error_t *read_rows(rows_t *rows, wsm_store_t *store,
                              wsm_dbd_statement_e statement,
                              const char **values, int ncolumns,
                              apr_pool_t *pool)
{
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, store, WSM_DBD_READ, pool);

    rows->pool = pool;
    rows->ncolumns = ncolumns;
    rows->texts = apr_array_make(pool, 128, sizeof(const char *));
    if (err == NULL)
        err = wsm_dbd_select(op.dbd, statement, values, ncolumns, take_row,
                             rows, op.scratch);
    return wsm_dbd_op_end(&op, err, pool);
}

/* The pool of a page ends with it. */
static wsm_error_t *copied(const wsm_error_t *err, apr_pool_t *pool)
{
    return err ? wsm_error_make(pool, err->code, err->status, NULL, "%s",
                                err->message)
               : NULL;
}

static wsm_error_t *list_one(wsm_store_t *store, const wsm_record_id_t *id,
                             const wsm_selection_t *selection,
                             wsm_store_visit_fn *visit, void *baton,
                             apr_pool_t *pool)
{
    wsm_record_id_t own = *id;
    const char *data;
    wsm_error_t *err;

    own.key = selection->key;
    if (selection->after != NULL && strcmp(own.key, selection->after) <= 0)
        return NULL;
    err = wsm_store_get(store, &own, &data, pool);
    if (err == NULL && data != NULL)
        visit(baton, own.key, data);
    return err;
}

wsm_error_t *wsm_dbd_store_list(wsm_store_t *store, const wsm_record_id_t *id,
                                const wsm_selection_t *selection,
                                wsm_store_visit_fn *visit, void *baton,
                                apr_pool_t *pool)
{
    static const wsm_selection_t all = {NULL, NULL, NULL};
    const wsm_selection_t *chosen = selection ? selection : &all;
    /* No key is less than the empty one, but it may be there. */
    const char *values[] = {id->repository, id->ns, id->class_name, NULL, NULL};
    const char **after = &values[chosen->folded_key ? 4 : 3];
    wsm_dbd_statement_e first =
        chosen->folded_key ? WSM_DBD_LIST_FOLDED : WSM_DBD_LIST;
    apr_pool_t *page, *next;
    wsm_error_t *err = NULL;
    rows_t rows;
    int i, go_on = 1;

    if (chosen->key != NULL && chosen->folded_key == NULL)
        return list_one(store, id, chosen, visit, baton, pool);
    values[3] = chosen->folded_key;
    *after = chosen->after;
    apr_pool_create(&page, pool);
    while (go_on) {
        apr_pool_create(&next, pool);
        err = read_rows(&rows, store,
                        *after ? (wsm_dbd_statement_e)(first + 1) : first,
                        values, 2, next);
        apr_pool_destroy(page);
        page = next;
        if (err != NULL || rows.texts->nelts == 0)
            break;
        for (i = 0; i < rows.texts->nelts && go_on; i += 2) {
            *after = APR_ARRAY_IDX(rows.texts, i, const char *);
            if (chosen->key == NULL || strcmp(chosen->key, *after) == 0)
                go_on = visit(baton, *after,
                              APR_ARRAY_IDX(rows.texts, i + 1, const char *));
        }
    }
    err = copied(err, pool);
    apr_pool_destroy(page);
    return err;
}

/* @return whether to go on */
static int visit_referrers(const rows_t *rows, const char **after,
                           wsm_referrer_visit_fn *visit, void *baton)
{
    int i, go_on = 1;

    for (i = 0; i < rows->texts->nelts && go_on; i += rows->ncolumns) {
        const char *const *columns =
            &APR_ARRAY_IDX(rows->texts, i, const char *);
        wsm_referrer_t referrer = {columns[0], columns[1], columns[2]};

        go_on = visit(baton, &referrer);
        after[0] = referrer.key;
        after[1] = referrer.role;
    }
    return go_on;
}

wsm_error_t *wsm_dbd_store_referring(wsm_store_t *store,
                                     const wsm_record_id_t *id,
                                     const char *target,
                                     const wsm_referrer_t *after,
                                     wsm_referrer_visit_fn *visit, void *baton,
                                     apr_pool_t *pool)
{
    /* No role is empty. */
    const char *values[] = {id->repository,
                            target,
                            id->ns,
                            id->class_name,
                            after ? after->key : "",
                            after ? after->role : ""};
    apr_pool_t *page, *next;
    wsm_error_t *err = NULL;
    rows_t rows;
    int go_on = 1;

    apr_pool_create(&page, pool);
    while (go_on) {
        apr_pool_create(&next, pool);
        err = read_rows(&rows, store, WSM_DBD_REFERRING, values, 3, next);
        apr_pool_destroy(page);
        page = next;
        if (err != NULL || rows.texts->nelts == 0)
            break;
        go_on = visit_referrers(&rows, &values[4], visit, baton);
    }
    err = copied(err, pool);
    apr_pool_destroy(page);
    return err;
}
