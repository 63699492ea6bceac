/* shelld.h - the built wsman-shelld, started as httpd starts it: a socket in a
 * folder of its own, a control channel, a policy.
 */
#ifndef TEST_SHELLD_H
#define TEST_SHELLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/shell/wsm_shell_policy.h"
#include "../../mod_wsman/shell/wsm_shell_request.h"

#define A_WHILE apr_time_from_sec(60)

typedef struct daemon_t {
    apr_pool_t *pool;
    pid_t pid;
    int control;
    char folder[64];
    char path[100];
    char log[100];
    const char *account; /* that may have shells */
    wsm_shell_policy_t policy;
    wsm_shell_service_t service;
    wsm_shell_caller_t caller;
    int dead_fd; /* the daemon closes it when it ends */
} daemon_t;

static wsm_error_t *daemon_connect(int *fd, void *baton, apr_pool_t *pool)
{
    const daemon_t *self = baton;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(made >= 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", self->path);
    if (connect(made, (struct sockaddr *)&address, sizeof(address)) != 0) {
        close(made);
        return wsm_fail(pool, WSMAN_E_RESOURCE_OFFLINE, "no daemon");
    }
    fcntl(made, F_SETFL, O_NONBLOCK);
    *fd = made;
    return NULL;
}

static int daemon_listen(daemon_t *self)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    snprintf(self->folder, sizeof(self->folder), "/tmp/wsman-shelld-XXXXXX");
    assert_non_null(mkdtemp(self->folder));
    snprintf(self->path, sizeof(self->path), "%s/socket", self->folder);
    snprintf(self->log, sizeof(self->log), "%s/log", self->folder);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", self->path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 128), 0);
    return fd;
}

static void daemon_exec(int listener, int control, const char *log)
{
    static char *const environment[] = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "ASAN_OPTIONS=abort_on_error=0:detect_leaks=1", NULL};
    static char *const argv[] = {"wsman-shelld", NULL};
    int null = open("/dev/null", O_RDWR);
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    int moved[2];

    moved[0] = fcntl(listener, F_DUPFD, 20);
    moved[1] = fcntl(control, F_DUPFD, 20);
    dup2(null, 0);
    dup2(null, 1);
    dup2(out, 2);
    dup2(moved[0], WSM_SHELL_FD_LISTEN);
    dup2(moved[1], WSM_SHELL_FD_CONTROL);
    for (int i = 5; i < 1024; i++)
        close(i);
    execve(SHELLD_BUILT, argv, environment);
    _exit(126);
}

/** Says the policy; what comes back is OK, or the number of its type. */
static int daemon_say_policy(daemon_t *self, int version)
{
    wsm_shell_message_t message;
    wsm_shell_head_t head;
    char rest[4096];

    wsm_shell_message_begin(&message, WSM_SHELL_M_POLICY, self->pool);
    wsm_shell_policy_write(&message, &self->policy);
    assert_true(wsm_shell_message_end(&message));
    memcpy(&head, message.data, sizeof(head));
    head.version = (apr_uint16_t)version;
    memcpy(message.data, &head, sizeof(head));
    assert_int_equal(
        send(self->control, message.data, message.length, MSG_NOSIGNAL),
        (ssize_t)message.length);
    assert_int_equal(recv(self->control, &head, sizeof(head), MSG_WAITALL),
                     sizeof(head));
    assert_true(head.length <= sizeof(rest));
    assert_int_equal(recv(self->control, rest, head.length, MSG_WAITALL),
                     head.length);
    return head.type;
}

static void daemon_usual_policy(daemon_t *self)
{
    static const char *const no_program[] = {NULL};
    static const wsm_shell_engine_t engines[] = {
        {"cmd", WSM_SHELL_COMMANDS, no_program}};
    const struct passwd *own = getpwuid(geteuid());
    const char **accounts = apr_pcalloc(self->pool, 2 * sizeof(*accounts));

    assert_non_null(own);
    self->account = apr_pstrdup(self->pool, own->pw_name);
    accounts[0] = self->account;
    self->policy.engines = engines;
    self->policy.nengines = 1;
    self->policy.accounts = accounts;
    self->policy.naccounts = 1;
    self->policy.lowest_uid = 1000;
    self->policy.child_uid = (apr_uint32_t)geteuid();
    self->policy.path = "/usr/local/bin:/usr/bin:/bin";
    self->policy.umask = 022;
    self->policy.limits.commands = 100;
    self->policy.limits.buffer = 65536;
    self->policy.limits.idle_timeout = apr_time_from_sec(600);
    self->policy.limits.max_idle_timeout = apr_time_from_sec(3600);
}

/** A daemon that has no policy yet; it may be changed before it is said. */
static daemon_t *daemon_start(void)
{
    apr_pool_t *pool;
    daemon_t *self;
    int ends[2], dead[2], listener;
    const int on = 1;

    apr_pool_create(&pool, NULL);
    self = apr_pcalloc(pool, sizeof(*self));
    self->pool = pool;
    listener = daemon_listen(self);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(
        setsockopt(ends[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)), 0);
    assert_int_equal(pipe2(dead, O_CLOEXEC), 0);
    self->pid = fork();
    assert_true(self->pid >= 0);
    if (self->pid == 0) {
        close(ends[0]);
        daemon_exec(listener, ends[1], self->log);
    }
    close(listener);
    close(ends[1]);
    close(dead[0]);
    close(dead[1]);
    self->control = ends[0];
    daemon_usual_policy(self);
    self->service.connect = daemon_connect;
    self->service.baton = self;
    self->caller.user = "alice";
    self->caller.account = self->account;
    self->caller.address = "192.0.2.7";
    return self;
}

/** Everything that it has logged. */
static const char *daemon_log(const daemon_t *self)
{
    char *text = apr_pcalloc(self->pool, 65536);
    int fd = open(self->log, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text, 65535) : 0;

    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = '\0';
    return text;
}

/** httpd goes; the daemon must, too, without a complaint of a sanitizer. */
static void daemon_stop(daemon_t *self)
{
    const char *log;
    int status;

    if (self->control >= 0)
        close(self->control);
    assert_int_equal(waitpid(self->pid, &status, 0), self->pid);
    log = daemon_log(self);
    if (strstr(log, "Sanitizer") != NULL ||
        strstr(log, "runtime error") != NULL)
        fail_msg("%s", log);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
        assert_int_equal(status, 0);
    unlink(self->path);
    unlink(self->log);
    rmdir(self->folder);
    apr_pool_destroy(self->pool);
}

#define assert_ok(err)                                                         \
    do {                                                                       \
        const wsm_error_t *made_ = (err);                                      \
        if (made_ != NULL)                                                     \
            fail_msg("%s (%u)", made_->message, made_->number);                \
    } while (0)

#define assert_number(err, wanted)                                             \
    do {                                                                       \
        const wsm_error_t *made_ = (err);                                      \
        assert_non_null(made_);                                                \
        if (made_->number != (wanted))                                         \
            fail_msg("%u, not %u: %s", made_->number, (wanted),                \
                     made_->message);                                          \
    } while (0)

static inline apr_time_t soon(void)
{
    return apr_time_now() + A_WHILE;
}

static inline const wsm_shell_t *shell_make(daemon_t *self,
                                            const wsm_shell_wish_t *wanted)
{
    wsm_shell_wish_t wish = {0};
    const wsm_shell_t *shell;

    /* What is in the profile of whoever tests is no matter of the test. */
    wish.no_profile = 1;
    if (wanted != NULL)
        wish = *wanted;
    if (wish.engine == NULL)
        wish.engine = "cmd";
    wish.resource_uri =
        "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd";
    assert_ok(wsm_shell_create(&shell, &self->service, &self->caller, &wish,
                               soon(), self->pool));
    return shell;
}

static inline void shell_delete(daemon_t *self, const char *id)
{
    assert_ok(wsm_shell_delete(&self->service, &self->caller, id, soon(),
                               self->pool));
}

static inline const char *command_run(daemon_t *self, const char *shell_id,
                                      const char *line)
{
    wsm_shell_command_wish_t wish = {0};
    const char *id;

    wish.command = line;
    assert_ok(wsm_shell_command(&id, &self->service, &self->caller, shell_id,
                                &wish, soon(), self->pool));
    return id;
}

/** What a command has written, until it is done. */
typedef struct heard_t {
    char *out;
    apr_size_t out_length;
    char *err;
    apr_size_t err_length;
    int ends; /* of streams */
    int exit_code;
} heard_t;

static inline void heard_add(char **text, apr_size_t *length,
                             const wsm_shell_bytes_t *bytes)
{
    *text = realloc(*text, *length + bytes->length + 1);
    assert_non_null(*text);
    if (bytes->length > 0)
        memcpy(*text + *length, bytes->data, bytes->length);
    *length += bytes->length;
    (*text)[*length] = '\0';
}

static inline wsm_error_t *receive(wsm_shell_output_t **output, daemon_t *self,
                                   const char *shell_id, const char *command_id,
                                   apr_size_t most, apr_pool_t *pool)
{
    static const char *const streams[] = {"stdout", "stderr"};
    wsm_shell_wanted_t wanted = {command_id, streams, 2, most};

    return wsm_shell_receive(output, &self->service, &self->caller, shell_id,
                             &wanted, soon(), pool);
}

static inline int heard_take(heard_t *heard, const wsm_shell_output_t *output)
{
    for (int i = 0; i < output->npieces; i++) {
        const wsm_shell_piece_t *piece = &output->pieces[i];

        assert_true(piece->bytes.length > 0 || piece->end);
        heard->ends += piece->end;
        if (strcmp(piece->stream, "stdout") == 0)
            heard_add(&heard->out, &heard->out_length, &piece->bytes);
        else
            heard_add(&heard->err, &heard->err_length, &piece->bytes);
    }
    if (output->done)
        assert_true(output->has_exit_code);
    heard->exit_code = output->exit_code;
    return output->done;
}

static inline heard_t hear(daemon_t *self, const char *shell_id,
                           const char *command_id)
{
    const wsm_shell_bytes_t nothing = {NULL, 0};
    heard_t heard = {0};
    int done = 0;

    heard_add(&heard.out, &heard.out_length, &nothing);
    heard_add(&heard.err, &heard.err_length, &nothing);
    while (!done) {
        wsm_shell_output_t *output;
        apr_pool_t *pool;

        apr_pool_create(&pool, self->pool);
        assert_ok(receive(&output, self, shell_id, command_id, 1 << 18, pool));
        done = heard_take(&heard, output);
        wsm_shell_settle(output, 1);
        apr_pool_destroy(pool);
    }
    return heard;
}

static inline void heard_free(heard_t *heard)
{
    free(heard->out);
    free(heard->err);
}

#endif
