/* test_wsm_certmap.c - whom a certificate makes (MS-WSMV 3.1.4.1.35). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>

#include "../../mod_wsman/auth/wsm_certmap.h"

#define A "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define B "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"

static apr_pool_t *pool;

static int setup(void **state)
{
    (void)state;
    return apr_pool_create(&pool, NULL);
}

static int teardown(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    return 0;
}

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *const names[] = {"alice@example.org", "Alice", NULL};
static const char *const issuers[] = {A, NULL};
static const wsm_certificate_t alice = {names, issuers, B, 0, 0};

/* ---- entries */

static void entries_are_checked(void **state)
{
    static const struct {
        wsm_certmap_t map;
        int good;
    } rows[] = {
        {{A, "*", "*", "u", 1}, 1},
        {{A, "*@example.org", "http://x/*", "u", 1}, 1},
        {{A, "alice*", "http://x/y", "u", 1}, 1},
        {{NULL, "*", "*", "u", 1}, 0},
        {{"", "*", "*", "u", 1}, 0},
        {{A "A", "*", "*", "u", 1}, 0},
        {{"AAAA", "*", "*", "u", 1}, 0},
        {{"G" A, "*", "*", "u", 1}, 0},
        {{A, NULL, "*", "u", 1}, 0},
        {{A, "", "*", "u", 1}, 0},
        {{A, "a*b", "*", "u", 1}, 0},
        {{A, "**", "*", "u", 1}, 0},
        {{A, "*a*", "*", "u", 1}, 0},
        {{A, "*", NULL, "u", 1}, 0},
        {{A, "*", "", "u", 1}, 0},
        {{A, "*", "*x", "u", 1}, 0},
        {{A, "*", "**", "u", 1}, 0},
        {{A, "*", "a*b", "u", 1}, 0},
        {{A, "*", "a b", "u", 1}, 0},
        {{A, "*", "a?b", "u", 1}, 0},
        {{A, "*", "*", NULL, 1}, 0},
        {{A, "*", "*", "", 1}, 0},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        wsm_certmap_t map = rows[i].map;

        assert_int_equal(wsm_certmap_check(&map, pool) == NULL, rows[i].good);
    }
}

static void thumbprints_have_one_form(void **state)
{
    wsm_certmap_t map = {"aa aa:AA aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "*",
                         "*", "u", 1};

    (void)state;
    assert_null(wsm_certmap_check(&map, pool));
    assert_string_equal(map.issuer, A);
}

/* ---- one entry */

static apr_array_header_t *table_of(const wsm_certmap_t *rows, size_t n)
{
    apr_array_header_t *maps = apr_array_make(pool, 4, sizeof(*rows));
    size_t i;

    for (i = 0; i < n; i++)
        APR_ARRAY_PUSH(maps, wsm_certmap_t) = rows[i];
    return maps;
}

static void subjects(void **state)
{
    static const struct {
        const char *pattern;
        int fits;
    } rows[] = {
        {"alice@example.org", 1},
        {"ALICE@Example.org", 1},
        {"alice", 1},
        {"*", 1},
        {"*@example.org", 1},
        {"alice@*", 1},
        {"*alice", 1},
        {"alice*", 1},
        {"*@xexample.org", 0},
        {"alice@example.or", 0},
        {"lice@example.org", 0},
        {"alice@example.org*", 1},
        {"*alice@example.org", 1},
        {"xalice@example.org*", 0},
        {"bob", 0},
        {"*b", 0},
        {"b*", 0},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        const wsm_certmap_t map = {A, rows[i].pattern, "*", "u", 1};
        const char *user = wsm_certmap_user(table_of(&map, 1), &alice);

        assert_int_equal(user != NULL, rows[i].fits);
    }
}

static void uris(void **state)
{
    static const struct {
        const char *pattern, *uri;
        int fits;
    } rows[] = {
        {"*", "http://x/y", 1},           {"http://x/y", "http://x/y", 1},
        {"http://X/y", "http://x/Y", 1},  {"http://x/*", "http://x/y/z", 1},
        {"http://x/*", "http://x/", 1},   {"http://x/y", "http://x/y/z", 0},
        {"http://x/y/", "http://x/y", 0}, {"http://x/y*", "http://x/", 0},
        {"http://x/*", "https://x/y", 0}, {"*", "", 1},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        const wsm_certmap_t map = {A, "alice", rows[i].pattern, "u", 1};

        assert_int_equal(
            wsm_certmap_allows(table_of(&map, 1), &alice, "u", rows[i].uri),
            rows[i].fits);
    }
}

static void who_is_nobody(void **state)
{
    static const wsm_certmap_t rows[] = {
        {B, "*", "*", "u", 1}, /* its own thumbprint is not its issuer's */
        {A, "*", "*", "u", 0},
        {A, "bob", "*", "u", 1},
    };
    static const char *const none[] = {NULL};
    const wsm_certificate_t nameless = {none, issuers, B, 0, 0};
    const wsm_certificate_t unsigned_one = {names, none, B, 0, 0};
    const wsm_certmap_t any = {A, "*", "*", "u", 1};

    (void)state;
    assert_null(wsm_certmap_user(table_of(rows, 3), &alice));
    assert_false(wsm_certmap_allows(table_of(rows, 3), &alice, "u", "x"));
    assert_null(wsm_certmap_user(NULL, &alice));
    assert_false(wsm_certmap_allows(NULL, &alice, "u", "x"));
    assert_null(wsm_certmap_user(table_of(&any, 1), &unsigned_one));
    assert_string_equal(wsm_certmap_user(table_of(&any, 1), &nameless), "u");
    assert_false(wsm_certmap_has_users(NULL));
    assert_false(wsm_certmap_has_users(table_of(rows + 1, 1)));
    assert_true(wsm_certmap_has_users(table_of(&any, 1)));
}

/* ---- several */

static void the_longest_subject_then_the_longest_uri(void **state)
{
    static const wsm_certmap_t rows[] = {
        {A, "*", "*", "guest", 1},
        {A, "*@example.org", "http://x/*", "staff", 1},
        {A, "*@example.org", "http://x/y/*", "staff", 1},
        {A, "bob@example.org", "*", "bob", 1},
    };
    apr_array_header_t *maps = table_of(rows, COUNT(rows));

    (void)state;
    assert_string_equal(wsm_certmap_user(maps, &alice), "staff");
    assert_true(wsm_certmap_allows(maps, &alice, "staff", "http://x/z"));
    assert_true(wsm_certmap_allows(maps, &alice, "staff", "http://x/y/z"));
    /* The first entry is chosen there, whose user she is not. */
    assert_false(wsm_certmap_allows(maps, &alice, "staff", "http://z"));
    assert_false(wsm_certmap_allows(maps, &alice, "guest", "http://x/z"));
}

/* Neither of them: not the first, and not by luck. */
static void several_are_none(void **state)
{
    static const wsm_certmap_t rows[] = {
        {A, "alice*", "http://x/*", "one", 1},
        {A, "*alice", "http://x/*", "two", 1},
        {A, "*", "*", "guest", 1},
    };
    static const wsm_certmap_t same[] = {
        {A, "alice*", "http://x/*", "one", 1},
        {A, "*alice", "http://x/*", "one", 1},
        {A, "*alice", "http://x/y*", "one", 1},
    };
    static const wsm_certmap_t later[] = {
        {A, "alice*", "*", "one", 1},
        {A, "*alice", "*", "two", 1},
        {A, "alice@*", "*", "three", 1},
    };

    (void)state;
    assert_null(wsm_certmap_user(table_of(rows, 3), &alice));
    assert_false(
        wsm_certmap_allows(table_of(rows, 3), &alice, "one", "http://x/z"));
    assert_string_equal(wsm_certmap_user(table_of(same, 3), &alice), "one");
    assert_false(
        wsm_certmap_allows(table_of(same, 3), &alice, "one", "http://x/z"));
    assert_true(
        wsm_certmap_allows(table_of(same, 3), &alice, "one", "http://x/y"));
    assert_string_equal(wsm_certmap_user(table_of(later, 3), &alice), "three");
}

/* An inner place's entry comes first, and may switch an outer one off. */
static void the_first_of_a_name_counts(void **state)
{
    static const wsm_certmap_t rows[] = {{A, "alice", "*", "inner", 1},
                                         {A, "ALICE", "*", "outer", 1}};
    static const wsm_certmap_t off[] = {{A, "alice", "*", "inner", 0},
                                        {A, "alice", "*", "outer", 1}};

    (void)state;
    assert_string_equal(wsm_certmap_user(table_of(rows, 2), &alice), "inner");
    assert_true(wsm_certmap_allows(table_of(rows, 2), &alice, "inner", "x"));
    assert_null(wsm_certmap_user(table_of(off, 2), &alice));
    assert_false(wsm_certmap_allows(table_of(off, 2), &alice, "outer", "x"));
    assert_false(wsm_certmap_has_users(table_of(off, 2)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_checked),
        cmocka_unit_test(thumbprints_have_one_form),
        cmocka_unit_test(subjects),
        cmocka_unit_test(uris),
        cmocka_unit_test(who_is_nobody),
        cmocka_unit_test(the_longest_subject_then_the_longest_uri),
        cmocka_unit_test(several_are_none),
        cmocka_unit_test(the_first_of_a_name_counts),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, setup, teardown);
}
