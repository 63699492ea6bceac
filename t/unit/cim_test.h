/* cim_test.h - what tests of the CIM room share: a pool a test, and schemas
 * made from MOF. */
#ifndef CIM_TEST_H
#define CIM_TEST_H

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
#include <apr_hash.h>
#include <apr_strings.h>

#include "../../mod_wsman/cim/cim_mof.h"
#include "../../mod_wsman/cim/cim_value.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static apr_pool_t *pool;

static inline int make_pool(void **state)
{
    (void)state;
    return apr_pool_create(&pool, NULL);
}

static inline int destroy_pool(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    return 0;
}

/** Reads MOF into root/cimv2 of a schema. */
static inline wsm_error_t *read_mof(cim_schema_t *schema, const char *text)
{
    const cim_mof_options_t options = {.ns = "root/cimv2"};
    return cim_mof_read_text(schema, "t.mof", text, strlen(text), &options,
                             pool);
}

static inline cim_schema_t *schema_of(const char *text)
{
    cim_schema_t *schema = cim_schema_make(pool);
    wsm_error_t *err = read_mof(schema, text);
    if (err)
        fail_msg("%s", wsm_error_text(err, pool));
    return schema;
}

static inline const cim_class_t *class_of(const cim_schema_t *schema,
                                          const char *name)
{
    const cim_class_t *cls = cim_schema_class(schema, "root/cimv2", name);
    assert_non_null(cls);
    return cls;
}

/** Reads MOF that must be refused with exactly this message. */
static inline void refused(const char *text, const char *message)
{
    wsm_error_t *err = read_mof(cim_schema_make(pool), text);
    if (!err)
        fail_msg("accepted: %s", text);
    else
        assert_string_equal(err->message, message);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, make_pool, destroy_pool)

#endif
