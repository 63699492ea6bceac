/* cim_edit.c - changing an instance by what it is now.
 */
#include "cim_edit.h"

#include "../cim/cim_value.h"
#include "cim_manager.h"
#include "cim_manager_private.h"
#include "cim_repository_private.h"

typedef struct editor_t {
    const wsm_call_t *call;
    const cim_class_t *cls;
    int provided; /* [Write] counts */
    cim_edit_fn *edit;
    void *baton;
} editor_t;

static wsm_error_t *read_only(const editor_t *self,
                              const cim_property_t *property, apr_pool_t *pool)
{
    const wsm_request_t *request = self->call->request;
    wsm_error_t *err = wsm_fail(pool, WSMAN_E_ACTION_MISMATCH,
                                "The property %s of %s cannot be changed.",
                                property->name, self->cls->name);

    if (request != NULL && request->action != NULL)
        wsm_error_detail(err, request->action, pool);
    return err;
}

static wsm_error_t *ask(const editor_t *self, const cim_instance_t *now,
                        cim_instance_t **changes, apr_pool_t *pool)
{
    const cim_property_t *property = self->cls->properties;
    wsm_error_t *err;
    apr_uint32_t i;

    *changes = cim_instance_make(self->cls, pool);
    err = self->edit(self->baton, now, *changes, pool);
    for (i = 0; err == NULL && i < self->cls->nproperties; i++, property++) {
        if ((*changes)->values[i].type != CIM_NONE &&
            (property->key || (self->provided && !property->writable)))
            err = read_only(self, property, pool);
    }
    return err;
}

static wsm_error_t *change(void *baton, const char *old, wsm_content_t *content,
                           apr_pool_t *pool)
{
    const editor_t *self = baton;
    cim_instance_t *instance, *changes;
    wsm_error_t *err;
    apr_uint32_t i;

    err = cim_record_decode(&instance, old, self->call->endpoint->schema,
                            self->cls, pool);
    if (err == NULL)
        err = ask(self, instance, &changes, pool);
    if (err != NULL)
        return err;
    for (i = 0; i < instance->nvalues; i++) {
        if (changes->values[i].type != CIM_NONE)
            instance->values[i] = changes->values[i];
    }
    err = cim_record_check(instance, pool);
    if (err == NULL && !cim_record_encode(content, instance, pool))
        err = cim_record_too_large(self->cls, pool);
    return err;
}

static wsm_error_t *edit_provided(const editor_t *self, const cim_path_t *path)
{
    apr_pool_t *pool = self->call->pub.pool;
    const cim_instance_t *now;
    cim_instance_t *changes;
    wsm_error_t *err = cim_manager_get(self->call, self->cls, path, &now);

    if (err == NULL)
        err = ask(self, now, &changes, pool);
    return err ? err : cim_manager_put(self->call, self->cls, path, changes);
}

wsm_error_t *cim_edit(const wsm_call_t *call, const cim_class_t *cls,
                      const cim_path_t *path, cim_edit_fn *edit, void *baton)
{
    editor_t editor = {call, cls, 0, edit, baton};
    wsm_binding_t *binding = cim_manager_binding(call, cls);
    wsm_error_t *err = cim_manager_may_write(call, cls, binding);
    wsm_record_id_t id;

    if (err != NULL)
        return err;
    editor.provided = binding != NULL;
    if (editor.provided)
        return edit_provided(&editor, path);
    cim_record_id(&id, call->endpoint->repository, cls, path, call->pub.pool);
    return wsm_store_change(call->endpoint->server->store, &id, change, &editor,
                            call->pub.pool);
}
