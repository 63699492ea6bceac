/* keeper_end.c - the end of a shell: no process of it is left.
 */
#include "keeper_private.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "descend.h"

/* What may still tidy up has this time; what cannot be killed (it waits for a
 * device) is given up after that one. */
#define POLITE apr_time_from_msec(500)
#define LAST   apr_time_from_sec(10)
#define NAP    5000 /* usec */

/** @return true if there are children */
static int reap_all(void)
{
    pid_t pid;

    do
        pid = waitpid(-1, NULL, WNOHANG);
    while (pid > 0 || (pid < 0 && errno == EINTR));
    return pid == 0;
}

/** Waits until there are no processes.
 *  @return false if there are some after that time */
static int wait_for_end(apr_interval_time_t most, int signal_number)
{
    const apr_time_t end = loop_now() + most;

    while (reap_all()) {
        if (loop_now() >= end)
            return 0;
        /* New ones may have been made by those that had not ended. */
        if (signal_number == SIGKILL)
            descend_end(NULL);
        (void)usleep(NAP);
    }
    return 1;
}

static int end_processes(keeper_t *self)
{
    if (!reap_all())
        return 1;
    (void)descend_kill(0, NULL, SIGHUP);
    (void)descend_kill(0, NULL, SIGTERM);
    (void)descend_kill(0, NULL, SIGCONT);
    if (wait_for_end(POLITE, SIGTERM) || wait_for_end(LAST, SIGKILL))
        return 1;
    keeper_log(self, WSMAN_LOG_WARNING, "processes are left");
    return 0;
}

int keeper_end(keeper_t *self)
{
    request_t *deleter = self->deleter;
    int is_clean;
    sigset_t none;

    self->phase = KEEPER_ENDING;
    for (process_t *one = self->processes; one != NULL; one = one->next)
        process_end(one);
    is_clean = end_processes(self);
    if (self->account != NULL)
        keeper_report(self);
    if (deleter != NULL)
        keeper_answer(self, &deleter->call);
    /* The answer is short, and fits. */
    for (request_t *one = self->requests; one != NULL; one = one->next)
        keeper_request_drop(one);
    keeper_requests_sweep(self);
    for (command_t *one = self->commands; one != NULL; one = one->next)
        keeper_place_close(self, &one->place);
    keeper_place_close(self, &self->place);
    loop_free(&self->loop);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    if (self->account != NULL)
        account_close(self->account);
    return is_clean;
}
