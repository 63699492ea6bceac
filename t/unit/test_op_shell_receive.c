/* test_op_shell_receive.c - Receive: what was got is told in the order and the
 * form that clients need, fits the reply, and is settled.
 */
#include "shell_daemon.h"

#define DESIRED(text)                                                          \
    "<rsp:Receive SequenceId=\"0\"><rsp:DesiredStream "                        \
    "CommandId=\"" T_COMMAND_ID "\">" text                                     \
    "</rsp:DesiredStream></rsp:Receive>"
#define BOTH DESIRED("stdout stderr")

static void answer(const wsm_shell_piece_t *pieces, int npieces)
{
    t_daemon->answers.pieces = pieces;
    t_daemon->answers.npieces = npieces;
}

static void test_output_and_end(void **state)
{
    static const wsm_shell_piece_t pieces[] = {
        {"stdout", T_COMMAND_ID, {"hello", 5}, 1},
        {"stderr", T_COMMAND_ID, {"\0\377\n", 3}, 0},
        {"stderr", T_COMMAND_ID, {NULL, 0}, 1}};
    t_world_t *world = *state;

    answer(pieces, 3);
    t_daemon->answers.done = 1;
    t_daemon->answers.has_exit_code = 1;
    t_daemon->answers.exit_code = 137;
    assert_int_equal(t_ask_shell(world, WSM_ACTION_RECEIVE, BOTH), 200);
    assert_int_equal(t_last_request()->type, WSM_SHELL_M_RECEIVE);
    assert_string_equal(t_last_request()->wanted.command_id, T_COMMAND_ID);
    assert_int_equal(t_last_request()->wanted.nstreams, 2);
    assert_string_equal(t_last_request()->wanted.streams[0], "stdout");
    assert_string_equal(t_last_request()->wanted.streams[1], "stderr");
    assert_int_equal(t_last_request()->deadline,
                     world->now + world->endpoint.limits.timeout);
    t_golden(world, "shell_receive_done.xml");
    assert_string_equal(t_xp(world, "string(//a:Action)"),
                        WSM_NS_SHELL "/ReceiveResponse");
    assert_string_equal(world->outcome.operation, "Receive");
    assert_int_equal(t_daemon->settled, T_SENT);
    assert_int_equal(t_daemon->waited, 1);
}

static void test_still_running(void **state)
{
    static const wsm_shell_piece_t piece = {
        "stdout", T_COMMAND_ID, {"x", 1}, 0};
    t_world_t *world = *state;

    answer(&piece, 1);
    assert_int_equal(t_ask_shell(world, WSM_ACTION_RECEIVE, BOTH), 200);
    t_golden(world, "shell_receive_running.xml");
}

/* A pipeline has no exit code, a shell no state; each fragment is a stream. */
static void test_powershell(void **state)
{
    static const wsm_shell_piece_t pieces[] = {{"stdout", NULL, {"a", 1}, 0},
                                               {"stdout", NULL, {"b", 1}, 0}};
    t_world_t *world = *state;

    answer(pieces, 2);
    assert_int_equal(t_ask(world, WSM_ACTION_RECEIVE, T_POWERSHELL,
                           T_SHELL_SELECT
                           "<w:OptionSet><w:Option MustComply=\"true\" "
                           "Name=\"WSMAN_CMDSHELL_OPTION_KEEPALIVE\">TRUE"
                           "</w:Option></w:OptionSet>",
                           "<rsp:Receive><rsp:DesiredStream>stdout"
                           "</rsp:DesiredStream></rsp:Receive>"),
                     200);
    assert_null(t_last_request()->wanted.command_id);
    t_golden(world, "shell_receive_fragments.xml");
    answer(NULL, 0);
    t_daemon->answers.done = 1;
    assert_int_equal(t_ask(world, WSM_ACTION_RECEIVE, T_POWERSHELL,
                           T_SHELL_SELECT, DESIRED("stdout")),
                     200);
    t_golden(world, "shell_receive_pipeline_done.xml");
}

/* What the answer may be: three bytes for four octets, and room for what
 * stands around them. */
static void test_all_that_fits(void **state)
{
    t_world_t *world = *state;
    wsm_shell_piece_t *pieces =
        apr_pcalloc(world->pool, 4000 * sizeof(*pieces));
    apr_size_t most;
    char *bytes;
    int n = 0;

    answer(pieces, 1);
    pieces[0].stream = "stdout";
    pieces[0].end = 1;
    pieces[0].command_id = T_COMMAND_ID;
    assert_int_equal(t_ask_shell(world, WSM_ACTION_RECEIVE, BOTH), 200);
    most = t_last_request()->wanted.most;
    assert_in_range(most, 512000 / 4 * 3 - 4096, 512000 / 4 * 3);
    bytes = memset(apr_palloc(world->pool, most), 'b', most);
    pieces[0].bytes.data = bytes;
    pieces[0].bytes.length = most - WSM_SHELL_PIECE_COST;
    assert_int_equal(t_ask_shell(world, WSM_ACTION_RECEIVE, BOTH), 200);
    /* As many of one byte as may be. */
    for (; most > WSM_SHELL_PIECE_COST; most -= WSM_SHELL_PIECE_COST + 1) {
        pieces[n] = pieces[0];
        pieces[n].end = 0;
        pieces[n++].bytes.length = 1;
    }
    answer(pieces, n);
    assert_int_equal(t_ask_shell(world, WSM_ACTION_RECEIVE, BOTH), 200);
    assert_string_equal(t_xp(world, "count(//rsp:Stream)"),
                        apr_itoa(world->pool, n));
}

/* The client's bound is the reply's. */
static void test_small_replies(void **state)
{
    static const wsm_shell_piece_t piece = {
        "stdout", T_COMMAND_ID, {"x", 1}, 0};
    t_world_t *world = *state;

    answer(&piece, 1);
    assert_int_equal(
        t_ask(world, WSM_ACTION_RECEIVE, T_CMD,
              "<w:MaxEnvelopeSize>8192</w:MaxEnvelopeSize>" T_SHELL_SELECT,
              BOTH),
        200);
    assert_in_range(t_last_request()->wanted.most, 4000, 6144);
}

/* Every length of bytes around the step of the encoder. */
static void test_lengths(void **state)
{
    static const apr_size_t lengths[] = {1,    2,    3,     6143, 6144,
                                         6145, 6146, 12288, 20000};
    t_world_t *world = *state;
    wsm_shell_piece_t piece = {"stdout", T_COMMAND_ID, {NULL, 0}, 0};
    unsigned char bytes[20000];
    unsigned i, j;

    for (i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)(i * 7 + i / 256);
    answer(&piece, 1);
    for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        const char *text;
        unsigned char out[3];

        piece.bytes.data = (const char *)bytes;
        piece.bytes.length = lengths[i];
        assert_int_equal(t_ask_shell(world, WSM_ACTION_RECEIVE, BOTH), 200);
        text = t_xp(world, "string(//rsp:Stream)");
        assert_int_equal(strlen(text), (lengths[i] + 2) / 3 * 4);
        for (j = 0; j + 3 <= lengths[i]; j += 3) {
            static const char digits[] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                "0123456789+/";
            unsigned group = 0;
            int k;

            for (k = 0; k < 4; k++)
                group =
                    group << 6 |
                    (unsigned)(strchr(digits, text[j / 3 * 4 + (unsigned)k]) -
                               digits);
            out[0] = (unsigned char)(group >> 16);
            out[1] = (unsigned char)(group >> 8);
            out[2] = (unsigned char)group;
            assert_memory_equal(out, bytes + j, 3);
        }
    }
}

/* A fault has nothing of the output: the next Receive must have it. */
static void test_what_does_not_fit_goes_back(void **state)
{
    t_world_t *world = *state;
    wsm_shell_piece_t piece = {"stdout", T_COMMAND_ID, {NULL, 0}, 0};

    piece.bytes.length = 20000;
    piece.bytes.data = apr_pcalloc(world->pool, 20000);
    answer(&piece, 1);
    assert_int_equal(
        t_ask(world, WSM_ACTION_RECEIVE, T_CMD,
              "<w:MaxEnvelopeSize>10000</w:MaxEnvelopeSize>" T_SHELL_SELECT,
              BOTH),
        500);
    assert_string_equal(t_subcode(world), "w:EncodingLimit");
    assert_null(world->outcome.settle);
    assert_int_equal(t_daemon->settled, T_NOT_SETTLED);
}

/* The transport says later that the client has gone. */
static void test_not_sent(void **state)
{
    static const wsm_shell_piece_t piece = {
        "stdout", T_COMMAND_ID, {"x", 1}, 0};
    t_world_t *world = *state;

    answer(&piece, 1);
    t_daemon->settled = T_SENT;
    assert_int_equal(
        t_call(world, WSM_ACTION_RECEIVE, T_CMD, T_SHELL_SELECT, BOTH), 200);
    assert_non_null(world->outcome.settle);
    world->outcome.settle(world->outcome.settle_baton, 0);
    t_daemon_join(t_daemon);
    assert_int_equal(t_daemon->settled, T_NOT_SETTLED);
}

static void test_timed_out(void **state)
{
    t_world_t *world = *state;

    t_daemon->answers.fails = WSMAN_E_TIMED_OUT;
    t_daemon->answers.number = 2150858793u;
    assert_int_equal(
        t_ask(world, WSM_ACTION_RECEIVE, T_CMD,
              "<w:OperationTimeout>PT5.0S</w:OperationTimeout>" T_SHELL_SELECT,
              BOTH),
        500);
    assert_int_equal(t_last_request()->deadline,
                     world->now + apr_time_from_sec(5));
    assert_string_equal(t_subcode(world), "w:TimedOut");
    assert_int_equal(t_number(world), 2150858793u);
    assert_non_null(
        strstr(t_xp(world, "string(//s:Reason)"), "OperationTimeout"));
    assert_null(world->outcome.settle);
    t_golden(world, "shell_timed_out.xml");
}

static void test_too_many_wait(void **state)
{
    t_world_t *world = *state;

    t_daemon->too_many = 1;
    assert_int_equal(t_ask_shell(world, WSM_ACTION_RECEIVE, BOTH), 500);
    assert_string_equal(t_subcode(world), "w:QuotaLimit");
    assert_int_equal(t_daemon->count, 0);
}

static int is_aborted(void *baton)
{
    (void)baton;
    return 1;
}

static void ready_and_gone(t_world_t *world, wsm_call_t *call)
{
    t_ready(world, call);
    call->aborted = is_aborted;
}

/* Who waits for nobody stops: the daemon sees its connection closed. */
static void test_the_client_is_gone(void **state)
{
    t_world_t *world = *state;

    world->ready = ready_and_gone;
    t_daemon->answers.hangs_up = 2; /* and says nothing */
    assert_int_equal(t_ask_shell(world, WSM_ACTION_RECEIVE, BOTH), 500);
    assert_string_equal(t_subcode(world), "w:InternalError");
    assert_int_equal(t_number(world), 995);
}

static void test_wrong_receives(void **state)
{
    static const char *const bodies[] = {
        "",
        "<rsp:Receive/>",
        "<rsp:Receive><rsp:Stream>stdout</rsp:Stream></rsp:Receive>",
        "<rsp:Receive><rsp:DesiredStream>stdout</rsp:DesiredStream>"
        "<rsp:DesiredStream>stderr</rsp:DesiredStream></rsp:Receive>",
        DESIRED("0123456789012345678901234567890123456789012345678901234567"
                "8901234"),
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        assert_int_equal(t_ask_shell(world, WSM_ACTION_RECEIVE, bodies[i]),
                         500);
        assert_string_equal(t_subcode(world), "w:SchemaValidationError");
    }
    assert_int_equal(t_ask_shell(world, WSM_ACTION_RECEIVE, DESIRED(" ")), 500);
    assert_int_equal(t_number(world), 2150859149u);
    assert_int_equal(t_daemon->count, 0);
}

static const struct CMUnitTest tests[] = {
    T_SHELL_CASE(test_output_and_end),
    T_SHELL_CASE(test_still_running),
    T_SHELL_CASE(test_powershell),
    T_SHELL_CASE(test_all_that_fits),
    T_SHELL_CASE(test_small_replies),
    T_SHELL_CASE(test_lengths),
    T_SHELL_CASE(test_what_does_not_fit_goes_back),
    T_SHELL_CASE(test_not_sent),
    T_SHELL_CASE(test_timed_out),
    T_SHELL_CASE(test_too_many_wait),
    T_SHELL_CASE(test_the_client_is_gone),
    T_SHELL_CASE(test_wrong_receives),
};

T_MAIN(tests)
