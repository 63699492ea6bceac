/* wsm_store_mem.c - the store in one process' memory: for tests, tools and
 * endpoints that keep nothing.
 *
 * Records and items are kept in one table each, under a text that orders them
 * as wsm_store_list wants.
 */
#include "wsm_store_mem.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

/* Items are what clients make the server keep; each takes a pool of 8 kB. */
#define MAX_ITEMS 10000

/* The first NULL ends it: all of a repository, all of a namespace. */
static const char *prefix_of(const char *repository, const char *ns,
                             const char *class_name, apr_pool_t *pool)
{
    return apr_pstrcat(pool, repository, WSM_MEM_DIVIDER, ns, WSM_MEM_DIVIDER,
                       class_name, WSM_MEM_DIVIDER, NULL);
}

static const char *id_prefix(const wsm_record_id_t *id, apr_pool_t *pool)
{
    return prefix_of(id->repository, id->ns, id->class_name, pool);
}

static const char *key_of(const wsm_record_id_t *id, apr_pool_t *pool)
{
    return apr_pstrcat(pool, id_prefix(id, pool), id->key, NULL);
}

static wsm_mem_entry_t *find_record(wsm_mem_t *self, const wsm_record_id_t *id,
                                    apr_pool_t *pool)
{
    return wsm_mem_find(self, WSM_MEM_RECORDS, key_of(id, pool));
}

static wsm_error_t *not_found(apr_pool_t *pool)
{
    return wsm_fail(pool, WSMAN_E_DESTINATION_UNREACHABLE,
                    "There is no such instance.");
}

static wsm_error_t *mem_get(wsm_store_t *store, const wsm_record_id_t *id,
                            const char **data, apr_pool_t *pool)
{
    wsm_mem_t *self = (wsm_mem_t *)store;
    const wsm_mem_entry_t *entry;

    apr_thread_mutex_lock(self->lock);
    entry = find_record(self, id, pool);
    *data = entry ? apr_pstrdup(pool, entry->data) : NULL;
    apr_thread_mutex_unlock(self->lock);
    return NULL;
}

/* What `content` leaves NULL comes from the old entry. */
static void set_record(wsm_mem_t *self, const char *key,
                       const wsm_content_t *content)
{
    wsm_mem_entry_t *entry =
        wsm_mem_set(self, WSM_MEM_RECORDS, key, content->data);
    wsm_link_t *links =
        apr_pcalloc(entry->pool, (content->nlinks + 1) * sizeof(*links));
    apr_uint32_t i;

    for (i = 0; i < content->nlinks; i++) {
        links[i].role = apr_pstrdup(entry->pool, content->links[i].role);
        links[i].target = apr_pstrdup(entry->pool, content->links[i].target);
    }
    entry->links = links;
    entry->nlinks = content->nlinks;
    entry->folded_key = apr_pstrdup(
        entry->pool, content->folded_key ? content->folded_key : "");
}

static wsm_error_t *mem_insert(wsm_store_t *store, const wsm_record_id_t *id,
                               const wsm_content_t *content, apr_pool_t *pool)
{
    wsm_mem_t *self = (wsm_mem_t *)store;
    wsm_error_t *err = NULL;

    apr_thread_mutex_lock(self->lock);
    if (find_record(self, id, pool) != NULL)
        err = wsm_fail(pool, WSMAN_E_ALREADY_EXISTS,
                       "There is such an instance already.");
    else
        set_record(self, key_of(id, pool), content);
    apr_thread_mutex_unlock(self->lock);
    return err;
}

/* The entry goes before the new one is made. */
static void keep_rest(wsm_content_t *content, const wsm_mem_entry_t *old,
                      apr_pool_t *pool)
{
    wsm_link_t *links;
    apr_uint32_t i;

    if (content->folded_key == NULL)
        content->folded_key = apr_pstrdup(pool, old->folded_key);
    if (content->links != NULL)
        return;
    links = apr_pcalloc(pool, (old->nlinks + 1) * sizeof(*links));
    for (i = 0; i < old->nlinks; i++) {
        links[i].role = apr_pstrdup(pool, old->links[i].role);
        links[i].target = apr_pstrdup(pool, old->links[i].target);
    }
    content->links = links;
    content->nlinks = old->nlinks;
}

static wsm_error_t *mem_change(wsm_store_t *store, const wsm_record_id_t *id,
                               wsm_store_change_fn *change, void *baton,
                               apr_pool_t *pool)
{
    wsm_mem_t *self = (wsm_mem_t *)store;
    wsm_content_t content = {NULL, NULL, NULL, 0};
    const wsm_mem_entry_t *entry;
    wsm_error_t *err;

    apr_thread_mutex_lock(self->lock);
    entry = find_record(self, id, pool);
    err = entry ? change(baton, entry->data, &content, pool) : not_found(pool);
    if (err == NULL) {
        keep_rest(&content, entry, pool);
        set_record(self, key_of(id, pool), &content);
    }
    apr_thread_mutex_unlock(self->lock);
    return err;
}

static wsm_error_t *mem_remove(wsm_store_t *store, const wsm_record_id_t *id,
                               apr_pool_t *pool)
{
    wsm_mem_t *self = (wsm_mem_t *)store;
    wsm_error_t *err = NULL;
    wsm_mem_entry_t *entry;

    apr_thread_mutex_lock(self->lock);
    entry = find_record(self, id, pool);
    if (entry == NULL)
        err = not_found(pool);
    else
        wsm_mem_remove(self, WSM_MEM_RECORDS, entry);
    apr_thread_mutex_unlock(self->lock);
    return err;
}

static wsm_error_t *mem_remove_all(wsm_store_t *store, const char *repository,
                                   const char *ns, const char *class_name,
                                   apr_pool_t *pool)
{
    wsm_mem_t *self = (wsm_mem_t *)store;
    apr_array_header_t *found;
    int i;

    apr_thread_mutex_lock(self->lock);
    found = wsm_mem_select(self, WSM_MEM_RECORDS,
                           prefix_of(repository, ns, class_name, pool), pool);
    for (i = 0; i < found->nelts; i++)
        wsm_mem_remove(self, WSM_MEM_RECORDS,
                       APR_ARRAY_IDX(found, i, wsm_mem_entry_t *));
    apr_thread_mutex_unlock(self->lock);
    return NULL;
}

static wsm_error_t *mem_any(wsm_store_t *store, const char *repository,
                            const char *ns, const char *class_name, int *found,
                            apr_pool_t *pool)
{
    wsm_mem_t *self = (wsm_mem_t *)store;

    apr_thread_mutex_lock(self->lock);
    *found = wsm_mem_select(self, WSM_MEM_RECORDS,
                            prefix_of(repository, ns, class_name, pool), pool)
                 ->nelts > 0;
    apr_thread_mutex_unlock(self->lock);
    return NULL;
}

static int is_selected(const wsm_mem_entry_t *entry, const char *key,
                       const wsm_selection_t *selection)
{
    return (selection->key == NULL || strcmp(key, selection->key) == 0) &&
           (selection->folded_key == NULL ||
            strcmp(entry->folded_key, selection->folded_key) == 0) &&
           (selection->after == NULL || strcmp(key, selection->after) > 0);
}

typedef struct pair_t {
    const char *key;
    const char *data;
} pair_t;

/* A copy of what is there now, so that no lock is held during the visits. */
static apr_array_header_t *copy_records(wsm_mem_t *self, const char *prefix,
                                        const wsm_selection_t *selection,
                                        apr_pool_t *pool)
{
    apr_array_header_t *copies = apr_array_make(pool, 16, sizeof(pair_t));
    apr_array_header_t *found =
        wsm_mem_select(self, WSM_MEM_RECORDS, prefix, pool);
    int i;

    for (i = 0; i < found->nelts; i++) {
        const wsm_mem_entry_t *entry =
            APR_ARRAY_IDX(found, i, wsm_mem_entry_t *);
        const char *key = entry->key + strlen(prefix);
        pair_t *copy;

        if (selection != NULL && !is_selected(entry, key, selection))
            continue;
        copy = apr_array_push(copies);
        copy->key = apr_pstrdup(pool, key);
        copy->data = apr_pstrdup(pool, entry->data);
    }
    return copies;
}

static wsm_error_t *mem_list(wsm_store_t *store, const wsm_record_id_t *id,
                             const wsm_selection_t *selection,
                             wsm_store_visit_fn *visit, void *baton,
                             apr_pool_t *pool)
{
    wsm_mem_t *self = (wsm_mem_t *)store;
    apr_array_header_t *copies;
    apr_pool_t *scratch;
    int i;

    apr_pool_create(&scratch, pool);
    apr_thread_mutex_lock(self->lock);
    copies = copy_records(self, id_prefix(id, scratch), selection, scratch);
    apr_thread_mutex_unlock(self->lock);
    for (i = 0; i < copies->nelts; i++) {
        const pair_t *copy = &APR_ARRAY_IDX(copies, i, pair_t);

        if (!visit(baton, copy->key, copy->data))
            break;
    }
    apr_pool_destroy(scratch);
    return NULL;
}

static void copy_referrer(wsm_referrer_t *copy, const wsm_mem_entry_t *entry,
                          const char *role, apr_size_t prefix_length,
                          apr_pool_t *pool)
{
    copy->key = apr_pstrdup(pool, entry->key + prefix_length);
    copy->role = apr_pstrdup(pool, role);
    copy->data = apr_pstrdup(pool, entry->data);
}

static int by_place(const void *a, const void *b)
{
    const wsm_referrer_t *left = a, *right = b;
    int order = strcmp(left->key, right->key);

    return order ? order : strcmp(left->role, right->role);
}

static apr_array_header_t *copy_referrers(wsm_mem_t *self, const char *prefix,
                                          const char *target, apr_pool_t *pool)
{
    apr_array_header_t *copies =
        apr_array_make(pool, 16, sizeof(wsm_referrer_t));
    apr_array_header_t *found =
        wsm_mem_select(self, WSM_MEM_RECORDS, prefix, pool);
    apr_uint32_t j;
    int i;

    for (i = 0; i < found->nelts; i++) {
        const wsm_mem_entry_t *entry =
            APR_ARRAY_IDX(found, i, wsm_mem_entry_t *);

        for (j = 0; j < entry->nlinks; j++) {
            if (strcmp(entry->links[j].target, target) == 0)
                copy_referrer(apr_array_push(copies), entry,
                              entry->links[j].role, strlen(prefix), pool);
        }
    }
    qsort(copies->elts, (size_t)copies->nelts, sizeof(wsm_referrer_t),
          by_place);
    return copies;
}

static wsm_error_t *mem_referring(wsm_store_t *store, const wsm_record_id_t *id,
                                  const char *target,
                                  const wsm_referrer_t *after,
                                  wsm_referrer_visit_fn *visit, void *baton,
                                  apr_pool_t *pool)
{
    wsm_mem_t *self = (wsm_mem_t *)store;
    apr_array_header_t *copies;
    apr_pool_t *scratch;
    int i, go_on = 1;

    apr_pool_create(&scratch, pool);
    apr_thread_mutex_lock(self->lock);
    copies = copy_referrers(self, id_prefix(id, scratch), target, scratch);
    apr_thread_mutex_unlock(self->lock);
    for (i = 0; i < copies->nelts && go_on; i++) {
        const wsm_referrer_t *at = &APR_ARRAY_IDX(copies, i, wsm_referrer_t);

        if (after == NULL || by_place(at, after) > 0)
            go_on = visit(baton, at);
    }
    apr_pool_destroy(scratch);
    return NULL;
}

static const char *item_key(const char *kind, const char *name,
                            apr_pool_t *pool)
{
    return apr_pstrcat(pool, kind, WSM_MEM_DIVIDER, name, NULL);
}

static wsm_error_t *mem_item_put(wsm_store_t *store, const char *kind,
                                 const char *name, const char *data,
                                 apr_time_t expires, apr_pool_t *pool)
{
    wsm_mem_t *self = (wsm_mem_t *)store;
    const char *key = item_key(kind, name, pool);
    wsm_error_t *err = NULL;

    apr_thread_mutex_lock(self->lock);
    if (apr_hash_count(self->tables[WSM_MEM_ITEMS]) >= MAX_ITEMS &&
        wsm_mem_find(self, WSM_MEM_ITEMS, key) == NULL)
        err = wsm_fail(pool, WSMAN_E_QUOTA_LIMIT,
                       "The store keeps as many items as it may; they expire "
                       "by themselves.");
    else
        wsm_mem_set(self, WSM_MEM_ITEMS, key, data)->expires = expires;
    apr_thread_mutex_unlock(self->lock);
    return err;
}

static wsm_error_t *mem_item_get(wsm_store_t *store, const char *kind,
                                 const char *name, apr_time_t now,
                                 const char **data, apr_pool_t *pool)
{
    wsm_mem_t *self = (wsm_mem_t *)store;
    const wsm_mem_entry_t *entry;

    apr_thread_mutex_lock(self->lock);
    entry = wsm_mem_find(self, WSM_MEM_ITEMS, item_key(kind, name, pool));
    *data =
        entry && entry->expires > now ? apr_pstrdup(pool, entry->data) : NULL;
    apr_thread_mutex_unlock(self->lock);
    return NULL;
}

static wsm_error_t *mem_purge(wsm_store_t *store, apr_time_t now,
                              apr_pool_t *pool)
{
    wsm_mem_t *self = (wsm_mem_t *)store;
    apr_array_header_t *items;
    apr_pool_t *scratch;
    int i;

    apr_pool_create(&scratch, pool);
    apr_thread_mutex_lock(self->lock);
    items = wsm_mem_select(self, WSM_MEM_ITEMS, "", scratch);
    for (i = 0; i < items->nelts; i++) {
        wsm_mem_entry_t *entry = APR_ARRAY_IDX(items, i, wsm_mem_entry_t *);

        if (entry->expires <= now)
            wsm_mem_remove(self, WSM_MEM_ITEMS, entry);
    }
    wsm_mem_purge_definitions(self, scratch);
    apr_thread_mutex_unlock(self->lock);
    apr_pool_destroy(scratch);
    return NULL;
}

static const wsm_store_vtable_t mem_vtable = {
    .transact = wsm_mem_transact,
    .get = mem_get,
    .insert = mem_insert,
    .change = mem_change,
    .remove = mem_remove,
    .remove_all = mem_remove_all,
    .any = mem_any,
    .list = mem_list,
    .referring = mem_referring,
    .define = wsm_mem_define,
    /* A transaction has the lock of everything. */
    .lock_definitions = wsm_mem_definition_version,
    .definition_version = wsm_mem_definition_version,
    .definitions = wsm_mem_definitions,
    .item_put = mem_item_put,
    .item_get = mem_item_get,
    .purge = mem_purge};

wsm_error_t *wsm_store_mem_open(wsm_store_t **store, apr_pool_t *pool)
{
    wsm_mem_t *self = apr_pcalloc(pool, sizeof(*self));
    apr_status_t status =
        apr_thread_mutex_create(&self->lock, APR_THREAD_MUTEX_NESTED, pool);
    int i;

    if (status != APR_SUCCESS)
        return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, status, NULL,
                              "A lock cannot be made.");
    self->store.vtable = &mem_vtable;
    for (i = 0; i < WSM_MEM_TABLES; i++)
        self->tables[i] = apr_hash_make(pool);
    self->pool = pool;
    *store = &self->store;
    return NULL;
}
