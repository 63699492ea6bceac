/* op_config_write.c - the configuration as XML: names and order are those of
 * the schema in MS-WSMV 2.2.4.
 */
#include "op_config.h"

#include "../shell/wsm_shell_policy.h"
#include "../soap/wsm_names.h"

/* As Windows has it for what nothing bounds */
#define UNBOUNDED 4294967295u

/* MS-WSMV 2.2.4.42: what the quotas of shells may be */
#define MOST_USERS 100
#define MOST_QUOTA 0x7FFFFFFF

/* MS-WSMV 2.2.4.35: where listeners are when nobody says where */
#define PORT_HTTP  5985
#define PORT_HTTPS 5986

#define NS_PLUGIN  WSM_NS_CONFIG "/PluginConfiguration"
#define NS_CERTMAP WSM_NS_CONFIG "/service/certmapping"

static void text(wsm_writer_t *out, const char *name, const char *value)
{
    wsm_write_strs(out, "<cfg:", name, ">", NULL);
    wsm_write_text(out, value);
    wsm_write_strs(out, "</cfg:", name, ">", NULL);
}

/* xs:unsignedInt */
static void number(wsm_writer_t *out, const char *name, apr_int64_t value)
{
    wsm_write_strs(out, "<cfg:", name, ">", NULL);
    wsm_write_u64(out, value > UNBOUNDED ? UNBOUNDED : (apr_uint64_t)value);
    wsm_write_strs(out, "</cfg:", name, ">", NULL);
}

static void flag(wsm_writer_t *out, const char *name, int value)
{
    text(out, name, value ? "true" : "false");
}

static void open(wsm_writer_t *out, const char *name, const char *ns)
{
    wsm_write_strs(out, "<cfg:", name, ns, ">", NULL);
}

static void end(wsm_writer_t *out, const char *name)
{
    wsm_write_strs(out, "</cfg:", name, ">", NULL);
}

void op_config_write_ports(wsm_writer_t *out, const op_config_view_t *view,
                           const char *ns)
{
    (void)view;
    open(out, "DefaultPorts", ns);
    number(out, "HTTP", PORT_HTTP);
    number(out, "HTTPS", PORT_HTTPS);
    end(out, "DefaultPorts");
}

/* This service is nobody's client: it can log in nowhere, trusts no host, and
 * has no delay and no URL of its own. */
void op_config_write_client_auth(wsm_writer_t *out,
                                 const op_config_view_t *view, const char *ns)
{
    static const char *const schemes[] = {
        "Basic", "Digest", "Kerberos", "Negotiate", "Certificate", "CredSSP"};
    apr_size_t i;

    (void)view;
    open(out, "Auth", ns);
    for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
        flag(out, schemes[i], 0);
    end(out, "Auth");
}

void op_config_write_client(wsm_writer_t *out, const op_config_view_t *view,
                            const char *ns)
{
    open(out, "Client", ns);
    flag(out, "AllowUnencrypted", 0);
    op_config_write_client_auth(out, view, "");
    op_config_write_ports(out, view, "");
    text(out, "TrustedHosts", "");
    end(out, "Client");
}

void op_config_write_service_auth(wsm_writer_t *out,
                                  const op_config_view_t *view, const char *ns)
{
    const wsm_config_auth_t *auth = &view->config->auth;

    open(out, "Auth", ns);
    flag(out, "Basic", auth->basic);
    flag(out, "Kerberos", auth->kerberos);
    flag(out, "Negotiate", auth->negotiate);
    flag(out, "Certificate", auth->certificate);
    flag(out, "CredSSP", 0);
    if (auth->binding != NULL)
        text(out, "CbtHardeningLevel", auth->binding);
    end(out, "Auth");
}

/* Enumerations are tokens that clients keep: nothing bounds how many. */
void op_config_write_service(wsm_writer_t *out, const op_config_view_t *view,
                             const char *ns)
{
    const wsm_config_t *config = view->config;
    apr_uint32_t per_user = view->limits->max_operations_per_user;

    open(out, "Service", ns);
    if (config->root_sddl != NULL)
        text(out, "RootSDDL", config->root_sddl);
    number(out, "MaxConcurrentOperations", UNBOUNDED);
    number(out, "MaxConcurrentOperationsPerUser",
           per_user ? per_user : UNBOUNDED);
    number(out, "EnumerationTimeoutms",
           apr_time_as_msec(view->limits->enum_timeout));
    if (config->max_connections > 0)
        number(out, "MaxConnections", config->max_connections);
    flag(out, "AllowUnencrypted", config->allow_unencrypted);
    op_config_write_service_auth(out, view, "");
    op_config_write_ports(out, view, "");
    text(out, "IPv4Filter", "*");
    text(out, "IPv6Filter", "*");
    if (config->thumbprint != NULL)
        text(out, "CertificateThumbprint", config->thumbprint);
    end(out, "Service");
}

/* A shell has so many processes, if they have bounds both. */
static apr_uint64_t memory_of(const wsm_shell_limits_t *shells)
{
    if (shells->processes == 0 ||
        shells->memory > APR_UINT64_MAX / shells->processes)
        return 0;
    return shells->memory * shells->processes;
}

/* 0 to 0x7FFFFFFF, where 0 is no bound */
static void quota(wsm_writer_t *out, const char *name, apr_uint64_t value)
{
    number(out, name, value > MOST_QUOTA ? MOST_QUOTA : (apr_int64_t)value);
}

/* Users are bounded by the shells that there may be at a time, processes by
 * what their account may have. */
static void write_quotas(wsm_writer_t *out, const wsm_shell_limits_t *shells)
{
    quota(out, "IdleTimeout",
          (apr_uint64_t)apr_time_as_msec(shells->idle_timeout));
    if (shells->shells > 0 && shells->shells <= MOST_USERS)
        quota(out, "MaxConcurrentUsers", shells->shells);
    quota(out, "MaxShellRunTime",
          (apr_uint64_t)apr_time_as_msec(shells->lifetime));
    quota(out, "MaxProcessesPerShell", shells->processes);
    quota(out, "MaxMemoryPerShellMB", memory_of(shells) / (1024 * 1024));
    quota(out, "MaxShellsPerUser", shells->shells_per_user);
}

void op_config_write_winrs(wsm_writer_t *out, const op_config_view_t *view,
                           const char *ns)
{
    const wsm_shell_limits_t *shells = view->config->shells;

    open(out, "Winrs", ns);
    flag(out, "AllowRemoteShellAccess", shells != NULL);
    if (shells != NULL)
        write_quotas(out, shells);
    end(out, "Winrs");
}

/* MaxProviderRequests has been without effect since WinRM 2.0. */
void op_config_write_all(wsm_writer_t *out, const op_config_view_t *view,
                         const char *ns)
{
    const wsm_limits_t *limits = view->limits;

    open(out, "Config", ns);
    number(out, "MaxEnvelopeSizekb", (apr_int64_t)limits->max_envelope / 1024);
    number(out, "MaxTimeoutms", apr_time_as_msec(limits->timeout));
    number(out, "MaxBatchItems", limits->max_elements);
    number(out, "MaxProviderRequests", UNBOUNDED);
    op_config_write_client(out, view, "");
    op_config_write_service(out, view, "");
    op_config_write_winrs(out, view, "");
    end(out, "Config");
}

void op_config_write_listener(wsm_writer_t *out,
                              const wsm_config_listener_t *listener)
{
    open(out, "Listener", " xmlns:cfg=\"" WSM_NS_CONFIG "\"");
    text(out, "Address", listener->address);
    text(out, "Transport", listener->secure ? "HTTPS" : "HTTP");
    number(out, "Port", listener->port);
    text(out, "Hostname", listener->host ? listener->host : "");
    flag(out, "Enabled", 1);
    if (listener->prefix != NULL)
        text(out, "URLPrefix", listener->prefix);
    if (listener->thumbprint != NULL)
        text(out, "CertificateThumbprint", listener->thumbprint);
    if (listener->listening_on != NULL)
        text(out, "ListeningOn", listener->listening_on);
    end(out, "Listener");
}

/* 2.2.4.3, without the password, of which there is none */
void op_config_write_certmap(wsm_writer_t *out, const wsm_certmap_t *map)
{
    const struct {
        const char *name, *value;
    } parts[] = {{"URI", map->uri},
                 {"Subject", map->subject},
                 {"Issuer", map->issuer},
                 {"UserName", map->user},
                 {"Enabled", map->enabled ? "true" : "false"}};
    apr_size_t i;

    wsm_write_lit(out, "<cert:CertMapping xmlns:cert=\"" NS_CERTMAP "\">");
    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        wsm_write_strs(out, "<cert:", parts[i].name, ">", NULL);
        wsm_write_text(out, parts[i].value);
        wsm_write_strs(out, "</cert:", parts[i].name, ">", NULL);
    }
    wsm_write_lit(out, "</cert:CertMapping>");
}

/* ---- providers */

typedef struct capability_t {
    const char *type;
    int is_there;
    int fragments;
    int filters;
} capability_t;

/* Who lists can be asked for one, too; fragments and filters are the server's
 * own work. */
static void write_capabilities(wsm_writer_t *out, const wsman_provider_t *p)
{
    const capability_t all[] = {
        {"Get", p->get != NULL || p->list != NULL, 1, 0},
        {"Put", p->put != NULL, 1, 0},
        {"Create", p->create != NULL, 0, 0},
        {"Delete", p->remove != NULL, 0, 0},
        {"Invoke", p->invoke != NULL, 0, 0},
        {"Enumerate", p->list != NULL, 0, 1},
    };
    apr_size_t i;

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (!all[i].is_there)
            continue;
        wsm_write_strs(out, "<Capability Type=\"", all[i].type, "\"", NULL);
        if (all[i].fragments)
            wsm_write_lit(out, " SupportsFragment=\"true\"");
        if (all[i].filters)
            wsm_write_lit(out, " SupportsFiltering=\"true\"");
        wsm_write_lit(out, "/>");
    }
}

static void attribute(wsm_writer_t *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    wsm_write_strs(out, " ", name, "=\"", NULL);
    wsm_write_attr(out, value);
    wsm_write_lit(out, "\"");
}

/* Its parameters may be secrets: they are not told. */
void op_config_write_plugin(wsm_writer_t *out,
                            const wsm_config_plugin_t *plugin)
{
    const char *const *cls;

    wsm_write_lit(out, "<PlugInConfiguration xmlns=\"" NS_PLUGIN "\"");
    attribute(out, "Name", plugin->name);
    attribute(out, "Filename", plugin->file);
    wsm_write_lit(out, " SDKVersion=\"1\" XmlRenderingType=\"text\"");
    attribute(out, "Architecture", sizeof(void *) == 8 ? "64" : "32");
    wsm_write_lit(out, " UseSharedProcess=\"true\" AutoRestart=\"true\""
                       " Enabled=\"true\"><Resources>");
    for (cls = plugin->provider->classes; *cls != NULL; cls++) {
        wsm_write_lit(out, "<Resource ResourceUri=\"" WSM_URI_CIM);
        wsm_write_attr(out, *cls);
        wsm_write_lit(out, "\" ExactMatch=\"true\">");
        write_capabilities(out, plugin->provider);
        wsm_write_lit(out, "</Resource>");
    }
    wsm_write_lit(out, "</Resources></PlugInConfiguration>");
}
