/* linux_ipconfig.c - Win32_NetworkAdapterConfiguration.
 */
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <apr_strings.h>

#include "linux_provider.h"

#define PROPERTIES(P)                                                          \
    P(Index)                                                                   \
    P(Caption)                                                                 \
    P(DatabasePath)                                                            \
    P(DefaultIPGateway)                                                        \
    P(DefaultTTL)                                                              \
    P(Description)                                                             \
    P(DHCPEnabled)                                                             \
    P(DHCPLeaseExpires)                                                        \
    P(DHCPServer)                                                              \
    P(DNSDomain)                                                               \
    P(DNSDomainSuffixSearchOrder)                                              \
    P(DNSHostName)                                                             \
    P(DNSServerSearchOrder)                                                    \
    P(GatewayCostMetric)                                                       \
    P(InterfaceIndex)                                                          \
    P(IPAddress)                                                               \
    P(IPEnabled)                                                               \
    P(IPSubnet)                                                                \
    P(KeepAliveInterval)                                                       \
    P(KeepAliveTime)                                                           \
    P(MACAddress)                                                              \
    P(MTU)                                                                     \
    P(PMTUDiscoveryEnabled)                                                    \
    P(ServiceName)                                                             \
    P(TcpMaxConnectRetransmissions)                                            \
    P(TcpMaxDataRetransmissions)

LINUX_PROPERTY_TABLE(PROPERTIES);

static void set_addresses(linux_view_t *view, const linux_link_t *link)
{
    apr_array_header_t *addresses =
        apr_array_make(view->item, 4, sizeof(const char *));
    apr_array_header_t *masks =
        apr_array_make(view->item, 4, sizeof(const char *));
    for (int i = 0; i < link->addresses->nelts; i++) {
        const linux_address_t *address =
            &APR_ARRAY_IDX(link->addresses, i, linux_address_t);
        APR_ARRAY_PUSH(addresses, const char *) = address->address;
        APR_ARRAY_PUSH(masks, const char *) = address->mask;
    }
    linux_set(view, P_IPEnabled,
              cim_boolean((link->flags & IFF_UP) && addresses->nelts));
    if (!addresses->nelts)
        return;
    linux_set(view, P_IPAddress, linux_strings(addresses, view->item));
    linux_set(view, P_IPSubnet, linux_strings(masks, view->item));
}

/* The kernel keeps metrics of 32 bits; one that WMI's 16 cannot hold is NULL.
 */
static void set_gateways(linux_view_t *view, const linux_link_t *link)
{
    apr_uint32_t count = (apr_uint32_t)link->gateways->nelts;
    cim_value_t *addresses, *metrics;
    if (!count)
        return;
    addresses = apr_palloc(view->item, sizeof(*addresses) * count);
    metrics = apr_palloc(view->item, sizeof(*metrics) * count);
    for (apr_uint32_t i = 0; i < count; i++) {
        const linux_gateway_t *gateway =
            &APR_ARRAY_IDX(link->gateways, i, linux_gateway_t);
        addresses[i] = cim_string(gateway->address);
        metrics[i] = gateway->metric <= UINT16_MAX
                         ? cim_uint16((apr_uint16_t)gateway->metric)
                         : cim_null(CIM_UINT16);
    }
    linux_set(view, P_DefaultIPGateway,
              cim_array(CIM_STRING, addresses, count));
    linux_set(view, P_GatewayCostMetric, cim_array(CIM_UINT16, metrics, count));
}

/* An IPv4 address whose life ends was leased, and the kernel knows until when;
 * of one that stays nobody can tell.  networkd says more. */
static void set_lease(linux_view_t *view, const linux_link_t *link)
{
    const char *path =
        apr_psprintf(view->item, "/run/systemd/netif/leases/%u", link->index);
    const char *lease =
        linux_file_read(view->system, path, 65536, NULL, view->item);
    if (lease) {
        linux_set(view, P_DHCPEnabled, cim_boolean(1));
        linux_set(
            view, P_DHCPServer,
            cim_string(linux_field(lease, "SERVER_ADDRESS", '=', view->item)));
        linux_set(
            view, P_DNSDomain,
            cim_string(linux_field(lease, "DOMAINNAME", '=', view->item)));
    }
    for (int i = 0; i < link->addresses->nelts; i++) {
        const linux_address_t *address =
            &APR_ARRAY_IDX(link->addresses, i, linux_address_t);
        if (address->family != AF_INET || address->lifetime == UINT32_MAX)
            continue;
        linux_set(view, P_DHCPEnabled, cim_boolean(1));
        linux_set(view, P_DHCPLeaseExpires,
                  linux_zone_datetime(
                      linux_zone_read(view->system, view->item),
                      apr_time_sec(apr_time_now()) * APR_USEC_PER_SEC +
                          apr_time_from_sec((apr_int64_t)address->lifetime),
                      view->item));
        return;
    }
}

/* resolv.conf holds for all interfaces; a later search line wins over an
 * earlier one (resolv.conf(5)). */
static void set_resolver(linux_view_t *view)
{
    apr_pool_t *pool = view->item;
    apr_array_header_t *servers = apr_array_make(pool, 3, sizeof(const char *));
    apr_array_header_t *suffixes =
        apr_array_make(pool, 3, sizeof(const char *));
    char *text =
        linux_file_read(view->system, "/etc/resolv.conf", 65536, NULL, pool);
    char *line, *lines, *word, *words;
    for (line = text ? apr_strtok(text, "\n", &lines) : NULL; line;
         line = apr_strtok(NULL, "\n", &lines)) {
        const char *name = apr_strtok(line, " \t", &words);
        if (name && strcmp(name, "nameserver") == 0) {
            word = apr_strtok(NULL, " \t", &words);
            if (word)
                APR_ARRAY_PUSH(servers, const char *) = word;
        } else if (name && (strcmp(name, "search") == 0 ||
                            strcmp(name, "domain") == 0)) {
            apr_array_clear(suffixes);
            while ((word = apr_strtok(NULL, " \t", &words)) != NULL)
                APR_ARRAY_PUSH(suffixes, const char *) = word;
        }
    }
    if (servers->nelts)
        linux_set(view, P_DNSServerSearchOrder, linux_strings(servers, pool));
    if (suffixes->nelts)
        linux_set(view, P_DNSDomainSuffixSearchOrder,
                  linux_strings(suffixes, pool));
}

/* Settings of the whole network stack, which WMI tells of each interface */
static void set_stack(linux_view_t *view)
{
    static const struct {
        int property;
        unsigned factor; /* to WMI's unit */
        const char *file;
    } rows[] = {{P_KeepAliveTime, 1000, "tcp_keepalive_time"},
                {P_KeepAliveInterval, 1000, "tcp_keepalive_intvl"},
                {P_TcpMaxConnectRetransmissions, 1, "tcp_syn_retries"},
                {P_TcpMaxDataRetransmissions, 1, "tcp_retries2"}};
    const char *base = "/proc/sys/net/ipv4/%s";
    apr_uint64_t number;
    for (apr_size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (linux_view_wants(view, rows[i].property) &&
            linux_file_number(view->system, view->item, &number, base,
                              rows[i].file) &&
            number <= UINT32_MAX / rows[i].factor)
            linux_set(view, rows[i].property,
                      cim_uint32((apr_uint32_t)number * rows[i].factor));
    }
    if (linux_file_number(view->system, view->item, &number, base,
                          "ip_default_ttl") &&
        number <= UINT8_MAX)
        linux_set(view, P_DefaultTTL, cim_uint8((apr_byte_t)number));
    if (linux_file_number(view->system, view->item, &number, base,
                          "ip_no_pmtu_disc"))
        linux_set(view, P_PMTUDiscoveryEnabled, cim_boolean(number == 0));
}

static void set_config(linux_view_t *view, const linux_link_t *link)
{
    const char *host = linux_host_name(view->system, view->item);
    const char *product = linux_link_product(
        view->system, link, "E:ID_MODEL_FROM_DATABASE", view->item);
    linux_set(view, P_Index, cim_uint32(link->index));
    linux_set(view, P_InterfaceIndex, cim_uint32(link->index));
    linux_set(view, P_Caption, cim_string(link->name));
    linux_set(view, P_Description, cim_string(product ? product : link->name));
    linux_set(view, P_MACAddress, cim_string(link->mac));
    linux_set(view, P_ServiceName,
              cim_string(linux_link_driver(view->system, link, view->item)));
    if (link->mtu)
        linux_set(view, P_MTU, cim_uint32(link->mtu));
    set_addresses(view, link);
    set_gateways(view, link);
    set_lease(view, link);
    if (!(link->flags & IFF_UP) || !link->addresses->nelts)
        return;
    linux_set(view, P_DNSHostName,
              cim_string(apr_pstrmemdup(view->item, host, strcspn(host, "."))));
    linux_set(view, P_DatabasePath, cim_string("/etc"));
    set_resolver(view);
    set_stack(view);
}

static wsman_error_t *walk(linux_view_t *view)
{
    const char *after = linux_view_after(view);
    apr_uint64_t last = after ? strtoul(after, NULL, 10) : 0;
    apr_uint64_t asked = 0;
    int one = linux_view_asked_number(view, "Index", &asked);
    wsman_error_t *err;
    const apr_array_header_t *links = linux_links(view->call, 1, &err);
    if (!links)
        return err;
    for (int i = 0; i < links->nelts; i++) {
        const linux_link_t *link = &APR_ARRAY_IDX(links, i, linux_link_t);
        if (link->index <= last || (one && link->index != asked))
            continue;
        linux_view_begin(view);
        set_config(view, link);
        if (!linux_view_put(view, apr_psprintf(view->item, "%u", link->index)))
            return NULL;
    }
    return NULL;
}

const linux_class_t linux_ipconfig_class = {"Win32_NetworkAdapterConfiguration",
                                            property_names, 1, walk, NULL};
