/* wsm_store_check.h - what a database itself can say of a store: for a tool
 * that looks whether all is in order.
 */
#ifndef WSM_STORE_CHECK_H
#define WSM_STORE_CHECK_H

#include "../base/wsm_error.h"

/** Who is told; texts live during the call. */
typedef struct wsm_store_check_t {
    /** The file is damaged, in the database's words (sqlite3). */
    void (*damage)(void *baton, const char *text);
    /** There are so many records of a class. */
    void (*records)(void *baton, const char *repository, const char *ns,
                    const char *class_name, const char *count);
    /** There are so many references that are of no record. */
    void (*lost)(void *baton, const char *count);
    void *baton;
} wsm_store_check_t;

/** Asks on a connection of its own, which it closes.
 *  @param spec  as for wsm_store_dbd_open()
 *  Errors name no part of it. */
wsm_error_t *wsm_store_dbd_check(const wsm_store_check_t *told,
                                 const char *spec, apr_pool_t *pool);

#endif
