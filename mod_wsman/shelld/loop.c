/* loop.c - one turn after another of poll(2).
 */
#include "loop.h"

#include <stdlib.h>
#include <time.h>

apr_time_t loop_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return apr_time_from_sec(now.tv_sec) + now.tv_nsec / 1000;
}

apr_time_t loop_time(apr_time_t when)
{
    const apr_time_t time = loop_now() + (when - apr_time_now());

    return time > 0 ? time : 1;
}

void loop_begin(loop_t *self)
{
    self->count = 0;
    self->wake = 0;
}

void loop_add(loop_t *self, int fd, short events, loop_ready_fn *ready,
              void *baton, void *object)
{
    if (fd < 0)
        return;
    if (self->count == self->room) {
        int room = self->room == 0 ? 16 : self->room * 2;

        self->polled =
            realloc(self->polled, (size_t)room * sizeof(*self->polled));
        self->entries =
            realloc(self->entries, (size_t)room * sizeof(*self->entries));
        if (self->polled == NULL || self->entries == NULL)
            abort();
        self->room = room;
    }
    self->polled[self->count] = (struct pollfd){fd, events, 0};
    self->entries[self->count++] = (loop_entry_t){ready, baton, object};
}

void loop_until(loop_t *self, apr_time_t when)
{
    if (when != 0 && (self->wake == 0 || when < self->wake))
        self->wake = when;
}

/** Milliseconds until the earliest time. */
static int timeout(const loop_t *self)
{
    apr_interval_time_t left;

    if (self->wake == 0)
        return -1;
    left = self->wake - loop_now();
    if (left <= 0)
        return 0;
    return left >= apr_time_from_sec(3600) ? 3600 * 1000
                                           : (int)((left + 999) / 1000);
}

void loop_turn(loop_t *self)
{
    int ready = poll(self->polled, (nfds_t)self->count, timeout(self));

    for (int i = 0; ready > 0 && i < self->count; i++)
        if (self->polled[i].revents != 0) {
            const loop_entry_t *entry = &self->entries[i];

            entry->ready(entry->baton, entry->object, self->polled[i].revents);
            ready--;
        }
}

void loop_free(loop_t *self)
{
    free(self->polled);
    free(self->entries);
    *self = (loop_t){0};
}
