/* wsm_writer_escape.c - text with what XML cannot carry replaced.
 *
 * The hot path of a large enumeration: runs of bytes that need nothing are
 * found eight at a time and copied at once.
 */
#include "wsm_writer.h"

#include <stdint.h>
#include <string.h>

/* What is to be done with a byte: nothing, look at a UTF-8 sequence, or write
 * the text of this number instead. */
enum { PLAIN, AMP, LT, GT, QUOT, TAB, LF, CR, BAD, UTF8 };

#define ENTITY(text)                                                           \
    {                                                                          \
        text, sizeof(text) - 1                                                 \
    }

static const struct {
    const char *text;
    apr_size_t length;
} replacements[] = {
    [AMP] = ENTITY("&amp;"),   [LT] = ENTITY("&lt;"),  [GT] = ENTITY("&gt;"),
    [QUOT] = ENTITY("&quot;"), [TAB] = ENTITY("&#9;"), [LF] = ENTITY("&#10;"),
    [CR] = ENTITY("&#13;"),    [BAD] = ENTITY("?"),
};

#define CONTROLS                                                               \
    [0] = BAD, [1] = BAD, [2] = BAD, [3] = BAD, [4] = BAD, [5] = BAD,          \
    [6] = BAD, [7] = BAD, [8] = BAD, [11] = BAD, [12] = BAD,                   \
    [14 ... 31] = BAD, [128 ... 255] = UTF8

static const unsigned char in_content[256] = {
    CONTROLS, ['\r'] = CR, ['&'] = AMP, ['<'] = LT, ['>'] = GT,
};

static const unsigned char in_attribute[256] = {
    CONTROLS,    ['\t'] = TAB, ['\n'] = LF, ['\r'] = CR,
    ['&'] = AMP, ['<'] = LT,   ['>'] = GT,  ['"'] = QUOT,
};

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/** @return not 0 if one of eight bytes may need something: it is below 0x20,
 *  above 0x7f, or one of & < > " */
static uint64_t suspicious(uint64_t x)
{
    /* '<' and '>' differ in one bit, as do '"' and '&' (0x22, 0x26). */
    uint64_t angle = (x | EACH(0x02)) ^ EACH('>');
    uint64_t quote = (x | EACH(0x04)) ^ EACH('&');
    uint64_t found = (x - EACH(0x20)) | (angle - EACH(1)) | (quote - EACH(1));
    /* A borrow can only come from a byte that is found itself. */
    return (found | x) & EACH(0x80);
}

/** The length of the UTF-8 sequence at `p` if it is a character that XML can
 *  carry; else 0, and *skip is set to the bytes to be replaced. */
static apr_size_t sequence(const unsigned char *p, const unsigned char *end,
                           apr_size_t *skip)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = *p;
    apr_size_t want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    *skip = 1;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    uint32_t code = lead & (0x7fu >> want);
    for (apr_size_t i = 1; i < want; i++) {
        if (p + i == end || (p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3fu);
        *skip = i + 1;
    }
    if (code < least[want] || code > 0x10ffff ||
        (code & 0xfffff800) == 0xd800 || code == 0xfffe || code == 0xffff)
        return 0;
    return want;
}

/** The first byte from `p` on that needs something. */
static const unsigned char *skip_plain(const unsigned char *p,
                                       const unsigned char *end,
                                       const unsigned char *todo)
{
    for (;;) {
        uint64_t eight;
        while (end - p >= 8) {
            memcpy(&eight, p, 8);
            if (suspicious(eight))
                break;
            p += 8;
        }
        const unsigned char *stop = end - p >= 8 ? p + 8 : end;
        while (p < stop && todo[*p] == PLAIN)
            p++;
        if (p < stop || p == end)
            return p;
    }
}

static void escape(wsm_writer_t *out, const char *text, apr_size_t length,
                   const unsigned char *todo)
{
    const unsigned char *run = (const unsigned char *)text;
    const unsigned char *end = run + length;
    const unsigned char *p = run;

    while ((p = skip_plain(p, end, todo)) < end) {
        int what = todo[*p];
        apr_size_t skip = 1;
        if (what == UTF8) {
            apr_size_t good = sequence(p, end, &skip);
            if (good) {
                p += good;
                continue;
            }
            what = BAD;
        }
        wsm_write(out, (const char *)run, (apr_size_t)(p - run));
        wsm_write(out, replacements[what].text, replacements[what].length);
        p += skip;
        run = p;
    }
    wsm_write(out, (const char *)run, (apr_size_t)(end - run));
}

void wsm_write_text(wsm_writer_t *out, const char *text)
{
    escape(out, text, strlen(text), in_content);
}

void wsm_write_textn(wsm_writer_t *out, const char *text, apr_size_t length)
{
    escape(out, text, length, in_content);
}

void wsm_write_attr(wsm_writer_t *out, const char *text)
{
    escape(out, text, strlen(text), in_attribute);
}
