/* test_cim_verify.c - records that are in order, and those that are not. */
#include "catalog.h"

#include "../../mod_wsman/om/cim_verify.h"
#include "../../mod_wsman/xml/wsm_xml.h"

static const char mof[] =
    "class A { [Key] string Id; [Required] uint8 n = 1; };\n"
    "class B : A { string s; };\n"
    "instance of A { Id = \"1\"; }; instance of A { Id = \"2\"; };\n"
    "instance of B { Id = \"1\"; s = \"x\"; };\n";

typedef struct t_found_t {
    const char *text; /* what was found, one after the other */
} t_found_t;

static void take_bad(void *baton, const cim_class_t *cls, const char *key,
                     const char *why)
{
    t_found_t *self = baton;
    self->text = apr_pstrcat(pool, self->text, "[", cls->name, " ", key, " ",
                             why, "]", NULL);
}

/** A record as nobody would write it. */
static void put(const t_catalog_t *self, const char *key, const char *data)
{
    const wsm_record_id_t id = {"default", "root/cimv2", "a", key};
    const wsm_content_t content = {.data = data, .folded_key = key};
    must(wsm_store_insert(self->store, &id, &content, pool));
}

static const char *verify(const t_catalog_t *self, unsigned records)
{
    t_found_t found = {""};
    cim_verify_t all = {.store = self->store,
                        .repository = "default",
                        .schema = now(self),
                        .bad = take_bad,
                        .baton = &found};
    must(cim_verify_records(&all, pool));
    assert_int_equal(all.records, records);
    assert_true(all.classes >= 2);
    return found.text;
}

static t_catalog_t *filled(void)
{
    t_catalog_t *self = catalog_of("");
    must(compile(self, mof));
    return self;
}

static void good_ones_are_counted(void **state)
{
    (void)state;
    assert_string_equal(verify(filled(), 3), "");
}

static void bad_ones_are_named(void **state)
{
    (void)state;
    static const char *const broken[][2] = {
        {"", "root/cimv2:a.id=\"3\" "},
        {"<record/>", "root/cimv2:a.id=\"3\" "},
        {"<record "
         "xmlns:p='http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/A'>"
         "<p:A><p:Id>4</p:Id><p:n>1</p:n></p:A></record>",
         "its keys are others"},
        {"<record "
         "xmlns:p='http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/A'>"
         "<p:A><p:Id>3</p:Id><p:n>x</p:n></p:A></record>",
         "n"},
        {"<record "
         "xmlns:p='http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/A'>"
         "<p:A><p:n>1</p:n></p:A></record>",
         "Id"},
    };
    for (size_t i = 0; i < COUNT(broken); i++) {
        t_catalog_t *self = filled();
        const char *text;
        put(self, "root/cimv2:a.id=\"3\"", broken[i][0]);
        text = verify(self, 4);
        if (!strstr(text, "[A root/cimv2:a.id=\"3\" ") ||
            !strstr(text, broken[i][1]))
            fail_msg("case %u: %s", (unsigned)i, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(good_ones_are_counted),
        TEST(bad_ones_are_named),
    };
    int failed;
    apr_initialize();
    wsm_xml_init();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
