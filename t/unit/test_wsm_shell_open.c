/* test_wsm_shell_open.c - a connection to a daemon in the file system, which
 * may not be there, or have no place for it.
 */
#include "state.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../../mod_wsman/shell/wsm_shell.h"

static int listen_at(const char *path, int backlog)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    apr_cpystrn(address.sun_path, path, sizeof(address.sun_path));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, backlog), 0);
    return fd;
}

static const char *path_of(const t_state_t *self)
{
    return apr_pstrcat(self->pool, self->dir, "/s", NULL);
}

static void test_connects(void **state)
{
    t_state_t *self = *state;
    const int listener = listen_at(path_of(self), 5);
    char byte = 0;
    int fd = -1, other;

    t_must(wsm_shell_open(&fd, path_of(self), self->pool));
    other = accept(listener, NULL, NULL);
    assert_true(other >= 0);
    assert_int_equal(write(other, "x", 1), 1);
    assert_int_equal(read(fd, &byte, 1), 1);
    assert_int_equal(byte, 'x');
    /* Nothing waits in it, and no other program gets it. */
    assert_int_equal(read(fd, &byte, 1), -1);
    assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    close(fd);
    close(other);
    close(listener);
}

static void assert_offline(const t_state_t *self)
{
    int fd = 4711;

    t_code(wsm_shell_open(&fd, path_of(self), self->pool),
           WSMAN_E_RESOURCE_OFFLINE);
    assert_int_equal(fd, -1);
}

static void test_is_not_there(void **state)
{
    t_state_t *self = *state;

    assert_offline(self);
    /* Its file is left, nobody listens. */
    close(listen_at(path_of(self), 5));
    assert_offline(self);
}

/* All places for new connections are taken, and none gets free. */
static void test_is_full(void **state)
{
    t_state_t *self = *state;
    const int listener = listen_at(path_of(self), 0);
    int fd = -1;

    t_must(wsm_shell_open(&fd, path_of(self), self->pool));
    assert_offline(self);
    close(fd);
    close(listener);
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_connects),
    T_CASE(test_is_not_there),
    T_CASE(test_is_full),
};

T_MAIN(tests)
