/* linux_account.c - Win32_UserAccount and Win32_Group: the accounts of this
 * machine, that is those of etc/passwd and etc/group.
 *
 * Not by getpwent(): a directory of a hundred thousand users is no property of
 * the machine, and an unreachable one would hold the request.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <shadow.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "linux_provider.h"

#define ACCOUNT_PROPERTIES(P)                                                  \
    P(Domain)                                                                  \
    P(Name)                                                                    \
    P(Caption)                                                                 \
    P(LocalAccount)                                                            \
    P(SID)                                                                     \
    P(SIDType)                                                                 \
    P(Status)

/* Of users only; behind the others, so that both classes number those alike */
#define PROPERTIES(P)                                                          \
    ACCOUNT_PROPERTIES(P)                                                      \
    P(AccountType)                                                             \
    P(Disabled)                                                                \
    P(FullName)                                                                \
    P(PasswordExpires)                                                         \
    P(PasswordRequired)

LINUX_PROPERTY_TABLE(PROPERTIES);

#define NORMAL_ACCOUNT 512   /* Win32_UserAccount.AccountType */
#define SID_USER       1     /* Win32_SID.SIDType */
#define SID_ALIAS      4     /* a local group */
#define NEVER          99999 /* days; shadow(5)'s habit for "no limit" */

typedef struct account_t {
    const char *name;
    int line; /* its place in the file */
    apr_uint32_t id;
    const char *full_name; /* users only; may be NULL */
    /* From shadow; -1: not readable */
    int disabled, expires, required;
} account_t;

static FILE *open_file(const linux_t *system, const char *path,
                       apr_pool_t *pool)
{
    return fopen(apr_pstrcat(pool, system->root, path, NULL), "re");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const account_t *)a)->name, ((const account_t *)b)->name);
}

/* Adds an account unless it is one of the + and - lines of NIS. */
static account_t *add_account(apr_array_header_t *accounts, const char *name,
                              apr_uint32_t id, apr_pool_t *pool)
{
    account_t *account;
    if (!name || !*name || *name == '+' || *name == '-')
        return NULL;
    account = apr_array_push(accounts);
    account->name = apr_pstrdup(pool, name);
    account->line = accounts->nelts;
    account->id = id;
    account->full_name = NULL;
    account->disabled = account->expires = account->required = -1;
    return account;
}

static int by_name_and_line(const void *a, const void *b)
{
    int order = by_name(a, b);
    return order ? order
                 : ((const account_t *)a)->line - ((const account_t *)b)->line;
}

/* Sorts by name; of two equal names the first one counts, as for login. */
static apr_array_header_t *sort_accounts(apr_array_header_t *accounts)
{
    account_t *all = (account_t *)accounts->elts;
    int kept = 0;
    qsort(all, (size_t)accounts->nelts, sizeof(*all), by_name_and_line);
    for (int i = 0; i < accounts->nelts; i++) {
        if (!kept || strcmp(all[kept - 1].name, all[i].name) != 0)
            all[kept++] = all[i];
    }
    accounts->nelts = kept;
    return accounts;
}

static apr_array_header_t *read_users(const linux_t *system, apr_pool_t *pool)
{
    apr_array_header_t *users = apr_array_make(pool, 32, sizeof(account_t));
    FILE *file = open_file(system, "/etc/passwd", pool);
    struct passwd entry, *found;
    apr_size_t size = 65536;
    char *buffer = apr_palloc(pool, size);
    int status;
    if (!file)
        return NULL;
    while ((status = fgetpwent_r(file, &entry, buffer, size, &found)) == 0) {
        account_t *user = add_account(users, entry.pw_name, entry.pw_uid, pool);
        apr_size_t length = strcspn(entry.pw_gecos, ",");
        if (user && length)
            user->full_name = apr_pstrmemdup(pool, entry.pw_gecos, length);
    }
    fclose(file);
    /* Anything but the end: rather no list than a part that looks whole */
    return status == ENOENT ? sort_accounts(users) : NULL;
}

static apr_array_header_t *read_groups(const linux_t *system, apr_pool_t *pool)
{
    apr_array_header_t *groups = apr_array_make(pool, 64, sizeof(account_t));
    FILE *file = open_file(system, "/etc/group", pool);
    struct group entry, *found;
    apr_size_t size = 1u << 20; /* a group has all its members in a line */
    char *buffer = apr_palloc(pool, size);
    int status;
    if (!file)
        return NULL;
    while ((status = fgetgrent_r(file, &entry, buffer, size, &found)) == 0)
        add_account(groups, entry.gr_name, entry.gr_gid, pool);
    fclose(file);
    /* Anything but the end: rather no list than a part that looks whole */
    return status == ENOENT ? sort_accounts(groups) : NULL;
}

const char *linux_user_name(const linux_t *system, apr_uint32_t uid,
                            apr_pool_t *pool)
{
    FILE *file = open_file(system, "/etc/passwd", pool);
    struct passwd entry, *found;
    char buffer[65536];
    const char *name = NULL;
    while (file && !name &&
           fgetpwent_r(file, &entry, buffer, sizeof(buffer), &found) == 0) {
        if (entry.pw_uid == uid && *entry.pw_name != '+' &&
            *entry.pw_name != '-')
            name = apr_pstrdup(pool, entry.pw_name);
    }
    if (file)
        fclose(file);
    return name;
}

/* As `passwd -S` judges: a password that begins with ! or * matches nothing. */
static void add_shadow(account_t *user, const struct spwd *entry)
{
    apr_int64_t today = apr_time_sec(apr_time_now()) / 86400;
    const char *password = entry->sp_pwdp ? entry->sp_pwdp : "";
    user->disabled = *password == '!' || *password == '*' ||
                     (entry->sp_expire >= 0 && entry->sp_expire <= today);
    user->expires = entry->sp_max >= 0 && entry->sp_max < NEVER;
    user->required = *password != '\0';
}

/* Readable by root and the group shadow only. */
static void read_shadow(const linux_t *system, apr_array_header_t *users,
                        apr_pool_t *pool)
{
    FILE *file = open_file(system, "/etc/shadow", pool);
    struct spwd entry, *found;
    char buffer[8192];
    while (file &&
           fgetspent_r(file, &entry, buffer, sizeof(buffer), &found) == 0) {
        account_t key = {.name = entry.sp_namp};
        account_t *user = bsearch(&key, users->elts, (size_t)users->nelts,
                                  sizeof(account_t), by_name);
        if (user && user->disabled < 0)
            add_shadow(user, &entry);
    }
    if (file)
        fclose(file);
}

static void set_account(linux_view_t *view, const account_t *account,
                        const char *domain, int user)
{
    linux_set(view, P_Domain, cim_string(domain));
    linux_set(view, P_Name, cim_string(account->name));
    linux_set(
        view, P_Caption,
        cim_string(apr_pstrcat(view->item, domain, "\\", account->name, NULL)));
    linux_set(view, P_LocalAccount, cim_boolean(1));
    /* Samba's mapping of Unix numbers */
    linux_set(view, P_SID,
              cim_string(apr_psprintf(view->item, "S-1-22-%d-%u", user ? 1 : 2,
                                      account->id)));
    linux_set(view, P_SIDType,
              cim_uint8((apr_byte_t)(user ? SID_USER : SID_ALIAS)));
}

static void set_user(linux_view_t *view, const account_t *user)
{
    linux_set(view, P_AccountType, cim_uint32(NORMAL_ACCOUNT));
    linux_set(view, P_FullName, cim_string(user->full_name));
    if (user->disabled < 0)
        return;
    linux_set(view, P_Disabled, cim_boolean(user->disabled));
    linux_set(view, P_Status, cim_string(user->disabled ? "Degraded" : "OK"));
    linux_set(view, P_PasswordExpires, cim_boolean(user->expires));
    linux_set(view, P_PasswordRequired, cim_boolean(user->required));
}

static wsman_error_t *put_accounts(linux_view_t *view,
                                   const apr_array_header_t *accounts,
                                   int users)
{
    const char *after = linux_view_after(view);
    const char *domain = linux_host_name(view->system, view->call->pool);
    for (int i = 0; i < accounts->nelts; i++) {
        const account_t *account = &APR_ARRAY_IDX(accounts, i, account_t);
        if ((after && strcmp(account->name, after) <= 0) ||
            linux_view_excludes(view, "Name", account->name))
            continue;
        linux_view_begin(view);
        set_account(view, account, domain, users);
        if (users)
            set_user(view, account);
        else
            linux_set(view, P_Status, cim_string("OK"));
        if (!linux_view_put(view, account->name))
            return NULL;
    }
    return NULL;
}

static wsman_error_t *unreadable(const linux_view_t *view, const char *what)
{
    return view->call->host->error(
        view->call->pool, WSMAN_E_RESOURCE_OFFLINE, APR_SUCCESS, NULL,
        "The %s of this machine cannot be read.", what);
}

static wsman_error_t *walk_users(linux_view_t *view)
{
    apr_array_header_t *users = read_users(view->system, view->call->pool);
    if (!users)
        return unreadable(view, "users");
    if (linux_view_wants(view, P_Disabled) ||
        linux_view_wants(view, P_Status) ||
        linux_view_wants(view, P_PasswordExpires) ||
        linux_view_wants(view, P_PasswordRequired))
        read_shadow(view->system, users, view->call->pool);
    return put_accounts(view, users, 1);
}

static wsman_error_t *walk_groups(linux_view_t *view)
{
    apr_array_header_t *groups = read_groups(view->system, view->call->pool);
    return groups ? put_accounts(view, groups, 0) : unreadable(view, "groups");
}

static const char *const group_names[] = {
    ACCOUNT_PROPERTIES(LINUX_PROPERTY_NAME) NULL};

const linux_class_t linux_user_class = {"Win32_UserAccount", property_names, 2,
                                        walk_users, NULL};
const linux_class_t linux_group_class = {"Win32_Group", group_names, 2,
                                         walk_groups, NULL};
