/* query_condition.c - the grammar of conditions.
 */
#include "query_condition.h"

#include <string.h>

#include <apr_strings.h>

#include "../cim/cim_name.h"

typedef wsm_error_t *read_fn(query_condition_t *condition);

static read_fn read_negation;

void query_condition_start(query_condition_t *condition, query_lex_t *lex,
                           const cim_class_t *cls,
                           const wsm_query_scope_t *scope)
{
    memset(condition, 0, sizeof(*condition));
    condition->lex = lex;
    condition->builder = query_builder_make(lex->pool);
    condition->scope = scope;
    condition->cls = cls;
}

static wsm_error_t *too_deep(const query_lex_t *lex)
{
    return query_invalid(lex->pool,
                         "The %s query has more than %d parentheses and NOTs "
                         "inside of each other.",
                         lex->language->name, QUERY_MAX_DEPTH);
}

/* ---- operands */

wsm_error_t *query_class_name(const char **name, query_lex_t *lex)
{
    if ((lex->type != QUERY_NAME && lex->type != QUERY_STRING) ||
        strlen(lex->value) > QUERY_MAX_NAME)
        return query_lex_expected(lex, "the name of a class");
    *name = lex->value;
    query_lex_next(lex);
    return NULL;
}

wsm_error_t *query_no_property(const char *name, const cim_class_t *cls,
                               apr_pool_t *pool)
{
    wsm_error_t *err = query_invalid(pool, "The class %s has no property %s.",
                                     cls->name, name);

    err->cim_status = WSMAN_CIM_INVALID_QUERY;
    return err;
}

static const struct {
    const char *name;
    query_place_e at;
    query_system_e which;
    cim_type_e type;
    int is_path;
} systems[] = {
    {"__CLASS", QUERY_AT_SYSTEM, QUERY_SYSTEM_CLASS, CIM_STRING, 0},
    {"__SUPERCLASS", QUERY_AT_SYSTEM, QUERY_SYSTEM_SUPERCLASS, CIM_STRING, 0},
    {"__DYNASTY", QUERY_AT_SYSTEM, QUERY_SYSTEM_DYNASTY, CIM_STRING, 0},
    {"__NAMESPACE", QUERY_AT_SYSTEM, QUERY_SYSTEM_NAMESPACE, CIM_STRING, 0},
    {"__GENUS", QUERY_AT_SYSTEM, QUERY_SYSTEM_GENUS, CIM_SINT32, 0},
    {"__PROPERTY_COUNT", QUERY_AT_SYSTEM, QUERY_SYSTEM_PROPERTY_COUNT,
     CIM_SINT32, 0},
    {"__RELPATH", QUERY_AT_THIS, 0, CIM_INSTANCE, 1},
    {"__PATH", QUERY_AT_THIS, 0, CIM_INSTANCE, 1},
    {"__THIS", QUERY_AT_THIS, 0, CIM_INSTANCE, 0},
};

#define NSYSTEMS (sizeof(systems) / sizeof(systems[0]))

int query_system_place(query_operand_t *operand, const char *name)
{
    apr_size_t i;

    for (i = 0; i < NSYSTEMS; i++) {
        if (!cim_name_equal(systems[i].name, name))
            continue;
        memset(operand, 0, sizeof(*operand));
        operand->text = systems[i].name;
        operand->place.at = systems[i].at;
        operand->place.index = (apr_uint32_t)systems[i].which;
        operand->type = systems[i].type;
        operand->is_path = systems[i].is_path;
        return 1;
    }
    return 0;
}

static wsm_error_t *no_range(const query_operand_t *operand,
                             const query_lex_t *lex)
{
    return query_decline(lex->pool,
                         "Items of the array %s are asked for by one number; "
                         "ranges of them are not supported.",
                         operand->text);
}

/* A number in brackets. */
static wsm_error_t *read_item(int *item, query_operand_t *operand,
                              query_lex_t *lex)
{
    apr_int64_t number;

    *item = -1;
    if (!lex->language->has_arrays || lex->type != QUERY_OPEN_BRACKET)
        return NULL;
    if (!operand->is_array)
        return query_invalid(lex->pool, "%s is no array.", operand->text);
    query_lex_next(lex);
    if (lex->type != QUERY_INTEGER)
        return no_range(operand, lex);
    number = apr_atoi64(lex->value);
    if (number < 0 || number > INT32_MAX)
        return query_invalid(lex->pool, "%s has no item %s.", operand->text,
                             lex->value);
    *item = (int)number;
    operand->is_array = 0;
    query_lex_next(lex);
    if (lex->type == QUERY_DOT || lex->type == QUERY_COMMA)
        return no_range(operand, lex);
    return query_lex_take_type(lex, QUERY_CLOSE_BRACKET)
               ? NULL
               : query_lex_expected(lex, "]");
}

/* One more property on the way; cls is the class that must have it. */
static wsm_error_t *read_step(query_step_t *step, query_operand_t *operand,
                              const cim_class_t *cls,
                              const query_condition_t *condition)
{
    query_lex_t *lex = condition->lex;
    const cim_property_t *property;
    int index;

    if (lex->type != QUERY_NAME)
        return query_lex_expected(lex, "the name of a property");
    index = cim_class_property_index(cls, lex->value);
    if (index < 0)
        return query_no_property(lex->value, cls, lex->pool);
    property = &cls->properties[index];
    query_lex_next(lex);
    step->name = property->name;
    step->index = (apr_uint32_t)index;
    operand->text = operand->text ? apr_pstrcat(lex->pool, operand->text, ".",
                                                property->name, NULL)
                                  : property->name;
    operand->type = property->type;
    operand->is_array = property->is_array;
    operand->cls = NULL;
    if (property->type == CIM_INSTANCE && property->type_name != NULL)
        operand->cls = cim_schema_class(condition->scope->schema, cls->ns,
                                        property->type_name);
    return read_item(&step->item, operand, lex);
}

static wsm_error_t *read_steps(query_operand_t *operand,
                               query_condition_t *condition)
{
    query_step_t steps[QUERY_MAX_STEPS];
    const cim_class_t *cls = condition->cls;
    query_lex_t *lex = condition->lex;
    apr_uint32_t n = 0;
    wsm_error_t *err;

    do {
        if (n == QUERY_MAX_STEPS)
            return query_invalid(lex->pool,
                                 "%s leads through too many instances.",
                                 operand->text);
        err = read_step(&steps[n++], operand, cls, condition);
        if (err != NULL)
            return err;
        cls = operand->cls;
        if (lex->type == QUERY_DOT && (cls == NULL || operand->is_array))
            return query_invalid(lex->pool,
                                 "%s is no embedded instance of a known class.",
                                 operand->text);
    } while (query_lex_take_type(lex, QUERY_DOT));
    operand->place.at = QUERY_AT_PROPERTY;
    operand->place.index = steps[0].index;
    if (n > 1 || steps[0].item >= 0) {
        operand->place.at = QUERY_AT_PATH;
        operand->place.steps =
            apr_pmemdup(lex->pool, steps, n * sizeof(*steps));
        operand->place.nsteps = n;
    }
    return NULL;
}

/* The class in front of a property, or alone. */
static int is_class_name(const query_condition_t *condition)
{
    const query_lex_t *lex = condition->lex;

    if (condition->alias != NULL)
        return query_lex_is(lex, condition->alias);
    return query_lex_is(lex, condition->cls->name) &&
           (*lex->next == '.' ||
            cim_class_property_index(condition->cls, lex->value) < 0);
}

wsm_error_t *query_place_read(query_operand_t *operand,
                              query_condition_t *condition)
{
    query_lex_t *lex = condition->lex;

    memset(operand, 0, sizeof(*operand));
    if (lex->type != QUERY_NAME)
        return query_lex_expected(lex, "the name of a property");
    if (lex->language->has_system_properties &&
        query_system_place(operand, lex->value)) {
        query_lex_next(lex);
        return NULL;
    }
    if (condition->cls == NULL)
        return query_invalid(lex->pool,
                             "Classes have no property %s: they are selected "
                             "by __CLASS, __SUPERCLASS, __DYNASTY or __THIS.",
                             lex->value);
    if (lex->language->names_classes && is_class_name(condition)) {
        operand->text = condition->cls->name;
        operand->type = CIM_INSTANCE;
        operand->place.at = QUERY_AT_THIS;
        query_lex_next(lex);
        if (!query_lex_take_type(lex, QUERY_DOT))
            return NULL;
        operand->text = NULL;
    }
    return read_steps(operand, condition);
}

static int is_constant_name(const query_lex_t *lex)
{
    return query_lex_is(lex, "TRUE") || query_lex_is(lex, "FALSE") ||
           query_lex_is(lex, "NULL");
}

static int is_function(const query_lex_t *lex)
{
    query_lex_t ahead = *lex;

    if (lex->type != QUERY_NAME)
        return 0;
    query_lex_next(&ahead);
    return ahead.type == QUERY_OPEN;
}

/* @param left  NULL: this is the first operand */
static wsm_error_t *read_operand(query_operand_t *operand,
                                 const query_operand_t *left,
                                 query_condition_t *condition)
{
    query_lex_t *lex = condition->lex;
    /* MS-WMI 2.2.1.1: __CLASS = Name, without quotes */
    int class_name = left != NULL && lex->type == QUERY_NAME &&
                     left->place.at == QUERY_AT_SYSTEM &&
                     left->type == CIM_STRING;

    if (is_function(lex))
        return query_decline(lex->pool,
                             "%s() is not supported: %s conditions here have "
                             "no functions.",
                             lex->value, lex->language->name);
    if (lex->type == QUERY_NAME && !is_constant_name(lex) && !class_name)
        return query_place_read(operand, condition);
    memset(operand, 0, sizeof(*operand));
    switch (lex->type) {
    case QUERY_NAME:
    case QUERY_STRING:
    case QUERY_INTEGER:
    case QUERY_HEX:
    case QUERY_BINARY:
    case QUERY_REAL:
    case QUERY_DATETIME:
        break;
    default:
        return query_lex_expected(lex, left ? "a value" : "a condition");
    }
    operand->is_constant = 1;
    operand->token = lex->type;
    if (class_name && !is_constant_name(lex))
        operand->token = QUERY_STRING;
    operand->value = lex->value;
    operand->text =
        lex->type == QUERY_STRING
            ? apr_psprintf(
                  lex->pool, "'%s'",
                  query_shown(lex->value, strlen(lex->value), lex->pool))
            : lex->value;
    query_lex_next(lex);
    return NULL;
}

static int is_null(const query_operand_t *operand)
{
    return operand->is_constant && operand->token == QUERY_NAME &&
           cim_name_equal(operand->value, "NULL");
}

/* ---- tests */

static const struct {
    query_token_e token;
    unsigned wanted;
} comparisons[] = {
    {QUERY_EQUAL_SIGN, QUERY_EQUAL},
    {QUERY_NOT_EQUAL_SIGN, QUERY_NOT_EQUAL},
    {QUERY_LESS_SIGN, QUERY_LESS},
    {QUERY_LESS_EQUAL_SIGN, QUERY_LESS_EQUAL},
    {QUERY_GREATER_SIGN, QUERY_GREATER},
    {QUERY_GREATER_EQUAL_SIGN, QUERY_GREATER_EQUAL},
};

#define NCOMPARISONS (sizeof(comparisons) / sizeof(comparisons[0]))

static unsigned comparison_of(const query_lex_t *lex)
{
    apr_size_t i;

    for (i = 0; i < NCOMPARISONS; i++) {
        if (comparisons[i].token == lex->type)
            return comparisons[i].wanted;
    }
    return 0;
}

static wsm_error_t *read_comparison(query_test_t *test,
                                    const query_operand_t *left,
                                    query_quantifier_e quantifier,
                                    query_condition_t *condition,
                                    const query_compare_t *with)
{
    query_lex_t *lex = condition->lex;
    unsigned wanted = comparison_of(lex);
    query_operand_t right;
    wsm_error_t *err;

    if (wanted == 0)
        return query_lex_expected(lex, "a comparison");
    query_lex_next(lex);
    err = read_operand(&right, left, condition);
    if (err != NULL)
        return err;
    if (!is_null(&right))
        return query_compare(test, left, wanted, &right, quantifier, with);
    if (lex->language->equals_null && quantifier == QUERY_ONE &&
        (wanted == QUERY_EQUAL || wanted == QUERY_NOT_EQUAL))
        return query_compare_null(test, left, wanted != QUERY_EQUAL, with);
    return query_invalid(lex->pool,
                         "Nothing compares with NULL: %s IS NULL "
                         "asks for it.",
                         left->text);
}

static wsm_error_t *read_like(query_test_t *test, const query_operand_t *left,
                              int negated, query_quantifier_e quantifier,
                              query_condition_t *condition,
                              const query_compare_t *with)
{
    query_operand_t right;
    wsm_error_t *err;

    query_lex_next_pattern(condition->lex);
    err = read_operand(&right, left, condition);
    if (err != NULL)
        return err;
    return query_compare_like(test, left, negated, &right, quantifier, with);
}

static wsm_error_t *read_is(query_test_t *test, const query_operand_t *left,
                            query_condition_t *condition,
                            const query_compare_t *with)
{
    int negated = query_lex_take(condition->lex, "NOT");

    if (!query_lex_take(condition->lex, "NULL"))
        return query_lex_expected(condition->lex, "NULL");
    return query_compare_null(test, left, negated, with);
}

static wsm_error_t *read_isa(query_test_t *test, const query_operand_t *left,
                             query_condition_t *condition,
                             const query_compare_t *with)
{
    query_operand_t this;
    const char *name = NULL;
    wsm_error_t *err = query_class_name(&name, condition->lex);

    if (err != NULL)
        return err;
    /* __CLASS ISA is as good as __THIS ISA */
    if (left->place.at == QUERY_AT_SYSTEM && !left->is_constant &&
        left->place.index == QUERY_SYSTEM_CLASS) {
        query_system_place(&this, "__THIS");
        left = &this;
    }
    return query_compare_isa(test, left, name, with);
}

static query_quantifier_e take_quantifier(query_lex_t *lex)
{
    if (!lex->language->has_arrays)
        return QUERY_ONE;
    if (query_lex_take(lex, "ANY"))
        return QUERY_ANY;
    return query_lex_take(lex, "EVERY") ? QUERY_EVERY : QUERY_ONE;
}

/* ANY item IN array SATISFIES (...) */
static int is_satisfies(const query_lex_t *lex)
{
    query_lex_t ahead = *lex;

    query_lex_next(&ahead);
    return query_lex_is(&ahead, "IN");
}

static wsm_error_t *read_test(query_condition_t *condition)
{
    query_lex_t *lex = condition->lex;
    const query_compare_t with = {lex->language, condition->scope, lex->pool};
    query_quantifier_e quantifier = take_quantifier(lex);
    query_operand_t left;
    query_test_t test;
    int negated;
    wsm_error_t *err;

    if (quantifier != QUERY_ONE && is_satisfies(lex))
        return query_decline(lex->pool, "SATISFIES is not supported: ANY and "
                                        "EVERY stand before an array.");
    err = read_operand(&left, NULL, condition);
    if (err != NULL)
        return err;
    if (quantifier == QUERY_ONE && query_lex_take(lex, "IS")) {
        err = read_is(&test, &left, condition, &with);
    } else if (quantifier == QUERY_ONE && query_lex_take(lex, "ISA")) {
        err = read_isa(&test, &left, condition, &with);
    } else {
        negated = query_lex_take(lex, "NOT");
        if (query_lex_is(lex, "LIKE"))
            err =
                read_like(&test, &left, negated, quantifier, condition, &with);
        else if (negated)
            err = query_lex_expected(lex, "LIKE");
        else
            err = read_comparison(&test, &left, quantifier, condition, &with);
    }
    if (err != NULL)
        return err;
    if (!query_builder_test(condition->builder, &test))
        return query_invalid(lex->pool,
                             "The %s query makes more than %d comparisons.",
                             lex->language->name, QUERY_MAX_TESTS);
    return NULL;
}

/* ---- AND, OR, NOT */

static wsm_error_t *read_row(query_condition_t *condition, const char *word,
                             query_operator_e op, read_fn *read)
{
    wsm_error_t *err = read(condition);

    while (err == NULL && query_lex_take(condition->lex, word)) {
        apr_uint32_t mark = query_builder_begin(condition->builder, op);

        err = read(condition);
        query_builder_end(condition->builder, op, mark);
    }
    return err;
}

static wsm_error_t *read_conjunction(query_condition_t *condition)
{
    return read_row(condition, "AND", QUERY_AND, read_negation);
}

static wsm_error_t *read_nested(query_condition_t *condition)
{
    query_lex_t *lex = condition->lex;
    wsm_error_t *err;

    if (query_lex_take(lex, "NOT")) {
        err = read_negation(condition);
        query_builder_not(condition->builder);
        return err;
    }
    query_lex_next(lex); /* ( */
    err = query_condition_read(condition);
    if (err == NULL && !query_lex_take_type(lex, QUERY_CLOSE))
        err = query_lex_expected(lex, "AND, OR or )");
    return err;
}

static wsm_error_t *read_negation(query_condition_t *condition)
{
    query_lex_t *lex = condition->lex;
    wsm_error_t *err;

    if (lex->type != QUERY_OPEN && !query_lex_is(lex, "NOT"))
        return read_test(condition);
    if (condition->depth == QUERY_MAX_DEPTH)
        return too_deep(lex);
    condition->depth++;
    err = read_nested(condition);
    condition->depth--;
    return err;
}

wsm_error_t *query_condition_read(query_condition_t *condition)
{
    return read_row(condition, "OR", QUERY_OR, read_conjunction);
}
