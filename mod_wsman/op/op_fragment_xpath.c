/* op_fragment_xpath.c - what any expression of XPath 1.0 selects, by libxml2.
 */
#include <string.h>

#include <libxml/xpath.h>

#include "../query/query_tree.h"
#include "op_fragment.h"

static wsm_error_t *fail(const wsm_exchange_t *ex,
                         const op_fragment_t *fragment, const char *why)
{
    return wsm_fail(ex->pool, WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN,
                    "The expression %s selects %s.", fragment->shown, why);
}

/* A copy stands for itself: it has what its prefixes are bound to. */
static wsm_error_t *write_element(wsm_exchange_t *ex, xmlNode *element)
{
    xmlBufferPtr buffer = xmlBufferCreate();
    xmlNodePtr copy;
    int length = -1;

    query_tree_name(element);
    copy = xmlDocCopyNode(element, element->doc, 1);
    if (buffer != NULL && copy != NULL)
        length = xmlNodeDump(buffer, element->doc, copy, 0, 0);
    if (length >= 0)
        wsm_write(ex->out, (const char *)xmlBufferContent(buffer),
                  (apr_size_t)xmlBufferLength(buffer));
    xmlFreeNode(copy);
    xmlBufferFree(buffer);
    if (length >= 0)
        return NULL;
    return wsm_fail(ex->pool, WSMAN_E_INTERNAL_ERROR, "There is no memory.");
}

static wsm_error_t *write_string(wsm_exchange_t *ex, xmlChar *text)
{
    if (text != NULL)
        wsm_write_text(ex->out, (const char *)text);
    xmlFree(text);
    return NULL;
}

static wsm_error_t *write_nodes(wsm_exchange_t *ex,
                                const op_fragment_t *fragment,
                                const xmlNodeSet *nodes)
{
    wsm_error_t *err = NULL;
    int i, texts = 0;

    if (nodes == NULL || nodes->nodeNr == 0)
        return fail(ex, fragment, "nothing of the instance");
    for (i = 0; i < nodes->nodeNr && err == NULL; i++) {
        xmlNode *node = nodes->nodeTab[i];

        if (node->type == XML_NAMESPACE_DECL)
            return fail(ex, fragment, "a namespace");
        if (node->type == XML_DOCUMENT_NODE)
            node = xmlDocGetRootElement((xmlDoc *)node);
        if (node->type == XML_ELEMENT_NODE && !wsm_writer_full(ex->out))
            err = write_element(ex, node);
        else if (node->type != XML_ELEMENT_NODE && ++texts == 1)
            err = write_string(ex, xmlXPathCastNodeToString(node));
    }
    if (texts > 1 || (texts == 1 && nodes->nodeNr > 1))
        return fail(ex, fragment,
                    "texts of several nodes; say which one with [number]");
    return err;
}

wsm_error_t *op_fragment_write_xpath(wsm_exchange_t *ex,
                                     const op_fragment_t *fragment,
                                     const cim_instance_t *instance)
{
    xmlXPathObjectPtr result;
    query_tree_t *tree;
    wsm_error_t *err;

    err = query_tree_make(&tree, fragment->text, fragment->prefixes,
                          fragment->nprefixes, ex->pool);
    if (err == NULL)
        err = query_tree_eval(&result, tree, instance, NULL, &ex->style,
                              ex->pool);
    if (err != NULL) {
        err->code = WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN;
        return err;
    }
    wsm_write_lit(ex->out, "<w:XmlFragment>");
    if (result->type == XPATH_NODESET)
        err = write_nodes(ex, fragment, result->nodesetval);
    else
        err = write_string(ex, xmlXPathCastToString(result));
    wsm_write_lit(ex->out, "</w:XmlFragment>");
    return err;
}
