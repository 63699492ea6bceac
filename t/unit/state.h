/* state.h - what the tests of the state room share: pools and a folder of
 * their own.
 */
#ifndef T_STATE_H
#define T_STATE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <apr_file_info.h>
#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/base/wsm_error.h"

typedef struct t_state_t {
    apr_pool_t *pool;
    const char *dir;
} t_state_t;

static apr_pool_t *t_root;

static inline void t_must(const wsm_error_t *err)
{
    if (err != NULL)
        fail_msg("%s", err->message);
}

static inline void t_code(const wsm_error_t *err, wsman_code_e code)
{
    assert_non_null(err);
    assert_int_equal(err->code, code);
}

static int t_state_setup(void **state)
{
    char name[] = "/tmp/wsman-state-XXXXXX";
    t_state_t *self;
    apr_pool_t *pool;

    apr_pool_create(&pool, t_root);
    self = apr_pcalloc(pool, sizeof(*self));
    self->pool = pool;
    assert_non_null(mkdtemp(name));
    self->dir = apr_pstrdup(pool, name);
    *state = self;
    return 0;
}

static int t_state_teardown(void **state)
{
    t_state_t *self = *state;
    char name[64];
    apr_finfo_t info;
    apr_pool_t *pool;
    apr_dir_t *dir;

    apr_cpystrn(name, self->dir, sizeof(name));
    apr_pool_destroy(self->pool);
    apr_pool_create(&pool, t_root);
    apr_dir_open(&dir, name, pool);
    while (apr_dir_read(&info, APR_FINFO_NAME, dir) == APR_SUCCESS)
        unlink(apr_pstrcat(pool, name, "/", info.name, NULL));
    apr_dir_close(dir);
    rmdir(name);
    apr_pool_destroy(pool);
    return 0;
}

#define T_CASE(function)                                                       \
    cmocka_unit_test_setup_teardown(function, t_state_setup, t_state_teardown)

#define T_MAIN(tests)                                                          \
    int main(void)                                                             \
    {                                                                          \
        int failed;                                                            \
        apr_initialize();                                                      \
        apr_pool_create(&t_root, NULL);                                        \
        failed = cmocka_run_group_tests(tests, NULL, NULL);                    \
        apr_pool_destroy(t_root);                                              \
        apr_terminate();                                                       \
        return failed;                                                         \
    }

#endif
