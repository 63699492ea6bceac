/* The host's side of put(): what is checked before anybody takes it. */
#include "serve.h"

#include "../../mod_wsman/cim/cim_value.h"
#include "../../mod_wsman/provide/wsm_sink.h"

typedef struct taker_t {
    int taken;
    int full_at;
} taker_t;

static wsman_sink_e take(void *baton, const cim_instance_t *instance,
                         const char *key, apr_pool_t *scratch)
{
    taker_t *taker = baton;

    assert_non_null(instance);
    assert_non_null(scratch);
    (void)key;
    return ++taker->taken == taker->full_at ? WSMAN_SINK_FULL : WSMAN_SINK_MORE;
}

typedef struct bench_t {
    wsm_call_t call;
    wsman_sink_t sink;
    taker_t taker;
    cim_instance_t *item;
} bench_t;

static void ready(bench_t *bench, t_world_t *world)
{
    memset(bench, 0, sizeof(*bench));
    bench->call.pub.pool = world->pool;
    apr_pool_create(&bench->call.pub.scratch, world->pool);
    bench->sink.call = &bench->call;
    bench->sink.cls = cim_schema_class(world->schema, "root/test", "T_Item");
    bench->sink.keyed = 1;
    bench->sink.take = take;
    bench->sink.baton = &bench->taker;
    bench->item = cim_instance_make(bench->sink.cls, world->pool);
    cim_instance_set(bench->item, "Name", cim_string("a"));
}

static wsman_sink_e put(bench_t *bench, const char *key)
{
    return wsm_sink_put(&bench->sink, bench->item, key);
}

static void test_take(void **state)
{
    bench_t bench;

    ready(&bench, *state);
    bench.taker.full_at = 2;
    assert_int_equal(put(&bench, "1"), WSMAN_SINK_MORE);
    assert_int_equal(put(&bench, "2"), WSMAN_SINK_FULL);
    assert_int_equal(put(&bench, "3"), WSMAN_SINK_FULL);
    assert_int_equal(bench.taker.taken, 2);
    assert_null(bench.sink.err);
}

static void assert_refused(bench_t *bench, const char *key)
{
    assert_int_equal(put(bench, key), WSMAN_SINK_FULL);
    assert_non_null(bench->sink.err);
    assert_int_equal(bench->sink.err->code, WSMAN_E_INTERNAL_ERROR);
    assert_int_equal(bench->taker.taken, 0);
    bench->sink.err = NULL;
}

static void test_no_instances(void **state)
{
    t_world_t *world = *state;
    char *long_key = apr_pcalloc(world->pool, 600);
    bench_t bench;

    ready(&bench, world);
    memset(long_key, 'k', 599);
    assert_refused(&bench, NULL);
    assert_refused(&bench, long_key);
    bench.item->values[0].type = CIM_UINT8;
    assert_refused(&bench, "1");
    bench.item->values[0] = cim_null(CIM_STRING);
    assert_refused(&bench, "1");
    bench.item->values[0] = cim_array(CIM_STRING, NULL, 0);
    assert_refused(&bench, "1");
    bench.item->cls = cim_schema_class(world->schema, "root/test", "T_Leaf");
    assert_refused(&bench, "1");
    bench.item = NULL;
    assert_refused(&bench, "1");
}

static int gone(void *baton)
{
    (void)baton;
    return 1;
}

static void test_cancelled(void **state)
{
    bench_t bench;

    ready(&bench, *state);
    bench.call.aborted = gone;
    assert_int_equal(put(&bench, "1"), WSMAN_SINK_FULL);
    assert_true(bench.sink.cancelled);
    ready(&bench, *state);
    bench.call.pub.deadline = apr_time_now() - 1;
    assert_int_equal(put(&bench, "1"), WSMAN_SINK_FULL);
    assert_true(bench.sink.cancelled);
    assert_int_equal(bench.taker.taken, 0);
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_take), T_CASE(test_no_instances), T_CASE(test_cancelled)};

T_MAIN(tests)
