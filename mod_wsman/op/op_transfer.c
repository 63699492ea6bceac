/* op_transfer.c - Get, Put, Create, Delete (DSP0226 7).
 */
#include "../om/cim_manager.h"
#include "../soap/wsm_names.h"
#include "op_target.h"

static void begin(wsm_exchange_t *ex, unsigned prefixes, const cim_path_t *path)
{
    const wsm_reply_t reply = {.request = ex->request,
                               .prefixes = prefixes,
                               .headers = op_requested_epr(ex, path)};

    wsm_reply_begin(ex->out, &reply);
}

static void write_instance(wsm_exchange_t *ex, const cim_instance_t *instance,
                           const cim_path_t *path)
{
    begin(ex, WSM_PREFIX_X, path);
    cim_xml_write_instance(ex->out, instance, NULL, NULL, &ex->style, ex->pool);
    wsm_reply_end(ex->out);
    ex->outcome->items = 1;
}

static void write_empty(wsm_exchange_t *ex, const cim_path_t *path)
{
    begin(ex, WSM_PREFIX_X, path);
    wsm_reply_end(ex->out);
}

wsm_error_t *op_get(wsm_exchange_t *ex)
{
    const cim_instance_t *instance;
    cim_path_t path;
    wsm_error_t *err = op_instance_path(&path, ex);

    if (err == NULL)
        err = cim_manager_get(ex->call, ex->cls, &path, &instance);
    if (err == NULL)
        write_instance(ex, instance, &path);
    return err;
}

wsm_error_t *op_put(wsm_exchange_t *ex)
{
    const cim_instance_t *now;
    cim_instance_t *changes;
    cim_path_t path;
    wsm_error_t *err = op_instance_path(&path, ex);

    if (err == NULL)
        err = op_read_instance(&changes, ex);
    if (err == NULL)
        err = cim_manager_put(ex->call, ex->cls, &path, changes);
    if (err != NULL)
        return err;
    /* The change has been made: what follows may only leave the new
     * representation out (R7.4-8). */
    err = cim_manager_get(ex->call, ex->cls, &path, &now);
    if (err == NULL)
        write_instance(ex, now, &path);
    if (err != NULL || wsm_writer_full(ex->out)) {
        wsm_writer_reset(ex->out, ex->limit);
        write_empty(ex, &path);
    }
    return NULL;
}

wsm_error_t *op_create(wsm_exchange_t *ex)
{
    cim_instance_t *instance;
    const cim_path_t *made;
    cim_path_t path;
    wsm_epr_t epr;
    wsm_error_t *err = op_class_path(&path, ex);

    if (err == NULL)
        err = op_read_instance(&instance, ex);
    if (err == NULL)
        err = cim_manager_create(ex->call, ex->cls, instance, &made);
    if (err != NULL)
        return err;
    cim_xml_epr_of_path(&epr, made, &ex->style, ex->pool);
    begin(ex, WSM_PREFIX_X, made);
    wsm_write_lit(ex->out, "<x:ResourceCreated>");
    wsm_epr_write(ex->out, &epr, ex->request->addressing);
    wsm_write_lit(ex->out, "</x:ResourceCreated>");
    wsm_reply_end(ex->out);
    if (wsm_writer_full(ex->out))
        return wsm_fail(ex->pool, WSMAN_E_ENCODING_UNREPORTABLE_SUCCESS,
                        "The instance of %s was created; its reference does "
                        "not fit the MaxEnvelopeSize.",
                        ex->cls->name);
    return NULL;
}

wsm_error_t *op_delete(wsm_exchange_t *ex)
{
    cim_path_t path;
    wsm_error_t *err = op_instance_path(&path, ex);

    if (err == NULL)
        err = cim_manager_remove(ex->call, ex->cls, &path);
    if (err == NULL)
        write_empty(ex, NULL);
    return err;
}
