/* wsm_shell_client.c - the calls of the shell daemon: one connection each.
 */
#include "wsm_shell_request.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long one waits before one asks again whether anybody still waits. */
#define SLICE apr_time_from_sec(1)

/* The daemon knows the deadline, too, and its word counts: whether input was
 * taken, it alone can say.  So it is given this time more. */
#define SLACK apr_time_from_sec(2)

#define TIMED_OUT 2150858793u
#define ABORTED   995u

/** One connection. */
typedef struct link_t {
    const wsm_shell_service_t *service;
    apr_time_t deadline;
    apr_pool_t *pool;
    int fd;
} link_t;

static wsm_error_t *ended(apr_pool_t *pool)
{
    return wsm_shell_fail(pool, WSMAN_E_INTERNAL_ERROR, ABORTED,
                          "The shell daemon ended the call before it was "
                          "answered");
}

/** Waits until the connection is ready. */
static wsm_error_t *wait_for(const link_t *self, short events)
{
    for (;;) {
        struct pollfd entry = {self->fd, events, 0};
        apr_interval_time_t left = self->deadline + SLACK - apr_time_now();
        int got;

        if (self->service->cancelled != NULL &&
            self->service->cancelled(self->service->baton))
            return ended(self->pool);
        if (left <= 0)
            return wsm_shell_fail(self->pool, WSMAN_E_TIMED_OUT, TIMED_OUT,
                                  "The shell daemon did not answer within the "
                                  "OperationTimeout");
        if (left > SLICE)
            left = SLICE;
        got = poll(&entry, 1, (int)((left + 999) / 1000));
        if (got > 0)
            return NULL;
        if (got < 0 && errno != EINTR)
            return wsm_error_make(self->pool, WSMAN_E_INTERNAL_ERROR, errno,
                                  NULL, "Waiting for the shell daemon failed");
    }
}

static wsm_error_t *put(const link_t *self, const char *data, apr_size_t length)
{
    while (length > 0) {
        ssize_t done = send(self->fd, data, length, MSG_NOSIGNAL);

        if (done > 0) {
            data += done;
            length -= (apr_size_t)done;
        } else if (done < 0 && (errno == EAGAIN || errno == EINTR)) {
            wsm_error_t *err = wait_for(self, POLLOUT);

            if (err != NULL)
                return err;
        } else {
            /* It may have said why before it hung up. */
            return NULL;
        }
    }
    return NULL;
}

static wsm_error_t *get(const link_t *self, char *data, apr_size_t length)
{
    while (length > 0) {
        ssize_t done = recv(self->fd, data, length, 0);

        if (done > 0) {
            data += done;
            length -= (apr_size_t)done;
        } else if (done < 0 && (errno == EAGAIN || errno == EINTR)) {
            wsm_error_t *err = wait_for(self, POLLIN);

            if (err != NULL)
                return err;
        } else
            return ended(self->pool);
    }
    return NULL;
}

/** Reads an answer; an answer that says that it failed is an error. */
static wsm_error_t *answer(wsm_shell_cursor_t *fields, const link_t *self,
                           wsm_shell_message_e expected)
{
    wsm_shell_head_t head;
    wsm_error_t *err = get(self, (char *)&head, sizeof(head));
    char *data;

    if (err != NULL)
        return err;
    if (!wsm_shell_head_is_good(&head))
        return wsm_fail(self->pool, WSMAN_E_RESOURCE_OFFLINE,
                        "The shell daemon is of another version: restart "
                        "httpd");
    data = apr_palloc(self->pool, (apr_size_t)head.length + 1);
    err = get(self, data, head.length);
    if (err != NULL)
        return err;
    wsm_shell_cursor_begin(fields, data, head.length);
    if (head.type == WSM_SHELL_M_FAILED)
        return wsm_shell_error_read(fields, self->pool);
    if (head.type != expected)
        return wsm_fail(self->pool, WSMAN_E_INTERNAL_ERROR,
                        "The shell daemon answered something else");
    return NULL;
}

/** Asks and reads the answer.
 *  @param keep  NULL, or out: the connection, which stays open on success */
static wsm_error_t *call(wsm_shell_cursor_t *fields, int *keep,
                         const wsm_shell_service_t *service,
                         wsm_shell_request_t *request,
                         wsm_shell_message_e expected, apr_pool_t *pool)
{
    link_t self = {service, request->deadline, pool, -1};
    wsm_shell_message_t message;
    wsm_error_t *err;

    wsm_shell_message_begin(&message, request->type, pool);
    wsm_shell_request_write(&message, request);
    if (!wsm_shell_message_end(&message))
        return wsm_fail(pool, WSMAN_E_ENCODING_SERVICE_ENVELOPE,
                        "The request is too long for a shell");
    err = service->connect(&self.fd, service->baton, pool);
    if (err != NULL)
        return err;
    err = put(&self, message.data, message.length);
    if (err == NULL)
        err = answer(fields, &self, expected);
    if (err == NULL && keep != NULL)
        *keep = self.fd;
    else
        close(self.fd);
    return err;
}

static wsm_shell_request_t begin(wsm_shell_message_e type,
                                 const wsm_shell_caller_t *caller,
                                 const char *shell_id, apr_time_t deadline)
{
    wsm_shell_request_t request = {0};

    request.type = type;
    request.caller = *caller;
    request.shell_id = shell_id;
    request.deadline = deadline;
    return request;
}

static wsm_error_t *not_understood(apr_pool_t *pool)
{
    return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                    "The shell daemon's answer is not understood");
}

/** A call whose answer says nothing. */
static wsm_error_t *simple(const wsm_shell_service_t *service,
                           wsm_shell_request_t *request, apr_pool_t *pool)
{
    wsm_shell_cursor_t fields;

    return call(&fields, NULL, service, request, WSM_SHELL_M_OK, pool);
}

static wsm_error_t *call_for_shells(const wsm_shell_t *const **shells,
                                    int *nshells,
                                    const wsm_shell_service_t *service,
                                    wsm_shell_request_t *request,
                                    apr_pool_t *pool)
{
    wsm_shell_cursor_t fields;
    wsm_error_t *err =
        call(&fields, NULL, service, request, WSM_SHELL_M_OK, pool);

    if (err != NULL)
        return err;
    return wsm_shell_read_list(shells, nshells, &fields, pool)
               ? NULL
               : not_understood(pool);
}

static wsm_error_t *call_for_shell(const wsm_shell_t **shell,
                                   const wsm_shell_service_t *service,
                                   wsm_shell_request_t *request,
                                   apr_pool_t *pool)
{
    const wsm_shell_t *const *shells;
    int nshells;
    wsm_error_t *err =
        call_for_shells(&shells, &nshells, service, request, pool);

    if (err != NULL)
        return err;
    if (nshells != 1)
        return not_understood(pool);
    *shell = shells[0];
    return NULL;
}

wsm_error_t *wsm_shell_create(const wsm_shell_t **shell,
                              const wsm_shell_service_t *service,
                              const wsm_shell_caller_t *caller,
                              const wsm_shell_wish_t *wish, apr_time_t deadline,
                              apr_pool_t *pool)
{
    wsm_shell_request_t request =
        begin(WSM_SHELL_M_CREATE, caller, NULL, deadline);

    request.wish = *wish;
    return call_for_shell(shell, service, &request, pool);
}

wsm_error_t *wsm_shell_get(const wsm_shell_t **shell,
                           const wsm_shell_service_t *service,
                           const wsm_shell_caller_t *caller, const char *id,
                           apr_time_t deadline, apr_pool_t *pool)
{
    wsm_shell_request_t request = begin(WSM_SHELL_M_GET, caller, id, deadline);

    return call_for_shell(shell, service, &request, pool);
}

wsm_error_t *wsm_shell_list(const wsm_shell_t *const **shells, int *nshells,
                            const wsm_shell_service_t *service,
                            const wsm_shell_caller_t *caller,
                            apr_time_t deadline, apr_pool_t *pool)
{
    wsm_shell_request_t request =
        begin(WSM_SHELL_M_LIST, caller, NULL, deadline);

    return call_for_shells(shells, nshells, service, &request, pool);
}

wsm_error_t *wsm_shell_delete(const wsm_shell_service_t *service,
                              const wsm_shell_caller_t *caller, const char *id,
                              apr_time_t deadline, apr_pool_t *pool)
{
    wsm_shell_request_t request =
        begin(WSM_SHELL_M_DELETE, caller, id, deadline);

    return simple(service, &request, pool);
}

wsm_error_t *wsm_shell_list_commands(const wsm_shell_command_t **commands,
                                     int *ncommands,
                                     const wsm_shell_service_t *service,
                                     const wsm_shell_caller_t *caller,
                                     const char *shell_id, apr_time_t deadline,
                                     apr_pool_t *pool)
{
    wsm_shell_request_t request =
        begin(WSM_SHELL_M_LIST_COMMANDS, caller, shell_id, deadline);
    wsm_shell_cursor_t fields;
    wsm_error_t *err =
        call(&fields, NULL, service, &request, WSM_SHELL_M_OK, pool);

    if (err != NULL)
        return err;
    return wsm_shell_read_commands(commands, ncommands, &fields, pool)
               ? NULL
               : not_understood(pool);
}

wsm_error_t *wsm_shell_command(const char **id,
                               const wsm_shell_service_t *service,
                               const wsm_shell_caller_t *caller,
                               const char *shell_id,
                               const wsm_shell_command_wish_t *wish,
                               apr_time_t deadline, apr_pool_t *pool)
{
    wsm_shell_request_t request =
        begin(WSM_SHELL_M_COMMAND, caller, shell_id, deadline);
    const wsm_shell_command_t *commands;
    int ncommands;
    wsm_shell_cursor_t fields;
    wsm_error_t *err;

    request.command = *wish;
    err = call(&fields, NULL, service, &request, WSM_SHELL_M_OK, pool);
    if (err != NULL)
        return err;
    if (!wsm_shell_read_commands(&commands, &ncommands, &fields, pool) ||
        ncommands != 1)
        return not_understood(pool);
    *id = commands[0].id;
    return NULL;
}

wsm_error_t *wsm_shell_send(const wsm_shell_service_t *service,
                            const wsm_shell_caller_t *caller,
                            const char *shell_id,
                            const wsm_shell_piece_t *pieces, int npieces,
                            apr_time_t deadline, apr_pool_t *pool)
{
    wsm_shell_request_t request =
        begin(WSM_SHELL_M_SEND, caller, shell_id, deadline);

    request.pieces = pieces;
    request.npieces = npieces;
    return simple(service, &request, pool);
}

wsm_error_t *wsm_shell_receive(wsm_shell_output_t **output,
                               const wsm_shell_service_t *service,
                               const wsm_shell_caller_t *caller,
                               const char *shell_id,
                               const wsm_shell_wanted_t *wanted,
                               apr_time_t deadline, apr_pool_t *pool)
{
    wsm_shell_request_t request =
        begin(WSM_SHELL_M_RECEIVE, caller, shell_id, deadline);
    wsm_shell_output_t *got = apr_pcalloc(pool, sizeof(*got));
    wsm_shell_cursor_t fields;
    wsm_error_t *err;

    request.wanted = *wanted;
    err = call(&fields, &got->connection, service, &request, WSM_SHELL_M_OUTPUT,
               pool);
    if (err != NULL)
        return err;
    if (!wsm_shell_read_pieces(&got->pieces, &got->npieces, got, &fields,
                               pool)) {
        wsm_shell_settle(got, 0);
        return not_understood(pool);
    }
    *output = got;
    return NULL;
}

void wsm_shell_settle(wsm_shell_output_t *output, int is_sent)
{
    char room[64];
    wsm_shell_head_t head = {WSM_SHELL_MAGIC, WSM_SHELL_M_SETTLE,
                             WSM_SHELL_VERSION, 0};
    const apr_uint16_t field[2] = {WSM_SHELL_F_FLAG, 0};
    const apr_uint32_t length = sizeof(apr_int64_t);
    const apr_int64_t flag = 1;

    if (output->connection < 0)
        return;
    if (is_sent) {
        /* Written by hand: the pool may be that of a request which ends. */
        char *at = room + sizeof(head);

        head.length = sizeof(field) + sizeof(length) + sizeof(flag);
        memcpy(room, &head, sizeof(head));
        memcpy(at, field, sizeof(field));
        memcpy(at + sizeof(field), &length, sizeof(length));
        memcpy(at + sizeof(field) + sizeof(length), &flag, sizeof(flag));
        /* Nothing was sent before but the request, which was read: there is
         * room for it. */
        (void)send(output->connection, room, sizeof(head) + head.length,
                   MSG_NOSIGNAL);
    }
    close(output->connection);
    output->connection = -1;
}

wsm_error_t *wsm_shell_signal(const wsm_shell_service_t *service,
                              const wsm_shell_caller_t *caller,
                              const char *shell_id, const char *command_id,
                              wsm_shell_signal_e code, apr_time_t deadline,
                              apr_pool_t *pool)
{
    wsm_shell_request_t request =
        begin(WSM_SHELL_M_SIGNAL, caller, shell_id, deadline);

    request.command_id = command_id;
    request.signal = code;
    return simple(service, &request, pool);
}

wsm_error_t *wsm_shell_disconnect(const wsm_shell_service_t *service,
                                  const wsm_shell_caller_t *caller,
                                  const char *id,
                                  apr_interval_time_t idle_timeout,
                                  wsm_shell_buffer_e buffer,
                                  apr_time_t deadline, apr_pool_t *pool)
{
    wsm_shell_request_t request =
        begin(WSM_SHELL_M_DISCONNECT, caller, id, deadline);

    request.idle_timeout = idle_timeout;
    request.buffer = buffer;
    return simple(service, &request, pool);
}

wsm_error_t *wsm_shell_reconnect(const wsm_shell_service_t *service,
                                 const wsm_shell_caller_t *caller,
                                 const char *id, apr_time_t deadline,
                                 apr_pool_t *pool)
{
    wsm_shell_request_t request =
        begin(WSM_SHELL_M_RECONNECT, caller, id, deadline);

    return simple(service, &request, pool);
}

wsm_error_t *wsm_shell_connect(const wsm_shell_t **shell,
                               const wsm_shell_service_t *service,
                               const wsm_shell_caller_t *caller, const char *id,
                               wsm_shell_bytes_t request_bytes,
                               apr_time_t deadline, apr_pool_t *pool)
{
    wsm_shell_request_t request =
        begin(WSM_SHELL_M_CONNECT, caller, id, deadline);

    request.bytes = request_bytes;
    return call_for_shell(shell, service, &request, pool);
}
