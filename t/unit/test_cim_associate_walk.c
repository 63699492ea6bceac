/* Walking associations: one provider for associations and ends that may not be
 * called while it lists; bounds; what a wrong hook can do. */
#include "serve.h"

#define ALL      "http://schemas.dmtf.org/wbem/wscim/1/*"
#define OPTIMIZE "<w:OptimizeEnumeration/><w:MaxElements>1000</w:MaxElements>"

static const char mof[] =
    "Qualifier Association : boolean = false, Scope(class, association),\n"
    "    Flavor(DisableOverride);\n"
    "class O_End { [Key] string Name; };\n"
    "class O_Below : O_End { string More; };\n"
    "class O_Far { [Key] string Name; };\n"
    "[Association] class O_Link { [Key] O_End REF A; [Key] O_End REF B; };\n"
    "[Association] class O_Long { [Key] O_End REF A; [Key] O_Far REF B; };\n"
    "[Association] class O_Wrong { [Key] O_End REF C; [Key] O_End REF D; };\n"
    "[Association] class O_Slow { [Key] O_End REF E; [Key] O_End REF F; };\n";

static const cim_path_t *path_of(wsman_call_t *call, const char *cls,
                                 const char *name)
{
    cim_path_t *path = apr_pcalloc(call->scratch, sizeof(*path));
    cim_key_t *key = apr_pcalloc(call->scratch, sizeof(*key));

    key->name = "Name";
    key->value = cim_string(name);
    path->class_name = cls;
    path->keys = key;
    path->nkeys = 1;
    return path;
}

static wsman_sink_e put(wsman_call_t *call, const wsman_query_t *query,
                        wsman_sink_t *sink, const cim_path_t *one,
                        const cim_path_t *two)
{
    cim_instance_t *link = call->host->instance_make(query->cls, call->scratch);

    link->values[0] = cim_reference(one);
    link->values[1] = cim_reference(two);
    return wsman_sink_put(call, sink, link, NULL);
}

/* Each with the next one, and back. */
static void put_links(wsman_call_t *call, const wsman_query_t *query,
                      wsman_sink_t *sink)
{
    unsigned i;

    for (i = 0; i < 4; i++) {
        const char *here = apr_psprintf(call->scratch, "item%05u", i);
        const char *next = apr_psprintf(call->scratch, "item%05u", i + 1);

        put(call, query, sink, path_of(call, "O_End", here),
            path_of(call, "O_End", next));
        here = apr_psprintf(call->scratch, "item%05u", i);
        next = apr_psprintf(call->scratch, "item%05u", i + 1);
        if (put(call, query, sink, path_of(call, "O_End", next),
                path_of(call, "O_End", here)) == WSMAN_SINK_FULL)
            return;
    }
}

static void put_long(wsman_call_t *call, const wsman_query_t *query,
                     wsman_sink_t *sink)
{
    unsigned i;

    for (i = 0; i < 5000; i++) {
        char *name = apr_psprintf(call->scratch, "%04u%*s", i, 2000, "x");

        if (put(call, query, sink, path_of(call, "O_End", "item00000"),
                path_of(call, "O_Far", name)) == WSMAN_SINK_FULL)
            return;
    }
    fail_msg("all were taken");
}

static wsman_error_t *associate(wsman_call_t *call, const cim_path_t *path,
                                const wsman_query_t *query, wsman_sink_t *sink)
{
    t_world_of(call)->calls++;
    assert_string_equal(path->class_name, "O_End");
    assert_string_equal(path->ns, "root/test");
    if (t_is(call, query->cls, "O_Link"))
        put_links(call, query, sink);
    else if (t_is(call, query->cls, "O_Long"))
        put_long(call, query, sink);
    else if (t_is(call, query->cls, "O_Wrong"))
        wsman_sink_put(call, sink,
                       call->host->instance_make(query->cls, call->scratch),
                       NULL);
    while (t_is(call, query->cls, "O_Slow") && !wsman_cancelled(call))
        apr_sleep(1000);
    return NULL;
}

static wsman_error_t *list(wsman_call_t *call, const wsman_query_t *query,
                           wsman_sink_t *sink)
{
    unsigned i;

    for (i = 0; i < 5 && t_is(call, query->cls, "O_End"); i++) {
        cim_instance_t *end =
            call->host->instance_make(query->cls, call->scratch);

        call->host->set(end, "Name",
                        cim_string(apr_psprintf(call->scratch, "item%05u", i)));
        if (wsman_sink_put(call, sink, end, NULL) == WSMAN_SINK_FULL)
            break;
    }
    return NULL;
}

static const char *const classes[] = {"O_End",  "O_Below", "O_Far",  "O_Link",
                                      "O_Long", "O_Wrong", "O_Slow", NULL};
static const wsman_provider_t own = {
    WSMAN_PROVIDER_HEADER, .classes = classes,     .start = t_start,
    .list = list,          .associate = associate,
};

static int make_world(void **state)
{
    const cim_mof_options_t options = {.ns = "root/test"};
    t_world_t *world = t_world_make(t_pool);

    t_must(cim_mof_read_text(world->schema, "own.mof", mof, strlen(mof),
                             &options, world->pool));
    cim_xml_prepare(world->schema);
    t_bind(world, "own", &own);
    wsm_registry_start(world->endpoint.registry, NULL, world->pool);
    *state = world;
    return 0;
}

static int ask(t_world_t *world, const char *headers, const char *query)
{
    return t_call(world, WSM_ACTION_ENUMERATE, ALL, headers,
                  apr_pstrcat(world->pool,
                              "<n:Enumerate>" OPTIMIZE
                              "<w:Filter Dialect=\"" WSM_DIALECT_WQL "\">",
                              query, "</w:Filter></n:Enumerate>", NULL));
}

#define OBJECT " OF {O_End.Name=\"item00001\"} WHERE "

/* The provider is not threaded: it is asked for ends when its list of links has
 * ended, or this would wait for itself. */
static void test_ends_of_the_same_provider(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        ask(world, NULL, "ASSOCIATORS" OBJECT "AssocClass = O_Link"), 200);
    assert_string_equal(t_xp(world, "count(//w:Items/*)"), "2");
    assert_string_equal(t_xp(world, "count(//w:Items/*[.='item00000'])"), "1");
    assert_string_equal(t_xp(world, "count(//w:Items/*[.='item00002'])"), "1");
    assert_int_equal(world->calls, 1);
    ask(world, NULL, "REFERENCES" OBJECT "ResultClass = O_Link");
    assert_string_equal(t_xp(world, "count(//w:Items/*)"), "4");
    ask(world, NULL, "REFERENCES" OBJECT "ResultClass = O_Link Role = B");
    assert_string_equal(t_xp(world, "count(//w:Items/*)"), "2");
}

/* ClassDefsOnly, and objects that are classes: the results are classes. */
static void test_classes(void **state)
{
    static const struct {
        const char *query;
        const char *results;
    } cases[] = {
        {"ASSOCIATORS" OBJECT "ClassDefsOnly AssocClass = O_Link", "O_End"},
        {"REFERENCES" OBJECT "ClassDefsOnly ResultClass = O_Link", "O_Link"},
        {"ASSOCIATORS OF {O_Below} WHERE SchemaOnly AssocClass = O_Long",
         "O_Far"},
        {"ASSOCIATORS OF {O_Far} WHERE SchemaOnly", "O_End"},
        {"REFERENCES OF {O_Far} WHERE SchemaOnly", "O_Long"},
        {"REFERENCES OF {O_Far} WHERE SchemaOnly Role = A", ""},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (ask(world, NULL, cases[i].query) != 200)
            fail_msg("case %u: %s", i, world->text);
        assert_string_equal(t_xp(world, "local-name(//w:Items/*)"),
                            cases[i].results);
        assert_string_equal(t_xp(world, "count(//w:Items/*)"),
                            cases[i].results[0] ? "1" : "0");
    }
    t_call(world, WSM_ACTION_ENUMERATE, ALL, NULL,
           "<n:Enumerate>" OPTIMIZE
           "<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>"
           "<w:Filter Dialect=\"" WSM_DIALECT_WQL "\">REFERENCES OF {O_Far} "
           "WHERE SchemaOnly</w:Filter></n:Enumerate>");
    assert_string_equal(t_xp(world, "string(//w:Items//w:ResourceURI)"),
                        T_URI("O_Long"));
    assert_string_equal(t_xp(world, "count(//w:Items//w:Selector)"), "0");
}

static void test_too_many(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(ask(world, NULL,
                         "ASSOCIATORS OF {O_End.Name=\"item00000\"} WHERE "
                         "AssocClass = O_Long"),
                     500);
    assert_string_equal(t_subcode(world), "w:QuotaLimit");
}

/* What a hook puts is checked as what a list puts. */
static void test_wrong_hook(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        ask(world, NULL, "REFERENCES" OBJECT "ResultClass = O_Wrong"), 500);
    assert_string_equal(t_subcode(world), "w:InternalError");
}

static void test_timeout(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(ask(world,
                         "<w:OperationTimeout>PT0.1S</w:OperationTimeout>",
                         "ASSOCIATORS" OBJECT "AssocClass = O_Slow"),
                     500);
    assert_string_equal(t_subcode(world), "w:TimedOut");
}

#define CASE(function)                                                         \
    cmocka_unit_test_setup_teardown(function, make_world, t_teardown)

static const struct CMUnitTest tests[] = {
    CASE(test_ends_of_the_same_provider),
    CASE(test_classes),
    CASE(test_too_many),
    CASE(test_wrong_hook),
    CASE(test_timeout),
};

T_MAIN(tests)
