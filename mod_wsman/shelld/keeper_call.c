/* keeper_call.c - what requests ask, and what all shells answer alike.
 */
#include "keeper_private.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <apr_strings.h>

#define NO_SHELL   2150858843u
#define NO_COMMAND 87u

keeper_shell_t *keeper_shell(keeper_t *self)
{
    return &self->shell;
}

wsm_error_t *keeper_no_command(apr_pool_t *pool)
{
    return wsm_shell_fail(pool, WSMAN_E_PARAMETER_INVALID_VALUE, NO_COMMAND,
                          "The shell has no such command");
}

static request_t *request_of(keeper_call_t *call)
{
    return (request_t *)(void *)call;
}

/* ---- answers */

void keeper_describe(const keeper_t *self, wsm_shell_t *shell, apr_time_t now)
{
    const wsm_shell_wish_t *wish = self->shell.wish;

    *shell = (wsm_shell_t){0};
    shell->id = self->shell.id;
    shell->kind = wish->kind;
    shell->resource_uri = wish->resource_uri;
    shell->name = wish->name;
    shell->owner = self->owner;
    shell->account = self->account->name;
    shell->address = self->address;
    shell->locale = wish->locale;
    shell->data_locale = wish->data_locale;
    shell->input_streams = wish->input_streams;
    shell->output_streams = wish->output_streams;
    shell->directory = wish->directory;
    shell->environment = wish->environment;
    shell->nenvironment = wish->nenvironment;
    shell->pid = (apr_uint32_t)getpid();
    shell->idle_timeout = self->idle_timeout;
    shell->max_idle_timeout = self->shell.policy->limits.max_idle_timeout;
    shell->lifetime = self->lifetime;
    shell->age = now > self->created ? now - self->created : 0;
    shell->idle = now > self->used ? now - self->used : 0;
    shell->state = self->shell.state;
    shell->buffer = self->shell.buffer;
    shell->profile_loaded = !wish->no_profile;
    shell->commands = (apr_uint32_t)keeper_command_count(self);
}

static void write_shell(keeper_t *self, request_t *request,
                        wsm_shell_bytes_t response)
{
    wsm_shell_message_t *message = &request->answer;
    const apr_time_t now = loop_now();
    wsm_shell_t shell;

    keeper_describe(self, &shell, now);
    if (request->call.type == WSM_SHELL_M_GET)
        shell.idle = now - request->used;
    shell.response = response;
    wsm_shell_message_bytes(message, WSM_SHELL_F_NEXT, NULL, 0);
    wsm_shell_write(message, &shell);
}

void keeper_answer_with(keeper_t *self, keeper_call_t *call,
                        wsm_shell_bytes_t bytes)
{
    request_t *request = request_of(call);
    wsm_shell_message_t *message = &request->answer;
    command_t *command = (command_t *)(void *)call->command;

    if (request->phase != REQUEST_WAITING)
        return;
    wsm_shell_message_begin(message, WSM_SHELL_M_OK, call->pool);
    if (call->type == WSM_SHELL_M_CREATE) {
        self->phase = KEEPER_OPEN;
        keeper_report(self);
    }
    if (call->type == WSM_SHELL_M_CONNECT)
        keeper_connected(self, request);
    if (call->type == WSM_SHELL_M_CREATE || call->type == WSM_SHELL_M_CONNECT ||
        call->type == WSM_SHELL_M_GET)
        write_shell(self, request, bytes);
    if (call->type == WSM_SHELL_M_COMMAND) {
        const wsm_shell_command_t told = {command->command.id, NULL, 0, 0, 0};

        command->is_starting = 0;
        wsm_shell_message_bytes(message, WSM_SHELL_F_NEXT, NULL, 0);
        wsm_shell_command_write(message, &told);
    }
    if (call->type == WSM_SHELL_M_SIGNAL && command != NULL &&
        request->asked.signal == WSM_SHELL_SIGNAL_TERMINATE)
        keeper_command_forget(self, command);
    (void)wsm_shell_message_end(message);
    keeper_request_send(request);
}

void keeper_answer(keeper_t *self, keeper_call_t *call)
{
    const wsm_shell_bytes_t none = {NULL, 0};

    keeper_answer_with(self, call, none);
}

/* ---- requests */

static void get(keeper_t *self, request_t *request)
{
    keeper_answer(self, &request->call);
}

static void delete_shell(keeper_t *self, request_t *request)
{
    if (self->deleter != NULL) {
        keeper_refuse(self, &request->call,
                      wsm_shell_fail(request->call.pool,
                                     WSMAN_E_UNEXPECTED_SELECTORS, NO_SHELL,
                                     "The shell is being deleted"));
        return;
    }
    self->deleter = request;
    keeper_close(self);
}

static wsm_error_t *unsupported(apr_pool_t *pool)
{
    return wsm_fail(pool, WSMAN_E_UNSUPPORTED_FEATURE,
                    "Shells of this kind cannot do this");
}

static int has_input(const keeper_t *self, const char *name)
{
    const char *const *names = self->kind->input_streams;

    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

static wsm_error_t *check_piece(keeper_t *self, const wsm_shell_piece_t *piece,
                                apr_pool_t *pool)
{
    if (!has_input(self, piece->stream))
        return wsm_shell_fail(pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                              2150859147u, "The shell has no input stream %s",
                              piece->stream);
    if (piece->command_id == NULL
            ? !self->kind->has_shell_streams
            : keeper_command_find(self, piece->command_id) == NULL)
        return keeper_no_command(pool);
    return NULL;
}

static void send_input(keeper_t *self, request_t *request)
{
    const wsm_shell_request_t *asked = &request->asked;

    for (int i = 0; i < asked->npieces; i++) {
        wsm_error_t *err =
            check_piece(self, &asked->pieces[i], request->call.pool);

        if (err != NULL) {
            keeper_refuse(self, &request->call, err);
            return;
        }
    }
    self->kind->send(self, &request->call, asked->pieces, asked->npieces);
}

typedef void handle_fn(keeper_t *self, request_t *request);

typedef struct handler_t {
    handle_fn *handle;
    int needs_client; /* the shell must be connected */
} handler_t;

static void open_shell(keeper_t *self, request_t *request);

static const handler_t handlers[] = {
    [WSM_SHELL_M_CREATE] = {open_shell, 0},
    [WSM_SHELL_M_GET] = {get, 0},
    [WSM_SHELL_M_DELETE] = {delete_shell, 0},
    [WSM_SHELL_M_COMMAND] = {keeper_command_call, 1},
    [WSM_SHELL_M_LIST_COMMANDS] = {keeper_list_commands, 0},
    [WSM_SHELL_M_SEND] = {send_input, 1},
    [WSM_SHELL_M_RECEIVE] = {keeper_receive, 1},
    [WSM_SHELL_M_SIGNAL] = {keeper_signal_call, 1},
    [WSM_SHELL_M_DISCONNECT] = {keeper_disconnect, 0},
    [WSM_SHELL_M_RECONNECT] = {keeper_reconnect, 0},
    [WSM_SHELL_M_CONNECT] = {keeper_connect, 0},
};

static wsm_error_t *no_shell(apr_pool_t *pool)
{
    return wsm_shell_fail(pool, WSMAN_E_UNEXPECTED_SELECTORS, NO_SHELL,
                          "There is no such shell");
}

/** Whose it is, and by which URI he may speak of it. */
static int is_known_to(const keeper_t *self, const wsm_shell_caller_t *caller)
{
    const char *uri = caller->resource_uri;

    if (uri != NULL && strcasecmp(uri, self->shell.wish->resource_uri) != 0)
        return 0;
    return caller->any_owner || strcmp(caller->user, self->owner) == 0;
}

void keeper_dispatch(keeper_t *self, request_t *request)
{
    const wsm_shell_request_t *asked = &request->asked;
    const handler_t *handler = &handlers[asked->type];
    apr_pool_t *pool = request->call.pool;
    wsm_error_t *err = NULL;

    if (asked->type == WSM_SHELL_M_CREATE
            ? self->phase != KEEPER_CREATING || self->shell.wish != NULL
            : self->phase != KEEPER_OPEN)
        err = no_shell(pool);
    else if (asked->type != WSM_SHELL_M_CREATE &&
             !is_known_to(self, &asked->caller))
        err = no_shell(pool);
    else if (handler->handle == NULL)
        err = unsupported(pool);
    else if (handler->needs_client &&
             self->shell.state == WSM_SHELL_DISCONNECTED)
        err = wsm_shell_fail(pool, WSMAN_E_INTERNAL_ERROR, 2150859204u,
                             "The shell is disconnected: reconnect first");
    if (err != NULL)
        keeper_refuse(self, &request->call, err);
    else
        handler->handle(self, request);
}

/* ---- Create */

static const wsm_shell_engine_t *find_engine(const wsm_shell_policy_t *policy,
                                             const wsm_shell_wish_t *wish)
{
    for (int i = 0; i < policy->nengines; i++)
        if (policy->engines[i].kind == wish->kind &&
            strcasecmp(policy->engines[i].name, wish->engine) == 0)
            return &policy->engines[i];
    return NULL;
}

/** "stdin stdout": each of them is one that the kind has. */
static wsm_error_t *check_streams(const char *names, const char *const *known,
                                  apr_uint32_t number, apr_pool_t *pool)
{
    char *last, *name;

    if (names == NULL)
        return NULL;
    name = apr_strtok(apr_pstrdup(pool, names), " \t\r\n", &last);
    for (; name != NULL; name = apr_strtok(NULL, " \t\r\n", &last)) {
        const char *const *one = known;

        while (*one != NULL && strcmp(*one, name) != 0)
            one++;
        if (*one == NULL)
            return wsm_shell_fail(pool, WSMAN_E_PARAMETER_INVALID_VALUE, number,
                                  "Such a shell has no stream %s", name);
    }
    return NULL;
}

static apr_interval_time_t idle_timeout(const wsm_shell_limits_t *limits,
                                        apr_interval_time_t wanted)
{
    if (wanted <= 0)
        wanted = limits->idle_timeout;
    return wanted > limits->max_idle_timeout ? limits->max_idle_timeout
                                             : wanted;
}

static apr_interval_time_t lifetime(apr_interval_time_t most,
                                    apr_interval_time_t wanted)
{
    if (wanted <= 0 || (most > 0 && wanted > most))
        return most;
    return wanted;
}

/** The wish outlives the request that it came with. */
static void keep(keeper_t *self, request_t *request)
{
    apr_pool_t *pool = self->shell.pool;
    wsm_shell_message_t copy;
    wsm_shell_cursor_t fields;
    wsm_shell_request_t *kept = apr_pcalloc(pool, sizeof(*kept));

    wsm_shell_message_begin(&copy, WSM_SHELL_M_CREATE, pool);
    wsm_shell_request_write(&copy, &request->asked);
    kept->type = WSM_SHELL_M_CREATE;
    wsm_shell_cursor_begin(&fields, copy.data + sizeof(wsm_shell_head_t),
                           copy.length - sizeof(wsm_shell_head_t));
    (void)wsm_shell_request_read(kept, &fields, 0, pool);
    self->shell.wish = &kept->wish;
    self->owner = kept->caller.user;
    self->address = kept->caller.address;
    apr_pool_create(&self->session_pool, pool);
    self->session = kept->caller.session;
    self->had_session = self->session != NULL;
    self->idle_timeout =
        idle_timeout(&self->shell.policy->limits, kept->wish.idle_timeout);
    self->lifetime =
        lifetime(self->shell.policy->limits.lifetime, kept->wish.lifetime);
    self->shell.buffer = kept->wish.buffer;
}

/** The description must fit a report. */
static wsm_error_t *check_size(keeper_t *self, apr_pool_t *pool)
{
    wsm_shell_message_t message;
    wsm_shell_t shell;

    keeper_describe(self, &shell, 0);
    wsm_shell_message_begin(&message, WSM_SHELL_M_OK, pool);
    wsm_shell_write(&message, &shell);
    if (message.length <= REPORT_MAX_FIELDS)
        return NULL;
    return wsm_fail(pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                    "What describes the shell (its environment, mostly) is "
                    "longer than %d bytes",
                    REPORT_MAX_FIELDS);
}

static wsm_error_t *prepare(keeper_t *self, const wsm_shell_request_t *asked,
                            apr_pool_t *pool)
{
    const wsm_shell_wish_t *wish = self->shell.wish;
    wsm_error_t *err;

    self->shell.engine = find_engine(self->shell.policy, wish);
    if (self->shell.engine == NULL)
        return wsm_fail(pool, WSMAN_E_INVALID_RESOURCE_URI,
                        "No shells of this resource are configured");
    self->kind = wish->kind == WSM_SHELL_POWERSHELL ? &keeper_kind_psrp
                                                    : &keeper_kind_cmd;
    err = check_streams(wish->input_streams, self->kind->input_streams,
                        2150859147u, pool);
    if (err == NULL)
        err = check_streams(wish->output_streams, self->kind->output_streams,
                            2150859149u, pool);
    if (err == NULL)
        err = account_open(&self->account, self->shell.policy, &asked->caller,
                           self->shell.pool);
    if (err == NULL)
        err = check_size(self, pool);
    if (err == NULL)
        err = keeper_make_environment(self);
    return err;
}

static void open_shell(keeper_t *self, request_t *request)
{
    wsm_error_t *err;

    keep(self, request);
    err = prepare(self, &request->asked, request->call.pool);
    if (err != NULL) {
        keeper_log(self, WSMAN_LOG_NOTICE, "not made for %s: %s", self->owner,
                   wsm_error_text(err, request->call.pool));
        keeper_refuse(self, &request->call, err);
        return;
    }
    if (self->kind->has_shell_streams)
        keeper_place_open(self, &self->place, NULL, self->shell.pool);
    self->kind->create(self, &request->call);
}
