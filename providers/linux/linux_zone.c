/* linux_zone.c - the system's time zone from etc/localtime (RFC 8536).
 *
 * Not by localtime_r(): it follows the environment of the server, and tells
 * nothing of the rule by which daylight time comes and goes.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "linux_provider.h"

#define HEADER_SIZE 44
#define DAY         86400
#define HOUR        3600

/* What an offset can be (RFC 8536 3.2), and the time of a change (3.3.1) */
#define OFFSET_MIN  (-89999)
#define OFFSET_MAX  93599
#define CHANGE_HOUR 167

/* The counts of a TZif header, in the order of the file. */
typedef struct counts_t {
    apr_size_t isut, isstd, leaps, times, types, chars;
} counts_t;

static apr_uint32_t big32(const unsigned char *at)
{
    return (apr_uint32_t)at[0] << 24 | (apr_uint32_t)at[1] << 16 |
           (apr_uint32_t)at[2] << 8 | at[3];
}

static apr_int64_t big64(const unsigned char *at)
{
    return (apr_int64_t)((apr_uint64_t)big32(at) << 32 | big32(at + 4));
}

static apr_size_t body_size(const counts_t *counts, apr_size_t width)
{
    return counts->times * (width + 1) + counts->types * 6 + counts->chars +
           counts->leaps * (width + 4) + counts->isstd + counts->isut;
}

/* @return 0 if there is no header of version 2 or later */
static int read_header(const unsigned char *data, apr_size_t left,
                       counts_t *counts)
{
    if (left < HEADER_SIZE || memcmp(data, "TZif", 4) != 0 || data[4] < '2')
        return 0;
    counts->isut = big32(data + 20);
    counts->isstd = big32(data + 24);
    counts->leaps = big32(data + 28);
    counts->times = big32(data + 32);
    counts->types = big32(data + 36);
    counts->chars = big32(data + 40);
    return counts->isut < 4096 && counts->isstd < 4096 &&
           counts->leaps < 4096 && counts->times < 65536 &&
           counts->types < 256 && counts->chars < 4096;
}

static int is_offset(int seconds)
{
    return seconds >= OFFSET_MIN && seconds <= OFFSET_MAX;
}

static void read_transitions(linux_zone_t *zone, const unsigned char *body,
                             const counts_t *counts, apr_pool_t *pool)
{
    const unsigned char *kinds = body + counts->times * 8;
    const unsigned char *types = kinds + counts->times;
    apr_int64_t *at = apr_palloc(pool, (counts->times + 1) * sizeof(*at));
    int *offsets = apr_palloc(pool, (counts->times + 1) * sizeof(*offsets));
    for (apr_size_t i = 0; i < counts->times; i++) {
        if (kinds[i] >= counts->types)
            return;
        at[i] = big64(body + i * 8);
        offsets[i] = (int)(apr_int32_t)big32(types + kinds[i] * 6u);
        if (!is_offset(offsets[i]))
            return;
    }
    zone->transitions = at;
    zone->offsets = offsets;
    zone->ntransitions = (int)counts->times;
}

/* The block of 64-bit times, and the rule behind it. */
static void read_file(linux_zone_t *zone, const unsigned char *data,
                      apr_size_t length, apr_pool_t *pool)
{
    counts_t counts;
    apr_size_t at;
    const char *rule;
    if (!read_header(data, length, &counts))
        return;
    at = HEADER_SIZE + body_size(&counts, 4);
    if (at > length || !read_header(data + at, length - at, &counts))
        return;
    at += HEADER_SIZE;
    if (body_size(&counts, 8) >= length - at)
        return;
    read_transitions(zone, data + at, &counts, pool);
    at += body_size(&counts, 8);
    rule = (const char *)data + at;
    if (*rule == '\n')
        linux_zone_rule(zone, rule + 1, pool);
}

/* "CET" or "<+0330>" */
static const char *rule_name(const char **text, apr_pool_t *pool)
{
    const char *begin = *text;
    const char *end = begin;
    if (*begin == '<') {
        begin++;
        end = strchr(begin, '>');
        if (!end)
            return NULL;
        *text = end + 1;
    } else {
        while (isalpha((unsigned char)*end))
            end++;
        *text = end;
    }
    return end > begin ? apr_pstrmemdup(pool, begin, (apr_size_t)(end - begin))
                       : NULL;
}

static int rule_int(const char **text, int *number)
{
    if (!isdigit((unsigned char)**text))
        return 0;
    *number = 0;
    while (isdigit((unsigned char)**text) && *number < 10000)
        *number = *number * 10 + (*(*text)++ - '0');
    return 1;
}

/* [+-]hh[:mm[:ss]] */
static int rule_time(const char **text, int *seconds)
{
    int sign = 1;
    int unit = HOUR;
    int part;
    if (**text == '+' || **text == '-')
        sign = *(*text)++ == '-' ? -1 : 1;
    if (!rule_int(text, &part) || part > CHANGE_HOUR)
        return 0;
    *seconds = part * unit;
    while (**text == ':' && unit > 1) {
        (*text)++;
        unit /= 60;
        if (!rule_int(text, &part) || part > 59)
            return 0;
        *seconds += part * unit;
    }
    *seconds *= sign;
    return 1;
}

/* ,Mm.w.d[/time]; the forms with a day of the year are read over. */
static int rule_date(const char **text, linux_rule_t *rule)
{
    int ignored;
    memset(rule, 0, sizeof(*rule));
    rule->seconds = 2 * HOUR;
    if (*(*text)++ != ',')
        return 0;
    if (**text == 'M') {
        (*text)++;
        if (!rule_int(text, &rule->month) || *(*text)++ != '.' ||
            !rule_int(text, &rule->week) || *(*text)++ != '.' ||
            !rule_int(text, &rule->day) || rule->month < 1 ||
            rule->month > 12 || rule->week < 1 || rule->week > 5 ||
            rule->day > 6)
            return 0;
    } else {
        *text += **text == 'J';
        if (!rule_int(text, &ignored))
            return 0;
    }
    if (**text != '/')
        return 1;
    (*text)++;
    return rule_time(text, &rule->seconds);
}

int linux_zone_rule(linux_zone_t *zone, const char *text, apr_pool_t *pool)
{
    linux_zone_t read = *zone;
    read.standard_name = rule_name(&text, pool);
    if (!read.standard_name || !rule_time(&text, &read.standard))
        return 0;
    read.standard = -read.standard;
    read.daylight_name = NULL;
    if (*text && *text != '\n') {
        read.daylight_name = rule_name(&text, pool);
        if (!read.daylight_name)
            return 0;
        read.daylight = read.standard + HOUR;
        if (*text != ',') {
            if (!rule_time(&text, &read.daylight))
                return 0;
            read.daylight = -read.daylight;
        }
        if (!rule_date(&text, &read.begin) || !rule_date(&text, &read.end))
            return 0;
    }
    if (!is_offset(read.standard) || !is_offset(read.daylight))
        return 0;
    *zone = read;
    return 1;
}

/* Days since 1970 of a date in the Gregorian calendar. */
static apr_int64_t days_of(apr_int64_t year, int month, int day)
{
    apr_int64_t y = month <= 2 ? year - 1 : year;
    apr_int64_t era = (y >= 0 ? y : y - 399) / 400;
    apr_int64_t of_era = y - era * 400;
    apr_int64_t of_year =
        (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
           719468;
}

/* When the rule strikes in a year, in seconds of UTC. */
static apr_int64_t strikes(const linux_rule_t *rule, apr_int64_t year,
                           int offset)
{
    apr_int64_t first = days_of(year, rule->month, 1);
    apr_int64_t next = rule->month == 12 ? days_of(year + 1, 1, 1)
                                         : days_of(year, rule->month + 1, 1);
    /* 1970-01-01 was a Thursday */
    apr_int64_t weekday = ((first + 4) % 7 + 7) % 7;
    apr_int64_t day = first + (rule->day - weekday + 7) % 7 +
                      (apr_int64_t)(rule->week - 1) * 7;
    while (day >= next)
        day -= 7;
    return day * DAY + rule->seconds - offset;
}

static int offset_by_rule(const linux_zone_t *zone, apr_int64_t seconds)
{
    apr_int64_t year = 1970 + seconds / 31556952 - (seconds < 0);
    apr_int64_t begin, end;
    if (!zone->daylight_name || !zone->begin.month || !zone->end.month)
        return zone->standard;
    if (seconds + zone->standard >= days_of(year + 1, 1, 1) * DAY)
        year++;
    else if (seconds + zone->standard < days_of(year, 1, 1) * DAY)
        year--;
    begin = strikes(&zone->begin, year, zone->standard);
    end = strikes(&zone->end, year, zone->daylight);
    if (begin < end)
        return seconds >= begin && seconds < end ? zone->daylight
                                                 : zone->standard;
    return seconds >= begin || seconds < end ? zone->daylight : zone->standard;
}

int linux_zone_offset(const linux_zone_t *zone, apr_int64_t seconds)
{
    int low = 0;
    int high = zone->ntransitions;
    if (!high || seconds < zone->transitions[0])
        return zone->standard_name ? offset_by_rule(zone, seconds) : 0;
    while (high - low > 1) {
        int middle = low + (high - low) / 2;
        if (seconds >= zone->transitions[middle])
            low = middle;
        else
            high = middle;
    }
    /* Behind the last transition the rule holds. */
    if (low == zone->ntransitions - 1 && zone->standard_name)
        return offset_by_rule(zone, seconds);
    return zone->offsets[low];
}

static const char *zone_id(const linux_t *system, apr_pool_t *pool)
{
    const char *target = linux_file_link(system, pool, "/etc/localtime");
    const char *at = target ? strstr(target, "zoneinfo/") : NULL;
    if (at)
        return at + strlen("zoneinfo/");
    return linux_file_line(system, pool, "/etc/timezone");
}

const linux_zone_t *linux_zone_read(const linux_t *system, apr_pool_t *pool)
{
    linux_zone_t *zone = apr_pcalloc(pool, sizeof(*zone));
    apr_size_t length;
    const char *data =
        linux_file_read(system, "/etc/localtime", 262144, &length, pool);
    zone->id = zone_id(system, pool);
    if (data)
        read_file(zone, (const unsigned char *)data, length, pool);
    if (!zone->standard_name && !zone->ntransitions)
        zone->standard_name = "UTC";
    return zone;
}

cim_value_t linux_zone_datetime(const linux_zone_t *zone, apr_int64_t usec,
                                apr_pool_t *pool)
{
    cim_datetime_t *when = apr_palloc(pool, sizeof(*when));
    int offset = linux_zone_offset(zone, usec / APR_USEC_PER_SEC);
    *when = cim_timestamp(usec, (apr_int16_t)(offset / 60));
    return cim_datetime(when);
}
