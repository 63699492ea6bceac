/* test_shelld_account.c - shells of other accounts, as root: two users that the
 * test makes, and a service of PAM.
 */
#include "shelld.h"

#include <grp.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>

#define FIRST   "wsmtest1"
#define SECOND  "wsmtest2"
#define GROUP   "wsmtestg"
#define SERVICE "wsman-test-shelld"

static int call(const char *line)
{
    int status = system(line);

    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void remove_users(void)
{
    (void)call("userdel -rf " FIRST " >/dev/null 2>&1;"
               "userdel -rf " SECOND " >/dev/null 2>&1;"
               "groupdel " GROUP " >/dev/null 2>&1;"
               "rm -f /etc/pam.d/" SERVICE);
}

static int make_users(void **state)
{
    (void)state;
    /* As an administrator's login has one. */
    (void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
    remove_users();
    return call("groupadd " GROUP " && useradd -m -s /bin/sh " FIRST
                " && useradd -m -s /bin/sh -G " GROUP " " SECOND
                " && printf 'account required pam_unix.so\\n"
                "session required pam_permit.so\\n"
                "session optional pam_env.so readenv=1 "
                "envfile=/etc/wsman-test-none user_readenv=1\\n'"
                " > /etc/pam.d/" SERVICE);
}

static int unmake_users(void **state)
{
    (void)state;
    remove_users();
    return 0;
}

static int start(void **state)
{
    *state = daemon_start();
    return 0;
}

static int stop(void **state)
{
    daemon_stop(*state);
    return 0;
}

static void allow(daemon_t *self, const char *one, const char *two)
{
    const char **accounts = apr_pcalloc(self->pool, 2 * sizeof(*accounts));

    accounts[0] = one;
    accounts[1] = two;
    self->policy.accounts = accounts;
    self->policy.naccounts = two != NULL ? 2 : one != NULL ? 1 : 0;
    assert_int_equal(daemon_say_policy(self, WSM_SHELL_VERSION),
                     WSM_SHELL_M_OK);
}

static wsm_error_t *try_account(daemon_t *self, const char *account)
{
    const wsm_shell_wish_t wish = {.engine = "cmd", .resource_uri = "urn:x"};
    const wsm_shell_t *shell;

    self->caller.account = account;
    return wsm_shell_create(&shell, &self->service, &self->caller, &wish,
                            soon(), self->pool);
}

static void assert_denied(daemon_t *self, const char *account)
{
    wsm_error_t *err = try_account(self, account);

    assert_non_null(err);
    assert_int_equal(err->code, WSMAN_E_ACCESS_DENIED);
}

static const char *say(daemon_t *self, const char *shell, const char *line)
{
    heard_t heard = hear(self, shell, command_run(self, shell, line));
    const char *text = apr_pstrdup(self->pool, heard.out);

    if (heard.err_length > 0)
        fail_msg("%s: %s", line, heard.err);
    heard_free(&heard);
    return text;
}

static void test_asks_the_policy(void **state)
{
    daemon_t *self = *state;
    const uid_t uid = getpwnam(FIRST)->pw_uid;

    allow(self, FIRST, NULL);
    assert_ok(try_account(self, FIRST));
    assert_denied(self, SECOND);
    assert_denied(self, "root");
    allow(self, "@" GROUP, NULL);
    assert_denied(self, FIRST);
    assert_ok(try_account(self, SECOND));
    allow(self, "*", NULL);
    assert_ok(try_account(self, FIRST));
    assert_ok(try_account(self, SECOND));
    assert_denied(self, "root");
    assert_denied(self, "daemon");
    allow(self, "*", "root");
    assert_ok(try_account(self, "root"));
    self->policy.lowest_uid = uid + 1;
    allow(self, "*", NULL);
    assert_denied(self, FIRST);
    self->policy.lowest_uid = 0;
    allow(self, "*", NULL);
    assert_denied(self, "root");
    allow(self, NULL, NULL);
    assert_denied(self, FIRST);
}

/** "*" and groups are people: nobody has a number above the lowest one. */
static void test_asks_for_a_login_shell(void **state)
{
    daemon_t *self = *state;

    assert_int_equal(call("usermod -s /usr/sbin/nologin " SECOND), 0);
    allow(self, "*", "@" GROUP);
    assert_ok(try_account(self, FIRST));
    assert_denied(self, SECOND);
    assert_denied(self, "nobody");
    assert_int_equal(call("usermod -s /nonexistent/shell " SECOND), 0);
    assert_denied(self, SECOND);
    allow(self, SECOND, NULL);
    assert_ok(try_account(self, SECOND));
    assert_int_equal(call("usermod -s /bin/sh " SECOND), 0);
    allow(self, "@" GROUP, NULL);
    assert_ok(try_account(self, SECOND));
}

/** Its streams are its own, by their names, too. */
static void test_opens_its_streams_again(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell;
    heard_t heard;

    allow(self, FIRST, NULL);
    self->caller.account = FIRST;
    shell = shell_make(self, NULL);
    heard = hear(self, shell->id,
                 command_run(self, shell->id,
                             "echo e >/dev/stderr; echo o >/dev/stdout"));
    assert_string_equal(heard.out, "o\n");
    assert_string_equal(heard.err, "e\n");
    heard_free(&heard);
}

/** pwsh where the account cannot come to is no pwsh of its. */
static void test_looks_for_powershell_as_the_account(void **state)
{
    static const wsm_shell_variable_t path = {"PATH", "/home/" SECOND
                                                      "/bin:/usr/bin:/bin"};
    daemon_t *self = *state;
    const wsm_shell_wish_t wish = {
        .no_profile = 1, .environment = &path, .nenvironment = 1};
    const wsm_shell_t *shell;
    heard_t heard;

    allow(self, FIRST, NULL);
    self->caller.account = FIRST;
    assert_int_equal(call("mkdir -p /home/" SECOND "/bin; "
                          "chmod 700 /home/" SECOND "; "
                          "cp /bin/true /home/" SECOND "/bin/pwsh"),
                     0);
    shell = shell_make(self, &wish);
    heard = hear(self, shell->id,
                 command_run(self, shell->id, "powershell -command x"));
    assert_int_equal(heard.exit_code, 127);
    assert_non_null(strstr(heard.err, "not installed"));
    heard_free(&heard);
}

/** Keys of whoever has started httpd are not those of a shell. */
static void test_has_a_keyring_of_its_own(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell;
    const char *text;
    long own;

    own =
        syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
    if (own < 0 || call("command -v python3 >/dev/null") != 0)
        skip();
    allow(self, FIRST, NULL);
    self->caller.account = FIRST;
    shell = shell_make(self, NULL);
    text = say(self, shell->id,
               apr_psprintf(self->pool,
                            "python3 -c 'import ctypes; "
                            "print(ctypes.CDLL(None).syscall(%d, %d, %d, 0))'",
                            SYS_keyctl, KEYCTL_GET_KEYRING_ID,
                            KEY_SPEC_SESSION_KEYRING));
    assert_true(atol(text) > 0);
    assert_true(atol(text) != own);
}

/** Whoever httpd's parent has forked holds the channel, too: the policy is
 *  said by its user only. */
static void test_hears_no_other_user(void **state)
{
    daemon_t *self = *state;
    const struct passwd *user = getpwnam(FIRST);
    const apr_time_t end = soon();
    pid_t pid;
    int status;

    allow(self, FIRST, NULL);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        wsm_shell_message_t message;
        const char *root[] = {"root"};

        if (setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)
            _exit(1);
        self->policy.accounts = root;
        wsm_shell_message_begin(&message, WSM_SHELL_M_POLICY, self->pool);
        wsm_shell_policy_write(&message, &self->policy);
        (void)wsm_shell_message_end(&message);
        _exit(send(self->control, message.data, message.length, 0) < 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    while (strstr(daemon_log(self), "control channel is not heard") == NULL) {
        assert_true(apr_time_now() < end);
        usleep(1000);
    }
    assert_denied(self, "root");
    assert_ok(try_account(self, FIRST));
    allow(self, "root", NULL);
    assert_ok(try_account(self, "root"));
}

static void test_is_the_account(void **state)
{
    daemon_t *self = *state;
    const struct passwd *user = getpwnam(SECOND);
    const wsm_shell_t *shell;

    allow(self, SECOND, NULL);
    self->caller.account = SECOND;
    self->policy.umask = 027;
    allow(self, SECOND, NULL);
    shell = shell_make(self, NULL);
    assert_string_equal(shell->account, SECOND);
    assert_string_equal(
        say(self, shell->id,
            "grep -E '^(Uid|Gid|CapEff|SigBlk|SigIgn|NoNewPrivs)' "
            "/proc/self/status | tr '\\t' ' '"),
        apr_psprintf(self->pool,
                     "Uid: %u %u %u %u\nGid: %u %u %u %u\n"
                     "SigBlk: 0000000000000000\nSigIgn: 0000000000000000\n"
                     "CapEff: 0000000000000000\nNoNewPrivs: 0\n",
                     user->pw_uid, user->pw_uid, user->pw_uid, user->pw_uid,
                     user->pw_gid, user->pw_gid, user->pw_gid, user->pw_gid));
    assert_string_equal(say(self, shell->id, "id -Gn"), SECOND " " GROUP "\n");
    assert_string_equal(say(self, shell->id, "umask; pwd"),
                        "0027\n/home/" SECOND "\n");
    /* Its own session is the keeper's, its process group its own. */
    assert_string_equal(say(self, shell->id,
                            "set -- $(cat /proc/$$/stat); "
                            "[ $5 = $$ ] && [ $6 != $$ ] && echo own"),
                        "own\n");
}

static void test_has_no_descriptors(void **state)
{
    static const char *const arguments[] = {"1000"};
    const wsm_shell_command_wish_t wish = {.command = "sleep",
                                           .arguments = arguments,
                                           .narguments = 1,
                                           .skip_shell = 1};
    daemon_t *self = *state;
    const wsm_shell_command_t *commands;
    const wsm_shell_t *shell;
    const char *id;
    int count;

    allow(self, FIRST, NULL);
    self->caller.account = FIRST;
    shell = shell_make(self, NULL);
    assert_ok(wsm_shell_command(&id, &self->service, &self->caller, shell->id,
                                &wish, soon(), self->pool));
    assert_ok(wsm_shell_list_commands(&commands, &count, &self->service,
                                      &self->caller, shell->id, soon(),
                                      self->pool));
    assert_int_equal(count, 1);
    assert_int_equal(call(apr_psprintf(self->pool,
                                       "[ \"$(ls /proc/%u/fd | xargs)\" = "
                                       "'0 1 2' ]",
                                       commands[0].pid)),
                     0);
    assert_int_equal(call(apr_psprintf(self->pool,
                                       "! readlink /proc/%u/fd/* | "
                                       "grep -v ^pipe:",
                                       commands[0].pid)),
                     0);
}

static void test_has_a_clean_environment(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_wish_t wish = {.no_profile = 1};
    const wsm_shell_t *shell;

    allow(self, FIRST, NULL);
    self->caller.account = FIRST;
    shell = shell_make(self, &wish);
    assert_string_equal(
        say(self, shell->id, "tr '\\0' '\\n' < /proc/$$/environ | sort"),
        "HOME=/home/" FIRST "\nLANG=C.UTF-8\nLOGNAME=" FIRST
        "\nPATH=/usr/local/bin:/usr/bin:/bin\nSHELL=/bin/sh\nUSER=" FIRST "\n");
}

static void test_reads_the_profile(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_wish_t bare = {.no_profile = 1};
    const wsm_shell_wish_t full = {.name = "reads it"};
    const wsm_shell_t *shell;

    allow(self, FIRST, NULL);
    self->caller.account = FIRST;
    assert_int_equal(call("echo 'FROM_PROFILE=yes' > /home/" FIRST "/.profile"),
                     0);
    shell = shell_make(self, &full);
    assert_true(shell->profile_loaded);
    assert_string_equal(say(self, shell->id, "echo $FROM_PROFILE"), "yes\n");
    shell = shell_make(self, &bare);
    assert_string_equal(say(self, shell->id, "echo $FROM_PROFILE"), "\n");
}

static void test_checks_directories_as_the_account(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_wish_t wish = {
        .engine = "cmd", .resource_uri = "urn:x", .directory = "/root"};
    const wsm_shell_wish_t tilde = {.directory = "~/sub"};
    const wsm_shell_t *shell;
    wsm_error_t *err;

    allow(self, FIRST, NULL);
    self->caller.account = FIRST;
    assert_int_equal(
        call("chmod 700 /home/" SECOND "; mkdir -p /home/" FIRST "/sub"), 0);
    err = wsm_shell_create(&shell, &self->service, &self->caller, &wish, soon(),
                           self->pool);
    assert_non_null(err);
    assert_int_equal(err->code, WSMAN_E_PARAMETER_INVALID_VALUE);
    shell = shell_make(self, &tilde);
    assert_string_equal(say(self, shell->id, "pwd"), "/home/" FIRST "/sub\n");
}

static void test_limits(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell;

    self->policy.limits.processes = 77;
    self->policy.limits.memory = (apr_uint64_t)2 << 30;
    self->policy.limits.cpu = apr_time_from_sec(5);
    allow(self, FIRST, NULL);
    self->caller.account = FIRST;
    shell = shell_make(self, NULL);
    assert_string_equal(
        say(self, shell->id,
            "sed -nE 's/^Max (cpu time|processes|address space) +([0-9]+) "
            "+([0-9]+) .*/\\2 \\3/p' /proc/self/limits"),
        "5 5\n77 77\n2147483648 2147483648\n");
}

#ifdef WITH_PAM
static void test_asks_pam(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_wish_t bare = {.no_profile = 1};
    const wsm_shell_t *shell;

    self->policy.pam_service = SERVICE;
    allow(self, FIRST, SECOND);
    assert_int_equal(call("usermod -e 1 " SECOND "; echo 'FROM_PAM=yes' > "
                          "/home/" FIRST "/.pam_environment"),
                     0);
    assert_denied(self, SECOND);
    assert_int_equal(call("usermod -e '' " SECOND), 0);
    assert_ok(try_account(self, SECOND));
    self->caller.account = FIRST;
    shell = shell_make(self, &bare);
    assert_string_equal(say(self, shell->id, "echo $FROM_PAM"), "yes\n");
    shell_delete(self, shell->id);
}
#endif

/** A program with the rights of another account (as sudo is) ends, too. */
static void test_ends_what_has_become_another(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell;
    heard_t heard;
    pid_t pid;

    allow(self, FIRST, NULL);
    self->caller.account = FIRST;
    assert_int_equal(call("cp $(command -v sleep) /home/" FIRST "/rootsleep &&"
                          "chmod 4755 /home/" FIRST "/rootsleep"),
                     0);
    shell = shell_make(self, NULL);
    heard = hear(self, shell->id,
                 command_run(self, shell->id,
                             "./rootsleep 1000 >/dev/null 2>&1 & echo $!"));
    pid = (pid_t)atol(heard.out);
    heard_free(&heard);
    assert_int_equal(kill(pid, 0), 0);
    shell_delete(self, shell->id);
    assert_int_equal(kill(pid, 0) == 0 ? 0 : errno, ESRCH);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(test_asks_the_policy),
        TEST(test_hears_no_other_user),
        TEST(test_asks_for_a_login_shell),
        TEST(test_opens_its_streams_again),
        TEST(test_looks_for_powershell_as_the_account),
        TEST(test_has_a_keyring_of_its_own),
        TEST(test_is_the_account),
        TEST(test_has_no_descriptors),
        TEST(test_has_a_clean_environment),
        TEST(test_reads_the_profile),
        TEST(test_checks_directories_as_the_account),
        TEST(test_limits),
#ifdef WITH_PAM
        TEST(test_asks_pam),
#endif
        TEST(test_ends_what_has_become_another),
    };
    int failed;

    if (geteuid() != 0 || call("command -v useradd >/dev/null") != 0) {
        puts("skipped: only root can make users, with useradd");
        return 77;
    }
    apr_initialize();
    failed = cmocka_run_group_tests(tests, make_users, unmake_users);
    apr_terminate();
    return failed;
}
