/* wsm_failure.c - making failures. */
#include "wsm_failure.h"

#include <apr_strings.h>

wsm_failure_t *wsm_failure_make(apr_pool_t *pool, wsm_failure_e kind,
                                long status, const char *format, ...)
{
    wsm_failure_t *failure = apr_pcalloc(pool, sizeof(*failure));
    va_list args;
    va_start(args, format);
    failure->kind = kind;
    failure->status = status;
    failure->message = apr_pvsprintf(pool, format, args);
    va_end(args);
    return failure;
}

static const wsm_client_fault_t *fault_copy(const wsm_client_fault_t *fault,
                                            apr_pool_t *pool)
{
    wsm_client_fault_t *copy = apr_pmemdup(pool, fault, sizeof(*fault));
    copy->action = apr_pstrdup(pool, fault->action);
    copy->code = apr_pstrdup(pool, fault->code);
    copy->subcode = apr_pstrdup(pool, fault->subcode);
    copy->reason = apr_pstrdup(pool, fault->reason);
    copy->detail = apr_pstrdup(pool, fault->detail);
    copy->not_understood = apr_pstrdup(pool, fault->not_understood);
    copy->machine = apr_pstrdup(pool, fault->machine);
    copy->message = apr_pstrdup(pool, fault->message);
    copy->provider = apr_pstrdup(pool, fault->provider);
    copy->provider_message = apr_pstrdup(pool, fault->provider_message);
    copy->cim_message = apr_pstrdup(pool, fault->cim_message);
    copy->cim_id = apr_pstrdup(pool, fault->cim_id);
    copy->detail_node = NULL;
    return copy;
}

wsm_failure_t *wsm_failure_copy(const wsm_failure_t *failure, apr_pool_t *pool)
{
    wsm_failure_t *copy;
    if (!failure)
        return NULL;
    copy = apr_pmemdup(pool, failure, sizeof(*failure));
    copy->message = apr_pstrdup(pool, failure->message);
    if (failure->fault)
        copy->fault = fault_copy(failure->fault, pool);
    return copy;
}
