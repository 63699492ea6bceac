/* test_shelld_streams.c - bytes in and out: none is lost, none comes twice, and
 * none is kept without a bound.
 */
#include "shelld.h"

#include <sys/random.h>

#if defined(__SANITIZE_ADDRESS__)
#define MUCH ((apr_size_t)20 * 1024 * 1024)
#define MANY 200
#else
#define MUCH ((apr_size_t)100 * 1024 * 1024)
#define MANY 1000
#endif

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

static char *random_bytes(apr_size_t length)
{
    char *data = malloc(length);

    assert_non_null(data);
    for (apr_size_t at = 0; at < length;) {
        ssize_t got = getrandom(data + at, length - at, 0);

        assert_true(got > 0);
        at += (apr_size_t)got;
    }
    return data;
}

static void send_piece(daemon_t *self, const char *shell, const char *id,
                       const char *data, apr_size_t length, int end)
{
    const wsm_shell_piece_t piece = {"stdin", id, {data, length}, end};
    apr_pool_t *pool;

    apr_pool_create(&pool, self->pool);
    assert_ok(wsm_shell_send(&self->service, &self->caller, shell, &piece, 1,
                             soon(), pool));
    apr_pool_destroy(pool);
}

static void test_carries_random_bytes(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *file = apr_pstrcat(self->pool, self->folder, "/bytes", NULL);
    const char *id = command_run(
        self, shell->id,
        apr_pstrcat(self->pool, "cat > ", file, "; cat ", file, NULL));
    const apr_size_t part = 300007;
    char *data = random_bytes(MUCH);
    heard_t heard;

    for (apr_size_t at = 0; at < MUCH; at += part) {
        apr_size_t length = MUCH - at < part ? MUCH - at : part;

        send_piece(self, shell->id, id, data + at, length, at + length == MUCH);
    }
    heard = hear(self, shell->id, id);
    unlink(file);
    assert_int_equal(heard.out_length, MUCH);
    assert_memory_equal(heard.out, data, MUCH);
    assert_int_equal(heard.exit_code, 0);
    heard_free(&heard);
    free(data);
    shell_delete(self, shell->id);
}

/** Most of what a process has had in memory, kB. */
static long most_memory(apr_uint32_t pid)
{
    char path[64], line[256];
    long value = -1;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%u/status", pid);
    file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL)
        (void)sscanf(line, "VmHWM: %ld", &value);
    fclose(file);
    return value;
}

static void test_ends_at_once_without_loss(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_wish_t wish = {.no_profile = 1};
    const wsm_shell_t *shell = shell_make(self, &wish);
    long before = 0;

    for (int i = 0; i < MANY; i++) {
        const char *line = apr_psprintf(
            self->pool, "echo %d; echo %d >&2; exit %d", i, -i, i % 256);
        const char *id = command_run(self, shell->id, line);
        heard_t heard = hear(self, shell->id, id);

        assert_string_equal(heard.out, apr_psprintf(self->pool, "%d\n", i));
        assert_string_equal(heard.err, apr_psprintf(self->pool, "%d\n", -i));
        assert_int_equal(heard.exit_code, i % 256);
        heard_free(&heard);
        if (i == MANY / 10)
            before = most_memory(shell->pid);
        if (i % 2)
            assert_ok(wsm_shell_signal(&self->service, &self->caller, shell->id,
                                       id, WSM_SHELL_SIGNAL_TERMINATE, soon(),
                                       self->pool));
    }
#if !defined(__SANITIZE_ADDRESS__)
    assert_in_range(most_memory(shell->pid) - before, 0, 512);
#else
    (void)before;
#endif
    shell_delete(self, shell->id);
}

static void test_bounds_what_nobody_fetches(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *id = command_run(self, shell->id, "exec yes");
    apr_size_t got = 0;
    long before;

    before = most_memory(shell->pid);
    /* It stands still; a client that asks has it again. */
    for (int i = 0; i < 200; i++) {
        wsm_shell_output_t *output;
        apr_pool_t *pool;

        apr_pool_create(&pool, self->pool);
        assert_ok(receive(&output, self, shell->id, id, 100000, pool));
        for (int j = 0; j < output->npieces; j++)
            got += output->pieces[j].bytes.length;
        wsm_shell_settle(output, 1);
        apr_pool_destroy(pool);
    }
    assert_true(got > 200 * 20000);
#if !defined(__SANITIZE_ADDRESS__)
    assert_in_range(most_memory(shell->pid) - before, 0, 2048);
#else
    (void)before;
#endif
    assert_ok(wsm_shell_signal(&self->service, &self->caller, shell->id, id,
                               WSM_SHELL_SIGNAL_TERMINATE, soon(), self->pool));
    shell_delete(self, shell->id);
}

static void test_gives_again_what_did_not_arrive(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *id = command_run(self, shell->id, "echo one; exit 7");
    wsm_shell_output_t *output;
    heard_t heard;

    for (int i = 0; i < 3; i++) {
        assert_ok(receive(&output, self, shell->id, id, 1000, self->pool));
        assert_true(output->npieces > 0);
        if (i == 1) { /* as if the process had died */
            close(output->connection);
            output->connection = -1;
        } else
            wsm_shell_settle(output, 0);
    }
    heard = hear(self, shell->id, id);
    assert_string_equal(heard.out, "one\n");
    assert_int_equal(heard.ends, 2);
    assert_int_equal(heard.exit_code, 7);
    heard_free(&heard);
    /* Whoever asks once more hears of the end, and of nothing else. */
    assert_ok(receive(&output, self, shell->id, id, 1000, self->pool));
    assert_int_equal(output->npieces, 0);
    assert_true(output->done);
    assert_int_equal(output->exit_code, 7);
    wsm_shell_settle(output, 1);
    shell_delete(self, shell->id);
}

static void test_gives_no_more_than_fits(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *id = command_run(self, shell->id, "printf 0123456789; exit 4");
    apr_size_t length = 0;
    int done = 0;

    while (!done) {
        wsm_shell_output_t *output;

        assert_ok(receive(&output, self, shell->id, id, 3, self->pool));
        for (int i = 0; i < output->npieces; i++) {
            assert_in_range(output->pieces[i].bytes.length, 0, 3);
            length += output->pieces[i].bytes.length;
        }
        done = output->done;
        wsm_shell_settle(output, 1);
    }
    assert_int_equal(length, 10);
    shell_delete(self, shell->id);
}

static void test_holds_up_no_stream(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *id =
        command_run(self, shell->id, "echo heard >&2; exec yes >&1");
    const apr_size_t most = WSM_SHELL_PIECE_COST + 100;
    int heard = 0;

    /* Once stdout has more than fits, it will always have. */
    for (int i = 0; i < 10; i++) {
        wsm_shell_output_t *output;

        assert_ok(receive(&output, self, shell->id, id, most, self->pool));
        for (int j = 0; j < output->npieces; j++)
            heard = heard || strcmp(output->pieces[j].stream, "stderr") == 0;
        wsm_shell_settle(output, 1);
    }
    assert_true(heard);
    shell_delete(self, shell->id);
}

static void test_says_no_end_before_the_last_byte(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *id = command_run(self, shell->id, "printf 0123; exit 4");
    wsm_shell_output_t *output;
    apr_size_t length = 0;
    int ended = 0;

    do {
        assert_ok(receive(&output, self, shell->id, id, 3, self->pool));
        for (int i = 0; i < output->npieces; i++) {
            const wsm_shell_piece_t *piece = &output->pieces[i];

            if (strcmp(piece->stream, "stdout") != 0)
                continue;
            assert_false(ended);
            length += piece->bytes.length;
            ended = piece->end;
            assert_true(!ended || length == 4);
        }
        wsm_shell_settle(output, 1);
    } while (!output->done);
    assert_true(ended);
    shell_delete(self, shell->id);
}

static void test_waits_for_who_does_not_read(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *id = command_run(self, shell->id,
                                 "until [ -e go ]; do sleep .01; done; wc -c");
    const apr_size_t length = 200000;
    char *data = random_bytes(length);
    wsm_shell_piece_t piece = {"stdin", id, {data, length}, 0};
    wsm_error_t *err;
    heard_t heard;

    send_piece(self, shell->id, id, data, length, 0);
    /* Longer than the buffer, and the first is not yet read: nothing of it is
     * taken. */
    err = wsm_shell_send(&self->service, &self->caller, shell->id, &piece, 1,
                         apr_time_now() + apr_time_from_msec(200), self->pool);
    assert_number(err, 2150858793u);
    heard = hear(self, shell->id, command_run(self, shell->id, "touch go"));
    heard_free(&heard);
    send_piece(self, shell->id, id, data, length, 1);
    heard = hear(self, shell->id, id);
    assert_string_equal(heard.out, "400000\n");
    heard_free(&heard);
    heard = hear(self, shell->id, command_run(self, shell->id, "rm go"));
    heard_free(&heard);
    free(data);
    shell_delete(self, shell->id);
}

static void test_loses_input_of_the_dead(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *id = command_run(self, shell->id, "exec true");
    heard_t heard = hear(self, shell->id, id);

    heard_free(&heard);
    for (int i = 0; i < 5; i++)
        send_piece(self, shell->id, id, "lost", 4, i == 4);
    shell_delete(self, shell->id);
}

static void test_ends_though_something_is_left(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    const char *id = command_run(self, shell->id, "sleep 1000 & echo here");
    heard_t heard = hear(self, shell->id, id);

    assert_string_equal(heard.out, "here\n");
    assert_int_equal(heard.exit_code, 0);
    heard_free(&heard);
    shell_delete(self, shell->id);
}

static void test_keeps_all_of_what_is_fetched_late(void **state)
{
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, NULL);
    /* More than the buffer, less than that and the pipe; and somebody holds
     * the pipe when the command has ended for long. */
    const char *id =
        command_run(self, shell->id,
                    "sleep 1000 & head -c 100000 /dev/zero; exec 0<&-; exit 5");
    heard_t heard =
        hear(self, shell->id, command_run(self, shell->id, "sleep 2.5"));

    heard_free(&heard);
    heard = hear(self, shell->id, id);
    assert_int_equal(heard.out_length, 100000);
    assert_int_equal(heard.exit_code, 5);
    heard_free(&heard);
    shell_delete(self, shell->id);
}

static void test_speaks_code_pages(void **state)
{
    const wsm_shell_wish_t wish = {.code_page = 437, .no_profile = 1};
    daemon_t *self = *state;
    const wsm_shell_t *shell = shell_make(self, &wish);
    /* "ä" in two writes, "€" that it lacks, and a byte that is no text */
    const char *id =
        command_run(self, shell->id,
                    "printf '\\303'; sleep .1; printf "
                    "'\\244\\342\\202\\254\\377'; cat | od -An -tx1");
    heard_t heard;

    send_piece(self, shell->id, id, "\x84", 1, 1);
    heard = hear(self, shell->id, id);
    assert_int_equal(heard.out_length, 3 + strlen(" c3 a4\n"));
    assert_memory_equal(heard.out, "\x84?\xff c3 a4\n", heard.out_length);
    heard_free(&heard);
    shell_delete(self, shell->id);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(test_carries_random_bytes),
        TEST(test_ends_at_once_without_loss),
        TEST(test_bounds_what_nobody_fetches),
        TEST(test_gives_again_what_did_not_arrive),
        TEST(test_gives_no_more_than_fits),
        TEST(test_holds_up_no_stream),
        TEST(test_says_no_end_before_the_last_byte),
        TEST(test_waits_for_who_does_not_read),
        TEST(test_loses_input_of_the_dead),
        TEST(test_ends_though_something_is_left),
        TEST(test_keeps_all_of_what_is_fetched_late),
        TEST(test_speaks_code_pages),
    };
    int failed;

    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
