/* wsm_shell_open.c - a connection to a daemon that listens in the file system.
 */
#include "wsm_shell.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <apr_strings.h>

/* How long a connection is tried when all places for new ones are taken, or
 * the daemon has died and the next one is on its way */
#define TRIES 200
#define PAUSE apr_time_from_msec(10)

static wsm_error_t *offline(apr_pool_t *pool)
{
    return wsm_error_make(pool, WSMAN_E_RESOURCE_OFFLINE, errno, NULL,
                          "The daemon of remote shells cannot be reached.");
}

/* A full queue is EAGAIN: such a socket is never on its way. */
static int may_change(int reason)
{
    return reason == EAGAIN || reason == EINTR || reason == ECONNREFUSED ||
           reason == ENOENT;
}

static int try_connect(int fd, const struct sockaddr_un *address)
{
    int i;

    for (i = 0; i < TRIES; i++) {
        if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) ==
            0)
            return 1;
        if (!may_change(errno))
            return 0;
        apr_sleep(PAUSE);
    }
    return 0;
}

wsm_error_t *wsm_shell_open(int *fd, const char *path, apr_pool_t *pool)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    wsm_error_t *err;

    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0)
        return offline(pool);
    apr_cpystrn(address.sun_path, path, sizeof(address.sun_path));
    if (try_connect(*fd, &address))
        return NULL;
    err = offline(pool);
    close(*fd);
    *fd = -1;
    return err;
}
