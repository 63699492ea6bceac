/* Fragments: the first line of the input is the expression, the rest the
 * content of w:XmlFragment.  Get, Put, Create and Delete of it on an instance
 * in the memory store: whatever they do, the instance can be read afterwards,
 * and what a Get gives is XML.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/cim/cim_mof.h"
#include "../../mod_wsman/cim/cim_xml.h"
#include "../../mod_wsman/op/wsm_serve.h"
#include "../../mod_wsman/provide/wsm_registry.h"
#include "../../mod_wsman/soap/wsm_names.h"
#include "../../mod_wsman/state/wsm_store_mem.h"

#define URI WSM_URI_CIM "F_Thing"

static const char mof[] =
    "Qualifier Key : boolean = false, Scope(property, reference);\n"
    "Qualifier Required : boolean = false, Scope(property);\n"
    "Qualifier EmbeddedInstance : string = null, Scope(property);\n"
    "Qualifier OctetString : boolean = false, Scope(property);\n"
    "class F_Part { string Name; uint32 Count; string Marks[]; };\n"
    "class F_Thing { [Key] string Name; uint32 Size; real64 Ratio;\n"
    "    [Required] string Must; boolean On; char16 Letter; datetime When;\n"
    "    string Tags[]; uint16 Ports[3];\n"
    "    [EmbeddedInstance(\"F_Part\")] string Part;\n"
    "    [EmbeddedInstance(\"F_Part\")] string Parts[];\n"
    "    [OctetString] uint8 Octets[]; string None; };\n";

static const char content[] =
    "<p:F_Thing xmlns:p=\"" URI "\" xmlns:q=\"" WSM_URI_CIM "F_Part\">"
    "<p:Name>one</p:Name><p:Size>7</p:Size><p:Ratio>0.5</p:Ratio>"
    "<p:Must>m</p:Must><p:On>true</p:On><p:Letter>x</p:Letter>"
    "<p:When>20261121080000.000000+000</p:When>"
    "<p:Tags>red</p:Tags><p:Tags>green</p:Tags>"
    "<p:Part xsi:type=\"q:F_Part_Type\"><q:Name>only</q:Name></p:Part>"
    "<p:Parts xsi:type=\"q:F_Part_Type\"><q:Name>first</q:Name>"
    "<q:Marks>x</q:Marks><q:Marks>y</q:Marks></p:Parts>"
    "<p:Parts xsi:type=\"q:F_Part_Type\"><q:Count>2</q:Count></p:Parts>"
    "<p:Octets>AQID</p:Octets></p:F_Thing>";

static apr_pool_t *process;
static wsm_server_t server = {.machine = "fuzz"};
static wsm_endpoint_t endpoint = {
    .server = &server,
    .id = "fuzz",
    .repository = "fuzz",
    .default_ns = "root/fuzz",
    .limits = {.max_envelope = 512000,
               .timeout = APR_USEC_PER_SEC * APR_INT64_C(600),
               .max_elements = 100,
               .enum_timeout = APR_USEC_PER_SEC}};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void begin(void)
{
    const cim_mof_options_t options = {.ns = "root/fuzz"};
    cim_schema_t *schema;
    wsm_token_keys_t *keys;

    apr_initialize();
    apr_pool_create(&process, NULL);
    wsm_xml_init();
    schema = cim_schema_make(process);
    if (cim_mof_read_text(schema, "fuzz.mof", mof, strlen(mof), &options,
                          process) != NULL ||
        wsm_token_keys_random(&keys, process) != NULL)
        abort();
    cim_xml_prepare(schema);
    server.keys = keys;
    endpoint.schema = schema;
    endpoint.registry = wsm_registry_make(schema, "root/fuzz", process);
}

/* @return the reply */
static const char *ask(const char *action, const char *headers,
                       const char *body, int *status, apr_pool_t *pool)
{
    const char *envelope = apr_pstrcat(
        pool,
        "<s:Envelope xmlns:s=\"" WSM_NS_SOAP "\" xmlns:a=\"" WSM_NS_WSA
        "\" xmlns:w=\"" WSM_NS_WSMAN "\" xmlns:p=\"" URI
        "\" xmlns:q=\"" WSM_URI_CIM "F_Part\" xmlns:cim=\"" WSM_NS_CIM
        "\" xmlns:xsi=\"" WSM_NS_XSI
        "\"><s:Header><a:To>http://h/wsman</a:To><w:ResourceURI>" URI
        "</w:ResourceURI><a:ReplyTo><a:Address>" WSM_ANONYMOUS
        "</a:Address></a:ReplyTo><a:Action>",
        action, "</a:Action><a:MessageID>uuid:1</a:MessageID>", headers,
        "</s:Header><s:Body>", body, "</s:Body></s:Envelope>", NULL);
    wsm_call_t call = {.endpoint = &endpoint, .now = apr_time_now()};
    wsm_outcome_t outcome;
    wsm_xml_parser_t *parser;

    call.pub.pool = pool;
    call.pub.user = "fuzz";
    if (wsm_xml_parser_make(&parser, NULL, 512000, pool) != NULL)
        abort();
    wsm_xml_parser_feed(parser, envelope, strlen(envelope));
    wsm_serve(&call, parser, wsm_writer_make(0, pool), &outcome);
    *status = outcome.http_status;
    return wsm_writer_string(outcome.body, pool);
}

static const char *header(const char *expression, apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(1000000, pool);

    wsm_write_lit(out, "<w:SelectorSet><w:Selector Name=\"Name\">one"
                       "</w:Selector></w:SelectorSet>");
    if (expression != NULL) {
        wsm_write_lit(out, "<w:FragmentTransfer s:mustUnderstand=\"true\">");
        wsm_write_text(out, expression);
        wsm_write_lit(out, "</w:FragmentTransfer>");
    }
    return wsm_writer_string(out, pool);
}

static void check(const char *reply, apr_pool_t *pool)
{
    xmlDocPtr doc;

    if (wsm_xml_parse(&doc, reply, strlen(reply), 1000000, pool) != NULL)
        abort();
}

static void change(const char *action, const char *expression, const char *body,
                   apr_pool_t *parent)
{
    const char *wrapped;
    apr_pool_t *pool;
    int status;

    apr_pool_create(&pool, parent);
    if (wsm_store_mem_open(&server.store, pool) != NULL)
        abort();
    ask(WSM_ACTION_CREATE, "", content, &status, pool);
    if (status != 200)
        abort();
    wrapped = body == NULL ? ""
                           : apr_pstrcat(pool, "<w:XmlFragment>", body,
                                         "</w:XmlFragment>", NULL);
    check(ask(action, header(expression, pool), wrapped, &status, pool), pool);
    if (strcmp(action, WSM_ACTION_DELETE) != 0 || status != 200) {
        check(ask(WSM_ACTION_GET, header(NULL, pool), "", &status, pool), pool);
        if (status != 200)
            abort();
    }
    check(ask(WSM_ACTION_GET, header(expression, pool), "", &status, pool),
          pool);
    apr_pool_destroy(pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *expression, *body;
    apr_pool_t *pool;

    if (process == NULL)
        begin();
    if (size > 8192)
        return 0;
    apr_pool_create(&pool, process);
    expression = apr_pstrmemdup(pool, (const char *)data, size);
    body = strchr(expression, '\n');
    if (body != NULL)
        *body++ = '\0';
    else
        body = "";
    change(WSM_ACTION_PUT, expression, body, pool);
    change(WSM_ACTION_CREATE, expression, body, pool);
    change(WSM_ACTION_DELETE, expression, NULL, pool);
    apr_pool_destroy(pool);
    return 0;
}
