/* enum_reply.c - what replies about enumerations are made of.
 */
#include "enum_message.h"

#include "../base/wsm_text.h"

void enum_write_expires(const wsm_exchange_t *ex, const wsm_context_t *context,
                        const xmlNode *asked)
{
    const char *text = asked ? wsm_xml_text(asked, ex->pool) : "P";

    if (text[0] == 'P')
        text =
            wsm_text_duration_put(context->expires - ex->call->now, ex->pool);
    else
        text = wsm_text_datetime_put(context->expires, 0, ex->pool);
    wsm_write_strs(ex->out, "<n:Expires>", text, "</n:Expires>", NULL);
}

wsm_error_t *enum_write_context(const wsm_context_t *context,
                                wsm_exchange_t *ex)
{
    const char *token;
    wsm_error_t *err = wsm_context_sign(&token, context, ex);

    if (err == NULL)
        wsm_write_strs(ex->out, "<n:EnumerationContext>", token,
                       "</n:EnumerationContext>", NULL);
    return err;
}

void enum_write_items(const wsm_page_t *page, const char *prefix)
{
    wsm_writer_t *out = page->ex->out;
    const char *data;
    apr_size_t length;
    void *cursor = NULL;

    wsm_write_strs(out, "<", prefix, ":Items>", NULL);
    while (wsm_writer_each(page->items, &cursor, &data, &length))
        wsm_write(out, data, length);
    wsm_write_strs(out, "</", prefix, ":Items>", NULL);
    if (!page->more)
        wsm_write_strs(out, "<", prefix, ":EndOfSequence/>", NULL);
}
