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

#endif
