/* linux_provider.h - what the files of the linux provider share.
 *
 * A class is one file with a linux_class_t.  Its walk() serves Get and
 * Enumerate alike: it goes through the instances in the order of their resume
 * keys and puts each into the view, which hands it to the host's sink or, for
 * a Get, keeps the one that has the keys asked for.  A walk looks at
 * linux_view_asked() to go straight to one instance and at linux_view_wants()
 * to skip work.
 *
 * Everything that is read from files is read below `root`, so that tests can
 * show the provider a small tree of their own.
 */
#ifndef LINUX_PROVIDER_H
#define LINUX_PROVIDER_H

#include <stdio.h>

#include <wsman_provider.h>

typedef struct linux_load_t linux_load_t;

/** The state of the provider; lives as long as the process. */
typedef struct linux_t {
    const char *root; /* "", or a folder instead of "/" */
    const char *bus;  /* D-Bus address; NULL: the system bus */
    linux_load_t *load;
    /** Why systemd cannot be asked was logged; set and cleared atomically. */
    apr_uint32_t systemd_missed;
} linux_t;

typedef struct linux_view_t linux_view_t;

typedef struct linux_method_t {
    const char *name;
    wsman_error_t *(*run)(wsman_call_t *call, const cim_path_t *path,
                          cim_instance_t *out);
} linux_method_t;

typedef struct linux_class_t {
    const char *name;
    /** The properties that the walk sets; the keys come first. */
    const char *const *properties;
    int nkeys;
    wsman_error_t *(*walk)(linux_view_t *view);
    const linux_method_t *methods; /* ended by a NULL name; may be NULL */
} linux_class_t;

extern const linux_class_t linux_os_class;
extern const linux_class_t linux_system_class;
extern const linux_class_t linux_cpu_class;
extern const linux_class_t linux_disk_class;
extern const linux_class_t linux_adapter_class;
extern const linux_class_t linux_ipconfig_class;
extern const linux_class_t linux_process_class;
extern const linux_class_t linux_service_class;
extern const linux_class_t linux_user_class;
extern const linux_class_t linux_group_class;
extern const linux_class_t linux_timezone_class;
/* Associations */
extern const linux_class_t linux_system_os_class;
extern const linux_class_t linux_adapter_setting_class;
extern const linux_class_t linux_member_class;

/* The property table of a class file, from one list: P_<Name> numbers the
 * names in property_names[]. */
#define LINUX_PROPERTY_NUMBER(name) P_##name,
#define LINUX_PROPERTY_NAME(name)   #name,
#define LINUX_PROPERTY_TABLE(LIST)                                             \
    enum { LIST(LINUX_PROPERTY_NUMBER) P_COUNT };                              \
    static const char *const property_names[] = {LIST(LINUX_PROPERTY_NAME) NULL}

/** A Get or a list under way. */
struct linux_view_t {
    wsman_call_t *call;
    linux_t *system;
    const linux_class_t *type;
    const cim_class_t *cls;
    int *at;                    /* of each property of the type: its index in
                                   an instance, -1 where it is not wanted */
    const cim_path_t *path;     /* Get: what is asked for; else NULL */
    const cim_path_t *object;   /* associate: what the rows must refer to */
    const wsman_query_t *query; /* list; else NULL */
    wsman_sink_t *sink;
    apr_pool_t *item;    /* for what one instance needs */
    cim_instance_t *row; /* the instance that is being filled */
    const cim_instance_t *found;
};

/** Is the property wanted? */
static inline int linux_view_wants(const linux_view_t *view, int property)
{
    return view->at[property] >= 0;
}

/** Sets a property of the row, of exactly its type, if it is wanted. */
static inline void linux_set(linux_view_t *view, int property,
                             cim_value_t value)
{
    if (view->at[property] >= 0)
        view->row->values[view->at[property]] = value;
}

/** Begins the next instance. */
void linux_view_begin(linux_view_t *view);
/** Hands over the row.
 *  @return 0 if nothing more is wanted: the walk returns NULL */
int linux_view_put(linux_view_t *view, const char *resume_key);
/** The resume key to go on after, or NULL. */
const char *linux_view_after(const linux_view_t *view);
/** The text that a string property is required to have, by the path or by a
 *  term of the query, or NULL. */
const char *linux_view_asked(const linux_view_t *view, const char *property);
/** Is an instance with this text in a string property out of the question?  A
 *  path is exact; terms may come from a filter that ignores case. */
int linux_view_excludes(const linux_view_t *view, const char *property,
                        const char *text);
/** The same as linux_view_asked for an unsigned property.
 *  @return 0 if any number will do */
int linux_view_asked_number(const linux_view_t *view, const char *property,
                            apr_uint64_t *number);

/** A reference to the instance of a class whose key has this value, in
 *  view->item. */
cim_value_t linux_reference(const linux_view_t *view, const char *class_name,
                            const char *key, cim_value_t value);
/** The same with two keys; key NULL: none, or no second one. */
cim_value_t linux_reference2(const linux_view_t *view, const char *class_name,
                             const char *key, cim_value_t value,
                             const char *key2, cim_value_t value2);

/** An array of strings from an apr array of const char *. */
cim_value_t linux_strings(const apr_array_header_t *texts, apr_pool_t *pool);

/* linux_file.c: small files of procfs, sysfs and etc, below root */

/** Reads a file, at most `limit` bytes of it.
 *  @return NUL-terminated, in `pool`; NULL if it cannot be read */
char *linux_file_read(const linux_t *system, const char *path, apr_size_t limit,
                      apr_size_t *length, apr_pool_t *pool);
#define LINUX_FILE_LIMIT (4u << 20)
/** The first line without white space at its ends; NULL if that is empty. */
const char *linux_file_line(const linux_t *system, apr_pool_t *pool,
                            const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** A number at the beginning of the file.
 *  @return 0 if there is none */
int linux_file_number(const linux_t *system, apr_pool_t *pool,
                      apr_uint64_t *number, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/** Where a symbolic link leads, or NULL. */
const char *linux_file_link(const linux_t *system, apr_pool_t *pool,
                            const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int linux_file_exists(const linux_t *system, apr_pool_t *pool,
                      const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** The names in a folder that are numbers, in ascending order, as an array of
 *  apr_uint32_t; NULL if the folder cannot be read. */
apr_array_header_t *linux_file_numbers(const linux_t *system, const char *path,
                                       apr_pool_t *pool);
/** How many names a folder has, . and .. apart; -1 if it cannot be read. */
long linux_file_count(const linux_t *system, apr_pool_t *pool,
                      const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** In a text of "name: value" or "NAME=value" lines, the value of the first
 *  line with this name, without white space and quotes around it; NULL if
 *  there is none or it is empty. */
const char *linux_field(const char *text, const char *name, char separator,
                        apr_pool_t *pool);
/** The same for a decimal number, whatever follows it. */
int linux_field_number(const char *text, const char *name, char separator,
                       apr_uint64_t *number);

/* linux_host.c: facts that several classes tell */

/** The name of this machine, as uname -n; never NULL. */
const char *linux_host_name(const linux_t *system, apr_pool_t *pool);
/** The machine word of uname -m. */
const char *linux_host_machine(apr_pool_t *pool);
/** When the kernel started, microseconds since 1970; 0 if not known. */
apr_int64_t linux_host_boot(const linux_t *system, apr_pool_t *pool);

/* linux_zone.c: the time zone of the system */

typedef struct linux_rule_t {
    int month, week, day; /* as POSIX writes Mm.w.d; month 0: not so written */
    int seconds;          /* after midnight, local time */
} linux_rule_t;

typedef struct linux_zone_t {
    const char *id;            /* "Europe/Berlin", or NULL */
    const char *standard_name; /* "CET" */
    const char *daylight_name; /* "CEST"; NULL: no daylight time */
    int standard;              /* seconds east of UTC */
    int daylight;
    linux_rule_t begin; /* of daylight time */
    linux_rule_t end;
    /* Explicit transitions, ascending, and the offset from each on */
    int ntransitions;
    const apr_int64_t *transitions;
    const int *offsets;
} linux_zone_t;

/** Reads etc/localtime; what is missing there is UTC. */
const linux_zone_t *linux_zone_read(const linux_t *system, apr_pool_t *pool);
/** The offset at a time, in seconds east of UTC. */
int linux_zone_offset(const linux_zone_t *zone, apr_int64_t seconds);
/** Reads the rule at the end of a TZif file (POSIX 8.3).
 *  @return 0 if it is none */
int linux_zone_rule(linux_zone_t *zone, const char *text, apr_pool_t *pool);
/** A time in the zone's clock. */
cim_value_t linux_zone_datetime(const linux_zone_t *zone, apr_int64_t usec,
                                apr_pool_t *pool);

/* linux_cpu.c */

typedef struct linux_cpus_t {
    unsigned logical;
    unsigned packages;
    int hypervisor; /* 1, 0, -1: not known */
} linux_cpus_t;

/** Counts the processors that are online. */
void linux_cpu_count(const linux_t *system, linux_cpus_t *counts,
                     apr_pool_t *pool);
/** @return true if the machine word means 64-bit addresses */
int linux_cpu_is_64bit(const char *machine);

/* linux_load.c: how busy processors are */

linux_load_t *linux_load_make(const linux_t *system, apr_pool_t *pool);
/** Measures.  If the sample before is too old to say how busy the processors
 *  are now, waits a quarter of a second between two samples.
 *  @return one byte a processor number: 0 to 100, or LINUX_LOAD_UNKNOWN */
const unsigned char *linux_load_measure(const linux_t *system,
                                        const wsman_call_t *call,
                                        unsigned *count, apr_pool_t *pool);
#define LINUX_LOAD_UNKNOWN 255

/* linux_mount.c: mounted file systems */

typedef struct linux_mount_t {
    const char *target;
    const char *source;
    const char *type;
    const char *subtree; /* what of the file system is mounted: "/" is all */
    unsigned major, minor;
    unsigned pseudo : 1; /* no storage behind it */
    unsigned remote : 1; /* may need a network to answer */
    unsigned behind : 1; /* the way to it leads through a remote one */
    unsigned read_only : 1;
} linux_mount_t;

/** All mounts in the order in which they were made, an array of linux_mount_t;
 *  NULL with *err set to an error of RESOURCE_OFFLINE if they cannot be read.
 */
apr_array_header_t *linux_mounts(const linux_t *system,
                                 const wsman_call_t *call, wsman_error_t **err);

/* linux_link.c: network interfaces */

typedef struct linux_address_t {
    const char *address;
    const char *mask; /* "255.255.255.0"; of IPv6 the prefix's length, "64" */
    int family;
    apr_uint32_t lifetime; /* seconds; UINT32_MAX: for ever */
} linux_address_t;

typedef struct linux_gateway_t {
    const char *address;
    apr_uint32_t metric;
} linux_gateway_t;

typedef struct linux_link_t {
    apr_uint32_t index;
    const char *name;
    const char *kind; /* "bridge", "vlan", ...; NULL: a device */
    unsigned type;    /* ARPHRD_* */
    unsigned flags;   /* IFF_* */
    unsigned operstate;
    apr_uint32_t mtu; /* 0: not known */
    const char *mac;  /* "02:00:00:00:00:01", or NULL */
    const char *permanent;
    apr_array_header_t *addresses; /* linux_address_t, IPv4 first */
    apr_array_header_t *gateways;  /* linux_gateway_t */
} linux_link_t;

/** All interfaces by ascending index, an array of linux_link_t; NULL with
 *  *err set if the kernel cannot be asked.
 *  @param routed  fill addresses and gateways too */
apr_array_header_t *linux_links(const wsman_call_t *call, int routed,
                                wsman_error_t **err);
/** The driver's name, or NULL. */
const char *linux_link_driver(const linux_t *system, const linux_link_t *link,
                              apr_pool_t *pool);
/** What people call the device (udev's data base), or NULL. */
const char *linux_link_product(const linux_t *system, const linux_link_t *link,
                               const char *property, apr_pool_t *pool);

/* linux_account.c */

/** The name of a user in etc/passwd, or NULL. */
const char *linux_user_name(const linux_t *system, apr_uint32_t uid,
                            apr_pool_t *pool);

#endif
