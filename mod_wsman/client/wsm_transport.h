/* wsm_transport.h - how an envelope gets to a service and the answer back.
 *
 * The client knows a transport as one function, so that tests hand it a fake
 * and others may bring their own (a connection that is sealed, a Unix socket).
 * The one that is here speaks HTTP by libcurl; it keeps its connection, so a
 * transport belongs to one thread at a time.
 */
#ifndef WSM_TRANSPORT_H
#define WSM_TRANSPORT_H

#include <apr_time.h>

#include "wsm_failure.h"

/** One POST and its answer. */
typedef struct wsm_client_exchange_t {
    const char *content_type;
    const char *body;
    apr_size_t length;
    /** More header lines ("Name: value"), ended by NULL; or NULL. */
    const char *const *headers;

    /** Takes the next bytes of the answer's body.  `answers` tells apart the
     *  answers that come before the last one (a 401 that is retried).
     *  @return 0 to give up; exchange() then returns NULL all the same */
    int (*take)(struct wsm_client_exchange_t *exchange, const char *data,
                apr_size_t length);
    void *baton;

    /* What the transport fills in, before it calls take() */
    unsigned answers; /* status lines seen so far */
    long status;
    const char *type;        /* Content-Type; NULL: none */
    const char *location;    /* of a redirection, which is not followed */
    const char *credentials; /* what it has, in words ("user 'x' with this
                                password"); NULL: none */
    const char *challenges;  /* schemes in WWW-Authenticate: "Basic, Digest";
                                NULL: none */
} wsm_client_exchange_t;

typedef struct wsm_transport_t {
    /** Does it; memory that `exchange` is given comes from `pool`.
     *  @return a failure if there was no complete answer */
    wsm_failure_t *(*exchange)(void *baton, wsm_client_exchange_t *exchange,
                               apr_pool_t *pool);
    void *baton;
} wsm_transport_t;

/** An endpoint's URL, taken apart. */
typedef struct wsm_client_endpoint_t {
    const char *url;  /* complete: scheme, port, path */
    const char *host; /* without port; IPv6 without brackets */
    int tls;
    int loopback; /* localhost, 127.0.0.0/8, ::1 */
} wsm_client_endpoint_t;

/** Reads and completes an endpoint: "server" is http://server:5985/wsman,
 *  "https://server" is https://server:5986/wsman.
 *  Errors: WSM_FAILURE_USE (no URL, another scheme than http and https, a user
 *  or password in the URL). */
wsm_failure_t *wsm_client_endpoint_read(wsm_client_endpoint_t *endpoint,
                                        const char *text, apr_pool_t *pool);

typedef enum wsm_auth_e {
    WSM_AUTH_ANY, /* Digest or Basic, what the server offers; no answer to a
                     challenge without a user */
    WSM_AUTH_NONE,
    WSM_AUTH_BASIC,
    WSM_AUTH_DIGEST,
    WSM_AUTH_NEGOTIATE /* without a user: the ticket cache's */
} wsm_auth_e;

typedef enum wsm_trace_e {
    WSM_TRACE_INFO, /* what libcurl says about the connection */
    WSM_TRACE_HEAD_OUT,
    WSM_TRACE_BODY_OUT,
    WSM_TRACE_HEAD_IN,
    WSM_TRACE_BODY_IN
} wsm_trace_e;

/** Everything may be left zero but `url`. */
typedef struct wsm_transport_config_t {
    const char *url; /* wsm_client_endpoint_t.url */
    wsm_auth_e auth;
    const char *user;
    const char *password;
    const char *user_agent;
    apr_interval_time_t connect_timeout; /* 0: libcurl's (300 s) */
    apr_interval_time_t timeout;         /* of an exchange; 0: none */

    const char *cacert; /* PEM file; NULL: the system's store */
    int insecure;       /* the server's certificate is not checked */
    const char *cert;   /* the client's, PEM */
    const char *key;    /* NULL: in the file of `cert` */
    const char *key_password;

    const char *proxy; /* NULL: none, whatever the environment says */

    /** Sees what goes over the wire.  Credentials, tokens and cookies in
     *  headers have become "[hidden]". */
    void (*trace)(void *baton, wsm_trace_e what, const char *data,
                  apr_size_t length);
    /** Asked about once a second, and at each packet.  May be NULL. */
    int (*cancelled)(void *baton);
    void *baton;
} wsm_transport_config_t;

/** Once a process, before threads. */
void wsm_transport_init(void);

/** Makes a transport over libcurl, closed with the pool. */
wsm_failure_t *wsm_transport_curl(wsm_transport_t *transport,
                                  const wsm_transport_config_t *config,
                                  apr_pool_t *pool);

/** A header line as a trace may show it: what follows the scheme in
 *  Authorization and WWW-Authenticate, and cookies, hidden.
 *  @return in `pool`, without the line's end */
const char *wsm_transport_redact(const char *line, apr_size_t length,
                                 apr_pool_t *pool);

#endif
