/* wsm_fault.h - the fault table: one row for each error code (DSP0226 14.6,
 * MS-WSMV 2.2.4.43), and the envelope made from it.
 */
#ifndef WSM_FAULT_H
#define WSM_FAULT_H

#include "wsm_reply.h"

/** Marks rows whose detail names a header: <a:To/> in 2004/08,
 *  <a:ProblemHeaderQName>a:To</a:ProblemHeaderQName> in 2005/08. */
#define WSM_FAULT_HEADER "*"

typedef struct wsm_fault_t {
    wsman_code_e code;
    const char *name;    /* "ACCESS_DENIED", for logs and tests */
    int receiver;        /* s:Receiver, else s:Sender */
    const char *subcode; /* "w:AccessDenied" with our prefixes; NULL for
                            MustUnderstand and VersionMismatch */
    const char *action;  /* WSM_FAULT_*, of 2004/08 */
    const char *detail;  /* after WSM_FAULT_DETAIL, or NULL */
    /** The element that carries the texts of err->detail, with prefix
     *  ("w:SupportedSelectorName"); WSM_FAULT_HEADER: they are QNames of
     *  headers; NULL: they are not shown. */
    const char *element;
    apr_uint32_t number; /* f:WSManFault Code */
    const char *reason;  /* the English text in s:Reason */
    /** What an object manager calls it; WSMAN_CIM_OK: it is no matter of CIM,
     *  but of the protocol. */
    wsman_cim_status_e cim;
} wsm_fault_t;

/** The row of a code; of WSMAN_E_INTERNAL_ERROR for an unknown number. */
const wsm_fault_t *wsm_fault_row(wsman_code_e code);

/** The number that a client will see: err->number or the row's. */
apr_uint32_t wsm_fault_number(const wsm_error_t *err);

/** Where a text may be cut so that no more than `limit` bytes are left: not
 *  within a character. */
apr_size_t wsm_fault_cut(const char *text, apr_size_t limit);

/** Writes the whole envelope of a fault.  It stays within the client's
 *  MaxEnvelopeSize and the writer's limit, though not below 4096 octets
 *  (R13.4-6): the message is cut, the texts of err->detail and what FaultTo
 *  wants back are left out.  The caller empties the writer before, with a limit
 *  of at least 4096.
 *
 *  What the object manager has answered to a request for a CIM resource has an
 *  instance of CIM_Error in its detail (wsm_cim_error.h), unless the row says
 *  that it is no matter of CIM.
 *
 *  To 2005/08 the subcodes are those of WS-Addressing 1.0.  A request in SOAP
 *  1.1 (request->soap11) gets a VersionMismatch in SOAP 1.1, media type
 *  text/xml.
 *  @param request  what is known of the request, or NULL
 *  @param machine  the server's name for f:WSManFault/@Machine
 *  @param cim      whether it was the object manager that answered */
void wsm_fault_write(wsm_writer_t *out, const wsm_request_t *request,
                     const wsm_error_t *err, const char *machine, int cim,
                     apr_pool_t *pool);

#endif
