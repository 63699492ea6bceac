/* keeper_engine.c - a process that speaks lines with its keeper.
 */
#include "keeper_private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define ROOM          65536
#define FIRST_LINE    4096
#define WIN_NOT_FOUND 2147942402u
#define WIN_DENIED    2147942405u

/* How long a program may take to be executed: what it is on may be slow. */
#define EXECUTE_TIME 5000 /* msec */

struct keeper_engine_t {
    process_t process;
    keeper_t *keeper;
    keeper_engine_hooks_t hooks;
    char *line; /* that is not yet whole, and lines that wait */
    apr_size_t length;
    apr_size_t room;
    int is_paused;
    int is_delivering;
    int start_status;
    int has_exited;
    int exit_code;
    int is_told; /* ended() was called */
};

static keeper_engine_t *engine_of(const process_t *process)
{
    return process->baton;
}

/* ---- lines */

static void overflow(keeper_engine_t *self)
{
    self->length = 0;
    self->exit_code = -1;
    keeper_engine_kill(self, SIGKILL);
}

/** Hands out whole lines, as long as nobody pauses. */
static void deliver(keeper_engine_t *self)
{
    apr_size_t at = 0;

    if (self->is_delivering)
        return;
    self->is_delivering = 1;
    while (!self->is_paused && at < self->length) {
        char *line = self->line + at;
        char *end = memchr(line, '\n', self->length - at);
        apr_size_t length;

        if (end == NULL)
            break;
        length = (apr_size_t)(end - line);
        at += length + 1;
        if (length > 0 && line[length - 1] == '\r')
            length--;
        line[length] = '\0';
        self->hooks.line(self->keeper, self, line, length);
    }
    self->is_delivering = 0;
    self->length -= at;
    if (at > 0)
        memmove(self->line, self->line + at, self->length);
    if (!self->is_paused && self->length > self->hooks.max_line)
        overflow(self);
}

static void make_room(keeper_engine_t *self, apr_size_t more)
{
    apr_size_t room = self->room == 0 ? FIRST_LINE : self->room;

    while (room < self->length + more)
        room *= 2;
    if (room == self->room)
        return;
    self->line = realloc(self->line, room);
    if (self->line == NULL)
        abort();
    self->room = room;
}

/** Its end is told when all is read and delivered. */
static void check_ended(keeper_engine_t *self)
{
    if (!self->has_exited || self->is_told || self->is_paused)
        return;
    process_drain(&self->process);
    deliver(self);
    if (self->is_paused)
        return;
    self->is_told = 1;
    self->hooks.ended(self->keeper, self, self->exit_code);
}

/* ---- hooks */

static void started(process_t *process, int status)
{
    engine_of(process)->start_status = status;
}

static apr_size_t room(process_t *process, process_pipe_e which)
{
    const keeper_engine_t *self = engine_of(process);

    return which == PROCESS_OUT && self->is_paused ? 0 : ROOM;
}

static void output(process_t *process, process_pipe_e which, const char *data,
                   apr_size_t length)
{
    keeper_engine_t *self = engine_of(process);

    if (which == PROCESS_OUT) {
        make_room(self, length);
        memcpy(self->line + self->length, data, length);
        self->length += length;
        deliver(self);
    } else if (self->hooks.error != NULL)
        self->hooks.error(self->keeper, self, data, length);
    else
        keeper_log(self->keeper, WSMAN_LOG_WARNING, "its engine says: %.*s",
                   (int)(length < 500 ? length : 500), data);
}

static void closed(process_t *process, process_pipe_e which)
{
    (void)process;
    (void)which;
}

static void exited(process_t *process, int exit_code)
{
    keeper_engine_t *self = engine_of(process);

    self->has_exited = 1;
    if (self->exit_code >= 0)
        self->exit_code = exit_code;
    check_ended(self);
}

static void written(process_t *process)
{
    (void)process;
}

static const process_hooks_t process_hooks = {started, room,   output,
                                              closed,  exited, written};

/* ---- calls */

static wsm_error_t *cannot_start(const keeper_t *self, const char *program,
                                 int status)
{
    const int is_missing = status == ENOENT || status == ENOTDIR;
    const int is_denied =
        status == EACCES || status == ENOEXEC || status == EPERM;
    wsm_error_t *err =
        wsm_error_make(self->shell.pool, WSMAN_E_INTERNAL_ERROR, status, NULL,
                       "The program %s cannot be started", program);

    err->number = is_missing ? WIN_NOT_FOUND : is_denied ? WIN_DENIED : 0;
    return err;
}

static apr_status_t free_lines(void *engine)
{
    free(((keeper_engine_t *)engine)->line);
    return APR_SUCCESS;
}

wsm_error_t *keeper_engine_start(keeper_engine_t **engine, keeper_t *self,
                                 const char *const *argv,
                                 const keeper_engine_hooks_t *hooks)
{
    keeper_engine_t *made = apr_pcalloc(self->shell.pool, sizeof(*made));
    process_plan_t plan = keeper_plan(self, argv[0], argv);
    struct pollfd executed;
    int status;

    made->process.hooks = &process_hooks;
    made->process.baton = made;
    made->keeper = self;
    made->hooks = *hooks;
    status = process_start(&made->process, &plan, self->shell.pool);
    if (status == 0) {
        /* The one who calls wants to know now. */
        executed = (struct pollfd){made->process.status, POLLIN, 0};
        if (poll(&executed, 1, EXECUTE_TIME) > 0)
            process_check_start(&made->process);
        status = made->start_status;
    }
    if (status != 0) {
        process_end(&made->process);
        return cannot_start(self, argv[0], status);
    }
    apr_pool_cleanup_register(self->shell.pool, made, free_lines,
                              apr_pool_cleanup_null);
    keeper_process_add(self, &made->process);
    *engine = made;
    return NULL;
}

void keeper_engine_write(keeper_engine_t *engine, const char *data,
                         apr_size_t length)
{
    process_write(&engine->process, data, length);
}

apr_size_t keeper_engine_unwritten(const keeper_engine_t *engine)
{
    return engine->process.input.length;
}

void keeper_engine_end_input(keeper_engine_t *engine)
{
    process_end_input(&engine->process);
}

void keeper_engine_pause(keeper_engine_t *engine, int is_paused)
{
    engine->is_paused = is_paused;
    if (is_paused)
        return;
    deliver(engine);
    check_ended(engine);
}

void keeper_engine_kill(keeper_engine_t *engine, int signal_number)
{
    if (engine->process.pid > 0)
        (void)kill(-engine->process.group, signal_number);
}
