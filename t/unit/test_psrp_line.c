/* test_psrp_line.c - the lines that a PowerShell engine speaks. */
#include "../../mod_wsman/shelld/psrp_line.c"

#include "cim_test.h"

#define ZERO  "00000000-0000-0000-0000-000000000000"
#define GUID  "1A2b3C4d-0102-0304-aBcD-0123456789aF"
#define LOWER "1a2b3c4d-0102-0304-abcd-0123456789af"

static psrp_tag_e read_text(psrp_line_t *line, const char *text)
{
    return psrp_line_read(line, apr_pstrdup(pool, text), strlen(text));
}

static void elements_are_read(void **state)
{
    static const struct {
        const char *text;
        psrp_tag_e tag;
    } cases[] = {
        {"<DataAck PSGuid='" GUID "' />", PSRP_DATA_ACK},
        {"<Command PSGuid='" GUID "' />", PSRP_COMMAND},
        {"<CommandAck PSGuid='" GUID "' />", PSRP_COMMAND_ACK},
        {"<Signal PSGuid='" GUID "' />", PSRP_SIGNAL},
        {"<SignalAck PSGuid='" GUID "'/>", PSRP_SIGNAL_ACK},
        {"<Close PSGuid=\"" GUID "\" />", PSRP_CLOSE},
        {"\xef\xbb\xbf<DataAck PSGuid='" GUID "' />", PSRP_DATA_ACK},
        {" \t<CloseAck\tPSGuid='" GUID "' /> ", PSRP_CLOSE_ACK},
    };
    psrp_line_t line;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(read_text(&line, cases[i].text), cases[i].tag);
        assert_int_equal(line.tag, cases[i].tag);
        assert_string_equal(line.guid, LOWER);
        assert_null(line.data);
    }
}

static void data_are_decoded(void **state)
{
    static const struct {
        const char *text;
        psrp_stream_e stream;
        const char *data;
        size_t length;
    } cases[] = {
        {"<Data Stream='Default' PSGuid='" GUID "'></Data>", PSRP_DEFAULT, "",
         0},
        {"<Data Stream='Default' PSGuid='" GUID "'>AA==</Data>", PSRP_DEFAULT,
         "\0", 1},
        {"<Data Stream='PromptResponse' PSGuid='" GUID "'>Zm8=</Data>",
         PSRP_PROMPT_RESPONSE, "fo", 2},
        {"<Data PSGuid='" GUID "' Stream='Default'>Zm9v</Data> ", PSRP_DEFAULT,
         "foo", 3},
        {"<Data PSGuid='" GUID "' Stream=\"Default\">++//Zg==</Data>",
         PSRP_DEFAULT, "\xfb\xef\xff\x66", 4},
    };
    psrp_line_t line;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(read_text(&line, cases[i].text), PSRP_DATA);
        assert_int_equal(line.stream, cases[i].stream);
        assert_string_equal(line.guid, LOWER);
        assert_int_equal(line.length, cases[i].length);
        assert_memory_equal(line.data, cases[i].data, cases[i].length);
    }
}

static void other_lines_are_noise(void **state)
{
    static const char *const texts[] = {
        "",
        "<",
        " ",
        "Welcome to PowerShell",
        "<Dat",
        "<Data",
        "<Datas Stream='Default' PSGuid='" GUID "'></Data>",
        "<data PSGuid='" GUID "' />",
        "<DataAck/>",
        "<?xml version='1.0'?>",
        "x <DataAck PSGuid='" GUID "' />",
        "<p:DataAck PSGuid='" GUID "' />",
    };
    psrp_line_t line;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        if (read_text(&line, texts[i]) != PSRP_NOISE)
            fail_msg("%s", texts[i]);
}

static void bad_elements_are_told_from_noise(void **state)
{
    static const char *const texts[] = {
        "<DataAck />",
        "<DataAck PSGuid />",
        "<DataAck PSGuid=",
        "<DataAck PSGuid='",
        "<DataAck PSGuid='" GUID,
        "<DataAck PSGuid='" GUID "'",
        "<DataAck PSGuid='" GUID "' /",
        "<DataAck PSGuid='" GUID "' />x",
        "<DataAck PSGuid='" GUID "' /><DataAck PSGuid='" GUID "' />",
        "<DataAck PSGuid='" GUID "' PSGuid='" GUID "' />",
        "<DataAck PSGuid='{1A2b3C4d-0102-0304-aBcD-0123456789aF}' />",
        "<DataAck PSGuid='1A2b3C4d01020304aBcD0123456789aF' />",
        "<DataAck PSGuid='1A2b3C4d-0102-0304-aBcD-0123456789ag' />",
        "<DataAck Stream='Default' PSGuid='" GUID "' />",
        "<DataAck Other='1' PSGuid='" GUID "' />",
        "<Data PSGuid='" GUID "'></Data>",
        "<Data Stream='Default'></Data>",
        "<Data Stream='default' PSGuid='" GUID "'></Data>",
        "<Data Stream='Default ' PSGuid='" GUID "'></Data>",
        "<Data Stream='Default' PSGuid='" GUID "' />",
        "<Data Stream='Default' PSGuid='" GUID "'>",
        "<Data Stream='Default' PSGuid='" GUID "'>Zm9v",
        "<Data Stream='Default' PSGuid='" GUID "'>Zm9v</Dat>",
        "<Data Stream='Default' PSGuid='" GUID "'>Zm9</Data>",
        "<Data Stream='Default' PSGuid='" GUID "'>Zm9=</Data>",
        "<Data Stream='Default' PSGuid='" GUID "'>Zm9v-Zm9v</Data>",
        "<Data Stream='Default' PSGuid='" GUID "'>Z===</Data>",
        "<Data Stream='Default' PSGuid='" GUID "'>====</Data>",
        "<Data Stream='Default' PSGuid='" GUID "'>Z=9v</Data>",
        "<Data Stream='Default' PSGuid='" GUID "'>Zm9v</Data><",
    };
    psrp_line_t line;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        if (read_text(&line, texts[i]) != PSRP_BROKEN)
            fail_msg("%s", texts[i]);
}

/* What pwsh's own client writes, letter for letter. */
static void lines_are_written(void **state)
{
    static const struct {
        psrp_tag_e tag;
        psrp_stream_e stream;
        const char *data;
        const char *text;
    } cases[] = {
        {PSRP_DATA, PSRP_DEFAULT, "foo",
         "<Data Stream='Default' PSGuid='" ZERO "'>Zm9v</Data>\n"},
        {PSRP_DATA, PSRP_PROMPT_RESPONSE, "fo",
         "<Data Stream='PromptResponse' PSGuid='" ZERO "'>Zm8=</Data>\n"},
        {PSRP_DATA, PSRP_DEFAULT, "f",
         "<Data Stream='Default' PSGuid='" ZERO "'>Zg==</Data>\n"},
        {PSRP_COMMAND, PSRP_DEFAULT, "", "<Command PSGuid='" ZERO "' />\n"},
        {PSRP_SIGNAL, PSRP_DEFAULT, "", "<Signal PSGuid='" ZERO "' />\n"},
        {PSRP_CLOSE, PSRP_DEFAULT, "", "<Close PSGuid='" ZERO "' />\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t length = strlen(cases[i].data);
        char *out = apr_palloc(pool, psrp_line_size(length));
        size_t used = psrp_line_write(out, cases[i].tag, cases[i].stream, ZERO,
                                      cases[i].data, length);

        assert_true(used <= psrp_line_size(length));
        assert_int_equal(used, strlen(cases[i].text));
        assert_memory_equal(out, cases[i].text, used);
    }
}

static void what_is_written_reads_back(void **state)
{
    char data[300];
    psrp_line_t line;

    (void)state;
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (char)(i * 7 + i / 256);
    for (size_t length = 0; length <= sizeof(data); length++) {
        char *out = malloc(psrp_line_size(length));
        size_t used = psrp_line_write(out, PSRP_DATA, PSRP_PROMPT_RESPONSE,
                                      GUID, data, length);

        assert_int_equal(out[used - 1], '\n');
        assert_int_equal(psrp_line_read(&line, out, used - 1), PSRP_DATA);
        assert_int_equal(line.stream, PSRP_PROMPT_RESPONSE);
        assert_string_equal(line.guid, LOWER);
        assert_int_equal(line.length, length);
        assert_memory_equal(line.data, data, length);
        free(out);
    }
}

/* The sanitizer sees whether a byte beyond is read. */
static void every_beginning_of_a_line_is_read(void **state)
{
    static const char text[] =
        "<Data Stream='Default' PSGuid='" GUID "'>Zm9vZm8=</Data>";
    psrp_line_t line;

    (void)state;
    for (size_t length = 0; length < sizeof(text) - 1; length++) {
        char *copy = malloc(length ? length : 1);

        memcpy(copy, text, length);
        assert_in_range(psrp_line_read(&line, copy, length), PSRP_NOISE,
                        PSRP_BROKEN);
        free(copy);
    }
}

static void guids_are_known(void **state)
{
    (void)state;
    assert_true(psrp_guid_is(GUID, 36));
    assert_false(psrp_guid_is(GUID, 35));
    assert_false(psrp_guid_is(GUID "0", 37));
    assert_false(psrp_guid_is("1A2b3C4d-0102-0304-aBcD:0123456789aF", 36));
    assert_false(psrp_guid_is("1A2b3C4d-0102-0304-aBcD-0123456789a-", 36));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(elements_are_read),
        TEST(data_are_decoded),
        TEST(other_lines_are_noise),
        TEST(bad_elements_are_told_from_noise),
        TEST(lines_are_written),
        TEST(what_is_written_reads_back),
        TEST(every_beginning_of_a_line_is_read),
        TEST(guids_are_known),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
