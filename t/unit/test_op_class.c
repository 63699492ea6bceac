/* test_op_class.c - classes over WS-Management: as instances of meta_class, and
 * as CIM-XML.
 */
#include "serve.h"

#define ENUMERATE(inner) "<n:Enumerate>" inner "</n:Enumerate>"
#define ALL              "<w:OptimizeEnumeration/><w:MaxElements>500</w:MaxElements>"
#define WQL(text)                                                              \
    "<w:Filter Dialect=\"" WSM_DIALECT_WQL "\">" text "</w:Filter>"

/* The last page's context goes into a Pull.  @return how many items came */
static int pull(t_world_t *world, const char *uri, const char *headers,
                const char *max)
{
    const char *context = t_xp(world, "string(//n:EnumerationContext)");

    assert_int_equal(
        t_call(world, WSM_ACTION_PULL, uri, headers,
               apr_pstrcat(world->pool, "<n:Pull><n:EnumerationContext>",
                           context, "</n:EnumerationContext><n:MaxElements>",
                           max, "</n:MaxElements></n:Pull>", NULL)),
        200);
    return atoi(t_xp(world, "count(//n:Items/*)"));
}

/* ---- meta_class */

static void test_meta_class(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(t_call(world, WSM_ACTION_ENUMERATE, WSM_URI_CIM_ALL, NULL,
                            ENUMERATE(ALL WQL("SELECT * FROM meta_class"))),
                     200);
    assert_string_equal(t_xp(world, "count(//w:Items/*)"), "12");
    assert_string_equal(t_xp(world, "string(//w:Items/*[local-name()="
                                    "'T_Stored']/*[local-name()='Count'])"),
                        "7");
    assert_string_equal(t_xp(world, "string(//w:Items/*[local-name()="
                                    "'T_Stored']/*[local-name()='Id']"
                                    "/@xsi:nil)"),
                        "true");
    assert_string_equal(t_xp(world, "string(//w:Items/*[local-name()="
                                    "'T_StoredBelow']/@xsi:type)"),
                        "p:T_StoredBelow_Type");
    assert_string_equal(t_xp(world, "namespace-uri(//w:Items/*[local-name()="
                                    "'T_Stored'])"),
                        T_URI("T_Stored"));
}

static void test_meta_class_below(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        t_call(world, WSM_ACTION_ENUMERATE, WSM_URI_CIM_ALL, NULL,
               ENUMERATE(ALL WQL("SELECT * FROM meta_class WHERE __THIS ISA "
                                 "\"T_Root\""))),
        200);
    assert_string_equal(t_xp(world, "count(//w:Items/*)"), "3");
}

static void test_meta_class_epr(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        t_call(world, WSM_ACTION_ENUMERATE, WSM_URI_WMI "root/test/*", NULL,
               ENUMERATE(ALL "<w:EnumerationMode>EnumerateEPR"
                             "</w:EnumerationMode>" WQL(
                                 "SELECT * FROM meta_class WHERE __CLASS = "
                                 "\"T_One\""))),
        200);
    assert_string_equal(t_xp(world, "string(//w:Items//w:ResourceURI)"),
                        WSM_URI_WMI "root/test/T_One");
    assert_string_equal(t_xp(world, "count(//w:Items//w:Selector)"), "0");
}

static void test_meta_class_pages(void **state)
{
    t_world_t *world = *state;
    int seen = 0;

    assert_int_equal(t_call(world, WSM_ACTION_ENUMERATE, WSM_URI_CIM_ALL, NULL,
                            ENUMERATE(WQL("SELECT * FROM meta_class"))),
                     200);
    do {
        int count = pull(world, WSM_URI_CIM_ALL, NULL, "3");

        assert_in_range(count, 1, 3);
        seen += count;
    } while (*t_xp(world, "string(//n:EnumerationContext)") != '\0');
    assert_int_equal(seen, 12);
}

static wsm_error_t *deny_items(void *baton, const cim_class_t *cls, int deep)
{
    t_world_t *world = baton;

    (void)deep;
    if (strcmp(cls->name, "T_Item") != 0)
        return NULL;
    return wsm_fail(world->pool, WSMAN_E_ACCESS_DENIED, "No.");
}

static void test_meta_class_denied(void **state)
{
    t_world_t *world = *state;

    world->authorize_class = deny_items;
    assert_int_equal(t_call(world, WSM_ACTION_ENUMERATE, WSM_URI_CIM_ALL, NULL,
                            ENUMERATE(ALL WQL("SELECT * FROM meta_class"))),
                     200);
    assert_string_equal(t_xp(world, "count(//w:Items/*)"), "11");
    assert_string_equal(
        t_xp(world, "count(//w:Items/*[local-name()='T_Item'])"), "0");
}

static void test_meta_class_mode(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(t_call(world, WSM_ACTION_ENUMERATE, WSM_URI_CIM_ALL, NULL,
                            ENUMERATE(ALL "<b:PolymorphismMode>None"
                                          "</b:PolymorphismMode>" WQL(
                                              "SELECT * FROM meta_class"))),
                     500);
    assert_string_equal(t_subcode(world), "b:PolymorphismModeNotSupported");
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_meta_class),        T_CASE(test_meta_class_below),
    T_CASE(test_meta_class_epr),    T_CASE(test_meta_class_pages),
    T_CASE(test_meta_class_denied), T_CASE(test_meta_class_mode)};

T_MAIN(tests)
