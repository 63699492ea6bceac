/* wsm_op.h - operations: a table from action URIs to functions.
 */
#ifndef WSM_OP_H
#define WSM_OP_H

#include "../cim/cim_xml.h"
#include "../soap/wsm_reply.h"
#include "wsm_serve.h"

typedef struct wsm_source_t wsm_source_t;

/** A request while it is served: what operations work on.  Lives as long as
 *  the call's pool. */
typedef struct wsm_exchange_t {
    wsm_call_t *call;
    const wsm_request_t *request;
    wsm_writer_t *out;
    apr_size_t limit; /* bytes that the reply may have */
    wsm_outcome_t *outcome;
    apr_pool_t *pool;
    int cim; /* the object manager is asked: faults carry a CIM_Error */
    /* The resource; for operations with `resource` */
    cim_xml_style_t style;
    const cim_class_t *cls;     /* NULL: all classes, or not one class */
    const char *method;         /* of a custom action: its name as it came */
    const wsm_source_t *source; /* what an enumeration of this resource gives,
                                   whatever its query; NULL: the query says */
} wsm_exchange_t;

typedef struct wsm_op_t {
    const char *name; /* "Get" */
    const char *action;
    /** Writes the reply into ex->out, or returns an error and whatever it has
     *  written is forgotten. */
    wsm_error_t *(*run)(wsm_exchange_t *ex);
    /** The same for a fragment (DSP0226 7.7); NULL: there are none of it. */
    wsm_error_t *(*run_fragment)(wsm_exchange_t *ex);
    /** It can be applied to the all-classes URI (DSP0227 R6-1). */
    int all_classes;
} wsm_op_t;

/** The operation of an action, or NULL. */
const wsm_op_t *wsm_op_find(const char *action);

wsm_error_t *op_identify(wsm_exchange_t *ex);
/** Get of WSM_URI_DRAFT_THIS. */
wsm_error_t *op_this(wsm_exchange_t *ex);
wsm_error_t *op_get(wsm_exchange_t *ex);
wsm_error_t *op_put(wsm_exchange_t *ex);
wsm_error_t *op_create(wsm_exchange_t *ex);
wsm_error_t *op_delete(wsm_exchange_t *ex);
wsm_error_t *op_enumerate(wsm_exchange_t *ex);
wsm_error_t *op_pull(wsm_exchange_t *ex);
wsm_error_t *op_release(wsm_exchange_t *ex);
wsm_error_t *op_enum_renew(wsm_exchange_t *ex);
wsm_error_t *op_enum_getstatus(wsm_exchange_t *ex);
wsm_error_t *op_invoke(wsm_exchange_t *ex);

#endif
