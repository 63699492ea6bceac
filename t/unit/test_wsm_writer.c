/* test_wsm_writer.c - the writer: escaping, limits, taking back. */
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

#include "../../mod_wsman/xml/wsm_writer.h"

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

/** The writer's content, checked to be the same from both ways of reading. */
static const char *content(const wsm_writer_t *out)
{
    char *text = wsm_writer_string(out, pool);
    apr_size_t total = 0, length;
    const char *data;
    void *cursor = NULL;
    while (wsm_writer_each(out, &cursor, &data, &length)) {
        assert_true(length > 0);
        assert_memory_equal(text + total, data, length);
        total += length;
    }
    assert_int_equal(total, wsm_writer_length(out));
    assert_int_equal(total, strlen(text));
    return text;
}

static const struct {
    const char *text;
    const char *content;
    const char *attribute;
} escapes[] = {
    {"", "", ""},
    {"plain", "plain", "plain"},
    {"a<b>c&d\"e'f", "a&lt;b&gt;c&amp;d\"e'f", "a&lt;b&gt;c&amp;d&quot;e'f"},
    {"]]>", "]]&gt;", "]]&gt;"},
    {"\t\n\r", "\t\n&#13;", "&#9;&#10;&#13;"},
    {"\x01\x1f\x7f", "??\x7f", "??\x7f"},
    {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7",
     "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7",
     "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7"},
    {"\x80z", "?z", "?z"},          /* a tail alone */
    {"\xc3(", "?(", "?("},          /* cut off */
    {"\xe2\x82", "?", "?"},         /* cut off at the end */
    {"\xc0\xaf", "??", "??"},       /* overlong */
    {"\xe0\x80\xaf!", "?!", "?!"},  /* overlong */
    {"\xed\xa0\x80!", "?!", "?!"},  /* half of a surrogate pair */
    {"\xf4\x90\x80\x80", "?", "?"}, /* above U+10FFFF */
    {"\xef\xbf\xbe|\xef\xbf\xbf|\xef\xbf\xbd", "?|?|\xef\xbf\xbd",
     "?|?|\xef\xbf\xbd"},
    {"\xff\xfe", "??", "??"},
};

static void escapes_what_xml_needs(void **state)
{
    (void)state;
    wsm_writer_t *out = wsm_writer_make(100000, pool);
    for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
        wsm_writer_reset(out, 100000);
        wsm_write_text(out, escapes[i].text);
        assert_string_equal(content(out), escapes[i].content);
        wsm_writer_reset(out, 100000);
        wsm_write_attr(out, escapes[i].text);
        assert_string_equal(content(out), escapes[i].attribute);
    }
}

static void escapes_nul_within_a_length(void **state)
{
    (void)state;
    wsm_writer_t *out = wsm_writer_make(100, pool);
    wsm_write_textn(out, "a\0b", 3);
    assert_string_equal(content(out), "a?b");
}

/** One byte that needs something, at each place of a run of letters. */
static void finds_special_bytes_at_every_offset(void **state)
{
    (void)state;
    static const struct {
        char byte;
        const char *becomes;
    } bytes[] = {{'<', "&lt;"},   {'&', "&amp;"}, {'>', "&gt;"},
                 {'"', "&quot;"}, {'\x1f', "?"},  {'\x80', "?"},
                 {'\n', "&#10;"}, {' ', " "},     {'!', "!"},
                 {'#', "#"},      {'%', "%"},     {'$', "$"},
                 {'\'', "'"},     {'=', "="},     {'?', "?"},
                 {':', ":"},      {'~', "~"}};
    wsm_writer_t *out = wsm_writer_make(100000, pool);
    for (size_t b = 0; b < sizeof(bytes) / sizeof(bytes[0]); b++) {
        for (size_t at = 0; at < 40; at++) {
            char text[41], expected[128];
            memset(text, 'x', 40);
            text[40] = '\0';
            text[at] = bytes[b].byte;
            snprintf(expected, sizeof(expected), "%.*s%s%.*s", (int)at,
                     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                     bytes[b].becomes, (int)(39 - at),
                     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
            wsm_writer_reset(out, 100000);
            wsm_write_attr(out, text);
            assert_string_equal(content(out), expected);
        }
    }
}

static void writes_numbers(void **state)
{
    (void)state;
    static const apr_uint64_t numbers[] = {
        0,         1,           9,
        10,        11,          99,
        100,       101,         999,
        1000,      12345,       99999999,
        100000000, 4294967295u, UINT64_C(9223372036854775808),
        UINT64_MAX};
    wsm_writer_t *out = wsm_writer_make(1000, pool);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        wsm_writer_reset(out, 1000);
        wsm_write_u64(out, numbers[i]);
        assert_string_equal(content(out),
                            apr_psprintf(pool, "%" PRIu64, numbers[i]));
        wsm_writer_reset(out, 1000);
        wsm_write_i64(out, (apr_int64_t)numbers[i]);
        assert_string_equal(
            content(out), apr_psprintf(pool, "%" PRId64, (int64_t)numbers[i]));
    }
}

static void writes_several_texts(void **state)
{
    (void)state;
    wsm_writer_t *out = wsm_writer_make(1000, pool);
    wsm_write_strs(out, "a", "", "bc", NULL);
    wsm_write_lit(out, "<d/>");
    wsm_write_str(out, "e");
    assert_string_equal(content(out), "abc<d/>e");
}

/** Texts of many sizes over many buffers come out as they went in. */
static void grows_over_buffers(void **state)
{
    (void)state;
    wsm_writer_t *out = wsm_writer_make(1 << 20, pool);
    char *expected = apr_palloc(pool, 1 << 20);
    size_t total = 0;
    for (size_t i = 0; total + i * 7 < 400000; i++) {
        for (size_t n = 0; n < i * 7; n++)
            expected[total + n] = (char)('a' + (i + n) % 26);
        wsm_write(out, expected + total, i * 7);
        total += i * 7;
    }
    expected[total] = '\0';
    assert_string_equal(content(out), expected);
    assert_int_equal(wsm_writer_room(out), (1 << 20) - total);
}

static void stops_at_the_limit(void **state)
{
    (void)state;
    static const apr_size_t limits[] = {0, 1, 5, 8063, 8064, 8065, 20000};
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        wsm_writer_t *out = wsm_writer_make(limits[i], pool);
        assert_false(wsm_writer_full(out));
        for (apr_size_t n = 0; n < limits[i]; n++)
            wsm_write_lit(out, "x");
        assert_false(wsm_writer_full(out));
        assert_int_equal(wsm_writer_length(out), limits[i]);
        assert_int_equal(wsm_writer_room(out), 0);
        wsm_write_lit(out, "");
        assert_false(wsm_writer_full(out));
        wsm_write_lit(out, "y");
        assert_true(wsm_writer_full(out));
        assert_int_equal(wsm_writer_length(out), limits[i]);
        content(out);
    }
}

static void takes_back_to_a_mark(void **state)
{
    (void)state;
    wsm_writer_t *out = wsm_writer_make(20000, pool);
    char *piece = apr_palloc(pool, 9000);
    memset(piece, 'p', 9000);
    wsm_write_lit(out, "begin");
    for (int round = 0; round < 50; round++) {
        wsm_mark_t mark = wsm_writer_mark(out);
        for (int i = 0; i < 3; i++)
            wsm_write(out, piece, 9000);
        assert_true(wsm_writer_full(out));
        wsm_write_lit(out, "-"); /* nothing more gets in: no hole arises */
        assert_int_equal(wsm_writer_length(out), 20000);
        wsm_writer_rewind(out, mark);
        assert_false(wsm_writer_full(out));
        wsm_write_lit(out, ".");
    }
    assert_string_equal(
        content(out),
        "begin..................................................");
}

static void limit_can_move(void **state)
{
    (void)state;
    wsm_writer_t *out = wsm_writer_make(10, pool);
    wsm_mark_t start = wsm_writer_mark(out);
    wsm_write_lit(out, "12345");
    wsm_writer_limit(out, 3);
    wsm_write_lit(out, "6");
    assert_true(wsm_writer_full(out));
    assert_string_equal(content(out), "12345");
    wsm_mark_t beyond = wsm_writer_mark(out);
    wsm_writer_rewind(out, beyond);
    assert_true(wsm_writer_full(out)); /* that mark is not within the limit */
    wsm_writer_limit(out, 100);
    wsm_write_lit(out, "7");
    assert_string_equal(content(out), "12345");
    wsm_writer_rewind(out, start);
    wsm_write_lit(out, "8");
    assert_string_equal(content(out), "8");
    wsm_writer_reset(out, 2);
    wsm_write_lit(out, "abc");
    assert_true(wsm_writer_full(out));
    assert_string_equal(content(out), "ab");
}

/** What is written again after a rewind takes no new memory. */
static void uses_its_buffers_again(void **state)
{
    (void)state;
    wsm_writer_t *out = wsm_writer_make(1 << 20, pool);
    wsm_mark_t start = wsm_writer_mark(out);
    const char *first[64], *data;
    apr_size_t length;
    for (int round = 0; round < 3; round++) {
        wsm_writer_rewind(out, start);
        for (int i = 0; i < 100000; i++)
            wsm_write_lit(out, "abc");
        void *cursor = NULL;
        for (int n = 0; wsm_writer_each(out, &cursor, &data, &length); n++) {
            assert_in_range(n, 0, 63);
            if (round == 0)
                first[n] = data;
            assert_ptr_equal(first[n], data);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_what_xml_needs),
        cmocka_unit_test(escapes_nul_within_a_length),
        cmocka_unit_test(finds_special_bytes_at_every_offset),
        cmocka_unit_test(writes_numbers),
        cmocka_unit_test(writes_several_texts),
        cmocka_unit_test(grows_over_buffers),
        cmocka_unit_test(stops_at_the_limit),
        cmocka_unit_test(takes_back_to_a_mark),
        cmocka_unit_test(limit_can_move),
        cmocka_unit_test(uses_its_buffers_again),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, setup, teardown);
}
