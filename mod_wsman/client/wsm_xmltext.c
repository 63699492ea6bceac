/* wsm_xmltext.c - writing an element with its namespaces. */
#include "wsm_xmltext.h"

#include <stdint.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "../soap/wsm_names.h"

#define NO_LIMIT (SIZE_MAX / 2)

typedef struct xmltext_t {
    wsm_writer_t *out;
    /** Prefixes ("" for the default) that the tree uses. */
    apr_hash_t *used;
    apr_pool_t *pool;
} xmltext_t;

static const char *chars(const xmlChar *text)
{
    return text ? (const char *)text : "";
}

static void use_prefix(xmltext_t *self, const xmlChar *prefix)
{
    apr_hash_set(self->used, apr_pstrdup(self->pool, chars(prefix)),
                 APR_HASH_KEY_STRING, "");
}

/** The prefix of a QName in an attribute's value, as xsi:type has it. */
static void use_qname(xmltext_t *self, const xmlAttr *attr)
{
    const char *text = wsm_xml_attr(attr->parent, chars(attr->ns->href),
                                    chars(attr->name), self->pool);
    const char *colon = text ? strchr(text, ':') : NULL;
    if (colon)
        use_prefix(self, (const xmlChar *)apr_pstrmemdup(
                             self->pool, text, (apr_size_t)(colon - text)));
}

static void find_used(xmltext_t *self, const xmlNode *node)
{
    use_prefix(self, node->ns ? node->ns->prefix : NULL);
    for (const xmlAttr *attr = node->properties; attr; attr = attr->next) {
        if (!attr->ns)
            continue;
        use_prefix(self, attr->ns->prefix);
        if (!strcmp(chars(attr->ns->href), WSM_NS_XSI) &&
            !strcmp(chars(attr->name), "type"))
            use_qname(self, attr);
    }
    for (const xmlNode *child = wsm_xml_first(node); child;
         child = wsm_xml_next(child))
        find_used(self, child);
}

static void write_declaration(xmltext_t *self, const xmlNs *ns)
{
    if (ns->prefix)
        wsm_write_strs(self->out, " xmlns:", chars(ns->prefix), "=\"", NULL);
    else
        wsm_write_lit(self->out, " xmlns=\"");
    wsm_write_attr(self->out, chars(ns->href));
    wsm_write_lit(self->out, "\"");
}

static int declares(const xmlNode *node, const xmlChar *prefix)
{
    for (const xmlNs *ns = node->nsDef; ns; ns = ns->next)
        if (xmlStrEqual(ns->prefix, prefix))
            return 1;
    return 0;
}

/** What the surroundings of the topmost element declare and the tree uses. */
static void write_inherited(xmltext_t *self, const xmlNode *top)
{
    apr_hash_t *done = apr_hash_make(self->pool);
    for (const xmlNode *node = top->parent;
         node && node->type == XML_ELEMENT_NODE; node = node->parent) {
        for (const xmlNs *ns = node->nsDef; ns; ns = ns->next) {
            const char *prefix = chars(ns->prefix);
            if (declares(top, ns->prefix) ||
                apr_hash_get(done, prefix, APR_HASH_KEY_STRING) ||
                !apr_hash_get(self->used, prefix, APR_HASH_KEY_STRING))
                continue;
            apr_hash_set(done, prefix, APR_HASH_KEY_STRING, "");
            write_declaration(self, ns);
        }
    }
}

static void write_name(xmltext_t *self, const xmlNs *ns, const xmlChar *name)
{
    if (ns && ns->prefix)
        wsm_write_strs(self->out, chars(ns->prefix), ":", NULL);
    wsm_write_str(self->out, chars(name));
}

static void write_attributes(xmltext_t *self, const xmlNode *node)
{
    for (const xmlAttr *attr = node->properties; attr; attr = attr->next) {
        const char *value =
            wsm_xml_attr(node, attr->ns ? chars(attr->ns->href) : NULL,
                         chars(attr->name), self->pool);
        wsm_write_lit(self->out, " ");
        write_name(self, attr->ns, attr->name);
        wsm_write_lit(self->out, "=\"");
        wsm_write_attr(self->out, value ? value : "");
        wsm_write_lit(self->out, "\"");
    }
}

static int is_text(const xmlNode *node)
{
    return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

/** @return true if there is a child element, and no text but white space */
static int has_structure(const xmlNode *node)
{
    for (const xmlNode *child = node->children; child; child = child->next)
        if (is_text(child) &&
            chars(child->content)[strspn(chars(child->content), " \t\r\n")])
            return 0;
    return wsm_xml_first(node) != NULL;
}

static void write_line(xmltext_t *self, int indent)
{
    wsm_write_lit(self->out, "\n");
    while (indent-- > 0)
        wsm_write_lit(self->out, "  ");
}

static void write_element(xmltext_t *self, const xmlNode *node, int top,
                          int indent)
{
    int lines = indent >= 0 && has_structure(node);
    wsm_write_lit(self->out, "<");
    write_name(self, node->ns, node->name);
    if (top)
        write_inherited(self, node);
    for (const xmlNs *ns = node->nsDef; ns; ns = ns->next)
        write_declaration(self, ns);
    write_attributes(self, node);
    if (!node->children) {
        wsm_write_lit(self->out, "/>");
        return;
    }
    wsm_write_lit(self->out, ">");
    for (const xmlNode *child = node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE) {
            if (lines)
                write_line(self, indent + 1);
            write_element(self, child, 0, lines ? indent + 1 : -1);
        } else if (is_text(child) && !lines) {
            wsm_write_text(self->out, chars(child->content));
        }
    }
    if (lines)
        write_line(self, indent);
    wsm_write_lit(self->out, "</");
    write_name(self, node->ns, node->name);
    wsm_write_lit(self->out, ">");
}

void wsm_xmltext_write(wsm_writer_t *out, const xmlNode *element, int indent,
                       apr_pool_t *scratch)
{
    xmltext_t self = {out, apr_hash_make(scratch), scratch};
    find_used(&self, element);
    for (int i = 0; i < indent; i++)
        wsm_write_lit(out, "  ");
    write_element(&self, element, 1, indent);
    if (indent >= 0)
        wsm_write_lit(out, "\n");
}

char *wsm_xmltext(const xmlNode *element, apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(NO_LIMIT, pool);
    wsm_xmltext_write(out, element, -1, pool);
    return wsm_writer_string(out, pool);
}

char *wsm_xmltext_content(const xmlNode *element, apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(NO_LIMIT, pool);
    for (const xmlNode *child = element->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            wsm_xmltext_write(out, child, -1, pool);
        else if (is_text(child))
            wsm_write_text(out, chars(child->content));
    }
    return wsm_writer_string(out, pool);
}
