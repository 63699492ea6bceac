/* query_select.h - what the SELECT statements of WQL and CQL make.
 */
#ifndef QUERY_SELECT_H
#define QUERY_SELECT_H

#include "query_condition.h"

/** The longest list of names. */
#define QUERY_MAX_NAMES 256

/** The class that is selected FROM, which must be that of the resource URI or
 *  below it.
 *  Errors: WSMAN_E_INVALID_RESOURCE_URI, there is no such class;
 *  WSMAN_E_CANNOT_PROCESS_FILTER, it is another class. */
wsm_error_t *query_select_class(const cim_class_t **cls, const char *name,
                                const query_lex_t *lex,
                                const wsm_query_scope_t *scope);

/** The names that are selected, each once; empty: all. */
typedef struct query_names_t {
    const char *names[QUERY_MAX_NAMES];
    apr_uint32_t count;
} query_names_t;

/** Adds a name.  @return the error of too many of them */
wsm_error_t *query_names_add(query_names_t *names, const char *name,
                             const query_lex_t *lex);

/** The query: instances of `cls` that fulfil the condition (NULL: all), with
 *  what was named of each. */
wsm_error_t *query_select_make(wsm_query_t **query, const cim_class_t *cls,
                               const query_names_t *names,
                               const query_expression_t *expression,
                               apr_pool_t *pool);
/** The query: classes that fulfil the condition. */
wsm_query_t *query_select_classes(const query_expression_t *expression,
                                  apr_pool_t *pool);

#endif
