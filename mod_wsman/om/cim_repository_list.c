/* cim_repository_list.c - the instances of a class: all, those of a key, those
 * that refer to an object.
 */
#include <string.h>

#include <apr_strings.h>

#include "../cim/cim_name.h"
#include "../cim/cim_value.h"
#include "cim_repository_private.h"

typedef struct lister_t {
    const wsm_call_t *call;
    const cim_class_t *cls;
    wsman_sink_t *sink;
    wsm_error_t *err;
} lister_t;

static int put_record(lister_t *self, const char *key, const char *data)
{
    cim_instance_t *instance;

    self->err = cim_record_decode(&instance, data, self->call->endpoint->schema,
                                  self->cls, self->call->pub.scratch);
    if (self->err != NULL) {
        /* The scratch pool does not outlive the listing. */
        self->err = wsm_error_make(
            self->call->pub.pool, self->err->code, self->err->status, NULL,
            "%s", wsm_error_text(self->err, self->call->pub.scratch));
        return 0;
    }
    return wsm_sink_put(self->sink, instance, key) == WSMAN_SINK_MORE;
}

static int visit_record(void *baton, const char *key, const char *data)
{
    return put_record(baton, key, data);
}

/* ---- keys out of a query */

static const cim_value_t *find_term(const wsman_term_t *terms, apr_uint32_t n,
                                    const char *name)
{
    apr_uint32_t i;

    for (i = 0; i < n; i++) {
        if (cim_name_equal(terms[i].name, name))
            return &terms[i].value;
    }
    return NULL;
}

/* @param folded  set to true if one of them leaves letter case open
 * @return NULL if the terms do not say every key */
static const cim_path_t *path_of(const wsm_query_t *query,
                                 const cim_class_t *cls, int *folded,
                                 apr_pool_t *pool)
{
    cim_path_t *path = apr_pcalloc(pool, sizeof(*path));
    cim_key_t *keys = apr_pcalloc(pool, (cls->nkeys + 1) * sizeof(*keys));
    apr_uint32_t i;

    *folded = 0;
    for (i = 0; i < cls->nkeys; i++) {
        const cim_property_t *property = &cls->properties[cls->keys[i]];
        const cim_value_t *value =
            find_term(query->terms, query->nterms, property->name);

        if (value == NULL) {
            value = find_term(query->folded_terms, query->nfolded_terms,
                              property->name);
            *folded = 1;
        }
        if (value == NULL || value->is_null || value->is_array ||
            !cim_value_convert(value, property->type, &keys[i].value))
            return NULL;
        keys[i].name = property->name;
    }
    path->class_name = cls->name;
    path->keys = keys;
    path->nkeys = cls->nkeys;
    return path;
}

static void select_keys(wsm_selection_t *selection, const char *repository,
                        const wsm_query_t *query, const cim_class_t *cls,
                        apr_pool_t *pool)
{
    const cim_path_t *path = NULL;
    wsm_record_id_t id;
    int folded;

    if (query != NULL && query->source == WSM_SOURCE_INSTANCES &&
        cls->nkeys > 0 && query->nterms + query->nfolded_terms > 0)
        path = path_of(query, cls, &folded, pool);
    if (path == NULL)
        return;
    cim_record_id(&id, repository, cls, path, pool);
    if (folded)
        selection->folded_key = cim_record_folded(id.key, pool);
    else
        selection->key = id.key;
}

wsm_error_t *cim_repository_list(const wsm_call_t *call, const cim_class_t *cls,
                                 const wsm_query_t *query, const char *after,
                                 wsman_sink_t *sink)
{
    const wsm_endpoint_t *endpoint = call->endpoint;
    lister_t lister = {call, cls, sink, NULL};
    wsm_selection_t selection = {NULL, NULL, after};
    wsm_record_id_t id;
    wsm_error_t *err;

    select_keys(&selection, endpoint->repository, query, cls, call->pub.pool);
    cim_record_id(&id, endpoint->repository, cls, NULL, call->pub.pool);
    err = wsm_store_list(endpoint->server->store, &id, &selection, visit_record,
                         &lister, call->pub.pool);
    return err ? err : lister.err;
}

/* ---- referrers */

typedef struct referrer_t {
    lister_t lister; /* first */
    const cim_path_t *object;
    const char *role;
    char *last; /* the key that was put last */
    apr_size_t last_size;
} referrer_t;

/* The store does not see letter case; the sink wants what is so indeed. */
static int refers(const referrer_t *self, const cim_instance_t *instance)
{
    const cim_class_t *cls = instance->cls;
    apr_uint32_t i;

    for (i = 0; i < instance->nvalues; i++) {
        const cim_value_t *value = &instance->values[i];
        cim_path_t path;

        if (value->type != CIM_REFERENCE || value->is_null || value->is_array ||
            (self->role != NULL &&
             !cim_name_equal(self->role, cls->properties[i].name)))
            continue;
        path = *value->v.ref;
        path.class_name = self->object->class_name;
        if (path.ns == NULL)
            path.ns = cls->ns;
        if (cim_path_equal(&path, self->object))
            return 1;
    }
    return 0;
}

/* References of one instance come one after the other. */
static int is_again(referrer_t *self, const char *key)
{
    apr_size_t size = strlen(key) + 1;

    if (self->last != NULL && strcmp(self->last, key) == 0)
        return 1;
    if (size > self->last_size) {
        self->last_size = 2 * size;
        self->last = apr_palloc(self->lister.call->pub.pool, self->last_size);
    }
    memcpy(self->last, key, size);
    return 0;
}

static int visit_referrer(void *baton, const wsm_referrer_t *at)
{
    referrer_t *self = baton;
    lister_t *lister = &self->lister;
    apr_pool_t *scratch = lister->call->pub.scratch;
    cim_instance_t *instance;
    wsm_error_t *err;

    if ((self->role != NULL && !cim_name_equal(self->role, at->role)) ||
        is_again(self, at->key))
        return 1;
    err = cim_record_decode(&instance, at->data, lister->call->endpoint->schema,
                            lister->cls, scratch);
    if (err != NULL || refers(self, instance))
        return put_record(lister, at->key, at->data);
    apr_pool_clear(scratch);
    return 1;
}

wsm_error_t *cim_repository_referring(const wsm_call_t *call,
                                      const cim_class_t *cls,
                                      const cim_path_t *object,
                                      const char *role, const char *after,
                                      wsman_sink_t *sink)
{
    const wsm_endpoint_t *endpoint = call->endpoint;
    apr_pool_t *pool = call->pub.pool;
    cim_path_t own = *object;
    referrer_t referrer = {{call, cls, sink, NULL}, &own, role, NULL, 0};
    /* Behind all roles of that key: UTF-8 has no such byte. */
    const wsm_referrer_t place = {after, "\xff", NULL};
    wsm_record_id_t id;
    wsm_error_t *err;

    if (own.ns == NULL)
        own.ns = cls->ns;
    cim_record_id(&id, endpoint->repository, cls, NULL, pool);
    err = wsm_store_referring(endpoint->server->store, &id,
                              cim_repository_target(&own, cls->ns, pool),
                              after ? &place : NULL, visit_referrer, &referrer,
                              pool);
    return err ? err : referrer.lister.err;
}
