/* keeper.c - the process that holds one shell: its loop.
 */
#include "keeper_private.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/keyctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <apr_strings.h>

#include "log_line.h"

void keeper_log(keeper_t *self, int level, const char *format, ...)
{
    char line[LOG_LINE_MAX];
    va_list args;
    size_t length;

    va_start(args, format);
    length = log_line(line, level, self->shell.id, format, args);
    va_end(args);
    if (write(STDERR_FILENO, line, length) < 0)
        return;
}

/* ---- the main process */

/** Takes over the connection of a request that the main process began to read.
 *  @return false when there is nothing more now */
static int take_over(keeper_t *self)
{
    char data[WSM_SHELL_REQUEST_START + sizeof(wsm_shell_head_t)];
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {data, sizeof(data)};
    struct msghdr message = {0};
    struct cmsghdr *head;
    ssize_t got;
    int fd = -1;

    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.room;
    message.msg_controllen = sizeof(control.room);
    got = recvmsg(self->main_fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (got < 0)
        return errno == EINTR;
    head = CMSG_FIRSTHDR(&message);
    if (head != NULL && head->cmsg_level == SOL_SOCKET &&
        head->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(head), sizeof(fd));
    if (got == 0 && fd < 0) {
        self->main_is_gone = 1;
        return 0;
    }
    /* A SETTLE that was said before this may have come since poll(2) looked. */
    keeper_requests_settle(self);
    if (fd >= 0)
        keeper_request_add(self, fd, data, (apr_size_t)got);
    return 1;
}

static void main_is_ready(void *baton, void *object, short events)
{
    (void)object;
    (void)events;
    while (take_over(baton))
        ;
}

/* ---- children */

static void child_is_over(void *baton, void *object, short events)
{
    keeper_t *self = baton;
    struct signalfd_siginfo info;

    (void)object;
    (void)events;
    while (read(self->signal_fd, &info, sizeof(info)) == sizeof(info))
        ;
    keeper_reap(self);
}

static int watch_children(void)
{
    sigset_t mask;

    sigemptyset(&mask);
    sigaddset(&mask, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &mask, NULL);
    return signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* ---- the loop */

static void run(keeper_t *self)
{
    while (self->phase != KEEPER_ENDING && !self->main_is_gone) {
        loop_begin(&self->loop);
        keeper_requests_sweep(self);
        keeper_times(self);
        keeper_commands_sweep(self);
        if (self->phase == KEEPER_ENDING)
            break;
        /* What was said on connections that are there, comes before what a
         * new one says: a SETTLE before the next Receive. */
        for (request_t *one = self->requests; one != NULL; one = one->next)
            keeper_request_watch(one, &self->loop);
        loop_add(&self->loop, self->main_fd, POLLIN, main_is_ready, self, NULL);
        loop_add(&self->loop, self->signal_fd, POLLIN, child_is_over, self,
                 NULL);
        for (process_t *one = self->processes; one != NULL; one = one->next)
            process_watch(one, &self->loop);
        loop_turn(&self->loop);
    }
}

/** The session keyring is that of whoever has started httpd, and what is in it
 *  is for all that have it: a shell has an empty one. */
static void leave_keyring(void)
{
    (void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
}

void keeper_main(const keeper_start_t *start, apr_pool_t *pool)
{
    keeper_t *self = apr_pcalloc(pool, sizeof(*self));
    int is_clean;

    (void)prctl(PR_SET_NAME, "wsman-keeper");
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    (void)setsid();
    leave_keyring();
    self->shell.pool = pool;
    self->shell.policy = start->policy;
    self->shell.id = start->id;
    self->main_fd = start->main_fd;
    self->report_fd = start->report_fd;
    self->created = self->used = loop_now();
    self->signal_fd = -1;
    keeper_request_add(self, start->connection, start->data, start->length);
    while (self->requests != NULL && self->requests->phase == REQUEST_READING &&
           !self->main_is_gone) {
        /* The rest of Create; PAM wants its children for itself until then. */
        loop_begin(&self->loop);
        loop_add(&self->loop, self->main_fd, POLLIN, main_is_ready, self, NULL);
        keeper_request_watch(self->requests, &self->loop);
        loop_turn(&self->loop);
        keeper_requests_sweep(self);
    }
    self->signal_fd = watch_children();
    if (self->signal_fd >= 0 && self->requests != NULL) {
        keeper_reap(self);
        run(self);
    }
    is_clean = keeper_end(self);
    apr_pool_destroy(pool);
    exit(is_clean ? 0 : KEEPER_LEFT_SOME);
}
