/* test_wsm_epr.c - endpoint references, both ways, and the limits of
 * selectors. */
#include "xml_fixture.h"

#include "../../mod_wsman/soap/wsm_epr.h"
#include "../../mod_wsman/soap/wsm_names.h"

#define DECLARE                                                                \
    " xmlns:a='" WSM_NS_WSA "' xmlns:a10='" WSM_NS_WSA10                       \
    "' xmlns:w='" WSM_NS_WSMAN "'"

static wsm_error_t *read_set(const wsm_selector_t **selectors, int *count,
                             const char *inner)
{
    const xmlNode *set = tree(apr_pstrcat(pool, "<w:SelectorSet" DECLARE ">",
                                          inner, "</w:SelectorSet>", NULL));
    return wsm_selectors_read(selectors, count, set, pool);
}

static char *letters(apr_size_t count, const char *letter)
{
    char *text = apr_palloc(pool, count * strlen(letter) + 1);
    char *at = text;
    for (apr_size_t i = 0; i < count; i++)
        at = stpcpy(at, letter);
    *at = '\0';
    return text;
}

static char *selector(const char *name, const char *value)
{
    return apr_psprintf(pool, "<w:Selector Name='%s'>%s</w:Selector>", name,
                        value);
}

static void reads_selectors(void **state)
{
    (void)state;
    const wsm_selector_t *s;
    int count;
    assert_null(read_set(&s, &count,
                         " <w:Selector Name='A'> 1 </w:Selector>\n"
                         "<w:Selector Name='b'><![CDATA[x<y]]></w:Selector>"
                         "<w:Selector Name='c'/>"));
    assert_int_equal(count, 3);
    assert_string_equal(s[0].name, "A");
    assert_string_equal(s[0].value, "1");
    assert_string_equal(s[1].value, "x<y");
    assert_string_equal(s[2].value, "");
    assert_ptr_equal(wsm_selector_find(s, count, "B"), &s[1]);
    assert_null(wsm_selector_find(s, count, "d"));
    assert_null(read_set(&s, &count, ""));
    assert_int_equal(count, 0);
}

static const char *nested(int depth)
{
    const char *inner = "<w:Selector Name='k'>v</w:Selector>";
    for (int i = 0; i < depth; i++)
        inner = apr_psprintf(
            pool,
            "<w:Selector Name='k'><a:EndpointReference><a:Address>x</a:Address>"
            "<a:ReferenceParameters><w:SelectorSet>%s</w:SelectorSet>"
            "</a:ReferenceParameters></a:EndpointReference></w:Selector>",
            inner);
    return inner;
}

static const char *many(int count)
{
    const char *all = "";
    for (int i = 0; i < count; i++)
        all = apr_pstrcat(pool, all, selector(apr_itoa(pool, 1000 + i), "x"),
                          NULL);
    return apr_psprintf(pool, "%s", all);
}

static void refuses_bad_selectors(void **state)
{
    (void)state;
    const struct {
        const char *inner;
        wsman_code_e code;
    } cases[] = {
        {"<w:Selector>x</w:Selector>", WSMAN_E_INVALID_SELECTORS},
        {"<w:Selector Name=''>x</w:Selector>", WSMAN_E_INVALID_SELECTORS},
        {"<w:Selector w:Name='k'>x</w:Selector>", WSMAN_E_INVALID_SELECTORS},
        {"<w:Other Name='k'>x</w:Other>", WSMAN_E_INVALID_SELECTORS},
        {"<Selector Name='k'>x</Selector>", WSMAN_E_INVALID_SELECTORS},
        {"<w:Selector Name='k'><x/></w:Selector>", WSMAN_E_INVALID_SELECTORS},
        {"<w:Selector Name='k'>x</w:Selector><w:Selector Name='K'>y"
         "</w:Selector>",
         WSMAN_E_DUPLICATE_SELECTORS},
        {selector(letters(2048, "n"), "x"), WSMAN_OK},
        {selector(letters(2048, "\xc3\xa4"), "x"), WSMAN_OK},
        {selector(letters(2049, "n"), "x"), WSMAN_E_ENCODING_SELECTOR_LIMIT},
        {selector("k", letters(4096, "v")), WSMAN_OK},
        {selector("k", letters(4096, "\xe2\x82\xac")), WSMAN_OK},
        {selector("k", letters(4097, "v")), WSMAN_E_ENCODING_SELECTOR_LIMIT},
        {many(64), WSMAN_OK},
        {many(65), WSMAN_E_ENCODING_SELECTOR_LIMIT},
        {nested(8), WSMAN_OK},
        {nested(9), WSMAN_E_ENCODING_SELECTOR_LIMIT},
        {"<w:Selector Name='k'><a:EndpointReference><a:ReferenceParameters>"
         "<w:SelectorSet><w:Selector/></w:SelectorSet></a:ReferenceParameters>"
         "</a:EndpointReference></w:Selector>",
         WSMAN_E_INVALID_SELECTORS},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const wsm_selector_t *s;
        int count;
        wsm_error_t *err = read_set(&s, &count, cases[i].inner);
        if ((err ? err->code : WSMAN_OK) != cases[i].code)
            fail_msg("case %d: %s", (int)i, err ? err->message : "taken");
    }
}

static void reads_references_of_both_addressings(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "<e" DECLARE "><a:Address> http://x </a:Address><a:ReferenceParameters>"
        "<w:ResourceURI> urn:r </w:ResourceURI><w:SelectorSet>"
        "<w:Selector Name='k'>v</w:Selector></w:SelectorSet><other/>"
        "</a:ReferenceParameters></e>",
        "<e" DECLARE "><a10:Address>http://x</a10:Address>"
        "<a10:ReferenceParameters><w:ResourceURI>urn:r</w:ResourceURI>"
        "<w:SelectorSet><w:Selector Name='k'>v</w:Selector></w:SelectorSet>"
        "</a10:ReferenceParameters><a10:Metadata/></e>",
        "<e" DECLARE "><a:Address>http://x</a:Address><a:ReferenceProperties>"
        "<w:ResourceURI>urn:r</w:ResourceURI></a:ReferenceProperties>"
        "<a:ReferenceParameters><w:SelectorSet><w:Selector Name='k'>v"
        "</w:Selector></w:SelectorSet></a:ReferenceParameters></e>"};
    for (size_t i = 0; i < COUNT(forms); i++) {
        wsm_epr_t epr;
        assert_null(wsm_epr_read(&epr, tree(forms[i]), pool));
        assert_string_equal(epr.address, "http://x");
        assert_string_equal(epr.resource_uri, "urn:r");
        assert_int_equal(epr.nselectors, 1);
        assert_string_equal(epr.selectors[0].value, "v");
    }
    wsm_epr_t none;
    assert_null(wsm_epr_read(&none, tree("<e/>"), pool));
    assert_null(none.address);
    assert_null(none.resource_uri);
    assert_int_equal(none.nselectors, 0);
}

static void long_uris_are_refused(void **state)
{
    (void)state;
    wsm_epr_t epr;
    const char *form = "<e" DECLARE "><a:ReferenceParameters><w:ResourceURI>%s"
                       "</w:ResourceURI></a:ReferenceParameters></e>";
    assert_null(wsm_epr_read(
        &epr, tree(apr_psprintf(pool, form, letters(2048, "u"))), pool));
    wsm_error_t *err = wsm_epr_read(
        &epr, tree(apr_psprintf(pool, form, letters(2049, "u"))), pool);
    assert_int_equal(err->code, WSMAN_E_ENCODING_URI_LIMIT);
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    const wsm_selector_t inner[] = {{"x<y", "1 & 2", NULL}};
    const wsm_epr_t other = {"http://o", "urn:o", inner, 1};
    const wsm_selector_t outer[] = {{"Name", "a\"b", NULL},
                                    {"Ref", NULL, &other}};
    const wsm_epr_t epr = {NULL, "urn:r", outer, 2};
    wsm_writer_t *out = writer();
    wsm_epr_write(out, &epr, WSM_ADDRESSING_2004);
    assert_string_equal(
        content(out),
        "<a:Address>" WSM_ANONYMOUS "</a:Address><a:ReferenceParameters>"
        "<w:ResourceURI>urn:r</w:ResourceURI><w:SelectorSet>"
        "<w:Selector Name=\"Name\">a\"b</w:Selector><w:Selector Name=\"Ref\">"
        "<a:EndpointReference><a:Address>http://o</a:Address>"
        "<a:ReferenceParameters><w:ResourceURI>urn:o</w:ResourceURI>"
        "<w:SelectorSet><w:Selector Name=\"x&lt;y\">1 &amp; 2</w:Selector>"
        "</w:SelectorSet></a:ReferenceParameters></a:EndpointReference>"
        "</w:Selector></w:SelectorSet></a:ReferenceParameters>");
    wsm_epr_t again;
    assert_null(wsm_epr_read(
        &again,
        tree(apr_pstrcat(pool, "<e" DECLARE ">", content(out), "</e>", NULL)),
        pool));
    assert_string_equal(again.selectors[1].epr->selectors[0].name, "x<y");
    assert_string_equal(again.selectors[1].epr->selectors[0].value, "1 & 2");
    assert_null(again.selectors[1].value);
}

static void writes_little_for_little(void **state)
{
    (void)state;
    const wsm_epr_t epr = {NULL, NULL, NULL, 0};
    wsm_writer_t *out = writer();
    wsm_epr_write(out, &epr, WSM_ADDRESSING_2005);
    assert_string_equal(content(out),
                        "<a:Address>" WSM_ANONYMOUS10 "</a:Address>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_selectors),
        cmocka_unit_test(refuses_bad_selectors),
        cmocka_unit_test(reads_references_of_both_addressings),
        cmocka_unit_test(long_uris_are_refused),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(writes_little_for_little),
    };
    return cmocka_run_group_tests(tests, make_pool, drop_pool);
}
