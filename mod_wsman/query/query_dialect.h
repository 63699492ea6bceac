/* query_dialect.h - what a filter dialect gives to wsm_query.c.
 */
#ifndef QUERY_DIALECT_H
#define QUERY_DIALECT_H

#include "wsm_query.h"

/** The longest text form of a query, in bytes. */
#define QUERY_MAX_TEXT (64 * 1024)

typedef struct query_dialect_t {
    const char *uri;
    /** The text form of a filter element; needs no more than `filter` (an
     *  association filter's has all that its element has). */
    wsm_error_t *(*text_of)(const char **text, const xmlNode *filter,
                            apr_pool_t *pool);
    /** Sets everything but dialect and text, which wsm_query.c fills in. */
    wsm_error_t *(*parse)(wsm_query_t **query, const char *text,
                          const wsm_query_scope_t *scope, apr_pool_t *pool);
} query_dialect_t;

/** The text of an element that holds nothing but text. */
wsm_error_t *query_text_of(const char **text, const xmlNode *filter,
                           apr_pool_t *pool);

/** WSMAN_E_CANNOT_PROCESS_FILTER with a sentence that says why. */
wsm_error_t *query_fail(apr_pool_t *pool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** The selector filter of DSP0226 Annex E. */
extern const query_dialect_t query_selector_dialect;
/** WQL of MS-WMI 2.2.1, under the URIs of Microsoft and of DMTF. */
extern const query_dialect_t query_wql_dialect;
extern const query_dialect_t query_wql_dmtf_dialect;
/** The basic query of CQL, DSP0202. */
extern const query_dialect_t query_cql_dialect;
/** XPath 1.0, as far as DSP0226 Annex D and libxml2 go. */
extern const query_dialect_t query_xpath_dialect;
/** The association filter of DSP0227 8.2. */
extern const query_dialect_t query_association_dialect;

#endif
