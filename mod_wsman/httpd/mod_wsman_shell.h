/* mod_wsman_shell.h - remote shells, seen from httpd: what the configuration
 * says of them, the daemon that holds them, and who a request is to it.
 *
 * mod_wsman_shells_t       what the main server says: the daemon's policy
 * mod_wsman_shell_place_t  what a place says: whom its shells run as
 * mod_wsman_daemon_t       the daemon, as the parent knows it; found again
 *                          after a restart
 */
#ifndef MOD_WSMAN_SHELL_H
#define MOD_WSMAN_SHELL_H

#include <httpd.h>
#include <ap_expr.h>
#include <http_config.h>

#include "../shell/wsm_shell_policy.h"

/** Numbers may be unset (-1), pointers NULL. */
typedef struct mod_wsman_shells_t {
    apr_array_header_t *engines;  /* wsm_shell_engine_t; none: no shells */
    apr_array_header_t *accounts; /* const char * */
    apr_int64_t lowest_uid;
    apr_int64_t shells;
    apr_int64_t shells_per_user;
    apr_int64_t commands;
    apr_int64_t processes;
    apr_int64_t memory; /* bytes */
    apr_interval_time_t lifetime;
    apr_interval_time_t cpu;
    apr_int64_t buffer; /* bytes */
    apr_interval_time_t idle_timeout;
    apr_interval_time_t max_idle_timeout;
    apr_int64_t umask;
    const char *pam;    /* "": Off */
    const char *path;   /* PATH */
    const char *daemon; /* absolute */
    const char *socket; /* absolute */
} mod_wsman_shells_t;

/** A WSManShellAccount line. */
typedef struct mod_wsman_account_t {
    const ap_regex_t *users;          /* NULL: all */
    const ap_expr_info_t *expression; /* what gives it; NULL: */
    const char *text;                 /* with $1 of users, or "" for none */
} mod_wsman_account_t;

typedef struct mod_wsman_shell_place_t {
    apr_array_header_t *accounts; /* mod_wsman_account_t; NULL: the user as he
                                     is */
    apr_int64_t max_waiters;
} mod_wsman_shell_place_t;

/* ---- mod_wsman_shell_config.c */

void mod_wsman_shells_make(mod_wsman_shells_t *shells);
void mod_wsman_shell_place_make(mod_wsman_shell_place_t *place);
void mod_wsman_shell_place_merge(mod_wsman_shell_place_t *place,
                                 const mod_wsman_shell_place_t *outer,
                                 const mod_wsman_shell_place_t *inner);

/** @return true if there are to be shells */
int mod_wsman_shells_wanted(const mod_wsman_shells_t *shells);
/** Does it hold together?  What does not is said with what to write. */
wsm_error_t *mod_wsman_shells_check(const mod_wsman_shells_t *shells,
                                    apr_pool_t *pool);
/** The policy, defaults filled in. */
void mod_wsman_shells_policy(wsm_shell_policy_t *policy,
                             const mod_wsman_shells_t *shells);
void mod_wsman_shells_limits(wsm_shell_limits_t *limits,
                             const mod_wsman_shells_t *shells);
const char *mod_wsman_shells_socket(const mod_wsman_shells_t *shells,
                                    apr_pool_t *pool);
const char *mod_wsman_shells_daemon(const mod_wsman_shells_t *shells);

/** A directive whose value is a number; cmd->info of its row. */
typedef struct mod_wsman_shell_number_t mod_wsman_shell_number_t;
extern const mod_wsman_shell_number_t mod_wsman_shell_lowest_uid,
    mod_wsman_shell_shells, mod_wsman_shell_shells_per_user,
    mod_wsman_shell_commands, mod_wsman_shell_processes, mod_wsman_shell_memory,
    mod_wsman_shell_lifetime, mod_wsman_shell_cpu, mod_wsman_shell_buffer,
    mod_wsman_shell_idle_timeout, mod_wsman_shell_max_idle_timeout;

/* Functions of directives */
const char *mod_wsman_set_shell(cmd_parms *cmd, void *config, int argc,
                                char *const argv[]);
const char *mod_wsman_add_shell_account(cmd_parms *cmd, void *config,
                                        const char *name);
const char *mod_wsman_set_shell_number(cmd_parms *cmd, void *config,
                                       const char *value);
const char *mod_wsman_set_shell_pam(cmd_parms *cmd, void *config,
                                    const char *service);
const char *mod_wsman_set_shell_path(cmd_parms *cmd, void *config,
                                     const char *path);
const char *mod_wsman_set_shell_umask(cmd_parms *cmd, void *config,
                                      const char *mask);
const char *mod_wsman_set_shell_daemon(cmd_parms *cmd, void *config,
                                       const char *name);
const char *mod_wsman_set_shell_socket(cmd_parms *cmd, void *config,
                                       const char *name);
const char *mod_wsman_map_shell_account(cmd_parms *cmd, void *config,
                                        const char *first, const char *second);
const char *mod_wsman_set_max_waiters(cmd_parms *cmd, void *config,
                                      const char *count);

struct mod_wsman_process_t;

/* ---- mod_wsman_shell_call.c */

/** A connection to the daemon, which the caller closes. */
wsm_error_t *mod_wsman_shell_connect(int *fd,
                                     const struct mod_wsman_process_t *process,
                                     apr_pool_t *pool);

/* ---- mod_wsman_shell_status.c */

/** What the status page says of shells. */
void mod_wsman_shell_lines(request_rec *r,
                           const struct mod_wsman_process_t *process);
void mod_wsman_shell_json(request_rec *r,
                          const struct mod_wsman_process_t *process);
void mod_wsman_shell_html(request_rec *r,
                          const struct mod_wsman_process_t *process);
/** A JSON string (RFC 8259); mod_wsman_status.c */
void mod_wsman_json_text(request_rec *r, const char *text);

/* ---- mod_wsman_shell_daemon.c */

typedef struct mod_wsman_daemon_t mod_wsman_daemon_t;

/** In the parent, after each reading of the configuration: starts the daemon,
 *  or tells the one that runs what is new, or ends it (WSManShell is gone, or
 *  all endpoints are: there is no board).  A daemon that does not
 *  come is an error when httpd starts; at a restart it is a line in the log,
 *  and tried again. */
wsm_error_t *mod_wsman_shell_start(struct mod_wsman_process_t *process,
                                   apr_pool_t *pconf, apr_pool_t *ptemp);
/** In a child: what is the parent's alone is closed. */
void mod_wsman_shell_child_init(struct mod_wsman_process_t *process);
/** For the hook of that name: the parent does it every ten seconds. */
int mod_wsman_shell_monitor(apr_pool_t *pool, server_rec *s);

/* ---- mod_wsman_shell_launch.c */

/** What the parent has of a daemon that was started. */
typedef struct mod_wsman_launched_t {
    pid_t pid;
    int control; /* blocks, but not for ever */
    int log;     /* does not block */
} mod_wsman_launched_t;

/** A listening socket in the file system, for one user only.  One that is
 *  there already is replaced, unless somebody listens. */
wsm_error_t *mod_wsman_shell_listen(int *listener, const char *path,
                                    apr_uid_t uid, apr_pool_t *pool);
/** Forks and executes the daemon, with the descriptors of wsm_shell_policy.h
 *  and no others. */
wsm_error_t *mod_wsman_shell_launch(mod_wsman_launched_t *launched,
                                    const char *program, int listener,
                                    apr_pool_t *pool);
/** Says the policy and waits, but not long, for the answer. */
wsm_error_t *mod_wsman_shell_tell(int control, const wsm_shell_policy_t *policy,
                                  apr_pool_t *pool);

#endif
