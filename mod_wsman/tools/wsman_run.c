/* wsman_run.c - wsman run: a command elsewhere, as ssh runs it. */
#include "wsman_run.h"

#include "wsman_remote.h"

/** Without a client (it was killed) the shell is gone after this time, unless
 *  --idle-timeout says another. */
#define IDLE_TIMEOUT apr_time_from_sec(15 * 60)

wsm_failure_t *wsman_run(wsman_options_t *options, wsm_client_t *client,
                         apr_pool_t *pool)
{
    wsm_client_command_t command = {.skip_shell = options->remote.skip_shell,
                                    .is_piped = options->remote.input};
    wsman_remote_t *remote;
    wsm_failure_t *failure;
    (void)client;
    if (options->remote.list || options->remote.attach)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "--list and --attach are options of shell");
    if (!options->narguments)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "no command to run there");
    command.command = options->arguments[0];
    command.arguments = options->arguments + 1;
    command.narguments = options->narguments - 1;
    failure = wsman_remote_make(&remote, options, 0, pool);
    if (failure)
        return failure;
    failure = wsman_remote_create(remote, IDLE_TIMEOUT);
    failure = failure ? failure : wsman_remote_command(remote, &command);
    failure = failure ? failure : wsman_remote_follow(remote);
    return wsman_remote_end(remote, failure);
}
