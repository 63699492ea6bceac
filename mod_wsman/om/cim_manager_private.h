/* cim_manager_private.h - what the files of the object manager share.
 */
#ifndef CIM_MANAGER_PRIVATE_H
#define CIM_MANAGER_PRIVATE_H

#include "../provide/wsm_registry.h"

/** Who serves a class for this call; NULL: the repository. */
wsm_binding_t *cim_manager_binding(const wsm_call_t *call,
                                   const cim_class_t *cls);
/** May the caller write instances of a class in the namespace that it is in?
 *  @param binding  who serves it; NULL: the repository */
wsm_error_t *cim_manager_may_write(const wsm_call_t *call,
                                   const cim_class_t *cls,
                                   const wsm_binding_t *binding);
/** What a hook that reads, or a method, returned; WSMAN_E_TIMED_OUT, caused by
 *  it, if the deadline has passed (DSP0226 R6.1-2). */
wsm_error_t *cim_manager_in_time(const wsm_call_t *call, wsm_error_t *err);
/** The same for a hook that changes: what succeeded stays a success, or the
 *  client would do it twice. */
wsm_error_t *cim_manager_late(const wsm_call_t *call, wsm_error_t *err);

#endif
