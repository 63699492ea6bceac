/* wsman_remote.c - a command that runs elsewhere: its life, and its output. */
#include "wsman_remote.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <apr_atomic.h>
#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "wsman_report.h"
#include "wsman_table.h"

/** How long a lost connection is tried again (the shell outlives it). */
#define PATIENCE  apr_time_from_sec(10)
#define TRY_AGAIN apr_time_from_msec(250)

/** Of signals, which a person waits for. */
#define CONTROL_TIMEOUT apr_time_from_sec(5)

#define STREAMS "stdout stderr"

static int cancelled(void *baton)
{
    const wsman_remote_t *self = baton;
    return apr_atomic_read32((volatile apr_uint32_t *)(uintptr_t)&self->stop) !=
           0;
}

void wsman_remote_give_up(wsman_remote_t *self, int number)
{
    if (number)
        apr_atomic_cas32(&self->signal, (apr_uint32_t)number, 0);
    apr_atomic_set32(&self->stop, 1);
}

/* ---- Beginning */

static wsm_failure_t *make_client(wsman_remote_t *self, wsm_client_t **client,
                                  const wsm_client_config_t *config,
                                  const wsm_transport_config_t *how)
{
    wsm_transport_t transport;
    wsm_failure_t *failure = wsm_transport_curl(&transport, how, self->pool);
    if (!failure)
        *client = wsm_client_make(config, &transport, self->pool);
    return failure;
}

static wsm_failure_t *make_clients(wsman_remote_t *self,
                                   wsm_client_config_t config)
{
    wsm_transport_config_t how = self->options->transport;
    wsm_failure_t *failure;
    how.cancelled = cancelled;
    how.baton = self;
    failure = make_client(self, &self->output, &config, &how);
    if (!failure)
        failure = make_client(self, &self->input, &config, &how);
    how.cancelled = NULL;
    if (config.timeout > CONTROL_TIMEOUT) {
        config.timeout = CONTROL_TIMEOUT;
        how.timeout = how.connect_timeout = 2 * CONTROL_TIMEOUT;
    }
    return failure ? failure : make_client(self, &self->control, &config, &how);
}

static const char *new_id(apr_pool_t *pool)
{
    char uuid[WSM_UUID_LENGTH + 1];
    wsm_text_uuid(uuid);
    return apr_pstrdup(pool, uuid);
}

wsm_failure_t *wsman_remote_make(wsman_remote_t **remote,
                                 wsman_options_t *options, int is_interactive,
                                 apr_pool_t *pool)
{
    wsman_remote_t *self = apr_pcalloc(pool, sizeof(*self));
    wsm_client_config_t config = options->client;
    wsm_failure_t *failure;
    self->options = options;
    self->pool = pool;
    self->is_interactive = is_interactive;
    config.session = apr_pstrcat(pool, "uuid:", new_id(pool), NULL);
    if (pipe(self->wake))
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0, "no pipe: %s",
                                strerror(errno));
    failure = make_clients(self, config);
    failure = failure ? failure : wsman_remote_watch_start(self);
    *remote = self;
    return failure;
}

/** The answer was lost: there may be a shell, which has the name that we gave
 *  it. */
static int may_have_been_heard(const wsm_failure_t *failure)
{
    return failure->kind == WSM_FAILURE_TRANSFER ||
           failure->kind == WSM_FAILURE_TIMEOUT ||
           failure->kind == WSM_FAILURE_CANCELLED ||
           failure->kind == WSM_FAILURE_ANSWER;
}

wsm_failure_t *wsman_remote_create(wsman_remote_t *self,
                                   apr_interval_time_t idle_timeout)
{
    const wsman_remote_options_t *options = &self->options->remote;
    wsm_client_shell_wish_t wish = {
        .resource_uri = options->resource_uri,
        .id = new_id(self->pool),
        .directory = options->directory,
        .environment = options->environment,
        .nenvironment = options->nenvironment,
        .idle_timeout =
            options->idle_timeout ? options->idle_timeout : idle_timeout,
        .input_streams = options->input ? "stdin" : "",
        .output_streams = STREAMS,
        .code_page = options->code_page,
        .no_profile = options->no_profile,
    };
    wsm_client_shell_t made;
    wsm_failure_t *failure;
    failure = wsm_client_shell_create(self->output, &made, &wish, self->pool);
    if (!failure)
        self->shell = made;
    else if (may_have_been_heard(failure))
        wsm_client_shell_refer(&self->shell, wish.resource_uri, wish.id,
                               self->pool);
    return failure;
}

wsm_failure_t *wsman_remote_command(wsman_remote_t *self,
                                    const wsm_client_command_t *command)
{
    wsm_client_command_t named = *command;
    wsm_failure_t *failure;
    named.id = new_id(self->pool);
    failure = wsm_client_shell_command(self->output, &self->command_id,
                                       &self->shell, &named, self->pool);
    if (!failure)
        apr_atomic_set32(&self->is_running, 1);
    return failure;
}

wsm_failure_t *wsman_remote_attach(wsman_remote_t *self, const char *id)
{
    const char *const *ids;
    wsm_client_shell_t shell;
    wsm_failure_t *failure;
    wsm_client_shell_refer(&shell, self->options->remote.resource_uri, id,
                           self->pool);
    failure = wsm_client_shell_connect(self->output, &shell, self->pool);
    if (failure)
        return failure;
    failure = wsm_client_shell_commands(self->output, &ids, &shell, self->pool);
    if (failure) {
        wsm_client_shell_disconnect(self->output, &shell, 0, self->pool);
        return failure;
    }
    self->shell = shell;
    if (!ids[0])
        return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                "no command runs in the shell %s any more", id);
    self->command_id = ids[0];
    apr_atomic_set32(&self->is_running, 1);
    return NULL;
}

/* ---- Output */

static int write_all(int fd, const char *data, apr_size_t length)
{
    while (length) {
        ssize_t n = write(fd, data, length);
        if (n > 0) {
            data += n;
            length -= (apr_size_t)n;
        } else if (errno == EAGAIN) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return 0;
        }
    }
    return 1;
}

static int write_output(wsman_remote_t *self, const wsm_client_output_t *output)
{
    for (int i = 0; i < output->npieces; i++) {
        const wsm_client_piece_t *piece = &output->pieces[i];
        int fd =
            strcmp(piece->stream, "stderr") ? STDOUT_FILENO : STDERR_FILENO;
        if (write_all(fd, piece->data, piece->length))
            continue;
        self->output_error = errno;
        return 0;
    }
    return 1;
}

int wsman_remote_try_again(wsman_remote_t *self, const wsm_failure_t *failure,
                           int repeats, apr_time_t *since)
{
    apr_time_t now = apr_time_now();
    if (apr_atomic_read32(&self->stop))
        return 0;
    if (failure->kind != WSM_FAILURE_CONNECT &&
        (failure->kind != WSM_FAILURE_TRANSFER || failure->status || !repeats))
        return 0;
    if (!*since)
        *since = now;
    if (now - *since > PATIENCE)
        return 0;
    apr_sleep(TRY_AGAIN);
    return 1;
}

/** @param since  for wsman_remote_try_again(): what a lost answer did not bring
 *                is there for the next Receive
 *  @param again  set to true if more can be expected */
static wsm_failure_t *receive(wsman_remote_t *self, apr_time_t *since,
                              int *again, apr_pool_t *pool)
{
    wsm_client_output_t output;
    wsm_failure_t *failure = wsm_client_shell_receive(
        self->output, &output, &self->shell, self->command_id, STREAMS, pool);
    if (failure) {
        *again = wsman_remote_try_again(self, failure, 1, since);
        return *again ? NULL : failure;
    }
    *since = 0;
    *again = write_output(self, &output) && !output.done;
    self->has_exit_code = output.has_exit_code;
    self->exit_code = output.exit_code;
    return NULL;
}

wsm_failure_t *wsman_remote_follow(wsman_remote_t *self)
{
    wsm_failure_t *failure = NULL;
    apr_time_t since = 0;
    apr_pool_t *turn;
    int again = 1;
    if (self->options->remote.input)
        failure = wsman_remote_send_start(self);
    apr_pool_create(&turn, self->pool);
    while (again && !failure) {
        apr_pool_clear(turn);
        failure = receive(self, &since, &again, turn);
    }
    failure = wsm_failure_copy(failure, self->pool);
    apr_pool_destroy(turn);
    return failure;
}

/* ---- The end */

/** The parent's $? has eight bits. */
static int exit_status(apr_uint32_t code)
{
    if (code <= 255)
        return (int)code;
    return code & 0xff ? (int)(code & 0xff) : 1;
}

static wsm_failure_t *leave(wsman_remote_t *self)
{
    wsm_failure_t *failure = wsm_client_shell_disconnect(
        self->output, &self->shell, self->options->remote.idle_timeout,
        self->pool);
    if (failure)
        return failure;
    if (!self->options->quiet)
        wsman_report_line(apr_psprintf(
            self->pool, "left; to come back: %s shell --attach %s %s",
            self->options->program->name, self->shell.id,
            self->options->endpoint.url));
    self->shell.id = NULL;
    return NULL;
}

/** The service forgets the command (MS-WSMV 3.1.4.14) and ends all that is left
 *  of it.  That it cannot be told is no news when it was lost before. */
static void clear_away(wsman_remote_t *self, int is_well)
{
    wsm_client_t *client = is_well ? self->output : self->control;
    if (!self->shell.id)
        return;
    if (self->command_id && is_well)
        wsm_client_shell_signal(client, &self->shell, self->command_id,
                                WSM_CLIENT_SIGNAL_TERMINATE, self->pool);
    wsm_client_shell_delete(client, &self->shell, self->pool);
}

/** What is to be reported, and options->status. */
static wsm_failure_t *sum_up(wsman_remote_t *self, wsm_failure_t *failure)
{
    int is_terminated =
        !self->is_interactive && apr_atomic_read32(&self->interrupts) > 1;
    apr_uint32_t number = apr_atomic_read32(&self->signal);
    self->options->status = WSMAN_EXIT_REMOTE;
    if (number || (is_terminated && failure)) {
        self->options->status = 128 + (number ? (int)number : SIGINT);
        return NULL;
    }
    if (self->send_failure)
        return wsm_failure_copy(self->send_failure, self->pool);
    if (self->output_error && self->output_error != EPIPE)
        return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                "cannot write the output: %s",
                                strerror(self->output_error));
    if (failure || self->output_error || apr_atomic_read32(&self->quit))
        return apr_atomic_read32(&self->quit) ? NULL : failure;
    if (apr_atomic_read32(&self->detach))
        self->options->status = WSMAN_EXIT_OK;
    else if (self->has_exit_code)
        self->options->status = exit_status(self->exit_code);
    else
        return wsm_failure_make(self->pool, WSM_FAILURE_ANSWER, 0,
                                "the command ended, but its exit code was not "
                                "told");
    return NULL;
}

wsm_failure_t *wsman_remote_end(wsman_remote_t *self, wsm_failure_t *failure)
{
    apr_atomic_set32(&self->is_over, 1);
    if (apr_atomic_read32(&self->detach))
        failure = NULL; /* that of the Receive, which we gave up */
    else if (self->sender)
        apr_atomic_set32(&self->stop, 1);
    wsman_remote_send_end(self);
    wsman_remote_watch_end(self);
    apr_atomic_set32(&self->stop, 0);
    if (apr_atomic_read32(&self->detach))
        failure = leave(self);
    clear_away(self, !failure && !apr_atomic_read32(&self->signal));
    failure = sum_up(self, failure);
    if (self->send_pool)
        apr_pool_destroy(self->send_pool);
    return failure;
}
