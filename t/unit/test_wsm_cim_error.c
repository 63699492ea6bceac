/* test_wsm_cim_error.c - the table of CIM statuses, and the CIM_Error in the
 * detail of faults.
 */
#include "golden.h"

#include "../../mod_wsman/provide/wsm_host.h"
#include "../../mod_wsman/soap/wsm_cim_error.h"
#include "../../mod_wsman/soap/wsm_fault.h"
#include "../../mod_wsman/soap/wsm_names.h"

#define NS_ERROR WSM_URI_CIM "MSFT_WmiError"

static const wsm_request_t request = {.action = WSM_ACTION_GET,
                                      .message_id = "uuid:request"};

static const char *fault_of(const wsm_error_t *err, int cim)
{
    wsm_writer_t *out = writer();
    wsm_fault_write(out, &request, err, "host", cim, pool);
    return content(out);
}

/** The CIM_Error in a fault, or NULL. */
static const xmlNode *cim_error(const wsm_error_t *err, int cim)
{
    const xmlNode *node = tree(fault_of(err, cim));
    static const char *const way[] = {"Body", "Fault", "Detail"};
    for (size_t i = 0; i < COUNT(way); i++)
        node = wsm_xml_child(node, WSM_NS_SOAP, way[i]);
    assert_non_null(wsm_xml_child(node, WSM_NS_FAULT, "WSManFault"));
    return wsm_xml_child(node, NS_ERROR, "MSFT_WmiError");
}

static const char *value(const xmlNode *error, const char *name)
{
    const xmlNode *node = wsm_xml_child(error, NS_ERROR, name);
    if (!node)
        fail_msg("no %s", name);
    return wsm_xml_nil(node, pool) ? NULL : wsm_xml_text(node, pool);
}

static wsm_error_t *error(wsman_code_e code, apr_uint32_t number,
                          wsman_cim_status_e status)
{
    wsm_error_t *err = wsm_fail(pool, code, "What <happened>.");
    err->number = number;
    err->cim_status = status;
    return err;
}

static void statuses_are_complete(void **state)
{
    (void)state;
    int count = 0;
    for (int i = -1; i < 40; i++) {
        const wsm_cim_status_t *row = wsm_cim_status((wsman_cim_status_e)i);
        if (!row)
            continue;
        count++;
        assert_int_equal(row->status, i);
        assert_int_equal(strncmp(row->name, "CIM_ERR_", 8), 0);
        assert_in_range(row->hresult, 0x80041001u, 0x80043fffu);
        /* what it becomes means the same */
        const wsm_fault_t *fault = wsm_fault_row(row->code);
        assert_int_equal(fault->code, row->code);
        assert_int_not_equal(fault->cim, WSMAN_CIM_OK);
    }
    assert_int_equal(count, 27);
}

/** What concerns the envelope alone is nothing that CIM has a status for. */
static void the_protocols_faults_have_none(void **state)
{
    (void)state;
    static const wsman_code_e codes[] = {
        WSMAN_E_VERSION_MISMATCH,      WSMAN_E_NOT_UNDERSTOOD,
        WSMAN_E_INVALID_HEADER,        WSMAN_E_HEADER_REQUIRED,
        WSMAN_E_SCHEMA_VALIDATION,     WSMAN_E_ENCODING_LIMIT,
        WSMAN_E_ENCODING_MAX_ENVELOPE, WSMAN_E_UNSUPPORTED_LOCALE,
        WSMAN_E_OPTION_NOT_SUPPORTED};
    for (size_t i = 0; i < COUNT(codes); i++) {
        wsm_error_t *err = error(codes[i], 0, WSMAN_CIM_OK);
        assert_null(wsm_cim_error_status(err));
        assert_null(cim_error(err, 1));
    }
}

static void only_the_object_manager_says_it(void **state)
{
    (void)state;
    wsm_error_t *err = error(WSMAN_E_ACCESS_DENIED, 0, WSMAN_CIM_OK);
    assert_null(cim_error(err, 0));
    assert_non_null(cim_error(err, 1));
}

/* error_Code: the most exact number that there is */
static const struct {
    wsman_code_e code;
    apr_uint32_t number;
    wsman_cim_status_e own;
    wsman_cim_status_e status;
    const char *name;
    const char *error_code;
    const char *id;
    const char *category;
} cases[] = {
    {WSMAN_E_DESTINATION_UNREACHABLE, 0, WSMAN_CIM_OK, WSMAN_CIM_NOT_FOUND,
     "CIM_ERR_NOT_FOUND", "2150858752", "HRESULT 0x80338000", "13"},
    {WSMAN_E_DESTINATION_UNREACHABLE, 0, WSMAN_CIM_INVALID_NAMESPACE,
     WSMAN_CIM_INVALID_NAMESPACE, "CIM_ERR_INVALID_NAMESPACE", "2147749902",
     "HRESULT 0x8004100e", "10"},
    {WSMAN_E_ACCESS_DENIED, 0, WSMAN_CIM_OK, WSMAN_CIM_ACCESS_DENIED,
     "CIM_ERR_ACCESS_DENIED", "2147749891", "HRESULT 0x80041003", "18"},
    {WSMAN_E_INTERNAL_ERROR, 0, WSMAN_CIM_OK, WSMAN_CIM_FAILED,
     "CIM_ERR_FAILED", "2147749889", "HRESULT 0x80041001", "0"},
    {WSMAN_E_QUOTA_LIMIT, 2150859174u, WSMAN_CIM_OK,
     WSMAN_CIM_SERVER_LIMITS_EXCEEDED, "CIM_ERR_SERVER_LIMITS_EXCEEDED",
     "2150859174", "HRESULT 0x803381a6", "30"},
    {WSMAN_E_INTERNAL_ERROR, 0, (wsman_cim_status_e)18, WSMAN_CIM_FAILED,
     "CIM_ERR_FAILED", "2147749889", "HRESULT 0x80041001", "0"},
    {WSMAN_E_INTERNAL_ERROR, 0, (wsman_cim_status_e)-7, WSMAN_CIM_FAILED,
     "CIM_ERR_FAILED", "2147749889", "HRESULT 0x80041001", "0"},
};

static void the_detail_tells_status_and_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const xmlNode *e =
            cim_error(error(cases[i].code, cases[i].number, cases[i].own), 1);
        assert_string_equal(wsm_xml_attr(e, WSM_NS_WSMB, "IsCIM_Error", pool),
                            "true");
        assert_string_equal(value(e, "CIMStatusCode"),
                            apr_itoa(pool, (int)cases[i].status));
        assert_string_equal(value(e, "CIMStatusCodeDescription"),
                            cases[i].name);
        assert_string_equal(value(e, "error_Code"), cases[i].error_code);
        assert_string_equal(value(e, "error_Type"), "HRESULT");
        assert_string_equal(value(e, "MessageID"), cases[i].id);
        assert_string_equal(value(e, "error_Category"), cases[i].category);
        assert_string_equal(value(e, "Message"), "What <happened>.");
        assert_null(value(e, "ErrorSource"));
    }
}

static void the_fault_is_golden(void **state)
{
    (void)state;
    assert_golden(
        fault_of(error(WSMAN_E_DESTINATION_UNREACHABLE, 0, WSMAN_CIM_OK), 1),
        "fault_cim_error.xml");
}

static void a_status_finds_its_fault(void **state)
{
    (void)state;
    wsm_error_t *err =
        wsm_cim_error_make(pool, WSMAN_CIM_ALREADY_EXISTS, "No %d.", 2);
    assert_int_equal(err->code, WSMAN_E_ALREADY_EXISTS);
    assert_int_equal(err->cim_status, WSMAN_CIM_ALREADY_EXISTS);
    assert_string_equal(err->message, "No 2.");
    err = wsm_cim_error_make(pool, (wsman_cim_status_e)99, "x");
    assert_int_equal(err->code, WSMAN_E_INTERNAL_ERROR);
    assert_int_equal(err->cim_status, WSMAN_CIM_FAILED);
}

static void providers_may_think_in_statuses(void **state)
{
    (void)state;
    wsm_error_t *cause = wsm_fail(pool, WSMAN_E_INTERNAL_ERROR, "below");
    wsm_error_t *err = wsm_host.cim_error(pool, WSMAN_CIM_NOT_FOUND, ENOENT,
                                          cause, "No %s.", "disk");
    assert_int_equal(err->code, WSMAN_E_DESTINATION_UNREACHABLE);
    assert_int_equal(err->cim_status, WSMAN_CIM_NOT_FOUND);
    assert_int_equal(err->status, ENOENT);
    assert_ptr_equal(err->cause, cause);
    assert_string_equal(err->message, "No disk.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_are_complete),
        cmocka_unit_test(the_protocols_faults_have_none),
        cmocka_unit_test(only_the_object_manager_says_it),
        cmocka_unit_test(the_detail_tells_status_and_number),
        cmocka_unit_test(the_fault_is_golden),
        cmocka_unit_test(a_status_finds_its_fault),
        cmocka_unit_test(providers_may_think_in_statuses),
    };
    return cmocka_run_group_tests(tests, make_pool, drop_pool);
}
