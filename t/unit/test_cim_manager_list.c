/* Lists of the object manager: what providers are told is wanted. */
#include "serve.h"

#include "../../mod_wsman/om/cim_manager.h"

/* ---- a provider that notes what it is asked for */

static const unsigned char *seen_wanted;
static char seen[256];

static wsman_error_t *note(wsman_call_t *call, const wsman_query_t *query,
                           wsman_sink_t *sink)
{
    apr_uint32_t i;

    (void)call;
    (void)sink;
    seen_wanted = query->wanted;
    seen[0] = '\0';
    for (i = 0; query->wanted != NULL && i < query->cls->nproperties; i++) {
        if (query->wanted[i]) {
            strcat(seen, seen[0] ? " " : "");
            strcat(seen, query->cls->properties[i].name);
        }
    }
    return NULL;
}

static const char mof[] =
    "class N_Base { [Key] string Name; string One; string Two; };\n"
    "class N_Sub : N_Base { string Three; };\n";
static const char *const classes[] = {"N_Base", "N_Sub", NULL};
static const wsman_provider_t noting = {
    WSMAN_PROVIDER_HEADER, .classes = classes, .start = t_start, .list = note};

static int make_world(void **state)
{
    const cim_mof_options_t options = {.ns = "root/test"};
    t_world_t *world = t_world_make(t_pool);

    t_must(cim_mof_read_text(world->schema, "note.mof", mof, strlen(mof),
                             &options, world->pool));
    cim_xml_prepare(world->schema);
    t_bind(world, "noting", &noting);
    wsm_registry_start(world->endpoint.registry, NULL, world->pool);
    *state = world;
    return 0;
}

static wsman_sink_e take(void *baton, const cim_instance_t *instance,
                         const char *key, apr_pool_t *scratch)
{
    (void)baton;
    (void)instance;
    (void)key;
    (void)scratch;
    return WSMAN_SINK_MORE;
}

/* The classes walked are told what is shown and what the filter looks at. */
static void test_wanted(void **state)
{
    static const char *const two[] = {"Two"};
    static const char *const below[] = {"three", "NoSuch"};
    static const unsigned char looks_at_one[] = {0, 1, 0};
    static const wsm_query_t filter = {.looks_at = looks_at_one};
    static const wsm_query_t projected = {
        .looks_at = looks_at_one, .projection = two, .nprojection = 1};
    static const wsm_query_t projected_below = {.projection = below,
                                                .nprojection = 2};
    static const struct {
        const char *cls;
        const wsm_query_t *query;
        int keys_only, as_base, deep;
        const char *wanted; /* of the last class walked; NULL: all */
    } cases[] = {
        {"N_Base", NULL, 0, 0, 1, NULL},
        {"N_Base", &filter, 0, 0, 1, NULL},
        {"N_Base", NULL, 1, 0, 1, "Name"},
        {"N_Base", &filter, 1, 0, 1, "Name One"},
        {"N_Base", &projected, 0, 0, 1, "Name One Two"},
        {"N_Base", &projected, 1, 0, 0, "Name One"},
        {"N_Base", &projected_below, 0, 0, 1, "Name Three"},
        {"N_Base", NULL, 0, 1, 1, "Name One Two"},
        {"N_Base", &projected, 0, 1, 1, "Name One Two"},
        {"N_Base", NULL, 0, 1, 0, NULL},
        {"N_Sub", NULL, 0, 1, 1, NULL},
    };
    t_world_t *world = *state;
    wsm_call_t call = {.endpoint = &world->endpoint, .now = world->now};
    unsigned i;

    call.pub.pool = world->pool;
    call.pub.ns = "root/test";
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const cim_class_t *cls =
            cim_schema_class(world->schema, "root/test", cases[i].cls);
        wsm_query_t query;
        cim_list_t list = {.cls = cls,
                           .deep = cases[i].deep,
                           .keys_only = cases[i].keys_only,
                           .as_base = cases[i].as_base,
                           .take = take};

        if (cases[i].query != NULL) {
            query = *cases[i].query;
            query.cls = cls;
            list.query = &query;
        }
        t_must(cim_manager_list(&call, &list));
        if (cases[i].wanted == NULL ? seen_wanted != NULL
                                    : strcmp(seen, cases[i].wanted) != 0)
            fail_msg("case %u: %s", i, seen);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_wanted, make_world, t_teardown),
};

T_MAIN(tests)
