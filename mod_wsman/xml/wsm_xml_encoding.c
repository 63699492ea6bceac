/* wsm_xml_encoding.c - which encoding a document is in, and UTF-16 as UTF-8. */
#include "wsm_xml_encoding.h"

#include <string.h>
#include <strings.h>

wsm_encoding_e wsm_encoding_by_name(const char *name, apr_size_t length)
{
    static const struct {
        const char *name;
        wsm_encoding_e encoding;
    } names[] = {
        {"utf-8", WSM_ENCODING_UTF8},       {"utf8", WSM_ENCODING_UTF8},
        {"utf-16", WSM_ENCODING_UTF16},     {"utf16", WSM_ENCODING_UTF16},
        {"utf-16le", WSM_ENCODING_UTF16LE}, {"utf-16be", WSM_ENCODING_UTF16BE}};
    for (apr_size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strlen(names[i].name) == length &&
            !strncasecmp(names[i].name, name, length))
            return names[i].encoding;
    return WSM_ENCODING_OTHER;
}

wsm_encoding_e wsm_encoding_detect(const unsigned char *head, apr_size_t length,
                                   apr_size_t *mark)
{
    /* Longer marks before those that they begin with; without a mark a
     * document begins with '<' (XML 1.0 appendix F). */
    static const struct {
        unsigned char bytes[4];
        unsigned char length;
        unsigned char mark;
        unsigned char encoding;
    } heads[] = {
        {{0xff, 0xfe, 0, 0}, 4, 4, WSM_ENCODING_OTHER},
        {{0, 0, 0xfe, 0xff}, 4, 4, WSM_ENCODING_OTHER},
        {{0, 0, 0, '<'}, 4, 0, WSM_ENCODING_OTHER},
        {{'<', 0, 0, 0}, 4, 0, WSM_ENCODING_OTHER},
        {{0xef, 0xbb, 0xbf}, 3, 3, WSM_ENCODING_UTF8},
        {{0xff, 0xfe}, 2, 2, WSM_ENCODING_UTF16LE},
        {{0xfe, 0xff}, 2, 2, WSM_ENCODING_UTF16BE},
        {{'<', 0}, 2, 0, WSM_ENCODING_UTF16LE},
        {{0, '<'}, 2, 0, WSM_ENCODING_UTF16BE},
    };
    for (apr_size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        if (length < heads[i].length ||
            memcmp(head, heads[i].bytes, heads[i].length) != 0)
            continue;
        *mark = heads[i].mark;
        return (wsm_encoding_e)heads[i].encoding;
    }
    *mark = 0;
    return WSM_ENCODING_UTF8;
}

int wsm_encoding_agrees(wsm_encoding_e name, wsm_encoding_e found)
{
    if (name == WSM_ENCODING_UNKNOWN || name == found)
        return 1;
    return name == WSM_ENCODING_UTF16 &&
           (found == WSM_ENCODING_UTF16LE || found == WSM_ENCODING_UTF16BE);
}

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

wsm_encoding_e wsm_encoding_declared(const char *text, apr_size_t length)
{
    static const char word[] = "encoding";
    const char *end = memchr(text, '>', length);
    if (length < 6 || memcmp(text, "<?xml", 5) != 0 || !is_space(text[5]) ||
        !end)
        return WSM_ENCODING_UNKNOWN;
    for (const char *p = text + 5; end - p > (long)sizeof(word); p++) {
        if (!is_space(*p) || memcmp(p + 1, word, sizeof(word) - 1) != 0)
            continue;
        p += sizeof(word);
        while (p < end && (is_space(*p) || *p == '='))
            p++;
        if (p == end || (*p != '"' && *p != '\''))
            break;
        const char *name = p + 1;
        const char *quote = memchr(name, *p, (apr_size_t)(end - name));
        if (!quote)
            break;
        return wsm_encoding_by_name(name, (apr_size_t)(quote - name));
    }
    return WSM_ENCODING_UNKNOWN; /* the parser finds what is wrong with it */
}

static char *put_utf8(char *out, unsigned code)
{
    if (code < 0x80) {
        *out++ = (char)code;
        return out;
    }
    if (code < 0x800)
        *out++ = (char)(0xc0 | code >> 6);
    else {
        if (code < 0x10000)
            *out++ = (char)(0xe0 | code >> 12);
        else {
            *out++ = (char)(0xf0 | code >> 18);
            *out++ = (char)(0x80 | (code >> 12 & 0x3f));
        }
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
    }
    *out++ = (char)(0x80 | (code & 0x3f));
    return out;
}

int wsm_utf16_convert(wsm_utf16_t *state, const unsigned char *data,
                      apr_size_t length, char *out, apr_size_t *written)
{
    char *at = out;
    for (const unsigned char *end = data + length; data < end; data++) {
        if (!state->has_odd) {
            state->odd = *data;
            state->has_odd = 1;
            continue;
        }
        state->has_odd = 0;
        unsigned unit = state->big_endian ? (unsigned)state->odd << 8 | *data
                                          : (unsigned)*data << 8 | state->odd;
        int low = (unit & 0xfc00) == 0xdc00;
        if (low != (state->high != 0))
            return 0;
        if ((unit & 0xfc00) == 0xd800) {
            state->high = unit;
            continue;
        }
        if (low) {
            unit = 0x10000 + ((state->high & 0x3ff) << 10) + (unit & 0x3ff);
            state->high = 0;
        }
        at = put_utf8(at, unit);
    }
    *written = (apr_size_t)(at - out);
    return 1;
}
