/* linux_cpu.c - Win32_Processor: one instance a package, as SMBIOS counts
 * sockets, with its cores and threads; only processors that are online are
 * known to the kernel.
 */
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include <apr_strings.h>

#include "linux_provider.h"

#define PROPERTIES(P)                                                          \
    P(DeviceID)                                                                \
    P(AddressWidth)                                                            \
    P(Architecture)                                                            \
    P(Availability)                                                            \
    P(Caption)                                                                 \
    P(CpuStatus)                                                               \
    P(CreationClassName)                                                       \
    P(CurrentClockSpeed)                                                       \
    P(DataWidth)                                                               \
    P(Description)                                                             \
    P(L2CacheSize)                                                             \
    P(L3CacheSize)                                                             \
    P(Level)                                                                   \
    P(LoadPercentage)                                                          \
    P(Manufacturer)                                                            \
    P(MaxClockSpeed)                                                           \
    P(Name)                                                                    \
    P(NumberOfCores)                                                           \
    P(NumberOfEnabledCore)                                                     \
    P(NumberOfLogicalProcessors)                                               \
    P(ProcessorId)                                                             \
    P(ProcessorType)                                                           \
    P(Revision)                                                                \
    P(Role)                                                                    \
    P(SecondLevelAddressTranslationExtensions)                                 \
    P(Status)                                                                  \
    P(StatusInfo)                                                              \
    P(Stepping)                                                                \
    P(SystemCreationClassName)                                                 \
    P(SystemName)                                                              \
    P(ThreadCount)                                                             \
    P(VMMonitorModeExtensions)

LINUX_PROPERTY_TABLE(PROPERTIES);

/* A logical processor */
typedef struct cpu_t {
    unsigned number;
    unsigned package;
    const char *core; /* the same text for the threads of one core */
    const char *text; /* its lines of /proc/cpuinfo */
} cpu_t;

/* uname's machine words, by prefix: WMI's Architecture, and the width */
static const struct {
    const char *prefix;
    int architecture; /* -1: WMI has no number */
    int width;
} machines[] = {
    {"x86_64", 9, 64},  {"i", 0, 32},        {"aarch64", 12, 64},
    {"arm", 5, 32},     {"ppc64", 3, 64},    {"ppc", 3, 32},
    {"mips64", 1, 64},  {"mips", 1, 32},     {"alpha", 2, 64},
    {"s390x", -1, 64},  {"riscv64", -1, 64}, {"loongarch64", -1, 64},
    {"sparc64", -1, 64}};

static int find_machine(const char *machine)
{
    for (int i = 0; i < (int)(sizeof(machines) / sizeof(*machines)); i++) {
        if (strncmp(machine, machines[i].prefix, strlen(machines[i].prefix)) ==
            0)
            return i;
    }
    return -1;
}

int linux_cpu_is_64bit(const char *machine)
{
    int at = find_machine(machine);
    return at >= 0 ? machines[at].width == 64 : sizeof(void *) == 8;
}

static int has_flag(const char *text, const char *flag, apr_pool_t *pool)
{
    const char *flags = linux_field(text, "flags", ':', pool);
    apr_size_t length = strlen(flag);
    for (; flags; flags = strchr(flags, ' ')) {
        flags += *flags == ' ';
        if (strncmp(flags, flag, length) == 0 &&
            (flags[length] == ' ' || flags[length] == '\0'))
            return 1;
    }
    return 0;
}

static void place_cpu(const linux_t *system, cpu_t *cpu, apr_pool_t *pool)
{
    apr_uint64_t number = 0;
    if (linux_field_number(cpu->text, "physical id", ':', &number) ||
        linux_file_number(system, pool, &number,
                          "/sys/devices/system/cpu/cpu%u/topology/"
                          "physical_package_id",
                          cpu->number))
        cpu->package = (unsigned)number;
    cpu->core = linux_file_line(system, pool,
                                "/sys/devices/system/cpu/cpu%u/topology/"
                                "thread_siblings_list",
                                cpu->number);
    if (!cpu->core)
        cpu->core = linux_field(cpu->text, "core id", ':', pool);
    if (!cpu->core)
        cpu->core = apr_psprintf(pool, "cpu%u", cpu->number);
}

static int by_package(const void *a, const void *b)
{
    const cpu_t *left = a;
    const cpu_t *right = b;
    if (left->package != right->package)
        return left->package < right->package ? -1 : 1;
    return (left->number > right->number) - (left->number < right->number);
}

/* The processors that are online, by package: an array of cpu_t. */
static apr_array_header_t *read_cpus(const linux_t *system, apr_pool_t *pool)
{
    apr_array_header_t *cpus = apr_array_make(pool, 16, sizeof(cpu_t));
    char *text =
        linux_file_read(system, "/proc/cpuinfo", LINUX_FILE_LIMIT, NULL, pool);
    while (text && *text) {
        char *end = strstr(text, "\n\n");
        apr_uint64_t number;
        if (end)
            end[1] = '\0';
        if (linux_field_number(text, "processor", ':', &number)) {
            cpu_t *cpu = apr_array_push(cpus);
            memset(cpu, 0, sizeof(*cpu));
            cpu->number = (unsigned)number;
            cpu->text = text;
            place_cpu(system, cpu, pool);
        }
        text = end ? end + 2 : NULL;
    }
    qsort(cpus->elts, (size_t)cpus->nelts, sizeof(cpu_t), by_package);
    return cpus;
}

void linux_cpu_count(const linux_t *system, linux_cpus_t *counts,
                     apr_pool_t *pool)
{
    const apr_array_header_t *cpus = read_cpus(system, pool);
    const cpu_t *cpu = (const cpu_t *)cpus->elts;
    counts->logical = (unsigned)cpus->nelts;
    counts->packages = 0;
    for (int i = 0; i < cpus->nelts; i++)
        counts->packages += i == 0 || cpu[i].package != cpu[i - 1].package;
    counts->hypervisor = -1;
    if (linux_file_exists(system, pool, "/sys/hypervisor/type"))
        counts->hypervisor = 1;
    else if (cpus->nelts && linux_field(cpu->text, "flags", ':', pool))
        counts->hypervisor = has_flag(cpu->text, "hypervisor", pool);
}

static unsigned count_cores(const cpu_t *cpus, int count)
{
    unsigned cores = 0;
    for (int i = 0; i < count; i++) {
        int seen = 0;
        for (int j = 0; j < i && !seen; j++)
            seen = strcmp(cpus[i].core, cpus[j].core) == 0;
        cores += !seen;
    }
    return cores;
}

/* "1024K", "32M" */
static apr_uint64_t cache_kilobytes(const char *text)
{
    char *unit;
    apr_uint64_t number = strtoull(text, &unit, 10);
    return *unit == 'M' ? number * 1024 : number;
}

/* Sums the caches of a level over the package, each once: by the first
 * processor that shares it. */
static void set_cache(linux_view_t *view, int property, const cpu_t *cpus,
                      int count, unsigned level)
{
    const char *base = "/sys/devices/system/cpu/cpu%u/cache/index%u/%s";
    apr_uint64_t sum = 0;
    if (!linux_view_wants(view, property))
        return;
    for (int i = 0; i < count; i++) {
        for (unsigned at = 0; at < 10; at++) {
            apr_uint64_t found, first;
            const char *size;
            if (!linux_file_number(view->system, view->item, &found, base,
                                   cpus[i].number, at, "level"))
                break;
            size = linux_file_line(view->system, view->item, base,
                                   cpus[i].number, at, "size");
            if (found == level && size &&
                linux_file_number(view->system, view->item, &first, base,
                                  cpus[i].number, at, "shared_cpu_list") &&
                first == cpus[i].number)
                sum += cache_kilobytes(size);
        }
    }
    if (sum && sum <= UINT32_MAX)
        linux_set(view, property, cim_uint32((apr_uint32_t)sum));
}

static void set_clocks(linux_view_t *view, const cpu_t *cpu)
{
    const char *base = "/sys/devices/system/cpu/cpu%u/cpufreq/%s";
    apr_uint64_t number;
    if (linux_file_number(view->system, view->item, &number, base, cpu->number,
                          "cpuinfo_max_freq"))
        linux_set(view, P_MaxClockSpeed,
                  cim_uint32((apr_uint32_t)(number / 1000)));
    if (linux_file_number(view->system, view->item, &number, base, cpu->number,
                          "scaling_cur_freq"))
        linux_set(view, P_CurrentClockSpeed,
                  cim_uint32((apr_uint32_t)(number / 1000)));
    else if (linux_field_number(cpu->text, "cpu MHz", ':', &number))
        linux_set(view, P_CurrentClockSpeed, cim_uint32((apr_uint32_t)number));
}

/* What CPUID says, in the order of SMBIOS: EDX, then EAX.  The processor that
 * this thread runs on stands for all. */
static const char *processor_id(const linux_t *system, apr_pool_t *pool)
{
#if defined(__x86_64__) || defined(__i386__)
    unsigned eax, ebx, ecx, edx;
    if (!system->root[0] && __get_cpuid(1, &eax, &ebx, &ecx, &edx))
        return apr_psprintf(pool, "%08X%08X", edx, eax);
#else
    (void)system;
    (void)pool;
#endif
    return NULL;
}

static void set_model(linux_view_t *view, const cpu_t *cpu)
{
    apr_pool_t *pool = view->item;
    apr_uint64_t family, model, stepping;
    const char *vendor = linux_field(cpu->text, "vendor_id", ':', pool);
    linux_set(view, P_Name,
              cim_string(linux_field(cpu->text, "model name", ':', pool)));
    linux_set(view, P_Manufacturer, cim_string(vendor));
    linux_set(view, P_ProcessorId,
              cim_string(processor_id(view->system, pool)));
    if (has_flag(cpu->text, "vmx", pool) || has_flag(cpu->text, "svm", pool))
        linux_set(view, P_VMMonitorModeExtensions, cim_boolean(1));
    if (has_flag(cpu->text, "ept", pool) || has_flag(cpu->text, "npt", pool))
        linux_set(view, P_SecondLevelAddressTranslationExtensions,
                  cim_boolean(1));
    if (vendor && linux_field_number(cpu->text, "cpu family", ':', &family) &&
        linux_field_number(cpu->text, "model", ':', &model) &&
        linux_field_number(cpu->text, "stepping", ':', &stepping)) {
        const char *words =
            apr_psprintf(pool, "%s Family %u Model %u Stepping %u", vendor,
                         (unsigned)family, (unsigned)model, (unsigned)stepping);
        linux_set(view, P_Caption, cim_string(words));
        linux_set(view, P_Description, cim_string(words));
        linux_set(view, P_Level, cim_uint16((apr_uint16_t)family));
        linux_set(view, P_Stepping,
                  cim_string(apr_psprintf(pool, "%u", (unsigned)stepping)));
        linux_set(view, P_Revision,
                  cim_uint16((apr_uint16_t)(model << 8 | (stepping & 0xff))));
    }
}

static void set_widths(linux_view_t *view, const cpu_t *cpu)
{
    int at = find_machine(linux_host_machine(view->item));
    int width;
    if (at < 0)
        return;
    width = machines[at].width;
    linux_set(view, P_AddressWidth, cim_uint16((apr_uint16_t)width));
    if (has_flag(cpu->text, "lm", view->item))
        width = 64;
    linux_set(view, P_DataWidth, cim_uint16((apr_uint16_t)width));
    if (machines[at].architecture >= 0)
        linux_set(view, P_Architecture,
                  cim_uint16((apr_uint16_t)machines[at].architecture));
}

static void set_load(linux_view_t *view, const cpu_t *cpus, int count,
                     const unsigned char *loads, unsigned nloads)
{
    unsigned sum = 0;
    if (!loads || !linux_view_wants(view, P_LoadPercentage))
        return;
    for (int i = 0; i < count; i++) {
        if (cpus[i].number >= nloads ||
            loads[cpus[i].number] == LINUX_LOAD_UNKNOWN)
            return;
        sum += loads[cpus[i].number];
    }
    linux_set(view, P_LoadPercentage,
              cim_uint16((apr_uint16_t)(sum / (unsigned)count)));
}

static void set_constants(linux_view_t *view)
{
    linux_set(view, P_CreationClassName, cim_string("Win32_Processor"));
    linux_set(view, P_SystemCreationClassName,
              cim_string("Win32_ComputerSystem"));
    linux_set(view, P_SystemName,
              cim_string(linux_host_name(view->system, view->item)));
    linux_set(view, P_Role, cim_string("CPU"));
    linux_set(view, P_Status, cim_string("OK"));
    linux_set(view, P_CpuStatus, cim_uint16(1));     /* enabled */
    linux_set(view, P_StatusInfo, cim_uint16(3));    /* enabled */
    linux_set(view, P_Availability, cim_uint16(3));  /* running, full power */
    linux_set(view, P_ProcessorType, cim_uint16(3)); /* central */
}

static void set_package(linux_view_t *view, const cpu_t *cpus, int count)
{
    unsigned cores = count_cores(cpus, count);
    set_constants(view);
    set_model(view, cpus);
    set_widths(view, cpus);
    set_clocks(view, cpus);
    set_cache(view, P_L2CacheSize, cpus, count, 2);
    set_cache(view, P_L3CacheSize, cpus, count, 3);
    linux_set(view, P_NumberOfCores, cim_uint32(cores));
    linux_set(view, P_NumberOfEnabledCore, cim_uint32(cores));
    linux_set(view, P_NumberOfLogicalProcessors,
              cim_uint32((apr_uint32_t)count));
    linux_set(view, P_ThreadCount, cim_uint32((apr_uint32_t)count));
}

static wsman_error_t *walk(linux_view_t *view)
{
    const apr_array_header_t *found = read_cpus(view->system, view->call->pool);
    const cpu_t *cpus = (const cpu_t *)found->elts;
    const char *after = linux_view_after(view);
    const unsigned char *loads = NULL;
    unsigned nloads = 0;
    int begin = after ? atoi(after) + 1 : 0;
    for (int i = 0, package = 0, next; i < found->nelts; i = next, package++) {
        const char *key = apr_psprintf(view->call->pool, "CPU%d", package);
        for (next = i + 1;
             next < found->nelts && cpus[next].package == cpus[i].package;)
            next++;
        if (package < begin || linux_view_excludes(view, "DeviceID", key))
            continue;
        if (!loads && linux_view_wants(view, P_LoadPercentage))
            loads = linux_load_measure(view->system, view->call, &nloads,
                                       view->call->pool);
        linux_view_begin(view);
        linux_set(view, P_DeviceID, cim_string(key));
        set_load(view, cpus + i, next - i, loads, nloads);
        set_package(view, cpus + i, next - i);
        if (!linux_view_put(view, key + strlen("CPU")))
            return NULL;
    }
    return NULL;
}

const linux_class_t linux_cpu_class = {"Win32_Processor", property_names, 1,
                                       walk, NULL};
