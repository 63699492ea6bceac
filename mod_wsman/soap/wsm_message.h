/* wsm_message.h - a request: what the headers say, and where the body is.
 *
 * Read once from the tree of an envelope, then immutable.  It lives as long as
 * the pool, and points into the tree.  Headers are checked here as far as that
 * needs no knowledge of resources (DSP0226 5.4, 6, 13.1, 13.4).
 */
#ifndef WSM_MESSAGE_H
#define WSM_MESSAGE_H

#include "wsm_epr.h"

typedef struct wsm_option_t {
    const char *name;
    const char *value; /* "" for an empty one */
    const char *type;  /* the QName as written, or NULL */
    int nil;           /* xsi:nil="true" */
    int must_comply;
} wsm_option_t;

typedef struct wsm_request_t {
    wsm_addressing_e addressing;
    int utf16;                /* so will be the reply */
    int draft;                /* it came in the names of June 2005, and so
                                 will be the reply (wsm_draft.h) */
    int soap11;               /* an envelope of SOAP 1.1: the fault will be
                                 of that version too (SOAP 1.2 Annex A) */
    int identify;             /* the body is wsmid:Identify: no other header
                                 was required */
    const char *action;       /* "" for Identify, and until it is known */
    const char *message_id;   /* as it came, but for white space around it
                                 (R13.1-10); NULL if missing or too long */
    const char *resource_uri; /* NULL: no such header */
    const wsm_selector_t *selectors;
    int nselectors;
    const wsm_option_t *options;
    int noptions;
    int options_must_understand;
    apr_int64_t timeout;     /* OperationTimeout in microseconds; -1: none */
    apr_size_t max_envelope; /* MaxEnvelopeSize in bytes; 0: none */
    int max_envelope_must;   /* it has mustUnderstand="true" (R6.2-2, -3) */
    const char *locale;      /* xml:lang, or NULL */
    const char *data_locale;
    const char *session_id; /* MS-WSMV: p:SessionId and so on, or NULL */
    const char *operation_id;
    const char *sequence_id;
    const char *activity_id;
    int request_epr;         /* w:RequestEPR */
    int request_estimate;    /* w:RequestTotalItemsCountEstimate */
    const xmlNode *fragment; /* w:FragmentTransfer, or NULL */
    /** The reference parameters of ReplyTo as XML text that stands for itself,
     *  to be headers of the reply (R5.4.2-5); NULL: none.  At most 2 kB: more
     *  are WSMAN_E_UNSUPPORTED_ADDRESSING_MODE. */
    const char *reply_headers;
    /** The same of FaultTo, or of ReplyTo where there is no FaultTo, for faults
     *  (R5.4.3-2, -4). */
    const char *fault_headers;
    const xmlNode *header; /* s:Header, or NULL */
    const xmlNode *body;   /* first element in s:Body, or NULL */
} wsm_request_t;

/** Reads an envelope.  One of the draft is renamed in the tree.
 *
 *  *request is always set, also on error, to what could be read, so that a
 *  fault can relate to the message and speak its addressing.
 *
 *  Errors: WSMAN_E_VERSION_MISMATCH (SOAP 1.1, or another envelope),
 *  WSMAN_E_SCHEMA_VALIDATION (no envelope, no body, a second body element
 *  child, a mustUnderstand that is no boolean), WSMAN_E_NOT_UNDERSTOOD (unknown
 *  header with s:mustUnderstand; unqualified mustUnderstand does not count),
 *  WSMAN_E_HEADER_REQUIRED (Action; To, ReplyTo - 2004/08 only),
 *  WSMAN_E_INVALID_HEADER (MessageID missing or empty, a doubled header, an
 *  empty Action or RelatesTo, ReplyTo without an address, a bad
 *  OperationTimeout, MaxEnvelopeSize or language, FragmentTransfer without
 *  mustUnderstand, an identifier of MS-WSMV over 2048 characters),
 *  WSMAN_E_INVALID_RESOURCE_URI (an empty one; that there is none is for the
 *  operation to judge), WSMAN_E_INVALID_SELECTORS, _DUPLICATE_SELECTORS,
 *  WSMAN_E_INVALID_OPTIONS, _OPTION_INVALID_NAME, _OPTION_INVALID_VALUE,
 *  WSMAN_E_UNSUPPORTED_ADDRESSING_MODE (ReplyTo or FaultTo not anonymous),
 *  WSMAN_E_ENCODING_MIN_ENVELOPE, _URI_LIMIT, _OPTION_LIMIT, _SELECTOR_LIMIT,
 *  WSMAN_E_UNSUPPORTED_LOCALE, _DATA_LOCALE (with mustUnderstand, R6.3-2).
 *
 *  Headers for other roles than next and ultimateReceiver are not looked at.
 *  Of Identify the headers are not read, only checked for mustUnderstand. */
wsm_error_t *wsm_message_read(const wsm_request_t **request, xmlDocPtr doc,
                              int utf16, apr_pool_t *pool);

/** The first option of that name, in any letter case, or NULL. */
const wsm_option_t *wsm_request_option(const wsm_request_t *request,
                                       const char *name);

#endif
