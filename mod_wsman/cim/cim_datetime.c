/* cim_datetime.c - the 25 characters of a CIM datetime (DSP0004 5.2.4). */
#include "cim_value.h"

#include <stdio.h>
#include <string.h>

#include "../base/wsm_text.h"

#define USEC_SECOND ((apr_int64_t)1000000)
#define USEC_MINUTE (60 * USEC_SECOND)
#define USEC_DAY    (24 * 60 * USEC_MINUTE)
#define DAYS_MAX    99999999

typedef struct field_t {
    int length;
    int min, max;
    unsigned char wild;
} field_t;

/* Hours, minutes and seconds are the same in both forms. */
static const field_t moment_fields[] = {
    {4, 0, 9999, CIM_WILD_YEAR}, {2, 1, 12, CIM_WILD_MONTH},
    {2, 1, 31, CIM_WILD_DAY},    {2, 0, 23, CIM_WILD_HOUR},
    {2, 0, 59, CIM_WILD_MINUTE}, {2, 0, 59, CIM_WILD_SECOND}};
static const field_t interval_fields[] = {{8, 0, DAYS_MAX, CIM_WILD_DAY},
                                          {2, 0, 23, CIM_WILD_HOUR},
                                          {2, 0, 59, CIM_WILD_MINUTE},
                                          {2, 0, 59, CIM_WILD_SECOND}};

/** Reads a field that is all digits or all asterisks.
 *  @return 0 if it is neither, or out of its range */
static int read_field(const char **text, const field_t *field,
                      unsigned char *wild, int *number)
{
    int stars = 0, sum = 0;
    for (int i = 0; i < field->length; i++) {
        char c = *(*text)++;
        if (c == '*')
            stars++;
        else if (c >= '0' && c <= '9')
            sum = sum * 10 + (c - '0');
        else
            return 0;
    }
    if (stars) {
        *wild |= field->wild;
        return stars == field->length;
    }
    *number = sum;
    return sum >= field->min && sum <= field->max;
}

/** Six characters after a point: digits, and then asterisks to the end. */
static int read_fraction(const char **text, unsigned char *digits,
                         apr_int64_t *usec)
{
    apr_int64_t unit = USEC_SECOND / 10;
    if (*(*text)++ != '.')
        return 0;
    for (int i = 0; i < 6; i++, unit /= 10) {
        char c = *(*text)++;
        if (c == '*')
            continue;
        if (c < '0' || c > '9' || *digits < i)
            return 0;
        *usec += (c - '0') * unit;
        *digits = (unsigned char)(i + 1);
    }
    return 1;
}

static int read_number3(const char *text)
{
    int sum = 0;
    for (int i = 0; i < 3; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        sum = sum * 10 + (text[i] - '0');
    }
    return sum;
}

static int read_interval(const char *text, cim_datetime_t *when)
{
    int number[4] = {0, 0, 0, 0};
    for (int i = 0; i < 4; i++) {
        if (!read_field(&text, &interval_fields[i], &when->wild, &number[i]))
            return 0;
    }
    if (!read_fraction(&text, &when->digits, &when->usec) ||
        strcmp(text, ":000") != 0)
        return 0;
    when->is_interval = 1;
    when->usec += number[0] * USEC_DAY +
                  (number[1] * 60 + number[2]) * USEC_MINUTE +
                  number[3] * USEC_SECOND;
    return 1;
}

static int read_moment(const char *text, cim_datetime_t *when)
{
    int number[6] = {1970, 1, 1, 0, 0, 0};
    apr_int64_t days;
    for (int i = 0; i < 6; i++) {
        if (!read_field(&text, &moment_fields[i], &when->wild, &number[i]))
            return 0;
    }
    if (!read_fraction(&text, &when->digits, &when->usec) ||
        (*text != '+' && *text != '-'))
        return 0;
    int offset = read_number3(text + 1);
    if (offset < 0 || !wsm_text_days(number[0], number[1], number[2], &days))
        return 0;
    when->offset = (apr_int16_t)(*text == '-' ? -offset : offset);
    when->usec += days * USEC_DAY +
                  (number[3] * 60 + number[4] - when->offset) * USEC_MINUTE +
                  number[5] * USEC_SECOND;
    return 1;
}

int cim_datetime_parse(const char *text, cim_datetime_t *when)
{
    cim_datetime_t read = {0};
    if (strlen(text) != CIM_DATETIME_LENGTH)
        return 0;
    if (!(text[21] == ':' ? read_interval(text, &read)
                          : read_moment(text, &read)))
        return 0;
    *when = read;
    return 1;
}

static char *put_field(char *out, const field_t *field, unsigned char wild,
                       apr_int64_t number)
{
    for (int i = field->length - 1; i >= 0; i--) {
        out[i] = (char)(wild & field->wild ? '*' : '0' + number % 10);
        number /= 10;
    }
    return out + field->length;
}

static char *put_fraction(char *out, unsigned char digits, apr_int64_t usec)
{
    *out++ = '.';
    apr_int64_t unit = USEC_SECOND / 10;
    for (int i = 0; i < 6; i++, unit /= 10)
        *out++ = (char)(i < digits ? '0' + usec / unit % 10 : '*');
    return out;
}

static void put_interval(const cim_datetime_t *when, char *out)
{
    apr_int64_t second = when->usec / USEC_SECOND;
    const apr_int64_t number[4] = {second / 86400, second / 3600 % 24,
                                   second / 60 % 60, second % 60};
    for (int i = 0; i < 4; i++)
        out = put_field(out, &interval_fields[i], when->wild, number[i]);
    out = put_fraction(out, when->digits, when->usec % USEC_SECOND);
    memcpy(out, ":000", 5);
}

static void put_moment(const cim_datetime_t *when, apr_int64_t days,
                       apr_int64_t rest, char *out)
{
    apr_int64_t year;
    int month, day;
    wsm_text_civil(days, &year, &month, &day);
    apr_int64_t second = rest / USEC_SECOND;
    const apr_int64_t number[6] = {
        year, month, day, second / 3600, second / 60 % 60, second % 60};
    for (int i = 0; i < 6; i++)
        out = put_field(out, &moment_fields[i], when->wild, number[i]);
    out = put_fraction(out, when->digits, rest % USEC_SECOND);
    int offset = when->offset < 0 ? -when->offset : when->offset;
    *out++ = when->offset < 0 ? '-' : '+';
    *out++ = (char)('0' + offset / 100 % 10);
    *out++ = (char)('0' + offset / 10 % 10);
    *out++ = (char)('0' + offset % 10);
    *out = '\0';
}

void cim_datetime_put(const cim_datetime_t *when,
                      char out[CIM_DATETIME_LENGTH + 1])
{
    /* What the form has no room for is written as not significant. */
    if (when->is_interval) {
        if (when->usec < 0 || when->usec / USEC_DAY > DAYS_MAX)
            memcpy(out, "**************.******:000", 26);
        else
            put_interval(when, out);
        return;
    }
    apr_int64_t days = when->usec / USEC_DAY;
    apr_int64_t rest = when->usec % USEC_DAY + when->offset * USEC_MINUTE;
    while (rest < 0) {
        rest += USEC_DAY;
        days--;
    }
    while (rest >= USEC_DAY) {
        rest -= USEC_DAY;
        days++;
    }
    apr_int64_t first = 0, last = 0;
    wsm_text_days(0, 1, 1, &first);
    wsm_text_days(9999, 12, 31, &last);
    if (days < first || days > last)
        memcpy(out, "**************.******+000", 26);
    else
        put_moment(when, days, rest, out);
}
