/* query_moment.h - datetimes in queries: what is not significant in one makes
 * it a span (DSP0004 5.2.4).
 */
#ifndef QUERY_MOMENT_H
#define QUERY_MOMENT_H

#include "../include/wsman_cim.h"

typedef struct query_moment_t {
    apr_int64_t first, last; /* microseconds */
    int is_interval;
} query_moment_t;

/** @return 0 if the fields that are not significant are not the last ones: no
 *  span has such moments */
int query_moment_of(query_moment_t *moment, const cim_datetime_t *when);

/** QUERY_EQUAL: `a` lies in `b`; 0: they overlap, or one is an interval and the
 *  other a point in time. */
unsigned query_moment_order(const query_moment_t *a, const query_moment_t *b);

#endif
