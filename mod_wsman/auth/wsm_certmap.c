/* wsm_certmap.c - the table of certificates and users.
 */
#include "wsm_certmap.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>

#define THUMBPRINT_DIGITS 40

/* ---- entries */

static const char *normal_thumbprint(const char *text, apr_pool_t *pool)
{
    char *digits = apr_palloc(pool, THUMBPRINT_DIGITS + 1);
    int n = 0;

    for (; *text != '\0'; text++) {
        if (*text == ' ' || *text == ':')
            continue;
        if (!apr_isxdigit(*text) || n == THUMBPRINT_DIGITS)
            return NULL;
        digits[n++] = (char)apr_toupper(*text);
    }
    digits[n] = '\0';
    return n == THUMBPRINT_DIGITS ? digits : NULL;
}

/* The only "*" there may be */
static int has_star(const char *pattern, int at_begin)
{
    const char *star = strchr(pattern, '*');

    return star == NULL || (strchr(star + 1, '*') == NULL &&
                            (star[1] == '\0' || (at_begin && star == pattern)));
}

static int is_uri_pattern(const char *pattern)
{
    const char *p;

    for (p = pattern; *p != '\0'; p++) {
        if (apr_isspace(*p) || *p == '?')
            return 0;
    }
    return p != pattern && has_star(pattern, 0);
}

const char *wsm_certmap_check(wsm_certmap_t *map, apr_pool_t *pool)
{
    const char *issuer =
        map->issuer ? normal_thumbprint(map->issuer, pool) : NULL;

    if (issuer == NULL)
        return "the issuer is the SHA-1 thumbprint of a certificate: 40 "
               "hexadecimal digits";
    if (map->subject == NULL || *map->subject == '\0' ||
        !has_star(map->subject, 1))
        return "the subject is a name, with at most one '*', at its begin or "
               "its end";
    if (map->uri == NULL || !is_uri_pattern(map->uri))
        return "the URI has at most one '*', at its end, and neither spaces "
               "nor '?'";
    if (map->user == NULL || *map->user == '\0')
        return "the user has no name";
    map->issuer = issuer;
    return NULL;
}

int wsm_certmap_is_same(const wsm_certmap_t *a, const wsm_certmap_t *b)
{
    return strcmp(a->issuer, b->issuer) == 0 &&
           strcasecmp(a->subject, b->subject) == 0 &&
           strcasecmp(a->uri, b->uri) == 0;
}

static const wsm_certmap_t *entry(const apr_array_header_t *maps, int i)
{
    return &APR_ARRAY_IDX(maps, i, const wsm_certmap_t);
}

int wsm_certmap_counts(const apr_array_header_t *maps, int i)
{
    int j;

    for (j = 0; j < i; j++) {
        if (wsm_certmap_is_same(entry(maps, j), entry(maps, i)))
            return 0;
    }
    return 1;
}

int wsm_certmap_has_users(const apr_array_header_t *maps)
{
    int i;

    for (i = 0; maps != NULL && i < maps->nelts; i++) {
        if (entry(maps, i)->enabled && wsm_certmap_counts(maps, i))
            return 1;
    }
    return 0;
}

/* ---- do they fit? */

static int fits(const char *pattern, const char *text)
{
    apr_size_t length = strlen(pattern);
    apr_size_t size = strlen(text);

    if (*pattern == '*')
        return size >= length - 1 &&
               strcasecmp(text + size - (length - 1), pattern + 1) == 0;
    if (length > 0 && pattern[length - 1] == '*')
        return strncasecmp(text, pattern, length - 1) == 0;
    return strcasecmp(text, pattern) == 0;
}

static int fits_subject(const char *pattern, const char *const *names)
{
    /* One without a name is "all subjects", too. */
    if (strcmp(pattern, "*") == 0)
        return 1;
    for (; *names != NULL; names++) {
        if (fits(pattern, *names))
            return 1;
    }
    return 0;
}

static int is_issuer(const char *issuer, const char *const *issuers)
{
    for (; *issuers != NULL; issuers++) {
        if (strcmp(issuer, *issuers) == 0)
            return 1;
    }
    return 0;
}

/* @param uri  NULL: any */
static int is_found(const apr_array_header_t *maps, int i,
                    const wsm_certificate_t *certificate, const char *uri)
{
    const wsm_certmap_t *map = entry(maps, i);

    return map->enabled && is_issuer(map->issuer, certificate->issuers) &&
           fits_subject(map->subject, certificate->names) &&
           (uri == NULL || fits(map->uri, uri)) && wsm_certmap_counts(maps, i);
}

/* ---- the two questions */

const char *wsm_certmap_user(const apr_array_header_t *maps,
                             const wsm_certificate_t *certificate)
{
    const char *user = NULL;
    apr_size_t longest = 0;
    int i;

    for (i = 0; maps != NULL && i < maps->nelts; i++) {
        apr_size_t length = strlen(entry(maps, i)->subject);

        if (length < longest || !is_found(maps, i, certificate, NULL))
            continue;
        if (length > longest)
            user = entry(maps, i)->user;
        else if (user != NULL && strcmp(user, entry(maps, i)->user) != 0)
            user = NULL; /* and stays so for this length */
        longest = length;
    }
    return user;
}

/* Positive: a is to be chosen rather than b; 0: neither is */
static long compare(const wsm_certmap_t *a, const wsm_certmap_t *b)
{
    long subject = (long)strlen(a->subject) - (long)strlen(b->subject);

    return subject != 0 ? subject : (long)strlen(a->uri) - (long)strlen(b->uri);
}

int wsm_certmap_allows(const apr_array_header_t *maps,
                       const wsm_certificate_t *certificate, const char *user,
                       const char *uri)
{
    const wsm_certmap_t *chosen = NULL;
    int several = 0;
    int i;

    for (i = 0; maps != NULL && i < maps->nelts; i++) {
        long order;

        if (!is_found(maps, i, certificate, uri))
            continue;
        order = chosen ? compare(entry(maps, i), chosen) : 1;
        if (order < 0)
            continue;
        several = order == 0;
        chosen = entry(maps, i);
    }
    return chosen != NULL && !several && strcmp(chosen->user, user) == 0;
}
