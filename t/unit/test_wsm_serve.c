/* What holds for every request: bounds, authorization, options, Identify,
 * texts that are no envelope. */
#include "serve.h"

static int get(t_world_t *world, const char *headers)
{
    return t_call(
        world, WSM_ACTION_GET, T_URI("T_Item"),
        apr_pstrcat(world->pool, T_SELECT("Name", "item00001"), headers, NULL),
        NULL);
}

#define IDENTIFY                                                               \
    "<s:Envelope xmlns:s=\"" WSM_NS_SOAP "\" xmlns:i=\"" WSM_NS_WSMID "\">"    \
    "<s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>"

static void test_identify(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(t_send(world, IDENTIFY), 200);
    assert_string_equal(
        t_xp(world, "string(//i:IdentifyResponse/i:ProtocolVersion)"),
        WSM_NS_WSMAN);
    assert_string_equal(t_xp(world, "string(//i:ProductVendor)"), "mod_wsman");
    assert_string_equal(world->outcome.operation, "Identify");
}

/* R11-5: who has not said who they are learns no version. */
static void test_identify_only(void **state)
{
    t_world_t *world = *state;

    world->identify_only = 1;
    world->user = NULL;
    assert_int_equal(t_send(world, IDENTIFY), 200);
    assert_string_equal(t_xp(world, "string(//i:ProductVersion)"),
                        "OS: 0.0.0 SP: 0.0 Stack: 0.0");
    assert_int_equal(get(world, ""), 500);
    assert_string_equal(t_subcode(world), "w:AccessDenied");
}

static void test_authorization(void **state)
{
    t_world_t *world = *state;

    get(world, "");
    assert_string_equal(world->asked.action, WSM_ACTION_GET);
    assert_string_equal(world->asked.class_name, "T_Item");
    assert_string_equal(world->asked.ns, "root/test");
    world->denied = wsm_fail(world->pool, WSMAN_E_ACCESS_DENIED, "No.");
    assert_int_equal(get(world, ""), 500);
    assert_string_equal(t_subcode(world), "w:AccessDenied");
    assert_string_equal(t_xp(world, "string(//f:WSManFault/@Code)"), "5");
    assert_string_equal(t_xp(world, "string(//f:WSManFault/@Machine)"),
                        "test.example");
    /* before anything is told of what exists */
    t_call(world, WSM_ACTION_GET, T_URI("T_NoSuch"), NULL, NULL);
    assert_string_equal(t_subcode(world), "w:AccessDenied");
}

static void test_options(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(get(world,
                         "<w:OptionSet><w:Option Name=\"ShowExtensions\"/>"
                         "</w:OptionSet>"),
                     200);
    assert_int_equal(
        get(world, "<w:OptionSet><w:Option Name=\"X\" MustComply=\"true\">1"
                   "</w:Option></w:OptionSet>"),
        500);
    assert_string_equal(t_subcode(world), "w:InvalidOptions");
    assert_string_equal(t_detail(world), "NotSupported");
}

static void test_envelope_limit(void **state)
{
    t_world_t *world = *state;

    world->endpoint.limits.max_envelope = 300;
    assert_int_equal(get(world, ""), 500);
    assert_string_equal(t_subcode(world), "w:EncodingLimit");
    assert_string_equal(t_detail(world), "ServiceEnvelopeLimit");
}

static void test_unknown_action(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(t_call(world, "urn:x:Do", T_URI("T_Item"), NULL, NULL),
                     500);
    assert_string_equal(t_subcode(world), "a:ActionNotSupported");
    assert_string_equal(t_xp(world, "string(//s:Detail/a:Action)"), "urn:x:Do");
    assert_string_equal(t_xp(world, "string(//a:RelatesTo)"), "uuid:Test-1");
}

static void test_no_envelope(void **state)
{
    static const char *const texts[] = {
        "",
        "x",
        "<a/>",
        "<s:Envelope xmlns:s=\"" WSM_NS_SOAP "\">",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
        "<s:Envelope xmlns:s=\"" WSM_NS_SOAP "\"/>"};
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(t_send(world, texts[i]), 500);
        assert_string_equal(t_xp(world, "count(//s:Fault)"), "1");
    }
}

/* WS-Addressing 1.0 is answered in its own words. */
static void test_addressing_2005(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        t_send(
            world,
            "<s:Envelope xmlns:s=\"" WSM_NS_SOAP "\" xmlns:a=\"" WSM_NS_WSA10
            "\" xmlns:w=\"" WSM_NS_WSMAN
            "\"><s:Header><a:Action>" WSM_ACTION_GET
            "</a:Action><a:MessageID>urn:1</a:MessageID>"
            "<a:To>x</a:To><w:ResourceURI>" T_URI(
                "T_Item") "</w:ResourceURI>" T_SELECT("Name",
                                                      "item00001") "</"
                                                                   "s:Header><"
                                                                   "s:Body/></"
                                                                   "s:"
                                                                   "Envelope>"),
        200);
    assert_string_equal(t_xp(world, "string(//A:RelatesTo)"), "urn:1");
    assert_string_equal(t_xp(world, "string(//A:To)"), WSM_ANONYMOUS10);
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_identify),       T_CASE(test_identify_only),
    T_CASE(test_authorization),  T_CASE(test_options),
    T_CASE(test_envelope_limit), T_CASE(test_unknown_action),
    T_CASE(test_no_envelope),    T_CASE(test_addressing_2005)};

T_MAIN(tests)
