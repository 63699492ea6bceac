/* query_lex.c - the words of a query text.
 */
#include "query_lex.h"

#include <stdarg.h>
#include <string.h>

#include <apr_strings.h>

#include "../cim/cim_name.h"

/* How much of a query's own text a message repeats. */
#define SHOWN 40

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_name_start(char c)
{
    return (cim_fold(c) >= 'a' && cim_fold(c) <= 'z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static int is_name_char(char c)
{
    return is_name_start(c) || is_digit(c);
}

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static wsm_error_t *failed(apr_pool_t *pool, wsman_cim_status_e status,
                           const char *format, va_list ap)
{
    wsm_error_t *err = wsm_error_vmake(pool, WSMAN_E_CANNOT_PROCESS_FILTER,
                                       APR_SUCCESS, NULL, format, ap);

    err->cim_status = status;
    return err;
}

wsm_error_t *query_decline(apr_pool_t *pool, const char *format, ...)
{
    wsm_error_t *err;
    va_list ap;

    va_start(ap, format);
    err = failed(pool, WSMAN_CIM_QUERY_FEATURE_NOT_SUPPORTED, format, ap);
    va_end(ap);
    return err;
}

wsm_error_t *query_invalid(apr_pool_t *pool, const char *format, ...)
{
    wsm_error_t *err;
    va_list ap;

    va_start(ap, format);
    err = failed(pool, WSMAN_CIM_INVALID_QUERY, format, ap);
    va_end(ap);
    return err;
}

/* ---- strings */

/* Why a token is none. */
static void bad(query_lex_t *lex, const char *why)
{
    lex->type = QUERY_BAD;
    lex->err = query_invalid(lex->pool, "The %s query has %s at character %d.",
                             lex->language->name, why,
                             (int)(lex->start - lex->text) + 1);
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    c = (char)cim_fold(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static char *put_utf8(char *out, unsigned long c)
{
    if (c < 0x80) {
        *out++ = (char)c;
        return out;
    }
    if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *out++ = (char)(0xe0 | c >> 12);
        } else {
            *out++ = (char)(0xf0 | c >> 18);
            *out++ = (char)(0x80 | (c >> 12 & 0x3f));
        }
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
    }
    *out++ = (char)(0x80 | (c & 0x3f));
    return out;
}

/* The digits of \u and \U.
 * @return 0 if they are no character */
static int take_code(const char **in, int ndigits, char **out)
{
    unsigned long code = 0;
    int i, digit;

    for (i = 0; i < ndigits; i++) {
        digit = hex_digit((*in)[i]);
        if (digit < 0)
            return 0;
        code = code << 4 | (unsigned long)digit;
    }
    if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    *in += ndigits;
    *out = put_utf8(*out, code);
    return 1;
}

/* What follows a backslash.
 * @param pattern  what is no escape stays as it is, the backslash too
 * @return 0 if it is no escape */
static int take_escape(const char **in, char **out, int anything, int pattern)
{
    static const char names[] = "\\'\"btnfr";
    static const char means[] = "\\'\"\b\t\n\f\r";
    const char *name;

    if (anything) {
        *(*out)++ = *(*in)++;
        return 1;
    }
    name = strchr(names, **in);
    if (name != NULL) {
        *(*out)++ = means[name - names];
        (*in)++;
        return 1;
    }
    if (**in == 'u' || **in == 'U') {
        (*in)++;
        return take_code(in, (*in)[-1] == 'u' ? 4 : 8, out);
    }
    if (pattern) {
        *(*out)++ = '\\';
        *(*out)++ = *(*in)++;
    }
    return pattern;
}

/* @return the closing quote, or NULL */
static const char *end_of_string(const char *start, int plain)
{
    const char *p;

    for (p = start + 1; *p != *start; p++) {
        if (*p == '\\' && !plain)
            p++;
        if (*p == '\0')
            return NULL;
    }
    return p;
}

static void take_string(query_lex_t *lex, int pattern)
{
    const char *in = lex->start + 1;
    int plain = pattern && lex->language->plain_patterns;
    const char *end = end_of_string(lex->start, plain);
    char *text, *out;

    if (end == NULL) {
        bad(lex, "a string without an end");
        return;
    }
    text = out = apr_palloc(lex->pool, (apr_size_t)(end - in) + 1);
    lex->type = QUERY_STRING;
    lex->value = text;
    while (in < end) {
        if (*in != '\\' || plain) {
            *out++ = *in++;
            continue;
        }
        in++;
        if (!take_escape(&in, &out, lex->language->escapes_anything, pattern)) {
            bad(lex, "an escape that does not exist in the string");
            return;
        }
    }
    *out = '\0';
    lex->next = in + 1;
}

/* ---- numbers */

static const char *digits(const char *p)
{
    while (is_digit(*p))
        p++;
    return p;
}

/* An unquoted datetime: 14 digits, point, 6 digits, then the offset, or 000
 * after a colon. */
static int is_datetime(const char *start, const char *point)
{
    const char *fraction = point + 1;
    const char *p;

    if (point - start != 14 || *point != '.')
        return 0;
    p = digits(fraction);
    return p - fraction == 6 && (*p == '+' || *p == '-' || *p == ':') &&
           digits(p + 1) - p == 4;
}

/* @return where a number of another radix ends, or NULL */
static const char *take_radix(query_lex_t *lex, const char *p)
{
    const char *end = p;

    if (p[0] == '0' && cim_fold(p[1]) == 'x' && hex_digit(p[2]) >= 0) {
        lex->type = QUERY_HEX;
        for (end = p + 2; hex_digit(*end) >= 0;)
            end++;
        return end;
    }
    while (*end == '0' || *end == '1')
        end++;
    if (end == p || cim_fold(*end) != 'b' || is_name_char(end[1]))
        return NULL;
    lex->type = QUERY_BINARY;
    return end + 1;
}

static const char *take_real(query_lex_t *lex, const char *p)
{
    const char *exponent;

    if (*p == '.' && is_digit(p[1])) {
        lex->type = QUERY_REAL;
        p = digits(p + 1);
    }
    if (cim_fold(*p) == 'e') {
        exponent = p + (p[1] == '+' || p[1] == '-' ? 2 : 1);
        if (is_digit(*exponent)) {
            lex->type = QUERY_REAL;
            p = digits(exponent);
        }
    }
    return p;
}

static void take_number(query_lex_t *lex)
{
    const char *p = lex->start;
    const char *first, *end = NULL;

    if (*p == '+' || *p == '-')
        p++;
    first = p;
    lex->type = QUERY_INTEGER;
    p = digits(p);
    if (lex->language->has_datetimes && first == lex->start &&
        is_datetime(first, p)) {
        lex->type = QUERY_DATETIME;
        end = lex->start + 25;
    }
    if (end == NULL && lex->language->has_radix)
        end = take_radix(lex, first);
    if (end == NULL)
        end = take_real(lex, p);
    if (is_name_char(*end)) {
        bad(lex, "a number with letters");
        return;
    }
    lex->value =
        apr_pstrmemdup(lex->pool, lex->start, (apr_size_t)(end - lex->start));
    lex->next = end;
}

/* ---- tokens */

static const struct {
    char text[3];
    query_token_e type;
} marks[] = {
    {"<>", QUERY_NOT_EQUAL_SIGN},
    {"<=", QUERY_LESS_EQUAL_SIGN},
    {">=", QUERY_GREATER_EQUAL_SIGN},
    {"!=", QUERY_NOT_EQUAL_SIGN},
    {"=", QUERY_EQUAL_SIGN},
    {"<", QUERY_LESS_SIGN},
    {">", QUERY_GREATER_SIGN},
    {"(", QUERY_OPEN},
    {")", QUERY_CLOSE},
    {"[", QUERY_OPEN_BRACKET},
    {"]", QUERY_CLOSE_BRACKET},
    {"{", QUERY_OPEN_BRACE},
    {"}", QUERY_CLOSE_BRACE},
    {",", QUERY_COMMA},
    {".", QUERY_DOT},
    {"*", QUERY_STAR},
};

#define NMARKS (sizeof(marks) / sizeof(marks[0]))

static void take_mark(query_lex_t *lex)
{
    apr_size_t i, length;

    for (i = 0; i < NMARKS; i++) {
        length = strlen(marks[i].text);
        if (strncmp(lex->start, marks[i].text, length) == 0 &&
            (marks[i].text[0] != '!' || lex->language->has_bang_equal)) {
            lex->type = marks[i].type;
            lex->next = lex->start + length;
            return;
        }
    }
    lex->type = QUERY_OTHER;
    lex->next = lex->start + 1;
}

static void take_name(query_lex_t *lex)
{
    const char *end = lex->start;

    while (is_name_char(*end))
        end++;
    if (end - lex->start > QUERY_MAX_NAME) {
        bad(lex, "a name that is too long");
        return;
    }
    lex->type = QUERY_NAME;
    lex->value =
        apr_pstrmemdup(lex->pool, lex->start, (apr_size_t)(end - lex->start));
    lex->next = end;
}

static int is_number(const char *p)
{
    if (*p == '+' || *p == '-')
        p++;
    return is_digit(*p) || (*p == '.' && is_digit(p[1]));
}

static void next(query_lex_t *lex, int pattern)
{
    const char *p = lex->next;

    if (lex->type == QUERY_BAD)
        return;
    while (is_space(*p))
        p++;
    lex->start = p;
    lex->value = NULL;
    if (*p == '\0') {
        lex->type = QUERY_END;
        lex->next = p;
    } else if (*p == '\'' || *p == '"') {
        take_string(lex, pattern);
    } else if (is_name_start(*p)) {
        take_name(lex);
    } else if (is_number(p)) {
        take_number(lex);
    } else {
        take_mark(lex);
    }
}

void query_lex_start(query_lex_t *lex, const query_language_t *language,
                     const char *text, apr_pool_t *pool)
{
    memset(lex, 0, sizeof(*lex));
    lex->language = language;
    lex->text = text;
    lex->next = text;
    lex->pool = pool;
    query_lex_next(lex);
}

void query_lex_next(query_lex_t *lex)
{
    next(lex, 0);
}

void query_lex_next_pattern(query_lex_t *lex)
{
    next(lex, 1);
}

int query_lex_is(const query_lex_t *lex, const char *keyword)
{
    return lex->type == QUERY_NAME && cim_name_equal(lex->value, keyword);
}

int query_lex_take(query_lex_t *lex, const char *keyword)
{
    if (!query_lex_is(lex, keyword))
        return 0;
    query_lex_next(lex);
    return 1;
}

int query_lex_take_type(query_lex_t *lex, query_token_e type)
{
    if (lex->type != type)
        return 0;
    query_lex_next(lex);
    return 1;
}

const char *query_shown(const char *text, apr_size_t length, apr_pool_t *pool)
{
    apr_size_t cut = SHOWN;

    if (length <= SHOWN)
        return apr_pstrmemdup(pool, text, length);
    while (cut > 0 && ((unsigned char)text[cut] & 0xc0) == 0x80)
        cut--;
    return apr_pstrcat(pool, apr_pstrmemdup(pool, text, cut), "...", NULL);
}

wsm_error_t *query_lex_expected(const query_lex_t *lex, const char *what)
{
    if (lex->type == QUERY_BAD)
        return lex->err;
    if (lex->type == QUERY_END)
        return query_invalid(lex->pool,
                             "The %s query ends where %s should come.",
                             lex->language->name, what);
    return query_invalid(
        lex->pool, "The %s query has %s at character %d where %s should come.",
        lex->language->name,
        query_shown(lex->start, (apr_size_t)(lex->next - lex->start),
                    lex->pool),
        (int)(lex->start - lex->text) + 1, what);
}
