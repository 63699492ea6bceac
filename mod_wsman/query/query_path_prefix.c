/* query_path_prefix.c - the namespace prefixes of an XPath expression.
 */
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "query_path_private.h"

/* More than these are not bound, and not looked for. */
#define MAX_PREFIXES 64
#define MAX_LOOKED   1024

/* The next prefix of a name; moves *text behind it. */
static const char *next_prefix(const char **text, apr_pool_t *pool)
{
    const char *p = *text, *start;

    while (*p != '\0') {
        start = p;
        if (*p == '"' || *p == '\'') {
            p = strchr(p + 1, *p);
            if (p == NULL)
                return NULL;
            p++;
            continue;
        }
        p++;
        if (!query_is_name_start(*start))
            continue;
        while (query_is_name_char(*p))
            p++;
        if (*p == ':' && p[1] != ':') {
            *text = p + 1;
            return apr_pstrmemdup(pool, start, (apr_size_t)(p - start));
        }
        if (*p == ':')
            p += 2;
    }
    return NULL;
}

static int has(const apr_array_header_t *found, const char *name)
{
    int i;

    for (i = 0; i < found->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(found, i, query_prefix_t).name, name) == 0)
            return 1;
    }
    return 0;
}

void query_prefixes_of(const query_prefix_t **prefixes, apr_uint32_t *nprefixes,
                       const char *text, const xmlNode *node, apr_pool_t *pool)
{
    apr_array_header_t *found = apr_array_make(pool, 4, sizeof(query_prefix_t));
    query_prefix_t prefix;
    const char *local;
    int looked = 0;

    while (found->nelts < MAX_PREFIXES && looked++ < MAX_LOOKED &&
           (prefix.name = next_prefix(&text, pool)) != NULL) {
        if (!has(found, prefix.name) &&
            wsm_xml_qname(node, apr_pstrcat(pool, prefix.name, ":n", NULL),
                          &prefix.uri, &local, pool))
            APR_ARRAY_PUSH(found, query_prefix_t) = prefix;
    }
    *prefixes = (const query_prefix_t *)found->elts;
    *nprefixes = (apr_uint32_t)found->nelts;
}

const char *query_prefix_unbound(const char *text,
                                 const query_prefix_t *prefixes,
                                 apr_uint32_t nprefixes, apr_pool_t *pool)
{
    const char *found;
    apr_uint32_t i;

    while ((found = next_prefix(&text, pool)) != NULL) {
        for (i = 0; i < nprefixes; i++) {
            if (strcmp(prefixes[i].name, found) == 0)
                break;
        }
        if (i == nprefixes && strcmp(found, "xsi") != 0 &&
            strcmp(found, "xml") != 0)
            return found;
    }
    return NULL;
}

const char *query_prefix_dropped(const char *text, const char *prefix,
                                 apr_pool_t *pool)
{
    apr_size_t length = strlen(prefix) + 1;
    const char *at = text, *found;
    char *copy = apr_palloc(pool, strlen(text) + 1);
    apr_size_t used = 0;

    while ((found = next_prefix(&at, pool)) != NULL) {
        apr_size_t part = (apr_size_t)(at - text);

        memcpy(copy + used, text, part);
        used += part;
        if (strcmp(found, prefix) == 0)
            used -= length;
        text = at;
    }
    memcpy(copy + used, text, strlen(text) + 1);
    return copy;
}
