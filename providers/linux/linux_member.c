/* linux_member.c - Win32_GroupUser: who is in which group, by etc/group and by
 * the login groups in etc/passwd.
 *
 * Members that are not in etc/passwd have no Win32_UserAccount here and are
 * left out.  Of two entries of a name the first one counts, as for login.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "linux_provider.h"

enum { P_GroupComponent, P_PartComponent };

static const char *const property_names[] = {"GroupComponent", "PartComponent",
                                             NULL};

typedef struct member_t {
    const char *group;
    const char *user;
} member_t;

typedef struct reading_t {
    const linux_t *system;
    apr_hash_t *users;  /* name -> name */
    apr_hash_t *logins; /* gid -> array of names */
    apr_hash_t *groups; /* names that have been there */
    apr_array_header_t *members;
    apr_pool_t *pool;
} reading_t;

static FILE *open_file(const reading_t *reading, const char *path)
{
    return fopen(apr_pstrcat(reading->pool, reading->system->root, path, NULL),
                 "re");
}

static int is_name(const char *name)
{
    return name && *name && *name != '+' && *name != '-';
}

/* @return 1 the first time */
static int add_name(apr_hash_t *names, const char *name, const char **kept,
                    apr_pool_t *pool)
{
    if (!is_name(name) || apr_hash_get(names, name, APR_HASH_KEY_STRING))
        return 0;
    *kept = apr_pstrdup(pool, name);
    apr_hash_set(names, *kept, APR_HASH_KEY_STRING, *kept);
    return 1;
}

static void add_login(reading_t *reading, const char *user, gid_t gid)
{
    apr_array_header_t *names =
        apr_hash_get(reading->logins, &gid, sizeof(gid));
    if (!names) {
        names = apr_array_make(reading->pool, 2, sizeof(const char *));
        apr_hash_set(reading->logins,
                     apr_pmemdup(reading->pool, &gid, sizeof(gid)), sizeof(gid),
                     names);
    }
    APR_ARRAY_PUSH(names, const char *) = user;
}

/* @return 0 if it cannot be read to the end */
static int read_users(reading_t *reading)
{
    FILE *file = open_file(reading, "/etc/passwd");
    struct passwd entry, *found;
    apr_size_t size = 65536;
    char *buffer = apr_palloc(reading->pool, size);
    const char *name;
    int status;
    if (!file)
        return 0;
    while ((status = fgetpwent_r(file, &entry, buffer, size, &found)) == 0) {
        if (add_name(reading->users, entry.pw_name, &name, reading->pool))
            add_login(reading, name, entry.pw_gid);
    }
    fclose(file);
    return status == ENOENT;
}

static void add_member(reading_t *reading, const char *group, const char *user)
{
    member_t *member = apr_array_push(reading->members);
    member->group = group;
    member->user = user;
}

static void add_group(reading_t *reading, const struct group *entry)
{
    const apr_array_header_t *logins =
        apr_hash_get(reading->logins, &entry->gr_gid, sizeof(entry->gr_gid));
    const char *group, *user;
    if (!add_name(reading->groups, entry->gr_name, &group, reading->pool))
        return;
    for (int i = 0; logins && i < logins->nelts; i++)
        add_member(reading, group, APR_ARRAY_IDX(logins, i, const char *));
    for (char **name = entry->gr_mem; *name; name++) {
        user = apr_hash_get(reading->users, *name, APR_HASH_KEY_STRING);
        if (user)
            add_member(reading, group, user);
    }
}

static int read_groups(reading_t *reading)
{
    FILE *file = open_file(reading, "/etc/group");
    struct group entry, *found;
    apr_size_t size = 1u << 20; /* a group has all its members in a line */
    char *buffer = apr_palloc(reading->pool, size);
    int status;
    if (!file)
        return 0;
    while ((status = fgetgrent_r(file, &entry, buffer, size, &found)) == 0)
        add_group(reading, &entry);
    fclose(file);
    return status == ENOENT;
}

static int compare(const member_t *a, const char *group, const char *user)
{
    int order = strcmp(a->group, group);
    return order ? order : strcmp(a->user, user);
}

static int by_names(const void *a, const void *b)
{
    const member_t *other = b;
    return compare(a, other->group, other->user);
}

/* Sorted; who is in a group twice is there once. */
static apr_array_header_t *read_members(const linux_t *system, apr_pool_t *pool)
{
    reading_t reading = {.system = system,
                         .users = apr_hash_make(pool),
                         .logins = apr_hash_make(pool),
                         .groups = apr_hash_make(pool),
                         .members = apr_array_make(pool, 64, sizeof(member_t)),
                         .pool = pool};
    member_t *all;
    int kept = 0;
    if (!read_users(&reading) || !read_groups(&reading))
        return NULL;
    all = (member_t *)(void *)reading.members->elts;
    qsort(all, (size_t)reading.members->nelts, sizeof(*all), by_names);
    for (int i = 0; i < reading.members->nelts; i++) {
        if (!kept || by_names(&all[kept - 1], &all[i]) != 0)
            all[kept++] = all[i];
    }
    reading.members->nelts = kept;
    return reading.members;
}

static cim_value_t account(const linux_view_t *view, const char *class_name,
                           const char *domain, const char *name)
{
    return linux_reference2(view, class_name, "Domain", cim_string(domain),
                            "Name", cim_string(name));
}

/* A resume key is "group:user": no name in these files has a colon. */
static void split_after(const linux_view_t *view, const char **group,
                        const char **user)
{
    const char *after = linux_view_after(view);
    const char *colon = after ? strchr(after, ':') : NULL;
    *group = *user = "";
    if (!colon)
        return;
    *group =
        apr_pstrmemdup(view->call->pool, after, (apr_size_t)(colon - after));
    *user = colon + 1;
}

static wsman_error_t *walk(linux_view_t *view)
{
    const char *domain = linux_host_name(view->system, view->call->pool);
    const apr_array_header_t *members =
        read_members(view->system, view->call->pool);
    const char *group, *user;
    if (!members)
        return view->call->host->error(
            view->call->pool, WSMAN_E_RESOURCE_OFFLINE, APR_SUCCESS, NULL,
            "The users and groups of this machine cannot be read.");
    split_after(view, &group, &user);
    for (int i = 0; i < members->nelts; i++) {
        const member_t *member = &APR_ARRAY_IDX(members, i, member_t);
        if (compare(member, group, user) <= 0)
            continue;
        linux_view_begin(view);
        linux_set(view, P_GroupComponent,
                  account(view, "Win32_Group", domain, member->group));
        linux_set(view, P_PartComponent,
                  account(view, "Win32_UserAccount", domain, member->user));
        if (!linux_view_put(view, apr_pstrcat(view->item, member->group, ":",
                                              member->user, NULL)))
            return NULL;
    }
    return NULL;
}

const linux_class_t linux_member_class = {"Win32_GroupUser", property_names, 2,
                                          walk, NULL};
