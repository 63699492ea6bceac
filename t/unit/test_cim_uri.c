/* test_cim_uri.c - resource URIs of classes. */
#include "xml_fixture.h"

#include "../../mod_wsman/cim/cim_uri.h"
#include "../../mod_wsman/soap/wsm_names.h"

static const struct {
    const char *text;
    const char *base, *ns, *class_name;
} uris[] = {
    {WSM_URI_CIM "CIM_Foo", WSM_URI_CIM, NULL, "CIM_Foo"},
    {WSM_URI_CIM "*", WSM_URI_CIM, NULL, "*"},
    {WSM_URI_CIM_ALL, WSM_URI_CIM, NULL, "*"},
    {WSM_URI_WMI "root/cimv2/Win32_Foo", WSM_URI_WMI, "root/cimv2",
     "Win32_Foo"},
    {WSM_URI_WMI "root/cimv2/*", WSM_URI_WMI, "root/cimv2", "*"},
    {WSM_URI_WMI "root/Foo", WSM_URI_WMI, "root", "Foo"},
    {WSM_URI_WMI "root/a-b.c/d/__Foo", WSM_URI_WMI, "root/a-b.c/d", "__Foo"},
    {"http://schemas.dell.com/wbem/wscim/1/cim-schema/2/DCIM_View",
     "http://schemas.dell.com/wbem/wscim/1/cim-schema/2/", NULL, "DCIM_View"},
    {"http://example.com/x/wbem/wscim/1/cim-schema/2/EX_Foo",
     "http://example.com/x/wbem/wscim/1/cim-schema/2/", NULL, "EX_Foo"},
    /* as Windows, in any letter case; the client's own writing is kept */
    {"HTTP://schemas.DMTF.org/wbem/wscim/1/CIM-Schema/2/CIM_Foo",
     "HTTP://schemas.DMTF.org/wbem/wscim/1/CIM-Schema/2/", NULL, "CIM_Foo"},
    /* of no class */
    {"", NULL, NULL, NULL},
    {"urn:x", NULL, NULL, NULL},
    {WSM_URI_CIM, NULL, NULL, NULL},
    {WSM_URI_CIM "CIM_Foo/Method", NULL, NULL, NULL},
    {WSM_URI_CIM "CIM-Foo", NULL, NULL, NULL},
    {WSM_URI_CIM "2Foo", NULL, NULL, NULL},
    {WSM_URI_CIM "CIM_Foo?Name=x", NULL, NULL, NULL},
    {WSM_URI_CIM "**", NULL, NULL, NULL},
    {WSM_URI_WMI, NULL, NULL, NULL},
    {WSM_URI_WMI "Win32_Foo", NULL, NULL, NULL},
    {WSM_URI_WMI "/Win32_Foo", NULL, NULL, NULL},
    {WSM_URI_WMI "root//Win32_Foo", NULL, NULL, NULL},
    {WSM_URI_WMI "root/../Foo", NULL, NULL, NULL},
    {WSM_URI_WMI "root/", NULL, NULL, NULL},
    {WSM_URI_WMI "root\\cimv2/Foo", NULL, NULL, NULL},
    {"/wbem/wscim/1/cim-schema/2/CIM_Foo", NULL, NULL, NULL},
    {"http://schemas.microsoft.com/wbem/wsman/1/config", NULL, NULL, NULL},
    {"http://schemas.microsoft.com/wbem/wsman/1/windows/shell", NULL, NULL,
     NULL},
};

static void assert_same(const char *a, const char *b)
{
    if (a && b)
        assert_string_equal(a, b);
    else
        assert_ptr_equal(a, b);
}

static void reads_uris(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(uris); i++) {
        cim_uri_t uri;
        int good = cim_uri_read(&uri, uris[i].text, pool);
        if (good != (uris[i].base != NULL))
            fail_msg("%s", uris[i].text);
        if (!good)
            continue;
        assert_same(uri.base, uris[i].base);
        assert_same(uri.ns, uris[i].ns);
        assert_same(uri.class_name, uris[i].class_name);
        assert_int_equal(cim_uri_has_ns(&uri), uri.ns != NULL);
    }
}

static void names_classes_in_the_same_manner(void **state)
{
    (void)state;
    cim_uri_t uri;
    assert_true(cim_uri_read(&uri, WSM_URI_WMI "root/cimv2/A", pool));
    assert_string_equal(cim_uri_of(&uri, "root/x", "B", pool),
                        WSM_URI_WMI "root/x/B");
    assert_true(cim_uri_read(&uri, WSM_URI_CIM_ALL, pool));
    assert_string_equal(cim_uri_of(&uri, "root/x", "B", pool), WSM_URI_CIM "B");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_uris),
        cmocka_unit_test(names_classes_in_the_same_manner),
    };
    return cmocka_run_group_tests(tests, make_pool, drop_pool);
}
