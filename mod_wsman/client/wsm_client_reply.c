/* wsm_client_reply.c - reading answers and faults. */
#include "wsm_client.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../soap/wsm_names.h"

/** Prefixes of the specifications, for QNames that are shown. */
static const struct {
    const char *ns;
    const char *prefix;
} prefixes[] = {
    {WSM_NS_SOAP, "s"},      {WSM_NS_WSA, "wsa"},   {WSM_NS_WSA10, "wsa"},
    {WSM_NS_ENUM, "wsen"},   {WSM_NS_EVENT, "wse"}, {WSM_NS_TRANSFER, "wxf"},
    {WSM_NS_WSMAN, "wsman"}, {WSM_NS_WSMB, "wsmb"}, {WSM_NS_WSMID, "wsmid"},
    {WSM_NS_SHELL, "rsp"},
};

static const char *known_qname(const xmlNode *node, apr_pool_t *pool)
{
    const char *text = wsm_xml_text(node, pool);
    const char *ns, *local;
    if (!wsm_xml_qname(node, text, &ns, &local, pool))
        return text;
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
        if (!strcmp(prefixes[i].ns, ns))
            return apr_pstrcat(pool, prefixes[i].prefix, ":", local, NULL);
    return text;
}

/** The text of parent/ns:name; NULL if there is no such element or no text. */
static const char *child_text(const xmlNode *parent, const char *ns,
                              const char *name, apr_pool_t *pool)
{
    const xmlNode *node = parent ? wsm_xml_child(parent, ns, name) : NULL;
    const char *text = node ? wsm_xml_text(node, pool) : "";
    return *text ? text : NULL;
}

/** f:WSManFault: its message is a text, or a provider's with a message of its
 *  own inside. */
static void read_wsman_fault(wsm_client_fault_t *fault, const xmlNode *node,
                             apr_pool_t *pool)
{
    const char *code = wsm_xml_attr(node, NULL, "Code", pool);
    const xmlNode *message = wsm_xml_child(node, WSM_NS_FAULT, "Message");
    const xmlNode *provider;
    apr_uint64_t number;
    if (code && wsm_text_u64(code, APR_UINT32_MAX, &number)) {
        fault->has_number = 1;
        fault->number = (apr_uint32_t)number;
    }
    fault->machine = wsm_xml_attr(node, NULL, "Machine", pool);
    provider =
        message ? wsm_xml_child(message, WSM_NS_FAULT, "ProviderFault") : NULL;
    if (!provider) {
        fault->message = child_text(node, WSM_NS_FAULT, "Message", pool);
        return;
    }
    fault->provider = wsm_xml_attr(provider, NULL, "provider", pool);
    fault->provider_message = wsm_xml_text(provider, pool);
    if (!*fault->provider_message)
        fault->provider_message = NULL;
}

/** An instance of CIM_Error or of a subclass, whatever its class
 *  (MSFT_WmiError, OMI_Error). */
static void read_cim_error(wsm_client_fault_t *fault, const xmlNode *error,
                           apr_pool_t *pool)
{
    const char *status = child_text(error, NULL, "CIMStatusCode", pool);
    apr_uint64_t number;
    if (status && wsm_text_u64(status, APR_UINT32_MAX, &number)) {
        fault->has_cim_status = 1;
        fault->cim_status = (apr_uint32_t)number;
    }
    fault->cim_id = child_text(error, NULL, "MessageID", pool);
    fault->cim_message = child_text(error, NULL, "Message", pool);
    if (fault->cim_message && fault->message &&
        !strcmp(fault->cim_message, fault->message))
        fault->cim_message = NULL;
}

static int is_cim_error(const xmlNode *node, apr_pool_t *pool)
{
    const char *mark = wsm_xml_attr(node, WSM_NS_WSMB, "IsCIM_Error", pool);
    int is = 0;
    return mark && wsm_text_boolean(mark, &is) && is;
}

static void read_detail(wsm_client_fault_t *fault, const xmlNode *detail,
                        apr_pool_t *pool)
{
    const xmlNode *node;
    fault->detail_node = detail;
    fault->detail = child_text(detail, WSM_NS_WSMAN, "FaultDetail", pool);
    node = wsm_xml_child(detail, WSM_NS_FAULT, "WSManFault");
    if (node)
        read_wsman_fault(fault, node, pool);
    for (node = wsm_xml_first(detail); node; node = wsm_xml_next(node))
        if (is_cim_error(node, pool)) {
            read_cim_error(fault, node, pool);
            break;
        }
}

static wsm_failure_t *fault_failure(const xmlNode *node,
                                    const wsm_client_reply_t *reply,
                                    apr_pool_t *pool)
{
    wsm_client_fault_t *fault = apr_pcalloc(pool, sizeof(*fault));
    const xmlNode *code = wsm_xml_child(node, WSM_NS_SOAP, "Code");
    const xmlNode *reason = wsm_xml_child(node, WSM_NS_SOAP, "Reason");
    const xmlNode *detail = wsm_xml_child(node, WSM_NS_SOAP, "Detail");
    const xmlNode *header, *value, *subcode;
    wsm_failure_t *failure;
    fault->action = reply->action;
    value = code ? wsm_xml_child(code, WSM_NS_SOAP, "Value") : NULL;
    fault->code = value ? known_qname(value, pool) : NULL;
    subcode = code ? wsm_xml_child(code, WSM_NS_SOAP, "Subcode") : NULL;
    value = subcode ? wsm_xml_child(subcode, WSM_NS_SOAP, "Value") : NULL;
    fault->subcode = value ? known_qname(value, pool) : NULL;
    fault->reason = child_text(reason, WSM_NS_SOAP, "Text", pool);
    if (detail)
        read_detail(fault, detail, pool);
    header = reply->header
                 ? wsm_xml_child(reply->header, WSM_NS_SOAP, "NotUnderstood")
                 : NULL;
    if (header)
        fault->not_understood = wsm_xml_attr(header, NULL, "qname", pool);
    failure = wsm_failure_make(pool, WSM_FAILURE_FAULT, reply->status, "%s",
                               fault->reason ? fault->reason
                                             : "a SOAP fault without a reason");
    failure->fault = fault;
    return failure;
}

static wsm_failure_t *no_envelope(const xmlNode *root, long status,
                                  apr_pool_t *pool)
{
    if (wsm_xml_is(root, WSM_NS_SOAP11, "Envelope"))
        return wsm_failure_make(pool, WSM_FAILURE_ANSWER, status,
                                "the server speaks SOAP 1.1, which no "
                                "WS-Management service does");
    if (status < 200 || status > 299)
        return wsm_failure_make(pool, WSM_FAILURE_HTTP, status,
                                "the server answered %ld, without a SOAP fault",
                                status);
    return wsm_failure_make(pool, WSM_FAILURE_ANSWER, status,
                            "the answer is <%s>, not a SOAP envelope",
                            root ? (const char *)root->name : "");
}

static wsm_failure_t *check_relation(const wsm_client_reply_t *reply,
                                     const char *message_id, apr_pool_t *pool)
{
    const char *relates = child_text(reply->header, NULL, "RelatesTo", pool);
    if (!message_id || (relates && !strcmp(relates, message_id)))
        return NULL;
    if (!relates)
        return wsm_failure_make(pool, WSM_FAILURE_ANSWER, reply->status,
                                "the answer does not say which request it "
                                "belongs to (no RelatesTo)");
    return wsm_failure_make(pool, WSM_FAILURE_ANSWER, reply->status,
                            "the answer belongs to another request (RelatesTo "
                            "%s, not %s)",
                            relates, message_id);
}

wsm_failure_t *wsm_client_read(wsm_client_reply_t *reply, xmlDocPtr doc,
                               long status, const char *message_id,
                               apr_pool_t *pool)
{
    const xmlNode *root = xmlDocGetRootElement(doc);
    const char *action;
    memset(reply, 0, sizeof(*reply));
    reply->status = status;
    if (!root || !wsm_xml_is(root, WSM_NS_SOAP, "Envelope"))
        return no_envelope(root, status, pool);
    reply->header = wsm_xml_child(root, WSM_NS_SOAP, "Header");
    reply->body = wsm_xml_child(root, WSM_NS_SOAP, "Body");
    action = child_text(reply->header, NULL, "Action", pool);
    reply->action = action ? action : "";
    if (!reply->body)
        return wsm_failure_make(pool, WSM_FAILURE_ANSWER, status,
                                "the answer's envelope has no body");
    reply->content = wsm_xml_first(reply->body);
    if (reply->content && wsm_xml_is(reply->content, WSM_NS_SOAP, "Fault"))
        return fault_failure(reply->content, reply, pool);
    if (status < 200 || status > 299)
        return wsm_failure_make(pool, WSM_FAILURE_HTTP, status,
                                "the server answered %ld, without a SOAP fault",
                                status);
    return check_relation(reply, message_id, pool);
}
