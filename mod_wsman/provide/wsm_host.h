/* wsm_host.h - the table of host functions that every hook finds in
 * call->host.
 */
#ifndef WSM_HOST_H
#define WSM_HOST_H

#include "wsm_call.h"

extern const wsman_host_t wsm_host;

#endif
