/* test_cim_xml_path.c - paths of EPRs: R5.1.2.2-3, DSP0227 6.3. */
#include "wscim_fixture.h"

static wsm_epr_t epr_of(const char *uri, const wsm_selector_t *selectors)
{
    wsm_epr_t epr = {NULL, uri, selectors, 0};
    while (selectors && selectors[epr.nselectors].name)
        epr.nselectors++;
    return epr;
}

#define SET(...) ((const wsm_selector_t[]){__VA_ARGS__, {NULL, NULL, NULL}})
#define TEXT(name, value)                                                      \
    {                                                                          \
        name, value, NULL                                                      \
    }

static void finds_keys_by_type(void **state)
{
    (void)state;
    cim_path_t path;
    const cim_class_t *cls;
    wsm_epr_t epr =
        epr_of(TEST_URI "t_two",
               SET(TEXT("PART", "p q"), TEXT("on", "True"), TEXT("iD", "7")));
    wsm_error_t *err = cim_xml_path_of_epr(&path, &cls, &epr, CIM_XML_KEYS_ALL,
                                           schema, TEST_NS, pool);
    if (err)
        fail_msg("%s", err->message);
    assert_ptr_equal(cls, class_of("T_Two"));
    assert_string_equal(path.ns, TEST_NS);
    assert_string_equal(path.class_name, "T_Two");
    assert_true(cim_path_equal(&path, two_path()));
    assert_string_equal(path.keys[0].name, "Id");
    assert_int_equal(path.keys[0].value.type, CIM_UINT16);
}

static void is_the_inverse_of_writing(void **state)
{
    (void)state;
    static const char *const manners[] = {TEST_URI "T_Link",
                                          WSM_URI_WMI "root/test/T_Link"};
    cim_key_t keys[2] = {{"From", cim_reference(base_path("root/other", "b"))},
                         {"To", cim_reference(two_path())}};
    cim_path_t path = {NULL, "T_Link", keys, 2}, again;
    for (size_t i = 0; i < COUNT(manners); i++) {
        wsm_epr_t epr;
        cim_xml_style_t style = style_of(manners[i]);
        cim_xml_epr_of_path(&epr, &path, &style, pool);
        assert_null(cim_xml_path_of_epr(&again, NULL, &epr, CIM_XML_KEYS_ALL,
                                        schema, TEST_NS, pool));
        assert_true(cim_path_equal(&path, &again));
        assert_string_equal(again.keys[0].value.v.ref->ns, "root/other");
    }
}

static const wsm_selector_t name_is_n[] = {TEXT("Name", "n"), {0}};
static const wsm_selector_t nobody[] = {TEXT("Nobody", "n"), {0}};
static const wsm_epr_t base_epr = {NULL, TEST_URI "T_Base", name_is_n, 1};
static const wsm_epr_t no_class = {NULL, TEST_URI "T_None", name_is_n, 1};
static const wsm_epr_t no_key = {NULL, TEST_URI "T_Base", nobody, 1};
static const wsm_epr_t single = {NULL, TEST_URI "T_Single", NULL, 0};

static void each_wrong_set_has_its_fault(void **state)
{
    (void)state;
    const struct {
        const char *uri;
        const wsm_selector_t *selectors;
        wsman_code_e all, none; /* for CIM_XML_KEYS_ALL, _NONE */
    } cases[] = {
        {TEST_URI "T_Base", name_is_n, WSMAN_OK, WSMAN_E_UNEXPECTED_SELECTORS},
        {TEST_URI "T_Base", NULL, WSMAN_E_INSUFFICIENT_SELECTORS, WSMAN_OK},
        {TEST_URI "T_Single", NULL, WSMAN_OK, WSMAN_OK},
        {TEST_URI "T_Base", SET(TEXT("Name", "n"), TEXT("Foo", "x")),
         WSMAN_E_UNEXPECTED_SELECTORS, WSMAN_E_UNEXPECTED_SELECTORS},
        {TEST_URI "T_Base", SET(TEXT("Name", "n"), TEXT("Text", "x")),
         WSMAN_E_UNEXPECTED_SELECTORS, WSMAN_E_UNEXPECTED_SELECTORS},
        {TEST_URI "T_Two",
         SET(TEXT("Id", "x"), TEXT("Part", ""), TEXT("On", "1")),
         WSMAN_E_SELECTOR_TYPE_MISMATCH, WSMAN_E_UNEXPECTED_SELECTORS},
        {TEST_URI "T_Two",
         SET(TEXT("Id", "65536"), TEXT("Part", ""), TEXT("On", "1")),
         WSMAN_E_SELECTOR_INVALID_VALUE, WSMAN_E_UNEXPECTED_SELECTORS},
        {TEST_URI "T_Two",
         SET(TEXT("Id", "-1"), TEXT("Part", ""), TEXT("On", "1")),
         WSMAN_E_SELECTOR_INVALID_VALUE, WSMAN_E_UNEXPECTED_SELECTORS},
        {TEST_URI "T_Two",
         SET(TEXT("Id", "1"), TEXT("Part", ""), TEXT("On", "maybe")),
         WSMAN_E_SELECTOR_TYPE_MISMATCH, WSMAN_E_UNEXPECTED_SELECTORS},
        {TEST_URI "T_Base", SET({"Name", NULL, &base_epr}),
         WSMAN_E_SELECTOR_TYPE_MISMATCH, WSMAN_E_UNEXPECTED_SELECTORS},
        {TEST_URI "T_Link",
         SET(TEXT("From", "T_Base.Name=\"n\""), TEXT("To", "x")),
         WSMAN_E_SELECTOR_TYPE_MISMATCH, WSMAN_E_UNEXPECTED_SELECTORS},
        {TEST_URI "T_Link", SET({"From", NULL, &no_class}, TEXT("To", "x")),
         WSMAN_E_SELECTOR_INVALID_VALUE, WSMAN_E_UNEXPECTED_SELECTORS},
        {TEST_URI "T_Link", SET({"From", NULL, &no_key}, TEXT("To", "x")),
         WSMAN_E_SELECTOR_INVALID_VALUE, WSMAN_E_UNEXPECTED_SELECTORS},
        {TEST_URI "T_Link", SET({"From", NULL, &single}, TEXT("To", "x")),
         WSMAN_E_SELECTOR_TYPE_MISMATCH, WSMAN_E_UNEXPECTED_SELECTORS},
        /* classes and namespaces */
        {NULL, NULL, WSMAN_E_INVALID_RESOURCE_URI,
         WSMAN_E_INVALID_RESOURCE_URI},
        {"urn:x", NULL, WSMAN_E_INVALID_RESOURCE_URI,
         WSMAN_E_INVALID_RESOURCE_URI},
        {TEST_URI "*", NULL, WSMAN_E_INVALID_RESOURCE_URI,
         WSMAN_E_INVALID_RESOURCE_URI},
        {TEST_URI "T_None", NULL, WSMAN_E_INVALID_RESOURCE_URI,
         WSMAN_E_INVALID_RESOURCE_URI},
        {WSM_URI_WMI "root/none/T_Single", NULL, WSMAN_E_INVALID_RESOURCE_URI,
         WSMAN_E_INVALID_RESOURCE_URI},
        {WSM_URI_WMI "ROOT/Test/T_Single", NULL, WSMAN_OK, WSMAN_OK},
        {TEST_URI "T_Single", SET(TEXT("__cimnamespace", "root/other")),
         WSMAN_OK, WSMAN_OK},
        {TEST_URI "T_Single", SET(TEXT("__CIMNamespace", "\\root\\other")),
         WSMAN_OK, WSMAN_OK},
        {TEST_URI "T_Single", SET(TEXT("__cimnamespace", "root/none")),
         WSMAN_E_DESTINATION_UNREACHABLE, WSMAN_E_DESTINATION_UNREACHABLE},
        {TEST_URI "T_Single", SET(TEXT("__cimnamespace", "")),
         WSMAN_E_SELECTOR_TYPE_MISMATCH, WSMAN_E_SELECTOR_TYPE_MISMATCH},
        {TEST_URI "T_Single", SET({"__cimnamespace", NULL, &base_epr}),
         WSMAN_E_SELECTOR_TYPE_MISMATCH, WSMAN_E_SELECTOR_TYPE_MISMATCH},
        {WSM_URI_WMI "root/test/T_Single",
         SET(TEXT("__cimnamespace", "Root/Test")), WSMAN_OK, WSMAN_OK},
        {WSM_URI_WMI "root/test/T_Single",
         SET(TEXT("__cimnamespace", "root/other")),
         WSMAN_E_SELECTOR_INVALID_VALUE, WSMAN_E_SELECTOR_INVALID_VALUE},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        cim_path_t path;
        wsm_epr_t epr = epr_of(cases[i].uri, cases[i].selectors);
        wsm_error_t *err = cim_xml_path_of_epr(
            &path, NULL, &epr, CIM_XML_KEYS_ALL, schema, TEST_NS, pool);
        if ((err ? err->code : WSMAN_OK) != cases[i].all)
            fail_msg("case %d: %s", (int)i, err ? err->message : "taken");
        err = cim_xml_path_of_epr(&path, NULL, &epr, CIM_XML_KEYS_NONE, schema,
                                  TEST_NS, pool);
        if ((err ? err->code : WSMAN_OK) != cases[i].none)
            fail_msg("case %d: %s", (int)i, err ? err->message : "taken");
        if (!err)
            assert_int_equal(path.nkeys, 0);
    }
}

static void the_namespace_is_found(void **state)
{
    (void)state;
    cim_path_t path;
    const cim_class_t *cls;
    wsm_epr_t epr = epr_of(TEST_URI "T_Single",
                           SET(TEXT("__cimnamespace", "root\\other\\")));
    assert_null(cim_xml_path_of_epr(&path, &cls, &epr, CIM_XML_KEYS_ALL, schema,
                                    TEST_NS, pool));
    assert_string_equal(path.ns, "root/other");
    assert_string_equal(cls->ns, "root/other");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_keys_by_type),
        cmocka_unit_test(is_the_inverse_of_writing),
        cmocka_unit_test(each_wrong_set_has_its_fault),
        cmocka_unit_test(the_namespace_is_found),
    };
    return cmocka_run_group_tests(tests, make_schema, drop_pool);
}
