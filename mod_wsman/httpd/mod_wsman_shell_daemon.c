/* mod_wsman_shell_daemon.c - the shell daemon's life, in httpd's parent:
 * started, told what is allowed, found again after a restart, started again
 * when it has died, ended.
 *
 * The module is unloaded and loaded again between two generations, maybe as
 * another version.  What stays is the record in the pool of the process; what
 * points into the module is registered anew in each pconf.
 */
#include "mod_wsman.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ap_mpm.h>
#include <apr_strings.h>
#include <http_core.h>
#include <unixd.h>

#define RECORD_KEY "mod_wsman:shelld"

/* A daemon of another version speaks otherwise, or may. */
#define OWN_VERSION WSM_VERSION "/" APR_STRINGIFY(WSM_SHELL_VERSION)

/* How long it may take to end all shells */
#define GRACE apr_time_from_sec(10)

/* Who dies sooner than that after its start, and as often one after the other,
 * is not started again at once. */
#define SHORT_LIFE  apr_time_from_sec(10)
#define SHORT_LIVES 3

#define MOST_LINE 2048

/** Its layout does not change: the next version of the module reads it. */
struct mod_wsman_daemon_t {
    const char *version; /* NULL: none runs */
    const char *program;
    const char *socket;
    pid_t pid;
    int control; /* -1: none, as the next */
    int log;
    apr_time_t started;
    apr_uint32_t deaths;
    apr_uint32_t early; /* the last of them that came soon */
};

/* ---- the record */

static mod_wsman_daemon_t *find_record(apr_pool_t *process)
{
    void *kept = NULL;

    apr_pool_userdata_get(&kept, RECORD_KEY, process);
    return kept;
}

static mod_wsman_daemon_t *get_record(apr_pool_t *process)
{
    mod_wsman_daemon_t *self = find_record(process);

    if (self != NULL)
        return self;
    self = apr_pcalloc(process, sizeof(*self));
    self->control = self->log = -1;
    apr_pool_userdata_set(self, RECORD_KEY, NULL, process);
    return self;
}

/* Strings that are the same are not copied again with each restart. */
static void keep(const char **place, const char *text, apr_pool_t *process)
{
    if (*place == NULL || strcmp(*place, text) != 0)
        *place = apr_pstrdup(process, text);
}

static void drop(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void publish(const mod_wsman_process_t *process)
{
    const mod_wsman_daemon_t *self = process->daemon;
    mod_wsman_board_t *board = process->board;

    if (board == NULL)
        return;
    __atomic_store_n(&board->daemon,
                     self->version ? (apr_uint32_t)self->pid : 0,
                     __ATOMIC_RELAXED);
    __atomic_store_n(&board->daemon_deaths, self->deaths, __ATOMIC_RELAXED);
}

/* ---- what it says */

/* "<6>text"; without level it is what a library writes. */
static void log_line(const server_rec *s, const char *line)
{
    int level = APLOG_WARNING;

    if (line[0] == '<' && line[1] >= '0' && line[1] <= '7' && line[2] == '>') {
        level = line[1] - '0';
        line += 3;
    }
    if (*line != '\0')
        ap_log_error(APLOG_MARK, level, 0, s, "shell daemon: %s", line);
}

/* Whole lines; one that is longer than the buffer comes in pieces. */
static void read_log(const mod_wsman_process_t *process)
{
    const int fd = process->daemon->log;
    char buffer[MOST_LINE + 1];
    apr_size_t kept = 0;
    ssize_t got;

    while (fd >= 0 && (got = read(fd, buffer + kept, MOST_LINE - kept)) > 0) {
        char *line = buffer;
        char *end;

        kept += (apr_size_t)got;
        buffer[kept] = '\0';
        while ((end = memchr(line, '\n', kept)) != NULL) {
            *end++ = '\0';
            log_line(process->main, line);
            kept -= (apr_size_t)(end - line);
            line = end;
        }
        memmove(buffer, line, kept);
        if (kept == MOST_LINE) {
            log_line(process->main, buffer);
            kept = 0;
        }
    }
    if (kept > 0) {
        buffer[kept] = '\0';
        log_line(process->main, buffer);
    }
}

/* ---- its end */

/* @return true if it is gone, and was our child */
static int has_ended(pid_t pid)
{
    int status;
    const pid_t got = waitpid(pid, &status, WNOHANG);

    return got == pid || (got < 0 && errno == ECHILD);
}

static void forget(mod_wsman_daemon_t *self)
{
    drop(&self->control);
    drop(&self->log);
    self->version = NULL;
    self->pid = 0;
}

/* The end of its channel tells it to end, and all shells before. */
static void end_daemon(const mod_wsman_process_t *process)
{
    mod_wsman_daemon_t *self = process->daemon;
    const apr_time_t until = apr_time_now() + GRACE;

    if (self->version == NULL)
        return;
    /* Others may hold the channel, too: who was forked without exec. */
    shutdown(self->control, SHUT_RDWR);
    while (!has_ended(self->pid)) {
        if (apr_time_now() > until) {
            ap_log_error(APLOG_MARK, APLOG_ERR, 0, process->main,
                         "the shell daemon (process %ld) does not end: it is "
                         "killed",
                         (long)self->pid);
            kill(self->pid, SIGKILL);
            waitpid(self->pid, NULL, 0);
            break;
        }
        apr_sleep(apr_time_from_msec(10));
    }
    read_log(process);
    forget(self);
}

/* The name of its socket; who listened there is gone. */
static void remove_socket(const mod_wsman_daemon_t *self)
{
    if (self->socket != NULL)
        unlink(self->socket);
}

/* ---- its start */

static apr_uid_t child_uid(void)
{
    return geteuid() == 0 ? ap_unixd_config.user_id : geteuid();
}

static wsm_error_t *tell(const mod_wsman_process_t *process, apr_pool_t *pool)
{
    wsm_shell_policy_t policy;

    mod_wsman_shells_policy(&policy,
                            &mod_wsman_server_of(process->main)->shells);
    return mod_wsman_shell_tell(process->daemon->control, &policy, pool);
}

static void watch(mod_wsman_process_t *process);

static wsm_error_t *try_launch(mod_wsman_process_t *process, apr_pool_t *pool)
{
    mod_wsman_daemon_t *self = process->daemon;
    mod_wsman_launched_t launched;
    wsm_error_t *err;
    int listener;

    self->started = apr_time_now();
    err = mod_wsman_shell_listen(&listener, self->socket, child_uid(), pool);
    if (err != NULL)
        return err;
    err = mod_wsman_shell_launch(&launched, self->program, listener, pool);
    /* The daemon's alone: what is forked here for other modules would have it,
     * too, and could take calls. */
    close(listener);
    if (err != NULL)
        return err;
    self->version = apr_pstrdup(process->main->process->pool, OWN_VERSION);
    self->pid = launched.pid;
    self->control = launched.control;
    self->log = launched.log;
    err = tell(process, pool);
    if (err != NULL) {
        end_daemon(process);
        return err;
    }
    ap_log_error(APLOG_MARK, APLOG_INFO, 0, process->main,
                 "the shell daemon runs as process %ld", (long)self->pid);
    watch(process);
    return NULL;
}

static wsm_error_t *launch(mod_wsman_process_t *process, apr_pool_t *pool)
{
    wsm_error_t *err = try_launch(process, pool);

    publish(process);
    return err;
}

/* ---- its death */

static void launch_again(mod_wsman_process_t *process)
{
    apr_pool_t *pool;
    wsm_error_t *err;

    apr_pool_create(&pool, process->pconf);
    err = launch(process, pool);
    if (err != NULL)
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, process->main,
                     "there are no remote shells, the next try is in %d "
                     "seconds: %s",
                     (int)apr_time_sec(SHORT_LIFE), wsm_error_text(err, pool));
    apr_pool_destroy(pool);
}

static void mourn(mod_wsman_process_t *process)
{
    mod_wsman_daemon_t *self = process->daemon;
    int waits;

    self->early =
        apr_time_now() - self->started < SHORT_LIFE ? self->early + 1 : 0;
    waits = self->early >= SHORT_LIVES;
    read_log(process);
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, process->main,
                 "the shell daemon (process %ld) has died, and all remote "
                 "shells with it; it is started again%s",
                 (long)self->pid, waits ? " later: it does not live long" : "");
    self->deaths++;
    forget(self);
    if (waits)
        publish(process);
    else
        launch_again(process);
}

static int is_stopping(void)
{
    int state;

    return ap_mpm_query(AP_MPMQ_MPM_STATE, &state) == APR_SUCCESS &&
           state == AP_MPMQ_STOPPING;
}

static void maintain(int reason, void *data, apr_wait_t status)
{
    mod_wsman_process_t *process = data;

    (void)status;
    if (reason != APR_OC_REASON_DEATH && reason != APR_OC_REASON_LOST)
        return;
    apr_proc_other_child_unregister(data);
    if (!is_stopping())
        mourn(process);
}

static void watch(mod_wsman_process_t *process)
{
    apr_proc_t *proc = apr_pcalloc(process->pconf, sizeof(*proc));

    proc->pid = process->daemon->pid;
    apr_proc_other_child_register(proc, maintain, process, NULL,
                                  process->pconf);
}

int mod_wsman_shell_monitor(apr_pool_t *pool, server_rec *s)
{
    mod_wsman_process_t *process = mod_wsman_server_of(s)->process;

    (void)pool;
    if (process == NULL || process->daemon == NULL || is_stopping())
        return DECLINED;
    read_log(process);
    if (process->daemon->version == NULL && process->has_shells &&
        apr_time_now() - process->daemon->started >= SHORT_LIFE)
        launch_again(process);
    return DECLINED;
}

/* ---- generations */

/* pconf is cleared: for the next generation, or because httpd ends. */
static apr_status_t leave(void *data)
{
    mod_wsman_process_t *process = data;

    if (process->daemon == NULL || process->parent != getpid() ||
        ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_DESTROY_CONFIG)
        return APR_SUCCESS;
    if (process->daemon->version != NULL) {
        end_daemon(process);
        remove_socket(process->daemon);
    }
    return APR_SUCCESS;
}

static int is_same(const mod_wsman_daemon_t *self, const char *program,
                   const char *path)
{
    return strcmp(self->version, OWN_VERSION) == 0 &&
           strcmp(self->program, program) == 0 &&
           strcmp(self->socket, path) == 0;
}

/* A socket whose name somebody has removed cannot be reached. */
static int is_reachable(const mod_wsman_daemon_t *self)
{
    struct stat info;

    return lstat(self->socket, &info) == 0 && S_ISSOCK(info.st_mode);
}

/* What of the old generation's daemon cannot stay, ends. */
static void end_old(mod_wsman_process_t *process, const char *program,
                    const char *path)
{
    mod_wsman_daemon_t *self = process->daemon;
    const int is_alive = self->version != NULL && !has_ended(self->pid);

    if (self->version != NULL && !is_alive) {
        read_log(process);
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, process->main,
                     "the shell daemon (process %ld) has died, and all remote "
                     "shells with it",
                     (long)self->pid);
        self->deaths++;
        remove_socket(self);
        forget(self);
    }
    if (is_alive && (!process->has_shells || !is_same(self, program, path) ||
                     !is_reachable(self))) {
        ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, process->main,
                     "the shell daemon (process %ld) ends, and all remote "
                     "shells with it: %s",
                     (long)self->pid,
                     process->has_shells
                         ? "its program or its socket is another one"
                         : "WSManShell is gone");
        end_daemon(process);
        remove_socket(self);
    }
}

static wsm_error_t *go_on(mod_wsman_process_t *process, apr_pool_t *ptemp)
{
    mod_wsman_daemon_t *self = process->daemon;
    wsm_error_t *err;

    if (self->version == NULL)
        return launch(process, ptemp);
    read_log(process);
    err = tell(process, ptemp);
    if (err == NULL) {
        watch(process);
        publish(process);
        return NULL;
    }
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, process->main,
                 "the shell daemon (process %ld) is replaced, and all remote "
                 "shells are gone: %s",
                 (long)self->pid, wsm_error_text(err, ptemp));
    kill(self->pid, SIGKILL);
    end_daemon(process);
    return launch(process, ptemp);
}

wsm_error_t *mod_wsman_shell_start(mod_wsman_process_t *process,
                                   apr_pool_t *pconf, apr_pool_t *ptemp)
{
    const mod_wsman_shells_t *shells =
        &mod_wsman_server_of(process->main)->shells;
    apr_pool_t *kept = process->main->process->pool;
    const int is_first = find_record(kept) == NULL;
    const char *program = mod_wsman_shells_daemon(shells);
    const char *path = mod_wsman_shells_socket(shells, pconf);
    wsm_error_t *err;

    process->has_shells =
        process->board != NULL && mod_wsman_shells_wanted(shells);
    process->daemon = get_record(kept);
    process->pconf = pconf;
    process->parent = getpid();
    end_old(process, program, path);
    publish(process);
    apr_pool_cleanup_register(pconf, process, leave, apr_pool_cleanup_null);
    if (!process->has_shells)
        return NULL;
    keep(&process->daemon->program, program, kept);
    keep(&process->daemon->socket, path, kept);
    process->shell_socket = path;
    err = go_on(process, ptemp);
    if (err == NULL || is_first)
        return err;
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, process->main,
                 "there are no remote shells, the next try is in %d seconds: "
                 "%s",
                 (int)apr_time_sec(SHORT_LIFE), wsm_error_text(err, ptemp));
    return NULL;
}

void mod_wsman_shell_child_init(mod_wsman_process_t *process)
{
    mod_wsman_daemon_t *self = process->daemon;

    if (self == NULL || process->parent == getpid())
        return;
    drop(&self->control);
    drop(&self->log);
    process->daemon = NULL;
}
