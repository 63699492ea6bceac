/* test_wsm_reply.c - the envelope around a reply, against golden files. */
#include "golden.h"

#include "../../mod_wsman/soap/wsm_names.h"
#include "../../mod_wsman/soap/wsm_reply.h"

static const wsm_request_t older = {.action = WSM_ACTION_GET,
                                    .message_id = "uuid:aB<&>"};
static const wsm_request_t newer = {.addressing = WSM_ADDRESSING_2005,
                                    .action = WSM_ACTION_ENUMERATE,
                                    .message_id = "urn:1",
                                    .reply_headers = "<x:Y xmlns:x=\"z\"/>"};

static const struct {
    const char *file;
    wsm_reply_t reply;
} replies[] = {
    {"reply_get.xml", {.request = &older, .prefixes = WSM_PREFIX_X}},
    {"reply_enumerate_2005.xml",
     {.request = &newer,
      .prefixes = WSM_PREFIX_N,
      .headers = "<w:TotalItemsCountEstimate>3</w:TotalItemsCountEstimate>"}},
    {"reply_all_prefixes.xml",
     {.request = &older, .action = "urn:a&b", .prefixes = 0x1f}},
    {"reply_to_nothing.xml", {.action = WSM_FAULT_WSMAN}},
};

static void replies_are_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(replies); i++) {
        wsm_writer_t *out = writer();
        wsm_reply_begin(out, &replies[i].reply);
        wsm_write_lit(out, "<body/>");
        apr_size_t before = wsm_writer_length(out);
        wsm_reply_end(out);
        assert_int_equal(wsm_writer_length(out) - before, WSM_REPLY_TAIL);
        assert_golden(content(out), replies[i].file);
    }
}

static void identify_has_no_headers(void **state)
{
    (void)state;
    wsm_writer_t *out = writer();
    wsm_reply_identify_begin(out);
    wsm_write_lit(out, "<body/>");
    wsm_reply_end(out);
    assert_golden(content(out), "reply_identify.xml");
}

static void message_ids_differ(void **state)
{
    (void)state;
    const char *ids[2];
    for (int i = 0; i < 2; i++) {
        wsm_writer_t *out = writer();
        wsm_reply_begin(out, &replies[0].reply);
        wsm_reply_end(out);
        const xmlNode *header = wsm_xml_first(tree(content(out)));
        ids[i] =
            wsm_xml_text(wsm_xml_child(header, WSM_NS_WSA, "MessageID"), pool);
    }
    assert_string_not_equal(ids[0], ids[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_are_golden),
        cmocka_unit_test(identify_has_no_headers),
        cmocka_unit_test(message_ids_differ),
    };
    return cmocka_run_group_tests(tests, make_pool, drop_pool);
}
