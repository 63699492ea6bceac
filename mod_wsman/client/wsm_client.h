/* wsm_client.h - a WS-Management client.
 *
 * A client (wsm_client_t) is a session with one endpoint: how to reach it (a
 * transport), and what every request says (time limit, size limit, locale,
 * options).  One function an operation; each gets a pool in which its result
 * lives, so calls in a loop clear a pool of their own.  A client belongs to one
 * thread at a time.
 *
 * Requests look as Windows' clients write them: prefixes s a w p n x and the
 * same order of headers, because services exist that expect nothing else.
 */
#ifndef WSM_CLIENT_H
#define WSM_CLIENT_H

#include "../soap/wsm_epr.h"
#include "../soap/wsm_message.h"
#include "wsm_transport.h"

typedef struct wsm_client_t wsm_client_t;

typedef struct wsm_client_config_t {
    const char *to;              /* a:To; wsm_client_endpoint_t.url */
    apr_interval_time_t timeout; /* w:OperationTimeout; 0: none is sent */
    apr_size_t max_envelope;     /* w:MaxEnvelopeSize; 0: none is sent */
    const char *locale;          /* w:Locale and p:DataLocale; NULL, "": none */
    const wsm_option_t *options; /* w:OptionSet */
    int noptions;
    const char *session; /* p:SessionId; NULL: none (MS-WSMV 3.2.4.1.23) */
    /** Bytes of an answer that are taken; more is WSM_FAILURE_ANSWER. */
    apr_size_t max_reply;
    /** Bytes of a request; more is WSM_FAILURE_USE. */
    apr_size_t max_request;
} wsm_client_config_t;

#define WSM_CLIENT_TIMEOUT      apr_time_from_sec(60)
#define WSM_CLIENT_MAX_ENVELOPE 512000
#define WSM_CLIENT_MAX_REPLY    (16 * 1024 * 1024)
#define WSM_CLIENT_MAX_REQUEST  (16 * 1024 * 1024)

/** Fills in the values above and locale en-US. */
void wsm_client_defaults(wsm_client_config_t *config);

/** @param transport  copied; what it points to must live as long as `pool` */
wsm_client_t *wsm_client_make(const wsm_client_config_t *config,
                              const wsm_transport_t *transport,
                              apr_pool_t *pool);

/* ---- Any request */

typedef struct wsm_client_request_t {
    const char *action;          /* NULL: no headers at all (Identify) */
    const wsm_epr_t *target;     /* ResourceURI and selectors; its address is
                                    not looked at.  NULL: none */
    const char *body;            /* XML inside s:Body; NULL: nothing */
    const wsm_option_t *options; /* for the OptionSet, beyond the client's */
    int noptions;
    const char *headers;    /* XML of more header blocks, or NULL */
    const char *namespaces; /* more declarations for the envelope, beyond
                               s a w p: " xmlns:n=\"...\""; or NULL */
    int continued;          /* not the first of a sequence: no OptionSet
                               (DSP0226 R6.4-10) */
    int one_way;            /* an answer without an envelope will do */
    const char *const *http_headers; /* wsm_client_exchange_t.headers */
} wsm_client_request_t;

typedef struct wsm_client_reply_t {
    long status;        /* HTTP's */
    const char *action; /* "" if it has none */
    /** NULL if there was no envelope (one_way), or no such element.  They
     *  live as long as the pool of the call. */
    const xmlNode *header;
    const xmlNode *body;    /* s:Body */
    const xmlNode *content; /* the first element in it */
} wsm_client_reply_t;

/** Sends a request and reads the answer.  All other functions are made of it.
 *  The answer's RelatesTo must be the request's MessageID. */
wsm_failure_t *wsm_client_call(wsm_client_t *client, wsm_client_reply_t *reply,
                               const wsm_client_request_t *request,
                               apr_pool_t *pool);

/** The envelope that wsm_client_call would send.
 *  @return NULL if it is larger than max_request */
char *wsm_client_envelope(const wsm_client_config_t *config,
                          const wsm_client_request_t *request,
                          const char *message_id, apr_pool_t *pool);

/** Reads an answer: SOAP 1.2, RelatesTo, a fault.  `doc` lives as long as
 *  `pool`; message_id NULL: not checked. */
wsm_failure_t *wsm_client_read(wsm_client_reply_t *reply, xmlDocPtr doc,
                               long status, const char *message_id,
                               apr_pool_t *pool);

/* ---- Operations.  An object is an element; XML that is sent is in UTF-8, one
 * element, without a prolog. */

/** Identify (DSP0226 11).
 *  @param anonymous  also send "WSMANIDENTIFY: unauthenticated", which makes
 *         Windows answer without authentication
 *  @param answer     wsmid:IdentifyResponse */
wsm_failure_t *wsm_client_identify(wsm_client_t *client, const xmlNode **answer,
                                   int anonymous, apr_pool_t *pool);

/** Get (7.3). */
wsm_failure_t *wsm_client_get(wsm_client_t *client, const xmlNode **object,
                              const wsm_epr_t *target, apr_pool_t *pool);

/** Put (7.4).
 *  @param object  the new representation, or NULL if the service does not
 *         send it */
wsm_failure_t *wsm_client_put(wsm_client_t *client, const xmlNode **object,
                              const wsm_epr_t *target, const char *xml,
                              apr_pool_t *pool);

/** Create (7.6).
 *  @param created  the new object's reference
 *  @param rest     may be NULL; else what follows x:ResourceCreated in the
 *         body (a shell), or NULL */
wsm_failure_t *wsm_client_create(wsm_client_t *client, wsm_epr_t *created,
                                 const xmlNode **rest, const wsm_epr_t *target,
                                 const char *xml, apr_pool_t *pool);

/** Delete (7.5). */
wsm_failure_t *wsm_client_delete(wsm_client_t *client, const wsm_epr_t *target,
                                 apr_pool_t *pool);

/** A custom action (9): the resource URI, '/', the method.
 *  @param output  the body's element, <Method>_OUTPUT of a CIM method; NULL if
 *         the body is empty
 *  @param xml     <Method>_INPUT; NULL: an empty one is sent */
wsm_failure_t *wsm_client_invoke(wsm_client_t *client, const xmlNode **output,
                                 const wsm_epr_t *target, const char *method,
                                 const char *xml, apr_pool_t *pool);

/* ---- Enumeration (8) */

typedef enum wsm_enum_mode_e {
    WSM_ENUM_OBJECTS,
    WSM_ENUM_EPRS,            /* EnumerateEPR */
    WSM_ENUM_OBJECTS_AND_EPRS /* EnumerateObjectAndEPR */
} wsm_enum_mode_e;

typedef enum wsm_client_polymorphism_e {
    WSM_CLIENT_POLYMORPHISM_UNSAID,  /* the service's default */
    WSM_CLIENT_POLYMORPHISM_INCLUDE, /* IncludeSubClassProperties */
    WSM_CLIENT_POLYMORPHISM_EXCLUDE, /* ExcludeSubClassProperties */
    WSM_CLIENT_POLYMORPHISM_NONE
} wsm_client_polymorphism_e;

typedef struct wsm_enumerate_t {
    wsm_enum_mode_e mode;
    wsm_client_polymorphism_e polymorphism;
    apr_uint32_t max_elements; /* of a page; 0: 32000 */
    /** One of: a dialect with a text, a dialect with XML, selectors (the
     *  dialect is then theirs). */
    const char *dialect;
    const char *filter;
    const char *filter_xml;
    const wsm_selector_t *selectors;
    int nselectors;
    /** Called by wsm_client_enumerate when a page has been handed over, before
     *  the next is asked for.  May be NULL. */
    void (*page_end)(void *baton);
} wsm_enumerate_t;

/** One item; what is not asked for by the mode is NULL. */
typedef struct wsm_item_t {
    const xmlNode *object;
    const xmlNode *epr; /* a:EndpointReference */
} wsm_item_t;

/** Takes an item, which lives until the function returns.
 *  @return 0: enough, release the enumeration */
typedef int (*wsm_item_fn)(void *baton, const wsm_item_t *item,
                           apr_pool_t *scratch);

/** An open enumeration; also how events are pulled. */
typedef struct wsm_enumeration_t {
    wsm_client_t *client;
    const wsm_epr_t *target;
    apr_uint32_t max_elements;
    /** XML inside wsen:EnumerationContext; NULL: at the end. */
    const char *context;
    apr_pool_t *pages[2]; /* this page and the one before, in turns */
    int page;
    int idle;    /* pages without an item in a row */
    int stopped; /* an item had enough */
    apr_uint64_t npages;
} wsm_enumeration_t;

/** Enumerate: opens, and hands over the items that come with the answer.
 *  Memory is that of two pages, whatever the length. */
wsm_failure_t *wsm_enumeration_open(wsm_enumeration_t **enumeration,
                                    wsm_client_t *client,
                                    const wsm_epr_t *target,
                                    const wsm_enumerate_t *what,
                                    wsm_item_fn item, void *baton,
                                    apr_pool_t *pool);
/** Pull: the next page.  Does nothing when context is NULL.  After a failure,
 *  which lives until the next call, the same page can be asked for again. */
wsm_failure_t *wsm_enumeration_pull(wsm_enumeration_t *enumeration,
                                    wsm_item_fn item, void *baton);
/** Release; nothing at the end. */
wsm_failure_t *wsm_enumeration_release(wsm_enumeration_t *enumeration);

/** All of it: opens, pulls to the end or until `item` has enough, and then
 *  releases (also after a failure; what Release says is not reported).  The
 *  failure is in `pool`. */
wsm_failure_t *wsm_client_enumerate(wsm_client_t *client,
                                    const wsm_epr_t *target,
                                    const wsm_enumerate_t *what,
                                    wsm_item_fn item, void *baton,
                                    apr_pool_t *pool);

#endif
