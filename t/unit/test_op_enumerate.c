/* Enumerate, Pull, Release, Renew, GetStatus (DSP0226 8). */
#include "serve.h"

#define OPTIMIZE "<w:OptimizeEnumeration/>"
#define MAX(n)   "<w:MaxElements>" n "</w:MaxElements>"

static int enumerate(t_world_t *world, const char *cls, const char *content)
{
    return t_call(world, WSM_ACTION_ENUMERATE,
                  apr_pstrcat(world->pool, WSM_URI_CIM, cls, NULL), NULL,
                  apr_pstrcat(world->pool, "<n:Enumerate>", content,
                              "</n:Enumerate>", NULL));
}

static const char *context_of(t_world_t *world)
{
    return t_xp(world, "string(//n:EnumerationContext)");
}

static int with_context(t_world_t *world, const char *action, const char *cls,
                        const char *context, const char *more)
{
    const char *name = strrchr(action, '/') + 1;

    return t_call(
        world, action, apr_pstrcat(world->pool, WSM_URI_CIM, cls, NULL), NULL,
        apr_pstrcat(world->pool, "<n:", name, "><n:EnumerationContext>",
                    context, "</n:EnumerationContext>", more, "</n:", name, ">",
                    NULL));
}

static int pull(t_world_t *world, const char *cls, const char *context,
                const char *more)
{
    return with_context(world, WSM_ACTION_PULL, cls, context, more);
}

static int count_items(t_world_t *world)
{
    return atoi(t_xp(world, "count(//n:Items/*|//w:Items/*)"));
}

/* Pulls to the end; returns how many items came. */
static int drain(t_world_t *world, const char *cls, const char *parameters)
{
    const char *context = context_of(world);
    int total = count_items(world), rounds = 0;

    while (context[0] != '\0') {
        assert_int_equal(pull(world, cls, context, parameters), 200);
        assert_string_equal(t_xp(world, "count(//n:PullResponse/n:Items)"),
                            "1");
        total += count_items(world);
        context = context_of(world);
        assert_string_equal(t_xp(world, "count(//n:EndOfSequence)"),
                            context[0] ? "0" : "1");
        assert_true(++rounds < 1000);
    }
    return total;
}

/* R8.2.3-2: without OptimizeEnumeration there are no items in the reply. */
static void test_plain(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(enumerate(world, "T_Spool", ""), 200);
    assert_string_equal(t_xp(world, "count(//w:Items)"), "0");
    assert_string_equal(t_xp(world, "string(//a:Action)"),
                        WSM_ACTION_ENUMERATE "Response");
    assert_string_equal(t_xp(world, "string(//a:RelatesTo)"), "uuid:Test-1");
    assert_int_equal(drain(world, "T_Spool", MAX("4")), 25);
}

/* Every page size gives every item once, to the right end. */
static void test_page_sizes(void **state)
{
    static const char *const sizes[] = {
        MAX("1"), MAX("2"), MAX("5"), MAX("24"), MAX("25"), MAX("26"), ""};
    static const char *const classes[] = {"T_Leaf", "T_Spool"};
    t_world_t *world = *state;
    unsigned i, k;

    for (k = 0; k < 2; k++) {
        for (i = 0; i < 7; i++) {
            const char *content =
                apr_pstrcat(world->pool, OPTIMIZE, sizes[i], NULL);

            assert_int_equal(enumerate(world, classes[k], content), 200);
            assert_int_equal(drain(world, classes[k], sizes[i]), k ? 25 : 2);
        }
    }
}

/* R8.4-9, R8.2.3-3: one item unless more are asked for. */
static void test_default_is_one(void **state)
{
    t_world_t *world = *state;

    enumerate(world, "T_Item", OPTIMIZE);
    assert_int_equal(count_items(world), 1);
    pull(world, "T_Item", context_of(world), "");
    assert_int_equal(count_items(world), 1);
}

/* R8.2.3-5, client-interop R15: all in one reply, the context empty. */
static void test_all_at_once(void **state)
{
    t_world_t *world = *state;

    enumerate(world, "T_Spool", OPTIMIZE MAX("100"));
    assert_int_equal(count_items(world), 25);
    assert_string_equal(context_of(world), "");
    assert_string_equal(t_xp(world, "count(//n:EnumerationContext)"), "1");
    assert_string_equal(t_xp(world, "count(//w:EndOfSequence)"), "1");
}

static void test_empty(void **state)
{
    t_world_t *world = *state;

    world->items = 0;
    assert_int_equal(enumerate(world, "T_Spool", OPTIMIZE), 200);
    assert_string_equal(t_xp(world, "count(//w:EndOfSequence)"), "1");
    assert_string_equal(context_of(world), "");
    enumerate(world, "T_Spool", "");
    assert_int_equal(pull(world, "T_Spool", context_of(world), ""), 200);
    assert_string_equal(t_xp(world, "count(//n:EndOfSequence)"), "1");
}

/* The subclass' instances come too, as what they are or as the class. */
static void test_polymorphism(void **state)
{
    t_world_t *world = *state;

    enumerate(world, "T_Item", OPTIMIZE MAX("100"));
    assert_int_equal(count_items(world), 27);
    assert_string_equal(
        t_xp(world, "count(//w:Items/*[local-name()='T_Leaf'])"), "2");
    enumerate(world, "T_Item",
              OPTIMIZE MAX("100") "<b:PolymorphismMode>"
                                  "ExcludeSubClassProperties"
                                  "</b:PolymorphismMode>");
    assert_int_equal(count_items(world), 27);
    assert_string_equal(
        t_xp(world, "count(//w:Items/*[local-name()='T_Item'])"), "27");
    assert_string_equal(t_xp(world, "count(//*[local-name()='When'])"), "0");
    enumerate(world, "T_Item",
              OPTIMIZE MAX("100") "<b:PolymorphismMode>None"
                                  "</b:PolymorphismMode>");
    assert_int_equal(count_items(world), 25);
    /* An abstract class has only what is below it. */
    enumerate(world, "T_Root", OPTIMIZE MAX("7"));
    assert_int_equal(drain(world, "T_Root", MAX("7")), 27);
    assert_int_equal(enumerate(world, "T_Item",
                               "<b:PolymorphismMode>Some"
                               "</b:PolymorphismMode>"),
                     500);
    assert_string_equal(t_subcode(world), "b:PolymorphismModeNotSupported");
}

static void test_epr_modes(void **state)
{
    t_world_t *world = *state;

    enumerate(world, "T_Leaf",
              OPTIMIZE MAX("9") "<w:EnumerationMode>EnumerateEPR"
                                "</w:EnumerationMode>");
    assert_string_equal(t_xp(world, "string(//w:Items/a:EndpointReference[2]"
                                    "/a:ReferenceParameters/w:SelectorSet"
                                    "/w:Selector[@Name='Name'])"),
                        "item00001");
    assert_string_equal(t_xp(world, "string(//w:Items/a:EndpointReference[1]"
                                    "/a:ReferenceParameters/w:ResourceURI)"),
                        T_URI("T_Leaf"));
    enumerate(world, "T_Leaf",
              OPTIMIZE MAX("9") "<w:EnumerationMode>EnumerateObjectAndEPR"
                                "</w:EnumerationMode>");
    assert_string_equal(t_xp(world, "count(//w:Items/w:Item)"), "2");
    assert_string_equal(t_xp(world, "local-name(//w:Items/w:Item[1]/*[1])"),
                        "T_Leaf");
    assert_string_equal(t_xp(world, "local-name(//w:Items/w:Item[1]/*[2])"),
                        "EndpointReference");
    assert_int_equal(enumerate(world, "T_Leaf",
                               "<w:EnumerationMode>Other"
                               "</w:EnumerationMode>"),
                     500);
    assert_string_equal(t_subcode(world), "w:UnsupportedFeature");
    assert_string_equal(t_detail(world), "EnumerationMode");
}

#define FILTER(selectors)                                                      \
    "<w:Filter Dialect=\"" WSM_DIALECT_SELECTOR "\"><w:SelectorSet>" selectors \
    "</w:SelectorSet></w:Filter>"
#define SELECTOR(name, value)                                                  \
    "<w:Selector Name=\"" name "\">" value "</w:Selector>"

/* Annex E; the filter lives on in the context. */
static void test_selector_filter(void **state)
{
    t_world_t *world = *state;
    char *long_value = apr_pcalloc(world->pool, 2001);

    enumerate(world, "T_Item",
              OPTIMIZE MAX("9") FILTER(SELECTOR("size", "30")));
    assert_int_equal(count_items(world), 1);
    assert_string_equal(t_xp(world, "string(//*[local-name()='Name'])"),
                        "item00003");
    enumerate(world, "T_Item", FILTER(SELECTOR("Size", "0")));
    assert_int_equal(drain(world, "T_Item", ""), 2);
    memset(long_value, 'x', 2000);
    enumerate(world, "T_Item",
              apr_pstrcat(world->pool,
                          "<w:Filter Dialect=\"" WSM_DIALECT_SELECTOR
                          "\"><w:SelectorSet>"
                          "<w:Selector Name=\"Note\">",
                          long_value,
                          "</w:Selector></w:SelectorSet></w:Filter>", NULL));
    assert_true(strlen(context_of(world)) < 1500);
    assert_int_equal(drain(world, "T_Item", ""), 0);
}

static void test_bad_filters(void **state)
{
    static const struct {
        const char *filter;
        const char *subcode;
    } cases[] = {
        {FILTER(SELECTOR("NoSuch", "1")), "n:CannotProcessFilter"},
        {FILTER(SELECTOR("Size", "many")), "n:CannotProcessFilter"},
        {FILTER(SELECTOR("Size", "1") SELECTOR("Size", "2")),
         "n:CannotProcessFilter"},
        {"<w:Filter Dialect=\"" WSM_DIALECT_SELECTOR "\">x</w:Filter>",
         "n:CannotProcessFilter"},
        {FILTER(SELECTOR("Size", "1")) "<n:Filter>x</n:Filter>",
         "n:CannotProcessFilter"},
        {"<n:Filter>x[</n:Filter>", "n:CannotProcessFilter"},
        {"<w:Filter Dialect=\"urn:other\">x</w:Filter>",
         "n:FilterDialectRequestedUnavailable"},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(enumerate(world, "T_Item", cases[i].filter), 500);
        assert_string_equal(t_subcode(world), cases[i].subcode);
    }
    assert_string_equal(t_xp(world, "string(//n:SupportedDialect[1])"),
                        WSM_DIALECT_SELECTOR);
    enumerate(world, "T_Item", FILTER(SELECTOR("NoSuch", "1")));
    assert_string_equal(
        t_xp(world, "count(//w:SupportedSelectorName[.='Size'])"), "1");
}

static void test_estimate(void **state)
{
    t_world_t *world = *state;

    t_call(world, WSM_ACTION_ENUMERATE, T_URI("T_Item"),
           "<w:RequestTotalItemsCountEstimate/>", "<n:Enumerate/>");
    assert_string_equal(
        t_xp(world, "string(//s:Header/w:TotalItemsCountEstimate)"), "27");
    enumerate(world, "T_Item", "");
    assert_string_equal(t_xp(world, "count(//w:TotalItemsCountEstimate)"), "0");
}

static void test_max_characters(void **state)
{
    t_world_t *world = *state;
    int first;

    enumerate(world, "T_Spool", "");
    pull(world, "T_Spool", context_of(world),
         MAX("100") "<n:MaxCharacters>1500</n:MaxCharacters>");
    first = count_items(world);
    assert_in_range(first, 2, 10);
    assert_int_equal(drain(world, "T_Spool", MAX("50")), 25);
}

/* The page ends before the item that does not fit the client's envelope. */
static void test_small_envelope(void **state)
{
    static const char header[] =
        "<w:MaxEnvelopeSize s:mustUnderstand=\"true\">8192</w:MaxEnvelopeSize>";
    t_world_t *world = *state;
    const char *context;
    int total = 0;

    world->items = 300;
    enumerate(world, "T_Spool", "");
    for (context = context_of(world); context[0]; context = context_of(world)) {
        int status = t_call(
            world, WSM_ACTION_PULL, T_URI("T_Spool"), header,
            apr_pstrcat(world->pool, "<n:Pull><n:EnumerationContext>", context,
                        "</n:EnumerationContext>" MAX("1000") "</n:Pull>",
                        NULL));

        assert_int_equal(status, 200);
        assert_true(strlen(world->text) <= 8192);
        assert_true(count_items(world) > 3);
        total += count_items(world);
    }
    assert_int_equal(total, 300);
}

static void assert_dead(t_world_t *world, const char *cls, const char *context)
{
    assert_int_equal(pull(world, cls, context, ""), 500);
    assert_string_equal(t_subcode(world), "n:InvalidEnumerationContext");
    assert_string_equal(t_xp(world, "string(//a:Action)"), WSM_FAULT_ENUM);
}

static void test_release(void **state)
{
    t_world_t *world = *state;
    const char *first, *second;

    enumerate(world, "T_Item", "");
    first = context_of(world);
    pull(world, "T_Item", first, "");
    second = context_of(world);
    assert_string_not_equal(first, second);
    assert_int_equal(
        with_context(world, WSM_ACTION_RELEASE, "T_Item", first, ""), 200);
    assert_string_equal(t_xp(world, "count(//s:Body/*)"), "0");
    assert_dead(world, "T_Item", first);
    assert_dead(world, "T_Item", second);
    assert_int_equal(
        with_context(world, WSM_ACTION_RELEASE, "T_Item", second, ""), 500);
}

static void test_expiry(void **state)
{
    t_world_t *world = *state;
    const char *context;

    enumerate(world, "T_Item", "<n:Expires>PT30S</n:Expires>");
    assert_string_equal(t_xp(world, "string(//n:Expires)"), "PT30S");
    context = context_of(world);
    world->now += apr_time_from_sec(29);
    assert_int_equal(pull(world, "T_Item", context, ""), 200);
    world->now += apr_time_from_sec(1);
    assert_dead(world, "T_Item", context);
    /* No later than the endpoint allows */
    enumerate(world, "T_Item", "<n:Expires>P1D</n:Expires>");
    assert_string_equal(t_xp(world, "string(//n:Expires)"), "PT10M");
}

static void test_expires_date(void **state)
{
    t_world_t *world = *state;
    const char *soon =
        apr_pstrcat(world->pool, "<n:Expires>", "2026-11-21T08:01:00Z",
                    "</n:Expires>", NULL);

    world->now = apr_time_from_sec(1795248000); /* 2026-11-21T08:00:00Z */
    assert_int_equal(enumerate(world, "T_Item", soon), 200);
    assert_string_equal(t_xp(world, "string(//n:Expires)"),
                        "2026-11-21T08:01:00Z");
    world->now += apr_time_from_sec(61);
    assert_dead(world, "T_Item", context_of(world));
    assert_int_equal(enumerate(world, "T_Item", soon), 500);
    assert_string_equal(t_subcode(world), "n:InvalidExpirationTime");
    assert_int_equal(enumerate(world, "T_Item", "<n:Expires>PT0S</n:Expires>"),
                     500);
    assert_int_equal(enumerate(world, "T_Item", "<n:Expires>soon</n:Expires>"),
                     500);
    assert_string_equal(t_subcode(world), "n:InvalidExpirationTime");
}

static void test_renew_and_status(void **state)
{
    t_world_t *world = *state;
    const char *old, *renewed;

    enumerate(world, "T_Item", "<n:Expires>PT30S</n:Expires>");
    old = context_of(world);
    with_context(world, WSM_ACTION_ENUM_GETSTATUS, "T_Item", old, "");
    assert_string_equal(t_xp(world, "string(//n:GetStatusResponse/n:Expires)"),
                        "PT30S");
    assert_int_equal(with_context(world, WSM_ACTION_ENUM_RENEW, "T_Item", old,
                                  "<n:Expires>PT5M</n:Expires>"),
                     200);
    assert_string_equal(t_xp(world, "string(//n:RenewResponse/n:Expires)"),
                        "PT5M");
    renewed = context_of(world);
    world->now += apr_time_from_sec(200);
    assert_dead(world, "T_Item", old);
    assert_int_equal(pull(world, "T_Item", renewed, ""), 200);
    with_context(world, WSM_ACTION_RELEASE, "T_Item", renewed, "");
    assert_int_equal(
        with_context(world, WSM_ACTION_ENUM_RENEW, "T_Item", renewed, ""), 500);
}

/* A spool file lives and ends with its enumeration. */
static void test_renew_spooled(void **state)
{
    t_world_t *world = *state;
    const char *context;

    enumerate(world, "T_Spool",
              OPTIMIZE MAX("5") "<n:Expires>PT30S</n:Expires>");
    with_context(world, WSM_ACTION_ENUM_RENEW, "T_Spool", context_of(world),
                 "<n:Expires>PT5M</n:Expires>");
    context = context_of(world);
    world->now += apr_time_from_sec(100);
    assert_int_equal(pull(world, "T_Spool", context, MAX("50")), 200);
    assert_int_equal(count_items(world), 20);
    enumerate(world, "T_Spool", OPTIMIZE MAX("5"));
    context = context_of(world);
    with_context(world, WSM_ACTION_RELEASE, "T_Spool", context, "");
    assert_dead(world, "T_Spool", context);
}

static void test_spool_full(void **state)
{
    t_world_t *world = *state;

    world->spool.max_bytes = 200;
    assert_int_equal(enumerate(world, "T_Spool", OPTIMIZE MAX("2")), 500);
    assert_string_equal(t_subcode(world), "w:QuotaLimit");
}

static void test_foreign(void **state)
{
    t_world_t *world = *state;
    const char *context;
    char *forged;

    enumerate(world, "T_Item", "");
    context = context_of(world);
    assert_dead(world, "T_Spool", context);
    world->user = "bob";
    assert_int_equal(pull(world, "T_Item", context, ""), 500);
    assert_string_equal(t_subcode(world), "w:AccessDenied");
    assert_int_equal(
        with_context(world, WSM_ACTION_RELEASE, "T_Item", context, ""), 500);
    world->user = NULL;
    assert_int_equal(pull(world, "T_Item", context, ""), 500);
    assert_string_equal(t_subcode(world), "w:AccessDenied");
    world->user = "alice";
    world->endpoint.id = "test:5986/wsman";
    assert_dead(world, "T_Item", context);
    world->endpoint.id = "test:5985/wsman";
    forged = apr_pstrdup(world->pool, context);
    forged[20] = forged[20] == 'A' ? 'B' : 'A';
    assert_dead(world, "T_Item", forged);
    assert_dead(world, "T_Item",
                apr_pstrndup(world->pool, context, strlen(context) - 4));
    assert_dead(world, "T_Item", "");
    assert_dead(world, "T_Item", "uuid:1234");
    assert_int_equal(pull(world, "T_Item", context, ""), 200);
}

static void test_providers_fail(void **state)
{
    static const struct {
        const char *cls;
        const char *subcode;
    } cases[] = {{"T_Half", "w:InternalError"}, {"T_Wrong", "w:InternalError"}};
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < 2; i++) {
        assert_int_equal(enumerate(world, cases[i].cls, OPTIMIZE MAX("9")),
                         500);
        assert_string_equal(t_subcode(world), cases[i].subcode);
    }
}

static void test_timeout(void **state)
{
    t_world_t *world = *state;

    world->now = apr_time_now();
    assert_int_equal(t_call(world, WSM_ACTION_ENUMERATE, T_URI("T_Slow"),
                            "<w:OperationTimeout>PT0.05S</w:OperationTimeout>",
                            "<n:Enumerate>" OPTIMIZE "</n:Enumerate>"),
                     500);
    assert_string_equal(t_subcode(world), "w:TimedOut");
    assert_string_equal(t_xp(world, "string(//f:WSManFault/@Code)"),
                        "2150858793");
    enumerate(world, "T_Slow", "");
    world->now = apr_time_now();
    assert_int_equal(pull(world, "T_Slow", context_of(world),
                          "<n:MaxTime>PT0.05S</n:MaxTime>"),
                     500);
    assert_string_equal(t_subcode(world), "w:TimedOut");
}

static void test_bad_bodies(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        t_call(world, WSM_ACTION_ENUMERATE, T_URI("T_Item"), NULL, NULL), 500);
    assert_string_equal(t_subcode(world), "w:SchemaValidationError");
    assert_int_equal(
        t_call(world, WSM_ACTION_PULL, T_URI("T_Item"), NULL, "<n:Enumerate/>"),
        500);
    assert_int_equal(enumerate(world, "T_Item", MAX("0")), 500);
    assert_int_equal(enumerate(world, "T_Item", MAX("-1")), 500);
    assert_int_equal(enumerate(world, "T_Item", MAX("ten")), 500);
    assert_int_equal(enumerate(world, "T_Item",
                               "<n:EndTo><a:Address>http://x</a:Address>"
                               "</n:EndTo>"),
                     500);
    assert_string_equal(t_detail(world), "AddressingMode");
    assert_int_equal(t_call(world, WSM_ACTION_ENUMERATE, T_URI("T_Item"),
                            T_SELECT("Name", "x"), "<n:Enumerate/>"),
                     500);
    assert_string_equal(t_detail(world), "UnexpectedSelectors");
    assert_int_equal(
        t_call(world, WSM_ACTION_PULL, T_URI("T_Item"), NULL, "<n:Pull/>"),
        500);
    assert_string_equal(t_subcode(world), "n:InvalidEnumerationContext");
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_plain),          T_CASE(test_page_sizes),
    T_CASE(test_default_is_one), T_CASE(test_all_at_once),
    T_CASE(test_empty),          T_CASE(test_polymorphism),
    T_CASE(test_epr_modes),      T_CASE(test_selector_filter),
    T_CASE(test_bad_filters),    T_CASE(test_estimate),
    T_CASE(test_max_characters), T_CASE(test_small_envelope),
    T_CASE(test_release),        T_CASE(test_expiry),
    T_CASE(test_expires_date),   T_CASE(test_renew_and_status),
    T_CASE(test_renew_spooled),  T_CASE(test_spool_full),
    T_CASE(test_foreign),        T_CASE(test_providers_fail),
    T_CASE(test_timeout),        T_CASE(test_bad_bodies),
};

T_MAIN(tests)
