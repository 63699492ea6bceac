/* cim_manager.h - the object manager: who answers for a class, its provider or
 * the repository, and the rules that hold for both.
 *
 * A path may name a superclass of the instance (DSP0227 7): the manager looks
 * for it among the subclasses too.
 */
#ifndef CIM_MANAGER_H
#define CIM_MANAGER_H

#include "../provide/wsm_sink.h"

/** All of these: `cls` is the class that path->class_name names; keys are
 *  complete and typed.  Errors of providers come through as they are, with
 *  WSMAN_E_TIMED_OUT instead when the deadline has passed. */
wsm_error_t *cim_manager_get(const wsm_call_t *call, const cim_class_t *cls,
                             const cim_path_t *path,
                             const cim_instance_t **instance);
/** Keys in `changes` must be those of the path (DSP0226 R7.4-4); properties
 *  that a provider's class does not declare [Write] are ignored (R7.4-3). */
wsm_error_t *cim_manager_put(const wsm_call_t *call, const cim_class_t *cls,
                             const cim_path_t *path, cim_instance_t *changes);
wsm_error_t *cim_manager_create(const wsm_call_t *call, const cim_class_t *cls,
                                const cim_instance_t *instance,
                                const cim_path_t **path);
wsm_error_t *cim_manager_remove(const wsm_call_t *call, const cim_class_t *cls,
                                const cim_path_t *path);
wsm_error_t *cim_manager_invoke(const wsm_call_t *call, const cim_class_t *cls,
                                const cim_path_t *path,
                                const cim_method_t *method,
                                const cim_instance_t *in, cim_instance_t *out);

/** The function for wsm_call_t.read. */
wsm_error_t *cim_manager_read(const wsm_call_t *call, const cim_path_t *path,
                              const cim_instance_t **instance);

/** An enumeration: what is wanted, and who takes it. */
typedef struct cim_list_t {
    const cim_class_t *cls;
    int deep;                 /* subclasses too */
    const wsm_query_t *query; /* NULL: all */
    int keys_only;            /* only keys will be looked at */
    int as_base;              /* only the properties that `cls` has will be */
    /** Where an earlier list ended: class and resume key; NULL: from the
     *  beginning. */
    const char *after_class;
    const char *after_key;
    wsm_sink_take_fn *take;
    void *baton;
} cim_list_t;

/** Walks the class and its subclasses in the order of cim_schema_descendants.
 *  Ends without error when take() has said FULL.
 *  WSMAN_E_TIMED_OUT when the deadline passed; what was taken until then is
 *  good. */
wsm_error_t *cim_manager_list(const wsm_call_t *call, const cim_list_t *list);

#endif
