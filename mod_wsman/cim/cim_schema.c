/* cim_schema.c - namespaces and what they hold. */
#include "cim_schema.h"

#include <stdlib.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "cim_name.h"
#include "cim_qualifiers.h"
#include "cim_resolve.h"
#include "cim_table.h"
#include "cim_value.h"

typedef struct namespace_t {
    const char *name;
    cim_table_t *classes;    /* cim_class_t */
    cim_table_t *qualifiers; /* cim_qualifier_type_t */
    cim_table_t *instances;  /* by class: array of const cim_instance_t * */
    apr_hash_t *paths;       /* canonical texts of their paths */
} namespace_t;

struct cim_schema_t {
    apr_pool_t *pool;
    cim_table_t *namespaces;
    cim_table_t *standard; /* qualifier types of DSP0004 */
    apr_uint32_t nclasses;
};

cim_schema_t *cim_schema_make(apr_pool_t *pool)
{
    cim_schema_t *schema = apr_pcalloc(pool, sizeof(*schema));
    schema->pool = pool;
    schema->namespaces = cim_table_make(pool);
    schema->standard = cim_qualifiers_standard(pool);
    return schema;
}

apr_pool_t *cim_schema_pool(const cim_schema_t *schema)
{
    return schema->pool;
}

static namespace_t *find_namespace(const cim_schema_t *schema, const char *ns)
{
    return cim_table_get(schema->namespaces, ns);
}

static namespace_t *make_namespace(cim_schema_t *schema, const char *ns)
{
    namespace_t *found = find_namespace(schema, ns);
    if (found)
        return found;
    found = apr_pcalloc(schema->pool, sizeof(*found));
    found->name = apr_pstrdup(schema->pool, ns);
    found->classes = cim_table_make(schema->pool);
    found->qualifiers = cim_table_make(schema->pool);
    found->instances = cim_table_make(schema->pool);
    found->paths = apr_hash_make(schema->pool);
    cim_table_add(schema->namespaces, found->name, found);
    return found;
}

int cim_schema_has_namespace(const cim_schema_t *schema, const char *ns)
{
    return find_namespace(schema, ns) != NULL;
}

wsm_error_t *cim_schema_add_qualifier_type(cim_schema_t *schema, const char *ns,
                                           const cim_qualifier_type_t *type)
{
    namespace_t *in = make_namespace(schema, ns);
    const cim_qualifier_type_t *old = cim_table_get(in->qualifiers, type->name);
    if (old) {
        if (old->scope == type->scope && old->flavor == type->flavor &&
            old->value.type == type->value.type &&
            old->value.is_array == type->value.is_array &&
            cim_value_equal(&old->value, &type->value, 0))
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

const cim_qualifier_type_t *cim_schema_qualifier_type(
    const cim_schema_t *schema, const char *ns, const char *name)
{
    const namespace_t *in = find_namespace(schema, ns);
    const cim_qualifier_type_t *type =
        in ? cim_table_get(in->qualifiers, name) : NULL;
    return type ? type : cim_table_get(schema->standard, name);
}

const cim_class_t *cim_schema_class(const cim_schema_t *schema, const char *ns,
                                    const char *name)
{
    const namespace_t *in = find_namespace(schema, ns);
    return in ? cim_table_get(in->classes, name) : NULL;
}

/** Appends; the room of the array is the next power of two. */
static void add_subclass(cim_class_t *super, const cim_class_t *cls,
                         apr_pool_t *pool)
{
    apr_uint32_t count = super->nsubclasses;
    if ((count & (count - 1)) == 0) {
        const cim_class_t **larger =
            apr_palloc(pool, (count ? count * 2 : 1) * sizeof(*larger));
        if (count)
            memcpy(larger, super->subclasses, count * sizeof(*larger));
        super->subclasses = larger;
    }
    super->subclasses[super->nsubclasses++] = cls;
}

wsm_error_t *cim_schema_add_class(cim_schema_t *schema, cim_class_t *cls)
{
    namespace_t *in = make_namespace(schema, cls->ns);
    const cim_class_t *old = cim_table_get(in->classes, cls->name);
    cim_class_t *super = NULL;
    if (cls->super_name) {
        super = cim_table_get(in->classes, cls->super_name);
        if (!super)
            return cim_resolve_fail(schema,
                                    "%s derives from %s, which is not in %s",
                                    cls->name, cls->super_name, in->name);
    }
    cls->ns = in->name;
    cls->super = super;
    cls->subclasses = NULL;
    cls->nsubclasses = 0;
    cls->mapping = NULL;
    wsm_error_t *err = cim_resolve_class(schema, cls);
    if (err)
        return err;
    if (old)
        return cim_resolve_same(old, cls)
                   ? NULL
                   : cim_resolve_fail(schema,
                                      "%s is declared already, but not "
                                      "like this",
                                      cls->name);
    cim_table_add(in->classes, cls->name, cls);
    schema->nclasses++;
    if (super)
        add_subclass(super, cls, schema->pool);
    return NULL;
}

wsm_error_t *cim_schema_add_instance(cim_schema_t *schema, const char *ns,
                                     const cim_instance_t *instance)
{
    namespace_t *in = make_namespace(schema, ns);
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
    return NULL;
}

const cim_instance_t **cim_schema_instances(const cim_schema_t *schema,
                                            const cim_class_t *cls,
                                            apr_pool_t *pool)
{
    const namespace_t *in = find_namespace(schema, cls->ns);
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

static int by_name(const void *a, const void *b)
{
    const cim_class_t *const *left = a;
    const cim_class_t *const *right = b;
    return cim_name_order((*left)->name, (*right)->name);
}

/** Recursion ends: there are CIM_MAX_LEVELS at most. */
static void collect(const cim_class_t *cls, apr_array_header_t *all,
                    apr_pool_t *pool)
{
    APR_ARRAY_PUSH(all, const cim_class_t *) = cls;
    if (!cls->nsubclasses)
        return;
    const cim_class_t **sorted =
        apr_pmemdup(pool, cls->subclasses, cls->nsubclasses * sizeof(*sorted));
    qsort(sorted, cls->nsubclasses, sizeof(*sorted), by_name);
    for (apr_uint32_t i = 0; i < cls->nsubclasses; i++)
        collect(sorted[i], all, pool);
}

int cim_schema_has_subclasses(const cim_schema_t *schema,
                              const cim_class_t *cls)
{
    (void)schema;
    return cls->nsubclasses > 0;
}

const cim_class_t **cim_schema_descendants(const cim_schema_t *schema,
                                           const cim_class_t *cls,
                                           apr_pool_t *pool)
{
    (void)schema;
    apr_array_header_t *all =
        apr_array_make(pool, 8, sizeof(const cim_class_t *));
    collect(cls, all, pool);
    APR_ARRAY_PUSH(all, const cim_class_t *) = NULL;
    return (const cim_class_t **)(void *)all->elts;
}

void cim_schema_each(const cim_schema_t *schema, const char *ns,
                     void (*visit)(void *baton, const cim_class_t *cls),
                     void *baton)
{
    for (apr_uint32_t i = 0; i < schema->namespaces->count; i++) {
        const namespace_t *in = schema->namespaces->entries[i].value;
        if (ns && !cim_name_equal(in->name, ns))
            continue;
        /* A class can only enter after its superclass. */
        for (apr_uint32_t j = 0; j < in->classes->count; j++)
            visit(baton, in->classes->entries[j].value);
    }
}

apr_uint32_t cim_schema_count(const cim_schema_t *schema)
{
    return schema->nclasses;
}
