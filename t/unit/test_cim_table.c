/* test_cim_table.c - names without case, and texts kept once. */
#include "cim_test.h"

#include "../../mod_wsman/cim/cim_intern.h"
#include "../../mod_wsman/cim/cim_name.h"
#include "../../mod_wsman/cim/cim_table.h"

static void names_have_no_case(void **state)
{
    (void)state;
    assert_true(cim_name_equal("CIM_Foo", "cim_fOO"));
    assert_false(cim_name_equal("CIM_Foo", "CIM_Fo"));
    assert_false(cim_name_equal("CIM_Fo", "CIM_Foo"));
    /* only letters of ASCII: '[' is not '{', an umlaut not its capital */
    assert_false(cim_name_equal("[", "{"));
    assert_false(cim_name_equal("@", "`"));
    assert_false(cim_name_equal("\xc3\x84", "\xc3\xa4"));
    assert_int_equal(cim_name_hash("CIM_Foo"), cim_name_hash("cim_foo"));
    assert_true(cim_name_order("a", "B") < 0);
    assert_true(cim_name_order("B", "a") > 0);
    assert_true(cim_name_order("a", "a\xc3") < 0);
}

static void a_table_grows_and_keeps_order(void **state)
{
    (void)state;
    cim_table_t *table = cim_table_make(pool);
    assert_null(cim_table_get(table, "N1"));
    for (apr_uintptr_t i = 1; i <= 5000; i++)
        cim_table_add(table, apr_psprintf(pool, "N%d", (int)i), (void *)i);
    assert_int_equal(table->count, 5000);
    for (apr_uintptr_t i = 1; i <= 5000; i++) {
        const char *name = apr_psprintf(pool, "n%d", (int)i);
        assert_ptr_equal(cim_table_get(table, name), (void *)i);
        assert_ptr_equal(table->entries[i - 1].value, (void *)i);
    }
    assert_null(cim_table_get(table, "N0"));
    assert_null(cim_table_get(table, ""));
}

static void equal_texts_are_kept_once(void **state)
{
    (void)state;
    apr_pool_t *inner;
    apr_pool_create(&inner, pool);
    cim_intern_t *intern = cim_intern_make(pool, inner);
    char text[] = "some text";
    const char *first = cim_intern(intern, text, 9);
    const char *part = cim_intern(intern, text, 4);
    text[0] = 'S';
    assert_string_equal(first, "some text");
    assert_string_equal(part, "some");
    assert_ptr_equal(cim_intern(intern, "some text", 9), first);
    assert_ptr_not_equal(cim_intern(intern, "Some text", 9), first);
    assert_string_equal(cim_intern(intern, "", 0), "");
    const char **texts = apr_palloc(pool, 5000 * sizeof(*texts));
    for (int i = 0; i < 5000; i++) {
        const char *number = apr_psprintf(pool, "%d", i);
        texts[i] = cim_intern(intern, number, strlen(number));
    }
    for (int i = 0; i < 5000; i++) {
        const char *number = apr_psprintf(pool, "%d", i);
        assert_ptr_equal(cim_intern(intern, number, strlen(number)), texts[i]);
    }
    /* the texts outlive the table */
    apr_pool_destroy(inner);
    assert_string_equal(texts[4999], "4999");
    assert_string_equal(first, "some text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_have_no_case),
        TEST(a_table_grows_and_keeps_order),
        TEST(equal_texts_are_kept_once),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
