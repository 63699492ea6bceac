/* query_selector.c - the selector filter: an AND of equalities (DSP0226
 * Annex E).
 *
 * Its text form is a row of "length:bytes" strings: name, value, name, ...
 */
#include "query_dialect.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "../cim/cim_value.h"
#include "../soap/wsm_epr.h"
#include "../soap/wsm_names.h"

typedef struct selector_query_t {
    wsm_query_t query;     /* first: what others see */
    apr_uint32_t *indexes; /* of the properties, one a term */
} selector_query_t;

/* RE-1: the fault lists the names that could be used. */
static wsm_error_t *unknown_name(const char *name, const cim_class_t *cls,
                                 apr_pool_t *pool)
{
    wsm_error_t *err = wsm_fail(pool, WSMAN_E_CANNOT_PROCESS_FILTER,
                                "The class %s has no property %s to select by.",
                                cls->name, name);
    apr_uint32_t i;

    for (i = 0; i < cls->nproperties; i++)
        wsm_error_detail(err, cls->properties[i].name, pool);
    return err;
}

static int selector_matches(const wsm_query_t *query,
                            const cim_instance_t *instance)
{
    const selector_query_t *self = (const selector_query_t *)query;
    apr_uint32_t i, k;

    for (i = 0; i < query->nterms; i++) {
        const cim_value_t *wanted = &query->terms[i].value;
        const cim_value_t *value = &instance->values[self->indexes[i]];

        if (value->type == CIM_NONE || value->is_null)
            return 0;
        if (!value->is_array) {
            if (!cim_value_equal(value, wanted, 0))
                return 0;
            continue;
        }
        /* RE-4: any element of an array */
        for (k = 0; k < value->count; k++) {
            if (cim_value_equal(&value->v.items[k], wanted, 0))
                break;
        }
        if (k == value->count)
            return 0;
    }
    return 1;
}

static void append(char **text, const char *part, apr_pool_t *pool)
{
    *text = apr_psprintf(pool, "%s%" APR_SIZE_T_FMT ":%s", *text, strlen(part),
                         part);
}

static wsm_error_t *selector_text(const char **text, const xmlNode *filter,
                                  apr_pool_t *pool)
{
    const xmlNode *set = wsm_xml_child(filter, WSM_NS_WSMAN, "SelectorSet");
    const wsm_selector_t *selectors;
    char *written = apr_pstrdup(pool, "");
    int nselectors, i;
    wsm_error_t *err;

    if (set == NULL)
        return wsm_fail(pool, WSMAN_E_CANNOT_PROCESS_FILTER,
                        "A selector filter has no wsman:SelectorSet.");
    err = wsm_selectors_read(&selectors, &nselectors, set, pool);
    if (err != NULL)
        return wsm_error_make(pool, WSMAN_E_CANNOT_PROCESS_FILTER, APR_SUCCESS,
                              err, "%s", err->message);
    for (i = 0; i < nselectors; i++) {
        if (selectors[i].value == NULL)
            return wsm_fail(pool, WSMAN_E_CANNOT_PROCESS_FILTER,
                            "The filter selects by the reference %s; only "
                            "simple values can be compared.",
                            selectors[i].name);
        append(&written, selectors[i].name, pool);
        append(&written, selectors[i].value, pool);
    }
    *text = written;
    return NULL;
}

/* Takes one "length:bytes" off the text. */
static const char *take(const char **text, apr_pool_t *pool)
{
    char *end;
    unsigned long length = strtoul(*text, &end, 10);
    const char *part;

    if (end == *text || *end != ':' || length > strlen(end + 1))
        return NULL;
    part = apr_pstrmemdup(pool, end + 1, length);
    *text = end + 1 + length;
    return part;
}

static wsm_error_t *read_term(wsman_term_t *term, apr_uint32_t *index,
                              const char *name, const char *value,
                              const cim_class_t *cls, apr_pool_t *pool)
{
    int i = cim_class_property_index(cls, name);
    const cim_property_t *property;

    if (i < 0)
        return unknown_name(name, cls, pool);
    property = &cls->properties[i];
    if (!cim_value_parse(property->type, value, &term->value, pool))
        return wsm_fail(pool, WSMAN_E_CANNOT_PROCESS_FILTER,
                        "The value of the selector %s is no %s.",
                        property->name, cim_type_name(property->type));
    term->name = property->name;
    *index = (apr_uint32_t)i;
    return NULL;
}

static wsm_error_t *selector_parse(wsm_query_t **query, const char *text,
                                   const wsm_query_scope_t *scope,
                                   apr_pool_t *pool)
{
    selector_query_t *self = apr_pcalloc(pool, sizeof(*self));
    unsigned char *looks_at;
    wsman_term_t terms[64];
    apr_uint32_t indexes[64], n = 0;

    if (scope->cls == NULL)
        return query_fail(pool, "A selector filter needs a class; all classes "
                                "can be asked with a query only.");
    looks_at = apr_pcalloc(pool, scope->cls->nproperties + 1);
    self->query.source = WSM_SOURCE_INSTANCES;
    self->query.cls = scope->cls;
    self->query.looks_at = looks_at;
    self->query.matches = selector_matches;
    while (*text != '\0') {
        const char *name = take(&text, pool);
        const char *value = name ? take(&text, pool) : NULL;
        wsm_error_t *err;

        if (value == NULL || n == 64)
            return query_fail(pool, "The selector filter cannot be read.");
        err = read_term(&terms[n], &indexes[n], name, value, scope->cls, pool);
        if (err != NULL)
            return err;
        looks_at[indexes[n]] = 1;
        n++;
    }
    self->query.terms = apr_pmemdup(pool, terms, n * sizeof(terms[0]));
    self->query.nterms = n;
    self->indexes = apr_pmemdup(pool, indexes, n * sizeof(indexes[0]));
    *query = &self->query;
    return NULL;
}

const query_dialect_t query_selector_dialect = {WSM_DIALECT_SELECTOR,
                                                selector_text, selector_parse};
