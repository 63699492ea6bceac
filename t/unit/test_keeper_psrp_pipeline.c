/* test_keeper_psrp_pipeline.c - pipelines of a PowerShell engine: their output,
 * how they end, and the end of the engine. */
#include "keeper_psrp_fixture.h"

/* ---- pipelines */

static void the_message_says_which_pipeline_it_is(void **state)
{
    wsm_shell_bytes_t first = message(3, 0x00021006, FIRST, "<Obj/>");
    asked_t *asked;

    (void)state;
    open_shell();
    run(new_command("my own name"), first);
    assert_said(said("Command", FIRST));
    asked = run(new_command(SECOND), first);
    assert_int_equal(asked->state, REFUSED);
    assert_int_equal(asked->err->number, 2150859222u);
    asked = run(new_command("another"), (wsm_shell_bytes_t){"", 0});
    assert_int_equal(asked->state, REFUSED);
    assert_int_equal(asked->err->code, WSMAN_E_PARAMETER_INVALID_VALUE);
    /* Without a message its own id is all there is. */
    asked = run(new_command("77777777-0102-4C4D-8899-AABBCCDDEEFF"),
                (wsm_shell_bytes_t){"", 0});
    assert_said(said("Command", SECOND));
    engine_acks("CommandAck", SECOND);
    assert_int_equal(asked->state, ANSWERED);
}

static void output_goes_where_it_belongs(void **state)
{
    wsm_shell_bytes_t one = message(8, 0x00041004, FIRST, "<S>1</S>");
    wsm_shell_bytes_t two = message(9, 0x00041004, FIRST, "<S>2</S>");
    keeper_command_t *first, *second;

    (void)state;
    open_shell();
    first = start(FIRST);
    second = start(SECOND);
    engine_sends("3E1EA5BB-0102-4C4D-8899-AABBCCDDEEFF", both(one, two));
    engine_sends(SECOND, two);
    engine_sends("77777777-7777-4c4d-8899-aabbccddeeff", one); /* unknown */
    assert_int_equal(keeper->streams[0]->pieces, 2);
    assert_memory_equal(keeper->streams[0]->data, one.data, one.length);
    assert_int_equal(keeper->streams[1]->pieces, 1);
    assert_memory_equal(keeper->streams[1]->data, two.data, two.length);
    assert_int_equal(keeper->stdout_stream.pieces, 0);
    assert_false(first->done || second->done);
}

static void the_last_state_ends_a_pipeline(void **state)
{
    static const int last[] = {3, 4, 5};

    (void)state;
    for (size_t i = 0; i < COUNT(last); i++) {
        keeper_command_t *command;

        open_shell();
        command = start(FIRST);
        engine_sends(FIRST, state_message(1));
        assert_false(command->done);
        engine_sends(FIRST, state_message(last[i]));
        assert_true(command->done);
        engine_sends(FIRST, message(9, 0x00041004, FIRST, "<S>2</S>"));
        assert_int_equal(keeper->streams[0]->pieces, 2);
        assert_int_equal(send_piece(FIRST, "stdin", state_message(1))->state,
                         ANSWERED);
        assert_said("");
        kind->forget(keeper, command);
        assert_null(command->baton);
        assert_said(said("Close", FIRST));
        engine_acks("CloseAck", FIRST);
    }
}

static void the_last_state_may_be_in_pieces(void **state)
{
    wsm_shell_bytes_t whole = state_message(4);
    const apr_size_t cut = 70;
    keeper_command_t *command;
    char first[200], second[200];

    (void)state;
    open_shell();
    command = start(FIRST);
    memcpy(first, whole.data, PSRP_FRAGMENT_HEAD + cut);
    memcpy(second, whole.data, PSRP_FRAGMENT_HEAD);
    memcpy(second + PSRP_FRAGMENT_HEAD, whole.data + PSRP_FRAGMENT_HEAD + cut,
           whole.length - PSRP_FRAGMENT_HEAD - cut);
    first[16] = 1;
    first[20] = (char)cut;
    second[15] = 1;
    second[16] = 2;
    second[20] = (char)(whole.length - PSRP_FRAGMENT_HEAD - cut);
    engine_sends(FIRST, (wsm_shell_bytes_t){first, PSRP_FRAGMENT_HEAD + cut});
    assert_false(command->done);
    engine_sends(FIRST, (wsm_shell_bytes_t){second, whole.length - cut});
    assert_true(command->done);
}

static void ctrl_c_stops_a_pipeline(void **state)
{
    wsm_shell_bytes_t one = message(4, 1, FIRST, "1");
    keeper_command_t *command;
    asked_t *asked;

    (void)state;
    open_shell();
    command = start(FIRST);
    send_piece(FIRST, "stdin", one);
    send_piece(FIRST, "stdin", one);
    assert_said_data(FIRST, one);
    asked = signal_it(command, WSM_SHELL_SIGNAL_CTRL_C);
    assert_said("");
    engine_acks("DataAck", FIRST);
    assert_said(said("Signal", FIRST));
    assert_int_equal(asked->state, OPEN);
    assert_false(command->done);
    engine_acks("SignalAck", FIRST);
    assert_int_equal(asked->state, ANSWERED);
    assert_true(command->done);
    /* Later ones find it done. */
    assert_int_equal(signal_it(command, WSM_SHELL_SIGNAL_CTRL_C)->state,
                     ANSWERED);
    assert_said("");
}

static void terminate_closes_a_pipeline(void **state)
{
    keeper_command_t *command;
    asked_t *asked;

    (void)state;
    open_shell();
    command = start(FIRST);
    asked = signal_it(command, WSM_SHELL_SIGNAL_TERMINATE);
    assert_said(said("Signal", FIRST));
    engine_acks("SignalAck", FIRST);
    assert_said(said("Close", FIRST));
    assert_true(command->done);
    assert_int_equal(asked->state, OPEN);
    engine_acks("CloseAck", FIRST);
    assert_int_equal(asked->state, ANSWERED);
    kind->forget(keeper, command);
    assert_said("");

    keeper->ncommands = 0;
    command = start(FIRST); /* the GUID is free again */
    engine_sends(FIRST, state_message(4));
    asked = signal_it(command, WSM_SHELL_SIGNAL_TERMINATE);
    assert_said(said("Close", FIRST));
    engine_acks("CloseAck", FIRST);
    assert_int_equal(asked->state, ANSWERED);
}

static void all_pipelines_can_be_stopped_at_once(void **state)
{
    keeper_command_t *first, *second;

    (void)state;
    open_shell();
    first = start(FIRST);
    second = start(SECOND);
    engine_sends(FIRST, state_message(4));
    kind->signal_quietly(keeper, first, WSM_SHELL_SIGNAL_TERMINATE);
    kind->signal_quietly(keeper, second, WSM_SHELL_SIGNAL_TERMINATE);
    assert_said(said("Signal", SECOND));
    kind->forget(keeper, first);
    kind->forget(keeper, second);
    assert_said(said("Close", FIRST));
    engine_acks("SignalAck", SECOND);
    assert_said(said("Close", SECOND));
    engine_acks("CloseAck", FIRST);
    engine_acks("CloseAck", SECOND);
    assert_said("");
}

static void a_command_whose_client_left_is_closed(void **state)
{
    wsm_shell_bytes_t first = message(3, 0x00021006, FIRST, "<Obj/>");
    keeper_command_t *command;
    asked_t *asked;

    (void)state;
    open_shell();
    command = new_command(FIRST);
    asked = run(command, first);
    assert_said(said("Command", FIRST));
    kind->gone(keeper, &asked->call);
    apr_pool_destroy(asked->call.pool);
    assert_true(command->done);
    engine_acks("CommandAck", FIRST);
    assert_said_data(FIRST, first);
    engine_acks("DataAck", FIRST);
    assert_said(said("Close", FIRST));
    engine_acks("CloseAck", FIRST);
    kind->forget(keeper, command);
    assert_said("");
}

static void pipelines_are_bounded(void **state)
{
    int started = 0;
    asked_t *asked;

    (void)state;
    open_shell();
    keeper->policy.limits.commands = 2;
    do {
        char guid[37];

        apr_snprintf(guid, sizeof(guid),
                     "%08d"
                     "-0102-4c4d-8899-aabbccddeeff",
                     started);
        keeper->ncommands = 0;
        asked = run(new_command(apr_pstrdup(pool, guid)),
                    message(3, 0x00021006, guid, ""));
        /* Its end is never acknowledged. */
        if (asked->state == OPEN)
            kind->forget(keeper, keeper->commands[0]);
        keeper->said[0] = '\0';
    } while (asked->state == OPEN && ++started < 1000);
    assert_int_equal(asked->state, REFUSED);
    assert_int_equal(asked->err->number, 2150859241u);
    assert_in_range(started, 2, 100);
}

/* ---- room */

static void a_full_stream_stops_reading(void **state)
{
    wsm_shell_bytes_t one = message(8, 0x00041004, FIRST, "<S>1</S>");

    (void)state;
    open_shell();
    start(FIRST);
    keeper->streams[0]->is_full = 1;
    assert_false(keeper->is_paused);
    engine_sends(FIRST, one);
    assert_true(keeper->is_paused);
    assert_int_equal(keeper->streams[0]->pieces, 1);
    keeper->streams[0]->is_full = 0;
    kind->room(keeper, keeper->streams[0]);
    assert_false(keeper->is_paused);
}

/* What the engine acknowledges comes behind what it has said before. */
static void acknowledgements_come_through(void **state)
{
    char *text = apr_pcalloc(pool, 20001);
    wsm_shell_bytes_t much;
    keeper_command_t *second;
    asked_t *asked;
    int read = 0;

    (void)state;
    open_shell();
    start(FIRST);
    second = start(SECOND);
    memset(text, 'x', 20000);
    much = message(8, 0x00041004, FIRST, text);
    keeper->streams[0]->is_full = 1;
    engine_sends(FIRST, much);
    assert_true(keeper->is_paused);
    asked = signal_it(second, WSM_SHELL_SIGNAL_CTRL_C);
    assert_false(keeper->is_paused);
    for (; read < 10 && !keeper->is_paused; read++) {
        keeper->streams[0]->length = 0;
        engine_sends(FIRST, much);
    }
    assert_in_range(read, 3, 5); /* as much again as is kept */
    keeper->streams[0]->is_full = 0;
    kind->room(keeper, keeper->streams[0]);
    assert_false(keeper->is_paused);
    keeper->streams[0]->is_full = 1;
    keeper->streams[0]->length = 0;
    engine_sends(FIRST, much);
    assert_false(keeper->is_paused);
    engine_acks("SignalAck", SECOND);
    assert_int_equal(asked->state, ANSWERED);
    assert_true(keeper->is_paused);
}

static void output_of_a_stopped_pipeline_does_not_stop_reading(void **state)
{
    wsm_shell_bytes_t one = message(8, 0x00041004, FIRST, "<S>1</S>");
    keeper_command_t *command;

    (void)state;
    open_shell();
    command = start(FIRST);
    keeper->streams[0]->is_full = 1;
    engine_sends(FIRST, one);
    assert_true(keeper->is_paused);
    signal_it(command, WSM_SHELL_SIGNAL_CTRL_C);
    assert_false(keeper->is_paused);
    engine_sends(FIRST, one);
    assert_int_equal(keeper->streams[0]->pieces, 1);
    engine_sends(FIRST, state_message(3));
    assert_int_equal(keeper->streams[0]->pieces, 2);
    assert_true(command->done);
    assert_false(keeper->is_paused);
}

/* ---- an engine that misbehaves, and the end */

static void noise_is_logged_within_bounds(void **state)
{
    (void)state;
    open_shell();
    for (int i = 0; i < 1000; i++) {
        engine_says("Hello, I am an engine");
        engine_says("");
        keeper->hooks.error(keeper, &keeper->engine, "oops\n", 5);
    }
    assert_non_null(strstr(keeper->log, "Hello, I am"));
    assert_in_range(keeper->nlogged, 10, 100);
    assert_false(keeper->is_killed);
}

static void an_engine_of_another_protocol_is_killed(void **state)
{
    static const char *const lines[] = {
        "<Data Stream='Default' PSGuid='" POOL "'>AAAA</Data>",
        "<Data Stream='Default' PSGuid='" POOL "'></Data>",
        "<Data Stream='Default' PSGuid='" POOL "'>A</Data>",
        "<Data PSGuid='" POOL "'>AAAA</Data>",
        "<DataAck PSGuid='1' />",
        "<Close PSGuid='" POOL "' />",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        open_shell();
        engine_says(lines[i]);
        assert_true(keeper->is_killed);
        engine_sends(POOL, state_message(1));
        assert_int_equal(keeper->stdout_stream.pieces, 0);
        engine_ends(137);
        assert_true(keeper->is_closed);
    }
}

static void the_end_of_an_engine_is_the_end_of_pipelines(void **state)
{
    wsm_shell_bytes_t one = message(4, 1, FIRST, "1");
    keeper_command_t *command, *other;
    asked_t *first, *second;

    (void)state;
    open_shell();
    command = start(FIRST);
    other = start(SECOND);
    first = signal_it(command, WSM_SHELL_SIGNAL_CTRL_C);
    second = signal_it(other, WSM_SHELL_SIGNAL_TERMINATE);
    engine_ends(3);
    assert_int_equal(first->state, REFUSED);
    assert_int_equal(first->err->number, 995);
    assert_int_equal(second->state, REFUSED);
    assert_true(other->done);
    kind->forget(keeper, other);
    assert_true(command->done);
    assert_non_null(strstr(keeper->log, "exit code 3"));
    /* Its client can hear it; everything else is told that there is no such
     * shell. */
    assert_false(keeper->is_closed);
    assert_true(keeper->wake > apr_time_now());
    first = send_piece(NULL, "stdin", one);
    assert_int_equal(first->state, REFUSED);
    assert_int_equal(first->err->number, 2150858843u);
    first = run(new_command(FIRST), message(3, 0x00021006, FIRST, ""));
    assert_int_equal(first->err->number, 2150858843u);
    assert_int_equal(signal_it(command, WSM_SHELL_SIGNAL_TERMINATE)->state,
                     ANSWERED);
    kind->forget(keeper, command);
    assert_true(keeper->is_closed);
}

static void a_shell_without_engine_ends_when_all_is_known(void **state)
{
    keeper_command_t *first, *second;

    (void)state;
    open_shell();
    first = start(FIRST);
    second = start(SECOND);
    kind->fetched(keeper, first); /* nothing comes of it before */
    engine_ends(0);
    kind->fetched(keeper, first);
    assert_false(keeper->is_closed);
    kind->fetched(keeper, second);
    assert_true(keeper->is_closed);
    kind->forget(keeper, first);
    kind->forget(keeper, second);
}

static void an_engine_without_pipelines_ends_the_shell(void **state)
{
    (void)state;
    open_shell();
    engine_ends(0);
    assert_true(keeper->is_closed);

    open_shell();
    start(FIRST);
    engine_ends(0);
    assert_false(keeper->is_closed);
    kind->tick(keeper);
    assert_true(keeper->is_closed);
}

static void delete_closes_in_order(void **state)
{
    wsm_shell_bytes_t one = message(4, 1, FIRST, "1");
    asked_t *waiting;

    (void)state;
    open_shell();
    waiting = signal_it(start(SECOND), WSM_SHELL_SIGNAL_CTRL_C);
    assert_said(said("Signal", SECOND));
    start(FIRST);
    send_piece(FIRST, "stdin", one);
    assert_said_data(FIRST, one);
    keeper->streams[1]->is_full = 1;
    engine_sends(FIRST, one);
    kind->close(keeper);
    assert_int_equal(waiting->state, REFUSED);
    assert_false(keeper->is_paused);
    assert_said(said("Close", POOL));
    engine_acks("DataAck", FIRST);
    assert_said(said("Close", FIRST));
    engine_acks("CloseAck", FIRST);
    engine_acks("SignalAck", SECOND);
    assert_said(said("Close", SECOND));
    engine_acks("CloseAck", SECOND);
    assert_false(keeper->is_input_ended);
    engine_acks("CloseAck", POOL);
    assert_true(keeper->is_input_ended);
    assert_false(keeper->is_closed);
    engine_ends(0);
    assert_true(keeper->is_closed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_message_says_which_pipeline_it_is),
        TEST(output_goes_where_it_belongs),
        TEST(the_last_state_ends_a_pipeline),
        TEST(the_last_state_may_be_in_pieces),
        TEST(ctrl_c_stops_a_pipeline),
        TEST(terminate_closes_a_pipeline),
        TEST(all_pipelines_can_be_stopped_at_once),
        TEST(a_command_whose_client_left_is_closed),
        TEST(pipelines_are_bounded),
        TEST(a_full_stream_stops_reading),
        TEST(acknowledgements_come_through),
        TEST(output_of_a_stopped_pipeline_does_not_stop_reading),
        TEST(noise_is_logged_within_bounds),
        TEST(an_engine_of_another_protocol_is_killed),
        TEST(the_end_of_an_engine_is_the_end_of_pipelines),
        TEST(a_shell_without_engine_ends_when_all_is_known),
        TEST(an_engine_without_pipelines_ends_the_shell),
        TEST(delete_closes_in_order),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
