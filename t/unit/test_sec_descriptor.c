/* test_sec_descriptor.c - SDDL, self-relative descriptors, what they allow. */
#include "cim_test.h"

#include "../../mod_wsman/security/sec_descriptor.h"

/* WBEM_ENABLE, WBEM_METHOD_EXECUTE, WBEM_FULL_WRITE_REP (MS-WMI 5.2) */
static const sec_mapping_t mapping = {0x1, 0x4, 0x2, 0x6003f};

static const sec_descriptor_t *sd(const char *text)
{
    const sec_descriptor_t *made;
    const char *fault = sec_sddl_parse(&made, text, pool);
    if (fault)
        fail_msg("%s: %s", text, fault);
    return made;
}

static void texts_read_back(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "O:BAG:BAD:P(A;OICI;GRGX;;;BU)(A;OICI;GA;;;BA)S:P(AU;FA;GR;;;WD)",
        ("O:BAG:BAD:(A;CI;CCDCLCSWRPWPRCWD;;;BA)(A;CI;CCDCRP;;;NS)"
         "(A;CI;CCDCRP;;;LS)(A;CI;CCDCRP;;;AU)"),
        "D:NO_ACCESS_CONTROL",
        "D:",
        "D:PAI",
        "O:S-1-22-1-1000D:ARAI",
        "G:S-1-22-2-100D:(D;NPIO;0x12345678;;;S-1-5-21-1-2-3-500)",
        "O:S-1-0x123456789abc-1D:"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_string_equal(sec_sddl_text(sd(texts[i]), pool), texts[i]);
    }
    assert_string_equal(
        sec_sddl_text(sd("D:(A;;KR;;;WD)(D;;0X10;;;S-1-1-0)(A;;8;;;AN)"), pool),
        "D:(A;;CCSWRPRC;;;WD)(D;;RP;;;WD)(A;;SW;;;AN)");
}

static void bad_texts_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "X:",
        "D",
        "D:(",
        "D:(A;;GA;;;WD",
        "D:(A;;GA;;;XX)",
        "D:(A;;GA;;;DA)",
        "D:(B;;GA;;;WD)",
        "D:(A;ZZ;GA;;;WD)",
        "D:(A;;QQ;;;WD)",
        "D:(A;;0x100000000;;;WD)",
        "D:(A;;-1;;;WD)",
        "D:(A;;GA;guid;;WD)",
        "D:(OA;;GA;;;WD)",
        "D:(XA;;GA;;;WD;(a==1))",
        "D:(AU;SA;GA;;;WD)",
        "S:(A;;GA;;;WD)",
        "D:D:",
        "S:D:",
        "O:",
        "O:S-1",
        "O:S-1-5",
        "O:S-2-5-1",
        "O:S-1-5-4294967296",
        "O:S-1-5-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1",
        "D:(A;;GA;;;S-1-5-)",
        "D:(A;C",
        "D:(A;CI;G",
        "O:B"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        const sec_descriptor_t *made;
        if (!sec_sddl_parse(&made, texts[i], pool))
            fail_msg("accepted: %s", texts[i]);
    }
    const sec_descriptor_t *made;
    assert_string_equal(sec_sddl_parse(&made, "D:(A;;GA;;;DA)", pool),
                        "SDDL: this alias means an account of a domain: write "
                        "its SID, at character 12.");
}

/** The example of MS-DTYP 2.5.1.4. */
static void octets_are_those_of_the_specification(void **state)
{
    (void)state;
    static const unsigned char octets[] = {
        0x01, 0x00, 0x14, 0xb0, 0x90, 0x00, 0x00, 0x00, 0xa0, 0x00, 0x00, 0x00,
        0x14, 0x00, 0x00, 0x00, 0x30, 0x00, 0x00, 0x00, 0x02, 0x00, 0x1c, 0x00,
        0x01, 0x00, 0x00, 0x00, 0x02, 0x80, 0x14, 0x00, 0x00, 0x00, 0x00, 0x80,
        0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
        0x02, 0x00, 0x60, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x03, 0x18, 0x00,
        0x00, 0x00, 0x00, 0xa0, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05,
        0x20, 0x00, 0x00, 0x00, 0x21, 0x02, 0x00, 0x00, 0x00, 0x03, 0x18, 0x00,
        0x00, 0x00, 0x00, 0x10, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05,
        0x20, 0x00, 0x00, 0x00, 0x20, 0x02, 0x00, 0x00, 0x00, 0x03, 0x14, 0x00,
        0x00, 0x00, 0x00, 0x10, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05,
        0x12, 0x00, 0x00, 0x00, 0x00, 0x03, 0x14, 0x00, 0x00, 0x00, 0x00, 0x10,
        0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00,
        0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x20, 0x00, 0x00, 0x00,
        0x20, 0x02, 0x00, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05,
        0x20, 0x00, 0x00, 0x00, 0x20, 0x02, 0x00, 0x00};
    const sec_descriptor_t *made =
        sd("O:BAG:BAD:P(A;CIOI;GRGX;;;BU)(A;CIOI;GA;;;BA)(A;CIOI;GA;;;SY)"
           "(A;CIOI;GA;;;CO)S:P(AU;FA;GR;;;WD)");
    apr_size_t length;
    const unsigned char *data = sec_binary_make(made, &length, pool);
    assert_int_equal(length, sizeof(octets));
    assert_memory_equal(data, octets, sizeof(octets));
    const sec_descriptor_t *again;
    assert_null(sec_binary_parse(&again, octets, sizeof(octets), pool));
    assert_string_equal(sec_sddl_text(again, pool), sec_sddl_text(made, pool));
    /* every truncation, and every octet changed, is refused or understood */
    for (apr_size_t i = 0; i < sizeof(octets); i++) {
        unsigned char *copy = apr_pmemdup(pool, octets, sizeof(octets));
        if (i < sizeof(octets) - 4)
            assert_non_null(sec_binary_parse(&again, copy, i, pool));
        copy[i] ^= 0xff;
        if (!sec_binary_parse(&again, copy, sizeof(octets), pool))
            assert_non_null(sec_sddl_text(again, pool));
    }
}

static void no_list_is_not_an_empty_one(void **state)
{
    (void)state;
    apr_size_t length;
    const sec_descriptor_t *made;
    const unsigned char *data =
        sec_binary_make(sd("D:NO_ACCESS_CONTROL"), &length, pool);
    assert_null(sec_binary_parse(&made, data, length, pool));
    assert_null(made->dacl);
    data = sec_binary_make(sd("D:"), &length, pool);
    assert_null(sec_binary_parse(&made, data, length, pool));
    assert_non_null(made->dacl);
    assert_int_equal(made->dacl->count, 0);
}

static apr_uint32_t ask(const char *text, const char *sids, apr_uint32_t wanted)
{
    sec_sid_t who[8];
    sec_token_t token = {who, 0};
    char *last, *word = apr_strtok(apr_pstrdup(pool, sids), " ", &last);
    for (; word; word = apr_strtok(NULL, " ", &last))
        assert_null(sec_sid_parse(&who[token.count++], word, strlen(word)));
    return sec_access_check(sd(text), &token, wanted, &mapping);
}

static void access_is_checked(void **state)
{
    (void)state;
    assert_int_equal(ask("D:", "WD", 1), 1);
    assert_int_equal(ask("D:NO_ACCESS_CONTROL", "WD", 0xffff), 0);
    assert_int_equal(ask("D:(A;;CCDC;;;AU)", "AU WD", 0x3), 0);
    assert_int_equal(ask("D:(A;;CCDC;;;AU)", "AU WD", 0x7), 0x4);
    assert_int_equal(ask("D:(A;;CCDC;;;AU)", "WD", 0x1), 0x1);
    /* the first that speaks of a right decides */
    assert_int_equal(ask("D:(D;;DC;;;AU)(A;;CCDC;;;WD)", "AU WD", 0x2), 0x2);
    assert_int_equal(ask("D:(D;;DC;;;AU)(A;;CCDC;;;WD)", "AU WD", 0x1), 0);
    assert_int_equal(ask("D:(A;;CCDC;;;WD)(D;;DC;;;AU)", "AU WD", 0x2), 0);
    /* entries only for children do not count */
    assert_int_equal(ask("D:(A;CIIO;CC;;;WD)", "WD", 1), 1);
    /* generic rights, both ways */
    assert_int_equal(ask("D:(A;;GA;;;BA)", "BA", 0x6003f), 0);
    assert_int_equal(ask("D:(A;;CC;;;BA)", "BA", SEC_GENERIC_READ), 0);
    assert_int_equal(ask("D:(A;;CC;;;BA)", "BA", SEC_GENERIC_WRITE), 0x4);
    /* the owner can always read and mend the descriptor, unless it says what
     * owners may */
    assert_int_equal(ask("O:BAD:", "BA", SEC_READ_CONTROL | SEC_WRITE_DAC), 0);
    assert_int_equal(
        ask("O:BAD:(A;;RC;;;OW)", "BA", SEC_READ_CONTROL | SEC_WRITE_DAC),
        SEC_WRITE_DAC);
    assert_int_equal(ask("O:BAD:", "BU", SEC_READ_CONTROL), SEC_READ_CONTROL);
}

static void containers_inherit(void **state)
{
    (void)state;
    static const struct {
        const char *own, *above, *result;
    } rows[] = {
        {"D:", "D:(A;CI;CC;;;BA)", "D:AI(A;CIID;CC;;;BA)"},
        {"D:", "D:(A;;CC;;;BA)", "D:AI"},
        {"D:(A;;DC;;;BU)", "D:(A;CI;CC;;;BA)",
         "D:AI(A;;DC;;;BU)(A;CIID;CC;;;BA)"},
        {"D:P(A;;DC;;;BU)", "D:(A;CI;CC;;;BA)", "D:P(A;;DC;;;BU)"},
        {"D:AI(A;CIID;DC;;;BU)", "D:(A;CI;CC;;;BA)", "D:AI(A;CIID;CC;;;BA)"},
        {"D:", "D:(A;CINP;CC;;;BA)", "D:AI(A;ID;CC;;;BA)"},
        {"D:", "D:(A;CIIO;CC;;;BA)", "D:AI(A;CIID;CC;;;BA)"},
        {"D:", "O:BAG:BUD:S:(AU;CISA;CC;;;WD)",
         "O:BAG:BUD:AIS:AI(AU;CIIDSA;CC;;;WD)"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(
            sec_sddl_text(sec_inherit(sd(rows[i].own), sd(rows[i].above), pool),
                          pool),
            rows[i].result);
}

static void accounts_have_sids(void **state)
{
    (void)state;
    sec_sid_t sid;
    sec_sid_of_uid(&sid, 1000);
    assert_string_equal(sec_sid_text(&sid, pool), "S-1-22-1-1000");
    sec_sid_of_gid(&sid, 4294967294u);
    assert_string_equal(sec_sid_text(&sid, pool), "S-1-22-2-4294967294");
    assert_null(sec_sid_alias(&sid));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(texts_read_back),
        TEST(bad_texts_are_refused),
        TEST(octets_are_those_of_the_specification),
        TEST(no_list_is_not_an_empty_one),
        TEST(access_is_checked),
        TEST(containers_inherit),
        TEST(accounts_have_sids),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
