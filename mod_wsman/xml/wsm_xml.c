/* wsm_xml.c - walking a tree. */
#include "wsm_xml.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

/* xml/ is the floor below soap/, where these names are kept for all others. */
#define NS_XML "http://www.w3.org/XML/1998/namespace"
#define NS_XSI "http://www.w3.org/2001/XMLSchema-instance"

static const char *text_of(const xmlChar *text)
{
    return (const char *)text;
}

const char *wsm_xml_ns(const xmlNode *node)
{
    return node->ns && node->ns->href ? text_of(node->ns->href) : "";
}

int wsm_xml_is(const xmlNode *node, const char *ns, const char *name)
{
    return node && node->type == XML_ELEMENT_NODE &&
           !strcmp(text_of(node->name), name) &&
           (!ns || !strcmp(wsm_xml_ns(node), ns));
}

static const xmlNode *element_from(const xmlNode *node)
{
    while (node && node->type != XML_ELEMENT_NODE)
        node = node->next;
    return node;
}

const xmlNode *wsm_xml_first(const xmlNode *parent)
{
    return element_from(parent->children);
}

const xmlNode *wsm_xml_next(const xmlNode *node)
{
    return element_from(node->next);
}

const xmlNode *wsm_xml_child(const xmlNode *parent, const char *ns,
                             const char *name)
{
    const xmlNode *node = wsm_xml_first(parent);
    while (node && !wsm_xml_is(node, ns, name))
        node = wsm_xml_next(node);
    return node;
}

const xmlNode *wsm_xml_again(const xmlNode *node)
{
    const char *ns = wsm_xml_ns(node);
    const char *name = text_of(node->name);
    do {
        node = wsm_xml_next(node);
    } while (node && !wsm_xml_is(node, ns, name));
    return node;
}

/* ---- text */

/** The next node in document order below `top`, or NULL. */
static const xmlNode *walk(const xmlNode *node, const xmlNode *top)
{
    if (node->type == XML_ELEMENT_NODE && node->children)
        return node->children;
    while (!node->next) {
        node = node->parent;
        if (node == top)
            return NULL;
    }
    return node->next;
}

static int is_text(const xmlNode *node)
{
    return (node->type == XML_TEXT_NODE ||
            node->type == XML_CDATA_SECTION_NODE) &&
           node->content;
}

/** All text below; *length without the NUL.  Not copied if it is in one
 *  piece. */
static const char *gather(const xmlNode *top, apr_size_t *length,
                          apr_pool_t *pool)
{
    const xmlNode *only = top->children;
    *length = 0;
    if (!only)
        return "";
    if (!only->next && is_text(only)) {
        *length = strlen(text_of(only->content));
        return text_of(only->content);
    }
    for (const xmlNode *n = only; n; n = walk(n, top))
        if (is_text(n))
            *length += strlen(text_of(n->content));
    char *text = apr_palloc(pool, *length + 1);
    char *at = text;
    for (const xmlNode *n = only; n; n = walk(n, top))
        if (is_text(n))
            at = stpcpy(at, text_of(n->content));
    *at = '\0';
    return text;
}

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char *wsm_xml_text(const xmlNode *node, apr_pool_t *pool)
{
    apr_size_t length;
    const char *text = gather(node, &length, pool);
    while (length > 0 && is_space(*text)) {
        text++;
        length--;
    }
    while (length > 0 && is_space(text[length - 1]))
        length--;
    return apr_pstrmemdup(pool, text, length);
}

char *wsm_xml_raw_text(const xmlNode *node, apr_pool_t *pool)
{
    apr_size_t length;
    const char *text = gather(node, &length, pool);
    return apr_pstrmemdup(pool, text, length);
}

/* ---- attributes and names */

const char *wsm_xml_attr(const xmlNode *node, const char *ns, const char *name,
                         apr_pool_t *pool)
{
    for (const xmlAttr *a = node->properties; a; a = a->next) {
        const char *href = a->ns ? text_of(a->ns->href) : NULL;
        if (strcmp(text_of(a->name), name) != 0 ||
            (ns ? !href || strcmp(href, ns) != 0 : href != NULL))
            continue;
        apr_size_t length;
        const char *value = gather((const xmlNode *)a, &length, pool);
        return apr_pstrmemdup(pool, value, length);
    }
    return NULL;
}

int wsm_xml_nil(const xmlNode *node, apr_pool_t *pool)
{
    if (!node->properties)
        return 0;
    const char *nil = wsm_xml_attr(node, NS_XSI, "nil", pool);
    return nil && (!strcasecmp(nil, "true") || !strcmp(nil, "1"));
}

static int same_prefix(const xmlChar *declared, const char *prefix)
{
    return declared ? !strcmp(text_of(declared), prefix) : !*prefix;
}

/** The namespace that a prefix ("" for none) means at `node`, or NULL. */
static const char *resolve(const xmlNode *node, const char *prefix)
{
    if (!strcmp(prefix, "xml"))
        return NS_XML;
    for (; node && node->type == XML_ELEMENT_NODE; node = node->parent)
        for (const xmlNs *ns = node->nsDef; ns; ns = ns->next)
            if (same_prefix(ns->prefix, prefix))
                return ns->href ? text_of(ns->href) : "";
    return *prefix ? NULL : "";
}

int wsm_xml_qname(const xmlNode *node, const char *text, const char **ns,
                  const char **local, apr_pool_t *pool)
{
    if (xmlValidateQName((const xmlChar *)text, 1) != 0)
        return 0;
    char *name = apr_pstrdup(pool, text + strspn(text, " \t\r\n"));
    name[strcspn(name, " \t\r\n")] = '\0';
    char *colon = strchr(name, ':');
    if (colon)
        *colon = '\0';
    const char *uri = resolve(node, colon ? name : "");
    if (!uri)
        return 0;
    *ns = uri;
    *local = colon ? colon + 1 : name;
    return 1;
}
