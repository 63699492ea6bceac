/* op_enum_life.c - Release, Renew, GetStatus (DSP0226 8.5, WS-Enumeration).
 */
#include "../soap/wsm_names.h"
#include "enum_message.h"

wsm_error_t *op_release(wsm_exchange_t *ex)
{
    const wsm_reply_t reply = {.request = ex->request,
                               .prefixes = WSM_PREFIX_N};
    wsm_context_t *context;
    wsm_error_t *err = enum_check_body(ex, "Release");

    if (err == NULL)
        err = wsm_context_read(&context, ex);
    if (err == NULL)
        err = wsm_context_bury(context, ex);
    if (err != NULL)
        return err;
    wsm_reply_begin(ex->out, &reply);
    wsm_reply_end(ex->out);
    return NULL;
}

wsm_error_t *op_enum_renew(wsm_exchange_t *ex)
{
    const wsm_reply_t reply = {.request = ex->request,
                               .prefixes = WSM_PREFIX_N};
    const wsm_spool_t *spool = ex->call->endpoint->server->spool;
    const xmlNode *expires;
    wsm_context_t *context;
    wsm_error_t *err = enum_check_body(ex, "Renew");

    if (err == NULL)
        err = wsm_context_read(&context, ex);
    if (err != NULL)
        return err;
    expires = wsm_xml_child(ex->request->body, WSM_NS_ENUM, "Expires");
    err = enum_set_expiry(context, expires, ex);
    if (err == NULL && context->spool >= 0 && spool != NULL)
        err = wsm_spool_renew(spool, context->id, context->expires, ex->pool);
    if (err != NULL)
        return err;
    wsm_reply_begin(ex->out, &reply);
    wsm_write_lit(ex->out, "<n:RenewResponse>");
    enum_write_expires(ex, context, expires);
    err = enum_write_context(context, ex);
    wsm_write_lit(ex->out, "</n:RenewResponse>");
    wsm_reply_end(ex->out);
    return err;
}

wsm_error_t *op_enum_getstatus(wsm_exchange_t *ex)
{
    const wsm_reply_t reply = {.request = ex->request,
                               .prefixes = WSM_PREFIX_N};
    wsm_context_t *context;
    wsm_error_t *err = enum_check_body(ex, "GetStatus");

    if (err == NULL)
        err = wsm_context_read(&context, ex);
    if (err != NULL)
        return err;
    wsm_reply_begin(ex->out, &reply);
    wsm_write_lit(ex->out, "<n:GetStatusResponse>");
    enum_write_expires(ex, context, NULL);
    wsm_write_lit(ex->out, "</n:GetStatusResponse>");
    wsm_reply_end(ex->out);
    return NULL;
}
