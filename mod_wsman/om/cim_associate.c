/* cim_associate.c - which associations there can be, and what of them is
 * wanted.
 */
#include "cim_associate.h"

#include <string.h>
#include <strings.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "../cim/cim_value.h"
#include "cim_associate_private.h"
#include "cim_manager.h"
#include "cim_security.h"

/* What is remembered of results to tell them apart, in bytes. */
#define MAX_SEEN (8 * 1024 * 1024)

static int has_qualifier(const cim_class_t *cls, const char *name)
{
    return name == NULL ||
           cim_qualifier_find(cls->qualifiers, cls->nqualifiers, name) != NULL;
}

static int is_class(const wsm_association_t *asked)
{
    const cim_class_t *cls = asked->object_cls;

    if (asked->object.nkeys > 0)
        return 0;
    if (asked->of_class)
        return 1;
    if (cls->nkeys == 0)
        return cls->abstract;
    return !cim_qualifier_true(cls->qualifiers, cls->nqualifiers, "Singleton");
}

int cim_associate_gives_classes(const wsm_query_t *query)
{
    return query->association->classes_only || is_class(query->association);
}

int associating_is_role(const associating_t *self,
                        const cim_property_t *property)
{
    const char *role = self->asked->role;

    return property->type == CIM_REFERENCE && property->type_name != NULL &&
           (role == NULL || strcasecmp(role, property->name) == 0) &&
           cim_class_is_a(self->cls, property->type_name);
}

/* Its class may be one above those that are wanted, or below. */
static int may_hold_result(const associating_t *self,
                           const cim_property_t *property)
{
    const cim_class_t *cls;

    if (self->result_cls == NULL || property->type_name == NULL ||
        cim_class_is_a(self->result_cls, property->type_name))
        return 1;
    cls = cim_schema_class(self->call->endpoint->schema, self->result_cls->ns,
                           property->type_name);
    return cls == NULL || cim_class_is_a(cls, self->result_cls->name);
}

int associating_is_result_role(const associating_t *self,
                               const cim_property_t *property)
{
    const char *role = self->asked->result_role;

    return property->type == CIM_REFERENCE &&
           (role == NULL || strcasecmp(role, property->name) == 0) &&
           may_hold_result(self, property);
}

int associating_refers(const associating_t *self, const cim_class_t *assoc,
                       const cim_value_t *value)
{
    const cim_path_t *path = value->v.ref;
    apr_uint32_t i;

    if (value->type != CIM_REFERENCE || value->is_null ||
        path->nkeys != self->object.nkeys ||
        strcasecmp(path->ns ? path->ns : assoc->ns, self->object.ns) != 0 ||
        !cim_class_is_a(self->cls, path->class_name))
        return 0;
    for (i = 0; i < path->nkeys; i++) {
        const cim_value_t *key =
            cim_path_key(&self->object, path->keys[i].name);

        if (key == NULL || !cim_value_equal(key, &path->keys[i].value, 0))
            return 0;
    }
    return 1;
}

static int may_see(const wsm_call_t *call, const cim_class_t *cls)
{
    return cim_security_check(call, cls->ns, 0) == NULL &&
           (call->authorize_class == NULL ||
            call->authorize_class(call->baton, cls, 0) == NULL);
}

int associating_may_see(associating_t *self, const cim_class_t *cls)
{
    const wsm_call_t *call = self->call;
    const char *answer = apr_hash_get(self->allowed, &cls, sizeof(cls));

    if (call->authorize_class == NULL && call->token == NULL)
        return 1;
    if (answer == NULL) {
        const cim_class_t **key = apr_palloc(call->pub.pool, sizeof(*key));

        *key = cls;
        answer = may_see(call, cls) ? "y" : "n";
        apr_hash_set(self->allowed, key, sizeof(*key), answer);
    }
    return *answer == 'y';
}

wsm_error_t *associating_once(associating_t *self, int *is_new,
                              const char *text)
{
    apr_pool_t *pool = self->call->pub.pool;

    *is_new = apr_hash_get(self->seen, text, APR_HASH_KEY_STRING) == NULL;
    if (!*is_new)
        return NULL;
    self->seen_size += strlen(text) + 1;
    if (self->seen_size > MAX_SEEN)
        return wsm_fail(pool, WSMAN_E_QUOTA_LIMIT,
                        "The object is associated with too many others to be "
                        "enumerated: ask with a ResultClassName or a Role.");
    apr_hash_set(self->seen, apr_pstrdup(pool, text), APR_HASH_KEY_STRING, "");
    return NULL;
}

wsm_error_t *associating_give_class(associating_t *self, const cim_class_t *cls,
                                    apr_pool_t *scratch)
{
    int is_new;
    wsm_error_t *err;

    if (self->full || !associating_may_see(self, cls))
        return NULL;
    err = associating_once(self, &is_new,
                           apr_pstrcat(scratch, cls->ns, "#", cls->name, NULL));
    if (err == NULL && is_new)
        self->full = self->what->take_class(self->what->baton, cls, scratch) ==
                     WSMAN_SINK_FULL;
    return err;
}

/* ---- association classes */

static int is_asked_for(const associating_t *self, const cim_class_t *assoc)
{
    const wsm_association_t *asked = self->asked;
    int references = self->what->query->source == WSM_SOURCE_REFERENCES;
    const char *name = references ? asked->result_class : asked->assoc_class;

    if (name != NULL && !cim_class_is_a(assoc, name))
        return 0;
    return has_qualifier(assoc, references ? asked->result_qualifier
                                           : asked->assoc_qualifier);
}

/* Can it have an object of this class at one end and, unless the association
 * itself is wanted, a result at another? */
static int fits(const associating_t *self, const cim_class_t *assoc)
{
    int references = self->what->query->source == WSM_SOURCE_REFERENCES;
    apr_uint32_t i, k;

    for (i = 0; i < assoc->nproperties; i++) {
        if (!associating_is_role(self, &assoc->properties[i]))
            continue;
        if (references)
            return 1;
        for (k = 0; k < assoc->nproperties; k++) {
            if (k != i &&
                associating_is_result_role(self, &assoc->properties[k]))
                return 1;
        }
    }
    return 0;
}

typedef struct chooser_t {
    const associating_t *self;
    apr_array_header_t *chosen; /* const cim_class_t * */
} chooser_t;

static void choose(void *baton, const cim_class_t *cls)
{
    chooser_t *chooser = baton;

    if (cls->association && is_asked_for(chooser->self, cls) &&
        fits(chooser->self, cls))
        APR_ARRAY_PUSH(chooser->chosen, const cim_class_t *) = cls;
}

/* The classes at the other ends, by the association's declaration. */
static wsm_error_t *give_end_classes(associating_t *self,
                                     const cim_class_t *assoc,
                                     apr_pool_t *scratch)
{
    const cim_schema_t *schema = self->call->endpoint->schema;
    wsm_error_t *err = NULL;
    apr_uint32_t i, k;

    for (i = 0; i < assoc->nproperties; i++) {
        if (!associating_is_role(self, &assoc->properties[i]))
            continue;
        for (k = 0; k < assoc->nproperties && err == NULL; k++) {
            const cim_property_t *end = &assoc->properties[k];
            const cim_class_t *cls;

            if (k == i || !associating_is_result_role(self, end) ||
                end->type_name == NULL)
                continue;
            cls = cim_schema_class(schema, assoc->ns, end->type_name);
            if (cls != NULL &&
                has_qualifier(cls, self->asked->result_qualifier))
                err = associating_give_class(self, cls, scratch);
        }
    }
    return err;
}

static wsm_error_t *ask_class(associating_t *self, const cim_class_t *assoc,
                              apr_pool_t *scratch)
{
    if (!associating_may_see(self, assoc))
        return NULL;
    if (!is_class(self->asked))
        return associating_walk_class(self, assoc);
    if (self->what->query->source == WSM_SOURCE_REFERENCES)
        return associating_give_class(self, assoc, scratch);
    return give_end_classes(self, assoc, scratch);
}

/* ---- the object */

static wsm_error_t *no_object(const associating_t *self)
{
    return wsm_fail(self->call->pub.pool, WSMAN_E_CANNOT_PROCESS_FILTER,
                    "The object of the query, an instance of %s, is not there.",
                    self->asked->object_cls->name);
}

/* R8.2.1-4; with all its keys, and as what it is.  One of a class that the
 * caller may not see is not there for him, by whatever class he named it. */
static wsm_error_t *find_object(associating_t *self)
{
    const wsm_call_t *call = self->call;
    const cim_instance_t *instance;
    const cim_path_t *path;
    wsm_error_t *err;

    self->cls = self->asked->object_cls;
    err = cim_security_check(call, self->cls->ns, 0);
    if (err != NULL || is_class(self->asked))
        return err;
    err = cim_manager_get(call, self->cls, &self->asked->object, &instance);
    if (err != NULL && err->code == WSMAN_E_DESTINATION_UNREACHABLE)
        return no_object(self);
    if (err != NULL)
        return err;
    if (!associating_may_see(self, instance->cls))
        return no_object(self);
    path = cim_instance_path(instance, call->pub.pool);
    if (path == NULL)
        return wsm_fail(call->pub.pool, WSMAN_E_INTERNAL_ERROR,
                        "The object of the query has no keys.");
    self->cls = instance->cls;
    self->object = *path;
    self->object.ns = instance->cls->ns;
    return NULL;
}

static void ready(associating_t *self, const wsm_call_t *call,
                  const cim_associate_t *what)
{
    apr_pool_t *pool = call->pub.pool;

    memset(self, 0, sizeof(*self));
    self->call = call;
    self->what = what;
    self->asked = what->query->association;
    if (what->query->source == WSM_SOURCE_ASSOCIATED)
        self->result_cls = what->query->cls;
    self->seen = apr_hash_make(pool);
    self->allowed = apr_hash_make(pool);
}

wsm_error_t *cim_associate(const wsm_call_t *call, const cim_associate_t *what)
{
    apr_pool_t *pool = call->pub.pool, *scratch;
    chooser_t chooser = {NULL,
                         apr_array_make(pool, 8, sizeof(const cim_class_t *))};
    associating_t self;
    wsm_error_t *err;
    int i;

    ready(&self, call, what);
    chooser.self = &self;
    err = find_object(&self);
    if (err != NULL)
        return err;
    cim_schema_each(call->endpoint->schema, call->pub.ns, choose, &chooser);
    apr_pool_create(&scratch, pool);
    for (i = 0; i < chooser.chosen->nelts && !self.full && err == NULL; i++) {
        apr_pool_clear(scratch);
        err = ask_class(&self,
                        APR_ARRAY_IDX(chooser.chosen, i, const cim_class_t *),
                        scratch);
    }
    return err;
}
