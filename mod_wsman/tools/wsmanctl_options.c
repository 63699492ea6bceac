/* wsmanctl_options.c - the command line of wsmanctl. */
#include "wsman_table.h"
#include "wsmanctl.h"

#include <string.h>

static const char *set_url(wsman_reading_t *self, const char *value,
                           const wsman_row_t *row)
{
    wsmanctl_of(self->options)->url = value;
    return wsman_set_host(self, value, row);
}

#define AT(member) offsetof(wsmanctl_t, member)

static const wsman_row_t where[] = {
    {"Where", 0, "state-dir", "DIR",
     "WSManStateDir of the server; default " WSM_STATE_DIR, wsman_set_text,
     AT(state_dir), 0},
    {NULL, 0, "endpoint", "ID",
     "server:port/path of the endpoint whose repository it is", wsman_set_text,
     AT(endpoint), 0},
    {NULL, 0, "repository", "NAME", "the repository (WSManRepository)",
     wsman_set_text, AT(repository), 0},
    {NULL, 0, "url", "URL", "ask this endpoint instead of the store", set_url,
     0, 0},
    {NULL, 'n', "namespace", "NS", "default: the endpoint's", wsman_set_text,
     AT(ns), 0},
    WSMAN_ROWS_END,
};

static const wsman_row_t what[] = {
    {"compile", 0, "dry-run", NULL, "check all, change nothing", wsman_set_flag,
     AT(dry_run), 1},
    {NULL, 0, "make-namespaces", NULL, "make namespaces that are not there",
     wsman_set_flag, AT(make_namespaces), 1},
    {"export", 0, "all", NULL, "all namespaces", wsman_set_flag, AT(all), 1},
    {NULL, 0, "classes-only", NULL, "no instances", wsman_set_flag,
     AT(classes_only), 1},
    {NULL, 0, "instances-only", NULL, "no qualifiers and classes",
     wsman_set_flag, AT(instances_only), 1},
    {NULL, 0, "own", NULL, "not what the server's MOF files declare",
     wsman_set_flag, AT(own), 1},
    {"query", 0, "limit", "N", "no more than N objects", wsman_set_limit, 0, 0},
    WSMAN_ROWS_END,
};

static const wsman_row_t more[] = {
    {"With --url", 0, "proxy", "URL",
     "go by a proxy; the environment does not count", wsman_set_text,
     offsetof(wsman_options_t, transport.proxy), 0},
    WSMAN_ROWS_END,
};

static wsm_failure_t *wrong(const wsman_reading_t *self, const char *why)
{
    return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0, "%s", why);
}

static wsm_failure_t *complete(wsman_reading_t *self)
{
    const wsmanctl_t *tool = wsmanctl_of(self->options);
    wsman_complete(self);
    if (tool->classes_only && tool->instances_only)
        return wrong(self, "--classes-only or --instances-only, not both");
    if (tool->all && tool->ns)
        return wrong(self, "--all or --namespace, not both");
    if (!tool->url)
        return NULL;
    if (tool->state_dir || tool->endpoint || tool->repository)
        return wrong(self, "--url, or --state-dir, --endpoint and --repository "
                           "of the store, not both");
    return wsman_complete_endpoint(self);
}

static const wsman_row_t *const tables[] = {
    where, what, wsman_rows_print, more, wsman_rows_who, wsman_rows_how, NULL};

const wsman_program_t wsmanctl_program = {
    "wsmanctl",
    wsmanctl_commands,
    tables,
    "Without --url it works on the store itself, whether or not httpd runs.\n"
    "See wsmanctl(1).\n",
    complete,
    NULL};
