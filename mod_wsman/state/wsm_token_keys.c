/* wsm_token_keys.c - the key file.
 *
 * Text, one line a generation, oldest first, after a line with the version:
 *
 *     wsman-keys 1
 *     <id, 8 hex digits> <seconds since 1970> <secret, 64 hex digits>
 */
#include "wsm_token_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#define FIRST_LINE "wsman-keys 1\n"
#define LINE_SIZE  (8 + 1 + 20 + 1 + 2 * WSM_TOKEN_SECRET + 1)
#define FILE_SIZE  (sizeof(FIRST_LINE) + WSM_TOKEN_GENERATIONS * LINE_SIZE)

static wsm_error_t *new_key(wsm_token_key_t *key, apr_time_t since,
                            apr_pool_t *pool)
{
    if (RAND_bytes(key->secret, sizeof(key->secret)) != 1 ||
        RAND_bytes((unsigned char *)&key->id, sizeof(key->id)) != 1)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "The system's random generator does not answer.");
    key->since = since;
    return NULL;
}

static wsm_error_t *new_keys(wsm_token_keys_t *keys, apr_time_t now,
                             apr_pool_t *pool)
{
    wsm_error_t *err = NULL;
    int i;

    for (i = 0; i < WSM_TOKEN_GENERATIONS && err == NULL; i++)
        err = new_key(&keys->keys[i], i <= WSM_TOKEN_CURRENT ? now : 0, pool);
    return err;
}

static wsm_error_t *rotate(wsm_token_keys_t *keys, apr_time_t now,
                           apr_pool_t *pool)
{
    keys->keys[WSM_TOKEN_PREVIOUS] = keys->keys[WSM_TOKEN_CURRENT];
    keys->keys[WSM_TOKEN_CURRENT] = keys->keys[WSM_TOKEN_NEXT];
    keys->keys[WSM_TOKEN_CURRENT].since = now;
    return new_key(&keys->keys[WSM_TOKEN_NEXT], 0, pool);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

static int read_line(wsm_token_key_t *key, const char **text)
{
    unsigned int id;
    long long since;
    int used = 0, i;

    if (sscanf(*text, "%8x %lld %n", &id, &since, &used) != 2 || used == 0)
        return 0;
    *text += used;
    for (i = 0; i < WSM_TOKEN_SECRET; i++) {
        int high = hex_digit((*text)[0]);
        int low = high < 0 ? -1 : hex_digit((*text)[1]);

        if (low < 0)
            return 0;
        key->secret[i] = (unsigned char)(high << 4 | low);
        *text += 2;
    }
    key->id = id;
    key->since = apr_time_from_sec((apr_time_t)since);
    return *(*text)++ == '\n';
}

static int read_text(wsm_token_keys_t *keys, const char *text)
{
    int i;

    if (strncmp(text, FIRST_LINE, strlen(FIRST_LINE)) != 0)
        return 0;
    text += strlen(FIRST_LINE);
    for (i = 0; i < WSM_TOKEN_GENERATIONS; i++) {
        if (!read_line(&keys->keys[i], &text))
            return 0;
    }
    return *text == '\0';
}

static void write_text(const wsm_token_keys_t *keys, char text[FILE_SIZE])
{
    char *end = text + sprintf(text, FIRST_LINE);
    int i, k;

    for (i = 0; i < WSM_TOKEN_GENERATIONS; i++) {
        const wsm_token_key_t *key = &keys->keys[i];

        end += sprintf(end, "%08x %lld ", key->id,
                       (long long)apr_time_sec(key->since));
        for (k = 0; k < WSM_TOKEN_SECRET; k++)
            end += sprintf(end, "%02x", key->secret[k]);
        *end++ = '\n';
    }
    *end = '\0';
}

static wsm_error_t *broken(const char *path, const char *what, int error,
                           apr_pool_t *pool)
{
    return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, error, NULL,
                          "The key file %s %s.", path, what);
}

/* An open file that is ours alone. */
static wsm_error_t *check_file(int fd, const char *path, apr_pool_t *pool)
{
    struct stat info;

    if (fstat(fd, &info) != 0)
        return broken(path, "cannot be examined", errno, pool);
    if (!S_ISREG(info.st_mode))
        return broken(path, "is no regular file", 0, pool);
    if (info.st_mode & (S_IRWXG | S_IRWXO))
        return broken(path,
                      "may be read or written by others: chmod 600, and "
                      "remove it if others may have read it",
                      0, pool);
    if (info.st_uid != geteuid())
        return broken(path, "belongs to another user", 0, pool);
    return NULL;
}

/* *found false if there is no file. */
static wsm_error_t *read_file(wsm_token_keys_t *keys, int *found,
                              const char *path, apr_pool_t *pool)
{
    char text[FILE_SIZE + 1];
    wsm_error_t *err;
    ssize_t length;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    *found = fd >= 0;
    if (fd < 0 && errno == ENOENT)
        return NULL;
    if (fd < 0)
        return broken(path, "cannot be opened", errno, pool);
    err = check_file(fd, path, pool);
    length = err ? 0 : read(fd, text, FILE_SIZE);
    close(fd);
    if (err != NULL)
        return err;
    if (length < 0)
        return broken(path, "cannot be read", errno, pool);
    text[length] = '\0';
    if (!read_text(keys, text))
        return broken(path, "is damaged: remove it, open enumerations then end",
                      0, pool);
    return NULL;
}

static int write_all(int fd, const char *text, apr_size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, text, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return 0;
        text += written;
        length -= (apr_size_t)written;
    }
    return 1;
}

static wsm_error_t *write_file(const wsm_token_keys_t *keys, const char *path,
                               apr_pool_t *pool)
{
    const char *fresh = apr_pstrcat(pool, path, ".new", NULL);
    char text[FILE_SIZE];
    int fd, error = 0;

    unlink(fresh);
    fd =
        open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return broken(path, "cannot be written", errno, pool);
    write_text(keys, text);
    if (!write_all(fd, text, strlen(text)) || fsync(fd) != 0)
        error = errno;
    close(fd);
    OPENSSL_cleanse(text, sizeof(text));
    if (error == 0 && rename(fresh, path) != 0)
        error = errno;
    if (error == 0)
        return NULL;
    unlink(fresh);
    return broken(path, "cannot be written", error, pool);
}

static wsm_error_t *load(wsm_token_keys_t *keys, const char *path,
                         apr_time_t now, apr_interval_time_t max_age,
                         apr_pool_t *pool)
{
    int found;
    wsm_error_t *err = read_file(keys, &found, path, pool);

    if (err != NULL)
        return err;
    if (!found)
        err = new_keys(keys, now, pool);
    else if (max_age > 0 && now - keys->keys[WSM_TOKEN_CURRENT].since > max_age)
        err = rotate(keys, now, pool);
    else
        return NULL;
    return err ? err : write_file(keys, path, pool);
}

/* Two servers that start at once on one file take turns. */
static wsm_error_t *lock(int *fd, const char *path, apr_pool_t *pool)
{
    const char *name = apr_pstrcat(pool, path, ".lock", NULL);

    *fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd < 0)
        return broken(path, "cannot be locked", errno, pool);
    while (flock(*fd, LOCK_EX) != 0) {
        if (errno != EINTR) {
            int error = errno;

            close(*fd);
            return broken(path, "cannot be locked", error, pool);
        }
    }
    return NULL;
}

wsm_error_t *wsm_token_keys_open(wsm_token_keys_t **keys, const char *path,
                                 apr_time_t now, apr_interval_time_t max_age,
                                 apr_pool_t *pool)
{
    wsm_token_keys_t *made = apr_pcalloc(pool, sizeof(*made));
    int fd;
    wsm_error_t *err = lock(&fd, path, pool);

    if (err != NULL)
        return err;
    err = load(made, path, now, max_age, pool);
    close(fd);
    if (err == NULL)
        *keys = made;
    return err;
}

wsm_error_t *wsm_token_keys_random(wsm_token_keys_t **keys, apr_pool_t *pool)
{
    wsm_token_keys_t *made = apr_pcalloc(pool, sizeof(*made));
    wsm_error_t *err = new_keys(made, apr_time_now(), pool);

    if (err == NULL)
        *keys = made;
    return err;
}
