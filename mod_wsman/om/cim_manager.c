/* cim_manager.c - the operations on one instance.
 */
#include "cim_manager.h"

#include <string.h>

#include <apr_strings.h>

#include "../cim/cim_value.h"
#include "../provide/wsm_registry.h"
#include "cim_manager_private.h"
#include "cim_repository.h"
#include "cim_security.h"
#include "cim_system.h"

wsm_binding_t *cim_manager_binding(const wsm_call_t *call,
                                   const cim_class_t *cls)
{
    return wsm_registry_find(call->endpoint,
                             call->request ? call->request->resource_uri : NULL,
                             cls);
}

/* MS-WMI 3.1.4.3.12 to 3.1.4.3.15 */
wsm_error_t *cim_manager_may_write(const wsm_call_t *call,
                                   const cim_class_t *cls,
                                   const wsm_binding_t *binding)
{
    apr_uint32_t right = CIM_RIGHT_PARTIAL_WRITE;

    if (binding != NULL)
        right = wsm_binding_provider(binding) == &cim_system_provider
                    ? CIM_RIGHT_FULL_WRITE
                    : CIM_RIGHT_WRITE_PROVIDER;
    return cim_security_check(call, cls->ns, right);
}

static wsm_error_t *too_late(const wsm_call_t *call, wsm_error_t *err)
{
    return wsm_error_make(call->pub.pool, WSMAN_E_TIMED_OUT, APR_SUCCESS, err,
                          "The operation did not end within its "
                          "OperationTimeout.");
}

wsm_error_t *cim_manager_in_time(const wsm_call_t *call, wsm_error_t *err)
{
    return wsm_call_cancelled(call) ? too_late(call, err) : err;
}

wsm_error_t *cim_manager_late(const wsm_call_t *call, wsm_error_t *err)
{
    return err ? cim_manager_in_time(call, err) : NULL;
}

static wsm_error_t *no_hook(const wsm_call_t *call, const cim_class_t *cls,
                            const char *what)
{
    wsm_error_t *err =
        wsm_fail(call->pub.pool, WSMAN_E_ACTION_MISMATCH,
                 "Instances of %s cannot be %s.", cls->name, what);

    if (call->request != NULL && call->request->action != NULL)
        wsm_error_detail(err, call->request->action, call->pub.pool);
    return err;
}

static wsm_error_t *not_found(const wsm_call_t *call, const cim_class_t *cls)
{
    return wsm_fail(call->pub.pool, WSMAN_E_DESTINATION_UNREACHABLE,
                    "There is no instance of %s with these selectors.",
                    cls->name);
}

/* For a provider that lists but does not get: the sink that waits for one
 * path. */
typedef struct seeker_t {
    const cim_path_t *path;
    const cim_instance_t *found;
    apr_pool_t *pool;
} seeker_t;

static wsman_sink_e seek(void *baton, const cim_instance_t *instance,
                         const char *key, apr_pool_t *scratch)
{
    seeker_t *self = baton;
    apr_uint32_t i;

    (void)key;
    (void)scratch;
    for (i = 0; i < self->path->nkeys; i++) {
        const cim_key_t *wanted = &self->path->keys[i];
        const cim_value_t *value = cim_instance_get(instance, wanted->name);

        if (value == NULL || !cim_value_equal(value, &wanted->value, 0))
            return WSMAN_SINK_MORE;
    }
    self->found = cim_instance_copy(instance, self->pool);
    return WSMAN_SINK_FULL;
}

static wsm_error_t *get_by_list(wsm_call_t *inner,
                                const wsman_provider_t *provider,
                                const cim_class_t *cls, const cim_path_t *path,
                                const cim_instance_t **instance)
{
    wsman_term_t *terms =
        apr_pcalloc(inner->pub.pool, (path->nkeys + 1) * sizeof(*terms));
    wsman_query_t query = {.cls = cls, .terms = terms, .nterms = path->nkeys};
    seeker_t seeker = {path, NULL, inner->pub.pool};
    wsman_sink_t sink = {.call = inner,
                         .cls = cls,
                         .keyed =
                             (provider->flags & WSMAN_PROVIDER_RESUMABLE) != 0,
                         .take = seek,
                         .baton = &seeker};
    wsm_error_t *err;
    apr_uint32_t i;

    for (i = 0; i < path->nkeys; i++) {
        terms[i].name = path->keys[i].name;
        terms[i].value = path->keys[i].value;
    }
    err = provider->list(&inner->pub, &query, &sink);
    if (err == NULL)
        err = sink.err;
    if (err == NULL && seeker.found == NULL)
        return not_found(inner, cls);
    *instance = seeker.found;
    return err;
}

static const char *key_fault(const cim_instance_t *instance,
                             const cim_path_t *path)
{
    const cim_class_t *cls = instance->cls;
    apr_uint32_t i;

    for (i = 0; i < cls->nkeys; i++) {
        const cim_value_t *value = &instance->values[cls->keys[i]];
        const cim_value_t *asked =
            cim_path_key(path, cls->properties[cls->keys[i]].name);

        if (value->type == CIM_NONE || value->is_null)
            return "a key has no value";
        if (asked != NULL && !cim_value_equal(value, asked, 1))
            return "its keys are not those that were asked for";
    }
    return NULL;
}

/* An instance that a provider answers with must be one, and the one. */
static wsm_error_t *check_answer(const wsm_call_t *call, const cim_class_t *cls,
                                 const cim_path_t *path,
                                 const cim_instance_t *instance)
{
    const char *fault = "it is not of the class that was asked for";

    if (instance != NULL && instance->cls == cls) {
        fault = cim_instance_fault(instance, call->pub.pool);
        if (fault == NULL)
            fault = key_fault(instance, path);
    }
    if (fault == NULL)
        return NULL;
    return wsm_fail(call->pub.pool, WSMAN_E_INTERNAL_ERROR,
                    "The provider of %s answered with an instance that is "
                    "none: %s.",
                    cls->name, fault);
}

static wsm_error_t *get_provided(wsm_binding_t *binding, const wsm_call_t *call,
                                 const cim_class_t *cls, const cim_path_t *path,
                                 const cim_instance_t **instance)
{
    const wsman_provider_t *provider = wsm_binding_provider(binding);
    wsm_call_t inner;
    wsm_error_t *err;

    if (provider->list == NULL &&
        (provider->get == NULL || path->nkeys != cls->nkeys))
        return no_hook(call, cls, "read");
    err = wsm_binding_enter(binding, call, &inner);
    if (err != NULL)
        return err;
    if (provider->get != NULL && path->nkeys == cls->nkeys)
        err = provider->get(&inner.pub, path, instance);
    else
        err = get_by_list(&inner, provider, cls, path, instance);
    wsm_binding_leave(binding, &inner);
    err = cim_manager_in_time(call, err);
    return err ? err : check_answer(call, cls, path, *instance);
}

static wsm_error_t *get_exact(const wsm_call_t *call, const cim_class_t *cls,
                              const cim_path_t *path,
                              const cim_instance_t **instance)
{
    wsm_binding_t *binding = cim_manager_binding(call, cls);
    cim_path_t own = *path;

    own.class_name = cls->name;
    if (binding != NULL)
        return get_provided(binding, call, cls, &own, instance);
    if (cls->abstract)
        return not_found(call, cls);
    return cim_repository_get(call, cls, &own, instance);
}

wsm_error_t *cim_manager_get(const wsm_call_t *call, const cim_class_t *cls,
                             const cim_path_t *path,
                             const cim_instance_t **instance)
{
    const cim_class_t **below;
    wsm_error_t *err = cim_security_check(call, cls->ns, 0);

    if (err != NULL)
        return err;
    if (!cim_schema_has_subclasses(call->endpoint->schema, cls))
        return get_exact(call, cls, path, instance);
    below = cim_schema_descendants(call->endpoint->schema, cls, call->pub.pool);
    for (; *below != NULL; below++) {
        err = get_exact(call, *below, path, instance);
        if (err == NULL || (err->code != WSMAN_E_DESTINATION_UNREACHABLE &&
                            err->code != WSMAN_E_ACTION_MISMATCH))
            return err;
    }
    return not_found(call, cls);
}

wsm_error_t *cim_manager_read(const wsm_call_t *call, const cim_path_t *path,
                              const cim_instance_t **instance)
{
    const char *ns = path->ns ? path->ns : call->pub.ns;
    const cim_class_t *cls =
        cim_schema_class(call->endpoint->schema, ns, path->class_name);
    wsm_error_t *err = cim_security_check(call, ns, 0);

    if (err != NULL)
        return err;
    if (cls == NULL)
        return wsm_fail(call->pub.pool, WSMAN_E_INVALID_RESOURCE_URI,
                        "There is no class %s in %s.", path->class_name, ns);
    err = cim_manager_get(call, cls, path, instance);
    if (err == NULL && call->authorize_class != NULL)
        err = call->authorize_class(call->baton, (*instance)->cls, 0);
    return err;
}

/* The class that really has the instance a path names. */
static wsm_error_t *owner(const wsm_call_t *call, const cim_class_t **cls,
                          const cim_path_t *path, cim_path_t *own)
{
    const cim_instance_t *instance;
    wsm_error_t *err;

    *own = *path;
    if (cim_schema_has_subclasses(call->endpoint->schema, *cls) &&
        path->nkeys > 0) {
        err = cim_manager_get(call, *cls, path, &instance);
        if (err != NULL)
            return err;
        *cls = instance->cls;
    }
    own->class_name = (*cls)->name;
    return NULL;
}

/* R7.4-4: the instance that is put is the one that is addressed. */
static wsm_error_t *drop_keys(const wsm_call_t *call, const cim_path_t *path,
                              cim_instance_t *changes)
{
    const cim_class_t *cls = changes->cls;
    apr_uint32_t i;

    for (i = 0; i < cls->nkeys; i++) {
        cim_value_t *value = &changes->values[cls->keys[i]];
        const char *name = cls->properties[cls->keys[i]].name;
        const cim_value_t *key = cim_path_key(path, name);

        if (value->type != CIM_NONE &&
            (key == NULL || !cim_value_equal(value, key, 0)))
            return wsm_fail(
                call->pub.pool, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                "The key %s of %s cannot be changed.", name, cls->name);
        value->type = CIM_NONE;
    }
    return NULL;
}

static int drop_read_only(cim_instance_t *changes)
{
    apr_uint32_t i;
    int left = 0;

    for (i = 0; i < changes->nvalues; i++) {
        if (!changes->cls->properties[i].writable)
            changes->values[i].type = CIM_NONE;
        left += changes->values[i].type != CIM_NONE;
    }
    return left;
}

static wsm_error_t *put_provided(wsm_binding_t *binding, const wsm_call_t *call,
                                 const cim_class_t *cls, const cim_path_t *path,
                                 cim_instance_t *changes)
{
    const wsman_provider_t *provider = wsm_binding_provider(binding);
    wsm_call_t inner;
    wsm_error_t *err;

    if (provider->put == NULL || drop_read_only(changes) == 0)
        return no_hook(call, cls, "changed");
    err = wsm_binding_enter(binding, call, &inner);
    if (err != NULL)
        return err;
    err = provider->put(&inner.pub, path, changes);
    wsm_binding_leave(binding, &inner);
    return cim_manager_late(call, err);
}

wsm_error_t *cim_manager_put(const wsm_call_t *call, const cim_class_t *cls,
                             const cim_path_t *path, cim_instance_t *changes)
{
    wsm_binding_t *binding;
    cim_path_t own;
    wsm_error_t *err = cim_security_check(call, cls->ns, 0);

    if (err == NULL)
        err = drop_keys(call, path, changes);
    if (err == NULL)
        err = owner(call, &cls, path, &own);
    if (err != NULL)
        return err;
    if (changes->cls != cls) {
        /* The superclass' properties come first in every subclass. */
        cim_instance_t *wider = cim_instance_make(cls, call->pub.pool);
        apr_uint32_t n = changes->nvalues < wider->nvalues ? changes->nvalues
                                                           : wider->nvalues;

        memcpy(wider->values, changes->values, n * sizeof(wider->values[0]));
        changes = wider;
    }
    binding = cim_manager_binding(call, cls);
    err = cim_manager_may_write(call, cls, binding);
    if (err != NULL)
        return err;
    if (binding != NULL)
        return put_provided(binding, call, cls, &own, changes);
    return cim_repository_put(call, cls, &own, changes);
}

wsm_error_t *cim_manager_create(const wsm_call_t *call, const cim_class_t *cls,
                                const cim_instance_t *instance,
                                const cim_path_t **path)
{
    wsm_binding_t *binding = cim_manager_binding(call, cls);
    const wsman_provider_t *provider;
    wsm_call_t inner;
    wsm_error_t *err = cim_manager_may_write(call, cls, binding);

    if (err != NULL)
        return err;
    if (binding == NULL)
        return cim_repository_create(call, cls, instance, path);
    provider = wsm_binding_provider(binding);
    if (provider->create == NULL)
        return no_hook(call, cls, "created");
    err = wsm_binding_enter(binding, call, &inner);
    if (err != NULL)
        return err;
    err = provider->create(&inner.pub, instance, path);
    wsm_binding_leave(binding, &inner);
    return cim_manager_late(call, err);
}

wsm_error_t *cim_manager_remove(const wsm_call_t *call, const cim_class_t *cls,
                                const cim_path_t *path)
{
    const wsman_provider_t *provider;
    wsm_binding_t *binding;
    wsm_call_t inner;
    cim_path_t own;
    wsm_error_t *err = cim_security_check(call, cls->ns, 0);

    if (err == NULL)
        err = owner(call, &cls, path, &own);
    if (err != NULL)
        return err;
    binding = cim_manager_binding(call, cls);
    err = cim_manager_may_write(call, cls, binding);
    if (err != NULL)
        return err;
    if (binding == NULL)
        return cim_repository_remove(call, cls, &own);
    provider = wsm_binding_provider(binding);
    if (provider->remove == NULL)
        return no_hook(call, cls, "deleted");
    err = wsm_binding_enter(binding, call, &inner);
    if (err != NULL)
        return err;
    err = provider->remove(&inner.pub, &own);
    wsm_binding_leave(binding, &inner);
    return cim_manager_late(call, err);
}

wsm_error_t *cim_manager_invoke(const wsm_call_t *call, const cim_class_t *cls,
                                const cim_path_t *path,
                                const cim_method_t *method,
                                const cim_instance_t *in, cim_instance_t *out)
{
    const wsman_provider_t *provider;
    wsm_binding_t *binding;
    wsm_call_t inner;
    cim_path_t own;
    const char *fault;
    wsm_error_t *err =
        cim_security_check(call, cls->ns, CIM_RIGHT_METHOD_EXECUTE);

    if (err == NULL)
        err = owner(call, &cls, path, &own);
    if (err != NULL)
        return err;
    binding = cim_manager_binding(call, cls);
    provider = binding ? wsm_binding_provider(binding) : NULL;
    if (provider == NULL || provider->invoke == NULL)
        return no_hook(call, cls, "asked to run a method");
    err = wsm_binding_enter(binding, call, &inner);
    if (err != NULL)
        return err;
    err = provider->invoke(&inner.pub, &own, method->name, in, out);
    wsm_binding_leave(binding, &inner);
    err = cim_manager_in_time(call, err);
    if (err != NULL)
        return err;
    fault = cim_instance_fault(out, call->pub.pool);
    if (fault != NULL)
        return wsm_fail(call->pub.pool, WSMAN_E_INTERNAL_ERROR,
                        "The method %s of %s answered with arguments that are "
                        "none: %s.",
                        method->name, cls->name, fault);
    return NULL;
}
