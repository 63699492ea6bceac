/* wsm_host.c - what the host does for providers.
 *
 * Each function finds the call around the part that the provider sees.
 */
#include "wsm_host.h"

#include <apr_strings.h>

#include "../cim/cim_value.h"
#include "../soap/wsm_cim_error.h"
#include "wsm_sink.h"

static void host_log(const wsman_call_t *pub, int level, const char *format,
                     ...)
{
    const wsm_call_t *call = (const wsm_call_t *)pub;
    va_list args;
    char *line;

    if (call == NULL || call->log == NULL || level > call->log->level)
        return;
    va_start(args, format);
    line = apr_pvsprintf(call->pub.pool, format, args);
    va_end(args);
    wsm_log(call->log, level, "%s", line);
}

static wsman_error_t *host_error(apr_pool_t *pool, wsman_code_e code,
                                 apr_status_t status,
                                 const wsman_error_t *cause, const char *format,
                                 ...)
{
    wsman_error_t *err;
    va_list args;

    va_start(args, format);
    err = wsm_error_vmake(pool, code, status, cause, format, args);
    va_end(args);
    return err;
}

static wsman_error_t *host_cim_error(apr_pool_t *pool,
                                     wsman_cim_status_e cim_status,
                                     apr_status_t status,
                                     const wsman_error_t *cause,
                                     const char *format, ...)
{
    wsman_error_t *err;
    va_list args;

    va_start(args, format);
    err = wsm_cim_error_vmake(pool, cim_status, status, cause, format, args);
    va_end(args);
    return err;
}

static int host_cancelled(const wsman_call_t *pub)
{
    return wsm_call_cancelled((const wsm_call_t *)pub);
}

static const cim_class_t *host_find_class(const wsman_call_t *pub,
                                          const char *ns, const char *name)
{
    const wsm_call_t *call = (const wsm_call_t *)pub;

    /* A provider knows more than whom it works for. */
    return cim_schema_class(cim_schema_whole(call->endpoint->schema),
                            ns ? ns : call->pub.ns, name);
}

static const char *host_class_name(const cim_class_t *cls)
{
    return cls->name;
}

static wsman_error_t *host_get_instance(const wsman_call_t *pub,
                                        const cim_path_t *path,
                                        const cim_instance_t **instance)
{
    const wsm_call_t *call = (const wsm_call_t *)pub;
    wsm_call_t inner = *call;
    wsman_error_t *err;

    if (call->read == NULL)
        return wsm_fail(call->pub.pool, WSMAN_E_RESOURCE_OFFLINE,
                        "Instances can be read while a request is served "
                        "only.");
    /* Who answers may be this provider, or one that waits for it. */
    inner.held = NULL;
    if (call->held != NULL)
        apr_thread_mutex_unlock(call->held);
    err = call->read(&inner, path, instance);
    if (call->held != NULL)
        apr_thread_mutex_lock(call->held);
    return err;
}

const wsman_host_t wsm_host = {
    .size = sizeof(wsman_host_t),
    .log = host_log,
    .error = host_error,
    .cancelled = host_cancelled,
    .find_class = host_find_class,
    .class_name = host_class_name,
    .class_is_a = cim_class_is_a,
    .property_index = cim_class_property_index,
    .instance_make = cim_instance_make,
    .set = cim_instance_set,
    .get = cim_instance_get,
    .key = cim_path_key,
    .path_of = cim_instance_path,
    .put = wsm_sink_put,
    .get_instance = host_get_instance,
    .cim_error = host_cim_error,
};
