/* test_wsm_text_time.c - XSD durations and dates, and the calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/base/wsm_text.h"

static apr_pool_t *pool;

static int setup(void **state)
{
    (void)state;
    return apr_pool_create(&pool, NULL);
}

static int teardown(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    return 0;
}

#define SECOND ((apr_int64_t)1000000)
#define HOUR   (3600 * SECOND)
#define DAY    (24 * HOUR)

static void durations_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        apr_int64_t usec;
    } good[] = {
        {"PT0S", 0},
        {"PT60S", 60 * SECOND},
        {"PT60.000S", 60 * SECOND},
        {"PT0.5S", SECOND / 2},
        {"PT0.0000019S", 1},
        {"PT1M", 60 * SECOND},
        {"PT1H1M1S", HOUR + 61 * SECOND},
        {"P1D", DAY},
        {"P1DT12H", DAY + 12 * HOUR},
        {"P1M", 30 * DAY},
        {"P1Y", 365 * DAY},
        {"P1Y2M3DT4H5M6.7S", 428 * DAY + 4 * HOUR + 306 * SECOND + 700000},
        {"-PT5S", -5 * SECOND},
        {"P106751991D", 106751991 * DAY}};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        apr_int64_t usec = 77;
        assert_true(wsm_text_duration(good[i].text, &usec));
        assert_true(usec == good[i].usec);
    }
}

static void bad_durations_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "P",
                                      "PT",
                                      "-P",
                                      "P1",
                                      "1D",
                                      "PT1",
                                      "P1H",
                                      "PT1D",
                                      "P1DT",
                                      "PT1S1M",
                                      "P1D1Y",
                                      "PT1.S",
                                      "PT.5S",
                                      "PT1.5M",
                                      "P1.5D",
                                      "+PT1S",
                                      "P-1D",
                                      " PT1S",
                                      "PT1S ",
                                      "pt1s",
                                      "PT1S1S",
                                      "P300000Y",
                                      "P106751992D",
                                      "PT9999999999999999999S"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        apr_int64_t usec = 77;
        assert_false(wsm_text_duration(bad[i], &usec));
        assert_true(usec == 77);
    }
}

static void durations_are_written(void **state)
{
    (void)state;
    static const struct {
        apr_int64_t usec;
        const char *text;
    } rows[] = {{0, "PT0S"},
                {1, "PT0.000001S"},
                {60 * SECOND, "PT1M"},
                {90 * SECOND + 500000, "PT1M30.5S"},
                {DAY, "P1D"},
                {DAY + HOUR, "P1DT1H"},
                {-5 * SECOND, "-PT5S"},
                {INT64_MAX, "P106751991DT4H54.775807S"},
                {INT64_MIN, "-P106751991DT4H54.775808S"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        apr_int64_t again;
        const char *text = wsm_text_duration_put(rows[i].usec, pool);
        assert_string_equal(text, rows[i].text);
        if (rows[i].usec != INT64_MIN) {
            assert_true(wsm_text_duration(text, &again));
            assert_true(again == rows[i].usec);
        }
    }
}

static void dates_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        apr_int64_t seconds;
        int usec, offset;
    } good[] = {{"1970-01-01T00:00:00Z", 0, 0, 0},
                {"1970-01-01T00:00:00", 0, 0, 0},
                {"2026-11-21T08:00:00Z", 1795248000, 0, 0},
                {"2026-11-21T09:00:00+01:00", 1795248000, 0, 60},
                {"2026-11-21T02:30:00.25-05:30", 1795248000, 250000, -330},
                {"2026-11-20T24:00:00Z", 1795219200, 0, 0},
                {"1969-12-31T23:59:59.999999Z", -1, 999999, 0},
                {"2000-02-29T00:00:00Z", 951782400, 0, 0},
                {"0001-01-01T00:00:00Z", -62135596800, 0, 0},
                {"-0001-01-01T00:00:00Z", -62167219200, 0, 0},
                {"12026-01-01T00:00:00+14:00", 317336745600 - 50400, 0, 840}};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        apr_time_t when;
        int offset;
        assert_true(wsm_text_datetime(good[i].text, &when, &offset));
        assert_true(when == good[i].seconds * SECOND + good[i].usec);
        assert_int_equal(offset, good[i].offset);
        assert_true(wsm_text_datetime(good[i].text, &when, NULL));
    }
}

static void bad_dates_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "2026-11-21",
                                      "2026-11-21T08:00Z",
                                      "2026-11-21 08:00:00Z",
                                      "2026-11-21T08:00:00z",
                                      "26-11-21T08:00:00Z",
                                      "02026-11-21T08:00:00Z",
                                      "0000-01-01T00:00:00Z",
                                      "2026-13-01T00:00:00Z",
                                      "2026-00-01T00:00:00Z",
                                      "2026-02-29T00:00:00Z",
                                      "1900-02-29T00:00:00Z",
                                      "2026-04-31T00:00:00Z",
                                      "2026-11-21T25:00:00Z",
                                      "2026-11-21T24:00:01Z",
                                      "2026-11-21T08:60:00Z",
                                      "2026-11-21T08:00:60Z",
                                      "2026-11-21T08:00:00.Z",
                                      "2026-11-21T08:00:00+1:00",
                                      "2026-11-21T08:00:00+14:01",
                                      "2026-11-21T08:00:00+01:60",
                                      "2026-11-21T08:00:00Zx",
                                      "999999-11-21T08:00:00Z",
                                      "+2026-11-21T08:00:00Z"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        apr_time_t when = 77;
        assert_false(wsm_text_datetime(bad[i], &when, NULL));
        assert_true(when == 77);
    }
}

static void dates_are_written(void **state)
{
    (void)state;
    static const struct {
        apr_int64_t usec;
        int offset;
        const char *text;
    } rows[] = {
        {0, 0, "1970-01-01T00:00:00Z"},
        {-1, 0, "1969-12-31T23:59:59.999999Z"},
        {1795248000 * SECOND, 0, "2026-11-21T08:00:00Z"},
        {1795248000 * SECOND, 60, "2026-11-21T09:00:00+01:00"},
        {1795248000 * SECOND + 120000, -330, "2026-11-21T02:30:00.12-05:30"},
        {1795248000 * SECOND, -720, "2026-11-20T20:00:00-12:00"},
        {-62135596800 * SECOND - 1, 0, "-0001-12-31T23:59:59.999999Z"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        apr_time_t when;
        int offset;
        const char *text =
            wsm_text_datetime_put(rows[i].usec, rows[i].offset, pool);
        assert_string_equal(text, rows[i].text);
        assert_true(wsm_text_datetime(text, &when, &offset));
        assert_true(when == rows[i].usec);
        assert_int_equal(offset, rows[i].offset);
    }
}

static void every_day_has_its_number(void **state)
{
    (void)state;
    apr_int64_t days, year = 0, before_year = -801;
    int month = 0, day = 0;
    assert_true(wsm_text_days(-800, 1, 1, &days));
    apr_int64_t first = days;
    /* From one day to the next either the day or the month goes on. */
    for (apr_int64_t i = first; i < first + 4 * 146097; i++) {
        int before_month = month, before_day = day;
        before_year = year;
        wsm_text_civil(i, &year, &month, &day);
        assert_true(wsm_text_days(year, month, day, &days));
        assert_true(days == i);
        if (i > first)
            assert_true((day == before_day + 1 && month == before_month) ||
                        (day == 1 && before_day >= 28 &&
                         (month == before_month + 1 ||
                          (month == 1 && before_month == 12 &&
                           year == before_year + 1))));
    }
    assert_true(year == 799 && month == 12 && day == 31);
    assert_true(wsm_text_days(1970, 1, 1, &days) && days == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_read),
        cmocka_unit_test(bad_durations_are_refused),
        cmocka_unit_test(durations_are_written),
        cmocka_unit_test(dates_are_read),
        cmocka_unit_test(bad_dates_are_refused),
        cmocka_unit_test(dates_are_written),
        cmocka_unit_test(every_day_has_its_number),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, setup, teardown);
}
