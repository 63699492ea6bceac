/* Enumerations by WQL and CQL, from envelope to envelope. */
#include "serve.h"

#define ALL WSM_URI_WMI "root/test/*"

/* Enumerates with a query, as many items in the reply as there are. */
static int enumerate_as(t_world_t *world, const char *dialect, const char *uri,
                        const char *query, const char *more)
{
    return t_call(world, WSM_ACTION_ENUMERATE, uri, NULL,
                  apr_pstrcat(world->pool,
                              "<n:Enumerate><w:OptimizeEnumeration/>"
                              "<w:MaxElements>100</w:MaxElements>",
                              more, "<w:Filter Dialect=\"", dialect, "\">",
                              query, "</w:Filter></n:Enumerate>", NULL));
}

static int ask(t_world_t *world, const char *uri, const char *query)
{
    return enumerate_as(world, WSM_DIALECT_WQL, uri, query, "");
}

static const char *names(t_world_t *world)
{
    const char *list = "";
    int i, count = atoi(t_xp(world, "count(//w:Items/*)"));

    for (i = 1; i <= count; i++)
        list = apr_pstrcat(
            world->pool, list, i > 1 ? " " : "",
            t_xp(world,
                 apr_psprintf(world->pool,
                              "string((//*[local-name()='Name'])[%d])", i)),
            NULL);
    return list;
}

static void test_data(void **state)
{
    static const struct {
        const char *uri, *query, *names;
    } cases[] = {
        {T_URI("T_Item"), "SELECT * FROM T_Item WHERE Size &gt; 215",
         "item00022 item00023 item00024"},
        {T_URI("T_Item"), "select * from t_item where name='ITEM00003'",
         "item00003"},
        {T_URI("T_Item"),
         "SELECT * FROM T_Item WHERE Name LIKE '%[23]'"
         " AND NOT Size &lt; 120",
         "item00012 item00013 item00022 item00023"},
        {T_URI("T_Item"), "SELECT * FROM T_Leaf", "item00000 item00001"},
        {T_URI("T_Item"), "SELECT * FROM T_Item WHERE __CLASS = T_Leaf",
         "item00000 item00001"},
        {T_URI("T_Root"), "SELECT * FROM T_Root WHERE Name = 'item00024'",
         "item00024"},
        {T_URI("T_Item"), "SELECT * FROM T_Item WHERE Note IS NOT NULL", ""},
        {ALL, "SELECT * FROM T_Item WHERE Size = 30", "item00003"},
        {WSM_URI_CIM_ALL, "SELECT * FROM T_Item WHERE Size = 30", "item00003"},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (ask(world, cases[i].uri, cases[i].query) != 200)
            fail_msg("%s: %s", cases[i].query, world->text);
        assert_string_equal(names(world), cases[i].names);
        assert_string_equal(t_xp(world, "count(//w:XmlFragment)"), "0");
    }
}

/* DSP0227 8.1: what is selected comes as a fragment, in the order asked for. */
static void test_projection(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(ask(world, T_URI("T_Item"),
                         "SELECT size, Name FROM T_Item WHERE Size = 30"),
                     200);
    assert_string_equal(t_xp(world, "count(//w:Items/w:XmlFragment)"), "1");
    assert_string_equal(t_xp(world, "count(//w:XmlFragment/*)"), "2");
    assert_string_equal(t_xp(world, "local-name(//w:XmlFragment/*[1])"),
                        "Size");
    assert_string_equal(t_xp(world, "string(//w:XmlFragment/*[1])"), "30");
    assert_string_equal(t_xp(world, "string(//w:XmlFragment/*[2])"),
                        "item00003");
    assert_string_equal(t_xp(world, "namespace-uri(//w:XmlFragment/*[2])"),
                        T_URI("T_Item"));
    assert_int_equal(
        enumerate_as(world, WSM_DIALECT_WQL, T_URI("T_Item"),
                     "SELECT Size FROM T_Item",
                     "<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>"),
        500);
}

/* The query goes with the context, from page to page. */
static void test_pages(void **state)
{
    t_world_t *world = *state;
    const char *context;
    int pulls = 0, count;

    assert_int_equal(
        t_call(world, WSM_ACTION_ENUMERATE, ALL, NULL,
               "<n:Enumerate><w:OptimizeEnumeration/>"
               "<w:MaxElements>2</w:MaxElements><w:Filter "
               "Dialect=\"" WSM_DIALECT_WQL "\">SELECT Name FROM T_Item "
               "WHERE Name LIKE '%1_' OR Size = 0</w:Filter></n:Enumerate>"),
        200);
    count = atoi(t_xp(world, "count(//w:Items/*)"));
    context = t_xp(world, "string(//n:EnumerationContext)");
    while (*context != '\0') {
        assert_int_equal(
            t_call(world, WSM_ACTION_PULL, ALL, NULL,
                   apr_pstrcat(world->pool, "<n:Pull><n:EnumerationContext>",
                               context,
                               "</n:EnumerationContext><n:MaxElements>3"
                               "</n:MaxElements></n:Pull>",
                               NULL)),
            200);
        assert_string_equal(t_xp(world, "count(//n:Items/*) = "
                                        "count(//n:Items/w:XmlFragment)"),
                            "true");
        count += atoi(t_xp(world, "count(//n:Items/*)"));
        context = t_xp(world, "string(//n:EnumerationContext)");
        assert_true(++pulls < 10);
    }
    /* 10 to 19, and 0 of both classes */
    assert_int_equal(count, 12);
    assert_int_equal(pulls, 4);
}

static void test_cql(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        enumerate_as(world, WSM_DIALECT_CQL, T_URI("T_Item"),
                     "SELECT i.Name FROM T_Item AS i WHERE i.Size = 0x1E "
                     "AND i.Name != \"ITEM00003\"",
                     ""),
        200);
    assert_string_equal(names(world), "item00003");
    assert_string_equal(t_xp(world, "count(//w:XmlFragment/*)"), "1");
}

static void test_faults(void **state)
{
    static const struct {
        const char *dialect, *uri, *query, *subcode, *status;
    } cases[] = {
        {WSM_DIALECT_WQL, ALL, "SELECT", "n:CannotProcessFilter", "15"},
        {WSM_DIALECT_WQL, ALL, "SELECT * FROM T_Item WHERE Bad = 1",
         "n:CannotProcessFilter", "15"},
        {WSM_DIALECT_WQL, T_URI("T_Leaf"), "SELECT * FROM T_Item",
         "n:CannotProcessFilter", "15"},
        {WSM_DIALECT_WQL, ALL, "SELECT * FROM T_None",
         "a:DestinationUnreachable", "5"},
        {WSM_DIALECT_WQL, ALL, "SELECT count(*) FROM T_Item",
         "n:CannotProcessFilter", "29"},
        {WSM_DIALECT_CQL, ALL, "SELECT * FROM T_Item, T_Leaf",
         "n:CannotProcessFilter", "29"},
        {WSM_DIALECT_WQL, ALL, "<x/>", "n:CannotProcessFilter", "15"},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(enumerate_as(world, cases[i].dialect, cases[i].uri,
                                      cases[i].query, ""),
                         500);
        assert_string_equal(
            t_xp(world, "substring-after(//s:Subcode/s:Value, ':')"),
            strchr(cases[i].subcode, ':') + 1);
        assert_string_equal(
            t_xp(world, "string(//*[local-name()='CIMStatusCode'])"),
            cases[i].status);
    }
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_data), T_CASE(test_projection), T_CASE(test_pages),
    T_CASE(test_cql), T_CASE(test_faults)};

T_MAIN(tests)
