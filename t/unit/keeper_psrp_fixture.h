/* keeper_psrp_fixture.h - the bridge to a PowerShell engine, with a keeper of
 * the test around it, which plays the engine, too. */
#ifndef KEEPER_PSRP_FIXTURE_H
#define KEEPER_PSRP_FIXTURE_H

#include "cim_test.h"

#include <stdarg.h>

#include "../../mod_wsman/shelld/keeper_psrp.h"

#define POOL   "00000000-0000-0000-0000-000000000000"
#define FIRST  "3e1ea5bb-0102-4c4d-8899-aabbccddeeff"
#define SECOND "77777777-0102-4c4d-8899-aabbccddeeff"

#define BUFFER 100000

/* ---- a keeper */

struct keeper_stream_t {
    char data[65536];
    apr_size_t length;
    int pieces;
    int is_full;
};

struct keeper_engine_t {
    int is_there;
};

struct keeper_t {
    keeper_shell_t shell;
    wsm_shell_policy_t policy;
    wsm_shell_wish_t wish;
    keeper_stream_t stdout_stream;
    keeper_engine_t engine;
    keeper_engine_hooks_t hooks;
    const char *const *argv;
    apr_uint32_t start_fails; /* with this number */
    char said[262144];        /* lines that the engine has not read */
    char log[16384];
    int is_paused, is_killed, is_input_ended, is_closed;
    int nlogged;
    apr_time_t wake;
    keeper_command_t *commands[8];
    keeper_stream_t *streams[8];
    int ncommands;
};

static keeper_t *keeper;
static const keeper_kind_t *kind = &keeper_kind_psrp;

enum { OPEN, ANSWERED, REFUSED };

/* A call, and what became of it. */
typedef struct asked_t {
    keeper_call_t call; /* first: the keeper's is this */
    int state;
    wsm_error_t *err;
    wsm_shell_bytes_t bytes;
} asked_t;

static inline asked_t *ask(wsm_shell_message_e type, keeper_command_t *command)
{
    asked_t *asked = apr_pcalloc(pool, sizeof(*asked));

    apr_pool_create(&asked->call.pool, pool);
    asked->call.type = type;
    asked->call.command = command;
    return asked;
}

static inline void settle(keeper_call_t *call, int state)
{
    asked_t *asked = (asked_t *)call;

    assert_int_equal(asked->state, OPEN);
    asked->state = state;
}

keeper_shell_t *keeper_shell(keeper_t *self)
{
    return &self->shell;
}

void keeper_answer(keeper_t *self, keeper_call_t *call)
{
    (void)self;
    settle(call, ANSWERED);
}

void keeper_answer_with(keeper_t *self, keeper_call_t *call,
                        wsm_shell_bytes_t bytes)
{
    (void)self;
    settle(call, ANSWERED);
    ((asked_t *)call)->bytes = bytes;
}

void keeper_refuse(keeper_t *self, keeper_call_t *call, wsm_error_t *err)
{
    (void)self;
    settle(call, REFUSED);
    ((asked_t *)call)->err = err;
}

keeper_command_t *keeper_command_find(keeper_t *self, const char *id)
{
    for (int i = 0; i < self->ncommands; i++)
        if (strcasecmp(self->commands[i]->id, id) == 0)
            return self->commands[i];
    return NULL;
}

void keeper_command_done(keeper_t *self, keeper_command_t *command,
                         int exit_code)
{
    (void)self;
    assert_int_equal(exit_code, -1);
    assert_false(command->done);
    command->done = 1;
}

keeper_stream_t *keeper_shell_stream(keeper_t *self, const char *name)
{
    assert_string_equal(name, "stdout");
    return &self->stdout_stream;
}

keeper_stream_t *keeper_command_stream(keeper_command_t *command,
                                       const char *name)
{
    assert_string_equal(name, "stdout");
    for (int i = 0; i < keeper->ncommands; i++)
        if (keeper->commands[i] == command)
            return keeper->streams[i];
    return NULL;
}

void keeper_stream_put(keeper_t *self, keeper_stream_t *stream,
                       const char *data, apr_size_t length)
{
    (void)self;
    assert_true(psrp_fragments_are_whole(data, length));
    assert_true(stream->length + length <= sizeof(stream->data));
    memcpy(stream->data + stream->length, data, length);
    stream->length += length;
    stream->pieces++;
}

apr_size_t keeper_stream_room(keeper_t *self, const keeper_stream_t *stream)
{
    (void)self;
    return stream->is_full ? 0 : 1000;
}

wsm_error_t *keeper_engine_start(keeper_engine_t **engine, keeper_t *self,
                                 const char *const *argv,
                                 const keeper_engine_hooks_t *hooks)
{
    self->argv = argv;
    self->hooks = *hooks;
    if (self->start_fails) {
        wsm_error_t *err =
            wsm_fail(pool, WSMAN_E_INTERNAL_ERROR, "no /such/program");

        err->number = self->start_fails;
        return err;
    }
    self->engine.is_there = 1;
    *engine = &self->engine;
    return NULL;
}

void keeper_engine_write(keeper_engine_t *engine, const char *data,
                         apr_size_t length)
{
    apr_size_t used = strlen(keeper->said);

    assert_true(engine->is_there && !keeper->is_input_ended);
    assert_true(used + length < sizeof(keeper->said));
    memcpy(keeper->said + used, data, length);
    keeper->said[used + length] = '\0';
}

apr_size_t keeper_engine_unwritten(const keeper_engine_t *engine)
{
    (void)engine;
    return 0;
}

void keeper_engine_end_input(keeper_engine_t *engine)
{
    assert_true(engine->is_there);
    keeper->is_input_ended = 1;
}

void keeper_engine_pause(keeper_engine_t *engine, int is_paused)
{
    assert_true(engine->is_there);
    keeper->is_paused = is_paused;
}

void keeper_engine_kill(keeper_engine_t *engine, int signal_number)
{
    assert_true(engine->is_there);
    assert_int_equal(signal_number, 9);
    keeper->is_killed = 1;
}

void keeper_wake(keeper_t *self, apr_time_t when)
{
    self->wake = when;
}

void keeper_closed(keeper_t *self)
{
    assert_false(self->is_closed);
    self->is_closed = 1;
}

void keeper_log(keeper_t *self, int level, const char *format, ...)
{
    apr_size_t used = strlen(self->log);
    va_list args;

    if (level >= 7)
        return;
    va_start(args, format);
    apr_vsnprintf(self->log + used, sizeof(self->log) - used, format, args);
    va_end(args);
    self->nlogged++;
}

/* ---- messages */

/* One that fits a fragment. */
static inline wsm_shell_bytes_t message(uint64_t object, uint32_t type,
                                        const char *pipeline, const char *text)
{
    static const unsigned char runspaces[PSRP_GUID_BYTES] = {9, 8, 7};
    static const int order[PSRP_GUID_BYTES] = {3, 2, 1,  0,  5,  4,  7,  6,
                                               8, 9, 10, 11, 12, 13, 14, 15};
    const apr_size_t head = PSRP_FRAGMENT_HEAD + PSRP_MESSAGE_HEAD;
    char *data = apr_palloc(pool, head + strlen(text));
    char *guid = data + head - PSRP_GUID_BYTES;

    psrp_fragment_write_head(data, object, type, runspaces, strlen(text));
    for (int i = 0; i < PSRP_GUID_BYTES; i++) {
        char digits[] = {*pipeline, pipeline[1], '\0'};

        guid[order[i]] = (char)strtol(digits, NULL, 16);
        pipeline += pipeline[2] == '-' ? 3 : 2;
    }
    memcpy(data + head, text, strlen(text));
    return (wsm_shell_bytes_t){data, head + strlen(text)};
}

static inline wsm_shell_bytes_t both(wsm_shell_bytes_t one,
                                     wsm_shell_bytes_t other)
{
    char *data = apr_palloc(pool, one.length + other.length);

    memcpy(data, one.data, one.length);
    memcpy(data + one.length, other.data, other.length);
    return (wsm_shell_bytes_t){data, one.length + other.length};
}

static inline wsm_shell_bytes_t creation(void)
{
    return both(message(1, PSRP_SESSION_CAPABILITY, POOL, "<Obj/>"),
                message(2, PSRP_INIT_RUNSPACEPOOL, POOL,
                        "<I32 N=\"MinRunspaces\">1</I32>"
                        "<I32 N=\"MaxRunspaces\">4</I32>"));
}

/* ---- the engine's side */

static inline const char *line_of(psrp_tag_e tag, psrp_stream_e stream,
                                  const char *guid, wsm_shell_bytes_t bytes)
{
    char *line = apr_palloc(pool, psrp_line_size(bytes.length) + 1);

    line[psrp_line_write(line, tag, stream, guid, bytes.data, bytes.length)] =
        '\0';
    return line;
}

/* All that was said since the last time. */
static inline void assert_said(const char *expected)
{
    assert_string_equal(keeper->said, expected);
    keeper->said[0] = '\0';
}

static inline void assert_said_data(const char *guid, wsm_shell_bytes_t bytes)
{
    assert_said(line_of(PSRP_DATA, PSRP_DEFAULT, guid, bytes));
}

static inline const char *said(const char *tag, const char *guid)
{
    return apr_psprintf(pool, "<%s PSGuid='%s' />\n", tag, guid);
}

static inline void engine_says(const char *text)
{
    char *line = apr_pstrdup(pool, text);
    apr_size_t length = strlen(line);

    if (length > 0 && line[length - 1] == '\n')
        line[--length] = '\0';
    keeper->hooks.line(keeper, &keeper->engine, line, length);
}

static inline void engine_acks(const char *tag, const char *guid)
{
    engine_says(said(tag, guid));
}

static inline void engine_sends(const char *guid, wsm_shell_bytes_t bytes)
{
    engine_says(line_of(PSRP_DATA, PSRP_DEFAULT, guid, bytes));
}

static inline void engine_ends(int exit_code)
{
    keeper->engine.is_there = 0;
    keeper->hooks.ended(keeper, &keeper->engine, exit_code);
}

/* ---- what tests begin with */

static inline void make_keeper(void)
{
    keeper = apr_pcalloc(pool, sizeof(*keeper));
    keeper->shell.pool = pool;
    keeper->shell.policy = &keeper->policy;
    keeper->shell.wish = &keeper->wish;
    keeper->shell.id = "A";
    keeper->policy.limits.buffer = BUFFER;
    keeper->wish.creation = creation();
}

static inline asked_t *create(void)
{
    asked_t *asked = ask(WSM_SHELL_M_CREATE, NULL);

    kind->create(keeper, &asked->call);
    return asked;
}

static inline void open_shell(void)
{
    asked_t *asked;

    make_keeper();
    asked = create();
    assert_said_data(POOL, keeper->wish.creation);
    engine_acks("DataAck", POOL);
    assert_int_equal(asked->state, ANSWERED);
}

static inline keeper_command_t *new_command(const char *id)
{
    keeper_command_t *command = apr_pcalloc(pool, sizeof(*command));

    command->pool = pool;
    command->id = id;
    keeper->streams[keeper->ncommands] =
        apr_pcalloc(pool, sizeof(keeper_stream_t));
    keeper->commands[keeper->ncommands++] = command;
    return command;
}

static inline asked_t *run(keeper_command_t *command, wsm_shell_bytes_t first)
{
    wsm_shell_command_wish_t wish = {.command = "", .first = first};
    asked_t *asked = ask(WSM_SHELL_M_COMMAND, command);

    kind->command(keeper, &asked->call, command, &wish);
    return asked;
}

static inline keeper_command_t *start(const char *guid)
{
    wsm_shell_bytes_t first = message(3, 0x00021006, guid, "<Obj/>");
    keeper_command_t *command = new_command(guid);
    asked_t *asked = run(command, first);

    assert_said(said("Command", guid));
    assert_int_equal(asked->state, OPEN);
    engine_acks("CommandAck", guid);
    assert_int_equal(asked->state, ANSWERED);
    assert_said_data(guid, first);
    engine_acks("DataAck", guid);
    return command;
}

static inline asked_t *send_piece(const char *id, const char *stream,
                                  wsm_shell_bytes_t bytes)
{
    asked_t *asked = ask(WSM_SHELL_M_SEND, NULL);
    wsm_shell_piece_t *piece = apr_pcalloc(asked->call.pool, sizeof(*piece));

    piece->stream = stream;
    piece->command_id = id;
    piece->bytes = bytes;
    kind->send(keeper, &asked->call, piece, 1);
    return asked;
}

static inline asked_t *signal_it(keeper_command_t *command,
                                 wsm_shell_signal_e code)
{
    asked_t *asked = ask(WSM_SHELL_M_SIGNAL, command);

    kind->signal(keeper, &asked->call, command, code);
    return asked;
}

static inline wsm_shell_bytes_t state_message(int state)
{
    return message(
        50, PSRP_PIPELINE_STATE, FIRST,
        apr_psprintf(pool, "<I32 N=\"PipelineState\">%d</I32>", state));
}

#endif
