/* wsman_options.c - the command line of wsman.
 */
#include "wsman_options.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../soap/wsm_names.h"
#include "wsman_table.h"

/** Windows' number for it. */
#define UTF_8 65001

static const char *set_selector(wsman_reading_t *self, const char *value,
                                const wsman_row_t *row)
{
    wsm_selector_t *selector = apr_array_push(self->selectors);
    const char *equals = strchr(value, '=');
    (void)row;
    memset(selector, 0, sizeof(*selector));
    if (!equals || equals == value)
        return "Name=value";
    selector->name =
        apr_pstrmemdup(self->pool, value, (apr_size_t)(equals - value));
    selector->value = equals + 1;
    return NULL;
}

static const char *const query_dialects[] = {WSM_DIALECT_WQL, WSM_DIALECT_CQL,
                                             WSM_DIALECT_XPATH};

static const char *set_query(wsman_reading_t *self, const char *value,
                             const wsman_row_t *row)
{
    self->options->enumerate.dialect = query_dialects[row->number];
    self->options->enumerate.filter = value;
    return NULL;
}

static const char *set_mode(wsman_reading_t *self, const char *value,
                            const wsman_row_t *row)
{
    (void)value;
    self->options->enumerate.mode = (wsm_enum_mode_e)row->number;
    return NULL;
}

static const char *set_polymorphism(wsman_reading_t *self, const char *value,
                                    const wsman_row_t *row)
{
    static const char *const names[] = {
        [WSM_CLIENT_POLYMORPHISM_UNSAID] = "",
        [WSM_CLIENT_POLYMORPHISM_INCLUDE] = "include",
        [WSM_CLIENT_POLYMORPHISM_EXCLUDE] = "exclude",
        [WSM_CLIENT_POLYMORPHISM_NONE] = "none",
    };
    (void)row;
    for (size_t i = 1; i < sizeof(names) / sizeof(*names); i++)
        if (!strcmp(names[i], value)) {
            self->options->enumerate.polymorphism =
                (wsm_client_polymorphism_e)i;
            return NULL;
        }
    return "include, exclude or none";
}

static const char *set_variable(wsman_reading_t *self, const char *value,
                                const wsman_row_t *row)
{
    wsm_client_variable_t *variable = apr_array_push(self->environment);
    const char *equals = strchr(value, '=');
    (void)row;
    memset(variable, 0, sizeof(*variable));
    if (!equals || equals == value)
        return "NAME=VALUE";
    variable->name =
        apr_pstrmemdup(self->pool, value, (apr_size_t)(equals - value));
    variable->value = equals + 1;
    return NULL;
}

static const char *set_code_page(wsman_reading_t *self, const char *value,
                                 const wsman_row_t *row)
{
    apr_uint64_t number;
    (void)row;
    if (!wsm_text_u64(value, 65535, &number) || !number)
        return "a number from 1 to 65535";
    self->options->remote.code_page = (unsigned)number;
    return NULL;
}

static const char *set_idle_timeout(wsman_reading_t *self, const char *value,
                                    const wsman_row_t *row)
{
    (void)row;
    return wsman_read_interval(&self->options->remote.idle_timeout, value);
}

#define AT(member) offsetof(wsman_options_t, member)

static const wsman_row_t where[] = {
    {"Where", 'h', "host", "URL",
     "the endpoint; a name alone is http://NAME:5985/wsman", wsman_set_host, 0,
     0},
    {NULL, 'H', "endpoint", "URL", "the same", wsman_set_host, 0, 0},
    {NULL, 0, "proxy", "URL", "go by a proxy; the environment does not count",
     wsman_set_text, AT(transport.proxy), 0},
    WSMAN_ROWS_END,
};

static const wsman_row_t which[] = {
    {"Which objects (enum)", 0, "selector-filter", "NAME=VALUE",
     "those with this value; may be repeated", set_selector, 0, 0},
    {NULL, 0, "wql", "QUERY", "those that a WQL query selects", set_query, 0,
     0},
    {NULL, 0, "cql", "QUERY", "those that a CQL query selects", set_query, 0,
     1},
    {NULL, 0, "xpath", "EXPRESSION", "those for which it holds", set_query, 0,
     2},
    {NULL, 0, "dialect", "URI", "the dialect of --filter", wsman_set_text,
     AT(enumerate.dialect), 0},
    {NULL, 0, "filter", "TEXT", "a filter of another dialect", wsman_set_text,
     AT(enumerate.filter), 0},
    {NULL, 0, "polymorphism", "HOW",
     "properties of subclasses: include, exclude; none: no subclasses",
     set_polymorphism, 0, 0},
    {NULL, 0, "epr", NULL, "references instead of objects", set_mode, 0,
     WSM_ENUM_EPRS},
    {NULL, 0, "object-and-epr", NULL, "objects with their references", set_mode,
     0, WSM_ENUM_OBJECTS_AND_EPRS},
    {NULL, 0, "limit", "N", "no more than N, then release the enumeration",
     wsman_set_limit, 0, 0},
    WSMAN_ROWS_END,
};

static const wsman_row_t elsewhere[] = {
    {"Commands elsewhere (run, shell)", 0, "stdin", NULL,
     "run: standard input goes to the command", wsman_set_flag,
     AT(remote.input), 1},
    {NULL, 0, "env", "NAME=VALUE", "a variable; may be repeated", set_variable,
     0, 0},
    {NULL, 0, "dir", "FOLDER", "where it runs", wsman_set_text,
     AT(remote.directory), 0},
    {NULL, 0, "skip-shell", NULL, "run the program itself, without a shell",
     wsman_set_flag, AT(remote.skip_shell), 1},
    {NULL, 0, "no-profile", NULL, "do not read the account's profile",
     wsman_set_flag, AT(remote.no_profile), 1},
    {NULL, 0, "codepage", "N", "of input and output, default 65001 (UTF-8)",
     set_code_page, 0, 0},
    {NULL, 0, "idle-timeout", "SECONDS", "how long it lives without a client",
     set_idle_timeout, 0, 0},
    {NULL, 0, "list", NULL, "shell: show the shells that are there",
     wsman_set_flag, AT(remote.list), 1},
    {NULL, 0, "attach", "ID", "shell: go on with a shell that was left",
     wsman_set_text, AT(remote.attach), 0},
    WSMAN_ROWS_END,
};

static const wsman_row_t more[] = {
    {NULL, 0, "body", "FILE", "send this XML; - is standard input",
     wsman_set_text, AT(body), 0},
    {NULL, 0, "anonymous", NULL, "identify: without authentication",
     wsman_set_flag, AT(anonymous), 1},
    WSMAN_ROWS_END,
};

static wsm_failure_t *check_filter(wsman_reading_t *self)
{
    const wsm_enumerate_t *what = &self->options->enumerate;
    if (what->nselectors && (what->dialect || what->filter))
        return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                "only one kind of filter at a time");
    if (!what->dialect != !what->filter)
        return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                "--filter and --dialect belong together");
    return NULL;
}

/** URI COMMAND...: the endpoint comes first, unless --host said it; or the
 *  resource URI of shells, which is nobody's endpoint. */
static void complete_remote(wsman_reading_t *self)
{
    wsman_options_t *options = self->options;
    const char *first = options->narguments ? options->arguments[0] : NULL;
    int is_resource =
        first && !strncmp(first, WSM_NS_SHELL "/", sizeof(WSM_NS_SHELL));
    if (!options->remote.code_page)
        options->remote.code_page = UTF_8;
    if (is_resource)
        options->remote.resource_uri = first;
    else if (first && !self->host)
        self->host = first;
    else
        return;
    options->arguments++;
    options->narguments--;
}

static wsm_failure_t *complete(wsman_reading_t *self)
{
    wsman_options_t *options = self->options;
    wsm_failure_t *failure;
    wsman_complete(self);
    failure = check_filter(self);
    if (failure)
        return failure;
    if (options->is_remote)
        complete_remote(self);
    if (!self->host)
        self->host = getenv("WSMAN_ENDPOINT");
    if (!self->host || !*self->host)
        self->host = WSMAN_DEFAULT_ENDPOINT;
    failure = wsman_complete_endpoint(self);
    if (options->anonymous)
        options->transport.auth = WSM_AUTH_NONE;
    return failure;
}

static const wsman_row_t *const tables[] = {
    where,     wsman_rows_who,   which, wsman_rows_how, more,
    elsewhere, wsman_rows_print, NULL};

static const char *const remote[] = {"run", "shell", NULL};

const wsman_program_t wsman_program = {
    "wsman",
    wsman_commands,
    tables,
    "A RESOURCE is Win32_Process, root/cimv2/Win32_Process or a URI, "
    "with selectors as in\nWin32_Process?Handle=1. See wsman(1).\n",
    complete,
    remote};
