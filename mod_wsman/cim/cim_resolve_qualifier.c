/* cim_resolve_qualifier.c - scopes, flavors and propagation (DSP0004 5.6.1). */
#include "cim_resolve.h"

#include <string.h>

#include <apr_strings.h>

#include "cim_name.h"
#include "cim_value.h"

const char *cim_place_text(const cim_place_t *place)
{
    apr_pool_t *pool = cim_schema_pool(place->schema);
    if (!place->feature)
        return place->cls->name;
    if (!place->parameter)
        return apr_pstrcat(pool, place->cls->name, ".", place->feature, NULL);
    return apr_pstrcat(pool, place->cls->name, ".", place->feature, "(",
                       place->parameter, ")", NULL);
}

static const char *scope_name(unsigned scope)
{
    static const char *const names[] = {
        "a class",     "an association", "an indication", "a property",
        "a reference", "a method",       "a parameter",   "a schema"};
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (scope == 1u << i)
            return names[i];
    }
    return "anything";
}

/** Checks one qualifier against its type, and takes over the name that the
 *  type has. */
static wsm_error_t *check_type(const cim_place_t *place,
                               cim_qualifier_t *qualifier)
{
    const cim_qualifier_type_t *type = cim_schema_qualifier_type(
        place->schema, place->cls->ns, qualifier->name);
    if (!type)
        return cim_resolve_fail(place->schema,
                                "the qualifier %s of %s is not declared",
                                qualifier->name, cim_place_text(place));
    if (!(type->scope & place->scope))
        return cim_resolve_fail(
            place->schema, "the qualifier %s is not for %s such as %s",
            type->name, scope_name(place->scope), cim_place_text(place));
    if (qualifier->value.type != type->value.type ||
        (!qualifier->value.is_null &&
         qualifier->value.is_array != type->value.is_array))
        return cim_resolve_fail(
            place->schema, "the qualifier %s of %s is not a %s%s", type->name,
            cim_place_text(place), cim_type_name((cim_type_e)type->value.type),
            type->value.is_array ? "[]" : "");
    qualifier->name = type->name;
    return NULL;
}

/** Checks the value that a subclass gives to a qualifier that it inherits. */
static wsm_error_t *check_change(const cim_place_t *place,
                                 cim_qualifier_t *qualifier,
                                 const cim_qualifier_t *inherited)
{
    if (!inherited || !(inherited->flavor & CIM_FLAVOR_TOSUBCLASS) ||
        inherited->flavor & CIM_FLAVOR_OVERRIDE)
        return NULL;
    if (!cim_value_equal(&qualifier->value, &inherited->value, 0))
        return cim_resolve_fail(
            place->schema,
            "%s changes the qualifier %s, which has DisableOverride",
            cim_place_text(place), qualifier->name);
    qualifier->flavor = inherited->flavor;
    return NULL;
}

/** Adds those of `inherited` that go to subclasses and are not in `own`. */
static void add_inherited(const cim_qualifier_t **qualifiers, int *nqualifiers,
                          const cim_qualifier_t *inherited, int ninherited,
                          apr_pool_t *pool)
{
    int missing = 0;
    for (int i = 0; i < ninherited; i++)
        missing +=
            inherited[i].flavor & CIM_FLAVOR_TOSUBCLASS &&
            !cim_qualifier_find(*qualifiers, *nqualifiers, inherited[i].name);
    if (!missing)
        return;
    int count = *nqualifiers;
    cim_qualifier_t *all =
        apr_palloc(pool, (apr_size_t)(count + missing) * sizeof(*all));
    if (count)
        memcpy(all, *qualifiers, (apr_size_t)count * sizeof(*all));
    for (int i = 0; i < ninherited; i++) {
        if (!(inherited[i].flavor & CIM_FLAVOR_TOSUBCLASS) ||
            cim_qualifier_find(*qualifiers, *nqualifiers, inherited[i].name))
            continue;
        all[count] = inherited[i];
        all[count++].propagated = 1;
    }
    *qualifiers = all;
    *nqualifiers = count;
}

/** Writes `changed` to place i of a list, which is copied before if nobody
 *  has done so. */
static void replace(const cim_qualifier_t **qualifiers, int nqualifiers, int i,
                    const cim_qualifier_t *changed, cim_qualifier_t **copy,
                    apr_pool_t *pool)
{
    const cim_qualifier_t *old = &(*qualifiers)[i];
    if (old->name == changed->name && old->flavor == changed->flavor &&
        old->propagated == changed->propagated)
        return;
    if (!*copy)
        *copy = apr_pmemdup(pool, *qualifiers,
                            (apr_size_t)nqualifiers * sizeof(**copy));
    (*copy)[i] = *changed;
    *qualifiers = *copy;
}

wsm_error_t *cim_resolve_qualifiers(const cim_place_t *place,
                                    const cim_qualifier_t **qualifiers,
                                    int *nqualifiers,
                                    const cim_qualifier_t *inherited,
                                    int ninherited)
{
    apr_pool_t *pool = cim_schema_pool(place->schema);
    cim_qualifier_t *copy = NULL;
    for (int i = 0; i < *nqualifiers; i++) {
        cim_qualifier_t own = (*qualifiers)[i];
        if (cim_qualifier_find(*qualifiers, i, own.name))
            return cim_resolve_fail(place->schema,
                                    "the qualifier %s of %s is given twice",
                                    own.name, cim_place_text(place));
        own.propagated = 0;
        wsm_error_t *err = check_type(place, &own);
        if (!err)
            err = check_change(
                place, &own,
                cim_qualifier_find(inherited, ninherited, own.name));
        if (err)
            return err;
        replace(qualifiers, *nqualifiers, i, &own, &copy, pool);
    }
    add_inherited(qualifiers, nqualifiers, inherited, ninherited, pool);
    return NULL;
}

void cim_resolve_inherit(const cim_qualifier_t **qualifiers, int *nqualifiers,
                         apr_pool_t *pool)
{
    int same = 1;
    for (int i = 0; i < *nqualifiers && same; i++)
        same = (*qualifiers)[i].propagated &&
               (*qualifiers)[i].flavor & CIM_FLAVOR_TOSUBCLASS;
    if (same)
        return;
    const cim_qualifier_t *list = *qualifiers;
    int count = *nqualifiers;
    *qualifiers = NULL;
    *nqualifiers = 0;
    add_inherited(qualifiers, nqualifiers, list, count, pool);
}
