/* test_wsm_draft.c - the draft of June 2005: which envelopes are of it, its
 * names in the tree, and its faults.
 */
#include "golden.h"

#include "../../mod_wsman/soap/wsm_draft.h"
#include "../../mod_wsman/soap/wsm_fault.h"
#include "../../mod_wsman/soap/wsm_names.h"

#define OURS  " xmlns:o='" WSM_NS_WSMAN "'"
#define DRAFT " xmlns:d='" WSM_NS_DRAFT "'"
#define SOAP  "<s:Envelope xmlns:s='" WSM_NS_SOAP "'"

/* ---- which envelopes */

static const struct {
    const char *text;
    int draft;
} envelopes[] = {
    {SOAP "><s:Header/><s:Body/></s:Envelope>", 0},
    {SOAP OURS "><s:Header><o:X/></s:Header><s:Body/></s:Envelope>", 0},
    {SOAP DRAFT "><s:Header><d:X/></s:Header><s:Body/></s:Envelope>", 1},
    /* declared where it is used */
    {SOAP "><s:Header" DRAFT "><d:X/></s:Header><s:Body/></s:Envelope>", 1},
    {SOAP "><s:Header><y/><d:X" DRAFT "/></s:Header><s:Body/></s:Envelope>", 1},
    {SOAP "><s:Header><X xmlns='" WSM_NS_DRAFT
          "'/></s:Header><s:Body/></s:Envelope>",
     1},
    /* both are declared: the headers tell */
    {SOAP OURS DRAFT "><s:Header><d:X/><o:X/></s:Header><s:Body/></s:Envelope>",
     1},
    {SOAP OURS DRAFT "><s:Header><o:X/><d:X/></s:Header><s:Body/></s:Envelope>",
     0},
    {SOAP OURS DRAFT "><s:Header/><s:Body/></s:Envelope>", 0},
    /* without headers (Identify) what is declared tells */
    {SOAP DRAFT "><s:Header/><s:Body/></s:Envelope>", 1},
    {SOAP DRAFT "><s:Body/></s:Envelope>", 1},
    /* what is in the body tells nothing */
    {SOAP "><s:Header/><s:Body><d:X" DRAFT "/></s:Body></s:Envelope>", 0},
    {"<d:X" DRAFT "/>", 1},
};

static void envelopes_are_recognised(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(envelopes); i++) {
        xmlDocPtr doc = document(envelopes[i].text);
        if (wsm_draft_accept(xmlDocGetRootElement(doc)) != envelopes[i].draft)
            fail_msg("%s", envelopes[i].text);
    }
}

/* ---- the tree */

static void all_of_a_tree_is_renamed(void **state)
{
    (void)state;
    xmlDocPtr doc =
        document(SOAP DRAFT
                 " xmlns='" WSM_NS_DRAFT "'><s:Header><d:A d:b='1'/><C/>"
                 "</s:Header><s:Body><p:P xmlns:p='urn:p'><p:When><c:"
                 "CIM_DateTimeString xmlns:c='" WSM_NS_DRAFT_CIM
                 "'>x</c:CIM_DateTimeString></p:When><p:CIM_DateTimeString/>"
                 "<d:In xmlns:d='" WSM_NS_DRAFT "'/><b:M xmlns:b='" WSM_NS_WSMB
                 "'/></p:P></s:Body></s:Envelope>");
    xmlNode *root = xmlDocGetRootElement(doc);
    assert_true(wsm_draft_accept(root));
    const xmlNode *n = wsm_xml_first(wsm_xml_first(root));
    assert_true(wsm_xml_is(n, WSM_NS_WSMAN, "A"));
    assert_string_equal(wsm_xml_attr(n, WSM_NS_WSMAN, "b", pool), "1");
    assert_true(wsm_xml_is(wsm_xml_next(n), WSM_NS_WSMAN, "C"));
    n = wsm_xml_first(wsm_xml_next(wsm_xml_first(root)));
    assert_true(wsm_xml_is(n, "urn:p", "P"));
    n = wsm_xml_first(n);
    assert_true(wsm_xml_is(wsm_xml_first(n), WSM_NS_CIM, WSM_CIM_DATETIME));
    n = wsm_xml_next(n);
    assert_true(wsm_xml_is(n, "urn:p", "CIM_DateTimeString"));
    n = wsm_xml_next(n);
    assert_true(wsm_xml_is(n, WSM_NS_WSMAN, "In"));
    /* 3.1.4.1.28: what DSP0227 has added is nothing that is known */
    n = wsm_xml_next(n);
    assert_false(wsm_xml_is(n, WSM_NS_WSMB, "M"));
    assert_string_equal(wsm_draft_name(1, wsm_xml_ns(n)), WSM_NS_WSMB);
}

static void names_go_both_ways(void **state)
{
    (void)state;
    static const char *const same[] = {WSM_NS_WSA,      WSM_NS_ENUM,
                                       WSM_NS_TRANSFER, WSM_FAULT_ENUM,
                                       "Datetime",      ""};
    for (size_t i = 0; i < COUNT(same); i++)
        assert_ptr_equal(wsm_draft_name(1, same[i]), same[i]);
    assert_string_equal(wsm_draft_name(1, WSM_NS_WSMAN), WSM_NS_DRAFT);
    assert_string_equal(wsm_draft_name(1, WSM_NS_DRAFT), WSM_NS_WSMAN);
    assert_string_equal(wsm_draft_name(0, WSM_NS_WSMAN), WSM_NS_WSMAN);
    assert_int_equal(wsm_draft_number(1, 0x80338000u), 32768);
    assert_int_equal(wsm_draft_number(1, 5), 5);
    assert_int_equal(wsm_draft_number(1, 0x80041001u), 0x80041001u);
    assert_int_equal(wsm_draft_number(0, 0x80338000u), 0x80338000u);
}

/* ---- requests */

#define REQUEST(headers)                                                       \
    SOAP " xmlns:a='" WSM_NS_WSA "' xmlns:w='" WSM_NS_DRAFT                    \
         "'><s:Header><a:To>http://h/</a:To><a:MessageID>uuid:1</a:MessageID>" \
         "<a:Action>urn:x</a:Action><a:ReplyTo><a:Address>" WSM_ANONYMOUS      \
         "</a:Address><a:ReferenceParameters><x:P xmlns:x='urn:x'>"            \
         "<w:Q/><o:Q" OURS                                                     \
         "/></x:P></a:ReferenceParameters></a:ReplyTo>" headers                \
         "</s:Header><s:Body/></s:Envelope>"

static const wsm_request_t *request_of(const char *text, wsm_error_t **err)
{
    const wsm_request_t *request;
    *err = wsm_message_read(&request, document(text), 0, pool);
    return request;
}

static void headers_are_read(void **state)
{
    (void)state;
    wsm_error_t *err;
    const wsm_request_t *r = request_of(
        REQUEST("<w:ResourceURI>urn:r</w:ResourceURI><w:SelectorSet>"
                "<w:Selector Name='n'><a:EndpointReference><a:Address>x"
                "</a:Address><a:ReferenceProperties><w:ResourceURI>urn:q"
                "</w:ResourceURI></a:ReferenceProperties>"
                "</a:EndpointReference></w:Selector></w:SelectorSet>"
                "<w:OptionSet><w:Option Name='o'>1</w:Option></w:OptionSet>"
                "<w:MaxEnvelopeSize>51200</w:MaxEnvelopeSize>"
                "<w:OperationTimeout>PT60.000S</w:OperationTimeout>"
                "<w:Locale xml:lang='de'/>"),
        &err);
    assert_null(err);
    assert_int_equal(r->draft, 1);
    assert_string_equal(r->resource_uri, "urn:r");
    assert_string_equal(r->selectors[0].epr->resource_uri, "urn:q");
    assert_string_equal(r->options[0].name, "o");
    assert_int_equal(r->max_envelope, 51200);
    assert_int_equal(r->timeout, 60000000);
    assert_string_equal(r->locale, "de");
    /* what goes back is what came */
    const xmlNode *back = wsm_xml_first(
        tree(apr_pstrcat(pool, "<h>", r->reply_headers, "</h>", NULL)));
    assert_true(wsm_xml_is(wsm_xml_first(back), WSM_NS_DRAFT, "Q"));
    assert_true(
        wsm_xml_is(wsm_xml_next(wsm_xml_first(back)), WSM_NS_WSMAN, "Q"));
}

static const char *fault_of(const wsm_request_t *request,
                            const wsm_error_t *err)
{
    wsm_writer_t *out = writer();
    wsm_fault_write(out, request, err, "host", 1, pool);
    return content(out);
}

static void unknown_headers_keep_their_names(void **state)
{
    (void)state;
    wsm_error_t *err;
    const wsm_request_t *r =
        request_of(REQUEST("<w:New s:mustUnderstand='true'/>"), &err);
    assert_int_equal(err->code, WSMAN_E_NOT_UNDERSTOOD);
    assert_string_equal(err->detail[0], "w:New " WSM_NS_DRAFT);
    assert_golden(fault_of(r, err), "draft_not_understood.xml");
}

/* ---- faults */

static const wsm_request_t draft = {.draft = 1, .message_id = "uuid:request"};

/** Nothing that DSP0226 or MS-WSMV has named is in a fault of the draft. */
static void faults_speak_the_draft(void **state)
{
    (void)state;
    for (int code = 1; code < WSMAN_E_COUNT; code++) {
        const char *text = fault_of(
            &draft, wsm_error_detail(wsm_fail(pool, (wsman_code_e)code, "x"),
                                     "p:SessionId", pool));
        tree(text);
        if (strstr(text, "schemas.dmtf.org/wbem") || strstr(text, "WmiError") ||
            strstr(text, "wbem/wsman/1/wsmanfault"))
            fail_msg("%s", text);
        const char *detail = strstr(text, "<w:FaultDetail>");
        if (detail)
            assert_int_equal(
                strncmp(detail, "<w:FaultDetail>wsman:faultDetail/", 33), 0);
        if (strstr(text, "<s:Value>w:"))
            assert_non_null(
                strstr(text, "<a:Action>" WSM_NS_DRAFT "/fault</a:Action>"));
    }
}

static const char *specification(const char *name)
{
    const char *folder = getenv("WSMAN_SPECS");
    char *path =
        apr_pstrcat(pool, folder ? folder : "../shared/specs", "/", name, NULL);
    const char *text = read_text_file(path);
    if (!text) {
        fprintf(stderr, "skipped: %s is not there\n", path);
        skip();
    }
    return text;
}

static const char *between(const char *text, const char *begin)
{
    const char *at = strstr(text, begin);
    if (!at)
        return NULL;
    at += strlen(begin);
    return apr_pstrmemdup(pool, at, strcspn(at, "<"));
}

/** Subcodes and details are those that the draft has, but for details that
 *  its open list allows a service to add. */
static void faults_are_those_of_the_draft(void **state)
{
    static const char *const prefixes[][2] = {{"a", "wsa"},
                                              {"w", "wsman"},
                                              {"n", "wsen"},
                                              {"e", "wse"},
                                              {"x", "wxf"}};
    const char *spec = specification("wsman-2005/2005-06-management.txt");
    (void)state;
    for (int code = 1; code < WSMAN_E_COUNT; code++) {
        const char *text =
            fault_of(&draft, wsm_fail(pool, (wsman_code_e)code, "x"));
        const char *value = between(text, "<s:Subcode><s:Value>");
        const char *detail = between(text, "<w:FaultDetail>");
        for (size_t i = 0; value && i < COUNT(prefixes); i++)
            if (value[0] == prefixes[i][0][0] &&
                !strstr(spec,
                        apr_pstrcat(pool, prefixes[i][1], value + 1, NULL)))
                fail_msg("%s", value);
        if (detail && !strstr(spec, detail))
            fail_msg("%s", detail);
    }
}

static void the_example_is_golden(void **state)
{
    (void)state;
    assert_golden(fault_of(&draft, wsm_fail(pool, WSMAN_E_INVALID_RESOURCE_URI,
                                            "There is no win32_servic.")),
                  "draft_fault.xml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(envelopes_are_recognised),
        cmocka_unit_test(all_of_a_tree_is_renamed),
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(headers_are_read),
        cmocka_unit_test(unknown_headers_keep_their_names),
        cmocka_unit_test(faults_speak_the_draft),
        cmocka_unit_test(faults_are_those_of_the_draft),
        cmocka_unit_test(the_example_is_golden),
    };
    return cmocka_run_group_tests(tests, make_pool, drop_pool);
}
