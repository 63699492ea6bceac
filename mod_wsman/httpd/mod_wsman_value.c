/* mod_wsman_value.c - sizes, counts and times as directives write them.
 */
#include "mod_wsman_config.h"

#include <limits.h>
#include <strings.h>

#include <apr_strings.h>

typedef struct unit_t {
    const char *name;
    apr_int64_t factor;
} unit_t;

static const unit_t no_units[] = {{"", 1}, {NULL, 0}};

static const unit_t sizes[] = {
    {"", 1},         {"K", 1 << 10},  {"M", 1 << 20},    {"G", 1LL << 30},
    {"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1LL << 30}, {NULL, 0}};

#define SECOND APR_TIME_C(1000000)

static const unit_t times[] = {
    {"", SECOND},         {"ms", SECOND / 1000}, {"s", SECOND},
    {"m", 60 * SECOND},   {"mi", 60 * SECOND},   {"min", 60 * SECOND},
    {"h", 3600 * SECOND}, {"d", 86400 * SECOND}, {NULL, 0}};

/* @return 0 unless text is digits and one of the units, within 63 bits */
static int read_quantity(apr_int64_t *value, const char *text,
                         const unit_t *units)
{
    apr_int64_t number = 0;
    const char *p;

    for (p = text; *p >= '0' && *p <= '9'; p++) {
        if (number > (LLONG_MAX - 9) / 10)
            return 0;
        number = number * 10 + (*p - '0');
    }
    if (p == text)
        return 0;
    for (; units->name != NULL; units++) {
        if (strcasecmp(units->name, p) == 0) {
            if (number > LLONG_MAX / units->factor)
                return 0;
            *value = number * units->factor;
            return 1;
        }
    }
    return 0;
}

/* With the largest unit that leaves no fraction */
static const char *write_quantity(apr_int64_t value, const unit_t *units,
                                  apr_pool_t *pool)
{
    const unit_t *best = NULL;

    for (; units->name != NULL; units++) {
        if (value >= units->factor && value % units->factor == 0 &&
            (best == NULL || units->factor >= best->factor))
            best = units;
    }
    if (best == NULL)
        return apr_psprintf(pool, "%" APR_INT64_T_FMT, value);
    return apr_psprintf(pool, "%" APR_INT64_T_FMT "%s", value / best->factor,
                        best->name);
}

static const char *read_within(apr_int64_t *value, const char *text,
                               const unit_t *units, apr_int64_t least,
                               apr_int64_t most, const char *what,
                               apr_pool_t *pool)
{
    if (!read_quantity(value, text, units))
        return apr_psprintf(pool, "'%s' is not %s", text, what);
    if (*value < least || *value > most)
        return apr_psprintf(pool,
                            "'%s' is out of bounds: it must be from %s to %s",
                            text, write_quantity(least, units, pool),
                            write_quantity(most, units, pool));
    return NULL;
}

const char *mod_wsman_value_bytes(apr_int64_t *bytes, const char *text,
                                  apr_int64_t least, apr_int64_t most,
                                  apr_pool_t *pool)
{
    return read_within(bytes, text, sizes, least, most,
                       "a number of bytes (with K, M or G if you like)", pool);
}

const char *mod_wsman_value_number(apr_int64_t *number, const char *text,
                                   apr_int64_t least, apr_int64_t most,
                                   apr_pool_t *pool)
{
    return read_within(number, text, no_units, least, most, "a number", pool);
}

const char *mod_wsman_value_time(apr_interval_time_t *time, const char *text,
                                 apr_interval_time_t least,
                                 apr_interval_time_t most, apr_pool_t *pool)
{
    return read_within(time, text, times, least, most,
                       "a time (a number with ms, s, m, h or d)", pool);
}
