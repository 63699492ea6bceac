/* account.h - the account of the system that a shell runs as, and its session.
 */
#ifndef SHELLD_ACCOUNT_H
#define SHELLD_ACCOUNT_H

#include <sys/types.h>

#include "../shell/wsm_shell_policy.h"

struct pam_handle;

typedef struct account_t {
    apr_pool_t *pool;
    const char *name;
    uid_t uid;
    gid_t gid;
    const char *home;
    const char *shell;
    const char *const *environment; /* "NAME=value" that PAM wants, NULL at
                                       the end */
    struct pam_handle *session;     /* or NULL */
} account_t;

/** Looks the account up, asks the policy and PAM whether it may have a shell,
 *  opens its session, and gives this process its groups.  Where the daemon is
 *  not root, it is our own account or nobody's.  May take as long as PAM and
 *  the directory take.
 *  Errors: WSMAN_E_ACCESS_DENIED; WSMAN_E_INTERNAL_ERROR (PAM does not work) */
wsm_error_t *account_open(account_t **account, const wsm_shell_policy_t *policy,
                          const wsm_shell_caller_t *caller, apr_pool_t *pool);
/** Ends the session. */
void account_close(account_t *self);

/** Makes this process the account for good, and looks that it is.  Only
 *  between fork and exec: it allocates nothing.
 *  @return 0, or errno */
int account_become(const account_t *self);

/** An open directory of the account: relative ones and "~" are in its HOME.
 *  @param path  out: its absolute name
 *  @return 0, or errno: the account cannot be there */
int account_directory(const char **path, const account_t *self,
                      const char *name, apr_pool_t *pool);

/* account_pam.c; nothing without PAM. */
wsm_error_t *account_pam_open(account_t *self, const char *service,
                              const char *address);
void account_pam_close(account_t *self);

#endif
