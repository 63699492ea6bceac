/* keeper_psrp_channel.c - one line at a time to the engine for each GUID. */
#include "keeper_psrp.h"

#include <stdlib.h>
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

static apr_status_t free_packets(void *data)
{
    psrp_channel_t *channel = data;

    free(channel->flying);
    while (channel->waiting != NULL) {
        psrp_packet_t *packet = channel->waiting;

        channel->waiting = packet->next;
        free(packet);
    }
    return APR_SUCCESS;
}

psrp_channel_t *psrp_channel_make(psrp_bridge_t *self, const char *guid)
{
    psrp_channel_t **last = &self->channels;
    psrp_channel_t *channel;
    apr_pool_t *pool;

    apr_pool_create(&pool, self->shell->pool);
    channel = apr_pcalloc(pool, sizeof(*channel));
    channel->pool = pool;
    apr_pool_cleanup_register(pool, channel, free_packets,
                              apr_pool_cleanup_null);
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

/* A line of the call is acknowledged. */
static void release(psrp_bridge_t *self, keeper_call_t *call)
{
    task_t *task = call ? call->baton : NULL;

    if (task != NULL && --task->packets == 0)
        psrp_call_done(self, call);
}

static psrp_packet_t *packet_add(psrp_channel_t *channel, psrp_tag_e tag,
                                 psrp_stream_e stream, wsm_shell_bytes_t data,
                                 keeper_call_t *call)
{
    psrp_packet_t **last = &channel->waiting;
    psrp_packet_t *packet =
        malloc(sizeof(*packet) + psrp_line_size(data.length));

    if (packet == NULL)
        abort();
    packet->next = NULL;
    packet->tag = tag;
    packet->is_input = 0;
    packet->call = call;
    packet->length = psrp_line_write(packet->line, tag, stream, channel->guid,
                                     data.data, data.length);
    if (call != NULL) {
        if (call->baton == NULL)
            call->baton = apr_pcalloc(call->pool, sizeof(task_t));
        ((task_t *)call->baton)->packets++;
    }
    while (*last != NULL)
        last = &(*last)->next;
    *last = packet;
    return packet;
}

void psrp_channel_add(psrp_channel_t *channel, wsm_shell_bytes_t data,
                      keeper_call_t *call)
{
    packet_add(channel, PSRP_DATA, PSRP_DEFAULT, data, call);
}

void psrp_channel_add_input(psrp_channel_t *channel, psrp_stream_e stream,
                            wsm_shell_bytes_t data)
{
    psrp_packet_t *packet = packet_add(channel, PSRP_DATA, stream, data, NULL);

    packet->is_input = 1;
    channel->input += packet->length;
}

void psrp_channel_say(psrp_channel_t *channel, psrp_tag_e tag,
                      keeper_call_t *call)
{
    static const wsm_shell_bytes_t none = {"", 0};

    packet_add(channel, tag, PSRP_DEFAULT, none, call);
}

void psrp_channel_drop_input(psrp_channel_t *channel)
{
    psrp_packet_t **at = &channel->waiting;

    while (*at != NULL) {
        psrp_packet_t *packet = *at;

        if (!packet->is_input) {
            at = &packet->next;
            continue;
        }
        *at = packet->next;
        free(packet);
    }
    channel->input = 0;
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
    free(packet);
    psrp_acknowledged(self, channel, tag);
    release(self, call);
    psrp_inputs_take(self);
    return 1;
}

/* ---- all channels */

void psrp_channels_leave(psrp_bridge_t *self, const keeper_call_t *call)
{
    psrp_channel_t *channel;
    psrp_packet_t *packet;

    for (channel = self->channels; channel != NULL; channel = channel->next) {
        if (channel->flying != NULL && channel->flying->call == call)
            channel->flying->call = NULL;
        for (packet = channel->waiting; packet != NULL; packet = packet->next)
            if (packet->call == call)
                packet->call = NULL;
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
    return call || self->inputs == NULL ? call : self->inputs->call;
}

static void fly(psrp_bridge_t *self, psrp_channel_t *channel)
{
    psrp_packet_t *packet = channel->waiting;

    channel->waiting = packet->next;
    packet->next = NULL;
    channel->flying = packet;
    if (packet->is_input)
        channel->input -= packet->length;
    keeper_engine_write(self->engine, packet->line, packet->length);
}

void psrp_channels_pump(psrp_bridge_t *self)
{
    psrp_channel_t *channel;

    for (channel = self->channels; channel != NULL && self->engine != NULL;
         channel = channel->next)
        if (channel->flying == NULL && channel->waiting != NULL &&
            keeper_engine_unwritten(self->engine) < psrp_most_bytes(self))
            fly(self, channel);
}
