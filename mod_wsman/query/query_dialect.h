/* query_dialect.h - what a filter dialect gives to wsm_query.c.
 */
#ifndef QUERY_DIALECT_H
#define QUERY_DIALECT_H

#include "wsm_query.h"

typedef struct query_dialect_t {
    const char *uri;
    /** The text form of a filter element. */
    wsm_error_t *(*text_of)(const char **text, const xmlNode *filter,
                            apr_pool_t *pool);
    wsm_error_t *(*parse)(const wsm_query_t **query, const char *text,
                          const cim_class_t *cls, apr_pool_t *pool);
} query_dialect_t;

/** The selector filter of DSP0226 Annex E. */
extern const query_dialect_t query_selector_dialect;

#endif
