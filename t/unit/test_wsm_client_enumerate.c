/* test_wsm_client_enumerate.c - enumerations, over a transport that is a
 * service with so many objects in pages of so many.
 */
#include "test_wsm_client_common.h"

#include <unistd.h>

#include "../../mod_wsman/soap/wsm_names.h"

typedef struct service_t {
    int total, page;     /* page 0: answers without items */
    int fail_at;         /* the n-th Pull is a fault */
    int said_end;        /* EndOfSequence; else the context is missing */
    const char *context; /* around the position */
    int enumerates, pulls, releases;
    const char *last_context;
    char *opened; /* the Enumerate */
    char *pulled; /* the last Pull */
} service_t;

static const char *between(const char *text, const char *begin, const char *end,
                           apr_pool_t *in)
{
    const char *from = strstr(text, begin), *to;
    if (!from)
        return "";
    from += strlen(begin);
    to = strstr(from, end);
    return apr_pstrmemdup(in, from, (apr_size_t)(to - from));
}

static const char *items(const service_t *service, int from, const char *mode,
                         apr_pool_t *in)
{
    apr_array_header_t *list = apr_array_make(in, 64, sizeof(const char *));
    for (int i = from; i < from + service->page && i < service->total; i++) {
        const char *object =
            apr_psprintf(in, "<i:C_A><i:N>%d</i:N></i:C_A>", i);
        const char *epr =
            apr_psprintf(in,
                         "<a:EndpointReference><a:Address>%d</a:Address>"
                         "</a:EndpointReference>",
                         i);
        APR_ARRAY_PUSH(list, const char *) =
            !strcmp(mode, "EnumerateEPR") ? epr
            : !*mode
                ? object
                : apr_pstrcat(in, "<w:Item>", object, epr, "</w:Item>", NULL);
    }
    return apr_array_pstrcat(in, list, 0);
}

static const char *answer(service_t *service, const char *sent, int pull,
                          apr_pool_t *in)
{
    const char *context =
        between(sent, "<n:EnumerationContext>", "</n:EnumerationContext>", in);
    const char *digits = context + strcspn(context, "0123456789");
    const char *mode =
        between(sent, "<w:EnumerationMode>", "</w:EnumerationMode>", in);
    int from = pull ? atoi(digits) : 0, next = from + service->page;
    int end = service->page && next >= service->total;
    if (pull)
        service->last_context = apr_pstrdup(pool, context);
    return apr_pstrcat(
        in, pull ? "<n:PullResponse>" : "<n:EnumerateResponse>",
        end ? "<n:EnumerationContext/>" : "<n:EnumerationContext>",
        end ? ""
            : apr_psprintf(in, service->context ? service->context : "%d",
                           next),
        end ? "" : "</n:EnumerationContext>", pull ? "<n:Items>" : "<w:Items>",
        items(service, from, mode, in), pull ? "</n:Items>" : "</w:Items>",
        end && service->said_end
            ? (pull ? "<n:EndOfSequence/>" : "<w:EndOfSequence/>")
            : "",
        pull ? "</n:PullResponse>" : "</n:EnumerateResponse>", NULL);
}

static const char *act(service_t *service, const char *sent, apr_pool_t *in)
{
    if (strstr(sent, WSM_ACTION_RELEASE "<")) {
        service->releases++;
        service->last_context =
            apr_pstrdup(pool, between(sent, "<n:EnumerationContext>",
                                      "</n:EnumerationContext>", in));
        return "";
    }
    if (strstr(sent, WSM_ACTION_ENUMERATE "<")) {
        service->enumerates++;
        service->opened = apr_pstrdup(pool, sent);
        return answer(service, sent, 0, in);
    }
    if (++service->pulls == service->fail_at)
        return "<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code>"
               "<s:Reason><s:Text>broken</s:Text></s:Reason></s:Fault>";
    if (service->pulls == 1)
        service->pulled = apr_pstrdup(pool, sent);
    return answer(service, sent, 1, in);
}

static wsm_failure_t *exchange(void *baton, wsm_client_exchange_t *exchange,
                               apr_pool_t *in)
{
    const char *sent = apr_pstrmemdup(in, exchange->body, exchange->length);
    const char *body = act(baton, sent, in);
    const char *text = apr_pstrcat(
        in,
        "<s:Envelope xmlns:s=\"" WSM_NS_SOAP "\" xmlns:a=\"" WSM_NS_WSA
        "\" xmlns:n=\"" WSM_NS_ENUM "\" xmlns:w=\"" WSM_NS_WSMAN
        "\" xmlns:i=\"urn:i\"><s:Header><a:RelatesTo>",
        between(sent, "<a:MessageID>", "</a:MessageID>", in),
        "</a:RelatesTo></s:Header><s:Body>", body, "</s:Body></s:Envelope>",
        NULL);
    exchange->answers = 1;
    exchange->status = strstr(body, "<s:Fault>") ? 500 : 200;
    exchange->type = "application/soap+xml";
    exchange->take(exchange, text, strlen(text));
    return NULL;
}

typedef struct taken_t {
    int count, stop_at;
    int objects, eprs;
    int in_order;
} taken_t;

static int take(void *baton, const wsm_item_t *item, apr_pool_t *scratch)
{
    taken_t *taken = baton;
    if (item->object) {
        const xmlNode *n = wsm_xml_child(item->object, "urn:i", "N");
        taken->objects++;
        taken->in_order += atoi(wsm_xml_text(n, scratch)) == taken->count;
    }
    taken->eprs += item->epr != NULL;
    return ++taken->count != taken->stop_at;
}

static wsm_client_t *client_of(service_t *service)
{
    wsm_transport_t transport = {exchange, service};
    wsm_client_config_t config;
    static const wsm_option_t option = {.name = "o", .value = "v"};
    wsm_client_defaults(&config);
    config.to = "http://server:5985/wsman";
    config.options = &option;
    config.noptions = 1;
    return wsm_client_make(&config, &transport, pool);
}

static wsm_failure_t *run(service_t *service, const wsm_enumerate_t *what,
                          taken_t *taken)
{
    static const wsm_epr_t target = {NULL, WSM_URI_CIM "C_A", NULL, 0};
    static const wsm_enumerate_t nothing;
    return wsm_client_enumerate(client_of(service), &target,
                                what ? what : &nothing, take, taken, pool);
}

static void test_to_the_end(void **state)
{
    static const struct {
        int total, page, pulls;
    } cases[] = {{0, 5, 0}, {5, 5, 0}, {6, 5, 1}, {10, 5, 1}, {23, 5, 4}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        for (int said = 0; said < 2; said++) {
            service_t service = {.total = cases[i].total,
                                 .page = cases[i].page,
                                 .said_end = said};
            taken_t taken = {0};
            assert_no_failure(run(&service, NULL, &taken));
            assert_int_equal(taken.count, cases[i].total);
            assert_int_equal(taken.in_order, cases[i].total);
            assert_int_equal(service.enumerates, 1);
            assert_int_equal(service.pulls, cases[i].pulls);
            assert_int_equal(service.releases, 0); /* R8.4-8 */
        }
}

static void test_modes(void **state)
{
    static const struct {
        wsm_enum_mode_e mode;
        int objects, eprs;
    } cases[] = {{WSM_ENUM_OBJECTS, 7, 0},
                 {WSM_ENUM_EPRS, 0, 7},
                 {WSM_ENUM_OBJECTS_AND_EPRS, 7, 7}};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        service_t service = {.total = 7, .page = 10};
        wsm_enumerate_t what = {.mode = cases[i].mode};
        taken_t taken = {0};
        assert_no_failure(run(&service, &what, &taken));
        assert_int_equal(taken.objects, cases[i].objects);
        assert_int_equal(taken.eprs, cases[i].eprs);
    }
}

static void test_requests(void **state)
{
    static const wsm_selector_t selectors[] = {{"A", "1 < 2", NULL},
                                               {"B", "", NULL}};
    static const struct {
        wsm_enumerate_t what;
        const char *body;
    } cases[] = {
        {{.max_elements = 7},
         "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>7"
         "</w:MaxElements></n:Enumerate>"},
        {{.dialect = WSM_DIALECT_WQL, .filter = "a < \"b\""},
         "<n:Enumerate><w:Filter Dialect=\"" WSM_DIALECT_WQL
         "\">a &lt; \"b\"</w:Filter><w:OptimizeEnumeration/><w:MaxElements>"
         "32000</w:MaxElements></n:Enumerate>"},
        {{.selectors = selectors, .nselectors = 2},
         "<n:Enumerate><w:Filter Dialect=\"" WSM_DIALECT_SELECTOR
         "\"><w:SelectorSet><w:Selector Name=\"A\">1 &lt; 2</w:Selector>"
         "<w:Selector Name=\"B\"></w:Selector></w:SelectorSet></w:Filter>"
         "<w:OptimizeEnumeration/><w:MaxElements>32000</w:MaxElements>"
         "</n:Enumerate>"},
        {{.dialect = "urn:d", .filter_xml = "<x/>"},
         "<n:Enumerate><w:Filter Dialect=\"urn:d\"><x/></w:Filter>"
         "<w:OptimizeEnumeration/><w:MaxElements>32000</w:MaxElements>"
         "</n:Enumerate>"},
        {{.mode = WSM_ENUM_EPRS,
          .polymorphism = WSM_CLIENT_POLYMORPHISM_EXCLUDE},
         "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>32000"
         "</w:MaxElements><w:EnumerationMode>EnumerateEPR</w:EnumerationMode>"
         "<b:PolymorphismMode>ExcludeSubClassProperties</b:PolymorphismMode>"
         "</n:Enumerate>"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        service_t service = {.total = 1, .page = 1};
        taken_t taken = {0};
        assert_no_failure(run(&service, &cases[i].what, &taken));
        assert_string_equal(
            between(service.opened, "<s:Body>", "</s:Body>", pool),
            cases[i].body);
        assert_non_null(strstr(service.opened, "OptionSet"));
    }
}

static void test_pull_request(void **state)
{
    service_t service = {.total = 2, .page = 1};
    wsm_enumerate_t what = {.max_elements = 9};
    taken_t taken = {0};
    (void)state;
    assert_no_failure(run(&service, &what, &taken));
    assert_string_equal(between(service.pulled, "<s:Body>", "</s:Body>", pool),
                        "<n:Pull><n:EnumerationContext>1"
                        "</n:EnumerationContext><n:MaxElements>9"
                        "</n:MaxElements></n:Pull>");
    assert_non_null(strstr(service.pulled, WSM_URI_CIM "C_A<"));
    assert_null(strstr(service.pulled, "OptionSet")); /* R6.4-10 */
}

/** A context is what the service says it is, also XML, also with namespaces of
 *  the envelope (R8.4-11). */
static void test_contexts(void **state)
{
    static const struct {
        const char *given, *back;
    } cases[] = {
        {"a&amp;b &lt;%d", "a&amp;b &lt;1"},
        {"<i:x i:a=\"1\">%d</i:x>", "<i:x xmlns:i=\"urn:i\" i:a=\"1\">1</i:x>"},
    };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        service_t service = {.total = 2, .page = 1, .context = cases[i].given};
        taken_t taken = {0};
        assert_no_failure(run(&service, NULL, &taken));
        assert_int_equal(taken.count, 2);
        assert_string_equal(service.last_context, cases[i].back);
    }
}

static void test_enough(void **state)
{
    static const struct {
        int stop_at, pulls, releases;
    } cases[] = {{1, 0, 1}, {5, 0, 1}, {6, 1, 1}, {13, 2, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        service_t service = {.total = 14, .page = 5};
        taken_t taken = {.stop_at = cases[i].stop_at};
        assert_no_failure(run(&service, NULL, &taken));
        assert_int_equal(taken.count, cases[i].stop_at);
        assert_int_equal(service.pulls, cases[i].pulls);
        assert_int_equal(service.releases, cases[i].releases);
    }
}

/** What cannot be pulled is released, with the context that is still good. */
static void test_fault(void **state)
{
    service_t service = {.total = 50, .page = 5, .fail_at = 3};
    taken_t taken = {0};
    (void)state;
    assert_failure(run(&service, NULL, &taken), WSM_FAILURE_FAULT, "broken");
    assert_int_equal(taken.count, 15);
    assert_int_equal(service.releases, 1);
    assert_string_equal(service.last_context, "15");
}

static void test_try_again(void **state)
{
    service_t service = {.total = 12, .page = 5, .fail_at = 1};
    static const wsm_epr_t target = {NULL, WSM_URI_CIM "C_A", NULL, 0};
    static const wsm_enumerate_t what;
    wsm_enumeration_t *enumeration;
    taken_t taken = {0};
    (void)state;
    assert_no_failure(wsm_enumeration_open(&enumeration, client_of(&service),
                                           &target, &what, take, &taken, pool));
    assert_failure(wsm_enumeration_pull(enumeration, take, &taken),
                   WSM_FAILURE_FAULT, "broken");
    assert_no_failure(wsm_enumeration_pull(enumeration, take, &taken));
    assert_no_failure(wsm_enumeration_pull(enumeration, take, &taken));
    assert_null(enumeration->context);
    assert_no_failure(wsm_enumeration_pull(enumeration, take, &taken));
    assert_no_failure(wsm_enumeration_release(enumeration));
    assert_int_equal(taken.count, 12);
    assert_int_equal(service.pulls, 3);
    assert_int_equal(service.releases, 0);
}

/** A service that never ends is not waited for. */
static void test_never_ends(void **state)
{
    service_t service = {.total = 1, .page = 0};
    taken_t taken = {0};
    (void)state;
    assert_failure(run(&service, NULL, &taken), WSM_FAILURE_ANSWER,
                   "without an item");
    assert_int_equal(taken.count, 0);
    assert_int_equal(service.releases, 1);
}

static long resident_pages(void)
{
    long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &size, &resident), 2);
    fclose(file);
    return resident;
}

/** Memory is that of two pages, not of the enumeration. */
static void test_memory(void **state)
{
    service_t service = {.total = 20000, .page = 500};
    taken_t taken = {0};
    long before, grown;
    (void)state;
    assert_no_failure(run(&service, NULL, &taken)); /* warm */
    memset(&taken, 0, sizeof(taken));
    service.total = 100000;
    before = resident_pages();
    assert_no_failure(run(&service, NULL, &taken));
    grown = (resident_pages() - before) * sysconf(_SC_PAGESIZE);
    assert_int_equal(taken.in_order, 100000);
#ifndef __SANITIZE_ADDRESS__ /* which keeps freed memory back */
    assert_in_range(grown < 0 ? 0 : grown, 0, 8 << 20);
#else
    (void)grown;
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_to_the_end, setup, teardown),
        cmocka_unit_test_setup_teardown(test_modes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_requests, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pull_request, setup, teardown),
        cmocka_unit_test_setup_teardown(test_contexts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_enough, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fault, setup, teardown),
        cmocka_unit_test_setup_teardown(test_try_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_never_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(test_memory, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
