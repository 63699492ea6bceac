/* wsm_writer.h - the reply as it grows: a chain of buffers with a limit.
 *
 * A writer belongs to one request.  What goes beyond its limit is dropped and
 * remembered (wsm_writer_full) until the writer is rewound to a mark within
 * the limit; so an item that does not fit is taken back and the page ends
 * before it.  Memory is bounded by limit + one buffer.
 *
 * All text is UTF-8.  Characters that XML 1.0 cannot carry, and broken UTF-8,
 * are written as '?' (MS-WSMV 3.1.4.1: characters below 0x20).
 */
#ifndef WSM_WRITER_H
#define WSM_WRITER_H

#include <apr_pools.h>

typedef struct wsm_writer_t wsm_writer_t;

typedef struct wsm_mark_t {
    struct wsm_buffer_t *buffer;
    apr_size_t used;
    apr_size_t total;
} wsm_mark_t;

/** @param limit  bytes; 0 is not "no limit": it is a limit of nothing */
wsm_writer_t *wsm_writer_make(apr_size_t limit, apr_pool_t *pool);

/** Empties the writer and sets another limit; its buffers are used again. */
void wsm_writer_reset(wsm_writer_t *out, apr_size_t limit);

/** Bytes as they are. */
void wsm_write(wsm_writer_t *out, const char *data, apr_size_t length);
void wsm_write_str(wsm_writer_t *out, const char *text);
/** A literal whose length the compiler knows. */
#define wsm_write_lit(out, literal)                                            \
    wsm_write((out), "" literal, sizeof(literal) - 1)
/** Several texts one after the other, ended by NULL. */
void wsm_write_strs(wsm_writer_t *out, ...) __attribute__((sentinel));

/** Element content, escaped. */
void wsm_write_text(wsm_writer_t *out, const char *text);
void wsm_write_textn(wsm_writer_t *out, const char *text, apr_size_t length);
/** An attribute's value between double quotes, escaped (also TAB, LF, CR). */
void wsm_write_attr(wsm_writer_t *out, const char *text);

void wsm_write_u64(wsm_writer_t *out, apr_uint64_t number);
void wsm_write_i64(wsm_writer_t *out, apr_int64_t number);

wsm_mark_t wsm_writer_mark(const wsm_writer_t *out);
/** Takes back all that was written after the mark. */
void wsm_writer_rewind(wsm_writer_t *out, wsm_mark_t mark);

/** @return true if something was dropped since the last rewind */
int wsm_writer_full(const wsm_writer_t *out);
apr_size_t wsm_writer_length(const wsm_writer_t *out);
/** @return how much may still be written */
apr_size_t wsm_writer_room(const wsm_writer_t *out);
/** Makes the limit smaller or larger for what follows. */
void wsm_writer_limit(wsm_writer_t *out, apr_size_t limit);

/** The content, buffer by buffer.  Set *cursor to NULL to begin.
 *  @return 0 when there is no more */
int wsm_writer_each(const wsm_writer_t *out, void **cursor, const char **data,
                    apr_size_t *length);
/** The content in one piece, NUL-terminated, in `pool`. */
char *wsm_writer_string(const wsm_writer_t *out, apr_pool_t *pool);

#endif
