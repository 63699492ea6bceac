/* wsman_remote_input.c - our standard input goes to the remote command. */
#include "wsman_remote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <apr_atomic.h>

#include "wsman_report.h"

/** Of an envelope, what is around the input. */
#define AROUND 8192
#define LEAST  4096
/** A terminal hands over a line at a time, which is no longer than this. */
#define LINE 4096
/** How long output may still come when the input is not taken any more: the
 *  command may have ended before it has read everything. */
#define PATIENCE_MS 2000

#define STDIN "stdin"

static const char help[] = "  ~.  end the shell\n"
                           "  ~d  leave it, for --attach\n"
                           "  ~~  a line that begins with ~\n"
                           "  ~?  this\n"
                           "(at the beginning of a line, and with Enter)";

/** Bytes of input in one request: the service has been told that envelopes of
 *  that size are all right, so its own limit will hardly be smaller. */
static apr_size_t chunk_size(const wsman_remote_t *self)
{
    apr_size_t envelope = self->options->client.max_envelope;
    if (self->is_interactive)
        return LINE;
    if (envelope > WSM_CLIENT_MAX_REQUEST / 2)
        envelope = WSM_CLIENT_MAX_REQUEST / 2;
    if (envelope < AROUND + LEAST)
        return LEAST;
    return (envelope - AROUND) / 4 * 3;
}

/** @return false if nothing comes in that time, or the sender is woken */
static int can_read(const wsman_remote_t *self, int timeout)
{
    struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                           {.fd = self->wake[0], .events = POLLIN}};
    int count;
    do
        count = poll(fds, 2, timeout);
    while (count < 0 && errno == EINTR);
    return count > 0 && !fds[1].revents;
}

/** Waits for input, and takes what is there.
 *  @param end  set to true when nothing follows
 *  @return false if the sender is woken */
static int read_chunk(const wsman_remote_t *self, char *data, apr_size_t size,
                      apr_size_t *length, int *end)
{
    *length = 0;
    if (!can_read(self, -1))
        return 0;
    do {
        ssize_t n = read(STDIN_FILENO, data + *length, size - *length);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0) {
            *end = 1;
            return 1;
        }
        *length += (apr_size_t)n;
    } while (!self->is_interactive && *length < size && can_read(self, 0));
    return 1;
}

/* ---- Lines for us */

typedef enum escape_e {
    ESCAPE_NONE,
    ESCAPE_DROP, /* the line is not for the command */
    ESCAPE_QUIT
} escape_e;

static escape_e escape(wsman_remote_t *self, char *line, apr_size_t *length)
{
    if (*length < 2 || line[0] != '~')
        return ESCAPE_NONE;
    if (line[1] == '~') {
        memmove(line, line + 1, --*length);
        return ESCAPE_NONE;
    }
    if (*length != 3 || line[2] != '\n')
        return ESCAPE_NONE;
    switch (line[1]) {
    case '?':
        wsman_report_line(help);
        return ESCAPE_DROP;
    case '.':
        apr_atomic_set32(&self->quit, 1);
        return ESCAPE_QUIT;
    case 'd':
        apr_atomic_set32(&self->detach, 1);
        return ESCAPE_QUIT;
    default:
        return ESCAPE_NONE;
    }
}

/* ---- Sending */

/** A command that does not read makes the service wait, and then say that it
 *  has timed out. */
static wsm_failure_t *send_chunk(wsman_remote_t *self, const char *data,
                                 apr_size_t length, int end, apr_pool_t *pool)
{
    wsm_failure_t *failure;
    apr_time_t since = 0;
    int again;
    do {
        apr_pool_clear(pool);
        failure =
            wsm_client_shell_send(self->input, &self->shell, self->command_id,
                                  STDIN, data, length, end, pool);
        again =
            failure && (wsm_client_fault_is(failure, WSM_CLIENT_TIMED_OUT) ||
                        wsman_remote_try_again(self, failure, 0, &since));
    } while (again && !apr_atomic_read32(&self->is_over) &&
             !apr_atomic_read32(&self->stop));
    return failure;
}

static void broke(wsman_remote_t *self, wsm_failure_t *failure)
{
    struct pollfd fd = {.fd = self->wake[0], .events = POLLIN};
    if (failure->kind == WSM_FAILURE_FAULT)
        poll(&fd, 1, PATIENCE_MS);
    if (apr_atomic_read32(&self->is_over))
        return;
    self->send_failure = failure;
    wsman_remote_give_up(self, 0);
}

static void *APR_THREAD_FUNC run(apr_thread_t *thread, void *baton)
{
    wsman_remote_t *self = baton;
    apr_size_t size = chunk_size(self), length;
    char *data = apr_palloc(self->send_pool, size);
    wsm_failure_t *failure = NULL;
    apr_pool_t *turn;
    int end = 0, begins = 1;
    (void)thread;
    apr_pool_create(&turn, self->send_pool);
    while (!end && !failure && read_chunk(self, data, size, &length, &end)) {
        escape_e what = self->is_interactive && begins && !end
                            ? escape(self, data, &length)
                            : ESCAPE_NONE;
        begins = !length || data[length - 1] == '\n';
        if (what == ESCAPE_QUIT) {
            wsman_remote_give_up(self, 0);
            break;
        }
        if (what == ESCAPE_NONE)
            failure = send_chunk(self, data, length, end, turn);
    }
    if (failure)
        broke(self, failure);
    return NULL;
}

wsm_failure_t *wsman_remote_send_start(wsman_remote_t *self)
{
    apr_pool_create(&self->send_pool, NULL);
    if (apr_thread_create(&self->sender, NULL, run, self, self->pool))
        return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                "no thread can be made");
    return NULL;
}

void wsman_remote_send_end(wsman_remote_t *self)
{
    apr_status_t status;
    if (!self->sender)
        return;
    close(self->wake[1]);
    self->wake[1] = -1;
    apr_thread_join(&status, self->sender);
    self->sender = NULL;
}
