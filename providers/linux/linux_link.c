/* linux_link.c - network interfaces with their addresses and gateways, asked
 * of the kernel by rtnetlink.
 */
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "linux_provider.h"

const char *linux_link_driver(const linux_t *system, const linux_link_t *link,
                              apr_pool_t *pool)
{
    const char *target = linux_file_link(
        system, pool, "/sys/class/net/%s/device/driver", link->name);
    const char *slash = target ? strrchr(target, '/') : NULL;
    return slash ? slash + 1 : target;
}

const char *linux_link_product(const linux_t *system, const linux_link_t *link,
                               const char *property, apr_pool_t *pool)
{
    const char *path = apr_psprintf(pool, "/run/udev/data/n%u", link->index);
    const char *text = linux_file_read(system, path, 65536, NULL, pool);
    return text ? linux_field(text, property, '=', pool) : NULL;
}

#ifdef WITH_MNL
#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#ifndef IFLA_PERM_ADDRESS
#define IFLA_PERM_ADDRESS 54
#endif

typedef struct asking_t {
    apr_pool_t *pool;
    apr_array_header_t *links;
} asking_t;

static linux_link_t *find_link(const asking_t *asking, apr_uint32_t index)
{
    for (int i = 0; i < asking->links->nelts; i++) {
        linux_link_t *link = &APR_ARRAY_IDX(asking->links, i, linux_link_t);
        if (link->index == index)
            return link;
    }
    return NULL;
}

/* The attributes behind a message's header, one after the other; libmnl's own
 * loops do not compile without a warning. */
static const struct nlattr *first_attr(const struct nlmsghdr *message,
                                       apr_size_t header)
{
    return mnl_nlmsg_get_payload_offset(message, header);
}

static int attr_ok(const struct nlattr *attr, const void *end)
{
    return mnl_attr_ok(attr, (int)((const char *)end - (const char *)attr));
}

static const char *hardware_address(const struct nlattr *attr, apr_pool_t *pool)
{
    const unsigned char *bytes = mnl_attr_get_payload(attr);
    unsigned length = mnl_attr_get_payload_len(attr);
    unsigned any = 0;
    char *text;
    if (length == 0 || length > 32)
        return NULL;
    text = apr_palloc(pool, length * 3);
    for (unsigned i = 0; i < length; i++) {
        any |= bytes[i];
        apr_snprintf(text + i * 3, 3, "%02X", (unsigned)bytes[i]);
        text[i * 3 + 2] = ':';
    }
    text[length * 3 - 1] = '\0';
    return any ? text : NULL;
}

static const char *link_kind(const struct nlattr *info, apr_pool_t *pool)
{
    const struct nlattr *attr;
    const void *end = (const char *)info + info->nla_len;
    for (attr = mnl_attr_get_payload(info); attr_ok(attr, end);
         attr = mnl_attr_next(attr)) {
        if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
            return apr_pstrdup(pool, mnl_attr_get_str(attr));
    }
    return NULL;
}

static int on_link(const struct nlmsghdr *message, void *data)
{
    const asking_t *asking = data;
    const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
    linux_link_t *link = apr_array_push(asking->links);
    const struct nlattr *attr;
    memset(link, 0, sizeof(*link));
    link->index = (apr_uint32_t)info->ifi_index;
    link->type = info->ifi_type;
    link->flags = info->ifi_flags;
    link->name = "";
    link->addresses = apr_array_make(asking->pool, 2, sizeof(linux_address_t));
    link->gateways = apr_array_make(asking->pool, 2, sizeof(linux_gateway_t));
    for (attr = first_attr(message, sizeof(*info));
         attr_ok(attr, mnl_nlmsg_get_payload_tail(message));
         attr = mnl_attr_next(attr)) {
        switch (mnl_attr_get_type(attr)) {
        case IFLA_IFNAME:
            link->name = apr_pstrdup(asking->pool, mnl_attr_get_str(attr));
            break;
        case IFLA_MTU:
            link->mtu = mnl_attr_get_u32(attr);
            break;
        case IFLA_OPERSTATE:
            link->operstate = mnl_attr_get_u8(attr);
            break;
        case IFLA_ADDRESS:
            link->mac = hardware_address(attr, asking->pool);
            break;
        case IFLA_PERM_ADDRESS:
            link->permanent = hardware_address(attr, asking->pool);
            break;
        case IFLA_LINKINFO:
            link->kind = link_kind(attr, asking->pool);
            break;
        }
    }
    return MNL_CB_OK;
}

/* As Windows writes it: dotted for IPv4, the prefix's length for IPv6. */
static const char *mask_text(int family, unsigned prefix, apr_pool_t *pool)
{
    struct in_addr mask;
    char text[INET_ADDRSTRLEN];
    if (family != AF_INET)
        return apr_psprintf(pool, "%u", prefix);
    mask.s_addr = prefix ? htonl(0xffffffffu << (32 - prefix)) : 0;
    return apr_pstrdup(pool, inet_ntop(AF_INET, &mask, text, sizeof(text)));
}

static const char *address_text(int family, const struct nlattr *attr,
                                apr_pool_t *pool)
{
    char text[INET6_ADDRSTRLEN];
    unsigned need = family == AF_INET ? 4 : 16;
    if (!attr || mnl_attr_get_payload_len(attr) != need)
        return NULL;
    return apr_pstrdup(pool, inet_ntop(family, mnl_attr_get_payload(attr), text,
                                       sizeof(text)));
}

static int on_address(const struct nlmsghdr *message, void *data)
{
    const asking_t *asking = data;
    const struct ifaddrmsg *info = mnl_nlmsg_get_payload(message);
    linux_link_t *link = find_link(asking, info->ifa_index);
    const struct nlattr *attr, *local = NULL, *address = NULL;
    linux_address_t found = {.lifetime = UINT32_MAX};
    if (!link ||
        (info->ifa_family != AF_INET && info->ifa_family != AF_INET6) ||
        (info->ifa_family == AF_INET && info->ifa_prefixlen > 32))
        return MNL_CB_OK;
    for (attr = first_attr(message, sizeof(*info));
         attr_ok(attr, mnl_nlmsg_get_payload_tail(message));
         attr = mnl_attr_next(attr)) {
        int type = mnl_attr_get_type(attr);
        if (type == IFA_LOCAL)
            local = attr;
        else if (type == IFA_ADDRESS)
            address = attr;
        else if (type == IFA_CACHEINFO &&
                 mnl_attr_get_payload_len(attr) >= sizeof(struct ifa_cacheinfo))
            found.lifetime =
                ((const struct ifa_cacheinfo *)mnl_attr_get_payload(attr))
                    ->ifa_valid;
    }
    found.family = info->ifa_family;
    /* On a point-to-point link IFA_ADDRESS is the other end. */
    found.address =
        address_text(found.family, local ? local : address, asking->pool);
    found.mask = mask_text(found.family, info->ifa_prefixlen, asking->pool);
    if (found.address)
        APR_ARRAY_PUSH(link->addresses, linux_address_t) = found;
    return MNL_CB_OK;
}

static void add_gateway(const asking_t *asking, int family, apr_uint32_t index,
                        const struct nlattr *gateway, apr_uint32_t metric)
{
    linux_link_t *link = find_link(asking, index);
    const char *address = address_text(family, gateway, asking->pool);
    if (link && address)
        APR_ARRAY_PUSH(link->gateways, linux_gateway_t) =
            (linux_gateway_t){address, metric};
}

/* A route over several links has a struct rtnexthop for each. */
static void add_hops(const asking_t *asking, int family,
                     const struct nlattr *hops, apr_uint32_t metric)
{
    const struct rtnexthop *hop = mnl_attr_get_payload(hops);
    int left = mnl_attr_get_payload_len(hops);
    while (RTNH_OK(hop, left)) {
        const char *end = (const char *)hop + hop->rtnh_len;
        const struct nlattr *attr = (const void *)(hop + 1);
        while (attr_ok(attr, end)) {
            if (mnl_attr_get_type(attr) == RTA_GATEWAY)
                add_gateway(asking, family, (apr_uint32_t)hop->rtnh_ifindex,
                            attr, metric);
            attr = mnl_attr_next(attr);
        }
        left -= (int)NLMSG_ALIGN(hop->rtnh_len);
        hop = RTNH_NEXT(hop);
    }
}

static int on_route(const struct nlmsghdr *message, void *data)
{
    const struct rtmsg *info = mnl_nlmsg_get_payload(message);
    const struct nlattr *attr, *gateway = NULL, *hops = NULL;
    apr_uint32_t index = 0, metric = 0, table = info->rtm_table;
    if (info->rtm_dst_len != 0 || info->rtm_type != RTN_UNICAST)
        return MNL_CB_OK;
    for (attr = first_attr(message, sizeof(*info));
         attr_ok(attr, mnl_nlmsg_get_payload_tail(message));
         attr = mnl_attr_next(attr)) {
        switch (mnl_attr_get_type(attr)) {
        case RTA_GATEWAY:
            gateway = attr;
            break;
        case RTA_MULTIPATH:
            hops = attr;
            break;
        case RTA_OIF:
            index = mnl_attr_get_u32(attr);
            break;
        case RTA_PRIORITY:
            metric = mnl_attr_get_u32(attr);
            break;
        case RTA_TABLE:
            table = mnl_attr_get_u32(attr);
            break;
        }
    }
    if (table != RT_TABLE_MAIN)
        return MNL_CB_OK;
    if (gateway)
        add_gateway(data, info->rtm_family, index, gateway, metric);
    if (hops)
        add_hops(data, info->rtm_family, hops, metric);
    return MNL_CB_OK;
}

/* Asks for all objects of a kind.
 * @return 0, or an errno; EINTR if they changed meanwhile */
static int dump(struct mnl_socket *socket, int type, int family,
                apr_size_t header, mnl_cb_t callback, asking_t *asking)
{
    _Alignas(struct nlmsghdr) char buffer[32768];
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    unsigned sequence = (unsigned)apr_time_now();
    ssize_t got;
    int more;
    message->nlmsg_type = (apr_uint16_t)type;
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    message->nlmsg_seq = sequence;
    *(unsigned char *)mnl_nlmsg_put_extra_header(message, header) =
        (unsigned char)family;
    if (mnl_socket_sendto(socket, message, message->nlmsg_len) < 0)
        return errno;
    do {
        got = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
        if (got < 0)
            return errno;
        more = mnl_cb_run(buffer, (size_t)got, sequence,
                          mnl_socket_get_portid(socket), callback, asking);
    } while (more > MNL_CB_STOP);
    return more < 0 ? errno : 0;
}

static int by_index(const void *a, const void *b)
{
    const linux_link_t *left = a;
    const linux_link_t *right = b;
    return (left->index > right->index) - (left->index < right->index);
}

static int ask_all(struct mnl_socket *socket, int routed, asking_t *asking)
{
    static const int families[] = {AF_INET, AF_INET6};
    int status = dump(socket, RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg),
                      on_link, asking);
    for (int i = 0; i < 2 && routed && status == 0; i++) {
        status = dump(socket, RTM_GETADDR, families[i],
                      sizeof(struct ifaddrmsg), on_address, asking);
        if (status == 0)
            status = dump(socket, RTM_GETROUTE, families[i],
                          sizeof(struct rtmsg), on_route, asking);
        /* A kernel without IPv6 */
        if (families[i] == AF_INET6 &&
            (status == EOPNOTSUPP || status == EAFNOSUPPORT))
            status = 0;
    }
    return status;
}

#define TRIES 3

apr_array_header_t *linux_links(const wsman_call_t *call, int routed,
                                wsman_error_t **err)
{
    asking_t asking = {call->pool, NULL};
    struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    int status = socket ? 0 : errno;
    *err = NULL;
    if (socket && mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
        status = errno;
    if (status == 0)
        status = EINTR;
    /* EINTR: the tables changed while they were read. */
    for (int i = 0; i < TRIES && socket && status == EINTR; i++) {
        asking.links = apr_array_make(call->pool, 8, sizeof(linux_link_t));
        status = ask_all(socket, routed, &asking);
    }
    if (socket)
        mnl_socket_close(socket);
    if (status != 0) {
        *err = call->host->error(call->pool, WSMAN_E_INTERNAL_ERROR,
                                 APR_FROM_OS_ERROR(status), NULL,
                                 "The kernel cannot be asked for its network "
                                 "interfaces.");
        return NULL;
    }
    qsort(asking.links->elts, (size_t)asking.links->nelts, sizeof(linux_link_t),
          by_index);
    return asking.links;
}

#else

apr_array_header_t *linux_links(const wsman_call_t *call, int routed,
                                wsman_error_t **err)
{
    (void)routed;
    *err = call->host->error(call->pool, WSMAN_E_RESOURCE_OFFLINE, APR_SUCCESS,
                             NULL,
                             "The linux provider was built without "
                             "libmnl: build it again where that is "
                             "installed.");
    return NULL;
}

#endif
