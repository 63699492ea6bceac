/* keeper.h - the process that holds one shell, as the kinds of shells see it.
 *
 * A keeper is a fork of the daemon's main process, with one thread and one
 * loop.  It reads requests of httpd's processes, each of them a connection of
 * its own, and does by itself what is the same for all shells: who may call,
 * ids, quotas, times, Get, the list of commands, Receive with its lease,
 * Disconnect and Reconnect.  What differs is a row of functions, keeper_kind_t:
 * keeper_cmd.c runs processes, keeper_psrp.c speaks with an engine.
 *
 * Nothing here waits.  A function of a kind answers its call at once, or keeps
 * the pointer and answers later, when the engine has said what it has to say.
 * A call whose client has gone, or whose deadline is over, is taken back by
 * gone(); no pointer to it may be kept after that, nor after it was answered.
 *
 * Memory: `keeper->pool` lives as long as the shell, `command->pool` as long as
 * the command, `call->pool` as long as the call, with its request.
 */
#ifndef SHELLD_KEEPER_H
#define SHELLD_KEEPER_H

#include "../shell/wsm_shell_policy.h"

typedef struct keeper_t keeper_t;
typedef struct keeper_call_t keeper_call_t;
typedef struct keeper_command_t keeper_command_t;
typedef struct keeper_stream_t keeper_stream_t;
typedef struct keeper_engine_t keeper_engine_t;

/** What a kind of shell does.  Every function answers its call exactly once
 *  (keeper_answer, keeper_answer_with, keeper_refuse), now or later.  NULL:
 *  such a call is refused with WSMAN_E_UNSUPPORTED_FEATURE. */
typedef struct keeper_kind_t {
    /** The names that a client may use; those that it does not name in Create
     *  are not there.  Lists with NULL at the end. */
    const char *const *input_streams;
    const char *const *output_streams;
    /** Streams of the shell itself exist (keeper_shell_stream). */
    int has_shell_streams;
    /** A put is one piece of a Receive, never joined with others nor cut. */
    int keeps_pieces;

    /** The account is known and its session is open: starts what the shell
     *  needs (self->wish is what was asked for).  If it refuses, or the call
     *  is taken back, the shell ends. */
    void (*create)(keeper_t *self, keeper_call_t *call);
    /** `command` has its id and its streams, and is in the list.  Where it is
     *  refused, it is forgotten. */
    void (*command)(keeper_t *self, keeper_call_t *call,
                    keeper_command_t *command,
                    const wsm_shell_command_wish_t *wish);
    /** The commands of the pieces exist (others were refused), and the streams
     *  are inputs. */
    void (*send)(keeper_t *self, keeper_call_t *call,
                 const wsm_shell_piece_t *pieces, int npieces);
    /** Signals one command, which may be done.  TERMINATE: when it is
     *  answered, the command is forgotten. */
    void (*signal)(keeper_t *self, keeper_call_t *call,
                   keeper_command_t *command, wsm_shell_signal_e code);
    /** The same, where all commands of a shell are signalled at once: nobody
     *  waits for what comes of it. */
    void (*signal_quietly)(keeper_t *self, keeper_command_t *command,
                           wsm_shell_signal_e code);
    /** Another client of the owner takes the shell over: what
     *  connectResponseXml is, the kind adds (keeper_answer_with). */
    void (*connect)(keeper_t *self, keeper_call_t *call,
                    wsm_shell_bytes_t request);
    /** The shell is to end.  Calls keeper_closed() when it has ended in order;
     *  after KEEPER_CLOSE_GRACE, or if this is NULL, all is killed. */
    void (*close)(keeper_t *self);
    /** A client has all that the command wrote, and knows that it is done. */
    void (*fetched)(keeper_t *self, keeper_command_t *command);
    /** What comes before `command` is freed. */
    void (*forget)(keeper_t *self, keeper_command_t *command);
    /** The call is taken back: it is answered already, and must not be. */
    void (*gone)(keeper_t *self, keeper_call_t *call);
    /** A stream that was full has room again. */
    void (*room)(keeper_t *self, keeper_stream_t *stream);
    /** The time of keeper_wake() has come. */
    void (*tick)(keeper_t *self);
} keeper_kind_t;

extern const keeper_kind_t keeper_kind_cmd;
extern const keeper_kind_t keeper_kind_psrp;

#define KEEPER_CLOSE_GRACE apr_time_from_sec(5)

/** What of a keeper a kind may look at. */
typedef struct keeper_shell_t {
    apr_pool_t *pool;
    const wsm_shell_policy_t *policy;
    const wsm_shell_wish_t *wish; /* lives as long as the shell */
    const char *id;
    const wsm_shell_engine_t *engine; /* the row of the policy */
    wsm_shell_state_e state;
    wsm_shell_buffer_e buffer;
    void *baton; /* the kind's own */
} keeper_shell_t;
keeper_shell_t *keeper_shell(keeper_t *self);

/* ---- calls */

struct keeper_call_t {
    apr_pool_t *pool;
    wsm_shell_message_e type;
    keeper_command_t *command; /* that it is about, or NULL */
    void *baton;               /* the kind's own */
};

/** It is done: OK with what every answer of its type has. */
void keeper_answer(keeper_t *self, keeper_call_t *call);
/** The same, with BYTES: connectResponseXml of a Connect. */
void keeper_answer_with(keeper_t *self, keeper_call_t *call,
                        wsm_shell_bytes_t bytes);
/** It failed; the error is in call->pool. */
void keeper_refuse(keeper_t *self, keeper_call_t *call, wsm_error_t *err);

/* ---- commands */

struct keeper_command_t {
    apr_pool_t *pool;
    const char *id;
    const char *line;
    apr_uint32_t pid; /* 0: none, or it runs no more */
    int done;
    int has_exit_code;
    int exit_code;
    void *baton; /* the kind's own */
};

/** NULL: there is none of that id (letter case is ignored). */
keeper_command_t *keeper_command_find(keeper_t *self, const char *id);
/** The command is over: its streams end, and when a Receive has got all that
 *  is in them it gets Done.
 *  @param exit_code  below 0: it has none (a pipeline) */
void keeper_command_done(keeper_t *self, keeper_command_t *command,
                         int exit_code);

/* ---- output that waits for a Receive */

/** @return NULL if the client did not ask for a stream of that name */
keeper_stream_t *keeper_shell_stream(keeper_t *self, const char *name);
keeper_stream_t *keeper_command_stream(keeper_command_t *command,
                                       const char *name);
/** Adds a copy, and wakes the Receive that waits for it.  It is always taken:
 *  who puts asks keeper_stream_room() first whether there is room, and reads
 *  no more from where it comes from until room() says so.  What a put exceeds
 *  the bound by is at most one piece.  In a shell that is disconnected with
 *  BufferMode Drop the oldest pieces go instead, and there is always room. */
void keeper_stream_put(keeper_t *self, keeper_stream_t *stream,
                       const char *data, apr_size_t length);
apr_size_t keeper_stream_room(keeper_t *self, const keeper_stream_t *stream);
/** Nothing follows. */
void keeper_stream_end(keeper_t *self, keeper_stream_t *stream);

/* ---- an engine: a process of the shell's account with three pipes */

typedef struct keeper_engine_hooks_t {
    /** A line of its output, without its end and with a zero behind; at most
     *  `max_line` long. */
    void (*line)(keeper_t *self, keeper_engine_t *engine, char *line,
                 apr_size_t length);
    /** What it writes to stderr: as it comes, or NULL: to the log. */
    void (*error)(keeper_t *self, keeper_engine_t *engine, const char *data,
                  apr_size_t length);
    /** It is over; its output was read to the end.  128 + n: killed by signal
     *  n; -1: a line was longer than max_line, and it was killed. */
    void (*ended)(keeper_t *self, keeper_engine_t *engine, int exit_code);
    apr_size_t max_line;
} keeper_engine_hooks_t;

/** Starts it in its own process group, in the directory and with the
 *  environment of the shell.
 *  @param argv  argv[0] is looked for in the shell's PATH
 *  Errors (in the keeper's pool): WSMAN_E_INTERNAL_ERROR with 2147942402 (there
 *  is no such program), 2147942405 (it cannot be executed) or 0 (no process
 *  can be made) */
wsm_error_t *keeper_engine_start(keeper_engine_t **engine, keeper_t *self,
                                 const char *const *argv,
                                 const keeper_engine_hooks_t *hooks);
/** Queues bytes for its input; they are copied.  The bridge has at most one
 *  packet for each pipeline in it, so that the queue stays small. */
void keeper_engine_write(keeper_engine_t *engine, const char *data,
                         apr_size_t length);
apr_size_t keeper_engine_unwritten(const keeper_engine_t *engine);
/** Ends its input when all is written. */
void keeper_engine_end_input(keeper_engine_t *engine);
/** While it is paused its output is not read (a stream has no room), and
 *  line() is not called. */
void keeper_engine_pause(keeper_engine_t *engine, int is_paused);
void keeper_engine_kill(keeper_engine_t *engine, int signal_number);

/* ---- the rest */

/** tick() is called then; 0: never.  The last one counts. */
void keeper_wake(keeper_t *self, apr_time_t when);
/** The shell has ended in order (after close()), or has no use any more: what
 *  is left of it is killed, and the keeper ends. */
void keeper_closed(keeper_t *self);
/** A line in httpd's error log, with the shell's id. */
void keeper_log(keeper_t *self, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
