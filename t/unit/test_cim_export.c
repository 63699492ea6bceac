/* test_cim_export.c - what is exported compiles back to the same. */
#include "catalog.h"

#include "../../mod_wsman/om/cim_export.h"
#include "../../mod_wsman/provide/wsm_registry.h"
#include "../../mod_wsman/xml/wsm_xml.h"

static const char files[] =
    "[Description(\"of the server\")] class Base { [Key] string Id; };";

static const char mof[] =
    "Qualifier Zeta : string = null, Scope(any), Flavor(Restricted);\n"
    "Qualifier Alpha : uint32 = 5, Scope(class), Flavor(DisableOverride);\n"
    "[Zeta(\"a \\\"quoted\\\" <text> & more\")]\n"
    "class Low : Middle { string Tags[] = {\"x\", \"y\"}; };\n"
    "[Alpha(7), Description(\"between\")] class Middle : Base {\n"
    "    [Write] uint32 Count = 3; datetime When; boolean Is = true;\n"
    "    uint32 Act([In] string Name, [In(false), Out] uint8 Result[]); };\n"
    "[Association] class Link { [Key] Base REF One; [Key] Base REF Two; };\n"
    "class Alone { [Key] uint32 a; [Key] string b; real64 r; char16 c; };\n"
    "instance of Low { Id = \"2\"; Count = 4; Tags = {\"<\", NULL, \"\"}; };\n"
    "instance of Low { Id = \"1\"; When = \"20261121080000.000000+060\"; };\n"
    "instance of Middle { Id = \"a\\\\b\\\"c\\x00e4\"; Count = NULL; };\n"
    "instance of Link { One = \"Low.Id=\\\"1\\\"\"; Two = "
    "\"Middle.Id=\\\"none\\\"\"; };\n"
    "instance of Alone { a = 10; b = \"x,y=z\"; r = 0.1; c = 'q'; };\n"
    "instance of Alone { a = 9; b = \"\"; };\n";

typedef struct t_export_t {
    wsm_server_t server;
    wsm_endpoint_t endpoint;
    wsm_call_t call;
    cim_export_t what;
} t_export_t;

static t_export_t *export_of(const t_catalog_t *from)
{
    t_export_t *self = apr_pcalloc(pool, sizeof(*self));
    self->server.store = from->store;
    self->endpoint.server = &self->server;
    self->endpoint.repository = "default";
    self->endpoint.schema = now(from);
    self->endpoint.registry =
        wsm_registry_make(self->endpoint.schema, "root/cimv2", pool);
    self->call.endpoint = &self->endpoint;
    self->call.pub.pool = pool;
    apr_pool_create(&self->call.pub.scratch, pool);
    self->what.call = &self->call;
    self->what.ns = "root/cimv2";
    self->what.classes = self->what.instances = 1;
    return self;
}

/** All pages, one after the other. */
static const char *text_of(const t_export_t *self, apr_size_t room, int *pages)
{
    const char *cursor = NULL, *text = "";
    *pages = 0;
    do {
        wsm_writer_t *out = wsm_writer_make(room, pool);
        must(cim_export_page(out, &cursor, &self->what, room, pool));
        assert_false(wsm_writer_full(out));
        text = apr_pstrcat(pool, text, wsm_writer_string(out, pool), NULL);
        if (++*pages > 100)
            fail_msg("an export without end");
    } while (cursor);
    return text;
}

static const char *whole(const t_catalog_t *from)
{
    int pages;
    const char *text = text_of(export_of(from), 1000000, &pages);
    assert_int_equal(pages, 1);
    return text;
}

static t_catalog_t *filled(void)
{
    t_catalog_t *self = catalog_of(files);
    must(compile(self, mof));
    return self;
}

static void it_compiles_back_to_the_same(void **state)
{
    (void)state;
    t_catalog_t *second = catalog_of("");
    const char *text = whole(filled());
    must(compile(second, text));
    assert_int_equal(second->done.classes_made, 5);
    assert_int_equal(second->done.qualifiers_made, 2);
    assert_int_equal(second->done.instances_made, 6);
    assert_string_equal(whole(second), text);
    must(compile(second, text));
    assert_int_equal(second->done.classes_same, 5);
    assert_int_equal(second->done.instances_same, 6);
}

static void it_compiles_into_where_it_came_from(void **state)
{
    (void)state;
    t_catalog_t *self = filled();
    must(compile(self, whole(self)));
    assert_int_equal(self->done.classes_made, 0);
    assert_int_equal(self->done.classes_changed, 0);
    assert_int_equal(self->done.instances_same, 6);
}

static void values_survive(void **state)
{
    (void)state;
    const char *text = whole(filled());
    assert_non_null(strstr(text, "#pragma namespace"));
    assert_non_null(strstr(text, "Count = NULL"));
    assert_non_null(strstr(text, "20261121080000.000000+060"));
    assert_true(strstr(text, "class Middle") < strstr(text, "class Low"));
    assert_true(strstr(text, "Qualifier Alpha") <
                strstr(text, "Qualifier Zeta"));
    assert_true(strstr(text, "class Low") < strstr(text, "instance of"));
    assert_null(strstr(text, "class __"));
}

/** However small pages are, the text is the same. */
static void pages_join(void **state)
{
    (void)state;
    t_catalog_t *from = filled();
    const char *text = whole(from);
    int pages, least = 2;
    for (apr_size_t room = 1500; room > 500; room -= 100) {
        assert_string_equal(text_of(export_of(from), room, &pages), text);
        assert_true(pages >= least);
        least = pages;
    }
}

static void an_end_must_come(t_export_t *self, apr_size_t room)
{
    const char *cursor = NULL;
    wsm_error_t *err = NULL;
    int i;
    for (i = 0; i < 100 && !err; i++)
        err = cim_export_page(wsm_writer_make(room, pool), &cursor, &self->what,
                              room, pool);
    assert_non_null(err);
    assert_int_equal(err->code, WSMAN_E_ENCODING_MAX_ENVELOPE);
}

static void a_page_may_be_too_small(void **state)
{
    (void)state;
    t_export_t *self = export_of(filled());
    an_end_must_come(self, 60);
    self->what.classes = 0;
    an_end_must_come(self, 60);
}

static void parts_may_be_asked_for(void **state)
{
    (void)state;
    t_export_t *self = export_of(filled());
    const char *text;
    int pages;
    self->what.instances = 0;
    text = text_of(self, 100000, &pages);
    assert_null(strstr(text, "instance of"));
    assert_non_null(strstr(text, "class Base"));
    self->what.own = 1;
    text = text_of(self, 100000, &pages);
    assert_null(strstr(text, "class Base"));
    assert_non_null(strstr(text, "class Middle"));
    assert_non_null(strstr(text, "Qualifier Zeta"));
    self->what.instances = 1;
    self->what.classes = 0;
    text = text_of(self, 100000, &pages);
    assert_null(strstr(text, "class "));
    assert_null(strstr(text, "Qualifier"));
    assert_non_null(strstr(text, "instance of Alone"));
    self->what.class_name = "middle";
    text = text_of(self, 100000, &pages);
    assert_non_null(strstr(text, "class Middle : Base"));
    assert_null(strstr(text, "class Low"));
}

static wsm_error_t *refused_page(const t_export_t *self, const char *cursor)
{
    wsm_error_t *err = cim_export_page(wsm_writer_make(10000, pool), &cursor,
                                       &self->what, 10000, pool);
    assert_non_null(err);
    return err;
}

static void what_is_not_there_is_said(void **state)
{
    (void)state;
    t_export_t *self = export_of(filled());
    assert_int_equal(refused_page(self, "")->code, WSMAN_E_INVALID_PARAMETER);
    assert_int_equal(refused_page(self, "*")->code, WSMAN_E_INVALID_PARAMETER);
    assert_int_equal(refused_page(self, "eHk")->code,
                     WSMAN_E_INVALID_PARAMETER);
    /* "cGone" */
    assert_int_equal(refused_page(self, "Y0dvbmU")->code,
                     WSMAN_E_INVALID_PARAMETER);
    self->what.class_name = "Nothing";
    assert_int_equal(refused_page(self, NULL)->code,
                     WSMAN_E_DESTINATION_UNREACHABLE);
    self->what.ns = "root/none";
    assert_int_equal(refused_page(self, NULL)->code,
                     WSMAN_E_INVALID_RESOURCE_URI);
}

static wsm_error_t *not_alone(void *baton, const cim_class_t *cls, int deep)
{
    (void)baton;
    (void)deep;
    return strcmp(cls->name, "Alone") == 0
               ? wsm_fail(pool, WSMAN_E_ACCESS_DENIED, "no")
               : NULL;
}

static void nobody_gets_what_he_may_not_read(void **state)
{
    (void)state;
    t_export_t *self = export_of(filled());
    int pages;
    self->call.authorize_class = not_alone;
    assert_int_equal(refused_page(self, NULL)->code, WSMAN_E_ACCESS_DENIED);
    self->what.instances = 0;
    text_of(self, 100000, &pages);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_compiles_back_to_the_same),
        TEST(it_compiles_into_where_it_came_from),
        TEST(values_survive),
        TEST(pages_join),
        TEST(a_page_may_be_too_small),
        TEST(parts_may_be_asked_for),
        TEST(what_is_not_there_is_said),
        TEST(nobody_gets_what_he_may_not_read),
    };
    int failed;
    apr_initialize();
    wsm_xml_init();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
