/* Instances as items: which class, in which mode, what of them (DSP0226 8.6,
 * 8.7; DSP0227 8.1, 9.3). */
#include "serve.h"

#define OPTIMIZE "<w:OptimizeEnumeration/>"
#define MAX(n)   "<w:MaxElements>" n "</w:MaxElements>"
#define SELECTED                                                               \
    "<w:Filter Dialect=\"" WSM_DIALECT_SELECTOR                                \
    "\"><w:SelectorSet><w:Selector Name=\"Size\">10</w:Selector>"              \
    "</w:SelectorSet></w:Filter>"

static const char *context_of(t_world_t *world)
{
    return t_xp(world, "string(//n:EnumerationContext)");
}

static int pull(t_world_t *world, const char *uri, const char *context)
{
    return t_call(
        world, WSM_ACTION_PULL, uri, NULL,
        apr_pstrcat(world->pool, "<n:Pull><n:EnumerationContext>", context,
                    "</n:EnumerationContext>" MAX("10") "</n:Pull>", NULL));
}

#define WQL(text)                                                              \
    "<w:Filter Dialect=\"" WSM_DIALECT_WQL "\">" text "</w:Filter>"
#define ALL_CLASSES "http://schemas.dmtf.org/wbem/wscim/1/*"

static int query(t_world_t *world, const char *uri, const char *content)
{
    return t_call(world, WSM_ACTION_ENUMERATE, uri, NULL,
                  apr_pstrcat(world->pool, "<n:Enumerate>" OPTIMIZE MAX("100"),
                              content, "</n:Enumerate>", NULL));
}

/* Every mode of the one kind with every mode of the other (DSP0226 8.7, DSP0227
 * 9.3): what the items are, of which class, and what their EPRs name. */
static void test_modes_together(void **state)
{
    static const char *const item_modes[] = {"EnumerateObject", "EnumerateEPR",
                                             "EnumerateObjectAndEPR"};
    static const struct {
        const char *mode;
        const char *items, *leaves, *when;
    } rows[] = {
        {"IncludeSubClassProperties", "27", "2", "2"},
        {"ExcludeSubClassProperties", "27", "0", "0"},
        {"None", "25", "0", "0"},
    };
    t_world_t *world = *state;
    unsigned i, k;

    for (i = 0; i < 3; i++) {
        for (k = 0; k < 3; k++) {
            int all = strcmp(rows[i].mode, "None") != 0;

            assert_int_equal(
                query(world, T_URI("T_Item"),
                      apr_pstrcat(world->pool, "<w:EnumerationMode>",
                                  item_modes[k],
                                  "</w:EnumerationMode>"
                                  "<b:PolymorphismMode>",
                                  rows[i].mode, "</b:PolymorphismMode>", NULL)),
                200);
            assert_string_equal(t_xp(world, "count(//w:Items/*)"),
                                rows[i].items);
            assert_string_equal(
                t_xp(world, "count(//*[local-name()='T_Leaf'])"),
                k == 1 ? "0" : rows[i].leaves);
            assert_string_equal(t_xp(world, "count(//*[local-name()='When'])"),
                                k == 1 ? "0" : rows[i].when);
            assert_string_equal(
                t_xp(world, "count(//*[contains(@xsi:type, ':T_Item_Type')])"),
                k == 1 ? "0" : (i == 0 ? "25" : rows[i].items));
            assert_string_equal(t_xp(world, "count(//w:Items/w:Item)"),
                                k == 2 ? rows[i].items : "0");
            /* An EPR names the class that the instance is really of. */
            assert_string_equal(t_xp(world,
                                     "count(//a:EndpointReference[contains(., "
                                     "'/T_Leaf')])"),
                                k > 0 && all ? "2" : "0");
            assert_string_equal(t_xp(world, "count(//a:EndpointReference)"),
                                k > 0 ? rows[i].items : "0");
        }
    }
}

/* The class of the query is that of the URI, or one below it; of the
 * all-classes URI, any. */
static void test_class_of_the_query(void **state)
{
    static const struct {
        const char *uri;
        const char *content;
        const char *count; /* of items; NULL: a fault */
        const char *leaves;
    } cases[] = {
        {T_URI("T_Item"), WQL("SELECT * FROM T_Item"), "27", "2"},
        {T_URI("T_Item"), WQL("SELECT * FROM T_Leaf"), "2", "2"},
        {T_URI("T_Root"), WQL("SELECT * FROM T_Leaf"), "2", "2"},
        {T_URI("T_Leaf"), WQL("SELECT * FROM T_Item"), NULL, NULL},
        {T_URI("T_Item"), WQL("SELECT * FROM T_Spool"), NULL, NULL},
        {ALL_CLASSES, WQL("SELECT * FROM T_Item"), "27", "2"},
        {WSM_URI_WMI "root/test/*", WQL("SELECT * FROM T_Item"), "27", "2"},
        {ALL_CLASSES, WQL("SELECT * FROM T_NoSuch"), NULL, NULL},
        {ALL_CLASSES, SELECTED, NULL, NULL},
        {T_URI("T_Root"),
         WQL("SELECT * FROM T_Item") "<b:PolymorphismMode>None"
                                     "</b:PolymorphismMode>",
         "25", "0"},
        {T_URI("T_Root"),
         WQL("SELECT * FROM T_Item") "<b:PolymorphismMode>"
                                     "ExcludeSubClassProperties"
                                     "</b:PolymorphismMode>",
         "27", "0"},
        {ALL_CLASSES,
         WQL("SELECT * FROM T_Item") "<b:PolymorphismMode>None"
                                     "</b:PolymorphismMode>",
         NULL, NULL},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int status = query(world, cases[i].uri, cases[i].content);

        if (status != (cases[i].count ? 200 : 500))
            fail_msg("case %u: %s", i, world->text);
        if (cases[i].count == NULL)
            continue;
        assert_string_equal(t_xp(world, "count(//w:Items/*)"), cases[i].count);
        assert_string_equal(t_xp(world, "count(//*[local-name()='T_Leaf'])"),
                            cases[i].leaves);
    }
}

/* R8.6-1; in the namespace of the class that the instance is shown as. */
static void test_projection(void **state)
{
    t_world_t *world = *state;
    const char *context;
    int total = 0;

    query(world, ALL_CLASSES,
          WQL("SELECT Size, Name FROM T_Item WHERE Size &lt; 20"));
    assert_string_equal(t_xp(world, "count(//w:Items/w:XmlFragment)"), "4");
    assert_string_equal(t_xp(world, "count(//w:XmlFragment/*)"), "8");
    assert_string_equal(t_xp(world, "local-name(//w:XmlFragment[1]/*[1])"),
                        "Size");
    assert_string_equal(t_xp(world, "namespace-uri(//w:XmlFragment[1]/*[1])"),
                        T_URI("T_Item"));
    assert_string_equal(t_xp(world, "namespace-uri(//w:XmlFragment[4]/*[1])"),
                        T_URI("T_Leaf"));
    query(world, T_URI("T_Item"),
          WQL("SELECT Size, Name FROM T_Item") "<b:PolymorphismMode>"
                                               "ExcludeSubClassProperties"
                                               "</b:PolymorphismMode>");
    assert_string_equal(t_xp(world, "namespace-uri(//w:XmlFragment[27]/*[1])"),
                        T_URI("T_Item"));
    /* The query goes with the context. */
    t_call(world, WSM_ACTION_ENUMERATE, ALL_CLASSES, NULL,
           "<n:Enumerate>" WQL("SELECT Name FROM T_Item") "</n:Enumerate>");
    for (context = context_of(world); *context; context = context_of(world)) {
        assert_int_equal(pull(world, ALL_CLASSES, context), 200);
        total += atoi(t_xp(world, "count(//n:Items/w:XmlFragment)"));
    }
    assert_int_equal(total, 27);
    /* A context is of the URI that it was made for. */
    t_call(world, WSM_ACTION_ENUMERATE, ALL_CLASSES, NULL,
           "<n:Enumerate>" WQL("SELECT Name FROM T_Item") "</n:Enumerate>");
    assert_int_equal(pull(world, T_URI("T_Item"), context_of(world)), 500);
    assert_string_equal(t_subcode(world), "n:InvalidEnumerationContext");
    assert_int_equal(
        query(world, ALL_CLASSES,
              WQL("SELECT Name FROM T_Item") "<w:EnumerationMode>EnumerateEPR"
                                             "</w:EnumerationMode>"),
        500);
    assert_string_equal(t_detail(world), "EnumerationMode");
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_modes_together),
    T_CASE(test_class_of_the_query),
    T_CASE(test_projection),
};

T_MAIN(tests)
