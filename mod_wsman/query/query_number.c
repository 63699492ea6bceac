/* query_number.c - numbers in queries.
 */
#include "query_number.h"

#include <math.h>
#include <string.h>

#include "../base/wsm_text.h"
#include "../cim/cim_value.h"

#define TWO_63 9223372036854775808.0
#define TWO_64 18446744073709551616.0

/* A number as it was written: integers exactly, others as doubles. */
typedef struct number_t {
    int negative;
    int is_real;
    int is_huge; /* an integer of more than 64 bits */
    apr_uint64_t size;
    double real; /* always, its sign included */
} number_t;

/* ---- reading */

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return (c | 0x20) - 'a' + 10;
}

static void read_digits(number_t *number, const char *p, unsigned radix)
{
    apr_uint64_t most = UINT64_MAX;

    for (; *p != '\0' && (radix != 2 || (*p | 0x20) != 'b'); p++) {
        apr_uint64_t digit = (apr_uint64_t)digit_of(*p);

        if (number->size > (most - digit) / radix)
            number->is_huge = 1;
        number->size = number->size * radix + digit;
        number->real = number->real * radix + (double)digit;
    }
    if (!number->is_huge)
        number->real = (double)number->size;
}

/* A number in quotes (WQL) is none of the lexer's. */
static int is_integer(const char *p)
{
    apr_size_t n = strspn(p, "0123456789");

    return n > 0 && p[n] == '\0';
}

static int read_number(number_t *number, query_token_e token, const char *text)
{
    const char *p = text;

    memset(number, 0, sizeof(*number));
    number->negative = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    if (token == QUERY_HEX) {
        read_digits(number, p + 2, 16);
    } else if (token == QUERY_BINARY) {
        read_digits(number, p, 2);
    } else if (is_integer(p)) {
        read_digits(number, p, 10);
    } else {
        number->is_real = 1;
        return wsm_text_double(text, &number->real) && isfinite(number->real);
    }
    if (number->negative)
        number->real = -number->real;
    return 1;
}

/* ---- constants */

/* A real as an integer and what is missing. */
static void split(number_t *number, query_test_t *test)
{
    double size = fabs(number->real);

    if (!number->is_real)
        return;
    number->is_huge = size >= TWO_64;
    if (number->is_huge)
        return;
    number->size = (apr_uint64_t)size;
    if ((double)number->size < size)
        test->bias = number->negative ? -1 : 1;
}

static void to_unsigned(query_test_t *test, number_t *number)
{
    split(number, test);
    test->order = query_order_unsigned;
    if (number->negative && (number->is_huge || number->size > 0))
        test->beyond = QUERY_GREATER;
    else if (number->is_huge)
        test->beyond = QUERY_LESS;
    test->to.u = number->size;
}

static void to_signed(query_test_t *test, number_t *number)
{
    const apr_uint64_t most =
        (apr_uint64_t)INT64_MAX + (number->negative ? 1 : 0);

    split(number, test);
    test->order = query_order_signed;
    if (number->is_huge || number->size > most)
        test->beyond = number->negative ? QUERY_GREATER : QUERY_LESS;
    else if (number->negative)
        test->to.i = (apr_int64_t)(0 - number->size);
    else
        test->to.i = (apr_int64_t)number->size;
}

/* The double next to an integer, and on which side the integer is of it. */
static void to_real(query_test_t *test, const number_t *number)
{
    double size = fabs(number->real);
    int more = 0;

    test->order = query_order_real;
    test->to.r = number->real;
    if (number->is_real) {
        if (test->type == CIM_REAL32 && isfinite((float)number->real))
            test->to.r = (double)(float)number->real;
        return;
    }
    if (number->is_huge)
        return;
    if (size >= TWO_64)
        more = -1;
    else if (number->size != (apr_uint64_t)size)
        more = number->size > (apr_uint64_t)size ? 1 : -1;
    test->bias = (signed char)(number->negative ? -more : more);
}

/* An equality with a number that the property can have. */
static void to_term(query_test_t *test, const number_t *number)
{
    cim_value_t value;

    if (test->wanted != QUERY_EQUAL || test->bias != 0 || test->beyond != 0)
        return;
    if (test->type == CIM_REAL32 || test->type == CIM_REAL64)
        value = cim_real(CIM_REAL64, test->to.r);
    else if (number->negative)
        value = cim_signed(CIM_SINT64, (apr_int64_t)(0 - number->size));
    else
        value = cim_unsigned(CIM_UINT64, number->size);
    if (!cim_value_convert(&value, (cim_type_e)test->type, &test->term) ||
        (test->type == CIM_REAL32 && test->term.v.r < test->to.r) ||
        (test->type == CIM_REAL32 && test->term.v.r > test->to.r))
        memset(&test->term, 0, sizeof(test->term));
}

int query_number_to(query_test_t *test, query_token_e token, const char *text)
{
    number_t number;

    if (!read_number(&number, token, text))
        return 0;
    switch ((cim_type_e)test->type) {
    case CIM_UINT8:
    case CIM_UINT16:
    case CIM_UINT32:
    case CIM_UINT64:
    case CIM_CHAR16:
        to_unsigned(test, &number);
        break;
    case CIM_SINT8:
    case CIM_SINT16:
    case CIM_SINT32:
    case CIM_SINT64:
        to_signed(test, &number);
        break;
    case CIM_REAL32:
    case CIM_REAL64:
        to_real(test, &number);
        break;
    default:
        return 0;
    }
    if (test->type != CIM_CHAR16)
        to_term(test, &number);
    return 1;
}

/* ---- ordering */

static unsigned biased(const query_test_t *test)
{
    static const unsigned orders[] = {QUERY_GREATER, QUERY_EQUAL, QUERY_LESS};

    return orders[test->bias + 1];
}

unsigned query_order_unsigned(const query_test_t *test,
                              const cim_value_t *value,
                              const query_subject_t *subject)
{
    (void)subject;
    if (test->beyond != 0)
        return test->beyond;
    if (value->v.u == test->to.u)
        return biased(test);
    return value->v.u < test->to.u ? QUERY_LESS : QUERY_GREATER;
}

unsigned query_order_signed(const query_test_t *test, const cim_value_t *value,
                            const query_subject_t *subject)
{
    (void)subject;
    if (test->beyond != 0)
        return test->beyond;
    if (value->v.i == test->to.i)
        return biased(test);
    return value->v.i < test->to.i ? QUERY_LESS : QUERY_GREATER;
}

unsigned query_order_real(const query_test_t *test, const cim_value_t *value,
                          const query_subject_t *subject)
{
    (void)subject;
    if (value->v.r < test->to.r)
        return QUERY_LESS;
    if (value->v.r > test->to.r)
        return QUERY_GREATER;
    return isnan(value->v.r) ? QUERY_APART : biased(test);
}

static int is_signed(const cim_value_t *value)
{
    return value->type == CIM_SINT8 || value->type == CIM_SINT16 ||
           value->type == CIM_SINT32 || value->type == CIM_SINT64;
}

static int is_real(const cim_value_t *value)
{
    return value->type == CIM_REAL32 || value->type == CIM_REAL64;
}

static unsigned mirrored(unsigned order)
{
    return order == QUERY_LESS      ? QUERY_GREATER
           : order == QUERY_GREATER ? QUERY_LESS
                                    : order;
}

/* The second number as a constant that the first is compared with. */
unsigned query_number_order(const cim_value_t *a, const cim_value_t *b)
{
    query_test_t test = {.type = a->type};
    number_t number = {0};

    if (is_real(a) && is_real(b)) {
        test.to.r = b->v.r;
        return isnan(b->v.r) ? QUERY_APART : query_order_real(&test, a, NULL);
    }
    if (is_real(b))
        return mirrored(query_number_order(b, a));
    number.negative = is_signed(b) && b->v.i < 0;
    number.size = number.negative ? 0 - b->v.u : b->v.u;
    number.real = number.negative ? -(double)number.size : (double)number.size;
    if (is_real(a)) {
        to_real(&test, &number);
        return query_order_real(&test, a, NULL);
    }
    if (is_signed(a)) {
        to_signed(&test, &number);
        return query_order_signed(&test, a, NULL);
    }
    to_unsigned(&test, &number);
    return query_order_unsigned(&test, a, NULL);
}
