/* query_path_word.c - the words of an XPath expression.
 */
#include <math.h>
#include <string.h>

#include <apr_strings.h>

#include "query_path_private.h"

void query_path_skip(query_path_reader_t *reader)
{
    reader->at += strspn(reader->at, " \t\r\n");
}

int query_path_take(query_path_reader_t *reader, const char *word)
{
    apr_size_t length = strlen(word);

    query_path_skip(reader);
    if (strncmp(reader->at, word, length) != 0)
        return 0;
    reader->at += length;
    return 1;
}

const char *query_name_end(const char *text)
{
    if (!query_is_name_start(*text))
        return text;
    while (query_is_name_char(*text))
        text++;
    return text;
}

int query_path_take_word(query_path_reader_t *reader, const char *word)
{
    const char *end;

    query_path_skip(reader);
    end = query_name_end(reader->at);
    if ((apr_size_t)(end - reader->at) != strlen(word) ||
        strncmp(reader->at, word, strlen(word)) != 0)
        return 0;
    reader->at = end;
    return 1;
}

int query_path_take_call(query_path_reader_t *reader, const char *word)
{
    const char *start = reader->at;

    if (query_path_take_word(reader, word) && query_path_take(reader, "(") &&
        query_path_take(reader, ")"))
        return 1;
    reader->at = start;
    return 0;
}

wsm_error_t *query_path_beyond(query_path_reader_t *reader)
{
    reader->scope->beyond = 1;
    query_path_skip(reader);
    if (*reader->at == '\0')
        return query_fail(reader->pool, "The XPath expression ends too early.");
    return query_fail(
        reader->pool, "The XPath expression cannot be read from %s on.",
        query_shown(reader->at, strlen(reader->at), reader->pool));
}

wsm_error_t *query_path_name(query_path_name_t *name,
                             query_path_reader_t *reader)
{
    const char *start = reader->at, *end = query_name_end(start);

    if (end == start || end - start > QUERY_MAX_NAME)
        return query_path_beyond(reader);
    name->prefix = NULL;
    if (*end == ':' && query_is_name_start(end[1])) {
        name->prefix =
            apr_pstrmemdup(reader->pool, start, (apr_size_t)(end - start));
        start = end + 1;
        end = query_name_end(start);
        if (end - start > QUERY_MAX_NAME)
            return query_path_beyond(reader);
    }
    name->local =
        apr_pstrmemdup(reader->pool, start, (apr_size_t)(end - start));
    end += strspn(end, " \t\r\n");
    /* A function, an axis, a wildcard */
    if (*end == '(' || *end == ':')
        return query_path_beyond(reader);
    reader->at = end;
    return NULL;
}

wsm_error_t *query_path_literal(const char **text, query_path_reader_t *reader)
{
    const char *start = reader->at + 1;
    const char *end = strchr(start, *reader->at);

    if (end == NULL)
        return query_fail(reader->pool, "A string in the XPath expression "
                                        "has no end.");
    *text = apr_pstrmemdup(reader->pool, start, (apr_size_t)(end - start));
    reader->at = end + 1;
    return NULL;
}

wsm_error_t *query_path_constant(double *number, query_path_reader_t *reader)
{
    const char *start = reader->at;
    apr_size_t length = *start == '-';

    length += strspn(start + length, "0123456789.");
    *number = query_path_number(apr_pstrmemdup(reader->pool, start, length),
                                reader->pool);
    if (isnan(*number))
        return query_path_beyond(reader);
    reader->at += length;
    return NULL;
}

int query_is_number(const char *text)
{
    text += *text == '-';
    text += *text == '.';
    return *text >= '0' && *text <= '9';
}
