/* keeper_command.c - the commands of a shell: ids, quotas, how long one is
 * remembered.
 */
#include "keeper_private.h"
#include "line.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"

/* Ended commands whose Done has arrived, and that nobody has terminated: so
 * many are remembered, for a client that asks again. */
#define REMEMBERED 16

static command_t *command_of(keeper_command_t *command)
{
    return (command_t *)(void *)command;
}

keeper_command_t *keeper_command_find(keeper_t *self, const char *id)
{
    for (command_t *one = self->commands; one != NULL; one = one->next)
        if (!one->is_forgotten && strcasecmp(one->command.id, id) == 0)
            return &one->command;
    return NULL;
}

int keeper_command_count(const keeper_t *self)
{
    int count = 0;

    for (const command_t *one = self->commands; one != NULL; one = one->next)
        count += !one->is_forgotten && !one->fetched;
    return count;
}

void keeper_command_forget(keeper_t *self, command_t *command)
{
    if (command->is_forgotten)
        return;
    command->is_forgotten = 1;
    keeper_place_close(self, &command->place);
    if (self->kind->forget != NULL)
        self->kind->forget(self, &command->command);
    self->report_is_due = 1;
}

/** Requests point to their command while they wait. */
static int is_in_use(const keeper_t *self, const command_t *command)
{
    for (const request_t *one = self->requests; one != NULL; one = one->next)
        if (one->phase != REQUEST_OVER &&
            one->call.command == &command->command)
            return 1;
    return 0;
}

void keeper_commands_sweep(keeper_t *self)
{
    command_t **at = &self->commands;
    command_t *oldest = NULL;
    int fetched = 0;

    while (*at != NULL) {
        command_t *one = *at;

        if (one->is_forgotten && !is_in_use(self, one)) {
            *at = one->next;
            apr_pool_destroy(one->command.pool);
            continue;
        }
        if (one->fetched && !one->is_forgotten) {
            if (oldest == NULL)
                oldest = one;
            fetched++;
        }
        at = &one->next;
    }
    if (fetched > REMEMBERED)
        keeper_command_forget(self, oldest);
}

void keeper_command_done(keeper_t *self, keeper_command_t *command,
                         int exit_code)
{
    place_t *place = &command_of(command)->place;

    if (command->done)
        return;
    command->done = 1;
    command->has_exit_code = exit_code >= 0;
    command->exit_code = exit_code >= 0 ? exit_code : 0;
    command->pid = 0;
    for (int i = 0; i < place->nstreams; i++)
        place->streams[i].ended = 1;
    keeper_receive_try(self, place);
}

/* ---- Command */

static command_t *make(keeper_t *self, const wsm_shell_command_wish_t *wish)
{
    apr_pool_t *pool;
    command_t *command, **last = &self->commands;
    char uuid[WSM_UUID_LENGTH + 1];

    apr_pool_create(&pool, self->shell.pool);
    command = apr_pcalloc(pool, sizeof(*command));
    wsm_text_uuid(uuid);
    command->command.pool = pool;
    command->command.id = apr_pstrdup(pool, wish->id != NULL ? wish->id : uuid);
    command->command.line =
        line_join(wish->command, wish->arguments, wish->narguments, pool);
    command->keeper = self;
    command->is_starting = 1;
    keeper_place_open(self, &command->place, command, pool);
    while (*last != NULL)
        last = &(*last)->next;
    *last = command;
    return command;
}

static wsm_error_t *check(keeper_t *self, const wsm_shell_command_wish_t *wish,
                          apr_pool_t *pool)
{
    const apr_uint32_t most = self->shell.policy->limits.commands;

    if (wish->id != NULL && wish->id[0] == '\0')
        return wsm_fail(pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                        "The id of a command is empty");
    if (wish->id != NULL && keeper_command_find(self, wish->id) != NULL)
        return wsm_shell_fail(pool, WSMAN_E_ALREADY_EXISTS, 2150859222u,
                              "The shell has a command with this id");
    if (most > 0 && (apr_uint32_t)keeper_command_count(self) >= most)
        return wsm_shell_fail(pool, WSMAN_E_QUOTA_LIMIT, 2150859241u,
                              "The shell has %u commands, which is as many as "
                              "it may",
                              most);
    return NULL;
}

void keeper_command_call(keeper_t *self, request_t *request)
{
    const wsm_shell_command_wish_t *wish = &request->asked.command;
    wsm_error_t *err = check(self, wish, request->call.pool);
    command_t *command;

    if (err != NULL) {
        keeper_refuse(self, &request->call, err);
        return;
    }
    command = make(self, wish);
    request->call.command = &command->command;
    self->report_is_due = 1;
    self->kind->command(self, &request->call, &command->command, wish);
}

/* ---- Signal */

/** All commands: each is signalled by a call of its own that nobody hears. */
static void signal_all(keeper_t *self, request_t *request)
{
    for (command_t *one = self->commands; one != NULL; one = one->next)
        if (!one->is_forgotten && self->kind->signal_quietly != NULL)
            self->kind->signal_quietly(self, &one->command,
                                       request->asked.signal);
    if (request->asked.signal == WSM_SHELL_SIGNAL_TERMINATE)
        for (command_t *one = self->commands; one != NULL; one = one->next)
            if (!one->is_starting)
                keeper_command_forget(self, one);
    keeper_answer(self, &request->call);
}

void keeper_signal_call(keeper_t *self, request_t *request)
{
    const char *id = request->asked.command_id;
    keeper_command_t *command;

    if (id == NULL) {
        signal_all(self, request);
        return;
    }
    command = keeper_command_find(self, id);
    if (command == NULL) {
        keeper_refuse(self, &request->call,
                      keeper_no_command(request->call.pool));
        return;
    }
    request->call.command = command;
    self->kind->signal(self, &request->call, command, request->asked.signal);
}

/* ---- the list */

void keeper_list_commands(keeper_t *self, request_t *request)
{
    wsm_shell_message_t *message = &request->answer;

    wsm_shell_message_begin(message, WSM_SHELL_M_OK, request->call.pool);
    for (const command_t *one = self->commands; one != NULL; one = one->next) {
        const keeper_command_t *command = &one->command;
        const wsm_shell_command_t told = {command->id, command->line,
                                          command->pid, command->done,
                                          command->exit_code};

        if (one->is_forgotten || one->fetched)
            continue;
        wsm_shell_message_bytes(message, WSM_SHELL_F_NEXT, NULL, 0);
        wsm_shell_command_write(message, &told);
    }
    if (wsm_shell_message_end(message))
        keeper_request_send(request);
    else
        keeper_refuse(self, &request->call,
                      wsm_fail(request->call.pool, WSMAN_E_ENCODING_LIMIT,
                               "The list of commands is too long"));
}
