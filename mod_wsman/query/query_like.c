/* query_like.c - the patterns of LIKE.
 */
#include "query_like.h"

#include <stdlib.h>
#include <string.h>

#include <apr_tables.h>

#include "query_lex.h"

#define WORD_BITS 64
#define MAX_WORDS ((QUERY_LIKE_MAX + 1) / WORD_BITS)
#define ASCII     128u
#define LAST_CODE 0x10ffffu

/* Bit k of a row of words: element k, and the state before it. */
struct query_like_t {
    apr_uint32_t nwords;
    apr_uint32_t final; /* the state behind the last element */
    int ends_open;      /* the last element takes anything any number of times
                         */
    const apr_uint64_t *optional; /* elements that may be left out: those that
                                     repeat, and some others */
    /* Leading any: the characters that begin nothing behind it, one byte for
     * each value of a byte; NULL: it does not lead. */
    const unsigned char *idle;
    const apr_uint64_t *repeats; /* elements that repeat */
    const apr_uint64_t *ascii;   /* elements that take a character, a row for
                                    each character */
    /* The same for the other characters: a row for each interval that begins
     * at a bound and ends before the next. */
    const apr_uint32_t *bounds;
    apr_uint32_t nbounds;
    const apr_uint64_t *others;
};

/* ---- compiling */

typedef struct range_t {
    apr_uint32_t first, last;
} range_t;

typedef struct element_t {
    apr_uint32_t range, nranges; /* in the compiler's ranges */
    unsigned char negated;
    unsigned char repeats;
    unsigned char optional;
} element_t;

typedef struct compiler_t {
    const char *in;
    int fold;
    apr_array_header_t *elements; /* element_t */
    apr_array_header_t *ranges;   /* range_t */
    apr_pool_t *pool;
} compiler_t;

/* One character; a byte that is no UTF-8 counts as one that nothing equals. */
static apr_uint32_t take_code(const char **text)
{
    const unsigned char *s = (const unsigned char *)*text;
    unsigned length, i;
    apr_uint32_t code = s[0];

    length = code < 0x80 ? 1 : code < 0xe0 ? 2 : code < 0xf0 ? 3 : 4;
    if (length > 1)
        code &= 0x7fu >> length;
    for (i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            *text += i;
            return LAST_CODE;
        }
        code = code << 6 | (s[i] & 0x3fu);
    }
    *text += length;
    return code < LAST_CODE ? code : LAST_CODE;
}

static element_t *add_element(compiler_t *c)
{
    element_t *element = apr_array_push(c->elements);

    memset(element, 0, sizeof(*element));
    element->range = (apr_uint32_t)c->ranges->nelts;
    return element;
}

static void add_range(compiler_t *c, element_t *element, apr_uint32_t first,
                      apr_uint32_t last)
{
    const range_t range = {first, last};

    APR_ARRAY_PUSH(c->ranges, range_t) = range;
    element->nranges++;
}

/* Everything is what is not in no range. */
static element_t *add_any(compiler_t *c)
{
    element_t *element = add_element(c);

    element->negated = 1;
    return element;
}

static element_t *add_char(compiler_t *c)
{
    element_t *element = add_element(c);
    apr_uint32_t code = take_code(&c->in);

    add_range(c, element, code, code);
    return element;
}

/* The text behind a [, up to its ].  @return 0 if there is none */
static int add_set(compiler_t *c)
{
    element_t *element = add_element(c);
    apr_uint32_t first;

    if (c->in[0] == '^' && c->in[1] != ']') {
        element->negated = 1;
        c->in++;
    }
    while (*c->in != ']') {
        if (*c->in == '\0')
            return 0;
        first = take_code(&c->in);
        if ((*c->in == '-' || *c->in == '=') && c->in[1] != ']' &&
            c->in[1] != '\0') {
            c->in++;
            add_range(c, element, first, take_code(&c->in));
        } else {
            add_range(c, element, first, first);
        }
    }
    c->in++;
    return 1;
}

static int in_ranges(const compiler_t *c, const element_t *element,
                     apr_uint32_t code)
{
    const range_t *range = (const range_t *)c->ranges->elts + element->range;
    apr_uint32_t i;

    for (i = 0; i < element->nranges; i++) {
        if (code >= range[i].first && code <= range[i].last)
            return 1;
    }
    return 0;
}

static int takes(const compiler_t *c, const element_t *element,
                 apr_uint32_t code)
{
    int in = in_ranges(c, element, code);
    apr_uint32_t lower = code | 0x20u;

    if (!in && c->fold && lower >= 'a' && lower <= 'z')
        in = in_ranges(c, element, code ^ 0x20u);
    return in != element->negated;
}

static int by_code(const void *a, const void *b)
{
    const apr_uint32_t *left = a, *right = b;

    return *left < *right ? -1 : *left > *right;
}

/* Where intervals of characters begin that all elements see alike. */
static void find_bounds(query_like_t *like, const compiler_t *c)
{
    apr_uint32_t *bounds = apr_palloc(
        c->pool, (2 * (apr_size_t)c->ranges->nelts + 1) * sizeof(*bounds));
    apr_uint32_t n = 0, kept = 1, i;
    int k;

    bounds[n++] = ASCII;
    for (k = 0; k < c->ranges->nelts; k++) {
        const range_t *range = &APR_ARRAY_IDX(c->ranges, k, range_t);

        if (range->first > ASCII)
            bounds[n++] = range->first;
        if (range->last >= ASCII)
            bounds[n++] = range->last + 1;
    }
    qsort(bounds, n, sizeof(*bounds), by_code);
    for (i = 1; i < n; i++) {
        if (bounds[i] != bounds[kept - 1])
            bounds[kept++] = bounds[i];
    }
    like->bounds = bounds;
    like->nbounds = kept;
}

static void fill_row(apr_uint64_t *row, const compiler_t *c, apr_uint32_t code)
{
    int k;

    for (k = 0; k < c->elements->nelts; k++) {
        if (takes(c, &APR_ARRAY_IDX(c->elements, k, element_t), code))
            row[k / WORD_BITS] |= APR_UINT64_C(1) << k % WORD_BITS;
    }
}

static int is_any(const element_t *element)
{
    return element->repeats && element->negated && element->nranges == 0;
}

static void find_repeats(query_like_t *like, const compiler_t *c)
{
    apr_uint64_t *repeats = apr_pcalloc(c->pool, like->nwords * 8);
    apr_uint64_t *optional = apr_pcalloc(c->pool, like->nwords * 8);
    const element_t *elements = (const element_t *)c->elements->elts;
    int k, n = c->elements->nelts;

    for (k = 0; k < n; k++) {
        if (elements[k].repeats)
            repeats[k / WORD_BITS] |= APR_UINT64_C(1) << k % WORD_BITS;
        if (elements[k].repeats || elements[k].optional)
            optional[k / WORD_BITS] |= APR_UINT64_C(1) << k % WORD_BITS;
    }
    like->repeats = repeats;
    like->optional = optional;
    like->ends_open = n > 0 && is_any(&elements[n - 1]);
}

/* Only for short patterns: long ones have a loop that does not look. */
static void find_idle(query_like_t *like, const compiler_t *c)
{
    const element_t *elements = (const element_t *)c->elements->elts;
    unsigned char *idle;
    apr_uint32_t i;

    if (like->final < 2 || like->nwords > 1 || !is_any(&elements[0]) ||
        elements[1].repeats || elements[1].optional)
        return;
    idle = apr_pcalloc(c->pool, 256);
    for (i = 1; i < ASCII; i++)
        idle[i] = !takes(c, &elements[1], i);
    like->idle = idle;
}

static const query_like_t *compile(const compiler_t *c)
{
    query_like_t *like = apr_pcalloc(c->pool, sizeof(*like));
    apr_uint64_t *ascii, *others;
    apr_uint32_t i, nwords;

    like->final = (apr_uint32_t)c->elements->nelts;
    nwords = like->nwords = like->final / WORD_BITS + 1;
    find_repeats(like, c);
    find_idle(like, c);
    find_bounds(like, c);
    ascii = apr_pcalloc(c->pool, (apr_size_t)ASCII * nwords * 8);
    for (i = 0; i < ASCII; i++)
        fill_row(ascii + i * nwords, c, i);
    others = apr_pcalloc(c->pool, (apr_size_t)like->nbounds * nwords * 8);
    for (i = 0; i < like->nbounds; i++)
        fill_row(others + i * nwords, c, like->bounds[i]);
    like->ascii = ascii;
    like->others = others;
    return like;
}

static void begin(compiler_t *c, const char *pattern, int fold,
                  apr_pool_t *pool)
{
    c->in = pattern;
    c->fold = fold;
    c->elements = apr_array_make(pool, 32, sizeof(element_t));
    c->ranges = apr_array_make(pool, 32, sizeof(range_t));
    c->pool = pool;
}

static wsm_error_t *too_long(apr_pool_t *pool)
{
    return query_invalid(pool, "A pattern of LIKE has more than %d characters.",
                         QUERY_LIKE_MAX);
}

static const char *shown(const char *pattern, apr_pool_t *pool)
{
    return query_shown(pattern, strlen(pattern), pool);
}

/* Sets count by what they have in them. */
static int is_full(const compiler_t *c)
{
    return c->elements->nelts == QUERY_LIKE_MAX ||
           c->ranges->nelts > QUERY_LIKE_MAX;
}

wsm_error_t *query_like_wql(const query_like_t **like, const char *pattern,
                            int fold, apr_pool_t *pool)
{
    compiler_t c;
    int open = 0;    /* behind a % */
    int doubled = 0; /* behind a backslash, the first of two */

    begin(&c, pattern, fold, pool);
    while (*c.in != '\0') {
        char first = *c.in;

        if (is_full(&c))
            return too_long(pool);
        if (first != '%' && first != '_' && first != '[') {
            add_char(&c)->optional = doubled && first == '\\';
            doubled = first == '\\' && !doubled;
        } else {
            doubled = 0;
            c.in++;
            if (first == '[' && !add_set(&c))
                return query_invalid(pool,
                                     "The pattern '%s' has a [ without a ].",
                                     shown(pattern, pool));
            if (first == '_' || (first == '%' && !open))
                add_any(&c)->repeats = first == '%';
        }
        open = first == '%';
    }
    if (c.ranges->nelts > QUERY_LIKE_MAX)
        return too_long(pool);
    *like = compile(&c);
    return NULL;
}

wsm_error_t *query_like_cql(const query_like_t **like, const char *pattern,
                            apr_pool_t *pool)
{
    compiler_t c;
    element_t *last = NULL;

    begin(&c, pattern, 0, pool);
    while (*c.in != '\0') {
        if (*c.in == '*') {
            if (last == NULL || last->repeats)
                return query_invalid(pool,
                                     "In the pattern '%s' a * has nothing to "
                                     "repeat.",
                                     shown(pattern, pool));
            last->repeats = 1;
            c.in++;
            continue;
        }
        if (is_full(&c))
            return too_long(pool);
        if (*c.in == '.') {
            c.in++;
            last = add_any(&c);
            continue;
        }
        if (*c.in == '\\' && *++c.in == '\0')
            return query_invalid(pool, "The pattern '%s' ends in a backslash.",
                                 shown(pattern, pool));
        last = add_char(&c);
    }
    *like = compile(&c);
    return NULL;
}

int query_like_is_pattern(const char *text)
{
    return strpbrk(text, "%_[") != NULL;
}

/* ---- matching */

static const apr_uint64_t *other_row(const query_like_t *like,
                                     const char **text)
{
    apr_uint32_t code = take_code(text);
    apr_uint32_t low = 0, high = like->nbounds, middle;

    while (high - low > 1) {
        middle = low + (high - low) / 2;
        if (like->bounds[middle] <= code)
            low = middle;
        else
            high = middle;
    }
    return like->others + low * like->nwords;
}

static inline const apr_uint64_t *row_of(const query_like_t *like,
                                         const char **text)
{
    unsigned char c = (unsigned char)**text;

    if (c >= ASCII)
        return other_row(like, text);
    (*text)++;
    return like->ascii + c * like->nwords;
}

/* What is optional need not be there: a state before a row of such elements is
 * one before each of the rest of them, and behind them.  The carry of an
 * addition runs along the row. */
static apr_uint64_t skip(apr_uint64_t states, apr_uint64_t optional)
{
    return (((states & optional) + optional) ^ optional) | states;
}

static int matches_word(const query_like_t *like, const char *text)
{
    const apr_uint64_t repeats = like->repeats[0];
    const apr_uint64_t final = APR_UINT64_C(1) << like->final;
    const apr_uint64_t open = like->ends_open ? final : 0;
    const apr_uint64_t optional = like->optional[0];
    const apr_uint64_t first = skip(1, optional);
    apr_uint64_t states = first;

    for (;;) {
        apr_uint64_t taken;

        if (states == first && like->idle != NULL) {
            while (like->idle[(unsigned char)*text])
                text++;
        }
        if (*text == '\0')
            return (states & final) != 0;
        taken = states & *row_of(like, &text);
        states = skip((taken & ~repeats) << 1 | (taken & repeats), optional);
        if (states == 0 || (states & open) != 0)
            return states != 0;
    }
}

/* The same over all words. */
static void skip_words(const query_like_t *like, apr_uint64_t *states)
{
    apr_uint64_t carry = 0, before, optional, sum;
    apr_uint32_t i;

    for (i = 0; i < like->nwords; i++) {
        optional = like->optional[i];
        before = (states[i] & optional) + carry;
        sum = before + optional;
        carry = before < carry || sum < optional;
        states[i] |= sum ^ optional;
    }
}

static int matches_words(const query_like_t *like, const char *text)
{
    apr_uint64_t states[MAX_WORDS] = {1};
    apr_uint64_t carry, taken, moved, any = 1;
    apr_uint32_t i;

    skip_words(like, states);
    while (*text != '\0' && any != 0) {
        const apr_uint64_t *row = row_of(like, &text);

        carry = any = 0;
        for (i = 0; i < like->nwords; i++) {
            taken = states[i] & row[i];
            moved = taken & ~like->repeats[i];
            states[i] = moved << 1 | carry | (taken & like->repeats[i]);
            carry = moved >> (WORD_BITS - 1);
            any |= states[i];
        }
        skip_words(like, states);
    }
    return *text == '\0' &&
           (states[like->final / WORD_BITS] >> like->final % WORD_BITS & 1) !=
               0;
}

int query_like_matches(const query_like_t *like, const char *text)
{
    return like->nwords == 1 ? matches_word(like, text)
                             : matches_words(like, text);
}
