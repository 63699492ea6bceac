/* wsm_client.c - the session, and one request with its answer. */
#include "wsm_client.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"

#define CONTENT_TYPE "application/soap+xml;charset=UTF-8"

struct wsm_client_t {
    wsm_client_config_t config;
    wsm_transport_t transport;
};

void wsm_client_defaults(wsm_client_config_t *config)
{
    memset(config, 0, sizeof(*config));
    config->timeout = WSM_CLIENT_TIMEOUT;
    config->max_envelope = WSM_CLIENT_MAX_ENVELOPE;
    config->max_reply = WSM_CLIENT_MAX_REPLY;
    config->max_request = WSM_CLIENT_MAX_REQUEST;
    config->locale = "en-US";
}

wsm_client_t *wsm_client_make(const wsm_client_config_t *config,
                              const wsm_transport_t *transport,
                              apr_pool_t *pool)
{
    wsm_client_t *client = apr_pcalloc(pool, sizeof(*client));
    client->config = *config;
    client->transport = *transport;
    return client;
}

/* ---- Taking the answer's bytes */

typedef struct taker_t {
    wsm_xml_parser_t *parser; /* NULL: nothing to parse came */
    const wsm_error_t *err;   /* what the parser said */
    unsigned answer;          /* the one being taken */
    apr_size_t length;
    apr_size_t limit;
    int too_long;
    apr_pool_t *pool;
} taker_t;

/** The value of charset in a Content-Type, or NULL. */
static const char *charset_of(const char *type, apr_pool_t *pool)
{
    const char *found = type ? strchr(type, ';') : NULL;
    while (found) {
        found += 1 + strspn(found + 1, " \t");
        if (!strncasecmp(found, "charset=", 8)) {
            found += 8;
            found += *found == '"';
            return apr_pstrmemdup(pool, found, strcspn(found, "\"; \t"));
        }
        found = strchr(found, ';');
    }
    return NULL;
}

static int is_xml(const char *type)
{
    size_t length = type ? strcspn(type, "; \t") : 0;
    return !type || (length >= 3 && !strncasecmp(type + length - 3, "xml", 3));
}

static int take(wsm_client_exchange_t *exchange, const char *data,
                apr_size_t length)
{
    taker_t *taker = exchange->baton;
    if (taker->answer != exchange->answers) {
        taker->answer = exchange->answers;
        taker->parser = NULL;
        taker->err = NULL;
        taker->length = 0;
    }
    if (length > taker->limit - taker->length) {
        taker->too_long = 1;
        return 0;
    }
    taker->length += length;
    if (!is_xml(exchange->type))
        return 1;
    if (!taker->parser && !taker->err)
        taker->err = wsm_xml_parser_make(
            &taker->parser, charset_of(exchange->type, taker->pool),
            taker->limit, taker->pool);
    if (!taker->err)
        taker->err = wsm_xml_parser_feed(taker->parser, data, length);
    return taker->err == NULL;
}

/* ---- What an answer without an envelope means */

typedef struct status_hint_t {
    int status;
    const char *hint;
} status_hint_t;

static const status_hint_t hints[] = {
    {403, "Forbidden: this user may not use the endpoint"},
    {404, "Not Found: is that the URL of a WS-Management endpoint?"},
    {405, "Method Not Allowed: is that the URL of a WS-Management endpoint?"},
    {407, "the proxy wants authentication"},
    {408, "the server waited too long for the request"},
    {413, "the request is larger than the server takes"},
    {415, "the server does not take SOAP 1.2 in UTF-8 here"},
    {500, "Internal Server Error, without a SOAP fault: see the server's log"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable: the server is overloaded or going down"},
    {504, "Gateway Timeout"},
};

static wsm_failure_t *unauthorized(const wsm_client_exchange_t *exchange,
                                   apr_pool_t *pool)
{
    const char *offer =
        exchange->challenges
            ? apr_pstrcat(pool, "; it offers ", exchange->challenges, NULL)
            : "";
    if (!exchange->credentials)
        return wsm_failure_make(pool, WSM_FAILURE_AUTH, 401,
                                "the server wants a user and password%s",
                                offer);
    return wsm_failure_make(pool, WSM_FAILURE_AUTH, 401,
                            "the server does not accept %s%s",
                            exchange->credentials, offer);
}

static wsm_failure_t *http_failure(const wsm_client_exchange_t *exchange,
                                   apr_pool_t *pool)
{
    const char *hint = "without a SOAP fault";
    if (exchange->status == 401)
        return unauthorized(exchange, pool);
    if (exchange->status >= 300 && exchange->status < 400)
        return wsm_failure_make(
            pool, WSM_FAILURE_HTTP, exchange->status,
            "the server answered %ld and points to %s; redirections are not "
            "followed",
            exchange->status,
            exchange->location ? exchange->location : "nowhere");
    for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
        if (hints[i].status == exchange->status)
            hint = hints[i].hint;
    return wsm_failure_make(pool, WSM_FAILURE_HTTP, exchange->status,
                            "the server answered %ld (%s)", exchange->status,
                            hint);
}

static int is_success(const wsm_client_exchange_t *exchange)
{
    return exchange->status >= 200 && exchange->status < 300;
}

/** The tree of the answer; *doc NULL if it has no content and none is asked
 *  for. */
static wsm_failure_t *answer_doc(xmlDocPtr *doc,
                                 const wsm_client_exchange_t *exchange,
                                 taker_t *taker, int one_way)
{
    apr_pool_t *pool = taker->pool;
    *doc = NULL;
    if (exchange->status == 401)
        return http_failure(exchange, pool);
    if (taker->too_long)
        return wsm_failure_make(pool, WSM_FAILURE_ANSWER, exchange->status,
                                "the answer is longer than %" APR_SIZE_T_FMT
                                " bytes",
                                taker->limit);
    if (taker->parser && !taker->err)
        taker->err = wsm_xml_parser_done(taker->parser, doc, NULL);
    if (taker->parser && !taker->err)
        return NULL;
    if (!is_success(exchange))
        return http_failure(exchange, pool);
    if (taker->err)
        return wsm_failure_make(pool, WSM_FAILURE_ANSWER, exchange->status,
                                "the answer is not the XML it should be: %s",
                                taker->err->message);
    if (!taker->length && one_way)
        return NULL;
    return wsm_failure_make(
        pool, WSM_FAILURE_ANSWER, exchange->status,
        "the answer is %s, not SOAP: is that the URL of a WS-Management "
        "endpoint?",
        !taker->length ? "empty" : exchange->type);
}

wsm_failure_t *wsm_client_call(wsm_client_t *client, wsm_client_reply_t *reply,
                               const wsm_client_request_t *request,
                               apr_pool_t *pool)
{
    const wsm_client_config_t *config = &client->config;
    taker_t taker = {.limit = config->max_reply, .pool = pool};
    wsm_client_exchange_t exchange = {.content_type = CONTENT_TYPE,
                                      .headers = request->http_headers,
                                      .take = take,
                                      .baton = &taker};
    char uuid[WSM_UUID_LENGTH + 1];
    const char *message_id;
    wsm_failure_t *failure;
    xmlDocPtr doc;
    wsm_text_uuid(uuid);
    message_id = apr_pstrcat(pool, "uuid:", uuid, NULL);
    memset(reply, 0, sizeof(*reply));
    exchange.body = wsm_client_envelope(config, request, message_id, pool);
    if (!exchange.body)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "the request is larger than %" APR_SIZE_T_FMT
                                " bytes",
                                config->max_request);
    exchange.length = strlen(exchange.body);
    failure =
        client->transport.exchange(client->transport.baton, &exchange, pool);
    failure = failure ? failure
                      : answer_doc(&doc, &exchange, &taker, request->one_way);
    if (failure)
        return failure;
    reply->status = exchange.status;
    reply->action = "";
    if (!doc)
        return NULL;
    return wsm_client_read(reply, doc, exchange.status,
                           request->action ? message_id : NULL, pool);
}
