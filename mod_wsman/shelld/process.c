/* process.c - a process of a shell with its three pipes.
 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_tables.h>

#define READ_SIZE 65536
/* Reads of one output in one turn, so that others have theirs. */
#define READS 4
/* More than a pipe can hold: who writes for ever is not followed for ever. */
#define DRAIN_READS 32

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* ---- starting */

/** The paths that `program` may be at. */
static char *const *places(const process_plan_t *plan, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 8, sizeof(char *));

    if (strchr(plan->program, '/') != NULL)
        APR_ARRAY_PUSH(list, char *) = apr_pstrdup(pool, plan->program);
    else if (plan->program[0] != '\0') {
        char *last,
            *dir = apr_strtok(apr_pstrdup(pool, plan->path), ":", &last);

        for (; dir != NULL; dir = apr_strtok(NULL, ":", &last))
            APR_ARRAY_PUSH(list, char *) =
                apr_pstrcat(pool, dir, "/", plan->program, NULL);
    }
    APR_ARRAY_PUSH(list, char *) = NULL;
    return (char *const *)(void *)list->elts;
}

static void close_from(int first)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)first, ~0u, 0) == 0)
        return;
#endif
    for (long fd = first, last = sysconf(_SC_OPEN_MAX); fd < last; fd++)
        close((int)fd);
}

/** The child: 0, 1 and 2 are the pipes, 3 tells the parent what went wrong, all
 *  else is closed. */
static void be_child(const process_plan_t *plan, char *const *programs,
                     const int pipes[4])
{
    int moved[4];
    int status = 0;

    for (int i = 0; i < 4; i++) {
        moved[i] = fcntl(pipes[i], F_DUPFD_CLOEXEC, 4);
        if (moved[i] < 0)
            _exit(126);
    }
    for (int i = 0; i < 4; i++)
        if (dup2(moved[i], i) < 0)
            _exit(126);
    close_from(4);
    if (fcntl(3, F_SETFD, FD_CLOEXEC) == 0)
        status = launch(plan, programs);
    else
        status = errno;
    if (write(3, &status, sizeof(status)) < 0)
        _exit(126);
    _exit(127);
}

static int set_nonblocking(int fd)
{
    return fcntl(fd, F_SETFL, O_NONBLOCK);
}

/** Makes the pipes: [0] the keeper's ends, [1] the child's. */
static int make_pipes(int ends[2][4])
{
    for (int i = 0; i < 4; i++) {
        int fds[2];

        if (pipe2(fds, O_CLOEXEC) != 0)
            return errno;
        ends[0][i] = fds[i == 0 ? 1 : 0];
        ends[1][i] = fds[i == 0 ? 0 : 1];
        if (set_nonblocking(ends[0][i]) != 0)
            return errno;
    }
    return 0;
}

/** The account may open its three once more (/dev/stderr); what it says of its
 *  start is not its. */
static int give_pipes(const int ends[4], const account_t *account)
{
    for (int i = 0; geteuid() == 0 && i < 3; i++)
        if (fchown(ends[i], account->uid, account->gid) != 0)
            return errno;
    return 0;
}

int process_start(process_t *self, const process_plan_t *plan,
                  apr_pool_t *scratch)
{
    int ends[2][4] = {{-1, -1, -1, -1}, {-1, -1, -1, -1}};
    char *const *programs = places(plan, scratch);
    int status = make_pipes(ends);

    if (status == 0)
        status = give_pipes(ends[1], plan->account);

    self->in = self->out[0] = self->out[1] = self->status = -1;
    if (status == 0) {
        self->pid = fork();
        if (self->pid == 0)
            be_child(plan, programs, ends[1]);
        if (self->pid < 0) {
            status = errno;
            self->pid = 0;
        }
    }
    for (int i = 0; i < 4; i++) {
        shut(&ends[1][i]);
        if (status != 0)
            shut(&ends[0][i]);
    }
    if (status != 0)
        return status;
    /* Here, too: a signal may come before the child does it. */
    (void)setpgid(self->pid, self->pid);
    self->group = self->pid;
    self->in = ends[0][0];
    self->out[PROCESS_OUT] = ends[0][1];
    self->out[PROCESS_ERR] = ends[0][2];
    self->status = ends[0][3];
    return 0;
}

/* ---- input */

static void lose_input(process_t *self)
{
    shut(&self->in);
    stream_clear(&self->input);
}

static void write_input(process_t *self)
{
    const char *data;
    apr_size_t length;

    while (self->in >= 0 && (length = stream_peek(&self->input, &data)) > 0) {
        ssize_t done = write(self->in, data, length);

        if (done > 0)
            stream_drop(&self->input, (apr_size_t)done);
        else if (done < 0 && errno == EAGAIN)
            return;
        else if (done < 0 && errno != EINTR)
            lose_input(self);
    }
    if (self->input_ends)
        shut(&self->in);
}

void process_write(process_t *self, const char *data, apr_size_t length)
{
    if (self->in < 0 || self->input_ends)
        return;
    stream_put(&self->input, data, length);
    write_input(self);
}

void process_end_input(process_t *self)
{
    self->input_ends = 1;
    write_input(self);
}

static void in_is_ready(void *baton, void *object, short events)
{
    process_t *self = object;

    (void)baton;
    (void)events;
    if (self->is_over)
        return;
    write_input(self);
    self->hooks->written(self);
}

/* ---- output */

/** @return false when there is nothing more to read now */
static int read_once(process_t *self, process_pipe_e which)
{
    char data[READ_SIZE];
    apr_size_t room = self->hooks->room(self, which);
    ssize_t got;

    if (self->out[which] < 0 || room == 0)
        return 0;
    got = read(self->out[which], data, room < sizeof(data) ? room : READ_SIZE);
    if (got > 0) {
        self->hooks->output(self, which, data, (apr_size_t)got);
        return !self->is_over;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return errno == EINTR;
    shut(&self->out[which]);
    self->hooks->closed(self, which);
    return 0;
}

static void out_is_ready(void *baton, void *object, short events)
{
    process_t *self = object;

    (void)baton;
    (void)events;
    for (int i = 0; i < READS && !self->is_over; i++)
        if (!read_once(self, PROCESS_OUT))
            break;
}

static void err_is_ready(void *baton, void *object, short events)
{
    process_t *self = object;

    (void)baton;
    (void)events;
    for (int i = 0; i < READS && !self->is_over; i++)
        if (!read_once(self, PROCESS_ERR))
            break;
}

void process_drain(process_t *self)
{
    for (int i = 0; i < PROCESS_OUTPUTS; i++)
        for (int j = 0; j < DRAIN_READS && !self->is_over; j++)
            if (!read_once(self, (process_pipe_e)i))
                break;
}

/* ---- its state */

static void status_is_ready(void *baton, void *object, short events)
{
    process_t *self = object;
    int status = 0;
    ssize_t got;

    (void)baton;
    (void)events;
    if (self->is_over)
        return;
    got = read(self->status, &status, sizeof(status));
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    shut(&self->status);
    self->hooks->started(self, got == sizeof(status) ? status : 0);
}

void process_check_start(process_t *self)
{
    status_is_ready(NULL, self, POLLIN);
}

void process_watch(process_t *self, loop_t *loop)
{
    static loop_ready_fn *const ready[] = {out_is_ready, err_is_ready};

    if (self->is_over)
        return;
    loop_add(loop, self->status, POLLIN, status_is_ready, NULL, self);
    if (self->input.length > 0)
        loop_add(loop, self->in, POLLOUT, in_is_ready, NULL, self);
    for (int i = 0; i < PROCESS_OUTPUTS; i++)
        if (self->out[i] >= 0 && self->hooks->room(self, (process_pipe_e)i) > 0)
            loop_add(loop, self->out[i], POLLIN, ready[i], NULL, self);
}

void process_reaped(process_t *self, int wait_status)
{
    self->pid = 0;
    lose_input(self);
    if (self->is_over)
        return;
    if (self->status >= 0)
        process_check_start(self);
    if (!self->is_over)
        self->hooks->exited(self, WIFSIGNALED(wait_status)
                                      ? 128 + WTERMSIG(wait_status)
                                      : WEXITSTATUS(wait_status));
}

void process_end(process_t *self)
{
    lose_input(self);
    shut(&self->out[PROCESS_OUT]);
    shut(&self->out[PROCESS_ERR]);
    shut(&self->status);
    self->is_over = 1;
}
