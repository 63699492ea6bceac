/* test_wsm_message.c - what an envelope says, and what is wrong with it. */
#include "xml_fixture.h"

#include "../../mod_wsman/soap/wsm_message.h"
#include "../../mod_wsman/soap/wsm_names.h"

#define MUST " s:mustUnderstand='true'"
#define NAMES                                                                  \
    " xmlns:w='" WSM_NS_WSMAN "' xmlns:p='" WSM_NS_MS                          \
    "' xmlns:e='" WSM_NS_EVENT "' xmlns:x='urn:x' xmlns:i='" WSM_NS_XSI "'"

/* The headers that every request has. */
#define TO     "<a:To>http://h:5985/wsman</a:To>"
#define ACTION "<a:Action>urn:act</a:Action>"
#define ID     "<a:MessageID>uuid:Ab</a:MessageID>"
#define REPLY  "<a:ReplyTo><a:Address>" WSM_ANONYMOUS "</a:Address></a:ReplyTo>"
#define BASE   TO ACTION ID REPLY

static const char *envelope(const char *addressing, const char *headers,
                            const char *body)
{
    return apr_pstrcat(pool, "<s:Envelope xmlns:s='" WSM_NS_SOAP "' xmlns:a='",
                       addressing, "'" NAMES "><s:Header>", headers,
                       "</s:Header><s:Body>", body, "</s:Body></s:Envelope>",
                       NULL);
}

static wsm_error_t *read_text(const wsm_request_t **request, const char *text)
{
    return wsm_message_read(request, document(text), 0, pool);
}

/** Reads headers of 2004/08 with an empty body. */
static const wsm_request_t *good(const char *headers)
{
    const wsm_request_t *request;
    wsm_error_t *err = read_text(&request, envelope(WSM_NS_WSA, headers, ""));
    if (err)
        fail_msg("%s: %s", headers, err->message);
    return request;
}

static void reads_all_headers(void **state)
{
    (void)state;
    const wsm_request_t *r = good(
        BASE
        "<w:ResourceURI" MUST "> urn:r\n</w:ResourceURI>"
        "<w:SelectorSet><w:Selector Name='k'>v</w:Selector></w:SelectorSet>"
        "<w:OptionSet" MUST "><w:Option Name='O' MustComply='TRUE' "
        "Type='x:int'> 5 </w:Option><w:Option Name='o2' i:nil='true'/>"
        "</w:OptionSet><w:OperationTimeout>PT1M0.5S</w:OperationTimeout>"
        "<w:MaxEnvelopeSize" MUST ">153600</w:MaxEnvelopeSize>"
        "<w:Locale xml:lang='en-US' s:mustUnderstand='false'/>"
        "<p:DataLocale xml:lang='de'/><p:SessionId>uuid:S</p:SessionId>"
        "<p:OperationID>uuid:O</p:OperationID><p:SequenceId>1</p:SequenceId>"
        "<p:ActivityId>act</p:ActivityId><w:RequestEPR/>"
        "<w:RequestTotalItemsCountEstimate/><w:FragmentTransfer" MUST
        ">State</w:FragmentTransfer><a:From><a:Address>me</a:Address></a:From>"
        "<a:FaultTo><a:Address>" WSM_ANONYMOUS "</a:Address></a:FaultTo>");
    assert_int_equal(r->addressing, WSM_ADDRESSING_2004);
    assert_int_equal(r->identify, 0);
    assert_string_equal(r->action, "urn:act");
    assert_string_equal(r->message_id, "uuid:Ab");
    assert_string_equal(r->resource_uri, "urn:r");
    assert_int_equal(r->nselectors, 1);
    assert_string_equal(r->selectors[0].value, "v");
    assert_int_equal(r->noptions, 2);
    assert_int_equal(r->options_must_understand, 1);
    const wsm_option_t *o = wsm_request_option(r, "o");
    assert_string_equal(o->value, "5");
    assert_string_equal(o->type, "x:int");
    assert_int_equal(o->must_comply, 1);
    assert_int_equal(o->nil, 0);
    assert_int_equal(wsm_request_option(r, "O2")->nil, 1);
    assert_null(wsm_request_option(r, "o3"));
    assert_int_equal(r->timeout, 60500000);
    assert_int_equal(r->max_envelope, 153600);
    assert_int_equal(r->max_envelope_must, 1);
    assert_string_equal(r->locale, "en-US");
    assert_string_equal(r->data_locale, "de");
    assert_string_equal(r->session_id, "uuid:S");
    assert_string_equal(r->operation_id, "uuid:O");
    assert_string_equal(r->sequence_id, "1");
    assert_string_equal(r->activity_id, "act");
    assert_int_equal(r->request_epr, 1);
    assert_int_equal(r->request_estimate, 1);
    assert_string_equal(wsm_xml_text(r->fragment, pool), "State");
    assert_non_null(r->header);
    assert_null(r->body);
    assert_null(r->reply_headers);
}

static void absent_headers_are_unknown(void **state)
{
    (void)state;
    const wsm_request_t *r = good(BASE);
    assert_null(r->resource_uri);
    assert_int_equal(r->nselectors, 0);
    assert_int_equal(r->noptions, 0);
    assert_int_equal(r->timeout, -1);
    assert_int_equal(r->max_envelope, 0);
    assert_null(r->locale);
    assert_null(r->data_locale);
    assert_null(r->session_id);
    assert_int_equal(r->request_epr, 0);
    assert_null(r->fragment);
}

static void reads_the_newer_addressing(void **state)
{
    (void)state;
    const wsm_request_t *r;
    /* To and ReplyTo have defaults there (WS-Addressing 1.0 3.2) */
    assert_null(read_text(&r, envelope(WSM_NS_WSA10, ACTION ID, "<b/>")));
    assert_int_equal(r->addressing, WSM_ADDRESSING_2005);
    assert_string_equal(r->message_id, "uuid:Ab");
    assert_true(wsm_xml_is(r->body, NULL, "b"));
    assert_null(read_text(&r, envelope(WSM_NS_WSA10,
                                       ACTION ID
                                       "<a:ReplyTo><a:Address>" WSM_ANONYMOUS10
                                       "</a:Address></a:ReplyTo>",
                                       "")));
    /* its anonymous address is its own */
    wsm_error_t *err =
        read_text(&r, envelope(WSM_NS_WSA10, ACTION ID REPLY, ""));
    assert_int_equal(err->code, WSMAN_E_UNSUPPORTED_ADDRESSING_MODE);
}

static void message_ids_stay_as_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *text, *id;
    } ids[] = {
        {"uuid:ABC-def", "uuid:ABC-def"},
        {"\n   uuid:a\n  ", "uuid:a"},
        {"any thing  at all", "any thing  at all"},
        {"&lt;&amp;&#xe4;", "<&\xc3\xa4"},
    };
    for (size_t i = 0; i < COUNT(ids); i++)
        assert_string_equal(
            good(apr_psprintf(pool,
                              TO ACTION REPLY "<a:MessageID>%s</a:MessageID>",
                              ids[i].text))
                ->message_id,
            ids[i].id);
}

static char *letters(int count)
{
    char *text = apr_palloc(pool, (apr_size_t)count + 1);
    memset(text, 'x', (apr_size_t)count);
    text[count] = '\0';
    return text;
}

static char *options(int count)
{
    char *text = apr_palloc(pool, (apr_size_t)count * 40 + 40);
    char *at = stpcpy(text, "<w:OptionSet>");
    for (int i = 0; i < count; i++)
        at += sprintf(at, "<w:Option Name='n'>v</w:Option>");
    strcpy(at, "</w:OptionSet>");
    return apr_pstrcat(pool, BASE, text, NULL);
}

#define OF(format, length) apr_psprintf(pool, BASE format, letters(length))

static void headers_are_judged(void **state)
{
    (void)state;
    const struct {
        const char *headers;
        wsman_code_e code;
        const char *detail;
    } cases[] = {
        /* required: R5.3-1, R5.4.2-1, R5.4.4-4 */
        {ACTION ID REPLY, WSMAN_E_HEADER_REQUIRED, "a:To"},
        {TO ID REPLY, WSMAN_E_HEADER_REQUIRED, "a:Action"},
        {TO ACTION ID, WSMAN_E_HEADER_REQUIRED, "a:ReplyTo"},
        {TO ACTION REPLY, WSMAN_E_INVALID_HEADER, "a:MessageID"},
        {TO ACTION REPLY "<a:MessageID> </a:MessageID>", WSMAN_E_INVALID_HEADER,
         "a:MessageID"},
        {TO ID REPLY "<a:Action/>", WSMAN_E_INVALID_HEADER, "a:Action"},
        {"", WSMAN_E_HEADER_REQUIRED, "a:Action"},
        /* to the same connection only: R5.4.2-2, R5.4.3-3 */
        {TO ACTION ID "<a:ReplyTo><a:Address>http://c</a:Address></a:ReplyTo>",
         WSMAN_E_UNSUPPORTED_ADDRESSING_MODE, NULL},
        {BASE "<a:FaultTo><a:Address>http://c</a:Address></a:FaultTo>",
         WSMAN_E_UNSUPPORTED_ADDRESSING_MODE, NULL},
        {TO ACTION ID "<a:ReplyTo/>", WSMAN_E_INVALID_HEADER, "a:ReplyTo"},
        {BASE "<a:FaultTo><a:Address>" WSM_ANONYMOUS
              "/</a:Address></a:FaultTo>",
         WSMAN_OK, NULL},
        /* twice: R13.1-9 */
        {BASE ID, WSMAN_E_INVALID_HEADER, "a:MessageID"},
        {BASE TO, WSMAN_E_INVALID_HEADER, "a:To"},
        {BASE "<w:Locale xml:lang='de'/><w:Locale xml:lang='de'/>",
         WSMAN_E_INVALID_HEADER, "w:Locale"},
        {BASE "<w:Other/><w:Other/>", WSMAN_E_INVALID_HEADER, "w:Other"},
        {BASE "<e:Identifier/><e:Identifier/>", WSMAN_E_INVALID_HEADER,
         "e:Identifier"},
        {BASE "<x:Other/><x:Other/>", WSMAN_OK, NULL},
        {BASE "<a:RelatesTo>uuid:1</a:RelatesTo>", WSMAN_OK, NULL},
        {BASE "<a:RelatesTo/>", WSMAN_E_INVALID_HEADER, "a:RelatesTo"},
        /* control headers */
        {BASE "<w:OperationTimeout>PT0S</w:OperationTimeout>", WSMAN_OK, NULL},
        {BASE "<w:OperationTimeout>60</w:OperationTimeout>",
         WSMAN_E_INVALID_HEADER, "w:OperationTimeout"},
        {BASE "<w:OperationTimeout>-PT1S</w:OperationTimeout>",
         WSMAN_E_INVALID_HEADER, "w:OperationTimeout"},
        {BASE "<w:OperationTimeout/>", WSMAN_E_INVALID_HEADER,
         "w:OperationTimeout"},
        {BASE "<w:MaxEnvelopeSize>8191</w:MaxEnvelopeSize>",
         WSMAN_E_ENCODING_MIN_ENVELOPE, NULL},
        {BASE "<w:MaxEnvelopeSize>8192</w:MaxEnvelopeSize>", WSMAN_OK, NULL},
        {BASE "<w:MaxEnvelopeSize>99999999999999999999999</w:MaxEnvelopeSize>",
         WSMAN_OK, NULL},
        {BASE "<w:MaxEnvelopeSize>0</w:MaxEnvelopeSize>",
         WSMAN_E_INVALID_HEADER, "w:MaxEnvelopeSize"},
        {BASE "<w:MaxEnvelopeSize>big</w:MaxEnvelopeSize>",
         WSMAN_E_INVALID_HEADER, "w:MaxEnvelopeSize"},
        {BASE "<w:MaxEnvelopeSize>-1</w:MaxEnvelopeSize>",
         WSMAN_E_INVALID_HEADER, "w:MaxEnvelopeSize"},
        {BASE "<w:Locale xml:lang='en-US'" MUST "/>",
         WSMAN_E_UNSUPPORTED_LOCALE, NULL},
        {BASE "<p:DataLocale xml:lang='en-US'" MUST "/>",
         WSMAN_E_UNSUPPORTED_DATA_LOCALE, NULL},
        {BASE "<w:Locale/>", WSMAN_OK, NULL},
        {BASE "<w:Locale xml:lang='i-klingon'/>", WSMAN_OK, NULL},
        {BASE "<w:Locale xml:lang='1'/>", WSMAN_E_INVALID_HEADER, "w:Locale"},
        {BASE "<w:Locale xml:lang='de-'/>", WSMAN_E_INVALID_HEADER, "w:Locale"},
        {BASE "<w:Locale xml:lang='abcdefghi'/>", WSMAN_E_INVALID_HEADER,
         "w:Locale"},
        {BASE "<w:FragmentTransfer>x</w:FragmentTransfer>",
         WSMAN_E_INVALID_HEADER, "w:FragmentTransfer"},
        {BASE "<w:ResourceURI/>", WSMAN_E_INVALID_RESOURCE_URI, NULL},
        {BASE "<w:SelectorSet><w:Selector/></w:SelectorSet>",
         WSMAN_E_INVALID_SELECTORS, NULL},
        {BASE "<w:OptionSet><w:Option>x</w:Option></w:OptionSet>",
         WSMAN_E_OPTION_INVALID_NAME, NULL},
        {BASE "<w:OptionSet><w:Other/></w:OptionSet>", WSMAN_E_INVALID_OPTIONS,
         NULL},
        {BASE "<w:OptionSet><w:Option Name='n' MustComply='x'/></w:OptionSet>",
         WSMAN_E_OPTION_INVALID_VALUE, NULL},
        /* limits: 13.4 */
        {OF("<w:ResourceURI>%s</w:ResourceURI>", 2048), WSMAN_OK, NULL},
        {OF("<w:ResourceURI>%s</w:ResourceURI>", 2049),
         WSMAN_E_ENCODING_URI_LIMIT, NULL},
        {OF("<w:OptionSet><w:Option Name='%s'/></w:OptionSet>", 2049),
         WSMAN_E_ENCODING_OPTION_LIMIT, NULL},
        {OF("<w:OptionSet><w:Option Name='n'>%s</w:Option></w:OptionSet>",
            4097),
         WSMAN_E_ENCODING_OPTION_LIMIT, NULL},
        {options(64), WSMAN_OK, NULL},
        {options(65), WSMAN_E_ENCODING_OPTION_LIMIT, NULL},
        {OF("<p:ActivityId>%s</p:ActivityId>", 2048), WSMAN_OK, NULL},
        {OF("<p:ActivityId>%s</p:ActivityId>", 2049), WSMAN_E_INVALID_HEADER,
         "p:ActivityId"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const wsm_request_t *r = NULL;
        wsm_error_t *err =
            read_text(&r, envelope(WSM_NS_WSA, cases[i].headers, ""));
        if ((err ? err->code : WSMAN_OK) != cases[i].code)
            fail_msg("%.200s: %s", cases[i].headers,
                     err ? err->message : "taken");
        assert_non_null(r);
        if (cases[i].detail)
            assert_string_equal(err->detail[0], cases[i].detail);
    }
}

static void a_bad_timeout_has_its_number(void **state)
{
    (void)state;
    const wsm_request_t *r;
    wsm_error_t *err = read_text(
        &r, envelope(WSM_NS_WSA,
                     BASE "<w:OperationTimeout>x</w:OperationTimeout>", ""));
    assert_int_equal(err->number, 2150858881u);
}

static const struct {
    const char *headers;
    const char *names; /* what was not understood; NULL: nothing */
} understanding[] = {
    {BASE, NULL},
    {TO ACTION REPLY "<a:MessageID" MUST ">i</a:MessageID>", NULL},
    {BASE "<x:Foo/>", NULL},
    {BASE "<x:Foo mustUnderstand='true'/>", NULL}, /* interop R5 */
    {BASE "<x:Foo s:mustUnderstand='false'/>", NULL},
    {BASE "<x:Foo s:mustUnderstand='0'/>", NULL},
    {BASE "<x:Foo s:mustUnderstand='1'/>", "x:Foo urn:x"},
    {BASE "<x:Foo s:mustUnderstand=' true '/>", NULL}, /* no boolean: below */
    {BASE "<x:Foo" MUST "/>", "x:Foo urn:x"},
    {BASE "<x:Foo" MUST "/><w:New" MUST "/>", "x:Foo urn:x"},
    {BASE "<w:New" MUST "/>", "w:New " WSM_NS_WSMAN},
    {BASE "<e:Identifier" MUST "/>", "e:Identifier " WSM_NS_EVENT},
    {BASE "<Foo xmlns='urn:y'" MUST "/>", "h:Foo urn:y"},
    {BASE "<Foo" MUST "/>", "Foo "},
    {BASE "<x:Foo s:role='" WSM_NS_SOAP "/role/next'" MUST "/>", "x:Foo urn:x"},
    {BASE "<x:Foo s:role='" WSM_NS_SOAP "/role/ultimateReceiver'" MUST "/>",
     "x:Foo urn:x"},
    {BASE "<x:Foo s:role='" WSM_NS_SOAP "/role/none'" MUST "/>", NULL},
    {BASE "<x:Foo s:role='urn:somebody'" MUST "/>", NULL},
    {BASE "<w:MaxEnvelopeSize s:role='urn:somebody'>1</w:MaxEnvelopeSize>",
     NULL},
    /* comes before anything else that is wrong (SOAP 1.2 2.6) */
    {TO "<x:Foo" MUST "/>", "x:Foo urn:x"},
    {BASE "<a10:To xmlns:a10='" WSM_NS_WSA10 "'" MUST "/>",
     "a10:To " WSM_NS_WSA10},
};

static void what_must_be_understood_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(understanding); i++) {
        const wsm_request_t *r;
        wsm_error_t *err =
            read_text(&r, envelope(WSM_NS_WSA, understanding[i].headers, ""));
        if (strstr(understanding[i].headers, "' true '")) {
            assert_int_equal(err->code, WSMAN_E_SCHEMA_VALIDATION);
            continue;
        }
        if (!understanding[i].names) {
            if (err)
                fail_msg("%s: %s", understanding[i].headers, err->message);
            continue;
        }
        if (!err || err->code != WSMAN_E_NOT_UNDERSTOOD)
            fail_msg("%s: taken", understanding[i].headers);
        assert_string_equal(err->detail[0], understanding[i].names);
    }
}

static void all_that_is_not_understood_is_named(void **state)
{
    (void)state;
    const wsm_request_t *r;
    wsm_error_t *err =
        read_text(&r, envelope(WSM_NS_WSA,
                               BASE "<x:A" MUST "/><x:B" MUST "/><x:C/>", ""));
    assert_string_equal(err->detail[0], "x:A urn:x");
    assert_string_equal(err->detail[1], "x:B urn:x");
    assert_null(err->detail[2]);
    assert_string_equal(r->message_id, "uuid:Ab");
}

static void a_fault_can_relate(void **state)
{
    (void)state;
    const wsm_request_t *r;
    /* the wrong header comes before those that are needed to answer */
    wsm_error_t *err = read_text(
        &r,
        envelope(WSM_NS_WSA10,
                 "<w:MaxEnvelopeSize>9</w:MaxEnvelopeSize>" ACTION ID, "<b/>"));
    assert_int_equal(err->code, WSMAN_E_ENCODING_MIN_ENVELOPE);
    assert_int_equal(r->addressing, WSM_ADDRESSING_2005);
    assert_string_equal(r->message_id, "uuid:Ab");
    assert_string_equal(r->action, "urn:act");
    assert_int_equal(r->max_envelope, 9);
    err = read_text(&r, envelope(WSM_NS_WSA,
                                 apr_psprintf(pool,
                                              TO ACTION REPLY
                                              "<a:MessageID>%s</a:MessageID>",
                                              letters(3000)),
                                 ""));
    assert_int_equal(err->code, WSMAN_E_ENCODING_URI_LIMIT);
    assert_null(r->message_id);
}

#define SOAP(ns, inner)                                                        \
    "<s:Envelope xmlns:s='" ns "' xmlns:a='" WSM_NS_WSA "'>" inner             \
    "</s:Envelope>"

static const struct {
    const char *text;
    wsman_code_e code;
} envelopes[] = {
    {"<a/>", WSMAN_E_SCHEMA_VALIDATION},
    {SOAP(WSM_NS_SOAP11, "<s:Header>" ID "</s:Header><s:Body/>"),
     WSMAN_E_VERSION_MISMATCH},
    {SOAP("urn:soap", "<s:Body/>"), WSMAN_E_VERSION_MISMATCH},
    {SOAP(WSM_NS_SOAP, ""), WSMAN_E_SCHEMA_VALIDATION},
    {SOAP(WSM_NS_SOAP, "<s:Header/>"), WSMAN_E_SCHEMA_VALIDATION},
    {SOAP(WSM_NS_SOAP, "<s:Body/><s:Header/>"), WSMAN_E_SCHEMA_VALIDATION},
    {SOAP(WSM_NS_SOAP, "<s:Body/><s:Body/>"), WSMAN_E_SCHEMA_VALIDATION},
    {SOAP(WSM_NS_SOAP, "<s:Header/><x/><s:Body/>"), WSMAN_E_SCHEMA_VALIDATION},
    {SOAP(WSM_NS_SOAP, "<s:Body><x/><y/></s:Body>"), WSMAN_E_SCHEMA_VALIDATION},
};

static void only_envelopes_are_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(envelopes); i++) {
        const wsm_request_t *r;
        wsm_error_t *err = read_text(&r, envelopes[i].text);
        if (!err || err->code != envelopes[i].code)
            fail_msg("%s: %s", envelopes[i].text, err ? err->message : "taken");
    }
}

static void the_older_soap_is_recognised(void **state)
{
    (void)state;
    const wsm_request_t *r;
    read_text(&r, envelopes[1].text);
    assert_int_equal(r->soap11, 1);
    assert_string_equal(r->message_id, "uuid:Ab");
    read_text(&r, envelopes[2].text);
    assert_int_equal(r->soap11, 0);
}

#define IDENTIFY "<i:Identify xmlns:i='" WSM_NS_WSMID "'/>"

/** R11-2, R11-3 */
static void identify_needs_no_headers(void **state)
{
    (void)state;
    const wsm_request_t *r;
    static const char *const forms[] = {
        SOAP(WSM_NS_SOAP, "<s:Body>" IDENTIFY "</s:Body>"),
        SOAP(WSM_NS_SOAP, "<s:Header/><s:Body>" IDENTIFY "</s:Body>"),
        SOAP(WSM_NS_SOAP, "<s:Header><x xmlns='urn:x'/>" ID
                          "</s:Header><s:Body>" IDENTIFY "</s:Body>"),
    };
    for (size_t i = 0; i < COUNT(forms); i++) {
        assert_null(read_text(&r, forms[i]));
        assert_int_equal(r->identify, 1);
        assert_string_equal(r->action, "");
    }
    wsm_error_t *err =
        read_text(&r, envelope(WSM_NS_WSA, "<x:Foo" MUST "/>", IDENTIFY));
    assert_int_equal(err->code, WSMAN_E_NOT_UNDERSTOOD);
}

static void utf16_is_kept(void **state)
{
    (void)state;
    const wsm_request_t *r;
    wsm_message_read(&r, document("<a/>"), 1, pool);
    assert_int_equal(r->utf16, 1);
}

/** R5.4.2-5: with all the namespaces that they need, marked in 2005/08. */
static void reference_parameters_are_kept(void **state)
{
    (void)state;
    const char *reply = apr_psprintf(
        pool, TO ACTION ID
        "<a:ReplyTo><a:Address>" WSM_ANONYMOUS "</a:Address>"
        "<a:ReferenceProperties><x:P b='1&quot;2'>t&lt;<c xmlns='urn:c'/></x:P>"
        "</a:ReferenceProperties><a:ReferenceParameters><q:Q xmlns:q='urn:q' "
        "xmlns:x='urn:x2'/></a:ReferenceParameters></a:ReplyTo>");
    const wsm_request_t *r = good(reply);
    const char *wrapped =
        apr_pstrcat(pool, "<h>", r->reply_headers, "</h>", NULL);
    const xmlNode *p = wsm_xml_first(tree(wrapped));
    assert_true(wsm_xml_is(p, "urn:x", "P"));
    assert_string_equal(wsm_xml_attr(p, NULL, "b", pool), "1\"2");
    assert_string_equal(wsm_xml_text(p, pool), "t<");
    assert_true(wsm_xml_is(wsm_xml_first(p), "urn:c", "c"));
    assert_true(wsm_xml_is(wsm_xml_next(p), "urn:q", "Q"));
    const char *ns, *local;
    assert_true(wsm_xml_qname(wsm_xml_next(p), "x:y", &ns, &local, pool));
    assert_string_equal(ns, "urn:x2");

    assert_null(read_text(
        &r, envelope(WSM_NS_WSA10,
                     ACTION ID "<a:ReplyTo><a:Address>" WSM_ANONYMOUS10
                               "</a:Address><a:ReferenceParameters><x:P/>"
                               "</a:ReferenceParameters></a:ReplyTo>",
                     "")));
    p = wsm_xml_first(
        tree(apr_pstrcat(pool, "<h>", r->reply_headers, "</h>", NULL)));
    assert_string_equal(
        wsm_xml_attr(p, WSM_NS_WSA10, "IsReferenceParameter", pool), "true");

    wsm_error_t *err = read_text(
        &r, envelope(WSM_NS_WSA,
                     apr_psprintf(pool,
                                  TO ACTION ID
                                  "<a:ReplyTo><a:Address>" WSM_ANONYMOUS
                                  "</a:Address><a:ReferenceParameters><x:P>%s"
                                  "</x:P></a:ReferenceParameters></a:ReplyTo>",
                                  letters(3000)),
                     ""));
    assert_int_equal(err->code, WSMAN_E_UNSUPPORTED_ADDRESSING_MODE);
}

/** R5.4.3-2, -4: those of FaultTo come back in a fault, not in a reply. */
static void faults_have_their_own_parameters(void **state)
{
    (void)state;
    static const char reply_to[] =
        TO ACTION ID "<a:ReplyTo><a:Address>" WSM_ANONYMOUS
                     "</a:Address><a:ReferenceParameters><x:R/>"
                     "</a:ReferenceParameters></a:ReplyTo>";
    const wsm_request_t *r = good(reply_to);
    assert_non_null(strstr(r->reply_headers, "<x:R"));
    assert_string_equal(r->fault_headers, r->reply_headers);
    r = good(apr_pstrcat(pool, reply_to,
                         "<a:FaultTo><a:Address>" WSM_ANONYMOUS "</a:Address>"
                         "<a:ReferenceParameters><x:F/></a:ReferenceParameters>"
                         "</a:FaultTo>",
                         NULL));
    assert_null(strstr(r->reply_headers, "<x:F"));
    assert_non_null(strstr(r->fault_headers, "<x:F"));
    assert_null(strstr(r->fault_headers, "<x:R"));
    r = good(apr_pstrcat(pool, reply_to,
                         "<a:FaultTo><a:Address>" WSM_ANONYMOUS
                         "</a:Address></a:FaultTo>",
                         NULL));
    assert_null(r->fault_headers);
    /* what is too long for a fault is left out of it */
    r = good(apr_psprintf(
        pool,
        "%s<a:FaultTo><a:Address>" WSM_ANONYMOUS "</a:Address>"
        "<a:ReferenceParameters><x:F>%s</x:F></a:ReferenceParameters>"
        "</a:FaultTo>",
        reply_to, letters(3000)));
    assert_null(r->fault_headers);
    /* and a header that is not understood is no reason not to */
    assert_int_equal(
        read_text(
            &r,
            envelope(WSM_NS_WSA,
                     apr_pstrcat(pool, reply_to, "<x:Foo" MUST "/>", NULL), ""))
            ->code,
        WSMAN_E_NOT_UNDERSTOOD);
    assert_string_equal(r->fault_headers, r->reply_headers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_headers),
        cmocka_unit_test(absent_headers_are_unknown),
        cmocka_unit_test(reads_the_newer_addressing),
        cmocka_unit_test(message_ids_stay_as_they_are),
        cmocka_unit_test(headers_are_judged),
        cmocka_unit_test(a_bad_timeout_has_its_number),
        cmocka_unit_test(what_must_be_understood_is),
        cmocka_unit_test(all_that_is_not_understood_is_named),
        cmocka_unit_test(a_fault_can_relate),
        cmocka_unit_test(only_envelopes_are_taken),
        cmocka_unit_test(the_older_soap_is_recognised),
        cmocka_unit_test(identify_needs_no_headers),
        cmocka_unit_test(utf16_is_kept),
        cmocka_unit_test(reference_parameters_are_kept),
        cmocka_unit_test(faults_have_their_own_parameters),
    };
    return cmocka_run_group_tests(tests, make_pool, drop_pool);
}
