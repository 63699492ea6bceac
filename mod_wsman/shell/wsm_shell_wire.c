/* wsm_shell_wire.c - writing and reading messages of the shell daemon.
 */
#include "wsm_shell_wire.h"

#include <stddef.h>
#include <string.h>

#include <apr_strings.h>

#define FIRST_ROOM 512

typedef struct field_head_t {
    apr_uint16_t tag;
    apr_uint16_t zero;
    apr_uint32_t length;
} field_head_t;

/* ---- writing */

/** More bytes at the end. */
static char *extend(wsm_shell_message_t *self, apr_size_t length)
{
    char *end;

    if (length > self->room - self->length) {
        apr_size_t room = self->room * 2 + length;
        char *grown = apr_palloc(self->pool, room);

        memcpy(grown, self->data, self->length);
        self->data = grown;
        self->room = room;
    }
    end = self->data + self->length;
    self->length += length;
    return end;
}

static void append(wsm_shell_message_t *self, const void *data,
                   apr_size_t length)
{
    char *end = extend(self, length);

    if (length > 0)
        memcpy(end, data, length);
}

void wsm_shell_message_begin(wsm_shell_message_t *self,
                             wsm_shell_message_e type, apr_pool_t *pool)
{
    const wsm_shell_head_t head = {WSM_SHELL_MAGIC, (apr_uint16_t)type,
                                   WSM_SHELL_VERSION, 0};

    self->pool = pool;
    self->room = FIRST_ROOM;
    self->data = apr_palloc(pool, FIRST_ROOM);
    self->length = 0;
    append(self, &head, sizeof(head));
}

void wsm_shell_message_bytes(wsm_shell_message_t *self, wsm_shell_field_e tag,
                             const char *data, apr_size_t length)
{
    const field_head_t head = {(apr_uint16_t)tag, 0, (apr_uint32_t)length};

    append(self, &head, sizeof(head));
    append(self, data, length);
}

char *wsm_shell_message_room(wsm_shell_message_t *self, wsm_shell_field_e tag,
                             apr_size_t length)
{
    const field_head_t head = {(apr_uint16_t)tag, 0, (apr_uint32_t)length};

    append(self, &head, sizeof(head));
    return extend(self, length);
}

void wsm_shell_message_text(wsm_shell_message_t *self, wsm_shell_field_e tag,
                            const char *text)
{
    if (text != NULL)
        wsm_shell_message_bytes(self, tag, text, strlen(text));
}

void wsm_shell_message_number(wsm_shell_message_t *self, wsm_shell_field_e tag,
                              apr_int64_t value)
{
    wsm_shell_message_bytes(self, tag, (const char *)&value, sizeof(value));
}

int wsm_shell_message_end(wsm_shell_message_t *self)
{
    const apr_size_t fields = self->length - sizeof(wsm_shell_head_t);
    const apr_uint32_t length = (apr_uint32_t)fields;

    memcpy(self->data + offsetof(wsm_shell_head_t, length), &length,
           sizeof(length));
    return fields <= WSM_SHELL_MAX_MESSAGE;
}

/* ---- reading */

int wsm_shell_head_is_good(const wsm_shell_head_t *head)
{
    return head->magic == WSM_SHELL_MAGIC &&
           head->version == WSM_SHELL_VERSION &&
           head->length <= WSM_SHELL_MAX_MESSAGE;
}

void wsm_shell_cursor_begin(wsm_shell_cursor_t *self, const char *fields,
                            apr_size_t length)
{
    self->at = fields;
    self->end = fields + length;
    self->is_broken = 0;
}

int wsm_shell_cursor_next(wsm_shell_cursor_t *self, wsm_shell_field_t *field)
{
    const apr_size_t rest = (apr_size_t)(self->end - self->at);
    field_head_t head;

    if (rest == 0 || self->is_broken)
        return 0;
    self->is_broken = rest < sizeof(head);
    if (self->is_broken)
        return 0;
    memcpy(&head, self->at, sizeof(head));
    self->is_broken = head.length > rest - sizeof(head);
    if (self->is_broken)
        return 0;
    field->tag = head.tag;
    field->data = self->at + sizeof(head);
    field->length = head.length;
    self->at += sizeof(head) + head.length;
    return 1;
}

const char *wsm_shell_field_text(const wsm_shell_field_t *field,
                                 apr_pool_t *pool)
{
    if (memchr(field->data, '\0', field->length) != NULL)
        return NULL;
    return apr_pstrmemdup(pool, field->data, field->length);
}

apr_int64_t wsm_shell_field_number(const wsm_shell_field_t *field)
{
    apr_int64_t value = 0;

    if (field->length == sizeof(value))
        memcpy(&value, field->data, sizeof(value));
    return value;
}
