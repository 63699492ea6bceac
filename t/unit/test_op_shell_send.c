/* test_op_shell_send.c - Send: bytes come out as they were put in, the end is
 * seen however clients write it.
 */
#include "shell_daemon.h"

#define STREAM(attributes, text)                                               \
    "<rsp:Stream " attributes ">" text "</rsp:Stream>"
#define OF_COMMAND "Name=\"stdin\" CommandId=\"" T_COMMAND_ID "\""

static int send_streams(t_world_t *world, const char *streams)
{
    return t_ask_shell(
        world, WSM_ACTION_SEND,
        apr_pstrcat(world->pool, "<rsp:Send>", streams, "</rsp:Send>", NULL));
}

static const wsm_shell_piece_t *piece(int i)
{
    assert_int_equal(t_last_request()->type, WSM_SHELL_M_SEND);
    assert_true(i < t_last_request()->npieces);
    return &t_last_request()->pieces[i];
}

static void test_streams(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        send_streams(world, STREAM(OF_COMMAND, "aGVs\r\nbG8=") "\n" STREAM(
                                OF_COMMAND " End=\"true\"", "AP8K")),
        200);
    assert_int_equal(t_last_request()->npieces, 2);
    assert_string_equal(t_last_request()->shell_id, T_SHELL_ID);
    assert_string_equal(piece(0)->stream, "stdin");
    assert_string_equal(piece(0)->command_id, T_COMMAND_ID);
    assert_int_equal(piece(0)->bytes.length, 5);
    assert_memory_equal(piece(0)->bytes.data, "hello", 5);
    assert_int_equal(piece(0)->end, 0);
    assert_int_equal(piece(1)->bytes.length, 3);
    assert_memory_equal(piece(1)->bytes.data, "\0\377\n", 3);
    assert_int_equal(piece(1)->end, 1);
    assert_string_equal(world->outcome.operation, "Send");
    t_golden(world, "shell_send.xml");
    assert_int_equal(t_daemon->waited, 0);
}

static void test_ends(void **state)
{
    static const struct {
        const char *end;
        int is_end; /* -1: it is wrong */
    } cases[] = {{"True", 1},  {"False", 0}, {"TRUE", 1}, {"1", 1},
                 {"false", 0}, {"0", 0},     {"yes", -1}, {"", -1}};
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int status = send_streams(
            world, apr_pstrcat(world->pool, "<rsp:Stream " OF_COMMAND " End=\"",
                               cases[i].end, "\"/>", NULL));

        assert_int_equal(status, cases[i].is_end < 0 ? 500 : 200);
        if (cases[i].is_end < 0) {
            assert_string_equal(t_subcode(world), "w:SchemaValidationError");
            continue;
        }
        assert_int_equal(piece(0)->end, cases[i].is_end);
        assert_int_equal(piece(0)->bytes.length, 0);
    }
}

/* Every length modulo 3, every byte. */
static void test_all_bytes(void **state)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    t_world_t *world = *state;
    char text[5] = "";
    int i;

    for (i = 0; i < 256; i++) {
        apr_snprintf(text, sizeof(text), "%c%c==", digits[i >> 2],
                     digits[(i & 3) << 4]);
        t_daemon->count = 0;
        assert_int_equal(
            send_streams(world,
                         apr_pstrcat(world->pool, "<rsp:Stream " OF_COMMAND ">",
                                     text, "</rsp:Stream>", NULL)),
            200);
        assert_int_equal(piece(0)->bytes.length, 1);
        assert_int_equal((unsigned char)piece(0)->bytes.data[0], i);
    }
}

static void test_wrong_streams(void **state)
{
    t_world_t *world = *state;
    static const char *const cases[] = {
        "",
        "<rsp:Streem/>",
        STREAM("CommandId=\"1\"", "QQ=="),
        STREAM(OF_COMMAND, "Q"),
        STREAM(OF_COMMAND, "QQ"),
        STREAM(OF_COMMAND, "QQ="),
        STREAM(OF_COMMAND, "Q=Q="),
        STREAM(OF_COMMAND, "===="),
        STREAM(OF_COMMAND, "Q_=="),
        STREAM(OF_COMMAND, "QQ==<a/>"),
    };
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(send_streams(world, cases[i]), 500);
        assert_string_equal(t_subcode(world), "w:SchemaValidationError");
    }
    assert_int_equal(t_daemon->count, 0);
}

static void test_too_many_streams(void **state)
{
    t_world_t *world = *state;
    wsm_writer_t *out = wsm_writer_make(300000, world->pool);
    int i;

    for (i = 0; i < 1025; i++)
        wsm_write_lit(out, "<rsp:Stream " OF_COMMAND "/>");
    assert_int_equal(send_streams(world, wsm_writer_string(out, world->pool)),
                     500);
    assert_string_equal(t_subcode(world), "w:InvalidParameter");
    assert_int_equal(t_daemon->count, 0);
}

/* Input for no command is for PowerShell's own streams (3.1.4.1.31.1). */
static void test_stream_of_the_shell(void **state)
{
    t_world_t *world = *state;
    const char *body = "<rsp:Send>" STREAM("Name=\"stdin\"", "QQ==")
        STREAM("Name=\"pr\" CommandId=\"\"", "Qg==") "</rsp:Send>";

    assert_int_equal(t_ask_shell(world, WSM_ACTION_SEND, body), 500);
    assert_string_equal(t_subcode(world), "w:InternalError");
    assert_int_equal(t_number(world), 50);
    assert_int_equal(t_daemon->count, 0);
    assert_int_equal(
        t_ask(world, WSM_ACTION_SEND, T_POWERSHELL, T_SHELL_SELECT, body), 200);
    assert_null(piece(0)->command_id);
    assert_null(piece(1)->command_id);
    assert_string_equal(piece(1)->stream, "pr");
}

/* A Send that has to wait asks whether it may, and is sent as it was. */
static void test_waiting(void **state)
{
    t_world_t *world = *state;

    t_daemon->answers.times_out = 1;
    assert_int_equal(send_streams(world, STREAM(OF_COMMAND, "QQ==")), 200);
    assert_int_equal(t_daemon->count, 2);
    assert_int_equal(t_daemon->waited, 1);
    assert_true(t_daemon->requests[0].deadline <
                t_daemon->requests[1].deadline);
    assert_int_equal(piece(0)->bytes.data[0], 'A');
    t_daemon->count = 0;
    t_daemon->answers.times_out = 2;
    assert_int_equal(send_streams(world, STREAM(OF_COMMAND, "QQ==")), 500);
    assert_string_equal(t_subcode(world), "w:TimedOut");
    t_daemon->count = 0;
    t_daemon->too_many = 1;
    assert_int_equal(send_streams(world, STREAM(OF_COMMAND, "QQ==")), 500);
    assert_string_equal(t_subcode(world), "w:QuotaLimit");
    assert_int_equal(t_daemon->count, 1);
}

static void test_no_time_to_wait(void **state)
{
    t_world_t *world = *state;

    t_daemon->answers.times_out = 1;
    assert_int_equal(
        t_ask(world, WSM_ACTION_SEND, T_CMD,
              "<w:OperationTimeout>PT0.1S</w:OperationTimeout>" T_SHELL_SELECT,
              "<rsp:Send>" STREAM(OF_COMMAND, "QQ==") "</rsp:Send>"),
        500);
    assert_string_equal(t_subcode(world), "w:TimedOut");
    assert_int_equal(t_daemon->count, 1);
    assert_int_equal(t_daemon->waited, 0);
}

static const struct CMUnitTest tests[] = {
    T_SHELL_CASE(test_streams),          T_SHELL_CASE(test_ends),
    T_SHELL_CASE(test_all_bytes),        T_SHELL_CASE(test_wrong_streams),
    T_SHELL_CASE(test_too_many_streams), T_SHELL_CASE(test_stream_of_the_shell),
    T_SHELL_CASE(test_waiting),          T_SHELL_CASE(test_no_time_to_wait),
};

T_MAIN(tests)
