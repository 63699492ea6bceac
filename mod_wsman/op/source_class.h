/* source_class.h - what the sources of classes share.
 */
#ifndef SOURCE_CLASS_H
#define SOURCE_CLASS_H

#include "wsm_source.h"

/** Which classes of the call's namespace are walked. */
typedef struct source_class_range_t {
    const cim_class_t *top; /* only what is below it; NULL: all */
    int deep;               /* else only what is directly below */
    int with_top;
} source_class_range_t;

/** Hands classes over by name, from where the context stands.  Those that the
 *  caller may not see are left out. */
wsm_error_t *source_class_walk(const wsm_walk_t *walk,
                               const source_class_range_t *range);

/** Classes have one PolymorphismMode. */
wsm_error_t *source_class_check_mode(const wsm_context_t *context,
                                     const wsm_exchange_t *ex);
/** The function for wsm_source_t.epr, where things are classes. */
int source_class_epr(wsm_epr_t *epr, const wsm_walk_t *walk, const void *thing,
                     apr_pool_t *scratch);

#endif
