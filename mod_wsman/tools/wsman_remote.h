/* wsman_remote.h - a command that runs elsewhere, with our standard streams and
 * our signals.
 *
 * Three threads with a connection each: the caller's waits for output and
 * writes it, one reads our input and sends it, one waits for signals and passes
 * them on.  Signals are blocked from wsman_remote_make() on, so that they
 * arrive nowhere else; nothing runs in a handler.
 *
 *     make, create or attach, command, follow, end
 *
 * end() deletes the shell unless the user has left it (detached).
 */
#ifndef WSMAN_REMOTE_H
#define WSMAN_REMOTE_H

#include <apr_thread_proc.h>

#include "wsman_options.h"

typedef struct wsman_remote_t wsman_remote_t;

struct wsman_remote_t {
    wsman_options_t *options;
    apr_pool_t *pool;
    wsm_client_t *output; /* of the caller's thread */
    wsm_client_t *input;
    wsm_client_t *control;    /* never given up, but quickly answered */
    wsm_client_shell_t shell; /* id NULL: none */
    const char *command_id;   /* NULL: none */

    /** SIGINT is always passed on, and lines that begin with '~' may be for
     *  us. */
    int is_interactive;
    apr_thread_t *sender;
    apr_thread_t *watcher;
    int wake[2]; /* a pipe: its end ends the sender */

    /* Said by one thread to the others (apr_atomic) */
    volatile apr_uint32_t stop;       /* exchanges are given up */
    volatile apr_uint32_t is_running; /* there is a command to signal */
    volatile apr_uint32_t is_over;    /* what is sent now does not matter */
    volatile apr_uint32_t interrupts;
    volatile apr_uint32_t signal; /* that ended us; 0: none */
    volatile apr_uint32_t detach; /* the user leaves the shell */
    volatile apr_uint32_t quit;   /* the user has enough of it */

    wsm_failure_t *send_failure; /* in send_pool; for after the sender */
    apr_pool_t *send_pool;
    int output_error; /* errno */
    int has_exit_code;
    apr_uint32_t exit_code;
};

/** @param is_interactive  a person is at a terminal */
wsm_failure_t *wsman_remote_make(wsman_remote_t **remote,
                                 wsman_options_t *options, int is_interactive,
                                 apr_pool_t *pool);

/** Makes a shell as the options say.
 *  @param idle_timeout  if they do not say it; 0: the service's */
wsm_failure_t *wsman_remote_create(wsman_remote_t *self,
                                   apr_interval_time_t idle_timeout);
/** Takes over a shell, and the command that runs in it. */
wsm_failure_t *wsman_remote_attach(wsman_remote_t *self, const char *id);

wsm_failure_t *wsman_remote_command(wsman_remote_t *self,
                                    const wsm_client_command_t *command);

/** Passes output (and input, if options->remote.input) until the command is
 *  over or left. */
wsm_failure_t *wsman_remote_follow(wsman_remote_t *self);

/** Leaves nothing behind, and sets options->status.
 *  @param failure  the first one, or NULL
 *  @return what is to be reported: NULL also after a signal */
wsm_failure_t *wsman_remote_end(wsman_remote_t *self, wsm_failure_t *failure);

/* ---- Between its files */

/** All exchanges and the sender end; `number` of the signal that says so, or
 *  0. */
void wsman_remote_give_up(wsman_remote_t *self, int number);

/** After a failure.  A connection that did not come about is tried again for a
 *  while: the shell outlives it.
 *  @param repeats  also one that broke before it brought an answer, since it
 *                  does no harm if the request has been heard
 *  @param since    of the caller; 0 while the connection is well
 *  @return true if the request shall be made again */
int wsman_remote_try_again(wsman_remote_t *self, const wsm_failure_t *failure,
                           int repeats, apr_time_t *since);

/** The sender (wsman_remote_input.c). */
wsm_failure_t *wsman_remote_send_start(wsman_remote_t *self);
/** Waits for its end. */
void wsman_remote_send_end(wsman_remote_t *self);

/** The signals (wsman_remote_signal.c). */
wsm_failure_t *wsman_remote_watch_start(wsman_remote_t *self);
void wsman_remote_watch_end(wsman_remote_t *self);

#endif
