/* linux_os.c - Win32_OperatingSystem.
 */
#include <string.h>
#include <utmpx.h>

#include <apr_strings.h>

#include "linux_provider.h"

#define PROPERTIES(P)                                                          \
    P(BootDevice)                                                              \
    P(BuildNumber)                                                             \
    P(Caption)                                                                 \
    P(CreationClassName)                                                       \
    P(CSCreationClassName)                                                     \
    P(CSName)                                                                  \
    P(CurrentTimeZone)                                                         \
    P(Description)                                                             \
    P(Distributed)                                                             \
    P(FreePhysicalMemory)                                                      \
    P(FreeSpaceInPagingFiles)                                                  \
    P(FreeVirtualMemory)                                                       \
    P(LastBootUpTime)                                                          \
    P(LocalDateTime)                                                           \
    P(Manufacturer)                                                            \
    P(MaxNumberOfProcesses)                                                    \
    P(Name)                                                                    \
    P(NumberOfProcesses)                                                       \
    P(NumberOfUsers)                                                           \
    P(OSArchitecture)                                                          \
    P(OSType)                                                                  \
    P(Primary)                                                                 \
    P(SizeStoredInPagingFiles)                                                 \
    P(Status)                                                                  \
    P(SystemDevice)                                                            \
    P(SystemDrive)                                                             \
    P(TotalSwapSpaceSize)                                                      \
    P(TotalVirtualMemorySize)                                                  \
    P(TotalVisibleMemorySize)                                                  \
    P(Version)

LINUX_PROPERTY_TABLE(PROPERTIES);

#define OSTYPE_LINUX 36 /* CIM_OperatingSystem.OSType */

/* Read anew each time: a distribution is upgraded without a restart. */
static void set_release(linux_view_t *view)
{
    apr_pool_t *pool = view->item;
    const linux_t *system = view->system;
    const char *text =
        linux_file_read(system, "/etc/os-release", 65536, NULL, pool);
    const char *info =
        linux_file_read(system, "/etc/machine-info", 65536, NULL, pool);
    if (!text)
        text =
            linux_file_read(system, "/usr/lib/os-release", 65536, NULL, pool);
    if (text) {
        const char *name = linux_field(text, "PRETTY_NAME", '=', pool);
        linux_set(view, P_Caption, cim_string(name));
        linux_set(view, P_Name, cim_string(name));
        linux_set(view, P_Version,
                  cim_string(linux_field(text, "VERSION_ID", '=', pool)));
        linux_set(view, P_Manufacturer,
                  cim_string(linux_field(text, "VENDOR_NAME", '=', pool)));
    }
    if (info)
        linux_set(view, P_Description,
                  cim_string(linux_field(info, "PRETTY_HOSTNAME", '=', pool)));
}

/* Kilobytes, as both the kernel and WMI count them. */
static void set_memory(linux_view_t *view)
{
    const char *text =
        linux_file_read(view->system, "/proc/meminfo", 65536, NULL, view->item);
    apr_uint64_t total = 0, free = 0, swap = 0, swap_free = 0;
    int have_memory, have_swap;
    if (!text)
        return;
    /* Kernels before 3.14 have no MemAvailable. */
    have_memory = linux_field_number(text, "MemTotal", ':', &total) &&
                  (linux_field_number(text, "MemAvailable", ':', &free) ||
                   linux_field_number(text, "MemFree", ':', &free));
    have_swap = linux_field_number(text, "SwapTotal", ':', &swap) &&
                linux_field_number(text, "SwapFree", ':', &swap_free);
    if (have_memory) {
        linux_set(view, P_TotalVisibleMemorySize, cim_uint64(total));
        linux_set(view, P_FreePhysicalMemory, cim_uint64(free));
    }
    if (have_swap) {
        linux_set(view, P_TotalSwapSpaceSize, cim_uint64(swap));
        linux_set(view, P_SizeStoredInPagingFiles, cim_uint64(swap));
        linux_set(view, P_FreeSpaceInPagingFiles, cim_uint64(swap_free));
    }
    if (have_memory && have_swap) {
        linux_set(view, P_TotalVirtualMemorySize, cim_uint64(total + swap));
        linux_set(view, P_FreeVirtualMemory, cim_uint64(free + swap_free));
    }
}

static void set_clock(linux_view_t *view)
{
    const linux_zone_t *zone = linux_zone_read(view->system, view->item);
    apr_time_t now = apr_time_now();
    apr_int64_t boot = linux_host_boot(view->system, view->item);
    int offset = linux_zone_offset(zone, now / APR_USEC_PER_SEC);
    linux_set(view, P_LocalDateTime,
              linux_zone_datetime(zone, now, view->item));
    linux_set(view, P_CurrentTimeZone, cim_sint16((apr_int16_t)(offset / 60)));
    if (boot)
        linux_set(view, P_LastBootUpTime,
                  linux_zone_datetime(zone, boot, view->item));
}

/* Sessions: of utmp where the system still writes one, else those that logind
 * keeps. */
static int count_sessions(const linux_view_t *view, apr_uint32_t *sessions)
{
    apr_size_t length;
    const char *data = linux_file_read(view->system, "/run/utmp",
                                       LINUX_FILE_LIMIT, &length, view->item);
    long logind;
    *sessions = 0;
    if (data) {
        struct utmpx entry;
        for (apr_size_t i = 0; i + sizeof(entry) <= length;
             i += sizeof(entry)) {
            memcpy(&entry, data + i, sizeof(entry));
            if (entry.ut_type == USER_PROCESS)
                ++*sessions;
        }
        return 1;
    }
    logind =
        linux_file_count(view->system, view->item, "/run/systemd/sessions");
    if (logind < 0)
        return 0;
    *sessions = (apr_uint32_t)logind;
    return 1;
}

static void set_counts(linux_view_t *view)
{
    apr_uint64_t pids, threads;
    apr_uint32_t sessions;
    if (linux_file_number(view->system, view->item, &pids,
                          "/proc/sys/kernel/pid_max") &&
        linux_file_number(view->system, view->item, &threads,
                          "/proc/sys/kernel/threads-max"))
        linux_set(view, P_MaxNumberOfProcesses,
                  cim_uint32((apr_uint32_t)(pids < threads ? pids : threads)));
    if (linux_view_wants(view, P_NumberOfProcesses)) {
        const apr_array_header_t *found =
            linux_file_numbers(view->system, "/proc", view->item);
        if (found)
            linux_set(view, P_NumberOfProcesses,
                      cim_uint32((apr_uint32_t)found->nelts));
    }
    if (linux_view_wants(view, P_NumberOfUsers) &&
        count_sessions(view, &sessions))
        linux_set(view, P_NumberOfUsers, cim_uint32(sessions));
}

/* The device below a mount point; NULL where it is none, as in a container. */
static const char *device_at(const apr_array_header_t *mounts,
                             const char *target)
{
    const char *device = NULL;
    for (int i = 0; i < mounts->nelts; i++) {
        const linux_mount_t *mount = &APR_ARRAY_IDX(mounts, i, linux_mount_t);
        if (strcmp(mount->target, target) == 0)
            device = mount->source;
    }
    return device && strncmp(device, "/dev/", 5) == 0 ? device : NULL;
}

static void set_devices(linux_view_t *view)
{
    const apr_array_header_t *mounts;
    wsman_error_t *err;
    const char *root, *boot;
    linux_set(view, P_SystemDrive, cim_string("/"));
    if (!linux_view_wants(view, P_SystemDevice) &&
        !linux_view_wants(view, P_BootDevice))
        return;
    mounts = linux_mounts(view->system, view->call, &err);
    if (!mounts)
        return;
    root = device_at(mounts, "/");
    boot = device_at(mounts, "/boot");
    linux_set(view, P_SystemDevice, cim_string(root));
    linux_set(view, P_BootDevice, cim_string(boot ? boot : root));
}

static wsman_error_t *walk(linux_view_t *view)
{
    apr_pool_t *pool = view->item;
    if (linux_view_after(view))
        return NULL;
    linux_view_begin(view);
    linux_set(view, P_CreationClassName, cim_string("Win32_OperatingSystem"));
    linux_set(view, P_CSCreationClassName, cim_string("Win32_ComputerSystem"));
    linux_set(view, P_CSName, cim_string(linux_host_name(view->system, pool)));
    linux_set(view, P_OSType, cim_uint16(OSTYPE_LINUX));
    linux_set(view, P_Primary, cim_boolean(1));
    linux_set(view, P_Distributed, cim_boolean(0));
    linux_set(view, P_Status, cim_string("OK"));
    linux_set(view, P_BuildNumber,
              cim_string(linux_file_line(view->system, pool,
                                         "/proc/sys/kernel/osrelease")));
    linux_set(view, P_OSArchitecture,
              cim_string(linux_cpu_is_64bit(linux_host_machine(pool))
                             ? "64-bit"
                             : "32-bit"));
    set_release(view);
    set_memory(view);
    set_clock(view);
    set_counts(view);
    set_devices(view);
    linux_view_put(view, "os");
    return NULL;
}

const linux_class_t linux_os_class = {"Win32_OperatingSystem", property_names,
                                      0, walk, NULL};
