/* test_op_shell_create.c - Create of shells: what becomes of what clients say,
 * and the reply, as Windows writes it.
 */
#include "shell_daemon.h"

#define SHELL(attributes, elements)                                            \
    "<rsp:Shell" attributes ">" elements "</rsp:Shell>"

#define OPTION(name, value)                                                    \
    "<w:Option Name=\"" name "\" MustComply=\"true\">" value "</w:Option>"
#define OPTIONS(options) "<w:OptionSet>" options "</w:OptionSet>"

static int create(t_world_t *world, const char *headers, const char *body)
{
    return t_ask(world, WSM_ACTION_CREATE, T_CMD, headers, body);
}

static const wsm_shell_wish_t *wish(void)
{
    assert_int_equal(t_last_request()->type, WSM_SHELL_M_CREATE);
    return &t_last_request()->wish;
}

static void test_nothing_said(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(create(world, "", SHELL("", "")), 200);
    assert_int_equal(wish()->kind, WSM_SHELL_COMMANDS);
    assert_string_equal(wish()->engine, "cmd");
    assert_string_equal(wish()->resource_uri, T_CMD);
    assert_null(wish()->id);
    assert_null(wish()->name);
    assert_null(wish()->directory);
    assert_null(wish()->locale);
    assert_null(wish()->input_streams);
    assert_int_equal(wish()->nenvironment, 0);
    assert_int_equal(wish()->idle_timeout, 0);
    assert_int_equal(wish()->lifetime, 0);
    assert_int_equal(wish()->buffer, WSM_SHELL_BUFFER_UNSET);
    assert_int_equal(wish()->no_profile, 0);
    assert_int_equal(wish()->code_page, 0);
    assert_int_equal(wish()->creation.length, 0);
}

static void test_all_said(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        create(world,
               "<w:Locale xml:lang=\"de-CH\"/><p:DataLocale xml:lang=\"fr\"/>"
               "<p:SessionId>uuid:S</p:SessionId>" OPTIONS(OPTION(
                   "WINRS_NOPROFILE", "True") OPTION("WINRS_CODEPAGE", "437")),
               SHELL(" ShellId=\"" T_SHELL_ID "\" Name=\"Runspace\"",
                     "<rsp:Environment>\n"
                     "<rsp:Variable Name=\"A\"> a b </rsp:Variable>"
                     "<rsp:Variable Name=\"B\">1=2</rsp:Variable>\n"
                     "<rsp:Variable Name=\"C\"/></rsp:Environment>"
                     "<rsp:WorkingDirectory> /tmp </rsp:WorkingDirectory>"
                     "<rsp:Lifetime>PT1000.000S</rsp:Lifetime>"
                     "<rsp:IdleTimeout>PT1M0.5S</rsp:IdleTimeout>"
                     "<rsp:InputStreams> stdin\nstdin </rsp:InputStreams>"
                     "<rsp:OutputStreams>stderr  stdout</rsp:OutputStreams>"
                     "<rsp:BufferMode>drop</rsp:BufferMode>"
                     "<rsp:Owner>root</rsp:Owner>")),
        200);
    assert_string_equal(wish()->id, T_SHELL_ID);
    assert_string_equal(wish()->name, "Runspace");
    assert_string_equal(wish()->directory, "/tmp");
    assert_string_equal(wish()->locale, "de-CH");
    assert_string_equal(wish()->data_locale, "fr");
    assert_string_equal(wish()->input_streams, "stdin");
    assert_string_equal(wish()->output_streams, "stderr stdout");
    assert_int_equal(wish()->nenvironment, 3);
    assert_string_equal(wish()->environment[0].name, "A");
    assert_string_equal(wish()->environment[0].value, " a b ");
    assert_string_equal(wish()->environment[1].value, "1=2");
    assert_string_equal(wish()->environment[2].value, "");
    assert_int_equal(wish()->lifetime, apr_time_from_sec(1000));
    assert_int_equal(wish()->idle_timeout, apr_time_from_msec(60500));
    assert_int_equal(wish()->buffer, WSM_SHELL_BUFFER_DROP);
    assert_int_equal(wish()->no_profile, 1);
    assert_int_equal(wish()->code_page, 437);
    assert_string_equal(t_last_request()->caller.session, "uuid:S");
    assert_string_equal(t_last_request()->caller.user, "alice");
    assert_string_equal(t_last_request()->caller.address, "192.0.2.7");
}

static void test_id_as_an_element(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(create(world, "",
                            SHELL("", "<rsp:ShellId>" T_SHELL_ID
                                      "</rsp:ShellId><rsp:Name>N</rsp:Name>")),
                     200);
    assert_string_equal(wish()->id, T_SHELL_ID);
    assert_string_equal(wish()->name, "N");
}

/* The reply, with the id in both places where clients look for it. */
static void test_reply(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(create(world, "", SHELL("", "")), 200);
    assert_string_equal(t_xp(world, "string(//a:Action)"),
                        WSM_ACTION_CREATE "Response");
    t_golden(world, "shell_create.xml");
    assert_non_null(strstr(world->text, "<s:Envelope xml:lang=\"en-US\" "));
    assert_non_null(
        strstr(world->text, "xmlns:rsp=\"" WSM_NS_SHELL "\" xmlns:p=\""));
}

/* ---- PowerShell */

#define VERSION OPTION("protocolversion", "2.3")

static int create_powershell(t_world_t *world, const char *headers,
                             const char *body)
{
    return t_ask(world, WSM_ACTION_CREATE,
                 WSM_URI_POWERSHELL "Microsoft.PowerShell", headers, body);
}

static void test_powershell(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        create_powershell(
            world, OPTIONS(VERSION "<w:Option Name=\"PS_X\">1</w:Option>"),
            SHELL(" ShellId=\"" T_SHELL_ID "\"",
                  "<rsp:InputStreams>stdin pr</rsp:InputStreams>"
                  "<rsp:OutputStreams>stdout</rsp:OutputStreams>"
                  "<creationXml xmlns=\"" WSM_NS_POWERSHELL "\">\n AAEC\n A/8"
                  "=\n</creationXml>")),
        200);
    assert_int_equal(wish()->kind, WSM_SHELL_POWERSHELL);
    assert_string_equal(wish()->engine, "Microsoft.PowerShell");
    assert_string_equal(wish()->input_streams, "stdin pr");
    assert_string_equal(wish()->output_streams, "stdout");
    assert_int_equal(wish()->creation.length, 5);
    assert_memory_equal(wish()->creation.data, "\0\1\2\3\377", 5);
}

static void test_creation_without_its_namespace(void **state)
{
    static const char *const forms[] = {
        SHELL("", "<creationXml>QUJD</creationXml>"),
        SHELL("", "<creationXml xmlns=\"\">QUJD</creationXml>"),
        SHELL("", "<rsp:creationXml>QUJD</rsp:creationXml>")};
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        assert_int_equal(create_powershell(world, OPTIONS(VERSION), forms[i]),
                         200);
        assert_int_equal(wish()->creation.length, 3);
        assert_memory_equal(wish()->creation.data, "ABC", 3);
    }
}

static void test_versions_of_the_protocol(void **state)
{
    static const struct {
        const char *options;
        const char *detail;
    } cases[] = {
        {"", ""},
        {OPTIONS(OPTION("protocolversion", "1.0")), "InvalidValue"},
        {OPTIONS(OPTION("protocolversion", "3.0")), "InvalidValue"},
        {OPTIONS(OPTION("protocolversion", "2")), "InvalidValue"},
        {OPTIONS(OPTION("protocolversion", "2.x")), "InvalidValue"},
        {OPTIONS(OPTION("protocolversion", "2.")), "InvalidValue"},
        {OPTIONS(OPTION("protocolversion", "22.1")), "InvalidValue"},
        {OPTIONS(OPTION("protocolversion", "2.0")), NULL},
        {OPTIONS(OPTION("ProtocolVersion", "2.1")), NULL},
        {OPTIONS(OPTION("protocolversion", "2.4")), NULL},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int status = create_powershell(world, cases[i].options, SHELL("", ""));

        assert_int_equal(status, cases[i].detail ? 500 : 200);
        if (cases[i].detail != NULL) {
            assert_string_equal(t_subcode(world), "w:InvalidOptions");
            assert_string_equal(t_detail(world), cases[i].detail);
        }
    }
}

/* ---- what cannot be */

#define BAD(element)                                                           \
    "The Windows Remote Shell cannot process the request. The SOAP packet "    \
    "contains an element " element " that is invalid. Retry the request with " \
    "the correct XML element."

static void test_wrong_elements(void **state)
{
    static const struct {
        const char *body;
        const char *element;
    } cases[] = {
        {"", BAD("Body")},
        {"<rsp:Shall/>", BAD("Shall")},
        {"<Shell/>", BAD("Shell")},
        {SHELL("", "<rsp:Lifespan>PT1S</rsp:Lifespan>"), BAD("Lifespan")},
        {SHELL("", "<rsp:Lifetime>1000</rsp:Lifetime>"), BAD("Lifetime")},
        {SHELL("", "<rsp:Lifetime>-PT1S</rsp:Lifetime>"), BAD("Lifetime")},
        {SHELL("", "<rsp:Lifetime>PT2147483648S</rsp:Lifetime>"),
         BAD("Lifetime")},
        {SHELL("", "<rsp:IdleTimeOut/>"), BAD("IdleTimeOut")},
        {SHELL("", "<rsp:BufferMode>None</rsp:BufferMode>"), BAD("BufferMode")},
        {SHELL("", "<rsp:Environment><rsp:Value/></rsp:Environment>"),
         BAD("Value")},
        {SHELL("", "<rsp:Name>a</rsp:Name><rsp:Name>a</rsp:Name>"),
         BAD("Name")},
        {SHELL("", "<creationXml>=</creationXml>"), BAD("creationXml")},
        {SHELL("", "<creationXml>QUJ</creationXml>"), BAD("creationXml")},
        {SHELL("", "<creationXml>Q===</creationXml>"), BAD("creationXml")},
        {SHELL("", "<creationXml>QQ==QQ==</creationXml>"), BAD("creationXml")},
        {SHELL("", "<creationXml>QU-J</creationXml>"), BAD("creationXml")},
        {SHELL("", "<creationXml>QUJD<x/></creationXml>"), BAD("creationXml")},
        {SHELL("", "<rsp:InputStreams>a b c d e f g h i j k l m n o p q"
                   "</rsp:InputStreams>"),
         BAD("InputStreams")},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(create(world, "", cases[i].body), 500);
        assert_string_equal(t_subcode(world), "w:SchemaValidationError");
        assert_int_equal(t_number(world), 2150858817u);
        assert_string_equal(t_xp(world, "string(//f:Message)"),
                            cases[i].element);
    }
    assert_int_equal(t_daemon->count, 0);
}

static void test_wrong_values(void **state)
{
    char *name = memset(apr_pcalloc(t_pool, 257), 'n', 256);
    const struct {
        const char *body;
        unsigned long number;
    } cases[] = {
        {SHELL(" ShellId=\"1\"", ""), 2150859221u},
        {SHELL(" ShellId=\"\"", ""), 2150859221u},
        {SHELL(" ShellId=\"" T_SHELL_ID "0\"", ""), 2150859221u},
        {SHELL(" ShellId=\"{F0E0D0C-0B0A-4908-8706-050403020100}\"", ""),
         2150859221u},
        {SHELL(" ShellId=\"0F0E0D0C-0B0A-4908-8706-05040302010/\"", ""),
         2150859221u},
        {apr_pstrcat(t_pool, "<rsp:Shell Name=\"", name, "\"/>", NULL),
         2150859202u},
        {SHELL("", "<rsp:InputStreams>pr</rsp:InputStreams>"), 2150859147u},
        {SHELL("", "<rsp:OutputStreams>stdout x</rsp:OutputStreams>"),
         2150859149u},
        {SHELL("", "<rsp:Environment><rsp:Variable>1</rsp:Variable>"
                   "</rsp:Environment>"),
         87},
        {SHELL("", "<rsp:Environment><rsp:Variable Name=\"A=B\"/>"
                   "</rsp:Environment>"),
         87},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(create(world, "", cases[i].body), 500);
        assert_string_equal(t_subcode(world), "w:InvalidParameter");
        assert_string_equal(t_detail(world), "InvalidValue");
        assert_int_equal(t_number(world), cases[i].number);
    }
    assert_int_equal(t_daemon->count, 0);
}

static void test_wrong_options(void **state)
{
    static const struct {
        const char *options;
        const char *detail;
    } cases[] = {
        {OPTION("WINRS_NOPROFILE", "perhaps"), "InvalidValue"},
        {OPTION("WINRS_CODEPAGE", "UTF-8"), "InvalidValue"},
        {OPTION("WINRS_CODEPAGE", "65536"), "InvalidValue"},
        {OPTION("WINRS_CODEPAGE", ""), "InvalidValue"},
        {OPTION("WINRS_NOSUCH", "1"), "NotSupported"},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *options =
            apr_pstrcat(world->pool, "<w:OptionSet>", cases[i].options,
                        "</w:OptionSet>", NULL);

        assert_int_equal(create(world, options, SHELL("", "")), 500);
        assert_string_equal(t_subcode(world), "w:InvalidOptions");
        assert_string_equal(t_detail(world), cases[i].detail);
    }
    assert_int_equal(t_daemon->count, 0);
}

static void test_too_many_variables(void **state)
{
    t_world_t *world = *state;
    const char *variables = "";
    int i;

    for (i = 0; i < 1024; i++)
        variables = apr_pstrcat(world->pool, variables,
                                "<rsp:Variable Name=\"V\"/>", NULL);
    assert_int_equal(
        create(world, "",
               apr_pstrcat(world->pool, "<rsp:Shell><rsp:Environment>",
                           variables, "</rsp:Environment></rsp:Shell>", NULL)),
        200);
    assert_int_equal(wish()->nenvironment, 1024);
    assert_int_equal(
        create(world, "",
               apr_pstrcat(world->pool,
                           "<rsp:Shell><rsp:Environment>"
                           "<rsp:Variable Name=\"V\"/>",
                           variables, "</rsp:Environment></rsp:Shell>", NULL)),
        500);
    assert_string_equal(t_subcode(world), "w:InvalidParameter");
}

/* What would compress (MS-WSMV 3.1.4.1.31.6) is not understood; where it need
 * not be, the reply says that nothing is compressed. */
static void test_compression(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(create(world,
                            "<rsp:CompressionType s:mustUnderstand=\"true\">"
                            "xpress</rsp:CompressionType>",
                            SHELL("", "")),
                     500);
    assert_string_equal(t_xp(world, "string(//s:Code/s:Value)"),
                        "s:MustUnderstand");
    assert_int_equal(t_daemon->count, 0);
    assert_int_equal(create(world,
                            "<rsp:CompressionType>xpress"
                            "</rsp:CompressionType>",
                            SHELL("", "")),
                     200);
    assert_string_equal(t_xp(world, "string(//rsp:CompressionMode)"),
                        "NoCompression");
}

/* The names of configurations are the daemon's: which there are, it knows.  No
 * engine is found by another URI than its own. */
static void test_engines(void **state)
{
    static const struct {
        const char *uri;
        wsm_shell_kind_e kind;
        const char *engine; /* NULL: there is no such resource */
    } cases[] = {
        {WSM_URI_SHELL "CMD", WSM_SHELL_COMMANDS, "CMD"},
        {WSM_URI_SHELL "zsh", WSM_SHELL_COMMANDS, NULL},
        {WSM_URI_SHELL "Microsoft.PowerShell", WSM_SHELL_COMMANDS, NULL},
        {"http://Schemas.Microsoft.com/PowerShell/x.y", WSM_SHELL_POWERSHELL,
         "x.y"},
        {WSM_URI_POWERSHELL, WSM_SHELL_POWERSHELL, NULL},
        {WSM_URI_POWERSHELL "Cmd", WSM_SHELL_POWERSHELL, NULL},
        {WSM_URI_POWERSHELL "x/Microsoft.PowerShell", WSM_SHELL_POWERSHELL,
         NULL},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int status = t_ask(world, WSM_ACTION_CREATE, cases[i].uri,
                           OPTIONS(VERSION), SHELL("", ""));

        assert_int_equal(status, cases[i].engine ? 200 : 500);
        if (cases[i].engine == NULL) {
            assert_string_equal(t_detail(world), "InvalidResourceURI");
            continue;
        }
        assert_int_equal(wish()->kind, cases[i].kind);
        assert_string_equal(wish()->engine, cases[i].engine);
        assert_string_equal(wish()->resource_uri, cases[i].uri);
    }
}

static const struct CMUnitTest tests[] = {
    T_SHELL_CASE(test_nothing_said),
    T_SHELL_CASE(test_all_said),
    T_SHELL_CASE(test_id_as_an_element),
    T_SHELL_CASE(test_reply),
    T_SHELL_CASE(test_powershell),
    T_SHELL_CASE(test_creation_without_its_namespace),
    T_SHELL_CASE(test_versions_of_the_protocol),
    T_SHELL_CASE(test_wrong_elements),
    T_SHELL_CASE(test_wrong_values),
    T_SHELL_CASE(test_wrong_options),
    T_SHELL_CASE(test_too_many_variables),
    T_SHELL_CASE(test_compression),
    T_SHELL_CASE(test_engines),
};

T_MAIN(tests)
