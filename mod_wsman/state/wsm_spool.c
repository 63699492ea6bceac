/* wsm_spool.c - spool files.
 *
 * A file is a row of items, each a 4-byte length (big endian) and its bytes,
 * and a length that none has: a file that a power failure has cut is known by
 * its absence.  Its expiry is its modification time, so a folder can be purged
 * without opening anything.  While it is written it has the suffix ".part".
 */
#include "wsm_spool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_strings.h>

#define SUFFIX ".part"
#define HEAD   4
#define MAX_ID 64
/* A longer item is none: the file is damaged. */
#define MAX_ITEM (64u * 1024 * 1024)
/* A part file whose writer has died is removed after this. */
#define PART_LIFE apr_time_from_sec(3600)
/* The length that ends a file. */
#define END 0xffffffffu
/* How often a writer looks what others have written, in bytes. */
#define MEASURE_EACH (1024 * 1024)

struct wsm_spool_file_t {
    const wsm_spool_t *spool;
    const char *path; /* when it is complete */
    const char *part; /* NULL: it is complete, or opened to read */
    apr_time_t now;   /* when it was begun */
    apr_time_t expires;
    apr_file_t *file;
    apr_off_t size;     /* of this file */
    apr_off_t room;     /* that the spool leaves it */
    apr_off_t measured; /* its size when that was found out */
    apr_off_t offset;   /* reading */
    char *buffer;       /* reading: the item */
    apr_size_t buffer_size;
    apr_pool_t *pool;
};

static wsm_error_t *io_error(const char *what, apr_status_t status,
                             apr_pool_t *pool)
{
    return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, status, NULL,
                          "The spool cannot be %s.", what);
}

static wsm_error_t *gone(apr_pool_t *pool)
{
    return wsm_fail(pool, WSMAN_E_INVALID_ENUMERATION_CONTEXT,
                    "What was left of the enumeration is gone.");
}

/* Ids come out of signed tokens; what is not of their letters is no id. */
static int is_id(const char *id)
{
    apr_size_t length = strspn(id, "0123456789abcdefABCDEF-");

    return length > 0 && length <= MAX_ID && id[length] == '\0';
}

static const char *path_of(const wsm_spool_t *spool, const char *id,
                           apr_pool_t *pool)
{
    return apr_pstrcat(pool, spool->dir, "/", id, NULL);
}

static int ends_with(const char *name, const char *suffix)
{
    apr_size_t length = strlen(name), tail = strlen(suffix);

    return length > tail && strcmp(name + length - tail, suffix) == 0;
}

/* A part file's time is when it was last written. */
static int is_over(const apr_finfo_t *info, apr_time_t now)
{
    if (ends_with(info->name, SUFFIX))
        return info->mtime + PART_LIFE <= now;
    return info->mtime <= now;
}

/* Removes what has expired; *bytes is what is left. */
static apr_status_t sweep(const wsm_spool_t *spool, apr_time_t now,
                          apr_off_t *bytes, apr_pool_t *pool)
{
    const apr_int32_t wanted =
        APR_FINFO_NAME | APR_FINFO_TYPE | APR_FINFO_SIZE | APR_FINFO_MTIME;
    apr_pool_t *scratch;
    apr_finfo_t info;
    apr_status_t status;
    apr_dir_t *dir;

    *bytes = 0;
    apr_pool_create(&scratch, pool);
    status = apr_dir_open(&dir, spool->dir, scratch);
    while (status == APR_SUCCESS) {
        apr_status_t read = apr_dir_read(&info, wanted, dir);

        if (read != APR_SUCCESS && read != APR_INCOMPLETE)
            break;
        /* A file may go away between reading its name and asking for it. */
        if (read == APR_INCOMPLETE || info.filetype != APR_REG)
            continue;
        if (is_over(&info, now))
            apr_file_remove(path_of(spool, info.name, scratch), scratch);
        else
            *bytes += info.size;
    }
    apr_pool_destroy(scratch);
    return status;
}

static apr_status_t drop_part(void *data)
{
    wsm_spool_file_t *file = data;

    if (file->part != NULL)
        unlink(file->part);
    return APR_SUCCESS;
}

wsm_error_t *wsm_spool_create(wsm_spool_file_t **file, const wsm_spool_t *spool,
                              const char *id, apr_time_t now,
                              apr_time_t expires, apr_pool_t *pool)
{
    const apr_int32_t flags = APR_FOPEN_WRITE | APR_FOPEN_CREATE |
                              APR_FOPEN_EXCL | APR_FOPEN_BUFFERED |
                              APR_FOPEN_BINARY;
    wsm_spool_file_t *made = apr_pcalloc(pool, sizeof(*made));
    apr_status_t status;
    apr_off_t used;

    if (!is_id(id))
        return gone(pool);
    status = sweep(spool, now, &used, pool);
    if (status != APR_SUCCESS)
        return io_error("read", status, pool);
    made->spool = spool;
    made->pool = pool;
    made->path = path_of(spool, id, pool);
    made->now = now;
    made->expires = expires;
    made->room = spool->max_bytes - used;
    /* Two children may spool one enumeration at the same time: each has a
     * part of its own, the last to end is the one that is read. */
    made->part = apr_psprintf(pool, "%s.%ld.%pp" SUFFIX, made->path,
                              (long)getpid(), (void *)made);
    status = apr_file_open(&made->file, made->part, flags,
                           APR_FPROT_UREAD | APR_FPROT_UWRITE, pool);
    if (status != APR_SUCCESS)
        return io_error("written", status, pool);
    apr_pool_cleanup_register(pool, made, drop_part, apr_pool_cleanup_null);
    *file = made;
    return NULL;
}

static void put_head(unsigned char head[HEAD], apr_size_t length)
{
    head[0] = (unsigned char)(length >> 24);
    head[1] = (unsigned char)(length >> 16);
    head[2] = (unsigned char)(length >> 8);
    head[3] = (unsigned char)length;
}

/* Several write at the same time, and each has begun with the same room. */
static apr_status_t measure(wsm_spool_file_t *file)
{
    apr_status_t status = apr_file_flush(file->file);
    apr_off_t used;

    if (status == APR_SUCCESS)
        status = sweep(file->spool, file->now, &used, file->pool);
    if (status == APR_SUCCESS)
        file->room = file->size + file->spool->max_bytes - used;
    file->measured = file->size;
    return status;
}

static apr_status_t write_item(wsm_spool_file_t *file, const char *item,
                               apr_size_t length)
{
    unsigned char head[HEAD];
    apr_status_t status;

    put_head(head, length);
    status = apr_file_write_full(file->file, head, HEAD, NULL);
    if (status == APR_SUCCESS)
        status = apr_file_write_full(file->file, item, length, NULL);
    file->size += HEAD + (apr_off_t)length;
    if (status == APR_SUCCESS && file->size - file->measured >= MEASURE_EACH)
        status = measure(file);
    return status;
}

wsm_error_t *wsm_spool_append(wsm_spool_file_t *file, const char *item,
                              apr_size_t length)
{
    apr_status_t status;

    /* The end must fit, too. */
    if (file->size + 2 * HEAD + (apr_off_t)length > file->room)
        return wsm_fail(file->pool, WSMAN_E_QUOTA_LIMIT,
                        "The spool for enumerations that cannot be resumed is "
                        "full: ask for more items at a time, or for fewer "
                        "with a filter.");
    status = write_item(file, item, length);
    return status == APR_SUCCESS ? NULL
                                 : io_error("written", status, file->pool);
}

wsm_error_t *wsm_spool_close(wsm_spool_file_t *file)
{
    unsigned char head[HEAD];
    apr_status_t status;

    put_head(head, END);
    status = apr_file_write_full(file->file, head, HEAD, NULL);
    if (status == APR_SUCCESS)
        status = apr_file_close(file->file);
    if (status == APR_SUCCESS)
        status = apr_file_mtime_set(file->part, file->expires, file->pool);
    if (status == APR_SUCCESS && rename(file->part, file->path) != 0)
        status = errno;
    if (status != APR_SUCCESS)
        return io_error("written", status, file->pool);
    file->part = NULL;
    return NULL;
}

wsm_error_t *wsm_spool_open(wsm_spool_file_t **file, const wsm_spool_t *spool,
                            const char *id, apr_off_t offset, apr_time_t now,
                            apr_pool_t *pool)
{
    const apr_int32_t flags =
        APR_FOPEN_READ | APR_FOPEN_BINARY | APR_FOPEN_BUFFERED;
    wsm_spool_file_t *made = apr_pcalloc(pool, sizeof(*made));
    apr_finfo_t info;
    apr_status_t status;

    if (!is_id(id) || offset < 0)
        return gone(pool);
    made->spool = spool;
    made->pool = pool;
    made->offset = offset;
    made->path = path_of(spool, id, pool);
    status = apr_file_open(&made->file, made->path, flags, 0, pool);
    if (APR_STATUS_IS_ENOENT(status))
        return gone(pool);
    if (status == APR_SUCCESS)
        status = apr_file_info_get(&info, APR_FINFO_MTIME | APR_FINFO_SIZE,
                                   made->file);
    if (status != APR_SUCCESS)
        return io_error("read", status, pool);
    if (info.mtime <= now || offset > info.size)
        return gone(pool);
    made->size = info.size;
    status = apr_file_seek(made->file, APR_SET, &offset);
    if (status != APR_SUCCESS)
        return io_error("read", status, pool);
    *file = made;
    return NULL;
}

static wsm_error_t *damaged(const wsm_spool_file_t *file)
{
    return wsm_fail(file->pool, WSMAN_E_INVALID_ENUMERATION_CONTEXT,
                    "What was left of the enumeration is damaged.");
}

static void grow(wsm_spool_file_t *file, apr_size_t length)
{
    if (length <= file->buffer_size)
        return;
    file->buffer_size = length < 4096 ? 4096 : length * 2;
    file->buffer = apr_palloc(file->pool, file->buffer_size);
}

wsm_error_t *wsm_spool_read(wsm_spool_file_t *file, const char **item,
                            apr_size_t *length, apr_off_t *offset)
{
    unsigned char head[HEAD];
    apr_size_t size;

    *item = NULL;
    *offset = file->offset;
    if (file->size - file->offset < HEAD ||
        apr_file_read_full(file->file, head, HEAD, NULL) != APR_SUCCESS)
        return damaged(file);
    size = (apr_size_t)head[0] << 24 | (apr_size_t)head[1] << 16 |
           (apr_size_t)head[2] << 8 | head[3];
    if (size == END) {
        /* Whoever asks again is told again. */
        apr_off_t at = file->offset;

        return apr_file_seek(file->file, APR_SET, &at) == APR_SUCCESS
                   ? NULL
                   : damaged(file);
    }
    if (size > MAX_ITEM || (apr_off_t)size > file->size - file->offset - HEAD)
        return damaged(file);
    grow(file, size);
    if (apr_file_read_full(file->file, file->buffer, size, NULL) != APR_SUCCESS)
        return damaged(file);
    file->offset += HEAD + (apr_off_t)size;
    *item = file->buffer;
    *length = size;
    *offset = file->offset;
    return NULL;
}

wsm_error_t *wsm_spool_renew(const wsm_spool_t *spool, const char *id,
                             apr_time_t expires, apr_pool_t *pool)
{
    apr_status_t status;

    if (!is_id(id))
        return gone(pool);
    status = apr_file_mtime_set(path_of(spool, id, pool), expires, pool);
    if (APR_STATUS_IS_ENOENT(status))
        return gone(pool);
    return status == APR_SUCCESS ? NULL : io_error("written", status, pool);
}

void wsm_spool_remove(const wsm_spool_t *spool, const char *id,
                      apr_pool_t *pool)
{
    if (is_id(id))
        apr_file_remove(path_of(spool, id, pool), pool);
}

void wsm_spool_purge(const wsm_spool_t *spool, apr_time_t now, apr_pool_t *pool)
{
    apr_off_t bytes;

    sweep(spool, now, &bytes, pool);
}
