/* linux_service.h - service units as systemd tells of them.
 */
#ifndef LINUX_SERVICE_H
#define LINUX_SERVICE_H

#include "linux_provider.h"

/** A service unit: what the two lists of systemd say. */
typedef struct linux_unit_t {
    const char *name;        /* "ssh.service" */
    const char *object;      /* D-Bus path */
    const char *description; /* NULL: not loaded */
    const char *active;      /* "active", "failed", ...; NULL: not loaded */
    const char *file_state;  /* "enabled", ...; NULL: has no file */
} linux_unit_t;

/** What the unit's object says. */
typedef struct linux_unit_details_t {
    const char *description;
    const char *active;
    const char *file_state;
    const char *command; /* the first of ExecStart, with its arguments */
    const char *user;    /* "": root */
    apr_uint32_t pid;    /* 0: does not run */
    int has_pid;
    int can_stop;            /* -1: not told */
    apr_int32_t exit_status; /* of the main process */
    apr_uint64_t exited;     /* when it ended, 0: it has not (yet) */
    int has_exit;
} linux_unit_details_t;

typedef struct linux_bus_t linux_bus_t;

/** Connects to systemd's bus.
 *  @return NULL with *reason in words if that cannot be */
linux_bus_t *linux_bus_open(const wsman_call_t *call, const char **reason);
void linux_bus_close(linux_bus_t *bus);

/** All service units but templates, by name: an array of linux_unit_t.
 *  @return 0, or a negative errno */
int linux_bus_units(linux_bus_t *bus, apr_array_header_t **units);
/** @return 0, or a negative errno; details of what is not told are empty */
int linux_bus_details(linux_bus_t *bus, const char *object,
                      linux_unit_details_t *details);
/** The D-Bus path of a unit's object. */
const char *linux_bus_object(const char *unit, apr_pool_t *pool);
/** Calls StartUnit or StopUnit.
 *  @param error  set to the name of the D-Bus error, or NULL
 *  @return 0, or a negative errno */
int linux_bus_control(linux_bus_t *bus, const char *verb, const char *unit,
                      const char **error);

#endif
