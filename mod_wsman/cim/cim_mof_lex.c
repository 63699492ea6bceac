/* cim_mof_lex.c - words, numbers and comments. */
#include "cim_mof_lex.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "cim_mof_char.h"
#include "cim_name.h"

#define NUMBER_SIZE 128

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_name_start(char c)
{
    unsigned char folded = cim_fold(c);
    return (folded >= 'a' && folded <= 'z') || c == '_' || folded >= 0x80;
}

static int is_name_char(char c)
{
    return is_name_start(c) || is_digit(c);
}

void cim_mof_lex_start(cim_mof_lexer_t *lex, const char *file, const char *text,
                       apr_size_t length)
{
    memset(lex, 0, sizeof(*lex));
    lex->file = file;
    lex->end = text + length;
    if (length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
        text += 3;
    lex->p = text;
    lex->line_start = text;
    lex->next_line = 1;
}

static void new_line(cim_mof_lexer_t *lex)
{
    lex->next_line++;
    lex->line_start = lex->p;
    lex->wide = 0;
}

static void here(cim_mof_lexer_t *lex)
{
    lex->text = lex->p;
    lex->length = 0;
    lex->line = lex->next_line;
    lex->column = (unsigned)(lex->p - lex->line_start) + 1 - lex->wide;
}

static void bad(cim_mof_lexer_t *lex, const char *fault)
{
    lex->kind = CIM_MOF_BAD;
    lex->fault = fault;
}

/** From after the opening to after the end of a block comment.
 *  @return 0 if it has no end */
static int skip_block(cim_mof_lexer_t *lex)
{
    while (lex->p < lex->end) {
        char c = *lex->p++;
        if (c == '\n')
            new_line(lex);
        else if (((unsigned char)c & 0xc0) == 0x80)
            lex->wide++;
        else if (c == '*' && *lex->p == '/') {
            lex->p++;
            return 1;
        }
    }
    return 0;
}

/** Skips white space and comments.
 *  @return 0 if a comment has no end; the token is then set */
static int skip_blanks(cim_mof_lexer_t *lex)
{
    for (;;) {
        char c = *lex->p;
        if (c == '\n') {
            lex->p++;
            new_line(lex);
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' ||
                   c == '\v') {
            lex->p++;
        } else if (c == '/' && lex->p[1] == '/') {
            const char *eol =
                memchr(lex->p, '\n', (apr_size_t)(lex->end - lex->p));
            lex->p = eol ? eol : lex->end;
        } else if (c == '/' && lex->p[1] == '*') {
            here(lex);
            lex->p += 2;
            if (!skip_block(lex)) {
                bad(lex, "this comment has no end");
                return 0;
            }
        } else {
            return 1;
        }
    }
}

static void read_name(cim_mof_lexer_t *lex, int kind)
{
    const char *start = lex->p;
    lex->kind = kind;
    while (is_name_char(*lex->p)) {
        if ((unsigned char)*lex->p < 0x80) {
            lex->p++;
            continue;
        }
        int length = cim_mof_char_length(lex->p, lex->end);
        if (!length) {
            bad(lex, "this name is not UTF-8");
            lex->p++;
            return;
        }
        lex->p += length;
        lex->wide += (unsigned)length - 1;
    }
    lex->text = start;
    lex->length = (apr_size_t)(lex->p - start);
}

static void read_string(cim_mof_lexer_t *lex)
{
    const char *start = ++lex->p;
    lex->kind = CIM_MOF_STRING;
    lex->plain = 1;
    for (;; lex->p++) {
        unsigned char c = (unsigned char)*lex->p;
        if (c == '"')
            break;
        if (c == '\n' || c == '\r' || c == '\0') {
            bad(lex, c || lex->p == lex->end
                         ? "this string has no end in its line"
                         : "this string has a NUL in it");
            return;
        }
        if (c == '\\') {
            lex->plain = 0;
            if (lex->p[1] == '"' || lex->p[1] == '\\')
                lex->p++;
        } else if (c >= 0x80) {
            lex->plain = 0;
            lex->wide += (c & 0xc0) == 0x80;
        }
    }
    lex->text = start;
    lex->length = (apr_size_t)(lex->p++ - start);
}

static void read_char(cim_mof_lexer_t *lex)
{
    const char *fault = NULL;
    const char *p = lex->p + 1;
    apr_uint32_t code = 0;
    lex->kind = CIM_MOF_CHAR;
    if (*p == '\'' || *p == '\n' || p >= lex->end)
        fault = "this is no character";
    else if (*p == '\\')
        fault = cim_mof_char_escape(&p, lex->end, &code);
    else if (!cim_mof_char_read(&p, lex->end, &code))
        fault = "this character is not UTF-8";
    if (!fault && code > 0xffff)
        fault = "this character is not one of the 65536 of a char16";
    if (!fault && *p != '\'')
        fault = "this character has no closing quote";
    if (fault) {
        bad(lex, fault);
        return;
    }
    for (const char *q = lex->p; q < p; q++)
        lex->wide += ((unsigned char)*q & 0xc0) == 0x80;
    lex->number = code;
    lex->p = p + 1;
    lex->length = (apr_size_t)(lex->p - lex->text);
}

/** Digits of a base that is a power of two, all of the text.
 *  @return 0 if another character is among them, -1 if it is too large */
static int read_bits(const char *text, apr_size_t length, int bits,
                     apr_uint64_t *number)
{
    apr_uint64_t sum = 0;
    for (apr_size_t i = 0; i < length; i++) {
        unsigned char c = cim_fold(text[i]);
        unsigned digit = 99;
        if (is_digit((char)c))
            digit = c - (unsigned)'0';
        else if (c >= 'a' && c <= 'f')
            digit = c - (unsigned)'a' + 10;
        if (digit >= 1u << bits)
            return 0;
        if (sum >> (64 - bits))
            return -1;
        sum = sum << bits | digit;
    }
    *number = sum;
    return length > 0;
}

/** An integer without its sign.  @return as read_bits() */
static int read_integer(const char *text, apr_size_t length,
                        apr_uint64_t *number)
{
    apr_uint64_t sum = 0;
    if (length > 2 && text[0] == '0' && cim_fold(text[1]) == 'x')
        return read_bits(text + 2, length - 2, 4, number);
    if (length > 1 && cim_fold(text[length - 1]) == 'b')
        return read_bits(text, length - 1, 1, number);
    if (text[0] == '0')
        return read_bits(text, length, 3, number);
    for (apr_size_t i = 0; i < length; i++) {
        if (!is_digit(text[i]))
            return 0;
        if (__builtin_mul_overflow(sum, 10u, &sum) ||
            __builtin_add_overflow(sum, (apr_uint64_t)(text[i] - '0'), &sum))
            return -1;
    }
    *number = sum;
    return 1;
}

static void read_number(cim_mof_lexer_t *lex)
{
    char copy[NUMBER_SIZE];
    const char *start = lex->p;
    int pointed = 0;
    if (*lex->p == '+' || *lex->p == '-')
        lex->p++;
    const char *digits = lex->p;
    for (;; lex->p++) {
        char c = *lex->p;
        int exponent_sign =
            pointed && (c == '+' || c == '-') && cim_fold(lex->p[-1]) == 'e';
        if (c == '.')
            pointed = 1;
        else if ((!is_name_char(c) || (unsigned char)c >= 0x80) &&
                 !exponent_sign)
            break;
    }
    lex->length = (apr_size_t)(lex->p - start);
    lex->negative = *start == '-';
    if (!pointed) {
        int good =
            read_integer(digits, (apr_size_t)(lex->p - digits), &lex->number);
        lex->kind = CIM_MOF_INTEGER;
        if (good <= 0)
            bad(lex,
                good < 0 ? "this number is too large" : "this is no number");
        return;
    }
    lex->kind = CIM_MOF_REAL;
    /* XSD's form, which asks for no digit after the point. */
    int good = lex->length < sizeof(copy) && is_digit(lex->p[-1]);
    if (good) {
        memcpy(copy, start, lex->length);
        copy[lex->length] = '\0';
        good = wsm_text_double(copy, &lex->real);
    }
    if (!good)
        bad(lex, "this is no number");
}

void cim_mof_lex_next(cim_mof_lexer_t *lex)
{
    if (!skip_blanks(lex))
        return;
    here(lex);
    char c = *lex->p;
    if (lex->p >= lex->end) {
        lex->kind = CIM_MOF_END;
    } else if (is_name_start(c)) {
        read_name(lex, CIM_MOF_NAME);
    } else if (c == '"') {
        read_string(lex);
    } else if (strchr("[]{}(),;:=", c) && c) {
        lex->kind = c;
        lex->length = 1;
        lex->p++;
    } else if (is_digit(c) || ((c == '+' || c == '-' || c == '.') &&
                               (is_digit(lex->p[1]) ||
                                (lex->p[1] == '.' && is_digit(lex->p[2]))))) {
        read_number(lex);
    } else if (c == '$' && is_name_start(lex->p[1])) {
        lex->p++;
        read_name(lex, CIM_MOF_ALIAS);
    } else if (c == '\'') {
        read_char(lex);
    } else if (c == '#' && !strncmp(lex->p, "#pragma", 7) &&
               !is_name_char(lex->p[7])) {
        lex->kind = CIM_MOF_PRAGMA;
        lex->length = 7;
        lex->p += 7;
    } else {
        lex->length = 1;
        lex->p++;
        bad(lex, "this character has no meaning here");
    }
}

int cim_mof_lex_is(const cim_mof_lexer_t *lex, const char *name)
{
    if (lex->kind != CIM_MOF_NAME)
        return 0;
    for (apr_size_t i = 0; i < lex->length; i++) {
        if (cim_fold(lex->text[i]) != cim_fold(name[i]))
            return 0;
    }
    return name[lex->length] == '\0';
}

apr_size_t cim_mof_lex_decode(cim_mof_lexer_t *lex, char *out, unsigned *column)
{
    const char *p = lex->text;
    const char *end = p + lex->length;
    char *start = out;
    if (lex->plain) {
        memcpy(out, p, lex->length);
        return lex->length;
    }
    unsigned at = lex->column + 1;
    while (p < end) {
        const char *from = p;
        apr_uint32_t code = 0;
        const char *fault = NULL;
        if (*p == '\\')
            fault = cim_mof_char_escape(&p, end, &code);
        else if (!cim_mof_char_read(&p, end, &code))
            fault = "this character is not UTF-8";
        if (!fault && code == 0)
            fault = "a string cannot hold the character 0";
        if (!fault && code >= 0xd800 && code < 0xe000)
            fault = cim_mof_char_pair(&p, end, &code);
        if (fault) {
            lex->fault = fault;
            *column = at;
            return (apr_size_t)-1;
        }
        at += *from == '\\' ? (unsigned)(p - from) : 1;
        out = cim_mof_char_put(out, code);
    }
    return (apr_size_t)(out - start);
}

const char *cim_mof_lex_found(const cim_mof_lexer_t *lex, apr_pool_t *pool)
{
    int shown = lex->length > 40 ? 40 : (int)lex->length;
    switch (lex->kind) {
    case CIM_MOF_END:
        return "the end";
    case CIM_MOF_STRING:
        return "a string";
    case CIM_MOF_PRAGMA:
        return "#pragma";
    case CIM_MOF_ALIAS:
        return apr_psprintf(pool, "$%.*s", shown, lex->text);
    default:
        return apr_psprintf(pool, "'%.*s'", shown, lex->text);
    }
}
