/* linux_mount.c - mounted file systems, read by libmount from mountinfo.
 */
#include <string.h>
#include <sys/sysmacros.h>

#include <apr_strings.h>

#include "linux_provider.h"

#ifdef WITH_MOUNT
#include <libmount.h>

/* libmount calls these pseudo file systems since no device is mounted, but
 * they hold files of their own. */
static const char *const storage[] = {
    "overlay", "tmpfs", "ramfs", "virtiofs", "vboxsf", "bcachefs", NULL};

/* Those that libmount does not call network file systems */
static const char *const remote[] = {"9p",    "afs",  "beegfs", "ceph",
                                     "coda",  "gpfs", "lustre", "orangefs",
                                     "pvfs2", "smb3", NULL};

static int is_among(const char *const *types, const char *type)
{
    for (; *types; types++) {
        if (strcmp(*types, type) == 0)
            return 1;
    }
    return 0;
}

/* A file system in user space may wait for a network as well: nobody but its
 * process knows.  fuseblk is one on a block device. */
static int is_fuse(const char *type)
{
    return strncmp(type, "fuse.", 5) == 0 || strcmp(type, "fuse") == 0;
}

static void push_mount(apr_array_header_t *mounts, struct libmnt_fs *fs,
                       apr_pool_t *pool)
{
    const char *target = mnt_fs_get_target(fs);
    const char *type = mnt_fs_get_fstype(fs);
    linux_mount_t *mount;
    if (!target || !type)
        return;
    mount = apr_array_push(mounts);
    memset(mount, 0, sizeof(*mount));
    mount->target = apr_pstrdup(pool, target);
    mount->type = apr_pstrdup(pool, type);
    mount->source = apr_pstrdup(pool, mnt_fs_get_source(fs));
    mount->subtree = apr_pstrdup(pool, mnt_fs_get_root(fs));
    mount->major = major(mnt_fs_get_devno(fs));
    mount->minor = minor(mnt_fs_get_devno(fs));
    mount->pseudo = (mnt_fs_is_pseudofs(fs) || mnt_fs_is_swaparea(fs)) &&
                    !is_among(storage, type) && !is_fuse(type);
    mount->remote =
        mnt_fs_is_netfs(fs) || is_among(remote, type) || is_fuse(type);
    mount->read_only = mnt_fs_match_options(fs, "ro") != 0;
}

/* A path below a remote file system cannot be walked while its server is away.
 * (Where "/" itself is remote nothing works without it.) */
static void mark_behind(apr_array_header_t *mounts)
{
    linux_mount_t *all = (linux_mount_t *)mounts->elts;
    for (int i = 0; i < mounts->nelts; i++) {
        apr_size_t length = strlen(all[i].target);
        if (!all[i].remote || length <= 1)
            continue;
        for (int j = 0; j < mounts->nelts; j++) {
            if (strncmp(all[j].target, all[i].target, length) == 0 &&
                all[j].target[length] == '/')
                all[j].behind = 1;
        }
    }
}

apr_array_header_t *linux_mounts(const linux_t *system,
                                 const wsman_call_t *call, wsman_error_t **err)
{
    apr_array_header_t *mounts =
        apr_array_make(call->pool, 32, sizeof(linux_mount_t));
    const char *path =
        apr_pstrcat(call->pool, system->root, "/proc/self/mountinfo", NULL);
    struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
    struct libmnt_table *table = mnt_new_table();
    struct libmnt_fs *fs;
    int failed = !iter || !table || mnt_table_parse_file(table, path) != 0;
    *err = NULL;
    while (!failed && mnt_table_next_fs(table, iter, &fs) == 0)
        push_mount(mounts, fs, call->pool);
    mnt_unref_table(table);
    mnt_free_iter(iter);
    if (!failed) {
        mark_behind(mounts);
        return mounts;
    }
    *err = call->host->error(call->pool, WSMAN_E_RESOURCE_OFFLINE, APR_SUCCESS,
                             NULL,
                             "The kernel's table of mounts cannot be "
                             "read.");
    return NULL;
}

#else

apr_array_header_t *linux_mounts(const linux_t *system,
                                 const wsman_call_t *call, wsman_error_t **err)
{
    (void)system;
    *err = call->host->error(call->pool, WSMAN_E_RESOURCE_OFFLINE, APR_SUCCESS,
                             NULL,
                             "The linux provider was built without "
                             "libmount: build it again where that is "
                             "installed.");
    return NULL;
}

#endif
