/* test_op_shell.c - shells as resources: which URIs there are, what can be
 * done at each, who is asked, Get and Delete.
 */
#include "shell_daemon.h"

#define FAULTS(status, code, detail, number)                                   \
    do {                                                                       \
        assert_int_equal(status, 500);                                         \
        assert_string_equal(t_subcode(world), code);                           \
        assert_string_equal(t_detail(world), detail);                          \
        assert_int_equal(t_number(world), number);                             \
    } while (0)

static void test_get(void **state)
{
    t_world_t *world = *state;
    wsm_shell_t shell = t_shell;
    const wsm_shell_variable_t variables[] = {{"A", "1 & 2"}, {"B\"", ""}};

    shell.name = "Shell <1>";
    shell.directory = "/tmp";
    shell.environment = variables;
    shell.nenvironment = 2;
    shell.locale = "de-CH";
    shell.data_locale = "en-US";
    shell.lifetime = apr_time_from_sec(600);
    shell.age = apr_time_from_sec(2 * 86400 + 3 * 3600 + 4 * 60 + 5);
    shell.idle = apr_time_from_msec(61999);
    shell.state = WSM_SHELL_DISCONNECTED;
    shell.buffer = WSM_SHELL_BUFFER_DROP;
    shell.profile_loaded = 0;
    t_daemon->answers.shells = &shell;
    assert_int_equal(t_ask_shell(world, WSM_ACTION_GET, NULL), 200);
    assert_int_equal(t_last_request()->type, WSM_SHELL_M_GET);
    assert_string_equal(t_last_request()->shell_id, T_SHELL_ID);
    assert_string_equal(t_last_request()->caller.user, "alice");
    assert_string_equal(t_last_request()->caller.account, "nobody");
    assert_null(t_last_request()->caller.session);
    assert_string_equal(world->outcome.operation, "Get");
    assert_int_equal(world->outcome.items, 1);
    t_golden(world, "shell_get.xml");
}

/* What is left of a lifetime; nothing that is not known. */
static void test_get_of_another_user(void **state)
{
    t_world_t *world = *state;
    wsm_shell_t shell = t_shell;
    const wsm_shell_variable_t variable = {"SECRET", "x"};

    shell.owner = "bob";
    shell.environment = &variable;
    shell.nenvironment = 1;
    shell.lifetime = apr_time_from_sec(600);
    shell.age = apr_time_from_msec(100500);
    shell.pid = 0;
    t_daemon->answers.shells = &shell;
    assert_int_equal(
        t_ask(world, WSM_ACTION_GET, WSM_NS_SHELL, T_SHELL_SELECT, NULL), 200);
    assert_string_equal(t_xp(world, "string(//rsp:Lifetime)"), "PT499.500S");
    assert_string_equal(t_xp(world, "string(//rsp:Owner)"), "bob");
    assert_string_equal(t_xp(world, "count(//rsp:Environment | //rsp:ProcessId "
                                    "| //rsp:Name | //rsp:Locale)"),
                        "0");
}

static void test_delete(void **state)
{
    t_world_t *world = *state;

    t_daemon->answers.nshells = 0;
    assert_int_equal(t_ask_shell(world, WSM_ACTION_DELETE, NULL), 200);
    assert_int_equal(t_last_request()->type, WSM_SHELL_M_DELETE);
    assert_string_equal(t_last_request()->shell_id, T_SHELL_ID);
    assert_string_equal(t_xp(world, "string(//a:Action)"),
                        WSM_ACTION_DELETE "Response");
    assert_string_equal(t_xp(world, "string(//a:RelatesTo)"), "uuid:Test-1");
    t_golden(world, "shell_delete.xml");
}

/* Each action where it can be asked, and where it cannot. */
static void test_what_can_be_done_where(void **state)
{
    static const struct {
        const char *action;
        const char *body;
        int all, cmd, commands;
    } cases[] = {
        {WSM_ACTION_CREATE, "<rsp:Shell/>", 0, 1, 0},
        {WSM_ACTION_GET, "", 1, 1, 0},
        {WSM_ACTION_DELETE, "", 1, 1, 0},
        {WSM_ACTION_PUT, "<rsp:Shell/>", 0, 0, 0},
        {WSM_ACTION_COMMAND,
         "<rsp:CommandLine><rsp:Command>x</rsp:Command></rsp:CommandLine>", 1,
         1, 0},
        {WSM_ACTION_SEND,
         "<rsp:Send><rsp:Stream Name=\"stdin\" CommandId=\"1\"/></rsp:Send>", 1,
         1, 0},
        {WSM_ACTION_RECEIVE,
         "<rsp:Receive><rsp:DesiredStream>stdout</rsp:DesiredStream>"
         "</rsp:Receive>",
         1, 1, 0},
        {WSM_ACTION_SIGNAL,
         "<rsp:Signal><rsp:Code>" WSM_SHELL_SIGNAL "ctrl_c</rsp:Code>"
         "</rsp:Signal>",
         1, 1, 0},
        {WSM_ACTION_DISCONNECT, "<rsp:Disconnect/>", 1, 1, 0},
        {WSM_ACTION_RECONNECT, "", 1, 1, 0},
        {WSM_ACTION_CONNECT, "<rsp:Connect/>", 1, 1, 0},
        {WSM_ACTION_SUBSCRIBE, "", 0, 0, 0},
        {WSM_NS_SHELL "/Unknown", "", 0, 0, 0},
    };
    static const wsm_shell_piece_t piece = {"stdout", NULL, {"x", 1}, 0};
    t_world_t *world = *state;
    unsigned i, j;

    t_daemon->answers.pieces = &piece;
    t_daemon->answers.npieces = 1;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct {
            const char *uri;
            int can;
        } places[] = {{WSM_NS_SHELL, cases[i].all},
                      {T_CMD, cases[i].cmd},
                      {WSM_URI_SHELL_COMMAND, cases[i].commands}};

        for (j = 0; j < 3; j++) {
            const int create = strcmp(cases[i].action, WSM_ACTION_CREATE) == 0;
            int status = t_ask(world, cases[i].action, places[j].uri,
                               create ? "" : T_SHELL_SELECT, cases[i].body);

            t_daemon->count = 0;
            assert_int_equal(status, places[j].can ? 200 : 500);
            if (!places[j].can)
                assert_string_equal(t_subcode(world), "a:ActionNotSupported");
        }
    }
}

/* The actions of shells mean nothing to classes. */
static void test_not_for_classes(void **state)
{
    t_world_t *world = *state;

    FAULTS(t_ask(world, WSM_ACTION_RECEIVE, T_URI("T_Item"), T_SHELL_SELECT,
                 "<rsp:Receive/>"),
           "a:ActionNotSupported", "ActionMismatch", 2150858801u);
    assert_string_equal(world->outcome.operation, "Receive");
    assert_int_equal(t_daemon->count, 0);
}

static void test_selectors(void **state)
{
    t_world_t *world = *state;
    char *many =
        apr_pstrcat(world->pool, "<w:SelectorSet><w:Selector Name=\"ShellId\">",
                    apr_psprintf(world->pool, "%0129d", 0),
                    "</w:Selector></w:SelectorSet>", NULL);

    FAULTS(t_ask(world, WSM_ACTION_GET, T_CMD, "", NULL), "w:InvalidSelectors",
           "InsufficientSelectors", 2150858842u);
    FAULTS(t_ask(world, WSM_ACTION_GET, T_CMD, T_SELECT("Id", "1"), NULL),
           "w:InvalidSelectors", "UnexpectedSelectors", 2150858843u);
    FAULTS(t_ask(world, WSM_ACTION_GET, T_CMD, many, NULL),
           "w:InvalidSelectors", "UnexpectedSelectors", 2150858843u);
    FAULTS(t_ask(world, WSM_ACTION_GET, T_CMD,
                 "<w:SelectorSet><w:Selector Name=\"ShellId\">"
                 "<a:EndpointReference><a:Address>x</a:Address>"
                 "</a:EndpointReference></w:Selector></w:SelectorSet>",
                 NULL),
           "w:InvalidSelectors", "TypeMismatch", 2150858844u);
    FAULTS(
        t_ask(world, WSM_ACTION_CREATE, T_CMD, T_SHELL_SELECT, "<rsp:Shell/>"),
        "w:InvalidSelectors", "UnexpectedSelectors", 2150858843u);
    assert_int_equal(t_daemon->count, 0);
    assert_int_equal(t_ask(world, WSM_ACTION_GET, T_CMD,
                           T_SELECT("shellID", T_SHELL_ID), NULL),
                     200);
    assert_string_equal(t_last_request()->shell_id, T_SHELL_ID);
}

/* Whatever the daemon says is told as it is, whoever asks for what. */
static void test_faults_of_the_daemon(void **state)
{
    static const struct {
        wsman_code_e code;
        apr_uint32_t number;
        const char *subcode;
        const char *detail;
    } cases[] = {
        {WSMAN_E_UNEXPECTED_SELECTORS, 2150858843u, "w:InvalidSelectors",
         "UnexpectedSelectors"},
        {WSMAN_E_PARAMETER_INVALID_VALUE, 87, "w:InvalidParameter",
         "InvalidValue"},
        {WSMAN_E_INTERNAL_ERROR, 2150859204u, "w:InternalError", ""},
        {WSMAN_E_TIMED_OUT, 2150858793u, "w:TimedOut", ""},
        {WSMAN_E_QUOTA_LIMIT, 2150859173u, "w:QuotaLimit", ""},
        {WSMAN_E_ALREADY_EXISTS, 2150859223u, "w:AlreadyExists", ""},
        {WSMAN_E_ACCESS_DENIED, 0, "w:AccessDenied", ""},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        t_daemon->answers.fails = cases[i].code;
        t_daemon->answers.number = cases[i].number;
        FAULTS(t_ask_shell(world, WSM_ACTION_GET, NULL), cases[i].subcode,
               cases[i].detail, cases[i].number ? cases[i].number : 5);
        assert_string_equal(t_xp(world, "string(//f:Message)"),
                            "It is as it is.");
        assert_string_equal(t_xp(world, "count(//s:Detail/f:WSManFault)"), "1");
    }
}

static void test_the_daemon_is_gone(void **state)
{
    t_world_t *world = *state;

    t_daemon->answers.hangs_up = 1;
    FAULTS(t_ask_shell(world, WSM_ACTION_GET, NULL), "w:InternalError", "",
           995);
    t_daemon->offline = 1;
    FAULTS(t_ask_shell(world, WSM_ACTION_GET, NULL), "a:EndpointUnavailable",
           "ResourceOffline", 2150858772u);
}

static void no_shells(t_world_t *world, wsm_call_t *call)
{
    (void)world;
    (void)call;
}

static void test_no_shells_are_configured(void **state)
{
    t_world_t *world = *state;

    world->ready = no_shells;
    FAULTS(t_ask(world, WSM_ACTION_CREATE, T_CMD, "", "<rsp:Shell/>"),
           "w:InternalError", "", 2150859180u);
    FAULTS(t_ask(world, WSM_ACTION_GET, T_POWERSHELL, T_SHELL_SELECT, ""),
           "w:InternalError", "", 2150859180u);
}

/* Who may is asked of the resource and the action as for any other. */
static void test_authorization(void **state)
{
    t_world_t *world = *state;
    const wsm_error_t denied = {.code = WSMAN_E_ACCESS_DENIED,
                                .message = "Not you."};

    world->denied = &denied;
    FAULTS(t_ask_shell(world, WSM_ACTION_COMMAND, ""), "w:AccessDenied", "", 5);
    assert_string_equal(world->asked.resource_uri, T_CMD);
    assert_string_equal(world->asked.action, WSM_ACTION_COMMAND);
    assert_null(world->asked.class_name);
    world->denied = NULL;
    t_daemon->nobody = 1;
    FAULTS(t_ask_shell(world, WSM_ACTION_GET, ""), "w:AccessDenied", "", 5);
    assert_int_equal(t_daemon->count, 0);
}

/* By the URI of all shells one comes no further than by that of the shell. */
static wsm_error_t *no_powershell(void *baton, const wsm_target_t *target)
{
    t_world_t *world = baton;

    if (strcmp(target->resource_uri, T_POWERSHELL) != 0)
        return NULL;
    world->asked = *target;
    return wsm_fail(world->pool, WSMAN_E_ACCESS_DENIED, "Not this one.");
}

static void ready_without_powershell(t_world_t *world, wsm_call_t *call)
{
    t_ready(world, call);
    call->authorize = no_powershell;
}

static void test_authorization_by_all(void **state)
{
    t_world_t *world = *state;
    wsm_shell_t shell = t_shell;

    t_daemon->answers.shells = &shell;
    world->ready = ready_without_powershell;
    assert_int_equal(
        t_ask(world, WSM_ACTION_DELETE, WSM_NS_SHELL, T_SHELL_SELECT, ""), 200);
    shell.resource_uri = T_POWERSHELL;
    FAULTS(t_ask(world, WSM_ACTION_DELETE, WSM_NS_SHELL, T_SHELL_SELECT, ""),
           "w:AccessDenied", "", 5);
    assert_string_equal(world->asked.action, WSM_ACTION_DELETE);
    assert_int_equal(t_last_request()->type, WSM_SHELL_M_GET);
    assert_null(t_last_request()->caller.resource_uri);
}

/* By the URI of a kind, shells of that kind: the daemon is told. */
static void test_the_uri_is_told(void **state)
{
    static const char *const uris[] = {T_CMD, T_POWERSHELL};
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < 2; i++) {
        assert_int_equal(
            t_ask(world, WSM_ACTION_DELETE, uris[i], T_SHELL_SELECT, ""), 200);
        assert_string_equal(t_last_request()->caller.resource_uri, uris[i]);
    }
}

#define OPTION(name, value, comply)                                            \
    "<w:OptionSet><w:Option Name=\"" name "\" MustComply=\"" comply            \
    "\">" value "</w:Option></w:OptionSet>" T_SHELL_SELECT

static void test_options(void **state)
{
    t_world_t *world = *state;

    FAULTS(t_ask(world, WSM_ACTION_GET, T_CMD,
                 OPTION("PS_ApplicationArguments", "x", "true"), NULL),
           "w:InvalidOptions", "NotSupported", 2150858833u);
    assert_int_equal(t_ask(world, WSM_ACTION_GET, T_CMD,
                           OPTION("PS_ApplicationArguments", "x", "false"),
                           NULL),
                     200);
    assert_int_equal(
        t_ask(world, WSM_ACTION_GET, T_CMD,
              OPTION("WSMAN_CMDSHELL_OPTION_KEEPALIVE", "TRUE", "true"), NULL),
        200);
}

static void test_fragments(void **state)
{
    t_world_t *world = *state;

    FAULTS(t_ask(world, WSM_ACTION_GET, T_CMD,
                 "<w:FragmentTransfer s:mustUnderstand=\"true\">State"
                 "</w:FragmentTransfer>" T_SHELL_SELECT,
                 NULL),
           "w:UnsupportedFeature", "FragmentLevelAccess", 2150858871u);
}

/* Robust connections (MS-WSMV 3.1.4.1.39) are not for these resources: what
 * would be their headers says nothing, and nothing of it comes back.  The
 * session is the daemon's to know. */
static void test_headers_of_windows(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        t_ask(world, WSM_ACTION_GET, T_CMD,
              "<p:SessionId s:mustUnderstand=\"false\">uuid:AA-1</p:SessionId>"
              "<p:OperationID s:mustUnderstand=\"true\">uuid:BB</p:OperationID>"
              "<p:SequenceId s:mustUnderstand=\"false\">1</p:SequenceId>"
              "<p:ActivityId>uuid:CC</p:ActivityId>" T_SHELL_SELECT,
              NULL),
        200);
    assert_string_equal(t_last_request()->caller.session, "uuid:AA-1");
    assert_string_equal(t_xp(world, "count(//p:OperationID | //p:SequenceId)"),
                        "0");
}

static void test_requested_epr(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(t_ask(world, WSM_ACTION_GET, T_CMD,
                           "<w:RequestEPR/>" T_SHELL_SELECT, NULL),
                     200);
    assert_string_equal(
        t_xp(world, "string(/s:Envelope/s:Header/w:RequestedEPR/"
                    "a:EndpointReference/a:ReferenceParameters/w:SelectorSet/"
                    "w:Selector[@Name='ShellId'])"),
        T_SHELL_ID);
    assert_int_equal(t_ask(world, WSM_ACTION_DELETE, T_CMD,
                           "<w:RequestEPR/>" T_SHELL_SELECT, NULL),
                     200);
    assert_string_equal(t_xp(world, "count(//w:RequestedEPR/w:EPRUnknown)"),
                        "1");
}

static const struct CMUnitTest tests[] = {
    T_SHELL_CASE(test_get),
    T_SHELL_CASE(test_get_of_another_user),
    T_SHELL_CASE(test_delete),
    T_SHELL_CASE(test_what_can_be_done_where),
    T_SHELL_CASE(test_not_for_classes),
    T_SHELL_CASE(test_selectors),
    T_SHELL_CASE(test_faults_of_the_daemon),
    T_SHELL_CASE(test_the_daemon_is_gone),
    T_SHELL_CASE(test_no_shells_are_configured),
    T_SHELL_CASE(test_authorization),
    T_SHELL_CASE(test_authorization_by_all),
    T_SHELL_CASE(test_the_uri_is_told),
    T_SHELL_CASE(test_options),
    T_SHELL_CASE(test_fragments),
    T_SHELL_CASE(test_headers_of_windows),
    T_SHELL_CASE(test_requested_epr),
};

T_MAIN(tests)
