/* test_op_shell_connect.c - Disconnect, Reconnect and Connect.
 */
#include "shell_daemon.h"

static void test_disconnect(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        t_ask(world, WSM_ACTION_DISCONNECT, T_POWERSHELL, T_SHELL_SELECT,
              "<rsp:Disconnect><rsp:IdleTimeOut>PT300.5S</rsp:IdleTimeOut>"
              "<rsp:BufferMode>Drop</rsp:BufferMode></rsp:Disconnect>"),
        200);
    assert_int_equal(t_last_request()->type, WSM_SHELL_M_DISCONNECT);
    assert_string_equal(t_last_request()->shell_id, T_SHELL_ID);
    assert_int_equal(t_last_request()->idle_timeout,
                     apr_time_from_msec(300500));
    assert_int_equal(t_last_request()->buffer, WSM_SHELL_BUFFER_DROP);
    assert_non_null(strstr(world->text, "<s:Body></s:Body>"));
    assert_string_equal(world->outcome.operation, "Disconnect");
    assert_int_equal(
        t_ask_shell(world, WSM_ACTION_DISCONNECT, "<rsp:Disconnect/>"), 200);
    assert_int_equal(t_last_request()->idle_timeout, 0);
    assert_int_equal(t_last_request()->buffer, WSM_SHELL_BUFFER_UNSET);
}

static void test_reconnect(void **state)
{
    static const char *const bodies[] = {
        "", "<rsp:Reconnect/>", "<rsp:Reconnect><rsp:Any/></rsp:Reconnect>"};
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        assert_int_equal(t_ask_shell(world, WSM_ACTION_RECONNECT, bodies[i]),
                         200);
        assert_int_equal(t_last_request()->type, WSM_SHELL_M_RECONNECT);
        assert_string_equal(t_last_request()->shell_id, T_SHELL_ID);
    }
    assert_non_null(strstr(world->text, "<s:Body></s:Body>"));
    assert_string_equal(t_xp(world, "string(//a:Action)"),
                        WSM_ACTION_RECONNECT "Response");
}

static void test_connect(void **state)
{
    t_world_t *world = *state;
    wsm_shell_t shell = t_shell;

    shell.response.data = "\0\1\2";
    shell.response.length = 3;
    t_daemon->answers.shells = &shell;
    assert_int_equal(t_ask(world, WSM_ACTION_CONNECT, T_POWERSHELL,
                           T_SHELL_SELECT,
                           "<rsp:Connect><connectXml xmlns=\"" WSM_NS_POWERSHELL
                           "\">AA==</connectXml></rsp:Connect>"),
                     200);
    assert_int_equal(t_last_request()->type, WSM_SHELL_M_CONNECT);
    assert_int_equal(t_last_request()->bytes.length, 1);
    assert_int_equal(t_last_request()->bytes.data[0], 0);
    t_golden(world, "shell_connect.xml");
}

static void test_connect_without_xml(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(t_ask_shell(world, WSM_ACTION_CONNECT, "<rsp:Connect/>"),
                     200);
    assert_int_equal(t_last_request()->bytes.length, 0);
    assert_non_null(
        strstr(world->text, "<rsp:ConnectResponse></rsp:ConnectResponse>"));
}

/* A command of a shell that is connected: it is there, or not. */
static void test_one_command(void **state)
{
    static const struct {
        const char *action;
        const char *body;
        int status;
    } cases[] = {
        {WSM_ACTION_CONNECT, "<rsp:Connect CommandId=\"" T_COMMAND_ID "\"/>",
         200},
        {WSM_ACTION_RECONNECT,
         "<rsp:Reconnect CommandId=\"" T_COMMAND_ID "\"/>", 200},
        {WSM_ACTION_CONNECT, "<rsp:Connect CommandId=\"" T_SHELL_ID "\"/>",
         500},
        {WSM_ACTION_RECONNECT, "<rsp:Reconnect CommandId=\"" T_SHELL_ID "\"/>",
         500},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(t_ask_shell(world, cases[i].action, cases[i].body),
                         cases[i].status);
        assert_int_equal(t_last_request()->type, WSM_SHELL_M_LIST_COMMANDS);
        if (cases[i].status != 200) {
            assert_string_equal(t_subcode(world), "w:InvalidParameter");
            assert_int_equal(t_number(world), 87);
        }
    }
}

static void test_wrong_bodies(void **state)
{
    static const struct {
        const char *action;
        const char *body;
    } cases[] = {
        {WSM_ACTION_DISCONNECT, ""},
        {WSM_ACTION_DISCONNECT, "<rsp:Connect/>"},
        {WSM_ACTION_DISCONNECT, "<rsp:Disconnect><rsp:IdleTimeOut>1"
                                "</rsp:IdleTimeOut></rsp:Disconnect>"},
        {WSM_ACTION_DISCONNECT, "<rsp:Disconnect><rsp:BufferMode/>"
                                "</rsp:Disconnect>"},
        {WSM_ACTION_DISCONNECT, "<rsp:Disconnect><rsp:Lifetime>PT1S"
                                "</rsp:Lifetime></rsp:Disconnect>"},
        {WSM_ACTION_CONNECT, ""},
        {WSM_ACTION_CONNECT, "<rsp:Connect><connectXml>-</connectXml>"
                             "</rsp:Connect>"},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(t_ask_shell(world, cases[i].action, cases[i].body),
                         500);
        assert_string_equal(t_subcode(world), "w:SchemaValidationError");
    }
    assert_int_equal(t_daemon->count, 0);
}

static const struct CMUnitTest tests[] = {
    T_SHELL_CASE(test_disconnect),  T_SHELL_CASE(test_reconnect),
    T_SHELL_CASE(test_connect),     T_SHELL_CASE(test_connect_without_xml),
    T_SHELL_CASE(test_one_command), T_SHELL_CASE(test_wrong_bodies),
};

T_MAIN(tests)
