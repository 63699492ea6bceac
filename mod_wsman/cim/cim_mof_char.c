/* cim_mof_char.c - UTF-8 and escapes. */
#include "cim_mof_char.h"

#include <string.h>

#include "cim_name.h"

int cim_mof_char_read(const char **p, const char *end, apr_uint32_t *code)
{
    static const apr_uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *s = (const unsigned char *)*p;
    int length = s[0] < 0x80             ? 1
                 : (s[0] & 0xe0) == 0xc0 ? 2
                 : (s[0] & 0xf0) == 0xe0 ? 3
                 : (s[0] & 0xf8) == 0xf0 ? 4
                                         : 0;
    if (!length || end - *p < length)
        return 0;
    apr_uint32_t sum = length == 1 ? s[0] : s[0] & (0xffu >> (length + 1));
    for (int i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        sum = sum << 6 | (s[i] & 0x3fu);
    }
    if (sum < least[length] || sum > 0x10ffff ||
        (sum >= 0xd800 && sum < 0xe000))
        return 0;
    *p += length;
    *code = sum;
    return 1;
}

int cim_mof_char_length(const char *p, const char *end)
{
    const char *start = p;
    apr_uint32_t code;
    return cim_mof_char_read(&p, end, &code) ? (int)(p - start) : 0;
}

static const char *read_hex(const char **p, const char *end, apr_uint32_t *code)
{
    static const char digits[] = "0123456789abcdef";
    apr_uint32_t sum = 0;
    int count = 0;
    for (; count < 4 && *p < end && **p; count++, (*p)++) {
        const char *digit = strchr(digits, cim_fold(**p));
        if (!digit)
            break;
        sum = sum << 4 | (apr_uint32_t)(digit - digits);
    }
    *code = sum;
    return count ? NULL : "\\x needs a hexadecimal digit";
}

const char *cim_mof_char_escape(const char **p, const char *end,
                                apr_uint32_t *code)
{
    static const char letters[] = "btnfr\"'\\";
    static const char meanings[] = "\b\t\n\f\r\"'\\";
    char c = *p + 1 < end ? (*p)[1] : '\0';
    if (c == 'x' || c == 'X') {
        *p += 2;
        return read_hex(p, end, code);
    }
    const char *letter = c ? strchr(letters, c) : NULL;
    if (!letter)
        return "there is no such escape";
    *p += 2;
    *code = (unsigned char)meanings[letter - letters];
    return NULL;
}

const char *cim_mof_char_pair(const char **p, const char *end,
                              apr_uint32_t *code)
{
    static const char fault[] = "this is half of a character";
    apr_uint32_t low = 0;
    if (*code >= 0xdc00 || *p >= end || **p != '\\' ||
        cim_mof_char_escape(p, end, &low) || low < 0xdc00 || low > 0xdfff)
        return fault;
    *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
    return NULL;
}

char *cim_mof_char_put(char *out, apr_uint32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
        return out;
    }
    int length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (int i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    out[0] = (char)(marks[length] | code);
    return out + length;
}
