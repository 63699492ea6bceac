/* test_cim_xml_read.c - WS-CIM as instances, and what is wrong with it. */
#include "wscim_fixture.h"

#define NS                                                                     \
    " xmlns='" TEST_URI "T_All' xmlns:p='" TEST_URI "T_All'"                   \
    " xmlns:cim='" WSM_NS_CIM "' xmlns:i='" WSM_NS_XSI                         \
    "' xmlns:a='" WSM_NS_WSA "' xmlns:w='" WSM_NS_WSMAN "' xmlns:b='" TEST_URI \
    "T_Base'"                                                                  \
    " xmlns:s='" TEST_URI "T_Sub'"

static cim_xml_reader_t reader;

static wsm_error_t *read_as(cim_instance_t **instance, const char *class_name,
                            const char *ns, const xmlNode *element)
{
    memset(&reader, 0, sizeof(reader));
    reader.schema = schema;
    reader.default_ns = TEST_NS;
    reader.pool = pool;
    return cim_xml_read_instance(&reader, instance, element,
                                 class_of(class_name), ns);
}

static cim_instance_t *good(const char *inner)
{
    cim_instance_t *instance = NULL;
    wsm_error_t *err = read_as(
        &instance, "T_All", TEST_URI "T_All",
        tree(apr_pstrcat(pool, "<T_All" NS ">", inner, "</T_All>", NULL)));
    if (err)
        fail_msg("%s: %s", inner, err->message);
    return instance;
}

static const cim_value_t *value(const char *inner, const char *name)
{
    const cim_value_t *found = cim_instance_get(good(inner), name);
    if (!found)
        fail_msg("%s has no %s", inner, name);
    return found;
}

static void assert_same(const cim_instance_t *a, const cim_instance_t *b)
{
    assert_ptr_equal(a->cls, b->cls);
    for (apr_uint32_t i = 0; i < a->nvalues; i++)
        if (!cim_value_equal(&a->values[i], &b->values[i], 0))
            fail_msg("%s differs", a->cls->properties[i].name);
}

static void reads_what_it_writes(void **state)
{
    (void)state;
    static const char *const manners[] = {TEST_URI "T_All",
                                          WSM_URI_WMI "root/test/T_All"};
    for (size_t i = 0; i < COUNT(manners); i++) {
        cim_instance_t *all = everything(), *again;
        const xmlNode *node = in_reply(instance_text(all, manners[i]));
        wsm_error_t *err = read_as(&again, "T_All", manners[i], node);
        if (err)
            fail_msg("%s", err->message);
        /* an empty array is no element */
        set(all, "Bools", cim_null(CIM_BOOLEAN));
        set(again, "Bools", cim_null(CIM_BOOLEAN));
        assert_same(all, again);
    }
}

static void reads_references_that_it_writes(void **state)
{
    (void)state;
    cim_instance_t *link = instance_of("T_Link"), *again;
    set(link, "From", cim_reference(base_path("root/other", "x&y")));
    set(link, "To", cim_reference(two_path()));
    set(link, "Note", cim_string("n"));
    const xmlNode *node = in_reply(instance_text(link, TEST_URI "T_Link"));
    assert_null(read_as(&again, "T_Link", TEST_URI "T_Link", node));
    assert_same(link, again);
    assert_string_equal(cim_instance_get(again, "From")->v.ref->ns,
                        "root/other");
    assert_string_equal(cim_instance_get(again, "To")->v.ref->ns, TEST_NS);
}

static void reads_only_what_is_there(void **state)
{
    (void)state;
    cim_instance_t *instance = good(" <p:u8> 7 </p:u8> text ");
    for (apr_uint32_t i = 0; i < instance->nvalues; i++) {
        int named = !strcmp(instance->cls->properties[i].name, "U8");
        assert_int_equal(instance->values[i].type,
                         named ? CIM_UINT8 : CIM_NONE);
    }
    assert_int_equal(cim_instance_get(instance, "U8")->v.u, 7);
    good("");
}

static void reads_scalars(void **state)
{
    (void)state;
    assert_int_equal(value("<B>TRUE</B>", "B")->v.u, 1);
    assert_int_equal(value("<B>0</B>", "B")->v.u, 0);
    assert_int_equal(value("<S64>-5</S64>", "S64")->v.i, -5);
    assert_true(value("<R64>INF</R64>", "R64")->v.r > 1e308);
    assert_true(value("<R64>NaN</R64>", "R64")->v.r !=
                value("<R64>NaN</R64>", "R64")->v.r);
    assert_int_equal(value("<C>\xe2\x82\xac</C>", "C")->v.u, 0x20ac);
    assert_int_equal(value("<C> </C>", "C")->v.u, ' ');
    assert_string_equal(value("<S> a <!-- c -->b</S>", "S")->v.s, " a b");
    assert_string_equal(value("<S/>", "S")->v.s, "");
    assert_int_equal(value("<S i:nil='true'/>", "S")->is_null, 1);
    assert_int_equal(value("<S i:nil='true'/>", "S")->type, CIM_STRING);
}

static void reads_arrays(void **state)
{
    (void)state;
    const cim_value_t *v =
        value("<Numbers>1</Numbers><S>x</S><Numbers i:nil='1'/>"
              "<p:Numbers>2</p:Numbers>",
              "Numbers");
    assert_int_equal(v->is_array, 1);
    assert_int_equal(v->is_null, 0);
    assert_int_equal(v->count, 3);
    assert_int_equal(v->v.items[0].v.u, 1);
    assert_int_equal(v->v.items[1].is_null, 1);
    assert_int_equal(v->v.items[2].v.u, 2);
    v = value("<Numbers i:nil='true'/>", "Numbers");
    assert_int_equal(v->is_array, 1);
    assert_int_equal(v->is_null, 1);
    assert_int_equal(v->type, CIM_UINT16);
    assert_int_equal(value("<Texts/>", "Texts")->count, 1);
}

static const struct {
    const char *xml;
    const char *cim; /* the 25 characters; NULL: refused */
} datetimes[] = {
    {"<cim:Datetime>2026-11-21T08:00:00.5+01:00</cim:Datetime>",
     "20261121080000.500000+060"},
    {" <cim:Datetime> 2026-11-21T08:00:00Z </cim:Datetime> ",
     "20261121080000.000000+000"},
    {"<cim:Interval>P1DT1H1M1.5S</cim:Interval>", "00000001010101.500000:000"},
    {"<cim:Interval>PT0S</cim:Interval>", "00000000000000.000000:000"},
    {"<cim:Date>2026-11-21</cim:Date>", "20261121******.******+000"},
    {"<cim:Date>2026-11-21-05:00</cim:Date>", "20261121******.******-300"},
    {"<cim:Time>23:59:59.25+02:00</cim:Time>", "********235959.250000+120"},
    {"<cim:CIM_DateTime>2026112108****.******+000</cim:CIM_DateTime>",
     "2026112108****.******+000"},
    /* as other clients write them */
    {"20261121080000.000000+000", "20261121080000.000000+000"},
    {"2026-11-21T08:00:00Z", "20261121080000.000000+000"},
    {"P1D", "00000001000000.000000:000"},
    {"<cim:CIM_DateTime i:nil='true'/>", ""},
    {"", NULL},
    {"yesterday", NULL},
    {"<cim:Datetime>2026-02-30T08:00:00Z</cim:Datetime>", NULL},
    {"<cim:Datetime>P1D</cim:Datetime>", NULL},
    {"<cim:Datetime/>", NULL},
    {"<cim:Other>2026-11-21T08:00:00Z</cim:Other>", NULL},
    {"<cim:Interval>-P1D</cim:Interval>", NULL},
    {"<cim:Interval>P100000000D</cim:Interval>", NULL},
    {"<cim:Date>2026-11</cim:Date>", NULL},
    {"<cim:Time>25:00:00</cim:Time>", NULL},
    {"<x:Datetime xmlns:x='urn:x'>2026-11-21T08:00:00Z</x:Datetime>", NULL},
    {"<cim:Date>2026-11-21</cim:Date><cim:Date>2026-11-21</cim:Date>", NULL},
};

static void reads_datetimes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(datetimes); i++) {
        cim_instance_t *instance;
        char text[CIM_DATETIME_LENGTH + 1];
        wsm_error_t *err =
            read_as(&instance, "T_All", TEST_URI "T_All",
                    tree(apr_pstrcat(pool, "<T_All" NS "><D>", datetimes[i].xml,
                                     "</D></T_All>", NULL)));
        if (!err != (datetimes[i].cim != NULL))
            fail_msg("%s: %s", datetimes[i].xml, err ? err->message : "taken");
        if (err) {
            assert_int_equal(reader.problem, CIM_XML_BAD_TYPE);
            continue;
        }
        const cim_value_t *v = cim_instance_get(instance, "D");
        if (!*datetimes[i].cim) {
            assert_int_equal(v->is_null, 1);
            continue;
        }
        cim_datetime_put(v->v.dt, text);
        assert_string_equal(text, datetimes[i].cim);
    }
}

static void assert_octets(const char *inner, const char *octets,
                          apr_uint32_t count)
{
    const cim_value_t *v = value(inner, "Octets");
    assert_int_equal(v->count, count);
    for (apr_uint32_t i = 0; i < count; i++)
        assert_int_equal(v->v.items[i].v.u, (unsigned char)octets[i]);
}

static void reads_octets(void **state)
{
    (void)state;
    assert_octets("<Octets>yv4=</Octets>", "\0\0\0\x06\xca\xfe", 6);
    assert_octets("<Octets>YWJj ZA==\n</Octets>",
                  "\0\0\0\x08"
                  "abcd",
                  8);
    assert_octets("<Octets/>", "\0\0\0\x04", 4);
    /* as an array of numbers */
    assert_octets("<Octets>1</Octets><Octets>2</Octets>", "\x01\x02", 2);
    assert_octets("<Octets>255</Octets>", "\xff", 1);
    assert_octets("<Octets>1234</Octets>", "\0\0\0\x07\xd7\x6d\xf8", 7);
    const cim_value_t *v =
        value("<OctetTexts>cafe</OctetTexts><OctetTexts/>", "OctetTexts");
    assert_string_equal(v->v.items[0].v.s, "0x00000006cafe");
    assert_string_equal(v->v.items[1].v.s, "0x00000004");
}

static void reads_embedded_instances(void **state)
{
    (void)state;
    static const struct {
        const char *inner, *property, *class_name;
    } cases[] = {
        {"<One><b:Name>n</b:Name></One>", "One", "T_Base"},
        {"<One i:type='b:T_Base_Type'><b:Name>n</b:Name></One>", "One",
         "T_Base"},
        {"<One i:type='s:T_Sub_Type'><s:Name>n</s:Name></One>", "One", "T_Sub"},
        {"<One i:type='s:T_Sub_Type'><b:Name>n</b:Name></One>", NULL, NULL},
        {"<Any i:type='s:T_Sub_Type'><s:Name>n</s:Name></Any>", "Any", "T_Sub"},
        {"<Any><b:Name>n</b:Name></Any>", "Any", "T_Base"},
        {"<Any i:type='b:T_Base_Type'/>", "Any", "T_Base"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (!cases[i].property)
            continue;
        const cim_value_t *v = value(cases[i].inner, cases[i].property);
        assert_string_equal(v->v.obj->cls->name, cases[i].class_name);
    }
    const cim_value_t *many =
        value("<Many><b:Name>1</b:Name></Many><Many i:nil='true'/>", "Many");
    assert_int_equal(many->count, 2);
    assert_string_equal(cim_instance_get(many->v.items[0].v.obj, "Name")->v.s,
                        "1");
    assert_int_equal(many->v.items[1].is_null, 1);
}

static void type_may_name_a_subclass(void **state)
{
    (void)state;
    cim_instance_t *instance;
    const char *form = "<T_All" NS " i:type='%s'><More xmlns='" TEST_URI
                       "T_Sub'>5</More><U8>1</U8></T_All>";
    assert_null(read_as(&instance, "T_All", TEST_URI "T_All",
                        tree(apr_psprintf(pool, form, "s:T_Sub_Type"))));
    assert_string_equal(instance->cls->name, "T_Sub");
    assert_int_equal(cim_instance_get(instance, "More")->v.u, 5);
    assert_non_null(read_as(&instance, "T_All", TEST_URI "T_All",
                            tree(apr_psprintf(pool, form, "b:T_Base_Type"))));
    assert_int_equal(reader.problem, CIM_XML_BAD_TYPE);
    assert_non_null(read_as(&instance, "T_All", TEST_URI "T_All",
                            tree(apr_psprintf(pool, form, "s:T_None_Type"))));
    assert_non_null(read_as(&instance, "T_All", TEST_URI "T_All",
                            tree(apr_psprintf(pool, form, "q:T_Sub_Type"))));
}

#define REF(uri, selectors)                                                    \
    "<a:Address>x</a:Address><a:ReferenceParameters><w:ResourceURI>" uri       \
    "</w:ResourceURI><w:SelectorSet>" selectors                                \
    "</w:SelectorSet></a:ReferenceParameters>"
#define NAME_IS_N "<w:Selector Name='Name'>n</w:Selector>"

static void reads_arguments(void **state)
{
    (void)state;
    const cim_method_t *run = cim_class_method(class_of("T_All"), "Run");
    cim_instance_t *in;
    memset(&reader, 0, sizeof(reader));
    reader.schema = schema;
    reader.default_ns = TEST_NS;
    reader.pool = pool;
    /* Windows clients write an xsi:type that nothing declares. */
    const xmlNode *node =
        tree("<p:Run_INPUT" NS " i:type='Run_INPUT_Type'><p:Words>a</p:Words>"
             "<p:Count>3</p:Count><p:Words>b</p:Words><p:Who>" REF(
                 TEST_URI "T_Sub", NAME_IS_N) "</p:Who></p:Run_INPUT>");
    wsm_error_t *err =
        cim_xml_read_instance(&reader, &in, node, run->input, TEST_URI "T_All");
    if (err)
        fail_msg("%s", err->message);
    assert_int_equal(cim_instance_get(in, "Count")->v.u, 3);
    assert_int_equal(cim_instance_get(in, "Words")->count, 2);
    assert_string_equal(cim_instance_get(in, "Who")->v.ref->class_name,
                        "T_Sub");
}

static const struct {
    const char *inner;
    cim_xml_problem_e problem;
} wrong[] = {
    {"<x:U8 xmlns:x='urn:x'>1</x:U8>", CIM_XML_BAD_NAMESPACE},
    {"<U8 xmlns=''>1</U8>", CIM_XML_BAD_NAMESPACE},
    {"<b:Name>n</b:Name>", CIM_XML_BAD_NAMESPACE},
    {"<cim:Other/>", CIM_XML_BAD_NAMESPACE},
    {"<Nothing>1</Nothing>", CIM_XML_UNKNOWN},
    {"<More>1</More>", CIM_XML_UNKNOWN},
    {"<U8>x</U8>", CIM_XML_BAD_TYPE},
    {"<U8/>", CIM_XML_BAD_TYPE},
    {"<U8>1 2</U8>", CIM_XML_BAD_TYPE},
    {"<U8>1.5</U8>", CIM_XML_BAD_TYPE},
    {"<U8>0x1</U8>", CIM_XML_BAD_TYPE},
    {"<U8><x/></U8>", CIM_XML_BAD_TYPE},
    {"<U8>256</U8>", CIM_XML_BAD_VALUE},
    {"<U8>-1</U8>", CIM_XML_BAD_VALUE},
    {"<U8>99999999999999999999999999</U8>", CIM_XML_BAD_VALUE},
    {"<S8>128</S8>", CIM_XML_BAD_VALUE},
    {"<S8>-129</S8>", CIM_XML_BAD_VALUE},
    {"<U64>18446744073709551616</U64>", CIM_XML_BAD_VALUE},
    {"<S64>-9223372036854775809</S64>", CIM_XML_BAD_VALUE},
    {"<R64>one</R64>", CIM_XML_BAD_TYPE},
    {"<B>yes</B>", CIM_XML_BAD_TYPE},
    {"<B/>", CIM_XML_BAD_TYPE},
    {"<C>ab</C>", CIM_XML_BAD_TYPE},
    {"<C/>", CIM_XML_OK}, /* NUL */
    {"<S><x/></S>", CIM_XML_BAD_TYPE},
    {"<U8>1</U8><U8>2</U8>", CIM_XML_BAD_VALUE},
    {"<Texts>1</Texts><Texts>2</Texts><Texts>3</Texts><Texts>4</Texts>",
     CIM_XML_BAD_VALUE},
    {"<Numbers>1</Numbers><Numbers>x</Numbers>", CIM_XML_BAD_TYPE},
    {"<Numbers>1</Numbers><Numbers>65536</Numbers>", CIM_XML_BAD_VALUE},
    {"<Must i:nil='true'/>", CIM_XML_MISSING},
    {"<Name i:nil='true'/>", CIM_XML_MISSING},
    {"<Octets>YWJj=</Octets>", CIM_XML_BAD_TYPE},
    {"<Octets>YW=j</Octets>", CIM_XML_BAD_TYPE},
    {"<Octets>YWI=</Octets>", CIM_XML_OK},
    {"<Octets>YWL=</Octets>", CIM_XML_BAD_TYPE},
    {"<Octets>=</Octets>", CIM_XML_BAD_TYPE},
    {"<Octets>1000</Octets><Octets>1</Octets>", CIM_XML_BAD_VALUE},
    {"<OctetTexts>abc</OctetTexts>", CIM_XML_BAD_TYPE},
    {"<OctetTexts>0xab</OctetTexts>", CIM_XML_BAD_TYPE},
    {"<One><b:Nothing/></One>", CIM_XML_UNKNOWN},
    {"<One><b:Name/><b:Name/></One>", CIM_XML_BAD_VALUE},
    {"<One i:type='T_Two_Type'/>", CIM_XML_BAD_TYPE},
    {"<Any/>", CIM_XML_BAD_TYPE},
    {"<Any>text</Any>", CIM_XML_BAD_TYPE},
    {"<Any><x:Name xmlns:x='urn:x'>n</x:Name></Any>", CIM_XML_BAD_TYPE},
    {"<cim:Location><a:Address>x</a:Address></cim:Location>", CIM_XML_OK},
};

static void says_what_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        cim_instance_t *instance;
        wsm_error_t *err =
            read_as(&instance, "T_All", TEST_URI "T_All",
                    tree(apr_pstrcat(pool, "<T_All" NS ">", wrong[i].inner,
                                     "</T_All>", NULL)));
        if (reader.problem != wrong[i].problem)
            fail_msg("%s: %d, %s", wrong[i].inner, (int)reader.problem,
                     err ? err->message : "taken");
        assert_int_equal(err != NULL, wrong[i].problem != CIM_XML_OK);
    }
}

static const struct {
    const char *content;
    cim_xml_problem_e problem;
} references[] = {
    {REF(TEST_URI "T_Base", NAME_IS_N), CIM_XML_OK},
    {"<a:EndpointReference>" REF(TEST_URI "T_Base",
                                 NAME_IS_N) "</a:EndpointReference>",
     CIM_XML_OK},
    {REF(WSM_URI_WMI "root/other/T_Base", NAME_IS_N), CIM_XML_OK},
    {REF(TEST_URI "T_Base", ""), CIM_XML_BAD_VALUE},
    {REF(TEST_URI "T_None", NAME_IS_N), CIM_XML_BAD_VALUE},
    {REF(TEST_URI "T_Two",
         "<w:Selector Name='Id'>1</w:Selector><w:Selector Name='On'>1"
         "</w:Selector><w:Selector Name='Part'>p</w:Selector>"),
     CIM_XML_BAD_TYPE},
    {"", CIM_XML_BAD_TYPE},
    {"T_Base.Name='n'", CIM_XML_BAD_TYPE},
    {"<a:Address>x</a:Address>", CIM_XML_BAD_VALUE},
};

static void references_are_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(references); i++) {
        cim_instance_t *instance;
        wsm_error_t *err =
            read_as(&instance, "T_Link", TEST_URI "T_Link",
                    tree(apr_pstrcat(
                        pool, "<T_Link" NS "><From xmlns='" TEST_URI "T_Link'>",
                        references[i].content, "</From></T_Link>", NULL)));
        if (reader.problem != references[i].problem)
            fail_msg("%s: %s", references[i].content,
                     err ? err->message : "taken");
    }
}

/** What is not an ordinary number is bounded by what was sent. */
static void large_arrays_are_read_in_one_pass(void **state)
{
    (void)state;
    char *inner = apr_palloc(pool, 1 << 19);
    char *at = inner;
    for (int i = 0; i < 20000; i++)
        at += sprintf(at, "<Numbers>%d</Numbers>", i);
    const cim_value_t *v = value(inner, "Numbers");
    assert_int_equal(v->count, 20000);
    assert_int_equal(v->v.items[19999].v.u, 19999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_writes),
        cmocka_unit_test(reads_references_that_it_writes),
        cmocka_unit_test(reads_only_what_is_there),
        cmocka_unit_test(reads_scalars),
        cmocka_unit_test(reads_arrays),
        cmocka_unit_test(reads_datetimes),
        cmocka_unit_test(reads_octets),
        cmocka_unit_test(reads_embedded_instances),
        cmocka_unit_test(type_may_name_a_subclass),
        cmocka_unit_test(reads_arguments),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(references_are_checked),
        cmocka_unit_test(large_arrays_are_read_in_one_pass),
    };
    return cmocka_run_group_tests(tests, make_schema, drop_pool);
}
