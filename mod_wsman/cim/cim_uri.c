/* cim_uri.c - resource URIs of classes. */
#include "cim_uri.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../soap/wsm_names.h"

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/** @return true for a class name (DSP0004 7.2.1), or "*" */
static int is_class(const char *text)
{
    if (!strcmp(text, "*"))
        return 1;
    if (!is_letter(*text))
        return 0;
    while (is_letter(*text) || is_digit(*text))
        text++;
    return !*text;
}

/** @return true for names with '/' between them */
static int is_namespace(const char *text, apr_size_t length)
{
    int fresh = 1;
    for (apr_size_t i = 0; i < length; i++) {
        if (text[i] == '/') {
            if (fresh)
                return 0;
            fresh = 1;
        } else if (is_letter(text[i]) || is_digit(text[i]) ||
                   (!fresh && strchr("-.", text[i])))
            fresh = 0;
        else
            return 0;
    }
    return !fresh;
}

/** URIs compare without case, as Windows does it.
 *  @return what follows the prefix, or NULL */
static const char *after(const char *text, const char *prefix)
{
    apr_size_t length = strlen(prefix);
    return strncasecmp(text, prefix, length) ? NULL : text + length;
}

static int read_wmi(cim_uri_t *uri, const char *text, const char *rest,
                    apr_pool_t *pool)
{
    const char *slash = strrchr(rest, '/');
    if (!slash || !is_namespace(rest, (apr_size_t)(slash - rest)) ||
        !is_class(slash + 1))
        return 0;
    uri->base = apr_pstrmemdup(pool, text, (apr_size_t)(rest - text));
    uri->ns = apr_pstrmemdup(pool, rest, (apr_size_t)(slash - rest));
    uri->class_name = apr_pstrdup(pool, slash + 1);
    return 1;
}

/** Finds WSM_URI_CIM_PART behind the host, in whatever schema owner's URI, or
 *  what the draft has instead. */
static const char *find_class(const char *text)
{
    const char *host = strstr(text, "://");
    const char *draft = after(text, WSM_URI_DRAFT_CIM);
    if (draft)
        return draft;
    for (const char *p = host ? host + 3 : NULL; p && *p;
         p = strchr(p + 1, '/')) {
        const char *rest = *p == '/' ? after(p, WSM_URI_CIM_PART) : NULL;
        if (rest)
            return rest;
    }
    return NULL;
}

int cim_uri_read(cim_uri_t *uri, const char *text, apr_pool_t *pool)
{
    const char *rest = after(text, WSM_URI_WMI);
    if (!rest)
        rest = after(text, WSM_URI_DRAFT_WMI);
    memset(uri, 0, sizeof(*uri));
    if (rest)
        return read_wmi(uri, text, rest, pool);
    if (!strcasecmp(text, WSM_URI_CIM_ALL)) {
        uri->base = WSM_URI_CIM;
        uri->class_name = "*";
        return 1;
    }
    rest = find_class(text);
    if (!rest || !is_class(rest))
        return 0;
    uri->base = apr_pstrmemdup(pool, text, (apr_size_t)(rest - text));
    uri->class_name = apr_pstrdup(pool, rest);
    return 1;
}

const char *cim_uri_of(const cim_uri_t *like, const char *ns,
                       const char *class_name, apr_pool_t *pool)
{
    if (cim_uri_has_ns(like))
        return apr_pstrcat(pool, like->base, ns, "/", class_name, NULL);
    return apr_pstrcat(pool, like->base, class_name, NULL);
}

int cim_uri_has_ns(const cim_uri_t *uri)
{
    return !strcasecmp(uri->base, WSM_URI_WMI) ||
           !strcasecmp(uri->base, WSM_URI_DRAFT_WMI);
}
