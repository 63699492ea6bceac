/* test_op_class.c - classes over WS-Management: as instances of meta_class, and
 * as CIM-XML.
 */
#include "serve.h"

#include "../../mod_wsman/om/cim_catalog.h"

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

/* ---- as CIM-XML: Get */

#define ANY_CLASS           WSM_URI_CIM_XML "*"
#define OPTION(name, value) "<w:Option Name=\"" name "\">" value "</w:Option>"
#define OPTIONS(inner)      "<w:OptionSet>" inner "</w:OptionSet>"

static int setup_catalog(void **state)
{
    t_world_t *world = t_world_make(t_pool);

    t_must(cim_catalog_complete(world->schema, "root/test", world->pool));
    world->endpoint.catalog =
        cim_catalog_make(world->schema, "default", world->pool);
    *state = world;
    return 0;
}

#define WITH_CATALOG(function)                                                 \
    cmocka_unit_test_setup_teardown(function, setup_catalog, t_teardown)

/* What Windows answers to a Get of this form, without options. */
static void test_get(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(t_call(world, WSM_ACTION_GET, ANY_CLASS,
                            T_SELECT("ClassName", "t_item"), NULL),
                     200);
    assert_non_null(strstr(
        world->text,
        "<s:Body><CLASS NAME=\"T_Item\" SUPERCLASS=\"T_Root\">"
        "<PROPERTY NAME=\"Name\" CLASSORIGIN=\"T_Root\" PROPAGATED=\"true\" "
        "TYPE=\"string\"/><PROPERTY NAME=\"Note\" CLASSORIGIN=\"T_Root\" "
        "PROPAGATED=\"true\" TYPE=\"string\"/><PROPERTY NAME=\"Size\" "
        "CLASSORIGIN=\"T_Item\" TYPE=\"uint32\"/><PROPERTY NAME=\"Fixed\" "
        "CLASSORIGIN=\"T_Item\" TYPE=\"string\"/></CLASS></s:Body>"));
    assert_string_equal(t_xp(world, "string(//a:Action)"),
                        WSM_ACTION_GET "Response");
}

/* Get-CimClass */
static void test_get_as_powershell(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        t_call(world, WSM_ACTION_GET, ANY_CLASS,
               "<w:SelectorSet><w:Selector Name=\"__cimnamespace\">ROOT/test"
               "</w:Selector><w:Selector Name=\"ClassName\">T_Leaf"
               "</w:Selector></w:SelectorSet>" OPTIONS(
                   OPTION("IncludeInheritanceHierarchy",
                          "true") OPTION("IncludeInheritedElements", "true")
                       OPTION("IncludeQualifiers", "true")
                           OPTION("__MI_CallbackRegistration", "11")
                               OPTION("msftwinrm:UsePreciseArrays", "true")),
               NULL),
        200);
    assert_string_equal(t_xp(world, "string(//CLASS/@DERIVATION)"),
                        "T_Item,T_Root");
    assert_string_equal(
        t_xp(world, "string(//PROPERTY[@NAME='Name']/QUALIFIER[@NAME='Key' and "
                    "@PROPAGATED='true' and @OVERRIDABLE='false']/VALUE)"),
        "true");
    assert_string_equal(t_xp(world, "count(//PROPERTY.ARRAY[@NAME='Tags'])"),
                        "1");
}

static void test_get_by_uri(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        t_call(world, WSM_ACTION_GET, WSM_URI_CIM_XML "T_Method",
               OPTIONS(OPTION("IncludeClassOrigin", "false") OPTION(
                   "wmi:IncludeQualifiers", "1")) "<w:RequestEPR/>",
               NULL),
        200);
    assert_string_equal(t_xp(world, "count(//@CLASSORIGIN)"), "0");
    assert_string_equal(t_xp(world, "string(//METHOD[@NAME='Add']/PARAMETER"
                                    "[@NAME='Sum']/QUALIFIER[@NAME='In'])"),
                        "false");
    assert_string_equal(t_xp(world, "string(//w:RequestedEPR//w:ResourceURI)"),
                        WSM_URI_CIM_XML "T_Method");
}

static void test_get_local(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        t_call(world, WSM_ACTION_GET, WSM_URI_CIM_XML "T_Leaf",
               OPTIONS(OPTION("IncludeInheritedElements", "false")), NULL),
        200);
    assert_string_equal(t_xp(world, "count(//CLASS/*)"), "2");
}

static const struct {
    const char *action;
    const char *uri;
    const char *headers;
    const char *subcode;
    const char *detail;
    const char *status;
} get_faults[] = {
    {WSM_ACTION_GET, ANY_CLASS, NULL, "w:InvalidSelectors",
     "InsufficientSelectors", ""},
    {WSM_ACTION_GET, ANY_CLASS, T_SELECT("ClassName", "T_None"),
     "a:DestinationUnreachable", "", "6"},
    {WSM_ACTION_GET, WSM_URI_CIM_XML "T_None", NULL, "a:DestinationUnreachable",
     "", "6"},
    {WSM_ACTION_GET, WSM_URI_CIM_XML "T_One",
     T_SELECT("__cimnamespace", "root/none"), "a:DestinationUnreachable", "",
     "3"},
    {WSM_ACTION_GET, WSM_URI_CIM_XML "T_One", T_SELECT("ClassName", "T_Item"),
     "w:InvalidSelectors", "InvalidValue", ""},
    {WSM_ACTION_GET, WSM_URI_CIM_XML "T_One", T_SELECT("Name", "x"),
     "w:InvalidSelectors", "UnexpectedSelectors", ""},
    {WSM_ACTION_GET, WSM_URI_CIM_XML "T_One",
     OPTIONS(OPTION("IncludeQualifiers", "maybe")), "w:InvalidOptions",
     "InvalidValue", ""},
    {WSM_ACTION_GET, WSM_URI_CIM_XML "T_One",
     "<w:OptionSet s:mustUnderstand=\"true\"><w:Option Name=\"Unheard\" "
     "MustComply=\"true\">1</w:Option></w:OptionSet>",
     "w:InvalidOptions", "NotSupported", ""},
    {WSM_ACTION_GET, WSM_URI_CIM_XML "T_One",
     "<w:FragmentTransfer s:mustUnderstand=\"true\">Name"
     "</w:FragmentTransfer>",
     "w:UnsupportedFeature", "FragmentLevelAccess", ""},
    {WSM_URI_CIM_XML "T_Method/Now", WSM_URI_CIM_XML "T_Method", NULL,
     "a:ActionNotSupported", "ActionMismatch", ""},
    {WSM_ACTION_GET, WSM_URI_CIM_XML, NULL, "a:DestinationUnreachable",
     "InvalidResourceURI", ""},
};

static void test_get_faults(void **state)
{
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(get_faults) / sizeof(get_faults[0]); i++) {
        assert_int_equal(t_call(world, get_faults[i].action, get_faults[i].uri,
                                get_faults[i].headers, NULL),
                         500);
        assert_string_equal(t_subcode(world), get_faults[i].subcode);
        assert_string_equal(t_detail(world), get_faults[i].detail);
        if (*get_faults[i].status)
            assert_string_equal(
                t_xp(world, "string(//*[local-name()='CIMStatusCode'])"),
                get_faults[i].status);
    }
}

static void test_get_denied(void **state)
{
    t_world_t *world = *state;

    world->authorize_class = deny_items;
    assert_int_equal(
        t_call(world, WSM_ACTION_GET, WSM_URI_CIM_XML "T_Item", NULL, NULL),
        500);
    assert_string_equal(t_subcode(world), "w:AccessDenied");
    assert_string_equal(world->asked.class_name, "*");
    assert_int_equal(
        t_call(world, WSM_ACTION_GET, WSM_URI_CIM_XML "T_Leaf", NULL, NULL),
        200);
}

/* ---- Enumerate */

static int enumerate(t_world_t *world, const char *uri, const char *headers,
                     const char *inner)
{
    assert_int_equal(t_call(world, WSM_ACTION_ENUMERATE, uri, headers,
                            apr_pstrcat(world->pool, "<n:Enumerate>", inner,
                                        "</n:Enumerate>", NULL)),
                     200);
    return atoi(t_xp(world, "count(//w:Items/*)"));
}

static void test_enumerate(void **state)
{
    t_world_t *world = *state;

    /* Windows sends an empty ClassName for all. */
    assert_int_equal(
        enumerate(world, ANY_CLASS, T_SELECT("ClassName", ""), ALL), 16);
    assert_string_equal(t_xp(world, "count(//w:Items/CLASS)"), "16");
    assert_string_equal(t_xp(world, "string(//CLASS[5]/@NAME)"), "T_Half");
    assert_int_equal(enumerate(world, ANY_CLASS,
                               OPTIONS(OPTION("IncludeSubClasses", "false")),
                               ALL),
                     10);
    assert_int_equal(enumerate(world, WSM_URI_CIM_XML "T_Root", NULL, ALL), 2);
    assert_int_equal(enumerate(world, WSM_URI_CIM_XML "T_Root",
                               OPTIONS(OPTION("IncludeSubClasses", "false")),
                               ALL),
                     1);
    assert_string_equal(t_xp(world, "string(//CLASS/@NAME)"), "T_Item");
    assert_int_equal(
        enumerate(world, ANY_CLASS, T_SELECT("ClassName", "T_Leaf"), ALL), 0);
}

static void test_enumerate_names(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        enumerate(world, WSM_URI_CIM_XML "T_Item",
                  OPTIONS(OPTION("ExcludeClassSpecification", "true")), ALL),
        1);
    assert_string_equal(t_xp(world, "string(//w:Items/CLASSNAME/@NAME)"),
                        "T_Leaf");
    assert_int_equal(
        enumerate(world, WSM_URI_CIM_XML "T_Item",
                  OPTIONS(OPTION("ExcludeClassSpecification", "true")
                              OPTION("IncludePath", "true")),
                  ALL),
        1);
    assert_string_equal(t_xp(world, "string(//CLASSPATH/NAMESPACEPATH/HOST)"),
                        "test.example");
    assert_int_equal(t_call(world, WSM_ACTION_ENUMERATE, ANY_CLASS,
                            OPTIONS(OPTION("IncludePath", "true")),
                            ENUMERATE(ALL)),
                     500);
    assert_string_equal(t_subcode(world), "w:InvalidOptions");
}

static void test_enumerate_eprs(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(enumerate(world, WSM_URI_CIM_XML "T_Item", NULL,
                               ALL "<w:EnumerationMode>EnumerateObjectAndEPR"
                                   "</w:EnumerationMode>"),
                     1);
    assert_string_equal(t_xp(world, "string(//w:Item/CLASS/@NAME)"), "T_Leaf");
    assert_string_equal(
        t_xp(world, "string(//w:Item/a:EndpointReference//w:ResourceURI)"),
        WSM_URI_CIM_XML "T_Leaf");
}

/* Options hold for later pages, which may not repeat them. */
static void test_enumerate_pages(void **state)
{
    t_world_t *world = *state;
    const char *last = "";
    int seen = 0;

    assert_int_equal(
        enumerate(world, ANY_CLASS,
                  OPTIONS(OPTION("IncludeQualifiers", "true")
                              OPTION("IncludeInheritanceHierarchy", "true")),
                  "<w:OptimizeEnumeration/>"),
        1);
    seen = 1;
    while (*t_xp(world, "string(//n:EnumerationContext)") != '\0') {
        seen += pull(world, ANY_CLASS, NULL, "4");
        assert_string_equal(t_xp(world, "count(//CLASS[not(@DERIVATION)])"),
                            "0");
        assert_true(strcasecmp(last, t_xp(world, "string(//CLASS[1]/@NAME)")) <
                    0);
        last = t_xp(world, "string(//CLASS[last()]/@NAME)");
    }
    assert_int_equal(seen, 16);
}

static void test_enumerate_denied(void **state)
{
    t_world_t *world = *state;

    world->authorize_class = deny_items;
    assert_int_equal(t_call(world, WSM_ACTION_ENUMERATE,
                            WSM_URI_CIM_XML "T_Item", NULL, ENUMERATE(ALL)),
                     500);
    assert_string_equal(t_subcode(world), "w:AccessDenied");
    assert_int_equal(enumerate(world, WSM_URI_CIM_XML "T_Root", NULL, ALL), 1);
    assert_string_equal(t_xp(world, "string(//CLASS/@NAME)"), "T_Leaf");
}

/* Clients do not repeat the selectors in a Pull. */
static void test_enumerate_elsewhere(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(enumerate(world, WSM_URI_CIM_XML "*",
                               T_SELECT("__cimnamespace", "root/interop"), ""),
                     0);
    assert_int_equal(pull(world, WSM_URI_CIM_XML "*", NULL, "1"), 1);
    assert_string_equal(t_xp(world, "string(//CLASS/@NAME)"), "__NAMESPACE");
    assert_int_equal(pull(world, WSM_URI_CIM_XML "*",
                          T_SELECT("__cimnamespace", "root/interop"), "9"),
                     3);
    /* another one is another resource */
    assert_int_equal(enumerate(world, WSM_URI_CIM_XML "*",
                               T_SELECT("__cimnamespace", "root/interop"), ""),
                     0);
    assert_int_equal(
        t_call(world, WSM_ACTION_PULL, WSM_URI_CIM_XML "*",
               T_SELECT("__cimnamespace", "root"),
               apr_pstrcat(world->pool, "<n:Pull><n:EnumerationContext>",
                           t_xp(world, "string(//n:EnumerationContext)"),
                           "</n:EnumerationContext></n:Pull>", NULL)),
        500);
    assert_string_equal(t_subcode(world), "n:InvalidEnumerationContext");
}

/* What it was below has gone. */
static void test_enumerate_what_goes(void **state)
{
    t_world_t *world = *state;
    const char *context;

    assert_int_equal(t_call(world, WSM_ACTION_CREATE, WSM_URI_CIM_XML "*", NULL,
                            "<CLASS NAME=\"N_Gone\"/>"),
                     200);
    assert_int_equal(
        enumerate(world, WSM_URI_CIM_XML "*",
                  T_SELECT("ClassName",
                           "N_Gone") "<w:RequestTotalItemsCountEstimate/>",
                  ""),
        0);
    assert_string_equal(
        t_xp(world, "string(//s:Header/w:TotalItemsCountEstimate)"), "0");
    context = t_xp(world, "string(//n:EnumerationContext)");
    assert_int_equal(
        t_call(world, WSM_ACTION_DELETE, WSM_URI_CIM_XML "N_Gone", NULL, NULL),
        200);
    assert_int_equal(
        t_call(world, WSM_ACTION_PULL, WSM_URI_CIM_XML "*", NULL,
               apr_pstrcat(world->pool, "<n:Pull><n:EnumerationContext>",
                           context, "</n:EnumerationContext></n:Pull>", NULL)),
        500);
    assert_string_equal(t_subcode(world), "n:InvalidEnumerationContext");
}

static void test_enumerate_faults(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(t_call(world, WSM_ACTION_ENUMERATE,
                            WSM_URI_CIM_XML "T_None", NULL, ENUMERATE(ALL)),
                     500);
    assert_string_equal(t_subcode(world), "a:DestinationUnreachable");
    assert_int_equal(t_call(world, WSM_ACTION_ENUMERATE, ANY_CLASS, NULL,
                            ENUMERATE(ALL WQL("SELECT * FROM T_Item"))),
                     500);
    assert_string_equal(t_subcode(world), "n:FilteringNotSupported");
    assert_int_equal(t_call(world, WSM_ACTION_ENUMERATE, ANY_CLASS, NULL,
                            ENUMERATE("<b:PolymorphismMode>None"
                                      "</b:PolymorphismMode>")),
                     500);
    assert_string_equal(t_subcode(world), "b:PolymorphismModeNotSupported");
}

/* ---- Create, Put, Delete */

#define KEY                                                                    \
    "<PROPERTY NAME=\"Id\" TYPE=\"string\"><QUALIFIER NAME=\"Key\" "           \
    "TYPE=\"boolean\"><VALUE>true</VALUE></QUALIFIER></PROPERTY>"
#define NEW_CLASS "<CLASS NAME=\"N_New\">" KEY "</CLASS>"

static const char *cim_status(t_world_t *world)
{
    return t_xp(world, "string(//*[local-name()='CIMStatusCode'])");
}

static void create(t_world_t *world, const char *body)
{
    if (t_call(world, WSM_ACTION_CREATE, ANY_CLASS, NULL, body) != 200)
        fail_msg("%s", world->text);
}

static void test_create(void **state)
{
    t_world_t *world = *state;

    create(world, NEW_CLASS);
    assert_string_equal(
        t_xp(world, "string(//x:ResourceCreated//w:ResourceURI)"),
        WSM_URI_CIM_XML "N_New");
    assert_string_equal(world->asked.class_name, "N_New");
    assert_int_equal(
        t_call(world, WSM_ACTION_GET, WSM_URI_CIM_XML "N_New", NULL, NULL),
        200);
    assert_string_equal(t_xp(world, "string(//PROPERTY/@NAME)"), "Id");
    /* and there are instances of it */
    assert_int_equal(
        t_call(world, WSM_ACTION_CREATE, T_URI("N_New"), NULL,
               "<p:N_New xmlns:p=\"" T_URI("N_New") "\"><p:Id>1"
                                                    "</p:Id></p:N_New>"),
        200);
    assert_int_equal(
        t_call(world, WSM_ACTION_DELETE, WSM_URI_CIM_XML "N_New", NULL, NULL),
        500);
    assert_string_equal(cim_status(world), "9");
    assert_int_equal(t_call(world, WSM_ACTION_DELETE, T_URI("N_New"),
                            T_SELECT("Id", "1"), NULL),
                     200);
    assert_int_equal(
        t_call(world, WSM_ACTION_DELETE, WSM_URI_CIM_XML "N_New", NULL, NULL),
        200);
    assert_int_equal(
        t_call(world, WSM_ACTION_DELETE, WSM_URI_CIM_XML "N_New", NULL, NULL),
        500);
    assert_string_equal(cim_status(world), "6");
}

/* What is got with all that is inherited can be put back. */
static void test_get_and_put(void **state)
{
    t_world_t *world = *state;
    const char *all = OPTIONS(OPTION("IncludeQualifiers", "true"));
    const char *text, *end;

    create(world, "<CLASS NAME=\"N_Low\" SUPERCLASS=\"T_Method\">"
                  "<PROPERTY NAME=\"Extra\" TYPE=\"uint8\"><VALUE>1</VALUE>"
                  "</PROPERTY></CLASS>");
    t_call(world, WSM_ACTION_GET, WSM_URI_CIM_XML "N_Low", all, NULL);
    text = strstr(world->text, "<CLASS ");
    end = strstr(text, "</s:Body>");
    text = apr_pstrmemdup(world->pool, text, (apr_size_t)(end - text));
    assert_int_equal(
        t_call(world, WSM_ACTION_PUT, WSM_URI_CIM_XML "N_Low", NULL, text),
        200);
    t_call(world, WSM_ACTION_GET, WSM_URI_CIM_XML "N_Low", all, NULL);
    assert_non_null(strstr(world->text, text));
    assert_int_equal(
        t_call(world, WSM_ACTION_PUT, ANY_CLASS, T_SELECT("ClassName", "N_Low"),
               "<CLASS NAME=\"N_Low\" SUPERCLASS=\"T_Method\">"
               "<PROPERTY NAME=\"Other\" TYPE=\"uint8\"/></CLASS>"),
        200);
    t_call(world, WSM_ACTION_GET, WSM_URI_CIM_XML "N_Low", NULL, NULL);
    assert_string_equal(t_xp(world, "count(//PROPERTY[@NAME='Extra'])"), "0");
    assert_string_equal(t_xp(world, "count(//PROPERTY[@NAME='Other'])"), "1");
    assert_int_equal(
        t_call(world, WSM_ACTION_DELETE, WSM_URI_CIM_XML "N_Low", NULL, NULL),
        200);
}

static const struct {
    const char *action;
    const char *uri;
    const char *body;
    const char *subcode;
    const char *status;
} define_faults[] = {
    {WSM_ACTION_CREATE, ANY_CLASS, NULL, "x:InvalidRepresentation", ""},
    {WSM_ACTION_CREATE, ANY_CLASS, "<CLASS/>", "x:InvalidRepresentation", "4"},
    {WSM_ACTION_CREATE, ANY_CLASS, NEW_CLASS, "w:AlreadyExists", "11"},
    {WSM_ACTION_CREATE, ANY_CLASS, "<CLASS NAME=\"T_One\"/>", "w:AlreadyExists",
     "11"},
    {WSM_ACTION_CREATE, WSM_URI_CIM_XML "N_Other", "<CLASS NAME=\"N_X\"/>",
     "x:InvalidRepresentation", "4"},
    {WSM_ACTION_CREATE, ANY_CLASS,
     "<CLASS NAME=\"N_X\" SUPERCLASS=\"N_None\"/>", "x:InvalidRepresentation",
     "10"},
    {WSM_ACTION_CREATE, ANY_CLASS,
     "<CLASS NAME=\"N_X\"><QUALIFIER NAME=\"Unheard\" TYPE=\"string\"/>"
     "</CLASS>",
     "x:InvalidRepresentation", "4"},
    {WSM_ACTION_CREATE, ANY_CLASS,
     "<CLASS NAME=\"N_X\" SUPERCLASS=\"N_New\">"
     "<PROPERTY NAME=\"Id\" TYPE=\"uint8\"/></CLASS>",
     "x:InvalidRepresentation", "4"},
    {WSM_ACTION_CREATE, ANY_CLASS, "<CLASS NAME=\"__Mine\"/>",
     "x:InvalidRepresentation", "7"},
    {WSM_ACTION_PUT, ANY_CLASS, NEW_CLASS, "w:InvalidSelectors", ""},
    {WSM_ACTION_PUT, WSM_URI_CIM_XML "N_None", NEW_CLASS,
     "a:DestinationUnreachable", "6"},
    {WSM_ACTION_PUT, WSM_URI_CIM_XML "N_New", "<CLASS NAME=\"N_None\"/>",
     "x:InvalidRepresentation", "4"},
    {WSM_ACTION_PUT, WSM_URI_CIM_XML "T_One", "<CLASS NAME=\"T_One\"/>",
     "x:InvalidRepresentation", "7"},
    {WSM_ACTION_DELETE, ANY_CLASS, NULL, "w:InvalidSelectors", ""},
    {WSM_ACTION_DELETE, WSM_URI_CIM_XML "T_One", NULL,
     "x:InvalidRepresentation", "7"},
    {WSM_ACTION_DELETE, WSM_URI_CIM_XML "N_New", NULL,
     "x:InvalidRepresentation", "8"},
};

static void test_define_faults(void **state)
{
    t_world_t *world = *state;
    unsigned i;

    create(world, NEW_CLASS);
    create(world, "<CLASS NAME=\"N_Below\" SUPERCLASS=\"N_New\"/>");
    for (i = 0; i < sizeof(define_faults) / sizeof(define_faults[0]); i++) {
        if (t_call(world, define_faults[i].action, define_faults[i].uri, NULL,
                   define_faults[i].body) != 500)
            fail_msg("%u was accepted", i);
        assert_string_equal(t_subcode(world), define_faults[i].subcode);
        if (*define_faults[i].status)
            assert_string_equal(cim_status(world), define_faults[i].status);
    }
    assert_int_equal(enumerate(world, ANY_CLASS, NULL, ALL), 18);
}

static void test_no_catalog(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        t_call(world, WSM_ACTION_CREATE, ANY_CLASS, NULL, NEW_CLASS), 500);
    assert_string_equal(t_detail(world), "ActionMismatch");
    assert_int_equal(
        t_call(world, WSM_ACTION_GET, WSM_URI_CIM_XML "T_One", NULL, NULL),
        200);
}

static void test_create_below_denied(void **state)
{
    t_world_t *world = *state;

    world->authorize_class = deny_items;
    assert_int_equal(t_call(world, WSM_ACTION_CREATE, ANY_CLASS, NULL,
                            "<CLASS NAME=\"N_X\" SUPERCLASS=\"T_Item\"/>"),
                     500);
    assert_string_equal(t_subcode(world), "w:AccessDenied");
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_meta_class),
    T_CASE(test_meta_class_below),
    T_CASE(test_meta_class_epr),
    T_CASE(test_meta_class_pages),
    T_CASE(test_meta_class_denied),
    T_CASE(test_meta_class_mode),
    T_CASE(test_get),
    T_CASE(test_get_as_powershell),
    T_CASE(test_get_by_uri),
    T_CASE(test_get_local),
    T_CASE(test_get_faults),
    T_CASE(test_get_denied),
    WITH_CATALOG(test_enumerate),
    T_CASE(test_enumerate_names),
    T_CASE(test_enumerate_eprs),
    WITH_CATALOG(test_enumerate_pages),
    T_CASE(test_enumerate_denied),
    WITH_CATALOG(test_enumerate_what_goes),
    WITH_CATALOG(test_enumerate_elsewhere),
    T_CASE(test_enumerate_faults),
    WITH_CATALOG(test_create),
    WITH_CATALOG(test_get_and_put),
    WITH_CATALOG(test_define_faults),
    WITH_CATALOG(test_create_below_denied),
    T_CASE(test_no_catalog),
};

T_MAIN(tests)
