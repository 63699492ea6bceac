/* wsm_shell_policy.h - what the shell daemon allows: said by httpd's parent
 * process when it starts the daemon and after each graceful restart, on a
 * channel that no other process has; never by a request.
 *
 * The daemon's file descriptors when it starts:
 *
 *   0, 1  /dev/null
 *   2     its log, a pipe that does not block
 *   3     the listening socket (AF_UNIX, stream), made by the parent
 *   4     the control channel (socket pair, stream, with SO_PASSCRED: what
 *         another user than the daemon's writes there is not heard)
 *
 * Its log are lines for httpd's error log, each with its level (WSMAN_LOG_*)
 * before it: "<6>text".  What does not fit into the pipe is lost.  httpd's
 * parent reads it every ten seconds, and when the daemon ends.
 *
 * On the control channel comes one POLICY message for each restart, which the
 * daemon answers with OK (PID) or FAILED.  When the channel ends, httpd is
 * gone: the daemon ends all shells, and itself.
 *
 * Its arguments: none.  Its environment: PATH and nothing else.  It leads a
 * session of its own, every signal is as by default, and SIGTERM comes when
 * httpd's parent dies: the same as the end of the channel.
 */
#ifndef WSM_SHELL_POLICY_H
#define WSM_SHELL_POLICY_H

#include "wsm_shell_wire.h"

#define WSM_SHELL_FD_LISTEN  3
#define WSM_SHELL_FD_CONTROL 4

/** An engine (WSManShell). */
typedef struct wsm_shell_engine_t {
    const char *name; /* wsm_shell_wish_t.engine; letter case ignored */
    wsm_shell_kind_e kind;
    /** The program and its arguments, NULL-terminated.  Empty, of
     *  WSM_SHELL_COMMANDS: the account's own login shell; of
     *  WSM_SHELL_POWERSHELL: pwsh, where PATH has it.  A program with commands
     *  as its text is run as `program -c text`. */
    const char *const *program;
} wsm_shell_engine_t;

typedef struct wsm_shell_limits_t {
    /* 0: no bound */
    apr_uint32_t shells;          /* at a time */
    apr_uint32_t shells_per_user; /* of an owner */
    apr_uint32_t commands;        /* at a time in a shell, and ended ones that
                                     nobody has fetched */
    apr_uint32_t processes;       /* RLIMIT_NPROC of the account */
    apr_uint64_t memory;          /* bytes: RLIMIT_AS of each process */
    apr_interval_time_t lifetime; /* of a shell */
    apr_interval_time_t cpu;      /* RLIMIT_CPU of each process */
    /* never 0 */
    apr_uint64_t buffer; /* bytes of output that wait for a Receive, for each
                            stream; the same of input */
    apr_interval_time_t idle_timeout;     /* where the client says nothing */
    apr_interval_time_t max_idle_timeout; /* whatever it says */
} wsm_shell_limits_t;

typedef struct wsm_shell_policy_t {
    const wsm_shell_engine_t *engines;
    int nengines;
    /** Accounts that may have shells: names, "@group", "*" for all.  None:
     *  nobody.  root has one only if it stands there as "root". */
    const char *const *accounts;
    int naccounts;
    apr_uint32_t lowest_uid; /* that "@group" and "*" mean */
    /** The user of httpd's children: connections of others are closed. */
    apr_uint32_t child_uid;
    const char *pam_service; /* NULL: PAM is not asked */
    const char *path;        /* PATH of shells */
    apr_uint32_t umask;
    wsm_shell_limits_t limits;
} wsm_shell_policy_t;

/** Adds a policy to a message. */
void wsm_shell_policy_write(wsm_shell_message_t *message,
                            const wsm_shell_policy_t *policy);
/** Reads one; it lives in `pool`.  Errors: WSMAN_E_INTERNAL_ERROR (a field is
 *  broken, one is missing, a bound that is never 0 is 0) */
wsm_error_t *wsm_shell_policy_read(wsm_shell_policy_t *policy,
                                   wsm_shell_cursor_t *fields,
                                   apr_pool_t *pool);

#endif
