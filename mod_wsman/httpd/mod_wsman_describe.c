/* mod_wsman_describe.c - how this server is configured, for winrm/config.
 */
#include "mod_wsman.h"

#include <ap_listen.h>
#include <ap_mpm.h>
#include <apr_base64.h>
#include <apr_lib.h>
#include <apr_optional.h>
#include <apr_sha1.h>
#include <apr_strings.h>
#include <http_core.h>
#include <mod_ssl.h>
#include <strings.h>

#include "../op/op_config.h"
#include "../provide/wsm_plugin.h"

/* ---- certificate */

static const char *certificate_of(request_rec *r)
{
    APR_OPTIONAL_FN_TYPE(ssl_var_lookup) *look_up =
        APR_RETRIEVE_OPTIONAL_FN(ssl_var_lookup);
    char name[] = "SSL_SERVER_CERT";
    const char *pem;

    if (look_up == NULL || !mod_wsman_is_secure(r))
        return NULL;
    pem = look_up(r->pool, r->server, r->connection, r, name);
    return pem && *pem ? pem : NULL;
}

/* What stands between the lines of a PEM file, without spaces; or NULL */
static const char *base64_of(const char *pem, apr_pool_t *pool)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    const char *from = strstr(pem, begin);
    const char *to = from ? strstr(from + sizeof(begin) - 1, "-----") : NULL;
    char *text, *out;

    if (to == NULL)
        return NULL;
    from += sizeof(begin) - 1;
    out = text = apr_palloc(pool, (apr_size_t)(to - from) + 1);
    for (; from < to; from++) {
        if (!apr_isspace(*from))
            *out++ = *from;
    }
    *out = '\0';
    return text;
}

/* The SHA-1 of the certificate: 40 digits */
static const char *thumbprint_of(request_rec *r)
{
    const char *pem = certificate_of(r);
    const char *text = pem ? base64_of(pem, r->pool) : NULL;
    unsigned char digest[APR_SHA1_DIGESTSIZE];
    apr_sha1_ctx_t sha1;
    unsigned char *der;
    char *hex;
    int i;

    if (text == NULL)
        return NULL;
    der = apr_palloc(r->pool, (apr_size_t)apr_base64_decode_len(text));
    apr_sha1_init(&sha1);
    apr_sha1_update_binary(&sha1, der,
                           (unsigned)apr_base64_decode_binary(der, text));
    apr_sha1_final(digest, &sha1);
    hex = apr_palloc(r->pool, 2 * sizeof(digest) + 1);
    for (i = 0; i < APR_SHA1_DIGESTSIZE; i++)
        apr_snprintf(hex + 2 * i, 3, "%02X", digest[i]);
    return hex;
}

/* ---- listeners */

static int reaches(const ap_listen_rec *listener, const server_addr_rec *addr)
{
    const apr_sockaddr_t *bound = listener->bind_addr;

    if (addr->host_port != 0 && addr->host_port != bound->port)
        return 0;
    return addr->host_addr == NULL || apr_sockaddr_is_wildcard(bound) ||
           apr_sockaddr_is_wildcard(addr->host_addr) ||
           apr_sockaddr_equal(bound, addr->host_addr);
}

static const server_addr_rec *find_addr(const ap_listen_rec *listener,
                                        const server_rec *s)
{
    const server_addr_rec *addr;

    for (addr = s->addrs; addr != NULL; addr = addr->next) {
        if (reaches(listener, addr))
            return addr;
    }
    return NULL;
}

/* The main server has what no virtual host takes. */
static int is_taken(const ap_listen_rec *listener, const server_rec *main)
{
    const server_rec *s;

    for (s = main->next; s != NULL; s = s->next) {
        if (find_addr(listener, s) != NULL)
            return 1;
    }
    return 0;
}

/* @return the narrower one of the two addresses; NULL: any */
static apr_sockaddr_t *narrower(const ap_listen_rec *listener,
                                const server_addr_rec *addr)
{
    if (!apr_sockaddr_is_wildcard(listener->bind_addr))
        return listener->bind_addr;
    if (addr != NULL && addr->host_addr != NULL &&
        !apr_sockaddr_is_wildcard(addr->host_addr))
        return addr->host_addr;
    return NULL;
}

/* MS-WSMV 2.2.4.19: what a URLPrefix may be made of */
static const char *prefix_of(const mod_wsman_site_t *site, apr_pool_t *pool)
{
    const char *p;

    if (site->regex != NULL || site->is_pattern || site->length < 2)
        return NULL;
    for (p = site->path + 1; p < site->path + site->length; p++) {
        if (!apr_isalnum(*p) && strchr("-_/", *p) == NULL)
            return NULL;
    }
    return apr_pstrmemdup(pool, site->path + 1, site->length - 1);
}

static int is_known(const apr_array_header_t *listeners,
                    const wsm_config_listener_t *one)
{
    int i;

    for (i = 0; i < listeners->nelts; i++) {
        const wsm_config_listener_t *other =
            &APR_ARRAY_IDX(listeners, i, wsm_config_listener_t);

        if (other->port == one->port &&
            strcmp(other->address, one->address) == 0)
            return 1;
    }
    return 0;
}

static void add_listener(apr_array_header_t *listeners,
                         const mod_wsman_request_t *self,
                         const ap_listen_rec *listener,
                         const server_addr_rec *addr, const char *thumbprint)
{
    request_rec *r = self->r;
    wsm_config_listener_t one = {
        .address = "*",
        .secure = mod_wsman_is_secure(r),
        .port = listener->bind_addr->port,
        .host = r->server->server_hostname,
        .prefix = prefix_of(self->site, r->pool),
        .thumbprint = thumbprint,
    };
    apr_sockaddr_t *only = narrower(listener, addr);
    char *ip;

    if (only != NULL && apr_sockaddr_ip_get(&ip, only) == APR_SUCCESS) {
        one.listening_on = apr_pstrdup(r->pool, ip);
        one.address = apr_pstrcat(r->pool, "IP:", ip, NULL);
    }
    /* One of IPv4 and one of IPv6 are "*" both. */
    if (!is_known(listeners, &one))
        APR_ARRAY_PUSH(listeners, wsm_config_listener_t) = one;
}

/* Those that reach the virtual host of the request.  Whether another host has
 * TLS only its own requests know. */
static void describe_listeners(wsm_config_t *config,
                               const mod_wsman_request_t *self)
{
    const server_rec *s = self->r->server;
    apr_array_header_t *found =
        apr_array_make(self->r->pool, 4, sizeof(wsm_config_listener_t));
    const ap_listen_rec *listener;

    for (listener = ap_listeners; listener != NULL; listener = listener->next) {
        const server_addr_rec *addr = NULL;

        if (s->is_virtual) {
            addr = find_addr(listener, s);
            if (addr == NULL)
                continue;
        } else if (is_taken(listener, s)) {
            continue;
        }
        add_listener(found, self, listener, addr, config->thumbprint);
    }
    config->listeners = (const wsm_config_listener_t *)(void *)found->elts;
    config->nlisteners = found->nelts;
}

/* ---- providers */

static const char *file_of(const char *name, const mod_wsman_process_t *process)
{
    const apr_array_header_t *lines =
        mod_wsman_server_of(process->main)->providers;
    int i;

    for (i = 0; lines != NULL && i < lines->nelts; i++) {
        const mod_wsman_provider_t *line =
            &APR_ARRAY_IDX(lines, i, mod_wsman_provider_t);

        if (strcmp(line->name, name) == 0)
            return apr_filepath_name_get(line->path);
    }
    return NULL;
}

static void describe_plugins(wsm_config_t *config,
                             const mod_wsman_request_t *self)
{
    const apr_array_header_t *plugins = self->process->plugins;
    wsm_config_plugin_t *all = apr_pcalloc(
        self->r->pool, sizeof(*all) * (apr_size_t)(plugins->nelts + 1));
    int i;

    for (i = 0; i < plugins->nelts; i++) {
        const wsm_plugin_t *plugin =
            APR_ARRAY_IDX(plugins, i, const wsm_plugin_t *);

        all[i].name = plugin->name;
        all[i].provider = plugin->provider;
        all[i].file = file_of(plugin->name, self->process);
    }
    config->plugins = all;
    config->nplugins = plugins->nelts;
}

static void describe_certmaps(wsm_config_t *config,
                              const apr_array_header_t *maps, apr_pool_t *pool)
{
    int n = maps ? maps->nelts : 0;
    const wsm_certmap_t **all =
        apr_pcalloc(pool, sizeof(*all) * (apr_size_t)(n + 1));
    int i;

    for (i = 0; i < n; i++) {
        if (wsm_certmap_counts(maps, i))
            all[config->ncertmaps++] =
                &APR_ARRAY_IDX(maps, i, const wsm_certmap_t);
    }
    config->certmaps = all;
}

/* ---- the rest */

/* What WSManMaxConnections says, but not more than there are workers */
static apr_uint32_t connections_of(const mod_wsman_request_t *self)
{
    apr_uint32_t bound = self->endpoint.limits.max_connections;
    int daemons = 0, threads = 0;
    apr_uint32_t workers;

    if (ap_mpm_query(AP_MPMQ_MAX_DAEMONS, &daemons) != APR_SUCCESS ||
        ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads) != APR_SUCCESS ||
        daemons <= 0)
        return bound;
    workers = (apr_uint32_t)daemons * (threads > 0 ? (apr_uint32_t)threads : 1);
    return bound > 0 && bound < workers ? bound : workers;
}

/* Would a message in clear be taken?  (3.1.4.1.29.1) */
static int allows_unencrypted(request_rec *r)
{
    const mod_wsman_auth_t auth = mod_wsman_auth_of(r);
    const char *type = ap_auth_type(r);

    if (mod_wsman_is_secure(r) || auth.encryption == MOD_WSMAN_DEGREE_REQUIRE)
        return 0;
    return type == NULL || strcasecmp(type, "Basic") != 0 ||
           auth.allow_unencrypted == 1;
}

static void describe_shells(wsm_config_t *config,
                            const mod_wsman_request_t *self)
{
    wsm_shell_limits_t *limits;

    if (!self->process->has_shells)
        return;
    limits = apr_palloc(self->r->pool, sizeof(*limits));
    mod_wsman_shells_limits(limits,
                            &mod_wsman_server_of(self->process->main)->shells);
    config->shells = limits;
}

wsm_error_t *mod_wsman_describe(void *baton, wsm_config_t *config)
{
    mod_wsman_request_t *self = baton;
    const mod_wsman_place_t *place =
        mod_wsman_place_of(self->r->per_dir_config);

    mod_wsman_place_limits(&config->configured, place);
    if (place->root != NULL)
        config->root_sddl = sec_sddl_text(place->root, self->r->pool);
    config->max_connections = connections_of(self);
    config->allow_unencrypted = allows_unencrypted(self->r);
    config->thumbprint = thumbprint_of(self->r);
    mod_wsman_profile_auth(self->r, &config->auth);
    describe_listeners(config, self);
    describe_plugins(config, self);
    describe_certmaps(config, place->certmaps, self->r->pool);
    describe_shells(config, self);
    return NULL;
}
