/* test_cim_mof_file.c - files that include files. */
#include "cim_test.h"

#include <errno.h>
#include <unistd.h>

#include <apr_file_info.h>

static char folder[256];

static int make_folder(void **state)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof(folder), "%s/wsm-mof-XXXXXX", tmp ? tmp : "/tmp");
    return make_pool(state) || !mkdtemp(folder);
}

static int remove_folder(void **state)
{
    apr_dir_t *dir;
    apr_finfo_t info;
    if (apr_dir_open(&dir, folder, pool) == APR_SUCCESS) {
        while (apr_dir_read(&info, APR_FINFO_NAME, dir) == APR_SUCCESS)
            remove(apr_psprintf(pool, "%s/%s", folder, info.name));
        apr_dir_close(dir);
    }
    rmdir(folder);
    return destroy_pool(state);
}

static const char *path_of(const char *name)
{
    return apr_psprintf(pool, "%s/%s", folder, name);
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static wsm_error_t *read_files(cim_schema_t *schema, apr_size_t limit,
                               const char *first, const char *second)
{
    const char *files[] = {path_of(first), second ? path_of(second) : NULL,
                           NULL};
    const cim_mof_options_t options = {.ns = "root/cimv2", .limit = limit};
    return cim_mof_read_files(schema, files, &options, pool);
}

static void files_include_files(void **state)
{
    (void)state;
    cim_schema_t *schema = cim_schema_make(pool);
    put("top.mof", "#pragma include (\"low.mof\")\nclass Top { };\n"
                   "#pragma include (\"ns.mof\")\nclass After { };\n");
    put("low.mof", "class Low : Other { };");
    put("ns.mof", "#pragma namespace (\"root/two\")\nclass Two { };");
    put("second.mof", "class Other { };");
    assert_null(read_files(schema, 0, "top.mof", "second.mof"));
    assert_non_null(cim_schema_class(schema, "root/cimv2", "Low"));
    assert_non_null(cim_schema_class(schema, "root/cimv2", "Top"));
    assert_non_null(cim_schema_class(schema, "root/two", "Two"));
    /* the text goes on in the namespace of what was included ... */
    assert_non_null(cim_schema_class(schema, "root/two", "After"));
    /* ... but the next file begins anew */
    assert_non_null(cim_schema_class(schema, "root/cimv2", "Other"));
}

static void errors_name_the_included_file(void **state)
{
    (void)state;
    put("top.mof", "\n  #pragma include (\"low.mof\")\nclass Top { };\n");
    put("low.mof", "class Low {\n  nothing\n};");
    assert_string_equal(
        read_files(cim_schema_make(pool), 0, "top.mof", NULL)->message,
        apr_psprintf(pool,
                     "%s:2:3: expected a type, or a class before 'ref', found "
                     "'nothing'",
                     path_of("low.mof")));
    put("low.mof", "class Low { };");
    put("top.mof", "#pragma include (\"low.mof\")\nnothing\n");
    const wsm_error_t *err =
        read_files(cim_schema_make(pool), 0, "top.mof", NULL);
    assert_int_equal(
        strncmp(err->message,
                apr_pstrcat(pool, path_of("top.mof"), ":2:1: ", NULL),
                strlen(path_of("top.mof")) + 6),
        0);
}

static void files_that_cannot_be_read(void **state)
{
    (void)state;
    const wsm_error_t *err =
        read_files(cim_schema_make(pool), 0, "nothing.mof", NULL);
    assert_string_equal(err->message, apr_psprintf(pool, "%s: cannot be read",
                                                   path_of("nothing.mof")));
    assert_true(APR_STATUS_IS_ENOENT(err->status));
    put("top.mof", "\n#pragma include (\"nothing.mof\")\n");
    err = read_files(cim_schema_make(pool), 0, "top.mof", NULL);
    assert_string_equal(err->message,
                        apr_psprintf(pool, "%s:2:18: cannot include this file",
                                     path_of("top.mof")));
    assert_true(APR_STATUS_IS_ENOENT(err->cause->status));
    err = read_files(cim_schema_make(pool), 0, ".", NULL);
    assert_int_equal(err->status, APR_FROM_OS_ERROR(EISDIR));
}

static void files_cannot_include_themselves_for_ever(void **state)
{
    (void)state;
    put("top.mof", "#pragma include (\"top.mof\")\n");
    assert_string_equal(
        read_files(cim_schema_make(pool), 0, "top.mof", NULL)->message,
        apr_psprintf(pool,
                     "%s:1:18: files include each other more than 32 deep",
                     path_of("top.mof")));
}

static void all_files_share_one_limit(void **state)
{
    (void)state;
    put("one.mof", "class One { };");
    put("two.mof", "class Two { };");
    assert_null(read_files(cim_schema_make(pool), 28, "one.mof", "two.mof"));
    assert_string_equal(
        read_files(cim_schema_make(pool), 27, "one.mof", "two.mof")->message,
        apr_psprintf(pool,
                     "%s: the MOF files together are larger than the limit",
                     path_of("two.mof")));
}

static void the_same_files_again_are_success(void **state)
{
    (void)state;
    cim_schema_t *schema = cim_schema_make(pool);
    put("one.mof", "Qualifier Mine : string = \"x\", Scope(any);"
                   "[Mine(\"y\")] class A { [Key] string K; uint8 M(); };"
                   "class B : A { };");
    assert_null(read_files(schema, 0, "one.mof", "one.mof"));
    assert_null(read_files(schema, 0, "one.mof", NULL));
    assert_int_equal(cim_schema_count(schema), 2);
}

#define FILE_TEST(name)                                                        \
    cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(files_include_files),
        FILE_TEST(errors_name_the_included_file),
        FILE_TEST(files_that_cannot_be_read),
        FILE_TEST(files_cannot_include_themselves_for_ever),
        FILE_TEST(all_files_share_one_limit),
        FILE_TEST(the_same_files_again_are_success),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
