/* wsman_session.c - around a client's commands. */
#include "wsman_session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "wsman_report.h"
#include "wsman_secret.h"
#include "wsman_table.h"

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

int wsman_session_interrupted(void)
{
    return interrupted != 0;
}

void wsman_session_init(void)
{
    struct sigaction action = {.sa_handler = on_interrupt,
                               .sa_flags = (int)SA_RESETHAND};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    apr_initialize();
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    wsm_xml_init();
    wsm_transport_init();
}

/* ---- The connection */

static void warn_of_clear_text(wsman_options_t *options)
{
    if (options->transport.user && !options->endpoint.tls &&
        !options->endpoint.loopback &&
        options->transport.auth != WSM_AUTH_NEGOTIATE &&
        options->transport.auth != WSM_AUTH_NONE)
        wsman_report_warning(options, "user and password go over the network "
                                      "in the clear; use https");
}

wsm_failure_t *wsman_session_connect(wsm_client_t **client,
                                     wsman_options_t *options, apr_pool_t *pool)
{
    wsm_transport_t transport;
    wsm_failure_t *failure = wsman_secret_find(options, pool);
    if (failure)
        return failure;
    warn_of_clear_text(options);
    options->transport.user_agent =
        apr_pstrcat(pool, options->program->name, "/" WSM_VERSION, NULL);
    options->transport.trace = options->verbose ? wsman_report_trace : NULL;
    options->transport.cancelled = was_interrupted;
    failure = wsm_transport_curl(&transport, &options->transport, pool);
    if (!failure)
        *client = wsm_client_make(&options->client, &transport, pool);
    return failure;
}

/* ---- The output */

int wsman_session_write(void *baton, const char *data, apr_size_t length)
{
    wsman_options_t *options = baton;
    if (fwrite(data, 1, length, stdout) == length)
        return 1;
    options->output_error = errno;
    return 0;
}

void wsman_session_output(wsman_options_t *options, int list, apr_pool_t *pool)
{
    options->format.list = list;
    options->format.write = wsman_session_write;
    options->format.warn = wsman_report_warning;
    options->format.baton = options;
    options->out = wsm_format_make(&options->format, pool);
}

static wsman_exit_e finish_output(const wsman_options_t *options)
{
    int error = options->output_error;
    if (!error && fflush(stdout))
        error = errno;
    if (!error && !ferror(stdout))
        return WSMAN_EXIT_OK;
    if (error != EPIPE)
        fprintf(stderr, "%s: cannot write the output: %s\n",
                options->program->name, strerror(error ? error : EIO));
    return WSMAN_EXIT_OUTPUT;
}

/* ---- Enumerations */

typedef struct enumeration_t {
    wsman_options_t *options;
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
    if (fflush(stdout))
        self->options->output_error = errno;
}

wsm_failure_t *wsman_session_enumerate(wsman_options_t *options,
                                       wsm_client_t *client,
                                       const wsm_epr_t *target,
                                       apr_pool_t *pool)
{
    enumeration_t self = {options, 0};
    wsm_enumerate_t what = options->enumerate;
    wsm_failure_t *failure;
    what.page_end = end_page;
    failure =
        wsm_client_enumerate(client, target, &what, take_item, &self, pool);
    wsman_report_progress(options, self.count, 1);
    return failure;
}

/* ---- Main */

static int start(wsman_options_t *options, const wsman_program_t *program,
                 wsm_failure_t *(*run)(wsman_options_t *options,
                                       apr_pool_t *pool),
                 int argc, char **argv, apr_pool_t *pool)
{
    wsman_asked_e asked;
    wsman_exit_e output;
    int status;
    wsm_failure_t *failure =
        wsman_options_read(options, &asked, program, argc, argv, pool);
    if (!failure && asked == WSMAN_ASKED_HELP)
        wsman_options_help(program);
    else if (!failure && asked == WSMAN_ASKED_VERSION)
        printf("%s %s\n", program->name, WSM_VERSION);
    else if (!failure)
        failure = run(options, pool);
    output = finish_output(options);
    status =
        failure ? (int)wsman_report_failure(failure, options) : options->status;
    if (failure && options->is_remote)
        status = WSMAN_EXIT_REMOTE;
    return status ? status : (int)output;
}

int wsman_session_main(wsman_options_t *options, const wsman_program_t *program,
                       wsm_failure_t *(*run)(wsman_options_t *options,
                                             apr_pool_t *pool),
                       int argc, char **argv)
{
    apr_pool_t *pool;
    int status;
    wsman_session_init();
    apr_pool_create(&pool, NULL);
    status = start(options, program, run, argc, argv, pool);
    apr_pool_destroy(pool);
    apr_terminate();
    return interrupted ? 128 + SIGINT : status;
}
