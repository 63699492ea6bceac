/* wsm_text_base64.c - base64 and base64url (RFC 4648). */
#include "wsm_text.h"

#include <string.h>

/** @return the six bits of a letter, or -1 */
static int bits_of(char c, char last_but_one, char last)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == last_but_one ? 62 : c == last ? 63 : -1;
}

static const char b64url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *wsm_text_b64url_encode(const unsigned char *data, apr_size_t length,
                             apr_pool_t *pool)
{
    char *text = apr_palloc(pool, length / 3 * 4 + 4);
    char *out = text;
    apr_size_t i;
    for (i = 0; i + 2 < length; i += 3) {
        *out++ = b64url[data[i] >> 2];
        *out++ = b64url[(data[i] & 3) << 4 | data[i + 1] >> 4];
        *out++ = b64url[(data[i + 1] & 15) << 2 | data[i + 2] >> 6];
        *out++ = b64url[data[i + 2] & 63];
    }
    if (i + 1 == length) {
        *out++ = b64url[data[i] >> 2];
        *out++ = b64url[(data[i] & 3) << 4];
    } else if (i + 2 == length) {
        *out++ = b64url[data[i] >> 2];
        *out++ = b64url[(data[i] & 3) << 4 | data[i + 1] >> 4];
        *out++ = b64url[(data[i + 1] & 15) << 2];
    }
    *out = '\0';
    return text;
}

int wsm_text_b64url_decode(const char *text, unsigned char **data,
                           apr_size_t *length, apr_pool_t *pool)
{
    apr_size_t letters = strlen(text);
    if (letters % 4 == 1)
        return 0;
    unsigned char *bytes = apr_palloc(pool, letters / 4 * 3 + 3);
    apr_size_t used = 0;
    unsigned held = 0;
    int nheld = 0;
    for (apr_size_t i = 0; i < letters; i++) {
        int bits = bits_of(text[i], '-', '_');
        if (bits < 0)
            return 0;
        held = held << 6 | (unsigned)bits;
        nheld += 6;
        if (nheld >= 8) {
            nheld -= 8;
            bytes[used++] = (unsigned char)(held >> nheld);
            held &= (1u << nheld) - 1;
        }
    }
    if (held != 0) /* two texts of the same bytes: not canonical */
        return 0;
    *data = bytes;
    *length = used;
    return 1;
}

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/** What is behind the last whole group: of `count` letters, `group` their bits.
 *  @return how many bytes were written, or -1: they are not canonical */
static int end_group(char *out, unsigned group, int count)
{
    const int unused = count * 6 % 8;

    if (count == 1 || (group & ((1u << unused) - 1)) != 0)
        return -1;
    group >>= unused;
    if (count == 3)
        *out++ = (char)(group >> 8);
    if (count > 1)
        *out = (char)group;
    return count > 1 ? count - 1 : 0;
}

int wsm_text_base64_decode(char *text, apr_size_t *length)
{
    const char *const end = text + *length;
    char *out = text;
    unsigned group = 0;
    int count = 0, padding = 0, rest;

    for (const char *in = text; in < end; in++) {
        const int bits = bits_of(*in, '+', '/');

        if (bits >= 0 && padding == 0) {
            group = group << 6 | (unsigned)bits;
            if (++count < 4)
                continue;
            *out++ = (char)(group >> 16);
            *out++ = (char)(group >> 8);
            *out++ = (char)group;
            group = 0;
            count = 0;
        } else if (*in == '=' && padding < 2) {
            padding++;
        } else if (!is_space(*in)) {
            return 0;
        }
    }
    rest = end_group(out, group, count);
    if (rest < 0 || (count + padding) % 4 != 0)
        return 0;
    *length = (apr_size_t)(out - text) + (apr_size_t)rest;
    return 1;
}
