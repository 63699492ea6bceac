/* test_wsm_log.c - one call is one line, of bounded length. */
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

#include "../../mod_wsman/base/wsm_log.h"

typedef struct seen_t {
    int lines;
    int level;
    char line[2048];
} seen_t;

static void collect(void *baton, int level, const char *line)
{
    seen_t *seen = baton;
    seen->lines++;
    seen->level = level;
    snprintf(seen->line, sizeof(seen->line), "%s", line);
}

static void writes_up_to_its_level(void **state)
{
    (void)state;
    seen_t seen = {0};
    const wsm_log_t log = {collect, &seen, 4};
    wsm_log(&log, 5, "not this");
    assert_int_equal(seen.lines, 0);
    wsm_log(&log, 4, "%s %d", "this", 1);
    assert_int_equal(seen.lines, 1);
    assert_int_equal(seen.level, 4);
    assert_string_equal(seen.line, "this 1");
    wsm_log(&log, 3, "and this");
    assert_int_equal(seen.lines, 2);
}

static void nowhere_is_a_place(void **state)
{
    (void)state;
    const wsm_log_t log = {NULL, NULL, 7};
    wsm_log(NULL, 3, "nothing %s", "happens");
    wsm_log(&log, 3, "nothing %s", "happens");
}

static void a_line_has_no_line_breaks(void **state)
{
    (void)state;
    seen_t seen = {0};
    const wsm_log_t log = {collect, &seen, 7};
    wsm_log(&log, 3, "%s", "a\nb\r\tc\x1b\x7f.");
    assert_string_equal(seen.line, "a b  c  .");
}

static void a_line_is_cut_between_characters(void **state)
{
    (void)state;
    seen_t seen = {0};
    const wsm_log_t log = {collect, &seen, 7};
    char text[3000];
    for (int shift = 0; shift < 4; shift++) {
        memset(text, 'x', (size_t)shift);
        for (size_t i = (size_t)shift; i + 3 < sizeof(text); i += 3)
            memcpy(text + i, "\xe2\x82\xac", 4);
        wsm_log(&log, 3, "%s", text);
        size_t length = strlen(seen.line);
        assert_in_range(length, 1000, 1023);
        assert_int_equal((length - (size_t)shift) % 3, 0);
    }
    memset(text, 'y', sizeof(text));
    text[1023] = '\0';
    wsm_log(&log, 3, "%s", text);
    assert_int_equal(strlen(seen.line), 1023);
    text[1023] = 'y';
    text[1100] = '\0';
    wsm_log(&log, 3, "%s", text);
    assert_int_equal(strlen(seen.line), 1023);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_up_to_its_level),
        cmocka_unit_test(nowhere_is_a_place),
        cmocka_unit_test(a_line_has_no_line_breaks),
        cmocka_unit_test(a_line_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
