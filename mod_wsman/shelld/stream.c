/* stream.c - bytes that wait.
 */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK 16000

struct stream_chunk_t {
    stream_chunk_t *next;
    apr_size_t begin; /* what was before is dropped */
    apr_size_t end;
    apr_size_t room;
    char data[];
};

static stream_chunk_t *add_chunk(stream_t *self, apr_size_t room)
{
    stream_chunk_t *chunk = malloc(sizeof(*chunk) + room);

    if (chunk == NULL)
        abort();
    chunk->next = NULL;
    chunk->begin = chunk->end = 0;
    chunk->room = room;
    if (self->last != NULL)
        self->last->next = chunk;
    else
        self->first = chunk;
    self->last = chunk;
    return chunk;
}

/** A short text does not need much; more of it probably follows. */
static apr_size_t chunk_size(const stream_t *self, apr_size_t length)
{
    if (self->keeps_pieces || length >= CHUNK)
        return length;
    return self->last == NULL && length < 256 ? 256 : CHUNK;
}

void stream_put(stream_t *self, const char *data, apr_size_t length)
{
    while (length > 0) {
        stream_chunk_t *chunk = self->last;
        apr_size_t part;

        if (self->keeps_pieces || chunk == NULL || chunk->end == chunk->room)
            chunk = add_chunk(self, chunk_size(self, length));
        part = chunk->room - chunk->end;
        if (part > length)
            part = length;
        memcpy(chunk->data + chunk->end, data, part);
        chunk->end += part;
        self->length += part;
        data += part;
        length -= part;
    }
}

apr_size_t stream_peek(const stream_t *self, const char **data)
{
    apr_size_t skip = self->leased;

    *data = NULL;
    for (const stream_chunk_t *chunk = self->first; chunk != NULL;
         chunk = chunk->next) {
        apr_size_t length = chunk->end - chunk->begin;

        if (skip < length) {
            *data = chunk->data + chunk->begin + skip;
            return length - skip;
        }
        skip -= length;
    }
    return 0;
}

void stream_drop(stream_t *self, apr_size_t length)
{
    self->length -= length;
    self->leased -= length < self->leased ? length : self->leased;
    while (self->first != NULL) {
        stream_chunk_t *chunk = self->first;
        apr_size_t part = chunk->end - chunk->begin;

        if (length < part) {
            chunk->begin += length;
            return;
        }
        length -= part;
        self->first = chunk->next;
        if (self->first == NULL)
            self->last = NULL;
        free(chunk);
    }
}

void stream_make_room(stream_t *self, apr_size_t room, apr_size_t limit)
{
    while (self->length > 0 && (room > limit || self->length > limit - room)) {
        apr_size_t part = self->first->end - self->first->begin;
        apr_size_t over =
            room > limit ? self->length : self->length - (limit - room);

        stream_drop(self, self->keeps_pieces || over > part ? part : over);
    }
}

void stream_clear(stream_t *self)
{
    stream_drop(self, self->length);
}

apr_size_t stream_offer(const stream_t *self, apr_size_t most, int is_first)
{
    apr_size_t length = self->length - self->leased;
    const char *data;

    if (!self->keeps_pieces)
        return length < most ? length : most;
    length = stream_peek(self, &data);
    return length <= most || is_first ? length : 0;
}

apr_size_t stream_cost(const stream_t *self)
{
    apr_size_t skip = self->leased;
    apr_size_t cost = self->length - self->leased;

    if (!self->keeps_pieces)
        return cost > 0 ? cost + WSM_SHELL_PIECE_COST : 0;
    for (const stream_chunk_t *chunk = self->first; chunk != NULL;
         chunk = chunk->next) {
        const apr_size_t length = chunk->end - chunk->begin;

        if (skip < length)
            cost += WSM_SHELL_PIECE_COST;
        skip -= skip < length ? skip : length;
    }
    return cost;
}

void stream_lease(stream_t *self, apr_size_t length,
                  wsm_shell_message_t *message)
{
    char *room = wsm_shell_message_room(message, WSM_SHELL_F_BYTES, length);

    while (length > 0) {
        const char *data;
        apr_size_t part = stream_peek(self, &data);

        if (part > length)
            part = length;
        memcpy(room, data, part);
        self->leased += part;
        room += part;
        length -= part;
    }
}

void stream_settle(stream_t *self, int is_sent)
{
    if (is_sent)
        stream_drop(self, self->leased);
    self->leased = 0;
}
