/* op_target.h - what operations on one instance share: its path, its EPR, the
 * instance in a body.
 */
#ifndef OP_TARGET_H
#define OP_TARGET_H

#include "../cim/cim_value.h"
#include "wsm_op.h"

/** The path that the request's ResourceURI and selectors mean.  For a
 *  [Singleton] class without selectors it is the path of its one instance
 *  (MS-WSMV 3.1.4.1: singletons need none). */
wsm_error_t *op_instance_path(cim_path_t *path, wsm_exchange_t *ex);
/** Refuses selectors other than __cimnamespace: the request is for a class. */
wsm_error_t *op_class_path(cim_path_t *path, wsm_exchange_t *ex);

/** Reads the instance in the body of a Put or Create (7.4, 7.6). */
wsm_error_t *op_read_instance(cim_instance_t **instance, wsm_exchange_t *ex);

/** The same of an element; NULL: the body has none. */
wsm_error_t *op_read_element(cim_instance_t **instance, const xmlNode *element,
                             wsm_exchange_t *ex);

/** The header blocks w:RequestedEPR for a path, if the request asked for it
 *  (6.5); path NULL: the EPR is not known.  NULL if it did not ask. */
const char *op_requested_epr(wsm_exchange_t *ex, const cim_path_t *path);

/** The code of a mapping problem in a representation. */
wsman_code_e op_representation_code(cim_xml_problem_e problem);

#endif
