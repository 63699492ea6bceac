/* test_shelld_crowd.c - many at once, and nonsense: the daemon and its keepers
 * bear both.
 */
#include "shelld.h"

#include <poll.h>

#define CLIENTS   16
#define ROUNDS    10
#define MUTATIONS 1500
#define SILENT    256
/* Answers of 1.5 MB, 90 MB together */
#define LONG_TEXT   60000
#define LONG_SHELLS 25
#define DEAF        60

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

/* ---- many clients */

/** @return false if anything is not as it must be; no assertion may leave a
 *          process that was forked */
static int one_round(daemon_t *self, apr_pool_t *pool, int number)
{
    const wsm_shell_wish_t wish = {
        .engine = "cmd", .resource_uri = "urn:x", .no_profile = 1};
    static const char *const streams[] = {"stdout"};
    const wsm_shell_command_wish_t line = {
        .command = apr_psprintf(pool, "cat; exit %d", number)};
    const char *text = apr_psprintf(pool, "input of %d", number);
    wsm_shell_piece_t piece = {"stdin", NULL, {text, strlen(text)}, 1};
    wsm_shell_wanted_t wanted = {NULL, streams, 1, 1000};
    wsm_shell_output_t *output;
    const wsm_shell_t *shell;
    char heard[100] = "";
    int done = 0;

    if (wsm_shell_create(&shell, &self->service, &self->caller, &wish, soon(),
                         pool) ||
        wsm_shell_command(&piece.command_id, &self->service, &self->caller,
                          shell->id, &line, soon(), pool) ||
        wsm_shell_send(&self->service, &self->caller, shell->id, &piece, 1,
                       soon(), pool))
        return 0;
    wanted.command_id = piece.command_id;
    while (!done) {
        if (wsm_shell_receive(&output, &self->service, &self->caller, shell->id,
                              &wanted, soon(), pool))
            return 0;
        for (int i = 0; i < output->npieces; i++)
            strncat(heard, output->pieces[i].bytes.data,
                    output->pieces[i].bytes.length);
        done = output->done;
        wsm_shell_settle(output, 1);
    }
    return strcmp(heard, text) == 0 && output->exit_code == number &&
           wsm_shell_delete(&self->service, &self->caller, shell->id, soon(),
                            pool) == NULL;
}

static void test_serves_many_at_once(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *const *all;
    pid_t pids[CLIENTS];
    int count;

    for (int i = 0; i < CLIENTS; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] != 0)
            continue;
        close(self->control);
        for (int j = 0; j < ROUNDS; j++) {
            apr_pool_t *pool;

            apr_pool_create(&pool, self->pool);
            if (!one_round(self, pool, i * ROUNDS + j))
                _exit(1);
            apr_pool_destroy(pool);
        }
        _exit(0);
    }
    for (int i = 0; i < CLIENTS; i++) {
        int status;

        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    assert_ok(wsm_shell_list(&all, &count, &self->service, &self->caller,
                             soon(), self->pool));
    assert_int_equal(count, 0);
}

/* ---- those that say nothing */

/** As many as the daemon has places for: others have theirs none the less. */
static void test_silence_takes_no_place(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *const *all;
    int silent[SILENT];
    int count;
    char byte;

    for (int i = 0; i < SILENT; i++)
        assert_ok(daemon_connect(&silent[i], self, self->pool));
    assert_ok(wsm_shell_list(&all, &count, &self->service, &self->caller,
                             soon(), self->pool));
    assert_int_equal(count, 0);
    /* It was not that their time was over. */
    assert_int_equal(recv(silent[SILENT - 1], &byte, 1, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
    for (int i = 0; i < SILENT; i++)
        close(silent[i]);
}

/* ---- those that do not listen */

static int ask_for_list(daemon_t *self)
{
    wsm_shell_request_t request = {.type = WSM_SHELL_M_LIST};
    wsm_shell_message_t message;
    int fd;

    request.caller = self->caller;
    request.deadline = soon();
    wsm_shell_message_begin(&message, request.type, self->pool);
    wsm_shell_request_write(&message, &request);
    assert_true(wsm_shell_message_end(&message));
    assert_ok(daemon_connect(&fd, self, self->pool));
    assert_int_equal(send(fd, message.data, message.length, 0),
                     (ssize_t)message.length);
    return fd;
}

/** @return true if an answer is all there */
static int reads_whole(int fd)
{
    char data[65536];
    wsm_shell_head_t head = {0};
    apr_size_t all = 0;
    ssize_t got;

    (void)fcntl(fd, F_SETFL, 0);
    while ((got = recv(fd, data, sizeof(data), 0)) > 0) {
        if (all == 0)
            memcpy(&head, data, sizeof(head));
        all += (apr_size_t)got;
    }
    return all == sizeof(head) + head.length;
}

/** Answers that nobody reads are given up before they are too much. */
static void test_answers_are_bounded(void **state)
{
    daemon_t *self = *state;
    char *text = apr_pcalloc(self->pool, LONG_TEXT + 1);
    const wsm_shell_variable_t variable = {"LONG", text};
    const wsm_shell_wish_t wish = {
        .no_profile = 1, .environment = &variable, .nenvironment = 1};
    const wsm_shell_t *const *all;
    int deaf[DEAF];
    int count;

    memset(text, 'x', LONG_TEXT);
    for (int i = 0; i < LONG_SHELLS; i++)
        (void)shell_make(self, &wish);
    for (int i = 0; i < DEAF; i++)
        deaf[i] = ask_for_list(self);
    assert_ok(wsm_shell_list(&all, &count, &self->service, &self->caller,
                             soon(), self->pool));
    assert_int_equal(count, LONG_SHELLS);
    assert_false(reads_whole(deaf[0]));
    assert_true(reads_whole(deaf[DEAF - 1]));
    for (int i = 0; i < DEAF; i++)
        close(deaf[i]);
}

/* ---- nonsense */

/** The same numbers in each run. */
static unsigned next(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 8;
}

static wsm_shell_message_t request_of(daemon_t *self, unsigned type,
                                      const char *shell, const char *command,
                                      apr_pool_t *pool)
{
    static const char *const names[] = {"stdout", "stderr"};
    const wsm_shell_piece_t piece = {"stdin", command, {"echo x\n", 7}, 0};
    wsm_shell_request_t request = {.type = (wsm_shell_message_e)type};
    wsm_shell_message_t message;

    request.caller = self->caller;
    request.shell_id = shell;
    request.deadline = apr_time_now() + apr_time_from_msec(20);
    request.wish.engine = "cmd";
    request.wish.resource_uri = "urn:x";
    request.command.command = "/bin/true";
    request.command.skip_shell = 1;
    request.command_id = command;
    request.pieces = &piece;
    request.npieces = 1;
    request.wanted = (wsm_shell_wanted_t){command, names, 2, 100};
    request.signal = WSM_SHELL_SIGNAL_CTRL_C;
    wsm_shell_message_begin(&message, request.type, pool);
    wsm_shell_request_write(&message, &request);
    (void)wsm_shell_message_end(&message);
    return message;
}

static void mutate(wsm_shell_message_t *message, unsigned *seed)
{
    const unsigned changes = next(seed) % 4;

    for (unsigned i = 0; i < changes; i++)
        message->data[8 + next(seed) % (message->length - 8)] =
            (char)next(seed);
    if (next(seed) % 4 == 0)
        message->length -= next(seed) % message->length;
}

static void test_bears_mutations(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *command = command_run(self, shell->id, "exec cat");
    unsigned seed = 1;

    for (int i = 0; i < MUTATIONS; i++) {
        unsigned type = 1 + next(&seed) % 12;
        wsm_shell_message_t message;
        struct pollfd ready;
        apr_pool_t *pool;
        char answer[512];

        if (type == WSM_SHELL_M_DELETE || type == WSM_SHELL_M_CREATE)
            continue;
        apr_pool_create(&pool, self->pool);
        message = request_of(self, type, shell->id, command, pool);
        mutate(&message, &seed);
        assert_ok(daemon_connect(&ready.fd, self, pool));
        (void)send(ready.fd, message.data, message.length, MSG_NOSIGNAL);
        ready.events = POLLIN;
        if (next(&seed) % 2 && poll(&ready, 1, 5) > 0)
            (void)recv(ready.fd, answer, sizeof(answer), 0);
        close(ready.fd);
        apr_pool_destroy(pool);
    }
    /* It still knows everybody. */
    heard_t heard =
        hear(self, shell->id, command_run(self, shell->id, "echo fine"));
    assert_string_equal(heard.out, "fine\n");
    heard_free(&heard);
    shell_delete(self, shell->id);
    shell_delete(self, shell_make(self, NULL)->id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_serves_many_at_once, start, stop),
        cmocka_unit_test_setup_teardown(test_answers_are_bounded, start, stop),
        cmocka_unit_test_setup_teardown(test_silence_takes_no_place, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_bears_mutations, start, stop),
    };
    int failed;

    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
