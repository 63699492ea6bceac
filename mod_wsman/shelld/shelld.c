/* shelld.c - wsman-shelld: holds remote shells for httpd, which starts it (see
 * wsm_shell_policy.h for what it is given).
 */
#include "shelld.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_allocator.h>
#include <apr_general.h>

#include "../include/wsman_provider.h"
#include "log_line.h"

#define KEPT_MEMORY (256 * 1024)
#define MAX_FILES   16384

void shelld_log(int level, const char *format, ...)
{
    char line[LOG_LINE_MAX];
    va_list args;
    size_t length;

    va_start(args, format);
    length = log_line(line, level, NULL, format, args);
    va_end(args);
    if (write(STDERR_FILENO, line, length) < 0)
        return;
}

/* ---- the loop */

static void is_signalled(void *baton, void *object, short events)
{
    shelld_t *self = baton;
    struct signalfd_siginfo info;

    (void)object;
    (void)events;
    while (read(self->signal_fd, &info, sizeof(info)) == sizeof(info))
        if (info.ssi_signo == SIGTERM)
            self->is_ending = 1;
    shelld_reap(self);
}

static void has_reports(void *baton, void *object, short events)
{
    (void)object;
    (void)events;
    shelld_read_reports(baton);
}

static void turn(shelld_t *self)
{
    loop_begin(&self->loop);
    shelld_connections_sweep(self);
    shelld_shells_sweep(self);
    shelld_end_orphans(self);
    loop_until(&self->loop, self->orphans);
    loop_add(&self->loop, self->signal_fd, POLLIN, is_signalled, self, NULL);
    loop_add(&self->loop, self->reports, POLLIN, has_reports, self, NULL);
    loop_add(&self->loop, WSM_SHELL_FD_CONTROL, POLLIN, shelld_control_ready,
             self, NULL);
    if (self->accept_after > loop_now())
        loop_until(&self->loop, self->accept_after);
    if (self->policy != NULL && shelld_may_accept(self))
        loop_add(&self->loop, WSM_SHELL_FD_LISTEN, POLLIN, shelld_accept, self,
                 NULL);
    for (connection_t *one = self->connections; one != NULL; one = one->next)
        shelld_connection_watch(one, &self->loop);
    for (shell_t *one = self->shells; one != NULL; one = one->next)
        shelld_shell_watch(one, &self->loop, self);
    loop_turn(&self->loop);
}

/* ---- the start */

static int is_socket(int fd)
{
    struct stat info;

    return fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode);
}

/* A descriptor for each shell, and for each connection. */
static void raise_files(shelld_t *self)
{
    struct rlimit more;

    if (getrlimit(RLIMIT_NOFILE, &self->files) != 0)
        return;
    more = self->files;
    more.rlim_cur = more.rlim_max < MAX_FILES ? more.rlim_max : MAX_FILES;
    if (more.rlim_cur > self->files.rlim_cur)
        (void)setrlimit(RLIMIT_NOFILE, &more);
}

static int open_all(shelld_t *self)
{
    /* What is typed at httpd's terminal, or told to its process group, is not
     * for us: when httpd goes, the control channel ends. */
    static const int ignored[] = {SIGPIPE, SIGHUP,  SIGINT,
                                  SIGQUIT, SIGUSR1, SIGUSR2};
    const int on = 1;
    int ends[2];
    sigset_t mask;

    if (!is_socket(WSM_SHELL_FD_LISTEN) || !is_socket(WSM_SHELL_FD_CONTROL)) {
        fprintf(stderr, "wsman-shelld is started by httpd\n");
        return 0;
    }
    (void)fcntl(WSM_SHELL_FD_LISTEN, F_SETFD, FD_CLOEXEC);
    (void)fcntl(WSM_SHELL_FD_CONTROL, F_SETFD, FD_CLOEXEC);
    (void)fcntl(WSM_SHELL_FD_LISTEN, F_SETFL, O_NONBLOCK);
    if (setsockopt(WSM_SHELL_FD_CONTROL, SOL_SOCKET, SO_PASSCRED, &on,
                   sizeof(on)) != 0)
        return 0;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return 0;
    self->reports = ends[0];
    self->report_fd = ends[1];
    for (apr_size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        (void)signal(ignored[i], SIG_IGN);
    sigemptyset(&mask);
    sigaddset(&mask, SIGCHLD);
    sigaddset(&mask, SIGTERM);
    (void)sigprocmask(SIG_SETMASK, &mask, NULL);
    self->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    return self->signal_fd >= 0;
}

int main(void)
{
    apr_allocator_t *allocator;
    shelld_t self = {0};

    if (apr_initialize() != APR_SUCCESS ||
        apr_allocator_create(&allocator) != APR_SUCCESS)
        return 1;
    apr_allocator_max_free_set(allocator, KEPT_MEMORY);
    if (apr_pool_create_ex(&self.pool, NULL, NULL, allocator) != APR_SUCCESS)
        return 1;
    apr_allocator_owner_set(allocator, self.pool);
    if (!open_all(&self) || chdir("/") != 0)
        return 1;
    raise_files(&self);
    /* Orphans of a keeper that dies come to us. */
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    while (!self.is_ending)
        turn(&self);
    shelld_end(&self);
    shelld_free(&self);
    apr_pool_destroy(self.pool);
    apr_terminate();
    return 0;
}
