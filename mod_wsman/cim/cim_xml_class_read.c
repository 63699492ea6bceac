/* cim_xml_class_read.c - the element CLASS of CIM-XML as a declaration
 * (DSP0201).
 *
 * Names are identifiers and nothing else, so that what is read can be written
 * as MOF.
 */
#include <string.h>
#include <strings.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "../base/wsm_text.h"
#include "cim_name.h"
#include "cim_xml_class_private.h"

#define MAX_NAME       256
#define MAX_FEATURES   4096 /* properties; methods; parameters of one */
#define MAX_QUALIFIERS 256  /* of one thing */

wsm_error_t *cim_xml_class_fail(const cim_xml_class_place_t *place,
                                wsman_code_e code, const char *format, ...)
{
    wsm_error_t *err;
    va_list args;

    va_start(args, format);
    err = wsm_error_vmake(place->pool, code, APR_SUCCESS, NULL, format, args);
    va_end(args);
    if (place->cls)
        err->message = apr_pstrcat(
            place->pool, place->cls, place->feature ? "." : "",
            place->feature ? place->feature : "", ": ", err->message, NULL);
    err->message = apr_pstrcat(place->pool, err->message, ".", NULL);
    err->cim_status = WSMAN_CIM_INVALID_PARAMETER;
    return err;
}

wsm_error_t *cim_xml_class_unexpected(const cim_xml_class_place_t *place,
                                      const xmlNode *node)
{
    return cim_xml_class_fail(place, WSMAN_E_INVALID_REPRESENTATION,
                              "the element %.80s cannot be here",
                              (const char *)node->name);
}

/* ---- attributes */

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static int is_name(const char *text)
{
    if (!is_letter(*text) || strlen(text) > MAX_NAME)
        return 0;
    while (is_letter(*text) || (*text >= '0' && *text <= '9'))
        text++;
    return !*text;
}

wsm_error_t *cim_xml_class_name(const char **name, const xmlNode *node,
                                const char *attribute, int optional,
                                const cim_xml_class_place_t *place)
{
    *name = wsm_xml_attr(node, NULL, attribute, place->pool);
    if (!*name)
        return optional
                   ? NULL
                   : cim_xml_class_fail(place,
                                        WSMAN_E_REPRESENTATION_MISSING_VALUES,
                                        "%.80s has no %s",
                                        (const char *)node->name, attribute);
    return is_name(*name)
               ? NULL
               : cim_xml_class_fail(place,
                                    WSMAN_E_REPRESENTATION_INVALID_VALUES,
                                    "\"%.80s\" is no name", *name);
}

/** @param otherwise  the value if there is no such attribute */
static int flag(const xmlNode *node, const char *attribute, int otherwise,
                apr_pool_t *pool)
{
    const char *text = wsm_xml_attr(node, NULL, attribute, pool);
    return text ? strcasecmp(text, "true") == 0 : otherwise;
}

static int is_propagated(const xmlNode *node,
                         const cim_xml_class_place_t *place)
{
    return flag(node, "PROPAGATED", 0, place->pool);
}

/** A type by its name in TYPE; CIM_NONE where that is missing. */
static wsm_error_t *read_type(cim_type_e *type, const xmlNode *node,
                              const cim_xml_class_place_t *place)
{
    const char *text = wsm_xml_attr(node, NULL, "TYPE", place->pool);
    *type = text ? cim_type_by_name(text) : CIM_NONE;
    if (text &&
        (*type == CIM_NONE || *type == CIM_REFERENCE || *type == CIM_INSTANCE))
        return cim_xml_class_fail(place, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                                  "there is no type \"%.80s\"", text);
    return NULL;
}

static wsm_error_t *too_many(const cim_xml_class_place_t *place, int bound,
                             const char *what)
{
    return cim_xml_class_fail(place, WSMAN_E_INVALID_REPRESENTATION,
                              "more than %d %s", bound, what);
}

/* ---- qualifiers */

static unsigned read_flavor(const xmlNode *node,
                            const cim_qualifier_type_t *type, apr_pool_t *pool)
{
    static const struct {
        const char *name;
        unsigned flavor;
    } rows[] = {{"OVERRIDABLE", CIM_FLAVOR_OVERRIDE},
                {"TOSUBCLASS", CIM_FLAVOR_TOSUBCLASS},
                {"TRANSLATABLE", CIM_FLAVOR_TRANSLATABLE}};
    unsigned usual =
        type ? type->flavor : CIM_FLAVOR_OVERRIDE | CIM_FLAVOR_TOSUBCLASS;
    unsigned flavor = 0;
    for (apr_size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (flag(node, rows[i].name, (usual & rows[i].flavor) != 0, pool))
            flavor |= rows[i].flavor;
    return flavor;
}

static wsm_error_t *read_qualifier(cim_qualifier_t *qualifier,
                                   const xmlNode *node,
                                   const cim_xml_class_place_t *place)
{
    const cim_qualifier_type_t *known;
    cim_type_e type;
    wsm_error_t *err =
        cim_xml_class_name(&qualifier->name, node, "NAME", 0, place);
    if (!err)
        err = read_type(&type, node, place);
    if (err)
        return err;
    known =
        cim_schema_qualifier_type(place->schema, place->ns, qualifier->name);
    if (type == CIM_NONE)
        return cim_xml_class_fail(place, WSMAN_E_REPRESENTATION_MISSING_VALUES,
                                  "the qualifier %s has no TYPE",
                                  qualifier->name);
    qualifier->flavor = read_flavor(node, known, place->pool);
    int is_array = known ? known->value.is_array
                         : wsm_xml_child(node, "", "VALUE.ARRAY") != NULL;
    err = cim_xml_class_read_value(&qualifier->value, node, type, is_array,
                                   place);
    if (!err && qualifier->value.type == CIM_NONE) {
        qualifier->value = cim_null(type);
        qualifier->value.is_array = is_array != 0;
    }
    return err;
}

static wsm_error_t *read_qualifiers(const cim_qualifier_t **qualifiers,
                                    int *nqualifiers, const xmlNode *node,
                                    const cim_xml_class_place_t *place)
{
    apr_array_header_t *list =
        apr_array_make(place->pool, 4, sizeof(cim_qualifier_t));
    for (node = wsm_xml_first(node); node; node = wsm_xml_next(node)) {
        cim_qualifier_t qualifier = {0};
        if (!cim_xml_class_is(node, "QUALIFIER") || is_propagated(node, place))
            continue;
        if (list->nelts == MAX_QUALIFIERS)
            return too_many(place, MAX_QUALIFIERS, "qualifiers");
        wsm_error_t *err = read_qualifier(&qualifier, node, place);
        if (err)
            return err;
        APR_ARRAY_PUSH(list, cim_qualifier_t) = qualifier;
    }
    *qualifiers = (const cim_qualifier_t *)(const void *)list->elts;
    *nqualifiers = list->nelts;
    return NULL;
}

/* ---- properties and parameters */

typedef struct form_t {
    const char *element;
    unsigned is_array : 1;
    unsigned is_reference : 1;
} form_t;

static const form_t properties[] = {{"PROPERTY", 0, 0},
                                    {"PROPERTY.ARRAY", 1, 0},
                                    {"PROPERTY.REFERENCE", 0, 1},
                                    {NULL, 0, 0}};
static const form_t parameters[] = {{"PARAMETER", 0, 0},
                                    {"PARAMETER.ARRAY", 1, 0},
                                    {"PARAMETER.REFERENCE", 0, 1},
                                    {"PARAMETER.REFARRAY", 1, 1},
                                    {NULL, 0, 0}};

static const form_t *form_of(const form_t *forms, const xmlNode *node)
{
    while (forms->element && !cim_xml_class_is(node, forms->element))
        forms++;
    return forms->element ? forms : NULL;
}

static wsm_error_t *read_declarator(cim_property_t *property,
                                    const form_t *form, const xmlNode *node,
                                    const cim_xml_class_place_t *place)
{
    const char *size = wsm_xml_attr(node, NULL, "ARRAYSIZE", place->pool);
    apr_uint64_t number = 0;
    wsm_error_t *err;
    property->is_array = form->is_array;
    property->type = CIM_REFERENCE;
    if (form->is_reference)
        err = cim_xml_class_name(&property->type_name, node, "REFERENCECLASS",
                                 0, place);
    else
        err = read_type(&property->type, node, place);
    if (err)
        return err;
    if (property->type == CIM_NONE)
        return cim_xml_class_fail(place, WSMAN_E_REPRESENTATION_MISSING_VALUES,
                                  "%s has no TYPE", property->name);
    if (size &&
        (!form->is_array || !wsm_text_u64(size, APR_UINT32_MAX, &number)))
        return cim_xml_class_fail(place, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                                  "\"%.80s\" is no ARRAYSIZE", size);
    property->array_size = (apr_uint32_t)number;
    return NULL;
}

static int has_qualifier(const xmlNode *node, const char *name,
                         apr_pool_t *pool)
{
    for (node = wsm_xml_first(node); node; node = wsm_xml_next(node)) {
        const char *found = cim_xml_class_is(node, "QUALIFIER")
                                ? wsm_xml_attr(node, NULL, "NAME", pool)
                                : NULL;
        if (found && cim_name_equal(found, name))
            return 1;
    }
    return 0;
}

/** Which class is embedded is said by the qualifier, which may be inherited;
 *  the attribute alone would be lost. */
static wsm_error_t *check_embedded(const xmlNode *node,
                                   const cim_xml_class_place_t *place)
{
    if (!wsm_xml_attr(node, NULL, "EmbeddedObject", place->pool) ||
        has_qualifier(node, "EmbeddedInstance", place->pool) ||
        has_qualifier(node, "EmbeddedObject", place->pool))
        return NULL;
    return cim_xml_class_fail(place, WSMAN_E_REPRESENTATION_MISSING_VALUES,
                              "what is embedded must be said by the qualifier "
                              "EmbeddedInstance or EmbeddedObject");
}

/** What can be in a property beside its value. */
static wsm_error_t *check_content(const xmlNode *node, int values,
                                  const cim_xml_class_place_t *place)
{
    int nvalues = 0;
    for (node = wsm_xml_first(node); node; node = wsm_xml_next(node)) {
        if (cim_xml_class_is(node, "QUALIFIER"))
            continue;
        if ((!cim_xml_class_is(node, "VALUE") &&
             !cim_xml_class_is(node, "VALUE.ARRAY") &&
             !cim_xml_class_is(node, "VALUE.REFERENCE")) ||
            ++nvalues > values)
            return cim_xml_class_unexpected(place, node);
    }
    return NULL;
}

/** @param values  1: it may have a default */
static wsm_error_t *read_property(cim_property_t *property, const form_t *form,
                                  const xmlNode *node, int values,
                                  const cim_xml_class_place_t *place)
{
    wsm_error_t *err =
        cim_xml_class_name(&property->name, node, "NAME", 0, place);
    if (!err)
        err = read_declarator(property, form, node, place);
    if (!err)
        err = check_content(node, values, place);
    if (!err)
        err = read_qualifiers(&property->qualifiers, &property->nqualifiers,
                              node, place);
    if (!err)
        err = check_embedded(node, place);
    if (!err && values)
        err = cim_xml_class_read_value(&property->value, node, property->type,
                                       property->is_array, place);
    return err;
}

/* ---- methods */

static wsm_error_t *read_parameters(cim_method_t *method, const xmlNode *node,
                                    const cim_xml_class_place_t *place)
{
    apr_array_header_t *list =
        apr_array_make(place->pool, 4, sizeof(cim_property_t));
    for (node = wsm_xml_first(node); node; node = wsm_xml_next(node)) {
        const form_t *form = form_of(parameters, node);
        cim_property_t parameter = {0};
        if (cim_xml_class_is(node, "QUALIFIER"))
            continue;
        if (!form)
            return cim_xml_class_unexpected(place, node);
        if (list->nelts == MAX_FEATURES)
            return too_many(place, MAX_FEATURES, "parameters");
        wsm_error_t *err = read_property(&parameter, form, node, 0, place);
        if (err)
            return err;
        APR_ARRAY_PUSH(list, cim_property_t) = parameter;
    }
    method->parameters = (const cim_property_t *)(const void *)list->elts;
    method->nparameters = list->nelts;
    return NULL;
}

static wsm_error_t *read_method(cim_method_t *method, const xmlNode *node,
                                const cim_xml_class_place_t *place)
{
    wsm_error_t *err =
        cim_xml_class_name(&method->name, node, "NAME", 0, place);
    if (!err)
        err = read_type(&method->type, node, place);
    if (!err)
        err = read_qualifiers(&method->qualifiers, &method->nqualifiers, node,
                              place);
    return err ? err : read_parameters(method, node, place);
}

/* ---- the class */

typedef struct features_t {
    apr_array_header_t *properties;
    apr_array_header_t *methods;
} features_t;

static wsm_error_t *read_feature(features_t *features, const xmlNode *node,
                                 const cim_xml_class_place_t *at)
{
    cim_xml_class_place_t place = *at;
    const form_t *form = form_of(properties, node);
    if (!form && !cim_xml_class_is(node, "METHOD"))
        return cim_xml_class_unexpected(at, node);
    wsm_error_t *err = cim_xml_class_name(&place.feature, node, "NAME", 0, at);
    if (err || is_propagated(node, at))
        return err;
    if (form) {
        cim_property_t property = {0};
        err = read_property(&property, form, node, 1, &place);
        if (!err && features->properties->nelts == MAX_FEATURES)
            err = too_many(at, MAX_FEATURES, "properties");
        APR_ARRAY_PUSH(features->properties, cim_property_t) = property;
    } else {
        cim_method_t method = {0};
        err = read_method(&method, node, &place);
        if (!err && features->methods->nelts == MAX_FEATURES)
            err = too_many(at, MAX_FEATURES, "methods");
        APR_ARRAY_PUSH(features->methods, cim_method_t) = method;
    }
    return err;
}

static wsm_error_t *read_features(cim_class_t *cls, const xmlNode *node,
                                  const cim_xml_class_place_t *place)
{
    features_t features = {
        apr_array_make(place->pool, 16, sizeof(cim_property_t)),
        apr_array_make(place->pool, 4, sizeof(cim_method_t))};
    for (node = wsm_xml_first(node); node; node = wsm_xml_next(node)) {
        wsm_error_t *err = cim_xml_class_is(node, "QUALIFIER")
                               ? NULL
                               : read_feature(&features, node, place);
        if (err)
            return err;
    }
    cls->properties = (cim_property_t *)(void *)features.properties->elts;
    cls->nproperties = (apr_uint32_t)features.properties->nelts;
    cls->methods = (cim_method_t *)(void *)features.methods->elts;
    cls->nmethods = (apr_uint32_t)features.methods->nelts;
    return NULL;
}

wsm_error_t *cim_xml_class_read(cim_class_t **cls, const xmlNode *element,
                                const cim_schema_t *schema, const char *ns,
                                apr_pool_t *pool)
{
    cim_xml_class_place_t place = {schema, ns, NULL, NULL, pool};
    cim_class_t *made = apr_pcalloc(pool, sizeof(*made));
    wsm_error_t *err;
    if (!cim_xml_class_is(element, "CLASS"))
        return cim_xml_class_fail(
            &place, WSMAN_E_REPRESENTATION_INVALID_NAMESPACE,
            "A class is the element CLASS of CIM-XML, in no namespace");
    made->ns = ns;
    err = cim_xml_class_name(&made->name, element, "NAME", 0, &place);
    place.cls = made->name;
    if (!err)
        err = cim_xml_class_name(&made->super_name, element, "SUPERCLASS", 1,
                                 &place);
    if (!err)
        err = read_qualifiers(&made->qualifiers, &made->nqualifiers, element,
                              &place);
    if (!err)
        err = read_features(made, element, &place);
    if (!err)
        *cls = made;
    return err;
}
