/* cim_resolve_same.c - whether two resolved classes were declared alike. */
#include <string.h>

#include "cim_name.h"
#include "cim_resolve.h"
#include "cim_value.h"

static int same_name(const char *a, const char *b)
{
    return a && b ? cim_name_equal(a, b) : a == b;
}

static int same_qualifiers(const cim_qualifier_t *a, int na,
                           const cim_qualifier_t *b, int nb)
{
    if (na != nb)
        return 0;
    for (int i = 0; i < na; i++) {
        const cim_qualifier_t *other = cim_qualifier_find(b, nb, a[i].name);
        if (!other || other->flavor != a[i].flavor ||
            other->propagated != a[i].propagated ||
            !cim_value_equal(&a[i].value, &other->value, 0))
            return 0;
    }
    return 1;
}

static int same_property(const cim_property_t *a, const cim_property_t *b)
{
    return cim_name_equal(a->name, b->name) && a->type == b->type &&
           a->is_array == b->is_array && a->array_size == b->array_size &&
           a->propagated == b->propagated &&
           same_name(a->type_name, b->type_name) &&
           cim_value_equal(&a->value, &b->value, 0) &&
           same_qualifiers(a->qualifiers, a->nqualifiers, b->qualifiers,
                           b->nqualifiers);
}

static int same_method(const cim_method_t *a, const cim_method_t *b)
{
    if (!cim_name_equal(a->name, b->name) || a->type != b->type ||
        a->propagated != b->propagated || a->nparameters != b->nparameters ||
        !same_qualifiers(a->qualifiers, a->nqualifiers, b->qualifiers,
                         b->nqualifiers))
        return 0;
    for (int i = 0; i < a->nparameters; i++) {
        if (!same_property(&a->parameters[i], &b->parameters[i]))
            return 0;
    }
    return 1;
}

int cim_resolve_same(const cim_class_t *a, const cim_class_t *b)
{
    if (a->super != b->super || a->nproperties != b->nproperties ||
        a->nmethods != b->nmethods ||
        !same_qualifiers(a->qualifiers, a->nqualifiers, b->qualifiers,
                         b->nqualifiers))
        return 0;
    for (apr_uint32_t i = 0; i < a->nproperties; i++) {
        if (!same_property(&a->properties[i], &b->properties[i]))
            return 0;
    }
    for (apr_uint32_t i = 0; i < a->nmethods; i++) {
        if (!same_method(&a->methods[i], &b->methods[i]))
            return 0;
    }
    return 1;
}
