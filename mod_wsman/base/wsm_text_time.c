/* wsm_text_time.c - XSD durations and dates (XML Schema 2: 3.2.6, 3.2.7). */
#include "wsm_text.h"

#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#define USEC_SECOND 1000000
#define USEC_MINUTE (60 * (apr_int64_t)USEC_SECOND)
#define USEC_HOUR   (60 * USEC_MINUTE)
#define USEC_DAY    (24 * USEC_HOUR)

/* Days are counted in years that begin in March, so that the day of a leap
 * year is the last one; 146097 days are 400 years. */
#define DAYS_ERA                146097
#define DAYS_0000_03_01_TO_1970 719468

static int days_in_month(apr_int64_t year, int month)
{
    static const signed char days[12] = {31, 28, 31, 30, 31, 30,
                                         31, 31, 30, 31, 30, 31};
    int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (leap && month == 2);
}

int wsm_text_days(apr_int64_t year, int month, int day, apr_int64_t *days)
{
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return 0;
    if (month <= 2)
        year--;
    apr_int64_t era = (year >= 0 ? year : year - 399) / 400;
    apr_int64_t of_era = year - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    *days = era * DAYS_ERA + of_era * 365 + of_era / 4 - of_era / 100 +
            of_year - DAYS_0000_03_01_TO_1970;
    return 1;
}

void wsm_text_civil(apr_int64_t days, apr_int64_t *year, int *month, int *day)
{
    days += DAYS_0000_03_01_TO_1970;
    apr_int64_t era = (days >= 0 ? days : days - (DAYS_ERA - 1)) / DAYS_ERA;
    apr_int64_t of_era = days - era * DAYS_ERA;
    apr_int64_t y =
        (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = (int)(of_era - (365 * y + y / 4 - y / 100));
    int m = (5 * of_year + 2) / 153;
    *day = of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = y + era * 400 + (*month <= 2);
}

/** Digits of a fraction, after the point, as microseconds; those below are
 *  dropped.  Moves *text behind them.  @return 0 if there are none */
static int read_fraction(const char **text, apr_int64_t *usec)
{
    const char *p = *text;
    apr_int64_t unit = USEC_SECOND / 10;
    apr_int64_t sum = 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        sum += (*p - '0') * unit;
        unit /= 10;
    }
    if (p == *text)
        return 0;
    *text = p;
    *usec = sum;
    return 1;
}

static int read_number(const char **text, apr_int64_t *number)
{
    const char *p = *text;
    apr_int64_t sum = 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        if (__builtin_mul_overflow(sum, 10, &sum) ||
            __builtin_add_overflow(sum, *p - '0', &sum))
            return 0;
    }
    if (p == *text)
        return 0;
    *text = p;
    *number = sum;
    return 1;
}

static int add_scaled(apr_int64_t *sum, apr_int64_t number, apr_int64_t unit)
{
    apr_int64_t part;
    return !__builtin_mul_overflow(number, unit, &part) &&
           !__builtin_add_overflow(*sum, part, sum);
}

typedef struct duration_part_t {
    char letter;
    apr_int64_t unit;
} duration_part_t;

static const duration_part_t date_parts[] = {
    {'Y', 365 * USEC_DAY}, {'M', 30 * USEC_DAY}, {'D', USEC_DAY}, {0, 0}};
static const duration_part_t time_parts[] = {
    {'H', USEC_HOUR}, {'M', USEC_MINUTE}, {'S', USEC_SECOND}, {0, 0}};

/** Reads numbers with the letters of `part`, in order, each at most once.
 *  @return how many; -1: not of the form */
static int read_parts(const char **text, const duration_part_t *part,
                      apr_int64_t *sum)
{
    int count = 0;
    while (**text >= '0' && **text <= '9') {
        apr_int64_t number, fraction = 0;
        int pointed = 0;
        if (!read_number(text, &number))
            return -1;
        if (**text == '.') {
            pointed = 1;
            (*text)++;
            if (!read_fraction(text, &fraction))
                return -1;
        }
        while (part->letter && part->letter != **text)
            part++;
        if (!part->letter || (pointed && part->letter != 'S') ||
            !add_scaled(sum, number, part->unit) ||
            !add_scaled(sum, fraction, 1))
            return -1;
        part++;
        (*text)++;
        count++;
    }
    return count;
}

int wsm_text_duration(const char *text, apr_int64_t *usec)
{
    apr_int64_t sum = 0;
    int negative = *text == '-';
    if (negative)
        text++;
    if (*text++ != 'P')
        return 0;
    int dates = read_parts(&text, date_parts, &sum);
    int times = 0;
    if (*text == 'T') {
        text++;
        times = read_parts(&text, time_parts, &sum);
        if (times < 1)
            return 0;
    }
    if (*text || dates < 0 || dates + times == 0)
        return 0;
    *usec = negative ? -sum : sum;
    return 1;
}

/** Writes ".nnnnnn" without zeros at the end, or nothing. */
static int put_fraction(char *out, int usec)
{
    if (usec == 0) {
        *out = '\0';
        return 0;
    }
    int length = snprintf(out, 16, ".%06d", usec);
    while (out[length - 1] == '0')
        out[--length] = '\0';
    return length;
}

char *wsm_text_duration_put(apr_int64_t usec, apr_pool_t *pool)
{
    static const struct {
        char letter;
        apr_uint64_t unit;
    } parts[] = {{'D', USEC_DAY}, {'H', USEC_HOUR}, {'M', USEC_MINUTE}};
    char text[64];
    char *out = text;
    apr_uint64_t rest = usec < 0 ? 0 - (apr_uint64_t)usec : (apr_uint64_t)usec;
    if (usec < 0)
        *out++ = '-';
    *out++ = 'P';
    for (int i = 0; i < 3; i++) {
        if (i == 1 && (rest > 0 || usec == 0))
            *out++ = 'T';
        apr_uint64_t number = rest / parts[i].unit;
        rest %= parts[i].unit;
        if (number)
            out += sprintf(out, "%llu%c", (unsigned long long)number,
                           parts[i].letter);
    }
    if (rest || usec == 0) {
        out += sprintf(out, "%d", (int)(rest / USEC_SECOND));
        out += put_fraction(out, (int)(rest % USEC_SECOND));
        *out++ = 'S';
    }
    *out = '\0';
    return apr_pstrdup(pool, text);
}

/** Reads exactly `count` digits. */
static int read_fixed(const char **text, int count, int *number)
{
    int sum = 0;
    for (int i = 0; i < count; i++) {
        char c = (*text)[i];
        if (c < '0' || c > '9')
            return 0;
        sum = sum * 10 + (c - '0');
    }
    *text += count;
    *number = sum;
    return 1;
}

static int read_char(const char **text, char wanted)
{
    if (**text != wanted)
        return 0;
    (*text)++;
    return 1;
}

/** Z, +hh:mm, -hh:mm or nothing, and the end. */
static int read_zone(const char *text, int *minutes)
{
    int hour, minute;
    *minutes = 0;
    if (!*text || !strcmp(text, "Z"))
        return 1;
    int west = *text == '-';
    if (!west && *text != '+')
        return 0;
    text++;
    if (!read_fixed(&text, 2, &hour) || !read_char(&text, ':') ||
        !read_fixed(&text, 2, &minute) || *text || minute > 59 ||
        hour * 60 + minute > 14 * 60)
        return 0;
    *minutes = (hour * 60 + minute) * (west ? -1 : 1);
    return 1;
}

/** At least four digits, more only without leading zeros; no year 0. */
static int read_year(const char **text, apr_int64_t *year)
{
    int negative = read_char(text, '-');
    const char *digits = *text;
    if (!read_number(text, year))
        return 0;
    apr_size_t count = (apr_size_t)(*text - digits);
    if (count < 4 || count > 6 || (count > 4 && *digits == '0') || *year == 0)
        return 0;
    if (negative)
        *year = 1 - *year; /* there is a year 0 in the calendar's sums */
    return 1;
}

int wsm_text_datetime(const char *text, apr_time_t *when, int *offset)
{
    apr_int64_t year, days, usec = 0, sum = 0;
    int month, day, hour, minute, second, zone;

    if (!read_year(&text, &year) || !read_char(&text, '-') ||
        !read_fixed(&text, 2, &month) || !read_char(&text, '-') ||
        !read_fixed(&text, 2, &day) || !read_char(&text, 'T') ||
        !read_fixed(&text, 2, &hour) || !read_char(&text, ':') ||
        !read_fixed(&text, 2, &minute) || !read_char(&text, ':') ||
        !read_fixed(&text, 2, &second))
        return 0;
    if (read_char(&text, '.') && !read_fraction(&text, &usec))
        return 0;
    if (!read_zone(text, &zone) || !wsm_text_days(year, month, day, &days))
        return 0;
    if (minute > 59 || second > 59 || hour > 24 ||
        (hour == 24 && (minute || second || usec)))
        return 0;
    usec += hour * USEC_HOUR + (minute - zone) * USEC_MINUTE +
            second * (apr_int64_t)USEC_SECOND;
    if (!add_scaled(&sum, days, USEC_DAY) || !add_scaled(&sum, usec, 1))
        return 0;
    *when = sum;
    if (offset)
        *offset = zone;
    return 1;
}

char *wsm_text_datetime_put(apr_time_t when, int offset, apr_pool_t *pool)
{
    char text[64];
    apr_int64_t days = when / USEC_DAY;
    apr_int64_t rest = when % USEC_DAY + offset * USEC_MINUTE;
    while (rest < 0) {
        rest += USEC_DAY;
        days--;
    }
    while (rest >= USEC_DAY) {
        rest -= USEC_DAY;
        days++;
    }
    apr_int64_t year;
    int month, day;
    wsm_text_civil(days, &year, &month, &day);
    int second = (int)(rest / USEC_SECOND);
    const char *sign = year < 1 ? "-" : "";
    year = year < 1 ? 1 - year : year;
    int length =
        snprintf(text, sizeof(text), "%s%04lld-%02d-%02dT%02d:%02d:%02d", sign,
                 (long long)year, month, day, second / 3600, second / 60 % 60,
                 second % 60);
    length += put_fraction(text + length, (int)(rest % USEC_SECOND));
    if (offset == 0)
        return apr_pstrcat(pool, text, "Z", NULL);
    int minutes = offset < 0 ? -offset : offset;
    snprintf(text + length, sizeof(text) - (size_t)length, "%c%02d:%02d",
             offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
    return apr_pstrdup(pool, text);
}
