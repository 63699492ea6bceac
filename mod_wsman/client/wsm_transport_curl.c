/* wsm_transport_curl.c - envelopes over HTTP by libcurl. */
#include "wsm_transport.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>
#include <curl/curl.h>

typedef struct curl_transport_t {
    CURL *curl;
    wsm_transport_config_t config;
    wsm_client_exchange_t *exchange; /* the one that runs */
    apr_pool_t *pool;                /* its */
    int pinned;                      /* which authentication works is known */
    char error[CURL_ERROR_SIZE];
} curl_transport_t;

void wsm_transport_init(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static apr_status_t close_curl(void *data)
{
    curl_easy_cleanup(data);
    return APR_SUCCESS;
}

static size_t take_body(char *data, size_t size, size_t count, void *baton)
{
    curl_transport_t *self = baton;
    return self->exchange->take(self->exchange, data, size * count)
               ? size * count
               : 0;
}

/** The value if `line` is the header `name`, trimmed, in `pool`. */
static const char *header_value(const char *line, size_t length,
                                const char *name, apr_pool_t *pool)
{
    size_t n = strlen(name);
    if (length <= n || line[n] != ':' || strncasecmp(line, name, n))
        return NULL;
    line += n + 1;
    length -= n + 1;
    while (length && strchr(" \t", *line)) {
        line++;
        length--;
    }
    while (length && strchr(" \t\r\n", line[length - 1]))
        length--;
    return apr_pstrmemdup(pool, line, length);
}

static void add_challenge(wsm_client_exchange_t *exchange, const char *value,
                          apr_pool_t *pool)
{
    const char *scheme = apr_pstrmemdup(pool, value, strcspn(value, " \t,"));
    exchange->challenges =
        exchange->challenges
            ? apr_pstrcat(pool, exchange->challenges, ", ", scheme, NULL)
            : scheme;
}

static size_t take_header(char *line, size_t size, size_t count, void *baton)
{
    curl_transport_t *self = baton;
    wsm_client_exchange_t *exchange = self->exchange;
    size_t length = size * count;
    const char *value;
    if (length > 5 && !strncmp(line, "HTTP/", 5)) {
        exchange->answers++;
        exchange->type = exchange->location = exchange->challenges = NULL;
        curl_easy_getinfo(self->curl, CURLINFO_RESPONSE_CODE,
                          &exchange->status);
        return length;
    }
    if ((value = header_value(line, length, "Content-Type", self->pool)))
        exchange->type = value;
    else if ((value = header_value(line, length, "Location", self->pool)))
        exchange->location = value;
    else if ((value =
                  header_value(line, length, "WWW-Authenticate", self->pool)))
        add_challenge(exchange, value, self->pool);
    return length;
}

/** Header lines come from libcurl one by one, or as one block (those that are
 *  sent). */
static void trace_head(curl_transport_t *self, wsm_trace_e what,
                       const char *data, size_t length)
{
    while (length) {
        const char *end = memchr(data, '\n', length);
        size_t n = end ? (size_t)(end - data) + 1 : length;
        const char *line = wsm_transport_redact(data, n, self->pool);
        self->config.trace(self->config.baton, what, line, strlen(line));
        data += n;
        length -= n;
    }
}

static int trace(CURL *curl, curl_infotype type, char *data, size_t length,
                 void *baton)
{
    curl_transport_t *self = baton;
    const wsm_transport_config_t *config = &self->config;
    (void)curl;
    switch (type) {
    case CURLINFO_TEXT:
        config->trace(config->baton, WSM_TRACE_INFO, data, length);
        break;
    case CURLINFO_HEADER_OUT:
        trace_head(self, WSM_TRACE_HEAD_OUT, data, length);
        break;
    case CURLINFO_HEADER_IN:
        trace_head(self, WSM_TRACE_HEAD_IN, data, length);
        break;
    case CURLINFO_DATA_OUT:
        config->trace(config->baton, WSM_TRACE_BODY_OUT, data, length);
        break;
    case CURLINFO_DATA_IN:
        config->trace(config->baton, WSM_TRACE_BODY_IN, data, length);
        break;
    default:
        break;
    }
    return 0;
}

static int progress(void *baton, curl_off_t dltotal, curl_off_t dlnow,
                    curl_off_t ultotal, curl_off_t ulnow)
{
    curl_transport_t *self = baton;
    (void)dltotal, (void)dlnow, (void)ultotal, (void)ulnow;
    return self->config.cancelled(self->config.baton);
}

/* ---- Setting up */

#define SET(option, value)                                                     \
    (code = code ? code : curl_easy_setopt(curl, (option), (value)))

static CURLcode set_security(CURL *curl, const wsm_transport_config_t *config)
{
    CURLcode code = CURLE_OK;
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (config->cacert)
        SET(CURLOPT_CAINFO, config->cacert);
    if (config->insecure) {
        SET(CURLOPT_SSL_VERIFYPEER, 0L);
        SET(CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (config->cert) {
        SET(CURLOPT_SSLCERT, config->cert);
        SET(CURLOPT_SSLKEY, config->key ? config->key : config->cert);
    }
    if (config->key_password)
        SET(CURLOPT_KEYPASSWD, config->key_password);
    return code;
}

static CURLcode set_user(CURL *curl, const wsm_transport_config_t *config)
{
    static const unsigned long schemes[] = {
        /* libcurl's Negotiate does not know passwords where it is made of
         * GSSAPI, and does not go on to Basic when there is no ticket. */
        [WSM_AUTH_ANY] = CURLAUTH_BASIC | CURLAUTH_DIGEST,
        [WSM_AUTH_NONE] = CURLAUTH_NONE,
        [WSM_AUTH_BASIC] = CURLAUTH_BASIC,
        [WSM_AUTH_DIGEST] = CURLAUTH_DIGEST,
        [WSM_AUTH_NEGOTIATE] = CURLAUTH_NEGOTIATE,
    };
    int tickets = config->auth == WSM_AUTH_NEGOTIATE && !config->user;
    CURLcode code = CURLE_OK;
    if (config->auth == WSM_AUTH_NONE || (!config->user && !tickets))
        return CURLE_OK;
    SET(CURLOPT_HTTPAUTH, schemes[config->auth]);
    SET(CURLOPT_USERNAME, tickets ? "" : config->user);
    SET(CURLOPT_PASSWORD, config->password ? config->password : "");
    return code;
}

/** libcurl's protocol lists were replaced by texts in 7.85. */
static CURLcode set_protocols(CURL *curl)
{
    CURLcode code = CURLE_OK;
#if LIBCURL_VERSION_NUM >= 0x075500
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    /* Authentication by Negotiate belongs to a connection, which HTTP/2 does
     * not have. */
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    return code;
}

static CURLcode set_callbacks(CURL *curl, curl_transport_t *self)
{
    CURLcode code = CURLE_OK;
    SET(CURLOPT_ERRORBUFFER, self->error);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, self);
    SET(CURLOPT_HEADERFUNCTION, take_header);
    SET(CURLOPT_HEADERDATA, self);
    if (self->config.trace) {
        SET(CURLOPT_DEBUGFUNCTION, trace);
        SET(CURLOPT_DEBUGDATA, self);
        SET(CURLOPT_VERBOSE, 1L);
    }
    if (self->config.cancelled) {
        SET(CURLOPT_XFERINFOFUNCTION, progress);
        SET(CURLOPT_XFERINFODATA, self);
        SET(CURLOPT_NOPROGRESS, 0L);
    }
    return code;
}

static CURLcode set_up(CURL *curl, curl_transport_t *self)
{
    const wsm_transport_config_t *config = &self->config;
    CURLcode code = set_callbacks(curl, self);
    code = code ? code : set_protocols(curl);
    code = code ? code : set_security(curl, config);
    code = code ? code : set_user(curl, config);
    SET(CURLOPT_URL, config->url);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROXY, config->proxy ? config->proxy : "");
    SET(CURLOPT_USERAGENT,
        config->user_agent ? config->user_agent : "mod_wsman client");
    SET(CURLOPT_CONNECTTIMEOUT_MS,
        (long)apr_time_as_msec(config->connect_timeout));
    SET(CURLOPT_TIMEOUT_MS, (long)apr_time_as_msec(config->timeout));
    return code;
}

/* ---- An exchange */

/** After the first success libcurl is told the one scheme that was used; else
 *  it would ask the server again, with the whole body, for each request. */
static void pin_auth(curl_transport_t *self)
{
    static const unsigned long by_strength[] = {CURLAUTH_DIGEST,
                                                CURLAUTH_BASIC};
    long offered = 0;
    if (self->pinned || self->config.auth != WSM_AUTH_ANY || !self->config.user)
        return;
    curl_easy_getinfo(self->curl, CURLINFO_HTTPAUTH_AVAIL, &offered);
    for (size_t i = 0; i < sizeof(by_strength) / sizeof(*by_strength); i++) {
        if (!((unsigned long)offered & by_strength[i]))
            continue;
        curl_easy_setopt(self->curl, CURLOPT_HTTPAUTH, by_strength[i]);
        self->pinned = 1;
        return;
    }
}

static wsm_failure_e kind_of(CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return WSM_FAILURE_CONNECT;
    case CURLE_OPERATION_TIMEDOUT:
        return WSM_FAILURE_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_SHUTDOWN_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
        return WSM_FAILURE_TLS;
    case CURLE_LOGIN_DENIED:
    case CURLE_AUTH_ERROR:
        return WSM_FAILURE_AUTH;
    case CURLE_ABORTED_BY_CALLBACK:
        return WSM_FAILURE_CANCELLED;
    default:
        return WSM_FAILURE_TRANSFER;
    }
}

static wsm_failure_t *fail(curl_transport_t *self, CURLcode code,
                           apr_pool_t *pool)
{
    const char *text = *self->error ? self->error : curl_easy_strerror(code);
    long status = self->exchange->answers ? self->exchange->status : 0;
    return wsm_failure_make(pool, kind_of(code), status, "%s: %s",
                            self->config.url, text);
}

static struct curl_slist *make_headers(const wsm_client_exchange_t *exchange,
                                       apr_pool_t *pool)
{
    struct curl_slist *list = NULL;
    list = curl_slist_append(list, apr_pstrcat(pool, "Content-Type: ",
                                               exchange->content_type, NULL));
    list = curl_slist_append(list, "Expect:");
    for (int i = 0; exchange->headers && exchange->headers[i]; i++)
        list = curl_slist_append(list, exchange->headers[i]);
    return list;
}

static const char *credentials(const wsm_transport_config_t *config,
                               apr_pool_t *pool)
{
    if (config->auth == WSM_AUTH_NEGOTIATE)
        return "the Kerberos tickets that are here (see klist and kinit)";
    if (config->auth == WSM_AUTH_NONE || !config->user)
        return NULL;
    return apr_pstrcat(pool, "user '", config->user, "' with this password",
                       NULL);
}

static wsm_failure_t *curl_exchange(void *baton,
                                    wsm_client_exchange_t *exchange,
                                    apr_pool_t *pool)
{
    curl_transport_t *self = baton;
    CURL *curl = self->curl;
    struct curl_slist *headers = make_headers(exchange, pool);
    CURLcode code = CURLE_OK;
    self->exchange = exchange;
    exchange->credentials = credentials(&self->config, pool);
    self->pool = pool;
    *self->error = '\0';
    SET(CURLOPT_HTTPHEADER, headers);
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDS, exchange->body);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)exchange->length);
    if (!code)
        code = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    if (code == CURLE_WRITE_ERROR)
        return NULL;
    if (code)
        return fail(self, code, pool);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &exchange->status);
    if (exchange->status != 401)
        pin_auth(self);
    return NULL;
}

wsm_failure_t *wsm_transport_curl(wsm_transport_t *transport,
                                  const wsm_transport_config_t *config,
                                  apr_pool_t *pool)
{
    curl_transport_t *self = apr_pcalloc(pool, sizeof(*self));
    CURLcode code;
    self->curl = curl_easy_init();
    self->config = *config;
    self->pool = pool;
    if (!self->curl)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "libcurl does not start");
    apr_pool_cleanup_register(pool, self->curl, close_curl,
                              apr_pool_cleanup_null);
    if ((code = set_up(self->curl, self)))
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "libcurl cannot do that: %s",
                                curl_easy_strerror(code));
    transport->exchange = curl_exchange;
    transport->baton = self;
    return NULL;
}
