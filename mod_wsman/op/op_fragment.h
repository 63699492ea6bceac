/* op_fragment.h - fragments of instances (DSP0226 7.7): what the header
 * addresses, and what is in the body.
 *
 * The expression is read against the class of the instance, which is known
 * when it has been got; so it is read anew for each instance.  What is more
 * than Annex D is libxml2's (op_fragment_xpath.c), and can be read only.
 */
#ifndef OP_FRAGMENT_H
#define OP_FRAGMENT_H

#include "../query/query_path.h"
#include "wsm_op.h"

/** What w:FragmentTransfer says. */
typedef struct op_fragment_t {
    const char *text;
    const char *shown;   /* the same for messages: no longer than a line */
    const char *dialect; /* as it came; NULL: none */
    const query_prefix_t *prefixes;
    apr_uint32_t nprefixes;
} op_fragment_t;

/** WSMAN_E_FRAGMENT_DIALECT_NOT_SUPPORTED, WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN
 */
wsm_error_t *op_fragment_read(op_fragment_t *fragment,
                              const wsm_exchange_t *ex);

/** Reads the expression for a class.
 *  @param beyond  set on error: it may be XPath, but more than Annex D
 *  WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN */
wsm_error_t *op_fragment_path(const query_path_t **path, int *beyond,
                              const op_fragment_t *fragment,
                              const cim_class_t *cls, const wsm_exchange_t *ex);

/** One property on the way from an instance to a node. */
typedef struct op_place_t {
    const cim_instance_t *instance;
    apr_uint32_t index;
    int item; /* of an array; -1: all of the value */
} op_place_t;

/** What a path selects. */
typedef struct op_selection_t {
    apr_uint32_t count;
    query_node_t node; /* the first one; its parent is not set */
    /** The way to it; none: it is the instance. */
    op_place_t places[QUERY_PATH_MAX_STEPS];
    apr_uint32_t nplaces;
    apr_array_header_t *items; /* of int: the items of all nodes */
    int scattered;             /* they are not of one property */
} op_selection_t;

/** WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN: it takes too much work. */
wsm_error_t *op_fragment_select(op_selection_t *selection,
                                const query_path_t *path,
                                const cim_instance_t *instance,
                                query_room_t *room, apr_pool_t *pool);

/** Writes w:XmlFragment with what the expression selects of an instance.
 *  WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN: also if it selects nothing, or texts of
 *  several nodes */
wsm_error_t *op_fragment_write(wsm_exchange_t *ex,
                               const op_fragment_t *fragment,
                               const cim_instance_t *instance);
/** The same by libxml2, for any expression of XPath 1.0.  Work and memory are
 *  bounded: WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN. */
wsm_error_t *op_fragment_write_xpath(wsm_exchange_t *ex,
                                     const op_fragment_t *fragment,
                                     const cim_instance_t *instance);

/** The w:XmlFragment in the body of a Put or Create.
 *  WSMAN_E_REPRESENTATION_INVALID_FRAGMENT (R7.7-5) */
wsm_error_t *op_fragment_body(const xmlNode **body, const wsm_exchange_t *ex);
/** Reads the elements of one property in it.
 *  @param value  of an array, all that are there
 *  WSMAN_E_REPRESENTATION_INVALID_FRAGMENT, and the codes of representations */
wsm_error_t *op_fragment_elements(cim_value_t *value, const cim_class_t *cls,
                                  apr_uint32_t index, const xmlNode *body,
                                  const wsm_exchange_t *ex);
/** Reads its text as a value of the property; of an array, as its one item. */
wsm_error_t *op_fragment_text(cim_value_t *value, const cim_class_t *cls,
                              apr_uint32_t index, const xmlNode *body,
                              const wsm_exchange_t *ex);

/** What an edit does with what is addressed. */
typedef enum op_edit_e {
    OP_EDIT_PUT,
    OP_EDIT_CREATE,
    OP_EDIT_DELETE
} op_edit_e;

/** An edit for cim_edit(). */
typedef struct op_editor_t {
    op_edit_e what;
    const wsm_exchange_t *ex;
    const op_fragment_t *fragment;
    const xmlNode *body; /* NULL for OP_EDIT_DELETE */
} op_editor_t;

/** A cim_edit_fn. */
wsm_error_t *op_fragment_edit(void *baton, const cim_instance_t *now,
                              cim_instance_t *changes, apr_pool_t *pool);

/* The operations (7.8 to 7.11) */
wsm_error_t *op_fragment_get(wsm_exchange_t *ex);
wsm_error_t *op_fragment_put(wsm_exchange_t *ex);
wsm_error_t *op_fragment_create(wsm_exchange_t *ex);
wsm_error_t *op_fragment_delete(wsm_exchange_t *ex);

#endif
