/* cim_same.h - whether two resolved classes of different schemas are the same
 * in every detail, and how many details that are.
 */
#ifndef T_CIM_SAME_H
#define T_CIM_SAME_H

#include "cim_test.h"

typedef struct same_t {
    unsigned long classes, properties, methods, parameters, qualifiers;
} same_t;

static inline void same_name(const char *a, const char *b)
{
    if (!a || !b)
        assert_ptr_equal(a, b);
    else
        assert_string_equal(a, b);
}

static inline void same_value(const cim_value_t *a, const cim_value_t *b)
{
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->is_array, b->is_array);
    assert_true(cim_value_equal(a, b, 0));
}

static inline void same_qualifiers(same_t *seen, const cim_qualifier_t *a,
                                   int na, const cim_qualifier_t *b, int nb)
{
    assert_int_equal(na, nb);
    for (int i = 0; i < na; i++) {
        const cim_qualifier_t *other = cim_qualifier_find(b, nb, a[i].name);
        assert_non_null(other);
        assert_int_equal(a[i].flavor, other->flavor);
        assert_int_equal(a[i].propagated, other->propagated);
        same_value(&a[i].value, &other->value);
        seen->qualifiers++;
    }
}

static inline void same_property(same_t *seen, const cim_property_t *a,
                                 const cim_property_t *b)
{
    assert_string_equal(a->name, b->name);
    same_name(a->type_name, b->type_name);
    same_name(a->origin, b->origin);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->is_array, b->is_array);
    assert_int_equal(a->array_size, b->array_size);
    assert_int_equal(a->key, b->key);
    assert_int_equal(a->propagated, b->propagated);
    assert_int_equal(a->octets, b->octets);
    assert_int_equal(a->writable, b->writable);
    assert_int_equal(a->required, b->required);
    assert_int_equal(a->in, b->in);
    assert_int_equal(a->out, b->out);
    same_value(&a->value, &b->value);
    same_qualifiers(seen, a->qualifiers, a->nqualifiers, b->qualifiers,
                    b->nqualifiers);
}

static inline void same_method(same_t *seen, const cim_method_t *a,
                               const cim_method_t *b)
{
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->origin, b->origin);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->is_static, b->is_static);
    assert_int_equal(a->propagated, b->propagated);
    same_qualifiers(seen, a->qualifiers, a->nqualifiers, b->qualifiers,
                    b->nqualifiers);
    assert_int_equal(a->nparameters, b->nparameters);
    for (int i = 0; i < a->nparameters; i++) {
        same_property(seen, &a->parameters[i], &b->parameters[i]);
        seen->parameters++;
    }
}

static inline void same_class(same_t *seen, const cim_class_t *a,
                              const cim_class_t *b)
{
    assert_ptr_not_equal(a, b);
    assert_string_equal(a->name, b->name);
    same_name(a->super_name, b->super_name);
    same_name(a->super ? a->super->name : NULL,
              b->super ? b->super->name : NULL);
    assert_int_equal(a->association, b->association);
    assert_int_equal(a->indication, b->indication);
    assert_int_equal(a->abstract, b->abstract);
    assert_int_equal(a->nkeys, b->nkeys);
    assert_int_equal(a->nproperties, b->nproperties);
    assert_int_equal(a->nmethods, b->nmethods);
    same_qualifiers(seen, a->qualifiers, a->nqualifiers, b->qualifiers,
                    b->nqualifiers);
    for (apr_uint32_t i = 0; i < a->nproperties; i++)
        same_property(seen, &a->properties[i], &b->properties[i]);
    for (apr_uint32_t i = 0; i < a->nmethods; i++)
        same_method(seen, &a->methods[i], &b->methods[i]);
    seen->properties += a->nproperties;
    seen->methods += a->nmethods;
    seen->classes++;
}

#endif
