/* wsm_writer.c - a chain of buffers that ends at a limit. */
#include "wsm_writer.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Together with its header and the pool's own a buffer fills 8 kB, the
 * smallest block that a pool takes from its allocator. */
#define BUFFER_SIZE (8192 - 128)

typedef struct wsm_buffer_t {
    struct wsm_buffer_t *next;
    apr_size_t used; /* of a buffer that is not the current one */
    char data[BUFFER_SIZE];
} wsm_buffer_t;

struct wsm_writer_t {
    char *at;              /* where the next byte goes */
    char *end;             /* of what may be written to this buffer */
    wsm_buffer_t *current; /* buffers after it are spare */
    apr_size_t before;     /* bytes in the buffers before it */
    apr_size_t limit;
    int full;
    wsm_buffer_t *first;
    apr_pool_t *pool;
};

static wsm_buffer_t *make_buffer(apr_pool_t *pool)
{
    wsm_buffer_t *buffer = apr_palloc(pool, sizeof(*buffer));
    buffer->next = NULL;
    buffer->used = 0;
    return buffer;
}

static apr_size_t used_here(const wsm_writer_t *out)
{
    return (apr_size_t)(out->at - out->current->data);
}

static void set_end(wsm_writer_t *out)
{
    apr_size_t here = BUFFER_SIZE - used_here(out);
    apr_size_t room = out->full ? 0 : wsm_writer_room(out);
    out->end = out->at + (here < room ? here : room);
}

static void start_buffer(wsm_writer_t *out, wsm_buffer_t *buffer)
{
    out->current = buffer;
    out->at = buffer->data;
    set_end(out);
}

wsm_writer_t *wsm_writer_make(apr_size_t limit, apr_pool_t *pool)
{
    wsm_writer_t *out = apr_pcalloc(pool, sizeof(*out));
    out->pool = pool;
    out->first = make_buffer(pool);
    wsm_writer_reset(out, limit);
    return out;
}

void wsm_writer_reset(wsm_writer_t *out, apr_size_t limit)
{
    out->limit = limit;
    out->before = 0;
    out->full = 0;
    start_buffer(out, out->first);
}

/** Goes to the next buffer.  @return 0, and full, at the limit */
static int next_buffer(wsm_writer_t *out)
{
    if (out->full || wsm_writer_room(out) == 0) {
        out->full = 1;
        out->end = out->at;
        return 0;
    }
    wsm_buffer_t *buffer = out->current;
    buffer->used = used_here(out);
    out->before += buffer->used;
    if (!buffer->next)
        buffer->next = make_buffer(out->pool);
    start_buffer(out, buffer->next);
    return 1;
}

static void write_over(wsm_writer_t *out, const char *data, apr_size_t length)
{
    for (;;) {
        apr_size_t here = (apr_size_t)(out->end - out->at);
        if (here > length)
            here = length;
        memcpy(out->at, data, here);
        out->at += here;
        data += here;
        length -= here;
        if (length == 0 || !next_buffer(out))
            return;
    }
}

void wsm_write(wsm_writer_t *out, const char *data, apr_size_t length)
{
    if (length <= (apr_size_t)(out->end - out->at)) {
        memcpy(out->at, data, length);
        out->at += length;
    } else
        write_over(out, data, length);
}

void wsm_write_str(wsm_writer_t *out, const char *text)
{
    wsm_write(out, text, strlen(text));
}

void wsm_write_strs(wsm_writer_t *out, ...)
{
    va_list texts;
    va_start(texts, out);
    for (const char *text; (text = va_arg(texts, const char *)) != NULL;)
        wsm_write(out, text, strlen(text));
    va_end(texts);
}

void wsm_write_u64(wsm_writer_t *out, apr_uint64_t number)
{
    static const char pairs[] =
        "0001020304050607080910111213141516171819202122232425262728293031323334"
        "3536373839404142434445464748495051525354555657585960616263646566676869"
        "707172737475767778798081828384858687888990919293949596979899";
    char digits[20];
    char *p = digits + sizeof(digits);
    while (number >= 100) {
        p -= 2;
        memcpy(p, pairs + 2 * (number % 100), 2);
        number /= 100;
    }
    if (number >= 10) {
        p -= 2;
        memcpy(p, pairs + 2 * number, 2);
    } else
        *--p = (char)('0' + number);
    wsm_write(out, p, (apr_size_t)(digits + sizeof(digits) - p));
}

void wsm_write_i64(wsm_writer_t *out, apr_int64_t number)
{
    apr_uint64_t size = (apr_uint64_t)number;
    if (number < 0) {
        wsm_write_lit(out, "-");
        size = 0 - size;
    }
    wsm_write_u64(out, size);
}

wsm_mark_t wsm_writer_mark(const wsm_writer_t *out)
{
    wsm_mark_t mark = {out->current, used_here(out), wsm_writer_length(out)};
    return mark;
}

void wsm_writer_rewind(wsm_writer_t *out, wsm_mark_t mark)
{
    out->current = mark.buffer;
    out->at = mark.buffer->data + mark.used;
    out->before = mark.total - mark.used;
    if (mark.total <= out->limit)
        out->full = 0;
    set_end(out);
}

int wsm_writer_full(const wsm_writer_t *out)
{
    return out->full;
}

apr_size_t wsm_writer_length(const wsm_writer_t *out)
{
    return out->before + used_here(out);
}

apr_size_t wsm_writer_room(const wsm_writer_t *out)
{
    apr_size_t length = wsm_writer_length(out);
    return out->limit > length ? out->limit - length : 0;
}

void wsm_writer_limit(wsm_writer_t *out, apr_size_t limit)
{
    out->limit = limit;
    set_end(out);
}

int wsm_writer_each(const wsm_writer_t *out, void **cursor, const char **data,
                    apr_size_t *length)
{
    wsm_buffer_t *buffer = *cursor;
    if (buffer == out->current)
        return 0;
    buffer = buffer ? buffer->next : out->first;
    *cursor = buffer;
    *data = buffer->data;
    *length = buffer == out->current ? used_here(out) : buffer->used;
    return *length > 0;
}

char *wsm_writer_string(const wsm_writer_t *out, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, wsm_writer_length(out) + 1);
    char *at = text;
    void *cursor = NULL;
    const char *data;
    apr_size_t length;
    while (wsm_writer_each(out, &cursor, &data, &length)) {
        memcpy(at, data, length);
        at += length;
    }
    *at = '\0';
    return text;
}
