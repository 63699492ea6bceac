/* query_wql.h - what the files of WQL share.
 */
#ifndef QUERY_WQL_H
#define QUERY_WQL_H

#include "query_select.h"

/** ASSOCIATORS OF and REFERENCES OF. */
wsm_error_t *query_wql_association(wsm_query_t **query, query_lex_t *lex,
                                   const wsm_query_scope_t *scope);

#endif
