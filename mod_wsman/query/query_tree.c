/* query_tree.c - XPath 1.0 by libxml2.
 */
#include "query_tree.h"

#include <string.h>

#include <apr_strings.h>
#include <libxml/xpathInternals.h>

#include "../cim/cim_uri.h"
#include "../soap/wsm_draft.h"
#include "../soap/wsm_names.h"
#include "query_dialect.h"
#include "query_path_private.h"

/* The largest representation */
#define MAX_TREE (4 * 1024 * 1024)
/* Bytes that an evaluation may look at, and what its number of steps is kept
 * within */
#define MAX_WORK  50000000UL
#define MIN_STEPS 2000UL
#define MAX_STEPS 100000UL

struct query_tree_t {
    xmlXPathContextPtr context;
    xmlXPathCompExprPtr expression;
    unsigned long size;    /* of the tree, in bytes */
    const char *complaint; /* the first one of libxml2 */
    apr_pool_t *pool;
};

/* ---- functions whose work is the product of their strings: they are charged
 * for it */

static void charge(xmlXPathParserContextPtr parser, apr_size_t work)
{
    xmlXPathContextPtr context = parser->context;
    const query_tree_t *tree = context->userData;
    unsigned long steps = (unsigned long)work / (tree->size + 1);

    if (context->opLimit - context->opCount <= steps)
        xmlXPathErr(parser, XPATH_OP_LIMIT_EXCEEDED);
    else
        context->opCount += steps;
}

/* Takes the strings off the stack, and puts them there again as strings. */
static int charge_strings(xmlXPathParserContextPtr parser, int nargs)
{
    xmlChar *strings[3] = {NULL, NULL, NULL};
    int i;

    for (i = nargs - 1; i >= 0; i--)
        strings[i] = xmlXPathPopString(parser);
    if (parser->error == XPATH_EXPRESSION_OK)
        charge(parser, (apr_size_t)xmlStrlen(strings[0]) *
                           (apr_size_t)xmlStrlen(strings[1]));
    for (i = 0; i < nargs; i++)
        valuePush(parser, xmlXPathWrapString(strings[i]));
    return parser->error == XPATH_EXPRESSION_OK;
}

static void call_contains(xmlXPathParserContextPtr parser, int nargs)
{
    if (nargs != 2 || charge_strings(parser, nargs))
        xmlXPathContainsFunction(parser, nargs);
}

static void call_substring_before(xmlXPathParserContextPtr parser, int nargs)
{
    if (nargs != 2 || charge_strings(parser, nargs))
        xmlXPathSubstringBeforeFunction(parser, nargs);
}

static void call_substring_after(xmlXPathParserContextPtr parser, int nargs)
{
    if (nargs != 2 || charge_strings(parser, nargs))
        xmlXPathSubstringAfterFunction(parser, nargs);
}

static void call_translate(xmlXPathParserContextPtr parser, int nargs)
{
    if (nargs != 3 || charge_strings(parser, nargs))
        xmlXPathTranslateFunction(parser, nargs);
}

static void call_unknown(xmlXPathParserContextPtr parser, int nargs)
{
    (void)nargs;
    xmlXPathErr(parser, XPATH_UNKNOWN_FUNC_ERROR);
}

/* libxml2 would write of a function that is not there to standard error. */
static xmlXPathFunction find_function(void *baton, const xmlChar *name,
                                      const xmlChar *ns)
{
    const query_tree_t *tree = baton;

    if (xmlHashLookup2(tree->context->funcHash, name, ns) != NULL)
        return NULL;
    return call_unknown;
}

static const struct {
    const char *name;
    xmlXPathFunction function;
} functions[] = {
    {"contains", call_contains},
    {"substring-before", call_substring_before},
    {"substring-after", call_substring_after},
    {"translate", call_translate},
};

#define NFUNCTIONS (sizeof(functions) / sizeof(functions[0]))

/* ---- compiling */

static wsm_error_t *check_depth(const char *text, apr_pool_t *pool)
{
    int depth = 0;

    if (strlen(text) > QUERY_TREE_MAX_TEXT)
        return query_fail(pool,
                          "An XPath expression that is more than Annex D of "
                          "DSP0226 may have %d bytes.",
                          QUERY_TREE_MAX_TEXT);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\'') {
            text = strchr(text + 1, *text);
            if (text == NULL)
                break;
            continue;
        }
        depth += *text == '(' || *text == '[';
        depth -= *text == ')' || *text == ']';
        if (depth > QUERY_MAX_DEPTH)
            return query_fail(pool,
                              "The XPath expression is nested deeper than %d.",
                              QUERY_MAX_DEPTH);
    }
    return NULL;
}

static int is_class_uri(const char *uri, apr_pool_t *pool)
{
    cim_uri_t read;

    return cim_uri_read(&read, uri, pool);
}

static void complain(void *baton, xmlErrorPtr error)
{
    query_tree_t *tree = baton;
    apr_size_t length;

    if (tree->complaint != NULL || error->message == NULL)
        return;
    length = strcspn(error->message, "\r\n");
    tree->complaint = apr_pstrmemdup(tree->pool, error->message, length);
}

static wsm_error_t *fail(const query_tree_t *tree)
{
    return query_fail(tree->pool, "The XPath expression fails: %s.",
                      tree->complaint ? tree->complaint : "it is not valid");
}

static apr_status_t forget(void *baton)
{
    query_tree_t *tree = baton;

    xmlXPathFreeCompExpr(tree->expression);
    xmlXPathFreeContext(tree->context);
    return APR_SUCCESS;
}

static void bind_names(query_tree_t *tree, const query_prefix_t *prefixes,
                       apr_uint32_t nprefixes)
{
    apr_uint32_t i;

    xmlXPathRegisterNs(tree->context, BAD_CAST "xsi", BAD_CAST WSM_NS_XSI);
    for (i = 0; i < nprefixes; i++) {
        if (!is_class_uri(prefixes[i].uri, tree->pool))
            xmlXPathRegisterNs(tree->context, BAD_CAST prefixes[i].name,
                               BAD_CAST prefixes[i].uri);
    }
    xmlXPathRegisterFuncLookup(tree->context, find_function, tree);
    for (i = 0; i < NFUNCTIONS; i++)
        xmlXPathRegisterFunc(tree->context, BAD_CAST functions[i].name,
                             functions[i].function);
}

wsm_error_t *query_tree_make(query_tree_t **result, const char *text,
                             const query_prefix_t *prefixes,
                             apr_uint32_t nprefixes, apr_pool_t *pool)
{
    query_tree_t *tree = apr_pcalloc(pool, sizeof(*tree));
    const char *unbound = query_prefix_unbound(text, prefixes, nprefixes, pool);
    wsm_error_t *err = check_depth(text, pool);
    apr_uint32_t i;

    if (err == NULL && unbound != NULL)
        err = query_fail(pool,
                         "The prefix %s of the XPath expression is not bound.",
                         query_shown(unbound, strlen(unbound), pool));
    if (err != NULL)
        return err;
    tree->pool = pool;
    tree->context = xmlXPathNewContext(NULL);
    if (tree->context == NULL)
        return fail(tree);
    apr_pool_cleanup_register(pool, tree, forget, apr_pool_cleanup_null);
    tree->context->error = complain;
    tree->context->userData = tree;
    tree->context->opLimit = MAX_STEPS;
    bind_names(tree, prefixes, nprefixes);
    for (i = 0; i < nprefixes; i++) {
        if (is_class_uri(prefixes[i].uri, pool))
            text = query_prefix_dropped(text, prefixes[i].name, pool);
    }
    tree->expression = xmlXPathCtxtCompile(tree->context, BAD_CAST text);
    if (tree->expression == NULL)
        return fail(tree);
    *result = tree;
    return NULL;
}

/* ---- the tree */

/* Next element in document order; NULL after the last one in `top`. */
static xmlNode *next_element(xmlNode *node, const xmlNode *top)
{
    xmlNode *next = xmlFirstElementChild(node);

    while (next == NULL && node != top) {
        next = xmlNextElementSibling(node);
        node = node->parent;
    }
    return next;
}

static void drop_namespaces(xmlNode *top, apr_pool_t *pool)
{
    const xmlNs *last = NULL;
    xmlNode *node;
    int drop = 0;

    for (node = top; node != NULL; node = next_element(node, top)) {
        if (node->ns != last) {
            last = node->ns;
            drop = last != NULL && is_class_uri((const char *)last->href, pool);
        }
        if (drop) {
            node->_private = node->ns;
            node->ns = NULL;
        }
    }
}

void query_tree_name(xmlNode *element)
{
    xmlNode *node;

    for (node = element; node != NULL; node = next_element(node, element)) {
        if (node->_private != NULL)
            node->ns = node->_private;
        node->_private = NULL;
    }
}

/* The element of the instance becomes the root; what binds the prefixes of
 * EPRs was around it. */
static void unwrap(xmlDoc *doc)
{
    xmlNode *around = xmlDocGetRootElement(doc);
    xmlNode *element = xmlFirstElementChild(around);

    xmlUnlinkNode(element);
    xmlDocSetRootElement(doc, element);
    xmlReconciliateNs(doc, element);
    xmlFreeNode(around);
}

static wsm_error_t *make_tree(query_tree_t *tree,
                              const cim_instance_t *instance,
                              const cim_class_t *as,
                              const cim_xml_style_t *style, apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(MAX_TREE, pool);
    const char *text;
    xmlDocPtr doc;
    wsm_error_t *err;

    wsm_write_strs(out, "<f xmlns:a=\"", wsm_addressing_ns(style->addressing),
                   "\" xmlns:w=\"", wsm_draft_name(style->draft, WSM_NS_WSMAN),
                   "\">", NULL);
    cim_xml_write_instance(out, instance, as, NULL, style, pool);
    wsm_write_lit(out, "</f>");
    if (wsm_writer_full(out))
        return query_fail(tree->pool, "The instance is too large for an XPath "
                                      "expression beyond Annex D of DSP0226.");
    text = wsm_writer_string(out, pool);
    tree->size = (unsigned long)strlen(text);
    err = wsm_xml_parse(&doc, text, tree->size, tree->size, pool);
    if (err != NULL)
        return wsm_error_make(tree->pool, WSMAN_E_CANNOT_PROCESS_FILTER,
                              APR_SUCCESS, err,
                              "The representation cannot be read.");
    unwrap(doc);
    drop_namespaces(xmlDocGetRootElement(doc), pool);
    tree->context->doc = doc;
    tree->context->node = xmlDocGetRootElement(doc);
    return NULL;
}

static apr_status_t free_object(void *baton)
{
    xmlXPathFreeObject(baton);
    return APR_SUCCESS;
}

static unsigned long steps_for(unsigned long size)
{
    unsigned long steps = MAX_WORK / (size + 1);

    return steps < MIN_STEPS   ? MIN_STEPS
           : steps > MAX_STEPS ? MAX_STEPS
                               : steps;
}

wsm_error_t *query_tree_eval(xmlXPathObjectPtr *result, query_tree_t *tree,
                             const cim_instance_t *instance,
                             const cim_class_t *as,
                             const cim_xml_style_t *style, apr_pool_t *pool)
{
    xmlXPathContextPtr context = tree->context;
    wsm_error_t *err = make_tree(tree, instance, as, style, pool);

    if (err != NULL)
        return err;
    tree->complaint = NULL;
    context->opCount = 0;
    context->opLimit = steps_for(tree->size);
    context->depth = 0;
    context->proximityPosition = 1;
    context->contextSize = 1;
    *result = xmlXPathCompiledEval(tree->expression, context);
    xmlResetError(&context->lastError);
    if (*result == NULL)
        return fail(tree);
    apr_pool_cleanup_register(pool, *result, free_object,
                              apr_pool_cleanup_null);
    return NULL;
}
