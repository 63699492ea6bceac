/* wsman_remote_signal.c - our signals are the remote command's. */
#include "wsman_remote.h"

#include <signal.h>
#include <unistd.h>

#include <apr_atomic.h>
#include <apr_strings.h>

#include "wsman_report.h"

/** Ends the thread; from anybody else it is nothing. */
#define WAKE SIGUSR1
/** Exchanges are given up after a second. */
#define PATIENCE apr_time_from_sec(3)

static void make_set(sigset_t *set)
{
    static const int numbers[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, WAKE};
    sigemptyset(set);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        sigaddset(set, numbers[i]);
}

static void pass_on(wsman_remote_t *self, wsm_client_signal_e code)
{
    wsm_failure_t *failure;
    apr_pool_t *pool;
    apr_pool_create(&pool, NULL);
    failure = wsm_client_shell_signal(self->control, &self->shell,
                                      self->command_id, code, pool);
    if (failure && !apr_atomic_read32(&self->is_over) &&
        !apr_atomic_read32(&self->stop))
        wsman_report_warning(self->options,
                             apr_pstrcat(pool, "the command has not got it: ",
                                         failure->message, NULL));
    apr_pool_destroy(pool);
}

/** The first asks the command, the second ends it, the third does not wait for
 *  it. */
static void interrupt(wsman_remote_t *self)
{
    apr_uint32_t before = apr_atomic_inc32(&self->interrupts);
    if (self->is_interactive || before == 0)
        pass_on(self, WSM_CLIENT_SIGNAL_CTRL_C);
    else if (before == 1)
        pass_on(self, WSM_CLIENT_SIGNAL_TERMINATE);
    else
        wsman_remote_give_up(self, SIGINT);
}

/** The caller's thread may be writing to somebody who does not read.  Then we
 *  clear away, and do not come back. */
static void leave_unless_over(wsman_remote_t *self, int number)
{
    apr_time_t until = apr_time_now() + PATIENCE;
    apr_pool_t *pool;
    while (apr_time_now() < until)
        if (apr_atomic_read32(&self->is_over))
            return;
        else
            apr_sleep(apr_time_from_msec(20));
    apr_pool_create(&pool, NULL);
    if (apr_atomic_read32(&self->is_running))
        wsm_client_shell_delete(self->control, &self->shell, pool);
    _exit(128 + number);
}

static void handle(wsman_remote_t *self, int number)
{
    if (apr_atomic_read32(&self->is_over))
        return;
    if (number == SIGINT && apr_atomic_read32(&self->is_running))
        interrupt(self);
    else if (number == SIGQUIT && apr_atomic_read32(&self->is_running))
        pass_on(self, WSM_CLIENT_SIGNAL_CTRL_BREAK);
    else
        wsman_remote_give_up(self, number);
    if (apr_atomic_read32(&self->signal))
        leave_unless_over(self, number);
}

static void *APR_THREAD_FUNC watch(apr_thread_t *thread, void *baton)
{
    wsman_remote_t *self = baton;
    sigset_t set;
    int number;
    (void)thread;
    make_set(&set);
    while (!sigwait(&set, &number)) {
        if (number != WAKE)
            handle(self, number);
        else if (apr_atomic_read32(&self->is_over))
            break;
    }
    return NULL;
}

wsm_failure_t *wsman_remote_watch_start(wsman_remote_t *self)
{
    sigset_t set;
    make_set(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (apr_thread_create(&self->watcher, NULL, watch, self, self->pool))
        return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                "no thread can be made");
    return NULL;
}

void wsman_remote_watch_end(wsman_remote_t *self)
{
    apr_status_t status;
    if (!self->watcher)
        return;
    kill(getpid(), WAKE);
    apr_thread_join(&status, self->watcher);
    self->watcher = NULL;
}
