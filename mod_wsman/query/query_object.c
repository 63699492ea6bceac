/* query_object.c - object paths in queries.
 */
#include "query_object.h"

#include <string.h>

#include <apr_strings.h>

#include "../cim/cim_name.h"
#include "../cim/cim_value.h"

/* The part before the keys: their quotes may have anything in them. */
static const char *without_keys(const char *text, apr_pool_t *pool)
{
    apr_size_t ns = strcspn(text, ":\"'=");
    apr_size_t start = text[ns] == ':' ? ns + 1 : 0;

    return apr_pstrmemdup(pool, text, start + strcspn(text + start, ".="));
}

int query_object_read(cim_path_t *path, const cim_class_t **cls,
                      const char *text, const wsm_query_scope_t *scope,
                      apr_pool_t *pool)
{
    cim_path_t name;

    *cls = NULL;
    if (!cim_path_parse(without_keys(text, pool), NULL, &name, pool))
        return 0;
    *cls = cim_schema_class(scope->schema, name.ns ? name.ns : scope->ns,
                            name.class_name);
    return cim_path_parse(text, *cls, path, pool);
}

int query_object_equal(const cim_path_t *a, const cim_path_t *b, const char *ns,
                       int fold)
{
    const char *other_ns = b->ns ? b->ns : ns;
    const cim_value_t *other;
    apr_uint32_t i;

    if (!cim_name_equal(a->class_name, b->class_name) || a->nkeys != b->nkeys ||
        (a->ns != NULL && !cim_name_equal(a->ns, other_ns)))
        return 0;
    for (i = 0; i < a->nkeys; i++) {
        other = cim_path_key(b, a->keys[i].name);
        if (other == NULL || !cim_value_equal(&a->keys[i].value, other, fold))
            return 0;
    }
    return 1;
}

int query_object_names(const cim_path_t *path, const query_subject_t *subject,
                       int fold)
{
    const cim_class_t *cls = subject->cls;
    apr_uint32_t i;

    if (!cim_name_equal(path->class_name, cls->name) ||
        (path->ns != NULL && !cim_name_equal(path->ns, cls->ns)))
        return 0;
    if (subject->instance == NULL)
        return path->nkeys == 0;
    if (path->nkeys != cls->nkeys)
        return 0;
    for (i = 0; i < cls->nkeys; i++) {
        apr_uint32_t k = cls->keys[i];
        const cim_value_t *wanted = cim_path_key(path, cls->properties[k].name);

        if (wanted == NULL ||
            !cim_value_equal(wanted, &subject->instance->values[k], fold))
            return 0;
    }
    return 1;
}
