/* cim_intern.h - equal texts kept once.
 *
 * The texts live in one pool, the table that finds them in another: it is only
 * needed while MOF is read.
 */
#ifndef CIM_INTERN_H
#define CIM_INTERN_H

#include <apr_pools.h>

typedef struct cim_intern_t cim_intern_t;

/** @param texts  where the texts stay
 *  @param pool   where the table is; its memory goes back to the system when
 *                the pool is cleared */
cim_intern_t *cim_intern_make(apr_pool_t *texts, apr_pool_t *pool);

/** @return the one text of these bytes, with a NUL after it */
const char *cim_intern(cim_intern_t *intern, const char *text,
                       apr_size_t length);

#endif
