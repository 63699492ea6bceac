/* op_target.c - paths and instances of requests.
 */
#include "op_target.h"

#include <string.h>
#include <strings.h>

#include "../om/cim_manager.h"
#include "../soap/wsm_names.h"

/* Bound of the header with an EPR: selectors are bounded where they are read,
 * so it fits always. */
#define MAX_EPR (256 * 1024)

static void request_epr(wsm_epr_t *epr, const wsm_exchange_t *ex)
{
    memset(epr, 0, sizeof(*epr));
    epr->resource_uri = ex->request->resource_uri;
    epr->selectors = ex->request->selectors;
    epr->nselectors = ex->request->nselectors;
}

static wsm_error_t *read_path(cim_path_t *path, wsm_exchange_t *ex,
                              cim_xml_keys_e keys)
{
    wsm_epr_t epr;

    request_epr(&epr, ex);
    return cim_xml_path_of_epr(path, NULL, &epr, keys,
                               ex->call->endpoint->schema, ex->style.default_ns,
                               ex->pool);
}

static int is_singleton(const wsm_exchange_t *ex)
{
    const wsm_request_t *request = ex->request;
    int i;

    for (i = 0; i < request->nselectors; i++) {
        if (strcasecmp(request->selectors[i].name, "__cimnamespace") != 0)
            return 0;
    }
    return ex->cls->nkeys > 0 &&
           cim_qualifier_true(ex->cls->qualifiers, ex->cls->nqualifiers,
                              "Singleton");
}

wsm_error_t *op_instance_path(cim_path_t *path, wsm_exchange_t *ex)
{
    const cim_instance_t *instance;
    const cim_path_t *found;
    wsm_error_t *err;

    if (!is_singleton(ex))
        return read_path(path, ex, CIM_XML_KEYS_ALL);
    err = read_path(path, ex, CIM_XML_KEYS_NONE);
    if (err == NULL)
        err = cim_manager_get(ex->call, ex->cls, path, &instance);
    if (err != NULL)
        return err;
    found = cim_instance_path(instance, ex->pool);
    if (found == NULL)
        return wsm_fail(ex->pool, WSMAN_E_INTERNAL_ERROR,
                        "The instance of %s has no keys.", ex->cls->name);
    *path = *found;
    return NULL;
}

wsm_error_t *op_class_path(cim_path_t *path, wsm_exchange_t *ex)
{
    return read_path(path, ex, CIM_XML_KEYS_NONE);
}

wsman_code_e op_representation_code(cim_xml_problem_e problem)
{
    switch (problem) {
    case CIM_XML_BAD_NAMESPACE:
        return WSMAN_E_REPRESENTATION_INVALID_NAMESPACE;
    case CIM_XML_MISSING:
        return WSMAN_E_REPRESENTATION_MISSING_VALUES;
    case CIM_XML_UNKNOWN:
    case CIM_XML_BAD_TYPE:
    case CIM_XML_BAD_VALUE:
        return WSMAN_E_REPRESENTATION_INVALID_VALUES;
    case CIM_XML_OK:
        break;
    }
    return WSMAN_E_INVALID_REPRESENTATION;
}

/* The element must be that of the addressed class, in its namespace. */
static wsm_error_t *check_element(const xmlNode *element,
                                  const wsm_exchange_t *ex)
{
    if (element == NULL)
        return wsm_fail(ex->pool, WSMAN_E_REPRESENTATION_MISSING_VALUES,
                        "The body has no instance of %s.", ex->cls->name);
    if (strcasecmp(wsm_xml_ns(element), ex->request->resource_uri) != 0)
        return wsm_fail(ex->pool, WSMAN_E_REPRESENTATION_INVALID_NAMESPACE,
                        "The element %s is in the namespace \"%s\"; that of "
                        "the resource is \"%s\".",
                        (const char *)element->name, wsm_xml_ns(element),
                        ex->request->resource_uri);
    if (strcasecmp((const char *)element->name, ex->cls->name) != 0)
        return wsm_fail(ex->pool, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                        "The element %s is no instance of %s.",
                        (const char *)element->name, ex->cls->name);
    return NULL;
}

wsm_error_t *op_read_element(cim_instance_t **instance, const xmlNode *element,
                             wsm_exchange_t *ex)
{
    cim_xml_reader_t reader = {.schema = ex->call->endpoint->schema,
                               .default_ns = ex->cls->ns,
                               .pool = ex->pool};
    wsm_error_t *err = check_element(element, ex);

    if (err != NULL)
        return err;
    err = cim_xml_read_instance(&reader, instance, element, ex->cls,
                                wsm_xml_ns(element));
    if (err == NULL)
        return NULL;
    return wsm_error_make(ex->pool, op_representation_code(reader.problem),
                          APR_SUCCESS, NULL, "%s", err->message);
}

wsm_error_t *op_read_instance(cim_instance_t **instance, wsm_exchange_t *ex)
{
    return op_read_element(instance, ex->request->body, ex);
}

const char *op_requested_epr(wsm_exchange_t *ex, const cim_path_t *path)
{
    wsm_writer_t *out;
    wsm_epr_t epr;

    if (!ex->request->request_epr)
        return NULL;
    if (path == NULL)
        return "<w:RequestedEPR><w:EPRUnknown/></w:RequestedEPR>";
    out = wsm_writer_make(MAX_EPR, ex->pool);
    cim_xml_epr_of_path(&epr, path, &ex->style, ex->pool);
    wsm_write_lit(out, "<w:RequestedEPR><a:EndpointReference>");
    wsm_epr_write(out, &epr, ex->request->addressing);
    wsm_write_lit(out, "</a:EndpointReference></w:RequestedEPR>");
    return wsm_writer_string(out, ex->pool);
}
