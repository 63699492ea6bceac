/* query_wql.c - WQL for data and classes (MS-WMI 2.2.1.1).
 */
#include "query_wql.h"

#include "../soap/wsm_names.h"

static const query_language_t wql_language = {.name = "WQL",
                                              .plain_patterns = 1,
                                              .escapes_anything = 1,
                                              .has_datetimes = 1,
                                              .has_bang_equal = 1,
                                              .folds = 1,
                                              .quotes_numbers = 1,
                                              .has_system_properties = 1,
                                              .equals_null = 1};

/* NULL at the end of the text; else the error of what comes instead. */
static wsm_error_t *read_end(const query_lex_t *lex, const char *what)
{
    if (query_lex_is(lex, "WITHIN") || query_lex_is(lex, "GROUP") ||
        query_lex_is(lex, "HAVING"))
        return query_decline(lex->pool,
                             "%s is for queries of events, which are made with "
                             "Subscribe.",
                             lex->value);
    return lex->type == QUERY_END ? NULL : query_lex_expected(lex, what);
}

/* ["WHERE" condition] */
static wsm_error_t *read_where(const query_expression_t **expression,
                               const cim_class_t *cls, query_lex_t *lex,
                               const wsm_query_scope_t *scope)
{
    query_condition_t condition;
    wsm_error_t *err;

    *expression = NULL;
    if (!query_lex_take(lex, "WHERE"))
        return read_end(lex, "WHERE");
    query_condition_start(&condition, lex, cls, scope);
    err = query_condition_read(&condition);
    if (err == NULL)
        err = read_end(lex, "AND or OR");
    *expression = query_builder_done(condition.builder);
    return err;
}

/* META_CLASS is no class: its instances are the classes of the namespace. */
static wsm_error_t *read_classes(wsm_query_t **query, query_lex_t *lex,
                                 const query_names_t *names,
                                 const wsm_query_scope_t *scope)
{
    const query_expression_t *expression;
    wsm_error_t *err;

    if (names->count > 0)
        return query_invalid(lex->pool,
                             "Of META_CLASS only * can be selected.");
    if (scope->cls != NULL)
        return query_invalid(lex->pool,
                             "META_CLASS is asked of all classes, not of %s.",
                             scope->cls->name);
    err = read_where(&expression, NULL, lex, scope);
    if (err == NULL)
        *query = query_select_classes(expression, lex->pool);
    return err;
}

/* property *("," property), or * */
static wsm_error_t *read_names(query_names_t *names, query_lex_t *lex)
{
    query_operand_t operand;
    wsm_error_t *err;

    names->count = 0;
    if (query_lex_take_type(lex, QUERY_STAR))
        return NULL;
    do {
        if (lex->type != QUERY_NAME)
            return query_lex_expected(lex, "the name of a property");
        if (query_system_place(&operand, lex->value))
            return query_decline(lex->pool,
                                 "%s can be compared, but not be selected: it "
                                 "is no property of the instance.",
                                 operand.text);
        err = query_names_add(names, lex->value, lex);
        if (err != NULL)
            return err;
        query_lex_next(lex);
        if (lex->type == QUERY_OPEN)
            return query_decline(lex->pool,
                                 "WQL selects properties; count(*) and other "
                                 "functions are not supported.");
    } while (query_lex_take_type(lex, QUERY_COMMA));
    return NULL;
}

static wsm_error_t *read_select(wsm_query_t **query, query_lex_t *lex,
                                const wsm_query_scope_t *scope)
{
    const query_expression_t *expression;
    const cim_class_t *cls;
    query_names_t names;
    wsm_error_t *err = read_names(&names, lex);

    if (err != NULL)
        return err;
    if (!query_lex_take(lex, "FROM"))
        return query_lex_expected(lex, "FROM");
    if (lex->type != QUERY_NAME)
        return query_lex_expected(lex, "the name of a class");
    if (query_lex_take(lex, "META_CLASS"))
        return read_classes(query, lex, &names, scope);
    err = query_select_class(&cls, lex->value, lex, scope);
    if (err != NULL)
        return err;
    query_lex_next(lex);
    if (lex->type == QUERY_COMMA)
        return query_decline(lex->pool, "WQL selects from one class: there are "
                                        "no joins.");
    err = read_where(&expression, cls, lex, scope);
    if (err != NULL)
        return err;
    return query_select_make(query, cls, &names, expression, lex->pool);
}

static wsm_error_t *wql_parse(wsm_query_t **query, const char *text,
                              const wsm_query_scope_t *scope, apr_pool_t *pool)
{
    query_lex_t lex;

    query_lex_start(&lex, &wql_language, text, pool);
    if (query_lex_take(&lex, "SELECT"))
        return read_select(query, &lex, scope);
    if (query_lex_is(&lex, "ASSOCIATORS") || query_lex_is(&lex, "REFERENCES"))
        return query_wql_association(query, &lex, scope);
    return query_lex_expected(&lex, "SELECT, ASSOCIATORS OF or REFERENCES OF");
}

const query_dialect_t query_wql_dialect = {WSM_DIALECT_WQL, query_text_of,
                                           wql_parse};
const query_dialect_t query_wql_dmtf_dialect = {WSM_DIALECT_WQL_DMTF,
                                                query_text_of, wql_parse};
