/* test_wsm_sealed.c - the framing of sealed messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/auth/wsm_sealed.h"

#define SPNEGO   "application/HTTP-SPNEGO-session-encrypted"
#define KERBEROS "application/HTTP-Kerberos-session-encrypted"
#define TYPE                                                                   \
    "multipart/encrypted;protocol=\"" SPNEGO                                   \
    "\";boundary=\"Encrypted Boundary\""
#define LINE  "--Encrypted Boundary\r\n"
#define FIRST LINE "\tContent-Type: " SPNEGO "\r\n"
#define ORIGINAL                                                               \
    "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=5\r\n"
#define SECOND LINE "\tContent-Type: application/octet-stream\r\n"
#define END    "--Encrypted Boundary--\r\n"

/* A string literal with the NULs in it, without the last */
#define BYTES(text) (text), sizeof(text) - 1

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

static apr_status_t release(void *memory)
{
    free(memory);
    return APR_SUCCESS;
}

/* In memory of its own, so that a sanitizer sees each byte beyond */
static wsm_error_t *parse(wsm_sealed_t *sealed, const char *type,
                          const char *body, size_t length)
{
    unsigned char *copy = malloc(length ? length : 1);
    wsm_error_t *err;

    memcpy(copy, body, length);
    apr_pool_cleanup_register(pool, copy, release, apr_pool_cleanup_null);
    err = wsm_sealed_parse(sealed, type, copy, length, pool);
    return err;
}

static void a_message_comes_apart(void **state)
{
    wsm_sealed_t sealed;

    (void)state;
    assert_null(parse(&sealed, TYPE,
                      BYTES(FIRST ORIGINAL SECOND "\x03\0\0\0"
                                                  "SIGhello" END)));
    assert_string_equal(sealed.protocol, SPNEGO);
    assert_string_equal(sealed.type, "application/soap+xml;charset=UTF-8");
    assert_int_equal(sealed.length, 5);
    assert_int_equal(sealed.header_length, 3);
    assert_int_equal(sealed.message_length, 8);
    assert_memory_equal(sealed.message, "SIGhello", 8);
}

/* What clients were seen to write otherwise, and bytes of all kinds */
static void small_differences_are_taken(void **state)
{
    static const struct {
        const char *type;
        const char *body;
        size_t length;
    } cases[] = {
        {TYPE, BYTES(FIRST ORIGINAL SECOND "\x03\0\0\0SIGhello"
                                           "--Encrypted Boundary--")},
        {"Multipart/Encrypted; protocol=\"" SPNEGO
         "\"; boundary=\"Encrypted Boundary\"",
         BYTES(FIRST ORIGINAL SECOND "\x03\0\0\0SIGhello" END)},
        {"multipart/encrypted;boundary=\"Encrypted Boundary\";protocol=" SPNEGO,
         BYTES(FIRST ORIGINAL SECOND "\x03\0\0\0SIGhello" END)},
        {TYPE, BYTES(LINE "Content-Type: " SPNEGO
                          "\r\nOriginalContent: type=a/b;Length=5\r\n" LINE
                          "Content-Type: application/octet-stream\r\n"
                          "\x03\0\0\0SIGhello" END)},
        /* The boundary may be in what is sealed. */
        {TYPE,
         BYTES(FIRST ORIGINAL SECOND "\x03\0\0\0SIG" END LINE "\r\n\0" END)},
    };
    wsm_sealed_t sealed;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_null(
            parse(&sealed, cases[i].type, cases[i].body, cases[i].length));
        assert_int_equal(sealed.header_length, 3);
        assert_memory_equal(sealed.message, "SIG", 3);
    }
}

static void malformed_messages_are_refused(void **state)
{
    static const struct {
        const char *type;
        const char *body;
        size_t length;
    } cases[] = {
        {TYPE, BYTES("")},
        {TYPE, BYTES("--Encrypted")},
        {TYPE, BYTES(LINE)},
        {TYPE, BYTES(FIRST)},
        {TYPE, BYTES(FIRST ORIGINAL)},
        {TYPE, BYTES(FIRST ORIGINAL LINE)},
        {TYPE, BYTES(FIRST ORIGINAL SECOND)},
        {TYPE, BYTES(FIRST ORIGINAL SECOND END)},
        {TYPE, BYTES(FIRST ORIGINAL SECOND "\x03\0\0" END)},
        {TYPE, BYTES(FIRST ORIGINAL SECOND "\x03\0\0\0" END)},
        /* The header is all there is, more than there is, nothing. */
        {TYPE, BYTES(FIRST ORIGINAL SECOND "\x08\0\0\0SIGhello" END)},
        {TYPE, BYTES(FIRST ORIGINAL SECOND "\xff\xff\xff\xffSIGhello" END)},
        {TYPE, BYTES(FIRST ORIGINAL SECOND "\0\0\0\0SIGhello" END)},
        /* No end, or not at the end */
        {TYPE, BYTES(FIRST ORIGINAL SECOND "\x03\0\0\0SIGhello")},
        {TYPE, BYTES(FIRST ORIGINAL SECOND "\x03\0\0\0SIGhello" END "x")},
        /* No length, or none that is a number, or not as the last */
        {TYPE, BYTES(FIRST "\tOriginalContent: type=a/b\r\n" SECOND
                           "\x03\0\0\0SIGhello" END)},
        {TYPE, BYTES(FIRST "\tOriginalContent: type=a/b;Length=\r\n" SECOND
                           "\x03\0\0\0SIGhello" END)},
        {TYPE, BYTES(FIRST "\tOriginalContent: type=a/b;Length=-5\r\n" SECOND
                           "\x03\0\0\0SIGhello" END)},
        {TYPE,
         BYTES(FIRST "\tOriginalContent: type=a/b;Length=9999999999\r\n" SECOND
                     "\x03\0\0\0SIGhello" END)},
        {TYPE, BYTES(FIRST "\tOriginalContent: type=a/b;Length=5;x=y\r\n" SECOND
                           "\x03\0\0\0SIGhello" END)},
        {TYPE, BYTES(FIRST "\tOriginalContent: Length=5\r\n" SECOND
                           "\x03\0\0\0SIGhello" END)},
        {TYPE, BYTES(FIRST SECOND "\x03\0\0\0SIGhello" END)},
        {TYPE, BYTES(LINE ORIGINAL SECOND "\x03\0\0\0SIGhello" END)},
        /* Another protocol than the body's */
        {TYPE, BYTES(LINE "\tContent-Type: " KERBEROS "\r\n" ORIGINAL SECOND
                          "\x03\0\0\0SIGhello" END)},
        {TYPE, BYTES(FIRST ORIGINAL LINE "\tContent-Type: text/plain\r\n"
                                         "\x03\0\0\0SIGhello" END)},
        /* NULs and endless headers */
        {TYPE, BYTES(LINE "\tContent-Type: " SPNEGO "\0\r\n" ORIGINAL SECOND
                          "\x03\0\0\0SIGhello" END)},
        {TYPE, BYTES(FIRST "\ta: b\r\n\ta: b\r\n\ta: b\r\n\ta: b\r\n\ta: b\r\n"
                           "\ta: b\r\n\ta: b\r\n\ta: b\r\n" ORIGINAL SECOND
                           "\x03\0\0\0SIGhello" END)},
        /* Types */
        {"multipart/encrypted",
         BYTES(FIRST ORIGINAL SECOND "\x03\0\0\0SIGhello" END)},
        {"multipart/encrypted;protocol=\"" SPNEGO "\"",
         BYTES(FIRST ORIGINAL SECOND "\x03\0\0\0SIGhello" END)},
        {"multipart/encrypted;protocol=\"" SPNEGO "\";boundary=\"Other\"",
         BYTES(FIRST ORIGINAL SECOND "\x03\0\0\0SIGhello" END)},
        {"multipart/encrypted;protocol=\"application/x\";boundary=\"Encrypted "
         "Boundary\"",
         BYTES(FIRST ORIGINAL SECOND "\x03\0\0\0SIGhello" END)},
        {"multipart/encrypted;protocol=\"",
         BYTES(FIRST ORIGINAL SECOND "\x03\0\0\0SIGhello" END)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        wsm_sealed_t sealed;

        if (parse(&sealed, cases[i].type, cases[i].body, cases[i].length) ==
            NULL)
            fail_msg("case %zu was taken", i);
    }
}

/* Cut at any place, it is no message any more. */
static void every_cut_is_refused(void **state)
{
    static const char body[] = FIRST ORIGINAL SECOND "\x03\0\0\0SIGhello" END;

    (void)state;
    for (size_t length = 0; length < sizeof(body) - 3; length++) {
        wsm_sealed_t sealed;

        if (parse(&sealed, TYPE, body, length) == NULL)
            fail_msg("%zu bytes were taken", length);
    }
}

static void what_is_written_comes_apart_again(void **state)
{
    wsm_sealed_t sealed = {
        KERBEROS, "application/soap+xml;charset=UTF-16", 70000, NULL, 0, 66000};
    size_t room = 66000 + 70000;
    apr_size_t length;
    char *head = wsm_sealed_head(&sealed, &length, pool);
    char *body = apr_pcalloc(pool, length + room + sizeof(END));
    wsm_sealed_t back;

    (void)state;
    memcpy(body, head, length);
    memcpy(body + length + room, wsm_sealed_tail, strlen(wsm_sealed_tail));
    assert_string_equal(wsm_sealed_tail, END);
    assert_int_equal(strlen(wsm_sealed_tail), 24);
    assert_null(parse(&back, wsm_sealed_type(KERBEROS, pool), body,
                      length + room + strlen(wsm_sealed_tail)));
    assert_string_equal(back.protocol, KERBEROS);
    assert_string_equal(back.type, sealed.type);
    assert_int_equal(back.length, 70000);
    assert_int_equal(back.header_length, 66000);
    assert_int_equal(back.message_length, room);
}

/* MS-WSMV 2.2.9.1.1.2, byte for byte */
static void the_head_is_as_clients_expect_it(void **state)
{
    wsm_sealed_t sealed = {
        SPNEGO, "application/soap+xml;charset=UTF-8", 1724, NULL, 0, 16};
    static const char expected[] =
        FIRST "\tOriginalContent: "
              "type=application/soap+xml;charset=UTF-8;Length=1724\r\n" SECOND
              "\x10\0\0\0";
    apr_size_t length;
    char *head = wsm_sealed_head(&sealed, &length, pool);

    (void)state;
    assert_int_equal(length, sizeof(expected) - 1);
    assert_memory_equal(head, expected, length);
    assert_string_equal(wsm_sealed_type(SPNEGO, pool), TYPE);
}

static void types_are_told_apart(void **state)
{
    (void)state;
    assert_true(wsm_sealed_is_type(TYPE));
    assert_true(wsm_sealed_is_type("multipart/encrypted"));
    assert_true(wsm_sealed_is_type("MULTIPART/ENCRYPTED ;x"));
    assert_false(wsm_sealed_is_type(NULL));
    assert_false(wsm_sealed_is_type(""));
    assert_false(wsm_sealed_is_type("multipart/encryptedx"));
    assert_false(wsm_sealed_is_type("multipart/x-multi-encrypted"));
    assert_false(wsm_sealed_is_type("application/soap+xml"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_comes_apart),
        cmocka_unit_test(small_differences_are_taken),
        cmocka_unit_test(malformed_messages_are_refused),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(what_is_written_comes_apart_again),
        cmocka_unit_test(the_head_is_as_clients_expect_it),
        cmocka_unit_test(types_are_told_apart),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, setup, teardown);
}
