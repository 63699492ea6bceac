/* cim_edit.h - changing an instance by what it is now.
 */
#ifndef CIM_EDIT_H
#define CIM_EDIT_H

#include "../provide/wsm_sink.h"

/** Says what is to be changed.
 *  @param now      the instance as it is
 *  @param changes  of the same class; what gets a value here is set.  Values
 *                  live as long as `pool`
 *  It must not use the store, and may be called again if `now` has changed
 *  meanwhile. */
typedef wsm_error_t *cim_edit_fn(void *baton, const cim_instance_t *now,
                                 cim_instance_t *changes, apr_pool_t *pool);

/** Reads an instance, asks what is to be changed, and changes that.  In the
 *  repository it is one transaction: of those who edit different parts of one
 *  property at the same time, all win.  Of a provider it is a get and a put.
 *  Keys, and what a provider's class does not declare [Write], cannot be
 *  changed: WSMAN_E_ACTION_MISMATCH (DSP0226 R7.9-2).
 *  @param cls   that of the instance, not one above it
 *  @param path  complete keys */
wsm_error_t *cim_edit(const wsm_call_t *call, const cim_class_t *cls,
                      const cim_path_t *path, cim_edit_fn *edit, void *baton);

#endif
