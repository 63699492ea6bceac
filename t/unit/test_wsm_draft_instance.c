/* test_wsm_draft_instance.c - instances as Windows Server 2003 R2 writes them
 * (MS-WSMAN 2.2.5.1, 3.1.4.1.25 to .27), and reads them.
 */
#include "wscim_fixture.h"

#include "../../mod_wsman/soap/wsm_draft.h"

#define URI WSM_URI_DRAFT_WMI TEST_NS "/T_All"

static const char *draft_text(const cim_instance_t *instance,
                              const cim_class_t *as)
{
    cim_xml_style_t style = style_of(URI);
    wsm_writer_t *out = writer();
    style.draft = 1;
    cim_xml_write_instance(out, instance, as, NULL, &style, pool);
    return content(out);
}

static xmlNode *in_draft(const char *text)
{
    return xmlDocGetRootElement(document(
        apr_pstrcat(pool,
                    "<s:Body xmlns:s='" WSM_NS_SOAP "' xmlns:a='" WSM_NS_WSA
                    "' xmlns:w='" WSM_NS_DRAFT "'>",
                    text, "</s:Body>", NULL)));
}

static void all_is_in_the_draft(void **state)
{
    (void)state;
    const char *text = draft_text(everything(), NULL);
    assert_null(strstr(text, "schemas.dmtf.org/wbem"));
    assert_non_null(strstr(text, "<cim:CIM_DateTimeString>"));
    assert_null(strstr(text, "<cim:CIM_DateTime>"));
    const xmlNode *all = wsm_xml_first(in_draft(text));
    const xmlNode *location = wsm_xml_child(all, WSM_NS_DRAFT_CIM, "Location");
    wsm_epr_t epr;
    wsm_draft_accept((xmlNode *)all->parent);
    assert_null(wsm_epr_read(&epr, location, pool));
    assert_string_equal(epr.address, WSM_ANONYMOUS);
    assert_string_equal(epr.resource_uri, URI);
    assert_string_equal(
        wsm_selector_find(epr.selectors, epr.nselectors, "Name")->value,
        "a<b>&\"c\"");
    assert_null(wsm_xml_next(location)); /* the last, and the only one */
    int count = 0;
    for (const char *p = text; (p = strstr(p, "<cim:Location>")); p++)
        count++;
    assert_int_equal(count, 1);
}

/** 3.1.4.1.26 */
static void arrays_have_no_null_in_them(void **state)
{
    (void)state;
    const char *text = draft_text(everything(), NULL);
    assert_non_null(strstr(
        text, "<p:Numbers>1</p:Numbers><p:Numbers>3</p:Numbers><p:Texts>"));
    cim_instance_t *all = everything();
    set(all, "Numbers", cim_null(CIM_UINT16));
    text = draft_text(all, NULL);
    assert_non_null(strstr(text, "<p:Numbers xsi:nil=\"true\"/><p:Texts>"));
}

/** What was written, and what Put gets back, with its Location. */
static void what_is_written_is_read(void **state)
{
    (void)state;
    cim_instance_t *all = everything(), *again;
    set(all, "Numbers", ITEMS(CIM_UINT16, cim_uint16(1), cim_uint16(3)));
    set(all, "Bools", cim_null(CIM_BOOLEAN));
    xmlNode *body = in_draft(draft_text(all, NULL));
    cim_xml_reader_t reader = {
        .schema = schema, .default_ns = TEST_NS, .pool = pool};
    assert_true(wsm_draft_accept(body));
    wsm_error_t *err = cim_xml_read_instance(
        &reader, &again, wsm_xml_first(body), class_of("T_All"), URI);
    if (err)
        fail_msg("%s", err->message);
    assert_string_equal(draft_text(again, NULL), draft_text(all, NULL));
}

/** 3.1.4.1.28: as the base class; the Location is still the instance's. */
static void casts_say_where_they_are_from(void **state)
{
    (void)state;
    const char *text = draft_text(everything(), class_of("T_Base"));
    const xmlNode *base = wsm_xml_first(in_draft(text));
    assert_true(
        wsm_xml_is(base, WSM_URI_DRAFT_WMI TEST_NS "/T_Base", "T_Base"));
    assert_null(wsm_xml_child(base, NULL, "U8"));
    assert_non_null(strstr(text, "<w:ResourceURI>" URI "</w:ResourceURI>"));
}

static void resource_uris_of_the_draft(void **state)
{
    (void)state;
    static const struct {
        const char *uri, *ns, *name, *other;
    } cases[] = {
        {WSM_URI_DRAFT_WMI "root/cimv2/Win32_X", "root/cimv2", "Win32_X",
         WSM_URI_DRAFT_WMI "root/x/Y"},
        {WSM_URI_DRAFT_CIM "CIM_X", NULL, "CIM_X", WSM_URI_DRAFT_CIM "Y"}};
    static const char *const none[] = {
        WSM_URI_DRAFT_CIM, WSM_NS_DRAFT_CIM, WSM_URI_DRAFT_WMI "X",
        WSM_URI_DRAFT_CIM "a/b", WSM_URI_DRAFT_THIS};
    cim_uri_t uri;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(cim_uri_read(&uri, cases[i].uri, pool));
        assert_string_equal(uri.class_name, cases[i].name);
        assert_int_equal(cim_uri_has_ns(&uri), cases[i].ns != NULL);
        if (cases[i].ns)
            assert_string_equal(uri.ns, cases[i].ns);
        assert_string_equal(cim_uri_of(&uri, "root/x", "Y", pool),
                            cases[i].other);
    }
    for (size_t i = 0; i < COUNT(none); i++)
        if (cim_uri_read(&uri, none[i], pool))
            fail_msg("%s", none[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_in_the_draft),
        cmocka_unit_test(arrays_have_no_null_in_them),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(casts_say_where_they_are_from),
        cmocka_unit_test(resource_uris_of_the_draft),
    };
    return cmocka_run_group_tests(tests, make_schema, drop_pool);
}
