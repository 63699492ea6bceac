/* wsm_cim_error.h - errors as CIM knows them: the table of statuses, and the
 * instance of CIM_Error in the detail of a fault (DSP0227; MS-WSMV's clients
 * read it from MSFT_WmiError, a subclass).
 *
 * MI_Result, the status of Windows' management interface, has the same numbers.
 */
#ifndef WSM_CIM_ERROR_H
#define WSM_CIM_ERROR_H

#include "../base/wsm_error.h"
#include "../xml/wsm_writer.h"

typedef struct wsm_cim_status_t {
    wsman_cim_status_e status;
    const char *name;     /* "CIM_ERR_NOT_FOUND" (DSP0200 5.2.3) */
    apr_uint32_t hresult; /* WBEM_E_* of MS-WMI 2.2.11 */
    unsigned category;    /* MI_ErrorCategory, error_Category */
    unsigned type;        /* CIM_Error.ErrorType */
    wsman_code_e code;    /* the fault for it, where nobody knows a more exact
                             one */
} wsm_cim_status_t;

/** The row of a status; NULL if there is no such status. */
const wsm_cim_status_t *wsm_cim_status(wsman_cim_status_e status);

/** Makes an error from a status: its code is the row's. */
wsm_error_t *wsm_cim_error_make(apr_pool_t *pool, wsman_cim_status_e status,
                                const char *format, ...)
    __attribute__((format(printf, 3, 4)));
wsm_error_t *wsm_cim_error_vmake(apr_pool_t *pool, wsman_cim_status_e status,
                                 apr_status_t os, const wsm_error_t *cause,
                                 const char *format, va_list args)
    __attribute__((format(printf, 5, 0)));

/** The status of an error: its own, or that of its code's row; NULL if it is
 *  no matter of CIM. */
const wsm_cim_status_t *wsm_cim_error_status(const wsm_error_t *err);

/** Writes <p:MSFT_WmiError>, for s:Detail.  error_Code is the WSManFault number
 *  where that says more than the status alone, as from Windows, and the status'
 *  HRESULT else.
 *  @param limit  bytes of the message that are written at most */
void wsm_cim_error_write(wsm_writer_t *out, const wsm_error_t *err,
                         apr_size_t limit);

#endif
