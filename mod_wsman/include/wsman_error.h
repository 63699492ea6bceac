/* wsman_error.h - the errors of WS-Management, as core and plug-ins see them.
 *
 * An error is a value: a code, the words for a person, and the chain of causes
 * below it.  NULL means success everywhere.  A code is one row of the fault
 * table (mod_wsman/soap/wsm_fault.c), that is one pair of SOAP fault subcode
 * and wsman:FaultDetail of DSP0226 14.6 together with its WSManFault number
 * (MS-WSMV 2.2.4.43).  Never an HTTP status: what the transport says is
 * decided in one place, from the row.
 *
 * Errors live as long as the pool they were made in, and are never changed
 * after they have been returned.
 */
#ifndef WSMAN_ERROR_H
#define WSMAN_ERROR_H

#include <apr_errno.h>
#include <apr_pools.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Names follow the fault: WSMAN_E_<subcode>[_<FaultDetail>].  Append only: the
 * numbers are part of the plug-in ABI.  Where `detail` of the error is
 * meaningful, the comment says what the texts in it are. */
typedef enum wsman_code_e {
    WSMAN_OK = 0,
    WSMAN_E_ACCESS_DENIED,               /* wsman:AccessDenied */
    WSMAN_E_ACTION_NOT_SUPPORTED,        /* wsa: ; detail: the action URI */
    WSMAN_E_ACTION_MISMATCH,             /* wsa:ActionNotSupported, the action
                                            exists but not for this resource;
                                            detail: the action URI */
    WSMAN_E_ALREADY_EXISTS,              /* wsman: */
    WSMAN_E_CANNOT_PROCESS_FILTER,       /* wsen: ; detail: selector names
                                            that are supported */
    WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN, /* wsman: , fragments and Subscribe */
    WSMAN_E_CONCURRENCY,
    WSMAN_E_DELIVERY_MODE_UNAVAILABLE, /* wse: ; detail: supported modes */
    WSMAN_E_DELIVERY_REFUSED,
    WSMAN_E_DESTINATION_UNREACHABLE, /* wsa: , no such object */
    WSMAN_E_INVALID_RESOURCE_URI,    /* wsa:DestinationUnreachable */
    WSMAN_E_ENCODING_LIMIT,
    WSMAN_E_ENCODING_URI_LIMIT,
    WSMAN_E_ENCODING_MAX_ENVELOPE,     /* the client's limit is too small
                                          for the answer */
    WSMAN_E_ENCODING_MIN_ENVELOPE,     /* the client asked for < 8192 */
    WSMAN_E_ENCODING_SERVICE_ENVELOPE, /* the request is over our limit */
    WSMAN_E_ENCODING_SELECTOR_LIMIT,
    WSMAN_E_ENCODING_OPTION_LIMIT,
    WSMAN_E_ENCODING_CHARACTER_SET,
    WSMAN_E_ENCODING_UNSUPPORTED_CHARACTER,
    WSMAN_E_ENCODING_UNREPORTABLE_SUCCESS,
    WSMAN_E_ENCODING_WHITESPACE,
    WSMAN_E_ENCODING_TYPE,
    WSMAN_E_ENDPOINT_UNAVAILABLE,
    WSMAN_E_RESOURCE_OFFLINE, /* wsa:EndpointUnavailable */
    WSMAN_E_EVENT_DELIVER_TO_UNUSABLE,
    WSMAN_E_EVENT_SOURCE_UNABLE,
    WSMAN_E_FILTER_DIALECT_UNAVAILABLE,     /* wsen: ; detail: dialects */
    WSMAN_E_FILTERING_NOT_SUPPORTED,        /* wsen: */
    WSMAN_E_EVENT_FILTERING_NOT_SUPPORTED,  /* wse: */
    WSMAN_E_EVENT_FILTERING_UNAVAILABLE,    /* wse: ; detail: dialects */
    WSMAN_E_FRAGMENT_DIALECT_NOT_SUPPORTED, /* detail: dialects */
    WSMAN_E_INTERNAL_ERROR,
    WSMAN_E_INVALID_BOOKMARK,
    WSMAN_E_INVALID_ENUMERATION_CONTEXT, /* wsen: */
    WSMAN_E_ENUM_INVALID_EXPIRATION,     /* wsen:InvalidExpirationTime */
    WSMAN_E_EVENT_INVALID_EXPIRATION,    /* wse:InvalidExpirationTime */
    WSMAN_E_EVENT_INVALID_MESSAGE,       /* wse:InvalidMessage */
    WSMAN_E_INVALID_HEADER,              /* wsa:InvalidMessageInformation-
                                            Header; detail: the header's
                                            prefixed QName */
    WSMAN_E_INVALID_OPTIONS,
    WSMAN_E_OPTION_NOT_SUPPORTED,
    WSMAN_E_OPTION_INVALID_NAME,
    WSMAN_E_OPTION_INVALID_VALUE,
    WSMAN_E_INVALID_PARAMETER,
    WSMAN_E_PARAMETER_TYPE_MISMATCH,
    WSMAN_E_PARAMETER_INVALID_NAME,
    WSMAN_E_PARAMETER_INVALID_VALUE, /* MS-WSMV */
    WSMAN_E_INVALID_REPRESENTATION,  /* wxf: */
    WSMAN_E_REPRESENTATION_INVALID_VALUES,
    WSMAN_E_REPRESENTATION_MISSING_VALUES,
    WSMAN_E_REPRESENTATION_INVALID_NAMESPACE,
    WSMAN_E_REPRESENTATION_INVALID_FRAGMENT,
    WSMAN_E_INVALID_SELECTORS,
    WSMAN_E_INSUFFICIENT_SELECTORS,
    WSMAN_E_UNEXPECTED_SELECTORS,
    WSMAN_E_SELECTOR_TYPE_MISMATCH,
    WSMAN_E_SELECTOR_INVALID_VALUE,
    WSMAN_E_AMBIGUOUS_SELECTORS,
    WSMAN_E_DUPLICATE_SELECTORS,
    WSMAN_E_HEADER_REQUIRED, /* wsa:MessageInformationHeader-
                                Required; detail: the header's
                                prefixed QName */
    WSMAN_E_NO_ACK,
    WSMAN_E_QUOTA_LIMIT,
    WSMAN_E_SCHEMA_VALIDATION,            /* XML that is no envelope */
    WSMAN_E_ENUM_TIMED_OUT,               /* wsen:TimedOut */
    WSMAN_E_TIMED_OUT,                    /* wsman:TimedOut */
    WSMAN_E_UNABLE_TO_RENEW,              /* wse: */
    WSMAN_E_ENUM_UNSUPPORTED_EXPIRATION,  /* wsen:UnsupportedExpirationType */
    WSMAN_E_EVENT_UNSUPPORTED_EXPIRATION, /* wse:UnsupportedExpirationType */
    WSMAN_E_UNSUPPORTED_FEATURE,
    WSMAN_E_UNSUPPORTED_ADDRESSING_MODE,
    WSMAN_E_UNSUPPORTED_ACK,
    WSMAN_E_UNSUPPORTED_OPERATION_TIMEOUT,
    WSMAN_E_UNSUPPORTED_LOCALE,
    WSMAN_E_UNSUPPORTED_DATA_LOCALE, /* MS-WSMV */
    WSMAN_E_UNSUPPORTED_EXPIRATION_TIME,
    WSMAN_E_UNSUPPORTED_FRAGMENT_ACCESS,
    WSMAN_E_UNSUPPORTED_DELIVERY_RETRIES,
    WSMAN_E_UNSUPPORTED_HEARTBEATS,
    WSMAN_E_UNSUPPORTED_BOOKMARKS,
    WSMAN_E_UNSUPPORTED_MAX_ELEMENTS,
    WSMAN_E_UNSUPPORTED_MAX_TIME,
    WSMAN_E_UNSUPPORTED_MAX_ENVELOPE_SIZE,
    WSMAN_E_UNSUPPORTED_MAX_ENVELOPE_POLICY,
    WSMAN_E_FILTERING_REQUIRED, /* wsman:UnsupportedFeature */
    WSMAN_E_UNSUPPORTED_INSECURE_ADDRESS,
    WSMAN_E_UNSUPPORTED_FORMAT_MISMATCH,
    WSMAN_E_UNSUPPORTED_ASYNCHRONOUS,
    WSMAN_E_UNSUPPORTED_ENUMERATION_MODE,
    WSMAN_E_POLYMORPHISM_MODE, /* wsmb:PolymorphismModeNotSupported */
    WSMAN_E_NOT_UNDERSTOOD,    /* s:MustUnderstand; detail: one
                                  "prefix:name namespace" a header */
    WSMAN_E_VERSION_MISMATCH,  /* s:VersionMismatch */
    WSMAN_E_BOOKMARK_EXPIRED,
    WSMAN_E_BOOKMARK_INVALID_FORMAT,
    WSMAN_E_PULL_OTHER_USER, /* wsman:AccessDenied with the number
                                of MS-WSMV for another identity */
    WSMAN_E_COUNT            /* not a code: how many there are */
} wsman_code_e;

/* CIM status codes (DSP0200 5.2.3; MS-WMI's WBEM statuses have their
 * counterpart here). */
typedef enum wsman_cim_status_e {
    WSMAN_CIM_OK = 0,
    WSMAN_CIM_FAILED = 1,
    WSMAN_CIM_ACCESS_DENIED = 2,
    WSMAN_CIM_INVALID_NAMESPACE = 3,
    WSMAN_CIM_INVALID_PARAMETER = 4,
    WSMAN_CIM_INVALID_CLASS = 5,
    WSMAN_CIM_NOT_FOUND = 6,
    WSMAN_CIM_NOT_SUPPORTED = 7,
    WSMAN_CIM_CLASS_HAS_CHILDREN = 8,
    WSMAN_CIM_CLASS_HAS_INSTANCES = 9,
    WSMAN_CIM_INVALID_SUPERCLASS = 10,
    WSMAN_CIM_ALREADY_EXISTS = 11,
    WSMAN_CIM_NO_SUCH_PROPERTY = 12,
    WSMAN_CIM_TYPE_MISMATCH = 13,
    WSMAN_CIM_QUERY_LANGUAGE_NOT_SUPPORTED = 14,
    WSMAN_CIM_INVALID_QUERY = 15,
    WSMAN_CIM_METHOD_NOT_AVAILABLE = 16,
    WSMAN_CIM_METHOD_NOT_FOUND = 17,
    WSMAN_CIM_NAMESPACE_NOT_EMPTY = 20,
    WSMAN_CIM_INVALID_ENUMERATION_CONTEXT = 21,
    WSMAN_CIM_INVALID_OPERATION_TIMEOUT = 22,
    WSMAN_CIM_PULL_HAS_BEEN_ABANDONED = 23,
    WSMAN_CIM_PULL_CANNOT_BE_ABANDONED = 24,
    WSMAN_CIM_FILTERED_ENUMERATION_NOT_SUPPORTED = 25,
    WSMAN_CIM_CONTINUATION_ON_ERROR_NOT_SUPPORTED = 26,
    WSMAN_CIM_SERVER_LIMITS_EXCEEDED = 27,
    WSMAN_CIM_SERVER_IS_SHUTTING_DOWN = 28,
    WSMAN_CIM_QUERY_FEATURE_NOT_SUPPORTED = 29
} wsman_cim_status_e;

typedef struct wsman_error_t {
    wsman_code_e code;
    /** What the operating system or a library said; APR_SUCCESS if the error
     *  was not born there. */
    apr_status_t status;
    /** One English sentence that says what happened to what and, where there
     *  is something to do, what to do.  Goes to the client (f:Message) and to
     *  the log: no secrets, no paths of the server.  Never NULL. */
    const char *message;
    /** NULL, or a NULL-terminated list of texts that the fault carries in its
     *  detail; the enumeration above says what they are for a code. */
    const char *const *detail;
    /** What this was caused by, or NULL.  Causes go to the log only. */
    const struct wsman_error_t *cause;
    /** A WSManFault code that is more exact than the row's; 0: the row's. */
    apr_uint32_t number;
    /** A status that is more exact than the row's; WSMAN_CIM_OK: the row's. */
    wsman_cim_status_e cim_status;
} wsman_error_t;

#ifdef __cplusplus
}
#endif
#endif
