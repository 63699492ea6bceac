/* keeper_psrp_channel.c - one line at a time to the engine for each GUID. */
#include "keeper_psrp.h"

#include <string.h>

#include <apr_strings.h>

/* What keeper_call_t.baton is: the lines of the call that are not acknowledged
 * yet. */
typedef struct task_t {
    int packets;
} task_t;

/* How each line is acknowledged. */
static const psrp_tag_e ack_of[] = {
    [PSRP_DATA] = PSRP_DATA_ACK,
    [PSRP_COMMAND] = PSRP_COMMAND_ACK,
    [PSRP_SIGNAL] = PSRP_SIGNAL_ACK,
    [PSRP_CLOSE] = PSRP_CLOSE_ACK,
};

/* A line without data fits. */
#define SHORT_LINE 160

psrp_channel_t *psrp_channel_make(psrp_bridge_t *self, const char *guid)
{
    psrp_channel_t **last = &self->channels;
    psrp_channel_t *channel;
    apr_pool_t *pool;

    apr_pool_create(&pool, self->shell->pool);
    channel = apr_pcalloc(pool, sizeof(*channel));
    channel->pool = pool;
    apr_cpystrn(channel->guid, guid, sizeof(channel->guid));
    while (*last != NULL)
        last = &(*last)->next;
    *last = channel;
    self->nchannels++;
    return channel;
}

void psrp_channel_free(psrp_bridge_t *self, psrp_channel_t *channel)
{
    psrp_channel_t **at = &self->channels;

    while (*at != channel)
        at = &(*at)->next;
    *at = channel->next;
    self->nchannels--;
    apr_pool_destroy(channel->pool);
}

psrp_channel_t *psrp_channel_find(const psrp_bridge_t *self, const char *guid)
{
    psrp_channel_t *channel = self->channels;

    while (channel != NULL && strcmp(channel->guid, guid) != 0)
        channel = channel->next;
    return channel;
}

/* ---- packets */

static psrp_packet_t *packet_make(psrp_bridge_t *self)
{
    psrp_packet_t *packet = self->spare;

    if (packet == NULL)
        return apr_pcalloc(self->shell->pool, sizeof(*packet));
    self->spare = packet->next;
    memset(packet, 0, sizeof(*packet));
    return packet;
}

static void packet_free(psrp_bridge_t *self, psrp_packet_t *packet)
{
    packet->next = self->spare;
    self->spare = packet;
}

/* A line of the call is acknowledged, or needs not be said any more. */
static void release(psrp_bridge_t *self, keeper_call_t *call)
{
    task_t *task = call ? call->baton : NULL;

    if (task != NULL && --task->packets == 0)
        psrp_call_done(self, call);
}

void psrp_channel_add(psrp_bridge_t *self, psrp_channel_t *channel,
                      psrp_tag_e tag, psrp_stream_e stream,
                      wsm_shell_bytes_t data, keeper_call_t *call)
{
    psrp_packet_t **last = &channel->waiting;
    psrp_packet_t *packet = packet_make(self);

    packet->tag = tag;
    packet->stream = stream;
    packet->data = data;
    packet->call = call;
    if (call != NULL) {
        if (call->baton == NULL)
            call->baton = apr_pcalloc(call->pool, sizeof(task_t));
        ((task_t *)call->baton)->packets++;
    }
    while (*last != NULL)
        last = &(*last)->next;
    *last = packet;
}

void psrp_channel_say(psrp_bridge_t *self, psrp_channel_t *channel,
                      psrp_tag_e tag, keeper_call_t *call)
{
    static const wsm_shell_bytes_t none = {"", 0};

    psrp_channel_add(self, channel, tag, PSRP_DEFAULT, none, call);
}

apr_size_t psrp_channel_waiting(const psrp_channel_t *channel)
{
    const psrp_packet_t *packet;
    apr_size_t bytes = 0;

    for (packet = channel->waiting; packet != NULL; packet = packet->next)
        bytes += packet->data.length;
    return bytes;
}

void psrp_channel_drop_input(psrp_bridge_t *self, psrp_channel_t *channel)
{
    psrp_packet_t **at = &channel->waiting;

    while (*at != NULL) {
        psrp_packet_t *packet = *at;
        keeper_call_t *call = packet->call;

        if (packet->tag != PSRP_DATA || call->type != WSM_SHELL_M_SEND) {
            at = &packet->next;
            continue;
        }
        *at = packet->next;
        packet_free(self, packet);
        release(self, call);
    }
}

int psrp_channel_acknowledge(psrp_bridge_t *self, psrp_channel_t *channel,
                             psrp_tag_e ack)
{
    psrp_packet_t *packet = channel->flying;
    keeper_call_t *call;
    psrp_tag_e tag;

    if (packet == NULL || ack_of[packet->tag] != ack)
        return 0;
    call = packet->call;
    tag = packet->tag;
    channel->flying = NULL;
    packet_free(self, packet);
    psrp_acknowledged(self, channel, tag);
    release(self, call);
    psrp_channels_pump(self);
    return 1;
}

/* ---- all channels */

/* Of what has not gone out, what only serves the call. */
static void leave_waiting(psrp_bridge_t *self, psrp_channel_t *channel,
                          const keeper_call_t *call)
{
    psrp_packet_t **at = &channel->waiting;

    while (*at != NULL) {
        psrp_packet_t *packet = *at;

        if (packet->call != call) {
            at = &packet->next;
        } else if (packet->tag == PSRP_DATA || packet->tag == PSRP_COMMAND) {
            *at = packet->next;
            packet_free(self, packet);
        } else {
            packet->call = NULL;
            at = &packet->next;
        }
    }
}

void psrp_channels_leave(psrp_bridge_t *self, const keeper_call_t *call)
{
    psrp_channel_t *channel;

    for (channel = self->channels; channel != NULL; channel = channel->next) {
        if (channel->flying != NULL && channel->flying->call == call)
            channel->flying->call = NULL;
        leave_waiting(self, channel, call);
    }
}

static keeper_call_t *any_call(const psrp_channel_t *channel)
{
    const psrp_packet_t *packet;

    if (channel->flying != NULL && channel->flying->call != NULL)
        return channel->flying->call;
    for (packet = channel->waiting; packet != NULL; packet = packet->next)
        if (packet->call != NULL)
            return packet->call;
    return NULL;
}

keeper_call_t *psrp_channels_call(const psrp_bridge_t *self)
{
    const psrp_channel_t *channel;
    keeper_call_t *call = NULL;

    for (channel = self->channels; channel != NULL && call == NULL;
         channel = channel->next)
        call = any_call(channel);
    return call;
}

/* The call lives until its line has gone out, and the keeper copies that. */
static void fly(psrp_bridge_t *self, psrp_channel_t *channel)
{
    psrp_packet_t *packet = channel->waiting;
    wsm_shell_bytes_t data = packet->data;
    char small[SHORT_LINE];
    char *line = small;

    channel->waiting = packet->next;
    packet->next = NULL;
    channel->flying = packet;
    if (data.length > 0)
        line = apr_palloc(packet->call->pool, psrp_line_size(data.length));
    keeper_engine_write(self->engine, line,
                        psrp_line_write(line, packet->tag, packet->stream,
                                        channel->guid, data.data, data.length));
}

void psrp_channels_pump(psrp_bridge_t *self)
{
    apr_size_t most = (apr_size_t)self->shell->policy->limits.buffer;
    psrp_channel_t *channel;

    for (channel = self->channels; channel != NULL && self->engine != NULL;
         channel = channel->next)
        if (channel->flying == NULL && channel->waiting != NULL &&
            keeper_engine_unwritten(self->engine) < most)
            fly(self, channel);
}
