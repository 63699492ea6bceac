/* The patterns of LIKE, in WQL and in CQL. */
#include "cim_test.h"

#include "../../mod_wsman/query/query_like.h"

typedef struct like_case_t {
    const char *pattern;
    const char *text;
    int matches;
} like_case_t;

static const like_case_t wql_cases[] = {
    {"", "", 1},
    {"", "a", 0},
    {"a", "", 0},
    {"abc", "ABC", 1},
    {"abc", "abcd", 0},
    {"abc", "xabc", 0},
    {"%", "", 1},
    {"%", "anything", 1},
    {"%%", "", 1},
    {"%%%a%%%", "xay", 1},
    {"a%", "a", 1},
    {"a%", "abc", 1},
    {"a%", "ba", 0},
    {"%a", "a", 1},
    {"%a", "bca", 1},
    {"%a", "ab", 0},
    {"%win%", "Darwin", 1},
    {"%win%", "wi n", 0},
    {"a%b%c", "aXbYc", 1},
    {"a%b%c", "abcbc", 1},
    {"a%b%c", "acb", 0},
    {"%aab", "aaaab", 1},
    {"%aab%", "aaaaxaabx", 1},
    {"_", "a", 1},
    {"_", "", 0},
    {"_", "ab", 0},
    {"_b_", "abc", 1},
    {"%_", "", 0},
    {"%_", "x", 1},
    {"%_%_%", "x", 0},
    {"%_%_%", "xy", 1},
    /* MS-WMI 2.2.1.1, the table of [ */
    {"[a-f]", "c", 1},
    {"[a-f]", "C", 1},
    {"[a-f]", "g", 0},
    {"[a=f]", "c", 1},
    {"[a=f]", "=", 0},
    {"[a-]", "a", 1},
    {"[a-]", "-", 1},
    {"[a-]", "b", 0},
    {"[a=]", "=", 1},
    {"[^ad-f]", "b", 1},
    {"[^ad-f]", "a", 0},
    {"[^ad-f]", "E", 0},
    {"[^ad-f]", "", 0},
    {"[^]", "^", 1},
    {"[^]", "a", 0},
    {"[a^]", "^", 1},
    {"[%]", "%", 1},
    {"[%]", "x", 0},
    {"[_]", "_", 1},
    {"[_]", "x", 0},
    {"[[]", "[", 1},
    {"[]", "", 0},
    {"[]", "]", 0},
    {"]", "]", 1},
    {"[abc-e0-9]x", "7x", 1},
    {"[f-a]", "c", 0},
    {"a[^b]c", "axc", 1},
    {"a[^b]c", "aBc", 0},
    {"100[%]", "100%", 1},
    {"a\\b", "a\\b", 1},
    {"\\%", "\\x", 1},
    /* Two backslashes are two or one */
    {"a\\\\b", "a\\b", 1},
    {"a\\\\b", "a\\\\b", 1},
    {"a\\\\b", "ab", 0},
    {"a\\\\b", "a\\\\\\b", 0},
    {"\\\\\\\\a", "\\\\a", 1},
    {"\\\\\\\\a", "\\a", 0},
    {"%\\\\x%", "c:\\x", 1},
    {"%\\\\%", "c:x", 0},
    {"\\\\", "\\", 1},
    {"\\\\", "", 0},
    {"\\%\\a", "\\a", 0},
    {"-=^", "-=^", 1},
    /* Characters, not bytes */
    {"_", "\xc3\xa4", 1},
    {"_", "\xe2\x82\xac", 1},
    {"_", "\xf0\x9f\x98\x80", 1},
    {"__", "\xc3\xa4", 0},
    {"[\xc3\xa0-\xc3\xb6]", "\xc3\xa4", 1},
    {"[\xc3\xa0-\xc3\xb6]", "\xc3\xbc", 0},
    {"[^\xc3\xa4]", "\xc3\xa4", 0},
    {"[^\xc3\xa4]", "\xc3\xa5", 1},
    {"%\xe2\x82\xac%", "5 \xe2\x82\xac.", 1},
    {"%\xe2\x82\xac%", "5 \xe2\x82\xad.", 0},
    {"\xc3\xa4", "\xc3\x84", 0},
    {"[!-\xe2\x82\xac]", "\xc3\xa4", 1},
    {"[a-\xc2\x80]", "\xc2\x80", 1},
    {"[a-\xc2\x80]", "\xc2\x81", 0},
    /* Bytes that are no characters */
    {"_", "\xff", 1},
    {"_", "\xe2\x82", 1},
    {"__", "\xe2\x82x", 1},
    {"a", "\xc1", 0},
};

static const like_case_t cql_cases[] = {
    {"", "", 1},
    {"abc", "abc", 1},
    {"abc", "ABC", 0},
    {"abc", "abcd", 0},
    {".", "x", 1},
    {".", "", 0},
    {".*", "", 1},
    {".*", "anything", 1},
    {"a.*", "abc", 1},
    {"a.*", "a", 1},
    {".*c", "abc", 1},
    {".*b.*", "abc", 1},
    {".*b.*", "xyz", 0},
    {"a*", "", 1},
    {"a*", "aaa", 1},
    {"a*", "aab", 0},
    {"a*b", "aaab", 1},
    {"a*b", "b", 1},
    {"a*b*c*", "", 1},
    {"a*b*c*", "ac", 1},
    {"a*b*c*", "aabbc", 1},
    {"a*b*c*", "cb", 0},
    {"a*a*a*a", "a", 1},
    {"xa*b*y", "xy", 1},
    {"xa*b*y", "xby", 1},
    {"\\.", ".", 1},
    {"\\.", "x", 0},
    {"\\*", "*", 1},
    {"a\\*", "aa", 0},
    {"\\.*", "...", 1},
    {"\\\\", "\\", 1},
    {"%_[a]", "%_[a]", 1},
    {".", "\xc3\xa4", 1},
    {"\xc3\xa4*", "\xc3\xa4\xc3\xa4", 1},
};

static const query_like_t *compile(const char *pattern, int cql)
{
    const query_like_t *like = NULL;
    wsm_error_t *err = cql ? query_like_cql(&like, pattern, pool)
                           : query_like_wql(&like, pattern, 1, pool);

    if (err != NULL)
        fail_msg("%.60s: %s", pattern, err->message);
    return like;
}

/* Patterns of more than one word have a loop of their own: the same case
 * behind 130 characters more. */
static void check(const like_case_t *one, int cql)
{
    char row[131];
    const char *pattern, *text;

    memset(row, 'q', 130);
    row[130] = '\0';
    if (query_like_matches(compile(one->pattern, cql), one->text) !=
        one->matches)
        fail_msg("%s LIKE %s", one->text, one->pattern);
    pattern = apr_pstrcat(pool, row, one->pattern, NULL);
    text = apr_pstrcat(pool, row, one->text, NULL);
    if (query_like_matches(compile(pattern, cql), text) != one->matches)
        fail_msg("long: %s LIKE %s", one->text, one->pattern);
}

static void test_wql(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(wql_cases); i++)
        check(&wql_cases[i], 0);
}

static void test_cql(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cql_cases); i++)
        check(&cql_cases[i], 1);
}

static void test_case(void **state)
{
    const query_like_t *like;

    (void)state;
    assert_null(query_like_wql(&like, "%Win%", 0, pool));
    assert_true(query_like_matches(like, "Windows"));
    assert_false(query_like_matches(like, "windows"));
}

static void test_refused(void **state)
{
    static const char *const wql[] = {"[", "a[b", "[^", "[a-", "[^a", "%[x%"};
    static const char *const cql[] = {"*", "a**", "*a", "\\", "a\\"};
    const query_like_t *like;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(wql); i++)
        assert_non_null(query_like_wql(&like, wql[i], 1, pool));
    for (i = 0; i < COUNT(cql); i++)
        assert_non_null(query_like_cql(&like, cql[i], pool));
}

static void test_limits(void **state)
{
    char *pattern = apr_pcalloc(pool, 4000);
    const query_like_t *like;

    (void)state;
    memset(pattern, 'x', 1023);
    assert_null(query_like_wql(&like, pattern, 1, pool));
    assert_null(query_like_cql(&like, pattern, pool));
    pattern[1023] = 'x';
    assert_non_null(query_like_wql(&like, pattern, 1, pool));
    assert_non_null(query_like_cql(&like, pattern, pool));
    pattern[1023] = '*';
    assert_null(query_like_cql(&like, pattern, pool));
    memset(pattern, '%', 3000);
    assert_null(query_like_wql(&like, pattern, 1, pool));
    /* What is in sets counts, too. */
    memset(pattern, 'x', 1024);
    memcpy(pattern, "[", 1);
    strcpy(pattern + 1024, "]");
    assert_null(query_like_wql(&like, pattern, 1, pool));
    strcpy(pattern + 1024, "x]");
    assert_non_null(query_like_wql(&like, pattern, 1, pool));
}

/* Every length around the words, first, last and no character wrong. */
static void test_lengths(void **state)
{
    char text[140], pattern[140];
    int length;

    (void)state;
    for (length = 1; length < 135; length++) {
        memset(text, 'x', sizeof(text));
        text[length] = '\0';
        memcpy(pattern, text, sizeof(text));
        assert_true(query_like_matches(compile(pattern, 0), text));
        pattern[length - 1] = 'y';
        assert_false(query_like_matches(compile(pattern, 0), text));
        pattern[length - 1] = '%';
        assert_true(query_like_matches(compile(pattern, 0), text));
        text[0] = 'y';
        assert_int_equal(query_like_matches(compile(pattern, 0), text),
                         length == 1);
    }
}

/* A matcher that tries one way after the other does not end here: there are
 * more than 10^100 of them. */
static void test_bounded(void **state)
{
    char *pattern = apr_pcalloc(pool, 1024);
    char *text = apr_pcalloc(pool, 65536);
    int i;

    (void)state;
    for (i = 0; i < 510; i++)
        memcpy(pattern + 2 * i, "%a", 2);
    memset(text, 'a', 65535);
    assert_true(query_like_matches(compile(pattern, 0), text));
    text[65534] = 'b';
    assert_false(query_like_matches(compile(pattern, 0), text));
    pattern[1020] = 'c';
    assert_false(query_like_matches(compile(pattern, 0), text));
    for (i = 0; i < 500; i++)
        memcpy(pattern + 2 * i, "a*", 2);
    memcpy(pattern + 1000, "c", 2);
    assert_false(query_like_matches(compile(pattern, 1), text));
    for (i = 1; i < 500; i++)
        pattern[2 * i] = 'z';
    assert_false(query_like_matches(compile(pattern, 1), text));
    text[65534] = 'c';
    assert_true(query_like_matches(compile(pattern, 1), text));
}

/* The same by trying, for short ones. */
static int tries_wql(const char *pattern, const char *text)
{
    if (*pattern == '\0')
        return *text == '\0';
    if (*pattern == '%')
        return tries_wql(pattern + 1, text) ||
               (*text != '\0' && tries_wql(pattern, text + 1));
    return *text != '\0' && (*pattern == '_' || *pattern == *text) &&
           tries_wql(pattern + 1, text + 1);
}

static int tries_cql(const char *pattern, const char *text)
{
    int first = *text != '\0' && (*pattern == '.' || *pattern == *text);

    if (*pattern == '\0')
        return *text == '\0';
    if (pattern[1] == '*')
        return tries_cql(pattern + 2, text) ||
               (first && tries_cql(pattern, text + 1));
    return first && tries_cql(pattern + 1, text + 1);
}

/* A text of letters, in front of it so many q. */
static const char *random_text(unsigned *seed, const char *letters,
                               unsigned length, unsigned before)
{
    char *text = apr_pcalloc(pool, before + length + 1);
    unsigned i;

    memset(text, 'q', before);
    for (i = 0; i < length; i++) {
        *seed = *seed * 1103515245u + 12345u;
        text[before + i] = letters[(*seed >> 16) % strlen(letters)];
    }
    return text;
}

static const char *without_bad_stars(const char *pattern)
{
    char *out = apr_pcalloc(pool, strlen(pattern) + 1), *p = out;

    for (; *pattern; pattern++) {
        if (*pattern != '*' || (p > out && p[-1] != '*'))
            *p++ = *pattern;
    }
    return out;
}

static void test_against_trying(void **state)
{
    unsigned seed = 1, i, matches = 0;

    (void)state;
    for (i = 0; i < 20000; i++) {
        unsigned before = i % 3 == 0 ? 0 : 55 + i % 12;
        const char *text = random_text(&seed, "ab", i % 7, before);
        const char *wql = random_text(&seed, "ab%_", i % 8, before);
        const char *cql =
            without_bad_stars(random_text(&seed, "ab.**", i % 12, before));
        int expected = tries_wql(wql, text);

        matches += (unsigned)expected;
        if (query_like_matches(compile(wql, 0), text) != expected)
            fail_msg("%s LIKE %s", text, wql);
        expected = tries_cql(cql, text);
        matches += (unsigned)expected;
        if (query_like_matches(compile(cql, 1), text) != expected)
            fail_msg("%s LIKE %s (CQL)", text, cql);
        if (i % 100 == 0)
            apr_pool_clear(pool);
    }
    assert_in_range(matches, 2000, 30000);
}

static const struct CMUnitTest tests[] = {
    TEST(test_wql),     TEST(test_cql),           TEST(test_case),
    TEST(test_refused), TEST(test_limits),        TEST(test_lengths),
    TEST(test_bounded), TEST(test_against_trying)};

int main(void)
{
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
