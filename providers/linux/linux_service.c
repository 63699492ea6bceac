/* linux_service.c - Win32_Service: the service units of systemd, loaded or
 * not.  Where systemd does not run there are none, and the log says why.
 */
#include <errno.h>
#include <string.h>

#include <apr_atomic.h>
#include <apr_strings.h>

#include "linux_service.h"

#define PROPERTIES(P)                                                          \
    P(Name)                                                                    \
    P(AcceptPause)                                                             \
    P(AcceptStop)                                                              \
    P(Caption)                                                                 \
    P(CreationClassName)                                                       \
    P(Description)                                                             \
    P(DesktopInteract)                                                         \
    P(DisplayName)                                                             \
    P(ExitCode)                                                                \
    P(PathName)                                                                \
    P(ProcessId)                                                               \
    P(ServiceSpecificExitCode)                                                 \
    P(ServiceType)                                                             \
    P(Started)                                                                 \
    P(StartMode)                                                               \
    P(StartName)                                                               \
    P(State)                                                                   \
    P(Status)                                                                  \
    P(SystemCreationClassName)                                                 \
    P(SystemName)

LINUX_PROPERTY_TABLE(PROPERTIES);

#define SUFFIX ".service"

/* Windows' error numbers that ExitCode has */
#define ERROR_SERVICE_SPECIFIC 1066
#define ERROR_NEVER_STARTED    1077

typedef struct words_t {
    const char *systemd;
    const char *wmi;
} words_t;

static const words_t states[] = {{"active", "Running"},
                                 {"reloading", "Running"},
                                 {"refreshing", "Running"},
                                 {"inactive", "Stopped"},
                                 {"failed", "Stopped"},
                                 {"activating", "Start Pending"},
                                 {"deactivating", "Stop Pending"},
                                 {"maintenance", "Unknown"},
                                 {NULL, NULL}};

/* "disabled" is what Windows calls manual: it may be started by hand or by
 * another unit.  Only a masked unit cannot be started. */
static const words_t start_modes[] = {{"enabled", "Auto"},
                                      {"enabled-runtime", "Auto"},
                                      {"generated", "Auto"},
                                      {"disabled", "Manual"},
                                      {"static", "Manual"},
                                      {"indirect", "Manual"},
                                      {"linked", "Manual"},
                                      {"linked-runtime", "Manual"},
                                      {"transient", "Manual"},
                                      {"alias", "Manual"},
                                      {"masked", "Disabled"},
                                      {"masked-runtime", "Disabled"},
                                      {NULL, NULL}};

static const char *find_word(const words_t *words, const char *systemd)
{
    for (; systemd && words->systemd; words++) {
        if (strcmp(words->systemd, systemd) == 0)
            return words->wmi;
    }
    return NULL;
}

static int is_word(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

/* Tells the log once that systemd is gone, and once that it is back. */
static void note_systemd(const wsman_call_t *call, const char *reason)
{
    linux_t *system = call->state;
    apr_uint32_t before =
        apr_atomic_xchg32(&system->systemd_missed, reason != NULL);
    if (reason && !before)
        call->host->log(call, WSMAN_LOG_WARNING,
                        "Win32_Service has no instances: %s", reason);
    else if (!reason && before)
        call->host->log(call, WSMAN_LOG_NOTICE,
                        "Win32_Service: systemd answers again");
}

static linux_bus_t *open_bus(const wsman_call_t *call, const char **reason)
{
    linux_bus_t *bus = linux_bus_open(call, reason);
    if (!bus)
        note_systemd(call, *reason);
    return bus;
}

static wsman_error_t *offline(const wsman_call_t *call, const char *reason)
{
    return call->host->error(call->pool, WSMAN_E_RESOURCE_OFFLINE, APR_SUCCESS,
                             NULL, "Services cannot be managed here: %s.",
                             reason);
}

static const char *describe(const wsman_call_t *call, int status)
{
    char text[128];
    return apr_pstrcat(
        call->pool, "systemd does not answer: ",
        apr_strerror(APR_FROM_OS_ERROR(-status), text, sizeof(text)), NULL);
}

/* A main process that ended badly, as Windows tells it: the service's own
 * number stands beside ERROR_SERVICE_SPECIFIC. */
static void set_exit(linux_view_t *view, const linux_unit_details_t *details)
{
    apr_uint32_t code = 0;
    apr_uint32_t own = 0;
    if (!details->has_exit || !details->has_pid)
        return;
    if (details->pid == 0 && details->exited == 0 &&
        !is_word(details->active, "active"))
        code = ERROR_NEVER_STARTED;
    if (details->exited && details->exit_status != 0) {
        code = ERROR_SERVICE_SPECIFIC;
        own = (apr_uint32_t)details->exit_status;
    }
    linux_set(view, P_ExitCode, cim_uint32(code));
    linux_set(view, P_ServiceSpecificExitCode, cim_uint32(own));
}

static void set_details(linux_view_t *view, const linux_unit_details_t *details)
{
    linux_set(view, P_PathName, cim_string(details->command));
    if (details->has_pid) {
        linux_set(view, P_ProcessId, cim_uint32(details->pid));
        /* A service of the system manager that names no user runs as root. */
        linux_set(view, P_StartName,
                  cim_string(details->user && *details->user ? details->user
                                                             : "root"));
    }
    if (details->can_stop >= 0)
        linux_set(view, P_AcceptStop,
                  cim_boolean(details->can_stop &&
                              is_word(details->active, "active")));
    set_exit(view, details);
}

static void set_states(linux_view_t *view, const linux_unit_t *unit,
                       const linux_unit_details_t *details)
{
    const char *active = unit->active ? unit->active : details->active;
    const char *file =
        unit->file_state ? unit->file_state : details->file_state;
    const char *words =
        unit->description ? unit->description : details->description;
    const char *state = find_word(states, active);
    linux_set(view, P_State, cim_string(state));
    if (state)
        linux_set(view, P_Started, cim_boolean(strcmp(state, "Running") == 0));
    if (active)
        linux_set(view, P_Status,
                  cim_string(is_word(active, "failed") ? "Error" : "OK"));
    linux_set(view, P_StartMode, cim_string(find_word(start_modes, file)));
    linux_set(view, P_DisplayName, cim_string(words));
    linux_set(view, P_Caption, cim_string(words));
    linux_set(view, P_Description, cim_string(words));
}

/* What only the unit's own object tells; asking for it is a call each. */
static int wants_details(const linux_view_t *view, const linux_unit_t *unit)
{
    static const int told[] = {P_AcceptStop, P_ExitCode,
                               P_PathName,   P_ProcessId,
                               P_StartName,  P_ServiceSpecificExitCode};
    for (apr_size_t i = 0; i < sizeof(told) / sizeof(*told); i++) {
        if (linux_view_wants(view, told[i]))
            return 1;
    }
    return !unit->active;
}

static const char *service_name(const linux_unit_t *unit, apr_pool_t *pool)
{
    return apr_pstrmemdup(pool, unit->name,
                          strlen(unit->name) - strlen(SUFFIX));
}

static void set_service(linux_view_t *view, linux_bus_t *bus,
                        const linux_unit_t *unit, const char *name)
{
    linux_unit_details_t details = {.can_stop = -1};
    linux_set(view, P_Name, cim_string(name));
    linux_set(view, P_CreationClassName, cim_string("Win32_Service"));
    linux_set(view, P_SystemCreationClassName,
              cim_string("Win32_ComputerSystem"));
    linux_set(view, P_SystemName,
              cim_string(linux_host_name(view->system, view->item)));
    linux_set(view, P_ServiceType, cim_string("Own Process"));
    linux_set(view, P_AcceptPause, cim_boolean(0));
    linux_set(view, P_DesktopInteract, cim_boolean(0));
    if (unit->object && wants_details(view, unit) &&
        linux_bus_details(bus, unit->object, &details) == 0)
        set_details(view, &details);
    set_states(view, unit, &details);
}

static void put_services(linux_view_t *view, linux_bus_t *bus,
                         const apr_array_header_t *units)
{
    const char *after = linux_view_after(view);
    for (int i = 0; i < units->nelts; i++) {
        const linux_unit_t *unit = &APR_ARRAY_IDX(units, i, linux_unit_t);
        const char *name = service_name(unit, view->item);
        /* The list is in the order of the unit's name, with its suffix */
        if ((after && strcmp(unit->name, after) <= 0) ||
            linux_view_excludes(view, "Name", name))
            continue;
        linux_view_begin(view);
        set_service(view, bus, unit, name);
        if (!linux_view_put(view, unit->name))
            return;
    }
}

static wsman_error_t *walk(linux_view_t *view)
{
    const wsman_call_t *call = view->call;
    apr_array_header_t *units = NULL;
    const char *reason = NULL;
    linux_bus_t *bus = open_bus(call, &reason);
    int status;
    if (!bus)
        return view->path ? offline(call, reason) : NULL;
    status = linux_bus_units(bus, &units);
    if (status < 0) {
        linux_bus_close(bus);
        reason = describe(call, status);
        note_systemd(call, reason);
        return view->path ? offline(call, reason) : NULL;
    }
    note_systemd(call, NULL);
    put_services(view, bus, units);
    linux_bus_close(bus);
    return NULL;
}

/* Win32_Service's return values */
enum {
    SUCCESS = 0,
    ACCESS_DENIED = 2,
    CANNOT_ACCEPT = 5,
    NOT_ACTIVE = 6,
    TIMED_OUT = 7,
    UNKNOWN_FAILURE = 8,
    PATH_NOT_FOUND = 9,
    ALREADY_RUNNING = 10,
    DISABLED = 14
};

static const struct {
    const char *error;
    apr_uint32_t result;
} results[] = {
    {"org.freedesktop.DBus.Error.AccessDenied", ACCESS_DENIED},
    {"org.freedesktop.DBus.Error.AuthFailed", ACCESS_DENIED},
    {"org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
     ACCESS_DENIED},
    {"org.freedesktop.systemd1.NoSuchUnit", PATH_NOT_FOUND},
    {"org.freedesktop.systemd1.LoadFailed", PATH_NOT_FOUND},
    {"org.freedesktop.systemd1.UnitMasked", DISABLED},
    {"org.freedesktop.systemd1.OnlyByDependency", CANNOT_ACCEPT},
    {"org.freedesktop.systemd1.TransactionIsDestructive", CANNOT_ACCEPT},
    {"org.freedesktop.systemd1.ShuttingDown", CANNOT_ACCEPT},
};

static apr_uint32_t result_of(int status, const char *error)
{
    if (status >= 0)
        return SUCCESS;
    for (apr_size_t i = 0; error && i < sizeof(results) / sizeof(*results);
         i++) {
        if (strcmp(results[i].error, error) == 0)
            return results[i].result;
    }
    return status == -ETIMEDOUT ? TIMED_OUT : UNKNOWN_FAILURE;
}

static apr_uint32_t control(wsman_call_t *call, linux_bus_t *bus,
                            const char *verb, const char *unit)
{
    const char *error;
    int status = linux_bus_control(bus, verb, unit, &error);
    char text[128];
    if (status < 0)
        call->host->log(call, WSMAN_LOG_WARNING,
                        "Win32_Service: %s of %s for %s: %s", verb, unit,
                        call->user ? call->user : "an unnamed user",
                        error ? error
                              : apr_strerror(APR_FROM_OS_ERROR(-status), text,
                                             sizeof(text)));
    else
        call->host->log(call, WSMAN_LOG_NOTICE,
                        "Win32_Service: %s of %s for %s", verb, unit,
                        call->user ? call->user : "an unnamed user");
    return result_of(status, error);
}

/* Is the unit in a state in which the verb does something? */
static int refused(linux_bus_t *bus, const char *unit, int start,
                   apr_pool_t *pool, apr_uint32_t *result)
{
    linux_unit_details_t details;
    const char *object = linux_bus_object(unit, pool);
    if (!object || linux_bus_details(bus, object, &details) < 0)
        return 0;
    if (start && is_word(details.active, "active")) {
        *result = ALREADY_RUNNING;
        return 1;
    }
    if (!start && (is_word(details.active, "inactive") ||
                   is_word(details.active, "failed"))) {
        *result = NOT_ACTIVE;
        return 1;
    }
    return 0;
}

static wsman_error_t *change(wsman_call_t *call, const cim_path_t *path,
                             cim_instance_t *out, int start)
{
    const cim_value_t *name = call->host->key(path, "Name");
    const char *reason = NULL;
    const char *unit;
    linux_bus_t *bus;
    apr_uint32_t result;
    if (!name || name->is_null || name->type != CIM_STRING || !*name->v.s)
        return call->host->error(call->pool, WSMAN_E_DESTINATION_UNREACHABLE,
                                 APR_SUCCESS, NULL,
                                 "There is no service with this Name.");
    bus = open_bus(call, &reason);
    if (!bus)
        return offline(call, reason);
    unit = apr_pstrcat(call->pool, name->v.s, SUFFIX, NULL);
    if (!refused(bus, unit, start, call->pool, &result))
        result = control(call, bus, start ? "StartUnit" : "StopUnit", unit);
    linux_bus_close(bus);
    call->host->set(out, "ReturnValue", cim_uint32(result));
    return NULL;
}

static wsman_error_t *start_service(wsman_call_t *call, const cim_path_t *path,
                                    cim_instance_t *out)
{
    return change(call, path, out, 1);
}

static wsman_error_t *stop_service(wsman_call_t *call, const cim_path_t *path,
                                   cim_instance_t *out)
{
    return change(call, path, out, 0);
}

static const linux_method_t methods[] = {{"StartService", start_service},
                                         {"StopService", stop_service},
                                         {NULL, NULL}};

const linux_class_t linux_service_class = {"Win32_Service", property_names, 1,
                                           walk, methods};
