/* test_cim_mof_lex.c - the words of MOF and where they are. */
#include "cim_test.h"

#include "../../mod_wsman/cim/cim_mof_char.h"
#include "../../mod_wsman/cim/cim_mof_lex.h"

static void tokens_and_their_places(void **state)
{
    (void)state;
    static const char text[] = "Name $Alias \"a\\\"b\" 'c'\n"
                               "-5 1.5 { } ; // end {\n"
                               "/* \xc3\xa9 \n */ \xc3\xa9t\xc3\xa9 #pragma x";
    static const struct {
        int kind;
        const char *text;
        unsigned line, column;
    } rows[] = {{CIM_MOF_NAME, "Name", 1, 1},
                {CIM_MOF_ALIAS, "Alias", 1, 6},
                {CIM_MOF_STRING, "a\\\"b", 1, 13},
                {CIM_MOF_CHAR, "'c'", 1, 20},
                {CIM_MOF_INTEGER, "-5", 2, 1},
                {CIM_MOF_REAL, "1.5", 2, 4},
                {'{', "{", 2, 8},
                {'}', "}", 2, 10},
                {';', ";", 2, 12},
                {CIM_MOF_NAME, "\xc3\xa9t\xc3\xa9", 4, 5},
                {CIM_MOF_PRAGMA, "#pragma", 4, 9},
                {CIM_MOF_NAME, "x", 4, 17},
                {CIM_MOF_END, "", 4, 18}};
    cim_mof_lexer_t lex;
    cim_mof_lex_start(&lex, "t.mof", text, sizeof(text) - 1);
    for (size_t i = 0; i < COUNT(rows); i++) {
        cim_mof_lex_next(&lex);
        assert_int_equal(lex.kind, rows[i].kind);
        assert_int_equal(lex.length, strlen(rows[i].text));
        assert_memory_equal(lex.text, rows[i].text, lex.length);
        assert_int_equal(lex.line, rows[i].line);
        assert_int_equal(lex.column, rows[i].column);
    }
    cim_mof_lex_next(&lex);
    assert_int_equal(lex.kind, CIM_MOF_END);
}

static void words_are_compared_without_case(void **state)
{
    (void)state;
    cim_mof_lexer_t lex;
    cim_mof_lex_start(&lex, "t.mof", "Class", 5);
    cim_mof_lex_next(&lex);
    assert_true(cim_mof_lex_is(&lex, "class"));
    assert_false(cim_mof_lex_is(&lex, "classes"));
    assert_false(cim_mof_lex_is(&lex, "clas"));
    cim_mof_lex_start(&lex, "t.mof", "\"class\"", 7);
    cim_mof_lex_next(&lex);
    assert_false(cim_mof_lex_is(&lex, "class"));
}

static void what_is_found_has_a_name(void **state)
{
    (void)state;
    static const struct {
        const char *text, *found;
    } rows[] = {{"", "the end"},
                {"\"x\"", "a string"},
                {"#pragma", "#pragma"},
                {"$a", "$a"},
                {"word", "'word'"},
                {"0x1F", "'0x1F'"},
                {"'c'", "''c''"},
                {";", "';'"},
                {"a234567890123456789012345678901234567890tail",
                 "'a234567890123456789012345678901234567890'"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        cim_mof_lexer_t lex;
        cim_mof_lex_start(&lex, "t.mof", rows[i].text, strlen(rows[i].text));
        cim_mof_lex_next(&lex);
        assert_string_equal(cim_mof_lex_found(&lex, pool), rows[i].found);
    }
}

static void a_nul_is_not_the_end(void **state)
{
    (void)state;
    static const char text[] = "a\0b";
    cim_mof_lexer_t lex;
    cim_mof_lex_start(&lex, "t.mof", text, 3);
    cim_mof_lex_next(&lex);
    assert_int_equal(lex.kind, CIM_MOF_NAME);
    cim_mof_lex_next(&lex);
    assert_int_equal(lex.kind, CIM_MOF_BAD);
    static const char string[] = "\"a\0b\"";
    cim_mof_lex_start(&lex, "t.mof", string, 5);
    cim_mof_lex_next(&lex);
    assert_int_equal(lex.kind, CIM_MOF_BAD);
    assert_string_equal(lex.fault, "this string has a NUL in it");
}

static void characters_are_read_as_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        apr_uint32_t code; /* 0: none */
    } rows[] = {{"a", 'a'},
                {"\x7f", 0x7f},
                {"\xc2\x80", 0x80},
                {"\xdf\xbf", 0x7ff},
                {"\xe0\xa0\x80", 0x800},
                {"\xef\xbf\xbf", 0xffff},
                {"\xf0\x90\x80\x80", 0x10000},
                {"\xf4\x8f\xbf\xbf", 0x10ffff},
                {"\x80", 0},
                {"\xc0\x80", 0},
                {"\xc1\xbf", 0},
                {"\xc3", 0},
                {"\xc3 ", 0},
                {"\xe0\x9f\xbf", 0},
                {"\xed\xa0\x80", 0},
                {"\xf0\x8f\xbf\xbf", 0},
                {"\xf4\x90\x80\x80", 0},
                {"\xf8\x88\x80\x80\x80", 0},
                {"\xff", 0}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *p = rows[i].bytes;
        apr_uint32_t code = 0;
        int good = cim_mof_char_read(&p, p + strlen(p), &code);
        assert_int_equal(good, rows[i].code != 0);
        assert_int_equal(code, rows[i].code);
        if (!good)
            continue;
        char out[8] = {0};
        const char *end = cim_mof_char_put(out, code);
        assert_string_equal(out, rows[i].bytes);
        assert_ptr_equal(end, out + strlen(out));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tokens_and_their_places),
        TEST(words_are_compared_without_case),
        TEST(what_is_found_has_a_name),
        TEST(a_nul_is_not_the_end),
        TEST(characters_are_read_as_utf8),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
