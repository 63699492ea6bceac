/* wsm_store_mem.c - the store in one process' memory: for tests, tools and
 * endpoints that keep nothing.
 *
 * Records and items are kept in one table each, under a text that orders them
 * as wsm_store_list wants.  Each lives in a pool of its own, so that changing
 * and removing give the memory back.
 */
#include <stdlib.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_tables.h>
#include <apr_thread_mutex.h>

#include "wsm_store.h"

/* Items are what clients make the server keep; each takes a pool of 8 kB. */
#define MAX_ITEMS 10000

typedef struct entry_t {
    const char *key;
    const char *data;
    apr_time_t expires; /* items */
    apr_pool_t *pool;   /* its own */
} entry_t;

typedef struct mem_store_t {
    wsm_store_t store; /* first */
    apr_thread_mutex_t *lock;
    apr_hash_t *records;
    apr_hash_t *items;
    apr_pool_t *pool;
} mem_store_t;

static entry_t *set_entry(mem_store_t *self, apr_hash_t *table, const char *key,
                          const char *data)
{
    entry_t *old = apr_hash_get(table, key, APR_HASH_KEY_STRING);
    apr_pool_t *pool;
    entry_t *entry;

    apr_pool_create(&pool, self->pool);
    entry = apr_pcalloc(pool, sizeof(*entry));
    entry->pool = pool;
    entry->key = apr_pstrdup(pool, key);
    entry->data = apr_pstrdup(pool, data);
    /* The table keeps the pointer to its first key: the old entry goes, key
     * and all, before the new one comes. */
    if (old != NULL) {
        apr_hash_set(table, key, APR_HASH_KEY_STRING, NULL);
        apr_pool_destroy(old->pool);
    }
    apr_hash_set(table, entry->key, APR_HASH_KEY_STRING, entry);
    return entry;
}

static void remove_entry(apr_hash_t *table, entry_t *entry)
{
    apr_hash_set(table, entry->key, APR_HASH_KEY_STRING, NULL);
    apr_pool_destroy(entry->pool);
}

/* What no text of an id contains divides them. */
static const char *prefix_of(const wsm_record_id_t *id, apr_pool_t *pool)
{
    return apr_pstrcat(pool, id->repository, "\1", id->ns, "\1", id->class_name,
                       "\1", NULL);
}

static const char *key_of(const wsm_record_id_t *id, apr_pool_t *pool)
{
    return apr_pstrcat(pool, prefix_of(id, pool), id->key, NULL);
}

static entry_t *find_record(mem_store_t *self, const wsm_record_id_t *id,
                            apr_pool_t *pool)
{
    return apr_hash_get(self->records, key_of(id, pool), APR_HASH_KEY_STRING);
}

static wsm_error_t *not_found(apr_pool_t *pool)
{
    return wsm_fail(pool, WSMAN_E_DESTINATION_UNREACHABLE,
                    "There is no such instance.");
}

static wsm_error_t *mem_get(wsm_store_t *store, const wsm_record_id_t *id,
                            const char **data, apr_pool_t *pool)
{
    mem_store_t *self = (mem_store_t *)store;
    const entry_t *entry;

    apr_thread_mutex_lock(self->lock);
    entry = find_record(self, id, pool);
    *data = entry ? apr_pstrdup(pool, entry->data) : NULL;
    apr_thread_mutex_unlock(self->lock);
    return NULL;
}

static wsm_error_t *mem_insert(wsm_store_t *store, const wsm_record_id_t *id,
                               const char *data, apr_pool_t *pool)
{
    mem_store_t *self = (mem_store_t *)store;
    wsm_error_t *err = NULL;

    apr_thread_mutex_lock(self->lock);
    if (find_record(self, id, pool) != NULL)
        err = wsm_fail(pool, WSMAN_E_ALREADY_EXISTS,
                       "There is such an instance already.");
    else
        set_entry(self, self->records, key_of(id, pool), data);
    apr_thread_mutex_unlock(self->lock);
    return err;
}

static wsm_error_t *mem_change(wsm_store_t *store, const wsm_record_id_t *id,
                               wsm_store_change_fn *change, void *baton,
                               apr_pool_t *pool)
{
    mem_store_t *self = (mem_store_t *)store;
    const entry_t *entry;
    const char *data;
    wsm_error_t *err;

    apr_thread_mutex_lock(self->lock);
    entry = find_record(self, id, pool);
    err = entry ? change(baton, entry->data, &data, pool) : not_found(pool);
    if (err == NULL)
        set_entry(self, self->records, key_of(id, pool), data);
    apr_thread_mutex_unlock(self->lock);
    return err;
}

static wsm_error_t *mem_remove(wsm_store_t *store, const wsm_record_id_t *id,
                               apr_pool_t *pool)
{
    mem_store_t *self = (mem_store_t *)store;
    wsm_error_t *err = NULL;
    entry_t *entry;

    apr_thread_mutex_lock(self->lock);
    entry = find_record(self, id, pool);
    if (entry == NULL)
        err = not_found(pool);
    else
        remove_entry(self->records, entry);
    apr_thread_mutex_unlock(self->lock);
    return err;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const entry_t *)a)->key, ((const entry_t *)b)->key);
}

/* A copy of what is there now, so that no lock is held during the visits. */
static apr_array_header_t *copy_records(mem_store_t *self, const char *prefix,
                                        const char *after, apr_pool_t *pool)
{
    apr_array_header_t *found = apr_array_make(pool, 16, sizeof(entry_t));
    apr_size_t length = strlen(prefix);
    apr_hash_index_t *at;

    apr_thread_mutex_lock(self->lock);
    for (at = apr_hash_first(pool, self->records); at; at = apr_hash_next(at)) {
        const entry_t *entry;
        entry_t *copy;
        void *value;

        apr_hash_this(at, NULL, NULL, &value);
        entry = value;
        if (strncmp(entry->key, prefix, length) != 0 ||
            (after != NULL && strcmp(entry->key + length, after) <= 0))
            continue;
        copy = apr_array_push(found);
        copy->key = apr_pstrdup(pool, entry->key + length);
        copy->data = apr_pstrdup(pool, entry->data);
    }
    apr_thread_mutex_unlock(self->lock);
    return found;
}

static wsm_error_t *mem_list(wsm_store_t *store, const wsm_record_id_t *id,
                             const char *after, wsm_store_visit_fn *visit,
                             void *baton, apr_pool_t *pool)
{
    apr_array_header_t *found;
    apr_pool_t *scratch;
    int i;

    apr_pool_create(&scratch, pool);
    found = copy_records((mem_store_t *)store, prefix_of(id, scratch), after,
                         scratch);
    qsort(found->elts, (size_t)found->nelts, sizeof(entry_t), by_key);
    for (i = 0; i < found->nelts; i++) {
        const entry_t *entry = &APR_ARRAY_IDX(found, i, entry_t);

        if (!visit(baton, entry->key, entry->data))
            break;
    }
    apr_pool_destroy(scratch);
    return NULL;
}

static const char *item_key(const char *kind, const char *name,
                            apr_pool_t *pool)
{
    return apr_pstrcat(pool, kind, "\1", name, NULL);
}

static wsm_error_t *mem_item_put(wsm_store_t *store, const char *kind,
                                 const char *name, const char *data,
                                 apr_time_t expires, apr_pool_t *pool)
{
    mem_store_t *self = (mem_store_t *)store;
    const char *key = item_key(kind, name, pool);
    wsm_error_t *err = NULL;

    apr_thread_mutex_lock(self->lock);
    if (apr_hash_count(self->items) >= MAX_ITEMS &&
        apr_hash_get(self->items, key, APR_HASH_KEY_STRING) == NULL)
        err = wsm_fail(pool, WSMAN_E_QUOTA_LIMIT,
                       "The store keeps as many items as it may; they expire "
                       "by themselves.");
    else
        set_entry(self, self->items, key, data)->expires = expires;
    apr_thread_mutex_unlock(self->lock);
    return err;
}

static wsm_error_t *mem_item_get(wsm_store_t *store, const char *kind,
                                 const char *name, apr_time_t now,
                                 const char **data, apr_pool_t *pool)
{
    mem_store_t *self = (mem_store_t *)store;
    const entry_t *entry;

    apr_thread_mutex_lock(self->lock);
    entry = apr_hash_get(self->items, item_key(kind, name, pool),
                         APR_HASH_KEY_STRING);
    *data =
        entry && entry->expires > now ? apr_pstrdup(pool, entry->data) : NULL;
    apr_thread_mutex_unlock(self->lock);
    return NULL;
}

static wsm_error_t *mem_purge(wsm_store_t *store, apr_time_t now,
                              apr_pool_t *pool)
{
    mem_store_t *self = (mem_store_t *)store;
    apr_hash_index_t *at;

    apr_thread_mutex_lock(self->lock);
    for (at = apr_hash_first(pool, self->items); at; at = apr_hash_next(at)) {
        void *value;
        entry_t *entry;

        apr_hash_this(at, NULL, NULL, &value);
        entry = value;
        if (entry->expires <= now)
            remove_entry(self->items, entry);
    }
    apr_thread_mutex_unlock(self->lock);
    return NULL;
}

static const wsm_store_vtable_t mem_vtable = {
    mem_get,  mem_insert,   mem_change,   mem_remove,
    mem_list, mem_item_put, mem_item_get, mem_purge};

wsm_error_t *wsm_store_mem_open(wsm_store_t **store, apr_pool_t *pool)
{
    mem_store_t *self = apr_pcalloc(pool, sizeof(*self));
    apr_status_t status =
        apr_thread_mutex_create(&self->lock, APR_THREAD_MUTEX_DEFAULT, pool);

    if (status != APR_SUCCESS)
        return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, status, NULL,
                              "A lock cannot be made.");
    self->store.vtable = &mem_vtable;
    self->records = apr_hash_make(pool);
    self->items = apr_hash_make(pool);
    self->pool = pool;
    *store = &self->store;
    return NULL;
}
