/* line.c - what a client of Windows means by a command line.
 */
#include "line.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>
#include <apr_tables.h>

const char *line_join(const char *command, const char *const *arguments,
                      int narguments, apr_pool_t *pool)
{
    apr_array_header_t *words =
        apr_array_make(pool, narguments + 1, sizeof(const char *));

    APR_ARRAY_PUSH(words, const char *) = command;
    for (int i = 0; i < narguments; i++)
        APR_ARRAY_PUSH(words, const char *) = arguments[i];
    return apr_array_pstrcat(pool, words, ' ');
}

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t");
}

/** @return what follows the program's name, or NULL: another word stands
 *          there */
static const char *after(const char *at, const char *name)
{
    const apr_size_t length = strlen(name);

    if (strncasecmp(at, name, length) != 0)
        return NULL;
    at += length;
    if (strncasecmp(at, ".exe", 4) == 0)
        at += 4;
    return *at == '\0' || *at == ' ' || *at == '\t' ? at : NULL;
}

/** What follows the options of cmd.exe, of which /c (or /k, /r) is the last;
 *  NULL: these are no such options. */
static const char *after_options(const char *at)
{
    for (;;) {
        at = skip_space(at);
        if (at[0] != '/' || at[1] == '\0')
            return NULL;
        if (strchr("cCrRkK", at[1]) != NULL) {
            /* cmd.exe wants no space behind it; a path it is not */
            return at[2] == '\0' || at[2] == ' ' || at[2] == '\t' ||
                           at[2] == '"'
                       ? skip_space(at + 2)
                       : NULL;
        }
        at += strcspn(at, " \t");
    }
}

/** "a b" -> a b, where no other quotes are inside. */
static const char *unquote(const char *text, apr_pool_t *pool)
{
    const char *end = text[0] == '"' ? strchr(text + 1, '"') : NULL;

    if (end == NULL || *skip_space(end + 1) != '\0')
        return text;
    return apr_pstrmemdup(pool, text + 1, (apr_size_t)(end - text - 1));
}

line_kind_e line_read(const char **text, const char *line, apr_pool_t *pool)
{
    for (;;) {
        const char *at = skip_space(line);
        const char *rest = after(at, "powershell");

        if (rest != NULL) {
            *text = skip_space(rest);
            return LINE_POWERSHELL;
        }
        rest = after(at, "cmd");
        if (rest != NULL)
            rest = after_options(rest);
        if (rest == NULL) {
            *text = line;
            return LINE_SHELL;
        }
        line = unquote(rest, pool);
    }
}

/** Reads one word; of 2n backslashes before a quote n are left, of 2n + 1 n and
 *  the quote itself. */
static const char *word(const char **at, apr_pool_t *pool)
{
    const char *from = *at;
    char *text = apr_palloc(pool, strlen(from) + 1);
    char *to = text;
    int quoted = 0;

    while (*from != '\0' && (quoted || (*from != ' ' && *from != '\t'))) {
        apr_size_t slashes = strspn(from, "\\");
        int is_quote = from[slashes] == '"';
        apr_size_t kept = is_quote ? slashes / 2 : slashes;

        memset(to, '\\', kept);
        to += kept;
        from += slashes;
        if (is_quote && slashes % 2 == 0) {
            quoted = !quoted;
            from++;
        } else if (is_quote || (slashes == 0 && *from != '\0'))
            *to++ = *from++;
    }
    *to = '\0';
    *at = from;
    return text;
}

const char *const *line_words(const char *first, const char *text,
                              apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, 8, sizeof(const char *));

    APR_ARRAY_PUSH(words, const char *) = first;
    for (text = skip_space(text); *text != '\0'; text = skip_space(text))
        APR_ARRAY_PUSH(words, const char *) = word(&text, pool);
    APR_ARRAY_PUSH(words, const char *) = NULL;
    return (const char *const *)(void *)words->elts;
}
