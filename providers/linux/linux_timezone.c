/* linux_timezone.c - Win32_TimeZone.
 *
 * Windows writes the change as SYSTEMTIME does: the n-th weekday of a month, 5
 * for the last, and the local time before the change; so does POSIX's M form.
 */
#include <apr_strings.h>

#include "linux_provider.h"

#define PROPERTIES(P)                                                          \
    P(StandardName)                                                            \
    P(Bias)                                                                    \
    P(Caption)                                                                 \
    P(Description)                                                             \
    P(SettingID)                                                               \
    P(DaylightBias)                                                            \
    P(DaylightName)                                                            \
    P(DaylightDay)                                                             \
    P(DaylightDayOfWeek)                                                       \
    P(DaylightHour)                                                            \
    P(DaylightMillisecond)                                                     \
    P(DaylightMinute)                                                          \
    P(DaylightMonth)                                                           \
    P(DaylightSecond)                                                          \
    P(StandardBias)                                                            \
    P(StandardDay)                                                             \
    P(StandardDayOfWeek)                                                       \
    P(StandardHour)                                                            \
    P(StandardMillisecond)                                                     \
    P(StandardMinute)                                                          \
    P(StandardMonth)                                                           \
    P(StandardSecond)

LINUX_PROPERTY_TABLE(PROPERTIES);

/* Where the parts of a change go; DaylightX and StandardX run in parallel. */
typedef struct change_t {
    int day, weekday, hour, millisecond, minute, month, second;
} change_t;

static const change_t daylight_change = {
    P_DaylightDay,         P_DaylightDayOfWeek, P_DaylightHour,
    P_DaylightMillisecond, P_DaylightMinute,    P_DaylightMonth,
    P_DaylightSecond};
static const change_t standard_change = {
    P_StandardDay,         P_StandardDayOfWeek, P_StandardHour,
    P_StandardMillisecond, P_StandardMinute,    P_StandardMonth,
    P_StandardSecond};

/* A change outside of the day that it names has no form in WMI. */
static void set_change(linux_view_t *view, const change_t *at,
                       const linux_rule_t *rule)
{
    apr_uint32_t seconds = (apr_uint32_t)rule->seconds;
    if (!rule->month || rule->seconds < 0 || rule->seconds >= 86400)
        return;
    linux_set(view, at->month, cim_uint32((apr_uint32_t)rule->month));
    linux_set(view, at->day, cim_uint32((apr_uint32_t)rule->week));
    linux_set(view, at->weekday, cim_uint8((apr_byte_t)rule->day));
    linux_set(view, at->hour, cim_uint32(seconds / 3600));
    linux_set(view, at->minute, cim_uint32(seconds / 60 % 60));
    linux_set(view, at->second, cim_uint32(seconds % 60));
    linux_set(view, at->millisecond, cim_uint32(0));
}

static const char *caption(const linux_zone_t *zone, apr_pool_t *pool)
{
    int minutes = zone->standard / 60;
    int distance = minutes < 0 ? -minutes : minutes;
    return apr_psprintf(pool, "(UTC%c%02d:%02d) %s", minutes < 0 ? '-' : '+',
                        distance / 60, distance % 60,
                        zone->id ? zone->id : zone->standard_name);
}

static wsman_error_t *walk(linux_view_t *view)
{
    const linux_zone_t *zone = linux_zone_read(view->system, view->item);
    if (linux_view_after(view) || !zone->standard_name)
        return NULL;
    linux_view_begin(view);
    linux_set(view, P_StandardName, cim_string(zone->standard_name));
    linux_set(view, P_SettingID, cim_string(zone->id));
    linux_set(view, P_Caption, cim_string(caption(zone, view->item)));
    linux_set(view, P_Description, cim_string(caption(zone, view->item)));
    linux_set(view, P_Bias, cim_sint32(zone->standard / 60));
    linux_set(view, P_StandardBias, cim_uint32(0));
    if (zone->daylight_name) {
        linux_set(view, P_DaylightName, cim_string(zone->daylight_name));
        linux_set(view, P_DaylightBias,
                  cim_sint32((zone->standard - zone->daylight) / 60));
        set_change(view, &daylight_change, &zone->begin);
        set_change(view, &standard_change, &zone->end);
    }
    linux_view_put(view, zone->standard_name);
    return NULL;
}

const linux_class_t linux_timezone_class = {"Win32_TimeZone", property_names, 1,
                                            walk, NULL};
