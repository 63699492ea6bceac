/* XPath filters: DSP0226 8.3 and Annex D. */
#include "serve.h"

#include "../../mod_wsman/cim/cim_value.h"
#include "../../mod_wsman/query/query_tree.h"
#include "../../mod_wsman/query/wsm_query.h"

static const char mof[] =
    "Qualifier EmbeddedInstance : string = null, Scope(property);\n"
    "Qualifier OctetString : boolean = false, Scope(property);\n"
    "class X_Part { string Name; uint32 Count; string Marks[];\n"
    "    string Lack; };\n"
    "Qualifier Association : boolean = false, Scope(association);\n"
    "[Association] class X_Thing { [Key] string Name; uint32 Size; sint64 Far; "
    "boolean On;\n"
    "    real64 Ratio; char16 Letter; datetime When; datetime Took;\n"
    "    string Tags[]; uint16 Ports[]; string Empty; string None;\n"
    "    [EmbeddedInstance(\"X_Part\")] string Part;\n"
    "    [EmbeddedInstance(\"X_Part\")] string Parts[];\n"
    "    [OctetString] uint8 Octets[]; X_Thing REF Other; };\n"
    "[Association] class X_Below : X_Thing { string Extra; };\n";

static const cim_class_t *class_of(t_world_t *world, const char *name)
{
    return cim_schema_class(world->schema, "root/test", name);
}

static cim_value_t part(t_world_t *world, const char *name, unsigned count)
{
    cim_instance_t *made =
        cim_instance_make(class_of(world, "X_Part"), world->pool);
    cim_value_t *marks = apr_pcalloc(world->pool, 2 * sizeof(*marks));

    marks[0] = cim_string(name);
    marks[1] = cim_string("m");
    cim_instance_set(made, "Name", cim_string(name));
    cim_instance_set(made, "Count", cim_uint32(count));
    cim_instance_set(made, "Marks", cim_array(CIM_STRING, marks, 2));
    return cim_embedded(made);
}

static cim_instance_t *thing(t_world_t *world, const char *cls)
{
    cim_instance_t *made = cim_instance_make(class_of(world, cls), world->pool);
    cim_value_t *tags = apr_pcalloc(world->pool, 4 * sizeof(*tags));
    cim_value_t *ports = apr_pcalloc(world->pool, 3 * sizeof(*ports));
    cim_value_t *parts = apr_pcalloc(world->pool, 2 * sizeof(*parts));
    cim_datetime_t *times = apr_pcalloc(world->pool, 2 * sizeof(*times));

    tags[0] = cim_string("red");
    tags[1] = cim_string("green");
    tags[2] = cim_null(CIM_STRING);
    tags[3] = cim_string("10");
    ports[0] = cim_uint16(80);
    ports[1] = cim_uint16(443);
    ports[2] = cim_uint16(5985);
    parts[0] = part(world, "first", 1);
    parts[1] = part(world, "second", 2);
    times[0] = cim_timestamp(apr_time_from_sec(1795248000), 0);
    times[1] = cim_interval(apr_time_from_sec(90));
    cim_instance_set(made, "Name", cim_string("One & \"two\""));
    cim_instance_set(made, "Size", cim_uint32(7));
    cim_instance_set(made, "Far", cim_sint64(-9007199254740993));
    cim_instance_set(made, "On", cim_boolean(1));
    cim_instance_set(made, "Ratio", cim_real(CIM_REAL64, 0.5));
    cim_instance_set(made, "Letter", cim_unsigned(CIM_CHAR16, 0xe4));
    cim_instance_set(made, "When", cim_datetime(&times[0]));
    cim_instance_set(made, "Took", cim_datetime(&times[1]));
    cim_instance_set(made, "Tags", cim_array(CIM_STRING, tags, 4));
    cim_instance_set(made, "Ports", cim_array(CIM_UINT16, ports, 3));
    cim_instance_set(made, "Empty", cim_string(""));
    cim_instance_set(made, "None", cim_null(CIM_STRING));
    cim_instance_set(made, "Part", part(world, "only", 3));
    cim_instance_set(made, "Parts", cim_array(CIM_INSTANCE, parts, 2));
    return made;
}

static int setup(void **state)
{
    const cim_mof_options_t options = {.ns = "root/test"};
    t_world_t *world = t_world_make(t_pool);

    t_must(cim_mof_read_text(world->schema, "x.mof", mof, strlen(mof), &options,
                             world->pool));
    cim_xml_prepare(world->schema);
    *state = world;
    return 0;
}

static wsm_error_t *parse_as(const wsm_query_t **query, t_world_t *world,
                             const char *cls, const char *text)
{
    const wsm_query_scope_t scope = {world->schema, "root/test",
                                     class_of(world, cls)};

    return wsm_query_parse(query, WSM_DIALECT_XPATH, text, &scope, world->pool);
}

static const wsm_query_t *parse(t_world_t *world, const char *text)
{
    const wsm_query_t *query;
    wsm_error_t *err = parse_as(&query, world, "X_Thing", text);

    if (err != NULL)
        fail_msg("%s: %s", text, err->message);
    return query;
}

static const struct {
    const char *text;
    int matches;
} cases[] = {
    /* Annex D: what selects the whole */
    {"/", 1},
    {".", 1},
    {"/X_Thing", 1},
    {"../X_Thing", 1},
    {"X_Thing", 1},
    {" / X_Thing ", 1},
    /* 8.3 */
    {"../X_Thing[Size=\"7\"]", 1},
    {"../X_Thing[Size=\"8\"]", 0},
    {"/X_Thing[Size=\"7\"]", 1},
    {"X_Thing[Size=\"7\"]", 1},
    {"../X_Thing[Size>\"5\" and Size <\"10\"]", 1},
    {"../X_Thing[Size>\"7\" and Size <\"10\"]", 0},
    /* An expression that is a condition */
    {"Size=\"7\"", 1},
    {"Size = 7", 1},
    {"7 = Size", 1},
    {"7 < Size", 0},
    {"7 <= Size", 1},
    {"8 > Size", 1},
    {"6 >= Size", 0},
    {"Size != 7", 0},
    {"Size = '07'", 0},
    {"Size = 07.0", 1},
    {"Size > '6.5'", 1},
    {"Size < 'x'", 0},
    {"Size != 'x'", 1},
    {"not(Size = 7)", 0},
    {"not(not(Size = 7))", 1},
    {"true()", 1},
    {"false() or Size = 7", 1},
    {"Size = 8 or Size = 9 or On = 'true'", 1},
    {"Size = 7 and (Size = 8 or On = 'true')", 1},
    {"Size = 7 and On = 'false' or Far < 0", 1},
    {"Size = 7 and (On = 'false' or Far > 0)", 0},
    {"(((Size))) or false()", 1},
    /* Every type, by its text */
    {"Name = 'One & \"two\"'", 1},
    {"Name = 'one & \"two\"'", 0},
    {"Name = 'One'", 0},
    {"Far = '-9007199254740993'", 1},
    {"Far = '-9007199254740992'", 0},
    /* XPath's numbers are doubles */
    {"Far = -9007199254740992", 1},
    {"On = 'true'", 1},
    {"On = '1'", 0},
    {"On = 1", 0},
    {"On != 1", 1},
    {"Ratio = '0.5'", 1},
    {"Ratio = '0.50'", 0},
    {"Ratio = .5", 1},
    {"Ratio < 0.75", 1},
    {"Letter = '\xc3\xa4'", 1},
    {"When = '2026-11-21T08:00:00Z'", 1},
    {"When/text() = '2026-11-21T08:00:00Z'", 1},
    {"When = '2026-11-21T09:00:00+01:00'", 0},
    {"When > 2025", 0},
    {"Took = 'PT90S' or Took = 'PT1M30S'", 1},
    /* NULL is an element without text */
    {"None", 1},
    {"None = ''", 1},
    {"None != 'x'", 1},
    {"None = 0", 0},
    {"None/text()", 0},
    {"None/@xsi:nil", 1},
    {"None/@nil = 'true'", 1},
    {"Name/@xsi:nil", 0},
    {"None[@xsi:nil='true']", 1},
    {"Empty/text()", 0},
    {"Empty = ''", 1},
    {"Empty/@xsi:nil", 0},
    {"Octets/@xsi:nil", 1},
    {"Name/text()", 1},
    {"@xsi:type = 'X_Thing'", 1},
    {"@xsi:nil", 0},
    {"text()", 0},
    /* Arrays: any of the elements */
    {"Tags = 'red'", 1},
    {"Tags = 'blue'", 0},
    {"Tags != 'red'", 1},
    {"not(Tags = 'red')", 0},
    {"Tags > 9", 1},
    {"Tags > 10", 0},
    {"Ports = 443", 1},
    {"Ports > 6000", 0},
    {"Tags[1] = 'red'", 1},
    {"Tags[2] = 'red'", 0},
    {"Tags[ 2 ] = 'green'", 1},
    {"Tags[3]/@xsi:nil", 1},
    {"Tags[4] = 10", 1},
    {"Tags[5]", 0},
    {"Tags[0]", 0},
    {"Tags[4294967295]", 0},
    {"Tags[.='green']", 1},
    {"Tags[.='green' and position()=2]", 1},
    {"Tags[position()>2][1]/@xsi:nil", 1},
    {"Tags[position()>2][2]='10'", 1},
    {"Tags[position()>=2][position() != 1][2]='10'", 1},
    {"Ports[.>100][2]=5985", 1},
    {"Ports[2][.=80]", 0},
    {"Ports[not(.=\"80\" or .=\"443\")] = 5985", 1},
    /* Embedded instances */
    {"Part", 1},
    {"Part/Name = 'only'", 1},
    {"Part/name = 'only'", 1},
    {"Part[Count>2]/Name = 'only'", 1},
    {"Part[Count>3]/Name = 'only'", 0},
    {"Part[Count='3']", 1},
    {"Parts/Count = 2", 1},
    {"Parts[2]/Count = 1", 0},
    {"Parts[Name='second']/Count = 2", 1},
    {"Parts[Name='second' and Count=1]", 0},
    {"Parts[Marks[.='m']]/Marks[1] = 'second'", 1},
    {"X_Thing/Parts[2]/Marks[2] = 'm'", 1},
    {"/X_Thing[On='true']/Parts[1]/Name/text() = 'first'", 1},
    {"Part/@xsi:type = 'X_Part'", 1},
    {"Part/Lack", 0},
    {"not(Part/Lack/@xsi:nil)", 1},
    {"Part/Extra", -1},
    {"Size = 7 xor On", -1},
};

/* What only libxml2 can read */
static const struct {
    const char *text;
    int matches;
} more[] = {
    {"count(Tags) = 4", 1},
    {"count(Tags) = 5", 0},
    {"contains(Name, 'two')", 1},
    {"contains(Name, 'three')", 0},
    {"starts-with(Name, 'One')", 1},
    {"substring-before(Name, ' ') = 'One'", 1},
    {"substring-after(Name, '& ') = '\"two\"'", 1},
    {"translate(Name, 'One', 'oNE') = 'oNE & \"two\"'", 1},
    {"translate(Name, 'One', 'oNE') = 'oNE & \"twO\"'", 0},
    {"translate(Name, 'On', 'on') = 'one & \"two\"'", 1},
    {"string-length(Name) > 9", 1},
    {"sum(Ports) = 6508", 1},
    {"sum(Ports) = 6507", 0},
    {"Tags[last()] = '10'", 1},
    {"Parts[1]/Count < Parts[2]/Count", 1},
    {"Parts[1]/Count > Parts[2]/Count", 0},
    {"*[2] = 7", 1},
    {"//Count = 3", 1},
    {"//Count = 4", 0},
    {"self::X_Thing[Size=7]", 1},
    {"self::X_Below", 0},
    {"child::Size = 7", 1},
    {"Tags | Size", 1},
    {"Size + 1 = 8", 1},
    {"-Size = -7", 1},
    {"Size mod 2 = 1 and boolean(On)", 1},
    {"local-name(/*) = 'X_Thing'", 1},
    {"'x'", 1},
    {"''", 0},
    {"5", 1},
    {"0", 0},
    {"Part = 'only3onlym'", 1},
    {"Parts[1] = Parts[2]", 0},
};

/* Where Annex D is read with more than XPath would allow, or less. */
static const char *const differs[] = {
    "X_Thing",
    "X_Thing[Size=\"7\"]",
    "When/text() = '2026-11-21T08:00:00Z'",
    "None/@nil = 'true'",
    "@xsi:type = 'X_Thing'",
    "Part/name = 'only'",
    "X_Thing/Parts[2]/Marks[2] = 'm'",
    "Part/@xsi:type = 'X_Part'",
};

static int is_different(const char *text)
{
    unsigned i;

    for (i = 0; i < sizeof(differs) / sizeof(differs[0]); i++) {
        if (strcmp(differs[i], text) == 0)
            return 1;
    }
    return 0;
}

static int by_libxml2(t_world_t *world, const char *text,
                      const cim_instance_t *one)
{
    const cim_xml_style_t style = {.uri.base = WSM_URI_CIM,
                                   .default_ns = "root/test"};
    xmlXPathObjectPtr result;
    query_tree_t *tree;

    t_must(query_tree_make(&tree, text, NULL, 0, world->pool));
    t_must(query_tree_eval(&result, tree, one, NULL, &style, world->pool));
    return xmlXPathCastToBoolean(result);
}

/* The same as XPath says over the XML. */
static void test_as_libxml2(void **state)
{
    t_world_t *world = *state;
    const cim_instance_t *one = thing(world, "X_Thing");
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (cases[i].matches >= 0 && !is_different(cases[i].text) &&
            by_libxml2(world, cases[i].text, one) != cases[i].matches)
            fail_msg("%s", cases[i].text);
    }
}

static void test_beyond(void **state)
{
    t_world_t *world = *state;
    const cim_instance_t *one = thing(world, "X_Thing");
    const cim_instance_t *below = thing(world, "X_Below");
    const wsm_query_t *query;
    unsigned i;

    for (i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
        query = parse(world, more[i].text);
        if (wsm_query_matches(query, one) != more[i].matches ||
            wsm_query_matches(query, below) != more[i].matches)
            fail_msg("%s", more[i].text);
        assert_null(query->failure(query));
        assert_int_equal(query->nterms, 0);
        assert_int_equal(query->looks_at[3], 1);
    }
}

#define TIMES  "count(//*["
#define ENOUGH "count(//*) = 0]) = 0]) = 0"

/* It is told, not taken for a "no". */
static void test_too_much_work(void **state)
{
    t_world_t *world = *state;
    const cim_instance_t *one = thing(world, "X_Thing");
    const wsm_query_t *query;

    assert_non_null(parse_as(&query, world, "X_Thing",
                             TIMES TIMES TIMES TIMES ENOUGH "]) = 0]) = 0"));
    query = parse(world, "Tags[2][" TIMES TIMES ENOUGH "]");
    assert_false(wsm_query_matches(query, one));
    assert_non_null(query->failure(query));
    assert_int_equal(query->failure(query)->code,
                     WSMAN_E_CANNOT_PROCESS_FILTER);
    assert_false(wsm_query_matches(
        query, cim_instance_make(class_of(world, "X_Thing"), world->pool)));
    assert_null(query->failure(query));
}

static void test_matches(void **state)
{
    t_world_t *world = *state;
    const cim_instance_t *one = thing(world, "X_Thing");
    const wsm_query_t *query;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        wsm_error_t *err = parse_as(&query, world, "X_Thing", cases[i].text);

        if (cases[i].matches < 0) {
            if (err == NULL)
                fail_msg("%s was taken", cases[i].text);
            continue;
        }
        if (err != NULL)
            fail_msg("%s: %s", cases[i].text, err->message);
        else if (wsm_query_matches(query, one) != cases[i].matches)
            fail_msg("%s", cases[i].text);
    }
}

/* A name that a clause is true of is looked at; equalities that must hold, and
 * hold of no other value, go to who has the instances. */
static void test_terms(void **state)
{
    static const struct {
        const char *text;
        const char *terms;
        const char *looks_at;
    } good[] = {
        {".", "", ""},
        {"/X_Thing[Name='a' and Size='7']", "Name=a Size=7 ", "Name Size "},
        {"X_Thing[Name='a'][On='true']", "Name=a On=true ", "Name On "},
        {"Name='a' and (Size=7 and Far=-1)", "Name=a Size=7 Far=-1 ",
         "Name Size Far "},
        {"Size=7.5 and Size='07' and Size=-1", "", "Size "},
        {"Far=9007199254740993 or Name='a'", "", "Name Far "},
        {"Far=9007199254740993", "", "Far "},
        {"Far='9007199254740993'", "Far=9007199254740993 ", "Far "},
        {"not(Name='a')", "", "Name "},
        {"Name!='a' and Name>'a'", "", "Name "},
        /* NULL has that text too */
        {"None=''", "", "None "},
        {"Tags='a' and Tags[2]='b'", "", "Tags "},
        {"Part/Name='a'", "", "Part "},
        {"Ratio=0.5 and Ratio='0.5'", "", "Ratio "},
        {"Name[.='a']", "", "Name "},
        {"Name/text()='a' and Size/@xsi:nil='true'", "Name=a ", "Name Size "},
        {"/X_Thing[Part/Count=1]/Name='a'", "Name=a ", "Name Part "},
    };
    t_world_t *world = *state;
    const wsm_query_t *query;
    char *terms, *looks_at;
    apr_uint32_t i, k;

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        query = parse(world, good[i].text);
        terms = looks_at = "";
        for (k = 0; k < query->nterms; k++)
            terms = apr_pstrcat(
                world->pool, terms, query->terms[k].name, "=",
                cim_value_text(&query->terms[k].value, world->pool), " ", NULL);
        for (k = 0; k < query->cls->nproperties; k++) {
            if (query->looks_at[k])
                looks_at =
                    apr_pstrcat(world->pool, looks_at,
                                query->cls->properties[k].name, " ", NULL);
        }
        assert_string_equal(terms, good[i].terms);
        assert_string_equal(looks_at, good[i].looks_at);
        assert_int_equal(query->source, WSM_SOURCE_INSTANCES);
        assert_null(query->projection);
    }
    query = parse(world, "Size=7");
    assert_int_equal(query->terms[0].value.type, CIM_UINT32);
}

/* An instance of a subclass matches by what the class has. */
static void test_subclass(void **state)
{
    t_world_t *world = *state;
    const cim_instance_t *one = thing(world, "X_Below");
    const wsm_query_t *query;

    assert_true(wsm_query_matches(parse(world, "/X_Thing[Size=7]"), one));
    assert_non_null(parse_as(&query, world, "X_Thing", "Extra"));
    t_must(parse_as(&query, world, "X_Below", "/X_Below[not(Extra='x')]"));
    assert_true(wsm_query_matches(query, one));
    t_must(parse_as(&query, world, "X_Below", "/X_Thing[Size=7]"));
    assert_true(wsm_query_matches(query, one));
    assert_non_null(parse_as(&query, world, "X_Thing", "/X_Below[Size=7]"));
}

static char *repeated(t_world_t *world, const char *text, unsigned count)
{
    apr_size_t length = strlen(text);
    char *all = apr_palloc(world->pool, length * count + 1);
    unsigned i;

    for (i = 0; i < count; i++)
        memcpy(all + i * length, text, length);
    all[length * count] = '\0';
    return all;
}

/* A large array and many comparisons are too much, too. */
static void test_too_many_nodes(void **state)
{
    t_world_t *world = *state;
    cim_instance_t *one =
        cim_instance_make(class_of(world, "X_Thing"), world->pool);
    cim_value_t *ports = apr_pcalloc(world->pool, 65536 * sizeof(*ports));
    const wsm_query_t *query;
    unsigned i;

    for (i = 0; i < 65536; i++)
        ports[i] = cim_uint16((apr_uint16_t)i);
    cim_instance_set(one, "Ports", cim_array(CIM_UINT16, ports, 65536));
    query = parse(world, "Ports[. = '65535'][1] > 65534");
    assert_true(wsm_query_matches(query, one));
    assert_null(query->failure(query));
    query = parse(world, apr_pstrcat(world->pool,
                                     repeated(world, "Ports = 'x' or ", 200),
                                     "not(Ports = 'x')", NULL));
    assert_false(wsm_query_matches(query, one));
    assert_int_equal(query->failure(query)->code,
                     WSMAN_E_CANNOT_PROCESS_FILTER);
    assert_true(wsm_query_matches(query, thing(world, "X_Thing")));
    assert_null(query->failure(query));
}

static void test_faults(void **state)
{
    t_world_t *world = *state;
    const char *const bad[] = {
        "",
        "   ",
        "Nothing = 1",
        "/Nothing",
        "/X_Thing/Nothing",
        "Part/Nothing = 1",
        "p:Name = 'x'",
        "@other",
        "Name/@other",
        "Size =",
        "= 7",
        "Size = 'x",
        "(Size = 7",
        "Size = 7)",
        "Size = $x",
        "nowhere(Size) = 7",
        "q:nowhere(Size) = 7",
        "count(q:Size) = 7",
        "count(Size, Size) = 7",
        "key('a', 'b')",
        "Tags[",
        "Tags[1",
        "Tags[]",
        "Name/",
        "/X_Thing[",
        "not Size = 7",
        "{p}urn:x",
        apr_pstrcat(world->pool, repeated(world, "(", 100), "Size=7",
                    repeated(world, ")", 100), NULL),
        apr_pstrcat(world->pool, repeated(world, "not(", 100), "Size=7",
                    repeated(world, ")", 100), NULL),
        apr_pstrcat(world->pool, repeated(world, "Size=7 or ", 1100), "Size=7",
                    NULL),
        repeated(world, "Parts[", 100),
        repeated(world, "Size=7 ", 10000),
    };
    const wsm_query_t *query;
    unsigned i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        wsm_error_t *err = parse_as(&query, world, "X_Thing", bad[i]);

        if (err == NULL)
            fail_msg("%s was taken", bad[i]);
        else
            assert_int_equal(err->code, WSMAN_E_CANNOT_PROCESS_FILTER);
    }
    /* A name that is not there: the fault has those that are (RE-1). */
    assert_non_null(
        strstr(wsm_error_text(parse_as(&query, world, "X_Thing", "Nothing"),
                              world->pool),
               "Nothing"));
    /* All classes have no properties. */
    assert_non_null(parse_as(&query, world, "X_Missing", "Size=7"));
}

/* As deep and as much as is allowed. */
static void test_limits(void **state)
{
    t_world_t *world = *state;
    const cim_instance_t *one = thing(world, "X_Thing");

    assert_true(wsm_query_matches(
        parse(world, apr_pstrcat(world->pool, repeated(world, "(", 60),
                                 "Size=7", repeated(world, ")", 60), NULL)),
        one));
    assert_true(wsm_query_matches(
        parse(world,
              apr_pstrcat(world->pool, repeated(world, "Size=8 or ", 999),
                          "Size=7", NULL)),
        one));
}

/* ---- as elements, with prefixes */

static wsm_error_t *read_as(const wsm_query_t **query, t_world_t *world,
                            const char *names, const char *text)
{
    const wsm_query_scope_t scope = {world->schema, "root/test",
                                     class_of(world, "X_Thing")};
    const char *xml =
        apr_pstrcat(world->pool, "<r ", names, "><f>", text, "</f></r>", NULL);
    xmlDocPtr doc;
    wsm_error_t *err;

    t_must(wsm_xml_parse(&doc, xml, strlen(xml), 65536, world->pool));
    err = wsm_query_read(query, wsm_xml_first(xmlDocGetRootElement(doc)),
                         &scope, world->pool);
    if (err != NULL)
        return err;
    return wsm_query_parse(query, (*query)->dialect, (*query)->text, &scope,
                           world->pool);
}

static void test_prefixes(void **state)
{
    static const struct {
        const char *names;
        const char *text;
        int good;
    } prefixed[] = {
        {"xmlns:p='" T_URI("X_Thing") "'", "/p:X_Thing[p:Size=7]", 1},
        {"xmlns:p='" T_URI("X_Thing") "'", "p:X_Thing/p:Size=7", 1},
        {"xmlns:p='" WSM_URI_WMI "root/test/X_Thing'", "p:Size=7", 1},
        {"xmlns:a='" T_URI("X_Thing") "' xmlns:b='" T_URI("X_Part") "'",
         "a:Part[b:Count=3]", 1},
        {"xmlns:a='" T_URI("X_Thing") "'", "a:Part[a:Count=3]", 0},
        {"xmlns:p='" T_URI("X_Below") "'", "p:Size=7", 0},
        {"", "p:Size=7", 0},
        {"xmlns:i='" WSM_NS_XSI "'", "None/@i:nil='true'", 1},
        {"xmlns:xsi='urn:other'", "None/@xsi:nil='true'", 0},
        {"", "Name != 'x:y'", 1},
        {"xmlns:p='urn:a&#10;b'", "p:Size=7", 0},
    };
    t_world_t *world = *state;
    const cim_instance_t *one = thing(world, "X_Thing");
    const wsm_query_t *query;
    unsigned i;

    for (i = 0; i < sizeof(prefixed) / sizeof(prefixed[0]); i++) {
        wsm_error_t *err =
            read_as(&query, world, prefixed[i].names, prefixed[i].text);

        if ((err == NULL) != prefixed[i].good)
            fail_msg("%s: %s", prefixed[i].text, err ? err->message : "taken");
        if (err == NULL)
            assert_true(wsm_query_matches(query, one));
    }
}

/* ---- over the wire */

static int enumerate(t_world_t *world, const char *cls, const char *filter)
{
    return t_call(world, WSM_ACTION_ENUMERATE,
                  apr_pstrcat(world->pool, WSM_URI_CIM, cls, NULL), NULL,
                  apr_pstrcat(world->pool,
                              "<n:Enumerate><w:OptimizeEnumeration/>"
                              "<w:MaxElements>100</w:MaxElements>",
                              filter, "</n:Enumerate>", NULL));
}

/* R8.2.1-3: no Dialect is XPath. */
static void test_enumerate(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(enumerate(world, "T_Item",
                               "<w:Filter>../T_Item[Size&gt;\"40\" and "
                               "Size&lt;\"80\"]</w:Filter>"),
                     200);
    assert_string_equal(t_xp(world, "count(//w:Items/*)"), "3");
    assert_int_equal(enumerate(world, "T_Item",
                               "<n:Filter Dialect=\"" WSM_DIALECT_XPATH
                               "\">Name='item00002'</n:Filter>"),
                     200);
    assert_string_equal(t_xp(world, "count(//w:Items/*)"), "1");
    assert_string_equal(
        t_xp(world, "string(//w:Items/*/*[local-name()='Size'])"), "20");
    assert_int_equal(
        enumerate(world, "T_Item", "<w:Filter>Nothing=1</w:Filter>"), 500);
    assert_string_equal(t_subcode(world), "n:CannotProcessFilter");
    /* R8.2.1-3 */
    assert_int_equal(
        enumerate(world, "T_Item", "<w:Filter>Size<b/></w:Filter>"), 500);
    assert_string_equal(t_subcode(world), "n:CannotProcessFilter");
}

static void test_enumerate_beyond(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        enumerate(world, "T_Item",
                  "<w:Filter>contains(Name, '0000') and Size mod 20 = 0"
                  "</w:Filter>"),
        200);
    assert_string_equal(t_xp(world, "count(//w:Items/*)"), "6");
    assert_int_equal(
        enumerate(
            world, "T_Item",
            "<w:Filter>Size[. = 50][" TIMES TIMES TIMES TIMES TIMES TIMES ENOUGH
            "]) = 0]) = 0]) = 0]) = 0]</w:Filter>"),
        500);
    assert_string_equal(t_subcode(world), "n:CannotProcessFilter");
}

/* The context carries the filter with its prefixes. */
static void test_pull(void **state)
{
    t_world_t *world = *state;
    const char *context;

    assert_int_equal(
        t_call(world, WSM_ACTION_ENUMERATE, T_URI("T_Item"), NULL,
               "<n:Enumerate><w:Filter xmlns:q=\"" T_URI(
                   "T_Item") "\">q:Size = 50</w:Filter></n:Enumerate>"),
        200);
    context = t_xp(world, "string(//n:EnumerationContext)");
    assert_int_equal(
        t_call(world, WSM_ACTION_PULL, T_URI("T_Item"), NULL,
               apr_pstrcat(world->pool, "<n:Pull><n:EnumerationContext>",
                           context,
                           "</n:EnumerationContext><n:MaxElements>9"
                           "</n:MaxElements></n:Pull>",
                           NULL)),
        200);
    assert_string_equal(t_xp(world, "count(//n:Items/*)"), "1");
}

#define CASE(function)                                                         \
    cmocka_unit_test_setup_teardown(function, setup, t_teardown)

static const struct CMUnitTest tests[] = {
    CASE(test_matches),        CASE(test_as_libxml2),
    CASE(test_beyond),         CASE(test_too_much_work),
    CASE(test_too_many_nodes), CASE(test_terms),
    CASE(test_subclass),       CASE(test_faults),
    CASE(test_limits),         CASE(test_prefixes),
    CASE(test_enumerate),      CASE(test_enumerate_beyond),
    CASE(test_pull),
};

T_MAIN(tests)
