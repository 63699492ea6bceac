/* test_keeper_psrp.c - calls of clients as lines to a PowerShell engine: what
 * is said in which order, and when a call is answered. */
#include "keeper_psrp_fixture.h"

/* ---- Create */

static void create_waits_for_the_engine(void **state)
{
    asked_t *asked;

    (void)state;
    make_keeper();
    asked = create();
    assert_string_equal(keeper->argv[0], "pwsh");
    assert_string_equal(keeper->argv[1], "-s");
    assert_said_data(POOL, keeper->wish.creation);
    assert_true(keeper->wake > apr_time_now());
    /* Output may come before the line is acknowledged. */
    engine_sends(POOL, message(1, PSRP_SESSION_CAPABILITY, POOL, "<Obj/>"));
    assert_int_equal(asked->state, OPEN);
    engine_acks("DataAck", FIRST);
    engine_acks("CommandAck", POOL);
    assert_int_equal(asked->state, OPEN);
    engine_acks("DataAck", POOL);
    assert_int_equal(asked->state, ANSWERED);
    assert_int_equal(keeper->stdout_stream.pieces, 1);
    assert_true(keeper->wake == 0);
}

static void without_creation_xml_nothing_is_waited_for(void **state)
{
    (void)state;
    make_keeper();
    keeper->wish.creation = (wsm_shell_bytes_t){NULL, 0};
    assert_int_equal(create()->state, ANSWERED);
    assert_said("");
}

static void other_engines_can_be_named(void **state)
{
    static const char *const program[] = {"/usr/bin/engine", "--x", NULL};
    const wsm_shell_engine_t engine = {"e", WSM_SHELL_POWERSHELL, program};

    (void)state;
    make_keeper();
    keeper->shell.engine = &engine;
    create();
    assert_ptr_equal(keeper->argv, program);
}

static void a_missing_program_is_said(void **state)
{
    static const char *const program[] = {"/opt/engine", NULL};
    const wsm_shell_engine_t engine = {"e", WSM_SHELL_POWERSHELL, program};
    asked_t *asked;

    (void)state;
    make_keeper();
    keeper->start_fails = 2147942402u;
    asked = create();
    assert_int_equal(asked->state, REFUSED);
    assert_int_equal(asked->err->code, WSMAN_E_INTERNAL_ERROR);
    assert_int_equal(asked->err->number, 2147942402u);
    assert_non_null(strstr(asked->err->message, "install pwsh"));

    make_keeper();
    keeper->start_fails = 2147942405u;
    keeper->shell.engine = &engine;
    asked = create();
    assert_int_equal(asked->state, REFUSED);
    assert_non_null(
        strstr(asked->err->message,
               "the engine engine of this shell cannot be started"));
    assert_null(strstr(asked->err->message, "/opt"));
}

static void an_engine_that_dies_is_said(void **state)
{
    asked_t *asked;

    (void)state;
    make_keeper();
    asked = create();
    keeper->hooks.error(keeper, &keeper->engine, "no li", 5);
    keeper->hooks.error(keeper, &keeper->engine, "bicu\nmore\n", 10);
    engine_ends(134);
    assert_int_equal(asked->state, REFUSED);
    assert_int_equal(asked->err->code, WSMAN_E_INTERNAL_ERROR);
    assert_non_null(strstr(keeper->log, "killed by signal 6"));
    assert_non_null(strstr(keeper->log, "it said first: no libicu"));
}

static void an_engine_that_says_nothing_is_given_up(void **state)
{
    asked_t *asked;

    (void)state;
    make_keeper();
    asked = create();
    kind->tick(keeper);
    assert_int_equal(asked->state, REFUSED);
    assert_non_null(strstr(keeper->log, "does not answer"));
    engine_acks("DataAck", POOL);
}

static void creation_that_is_no_fragment_is_refused(void **state)
{
    asked_t *asked;

    (void)state;
    make_keeper();
    keeper->wish.creation.length--;
    asked = create();
    assert_int_equal(asked->state, REFUSED);
    assert_int_equal(asked->err->code, WSMAN_E_PARAMETER_INVALID_VALUE);
    assert_null(keeper->argv);
}

/* ---- input */

static void one_line_is_under_way_for_each_guid(void **state)
{
    wsm_shell_bytes_t one = message(4, 1, FIRST, "1");
    wsm_shell_bytes_t two = message(5, 1, FIRST, "2");

    (void)state;
    open_shell();
    start(FIRST);
    assert_int_equal(send_piece(FIRST, "stdin", one)->state, ANSWERED);
    assert_said_data(FIRST, one);
    assert_int_equal(send_piece(FIRST, "pr", two)->state, ANSWERED);
    assert_said("");
    assert_int_equal(send_piece(NULL, "stdin", two)->state, ANSWERED);
    assert_said_data(POOL, two);
    engine_acks("DataAck", POOL);
    assert_said("");
    engine_acks("DataAck", FIRST);
    assert_said(line_of(PSRP_DATA, PSRP_PROMPT_RESPONSE, FIRST, two));
    engine_acks("DataAck", FIRST);
    engine_acks("DataAck", FIRST); /* one too many */
    assert_said("");
}

static void pieces_of_a_send_are_one_line(void **state)
{
    wsm_shell_bytes_t one = message(4, 1, FIRST, "1");
    wsm_shell_bytes_t two = message(5, 1, FIRST, "2");
    asked_t *asked = ask(WSM_SHELL_M_SEND, NULL);
    wsm_shell_piece_t pieces[] = {
        {.stream = "stdin", .command_id = FIRST, .bytes = one},
        {.stream = "stdin", .command_id = FIRST, .bytes = {"", 0}, .end = 1},
        {.stream = "stdin", .command_id = FIRST, .bytes = two},
        {.stream = "pr", .command_id = FIRST, .bytes = one},
        {.stream = "stdin", .bytes = two},
    };

    (void)state;
    open_shell();
    start(FIRST);
    kind->send(keeper, &asked->call, pieces, COUNT(pieces));
    assert_int_equal(asked->state, ANSWERED);
    assert_said(apr_pstrcat(
        pool, line_of(PSRP_DATA, PSRP_DEFAULT, POOL, two),
        line_of(PSRP_DATA, PSRP_DEFAULT, FIRST, both(one, two)), NULL));
    engine_acks("DataAck", FIRST);
    assert_said(line_of(PSRP_DATA, PSRP_PROMPT_RESPONSE, FIRST, one));
}

static void an_empty_send_is_answered(void **state)
{
    (void)state;
    open_shell();
    assert_int_equal(
        send_piece(NULL, "stdin", (wsm_shell_bytes_t){"", 0})->state, ANSWERED);
    assert_said("");
}

static void input_of_another_form_is_refused(void **state)
{
    wsm_shell_bytes_t bytes = message(4, 1, FIRST, "1");
    asked_t *asked;

    (void)state;
    open_shell();
    bytes.length--;
    asked = send_piece(NULL, "stdin", bytes);
    assert_int_equal(asked->state, REFUSED);
    assert_int_equal(asked->err->code, WSMAN_E_PARAMETER_INVALID_VALUE);
    assert_said("");
}

/* Three of these are more than may wait. */
static wsm_shell_bytes_t much(const char *text)
{
    char *all = apr_pcalloc(pool, BUFFER * 2 / 5 + 1);

    memset(all, *text, BUFFER * 2 / 5);
    return message(4, 1, FIRST, all);
}

static void input_that_has_no_room_waits(void **state)
{
    wsm_shell_bytes_t one = message(5, 1, FIRST, "1");
    asked_t *third, *fourth;

    (void)state;
    open_shell();
    start(FIRST);
    assert_int_equal(send_piece(FIRST, "stdin", one)->state, ANSWERED);
    assert_said_data(FIRST, one);
    assert_int_equal(send_piece(FIRST, "stdin", much("a"))->state, ANSWERED);
    third = send_piece(FIRST, "stdin", much("b"));
    assert_int_equal(third->state, OPEN);
    /* It would fit, but not before the one that waits. */
    fourth = send_piece(FIRST, "stdin", one);
    assert_int_equal(fourth->state, OPEN);
    /* Other channels have their own room. */
    assert_int_equal(send_piece(NULL, "stdin", one)->state, ANSWERED);
    assert_said_data(POOL, one);
    engine_acks("DataAck", POOL);
    assert_int_equal(third->state, OPEN);
    engine_acks("DataAck", FIRST);
    assert_said_data(FIRST, much("a"));
    assert_int_equal(third->state, ANSWERED);
    assert_int_equal(fourth->state, ANSWERED);
    engine_acks("DataAck", FIRST);
    assert_said_data(FIRST, much("b"));
    engine_acks("DataAck", FIRST);
    assert_said_data(FIRST, one);
}

static void input_that_never_fits_is_refused(void **state)
{
    char *text = apr_pcalloc(pool, BUFFER + 1);
    asked_t *asked;

    (void)state;
    open_shell();
    memset(text, 'x', BUFFER);
    asked = send_piece(NULL, "stdin", message(4, 1, FIRST, text));
    assert_int_equal(asked->state, REFUSED);
    assert_int_equal(asked->err->code, WSMAN_E_QUOTA_LIMIT);
    assert_said("");
}

static void calls_that_are_gone_take_their_input_with_them(void **state)
{
    wsm_shell_bytes_t one = message(5, 1, FIRST, "1");
    asked_t *gone, *last;

    (void)state;
    open_shell();
    send_piece(NULL, "stdin", one);
    send_piece(NULL, "stdin", much("a"));
    gone = send_piece(NULL, "stdin", much("b"));
    last = send_piece(NULL, "stdin", one);
    kind->gone(keeper, &gone->call);
    apr_pool_destroy(gone->call.pool);
    assert_said_data(POOL, one);
    engine_acks("DataAck", POOL);
    assert_said_data(POOL, much("a"));
    assert_int_equal(last->state, ANSWERED);
    engine_acks("DataAck", POOL);
    assert_said_data(POOL, one);
    engine_acks("DataAck", POOL);
    assert_said("");
    assert_int_equal(gone->state, OPEN);
}

static void input_of_a_pipeline_that_is_stopped_is_lost(void **state)
{
    keeper_command_t *command;
    asked_t *waiting;

    (void)state;
    open_shell();
    command = start(FIRST);
    send_piece(FIRST, "stdin", message(5, 1, FIRST, "1"));
    send_piece(FIRST, "stdin", much("a"));
    waiting = send_piece(FIRST, "stdin", much("b"));
    assert_int_equal(waiting->state, OPEN);
    keeper->said[0] = '\0';
    signal_it(command, WSM_SHELL_SIGNAL_CTRL_C);
    assert_int_equal(waiting->state, ANSWERED);
    engine_acks("DataAck", FIRST);
    assert_said(said("Signal", FIRST));
    assert_int_equal(send_piece(FIRST, "stdin", much("b"))->state, ANSWERED);
    engine_acks("SignalAck", FIRST);
    assert_said("");
}

/* ---- Connect */

static asked_t *connect_with(wsm_shell_bytes_t request)
{
    asked_t *asked = ask(WSM_SHELL_M_CONNECT, NULL);

    kind->connect(keeper, &asked->call, request);
    return asked;
}

static wsm_shell_bytes_t connect_request(const char *text)
{
    return both(message(1, PSRP_SESSION_CAPABILITY, POOL, "<Obj/>"),
                message(2, PSRP_CONNECT_RUNSPACEPOOL, POOL, text));
}

static void engine_opens(void)
{
    engine_sends(POOL, message(1, PSRP_SESSION_CAPABILITY, POOL, "<C/>"));
    engine_sends(POOL, message(2, PSRP_APPLICATION_PRIVATE_DATA, POOL, "<A/>"));
    engine_sends(POOL, message(3, PSRP_RUNSPACEPOOL_STATE, POOL,
                               "<I32 N=\"RunspaceState\">2</I32>"));
}

static void a_second_client_hears_what_the_first_heard(void **state)
{
    static const char init[] =
        "<Obj RefId=\"0\"><MS><I32 N=\"MinRunspaces\">1</I32>"
        "<I32 N=\"MaxRunspaces\">4</I32></MS></Obj>";
    wsm_shell_bytes_t expected;
    asked_t *asked;

    (void)state;
    open_shell();
    assert_int_equal(connect_with(connect_request("<S/>"))->err->code,
                     WSMAN_E_UNSUPPORTED_FEATURE);
    engine_opens();
    assert_int_equal(keeper->stdout_stream.pieces, 3);
    asked = connect_with(connect_request("<S/>"));
    assert_int_equal(asked->state, ANSWERED);
    expected = both(
        message(1, PSRP_SESSION_CAPABILITY, POOL, "<C/>"),
        message(0x7fffffffffffffff, PSRP_RUNSPACEPOOL_INIT_DATA, POOL, init));
    assert_int_equal(asked->bytes.length, expected.length);
    assert_memory_equal(asked->bytes.data, expected.data, expected.length);
    assert_int_equal(keeper->stdout_stream.pieces, 5);
    assert_int_equal(
        connect_with(connect_request("<I32 N=\"MaxRunspaces\">4</I32>"))->state,
        ANSWERED);
}

static void bad_connects_are_refused(void **state)
{
    wsm_shell_bytes_t good = connect_request("<S/>");

    (void)state;
    open_shell();
    engine_opens();
    for (apr_size_t length = 0; length < good.length; length++) {
        asked_t *asked = connect_with((wsm_shell_bytes_t){good.data, length});

        assert_int_equal(asked->state, REFUSED);
        assert_int_equal(asked->err->code, WSMAN_E_PARAMETER_INVALID_VALUE);
    }
    assert_int_equal(connect_with(creation())->state, REFUSED);
    assert_int_equal(
        connect_with(connect_request("<I32 N=\"MaxRunspaces\">5</I32>"))->state,
        REFUSED);
}

static void long_records_are_not_kept(void **state)
{
    char *text = apr_pcalloc(pool, 40001);

    (void)state;
    open_shell();
    engine_opens();
    memset(text, 'x', 40000);
    engine_sends(POOL, message(4, PSRP_APPLICATION_PRIVATE_DATA, POOL, text));
    assert_int_equal(connect_with(connect_request("<S/>"))->state, REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(create_waits_for_the_engine),
        TEST(without_creation_xml_nothing_is_waited_for),
        TEST(other_engines_can_be_named),
        TEST(a_missing_program_is_said),
        TEST(an_engine_that_dies_is_said),
        TEST(an_engine_that_says_nothing_is_given_up),
        TEST(creation_that_is_no_fragment_is_refused),
        TEST(one_line_is_under_way_for_each_guid),
        TEST(pieces_of_a_send_are_one_line),
        TEST(an_empty_send_is_answered),
        TEST(input_of_another_form_is_refused),
        TEST(input_that_has_no_room_waits),
        TEST(input_that_never_fits_is_refused),
        TEST(input_of_a_pipeline_that_is_stopped_is_lost),
        TEST(calls_that_are_gone_take_their_input_with_them),
        TEST(a_second_client_hears_what_the_first_heard),
        TEST(bad_connects_are_refused),
        TEST(long_records_are_not_kept),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
