/* cim_resolve.c - classes and their properties. */
#include "cim_resolve.h"

#include <string.h>

#include <apr_strings.h>

#include "cim_name.h"

void cim_resolve_index(cim_class_t *cls, apr_pool_t *pool)
{
    apr_uint32_t size = 4;
    if (cls->super && cls->super->nproperties == cls->nproperties) {
        cls->index = cls->super->index;
        cls->index_mask = cls->super->index_mask;
        return;
    }
    while (size * 3 < cls->nproperties * 4)
        size *= 2;
    size *= 2;
    apr_uint16_t *index = apr_pcalloc(pool, size * sizeof(*index));
    cls->index = index;
    cls->index_mask = size - 1;
    for (apr_uint32_t i = 0; i < cls->nproperties; i++) {
        apr_uint32_t at =
            cim_name_hash(cls->properties[i].name) & cls->index_mask;
        while (index[at])
            at = (at + 1) & cls->index_mask;
        index[at] = (apr_uint16_t)(i + 1);
    }
}

void cim_resolve_flags(cim_property_t *property, apr_pool_t *pool)
{
    const cim_qualifier_t *list = property->qualifiers;
    int n = property->nqualifiers;
    property->key = cim_qualifier_true(list, n, "Key") != 0;
    property->octets = cim_qualifier_true(list, n, "OctetString") != 0;
    property->writable = cim_qualifier_true(list, n, "Write") != 0;
    property->required = cim_qualifier_true(list, n, "Required") != 0;
    if (property->type != CIM_STRING && property->type != CIM_INSTANCE)
        return;
    const cim_qualifier_t *of = cim_qualifier_find(list, n, "EmbeddedInstance");
    if (of && of->value.type == CIM_STRING && !of->value.is_null) {
        property->type = CIM_INSTANCE;
        property->type_name = apr_pstrdup(pool, of->value.v.s);
    } else if (cim_qualifier_true(list, n, "EmbeddedObject")) {
        property->type = CIM_INSTANCE;
        property->type_name = NULL;
    }
    if (property->type == CIM_INSTANCE && property->value.is_null)
        property->value.type = CIM_INSTANCE;
}

/** The qualifiers of the property number `i` of the superclass in a subclass
 *  that leaves it alone: siblings share one list. */
static void inherit_property(cim_property_t *property, const cim_class_t *super,
                             apr_uint32_t i, apr_pool_t *pool)
{
    property->propagated = 1;
    for (apr_uint32_t s = 0; s < super->nsubclasses; s++) {
        const cim_property_t *twin = &super->subclasses[s]->properties[i];
        if (twin->propagated) {
            *property = *twin;
            return;
        }
    }
    cim_resolve_inherit(&property->qualifiers, &property->nqualifiers, pool);
}

static wsm_error_t *check_override(const cim_place_t *place,
                                   const cim_property_t *property,
                                   const cim_property_t *inherited)
{
    const cim_qualifier_t *override = cim_qualifier_find(
        property->qualifiers, property->nqualifiers, "Override");
    if (override && override->value.type == CIM_STRING &&
        !override->value.is_null && !override->value.is_array &&
        !(inherited && cim_name_equal(override->value.v.s, property->name)))
        return cim_resolve_fail(place->schema, "%s overrides '%s', which %s",
                                cim_place_text(place), override->value.v.s,
                                inherited ? "has another name"
                                          : "is not inherited");
    if (!inherited)
        return NULL;
    /* A string may be said to hold instances later than it was declared. */
    int narrowed =
        inherited->type == CIM_STRING && property->type == CIM_INSTANCE;
    if ((property->type != inherited->type && !narrowed) ||
        property->is_array != inherited->is_array)
        return cim_resolve_fail(
            place->schema, "%s is a %s%s, but the one it overrides is a %s%s",
            cim_place_text(place), cim_type_name(property->type),
            property->is_array ? "[]" : "", cim_type_name(inherited->type),
            inherited->is_array ? "[]" : "");
    return NULL;
}

/** Completes an own property; `inherited` is the one it overrides, or NULL. */
static wsm_error_t *resolve_property(cim_schema_t *schema, cim_class_t *cls,
                                     cim_property_t *property,
                                     const cim_property_t *inherited)
{
    cim_place_t place = {schema, cls, property->name, NULL,
                         property->type == CIM_REFERENCE ? CIM_SCOPE_REFERENCE
                                                         : CIM_SCOPE_PROPERTY};
    wsm_error_t *err = cim_resolve_qualifiers(
        &place, &property->qualifiers, &property->nqualifiers,
        inherited ? inherited->qualifiers : NULL,
        inherited ? inherited->nqualifiers : 0);
    if (err)
        return err;
    property->origin = inherited ? inherited->origin : cls->name;
    property->propagated = 0;
    cim_resolve_flags(property, cim_schema_pool(schema));
    if (property->value.type != CIM_NONE &&
        property->value.type != property->type)
        return cim_resolve_fail(
            schema, "%s is of type %s, its default of type %s",
            cim_place_text(&place), cim_type_name(property->type),
            cim_type_name((cim_type_e)property->value.type));
    err = check_override(&place, property, inherited);
    if (err)
        return err;
    if (inherited && property->value.type == CIM_NONE &&
        property->type == inherited->type)
        property->value = inherited->value;
    if (inherited && !property->array_size)
        property->array_size = inherited->array_size;
    if (property->key && cls->super && cls->super->nkeys &&
        !(inherited && inherited->key))
        return cim_resolve_fail(schema,
                                "%s cannot be a key: %s has inherited its keys",
                                cim_place_text(&place), cls->name);
    if (property->type == CIM_REFERENCE && !cls->association)
        return cim_resolve_fail(schema,
                                "%s is a reference, but %s is no association",
                                cim_place_text(&place), cls->name);
    return NULL;
}

static int find_property(const cim_property_t *properties, apr_uint32_t count,
                         const char *name)
{
    for (apr_uint32_t i = 0; i < count; i++) {
        if (cim_name_equal(properties[i].name, name))
            return (int)i;
    }
    return -1;
}

static wsm_error_t *resolve_properties(cim_schema_t *schema, cim_class_t *cls)
{
    apr_pool_t *pool = cim_schema_pool(schema);
    const cim_class_t *super = cls->super;
    cim_property_t *own = cls->properties;
    apr_uint32_t nown = cls->nproperties;
    apr_uint32_t ninherited = super ? super->nproperties : 0;
    apr_uint32_t count = ninherited;

    if (nown > CIM_MAX_FEATURES || nown + ninherited > CIM_MAX_FEATURES)
        return cim_resolve_fail(schema, "%s has more than %d properties",
                                cls->name, CIM_MAX_FEATURES);
    for (apr_uint32_t i = 0; i < nown; i++) {
        if (find_property(own, i, own[i].name) >= 0)
            return cim_resolve_fail(schema, "%s.%s is declared twice",
                                    cls->name, own[i].name);
        if (!super || cim_class_property_index(super, own[i].name) < 0)
            count++;
    }

    cim_property_t *all = apr_palloc(pool, (count + 1) * sizeof(*all));
    for (apr_uint32_t i = 0; i < ninherited; i++) {
        all[i] = super->properties[i];
        if (find_property(own, nown, all[i].name) < 0)
            inherit_property(&all[i], super, i, pool);
    }
    count = ninherited;
    for (apr_uint32_t i = 0; i < nown; i++) {
        int at = super ? cim_class_property_index(super, own[i].name) : -1;
        wsm_error_t *err = resolve_property(
            schema, cls, &own[i], at < 0 ? NULL : &super->properties[at]);
        if (err)
            return err;
        all[at < 0 ? (int)count++ : at] = own[i];
    }
    cls->properties = all;
    cls->nproperties = count;
    return NULL;
}

static void resolve_keys(cim_class_t *cls, apr_pool_t *pool)
{
    apr_uint32_t count = 0;
    if (cls->super && cls->super->nkeys) {
        cls->keys = cls->super->keys;
        cls->nkeys = cls->super->nkeys;
        return;
    }
    for (apr_uint32_t i = 0; i < cls->nproperties; i++)
        count += cls->properties[i].key;
    cls->keys = count ? apr_palloc(pool, count * sizeof(*cls->keys)) : NULL;
    cls->nkeys = 0;
    for (apr_uint32_t i = 0; i < cls->nproperties; i++) {
        if (cls->properties[i].key)
            cls->keys[cls->nkeys++] = i;
    }
}

static unsigned class_scope(const cim_class_t *cls)
{
    const cim_class_t *super = cls->super;
    if ((super && super->association) ||
        cim_qualifier_true(cls->qualifiers, cls->nqualifiers, "Association"))
        return CIM_SCOPE_ASSOCIATION;
    if ((super && super->indication) ||
        cim_qualifier_true(cls->qualifiers, cls->nqualifiers, "Indication"))
        return CIM_SCOPE_INDICATION;
    return CIM_SCOPE_CLASS;
}

static wsm_error_t *resolve_kind(cim_schema_t *schema, cim_class_t *cls)
{
    const cim_class_t *super = cls->super;
    cim_place_t place = {schema, cls, NULL, NULL, class_scope(cls)};
    wsm_error_t *err = cim_resolve_qualifiers(
        &place, &cls->qualifiers, &cls->nqualifiers,
        super ? super->qualifiers : NULL, super ? super->nqualifiers : 0);
    if (err)
        return err;
    cls->association = place.scope == CIM_SCOPE_ASSOCIATION;
    cls->indication = place.scope == CIM_SCOPE_INDICATION;
    cls->abstract =
        cim_qualifier_true(cls->qualifiers, cls->nqualifiers, "Abstract") != 0;
    if (super && cls->association && !super->association)
        return cim_resolve_fail(
            schema, "the association %s derives from %s, which is none",
            cls->name, super->name);
    return NULL;
}

wsm_error_t *cim_resolve_class(cim_schema_t *schema, cim_class_t *cls)
{
    int levels = 0;
    for (const cim_class_t *c = cls->super; c; c = c->super) {
        if (++levels > CIM_MAX_LEVELS)
            return cim_resolve_fail(schema, "%s is below more than %d classes",
                                    cls->name, CIM_MAX_LEVELS);
    }
    wsm_error_t *err = resolve_kind(schema, cls);
    if (!err)
        err = resolve_properties(schema, cls);
    if (err)
        return err;
    cim_resolve_index(cls, cim_schema_pool(schema));
    resolve_keys(cls, cim_schema_pool(schema));
    return cim_resolve_methods(schema, cls);
}
