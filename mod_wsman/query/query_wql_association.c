/* query_wql_association.c - ASSOCIATORS OF and REFERENCES OF (MS-WMI 2.2.1.1).
 */
#include "query_wql.h"

#include <stddef.h>
#include <string.h>

#include <apr_strings.h>

#include "query_object.h"

/* The keywords behind WHERE, as they were written. */
typedef struct wanted_t {
    const char *assoc_class;
    const char *assoc_qualifier;
    const char *result_qualifier;
    const char *result_class;
    const char *result_role;
    const char *role;
    /* Flags: NULL or not */
    const char *keys_only;
    const char *classes_only;
    const char *schema_only;
} wanted_t;

static const struct {
    const char *word;
    apr_size_t field;
    unsigned is_flag : 1;
    unsigned associators_only : 1;
} words[] = {
    {"AssocClass", offsetof(wanted_t, assoc_class), 0, 1},
    {"RequiredAssocQualifier", offsetof(wanted_t, assoc_qualifier), 0, 1},
    {"RequiredQualifier", offsetof(wanted_t, result_qualifier), 0, 0},
    {"ResultClass", offsetof(wanted_t, result_class), 0, 0},
    {"ResultRole", offsetof(wanted_t, result_role), 0, 1},
    {"Role", offsetof(wanted_t, role), 0, 0},
    {"KeysOnly", offsetof(wanted_t, keys_only), 1, 0},
    {"ClassDefsOnly", offsetof(wanted_t, classes_only), 1, 0},
    {"SchemaOnly", offsetof(wanted_t, schema_only), 1, 0},
};

#define NWORDS (sizeof(words) / sizeof(words[0]))

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *trimmed(const char *start, const char *end, apr_pool_t *pool)
{
    while (start < end && is_space(*start))
        start++;
    while (end > start && is_space(end[-1]))
        end--;
    return apr_pstrmemdup(pool, start, (apr_size_t)(end - start));
}

/* The path between the braces; its strings may have braces in them. */
static wsm_error_t *read_braces(const char **path, query_lex_t *lex)
{
    const char *start, *p;
    char quote = '\0';

    if (lex->type != QUERY_OPEN_BRACE)
        return query_lex_expected(lex, "{");
    start = lex->next;
    for (p = start; *p != '\0' && (*p != '}' || quote != '\0'); p++) {
        if (quote == '\0' && (*p == '"' || *p == '\''))
            quote = *p;
        else if (*p == quote)
            quote = '\0';
        else if (quote != '\0' && *p == '\\' && p[1] != '\0')
            p++;
    }
    if (*p == '\0')
        return query_invalid(lex->pool,
                             "The object path of the WQL query has no }.");
    *path = trimmed(start, p, lex->pool);
    lex->next = p + 1;
    query_lex_next(lex);
    return NULL;
}

static wsm_error_t *read_word(wanted_t *wanted, int references,
                              query_lex_t *lex)
{
    const char **field;
    apr_size_t i;

    for (i = 0; i < NWORDS; i++) {
        if (query_lex_is(lex, words[i].word) &&
            !(references && words[i].associators_only))
            break;
    }
    if (i == NWORDS)
        return query_lex_expected(lex, references
                                           ? "a keyword of REFERENCES OF"
                                           : "a keyword of ASSOCIATORS OF");
    field = (const char **)(void *)((char *)wanted + words[i].field);
    if (*field != NULL)
        return query_invalid(lex->pool, "The WQL query has %s twice.",
                             words[i].word);
    *field = words[i].word;
    query_lex_next(lex);
    if (words[i].is_flag)
        return NULL;
    if (!query_lex_take_type(lex, QUERY_EQUAL_SIGN))
        return query_lex_expected(lex, "=");
    if ((lex->type != QUERY_NAME && lex->type != QUERY_STRING) ||
        strlen(lex->value) > QUERY_MAX_NAME)
        return query_lex_expected(lex, "a name");
    *field = lex->value;
    query_lex_next(lex);
    return NULL;
}

static wsm_error_t *read_words(wanted_t *wanted, int references,
                               query_lex_t *lex)
{
    wsm_error_t *err = NULL;

    if (lex->type == QUERY_END)
        return NULL;
    if (!query_lex_take(lex, "WHERE"))
        return query_lex_expected(lex, "WHERE");
    if (lex->type == QUERY_END)
        return query_lex_expected(lex, "a keyword");
    while (err == NULL && lex->type != QUERY_END)
        err = read_word(wanted, references, lex);
    return err;
}

/* ---- what it means */

/* @param association  it must be one */
static wsm_error_t *find_class(const cim_class_t **cls, const char **name,
                               int association, const query_lex_t *lex,
                               const wsm_query_scope_t *scope)
{
    *cls = NULL;
    if (*name == NULL)
        return NULL;
    *cls = cim_schema_class(scope->schema, scope->ns, *name);
    if (*cls == NULL)
        return query_invalid(lex->pool, "There is no class %s in %s.", *name,
                             scope->ns);
    if (association && !(*cls)->association)
        return query_invalid(lex->pool, "The class %s is no association.",
                             (*cls)->name);
    *name = (*cls)->name;
    return NULL;
}

static wsm_error_t *find_object(wsm_association_t *association,
                                const char *text, int schema_only,
                                const query_lex_t *lex,
                                const wsm_query_scope_t *scope)
{
    const char *shown = query_shown(text, strlen(text), lex->pool);

    if (!query_object_read(&association->object, &association->object_cls, text,
                           scope, lex->pool)) {
        if (association->object_cls == NULL)
            return query_invalid(lex->pool, "{%s} is no object path.", shown);
        return query_invalid(lex->pool,
                             "{%s} is no object path of the class %s with its "
                             "keys.",
                             shown, association->object_cls->name);
    }
    if (association->object_cls == NULL)
        return query_invalid(lex->pool, "There is no class of {%s}.", shown);
    if (association->object.nkeys > 0 &&
        association->object.nkeys != association->object_cls->nkeys)
        return query_invalid(lex->pool,
                             "{%s} has not all keys of the class "
                             "%s.",
                             shown, association->object_cls->name);
    if (schema_only && association->object.nkeys > 0)
        return query_invalid(lex->pool,
                             "SchemaOnly asks about a class, and {%s} is an "
                             "instance.",
                             shown);
    association->of_class = schema_only;
    return NULL;
}

static wsm_error_t *make_query(wsm_query_t *query, const char *text,
                               wanted_t *wanted, const query_lex_t *lex,
                               const wsm_query_scope_t *scope)
{
    wsm_association_t *association =
        apr_pcalloc(lex->pool, sizeof(*association));
    int references = query->source == WSM_SOURCE_REFERENCES;
    const cim_class_t *assoc;
    wsm_error_t *err =
        find_object(association, text, wanted->schema_only != NULL, lex, scope);

    if (err == NULL)
        err = find_class(&assoc, &wanted->assoc_class, 1, lex, scope);
    if (err == NULL)
        err = find_class(&query->cls, &wanted->result_class, references, lex,
                         scope);
    if (err != NULL)
        return err;
    association->assoc_class = wanted->assoc_class;
    association->result_class = wanted->result_class;
    association->role = wanted->role;
    association->result_role = wanted->result_role;
    association->assoc_qualifier = wanted->assoc_qualifier;
    association->result_qualifier = wanted->result_qualifier;
    association->keys_only = wanted->keys_only != NULL;
    association->classes_only = wanted->classes_only != NULL;
    query->association = association;
    return NULL;
}

wsm_error_t *query_wql_association(wsm_query_t **query, query_lex_t *lex,
                                   const wsm_query_scope_t *scope)
{
    int references = query_lex_is(lex, "REFERENCES");
    const char *text = NULL;
    wanted_t wanted = {0};
    wsm_error_t *err;

    query_lex_next(lex);
    if (!query_lex_take(lex, "OF"))
        return query_lex_expected(lex, "OF");
    if (scope->cls != NULL)
        return query_invalid(
            lex->pool, "%s OF is asked of all classes, not of %s.",
            references ? "REFERENCES" : "ASSOCIATORS", scope->cls->name);
    err = read_braces(&text, lex);
    if (err == NULL)
        err = read_words(&wanted, references, lex);
    if (err != NULL)
        return err;
    *query = apr_pcalloc(lex->pool, sizeof(**query));
    (*query)->source =
        references ? WSM_SOURCE_REFERENCES : WSM_SOURCE_ASSOCIATED;
    return make_query(*query, text, &wanted, lex, scope);
}
