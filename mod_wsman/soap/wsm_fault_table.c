/* wsm_fault_table.c - one row for each error code.
 *
 * Subcode, action, code, reason and details: DSP0226 14.6, Tables 2 to 40, in
 * its words; CIM binding: DSP0227.  Numbers: MS-WSMV 2.2.4.43 and the Windows
 * SDK's wsmerror.h (ERROR_WSMAN_*), or of Win32 where there is none of those.
 * CIM status: DSP0200 5.2.3; OK where the matter is the protocol's alone.
 */
#include "wsm_fault.h"

#include "wsm_names.h"

/* ERROR_WSMAN_* are counted from here. */
#define WSMAN(number) (0x80338000u + (number))

#define SENDER   0
#define RECEIVER 1

#define R_ACCESS_DENIED         "The sender was not authorized to access the resource."
#define R_ACTION_NOT_SUPPORTED  "The action is not supported by the service."
#define R_CANNOT_PROCESS_FILTER "The requested filter could not be processed."
#define R_DESTINATION_UNREACHABLE                                              \
    "No route can be determined to reach the destination role "                \
    "defined by the WS-Addressing To header."
#define R_ENCODING_LIMIT                                                       \
    "An internal encoding limit was exceeded in a request or "                 \
    "would be violated if the message was processed."
#define R_ENDPOINT_UNAVAILABLE                                                 \
    "The specified endpoint is currently unavailable."
#define R_INVALID_BOOKMARK                                                     \
    "The bookmark supplied with the subscription is not valid."
#define R_INVALID_EXPIRATION_TIME "The expiration time is not valid."
#define R_INVALID_OPTIONS         "One or more options are not valid."
#define R_INVALID_PARAMETER       "An operation parameter is not valid."
#define R_INVALID_REPRESENTATION  "The XML content is not valid."
#define R_INVALID_SELECTORS       "The selectors for the resource are not valid."
#define R_UNSUPPORTED_EXPIRATION_TYPE                                          \
    "The specified expiration type is not supported."
#define R_UNSUPPORTED_FEATURE "The specified feature is not supported."

#define ROW(code, cim, receiver, subcode, action, detail, element, number,     \
            reason)                                                            \
    [WSMAN_E_##code] = {WSMAN_E_##code, #code,          receiver, subcode,     \
                        action,         detail,         element,  number,      \
                        reason,         WSMAN_CIM_##cim}

static const wsm_fault_t rows[WSMAN_E_COUNT] = {
    ROW(ACCESS_DENIED, ACCESS_DENIED, SENDER, "w:AccessDenied", WSM_FAULT_WSMAN,
        NULL, NULL, 5, R_ACCESS_DENIED),
    ROW(ACTION_NOT_SUPPORTED, NOT_SUPPORTED, SENDER, "a:ActionNotSupported",
        WSM_FAULT_WSA, NULL, "a:Action", WSMAN(0x13), R_ACTION_NOT_SUPPORTED),
    ROW(ACTION_MISMATCH, NOT_SUPPORTED, SENDER, "a:ActionNotSupported",
        WSM_FAULT_WSA, "ActionMismatch", "a:Action", WSMAN(0x31),
        R_ACTION_NOT_SUPPORTED),
    ROW(ALREADY_EXISTS, ALREADY_EXISTS, SENDER, "w:AlreadyExists",
        WSM_FAULT_WSMAN, NULL, NULL, WSMAN(0x33),
        "The sender attempted to create a resource that already exists."),
    ROW(CANNOT_PROCESS_FILTER, INVALID_QUERY, SENDER, "n:CannotProcessFilter",
        WSM_FAULT_ENUM, NULL, "w:SupportedSelectorName", WSMAN(0x1a),
        R_CANNOT_PROCESS_FILTER),
    ROW(CANNOT_PROCESS_FILTER_WSMAN, INVALID_QUERY, SENDER,
        "w:CannotProcessFilter", WSM_FAULT_WSMAN, NULL,
        "w:SupportedSelectorName", WSMAN(0x1a), R_CANNOT_PROCESS_FILTER),
    ROW(CONCURRENCY, FAILED, SENDER, "w:Concurrency", WSM_FAULT_WSMAN, NULL,
        NULL, WSMAN(0x32),
        "The action could not be completed due to concurrency or locking "
        "problems."),
    ROW(DELIVERY_MODE_UNAVAILABLE, OK, SENDER,
        "e:DeliveryModeRequestedUnavailable", WSM_FAULT_EVENT, NULL,
        "e:SupportedDeliveryMode", WSMAN(0x1e),
        "The requested delivery mode is not supported."),
    ROW(DELIVERY_REFUSED, OK, RECEIVER, "w:DeliveryRefused", WSM_FAULT_WSMAN,
        NULL, NULL, WSMAN(0x34),
        "The receiver refuses to accept delivery of events and requests that "
        "the subscription be canceled."),
    ROW(DESTINATION_UNREACHABLE, NOT_FOUND, SENDER, "a:DestinationUnreachable",
        WSM_FAULT_WSA, NULL, NULL, WSMAN(0x00), R_DESTINATION_UNREACHABLE),
    ROW(INVALID_RESOURCE_URI, INVALID_CLASS, SENDER, "a:DestinationUnreachable",
        WSM_FAULT_WSA, "InvalidResourceURI", NULL, WSMAN(0x3b),
        R_DESTINATION_UNREACHABLE),
    ROW(ENCODING_LIMIT, OK, SENDER, "w:EncodingLimit", WSM_FAULT_WSMAN, NULL,
        NULL, WSMAN(0x35), R_ENCODING_LIMIT),
    ROW(ENCODING_URI_LIMIT, OK, SENDER, "w:EncodingLimit", WSM_FAULT_WSMAN,
        "URILimitExceeded", NULL, WSMAN(0x2d), R_ENCODING_LIMIT),
    ROW(ENCODING_MAX_ENVELOPE, OK, SENDER, "w:EncodingLimit", WSM_FAULT_WSMAN,
        "MaxEnvelopeSize", NULL, WSMAN(0x48), R_ENCODING_LIMIT),
    ROW(ENCODING_MIN_ENVELOPE, OK, SENDER, "w:EncodingLimit", WSM_FAULT_WSMAN,
        "MinimumEnvelopeLimit", NULL, WSMAN(0x7e), R_ENCODING_LIMIT),
    ROW(ENCODING_SERVICE_ENVELOPE, OK, SENDER, "w:EncodingLimit",
        WSM_FAULT_WSMAN, "ServiceEnvelopeLimit", NULL, WSMAN(0x49),
        R_ENCODING_LIMIT),
    ROW(ENCODING_SELECTOR_LIMIT, OK, SENDER, "w:EncodingLimit", WSM_FAULT_WSMAN,
        "SelectorLimit", NULL, WSMAN(0x4a), R_ENCODING_LIMIT),
    ROW(ENCODING_OPTION_LIMIT, OK, SENDER, "w:EncodingLimit", WSM_FAULT_WSMAN,
        "OptionLimit", NULL, WSMAN(0x4b), R_ENCODING_LIMIT),
    ROW(ENCODING_CHARACTER_SET, OK, SENDER, "w:EncodingLimit", WSM_FAULT_WSMAN,
        "CharacterSet", NULL, WSMAN(0x4c), R_ENCODING_LIMIT),
    ROW(ENCODING_UNSUPPORTED_CHARACTER, OK, SENDER, "w:EncodingLimit",
        WSM_FAULT_WSMAN, "UnsupportedCharacter", NULL, WSMAN(0x2c),
        R_ENCODING_LIMIT),
    ROW(ENCODING_UNREPORTABLE_SUCCESS, OK, SENDER, "w:EncodingLimit",
        WSM_FAULT_WSMAN, "UnreportableSuccess", NULL, WSMAN(0x4d),
        R_ENCODING_LIMIT),
    ROW(ENCODING_WHITESPACE, OK, SENDER, "w:EncodingLimit", WSM_FAULT_WSMAN,
        "Whitespace", NULL, WSMAN(0x4e), R_ENCODING_LIMIT),
    ROW(ENCODING_TYPE, OK, SENDER, "w:EncodingLimit", WSM_FAULT_WSMAN,
        "EncodingType", NULL, WSMAN(0x75), R_ENCODING_LIMIT),
    ROW(ENDPOINT_UNAVAILABLE, FAILED, RECEIVER, "a:EndpointUnavailable",
        WSM_FAULT_WSA, NULL, NULL, WSMAN(0x14), R_ENDPOINT_UNAVAILABLE),
    ROW(RESOURCE_OFFLINE, FAILED, RECEIVER, "a:EndpointUnavailable",
        WSM_FAULT_WSA, "ResourceOffline", NULL, WSMAN(0x14),
        R_ENDPOINT_UNAVAILABLE),
    ROW(EVENT_DELIVER_TO_UNUSABLE, OK, SENDER, "w:EventDeliverToUnusable",
        WSM_FAULT_WSMAN, "UnusableAddress", NULL, WSMAN(0x95),
        "The event source cannot process the subscription because it cannot "
        "connect to the event delivery endpoint as requested in the "
        "wse:Delivery element."),
    ROW(EVENT_SOURCE_UNABLE, FAILED, RECEIVER, "e:EventSourceUnableToProcess",
        WSM_FAULT_EVENT, NULL, NULL, WSMAN(0x23),
        "The event source cannot process the subscription."),
    ROW(FILTER_DIALECT_UNAVAILABLE, QUERY_LANGUAGE_NOT_SUPPORTED, SENDER,
        "n:FilterDialectRequestedUnavailable", WSM_FAULT_ENUM, NULL,
        "n:SupportedDialect", WSMAN(0x19),
        "The requested filtering dialect is not supported."),
    ROW(FILTERING_NOT_SUPPORTED, FILTERED_ENUMERATION_NOT_SUPPORTED, SENDER,
        "n:FilteringNotSupported", WSM_FAULT_ENUM, NULL, NULL, WSMAN(0x18),
        "Filtered enumeration is not supported."),
    ROW(EVENT_FILTERING_NOT_SUPPORTED, FILTERED_ENUMERATION_NOT_SUPPORTED,
        SENDER, "e:FilteringNotSupported", WSM_FAULT_EVENT, NULL, NULL,
        WSMAN(0x21), "Filtering over the event source is not supported."),
    ROW(EVENT_FILTERING_UNAVAILABLE, QUERY_LANGUAGE_NOT_SUPPORTED, SENDER,
        "e:FilteringRequestedUnavailable", WSM_FAULT_EVENT, NULL,
        "e:SupportedDialect", WSMAN(0x22),
        "The requested filter dialect is not supported."),
    ROW(FRAGMENT_DIALECT_NOT_SUPPORTED, OK, SENDER,
        "w:FragmentDialectNotSupported", WSM_FAULT_WSMAN, NULL,
        "w:FragmentDialect", WSMAN(0x90),
        "The requested fragment filtering dialect or language is not "
        "supported."),
    ROW(INTERNAL_ERROR, FAILED, RECEIVER, "w:InternalError", WSM_FAULT_WSMAN,
        NULL, NULL, 1359,
        "The service cannot comply with the request due to internal processing "
        "errors."),
    ROW(INVALID_BOOKMARK, OK, SENDER, "w:InvalidBookmark", WSM_FAULT_WSMAN,
        NULL, NULL, WSMAN(0x38), R_INVALID_BOOKMARK),
    ROW(INVALID_ENUMERATION_CONTEXT, INVALID_ENUMERATION_CONTEXT, RECEIVER,
        "n:InvalidEnumerationContext", WSM_FAULT_ENUM, NULL, NULL, WSMAN(0x1b),
        "The supplied enumeration context is invalid."),
    ROW(ENUM_INVALID_EXPIRATION, OK, SENDER, "n:InvalidExpirationTime",
        WSM_FAULT_ENUM, NULL, NULL, WSMAN(0x16), R_INVALID_EXPIRATION_TIME),
    ROW(EVENT_INVALID_EXPIRATION, OK, SENDER, "e:InvalidExpirationTime",
        WSM_FAULT_EVENT, NULL, NULL, WSMAN(0x1f), R_INVALID_EXPIRATION_TIME),
    ROW(EVENT_INVALID_MESSAGE, OK, SENDER, "e:InvalidMessage", WSM_FAULT_EVENT,
        NULL, NULL, WSMAN(0x25),
        "The request message has unknown or invalid content and cannot be "
        "processed."),
    ROW(INVALID_HEADER, OK, SENDER, "a:InvalidMessageInformationHeader",
        WSM_FAULT_WSA, NULL, WSM_FAULT_HEADER, WSMAN(0x0f),
        "A message information header is not valid and the message cannot be "
        "processed."),
    ROW(INVALID_OPTIONS, OK, SENDER, "w:InvalidOptions", WSM_FAULT_WSMAN, NULL,
        NULL, WSMAN(0x39), R_INVALID_OPTIONS),
    ROW(OPTION_NOT_SUPPORTED, OK, SENDER, "w:InvalidOptions", WSM_FAULT_WSMAN,
        "NotSupported", NULL, WSMAN(0x51), R_INVALID_OPTIONS),
    ROW(OPTION_INVALID_NAME, OK, SENDER, "w:InvalidOptions", WSM_FAULT_WSMAN,
        "InvalidName", NULL, WSMAN(0x52), R_INVALID_OPTIONS),
    ROW(OPTION_INVALID_VALUE, OK, SENDER, "w:InvalidOptions", WSM_FAULT_WSMAN,
        "InvalidValue", NULL, WSMAN(0x53), R_INVALID_OPTIONS),
    ROW(INVALID_PARAMETER, INVALID_PARAMETER, SENDER, "w:InvalidParameter",
        WSM_FAULT_WSMAN, NULL, NULL, WSMAN(0x3a), R_INVALID_PARAMETER),
    ROW(PARAMETER_TYPE_MISMATCH, TYPE_MISMATCH, SENDER, "w:InvalidParameter",
        WSM_FAULT_WSMAN, "TypeMismatch", NULL, WSMAN(0x54),
        R_INVALID_PARAMETER),
    ROW(PARAMETER_INVALID_NAME, INVALID_PARAMETER, SENDER, "w:InvalidParameter",
        WSM_FAULT_WSMAN, "InvalidName", NULL, WSMAN(0x55), R_INVALID_PARAMETER),
    ROW(PARAMETER_INVALID_VALUE, INVALID_PARAMETER, SENDER,
        "w:InvalidParameter", WSM_FAULT_WSMAN, "InvalidValue", NULL, 87,
        R_INVALID_PARAMETER),
    ROW(INVALID_REPRESENTATION, INVALID_PARAMETER, SENDER,
        "x:InvalidRepresentation", WSM_FAULT_TRANSFER, NULL, NULL, WSMAN(0x15),
        R_INVALID_REPRESENTATION),
    ROW(REPRESENTATION_INVALID_VALUES, INVALID_PARAMETER, SENDER,
        "x:InvalidRepresentation", WSM_FAULT_TRANSFER, "InvalidValues", NULL,
        WSMAN(0x56), R_INVALID_REPRESENTATION),
    ROW(REPRESENTATION_MISSING_VALUES, INVALID_PARAMETER, SENDER,
        "x:InvalidRepresentation", WSM_FAULT_TRANSFER, "MissingValues", NULL,
        WSMAN(0x57), R_INVALID_REPRESENTATION),
    ROW(REPRESENTATION_INVALID_NAMESPACE, INVALID_PARAMETER, SENDER,
        "x:InvalidRepresentation", WSM_FAULT_TRANSFER, "InvalidNamespace", NULL,
        WSMAN(0x58), R_INVALID_REPRESENTATION),
    ROW(REPRESENTATION_INVALID_FRAGMENT, INVALID_PARAMETER, SENDER,
        "x:InvalidRepresentation", WSM_FAULT_TRANSFER, "InvalidFragment", NULL,
        WSMAN(0x59), R_INVALID_REPRESENTATION),
    ROW(INVALID_SELECTORS, INVALID_PARAMETER, SENDER, "w:InvalidSelectors",
        WSM_FAULT_WSMAN, NULL, NULL, WSMAN(0x3d), R_INVALID_SELECTORS),
    ROW(INSUFFICIENT_SELECTORS, INVALID_PARAMETER, SENDER, "w:InvalidSelectors",
        WSM_FAULT_WSMAN, "InsufficientSelectors", NULL, WSMAN(0x5a),
        R_INVALID_SELECTORS),
    ROW(UNEXPECTED_SELECTORS, INVALID_PARAMETER, SENDER, "w:InvalidSelectors",
        WSM_FAULT_WSMAN, "UnexpectedSelectors", NULL, WSMAN(0x5b),
        R_INVALID_SELECTORS),
    ROW(SELECTOR_TYPE_MISMATCH, TYPE_MISMATCH, SENDER, "w:InvalidSelectors",
        WSM_FAULT_WSMAN, "TypeMismatch", NULL, WSMAN(0x5c),
        R_INVALID_SELECTORS),
    ROW(SELECTOR_INVALID_VALUE, INVALID_PARAMETER, SENDER, "w:InvalidSelectors",
        WSM_FAULT_WSMAN, "InvalidValue", NULL, WSMAN(0x5d),
        R_INVALID_SELECTORS),
    ROW(AMBIGUOUS_SELECTORS, INVALID_PARAMETER, SENDER, "w:InvalidSelectors",
        WSM_FAULT_WSMAN, "AmbiguousSelectors", NULL, WSMAN(0x5e),
        R_INVALID_SELECTORS),
    ROW(DUPLICATE_SELECTORS, INVALID_PARAMETER, SENDER, "w:InvalidSelectors",
        WSM_FAULT_WSMAN, "DuplicateSelectors", NULL, WSMAN(0x5f),
        R_INVALID_SELECTORS),
    ROW(HEADER_REQUIRED, OK, SENDER, "a:MessageInformationHeaderRequired",
        WSM_FAULT_WSA, NULL, WSM_FAULT_HEADER, WSMAN(0x11),
        "A required header is missing."),
    ROW(NO_ACK, OK, SENDER, "w:NoAck", WSM_FAULT_WSMAN, NULL, NULL, WSMAN(0x30),
        "The receiver did not acknowledge the event delivery."),
    ROW(QUOTA_LIMIT, SERVER_LIMITS_EXCEEDED, SENDER, "w:QuotaLimit",
        WSM_FAULT_WSMAN, NULL, NULL, WSMAN(0x3f),
        "The service is busy servicing other requests."),
    ROW(SCHEMA_VALIDATION, OK, SENDER, "w:SchemaValidationError",
        WSM_FAULT_WSMAN, NULL, NULL, WSMAN(0x41),
        "The supplied SOAP violates the corresponding XML schema definition."),
    ROW(ENUM_TIMED_OUT, INVALID_ENUMERATION_CONTEXT, RECEIVER, "n:TimedOut",
        WSM_FAULT_ENUM, NULL, NULL, WSMAN(0x1c),
        "The enumerator has timed out and is no longer valid."),
    ROW(TIMED_OUT, FAILED, RECEIVER, "w:TimedOut", WSM_FAULT_WSMAN, NULL, NULL,
        WSMAN(0x29),
        "The operation has timed out. It was not completed within the time "
        "specified in OperationTimeout."),
    ROW(UNABLE_TO_RENEW, OK, SENDER, "e:UnableToRenew", WSM_FAULT_EVENT, NULL,
        NULL, WSMAN(0x24), "The subscription could not be renewed."),
    ROW(ENUM_UNSUPPORTED_EXPIRATION, OK, SENDER, "n:UnsupportedExpirationType",
        WSM_FAULT_ENUM, NULL, NULL, WSMAN(0x17), R_UNSUPPORTED_EXPIRATION_TYPE),
    ROW(EVENT_UNSUPPORTED_EXPIRATION, OK, SENDER, "e:UnsupportedExpirationType",
        WSM_FAULT_EVENT, NULL, NULL, WSMAN(0x20),
        R_UNSUPPORTED_EXPIRATION_TYPE),
    ROW(UNSUPPORTED_FEATURE, NOT_SUPPORTED, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, NULL, NULL, WSMAN(0x42), R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_ADDRESSING_MODE, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "AddressingMode", NULL, WSMAN(0x76),
        R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_ACK, OK, SENDER, "w:UnsupportedFeature", WSM_FAULT_WSMAN,
        "Ack", NULL, WSMAN(0x65), R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_OPERATION_TIMEOUT, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "OperationTimeout", NULL, WSMAN(0x66),
        R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_LOCALE, OK, SENDER, "w:UnsupportedFeature", WSM_FAULT_WSMAN,
        "Locale", NULL, WSMAN(0x87), R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_DATA_LOCALE, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "DataLocale", NULL, WSMAN(0x87),
        R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_EXPIRATION_TIME, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "ExpirationTime", NULL, WSMAN(0x68),
        R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_FRAGMENT_ACCESS, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "FragmentLevelAccess", NULL, WSMAN(0x77),
        R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_DELIVERY_RETRIES, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "DeliveryRetries", NULL, WSMAN(0x69),
        R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_HEARTBEATS, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "Heartbeats", NULL, WSMAN(0x6a),
        R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_BOOKMARKS, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "Bookmarks", NULL, WSMAN(0x6b), R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_MAX_ELEMENTS, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "MaxElements", NULL, WSMAN(0x6c),
        R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_MAX_TIME, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "MaxTime", NULL, WSMAN(0x6d), R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_MAX_ENVELOPE_SIZE, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "MaxEnvelopeSize", NULL, WSMAN(0x6e),
        R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_MAX_ENVELOPE_POLICY, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "MaxEnvelopePolicy", NULL, WSMAN(0x6f),
        R_UNSUPPORTED_FEATURE),
    ROW(FILTERING_REQUIRED, NOT_SUPPORTED, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "FilteringRequired", NULL, WSMAN(0x70),
        R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_INSECURE_ADDRESS, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "InsecureAddress", NULL, WSMAN(0x71),
        R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_FORMAT_MISMATCH, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "FormatMismatch", NULL, WSMAN(0x72),
        R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_ASYNCHRONOUS, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "AsynchronousRequest", NULL, WSMAN(0x42),
        R_UNSUPPORTED_FEATURE),
    ROW(UNSUPPORTED_ENUMERATION_MODE, OK, SENDER, "w:UnsupportedFeature",
        WSM_FAULT_WSMAN, "EnumerationMode", NULL, WSMAN(0x86),
        R_UNSUPPORTED_FEATURE),
    ROW(POLYMORPHISM_MODE, OK, SENDER, "b:PolymorphismModeNotSupported",
        WSM_FAULT_WSMB, NULL, NULL, WSMAN(0x137),
        "The specified polymorphism mode is not supported."),
    ROW(NOT_UNDERSTOOD, OK, SENDER, NULL, WSM_FAULT_WSA, NULL, NULL,
        WSMAN(0x10), "Header not understood."),
    ROW(VERSION_MISMATCH, OK, SENDER, NULL, WSM_FAULT_WSA, NULL, NULL,
        WSMAN(0x0d),
        "The envelope is of a version of SOAP that is not supported."),
    ROW(BOOKMARK_EXPIRED, OK, SENDER, "w:InvalidBookmark", WSM_FAULT_WSMAN,
        "Expired", NULL, WSMAN(0x50), R_INVALID_BOOKMARK),
    ROW(BOOKMARK_INVALID_FORMAT, OK, SENDER, "w:InvalidBookmark",
        WSM_FAULT_WSMAN, "InvalidFormat", NULL, WSMAN(0x38),
        R_INVALID_BOOKMARK),
    ROW(PULL_OTHER_USER, ACCESS_DENIED, SENDER, "w:AccessDenied",
        WSM_FAULT_WSMAN, NULL, NULL, WSMAN(0x1a9), R_ACCESS_DENIED),
};

const wsm_fault_t *wsm_fault_row(wsman_code_e code)
{
    if (code <= WSMAN_OK || code >= WSMAN_E_COUNT)
        code = WSMAN_E_INTERNAL_ERROR;
    return &rows[code];
}

apr_uint32_t wsm_fault_number(const wsm_error_t *err)
{
    return err->number ? err->number : wsm_fault_row(err->code)->number;
}
