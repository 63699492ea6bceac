/* shelld_keeper.c - the keepers' birth and death.
 */
#include "shelld.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../include/wsman_provider.h"
#include "descend.h"
#include "keeper_private.h"

/* Keepers end in order in this time, when the daemon ends. */
#define LAST apr_time_from_sec(12)
#define NAP  5000 /* usec */
/* What was forked while it was looked for is looked for again so soon. */
#define ORPHANS_AGAIN apr_time_from_msec(200)

enum { KEEPER_FD_MAIN = 3, KEEPER_FD_REPORT, KEEPER_FD_CONNECTION, KEEPER_FDS };

static void close_from(int first)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)first, ~0u, 0) == 0)
        return;
#endif
    for (long fd = first, last = sysconf(_SC_OPEN_MAX); fd < last; fd++)
        close((int)fd);
}

/** Moves three descriptors to their places, and closes all others: a keeper
 *  has nothing of other shells, nor what httpd's parent holds. */
static void arrange(int main_fd, int report_fd, int connection)
{
    const int from[] = {main_fd, report_fd, connection};
    int moved[3];

    for (int i = 0; i < 3; i++) {
        moved[i] = fcntl(from[i], F_DUPFD_CLOEXEC, KEEPER_FDS);
        if (moved[i] < 0)
            _exit(1);
    }
    for (int i = 0; i < 3; i++)
        if (dup3(moved[i], KEEPER_FD_MAIN + i, O_CLOEXEC) < 0)
            _exit(1);
    close_from(KEEPER_FDS);
}

/** What the main process has of others is none of a keeper's business. */
void shelld_free(shelld_t *self)
{
    while (self->connections != NULL) {
        connection_t *one = self->connections;

        self->connections = one->next;
        free(one->answer);
        free(one);
    }
    free(self->control);
    self->control = NULL;
    loop_free(&self->loop);
}

static void be_keeper(shelld_t *self, const shell_t *shell,
                      const connection_t *create, int main_fd)
{
    char data[sizeof(create->data)];
    keeper_start_t start = {
        self->policy,         shell->id, KEEPER_FD_MAIN, KEEPER_FD_REPORT,
        KEEPER_FD_CONNECTION, data,      create->got};
    sigset_t none;

    memcpy(data, create->data, create->got);
    arrange(main_fd, self->report_fd, create->fd);
    shelld_free(self);
    (void)setrlimit(RLIMIT_NOFILE, &self->files);
    (void)signal(SIGTERM, SIG_IGN);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    keeper_main(&start, self->pool);
}

int shelld_fork_keeper(shelld_t *self, shell_t *shell,
                       const connection_t *create)
{
    int ends[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return 0;
    pid = fork();
    if (pid == 0)
        be_keeper(self, shell, create, ends[1]);
    close(ends[1]);
    if (pid < 0) {
        int why = errno;

        close(ends[0]);
        errno = why;
        return 0;
    }
    shell->keeper = pid;
    shell->fd = ends[0];
    return 1;
}

/* ---- death */

/** What a keeper left behind has become ours. */
void shelld_end_orphans(shelld_t *self)
{
    pid_t *keepers;
    int count = 1;

    if (self->orphans == 0 || self->orphans > loop_now())
        return;
    self->orphans = 0;
    for (const shell_t *one = self->shells; one != NULL; one = one->next)
        count++;
    keepers = calloc((size_t)count, sizeof(*keepers));
    if (keepers == NULL)
        return;
    count = 0;
    for (const shell_t *one = self->shells; one != NULL; one = one->next)
        if (one->keeper > 0)
            keepers[count++] = one->keeper;
    /* Until there are none. */
    if (descend_end(keepers) > 0)
        self->orphans = loop_now() + ORPHANS_AGAIN;
    free(keepers);
}

static void bury(shell_t *shell, int status)
{
    shell->keeper = 0;
    shell->is_gone = 1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == KEEPER_LEFT_SOME)
        return; /* which it has said */
    if (WIFSIGNALED(status))
        shelld_log(WSMAN_LOG_ERR,
                   "shell %s: its keeper was killed by signal %d: the shell "
                   "is gone",
                   shell->id, WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0)
        shelld_log(WSMAN_LOG_ERR,
                   "shell %s: its keeper failed (%d): the shell is gone",
                   shell->id, WEXITSTATUS(status));
}

void shelld_reap(shelld_t *self)
{
    shelld_read_reports(self);
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        shell_t *one = self->shells;

        if (pid < 0 && errno == EINTR)
            continue;
        if (pid <= 0)
            break;
        while (one != NULL && one->keeper != pid)
            one = one->next;
        if (one == NULL)
            continue; /* an orphan */
        if (WIFSIGNALED(status) || WEXITSTATUS(status) != 0)
            self->orphans = loop_now();
        bury(one, status);
    }
    shelld_end_orphans(self);
}

void shelld_end(shelld_t *self)
{
    const apr_time_t end = loop_now() + LAST;
    pid_t pid;

    close(WSM_SHELL_FD_LISTEN);
    for (shell_t *one = self->shells; one != NULL; one = one->next) {
        if (one->fd >= 0)
            close(one->fd); /* the keeper hears it */
        one->fd = -1;
    }
    do {
        pid = waitpid(-1, NULL, WNOHANG);
        if (pid == 0) {
            if (loop_now() >= end)
                (void)descend_end(NULL);
            (void)usleep(NAP);
        }
    } while (pid >= 0 || errno == EINTR);
}
