/* query_select.c - what the SELECT statements of WQL and CQL make.
 */
#include "query_select.h"

#include "../cim/cim_name.h"

typedef struct select_query_t {
    wsm_query_t query; /* first: what others see */
    const query_expression_t *expression;
} select_query_t;

static int select_matches(const wsm_query_t *query,
                          const cim_instance_t *instance)
{
    const select_query_t *self = (const select_query_t *)query;
    const query_subject_t subject = {instance->cls, instance};

    return query_expression_value(self->expression, &subject) == QUERY_TRUE;
}

static int select_matches_class(const wsm_query_t *query,
                                const cim_class_t *cls)
{
    const select_query_t *self = (const select_query_t *)query;
    const query_subject_t subject = {cls, NULL};

    return query_expression_value(self->expression, &subject) == QUERY_TRUE;
}

wsm_error_t *query_select_class(const cim_class_t **cls, const char *name,
                                const query_lex_t *lex,
                                const wsm_query_scope_t *scope)
{
    wsm_error_t *err;

    *cls = cim_schema_class(scope->schema, scope->ns, name);
    if (*cls == NULL) {
        err = wsm_fail(lex->pool, WSMAN_E_INVALID_RESOURCE_URI,
                       "There is no class %s in %s to select from.", name,
                       scope->ns);
        err->cim_status = WSMAN_CIM_INVALID_CLASS;
        return err;
    }
    if (scope->cls != NULL && !cim_class_is_a(*cls, scope->cls->name))
        return query_invalid(lex->pool,
                             "The %s query selects from %s, but the resource "
                             "URI is that of %s.",
                             lex->language->name, (*cls)->name,
                             scope->cls->name);
    return NULL;
}

wsm_error_t *query_names_add(query_names_t *names, const char *name,
                             const query_lex_t *lex)
{
    apr_uint32_t i;

    for (i = 0; i < names->count; i++) {
        if (cim_name_equal(names->names[i], name))
            return NULL;
    }
    if (names->count == QUERY_MAX_NAMES)
        return query_invalid(lex->pool,
                             "The %s query selects more than %d properties.",
                             lex->language->name, QUERY_MAX_NAMES);
    names->names[names->count++] = name;
    return NULL;
}

/* Names become those of the class, letter case and all. */
static wsm_error_t *project(wsm_query_t *query, const query_names_t *names,
                            apr_pool_t *pool)
{
    const char **projection;
    apr_uint32_t i;
    int index;

    if (names->count == 0)
        return NULL;
    projection = apr_palloc(pool, names->count * sizeof(*projection));
    for (i = 0; i < names->count; i++) {
        index = cim_class_property_index(query->cls, names->names[i]);
        if (index < 0)
            return query_no_property(names->names[i], query->cls, pool);
        projection[i] = query->cls->properties[index].name;
    }
    query->projection = projection;
    query->nprojection = names->count;
    return NULL;
}

wsm_error_t *query_select_make(wsm_query_t **query, const cim_class_t *cls,
                               const query_names_t *names,
                               const query_expression_t *expression,
                               apr_pool_t *pool)
{
    select_query_t *self = apr_pcalloc(pool, sizeof(*self));
    unsigned char *looks_at;

    self->query.source = WSM_SOURCE_INSTANCES;
    self->query.cls = cls;
    self->expression = expression;
    if (expression != NULL) {
        looks_at = apr_pcalloc(pool, cls->nproperties + 1);
        query_expression_looks_at(expression, looks_at);
        query_expression_terms(expression, cls, &self->query, pool);
        self->query.looks_at = looks_at;
        self->query.matches = select_matches;
    }
    *query = &self->query;
    return project(&self->query, names, pool);
}

wsm_query_t *query_select_classes(const query_expression_t *expression,
                                  apr_pool_t *pool)
{
    select_query_t *self = apr_pcalloc(pool, sizeof(*self));

    self->query.source = WSM_SOURCE_CLASSES;
    self->expression = expression;
    if (expression != NULL)
        self->query.matches_class = select_matches_class;
    return &self->query;
}
