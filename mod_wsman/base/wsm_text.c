/* wsm_text.c - UUIDs, numbers. */
#include "wsm_text.h"

#include <errno.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include <apr_strings.h>

/** Fills `out` from the system's generator.  Requests of up to 256 bytes are
 *  never answered short once it is seeded (getrandom(2)); a signal while it is
 *  not is the only way to fail. */
static void random_bytes(unsigned char *out, size_t length)
{
    ssize_t got;
    do {
        got = getrandom(out, length, 0);
    } while (got < 0 && errno == EINTR);
    if (got != (ssize_t)length)
        abort();
}

void wsm_text_uuid(char out[WSM_UUID_LENGTH + 1])
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char bytes[16];
    random_bytes(bytes, sizeof(bytes));
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40); /* RFC 4122 4.4 */
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

/** Reads all of `text` as digits. */
static int read_digits(const char *text, apr_uint64_t *number)
{
    apr_uint64_t sum = 0;
    if (!*text)
        return 0;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return 0;
        if (__builtin_mul_overflow(sum, 10u, &sum) ||
            __builtin_add_overflow(sum, (apr_uint64_t)(*text - '0'), &sum))
            return 0;
    }
    *number = sum;
    return 1;
}

int wsm_text_u64(const char *text, apr_uint64_t max, apr_uint64_t *number)
{
    apr_uint64_t value;
    int negative = *text == '-';
    if (!read_digits(text + (*text == '+' || negative), &value))
        return 0;
    if (value > max || (negative && value != 0)) /* XSD has a -0 */
        return 0;
    *number = value;
    return 1;
}

int wsm_text_i64(const char *text, apr_int64_t min, apr_int64_t max,
                 apr_int64_t *number)
{
    apr_uint64_t size;
    int negative = *text == '-';
    if (!read_digits(text + (*text == '+' || negative), &size))
        return 0;
    if (size > (apr_uint64_t)INT64_MAX + (negative ? 1u : 0u))
        return 0;
    apr_int64_t value = (apr_int64_t)(negative ? 0 - size : size);
    if (value < min || value > max)
        return 0;
    *number = value;
    return 1;
}

static const char *skip_digits(const char *p)
{
    while (*p >= '0' && *p <= '9')
        p++;
    return p;
}

/** @return true if it is a decimal number as XSD writes it */
static int is_decimal(const char *p)
{
    if (*p == '+' || *p == '-')
        p++;
    const char *whole = p;
    p = skip_digits(p);
    apr_size_t digits = (apr_size_t)(p - whole);
    if (*p == '.') {
        const char *fraction = ++p;
        p = skip_digits(p);
        digits += (apr_size_t)(p - fraction);
    }
    if (digits == 0)
        return 0;
    if (*p == 'e' || *p == 'E') {
        p++;
        if (*p == '+' || *p == '-')
            p++;
        const char *exponent = p;
        p = skip_digits(p);
        if (p == exponent)
            return 0;
    }
    return *p == '\0';
}

/** The C locale.  libc has it as a constant: nothing is made, nothing is to be
 *  freed. */
static locale_t c_locale(void)
{
    return newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

int wsm_text_double(const char *text, double *number)
{
    if (!strcmp(text, "INF")) {
        *number = (double)INFINITY;
        return 1;
    }
    if (!strcmp(text, "-INF")) {
        *number = -(double)INFINITY;
        return 1;
    }
    if (!strcmp(text, "NaN")) {
        *number = (double)NAN;
        return 1;
    }
    if (!is_decimal(text))
        return 0;
    double value = strtod_l(text, NULL, c_locale());
    if (isinf(value))
        return 0;
    *number = value;
    return 1;
}

/** "1.5e+08" becomes "1.5e8". */
static int shorten_exponent(char *text)
{
    char *e = strchr(text, 'e');
    if (e) {
        char *from = e + 1;
        char *to = e + 1;
        if (*from == '-')
            *to++ = '-';
        from++; /* printf always writes a sign */
        while (*from == '0' && from[1])
            from++;
        memmove(to, from, strlen(from) + 1);
    }
    return (int)strlen(text);
}

static int reads_back(const char *text, double number, int single, locale_t c)
{
    return single ? strtof_l(text, NULL, c) == (float)number
                  : strtod_l(text, NULL, c) == number;
}

int wsm_text_double_put(double number, int single, char *out)
{
    if (isnan(number))
        return (int)(stpcpy(out, "NaN") - out);
    if (isinf(number))
        return (int)(stpcpy(out, number < 0 ? "-INF" : "INF") - out);

    char text[48];
    locale_t c = c_locale();
    locale_t before = uselocale(c);
    /* Numbers of up to DIG digits come back from DIG digits as they were, and
     * %g leaves zeros out: fewer digits can only do for subnormal numbers. */
    double size = fabs(number);
    int subnormal = size != 0 && size < (single ? (double)FLT_MIN : DBL_MIN);
    int digits = subnormal ? 1 : single ? FLT_DIG : DBL_DIG;
    int most = single ? 9 : 17;
    for (; digits <= most; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, number);
        if (reads_back(text, number, single, c))
            break;
    }
    uselocale(before);
    int length = shorten_exponent(text);
    memcpy(out, text, (size_t)length + 1);
    return length;
}

int wsm_text_boolean(const char *text, int *truth)
{
    static const struct {
        const char *text;
        int truth;
    } forms[] = {{"true", 1}, {"false", 0}, {"1", 1}, {"0", 0}};
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (!strcasecmp(text, forms[i].text)) {
            *truth = forms[i].truth;
            return 1;
        }
    }
    return 0;
}
