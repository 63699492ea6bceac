/* cim_schema_walk.c - who derives from whom, and visiting what a schema holds.
 */
#include <stdlib.h>

#include "cim_name.h"
#include "cim_schema_private.h"

/* ---- inheritance */

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

void cim_schema_add_below(cim_schema_t *schema, const cim_class_t *cls,
                          cim_class_t *own_super)
{
    if (own_super) {
        add_subclass(own_super, cls, schema->pool);
        return;
    }
    apr_array_header_t *list =
        apr_hash_get(schema->below, &cls->super, sizeof(cls->super));
    if (!list) {
        list = apr_array_make(schema->pool, 2, sizeof(const cim_class_t *));
        apr_hash_set(schema->below, &cls->super, sizeof(cls->super), list);
    }
    APR_ARRAY_PUSH(list, const cim_class_t *) = cls;
}

static int is_found(const cim_schema_t *schema, const cim_class_t *cls)
{
    return !schema->base || cim_schema_class(schema, cls->ns, cls->name) == cls;
}

/** Calls `visit` for the classes that derive directly from `cls`.
 *  @return true if it returned true for one, which ends the walk */
static int each_child(const cim_schema_t *schema, const cim_class_t *cls,
                      int (*visit)(void *baton, const cim_class_t *child),
                      void *baton)
{
    for (apr_uint32_t i = 0; i < cls->nsubclasses; i++) {
        if (is_found(schema, cls->subclasses[i]) &&
            visit(baton, cls->subclasses[i]))
            return 1;
    }
    for (const cim_schema_t *layer = schema; layer->base; layer = layer->base) {
        const apr_array_header_t *list =
            apr_hash_get(layer->below, &cls, sizeof(cls));
        for (int i = 0; list && i < list->nelts; i++) {
            const cim_class_t *child =
                APR_ARRAY_IDX(list, i, const cim_class_t *);
            if (is_found(schema, child) && visit(baton, child))
                return 1;
        }
    }
    return 0;
}

static int found_one(void *baton, const cim_class_t *child)
{
    (void)baton;
    (void)child;
    return 1;
}

int cim_schema_has_subclasses(const cim_schema_t *schema,
                              const cim_class_t *cls)
{
    return each_child(schema, cls, found_one, NULL);
}

static int collect_child(void *baton, const cim_class_t *child)
{
    APR_ARRAY_PUSH((apr_array_header_t *)baton, const cim_class_t *) = child;
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const cim_class_t *const *left = a;
    const cim_class_t *const *right = b;
    return cim_name_order((*left)->name, (*right)->name);
}

/** Recursion ends: there are CIM_MAX_LEVELS at most. */
static void collect(const cim_schema_t *schema, const cim_class_t *cls,
                    apr_array_header_t *all)
{
    APR_ARRAY_PUSH(all, const cim_class_t *) = cls;
    apr_array_header_t *children =
        apr_array_make(all->pool, 0, sizeof(const cim_class_t *));
    each_child(schema, cls, collect_child, children);
    qsort(children->elts, (size_t)children->nelts, sizeof(const cim_class_t *),
          by_name);
    for (int i = 0; i < children->nelts; i++)
        collect(schema, APR_ARRAY_IDX(children, i, const cim_class_t *), all);
}

const cim_class_t **cim_schema_descendants(const cim_schema_t *schema,
                                           const cim_class_t *cls,
                                           apr_pool_t *pool)
{
    apr_array_header_t *all =
        apr_array_make(pool, 8, sizeof(const cim_class_t *));
    collect(schema, cls, all);
    APR_ARRAY_PUSH(all, const cim_class_t *) = NULL;
    return (const cim_class_t **)(void *)all->elts;
}

/* ---- visiting */

typedef void visit_class_fn(void *baton, const cim_class_t *cls);
typedef void visit_qualifier_fn(void *baton, const char *ns,
                                const cim_qualifier_type_t *type);

/** The classes of one layer that are found in `schema`. */
static void each_in(const cim_schema_t *layer, const cim_schema_t *schema,
                    const char *ns, visit_class_fn *visit, void *baton)
{
    for (apr_uint32_t i = 0; i < layer->namespaces->count; i++) {
        const cim_namespace_t *in = layer->namespaces->entries[i].value;
        if (ns && !cim_name_equal(in->name, ns))
            continue;
        /* A class can only enter after its superclass. */
        for (apr_uint32_t j = 0; j < in->classes->count; j++) {
            const void *cls = in->classes->entries[j].value;
            if (cls != cim_schema_hidden && is_found(schema, cls))
                visit(baton, cls);
        }
    }
}

/** A class derives from one of its own layer or of one below. */
static void each_from(const cim_schema_t *layer, const cim_schema_t *schema,
                      const char *ns, visit_class_fn *visit, void *baton)
{
    if (layer->base)
        each_from(layer->base, schema, ns, visit, baton);
    each_in(layer, schema, ns, visit, baton);
}

void cim_schema_each(const cim_schema_t *schema, const char *ns,
                     void (*visit)(void *baton, const cim_class_t *cls),
                     void *baton)
{
    each_from(schema, schema, ns, visit, baton);
}

void cim_schema_each_own(const cim_schema_t *schema,
                         void (*visit)(void *baton, const cim_class_t *cls),
                         void *baton)
{
    each_in(schema, schema, NULL, visit, baton);
}

static void each_type(const cim_namespace_t *in, visit_qualifier_fn *visit,
                      void *baton)
{
    for (apr_uint32_t i = 0; i < in->qualifiers->count; i++)
        visit(baton, in->name, in->qualifiers->entries[i].value);
}

void cim_schema_each_own_qualifier(const cim_schema_t *schema,
                                   visit_qualifier_fn *visit, void *baton)
{
    for (apr_uint32_t i = 0; i < schema->namespaces->count; i++)
        each_type(schema->namespaces->entries[i].value, visit, baton);
}

void cim_schema_each_qualifier(const cim_schema_t *schema, const char *ns,
                               visit_qualifier_fn *visit, void *baton)
{
    const cim_namespace_t *in = cim_schema_own(schema, ns);
    if (schema->base && !(in && in->opaque))
        cim_schema_each_qualifier(schema->base, ns, visit, baton);
    if (in)
        each_type(in, visit, baton);
}

void cim_schema_each_own_instance(const cim_schema_t *schema,
                                  void (*visit)(void *baton, const char *ns,
                                                const cim_instance_t *instance),
                                  void *baton)
{
    for (apr_uint32_t i = 0; i < schema->namespaces->count; i++) {
        const cim_namespace_t *in = schema->namespaces->entries[i].value;
        for (int j = 0; j < in->sequence->nelts; j++)
            visit(baton, in->name,
                  APR_ARRAY_IDX(in->sequence, j, const cim_instance_t *));
    }
}

apr_uint32_t cim_schema_count(const cim_schema_t *schema)
{
    return schema->nclasses;
}
