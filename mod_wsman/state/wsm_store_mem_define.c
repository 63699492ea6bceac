/* wsm_store_mem_define.c - the definitions of the store in memory.
 */
#include <string.h>

#include <apr_strings.h>

#include "wsm_store_mem.h"

/* Definitions that were deleted are remembered; when they are more than this,
 * all are forgotten. */
#define MAX_DELETED 10000

/* In the order of visits. */
static const char kinds[] = {WSM_DEFINES_NAMESPACE, WSM_DEFINES_QUALIFIER,
                             WSM_DEFINES_CLASS, WSM_DEFINES_SECURITY};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const char *prefix_of(const char *repository, char kind,
                             apr_pool_t *pool)
{
    return apr_psprintf(pool, "%s" WSM_MEM_DIVIDER "%c" WSM_MEM_DIVIDER,
                        repository, kind);
}

static const char *key_of(const char *repository,
                          const wsm_definition_t *definition, apr_pool_t *pool)
{
    return apr_pstrcat(pool, prefix_of(repository, definition->kind, pool),
                       definition->ns, WSM_MEM_DIVIDER, definition->name, NULL);
}

static wsm_mem_entry_t *version_of(wsm_mem_t *self, const char *repository)
{
    return wsm_mem_find(self, WSM_MEM_VERSIONS, repository);
}

static apr_uint64_t next_version(wsm_mem_t *self, const char *repository)
{
    const wsm_mem_entry_t *old = version_of(self, repository);
    apr_uint64_t version = old ? old->version + 1 : 1;
    apr_uint64_t floor = old ? old->floor : 0;
    wsm_mem_entry_t *entry =
        wsm_mem_set(self, WSM_MEM_VERSIONS, repository, NULL);

    entry->floor = floor;
    return entry->version = version;
}

wsm_error_t *wsm_mem_define(wsm_store_t *store, const char *repository,
                            const wsm_definition_t *definition,
                            apr_pool_t *pool)
{
    wsm_mem_t *self = (wsm_mem_t *)store;
    wsm_mem_entry_t *entry;

    apr_thread_mutex_lock(self->lock);
    entry = wsm_mem_set(self, WSM_MEM_DEFINITIONS,
                        key_of(repository, definition, pool), definition->data);
    entry->version = next_version(self, repository);
    apr_thread_mutex_unlock(self->lock);
    return NULL;
}

wsm_error_t *wsm_mem_definition_version(wsm_store_t *store,
                                        const char *repository,
                                        apr_uint64_t *version, apr_pool_t *pool)
{
    wsm_mem_t *self = (wsm_mem_t *)store;
    const wsm_mem_entry_t *entry;

    (void)pool;
    apr_thread_mutex_lock(self->lock);
    entry = version_of(self, repository);
    *version = entry ? entry->version : 0;
    apr_thread_mutex_unlock(self->lock);
    return NULL;
}

static void copy_definition(wsm_definition_t *copy, char kind,
                            const wsm_mem_entry_t *entry,
                            apr_size_t prefix_length, apr_pool_t *pool)
{
    char *ns = apr_pstrdup(pool, entry->key + prefix_length);
    char *name = strchr(ns, WSM_MEM_DIVIDER[0]);

    *name++ = '\0';
    copy->kind = kind;
    copy->ns = ns;
    copy->name = name;
    copy->data = entry->data ? apr_pstrdup(pool, entry->data) : NULL;
    copy->version = entry->version;
}

/* A copy, so that no lock is held during the visits. */
static apr_array_header_t *copy_definitions(wsm_mem_t *self,
                                            const char *repository,
                                            apr_uint64_t since,
                                            apr_pool_t *pool)
{
    apr_array_header_t *copies =
        apr_array_make(pool, 64, sizeof(wsm_definition_t));
    apr_size_t k;
    int i;

    for (k = 0; k < KINDS; k++) {
        const char *prefix = prefix_of(repository, kinds[k], pool);
        apr_array_header_t *found =
            wsm_mem_select(self, WSM_MEM_DEFINITIONS, prefix, pool);

        for (i = 0; i < found->nelts; i++) {
            const wsm_mem_entry_t *entry =
                APR_ARRAY_IDX(found, i, wsm_mem_entry_t *);

            if (entry->version > since && (since > 0 || entry->data != NULL))
                copy_definition(apr_array_push(copies), kinds[k], entry,
                                strlen(prefix), pool);
        }
    }
    return copies;
}

wsm_error_t *wsm_mem_definitions(wsm_store_t *store, const char *repository,
                                 apr_uint64_t *since,
                                 wsm_definition_visit_fn *visit, void *baton,
                                 apr_pool_t *pool)
{
    wsm_mem_t *self = (wsm_mem_t *)store;
    const wsm_mem_entry_t *version;
    apr_array_header_t *copies;
    apr_pool_t *scratch;
    int i;

    apr_pool_create(&scratch, pool);
    apr_thread_mutex_lock(self->lock);
    version = version_of(self, repository);
    if (version != NULL && *since < version->floor)
        *since = 0;
    copies = copy_definitions(self, repository, *since, scratch);
    apr_thread_mutex_unlock(self->lock);
    for (i = 0; i < copies->nelts; i++) {
        if (!visit(baton, &APR_ARRAY_IDX(copies, i, wsm_definition_t)))
            break;
    }
    apr_pool_destroy(scratch);
    return NULL;
}

static void forget(wsm_mem_t *self, wsm_mem_entry_t *version, apr_pool_t *pool)
{
    apr_array_header_t *found = wsm_mem_select(
        self, WSM_MEM_DEFINITIONS,
        apr_pstrcat(pool, version->key, WSM_MEM_DIVIDER, NULL), pool);
    int i, deleted = 0;

    for (i = 0; i < found->nelts; i++)
        deleted += APR_ARRAY_IDX(found, i, wsm_mem_entry_t *)->data == NULL;
    if (deleted <= MAX_DELETED)
        return;
    for (i = 0; i < found->nelts; i++) {
        wsm_mem_entry_t *entry = APR_ARRAY_IDX(found, i, wsm_mem_entry_t *);

        if (entry->data == NULL)
            wsm_mem_remove(self, WSM_MEM_DEFINITIONS, entry);
    }
    version->floor = version->version;
}

void wsm_mem_purge_definitions(wsm_mem_t *self, apr_pool_t *pool)
{
    apr_array_header_t *versions =
        wsm_mem_select(self, WSM_MEM_VERSIONS, "", pool);
    int i;

    for (i = 0; i < versions->nelts; i++)
        forget(self, APR_ARRAY_IDX(versions, i, wsm_mem_entry_t *), pool);
}
