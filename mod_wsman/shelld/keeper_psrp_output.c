/* keeper_psrp_output.c - what the engine says: acknowledgements, and fragments
 * for clients. */
#include "keeper_psrp.h"

#include <signal.h>
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "../include/wsman_provider.h"

/* Lines of an engine that the log has; it may say more than a log should. */
#define MAX_NOISE 50

/* What it wrote beside the protocol. */
static void log_noise(psrp_bridge_t *self, const char *line, apr_size_t length)
{
    if (length == 0 || self->nnoise >= MAX_NOISE)
        return;
    keeper_log(self->keeper, WSMAN_LOG_WARNING, "the engine says: %.*s%s",
               (int)(length > 200 ? 200 : length), line,
               ++self->nnoise == MAX_NOISE ? " (nothing more is logged of it)"
                                           : "");
}

static void break_off(psrp_bridge_t *self, const char *why)
{
    keeper_log(self->keeper, WSMAN_LOG_ERR,
               "the engine is killed, as it does not speak the protocol of "
               "`pwsh -s`: %s",
               why);
    self->is_broken = 1;
    keeper_engine_kill(self->engine, SIGKILL);
}

/* ---- fragments */

static int has_room(psrp_bridge_t *self, const psrp_channel_t *channel)
{
    return channel->output == NULL ||
           keeper_stream_room(self->keeper, channel->output) > 0;
}

void psrp_output_flow(psrp_bridge_t *self)
{
    const psrp_channel_t *channel = self->channels;
    int is_paused = 0;

    while (channel != NULL && (channel->is_stopping || has_room(self, channel)))
        channel = channel->next;
    if (channel == NULL)
        self->excess = 0;
    else if (!self->is_ending)
        is_paused = psrp_channels_call(self) == NULL ||
                    self->excess >= psrp_most_bytes(self);
    if (self->engine == NULL || self->is_paused == is_paused)
        return;
    self->is_paused = is_paused;
    keeper_engine_pause(self->engine, is_paused);
}

/* A client that stops a pipeline may not want to read what is left of it: but
 * how it ended does not get lost. */
static int is_wanted(psrp_bridge_t *self, const psrp_channel_t *channel)
{
    return !channel->is_stopping ||
           channel->message.type == PSRP_PIPELINE_STATE ||
           has_room(self, channel);
}

static void put_fragment(psrp_bridge_t *self, psrp_channel_t *channel,
                         const char *bytes, const psrp_fragment_t *fragment)
{
    psrp_progress_e progress = psrp_message_add(&channel->message, fragment);

    if (channel == self->channels)
        psrp_connect_record(self, &channel->message, bytes, fragment->length,
                            progress);
    if (channel->output == NULL || !is_wanted(self, channel))
        return;
    if (!has_room(self, channel))
        self->excess += fragment->length;
    keeper_stream_put(self->keeper, channel->output, bytes, fragment->length);
    if (channel->command != NULL && progress == PSRP_WHOLE &&
        psrp_message_ends_pipeline(&channel->message))
        psrp_pipeline_over(self, channel);
}

static void put_data(psrp_bridge_t *self, psrp_channel_t *channel,
                     const psrp_line_t *line)
{
    const char *at = line->data;
    const char *end = at + line->length;
    psrp_fragment_t fragment;

    if (!psrp_fragments_are_whole(line->data, line->length)) {
        break_off(self, "its data are no fragments of MS-PSRP");
        return;
    }
    for (; at < end; at += fragment.length) {
        psrp_fragment_read(&fragment, at, (apr_size_t)(end - at));
        put_fragment(self, channel, at, &fragment);
    }
    psrp_output_flow(self);
}

/* ---- lines */

static psrp_bridge_t *bridge_of(keeper_t *keeper)
{
    return keeper_shell(keeper)->baton;
}

void psrp_output_line(keeper_t *keeper, keeper_engine_t *engine, char *line,
                      apr_size_t length)
{
    psrp_bridge_t *self = bridge_of(keeper);
    psrp_channel_t *channel;
    psrp_line_t read;

    (void)engine;
    if (self->is_broken)
        return;
    if (psrp_line_read(&read, line, length) == PSRP_NOISE) {
        log_noise(self, line, length);
        return;
    }
    channel = psrp_channel_find(self, read.guid);
    switch (read.tag) {
    case PSRP_DATA:
        if (channel != NULL)
            put_data(self, channel, &read);
        return;
    case PSRP_DATA_ACK:
    case PSRP_COMMAND_ACK:
    case PSRP_SIGNAL_ACK:
    case PSRP_CLOSE_ACK:
        if (channel == NULL ||
            !psrp_channel_acknowledge(self, channel, read.tag))
            keeper_log(keeper, WSMAN_LOG_DEBUG,
                       "the engine acknowledges what was not said (%s)",
                       read.guid);
        psrp_output_flow(self);
        return;
    default:
        break_off(self, "a line of it has another form");
    }
}

/* ---- stderr */

void psrp_output_error(keeper_t *keeper, keeper_engine_t *engine,
                       const char *data, apr_size_t length)
{
    psrp_bridge_t *self = bridge_of(keeper);
    const char *end = data + length;

    (void)engine;
    while (data < end) {
        const char *newline = memchr(data, '\n', (apr_size_t)(end - data));
        apr_size_t used = (apr_size_t)((newline ? newline : end) - data);
        apr_size_t room = sizeof(self->error) - 1 - self->error_used;

        memcpy(self->error + self->error_used, data, used < room ? used : room);
        self->error_used += used < room ? used : room;
        data += used + (newline != NULL);
        if (newline != NULL)
            psrp_output_error_end(self);
    }
}

void psrp_output_error_end(psrp_bridge_t *self)
{
    self->error[self->error_used] = '\0';
    if (self->error_used > 0 && self->complaint == NULL)
        self->complaint = apr_pstrdup(self->shell->pool, self->error);
    log_noise(self, self->error, self->error_used);
    self->error_used = 0;
}
