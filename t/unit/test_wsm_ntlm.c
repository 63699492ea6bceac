/* test_wsm_ntlm.c - messages of clients that leave fields out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/auth/wsm_ntlm.h"

#define FIELD(length, offset)                                                  \
    (length), 0, (length), 0, (offset)&0xff, (offset) >> 8, 0, 0

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

static wsm_gss_data_t complete(const void *bytes, size_t length)
{
    wsm_gss_data_t token = {apr_pmemdup(pool, bytes, length), length};

    return wsm_ntlm_complete(token, pool);
}

/* As curl 7.88 sends it */
static void negotiate_gets_its_version(void **state)
{
    static const unsigned char text[32] = {
        'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 1, 0, 0, 0, 6, 0x82, 8};
    wsm_gss_data_t whole = complete(text, sizeof(text));

    (void)state;
    assert_int_equal(whole.length, 40);
    assert_memory_equal(whole.data, text, sizeof(text));
    assert_memory_equal(whole.data + 32, "\0\0\0\0\0\0\0\0", 8);
}

static const unsigned char authenticate[] = {
    'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 3, 0, 0, 0,
    /* LM, NT, domain, user, workstation, key */
    FIELD(2, 64), FIELD(3, 66), FIELD(0, 69), FIELD(1, 69), FIELD(0, 70),
    FIELD(0, 0),
    /* flags, payload */
    6, 0x82, 8, 0, 'l', 'l', 'n', 'n', 'n', 'u'};

static void authenticate_gets_version_and_mic(void **state)
{
    static const unsigned offsets[] = {88, 90, 93, 93, 94, 24};
    wsm_gss_data_t whole = complete(authenticate, sizeof(authenticate));

    (void)state;
    assert_int_equal(whole.length, sizeof(authenticate) + 24);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(whole.data[12 + 8 * i], authenticate[12 + 8 * i]);
        assert_int_equal(whole.data[12 + 8 * i + 4], offsets[i]);
        assert_int_equal(whole.data[12 + 8 * i + 5], 0);
    }
    assert_memory_equal(whole.data + 60, "\x06\x82\x08\0", 4);
    for (int i = 64; i < 88; i++)
        assert_int_equal(whole.data[i], 0);
    assert_memory_equal(whole.data + 88, "llnnnu", 6);
}

static void what_lacks_nothing_stays(void **state)
{
    unsigned char text[120];

    (void)state;
    /* Any other bytes, and every cut of the short one */
    memset(text, 0x60, sizeof(text));
    for (size_t length = 0; length < sizeof(text); length++) {
        wsm_gss_data_t same = complete(text, length);

        assert_int_equal(same.length, length);
    }
    for (size_t length = 0; length < 64; length++)
        assert_int_equal(complete(authenticate, length).length, length);
    /* A whole header */
    memset(text, 0, sizeof(text));
    memcpy(text, authenticate, sizeof(authenticate));
    text[16] = text[24] = text[40] = 88;
    assert_int_equal(complete(text, sizeof(text)).length, sizeof(text));
    /* A field that is not within the message, or within the header */
    memcpy(text, authenticate, sizeof(authenticate));
    text[26] = 0xff;
    assert_int_equal(complete(text, sizeof(text)).length, sizeof(text));
    memcpy(text, authenticate, sizeof(authenticate));
    text[24] = 12;
    assert_int_equal(complete(text, sizeof(text)).length, sizeof(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(negotiate_gets_its_version),
        cmocka_unit_test(authenticate_gets_version_and_mic),
        cmocka_unit_test(what_lacks_nothing_stays),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, setup, teardown);
}
