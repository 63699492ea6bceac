/* query_compare.h - tests: a place, an operator, and a constant of the place's
 * type.
 *
 * Constants are converted once, when the query is read.  Numbers keep their
 * exact value: 2.5 lies between two integers, 300 is more than every uint8.
 */
#ifndef QUERY_COMPARE_H
#define QUERY_COMPARE_H

#include "query_expression.h"
#include "query_lex.h"

#define QUERY_NOT_EQUAL     (QUERY_LESS | QUERY_GREATER | QUERY_APART)
#define QUERY_LESS_EQUAL    (QUERY_LESS | QUERY_EQUAL)
#define QUERY_GREATER_EQUAL (QUERY_GREATER | QUERY_EQUAL)

/** One side of a comparison, as it was written. */
typedef struct query_operand_t {
    const char *text; /* for messages: the name of the place */
    int is_constant;
    /* A constant */
    query_token_e token; /* QUERY_NAME: TRUE, FALSE, NULL, or a class */
    const char *value;
    /* A place */
    query_place_t place;
    cim_type_e type;
    int is_array;
    int is_path;            /* __PATH, __RELPATH */
    const cim_class_t *cls; /* of a CIM_INSTANCE, if that is known */
} query_operand_t;

typedef struct query_compare_t {
    const query_language_t *language;
    const wsm_query_scope_t *scope;
    apr_pool_t *pool;
} query_compare_t;

/** A test of two operands, at least one of them a place.
 *  @param wanted  QUERY_EQUAL, QUERY_NOT_EQUAL, ... of left to right */
wsm_error_t *query_compare(query_test_t *test, const query_operand_t *left,
                           unsigned wanted, const query_operand_t *right,
                           query_quantifier_e quantifier,
                           const query_compare_t *with);
/** LIKE; `negated`: NOT LIKE. */
wsm_error_t *query_compare_like(query_test_t *test, const query_operand_t *left,
                                int negated, const query_operand_t *right,
                                query_quantifier_e quantifier,
                                const query_compare_t *with);
/** ISA a class. */
wsm_error_t *query_compare_isa(query_test_t *test, const query_operand_t *left,
                               const char *class_name,
                               const query_compare_t *with);
/** IS NULL, or IS NOT NULL. */
wsm_error_t *query_compare_null(query_test_t *test, const query_operand_t *left,
                                int negated, const query_compare_t *with);

#endif
