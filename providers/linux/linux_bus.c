/* linux_bus.c - asks systemd by D-Bus.
 *
 * A connection a call: sd-bus objects belong to one thread, and a connection
 * costs less than one answer.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "linux_service.h"

#ifdef WITH_SYSTEMD
#include <systemd/sd-bus.h>

#define DESTINATION "org.freedesktop.systemd1"
#define MANAGER     "/org/freedesktop/systemd1"
#define UNITS       "/org/freedesktop/systemd1/unit"
#define INTERFACE   "org.freedesktop.systemd1.Manager"
#define SUFFIX      ".service"

/* systemd answers within milliseconds: who waits longer waits for nothing. */
#define PATIENCE (APR_USEC_PER_SEC * 5)

struct linux_bus_t {
    const wsman_call_t *call;
    apr_pool_t *pool;
    sd_bus *bus;
};

static int open_address(sd_bus **bus, const char *address)
{
    sd_bus *made = NULL;
    int status = sd_bus_new(&made);
    if (status >= 0)
        status = sd_bus_set_address(made, address);
    if (status >= 0)
        status = sd_bus_set_bus_client(made, 1);
    if (status >= 0)
        status = sd_bus_start(made);
    if (status < 0)
        made = sd_bus_unref(made);
    *bus = made;
    return status;
}

linux_bus_t *linux_bus_open(const wsman_call_t *call, const char **reason)
{
    const linux_t *system = call->state;
    linux_bus_t *bus = apr_pcalloc(call->pool, sizeof(*bus));
    int status = system->bus ? open_address(&bus->bus, system->bus)
                             : sd_bus_open_system(&bus->bus);
    char text[128];
    bus->call = call;
    bus->pool = call->pool;
    if (status >= 0)
        return bus;
    *reason = apr_pstrcat(
        call->pool, "the system bus cannot be reached: ",
        apr_strerror(APR_FROM_OS_ERROR(-status), text, sizeof(text)), NULL);
    return NULL;
}

void linux_bus_close(linux_bus_t *bus)
{
    sd_bus_close_unref(bus->bus);
}

/* Never beyond the call's deadline; 0 would mean sd-bus' own default. */
static apr_uint64_t patience(const linux_bus_t *bus)
{
    apr_interval_time_t left = bus->call->deadline - apr_time_now();
    if (bus->call->deadline == 0 || left > PATIENCE)
        left = PATIENCE;
    return left > 0 ? (apr_uint64_t)left : 1;
}

/* Calls a method of the manager without arguments. */
static int ask(linux_bus_t *bus, const char *method, sd_bus_message **reply)
{
    sd_bus_message *message = NULL;
    int status = sd_bus_message_new_method_call(bus->bus, &message, DESTINATION,
                                                MANAGER, INTERFACE, method);
    if (status >= 0)
        status = sd_bus_call(bus->bus, message, patience(bus), NULL, reply);
    sd_bus_message_unref(message);
    return status;
}

/* foo.service and foo@bar.service; foo@.service is a pattern for services. */
static int is_service(const char *name)
{
    apr_size_t length = strlen(name);
    apr_size_t suffix = strlen(SUFFIX);
    return length > suffix && strcmp(name + length - suffix, SUFFIX) == 0 &&
           name[length - suffix - 1] != '@';
}

static int read_units(linux_bus_t *bus, apr_array_header_t *units)
{
    sd_bus_message *reply = NULL;
    const char *name, *words, *load, *active, *sub, *following, *object;
    const char *job_type, *job;
    apr_uint32_t job_id;
    int status = ask(bus, "ListUnits", &reply);
    if (status >= 0)
        status = sd_bus_message_enter_container(reply, 'a', "(ssssssouso)");
    while (status >= 0 &&
           (status = sd_bus_message_read(
                reply, "(ssssssouso)", &name, &words, &load, &active, &sub,
                &following, &object, &job_id, &job_type, &job)) > 0) {
        linux_unit_t *unit;
        if (!is_service(name) || strcmp(load, "not-found") == 0)
            continue;
        unit = apr_array_push(units);
        memset(unit, 0, sizeof(*unit));
        unit->name = apr_pstrdup(bus->pool, name);
        unit->object = apr_pstrdup(bus->pool, object);
        unit->description = apr_pstrdup(bus->pool, words);
        unit->active = apr_pstrdup(bus->pool, active);
    }
    sd_bus_message_unref(reply);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const linux_unit_t *)a)->name,
                  ((const linux_unit_t *)b)->name);
}

static void add_file(linux_bus_t *bus, apr_array_header_t *units, int loaded,
                     const char *path, const char *state)
{
    const char *slash = strrchr(path, '/');
    linux_unit_t key = {.name = slash ? slash + 1 : path};
    linux_unit_t *unit;
    if (!is_service(key.name))
        return;
    unit = bsearch(&key, units->elts, (size_t)loaded, sizeof(key), by_name);
    if (!unit) {
        /* An alias is another name of a unit that has its own entry. */
        if (strcmp(state, "alias") == 0)
            return;
        unit = apr_array_push(units);
        memset(unit, 0, sizeof(*unit));
        unit->name = apr_pstrdup(bus->pool, key.name);
        unit->object = linux_bus_object(unit->name, bus->pool);
    }
    unit->file_state = apr_pstrdup(bus->pool, state);
}

static int read_files(linux_bus_t *bus, apr_array_header_t *units)
{
    sd_bus_message *reply = NULL;
    const char *path, *state;
    int loaded = units->nelts;
    int status = ask(bus, "ListUnitFiles", &reply);
    if (status >= 0)
        status = sd_bus_message_enter_container(reply, 'a', "(ss)");
    while (status >= 0 &&
           (status = sd_bus_message_read(reply, "(ss)", &path, &state)) > 0)
        add_file(bus, units, loaded, path, state);
    sd_bus_message_unref(reply);
    return status;
}

int linux_bus_units(linux_bus_t *bus, apr_array_header_t **units)
{
    apr_array_header_t *found =
        apr_array_make(bus->pool, 128, sizeof(linux_unit_t));
    int status = read_units(bus, found);
    if (status < 0)
        return status;
    qsort(found->elts, (size_t)found->nelts, sizeof(linux_unit_t), by_name);
    status = read_files(bus, found);
    if (status < 0)
        return status;
    qsort(found->elts, (size_t)found->nelts, sizeof(linux_unit_t), by_name);
    *units = found;
    return 0;
}

const char *linux_bus_object(const char *unit, apr_pool_t *pool)
{
    char *path = NULL;
    const char *copy;
    if (sd_bus_path_encode(UNITS, unit, &path) < 0)
        return NULL;
    copy = apr_pstrdup(pool, path);
    free(path);
    return copy;
}

/* ExecStart: an array of commands, each a path, its arguments, and what became
 * of it, which is skipped. */
static int read_command(sd_bus_message *message, apr_pool_t *pool,
                        const char **command)
{
    const char *path, *word;
    int status = sd_bus_message_enter_container(message, 'v', "a(sasbttttuii)");
    if (status < 0)
        return status;
    sd_bus_message_enter_container(message, 'a', "(sasbttttuii)");
    if (sd_bus_message_enter_container(message, 'r', "sasbttttuii") > 0 &&
        sd_bus_message_read(message, "s", &path) > 0) {
        const char *text = NULL;
        sd_bus_message_enter_container(message, 'a', "s");
        while (sd_bus_message_read(message, "s", &word) > 0)
            text = text ? apr_pstrcat(pool, text, " ", word, NULL)
                        : apr_pstrdup(pool, word);
        sd_bus_message_exit_container(message);
        *command = text ? text : apr_pstrdup(pool, path);
        sd_bus_message_skip(message, "bttttuii");
        sd_bus_message_exit_container(message);
        while (sd_bus_message_skip(message, "(sasbttttuii)") > 0)
            continue;
    }
    sd_bus_message_exit_container(message);
    return sd_bus_message_exit_container(message);
}

/* Which properties are read, and where to: data rather than branches. */
typedef struct field_t {
    const char *name;
    const char *signature;
    apr_size_t offset;
} field_t;

#define AT(member) offsetof(linux_unit_details_t, member)
static const field_t fields[] = {{"Description", "s", AT(description)},
                                 {"ActiveState", "s", AT(active)},
                                 {"UnitFileState", "s", AT(file_state)},
                                 {"User", "s", AT(user)},
                                 {"CanStop", "b", AT(can_stop)},
                                 {"MainPID", "u", AT(pid)},
                                 {"ExecMainStatus", "i", AT(exit_status)},
                                 {"ExecMainExitTimestamp", "t", AT(exited)}};

static int read_field(sd_bus_message *message, const char *name,
                      linux_unit_details_t *details, apr_pool_t *pool)
{
    for (apr_size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        void *to = (char *)details + fields[i].offset;
        int status;
        if (strcmp(fields[i].name, name) != 0)
            continue;
        status = sd_bus_message_read(message, "v", fields[i].signature, to);
        if (status >= 0 && *fields[i].signature == 's')
            *(const char **)to = apr_pstrdup(pool, *(const char **)to);
        details->has_pid |= fields[i].offset == AT(pid);
        details->has_exit |= fields[i].offset == AT(exited);
        return status;
    }
    if (strcmp(name, "ExecStart") == 0)
        return read_command(message, pool, &details->command);
    return sd_bus_message_skip(message, "v");
}

static int read_interface(linux_bus_t *bus, const char *object,
                          const char *interface, linux_unit_details_t *details)
{
    sd_bus_message *message = NULL, *reply = NULL;
    const char *name;
    int status = sd_bus_message_new_method_call(
        bus->bus, &message, DESTINATION, object,
        "org.freedesktop.DBus.Properties", "GetAll");
    if (status >= 0)
        status = sd_bus_message_append(message, "s", interface);
    if (status >= 0)
        status = sd_bus_call(bus->bus, message, patience(bus), NULL, &reply);
    if (status >= 0)
        status = sd_bus_message_enter_container(reply, 'a', "{sv}");
    while (status >= 0 &&
           (status = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
        status = sd_bus_message_read(reply, "s", &name);
        if (status >= 0)
            status = read_field(reply, name, details, bus->pool);
        if (status >= 0)
            status = sd_bus_message_exit_container(reply);
    }
    sd_bus_message_unref(reply);
    sd_bus_message_unref(message);
    return status < 0 ? status : 0;
}

int linux_bus_details(linux_bus_t *bus, const char *object,
                      linux_unit_details_t *details)
{
    int status;
    memset(details, 0, sizeof(*details));
    details->can_stop = -1;
    status =
        read_interface(bus, object, "org.freedesktop.systemd1.Unit", details);
    if (status < 0)
        return status;
    return read_interface(bus, object, "org.freedesktop.systemd1.Service",
                          details);
}

int linux_bus_control(linux_bus_t *bus, const char *verb, const char *unit,
                      const char **error)
{
    sd_bus_error problem = SD_BUS_ERROR_NULL;
    sd_bus_message *message = NULL, *reply = NULL;
    int status = sd_bus_message_new_method_call(bus->bus, &message, DESTINATION,
                                                MANAGER, INTERFACE, verb);
    *error = NULL;
    if (status >= 0)
        status = sd_bus_message_append(message, "ss", unit, "replace");
    if (status >= 0)
        status =
            sd_bus_call(bus->bus, message, patience(bus), &problem, &reply);
    if (sd_bus_error_is_set(&problem))
        *error = apr_pstrdup(bus->pool, problem.name);
    sd_bus_error_free(&problem);
    sd_bus_message_unref(reply);
    sd_bus_message_unref(message);
    return status < 0 ? status : 0;
}

#else

linux_bus_t *linux_bus_open(const wsman_call_t *call, const char **reason)
{
    (void)call;
    *reason = "the linux provider was built without libsystemd";
    return NULL;
}

void linux_bus_close(linux_bus_t *bus)
{
    (void)bus;
}

int linux_bus_units(linux_bus_t *bus, apr_array_header_t **units)
{
    (void)bus;
    (void)units;
    return -ENOSYS;
}

const char *linux_bus_object(const char *unit, apr_pool_t *pool)
{
    (void)unit;
    (void)pool;
    return NULL;
}

int linux_bus_details(linux_bus_t *bus, const char *object,
                      linux_unit_details_t *details)
{
    (void)bus;
    (void)object;
    (void)details;
    return -ENOSYS;
}

int linux_bus_control(linux_bus_t *bus, const char *verb, const char *unit,
                      const char **error)
{
    (void)bus;
    (void)verb;
    (void)unit;
    (void)error;
    return -ENOSYS;
}

#endif
