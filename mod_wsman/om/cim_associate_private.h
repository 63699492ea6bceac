/* cim_associate_private.h - what the files of the associations share.
 */
#ifndef CIM_ASSOCIATE_PRIVATE_H
#define CIM_ASSOCIATE_PRIVATE_H

#include <apr_hash.h>

#include "cim_associate.h"

/** One query while it is answered. */
typedef struct associating_t {
    const wsm_call_t *call;
    const cim_associate_t *what;
    const wsm_association_t *asked; /* what->query->association */
    /** The object as it is: its own class, all of its keys. */
    const cim_class_t *cls;
    cim_path_t object;
    const cim_class_t *result_cls; /* NULL: any */
    apr_hash_t *seen;              /* texts of results */
    apr_size_t seen_size;
    apr_hash_t *allowed; /* class -> "y" or "n" */
    int full;
} associating_t;

/** @return true if the reference property may hold the object */
int associating_is_role(const associating_t *self,
                        const cim_property_t *property);
/** @return true if the reference property may lead to a result */
int associating_is_result_role(const associating_t *self,
                               const cim_property_t *property);
/** @return true if the value refers to the object */
int associating_refers(const associating_t *self, const cim_class_t *assoc,
                       const cim_value_t *value);
/** May the caller see instances of this class? */
int associating_may_see(associating_t *self, const cim_class_t *cls);
/** Remembers a result.  *is_new 0: it has been there already.
 *  WSMAN_E_QUOTA_LIMIT */
wsm_error_t *associating_once(associating_t *self, int *is_new,
                              const char *text);
/** Hands over a class, if it has not been there and may be seen. */
wsm_error_t *associating_give_class(associating_t *self, const cim_class_t *cls,
                                    apr_pool_t *scratch);

/** Goes through the instances of one association class that refer to the
 *  object. */
wsm_error_t *associating_walk_class(associating_t *self,
                                    const cim_class_t *assoc);

#endif
