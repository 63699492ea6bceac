/* query_tree.h - any expression of XPath 1.0, by libxml2, over the tree of a
 * representation: for what is more than query_path.h.
 *
 * The tree is made for each instance.  Its elements have no namespace while an
 * expression is evaluated, those of classes that is: so a name without a prefix
 * is a property's, and a prefix that stands for the URI of a class is as good
 * as none.  Prefixes of other namespaces, and xsi, mean what they are bound to.
 *
 * The work of one evaluation is bounded, whatever the expression is: by a
 * number of steps that is the smaller the larger the tree is, as one step may
 * look at all of it.
 */
#ifndef QUERY_TREE_H
#define QUERY_TREE_H

#include <libxml/xpath.h>

#include "../cim/cim_xml.h"
#include "query_path.h"

/** The longest expression, in bytes. */
#define QUERY_TREE_MAX_TEXT 2048

/** A compiled expression; for one thread. */
typedef struct query_tree_t query_tree_t;

/** WSMAN_E_CANNOT_PROCESS_FILTER */
wsm_error_t *query_tree_make(query_tree_t **tree, const char *text,
                             const query_prefix_t *prefixes,
                             apr_uint32_t nprefixes, apr_pool_t *pool);

/** Evaluates it with the element of the instance as context node.
 *  @param as      show the instance as this superclass; NULL: as what it is
 *  @param result  lives as long as `pool`, and its tree with it
 *  WSMAN_E_CANNOT_PROCESS_FILTER: it fails, or takes too much work. */
wsm_error_t *query_tree_eval(xmlXPathObjectPtr *result, query_tree_t *tree,
                             const cim_instance_t *instance,
                             const cim_class_t *as,
                             const cim_xml_style_t *style, apr_pool_t *pool);

/** Gives an element of the result, and all in it, its namespace back. */
void query_tree_name(xmlNode *element);

#endif
