/* shell_daemon.h - a shell daemon in a test: a thread for each connection that
 * reads the request, keeps it, and answers what the test has set.
 *
 * It speaks to the real calls of wsm_shell_client.c through a socket pair.
 */
#ifndef T_SHELL_DAEMON_H
#define T_SHELL_DAEMON_H

#include "serve.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <apr_thread_proc.h>

#include "../../mod_wsman/base/wsm_text.h"
#include "../../mod_wsman/shell/wsm_shell.h"
#include "../../mod_wsman/shell/wsm_shell_request.h"

#define T_SHELL_ID   "0F0E0D0C-0B0A-4908-8706-050403020100"
#define T_COMMAND_ID "11111111-2222-4333-8444-555555555555"
#define T_POWERSHELL WSM_URI_POWERSHELL "Microsoft.PowerShell"
#define T_CMD        WSM_URI_SHELL "cmd"

#define T_MAX_REQUESTS 16

/* What is answered; the same to every request of a type. */
typedef struct t_answers_t {
    wsman_code_e fails; /* with, whatever is asked; 0: it does not */
    apr_uint32_t number;
    const wsm_shell_t *shells; /* GET has the first */
    int nshells;
    const wsm_shell_command_t *commands; /* COMMAND has the first */
    int ncommands;
    const wsm_shell_piece_t *pieces;
    int npieces;
    int done;
    int has_exit_code;
    int exit_code;
    int times_out; /* so many requests are answered TIMED_OUT first */
    int hangs_up;  /* instead of an answer; 2: when the caller does */
} t_answers_t;

typedef enum t_settled_e {
    T_NOT_SETTLED, /* the connection was closed */
    T_SENT,
    T_NOT_SENT
} t_settled_e;

typedef struct t_daemon_t {
    t_world_t *world;
    t_answers_t answers;
    wsm_shell_service_t service;
    wsm_shell_request_t requests[T_MAX_REQUESTS];
    apr_thread_t *threads[T_MAX_REQUESTS];
    int fds[T_MAX_REQUESTS];
    apr_pool_t *pools[T_MAX_REQUESTS];
    int count;           /* of requests */
    t_settled_e settled; /* of the last RECEIVE */
    int offline;         /* connect() fails */
    int nobody;          /* may have shells */
    int waiting;         /* between wait_begin and wait_end */
    int waited;          /* how often */
    int too_many;        /* wait_begin() refuses */
    const char *account;
} t_daemon_t;

/* ---- the daemon's side */

/* cmocka's failures are for the thread of the test. */
static inline void t_broken(const char *what)
{
    fprintf(stderr, "shell_daemon.h: %s\n", what);
    abort();
}

static inline int t_read_all(int fd, void *data, apr_size_t length)
{
    char *at = data;

    while (length > 0) {
        ssize_t got = read(fd, at, length);

        if (got <= 0)
            return 0;
        at += got;
        length -= (apr_size_t)got;
    }
    return 1;
}

static inline void t_write_all(int fd, const char *data, apr_size_t length)
{
    while (length > 0) {
        ssize_t done = send(fd, data, length, MSG_NOSIGNAL);

        if (done <= 0)
            return;
        data += done;
        length -= (apr_size_t)done;
    }
}

static inline void t_put_fields(wsm_shell_message_t *out,
                                const t_answers_t *answers,
                                wsm_shell_message_e type)
{
    int i;
    int n = type == WSM_SHELL_M_LIST ? answers->nshells : 1;

    for (i = 0; i < n; i++) {
        wsm_shell_message_bytes(out, WSM_SHELL_F_NEXT, NULL, 0);
        wsm_shell_write(out, &answers->shells[i]);
    }
}

static inline void t_put_commands(wsm_shell_message_t *out,
                                  const t_answers_t *answers, int n)
{
    int i;

    for (i = 0; i < n; i++) {
        wsm_shell_message_bytes(out, WSM_SHELL_F_NEXT, NULL, 0);
        wsm_shell_command_write(out, &answers->commands[i]);
    }
}

static inline void t_put_output(wsm_shell_message_t *out,
                                const t_answers_t *answers)
{
    int i;

    if (answers->done)
        wsm_shell_message_number(out, WSM_SHELL_F_DONE, 1);
    if (answers->has_exit_code) {
        wsm_shell_message_number(out, WSM_SHELL_F_FLAG, 1);
        wsm_shell_message_number(out, WSM_SHELL_F_EXIT_CODE,
                                 answers->exit_code);
    }
    for (i = 0; i < answers->npieces; i++) {
        wsm_shell_message_bytes(out, WSM_SHELL_F_NEXT, NULL, 0);
        wsm_shell_piece_write(out, &answers->pieces[i]);
    }
}

static inline void t_make_answer(wsm_shell_message_t *out, t_daemon_t *self,
                                 const wsm_shell_request_t *request,
                                 apr_pool_t *pool)
{
    const t_answers_t *answers = &self->answers;
    const int receive = request->type == WSM_SHELL_M_RECEIVE;
    wsman_code_e fails = answers->fails;

    if (self->count <= answers->times_out)
        fails = WSMAN_E_TIMED_OUT;
    if (fails != WSMAN_OK) {
        wsm_shell_error_write(
            out,
            wsm_shell_fail(pool, fails, answers->number, "It is as it is."),
            pool);
        return;
    }
    wsm_shell_message_begin(out, receive ? WSM_SHELL_M_OUTPUT : WSM_SHELL_M_OK,
                            pool);
    if (receive)
        t_put_output(out, answers);
    else if (request->type == WSM_SHELL_M_LIST_COMMANDS)
        t_put_commands(out, answers, answers->ncommands);
    else if (request->type == WSM_SHELL_M_COMMAND)
        t_put_commands(out, answers, 1);
    else if (answers->nshells > 0)
        t_put_fields(out, answers, request->type);
    if (!wsm_shell_message_end(out))
        t_broken("too long an answer");
}

static inline void t_await_settle(t_daemon_t *self, int fd)
{
    wsm_shell_head_t head;
    char field[sizeof(apr_int64_t) + 8];
    apr_int64_t flag;

    self->settled = T_NOT_SETTLED;
    if (!t_read_all(fd, &head, sizeof(head)) ||
        head.type != WSM_SHELL_M_SETTLE ||
        !t_read_all(fd, field, sizeof(field)))
        return;
    memcpy(&flag, field + 8, sizeof(flag));
    self->settled = flag ? T_SENT : T_NOT_SENT;
}

static inline void *APR_THREAD_FUNC t_serve_one(apr_thread_t *thread,
                                                void *baton)
{
    t_daemon_t *self = baton;
    const int i = self->count - 1;
    const int fd = self->fds[i];
    wsm_shell_request_t *request = &self->requests[i];
    wsm_shell_message_t out;
    wsm_shell_cursor_t fields;
    wsm_shell_head_t head;
    char *data;

    (void)thread;
    if (!t_read_all(fd, &head, sizeof(head)) || !wsm_shell_head_is_good(&head))
        t_broken("no request");
    data = apr_palloc(self->pools[i], head.length + 1);
    if (!t_read_all(fd, data, head.length))
        t_broken("half a request");
    memset(request, 0, sizeof(*request));
    request->type = (wsm_shell_message_e)head.type;
    wsm_shell_cursor_begin(&fields, data, head.length);
    if (!wsm_shell_request_read(request, &fields, 0, self->pools[i]))
        t_broken("a broken request");
    if (self->answers.hangs_up == 2) {
        (void)t_read_all(fd, &head, sizeof(head));
    } else if (!self->answers.hangs_up) {
        t_make_answer(&out, self, request, self->pools[i]);
        t_write_all(fd, out.data, out.length);
        if (request->type == WSM_SHELL_M_RECEIVE)
            t_await_settle(self, fd);
    }
    close(fd);
    return NULL;
}

/* ---- httpd's side */

/* One connection at a time: the last one has been answered. */
static inline void t_daemon_join(t_daemon_t *self)
{
    apr_status_t status;

    if (self->count > 0 && self->threads[self->count - 1] != NULL)
        apr_thread_join(&status, self->threads[self->count - 1]);
    if (self->count > 0)
        self->threads[self->count - 1] = NULL;
}

static inline wsm_error_t *t_daemon_connect(int *fd, void *baton,
                                            apr_pool_t *pool)
{
    t_daemon_t *self = baton;
    int pair[2];
    int i;

    if (self->offline)
        return wsm_fail(pool, WSMAN_E_RESOURCE_OFFLINE, "It is not there.");
    t_daemon_join(self);
    assert_true(self->count < T_MAX_REQUESTS);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    i = self->count++;
    self->fds[i] = pair[1];
    apr_pool_create(&self->pools[i], self->world->pool);
    assert_int_equal(apr_thread_create(&self->threads[i], NULL, t_serve_one,
                                       self, self->pools[i]),
                     APR_SUCCESS);
    *fd = pair[0];
    return NULL;
}

static t_daemon_t *t_daemon;

static inline wsm_error_t *t_shell_caller(void *baton,
                                          wsm_shell_caller_t *caller)
{
    t_world_t *world = baton;

    if (t_daemon->nobody)
        return wsm_fail(world->pool, WSMAN_E_ACCESS_DENIED,
                        "%s has no account.", world->user);
    caller->user = world->user;
    caller->account = "nobody";
    caller->address = "192.0.2.7";
    return NULL;
}

static inline wsm_error_t *t_wait_begin(void *baton)
{
    t_world_t *world = baton;

    if (t_daemon->too_many)
        return wsm_fail(world->pool, WSMAN_E_QUOTA_LIMIT, "Too many wait.");
    t_daemon->waiting++;
    t_daemon->waited++;
    return NULL;
}

static inline void t_wait_end(void *baton)
{
    (void)baton;
    t_daemon->waiting--;
}

static inline void t_ready(t_world_t *world, wsm_call_t *call)
{
    (void)world;
    call->shells = &t_daemon->service;
    call->shell_caller = t_shell_caller;
    call->wait_begin = t_wait_begin;
    call->wait_end = t_wait_end;
}

/* A shell as it is made where the test says nothing else. */
static const wsm_shell_t t_shell = {
    .id = T_SHELL_ID,
    .kind = WSM_SHELL_COMMANDS,
    .resource_uri = T_CMD,
    .owner = "alice",
    .account = "nobody",
    .address = "192.0.2.7",
    .input_streams = "stdin",
    .output_streams = "stdout stderr",
    .pid = 4711,
    .idle_timeout = 7200 * APR_USEC_PER_SEC,
    .max_idle_timeout = 2147483647 * APR_INT64_C(1000),
    .state = WSM_SHELL_CONNECTED,
    .buffer = WSM_SHELL_BUFFER_BLOCK,
    .profile_loaded = 1,
};

static const wsm_shell_command_t t_command = {
    .id = T_COMMAND_ID, .line = "echo <hello>", .pid = 4712};

static inline int t_shell_setup(void **state)
{
    t_world_t *world = t_world_make(t_pool);

    t_daemon = apr_pcalloc(world->pool, sizeof(*t_daemon));
    t_daemon->world = world;
    t_daemon->service.connect = t_daemon_connect;
    t_daemon->service.baton = t_daemon;
    t_daemon->answers.shells = &t_shell;
    t_daemon->answers.nshells = 1;
    t_daemon->answers.commands = &t_command;
    t_daemon->answers.ncommands = 1;
    world->ready = t_ready;
    *state = world;
    return 0;
}

static inline int t_shell_teardown(void **state)
{
    t_daemon_join(t_daemon);
    assert_int_equal(t_daemon->waiting, 0);
    t_world_end(*state);
    return 0;
}

#define T_SHELL_CASE(function)                                                 \
    cmocka_unit_test_setup_teardown(function, t_shell_setup, t_shell_teardown)

#define T_SHELL_SELECT T_SELECT("ShellId", T_SHELL_ID)

/* Sends a request, and settles what it got as httpd would.
 * @return the HTTP status; the requests that the daemon got are all there */
static inline int t_ask(t_world_t *world, const char *action, const char *uri,
                        const char *headers, const char *body)
{
    int status = t_call(world, action, uri, headers, body);

    if (world->outcome.settle != NULL)
        world->outcome.settle(world->outcome.settle_baton, 1);
    t_daemon_join(t_daemon);
    return status;
}

/* The same about the one shell. */
static inline int t_ask_shell(t_world_t *world, const char *action,
                              const char *body)
{
    return t_ask(world, action, T_CMD, T_SHELL_SELECT, body);
}

/* Compares the last reply with a file, but for its MessageID.  As in golden.h,
 * WSM_GOLDEN_WRITE=1 writes the file. */
static inline void t_golden(t_world_t *world, const char *name)
{
    char *path = apr_pstrcat(world->pool, "t/unit/golden/", name, NULL);
    char *text = apr_pstrcat(world->pool, world->text, "\n", NULL);
    char *id = strstr(text, "<a:MessageID>uuid:");
    const char *mode = getenv("WSM_GOLDEN_WRITE") ? "wb" : "rb";
    FILE *file = fopen(path, mode);
    char *expected = apr_pcalloc(world->pool, 65536);

    assert_non_null(id);
    memset(id + strlen("<a:MessageID>uuid:"), 'U', WSM_UUID_LENGTH);
    if (file == NULL)
        fail_msg("%s cannot be opened; run from the top of the tree", path);
    if (*mode == 'w')
        fputs(text, file);
    else
        assert_true(fread(expected, 1, 65535, file) > 0);
    fclose(file);
    if (*mode == 'r')
        assert_string_equal(text, expected);
}

static inline const wsm_shell_request_t *t_last_request(void)
{
    assert_true(t_daemon->count > 0);
    return &t_daemon->requests[t_daemon->count - 1];
}

static inline unsigned long t_number(t_world_t *world)
{
    return strtoul(t_xp(world, "string(//f:WSManFault/@Code)"), NULL, 10);
}

#endif
