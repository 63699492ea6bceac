/* shelld_control.c - what httpd's parent says: the policy.
 */
#include "shelld.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../include/wsman_provider.h"

static void put(const wsm_shell_message_t *message)
{
    /* The parent reads the answer before it says more: there is room. */
    if (send(WSM_SHELL_FD_CONTROL, message->data, message->length,
             MSG_NOSIGNAL) != (ssize_t)message->length)
        shelld_log(WSMAN_LOG_WARNING, "httpd did not take an answer");
}

static wsm_error_t *read_policy(shelld_t *self, const wsm_shell_head_t *head,
                                apr_pool_t *pool)
{
    wsm_shell_policy_t *policy = apr_palloc(pool, sizeof(*policy));
    wsm_shell_cursor_t fields;
    wsm_error_t *err;

    if (head->version != WSM_SHELL_VERSION)
        return wsm_fail(pool, WSMAN_E_RESOURCE_OFFLINE,
                        "wsman-shelld is of another version than mod_wsman");
    if (head->type != WSM_SHELL_M_POLICY)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "On the control channel there are policies only");
    wsm_shell_cursor_begin(&fields, self->control + sizeof(*head),
                           head->length);
    err = wsm_shell_policy_read(policy, &fields, pool);
    if (err != NULL)
        return err;
    self->policy = policy;
    return NULL;
}

/** Keepers have their own copy of the one that they were made under. */
static void take_policy(shelld_t *self, const wsm_shell_head_t *head)
{
    apr_pool_t *before = self->policy_pool;
    wsm_shell_message_t message;
    wsm_error_t *err;
    apr_pool_t *pool;

    apr_pool_create(&pool, self->pool);
    err = read_policy(self, head, pool);
    if (err != NULL)
        wsm_shell_error_write(&message, err, pool);
    else {
        wsm_shell_message_begin(&message, WSM_SHELL_M_OK, pool);
        wsm_shell_message_number(&message, WSM_SHELL_F_PID, getpid());
        (void)wsm_shell_message_end(&message);
    }
    put(&message);
    if (err != NULL) {
        shelld_log(WSMAN_LOG_ERR, "%s", err->message);
        apr_pool_destroy(pool);
        return;
    }
    self->policy_pool = pool;
    if (before != NULL)
        apr_pool_destroy(before);
}

/** Reads what httpd's parent says.  Whoever it has forked that never became
 *  another program (daemons of mod_wsgi, mod_fcgid) holds the other end, too,
 *  under another user: the kernel says who has written, and does not put two
 *  writers' bytes into one read.
 *  @return as recv() */
static ssize_t hear(void *data, size_t length)
{
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct iovec part = {data, length};
    struct msghdr message = {0};
    struct ucred writer = {0, (uid_t)-1, (gid_t)-1};
    const struct cmsghdr *head;
    ssize_t got;

    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.room;
    message.msg_controllen = sizeof(control.room);
    got = recvmsg(WSM_SHELL_FD_CONTROL, &message,
                  MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got <= 0)
        return got;
    head = CMSG_FIRSTHDR(&message);
    if (head != NULL && head->cmsg_level == SOL_SOCKET &&
        head->cmsg_type == SCM_CREDENTIALS)
        memcpy(&writer, CMSG_DATA(head), sizeof(writer));
    if (writer.uid == getuid())
        return got;
    shelld_log(WSMAN_LOG_ERR, "what somebody else than httpd's parent said on "
                              "the control channel is not heard");
    errno = EAGAIN;
    return -1;
}

/** @return true if there was a whole message */
static int look(shelld_t *self)
{
    wsm_shell_head_t head;
    apr_size_t whole;

    if (self->control_got < sizeof(head))
        return 0;
    memcpy(&head, self->control, sizeof(head));
    if (head.magic != WSM_SHELL_MAGIC || head.length > WSM_SHELL_MAX_MESSAGE) {
        shelld_log(WSMAN_LOG_ERR, "the control channel is broken");
        self->is_ending = 1;
        return 0;
    }
    whole = sizeof(head) + head.length;
    if (self->control_got < whole)
        return 0;
    take_policy(self, &head);
    self->control_got -= whole;
    memmove(self->control, self->control + whole, self->control_got);
    return 1;
}

void shelld_control_ready(void *daemon, void *object, short events)
{
    shelld_t *self = daemon;
    ssize_t got;

    (void)object;
    (void)events;
    if (self->control_got == self->control_room) {
        self->control_room =
            self->control_room == 0 ? 4096 : self->control_room * 2;
        self->control = realloc(self->control, self->control_room);
        if (self->control == NULL)
            abort();
    }
    got = hear(self->control + self->control_got,
               self->control_room - self->control_got);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        self->is_ending = 1; /* httpd is gone */
        return;
    }
    self->control_got += (apr_size_t)got;
    while (!self->is_ending && look(self))
        ;
}
