/* mod_wsman_status.c - the counters, for mod_status and for SetHandler
 * wsman-status.
 */
#include "mod_wsman.h"

#include <http_protocol.h>

static int handle(request_rec *r)
{
    if (r->handler == NULL || strcmp(r->handler, MOD_WSMAN_STATUS_HANDLER) != 0)
        return DECLINED;
    return HTTP_NOT_FOUND;
}

void mod_wsman_status_register(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_handler(handle, NULL, NULL, APR_HOOK_MIDDLE);
}
