/* test_op_shell_command.c - Command and Signal.
 */
#include "shell_daemon.h"

#define LINE(attributes, elements)                                             \
    "<rsp:CommandLine" attributes ">" elements "</rsp:CommandLine>"
#define COMMAND(text)  "<rsp:Command>" text "</rsp:Command>"
#define ARGUMENT(text) "<rsp:Arguments>" text "</rsp:Arguments>"

static int command(t_world_t *world, const char *headers, const char *body)
{
    return t_ask(world, WSM_ACTION_COMMAND, T_CMD,
                 apr_pstrcat(world->pool, T_SHELL_SELECT, headers, NULL), body);
}

static const wsm_shell_command_wish_t *wish(void)
{
    assert_int_equal(t_last_request()->type, WSM_SHELL_M_COMMAND);
    assert_string_equal(t_last_request()->shell_id, T_SHELL_ID);
    return &t_last_request()->command;
}

static void test_command(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        command(world, "",
                LINE("", "\n" COMMAND("<![CDATA[ls <dir>]]>") "\n" ARGUMENT(
                             " -l ") ARGUMENT("") ARGUMENT("a &amp; b"))),
        200);
    assert_string_equal(wish()->command, "ls <dir>");
    assert_int_equal(wish()->narguments, 3);
    assert_string_equal(wish()->arguments[0], " -l ");
    assert_string_equal(wish()->arguments[1], "");
    assert_string_equal(wish()->arguments[2], "a & b");
    assert_null(wish()->id);
    assert_int_equal(wish()->skip_shell, 0);
    assert_int_equal(wish()->first.length, 0);
    assert_string_equal(world->outcome.operation, "Command");
    assert_string_equal(t_xp(world, "string(//a:Action)"),
                        WSM_NS_SHELL "/CommandResponse");
    t_golden(world, "shell_command.xml");
}

static void test_options_of_a_command(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        command(world,
                "<w:OptionSet s:mustUnderstand=\"true\">"
                "<w:Option Name=\"WINRS_CONSOLEMODE_STDIN\">FALSE</w:Option>"
                "<w:Option Name=\"WINRS_SKIP_CMD_SHELL\">tRUE</w:Option>"
                "</w:OptionSet>",
                LINE(" CommandId=\"" T_COMMAND_ID "\"", COMMAND("true"))),
        200);
    assert_string_equal(wish()->id, T_COMMAND_ID);
    assert_int_equal(wish()->skip_shell, 1);
    assert_int_equal(
        command(world,
                "<w:OptionSet><w:Option Name=\"WINRS_SKIP_CMD_SHELL\">2"
                "</w:Option></w:OptionSet>",
                LINE("", COMMAND("true"))),
        500);
    assert_string_equal(t_subcode(world), "w:InvalidOptions");
    assert_int_equal(
        command(world,
                "<w:OptionSet><w:Option Name=\"WINRS_CONSOLEMODE_STDIN\">?"
                "</w:Option></w:OptionSet>",
                LINE("", COMMAND("true"))),
        500);
}

/* The arguments of a pipeline are its first fragment. */
static void test_pipeline(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        t_ask(world, WSM_ACTION_COMMAND, T_POWERSHELL, T_SHELL_SELECT,
              LINE(" CommandId=\"" T_COMMAND_ID "\"",
                   COMMAND("") ARGUMENT("AAEC\nAw==") ARGUMENT("BA=="))),
        200);
    assert_string_equal(wish()->command, "");
    assert_int_equal(wish()->first.length, 5);
    assert_memory_equal(wish()->first.data, "\0\1\2\3\4", 5);
    assert_int_equal(t_ask(world, WSM_ACTION_COMMAND, T_POWERSHELL,
                           T_SHELL_SELECT, LINE("", COMMAND("") ARGUMENT("?"))),
                     500);
    assert_string_equal(t_subcode(world), "w:SchemaValidationError");
}

/* At the URI of all shells, the shell itself says what it is. */
static void test_kind_from_the_shell(void **state)
{
    t_world_t *world = *state;
    wsm_shell_t shell = t_shell;

    shell.kind = WSM_SHELL_POWERSHELL;
    t_daemon->answers.shells = &shell;
    /* It answers with shells to GET, with commands to COMMAND. */
    assert_int_equal(t_ask(world, WSM_ACTION_COMMAND, WSM_NS_SHELL,
                           T_SHELL_SELECT,
                           LINE("", COMMAND(" ") ARGUMENT("QQ=="))),
                     200);
    assert_int_equal(t_daemon->count, 2);
    assert_int_equal(t_daemon->requests[0].type, WSM_SHELL_M_GET);
    assert_int_equal(wish()->first.length, 1);
    assert_int_equal(wish()->first.data[0], 'A');
}

static void test_wrong_commands(void **state)
{
    static const struct {
        const char *body;
        const char *subcode;
        unsigned long number;
    } cases[] = {
        {"", "w:SchemaValidationError", 2150858817u},
        {LINE("", ""), "w:SchemaValidationError", 2150858817u},
        {LINE("", COMMAND(" ")), "w:SchemaValidationError", 2150858817u},
        {LINE("", ARGUMENT("x")), "w:SchemaValidationError", 2150858817u},
        {LINE("", COMMAND("a") COMMAND("b")), "w:SchemaValidationError",
         2150858817u},
        {LINE("", COMMAND("a") "<rsp:Argument/>"), "w:SchemaValidationError",
         2150858817u},
        {LINE("", COMMAND("a" COMMAND("b"))), "w:SchemaValidationError",
         2150858817u},
        {LINE("", COMMAND("a") ARGUMENT("x<y/>")), "w:SchemaValidationError",
         2150858817u},
        {LINE(" CommandId=\"1\"", COMMAND("a")), "w:InvalidParameter",
         2150859220u},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(command(world, "", cases[i].body), 500);
        assert_string_equal(t_subcode(world), cases[i].subcode);
        assert_int_equal(t_number(world), cases[i].number);
    }
    assert_int_equal(t_daemon->count, 0);
}

static void test_too_many_arguments(void **state)
{
    t_world_t *world = *state;
    wsm_writer_t *out = wsm_writer_make(300000, world->pool);
    int i;

    wsm_write_lit(out, "<rsp:CommandLine>" COMMAND("a"));
    for (i = 0; i < 4097; i++)
        wsm_write_lit(out, "<rsp:Arguments/>");
    wsm_write_lit(out, "</rsp:CommandLine>");
    assert_int_equal(command(world, "", wsm_writer_string(out, world->pool)),
                     500);
    assert_string_equal(t_subcode(world), "w:InvalidParameter");
    assert_int_equal(t_daemon->count, 0);
}

/* ---- Signal */

static int send_signal(t_world_t *world, const char *code)
{
    return t_ask_shell(world, WSM_ACTION_SIGNAL,
                       apr_pstrcat(world->pool,
                                   "<rsp:Signal CommandId=\"" T_COMMAND_ID
                                   "\"><rsp:Code>",
                                   code, "</rsp:Code></rsp:Signal>", NULL));
}

static void test_signals(void **state)
{
    static const struct {
        const char *code;
        wsm_shell_signal_e signal;
    } cases[] = {
        {WSM_SHELL_SIGNAL "terminate", WSM_SHELL_SIGNAL_TERMINATE},
        {WSM_SHELL_SIGNAL "Terminate", WSM_SHELL_SIGNAL_TERMINATE},
        {WSM_SHELL_SIGNAL "ctrl_c", WSM_SHELL_SIGNAL_CTRL_C},
        {" " WSM_SHELL_SIGNAL "CTRL_C\n", WSM_SHELL_SIGNAL_CTRL_C},
        {WSM_SHELL_SIGNAL "ctrl_break", WSM_SHELL_SIGNAL_CTRL_BREAK},
        {"powershell/signal/ctrl_c", WSM_SHELL_SIGNAL_CTRL_C},
        {"powershell/signal/crtl_c", WSM_SHELL_SIGNAL_CTRL_C},
        {"PowerShell/signal/Ctrl_C", WSM_SHELL_SIGNAL_CTRL_C},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(send_signal(world, cases[i].code), 200);
        assert_int_equal(t_last_request()->type, WSM_SHELL_M_SIGNAL);
        assert_int_equal(t_last_request()->signal, cases[i].signal);
        assert_string_equal(t_last_request()->command_id, T_COMMAND_ID);
    }
    assert_string_equal(world->outcome.operation, "Signal");
    t_golden(world, "shell_signal.xml");
}

static void test_signal_to_all(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(t_ask_shell(world, WSM_ACTION_SIGNAL,
                                 "<rsp:Signal><rsp:Code>" WSM_SHELL_SIGNAL
                                 "ctrl_c</rsp:Code></rsp:Signal>"),
                     200);
    assert_null(t_last_request()->command_id);
}

static void test_wrong_signals(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(send_signal(world, WSM_SHELL_SIGNAL "hangup"), 500);
    assert_string_equal(t_subcode(world), "w:InvalidParameter");
    assert_string_equal(t_detail(world), "InvalidValue");
    assert_int_equal(t_number(world), 87);
    assert_int_equal(t_ask_shell(world, WSM_ACTION_SIGNAL, "<rsp:Signal/>"),
                     500);
    assert_string_equal(t_subcode(world), "w:SchemaValidationError");
    assert_int_equal(t_ask_shell(world, WSM_ACTION_SIGNAL, "<rsp:Code/>"), 500);
    assert_int_equal(t_daemon->count, 0);
}

static const struct CMUnitTest tests[] = {
    T_SHELL_CASE(test_command),        T_SHELL_CASE(test_options_of_a_command),
    T_SHELL_CASE(test_pipeline),       T_SHELL_CASE(test_kind_from_the_shell),
    T_SHELL_CASE(test_wrong_commands), T_SHELL_CASE(test_too_many_arguments),
    T_SHELL_CASE(test_signals),        T_SHELL_CASE(test_signal_to_all),
    T_SHELL_CASE(test_wrong_signals),
};

T_MAIN(tests)
