/* cim_mof_lex.h - the words of MOF (DSP0004 Annex A).
 *
 * A lexer looks at one token at a time and copies nothing: a token points into
 * the text, which must stay and end with a NUL that is not counted.
 */
#ifndef CIM_MOF_LEX_H
#define CIM_MOF_LEX_H

#include <apr_pools.h>

/* One-character tokens are themselves. */
typedef enum cim_mof_kind_e {
    CIM_MOF_END = 256,
    CIM_MOF_NAME,
    CIM_MOF_ALIAS,   /* text without the $ */
    CIM_MOF_STRING,  /* text without the quotes, escapes as they
                        are */
    CIM_MOF_CHAR,    /* number: its UTF-16 code unit */
    CIM_MOF_INTEGER, /* number and negative */
    CIM_MOF_REAL,    /* real */
    CIM_MOF_PRAGMA,  /* #pragma */
    CIM_MOF_BAD      /* fault says what is wrong */
} cim_mof_kind_e;

typedef struct cim_mof_lexer_t {
    const char *file; /* for messages */
    /* The token. */
    int kind;
    const char *text;
    apr_size_t length;
    unsigned line, column; /* from 1; columns count characters */
    unsigned plain : 1;    /* a string without escapes, all ASCII */
    unsigned negative : 1;
    apr_uint64_t number;
    double real;
    const char *fault;
    /* The place behind it. */
    const char *p;
    const char *end;
    const char *line_start;
    unsigned next_line;
    unsigned wide; /* bytes of this line that are no characters */
} cim_mof_lexer_t;

/** Starts before the first token; a byte order mark is skipped. */
void cim_mof_lex_start(cim_mof_lexer_t *lex, const char *file, const char *text,
                       apr_size_t length);
/** Goes to the next token. */
void cim_mof_lex_next(cim_mof_lexer_t *lex);

/** @return true if the token is this name, in any letter case */
int cim_mof_lex_is(const cim_mof_lexer_t *lex, const char *name);

/** Decodes a string token to `out`, which has room for its length.
 *  @param column  set to where the fault is
 *  @return how many bytes; (apr_size_t)-1: lex->fault says what is wrong */
apr_size_t cim_mof_lex_decode(cim_mof_lexer_t *lex, char *out,
                              unsigned *column);

/** What the token is, for "found ...", in pool. */
const char *cim_mof_lex_found(const cim_mof_lexer_t *lex, apr_pool_t *pool);

#endif
