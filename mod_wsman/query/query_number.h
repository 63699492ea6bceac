/* query_number.h - numbers in queries, exactly.
 */
#ifndef QUERY_NUMBER_H
#define QUERY_NUMBER_H

#include "query_expression.h"
#include "query_lex.h"

/** The constant of a test from a number, for values of a numeric type.
 *  @return 0 if the text is no number */
int query_number_to(query_test_t *test, query_token_e token, const char *text);

/** How two values of numeric types stand to each other. */
unsigned query_number_order(const cim_value_t *a, const cim_value_t *b);

/** The functions of tests that compare with a number. */
unsigned query_order_unsigned(const query_test_t *test,
                              const cim_value_t *value,
                              const query_subject_t *subject);
unsigned query_order_signed(const query_test_t *test, const cim_value_t *value,
                            const query_subject_t *subject);
unsigned query_order_real(const query_test_t *test, const cim_value_t *value,
                          const query_subject_t *subject);

#endif
