/* process.h - a process of a shell with its three pipes.
 *
 * Its life: process_start() -> started() once, when the program runs or cannot
 * be run -> output() and closed() for its two outputs, exited() when it is
 * reaped -> process_end() by its owner, which gives up its pipes.
 */
#ifndef SHELLD_PROCESS_H
#define SHELLD_PROCESS_H

#include "account.h"
#include "loop.h"
#include "stream.h"

typedef struct process_t process_t;

typedef enum process_pipe_e {
    PROCESS_OUT,
    PROCESS_ERR,
    PROCESS_OUTPUTS
} process_pipe_e;

typedef struct process_hooks_t {
    /** @param status  0, or the errno of what could not be done */
    void (*started)(process_t *self, int status);
    /** How much of an output may be read now; 0: nothing. */
    apr_size_t (*room)(process_t *self, process_pipe_e which);
    void (*output)(process_t *self, process_pipe_e which, const char *data,
                   apr_size_t length);
    /** The end of an output. */
    void (*closed)(process_t *self, process_pipe_e which);
    /** @param exit_code  128 + n: ended by signal n */
    void (*exited)(process_t *self, int exit_code);
    /** Some of its input was written, or is lost. */
    void (*written)(process_t *self);
} process_hooks_t;

struct process_t {
    const process_hooks_t *hooks;
    void *baton;
    process_t *next; /* of those that the keeper watches */
    pid_t pid;       /* 0: it is reaped, or was never started */
    pid_t group;
    int in;
    int out[PROCESS_OUTPUTS];
    int status;     /* what execve() says; -1 when it has said it */
    stream_t input; /* that is not yet written */
    int input_ends; /* after that */
    int is_over;    /* process_end() was called */
};

/** How a process is to be. */
typedef struct process_plan_t {
    const account_t *account;
    const wsm_shell_policy_t *policy;
    const char *program;     /* to execute: a path, or a name for PATH */
    const char *const *argv; /* NULL at the end */
    const char *const *environment;
    const char *directory;
    const char *path; /* where a name is looked for */
    /** What is executed where the program is not there: a path first; NULL */
    const char *const *otherwise;
} process_plan_t;

/** Starts it; `self` is empty but for its hooks and baton.
 *  @return 0, or errno: there is no process */
int process_start(process_t *self, const process_plan_t *plan,
                  apr_pool_t *scratch);
/** Queues input; a process that reads no more has none. */
void process_write(process_t *self, const char *data, apr_size_t length);
void process_end_input(process_t *self);
void process_watch(process_t *self, loop_t *loop);
/** Looks whether it is known how its start went. */
void process_check_start(process_t *self);
/** It was reaped. */
void process_reaped(process_t *self, int wait_status);
/** Reads what is in the pipes now, without waiting, as far as there is room. */
void process_drain(process_t *self);
/** Gives up its pipes. */
void process_end(process_t *self);

/** What a shell's processes have in common, in the child, before it executes
 *  (launch.c).  @return only if it failed: errno */
int launch(const process_plan_t *plan, char *const *programs);

#endif
