/* cim_table.h - things by name, in any letter case, in the order in which they
 * came.  For tables that are filled once and then only read, by any thread.
 */
#ifndef CIM_TABLE_H
#define CIM_TABLE_H

#include <apr_pools.h>

typedef struct cim_entry_t {
    const char *name;
    void *value;
} cim_entry_t;

typedef struct cim_table_t {
    cim_entry_t *entries;
    apr_uint32_t count;
    apr_uint32_t *slots; /* index into entries + 1; 0: free */
    apr_uint32_t mask;
    apr_pool_t *pool;
} cim_table_t;

cim_table_t *cim_table_make(apr_pool_t *pool);
/** @return NULL if there is none of that name */
void *cim_table_get(const cim_table_t *table, const char *name);
/** Puts another value under a name that is there; adds it if it is not. */
void cim_table_set(cim_table_t *table, const char *name, void *value);
/** Adds a name that is not yet there.  Neither of them is copied. */
void cim_table_add(cim_table_t *table, const char *name, void *value);

#endif
