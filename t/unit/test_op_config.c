/* test_op_config.c - winrm/config: what is told is what the endpoint is, in the
 * schema's order; lists are enumerated; nothing else can be done.
 */
#include "serve.h"

#include "../../mod_wsman/op/op_config.h"
#include "../../mod_wsman/shell/wsm_shell_policy.h"

#define URI WSM_NS_CONFIG

static const wsm_config_listener_t listeners[] = {
    {.address = "*", .port = 5985, .host = "test.example", .prefix = "wsman"},
    {.address = "*", .port = 80, .prefix = "wsman"},
    {.address = "IP:192.0.2.1",
     .secure = 1,
     .port = 5986,
     .thumbprint = "0123456789012345678901234567890123456789",
     .listening_on = "192.0.2.1"},
};

static const wsm_config_plugin_t plugins[] = {
    {"good", "good.so", &t_provider},
    {"poor <&\">", NULL, &t_poor_provider},
};

#define ISSUER "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const wsm_certmap_t staff = {ISSUER, "*@example.org", "http://x/*",
                                    "staff", 1};
static const wsm_certmap_t nobody = {ISSUER, "a<&>", "*", "no <body>", 0};
static const wsm_certmap_t *const certmaps[] = {&staff, &nobody};

static wsm_settings_t wanted;
static int changes;

static wsm_error_t *change(void *baton, const wsm_settings_t *settings)
{
    (void)baton;
    wanted = *settings;
    changes++;
    return NULL;
}

static wsm_error_t *describe(void *baton, wsm_config_t *config)
{
    t_world_t *world = baton;

    config->configured = world->endpoint.limits;
    config->configured.timeout = apr_time_from_sec(60);
    config->configured.max_elements = 32000;
    config->max_connections = 150;
    config->allow_unencrypted = 1;
    config->auth.basic = 1;
    config->auth.binding = "Strict";
    config->listeners = listeners;
    config->nlisteners = 3;
    config->plugins = plugins;
    config->nplugins = 2;
    config->certmaps = certmaps;
    config->ncertmaps = 2;
    return NULL;
}

static wsm_error_t *describe_nothing(void *baton, wsm_config_t *config)
{
    (void)baton;
    (void)config;
    return NULL;
}

static int set_up(void **state)
{
    apr_pool_t *pool;
    t_world_t *world;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    world = t_world_make(pool);
    world->describe = describe;
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    t_world_end(*state);
    apr_terminate();
    return 0;
}

static int get(t_world_t *world, const char *part, const char *headers)
{
    return t_send(world, t_envelope(world, WSM_ACTION_GET,
                                    apr_pstrcat(world->pool, URI, part, NULL),
                                    headers, ""));
}

/* The text of an element of the body, found by its path of local names. */
static const char *value(t_world_t *world, const char *path)
{
    char *words = apr_pstrdup(world->pool, path);
    const char *expression = "/s:Envelope/s:Body";
    char *word, *last = NULL;

    for (word = apr_strtok(words, "/", &last); word != NULL;
         word = apr_strtok(NULL, "/", &last))
        expression =
            apr_pstrcat(world->pool, expression, "/*[local-name()='", word,
                        "' and namespace-uri()='" URI "']", NULL);
    return t_xp(world,
                apr_pstrcat(world->pool, "string(", expression, ")", NULL));
}

static const char *names_below(t_world_t *world, const char *element)
{
    const char *names = "";
    int i, n = atoi(t_xp(world, apr_psprintf(world->pool,
                                             "count(//*[local-name()='%s']/*)",
                                             element)));

    for (i = 1; i <= n; i++)
        names = apr_pstrcat(
            world->pool, names, i > 1 ? " " : "",
            t_xp(world, apr_psprintf(world->pool,
                                     "local-name(//*[local-name()='%s']/*[%d])",
                                     element, i)),
            NULL);
    return names;
}

static void test_tells_the_limits_that_there_are(void **state)
{
    t_world_t *world = *state;
    wsm_limits_t *limits = &world->endpoint.limits;

    limits->max_envelope = 300 * 1024 + 1023;
    limits->timeout = apr_time_from_msec(12345);
    limits->max_elements = 77;
    limits->enum_timeout = apr_time_from_sec(90);
    limits->max_operations_per_user = 9;
    assert_int_equal(get(world, "", ""), 200);
    assert_string_equal(value(world, "Config/MaxEnvelopeSizekb"), "300");
    assert_string_equal(value(world, "Config/MaxTimeoutms"), "12345");
    assert_string_equal(value(world, "Config/MaxBatchItems"), "77");
    assert_string_equal(value(world, "Config/Service/EnumerationTimeoutms"),
                        "90000");
    assert_string_equal(
        value(world, "Config/Service/MaxConcurrentOperationsPerUser"), "9");
    assert_string_equal(value(world, "Config/Service/MaxConnections"), "150");
    assert_string_equal(value(world, "Config/Service/AllowUnencrypted"),
                        "true");
    assert_string_equal(value(world, "Config/Service/Auth/Basic"), "true");
    assert_string_equal(value(world, "Config/Service/Auth/Kerberos"), "false");
    assert_string_equal(value(world, "Config/Service/Auth/CbtHardeningLevel"),
                        "Strict");
    assert_string_equal(value(world, "Config/Winrs/AllowRemoteShellAccess"),
                        "false");
    assert_int_equal(world->outcome.items, 1);
    assert_string_equal(world->outcome.operation, "Get");
    assert_string_equal(world->asked.resource_uri, URI);
}

static void test_elements_are_in_the_order_of_the_schema(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(get(world, "", ""), 200);
    assert_string_equal(names_below(world, "Config"),
                        "MaxEnvelopeSizekb MaxTimeoutms MaxBatchItems "
                        "MaxProviderRequests Client Service Winrs");
    assert_string_equal(names_below(world, "Service"),
                        "MaxConcurrentOperations "
                        "MaxConcurrentOperationsPerUser EnumerationTimeoutms "
                        "MaxConnections AllowUnencrypted Auth DefaultPorts "
                        "IPv4Filter IPv6Filter");
    assert_string_equal(names_below(world, "Service']/*[local-name()='Auth"),
                        "Basic Kerberos Negotiate Certificate CredSSP "
                        "CbtHardeningLevel");
    assert_string_equal(names_below(world, "Client"),
                        "AllowUnencrypted Auth DefaultPorts TrustedHosts");
}

static const wsm_shell_limits_t *shells;

static wsm_error_t *describe_shells(void *baton, wsm_config_t *config)
{
    (void)baton;
    config->shells = shells;
    return NULL;
}

#define MEGABYTE (1024 * 1024)

static void test_quotas_of_shells(void **state)
{
    static const wsm_shell_limits_t some = {
        .shells = 40,
        .shells_per_user = 5,
        .processes = 100,
        .memory = 3 * MEGABYTE,
        .lifetime = APR_TIME_C(90061001000),
        .idle_timeout = APR_TIME_C(900000000),
        .max_idle_timeout = APR_TIME_C(7200000000)};
    static const wsm_shell_limits_t none = {.shells = 101,
                                            .memory = 3 * MEGABYTE,
                                            .idle_timeout = APR_TIME_C(365) *
                                                            86400 * 1000000};
    static const char in_order[] =
        "AllowRemoteShellAccess IdleTimeout MaxConcurrentUsers "
        "MaxShellRunTime MaxProcessesPerShell MaxMemoryPerShellMB "
        "MaxShellsPerUser";
    t_world_t *world = *state;

    world->describe = describe_shells;
    shells = &some;
    assert_int_equal(get(world, "/winrs", ""), 200);
    assert_string_equal(names_below(world, "Winrs"), in_order);
    assert_string_equal(value(world, "Winrs"), "true90000040900610011003005");
    /* A process has a bound, a shell has none; and more than there can be */
    shells = &none;
    assert_int_equal(get(world, "/winrs", ""), 200);
    assert_string_equal(value(world, "Winrs/MaxMemoryPerShellMB"), "0");
    assert_string_equal(value(world, "Winrs/MaxShellRunTime"), "0");
    assert_string_equal(value(world, "Winrs/MaxShellsPerUser"), "0");
    assert_string_equal(value(world, "Winrs/MaxConcurrentUsers"), "");
    assert_string_equal(value(world, "Winrs/IdleTimeout"), "2147483647");
}

static void test_what_is_not_known_is_left_out(void **state)
{
    t_world_t *world = *state;

    world->describe = describe_nothing;
    world->endpoint.limits.enum_timeout = apr_time_from_sec(365 * 86400);
    assert_int_equal(get(world, "/service", ""), 200);
    assert_string_equal(names_below(world, "Service"),
                        "MaxConcurrentOperations "
                        "MaxConcurrentOperationsPerUser EnumerationTimeoutms "
                        "AllowUnencrypted Auth DefaultPorts IPv4Filter "
                        "IPv6Filter");
    /* No bound, and more than the type can hold */
    assert_string_equal(value(world, "Service/MaxConcurrentOperationsPerUser"),
                        "4294967295");
    assert_string_equal(value(world, "Service/EnumerationTimeoutms"),
                        "4294967295");
}

static void test_parts(void **state)
{
    static const struct {
        const char *part;
        const char *element;
    } rows[] = {
        {"", "Config"},
        {"/client", "Client"},
        {"/client/auth", "Auth"},
        {"/client/defaultports", "DefaultPorts"},
        {"/service", "Service"},
        {"/service/auth", "Auth"},
        {"/Service/DefaultPorts", "DefaultPorts"},
        {"/winrs", "Winrs"},
    };
    t_world_t *world = *state;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(get(world, rows[i].part, ""), 200);
        assert_string_equal(t_xp(world, "local-name(/s:Envelope/s:Body/*)"),
                            rows[i].element);
        assert_string_equal(t_xp(world, "namespace-uri(/s:Envelope/s:Body/*)"),
                            URI);
        assert_string_equal(t_xp(world, "count(/s:Envelope/s:Body/*)"), "1");
    }
}

static void assert_fault(t_world_t *world, int status, const char *subcode,
                         const char *detail)
{
    assert_int_equal(status, 500);
    assert_string_equal(t_xp(world, "string(//s:Subcode/s:Value)"), subcode);
    assert_string_equal(
        t_xp(world, "substring-after(//w:FaultDetail, 'faultDetail/')"),
        detail);
    assert_null(strstr(world->text, "CIM_Error"));
}

static void test_unknown_parts(void **state)
{
    static const char *const unknown[] = {
        "/",           "/certmapping", "/service/security",
        "/servic",     "/listeners",   "/winrs/customremoteshell",
        "/plugin/good"};
    t_world_t *world = *state;
    size_t i;

    for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
        assert_fault(world, get(world, unknown[i], ""),
                     "a:DestinationUnreachable", "InvalidResourceURI");
    assert_fault(world, get(world, "uration", ""), "a:DestinationUnreachable",
                 "InvalidResourceURI");
    /* Who has nothing to tell has no such resource. */
    world->describe = NULL;
    assert_fault(world, get(world, "", ""), "a:DestinationUnreachable",
                 "InvalidResourceURI");
}

#define SELECTORS(inner) "<w:SelectorSet>" inner "</w:SelectorSet>"
#define SELECTOR(name, value)                                                  \
    "<w:Selector Name=\"" name "\">" value "</w:Selector>"

static void test_a_listener_by_its_selectors(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(get(world, "/listener",
                         SELECTORS(SELECTOR("Address", "IP:192.0.2.1")
                                       SELECTOR("Transport", "https"))),
                     200);
    assert_string_equal(names_below(world, "Listener"),
                        "Address Transport Port Hostname Enabled "
                        "CertificateThumbprint ListeningOn");
    assert_string_equal(value(world, "Listener/Transport"), "HTTPS");
    assert_string_equal(value(world, "Listener/Port"), "5986");
    assert_int_equal(get(world, "/listener",
                         SELECTORS(SELECTOR("Address", "*") SELECTOR(
                             "Transport", "HTTP") SELECTOR("Port", "80"))),
                     200);
    assert_string_equal(value(world, "Listener/URLPrefix"), "wsman");
    assert_string_equal(value(world, "Listener/Hostname"), "");
}

static void test_wrong_selectors(void **state)
{
    t_world_t *world = *state;

    assert_fault(world, get(world, "/listener", ""), "w:InvalidSelectors",
                 "InsufficientSelectors");
    assert_fault(world,
                 get(world, "/listener", SELECTORS(SELECTOR("Address", "*"))),
                 "w:InvalidSelectors", "AmbiguousSelectors");
    assert_fault(world,
                 get(world, "/listener", SELECTORS(SELECTOR("Name", "*"))),
                 "w:InvalidSelectors", "UnexpectedSelectors");
    assert_fault(world,
                 get(world, "/listener", SELECTORS(SELECTOR("Port", "81"))),
                 "a:DestinationUnreachable", "");
    assert_fault(world, get(world, "", SELECTORS(SELECTOR("Name", "x"))),
                 "w:InvalidSelectors", "UnexpectedSelectors");
    assert_fault(world,
                 get(world, "/plugin",
                     SELECTORS("<w:Selector Name=\"Name\"><a:EndpointReference>"
                               "<a:Address>" WSM_ANONYMOUS "</a:Address>"
                               "</a:EndpointReference></w:Selector>")),
                 "w:InvalidSelectors", "TypeMismatch");
}

static void test_a_plugin_and_its_classes(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(get(world, "/plugin", SELECTORS(SELECTOR("Name", "good"))),
                     200);
    assert_string_equal(t_xp(world, "namespace-uri(/s:Envelope/s:Body/*)"),
                        URI "/PluginConfiguration");
    assert_string_equal(
        t_xp(world,
             "string(//*[local-name()='PlugInConfiguration']/@Filename)"),
        "good.so");
    assert_string_equal(t_xp(world, "count(//*[local-name()='Resource'])"),
                        "4");
    assert_string_equal(
        t_xp(world, "string(//*[local-name()='Resource'][1]/@ResourceUri)"),
        T_URI("T_Item"));
    /* get, list, put, invoke */
    assert_string_equal(
        t_xp(world, "count(//*[local-name()='Resource'][1]/*[@Type='Get' or "
                    "@Type='Put' or @Type='Enumerate' or @Type='Invoke'])"),
        "4");
    assert_string_equal(t_xp(world, "count(//*[local-name()='Resource'][1]/*)"),
                        "4");
    /* Parameters may be secrets: t_bind's is an address of memory. */
    assert_null(strstr(world->text, "InitializationParameters"));
}

static int enumerate(t_world_t *world, const char *part, const char *headers,
                     const char *body)
{
    return t_send(world,
                  t_envelope(world, WSM_ACTION_ENUMERATE,
                             apr_pstrcat(world->pool, URI, part, NULL), headers,
                             apr_pstrcat(world->pool, "<n:Enumerate>", body,
                                         "</n:Enumerate>", NULL)));
}

/* MS-WSMV 2.2.4.3; there is no password to tell */
static void test_certificate_mappings(void **state)
{
#define CERTMAP URI "/service/certmapping"
    t_world_t *world = *state;

    assert_int_equal(get(world, "/service/certmapping",
                         "<w:SelectorSet><w:Selector Name='Issuer'>" ISSUER
                         "</w:Selector><w:Selector Name='Subject'>"
                         "a&lt;&amp;&gt;</w:Selector></w:SelectorSet>"),
                     200);
    assert_string_equal(t_xp(world, "namespace-uri(/s:Envelope/s:Body/*)"),
                        CERTMAP);
    assert_string_equal(t_xp(world, "local-name(/s:Envelope/s:Body/*)"),
                        "CertMapping");
    assert_string_equal(names_below(world, "CertMapping"),
                        "URI Subject Issuer UserName Enabled");
    assert_string_equal(t_xp(world, "string(//*[local-name()='UserName'])"),
                        "no <body>");
    assert_string_equal(t_xp(world, "string(//*[local-name()='Enabled'])"),
                        "false");
    assert_fault(world,
                 get(world, "/service/certmapping",
                     "<w:SelectorSet><w:Selector Name='Issuer'>" ISSUER
                     "</w:Selector></w:SelectorSet>"),
                 "w:InvalidSelectors", "AmbiguousSelectors");
    assert_fault(world, get(world, "/service/certmapping", ""),
                 "w:InvalidSelectors", "InsufficientSelectors");
    assert_fault(world,
                 get(world, "/service/certmapping",
                     "<w:SelectorSet><w:Selector Name='UserName'>staff"
                     "</w:Selector></w:SelectorSet>"),
                 "w:InvalidSelectors", "UnexpectedSelectors");
    assert_fault(world,
                 get(world, "/service/certmapping",
                     "<w:SelectorSet><w:Selector Name='URI'>http://x/"
                     "</w:Selector></w:SelectorSet>"),
                 "a:DestinationUnreachable", "");
}

static void test_lists_are_enumerated_page_by_page(void **state)
{
    t_world_t *world = *state;
    const char *context;
    int i;

    assert_int_equal(enumerate(world, "/listener", "",
                               "<w:OptimizeEnumeration/><w:MaxElements>2"
                               "</w:MaxElements>"),
                     200);
    assert_string_equal(t_xp(world, "count(//w:Items/*)"), "2");
    context = t_xp(world, "string(//n:EnumerationContext)");
    assert_int_equal(
        t_send(world,
               t_envelope(world, WSM_ACTION_PULL, URI "/listener", "",
                          apr_pstrcat(world->pool,
                                      "<n:Pull><n:EnumerationContext>", context,
                                      "</n:EnumerationContext>"
                                      "<n:MaxElements>9</n:MaxElements>"
                                      "</n:Pull>",
                                      NULL))),
        200);
    assert_string_equal(t_xp(world, "count(//n:Items/*)"), "1");
    assert_string_equal(
        t_xp(world, "string(//n:Items/*/*[local-name()='Port'])"), "5986");
    assert_string_equal(t_xp(world, "count(//n:EndOfSequence)"), "1");
    assert_int_equal(enumerate(world, "/plugin", "",
                               "<w:OptimizeEnumeration/><w:MaxElements>9"
                               "</w:MaxElements>"),
                     200);
    for (i = 0; i < 2; i++)
        assert_string_equal(
            t_xp(world, apr_psprintf(world->pool,
                                     "string(//w:Items/*[%d]/@Name)", i + 1)),
            plugins[i].name);
}

/* Each can be used to get what it is of. */
static void test_references(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(enumerate(world, "/listener", "",
                               "<w:OptimizeEnumeration/><w:MaxElements>9"
                               "</w:MaxElements><w:EnumerationMode>"
                               "EnumerateObjectAndEPR</w:EnumerationMode>"),
                     200);
    assert_string_equal(t_xp(world, "count(//w:Items/w:Item)"), "3");
    assert_string_equal(
        t_xp(world, "string(//w:Items/w:Item[2]//w:ResourceURI)"),
        URI "/listener");
    assert_string_equal(
        t_xp(world, "string(//w:Item[2]//w:Selector[@Name='Port'])"), "80");
    assert_string_equal(
        t_xp(world, "string(//w:Item[3]//w:Selector[@Name='Transport'])"),
        "HTTPS");
}

static void test_what_cannot_be_done(void **state)
{
    static const char *const actions[] = {WSM_ACTION_PUT, WSM_ACTION_CREATE,
                                          WSM_ACTION_DELETE};
    t_world_t *world = *state;
    size_t i;

    for (i = 0; i < 3; i++)
        assert_fault(world,
                     t_send(world, t_envelope(world, actions[i], URI, "", "")),
                     "a:ActionNotSupported", "ActionMismatch");
    assert_fault(world, enumerate(world, "/service", "", ""),
                 "a:ActionNotSupported", "ActionMismatch");
    assert_fault(world,
                 t_send(world, t_envelope(world, URI "/Restart", URI, "", "")),
                 "a:ActionNotSupported", "ActionMismatch");
    assert_fault(
        world,
        get(world, "",
            "<w:FragmentTransfer s:mustUnderstand=\"true\">MaxTimeoutms"
            "</w:FragmentTransfer>"),
        "w:UnsupportedFeature", "FragmentLevelAccess");
    assert_fault(world,
                 get(world, "",
                     "<w:OptionSet><w:Option Name=\"x\" MustComply=\"true\">1"
                     "</w:Option></w:OptionSet>"),
                 "w:InvalidOptions", "NotSupported");
    assert_fault(
        world,
        enumerate(world, "/listener", SELECTORS(SELECTOR("Address", "*")), ""),
        "w:InvalidSelectors", "UnexpectedSelectors");
}

/* ---- Put */

static int put(t_world_t *world, const char *part, const char *body)
{
    return t_send(world, t_envelope(world, WSM_ACTION_PUT,
                                    apr_pstrcat(world->pool, URI, part, NULL),
                                    "", body));
}

#define CONFIG(inner)  "<c:Config xmlns:c=\"" URI "\">" inner "</c:Config>"
#define SERVICE(inner) "<c:Service xmlns:c=\"" URI "\">" inner "</c:Service>"

static void test_put_changes_bounds(void **state)
{
    t_world_t *world = *state;

    world->change = change;
    changes = 0;
    /* Narrower already: it may be made wider again. */
    world->endpoint.limits.timeout = apr_time_from_sec(5);
    assert_int_equal(
        put(world, "",
            CONFIG("<c:MaxTimeoutms> 60000 </c:MaxTimeoutms>"
                   "<c:MaxBatchItems>10</c:MaxBatchItems><c:Service>"
                   "<c:MaxConcurrentOperationsPerUser>3"
                   "</c:MaxConcurrentOperationsPerUser>"
                   "<c:AllowUnencrypted>true</c:AllowUnencrypted>"
                   "<c:Auth><c:Basic>true</c:Basic></c:Auth></c:Service>")),
        200);
    assert_int_equal(changes, 1);
    assert_int_equal(wanted.values[WSM_SETTING_TIMEOUT], 60000);
    assert_int_equal(wanted.values[WSM_SETTING_ELEMENTS], 10);
    assert_int_equal(wanted.values[WSM_SETTING_OPERATIONS], 3);
    assert_string_equal(value(world, "Config/MaxTimeoutms"), "60000");
    assert_string_equal(value(world, "Config/MaxBatchItems"), "10");
    assert_string_equal(
        value(world, "Config/Service/MaxConcurrentOperationsPerUser"), "3");
    /* As winrm.vbs writes it */
    assert_int_equal(put(world, "/service",
                         "<p:Service xmlns:p=\"" URI "/service\">"
                         "<p:MaxConcurrentOperationsPerUser>4"
                         "</p:MaxConcurrentOperationsPerUser></p:Service>"),
                     200);
    assert_int_equal(wanted.values[WSM_SETTING_TIMEOUT], 0);
    assert_int_equal(wanted.values[WSM_SETTING_OPERATIONS], 4);
}

static void test_put_of_what_was_got_changes_nothing(void **state)
{
    t_world_t *world = *state;
    const char *from, *to;

    world->change = change;
    assert_int_equal(get(world, "", ""), 200);
    from = strstr(world->text, "<cfg:Config");
    to = strstr(world->text, "</cfg:Config>");
    assert_int_equal(put(world, "",
                         apr_pstrcat(world->pool,
                                     apr_pstrmemdup(world->pool, from,
                                                    (apr_size_t)(to - from)),
                                     "</cfg:Config>", NULL)),
                     200);
    assert_int_equal(wanted.values[WSM_SETTING_TIMEOUT], 0);
    assert_int_equal(wanted.values[WSM_SETTING_ELEMENTS], 0);
    assert_int_equal(wanted.values[WSM_SETTING_OPERATIONS], 0);
}

static void test_put_of_what_cannot_change(void **state)
{
    static const struct {
        const char *part;
        const char *body;
        const char *detail;
    } rows[] = {
        {"", CONFIG("<c:MaxBatchItems>0</c:MaxBatchItems>"), "InvalidValues"},
        {"", CONFIG("<c:MaxBatchItems>32001</c:MaxBatchItems>"),
         "InvalidValues"},
        {"", CONFIG("<c:MaxBatchItems>-1</c:MaxBatchItems>"), "InvalidValues"},
        {"", CONFIG("<c:MaxBatchItems>4294967297</c:MaxBatchItems>"),
         "InvalidValues"},
        {"", CONFIG("<c:MaxBatchItems/>"), "InvalidValues"},
        {"", CONFIG("<c:MaxTimeoutms>499</c:MaxTimeoutms>"), "InvalidValues"},
        {"", CONFIG("<c:MaxTimeoutms>5s</c:MaxTimeoutms>"), "InvalidValues"},
        {"", CONFIG("<c:MaxEnvelopeSizekb>32</c:MaxEnvelopeSizekb>"),
         "InvalidValues"},
        {"", CONFIG("<c:Unknown>1</c:Unknown>"), "InvalidValues"},
        {"",
         CONFIG("<c:Winrs><c:AllowRemoteShellAccess>true"
                "</c:AllowRemoteShellAccess></c:Winrs>"),
         "InvalidValues"},
        {"",
         CONFIG("<c:Service><c:Auth><c:Basic>false</c:Basic></c:Auth>"
                "</c:Service>"),
         "InvalidValues"},
        {"", SERVICE(""), "InvalidValues"},
        {"", "<Config/>", "InvalidNamespace"},
        {"", "", "MissingValues"},
    };
    t_world_t *world = *state;
    size_t i;

    world->change = change;
    changes = 0;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_fault(world, put(world, rows[i].part, rows[i].body),
                     "x:InvalidRepresentation", rows[i].detail);
    assert_fault(world, put(world, "/winrs", ""), "a:ActionNotSupported",
                 "ActionMismatch");
    assert_int_equal(changes, 0);
}

static void test_settings_make_narrower_only(void **state)
{
    const wsm_settings_t settings = {{1000, 50, 6}};
    const wsm_settings_t none = {{0, 0, 0}};
    wsm_limits_t limits = {.timeout = apr_time_from_sec(2), .max_elements = 40};

    (void)state;
    op_config_apply(&limits, &none);
    assert_int_equal(limits.max_operations_per_user, 0);
    op_config_apply(&limits, &settings);
    assert_int_equal(limits.timeout, apr_time_from_sec(1));
    assert_int_equal(limits.max_elements, 40);
    assert_int_equal(limits.max_operations_per_user, 6);
}

static void test_who_may_not_learns_nothing(void **state)
{
    t_world_t *world = *state;

    world->denied = wsm_fail(world->pool, WSMAN_E_ACCESS_DENIED, "No.");
    assert_fault(world, get(world, "", ""), "w:AccessDenied", "");
    assert_null(strstr(world->text, "MaxTimeoutms"));
}

static void test_a_quota_answers_instead(void **state)
{
    t_world_t *world = *state;

    world->refused = wsm_fail(world->pool, WSMAN_E_QUOTA_LIMIT, "Too many.");
    world->refused->number = 2150859174u;
    assert_fault(world, get(world, "", ""), "w:QuotaLimit", "");
    assert_string_equal(t_xp(world, "string(//f:WSManFault/@Code)"),
                        "2150859174");
    assert_string_equal(t_xp(world, "count(//a:RelatesTo)"), "1");
    assert_string_equal(world->asked.resource_uri ? "asked" : "not asked",
                        "not asked");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_tells_the_limits_that_there_are),
        CASE(test_elements_are_in_the_order_of_the_schema),
        CASE(test_quotas_of_shells),
        CASE(test_what_is_not_known_is_left_out),
        CASE(test_parts),
        CASE(test_unknown_parts),
        CASE(test_a_listener_by_its_selectors),
        CASE(test_wrong_selectors),
        CASE(test_a_plugin_and_its_classes),
        CASE(test_certificate_mappings),
        CASE(test_lists_are_enumerated_page_by_page),
        CASE(test_references),
        CASE(test_what_cannot_be_done),
        CASE(test_put_changes_bounds),
        CASE(test_put_of_what_was_got_changes_nothing),
        CASE(test_put_of_what_cannot_change),
        CASE(test_settings_make_narrower_only),
        CASE(test_who_may_not_learns_nothing),
        CASE(test_a_quota_answers_instead),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
