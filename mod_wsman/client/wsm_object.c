/* wsm_object.c - elements as names and values. */
#include "wsm_object.h"

#include <string.h>
#include <strings.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "../soap/wsm_names.h"
#include "wsm_resource.h"

/** Types whose values are numbers or booleans: XSD's, and those of DSP8004
 *  without "cim" in front and "_Type" behind. */
static const struct {
    const char *name;
    wsm_value_e kind;
} types[] = {
    {"boolean", WSM_VALUE_BOOLEAN},      {"byte", WSM_VALUE_NUMBER},
    {"unsignedByte", WSM_VALUE_NUMBER},  {"short", WSM_VALUE_NUMBER},
    {"unsignedShort", WSM_VALUE_NUMBER}, {"int", WSM_VALUE_NUMBER},
    {"unsignedInt", WSM_VALUE_NUMBER},   {"long", WSM_VALUE_NUMBER},
    {"unsignedLong", WSM_VALUE_NUMBER},  {"float", WSM_VALUE_NUMBER},
    {"double", WSM_VALUE_NUMBER},        {"integer", WSM_VALUE_NUMBER},
    {"decimal", WSM_VALUE_NUMBER},
};

static const char *const datetimes[] = {"Datetime", "CIM_DateTime", "Interval",
                                        "Date", "Time"};

typedef struct gather_t {
    apr_array_header_t *names; /* of const char *, in order */
    apr_hash_t *values;        /* name -> array of wsm_value_t */
    apr_pool_t *pool;
} gather_t;

static wsm_value_t *add(gather_t *self, const char *name)
{
    apr_array_header_t *list =
        apr_hash_get(self->values, name, APR_HASH_KEY_STRING);
    if (!list) {
        name = apr_pstrdup(self->pool, name);
        list = apr_array_make(self->pool, 1, sizeof(wsm_value_t));
        apr_hash_set(self->values, name, APR_HASH_KEY_STRING, list);
        APR_ARRAY_PUSH(self->names, const char *) = name;
    }
    return memset(apr_array_push(list), 0, sizeof(wsm_value_t));
}

/** The local name of xsi:type, or NULL. */
static const char *type_of(const xmlNode *node, apr_pool_t *pool)
{
    const char *type = wsm_xml_attr(node, WSM_NS_XSI, "type", pool);
    const char *colon = type ? strchr(type, ':') : NULL;
    return colon ? colon + 1 : type;
}

/** "Name_Type", as schemas call the type of an element (DSP0230), without its
 *  end. */
static const char *without_suffix(const char *type, apr_pool_t *pool)
{
    size_t length = strlen(type);
    if (length > 5 && !strcmp(type + length - 5, "_Type"))
        return apr_pstrmemdup(pool, type, length - 5);
    return type;
}

static wsm_value_e kind_of_type(const char *type, apr_pool_t *pool)
{
    const char *name = type ? without_suffix(type, pool) : "";
    if (!strncmp(name, "cim", 3))
        name += 3;
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (!strcasecmp(types[i].name, name))
            return types[i].kind;
    return WSM_VALUE_TEXT;
}

/** An attribute that says something of the object: not xsi:, not xml:. */
static int is_property(const xmlAttr *attr)
{
    const char *ns = attr->ns ? (const char *)attr->ns->href : "";
    return strcmp(ns, WSM_NS_XSI) && strcmp(ns, WSM_NS_XML) &&
           strcmp(ns, WSM_NS_SOAP);
}

static int has_properties(const xmlNode *node)
{
    for (const xmlAttr *attr = node->properties; attr; attr = attr->next)
        if (is_property(attr))
            return 1;
    return 0;
}

/** The text of a datetime: one child, in the namespace of the CIM types. */
static const char *datetime(const xmlNode *node, apr_pool_t *pool)
{
    const xmlNode *child = wsm_xml_first(node);
    if (!child || wsm_xml_next(child))
        return NULL;
    for (size_t i = 0; i < sizeof(datetimes) / sizeof(*datetimes); i++)
        if (wsm_xml_is(child, WSM_NS_CIM, datetimes[i]))
            return wsm_xml_text(child, pool);
    return NULL;
}

static int is_addressing(const xmlNode *node)
{
    const char *ns = wsm_xml_ns(node);
    return !strcmp(ns, WSM_NS_WSA) || !strcmp(ns, WSM_NS_WSA10);
}

const char *wsm_object_reference(const xmlNode *element, apr_pool_t *pool)
{
    const xmlNode *child = wsm_xml_first(element);
    wsm_epr_t epr = {0};
    if (!child || !is_addressing(child))
        return NULL;
    if (wsm_xml_is(child, NULL, "EndpointReference"))
        element = child;
    if (wsm_epr_read(&epr, element, pool) || !epr.resource_uri)
        return NULL;
    return wsm_resource_text(&epr, pool);
}

static void read_value(wsm_value_t *value, const xmlNode *node,
                       apr_pool_t *pool)
{
    value->kind = WSM_VALUE_NULL;
    if (wsm_xml_nil(node, pool))
        return;
    if (!wsm_xml_first(node) && !has_properties(node)) {
        value->kind = kind_of_type(type_of(node, pool), pool);
        value->text = value->kind == WSM_VALUE_TEXT
                          ? wsm_xml_raw_text(node, pool)
                          : wsm_xml_text(node, pool);
        return;
    }
    value->kind = WSM_VALUE_TEXT;
    if ((value->text = datetime(node, pool)))
        return;
    value->kind = WSM_VALUE_REFERENCE;
    if ((value->text = wsm_object_reference(node, pool)))
        return;
    value->kind = WSM_VALUE_OBJECT;
    value->object = wsm_object_read(node, pool);
}

static void gather_attributes(gather_t *self, const xmlNode *element)
{
    for (const xmlAttr *attr = element->properties; attr; attr = attr->next) {
        wsm_value_t *value;
        if (!is_property(attr))
            continue;
        value = add(self, apr_pstrcat(self->pool, "@", attr->name, NULL));
        value->kind = WSM_VALUE_TEXT;
        value->text = wsm_xml_attr(
            element, attr->ns ? (const char *)attr->ns->href : NULL,
            (const char *)attr->name, self->pool);
    }
}

static void gather_text(gather_t *self, const xmlNode *element)
{
    const char *text = wsm_xml_text(element, self->pool);
    wsm_value_t *value;
    if (wsm_xml_first(element) || !*text)
        return;
    value = add(self, "#text");
    value->kind = WSM_VALUE_TEXT;
    value->text = text;
}

const wsm_object_t *wsm_object_read(const xmlNode *element, apr_pool_t *pool)
{
    gather_t self = {apr_array_make(pool, 16, sizeof(const char *)),
                     apr_hash_make(pool), pool};
    wsm_object_t *object = apr_pcalloc(pool, sizeof(*object));
    const char *type = type_of(element, pool);
    wsm_property_t *properties;
    gather_attributes(&self, element);
    gather_text(&self, element);
    for (const xmlNode *node = wsm_xml_first(element); node;
         node = wsm_xml_next(node))
        read_value(add(&self, (const char *)node->name), node, pool);
    properties = apr_palloc(pool, sizeof(*properties) *
                                      (apr_size_t)(self.names->nelts + 1));
    for (int i = 0; i < self.names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(self.names, i, const char *);
        const apr_array_header_t *list =
            apr_hash_get(self.values, name, APR_HASH_KEY_STRING);
        properties[i].name = name;
        properties[i].values = (const wsm_value_t *)(const void *)list->elts;
        properties[i].nvalues = list->nelts;
    }
    object->class_name = type ? without_suffix(type, pool)
                              : apr_pstrdup(pool, (const char *)element->name);
    object->properties = properties;
    object->nproperties = self.names->nelts;
    return object;
}

const wsm_property_t *wsm_object_property(const wsm_object_t *object,
                                          const char *name)
{
    for (int i = 0; i < object->nproperties; i++)
        if (!strcasecmp(object->properties[i].name, name))
            return &object->properties[i];
    return NULL;
}

const wsm_object_t *wsm_object_with(const wsm_object_t *object,
                                    const char *name, const char *text,
                                    apr_pool_t *pool)
{
    wsm_object_t *copy = apr_pmemdup(pool, object, sizeof(*object));
    wsm_property_t *properties = apr_palloc(
        pool, sizeof(*properties) * (apr_size_t)(object->nproperties + 1));
    wsm_value_t *value = apr_pcalloc(pool, sizeof(*value));
    value->kind = WSM_VALUE_TEXT;
    value->text = text;
    properties[0] = (wsm_property_t){name, value, 1};
    if (object->nproperties)
        memcpy(properties + 1, object->properties,
               sizeof(*properties) * (apr_size_t)object->nproperties);
    copy->properties = properties;
    copy->nproperties++;
    return copy;
}

const wsm_object_t *wsm_object_select(const wsm_object_t *object,
                                      const char *const *names, int nnames,
                                      apr_pool_t *pool)
{
    wsm_object_t *copy = apr_pmemdup(pool, object, sizeof(*object));
    wsm_property_t *properties =
        apr_pcalloc(pool, sizeof(*properties) * (apr_size_t)(nnames + 1));
    for (int i = 0; i < nnames; i++) {
        const wsm_property_t *found = wsm_object_property(object, names[i]);
        if (found)
            properties[i] = *found;
        properties[i].name = names[i];
    }
    copy->properties = properties;
    copy->nproperties = nnames;
    return copy;
}
