/* cim_value.c - copying, comparing and converting values. */
#include "cim_value.h"

#include <math.h>
#include <string.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "cim_name.h"

/** What kind of content a type has: integers of all widths are one kind. */
typedef enum kind_e {
    KIND_NONE,
    KIND_BOOLEAN,
    KIND_UNSIGNED,
    KIND_SIGNED,
    KIND_REAL,
    KIND_CHAR,
    KIND_STRING,
    KIND_DATETIME,
    KIND_REFERENCE,
    KIND_INSTANCE
} kind_e;

typedef struct type_row_t {
    kind_e kind;
    apr_int64_t min;
    apr_uint64_t max;
} type_row_t;

static const type_row_t rows[] = {
    [CIM_NONE] = {KIND_NONE, 0, 0},
    [CIM_BOOLEAN] = {KIND_BOOLEAN, 0, 1},
    [CIM_UINT8] = {KIND_UNSIGNED, 0, UINT8_MAX},
    [CIM_SINT8] = {KIND_SIGNED, INT8_MIN, INT8_MAX},
    [CIM_UINT16] = {KIND_UNSIGNED, 0, UINT16_MAX},
    [CIM_SINT16] = {KIND_SIGNED, INT16_MIN, INT16_MAX},
    [CIM_UINT32] = {KIND_UNSIGNED, 0, UINT32_MAX},
    [CIM_SINT32] = {KIND_SIGNED, INT32_MIN, INT32_MAX},
    [CIM_UINT64] = {KIND_UNSIGNED, 0, UINT64_MAX},
    [CIM_SINT64] = {KIND_SIGNED, INT64_MIN, INT64_MAX},
    [CIM_REAL32] = {KIND_REAL, 0, 0},
    [CIM_REAL64] = {KIND_REAL, 0, 0},
    [CIM_CHAR16] = {KIND_CHAR, 0, UINT16_MAX},
    [CIM_STRING] = {KIND_STRING, 0, 0},
    [CIM_DATETIME] = {KIND_DATETIME, 0, 0},
    [CIM_REFERENCE] = {KIND_REFERENCE, 0, 0},
    [CIM_INSTANCE] = {KIND_INSTANCE, 0, 0},
};

static const type_row_t *row_of(unsigned type)
{
    return &rows[type < sizeof(rows) / sizeof(rows[0]) ? type : CIM_NONE];
}

static int is_integer(kind_e kind)
{
    return kind == KIND_UNSIGNED || kind == KIND_SIGNED;
}

cim_value_t cim_value_copy(const cim_value_t *value, apr_pool_t *pool)
{
    cim_value_t copy = *value;
    if (value->is_null)
        return copy;
    if (value->is_array) {
        cim_value_t *items =
            apr_palloc(pool, (value->count + 1) * sizeof(*items));
        for (apr_uint32_t i = 0; i < value->count; i++)
            items[i] = cim_value_copy(&value->v.items[i], pool);
        copy.v.items = items;
        return copy;
    }
    switch (row_of(value->type)->kind) {
    case KIND_STRING:
        copy.v.s = apr_pstrdup(pool, value->v.s);
        break;
    case KIND_DATETIME:
        copy.v.dt = apr_pmemdup(pool, value->v.dt, sizeof(*value->v.dt));
        break;
    case KIND_REFERENCE:
        copy.v.ref = cim_path_copy(value->v.ref, pool);
        break;
    case KIND_INSTANCE:
        copy.v.obj = cim_instance_copy(value->v.obj, pool);
        break;
    default:
        break;
    }
    return copy;
}

static int integers_equal(const cim_value_t *a, kind_e akind,
                          const cim_value_t *b, kind_e bkind)
{
    int anegative = akind == KIND_SIGNED && a->v.i < 0;
    int bnegative = bkind == KIND_SIGNED && b->v.i < 0;
    return anegative == bnegative && a->v.u == b->v.u;
}

static int datetimes_equal(const cim_datetime_t *a, const cim_datetime_t *b)
{
    return a->is_interval == b->is_interval && a->usec == b->usec &&
           a->wild == b->wild;
}

static int instances_equal(const cim_instance_t *a, const cim_instance_t *b,
                           int fold)
{
    if (a == b)
        return 1;
    if (!cim_name_equal(a->cls->name, b->cls->name) || a->nvalues != b->nvalues)
        return 0;
    for (apr_uint32_t i = 0; i < a->nvalues; i++) {
        if (!cim_value_equal(&a->values[i], &b->values[i], fold))
            return 0;
    }
    return 1;
}

static int contents_equal(const cim_value_t *a, const cim_value_t *b,
                          kind_e kind, int fold)
{
    switch (kind) {
    case KIND_BOOLEAN:
    case KIND_CHAR:
        return a->v.u == b->v.u;
    case KIND_REAL:
        return !(a->v.r < b->v.r) && !(a->v.r > b->v.r) &&
               isnan(a->v.r) == isnan(b->v.r);
    case KIND_STRING:
        return fold ? cim_name_equal(a->v.s, b->v.s)
                    : strcmp(a->v.s, b->v.s) == 0;
    case KIND_DATETIME:
        return datetimes_equal(a->v.dt, b->v.dt);
    case KIND_REFERENCE:
        return cim_path_equal(a->v.ref, b->v.ref);
    case KIND_INSTANCE:
        return instances_equal(a->v.obj, b->v.obj, fold);
    default:
        return 1;
    }
}

int cim_value_equal(const cim_value_t *a, const cim_value_t *b, int fold)
{
    kind_e akind = row_of(a->type)->kind;
    kind_e bkind = row_of(b->type)->kind;
    int integers = is_integer(akind) && is_integer(bkind);
    if (akind != bkind && !integers)
        return 0;
    if (akind == KIND_NONE || a->is_null || b->is_null)
        return !a->is_null == !b->is_null;
    if (!a->is_array != !b->is_array)
        return 0;
    if (a->is_array) {
        if (a->count != b->count)
            return 0;
        for (apr_uint32_t i = 0; i < a->count; i++) {
            if (!cim_value_equal(&a->v.items[i], &b->v.items[i], fold))
                return 0;
        }
        return 1;
    }
    return integers ? integers_equal(a, akind, b, bkind)
                    : contents_equal(a, b, akind, fold);
}

static int convert_integer(const cim_value_t *from, const type_row_t *row,
                           cim_value_t *to)
{
    int negative = row_of(from->type)->kind == KIND_SIGNED && from->v.i < 0;
    if (negative ? from->v.i < row->min : from->v.u > row->max)
        return 0;
    to->v.u = from->v.u; /* two's complement: the same bits either way */
    return 1;
}

static int convert_real(const cim_value_t *from, cim_type_e type,
                        cim_value_t *to)
{
    kind_e kind = row_of(from->type)->kind;
    double number = kind == KIND_REAL     ? from->v.r
                    : kind == KIND_SIGNED ? (double)from->v.i
                                          : (double)from->v.u;
    if (type == CIM_REAL32) {
        float single = (float)number;
        if (isinf(single) && !isinf(number))
            return 0;
        number = (double)single;
    }
    to->v.r = number;
    return 1;
}

int cim_value_convert(const cim_value_t *from, cim_type_e type, cim_value_t *to)
{
    const type_row_t *row = row_of(type);
    kind_e kind = row_of(from->type)->kind;
    cim_value_t made = *from;
    made.type = (unsigned char)type;
    if (!from->is_null && from->type != type) {
        if (from->is_array)
            return 0;
        if (is_integer(row->kind) && is_integer(kind)) {
            if (!convert_integer(from, row, &made))
                return 0;
        } else if (row->kind == KIND_REAL &&
                   (is_integer(kind) || kind == KIND_REAL)) {
            if (!convert_real(from, type, &made))
                return 0;
        } else {
            return 0;
        }
    }
    *to = made;
    return 1;
}

/** One character up to U+FFFF; no character is 0. */
static int parse_char16(const char *text, apr_uint64_t *unit)
{
    const unsigned char *s = (const unsigned char *)text;
    apr_size_t length = strlen(text);
    if (length == 0)
        *unit = 0;
    else if (length == 1 && s[0] < 0x80)
        *unit = s[0];
    else if (length == 2 && s[0] >= 0xc2 && s[0] < 0xe0 &&
             (s[1] & 0xc0) == 0x80)
        *unit = (apr_uint64_t)(s[0] & 0x1f) << 6 | (s[1] & 0x3f);
    else if (length == 3 && (s[0] & 0xf0) == 0xe0 && (s[1] & 0xc0) == 0x80 &&
             (s[2] & 0xc0) == 0x80 && (s[0] != 0xe0 || s[1] >= 0xa0) &&
             (s[0] != 0xed || s[1] < 0xa0))
        *unit = (apr_uint64_t)(s[0] & 0x0f) << 12 |
                (apr_uint64_t)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
    else
        return 0;
    return 1;
}

static int parse_real(cim_type_e type, const char *text, cim_value_t *value)
{
    cim_value_t number = cim_real(CIM_REAL64, 0);
    return wsm_text_double(text, &number.v.r) &&
           cim_value_convert(&number, type, value);
}

int cim_value_parse(cim_type_e type, const char *text, cim_value_t *value,
                    apr_pool_t *pool)
{
    const type_row_t *row = row_of(type);
    cim_value_t read = {0};
    cim_datetime_t when;
    int truth, good;
    read.type = (unsigned char)type;
    switch (row->kind) {
    case KIND_BOOLEAN:
        good = wsm_text_boolean(text, &truth);
        read.v.u = good && truth;
        break;
    case KIND_UNSIGNED:
        good = wsm_text_u64(text, row->max, &read.v.u);
        break;
    case KIND_SIGNED:
        good = wsm_text_i64(text, row->min, (apr_int64_t)row->max, &read.v.i);
        break;
    case KIND_REAL:
        good = parse_real(type, text, &read);
        break;
    case KIND_CHAR:
        good = parse_char16(text, &read.v.u);
        break;
    case KIND_STRING:
        good = 1;
        read.v.s = text;
        break;
    case KIND_DATETIME:
        good = cim_datetime_parse(text, &when);
        if (good)
            read.v.dt = apr_pmemdup(pool, &when, sizeof(when));
        break;
    default:
        good = 0;
    }
    if (good)
        *value = read;
    return good;
}

static const char *char16_text(apr_uint64_t unit, apr_pool_t *pool)
{
    char text[4] = {0};
    if (unit < 0x80) {
        text[0] = (char)unit;
    } else if (unit < 0x800) {
        text[0] = (char)(0xc0 | unit >> 6);
        text[1] = (char)(0x80 | (unit & 0x3f));
    } else if (unit >= 0xd800 && unit < 0xe000) {
        return NULL; /* half of a character */
    } else {
        text[0] = (char)(0xe0 | unit >> 12);
        text[1] = (char)(0x80 | (unit >> 6 & 0x3f));
        text[2] = (char)(0x80 | (unit & 0x3f));
    }
    return apr_pstrdup(pool, text);
}

const char *cim_value_text(const cim_value_t *value, apr_pool_t *pool)
{
    char text[40];
    if (value->is_null || value->is_array)
        return NULL;
    switch (row_of(value->type)->kind) {
    case KIND_BOOLEAN:
        return value->v.u ? "true" : "false";
    case KIND_UNSIGNED:
        return apr_psprintf(pool, "%" APR_UINT64_T_FMT, value->v.u);
    case KIND_SIGNED:
        return apr_psprintf(pool, "%" APR_INT64_T_FMT, value->v.i);
    case KIND_REAL:
        wsm_text_double_put(value->v.r, value->type == CIM_REAL32, text);
        return apr_pstrdup(pool, text);
    case KIND_CHAR:
        return char16_text(value->v.u, pool);
    case KIND_STRING:
        return value->v.s;
    case KIND_DATETIME:
        cim_datetime_put(value->v.dt, text);
        return apr_pstrdup(pool, text);
    default:
        return NULL;
    }
}
