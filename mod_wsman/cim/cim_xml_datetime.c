/* cim_xml_datetime.c - datetimes as WS-CIM writes them, both ways.
 *
 * What XSD can say is said in XSD; asterisks that it has no form for stay in
 * the 25 characters of CIM.
 */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../soap/wsm_draft.h"
#include "../soap/wsm_names.h"
#include "cim_xml_private.h"

#define WILD_DATE  (CIM_WILD_YEAR | CIM_WILD_MONTH | CIM_WILD_DAY)
#define WILD_TIME  (CIM_WILD_HOUR | CIM_WILD_MINUTE | CIM_WILD_SECOND)
#define MAX_OFFSET (14 * 60) /* of XSD */
#define USEC_DAY   (APR_INT64_C(86400) * APR_USEC_PER_SEC)
#define MAX_DAYS   APR_INT64_C(99999999)

typedef enum form_e {
    CIM_DATETIME_FORM,
    INTERVAL,
    DATE,
    TIME,
    DATETIME
} form_e;

static const char *const names[] = {WSM_CIM_DATETIME, "Interval", "Date",
                                    "Time", "Datetime"};

static form_e form_of(const cim_datetime_t *when)
{
    if (when->is_interval)
        return when->wild || when->digits != 6 ? CIM_DATETIME_FORM : INTERVAL;
    if (when->offset > MAX_OFFSET || when->offset < -MAX_OFFSET)
        return CIM_DATETIME_FORM;
    if (when->wild == WILD_TIME && when->digits == 0)
        return DATE;
    if (when->digits != 6)
        return CIM_DATETIME_FORM;
    return when->wild == 0           ? DATETIME
           : when->wild == WILD_DATE ? TIME
                                     : CIM_DATETIME_FORM;
}

/** "2026-11-21T08:00:00+01:00" becomes "2026-11-21+01:00". */
static const char *without_time(char *text)
{
    char *time = strchr(text, 'T');
    const char *zone = time + strcspn(time, "Z+-");
    memmove(time, zone, strlen(zone) + 1);
    return text;
}

static const char *text_of(const cim_datetime_t *when, form_e form,
                           char buffer[CIM_DATETIME_LENGTH + 1],
                           apr_pool_t *scratch)
{
    char *text;
    if (form == CIM_DATETIME_FORM) {
        cim_datetime_put(when, buffer);
        return buffer;
    }
    if (form == INTERVAL)
        return wsm_text_duration_put(when->usec, scratch);
    text = wsm_text_datetime_put(when->usec, when->offset, scratch);
    if (form == DATE)
        return without_time(text);
    if (form == TIME)
        return strchr(text, 'T') + 1;
    return text;
}

void cim_xml_write_datetime(wsm_writer_t *out, const cim_datetime_t *when,
                            int draft, apr_pool_t *scratch)
{
    char buffer[CIM_DATETIME_LENGTH + 1];
    form_e form = form_of(when);
    const char *name = wsm_draft_name(draft, names[form]);
    wsm_write_strs(out, "<cim:", name, ">",
                   text_of(when, form, buffer, scratch), "</cim:", name, ">",
                   NULL);
}

/* ---- reading */

static int read_moment(const char *text, unsigned char wild,
                       unsigned char digits, cim_datetime_t *when)
{
    apr_time_t usec;
    int offset;
    if (!wsm_text_datetime(text, &usec, &offset))
        return 0;
    *when = cim_timestamp(usec, (apr_int16_t)offset);
    when->wild = wild;
    when->digits = digits;
    return 1;
}

static int read_interval(const char *text, cim_datetime_t *when)
{
    apr_int64_t usec;
    if (!wsm_text_duration(text, &usec) || usec < 0 ||
        usec / USEC_DAY > MAX_DAYS)
        return 0;
    *when = cim_interval(usec);
    return 1;
}

/** "2026-11-21+01:00": midnight of that zone. */
static int read_date(const char *text, cim_datetime_t *when, apr_pool_t *pool)
{
    apr_size_t day = strcspn(text, "-");
    if (!text[day] || strlen(text) < day + 6)
        return 0;
    day += 6; /* -MM-DD */
    return read_moment(apr_pstrcat(pool, apr_pstrmemdup(pool, text, day),
                                   "T00:00:00", text + day, NULL),
                       WILD_TIME, 0, when);
}

static int read_form(form_e form, const char *text, cim_datetime_t *when,
                     apr_pool_t *pool)
{
    switch (form) {
    case INTERVAL:
        return read_interval(text, when);
    case DATE:
        return read_date(text, when, pool);
    case TIME:
        return read_moment(apr_pstrcat(pool, "1970-01-01T", text, NULL),
                           WILD_DATE, 6, when);
    case DATETIME:
        return read_moment(text, 0, 6, when);
    default:
        return cim_datetime_parse(text, when);
    }
}

int cim_xml_read_datetime(const char *name, const char *text,
                          cim_datetime_t *when, apr_pool_t *pool)
{
    for (int form = CIM_DATETIME_FORM; form <= DATETIME; form++) {
        if (name && strcmp(name, names[form]) != 0)
            continue;
        if (read_form((form_e)form, text, when, pool))
            return 1;
    }
    return 0;
}
