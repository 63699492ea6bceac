/* wsm_header.h - the header blocks of a request: a table of those that are
 * understood, each with its reader.  Inside the room soap/ only.
 */
#ifndef WSM_HEADER_H
#define WSM_HEADER_H

#include "wsm_message.h"

/** Finds out which addressing the headers speak and which message this is, as
 *  far as that can be seen, whatever else may be wrong with it. */
void wsm_headers_identify(wsm_request_t *request, const xmlNode *header,
                          apr_pool_t *pool);

/** Checks that every header that must be understood is (SOAP 1.2 2.4).
 *  Errors: WSMAN_E_NOT_UNDERSTOOD, naming all that are not;
 *  WSMAN_E_SCHEMA_VALIDATION for a mustUnderstand that is no boolean. */
wsm_error_t *wsm_headers_understand(const wsm_request_t *request,
                                    apr_pool_t *pool);

/** Reads them into the request.  All are read; the first error is returned. */
wsm_error_t *wsm_headers_read(wsm_request_t *request, apr_pool_t *pool);

#endif
