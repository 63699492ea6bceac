/* test_wsm_client_resource.c - resources as people write them. */
#include "test_wsm_client_common.h"

#include "../../mod_wsman/client/wsm_resource.h"
#include "../../mod_wsman/soap/wsm_names.h"

#define CIM WSM_URI_CIM
#define WMI WSM_URI_WMI
#define MS  "http://schemas.microsoft.com/wbem/wsman/1"

static void test_names(void **state)
{
    static const struct {
        const char *text;
        const char *uri;
    } cases[] = {
        {"Win32_Process", CIM "Win32_Process"},
        {"CIM_Foo.Bar-1", CIM "CIM_Foo.Bar-1"},
        {"root/cimv2/Win32_Process", WMI "root/cimv2/Win32_Process"},
        {"root/cimv2/*", WMI "root/cimv2/*"},
        {"interop/CIM_Namespace", WMI "interop/CIM_Namespace"},
        {"*", WSM_URI_CIM_ALL},
        {"wmi/root/default/StdRegProv", MS "/wmi/root/default/StdRegProv"},
        {"wmicimv2/Win32_Service", MS "/wmi/root/cimv2/Win32_Service"},
        {"cimv2/CIM_Foo", CIM "CIM_Foo"},
        {"winrm/config", MS "/config"},
        {"wsman/config/Listener", MS "/config/Listener"},
        {"shell/cmd", MS "/windows/shell/cmd"},
        {"http://example.org/a%20b", "http://example.org/a%20b"},
        {"urn:example:thing", "urn:example:thing"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        wsm_epr_t epr;
        assert_no_failure(wsm_resource_read(&epr, cases[i].text, pool));
        assert_string_equal(epr.resource_uri, cases[i].uri);
        assert_int_equal(epr.nselectors, 0);
        assert_null(epr.address);
    }
}

/** Names and values after one another, "name=value|"; a reference in (). */
static const char *flat(const wsm_epr_t *epr)
{
    const char *text = "";
    for (int i = 0; i < epr->nselectors; i++) {
        const wsm_selector_t *selector = &epr->selectors[i];
        text = apr_pstrcat(pool, text, selector->name, "=", NULL);
        if (selector->epr)
            text = apr_pstrcat(pool, text, "(", selector->epr->resource_uri,
                               " ", flat(selector->epr), ")|", NULL);
        else
            text = apr_pstrcat(pool, text, selector->value, "|", NULL);
    }
    return text;
}

static void test_selectors(void **state)
{
    static const struct {
        const char *text;
        const char *selectors;
    } cases[] = {
        {"C_A?Name=x", "Name=x|"},
        {"C_A?", ""},
        {"C_A?Name=", "Name=|"},
        {"C_A?A=1&B=2,C=3", "A=1|B=2|C=3|"},
        {"C_A?Name=a=b", "Name=a=b|"},
        {"C_A?Name=a%26b%2cc%25", "Name=a&b,c%|"},
        {"C_A?N%61me=%C3%A4", "Name=\xc3\xa4|"},
        {"C_A?Name=a?b", "Name=a?b|"},
        {"C_A?Name=a+b c", "Name=a+b c|"},
        {"C_A?Id={1234-5678}", "Id={1234-5678}|"},
        {"C_A?Id={x", "Id={x|"},
        {"C_A?R={C_B?K=1}", "R=(" CIM "C_B K=1|)|"},
        {"C_A?R={C_B?K=1&L=2}&S=3", "R=(" CIM "C_B K=1|L=2|)|S=3|"},
        {"C_A?R={C_B?K={C_C?M=1},L=x},S=3",
         "R=(" CIM "C_B K=(" CIM "C_C M=1|)|L=x|)|S=3|"},
        {"C_A?R={C_B?}", "R=(" CIM "C_B )|"},
        {"C_A?R=%7BC_B?K=1%7D", "R={C_B?K=1}|"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        wsm_epr_t epr, again;
        const char *text;
        assert_no_failure(wsm_resource_read(&epr, cases[i].text, pool));
        assert_string_equal(flat(&epr), cases[i].selectors);
        /* and written it reads as the same */
        text = wsm_resource_text(&epr, pool);
        assert_no_failure(wsm_resource_read(&again, text, pool));
        assert_string_equal(again.resource_uri, epr.resource_uri);
        assert_string_equal(flat(&again), flat(&epr));
        assert_string_equal(wsm_resource_text(&again, pool), text);
    }
}

static void test_errors(void **state)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"", "no resource URI"},
        {"?Name=x", "no resource URI"},
        {"/wsman", "no resource URI"},
        {"root/cimv2/", "no resource URI"},
        {"Win32 Process", "no resource URI"},
        {"C_A?Name", "Name=value"},
        {"C_A?=x", "Name=value"},
        {"C_A?A=1&&B=2", "Name=value"},
        {"C_A?A=1,2", "%2C"},
        {"C_A?A=%", "hexadecimal"},
        {"C_A?A=%4", "hexadecimal"},
        {"C_A?A=%zz", "hexadecimal"},
        {"C_A?A=a%00b", "%00"},
        {"C_A?A=%ff%fe", "UTF-8"},
        {"http://x.org/a b", "no URI"},
        {"http://x.org/{1}", "no URI"},
        {"C_\xff", "UTF-8"},
        {"C_\xc1\xae", "UTF-8"},
        {"C_A?B=%ED%A0%80", "UTF-8"},
        {"C_A?B=%F4%90%80%80", "UTF-8"},
        {"C_A?B=%E2%82", "UTF-8"},
        {"http://x.org/\xc3", "UTF-8"},
        {"C_A?R={bad name?K=1}", "no resource URI"},
        {"C_A?A={C_A?A={C_A?A={C_A?A={C_A?A={C_A?A={C_A?A={C_A?A={C_A?A=1}}}}}}"
         "}}",
         "too deep"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        wsm_epr_t epr;
        assert_failure(wsm_resource_read(&epr, cases[i].text, pool),
                       WSM_FAILURE_USE, cases[i].message);
    }
}

static void test_text(void **state)
{
    static const wsm_selector_t key = {"Name", "a b&c", NULL};
    static const wsm_epr_t inner = {NULL, CIM "C_B", &key, 1};
    static const wsm_selector_t keys[] = {{"N=", "{x?y}", NULL},
                                          {"Ref", NULL, &inner}};
    static const struct {
        wsm_epr_t epr;
        const char *text;
    } cases[] = {
        {{NULL, CIM "C_A", &key, 1}, "C_A?Name=a%20b%26c"},
        {{"http://x", CIM "C_A", keys, 2},
         "C_A?N%3D=%7Bx?y%7D&Ref={C_B?Name=a%20b%26c}"},
        {{NULL, WMI "root/cimv2/C_A", NULL, 0}, "root/cimv2/C_A"},
        {{NULL, WMI "C_A", NULL, 0}, WMI "C_A"},
        {{NULL, WMI "wsman/C_A", NULL, 0}, WMI "wsman/C_A"},
        {{NULL, CIM "a/b", NULL, 0}, CIM "a/b"},
        {{NULL, WSM_URI_CIM_ALL, NULL, 0}, WSM_URI_CIM_ALL},
        {{NULL, "http://x.org/C_A", NULL, 0}, "http://x.org/C_A"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_string_equal(wsm_resource_text(&cases[i].epr, pool),
                            cases[i].text);
}

static void test_class(void **state)
{
    wsm_epr_t epr;
    (void)state;
    assert_no_failure(wsm_resource_read(&epr, "root/cimv2/C_A?B=1", pool));
    assert_string_equal(wsm_resource_class(&epr, pool), "C_A");
    assert_no_failure(wsm_resource_read(&epr, "*", pool));
    assert_null(wsm_resource_class(&epr, pool));
    assert_no_failure(wsm_resource_read(&epr, "http://x.org/a%20b", pool));
    assert_null(wsm_resource_class(&epr, pool));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_selectors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_class, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
