/* Plug-ins: what is refused, and who serves a class. */
#include "serve.h"

static wsman_error_t *list_nothing(wsman_call_t *call,
                                   const wsman_query_t *query,
                                   wsman_sink_t *sink)
{
    (void)call;
    (void)query;
    (void)sink;
    return NULL;
}

static const char *const stored[] = {"T_Stored", NULL};
static const char *const taken[] = {"T_Item", NULL};
static const char *const nowhere[] = {"T_NoSuch", NULL};
static const char *const elsewhere[] = {"root/other:T_Stored", NULL};
static const char *const nothing[] = {NULL};

static wsman_provider_t provider_of(const char *const *classes)
{
    wsman_provider_t provider = {WSMAN_PROVIDER_HEADER, .classes = classes,
                                 .list = list_nothing};

    return provider;
}

static void assert_refused(wsm_error_t *err, const char *words)
{
    assert_non_null(err);
    if (strstr(err->message, words) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", words, err->message);
}

static void test_refused(void **state)
{
    t_world_t *world = *state;
    wsman_provider_t provider = provider_of(stored);
    wsm_plugin_t *plugin;

    provider.cookie = 0x12345678;
    assert_refused(wsm_plugin_make(&plugin, "p", &provider, NULL, world->pool),
                   "wrong magic 0x12345678");
    provider = provider_of(stored);
    provider.major++;
    assert_refused(wsm_plugin_make(&plugin, "p", &provider, NULL, world->pool),
                   "made for ABI 2.1");
    provider = provider_of(stored);
    provider.minor++;
    assert_refused(wsm_plugin_make(&plugin, "p", &provider, NULL, world->pool),
                   "newer ABI 1.2");
    provider = provider_of(stored);
    provider.size -= 8;
    assert_refused(wsm_plugin_make(&plugin, "p", &provider, NULL, world->pool),
                   "declares a size");
    provider = provider_of(nothing);
    assert_refused(wsm_plugin_make(&plugin, "p", &provider, NULL, world->pool),
                   "names no class");
    assert_refused(
        wsm_plugin_load(&plugin, "p", "/nonexistent.so", NULL, world->pool),
        "cannot be loaded");
    assert_refused(
        wsm_plugin_load(&plugin, "p", "libm.so.6", NULL, world->pool),
        "no symbol wsman_provider");
}

static wsm_error_t *add(t_world_t *world, const char *name,
                        const char *const *classes, int shadow)
{
    wsman_provider_t *provider = apr_palloc(world->pool, sizeof(*provider));
    wsm_plugin_t *plugin;

    *provider = provider_of(classes);
    t_must(wsm_plugin_make(&plugin, name, provider, NULL, world->pool));
    return wsm_registry_add(world->endpoint.registry, plugin, shadow);
}

static void test_binding(void **state)
{
    t_world_t *world = *state;

    assert_refused(add(world, "p1", nowhere, 0), "no MOF file declares");
    assert_refused(add(world, "p2", elsewhere, 0), "no MOF file declares");
    assert_refused(add(world, "p3", taken, 0),
                   "served by two providers, good and p3");
    assert_refused(add(world, "good", stored, 0), "two providers of the name");
    assert_null(add(world, "p4", stored, 0));
    assert_null(add(world, "p5", taken, 1));
}

static const char *server_of(t_world_t *world, const char *uri, const char *cls)
{
    const wsm_binding_t *binding =
        wsm_registry_find(&world->endpoint, uri,
                          cim_schema_class(world->schema, "root/test", cls));

    return binding ? wsm_binding_name(binding) : "";
}

static void test_find(void **state)
{
    static const wsm_map_t maps[] = {{"T_It*", "shadow"},
                                     {"http://other/*", "poor"}};
    t_world_t *world = *state;

    assert_null(add(world, "shadow", taken, 1));
    assert_string_equal(server_of(world, NULL, "T_Item"), "good");
    assert_string_equal(server_of(world, NULL, "T_Spool"), "poor");
    assert_string_equal(server_of(world, NULL, "T_Stored"), "");
    world->endpoint.maps = maps;
    world->endpoint.nmaps = 2;
    assert_string_equal(server_of(world, T_URI("t_item"), "T_Item"), "shadow");
    assert_string_equal(server_of(world, "http://OTHER/x", "T_Leaf"), "poor");
    assert_string_equal(server_of(world, "http://x/", "T_Leaf"), "good");
}

static wsman_error_t *fail_start(wsman_call_t *call,
                                 const wsman_param_t *params, void **state,
                                 apr_pool_t *pool)
{
    (void)params;
    (void)state;
    return call->host->error(pool, WSMAN_E_INTERNAL_ERROR, ENOENT, NULL,
                             "No such device.");
}

static void keep_line(void *baton, int level, const char *line)
{
    assert_int_equal(level, WSMAN_LOG_ERR);
    *(char **)baton = strdup(line);
}

/* One that does not start is offline; the others go on. */
static void test_offline(void **state)
{
    t_world_t *world = *state;
    wsm_registry_t *registry =
        wsm_registry_make(world->schema, "root/test", world->pool);
    wsman_provider_t provider = provider_of(stored);
    wsm_call_t call = {.endpoint = &world->endpoint}, inner;
    char *line = NULL;
    const wsm_log_t log = {keep_line, &line, WSMAN_LOG_INFO};
    wsm_plugin_t *plugin;
    wsm_error_t *err;

    provider.start = fail_start;
    call.pub.pool = world->pool;
    t_must(wsm_plugin_make(&plugin, "bad", &provider, NULL, world->pool));
    t_must(wsm_registry_add(registry, plugin, 0));
    wsm_registry_start(registry, &log, world->pool);
    assert_non_null(line);
    assert_non_null(strstr(line, "provider bad did not start"));
    assert_non_null(strstr(line, "No such device."));
    free(line);
    world->endpoint.registry = registry;
    err = wsm_binding_enter(
        wsm_registry_find(
            &world->endpoint, NULL,
            cim_schema_class(world->schema, "root/test", "T_Stored")),
        &call, &inner);
    assert_non_null(err);
    assert_int_equal(err->code, WSMAN_E_RESOURCE_OFFLINE);
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_refused), T_CASE(test_binding), T_CASE(test_find),
    T_CASE(test_offline)};

T_MAIN(tests)
