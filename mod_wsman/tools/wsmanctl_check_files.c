/* wsmanctl_check_files.c - whose the files of a server's state are. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "wsmanctl_check.h"

typedef struct file_t {
    const char *path;
    apr_uid_t owner;
    mode_t type;
    mode_t forbidden; /* bits that it must not have */
    int may_miss;
    const char *advice;
} file_t;

static void check_file(wsmanctl_check_t *self, const file_t *file)
{
    struct stat info;
    if (lstat(file->path, &info)) {
        if (errno != ENOENT || !file->may_miss)
            wsmanctl_found(self, file->path, "%s: %s", strerror(errno),
                           file->advice);
        return;
    }
    if ((info.st_mode & S_IFMT) != file->type) {
        wsmanctl_found(self, file->path, "is no %s: %s",
                       file->type == S_IFDIR ? "folder" : "regular file",
                       file->advice);
        return;
    }
    if (info.st_uid != file->owner)
        wsmanctl_found(self, file->path, "belongs to user %lu: chown %lu %s",
                       (unsigned long)info.st_uid, (unsigned long)file->owner,
                       file->path);
    if (info.st_mode & file->forbidden)
        wsmanctl_found(self, file->path, "is open to others: chmod %s %s",
                       file->type == S_IFDIR ? "700" : "600", file->path);
}

void wsmanctl_check_files(wsmanctl_check_t *self)
{
    const wsm_manifest_t *manifest = self->manifest;
    apr_uid_t user = manifest->uid == (apr_uid_t)-1 || manifest->uid == 0
                         ? self->parent
                         : manifest->uid;
    const char *key = apr_pstrcat(self->pool, self->dir, "/wsman.key", NULL);
    const char *spool = apr_pstrcat(self->pool, self->dir, "/spool", NULL);
    const char *store =
        strncmp(manifest->store, "sqlite3:", 8) ? NULL : manifest->store + 8;
    const file_t files[] = {
        {self->dir, user, S_IFDIR, 0022, 0, "restart httpd to make it"},
        {spool, user, S_IFDIR, 0022, 1, "remove it and restart httpd"},
        {key, self->parent, S_IFREG, 0077, 0,
         "restart httpd to make a new one"},
        {store, user, S_IFREG, 0077, 0,
         "restart httpd to make a new one, or put back a copy"},
    };
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        if (files[i].path)
            check_file(self, &files[i]);
}
