/* test_wsm_client_common.h - what the tests of the client share: a pool, trees
 * from text, and golden files (WSM_GOLDEN=write makes them anew).
 */
#ifndef TEST_WSM_CLIENT_COMMON_H
#define TEST_WSM_CLIENT_COMMON_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "../../mod_wsman/client/wsm_client.h"

#define GOLDEN "t/unit/golden/client/"

static apr_pool_t *pool;

static inline int setup(void **state)
{
    (void)state;
    apr_initialize();
    wsm_xml_init();
    return apr_pool_create(&pool, NULL);
}

static inline int teardown(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    return 0;
}

static inline const xmlNode *tree(const char *text)
{
    xmlDocPtr doc = NULL;
    wsm_error_t *err = wsm_xml_parse(&doc, text, strlen(text), 16 << 20, pool);
    if (err)
        fail_msg("%s: %s", text, err->message);
    return xmlDocGetRootElement(doc);
}

static inline char *read_golden(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = apr_palloc(pool, 65536);
    size_t length;
    if (!file)
        fail_msg("%s is missing (tests run in the top folder)", path);
    length = fread(text, 1, 65535, file);
    fclose(file);
    text[length] = '\0';
    return text;
}

static inline void assert_golden(const char *name, const char *text)
{
    const char *path = apr_pstrcat(pool, GOLDEN, name, NULL);
    const char *mode = getenv("WSM_GOLDEN");
    if (mode && !strcmp(mode, "write")) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
        fclose(file);
    }
    assert_string_equal(text, read_golden(path));
}

static inline void assert_no_failure(const wsm_failure_t *failure)
{
    if (failure)
        fail_msg("%s", failure->message);
}

static inline void assert_failure(const wsm_failure_t *failure,
                                  wsm_failure_e kind, const char *part)
{
    if (!failure)
        fail_msg("no failure, but expected: %s", part);
    if (failure->kind != kind || !strstr(failure->message, part))
        fail_msg("failure %d '%s' instead of %d '%s'", (int)failure->kind,
                 failure->message, (int)kind, part);
}

#endif
