/* keeper_request.c - connections of a keeper: a request comes in, waits, is
 * answered, and after output says whether that has arrived.
 */
#include "keeper_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HALF_TIME apr_time_from_sec(10) /* for a request to come in */
/* Requests at a time, and what of them may be in memory before others are read
 * any further. */
#define MAX_REQUESTS 512
#define MAX_INCOMING (32u * 1024 * 1024)
#define FIRST_ROOM   1024

static void over(request_t *self)
{
    if (self->fd >= 0)
        close(self->fd);
    self->fd = -1;
    self->phase = REQUEST_OVER;
    self->keeper->used = loop_now();
}

void keeper_request_drop(request_t *self)
{
    keeper_t *keeper = self->keeper;

    if (self->phase == REQUEST_OVER)
        return;
    if (self->phase == REQUEST_WAITING) {
        if (self->place != NULL && self->place->waiting == self)
            self->place->waiting = NULL;
        else if (keeper->kind != NULL && keeper->kind->gone != NULL)
            keeper->kind->gone(keeper, &self->call);
    }
    /* Nobody knows the shell. */
    if (self->asked.type == WSM_SHELL_M_CREATE)
        keeper_close(keeper);
    if (self->place != NULL && self->place->leasing == self)
        keeper_settle(keeper, self, 0);
    if (keeper->deleter == self)
        keeper->deleter = NULL;
    over(self);
}

/* ---- answers */

static void push(request_t *self)
{
    while (self->sent < self->answer.length) {
        ssize_t done = send(self->fd, self->answer.data + self->sent,
                            self->answer.length - self->sent, MSG_NOSIGNAL);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0 && errno == EAGAIN)
            return;
        if (done <= 0) {
            keeper_request_drop(self);
            return;
        }
        self->sent += (apr_size_t)done;
    }
    if (self->place != NULL && self->place->leasing == self) {
        self->phase = REQUEST_SETTLING;
        self->got = 0;
    } else
        over(self);
}

void keeper_request_send(request_t *self)
{
    if (self->phase != REQUEST_WAITING)
        return;
    self->phase = REQUEST_ANSWERING;
    self->sent = 0;
    push(self);
}

static request_t *request_of(keeper_call_t *call)
{
    return (request_t *)(void *)call;
}

void keeper_refuse(keeper_t *self, keeper_call_t *call, wsm_error_t *err)
{
    request_t *request = request_of(call);
    command_t *command = (command_t *)(void *)call->command;

    if (request->phase != REQUEST_WAITING)
        return;
    wsm_shell_error_write(&request->answer, err, call->pool);
    if (request->place != NULL && request->place->waiting == request)
        request->place->waiting = NULL;
    if (call->type == WSM_SHELL_M_COMMAND && command != NULL)
        keeper_command_forget(self, command);
    keeper_request_send(request);
    if (call->type == WSM_SHELL_M_CREATE)
        keeper_close(self);
}

/* ---- what comes in */

static void understand(request_t *self)
{
    wsm_shell_head_t head;
    wsm_shell_cursor_t fields;

    memcpy(&head, self->in, sizeof(head));
    wsm_shell_cursor_begin(&fields, self->in + sizeof(head), head.length);
    self->asked.type = (wsm_shell_message_e)head.type;
    self->call.type = self->asked.type;
    self->phase = REQUEST_WAITING;
    if (head.type < WSM_SHELL_M_CREATE || head.type > WSM_SHELL_M_CONNECT ||
        !wsm_shell_request_read(&self->asked, &fields, 0, self->call.pool)) {
        keeper_refuse(self->keeper, &self->call,
                      wsm_fail(self->call.pool, WSMAN_E_INTERNAL_ERROR,
                               "The request to the shell is broken"));
        return;
    }
    self->asked.deadline = loop_time(self->asked.deadline);
    keeper_dispatch(self->keeper, self);
}

/** What a SETTLE says. */
static void settle(request_t *self)
{
    wsm_shell_cursor_t fields;
    wsm_shell_field_t field;
    wsm_shell_head_t head;
    int is_sent = 0;

    memcpy(&head, self->in, sizeof(head));
    wsm_shell_cursor_begin(&fields, self->in + sizeof(head), head.length);
    while (wsm_shell_cursor_next(&fields, &field))
        if (field.tag == WSM_SHELL_F_FLAG)
            is_sent = wsm_shell_field_number(&field) != 0;
    keeper_settle(self->keeper, self,
                  is_sent && head.type == WSM_SHELL_M_SETTLE);
    over(self);
}

/** How long the message is, as far as one knows; 0: it is none. */
static apr_size_t wanted(const request_t *self)
{
    wsm_shell_head_t head;

    if (self->got < sizeof(head))
        return sizeof(head);
    memcpy(&head, self->in, sizeof(head));
    if (!wsm_shell_head_is_good(&head) ||
        (self->phase == REQUEST_SETTLING && head.length > FIRST_ROOM))
        return 0;
    return sizeof(head) + head.length;
}

static void make_room(request_t *self, apr_size_t need)
{
    apr_size_t room = self->room == 0 ? FIRST_ROOM : self->room;

    /* Not at once what the head says, but as it comes. */
    if (self->got == room)
        room *= 2;
    if (room > need && need > sizeof(wsm_shell_head_t))
        room = need;
    if (room <= self->room)
        return;
    self->in = realloc(self->in, room);
    if (self->in == NULL)
        abort();
    self->room = room;
}

static void take(request_t *self)
{
    for (;;) {
        apr_size_t need = wanted(self);
        apr_size_t most;
        ssize_t got;

        if (need == 0) {
            keeper_request_drop(self);
            return;
        }
        if (self->got == need && need > sizeof(wsm_shell_head_t)) {
            (self->phase == REQUEST_SETTLING ? settle : understand)(self);
            return;
        }
        if (self->got == need) { /* a message without fields */
            keeper_request_drop(self);
            return;
        }
        make_room(self, need);
        most = need < self->room ? need : self->room;
        got = recv(self->fd, self->in + self->got, most - self->got, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0) {
            keeper_request_drop(self);
            return;
        }
        self->got += (apr_size_t)got;
    }
}

static void is_ready(void *baton, void *object, short events)
{
    request_t *self = object;

    (void)baton;
    (void)events;
    switch (self->phase) {
    case REQUEST_READING:
    case REQUEST_SETTLING:
        take(self);
        break;
    case REQUEST_WAITING: /* it can only be the end */
        keeper_request_drop(self);
        break;
    case REQUEST_ANSWERING:
        push(self);
        break;
    case REQUEST_OVER:
        break;
    }
}

/** Whoever came first is read whole; all of them together would be too much. */
static int must_wait(const request_t *self)
{
    apr_size_t incoming = 0;

    for (const request_t *one = self->keeper->requests; one != self;
         one = one->next)
        if (one->phase != REQUEST_OVER)
            incoming += one->room;
    return incoming > MAX_INCOMING;
}

void keeper_request_watch(request_t *self, loop_t *loop)
{
    if (self->phase == REQUEST_OVER)
        return;
    if (self->phase == REQUEST_READING)
        loop_until(loop, self->since + HALF_TIME);
    if (self->phase == REQUEST_READING && must_wait(self))
        return;
    loop_add(loop, self->fd,
             self->phase == REQUEST_ANSWERING ? POLLOUT : POLLIN, is_ready,
             NULL, self);
}

void keeper_request_add(keeper_t *self, int fd, const char *data,
                        apr_size_t length)
{
    apr_pool_t *pool;
    request_t *request, **last = &self->requests;
    int count = 0;

    /* In the order in which they came. */
    for (; *last != NULL; last = &(*last)->next)
        count++;
    if (count >= MAX_REQUESTS) {
        close(fd);
        return;
    }
    apr_pool_create(&pool, self->shell.pool);
    request = apr_pcalloc(pool, sizeof(*request));
    request->call.pool = pool;
    request->keeper = self;
    request->fd = fd;
    request->since = loop_now();
    request->room = length > FIRST_ROOM ? length : FIRST_ROOM;
    request->in = malloc(request->room);
    if (request->in == NULL)
        abort();
    memcpy(request->in, data, length);
    request->got = length;
    *last = request;
    request->used = self->used;
    self->used = request->since;
    take(request);
}

void keeper_requests_settle(keeper_t *self)
{
    for (request_t *one = self->requests; one != NULL; one = one->next)
        if (one->phase == REQUEST_SETTLING)
            take(one);
}

void keeper_requests_sweep(keeper_t *self)
{
    const apr_time_t now = loop_now();
    request_t **at = &self->requests;

    while (*at != NULL) {
        request_t *request = *at;

        if (request->phase == REQUEST_READING &&
            request->since + HALF_TIME <= now)
            keeper_request_drop(request);
        if (request->phase != REQUEST_OVER) {
            at = &request->next;
            continue;
        }
        *at = request->next;
        free(request->in);
        apr_pool_destroy(request->call.pool);
    }
}
