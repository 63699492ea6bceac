/* cim_schema.c - namespaces and what they hold, over what the base holds. */
#include "cim_schema_private.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "cim_name.h"
#include "cim_qualifiers.h"
#include "cim_resolve.h"
#include "cim_value.h"

const char cim_schema_hidden[] = "";

cim_schema_t *cim_schema_make_over(const cim_schema_t *base, apr_pool_t *pool)
{
    cim_schema_t *schema = apr_pcalloc(pool, sizeof(*schema));
    schema->base = base;
    schema->pool = pool;
    schema->namespaces = cim_table_make(pool);
    schema->below = apr_hash_make(pool);
    schema->standard = base ? base->standard : cim_qualifiers_standard(pool);
    schema->nclasses = base ? base->nclasses : 0;
    return schema;
}

cim_schema_t *cim_schema_make(apr_pool_t *pool)
{
    return cim_schema_make_over(NULL, pool);
}

cim_schema_t *cim_schema_make_view(const cim_schema_t *base,
                                   cim_sight_fn *sight, void *baton,
                                   apr_pool_t *pool)
{
    cim_schema_t *view = cim_schema_make_over(base, pool);
    view->sight = sight;
    view->sight_baton = baton;
    return view;
}

const cim_schema_t *cim_schema_whole(const cim_schema_t *schema)
{
    while (schema->sight)
        schema = schema->base;
    return schema;
}

static int shows(const cim_schema_t *schema, const char *ns, cim_sight_e least)
{
    return !schema->sight || schema->sight(schema->sight_baton, ns) >= least;
}

const cim_schema_t *cim_schema_base(const cim_schema_t *schema)
{
    return schema->base;
}

apr_pool_t *cim_schema_pool(const cim_schema_t *schema)
{
    return schema->pool;
}

static const cim_schema_t *lowest(const cim_schema_t *schema)
{
    while (schema->base)
        schema = schema->base;
    return schema;
}

/* ---- namespaces */

cim_namespace_t *cim_schema_own(const cim_schema_t *schema, const char *ns)
{
    return cim_table_get(schema->namespaces, ns);
}

const cim_schema_t *cim_schema_next(const cim_schema_t *schema,
                                    const cim_namespace_t *in)
{
    return in && in->opaque ? NULL : schema->base;
}

/** As the lowest schema that knows the namespace spells it. */
static const char *spelled(const cim_schema_t *schema, const char *ns)
{
    const char *name = ns;
    for (; schema; schema = schema->base) {
        const cim_namespace_t *in = cim_schema_own(schema, ns);
        if (in)
            name = in->name;
    }
    return name;
}

cim_namespace_t *cim_schema_make_namespace(cim_schema_t *schema, const char *ns)
{
    cim_namespace_t *found = cim_schema_own(schema, ns);
    if (!found) {
        found = apr_pcalloc(schema->pool, sizeof(*found));
        found->name = apr_pstrdup(schema->pool, spelled(schema, ns));
        found->classes = cim_table_make(schema->pool);
        found->qualifiers = cim_table_make(schema->pool);
        found->instances = cim_table_make(schema->pool);
        found->sequence =
            apr_array_make(schema->pool, 0, sizeof(const cim_instance_t *));
        found->paths = apr_hash_make(schema->pool);
        cim_table_add(schema->namespaces, found->name, found);
    }
    found->there = 1;
    return found;
}

void cim_schema_add_namespace(cim_schema_t *schema, const char *ns)
{
    cim_schema_make_namespace(schema, ns);
}

int cim_schema_has_namespace(const cim_schema_t *schema, const char *ns)
{
    while (schema && shows(schema, ns, CIM_SIGHT_NAME)) {
        const cim_namespace_t *in = cim_schema_own(schema, ns);
        if (in && in->there)
            return 1;
        schema = cim_schema_next(schema, in);
    }
    return 0;
}

int cim_schema_namespace_is_fixed(const cim_schema_t *schema, const char *ns)
{
    return cim_schema_own(lowest(schema), ns) != NULL;
}

static void count_class(void *baton, const cim_class_t *cls)
{
    (void)cls;
    ++*(apr_uint32_t *)baton;
}

void cim_schema_hide_namespace(cim_schema_t *schema, const char *ns)
{
    apr_uint32_t count = 0;
    cim_schema_each(schema, ns, count_class, &count);
    schema->nclasses -= count;
    cim_namespace_t *in = cim_schema_make_namespace(schema, ns);
    in->there = 0;
    in->opaque = 1;
    in->has_security = 0;
    in->classes = cim_table_make(schema->pool);
    in->qualifiers = cim_table_make(schema->pool);
}

static int by_text(const void *a, const void *b)
{
    return cim_name_order(*(const char *const *)a, *(const char *const *)b);
}

const char **cim_schema_namespaces(const cim_schema_t *schema, apr_pool_t *pool)
{
    apr_array_header_t *names = apr_array_make(pool, 8, sizeof(const char *));
    cim_table_t *seen = cim_table_make(pool);
    for (const cim_schema_t *layer = schema; layer; layer = layer->base) {
        for (apr_uint32_t i = 0; i < layer->namespaces->count; i++) {
            const char *name = layer->namespaces->entries[i].name;
            if (cim_table_get(seen, name))
                continue;
            cim_table_add(seen, name, (void *)(apr_uintptr_t)name);
            if (cim_schema_has_namespace(schema, name))
                APR_ARRAY_PUSH(names, const char *) = name;
        }
    }
    qsort(names->elts, (size_t)names->nelts, sizeof(const char *), by_text);
    APR_ARRAY_PUSH(names, const char *) = NULL;
    return (const char **)(void *)names->elts;
}

/* ---- qualifier types */

const cim_qualifier_type_t *cim_schema_qualifier_type(
    const cim_schema_t *schema, const char *ns, const char *name)
{
    for (const cim_schema_t *layer = schema; layer;) {
        const cim_namespace_t *in = cim_schema_own(layer, ns);
        const cim_qualifier_type_t *type =
            in ? cim_table_get(in->qualifiers, name) : NULL;
        if (type)
            return type;
        layer = cim_schema_next(layer, in);
    }
    return cim_table_get(schema->standard, name);
}

static int same_type(const cim_qualifier_type_t *a,
                     const cim_qualifier_type_t *b)
{
    return a->scope == b->scope && a->flavor == b->flavor &&
           a->value.type == b->value.type &&
           a->value.is_array == b->value.is_array &&
           cim_value_equal(&a->value, &b->value, 0);
}

wsm_error_t *cim_schema_add_qualifier_type(cim_schema_t *schema, const char *ns,
                                           const cim_qualifier_type_t *type)
{
    cim_namespace_t *in = cim_schema_make_namespace(schema, ns);
    const cim_qualifier_type_t *old =
        cim_schema_qualifier_type(schema, ns, type->name);
    if (old && old != cim_table_get(schema->standard, type->name)) {
        if (same_type(old, type))
            return NULL;
        return cim_resolve_fail(
            schema, "the qualifier %s is declared already, but not like this",
            type->name);
    }
    cim_qualifier_type_t *copy = apr_pmemdup(schema->pool, type, sizeof(*copy));
    copy->name = apr_pstrdup(schema->pool, type->name);
    copy->value = cim_value_copy(&type->value, schema->pool);
    cim_table_add(in->qualifiers, copy->name, copy);
    return NULL;
}

/* ---- classes */

const cim_class_t *cim_schema_class(const cim_schema_t *schema, const char *ns,
                                    const char *name)
{
    while (schema && shows(schema, ns, CIM_SIGHT_ALL)) {
        const cim_namespace_t *in = cim_schema_own(schema, ns);
        const void *cls = in ? cim_table_get(in->classes, name) : NULL;
        if (cls)
            return cls == cim_schema_hidden ? NULL : cls;
        schema = cim_schema_next(schema, in);
    }
    return NULL;
}

int cim_schema_class_is_fixed(const cim_schema_t *schema,
                              const cim_class_t *cls)
{
    const cim_namespace_t *in = cim_schema_own(lowest(schema), cls->ns);
    return in && cim_table_get(in->classes, cls->name) == cls;
}

/** The class that this schema itself has, or NULL. */
static cim_class_t *own_class(const cim_namespace_t *in, const char *name)
{
    cim_class_t *cls = cim_table_get(in->classes, name);
    return (const void *)cls == cim_schema_hidden ? NULL : cls;
}

void cim_schema_hide_class(cim_schema_t *schema, const char *ns,
                           const char *name)
{
    if (!cim_schema_class(schema, ns, name))
        return;
    cim_namespace_t *in = cim_schema_make_namespace(schema, ns);
    cim_table_set(in->classes, apr_pstrdup(schema->pool, name),
                  (void *)(apr_uintptr_t)cim_schema_hidden);
    schema->nclasses--;
}

/** What must be so for a declaration to stand for `old`. */
static wsm_error_t *check_again(cim_schema_t *schema, const cim_class_t *cls,
                                const cim_class_t *old)
{
    if (cim_schema_class_is_fixed(schema, old))
        return cim_resolve_fail(schema,
                                schema->base ? "%s is declared by the server's "
                                               "MOF files, but not like this"
                                             : "%s is declared already, but "
                                               "not like this",
                                cls->name);
    if (own_class(cim_schema_own(schema, cls->ns), cls->name))
        return cim_resolve_fail(
            schema, "%s is declared already, but not like this", cls->name);
    return NULL;
}

wsm_error_t *cim_schema_add_class(cim_schema_t *schema, cim_class_t *cls)
{
    cim_namespace_t *in = cim_schema_make_namespace(schema, cls->ns);
    const cim_class_t *old = cim_schema_class(schema, cls->ns, cls->name);
    wsm_error_t *err;
    cls->super = NULL;
    if (cls->super_name) {
        cls->super = cim_schema_class(schema, cls->ns, cls->super_name);
        if (!cls->super) {
            err = cim_resolve_fail(schema,
                                   "%s derives from %s, which is not in %s",
                                   cls->name, cls->super_name, in->name);
            err->cim_status = WSMAN_CIM_INVALID_SUPERCLASS;
            return err;
        }
    }
    cls->ns = in->name;
    cls->subclasses = NULL;
    cls->nsubclasses = 0;
    cls->mapping = NULL;
    err = cim_resolve_class(schema, cls);
    if (err)
        return err;
    if (old && cim_resolve_same(old, cls))
        return NULL;
    err = old ? check_again(schema, cls, old) : NULL;
    if (err)
        return err;
    cim_table_set(in->classes, cls->name, cls);
    schema->nclasses += !old;
    if (cls->super)
        cim_schema_add_below(schema, cls, own_class(in, cls->super->name));
    return NULL;
}

/* ---- instances */

wsm_error_t *cim_schema_add_instance(cim_schema_t *schema, const char *ns,
                                     const cim_instance_t *instance)
{
    cim_namespace_t *in = cim_schema_make_namespace(schema, ns);
    const char *name = instance->cls->name;
    const char *fault = cim_instance_fault(instance, schema->pool);
    if (fault)
        return cim_resolve_fail(schema, "%s", fault);
    cim_instance_t *copy = cim_instance_copy(instance, schema->pool);
    cim_path_t *path = cim_instance_path(copy, schema->pool);
    if (!path)
        return cim_resolve_fail(schema, "an instance of %s lacks a key", name);
    const char *text = cim_path_text(path, schema->pool);
    if (apr_hash_get(in->paths, text, APR_HASH_KEY_STRING))
        return cim_resolve_fail(schema, "there are two instances %s", text);
    apr_hash_set(in->paths, text, APR_HASH_KEY_STRING, copy);

    apr_array_header_t *list = cim_table_get(in->instances, name);
    if (!list) {
        list = apr_array_make(schema->pool, 4, sizeof(const cim_instance_t *));
        cim_table_add(in->instances, name, list);
    }
    APR_ARRAY_PUSH(list, const cim_instance_t *) = copy;
    APR_ARRAY_PUSH(in->sequence, const cim_instance_t *) = copy;
    return NULL;
}

const cim_instance_t **cim_schema_instances(const cim_schema_t *schema,
                                            const cim_class_t *cls,
                                            apr_pool_t *pool)
{
    const cim_namespace_t *in = cim_schema_own(schema, cls->ns);
    const apr_array_header_t *list =
        in ? cim_table_get(in->instances, cls->name) : NULL;
    int count = list ? list->nelts : 0;
    const cim_instance_t **all =
        apr_palloc(pool, (apr_size_t)(count + 1) * sizeof(*all));
    if (count)
        memcpy(all, list->elts, (apr_size_t)count * sizeof(*all));
    all[count] = NULL;
    return all;
}
