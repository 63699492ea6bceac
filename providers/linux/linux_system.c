/* linux_system.c - Win32_ComputerSystem.
 */
#include <string.h>

#include <apr_strings.h>

#include "linux_provider.h"

#define PROPERTIES(P)                                                          \
    P(Name)                                                                    \
    P(Caption)                                                                 \
    P(CreationClassName)                                                       \
    P(CurrentTimeZone)                                                         \
    P(DaylightInEffect)                                                        \
    P(DNSHostName)                                                             \
    P(Domain)                                                                  \
    P(HypervisorPresent)                                                       \
    P(Manufacturer)                                                            \
    P(Model)                                                                   \
    P(NumberOfLogicalProcessors)                                               \
    P(NumberOfProcessors)                                                      \
    P(PCSystemType)                                                            \
    P(PCSystemTypeEx)                                                          \
    P(Status)                                                                  \
    P(SystemFamily)                                                            \
    P(SystemSKUNumber)                                                         \
    P(SystemType)                                                              \
    P(TotalPhysicalMemory)

LINUX_PROPERTY_TABLE(PROPERTIES);

/* What WMI calls the kinds of machines that Windows runs on */
static const struct {
    const char *machine;
    const char *type;
} system_types[] = {
    {"x86_64", "x64-based PC"}, {"i386", "X86-based PC"},
    {"i486", "X86-based PC"},   {"i586", "X86-based PC"},
    {"i686", "X86-based PC"},   {"aarch64", "ARM64-based PC"},
    {"armv7l", "ARM-based PC"}, {"ia64", "Itanium-based System"},
};

static const char *system_type(const char *machine)
{
    for (apr_size_t i = 0; i < sizeof(system_types) / sizeof(*system_types);
         i++) {
        if (strcmp(system_types[i].machine, machine) == 0)
            return system_types[i].type;
    }
    return NULL;
}

static void set_names(linux_view_t *view)
{
    const char *name = linux_host_name(view->system, view->item);
    const char *dot = strchr(name, '.');
    linux_set(view, P_Name, cim_string(name));
    linux_set(view, P_Caption, cim_string(name));
    linux_set(view, P_DNSHostName,
              cim_string(dot ? apr_pstrmemdup(view->item, name,
                                              (apr_size_t)(dot - name))
                             : name));
    if (dot && dot[1])
        linux_set(view, P_Domain, cim_string(dot + 1));
}

/* What the firmware says of itself: SMBIOS, or the device tree. */
static void set_firmware(linux_view_t *view)
{
    static const struct {
        int property;
        const char *file;
    } rows[] = {{P_Manufacturer, "sys_vendor"},
                {P_Model, "product_name"},
                {P_SystemFamily, "product_family"},
                {P_SystemSKUNumber, "product_sku"}};
    const char *model;
    for (apr_size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        linux_set(
            view, rows[i].property,
            cim_string(linux_file_line(view->system, view->item,
                                       "/sys/class/dmi/id/%s", rows[i].file)));
    model = linux_file_line(view->system, view->item,
                            "/sys/firmware/devicetree/base/model");
    if (model)
        linux_set(view, P_Model, cim_string(model));
}

/* The preferred power profile of ACPI's FADT: WMI takes it from there, and
 * numbers it alike.  A tablet (8) is mobile (2) in the older property. */
static void set_profile(linux_view_t *view)
{
    apr_uint64_t profile;
    if (!linux_file_number(view->system, view->item, &profile,
                           "/sys/firmware/acpi/pm_profile") ||
        profile > 8)
        return;
    linux_set(view, P_PCSystemTypeEx, cim_uint16((apr_uint16_t)profile));
    linux_set(view, P_PCSystemType,
              cim_uint16((apr_uint16_t)(profile == 8 ? 2 : profile)));
}

static void set_processors(linux_view_t *view)
{
    linux_cpus_t cpus;
    linux_cpu_count(view->system, &cpus, view->item);
    if (cpus.logical) {
        linux_set(view, P_NumberOfLogicalProcessors, cim_uint32(cpus.logical));
        linux_set(view, P_NumberOfProcessors, cim_uint32(cpus.packages));
    }
    if (cpus.hypervisor >= 0)
        linux_set(view, P_HypervisorPresent, cim_boolean(cpus.hypervisor));
}

static void set_clock(linux_view_t *view)
{
    const linux_zone_t *zone = linux_zone_read(view->system, view->item);
    int offset = linux_zone_offset(zone, apr_time_now() / APR_USEC_PER_SEC);
    linux_set(view, P_CurrentTimeZone, cim_sint16((apr_int16_t)(offset / 60)));
    if (zone->standard_name)
        linux_set(view, P_DaylightInEffect,
                  cim_boolean(offset != zone->standard));
}

static wsman_error_t *walk(linux_view_t *view)
{
    const char *memory;
    apr_uint64_t total;
    if (linux_view_after(view))
        return NULL;
    linux_view_begin(view);
    memory =
        linux_file_read(view->system, "/proc/meminfo", 65536, NULL, view->item);
    linux_set(view, P_CreationClassName, cim_string("Win32_ComputerSystem"));
    linux_set(view, P_Status, cim_string("OK"));
    linux_set(view, P_SystemType,
              cim_string(system_type(linux_host_machine(view->item))));
    if (memory && linux_field_number(memory, "MemTotal", ':', &total))
        linux_set(view, P_TotalPhysicalMemory, cim_uint64(total * 1024));
    set_names(view);
    set_firmware(view);
    set_profile(view);
    set_clock(view);
    if (linux_view_wants(view, P_NumberOfLogicalProcessors) ||
        linux_view_wants(view, P_NumberOfProcessors) ||
        linux_view_wants(view, P_HypervisorPresent))
        set_processors(view);
    linux_view_put(view, "system");
    return NULL;
}

const linux_class_t linux_system_class = {"Win32_ComputerSystem",
                                          property_names, 1, walk, NULL};
