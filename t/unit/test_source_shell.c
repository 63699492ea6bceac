/* test_source_shell.c - shells and commands, enumerated: all of them in one
 * reply, in pages, and what goes while one pulls.
 */
#include "shell_daemon.h"

#define N 7

static wsm_shell_t shells[N];
static wsm_shell_command_t commands[N];

static void fill(apr_pool_t *pool)
{
    int i;

    for (i = 0; i < N; i++) {
        shells[i] = t_shell;
        shells[i].id =
            apr_psprintf(pool, "0000000%d-0B0A-4908-8706-050403020100", i);
        if (i % 2 != 0)
            shells[i].resource_uri = T_POWERSHELL;
        commands[i] = t_command;
        commands[i].id =
            apr_psprintf(pool, "1111111%d-2222-4333-8444-555555555555", i);
    }
    t_daemon->answers.shells = shells;
    t_daemon->answers.nshells = N;
    t_daemon->answers.commands = commands;
    t_daemon->answers.ncommands = N;
}

#define OPTIMIZE              "<w:OptimizeEnumeration/><w:MaxElements>32000</w:MaxElements>"
#define ENUMERATE(parameters) "<n:Enumerate>" parameters "</n:Enumerate>"
#define FILTER(selectors)                                                      \
    "<w:Filter Dialect=\"" WSM_DIALECT_SELECTOR "\"><w:SelectorSet>" selectors \
    "</w:SelectorSet></w:Filter>"
#define OF_SHELL "<w:Selector Name=\"ShellId\">" T_SHELL_ID "</w:Selector>"

static int enumerate(t_world_t *world, const char *uri, const char *body)
{
    return t_ask(world, WSM_ACTION_ENUMERATE, uri, "", body);
}

/* The form in which clients want it: client-interop's R14 and R15 */
static void test_all_shells(void **state)
{
    t_world_t *world = *state;

    fill(world->pool);
    assert_int_equal(enumerate(world, WSM_NS_SHELL, ENUMERATE(OPTIMIZE)), 200);
    assert_int_equal(t_last_request()->type, WSM_SHELL_M_LIST);
    assert_string_equal(
        t_xp(world, "count(/s:Envelope/s:Body/n:EnumerateResponse/w:Items/"
                    "rsp:Shell/rsp:ShellId)"),
        "7");
    assert_string_equal(t_xp(world, "string(//n:EnumerationContext)"), "");
    assert_string_equal(t_xp(world, "count(//w:EndOfSequence)"), "1");
    assert_string_equal(t_xp(world, "string((//rsp:ShellId)[3])"),
                        shells[2].id);
    assert_string_equal(t_xp(world, "count(//rsp:Environment)"), "0");
    assert_int_equal(world->outcome.items, N);
    t_daemon->answers.nshells = 2;
    assert_int_equal(enumerate(world, WSM_NS_SHELL, ENUMERATE(OPTIMIZE)), 200);
    t_golden(world, "shell_enumerate.xml");
    assert_non_null(strstr(world->text, "<w:Items><rsp:Shell xmlns:rsp=\""));
}

static void test_no_shells(void **state)
{
    t_world_t *world = *state;

    t_daemon->answers.nshells = 0;
    assert_int_equal(enumerate(world, WSM_NS_SHELL, ENUMERATE(OPTIMIZE)), 200);
    assert_string_equal(t_xp(world, "count(//w:Items/*)"), "0");
    assert_string_equal(t_xp(world, "count(//w:EndOfSequence)"), "1");
}

static void test_shells_of_one_kind(void **state)
{
    t_world_t *world = *state;

    fill(world->pool);
    assert_int_equal(enumerate(world, T_CMD, ENUMERATE(OPTIMIZE)), 200);
    assert_string_equal(t_xp(world, "count(//rsp:Shell)"), "4");
    assert_int_equal(enumerate(world, T_POWERSHELL, ENUMERATE(OPTIMIZE)), 200);
    assert_string_equal(t_xp(world, "count(//rsp:Shell)"), "3");
    assert_int_equal(
        enumerate(world, WSM_URI_POWERSHELL "x", ENUMERATE(OPTIMIZE)), 200);
    assert_string_equal(t_xp(world, "count(//rsp:Shell)"), "0");
}

static void test_eprs(void **state)
{
    t_world_t *world = *state;

    fill(world->pool);
    assert_int_equal(
        enumerate(world, WSM_NS_SHELL,
                  ENUMERATE(OPTIMIZE "<w:EnumerationMode>EnumerateEPR"
                                     "</w:EnumerationMode>")),
        200);
    assert_string_equal(t_xp(world, "count(//rsp:Shell)"), "0");
    assert_string_equal(
        t_xp(world, "string((//w:Items/a:EndpointReference)[2]//w:Selector["
                    "@Name='ShellId'])"),
        shells[1].id);
    assert_string_equal(
        t_xp(world,
             "string((//w:Items/a:EndpointReference)[2]//w:ResourceURI)"),
        T_POWERSHELL);
    assert_int_equal(
        enumerate(world, WSM_NS_SHELL,
                  ENUMERATE(OPTIMIZE "<w:EnumerationMode>EnumerateObjectAndEPR"
                                     "</w:EnumerationMode>")),
        200);
    assert_string_equal(
        t_xp(world, "count(//w:Item[rsp:Shell and a:EndpointReference])"), "7");
}

static int pull(t_world_t *world, const char *uri, const char *context)
{
    return t_ask(world, WSM_ACTION_PULL, uri, "",
                 apr_pstrcat(world->pool, "<n:Pull><n:EnumerationContext>",
                             context,
                             "</n:EnumerationContext><n:MaxElements>3"
                             "</n:MaxElements></n:Pull>",
                             NULL));
}

static const char *context(t_world_t *world)
{
    return t_xp(world, "string(//n:EnumerationContext)");
}

static void test_pages(void **state)
{
    t_world_t *world = *state;

    fill(world->pool);
    assert_int_equal(enumerate(world, WSM_NS_SHELL, ENUMERATE("")), 200);
    assert_int_equal(pull(world, WSM_NS_SHELL, context(world)), 200);
    assert_string_equal(
        t_xp(world, "count(//n:PullResponse/n:Items/rsp:Shell)"), "3");
    assert_int_equal(pull(world, WSM_NS_SHELL, context(world)), 200);
    assert_string_equal(t_xp(world, "string((//rsp:ShellId)[1])"),
                        shells[3].id);
    assert_int_equal(pull(world, WSM_NS_SHELL, context(world)), 200);
    assert_string_equal(t_xp(world, "string((//rsp:ShellId)[1])"),
                        shells[6].id);
    assert_string_equal(t_xp(world, "count(//n:EndOfSequence)"), "1");
    assert_string_equal(context(world), "");
}

/* One that was before goes: none is told twice, none is left out. */
static void test_shells_that_go(void **state)
{
    t_world_t *world = *state;

    fill(world->pool);
    assert_int_equal(enumerate(world, WSM_NS_SHELL, ENUMERATE("")), 200);
    assert_int_equal(pull(world, WSM_NS_SHELL, context(world)), 200);
    t_daemon->answers.shells = shells + 1;
    t_daemon->answers.nshells = N - 1;
    assert_int_equal(pull(world, WSM_NS_SHELL, context(world)), 200);
    assert_string_equal(t_xp(world, "string((//rsp:ShellId)[1])"),
                        shells[3].id);
    t_daemon->answers.nshells = 0;
    assert_int_equal(pull(world, WSM_NS_SHELL, context(world)), 200);
    assert_string_equal(t_xp(world, "count(//rsp:Shell)"), "0");
    assert_string_equal(t_xp(world, "count(//n:EndOfSequence)"), "1");
}

/* MS-WSMV 3.1.4.8.2 */
static void test_shells_are_not_filtered(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        enumerate(world, T_CMD, ENUMERATE(OPTIMIZE FILTER(OF_SHELL))), 500);
    assert_string_equal(t_subcode(world), "n:FilteringNotSupported");
    assert_int_equal(t_ask(world, WSM_ACTION_ENUMERATE, T_CMD, T_SHELL_SELECT,
                           ENUMERATE(OPTIMIZE)),
                     500);
    assert_string_equal(t_subcode(world), "w:InvalidSelectors");
    assert_int_equal(t_daemon->count, 0);
}

/* ---- commands */

static void test_commands(void **state)
{
    t_world_t *world = *state;

    fill(world->pool);
    t_daemon->answers.ncommands = 1;
    assert_int_equal(enumerate(world, WSM_URI_SHELL_COMMAND,
                               ENUMERATE(OPTIMIZE FILTER(OF_SHELL))),
                     200);
    assert_int_equal(t_last_request()->type, WSM_SHELL_M_LIST_COMMANDS);
    assert_string_equal(t_last_request()->shell_id, T_SHELL_ID);
    t_golden(world, "shell_enumerate_commands.xml");
}

/* The selector of the resource says it, too. */
static void test_commands_by_selector(void **state)
{
    t_world_t *world = *state;

    fill(world->pool);
    shells[0].state = WSM_SHELL_DISCONNECTED;
    assert_int_equal(t_ask(world, WSM_ACTION_ENUMERATE, WSM_URI_SHELL_COMMAND,
                           T_SHELL_SELECT, ENUMERATE(OPTIMIZE)),
                     200);
    assert_string_equal(t_last_request()->shell_id, T_SHELL_ID);
    assert_string_equal(
        t_xp(world, "count(//rsp:Command[rsp:State='Disconnected'])"), "7");
}

/* Of which shell they are is in the context. */
static void test_pages_of_commands(void **state)
{
    t_world_t *world = *state;

    fill(world->pool);
    assert_int_equal(
        enumerate(world, WSM_URI_SHELL_COMMAND, ENUMERATE(FILTER(OF_SHELL))),
        200);
    assert_int_equal(pull(world, WSM_URI_SHELL_COMMAND, context(world)), 200);
    assert_int_equal(pull(world, WSM_URI_SHELL_COMMAND, context(world)), 200);
    assert_string_equal(t_last_request()->shell_id, T_SHELL_ID);
    assert_string_equal(t_xp(world, "string((//rsp:CommandId)[1])"),
                        commands[3].id);
    assert_int_equal(pull(world, WSM_URI_SHELL_COMMAND, context(world)), 200);
    assert_string_equal(t_xp(world, "count(//rsp:Command)"), "1");
    assert_string_equal(t_xp(world, "count(//n:EndOfSequence)"), "1");
}

static void test_wrong_enumerations_of_commands(void **state)
{
    static const struct {
        const char *body;
        const char *subcode;
        const char *detail;
        unsigned long number;
    } cases[] = {
        {ENUMERATE(OPTIMIZE), "w:UnsupportedFeature", "FilteringRequired",
         2150859200u},
        {ENUMERATE(OPTIMIZE FILTER("<w:Selector Name=\"Id\">1</w:Selector>")),
         "w:UnsupportedFeature", "FilteringRequired", 2150859200u},
        {ENUMERATE(OPTIMIZE "<w:Filter Dialect=\"" WSM_DIALECT_SELECTOR "\"/>"),
         "w:UnsupportedFeature", "FilteringRequired", 2150859200u},
        {ENUMERATE("<w:Filter Dialect=\"" WSM_DIALECT_WQL
                   "\">select * from x</w:Filter>"),
         "n:FilterDialectRequestedUnavailable", "", 2150858777u},
        {ENUMERATE("<w:Filter>" OF_SHELL "</w:Filter>"),
         "n:FilterDialectRequestedUnavailable", "", 2150858777u},
        {ENUMERATE(FILTER(OF_SHELL "<w:EnumerationMode/>")),
         "w:InvalidSelectors", "", 2150858813u},
        {ENUMERATE(FILTER(OF_SHELL) "<w:EnumerationMode>EnumerateEPR"
                                    "</w:EnumerationMode>"),
         "w:UnsupportedFeature", "EnumerationMode", 2150859201u},
        {ENUMERATE(FILTER(OF_SHELL) "<w:EnumerationMode>EnumerateObjectAndEPR"
                                    "</w:EnumerationMode>"),
         "w:UnsupportedFeature", "EnumerationMode", 2150859201u},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(enumerate(world, WSM_URI_SHELL_COMMAND, cases[i].body),
                         500);
        assert_string_equal(t_subcode(world), cases[i].subcode);
        assert_string_equal(t_detail(world), cases[i].detail);
        assert_int_equal(t_number(world), cases[i].number);
    }
    assert_int_equal(t_daemon->count, 0);
}

static void test_commands_of_no_shell(void **state)
{
    t_world_t *world = *state;

    t_daemon->answers.fails = WSMAN_E_UNEXPECTED_SELECTORS;
    t_daemon->answers.number = 2150858843u;
    assert_int_equal(enumerate(world, WSM_URI_SHELL_COMMAND,
                               ENUMERATE(OPTIMIZE FILTER(OF_SHELL))),
                     500);
    assert_int_equal(t_number(world), 2150858843u);
}

/* A context is of the resource and the user that it was made for. */
static void test_contexts_of_others(void **state)
{
    t_world_t *world = *state;
    const char *token;

    fill(world->pool);
    assert_int_equal(enumerate(world, WSM_NS_SHELL, ENUMERATE("")), 200);
    token = context(world);
    assert_int_equal(pull(world, T_CMD, token), 500);
    assert_string_equal(t_subcode(world), "n:InvalidEnumerationContext");
    world->user = "bob";
    assert_int_equal(pull(world, WSM_NS_SHELL, token), 500);
    assert_string_equal(t_subcode(world), "w:AccessDenied");
    assert_int_equal(t_daemon->count, 0);
}

static const struct CMUnitTest tests[] = {
    T_SHELL_CASE(test_all_shells),
    T_SHELL_CASE(test_no_shells),
    T_SHELL_CASE(test_shells_of_one_kind),
    T_SHELL_CASE(test_eprs),
    T_SHELL_CASE(test_pages),
    T_SHELL_CASE(test_shells_that_go),
    T_SHELL_CASE(test_shells_are_not_filtered),
    T_SHELL_CASE(test_commands),
    T_SHELL_CASE(test_commands_by_selector),
    T_SHELL_CASE(test_pages_of_commands),
    T_SHELL_CASE(test_wrong_enumerations_of_commands),
    T_SHELL_CASE(test_commands_of_no_shell),
    T_SHELL_CASE(test_contexts_of_others),
};

T_MAIN(tests)
