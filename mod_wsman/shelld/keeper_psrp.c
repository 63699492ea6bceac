/* keeper_psrp.c - PowerShell shells: the calls of clients, as lines to an
 * engine. */
#include "keeper_psrp.h"

#include <stdarg.h>
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "../include/wsman_provider.h"

#define POOL_GUID "00000000-0000-0000-0000-000000000000"

/* An engine that has nothing to say to its first line in this time has another
 * protocol. */
#define CREATE_TIME apr_time_from_sec(60)
/* How long after the end of an engine clients can hear how their pipelines
 * ended. */
#define WAKE_TIME apr_time_from_sec(10)

/* Channels that have no command any more wait for the engine's CloseAck. */
#define SPARE_CHANNELS 64
#define USUAL_CHANNELS 1024

#define NO_SHELL     2150858843u
#define ABORTED      995u
#define NO_PROGRAM   2147942402u
#define TOO_MANY     2150859241u
#define ID_IS_TAKEN  2150859222u
#define FIRST_SIGNAL 128

static psrp_bridge_t *bridge_of(keeper_t *keeper)
{
    return keeper_shell(keeper)->baton;
}

void psrp_refuse(psrp_bridge_t *self, keeper_call_t *call, wsman_code_e code,
                 apr_uint32_t number, const char *format, ...)
{
    wsm_error_t *err;
    va_list args;

    va_start(args, format);
    err = wsm_error_vmake(call->pool, code, APR_SUCCESS, NULL, format, args);
    va_end(args);
    err->number = number;
    keeper_refuse(self->keeper, call, err);
}

void psrp_refuse_gone(psrp_bridge_t *self, keeper_call_t *call)
{
    psrp_refuse(self, call, WSMAN_E_UNEXPECTED_SELECTORS, NO_SHELL,
                "the PowerShell of this shell has ended");
}

/* ---- Create */

static void engine_ended(keeper_t *keeper, keeper_engine_t *engine,
                         int exit_code);

static const char *const usual_program[] = {"pwsh", "-s", "-NoLogo",
                                            "-NoProfile", NULL};

static const char *const *program_of(const psrp_bridge_t *self)
{
    const wsm_shell_engine_t *row = self->shell->engine;

    return row != NULL && row->program != NULL && row->program[0] != NULL
               ? row->program
               : usual_program;
}

static void refuse_start(psrp_bridge_t *self, keeper_call_t *call,
                         const wsm_error_t *err)
{
    const char *const *program = program_of(self);
    wsm_error_t *refusal = wsm_error_make(
        call->pool, WSMAN_E_INTERNAL_ERROR, err->status, err,
        program == usual_program && err->number == NO_PROGRAM
            ? "this server has no PowerShell: install pwsh (PowerShell 7) "
              "so that it is in the PATH of shells, or name another engine "
              "with WSManShell"
            : "the engine %s of this shell cannot be started: see WSManShell",
        apr_filepath_name_get(program[0]));

    refusal->number = err->number;
    keeper_refuse(self->keeper, call, refusal);
}

static psrp_bridge_t *bridge_make(keeper_t *keeper)
{
    keeper_shell_t *shell = keeper_shell(keeper);
    psrp_bridge_t *self = apr_pcalloc(shell->pool, sizeof(*self));

    self->keeper = keeper;
    self->shell = shell;
    shell->baton = self;
    psrp_channel_make(self, POOL_GUID)->output =
        keeper_shell_stream(keeper, "stdout");
    psrp_connect_note(self, shell->wish->creation);
    return self;
}

static void create(keeper_t *keeper, keeper_call_t *call)
{
    psrp_bridge_t *self = bridge_make(keeper);
    wsm_shell_bytes_t creation = self->shell->wish->creation;
    const keeper_engine_hooks_t hooks = {psrp_output_line, psrp_output_error,
                                         engine_ended,
                                         psrp_line_size(psrp_most_bytes(self))};
    wsm_error_t *err;

    if (creation.length > 0 && !psrp_check_bytes(self, call, creation))
        return;
    err = keeper_engine_start(&self->engine, keeper, program_of(self), &hooks);
    if (err != NULL) {
        refuse_start(self, call, err);
        return;
    }
    /* Without creationXml the first Send is the first that it hears. */
    if (creation.length == 0) {
        keeper_answer(keeper, call);
        return;
    }
    self->creating = call;
    keeper_wake(keeper, apr_time_now() + CREATE_TIME);
    psrp_channel_add(self->channels, creation, call);
    psrp_channels_pump(self);
}

/* ---- Command */

/* Which pipeline the engine knows: the one that the first message is of.  A
 * client may give the command another id. */
static int pipeline_guid(const keeper_command_t *command,
                         wsm_shell_bytes_t first,
                         char guid[PSRP_GUID_LENGTH + 1])
{
    psrp_message_t message = {0};
    psrp_fragment_t fragment;

    if (first.length > 0 &&
        psrp_fragment_read(&fragment, first.data, first.length) &&
        psrp_message_add(&message, &fragment) != PSRP_LOST &&
        psrp_message_pipeline(&message, guid))
        return 1;
    if (!psrp_guid_is(command->id, strlen(command->id)))
        return 0;
    for (int i = 0; i <= PSRP_GUID_LENGTH; i++)
        guid[i] = (char)apr_tolower(command->id[i]);
    return 1;
}

static int most_channels(const psrp_bridge_t *self)
{
    apr_uint32_t commands = self->shell->policy->limits.commands;

    return commands == 0 || commands > USUAL_CHANNELS
               ? USUAL_CHANNELS
               : (int)commands + SPARE_CHANNELS;
}

static int check_command(psrp_bridge_t *self, keeper_call_t *call,
                         const keeper_command_t *command,
                         wsm_shell_bytes_t first,
                         char guid[PSRP_GUID_LENGTH + 1])
{
    if (self->engine == NULL || self->is_ending)
        psrp_refuse_gone(self, call);
    else if (!pipeline_guid(command, first, guid))
        psrp_refuse(self, call, WSMAN_E_PARAMETER_INVALID_VALUE, 0,
                    "neither the first fragment nor the CommandId says the "
                    "GUID of the pipeline");
    else if (psrp_channel_find(self, guid) != NULL)
        psrp_refuse(self, call, WSMAN_E_ALREADY_EXISTS, ID_IS_TAKEN,
                    "there is a pipeline with the id %s already", guid);
    else if (self->nchannels > most_channels(self))
        psrp_refuse(self, call, WSMAN_E_QUOTA_LIMIT, TOO_MANY,
                    "this shell has too many pipelines");
    else
        return first.length == 0 || psrp_check_bytes(self, call, first);
    return 0;
}

static void run_command(keeper_t *keeper, keeper_call_t *call,
                        keeper_command_t *command,
                        const wsm_shell_command_wish_t *wish)
{
    psrp_bridge_t *self = bridge_of(keeper);
    char guid[PSRP_GUID_LENGTH + 1];
    psrp_channel_t *channel;

    if (!check_command(self, call, command, wish->first, guid))
        return;
    channel = psrp_channel_make(self, guid);
    channel->command = command;
    channel->output = keeper_command_stream(command, "stdout");
    command->baton = channel;
    psrp_channel_say(channel, PSRP_COMMAND, call);
    /* Its output may come before the acknowledgement of this, and be more than
     * is kept: nobody waits for it. */
    if (wish->first.length > 0)
        psrp_channel_add(channel, wish->first, NULL);
    psrp_channels_pump(self);
    psrp_output_flow(self);
}

/* ---- Signal, and the end of pipelines */

static void end_keeper(psrp_bridge_t *self)
{
    if (!self->is_over)
        keeper_closed(self->keeper);
    self->is_over = 1;
}

static int has_commands(const psrp_bridge_t *self)
{
    const psrp_channel_t *channel = self->channels;

    while (channel != NULL && channel->command == NULL)
        channel = channel->next;
    return channel != NULL;
}

static void close_channel(psrp_channel_t *channel, keeper_call_t *call)
{
    channel->is_closing = 1;
    psrp_channel_say(channel, PSRP_CLOSE, call);
}

/* @return false if there is nothing to stop, or to close */
static int can_signal(const psrp_bridge_t *self,
                      const keeper_command_t *command, int is_last)
{
    const psrp_channel_t *channel = command->baton;

    return channel != NULL && self->engine != NULL && !channel->is_closing &&
           (!command->done || is_last);
}

static void stop_channel(psrp_channel_t *channel, keeper_call_t *call)
{
    psrp_channel_drop_input(channel);
    if (channel->command->done)
        return;
    channel->is_stopping = 1;
    psrp_channel_say(channel, PSRP_SIGNAL, call);
}

static void signal_command(keeper_t *keeper, keeper_call_t *call,
                           keeper_command_t *command, wsm_shell_signal_e code)
{
    psrp_bridge_t *self = bridge_of(keeper);
    int is_last = code == WSM_SHELL_SIGNAL_TERMINATE;

    if (!can_signal(self, command, is_last)) {
        keeper_answer(keeper, call);
        return;
    }
    stop_channel(command->baton, call);
    if (is_last)
        close_channel(command->baton, call);
    psrp_inputs_take(self);
    psrp_output_flow(self);
}

/* After TERMINATE the command is forgotten, and that closes it. */
static void signal_quietly(keeper_t *keeper, keeper_command_t *command,
                           wsm_shell_signal_e code)
{
    psrp_bridge_t *self = bridge_of(keeper);

    (void)code;
    if (!can_signal(self, command, 0))
        return;
    stop_channel(command->baton, NULL);
    psrp_inputs_take(self);
    psrp_output_flow(self);
}

void psrp_pipeline_over(psrp_bridge_t *self, psrp_channel_t *channel)
{
    channel->output = NULL;
    if (channel->command != NULL && !channel->command->done)
        keeper_command_done(self->keeper, channel->command, -1);
}

static void detach(psrp_channel_t *channel)
{
    if (channel->command != NULL)
        channel->command->baton = NULL;
    channel->command = NULL;
    channel->output = NULL;
}

void psrp_acknowledged(psrp_bridge_t *self, psrp_channel_t *channel,
                       psrp_tag_e tag)
{
    if (tag == PSRP_SIGNAL) {
        psrp_pipeline_over(self, channel);
        psrp_output_flow(self);
    }
    if (tag != PSRP_CLOSE)
        return;
    if (channel == self->channels) {
        keeper_engine_end_input(self->engine);
        return;
    }
    psrp_pipeline_over(self, channel);
    detach(channel);
    psrp_channel_free(self, channel);
    psrp_output_flow(self);
}

void psrp_call_done(psrp_bridge_t *self, keeper_call_t *call)
{
    if (call == self->creating) {
        self->creating = NULL;
        keeper_wake(self->keeper, 0);
    }
    keeper_answer(self->keeper, call);
}

/* Of an engine that has ended nothing else is waited for. */
static void fetched(keeper_t *keeper, keeper_command_t *command)
{
    psrp_bridge_t *self = bridge_of(keeper);

    if (self->engine != NULL || command->baton == NULL)
        return;
    detach(command->baton);
    if (!has_commands(self))
        end_keeper(self);
}

static void forget(keeper_t *keeper, keeper_command_t *command)
{
    psrp_bridge_t *self = bridge_of(keeper);
    psrp_channel_t *channel = command->baton;

    if (channel == NULL)
        return;
    detach(channel);
    if (self->engine == NULL) {
        if (!has_commands(self))
            end_keeper(self);
        return;
    }
    psrp_channel_drop_input(channel);
    if (!channel->is_closing)
        close_channel(channel, NULL);
    psrp_inputs_take(self);
    psrp_output_flow(self);
}

static void gone(keeper_t *keeper, keeper_call_t *call)
{
    psrp_bridge_t *self = bridge_of(keeper);
    psrp_channel_t *channel;

    if (call == self->creating)
        self->creating = NULL;
    psrp_channels_leave(self, call);
    psrp_inputs_leave(self, call);
    channel = call->type == WSM_SHELL_M_COMMAND && call->command
                  ? call->command->baton
                  : NULL;
    /* It may lack the message that says what to run. */
    if (channel != NULL && !channel->is_closing && self->engine != NULL) {
        psrp_pipeline_over(self, channel);
        close_channel(channel, NULL);
        psrp_channels_pump(self);
    }
}

/* ---- the end */

static void refuse_waiting(psrp_bridge_t *self)
{
    keeper_call_t *call;

    while ((call = psrp_channels_call(self)) != NULL) {
        psrp_channels_leave(self, call);
        psrp_inputs_leave(self, call);
        psrp_refuse(self, call, WSMAN_E_INTERNAL_ERROR, ABORTED,
                    call == self->creating
                        ? "PowerShell ended when it was started: the server's "
                          "log says how"
                        : "the PowerShell of this shell has ended");
    }
}

static void close_shell(keeper_t *keeper)
{
    psrp_bridge_t *self = bridge_of(keeper);
    psrp_channel_t *channel;

    if (self == NULL) { /* the shell is deleted before it is made */
        keeper_closed(keeper);
        return;
    }
    if (self->engine == NULL) {
        end_keeper(self);
        return;
    }
    self->is_ending = 1;
    refuse_waiting(self);
    self->creating = NULL;
    for (channel = self->channels; channel != NULL; channel = channel->next) {
        psrp_channel_drop_input(channel);
        if (!channel->is_closing)
            close_channel(channel, NULL);
    }
    psrp_channels_pump(self);
    psrp_output_flow(self);
}

static const char *end_text(psrp_bridge_t *self, int exit_code)
{
    if (exit_code < 0)
        return "with a line that is too long";
    return exit_code > FIRST_SIGNAL
               ? apr_psprintf(self->shell->pool, "killed by signal %d",
                              exit_code - FIRST_SIGNAL)
               : apr_psprintf(self->shell->pool, "with exit code %d",
                              exit_code);
}

/* The log has what the engine said first: the client must not see it. */
static void log_trouble(psrp_bridge_t *self, const char *what, const char *how)
{
    keeper_log(self->keeper, WSMAN_LOG_ERR, "the engine %s%s%s%s", what, how,
               self->complaint ? "; it said first: " : "",
               self->complaint ? self->complaint : "");
}

/* Those who wait for its pipelines hear that they are over; then there is no
 * shell any more. */
static void engine_ended(keeper_t *keeper, keeper_engine_t *engine,
                         int exit_code)
{
    psrp_bridge_t *self = bridge_of(keeper);
    psrp_channel_t *channel;
    int is_new;

    (void)engine;
    psrp_output_error_end(self);
    self->engine = NULL;
    if (self->is_ending) {
        end_keeper(self);
        return;
    }
    log_trouble(self, "has ended, ", end_text(self, exit_code));
    is_new = self->creating != NULL;
    refuse_waiting(self);
    self->creating = NULL;
    if (is_new)
        return;
    for (channel = self->channels; channel != NULL; channel = channel->next)
        psrp_pipeline_over(self, channel);
    if (has_commands(self))
        keeper_wake(keeper, apr_time_now() + WAKE_TIME);
    else
        end_keeper(self);
}

static void tick(keeper_t *keeper)
{
    psrp_bridge_t *self = bridge_of(keeper);
    keeper_call_t *call = self->creating;

    if (self->engine == NULL) {
        end_keeper(self);
    } else if (call != NULL) {
        self->creating = NULL;
        psrp_channels_leave(self, call);
        log_trouble(self, "does not answer",
                    ": it must speak the protocol of `pwsh -s`");
        psrp_refuse(self, call, WSMAN_E_INTERNAL_ERROR, 0,
                    "the engine of this shell does not answer");
    }
}

static void room(keeper_t *keeper, keeper_stream_t *stream)
{
    (void)stream;
    psrp_output_flow(bridge_of(keeper));
}

static const char *const input_streams[] = {"stdin", "pr", NULL};
static const char *const output_streams[] = {"stdout", NULL};

const keeper_kind_t keeper_kind_psrp = {
    .input_streams = input_streams,
    .output_streams = output_streams,
    .has_shell_streams = 1,
    .keeps_pieces = 1,
    .create = create,
    .command = run_command,
    .send = psrp_send,
    .signal = signal_command,
    .signal_quietly = signal_quietly,
    .connect = psrp_connect,
    .close = close_shell,
    .fetched = fetched,
    .forget = forget,
    .gone = gone,
    .room = room,
    .tick = tick,
};
