/* keeper_cmd.c - the command shell: a command is a process of the account.
 */
#include "keeper_private.h"
#include "codepage.h"
#include "line.h"
#include "cmd_plan.h"
#include "descend.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/* A process that is to end gets so long until it is killed. */
#define KILL_AFTER apr_time_from_sec(5)
/* What a command leaves in the background may hold its pipes: so long it may
 * still write after the command has ended. */
#define AFTER_EXIT apr_time_from_sec(1)
#define PLENTY     65536

#define WIN_NOT_FOUND 2147942402u
#define WIN_DENIED    2147942405u

/** A command's process; it outlives its command until it is reaped. */
typedef struct cmd_t {
    process_t process;
    apr_pool_t *pool;
    keeper_t *keeper;
    struct cmd_t *next;
    keeper_command_t *command; /* NULL: it is forgotten */
    keeper_call_t *starting;
    keeper_stream_t *streams[PROCESS_OUTPUTS]; /* or NULL: nobody wants it */
    codepage_t *pages[PROCESS_OUTPUTS];
    codepage_t *input_page;
    int has_exited;
    int exit_code;
    apr_time_t done_by; /* it has exited, and is done by then; 0: not yet */
    apr_time_t kill_by; /* 0: it need not be */
    int is_blocked;     /* an earlier Send waits for it */
} cmd_t;

/** A Send that waits. */
typedef struct waiting_send_t {
    keeper_call_t *call;
    const wsm_shell_piece_t *pieces;
    int npieces;
    struct waiting_send_t *next;
} waiting_send_t;

typedef struct cmd_shell_t {
    cmd_t *all;
    waiting_send_t *sends;
    const char *page; /* of the client, or NULL: UTF-8 */
} cmd_shell_t;

static cmd_shell_t *shell_of(keeper_t *keeper)
{
    return keeper_shell(keeper)->baton;
}

static cmd_t *cmd_of(const process_t *process)
{
    return process->baton;
}

/* ---- times: one alarm for all */

static void set_alarm(keeper_t *keeper)
{
    apr_time_t first = 0;

    for (const cmd_t *one = shell_of(keeper)->all; one != NULL;
         one = one->next) {
        if (one->done_by != 0 && (first == 0 || one->done_by < first))
            first = one->done_by;
        if (one->kill_by != 0 && (first == 0 || one->kill_by < first))
            first = one->kill_by;
    }
    keeper->wake = first;
}

/* ---- output */

static apr_size_t room(process_t *process, process_pipe_e which)
{
    cmd_t *self = cmd_of(process);
    apr_size_t left;

    if (self->command == NULL || self->command->done ||
        self->streams[which] == NULL)
        return PLENTY;
    left = keeper_stream_room(self->keeper, self->streams[which]);
    /* A character of another set may be longer. */
    return self->pages[which] != NULL && left > 4 ? left / 4 : left;
}

typedef struct target_t {
    keeper_t *keeper;
    keeper_stream_t *stream;
} target_t;

static void put_output(void *baton, const char *data, apr_size_t length)
{
    const target_t *target = baton;

    keeper_stream_put(target->keeper, target->stream, data, length);
}

static void output(process_t *process, process_pipe_e which, const char *data,
                   apr_size_t length)
{
    cmd_t *self = cmd_of(process);
    target_t target = {self->keeper, self->streams[which]};

    if (self->command == NULL || self->command->done || target.stream == NULL)
        return;
    if (self->pages[which] != NULL)
        codepage_convert(self->pages[which], data, length, put_output, &target);
    else
        put_output(&target, data, length);
}

static void finish(cmd_t *self, process_pipe_e which)
{
    target_t target = {self->keeper, self->streams[which]};

    if (target.stream == NULL)
        return;
    if (self->pages[which] != NULL)
        codepage_finish(self->pages[which], put_output, &target);
}

static void done(cmd_t *self)
{
    self->done_by = 0;
    finish(self, PROCESS_OUT);
    finish(self, PROCESS_ERR);
    keeper_command_done(self->keeper, self->command, self->exit_code);
}

static void check_done(cmd_t *self)
{
    if (self->command == NULL || self->command->done || !self->has_exited)
        return;
    if (self->process.out[PROCESS_OUT] < 0 &&
        self->process.out[PROCESS_ERR] < 0)
        done(self);
}

static void closed(process_t *process, process_pipe_e which)
{
    cmd_t *self = cmd_of(process);

    if (self->command == NULL || self->command->done)
        return;
    if (self->streams[which] != NULL) {
        finish(self, which);
        keeper_stream_end(self->keeper, self->streams[which]);
    }
    check_done(self);
}

/* ---- its beginning and its end */

static wsm_error_t *cannot_run(int status, apr_pool_t *pool)
{
    const int is_missing = status == ENOENT || status == ENOTDIR;
    wsm_error_t *err = wsm_shell_fail(
        pool, WSMAN_E_INTERNAL_ERROR,
        is_missing ? WIN_NOT_FOUND
        : status == EACCES || status == ENOEXEC || status == EPERM ||
                status == EISDIR
            ? WIN_DENIED
            : 0,
        is_missing ? "The program was not found" : "The program cannot be run");

    err->status = status;
    return err;
}

static void started(process_t *process, int status)
{
    cmd_t *self = cmd_of(process);
    keeper_call_t *call = self->starting;

    self->starting = NULL;
    if (call == NULL)
        return;
    if (status != 0) {
        keeper_refuse(self->keeper, call, cannot_run(status, call->pool));
        return;
    }
    self->command->pid = (apr_uint32_t)process->pid;
    keeper_answer(self->keeper, call);
}

static void try_sends(keeper_t *keeper);

static void exited(process_t *process, int exit_code)
{
    cmd_t *self = cmd_of(process);

    self->has_exited = 1;
    self->exit_code = exit_code;
    if (self->command != NULL) {
        self->command->pid = 0;
        process_drain(process);
        check_done(self);
        if (!self->command->done)
            self->done_by = loop_now() + AFTER_EXIT;
    }
    set_alarm(self->keeper);
    try_sends(self->keeper);
}

static void written(process_t *process)
{
    try_sends(cmd_of(process)->keeper);
}

static const process_hooks_t hooks = {started, room,   output,
                                      closed,  exited, written};

/** Its time after the exit is over, unless a client that is slow has not
 *  fetched what was written before. */
static void end_grace(cmd_t *self)
{
    process_drain(&self->process);
    if (self->command == NULL || self->command->done)
        return;
    for (int i = 0; i < PROCESS_OUTPUTS; i++)
        if (self->process.out[i] >= 0 &&
            room(&self->process, (process_pipe_e)i) == 0) {
            self->done_by = loop_now() + AFTER_EXIT;
            return;
        }
    done(self);
}

/** Kills what is left of a group whose first process may be gone: its number
 *  could be that of another command by now. */
static void kill_group(keeper_t *keeper, pid_t group)
{
    for (const cmd_t *one = shell_of(keeper)->all; one != NULL; one = one->next)
        if (one->command != NULL && one->process.group == group)
            return;
    (void)descend_kill(group, NULL, SIGKILL);
}

static void tick(keeper_t *keeper)
{
    const apr_time_t now = loop_now();
    cmd_t *next;

    for (cmd_t *one = shell_of(keeper)->all; one != NULL; one = next) {
        next = one->next;
        if (one->done_by != 0 && one->done_by <= now) {
            one->done_by = 0;
            end_grace(one);
        }
        if (one->kill_by != 0 && one->kill_by <= now) {
            one->kill_by = 0;
            kill_group(keeper, one->process.group);
        }
    }
    set_alarm(keeper);
}

/** Frees those that nobody knows any more. */
static void sweep(keeper_t *keeper)
{
    cmd_t **at = &shell_of(keeper)->all;

    while (*at != NULL) {
        cmd_t *one = *at;

        if (one->command != NULL || one->process.pid > 0 ||
            one->starting != NULL || one->kill_by != 0) {
            at = &one->next;
            continue;
        }
        *at = one->next;
        keeper_process_remove(keeper, &one->process);
        apr_pool_destroy(one->pool);
    }
}

/* ---- Command */

static apr_status_t close_page(void *page)
{
    codepage_close(page);
    return APR_SUCCESS;
}

static codepage_t *open_page(const char *to, const char *from, apr_pool_t *pool)
{
    codepage_t *page = apr_palloc(pool, sizeof(*page));

    if (!codepage_open(page, to, from))
        return NULL;
    apr_pool_cleanup_register(pool, page, close_page, apr_pool_cleanup_null);
    return page;
}

static cmd_t *make(keeper_t *keeper, keeper_command_t *command)
{
    static const char *const names[] = {"stdout", "stderr"};
    cmd_shell_t *shell = shell_of(keeper);
    apr_pool_t *pool;
    cmd_t *self;

    apr_pool_create(&pool, keeper_shell(keeper)->pool);
    self = apr_pcalloc(pool, sizeof(*self));
    self->pool = pool;
    self->keeper = keeper;
    self->process.hooks = &hooks;
    self->process.baton = self;
    self->command = command;
    for (int i = 0; i < PROCESS_OUTPUTS; i++) {
        self->streams[i] = keeper_command_stream(command, names[i]);
        if (shell->page != NULL)
            self->pages[i] = open_page(shell->page, "UTF-8", pool);
    }
    if (shell->page != NULL)
        self->input_page = open_page("UTF-8", shell->page, pool);
    self->next = shell->all;
    shell->all = self;
    command->baton = self;
    return self;
}

/** @return true if the client said which streams it will write to, and there is
 *  none for commands: they find the end of it (MS-WSMV 2.2.4.37) */
static int has_no_input(keeper_t *keeper)
{
    const char *streams = keeper_shell(keeper)->wish->input_streams;

    return streams != NULL && strstr(streams, "stdin") == NULL;
}

static void run(keeper_t *keeper, keeper_call_t *call,
                keeper_command_t *command, const wsm_shell_command_wish_t *wish)
{
    cmd_t *self;
    process_plan_t plan;
    int status;

    sweep(keeper);
    self = make(keeper, command);
    plan = cmd_plan(keeper, command->line, wish, call->pool);
    status = process_start(&self->process, &plan, call->pool);
    if (status != 0) {
        keeper_refuse(keeper, call, cannot_run(status, call->pool));
        return;
    }
    self->starting = call;
    keeper_process_add(keeper, &self->process);
    if (has_no_input(keeper))
        process_end_input(&self->process);
}

/* ---- Send */

static cmd_t *target_of(keeper_t *keeper, const wsm_shell_piece_t *piece)
{
    keeper_command_t *command = keeper_command_find(keeper, piece->command_id);

    return command != NULL ? command->baton : NULL;
}

static int fits(keeper_t *keeper, const waiting_send_t *send, const cmd_t *to)
{
    const apr_uint64_t most = keeper_shell(keeper)->policy->limits.buffer;
    apr_size_t length = 0;

    if (to->process.in < 0 || to->process.input.length == 0)
        return 1;
    for (int i = 0; i < send->npieces; i++)
        if (target_of(keeper, &send->pieces[i]) == to)
            length += send->pieces[i].bytes.length;
    return to->process.input.length + length <= most;
}

static void put_input(void *baton, const char *data, apr_size_t length)
{
    process_write(baton, data, length);
}

static void give(cmd_t *to, const wsm_shell_piece_t *piece)
{
    if (to->input_page != NULL) {
        codepage_convert(to->input_page, piece->bytes.data, piece->bytes.length,
                         put_input, &to->process);
        if (piece->end)
            codepage_finish(to->input_page, put_input, &to->process);
    } else if (piece->bytes.length > 0)
        process_write(&to->process, piece->bytes.data, piece->bytes.length);
    if (piece->end)
        process_end_input(&to->process);
}

/** All of it, or nothing. */
static int take_send(keeper_t *keeper, const waiting_send_t *send)
{
    int can = 1;

    for (int i = 0; i < send->npieces; i++) {
        const cmd_t *to = target_of(keeper, &send->pieces[i]);

        if (to != NULL && (to->is_blocked || !fits(keeper, send, to)))
            can = 0;
    }
    for (int i = 0; i < send->npieces; i++) {
        cmd_t *to = target_of(keeper, &send->pieces[i]);

        if (to != NULL && can)
            give(to, &send->pieces[i]);
        else if (to != NULL)
            to->is_blocked = 1; /* nobody overtakes */
    }
    return can;
}

static void try_sends(keeper_t *keeper)
{
    waiting_send_t **at = &shell_of(keeper)->sends;

    for (cmd_t *one = shell_of(keeper)->all; one != NULL; one = one->next)
        one->is_blocked = 0;
    while (*at != NULL) {
        waiting_send_t *send = *at;

        if (!take_send(keeper, send)) {
            at = &send->next;
            continue;
        }
        *at = send->next;
        keeper_answer(keeper, send->call);
    }
}

static void send_input(keeper_t *keeper, keeper_call_t *call,
                       const wsm_shell_piece_t *pieces, int npieces)
{
    waiting_send_t *send = apr_pcalloc(call->pool, sizeof(*send));
    waiting_send_t **last = &shell_of(keeper)->sends;

    send->call = call;
    send->pieces = pieces;
    send->npieces = npieces;
    while (*last != NULL)
        last = &(*last)->next;
    *last = send;
    try_sends(keeper);
}

static void gone(keeper_t *keeper, keeper_call_t *call)
{
    waiting_send_t **at = &shell_of(keeper)->sends;

    while (*at != NULL && (*at)->call != call)
        at = &(*at)->next;
    if (*at != NULL)
        *at = (*at)->next;
    for (cmd_t *one = shell_of(keeper)->all; one != NULL; one = one->next)
        if (one->starting == call) {
            one->starting = NULL;
            if (one->command != NULL)
                one->command->pid = (apr_uint32_t)one->process.pid;
        }
}

/* ---- Signal */

static void signal_quietly(keeper_t *keeper, keeper_command_t *command,
                           wsm_shell_signal_e code)
{
    static const int numbers[] = {
        [WSM_SHELL_SIGNAL_TERMINATE] = SIGTERM,
        [WSM_SHELL_SIGNAL_CTRL_C] = SIGINT,
        [WSM_SHELL_SIGNAL_CTRL_BREAK] = SIGQUIT,
    };
    const cmd_t *self = command->baton;

    (void)keeper;
    /* A group of which the first is not reaped is no other's. */
    if (self->process.pid > 0)
        (void)kill(-self->process.group, numbers[code]);
}

static void signal_command(keeper_t *keeper, keeper_call_t *call,
                           keeper_command_t *command, wsm_shell_signal_e code)
{
    signal_quietly(keeper, command, code);
    keeper_answer(keeper, call);
}

static void forget(keeper_t *keeper, keeper_command_t *command)
{
    cmd_t *self = command->baton;
    keeper_call_t *call = self != NULL ? self->starting : NULL;

    if (self == NULL)
        return;
    self->command = NULL;
    self->starting = NULL;
    if (call != NULL)
        keeper_refuse(keeper, call,
                      wsm_shell_fail(call->pool, WSMAN_E_INTERNAL_ERROR, 995u,
                                     "The command was ended"));
    self->done_by = 0;
    process_end(&self->process);
    if (self->process.pid > 0) {
        (void)kill(-self->process.group, SIGTERM);
        (void)kill(-self->process.group, SIGCONT);
        self->kill_by = loop_now() + KILL_AFTER;
    }
    set_alarm(keeper);
    try_sends(keeper);
}

/* ---- Create */

static void create(keeper_t *keeper, keeper_call_t *call)
{
    keeper_shell_t *shell = keeper_shell(keeper);
    cmd_shell_t *self = apr_pcalloc(shell->pool, sizeof(*self));
    apr_pool_t *pool;
    int is_known;

    self->page = codepage_name(shell->wish->code_page, shell->pool);
    shell->baton = self;
    apr_pool_create(&pool, call->pool);
    is_known =
        self->page == NULL || (open_page(self->page, "UTF-8", pool) != NULL &&
                               open_page("UTF-8", self->page, pool) != NULL);
    apr_pool_destroy(pool);
    if (is_known)
        keeper_answer(keeper, call);
    else
        keeper_refuse(keeper, call,
                      wsm_fail(call->pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                               "There is no code page %u",
                               shell->wish->code_page));
}

static const char *const inputs[] = {"stdin", NULL};
static const char *const outputs[] = {"stdout", "stderr", NULL};

const keeper_kind_t keeper_kind_cmd = {
    .input_streams = inputs,
    .output_streams = outputs,
    .create = create,
    .command = run,
    .send = send_input,
    .signal = signal_command,
    .signal_quietly = signal_quietly,
    .forget = forget,
    .gone = gone,
    .tick = tick,
};
