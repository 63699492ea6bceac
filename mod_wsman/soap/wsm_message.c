/* wsm_message.c - an envelope as a request. */
#include "wsm_message.h"

#include <string.h>
#include <strings.h>

#include "wsm_draft.h"
#include "wsm_header.h"
#include "wsm_names.h"

const wsm_option_t *wsm_request_option(const wsm_request_t *request,
                                       const char *name)
{
    for (int i = 0; i < request->noptions; i++)
        if (!strcasecmp(request->options[i].name, name))
            return &request->options[i];
    return NULL;
}

/** @return NULL if the root is an envelope of SOAP 1.2 */
static wsm_error_t *check_root(wsm_request_t *request, const xmlNode *root,
                               apr_pool_t *pool)
{
    if (wsm_xml_is(root, WSM_NS_SOAP, "Envelope"))
        return NULL;
    if (strcmp((const char *)root->name, "Envelope") != 0)
        return wsm_fail(pool, WSMAN_E_SCHEMA_VALIDATION,
                        "The message is no SOAP envelope but the element %s.",
                        (const char *)root->name);
    request->soap11 = !strcmp(wsm_xml_ns(root), WSM_NS_SOAP11);
    const xmlNode *header = wsm_xml_child(root, NULL, "Header");
    if (header)
        wsm_headers_identify(request, header, pool);
    return wsm_fail(pool, WSMAN_E_VERSION_MISMATCH,
                    "The envelope is of %s; SOAP 1.2 is needed.",
                    request->soap11 ? "SOAP 1.1" : "an unknown version");
}

/** Envelope: a Header that may be absent, then a Body, nothing else. */
static wsm_error_t *find_parts(wsm_request_t *request, const xmlNode *root,
                               apr_pool_t *pool)
{
    const xmlNode *n = wsm_xml_first(root);
    if (wsm_xml_is(n, WSM_NS_SOAP, "Header")) {
        request->header = n;
        wsm_headers_identify(request, n, pool);
        n = wsm_xml_next(n);
    }
    if (!wsm_xml_is(n, WSM_NS_SOAP, "Body"))
        return wsm_fail(pool, WSMAN_E_SCHEMA_VALIDATION,
                        n ? "The envelope holds the element %s where its Body "
                            "is expected."
                          : "The envelope has no Body.",
                        n ? (const char *)n->name : "");
    const xmlNode *after = wsm_xml_next(n);
    if (after)
        return wsm_fail(pool, WSMAN_E_SCHEMA_VALIDATION,
                        "The envelope holds the element %s after its Body.",
                        (const char *)after->name);
    request->body = wsm_xml_first(n);
    if (request->body && wsm_xml_next(request->body))
        return wsm_fail(pool, WSMAN_E_SCHEMA_VALIDATION,
                        "The Body holds more than one element.");
    return NULL;
}

static wsm_error_t *read_request(wsm_request_t *request, xmlDocPtr doc,
                                 apr_pool_t *pool)
{
    xmlNode *root = xmlDocGetRootElement(doc);
    request->draft = wsm_draft_accept(root);
    wsm_error_t *err = check_root(request, root, pool);
    if (!err)
        err = find_parts(request, root, pool);
    if (err)
        return err;
    request->identify = wsm_xml_is(request->body, WSM_NS_WSMID, "Identify");
    if (request->header)
        err = wsm_headers_understand(request, pool);
    if (request->identify) /* R11-2, R11-3 */
        return err;
    /* Also after an error: the fault has what they want back in it. */
    wsm_error_t *wrong = wsm_headers_read(request, pool);
    return err ? err : wrong;
}

wsm_error_t *wsm_message_read(const wsm_request_t **result, xmlDocPtr doc,
                              int utf16, apr_pool_t *pool)
{
    wsm_request_t *request = apr_pcalloc(pool, sizeof(*request));
    request->utf16 = utf16;
    request->action = "";
    request->timeout = -1;
    *result = request;
    return read_request(request, doc, pool);
}
