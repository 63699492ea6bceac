/* cim_repository_seed.c - what a repository gets when the server starts.
 */
#include <apr_strings.h>

#include "cim_repository_private.h"

typedef struct seeder_t {
    wsm_store_t *store;
    const char *repository;
    const cim_schema_t *schema;
    apr_pool_t *pool;
    wsm_error_t *err;
} seeder_t;

static void seed_class(void *baton, const cim_class_t *cls)
{
    seeder_t *self = baton;
    const cim_instance_t **instances;
    apr_pool_t *scratch;

    if (self->err != NULL)
        return;
    apr_pool_create(&scratch, self->pool);
    instances = cim_schema_instances(self->schema, cls, scratch);
    for (; *instances != NULL && self->err == NULL; instances++) {
        const cim_path_t *path;
        wsm_error_t *err = cim_repository_insert(self->store, self->repository,
                                                 *instances, &path, scratch);

        if (err != NULL && err->code != WSMAN_E_ALREADY_EXISTS)
            self->err = wsm_error_make(self->pool, err->code, err->status, NULL,
                                       "The declared instance of %s cannot be "
                                       "stored: %s",
                                       cls->name, err->message);
    }
    apr_pool_destroy(scratch);
}

/* ---- records of version 1 had no links */

typedef struct linker_t {
    seeder_t *seeder;
    const cim_class_t *cls;
    wsm_record_id_t id;
    apr_pool_t *pool; /* of a record */
} linker_t;

static wsm_error_t *encode_again(void *baton, const char *old,
                                 wsm_content_t *content, apr_pool_t *pool)
{
    const linker_t *self = baton;
    cim_instance_t *instance;
    wsm_error_t *err = cim_record_decode(&instance, old, self->seeder->schema,
                                         self->cls, pool);

    if (err == NULL && !cim_record_encode(content, instance, pool))
        err = cim_record_too_large(self->cls, pool);
    return err;
}

static int link_record(void *baton, const char *key, const char *data)
{
    linker_t *self = baton;
    wsm_error_t *err;

    (void)data;
    self->id.key = key;
    err = wsm_store_change(self->seeder->store, &self->id, encode_again, self,
                           self->pool);
    /* What cannot be read has no references to follow. */
    if (err != NULL && err->code == WSMAN_E_CONCURRENCY)
        self->seeder->err =
            wsm_fail(self->seeder->pool, err->code, "%s", err->message);
    apr_pool_clear(self->pool);
    return self->seeder->err == NULL;
}

static int has_references(const cim_class_t *cls)
{
    apr_uint32_t i;

    for (i = 0; i < cls->nproperties; i++) {
        if (cls->properties[i].type == CIM_REFERENCE)
            return 1;
    }
    return 0;
}

static void link_class(void *baton, const cim_class_t *cls)
{
    seeder_t *self = baton;
    linker_t linker = {self, cls, {NULL, NULL, NULL, NULL}, NULL};
    apr_pool_t *scratch;
    wsm_error_t *err;

    if (self->err != NULL || !has_references(cls))
        return;
    apr_pool_create(&scratch, self->pool);
    apr_pool_create(&linker.pool, scratch);
    cim_record_id(&linker.id, self->repository, cls, NULL, scratch);
    err = wsm_store_list(self->store, &linker.id, NULL, link_record, &linker,
                         scratch);
    if (err != NULL && self->err == NULL)
        self->err = wsm_fail(self->pool, err->code, "%s", err->message);
    apr_pool_destroy(scratch);
}

static wsm_error_t *make_links(seeder_t *self)
{
    const char *found;
    wsm_error_t *err =
        wsm_store_item_get(self->store, WSM_STORE_UNLINKED, self->repository, 0,
                           &found, self->pool);

    if (err != NULL || found == NULL)
        return err;
    cim_schema_each(self->schema, NULL, link_class, self);
    return self->err ? self->err
                     : wsm_store_item_put(self->store, WSM_STORE_UNLINKED,
                                          self->repository, "", 0, self->pool);
}

wsm_error_t *cim_repository_seed(wsm_store_t *store, const char *repository,
                                 const cim_schema_t *schema, apr_pool_t *pool)
{
    seeder_t seeder = {store, repository, schema, pool, NULL};

    cim_schema_each(schema, NULL, seed_class, &seeder);
    return seeder.err ? seeder.err : make_links(&seeder);
}
