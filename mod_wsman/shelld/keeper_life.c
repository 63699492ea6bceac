/* keeper_life.c - the states of a shell, and what time does to it.
 */
#include "keeper_private.h"

#include <string.h>
#include <sys/socket.h>

#include <apr_strings.h>

#define TIMED_OUT 2150858793u

/* A report that did not fit is sent again so soon. */
#define REPORT_AGAIN apr_time_from_msec(50)

/* ---- what the main process is told */

static int send_report(keeper_t *self, report_what_e what, const char *fields,
                       apr_size_t length)
{
    report_t report = {0};
    struct iovec parts[2] = {{&report, sizeof(report)}, {NULL, length}};
    struct msghdr message = {0};

    report.keeper = getpid();
    report.what = what;
    report.state = self->shell.state;
    report.buffer = self->shell.buffer;
    report.commands = (apr_uint32_t)keeper_command_count(self);
    report.idle_timeout = self->idle_timeout;
    memcpy(&parts[1].iov_base, &fields, sizeof(fields));
    message.msg_iov = parts;
    message.msg_iovlen = length > 0 ? 2 : 1;
    return sendmsg(self->report_fd, &message,
                   MSG_NOSIGNAL | (what == REPORT_STATE ? MSG_DONTWAIT : 0)) >=
           0;
}

void keeper_report(keeper_t *self)
{
    wsm_shell_message_t message;
    wsm_shell_t shell;
    apr_pool_t *pool;

    if (self->phase == KEEPER_ENDING) {
        (void)send_report(self, REPORT_GONE, NULL, 0);
        return;
    }
    apr_pool_create(&pool, self->shell.pool);
    keeper_describe(self, &shell, self->created);
    wsm_shell_message_begin(&message, WSM_SHELL_M_OK, pool);
    wsm_shell_write(&message, &shell);
    (void)send_report(self, REPORT_OPEN,
                      message.data + sizeof(wsm_shell_head_t),
                      message.length - sizeof(wsm_shell_head_t));
    apr_pool_destroy(pool);
}

static void report_state(keeper_t *self)
{
    if (!self->report_is_due || self->phase == KEEPER_CREATING)
        return;
    if (send_report(self, REPORT_STATE, NULL, 0))
        self->report_is_due = 0;
    else
        loop_until(&self->loop, loop_now() + REPORT_AGAIN);
}

/* ---- Disconnect, Reconnect, Connect */

/** The session may be another one as often as one likes: the old one's memory
 *  is given back. */
static void set_session(keeper_t *self, const char *session)
{
    apr_pool_clear(self->session_pool);
    self->session = apr_pstrdup(self->session_pool, session);
}

static void interrupt(keeper_t *self, apr_uint32_t number, const char *why)
{
    for (request_t *one = self->requests; one != NULL; one = one->next) {
        if (one->phase != REQUEST_WAITING || one->place == NULL ||
            one->place->waiting != one)
            continue;
        keeper_refuse(self, &one->call,
                      wsm_shell_fail(one->call.pool, WSMAN_E_INTERNAL_ERROR,
                                     number, "%s", why));
    }
}

static void changed(keeper_t *self)
{
    self->report_is_due = 1;
    report_state(self);
}

/** Whoever waits for room has it now, or has it no more. */
static void tell_room(keeper_t *self, place_t *place)
{
    for (int i = 0; i < place->nstreams; i++) {
        keeper_stream_t *stream = &place->streams[i];

        if (!stream->was_full || keeper_stream_room(self, stream) == 0)
            continue;
        stream->was_full = 0;
        if (self->kind->room != NULL)
            self->kind->room(self, stream);
    }
}

void keeper_disconnect(keeper_t *self, request_t *request)
{
    const wsm_shell_request_t *asked = &request->asked;
    const apr_interval_time_t most =
        self->shell.policy->limits.max_idle_timeout;
    wsm_error_t *err = NULL;

    if (self->shell.state == WSM_SHELL_DISCONNECTED)
        err = wsm_shell_fail(request->call.pool, WSMAN_E_INVALID_PARAMETER,
                             2150859215u, "The shell is disconnected already");
    else if (!self->had_session)
        err = wsm_shell_fail(request->call.pool, WSMAN_E_UNSUPPORTED_FEATURE,
                             2150859205u,
                             "The shell was made without a session, and cannot "
                             "be disconnected");
    if (err != NULL) {
        keeper_refuse(self, &request->call, err);
        return;
    }
    if (asked->idle_timeout > 0)
        self->idle_timeout =
            asked->idle_timeout < most ? asked->idle_timeout : most;
    if (asked->buffer != WSM_SHELL_BUFFER_UNSET)
        self->shell.buffer = asked->buffer;
    self->shell.state = WSM_SHELL_DISCONNECTED;
    interrupt(self, 2150859204u, "The shell was disconnected");
    tell_room(self, &self->place);
    for (command_t *one = self->commands; one != NULL; one = one->next)
        tell_room(self, &one->place);
    changed(self);
    keeper_answer(self, &request->call);
}

static int is_same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

void keeper_reconnect(keeper_t *self, request_t *request)
{
    wsm_error_t *err = NULL;

    if (self->shell.state == WSM_SHELL_CONNECTED)
        err = wsm_shell_fail(request->call.pool, WSMAN_E_INVALID_PARAMETER,
                             2150859216u, "The shell is connected");
    else if (!is_same(self->session, request->asked.caller.session))
        err = wsm_shell_fail(request->call.pool, WSMAN_E_INVALID_PARAMETER,
                             2150859206u,
                             "The shell belongs to another client's session: "
                             "connect to it");
    if (err != NULL) {
        keeper_refuse(self, &request->call, err);
        return;
    }
    self->shell.state = WSM_SHELL_CONNECTED;
    changed(self);
    keeper_answer(self, &request->call);
}

void keeper_connect(keeper_t *self, request_t *request)
{
    if (self->shell.state == WSM_SHELL_CONNECTED) {
        keeper_refuse(self, &request->call,
                      wsm_shell_fail(request->call.pool,
                                     WSMAN_E_INVALID_PARAMETER, 2150859216u,
                                     "The shell is connected to a client"));
        return;
    }
    if (self->kind->connect != NULL) {
        self->kind->connect(self, &request->call, request->asked.bytes);
        return;
    }
    keeper_answer(self, &request->call);
}

void keeper_connected(keeper_t *self, const request_t *request)
{
    self->shell.state = WSM_SHELL_CONNECTED;
    set_session(self, request->asked.caller.session);
    changed(self);
}

/* ---- the end */

void keeper_close(keeper_t *self)
{
    if (self->phase >= KEEPER_CLOSING)
        return;
    if (self->phase == KEEPER_CREATING || self->kind->close == NULL) {
        self->phase = KEEPER_ENDING;
        return;
    }
    self->phase = KEEPER_CLOSING;
    self->close_by = loop_now() + KEEPER_CLOSE_GRACE;
    self->kind->close(self);
}

void keeper_closed(keeper_t *self)
{
    self->phase = KEEPER_ENDING;
}

/* ---- times */

void keeper_wake(keeper_t *self, apr_time_t when)
{
    self->wake = when != 0 ? loop_time(when) : 0;
}

/** Those that have waited as long as they may. */
static void end_waits(keeper_t *self, apr_time_t now)
{
    for (request_t *one = self->requests; one != NULL; one = one->next) {
        if (one->phase != REQUEST_WAITING || one == self->deleter)
            continue;
        if (one->asked.deadline > now) {
            loop_until(&self->loop, one->asked.deadline);
            continue;
        }
        if (one->place == NULL && self->kind != NULL &&
            self->kind->gone != NULL)
            self->kind->gone(self, &one->call);
        keeper_refuse(self, &one->call,
                      wsm_shell_fail(one->call.pool, WSMAN_E_TIMED_OUT,
                                     TIMED_OUT,
                                     "The operation did not complete within "
                                     "the OperationTimeout"));
    }
}

static void end_lingering(keeper_t *self, place_t *place, apr_time_t now)
{
    if (place->waiting == NULL || place->waiting->linger == 0)
        return;
    if (place->waiting->linger <= now)
        keeper_receive_try(self, place);
    else
        loop_until(&self->loop, place->waiting->linger);
}

static int is_in_use(const keeper_t *self)
{
    for (const request_t *one = self->requests; one != NULL; one = one->next)
        if (one->phase != REQUEST_OVER)
            return 1;
    return 0;
}

/** @return true if the shell has lived long enough */
static int is_expired(keeper_t *self, apr_time_t now)
{
    apr_time_t end = self->lifetime > 0 ? self->created + self->lifetime : 0;

    if (end != 0 && end <= now) {
        keeper_log(self, WSMAN_LOG_INFO, "its lifetime is over");
        return 1;
    }
    loop_until(&self->loop, end);
    if (is_in_use(self))
        return 0;
    end = self->used + self->idle_timeout;
    if (end <= now) {
        keeper_log(self, WSMAN_LOG_INFO, "nobody has used it for too long");
        return 1;
    }
    loop_until(&self->loop, end);
    return 0;
}

void keeper_times(keeper_t *self)
{
    const apr_time_t now = loop_now();

    end_waits(self, now);
    end_lingering(self, &self->place, now);
    for (command_t *one = self->commands; one != NULL; one = one->next)
        end_lingering(self, &one->place, now);
    if (self->wake != 0 && self->wake <= now) {
        self->wake = 0;
        self->kind->tick(self);
    }
    loop_until(&self->loop, self->wake);
    report_state(self);
    if (self->phase == KEEPER_OPEN && is_expired(self, now))
        keeper_close(self);
    if (self->phase == KEEPER_CLOSING) {
        if (self->close_by <= now)
            self->phase = KEEPER_ENDING;
        loop_until(&self->loop, self->close_by);
    }
}
