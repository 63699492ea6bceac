/* wsm_dbd_pool.c - connections that wait for work.
 */
#include "wsm_dbd_pool.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <apr_strings.h>
#include <apr_thread_cond.h>

#define PATIENCE apr_time_from_sec(5)

/* Connections of a kind. */
typedef struct set_t {
    wsm_dbd_t *idle; /* by next */
    int open;
    int max;
} set_t;

struct wsm_dbd_pool_t {
    const char *spec;
    const char *path; /* of a sqlite3 file, or NULL */
    wsm_dbd_gate_t *gate;
    apr_thread_mutex_t *lock;
    apr_thread_cond_t *given;
    set_t readers; /* without sqlite3: all */
    set_t writers;
    apr_pool_t *pool;
};

static set_t *set_of(wsm_dbd_pool_t *self, int to_write)
{
    return to_write && self->path != NULL ? &self->writers : &self->readers;
}

/* sqlite3 would make a file that is missing, for all to read. */
static wsm_error_t *check_there(const wsm_dbd_pool_t *self, apr_pool_t *pool)
{
    struct stat info;

    if (self->path == NULL || stat(self->path, &info) == 0)
        return NULL;
    return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, errno, NULL,
                          "The store is gone: restart the server to make a "
                          "new one.");
}

static wsm_error_t *copied(const wsm_error_t *err, apr_pool_t *pool)
{
    return wsm_error_make(
        pool, err->code, err->status,
        err->cause ? wsm_fail(pool, err->cause->code, "%s", err->cause->message)
                   : NULL,
        "%s", err->message);
}

static wsm_error_t *open_one(wsm_dbd_t **dbd, wsm_dbd_pool_t *self,
                             apr_pool_t *pool)
{
    wsm_error_t *err = check_there(self, pool);
    apr_pool_t *own;

    if (err != NULL)
        return err;
    /* Its allocator has a lock: threads make pools below at the same time. */
    apr_pool_create(&own, self->pool);
    err = wsm_dbd_open(dbd, self->spec, own);
    if (err == NULL)
        err = wsm_dbd_prepare(*dbd, own);
    if (err == NULL)
        return NULL;
    err = copied(err, pool);
    apr_pool_destroy(own);
    return err;
}

static apr_status_t make_pool(wsm_dbd_pool_t *self, apr_pool_t *parent)
{
    apr_allocator_t *allocator;
    apr_thread_mutex_t *lock;
    apr_status_t status = apr_allocator_create(&allocator);

    if (status != APR_SUCCESS)
        return status;
    status = apr_pool_create_ex(&self->pool, parent, NULL, allocator);
    if (status != APR_SUCCESS) {
        apr_allocator_destroy(allocator);
        return status;
    }
    apr_allocator_owner_set(allocator, self->pool);
    status =
        apr_thread_mutex_create(&lock, APR_THREAD_MUTEX_DEFAULT, self->pool);
    if (status == APR_SUCCESS)
        apr_allocator_mutex_set(allocator, lock);
    return status;
}

static apr_status_t make_locks(wsm_dbd_pool_t *self, apr_pool_t *pool)
{
    apr_status_t status =
        apr_thread_mutex_create(&self->lock, APR_THREAD_MUTEX_DEFAULT, pool);

    if (status == APR_SUCCESS)
        status = apr_thread_cond_create(&self->given, pool);
    return status ? status : make_pool(self, pool);
}

wsm_error_t *wsm_dbd_pool_make(wsm_dbd_pool_t **made, const char *spec,
                               apr_pool_t *pool)
{
    wsm_dbd_pool_t *self = apr_pcalloc(pool, sizeof(*self));
    apr_status_t status = make_locks(self, pool);
    wsm_dbd_t *first;
    wsm_error_t *err;

    if (status != APR_SUCCESS)
        return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, status, NULL,
                              "The store cannot be opened.");
    self->spec = apr_pstrdup(pool, spec);
    self->path = wsm_dbd_path(self->spec);
    self->readers.max = self->path ? 3 : 4;
    self->writers.max = 1;
    err = check_there(self, pool);
    if (err == NULL && self->path != NULL)
        err = wsm_dbd_gate_open(&self->gate, self->path, pool);
    if (err == NULL)
        err = wsm_dbd_pool_take(&first, self, 0, pool);
    if (err != NULL)
        return err;
    wsm_dbd_pool_give(self, first);
    *made = self;
    return NULL;
}

static wsm_error_t *busy(apr_pool_t *pool)
{
    return wsm_fail(pool, WSMAN_E_CONCURRENCY,
                    "The store is busy with other writers; try again.");
}

/* Either finds an idle one, or leave to open one (*dbd NULL). */
static int wait_locked(wsm_dbd_t **dbd, wsm_dbd_pool_t *self, set_t *set)
{
    apr_time_t until = apr_time_now() + PATIENCE;

    while (set->idle == NULL && set->open >= set->max) {
        apr_interval_time_t left = until - apr_time_now();

        if (left <= 0)
            return 0;
        apr_thread_cond_timedwait(self->given, self->lock, left);
    }
    *dbd = set->idle;
    if (*dbd != NULL)
        set->idle = (*dbd)->next;
    else
        set->open++;
    return 1;
}

static void closed_one(wsm_dbd_pool_t *self, set_t *set)
{
    apr_thread_mutex_lock(self->lock);
    set->open--;
    apr_thread_cond_broadcast(self->given);
    apr_thread_mutex_unlock(self->lock);
}

wsm_error_t *wsm_dbd_pool_take(wsm_dbd_t **dbd, wsm_dbd_pool_t *self,
                               int to_write, apr_pool_t *pool)
{
    set_t *set = set_of(self, to_write);
    wsm_error_t *err = NULL;
    int found;

    apr_thread_mutex_lock(self->lock);
    found = wait_locked(dbd, self, set);
    apr_thread_mutex_unlock(self->lock);
    if (!found)
        return busy(pool);
    if (*dbd == NULL) {
        err = open_one(dbd, self, pool);
        if (err != NULL) {
            closed_one(self, set);
            return err;
        }
        (*dbd)->writes = set == &self->writers;
    }
    if ((*dbd)->writes && !wsm_dbd_gate_enter(self->gate, PATIENCE)) {
        (*dbd)->entered = 0;
        wsm_dbd_pool_give(self, *dbd);
        return busy(pool);
    }
    (*dbd)->entered = (*dbd)->writes;
    return NULL;
}

void wsm_dbd_pool_give(wsm_dbd_pool_t *self, wsm_dbd_t *dbd)
{
    set_t *set = set_of(self, dbd->writes);

    if (dbd->entered)
        wsm_dbd_gate_leave(self->gate);
    apr_thread_mutex_lock(self->lock);
    dbd->next = set->idle;
    set->idle = dbd;
    apr_thread_cond_broadcast(self->given);
    apr_thread_mutex_unlock(self->lock);
}

wsm_dbd_gate_t *wsm_dbd_pool_gate(const wsm_dbd_pool_t *self)
{
    return self->gate;
}

apr_pool_t *wsm_dbd_pool_memory(const wsm_dbd_pool_t *self)
{
    return self->pool;
}
