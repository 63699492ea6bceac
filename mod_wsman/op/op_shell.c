/* op_shell.c - which shell a request is for, what can be done, Get and Delete.
 */
#include "op_shell.h"

#include <string.h>
#include <strings.h>

#include "../soap/wsm_names.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What a URI is of. */
typedef enum part_e {
    NOTHING = 0,
    ALL = 1,      /* shells */
    ENGINE = 2,   /* shells of a kind */
    COMMANDS = 4, /* of a shell */
    SHELLS = ALL | ENGINE
} part_e;

/* "cmd" is the shell for commands, any other name one of PowerShell's
 * configurations: no engine is behind two URIs. */
static int is_powershell(const char *uri)
{
    const char *name = uri + sizeof(WSM_URI_POWERSHELL) - 1;

    if (strncasecmp(uri, WSM_URI_POWERSHELL, sizeof(WSM_URI_POWERSHELL) - 1) !=
        0)
        return 0;
    return *name != '\0' && strchr(name, '/') == NULL &&
           strcasecmp(name, "cmd") != 0;
}

static part_e part_of(const char *uri)
{
    if (strcasecmp(uri, WSM_NS_SHELL) == 0)
        return ALL;
    if (strcasecmp(uri, WSM_URI_SHELL_COMMAND) == 0)
        return COMMANDS;
    if (strcasecmp(uri, WSM_URI_SHELL "cmd") == 0 || is_powershell(uri))
        return ENGINE;
    return NOTHING;
}

int op_shell_is(const char *resource_uri)
{
    return part_of(resource_uri) != NOTHING;
}

wsm_error_t *op_shell_resource(wsm_exchange_t *ex)
{
    const wsm_call_t *call = ex->call;

    if (call->shells == NULL || call->shell_caller == NULL)
        return op_shell_number(
            wsm_fail(ex->pool, WSMAN_E_INTERNAL_ERROR, /* 2.2.4.42 */
                     "The service is configured to not accept any remote shell "
                     "requests."),
            OP_SHELL_NOT_ALLOWED);
    ex->source = part_of(ex->request->resource_uri) == COMMANDS
                     ? &wsm_source_commands
                     : &wsm_source_shells;
    return NULL;
}

/* ---- who calls */

static wsm_error_t *connect_service(int *fd, void *baton, apr_pool_t *pool)
{
    const wsm_call_t *call = baton;

    return call->shells->connect(fd, call->shells->baton, pool);
}

/* The deadline is the daemon's matter, and has an error of its own. */
static int is_gone(void *baton)
{
    const wsm_call_t *call = baton;
    const wsm_shell_service_t *shells = call->shells;

    if (shells->cancelled != NULL && shells->cancelled(shells->baton))
        return 1;
    return call->aborted != NULL && call->aborted(call->baton);
}

/* What is longer was never the id of a shell. */
#define MAX_ID 128

static wsm_error_t *read_id(op_shell_t *self)
{
    const wsm_request_t *request = self->ex->request;
    const wsm_selector_t *selector =
        wsm_selector_find(request->selectors, request->nselectors, "ShellId");

    if (selector == NULL)
        return NULL;
    self->id = selector->value;
    if (self->id != NULL && strlen(self->id) > MAX_ID)
        return wsm_fail(self->ex->pool, WSMAN_E_UNEXPECTED_SELECTORS,
                        "There is no such shell.");
    self->ex->outcome->target.shell = self->id;
    return NULL;
}

wsm_error_t *op_shell_enter(op_shell_t *self, wsm_exchange_t *ex)
{
    const wsm_request_t *request = ex->request;
    wsm_error_t *err;

    memset(self, 0, sizeof(*self));
    self->ex = ex;
    self->service.connect = connect_service;
    self->service.cancelled = is_gone;
    self->service.baton = ex->call;
    self->kind = is_powershell(request->resource_uri) ? WSM_SHELL_POWERSHELL
                                                      : WSM_SHELL_COMMANDS;
    err = ex->call->shell_caller(ex->call->baton, &self->caller);
    if (request->session_id != NULL && *request->session_id != '\0')
        self->caller.session = request->session_id;
    if (part_of(request->resource_uri) == ENGINE)
        self->caller.resource_uri = request->resource_uri;
    return err ? err : read_id(self);
}

static wsm_error_t *find_shell(op_shell_t *self)
{
    wsm_exchange_t *ex = self->ex;

    return wsm_shell_get(&self->shell, &self->service, &self->caller, self->id,
                         ex->call->pub.deadline, ex->pool);
}

/* Who is not let in at the URI of a kind of shells is not let in at that of
 * all, either. */
static wsm_error_t *enter_by_all(op_shell_t *self)
{
    wsm_exchange_t *ex = self->ex;
    const wsm_call_t *call = ex->call;
    wsm_target_t *target = &ex->outcome->target;
    wsm_error_t *err = find_shell(self);

    if (err != NULL)
        return err;
    self->kind = self->shell->kind;
    if (self->shell->resource_uri != NULL)
        target->resource_uri = self->shell->resource_uri;
    return call->authorize ? call->authorize(call->baton, target) : NULL;
}

/* ---- Get, Delete */

/* What is in the environment may be nobody else's business. */
static int is_owner(const op_shell_t *self, const wsm_shell_t *shell)
{
    return shell->owner != NULL && strcmp(shell->owner, self->caller.user) == 0;
}

static wsm_error_t *get(op_shell_t *self)
{
    wsm_exchange_t *ex = self->ex;
    wsm_error_t *err = self->shell ? NULL : find_shell(self);

    if (err != NULL)
        return err;
    op_shell_begin(ex, self->shell);
    op_shell_write(ex->out, self->shell, op_shell_encoding(ex),
                   is_owner(self, self->shell));
    wsm_reply_end(ex->out);
    ex->outcome->items = 1;
    return NULL;
}

static wsm_error_t *end_shell(op_shell_t *self)
{
    wsm_exchange_t *ex = self->ex;
    wsm_error_t *err = wsm_shell_delete(&self->service, &self->caller, self->id,
                                        ex->call->pub.deadline, ex->pool);

    return err ? err : op_shell_reply(ex, "");
}

/* ---- what can be done */

typedef struct operation_t {
    const char *action;
    part_e parts; /* of which it can be asked */
    int of_one;   /* the selector ShellId says of which */
    wsm_error_t *(*run)(op_shell_t *self);
    wsm_error_t *(*enumerate)(wsm_exchange_t *ex); /* or this one */
} operation_t;

static const operation_t operations[] = {
    {WSM_ACTION_CREATE, ENGINE, 0, op_shell_create, NULL},
    {WSM_ACTION_GET, SHELLS, 1, get, NULL},
    {WSM_ACTION_DELETE, SHELLS, 1, end_shell, NULL},
    {WSM_ACTION_COMMAND, SHELLS, 1, op_shell_command, NULL},
    {WSM_ACTION_SEND, SHELLS, 1, op_shell_send, NULL},
    {WSM_ACTION_RECEIVE, SHELLS, 1, op_shell_receive, NULL},
    {WSM_ACTION_SIGNAL, SHELLS, 1, op_shell_signal, NULL},
    {WSM_ACTION_DISCONNECT, SHELLS, 1, op_shell_disconnect, NULL},
    {WSM_ACTION_RECONNECT, SHELLS, 1, op_shell_reconnect, NULL},
    {WSM_ACTION_CONNECT, SHELLS, 1, op_shell_connect, NULL},
    {WSM_ACTION_ENUMERATE, SHELLS | COMMANDS, 0, NULL, op_enumerate},
    {WSM_ACTION_PULL, SHELLS | COMMANDS, 0, NULL, op_pull},
    {WSM_ACTION_RELEASE, SHELLS | COMMANDS, 0, NULL, op_release},
    {WSM_ACTION_ENUM_RENEW, SHELLS | COMMANDS, 0, NULL, op_enum_renew},
    {WSM_ACTION_ENUM_GETSTATUS, SHELLS | COMMANDS, 0, NULL, op_enum_getstatus},
};

static const operation_t *find_operation(const wsm_exchange_t *ex)
{
    const part_e part = part_of(ex->request->resource_uri);
    apr_size_t i;

    for (i = 0; i < COUNT(operations); i++) {
        if (strcmp(operations[i].action, ex->request->action) == 0 &&
            (operations[i].parts & part) != 0)
            return &operations[i];
    }
    return NULL;
}

static wsm_error_t *mismatch(const wsm_exchange_t *ex, const char *name)
{
    wsm_error_t *err = wsm_fail(ex->pool, WSMAN_E_ACTION_MISMATCH,
                                "%s cannot be applied to the resource %s.",
                                name, ex->request->resource_uri);

    return wsm_error_detail(err, ex->request->action, ex->pool);
}

wsm_error_t *op_shell_elsewhere(wsm_exchange_t *ex)
{
    return mismatch(ex, ex->outcome->operation);
}

static wsm_error_t *check_selectors(const wsm_exchange_t *ex, int of_one)
{
    const wsm_request_t *request = ex->request;
    int i;

    for (i = 0; i < request->nselectors; i++) {
        const wsm_selector_t *selector = &request->selectors[i];

        if (!of_one || strcasecmp(selector->name, "ShellId") != 0)
            return wsm_fail(ex->pool, WSMAN_E_UNEXPECTED_SELECTORS,
                            "The selector %s selects nothing here.",
                            selector->name);
        if (selector->value == NULL)
            return wsm_fail(ex->pool, WSMAN_E_SELECTOR_TYPE_MISMATCH,
                            "The selector %s is a text.", selector->name);
    }
    if (of_one && request->nselectors == 0)
        return wsm_fail(ex->pool, WSMAN_E_INSUFFICIENT_SELECTORS,
                        "The selector ShellId must say which shell.");
    return NULL;
}

/* The selector of a request for the commands of a shell is their source's. */
static wsm_error_t *check(const operation_t *operation,
                          const wsm_exchange_t *ex)
{
    wsm_error_t *err = NULL;

    if (ex->request->fragment != NULL) /* 3.1.4.2.1 */
        return wsm_fail(ex->pool, WSMAN_E_UNSUPPORTED_FRAGMENT_ACCESS,
                        "Fragments of shells cannot be addressed.");
    if (part_of(ex->request->resource_uri) != COMMANDS)
        err = check_selectors(ex, operation->of_one);
    return err ? err : op_shell_check_options(ex);
}

wsm_error_t *op_shell_run(wsm_exchange_t *ex, const wsm_op_t *op)
{
    const operation_t *operation = find_operation(ex);
    op_shell_t self;
    wsm_error_t *err;

    if (operation == NULL)
        return mismatch(ex, op->name);
    err = check(operation, ex);
    if (err == NULL && operation->enumerate != NULL)
        return operation->enumerate(ex);
    if (err == NULL)
        err = op_shell_enter(&self, ex);
    if (err == NULL && part_of(ex->request->resource_uri) == ALL)
        err = enter_by_all(&self);
    return err ? err : operation->run(&self);
}
