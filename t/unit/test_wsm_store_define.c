/* The store: transactions, definitions, links; for both implementations. */
#include "store_fixture.h"

#define REPO "repo"

static void define(wsm_store_t *store, char kind, const char *ns,
                   const char *name, const char *data, apr_pool_t *pool)
{
    const wsm_definition_t definition = {ns, kind, name, data, 0};

    t_must(wsm_store_define(store, REPO, &definition, pool));
}

static apr_uint64_t version_of(wsm_store_t *store, apr_pool_t *pool)
{
    apr_uint64_t version;

    t_must(wsm_store_definition_version(store, REPO, &version, pool));
    return version;
}

/* What is visited, as text: "kind ns name data;" */
typedef struct said_t {
    const char *text;
    int count;
    apr_pool_t *pool;
} said_t;

static int say(void *baton, const wsm_definition_t *at)
{
    said_t *said = baton;

    said->count++;
    said->text =
        apr_psprintf(said->pool, "%s%c %s %s %s;", said->text, at->kind, at->ns,
                     at->name, at->data ? at->data : "-");
    return 1;
}

static const char *since(wsm_store_t *store, apr_uint64_t version,
                         apr_pool_t *pool)
{
    said_t said = {"", 0, pool};
    apr_uint64_t from = version;

    t_must(wsm_store_definitions(store, REPO, &from, say, &said, pool));
    assert_int_equal(from, version);
    return said.text;
}

static void definitions(t_state_t *self, wsm_store_t *store)
{
    apr_pool_t *pool = self->pool;
    apr_uint64_t first;

    assert_int_equal(version_of(store, pool), 0);
    assert_string_equal(since(store, 0, pool), "");
    define(store, 'c', "root/b", "c1", "C1", pool);
    define(store, 'q', "root/b", "q1", "Q1", pool);
    define(store, 'c', "root/a", "c2", "C2", pool);
    define(store, 'n', "root/b", "", "B", pool);
    first = version_of(store, pool);
    assert_true(first > 0);
    assert_string_equal(since(store, 0, pool),
                        "n root/b  B;q root/b q1 Q1;c root/a c2 C2;"
                        "c root/b c1 C1;");
    assert_string_equal(since(store, first, pool), "");
    define(store, 'c', "root/b", "c1", NULL, pool);
    define(store, 'c', "root/a", "c2", "C2'", pool);
    assert_true(version_of(store, pool) > first);
    assert_string_equal(since(store, first, pool),
                        "c root/a c2 C2';c root/b c1 -;");
    assert_string_equal(since(store, 0, pool),
                        "n root/b  B;q root/b q1 Q1;c root/a c2 C2';");
    define(store, 'c', "root/b", "c1", "again", pool);
    assert_non_null(strstr(since(store, 0, pool), "c root/b c1 again;"));
}

T_EACH_STORE(definitions)

static int count_one(void *baton, const wsm_definition_t *at)
{
    int *left = baton;

    assert_int_equal(strlen(at->data), 100000);
    return --*left != 0;
}

/* Data is large, pages are many. */
static void large_definitions(t_state_t *self, wsm_store_t *store)
{
    char *data = apr_pcalloc(self->pool, 100001);
    apr_uint64_t from = 0;
    int left = -1, i;

    memset(data, 'x', 100000);
    for (i = 0; i < 50; i++)
        define(store, 'c', "root", apr_itoa(self->pool, i), data, self->pool);
    t_must(wsm_store_definitions(store, REPO, &from, count_one, &left,
                                 self->pool));
    assert_int_equal(left, -51);
    left = 20;
    t_must(wsm_store_definitions(store, REPO, &from, count_one, &left,
                                 self->pool));
    assert_int_equal(left, 0);
}

T_EACH_STORE(large_definitions)

static wsm_error_t *delete_many(void *baton, wsm_store_t *tx, apr_pool_t *pool)
{
    int i;

    (void)baton;
    for (i = 0; i < 10001; i++)
        define(tx, 'c', "root", apr_psprintf(pool, "c%05d", i), NULL, pool);
    return NULL;
}

/* Who was away for long gets everything anew. */
static void forgotten(t_state_t *self, wsm_store_t *store)
{
    said_t said = {"", 0, self->pool};
    apr_uint64_t before, from, last;

    define(store, 'c', "root", "living", "L", self->pool);
    before = from = version_of(store, self->pool);
    t_must(wsm_store_transact(store, delete_many, NULL, self->pool));
    t_must(wsm_store_purge(store, 0, self->pool));
    t_must(wsm_store_definitions(store, REPO, &from, say, &said, self->pool));
    assert_int_equal(from, 0);
    assert_string_equal(said.text, "c root living L;");
    last = version_of(store, self->pool);
    assert_true(last > before);
    assert_string_equal(since(store, last, self->pool), "");
    define(store, 'c', "root", "living", NULL, self->pool);
    t_must(wsm_store_purge(store, 0, self->pool));
    assert_string_equal(since(store, last, self->pool), "c root living -;");
}

T_EACH_STORE(forgotten)

/* ---- transactions */

typedef struct work_t {
    int fail;
    int fail_inside; /* and go on */
    apr_uint64_t before;
    apr_uint64_t during;
} work_t;

static wsm_error_t *bump(void *baton, const char *old, wsm_content_t *content,
                         apr_pool_t *pool)
{
    (void)baton;
    content->data = apr_pstrcat(pool, old, "+", NULL);
    return NULL;
}

static wsm_error_t *fail_work(void *baton, wsm_store_t *tx, apr_pool_t *pool)
{
    (void)baton;
    (void)tx;
    return wsm_fail(pool, WSMAN_E_INVALID_OPTIONS, "inside");
}

static wsm_error_t *do_work(void *baton, wsm_store_t *tx, apr_pool_t *pool)
{
    work_t *work = baton;
    wsm_record_id_t old = t_id("old"), gone = t_id("gone"), made = t_id("new");
    const char *data;
    int found;

    t_must(wsm_store_lock_definitions(tx, REPO, &work->before, pool));
    t_insert(tx, "t_class", "new", "N", pool);
    t_must(wsm_store_change(tx, &old, bump, NULL, pool));
    t_must(wsm_store_change(tx, &old, bump, NULL, pool));
    t_must(wsm_store_remove(tx, &gone, pool));
    t_must(wsm_store_remove_all(tx, REPO, "root/test", "t_many", pool));
    t_must(wsm_store_item_put(tx, "kind", "item", "2", 1000, pool));
    define(tx, 'c', "root", "a", "A", pool);
    define(tx, 'c', "root", "b", "B", pool);
    work->during = version_of(tx, pool);
    t_must(wsm_store_get(tx, &made, &data, pool));
    assert_string_equal(data, "N");
    t_must(wsm_store_get(tx, &old, &data, pool));
    assert_string_equal(data, "O++");
    t_must(wsm_store_any(tx, REPO, "root/test", "t_many", &found, pool));
    assert_false(found);
    if (work->fail_inside)
        t_code(wsm_store_transact(tx, fail_work, NULL, pool),
               WSMAN_E_INVALID_OPTIONS);
    return work->fail ? wsm_fail(pool, WSMAN_E_INVALID_OPTIONS, "no") : NULL;
}

static void set_up(wsm_store_t *store, apr_pool_t *pool)
{
    t_insert(store, "t_class", "old", "O", pool);
    t_insert(store, "t_class", "gone", "G", pool);
    t_insert(store, "t_many", "1", "1", pool);
    t_insert(store, "t_many", "2", "2", pool);
    t_must(wsm_store_item_put(store, "kind", "item", "1", 1000, pool));
    define(store, 'c', "root", "a", "before", pool);
}

static const char *content_of(wsm_store_t *store, const char *key,
                              apr_pool_t *pool)
{
    wsm_record_id_t id = t_id(key);
    const char *data;

    t_must(wsm_store_get(store, &id, &data, pool));
    return data ? data : "-";
}

static void unchanged(wsm_store_t *store, apr_uint64_t version,
                      apr_pool_t *pool)
{
    const char *data;
    int found;

    assert_string_equal(content_of(store, "old", pool), "O");
    assert_string_equal(content_of(store, "gone", pool), "G");
    assert_string_equal(content_of(store, "new", pool), "-");
    t_must(wsm_store_any(store, REPO, "root/test", "t_many", &found, pool));
    assert_true(found);
    t_must(wsm_store_item_get(store, "kind", "item", 1, &data, pool));
    assert_string_equal(data, "1");
    assert_int_equal(version_of(store, pool), version);
    assert_string_equal(since(store, 0, pool), "c root a before;");
}

static void transactions(t_state_t *self, wsm_store_t *store)
{
    apr_pool_t *pool = self->pool;
    work_t work = {1, 0, 0, 0};
    apr_uint64_t version;
    const char *data;
    int found;

    set_up(store, pool);
    version = version_of(store, pool);
    t_code(wsm_store_transact(store, do_work, &work, pool),
           WSMAN_E_INVALID_OPTIONS);
    unchanged(store, version, pool);
    work.fail = 0;
    work.fail_inside = 1;
    assert_non_null(wsm_store_transact(store, do_work, &work, pool));
    unchanged(store, version, pool);
    work.fail_inside = 0;
    t_must(wsm_store_transact(store, do_work, &work, pool));
    assert_int_equal(work.before, version);
    assert_true(work.during > version);
    assert_int_equal(version_of(store, pool), work.during);
    assert_string_equal(content_of(store, "old", pool), "O++");
    assert_string_equal(content_of(store, "gone", pool), "-");
    assert_string_equal(content_of(store, "new", pool), "N");
    t_must(wsm_store_any(store, REPO, "root/test", "t_many", &found, pool));
    assert_false(found);
    t_must(wsm_store_item_get(store, "kind", "item", 1, &data, pool));
    assert_string_equal(data, "2");
    assert_string_equal(since(store, version, pool), "c root a A;c root b B;");
}

T_EACH_STORE(transactions)

static wsm_error_t *nest(void *baton, wsm_store_t *tx, apr_pool_t *pool)
{
    int *depth = baton;

    t_insert(tx, "t_class", apr_itoa(pool, *depth), "x", pool);
    if (++*depth < 3)
        return wsm_store_transact(tx, nest, depth, pool);
    return wsm_fail(pool, WSMAN_E_INVALID_OPTIONS, "deep");
}

static void nested(t_state_t *self, wsm_store_t *store)
{
    int depth = 0, found;

    t_code(wsm_store_transact(store, nest, &depth, self->pool),
           WSMAN_E_INVALID_OPTIONS);
    assert_int_equal(depth, 3);
    t_must(
        wsm_store_any(store, REPO, "root/test", "t_class", &found, self->pool));
    assert_false(found);
}

T_EACH_STORE(nested)

/* ---- selections and links */

static int add_key(void *baton, const char *key, const char *data)
{
    said_t *said = baton;

    said->text = apr_pstrcat(said->pool, said->text, key, "=", data, ";", NULL);
    return 1;
}

static const char *select_keys(wsm_store_t *store, const char *key,
                               const char *folded_key, const char *after,
                               apr_pool_t *pool)
{
    const wsm_selection_t selection = {key, folded_key, after};
    wsm_record_id_t id = t_id(NULL);
    said_t said = {"", 0, pool};

    t_must(wsm_store_list(store, &id, &selection, add_key, &said, pool));
    return said.text;
}

static wsm_error_t *refold(void *baton, const char *old, wsm_content_t *content,
                           apr_pool_t *pool)
{
    (void)pool;
    content->data = old;
    content->folded_key = baton;
    return NULL;
}

static void selections(t_state_t *self, wsm_store_t *store)
{
    static const char *const keys[] = {"B", "a", "A", "b"};
    char other[] = "x";
    wsm_record_id_t id = t_id(NULL);
    unsigned i;

    for (i = 0; i < 4; i++) {
        wsm_content_t content = {keys[i], i % 2 ? "a" : "b", NULL, 0};

        content.folded_key = strchr("aA", *keys[i]) ? "a" : "b";
        id.key = keys[i];
        t_must(wsm_store_insert(store, &id, &content, self->pool));
    }
    assert_string_equal(select_keys(store, NULL, NULL, NULL, self->pool),
                        "A=A;B=B;a=a;b=b;");
    assert_string_equal(select_keys(store, "a", NULL, NULL, self->pool),
                        "a=a;");
    assert_string_equal(select_keys(store, "c", NULL, NULL, self->pool), "");
    assert_string_equal(select_keys(store, "a", NULL, "a", self->pool), "");
    assert_string_equal(select_keys(store, "a", NULL, "A", self->pool), "a=a;");
    assert_string_equal(select_keys(store, NULL, "a", NULL, self->pool),
                        "A=A;a=a;");
    assert_string_equal(select_keys(store, NULL, "a", "A", self->pool), "a=a;");
    assert_string_equal(select_keys(store, "a", "b", NULL, self->pool), "");
    assert_string_equal(select_keys(store, NULL, "A", NULL, self->pool), "");
    /* A change may leave it, or set it. */
    id.key = "a";
    t_must(wsm_store_change(store, &id, refold, NULL, self->pool));
    assert_string_equal(select_keys(store, NULL, "a", NULL, self->pool),
                        "A=A;a=a;");
    t_must(wsm_store_change(store, &id, refold, other, self->pool));
    assert_string_equal(select_keys(store, NULL, "a", NULL, self->pool),
                        "A=A;");
    assert_string_equal(select_keys(store, NULL, "x", NULL, self->pool),
                        "a=a;");
}

T_EACH_STORE(selections)

typedef struct referrers_t {
    said_t said;
    const char *stop; /* at this key */
} referrers_t;

static int add_referrer(void *baton, const wsm_referrer_t *at)
{
    referrers_t *self = baton;

    assert_string_equal(at->data, at->key);
    self->said.text = apr_pstrcat(self->said.pool, self->said.text, at->key,
                                  ".", at->role, ";", NULL);
    return self->stop == NULL || strcmp(at->key, self->stop) != 0;
}

static const char *referring(wsm_store_t *store, const char *class_name,
                             const char *target, const wsm_referrer_t *after,
                             const char *stop, apr_pool_t *pool)
{
    const wsm_record_id_t id = {REPO, "root/test", class_name, NULL};
    referrers_t self = {{"", 0, pool}, stop};

    t_must(wsm_store_referring(store, &id, target, after, add_referrer, &self,
                               pool));
    return self.said.text;
}

static void insert_linked(wsm_store_t *store, const char *class_name,
                          const char *key, const char *left, const char *right,
                          apr_pool_t *pool)
{
    const wsm_record_id_t id = {REPO, "root/test", class_name, key};
    const wsm_link_t links[] = {{"left", left}, {"right", right}};
    const wsm_content_t content = {key, key, links, 2};

    t_must(wsm_store_insert(store, &id, &content, pool));
}

static wsm_error_t *relink(void *baton, const char *old, wsm_content_t *content,
                           apr_pool_t *pool)
{
    wsm_link_t *link = apr_pcalloc(pool, sizeof(*link));

    link->role = "left";
    link->target = baton;
    content->data = old;
    if (baton != NULL) {
        content->links = link;
        content->nlinks = *(char *)baton != '\0';
    }
    return NULL;
}

static void links(t_state_t *self, wsm_store_t *store)
{
    const wsm_referrer_t after = {"a", "left", NULL};
    wsm_record_id_t id = {REPO, "root/test", "l1", "a"};
    apr_pool_t *pool = self->pool;
    char other[] = "y", none[] = "";

    insert_linked(store, "l1", "b", "x", "y", pool);
    insert_linked(store, "l1", "a", "x", "x", pool);
    insert_linked(store, "l2", "c", "y", "x", pool);
    assert_string_equal(referring(store, "l1", "x", NULL, NULL, pool),
                        "a.left;a.right;b.left;");
    assert_string_equal(referring(store, "l2", "x", NULL, NULL, pool),
                        "c.right;");
    assert_string_equal(referring(store, "l1", "x", &after, NULL, pool),
                        "a.right;b.left;");
    assert_string_equal(referring(store, "l1", "x", NULL, "a", pool),
                        "a.left;");
    assert_string_equal(referring(store, "l1", "none", NULL, NULL, pool), "");
    /* NULL leaves links, others replace all. */
    t_must(wsm_store_change(store, &id, relink, NULL, pool));
    assert_string_equal(referring(store, "l1", "x", NULL, NULL, pool),
                        "a.left;a.right;b.left;");
    t_must(wsm_store_change(store, &id, relink, other, pool));
    assert_string_equal(referring(store, "l1", "x", NULL, NULL, pool),
                        "b.left;");
    assert_string_equal(referring(store, "l1", "y", NULL, NULL, pool),
                        "a.left;b.right;");
    t_must(wsm_store_change(store, &id, relink, none, pool));
    assert_string_equal(referring(store, "l1", "y", NULL, NULL, pool),
                        "b.right;");
    id.key = "b";
    t_must(wsm_store_remove(store, &id, pool));
    assert_string_equal(referring(store, "l1", "y", NULL, NULL, pool), "");
    t_must(wsm_store_remove_all(store, REPO, "root/test", NULL, pool));
    assert_string_equal(referring(store, "l2", "x", NULL, NULL, pool), "");
}

T_EACH_STORE(links)

static int count_referrer(void *baton, const wsm_referrer_t *at)
{
    (void)at;
    return ++*(int *)baton;
}

static void many_links(t_state_t *self, wsm_store_t *store)
{
    const wsm_record_id_t id = {REPO, "root/test", "l1", NULL};
    int i, count = 0;

    for (i = 0; i < 300; i++)
        insert_linked(store, i % 3 ? "l1" : "l2", apr_itoa(self->pool, i),
                      "hub", i % 3 == 1 ? "hub" : "other", self->pool);
    t_must(wsm_store_referring(store, &id, "hub", NULL, count_referrer, &count,
                               self->pool));
    assert_int_equal(count, 300);
}

T_EACH_STORE(many_links)

/* Names that begin alike are different ones. */
static void remove_all(t_state_t *self, wsm_store_t *store)
{
    apr_pool_t *pool = self->pool;
    const wsm_record_id_t below = {REPO, "root/test/below", "a", "k"};
    const wsm_content_t content = {"x", "k", NULL, 0};
    int found;

    t_insert(store, "a", "k", "x", pool);
    t_insert(store, "ab", "k", "x", pool);
    t_must(wsm_store_insert(store, &below, &content, pool));
    t_must(wsm_store_remove_all(store, REPO, "root/test", "a", pool));
    t_must(wsm_store_any(store, REPO, "root/test", "a", &found, pool));
    assert_false(found);
    t_must(wsm_store_any(store, REPO, "root/test", "ab", &found, pool));
    assert_true(found);
    t_must(wsm_store_remove_all(store, REPO, "root/test", NULL, pool));
    t_must(wsm_store_any(store, REPO, "root/test", "ab", &found, pool));
    assert_false(found);
    t_must(wsm_store_any(store, REPO, "root/test/below", "a", &found, pool));
    assert_true(found);
}

T_EACH_STORE(remove_all)

static const struct CMUnitTest tests[] = {
    T_CASE(test_definitions), T_CASE(test_large_definitions),
    T_CASE(test_forgotten),   T_CASE(test_transactions),
    T_CASE(test_nested),      T_CASE(test_selections),
    T_CASE(test_links),       T_CASE(test_many_links),
    T_CASE(test_remove_all)};

T_MAIN(tests)
