/* wsm_fault.h - the fault table: one row for each error code (DSP0226 14.6,
 * MS-WSMV 2.2.4.43), and the envelope made from it.
 */
#ifndef WSM_FAULT_H
#define WSM_FAULT_H

#include "wsm_reply.h"

typedef struct wsm_fault_t {
    wsman_code_e code;
    const char *name;           /* "ACCESS_DENIED", for logs and tests */
    int receiver;               /* s:Receiver, else s:Sender (or what `special`
                                   says) */
    const char *subcode;        /* "w:AccessDenied" with our prefixes; NULL for
                                   MustUnderstand and VersionMismatch */
    const char *action;         /* WSM_FAULT_*, of 2004/08 */
    const char *detail;         /* after WSM_FAULT_DETAIL, or NULL */
    /** The element that carries the texts of err->detail, with prefix
     *  ("w:SupportedSelectorName"), or NULL if they are not shown. */
    const char *element;
    apr_uint32_t number;        /* f:WSManFault Code */
    const char *reason;         /* the English text in s:Reason */
} wsm_fault_t;

/** The row of a code; of WSMAN_E_INTERNAL_ERROR for an unknown number. */
const wsm_fault_t *wsm_fault_row(wsman_code_e code);

/** The number that a client will see: err->number or the row's. */
apr_uint32_t wsm_fault_number(const wsm_error_t *err);

/** Writes the whole envelope of a fault.  It stays below 4096 octets where the
 *  client's MaxEnvelopeSize is that small (R13.4-6): the message is cut.
 *  @param request  what is known of the request, or NULL
 *  @param machine  the server's name for f:WSManFault/@Machine */
void wsm_fault_write(wsm_writer_t *out, const wsm_request_t *request,
                     const wsm_error_t *err, const char *machine,
                     apr_pool_t *pool);

#endif
