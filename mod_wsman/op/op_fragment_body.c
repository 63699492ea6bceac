/* op_fragment_body.c - w:XmlFragment in requests (R7.7-5): elements of a
 * property, or its text.
 */
#include <string.h>
#include <strings.h>

#include "../cim/cim_uri.h"
#include "../soap/wsm_names.h"
#include "op_fragment.h"
#include "op_target.h"

static wsm_error_t *invalid(const wsm_exchange_t *ex, const char *why)
{
    return wsm_fail(ex->pool, WSMAN_E_REPRESENTATION_INVALID_FRAGMENT, "%s",
                    why);
}

wsm_error_t *op_fragment_body(const xmlNode **body, const wsm_exchange_t *ex)
{
    *body = ex->request->body;
    if (*body == NULL || !wsm_xml_is(*body, WSM_NS_WSMAN, "XmlFragment"))
        return invalid(ex, "The body has no wsman:XmlFragment.");
    return NULL;
}

static wsm_error_t *read_instance(cim_instance_t **instance,
                                  const xmlNode *element,
                                  const cim_class_t *cls, const char *ns,
                                  const wsm_exchange_t *ex)
{
    cim_xml_reader_t reader = {.schema = ex->call->endpoint->schema,
                               .default_ns = ex->cls->ns,
                               .pool = ex->pool};
    wsm_error_t *err =
        cim_xml_read_instance(&reader, instance, element, cls, ns);

    if (err == NULL)
        return NULL;
    return wsm_error_make(ex->pool, op_representation_code(reader.problem),
                          APR_SUCCESS, NULL, "%s", err->message);
}

/* Elements are in the namespace of their class, or of one above it, or in none
 * as in the examples of DSP0226. */
static int is_namespace(const char *ns, const cim_class_t *cls,
                        apr_pool_t *pool)
{
    cim_uri_t uri;

    return *ns == '\0' || (cim_uri_read(&uri, ns, pool) &&
                           cim_class_is_a(cls, uri.class_name));
}

static int has_text(const xmlNode *element)
{
    const xmlNode *child;

    for (child = element->children; child != NULL; child = child->next) {
        if (child->type != XML_ELEMENT_NODE && !xmlIsBlankNode(child))
            return 1;
    }
    return 0;
}

wsm_error_t *op_fragment_elements(cim_value_t *value, const cim_class_t *cls,
                                  apr_uint32_t index, const xmlNode *body,
                                  const wsm_exchange_t *ex)
{
    const cim_property_t *property = &cls->properties[index];
    const xmlNode *child = wsm_xml_first(body);
    const char *ns = child ? wsm_xml_ns(child) : "";
    cim_instance_t *instance;
    wsm_error_t *err;

    if (has_text(body))
        return invalid(ex, "The fragment has text where the expression names "
                           "an element.");
    if (!is_namespace(ns, cls, ex->pool))
        return wsm_fail(ex->pool, WSMAN_E_REPRESENTATION_INVALID_NAMESPACE,
                        "The element %s is in the namespace \"%s\", which is "
                        "not that of %s.",
                        (const char *)child->name, ns, cls->name);
    for (; child != NULL; child = wsm_xml_next(child)) {
        if (strcasecmp((const char *)child->name, property->name) != 0)
            return wsm_fail(ex->pool, WSMAN_E_REPRESENTATION_INVALID_FRAGMENT,
                            "The fragment has the element %s; the expression "
                            "names %s.",
                            (const char *)child->name, property->name);
    }
    err = read_instance(&instance, body, cls, ns, ex);
    if (err != NULL)
        return err;
    *value = instance->values[index];
    if (value->type != CIM_NONE)
        return NULL;
    if (!property->is_array)
        return invalid(ex, "The fragment is empty.");
    *value = cim_array(property->type, NULL, 0);
    return NULL;
}

/* The text is read as if its element were around it. */
wsm_error_t *op_fragment_text(cim_value_t *value, const cim_class_t *cls,
                              apr_uint32_t index, const xmlNode *body,
                              const wsm_exchange_t *ex)
{
    const char *name = cls->properties[index].name;
    wsm_writer_t *out;
    cim_instance_t *instance;
    const char *text;
    xmlDocPtr doc;
    wsm_error_t *err;

    if (wsm_xml_first(body) != NULL)
        return invalid(ex, "The fragment has elements where the expression "
                           "names a text.");
    text = wsm_xml_raw_text(body, ex->pool);
    out = wsm_writer_make(8 * strlen(text) + 4096, ex->pool);
    wsm_write_strs(out, "<f><", name, ">", NULL);
    wsm_write_text(out, text);
    wsm_write_strs(out, "</", name, "></f>", NULL);
    text = wsm_writer_string(out, ex->pool);
    err = wsm_xml_parse(&doc, text, strlen(text), strlen(text), ex->pool);
    if (err == NULL)
        err = read_instance(&instance, xmlDocGetRootElement(doc), cls, "", ex);
    if (err == NULL)
        *value = instance->values[index];
    return err;
}
