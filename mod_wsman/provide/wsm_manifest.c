/* wsm_manifest.c - the manifest of a server. */
#include "wsm_manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../xml/wsm_writer.h"

#define FIRST_LINE "wsman-manifest\t1\n"
#define MAX_FILE   (4 * 1024 * 1024)
#define MAX_FIELDS 6

#define ITEM(array, i, type) APR_ARRAY_IDX((array), (i), type)

wsm_manifest_t *wsm_manifest_make(apr_pool_t *pool)
{
    wsm_manifest_t *manifest = apr_pcalloc(pool, sizeof(*manifest));

    manifest->uid = (apr_uid_t)-1;
    manifest->gid = (apr_gid_t)-1;
    manifest->models = apr_array_make(pool, 2, sizeof(void *));
    manifest->endpoints = apr_array_make(pool, 4, sizeof(void *));
    manifest->providers = apr_array_make(pool, 4, sizeof(void *));
    return manifest;
}

wsm_manifest_model_t *wsm_manifest_add_model(wsm_manifest_t *manifest,
                                             const char *ns)
{
    apr_pool_t *pool = manifest->models->pool;
    wsm_manifest_model_t *model = apr_pcalloc(pool, sizeof(*model));

    model->ns = ns;
    model->files = apr_array_make(pool, 8, sizeof(const char *));
    APR_ARRAY_PUSH(manifest->models, wsm_manifest_model_t *) = model;
    return model;
}

wsm_manifest_endpoint_t *wsm_manifest_add_endpoint(wsm_manifest_t *manifest)
{
    apr_pool_t *pool = manifest->endpoints->pool;
    wsm_manifest_endpoint_t *endpoint = apr_pcalloc(pool, sizeof(*endpoint));

    endpoint->maps = apr_array_make(pool, 2, sizeof(wsm_map_t));
    APR_ARRAY_PUSH(manifest->endpoints, wsm_manifest_endpoint_t *) = endpoint;
    return endpoint;
}

wsm_manifest_provider_t *wsm_manifest_add_provider(wsm_manifest_t *manifest)
{
    apr_pool_t *pool = manifest->providers->pool;
    wsm_manifest_provider_t *provider = apr_pcalloc(pool, sizeof(*provider));

    provider->classes = apr_array_make(pool, 32, sizeof(const char *));
    APR_ARRAY_PUSH(manifest->providers, wsm_manifest_provider_t *) = provider;
    return provider;
}

static wsm_error_t *broken(const char *path, const char *what, int error,
                           apr_pool_t *pool)
{
    return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, error, NULL,
                          "The manifest %s %s.", path, what);
}

/* ---- writing */

static void put_field(wsm_writer_t *out, const char *text)
{
    static const char digits[] = "0123456789abcdef";

    wsm_write_lit(out, "\t");
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        char escaped[3] = {'%', digits[c >> 4], digits[c & 15]};

        if (c < ' ' || c == '%' || c == 0x7f)
            wsm_write(out, escaped, sizeof(escaped));
        else
            wsm_write(out, text, 1);
    }
}

static void put_line(wsm_writer_t *out, const char *word,
                     const char *const *fields, int nfields)
{
    int i;

    wsm_write_str(out, word);
    for (i = 0; i < nfields; i++)
        put_field(out, fields[i] ? fields[i] : "");
    wsm_write_lit(out, "\n");
}

#define PUT(out, word, ...)                                                    \
    put_line((out), (word), (const char *const[]){__VA_ARGS__},                \
             (int)(sizeof((const char *const[]){__VA_ARGS__}) /                \
                   sizeof(const char *)))

static void put_model(wsm_writer_t *out, const wsm_manifest_model_t *model)
{
    int i;

    PUT(out, "model", model->ns);
    for (i = 0; i < model->files->nelts; i++)
        PUT(out, "file", ITEM(model->files, i, const char *));
}

static void put_endpoint(wsm_writer_t *out,
                         const wsm_manifest_endpoint_t *endpoint,
                         apr_pool_t *pool)
{
    int i;

    PUT(out, "endpoint", endpoint->id, endpoint->repository, endpoint->ns,
        apr_itoa(pool, endpoint->model));
    for (i = 0; i < endpoint->maps->nelts; i++) {
        const wsm_map_t *map = &ITEM(endpoint->maps, i, wsm_map_t);

        PUT(out, "map", map->pattern, map->provider);
    }
}

static void put_provider(wsm_writer_t *out,
                         const wsm_manifest_provider_t *provider,
                         apr_pool_t *pool)
{
    int i;

    PUT(out, "provider", provider->name, provider->path, provider->version,
        apr_psprintf(pool, "%u", provider->flags),
        provider->shadow ? "shadow" : "");
    for (i = 0; i < provider->classes->nelts; i++)
        PUT(out, "class", ITEM(provider->classes, i, const char *));
}

static const char *as_text(const wsm_manifest_t *manifest, apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(MAX_FILE, pool);
    int i;

    wsm_write_lit(out, FIRST_LINE);
    PUT(out, "server", manifest->version);
    if (manifest->uid != (apr_uid_t)-1)
        PUT(out, "user",
            apr_psprintf(pool, "%lu", (unsigned long)manifest->uid),
            apr_psprintf(pool, "%lu", (unsigned long)manifest->gid));
    PUT(out, "store", manifest->store);
    if (manifest->shells != NULL)
        PUT(out, "shells", manifest->shells);
    for (i = 0; i < manifest->models->nelts; i++)
        put_model(out, ITEM(manifest->models, i, wsm_manifest_model_t *));
    for (i = 0; i < manifest->endpoints->nelts; i++)
        put_endpoint(
            out, ITEM(manifest->endpoints, i, wsm_manifest_endpoint_t *), pool);
    for (i = 0; i < manifest->providers->nelts; i++)
        put_provider(
            out, ITEM(manifest->providers, i, wsm_manifest_provider_t *), pool);
    wsm_write_lit(out, "end\n");
    return wsm_writer_full(out) ? NULL : wsm_writer_string(out, pool);
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

wsm_error_t *wsm_manifest_write(const wsm_manifest_t *manifest, const char *dir,
                                apr_pool_t *pool)
{
    const char *path = apr_pstrcat(pool, dir, "/" WSM_MANIFEST_FILE, NULL);
    const char *fresh = apr_pstrcat(pool, path, ".new", NULL);
    const char *text = as_text(manifest, pool);
    int fd, error = 0;

    if (text == NULL)
        return broken(path, "would be too large", 0, pool);
    unlink(fresh);
    fd =
        open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return broken(path, "cannot be written", errno, pool);
    if (!write_all(fd, text, strlen(text)))
        error = errno;
    close(fd);
    if (error == 0 && rename(fresh, path) != 0)
        error = errno;
    if (error == 0)
        return NULL;
    unlink(fresh);
    return broken(path, "cannot be written", error, pool);
}

/* ---- reading */

/* A tool that root starts loads what is named here. */
static wsm_error_t *check_file(int fd, const char *path, apr_pool_t *pool)
{
    struct stat info;

    if (fstat(fd, &info) != 0)
        return broken(path, "cannot be examined", errno, pool);
    if (!S_ISREG(info.st_mode))
        return broken(path, "is no regular file", 0, pool);
    if (info.st_uid != geteuid() && info.st_uid != 0)
        return broken(path, "belongs to another user: restart httpd", 0, pool);
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return broken(path,
                      "may be read or written by others: restart httpd, which "
                      "makes it anew",
                      0, pool);
    if (info.st_size > MAX_FILE)
        return broken(path, "is too large", 0, pool);
    return NULL;
}

static wsm_error_t *read_text(char **text, const char *path, apr_pool_t *pool)
{
    wsm_error_t *err;
    apr_size_t used = 0;
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0 && errno == ENOENT)
        return broken(path,
                      "is not there: httpd writes it when it starts with "
                      "mod_wsman and this state folder",
                      0, pool);
    if (fd < 0)
        return broken(path, "cannot be opened", errno, pool);
    err = check_file(fd, path, pool);
    if (err == NULL) {
        *text = apr_palloc(pool, MAX_FILE + 1);
        while (used < MAX_FILE &&
               (got = read(fd, *text + used, MAX_FILE - used)) > 0)
            used += (apr_size_t)got;
        (*text)[used] = '\0';
    }
    close(fd);
    return err;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* In place. */
static int unescape(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++) {
        int high, low;

        if (*text != '%') {
            *to++ = *text;
            continue;
        }
        high = hex_digit(text[1]);
        low = high < 0 ? -1 : hex_digit(text[2]);
        if (low < 0 || (high == 0 && low == 0))
            return 0;
        *to++ = (char)(high << 4 | low);
        text += 2;
    }
    *to = '\0';
    return 1;
}

typedef struct reading_t {
    wsm_manifest_t *manifest;
    wsm_manifest_model_t *model;
    wsm_manifest_endpoint_t *endpoint;
    wsm_manifest_provider_t *provider;
    int ended;
} reading_t;

static int take_server(reading_t *self, char **field)
{
    self->manifest->version = field[0];
    return 1;
}

static int take_user(reading_t *self, char **field)
{
    apr_uint64_t uid, gid;

    if (!wsm_text_u64(field[0], APR_UINT32_MAX - 1, &uid) ||
        !wsm_text_u64(field[1], APR_UINT32_MAX - 1, &gid))
        return 0;
    self->manifest->uid = (apr_uid_t)uid;
    self->manifest->gid = (apr_gid_t)gid;
    return 1;
}

static int take_store(reading_t *self, char **field)
{
    self->manifest->store = field[0];
    return 1;
}

static int take_shells(reading_t *self, char **field)
{
    self->manifest->shells = field[0];
    return 1;
}

static int take_model(reading_t *self, char **field)
{
    self->model = wsm_manifest_add_model(self->manifest, field[0]);
    return 1;
}

static int take_file(reading_t *self, char **field)
{
    if (self->model == NULL)
        return 0;
    APR_ARRAY_PUSH(self->model->files, const char *) = field[0];
    return 1;
}

static int take_endpoint(reading_t *self, char **field)
{
    apr_uint64_t model;

    if (!wsm_text_u64(field[3], APR_INT32_MAX, &model) ||
        model >= (apr_uint64_t)self->manifest->models->nelts)
        return 0;
    self->endpoint = wsm_manifest_add_endpoint(self->manifest);
    self->endpoint->id = field[0];
    self->endpoint->repository = field[1];
    self->endpoint->ns = field[2];
    self->endpoint->model = (int)model;
    return 1;
}

static int take_map(reading_t *self, char **field)
{
    wsm_map_t map = {field[0], field[1]};

    if (self->endpoint == NULL)
        return 0;
    APR_ARRAY_PUSH(self->endpoint->maps, wsm_map_t) = map;
    return 1;
}

static int take_provider(reading_t *self, char **field)
{
    apr_uint64_t flags;

    if (!wsm_text_u64(field[3], APR_UINT32_MAX, &flags))
        return 0;
    self->provider = wsm_manifest_add_provider(self->manifest);
    self->provider->name = field[0];
    self->provider->path = field[1];
    self->provider->version = field[2];
    self->provider->flags = (apr_uint32_t)flags;
    self->provider->shadow = field[4][0] != '\0';
    return 1;
}

static int take_class(reading_t *self, char **field)
{
    if (self->provider == NULL)
        return 0;
    APR_ARRAY_PUSH(self->provider->classes, const char *) = field[0];
    return 1;
}

static int take_end(reading_t *self, char **field)
{
    (void)field;
    self->ended = 1;
    return self->manifest->store != NULL && self->manifest->version != NULL;
}

static const struct {
    const char *word;
    int nfields;
    int (*take)(reading_t *self, char **field);
} words[] = {
    {"server", 1, take_server}, {"user", 2, take_user},
    {"store", 1, take_store},   {"model", 1, take_model},
    {"file", 1, take_file},     {"endpoint", 4, take_endpoint},
    {"map", 2, take_map},       {"provider", 5, take_provider},
    {"shells", 1, take_shells}, {"class", 1, take_class},
    {"end", 0, take_end},
};

static int take_line(reading_t *self, char *line)
{
    char *fields[MAX_FIELDS];
    int count = 0;
    apr_size_t i;

    while (count < MAX_FIELDS) {
        fields[count++] = line;
        line = strchr(line, '\t');
        if (line == NULL)
            break;
        *line++ = '\0';
    }
    for (i = 1; i < (apr_size_t)count; i++) {
        if (!unescape(fields[i]))
            return 0;
    }
    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].word, fields[0]) == 0)
            return line == NULL && count == words[i].nfields + 1 &&
                   words[i].take(self, fields + 1);
    }
    return 0;
}

static int take_text(reading_t *self, char *text)
{
    while (*text != '\0' && !self->ended) {
        char *end = strchr(text, '\n');

        if (end == NULL)
            return 0;
        *end = '\0';
        if (!take_line(self, text))
            return 0;
        text = end + 1;
    }
    return self->ended && *text == '\0';
}

wsm_error_t *wsm_manifest_read(wsm_manifest_t **manifest, const char *dir,
                               apr_pool_t *pool)
{
    const char *path = apr_pstrcat(pool, dir, "/" WSM_MANIFEST_FILE, NULL);
    reading_t reading = {.manifest = wsm_manifest_make(pool)};
    char *text = NULL;
    wsm_error_t *err = read_text(&text, path, pool);

    if (err != NULL)
        return err;
    if (strncmp(text, FIRST_LINE, strlen(FIRST_LINE)) != 0)
        return broken(path,
                      "is of another version: use the wsmanctl of the "
                      "mod_wsman that wrote it, or restart httpd",
                      0, pool);
    if (!take_text(&reading, text + strlen(FIRST_LINE)))
        return broken(path, "is damaged: restart httpd, which makes it anew", 0,
                      pool);
    *manifest = reading.manifest;
    return NULL;
}
