/* wsm_call.c - when a call has to end.
 */
#include "wsm_call.h"

int wsm_call_cancelled(const wsm_call_t *call)
{
    if (call->pub.deadline != 0 && apr_time_now() >= call->pub.deadline)
        return 1;
    return call->aborted != NULL && call->aborted(call->baton);
}
