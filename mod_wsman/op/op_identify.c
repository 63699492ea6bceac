/* op_identify.c - Identify (DSP0226 11), and what the draft has for it
 * (MS-WSMAN 3.1.4.1.22).
 */
#include "wsm_op.h"

#include "../soap/wsm_names.h"

static void write_element(wsm_writer_t *out, const char *name,
                          const char *value)
{
    wsm_write_strs(out, "<wsmid:", name, ">", NULL);
    wsm_write_text(out, value);
    wsm_write_strs(out, "</wsmid:", name, ">", NULL);
}

/* "OS: ... SP: ... Stack: ..." is the form that Windows' clients know; who has
 * not said who they are learns no version (R11-5, R11-6). */
static void write_version(wsm_writer_t *out, const wsm_exchange_t *ex)
{
    const wsm_server_t *server = ex->call->endpoint->server;
    int anonymous = ex->call->identify_only;

    wsm_write_lit(out, "OS: ");
    wsm_write_text(out, anonymous || server->os == NULL ? "0.0.0" : server->os);
    wsm_write_lit(out, " SP: 0.0 Stack: ");
    wsm_write_text(out, anonymous ? "0.0" : server->version);
}

/* MS-WSMAN 2.2.4.12 */
static void write_this(const wsm_exchange_t *ex)
{
    wsm_writer_t *out = ex->out;

    wsm_write_lit(out, "<t:This xmlns:t=\"" WSM_NS_DRAFT_THIS "\"><t:Vendor>");
    wsm_write_text(out, ex->call->endpoint->server->product);
    wsm_write_lit(out, "</t:Vendor><t:Version>");
    write_version(out, ex);
    wsm_write_lit(out, "</t:Version></t:This>");
    wsm_reply_end(out);
}

wsm_error_t *op_this(wsm_exchange_t *ex)
{
    const wsm_reply_t reply = {.request = ex->request,
                               .prefixes = WSM_PREFIX_X};

    wsm_reply_begin(ex->out, &reply);
    write_this(ex);
    return NULL;
}

wsm_error_t *op_identify(wsm_exchange_t *ex)
{
    const wsm_server_t *server = ex->call->endpoint->server;
    const char *const *profile = ex->call->profiles;
    wsm_writer_t *out = ex->out;

    wsm_reply_identify_begin(out);
    if (ex->request->draft) {
        write_this(ex);
        return NULL;
    }
    wsm_write_lit(out,
                  "<wsmid:IdentifyResponse xmlns:wsmid=\"" WSM_NS_WSMID "\">");
    write_element(out, "ProtocolVersion", WSM_PROTOCOL_VERSION);
    write_element(out, "ProductVendor", server->product);
    wsm_write_lit(out, "<wsmid:ProductVersion>");
    write_version(out, ex);
    wsm_write_lit(out, "</wsmid:ProductVersion>");
    if (profile != NULL && *profile != NULL) {
        wsm_write_lit(out, "<wsmid:SecurityProfiles>");
        for (; *profile != NULL; profile++) {
            wsm_write_lit(out, "<wsmid:SecurityProfileName>" WSM_PROFILE);
            wsm_write_text(out, *profile);
            wsm_write_lit(out, "</wsmid:SecurityProfileName>");
        }
        wsm_write_lit(out, "</wsmid:SecurityProfiles>");
    }
    write_element(out, "AddressingVersionURI", WSM_NS_WSA);
    write_element(out, "AddressingVersionURI", WSM_NS_WSA10);
    wsm_write_lit(out, "</wsmid:IdentifyResponse>");
    wsm_reply_end(out);
    return NULL;
}
