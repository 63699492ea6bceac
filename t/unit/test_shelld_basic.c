/* test_shelld_basic.c - the daemon as httpd uses it: shells and commands.
 */
#include "shelld.h"

static int start(void **state)
{
    daemon_t *self = daemon_start();

    assert_int_equal(daemon_say_policy(self, WSM_SHELL_VERSION),
                     WSM_SHELL_M_OK);
    *state = self;
    return 0;
}

static int stop(void **state)
{
    daemon_stop(*state);
    return 0;
}

static void test_says_what_it_heard(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *id =
        command_run(self, shell->id, "echo out; echo err >&2; exit 3");
    heard_t heard = hear(self, shell->id, id);

    assert_string_equal(heard.out, "out\n");
    assert_string_equal(heard.err, "err\n");
    assert_int_equal(heard.exit_code, 3);
    assert_int_equal(heard.ends, 2);
    heard_free(&heard);
    shell_delete(self, shell->id);
}

static void test_sends_input(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *id = command_run(self, shell->id, "cat; echo .");
    const wsm_shell_piece_t pieces[] = {{"stdin", id, {"one\n", 4}, 0},
                                        {"stdin", id, {"two\n", 4}, 1}};
    heard_t heard;

    assert_ok(wsm_shell_send(&self->service, &self->caller, shell->id, pieces,
                             2, soon(), self->pool));
    heard = hear(self, shell->id, id);
    assert_string_equal(heard.out, "one\ntwo\n.\n");
    heard_free(&heard);
    shell_delete(self, shell->id);
}

static void test_is_gone_when_deleted(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL), *again;
    const wsm_shell_command_t *commands;
    const wsm_shell_t *const *all;
    pid_t pid;
    int count;

    assert_ok(wsm_shell_get(&again, &self->service, &self->caller, shell->id,
                            soon(), self->pool));
    assert_string_equal(again->id, shell->id);
    assert_string_equal(again->owner, "alice");
    assert_string_equal(again->account, self->account);
    assert_ok(wsm_shell_list(&all, &count, &self->service, &self->caller,
                             soon(), self->pool));
    assert_int_equal(count, 1);
    (void)command_run(self, shell->id, "sleep 1000 & sleep 1000");
    assert_ok(wsm_shell_list_commands(&commands, &count, &self->service,
                                      &self->caller, shell->id, soon(),
                                      self->pool));
    pid = (pid_t)commands[0].pid;
    assert_int_equal(kill(-pid, 0), 0);
    shell_delete(self, shell->id);
    assert_int_equal(kill(-pid, 0) == 0 ? 0 : errno, ESRCH);
    assert_number(wsm_shell_get(&again, &self->service, &self->caller,
                                shell->id, soon(), self->pool),
                  2150858843u);
    assert_ok(wsm_shell_list(&all, &count, &self->service, &self->caller,
                             soon(), self->pool));
    assert_int_equal(count, 0);
}

static void test_signals(void **state)
{
    static const struct {
        wsm_shell_signal_e code;
        int exit_code;
    } cases[] = {{WSM_SHELL_SIGNAL_CTRL_C, 128 + SIGINT},
                 {WSM_SHELL_SIGNAL_CTRL_BREAK, 128 + SIGQUIT}};
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);

    /* The program itself: a shell that has not come to it ignores SIGQUIT. */
    for (int i = 0; i < 2; i++) {
        static const char *const arguments[] = {"1000"};
        const wsm_shell_command_wish_t wish = {.command = "sleep",
                                               .arguments = arguments,
                                               .narguments = 1,
                                               .skip_shell = 1};
        const char *id;
        heard_t heard;

        assert_ok(wsm_shell_command(&id, &self->service, &self->caller,
                                    shell->id, &wish, soon(), self->pool));
        assert_ok(wsm_shell_signal(&self->service, &self->caller, shell->id, id,
                                   cases[i].code, soon(), self->pool));
        heard = hear(self, shell->id, id);
        assert_int_equal(heard.exit_code, cases[i].exit_code);
        heard_free(&heard);
    }
    shell_delete(self, shell->id);
}

static void test_forgets_what_is_terminated(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *id = command_run(self, shell->id, "sleep 1000");
    const wsm_shell_command_t *commands;
    wsm_shell_output_t *output;
    int count;

    assert_ok(wsm_shell_list_commands(&commands, &count, &self->service,
                                      &self->caller, shell->id, soon(),
                                      self->pool));
    assert_int_equal(count, 1);
    assert_string_equal(commands[0].id, id);
    assert_string_equal(commands[0].line, "sleep 1000");
    assert_true(commands[0].pid > 0);
    assert_ok(wsm_shell_signal(&self->service, &self->caller, shell->id, id,
                               WSM_SHELL_SIGNAL_TERMINATE, soon(), self->pool));
    assert_number(receive(&output, self, shell->id, id, 1000, self->pool), 87u);
    shell_delete(self, shell->id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_says_what_it_heard, start, stop),
        cmocka_unit_test_setup_teardown(test_sends_input, start, stop),
        cmocka_unit_test_setup_teardown(test_is_gone_when_deleted, start, stop),
        cmocka_unit_test_setup_teardown(test_signals, start, stop),
        cmocka_unit_test_setup_teardown(test_forgets_what_is_terminated, start,
                                        stop),
    };
    int failed;

    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
