/* mod_wsman_shell_launch.c - a process with its own program, five descriptors
 * and one variable: how the shell daemon comes to be.
 */
#include "mod_wsman.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_strings.h>

#define BACKLOG 511

/* What waits until the parent comes to read it */
#define LOG_ROOM (1024 * 1024)

/* Seconds that the parent waits for an answer of the daemon */
#define PATIENCE 10

static char path_variable[] =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/* ---- the listening socket */

static wsm_error_t *failed(apr_pool_t *pool, const char *what, const char *name)
{
    return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, errno, NULL, what,
                          name);
}

static void make_address(struct sockaddr_un *address, const char *path)
{
    memset(address, 0, sizeof(*address));
    address->sun_family = AF_UNIX;
    apr_cpystrn(address->sun_path, path, sizeof(address->sun_path));
}

static int is_listening(const char *path)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address;
    int is_there;

    make_address(&address, path);
    is_there = fd >= 0 &&
               connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    if (fd >= 0)
        close(fd);
    return is_there;
}

/* What an earlier httpd has left behind is in the way. */
static wsm_error_t *remove_old(const char *path, apr_pool_t *pool)
{
    struct stat info;

    if (lstat(path, &info) != 0)
        return errno == ENOENT ? NULL
                               : failed(pool, "%s cannot be used.", path);
    if (!S_ISSOCK(info.st_mode))
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "%s is there, and is no socket.", path);
    if (is_listening(path))
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "Another httpd has its shell daemon at %s: each needs "
                        "a WSManShellSocket of its own.",
                        path);
    return unlink(path) == 0 ? NULL
                             : failed(pool, "%s cannot be replaced.", path);
}

static int bind_to(int fd, const char *path, apr_uid_t uid)
{
    struct sockaddr_un address;
    mode_t old;
    int is_bound;

    make_address(&address, path);
    old = umask(0177);
    is_bound = bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    umask(old);
    if (!is_bound)
        return 0;
    return (geteuid() != 0 || lchown(path, uid, (gid_t)-1) == 0) &&
           listen(fd, BACKLOG) == 0;
}

wsm_error_t *mod_wsman_shell_listen(int *listener, const char *path,
                                    apr_uid_t uid, apr_pool_t *pool)
{
    wsm_error_t *err = remove_old(path, pool);
    int fd;

    *listener = -1;
    if (err != NULL)
        return err;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return failed(pool, "There is no socket for %s.", path);
    if (!bind_to(fd, path, uid)) {
        err = failed(pool, "The socket %s cannot be made.", path);
        close(fd);
        return err;
    }
    *listener = fd;
    return NULL;
}

/* ---- in the new process, until it is another program */

/* Above what they are moved to, so that none is overwritten. */
static int lift(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 16);
}

static void close_from(int least)
{
    struct dirent *entry;
    DIR *folder;

#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)least, ~0u, 0) == 0)
        return;
#endif
    folder = opendir("/proc/self/fd");
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        int fd = atoi(entry->d_name);

        if (fd >= least && fd != dirfd(folder))
            close(fd);
    }
    /* Its own descriptor is CLOEXEC. */
}

static void reset_signals(void)
{
    sigset_t none;
    int sig;

    for (sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Places 0 to 4, and 5 for the word that it did not work, which goes with the
 * exec. */
static int place_descriptors(int log, int listener, int control, int report)
{
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int wanted[] = {null, null, log, listener, control, report};
    const int count = (int)(sizeof(wanted) / sizeof(wanted[0]));
    int i;

    for (i = 0; i < count; i++)
        wanted[i] = lift(wanted[i]);
    for (i = 0; i < count; i++) {
        if (dup2(wanted[i], i) < 0)
            return 0;
    }
    close_from(count);
    return fcntl(count - 1, F_SETFD, FD_CLOEXEC) == 0;
}

static void __attribute__((noreturn))
become(const char *program, int log, int listener, int control, int report,
       pid_t parent)
{
    char name[] = "wsman-shelld";
    char *const args[] = {name, NULL};
    char *const env[] = {path_variable, NULL};
    int reason;

    reset_signals();
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(1);
    if (chdir("/") == 0 && place_descriptors(log, listener, control, report)) {
        report = 5;
        execve(program, args, env);
    }
    reason = errno;
    if (write(report, &reason, sizeof(reason)) < 0)
        _exit(2);
    _exit(1);
}

/* ---- in the parent */

typedef struct pairs_t {
    int control[2];
    int log[2];
    int report[2];
} pairs_t;

static void close_pairs(pairs_t *pairs, int first, int last)
{
    int *all[] = {pairs->control, pairs->log, pairs->report};
    apr_size_t i;

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        int end;

        for (end = first; end <= last; end++) {
            if (all[i][end] >= 0)
                close(all[i][end]);
            all[i][end] = -1;
        }
    }
}

static int open_pairs(pairs_t *pairs)
{
    const struct timeval patience = {PATIENCE, 0};
    const int none[] = {-1, -1};
    const int on = 1;

    memcpy(pairs->control, none, sizeof(none));
    memcpy(pairs->log, none, sizeof(none));
    memcpy(pairs->report, none, sizeof(none));
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pairs->control) !=
            0 ||
        pipe2(pairs->log, O_CLOEXEC | O_NONBLOCK) != 0 ||
        pipe2(pairs->report, O_CLOEXEC) != 0)
        return 0;
    if (setsockopt(pairs->control[1], SOL_SOCKET, SO_PASSCRED, &on,
                   sizeof(on)) != 0)
        return 0;
    /* Without the right to it, the pipe is as it is. */
    fcntl(pairs->log[1], F_SETPIPE_SZ, LOG_ROOM);
    setsockopt(pairs->control[0], SOL_SOCKET, SO_SNDTIMEO, &patience,
               sizeof(patience));
    setsockopt(pairs->control[0], SOL_SOCKET, SO_RCVTIMEO, &patience,
               sizeof(patience));
    return 1;
}

/* @return 0, or why the program does not run */
static int read_report(int fd)
{
    int reason = 0;
    ssize_t got;

    do {
        got = read(fd, &reason, sizeof(reason));
    } while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof(reason) ? reason : 0;
}

wsm_error_t *mod_wsman_shell_launch(mod_wsman_launched_t *launched,
                                    const char *program, int listener,
                                    apr_pool_t *pool)
{
    const pid_t parent = getpid();
    pairs_t pairs;
    pid_t pid = -1;
    int reason;

    if (open_pairs(&pairs))
        pid = fork();
    if (pid == 0)
        become(program, pairs.log[1], listener, pairs.control[1],
               pairs.report[1], parent);
    reason = pid < 0 ? errno : 0;
    if (pid > 0) {
        close(pairs.report[1]);
        pairs.report[1] = -1;
        reason = read_report(pairs.report[0]);
        if (reason != 0)
            waitpid(pid, NULL, 0);
    }
    if (reason != 0) {
        close_pairs(&pairs, 0, 1);
        return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, reason, NULL,
                              "The shell daemon %s cannot be started.",
                              program);
    }
    close(pairs.report[0]);
    pairs.report[0] = -1;
    launched->pid = pid;
    launched->control = pairs.control[0];
    launched->log = pairs.log[0];
    pairs.control[0] = pairs.log[0] = -1;
    close_pairs(&pairs, 0, 1);
    return NULL;
}

/* ---- the control channel */

static int send_all(int fd, const char *data, apr_size_t length)
{
    while (length > 0) {
        const ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return 0;
        data += sent;
        length -= (apr_size_t)sent;
    }
    return 1;
}

static int receive_all(int fd, void *data, apr_size_t length)
{
    char *at = data;

    while (length > 0) {
        const ssize_t got = recv(fd, at, length, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = EPIPE;
        if (got <= 0)
            return 0;
        at += got;
        length -= (apr_size_t)got;
    }
    return 1;
}

/* What FAILED says */
static const char *reason_of(const char *fields, apr_size_t length,
                             apr_pool_t *pool)
{
    wsm_shell_cursor_t cursor;
    wsm_shell_field_t field;
    const char *text = NULL;

    wsm_shell_cursor_begin(&cursor, fields, length);
    while (wsm_shell_cursor_next(&cursor, &field)) {
        if (field.tag == WSM_SHELL_F_TEXT)
            text = wsm_shell_field_text(&field, pool);
    }
    return text ? text : "no reason given";
}

wsm_error_t *mod_wsman_shell_tell(int control, const wsm_shell_policy_t *policy,
                                  apr_pool_t *pool)
{
    wsm_shell_message_t message;
    wsm_shell_head_t head;
    char *fields;

    wsm_shell_message_begin(&message, WSM_SHELL_M_POLICY, pool);
    wsm_shell_policy_write(&message, policy);
    if (!wsm_shell_message_end(&message))
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "What WSManShell... directives say is too long.");
    if (!send_all(control, message.data, message.length) ||
        !receive_all(control, &head, sizeof(head)))
        return failed(pool, "%s does not answer.", "The shell daemon");
    if (!wsm_shell_head_is_good(&head))
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "The shell daemon is not of this version.");
    fields = apr_palloc(pool, head.length + 1);
    if (!receive_all(control, fields, head.length))
        return failed(pool, "%s does not answer.", "The shell daemon");
    if (head.type == WSM_SHELL_M_OK)
        return NULL;
    return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                    "The shell daemon does not take its policy: %s",
                    reason_of(fields, head.length, pool));
}
