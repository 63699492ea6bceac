/* test_wsm_client_format.c - objects read from XML, and printed in every
 * format, compared with golden files.
 */
#include "test_wsm_client_common.h"

#include "../../mod_wsman/client/wsm_format.h"
#include "../../mod_wsman/client/wsm_xmltext.h"
#include "../../mod_wsman/soap/wsm_names.h"

/* Everything that a value can be */
#define OBJECT                                                                 \
    "<p:C_A xmlns:p=\"" WSM_URI_CIM "C_A\" xsi:type=\"p:C_A_Type\">"           \
    "<p:Name>one &amp; \"two\", &lt;three></p:Name><p:Empty/>"                 \
    "<p:Null xsi:nil=\"true\"/><p:Number>42</p:Number>"                        \
    "<p:Leading>007</p:Leading><p:Flag>true</p:Flag>"                          \
    "<p:Real>-1.5e3</p:Real><p:Typed xsi:type=\"xs:unsignedInt\"> 7 "          \
    "</p:Typed><p:TypedFlag xsi:type=\"cim:cimBoolean\">TRUE</p:TypedFlag>"    \
    "<p:TypedInf xsi:type=\"xs:double\">INF</p:TypedInf>"                      \
    "<p:List>1</p:List><p:List xsi:nil=\"true\"/><p:List>c,\"d\"</p:List>"     \
    "<p:When><cim:Datetime>2026-11-21T08:00:00Z</cim:Datetime></p:When>"       \
    "<p:Span><cim:Interval>PT1H</cim:Interval></p:Span>"                       \
    "<p:Ref><a:Address>http://x</a:Address><a:ReferenceParameters>"            \
    "<w:ResourceURI>" WSM_URI_CIM "C_B</w:ResourceURI><w:SelectorSet>"         \
    "<w:Selector Name=\"K\">a b</w:Selector></w:SelectorSet>"                  \
    "</a:ReferenceParameters></p:Ref>"                                         \
    "<p:Inner xsi:type=\"q:C_C_Type\" xmlns:q=\"urn:q\"><q:X>1</q:X>"          \
    "<q:Y>2</q:Y><q:Y>3</q:Y></p:Inner>"                                       \
    "<p:Stream Name=\"stdout\">QQ==</p:Stream>"                                \
    "<p:Lines>first\nsecond\tx</p:Lines><p:Bad>&#x9b;31m&#x7f;</p:Bad>"        \
    "<p:\xc3\xa4>\xc3\xb6</p:\xc3\xa4></p:C_A>"

#define EPR                                                                    \
    "<a:EndpointReference><a:Address>http://x</a:Address>"                     \
    "<a:ReferenceParameters><w:ResourceURI>" WSM_URI_CIM                       \
    "C_A</w:ResourceURI><w:SelectorSet><w:Selector Name=\"Name\">one"          \
    "</w:Selector></w:SelectorSet></a:ReferenceParameters>"                    \
    "</a:EndpointReference>"

#define SMALL                                                                  \
    "<p:C_D xmlns:p=\"" WSM_URI_CIM "C_D\"><p:Name>small</p:Name>"             \
    "<p:Own>x</p:Own></p:C_D>"

#define ANSWER(items)                                                          \
    "<s:Envelope xmlns:s=\"" WSM_NS_SOAP "\" xmlns:a=\"" WSM_NS_WSA            \
    "\" xmlns:w=\"" WSM_NS_WSMAN "\" xmlns:xsi=\"" WSM_NS_XSI                  \
    "\" xmlns:xs=\"" WSM_NS_XSD "\" xmlns:cim=\"" WSM_NS_CIM                   \
    "\" xmlns:unused=\"urn:unused\">" items "</s:Envelope>"

typedef struct output_t {
    char *text;
    int refuse; /* after so many calls; 0: never */
    int calls;
    const char *warning;
} output_t;

static int collect(void *baton, const char *data, apr_size_t length)
{
    output_t *output = baton;
    if (output->refuse && ++output->calls > output->refuse)
        return 0;
    output->text = apr_pstrcat(pool, output->text ? output->text : "",
                               apr_pstrmemdup(pool, data, length), NULL);
    return 1;
}

static void warned(void *baton, const char *text)
{
    ((output_t *)baton)->warning = apr_pstrdup(pool, text);
}

static wsm_format_t *make(const wsm_format_config_t *base, output_t *output)
{
    wsm_format_config_t config = *base;
    config.write = collect;
    config.warn = warned;
    config.baton = output;
    memset(output, 0, sizeof(*output));
    return wsm_format_make(&config, pool);
}

/** Prints each child of the answer as an item; an EPR after an object is put
 *  together with it. */
static char *print(const wsm_format_config_t *config, const char *items)
{
    output_t output;
    wsm_format_t *format = make(config, &output);
    const xmlNode *node = wsm_xml_first(tree(items));
    for (; node; node = wsm_xml_next(node)) {
        wsm_item_t item = {0};
        apr_pool_t *scratch;
        if (wsm_xml_is(node, WSM_NS_WSMAN, "Item")) {
            item.object = wsm_xml_first(node);
            item.epr = wsm_xml_next(item.object);
        } else if (wsm_xml_is(node, NULL, "EndpointReference")) {
            item.epr = node;
        } else {
            item.object = node;
        }
        apr_pool_create(&scratch, pool);
        assert_true(wsm_format_item(format, &item, scratch));
        apr_pool_destroy(scratch);
    }
    assert_true(wsm_format_end(format, pool));
    return output.text ? output.text : apr_pstrdup(pool, "");
}

static const char *const extensions[] = {"txt", "xml", "json", "csv"};

static void each_format(const char *name, const char *items, int list)
{
    for (int i = 0; i < 4; i++) {
        wsm_format_config_t config = {.format = (wsm_format_e)i, .list = list};
        assert_golden(apr_pstrcat(pool, name, ".", extensions[i], NULL),
                      print(&config, items));
    }
}

static void test_one(void **state)
{
    (void)state;
    each_format("one", ANSWER(OBJECT), 0);
}

static void test_several(void **state)
{
    (void)state;
    each_format("several", ANSWER(SMALL OBJECT SMALL), 1);
}

static void test_none(void **state)
{
    (void)state;
    each_format("none", ANSWER(""), 1);
}

static void test_references(void **state)
{
    (void)state;
    each_format("references", ANSWER(EPR EPR), 1);
}

static void test_both(void **state)
{
    (void)state;
    each_format("both", ANSWER("<w:Item>" SMALL EPR "</w:Item>"), 1);
}

static void test_typed(void **state)
{
    wsm_format_config_t config = {
        .format = WSM_FORMAT_JSON, .typed = 1, .with_class = 1};
    (void)state;
    assert_golden("typed.json", print(&config, ANSWER(OBJECT)));
}

static void test_numbers(void **state)
{
    static const struct {
        const char *text;
        int number;
    } cases[] = {{"0", 1},     {"-0", 1},   {"10", 1},
                 {"01", 0},    {"-", 0},    {"1.", 0},
                 {".5", 0},    {"1.5", 1},  {"1e5", 1},
                 {"1E+05", 1}, {"1e", 0},   {"+1", 0},
                 {"1 ", 0},    {"", 0},     {"0x10", 0},
                 {"-01", 0},   {"NaN", 0},  {"true", 1},
                 {"false", 1}, {"True", 0}, {"18446744073709551615", 1}};
    wsm_format_config_t config = {.format = WSM_FORMAT_JSON, .typed = 1};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *quote = cases[i].number ? "" : "\"";
        assert_string_equal(
            print(&config, apr_pstrcat(pool, "<e><o><v>", cases[i].text,
                                       "</v></o></e>", NULL)),
            apr_pstrcat(pool, "{\n  \"v\": ", quote, cases[i].text, quote,
                        "\n}\n", NULL));
    }
}

static void test_columns(void **state)
{
    static const char *const columns[] = {"own", "Nope", "NAME"};
    static const char *const expected[] = {
        "C_D\n  own  = x\n  Nope =\n  NAME = small\n", NULL,
        "[\n  {\n    \"own\": \"x\",\n    \"Nope\": null,\n"
        "    \"NAME\": \"small\"\n  }\n]\n",
        "own,Nope,NAME\r\nx,,small\r\n"};
    (void)state;
    for (int i = 0; i < 4; i++) {
        wsm_format_config_t config = {.format = (wsm_format_e)i,
                                      .list = 1,
                                      .columns = columns,
                                      .ncolumns = 3};
        if (expected[i])
            assert_string_equal(print(&config, ANSWER(SMALL)), expected[i]);
    }
    {
        wsm_format_config_t config = {.format = WSM_FORMAT_CSV,
                                      .list = 1,
                                      .columns = columns,
                                      .ncolumns = 3};
        assert_string_equal(print(&config, ANSWER("")), "own,Nope,NAME\r\n");
    }
}

/** The header of CSV has the properties of the first hundred; later ones are
 *  left out, and that is said once. */
static void test_csv_header(void **state)
{
    wsm_format_config_t config = {.format = WSM_FORMAT_CSV, .list = 1};
    output_t output;
    wsm_format_t *format = make(&config, &output);
    (void)state;
    for (int i = 0; i < 150; i++) {
        wsm_item_t item = {0};
        apr_pool_t *scratch;
        item.object =
            tree(i == 99 || i == 120
                     ? apr_psprintf(pool, "<o><A>%d</A><B%d/></o>", i, i)
                     : apr_psprintf(pool, "<o><A>%d</A></o>", i));
        apr_pool_create(&scratch, pool);
        assert_true(wsm_format_item(format, &item, scratch));
        apr_pool_destroy(scratch);
        if (i < 99)
            assert_null(output.text);
        if (i < 120)
            assert_null(output.warning);
    }
    assert_true(wsm_format_end(format, pool));
    assert_true(!strncmp(output.text, "A,B99\r\n0,\r\n1,\r\n", 15));
    assert_non_null(strstr(output.text, "\r\n99,\"\"\r\n100,\r\n"));
    assert_non_null(strstr(output.text, "\r\n120,\r\n"));
    assert_non_null(strstr(output.warning, "B120"));
}

static void test_reader_gone(void **state)
{
    wsm_format_config_t config = {.format = WSM_FORMAT_TEXT, .list = 1};
    output_t output;
    wsm_format_t *format = make(&config, &output);
    wsm_item_t item = {.object = tree("<o><A>1</A></o>")};
    (void)state;
    output.refuse = 2;
    assert_true(wsm_format_item(format, &item, pool));
    assert_true(wsm_format_item(format, &item, pool));
    assert_false(wsm_format_item(format, &item, pool));
    assert_false(wsm_format_end(format, pool));
}

static void test_names(void **state)
{
    wsm_format_e format;
    (void)state;
    assert_true(wsm_format_by_name(&format, "csv"));
    assert_int_equal(format, WSM_FORMAT_CSV);
    assert_false(wsm_format_by_name(&format, "CSV"));
    assert_false(wsm_format_by_name(&format, ""));
}

/** An element taken out of its document means the same. */
static void test_xmltext(void **state)
{
    static const struct {
        const char *text; /* the first child is taken */
        const char *taken;
    } cases[] = {
        {"<a xmlns='urn:d' xmlns:u='urn:u'><b/></a>", "<b xmlns=\"urn:d\"/>"},
        {"<a xmlns:p='urn:p' xmlns:u='urn:u'><p:b p:c='1'/></a>",
         "<p:b xmlns:p=\"urn:p\" p:c=\"1\"/>"},
        {"<a xmlns:p='urn:p'><b xmlns:p='urn:q'><p:c/></b></a>",
         "<b xmlns:p=\"urn:q\"><p:c/></b>"},
        {"<x:a xmlns:x='urn:1'><x:b><x:c xmlns:x='urn:2'/></x:b></x:a>",
         "<x:b xmlns:x=\"urn:1\"><x:c xmlns:x=\"urn:2\"/></x:b>"},
        {"<a xmlns:xsi='" WSM_NS_XSI "' xmlns:t='urn:t'><b xsi:type='t:T'/>"
         "</a>",
         "<b xmlns:xsi=\"" WSM_NS_XSI
         "\" xmlns:t=\"urn:t\" xsi:type=\"t:T\"/>"},
        {"<a xml:lang='en'><b xml:lang='de'>x<!-- c -->y</b></a>",
         "<b xml:lang=\"de\">xy</b>"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const xmlNode *node = wsm_xml_first(tree(cases[i].text));
        assert_string_equal(wsm_xmltext(node, pool), cases[i].taken);
        tree(cases[i].taken);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_several, setup, teardown),
        cmocka_unit_test_setup_teardown(test_none, setup, teardown),
        cmocka_unit_test_setup_teardown(test_references, setup, teardown),
        cmocka_unit_test_setup_teardown(test_both, setup, teardown),
        cmocka_unit_test_setup_teardown(test_typed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_columns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_csv_header, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reader_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_xmltext, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
