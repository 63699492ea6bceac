/* wsm_store_dbd_record.c - records and their links, one by one.
 */
#include "wsm_store_dbd.h"

static wsm_error_t *not_found(apr_pool_t *pool)
{
    return wsm_fail(pool, WSMAN_E_DESTINATION_UNREACHABLE,
                    "There is no such instance.");
}

wsm_error_t *wsm_dbd_store_get(wsm_store_t *store, const wsm_record_id_t *id,
                               const char **data, apr_pool_t *pool)
{
    const char *values[] = {id->repository, id->ns, id->class_name, id->key};
    wsm_dbd_cell_t cell = {NULL, pool};
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, store, WSM_DBD_READ, pool);

    if (err == NULL)
        err = wsm_dbd_select(op.dbd, WSM_DBD_GET, values, 1, wsm_dbd_take_cell,
                             &cell, op.scratch);
    *data = cell.text;
    return wsm_dbd_op_end(&op, err, pool);
}

static wsm_error_t *insert_links(wsm_dbd_op_t *op, const wsm_record_id_t *id,
                                 const wsm_content_t *content)
{
    const char *values[] = {id->repository, id->ns, id->class_name,
                            id->key,        NULL,   NULL};
    wsm_error_t *err = NULL;
    apr_uint32_t i;

    for (i = 0; i < content->nlinks && err == NULL; i++) {
        values[4] = content->links[i].role;
        values[5] = content->links[i].target;
        err = wsm_dbd_change(op->dbd, WSM_DBD_LINK, values, NULL, op->scratch);
    }
    return err;
}

wsm_error_t *wsm_dbd_store_insert(wsm_store_t *store, const wsm_record_id_t *id,
                                  const wsm_content_t *content,
                                  apr_pool_t *pool)
{
    const char *values[] = {id->repository,
                            id->ns,
                            id->class_name,
                            id->key,
                            content->folded_key ? content->folded_key : "",
                            content->data};
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(
        &op, store, content->nlinks ? WSM_DBD_WRITES : WSM_DBD_WRITE, pool);
    int rows = 1;

    if (err == NULL)
        err = wsm_dbd_change(op.dbd, WSM_DBD_INSERT, values, &rows, op.scratch);
    if (err == NULL && rows == 0)
        err = wsm_fail(op.scratch, WSMAN_E_ALREADY_EXISTS,
                       "There is such an instance already.");
    if (err == NULL)
        err = insert_links(&op, id, content);
    return wsm_dbd_op_end(&op, err, pool);
}

static wsm_error_t *replace_links(wsm_dbd_op_t *op, const wsm_record_id_t *id,
                                  const wsm_content_t *content)
{
    const char *key[] = {id->repository, id->ns, id->class_name, id->key};
    wsm_error_t *err =
        wsm_dbd_change(op->dbd, WSM_DBD_UNLINK, key, NULL, op->scratch);

    return err ? err : insert_links(op, id, content);
}

static wsm_error_t *write_content(wsm_dbd_op_t *op, const wsm_record_id_t *id,
                                  const wsm_content_t *content)
{
    const char *values[] = {content->data, id->repository, id->ns,
                            id->class_name, id->key};
    wsm_error_t *err =
        wsm_dbd_change(op->dbd, WSM_DBD_UPDATE, values, NULL, op->scratch);

    if (err == NULL && content->folded_key != NULL) {
        values[0] = content->folded_key;
        err = wsm_dbd_change(op->dbd, WSM_DBD_UPDATE_FOLDED, values, NULL,
                             op->scratch);
    }
    if (err == NULL && content->links != NULL)
        err = replace_links(op, id, content);
    return err;
}

wsm_error_t *wsm_dbd_store_change(wsm_store_t *store, const wsm_record_id_t *id,
                                  wsm_store_change_fn *change, void *baton,
                                  apr_pool_t *pool)
{
    const char *key[] = {id->repository, id->ns, id->class_name, id->key};
    wsm_content_t content = {NULL, NULL, NULL, 0};
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, store, WSM_DBD_WRITES, pool);
    wsm_dbd_cell_t cell = {NULL, op.scratch};

    if (err == NULL)
        err = wsm_dbd_select(op.dbd, WSM_DBD_GET_LOCKED, key, 1,
                             wsm_dbd_take_cell, &cell, op.scratch);
    if (err == NULL && cell.text == NULL)
        err = not_found(op.scratch);
    if (err == NULL)
        op.callers = err = change(baton, cell.text, &content, pool);
    if (err == NULL)
        err = write_content(&op, id, &content);
    return wsm_dbd_op_end(&op, err, pool);
}

wsm_error_t *wsm_dbd_store_remove(wsm_store_t *store, const wsm_record_id_t *id,
                                  apr_pool_t *pool)
{
    const char *values[] = {id->repository, id->ns, id->class_name, id->key};
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, store, WSM_DBD_WRITES, pool);
    int rows = 1;

    if (err == NULL)
        err = wsm_dbd_change(op.dbd, WSM_DBD_REMOVE, values, &rows, op.scratch);
    if (err == NULL && rows == 0)
        err = not_found(op.scratch);
    if (err == NULL)
        err = wsm_dbd_change(op.dbd, WSM_DBD_UNLINK, values, NULL, op.scratch);
    return wsm_dbd_op_end(&op, err, pool);
}

wsm_error_t *wsm_dbd_store_remove_all(wsm_store_t *store,
                                      const char *repository, const char *ns,
                                      const char *class_name, apr_pool_t *pool)
{
    const char *values[] = {repository, ns, class_name};
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, store, WSM_DBD_WRITES, pool);

    if (err == NULL)
        err = wsm_dbd_change(op.dbd,
                             class_name ? WSM_DBD_REMOVE_CLASS
                                        : WSM_DBD_REMOVE_NAMESPACE,
                             values, NULL, op.scratch);
    if (err == NULL)
        err = wsm_dbd_change(op.dbd,
                             class_name ? WSM_DBD_UNLINK_CLASS
                                        : WSM_DBD_UNLINK_NAMESPACE,
                             values, NULL, op.scratch);
    return wsm_dbd_op_end(&op, err, pool);
}

wsm_error_t *wsm_dbd_store_any(wsm_store_t *store, const char *repository,
                               const char *ns, const char *class_name,
                               int *found, apr_pool_t *pool)
{
    const char *values[] = {repository, ns, class_name};
    wsm_dbd_op_t op;
    wsm_error_t *err = wsm_dbd_op_begin(&op, store, WSM_DBD_READ, pool);
    wsm_dbd_cell_t cell = {NULL, op.scratch};

    if (err == NULL)
        err = wsm_dbd_select(op.dbd, WSM_DBD_ANY, values, 1, wsm_dbd_take_cell,
                             &cell, op.scratch);
    *found = cell.text != NULL;
    return wsm_dbd_op_end(&op, err, pool);
}
