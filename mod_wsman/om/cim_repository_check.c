/* cim_repository_check.c - what a class demands of its instances.
 *
 * ValueMap is not among it: it says what values mean, and vendors add theirs.
 */
#include <apr_strings.h>

#include "../cim/cim_value.h"
#include "cim_repository_private.h"

/* A bound that a qualifier sets to a number; the numbers are compared as the
 * widest type of their kind (DSP0004 5.6.3). */
typedef struct bound_t {
    const char *qualifier;
    int of_length; /* of a string, in characters; else of a number */
    int is_upper;
} bound_t;

static const bound_t bounds[] = {
    {"MaxLen", 1, 1}, {"MinLen", 1, 0}, {"MaxValue", 0, 1}, {"MinValue", 0, 0}};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static apr_uint64_t characters(const char *text)
{
    apr_uint64_t n = 0;

    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

/* @return < 0, 0, > 0; 0 where they cannot be compared */
static int compare_numbers(const cim_value_t *value, const cim_value_t *bound)
{
    cim_value_t a, b;

    if (cim_value_convert(value, CIM_SINT64, &a) &&
        cim_value_convert(bound, CIM_SINT64, &b))
        return (a.v.i > b.v.i) - (a.v.i < b.v.i);
    if (cim_value_convert(value, CIM_UINT64, &a) &&
        cim_value_convert(bound, CIM_UINT64, &b))
        return (a.v.u > b.v.u) - (a.v.u < b.v.u);
    /* One is below all of uint64, or above all of sint64. */
    if (cim_value_convert(value, CIM_UINT64, &a) &&
        cim_value_convert(bound, CIM_SINT64, &b))
        return 1;
    if (cim_value_convert(value, CIM_SINT64, &a) &&
        cim_value_convert(bound, CIM_UINT64, &b))
        return -1;
    return 0;
}

static int is_outside(const cim_value_t *value, const bound_t *bound,
                      const cim_value_t *limit)
{
    cim_value_t number = *value;
    int order;

    if (value->is_null || bound->of_length != (value->type == CIM_STRING))
        return 0;
    if (bound->of_length)
        number = cim_unsigned(CIM_UINT64, characters(value->v.s));
    order = compare_numbers(&number, limit);
    return bound->is_upper ? order > 0 : order < 0;
}

static int breaks(const cim_value_t *value, const bound_t *bound,
                  const cim_value_t *limit)
{
    apr_uint32_t i;

    if (!value->is_array)
        return is_outside(value, bound, limit);
    for (i = 0; i < value->count; i++) {
        if (is_outside(&value->v.items[i], bound, limit))
            return 1;
    }
    return 0;
}

static wsm_error_t *check_bounds(const cim_class_t *cls,
                                 const cim_property_t *property,
                                 const cim_value_t *value, apr_pool_t *pool)
{
    apr_size_t i;

    for (i = 0; i < COUNT(bounds); i++) {
        const cim_qualifier_t *qualifier = cim_qualifier_find(
            property->qualifiers, property->nqualifiers, bounds[i].qualifier);

        if (qualifier != NULL && !qualifier->value.is_null &&
            breaks(value, &bounds[i], &qualifier->value))
            return wsm_fail(pool, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                            "The property %s of %s breaks its %s of %s.",
                            property->name, cls->name, bounds[i].qualifier,
                            cim_value_text(&qualifier->value, pool));
    }
    return NULL;
}

/* ---- what a record, which is XML 1.0, can carry */

static int is_carried_text(const char *text)
{
    for (; *text != '\0'; text++) {
        const unsigned char *c = (const unsigned char *)text;

        if (*c < ' ' && *c != '\t' && *c != '\n' && *c != '\r')
            return 0;
        /* U+FFFE and U+FFFF */
        if (c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe)
            return 0;
    }
    return 1;
}

static int is_carried(const cim_value_t *value);

static int is_carried_path(const cim_path_t *path)
{
    apr_uint32_t i;

    for (i = 0; i < path->nkeys; i++) {
        if (!is_carried(&path->keys[i].value))
            return 0;
    }
    return 1;
}

static int is_carried_instance(const cim_instance_t *instance)
{
    apr_uint32_t i;

    for (i = 0; i < instance->nvalues; i++) {
        if (!is_carried(&instance->values[i]))
            return 0;
    }
    return 1;
}

/* A char16 of 0 is an empty element. */
static int is_carried_char(apr_uint64_t code)
{
    return code == 0 || code == '\t' || code == '\n' || code == '\r' ||
           (code >= ' ' && code < 0xd800) || (code > 0xdfff && code < 0xfffe);
}

/* Recursion ends: references and instances in each other are bounded where they
 * are read. */
static int is_carried(const cim_value_t *value)
{
    apr_uint32_t i;

    if (value->is_null || value->type == CIM_NONE)
        return 1;
    if (value->is_array) {
        for (i = 0; i < value->count; i++) {
            if (!is_carried(&value->v.items[i]))
                return 0;
        }
        return 1;
    }
    switch ((cim_type_e)value->type) {
    case CIM_STRING:
        return is_carried_text(value->v.s);
    case CIM_CHAR16:
        return is_carried_char(value->v.u);
    case CIM_REFERENCE:
        return is_carried_path(value->v.ref);
    case CIM_INSTANCE:
        return is_carried_instance(value->v.obj);
    default:
        return 1;
    }
}

static wsm_error_t *check_value(const cim_class_t *cls,
                                const cim_property_t *property,
                                const cim_value_t *value, apr_pool_t *pool)
{
    if (!is_carried(value))
        return wsm_fail(pool, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                        "The property %s of %s has a character that XML "
                        "cannot carry.",
                        property->name, cls->name);
    return property->nqualifiers > 0 ? check_bounds(cls, property, value, pool)
                                     : NULL;
}

wsm_error_t *cim_record_check(const cim_instance_t *instance, apr_pool_t *pool)
{
    const cim_class_t *cls = instance->cls;
    const char *fault = cim_instance_fault(instance, pool);
    wsm_error_t *err = NULL;
    apr_uint32_t i;

    if (fault != NULL)
        return wsm_fail(pool, WSMAN_E_REPRESENTATION_INVALID_VALUES, "%s.",
                        fault);
    for (i = 0; i < cls->nproperties && err == NULL; i++) {
        const cim_property_t *property = &cls->properties[i];
        const cim_value_t *value = &instance->values[i];
        int absent = value->type == CIM_NONE || value->is_null;

        if (absent && (property->key || property->required))
            err = wsm_fail(pool, WSMAN_E_REPRESENTATION_MISSING_VALUES,
                           "The property %s of %s must have a value.",
                           property->name, cls->name);
        else if (!absent)
            err = check_value(cls, property, value, pool);
    }
    return err;
}
