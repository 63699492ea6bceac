/* Filters: dialects, and the selector filter of Annex E. */
#include "serve.h"

#include "../../mod_wsman/cim/cim_value.h"
#include "../../mod_wsman/query/wsm_query.h"

static const cim_class_t *leaf(t_world_t *world)
{
    return cim_schema_class(world->schema, "root/test", "T_Leaf");
}

static cim_instance_t *instance(t_world_t *world)
{
    cim_instance_t *made = cim_instance_make(leaf(world), world->pool);
    cim_value_t *tags = apr_pcalloc(world->pool, 2 * sizeof(*tags));
    cim_datetime_t *when = apr_pcalloc(world->pool, sizeof(*when));

    tags[0] = cim_string("red");
    tags[1] = cim_string("green");
    *when = cim_timestamp(apr_time_from_sec(1795248000), 60);
    cim_instance_set(made, "Name", cim_string("One"));
    cim_instance_set(made, "Size", cim_uint32(7));
    cim_instance_set(made, "When", cim_datetime(when));
    cim_instance_set(made, "Tags", cim_array(CIM_STRING, tags, 2));
    return made;
}

static wsm_error_t *parse_as(const wsm_query_t **query, t_world_t *world,
                             const char *dialect, const char *text)
{
    const wsm_query_scope_t scope = {world->schema, "root/cimv2", leaf(world)};

    return wsm_query_parse(query, dialect, text, &scope, world->pool);
}

static const wsm_query_t *parse(t_world_t *world, const char *text)
{
    const wsm_query_t *query;

    t_must(parse_as(&query, world, WSM_DIALECT_SELECTOR, text));
    return query;
}

static void test_matches(void **state)
{
    static const struct {
        const char *text;
        int matches;
    } cases[] = {
        {"", 1},
        {"4:Name3:One", 1},
        {"4:NAME3:One", 1},
        {"4:Name3:one", 0},
        {"4:Size1:74:Name3:One", 1},
        {"4:Size1:84:Name3:One", 0},
        {"4:Size3:007", 1},
        {"4:Tags5:green", 1},
        {"4:Tags4:blue", 0},
        {"4:When25:20261121090000.000000+060", 1},
        {"4:When25:20261121080000.000000+000", 1},
        {"4:When25:20261121080001.000000+000", 0},
        {"4:Note0:", 0},
    };
    t_world_t *world = *state;
    const cim_instance_t *one = instance(world);
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const wsm_query_t *query = parse(world, cases[i].text);

        if (query->matches(query, one) != cases[i].matches)
            fail_msg("%s", cases[i].text);
        assert_string_equal(query->text, cases[i].text);
    }
}

static void test_terms(void **state)
{
    t_world_t *world = *state;
    const wsm_query_t *query = parse(world, "4:size1:74:Name3:One");

    assert_int_equal(query->nterms, 2);
    assert_string_equal(query->terms[0].name, "Size");
    assert_int_equal(query->terms[0].value.type, CIM_UINT32);
    assert_int_equal(query->terms[0].value.v.u, 7);
}

static void test_refused(void **state)
{
    static const char *const texts[] = {
        "x",       "4:Name",    "9:Name3:One", "4:Name9:One",
        "-1:x1:y", "4:Size1:x", "5:Other1:x",  "4:When3:now"};
    t_world_t *world = *state;
    const wsm_query_t *query;
    wsm_error_t *err;
    unsigned i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        err = parse_as(&query, world, WSM_DIALECT_SELECTOR, texts[i]);
        assert_non_null(err);
        assert_int_equal(err->code, WSMAN_E_CANNOT_PROCESS_FILTER);
    }
    err = parse_as(&query, world, "http://example.com/dialect", "SELECT *");
    assert_non_null(err);
    assert_int_equal(err->code, WSMAN_E_FILTER_DIALECT_UNAVAILABLE);
    assert_string_equal(err->detail[0], WSM_DIALECT_SELECTOR);
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_matches), T_CASE(test_terms), T_CASE(test_refused)};

T_MAIN(tests)
