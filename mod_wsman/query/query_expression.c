/* query_expression.c - conditions as programs: building and evaluating.
 */
#include "query_expression.h"

#include <string.h>

#include <apr_tables.h>

#include "../cim/cim_name.h"

typedef enum code_e {
    CODE_TEST,
    CODE_AND,
    CODE_OR,
    CODE_NOT,
    CODE_JUMP_IF_FALSE, /* what the left operand of an AND decides */
    CODE_JUMP_IF_TRUE
} code_e;

typedef struct code_t {
    code_e what;
    apr_uint32_t number; /* of the test, or where to jump to */
} code_t;

struct query_expression_t {
    const code_t *codes;
    apr_uint32_t ncodes;
    const query_test_t *tests;
    apr_uint32_t ntests;
};

struct query_builder_t {
    apr_array_header_t *codes; /* code_t */
    apr_array_header_t *tests; /* query_test_t */
    apr_pool_t *pool;
};

/* Operands of nested parentheses and of an AND in an OR in each. */
#define STACK (2 * QUERY_MAX_DEPTH + 4)

/* ---- building */

query_builder_t *query_builder_make(apr_pool_t *pool)
{
    query_builder_t *builder = apr_palloc(pool, sizeof(*builder));

    builder->codes = apr_array_make(pool, 16, sizeof(code_t));
    builder->tests = apr_array_make(pool, 8, sizeof(query_test_t));
    builder->pool = pool;
    return builder;
}

static void add_code(query_builder_t *builder, code_e what, apr_uint32_t number)
{
    const code_t code = {what, number};

    APR_ARRAY_PUSH(builder->codes, code_t) = code;
}

int query_builder_test(query_builder_t *builder, const query_test_t *test)
{
    if (builder->tests->nelts == QUERY_MAX_TESTS)
        return 0;
    add_code(builder, CODE_TEST, (apr_uint32_t)builder->tests->nelts);
    APR_ARRAY_PUSH(builder->tests, query_test_t) = *test;
    return 1;
}

apr_uint32_t query_builder_begin(query_builder_t *builder, query_operator_e op)
{
    add_code(builder, op == QUERY_AND ? CODE_JUMP_IF_FALSE : CODE_JUMP_IF_TRUE,
             0);
    return (apr_uint32_t)builder->codes->nelts - 1;
}

void query_builder_end(query_builder_t *builder, query_operator_e op,
                       apr_uint32_t mark)
{
    add_code(builder, op == QUERY_AND ? CODE_AND : CODE_OR, 0);
    APR_ARRAY_IDX(builder->codes, mark, code_t).number =
        (apr_uint32_t)builder->codes->nelts;
}

void query_builder_not(query_builder_t *builder)
{
    add_code(builder, CODE_NOT, 0);
}

const query_expression_t *query_builder_done(const query_builder_t *builder)
{
    query_expression_t *expression;

    if (builder->tests->nelts == 0)
        return NULL;
    expression = apr_palloc(builder->pool, sizeof(*expression));
    expression->codes = (const code_t *)(const void *)builder->codes->elts;
    expression->ncodes = (apr_uint32_t)builder->codes->nelts;
    expression->tests =
        (const query_test_t *)(const void *)builder->tests->elts;
    expression->ntests = (apr_uint32_t)builder->tests->nelts;
    return expression;
}

/* ---- values */

static const cim_class_t *dynasty(const cim_class_t *cls)
{
    while (cls->super != NULL)
        cls = cls->super;
    return cls;
}

static const cim_value_t *system_value(apr_uint32_t which,
                                       const query_subject_t *subject,
                                       cim_value_t *room)
{
    const cim_class_t *cls = subject->cls;

    switch ((query_system_e)which) {
    case QUERY_SYSTEM_CLASS:
        *room = cim_string(cls->name);
        break;
    case QUERY_SYSTEM_SUPERCLASS:
        *room = cim_string(cls->super_name);
        break;
    case QUERY_SYSTEM_DYNASTY:
        *room = cim_string(dynasty(cls)->name);
        break;
    case QUERY_SYSTEM_NAMESPACE:
        *room = cim_string(cls->ns);
        break;
    case QUERY_SYSTEM_GENUS: /* MS-WMIO: 1 is a class, 2 an instance */
        *room = cim_sint32(subject->instance ? 2 : 1);
        break;
    case QUERY_SYSTEM_PROPERTY_COUNT:
        *room = cim_sint32((apr_int32_t)cls->nproperties);
        break;
    }
    return room->is_null ? NULL : room;
}

/* An embedded instance may be of a class that is newer than the query: what is
 * found by its index is looked at again. */
static const cim_value_t *step_value(const cim_instance_t *instance,
                                     const query_step_t *step)
{
    const cim_value_t *value;

    if (step->index >= instance->nvalues ||
        !cim_name_equal(instance->cls->properties[step->index].name,
                        step->name))
        return NULL;
    value = &instance->values[step->index];
    if (value->type == CIM_NONE || value->is_null)
        return NULL;
    if (step->item < 0)
        return value;
    if (!value->is_array || (apr_uint32_t)step->item >= value->count)
        return NULL;
    value = &value->v.items[step->item];
    return value->is_null ? NULL : value;
}

static const cim_value_t *path_value(const query_place_t *place,
                                     const query_subject_t *subject)
{
    const cim_instance_t *instance = subject->instance;
    const cim_value_t *value = NULL;
    apr_uint32_t i;

    for (i = 0; i < place->nsteps; i++) {
        if (i > 0) {
            if (value->type != CIM_INSTANCE || value->is_array)
                return NULL;
            instance = value->v.obj;
        }
        value = step_value(instance, &place->steps[i]);
        if (value == NULL)
            return NULL;
    }
    return value;
}

static inline const cim_value_t *property_value(apr_uint32_t index,
                                                const query_subject_t *subject)
{
    const cim_value_t *value = &subject->instance->values[index];

    return value->type == CIM_NONE || value->is_null ? NULL : value;
}

const cim_value_t *query_place_value(const query_place_t *place,
                                     const query_subject_t *subject,
                                     cim_value_t *room)
{
    switch (place->at) {
    case QUERY_AT_PROPERTY:
        return property_value(place->index, subject);
    case QUERY_AT_PATH:
        return path_value(place, subject);
    case QUERY_AT_SYSTEM:
        return system_value(place->index, subject, room);
    case QUERY_AT_THIS:
        *room = cim_embedded(subject->instance);
        room->is_null = 0;
        return room;
    }
    return NULL;
}

/* ---- evaluating */

static query_truth_e run_scalar(const query_test_t *test,
                                const cim_value_t *value,
                                const query_subject_t *subject)
{
    unsigned order;

    if (value->is_null || value->is_array || value->type != test->type)
        return QUERY_UNKNOWN;
    order = test->order(test, value, subject);
    if (order == 0)
        return QUERY_UNKNOWN;
    return (order & test->wanted) != 0 ? QUERY_TRUE : QUERY_FALSE;
}

/* ANY is an OR of all items, EVERY is an AND. */
static query_truth_e run_items(const query_test_t *test,
                               const cim_value_t *value,
                               const query_subject_t *subject)
{
    const query_truth_e decides =
        test->quantifier == QUERY_ANY ? QUERY_TRUE : QUERY_FALSE;
    query_truth_e result =
        test->quantifier == QUERY_ANY ? QUERY_FALSE : QUERY_TRUE;
    apr_uint32_t i;

    if (!value->is_array)
        return QUERY_UNKNOWN;
    for (i = 0; i < value->count && result != decides; i++) {
        query_truth_e one = run_scalar(test, &value->v.items[i], subject);

        if (one == decides || one == QUERY_UNKNOWN)
            result = one;
    }
    return result;
}

static query_truth_e run_test(const query_test_t *test,
                              const query_subject_t *subject)
{
    cim_value_t room;
    const cim_value_t *value =
        test->place.at == QUERY_AT_PROPERTY
            ? property_value(test->place.index, subject)
            : query_place_value(&test->place, subject, &room);

    if (test->is_null != 0)
        return (value == NULL) == (test->is_null == 1) ? QUERY_TRUE
                                                       : QUERY_FALSE;
    if (value == NULL)
        return QUERY_UNKNOWN;
    if (test->quantifier != QUERY_ONE)
        return run_items(test, value, subject);
    return run_scalar(test, value, subject);
}

query_truth_e query_expression_value(const query_expression_t *expression,
                                     const query_subject_t *subject)
{
    const code_t *codes = expression->codes;
    query_truth_e stack[STACK];
    apr_uint32_t top = 0, i = 0;

    while (i < expression->ncodes) {
        const code_t *code = &codes[i++];

        switch (code->what) {
        case CODE_TEST:
            stack[top++] = run_test(&expression->tests[code->number], subject);
            break;
        case CODE_AND:
            top--;
            if (stack[top] < stack[top - 1])
                stack[top - 1] = stack[top];
            break;
        case CODE_OR:
            top--;
            if (stack[top] > stack[top - 1])
                stack[top - 1] = stack[top];
            break;
        case CODE_NOT:
            stack[top - 1] = (query_truth_e)(QUERY_TRUE - stack[top - 1]);
            break;
        case CODE_JUMP_IF_FALSE:
            if (stack[top - 1] == QUERY_FALSE)
                i = code->number;
            break;
        case CODE_JUMP_IF_TRUE:
            if (stack[top - 1] == QUERY_TRUE)
                i = code->number;
            break;
        }
    }
    return stack[0];
}

/* ---- what others may know of it */

static void look_at(const query_place_t *place, unsigned char *looks_at)
{
    if (place->at == QUERY_AT_PROPERTY)
        looks_at[place->index] = 1;
    else if (place->at == QUERY_AT_PATH)
        looks_at[place->steps[0].index] = 1;
}

void query_expression_looks_at(const query_expression_t *expression,
                               unsigned char *looks_at)
{
    apr_uint32_t i;

    for (i = 0; i < expression->ntests; i++) {
        const query_test_t *test = &expression->tests[i];

        look_at(&test->place, looks_at);
        if (test->compares_places)
            look_at(test->to.place, looks_at);
    }
}

/* Goes backwards through the steps: whoever wants a result is seen before what
 * gives it.  @param needed  one byte a test: the whole is true only if it is */
static void find_needed(const query_expression_t *expression,
                        unsigned char *needed)
{
    unsigned char stack[STACK] = {1};
    apr_uint32_t top = 1, i = expression->ncodes;

    while (i-- > 0) {
        const code_t *code = &expression->codes[i];

        switch (code->what) {
        case CODE_TEST:
            needed[code->number] = stack[--top];
            break;
        case CODE_AND:
            stack[top] = stack[top - 1];
            top++;
            break;
        case CODE_OR:
            stack[top - 1] = stack[top] = 0;
            top++;
            break;
        case CODE_NOT:
            stack[top - 1] = 0;
            break;
        default:
            break;
        }
    }
}

void query_expression_terms(const query_expression_t *expression,
                            const cim_class_t *cls, wsm_query_t *query,
                            apr_pool_t *pool)
{
    wsman_term_t *exact = apr_palloc(pool, expression->ntests * sizeof(*exact));
    wsman_term_t *folded =
        apr_palloc(pool, expression->ntests * sizeof(*folded));
    unsigned char *needed = apr_pcalloc(pool, expression->ntests);
    unsigned char *found = apr_pcalloc(pool, cls->nproperties + 1);
    apr_uint32_t i;

    find_needed(expression, needed);
    for (i = 0; i < expression->ntests; i++) {
        const query_test_t *test = &expression->tests[i];
        wsman_term_t *term;

        if (!needed[i] || test->term.type == CIM_NONE ||
            test->place.at != QUERY_AT_PROPERTY ||
            test->quantifier != QUERY_ONE || found[test->place.index])
            continue;
        found[test->place.index] = 1;
        term = test->fold && test->term.type == CIM_STRING
                   ? &folded[query->nfolded_terms++]
                   : &exact[query->nterms++];
        term->name = cls->properties[test->place.index].name;
        term->value = test->term;
    }
    query->terms = exact;
    query->folded_terms = folded;
}
