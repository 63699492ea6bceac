/* wsm_failure.h - why a client's call came to nothing.
 *
 * A failure is a value like wsm_error_t: NULL is success, it lives as long as
 * the pool it was made in, and it says where things went wrong, because that
 * decides what a caller does next (ask for a password, try again, give up).
 */
#ifndef WSM_FAILURE_H
#define WSM_FAILURE_H

#include "../base/wsm_error.h"
#include "../xml/wsm_xml.h"

typedef enum wsm_failure_e {
    WSM_FAILURE_USE = 1,  /* what the caller gave cannot be sent; nothing was */
    WSM_FAILURE_CONNECT,  /* name not found, nobody listens */
    WSM_FAILURE_TLS,      /* certificate not trusted, no common protocol */
    WSM_FAILURE_TIMEOUT,  /* no answer in time */
    WSM_FAILURE_TRANSFER, /* the connection broke, or did not speak HTTP */
    WSM_FAILURE_CANCELLED, /* cancelled() of the transport said so */
    WSM_FAILURE_AUTH,      /* HTTP 401 */
    WSM_FAILURE_HTTP,      /* another HTTP status, without a SOAP fault */
    WSM_FAILURE_ANSWER,    /* an answer that is none to this request, or larger
                              than allowed */
    WSM_FAILURE_FAULT      /* the service's SOAP fault */
} wsm_failure_e;

/** A SOAP fault with all its parts (DSP0226 14, MS-WSMV 2.2.4.43).  QNames
 *  have the prefixes of the specifications (s, wsa, wsen, wse, wxf, wsman,
 *  wsmb), whatever the service used.  Texts are NULL where there are none. */
typedef struct wsm_client_fault_t {
    const char *action;
    const char *code;    /* "s:Sender" */
    const char *subcode; /* "wsman:InvalidSelectors" */
    const char *reason;
    const char *detail;         /* wsman:FaultDetail: a URI */
    const char *not_understood; /* the QName of a header, as the service wrote
                                   it */
    int has_number;             /* there is an f:WSManFault with a Code */
    apr_uint32_t number;
    const char *machine;
    const char *message;  /* f:Message */
    const char *provider; /* f:ProviderFault/@provider */
    const char *provider_message;
    /** An instance of CIM_Error (wsmb:IsCIM_Error), as far as it has them. */
    int has_cim_status;
    apr_uint32_t cim_status; /* CIMStatusCode: wsman_cim_status_e, or one that
                                is not known here */
    const char *cim_message; /* Message, if it is another than `message` */
    const char *cim_id;      /* MessageID: "HRESULT 0x80041002" */
    /** s:Detail, valid as long as the pool; NULL if there is none. */
    const xmlNode *detail_node;
} wsm_client_fault_t;

typedef struct wsm_failure_t {
    wsm_failure_e kind;
    /** One sentence for a person: what failed, with what.  Never NULL, never a
     *  password. */
    const char *message;
    long status; /* HTTP's, also of an answer that was cut off; 0: there was
                    none */
    const wsm_client_fault_t *fault; /* WSM_FAILURE_FAULT only */
} wsm_failure_t;

wsm_failure_t *wsm_failure_make(apr_pool_t *pool, wsm_failure_e kind,
                                long status, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** A copy of the message and kind, for a pool that lives longer; the fault's
 *  texts are copied, its detail_node is not. */
wsm_failure_t *wsm_failure_copy(const wsm_failure_t *failure, apr_pool_t *pool);

#endif
