/* wsm_store_mem_table.c - the tables of the store in memory, and what takes
 * back their changes.
 */
#include "wsm_store_mem.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

/* How an entry was before: NULL, it was not there. */
typedef struct undo_t {
    wsm_mem_table_e table;
    const char *key;
    wsm_mem_entry_t *old;
} undo_t;

typedef struct wsm_mem_transaction_t {
    apr_array_header_t *undo;
    int failed; /* a part of it has */
    apr_pool_t *pool;
} wsm_mem_transaction_t;

wsm_mem_entry_t *wsm_mem_find(wsm_mem_t *self, wsm_mem_table_e table,
                              const char *key)
{
    return apr_hash_get(self->tables[table], key, APR_HASH_KEY_STRING);
}

/* Takes an entry out of its table: away, or aside. */
static void put_aside(wsm_mem_t *self, wsm_mem_table_e table, const char *key,
                      wsm_mem_entry_t *old)
{
    wsm_mem_transaction_t *transaction = self->transaction;
    undo_t *undo;

    if (old != NULL)
        apr_hash_set(self->tables[table], key, APR_HASH_KEY_STRING, NULL);
    if (transaction != NULL) {
        undo = apr_array_push(transaction->undo);
        undo->table = table;
        undo->key = apr_pstrdup(transaction->pool, key);
        undo->old = old;
    } else if (old != NULL) {
        apr_pool_destroy(old->pool);
    }
}

wsm_mem_entry_t *wsm_mem_set(wsm_mem_t *self, wsm_mem_table_e table,
                             const char *key, const char *data)
{
    apr_pool_t *pool;
    wsm_mem_entry_t *entry;

    apr_pool_create(&pool, self->pool);
    entry = apr_pcalloc(pool, sizeof(*entry));
    entry->pool = pool;
    entry->key = apr_pstrdup(pool, key);
    entry->data = data ? apr_pstrdup(pool, data) : NULL;
    /* The table keeps the pointer to its first key: the old entry goes, key
     * and all, before the new one comes. */
    put_aside(self, table, entry->key, wsm_mem_find(self, table, key));
    apr_hash_set(self->tables[table], entry->key, APR_HASH_KEY_STRING, entry);
    return entry;
}

void wsm_mem_remove(wsm_mem_t *self, wsm_mem_table_e table,
                    wsm_mem_entry_t *entry)
{
    put_aside(self, table, entry->key, entry);
}

static int by_key(const void *a, const void *b)
{
    return strcmp((*(wsm_mem_entry_t *const *)a)->key,
                  (*(wsm_mem_entry_t *const *)b)->key);
}

apr_array_header_t *wsm_mem_select(wsm_mem_t *self, wsm_mem_table_e table,
                                   const char *prefix, apr_pool_t *pool)
{
    apr_array_header_t *found =
        apr_array_make(pool, 16, sizeof(wsm_mem_entry_t *));
    apr_size_t length = strlen(prefix);
    apr_hash_index_t *at;

    for (at = apr_hash_first(pool, self->tables[table]); at;
         at = apr_hash_next(at)) {
        void *value;
        wsm_mem_entry_t *entry;

        apr_hash_this(at, NULL, NULL, &value);
        entry = value;
        if (strncmp(entry->key, prefix, length) == 0)
            APR_ARRAY_PUSH(found, wsm_mem_entry_t *) = entry;
    }
    qsort(found->elts, (size_t)found->nelts, sizeof(wsm_mem_entry_t *), by_key);
    return found;
}

static void take_back(wsm_mem_t *self, const undo_t *undo)
{
    wsm_mem_entry_t *now = wsm_mem_find(self, undo->table, undo->key);

    if (now != NULL)
        wsm_mem_remove(self, undo->table, now);
    if (undo->old != NULL)
        apr_hash_set(self->tables[undo->table], undo->old->key,
                     APR_HASH_KEY_STRING, undo->old);
}

static void end(wsm_mem_t *self, wsm_mem_transaction_t *transaction, int commit)
{
    int i;

    self->transaction = NULL;
    for (i = transaction->undo->nelts - 1; i >= 0; i--) {
        const undo_t *undo = &APR_ARRAY_IDX(transaction->undo, i, undo_t);

        if (!commit)
            take_back(self, undo);
        else if (undo->old != NULL)
            apr_pool_destroy(undo->old->pool);
    }
    apr_pool_destroy(transaction->pool);
}

static wsm_error_t *join(wsm_mem_t *self, wsm_store_work_fn *work, void *baton,
                         apr_pool_t *pool)
{
    wsm_error_t *err = work(baton, &self->store, pool);

    if (err != NULL)
        self->transaction->failed = 1;
    return err;
}

static wsm_error_t *run(wsm_mem_t *self, wsm_store_work_fn *work, void *baton,
                        apr_pool_t *pool)
{
    wsm_mem_transaction_t transaction = {NULL, 0, NULL};
    wsm_error_t *err;

    apr_pool_create(&transaction.pool, self->pool);
    transaction.undo = apr_array_make(transaction.pool, 16, sizeof(undo_t));
    self->transaction = &transaction;
    err = work(baton, &self->store, pool);
    if (err == NULL && transaction.failed)
        err = wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                       "A part of the transaction has failed.");
    end(self, &transaction, err == NULL);
    return err;
}

wsm_error_t *wsm_mem_transact(wsm_store_t *store, wsm_store_work_fn *work,
                              void *baton, apr_pool_t *pool)
{
    wsm_mem_t *self = (wsm_mem_t *)store;
    wsm_error_t *err;

    apr_thread_mutex_lock(self->lock);
    err = self->transaction ? join(self, work, baton, pool)
                            : run(self, work, baton, pool);
    apr_thread_mutex_unlock(self->lock);
    return err;
}
