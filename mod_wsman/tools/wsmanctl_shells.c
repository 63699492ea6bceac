/* wsmanctl_shells.c - remote shells: which there are, and their end. */
#include <string.h>

#include <apr_strings.h>

#include "../client/wsm_client_shell.h"
#include "../soap/wsm_names.h"
#include "wsman_report.h"
#include "wsman_session.h"
#include "wsmanctl_direct.h"

/* ---- Without --url: the daemon itself, as httpd's processes call it */

static wsm_error_t *connect_daemon(int *fd, void *baton, apr_pool_t *pool)
{
    const wsmanctl_direct_t *self = baton;
    return wsm_shell_open(fd, self->manifest->shells, pool);
}

/** Who may be httpd's user may do what that may. */
static wsm_error_t *be_anybody(void *baton, wsm_shell_caller_t *caller)
{
    (void)baton;
    caller->user = "";
    caller->account = "";
    caller->any_owner = 1;
    return NULL;
}

void wsmanctl_direct_shells(wsmanctl_direct_t *self, wsm_call_t *call)
{
    if (!self->manifest->shells)
        return;
    self->shells.connect = connect_daemon;
    self->shells.baton = self;
    call->shells = &self->shells;
    call->shell_caller = be_anybody;
}

/* ---- Commands */

static const char *text_of(const xmlNode *shell, const char *name,
                           apr_pool_t *pool)
{
    const xmlNode *node = wsm_xml_child(shell, WSM_NS_SHELL, name);
    return node ? wsm_xml_text(node, pool) : NULL;
}

static int print(void *baton, const wsm_item_t *item, apr_pool_t *scratch)
{
    static const char *const names[] = {
        "ShellId",   "Name",  "ResourceUri",  "Owner",          "ClientIP",
        "ProcessId", "State", "ShellRunTime", "ShellInactivity"};
    const char *values[sizeof(names) / sizeof(names[0])];
    const int count = (int)(sizeof(names) / sizeof(names[0]));
    for (int i = 0; i < count; i++)
        values[i] = text_of(item->object, names[i], scratch);
    wsmanctl_item(baton, "Shell", names, values, count, scratch);
    return !wsman_session_interrupted();
}

static wsm_failure_t *list(wsmanctl_t *self, apr_pool_t *pool)
{
    const wsm_enumerate_t all = {.mode = WSM_ENUM_OBJECTS};
    const wsm_epr_t target = {.resource_uri = WSM_NS_SHELL};
    return wsm_client_enumerate(self->client, &target, &all, print, self, pool);
}

static wsm_failure_t *end_one(wsmanctl_t *self, const char *id,
                              apr_pool_t *pool)
{
    wsm_client_shell_t shell;
    wsm_client_shell_refer(&shell, WSM_NS_SHELL, id, pool);
    return wsm_client_shell_delete(self->client, &shell, pool);
}

/** What is gone already is said; the others still end. */
static wsm_failure_t *end(wsmanctl_t *self, apr_pool_t *pool)
{
    wsm_failure_t *failure = NULL;
    int left = 0;
    for (int i = 1; i < self->common.narguments && !failure; i++) {
        const char *id = self->common.arguments[i];
        failure = end_one(self, id, pool);
        if (!failure || !failure->fault)
            continue;
        wsman_report_line(apr_psprintf(pool, "%s: %s", id,
                                       failure->fault->message
                                           ? failure->fault->message
                                           : failure->fault->reason));
        failure = NULL;
        left++;
    }
    if (!failure && left)
        failure = wsmanctl_failure(pool, "%d shells could not be ended", left);
    return failure;
}

wsm_failure_t *wsmanctl_shells(wsman_options_t *options, wsm_client_t *client,
                               apr_pool_t *pool)
{
    wsmanctl_t *self = wsmanctl_of(options);
    const char *verb = options->narguments ? options->arguments[0] : "list";
    const int ends = !strcmp(verb, "end");
    wsm_failure_t *failure;
    (void)client;
    if (ends ? options->narguments < 2
             : strcmp(verb, "list") || options->narguments > 1)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "shells [list], or shells end ID...");
    failure = wsmanctl_open(self, pool);
    if (failure)
        return failure;
    return ends ? end(self, pool) : list(self, pool);
}
