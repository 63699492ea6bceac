/* linux_adapter.c - Win32_NetworkAdapter.
 */
#include <net/if.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "linux_provider.h"

#define PROPERTIES(P)                                                          \
    P(DeviceID)                                                                \
    P(AdapterType)                                                             \
    P(AdapterTypeID)                                                           \
    P(Availability)                                                            \
    P(Caption)                                                                 \
    P(CreationClassName)                                                       \
    P(Description)                                                             \
    P(Index)                                                                   \
    P(Installed)                                                               \
    P(InterfaceIndex)                                                          \
    P(MACAddress)                                                              \
    P(Manufacturer)                                                            \
    P(Name)                                                                    \
    P(NetConnectionID)                                                         \
    P(NetConnectionStatus)                                                     \
    P(NetEnabled)                                                              \
    P(PermanentAddress)                                                        \
    P(PhysicalAdapter)                                                         \
    P(ProductName)                                                             \
    P(ServiceName)                                                             \
    P(Speed)                                                                   \
    P(SystemCreationClassName)                                                 \
    P(SystemName)

LINUX_PROPERTY_TABLE(PROPERTIES);

/* Win32_NetworkAdapter.NetConnectionStatus */
enum {
    DISCONNECTED = 0,
    CONNECTING = 1,
    CONNECTED = 2,
    NOT_PRESENT = 4,
    MEDIA_DISCONNECTED = 7
};

#define LOWER_UP 0x10000 /* IFF_LOWER_UP, which net/if.h lacks */

/* What an interface that is up is, by its operational state (RFC 2863) */
static const int statuses[] = {
    CONNECTED,          /* unknown: the driver does not tell; see below */
    NOT_PRESENT,        /* not present */
    MEDIA_DISCONNECTED, /* down */
    MEDIA_DISCONNECTED, /* lower layer down */
    CONNECTING,         /* testing */
    CONNECTING,         /* dormant */
    CONNECTED           /* up */
};

static int connection_status(const linux_link_t *link)
{
    if (!(link->flags & IFF_UP))
        return DISCONNECTED;
    if (link->operstate >= sizeof(statuses) / sizeof(*statuses))
        return -1;
    if (link->operstate == 0 && !(link->flags & LOWER_UP))
        return MEDIA_DISCONNECTED;
    return statuses[link->operstate];
}

/* Win32_NetworkAdapter.AdapterTypeID, as far as it has numbers */
static const struct {
    unsigned hardware;
    int id;
    const char *name;
} adapter_types[] = {{ARPHRD_ETHER, 0, "Ethernet 802.3"},
                     {ARPHRD_IEEE802_TR, 1, "Token Ring 802.5"},
                     {ARPHRD_FDDI, 2,
                      "Fiber Distributed Data Interface "
                      "(FDDI)"},
                     {ARPHRD_PPP, 3, "Wide Area Network (WAN)"},
                     {ARPHRD_ATM, 8, "ATM"},
                     {ARPHRD_IEEE80211, 9, "Wireless"},
                     {ARPHRD_IEEE1394, 13, "1394"}};

static void set_type(linux_view_t *view, const linux_link_t *link)
{
    unsigned hardware = link->type;
    if (hardware == ARPHRD_ETHER &&
        linux_file_exists(view->system, view->item,
                          "/sys/class/net/%s/phy80211", link->name))
        hardware = ARPHRD_IEEE80211;
    for (apr_size_t i = 0; i < sizeof(adapter_types) / sizeof(*adapter_types);
         i++) {
        if (adapter_types[i].hardware == hardware) {
            linux_set(view, P_AdapterTypeID,
                      cim_uint16((apr_uint16_t)adapter_types[i].id));
            linux_set(view, P_AdapterType, cim_string(adapter_types[i].name));
        }
    }
}

static void set_hardware(linux_view_t *view, const linux_link_t *link)
{
    apr_uint64_t megabits;
    const char *product = linux_link_product(
        view->system, link, "E:ID_MODEL_FROM_DATABASE", view->item);
    linux_set(
        view, P_PhysicalAdapter,
        cim_boolean(linux_file_exists(view->system, view->item,
                                      "/sys/class/net/%s/device", link->name)));
    linux_set(view, P_ServiceName,
              cim_string(linux_link_driver(view->system, link, view->item)));
    linux_set(view, P_ProductName, cim_string(product));
    linux_set(
        view, P_Description,
        cim_string(product ? product : (link->kind ? link->kind : link->name)));
    linux_set(view, P_Manufacturer,
              cim_string(linux_link_product(view->system, link,
                                            "E:ID_VENDOR_FROM_DATABASE",
                                            view->item)));
    linux_set(view, P_MACAddress, cim_string(link->mac));
    linux_set(view, P_PermanentAddress, cim_string(link->permanent));
    /* -1 or an error where the driver does not know */
    if (linux_file_number(view->system, view->item, &megabits,
                          "/sys/class/net/%s/speed", link->name) &&
        megabits > 0 && megabits < UINT32_MAX)
        linux_set(view, P_Speed, cim_uint64(megabits * 1000000));
}

static void set_adapter(linux_view_t *view, const linux_link_t *link,
                        const char *id)
{
    int up = (link->flags & IFF_UP) != 0;
    int status = connection_status(link);
    linux_set(view, P_DeviceID, cim_string(id));
    linux_set(view, P_Index, cim_uint32(link->index));
    linux_set(view, P_InterfaceIndex, cim_uint32(link->index));
    linux_set(view, P_Name, cim_string(link->name));
    linux_set(view, P_Caption, cim_string(link->name));
    linux_set(view, P_NetConnectionID, cim_string(link->name));
    linux_set(view, P_CreationClassName, cim_string("Win32_NetworkAdapter"));
    linux_set(view, P_SystemCreationClassName,
              cim_string("Win32_ComputerSystem"));
    linux_set(view, P_SystemName,
              cim_string(linux_host_name(view->system, view->item)));
    linux_set(view, P_Installed, cim_boolean(1));
    linux_set(view, P_NetEnabled, cim_boolean(up));
    /* 3: running, 8: off line */
    linux_set(view, P_Availability, cim_uint16(up ? 3 : 8));
    if (status >= 0)
        linux_set(view, P_NetConnectionStatus,
                  cim_uint16((apr_uint16_t)status));
    set_type(view, link);
    set_hardware(view, link);
}

static wsman_error_t *walk(linux_view_t *view)
{
    const char *after = linux_view_after(view);
    apr_uint64_t last = after ? strtoul(after, NULL, 10) : 0;
    wsman_error_t *err;
    const apr_array_header_t *links = linux_links(view->call, 0, &err);
    if (!links)
        return err;
    for (int i = 0; i < links->nelts; i++) {
        const linux_link_t *link = &APR_ARRAY_IDX(links, i, linux_link_t);
        const char *id = apr_psprintf(view->item, "%u", link->index);
        if (link->index <= last || linux_view_excludes(view, "DeviceID", id))
            continue;
        linux_view_begin(view);
        set_adapter(view, link, id);
        if (!linux_view_put(view, id))
            return NULL;
    }
    return NULL;
}

const linux_class_t linux_adapter_class = {"Win32_NetworkAdapter",
                                           property_names, 1, walk, NULL};
