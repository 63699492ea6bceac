/* cim_xml_class_read_value.c - values of CIM-XML, read (DSP0201).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "cim_xml_class_private.h"

#define MAX_ITEMS 65536
#define MAX_KEYS  256
#define MAX_STEPS 32
#define MAX_DEPTH 8 /* keys that are references */

static wsm_error_t *bad_value(const cim_xml_class_place_t *place,
                              const char *text, cim_type_e type)
{
    return cim_xml_class_fail(place, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                              "\"%.80s\" is no %s", text, cim_type_name(type));
}

/** Integers may be hexadecimal; @return the number in decimal digits. */
static const char *decimal(const char *text, apr_pool_t *pool)
{
    const char *digits = *text == '-' || *text == '+' ? text + 1 : text;
    apr_size_t length;
    if (digits[0] != '0' || (digits[1] != 'x' && digits[1] != 'X'))
        return text;
    digits += 2;
    length = strspn(digits, "0123456789abcdefABCDEF");
    if (length == 0 || length > 16 || digits[length])
        return text;
    return apr_psprintf(pool, "%s%" APR_UINT64_T_FMT, *text == '-' ? "-" : "",
                        (apr_uint64_t)strtoull(digits, NULL, 16));
}

static int is_text(cim_type_e type)
{
    return type == CIM_STRING || type == CIM_CHAR16;
}

/** MOF, in which classes are kept, has no word for the others. */
static int is_finite(const cim_value_t *value)
{
    return (value->type != CIM_REAL32 && value->type != CIM_REAL64) ||
           isfinite(value->v.r);
}

static wsm_error_t *parse_scalar(cim_value_t *value, const xmlNode *node,
                                 cim_type_e type,
                                 const cim_xml_class_place_t *place)
{
    const char *text = is_text(type) ? wsm_xml_raw_text(node, place->pool)
                                     : wsm_xml_text(node, place->pool);
    const char *form = text;
    if (wsm_xml_first(node))
        return cim_xml_class_unexpected(place, wsm_xml_first(node));
    if (type == CIM_BOOLEAN && strcasecmp(text, "true") == 0)
        form = "true";
    else if (type == CIM_BOOLEAN && strcasecmp(text, "false") == 0)
        form = "false";
    else if (!is_text(type))
        form = decimal(text, place->pool);
    return cim_value_parse(type, form, value, place->pool) && is_finite(value)
               ? NULL
               : bad_value(place, text, type);
}

/* ---- references */

static wsm_error_t *read_reference(cim_path_t *path, const xmlNode *node,
                                   int depth,
                                   const cim_xml_class_place_t *place);

/** The type of a key value: TYPE says it, else it is guessed from VALUETYPE
 *  as from the text of a path. */
static cim_type_e key_type(const xmlNode *node, const char *text,
                           apr_pool_t *pool)
{
    const char *type = wsm_xml_attr(node, NULL, "TYPE", pool);
    const char *kind = wsm_xml_attr(node, NULL, "VALUETYPE", pool);
    if (type)
        return cim_type_by_name(type);
    if (!kind || strcasecmp(kind, "string") == 0)
        return CIM_STRING;
    if (strcasecmp(kind, "boolean") == 0)
        return CIM_BOOLEAN;
    if (strpbrk(text, ".eE") && !strpbrk(text, "xX"))
        return CIM_REAL64;
    return *text == '-' ? CIM_SINT64 : CIM_UINT64;
}

static wsm_error_t *read_key(cim_key_t *key, const xmlNode *node, int depth,
                             const cim_xml_class_place_t *place)
{
    const xmlNode *value = wsm_xml_first(node);
    wsm_error_t *err;
    memset(key, 0, sizeof(*key));
    if (!cim_xml_class_is(node, "KEYBINDING"))
        return cim_xml_class_unexpected(place, node);
    err = cim_xml_class_name(&key->name, node, "NAME", 0, place);
    if (err)
        return err;
    if (value && cim_xml_class_is(value, "VALUE.REFERENCE")) {
        cim_path_t *path = apr_pcalloc(place->pool, sizeof(*path));
        key->value = cim_reference(path);
        return read_reference(path, value, depth + 1, place);
    }
    if (!value || !cim_xml_class_is(value, "KEYVALUE"))
        return cim_xml_class_fail(place, WSMAN_E_REPRESENTATION_MISSING_VALUES,
                                  "the key %s has no value", key->name);
    cim_type_e type =
        key_type(value, wsm_xml_text(value, place->pool), place->pool);
    if (type == CIM_NONE || type == CIM_REFERENCE || type == CIM_INSTANCE)
        return cim_xml_class_fail(place, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                                  "the key %s has no type that a key can have",
                                  key->name);
    return parse_scalar(&key->value, value, type, place);
}

static wsm_error_t *read_keys(cim_path_t *path, const xmlNode *node, int depth,
                              const cim_xml_class_place_t *place)
{
    apr_array_header_t *keys =
        apr_array_make(place->pool, 4, sizeof(cim_key_t));
    for (node = wsm_xml_first(node); node; node = wsm_xml_next(node)) {
        if (keys->nelts == MAX_KEYS)
            return cim_xml_class_fail(place, WSMAN_E_INVALID_REPRESENTATION,
                                      "more than %d keys", MAX_KEYS);
        wsm_error_t *err = read_key(apr_array_push(keys), node, depth, place);
        if (err)
            return err;
    }
    path->keys = (const cim_key_t *)(const void *)keys->elts;
    path->nkeys = (apr_uint32_t)keys->nelts;
    return NULL;
}

static wsm_error_t *read_ns(const char **ns, const xmlNode *node,
                            const cim_xml_class_place_t *place)
{
    int steps = 0;
    *ns = NULL;
    if (cim_xml_class_is(node, "NAMESPACEPATH"))
        for (node = wsm_xml_first(node);
             node && !cim_xml_class_is(node, "LOCALNAMESPACEPATH");
             node = wsm_xml_next(node))
            ;
    for (node = node ? wsm_xml_first(node) : NULL; node;
         node = wsm_xml_next(node)) {
        const char *step = wsm_xml_attr(node, NULL, "NAME", place->pool);
        if (!cim_xml_class_is(node, "NAMESPACE") || ++steps > MAX_STEPS ||
            !step || !*step || strpbrk(step, "\"\\':;,=*?#&<>/ "))
            return cim_xml_class_unexpected(place, node);
        *ns = *ns ? apr_pstrcat(place->pool, *ns, "/", step, NULL) : step;
    }
    return *ns ? NULL
               : cim_xml_class_fail(place,
                                    WSMAN_E_REPRESENTATION_MISSING_VALUES,
                                    "a path without a namespace");
}

/** An element that has the namespace before the name of the object. */
static int has_ns(const xmlNode *node)
{
    static const char *const names[] = {"LOCALINSTANCEPATH", "INSTANCEPATH",
                                        "LOCALCLASSPATH", "CLASSPATH"};
    for (apr_size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (cim_xml_class_is(node, names[i]))
            return 1;
    return 0;
}

static wsm_error_t *read_reference(cim_path_t *path, const xmlNode *node,
                                   int depth,
                                   const cim_xml_class_place_t *place)
{
    const xmlNode *object = wsm_xml_first(node);
    wsm_error_t *err = NULL;
    if (depth > MAX_DEPTH)
        return cim_xml_class_fail(place, WSMAN_E_INVALID_REPRESENTATION,
                                  "references within references too deep");
    if (object && has_ns(object)) {
        object = wsm_xml_first(object);
        if (object)
            err = read_ns(&path->ns, object, place);
        object = object ? wsm_xml_next(object) : NULL;
    }
    if (err)
        return err;
    if (object && cim_xml_class_is(object, "CLASSNAME"))
        return cim_xml_class_name(&path->class_name, object, "NAME", 0, place);
    if (!object || !cim_xml_class_is(object, "INSTANCENAME"))
        return cim_xml_class_fail(place, WSMAN_E_REPRESENTATION_MISSING_VALUES,
                                  "a reference to nothing");
    err = cim_xml_class_name(&path->class_name, object, "CLASSNAME", 0, place);
    return err ? err : read_keys(path, object, depth, place);
}

/* ---- values */

static wsm_error_t *read_array(cim_value_t *value, const xmlNode *node,
                               cim_type_e type,
                               const cim_xml_class_place_t *place)
{
    apr_array_header_t *items =
        apr_array_make(place->pool, 8, sizeof(cim_value_t));
    for (node = wsm_xml_first(node); node; node = wsm_xml_next(node)) {
        cim_value_t item = cim_null(type);
        wsm_error_t *err = NULL;
        if (items->nelts == MAX_ITEMS)
            return cim_xml_class_fail(place, WSMAN_E_INVALID_REPRESENTATION,
                                      "more than %d items", MAX_ITEMS);
        if (cim_xml_class_is(node, "VALUE"))
            err = parse_scalar(&item, node, type, place);
        else if (!cim_xml_class_is(node, "VALUE.NULL"))
            err = cim_xml_class_unexpected(place, node);
        if (err)
            return err;
        APR_ARRAY_PUSH(items, cim_value_t) = item;
    }
    *value = cim_array(type, (const cim_value_t *)(const void *)items->elts,
                       (apr_uint32_t)items->nelts);
    return NULL;
}

static const xmlNode *find_value(const xmlNode *node)
{
    for (node = wsm_xml_first(node); node; node = wsm_xml_next(node))
        if (cim_xml_class_is(node, "VALUE") ||
            cim_xml_class_is(node, "VALUE.ARRAY") ||
            cim_xml_class_is(node, "VALUE.REFERENCE"))
            return node;
    return NULL;
}

wsm_error_t *cim_xml_class_read_value(cim_value_t *value, const xmlNode *node,
                                      cim_type_e type, int is_array,
                                      const cim_xml_class_place_t *place)
{
    const xmlNode *found = find_value(node);
    const char *wanted = type == CIM_REFERENCE ? "VALUE.REFERENCE"
                         : is_array            ? "VALUE.ARRAY"
                                               : "VALUE";
    memset(value, 0, sizeof(*value));
    if (!found)
        return NULL;
    if (!cim_xml_class_is(found, wanted))
        return cim_xml_class_fail(place, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                                  "%s where there should be %s",
                                  (const char *)found->name, wanted);
    if (type == CIM_REFERENCE) {
        cim_path_t *path = apr_pcalloc(place->pool, sizeof(*path));
        *value = cim_reference(path);
        return read_reference(path, found, 0, place);
    }
    return is_array ? read_array(value, found, type, place)
                    : parse_scalar(value, found, type, place);
}
