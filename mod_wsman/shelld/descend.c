/* descend.c - processes below this one, as /proc tells.
 */
#include "descend.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of a list of children, so much is read at a time. */
#define CHILDREN_TEXT 8192
/* So often is looked for those that fork and end all the time. */
#define CHASES 500

typedef struct relation_t {
    pid_t pid;
    pid_t parent;
    pid_t group;
    unsigned long long start;
    int is_below;
} relation_t;

typedef struct family_t {
    relation_t *all;
    int count;
    int room;
} family_t;

/** @return false if there is nothing in it */
static int read_text(char *text, size_t room, const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got;

    if (fd < 0)
        return 0;
    got = read(fd, text, room - 1);
    close(fd);
    text[got > 0 ? got : 0] = '\0';
    return got > 0;
}

/** "PID (any name) S PPID PGRP ...": the name may have anything in it. */
static int read_relation(relation_t *relation, pid_t pid)
{
    char path[64], text[512];
    const char *end;

    snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
    if (!read_text(text, sizeof(text), path))
        return 0;
    end = strrchr(text, ')');
    relation->pid = pid;
    relation->is_below = 0;
    return end != NULL &&
           sscanf(end + 1,
                  " %*c %d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d "
                  "%*d %*d %*d %*d %llu",
                  &relation->parent, &relation->group, &relation->start) == 3;
}

unsigned long long descend_start(pid_t pid)
{
    relation_t found;

    return read_relation(&found, pid) ? found.start : 0;
}

void descend_signal(pid_t pid, unsigned long long start, int signal_number)
{
#if defined(SYS_pidfd_open) && defined(SYS_pidfd_send_signal)
    const int fd = (int)syscall(SYS_pidfd_open, pid, 0);

    if (fd >= 0) {
        if (descend_start(pid) == start)
            (void)syscall(SYS_pidfd_send_signal, fd, signal_number, NULL, 0);
        close(fd);
        return;
    }
    if (errno == ESRCH)
        return;
#endif
    if (descend_start(pid) == start)
        (void)kill(pid, signal_number);
}

static void add(family_t *self, pid_t pid)
{
    if (self->count == self->room) {
        self->room = self->room == 0 ? 256 : self->room * 2;
        self->all = realloc(self->all, (size_t)self->room * sizeof(*self->all));
        if (self->all == NULL)
            abort();
    }
    if (read_relation(&self->all[self->count], pid))
        self->count++;
}

static void read_all(family_t *self)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;

    while (proc != NULL && (entry = readdir(proc)) != NULL)
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
            add(self, (pid_t)atol(entry->d_name));
    if (proc != NULL)
        closedir(proc);
}

static int is_spared(const pid_t *spared, pid_t pid)
{
    while (spared != NULL && *spared != 0 && *spared != pid)
        spared++;
    return spared != NULL && *spared == pid;
}

static int by_pid(const void *a, const void *b)
{
    const relation_t *left = a, *right = b;

    return (left->pid > right->pid) - (left->pid < right->pid);
}

static relation_t *find(const family_t *self, pid_t pid)
{
    const relation_t key = {pid, 0, 0, 0, 0};

    return bsearch(&key, self->all, (size_t)self->count, sizeof(key), by_pid);
}

/** Marks what is below `root`, from the top to the bottom. */
static void mark(family_t *self, pid_t root, const pid_t *spared)
{
    int found;

    if (self->count > 0)
        qsort(self->all, (size_t)self->count, sizeof(*self->all), by_pid);
    do {
        found = 0;
        for (int i = 0; i < self->count; i++) {
            relation_t *one = &self->all[i];
            const relation_t *parent;

            if (one->is_below || is_spared(spared, one->pid))
                continue;
            parent = one->parent == root ? NULL : find(self, one->parent);
            if (one->parent != root && (parent == NULL || !parent->is_below))
                continue;
            one->is_below = 1;
            found = 1;
        }
    } while (found);
}

int descend_kill(pid_t group, const pid_t *spared, int signal_number)
{
    family_t family = {0};
    int count = 0;

    read_all(&family);
    mark(&family, getpid(), spared);
    for (int i = 0; i < family.count; i++) {
        const relation_t *one = &family.all[i];

        if (!one->is_below || (group != 0 && one->group != group))
            continue;
        descend_signal(one->pid, one->start, signal_number);
        count++;
    }
    free(family.all);
    return count;
}

/** Kills children of this process without looking at all others.
 *  @return how many it has found; 0 where the kernel does not tell */
static int chase(const pid_t *spared)
{
    char path[64], text[CHILDREN_TEXT];
    char *at = text, *end;
    int count = 0;

    snprintf(path, sizeof(path), "/proc/self/task/%ld/children",
             (long)getpid());
    if (!read_text(text, sizeof(text), path))
        return 0;
    for (;; at = end) {
        const pid_t pid = (pid_t)strtol(at, &end, 10);

        /* What was cut off is no number. */
        if (end == at || *end != ' ')
            return count;
        if (is_spared(spared, pid))
            continue;
        (void)kill(pid, SIGKILL);
        count++;
    }
}

int descend_end(const pid_t *spared)
{
    const int count = descend_kill(0, spared, SIGKILL);

    for (int i = 0; i < CHASES && chase(spared) > 0; i++)
        ;
    return count;
}
