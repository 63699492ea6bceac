/* shelld_shells.c - which shells there are, and whose.
 */
#include "shelld.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../include/wsman_provider.h"

#define NO_SHELL 2150858843u
#define MAX_ID   256
#define MAX_USER 1024

/* PAM, and the directory behind it, may take so long to begin a session, and to
 * end it. */
#define SESSION_TIME apr_time_from_sec(120)

static shell_t *find(const shelld_t *self, const char *id)
{
    for (shell_t *one = self->shells; one != NULL; one = one->next)
        if (!one->is_gone && strcasecmp(one->id, id) == 0)
            return one;
    return NULL;
}

/** Two endpoints may ask different files or realms who somebody is: the same
 *  name is the same person where he is the same account, too. */
static int may_use(const shell_t *shell, const wsm_shell_caller_t *caller)
{
    return caller->any_owner || (strcmp(shell->owner, caller->user) == 0 &&
                                 strcmp(shell->account, caller->account) == 0);
}

/* ---- reports of keepers */

static void keep_fields(shell_t *shell, const char *fields, apr_size_t length)
{
    shell->fields = apr_pmemdup(shell->pool, fields, length);
    shell->length = length;
    shell->is_open = 1;
    shell->kill_by = 0;
}

void shelld_read_reports(shelld_t *self)
{
    char data[sizeof(report_t) + 2 * REPORT_MAX_FIELDS];
    report_t report;
    ssize_t got;

    while ((got = recv(self->reports, data, sizeof(data), MSG_DONTWAIT)) > 0) {
        shell_t *shell = self->shells;

        if (got < (ssize_t)sizeof(report))
            continue;
        memcpy(&report, data, sizeof(report));
        while (shell != NULL && shell->keeper != report.keeper)
            shell = shell->next;
        if (shell == NULL)
            continue;
        shell->last = report;
        if (report.what == REPORT_GONE) {
            shell->is_gone = 1;
            shell->kill_by = loop_now() + SESSION_TIME;
        } else if (report.what == REPORT_OPEN && !shell->is_open)
            keep_fields(shell, data + sizeof(report),
                        (apr_size_t)got - sizeof(report));
    }
}

/* ---- handing over */

/** @return false if the keeper has no room for it now */
static int hand_over(shell_t *shell, connection_t *connection)
{
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {connection->data, connection->got};
    struct msghdr message = {0};
    struct cmsghdr *head;

    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.room;
    message.msg_controllen = sizeof(control.room);
    head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &connection->fd, sizeof(int));
    if (sendmsg(shell->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
        (errno == EAGAIN || errno == EINTR || errno == ENOBUFS ||
         errno == ETOOMANYREFS))
        return 0;
    /* Where the keeper has died, its end says it. */
    shelld_connection_over(connection);
    return 1;
}

static void keeper_is_ready(void *baton, void *object, short events)
{
    shell_t *shell = object;
    connection_t *connection = shell->pending;

    (void)baton;
    if (events & (POLLHUP | POLLERR)) {
        close(shell->fd);
        shell->fd = -1;
        shell->is_gone = 1;
        if (connection != NULL)
            shelld_connection_over(connection);
        return;
    }
    if (connection != NULL && connection->phase == CONNECTION_HANDING &&
        hand_over(shell, connection))
        shell->pending = NULL;
}

static connection_t *next_pending(const shell_t *shell, const shelld_t *daemon)
{
    connection_t *oldest = NULL;

    for (connection_t *one = daemon->connections; one != NULL; one = one->next)
        if (one->phase == CONNECTION_HANDING && one->shell == shell)
            oldest = one;
    return oldest;
}

void shelld_shell_watch(shell_t *self, loop_t *loop, shelld_t *daemon)
{
    if (self->pending == NULL)
        self->pending = next_pending(self, daemon);
    if (self->kill_by != 0 && self->kill_by <= loop_now()) {
        shelld_log(WSMAN_LOG_ERR,
                   "shell %s: its session does not begin or end: its keeper "
                   "is killed",
                   self->id);
        self->kill_by = 0;
        if (self->keeper > 0)
            (void)kill(self->keeper, SIGKILL);
    }
    loop_until(loop, self->kill_by);
    loop_add(loop, self->fd, self->pending != NULL ? POLLOUT : 0,
             keeper_is_ready, daemon, self);
}

void shelld_shells_sweep(shelld_t *self)
{
    shell_t **at = &self->shells;

    while (*at != NULL) {
        shell_t *one = *at;

        if (!one->is_gone || one->keeper != 0) {
            at = &one->next;
            continue;
        }
        *at = one->next;
        for (connection_t *other = self->connections; other != NULL;
             other = other->next)
            if (other->shell == one) {
                other->shell = NULL;
                if (other->phase == CONNECTION_HANDING)
                    shelld_connection_over(other);
            }
        if (one->fd >= 0)
            close(one->fd);
        apr_pool_destroy(one->pool);
    }
}

/* ---- Create */

static wsm_error_t *check_quotas(const shelld_t *self, const char *user,
                                 apr_pool_t *pool)
{
    const wsm_shell_limits_t *limits = &self->policy->limits;
    apr_uint32_t all = 0, own = 0;

    for (const shell_t *one = self->shells; one != NULL; one = one->next)
        if (!one->is_gone) {
            all++;
            own += strcmp(one->owner, user) == 0;
        }
    if (limits->shells_per_user > 0 && own >= limits->shells_per_user)
        return wsm_shell_fail(pool, WSMAN_E_QUOTA_LIMIT, 2150859173u,
                              "%s has %u shells, which is as many as a user "
                              "may",
                              user, own);
    if (limits->shells > 0 && all >= limits->shells)
        return wsm_shell_fail(pool, WSMAN_E_QUOTA_LIMIT, 2150859179u,
                              "There are %u shells, which is as many as there "
                              "may be",
                              all);
    return NULL;
}

static wsm_error_t *check_create(const shelld_t *self,
                                 const wsm_shell_request_t *request,
                                 apr_pool_t *pool)
{
    const char *id = request->wish.id;

    if (strlen(request->caller.user) > MAX_USER)
        return wsm_fail(pool, WSMAN_E_ACCESS_DENIED,
                        "The name of the user is too long");
    if (id != NULL && (id[0] == '\0' || strlen(id) > MAX_ID))
        return wsm_fail(pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                        "The ShellId is empty or too long");
    if (id != NULL && find(self, id) != NULL)
        return wsm_shell_fail(pool, WSMAN_E_ALREADY_EXISTS, 2150859223u,
                              "There is a shell with this ShellId");
    return check_quotas(self, request->caller.user, pool);
}

static void create(shelld_t *self, connection_t *connection,
                   const wsm_shell_request_t *request, apr_pool_t *scratch)
{
    wsm_error_t *err = check_create(self, request, scratch);
    char uuid[WSM_UUID_LENGTH + 1];
    shell_t *shell, **last = &self->shells;
    apr_pool_t *pool;

    if (err != NULL) {
        shelld_refuse(connection, err, scratch);
        return;
    }
    wsm_text_uuid(uuid);
    apr_pool_create(&pool, self->pool);
    shell = apr_pcalloc(pool, sizeof(*shell));
    shell->pool = pool;
    shell->id =
        apr_pstrdup(pool, request->wish.id != NULL ? request->wish.id : uuid);
    shell->owner = apr_pstrdup(pool, request->caller.user);
    shell->account = apr_pstrdup(pool, request->caller.account);
    shell->created = shell->used = loop_now();
    shell->kill_by = shell->created + SESSION_TIME;
    if (!shelld_fork_keeper(self, shell, connection)) {
        shelld_refuse(connection,
                      wsm_error_make(scratch, WSMAN_E_INTERNAL_ERROR, errno,
                                     NULL,
                                     "No process can be made for the "
                                     "shell"),
                      scratch);
        apr_pool_destroy(pool);
        return;
    }
    while (*last != NULL)
        last = &(*last)->next;
    *last = shell;
    shelld_connection_over(connection);
}

/* ---- List */

static void write_shell(wsm_shell_message_t *message, const shell_t *shell,
                        apr_time_t now, int brief)
{
    const wsm_shell_t changed = {
        .state = shell->last.state,
        .buffer = shell->last.buffer,
        .commands = shell->last.commands,
        .idle_timeout = shell->last.idle_timeout,
        .age = now - shell->created,
        .idle = now - shell->used,
    };
    wsm_shell_cursor_t cursor;
    wsm_shell_field_t field;

    wsm_shell_message_bytes(message, WSM_SHELL_F_NEXT, NULL, 0);
    wsm_shell_cursor_begin(&cursor, shell->fields, shell->length);
    while (wsm_shell_cursor_next(&cursor, &field))
        switch (field.tag) {
        case WSM_SHELL_F_STATE:
        case WSM_SHELL_F_BUFFER:
        case WSM_SHELL_F_COMMANDS:
        case WSM_SHELL_F_IDLE_TIMEOUT:
        case WSM_SHELL_F_AGE:
        case WSM_SHELL_F_IDLE:
            break;
        default:
            if (!brief || field.tag != WSM_SHELL_F_VARIABLE)
                wsm_shell_message_bytes(message, (wsm_shell_field_e)field.tag,
                                        field.data, field.length);
        }
    wsm_shell_write(message, &changed);
}

/** @param brief  without environments: these can be long */
static int write_list(wsm_shell_message_t *message, const shelld_t *self,
                      const wsm_shell_caller_t *caller, int brief,
                      apr_pool_t *pool)
{
    const apr_time_t now = loop_now();

    wsm_shell_message_begin(message, WSM_SHELL_M_OK, pool);
    for (const shell_t *one = self->shells; one != NULL; one = one->next)
        if (one->is_open && !one->is_gone && may_use(one, caller))
            write_shell(message, one, now, brief);
    return wsm_shell_message_end(message);
}

static void list(shelld_t *self, connection_t *connection,
                 const wsm_shell_request_t *request, apr_pool_t *pool)
{
    wsm_shell_message_t message;

    if (write_list(&message, self, &request->caller, 0, pool) ||
        write_list(&message, self, &request->caller, 1, pool))
        shelld_answer(connection, message.data, message.length);
    else
        shelld_refuse(connection,
                      wsm_fail(pool, WSMAN_E_ENCODING_LIMIT,
                               "The list of shells is too long"),
                      pool);
}

/* ---- all */

void shelld_dispatch(shelld_t *self, connection_t *connection,
                     wsm_shell_request_t *request, apr_pool_t *pool)
{
    shell_t *shell;

    /* What a keeper has told before it answered somebody, is known before the
     * next question is. */
    shelld_read_reports(self);
    if (request->type == WSM_SHELL_M_CREATE) {
        create(self, connection, request, pool);
        return;
    }
    if (request->type == WSM_SHELL_M_LIST) {
        list(self, connection, request, pool);
        return;
    }
    shell = request->shell_id != NULL ? find(self, request->shell_id) : NULL;
    if (shell == NULL || !may_use(shell, &request->caller)) {
        shelld_refuse(connection,
                      wsm_shell_fail(pool, WSMAN_E_UNEXPECTED_SELECTORS,
                                     NO_SHELL, "There is no such shell"),
                      pool);
        return;
    }
    shell->used = loop_now();
    connection->shell = shell;
    connection->phase = CONNECTION_HANDING;
    if (next_pending(shell, self) == connection)
        (void)hand_over(shell, connection);
}
