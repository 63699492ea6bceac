/* linux_process.c - Win32_Process.
 *
 * Every file of /proc/PID may vanish between two reads: a process without its
 * stat is none, and what else is gone stays NULL.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "linux_provider.h"

#define PROPERTIES(P)                                                          \
    P(Handle)                                                                  \
    P(Caption)                                                                 \
    P(CommandLine)                                                             \
    P(CreationClassName)                                                       \
    P(CreationDate)                                                            \
    P(CSCreationClassName)                                                     \
    P(CSName)                                                                  \
    P(Description)                                                             \
    P(ExecutablePath)                                                          \
    P(ExecutionState)                                                          \
    P(HandleCount)                                                             \
    P(KernelModeTime)                                                          \
    P(Name)                                                                    \
    P(OSCreationClassName)                                                     \
    P(OSName)                                                                  \
    P(PageFaults)                                                              \
    P(PageFileUsage)                                                           \
    P(ParentProcessId)                                                         \
    P(PeakVirtualSize)                                                         \
    P(PeakWorkingSetSize)                                                      \
    P(PrivatePageCount)                                                        \
    P(ProcessId)                                                               \
    P(ReadOperationCount)                                                      \
    P(ReadTransferCount)                                                       \
    P(SessionId)                                                               \
    P(ThreadCount)                                                             \
    P(UserModeTime)                                                            \
    P(VirtualSize)                                                             \
    P(WorkingSetSize)                                                          \
    P(WriteOperationCount)                                                     \
    P(WriteTransferCount)

LINUX_PROPERTY_TABLE(PROPERTIES);

/* The fields of /proc/PID/stat after the name (proc(5) counts the state as the
 * third) */
enum {
    STAT_STATE,
    STAT_PPID,
    STAT_FLAGS = 6,
    STAT_MINFLT = 7,
    STAT_MAJFLT = 9,
    STAT_UTIME = 11,
    STAT_STIME = 12,
    STAT_THREADS = 17,
    STAT_STARTTIME = 19,
    STAT_VSIZE = 20,
    STAT_RSS = 21,
    STAT_COUNT
};

#define KERNEL_THREAD 0x00200000u /* PF_KTHREAD in STAT_FLAGS */

typedef struct process_t {
    apr_uint32_t pid;
    const char *name;
    char state;
    apr_uint64_t fields[STAT_COUNT];
} process_t;

/* What all processes of a list share */
typedef struct common_t {
    const linux_zone_t *zone;
    const char *host;
    const char *os;
    apr_int64_t boot; /* microseconds */
    apr_uint64_t ticks;
    apr_uint64_t page;
} common_t;

/* The name may hold anything, also parentheses: it ends with the last. */
static int read_stat(const linux_t *system, apr_uint32_t pid,
                     process_t *process, apr_pool_t *pool)
{
    const char *path = apr_psprintf(pool, "/proc/%u/stat", pid);
    char *text = linux_file_read(system, path, 8192, NULL, pool);
    char *name = text ? strchr(text, '(') : NULL;
    char *end = name ? strrchr(name, ')') : NULL;
    if (!end || end[1] != ' ' || !end[2])
        return 0;
    *end = '\0';
    process->pid = pid;
    process->name = name + 1;
    process->state = end[2];
    memset(process->fields, 0, sizeof(process->fields));
    text = end + 3;
    for (int i = STAT_PPID; i < STAT_COUNT; i++)
        process->fields[i] = strtoull(text, &text, 10);
    return 1;
}

static int execution_state(char state)
{
    switch (state) {
    case 'R':
        return 3; /* running */
    case 'S':
    case 'D':
    case 'I':
        return 4; /* blocked */
    case 'Z':
    case 'X':
        return 7; /* terminated */
    case 'T':
    case 't':
        return 8; /* stopped */
    default:
        return 1; /* other */
    }
}

static cim_value_t small(apr_uint64_t number)
{
    return number <= UINT32_MAX ? cim_uint32((apr_uint32_t)number)
                                : cim_null(CIM_UINT32);
}

/* Clock ticks in units of 100 ns */
static cim_value_t cpu_time(const common_t *common, apr_uint64_t ticks)
{
    return cim_uint64(ticks * 10000000 / common->ticks);
}

static void set_stat(linux_view_t *view, const common_t *common,
                     const process_t *process)
{
    const apr_uint64_t *fields = process->fields;
    linux_set(view, P_ExecutionState,
              cim_uint16((apr_uint16_t)execution_state(process->state)));
    linux_set(view, P_ParentProcessId, small(fields[STAT_PPID]));
    linux_set(view, P_PageFaults,
              small(fields[STAT_MINFLT] + fields[STAT_MAJFLT]));
    linux_set(view, P_UserModeTime, cpu_time(common, fields[STAT_UTIME]));
    linux_set(view, P_KernelModeTime, cpu_time(common, fields[STAT_STIME]));
    linux_set(view, P_ThreadCount, small(fields[STAT_THREADS]));
    linux_set(view, P_VirtualSize, cim_uint64(fields[STAT_VSIZE]));
    linux_set(view, P_WorkingSetSize,
              cim_uint64(fields[STAT_RSS] * common->page));
    if (common->boot && linux_view_wants(view, P_CreationDate))
        linux_set(
            view, P_CreationDate,
            linux_zone_datetime(
                common->zone,
                common->boot + (apr_int64_t)(fields[STAT_STARTTIME] *
                                             APR_USEC_PER_SEC / common->ticks),
                view->item));
}

static const char *process_file(linux_view_t *view, apr_uint32_t pid,
                                const char *name)
{
    return linux_file_read(view->system,
                           apr_psprintf(view->item, "/proc/%u/%s", pid, name),
                           65536, NULL, view->item);
}

/* Kilobytes in, in the unit of the property out; a kernel thread has none. */
static void set_status(linux_view_t *view, apr_uint32_t pid)
{
    const char *text;
    apr_uint64_t number, swapped;
    if (!linux_view_wants(view, P_PeakVirtualSize) &&
        !linux_view_wants(view, P_PeakWorkingSetSize) &&
        !linux_view_wants(view, P_PageFileUsage) &&
        !linux_view_wants(view, P_PrivatePageCount))
        return;
    text = process_file(view, pid, "status");
    if (!text)
        return;
    if (linux_field_number(text, "VmPeak", ':', &number))
        linux_set(view, P_PeakVirtualSize, cim_uint64(number * 1024));
    if (linux_field_number(text, "VmHWM", ':', &number))
        linux_set(view, P_PeakWorkingSetSize, small(number));
    if (linux_field_number(text, "VmSwap", ':', &swapped)) {
        linux_set(view, P_PageFileUsage, small(swapped));
        if (linux_field_number(text, "RssAnon", ':', &number))
            linux_set(view, P_PrivatePageCount,
                      cim_uint64((number + swapped) * 1024));
    }
}

/* Only for the processes of the same user, unless this is root. */
static void set_io(linux_view_t *view, apr_uint32_t pid)
{
    static const struct {
        int property;
        const char *field;
    } rows[] = {{P_ReadOperationCount, "syscr"},
                {P_ReadTransferCount, "rchar"},
                {P_WriteOperationCount, "syscw"},
                {P_WriteTransferCount, "wchar"}};
    const char *text = NULL;
    apr_uint64_t number;
    for (apr_size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (!linux_view_wants(view, rows[i].property))
            continue;
        if (!text)
            text = process_file(view, pid, "io");
        if (!text)
            return;
        if (linux_field_number(text, rows[i].field, ':', &number))
            linux_set(view, rows[i].property, cim_uint64(number));
    }
}

/* The arguments end with NULs; empty for kernel threads and zombies. */
static void set_command(linux_view_t *view, apr_uint32_t pid)
{
    apr_size_t length;
    char *text;
    if (!linux_view_wants(view, P_CommandLine))
        return;
    text = linux_file_read(view->system,
                           apr_psprintf(view->item, "/proc/%u/cmdline", pid),
                           LINUX_FILE_LIMIT, &length, view->item);
    while (text && length && text[length - 1] == '\0')
        length--;
    if (!text || !length)
        return;
    for (apr_size_t i = 0; i < length; i++) {
        if (text[i] == '\0')
            text[i] = ' ';
    }
    linux_set(view, P_CommandLine, cim_string(text));
}

static void set_others(linux_view_t *view, apr_uint32_t pid)
{
    apr_uint64_t session;
    if (linux_view_wants(view, P_ExecutablePath))
        linux_set(view, P_ExecutablePath,
                  cim_string(linux_file_link(view->system, view->item,
                                             "/proc/%u/exe", pid)));
    if (linux_view_wants(view, P_HandleCount)) {
        long count =
            linux_file_count(view->system, view->item, "/proc/%u/fd", pid);
        if (count >= 0)
            linux_set(view, P_HandleCount, cim_uint32((apr_uint32_t)count));
    }
    /* The session of the login that the process came from; all ones: none */
    if (linux_view_wants(view, P_SessionId) &&
        linux_file_number(view->system, view->item, &session,
                          "/proc/%u/sessionid", pid) &&
        session < UINT32_MAX)
        linux_set(view, P_SessionId, cim_uint32((apr_uint32_t)session));
}

static void set_names(linux_view_t *view, const common_t *common,
                      const process_t *process)
{
    linux_set(view, P_Handle,
              cim_string(apr_psprintf(view->item, "%u", process->pid)));
    linux_set(view, P_ProcessId, cim_uint32(process->pid));
    linux_set(view, P_Name, cim_string(process->name));
    linux_set(view, P_Caption, cim_string(process->name));
    linux_set(view, P_Description, cim_string(process->name));
    linux_set(view, P_CreationClassName, cim_string("Win32_Process"));
    linux_set(view, P_CSCreationClassName, cim_string("Win32_ComputerSystem"));
    linux_set(view, P_CSName, cim_string(common->host));
    linux_set(view, P_OSCreationClassName, cim_string("Win32_OperatingSystem"));
    linux_set(view, P_OSName, cim_string(common->os));
}

/* @return 0 if there is no such process (any more) */
static int set_process(linux_view_t *view, const common_t *common,
                       apr_uint32_t pid)
{
    process_t process;
    if (!read_stat(view->system, pid, &process, view->item))
        return 0;
    linux_view_begin(view);
    set_names(view, common, &process);
    set_stat(view, common, &process);
    set_command(view, pid);
    set_status(view, pid);
    set_io(view, pid);
    set_others(view, pid);
    return 1;
}

static void read_common(const linux_view_t *view, common_t *common)
{
    apr_pool_t *pool = view->call->pool;
    const char *release =
        linux_file_read(view->system, "/etc/os-release", 65536, NULL, pool);
    common->zone = linux_zone_read(view->system, pool);
    common->host = linux_host_name(view->system, pool);
    common->boot = linux_host_boot(view->system, pool);
    common->os =
        release ? linux_field(release, "PRETTY_NAME", '=', pool) : NULL;
    common->ticks = (apr_uint64_t)sysconf(_SC_CLK_TCK);
    common->page = (apr_uint64_t)sysconf(_SC_PAGESIZE);
}

/* A process number as the kernel writes it: "1" to "4194304", never "01". */
static int parse_pid(const char *text, apr_uint32_t *pid)
{
    char *end;
    unsigned long number;
    if (*text < '1' || *text > '9')
        return 0;
    number = strtoul(text, &end, 10);
    if (*end || number > INT_MAX)
        return 0;
    *pid = (apr_uint32_t)number;
    return 1;
}

/* One process goes without reading the folder. */
static apr_array_header_t *find_pids(const linux_view_t *view)
{
    apr_pool_t *pool = view->call->pool;
    const char *handle = linux_view_asked(view, "Handle");
    apr_array_header_t *pids;
    apr_uint64_t number;
    apr_uint32_t pid;
    if (!handle && !linux_view_asked_number(view, "ProcessId", &number))
        return linux_file_numbers(view->system, "/proc", pool);
    pids = apr_array_make(pool, 1, sizeof(apr_uint32_t));
    if (!handle)
        handle = apr_psprintf(pool, "%" APR_UINT64_T_FMT, number);
    if (parse_pid(handle, &pid))
        APR_ARRAY_PUSH(pids, apr_uint32_t) = pid;
    return pids;
}

static wsman_error_t *walk(linux_view_t *view)
{
    const char *after = linux_view_after(view);
    apr_uint64_t last = after ? strtoul(after, NULL, 10) : 0;
    const apr_array_header_t *pids = find_pids(view);
    common_t common;
    if (!pids)
        return view->call->host->error(
            view->call->pool, WSMAN_E_RESOURCE_OFFLINE, APR_SUCCESS, NULL,
            "The processes cannot be read: "
            "procfs is not mounted.");
    read_common(view, &common);
    for (int i = 0; i < pids->nelts; i++) {
        apr_uint32_t pid = APR_ARRAY_IDX(pids, i, apr_uint32_t);
        if (pid <= last || !set_process(view, &common, pid))
            continue;
        if (!linux_view_put(view, apr_psprintf(view->item, "%u", pid)))
            return NULL;
    }
    return NULL;
}

/* Win32_Process' return values */
enum { DONE = 0, DENIED = 2, UNKNOWN_FAILURE = 8, NOT_FOUND = 9, INVALID = 21 };

static wsman_error_t *give(wsman_call_t *call, cim_instance_t *out,
                           apr_uint32_t result)
{
    call->host->set(out, "ReturnValue", cim_uint32(result));
    return NULL;
}

/* The process that a method is for; an error if there is none. */
static wsman_error_t *find_process(wsman_call_t *call, const cim_path_t *path,
                                   process_t *process)
{
    const cim_value_t *handle = call->host->key(path, "Handle");
    apr_uint32_t pid;
    if (handle && !handle->is_null && handle->type == CIM_STRING &&
        parse_pid(handle->v.s, &pid) &&
        read_stat(call->state, pid, process, call->pool))
        return NULL;
    return call->host->error(call->pool, WSMAN_E_DESTINATION_UNREACHABLE,
                             APR_SUCCESS, NULL,
                             "There is no process with this Handle.");
}

/* The effective user: what ps shows.  @return 0 if the process is gone */
static int owner_of(const wsman_call_t *call, apr_uint32_t pid,
                    apr_uint32_t *uid)
{
    const char *path = apr_psprintf(call->pool, "/proc/%u/status", pid);
    const char *text =
        linux_file_read(call->state, path, 65536, NULL, call->pool);
    const char *ids = text ? linux_field(text, "Uid", ':', call->pool) : NULL;
    return ids && sscanf(ids, "%*u %u", uid) == 1;
}

static wsman_error_t *get_owner(wsman_call_t *call, const cim_path_t *path,
                                cim_instance_t *out)
{
    process_t process;
    apr_uint32_t uid;
    const char *name;
    wsman_error_t *err = find_process(call, path, &process);
    if (err)
        return err;
    if (!owner_of(call, process.pid, &uid))
        return give(call, out, NOT_FOUND);
    name = linux_user_name(call->state, uid, call->pool);
    if (!name)
        name = apr_psprintf(call->pool, "%u", uid);
    call->host->set(out, "User", cim_string(name));
    call->host->set(out, "Domain",
                    cim_string(linux_host_name(call->state, call->pool)));
    return give(call, out, DONE);
}

static wsman_error_t *get_owner_sid(wsman_call_t *call, const cim_path_t *path,
                                    cim_instance_t *out)
{
    process_t process;
    apr_uint32_t uid;
    wsman_error_t *err = find_process(call, path, &process);
    if (err)
        return err;
    if (!owner_of(call, process.pid, &uid))
        return give(call, out, NOT_FOUND);
    call->host->set(out, "Sid",
                    cim_string(apr_psprintf(call->pool, "S-1-22-1-%u", uid)));
    return give(call, out, DONE);
}

/* The kernel takes a signal for its own threads and for init, and drops it:
 * that must not read as success. */
static wsman_error_t *terminate(wsman_call_t *call, const cim_path_t *path,
                                cim_instance_t *out)
{
    process_t process;
    wsman_error_t *err = find_process(call, path, &process);
    if (err)
        return err;
    if (process.pid == 1 || (process.fields[STAT_FLAGS] & KERNEL_THREAD))
        return give(call, out, DENIED);
    call->host->log(call, WSMAN_LOG_NOTICE,
                    "Win32_Process.Terminate: killing process %u (%s) for %s",
                    process.pid, process.name,
                    call->user ? call->user : "an unnamed user");
    if (kill((pid_t)process.pid, SIGKILL) == 0)
        return give(call, out, DONE);
    switch (errno) {
    case EPERM:
        return give(call, out, DENIED);
    case ESRCH:
        return give(call, out, NOT_FOUND);
    case EINVAL:
        return give(call, out, INVALID);
    default:
        return give(call, out, UNKNOWN_FAILURE);
    }
}

static const linux_method_t methods[] = {{"GetOwner", get_owner},
                                         {"GetOwnerSid", get_owner_sid},
                                         {"Terminate", terminate},
                                         {NULL, NULL}};

const linux_class_t linux_process_class = {"Win32_Process", property_names, 1,
                                           walk, methods};
