/* The store: one table of cases for both implementations. */
#include "store_fixture.h"

#define TEXT "<a>'quotes\" %s \xc3\xa4 \xf0\x9f\x90\xa7 \\ ; --</a>"

static void records(t_state_t *self, wsm_store_t *store)
{
    apr_pool_t *pool = self->pool;
    wsm_record_id_t id = t_id("t_class.k=" TEXT), other = t_id("other");
    const wsm_content_t content = {TEXT, TEXT, NULL, 0};
    const wsm_content_t again = {"again", NULL, NULL, 0};
    const char *data = "?";

    t_must(wsm_store_get(store, &id, &data, pool));
    assert_null(data);
    t_must(wsm_store_insert(store, &id, &content, pool));
    t_code(wsm_store_insert(store, &id, &again, pool), WSMAN_E_ALREADY_EXISTS);
    t_must(wsm_store_get(store, &id, &data, pool));
    assert_string_equal(data, TEXT);
    other.repository = "repo2";
    other.key = id.key;
    t_must(wsm_store_get(store, &other, &data, pool));
    assert_null(data);
    t_must(wsm_store_remove(store, &id, pool));
    t_code(wsm_store_remove(store, &id, pool), WSMAN_E_DESTINATION_UNREACHABLE);
    t_must(wsm_store_get(store, &id, &data, pool));
    assert_null(data);
}

T_EACH_STORE(records)

static wsm_error_t *append_x(void *baton, const char *old,
                             wsm_content_t *content, apr_pool_t *pool)
{
    if (baton != NULL)
        return wsm_error_detail(
            wsm_fail(pool, WSMAN_E_REPRESENTATION_INVALID_VALUES, "no"), "why",
            pool);
    content->data = apr_pstrcat(pool, old, "x", NULL);
    return NULL;
}

/* A refused change leaves what was there, and the store usable. */
static void changes(t_state_t *self, wsm_store_t *store)
{
    apr_pool_t *pool = self->pool;
    wsm_record_id_t id = t_id("k");
    const char *data;
    wsm_error_t *err;

    t_code(wsm_store_change(store, &id, append_x, NULL, pool),
           WSMAN_E_DESTINATION_UNREACHABLE);
    t_insert(store, "t_class", "k", "1", pool);
    t_must(wsm_store_change(store, &id, append_x, NULL, pool));
    err = wsm_store_change(store, &id, append_x, self, pool);
    t_code(err, WSMAN_E_REPRESENTATION_INVALID_VALUES);
    assert_non_null(err->detail);
    assert_string_equal(err->detail[0], "why");
    t_must(wsm_store_get(store, &id, &data, pool));
    assert_string_equal(data, "1x");
}

T_EACH_STORE(changes)

typedef struct seen_t {
    int count;
    int stop_at;
    char last[32];
} seen_t;

static int see(void *baton, const char *key, const char *data)
{
    seen_t *seen = baton;

    assert_true(strcmp(key, seen->last) > 0);
    assert_string_equal(data, key);
    apr_cpystrn(seen->last, key, sizeof(seen->last));
    return ++seen->count != seen->stop_at;
}

static void lists(t_state_t *self, wsm_store_t *store)
{
    apr_pool_t *pool = self->pool;
    wsm_record_id_t id = t_id(NULL);
    wsm_selection_t selection = {NULL, NULL, NULL};
    seen_t seen = {0, 0, ""};
    int i;

    for (i = 199; i >= 0; i--) {
        id.key = apr_psprintf(pool, "key%04d", i);
        t_insert(store, "t_class", id.key, id.key, pool);
    }
    t_insert(store, "t_other", "foreign", "foreign", pool);
    t_must(wsm_store_list(store, &id, NULL, see, &seen, pool));
    assert_int_equal(seen.count, 200);
    memset(&seen, 0, sizeof(seen));
    seen.stop_at = 70;
    t_must(wsm_store_list(store, &id, NULL, see, &seen, pool));
    assert_int_equal(seen.count, 70);
    assert_string_equal(seen.last, "key0069");
    seen.stop_at = 0;
    selection.after = "key0069";
    t_must(wsm_store_list(store, &id, &selection, see, &seen, pool));
    assert_int_equal(seen.count, 200);
    /* The place may be gone. */
    memset(&seen, 0, sizeof(seen));
    selection.after = "key0195x";
    t_must(wsm_store_list(store, &id, &selection, see, &seen, pool));
    assert_int_equal(seen.count, 4);
}

T_EACH_STORE(lists)

static int see_any(void *baton, const char *key, const char *data)
{
    (void)key;
    (void)data;
    ++*(int *)baton;
    return 1;
}

static void empty_key(t_state_t *self, wsm_store_t *store)
{
    wsm_record_id_t id = t_id("");
    const wsm_selection_t behind = {NULL, NULL, ""};
    int count = 0;

    t_insert(store, "t_class", "", "x", self->pool);
    t_must(wsm_store_list(store, &id, NULL, see_any, &count, self->pool));
    assert_int_equal(count, 1);
    t_must(wsm_store_list(store, &id, &behind, see_any, &count, self->pool));
    assert_int_equal(count, 1);
}

T_EACH_STORE(empty_key)

static void items(t_state_t *self, wsm_store_t *store)
{
    apr_pool_t *pool = self->pool;
    const char *data;

    t_must(wsm_store_item_put(store, "kind", "a", "one", 1000, pool));
    t_must(wsm_store_item_get(store, "kind", "a", 999, &data, pool));
    assert_string_equal(data, "one");
    t_must(wsm_store_item_get(store, "kind", "a", 1000, &data, pool));
    assert_null(data);
    t_must(wsm_store_item_get(store, "other", "a", 1, &data, pool));
    assert_null(data);
    t_must(wsm_store_item_put(store, "kind", "a", "two", 2000, pool));
    t_must(wsm_store_item_get(store, "kind", "a", 1000, &data, pool));
    assert_string_equal(data, "two");
    t_must(wsm_store_purge(store, 1500, pool));
    t_must(wsm_store_item_get(store, "kind", "a", 1, &data, pool));
    assert_string_equal(data, "two");
    t_must(wsm_store_purge(store, 2000, pool));
    t_must(wsm_store_item_get(store, "kind", "a", 1, &data, pool));
    assert_null(data);
}

T_EACH_STORE(items)

/* What clients make the memory store keep is bounded, and given back. */
static void test_memory_is_bounded(void **state)
{
    t_state_t *self = *state;
    wsm_store_t *store = t_open_mem(self);
    wsm_error_t *err = NULL;
    apr_pool_t *scratch;
    int i;

    apr_pool_create(&scratch, self->pool);
    for (i = 0; i < 20000 && err == NULL; i++)
        err = wsm_store_item_put(store, "kind", apr_itoa(scratch, i), "x", 1000,
                                 scratch);
    t_code(err, WSMAN_E_QUOTA_LIMIT);
    t_must(wsm_store_item_put(store, "kind", "0", "again", 1000, scratch));
    t_must(wsm_store_purge(store, 1000, scratch));
    t_must(wsm_store_item_put(store, "kind", "new", "x", 2000, scratch));
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_records),           T_CASE(test_changes),   T_CASE(test_lists),
    T_CASE(test_memory_is_bounded), T_CASE(test_empty_key), T_CASE(test_items)};

T_MAIN(tests)
