/* query_compare.c - tests: constants become values of the place's type.
 */
#include "query_compare.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../cim/cim_name.h"
#include "../cim/cim_value.h"
#include "query_moment.h"
#include "query_number.h"
#include "query_object.h"

/* What a constant is turned into.  @return 0 if it cannot be */
typedef int convert_fn(query_test_t *test, const query_operand_t *constant,
                       const query_compare_t *with);

/* How a type is compared. */
typedef struct type_row_t {
    convert_fn *convert;
    int has_order;
} type_row_t;

/* ---- ordering */

static unsigned three_way(int order)
{
    return order < 0 ? QUERY_LESS : order > 0 ? QUERY_GREATER : QUERY_EQUAL;
}

static unsigned order_texts(const char *a, const char *b, int fold)
{
    return three_way(fold ? cim_name_order(a, b) : strcmp(a, b));
}

static unsigned order_string(const query_test_t *test, const cim_value_t *value,
                             const query_subject_t *subject)
{
    (void)subject;
    return order_texts(value->v.s, test->to.s, test->fold);
}

static unsigned order_boolean(const query_test_t *test,
                              const cim_value_t *value,
                              const query_subject_t *subject)
{
    (void)subject;
    return value->v.u == test->to.u ? QUERY_EQUAL : QUERY_APART;
}

static unsigned fold_unit(apr_uint64_t unit, int fold)
{
    return fold && unit < 0x80 ? cim_fold((char)unit) : (unsigned)unit;
}

static unsigned order_units(apr_uint64_t a, apr_uint64_t b, int fold)
{
    unsigned left = fold_unit(a, fold), right = fold_unit(b, fold);

    return three_way(left < right ? -1 : left > right);
}

static unsigned order_char(const query_test_t *test, const cim_value_t *value,
                           const query_subject_t *subject)
{
    (void)subject;
    return order_units(value->v.u, test->to.u, test->fold);
}

static unsigned order_datetime(const query_test_t *test,
                               const cim_value_t *value,
                               const query_subject_t *subject)
{
    query_moment_t moment;

    (void)subject;
    if (!query_moment_of(&moment, value->v.dt))
        return 0;
    return query_moment_order(&moment, &test->to.moment);
}

static unsigned order_reference(const query_test_t *test,
                                const cim_value_t *value,
                                const query_subject_t *subject)
{
    return query_object_equal(test->to.path, value->v.ref, subject->cls->ns,
                              test->fold)
               ? QUERY_EQUAL
               : QUERY_APART;
}

static unsigned order_this(const query_test_t *test, const cim_value_t *value,
                           const query_subject_t *subject)
{
    (void)value;
    return query_object_names(test->to.path, subject, test->fold) ? QUERY_EQUAL
                                                                  : QUERY_APART;
}

static unsigned order_like(const query_test_t *test, const cim_value_t *value,
                           const query_subject_t *subject)
{
    (void)subject;
    return query_like_matches(test->to.like, value->v.s) ? QUERY_EQUAL
                                                         : QUERY_APART;
}

static unsigned order_isa(const query_test_t *test, const cim_value_t *value,
                          const query_subject_t *subject)
{
    const cim_class_t *cls =
        test->place.at == QUERY_AT_THIS ? subject->cls : value->v.obj->cls;

    return cim_class_is_a(cls, test->to.s) ? QUERY_EQUAL : QUERY_APART;
}

/* Two places: the types go together, or the test was not made. */
static unsigned order_places(const query_test_t *test, const cim_value_t *value,
                             const query_subject_t *subject)
{
    cim_value_t room;
    const cim_value_t *other =
        query_place_value(test->to.place, subject, &room);
    query_moment_t a, b;

    if (other == NULL || other->is_array)
        return 0;
    switch ((cim_type_e)value->type) {
    case CIM_STRING:
        return order_texts(value->v.s, other->v.s, test->fold);
    case CIM_BOOLEAN:
        return value->v.u == other->v.u ? QUERY_EQUAL : QUERY_APART;
    case CIM_CHAR16:
        return order_units(value->v.u, other->v.u, test->fold);
    case CIM_DATETIME:
        return query_moment_of(&a, value->v.dt) &&
                       query_moment_of(&b, other->v.dt)
                   ? query_moment_order(&a, &b)
                   : 0;
    case CIM_REFERENCE:
        return query_object_equal(value->v.ref, other->v.ref, subject->cls->ns,
                                  test->fold)
                   ? QUERY_EQUAL
                   : QUERY_APART;
    default:
        return query_number_order(value, other);
    }
}

/* ---- constants */

static int is_number(const query_operand_t *constant,
                     const query_language_t *language)
{
    return constant->token == QUERY_INTEGER || constant->token == QUERY_REAL ||
           constant->token == QUERY_HEX || constant->token == QUERY_BINARY ||
           (constant->token == QUERY_STRING && language->quotes_numbers);
}

static int convert_number(query_test_t *test, const query_operand_t *constant,
                          const query_compare_t *with)
{
    return is_number(constant, with->language) &&
           query_number_to(test, constant->token, constant->value);
}

static void set_term(query_test_t *test, const cim_value_t *value)
{
    if (test->wanted == QUERY_EQUAL)
        test->term = *value;
}

static int convert_string(query_test_t *test, const query_operand_t *constant,
                          const query_compare_t *with)
{
    cim_value_t value = cim_string(constant->value);

    (void)with;
    if (constant->token != QUERY_STRING && constant->token != QUERY_DATETIME)
        return 0;
    test->order = order_string;
    test->to.s = constant->value;
    set_term(test, &value);
    return 1;
}

static int convert_boolean(query_test_t *test, const query_operand_t *constant,
                           const query_compare_t *with)
{
    cim_value_t value;
    int truth;

    if (constant->token != QUERY_NAME && !is_number(constant, with->language))
        return 0;
    if (constant->token != QUERY_NAME && !with->language->quotes_numbers)
        return 0;
    if (!wsm_text_boolean(constant->value, &truth))
        return 0;
    value = cim_boolean(truth);
    test->order = order_boolean;
    test->to.u = value.v.u;
    set_term(test, &value);
    return 1;
}

static int convert_char(query_test_t *test, const query_operand_t *constant,
                        const query_compare_t *with)
{
    cim_value_t value;

    if (constant->token != QUERY_STRING)
        return convert_number(test, constant, with);
    if (!cim_value_parse(CIM_CHAR16, constant->value, &value, with->pool))
        return 0;
    test->order = order_char;
    test->to.u = value.v.u;
    if (!test->fold)
        set_term(test, &value);
    return 1;
}

static int convert_datetime(query_test_t *test, const query_operand_t *constant,
                            const query_compare_t *with)
{
    cim_value_t value;

    if ((constant->token != QUERY_STRING &&
         constant->token != QUERY_DATETIME) ||
        !cim_value_parse(CIM_DATETIME, constant->value, &value, with->pool) ||
        !query_moment_of(&test->to.moment, value.v.dt))
        return 0;
    test->order = order_datetime;
    if (test->to.moment.first == test->to.moment.last)
        set_term(test, &value);
    return 1;
}

static int convert_path(query_test_t *test, const query_operand_t *constant,
                        const query_compare_t *with)
{
    cim_path_t *path = apr_palloc(with->pool, sizeof(*path));
    const cim_class_t *cls;

    if (constant->token != QUERY_STRING ||
        !query_object_read(path, &cls, constant->value, with->scope,
                           with->pool))
        return 0;
    test->order =
        test->place.at == QUERY_AT_THIS ? order_this : order_reference;
    test->to.path = path;
    return 1;
}

static const type_row_t types[] = {
    [CIM_BOOLEAN] = {convert_boolean, 0},
    [CIM_UINT8] = {convert_number, 1},
    [CIM_SINT8] = {convert_number, 1},
    [CIM_UINT16] = {convert_number, 1},
    [CIM_SINT16] = {convert_number, 1},
    [CIM_UINT32] = {convert_number, 1},
    [CIM_SINT32] = {convert_number, 1},
    [CIM_UINT64] = {convert_number, 1},
    [CIM_SINT64] = {convert_number, 1},
    [CIM_REAL32] = {convert_number, 1},
    [CIM_REAL64] = {convert_number, 1},
    [CIM_CHAR16] = {convert_char, 1},
    [CIM_STRING] = {convert_string, 1},
    [CIM_DATETIME] = {convert_datetime, 1},
    [CIM_REFERENCE] = {convert_path, 0},
    [CIM_INSTANCE] = {NULL, 0},
};

static int is_numeric(cim_type_e type)
{
    return types[type].convert == convert_number;
}

/* Both sides of two places. */
static int go_together(const query_operand_t *a, const query_operand_t *b)
{
    return a->type == b->type || (is_numeric(a->type) && is_numeric(b->type));
}

/* ---- making tests */

static unsigned mirrored(unsigned wanted)
{
    unsigned same = wanted & (QUERY_EQUAL | QUERY_APART);

    return same | (wanted & QUERY_LESS ? QUERY_GREATER : 0) |
           (wanted & QUERY_GREATER ? QUERY_LESS : 0);
}

static const char *type_words(const query_operand_t *place, apr_pool_t *pool)
{
    if (place->is_path)
        return "an object path";
    if (place->type == CIM_INSTANCE)
        return "an embedded instance";
    return apr_pstrcat(pool, "of type ", cim_type_name(place->type), NULL);
}

/* What the operator must know of the place, whatever it is. */
static wsm_error_t *check_place(const query_operand_t *place, int ordering,
                                query_quantifier_e quantifier,
                                const query_compare_t *with)
{
    if (place->is_array && quantifier == QUERY_ONE)
        return query_invalid(with->pool,
                             "%s is an array: %s can only ask whether it is "
                             "NULL%s.",
                             place->text, with->language->name,
                             with->language->has_arrays
                                 ? ", or about ANY or EVERY item or one by "
                                   "its number"
                                 : "");
    if (!place->is_array && quantifier != QUERY_ONE)
        return query_invalid(with->pool, "%s is no array for %s.", place->text,
                             quantifier == QUERY_ANY ? "ANY" : "EVERY");
    if (types[place->type].convert == NULL && !place->is_path)
        return query_invalid(with->pool, "%s is %s, which cannot be compared.",
                             place->text, type_words(place, with->pool));
    if (ordering && (place->is_path || !types[place->type].has_order))
        return query_invalid(with->pool,
                             "%s is %s: it can be equal to something or not, "
                             "but not less or greater.",
                             place->text, type_words(place, with->pool));
    return NULL;
}

static void begin(query_test_t *test, const query_operand_t *place,
                  unsigned wanted, query_quantifier_e quantifier,
                  const query_compare_t *with)
{
    memset(test, 0, sizeof(*test));
    test->place = place->place;
    test->type = (unsigned char)place->type;
    test->wanted = (unsigned char)wanted;
    test->quantifier = quantifier;
    test->fold = with->language->folds;
}

static wsm_error_t *compare_places(query_test_t *test,
                                   const query_operand_t *left,
                                   const query_operand_t *right,
                                   const query_compare_t *with)
{
    if (!with->language->compares_places)
        return query_invalid(with->pool,
                             "%s compares a property with a constant, not %s "
                             "with %s.",
                             with->language->name, left->text, right->text);
    if (right->is_array || left->is_path || right->is_path ||
        !go_together(left, right))
        return query_invalid(with->pool, "%s and %s cannot be compared.",
                             left->text, right->text);
    test->order = order_places;
    test->compares_places = 1;
    test->to.place =
        apr_pmemdup(with->pool, &right->place, sizeof(right->place));
    return NULL;
}

wsm_error_t *query_compare(query_test_t *test, const query_operand_t *left,
                           unsigned wanted, const query_operand_t *right,
                           query_quantifier_e quantifier,
                           const query_compare_t *with)
{
    const query_operand_t *other;
    wsm_error_t *err;

    if (left->is_constant && right->is_constant)
        return query_invalid(with->pool,
                             "A condition compares %s with %s, and looks at no "
                             "property.",
                             left->text, right->text);
    if (left->is_constant) {
        other = left;
        left = right;
        right = other;
        wanted = mirrored(wanted);
    }
    err = check_place(left, wanted != QUERY_EQUAL && wanted != QUERY_NOT_EQUAL,
                      quantifier, with);
    if (err != NULL)
        return err;
    begin(test, left, wanted, quantifier, with);
    if (!right->is_constant)
        return compare_places(test, left, right, with);
    if (left->is_path ? convert_path(test, right, with)
                      : types[left->type].convert(test, right, with))
        return NULL;
    return query_invalid(with->pool, "%s is %s, which %s is not.", left->text,
                         type_words(left, with->pool), right->text);
}

wsm_error_t *query_compare_like(query_test_t *test, const query_operand_t *left,
                                int negated, const query_operand_t *right,
                                query_quantifier_e quantifier,
                                const query_compare_t *with)
{
    const query_language_t *language = with->language;
    unsigned wanted = negated ? QUERY_NOT_EQUAL : QUERY_EQUAL;
    wsm_error_t *err;

    if (left->is_constant || !right->is_constant)
        return query_invalid(with->pool,
                             "LIKE compares a property with a pattern.");
    if (left->type != CIM_STRING || left->is_path ||
        right->token != QUERY_STRING) {
        /* MS-WMI 2.2.1.1: as =, but without patterns */
        if (language->likes_regular)
            return query_invalid(with->pool,
                                 "LIKE compares a string with a pattern in "
                                 "quotes; %s is %s.",
                                 left->text, type_words(left, with->pool));
        if (right->token == QUERY_STRING && query_like_is_pattern(right->value))
            return query_invalid(with->pool,
                                 "%s is %s, which has no patterns for LIKE.",
                                 left->text, type_words(left, with->pool));
        return query_compare(test, left, wanted, right, quantifier, with);
    }
    err = check_place(left, 0, quantifier, with);
    if (err != NULL)
        return err;
    begin(test, left, wanted, quantifier, with);
    test->order = order_like;
    return language->likes_regular
               ? query_like_cql(&test->to.like, right->value, with->pool)
               : query_like_wql(&test->to.like, right->value, language->folds,
                                with->pool);
}

wsm_error_t *query_compare_isa(query_test_t *test, const query_operand_t *left,
                               const char *class_name,
                               const query_compare_t *with)
{
    if (left->is_constant || left->is_path || left->is_array ||
        left->type != CIM_INSTANCE)
        return query_invalid(with->pool,
                             "%s is no instance that could be ISA %s.",
                             left->text, class_name);
    begin(test, left, QUERY_EQUAL, QUERY_ONE, with);
    test->order = order_isa;
    test->to.s = class_name;
    return NULL;
}

wsm_error_t *query_compare_null(query_test_t *test, const query_operand_t *left,
                                int negated, const query_compare_t *with)
{
    if (left->is_constant)
        return query_invalid(with->pool, "%s IS NULL asks of no property.",
                             left->text);
    begin(test, left, QUERY_EQUAL, QUERY_ONE, with);
    test->is_null = negated ? 2 : 1;
    return NULL;
}
