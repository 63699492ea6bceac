/* query_xpath.c - XPath as a filter (DSP0226 8.3): an instance matches if the
 * expression is true of it, or selects something.
 *
 * The representation that it is evaluated on is that of the class of the
 * resource URI, also for instances of subclasses: so it does not depend on the
 * PolymorphismMode, and a name that this class does not have is an error.
 */
#include <math.h>
#include <string.h>

#include <apr_strings.h>

#include "../cim/cim_value.h"
#include "../soap/wsm_names.h"
#include "query_tree.h"

/* Equalities that are handed down */
#define MAX_TERMS 64
/* Integers up to this one are numbers of XPath, and no two the same */
#define MAX_EXACT 9007199254740992.0

/** An expression that is more than Annex D. */
typedef struct xpath_tree_t {
    query_tree_t *tree;
    cim_xml_style_t style;
    wsm_error_t *err; /* of the last evaluation */
} xpath_tree_t;

typedef struct xpath_query_t {
    wsm_query_t query; /* first: what others see */
    const query_clause_t *clause;
    query_room_t *room;
    xpath_tree_t *beyond;
    apr_pool_t *pool;
} xpath_query_t;

static int xpath_matches(const wsm_query_t *query,
                         const cim_instance_t *instance)
{
    const xpath_query_t *self = (const xpath_query_t *)query;

    return query_clause_holds(self->clause, instance, self->room);
}

static wsm_error_t *xpath_failure(const wsm_query_t *query)
{
    const xpath_query_t *self = (const xpath_query_t *)query;

    if (!query_room_exhausted(self->room))
        return NULL;
    return query_fail(self->pool,
                      "The XPath filter takes too much work "
                      "for an instance of %s.",
                      query->cls->name);
}

/* ---- the rest of XPath */

static int tree_matches(const wsm_query_t *query,
                        const cim_instance_t *instance)
{
    const xpath_query_t *self = (const xpath_query_t *)query;
    xpath_tree_t *beyond = self->beyond;
    xmlXPathObjectPtr result;
    int matches = 0;

    beyond->err = query_tree_eval(&result, beyond->tree, instance, query->cls,
                                  &beyond->style, self->room->pool);
    if (beyond->err == NULL)
        matches = xmlXPathCastToBoolean(result);
    apr_pool_clear(self->room->pool);
    return matches;
}

static wsm_error_t *tree_failure(const wsm_query_t *query)
{
    return ((const xpath_query_t *)query)->beyond->err;
}

/* What is wrong with it whatever the instance (a function that is not there,
 * say) is found out with one that has no values. */
static wsm_error_t *parse_tree(xpath_query_t *self, const char *text,
                               const query_path_scope_t *scope,
                               unsigned char *looks_at, apr_pool_t *pool)
{
    xpath_tree_t *beyond = apr_pcalloc(pool, sizeof(*beyond));
    wsm_error_t *err = query_tree_make(&beyond->tree, text, scope->prefixes,
                                       scope->nprefixes, pool);

    if (err != NULL)
        return err;
    beyond->style.uri.base = WSM_URI_CIM;
    beyond->style.default_ns = scope->cls->ns;
    self->beyond = beyond;
    self->query.matches = tree_matches;
    self->query.failure = tree_failure;
    memset(looks_at, 1, scope->cls->nproperties);
    tree_matches(&self->query, cim_instance_make(scope->cls, pool));
    return beyond->err;
}

/* ---- the text form: a line "{prefix}URI" for each that is used, then the
 * expression */

static wsm_error_t *xpath_text(const char **text, const xmlNode *filter,
                               apr_pool_t *pool)
{
    const query_prefix_t *prefixes;
    apr_uint32_t nprefixes, i;
    wsm_error_t *err = query_text_of(text, filter, pool);

    if (err != NULL || strlen(*text) > QUERY_MAX_TEXT)
        return err;
    query_prefixes_of(&prefixes, &nprefixes, *text, filter, pool);
    for (i = 0; i < nprefixes; i++) {
        if (strchr(prefixes[i].uri, '\n') == NULL)
            *text = apr_pstrcat(pool, "{", prefixes[i].name, "}",
                                prefixes[i].uri, "\n", *text, NULL);
    }
    return NULL;
}

static wsm_error_t *take_prefixes(query_path_scope_t *scope, const char **text,
                                  apr_pool_t *pool)
{
    apr_array_header_t *found = apr_array_make(pool, 4, sizeof(query_prefix_t));

    while (**text == '{') {
        const char *close = strchr(*text, '}');
        const char *end = close ? strchr(close, '\n') : NULL;
        query_prefix_t *prefix = apr_array_push(found);

        if (end == NULL)
            return query_fail(pool, "The XPath filter cannot be read.");
        prefix->name =
            apr_pstrmemdup(pool, *text + 1, (apr_size_t)(close - *text - 1));
        prefix->uri =
            apr_pstrmemdup(pool, close + 1, (apr_size_t)(end - close - 1));
        *text = end + 1;
    }
    scope->prefixes = (const query_prefix_t *)found->elts;
    scope->nprefixes = (apr_uint32_t)found->nelts;
    return NULL;
}

/* ---- what must be equal */

typedef struct terms_t {
    const cim_class_t *cls;
    wsman_term_t of[MAX_TERMS];
    apr_uint32_t count;
    apr_pool_t *pool;
} terms_t;

/* The value whose text is this one, and no other value's. */
static int value_of_text(cim_value_t *value, const cim_property_t *property,
                         const char *text, apr_pool_t *pool)
{
    const char *again;

    /* NULL has the empty text too */
    if (*text == '\0' || property->type == CIM_DATETIME ||
        property->type == CIM_REAL32 || property->type == CIM_REAL64 ||
        !cim_value_parse(property->type, text, value, pool))
        return 0;
    again = cim_value_text(value, pool);
    return again != NULL && strcmp(again, text) == 0;
}

static int value_of_number(cim_value_t *value, const cim_property_t *property,
                           double number)
{
    cim_value_t wide = cim_sint64(0);

    if (!(fabs(number) < MAX_EXACT) || number != trunc(number) ||
        property->type < CIM_UINT8 || property->type > CIM_SINT64)
        return 0;
    wide.v.i = (apr_int64_t)number;
    return cim_value_convert(&wide, property->type, value);
}

static void collect(terms_t *terms, const query_clause_t *clause);

static void collect_predicates(terms_t *terms,
                               const query_predicates_t *predicates)
{
    apr_uint32_t i;

    for (i = 0; i < predicates->count; i++)
        collect(terms, predicates->of[i]);
}

static void collect_equality(terms_t *terms, const query_clause_t *clause)
{
    const query_path_t *path = clause->path;
    const cim_property_t *property;
    wsman_term_t *term = &terms->of[terms->count];
    int good;

    if (path->nsteps != 1 || path->leaf == QUERY_LEAF_NIL ||
        path->leaf == QUERY_LEAF_TYPE || clause->wanted != QUERY_EQUAL ||
        terms->count == MAX_TERMS)
        return;
    property = &terms->cls->properties[path->steps[0].index];
    if (property->is_array || property->octets)
        return;
    if (clause->kind == QUERY_CLAUSE_TEXT)
        good = value_of_text(&term->value, property, clause->text, terms->pool);
    else
        good = value_of_number(&term->value, property, clause->number);
    term->name = property->name;
    terms->count += good ? 1 : 0;
}

/* What must hold for the whole to hold. */
static void collect(terms_t *terms, const query_clause_t *clause)
{
    const query_clause_t *one;

    switch (clause->kind) {
    case QUERY_CLAUSE_AND:
        for (one = clause->first; one != NULL; one = one->next)
            collect(terms, one);
        break;
    case QUERY_CLAUSE_EXISTS:
        collect_predicates(terms, &clause->path->root);
        break;
    case QUERY_CLAUSE_TEXT:
    case QUERY_CLAUSE_NUMBER:
        collect_predicates(terms, &clause->path->root);
        collect_equality(terms, clause);
        break;
    default:
        break;
    }
}

static void set_terms(xpath_query_t *self, apr_pool_t *pool)
{
    terms_t terms = {.cls = self->query.cls, .pool = pool};

    collect(&terms, self->clause);
    self->query.terms =
        apr_pmemdup(pool, terms.of, terms.count * sizeof(terms.of[0]));
    self->query.nterms = terms.count;
}

static wsm_error_t *xpath_parse(wsm_query_t **query, const char *text,
                                const wsm_query_scope_t *scope,
                                apr_pool_t *pool)
{
    xpath_query_t *self = apr_pcalloc(pool, sizeof(*self));
    query_path_scope_t inner = {.schema = scope->schema, .cls = scope->cls};
    wsm_error_t *err;

    if (scope->cls == NULL)
        return query_fail(pool, "An XPath filter needs a class; all classes "
                                "can be asked with a query only.");
    inner.looks_at = apr_pcalloc(pool, scope->cls->nproperties + 1);
    self->query.source = WSM_SOURCE_INSTANCES;
    self->query.cls = scope->cls;
    self->query.looks_at = inner.looks_at;
    self->query.matches = xpath_matches;
    self->query.failure = xpath_failure;
    self->pool = pool;
    self->room = apr_palloc(pool, sizeof(*self->room));
    query_room_make(self->room, pool);
    *query = &self->query;
    err = take_prefixes(&inner, &text, pool);
    if (err != NULL)
        return err;
    err = query_clause_read(&self->clause, text, &inner, pool);
    if (err == NULL)
        set_terms(self, pool);
    else if (inner.beyond && *text != '\0')
        err = parse_tree(self, text, &inner, inner.looks_at, pool);
    return err;
}

const query_dialect_t query_xpath_dialect = {WSM_DIALECT_XPATH, xpath_text,
                                             xpath_parse};
