/* cim_xml_read.c - XML as instances.
 *
 * Two passes over the children: the first knows each property and counts, so
 * that the second can fill arrays of the right size.
 */
#include "cim_xml_private.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../soap/wsm_names.h"

/** One element that is being read. */
typedef struct reading_t {
    cim_xml_reader_t *reader;
    const cim_class_t *cls;
    const char *ns;   /* of the children */
    const char *also; /* another one that they may have, or NULL */
    apr_uint32_t *counts;
} reading_t;

__attribute__((format(printf, 3, 4))) static wsm_error_t *fail(
    cim_xml_reader_t *reader, cim_xml_problem_e problem, const char *format,
    ...)
{
    va_list args;
    va_start(args, format);
    wsm_error_t *err = wsm_error_vmake(reader->pool, WSMAN_E_INTERNAL_ERROR,
                                       APR_SUCCESS, NULL, format, args);
    va_end(args);
    reader->problem = problem;
    return err;
}

/* ---- classes of instances: xsi:type */

/** The class of a URI, in the namespace that it names or the reader's. */
static const cim_class_t *class_of_uri(const cim_xml_reader_t *reader,
                                       const char *text, const char *name)
{
    cim_uri_t uri;
    const char *ns = reader->default_ns;
    if (cim_uri_read(&uri, text, reader->pool) && uri.ns)
        ns = uri.ns;
    return cim_schema_class(reader->schema, ns, name);
}

/** Finds the class that xsi:type="p:Class_Type" means.  *cls is what it is
 *  without one (NULL: not known); *ns is set to the namespace of the name.
 *  @return NULL, also if there is no xsi:type */
static wsm_error_t *class_of_type(cim_xml_reader_t *reader,
                                  const cim_class_t **cls, const char **ns,
                                  const xmlNode *element)
{
    const char *uri, *local;
    const char *type = wsm_xml_attr(element, WSM_NS_XSI, "type", reader->pool);
    if (!type)
        return NULL;
    if (!wsm_xml_qname(element, type, &uri, &local, reader->pool))
        return fail(reader, CIM_XML_BAD_TYPE, "xsi:type=\"%s\" is no QName.",
                    type);
    apr_size_t length = strlen(local);
    if (length > 5 && !strcmp(local + length - 5, "_Type"))
        local = apr_pstrmemdup(reader->pool, local, length - 5);
    if (*uri)
        *ns = uri;
    if (*cls && !strcasecmp(local, (*cls)->name))
        return NULL;
    const cim_class_t *found = class_of_uri(reader, uri, local);
    if (!found)
        return fail(reader, CIM_XML_BAD_TYPE,
                    "xsi:type names the class %s, which is not known.", local);
    if (*cls && !cim_class_is_a(found, (*cls)->name))
        return fail(reader, CIM_XML_BAD_TYPE,
                    "xsi:type names %s, which is no subclass of %s.", local,
                    (*cls)->name);
    *cls = found;
    return NULL;
}

/* ---- scalars */

/** @return true if the text is a number, of whatever size */
static int is_number(const char *text)
{
    double number;
    const char *digits = text + (*text == '-' || *text == '+');
    return (*digits && !digits[strspn(digits, "0123456789")]) ||
           wsm_text_double(text, &number);
}

static int is_integer_type(cim_type_e type)
{
    return type >= CIM_UINT8 && type <= CIM_SINT64;
}

static wsm_error_t *bad_text(cim_xml_reader_t *reader,
                             const cim_property_t *property, const char *text)
{
    int range =
        (is_integer_type(property->type) &&
         !text[strspn(text, "+-0123456789")] && is_number(text)) ||
        ((property->type == CIM_REAL32 || property->type == CIM_REAL64) &&
         is_number(text));
    return fail(reader, range ? CIM_XML_BAD_VALUE : CIM_XML_BAD_TYPE,
                range ? "%s: \"%.64s\" is out of the range of %s."
                      : "%s: \"%.64s\" is not of the type %s.",
                property->name, text, cim_type_name(property->type));
}

static wsm_error_t *read_text(cim_xml_reader_t *reader, cim_value_t *value,
                              const cim_property_t *property,
                              const xmlNode *node)
{
    /* White space is part of a string, and of nothing else. */
    int raw = property->type == CIM_STRING || property->type == CIM_CHAR16;
    const char *text = raw ? wsm_xml_raw_text(node, reader->pool)
                           : wsm_xml_text(node, reader->pool);
    int truth;
    if (wsm_xml_first(node))
        return fail(reader, CIM_XML_BAD_TYPE, "%s holds elements, not a %s.",
                    property->name, cim_type_name(property->type));
    if (property->type == CIM_BOOLEAN) {
        if (!wsm_text_boolean(text, &truth))
            return bad_text(reader, property, text);
        *value = cim_boolean(truth);
        return NULL;
    }
    if (property->type == CIM_STRING && cim_xml_is_octets(property)) {
        const char *hex =
            cim_xml_read_hex(wsm_xml_text(node, reader->pool), reader->pool);
        if (!hex)
            return bad_text(reader, property, text);
        *value = cim_string(hex);
        return NULL;
    }
    if (!cim_value_parse(property->type, text, value, reader->pool))
        return bad_text(reader, property, text);
    return NULL;
}

static wsm_error_t *read_datetime(cim_xml_reader_t *reader, cim_value_t *value,
                                  const cim_property_t *property,
                                  const xmlNode *node)
{
    cim_datetime_t *when = apr_palloc(reader->pool, sizeof(*when));
    const xmlNode *child = wsm_xml_first(node);
    const char *name = NULL;
    if (child) {
        if (strcmp(wsm_xml_ns(child), WSM_NS_CIM) != 0 || wsm_xml_next(child))
            return fail(reader, CIM_XML_BAD_TYPE,
                        "%s holds something else than one datetime.",
                        property->name);
        if (wsm_xml_nil(child, reader->pool)) {
            *value = cim_null(CIM_DATETIME);
            return NULL;
        }
        name = (const char *)child->name;
    }
    const char *text = wsm_xml_text(child ? child : node, reader->pool);
    if (!cim_xml_read_datetime(name, text, when, reader->pool))
        return bad_text(reader, property, text);
    *value = cim_datetime(when);
    return NULL;
}

/** The content is that of an EPR, or one a:EndpointReference. */
static wsm_error_t *read_reference(cim_xml_reader_t *reader, cim_value_t *value,
                                   const cim_property_t *property,
                                   const xmlNode *node)
{
    wsm_epr_t epr;
    const cim_class_t *cls;
    cim_path_t *path = apr_pcalloc(reader->pool, sizeof(*path));
    const xmlNode *child = wsm_xml_first(node);
    if (!child)
        return fail(reader, CIM_XML_BAD_TYPE, "%s holds no endpoint reference.",
                    property->name);
    if (wsm_xml_is(child, WSM_NS_WSA, "EndpointReference") ||
        wsm_xml_is(child, WSM_NS_WSA10, "EndpointReference"))
        node = child;
    wsm_error_t *err = wsm_epr_read(&epr, node, reader->pool);
    if (!err)
        err = cim_xml_path_of_epr(path, &cls, &epr, CIM_XML_KEYS_ALL,
                                  reader->schema, reader->default_ns,
                                  reader->pool);
    if (err)
        return fail(reader, CIM_XML_BAD_VALUE, "%s: %s", property->name,
                    err->message);
    if (property->type_name && !cim_class_is_a(cls, property->type_name))
        return fail(reader, CIM_XML_BAD_TYPE, "%s refers to a %s, not to a %s.",
                    property->name, cls->name, property->type_name);
    *value = cim_reference(path);
    return NULL;
}

static wsm_error_t *read_content(cim_xml_reader_t *reader,
                                 cim_instance_t **instance,
                                 const xmlNode *element, const cim_class_t *cls,
                                 const char *ns, const char *also);

/** EmbeddedInstance knows its class; EmbeddedObject has xsi:type, or else the
 *  namespace of its properties tells. */
static wsm_error_t *read_embedded(cim_xml_reader_t *reader, cim_value_t *value,
                                  const cim_property_t *property,
                                  const xmlNode *node)
{
    const xmlNode *child = wsm_xml_first(node);
    const char *ns = child ? wsm_xml_ns(child) : "";
    const cim_class_t *cls = NULL;
    cim_instance_t *instance;
    cim_uri_t uri;
    if (property->type_name)
        cls = cim_schema_class(reader->schema, reader->default_ns,
                               property->type_name);
    wsm_error_t *err = class_of_type(reader, &cls, &ns, node);
    if (!err && !cls && cim_uri_read(&uri, ns, reader->pool))
        cls = class_of_uri(reader, ns, uri.class_name);
    if (!err && !cls)
        err = fail(reader, CIM_XML_BAD_TYPE,
                   "the class of the embedded instance is not known");
    if (!err)
        err = read_content(reader, &instance, node, cls, ns,
                           child ? wsm_xml_ns(child) : NULL);
    if (err)
        return fail(reader, reader->problem, "%s: %s", property->name,
                    err->message);
    *value = cim_embedded(instance);
    return NULL;
}

static wsm_error_t *read_scalar(cim_xml_reader_t *reader, cim_value_t *value,
                                const cim_property_t *property,
                                const xmlNode *node)
{
    if (wsm_xml_nil(node, reader->pool)) {
        *value = cim_null(property->type);
        return NULL;
    }
    switch (property->type) {
    case CIM_DATETIME:
        return read_datetime(reader, value, property, node);
    case CIM_REFERENCE:
        return read_reference(reader, value, property, node);
    case CIM_INSTANCE:
        return read_embedded(reader, value, property, node);
    default:
        return read_text(reader, value, property, node);
    }
}

/* ---- properties */

static int in_namespace(const reading_t *reading, const xmlNode *node)
{
    const char *ns = wsm_xml_ns(node);
    return !strcasecmp(ns, reading->ns) ||
           (reading->also && !strcasecmp(ns, reading->also));
}

/** The first pass: which property, and may there be another of it? */
static wsm_error_t *count(const reading_t *reading, const xmlNode *node)
{
    const char *name = (const char *)node->name;
    cim_xml_reader_t *reader = reading->reader;
    if (!in_namespace(reading, node))
        return fail(reader, CIM_XML_BAD_NAMESPACE,
                    "The element %s is in the namespace \"%s\", not in %s.",
                    name, wsm_xml_ns(node), reading->ns);
    int index = cim_class_property_index(reading->cls, name);
    if (index < 0)
        return fail(reader, CIM_XML_UNKNOWN, "%s has no %s.",
                    reading->cls->name, name);
    const cim_property_t *property = &reading->cls->properties[index];
    apr_uint32_t many = ++reading->counts[index];
    if (many > 1 && !property->is_array)
        return fail(reader, CIM_XML_BAD_VALUE,
                    "%s is there twice but is no array.", property->name);
    if (property->array_size && many > property->array_size)
        return fail(reader, CIM_XML_BAD_VALUE, "%s has more than %u items.",
                    property->name, property->array_size);
    return NULL;
}

/** uint8[] with OctetString in one element.  At most three digits are a number,
 *  the only item of an array without that qualifier's form: base64 comes in
 *  fours. */
static int is_octets(const cim_property_t *property, apr_uint32_t many,
                     const xmlNode *node, apr_pool_t *pool)
{
    if (many != 1 || property->type != CIM_UINT8 ||
        !cim_xml_is_octets(property))
        return 0;
    const char *text = wsm_xml_text(node, pool);
    apr_size_t digits = strspn(text, "0123456789");
    return text[digits] || digits == 0 || digits > 3;
}

static wsm_error_t *read_octets(cim_xml_reader_t *reader, cim_value_t *value,
                                const cim_property_t *property,
                                const xmlNode *node)
{
    const char *text = wsm_xml_text(node, reader->pool);
    if (wsm_xml_first(node) || !cim_xml_read_octets(text, value, reader->pool))
        return fail(reader, CIM_XML_BAD_TYPE, "%s is no base64.",
                    property->name);
    if (property->array_size && value->count > property->array_size)
        return fail(reader, CIM_XML_BAD_VALUE, "%s has more than %u octets.",
                    property->name, property->array_size);
    return NULL;
}

/** The next item of an array: counts has how many, the value how many yet. */
static wsm_error_t *read_item(const reading_t *reading, cim_value_t *value,
                              const cim_property_t *property, apr_uint32_t many,
                              const xmlNode *node)
{
    cim_xml_reader_t *reader = reading->reader;
    if (value->type == CIM_NONE) {
        int nil = many == 1 && wsm_xml_nil(node, reader->pool);
        *value = cim_array(property->type, NULL, 0);
        value->is_null = nil ? 1 : 0;
        if (nil)
            return NULL;
        if (is_octets(property, many, node, reader->pool))
            return read_octets(reader, value, property, node);
        value->v.items = apr_pcalloc(reader->pool, many * sizeof(*value));
    }
    /* The items are ours until they are all there. */
    cim_value_t *items = (cim_value_t *)(apr_uintptr_t)value->v.items;
    return read_scalar(reader, &items[value->count++], property, node);
}

static wsm_error_t *read_property(const reading_t *reading,
                                  cim_instance_t *instance, const xmlNode *node)
{
    int index =
        cim_class_property_index(reading->cls, (const char *)node->name);
    const cim_property_t *property = &reading->cls->properties[index];
    cim_value_t *value = &instance->values[index];
    wsm_error_t *err;
    if (property->is_array)
        err = read_item(reading, value, property, reading->counts[index], node);
    else
        err = read_scalar(reading->reader, value, property, node);
    if (!err && value->is_null && (property->required || property->key))
        err = fail(reading->reader, CIM_XML_MISSING, "%s may not be NULL.",
                   property->name);
    return err;
}

/** cim:Location (of drafts) says where the instance came from. */
static int is_ignored(const xmlNode *node)
{
    return wsm_xml_is(node, WSM_NS_CIM, "Location");
}

static wsm_error_t *read_content(cim_xml_reader_t *reader,
                                 cim_instance_t **result,
                                 const xmlNode *element, const cim_class_t *cls,
                                 const char *ns, const char *also)
{
    wsm_error_t *err = NULL;
    cim_instance_t *instance = cim_instance_make(cls, reader->pool);
    reading_t reading = {reader, cls, ns, also,
                         apr_pcalloc(reader->pool, (cls->nproperties + 1) *
                                                       sizeof(apr_uint32_t))};
    const xmlNode *n = wsm_xml_first(element);
    for (; n && !err; n = wsm_xml_next(n))
        if (!is_ignored(n))
            err = count(&reading, n);
    for (n = wsm_xml_first(element); n && !err; n = wsm_xml_next(n))
        if (!is_ignored(n))
            err = read_property(&reading, instance, n);
    if (!err)
        *result = instance;
    return err;
}

wsm_error_t *cim_xml_read_instance(cim_xml_reader_t *reader,
                                   cim_instance_t **instance,
                                   const xmlNode *element,
                                   const cim_class_t *cls, const char *ns)
{
    const char *also = NULL;
    reader->problem = CIM_XML_OK;
    wsm_error_t *err = class_of_type(reader, &cls, &also, element);
    if (err)
        return err;
    return read_content(reader, instance, element, cls, ns, also);
}
