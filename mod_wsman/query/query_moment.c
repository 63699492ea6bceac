/* query_moment.c - datetimes in queries.
 */
#include "query_moment.h"

#include "../base/wsm_text.h"
#include "query_expression.h"

#define USEC_SECOND ((apr_int64_t)1000000)
#define USEC_MINUTE (60 * USEC_SECOND)
#define USEC_HOUR   (60 * USEC_MINUTE)
#define USEC_DAY    (24 * USEC_HOUR)

#define ALL_WILD (2 * CIM_WILD_SECOND) /* the bit after the last field */

/* The days of the month, or of the year, that begins here. */
static apr_int64_t days_from(apr_int64_t first, int of_year)
{
    apr_int64_t days = first / USEC_DAY - (first % USEC_DAY < 0 ? 1 : 0);
    apr_int64_t year, next = days;
    int month, day;

    wsm_text_civil(days, &year, &month, &day);
    if (of_year || month == 12)
        wsm_text_days(year + 1, of_year ? month : 1, 1, &next);
    else
        wsm_text_days(year, month + 1, 1, &next);
    return next - days;
}

/* How long the span is whose first wild field this is; 0: without an end. */
static apr_int64_t span_of(unsigned field, const cim_datetime_t *when)
{
    apr_int64_t local = when->usec + when->offset * USEC_MINUTE;

    switch (field) {
    case CIM_WILD_SECOND:
        return USEC_MINUTE;
    case CIM_WILD_MINUTE:
        return USEC_HOUR;
    case CIM_WILD_HOUR:
        return USEC_DAY;
    case CIM_WILD_DAY:
        return when->is_interval ? 0 : days_from(local, 0) * USEC_DAY;
    case CIM_WILD_MONTH:
        return days_from(local, 1) * USEC_DAY;
    default:
        return 0;
    }
}

int query_moment_of(query_moment_t *moment, const cim_datetime_t *when)
{
    const unsigned wild = when->wild;
    const unsigned field = wild & (~wild + 1);
    apr_int64_t span = 1;
    int i;

    moment->is_interval = when->is_interval;
    moment->first = when->usec;
    if (wild != 0) {
        if (wild + field != ALL_WILD || when->digits != 0)
            return 0;
        span = span_of(field, when);
        if (span == 0) {
            moment->first = INT64_MIN;
            moment->last = INT64_MAX;
            return 1;
        }
    } else {
        for (i = when->digits; i < 6; i++)
            span *= 10;
    }
    moment->last = moment->first + span - 1;
    return 1;
}

unsigned query_moment_order(const query_moment_t *a, const query_moment_t *b)
{
    if (a->is_interval != b->is_interval)
        return 0;
    if (a->last < b->first)
        return QUERY_LESS;
    if (a->first > b->last)
        return QUERY_GREATER;
    return a->first >= b->first && a->last <= b->last ? QUERY_EQUAL : 0;
}
