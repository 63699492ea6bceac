/* test_shelld_escape.c - processes that do all they can to outlive their shell.
 *
 * The program is its own helper: `comet FIFO` forks and ends, over and over, so
 * that whoever looks for it finds somebody who is no more.  As long as one of
 * them lives, the FIFO has a writer.
 */
#include "shelld.h"

#include <poll.h>

#define TAILS 4

static int start(void **state)
{
    daemon_t *self = daemon_start();

    assert_int_equal(daemon_say_policy(self, WSM_SHELL_VERSION),
                     WSM_SHELL_M_OK);
    *state = self;
    return 0;
}

static int stop(void **state)
{
    daemon_stop(*state);
    return 0;
}

/* ---- the helper */

/** Ends by itself only where the test is over, and has failed. */
static void fly(const char *fifo)
{
    for (;;)
        for (int i = 0; i < 256; i++) {
            if (i == 0 && access(fifo, F_OK) != 0)
                _exit(0);
            if (fork() > 0)
                _exit(0);
            (void)setsid();
        }
}

static int comet(const char *fifo)
{
    int fd = open(fifo, O_WRONLY);

    for (int i = 1; i < NSIG; i++)
        (void)signal(i, SIG_IGN);
    for (int i = 0; i < 3; i++)
        close(i);
    for (int i = 0; i < TAILS; i++)
        if (fork() == 0)
            fly(fifo);
    return write(fd, "x", 1) == 1 ? 0 : 1;
}

/* ---- */

static const char *own_path(const daemon_t *self)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path));

    assert_true(length > 0);
    return apr_pstrmemdup(self->pool, path, (apr_size_t)length);
}

/** Starts comets in a shell, and waits until they fly.
 *  @return the FIFO that they hold */
static int launch_comets(const daemon_t *self, const char *fifo,
                         const char *shell)
{
    struct pollfd polled = {0};
    char mark;

    assert_int_equal(mkfifo(fifo, 0600), 0);
    polled.fd = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    polled.events = POLLIN;
    assert_true(polled.fd >= 0);
    command_run((daemon_t *)(uintptr_t)self, shell,
                apr_psprintf(self->pool, "%s comet %s", own_path(self), fifo));
    assert_int_equal(poll(&polled, 1, (int)(A_WHILE / 1000)), 1);
    assert_int_equal(read(polled.fd, &mark, 1), 1);
    return polled.fd;
}

/** The last of them is gone. */
static void await_end(int fd, const char *fifo)
{
    struct pollfd polled = {fd, POLLIN, 0};
    const int ready = poll(&polled, 1, (int)(A_WHILE / 1000));
    char mark;

    unlink(fifo);
    assert_int_equal(ready, 1);
    assert_int_equal(read(fd, &mark, 1), 0);
    close(fd);
}

static void test_comets_end_with_their_shell(void **state)
{
    daemon_t *self = *state;
    const char *fifo = apr_psprintf(self->pool, "%s/fifo", self->folder);
    const char *shell = shell_make(self, NULL)->id;
    const int fd = launch_comets(self, fifo, shell);

    shell_delete(self, shell);
    await_end(fd, fifo);
}

static void test_comets_end_with_their_keeper(void **state)
{
    daemon_t *self = *state;
    const char *fifo = apr_psprintf(self->pool, "%s/fifo", self->folder);
    const wsm_shell_t *shell = shell_make(self, NULL);
    const int fd = launch_comets(self, fifo, shell->id);

    assert_int_equal(kill((pid_t)shell->pid, SIGKILL), 0);
    await_end(fd, fifo);
}

static void test_comets_end_with_the_daemon(void **state)
{
    daemon_t *self = *state;
    const char *fifo = apr_psprintf(self->pool, "%s/fifo", self->folder);
    const int fd = launch_comets(self, fifo, shell_make(self, NULL)->id);

    close(self->control);
    self->control = -1;
    await_end(fd, fifo);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_comets_end_with_their_shell, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_comets_end_with_their_keeper,
                                        start, stop),
        cmocka_unit_test_setup_teardown(test_comets_end_with_the_daemon, start,
                                        stop),
    };
    int failed;

    if (argc == 3 && strcmp(argv[1], "comet") == 0)
        return comet(argv[2]);
    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
