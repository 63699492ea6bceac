/* wsman_shell.c - wsman shell: a shell elsewhere, line by line.
 *
 * There is no terminal at the other end, so this one stays as it is: it edits
 * and echoes a line, and hands it over with Enter.  Nothing has to be set back
 * at the end, whatever the end is.
 */
#include "wsman_run.h"

#include <string.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "../soap/wsm_names.h"
#include "wsman_remote.h"
#include "wsman_session.h"

/** The account's shell, whatever shell reads this; accounts of services have
 *  none.  bash must be told not to edit lines, or it echoes them. */
#define UNIX_SHELL                                                             \
    "exec /bin/sh -c 'case ${SHELL##*/} in "                                   \
    "bash) exec \"$SHELL\" --noediting -i;; "                                  \
    "\"\"|false|nologin) exec /bin/sh -i;; "                                   \
    "*) exec \"$SHELL\" -i;; esac'"
#define WINDOWS_SHELL "cmd"

static wsm_failure_t *list(wsman_options_t *options, wsm_client_t *client,
                           apr_pool_t *pool)
{
    static const wsm_epr_t target = {.resource_uri = WSM_CLIENT_SHELL};
    return wsman_session_enumerate(options, client, &target, pool);
}

/** What is an interactive shell there?  The service says what it is. */
static wsm_failure_t *find_shell(const char **line, wsm_client_t *client,
                                 apr_pool_t *pool)
{
    const xmlNode *answer, *vendor;
    wsm_failure_t *failure = wsm_client_identify(client, &answer, 0, pool);
    if (failure)
        return failure;
    vendor = wsm_xml_child(answer, WSM_NS_WSMID, "ProductVendor");
    *line = vendor && strstr(wsm_xml_text(vendor, pool), "Microsoft")
                ? WINDOWS_SHELL
                : UNIX_SHELL;
    return NULL;
}

/** Programs there ask TERM what they may write. */
static void add_term(wsman_remote_options_t *options, apr_pool_t *pool)
{
    static const wsm_client_variable_t dumb = {"TERM", "dumb"};
    apr_array_header_t *all = apr_array_make(pool, options->nenvironment + 1,
                                             sizeof(wsm_client_variable_t));
    APR_ARRAY_PUSH(all, wsm_client_variable_t) = dumb;
    for (int i = 0; i < options->nenvironment; i++) {
        if (!strcmp(options->environment[i].name, dumb.name))
            return;
        APR_ARRAY_PUSH(all, wsm_client_variable_t) = options->environment[i];
    }
    options->environment =
        (const wsm_client_variable_t *)(const void *)all->elts;
    options->nenvironment = all->nelts;
}

static wsm_failure_t *begin(wsman_remote_t *remote, wsman_options_t *options,
                            apr_pool_t *pool)
{
    wsm_client_command_t command = {.skip_shell = options->remote.skip_shell,
                                    .is_piped = !remote->is_interactive};
    wsm_failure_t *failure = NULL;
    if (options->remote.attach)
        return wsman_remote_attach(remote, options->remote.attach);
    if (options->narguments) {
        command.command = options->arguments[0];
        command.arguments = options->arguments + 1;
        command.narguments = options->narguments - 1;
    } else {
        failure = find_shell(&command.command, remote->output, pool);
    }
    failure = failure ? failure : wsman_remote_create(remote, 0);
    return failure ? failure : wsman_remote_command(remote, &command);
}

wsm_failure_t *wsman_shell(wsman_options_t *options, wsm_client_t *client,
                           apr_pool_t *pool)
{
    wsman_remote_t *remote;
    wsm_failure_t *failure;
    if (options->remote.list)
        return list(options, client, pool);
    if (options->remote.attach && options->narguments)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "--attach or a command, not both");
    options->remote.input = 1;
    add_term(&options->remote, pool);
    failure =
        wsman_remote_make(&remote, options, isatty(STDIN_FILENO) != 0, pool);
    if (failure)
        return failure;
    failure = begin(remote, options, pool);
    failure = failure ? failure : wsman_remote_follow(remote);
    return wsman_remote_end(remote, failure);
}
