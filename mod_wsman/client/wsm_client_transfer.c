/* wsm_client_transfer.c - Identify, Get, Put, Create, Delete and methods. */
#include "wsm_client.h"

#include <string.h>

#include <apr_strings.h>

#include "../soap/wsm_names.h"
#include "wsm_resource.h"

static wsm_failure_t *not_understood(const wsm_client_reply_t *reply,
                                     const char *wanted, apr_pool_t *pool)
{
    return wsm_failure_make(pool, WSM_FAILURE_ANSWER, reply->status,
                            "the answer has %s%s%s where %s should be",
                            reply->content ? "<" : "nothing",
                            reply->content ? (const char *)reply->content->name
                                           : "",
                            reply->content ? ">" : "", wanted);
}

wsm_failure_t *wsm_client_identify(wsm_client_t *client, const xmlNode **answer,
                                   int anonymous, apr_pool_t *pool)
{
    static const char *const header[] = {"WSMANIDENTIFY: unauthenticated",
                                         NULL};
    wsm_client_request_t request = {
        .body = "<wsmid:Identify/>",
        .namespaces = " xmlns:wsmid=\"" WSM_NS_WSMID "\"",
        .http_headers = anonymous ? header : NULL,
    };
    wsm_client_reply_t reply;
    wsm_failure_t *failure = wsm_client_call(client, &reply, &request, pool);
    if (failure)
        return failure;
    if (!wsm_xml_is(reply.content, WSM_NS_WSMID, "IdentifyResponse"))
        return not_understood(&reply, "wsmid:IdentifyResponse", pool);
    *answer = reply.content;
    return NULL;
}

wsm_failure_t *wsm_client_get(wsm_client_t *client, const xmlNode **object,
                              const wsm_epr_t *target, apr_pool_t *pool)
{
    wsm_client_request_t request = {.action = WSM_ACTION_GET, .target = target};
    wsm_client_reply_t reply;
    wsm_failure_t *failure = wsm_client_call(client, &reply, &request, pool);
    if (failure)
        return failure;
    if (!reply.content)
        return not_understood(&reply, "an object", pool);
    *object = reply.content;
    return NULL;
}

wsm_failure_t *wsm_client_put(wsm_client_t *client, const xmlNode **object,
                              const wsm_epr_t *target, const char *xml,
                              apr_pool_t *pool)
{
    wsm_client_request_t request = {
        .action = WSM_ACTION_PUT, .target = target, .body = xml};
    wsm_client_reply_t reply;
    wsm_failure_t *failure = wsm_client_call(client, &reply, &request, pool);
    if (!failure)
        *object = reply.content;
    return failure;
}

/** The EPR is x:ResourceCreated itself, or inside one a:EndpointReference. */
static wsm_failure_t *read_created(wsm_epr_t *created,
                                   const wsm_client_reply_t *reply,
                                   apr_pool_t *pool)
{
    const xmlNode *node = reply->content;
    const xmlNode *inner = wsm_xml_child(node, NULL, "EndpointReference");
    const wsm_error_t *err;
    memset(created, 0, sizeof(*created));
    err = wsm_epr_read(created, inner ? inner : node, pool);
    if (err)
        return wsm_failure_make(pool, WSM_FAILURE_ANSWER, reply->status,
                                "created, but the new reference is not "
                                "understood: %s",
                                err->message);
    return NULL;
}

wsm_failure_t *wsm_client_create(wsm_client_t *client, wsm_epr_t *created,
                                 const xmlNode **rest, const wsm_epr_t *target,
                                 const char *xml, apr_pool_t *pool)
{
    wsm_client_request_t request = {
        .action = WSM_ACTION_CREATE, .target = target, .body = xml};
    wsm_client_reply_t reply;
    wsm_failure_t *failure = wsm_client_call(client, &reply, &request, pool);
    if (failure)
        return failure;
    if (!wsm_xml_is(reply.content, WSM_NS_TRANSFER, "ResourceCreated"))
        return not_understood(&reply, "wxf:ResourceCreated", pool);
    if (rest)
        *rest = wsm_xml_next(reply.content);
    return read_created(created, &reply, pool);
}

wsm_failure_t *wsm_client_delete(wsm_client_t *client, const wsm_epr_t *target,
                                 apr_pool_t *pool)
{
    wsm_client_request_t request = {.action = WSM_ACTION_DELETE,
                                    .target = target};
    wsm_client_reply_t reply;
    return wsm_client_call(client, &reply, &request, pool);
}

wsm_failure_t *wsm_client_invoke(wsm_client_t *client, const xmlNode **output,
                                 const wsm_epr_t *target, const char *method,
                                 const char *xml, apr_pool_t *pool)
{
    wsm_client_request_t request = {.target = target, .body = xml};
    wsm_client_reply_t reply;
    wsm_failure_t *failure;
    if (!target->resource_uri)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "a method without a resource");
    request.action = apr_pstrcat(pool, target->resource_uri, "/", method, NULL);
    if (!xml)
        request.body = wsm_resource_element(
            target, apr_pstrcat(pool, method, "_INPUT", NULL), "", pool);
    failure = wsm_client_call(client, &reply, &request, pool);
    if (!failure)
        *output = reply.content;
    return failure;
}
