/* shelld_connection.c - connections of httpd's processes: reading the
 * beginning of what they want.
 */
#include "shelld.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../include/wsman_provider.h"

/* Those that the main process reads at a time; the next ones wait in the
 * kernel's queue. */
#define MAX_CONNECTIONS 256
#define HALF_TIME       apr_time_from_sec(10)
/* What all answers have that nobody reads */
#define MAX_UNREAD (64u * 1024 * 1024)
/* Where there are no descriptors, it is tried again so soon. */
#define ACCEPT_AGAIN apr_time_from_msec(100)

void shelld_connection_over(connection_t *self)
{
    if (self->phase == CONNECTION_OVER)
        return;
    close(self->fd);
    free(self->answer);
    self->answer = NULL;
    self->phase = CONNECTION_OVER;
}

/* ---- answers of the main process itself */

static void push(connection_t *self)
{
    while (self->sent < self->length) {
        ssize_t done = send(self->fd, self->answer + self->sent,
                            self->length - self->sent, MSG_NOSIGNAL);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0 && errno == EAGAIN)
            return;
        if (done <= 0)
            break;
        self->sent += (apr_size_t)done;
    }
    shelld_connection_over(self);
}

/** Who asks and does not read must not fill the memory: the oldest answers go.
 */
static void make_room(const shelld_t *self, apr_size_t length)
{
    for (;;) {
        connection_t *oldest = NULL;
        apr_size_t unread = 0;

        for (connection_t *one = self->connections; one != NULL;
             one = one->next)
            if (one->phase == CONNECTION_ANSWERING) {
                unread += one->length;
                oldest = one;
            }
        if (oldest == NULL || unread + length <= MAX_UNREAD)
            return;
        shelld_connection_over(oldest);
    }
}

void shelld_answer(connection_t *self, const char *data, apr_size_t length)
{
    make_room(self->daemon, length);
    self->answer = malloc(length);
    if (self->answer == NULL)
        abort();
    memcpy(self->answer, data, length);
    self->length = length;
    self->phase = CONNECTION_ANSWERING;
    /* What it says more (a long request) is not read: closing with unread
     * bytes would take the answer away. */
    (void)shutdown(self->fd, SHUT_RD);
    push(self);
}

void shelld_refuse(connection_t *self, wsm_error_t *err, apr_pool_t *pool)
{
    wsm_shell_message_t message;

    wsm_shell_error_write(&message, err, pool);
    shelld_answer(self, message.data, message.length);
}

/* ---- requests */

static void understand(connection_t *self, const wsm_shell_head_t *head)
{
    const apr_size_t there = self->got - sizeof(*head);
    wsm_shell_request_t request = {0};
    wsm_shell_cursor_t fields;
    apr_pool_t *pool;

    apr_pool_create(&pool, self->daemon->pool);
    request.type = (wsm_shell_message_e)head->type;
    wsm_shell_cursor_begin(&fields, self->data + sizeof(*head), there);
    if (head->type < WSM_SHELL_M_CREATE || head->type > WSM_SHELL_M_CONNECT ||
        !wsm_shell_request_read(&request, &fields, 1, pool))
        shelld_refuse(self,
                      wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                               "The request to the shell daemon is broken"),
                      pool);
    else
        shelld_dispatch(self->daemon, self, &request, pool);
    apr_pool_destroy(pool);
}

static void refuse_version(connection_t *self)
{
    apr_pool_t *pool;

    apr_pool_create(&pool, self->daemon->pool);
    shelld_refuse(self,
                  wsm_fail(pool, WSMAN_E_RESOURCE_OFFLINE,
                           "The shell daemon is of another version: restart "
                           "httpd"),
                  pool);
    apr_pool_destroy(pool);
}

static void look(connection_t *self)
{
    wsm_shell_head_t head;
    apr_size_t need;

    if (self->got < sizeof(head))
        return;
    memcpy(&head, self->data, sizeof(head));
    if (head.magic != WSM_SHELL_MAGIC || head.length > WSM_SHELL_MAX_MESSAGE) {
        shelld_connection_over(self);
        return;
    }
    if (head.version != WSM_SHELL_VERSION) {
        refuse_version(self);
        return;
    }
    need = head.length < WSM_SHELL_REQUEST_START ? head.length
                                                 : WSM_SHELL_REQUEST_START;
    if (self->got >= sizeof(head) + need)
        understand(self, &head);
}

/** Reads no more than the message: it is the keeper's. */
static apr_size_t most(const connection_t *self)
{
    wsm_shell_head_t head;
    apr_size_t need;

    if (self->got < sizeof(head))
        return sizeof(head) - self->got;
    memcpy(&head, self->data, sizeof(head));
    need = sizeof(head) + (head.length < WSM_SHELL_REQUEST_START
                               ? head.length
                               : WSM_SHELL_REQUEST_START);
    return need - self->got;
}

static void is_ready(void *baton, void *object, short events)
{
    connection_t *self = object;
    ssize_t got;

    (void)baton;
    (void)events;
    if (self->phase == CONNECTION_ANSWERING) {
        push(self);
        return;
    }
    while (self->phase == CONNECTION_READING) {
        got = recv(self->fd, self->data + self->got, most(self), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0) {
            shelld_connection_over(self);
            return;
        }
        self->got += (apr_size_t)got;
        look(self);
    }
}

void shelld_connection_watch(connection_t *self, loop_t *loop)
{
    if (self->phase == CONNECTION_OVER)
        return;
    if (self->phase != CONNECTION_HANDING)
        loop_add(loop, self->fd,
                 self->phase == CONNECTION_ANSWERING ? POLLOUT : POLLIN,
                 is_ready, NULL, self);
    loop_until(loop, self->since + HALF_TIME);
}

/** Those that have nothing to say must not take all places: httpd says at once
 *  what it wants. */
static void make_place(shelld_t *self)
{
    connection_t *oldest = NULL;

    if (self->nconnections < MAX_CONNECTIONS)
        return;
    for (connection_t *one = self->connections; one != NULL; one = one->next)
        if (one->phase == CONNECTION_READING)
            oldest = one;
    if (oldest != NULL)
        shelld_connection_over(oldest);
}

void shelld_connections_sweep(shelld_t *self)
{
    const apr_time_t now = loop_now();
    connection_t **at = &self->connections;

    make_place(self);
    while (*at != NULL) {
        connection_t *one = *at;

        if (one->since + HALF_TIME <= now)
            shelld_connection_over(one);
        if (one->phase != CONNECTION_OVER) {
            at = &one->next;
            continue;
        }
        *at = one->next;
        if (one->shell != NULL && one->shell->pending == one)
            one->shell->pending = NULL;
        free(one);
        self->nconnections--;
    }
}

/* ---- new ones */

static int is_child(const shelld_t *self, int fd)
{
    struct ucred peer;
    socklen_t length = sizeof(peer);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
           peer.uid == self->policy->child_uid;
}

int shelld_may_accept(const shelld_t *self)
{
    return self->nconnections < MAX_CONNECTIONS &&
           self->accept_after <= loop_now();
}

void shelld_accept(void *daemon, void *object, short events)
{
    shelld_t *self = daemon;
    connection_t *connection;
    int fd;

    (void)object;
    (void)events;
    while (shelld_may_accept(self)) {
        fd = accept4(WSM_SHELL_FD_LISTEN, NULL, NULL,
                     SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0 && errno == EINTR)
            continue;
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE)
                self->accept_after = loop_now() + ACCEPT_AGAIN;
            return;
        }
        if (!is_child(self, fd)) {
            shelld_log(WSMAN_LOG_WARNING, "a connection of somebody else than "
                                          "httpd was closed");
            close(fd);
            continue;
        }
        connection = calloc(1, sizeof(*connection));
        if (connection == NULL)
            abort();
        connection->daemon = self;
        connection->fd = fd;
        connection->since = loop_now();
        connection->next = self->connections;
        self->connections = connection;
        self->nconnections++;
        /* It is probably there already. */
        is_ready(NULL, connection, POLLIN);
    }
}
