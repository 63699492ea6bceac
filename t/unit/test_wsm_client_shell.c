/* test_wsm_client_shell.c - remote shells: what is sent, compared with golden
 * bodies, and answers as Windows writes them.
 */
#include "test_wsm_client_common.h"

#include "../../mod_wsman/client/wsm_client_shell.h"
#include "../../mod_wsman/soap/wsm_names.h"

#define SHELL   "0A442A7F-4627-43AE-8751-900B509F0A1F"
#define COMMAND "77DF7BB6-B5A0-4777-ABD9-9823C0774074"
#define DONE    WSM_NS_SHELL "/CommandState/Done"
#define RUNNING WSM_NS_SHELL "/CommandState/Running"

/** A service that says one thing, and remembers what it heard. */
typedef struct service_t {
    const char *body; /* what it answers */
    const char *sent;
    int count;
} service_t;

static const char *between(const char *text, const char *begin, const char *end)
{
    const char *from = strstr(text, begin), *to;
    if (!from)
        return "";
    from += strlen(begin);
    to = strstr(from, end);
    assert_non_null(to);
    return apr_pstrmemdup(pool, from, (apr_size_t)(to - from));
}

static wsm_failure_t *exchange(void *baton, wsm_client_exchange_t *exchange,
                               apr_pool_t *in)
{
    service_t *service = baton;
    const char *text;
    service->sent = apr_pstrmemdup(pool, exchange->body, exchange->length);
    service->count++;
    text =
        apr_pstrcat(in,
                    "<s:Envelope xml:lang=\"en-US\" xmlns:s=\"" WSM_NS_SOAP
                    "\" xmlns:a=\"" WSM_NS_WSA "\" xmlns:x=\"" WSM_NS_TRANSFER
                    "\" xmlns:w=\"" WSM_NS_WSMAN "\" xmlns:n=\"" WSM_NS_ENUM
                    "\" xmlns:rsp=\"" WSM_NS_SHELL "\"><s:Header><a:RelatesTo>",
                    between(service->sent, "<a:MessageID>", "</a:MessageID>"),
                    "</a:RelatesTo></s:Header><s:Body>", service->body,
                    "</s:Body></s:Envelope>", NULL);
    exchange->answers = 1;
    exchange->status = strstr(service->body, "<s:Fault>") ? 500 : 200;
    exchange->type = "application/soap+xml;charset=UTF-8";
    exchange->take(exchange, text, strlen(text));
    return NULL;
}

static wsm_client_t *client_of(service_t *service)
{
    static const wsm_option_t option = {.name = "o", .value = "v"};
    wsm_transport_t transport = {exchange, service};
    wsm_client_config_t config;
    wsm_client_defaults(&config);
    config.to = "http://server:5985/wsman";
    config.options = &option;
    config.noptions = 1;
    config.session = "uuid:00000000-0000-4000-8000-000000000002";
    return wsm_client_make(&config, &transport, pool);
}

static wsm_client_shell_t the_shell(void)
{
    wsm_client_shell_t shell;
    wsm_client_shell_refer(&shell, NULL, SHELL, pool);
    return shell;
}

static const char *fault(const char *subcode, const char *number)
{
    return apr_pstrcat(
        pool,
        "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>",
        subcode,
        "</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"\">The "
        "operation did not end in time.</s:Text></s:Reason><s:Detail>"
        "<f:WSManFault xmlns:f=\"" WSM_NS_FAULT "\" Code=\"",
        number,
        "\" Machine=\"server\"><f:Message>Sorry.</f:Message></f:WSManFault>"
        "</s:Detail></s:Fault>",
        NULL);
}

/** What was sent, but for the ids that are new each time. */
static void assert_sent(const char *name, const service_t *service)
{
    const char *id = strstr(service->sent, "<a:MessageID>uuid:");
    char *text = apr_pstrdup(pool, service->sent);
    assert_non_null(id);
    memset(text + (id - service->sent) + strlen("<a:MessageID>uuid:"), '0', 36);
    assert_golden(name, text);
}

/* ---- Shells */

static const char created[] =
    "<x:ResourceCreated><a:Address>http://server:5985/wsman</a:Address>"
    "<a:ReferenceParameters><w:ResourceURI>" WSM_CLIENT_SHELL_CMD
    "</w:ResourceURI><w:SelectorSet><w:Selector Name=\"ShellId\">" SHELL
    "</w:Selector></w:SelectorSet></a:ReferenceParameters>"
    "</x:ResourceCreated>";
static const char described[] =
    "<rsp:Shell><rsp:ShellId>" SHELL "</rsp:ShellId>"
    "<rsp:ResourceUri>" WSM_CLIENT_SHELL_CMD "</rsp:ResourceUri>"
    "<rsp:Owner>SERVER\\admin</rsp:Owner><rsp:ClientIP>192.0.2.1"
    "</rsp:ClientIP><rsp:IdleTimeOut>PT7200.000S</rsp:IdleTimeOut>"
    "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>"
    "stdout stderr</rsp:OutputStreams></rsp:Shell>";

static void test_create(void **state)
{
    static const wsm_client_variable_t environment[] = {
        {"A", " 1 < 2 & \"3\"\n"}, {"B", ""}};
    const wsm_client_shell_wish_t wishes[] = {
        {.input_streams = NULL},
        {.id = SHELL,
         .name = "a < b",
         .directory = "/srv/a & b",
         .environment = environment,
         .nenvironment = 2,
         .idle_timeout = apr_time_from_sec(900),
         .lifetime = apr_time_from_msec(1500),
         .input_streams = "stdin",
         .output_streams = "stdout",
         .code_page = 65001,
         .no_profile = 1},
    };
    static const char *const golden[] = {"shell-create.xml",
                                         "shell-create-all.xml"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        service_t service = {.body =
                                 apr_pstrcat(pool, created, described, NULL)};
        wsm_client_shell_t shell;
        assert_no_failure(wsm_client_shell_create(client_of(&service), &shell,
                                                  &wishes[i], pool));
        assert_string_equal(shell.id, SHELL);
        assert_string_equal(shell.target.resource_uri, WSM_CLIENT_SHELL_CMD);
        assert_int_equal(shell.target.nselectors, 1);
        assert_string_equal(shell.target.selectors[0].name, "ShellId");
        assert_string_equal(shell.target.selectors[0].value, SHELL);
        assert_sent(golden[i], &service);
    }
}

/** Some services send only one of the two (R8). */
static void test_created(void **state)
{
    const char *const good[] = {created, described};
    const char *const bad[] = {"", "<x:Other/>", "<rsp:Shell/>",
                               "<x:ResourceCreated/>"};
    const wsm_client_shell_wish_t wish = {.input_streams = "stdin"};
    wsm_client_shell_t shell;
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        service_t service = {.body = good[i]};
        assert_no_failure(
            wsm_client_shell_create(client_of(&service), &shell, &wish, pool));
        assert_string_equal(shell.id, SHELL);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        service_t service = {.body = bad[i]};
        assert_failure(
            wsm_client_shell_create(client_of(&service), &shell, &wish, pool),
            WSM_FAILURE_ANSWER, "");
    }
}

static void test_delete(void **state)
{
    service_t service = {.body = ""};
    wsm_client_shell_t shell = the_shell();
    (void)state;
    assert_no_failure(
        wsm_client_shell_delete(client_of(&service), &shell, pool));
    assert_sent("shell-delete.xml", &service);
    service.body = fault("w:InvalidSelectors", "2150858843");
    assert_true(wsm_client_fault_is(
        wsm_client_shell_delete(client_of(&service), &shell, pool),
        WSM_CLIENT_UNKNOWN_SHELL));
}

static void test_leave_and_come_back(void **state)
{
    service_t service = {.body = ""};
    wsm_client_t *client = client_of(&service);
    wsm_client_shell_t shell = the_shell();
    (void)state;
    assert_no_failure(wsm_client_shell_disconnect(
        client, &shell, apr_time_from_sec(180), pool));
    assert_sent("shell-disconnect.xml", &service);
    assert_no_failure(wsm_client_shell_disconnect(client, &shell, 0, pool));
    assert_string_equal(between(service.sent, "<s:Body>", "</s:Body>"),
                        "<rsp:Disconnect></rsp:Disconnect>");
    assert_no_failure(wsm_client_shell_reconnect(client, &shell, pool));
    assert_sent("shell-reconnect.xml", &service);
    service.body = "<rsp:ConnectResponse/>";
    assert_no_failure(wsm_client_shell_connect(client, &shell, pool));
    assert_sent("shell-connect.xml", &service);
}

/* ---- Commands */

static void test_command(void **state)
{
    static const char *const arguments[] = {"a b", "", "<&>\"'", "\xc3\xa4"};
    static const struct {
        wsm_client_command_t command;
        const char *golden;
    } cases[] = {
        {{.command = "echo a | wc"}, "shell-command.xml"},
        {{.id = COMMAND,
          .command = "printf",
          .arguments = arguments,
          .narguments = 4,
          .skip_shell = 1,
          .is_piped = 1},
         "shell-command-all.xml"},
    };
    wsm_client_shell_t shell = the_shell();
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        service_t service = {.body =
                                 "<rsp:CommandResponse><rsp:CommandId>" COMMAND
                                 "</rsp:CommandId></rsp:CommandResponse>"};
        const char *id;
        assert_no_failure(wsm_client_shell_command(
            client_of(&service), &id, &shell, &cases[i].command, pool));
        assert_string_equal(id, COMMAND);
        assert_sent(cases[i].golden, &service);
    }
}

static void test_command_without_id(void **state)
{
    service_t service = {.body = "<rsp:CommandResponse/>"};
    wsm_client_shell_t shell = the_shell();
    wsm_client_command_t command = {.command = "true"};
    const char *id;
    (void)state;
    assert_failure(wsm_client_shell_command(client_of(&service), &id, &shell,
                                            &command, pool),
                   WSM_FAILURE_ANSWER, "");
}

/** What XML cannot carry is not sent in another form. */
static void test_not_writable(void **state)
{
    static const char *const bad[] = {"\x01", "a\x1b[0m",     "\xff",
                                      "\xc3", "\xef\xbf\xbf", "\xed\xa0\x80"};
    static const char *const good[] = {"\t\r\n", "\xef\xbf\xbd",
                                       "\xf0\x9f\x98\x80", "\x7f"};
    wsm_client_shell_t shell = the_shell();
    service_t service = {.body = "<rsp:CommandResponse><rsp:CommandId>1"
                                 "</rsp:CommandId></rsp:CommandResponse>"};
    wsm_client_t *client = client_of(&service);
    const char *id;
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        wsm_client_variable_t variable = {"A", bad[i]};
        wsm_client_command_t command = {
            .command = "echo", .arguments = &bad[i], .narguments = 1};
        wsm_client_shell_wish_t wishes[] = {
            {.directory = bad[i]},
            {.environment = &variable, .nenvironment = 1}};
        assert_failure(
            wsm_client_shell_command(client, &id, &shell, &command, pool),
            WSM_FAILURE_USE, "cannot be sent");
        for (int j = 0; j < 2; j++)
            assert_failure(
                wsm_client_shell_create(client, &shell, &wishes[j], pool),
                WSM_FAILURE_USE, "cannot be sent");
    }
    assert_int_equal(service.count, 0);
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        wsm_client_command_t command = {.command = good[i]};
        assert_no_failure(
            wsm_client_shell_command(client, &id, &shell, &command, pool));
    }
}

static void test_signal(void **state)
{
    static const struct {
        wsm_client_signal_e code;
        const char *name;
    } cases[] = {{WSM_CLIENT_SIGNAL_TERMINATE, "terminate"},
                 {WSM_CLIENT_SIGNAL_CTRL_C, "ctrl_c"},
                 {WSM_CLIENT_SIGNAL_CTRL_BREAK, "ctrl_break"}};
    service_t service = {.body = "<rsp:SignalResponse/>"};
    wsm_client_t *client = client_of(&service);
    wsm_client_shell_t shell = the_shell();
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_no_failure(wsm_client_shell_signal(client, &shell, COMMAND,
                                                  cases[i].code, pool));
        assert_string_equal(between(service.sent, "<s:Body>", "</s:Body>"),
                            apr_pstrcat(pool,
                                        "<rsp:Signal CommandId=\"" COMMAND
                                        "\"><rsp:Code>" WSM_NS_SHELL "/signal/",
                                        cases[i].name,
                                        "</rsp:Code></rsp:Signal>", NULL));
    }
    assert_sent("shell-signal.xml", &service);
}

static void test_commands(void **state)
{
    service_t service = {
        .body = "<n:EnumerateResponse><n:EnumerationContext/><w:Items>"
                "<rsp:Command><rsp:CommandId>one</rsp:CommandId></rsp:Command>"
                "<rsp:Command><rsp:CommandId>two</rsp:CommandId></rsp:Command>"
                "</w:Items><w:EndOfSequence/></n:EnumerateResponse>"};
    wsm_client_shell_t shell = the_shell();
    const char *const *ids;
    (void)state;
    assert_no_failure(
        wsm_client_shell_commands(client_of(&service), &ids, &shell, pool));
    assert_string_equal(ids[0], "one");
    assert_string_equal(ids[1], "two");
    assert_null(ids[2]);
    assert_non_null(strstr(service.sent, WSM_NS_SHELL "/Command<"));
    assert_non_null(strstr(service.sent, "<w:Selector Name=\"ShellId\">" SHELL
                                         "</w:Selector></w:Sel"
                                         "ectorSet></w:Filter>"));
}

/* ---- Streams */

static void test_send(void **state)
{
    service_t service = {.body = "<rsp:SendResponse/>"};
    wsm_client_t *client = client_of(&service);
    wsm_client_shell_t shell = the_shell();
    (void)state;
    assert_no_failure(wsm_client_shell_send(client, &shell, COMMAND, "stdin",
                                            "a\0b\xff", 4, 0, pool));
    assert_sent("shell-send.xml", &service);
    assert_no_failure(
        wsm_client_shell_send(client, &shell, NULL, "stdin", NULL, 0, 1, pool));
    assert_string_equal(between(service.sent, "<s:Body>", "</s:Body>"),
                        "<rsp:Send><rsp:Stream Name=\"stdin\" End=\"true\">"
                        "</rsp:Stream></rsp:Send>");
    service.body = fault("w:TimedOut", "2150858793");
    assert_true(wsm_client_fault_is(
        wsm_client_shell_send(client, &shell, NULL, "stdin", "a", 1, 1, pool),
        WSM_CLIENT_TIMED_OUT));
}

static wsm_failure_t *receive(service_t *service, wsm_client_output_t *output)
{
    wsm_client_shell_t shell = the_shell();
    return wsm_client_shell_receive(client_of(service), output, &shell, COMMAND,
                                    "stdout stderr", pool);
}

/** As Windows sends it: data, the ends of both streams, the state. */
static void test_receive(void **state)
{
    service_t service = {
        .body = "<rsp:ReceiveResponse>"
                "<rsp:Stream Name=\"stdout\" CommandId=\"" COMMAND "\">"
                "aGVsbG8gd29y\n bGQNCg==</rsp:Stream>"
                "<rsp:Stream Name=\"stderr\" CommandId=\"" COMMAND "\">AP8="
                "</rsp:Stream>"
                "<rsp:Stream Name=\"stdout\" CommandId=\"" COMMAND
                "\" End=\"true\"></rsp:Stream>"
                "<rsp:Stream Name=\"stderr\" CommandId=\"" COMMAND
                "\" End=\"True\"/>"
                "<rsp:CommandState CommandId=\"" COMMAND "\" State=\"" DONE
                "\"><rsp:ExitCode>4294967295</rsp:ExitCode></rsp:CommandState>"
                "</rsp:ReceiveResponse>"};
    static const wsm_client_piece_t pieces[] = {
        {"stdout", "hello world\r\n", 13, 0},
        {"stderr", "\0\xff", 2, 0},
        {"stdout", "", 0, 1},
        {"stderr", "", 0, 1}};
    wsm_client_output_t output;
    (void)state;
    assert_no_failure(receive(&service, &output));
    assert_sent("shell-receive.xml", &service);
    assert_int_equal(output.npieces, 4);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(output.pieces[i].stream, pieces[i].stream);
        assert_int_equal(output.pieces[i].length, pieces[i].length);
        assert_memory_equal(output.pieces[i].data, pieces[i].data,
                            pieces[i].length);
        assert_int_equal(output.pieces[i].end, pieces[i].end);
    }
    assert_true(output.done);
    assert_true(output.has_exit_code);
    assert_int_equal(output.exit_code, 4294967295u);
}

static void test_receive_states(void **state)
{
    static const struct {
        const char *state;
        int done, has, code;
    } cases[] = {
        {"", 0, 0, 0},
        {"<rsp:CommandState CommandId=\"" COMMAND "\" State=\"" RUNNING "\"/>",
         0, 0, 0},
        /* Of the specification's example: a running command's code is none */
        {"<rsp:CommandState CommandId=\"" COMMAND "\" State=\"" RUNNING
         "\"><rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState>",
         0, 0, 0},
        {"<rsp:CommandState State=\"" DONE "\"/>", 1, 0, 0},
        {"<rsp:CommandState CommandId=\"" COMMAND "\" State=\"" DONE
         "\"><rsp:ExitCode>-1</rsp:ExitCode></rsp:CommandState>",
         1, 1, -1},
        {"<rsp:CommandState CommandId=\"another\" State=\"" DONE "\"/>", 0, 0,
         0},
        {"<rsp:Stream Name=\"stdout\" CommandId=\"another\">AA==</rsp:Stream>",
         0, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        service_t service = {
            .body = apr_pstrcat(pool, "<rsp:ReceiveResponse>", cases[i].state,
                                "</rsp:ReceiveResponse>", NULL)};
        wsm_client_output_t output;
        assert_no_failure(receive(&service, &output));
        assert_int_equal(output.npieces, 0);
        assert_int_equal(output.done, cases[i].done);
        assert_int_equal(output.has_exit_code, cases[i].has);
        assert_int_equal((int)output.exit_code, cases[i].code);
    }
}

static void test_receive_nothing(void **state)
{
    service_t service = {.body = fault("w:TimedOut", "2150858793")};
    wsm_client_output_t output;
    (void)state;
    assert_no_failure(receive(&service, &output));
    assert_int_equal(output.npieces, 0);
    assert_false(output.done);
    service.body = fault("w:InvalidSelectors", "2150858843");
    assert_failure(receive(&service, &output), WSM_FAILURE_FAULT, "operation");
}

static void test_receive_nonsense(void **state)
{
    static const char *const cases[] = {
        "",
        "<rsp:Other/>",
        "<rsp:ReceiveResponse><rsp:Stream>AA==</rsp:Stream>"
        "</rsp:ReceiveResponse>",
        "<rsp:ReceiveResponse><rsp:Stream Name=\"stdout\">AA=</rsp:Stream>"
        "</rsp:ReceiveResponse>",
        "<rsp:ReceiveResponse><rsp:Stream Name=\"stdout\">A===</rsp:Stream>"
        "</rsp:ReceiveResponse>",
        "<rsp:ReceiveResponse><rsp:Stream Name=\"stdout\">A=AA</rsp:Stream>"
        "</rsp:ReceiveResponse>",
        "<rsp:ReceiveResponse><rsp:Stream Name=\"stdout\">A-_A</rsp:Stream>"
        "</rsp:ReceiveResponse>",
        "<rsp:ReceiveResponse><rsp:Stream Name=\"stdout\" End=\"maybe\"/>"
        "</rsp:ReceiveResponse>",
        "<rsp:ReceiveResponse><rsp:CommandState State=\"" DONE
        "\"><rsp:ExitCode>many</rsp:ExitCode></rsp:CommandState>"
        "</rsp:ReceiveResponse>",
        "<rsp:ReceiveResponse><rsp:CommandState State=\"" DONE
        "\"><rsp:ExitCode>4294967296</rsp:ExitCode></rsp:CommandState>"
        "</rsp:ReceiveResponse>",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        service_t service = {.body = cases[i]};
        wsm_client_output_t output;
        assert_failure(receive(&service, &output), WSM_FAILURE_ANSWER, "");
    }
}

/** Every byte, at every length around a group of three. */
static void test_round_trip(void **state)
{
    wsm_client_shell_t shell = the_shell();
    char data[300];
    (void)state;
    for (int i = 0; i < 300; i++)
        data[i] = (char)(i * 7);
    for (apr_size_t length = 1; length <= sizeof(data); length++) {
        service_t service = {.body = "<rsp:SendResponse/>"};
        wsm_client_output_t output;
        assert_no_failure(wsm_client_shell_send(client_of(&service), &shell,
                                                COMMAND, "stdin", data, length,
                                                0, pool));
        service.body =
            apr_pstrcat(pool, "<rsp:ReceiveResponse><rsp:Stream Name=\"x\">",
                        between(service.sent, COMMAND "\">", "</rsp:Stream>"),
                        "</rsp:Stream></rsp:ReceiveResponse>", NULL);
        assert_no_failure(receive(&service, &output));
        assert_int_equal(output.npieces, 1);
        assert_int_equal(output.pieces[0].length, length);
        assert_memory_equal(output.pieces[0].data, data, length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_create, setup, teardown),
        cmocka_unit_test_setup_teardown(test_created, setup, teardown),
        cmocka_unit_test_setup_teardown(test_delete, setup, teardown),
        cmocka_unit_test_setup_teardown(test_leave_and_come_back, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_command, setup, teardown),
        cmocka_unit_test_setup_teardown(test_command_without_id, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_not_writable, setup, teardown),
        cmocka_unit_test_setup_teardown(test_signal, setup, teardown),
        cmocka_unit_test_setup_teardown(test_commands, setup, teardown),
        cmocka_unit_test_setup_teardown(test_send, setup, teardown),
        cmocka_unit_test_setup_teardown(test_receive, setup, teardown),
        cmocka_unit_test_setup_teardown(test_receive_states, setup, teardown),
        cmocka_unit_test_setup_teardown(test_receive_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_receive_nonsense, setup, teardown),
        cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
