/* mod_wsman_purge.c - forgets what has expired: tombstones, long filters,
 * spooled results.
 *
 * In a thread of mod_watchdog, in every child; without that module a request
 * does it now and then, after its reply.
 */
#include "mod_wsman.h"

#include <apr_optional.h>
#include <mod_watchdog.h>

#define PURGE_INTERVAL apr_time_from_sec(300)
#define WATCHDOG_NAME  "_wsman_"

static void purge(mod_wsman_process_t *self, apr_pool_t *pool)
{
    apr_time_t now = apr_time_now();
    wsm_error_t *err = NULL;

    if (self->server.store != NULL)
        err = wsm_store_purge(self->server.store, now, pool);
    if (err != NULL)
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, self->main,
                     "what has expired stays in the store: %s",
                     wsm_error_text(err, pool));
    if (self->server.spool != NULL)
        wsm_spool_purge(self->server.spool, now, pool);
}

static apr_status_t tick(int state, void *data, apr_pool_t *pool)
{
    if (state == AP_WATCHDOG_STATE_RUNNING)
        purge(data, pool);
    return APR_SUCCESS;
}

void mod_wsman_purge_init(mod_wsman_process_t *self, apr_pool_t *pconf)
{
    APR_OPTIONAL_FN_TYPE(ap_watchdog_get_instance) *get_instance =
        APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_get_instance);
    APR_OPTIONAL_FN_TYPE(ap_watchdog_register_callback) *add_callback =
        APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_register_callback);
    ap_watchdog_t *watchdog;

    self->next_purge = apr_time_now() + PURGE_INTERVAL;
    if (get_instance == NULL || add_callback == NULL ||
        get_instance(&watchdog, WATCHDOG_NAME, 0, 0, pconf) != APR_SUCCESS)
        return;
    self->has_watchdog =
        add_callback(watchdog, PURGE_INTERVAL, self, tick) == APR_SUCCESS;
}

void mod_wsman_purge_maybe(mod_wsman_process_t *self, apr_time_t now,
                           apr_pool_t *pool)
{
    apr_time_t due = __atomic_load_n(&self->next_purge, __ATOMIC_RELAXED);

    if (self->has_watchdog || now < due)
        return;
    /* One thread of the child does it. */
    if (__atomic_compare_exchange_n(&self->next_purge, &due,
                                    now + PURGE_INTERVAL, 0, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED))
        purge(self, pool);
}
