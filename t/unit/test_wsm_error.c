/* test_wsm_error.c - errors, their causes and their details. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/base/wsm_error.h"

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

static void holds_what_it_was_made_of(void **state)
{
    (void)state;
    const wsm_error_t *cause = wsm_fail(pool, WSMAN_E_ACCESS_DENIED, "no");
    const wsm_error_t *err =
        wsm_error_make(pool, WSMAN_E_QUOTA_LIMIT, APR_ENOENT, cause,
                       "%s: %d of %zu", "users", 3, (size_t)4);
    assert_int_equal(err->code, WSMAN_E_QUOTA_LIMIT);
    assert_int_equal(err->status, APR_ENOENT);
    assert_ptr_equal(err->cause, cause);
    assert_string_equal(err->message, "users: 3 of 4");
    assert_null(err->detail);
    assert_int_equal(err->number, 0);
    assert_int_equal(cause->status, APR_SUCCESS);
    assert_null(cause->cause);
}

static void messages_may_be_long(void **state)
{
    (void)state;
    char *text = apr_palloc(pool, 10001);
    memset(text, 'x', 10000);
    text[10000] = '\0';
    const wsm_error_t *err = wsm_fail(pool, WSMAN_E_INTERNAL_ERROR, "%s", text);
    assert_string_equal(err->message, text);
}

static void an_empty_message_is_never_null(void **state)
{
    (void)state;
    const wsm_error_t *err = wsm_fail(pool, WSMAN_E_INTERNAL_ERROR, "%s", "");
    assert_string_equal(err->message, "");
}

static void collects_details(void **state)
{
    (void)state;
    char text[] = "one";
    wsm_error_t *err = wsm_fail(pool, WSMAN_E_NOT_UNDERSTOOD, "what");
    assert_ptr_equal(wsm_error_detail(err, text, pool), err);
    wsm_error_detail(err, "two", pool);
    text[0] = 'X';
    assert_string_equal(err->detail[0], "one");
    assert_string_equal(err->detail[1], "two");
    assert_null(err->detail[2]);
}

static void tells_the_whole_chain(void **state)
{
    (void)state;
    char status[128], expected[256];
    apr_strerror(APR_ENOENT, status, sizeof(status));
    const wsm_error_t *low =
        wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, APR_ENOENT, NULL, "open");
    const wsm_error_t *middle = wsm_error_make(
        pool, WSMAN_E_INTERNAL_ERROR, APR_SUCCESS, low, "read the list");
    const wsm_error_t *high = wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR,
                                             APR_SUCCESS, middle, "start");
    snprintf(expected, sizeof(expected), "start: read the list: open (%s)",
             status);
    assert_string_equal(wsm_error_text(high, pool), expected);
    assert_string_equal(wsm_error_text(wsm_fail(pool, WSMAN_OK, "x"), pool),
                        "x");
}

static void escapes_control_characters(void **state)
{
    (void)state;
    const wsm_error_t *err =
        wsm_fail(pool, WSMAN_E_INTERNAL_ERROR, "a\nb\x1b[0m\x7f h\xc3\xa9");
    assert_string_equal(wsm_error_text(err, pool),
                        "a\\x0ab\\x1b[0m\\x7f h\xc3\xa9");
}

static void a_chain_that_bites_its_tail_ends(void **state)
{
    (void)state;
    wsm_error_t *err = wsm_fail(pool, WSMAN_E_INTERNAL_ERROR, "round");
    err->cause = err;
    const char *text = wsm_error_text(err, pool);
    assert_int_equal(strncmp(text, "round: round: ", 14), 0);
    assert_in_range(strlen(text), 14, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_what_it_was_made_of),
        cmocka_unit_test(messages_may_be_long),
        cmocka_unit_test(an_empty_message_is_never_null),
        cmocka_unit_test(collects_details),
        cmocka_unit_test(tells_the_whole_chain),
        cmocka_unit_test(escapes_control_characters),
        cmocka_unit_test(a_chain_that_bites_its_tail_ends),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, setup, teardown);
}
