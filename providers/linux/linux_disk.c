/* linux_disk.c - Win32_LogicalDisk: one instance a mounted file system.
 *
 * A file system that is mounted several times is one disk, at the mount that
 * shows all of it, else at the shortest mount point.  The sizes of a remote
 * file system, and of one that is mounted in it, are NULL: its server may be
 * gone, and statvfs() would then hold this thread for ever.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include <apr_strings.h>

#include "linux_provider.h"

#define PROPERTIES(P)                                                          \
    P(DeviceID)                                                                \
    P(Access)                                                                  \
    P(BlockSize)                                                               \
    P(Caption)                                                                 \
    P(CreationClassName)                                                       \
    P(Description)                                                             \
    P(DriveType)                                                               \
    P(FileSystem)                                                              \
    P(FreeSpace)                                                               \
    P(MaximumComponentLength)                                                  \
    P(MediaType)                                                               \
    P(Name)                                                                    \
    P(NumberOfBlocks)                                                          \
    P(ProviderName)                                                            \
    P(Size)                                                                    \
    P(SystemCreationClassName)                                                 \
    P(SystemName)                                                              \
    P(VolumeName)                                                              \
    P(VolumeSerialNumber)

LINUX_PROPERTY_TABLE(PROPERTIES);

/* Win32_LogicalDisk.DriveType */
enum { REMOVABLE = 2, LOCAL = 3, NETWORK = 4, COMPACT_DISC = 5, RAM_DISK = 6 };

static const char *const descriptions[] = {[REMOVABLE] = "Removable Disk",
                                           [LOCAL] = "Local Fixed Disk",
                                           [NETWORK] = "Network Connection",
                                           [COMPACT_DISC] = "CD-ROM Disc",
                                           [RAM_DISK] = "RAM Disk"};

#define MEDIA_REMOVABLE 11
#define MEDIA_FIXED     12

#define MAJOR_CDROM 11 /* Linux' device number of SCSI CD-ROMs */

static int is_removable(const linux_view_t *view, const linux_mount_t *mount)
{
    apr_uint64_t removable;
    const char *base = "/sys/dev/block/%u:%u/%sremovable";
    /* A partition has it from its disk. */
    if (linux_file_number(view->system, view->item, &removable, base,
                          mount->major, mount->minor, "") ||
        linux_file_number(view->system, view->item, &removable, base,
                          mount->major, mount->minor, "../"))
        return removable != 0;
    return 0;
}

static int drive_type(const linux_view_t *view, const linux_mount_t *mount)
{
    if (mount->remote)
        return NETWORK;
    if (strcmp(mount->type, "tmpfs") == 0 || strcmp(mount->type, "ramfs") == 0)
        return RAM_DISK;
    if (mount->major == MAJOR_CDROM)
        return COMPACT_DISC;
    return is_removable(view, mount) ? REMOVABLE : LOCAL;
}

/* Label and number of the volume, from udev's data base. */
static void set_volume(linux_view_t *view, const linux_mount_t *mount)
{
    const char *path, *text;
    if (!mount->major || (!linux_view_wants(view, P_VolumeName) &&
                          !linux_view_wants(view, P_VolumeSerialNumber)))
        return;
    path = apr_psprintf(view->item, "/run/udev/data/b%u:%u", mount->major,
                        mount->minor);
    text = linux_file_read(view->system, path, 65536, NULL, view->item);
    if (!text)
        return;
    linux_set(view, P_VolumeName,
              cim_string(linux_field(text, "E:ID_FS_LABEL", '=', view->item)));
    linux_set(view, P_VolumeSerialNumber,
              cim_string(linux_field(text, "E:ID_FS_UUID", '=', view->item)));
}

static void set_sizes(linux_view_t *view, const struct statvfs *numbers)
{
    apr_uint64_t unit = numbers->f_frsize;
    linux_set(view, P_Size, cim_uint64(numbers->f_blocks * unit));
    linux_set(view, P_FreeSpace, cim_uint64(numbers->f_bavail * unit));
    linux_set(view, P_BlockSize, cim_uint64(unit));
    linux_set(view, P_NumberOfBlocks, cim_uint64(numbers->f_blocks));
    linux_set(view, P_MaximumComponentLength,
              cim_uint32((apr_uint32_t)numbers->f_namemax));
}

static void set_kind(linux_view_t *view, const linux_mount_t *mount)
{
    int type = drive_type(view, mount);
    linux_set(view, P_DriveType, cim_uint32((apr_uint32_t)type));
    linux_set(view, P_Description, cim_string(descriptions[type]));
    if (type == LOCAL)
        linux_set(view, P_MediaType, cim_uint32(MEDIA_FIXED));
    else if (type == REMOVABLE || type == COMPACT_DISC)
        linux_set(view, P_MediaType, cim_uint32(MEDIA_REMOVABLE));
    if (type == NETWORK)
        linux_set(view, P_ProviderName, cim_string(mount->source));
}

/* @return 0 if the file system holds nothing, as those of kernel interfaces
 *         do that libmount does not know */
static int set_disk(linux_view_t *view, const linux_mount_t *mount)
{
    struct statvfs numbers;
    linux_view_begin(view);
    if (!mount->remote && !mount->behind) {
        const char *path =
            apr_pstrcat(view->item, view->system->root, mount->target, NULL);
        if (statvfs(path, &numbers) != 0 || numbers.f_blocks == 0)
            return 0;
        set_sizes(view, &numbers);
    }
    linux_set(view, P_DeviceID, cim_string(mount->target));
    linux_set(view, P_Name, cim_string(mount->target));
    linux_set(view, P_Caption, cim_string(mount->target));
    linux_set(view, P_CreationClassName, cim_string("Win32_LogicalDisk"));
    linux_set(view, P_SystemCreationClassName,
              cim_string("Win32_ComputerSystem"));
    linux_set(view, P_SystemName,
              cim_string(linux_host_name(view->system, view->item)));
    linux_set(view, P_FileSystem, cim_string(mount->type));
    linux_set(view, P_Access, cim_uint16(mount->read_only ? 1 : 3));
    set_kind(view, mount);
    set_volume(view, mount);
    return 1;
}

/* Is `a` the better place to show their file system at? */
static int better(const linux_mount_t *a, const linux_mount_t *b)
{
    int whole_a = a->subtree && strcmp(a->subtree, "/") == 0;
    int whole_b = b->subtree && strcmp(b->subtree, "/") == 0;
    if (whole_a != whole_b)
        return whole_a;
    return strlen(a->target) < strlen(b->target);
}

static int by_target(const void *a, const void *b)
{
    return strcmp((*(const linux_mount_t *const *)a)->target,
                  (*(const linux_mount_t *const *)b)->target);
}

/* Drops what a later mount at the same point hides, what has no storage, and
 * all but the best mount of a file system; sorts the rest by mount point. */
static apr_array_header_t *pick_disks(const apr_array_header_t *mounts,
                                      apr_pool_t *pool)
{
    apr_array_header_t *disks =
        apr_array_make(pool, mounts->nelts, sizeof(linux_mount_t *));
    const linux_mount_t *all = (const linux_mount_t *)mounts->elts;
    for (int i = 0; i < mounts->nelts; i++) {
        int hidden = all[i].pseudo;
        for (int j = i + 1; j < mounts->nelts && !hidden; j++)
            hidden = strcmp(all[i].target, all[j].target) == 0;
        if (hidden)
            continue;
        for (int j = 0; j < disks->nelts && !hidden; j++) {
            const linux_mount_t **other =
                &APR_ARRAY_IDX(disks, j, const linux_mount_t *);
            hidden = (*other)->major == all[i].major &&
                     (*other)->minor == all[i].minor;
            if (hidden && better(&all[i], *other))
                *other = &all[i];
        }
        if (!hidden)
            APR_ARRAY_PUSH(disks, const linux_mount_t *) = &all[i];
    }
    qsort(disks->elts, (size_t)disks->nelts, sizeof(linux_mount_t *),
          by_target);
    return disks;
}

static wsman_error_t *walk(linux_view_t *view)
{
    const char *after = linux_view_after(view);
    apr_array_header_t *mounts, *disks;
    wsman_error_t *err;
    mounts = linux_mounts(view->system, view->call, &err);
    if (!mounts)
        return err;
    disks = pick_disks(mounts, view->call->pool);
    for (int i = 0; i < disks->nelts; i++) {
        const linux_mount_t *mount =
            APR_ARRAY_IDX(disks, i, const linux_mount_t *);
        if ((after && strcmp(mount->target, after) <= 0) ||
            linux_view_excludes(view, "DeviceID", mount->target))
            continue;
        if (set_disk(view, mount) && !linux_view_put(view, mount->target))
            return NULL;
    }
    return NULL;
}

const linux_class_t linux_disk_class = {"Win32_LogicalDisk", property_names, 1,
                                        walk, NULL};
