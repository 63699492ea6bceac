/* test_shelld_life.c - who may use a shell, how many there may be, how long one
 * lives, and what is left when something dies.
 */
#include "shelld.h"

#include <dirent.h>

static int start(void **state)
{
    daemon_t *self = daemon_start();

    assert_int_equal(daemon_say_policy(self, WSM_SHELL_VERSION),
                     WSM_SHELL_M_OK);
    *state = self;
    return 0;
}

static int start_silent(void **state)
{
    *state = daemon_start();
    return 0;
}

static int stop(void **state)
{
    daemon_stop(*state);
    return 0;
}

static void say_policy(daemon_t *self)
{
    assert_int_equal(daemon_say_policy(self, WSM_SHELL_VERSION),
                     WSM_SHELL_M_OK);
}

static wsm_error_t *create(daemon_t *self, const wsm_shell_wish_t *wanted)
{
    wsm_shell_wish_t wish = {0};
    const wsm_shell_t *shell;

    if (wanted != NULL)
        wish = *wanted;
    if (wish.engine == NULL)
        wish.engine = "cmd";
    wish.resource_uri = "urn:shell";
    return wsm_shell_create(&shell, &self->service, &self->caller, &wish,
                            soon(), self->pool);
}

static wsm_error_t *get(const wsm_shell_t **shell, daemon_t *self,
                        const char *id)
{
    return wsm_shell_get(shell, &self->service, &self->caller, id, soon(),
                         self->pool);
}

/** Waits until a process is gone; a test that hangs has failed. */
static void wait_for_end(pid_t pid)
{
    while (kill(pid, 0) == 0)
        usleep(5000);
}

/** Waits until nobody knows the shell any more. */
static void wait_until_gone(daemon_t *self, const char *id)
{
    const wsm_shell_t *shell;
    wsm_error_t *err;

    while ((err = get(&shell, self, id)) == NULL || err->number == 995)
        usleep(20000);
    assert_number(err, 2150858843u);
}

static pid_t command_pid(daemon_t *self, const char *shell_id)
{
    const wsm_shell_command_t *commands;
    int count;

    assert_ok(wsm_shell_list_commands(&commands, &count, &self->service,
                                      &self->caller, shell_id, soon(),
                                      self->pool));
    assert_int_equal(count, 1);
    return (pid_t)commands[0].pid;
}

/* ---- whose */

static void test_is_the_owners(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL), *other;
    const wsm_shell_t *const *all;
    int count;

    self->caller.user = "alic";
    assert_number(get(&other, self, shell->id), 2150858843u);
    assert_number(wsm_shell_delete(&self->service, &self->caller, shell->id,
                                   soon(), self->pool),
                  2150858843u);
    assert_ok(wsm_shell_list(&all, &count, &self->service, &self->caller,
                             soon(), self->pool));
    assert_int_equal(count, 0);
    self->caller.any_owner = 1;
    assert_ok(get(&other, self, shell->id));
    assert_ok(wsm_shell_list(&all, &count, &self->service, &self->caller,
                             soon(), self->pool));
    assert_int_equal(count, 1);
    shell_delete(self, shell->id);
}

static void test_says_what_it_was_asked_for(void **state)
{
    static const wsm_shell_variable_t variables[] = {{"ONE", "1"},
                                                     {"PATH", "/bin"}};
    const wsm_shell_wish_t wish = {.id = "a-client-chose-this",
                                   .name = "a name",
                                   .directory = "/",
                                   .environment = variables,
                                   .nenvironment = 2,
                                   .idle_timeout = apr_time_from_sec(77),
                                   .lifetime = apr_time_from_sec(99),
                                   .input_streams = "stdin",
                                   .output_streams = "stdout stderr",
                                   .locale = "en-US",
                                   .no_profile = 1};
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, &wish), *again;
    const wsm_shell_t *const *all;
    heard_t heard;
    int count;

    assert_ok(get(&again, self, "A-CLIENT-CHOSE-THIS"));
    assert_ok(wsm_shell_list(&all, &count, &self->service, &self->caller,
                             soon(), self->pool));
    assert_int_equal(count, 1);
    for (int i = 0; i < 3; i++) {
        const wsm_shell_t *told = i == 0 ? shell : i == 1 ? again : all[0];

        assert_string_equal(told->id, "a-client-chose-this");
        assert_string_equal(told->name, "a name");
        assert_string_equal(told->directory, "/");
        assert_int_equal(told->nenvironment, 2);
        assert_string_equal(told->environment[1].name, "PATH");
        assert_int_equal(told->idle_timeout, wish.idle_timeout);
        assert_int_equal(told->max_idle_timeout, apr_time_from_sec(3600));
        assert_int_equal(told->lifetime, wish.lifetime);
        assert_string_equal(told->address, "192.0.2.7");
        assert_string_equal(told->locale, "en-US");
        assert_false(told->profile_loaded);
        assert_int_equal(told->state, WSM_SHELL_CONNECTED);
    }
    heard = hear(self, shell->id,
                 command_run(self, shell->id, "pwd; echo $ONE $PATH $USER"));
    assert_string_equal(
        heard.out, apr_psprintf(self->pool, "/\n1 /bin %s\n", self->account));
    heard_free(&heard);
    assert_number(create(self, &wish), 2150859223u);
    shell_delete(self, shell->id);
    shell = shell_make(self, &wish);
    shell_delete(self, shell->id);
}

static void test_refuses_wishes(void **state)
{
    static const wsm_shell_variable_t loader[] = {{"LD_PRELOAD", "/x.so"}};
    static const wsm_shell_variable_t nameless[] = {{"", "x"}};
    static const struct {
        wsm_shell_wish_t wish;
        wsman_code_e code;
    } cases[] = {
        {{.directory = "/nowhere"}, WSMAN_E_PARAMETER_INVALID_VALUE},
        {{.directory = "/etc/passwd"}, WSMAN_E_PARAMETER_INVALID_VALUE},
        {{.environment = loader, .nenvironment = 1},
         WSMAN_E_PARAMETER_INVALID_VALUE},
        {{.environment = nameless, .nenvironment = 1},
         WSMAN_E_PARAMETER_INVALID_VALUE},
        {{.code_page = 99999}, WSMAN_E_PARAMETER_INVALID_VALUE},
        {{.engine = "other"}, WSMAN_E_INVALID_RESOURCE_URI},
        {{.kind = WSM_SHELL_POWERSHELL}, WSMAN_E_INVALID_RESOURCE_URI},
        {{.output_streams = "stdout pr"}, WSMAN_E_PARAMETER_INVALID_VALUE},
        {{.id = ""}, WSMAN_E_PARAMETER_INVALID_VALUE},
    };
    daemon_t *self = *state;
    const wsm_shell_t *const *all;
    int count;

    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        wsm_error_t *err = create(self, &cases[i].wish);

        assert_non_null(err);
        assert_int_equal(err->code, cases[i].code);
    }
    assert_ok(wsm_shell_list(&all, &count, &self->service, &self->caller,
                             soon(), self->pool));
    assert_int_equal(count, 0);
}

static void test_refuses_other_accounts(void **state)
{
    static const char *const wrong[] = {"nobody", "no-such-account", "", "@"};
    daemon_t *self = *state;

    for (apr_size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        wsm_error_t *err;

        self->caller.account = wrong[i];
        err = create(self, NULL);
        assert_non_null(err);
        assert_int_equal(err->code, WSMAN_E_ACCESS_DENIED);
    }
}

/* ---- how many */

static void test_counts(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *first, *second;
    wsm_shell_command_wish_t wish = {.command = "cat"};
    const char *id;
    heard_t heard;

    self->policy.limits.shells = 3;
    self->policy.limits.shells_per_user = 2;
    self->policy.limits.commands = 1;
    say_policy(self);
    first = shell_make(self, NULL);
    second = shell_make(self, NULL);
    assert_number(create(self, NULL), 2150859173u);
    self->caller.user = "bob";
    assert_ok(create(self, NULL));
    assert_number(create(self, NULL), 2150859179u);
    self->caller.user = "alice";
    shell_delete(self, second->id);
    assert_ok(create(self, NULL));
    id = command_run(self, first->id, "echo");
    assert_number(wsm_shell_command(&id, &self->service, &self->caller,
                                    first->id, &wish, soon(), self->pool),
                  2150859241u);
    heard = hear(self, first->id, id);
    heard_free(&heard);
    id = command_run(self, first->id, "echo");
    /* A new policy is for shells to come. */
    self->policy.limits.shells = 0;
    self->policy.limits.shells_per_user = 0;
    say_policy(self);
    assert_ok(create(self, NULL));
    assert_number(wsm_shell_command(&id, &self->service, &self->caller,
                                    first->id, &wish, soon(), self->pool),
                  2150859241u);
}

static void test_knows_ids_of_commands(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const wsm_shell_command_wish_t wish = {.id = "Chosen", .command = "cat"};
    const wsm_shell_piece_t piece = {"stdin", "other", {"x", 1}, 0};
    const wsm_shell_piece_t wrong = {"pr", "CHOSEN", {"x", 1}, 0};
    static const char *const streams[] = {"pr"};
    const wsm_shell_wanted_t wanted = {"chosen", streams, 1, 100};
    wsm_shell_output_t *output;
    const char *id;

    assert_ok(wsm_shell_command(&id, &self->service, &self->caller, shell->id,
                                &wish, soon(), self->pool));
    assert_string_equal(id, "Chosen");
    assert_number(wsm_shell_command(&id, &self->service, &self->caller,
                                    shell->id, &wish, soon(), self->pool),
                  2150859222u);
    assert_number(wsm_shell_send(&self->service, &self->caller, shell->id,
                                 &piece, 1, soon(), self->pool),
                  87u);
    assert_number(wsm_shell_send(&self->service, &self->caller, shell->id,
                                 &wrong, 1, soon(), self->pool),
                  2150859147u);
    assert_number(wsm_shell_receive(&output, &self->service, &self->caller,
                                    shell->id, &wanted, soon(), self->pool),
                  2150859149u);
    assert_number(wsm_shell_signal(&self->service, &self->caller, shell->id,
                                   "other", WSM_SHELL_SIGNAL_CTRL_C, soon(),
                                   self->pool),
                  87u);
    assert_ok(wsm_shell_signal(&self->service, &self->caller, shell->id, NULL,
                               WSM_SHELL_SIGNAL_TERMINATE, soon(), self->pool));
    assert_number(receive(&output, self, shell->id, "chosen", 100, self->pool),
                  87u);
}

/* ---- programs */

static void test_runs_programs_themselves(void **state)
{
    static const char *const arguments[] = {"%s|", "a b", "$HOME", "'", ""};
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    wsm_shell_command_wish_t wish = {NULL, "printf", arguments,
                                     5,    1,        {NULL, 0}};
    const char *id;
    heard_t heard;

    assert_ok(wsm_shell_command(&id, &self->service, &self->caller, shell->id,
                                &wish, soon(), self->pool));
    heard = hear(self, shell->id, id);
    assert_string_equal(heard.out, "a b|$HOME|'||");
    heard_free(&heard);
    wish.command = "no-such-program";
    assert_number(wsm_shell_command(&id, &self->service, &self->caller,
                                    shell->id, &wish, soon(), self->pool),
                  2147942402u);
    wish.command = "/etc/passwd";
    assert_number(wsm_shell_command(&id, &self->service, &self->caller,
                                    shell->id, &wish, soon(), self->pool),
                  2147942405u);
    wish.command = "/";
    assert_number(wsm_shell_command(&id, &self->service, &self->caller,
                                    shell->id, &wish, soon(), self->pool),
                  2147942405u);
    shell_delete(self, shell->id);
}

static void test_runs_lines_of_windows(void **state)
{
    static const char *const arguments[] = {"/c", "\"echo", "$((6*7))\""};
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    wsm_shell_command_wish_t wish = {NULL, "CMD.EXE", arguments,
                                     3,    0,         {NULL, 0}};
    const char *id;
    heard_t heard;

    assert_ok(wsm_shell_command(&id, &self->service, &self->caller, shell->id,
                                &wish, soon(), self->pool));
    heard = hear(self, shell->id, id);
    assert_string_equal(heard.out, "42\n");
    heard_free(&heard);
    shell_delete(self, shell->id);
}

/** A pwsh in the client's own PATH says what it got. */
static void test_runs_powershell_where_it_is(void **state)
{
    daemon_t *self = *state;
    const char *path = apr_pstrcat(self->pool, self->folder, "/pwsh", NULL);
    const wsm_shell_variable_t variable = {"PATH", self->folder};
    const wsm_shell_wish_t wish = {.environment = &variable, .nenvironment = 1};
    const wsm_shell_t *shell = shell_make(self, &wish);
    FILE *file;
    heard_t heard;

    heard = hear(self, shell->id,
                 command_run(self, shell->id, "powershell -encodedcommand AA"));
    assert_int_equal(heard.exit_code, 127);
    assert_non_null(strstr(heard.err, "pwsh"));
    assert_int_equal(heard.out_length, 0);
    heard_free(&heard);
    file = fopen(path, "w");
    fputs("#!/bin/sh\nfor i; do echo \"<$i>\"; done\n", file);
    fchmod(fileno(file), 0755);
    fclose(file);
    heard = hear(self, shell->id,
                 command_run(self, shell->id,
                             "PowerShell -NoProfile -Command \"$x = 'a b'\""));
    assert_string_equal(heard.out, "<-NoProfile>\n<-Command>\n<$x = 'a b'>\n");
    heard_free(&heard);
    unlink(path);
    shell_delete(self, shell->id);
}

/* ---- how long */

static void test_goes_when_idle(void **state)
{
    const wsm_shell_wish_t wish = {.idle_timeout = apr_time_from_msec(300),
                                   .no_profile = 1};
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, &wish);
    pid_t pid;

    (void)command_run(self, shell->id, "sleep 1000");
    pid = command_pid(self, shell->id);
    wait_for_end(pid);
    wait_until_gone(self, shell->id);
}

static void test_stays_while_somebody_waits(void **state)
{
    const wsm_shell_wish_t wish = {.idle_timeout = apr_time_from_msec(300),
                                   .no_profile = 1};
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, &wish);
    const char *id = command_run(self, shell->id, "sleep 1; echo awake");
    heard_t heard = hear(self, shell->id, id);

    assert_string_equal(heard.out, "awake\n");
    heard_free(&heard);
}

static void test_goes_when_its_life_is_over(void **state)
{
    const wsm_shell_wish_t wish = {.lifetime = apr_time_from_msec(500),
                                   .no_profile = 1};
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, &wish);
    wsm_shell_output_t *output;
    wsm_error_t *err =
        receive(&output, self, shell->id,
                command_run(self, shell->id, "sleep 1000"), 100, self->pool);

    assert_number(err, 995u);
    wait_until_gone(self, shell->id);
}

static void test_times_out(void **state)
{
    static const char *const streams[] = {"stdout"};
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *id = command_run(self, shell->id, "cat");
    const wsm_shell_wanted_t wanted = {id, streams, 1, 100};
    wsm_shell_output_t *output;

    assert_number(wsm_shell_receive(&output, &self->service, &self->caller,
                                    shell->id, &wanted,
                                    apr_time_now() + apr_time_from_msec(100),
                                    self->pool),
                  2150858793u);
    shell_delete(self, shell->id);
}

static int is_cancelled(void *baton)
{
    (void)baton;
    return 1;
}

static void test_is_left_by_who_goes(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *id = command_run(self, shell->id, "read x; echo $x");
    const wsm_shell_piece_t piece = {"stdin", id, {"kept\n", 5}, 0};
    wsm_shell_output_t *output;
    heard_t heard;

    self->service.cancelled = is_cancelled;
    assert_number(receive(&output, self, shell->id, id, 100, self->pool), 995u);
    self->service.cancelled = NULL;
    assert_ok(wsm_shell_send(&self->service, &self->caller, shell->id, &piece,
                             1, soon(), self->pool));
    heard = hear(self, shell->id, id);
    assert_string_equal(heard.out, "kept\n");
    heard_free(&heard);
    shell_delete(self, shell->id);
}

/* ---- with and without a client */

static void test_disconnects(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_bytes_t nothing = {NULL, 0};
    const wsm_shell_t *shell, *told;
    wsm_shell_output_t *output;
    const char *id;
    heard_t heard;

    shell = shell_make(self, NULL);
    assert_number(wsm_shell_disconnect(&self->service, &self->caller, shell->id,
                                       0, WSM_SHELL_BUFFER_UNSET, soon(),
                                       self->pool),
                  2150859205u);
    self->caller.session = "one";
    shell = shell_make(self, NULL);
    assert_number(wsm_shell_reconnect(&self->service, &self->caller, shell->id,
                                      soon(), self->pool),
                  2150859216u);
    id = command_run(self, shell->id, "read x; echo $x");
    assert_ok(wsm_shell_disconnect(&self->service, &self->caller, shell->id,
                                   apr_time_from_sec(1234),
                                   WSM_SHELL_BUFFER_DROP, soon(), self->pool));
    assert_ok(get(&told, self, shell->id));
    assert_int_equal(told->state, WSM_SHELL_DISCONNECTED);
    assert_int_equal(told->buffer, WSM_SHELL_BUFFER_DROP);
    assert_int_equal(told->idle_timeout, apr_time_from_sec(1234));
    assert_number(wsm_shell_disconnect(&self->service, &self->caller, shell->id,
                                       0, WSM_SHELL_BUFFER_UNSET, soon(),
                                       self->pool),
                  2150859215u);
    assert_number(receive(&output, self, shell->id, id, 100, self->pool),
                  2150859204u);
    self->caller.session = "two";
    assert_number(wsm_shell_reconnect(&self->service, &self->caller, shell->id,
                                      soon(), self->pool),
                  2150859206u);
    assert_ok(wsm_shell_connect(&told, &self->service, &self->caller, shell->id,
                                nothing, soon(), self->pool));
    assert_int_equal(told->state, WSM_SHELL_CONNECTED);
    assert_number(wsm_shell_connect(&told, &self->service, &self->caller,
                                    shell->id, nothing, soon(), self->pool),
                  2150859216u);
    assert_ok(wsm_shell_disconnect(&self->service, &self->caller, shell->id, 0,
                                   WSM_SHELL_BUFFER_BLOCK, soon(), self->pool));
    assert_ok(wsm_shell_reconnect(&self->service, &self->caller, shell->id,
                                  soon(), self->pool));
    {
        const wsm_shell_piece_t piece = {"stdin", id, {"still\n", 6}, 0};

        assert_ok(wsm_shell_send(&self->service, &self->caller, shell->id,
                                 &piece, 1, soon(), self->pool));
    }
    heard = hear(self, shell->id, id);
    assert_string_equal(heard.out, "still\n");
    heard_free(&heard);
    shell_delete(self, shell->id);
}

/** What is oldest is lost where nobody fetches it. */
static void test_drops_while_disconnected(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell;
    const char *id, *done;
    heard_t heard;

    self->caller.session = "one";
    shell = shell_make(self, NULL);
    done = apr_pstrcat(self->pool, self->folder, "/done", NULL);
    id = command_run(
        self, shell->id,
        apr_pstrcat(self->pool, "read x; seq 1 100000; : > ", done, NULL));
    {
        const wsm_shell_piece_t piece = {"stdin", id, {"\n", 1}, 0};

        assert_ok(wsm_shell_send(&self->service, &self->caller, shell->id,
                                 &piece, 1, soon(), self->pool));
    }
    assert_ok(wsm_shell_disconnect(&self->service, &self->caller, shell->id, 0,
                                   WSM_SHELL_BUFFER_DROP, soon(), self->pool));
    while (access(done, F_OK) != 0)
        usleep(5000);
    assert_ok(wsm_shell_reconnect(&self->service, &self->caller, shell->id,
                                  soon(), self->pool));
    heard = hear(self, shell->id, id);
    assert_in_range(heard.out_length, 6, 65536);
    assert_string_equal(heard.out + heard.out_length - 7, "100000\n");
    heard_free(&heard);
    unlink(done);
    shell_delete(self, shell->id);
}

static void test_blocks_while_disconnected(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell;
    const char *id;
    heard_t heard;

    self->caller.session = "one";
    shell = shell_make(self, NULL);
    id = command_run(self, shell->id, "seq 1 100000");
    assert_ok(wsm_shell_disconnect(&self->service, &self->caller, shell->id, 0,
                                   WSM_SHELL_BUFFER_BLOCK, soon(), self->pool));
    assert_ok(wsm_shell_reconnect(&self->service, &self->caller, shell->id,
                                  soon(), self->pool));
    heard = hear(self, shell->id, id);
    assert_int_equal(heard.out_length, 588895);
    heard_free(&heard);
    shell_delete(self, shell->id);
}

/* ---- Receives that meet */

typedef struct rival_t {
    daemon_t *self;
    const char *shell;
    const char *command;
} rival_t;

/** Another process that waits for the same.
 *  @return it */
static pid_t wait_elsewhere(const rival_t *rival, apr_uint32_t expected)
{
    pid_t pid = fork();
    wsm_shell_output_t *output;
    wsm_error_t *err;

    if (pid != 0)
        return pid;
    close(rival->self->control);
    err = receive(&output, rival->self, rival->shell, rival->command, 100,
                  rival->self->pool);
    _exit(err != NULL && err->number == expected ? 0 : 1);
}

static void test_ends_the_earlier_receive(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *id = command_run(self, shell->id, "read x; echo $x");
    const wsm_shell_piece_t piece = {"stdin", id, {"for me\n", 7}, 0};
    const rival_t rival = {self, shell->id, id};
    const wsm_shell_wanted_t wanted = {id, NULL, 0, 100};
    wsm_shell_output_t *output;
    pid_t pid = wait_elsewhere(&rival, 995u);
    int status;

    /* Whoever is the later one: in the end that other process is told. */
    while (waitpid(pid, &status, WNOHANG) == 0) {
        wsm_error_t *err = wsm_shell_receive(
            &output, &self->service, &self->caller, shell->id, &wanted,
            apr_time_now() + apr_time_from_msec(50), self->pool);

        assert_non_null(err);
        if (err->number != 995u)
            assert_number(err, 2150858793u);
    }
    assert_int_equal(status, 0);
    assert_ok(wsm_shell_send(&self->service, &self->caller, shell->id, &piece,
                             1, soon(), self->pool));
    {
        heard_t heard = hear(self, shell->id, id);

        assert_string_equal(heard.out, "for me\n");
        heard_free(&heard);
    }
    shell_delete(self, shell->id);
}

/* ---- deaths */

static void test_outlives_no_keeper(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const wsm_shell_t *other = shell_make(self, NULL);
    pid_t pid;

    (void)command_run(self, shell->id, "trap '' TERM HUP; sleep 1000");
    pid = command_pid(self, shell->id);
    assert_int_equal(kill((pid_t)shell->pid, SIGKILL), 0);
    wait_for_end(pid);
    wait_until_gone(self, shell->id);
    assert_non_null(strstr(daemon_log(self), "is gone"));
    shell_delete(self, other->id);
}

static void test_leaves_nothing_behind(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    heard_t heard;
    pid_t pids[2];

    (void)command_run(self, shell->id, "trap '' TERM HUP; sleep 1000; true");
    pids[0] = command_pid(self, shell->id);
    /* A session of its own, and whose parent has gone */
    heard = hear(self, shell->id,
                 command_run(self, shell->id,
                             "setsid sh -c 'trap \"\" TERM HUP; "
                             "sleep 1000 >&2 2>/dev/null & echo $!' | cat"));
    pids[1] = (pid_t)atol(heard.out);
    heard_free(&heard);
    assert_int_equal(kill(pids[1], 0), 0);
    shell_delete(self, shell->id);
    for (int i = 0; i < 2; i++)
        assert_int_equal(kill(pids[i], 0) == 0 ? 0 : errno, ESRCH);
}

/** What does not hear SIGTERM is killed after its time, also where the command
 *  itself is gone. */
static void test_kills_what_does_not_listen(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *line = "(trap '' TERM; while :; do sleep 1; done) & "
                       "echo $!; wait";
    const char *id = command_run(self, shell->id, line);
    wsm_shell_output_t *output;
    pid_t pids[2];

    assert_ok(receive(&output, self, shell->id, id, 10000, self->pool));
    assert_int_equal(output->npieces, 1);
    pids[0] = (pid_t)atol(output->pieces[0].bytes.data);
    pids[1] = command_pid(self, shell->id);
    wsm_shell_settle(output, 1);
    assert_ok(wsm_shell_signal(&self->service, &self->caller, shell->id, id,
                               WSM_SHELL_SIGNAL_TERMINATE, soon(), self->pool));
    for (int i = 0; i < 2; i++)
        wait_for_end(pids[i]);
    /* The shell itself goes on. */
    {
        heard_t heard =
            hear(self, shell->id, command_run(self, shell->id, "echo on"));

        assert_string_equal(heard.out, "on\n");
        heard_free(&heard);
    }
    shell_delete(self, shell->id);
}

static void end_by(daemon_t *self, int how)
{
    const wsm_shell_t *shell = shell_make(self, NULL);
    pid_t pid;

    (void)command_run(self, shell->id, "trap '' TERM HUP; sleep 1000; true");
    pid = command_pid(self, shell->id);
    if (how != 0)
        assert_int_equal(kill(self->pid, how), 0);
    else {
        close(self->control);
        self->control = -1;
    }
    wait_for_end(pid);
    wait_for_end((pid_t)shell->pid);
}

static void test_ends_with_httpd(void **state)
{
    end_by(*state, 0);
}

static void test_ends_when_told(void **state)
{
    end_by(*state, SIGTERM);
}

static void test_ends_with_its_main_process(void **state)
{
    end_by(*state, SIGKILL);
}

/* ---- what comes in */

static int open_connection(daemon_t *self)
{
    int fd;

    assert_ok(daemon_connect(&fd, self, self->pool));
    fcntl(fd, F_SETFL, 0);
    return fd;
}

static void test_closes_on_nonsense(void **state)
{
    static const wsm_shell_head_t heads[] = {
        {0x12345678, WSM_SHELL_M_LIST, WSM_SHELL_VERSION, 0},
        {WSM_SHELL_MAGIC, WSM_SHELL_M_LIST, WSM_SHELL_VERSION, 0xffffffffu},
    };
    daemon_t *self = *state;
    char byte;

    for (int i = 0; i < 2; i++) {
        int fd = open_connection(self);

        assert_int_equal(send(fd, &heads[i], sizeof(heads[i]), 0),
                         sizeof(heads[i]));
        assert_true(recv(fd, &byte, 1, 0) <= 0);
        close(fd);
    }
}

static void test_refuses_what_it_does_not_know(void **state)
{
    static const wsm_shell_head_t heads[] = {
        {WSM_SHELL_MAGIC, WSM_SHELL_M_LIST, WSM_SHELL_VERSION + 1, 4000},
        {WSM_SHELL_MAGIC, WSM_SHELL_M_LIST, WSM_SHELL_VERSION, 0},
        {WSM_SHELL_MAGIC, 0, WSM_SHELL_VERSION, 0},
        {WSM_SHELL_MAGIC, 33, WSM_SHELL_VERSION, 0},
        {WSM_SHELL_MAGIC, WSM_SHELL_M_POLICY, WSM_SHELL_VERSION, 0},
    };
    daemon_t *self = *state;

    for (int i = 0; i < 5; i++) {
        int fd = open_connection(self);
        wsm_shell_head_t head;

        assert_int_equal(send(fd, &heads[i], sizeof(heads[i]), 0),
                         sizeof(heads[i]));
        assert_int_equal(recv(fd, &head, sizeof(head), MSG_WAITALL),
                         sizeof(head));
        assert_int_equal(head.type, WSM_SHELL_M_FAILED);
        close(fd);
    }
}

static void test_refuses_policies(void **state)
{
    daemon_t *self = *state;

    assert_int_equal(daemon_say_policy(self, WSM_SHELL_VERSION + 1),
                     WSM_SHELL_M_FAILED);
    self->policy.limits.buffer = 0;
    assert_int_equal(daemon_say_policy(self, WSM_SHELL_VERSION),
                     WSM_SHELL_M_FAILED);
    self->policy.limits.buffer = 65536;
    say_policy(self);
    shell_delete(self, shell_make(self, NULL)->id);
}

static void test_hears_httpds_children_only(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *const *all;
    wsm_error_t *err;
    int count;

    self->policy.child_uid++;
    say_policy(self);
    err = wsm_shell_list(&all, &count, &self->service, &self->caller, soon(),
                         self->pool);
    assert_non_null(err);
    assert_int_equal(err->number, 995);
}

/** Whoever says half of it holds up nobody, and is not waited for. */
static void test_does_not_wait_for_the_slow(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL), *told;
    int fds[20];
    char byte;

    for (int i = 0; i < 20; i++) {
        const wsm_shell_head_t head = {WSM_SHELL_MAGIC, WSM_SHELL_M_CREATE,
                                       WSM_SHELL_VERSION, 100000};

        fds[i] = open_connection(self);
        assert_int_equal(send(fds[i], &head, (size_t)(i % 2 ? 3 : 12), 0),
                         i % 2 ? 3 : 12);
    }
    assert_ok(get(&told, self, shell->id));
    for (int i = 0; i < 20; i++) {
        assert_true(recv(fds[i], &byte, 1, 0) <= 0);
        close(fds[i]);
    }
    shell_delete(self, shell->id);
}

/** Descriptors of a process, but those that a sanitizer may have. */
static int descriptors(pid_t pid)
{
    char path[64];
    struct dirent *entry;
    int count = 0;
    DIR *dir;

    snprintf(path, sizeof(path), "/proc/%ld/fd", (long)pid);
    dir = opendir(path);
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static int zombies(pid_t parent)
{
    char path[64], text[4096];
    ssize_t got;
    int fd, count = 0;

    snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children", (long)parent,
             (long)parent);
    fd = open(path, O_RDONLY);
    if (fd < 0)
        return 0;
    got = read(fd, text, sizeof(text) - 1);
    close(fd);
    text[got > 0 ? got : 0] = '\0';
    for (char *at = text; (at = strchr(at, ' ')) != NULL; at++)
        count++;
    return count;
}

static void test_leaks_nothing(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    int before = descriptors(self->pid);
    int of_keeper = descriptors((pid_t)shell->pid);

    for (int i = 0; i < 30; i++) {
        const wsm_shell_t *one = shell_make(self, NULL);
        heard_t heard = hear(self, one->id, command_run(self, one->id, "echo"));

        heard_free(&heard);
        heard = hear(self, shell->id,
                     command_run(self, shell->id, "true & exec true"));
        heard_free(&heard);
        shell_delete(self, one->id);
    }
    /* Keepers end after they have answered. */
    while (descriptors(self->pid) > before)
        usleep(5000);
    while (zombies(self->pid) > 1 || zombies((pid_t)shell->pid) > 0)
        usleep(5000);
    assert_in_range(descriptors((pid_t)shell->pid), 0, of_keeper);
    shell_delete(self, shell->id);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(test_is_the_owners),
        TEST(test_says_what_it_was_asked_for),
        TEST(test_refuses_wishes),
        TEST(test_refuses_other_accounts),
        TEST(test_counts),
        TEST(test_knows_ids_of_commands),
        TEST(test_runs_programs_themselves),
        TEST(test_runs_lines_of_windows),
        TEST(test_runs_powershell_where_it_is),
        TEST(test_goes_when_idle),
        TEST(test_stays_while_somebody_waits),
        TEST(test_goes_when_its_life_is_over),
        TEST(test_times_out),
        TEST(test_is_left_by_who_goes),
        TEST(test_disconnects),
        TEST(test_drops_while_disconnected),
        TEST(test_blocks_while_disconnected),
        TEST(test_ends_the_earlier_receive),
        TEST(test_outlives_no_keeper),
        TEST(test_leaves_nothing_behind),
        TEST(test_kills_what_does_not_listen),
        TEST(test_ends_with_httpd),
        TEST(test_ends_when_told),
        TEST(test_ends_with_its_main_process),
        TEST(test_closes_on_nonsense),
        TEST(test_refuses_what_it_does_not_know),
        cmocka_unit_test_setup_teardown(test_refuses_policies, start_silent,
                                        stop),
        TEST(test_hears_httpds_children_only),
        TEST(test_does_not_wait_for_the_slow),
        TEST(test_leaks_nothing),
    };
    int failed;

    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
