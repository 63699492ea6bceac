/* mod_wsman_shell_call.c - a request and remote shells: the way to their
 * daemon, who the caller is there, and how many may wait at a time.
 */
#include "mod_wsman.h"

#include <ap_mpm.h>

#include "../soap/wsm_names.h"

/* The right to see the shells of others, and to end them */
#define RIGHT "AnyOwner"

/* WSManFault codes (wsmerror.h): too many requests of all users */
#define QUOTA_SYSTEM 0x803381a8u

/* ---- the way to the daemon */

/* When the daemon has died, the next one listens a moment later, and is waited
 * for; but not while that is put off. */
wsm_error_t *mod_wsman_shell_connect(int *fd,
                                     const mod_wsman_process_t *process,
                                     apr_pool_t *pool)
{
    if (mod_wsman_counted(process->board->daemon) != 0)
        return wsm_shell_open(fd, process->shell_socket, pool);
    *fd = -1;
    return wsm_fail(pool, WSMAN_E_RESOURCE_OFFLINE,
                    "The daemon of remote shells does not run.");
}

static wsm_error_t *connect_daemon(int *fd, void *baton, apr_pool_t *pool)
{
    const mod_wsman_request_t *self = baton;

    return mod_wsman_shell_connect(fd, self->process, pool);
}

/* ---- who */

static wsm_error_t *nobody(apr_pool_t *pool, const char *why)
{
    return wsm_fail(pool, WSMAN_E_ACCESS_DENIED, "%s", why);
}

/* What a line makes of the user; NULL: it does not speak of him.  "": nobody */
static const char *apply(const mod_wsman_account_t *line, request_rec *r)
{
    ap_regmatch_t matches[AP_MAX_REG_MATCH];
    const char *err = NULL;
    const char *value = line->text;

    if (line->expression != NULL)
        value = ap_expr_str_exec(r, line->expression, &err);
    else if (line->users != NULL) {
        if (ap_regexec(line->users, r->user, AP_MAX_REG_MATCH, matches, 0) != 0)
            return NULL;
        value =
            ap_pregsub(r->pool, line->text, r->user, AP_MAX_REG_MATCH, matches);
    }
    return err == NULL && value != NULL ? value : "";
}

/* The user himself, unless he is of a domain or a realm: the same name may be
 * somebody else there. */
static const char *account_of(request_rec *r)
{
    const apr_array_header_t *lines =
        mod_wsman_place_of(r->per_dir_config)->shell.accounts;
    int i;

    if (lines == NULL)
        return strpbrk(r->user, "@\\/") == NULL ? r->user : "";
    for (i = 0; i < lines->nelts; i++) {
        const char *account =
            apply(&APR_ARRAY_IDX(lines, i, mod_wsman_account_t), r);

        if (account != NULL)
            return account;
    }
    return "";
}

/* To see and to end is all that others' shells are for; what is typed in them
 * and comes out is their owners'. */
static int is_for_any(const wsm_target_t *target)
{
    static const char *const actions[] = {WSM_ACTION_GET, WSM_ACTION_ENUMERATE,
                                          WSM_ACTION_PULL, WSM_ACTION_DELETE};
    apr_size_t i;

    for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (strcmp(actions[i], target->action) == 0)
            return 1;
    }
    return 0;
}

/* Who may see all shells need not be able to have one. */
static wsm_error_t *find_caller(void *baton, wsm_shell_caller_t *caller)
{
    mod_wsman_request_t *self = baton;
    request_rec *r = self->r;

    if (r->user == NULL || *r->user == '\0')
        return nobody(r->pool, "Who has not logged in has no shells.");
    caller->user = r->user;
    caller->address = r->useragent_ip;
    caller->account = self->account = account_of(r);
    caller->any_owner = self->target != NULL && is_for_any(self->target) &&
                        mod_wsman_authorize_right(self, RIGHT);
    if (*caller->account != '\0' || caller->any_owner)
        return NULL;
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  "the user %s has no account: WSManShellAccount says what "
                  "accounts users of domains and realms have",
                  r->user);
    return nobody(r->pool, "This user has no account for shells.");
}

/* ---- waiting */

static apr_uint32_t count_workers(void)
{
    int daemons = 0, threads = 0;

    if (ap_mpm_query(AP_MPMQ_MAX_DAEMONS, &daemons) != APR_SUCCESS ||
        ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads) != APR_SUCCESS ||
        daemons < 1)
        return 1;
    return (apr_uint32_t)daemons * (threads > 0 ? (apr_uint32_t)threads : 1);
}

/* Who waits holds a worker: the other half is for who does not. */
apr_uint32_t mod_wsman_max_waiters(const mod_wsman_place_t *place)
{
    const apr_int64_t own = place->shell.max_waiters;

    return own != MOD_WSMAN_UNSET ? (apr_uint32_t)own
                                  : (count_workers() + 1) / 2;
}

static void end_wait(void *baton)
{
    mod_wsman_child_t *child = ((mod_wsman_request_t *)baton)->process->child;

    if (child != NULL)
        mod_wsman_uncount(child->waiting);
}

/* First taken, then counted: two at a time see each other. */
static wsm_error_t *begin_wait(void *baton)
{
    mod_wsman_request_t *self = baton;
    mod_wsman_process_t *process = self->process;
    const apr_uint32_t most =
        mod_wsman_max_waiters(mod_wsman_place_of(self->r->per_dir_config));
    wsm_error_t *err;

    if (process->child == NULL)
        return NULL;
    mod_wsman_count(process->child->waiting, 1);
    if (mod_wsman_board_waiting(process->board) <= most)
        return NULL;
    end_wait(self);
    err = wsm_fail(self->r->pool, WSMAN_E_QUOTA_LIMIT,
                   "Too many requests wait here at a time. Send this one "
                   "again later.");
    err->number = QUOTA_SYSTEM;
    self->is_refused = 1;
    mod_wsman_count(self->site->counts->refusals, 1);
    return err;
}

void mod_wsman_shell_ready(mod_wsman_request_t *self)
{
    wsm_call_t *call = &self->call;

    call->wait_begin = begin_wait;
    call->wait_end = end_wait;
    if (!self->process->has_shells)
        return;
    self->shells.connect = connect_daemon;
    self->shells.cancelled = mod_wsman_aborted;
    self->shells.baton = self;
    call->shells = &self->shells;
    call->shell_caller = find_caller;
}
