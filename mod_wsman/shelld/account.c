/* account.c - which accounts may have shells, and becoming one.
 */
#include "account.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#define MAX_GROUPS 65536
#define FIRST_ROOM 4096
#define LAST_ROOM  (4096u * 1024)

/* ---- who may */

/** The same words whatever is the reason: nobody learns which accounts there
 *  are.  The cause goes to the log. */
static wsm_error_t *denied(apr_pool_t *pool, const char *account,
                           const char *why)
{
    wsm_error_t *cause = wsm_fail(pool, WSMAN_E_ACCESS_DENIED, "%s", why);

    return wsm_error_make(pool, WSMAN_E_ACCESS_DENIED, APR_SUCCESS, cause,
                          "The account %s may not have a shell here", account);
}

static int look_up(account_t *self, const char *name)
{
    struct passwd room, *found = NULL;
    apr_size_t size = FIRST_ROOM;
    int status;

    do {
        char *buffer = apr_palloc(self->pool, size);

        status = getpwnam_r(name, &room, buffer, size, &found);
        size *= 2;
    } while (status == ERANGE && size <= LAST_ROOM);
    if (status != 0 || found == NULL)
        return 0;
    self->name = found->pw_name;
    self->uid = found->pw_uid;
    self->gid = found->pw_gid;
    self->home = found->pw_dir[0] != '\0' ? found->pw_dir : "/";
    self->shell = found->pw_shell[0] != '\0' ? found->pw_shell : "/bin/sh";
    return 1;
}

static int find_group(gid_t *gid, const char *name, apr_pool_t *pool)
{
    struct group room, *found = NULL;
    apr_size_t size = FIRST_ROOM;
    int status;

    do {
        char *buffer = apr_palloc(pool, size);

        status = getgrnam_r(name, &room, buffer, size, &found);
        size *= 2;
    } while (status == ERANGE && size <= LAST_ROOM);
    if (status != 0 || found == NULL)
        return 0;
    *gid = found->gr_gid;
    return 1;
}

static int is_in_group(const account_t *self, const char *name)
{
    int count = 64;
    gid_t wanted;

    if (!find_group(&wanted, name, self->pool))
        return 0;
    for (;;) {
        int room = count;
        gid_t *groups =
            apr_palloc(self->pool, (apr_size_t)room * sizeof(*groups));

        if (getgrouplist(self->name, self->gid, groups, &count) >= 0) {
            for (int i = 0; i < count; i++)
                if (groups[i] == wanted)
                    return 1;
            return 0;
        }
        if (count <= room || count > MAX_GROUPS)
            return 0;
    }
}

/** People have one of /etc/shells; what services have only tells that nobody
 *  is to log in. */
static int has_login_shell(const account_t *self)
{
    const char *name = strrchr(self->shell, '/');
    const char *one;
    int is_listed = 0;

    name = name != NULL ? name + 1 : self->shell;
    if (strcmp(name, "nologin") == 0 || strcmp(name, "false") == 0)
        return 0;
    setusershell();
    while (!is_listed && (one = getusershell()) != NULL)
        is_listed = strcmp(one, self->shell) == 0;
    endusershell();
    return is_listed;
}

static int is_allowed(const account_t *self, const wsm_shell_policy_t *policy)
{
    const int is_person =
        self->uid >= policy->lowest_uid && has_login_shell(self);
    int allowed = 0;
    int root = 0;

    for (int i = 0; i < policy->naccounts; i++) {
        const char *entry = policy->accounts[i];

        root = root || strcmp(entry, "root") == 0;
        if (strcmp(entry, self->name) == 0)
            allowed = 1;
        else if (!allowed && is_person)
            allowed = strcmp(entry, "*") == 0 ||
                      (entry[0] == '@' && is_in_group(self, entry + 1));
    }
    return allowed && (self->uid != 0 || root);
}

wsm_error_t *account_open(account_t **account, const wsm_shell_policy_t *policy,
                          const wsm_shell_caller_t *caller, apr_pool_t *pool)
{
    account_t *self = apr_pcalloc(pool, sizeof(*self));
    wsm_error_t *err;

    self->pool = pool;
    self->environment = apr_pcalloc(pool, sizeof(*self->environment));
    if (!look_up(self, caller->account))
        return denied(pool, caller->account, "There is no such account");
    if (!is_allowed(self, policy))
        return denied(pool, caller->account, "The policy does not name it");
    /* Its programs could ask the daemon for shells of all others. */
    if (geteuid() == 0 && self->uid != 0 && self->uid == policy->child_uid)
        return denied(pool, caller->account,
                      "It is the one that httpd's children run as");
    if (geteuid() != 0) {
        if (self->uid != geteuid())
            return denied(pool, caller->account,
                          "httpd does not run as root, and this is not its "
                          "own account");
    } else if (initgroups(self->name, self->gid) != 0)
        return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, errno, NULL,
                              "The groups of %s cannot be set", self->name);
    if (policy->pam_service != NULL) {
        err = account_pam_open(self, policy->pam_service, caller->address);
        if (err != NULL)
            return err;
    }
    *account = self;
    return NULL;
}

void account_close(account_t *self)
{
    account_pam_close(self);
}

/* ---- becoming it */

int account_become(const account_t *self)
{
    uid_t real, effective, saved;

    if (geteuid() != 0)
        return geteuid() == self->uid && getuid() == self->uid ? 0 : EPERM;
    if (setresgid(self->gid, self->gid, self->gid) != 0 ||
        setresuid(self->uid, self->uid, self->uid) != 0 ||
        getresuid(&real, &effective, &saved) != 0)
        return errno;
    if (real != self->uid || effective != self->uid || saved != self->uid ||
        getgid() != self->gid || getegid() != self->gid)
        return EPERM;
    if (self->uid != 0 && (setuid(0) == 0 || seteuid(0) == 0))
        return EPERM;
    return 0;
}

/** What the account may do is tried as the account. */
static int try_directory(const account_t *self, const char *path)
{
    const int is_root = geteuid() == 0;
    int status = 0;
    int fd;

    if (is_root && (setegid(self->gid) != 0 || seteuid(self->uid) != 0))
        return errno;
    fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || faccessat(fd, ".", X_OK, AT_EACCESS) != 0)
        status = errno;
    if (is_root && (seteuid(0) != 0 || setegid(0) != 0))
        _exit(1);
    if (fd >= 0)
        close(fd);
    return status;
}

int account_directory(const char **path, const account_t *self,
                      const char *name, apr_pool_t *pool)
{
    int status;

    if (name == NULL || name[0] == '\0') {
        /* As everywhere: no home is no reason not to be let in. */
        status = try_directory(self, self->home);
        *path = status == 0 ? self->home : "/";
        return 0;
    }
    if (name[0] == '~' && (name[1] == '\0' || name[1] == '/'))
        *path = apr_pstrcat(pool, self->home, name + 1, NULL);
    else if (name[0] != '/')
        *path = apr_pstrcat(pool, self->home, "/", name, NULL);
    else
        *path = name;
    return try_directory(self, *path);
}
