/* wsman_options.c - one table of options: it is what is read and what --help
 * prints.
 */
#include "wsman_options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "../base/wsm_text.h"
#include "../client/wsm_resource.h"
#include "../soap/wsm_names.h"

/** What getopt returns for the n-th row. */
#define FIRST_ROW 256

/** How much later than the service's own time limit the transport gives up, so
 *  that the service can say wsman:TimedOut: as long again, within these. */
#define LEAST_GRACE apr_time_from_sec(1)
#define MOST_GRACE  apr_time_from_sec(10)

typedef struct reading_t {
    wsman_options_t *options;
    wsman_asked_e asked;
    const char *host;
    const char *polymorphism;
    apr_array_header_t *option_set; /* of wsm_option_t */
    apr_array_header_t *selectors;  /* of wsm_selector_t */
    apr_array_header_t *columns;    /* of const char * */
    apr_pool_t *pool;
} reading_t;

typedef struct row_t {
    const char *group; /* a heading before it, or NULL */
    int letter;        /* 0: none */
    const char *name;
    const char *argument; /* NULL: takes none */
    const char *help;
    /** @return what is wrong with the value, or NULL */
    const char *(*set)(reading_t *self, const char *value,
                       const struct row_t *row);
    size_t offset; /* in wsman_options_t */
    int number;
} row_t;

/* ---- Setters */

static const char *set_text(reading_t *self, const char *value,
                            const row_t *row)
{
    *(const char **)(void *)((char *)self->options + row->offset) = value;
    return NULL;
}

static const char *set_flag(reading_t *self, const char *value,
                            const row_t *row)
{
    (void)value;
    *(int *)(void *)((char *)self->options + row->offset) = row->number;
    return NULL;
}

static const char *set_size(reading_t *self, const char *value,
                            const row_t *row)
{
    apr_uint64_t number;
    if (!wsm_text_u64(value, (apr_uint64_t)1 << 31, &number) || !number)
        return "a number of bytes above 0";
    *(apr_size_t *)(void *)((char *)self->options + row->offset) =
        (apr_size_t)number;
    return NULL;
}

static const char *set_max_elements(reading_t *self, const char *value,
                                    const row_t *row)
{
    apr_uint64_t number;
    (void)row;
    if (!wsm_text_u64(value, APR_UINT32_MAX, &number) || !number)
        return "a number above 0";
    self->options->enumerate.max_elements = (apr_uint32_t)number;
    return NULL;
}

static const char *set_limit(reading_t *self, const char *value,
                             const row_t *row)
{
    (void)row;
    if (!wsm_text_u64(value, APR_UINT64_MAX, &self->options->limit) ||
        !self->options->limit)
        return "a number above 0";
    return NULL;
}

static const char *set_timeout(reading_t *self, const char *value,
                               const row_t *row)
{
    apr_int64_t usec = 0;
    double seconds;
    (void)row;
    if (!wsm_text_duration(value, &usec) && wsm_text_double(value, &seconds) &&
        seconds > 0 && seconds < 1e7)
        usec = (apr_int64_t)(seconds * 1e6);
    if (usec < 1000)
        return "seconds (60, 0.5) or a duration (PT1M)";
    self->options->client.timeout = usec;
    return NULL;
}

static const char *set_host(reading_t *self, const char *value,
                            const row_t *row)
{
    (void)row;
    self->host = value;
    return NULL;
}

/** The command line is seen by everybody: its password is wiped. */
static const char *set_user(reading_t *self, const char *value,
                            const row_t *row)
{
    const char *colon = strchr(value, ':');
    wsm_transport_config_t *transport = &self->options->transport;
    (void)row;
    if (!colon) {
        transport->user = value;
        return NULL;
    }
    transport->user =
        apr_pstrmemdup(self->pool, value, (apr_size_t)(colon - value));
    transport->password = apr_pstrdup(self->pool, colon + 1);
    memset((char *)(uintptr_t)(colon + 1), '*', strlen(colon + 1));
    return NULL;
}

static const char *set_auth(reading_t *self, const char *value,
                            const row_t *row)
{
    static const char *const names[] = {
        [WSM_AUTH_ANY] = "any",
        [WSM_AUTH_NONE] = "none",
        [WSM_AUTH_BASIC] = "basic",
        [WSM_AUTH_DIGEST] = "digest",
        [WSM_AUTH_NEGOTIATE] = "negotiate",
    };
    (void)row;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (!strcmp(names[i], value)) {
            self->options->transport.auth = (wsm_auth_e)i;
            return NULL;
        }
    return "any, basic, digest, negotiate or none";
}

static const char *set_output(reading_t *self, const char *value,
                              const row_t *row)
{
    (void)row;
    return wsm_format_by_name(&self->options->format.format, value)
               ? NULL
               : "text, json, csv or xml";
}

static const char *set_columns(reading_t *self, const char *value,
                               const row_t *row)
{
    char *list = apr_pstrdup(self->pool, value), *state, *name;
    (void)row;
    for (name = apr_strtok(list, ", ", &state); name;
         name = apr_strtok(NULL, ", ", &state))
        APR_ARRAY_PUSH(self->columns, const char *) = name;
    return self->columns->nelts ? NULL : "names with commas between";
}

static const char *set_option(reading_t *self, const char *value,
                              const row_t *row)
{
    wsm_option_t *option = apr_array_push(self->option_set);
    const char *equals = strchr(value, '=');
    memset(option, 0, sizeof(*option));
    option->must_comply = row->number;
    option->nil = !equals;
    option->name =
        equals ? apr_pstrmemdup(self->pool, value, (apr_size_t)(equals - value))
               : value;
    option->value = equals ? equals + 1 : "";
    return *option->name ? NULL : "name=value";
}

static const char *set_selector(reading_t *self, const char *value,
                                const row_t *row)
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

static const char *set_query(reading_t *self, const char *value,
                             const row_t *row)
{
    self->options->enumerate.dialect = query_dialects[row->number];
    self->options->enumerate.filter = value;
    return NULL;
}

static const char *set_mode(reading_t *self, const char *value,
                            const row_t *row)
{
    (void)value;
    self->options->enumerate.mode = (wsm_enum_mode_e)row->number;
    return NULL;
}

static const char *set_polymorphism(reading_t *self, const char *value,
                                    const row_t *row)
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

static const char *ask(reading_t *self, const char *value, const row_t *row)
{
    (void)value;
    self->asked = (wsman_asked_e)row->number;
    return NULL;
}

#define AT(member) offsetof(wsman_options_t, member)

static const row_t rows[] = {
    {"Where", 'h', "host", "URL",
     "the endpoint; a name alone is http://NAME:5985/wsman", set_host, 0, 0},
    {NULL, 'H', "endpoint", "URL", "the same", set_host, 0, 0},
    {NULL, 0, "proxy", "URL", "go by a proxy; the environment does not count",
     set_text, AT(transport.proxy), 0},
    {"Who", 'u', "user", "USER[:PASSWORD]",
     "without a password it is asked for", set_user, 0, 0},
    {NULL, 0, "password-file", "FILE", "the password is its first line",
     set_text, AT(password_file), 0},
    {NULL, 0, "auth", "HOW",
     "any (default: digest or basic), basic, digest, negotiate (Kerberos "
     "tickets) or none",
     set_auth, 0, 0},
    {NULL, 0, "cert", "FILE", "certificate of the client, PEM", set_text,
     AT(transport.cert), 0},
    {NULL, 0, "key", "FILE", "its key; default: in the same file", set_text,
     AT(transport.key), 0},
    {NULL, 0, "key-password-file", "FILE", "the key's password", set_text,
     AT(key_password_file), 0},
    {NULL, 0, "cacert", "FILE", "trust these certificates, PEM", set_text,
     AT(transport.cacert), 0},
    {NULL, 'k', "insecure", NULL, "do not check the server's certificate",
     set_flag, AT(transport.insecure), 1},
    {"Which objects (enum)", 0, "selector-filter", "NAME=VALUE",
     "those with this value; may be repeated", set_selector, 0, 0},
    {NULL, 0, "wql", "QUERY", "those that a WQL query selects", set_query, 0,
     0},
    {NULL, 0, "cql", "QUERY", "those that a CQL query selects", set_query, 0,
     1},
    {NULL, 0, "xpath", "EXPRESSION", "those for which it holds", set_query, 0,
     2},
    {NULL, 0, "dialect", "URI", "the dialect of --filter", set_text,
     AT(enumerate.dialect), 0},
    {NULL, 0, "filter", "TEXT", "a filter of another dialect", set_text,
     AT(enumerate.filter), 0},
    {NULL, 0, "polymorphism", "HOW",
     "properties of subclasses: include, exclude; none: no subclasses",
     set_polymorphism, 0, 0},
    {NULL, 0, "epr", NULL, "references instead of objects", set_mode, 0,
     WSM_ENUM_EPRS},
    {NULL, 0, "object-and-epr", NULL, "objects with their references", set_mode,
     0, WSM_ENUM_OBJECTS_AND_EPRS},
    {NULL, 0, "limit", "N", "no more than N, then release the enumeration",
     set_limit, 0, 0},
    {"How", 0, "body", "FILE", "send this XML; - is standard input", set_text,
     AT(body), 0},
    {NULL, 0, "anonymous", NULL, "identify: without authentication", set_flag,
     AT(anonymous), 1},
    {NULL, 't', "timeout", "SECONDS",
     "how long an operation may take, default 60", set_timeout, 0, 0},
    {NULL, 0, "max-elements", "N", "objects a page, default 32000",
     set_max_elements, 0, 0},
    {NULL, 0, "max-envelope-size", "BYTES", "of an answer, default 512000",
     set_size, AT(client.max_envelope), 0},
    {NULL, 0, "max-reply", "BYTES", "refuse longer answers, default 16777216",
     set_size, AT(client.max_reply), 0},
    {NULL, 0, "locale", "LANGUAGE", "of texts, default en-US", set_text,
     AT(client.locale), 0},
    {NULL, 0, "option", "NAME=VALUE", "for the OptionSet; may be repeated",
     set_option, 0, 0},
    {NULL, 0, "must-comply", "NAME=VALUE", "an option that must be obeyed",
     set_option, 0, 1},
    {"What is printed", 'o', "output", "FORMAT",
     "text (default), json, csv or xml", set_output, 0, 0},
    {NULL, 0, "columns", "A,B,...", "only these properties", set_columns, 0, 0},
    {NULL, 0, "json-typed", NULL,
     "JSON: what looks like a number or a boolean is one", set_flag,
     AT(format.typed), 1},
    {NULL, 0, "with-class", NULL, "JSON, CSV: the class as __CLASS", set_flag,
     AT(format.with_class), 1},
    {NULL, 'v', "verbose", NULL, "show what goes over the wire", set_flag,
     AT(verbose), 1},
    {NULL, 'q', "quiet", NULL, "no progress, no warnings", set_flag, AT(quiet),
     1},
    {NULL, 0, "help", NULL, "this", ask, 0, WSMAN_ASKED_HELP},
    {NULL, 0, "version", NULL, "the version", ask, 0, WSMAN_ASKED_VERSION},
};

#define NROWS (sizeof(rows) / sizeof(*rows))

/* ---- Reading */

static void getopt_tables(char *letters, struct option *names)
{
    *letters++ = ':'; /* a missing value is told from an unknown option */
    for (size_t i = 0; i < NROWS; i++) {
        int has = rows[i].argument ? required_argument : no_argument;
        names[i] = (struct option){rows[i].name, has, NULL, FIRST_ROW + (int)i};
        if (rows[i].letter) {
            *letters++ = (char)rows[i].letter;
            if (has)
                *letters++ = ':';
        }
    }
    *letters = '\0';
    memset(&names[NROWS], 0, sizeof(*names));
}

static const row_t *find_row(int code)
{
    if (code >= FIRST_ROW)
        return &rows[code - FIRST_ROW];
    for (size_t i = 0; i < NROWS; i++)
        if (rows[i].letter == code)
            return &rows[i];
    return NULL;
}

static wsm_failure_t *use(apr_pool_t *pool, const char *what, const char *part)
{
    return wsm_failure_make(pool, WSM_FAILURE_USE, 0, "%s '%s'", what, part);
}

static wsm_failure_t *read_options(reading_t *self, int argc, char **argv)
{
    char letters[2 * NROWS + 2];
    struct option names[NROWS + 1];
    int code;
    getopt_tables(letters, names);
    opterr = 0;
    while ((code = getopt_long(argc, argv, letters, names, NULL)) != -1) {
        const row_t *row = find_row(code);
        const char *wrong;
        if (!row)
            return use(self->pool,
                       code == ':' ? "no value for the option"
                                   : "there is no option",
                       argv[optind - 1]);
        wrong = row->set(self, optarg, row);
        if (wrong)
            return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                    "--%s wants %s, not '%s'", row->name, wrong,
                                    optarg);
    }
    return NULL;
}

static wsm_failure_t *read_command(reading_t *self,
                                   const wsman_command_t *commands, int argc,
                                   char **argv)
{
    wsman_options_t *options = self->options;
    const wsman_command_t *command = commands;
    if (optind >= argc)
        return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                "no command; see wsman --help");
    while (command->name && strcmp(command->name, argv[optind]))
        command++;
    if (!command->name)
        return use(self->pool, "there is no command", argv[optind]);
    options->command = command;
    options->arguments = (const char *const *)argv + optind + 1;
    options->narguments = argc - optind - 1;
    if (options->narguments < command->least ||
        (command->most >= 0 && options->narguments > command->most))
        return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                "it is: wsman %s %s", command->name,
                                command->arguments);
    return NULL;
}

static wsm_failure_t *check_filter(reading_t *self)
{
    wsm_enumerate_t *what = &self->options->enumerate;
    what->selectors =
        (const wsm_selector_t *)(const void *)self->selectors->elts;
    what->nselectors = self->selectors->nelts;
    if (what->nselectors && (what->dialect || what->filter))
        return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                "only one kind of filter at a time");
    if (!what->dialect != !what->filter)
        return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                "--filter and --dialect belong together");
    return NULL;
}

static void from_environment(reading_t *self)
{
    wsman_options_t *options = self->options;
    const char *user;
    if (!self->host)
        self->host = getenv("WSMAN_ENDPOINT");
    if (!self->host || !*self->host)
        self->host = WSMAN_DEFAULT_ENDPOINT;
    user = getenv("WSMAN_USER");
    if (!options->transport.user)
        options->transport.user = user;
    /* The password of one user is not tried for another. */
    if (options->transport.user && !options->transport.password &&
        !options->password_file &&
        (!user || !strcmp(user, options->transport.user)))
        options->password_file = getenv("WSMAN_PASSWORD_FILE");
}

static apr_interval_time_t grace(apr_interval_time_t timeout)
{
    if (timeout < LEAST_GRACE)
        return LEAST_GRACE;
    return timeout < MOST_GRACE ? timeout : MOST_GRACE;
}

static wsm_failure_t *complete(reading_t *self)
{
    wsman_options_t *options = self->options;
    wsm_failure_t *failure = check_filter(self);
    if (failure)
        return failure;
    from_environment(self);
    failure =
        wsm_client_endpoint_read(&options->endpoint, self->host, self->pool);
    if (failure)
        return failure;
    options->transport.url = options->client.to = options->endpoint.url;
    options->transport.connect_timeout = options->client.timeout;
    options->transport.timeout =
        options->client.timeout + grace(options->client.timeout);
    options->client.options =
        (const wsm_option_t *)(const void *)self->option_set->elts;
    options->client.noptions = self->option_set->nelts;
    options->format.columns =
        (const char *const *)(const void *)self->columns->elts;
    options->format.ncolumns = self->columns->nelts;
    if (options->anonymous)
        options->transport.auth = WSM_AUTH_NONE;
    return NULL;
}

wsm_failure_t *wsman_options_read(wsman_options_t *options,
                                  wsman_asked_e *asked,
                                  const wsman_command_t *commands, int argc,
                                  char **argv, apr_pool_t *pool)
{
    reading_t self = {
        .options = options,
        .option_set = apr_array_make(pool, 2, sizeof(wsm_option_t)),
        .selectors = apr_array_make(pool, 2, sizeof(wsm_selector_t)),
        .columns = apr_array_make(pool, 8, sizeof(const char *)),
        .pool = pool,
    };
    wsm_failure_t *failure;
    memset(options, 0, sizeof(*options));
    wsm_client_defaults(&options->client);
    failure = read_options(&self, argc, argv);
    *asked = self.asked;
    if (failure || self.asked)
        return failure;
    failure = read_command(&self, commands, argc, argv);
    return failure ? failure : complete(&self);
}

void wsman_options_help(const wsman_command_t *commands)
{
    printf("Usage: wsman [OPTIONS] COMMAND ...\n\nCommands:\n");
    for (const wsman_command_t *command = commands; command->name; command++)
        printf("  %-9s %s\n", command->name, command->arguments);
    for (size_t i = 0; i < NROWS; i++) {
        const row_t *row = &rows[i];
        char name[64];
        if (row->group)
            printf("\n%s:\n", row->group);
        snprintf(name, sizeof(name), "--%s%s%s", row->name,
                 row->argument ? " " : "", row->argument ? row->argument : "");
        printf("  %c%c%c %-28s %s\n", row->letter ? '-' : ' ',
               row->letter ? row->letter : ' ', row->letter ? ',' : ' ', name,
               row->help);
    }
    printf("\nA RESOURCE is Win32_Process, root/cimv2/Win32_Process or a URI, "
           "with selectors as in\nWin32_Process?Handle=1. See wsman(1).\n");
}
