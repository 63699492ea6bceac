/* loop.h - one turn after another of poll(2): what is watched is said anew for
 * each turn, so that nothing of the past can be called.
 *
 * Whoever is called may do everything but free what others have added to this
 * turn: what is over is marked, and freed between turns.
 */
#ifndef SHELLD_LOOP_H
#define SHELLD_LOOP_H

#include <poll.h>

#include <apr_pools.h>
#include <apr_time.h>

typedef void loop_ready_fn(void *baton, void *object, short events);

typedef struct loop_entry_t {
    loop_ready_fn *ready;
    void *baton;
    void *object;
} loop_entry_t;

typedef struct loop_t {
    struct pollfd *polled;
    loop_entry_t *entries;
    int count;
    int room;
    apr_time_t wake; /* the earliest time that was asked for; 0: none */
} loop_t;

/** A clock that nobody sets: it does not tell what time it is. */
apr_time_t loop_now(void);
/** When a time of the calendar is, on that clock. */
apr_time_t loop_time(apr_time_t when);

void loop_begin(loop_t *self);
/** In this turn `ready` is called when `fd` is ready; `fd` -1: nothing. */
void loop_add(loop_t *self, int fd, short events, loop_ready_fn *ready,
              void *baton, void *object);
/** This turn is over by then (loop_now); 0: whenever. */
void loop_until(loop_t *self, apr_time_t when);
/** Waits, and calls. */
void loop_turn(loop_t *self);
void loop_free(loop_t *self);

#endif
