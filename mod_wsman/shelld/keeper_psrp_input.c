/* keeper_psrp_input.c - what clients send to the pool and to pipelines.
 *
 * A Send is taken when all of it waits in its channels.  Where one has no room
 * the call waits, and nothing of it is taken; what comes after it for the same
 * channel waits behind it.
 */
#include "keeper_psrp.h"

#include <string.h>
#include <strings.h>

#define SMALLEST_BUFFER 65536

apr_size_t psrp_most_bytes(const psrp_bridge_t *self)
{
    apr_uint64_t most = self->shell->policy->limits.buffer;

    return most < SMALLEST_BUFFER ? SMALLEST_BUFFER : (apr_size_t)most;
}

int psrp_check_bytes(psrp_bridge_t *self, keeper_call_t *call,
                     wsm_shell_bytes_t bytes)
{
    if (bytes.length > psrp_most_bytes(self))
        psrp_refuse(self, call, WSMAN_E_QUOTA_LIMIT, 0,
                    "the data are longer than the %" APR_SIZE_T_FMT
                    " bytes that the server keeps of input",
                    psrp_most_bytes(self));
    else if (!psrp_fragments_are_whole(bytes.data, bytes.length))
        psrp_refuse(self, call, WSMAN_E_PARAMETER_INVALID_VALUE, 0,
                    "the data are not fragments of MS-PSRP (2.2.4)");
    else
        return 1;
    return 0;
}

/* ---- pieces that one line carries */

typedef struct group_t {
    psrp_channel_t *channel;
    psrp_stream_e stream;
    wsm_shell_bytes_t bytes;
} group_t;

/* NULL: the pipeline is over, and its input lost. */
static psrp_channel_t *channel_of(psrp_bridge_t *self, const char *command_id)
{
    keeper_command_t *command;
    psrp_channel_t *channel;

    if (command_id == NULL)
        return self->channels;
    command = keeper_command_find(self->keeper, command_id);
    channel = command && !command->done ? command->baton : NULL;
    return channel && !channel->is_stopping && !channel->is_closing ? channel
                                                                    : NULL;
}

static void join(group_t *group, wsm_shell_bytes_t bytes, apr_pool_t *pool)
{
    apr_size_t length = group->bytes.length + bytes.length;
    char *data;

    if (group->bytes.length == 0) {
        group->bytes = bytes;
        return;
    }
    data = apr_palloc(pool, length);
    memcpy(data, group->bytes.data, group->bytes.length);
    memcpy(data + group->bytes.length, bytes.data, bytes.length);
    group->bytes.data = data;
    group->bytes.length = length;
}

static int make_groups(group_t **made, psrp_bridge_t *self,
                       const psrp_input_t *input, apr_pool_t *pool)
{
    const wsm_shell_piece_t *piece = input->pieces;
    group_t *groups =
        apr_palloc(pool, (apr_size_t)input->npieces * sizeof(*groups));
    int ngroups = 0;

    *made = groups;
    for (; piece < input->pieces + input->npieces; piece++) {
        group_t group = {channel_of(self, piece->command_id),
                         strcasecmp(piece->stream, "pr") == 0
                             ? PSRP_PROMPT_RESPONSE
                             : PSRP_DEFAULT,
                         {"", 0}};

        if (group.channel == NULL || piece->bytes.length == 0)
            continue;
        if (ngroups == 0 || groups[ngroups - 1].channel != group.channel ||
            groups[ngroups - 1].stream != group.stream)
            groups[ngroups++] = group;
        join(&groups[ngroups - 1], piece->bytes, pool);
    }
    return ngroups;
}

/* ---- taking them */

static int has_room(const psrp_bridge_t *self, const group_t *group)
{
    return !group->channel->is_awaited &&
           (group->channel->input == 0 ||
            group->channel->input + psrp_line_size(group->bytes.length) <=
                psrp_most_bytes(self));
}

/* @return false if it has to wait */
static int take_groups(psrp_bridge_t *self, const group_t *groups, int ngroups)
{
    int i;

    for (i = 0; i < ngroups && has_room(self, &groups[i]); i++) {
    }
    if (i < ngroups) {
        for (i = 0; i < ngroups; i++)
            groups[i].channel->is_awaited = 1;
        return 0;
    }
    for (i = 0; i < ngroups; i++)
        psrp_channel_add_input(groups[i].channel, groups[i].stream,
                               groups[i].bytes);
    return 1;
}

static int take(psrp_bridge_t *self, const psrp_input_t *input)
{
    apr_pool_t *scratch;
    group_t *groups;
    int ngroups, is_taken;

    apr_pool_create(&scratch, input->call->pool);
    ngroups = make_groups(&groups, self, input, scratch);
    is_taken = take_groups(self, groups, ngroups);
    apr_pool_destroy(scratch);
    return is_taken;
}

void psrp_inputs_take(psrp_bridge_t *self)
{
    psrp_input_t **at = &self->inputs;
    psrp_channel_t *channel;

    psrp_channels_pump(self);
    for (channel = self->channels; channel != NULL; channel = channel->next)
        channel->is_awaited = 0;
    while (*at != NULL) {
        psrp_input_t *input = *at;

        if (take(self, input)) {
            *at = input->next;
            keeper_answer(self->keeper, input->call);
        } else {
            at = &input->next;
        }
    }
    psrp_channels_pump(self);
}

void psrp_inputs_leave(psrp_bridge_t *self, const keeper_call_t *call)
{
    psrp_input_t **at = &self->inputs;

    while (*at != NULL && (*at)->call != call)
        at = &(*at)->next;
    if (*at != NULL)
        *at = (*at)->next;
}

static int check_groups(psrp_bridge_t *self, const psrp_input_t *input)
{
    group_t *groups;
    int ngroups = make_groups(&groups, self, input, input->call->pool);

    for (int i = 0; i < ngroups; i++)
        if (!psrp_check_bytes(self, input->call, groups[i].bytes))
            return 0;
    return 1;
}

void psrp_send(keeper_t *keeper, keeper_call_t *call,
               const wsm_shell_piece_t *pieces, int npieces)
{
    psrp_bridge_t *self = keeper_shell(keeper)->baton;
    psrp_input_t **last = &self->inputs;
    psrp_input_t *input = apr_pcalloc(call->pool, sizeof(*input));

    if (self->engine == NULL || self->is_ending) {
        psrp_refuse_gone(self, call);
        return;
    }
    input->call = call;
    input->pieces = pieces;
    input->npieces = npieces;
    if (!check_groups(self, input))
        return;
    while (*last != NULL)
        last = &(*last)->next;
    *last = input;
    psrp_inputs_take(self);
    psrp_output_flow(self);
}
