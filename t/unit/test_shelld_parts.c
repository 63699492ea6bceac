/* test_shelld_parts.c - what of the shell daemon needs no process: command
 * lines of Windows, code pages, bytes that wait.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/shelld/codepage.h"
#include "../../mod_wsman/shelld/descend.h"
#include "../../mod_wsman/shelld/line.h"
#include "../../mod_wsman/shelld/log_line.h"

static int make_pool(void **state)
{
    apr_pool_t *pool;

    apr_pool_create(&pool, NULL);
    *state = pool;
    return 0;
}

static int end_pool(void **state)
{
    apr_pool_destroy(*state);
    return 0;
}

/* ---- lines */

static void test_reads_lines(void **state)
{
    static const struct {
        const char *line;
        line_kind_e kind;
        const char *text;
    } cases[] = {
        {"ls -l", LINE_SHELL, "ls -l"},
        {"", LINE_SHELL, ""},
        {"  ls", LINE_SHELL, "  ls"},
        {"cmd", LINE_SHELL, "cmd"},
        {"cmd arg", LINE_SHELL, "cmd arg"},
        {"cmd /home/me", LINE_SHELL, "cmd /home/me"},
        {"cmd /cat/x", LINE_SHELL, "cmd /cat/x"},
        {"cmd /", LINE_SHELL, "cmd /"},
        {"cmdline /c ls", LINE_SHELL, "cmdline /c ls"},
        {"./cmd /c ls", LINE_SHELL, "./cmd /c ls"},
        {"cmd /c ls -l", LINE_SHELL, "ls -l"},
        {"CMD.EXE /C ls", LINE_SHELL, "ls"},
        {"  Cmd.exe   /c   ls", LINE_SHELL, "ls"},
        {"cmd /d /s /q /c ls", LINE_SHELL, "ls"},
        {"cmd /v:on /k ls", LINE_SHELL, "ls"},
        {"cmd /c \"echo a b\"", LINE_SHELL, "echo a b"},
        {"cmd /c\"echo a b\"", LINE_SHELL, "echo a b"},
        {"cmd /c \"a b\" \"c d\"", LINE_SHELL, "\"a b\" \"c d\""},
        {"cmd /c", LINE_SHELL, ""},
        {"cmd /c cmd /c ls", LINE_SHELL, "ls"},
        {"cmd /c echo cmd /c ls", LINE_SHELL, "echo cmd /c ls"},
        {"powershell -encodedcommand QQ==", LINE_POWERSHELL,
         "-encodedcommand QQ=="},
        {"PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted "
         "-EncodedCommand QQ==",
         LINE_POWERSHELL,
         "-NoProfile -NonInteractive -ExecutionPolicy Unrestricted "
         "-EncodedCommand QQ=="},
        {"powershell.exe -EncodedCommand QQ==", LINE_POWERSHELL,
         "-EncodedCommand QQ=="},
        {"cmd /c powershell -Command \"x\"", LINE_POWERSHELL, "-Command \"x\""},
        {"powershell", LINE_POWERSHELL, ""},
        {"powershells", LINE_SHELL, "powershells"},
        {"/bin/powershell", LINE_SHELL, "/bin/powershell"},
    };

    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *text;

        assert_int_equal(line_read(&text, cases[i].line, *state),
                         cases[i].kind);
        assert_string_equal(text, cases[i].text);
    }
}

static void test_reads_words(void **state)
{
    static const struct {
        const char *text;
        const char *words; /* in < > */
    } cases[] = {
        {"", "<p>"},
        {"a  b\tc ", "<p><a><b><c>"},
        {"\"a b\" c", "<p><a b><c>"},
        {"\"\"", "<p><>"},
        {"a\"b c\"d", "<p><ab cd>"},
        {"\"a \\\" b\"", "<p><a \" b>"},
        {"a\\\\b c\\", "<p><a\\\\b><c\\>"},
        {"\"a\\\\\" b", "<p><a\\><b>"},
        {"\\\\\\\"a b", "<p><\\\"a><b>"},
        {"'a b'", "<p><'a><b'>"},
        {"\"a b", "<p><a b>"},
        {"$x `y`", "<p><$x><`y`>"},
    };

    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *const *words = line_words("p", cases[i].text, *state);
        const char *all = "";

        for (; *words != NULL; words++)
            all = apr_pstrcat(*state, all, "<", *words, ">", NULL);
        assert_string_equal(all, cases[i].words);
    }
}

static void test_joins(void **state)
{
    static const char *const arguments[] = {"-a", "", "b c"};

    assert_string_equal(line_join("x", arguments, 3, *state), "x -a  b c");
    assert_string_equal(line_join("x", NULL, 0, *state), "x");
}

/* ---- code pages */

typedef struct text_t {
    char data[1024];
    apr_size_t length;
} text_t;

static void put(void *baton, const char *data, apr_size_t length)
{
    text_t *text = baton;

    assert_true(text->length + length < sizeof(text->data));
    memcpy(text->data + text->length, data, length);
    text->length += length;
}

static void test_knows_code_pages(void **state)
{
    codepage_t page;

    assert_null(codepage_name(0, *state));
    assert_null(codepage_name(65001, *state));
    assert_string_equal(codepage_name(437, *state), "CP437");
    assert_string_equal(codepage_name(28605, *state), "ISO-8859-15");
    assert_false(codepage_open(&page, codepage_name(12345, *state), "UTF-8"));
}

/** Whereever the text is cut, it is the same. */
static void test_converts_across_borders(void **state)
{
    static const struct {
        const char *to;
        const char *from;
        const char *text;
        const char *wanted;
    } cases[] = {
        {"CP437", "UTF-8", "a\xc3\xa4z", "a\x84z"},
        {"CP1252", "UTF-8", "\xe2\x82\xac", "\x80"},
        {"CP437", "UTF-8", "\xe2\x82\xac\xf0\x9f\x98\x80.", "??."},
        {"CP437", "UTF-8", "\xff\xfe\xc3.", "\xff\xfe\xc3."},
        {"CP437", "UTF-8", "\xe2\x82", "\xe2\x82"},
        {"CP932", "UTF-8", "\xe3\x81\x82", "\x82\xa0"},
        {"UTF-8", "CP932", "\x82\xa0z", "\xe3\x81\x82z"},
        {"UTF-8", "CP437", "\x84", "\xc3\xa4"},
    };

    (void)state;
    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (apr_size_t cut = 0; cut <= strlen(cases[i].text); cut++) {
            text_t got = {.length = 0};
            codepage_t page;

            assert_true(codepage_open(&page, cases[i].to, cases[i].from));
            codepage_convert(&page, cases[i].text, cut, put, &got);
            codepage_convert(&page, cases[i].text + cut,
                             strlen(cases[i].text) - cut, put, &got);
            codepage_finish(&page, put, &got);
            codepage_close(&page);
            assert_int_equal(got.length, strlen(cases[i].wanted));
            assert_memory_equal(got.data, cases[i].wanted, got.length);
        }
}

/* ---- streams */

static void test_keeps_pieces(void **state)
{
    stream_t stream = {.keeps_pieces = 1};
    wsm_shell_message_t message;

    wsm_shell_message_begin(&message, WSM_SHELL_M_OUTPUT, *state);
    stream_put(&stream, "one", 3);
    stream_put(&stream, "three", 5);
    assert_int_equal(stream_offer(&stream, 2, 0), 0);
    assert_int_equal(stream_offer(&stream, 2, 1), 3);
    assert_int_equal(stream_offer(&stream, 100, 0), 3);
    stream_lease(&stream, 3, &message);
    assert_int_equal(stream_offer(&stream, 100, 0), 5);
    stream_settle(&stream, 0);
    assert_int_equal(stream_offer(&stream, 100, 0), 3);
    stream_make_room(&stream, 5, 9);
    assert_int_equal(stream.length, 0);
    stream_put(&stream, "one", 3);
    stream_put(&stream, "three", 5);
    stream_make_room(&stream, 4, 9);
    assert_int_equal(stream_offer(&stream, 100, 0), 5);
    stream_clear(&stream);
    assert_null(stream.first);
}

static void test_leases(void **state)
{
    stream_t stream = {0};
    wsm_shell_message_t message;
    char text[40000];
    apr_size_t begin;

    for (apr_size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)(i * 7 / 3);
    stream_put(&stream, text, 100);
    stream_put(&stream, text + 100, sizeof(text) - 100);
    wsm_shell_message_begin(&message, WSM_SHELL_M_OUTPUT, *state);
    begin = message.length + 8;
    stream_lease(&stream, 30000, &message);
    assert_memory_equal(message.data + begin, text, 30000);
    assert_int_equal(stream_offer(&stream, 50000, 0), 10000);
    /* The oldest are lost under somebody's feet. */
    stream_make_room(&stream, 5000, 20000);
    assert_int_equal(stream.length, 15000);
    assert_int_equal(stream.leased, 5000);
    stream_settle(&stream, 1);
    assert_int_equal(stream.length, 10000);
    begin = message.length + 8;
    stream_lease(&stream, 10000, &message);
    assert_memory_equal(message.data + begin, text + 30000, 10000);
    stream_settle(&stream, 1);
    assert_int_equal(stream.length, 0);
    assert_null(stream.first);
}

/* ---- the log */

__attribute__((format(printf, 3, 4))) static size_t log_it(char *line,
                                                           const char *shell,
                                                           const char *format,
                                                           ...)
{
    va_list args;
    size_t length;

    va_start(args, format);
    length = log_line(line, 4, shell, format, args);
    va_end(args);
    line[length] = '\0';
    return length;
}

static void test_keeps_lines_whole(void **state)
{
    char line[LOG_LINE_MAX + 1];
    char much[3 * LOG_LINE_MAX];
    size_t length;

    (void)state;
    log_it(line, NULL, "%d left", 3);
    assert_string_equal(line, "<4>3 left\n");
    log_it(line, "A-1", "not made for %s", "a\n<0>b\r\x1b[2J\x7f\xc3\xa9");
    assert_string_equal(line,
                        "<4>shell A-1: not made for a?<0>b??[2J?\xc3\xa9\n");
    memset(much, 'x', sizeof(much) - 1);
    much[sizeof(much) - 1] = '\0';
    length = log_it(line, much, "%s", much);
    assert_in_range(length, 900, LOG_LINE_MAX);
    assert_int_equal(line[length - 1], '\n');
    assert_ptr_equal(strchr(line, '\n'), line + length - 1);
}

/* ---- descend.c */

/** A number that is another process's by now is not signalled. */
static void test_signals_only_whom_it_knows(void **state)
{
    const pid_t pid = fork();
    unsigned long long began;
    int status;

    (void)state;
    assert_true(pid >= 0);
    if (pid == 0)
        for (;;)
            pause();
    began = descend_start(pid);
    assert_true(began > 0);
    descend_signal(pid, began - 1, SIGKILL);
    descend_signal(pid, began + 1, SIGKILL);
    assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
    descend_signal(pid, began, SIGTERM);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
    assert_int_equal(descend_start(pid), 0);
    descend_signal(pid, 0, SIGKILL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_pool, end_pool)
    const struct CMUnitTest tests[] = {
        TEST(test_reads_lines),
        TEST(test_reads_words),
        TEST(test_joins),
        TEST(test_knows_code_pages),
        TEST(test_converts_across_borders),
        TEST(test_keeps_pieces),
        TEST(test_leases),
        TEST(test_keeps_lines_whole),
        TEST(test_signals_only_whom_it_knows),
    };
    int failed;

    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
