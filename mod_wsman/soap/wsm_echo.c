/* wsm_echo.c - an element of a request as text for the reply. */
#include "wsm_echo.h"

#include <string.h>

#include "wsm_draft.h"
#include "wsm_names.h"

static void write_name(wsm_writer_t *out, const xmlNs *ns, const xmlChar *name)
{
    if (ns && ns->prefix)
        wsm_write_strs(out, (const char *)ns->prefix, ":", NULL);
    wsm_write_str(out, (const char *)name);
}

static void write_declaration(wsm_writer_t *out, const xmlNs *ns, int draft)
{
    wsm_write_lit(out, " xmlns");
    if (ns->prefix)
        wsm_write_strs(out, ":", (const char *)ns->prefix, NULL);
    wsm_write_lit(out, "=\"");
    wsm_write_attr(
        out, wsm_draft_name(draft, ns->href ? (const char *)ns->href : ""));
    wsm_write_lit(out, "\"");
}

/** @return true if `ns` is declared again between `from` and where it is */
static int is_hidden(const xmlNs *ns, const xmlNode *from)
{
    for (const xmlNode *n = from; n; n = n->parent)
        for (const xmlNs *d = n->nsDef; d; d = d->next) {
            if (d == ns)
                return 0;
            if (xmlStrEqual(d->prefix, ns->prefix))
                return 1;
        }
    return 0;
}

static void write_inherited(wsm_writer_t *out, const xmlNode *element,
                            int draft)
{
    const xmlNode *n = element->parent;
    for (; n && n->type == XML_ELEMENT_NODE; n = n->parent)
        for (const xmlNs *ns = n->nsDef; ns; ns = ns->next)
            if (!is_hidden(ns, element))
                write_declaration(out, ns, draft);
}

static void write_attributes(wsm_writer_t *out, const xmlNode *element,
                             int draft)
{
    for (const xmlNs *ns = element->nsDef; ns; ns = ns->next)
        write_declaration(out, ns, draft);
    for (const xmlAttr *a = element->properties; a; a = a->next) {
        wsm_write_lit(out, " ");
        write_name(out, a->ns, a->name);
        wsm_write_lit(out, "=\"");
        for (const xmlNode *t = a->children; t; t = t->next)
            if (t->content)
                wsm_write_attr(out, (const char *)t->content);
        wsm_write_lit(out, "\"");
    }
}

/** The parser bounds the depth. */
static void write_element(wsm_writer_t *out, const xmlNode *element, int top,
                          const char *extra, int draft)
{
    wsm_write_lit(out, "<");
    write_name(out, element->ns, element->name);
    if (top)
        write_inherited(out, element, draft);
    write_attributes(out, element, draft);
    if (extra)
        wsm_write_str(out, extra);
    wsm_write_lit(out, ">");
    for (const xmlNode *n = element->children; n; n = n->next) {
        if (n->type == XML_ELEMENT_NODE)
            write_element(out, n, 0, NULL, draft);
        else if (n->content)
            wsm_write_text(out, (const char *)n->content);
    }
    wsm_write_lit(out, "</");
    write_name(out, element->ns, element->name);
    wsm_write_lit(out, ">");
}

void wsm_echo(wsm_writer_t *out, const xmlNode *element, const char *extra,
              int draft)
{
    write_element(out, element, 1, extra, draft);
}

wsm_writer_t *wsm_echo_parameters(const xmlNode *epr, apr_size_t limit,
                                  wsm_addressing_e addressing, int draft,
                                  apr_pool_t *pool)
{
    static const char mark[] =
        " xmlns:wsa10-reference=\"" WSM_NS_WSA10
        "\" wsa10-reference:IsReferenceParameter=\"true\"";
    wsm_writer_t *out = NULL;
    for (const xmlNode *n = wsm_xml_first(epr); n; n = wsm_xml_next(n)) {
        if (strncmp((const char *)n->name, "ReferenceP", 10) != 0)
            continue;
        if (!out)
            out = wsm_writer_make(limit, pool);
        for (const xmlNode *p = wsm_xml_first(n); p; p = wsm_xml_next(p))
            wsm_echo(out, p, addressing == WSM_ADDRESSING_2005 ? mark : NULL,
                     draft);
    }
    return out;
}
