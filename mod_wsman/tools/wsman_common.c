/* wsman_common.c - the options that every client has: who asks, how, and what
 * is printed.
 */
#include "wsman_table.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"

/** How much later than the service's own time limit the transport gives up, so
 *  that the service can say wsman:TimedOut: as long again, within these. */
#define LEAST_GRACE apr_time_from_sec(1)
#define MOST_GRACE  apr_time_from_sec(10)

static const char *set_size(wsman_reading_t *self, const char *value,
                            const wsman_row_t *row)
{
    apr_uint64_t number;
    if (!wsm_text_u64(value, (apr_uint64_t)1 << 31, &number) || !number)
        return "a number of bytes above 0";
    *(apr_size_t *)(void *)((char *)self->options + row->offset) =
        (apr_size_t)number;
    return NULL;
}

static const char *set_max_elements(wsman_reading_t *self, const char *value,
                                    const wsman_row_t *row)
{
    apr_uint64_t number;
    (void)row;
    if (!wsm_text_u64(value, APR_UINT32_MAX, &number) || !number)
        return "a number above 0";
    self->options->enumerate.max_elements = (apr_uint32_t)number;
    return NULL;
}

const char *wsman_read_interval(apr_interval_time_t *interval,
                                const char *value)
{
    apr_int64_t usec = 0;
    double seconds;
    if (!wsm_text_duration(value, &usec) && wsm_text_double(value, &seconds) &&
        seconds > 0 && seconds < 1e7)
        usec = (apr_int64_t)(seconds * 1e6);
    if (usec < 1000)
        return "seconds (60, 0.5) or a duration (PT1M)";
    *interval = usec;
    return NULL;
}

static const char *set_timeout(wsman_reading_t *self, const char *value,
                               const wsman_row_t *row)
{
    (void)row;
    return wsman_read_interval(&self->options->client.timeout, value);
}

/** The command line is seen by everybody: its password is wiped. */
static const char *set_user(wsman_reading_t *self, const char *value,
                            const wsman_row_t *row)
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

static const char *set_auth(wsman_reading_t *self, const char *value,
                            const wsman_row_t *row)
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

static const char *set_output(wsman_reading_t *self, const char *value,
                              const wsman_row_t *row)
{
    (void)row;
    return wsm_format_by_name(&self->options->format.format, value)
               ? NULL
               : "text, json, csv or xml";
}

static const char *set_columns(wsman_reading_t *self, const char *value,
                               const wsman_row_t *row)
{
    char *list = apr_pstrdup(self->pool, value), *state, *name;
    (void)row;
    for (name = apr_strtok(list, ", ", &state); name;
         name = apr_strtok(NULL, ", ", &state))
        APR_ARRAY_PUSH(self->columns, const char *) = name;
    return self->columns->nelts ? NULL : "names with commas between";
}

static const char *set_option(wsman_reading_t *self, const char *value,
                              const wsman_row_t *row)
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

static const char *ask(wsman_reading_t *self, const char *value,
                       const wsman_row_t *row)
{
    (void)value;
    self->asked = (wsman_asked_e)row->number;
    return NULL;
}

const char *wsman_set_limit(wsman_reading_t *self, const char *value,
                            const wsman_row_t *row)
{
    (void)row;
    if (!wsm_text_u64(value, APR_UINT64_MAX, &self->options->limit) ||
        !self->options->limit)
        return "a number above 0";
    return NULL;
}

const char *wsman_set_host(wsman_reading_t *self, const char *value,
                           const wsman_row_t *row)
{
    (void)row;
    self->host = value;
    return NULL;
}

#define AT(member) offsetof(wsman_options_t, member)

const wsman_row_t wsman_rows_who[] = {
    {"Who", 'u', "user", "USER[:PASSWORD]",
     "without a password it is asked for", set_user, 0, 0},
    {NULL, 0, "password-file", "FILE", "the password is its first line",
     wsman_set_text, AT(password_file), 0},
    {NULL, 0, "auth", "HOW",
     "any (default: digest or basic), basic, digest, negotiate (Kerberos "
     "tickets) or none",
     set_auth, 0, 0},
    {NULL, 0, "cert", "FILE", "certificate of the client, PEM", wsman_set_text,
     AT(transport.cert), 0},
    {NULL, 0, "key", "FILE", "its key; default: in the same file",
     wsman_set_text, AT(transport.key), 0},
    {NULL, 0, "key-password-file", "FILE", "the key's password", wsman_set_text,
     AT(key_password_file), 0},
    {NULL, 0, "cacert", "FILE", "trust these certificates, PEM", wsman_set_text,
     AT(transport.cacert), 0},
    {NULL, 'k', "insecure", NULL, "do not check the server's certificate",
     wsman_set_flag, AT(transport.insecure), 1},
    WSMAN_ROWS_END,
};

const wsman_row_t wsman_rows_how[] = {
    {"How", 't', "timeout", "SECONDS",
     "how long an operation may take, default 60", set_timeout, 0, 0},
    {NULL, 0, "max-elements", "N", "objects a page, default 32000",
     set_max_elements, 0, 0},
    {NULL, 0, "max-envelope-size", "BYTES", "of an answer, default 512000",
     set_size, AT(client.max_envelope), 0},
    {NULL, 0, "max-reply", "BYTES", "refuse longer answers, default 16777216",
     set_size, AT(client.max_reply), 0},
    {NULL, 0, "locale", "LANGUAGE", "of texts, default en-US", wsman_set_text,
     AT(client.locale), 0},
    {NULL, 0, "option", "NAME=VALUE", "for the OptionSet; may be repeated",
     set_option, 0, 0},
    {NULL, 0, "must-comply", "NAME=VALUE", "an option that must be obeyed",
     set_option, 0, 1},
    WSMAN_ROWS_END,
};

const wsman_row_t wsman_rows_print[] = {
    {"What is printed", 'o', "output", "FORMAT",
     "text (default), json, csv or xml", set_output, 0, 0},
    {NULL, 0, "columns", "A,B,...", "only these properties", set_columns, 0, 0},
    {NULL, 0, "json-typed", NULL,
     "JSON: what looks like a number or a boolean is one", wsman_set_flag,
     AT(format.typed), 1},
    {NULL, 0, "with-class", NULL, "JSON, CSV: the class as __CLASS",
     wsman_set_flag, AT(format.with_class), 1},
    {NULL, 'v', "verbose", NULL, "show what goes over the wire", wsman_set_flag,
     AT(verbose), 1},
    {NULL, 'q', "quiet", NULL, "no progress, no warnings", wsman_set_flag,
     AT(quiet), 1},
    {NULL, 0, "help", NULL, "this", ask, 0, WSMAN_ASKED_HELP},
    {NULL, 0, "version", NULL, "the version", ask, 0, WSMAN_ASKED_VERSION},
    WSMAN_ROWS_END,
};

/* ---- Completion */

static void from_environment(wsman_options_t *options)
{
    const char *user = getenv("WSMAN_USER");
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

void wsman_complete(wsman_reading_t *self)
{
    wsman_options_t *options = self->options;
    options->client.options =
        (const wsm_option_t *)(const void *)self->option_set->elts;
    options->client.noptions = self->option_set->nelts;
    options->format.columns =
        (const char *const *)(const void *)self->columns->elts;
    options->format.ncolumns = self->columns->nelts;
    options->remote.environment =
        (const wsm_client_variable_t *)(const void *)self->environment->elts;
    options->remote.nenvironment = self->environment->nelts;
    options->enumerate.selectors =
        (const wsm_selector_t *)(const void *)self->selectors->elts;
    options->enumerate.nselectors = self->selectors->nelts;
}

wsm_failure_t *wsman_complete_endpoint(wsman_reading_t *self)
{
    wsman_options_t *options = self->options;
    wsm_failure_t *failure =
        wsm_client_endpoint_read(&options->endpoint, self->host, self->pool);
    if (failure)
        return failure;
    from_environment(options);
    options->transport.url = options->client.to = options->endpoint.url;
    options->transport.connect_timeout = options->client.timeout;
    options->transport.timeout =
        options->client.timeout + grace(options->client.timeout);
    return NULL;
}
