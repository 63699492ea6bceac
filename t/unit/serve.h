/* serve.h - the whole server in a test: a schema of our own, a linked-in
 * provider, the memory store, a clock that the test sets; an envelope in, a
 * parsed envelope out.
 */
#ifndef T_SERVE_H
#define T_SERVE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_file_io.h>
#include <apr_strings.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "../../mod_wsman/cim/cim_mof.h"
#include "../../mod_wsman/cim/cim_xml.h"
#include "../../mod_wsman/op/wsm_serve.h"
#include "../../mod_wsman/provide/wsm_registry.h"
#include "../../mod_wsman/soap/wsm_names.h"

#define T_URI(name) WSM_URI_CIM name

static const char t_mof[] =
    "Qualifier Key : boolean = false, Scope(property, reference),\n"
    "    Flavor(DisableOverride);\n"
    "Qualifier Abstract : boolean = false, Scope(class), Flavor(Restricted);\n"
    "Qualifier Singleton : boolean = false, Scope(class);\n"
    "Qualifier Required : boolean = false,\n"
    "    Scope(property, method, parameter), Flavor(DisableOverride);\n"
    "Qualifier Write : boolean = false, Scope(property);\n"
    "Qualifier Static : boolean = false, Scope(property, method);\n"
    "Qualifier In : boolean = true, Scope(parameter);\n"
    "Qualifier Out : boolean = false, Scope(parameter);\n"
    "[Abstract] class T_Root { [Key] string Name; string Note; };\n"
    "class T_Item : T_Root { [Write] uint32 Size; string Fixed; };\n"
    "class T_Leaf : T_Item { datetime When; string Tags[]; };\n"
    "class T_Spool { [Key] uint32 Id; string Text; };\n"
    "class T_Slow { [Key] uint32 Id; };\n"
    "class T_Half { [Key] uint32 Id; };\n"
    "class T_Wrong { [Key] uint32 Id; };\n"
    "class T_ListOnly { [Key] uint32 Id; string Text; };\n"
    "[Singleton] class T_One { [Key] string Name; uint32 Size; };\n"
    "class T_Stored { [Key] string Id; [Required] string Title;\n"
    "    uint32 Count = 7; string Free; uint8 Small; };\n"
    "class T_StoredBelow : T_Stored { string Extra; };\n"
    "class T_Method { [Key] string Name;\n"
    "    uint32 Add([In] uint32 A, [In, Required] uint32 B,\n"
    "        [In(false), Out] uint32 Sum);\n"
    "    [Static] uint32 Now([In(false), Out] string Text);\n"
    "    uint32 Undone();\n"
    "};\n"
    "instance of T_Stored { Id = \"declared\"; Title = \"from MOF\"; };\n";

typedef struct t_world_t {
    apr_pool_t *pool;
    wsm_server_t server;
    wsm_endpoint_t endpoint;
    cim_schema_t *schema;
    wsm_spool_t spool;
    apr_time_t now; /* the clock */
    const char *user;
    const sec_token_t *token; /* NULL: who may do everything */
    int identify_only;
    const wsm_error_t *denied; /* what authorize() answers */
    wsm_target_t asked;        /* what it was asked */
    wsm_error_t *(*authorize_class)(void *baton, const cim_class_t *cls,
                                    int deep);
    wsm_error_t *(*describe)(void *baton, struct wsm_config_t *config);
    wsm_error_t *(*change)(void *baton, const struct wsm_settings_t *settings);
    void (*ready)(struct t_world_t *world, wsm_call_t *call); /* or NULL */
    wsm_error_t *refused;                                     /* by a quota */
    wsm_outcome_t outcome;    /* of the last request */
    const char *text;         /* its reply */
    xmlXPathContextPtr xpath; /* over its reply */
    unsigned items;           /* how many T_Item there are */
    unsigned calls;           /* hooks that were called */
    const cim_path_t *reads;  /* what the method Now reads */
} t_world_t;

/* The provider */

static t_world_t *t_world_of(wsman_call_t *call)
{
    return call->state;
}

static const cim_instance_t *t_item(wsman_call_t *call, const cim_class_t *cls,
                                    unsigned number, apr_pool_t *pool)
{
    const wsman_host_t *host = call->host;
    cim_instance_t *item = host->instance_make(cls, pool);
    char *name = apr_psprintf(pool, "item%05u", number);

    if (host->property_index(cls, "Id") >= 0)
        host->set(item, "Id", cim_uint32(number));
    else
        host->set(item, "Name", cim_string(name));
    host->set(item, "Text", cim_string("<text> & more"));
    host->set(item, "Size", cim_uint32(number * 10));
    return item;
}

static inline int t_is(wsman_call_t *call, const cim_class_t *cls,
                       const char *name)
{
    return strcmp(call->host->class_name(cls), name) == 0;
}

static wsman_error_t *t_list(wsman_call_t *call, const wsman_query_t *query,
                             wsman_sink_t *sink)
{
    t_world_t *world = t_world_of(call);
    unsigned i = query->after ? (unsigned)atoi(query->after) + 1 : 0;
    unsigned count = world->items;

    world->calls++;
    if (t_is(call, query->cls, "T_Leaf"))
        count = 2;
    if (t_is(call, query->cls, "T_One"))
        count = 1;
    for (; i < count; i++) {
        char *key = apr_psprintf(call->scratch, "%u", i);

        if (wsman_sink_put(call, sink,
                           t_item(call, query->cls, i, call->scratch),
                           key) == WSMAN_SINK_FULL)
            break;
    }
    return NULL;
}

static wsman_error_t *t_get(wsman_call_t *call, const cim_path_t *path,
                            const cim_instance_t **instance)
{
    const cim_class_t *cls =
        call->host->find_class(call, path->ns, path->class_name);
    const char *name = call->host->key(path, "Name")->v.s;
    unsigned count = t_is(call, cls, "T_Leaf") ? 2 : t_world_of(call)->items;

    if (t_is(call, cls, "T_Leaf") || strncmp(name, "item", 4) != 0 ||
        (unsigned)atoi(name + 4) >= count)
        return call->host->error(call->pool, WSMAN_E_DESTINATION_UNREACHABLE,
                                 APR_SUCCESS, NULL, "No item %s.", name);
    *instance = t_item(call, cls, (unsigned)atoi(name + 4), call->pool);
    return NULL;
}

static wsman_error_t *t_put(wsman_call_t *call, const cim_path_t *path,
                            const cim_instance_t *changes)
{
    (void)path;
    t_world_of(call)->calls++;
    assert_null(call->host->get(changes, "Name"));
    assert_null(call->host->get(changes, "Fixed"));
    assert_non_null(call->host->get(changes, "Size"));
    return NULL;
}

static wsman_error_t *t_invoke(wsman_call_t *call, const cim_path_t *path,
                               const char *method, const cim_instance_t *in,
                               cim_instance_t *out)
{
    const wsman_host_t *host = call->host;

    if (strcmp(method, "Add") == 0) {
        const cim_value_t *a = host->get(in, "A");

        assert_int_equal(path->nkeys, 1);
        host->set(out, "Sum",
                  cim_uint32((apr_uint32_t)((a ? a->v.u : 0) +
                                            host->get(in, "B")->v.u)));
    } else if (strcmp(method, "Now") == 0) {
        const cim_path_t *reads = t_world_of(call)->reads;
        const cim_instance_t *instance;
        wsman_error_t *err =
            reads ? host->get_instance(call, reads, &instance) : NULL;

        if (err != NULL)
            return err;
        host->set(out, "Text", cim_string("now"));
    } else {
        return host->error(call->pool, WSMAN_E_INTERNAL_ERROR, APR_EGENERAL,
                           NULL, "It cannot be done.");
    }
    host->set(out, "ReturnValue", cim_uint32(0));
    return NULL;
}

static wsman_error_t *t_start(wsman_call_t *call, const wsman_param_t *params,
                              void **state, apr_pool_t *pool)
{
    (void)call;
    (void)pool;
    sscanf(params[0].value, "%p", state);
    return NULL;
}

static const char *const t_classes[] = {"T_Item", "T_Leaf", "T_One", "T_Method",
                                        NULL};

static const wsman_provider_t t_provider = {
    WSMAN_PROVIDER_HEADER, .flags = WSMAN_PROVIDER_RESUMABLE,
    .classes = t_classes,  .start = t_start,
    .get = t_get,          .list = t_list,
    .put = t_put,          .invoke = t_invoke};

/* One that cannot resume, and does all sorts of wrong. */
static wsman_error_t *t_poor_list(wsman_call_t *call,
                                  const wsman_query_t *query,
                                  wsman_sink_t *sink)
{
    unsigned i;

    if (t_is(call, query->cls, "T_Slow")) {
        while (!wsman_cancelled(call))
            apr_sleep(1000);
        return NULL;
    }
    for (i = 0; i < t_world_of(call)->items; i++) {
        const cim_instance_t *item = t_item(call, query->cls, i, call->scratch);

        if (i == 3 && t_is(call, query->cls, "T_Half"))
            return call->host->error(call->pool, WSMAN_E_INTERNAL_ERROR, EIO,
                                     NULL, "The disk is gone.");
        if (i == 3 && t_is(call, query->cls, "T_Wrong"))
            item->values[0].type = CIM_STRING;
        if (wsman_sink_put(call, sink, item, NULL) == WSMAN_SINK_FULL)
            break;
    }
    return NULL;
}

static const char *const t_poor_classes[] = {"T_Spool", "T_Slow",     "T_Half",
                                             "T_Wrong", "T_ListOnly", NULL};

static const wsman_provider_t t_poor_provider = {
    WSMAN_PROVIDER_HEADER, .classes = t_poor_classes, .start = t_start,
    .list = t_poor_list};

/* The world */

static inline void t_must(const wsm_error_t *err)
{
    if (err != NULL)
        fail_msg("%s", err->message);
}

static wsm_error_t *t_authorize(void *baton, const wsm_target_t *target)
{
    t_world_t *world = baton;

    world->asked = *target;
    return (wsm_error_t *)world->denied;
}

static inline void t_bind(t_world_t *world, const char *name,
                          const wsman_provider_t *provider)
{
    wsman_param_t *params = apr_pcalloc(world->pool, 2 * sizeof(*params));
    wsm_plugin_t *plugin;

    params[0].name = "world";
    params[0].value = apr_psprintf(world->pool, "%pp", (void *)world);
    t_must(wsm_plugin_make(&plugin, name, provider, params, world->pool));
    t_must(wsm_registry_add(world->endpoint.registry, plugin, 0));
}

static t_world_t *t_world_make(apr_pool_t *parent)
{
    const cim_mof_options_t options = {.ns = "root/test"};
    apr_pool_t *pool;
    t_world_t *world;
    wsm_token_keys_t *keys;
    const char *tmp;

    apr_pool_create(&pool, parent);
    world = apr_pcalloc(pool, sizeof(*world));
    world->pool = pool;
    world->now = apr_time_now();
    world->user = "alice";
    world->items = 25;
    wsm_xml_init();
    world->schema = cim_schema_make(pool);
    t_must(cim_mof_read_text(world->schema, "test.mof", t_mof, strlen(t_mof),
                             &options, pool));
    cim_xml_prepare(world->schema);
    t_must(wsm_token_keys_random(&keys, pool));
    world->server.keys = keys;
    t_must(wsm_store_mem_open(&world->server.store, pool));
    apr_temp_dir_get(&tmp, pool);
    world->spool.dir =
        apr_psprintf(pool, "%s/wsman-t-%d-%lx", tmp, (int)getpid(),
                     (unsigned long)(apr_uintptr_t)world);
    world->spool.max_bytes = 1000000;
    apr_dir_make(world->spool.dir,
                 APR_FPROT_UREAD | APR_FPROT_UWRITE | APR_FPROT_UEXECUTE, pool);
    world->server.spool = &world->spool;
    world->server.machine = "test.example";
    world->server.product = "mod_wsman";
    world->server.version = "0";
    world->endpoint.server = &world->server;
    world->endpoint.id = "test:5985/wsman";
    world->endpoint.repository = "default";
    world->endpoint.default_ns = "root/test";
    world->endpoint.schema = world->schema;
    world->endpoint.registry =
        wsm_registry_make(world->schema, "root/test", pool);
    world->endpoint.limits.max_envelope = 512000;
    world->endpoint.limits.timeout = apr_time_from_sec(60);
    world->endpoint.limits.max_elements = 32000;
    world->endpoint.limits.enum_timeout = apr_time_from_sec(600);
    t_bind(world, "good", &t_provider);
    t_bind(world, "poor", &t_poor_provider);
    wsm_registry_start(world->endpoint.registry, NULL, pool);
    return world;
}

static inline void t_world_end(t_world_t *world)
{
    apr_dir_t *dir;
    apr_finfo_t info;

    if (world->xpath != NULL) {
        xmlFreeDoc(world->xpath->doc);
        xmlXPathFreeContext(world->xpath);
    }
    if (apr_dir_open(&dir, world->spool.dir, world->pool) == APR_SUCCESS) {
        while (apr_dir_read(&info, APR_FINFO_NAME, dir) == APR_SUCCESS) {
            if (info.name[0] != '.')
                apr_file_remove(apr_pstrcat(world->pool, world->spool.dir, "/",
                                            info.name, NULL),
                                world->pool);
        }
        apr_dir_close(dir);
        apr_dir_remove(world->spool.dir, world->pool);
    }
    apr_pool_destroy(world->pool);
}

static inline void t_read_reply(t_world_t *world)
{
    static const char *const prefixes[][2] = {
        {"s", WSM_NS_SOAP},  {"a", WSM_NS_WSA},      {"w", WSM_NS_WSMAN},
        {"n", WSM_NS_ENUM},  {"x", WSM_NS_TRANSFER}, {"f", WSM_NS_FAULT},
        {"i", WSM_NS_WSMID}, {"b", WSM_NS_WSMB},     {"A", WSM_NS_WSA10},
        {"xsi", WSM_NS_XSI}, {"p", WSM_NS_MS},       {"rsp", WSM_NS_SHELL}};
    xmlDocPtr doc = xmlReadMemory(world->text, (int)strlen(world->text), NULL,
                                  NULL, XML_PARSE_NONET);
    unsigned i;

    assert_non_null(doc);
    if (world->xpath != NULL) {
        xmlFreeDoc(world->xpath->doc);
        xmlXPathFreeContext(world->xpath);
    }
    world->xpath = xmlXPathNewContext(doc);
    for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
        xmlXPathRegisterNs(world->xpath, BAD_CAST prefixes[i][0],
                           BAD_CAST prefixes[i][1]);
}

/* Sends an envelope; the reply is in world->text and can be asked with t_xp. */
static inline int t_send(t_world_t *world, const char *envelope)
{
    apr_pool_t *pool;
    wsm_call_t call = {.endpoint = &world->endpoint,
                       .now = world->now,
                       .token = world->token,
                       .identify_only = world->identify_only,
                       .authorize = t_authorize,
                       .authorize_class = world->authorize_class,
                       .describe = world->describe,
                       .change = world->change,
                       .refused = world->refused,
                       .baton = world};
    wsm_xml_parser_t *parser;

    apr_pool_create(&pool, world->pool);
    call.pub.pool = pool;
    call.pub.user = world->user;
    if (world->ready != NULL)
        world->ready(world, &call);
    t_must(wsm_xml_parser_make(&parser, NULL,
                               world->endpoint.limits.max_envelope, pool));
    wsm_xml_parser_feed(parser, envelope, strlen(envelope));
    wsm_serve(&call, parser, wsm_writer_make(0, pool), &world->outcome);
    world->text = wsm_writer_string(world->outcome.body, world->pool);
    t_read_reply(world);
    return world->outcome.http_status;
}

/* The string value of an XPath expression over the last reply. */
static inline const char *t_xp(t_world_t *world, const char *expression)
{
    xmlXPathObjectPtr found =
        xmlXPathEvalExpression(BAD_CAST expression, world->xpath);
    xmlChar *text;
    char *copy;

    assert_non_null(found);
    text = xmlXPathCastToString(found);
    copy = apr_pstrdup(world->pool, (const char *)text);
    xmlFree(text);
    xmlXPathFreeObject(found);
    return copy;
}

/* An envelope; `headers` and `body` as XML with the prefixes s a w n x. */
static inline const char *t_envelope(t_world_t *world, const char *action,
                                     const char *uri, const char *headers,
                                     const char *body)
{
    return apr_pstrcat(
        world->pool,
        "<s:Envelope xmlns:s=\"" WSM_NS_SOAP "\" xmlns:a=\"" WSM_NS_WSA
        "\" xmlns:w=\"" WSM_NS_WSMAN "\" xmlns:n=\"" WSM_NS_ENUM
        "\" xmlns:x=\"" WSM_NS_TRANSFER "\" xmlns:b=\"" WSM_NS_WSMB
        "\" xmlns:rsp=\"" WSM_NS_SHELL "\" xmlns:p=\"" WSM_NS_MS
        "\" xmlns:xsi=\"" WSM_NS_XSI "\"><s:Header><a:To>http://h/wsman</a:To>"
        "<w:ResourceURI s:mustUnderstand=\"true\">",
        uri,
        "</w:ResourceURI><a:ReplyTo><a:Address>" WSM_ANONYMOUS
        "</a:Address></a:ReplyTo><a:Action>",
        action, "</a:Action><a:MessageID>uuid:Test-1</a:MessageID>",
        headers ? headers : "", "</s:Header><s:Body>", body ? body : "",
        "</s:Body></s:Envelope>", NULL);
}

static inline int t_call(t_world_t *world, const char *action, const char *uri,
                         const char *headers, const char *body)
{
    return t_send(world, t_envelope(world, action, uri, headers, body));
}

#define T_SELECT(name, value)                                                  \
    "<w:SelectorSet><w:Selector Name=\"" name "\">" value                      \
    "</w:Selector></w:SelectorSet>"

static inline const char *t_subcode(t_world_t *world)
{
    return t_xp(world, "string(//s:Subcode/s:Value)");
}

static inline const char *t_detail(t_world_t *world)
{
    const char *uri = t_xp(world, "string(//s:Detail/w:FaultDetail)");
    const char *slash = strrchr(uri, '/');

    return slash ? slash + 1 : uri;
}

static apr_pool_t *t_pool;

static inline int t_setup(void **state)
{
    *state = t_world_make(t_pool);
    return 0;
}

static inline int t_teardown(void **state)
{
    t_world_end(*state);
    return 0;
}

#define T_CASE(function)                                                       \
    cmocka_unit_test_setup_teardown(function, t_setup, t_teardown)

#define T_MAIN(tests)                                                          \
    int main(void)                                                             \
    {                                                                          \
        int failed;                                                            \
        apr_initialize();                                                      \
        apr_pool_create(&t_pool, NULL);                                        \
        failed = cmocka_run_group_tests(tests, NULL, NULL);                    \
        apr_pool_destroy(t_pool);                                              \
        apr_terminate();                                                       \
        return failed;                                                         \
    }

#endif
