/* wsm_draft.c - the table of the draft's names, and renaming a tree. */
#include "wsm_draft.h"

#include <string.h>

#include "wsm_names.h"

/* DSP0227's own elements came after the draft: MS-WSMAN 3.1.4.1.28 has them
 * ignored. */
#define NOT_IN_DRAFT WSM_NS_DRAFT "#unknown"

/* MS-WSMAN 2.2.1, 2.2.5.1, 3.1.4.1.1, 3.1.4.1.21, 3.1.4.1.25; the draft
 * R11.2-3. What is not here has one name in both. */
static const struct {
    const char *ours;
    const char *draft;
} names[] = {
    {WSM_NS_WSMAN, WSM_NS_DRAFT},
    {WSM_NS_CIM, WSM_NS_DRAFT_CIM},
    {WSM_NS_FAULT, WSM_NS_DRAFT_FAULT},
    {WSM_FAULT_WSMAN, WSM_NS_DRAFT "/fault"},
    {WSM_FAULT_DETAIL, "wsman:faultDetail/"},
    {WSM_CIM_DATETIME, "CIM_DateTimeString"},
    {NOT_IN_DRAFT, WSM_NS_WSMB},
};

/* Faults and details that DSP0226 and MS-WSMV have added (the draft 11.6). */
static const struct {
    wsman_code_e ours;
    wsman_code_e draft;
} codes[] = {
    {WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN, WSMAN_E_CANNOT_PROCESS_FILTER},
    {WSMAN_E_ENCODING_UNSUPPORTED_CHARACTER, WSMAN_E_ENCODING_LIMIT},
    {WSMAN_E_EVENT_DELIVER_TO_UNUSABLE, WSMAN_E_EVENT_SOURCE_UNABLE},
    {WSMAN_E_FRAGMENT_DIALECT_NOT_SUPPORTED,
     WSMAN_E_UNSUPPORTED_FRAGMENT_ACCESS},
    {WSMAN_E_PARAMETER_INVALID_VALUE, WSMAN_E_INVALID_PARAMETER},
    {WSMAN_E_POLYMORPHISM_MODE, WSMAN_E_UNSUPPORTED_FEATURE},
    {WSMAN_E_UNSUPPORTED_DATA_LOCALE, WSMAN_E_UNSUPPORTED_LOCALE},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char *wsm_draft_name(int draft, const char *name)
{
    for (size_t i = 0; draft && i < COUNT(names); i++) {
        if (!strcmp(names[i].ours, name))
            return names[i].draft;
        if (!strcmp(names[i].draft, name))
            return names[i].ours;
    }
    return name;
}

wsman_code_e wsm_draft_code(int draft, wsman_code_e code)
{
    for (size_t i = 0; draft && i < COUNT(codes); i++)
        if (codes[i].ours == code)
            return codes[i].draft;
    return code;
}

apr_uint32_t wsm_draft_number(int draft, apr_uint32_t number)
{
    return draft && number >> 16 == 0x8033u ? number & 0xffffu : number;
}

/* ---- is it one? */

static int declares(const xmlNode *element, const char *href)
{
    for (const xmlNs *ns = element->nsDef; ns; ns = ns->next)
        if (ns->href && !strcmp((const char *)ns->href, href))
            return 1;
    return 0;
}

/** Where headers get their namespaces from. */
static int is_declared(const xmlNode *envelope, const xmlNode *header,
                       const char *href)
{
    if (declares(envelope, href) || (header && declares(header, href)))
        return 1;
    const xmlNode *n = header ? wsm_xml_first(header) : NULL;
    while (n && !declares(n, href))
        n = wsm_xml_next(n);
    return n != NULL;
}

static int is_draft(const xmlNode *envelope)
{
    const xmlNode *header = wsm_xml_child(envelope, WSM_NS_SOAP, "Header");
    if (!is_declared(envelope, header, WSM_NS_DRAFT))
        return 0;
    const xmlNode *n = header ? wsm_xml_first(header) : NULL;
    for (; n; n = wsm_xml_next(n)) {
        if (!strcmp(wsm_xml_ns(n), WSM_NS_DRAFT))
            return 1;
        if (!strcmp(wsm_xml_ns(n), WSM_NS_WSMAN))
            return 0;
    }
    return !is_declared(envelope, header, WSM_NS_WSMAN);
}

/* ---- renaming */

/** All elements of a namespace point to its declaration: it alone changes. */
static void rename_namespaces(xmlNode *element)
{
    for (xmlNs *ns = element->nsDef; ns; ns = ns->next) {
        const char *href = ns->href ? (const char *)ns->href : "";
        const char *ours = wsm_draft_name(1, href);
        xmlChar *copy = ours != href ? xmlStrdup((const xmlChar *)ours) : NULL;
        if (!copy)
            continue;
        xmlFree((xmlChar *)ns->href);
        ns->href = copy;
    }
}

static xmlNode *next_in_tree(xmlNode *node, const xmlNode *top)
{
    if (node->type == XML_ELEMENT_NODE && node->children)
        return node->children;
    while (node != top && !node->next)
        node = node->parent;
    return node == top ? NULL : node->next;
}

static void rename_tree(xmlNode *top)
{
    for (xmlNode *n = top; n; n = next_in_tree(n, top)) {
        if (n->type != XML_ELEMENT_NODE)
            continue;
        rename_namespaces(n);
        if (wsm_xml_is(n, WSM_NS_CIM, wsm_draft_name(1, WSM_CIM_DATETIME)))
            xmlNodeSetName(n, (const xmlChar *)WSM_CIM_DATETIME);
    }
}

int wsm_draft_accept(xmlNode *envelope)
{
    if (!is_draft(envelope))
        return 0;
    rename_tree(envelope);
    return 1;
}
