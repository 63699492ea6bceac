/* linux_association.c - what belongs together of which each has one: the
 * computer and its operating system, an adapter and its configuration.
 */
#include <stdlib.h>

#include <apr_strings.h>

#include "linux_provider.h"

/* ---- Win32_SystemOperatingSystem */

enum { OS_GROUP, OS_PART, OS_PRIMARY };

static const char *const os_names[] = {"GroupComponent", "PartComponent",
                                       "PrimaryOS", NULL};

static wsman_error_t *walk_os(linux_view_t *view)
{
    const char *host = linux_host_name(view->system, view->call->pool);
    if (linux_view_after(view))
        return NULL;
    linux_view_begin(view);
    linux_set(view, OS_GROUP,
              linux_reference(view, "Win32_ComputerSystem", "Name",
                              cim_string(host)));
    linux_set(view, OS_PART,
              linux_reference(view, "Win32_OperatingSystem", NULL,
                              cim_null(CIM_STRING)));
    linux_set(view, OS_PRIMARY, cim_boolean(1));
    linux_view_put(view, "os");
    return NULL;
}

const linux_class_t linux_system_os_class = {"Win32_SystemOperatingSystem",
                                             os_names, 2, walk_os, NULL};

/* ---- Win32_NetworkAdapterSetting: both are one interface of the kernel */

enum { SETTING_ELEMENT, SETTING_SETTING };

static const char *const setting_names[] = {"Element", "Setting", NULL};

static wsman_error_t *walk_settings(linux_view_t *view)
{
    const char *after = linux_view_after(view);
    apr_uint64_t last = after ? strtoul(after, NULL, 10) : 0;
    wsman_error_t *err;
    const apr_array_header_t *links = linux_links(view->call, 0, &err);
    if (!links)
        return err;
    for (int i = 0; i < links->nelts; i++) {
        apr_uint32_t index = APR_ARRAY_IDX(links, i, linux_link_t).index;
        const char *id = apr_psprintf(view->item, "%u", index);
        if (index <= last)
            continue;
        linux_view_begin(view);
        linux_set(view, SETTING_ELEMENT,
                  linux_reference(view, "Win32_NetworkAdapter", "DeviceID",
                                  cim_string(id)));
        linux_set(view, SETTING_SETTING,
                  linux_reference(view, "Win32_NetworkAdapterConfiguration",
                                  "Index", cim_uint32(index)));
        if (!linux_view_put(view, id))
            return NULL;
    }
    return NULL;
}

const linux_class_t linux_adapter_setting_class = {
    "Win32_NetworkAdapterSetting", setting_names, 2, walk_settings, NULL};
