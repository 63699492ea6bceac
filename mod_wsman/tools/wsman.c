/* wsman.c - the command-line client of WS-Management. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../client/wsm_argument.h"
#include "../client/wsm_resource.h"
#include "wsman_options.h"
#include "wsman_report.h"
#include "wsman_secret.h"

/** Objects between two signs of life. */
#define PROGRESS_STEP 500

/* The one thing that a signal handler can reach. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    interrupted = number;
}

/** An interrupt ends the exchange that runs, not the Release after it. */
static int was_interrupted(void *baton)
{
    int now = interrupted == SIGINT;
    (void)baton;
    if (now)
        interrupted = -1;
    return now;
}

static int write_out(void *baton, const char *data, apr_size_t length)
{
    wsman_options_t *options = baton;
    if (fwrite(data, 1, length, stdout) == length)
        return 1;
    options->output_error = errno;
    return 0;
}

static wsm_failure_t *target_of(wsm_epr_t *target,
                                const wsman_options_t *options,
                                apr_pool_t *pool)
{
    return wsm_resource_read(target, options->arguments[0], pool);
}

static void print(const wsman_options_t *options, const xmlNode *object,
                  apr_pool_t *pool)
{
    wsm_item_t item = {.object = object};
    if (object)
        wsm_format_item(options->out, &item, pool);
}

/** The XML that put, create and invoke send: --body, or the arguments from
 *  `first` on. */
static wsm_failure_t *make_xml(char **xml, const wsman_options_t *options,
                               const wsm_epr_t *target, const char *name,
                               int first, apr_pool_t *pool)
{
    if (options->body && options->narguments > first)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "--body or Name=value, not both");
    if (options->body)
        return wsm_argument_body(xml, options->body,
                                 options->client.max_request, pool);
    if (!name)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "'%s' names no class: use --body",
                                options->arguments[0]);
    return wsm_arguments_xml(xml, target, name, options->arguments + first,
                             options->narguments - first,
                             options->client.max_request, pool);
}

/* ---- Commands */

static wsm_failure_t *run_identify(const wsman_options_t *options,
                                   wsm_client_t *client, apr_pool_t *pool)
{
    const xmlNode *answer;
    wsm_failure_t *failure =
        wsm_client_identify(client, &answer, options->anonymous, pool);
    if (!failure)
        print(options, answer, pool);
    return failure;
}

static wsm_failure_t *run_get(const wsman_options_t *options,
                              wsm_client_t *client, apr_pool_t *pool)
{
    const xmlNode *object;
    wsm_epr_t target;
    wsm_failure_t *failure = target_of(&target, options, pool);
    if (!failure)
        failure = wsm_client_get(client, &object, &target, pool);
    if (!failure)
        print(options, object, pool);
    return failure;
}

static wsm_failure_t *run_put(const wsman_options_t *options,
                              wsm_client_t *client, apr_pool_t *pool)
{
    const xmlNode *object;
    wsm_epr_t target;
    char *xml;
    wsm_failure_t *failure = target_of(&target, options, pool);
    if (!failure)
        failure = make_xml(&xml, options, &target,
                           wsm_resource_class(&target, pool), 1, pool);
    if (!failure)
        failure = wsm_client_put(client, &object, &target, xml, pool);
    if (!failure)
        print(options, object, pool);
    return failure;
}

static wsm_failure_t *run_create(const wsman_options_t *options,
                                 wsm_client_t *client, apr_pool_t *pool)
{
    wsm_epr_t target, created;
    char *xml;
    wsm_failure_t *failure = target_of(&target, options, pool);
    if (!failure)
        failure = make_xml(&xml, options, &target,
                           wsm_resource_class(&target, pool), 1, pool);
    if (!failure)
        failure = wsm_client_create(client, &created, NULL, &target, xml, pool);
    if (!failure)
        wsm_format_reference(options->out, &created, pool);
    return failure;
}

static wsm_failure_t *run_delete(const wsman_options_t *options,
                                 wsm_client_t *client, apr_pool_t *pool)
{
    wsm_epr_t target;
    wsm_failure_t *failure = target_of(&target, options, pool);
    return failure ? failure : wsm_client_delete(client, &target, pool);
}

static wsm_failure_t *run_invoke(const wsman_options_t *options,
                                 wsm_client_t *client, apr_pool_t *pool)
{
    const char *method = options->arguments[1];
    const xmlNode *output;
    wsm_epr_t target;
    char *xml;
    wsm_failure_t *failure = target_of(&target, options, pool);
    if (!failure && !wsm_resource_is_name(method))
        failure = wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                   "'%s' is no name of a method", method);
    if (!failure)
        failure = make_xml(&xml, options, &target,
                           apr_pstrcat(pool, method, "_INPUT", NULL), 2, pool);
    if (!failure)
        failure =
            wsm_client_invoke(client, &output, &target, method, xml, pool);
    if (!failure)
        print(options, output, pool);
    return failure;
}

typedef struct enumeration_t {
    const wsman_options_t *options;
    apr_uint64_t count;
} enumeration_t;

static int take_item(void *baton, const wsm_item_t *item, apr_pool_t *scratch)
{
    enumeration_t *self = baton;
    if (!wsm_format_item(self->options->out, item, scratch))
        return 0;
    if (++self->count % PROGRESS_STEP == 0)
        wsman_report_progress(self->options, self->count, 0);
    return self->count != self->options->limit && !interrupted &&
           !self->options->output_error;
}

/** What there is goes out before the service is asked for more. */
static void end_page(void *baton)
{
    enumeration_t *self = baton;
    wsman_options_t *options = self->options->format.baton;
    if (fflush(stdout))
        options->output_error = errno;
}

static wsm_failure_t *run_enum(const wsman_options_t *options,
                               wsm_client_t *client, apr_pool_t *pool)
{
    enumeration_t self = {options, 0};
    wsm_enumerate_t what = options->enumerate;
    wsm_epr_t target;
    wsm_failure_t *failure = target_of(&target, options, pool);
    if (failure)
        return failure;
    what.page_end = end_page;
    failure =
        wsm_client_enumerate(client, &target, &what, take_item, &self, pool);
    wsman_report_progress(options, self.count, 1);
    return failure;
}

static const wsman_command_t commands[] = {
    {"identify", "", 0, 0, run_identify},
    {"get", "RESOURCE", 1, 1, run_get},
    {"enum", "RESOURCE", 1, 1, run_enum},
    {"put", "RESOURCE NAME=VALUE...", 1, -1, run_put},
    {"create", "RESOURCE NAME=VALUE...", 1, -1, run_create},
    {"delete", "RESOURCE", 1, 1, run_delete},
    {"invoke", "RESOURCE METHOD [NAME=VALUE...]", 2, -1, run_invoke},
    {NULL, NULL, 0, 0, NULL},
};

/* ---- Main */

static void warn_of_clear_text(wsman_options_t *options)
{
    if (options->transport.user && !options->endpoint.tls &&
        !options->endpoint.loopback &&
        options->transport.auth != WSM_AUTH_NEGOTIATE &&
        options->transport.auth != WSM_AUTH_NONE)
        wsman_report_warning(options, "user and password go over the network "
                                      "in the clear; use https");
}

static wsm_failure_t *run(wsman_options_t *options, apr_pool_t *pool)
{
    wsm_transport_t transport;
    wsm_failure_t *failure = wsman_secret_find(options, pool);
    if (failure)
        return failure;
    warn_of_clear_text(options);
    options->transport.user_agent = "wsman/" WSM_VERSION;
    options->transport.trace = options->verbose ? wsman_report_trace : NULL;
    options->transport.cancelled = was_interrupted;
    options->format.list = options->command->run == run_enum;
    options->format.write = write_out;
    options->format.warn = wsman_report_warning;
    options->format.baton = options;
    options->out = wsm_format_make(&options->format, pool);
    failure = wsm_transport_curl(&transport, &options->transport, pool);
    if (!failure)
        failure = options->command->run(
            options, wsm_client_make(&options->client, &transport, pool), pool);
    if (!failure || wsm_format_count(options->out))
        wsm_format_end(options->out, pool);
    return failure;
}

/** The second interrupt ends the program; a reader that goes away is seen when
 *  writing. */
static void set_signals(void)
{
    struct sigaction action = {.sa_handler = on_interrupt,
                               .sa_flags = (int)SA_RESETHAND};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

static wsman_exit_e finish_output(const wsman_options_t *options)
{
    int error = options->output_error;
    if (!error && fflush(stdout))
        error = errno;
    if (!error && !ferror(stdout))
        return WSMAN_EXIT_OK;
    if (error != EPIPE)
        fprintf(stderr, "wsman: cannot write the output: %s\n",
                strerror(error ? error : EIO));
    return WSMAN_EXIT_OUTPUT;
}

static int start(int argc, char **argv, apr_pool_t *pool)
{
    wsman_options_t *options = apr_pcalloc(pool, sizeof(*options));
    wsman_asked_e asked;
    wsman_exit_e status = WSMAN_EXIT_OK, output;
    wsm_failure_t *failure =
        wsman_options_read(options, &asked, commands, argc, argv, pool);
    if (!failure && asked == WSMAN_ASKED_HELP)
        wsman_options_help(commands);
    else if (!failure && asked == WSMAN_ASKED_VERSION)
        printf("wsman %s\n", WSM_VERSION);
    else if (!failure)
        failure = run(options, pool);
    output = finish_output(options);
    if (failure)
        status = wsman_report_failure(failure, options);
    return status ? (int)status : (int)output;
}

int main(int argc, char **argv)
{
    apr_pool_t *pool;
    int status;
    apr_initialize();
    set_signals();
    wsm_xml_init();
    wsm_transport_init();
    apr_pool_create(&pool, NULL);
    status = start(argc, argv, pool);
    apr_pool_destroy(pool);
    apr_terminate();
    return interrupted ? 128 + SIGINT : status;
}
