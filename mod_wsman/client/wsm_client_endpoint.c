/* wsm_client_endpoint.c - completing the URL of an endpoint. */
#include "wsm_transport.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>
#include <curl/curl.h>

#define DEFAULT_PATH "/wsman"

/** A part of the URL, in `pool`; NULL if it has none. */
static const char *part(CURLU *url, CURLUPart what, apr_pool_t *pool)
{
    char *text = NULL;
    const char *copy;
    if (curl_url_get(url, what, &text, 0) != CURLUE_OK)
        return NULL;
    copy = apr_pstrdup(pool, text);
    curl_free(text);
    return copy;
}

static int is_loopback(const char *host)
{
    struct in_addr address;
    return !strcasecmp(host, "localhost") || !strcmp(host, "::1") ||
           (inet_pton(AF_INET, host, &address) == 1 &&
            ntohl(address.s_addr) >> 24 == 127);
}

static wsm_failure_t *complete(wsm_client_endpoint_t *endpoint, CURLU *url,
                               const char *text, apr_pool_t *pool)
{
    const char *scheme = part(url, CURLUPART_SCHEME, pool);
    const char *path = part(url, CURLUPART_PATH, pool);
    const char *host = part(url, CURLUPART_HOST, pool);
    if (!scheme || (strcmp(scheme, "http") && strcmp(scheme, "https")))
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "'%s' is no http or https URL", text);
    endpoint->tls = !strcmp(scheme, "https");
    if (part(url, CURLUPART_USER, pool) || part(url, CURLUPART_PASSWORD, pool))
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "no user or password in the URL, please");
    if (!part(url, CURLUPART_PORT, pool))
        curl_url_set(url, CURLUPART_PORT, endpoint->tls ? "5986" : "5985", 0);
    if (!path || !strcmp(path, "/"))
        curl_url_set(url, CURLUPART_PATH, DEFAULT_PATH, 0);
    curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0);
    if (*host == '[')
        host = apr_pstrmemdup(pool, host + 1, strlen(host) - 2);
    endpoint->host = host;
    endpoint->loopback = is_loopback(host);
    endpoint->url = part(url, CURLUPART_URL, pool);
    return NULL;
}

wsm_failure_t *wsm_client_endpoint_read(wsm_client_endpoint_t *endpoint,
                                        const char *text, apr_pool_t *pool)
{
    const char *full =
        strstr(text, "://") ? text : apr_pstrcat(pool, "http://", text, NULL);
    CURLU *url = curl_url();
    wsm_failure_t *failure;
    memset(endpoint, 0, sizeof(*endpoint));
    if (!url ||
        curl_url_set(url, CURLUPART_URL, full, CURLU_NON_SUPPORT_SCHEME) !=
            CURLUE_OK ||
        !part(url, CURLUPART_HOST, pool))
        failure = wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                   "'%s' is no URL of an endpoint", text);
    else
        failure = complete(endpoint, url, text, pool);
    curl_url_cleanup(url);
    return failure;
}
