/* wsm_query.c - finds the dialect of a filter.
 */
#include "wsm_query.h"

#include <string.h>

#include "../soap/wsm_names.h"
#include "query_dialect.h"

static const query_dialect_t *const dialects[] = {&query_selector_dialect};

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

wsm_error_t *wsm_query_parse(const wsm_query_t **query, const char *dialect,
                             const char *text, const cim_class_t *cls,
                             apr_pool_t *pool)
{
    const query_dialect_t *found;
    wsm_error_t *err = find_dialect(&found, dialect, pool);

    return err ? err : found->parse(query, text, cls, pool);
}

wsm_error_t *wsm_query_read(const wsm_query_t **query, const xmlNode *filter,
                            const cim_class_t *cls, apr_pool_t *pool)
{
    const char *uri = wsm_xml_attr(filter, NULL, "Dialect", pool);
    const query_dialect_t *dialect;
    const char *text;
    wsm_error_t *err;

    err = find_dialect(&dialect, uri ? uri : WSM_DIALECT_XPATH, pool);
    if (err == NULL)
        err = dialect->text_of(&text, filter, pool);
    return err ? err : dialect->parse(query, text, cls, pool);
}
