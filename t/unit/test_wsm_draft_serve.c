/* test_wsm_draft_serve.c - the same requests in both dialects: what comes back
 * is the same but for the names and the few rules that MS-WSMAN adds.
 */
#include "serve.h"

static const char *const names[][2] = {
    {WSM_NS_WSMAN, WSM_NS_DRAFT},
    {WSM_FAULT_DETAIL, "wsman:faultDetail/"},
    {WSM_FAULT_WSMAN, WSM_NS_DRAFT "/fault"},
    {WSM_NS_FAULT, WSM_NS_DRAFT_FAULT},
    {WSM_URI_CIM, WSM_URI_DRAFT_CIM},
    {WSM_URI_WMI, WSM_URI_DRAFT_WMI},
};

/** All of `from` replaced; what follows it in `keep` stays as it is. */
static char *replace(t_world_t *world, const char *text, const char *from,
                     const char *to)
{
    const char *at;
    char *done = apr_pstrdup(world->pool, "");

    while ((at = strstr(text, from)) != NULL) {
        done = apr_pstrcat(
            world->pool, done,
            apr_pstrmemdup(world->pool, text, (apr_size_t)(at - text)), to,
            NULL);
        text = at + strlen(from);
    }
    return apr_pstrcat(world->pool, done, text, NULL);
}

static const char *in_draft(t_world_t *world, const char *text)
{
    unsigned i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        text = replace(world, text, names[i][0], names[i][1]);
    return text;
}

/** Everything from `begin` to `end` is taken out. */
static const char *without(t_world_t *world, const char *text,
                           const char *begin, const char *end)
{
    const char *at, *behind;

    while ((at = strstr(text, begin)) != NULL) {
        behind = strstr(at + strlen(begin), end);
        assert_non_null(behind);
        text = apr_pstrcat(
            world->pool,
            apr_pstrmemdup(world->pool, text, (apr_size_t)(at - text)),
            behind + strlen(end), NULL);
    }
    return text;
}

/* What is another one each time, and what only one of the dialects has. */
static const char *comparable(t_world_t *world, const char *text)
{
    text = without(world, text, "<a:MessageID>", "</a:MessageID>");
    text = without(world, text, "<n:EnumerationContext>",
                   "</n:EnumerationContext>");
    text = without(world, text, "<p:MSFT_WmiError", "</p:MSFT_WmiError>");
    text = without(world, text, "<cim:Location>", "</cim:Location>");
    text = without(world, text, " xmlns:cim=\"", "\"");
    return without(world, text, " Code=\"", "\"");
}

/* Sends a request in one of the dialects; `context` is put where the body has
 * CONTEXT. */
typedef struct side_t {
    t_world_t *world;
    int draft;
    const char *context;
} side_t;

static const char *exchange(side_t *side, const char *action, const char *uri,
                            const char *headers, const char *body)
{
    t_world_t *world = side->world;
    const char *text;

    body = replace(world, body, "CONTEXT", side->context);
    text = t_envelope(world, action, uri, headers, body);
    if (side->draft)
        text = in_draft(world, text);
    t_send(world, text);
    if (strstr(world->text, "EnumerationContext>") != NULL)
        side->context = t_xp(world, "string(//n:EnumerationContext)");
    text = comparable(world, world->text);
    return side->draft ? text : in_draft(world, text);
}

/* Both sides answer the same. */
static void same(side_t *ours, side_t *draft, const char *action,
                 const char *uri, const char *headers, const char *body)
{
    const char *expected = exchange(ours, action, uri, headers, body);
    const char *got = exchange(draft, action, uri, headers, body);

    assert_string_equal(got, expected);
    assert_int_equal(draft->world->outcome.http_status,
                     ours->world->outcome.http_status);
    assert_null(strstr(draft->world->text, "=\"http://schemas.dmtf.org/wbem"));
}

typedef struct step_t {
    const char *action, *uri, *headers, *body;
    const char *expected; /* in the draft's reply */
} step_t;

static void run(t_world_t *world, const step_t *steps, unsigned nsteps)
{
    side_t ours = {t_world_make(world->pool), 0, ""};
    side_t draft = {world, 1, ""};
    unsigned i;

    for (i = 0; i < nsteps; i++) {
        same(&ours, &draft, steps[i].action, steps[i].uri, steps[i].headers,
             steps[i].body);
        if (strstr(world->text, steps[i].expected) == NULL)
            fail_msg("step %u: %s", i, world->text);
    }
    t_world_end(ours.world);
}

#define RUN(world, steps) run(world, steps, sizeof(steps) / sizeof((steps)[0]))

#define STORED(inner)                                                          \
    "<p:T_Stored xmlns:p=\"" T_URI("T_Stored") "\">" inner "</p:T_Stored>"

static void test_transfer(void **state)
{
    static const step_t steps[] = {
        {WSM_ACTION_GET, T_URI("T_Item"), T_SELECT("Name", "item00003"), "",
         "<p:Size>30</p:Size>"},
        {WSM_ACTION_GET, WSM_URI_WMI "root/test/T_Item",
         T_SELECT("Name", "item00003"), "",
         WSM_URI_DRAFT_WMI "root/test/T_Item"},
        {WSM_ACTION_PUT, T_URI("T_Item"), T_SELECT("Name", "item00003"),
         "<p:T_Item xmlns:p=\"" T_URI("T_Item") "\"><p:Size>1</p:Size>"
                                                "</p:T_Item>",
         "PutResponse"},
        {WSM_ACTION_CREATE, T_URI("T_Stored"), "<w:RequestEPR/>",
         STORED("<p:Id>x</p:Id><p:Title>t</p:Title>"),
         "<x:ResourceCreated><a:Address>"},
        {WSM_ACTION_GET, T_URI("T_Stored"), T_SELECT("Id", "x"), "",
         "<p:Title>t</p:Title>"},
        {WSM_ACTION_DELETE, T_URI("T_Stored"), T_SELECT("Id", "x"), "",
         "DeleteResponse"},
        {WSM_ACTION_GET, T_URI("T_Stored"), T_SELECT("Id", "x"), "",
         "DestinationUnreachable"},
        {T_URI("T_Method") "/Add", T_URI("T_Method"), T_SELECT("Name", "m"),
         "<p:Add_INPUT xmlns:p=\"" T_URI(
             "T_Method") "\"><p:A>2</p:A><p:B>3</p:B></p:Add_INPUT>",
         "<p:Sum>5</p:Sum>"},
    };

    RUN(*state, steps);
}

#define PULL(n)                                                                \
    {                                                                          \
        WSM_ACTION_PULL, T_URI("T_Spool"), "",                                 \
            "<n:Pull><n:EnumerationContext>CONTEXT</n:EnumerationContext>"     \
            "<n:MaxElements>" n "</n:MaxElements></n:Pull>",                   \
            "<n:PullResponse><n:EnumerationContext>"                           \
    }

static void test_enumeration(void **state)
{
    static const step_t steps[] = {
        {WSM_ACTION_ENUMERATE, T_URI("T_Spool"), "",
         "<n:Enumerate><n:Expires>PT60S</n:Expires></n:Enumerate>",
         "<n:EnumerateResponse>"},
        PULL("10"),
        PULL("10"),
        {WSM_ACTION_PULL, T_URI("T_Spool"), "",
         "<n:Pull><n:EnumerationContext>CONTEXT</n:EnumerationContext>"
         "<n:MaxElements>10</n:MaxElements></n:Pull>",
         "<n:EndOfSequence/>"},
        {WSM_ACTION_ENUMERATE, T_URI("T_Spool"), "",
         "<n:Enumerate><w:EnumerationMode>EnumerateObjectAndEPR"
         "</w:EnumerationMode><w:OptimizeEnumeration/></n:Enumerate>",
         "<w:Items><w:Item>"},
        PULL("1"),
        {WSM_ACTION_RELEASE, T_URI("T_Spool"), "",
         "<n:Release><n:EnumerationContext>CONTEXT</n:EnumerationContext>"
         "</n:Release>",
         "ReleaseResponse"},
        {WSM_ACTION_PULL, T_URI("T_Spool"), "",
         "<n:Pull><n:EnumerationContext>CONTEXT</n:EnumerationContext>"
         "</n:Pull>",
         "n:InvalidEnumerationContext"},
        {WSM_ACTION_ENUMERATE, T_URI("T_Item"),
         "<w:RequestTotalItemsCountEstimate/>",
         "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>3"
         "</w:MaxElements><w:Filter Dialect=\"" WSM_DIALECT_SELECTOR
         "\"><w:SelectorSet><w:Selector Name=\"Size\">30</w:Selector>"
         "</w:SelectorSet></w:Filter></n:Enumerate>",
         "<p:Name>item00003</p:Name>"},
    };

    RUN(*state, steps);
}

static void test_faults(void **state)
{
    static const step_t steps[] = {
        {WSM_ACTION_GET, T_URI("T_None"), "", "", "/InvalidResourceURI<"},
        {WSM_ACTION_GET, "urn:x", "", "", "a:DestinationUnreachable"},
        {"urn:x", T_URI("T_Item"), "", "", "a:ActionNotSupported"},
        {WSM_ACTION_GET, T_URI("T_Item"), "", "", "/InsufficientSelectors<"},
        {WSM_ACTION_GET, T_URI("T_Item"),
         "<w:MaxEnvelopeSize>100</w:MaxEnvelopeSize>", "",
         "wsman:faultDetail/MinimumEnvelopeLimit"},
        {WSM_ACTION_GET, T_URI("T_Item"),
         "<w:OperationTimeout>x</w:OperationTimeout>", "",
         "<w:OperationTimeout/>"},
        {WSM_ACTION_GET, T_URI("T_Item"),
         "<w:Locale xml:lang=\"de\" s:mustUnderstand=\"true\"/>", "",
         "wsman:faultDetail/Locale"},
        {WSM_ACTION_GET, T_URI("T_Item"),
         "<w:Unknown s:mustUnderstand=\"true\"/>", "",
         "<s:NotUnderstood qname=\"w:Unknown\" xmlns:w=\"" WSM_NS_DRAFT "\"/>"},
        {WSM_ACTION_GET, T_URI("T_Item"),
         "<a:FaultTo><a:Address>http://x/</a:Address></a:FaultTo>", "",
         "wsman:faultDetail/AddressingMode"},
        {WSM_ACTION_ENUMERATE, T_URI("T_Item"), "",
         "<n:Enumerate><n:Filter Dialect=\"urn:x\">x</n:Filter></n:Enumerate>",
         "n:FilterDialectRequestedUnavailable"},
        {WSM_ACTION_CREATE, T_URI("T_Stored"), "",
         STORED("<p:Id>x</p:Id><p:Title>t</p:Title>"), "ResourceCreated"},
        {WSM_ACTION_CREATE, T_URI("T_Stored"), "",
         STORED("<p:Id>x</p:Id><p:Title>t</p:Title>"), "w:AlreadyExists"},
    };

    RUN(*state, steps);
}

/** 2.2.4.12, 3.1.4.1.22 */
static void test_this(void **state)
{
    static const char this_xml[] =
        "<t:This xmlns:t=\"" WSM_NS_DRAFT_THIS "\"><t:Vendor>mod_wsman"
        "</t:Vendor><t:Version>OS: 0.0.0 SP: 0.0 Stack: 0</t:Version></t:This>";
    t_world_t *world = *state;

    t_send(world, in_draft(world, t_envelope(world, WSM_ACTION_GET,
                                             WSM_URI_DRAFT_THIS, "", "")));
    assert_non_null(strstr(world->text, this_xml));
    assert_string_equal(t_xp(world, "string(//a:RelatesTo)"), "uuid:Test-1");
    assert_string_equal(world->asked.resource_uri, WSM_URI_DRAFT_THIS);
    t_send(world,
           "<s:Envelope xmlns:s=\"" WSM_NS_SOAP "\" xmlns:w=\"" WSM_NS_DRAFT
           "\"><s:Header/><s:Body><i:Identify xmlns:i=\"" WSM_NS_WSMID
           "\"/></s:Body></s:Envelope>");
    assert_non_null(strstr(world->text, this_xml));
    assert_string_equal(t_xp(world, "count(//s:Header/*)"), "0");
    /* who has not said who he is learns no version */
    world->identify_only = 1;
    t_send(world,
           "<s:Envelope xmlns:s=\"" WSM_NS_SOAP "\" xmlns:w=\"" WSM_NS_DRAFT
           "\"><s:Body><i:Identify xmlns:i=\"" WSM_NS_WSMID
           "\"/></s:Body></s:Envelope>");
    assert_non_null(strstr(world->text, "OS: 0.0.0 SP: 0.0 Stack: 0.0<"));
    t_send(world, in_draft(world, t_envelope(world, WSM_ACTION_GET,
                                             WSM_URI_DRAFT_THIS, "", "")));
    assert_string_equal(t_subcode(world), "w:AccessDenied");
    world->identify_only = 0;
    /* it is no resource of ours */
    assert_int_equal(t_call(world, WSM_ACTION_GET, WSM_URI_DRAFT_THIS, "", ""),
                     500);
    /* nor can it be changed */
    t_send(world, in_draft(world, t_envelope(world, WSM_ACTION_DELETE,
                                             WSM_URI_DRAFT_THIS, "", "")));
    assert_int_equal(world->outcome.http_status, 500);
    world->denied = wsm_fail(world->pool, WSMAN_E_ACCESS_DENIED, "no");
    t_send(world, in_draft(world, t_envelope(world, WSM_ACTION_GET,
                                             WSM_URI_DRAFT_THIS, "", "")));
    assert_string_equal(t_subcode(world), "w:AccessDenied");
}

/** An enumeration stays in the dialect in which it was begun. */
static void test_contexts_stay(void **state)
{
    static const char *const actions[] = {WSM_ACTION_PULL, WSM_ACTION_RELEASE,
                                          WSM_ACTION_ENUM_GETSTATUS};
    t_world_t *world = *state;
    side_t sides[] = {{world, 0, ""}, {world, 1, ""}, {world, 0, ""}};
    unsigned i, side;

    for (side = 0; side < 2; side++) {
        exchange(&sides[side], WSM_ACTION_ENUMERATE, T_URI("T_Item"), "",
                 "<n:Enumerate/>");
        for (i = 0; i < 3; i++) {
            const char *name = strrchr(actions[i], '/') + 1;
            sides[side + 1].context = sides[side].context;
            exchange(&sides[side + 1], actions[i], T_URI("T_Item"), "",
                     apr_pstrcat(world->pool, "<n:", name,
                                 "><n:EnumerationContext>CONTEXT"
                                 "</n:EnumerationContext></n:",
                                 name, ">", NULL));
            assert_string_equal(t_subcode(world),
                                "n:InvalidEnumerationContext");
        }
    }
}

/** 3.1.4.1.28: PolymorphismMode is ignored, all are cast to the class. */
static void test_polymorphism(void **state)
{
    static const char *const modes[] = {
        "", "<b:PolymorphismMode>None</b:PolymorphismMode>",
        "<b:PolymorphismMode>IncludeSubClassProperties</b:PolymorphismMode>",
        "<b:PolymorphismMode>Nonsense</b:PolymorphismMode>"};
    t_world_t *world = *state;
    side_t draft = {world, 1, ""};
    unsigned i;

    world->items = 1;
    for (i = 0; i < 4; i++) {
        exchange(&draft, WSM_ACTION_ENUMERATE, T_URI("T_Root"), "",
                 apr_pstrcat(world->pool,
                             "<n:Enumerate><w:OptimizeEnumeration/>"
                             "<w:MaxElements>9</w:MaxElements>",
                             modes[i], "</n:Enumerate>", NULL));
        assert_string_equal(t_xp(world, "count(//*[local-name()='Items']/*)"),
                            "3");
        assert_string_equal(t_xp(world, "count(//*[local-name()='T_Root'])"),
                            "3");
        assert_string_equal(t_xp(world, "count(//*[local-name()='Size'])"),
                            "0");
        /* where it is from can be seen */
        assert_int_equal(
            atoi(t_xp(world, "count(//*[local-name()='Location']"
                             "//*[contains(., 'T_Leaf')][not(*)])")),
            2);
    }
}

/** Its Location can be used as it is, and comes back in a Put. */
static void test_location(void **state)
{
    t_world_t *world = *state;
    side_t draft = {world, 1, ""};
    const char *location;

    exchange(&draft, WSM_ACTION_CREATE, T_URI("T_Stored"), "",
             STORED("<p:Id>x</p:Id><p:Title>t</p:Title>"));
    exchange(&draft, WSM_ACTION_GET, T_URI("T_Stored"), T_SELECT("Id", "x"),
             "");
    location = strstr(world->text, "<cim:Location>");
    assert_non_null(location);
    assert_string_equal(
        t_xp(world, "string(//*[local-name()='Selector'][@Name='Id'])"), "x");
    assert_string_equal(t_xp(world, "string(//*[local-name()='Location']"
                                    "//*[local-name()='ResourceURI'])"),
                        WSM_URI_DRAFT_CIM "T_Stored");
    exchange(
        &draft, WSM_ACTION_PUT, T_URI("T_Stored"), T_SELECT("Id", "x"),
        STORED("<p:Free>new</p:Free><cim:Location xmlns:cim=\"" WSM_NS_DRAFT_CIM
               "\"><a:Address>x</a:Address>"
               "</cim:Location>"));
    assert_int_equal(world->outcome.http_status, 200);
    assert_non_null(strstr(world->text, "<p:Free>new</p:Free>"));
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_transfer),      T_CASE(test_enumeration),
    T_CASE(test_faults),        T_CASE(test_this),
    T_CASE(test_contexts_stay), T_CASE(test_polymorphism),
    T_CASE(test_location),
};

T_MAIN(tests)
