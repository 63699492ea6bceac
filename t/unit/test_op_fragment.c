/* Fragments: DSP0226 7.7 to 7.11. */
#include "serve.h"

static const char mof[] =
    "Qualifier EmbeddedInstance : string = null, Scope(property);\n"
    "Qualifier OctetString : boolean = false, Scope(property);\n"
    "class F_Part { string Name; uint32 Count; string Marks[]; };\n"
    "class F_Thing { [Key] string Name; uint32 Size; string Text;\n"
    "    [Required] string Must; boolean On; datetime When; string Tags[];\n"
    "    uint16 Ports[3]; [EmbeddedInstance(\"F_Part\")] string Part;\n"
    "    [EmbeddedInstance(\"F_Part\")] string Parts[];\n"
    "    [OctetString] uint8 Octets[]; string None; uint16 Empty[]; };\n"
    "class F_Below : F_Thing { string Extra; };\n"
    "Qualifier Association : boolean = false, Scope(association);\n"
    "[Association] class F_Link { [Key] F_Thing REF A; [Key] F_Thing REF B;\n"
    "    F_Thing REF C; };\n";

#define URI T_URI("F_Thing")
#define ONE T_SELECT("Name", "one")

static const char body[] = "<p:F_Thing xmlns:p=\"" URI "\" xmlns:q=\"" T_URI(
    "F_Part") "\">"
              "<p:Name>one</p:Name><p:Size>7</p:Size><p:Text>a &lt; b</p:Text>"
              "<p:Must>m</p:Must><p:On>true</p:On>"
              "<p:When>20261121080000.000000+000</p:When>"
              "<p:Tags>red</p:Tags><p:Tags>green</p:Tags><p:Tags>blue</p:Tags>"
              "<p:Ports>80</p:Ports><p:Ports>443</p:Ports>"
              "<p:Part xsi:type=\"q:F_Part_Type\"><q:Name>only</q:Name>"
              "<q:Count>1</q:Count></p:Part>"
              "<p:Parts xsi:type=\"q:F_Part_Type\"><q:Name>first</q:Name>"
              "<q:Count>1</q:Count><q:Marks>x</q:Marks><q:Marks>y</q:Marks></"
              "p:Parts>"
              "<p:Parts xsi:type=\"q:F_Part_Type\"><q:Name>second</q:Name>"
              "<q:Count>2</q:Count></p:Parts>"
              "<p:Octets>AQID</p:Octets></p:F_Thing>";

static int setup(void **state)
{
    const cim_mof_options_t options = {.ns = "root/test"};
    t_world_t *world = t_world_make(t_pool);

    t_must(cim_mof_read_text(world->schema, "f.mof", mof, strlen(mof), &options,
                             world->pool));
    cim_xml_prepare(world->schema);
    *state = world;
    if (t_call(world, WSM_ACTION_CREATE, URI, NULL, body) != 200)
        fail_msg("%s", world->text);
    return 0;
}

/* ---- asking */

static const char *header(t_world_t *world, const char *expression)
{
    return apr_pstrcat(world->pool,
                       ONE "<w:FragmentTransfer s:mustUnderstand=\"true\">",
                       expression, "</w:FragmentTransfer>", NULL);
}

static int get(t_world_t *world, const char *expression)
{
    return t_call(world, WSM_ACTION_GET, URI, header(world, expression), NULL);
}

static int change(t_world_t *world, const char *action, const char *expression,
                  const char *content)
{
    return t_call(world, action, URI, header(world, expression),
                  apr_pstrcat(world->pool,
                              "<w:XmlFragment xmlns:p=\"" URI "\">", content,
                              "</w:XmlFragment>", NULL));
}

static int put(t_world_t *world, const char *expression, const char *content)
{
    return change(world, WSM_ACTION_PUT, expression, content);
}

static int create(t_world_t *world, const char *expression, const char *content)
{
    return change(world, WSM_ACTION_CREATE, expression, content);
}

static int delete (t_world_t *world, const char *expression)
{
    return t_call(world, WSM_ACTION_DELETE, URI, header(world, expression),
                  NULL);
}

/* "Name=text " of each element in the fragment, "Name=nil " if it is that; or
 * its text. */
static const char *fragment(t_world_t *world)
{
    const char *all = "";
    int i, count = atoi(t_xp(world, "count(//s:Body/w:XmlFragment/*)"));

    assert_string_equal(t_xp(world, "count(//s:Body/*)"), "1");
    assert_string_equal(t_xp(world, "count(//s:Body/w:XmlFragment)"), "1");
    if (count == 0)
        return t_xp(world, "string(//s:Body/w:XmlFragment)");
    for (i = 1; i <= count; i++) {
        const char *name =
            t_xp(world, apr_psprintf(world->pool,
                                     "local-name(//w:XmlFragment/*[%d])", i));
        const char *text =
            t_xp(world,
                 apr_psprintf(world->pool,
                              "concat(//w:XmlFragment/*[%d], "
                              "substring('nil', 1, 3 * "
                              "count(//w:XmlFragment/*[%d][@xsi:nil='true'])))",
                              i, i));

        all = apr_pstrcat(world->pool, all, name, "=", text, " ", NULL);
    }
    return all;
}

/* What a property is now, by a Get of the whole. */
static const char *now(t_world_t *world, const char *name)
{
    const char *all = "";
    int i, count;

    assert_int_equal(t_call(world, WSM_ACTION_GET, URI, ONE, NULL), 200);
    count = atoi(t_xp(world, apr_psprintf(world->pool,
                                          "count(//s:Body/*/*[local-name()="
                                          "'%s'])",
                                          name)));
    for (i = 1; i <= count; i++) {
        const char *one = apr_psprintf(
            world->pool, "(//s:Body/*/*[local-name()='%s'])[%d]", name, i);

        all = apr_pstrcat(
            world->pool, all, i > 1 ? "," : "",
            t_xp(world, apr_psprintf(world->pool,
                                     "concat(%s, substring('nil', 1, 3 * "
                                     "count(%s[@xsi:nil='true'])))",
                                     one, one)),
            NULL);
    }
    return all;
}

static void assert_fault(t_world_t *world, int status, const char *subcode,
                         const char *detail)
{
    if (status != 500 || strcmp(t_subcode(world), subcode) != 0 ||
        strcmp(t_detail(world), detail) != 0)
        fail_msg("%s expected: %s", subcode, world->text);
}

#define NOT_PROCESSED "w:CannotProcessFilter", ""
#define MISMATCH      "a:ActionNotSupported", "ActionMismatch"
#define INVALID(what) "x:InvalidRepresentation", what

/* ---- 7.7, 7.8 */

static const struct {
    const char *expression;
    const char *fragment; /* NULL: CannotProcessFilter */
} gets[] = {
    {"Size", "Size=7 "},
    {"./Size", "Size=7 "},
    {"F_Thing/Size", "Size=7 "},
    {"/F_Thing/Size", "Size=7 "},
    {"../F_Thing/Size", "Size=7 "},
    {" Size ", "Size=7 "},
    {"size", "Size=7 "},
    {"Size/text()", "7"},
    {"Text/text()", "a < b"},
    {"When/text()", "2026-11-21T08:00:00Z"},
    {"When", "When=2026-11-21T08:00:00Z "},
    {"None", "None=nil "},
    {"None/text()", ""},
    {"None/@xsi:nil", "true"},
    {"Size/@xsi:nil", NULL},
    {"Tags", "Tags=red Tags=green Tags=blue "},
    {"Tags[2]", "Tags=green "},
    {"Tags[2]/text()", "green"},
    {"Tags[4]", NULL},
    {"Tags[4]/text()", NULL},
    {"Tags/text()", NULL},
    {"Empty", "Empty=nil "},
    {"Ports[2]/text()", "443"},
    /* Level 2 */
    {"Tags[.='green']", "Tags=green "},
    {"Tags[.='green' or .=\"red\"]", "Tags=red Tags=green "},
    {"Tags[not(.='green')]", "Tags=red Tags=blue "},
    {"Tags[.='none']", NULL},
    {"Ports[. > \"100\"]/text()", "443"},
    {"/F_Thing[Size=7]/Tags[position()=3]", "Tags=blue "},
    {"/F_Thing[Size=8]/Tags", NULL},
    /* Embedded instances */
    {"Part/Name", "Name=only "},
    {"Part/Name/text()", "only"},
    {"Part/@xsi:type", "F_Part"},
    {"Parts[2]/Name/text()", "second"},
    {"Parts[Name='first']/Marks[2]", "Marks=y "},
    {"Parts[Count=2]/Name/text()", "second"},
    {"Parts[1]/Marks", "Marks=x Marks=y "},
    {"Part/Marks", NULL},
    {"Parts[2]/Marks/text()", NULL},
    {"Octets/text()", "AQID"},
    {"Octets/@xsi:type", "cim:cimBase64Binary"},
    /* Of several instances, and whatever else XPath has */
    {"Parts/Name", "Name=first Name=second "},
    {"Parts/Name/text()", NULL},
    {"Tags[last()]", "Tags=blue "},
    {"*[3]", "Text=a < b "},
    {"Tags | Size", "Size=7 Tags=red Tags=green Tags=blue "},
    {"count(Tags)", "3"},
    {"string(Tags[2])", "green"},
    {"Size = 7", "true"},
    {"concat(Size, ':', translate(Must, 'm', 'M'))", "7:M"},
    {"//Name[.='only']", "Name=only "},
    {"descendant::Count[. > 1]/text()", "2"},
    {"child::node()[last()]", "Empty=nil "},
    {"When/*", "Datetime=2026-11-21T08:00:00Z "},
    {"//Nowhere", NULL},
    {"Tags/text() | Size", NULL},
    /* What is no XPath, or not there */
    {"Nothing", NULL},
    {"Size/Nothing", NULL},
    {"@other", NULL},
    {"p:Size", NULL},
    {"Tags[", NULL},
    {"nowhere(Tags)", NULL},
    {"$variable", NULL},
    {"", NULL},
    {"F_Other/Size", NULL},
};

static void test_get(void **state)
{
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(gets) / sizeof(gets[0]); i++) {
        int status = get(world, gets[i].expression);

        if (gets[i].fragment == NULL)
            assert_fault(world, status, NOT_PROCESSED);
        else if (status != 200)
            fail_msg("%s: %s", gets[i].expression, world->text);
        else if (strcmp(fragment(world), gets[i].fragment) != 0)
            fail_msg("%s: %s", gets[i].expression, world->text);
    }
}

/* 7.7: a fragment can be the entire object. */
static void test_get_whole(void **state)
{
    const char *const whole[] = {"/", ".", "/F_Thing", "../F_Thing",
                                 "F_Thing[Size=7]"};
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < 5; i++) {
        assert_int_equal(get(world, whole[i]), 200);
        assert_string_equal(t_xp(world, "local-name(//w:XmlFragment/*)"),
                            "F_Thing");
        assert_string_equal(t_xp(world, "count(//w:XmlFragment/*/*)"), "17");
    }
    assert_fault(world, get(world, "F_Thing[Size=8]"), NOT_PROCESSED);
}

/* R7.7-2, 7.8: the header comes back. */
static void test_header(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(get(world, "\n Tags[2] "), 200);
    assert_string_equal(t_xp(world, "string(//s:Header/w:FragmentTransfer)"),
                        "Tags[2]");
    assert_string_equal(
        t_xp(world, "string(//w:FragmentTransfer/@s:mustUnderstand)"), "true");
    assert_string_equal(t_xp(world, "count(//w:FragmentTransfer/@Dialect)"),
                        "0");
    assert_string_equal(t_xp(world, "namespace-uri(//w:XmlFragment/*)"), URI);
    assert_string_equal(t_xp(world, "string(//a:Action)"),
                        WSM_ACTION_GET "Response");
    assert_int_equal(
        t_call(world, WSM_ACTION_GET, URI,
               ONE
               "<w:FragmentTransfer s:mustUnderstand=\"true\" xmlns:p=\"" URI
               "\" Dialect=\"" WSM_DIALECT_XPATH
               "\">p:Tags[.=\"red\"]</w:FragmentTransfer><w:RequestEPR/>",
               NULL),
        200);
    assert_string_equal(fragment(world), "Tags=red ");
    assert_string_equal(t_xp(world, "string(//w:FragmentTransfer/@Dialect)"),
                        WSM_DIALECT_XPATH);
    assert_string_equal(
        t_xp(world, "string(//w:FragmentTransfer/namespace::p)"), URI);
    assert_string_equal(t_xp(world, "string(//w:RequestedEPR//w:Selector)"),
                        "one");
}

/* R7.7-4 */
static void test_dialect(void **state)
{
    t_world_t *world = *state;
    int status = t_call(
        world, WSM_ACTION_GET, URI,
        ONE "<w:FragmentTransfer s:mustUnderstand=\"true\" Dialect=\"urn:x\">"
            "Size</w:FragmentTransfer>",
        NULL);

    assert_fault(world, status, "w:FragmentDialectNotSupported", "");
    assert_string_equal(t_xp(world, "string(//w:FragmentDialect)"),
                        WSM_DIALECT_XPATH);
}

/* R7.7-1: where there are no fragments. */
static void test_not_for_fragments(void **state)
{
    t_world_t *world = *state;

    assert_fault(world,
                 t_call(world, WSM_ACTION_ENUMERATE, URI, header(world, "Size"),
                        "<n:Enumerate/>"),
                 "w:UnsupportedFeature", "FragmentLevelAccess");
    assert_fault(world,
                 t_call(world, T_URI("T_Method") "/Now", T_URI("T_Method"),
                        header(world, "Size"), NULL),
                 "w:UnsupportedFeature", "FragmentLevelAccess");
    /* The instance must be there, as for every Get. */
    assert_fault(
        world,
        t_call(world, WSM_ACTION_GET, URI,
               T_SELECT(
                   "Name",
                   "none") "<w:FragmentTransfer s:mustUnderstand=\"true\">Size"
                           "</w:FragmentTransfer>",
               NULL),
        "a:DestinationUnreachable", "");
}

/* R7.7-7: what would take too long is not done. */
static void test_limits(void **state)
{
    t_world_t *world = *state;
    char *deep = apr_palloc(world->pool, 3001);
    const char *most = "1";
    unsigned i;

    memset(deep, '(', 3000);
    deep[3000] = '\0';
    assert_fault(world, get(world, deep), NOT_PROCESSED);
    memset(deep, 'a', 3000);
    assert_fault(world, get(world, deep), NOT_PROCESSED);
    assert_fault(world, get(world, apr_pstrcat(world->pool, deep, deep, NULL)),
                 NOT_PROCESSED);
    for (i = 0; i < 10; i++)
        most = apr_pstrcat(world->pool, "count(//*[", most, "])", NULL);
    assert_fault(world, get(world, most), NOT_PROCESSED);
}

/* The instance may be of a subclass. */
static void test_subclass(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(t_call(world, WSM_ACTION_CREATE, T_URI("F_Below"), NULL,
                            "<p:F_Below xmlns:p=\"" T_URI(
                                "F_Below") "\"><p:Name>sub</p:Name>"
                                           "<p:Must>m</p:Must><p:Extra>e</"
                                           "p:Extra></p:F_Below>"),
                     200);
    assert_int_equal(
        t_call(world, WSM_ACTION_GET, URI,
               T_SELECT("Name",
                        "sub") "<w:FragmentTransfer s:mustUnderstand=\"true\" "
                               "xmlns:p=\"" URI
                               "\">/p:F_Thing/p:Extra</w:FragmentTransfer>",
               NULL),
        200);
    assert_string_equal(fragment(world), "Extra=e ");
    assert_string_equal(t_xp(world, "namespace-uri(//w:XmlFragment/*)"),
                        T_URI("F_Below"));
    assert_int_equal(
        t_call(world, WSM_ACTION_PUT, URI,
               T_SELECT("Name",
                        "sub") "<w:FragmentTransfer s:mustUnderstand=\"true\">"
                               "Extra/text()</w:FragmentTransfer>",
               "<w:XmlFragment>f</w:XmlFragment>"),
        200);
    assert_string_equal(fragment(world), "f");
}

/* ---- 7.9 */

static const struct {
    const char *expression;
    const char *content;
    const char *property;
    const char *value;
    const char *fragment; /* of the reply */
} puts_[] = {
    {"Size", "<p:Size>8</p:Size>", "Size", "8", "Size=8 "},
    {"Size", "<Size> 9 </Size>", "Size", "9", "Size=9 "},
    {"Size/text()", " 10 ", "Size", "10", "10"},
    {"F_Thing/Text/text()", "x &amp; y", "Text", "x & y", "x & y"},
    {"Text", "<p:Text xsi:nil=\"true\"/>", "Text", "nil", "Text=nil "},
    {"Text/text()", "again", "Text", "again", "again"},
    {"Text/text()", "", "Text", "", ""},
    {"Size/@xsi:nil", "true", "Size", "nil", "true"},
    {"When/text()", "2026-11-22T08:00:00Z", "When", "2026-11-22T08:00:00Z",
     "2026-11-22T08:00:00Z"},
    {"When", "<p:When>2026-11-23T08:00:00Z</p:When>", "When",
     "2026-11-23T08:00:00Z", "When=2026-11-23T08:00:00Z "},
    {"Tags[2]", "<p:Tags>GREEN</p:Tags>", "Tags", "red,GREEN,blue",
     "Tags=GREEN "},
    {"Tags[1]/text()", "RED", "Tags", "RED,GREEN,blue", "RED"},
    {"Tags[3]", "<Tags xsi:nil=\"true\"/>", "Tags", "RED,GREEN,nil",
     "Tags=nil "},
    {"Tags[3]/@xsi:nil", "1", "Tags", "RED,GREEN,nil", "true"},
    {"Tags", "<p:Tags>a</p:Tags><p:Tags>b</p:Tags>", "Tags", "a,b",
     "Tags=a Tags=b "},
    {"Tags[.='b']", "<p:Tags>c</p:Tags>", "Tags", "a,c", NULL},
    {"Tags[.='c']/text()", "d", "Tags", "a,d", NULL},
    {"Tags", "", "Tags", "", ""},
    {"Tags", "<p:Tags xsi:nil=\"true\"/>", "Tags", "nil", "Tags=nil "},
    {"Tags", "<p:Tags>a</p:Tags>", "Tags", "a", "Tags=a "},
    {"Tags/text()", "b", "Tags", "b", "b"},
    {"Part/Count", "<Count>5</Count>", "Part", "only5", "Count=5 "},
    {"Part/Count/text()", "6", "Part", "only6", "6"},
    {"Part/Marks", "<Marks>v</Marks>", "Part", "only6v", "Marks=v "},
    {"Part/Marks", "", "Part", "only6", NULL},
    {"Parts[2]/Name/text()", "2nd", "Parts", "first1xy,2nd2", "2nd"},
    {"Parts[Name='first']/Marks[2]/text()", "z", "Parts", "first1xz,2nd2", "z"},
    {"Octets/text()", "BAUG", "Octets", "BAUG", "BAUG"},
    {"Octets", "<p:Octets>AQID</p:Octets>", "Octets", "AQID", "Octets=AQID "},
};

static void test_put(void **state)
{
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(puts_) / sizeof(puts_[0]); i++) {
        const char *reply;

        if (put(world, puts_[i].expression, puts_[i].content) != 200)
            fail_msg("%s: %s", puts_[i].expression, world->text);
        reply = puts_[i].fragment ? fragment(world) : "";
        assert_string_equal(
            t_xp(world, "string(//s:Header/w:FragmentTransfer)"),
            puts_[i].expression);
        assert_string_equal(reply, puts_[i].fragment ? puts_[i].fragment : "");
        if (strcmp(now(world, puts_[i].property), puts_[i].value) != 0)
            fail_msg("%s: %s is %s", puts_[i].expression, puts_[i].property,
                     now(world, puts_[i].property));
        /* Nothing else has changed. */
        assert_string_equal(now(world, "Must"), "m");
        assert_string_equal(now(world, "On"), "true");
    }
}

static void test_put_whole(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        put(world, ".", "<p:F_Thing><p:Size>11</p:Size></p:F_Thing>"), 200);
    assert_string_equal(now(world, "Size"), "11");
    assert_string_equal(now(world, "Tags"), "red,green,blue");
    assert_fault(world, put(world, ".", ""), INVALID("InvalidFragment"));
    assert_fault(world,
                 put(world, "/F_Thing[Size=1]",
                     "<p:F_Thing><p:Size>12</p:Size></p:F_Thing>"),
                 NOT_PROCESSED);
}

static const struct {
    const char *expression;
    const char *content;
    const char *subcode;
    const char *detail;
} bad_puts[] = {
    {"Nothing", "<p:Nothing/>", NOT_PROCESSED},
    {"Tags[4]", "<p:Tags>x</p:Tags>", NOT_PROCESSED},
    {"Tags[.='none']", "<p:Tags>x</p:Tags>", NOT_PROCESSED},
    {"Tags[.!='none']", "<p:Tags>x</p:Tags>", NOT_PROCESSED},
    {"Tags/text()", "x", NOT_PROCESSED},
    {"Parts/Name", "<Name>x</Name>", NOT_PROCESSED},
    {"Tags[last()]", "<p:Tags>x</p:Tags>", NOT_PROCESSED},
    {"Size", "", INVALID("InvalidFragment")},
    {"Size", "8", INVALID("InvalidFragment")},
    {"Size/text()", "<p:Size>8</p:Size>", INVALID("InvalidFragment")},
    {"Size", "<p:Text>8</p:Text>", INVALID("InvalidFragment")},
    {"Tags[1]", "<p:Tags>a</p:Tags><p:Tags>b</p:Tags>",
     INVALID("InvalidFragment")},
    {"Size", "<p:Size>8</p:Size><p:Size>9</p:Size>", INVALID("InvalidValues")},
    {"Size", "<p:Size>many</p:Size>", INVALID("InvalidValues")},
    {"Size/text()", "", INVALID("InvalidValues")},
    {"Size", "<Size xmlns=\"urn:x\">8</Size>", INVALID("InvalidNamespace")},
    {"Must", "<p:Must xsi:nil=\"true\"/>", INVALID("MissingValues")},
    {"Must/@xsi:nil", "true", INVALID("MissingValues")},
    {"None/@xsi:nil", "false", INVALID("InvalidValues")},
    {"Size/@xsi:nil", "maybe", INVALID("InvalidValues")},
    {"Ports",
     "<p:Ports>1</p:Ports><p:Ports>2</p:Ports><p:Ports>3</p:Ports>"
     "<p:Ports>4</p:Ports>",
     INVALID("InvalidValues")},
    /* R7.9-2 */
    {"Name", "<p:Name>two</p:Name>", MISMATCH},
    {"Name/text()", "one", MISMATCH},
    {"Part/@xsi:type", "F_Part", MISMATCH},
    {"@xsi:type", "F_Thing", MISMATCH},
};

/* R7.7-8: nothing of it is done. */
static void test_bad_puts(void **state)
{
    t_world_t *world = *state;
    const char *before;
    unsigned i;

    t_call(world, WSM_ACTION_GET, URI, ONE, NULL);
    before = strstr(world->text, "<s:Body>");
    for (i = 0; i < sizeof(bad_puts) / sizeof(bad_puts[0]); i++) {
        assert_fault(world,
                     put(world, bad_puts[i].expression, bad_puts[i].content),
                     bad_puts[i].subcode, bad_puts[i].detail);
        t_call(world, WSM_ACTION_GET, URI, ONE, NULL);
        assert_string_equal(strstr(world->text, "<s:Body>"), before);
    }
}

/* R7.7-5 */
static void test_no_wrapper(void **state)
{
    const char *const actions[] = {WSM_ACTION_PUT, WSM_ACTION_CREATE};
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < 2; i++) {
        assert_fault(world,
                     t_call(world, actions[i], URI, header(world, "Size"),
                            "<p:F_Thing xmlns:p=\"" URI
                            "\"><p:Size>1</p:Size></p:F_Thing>"),
                     INVALID("InvalidFragment"));
        assert_fault(
            world, t_call(world, actions[i], URI, header(world, "Size"), NULL),
            INVALID("InvalidFragment"));
    }
}

/* What a provider cannot change is told, not ignored (R7.9-2). */
static void test_provided(void **state)
{
    t_world_t *world = *state;
    const char *headers = T_SELECT(
        "Name", "item00003") "<w:FragmentTransfer s:mustUnderstand=\"true\">%s"
                             "</w:FragmentTransfer>";

    world->calls = 0;
    assert_int_equal(t_call(world, WSM_ACTION_PUT, T_URI("T_Item"),
                            apr_psprintf(world->pool, headers, "Size/text()"),
                            "<w:XmlFragment>5</w:XmlFragment>"),
                     200);
    assert_int_equal(world->calls, 1);
    assert_string_equal(fragment(world), "30");
    assert_fault(world,
                 t_call(world, WSM_ACTION_PUT, T_URI("T_Item"),
                        apr_psprintf(world->pool, headers, "Fixed/text()"),
                        "<w:XmlFragment>5</w:XmlFragment>"),
                 MISMATCH);
    assert_int_equal(world->calls, 1);
    assert_int_equal(t_call(world, WSM_ACTION_DELETE, T_URI("T_Item"),
                            apr_psprintf(world->pool, headers, "Size"), NULL),
                     200);
    assert_int_equal(world->calls, 2);
}

/* ---- 7.10 */

static void test_delete(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(delete (world, "Text"), 200);
    assert_string_equal(t_xp(world, "count(//s:Body/*)"), "0");
    assert_string_equal(t_xp(world, "string(//s:Header/w:FragmentTransfer)"),
                        "Text");
    assert_string_equal(now(world, "Text"), "nil");
    assert_int_equal(delete (world, "Tags[2]"), 200);
    assert_string_equal(now(world, "Tags"), "red,blue");
    assert_int_equal(delete (world, "Tags[.='blue']"), 200);
    assert_string_equal(now(world, "Tags"), "red");
    assert_int_equal(delete (world, "Tags[1]/text()"), 200);
    assert_string_equal(now(world, "Tags"), "");
    assert_fault(world, delete (world, "Tags[1]"), NOT_PROCESSED);
    assert_int_equal(delete (world, "Ports"), 200);
    assert_string_equal(now(world, "Ports"), "nil");
    assert_int_equal(delete (world, "Parts[1]/Marks[1]"), 200);
    assert_string_equal(now(world, "Parts"), "first1y,second2");
    assert_int_equal(delete (world, "Parts[1]"), 200);
    assert_string_equal(now(world, "Parts"), "second2");
    assert_int_equal(delete (world, "Part/Name"), 200);
    assert_string_equal(now(world, "Part"), "1");
    assert_fault(world, delete (world, "Must"), INVALID("MissingValues"));
    assert_fault(world, delete (world, "Name"), MISMATCH);
    assert_fault(world, delete (world, "Size/@xsi:nil"), MISMATCH);
    assert_fault(world, delete (world, "Nothing"), NOT_PROCESSED);
    assert_string_equal(now(world, "Size"), "7");
    /* The whole of it */
    assert_fault(world, delete (world, "F_Thing[Size=8]"), NOT_PROCESSED);
    assert_int_equal(delete (world, "."), 200);
    assert_fault(world, t_call(world, WSM_ACTION_GET, URI, ONE, NULL),
                 "a:DestinationUnreachable", "");
}

/* ---- 7.11 */

static void test_create(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(create(world, "None", "<p:None>MyDisk</p:None>"), 200);
    assert_string_equal(
        t_xp(world, "string(//x:ResourceCreated//w:Selector[@Name='Name'])"),
        "one");
    assert_string_equal(t_xp(world, "string(//x:ResourceCreated//"
                                    "w:ResourceURI)"),
                        URI);
    assert_string_equal(t_xp(world, "string(//s:Header/w:FragmentTransfer)"),
                        "None");
    assert_string_equal(now(world, "None"), "MyDisk");
    /* R7.11-1 */
    assert_fault(world, create(world, "None", "<p:None>Other</p:None>"),
                 "w:AlreadyExists", "");
    assert_fault(world, create(world, "None/text()", "Other"),
                 "w:AlreadyExists", "");
    assert_fault(world, create(world, "Tags", "<p:Tags>x</p:Tags>"),
                 "w:AlreadyExists", "");
    assert_fault(world, create(world, ".", "<p:F_Thing/>"), "w:AlreadyExists",
                 "");
    assert_string_equal(now(world, "None"), "MyDisk");
    /* Items: at the end, within, and at the beginning */
    assert_int_equal(create(world, "Tags[4]", "<p:Tags>four</p:Tags>"), 200);
    assert_string_equal(now(world, "Tags"), "red,green,blue,four");
    assert_int_equal(create(world, "Tags[2]/text()", "two"), 200);
    assert_string_equal(now(world, "Tags"), "red,two,green,blue,four");
    assert_int_equal(create(world, "Tags[1]", "<p:Tags xsi:nil=\"true\"/>"),
                     200);
    assert_string_equal(now(world, "Tags"), "nil,red,two,green,blue,four");
    assert_int_equal(create(world, "Empty[1]", "<Empty>5</Empty>"), 200);
    assert_string_equal(now(world, "Empty"), "5");
    assert_int_equal(
        create(world, "Parts[2]/Marks", "<Marks>a</Marks><Marks>b</Marks>"),
        200);
    assert_string_equal(now(world, "Parts"), "first1xy,second2ab");
    assert_int_equal(create(world, "Part/Marks[1]/text()", "p"), 200);
    assert_string_equal(now(world, "Part"), "only1p");
    /* An instance as an item */
    assert_int_equal(
        create(world, "Parts[3]",
               "<p:Parts xmlns:q=\"" T_URI(
                   "F_Part") "\" xsi:type=\"q:F_Part_Type\"><q:Name>third"
                             "</q:Name></p:Parts>"),
        200);
    assert_string_equal(now(world, "Parts"), "first1xy,second2ab,third");
}

static void test_bad_creates(void **state)
{
    t_world_t *world = *state;

    assert_fault(world, create(world, "Tags[5]", "<p:Tags>x</p:Tags>"),
                 INVALID("InvalidFragment"));
    assert_fault(world, create(world, "Tags[0]", "<p:Tags>x</p:Tags>"),
                 INVALID("InvalidFragment"));
    assert_fault(world, create(world, "None[2]", "<p:None>x</p:None>"),
                 INVALID("InvalidFragment"));
    assert_fault(world, create(world, "Tags[.='x']", "<p:Tags>x</p:Tags>"),
                 NOT_PROCESSED);
    assert_fault(world, create(world, "Tags[4]", ""),
                 INVALID("InvalidFragment"));
    assert_fault(world, create(world, "Ports[3]", "<p:Ports>70000</p:Ports>"),
                 INVALID("InvalidValues"));
    assert_int_equal(create(world, "Ports[3]", "<p:Ports>3</p:Ports>"), 200);
    assert_fault(world, create(world, "Ports[4]", "<p:Ports>4</p:Ports>"),
                 INVALID("InvalidValues"));
    assert_fault(world, create(world, "Size/@xsi:nil", "true"), MISMATCH);
    assert_fault(world, create(world, "Nothing", "<p:Nothing/>"),
                 NOT_PROCESSED);
    assert_fault(world, create(world, "Name", "<p:Name>x</p:Name>"),
                 "w:AlreadyExists", "");
    assert_string_equal(now(world, "Tags"), "red,green,blue");
}

/* ---- references */

#define EPR(name)                                                              \
    "<a:Address>" WSM_ANONYMOUS "</a:Address><a:ReferenceParameters>"          \
    "<w:ResourceURI>" URI                                                      \
    "</w:ResourceURI>" T_SELECT("Name", name) "</a:ReferenceParameters>"
#define LINK                                                                   \
    "<w:SelectorSet><w:Selector Name=\"A\"><a:EndpointReference>" EPR(         \
        "one") "</a:EndpointReference></w:Selector><w:Selector Name=\"B\">"    \
               "<a:EndpointReference>" EPR(                                    \
                   "two") "</a:EndpointReference></w:Selector></"              \
                          "w:SelectorSet>"

static int link_call(t_world_t *world, const char *action,
                     const char *expression, const char *content)
{
    return t_call(world, action, T_URI("F_Link"),
                  apr_pstrcat(world->pool,
                              LINK "<w:FragmentTransfer "
                                   "s:mustUnderstand=\"true\">",
                              expression, "</w:FragmentTransfer>", NULL),
                  content);
}

static void test_references(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        t_call(world, WSM_ACTION_CREATE, T_URI("F_Link"), NULL,
               "<p:F_Link xmlns:p=\"" T_URI("F_Link") "\"><p:A>" EPR(
                   "one") "</p:A><p:B>" EPR("two") "</p:B></p:F_Link>"),
        200);
    assert_int_equal(
        link_call(world, WSM_ACTION_PUT, "C",
                  "<w:XmlFragment><C>" EPR("three") "</C></w:XmlFragment>"),
        200);
    assert_string_equal(
        t_xp(world, "string(//w:XmlFragment/*[local-name()='C']//w:Selector)"),
        "three");
    assert_int_equal(link_call(world, WSM_ACTION_GET, "B", NULL), 200);
    assert_string_equal(t_xp(world, "string(//w:XmlFragment//w:Selector)"),
                        "two");
    /* What is in it is more than Annex D. */
    assert_int_equal(link_call(world, WSM_ACTION_GET, "A//w:Selector", NULL),
                     200);
    assert_string_equal(t_xp(world, "string(//w:XmlFragment/w:Selector/@Name)"),
                        "Name");
    assert_int_equal(link_call(world, WSM_ACTION_GET,
                               "A//w:Selector[@Name='Name']/text()", NULL),
                     200);
    assert_string_equal(fragment(world), "one");
    assert_fault(world,
                 link_call(world, WSM_ACTION_PUT, "A//w:Selector/text()",
                           "<w:XmlFragment>x</w:XmlFragment>"),
                 NOT_PROCESSED);
    assert_fault(world,
                 link_call(world, WSM_ACTION_PUT, "C/text()",
                           "<w:XmlFragment>x</w:XmlFragment>"),
                 INVALID("InvalidValues"));
    assert_fault(
        world,
        link_call(world, WSM_ACTION_PUT, "B",
                  "<w:XmlFragment><B>" EPR("three") "</B></w:XmlFragment>"),
        MISMATCH);
    assert_int_equal(link_call(world, WSM_ACTION_DELETE, "C", NULL), 200);
}

/* ---- the draft of June 2005 */

static const char *replaced(t_world_t *world, const char *text,
                            const char *from, const char *to)
{
    const char *at = strstr(text, from);

    if (at == NULL)
        return text;
    return apr_pstrcat(
        world->pool, apr_pstrmemdup(world->pool, text, (apr_size_t)(at - text)),
        to, replaced(world, at + strlen(from), from, to), NULL);
}

static void test_draft(void **state)
{
    static const char *const expressions[] = {"Size", "Tags[2]",
                                              "Tags[last()] | Size", "Part"};
    t_world_t *world = *state;
    const char *text;
    unsigned i;

    for (i = 0; i < 4; i++) {
        text = t_envelope(world, WSM_ACTION_GET, URI,
                          header(world, expressions[i]), NULL);
        text = replaced(world, text, WSM_NS_WSMAN, WSM_NS_DRAFT);
        text = replaced(world, text, WSM_URI_CIM, WSM_URI_DRAFT_CIM);
        assert_int_equal(t_send(world, text), 200);
        assert_non_null(strstr(world->text, "<w:XmlFragment"));
        assert_non_null(strstr(world->text, "<w:FragmentTransfer"));
        assert_non_null(strstr(world->text, WSM_URI_DRAFT_CIM "F_Thing"));
        assert_null(strstr(world->text, WSM_NS_WSMAN));
        assert_null(strstr(world->text, WSM_URI_CIM));
    }
}

#define CASE(function)                                                         \
    cmocka_unit_test_setup_teardown(function, setup, t_teardown)

static const struct CMUnitTest tests[] = {
    CASE(test_get),
    CASE(test_get_whole),
    CASE(test_header),
    CASE(test_dialect),
    CASE(test_not_for_fragments),
    CASE(test_limits),
    CASE(test_subclass),
    CASE(test_put),
    CASE(test_put_whole),
    CASE(test_bad_puts),
    CASE(test_no_wrapper),
    CASE(test_provided),
    CASE(test_delete),
    CASE(test_create),
    CASE(test_bad_creates),
    CASE(test_references),
    CASE(test_draft),
};

T_MAIN(tests)
