/* query_object.h - object paths in queries: reading them with the types of
 * their class, and comparing.
 */
#ifndef QUERY_OBJECT_H
#define QUERY_OBJECT_H

#include "query_expression.h"

/** Reads `[\\host\][ns:]Class.Key=value,...`, `Class=value`, `Class=@`.
 *  @param path  on return, keys have the types of the class if it is there
 *  @param cls   its class; NULL: there is none of that name
 *  @return 0 if the text is no path, or has other keys than the class */
int query_object_read(cim_path_t *path, const cim_class_t **cls,
                      const char *text, const wsm_query_scope_t *scope,
                      apr_pool_t *pool);

/** @param a     without a namespace it equals one in any
 *  @param ns    where `b` is, if it does not say
 *  @param fold  strings in keys without ASCII case */
int query_object_equal(const cim_path_t *a, const cim_path_t *b, const char *ns,
                       int fold);

/** @return true if the path names this instance, or this class */
int query_object_names(const cim_path_t *path, const query_subject_t *subject,
                       int fold);

#endif
