/* linux_file.c - small files of procfs, sysfs and etc, below root.
 *
 * Plain system calls: an apr_file_t costs a pool cleanup and a buffer, which
 * tells when a list of processes reads a thousand files.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "linux_provider.h"

static char *rooted(const linux_t *system, const char *path, apr_pool_t *pool)
{
    return apr_pstrcat(pool, system->root, path, NULL);
}

static char *rooted_format(const linux_t *system, const char *format,
                           va_list args, apr_pool_t *pool)
{
    return rooted(system, apr_pvsprintf(pool, format, args), pool);
}

/* Files of procfs have no size: read until they end. */
static char *read_all(const char *path, apr_size_t limit, apr_size_t *length,
                      apr_pool_t *pool)
{
    char first[4096];
    char *text = first;
    apr_size_t room = sizeof(first) < limit ? sizeof(first) : limit;
    apr_size_t used = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    ssize_t got = 0;
    if (fd < 0)
        return NULL;
    while ((got = read(fd, text + used, room - used)) > 0) {
        used += (apr_size_t)got;
        if (used == limit)
            break;
        if (used == room) {
            apr_size_t larger = room * 4 < limit ? room * 4 : limit;
            char *moved = apr_palloc(pool, larger);
            memcpy(moved, text, used);
            text = moved;
            room = larger;
        }
    }
    close(fd);
    if (got < 0)
        return NULL;
    if (length)
        *length = used;
    return apr_pstrmemdup(pool, text, used);
}

char *linux_file_read(const linux_t *system, const char *path, apr_size_t limit,
                      apr_size_t *length, apr_pool_t *pool)
{
    return read_all(rooted(system, path, pool), limit, length, pool);
}

/* Ends the text where its first line ends, and cuts white space off. */
static char *first_line(char *text)
{
    char *end;
    while (*text && isspace((unsigned char)*text))
        text++;
    end = text + strcspn(text, "\n");
    while (end > text && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
    return text;
}

const char *linux_file_line(const linux_t *system, apr_pool_t *pool,
                            const char *format, ...)
{
    va_list args;
    char *text;
    va_start(args, format);
    text =
        read_all(rooted_format(system, format, args, pool), 4096, NULL, pool);
    va_end(args);
    if (!text)
        return NULL;
    text = first_line(text);
    return *text ? text : NULL;
}

static int leading_number(const char *text, apr_uint64_t *number)
{
    apr_uint64_t sum = 0;
    if (!isdigit((unsigned char)*text))
        return 0;
    for (; isdigit((unsigned char)*text); text++) {
        apr_uint64_t digit = (apr_uint64_t)(*text - '0');
        if (sum > (UINT64_MAX - digit) / 10)
            return 0;
        sum = sum * 10 + digit;
    }
    *number = sum;
    return 1;
}

int linux_file_number(const linux_t *system, apr_pool_t *pool,
                      apr_uint64_t *number, const char *format, ...)
{
    va_list args;
    const char *text;
    va_start(args, format);
    text = read_all(rooted_format(system, format, args, pool), 64, NULL, pool);
    va_end(args);
    return text && leading_number(text, number);
}

const char *linux_file_link(const linux_t *system, apr_pool_t *pool,
                            const char *format, ...)
{
    char target[PATH_MAX];
    va_list args;
    ssize_t length;
    va_start(args, format);
    length = readlink(rooted_format(system, format, args, pool), target,
                      sizeof(target));
    va_end(args);
    if (length <= 0 || (apr_size_t)length >= sizeof(target))
        return NULL;
    return apr_pstrmemdup(pool, target, (apr_size_t)length);
}

int linux_file_exists(const linux_t *system, apr_pool_t *pool,
                      const char *format, ...)
{
    va_list args;
    int there;
    va_start(args, format);
    there = access(rooted_format(system, format, args, pool), F_OK) == 0;
    va_end(args);
    return there;
}

static int by_number(const void *a, const void *b)
{
    apr_uint32_t left = *(const apr_uint32_t *)a;
    apr_uint32_t right = *(const apr_uint32_t *)b;
    return (left > right) - (left < right);
}

apr_array_header_t *linux_file_numbers(const linux_t *system, const char *path,
                                       apr_pool_t *pool)
{
    DIR *dir = opendir(rooted(system, path, pool));
    const struct dirent *entry;
    apr_array_header_t *found;
    if (!dir)
        return NULL;
    found = apr_array_make(pool, 256, sizeof(apr_uint32_t));
    while ((entry = readdir(dir)) != NULL) {
        apr_uint64_t number;
        if (entry->d_name[strspn(entry->d_name, "0123456789")] == '\0' &&
            leading_number(entry->d_name, &number) && number <= UINT32_MAX)
            APR_ARRAY_PUSH(found, apr_uint32_t) = (apr_uint32_t)number;
    }
    closedir(dir);
    qsort(found->elts, (size_t)found->nelts, sizeof(apr_uint32_t), by_number);
    return found;
}

long linux_file_count(const linux_t *system, apr_pool_t *pool,
                      const char *format, ...)
{
    va_list args;
    const struct dirent *entry;
    long count = 0;
    DIR *dir;
    va_start(args, format);
    dir = opendir(rooted_format(system, format, args, pool));
    va_end(args);
    if (!dir)
        return -1;
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            count++;
    }
    closedir(dir);
    return count;
}

/* Where the value of the line begins, or NULL. */
static const char *find_field(const char *text, const char *name,
                              char separator)
{
    apr_size_t length = strlen(name);
    while (text && *text) {
        if (strncmp(text, name, length) == 0) {
            const char *at = text + length;
            if (separator != ' ')
                at += strspn(at, " \t");
            if (*at == separator)
                return at + 1 + strspn(at + 1, " \t");
        }
        text = strchr(text, '\n');
        text = text ? text + 1 : NULL;
    }
    return NULL;
}

const char *linux_field(const char *text, const char *name, char separator,
                        apr_pool_t *pool)
{
    const char *value = find_field(text, name, separator);
    apr_size_t length;
    if (!value)
        return NULL;
    length = strcspn(value, "\n");
    while (length && isspace((unsigned char)value[length - 1]))
        length--;
    if (length >= 2 && (value[0] == '"' || value[0] == '\'') &&
        value[length - 1] == value[0]) {
        value++;
        length -= 2;
    }
    return length ? apr_pstrmemdup(pool, value, length) : NULL;
}

int linux_field_number(const char *text, const char *name, char separator,
                       apr_uint64_t *number)
{
    const char *value = find_field(text, name, separator);
    return value && leading_number(value, number);
}
