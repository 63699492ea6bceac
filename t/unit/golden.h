/* golden.h - compares a text with a file under t/unit/golden.
 *
 * UUIDs become U.  WSM_GOLDEN_WRITE=1 in the environment writes the files anew
 * instead: look at what git shows then.
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include "xml_fixture.h"

static int is_hex_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

/** @return true at "uuid:" and a UUID in capitals */
static int at_uuid(const char *p)
{
    if (strncmp(p, "uuid:", 5) != 0)
        return 0;
    for (int i = 0; i < 36; i++) {
        int dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? p[5 + i] != '-' : !is_hex_digit(p[5 + i]))
            return 0;
    }
    return 1;
}

static char *without_uuids(const char *text)
{
    char *copy = apr_palloc(pool, strlen(text) + 1);
    char *at = copy;
    while (*text) {
        if (at_uuid(text)) {
            at = stpcpy(at, "uuid:U");
            text += 41;
        } else
            *at++ = *text++;
    }
    *at = '\0';
    return copy;
}

__attribute__((unused)) static void assert_golden(const char *text,
                                                  const char *name)
{
    char *path = apr_pstrcat(pool, "t/unit/golden/", name, NULL);
    char *line = apr_pstrcat(pool, without_uuids(text), "\n", NULL);
    document(text);
    if (getenv("WSM_GOLDEN_WRITE")) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        fputs(line, file);
        fclose(file);
        return;
    }
    const char *expected = read_text_file(path);
    if (!expected)
        fail_msg("%s cannot be read; run from the top of the tree", path);
    assert_string_equal(line, expected);
}

#endif
