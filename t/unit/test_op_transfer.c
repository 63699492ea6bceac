/* Get, Put, Create, Delete (DSP0226 7). */
#include "serve.h"

#include "../../mod_wsman/om/cim_repository.h"

#define NS(name) "xmlns:p=\"" T_URI(name) "\""

static int get(t_world_t *world, const char *uri, const char *selectors)
{
    return t_call(world, WSM_ACTION_GET, uri, selectors, NULL);
}

static int create(t_world_t *world, const char *id, const char *more)
{
    return t_call(world, WSM_ACTION_CREATE, T_URI("T_Stored"), NULL,
                  apr_pstrcat(world->pool,
                              "<p:T_Stored " NS("T_Stored") ">"
                                                            "<p:Id>",
                              id, "</p:Id>", more, "</p:T_Stored>", NULL));
}

static int put(t_world_t *world, const char *cls, const char *selectors,
               const char *content)
{
    return t_call(world, WSM_ACTION_PUT,
                  apr_pstrcat(world->pool, WSM_URI_CIM, cls, NULL), selectors,
                  apr_pstrcat(world->pool, "<p:", cls,
                              " xmlns:p=\"" WSM_URI_CIM, cls, "\">", content,
                              "</p:", cls, ">", NULL));
}

static const char *value(t_world_t *world, const char *name)
{
    return t_xp(world,
                apr_psprintf(world->pool,
                             "string(//s:Body/*/*[local-name()='%s'])", name));
}

static void assert_fault(t_world_t *world, int status, const char *subcode,
                         const char *detail)
{
    assert_int_equal(status, 500);
    assert_string_equal(t_subcode(world), subcode);
    assert_string_equal(t_detail(world), detail);
}

static void test_get(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(get(world, T_URI("T_Item"), T_SELECT("Name", "item00003")),
                     200);
    assert_string_equal(t_xp(world, "namespace-uri(//s:Body/*)"),
                        T_URI("T_Item"));
    assert_string_equal(value(world, "Size"), "30");
    assert_string_equal(
        t_xp(world, "string(//*[local-name()='Note']/@xsi:nil)"), "true");
    assert_string_equal(t_xp(world, "string(//a:Action)"),
                        WSM_ACTION_GET "Response");
    /* Names without case, in the resource URI and in the selectors */
    assert_int_equal(get(world, T_URI("t_item"), T_SELECT("NAME", "item00003")),
                     200);
}

static void test_get_by_wmi_uri(void **state)
{
    t_world_t *world = *state;
    const char *uri = WSM_URI_WMI "root/test/T_Item";

    assert_int_equal(get(world, uri, T_SELECT("Name", "item00003")), 200);
    assert_string_equal(t_xp(world, "namespace-uri(//s:Body/*)"), uri);
}

/* The instance may be of a subclass (DSP0227 7). */
static void test_get_by_superclass(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(get(world, T_URI("T_Root"), T_SELECT("Name", "item00003")),
                     200);
    assert_string_equal(t_xp(world, "local-name(//s:Body/*)"), "T_Item");
}

/* A provider that only lists is asked to list. */
static void test_get_by_list(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(get(world, T_URI("T_ListOnly"), T_SELECT("Id", "17")),
                     200);
    assert_string_equal(value(world, "Id"), "17");
    assert_fault(world, get(world, T_URI("T_ListOnly"), T_SELECT("Id", "99")),
                 "a:DestinationUnreachable", "");
}

static void test_singleton(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(get(world, T_URI("T_One"), NULL), 200);
    assert_string_equal(value(world, "Name"), "item00000");
    assert_int_equal(get(world, T_URI("T_One"), T_SELECT("Name", "item00000")),
                     200);
}

static void test_get_faults(void **state)
{
    static const struct {
        const char *uri;
        const char *selectors;
        const char *subcode;
        const char *detail;
    } cases[] = {
        {T_URI("T_Item"), NULL, "w:InvalidSelectors", "InsufficientSelectors"},
        {T_URI("T_Item"), T_SELECT("Other", "x"), "w:InvalidSelectors",
         "UnexpectedSelectors"},
        {T_URI("T_Item"), T_SELECT("Name", "nobody"),
         "a:DestinationUnreachable", ""},
        {T_URI("T_Spool"), T_SELECT("Id", "x"), "w:InvalidSelectors",
         "TypeMismatch"},
        {T_URI("T_None"), T_SELECT("Id", "x"), "a:DestinationUnreachable",
         "InvalidResourceURI"},
        {"http://example.com/x", NULL, "a:DestinationUnreachable",
         "InvalidResourceURI"},
        {T_URI("T_Item"), T_SELECT("__cimnamespace", "root/nowhere"),
         "a:DestinationUnreachable", ""},
        {WSM_URI_CIM_ALL, NULL, "a:ActionNotSupported", "ActionMismatch"},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_fault(world, get(world, cases[i].uri, cases[i].selectors),
                     cases[i].subcode, cases[i].detail);
}

static void test_create_and_read_back(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(create(world, "a &amp; b", "<p:Title>One</p:Title>"), 200);
    assert_string_equal(t_xp(world,
                             "string(//x:ResourceCreated/a:ReferenceParameters/"
                             "w:SelectorSet/w:Selector[@Name='Id'])"),
                        "a & b");
    assert_string_equal(t_xp(world,
                             "string(//x:ResourceCreated/a:ReferenceParameters/"
                             "w:ResourceURI)"),
                        T_URI("T_Stored"));
    assert_int_equal(get(world, T_URI("T_Stored"), T_SELECT("Id", "a &amp; b")),
                     200);
    assert_string_equal(value(world, "Title"), "One");
    assert_string_equal(value(world, "Count"), "7");
    assert_fault(world, create(world, "a &amp; b", "<p:Title>x</p:Title>"),
                 "w:AlreadyExists", "");
}

/* R7.6-8: it is there, and the client is told that it cannot be told where. */
static void test_unreportable_success(void **state)
{
    t_world_t *world = *state;
    char *id = apr_pcalloc(world->pool, 2000 * 5 + 1);
    const char *select;
    int i;

    for (i = 0; i < 2000; i++)
        memcpy(id + 5 * i, "&amp;", 5);
    select = apr_pstrcat(world->pool, "<w:SelectorSet><w:Selector Name=\"Id\">",
                         id, "</w:Selector></w:SelectorSet>", NULL);
    assert_fault(
        world,
        t_call(world, WSM_ACTION_CREATE, T_URI("T_Stored"),
               "<w:MaxEnvelopeSize s:mustUnderstand=\"true\">8192"
               "</w:MaxEnvelopeSize>",
               apr_pstrcat(world->pool, "<p:T_Stored " NS("T_Stored") "><p:Id>",
                           id, "</p:Id><p:Title>t</p:Title></p:T_Stored>",
                           NULL)),
        "w:EncodingLimit", "UnreportableSuccess");
    assert_int_equal(get(world, T_URI("T_Stored"), select), 200);
}

static void test_declared_instance(void **state)
{
    t_world_t *world = *state;

    t_must(cim_repository_seed(world->server.store, "default", world->schema,
                               world->pool));
    assert_int_equal(get(world, T_URI("T_Stored"), T_SELECT("Id", "declared")),
                     200);
    assert_string_equal(value(world, "Title"), "from MOF");
    t_must(cim_repository_seed(world->server.store, "default", world->schema,
                               world->pool));
}

static void test_create_faults(void **state)
{
    static const struct {
        const char *more;
        const char *detail;
    } cases[] = {
        {"", "MissingValues"},
        {"<p:Title xsi:nil=\"true\"/>", "MissingValues"},
        {"<p:Title>x</p:Title><p:NoSuch>1</p:NoSuch>", "InvalidValues"},
        {"<p:Title>x</p:Title><p:Count>many</p:Count>", "InvalidValues"},
        {"<p:Title>x</p:Title><p:Small>256</p:Small>", "InvalidValues"},
        {"<p:Title>x</p:Title><p:Small>-1</p:Small>", "InvalidValues"},
        {"<p:Title>x</p:Title><p:Title>y</p:Title>", "InvalidValues"},
        {"<q:Title xmlns:q=\"urn:q\">x</q:Title>", "InvalidNamespace"},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_fault(world, create(world, "bad", cases[i].more),
                     "x:InvalidRepresentation", cases[i].detail);
    /* and nothing was left behind */
    assert_fault(world, get(world, T_URI("T_Stored"), T_SELECT("Id", "bad")),
                 "a:DestinationUnreachable", "");
    assert_fault(
        world, t_call(world, WSM_ACTION_CREATE, T_URI("T_Stored"), NULL, NULL),
        "x:InvalidRepresentation", "MissingValues");
    assert_fault(world,
                 t_call(world, WSM_ACTION_CREATE, T_URI("T_Stored"), NULL,
                        "<T_Stored/>"),
                 "x:InvalidRepresentation", "InvalidNamespace");
    assert_fault(world,
                 t_call(world, WSM_ACTION_CREATE, T_URI("T_Item"), NULL,
                        "<p:T_Item " NS("T_Item") "/>"),
                 "a:ActionNotSupported", "ActionMismatch");
}

/* A Put changes what it names and nothing else. */
static void test_put_stored(void **state)
{
    t_world_t *world = *state;

    create(world, "a", "<p:Title>One</p:Title><p:Free>kept</p:Free>");
    assert_int_equal(put(world, "T_Stored", T_SELECT("Id", "a"),
                         "<p:Count>9</p:Count><p:Small xsi:nil=\"true\"/>"),
                     200);
    assert_string_equal(value(world, "Count"), "9");
    get(world, T_URI("T_Stored"), T_SELECT("Id", "a"));
    assert_string_equal(value(world, "Title"), "One");
    assert_string_equal(value(world, "Free"), "kept");
    assert_string_equal(value(world, "Count"), "9");
    /* The key may be there, as it is. */
    assert_int_equal(put(world, "T_Stored", T_SELECT("Id", "a"),
                         "<p:Id>a</p:Id><p:Count>10</p:Count>"),
                     200);
    assert_fault(world,
                 put(world, "T_Stored", T_SELECT("Id", "a"),
                     "<p:Id>b</p:Id><p:Count>11</p:Count>"),
                 "x:InvalidRepresentation", "InvalidValues");
    assert_fault(world,
                 put(world, "T_Stored", T_SELECT("Id", "a"),
                     "<p:Title xsi:nil=\"true\"/>"),
                 "x:InvalidRepresentation", "MissingValues");
    assert_fault(
        world,
        put(world, "T_Stored", T_SELECT("Id", "none"), "<p:Count>1</p:Count>"),
        "a:DestinationUnreachable", "");
    get(world, T_URI("T_Stored"), T_SELECT("Id", "a"));
    assert_string_equal(value(world, "Count"), "10");
}

/* R7.4-3: read-only values may be there and are ignored; with nothing else
 * there is nothing to do. */
static void test_put_provided(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(put(world, "T_Item", T_SELECT("Name", "item00001"),
                         "<p:Fixed>x</p:Fixed><p:Size>5</p:Size>"),
                     200);
    assert_fault(world,
                 put(world, "T_Item", T_SELECT("Name", "item00001"),
                     "<p:Fixed>x</p:Fixed>"),
                 "a:ActionNotSupported", "ActionMismatch");
}

static void test_put_below(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        t_call(world, WSM_ACTION_CREATE, T_URI("T_StoredBelow"), NULL,
               "<p:T_StoredBelow " NS(
                   "T_StoredBelow") "><p:Id>sub</p:Id>"
                                    "<p:Title>t</p:Title><p:Extra>e</p:Extra></"
                                    "p:T_StoredBelow>"),
        200);
    assert_int_equal(
        put(world, "T_Stored", T_SELECT("Id", "sub"), "<p:Free>f</p:Free>"),
        200);
    get(world, T_URI("T_Stored"), T_SELECT("Id", "sub"));
    assert_string_equal(t_xp(world, "local-name(//s:Body/*)"), "T_StoredBelow");
    assert_string_equal(value(world, "Free"), "f");
    assert_string_equal(value(world, "Extra"), "e");
}

static void test_delete(void **state)
{
    t_world_t *world = *state;

    create(world, "a", "<p:Title>One</p:Title>");
    assert_int_equal(t_call(world, WSM_ACTION_DELETE, T_URI("T_Stored"),
                            T_SELECT("Id", "a"), NULL),
                     200);
    assert_string_equal(t_xp(world, "count(//s:Body/*)"), "0");
    assert_fault(world, get(world, T_URI("T_Stored"), T_SELECT("Id", "a")),
                 "a:DestinationUnreachable", "");
    assert_fault(world,
                 t_call(world, WSM_ACTION_DELETE, T_URI("T_Stored"),
                        T_SELECT("Id", "a"), NULL),
                 "a:DestinationUnreachable", "");
    assert_fault(world,
                 t_call(world, WSM_ACTION_DELETE, T_URI("T_Item"),
                        T_SELECT("Name", "item00001"), NULL),
                 "a:ActionNotSupported", "ActionMismatch");
}

static void test_requested_epr(void **state)
{
    t_world_t *world = *state;

    get(world, T_URI("T_Item"),
        T_SELECT("Name", "item00003") "<w:RequestEPR/>");
    assert_string_equal(
        t_xp(world, "string(//s:Header/w:RequestedEPR/a:EndpointReference/"
                    "a:ReferenceParameters/w:SelectorSet/w:Selector)"),
        "item00003");
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_get),
    T_CASE(test_get_by_wmi_uri),
    T_CASE(test_get_by_superclass),
    T_CASE(test_get_by_list),
    T_CASE(test_singleton),
    T_CASE(test_get_faults),
    T_CASE(test_create_and_read_back),
    T_CASE(test_unreportable_success),
    T_CASE(test_declared_instance),
    T_CASE(test_create_faults),
    T_CASE(test_put_stored),
    T_CASE(test_put_provided),
    T_CASE(test_put_below),
    T_CASE(test_delete),
    T_CASE(test_requested_epr),
};

T_MAIN(tests)
