/* query_lex.h - the words of a query text, for WQL and CQL.
 *
 * One token is looked at, at any time.  What cannot be a token is one of type
 * QUERY_BAD, and lex->err says why: so a grammar asks only for what it wants,
 * and query_lex_expected() says what is wrong.
 */
#ifndef QUERY_LEX_H
#define QUERY_LEX_H

#include "query_dialect.h"

/** The longest name, in bytes. */
#define QUERY_MAX_NAME 255

typedef enum query_token_e {
    QUERY_END,
    QUERY_BAD,
    QUERY_NAME, /* keywords too: they are no names of their own */
    QUERY_STRING,
    QUERY_INTEGER, /* digits with a sign or without */
    QUERY_HEX,
    QUERY_BINARY,
    QUERY_REAL,
    QUERY_DATETIME, /* WQL: 20261121090000.000000+000 without quotes */
    QUERY_EQUAL_SIGN,
    QUERY_NOT_EQUAL_SIGN,
    QUERY_LESS_SIGN,
    QUERY_LESS_EQUAL_SIGN,
    QUERY_GREATER_SIGN,
    QUERY_GREATER_EQUAL_SIGN,
    QUERY_OPEN,
    QUERY_CLOSE,
    QUERY_OPEN_BRACKET,
    QUERY_CLOSE_BRACKET,
    QUERY_OPEN_BRACE,
    QUERY_CLOSE_BRACE,
    QUERY_COMMA,
    QUERY_DOT,
    QUERY_STAR,
    QUERY_OTHER /* a character that means nothing here */
} query_token_e;

/** What differs between the languages. */
typedef struct query_language_t {
    const char *name;
    /** A backslash in a pattern (the string after LIKE) is a character like
     *  any other (MS-WMI 2.2.1). */
    unsigned plain_patterns : 1;
    /** A backslash before any character stands for that one; else only the
     *  escapes of DSP0202 are there. */
    unsigned escapes_anything : 1;
    /** Numbers like 0x1F and 101B are read (DSP0202). */
    unsigned has_radix : 1;
    /** Datetimes may stand without quotes (MS-WMI 2.2.1.1 DATETIME). */
    unsigned has_datetimes : 1;
    /** != is as good as <>. */
    unsigned has_bang_equal : 1;
    /** Strings compare without ASCII case (MS-WMI 2.2.1). */
    unsigned folds : 1;
    /** Numbers and booleans may stand in quotes. */
    unsigned quotes_numbers : 1;
    /** A property may be compared with another one. */
    unsigned compares_places : 1;
    /** ANY, EVERY and items by their number are there. */
    unsigned has_arrays : 1;
    /** __CLASS and the like may be named. */
    unsigned has_system_properties : 1;
    /** A property may have its class, or that class's alias, in front. */
    unsigned names_classes : 1;
    /** `= NULL` means IS NULL. */
    unsigned equals_null : 1;
    /** LIKE takes a regular expression (DSP0202), not % and _. */
    unsigned likes_regular : 1;
} query_language_t;

typedef struct query_lex_t {
    const query_language_t *language;
    const char *text;
    query_token_e type;
    const char *start; /* of the token */
    const char *next;  /* behind it */
    const char *value; /* a name or number as written, the content of a
                          string */
    wsm_error_t *err;
    apr_pool_t *pool;
} query_lex_t;

/** Begins with the first token. */
void query_lex_start(query_lex_t *lex, const query_language_t *language,
                     const char *text, apr_pool_t *pool);
void query_lex_next(query_lex_t *lex);
/** The same, where a string that comes is a pattern. */
void query_lex_next_pattern(query_lex_t *lex);

/** @return true if the token is this keyword, in any letter case */
int query_lex_is(const query_lex_t *lex, const char *keyword);
/** Goes on if it is.  @return true if it was */
int query_lex_take(query_lex_t *lex, const char *keyword);
int query_lex_take_type(query_lex_t *lex, query_token_e type);

/** The error of a token that is not what should come here. */
wsm_error_t *query_lex_expected(const query_lex_t *lex, const char *what);

/** A text as a message shows it: the beginning of a long one. */
const char *query_shown(const char *text, apr_size_t length, apr_pool_t *pool);

/** WSMAN_E_CANNOT_PROCESS_FILTER, CIM_ERR_QUERY_FEATURE_NOT_SUPPORTED: what is
 *  asked for exists in the language, but is not done here. */
wsm_error_t *query_decline(apr_pool_t *pool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/** WSMAN_E_CANNOT_PROCESS_FILTER, CIM_ERR_INVALID_QUERY. */
wsm_error_t *query_invalid(apr_pool_t *pool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
