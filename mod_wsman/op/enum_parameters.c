/* enum_parameters.c - the bodies of Enumerate, Pull and Renew, read.
 */
#include "enum_message.h"

#include <string.h>

#include "../base/wsm_text.h"
#include "../soap/wsm_names.h"

static wsm_error_t *bad_element(const wsm_exchange_t *ex, const xmlNode *node)
{
    return wsm_fail(ex->pool, WSMAN_E_SCHEMA_VALIDATION,
                    "The value of %s cannot be used.",
                    (const char *)node->name);
}

wsm_error_t *enum_check_body(const wsm_exchange_t *ex, const char *name)
{
    if (ex->request->body != NULL &&
        wsm_xml_is(ex->request->body, WSM_NS_ENUM, name))
        return NULL;
    return wsm_fail(ex->pool, WSMAN_E_SCHEMA_VALIDATION,
                    "The body must be the element %s of WS-Enumeration.", name);
}

static wsm_error_t *read_number(apr_uint64_t *number, const xmlNode *node,
                                apr_uint64_t max, const wsm_exchange_t *ex)
{
    if (!wsm_text_u64(wsm_xml_text(node, ex->pool), max, number) ||
        *number == 0)
        return bad_element(ex, node);
    return NULL;
}

/* WS-Enumeration's own elements are in n, the ones DSP0226 adds in w. */
static wsm_error_t *read_parameter(enum_parameters_t *parameters,
                                   const xmlNode *node,
                                   const wsm_exchange_t *ex)
{
    apr_uint64_t number = 0;
    wsm_error_t *err = NULL;

    if (wsm_xml_is(node, WSM_NS_WSMAN, "OptimizeEnumeration")) {
        parameters->optimize = 1;
    } else if (wsm_xml_is(node, WSM_NS_WSMAN, "MaxElements") ||
               wsm_xml_is(node, WSM_NS_ENUM, "MaxElements")) {
        err = read_number(&number, node, APR_UINT32_MAX, ex);
        parameters->max_elements = (apr_uint32_t)number;
    } else if (wsm_xml_is(node, WSM_NS_ENUM, "MaxCharacters")) {
        err = read_number(&number, node, APR_UINT32_MAX, ex);
        parameters->max_characters = (apr_size_t)number;
    } else if (wsm_xml_is(node, WSM_NS_ENUM, "MaxTime")) {
        if (!wsm_text_duration(wsm_xml_text(node, ex->pool),
                               &parameters->max_time) ||
            parameters->max_time < 0)
            err = bad_element(ex, node);
    } else if (wsm_xml_is(node, WSM_NS_ENUM, "Expires")) {
        parameters->expires = node;
    } else if (wsm_xml_is(node, WSM_NS_ENUM, "EndTo")) {
        err = wsm_fail(ex->pool, WSMAN_E_UNSUPPORTED_ADDRESSING_MODE,
                       "EnumerationEnd messages are not sent: leave EndTo "
                       "out.");
    }
    return err;
}

/* R8.3-3: not both of the two filters. */
static wsm_error_t *read_filter_element(enum_parameters_t *parameters,
                                        const xmlNode *node,
                                        const wsm_exchange_t *ex)
{
    if (!wsm_xml_is(node, WSM_NS_WSMAN, "Filter") &&
        !wsm_xml_is(node, WSM_NS_ENUM, "Filter"))
        return NULL;
    if (parameters->filter != NULL)
        return wsm_fail(ex->pool, WSMAN_E_CANNOT_PROCESS_FILTER,
                        "An Enumerate has one filter only.");
    parameters->filter = node;
    return NULL;
}

static const struct {
    const char *text;
    wsm_item_e item;
} item_modes[] = {
    {"EnumerateEPR", WSM_ITEM_EPR},
    {"EnumerateObjectAndEPR", WSM_ITEM_OBJECT_AND_EPR},
    {"EnumerateObject", WSM_ITEM_OBJECT},
};

static const struct {
    const char *text;
    wsm_polymorphism_e mode;
} polymorphism_modes[] = {
    {"IncludeSubClassProperties", WSM_POLYMORPHISM_INCLUDE},
    {"ExcludeSubClassProperties", WSM_POLYMORPHISM_EXCLUDE},
    {"None", WSM_POLYMORPHISM_NONE},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static wsm_error_t *read_mode(wsm_context_t *context, const xmlNode *node,
                              const wsm_exchange_t *ex)
{
    const char *text;
    apr_size_t i;

    if (wsm_xml_is(node, WSM_NS_WSMAN, "EnumerationMode")) {
        text = wsm_xml_text(node, ex->pool);
        for (i = 0; i < COUNT(item_modes); i++) {
            if (strcmp(item_modes[i].text, text) == 0) {
                context->item = item_modes[i].item;
                return NULL;
            }
        }
        return wsm_fail(ex->pool, WSMAN_E_UNSUPPORTED_ENUMERATION_MODE,
                        "There is no EnumerationMode \"%s\".", text);
    }
    if (wsm_xml_is(node, WSM_NS_WSMB, "PolymorphismMode")) {
        text = wsm_xml_text(node, ex->pool);
        for (i = 0; i < COUNT(polymorphism_modes); i++) {
            if (strcmp(polymorphism_modes[i].text, text) == 0) {
                context->polymorphism = polymorphism_modes[i].mode;
                return NULL;
            }
        }
        return wsm_fail(ex->pool, WSMAN_E_POLYMORPHISM_MODE,
                        "There is no PolymorphismMode \"%s\".", text);
    }
    return NULL;
}

wsm_error_t *enum_read(enum_parameters_t *parameters, wsm_context_t *context,
                       const wsm_exchange_t *ex)
{
    const xmlNode *node;
    wsm_error_t *err = NULL;

    memset(parameters, 0, sizeof(*parameters));
    parameters->max_time = -1;
    for (node = wsm_xml_first(ex->request->body); node != NULL && err == NULL;
         node = wsm_xml_next(node)) {
        err = read_parameter(parameters, node, ex);
        if (err == NULL && context != NULL)
            err = read_filter_element(parameters, node, ex);
        if (err == NULL && context != NULL)
            err = read_mode(context, node, ex);
    }
    return err;
}

wsm_error_t *enum_set_expiry(wsm_context_t *context, const xmlNode *expires,
                             const wsm_exchange_t *ex)
{
    apr_time_t now = ex->call->now;
    apr_time_t latest = now + ex->call->endpoint->limits.enum_timeout;
    apr_int64_t length;
    const char *text;

    context->expires = latest;
    if (expires == NULL)
        return NULL;
    text = wsm_xml_text(expires, ex->pool);
    if (wsm_text_duration(text, &length)) {
        if (length > 0 && length < latest - now)
            context->expires = now + length;
        if (length > 0)
            return NULL;
    } else if (wsm_text_datetime(text, &context->expires, NULL)) {
        if (context->expires > latest)
            context->expires = latest;
        if (context->expires > now)
            return NULL;
    }
    return wsm_fail(ex->pool, WSMAN_E_ENUM_INVALID_EXPIRATION,
                    "The expiration time \"%s\" is not in the future.", text);
}
