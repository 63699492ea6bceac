/* test_wsm_client_reply.c - answers, over a transport that says what it is told
 * to: envelopes, faults, and all that is none.
 */
#include "test_wsm_client_common.h"

#include "../../mod_wsman/client/wsm_resource.h"
#include "../../mod_wsman/soap/wsm_names.h"

#define ENVELOPE_NS                                                            \
    "<s:Envelope xmlns:s=\"" WSM_NS_SOAP "\" xmlns:a=\"" WSM_NS_WSA            \
    "\" xmlns:w=\"" WSM_NS_WSMAN "\" xmlns:x=\"" WSM_NS_TRANSFER               \
    "\" xmlns:f=\"" WSM_NS_FAULT "\">"
#define HEADER                                                                 \
    "<s:Header><a:Action>urn:done</a:Action>"                                  \
    "<a:RelatesTo>@ID@</a:RelatesTo></s:Header>"
#define ENVELOPE(body)                                                         \
    ENVELOPE_NS HEADER "<s:Body>" body "</s:Body></s:Envelope>"
#define SOAP_XML "application/soap+xml;charset=UTF-8"

/** What the transport answers; "@ID@" is the request's MessageID. */
typedef struct script_t {
    long status;
    const char *type;
    const char *body;
    const char *challenges;
    int handshake;     /* a 401 with a body comes first */
    apr_size_t repeat; /* the body so many times */
    int utf16;
    char *sent;
} script_t;

#define SAYS(s, t, b)                                                          \
    {                                                                          \
        .status = (s), .type = (t), .body = (b)                                \
    }

static int give(wsm_client_exchange_t *exchange, const char *data,
                apr_size_t length)
{
    for (apr_size_t at = 0; at < length; at += 7) {
        apr_size_t part = length - at < 7 ? length - at : 7;
        if (!exchange->take(exchange, data + at, part))
            return 0;
    }
    return 1;
}

/** Little-endian, with a mark at the beginning. */
static void give_utf16(wsm_client_exchange_t *exchange, const char *ascii)
{
    give(exchange, "\xff\xfe", 2);
    for (; *ascii; ascii++) {
        const char pair[2] = {*ascii, '\0'};
        give(exchange, pair, 2);
    }
}

static const char *message_id(const char *envelope)
{
    const char *begin = strstr(envelope, "<a:MessageID>");
    const char *end = begin ? strstr(begin, "</a:MessageID>") : NULL;
    begin += strlen("<a:MessageID>");
    return end ? apr_pstrmemdup(pool, begin, (apr_size_t)(end - begin)) : "";
}

static wsm_failure_t *act(void *baton, wsm_client_exchange_t *exchange,
                          apr_pool_t *in)
{
    script_t *script = baton;
    const char *mark = script->body ? strstr(script->body, "@ID@") : NULL;
    const char *body = script->body ? script->body : "";
    (void)in;
    script->sent = apr_pstrmemdup(pool, exchange->body, exchange->length);
    if (script->handshake) {
        exchange->answers++;
        exchange->status = 401;
        exchange->type = "text/html";
        give(exchange, "<html>", 6);
    }
    exchange->answers++;
    exchange->status = script->status;
    exchange->type = script->type;
    exchange->challenges = script->challenges;
    if (mark)
        body = apr_pstrcat(
            pool, apr_pstrmemdup(pool, body, (apr_size_t)(mark - body)),
            message_id(script->sent), mark + 4, NULL);
    if (script->utf16) {
        give_utf16(exchange, body);
        return NULL;
    }
    for (apr_size_t i = 0; i <= script->repeat; i++)
        if (!give(exchange, body, strlen(body)))
            return NULL;
    return NULL;
}

static wsm_client_t *client_of(script_t *script)
{
    wsm_transport_t transport = {act, script};
    wsm_client_config_t config;
    wsm_client_defaults(&config);
    config.to = "http://server:5985/wsman";
    config.max_reply = 100000;
    return wsm_client_make(&config, &transport, pool);
}

static wsm_failure_t *get(script_t *script, const xmlNode **object)
{
    static const wsm_epr_t target = {NULL, WSM_URI_CIM "C_A", NULL, 0};
    return wsm_client_get(client_of(script), object, &target, pool);
}

static void test_get(void **state)
{
    script_t script =
        SAYS(200, SOAP_XML, ENVELOPE("<C_A><Name>x</Name></C_A>"));
    const xmlNode *object = NULL;
    (void)state;
    assert_no_failure(get(&script, &object));
    assert_true(wsm_xml_is(object, NULL, "C_A"));
    /* bodies of answers before the last are forgotten */
    script.handshake = 1;
    assert_no_failure(get(&script, &object));
    assert_true(wsm_xml_is(object, NULL, "C_A"));
    /* the type may be quoted, upper case, or missing */
    script.type = "Application/SOAP+XML; charset=\"utf-8\"";
    assert_no_failure(get(&script, &object));
    script.type = NULL;
    assert_no_failure(get(&script, &object));
    script.utf16 = 1;
    script.type = "application/soap+xml;charset=UTF-16";
    object = NULL;
    assert_no_failure(get(&script, &object));
    assert_true(wsm_xml_is(object, NULL, "C_A"));
}

static void test_refused(void **state)
{
    static const struct {
        script_t script;
        wsm_failure_e kind;
        const char *message;
    } cases[] = {
        {{.status = 401, .challenges = "Negotiate, Basic"},
         WSM_FAILURE_AUTH,
         "it offers Negotiate, Basic"},
        {{.status = 401, .type = SOAP_XML, .body = ENVELOPE("<a/>")},
         WSM_FAILURE_AUTH,
         "wants a user"},
        {SAYS(403, "text/html", "no"), WSM_FAILURE_HTTP, "Forbidden"},
        {SAYS(404, NULL, NULL), WSM_FAILURE_HTTP, "404"},
        {SAYS(302, NULL, NULL), WSM_FAILURE_HTTP, "not followed"},
        {SAYS(503, SOAP_XML, "<broken"), WSM_FAILURE_HTTP, "503"},
        {SAYS(500, SOAP_XML, ENVELOPE("<a/>")), WSM_FAILURE_HTTP, "500"},
        {SAYS(418, NULL, NULL), WSM_FAILURE_HTTP, "418"},
        {SAYS(200, "text/html", "<html>"), WSM_FAILURE_ANSWER, "text/html"},
        {SAYS(200, SOAP_XML, NULL), WSM_FAILURE_ANSWER, "empty"},
        {SAYS(200, NULL, NULL), WSM_FAILURE_ANSWER, "empty"},
        {SAYS(200, SOAP_XML, "<a><b></a>"), WSM_FAILURE_ANSWER, "not the XML"},
        {SAYS(200, SOAP_XML, "<a>"), WSM_FAILURE_ANSWER, "not the XML"},
        {SAYS(200, SOAP_XML, "<a/>"), WSM_FAILURE_ANSWER, "<a>"},
        {SAYS(200, "application/soap+xml;charset=EBCDIC", "<a/>"),
         WSM_FAILURE_ANSWER, "not the XML"},
        {SAYS(200, SOAP_XML,
              "<e:Envelope xmlns:e=\"" WSM_NS_SOAP11
              "\"><e:Body/></e:Envelope>"),
         WSM_FAILURE_ANSWER, "SOAP 1.1"},
        {SAYS(200, SOAP_XML, ENVELOPE_NS HEADER "</s:Envelope>"),
         WSM_FAILURE_ANSWER, "no body"},
        {SAYS(200, SOAP_XML, ENVELOPE_NS "<s:Body><a/></s:Body></s:Envelope>"),
         WSM_FAILURE_ANSWER, "no RelatesTo"},
        {SAYS(200, SOAP_XML,
              ENVELOPE_NS
              "<s:Header><a:RelatesTo>uuid:1</a:RelatesTo></s:Header>"
              "<s:Body><a/></s:Body></s:Envelope>"),
         WSM_FAILURE_ANSWER, "another request"},
        {SAYS(200, SOAP_XML, ENVELOPE("")), WSM_FAILURE_ANSWER, "an object"},
        {{.status = 200,
          .type = SOAP_XML,
          .body = "<!--xxxxxxxx-->",
          .repeat = 10000},
         WSM_FAILURE_ANSWER,
         "longer than 100000"},
        {{.status = 200,
          .type = "text/html",
          .body = "0123456789abcdef",
          .repeat = 10000},
         WSM_FAILURE_ANSWER,
         "longer than 100000"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        script_t script = cases[i].script;
        const xmlNode *object;
        wsm_failure_t *failure = get(&script, &object);
        assert_failure(failure, cases[i].kind, cases[i].message);
        assert_int_equal(failure->status, script.status);
        assert_null(failure->fault);
    }
}

#define FAULT(code, detail)                                                    \
    "<s:Fault><s:Code>" code "</s:Code><s:Reason><s:Text xml:lang=\"en\">"     \
    "Because.</s:Text></s:Reason>" detail "</s:Fault>"

static void test_fault(void **state)
{
    script_t script = SAYS(
        500, SOAP_XML,
        ENVELOPE(FAULT(
            "<s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:InvalidSelectors"
            "</s:Value></s:Subcode>",
            "<s:Detail><w:FaultDetail> urn:detail </w:FaultDetail>"
            "<f:WSManFault Code=\"2150858843\" Machine=\"m\"><f:Message>"
            "<f:ProviderFault provider=\"P\" path=\"p\"><f:WSManFault "
            "Code=\"5\"><f:Message>inner</f:Message></f:WSManFault>"
            "</f:ProviderFault></f:Message></f:WSManFault></s:Detail>")));
    const xmlNode *object;
    wsm_failure_t *failure = get(&script, &object);
    const wsm_client_fault_t *fault;
    (void)state;
    assert_failure(failure, WSM_FAILURE_FAULT, "Because.");
    fault = wsm_failure_copy(failure, pool)->fault;
    assert_string_equal(fault->action, "urn:done");
    assert_string_equal(fault->code, "s:Sender");
    assert_string_equal(fault->subcode, "wsman:InvalidSelectors");
    assert_string_equal(fault->reason, "Because.");
    assert_string_equal(fault->detail, "urn:detail");
    assert_true(fault->has_number);
    assert_int_equal(fault->number, 2150858843u);
    assert_string_equal(fault->machine, "m");
    assert_null(fault->message);
    assert_string_equal(fault->provider, "P");
    assert_string_equal(fault->provider_message, "inner");
    assert_non_null(failure->fault->detail_node);
    assert_false(fault->has_cim_status);
    assert_null(fault->cim_id);
}

/** An instance of CIM_Error is known by its mark, whatever its class. */
static void test_cim_error(void **state)
{
    script_t script = SAYS(
        500, SOAP_XML,
        ENVELOPE(FAULT(
            "<s:Value>s:Sender</s:Value>",
            "<s:Detail><q:Other xmlns:q=\"urn:q\"><q:Message>no</q:Message>"
            "</q:Other><q:X_Error xmlns:q=\"urn:q\" xmlns:b=\"" WSM_NS_WSMB
            "\" b:IsCIM_Error=\"1\"><q:CIMStatusCode>6</q:CIMStatusCode>"
            "<q:Message>gone</q:Message><q:MessageID>HRESULT 0x80041002"
            "</q:MessageID></q:X_Error></s:Detail>")));
    const xmlNode *object;
    wsm_failure_t *failure = get(&script, &object);
    const wsm_client_fault_t *fault;
    (void)state;
    assert_failure(failure, WSM_FAILURE_FAULT, "Because.");
    fault = wsm_failure_copy(failure, pool)->fault;
    assert_true(fault->has_cim_status);
    assert_int_equal(fault->cim_status, 6);
    assert_string_equal(fault->cim_message, "gone");
    assert_string_equal(fault->cim_id, "HRESULT 0x80041002");
    assert_null(fault->message);
}

static void test_other_prefixes(void **state)
{
    static const struct {
        const char *code;
        const char *subcode;
    } cases[] = {
        {"<q:Value xmlns:q=\"" WSM_NS_WSA "\">q:ActionNotSupported</q:Value>",
         NULL},
        {"<s:Value>s:Receiver</s:Value><s:Subcode><s:Value "
         "xmlns:q=\"" WSM_NS_WSA
         "\">q:ActionNotSupported</s:Value></s:Subcode>",
         "wsa:ActionNotSupported"},
        {"<s:Value>s:Receiver</s:Value><s:Subcode><s:Value xmlns:q=\"urn:q\">"
         "q:Own</s:Value></s:Subcode>",
         "q:Own"},
        {"<s:Value>s:Receiver</s:Value><s:Subcode><s:Value>nope:X</s:Value>"
         "</s:Subcode>",
         "nope:X"},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        script_t script = SAYS(500, SOAP_XML,
                               apr_pstrcat(pool,
                                           ENVELOPE_NS "<s:Body><s:Fault>"
                                                       "<s:Code>",
                                           cases[i].code,
                                           "</s:Code></s:Fault></s:Body>"
                                           "</s:Envelope>",
                                           NULL));
        const xmlNode *object;
        wsm_failure_t *failure = get(&script, &object);
        assert_failure(failure, WSM_FAILURE_FAULT, "without a reason");
        if (cases[i].subcode)
            assert_string_equal(failure->fault->subcode, cases[i].subcode);
        else
            assert_null(failure->fault->subcode);
        assert_false(failure->fault->has_number);
    }
}

static void test_not_understood(void **state)
{
    script_t script =
        SAYS(500, SOAP_XML,
             ENVELOPE_NS "<s:Header><s:NotUnderstood qname=\"p:Foo\" "
                         "xmlns:p=\"urn:p\"/></s:Header><s:Body>" FAULT(
                             "<s:Value>s:MustUnderstand</s:Value>",
                             "") "</s:Body></s:Envelope>");
    const xmlNode *object;
    wsm_failure_t *failure = get(&script, &object);
    (void)state;
    assert_failure(failure, WSM_FAILURE_FAULT, "Because.");
    assert_string_equal(failure->fault->code, "s:MustUnderstand");
    assert_string_equal(failure->fault->not_understood, "p:Foo");
}

/* ---- Operations */

#define EPR                                                                    \
    "<a:Address>http://x</"                                                    \
    "a:Address><a:ReferenceParameters><w:ResourceURI>" WSM_URI_CIM             \
    "C_A</w:ResourceURI><w:SelectorSet><w:Selector Name=\"K\">"                \
    "1</w:Selector></w:SelectorSet></a:ReferenceParameters>"

static void test_create(void **state)
{
    static const char *const bodies[] = {
        ENVELOPE("<x:ResourceCreated>" EPR "</x:ResourceCreated><rest/>"),
        ENVELOPE("<x:ResourceCreated><a:EndpointReference>" EPR
                 "</a:EndpointReference></x:ResourceCreated><rest/>"),
    };
    static const wsm_epr_t target = {NULL, WSM_URI_CIM "C_A", NULL, 0};
    wsm_epr_t created;
    const xmlNode *rest;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        script_t script = SAYS(200, SOAP_XML, bodies[i]);
        assert_no_failure(wsm_client_create(client_of(&script), &created, &rest,
                                            &target, "<new/>", pool));
        assert_string_equal(wsm_resource_text(&created, pool), "C_A?K=1");
        assert_true(wsm_xml_is(rest, NULL, "rest"));
        assert_non_null(strstr(script.sent, "<s:Body><new/></s:Body>"));
    }
    {
        script_t script = SAYS(200, SOAP_XML, ENVELOPE("<a/>"));
        assert_failure(wsm_client_create(client_of(&script), &created, NULL,
                                         &target, "<new/>", pool),
                       WSM_FAILURE_ANSWER, "ResourceCreated");
    }
}

static void test_put_delete_invoke(void **state)
{
    static const wsm_epr_t target = {NULL, WSM_URI_CIM "C_A", NULL, 0};
    script_t empty = SAYS(200, SOAP_XML, ENVELOPE(""));
    script_t output = SAYS(200, SOAP_XML, ENVELOPE("<Do_OUTPUT/>"));
    const xmlNode *node = NULL;
    (void)state;
    assert_no_failure(
        wsm_client_put(client_of(&empty), &node, &target, "<x/>", pool));
    assert_null(node);
    assert_no_failure(wsm_client_delete(client_of(&empty), &target, pool));
    assert_non_null(strstr(empty.sent, "transfer/Delete</a:Action>"));
    assert_no_failure(wsm_client_invoke(client_of(&output), &node, &target,
                                        "Do", NULL, pool));
    assert_true(wsm_xml_is(node, NULL, "Do_OUTPUT"));
    assert_non_null(strstr(output.sent, ">" WSM_URI_CIM "C_A/Do</a:Action>"));
    assert_non_null(
        strstr(output.sent, "<p:Do_INPUT xmlns:p=\"" WSM_URI_CIM "C_A\""));
}

static void test_identify(void **state)
{
    script_t script =
        SAYS(200, SOAP_XML,
             ENVELOPE_NS
             "<s:Header/><s:Body><i:IdentifyResponse xmlns:i=\"" WSM_NS_WSMID
             "\"/></s:Body></s:Envelope>");
    const xmlNode *answer = NULL;
    (void)state;
    assert_no_failure(
        wsm_client_identify(client_of(&script), &answer, 0, pool));
    assert_true(wsm_xml_is(answer, WSM_NS_WSMID, "IdentifyResponse"));
    script.body = ENVELOPE("<x/>");
    assert_failure(wsm_client_identify(client_of(&script), &answer, 1, pool),
                   WSM_FAILURE_ANSWER, "IdentifyResponse");
}

static void test_one_way(void **state)
{
    script_t script = SAYS(202, NULL, NULL);
    wsm_client_request_t request = {.action = "urn:event", .one_way = 1};
    wsm_client_reply_t reply;
    (void)state;
    assert_no_failure(
        wsm_client_call(client_of(&script), &reply, &request, pool));
    assert_int_equal(reply.status, 202);
    assert_null(reply.body);
    assert_string_equal(reply.action, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_get, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fault, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cim_error, setup, teardown),
        cmocka_unit_test_setup_teardown(test_other_prefixes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_understood, setup, teardown),
        cmocka_unit_test_setup_teardown(test_create, setup, teardown),
        cmocka_unit_test_setup_teardown(test_put_delete_invoke, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_identify, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_way, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
