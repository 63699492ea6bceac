/* test_wsm_client_envelope.c - requests, compared with golden envelopes, and
 * the XML that is made of Name=value.
 */
#include "test_wsm_client_common.h"

#include "../../mod_wsman/client/wsm_argument.h"
#include "../../mod_wsman/client/wsm_resource.h"
#include "../../mod_wsman/soap/wsm_names.h"

#define WHEN "When:=datetime:2026-11-21T08:00:00Z"
#define ID   "uuid:00000000-0000-4000-8000-000000000001"

static wsm_epr_t resource(const char *text)
{
    wsm_epr_t epr;
    assert_no_failure(wsm_resource_read(&epr, text, pool));
    return epr;
}

static wsm_client_config_t config(void)
{
    wsm_client_config_t made;
    wsm_client_defaults(&made);
    made.to = "http://server:5985/wsman";
    return made;
}

static void test_get(void **state)
{
    wsm_client_config_t c = config();
    wsm_epr_t target = resource("root/cimv2/C_A?Name=a%3Cb%3E%26%22&"
                                "Ref={C_B?Key=1}");
    wsm_client_request_t request = {.action = WSM_ACTION_GET,
                                    .target = &target};
    (void)state;
    assert_golden("get.xml", wsm_client_envelope(&c, &request, ID, pool));
}

static void test_all_headers(void **state)
{
    static const wsm_option_t options[] = {
        {.name = "wmi:a", .value = "1 < 2"},
        {.name = "nothing", .nil = 1},
        {.name = "must", .value = "", .must_comply = 1},
    };
    wsm_client_config_t c = config();
    wsm_epr_t target = resource("C_A?A=1&B=2");
    wsm_client_request_t request = {
        .action = WSM_ACTION_ENUMERATE,
        .target = &target,
        .namespaces = " xmlns:n=\"" WSM_NS_ENUM "\"",
        .headers = "<p:SessionId>uuid:1</p:SessionId>",
        .body = "<n:Enumerate/>",
    };
    (void)state;
    c.options = options;
    c.noptions = 3;
    c.timeout = apr_time_from_msec(1500);
    c.max_envelope = 153600;
    c.locale = "de-DE";
    assert_golden("headers.xml", wsm_client_envelope(&c, &request, ID, pool));
    request.continued = 1; /* DSP0226 R6.4-10 */
    assert_null(
        strstr(wsm_client_envelope(&c, &request, ID, pool), "OptionSet"));
}

static void test_few_headers(void **state)
{
    wsm_client_config_t c = config();
    wsm_client_request_t request = {.action = "http://example.org/act"};
    (void)state;
    c.timeout = 0;
    c.max_envelope = 0;
    c.locale = NULL;
    assert_golden("plain.xml", wsm_client_envelope(&c, &request, ID, pool));
    c.locale = "";
    assert_golden("plain.xml", wsm_client_envelope(&c, &request, ID, pool));
}

static void test_identify(void **state)
{
    wsm_client_config_t c = config();
    wsm_client_request_t request = {
        .body = "<wsmid:Identify/>",
        .namespaces = " xmlns:wsmid=\"" WSM_NS_WSMID "\"",
    };
    (void)state;
    assert_golden("identify.xml", wsm_client_envelope(&c, &request, ID, pool));
}

static void test_too_large(void **state)
{
    wsm_client_config_t c = config();
    wsm_client_request_t request = {.action = "http://example.org/act"};
    (void)state;
    c.max_request = 500;
    assert_null(wsm_client_envelope(&c, &request, ID, pool));
}

/* ---- Arguments */

static void test_arguments(void **state)
{
    static const char *const arguments[] = {
        "Name=a <b> & \"c\"",
        "List=1",
        "Empty=",
        "List=2",
        "Null:=null",
        "Guid={1-2}",
        "Ref={C_B?Key=x}",
        "Text:=text:{?}",
        WHEN,
        "Old:=datetime:20261121080000.000000+000",
        "Span:=interval:PT1H",
        "Equals=a=b@c:=d",
    };
    wsm_epr_t target = resource("C_A");
    char *xml;
    (void)state;
    assert_no_failure(
        wsm_arguments_xml(&xml, &target, "C_A", arguments, 12, 65536, pool));
    assert_golden("arguments.xml", xml);
    /* as part of an envelope it is well-formed: a and w are bound there */
    tree(apr_pstrcat(pool, "<e xmlns:a=\"a\" xmlns:w=\"w\">", xml, "</e>",
                     NULL));
}

static void test_no_arguments(void **state)
{
    wsm_epr_t target = resource("C_A");
    char *xml;
    (void)state;
    assert_no_failure(
        wsm_arguments_xml(&xml, &target, "Do_INPUT", NULL, 0, 65536, pool));
    assert_string_equal(xml,
                        "<p:Do_INPUT xmlns:p=\"" WSM_URI_CIM
                        "C_A\" xmlns:xsi=\"" WSM_NS_XSI "\"></p:Do_INPUT>");
}

static void test_bad_arguments(void **state)
{
    static const struct {
        const char *argument;
        const char *message;
    } cases[] = {
        {"Name", "Name=value"},
        {"=x", "no name"},
        {"1a=x", "no name"},
        {"a b=x", "no name"},
        {"<x>=x", "no name"},
        {"Name:x", "Name=value"},
        {"Name:=x", "null, text:"},
        {"Name:=nullx", "nothing may follow"},
        {"Name:=datetime:today", "no date"},
        {"Name:=interval:1h", "no duration"},
        {"Name=\xff", "UTF-8"},
        {"L\xad=x", "UTF-8"},
        {"Name@/nonexistent/file", "/nonexistent/file"},
        {"Name@/", "/"},
        {"Ref={bad name?K=1}", "no resource URI"},
    };
    wsm_epr_t target = resource("C_A");
    char *xml;
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_failure(wsm_arguments_xml(&xml, &target, "C_A",
                                         &cases[i].argument, 1, 65536, pool),
                       WSM_FAILURE_USE, cases[i].message);
}

/* ---- Files */

/** A file of this text, removed with the test's folder. */
static const char *file_of(const char *text, size_t length)
{
    char *path = apr_pstrdup(pool, "/tmp/test_wsm_client_XXXXXX");
    int fd = mkstemp(path);
    FILE *file;
    assert_true(fd >= 0);
    file = fdopen(fd, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    fclose(file);
    return path;
}

static void test_files(void **state)
{
    const char *path = file_of("a <line>\n", 9);
    const char *argument = apr_pstrcat(pool, "Text@", path, NULL);
    wsm_epr_t target = resource("C_A");
    char *xml, *text;
    apr_size_t length;
    (void)state;
    assert_no_failure(
        wsm_arguments_xml(&xml, &target, "C_A", &argument, 1, 65536, pool));
    assert_non_null(strstr(xml, "<p:Text>a &lt;line&gt;\n</p:Text>"));
    assert_no_failure(wsm_argument_file(&text, &length, path, 9, pool));
    assert_int_equal(length, 9);
    assert_failure(wsm_argument_file(&text, &length, path, 8, pool),
                   WSM_FAILURE_USE, "longer than 8");
    remove(path);

    text = apr_pcalloc(pool, 70000);
    memset(text, 'x', 69999);
    path = file_of(text, 69999);
    assert_failure(wsm_argument_file(&text, &length, path, 69998, pool),
                   WSM_FAILURE_USE, "longer than 69998");
    assert_no_failure(wsm_argument_file(&text, &length, path, 69999, pool));
    assert_int_equal(length, 69999);
    assert_int_equal(strspn(text, "x"), 69999);
    assert_int_equal(text[69999], '\0');
    remove(path);

    path = file_of("a\0b", 3);
    argument = apr_pstrcat(pool, "Text@", path, NULL);
    assert_failure(
        wsm_arguments_xml(&xml, &target, "C_A", &argument, 1, 65536, pool),
        WSM_FAILURE_USE, "no text");
    remove(path);
}

static void test_body(void **state)
{
    static const struct {
        const char *file;
        const char *xml; /* NULL: refused */
    } cases[] = {
        {"<?xml version=\"1.0\"?>\n<!-- c --><a xmlns=\"urn:x\">\n<b/></a>\n",
         "<a xmlns=\"urn:x\">\n<b/></a>"},
        {"<p:a xmlns:p='urn:\"x\"' p:y='&lt;1&#10;'>t&amp;<![CDATA[<]]></p:a>",
         "<p:a xmlns:p=\"urn:&quot;x&quot;\" p:y=\"&lt;1&#10;\">t&amp;&lt;"
         "</p:a>"},
        {"<a/><b/>", NULL},
        {"<a>", NULL},
        {"", NULL},
        {"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *path = file_of(cases[i].file, strlen(cases[i].file));
        char *xml;
        wsm_failure_t *failure = wsm_argument_body(&xml, path, 65536, pool);
        remove(path);
        if (!cases[i].xml) {
            assert_failure(failure, WSM_FAILURE_USE, path);
            continue;
        }
        assert_no_failure(failure);
        assert_string_equal(xml, cases[i].xml);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_get, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_headers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_few_headers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_identify, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_large, setup, teardown),
        cmocka_unit_test_setup_teardown(test_arguments, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_arguments, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_arguments, setup, teardown),
        cmocka_unit_test_setup_teardown(test_files, setup, teardown),
        cmocka_unit_test_setup_teardown(test_body, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
