/* wsm_dbd_gate.c - the file "-lock" beside a database.
 */
#include "wsm_dbd_gate.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

/* Waiting begins with short naps: a write takes some 50 us. */
#define FIRST_NAP 50
#define LAST_NAP  2000

/* What the file begins with. */
typedef struct shared_t {
    apr_uint64_t changes;
} shared_t;

struct wsm_dbd_gate_t {
    int fd;
    shared_t *shared;
};

static apr_status_t close_gate(void *data)
{
    wsm_dbd_gate_t *gate = data;

    munmap(gate->shared, sizeof(*gate->shared));
    close(gate->fd);
    return APR_SUCCESS;
}

/* Root may be the first who comes; the file is the database's owner's. */
static int make_file(const char *name, const char *path)
{
    int fd =
        open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    struct stat info;

    if (fd < 0)
        return -1;
    if (geteuid() == 0 && stat(path, &info) == 0 && info.st_uid != 0 &&
        fchown(fd, info.st_uid, info.st_gid) != 0) {
        int error = errno;

        unlink(name);
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

static int open_file(const char *name, const char *path)
{
    int fd = open(name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0 && errno == ENOENT)
        fd = make_file(name, path);
    /* Another process was faster. */
    if (fd < 0 && errno == EEXIST)
        fd = open(name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    return fd;
}

/* The file only ever grows: who has it mapped may go on. */
static shared_t *map_file(int fd)
{
    struct stat info;
    void *mapped;

    if (fstat(fd, &info) != 0)
        return NULL;
    if (!S_ISREG(info.st_mode)) {
        errno = EINVAL;
        return NULL;
    }
    if (info.st_size < (off_t)sizeof(shared_t) &&
        ftruncate(fd, (off_t)sizeof(shared_t)) != 0)
        return NULL;
    mapped =
        mmap(NULL, sizeof(shared_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return mapped == MAP_FAILED ? NULL : mapped;
}

wsm_error_t *wsm_dbd_gate_open(wsm_dbd_gate_t **gate, const char *path,
                               apr_pool_t *pool)
{
    const char *name = apr_pstrcat(pool, path, WSM_DBD_GATE_SUFFIX, NULL);
    wsm_dbd_gate_t *made = apr_pcalloc(pool, sizeof(*made));

    made->fd = open_file(name, path);
    made->shared = made->fd >= 0 ? map_file(made->fd) : NULL;
    if (made->shared == NULL) {
        wsm_error_t *err = wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, errno,
                                          NULL, "%s cannot be used.", name);

        if (made->fd >= 0)
            close(made->fd);
        return err;
    }
    apr_pool_cleanup_register(pool, made, close_gate, apr_pool_cleanup_null);
    *gate = made;
    return NULL;
}

int wsm_dbd_gate_enter(wsm_dbd_gate_t *gate, apr_interval_time_t patience)
{
    apr_interval_time_t nap = FIRST_NAP, waited = 0;

    while (flock(gate->fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EINTR && waited >= patience)
            return 0;
        apr_sleep(nap);
        waited += nap;
        nap = nap * 2 > LAST_NAP ? LAST_NAP : nap * 2;
    }
    /* Who began to change has died. */
    if ((__atomic_load_n(&gate->shared->changes, __ATOMIC_ACQUIRE) & 1) != 0)
        wsm_dbd_gate_changed(gate);
    return 1;
}

void wsm_dbd_gate_leave(wsm_dbd_gate_t *gate)
{
    flock(gate->fd, LOCK_UN);
}

void wsm_dbd_gate_changing(wsm_dbd_gate_t *gate)
{
    __atomic_add_fetch(&gate->shared->changes, 1, __ATOMIC_SEQ_CST);
}

void wsm_dbd_gate_changed(wsm_dbd_gate_t *gate)
{
    __atomic_add_fetch(&gate->shared->changes, 1, __ATOMIC_SEQ_CST);
}

int wsm_dbd_gate_count(wsm_dbd_gate_t *gate, apr_uint64_t *count)
{
    struct stat info;

    *count = __atomic_load_n(&gate->shared->changes, __ATOMIC_SEQ_CST);
    /* Somebody has removed the file: others count in another one. */
    return (*count & 1) == 0 && fstat(gate->fd, &info) == 0 &&
           info.st_nlink > 0;
}
