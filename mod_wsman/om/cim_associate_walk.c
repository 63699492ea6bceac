/* cim_associate_walk.c - the associations of one class that refer to an object,
 * and what they lead to.
 *
 * What associations lead to is read when their list has ended: a provider that
 * is not threaded may not be called while it lists.
 */
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "../cim/cim_value.h"
#include "cim_associate_private.h"
#include "cim_manager.h"
#include "cim_manager_private.h"
#include "cim_repository.h"

typedef struct walker_t {
    associating_t *self;
    const cim_class_t *assoc;
    apr_array_header_t *ends; /* const cim_path_t * */
    apr_pool_t *pool;         /* for this class */
    wsm_error_t *err;
} walker_t;

static const char *text_of(const cim_path_t *path, apr_pool_t *pool)
{
    return apr_pstrcat(pool, path->ns, ":", cim_path_text(path, pool), NULL);
}

/* ---- associations, as they are listed */

static wsm_error_t *add_end(walker_t *walker, const cim_path_t *path,
                            apr_pool_t *scratch)
{
    cim_path_t whole = *path;
    int is_new;
    wsm_error_t *err;

    if (whole.ns == NULL)
        whole.ns = walker->assoc->ns;
    err = associating_once(walker->self, &is_new, text_of(&whole, scratch));
    if (err == NULL && is_new)
        APR_ARRAY_PUSH(walker->ends, const cim_path_t *) =
            cim_path_copy(&whole, walker->pool);
    return err;
}

/* The ends of an association other than that at which the object is. */
static wsm_error_t *add_ends(walker_t *walker, const cim_instance_t *instance,
                             apr_uint32_t object, apr_pool_t *scratch)
{
    const cim_class_t *assoc = instance->cls;
    wsm_error_t *err = NULL;
    apr_uint32_t i;

    for (i = 0; i < assoc->nproperties && err == NULL; i++) {
        const cim_value_t *value = &instance->values[i];

        if (i != object && value->type == CIM_REFERENCE && !value->is_null &&
            associating_is_result_role(walker->self, &assoc->properties[i]))
            err = add_end(walker, value->v.ref, scratch);
    }
    return err;
}

static wsman_sink_e give_association(walker_t *walker,
                                     const cim_instance_t *instance,
                                     apr_pool_t *scratch)
{
    associating_t *self = walker->self;
    const cim_associate_t *what = self->what;

    if (self->asked->classes_only) {
        walker->err = associating_give_class(self, instance->cls, scratch);
        return WSMAN_SINK_FULL; /* of this class */
    }
    if (!wsm_query_matches(what->query, instance))
        return WSMAN_SINK_MORE;
    self->full =
        what->take(what->baton, instance, NULL, scratch) == WSMAN_SINK_FULL;
    return self->full ? WSMAN_SINK_FULL : WSMAN_SINK_MORE;
}

static wsman_sink_e take_association(void *baton,
                                     const cim_instance_t *instance,
                                     const char *key, apr_pool_t *scratch)
{
    walker_t *walker = baton;
    const associating_t *self = walker->self;
    apr_uint32_t i;

    (void)key;
    for (i = 0; i < instance->nvalues; i++) {
        if (!associating_is_role(self, &instance->cls->properties[i]) ||
            !associating_refers(self, instance->cls, &instance->values[i]))
            continue;
        if (self->what->query->source == WSM_SOURCE_REFERENCES)
            return give_association(walker, instance, scratch);
        walker->err = add_ends(walker, instance, i, scratch);
        if (walker->err != NULL)
            return WSMAN_SINK_FULL;
    }
    return WSMAN_SINK_MORE;
}

/* ---- where they are listed */

/* Of an association that only leads somewhere its references are enough. */
static const unsigned char *wanted_of(const walker_t *walker)
{
    const cim_class_t *assoc = walker->assoc;
    unsigned char *wanted;
    apr_uint32_t i;

    if (walker->self->what->query->source == WSM_SOURCE_REFERENCES)
        return NULL;
    wanted = apr_pcalloc(walker->pool, assoc->nproperties + 1);
    for (i = 0; i < assoc->nproperties; i++)
        wanted[i] = assoc->properties[i].type == CIM_REFERENCE ||
                    assoc->properties[i].key;
    return wanted;
}

static wsm_error_t *ask_provider(walker_t *walker, wsm_binding_t *binding,
                                 wsman_sink_t *sink)
{
    const wsman_provider_t *provider = wsm_binding_provider(binding);
    const wsman_query_t query = {.cls = walker->assoc,
                                 .wanted = wanted_of(walker)};
    wsm_call_t inner;
    wsm_error_t *err;

    if (provider->associate == NULL && provider->list == NULL)
        return NULL;
    err = wsm_binding_enter(binding, walker->self->call, &inner);
    if (err != NULL)
        return err;
    sink->call = &inner;
    if (provider->associate != NULL) {
        err = provider->associate(&inner.pub, &walker->self->object, &query,
                                  sink);
    } else {
        sink->keyed = (provider->flags & WSMAN_PROVIDER_RESUMABLE) != 0;
        err = provider->list(&inner.pub, &query, sink);
    }
    wsm_binding_leave(binding, &inner);
    return err;
}

static wsm_error_t *ask_repository(walker_t *walker, wsman_sink_t *sink)
{
    wsm_call_t inner = *walker->self->call;

    inner.pub.pool = walker->pool;
    apr_pool_create(&inner.pub.scratch, walker->pool);
    sink->call = &inner;
    return cim_repository_referring(&inner, walker->assoc,
                                    &walker->self->object,
                                    walker->self->asked->role, NULL, sink);
}

static wsm_error_t *list_associations(walker_t *walker)
{
    const wsm_call_t *call = walker->self->call;
    wsm_binding_t *binding = cim_manager_binding(call, walker->assoc);
    wsman_sink_t sink = {
        .cls = walker->assoc, .take = take_association, .baton = walker};
    wsm_error_t *err = NULL;

    if (binding != NULL)
        err = ask_provider(walker, binding, &sink);
    else if (!walker->assoc->abstract)
        err = ask_repository(walker, &sink);
    if (err == NULL)
        err = sink.err;
    if (err == NULL)
        err = walker->err;
    return err != NULL || !sink.full ? cim_manager_in_time(call, err) : NULL;
}

/* ---- what they lead to */

/* It is not there any more, or not for this caller, or cannot be read at all:
 * what is left is still the answer. */
static int is_left_out(const wsm_error_t *err)
{
    return err->code == WSMAN_E_DESTINATION_UNREACHABLE ||
           err->code == WSMAN_E_ACCESS_DENIED ||
           err->code == WSMAN_E_ACTION_MISMATCH;
}

static int is_wanted(associating_t *self, const cim_class_t *cls)
{
    const char *qualifier = self->asked->result_qualifier;

    if (self->result_cls != NULL &&
        !cim_class_is_a(cls, self->result_cls->name))
        return 0;
    if (qualifier != NULL &&
        cim_qualifier_find(cls->qualifiers, cls->nqualifiers, qualifier) ==
            NULL)
        return 0;
    return associating_may_see(self, cls);
}

static wsm_error_t *give_instance(associating_t *self, const cim_path_t *path,
                                  const cim_instance_t *instance,
                                  apr_pool_t *pool)
{
    const cim_associate_t *what = self->what;
    cim_path_t *own = cim_instance_path(instance, pool);
    int is_new = 1;
    wsm_error_t *err = NULL;

    if (!is_wanted(self, instance->cls) ||
        !wsm_query_matches(what->query, instance))
        return NULL;
    if (self->asked->classes_only)
        return associating_give_class(self, instance->cls, pool);
    /* Other associations may name it by its own class. */
    if (own != NULL) {
        own->ns = instance->cls->ns;
        if (strcmp(text_of(own, pool), text_of(path, pool)) != 0)
            err = associating_once(self, &is_new, text_of(own, pool));
    }
    if (err == NULL && is_new)
        self->full =
            what->take(what->baton, instance, NULL, pool) == WSMAN_SINK_FULL;
    return err;
}

static wsm_error_t *give_end(associating_t *self, const cim_path_t *path,
                             apr_pool_t *pool)
{
    const cim_class_t *cls = cim_schema_class(self->call->endpoint->schema,
                                              path->ns, path->class_name);
    wsm_call_t inner = *self->call;
    const cim_instance_t *instance;
    wsm_error_t *err;

    if (cls == NULL || !associating_may_see(self, cls))
        return NULL;
    inner.pub.pool = pool;
    err = cim_manager_get(&inner, cls, path, &instance);
    if (err != NULL)
        return is_left_out(err) ? NULL : err;
    return give_instance(self, path, instance, pool);
}

static wsm_error_t *give_ends(walker_t *walker)
{
    associating_t *self = walker->self;
    apr_pool_t *pool;
    wsm_error_t *err = NULL;
    int i;

    apr_pool_create(&pool, walker->pool);
    for (i = 0; i < walker->ends->nelts && !self->full; i++) {
        err = give_end(self, APR_ARRAY_IDX(walker->ends, i, const cim_path_t *),
                       pool);
        if (err == NULL && !self->full)
            err = cim_manager_in_time(self->call, NULL);
        if (err != NULL)
            return err;
        apr_pool_clear(pool);
    }
    return NULL;
}

wsm_error_t *associating_walk_class(associating_t *self,
                                    const cim_class_t *assoc)
{
    walker_t walker = {.self = self, .assoc = assoc};
    wsm_error_t *err;

    apr_pool_create(&walker.pool, self->call->pub.pool);
    walker.ends = apr_array_make(walker.pool, 16, sizeof(const cim_path_t *));
    err = list_associations(&walker);
    if (err == NULL)
        err = give_ends(&walker);
    /* An error may live in it. */
    if (err == NULL)
        apr_pool_destroy(walker.pool);
    return err;
}
