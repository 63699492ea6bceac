/* stream.h - bytes that wait: a list of chunks that is no longer than it must
 * be.  What a Receive was given is leased, and dropped when it has arrived.
 */
#ifndef SHELLD_STREAM_H
#define SHELLD_STREAM_H

#include <apr.h>

#include "../shell/wsm_shell_wire.h"

typedef struct stream_chunk_t stream_chunk_t;

typedef struct stream_t {
    stream_chunk_t *first;
    stream_chunk_t *last;
    apr_size_t length; /* of all that is there */
    apr_size_t leased; /* of these, from the first on */
    int keeps_pieces;  /* a chunk is what was put, whole */
} stream_t;

/** Adds a copy. */
void stream_put(stream_t *self, const char *data, apr_size_t length);
/** The first bytes in one run, none that is leased; 0: there are none. */
apr_size_t stream_peek(const stream_t *self, const char **data);
/** Forgets the first bytes; leased ones are then the fewer. */
void stream_drop(stream_t *self, apr_size_t length);
/** Forgets the oldest until `room` bytes fit into `limit`. */
void stream_make_room(stream_t *self, apr_size_t room, apr_size_t limit);
void stream_clear(stream_t *self);

/** What the next reply can have of it: a piece if they are kept, else as many
 *  bytes as there are, `most` at most.  0: nothing (a piece that is longer
 *  than `most` is 0, too, unless `is_first`). */
apr_size_t stream_offer(const stream_t *self, apr_size_t most, int is_first);
/** What of a reply all of it would take, with WSM_SHELL_PIECE_COST. */
apr_size_t stream_cost(const stream_t *self);
/** Adds so many bytes that are not leased to a message as BYTES, and leases
 *  them. */
void stream_lease(stream_t *self, apr_size_t length,
                  wsm_shell_message_t *message);
/** They have arrived, or are there again. */
void stream_settle(stream_t *self, int is_sent);

#endif
