/* wsm_epr.c - endpoint references: reading and writing. */
#include "wsm_epr.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "wsm_limits.h"
#include "wsm_names.h"

#define MAX_SELECTORS 64
#define MAX_NESTING   8

static const struct {
    const char *ns;
    const char *anonymous;
} addressings[] = {
    [WSM_ADDRESSING_2004] = {WSM_NS_WSA, WSM_ANONYMOUS},
    [WSM_ADDRESSING_2005] = {WSM_NS_WSA10, WSM_ANONYMOUS10},
};

const char *wsm_addressing_ns(wsm_addressing_e addressing)
{
    return addressings[addressing].ns;
}

const char *wsm_addressing_anonymous(wsm_addressing_e addressing)
{
    return addressings[addressing].anonymous;
}

int wsm_longer_than(const char *text, apr_size_t limit)
{
    apr_size_t length = strlen(text);
    if (length <= limit)
        return 0;
    apr_size_t characters = 0;
    for (; *text; text++)
        characters += ((unsigned char)*text & 0xc0) != 0x80;
    return characters > limit;
}

const wsm_selector_t *wsm_selector_find(const wsm_selector_t *selectors,
                                        int nselectors, const char *name)
{
    for (int i = 0; i < nselectors; i++)
        if (!strcasecmp(selectors[i].name, name))
            return &selectors[i];
    return NULL;
}

/* ---- reading */

static wsm_error_t *read_epr(wsm_epr_t *epr, const xmlNode *node, int depth,
                             apr_pool_t *pool);

static int is_addressing(const xmlNode *node, const char *name)
{
    return wsm_xml_is(node, WSM_NS_WSA, name) ||
           wsm_xml_is(node, WSM_NS_WSA10, name);
}

/** The value of a selector: a text or a nested reference (R5.1.2.2-5). */
static wsm_error_t *read_value(wsm_selector_t *selector, const xmlNode *node,
                               int depth, apr_pool_t *pool)
{
    const xmlNode *child = wsm_xml_first(node);
    if (!child) {
        selector->value = wsm_xml_text(node, pool);
        if (wsm_longer_than(selector->value, WSM_MAX_VALUE))
            return wsm_fail(pool, WSMAN_E_ENCODING_SELECTOR_LIMIT,
                            "The value of the selector %s is longer than %d "
                            "characters.",
                            selector->name, WSM_MAX_VALUE);
        return NULL;
    }
    if (!is_addressing(child, "EndpointReference") || wsm_xml_next(child))
        return wsm_fail(pool, WSMAN_E_INVALID_SELECTORS,
                        "The selector %s holds neither a text nor one "
                        "EndpointReference.",
                        selector->name);
    wsm_epr_t *epr = apr_pcalloc(pool, sizeof(*epr));
    selector->epr = epr;
    return read_epr(epr, child, depth + 1, pool);
}

static wsm_error_t *read_selector(wsm_selector_t *selector, const xmlNode *node,
                                  int depth, apr_pool_t *pool)
{
    if (!wsm_xml_is(node, WSM_NS_WSMAN, "Selector"))
        return wsm_fail(pool, WSMAN_E_INVALID_SELECTORS,
                        "A SelectorSet holds the element %s, which is no "
                        "Selector.",
                        (const char *)node->name);
    selector->name = wsm_xml_attr(node, NULL, "Name", pool);
    if (!selector->name || !*selector->name)
        return wsm_fail(pool, WSMAN_E_INVALID_SELECTORS,
                        "A Selector has no Name.");
    if (wsm_longer_than(selector->name, WSM_MAX_NAME))
        return wsm_fail(pool, WSMAN_E_ENCODING_SELECTOR_LIMIT,
                        "The name of a selector is longer than %d characters.",
                        WSM_MAX_NAME);
    return read_value(selector, node, depth, pool);
}

static wsm_error_t *read_selectors(const wsm_selector_t **selectors,
                                   int *nselectors, const xmlNode *set,
                                   int depth, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 2, sizeof(wsm_selector_t));
    for (const xmlNode *n = wsm_xml_first(set); n; n = wsm_xml_next(n)) {
        if (list->nelts == MAX_SELECTORS)
            return wsm_fail(pool, WSMAN_E_ENCODING_SELECTOR_LIMIT,
                            "There are more than %d selectors.", MAX_SELECTORS);
        wsm_selector_t selector = {NULL, NULL, NULL};
        wsm_error_t *err = read_selector(&selector, n, depth, pool);
        if (err)
            return err;
        if (wsm_selector_find((const wsm_selector_t *)list->elts, list->nelts,
                              selector.name))
            return wsm_fail(pool, WSMAN_E_DUPLICATE_SELECTORS,
                            "The selector %s is there twice.", selector.name);
        APR_ARRAY_PUSH(list, wsm_selector_t) = selector;
    }
    *selectors = (const wsm_selector_t *)list->elts;
    *nselectors = list->nelts;
    return NULL;
}

wsm_error_t *wsm_selectors_read(const wsm_selector_t **selectors,
                                int *nselectors, const xmlNode *set,
                                apr_pool_t *pool)
{
    return read_selectors(selectors, nselectors, set, 0, pool);
}

static wsm_error_t *read_uri(const char **uri, const xmlNode *node,
                             apr_pool_t *pool)
{
    *uri = wsm_xml_text(node, pool);
    if (wsm_longer_than(*uri, WSM_MAX_URI))
        return wsm_fail(pool, WSMAN_E_ENCODING_URI_LIMIT,
                        "The %s of an endpoint reference is longer than %d "
                        "characters.",
                        (const char *)node->name, WSM_MAX_URI);
    return NULL;
}

static wsm_error_t *read_parameters(wsm_epr_t *epr, const xmlNode *parameters,
                                    int depth, apr_pool_t *pool)
{
    wsm_error_t *err = NULL;
    const xmlNode *n = wsm_xml_first(parameters);
    for (; n && !err; n = wsm_xml_next(n)) {
        if (wsm_xml_is(n, WSM_NS_WSMAN, "ResourceURI"))
            err = read_uri(&epr->resource_uri, n, pool);
        else if (wsm_xml_is(n, WSM_NS_WSMAN, "SelectorSet"))
            err = read_selectors(&epr->selectors, &epr->nselectors, n, depth,
                                 pool);
    }
    return err;
}

static wsm_error_t *read_epr(wsm_epr_t *epr, const xmlNode *node, int depth,
                             apr_pool_t *pool)
{
    wsm_error_t *err = NULL;
    memset(epr, 0, sizeof(*epr));
    if (depth > MAX_NESTING)
        return wsm_fail(pool, WSMAN_E_ENCODING_SELECTOR_LIMIT,
                        "Endpoint references are nested deeper than %d.",
                        MAX_NESTING);
    const xmlNode *n = wsm_xml_first(node);
    for (; n && !err; n = wsm_xml_next(n)) {
        if (is_addressing(n, "Address"))
            err = read_uri(&epr->address, n, pool);
        else if (is_addressing(n, "ReferenceParameters") ||
                 is_addressing(n, "ReferenceProperties"))
            err = read_parameters(epr, n, depth, pool);
    }
    return err;
}

wsm_error_t *wsm_epr_read(wsm_epr_t *epr, const xmlNode *node, apr_pool_t *pool)
{
    return read_epr(epr, node, 0, pool);
}

/* ---- writing */

static void write_selector(wsm_writer_t *out, const wsm_selector_t *selector,
                           wsm_addressing_e addressing)
{
    wsm_write_lit(out, "<w:Selector Name=\"");
    wsm_write_attr(out, selector->name);
    wsm_write_lit(out, "\">");
    if (selector->epr) {
        wsm_write_lit(out, "<a:EndpointReference>");
        wsm_epr_write(out, selector->epr, addressing);
        wsm_write_lit(out, "</a:EndpointReference>");
    } else
        wsm_write_text(out, selector->value);
    wsm_write_lit(out, "</w:Selector>");
}

static void write_selectors(wsm_writer_t *out, const wsm_epr_t *epr,
                            wsm_addressing_e addressing)
{
    if (epr->nselectors == 0)
        return;
    wsm_write_lit(out, "<w:SelectorSet>");
    for (int i = 0; i < epr->nselectors; i++)
        write_selector(out, &epr->selectors[i], addressing);
    wsm_write_lit(out, "</w:SelectorSet>");
}

void wsm_epr_write(wsm_writer_t *out, const wsm_epr_t *epr,
                   wsm_addressing_e addressing)
{
    wsm_write_lit(out, "<a:Address>");
    wsm_write_text(out, epr->address ? epr->address
                                     : wsm_addressing_anonymous(addressing));
    wsm_write_lit(out, "</a:Address>");
    if (!epr->resource_uri && epr->nselectors == 0)
        return;
    wsm_write_lit(out, "<a:ReferenceParameters>");
    if (epr->resource_uri) {
        wsm_write_lit(out, "<w:ResourceURI>");
        wsm_write_text(out, epr->resource_uri);
        wsm_write_lit(out, "</w:ResourceURI>");
    }
    write_selectors(out, epr, addressing);
    wsm_write_lit(out, "</a:ReferenceParameters>");
}
