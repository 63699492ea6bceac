/* wsm_ntlm.h - NTLM messages of clients that leave fields out.
 *
 * Version and MIC came late to NTLM (MS-NLMP 2.2.1); clients that know neither
 * send messages whose header ends before them, as the oldest texts have it
 * (curl, rubyntlm).  gss-ntlmssp (1.2.0) cannot read those.
 */
#ifndef WSM_NTLM_H
#define WSM_NTLM_H

#include "wsm_gss.h"

/** The same message with the fields that it lacks, as zeros; or the token
 *  itself, if it lacks none or is something else.  Nothing that is signed is
 *  changed: who signs sends the fields. */
wsm_gss_data_t wsm_ntlm_complete(wsm_gss_data_t token, apr_pool_t *pool);

#endif
