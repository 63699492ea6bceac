/* mod_wsman_status.c - the counters, as a section of mod_status' page and as
 * a page of our own: SetHandler wsman-status, with ?auto and ?json.
 */
#include "mod_wsman.h"

#include <stddef.h>

#include <apr_optional_hooks.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <mod_status.h>

#include "../provide/wsm_plugin.h"

/* What is counted of an endpoint: the name for machines, and for people. */
static const struct {
    const char *name;
    const char *label;
    apr_size_t offset;
} fields[] = {
    {"requests", "Requests", offsetof(mod_wsman_counts_t, requests)},
    {"faults", "Faults", offsetof(mod_wsman_counts_t, faults)},
    {"denials", "Denials", offsetof(mod_wsman_counts_t, denials)},
    {"items", "Instances", offsetof(mod_wsman_counts_t, items)},
    {"bytesIn", "Bytes in", offsetof(mod_wsman_counts_t, bytes_in)},
    {"bytesOut", "Bytes out", offsetof(mod_wsman_counts_t, bytes_out)},
    {"microseconds", "Microseconds", offsetof(mod_wsman_counts_t, usec)},
    {"refusals", "Refused by quotas", offsetof(mod_wsman_counts_t, refusals)},
    {"authFailures", "Failed authentications",
     offsetof(mod_wsman_counts_t, auth_failures)},
    {"barred", "Barred", offsetof(mod_wsman_counts_t, barred)},
};

#define NFIELDS (sizeof(fields) / sizeof(fields[0]))

static apr_uint64_t field_of(const mod_wsman_counts_t *counts, apr_size_t i)
{
    const char *at = (const char *)counts + fields[i].offset;

    return mod_wsman_counted(*(const apr_uint64_t *)(const void *)at);
}

typedef void visit_site_fn(request_rec *r, const mod_wsman_site_t *site,
                           int number);

static void each_site(request_rec *r, const mod_wsman_process_t *process,
                      visit_site_fn *visit)
{
    const server_rec *s;
    int number = 0;
    int i;

    for (s = process ? process->main : NULL; s != NULL; s = s->next) {
        const mod_wsman_server_t *server = mod_wsman_server_of(s);

        for (i = 0; i < server->nsites; i++)
            visit(r, &server->sites[i], number++);
    }
}

static long uptime(const mod_wsman_process_t *process)
{
    return process
               ? (long)apr_time_sec(apr_time_now() - process->board->started)
               : 0;
}

static unsigned active(const mod_wsman_process_t *process)
{
    return process ? mod_wsman_board_active(process->board) : 0;
}

static apr_uint32_t count_classes(const mod_wsman_process_t *process)
{
    apr_uint32_t count = 0;
    int i;

    for (i = 0; process != NULL && i < process->models->nelts; i++)
        count += cim_schema_count(
            APR_ARRAY_IDX(process->models, i, mod_wsman_model_t *)->schema);
    return count;
}

/* Who is counted for quotas, and how often there was no room for somebody. */
static apr_uint32_t count_known(const mod_wsman_process_t *process)
{
    return process ? wsm_quota_taken(process->quota) : 0;
}

static apr_uint64_t count_crowded(const mod_wsman_process_t *process)
{
    return process ? wsm_quota_crowded(process->quota) : 0;
}

static int count_plugins(const mod_wsman_process_t *process)
{
    return process ? process->plugins->nelts : 0;
}

static const wsm_plugin_t *plugin_at(const mod_wsman_process_t *process, int i)
{
    return APR_ARRAY_IDX(process->plugins, i, wsm_plugin_t *);
}

static int count_served(const wsm_plugin_t *plugin)
{
    int count = 0;

    while (plugin->provider->classes[count] != NULL)
        count++;
    return count;
}

/* ---- lines: "WSManName: value" */

static void line_site(request_rec *r, const mod_wsman_site_t *site, int number)
{
    apr_size_t i;

    ap_rprintf(r, "WSManEndpoint%d: %s\n", number, site->id);
    for (i = 0; i < NFIELDS; i++)
        ap_rprintf(r, "WSManEndpoint%d.%s: %" APR_UINT64_T_FMT "\n", number,
                   fields[i].name, field_of(site->counts, i));
    for (i = 0; i < MOD_WSMAN_KINDS; i++)
        ap_rprintf(r, "WSManEndpoint%d.operations.%s: %" APR_UINT64_T_FMT "\n",
                   number, mod_wsman_kind_names[i],
                   mod_wsman_counted(site->counts->kinds[i]));
}

static void write_lines(request_rec *r, const mod_wsman_process_t *process)
{
    ap_rprintf(r,
               "WSManVersion: " WSM_VERSION "\n"
               "WSManUptime: %ld\n"
               "WSManGeneration: %d\n"
               "WSManActive: %u\n"
               "WSManClasses: %u\n"
               "WSManProviders: %d\n"
               "WSManQuotaKnown: %u\n"
               "WSManQuotaCrowded: %" APR_UINT64_T_FMT "\n",
               uptime(process), ap_state_query(AP_SQ_CONFIG_GEN),
               active(process), (unsigned)count_classes(process),
               count_plugins(process), (unsigned)count_known(process),
               count_crowded(process));
    mod_wsman_shell_lines(r, process);
    each_site(r, process, line_site);
}

/* ---- JSON (RFC 8259) */

void mod_wsman_json_text(request_rec *r, const char *text)
{
    const unsigned char *p;

    ap_rputc('"', r);
    for (p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\' || *p < 0x20)
            ap_rprintf(r, "\\u%04x", *p);
        else
            ap_rputc(*p, r);
    }
    ap_rputc('"', r);
}

static void json_site(request_rec *r, const mod_wsman_site_t *site, int number)
{
    apr_size_t i;

    ap_rputs(number > 0 ? ",\n  {\"id\": " : "\n  {\"id\": ", r);
    mod_wsman_json_text(r, site->id);
    ap_rputs(", \"path\": ", r);
    mod_wsman_json_text(r, site->path);
    for (i = 0; i < NFIELDS; i++)
        ap_rprintf(r, ", \"%s\": %" APR_UINT64_T_FMT, fields[i].name,
                   field_of(site->counts, i));
    ap_rputs(", \"operations\": {", r);
    for (i = 0; i < MOD_WSMAN_KINDS; i++)
        ap_rprintf(r, "%s\"%s\": %" APR_UINT64_T_FMT, i > 0 ? ", " : "",
                   mod_wsman_kind_names[i],
                   mod_wsman_counted(site->counts->kinds[i]));
    ap_rputs("}}", r);
}

static void json_plugins(request_rec *r, const mod_wsman_process_t *process)
{
    int i;

    for (i = 0; i < count_plugins(process); i++) {
        const wsm_plugin_t *plugin = plugin_at(process, i);

        ap_rputs(i > 0 ? ",\n  {\"name\": " : "\n  {\"name\": ", r);
        mod_wsman_json_text(r, plugin->name);
        ap_rputs(", \"version\": ", r);
        if (plugin->provider->version != NULL)
            mod_wsman_json_text(r, plugin->provider->version);
        else
            ap_rputs("null", r);
        ap_rprintf(r, ", \"classes\": %d}", count_served(plugin));
    }
}

static void write_json(request_rec *r, const mod_wsman_process_t *process)
{
    ap_rprintf(r,
               "{\"version\": \"" WSM_VERSION "\", \"uptime\": %ld, "
               "\"generation\": %d, \"active\": %u, \"classes\": %u,\n"
               " \"quota\": {\"known\": %u, \"crowded\": %" APR_UINT64_T_FMT
               "},\n"
               " ",
               uptime(process), ap_state_query(AP_SQ_CONFIG_GEN),
               active(process), (unsigned)count_classes(process),
               (unsigned)count_known(process), count_crowded(process));
    mod_wsman_shell_json(r, process);
    ap_rputs(",\n \"providers\": [", r);
    json_plugins(r, process);
    ap_rputs("],\n \"endpoints\": [", r);
    each_site(r, process, json_site);
    ap_rputs("]}\n", r);
}

/* ---- HTML */

static void html_site(request_rec *r, const mod_wsman_site_t *site, int number)
{
    apr_size_t i;

    (void)number;
    ap_rprintf(r, "<tr><td>%s</td>", ap_escape_html(r->pool, site->id));
    for (i = 0; i < NFIELDS; i++)
        ap_rprintf(r, "<td>%" APR_UINT64_T_FMT "</td>",
                   field_of(site->counts, i));
    ap_rputs("<td>", r);
    for (i = 0; i < MOD_WSMAN_KINDS; i++) {
        apr_uint64_t count = mod_wsman_counted(site->counts->kinds[i]);

        if (count > 0)
            ap_rprintf(r, "%s %" APR_UINT64_T_FMT " ", mod_wsman_kind_names[i],
                       count);
    }
    ap_rputs("</td></tr>\n", r);
}

static void html_plugins(request_rec *r, const mod_wsman_process_t *process)
{
    int i;

    for (i = 0; i < count_plugins(process); i++) {
        const wsm_plugin_t *plugin = plugin_at(process, i);
        const char *version = plugin->provider->version;

        ap_rprintf(r, "<dt>Provider %s %s: %d classes</dt>\n",
                   ap_escape_html(r->pool, plugin->name),
                   version ? ap_escape_html(r->pool, version) : "",
                   count_served(plugin));
    }
}

static void write_section(request_rec *r, const mod_wsman_process_t *process)
{
    apr_size_t i;

    ap_rprintf(r,
               "<h2>WS-Management</h2>\n<dl><dt>mod_wsman " WSM_VERSION
               ", counting for %ld seconds, generation %d, %u requests being "
               "worked on, %u classes, %u users and addresses known to "
               "quotas</dt>\n",
               uptime(process), ap_state_query(AP_SQ_CONFIG_GEN),
               active(process), (unsigned)count_classes(process),
               (unsigned)count_known(process));
    html_plugins(r, process);
    ap_rputs("</dl>\n<table border=\"0\"><tr><th>Endpoint</th>", r);
    for (i = 0; i < NFIELDS; i++)
        ap_rprintf(r, "<th>%s</th>", fields[i].label);
    ap_rputs("<th>Operations</th></tr>\n", r);
    each_site(r, process, html_site);
    ap_rputs("</table>\n", r);
    mod_wsman_shell_html(r, process);
}

static void write_page(request_rec *r, const mod_wsman_process_t *process)
{
    ap_rputs(DOCTYPE_HTML_4_01 "<html><head><title>WS-Management status"
                               "</title></head><body>\n",
             r);
    write_section(r, process);
    ap_rputs("</body></html>\n", r);
}

/* ---- the two pages */

static const struct {
    const char *args;
    const char *type;
    void (*write)(request_rec *r, const mod_wsman_process_t *process);
} pages[] = {
    {"auto", "text/plain; charset=UTF-8", write_lines},
    {"json", "application/json", write_json},
    {NULL, "text/html; charset=UTF-8", write_page},
};

static int handle(request_rec *r)
{
    int i = 0;

    if (r->handler == NULL || strcmp(r->handler, MOD_WSMAN_STATUS_HANDLER) != 0)
        return DECLINED;
    r->allowed = AP_METHOD_BIT << M_GET;
    if (r->method_number != M_GET)
        return HTTP_METHOD_NOT_ALLOWED;
    while (pages[i].args != NULL &&
           (r->args == NULL || strcmp(r->args, pages[i].args) != 0))
        i++;
    ap_set_content_type(r, pages[i].type);
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    if (!r->header_only)
        pages[i].write(r, mod_wsman_server_of(r->server)->process);
    return OK;
}

static int add_section(request_rec *r, int flags)
{
    const mod_wsman_process_t *process =
        mod_wsman_server_of(r->server)->process;

    if (process == NULL)
        return DECLINED;
    if (flags & AP_STATUS_SHORT)
        write_lines(r, process);
    else
        write_section(r, process);
    return OK;
}

void mod_wsman_status_register(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_handler(handle, NULL, NULL, APR_HOOK_MIDDLE);
    APR_OPTIONAL_HOOK(ap, status_hook, add_section, NULL, NULL,
                      APR_HOOK_MIDDLE);
}
