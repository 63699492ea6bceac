/* cim_resolve_method.c - methods, and their arguments as classes. */
#include "cim_resolve.h"

#include <string.h>

#include <apr_strings.h>

#include "cim_name.h"

static const cim_property_t *find_parameter(const cim_method_t *method,
                                            const char *name)
{
    for (int i = 0; i < method->nparameters; i++) {
        if (cim_name_equal(method->parameters[i].name, name))
            return &method->parameters[i];
    }
    return NULL;
}

/** A boolean qualifier, or what its type says when it is not there. */
static int true_or_default(const cim_place_t *place,
                           const cim_property_t *parameter, const char *name)
{
    if (cim_qualifier_find(parameter->qualifiers, parameter->nqualifiers, name))
        return cim_qualifier_true(parameter->qualifiers, parameter->nqualifiers,
                                  name);
    const cim_qualifier_type_t *type =
        cim_schema_qualifier_type(place->schema, place->cls->ns, name);
    return type && !type->value.is_null && type->value.v.u;
}

static wsm_error_t *resolve_parameter(cim_place_t *place,
                                      cim_property_t *parameter,
                                      const cim_property_t *inherited)
{
    place->scope = CIM_SCOPE_PARAMETER;
    place->parameter = parameter->name;
    wsm_error_t *err = cim_resolve_qualifiers(
        place, &parameter->qualifiers, &parameter->nqualifiers,
        inherited ? inherited->qualifiers : NULL,
        inherited ? inherited->nqualifiers : 0);
    if (err)
        return err;
    cim_resolve_flags(parameter, cim_schema_pool(place->schema));
    parameter->key = 0;
    parameter->in = true_or_default(place, parameter, "In") != 0;
    parameter->out = true_or_default(place, parameter, "Out") != 0;
    parameter->origin = place->cls->name;
    parameter->propagated = 0;
    if (inherited && (inherited->type != parameter->type ||
                      inherited->is_array != parameter->is_array))
        return cim_resolve_fail(
            place->schema, "%s is a %s%s, but the one it overrides is a %s%s",
            cim_place_text(place), cim_type_name(parameter->type),
            parameter->is_array ? "[]" : "", cim_type_name(inherited->type),
            inherited->is_array ? "[]" : "");
    return NULL;
}

static wsm_error_t *resolve_parameters(cim_place_t *place, cim_method_t *method,
                                       const cim_method_t *inherited)
{
    apr_pool_t *pool = cim_schema_pool(place->schema);
    if (method->nparameters > CIM_MAX_FEATURES)
        return cim_resolve_fail(place->schema, "%s has more than %d parameters",
                                cim_place_text(place), CIM_MAX_FEATURES);
    cim_property_t *parameters =
        apr_pmemdup(pool, method->parameters,
                    (apr_size_t)method->nparameters * sizeof(*parameters));
    const cim_property_t *declared = method->parameters;
    int count = method->nparameters;
    for (int i = 0; i < count; i++) {
        const char *name = declared[i].name;
        method->nparameters = i;
        place->parameter = NULL;
        if (find_parameter(method, name))
            return cim_resolve_fail(place->schema, "%s has two parameters %s",
                                    cim_place_text(place), name);
        wsm_error_t *err = resolve_parameter(
            place, &parameters[i],
            inherited ? find_parameter(inherited, name) : NULL);
        if (err)
            return err;
    }
    method->parameters = parameters;
    method->nparameters = count;
    return NULL;
}

static cim_class_t *arguments_class(const cim_class_t *cls,
                                    const cim_method_t *method,
                                    const char *suffix, apr_pool_t *pool)
{
    cim_class_t *made = apr_pcalloc(pool, sizeof(*made));
    made->ns = cls->ns;
    made->name = apr_pstrcat(pool, method->name, suffix, NULL);
    return made;
}

/** The pseudo class of the parameters that go in (or out). */
static const cim_class_t *make_arguments(const cim_class_t *cls,
                                         const cim_method_t *method, int out,
                                         const cim_property_t *result,
                                         apr_pool_t *pool)
{
    cim_class_t *made =
        arguments_class(cls, method, out ? "_OUTPUT" : "_INPUT", pool);
    apr_uint32_t count = result ? 1 : 0;
    for (int i = 0; i < method->nparameters; i++)
        count += out ? method->parameters[i].out : method->parameters[i].in;
    made->properties =
        apr_palloc(pool, (count + 1) * sizeof(*made->properties));
    for (int i = 0; i < method->nparameters; i++) {
        const cim_property_t *parameter = &method->parameters[i];
        if (out ? parameter->out : parameter->in)
            made->properties[made->nproperties++] = *parameter;
    }
    if (result)
        made->properties[made->nproperties++] = *result;
    cim_resolve_index(made, pool);
    return made;
}

static void make_pseudo_classes(cim_schema_t *schema, const cim_class_t *cls,
                                cim_method_t *method)
{
    apr_pool_t *pool = cim_schema_pool(schema);
    cim_property_t result = {.name = "ReturnValue",
                             .type = method->type,
                             .origin = cls->name,
                             .qualifiers = method->qualifiers,
                             .nqualifiers = method->nqualifiers};
    cim_resolve_flags(&result, pool);
    result.key = 0;
    result.required = 0;
    result.out = 1;
    method->type = result.type;
    int returns =
        method->type != CIM_NONE && !find_parameter(method, "ReturnValue");
    method->input = make_arguments(cls, method, 0, NULL, pool);
    method->output =
        make_arguments(cls, method, 1, returns ? &result : NULL, pool);
}

static wsm_error_t *check_override(const cim_place_t *place,
                                   const cim_method_t *method,
                                   const cim_method_t *inherited)
{
    const cim_qualifier_t *override =
        cim_qualifier_find(method->qualifiers, method->nqualifiers, "Override");
    if (override && override->value.type == CIM_STRING &&
        !override->value.is_null && !override->value.is_array &&
        !(inherited && cim_name_equal(override->value.v.s, method->name)))
        return cim_resolve_fail(place->schema, "%s overrides '%s', which %s",
                                cim_place_text(place), override->value.v.s,
                                inherited ? "has another name"
                                          : "is not inherited");
    if (inherited && method->type != inherited->type)
        return cim_resolve_fail(
            place->schema, "%s returns a %s, but the one it overrides a %s",
            cim_place_text(place), cim_type_name(method->type),
            cim_type_name(inherited->type));
    return NULL;
}

static wsm_error_t *resolve_method(cim_schema_t *schema, cim_class_t *cls,
                                   cim_method_t *method,
                                   const cim_method_t *inherited)
{
    cim_place_t place = {schema, cls, method->name, NULL, CIM_SCOPE_METHOD};
    wsm_error_t *err = cim_resolve_qualifiers(
        &place, &method->qualifiers, &method->nqualifiers,
        inherited ? inherited->qualifiers : NULL,
        inherited ? inherited->nqualifiers : 0);
    if (!err)
        err = resolve_parameters(&place, method, inherited);
    if (err)
        return err;
    method->origin = inherited ? inherited->origin : cls->name;
    method->propagated = 0;
    method->is_static = cim_qualifier_true(method->qualifiers,
                                           method->nqualifiers, "Static") != 0;
    make_pseudo_classes(schema, cls, method);
    place.scope = CIM_SCOPE_METHOD;
    place.parameter = NULL;
    return check_override(&place, method, inherited);
}

static const cim_method_t *find_method(const cim_method_t *methods,
                                       apr_uint32_t count, const char *name)
{
    for (apr_uint32_t i = 0; i < count; i++) {
        if (cim_name_equal(methods[i].name, name))
            return &methods[i];
    }
    return NULL;
}

/** As inherit_property() in cim_resolve.c. */
static void inherit_method(cim_method_t *method, const cim_class_t *super,
                           apr_uint32_t i, apr_pool_t *pool)
{
    method->propagated = 1;
    for (apr_uint32_t s = 0; s < super->nsubclasses; s++) {
        const cim_method_t *twin = &super->subclasses[s]->methods[i];
        if (twin->propagated) {
            *method = *twin;
            return;
        }
    }
    cim_resolve_inherit(&method->qualifiers, &method->nqualifiers, pool);
}

wsm_error_t *cim_resolve_methods(cim_schema_t *schema, cim_class_t *cls)
{
    apr_pool_t *pool = cim_schema_pool(schema);
    const cim_class_t *super = cls->super;
    cim_method_t *own = cls->methods;
    apr_uint32_t nown = cls->nmethods;
    apr_uint32_t count = super ? super->nmethods : 0;

    if (nown > CIM_MAX_FEATURES || nown + count > CIM_MAX_FEATURES)
        return cim_resolve_fail(schema, "%s has more than %d methods",
                                cls->name, CIM_MAX_FEATURES);
    cim_method_t *all = apr_palloc(pool, (nown + count + 1) * sizeof(*all));
    for (apr_uint32_t i = 0; i < count; i++) {
        all[i] = super->methods[i];
        if (!find_method(own, nown, all[i].name))
            inherit_method(&all[i], super, i, pool);
    }
    for (apr_uint32_t i = 0; i < nown; i++) {
        if (find_method(own, i, own[i].name))
            return cim_resolve_fail(schema, "%s.%s() is declared twice",
                                    cls->name, own[i].name);
        const cim_method_t *inherited =
            super ? cim_class_method(super, own[i].name) : NULL;
        wsm_error_t *err = resolve_method(schema, cls, &own[i], inherited);
        if (err)
            return err;
        if (inherited)
            all[inherited - super->methods] = own[i];
        else
            all[count++] = own[i];
    }
    cls->methods = all;
    cls->nmethods = count;
    return NULL;
}
