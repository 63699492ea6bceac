/* wsm_query.c - finds the dialect of a filter.
 */
#include "wsm_query.h"

#include <stdarg.h>
#include <string.h>

#include <apr_strings.h>

#include "../soap/wsm_names.h"
#include "query_dialect.h"

static const query_dialect_t *const dialects[] = {
    &query_selector_dialect, &query_association_dialect, &query_wql_dialect,
    &query_wql_dmtf_dialect, &query_cql_dialect,         &query_xpath_dialect};

#define NDIALECTS (sizeof(dialects) / sizeof(dialects[0]))

static wsm_error_t *find_dialect(const query_dialect_t **dialect,
                                 const char *uri, apr_pool_t *pool)
{
    wsm_error_t *err;
    apr_size_t i;

    for (i = 0; i < NDIALECTS; i++) {
        if (strcmp(dialects[i]->uri, uri) == 0) {
            *dialect = dialects[i];
            return NULL;
        }
    }
    err = wsm_fail(pool, WSMAN_E_FILTER_DIALECT_UNAVAILABLE,
                   "The filter dialect %s is not supported.", uri);
    for (i = 0; i < NDIALECTS; i++)
        wsm_error_detail(err, dialects[i]->uri, pool);
    return err;
}

wsm_error_t *query_fail(apr_pool_t *pool, const char *format, ...)
{
    const char *sentence;
    va_list ap;

    va_start(ap, format);
    sentence = apr_pvsprintf(pool, format, ap);
    va_end(ap);
    return wsm_fail(pool, WSMAN_E_CANNOT_PROCESS_FILTER, "%s", sentence);
}

wsm_error_t *query_text_of(const char **text, const xmlNode *filter,
                           apr_pool_t *pool)
{
    if (wsm_xml_first(filter) != NULL)
        return query_fail(pool, "The filter must be text, but has elements.");
    *text = wsm_xml_text(filter, pool);
    return NULL;
}

static wsm_error_t *parse(const wsm_query_t **query,
                          const query_dialect_t *dialect, const char *text,
                          const wsm_query_scope_t *scope, apr_pool_t *pool)
{
    wsm_query_t *made;
    wsm_error_t *err;

    if (strlen(text) > QUERY_MAX_TEXT)
        return query_fail(pool, "The filter is longer than %d bytes.",
                          QUERY_MAX_TEXT);
    err = dialect->parse(&made, text, scope, pool);
    if (err != NULL)
        return err;
    made->dialect = dialect->uri;
    made->text = apr_pstrdup(pool, text);
    *query = made;
    return NULL;
}

wsm_error_t *wsm_query_parse(const wsm_query_t **query, const char *dialect,
                             const char *text, const wsm_query_scope_t *scope,
                             apr_pool_t *pool)
{
    const query_dialect_t *found;
    wsm_error_t *err = find_dialect(&found, dialect, pool);

    return err ? err : parse(query, found, text, scope, pool);
}

wsm_error_t *wsm_query_read(const wsm_query_t **query, const xmlNode *filter,
                            const wsm_query_scope_t *scope, apr_pool_t *pool)
{
    const char *uri = wsm_xml_attr(filter, NULL, "Dialect", pool);
    const query_dialect_t *dialect;
    const char *text;
    wsm_error_t *err;

    err = find_dialect(&dialect, uri ? uri : WSM_DIALECT_XPATH, pool);
    if (err == NULL)
        err = dialect->text_of(&text, filter, pool);
    return err ? err : parse(query, dialect, text, scope, pool);
}
