/* op_invoke.c - custom actions: methods of classes (DSP0226 9, DSP0227 11).
 */
#include <strings.h>

#include <apr_strings.h>

#include "../om/cim_manager.h"
#include "../soap/wsm_names.h"
#include "op_target.h"

static wsman_code_e parameter_code(cim_xml_problem_e problem)
{
    switch (problem) {
    case CIM_XML_BAD_NAMESPACE:
    case CIM_XML_UNKNOWN:
        return WSMAN_E_PARAMETER_INVALID_NAME;
    case CIM_XML_BAD_TYPE:
        return WSMAN_E_PARAMETER_TYPE_MISMATCH;
    case CIM_XML_BAD_VALUE:
        return WSMAN_E_PARAMETER_INVALID_VALUE;
    case CIM_XML_MISSING:
    case CIM_XML_OK:
        break;
    }
    return WSMAN_E_INVALID_PARAMETER;
}

static wsm_error_t *check_required(const wsm_exchange_t *ex,
                                   const cim_method_t *method,
                                   const cim_instance_t *in)
{
    apr_uint32_t i;

    for (i = 0; i < in->nvalues; i++) {
        const cim_property_t *parameter = &in->cls->properties[i];

        if (parameter->required &&
            (in->values[i].type == CIM_NONE || in->values[i].is_null))
            return wsm_fail(ex->pool, WSMAN_E_INVALID_PARAMETER,
                            "The method %s needs the parameter %s.",
                            method->name, parameter->name);
    }
    return NULL;
}

/* An absent body is one without arguments. */
static wsm_error_t *read_arguments(cim_instance_t **in, wsm_exchange_t *ex,
                                   const cim_method_t *method)
{
    cim_xml_reader_t reader = {.schema = ex->call->endpoint->schema,
                               .default_ns = ex->cls->ns,
                               .pool = ex->pool};
    const char *expected = apr_pstrcat(ex->pool, method->name, "_INPUT", NULL);
    const xmlNode *body = ex->request->body;
    wsm_error_t *err = NULL;

    *in = cim_instance_make(method->input, ex->pool);
    if (body != NULL) {
        if (strcasecmp((const char *)body->name, expected) != 0 ||
            strcasecmp(wsm_xml_ns(body), ex->request->resource_uri) != 0)
            return wsm_fail(ex->pool, WSMAN_E_PARAMETER_INVALID_NAME,
                            "The body of %s must be the element %s in the "
                            "namespace of the resource.",
                            method->name, expected);
        err = cim_xml_read_instance(&reader, in, body, method->input,
                                    wsm_xml_ns(body));
    }
    if (err != NULL)
        return wsm_error_make(ex->pool, parameter_code(reader.problem),
                              APR_SUCCESS, NULL, "%s", err->message);
    cim_instance_defaults(*in);
    return check_required(ex, method, *in);
}

static wsm_error_t *find_method(const cim_method_t **method,
                                const wsm_exchange_t *ex)
{
    wsm_error_t *err;

    *method = cim_class_method(ex->cls, ex->method);
    if (*method != NULL)
        return NULL;
    err = wsm_fail(ex->pool, WSMAN_E_ACTION_NOT_SUPPORTED,
                   "The class %s has no method %s.", ex->cls->name, ex->method);
    err->cim_status = WSMAN_CIM_METHOD_NOT_FOUND;
    return wsm_error_detail(err, ex->request->action, ex->pool);
}

/* A static method may be called on an instance as well as on the class. */
static wsm_error_t *method_path(cim_path_t *path, wsm_exchange_t *ex,
                                const cim_method_t *method)
{
    wsm_error_t *err;

    if (method->is_static) {
        err = op_class_path(path, ex);
        if (err == NULL)
            return NULL;
    }
    return op_instance_path(path, ex);
}

wsm_error_t *op_invoke(wsm_exchange_t *ex)
{
    const cim_method_t *method;
    cim_instance_t *in, *out;
    wsm_reply_t reply = {.request = ex->request};
    cim_path_t path;
    wsm_error_t *err = find_method(&method, ex);

    if (err == NULL)
        err = method_path(&path, ex, method);
    if (err == NULL)
        err = read_arguments(&in, ex, method);
    if (err != NULL)
        return err;
    out = cim_instance_make(method->output, ex->pool);
    err = cim_manager_invoke(ex->call, ex->cls, &path, method, in, out);
    if (err != NULL)
        return err;
    reply.headers = op_requested_epr(ex, NULL);
    wsm_reply_begin(ex->out, &reply);
    cim_xml_write_arguments(
        ex->out, apr_pstrcat(ex->pool, method->name, "_OUTPUT", NULL), out,
        ex->cls, ex->cls->ns, &ex->style, ex->pool);
    wsm_reply_end(ex->out);
    if (wsm_writer_full(ex->out))
        return wsm_fail(ex->pool, WSMAN_E_ENCODING_UNREPORTABLE_SUCCESS,
                        "The method %s has run; its result does not fit the "
                        "MaxEnvelopeSize.",
                        method->name);
    return NULL;
}
