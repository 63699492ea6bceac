/* keeper_psrp_connect.c - another client takes a pool of runspaces over
 * (MS-PSRP 3.2.5.3.14, 3.2.5.3.15).
 *
 * An engine that speaks lines has no Connect.  But it has said all that a new
 * client must hear, when the pool was opened: so the bridge keeps these
 * messages, and says them again.
 */
#include "keeper_psrp.h"

#include <string.h>

#include <apr_strings.h>

/* Bytes of a message that is kept. */
#define MAX_RECORD 32768

/* The engine counts its messages up from 1. */
#define OUR_OBJECT APR_INT64_MAX

enum { CAPABILITY, PRIVATE_DATA, STATE };

static const psrp_type_e recorded[PSRP_RECORDS] = {
    [CAPABILITY] = PSRP_SESSION_CAPABILITY,
    [PRIVATE_DATA] = PSRP_APPLICATION_PRIVATE_DATA,
    [STATE] = PSRP_RUNSPACEPOOL_STATE,
};

static psrp_record_t *record_of(psrp_bridge_t *self, apr_uint32_t type)
{
    for (int i = 0; i < PSRP_RECORDS; i++)
        if (recorded[i] == type)
            return &self->records[i];
    return NULL;
}

void psrp_connect_record(psrp_bridge_t *self, const psrp_message_t *message,
                         const char *bytes, apr_size_t length,
                         psrp_progress_e progress)
{
    psrp_record_t *record = record_of(self, message->type);

    if (record == NULL || progress == PSRP_LOST)
        return;
    if (message->next == 1) {
        if (record->fragments == NULL)
            record->fragments = apr_palloc(self->shell->pool, MAX_RECORD);
        record->length = 0;
        record->is_whole = 0;
        record->is_lost = 0;
    }
    if (record->is_lost || length > MAX_RECORD - record->length) {
        record->is_lost = 1;
        return;
    }
    memcpy(record->fragments + record->length, bytes, length);
    record->length += length;
    record->is_whole = progress == PSRP_WHOLE;
}

/* ---- what clients said */

/* Reads two messages: SESSION_CAPABILITY, and one of this type. */
static int read_two(psrp_message_t *second, wsm_shell_bytes_t bytes,
                    psrp_type_e type)
{
    psrp_fragment_t fragment;
    apr_uint32_t seen[2] = {0, 0};
    int nseen = 0;

    memset(second, 0, sizeof(*second));
    while (bytes.length > 0 && nseen < 2 &&
           psrp_fragment_read(&fragment, bytes.data, bytes.length)) {
        if (psrp_message_add(second, &fragment) == PSRP_WHOLE)
            seen[nseen++] = second->type;
        bytes.data += fragment.length;
        bytes.length -= fragment.length;
    }
    return seen[0] == PSRP_SESSION_CAPABILITY && seen[1] == type;
}

void psrp_connect_note(psrp_bridge_t *self, wsm_shell_bytes_t creation)
{
    self->is_known = read_two(&self->init, creation, PSRP_INIT_RUNSPACEPOOL) &&
                     self->init.numbers[0] >= 0 && self->init.numbers[1] >= 0;
}

/* ---- Connect */

static int is_opened(const psrp_bridge_t *self)
{
    for (int i = 0; i < PSRP_RECORDS; i++)
        if (!self->records[i].is_whole)
            return 0;
    return self->is_known;
}

static void append(wsm_shell_bytes_t *to, const char *data, apr_size_t length,
                   apr_pool_t *pool)
{
    char *joined = apr_palloc(pool, to->length + length);

    memcpy(joined, to->data, to->length);
    memcpy(joined + to->length, data, length);
    to->data = joined;
    to->length += length;
}

/* SESSION_CAPABILITY of the engine, RUNSPACEPOOL_INIT_DATA (MS-PSRP 2.2.2.30)
 */
static wsm_shell_bytes_t connect_response(const psrp_bridge_t *self,
                                          apr_pool_t *pool)
{
    const psrp_record_t *capability = &self->records[CAPABILITY];
    char head[PSRP_FRAGMENT_HEAD + PSRP_MESSAGE_HEAD];
    wsm_shell_bytes_t response = {capability->fragments, capability->length};
    const char *text =
        apr_psprintf(pool,
                     "<Obj RefId=\"0\"><MS><I32 N=\"MinRunspaces\">%ld</I32>"
                     "<I32 N=\"MaxRunspaces\">%ld</I32></MS></Obj>",
                     self->init.numbers[0], self->init.numbers[1]);

    psrp_fragment_write_head(head, OUR_OBJECT, PSRP_RUNSPACEPOOL_INIT_DATA,
                             self->init.head + PSRP_AT_POOL, strlen(text));
    append(&response, head, sizeof(head), pool);
    append(&response, text, strlen(text), pool);
    return response;
}

static void say_again(psrp_bridge_t *self, const psrp_record_t *record)
{
    keeper_stream_t *output = self->channels->output;
    const char *at = record->fragments;
    const char *end = at + record->length;
    psrp_fragment_t fragment;

    for (; output != NULL && at < end; at += fragment.length) {
        psrp_fragment_read(&fragment, at, (apr_size_t)(end - at));
        keeper_stream_put(self->keeper, output, at, fragment.length);
    }
}

static int differs(long wanted, long there)
{
    return wanted >= 0 && wanted != there;
}

void psrp_connect(keeper_t *keeper, keeper_call_t *call,
                  wsm_shell_bytes_t request)
{
    psrp_bridge_t *self = keeper_shell(keeper)->baton;
    psrp_message_t wish;

    if (self->engine == NULL)
        psrp_refuse_gone(self, call);
    else if (call->command != NULL)
        keeper_answer(keeper, call);
    else if (!read_two(&wish, request, PSRP_CONNECT_RUNSPACEPOOL))
        psrp_refuse(self, call, WSMAN_E_PARAMETER_INVALID_VALUE, 0,
                    "connectXml is not a SESSION_CAPABILITY message and a "
                    "CONNECT_RUNSPACEPOOL message");
    else if (!is_opened(self))
        psrp_refuse(self, call, WSMAN_E_UNSUPPORTED_FEATURE, 0,
                    "the pool of runspaces was never opened, so that no "
                    "other client can take it over");
    else if (differs(wish.numbers[0], self->init.numbers[0]) ||
             differs(wish.numbers[1], self->init.numbers[1]))
        psrp_refuse(self, call, WSMAN_E_PARAMETER_INVALID_VALUE, 0,
                    "the pool has other numbers of runspaces");
    else {
        keeper_answer_with(keeper, call, connect_response(self, call->pool));
        say_again(self, &self->records[PRIVATE_DATA]);
        say_again(self, &self->records[STATE]);
    }
}
