/* query_path.c - the grammar of Annex D (DSP0226), and the class that gives its
 * names a meaning.
 */
#include "query_path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../cim/cim_uri.h"
#include "../soap/wsm_names.h"
#include "query_condition.h"
#include "query_path_private.h"

/** The element that is looked at while its path is read. */
typedef struct element_t {
    const cim_class_t *cls;         /* of the instance that it is; NULL: it is
                                       none, or of a class that is not known */
    const cim_property_t *property; /* NULL: the instance itself */
} element_t;

static wsm_error_t *read_or(const query_clause_t **clause,
                            query_path_reader_t *reader,
                            const element_t *context);

/* ---- names */

static wsm_error_t *resolve(const char **uri, const query_path_name_t *name,
                            const query_path_reader_t *reader)
{
    apr_uint32_t i;

    *uri = NULL;
    if (name->prefix == NULL)
        return NULL;
    for (i = 0; i < reader->scope->nprefixes; i++) {
        if (strcmp(reader->scope->prefixes[i].name, name->prefix) == 0) {
            *uri = reader->scope->prefixes[i].uri;
            return NULL;
        }
    }
    if (strcmp(name->prefix, "xsi") == 0) {
        *uri = WSM_NS_XSI;
        return NULL;
    }
    return query_fail(reader->pool,
                      "The prefix %s of the XPath expression is not bound.",
                      name->prefix);
}

/* The namespace must be that of the class, or of one above it. */
static wsm_error_t *check_namespace(const query_path_name_t *name,
                                    const cim_class_t *cls,
                                    query_path_reader_t *reader)
{
    const char *ns;
    cim_uri_t uri;
    wsm_error_t *err = resolve(&ns, name, reader);

    if (err != NULL || ns == NULL)
        return err;
    if (!cim_uri_read(&uri, ns, reader->pool))
        return query_path_beyond(reader);
    if (!cim_class_is_a(cls, uri.class_name))
        return query_fail(reader->pool,
                          "Elements of %s are not in the namespace %s.",
                          cls->name, ns);
    return NULL;
}

/* Goes on from an element to what `name` is in it. */
static wsm_error_t *enter(query_path_step_t *step, element_t *element,
                          const query_path_name_t *name,
                          query_path_reader_t *reader)
{
    query_path_scope_t *scope = reader->scope;
    const cim_class_t *cls = element->cls;
    wsm_error_t *err;
    int index;

    if (cls == NULL)
        return query_path_beyond(reader);
    err = check_namespace(name, cls, reader);
    if (err != NULL)
        return err;
    index = cim_class_property_index(cls, name->local);
    if (index < 0)
        return query_no_property(name->local, cls, reader->pool);
    if (element->property == NULL && scope->looks_at != NULL)
        scope->looks_at[index] = 1;
    step->index = element->property == NULL ? index : -1;
    element->property = &cls->properties[index];
    step->name = element->property->name;
    element->cls = NULL;
    if (element->property->type == CIM_INSTANCE &&
        element->property->type_name != NULL)
        element->cls = cim_schema_class(scope->schema, scope->cls->ns,
                                        element->property->type_name);
    return NULL;
}

/* ---- paths */

static wsm_error_t *read_position(const query_clause_t **clause,
                                  query_path_reader_t *reader)
{
    query_clause_t *made = apr_pcalloc(reader->pool, sizeof(*made));

    made->kind = QUERY_CLAUSE_POSITION;
    made->wanted = QUERY_EQUAL;
    *clause = made;
    return query_path_constant(&made->number, reader);
}

/* { "[" ( number | condition ) "]" } */
static wsm_error_t *read_predicates(query_predicates_t *predicates,
                                    const element_t *element,
                                    query_path_reader_t *reader)
{
    wsm_error_t *err;

    while (query_path_take(reader, "[")) {
        const query_clause_t **clause = &predicates->of[predicates->count];

        if (predicates->count++ == QUERY_PATH_MAX_PREDICATES)
            return query_path_beyond(reader);
        query_path_skip(reader);
        err = query_is_number(reader->at) ? read_position(clause, reader)
                                          : read_or(clause, reader, element);
        if (err != NULL)
            return err;
        if (!query_path_take(reader, "]"))
            return query_path_beyond(reader);
    }
    return NULL;
}

static wsm_error_t *read_attribute(query_path_t *path,
                                   query_path_reader_t *reader)
{
    const char *ns;
    query_path_name_t name;
    wsm_error_t *err;

    query_path_skip(reader);
    err = query_path_name(&name, reader);
    if (err == NULL)
        err = resolve(&ns, &name, reader);
    if (err != NULL)
        return err;
    if (ns == NULL || strcmp(ns, WSM_NS_XSI) == 0) {
        path->leaf = strcmp(name.local, "nil") == 0    ? QUERY_LEAF_NIL
                     : strcmp(name.local, "type") == 0 ? QUERY_LEAF_TYPE
                                                       : QUERY_LEAF_ELEMENT;
        if (path->leaf != QUERY_LEAF_ELEMENT)
            return NULL;
    }
    return query_fail(reader->pool,
                      "No element has an attribute %s; there are xsi:nil and "
                      "xsi:type.",
                      name.local);
}

/* What may follow a slash: steps, and in the end text() or an attribute. */
static wsm_error_t *read_steps(query_path_t *path, element_t *element,
                               query_path_reader_t *reader)
{
    query_path_step_t *step;
    wsm_error_t *err;
    query_path_name_t name;

    for (;;) {
        if (query_path_take(reader, "@"))
            return read_attribute(path, reader);
        if (query_path_take_call(reader, "text")) {
            path->leaf = QUERY_LEAF_TEXT;
            return NULL;
        }
        query_path_skip(reader);
        if (path->nsteps == QUERY_PATH_MAX_STEPS)
            return query_fail(reader->pool,
                              "The XPath expression has more than %d steps.",
                              QUERY_PATH_MAX_STEPS);
        step = &path->steps[path->nsteps++];
        err = query_path_name(&name, reader);
        if (err == NULL)
            err = enter(step, element, &name, reader);
        if (err == NULL)
            err = read_predicates(&step->predicates, element, reader);
        if (err != NULL || !query_path_take(reader, "/"))
            return err;
    }
}

/* The element of the instance, by its name. */
static wsm_error_t *read_root(query_path_t *path, element_t *element,
                              query_path_reader_t *reader)
{
    const cim_class_t *cls = element->cls;
    query_path_name_t name;
    wsm_error_t *err;

    query_path_skip(reader);
    err = query_path_name(&name, reader);
    if (err == NULL)
        err = check_namespace(&name, cls, reader);
    if (err == NULL && !cim_class_is_a(cls, name.local))
        err = query_fail(reader->pool,
                         "The element of the instance is %s, "
                         "not %s.",
                         cls->name, name.local);
    if (err == NULL)
        err = read_predicates(&path->root, element, reader);
    if (err != NULL || !query_path_take(reader, "/"))
        return err;
    return read_steps(path, element, reader);
}

/* Does the path begin with the name of the class, which is no property's? */
static int begins_with_class(const query_path_reader_t *reader,
                             const element_t *element)
{
    query_path_reader_t ahead = *reader;
    const char *colon;
    query_path_name_t name;

    ahead.at += strspn(ahead.at, " \t\r\n");
    if (!query_is_name_start(*ahead.at))
        return 0;
    colon = query_name_end(ahead.at);
    name.local = *colon == ':' ? colon + 1 : ahead.at;
    name.local =
        apr_pstrmemdup(reader->pool, name.local,
                       (apr_size_t)(query_name_end(name.local) - name.local));
    return cim_class_is_a(element->cls, name.local) &&
           cim_class_property_index(element->cls, name.local) < 0;
}

/* A path from the element; only one from the instance may be absolute. */
static wsm_error_t *read_path(const query_path_t **result,
                              query_path_reader_t *reader, element_t *element,
                              int top)
{
    query_path_t *path = apr_pcalloc(reader->pool, sizeof(*path));
    int absolute;

    *result = path;
    absolute = query_path_take(reader, "/");
    if (absolute || query_path_take(reader, "..")) {
        if (!top || (!absolute && !query_path_take(reader, "/")))
            return query_path_beyond(reader);
        query_path_skip(reader);
        if (absolute && !query_is_name_start(*reader->at))
            return NULL;
        return read_root(path, element, reader);
    }
    if (query_path_take(reader, ".")) {
        if (!query_path_take(reader, "/"))
            return NULL;
        return read_steps(path, element, reader);
    }
    if (top && begins_with_class(reader, element))
        return read_root(path, element, reader);
    return read_steps(path, element, reader);
}

/* ---- conditions */

typedef enum operand_e { PATH, TEXT, NUMBER, POSITION } operand_e;

typedef struct operand_t {
    operand_e kind;
    const query_path_t *path;
    element_t element; /* that the path leads to */
    const char *text;
    double number;
} operand_t;

static wsm_error_t *read_operand(operand_t *operand,
                                 query_path_reader_t *reader,
                                 const element_t *context)
{
    query_path_skip(reader);
    memset(operand, 0, sizeof(*operand));
    if (*reader->at == '"' || *reader->at == '\'') {
        operand->kind = TEXT;
        return query_path_literal(&operand->text, reader);
    }
    if (query_is_number(reader->at)) {
        operand->kind = NUMBER;
        return query_path_constant(&operand->number, reader);
    }
    if (query_path_take_call(reader, "position")) {
        operand->kind = POSITION;
        return NULL;
    }
    operand->kind = PATH;
    operand->element = *context;
    return read_path(&operand->path, reader, &operand->element,
                     context->property == NULL);
}

static const struct {
    const char *sign;
    unsigned wanted;
    unsigned mirrored;
} comparisons[] = {
    {"=", QUERY_EQUAL, QUERY_EQUAL},
    {"!=", QUERY_LESS | QUERY_GREATER | QUERY_APART,
     QUERY_LESS | QUERY_GREATER | QUERY_APART},
    {"<=", QUERY_LESS | QUERY_EQUAL, QUERY_GREATER | QUERY_EQUAL},
    {">=", QUERY_GREATER | QUERY_EQUAL, QUERY_LESS | QUERY_EQUAL},
    {"<", QUERY_LESS, QUERY_GREATER},
    {">", QUERY_GREATER, QUERY_LESS},
};

#define NCOMPARISONS (sizeof(comparisons) / sizeof(comparisons[0]))

/* Only what has a text of its own is compared here. */
static int has_text(const operand_t *operand)
{
    const cim_property_t *property = operand->element.property;
    query_leaf_e leaf = operand->path->leaf;

    if (leaf == QUERY_LEAF_NIL || leaf == QUERY_LEAF_TYPE)
        return 1;
    if (property == NULL || property->type == CIM_REFERENCE ||
        property->type == CIM_INSTANCE)
        return leaf == QUERY_LEAF_TEXT;
    return !property->octets;
}

static wsm_error_t *make_comparison(query_clause_t *clause,
                                    const operand_t *what, unsigned wanted,
                                    const operand_t *with,
                                    query_path_reader_t *reader)
{
    clause->wanted = wanted;
    clause->path = what->path;
    clause->text = with->text;
    clause->number = with->number;
    if (what->kind == POSITION && with->kind == NUMBER) {
        clause->kind = QUERY_CLAUSE_POSITION;
        return NULL;
    }
    if (what->kind != PATH || !has_text(what))
        return query_path_beyond(reader);
    if (with->kind == NUMBER) {
        clause->kind = QUERY_CLAUSE_NUMBER;
        return NULL;
    }
    if (with->kind != TEXT)
        return query_path_beyond(reader);
    clause->kind = QUERY_CLAUSE_TEXT;
    clause->work = (apr_uint32_t)(strlen(with->text) / 256);
    /* XPath 3.4: an order is of numbers. */
    if (wanted == QUERY_EQUAL || (wanted & QUERY_APART) != 0)
        return NULL;
    clause->kind = QUERY_CLAUSE_NUMBER;
    clause->number = query_path_number(with->text, reader->pool);
    return NULL;
}

/* operand [ comparison operand ] */
static wsm_error_t *read_comparison(query_clause_t *clause,
                                    query_path_reader_t *reader,
                                    const element_t *context)
{
    operand_t left, right;
    apr_size_t i;
    wsm_error_t *err = read_operand(&left, reader, context);

    if (err != NULL)
        return err;
    for (i = 0; i < NCOMPARISONS; i++) {
        if (query_path_take(reader, comparisons[i].sign))
            break;
    }
    if (i == NCOMPARISONS) {
        clause->kind = QUERY_CLAUSE_EXISTS;
        clause->path = left.path;
        return left.kind == PATH ? NULL : query_path_beyond(reader);
    }
    err = read_operand(&right, reader, context);
    if (err != NULL)
        return err;
    if (right.kind == PATH || right.kind == POSITION)
        return make_comparison(clause, &right, comparisons[i].mirrored, &left,
                               reader);
    return make_comparison(clause, &left, comparisons[i].wanted, &right,
                           reader);
}

static wsm_error_t *read_inner(const query_clause_t **clause,
                               query_path_reader_t *reader,
                               const element_t *context)
{
    wsm_error_t *err = read_or(clause, reader, context);

    if (err == NULL && !query_path_take(reader, ")"))
        err = query_path_beyond(reader);
    return err;
}

static wsm_error_t *read_test(const query_clause_t **result,
                              query_path_reader_t *reader,
                              const element_t *context)
{
    query_clause_t *clause = apr_pcalloc(reader->pool, sizeof(*clause));
    const char *start;

    *result = clause;
    if (++reader->clauses > QUERY_MAX_TESTS)
        return query_fail(reader->pool,
                          "The XPath expression has more than %d comparisons.",
                          QUERY_MAX_TESTS);
    if (query_path_take(reader, "("))
        return read_inner(result, reader, context);
    query_path_skip(reader);
    start = reader->at;
    clause->kind = QUERY_CLAUSE_CONSTANT;
    clause->wanted = query_path_take_call(reader, "true") ? 1 : 0;
    if (clause->wanted || query_path_take_call(reader, "false"))
        return NULL;
    clause->kind = QUERY_CLAUSE_NOT;
    if (query_path_take_word(reader, "not") && query_path_take(reader, "("))
        return read_inner(&clause->first, reader, context);
    reader->at = start;
    return read_comparison(clause, reader, context);
}

typedef wsm_error_t *operand_fn(const query_clause_t **clause,
                                query_path_reader_t *reader,
                                const element_t *context);

/* operand { word operand } */
static wsm_error_t *read_list(const query_clause_t **result,
                              query_path_reader_t *reader,
                              const element_t *context, operand_fn *operand,
                              const char *word, query_clause_e kind)
{
    const query_clause_t *one;
    query_clause_t *all = NULL, *copy;
    const query_clause_t **end = NULL;
    wsm_error_t *err = operand(&one, reader, context);

    *result = one;
    while (err == NULL && query_path_take_word(reader, word)) {
        if (all == NULL) {
            all = apr_pcalloc(reader->pool, sizeof(*all));
            all->kind = kind;
            copy = apr_pmemdup(reader->pool, one, sizeof(*one));
            all->first = copy;
            end = &copy->next;
            *result = all;
        }
        err = operand(&one, reader, context);
        if (err != NULL)
            break;
        copy = apr_pmemdup(reader->pool, one, sizeof(*one));
        *end = copy;
        end = &copy->next;
    }
    return err;
}

static wsm_error_t *read_and(const query_clause_t **clause,
                             query_path_reader_t *reader,
                             const element_t *context)
{
    return read_list(clause, reader, context, read_test, "and",
                     QUERY_CLAUSE_AND);
}

static wsm_error_t *read_or(const query_clause_t **clause,
                            query_path_reader_t *reader,
                            const element_t *context)
{
    wsm_error_t *err;

    if (reader->depth == QUERY_MAX_DEPTH)
        return query_fail(reader->pool,
                          "The XPath expression is nested deeper than %d.",
                          QUERY_MAX_DEPTH);
    reader->depth++;
    err = read_list(clause, reader, context, read_and, "or", QUERY_CLAUSE_OR);
    reader->depth--;
    return err;
}

/* ---- the whole */

static wsm_error_t *read_end(query_path_reader_t *reader)
{
    query_path_skip(reader);
    return *reader->at == '\0' ? NULL : query_path_beyond(reader);
}

wsm_error_t *query_path_read(const query_path_t **path, const char *text,
                             query_path_scope_t *scope, apr_pool_t *pool)
{
    query_path_reader_t reader = {.scope = scope, .at = text, .pool = pool};
    element_t root = {scope->cls, NULL};
    wsm_error_t *err;

    scope->beyond = 0;
    err = read_path(path, &reader, &root, 1);
    return err ? err : read_end(&reader);
}

wsm_error_t *query_clause_read(const query_clause_t **clause, const char *text,
                               query_path_scope_t *scope, apr_pool_t *pool)
{
    query_path_reader_t reader = {.scope = scope, .at = text, .pool = pool};
    const element_t root = {scope->cls, NULL};
    wsm_error_t *err;

    scope->beyond = 0;
    err = read_or(clause, &reader, &root);
    return err ? err : read_end(&reader);
}
