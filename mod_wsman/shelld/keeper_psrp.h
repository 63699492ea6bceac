/* keeper_psrp.h - the bridge between a PowerShell shell and its engine, within
 * itself.
 *
 * The engine is one process that speaks lines (psrp_line.h).  What goes to it
 * goes through a channel: the pool of runspaces has one, and each pipeline.  A
 * channel has at most one line under way that the engine has not acknowledged;
 * what else there is for it waits.  Input is taken when it waits there within
 * limits.buffer; other calls are answered when all of their lines are
 * acknowledged.  What the engine says goes, a fragment a piece, into the stream
 * "stdout" of the shell or of the command that is the pipeline.
 */
#ifndef KEEPER_PSRP_H
#define KEEPER_PSRP_H

#include "keeper.h"
#include "psrp_fragment.h"

/** A line that waits, or is under way. */
typedef struct psrp_packet_t {
    struct psrp_packet_t *next;
    psrp_tag_e tag;
    int is_input;        /* of a Send */
    keeper_call_t *call; /* NULL: nobody waits for it */
    apr_size_t length;
    char line[];
} psrp_packet_t;

/** A Send that waits for room. */
typedef struct psrp_input_t {
    struct psrp_input_t *next;
    keeper_call_t *call;
    const wsm_shell_piece_t *pieces;
    int npieces;
} psrp_input_t;

/** The pool's, or that of a pipeline.  It lives until the engine has
 *  acknowledged its Close. */
typedef struct psrp_channel_t {
    struct psrp_channel_t *next;
    apr_pool_t *pool;
    char guid[PSRP_GUID_LENGTH + 1];
    keeper_command_t *command; /* NULL: the pool, or it is forgotten */
    keeper_stream_t *output;   /* NULL: what comes is lost */
    psrp_packet_t *flying;     /* the engine has it */
    psrp_packet_t *waiting;
    apr_size_t input;       /* bytes of it that wait, as lines */
    int is_awaited;         /* a Send waits for room here */
    psrp_message_t message; /* that comes from the engine */
    int is_stopping;        /* a Signal is on its way: what a client does not
                               fetch is lost rather than waited for */
    int is_closing;         /* a Close waits or is under way */
} psrp_channel_t;

/** The last message of a type that the engine said of the pool: what a client
 *  that takes over is told again. */
typedef struct psrp_record_t {
    char *fragments; /* or NULL */
    apr_size_t length;
    int is_whole;
    int is_lost; /* it is too long to be kept */
} psrp_record_t;

#define PSRP_RECORDS 3

typedef struct psrp_bridge_t {
    keeper_t *keeper;
    keeper_shell_t *shell;
    keeper_engine_t *engine;  /* NULL: it has ended */
    psrp_channel_t *channels; /* the first is the pool's */
    int nchannels;
    psrp_input_t *inputs;    /* Sends that wait, the oldest first */
    keeper_call_t *creating; /* Create, which is not answered yet */
    int is_paused;
    apr_size_t excess; /* bytes put into streams that were full */
    int is_ending;     /* the shell is deleted */
    int is_broken;     /* it was killed for what it said */
    int is_over;       /* the keeper was told to end */
    char error[256];   /* the line of its stderr that comes */
    apr_size_t error_used;
    const char *complaint; /* the first line of its stderr, or NULL */
    int nnoise;            /* lines of it that the log has */
    psrp_record_t records[PSRP_RECORDS];
    psrp_message_t init; /* INIT_RUNSPACEPOOL of the first client */
    int is_known;        /* it was there */
} psrp_bridge_t;

/* ---- keeper_psrp_channel.c: what goes to the engine */

/** Adds one, behind the others. */
psrp_channel_t *psrp_channel_make(psrp_bridge_t *self, const char *guid);
void psrp_channel_free(psrp_bridge_t *self, psrp_channel_t *channel);
/** NULL: there is none */
psrp_channel_t *psrp_channel_find(const psrp_bridge_t *self, const char *guid);
/** Adds Data; the call, if there is one, waits for its acknowledgement. */
void psrp_channel_add(psrp_channel_t *channel, wsm_shell_bytes_t data,
                      keeper_call_t *call);
/** Adds Data of a Send. */
void psrp_channel_add_input(psrp_channel_t *channel, psrp_stream_e stream,
                            wsm_shell_bytes_t data);
/** Adds a line without data. */
void psrp_channel_say(psrp_channel_t *channel, psrp_tag_e tag,
                      keeper_call_t *call);
/** Forgets input that waits. */
void psrp_channel_drop_input(psrp_channel_t *channel);
/** The engine has acknowledged what is under way.
 *  @return false if it is not under way */
int psrp_channel_acknowledge(psrp_bridge_t *self, psrp_channel_t *channel,
                             psrp_tag_e ack);
/** Nobody waits for the call any more. */
void psrp_channels_leave(psrp_bridge_t *self, const keeper_call_t *call);
/** A call that waits for something, or NULL. */
keeper_call_t *psrp_channels_call(const psrp_bridge_t *self);
/** Gives the engine what can be given. */
void psrp_channels_pump(psrp_bridge_t *self);

/* ---- keeper_psrp_input.c: Send */

/** What fits the buffer that the policy gives. */
apr_size_t psrp_most_bytes(const psrp_bridge_t *self);
/** Bytes that a call brings in one piece.  @return false if it is refused */
int psrp_check_bytes(psrp_bridge_t *self, keeper_call_t *call,
                     wsm_shell_bytes_t bytes);
void psrp_send(keeper_t *keeper, keeper_call_t *call,
               const wsm_shell_piece_t *pieces, int npieces);
/** Gives the engine what can be given, and takes input that has room now. */
void psrp_inputs_take(psrp_bridge_t *self);
/** Nobody waits for the call any more. */
void psrp_inputs_leave(psrp_bridge_t *self, const keeper_call_t *call);

/* ---- keeper_psrp_output.c: what comes from it */

void psrp_output_line(keeper_t *keeper, keeper_engine_t *engine, char *line,
                      apr_size_t length);
void psrp_output_error(keeper_t *keeper, keeper_engine_t *engine,
                       const char *data, apr_size_t length);
/** The line of its stderr that comes is over. */
void psrp_output_error_end(psrp_bridge_t *self);
/** Reads on, or not, as there is room.  For a call that waits for an
 *  acknowledgement, which may come behind what has no room, as much again is
 *  read. */
void psrp_output_flow(psrp_bridge_t *self);

/* ---- keeper_psrp_connect.c: another client takes over */

/** Notes what the first client said of the pool. */
void psrp_connect_note(psrp_bridge_t *self, wsm_shell_bytes_t creation);
/** A fragment of the pool's messages went to the client. */
void psrp_connect_record(psrp_bridge_t *self, const psrp_message_t *message,
                         const char *bytes, apr_size_t length,
                         psrp_progress_e progress);
void psrp_connect(keeper_t *keeper, keeper_call_t *call,
                  wsm_shell_bytes_t request);

/* ---- keeper_psrp.c */

/** A line that was said is acknowledged: what that means.  The channel may be
 *  gone after it. */
void psrp_acknowledged(psrp_bridge_t *self, psrp_channel_t *channel,
                       psrp_tag_e tag);
/** The pipeline has said how it ended. */
void psrp_pipeline_over(psrp_bridge_t *self, psrp_channel_t *channel);
/** All lines of a call are acknowledged. */
void psrp_call_done(psrp_bridge_t *self, keeper_call_t *call);
void psrp_refuse(psrp_bridge_t *self, keeper_call_t *call, wsman_code_e code,
                 apr_uint32_t number, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/** The engine has ended. */
void psrp_refuse_gone(psrp_bridge_t *self, keeper_call_t *call);

#endif
