/* query_path_private.h - the words of an XPath expression.  In names is
 * whatever is not ASCII.
 */
#ifndef QUERY_PATH_PRIVATE_H
#define QUERY_PATH_PRIVATE_H

#include "query_lex.h"
#include "query_path.h"

static inline int query_is_name_start(char c)
{
    unsigned char u = (unsigned char)c;

    return u >= 0x80 || u == '_' || (u >= 'A' && u <= 'Z') ||
           (u >= 'a' && u <= 'z');
}

static inline int query_is_name_char(char c)
{
    return query_is_name_start(c) || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
}

typedef struct query_path_reader_t {
    query_path_scope_t *scope;
    const char *at;
    int depth;
    unsigned clauses;
    apr_pool_t *pool;
} query_path_reader_t;

typedef struct query_path_name_t {
    const char *prefix; /* NULL: none */
    const char *local;
} query_path_name_t;

void query_path_skip(query_path_reader_t *reader);
/** Takes the characters of `word`, white space before them. */
int query_path_take(query_path_reader_t *reader, const char *word);
/** The same of a name, which must end with it. */
int query_path_take_word(query_path_reader_t *reader, const char *word);
/** word() */
int query_path_take_call(query_path_reader_t *reader, const char *word);

const char *query_name_end(const char *text);
/** A name that is no function's and no axis'. */
wsm_error_t *query_path_name(query_path_name_t *name,
                             query_path_reader_t *reader);
/** "text" or 'text' */
wsm_error_t *query_path_literal(const char **text, query_path_reader_t *reader);
int query_is_number(const char *text);
wsm_error_t *query_path_constant(double *number, query_path_reader_t *reader);

/** The first prefix that is not bound; NULL: there is none. */
const char *query_prefix_unbound(const char *text,
                                 const query_prefix_t *prefixes,
                                 apr_uint32_t nprefixes, apr_pool_t *pool);
/** The expression without this prefix. */
const char *query_prefix_dropped(const char *text, const char *prefix,
                                 apr_pool_t *pool);

/** The error of what cannot be read here: it may be XPath all the same. */
wsm_error_t *query_path_beyond(query_path_reader_t *reader);

#endif
