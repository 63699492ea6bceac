/* cim_repository.c - reading and changing the store's instances, one by one.
 */
#include <string.h>

#include <apr_strings.h>

#include "../cim/cim_value.h"
#include "cim_repository_private.h"

/* A record's key travels in enumeration contexts, and PostgreSQL's indexes
 * have rows of 2700 bytes at most. */
#define MAX_KEY 2048

wsm_error_t *cim_repository_get(const wsm_call_t *call, const cim_class_t *cls,
                                const cim_path_t *path,
                                const cim_instance_t **instance)
{
    apr_pool_t *pool = call->pub.pool;
    cim_instance_t *found;
    wsm_record_id_t id;
    const char *data;
    wsm_error_t *err;

    cim_record_id(&id, call->endpoint->repository, cls, path, pool);
    err = wsm_store_get(call->endpoint->server->store, &id, &data, pool);
    if (err != NULL)
        return err;
    if (data == NULL)
        return wsm_fail(pool, WSMAN_E_DESTINATION_UNREACHABLE,
                        "There is no instance of %s with these selectors.",
                        cls->name);
    err = cim_record_decode(&found, data, call->endpoint->schema, cls, pool);
    if (err == NULL)
        *instance = found;
    return err;
}

typedef struct updater_t {
    const cim_schema_t *schema;
    const cim_instance_t *changes;
    int same;
} updater_t;

static wsm_error_t *merge(void *baton, const char *old, wsm_content_t *content,
                          apr_pool_t *pool)
{
    updater_t *self = baton;
    const cim_class_t *cls = self->changes->cls;
    cim_instance_t *instance;
    apr_uint32_t i;
    wsm_error_t *err;

    err = cim_record_decode(&instance, old, self->schema, cls, pool);
    if (err != NULL)
        return err;
    for (i = 0; i < instance->nvalues; i++) {
        if (self->changes->values[i].type != CIM_NONE)
            instance->values[i] = self->changes->values[i];
    }
    err = cim_record_check(instance, pool);
    if (err != NULL)
        return err;
    if (!cim_record_encode(content, instance, pool))
        return cim_record_too_large(cls, pool);
    self->same = strcmp(content->data, old) == 0;
    return NULL;
}

wsm_error_t *cim_repository_update(wsm_store_t *store, const char *repository,
                                   const cim_schema_t *schema,
                                   const cim_path_t *path,
                                   const cim_instance_t *changes, int *same,
                                   apr_pool_t *pool)
{
    updater_t updater = {schema, changes, 0};
    wsm_record_id_t id;
    wsm_error_t *err;

    cim_record_id(&id, repository, changes->cls, path, pool);
    err = wsm_store_change(store, &id, merge, &updater, pool);
    if (same != NULL)
        *same = updater.same;
    return err;
}

wsm_error_t *cim_repository_put(const wsm_call_t *call, const cim_class_t *cls,
                                const cim_path_t *path,
                                const cim_instance_t *changes)
{
    const wsm_endpoint_t *endpoint = call->endpoint;

    (void)cls;
    return cim_repository_update(endpoint->server->store, endpoint->repository,
                                 endpoint->schema, path, changes, NULL,
                                 call->pub.pool);
}

wsm_error_t *cim_repository_insert(wsm_store_t *store, const char *repository,
                                   const cim_instance_t *instance,
                                   const cim_path_t **path, apr_pool_t *pool)
{
    cim_instance_t *complete = cim_instance_copy(instance, pool);
    wsm_content_t content = {NULL, NULL, NULL, 0};
    wsm_record_id_t id;
    wsm_error_t *err;

    cim_instance_defaults(complete);
    err = cim_record_check(complete, pool);
    if (err != NULL)
        return err;
    *path = cim_instance_path(complete, pool);
    cim_record_id(&id, repository, complete->cls, *path, pool);
    content.folded_key = cim_record_folded(id.key, pool);
    if (strlen(id.key) > MAX_KEY ||
        !cim_record_encode(&content, complete, pool))
        return cim_record_too_large(complete->cls, pool);
    return wsm_store_insert(store, &id, &content, pool);
}

wsm_error_t *cim_repository_create(const wsm_call_t *call,
                                   const cim_class_t *cls,
                                   const cim_instance_t *instance,
                                   const cim_path_t **path)
{
    apr_pool_t *pool = call->pub.pool;
    const cim_path_t *made;
    wsm_error_t *err;

    if (cls->nkeys == 0 || cls->abstract)
        return wsm_fail(pool, WSMAN_E_ACTION_MISMATCH,
                        "Instances of %s cannot be created: the class %s.",
                        cls->name,
                        cls->abstract ? "is abstract" : "has no key");
    err = cim_repository_insert(call->endpoint->server->store,
                                call->endpoint->repository, instance, &made,
                                pool);
    if (err == NULL)
        *path = made;
    return err;
}

wsm_error_t *cim_repository_remove(const wsm_call_t *call,
                                   const cim_class_t *cls,
                                   const cim_path_t *path)
{
    wsm_record_id_t id;

    cim_record_id(&id, call->endpoint->repository, cls, path, call->pub.pool);
    return wsm_store_remove(call->endpoint->server->store, &id, call->pub.pool);
}
