/* wsm_query.h - filters: parsed once, evaluated for each instance.
 *
 * A query is immutable and lives as long as its pool.  It has a text form, so
 * that an enumeration context can carry it: wsm_query_parse of dialect and
 * text gives the same query again.
 *
 * Dialects are rows of a table in wsm_query.c, one file each.
 */
#ifndef WSM_QUERY_H
#define WSM_QUERY_H

#include "../cim/cim_schema.h"
#include "../include/wsman_provider.h"
#include "../xml/wsm_xml.h"

typedef struct wsm_query_t wsm_query_t;

struct wsm_query_t {
    const char *dialect;
    /** The text form, for wsm_query_parse. */
    const char *text;
    /** Equalities that every match fulfils, for pushing down. */
    const wsman_term_t *terms;
    apr_uint32_t nterms;
    /** @return true if the instance matches; it allocates nothing.  The
     *  instance is of the class the query was made for, or of a subclass */
    int (*matches)(const wsm_query_t *query, const cim_instance_t *instance);
};

/** Makes a query from its text form.
 *  Errors: WSMAN_E_FILTER_DIALECT_UNAVAILABLE (listing those there are),
 *  WSMAN_E_CANNOT_PROCESS_FILTER. */
wsm_error_t *wsm_query_parse(const wsm_query_t **query, const char *dialect,
                             const char *text, const cim_class_t *cls,
                             apr_pool_t *pool);

/** Makes a query from a wsman:Filter or wsen:Filter element; without a Dialect
 *  attribute it is XPath 1.0 (DSP0226 8.3). */
wsm_error_t *wsm_query_read(const wsm_query_t **query, const xmlNode *filter,
                            const cim_class_t *cls, apr_pool_t *pool);

#endif
