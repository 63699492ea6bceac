/* keeper_private.h - the inside of a keeper.
 */
#ifndef SHELLD_KEEPER_PRIVATE_H
#define SHELLD_KEEPER_PRIVATE_H

#include "../include/wsman_provider.h"
#include "../shell/wsm_shell_request.h"
#include "keeper.h"
#include "process.h"
#include "report.h"

typedef struct place_t place_t;
typedef struct request_t request_t;
typedef struct command_t command_t;

struct keeper_stream_t {
    stream_t bytes;
    const char *name;
    place_t *place;
    int ended;
    int end_told; /* to a client that has it */
    int end_leased;
    int was_full;
};

/** Where output waits: a command, or the shell itself. */
struct place_t {
    command_t *command; /* NULL: the shell */
    keeper_stream_t *streams;
    int nstreams;
    request_t *waiting; /* the Receive that waits */
    request_t *leasing; /* the one that has output which is not settled */
    int turn;           /* which stream is first, where not all fits */
};

struct command_t {
    keeper_command_t command;
    keeper_t *keeper;
    command_t *next;
    place_t place;
    int fetched;      /* Done has arrived */
    int is_forgotten; /* freed when nobody is in the middle of it */
    int is_starting;  /* its Command is not answered */
};

typedef enum request_phase_e {
    REQUEST_READING,
    REQUEST_WAITING,   /* for what it asked for */
    REQUEST_ANSWERING, /* the answer is being sent */
    REQUEST_SETTLING,  /* the answer was output */
    REQUEST_OVER
} request_phase_e;

struct request_t {
    keeper_call_t call;
    wsm_shell_request_t asked;
    keeper_t *keeper;
    request_t *next;
    request_phase_e phase;
    int fd;
    char *in;
    apr_size_t got;
    apr_size_t room;
    apr_time_t since; /* it began to come in */
    apr_time_t used;  /* when the shell was used before */
    wsm_shell_message_t answer;
    apr_size_t sent;
    apr_time_t linger; /* a Receive with little output waits for more */
    place_t *place;    /* of a Receive */
    int done_leased;
};

typedef enum keeper_phase_e {
    KEEPER_CREATING,
    KEEPER_OPEN,
    KEEPER_CLOSING, /* the kind is told */
    KEEPER_ENDING
} keeper_phase_e;

struct keeper_t {
    keeper_shell_t shell;
    const keeper_kind_t *kind;
    keeper_phase_e phase;
    loop_t loop;
    account_t *account;
    const char *owner;
    const char *address;
    const char *session; /* of the client that it belongs to, or NULL */
    apr_pool_t *session_pool;
    int had_session; /* it was made in one */
    const char *directory;
    const char *path;
    const char *const *environment;
    int main_fd;
    int report_fd;
    int signal_fd;
    int main_is_gone;
    int report_is_due;
    apr_time_t created;
    apr_time_t used; /* when the last call began or ended */
    apr_time_t close_by;
    apr_time_t wake;
    apr_interval_time_t idle_timeout;
    apr_interval_time_t lifetime;
    place_t place;
    command_t *commands;
    request_t *requests;
    process_t *processes;
    request_t *deleter; /* the Delete that ends it */
};

/* keeper_environment.c */
/** Names and values of the client; the directory; the account's own.  Errors:
 *  WSMAN_E_PARAMETER_INVALID_VALUE */
wsm_error_t *keeper_make_environment(keeper_t *self);

/* keeper_request.c: connections */
void keeper_request_add(keeper_t *self, int fd, const char *data,
                        apr_size_t length);
void keeper_request_watch(request_t *self, loop_t *loop);
/** Sends `self->answer`, which is whole. */
void keeper_request_send(request_t *self);
/** Takes it back from whoever has it, and closes the connection. */
void keeper_request_drop(request_t *self);
/** Reads what is said about output that was sent. */
void keeper_requests_settle(keeper_t *self);
/** Frees what is over. */
void keeper_requests_sweep(keeper_t *self);

/* keeper_call.c: what requests ask */
void keeper_dispatch(keeper_t *self, request_t *request);
void keeper_describe(const keeper_t *self, wsm_shell_t *shell, apr_time_t now);
wsm_error_t *keeper_no_command(apr_pool_t *pool);

/* keeper_receive.c */
void keeper_place_open(keeper_t *self, place_t *place, command_t *command,
                       apr_pool_t *pool);
void keeper_place_close(keeper_t *self, place_t *place);
void keeper_receive(keeper_t *self, request_t *request);
/** There may be more for the Receive that waits. */
void keeper_receive_try(keeper_t *self, place_t *place);
void keeper_settle(keeper_t *self, request_t *request, int is_sent);

/* keeper_command.c */
void keeper_command_call(keeper_t *self, request_t *request);
void keeper_signal_call(keeper_t *self, request_t *request);
void keeper_list_commands(keeper_t *self, request_t *request);
void keeper_command_forget(keeper_t *self, command_t *command);
void keeper_commands_sweep(keeper_t *self);
int keeper_command_count(const keeper_t *self);

/* keeper_life.c: states and times */
void keeper_disconnect(keeper_t *self, request_t *request);
void keeper_reconnect(keeper_t *self, request_t *request);
void keeper_connect(keeper_t *self, request_t *request);
/** Its Connect is answered. */
void keeper_connected(keeper_t *self, const request_t *request);
/** Does what is due, and says by when the loop must come back. */
void keeper_times(keeper_t *self);
void keeper_close(keeper_t *self);
void keeper_report(keeper_t *self);

/* keeper_end.c */
/** @return false if there are processes that it could not end */
int keeper_end(keeper_t *self);
/** What a keeper exits with then. */
#define KEEPER_LEFT_SOME 3

/* keeper_process.c: the processes of the shell */
process_plan_t keeper_plan(const keeper_t *self, const char *program,
                           const char *const *argv);
void keeper_process_add(keeper_t *self, process_t *process);
/** It is freed by its owner after this, in a later turn. */
void keeper_process_remove(keeper_t *self, process_t *process);
void keeper_reap(keeper_t *self);

/** The whole life of a keeper, in its own process: never returns.
 *  @param policy  of now
 *  @param fds  the socket to the main process, that of reports, the
 *              connection of Create
 *  @param data  what was read of it */
typedef struct keeper_start_t {
    const wsm_shell_policy_t *policy;
    const char *id;
    int main_fd;
    int report_fd;
    int connection;
    const char *data;
    apr_size_t length;
} keeper_start_t;
void keeper_main(const keeper_start_t *start, apr_pool_t *pool)
    __attribute__((noreturn));

#endif
