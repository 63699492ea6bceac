/* test_shell_policy.c - the policy of the shell daemon, there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>

#include "../../mod_wsman/shell/wsm_shell_policy.h"

static const char *const pwsh[] = {"pwsh", "-s", "-NoLogo", NULL};
static const char *const none[] = {NULL};
static const wsm_shell_engine_t engines[] = {
    {"cmd", WSM_SHELL_COMMANDS, none},
    {"Microsoft.PowerShell", WSM_SHELL_POWERSHELL, pwsh},
    {"other", WSM_SHELL_COMMANDS, NULL}};
static const char *const accounts[] = {"root", "@wheel", "*"};

static wsm_shell_policy_t whole(void)
{
    const wsm_shell_policy_t policy = {
        .engines = engines,
        .nengines = 3,
        .accounts = accounts,
        .naccounts = 3,
        .lowest_uid = 1000,
        .child_uid = 4294967294u,
        .pam_service = "wsman",
        .path = "/bin",
        .umask = 027,
        .limits = {1, 2, 3, 4, (apr_uint64_t)5 << 32, 6, 7, 8, 9, 10},
    };

    return policy;
}

static wsm_error_t *read_again(wsm_shell_policy_t *again,
                               const wsm_shell_policy_t *policy,
                               apr_pool_t *pool)
{
    wsm_shell_message_t message;
    wsm_shell_cursor_t cursor;

    wsm_shell_message_begin(&message, WSM_SHELL_M_POLICY, pool);
    wsm_shell_policy_write(&message, policy);
    wsm_shell_cursor_begin(&cursor, message.data + sizeof(wsm_shell_head_t),
                           message.length - sizeof(wsm_shell_head_t));
    return wsm_shell_policy_read(again, &cursor, pool);
}

static void test_reads_what_was_written(void **state)
{
    wsm_shell_policy_t policy = whole(), again;

    assert_null(read_again(&again, &policy, *state));
    assert_int_equal(again.nengines, 3);
    for (int i = 0; i < 3; i++) {
        const char *const *program = engines[i].program;
        int j = 0;

        assert_string_equal(again.engines[i].name, engines[i].name);
        assert_int_equal(again.engines[i].kind, engines[i].kind);
        for (; program != NULL && program[j] != NULL; j++)
            assert_string_equal(again.engines[i].program[j], program[j]);
        assert_null(again.engines[i].program[j]);
    }
    assert_int_equal(again.naccounts, 3);
    assert_string_equal(again.accounts[1], "@wheel");
    assert_int_equal(again.lowest_uid, 1000);
    assert_true(again.child_uid == 4294967294u);
    assert_string_equal(again.pam_service, "wsman");
    assert_string_equal(again.path, "/bin");
    assert_int_equal(again.umask, 027);
    assert_memory_equal(&again.limits, &policy.limits, sizeof(policy.limits));
}

static void test_may_have_nothing(void **state)
{
    wsm_shell_policy_t policy = whole(), again;

    policy.nengines = policy.naccounts = 0;
    policy.pam_service = NULL;
    assert_null(read_again(&again, &policy, *state));
    assert_int_equal(again.naccounts, 0);
    assert_int_equal(again.nengines, 0);
    assert_null(again.pam_service);
}

static void test_wants_bounds(void **state)
{
    for (int i = 0; i < 4; i++) {
        wsm_shell_policy_t policy = whole(), again;

        if (i == 0)
            policy.limits.buffer = 0;
        else if (i == 1)
            policy.limits.idle_timeout = 0;
        else if (i == 2)
            policy.limits.max_idle_timeout = 0;
        else
            policy.path = NULL;
        assert_non_null(read_again(&again, &policy, *state));
    }
}

static void test_refuses_broken_ones(void **state)
{
    wsm_shell_policy_t policy = whole(), again;
    wsm_shell_message_t message;
    wsm_shell_cursor_t cursor;
    apr_size_t length;

    wsm_shell_message_begin(&message, WSM_SHELL_M_POLICY, *state);
    wsm_shell_policy_write(&message, &policy);
    length = message.length - sizeof(wsm_shell_head_t);
    for (apr_size_t cut = 1; cut < 8; cut++) {
        wsm_shell_cursor_begin(&cursor, message.data + sizeof(wsm_shell_head_t),
                               length - cut);
        assert_non_null(wsm_shell_policy_read(&again, &cursor, *state));
    }
    /* An engine without a name */
    wsm_shell_message_bytes(&message, WSM_SHELL_F_NEXT, NULL, 0);
    wsm_shell_cursor_begin(&cursor, message.data + sizeof(wsm_shell_head_t),
                           message.length - sizeof(wsm_shell_head_t));
    assert_non_null(wsm_shell_policy_read(&again, &cursor, *state));
}

int main(void)
{
    apr_pool_t *pool;
    int failed;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    {
        const struct CMUnitTest tests[] = {
            cmocka_unit_test_prestate(test_reads_what_was_written, pool),
            cmocka_unit_test_prestate(test_may_have_nothing, pool),
            cmocka_unit_test_prestate(test_wants_bounds, pool),
            cmocka_unit_test_prestate(test_refuses_broken_ones, pool),
        };

        failed = cmocka_run_group_tests(tests, NULL, NULL);
    }
    apr_pool_destroy(pool);
    apr_terminate();
    return failed;
}
