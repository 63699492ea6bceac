/* mod_wsman_shell_status.c - remote shells on the status page: the daemon is
 * asked for them when somebody looks.
 */
#include "mod_wsman.h"

#include <apr_strings.h>
#include <http_protocol.h>

/* How long the page waits for the daemon */
#define PATIENCE apr_time_from_sec(2)

typedef struct view_t {
    apr_uint32_t daemon; /* its process; 0: it does not run */
    apr_uint32_t deaths;
    apr_uint32_t waiting;
    int is_known; /* what follows */
    const wsm_shell_t *const *shells;
    int nshells;
} view_t;

static wsm_error_t *connect_daemon(int *fd, void *baton, apr_pool_t *pool)
{
    return mod_wsman_shell_connect(fd, baton, pool);
}

static void look(view_t *view, request_rec *r,
                 const mod_wsman_process_t *process)
{
    const wsm_shell_caller_t caller = {
        .user = "", .account = "", .any_owner = 1};
    wsm_shell_service_t service = {.connect = connect_daemon};
    wsm_error_t *err;

    memset(view, 0, sizeof(*view));
    if (process == NULL)
        return;
    view->daemon = mod_wsman_counted(process->board->daemon);
    view->deaths = mod_wsman_counted(process->board->daemon_deaths);
    view->waiting = mod_wsman_board_waiting(process->board);
    if (!process->has_shells)
        return;
    service.baton = (void *)process;
    err = wsm_shell_list(&view->shells, &view->nshells, &service, &caller,
                         apr_time_now() + PATIENCE, r->pool);
    view->is_known = err == NULL;
    if (err != NULL)
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                      "the shells are not known: %s",
                      wsm_error_text(err, r->pool));
}

static const char *state_of(const wsm_shell_t *shell)
{
    return shell->state == WSM_SHELL_CONNECTED ? "Connected" : "Disconnected";
}

static long seconds(apr_interval_time_t time)
{
    return (long)apr_time_sec(time);
}

/* ---- lines */

void mod_wsman_shell_lines(request_rec *r, const mod_wsman_process_t *process)
{
    view_t view;

    look(&view, r, process);
    ap_rprintf(r,
               "WSManWaiting: %u\n"
               "WSManShellDaemon: %u\n"
               "WSManShellDaemonDeaths: %u\n",
               view.waiting, view.daemon, view.deaths);
    if (view.is_known)
        ap_rprintf(r, "WSManShells: %d\n", view.nshells);
}

/* ---- JSON */

static void json_shell(request_rec *r, const wsm_shell_t *shell)
{
    ap_rputs("{\"id\": ", r);
    mod_wsman_json_text(r, shell->id);
    ap_rputs(", \"owner\": ", r);
    mod_wsman_json_text(r, shell->owner ? shell->owner : "");
    ap_rputs(", \"account\": ", r);
    mod_wsman_json_text(r, shell->account ? shell->account : "");
    ap_rputs(", \"resource\": ", r);
    mod_wsman_json_text(r, shell->resource_uri ? shell->resource_uri : "");
    ap_rprintf(r,
               ", \"pid\": %u, \"commands\": %u, \"age\": %ld, \"idle\": %ld, "
               "\"state\": \"%s\"}",
               shell->pid, shell->commands, seconds(shell->age),
               seconds(shell->idle), state_of(shell));
}

void mod_wsman_shell_json(request_rec *r, const mod_wsman_process_t *process)
{
    view_t view;
    int i;

    look(&view, r, process);
    ap_rprintf(r,
               "\"waiting\": %u, \"shellDaemon\": {\"pid\": %u, \"deaths\": "
               "%u},\n \"shells\": ",
               view.waiting, view.daemon, view.deaths);
    if (!view.is_known) {
        ap_rputs("null", r);
        return;
    }
    ap_rputs("[", r);
    for (i = 0; i < view.nshells; i++) {
        ap_rputs(i > 0 ? ",\n  " : "\n  ", r);
        json_shell(r, view.shells[i]);
    }
    ap_rputs("]", r);
}

/* ---- HTML */

static void html_cell(request_rec *r, const char *text)
{
    ap_rprintf(r, "<td>%s</td>", text ? ap_escape_html(r->pool, text) : "");
}

static void html_shell(request_rec *r, const wsm_shell_t *shell)
{
    ap_rputs("<tr>", r);
    html_cell(r, shell->id);
    html_cell(r, shell->owner);
    html_cell(r, shell->account);
    html_cell(r, shell->resource_uri);
    ap_rprintf(r,
               "<td>%s</td><td>%u</td><td>%u</td><td>%ld</td><td>%ld</td>"
               "</tr>\n",
               state_of(shell), shell->pid, shell->commands,
               seconds(shell->age), seconds(shell->idle));
}

static const char *count_of(const view_t *view, apr_pool_t *pool)
{
    return view->is_known ? apr_itoa(pool, view->nshells)
                          : "an unknown number of";
}

void mod_wsman_shell_html(request_rec *r, const mod_wsman_process_t *process)
{
    view_t view;
    int i;

    look(&view, r, process);
    ap_rprintf(r, "<p>%u requests wait.", view.waiting);
    if (process != NULL && process->has_shells) {
        ap_rprintf(r, " There are %s remote shells; their daemon ",
                   count_of(&view, r->pool));
        if (view.daemon != 0)
            ap_rprintf(r, "is process %u", view.daemon);
        else
            ap_rputs("does not run", r);
        ap_rprintf(r, " and has died %u times.", view.deaths);
    }
    ap_rputs("</p>\n", r);
    if (view.nshells == 0)
        return;
    ap_rputs("<table border=\"0\"><tr><th>Shell</th><th>Owner</th>"
             "<th>Account</th><th>Resource</th><th>State</th><th>Process</th>"
             "<th>Commands</th><th>Age</th><th>Idle</th></tr>\n",
             r);
    for (i = 0; i < view.nshells; i++)
        html_shell(r, view.shells[i]);
    ap_rputs("</table>\n", r);
}
