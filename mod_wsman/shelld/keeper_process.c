/* keeper_process.c - the processes of a shell, and who reaps them.
 */
#include "keeper_private.h"

#include <errno.h>
#include <sys/wait.h>

process_plan_t keeper_plan(const keeper_t *self, const char *program,
                           const char *const *argv)
{
    const process_plan_t plan = {
        self->account,     self->shell.policy, program,    argv,
        self->environment, self->directory,    self->path, NULL};

    return plan;
}

void keeper_process_add(keeper_t *self, process_t *process)
{
    process->next = self->processes;
    self->processes = process;
}

void keeper_process_remove(keeper_t *self, process_t *process)
{
    process_t **at = &self->processes;

    while (*at != NULL && *at != process)
        at = &(*at)->next;
    if (*at != NULL)
        *at = process->next;
    process->next = NULL;
    process_end(process);
}

void keeper_reap(keeper_t *self)
{
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        process_t *one = self->processes;

        if (pid < 0 && errno == EINTR)
            continue;
        if (pid <= 0)
            return;
        while (one != NULL && one->pid != pid)
            one = one->next;
        if (one != NULL)
            process_reaped(one, status);
    }
}
