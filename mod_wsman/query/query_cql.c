/* query_cql.c - CQL's basic query (DSP0202).
 *
 * The text of DSP0202 has features beside the basic query, each of which a
 * server may have or not.  Of these there are embedded properties (in
 * conditions), items of arrays, and ANY and EVERY; the others are declined by
 * name.  Strings may stand in double quotes, and != is <>: clients write so.
 */
#include "query_select.h"

#include <string.h>

#include <apr_strings.h>

#include "../cim/cim_name.h"
#include "../soap/wsm_names.h"

static const query_language_t cql_language = {.name = "CQL",
                                              .has_radix = 1,
                                              .has_bang_equal = 1,
                                              .compares_places = 1,
                                              .has_arrays = 1,
                                              .names_classes = 1,
                                              .likes_regular = 1};

/* What has its own feature in DSP0202, by the word or mark that begins it. */
static const struct {
    const char *word;
    const char *what;
} features[] = {
    {"DISTINCT", "result set operations (DISTINCT)"},
    {"FIRST", "result set operations (FIRST)"},
    {"ORDER", "result set operations (ORDER BY)"},
    {"GROUP", "aggregations (GROUP BY)"},
    {"JOIN", "joins"},
    {"INNER", "joins"},
    {"SATISFIES", "SATISFIES"},
    {"IN", "subqueries and SATISFIES"},
    {"EXISTS", "subqueries"},
};

#define NFEATURES (sizeof(features) / sizeof(features[0]))

static wsm_error_t *declined(const query_lex_t *lex, const char *what)
{
    return query_decline(lex->pool,
                         "CQL is supported as its basic query; %s are not "
                         "supported.",
                         what);
}

/* @return the error of a token that begins what is not done here, or NULL */
static wsm_error_t *check_feature(const query_lex_t *lex)
{
    apr_size_t i;

    for (i = 0; i < NFEATURES; i++) {
        if (query_lex_is(lex, features[i].word))
            return declined(lex, features[i].what);
    }
    if (lex->type == QUERY_STAR ||
        ((lex->type == QUERY_OTHER || lex->type == QUERY_INTEGER ||
          lex->type == QUERY_REAL) &&
         strchr("+-/", *lex->start) != NULL))
        return declined(lex, "arithmetic expressions");
    if (lex->type == QUERY_OTHER && *lex->start == '|')
        return declined(lex, "expressions (||)");
    if (lex->type == QUERY_OTHER && *lex->start == '#')
        return declined(lex, "symbolic constants");
    if (lex->type == QUERY_OTHER && *lex->start == ':')
        return declined(lex, "property scopes (::)");
    return NULL;
}

static wsm_error_t *expected(const query_lex_t *lex, const char *what)
{
    wsm_error_t *err = check_feature(lex);

    return err ? err : query_lex_expected(lex, what);
}

/* ---- the list behind SELECT */

typedef struct item_t {
    const char *scope; /* the class or alias in front, or NULL */
    const char *name;  /* NULL: * */
} item_t;

typedef struct list_t {
    item_t items[QUERY_MAX_NAMES];
    int count;
} list_t;

static wsm_error_t *read_item(item_t *item, query_lex_t *lex)
{
    item->scope = item->name = NULL;
    if (query_lex_take_type(lex, QUERY_STAR))
        return NULL;
    if (lex->type != QUERY_NAME)
        return expected(lex, "the name of a property");
    item->name = lex->value;
    query_lex_next(lex);
    if (lex->type == QUERY_OPEN)
        return declined(lex, "functions and aggregations");
    if (query_lex_is(lex, "AS"))
        return declined(lex, "extended select lists (AS)");
    if (lex->type == QUERY_OPEN_BRACKET)
        return declined(lex, "items of arrays in the select list");
    if (!query_lex_take_type(lex, QUERY_DOT))
        return NULL;
    item->scope = item->name;
    item->name = NULL;
    if (query_lex_take_type(lex, QUERY_STAR))
        return NULL;
    if (lex->type != QUERY_NAME)
        return expected(lex, "the name of a property");
    item->name = lex->value;
    query_lex_next(lex);
    return lex->type == QUERY_DOT
               ? declined(lex, "embedded properties in the select list")
               : NULL;
}

static wsm_error_t *read_list(list_t *list, query_lex_t *lex)
{
    wsm_error_t *err = NULL;

    list->count = 0;
    if (query_lex_is(lex, "DISTINCT") || query_lex_is(lex, "FIRST"))
        return check_feature(lex);
    do {
        if (list->count == QUERY_MAX_NAMES)
            return query_invalid(lex->pool,
                                 "The CQL query selects more than %d "
                                 "properties.",
                                 QUERY_MAX_NAMES);
        err = read_item(&list->items[list->count++], lex);
    } while (err == NULL && query_lex_take_type(lex, QUERY_COMMA));
    return err;
}

/* Only FROM says what may stand in front of a name. */
static wsm_error_t *check_list(query_names_t *names, const list_t *list,
                               const cim_class_t *cls, const char *alias,
                               const query_lex_t *lex)
{
    const char *scope = alias ? alias : cls->name;
    wsm_error_t *err = NULL;
    int i;

    names->count = 0;
    for (i = 0; i < list->count && err == NULL; i++) {
        const item_t *item = &list->items[i];

        if (item->scope != NULL && !cim_name_equal(item->scope, scope))
            return declined(lex, cim_class_property(cls, item->scope)
                                     ? "embedded properties in the select list"
                                     : "joins");
        if (item->name != NULL)
            err = query_names_add(names, item->name, lex);
        else if (list->count > 1)
            return query_invalid(lex->pool,
                                 "The CQL query selects * and something else.");
    }
    return err;
}

/* ---- FROM and WHERE */

static wsm_error_t *read_from(const cim_class_t **cls, const char **alias,
                              query_lex_t *lex, const wsm_query_scope_t *scope)
{
    wsm_error_t *err;

    *alias = NULL;
    if (!query_lex_take(lex, "FROM"))
        return expected(lex, "FROM");
    if (lex->type != QUERY_NAME)
        return lex->type == QUERY_OPEN ? declined(lex, "subqueries")
                                       : expected(lex, "the name of a class");
    err = query_select_class(cls, lex->value, lex, scope);
    if (err != NULL)
        return err;
    query_lex_next(lex);
    if (query_lex_take(lex, "AS") && lex->type != QUERY_NAME)
        return expected(lex, "another name of the class");
    if (lex->type == QUERY_NAME && !query_lex_is(lex, "WHERE") &&
        check_feature(lex) == NULL) {
        *alias = lex->value;
        query_lex_next(lex);
    }
    return lex->type == QUERY_COMMA ? declined(lex, "joins") : NULL;
}

static wsm_error_t *read_where(const query_expression_t **expression,
                               const cim_class_t *cls, const char *alias,
                               query_lex_t *lex, const wsm_query_scope_t *scope)
{
    query_condition_t condition;
    wsm_error_t *err;

    *expression = NULL;
    if (!query_lex_take(lex, "WHERE"))
        return lex->type == QUERY_END ? NULL : expected(lex, "WHERE");
    query_condition_start(&condition, lex, cls, scope);
    condition.alias = alias;
    err = query_condition_read(&condition);
    if (err == NULL && lex->type != QUERY_END)
        err = expected(lex, "the end, AND or OR");
    *expression = query_builder_done(condition.builder);
    return err;
}

static wsm_error_t *cql_parse(wsm_query_t **query, const char *text,
                              const wsm_query_scope_t *scope, apr_pool_t *pool)
{
    const query_expression_t *expression = NULL;
    const cim_class_t *cls = NULL;
    const char *alias = NULL;
    query_names_t names;
    query_lex_t lex;
    list_t list;
    wsm_error_t *err;

    query_lex_start(&lex, &cql_language, text, pool);
    if (!query_lex_take(&lex, "SELECT"))
        return query_lex_expected(&lex, "SELECT");
    err = read_list(&list, &lex);
    if (err == NULL)
        err = read_from(&cls, &alias, &lex, scope);
    if (err == NULL)
        err = check_list(&names, &list, cls, alias, &lex);
    if (err == NULL)
        err = read_where(&expression, cls, alias, &lex, scope);
    return err ? err : query_select_make(query, cls, &names, expression, pool);
}

const query_dialect_t query_cql_dialect = {WSM_DIALECT_CQL, query_text_of,
                                           cql_parse};
