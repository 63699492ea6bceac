/* The descriptors of namespaces: inheritance, layers, and the question. */
#include "catalog.h"

#include "../../mod_wsman/om/cim_security.h"

#define BA "(A;CI;CCDCLCSWRPWPRCWD;;;BA)"

/* ---- who asks */

static wsm_call_t call_of(t_catalog_t *self, const char *aliases)
{
    apr_size_t n = strlen(aliases) / 2, i;
    sec_sid_t *sids = apr_pcalloc(pool, (n + 1) * sizeof(*sids));
    sec_token_t *token = apr_pcalloc(pool, sizeof(*token));
    wsm_endpoint_t *endpoint = apr_pcalloc(pool, sizeof(*endpoint));
    wsm_call_t call = {.endpoint = endpoint, .token = token};

    for (i = 0; i < n; i++)
        assert_null(sec_sid_parse(&sids[i], aliases + 2 * i, 2));
    token->sids = sids;
    token->count = (apr_uint32_t)n;
    endpoint->schema = now(self);
    call.pub.pool = pool;
    return call;
}

static wsman_cim_status_e status_of(t_catalog_t *self, const char *who,
                                    const char *ns, apr_uint32_t rights)
{
    const wsm_call_t call = call_of(self, who);
    const wsm_error_t *err = cim_security_check(&call, ns, rights);

    return err ? err->cim_status : 0;
}

#define assert_may(self, who, ns, rights)                                      \
    assert_int_equal(status_of(self, who, ns, rights), 0)
#define assert_denied(self, who, ns, rights)                                   \
    assert_int_equal(status_of(self, who, ns, rights), WSMAN_CIM_ACCESS_DENIED)
#define assert_hidden(self, who, ns)                                           \
    assert_int_equal(status_of(self, who, ns, 0), WSMAN_CIM_INVALID_NAMESPACE)

static void protect(t_catalog_t *self, const char *ns, const char *sddl)
{
    must(cim_compile_set_security(&self->to, ns, sddl, pool));
}

static const char *shown(t_catalog_t *self, const char *ns)
{
    return sec_sddl_text(cim_schema_security(now(self), ns), pool);
}

static t_catalog_t *with_namespaces(void)
{
    static const char *const names[] = {"root/a", "root/a/b", "root/a/b/c"};
    t_catalog_t *self = catalog_of("");
    int i;

    for (i = 0; i < 3; i++)
        must(cim_compile_make_namespace(&self->to, names[i], pool));
    return self;
}

/* ---- tests */

static void the_default(void **state)
{
    t_catalog_t *self = with_namespaces();
    const apr_uint32_t all = CIM_RIGHT_FULL_WRITE | CIM_RIGHT_SET_SECURITY;

    (void)state;
    assert_string_equal(shown(self, "root"), CIM_SECURITY_STANDARD);
    assert_string_equal(shown(self, "ROOT/A/B"),
                        "O:BAG:BAD:AI(A;CIID;CCDCLCSWRPWPRCWD;;;BA)"
                        "(A;CIID;CCDCSWRPWPRC;;;WD)");
    assert_may(self, "WD", "root/cimv2",
               CIM_RIGHT_METHOD_EXECUTE | CIM_RIGHT_PARTIAL_WRITE |
                   CIM_RIGHT_WRITE_PROVIDER | CIM_RIGHT_READ_SECURITY);
    assert_denied(self, "WDAU", "root/cimv2", CIM_RIGHT_FULL_WRITE);
    assert_denied(self, "WDAU", "root/a/b", CIM_RIGHT_SET_SECURITY);
    assert_may(self, "WDBA", "root/a/b/c", all);
    assert_denied(self, "", "root", 0);
    assert_hidden(self, "", "root/cimv2");
}

static void the_server_itself_is_not_asked(void **state)
{
    t_catalog_t *self = with_namespaces();
    wsm_call_t call = call_of(self, "");

    (void)state;
    call.token = NULL;
    assert_null(cim_security_check(&call, "root", CIM_RIGHT_FULL_WRITE));
    assert_null(cim_security_allow(&call, now(self), "root",
                                   CIM_RIGHT_FULL_WRITE, pool));
    assert_ptr_equal(cim_security_view(&call, call.endpoint->schema, pool),
                     call.endpoint->schema);
}

/* Everything is asked for, and no right stands for another. */
static void every_right_is_its_own(void **state)
{
    static const struct {
        const char *word;
        apr_uint32_t right;
    } rights[] = {
        {"DC", CIM_RIGHT_METHOD_EXECUTE}, {"LC", CIM_RIGHT_FULL_WRITE},
        {"SW", CIM_RIGHT_PARTIAL_WRITE},  {"RP", CIM_RIGHT_WRITE_PROVIDER},
        {"RC", CIM_RIGHT_READ_SECURITY},  {"WD", CIM_RIGHT_SET_SECURITY}};
    t_catalog_t *self = with_namespaces();
    apr_size_t i, k;

    (void)state;
    for (i = 0; i < 6; i++) {
        protect(self, "root/a",
                apr_psprintf(pool, "D:P(A;;CCWP%s;;;AU)", rights[i].word));
        for (k = 0; k < 6; k++)
            assert_int_equal(status_of(self, "AU", "root/a", rights[k].right),
                             i == k ? 0 : WSMAN_CIM_ACCESS_DENIED);
        protect(self, "root/a",
                apr_psprintf(pool, "D:P(A;;WP%s;;;AU)", rights[i].word));
        assert_denied(self, "WDAU", "root/a", rights[i].right);
        protect(self, "root/a",
                apr_psprintf(pool, "D:P(A;;CC%s;;;AU)", rights[i].word));
        assert_denied(self, "WDAU", "root/a", rights[i].right);
    }
}

static void generic_rights(void **state)
{
    t_catalog_t *self = with_namespaces();

    (void)state;
    protect(self, "root/a",
            "D:P(A;;GR;;;AU)(A;;GRGX;;;IU)(A;;GRGW;;;SU)"
            "(A;;GA;;;NU)");
    assert_may(self, "AU", "root/a", CIM_RIGHT_READ_SECURITY);
    assert_denied(self, "AU", "root/a", CIM_RIGHT_METHOD_EXECUTE);
    assert_may(self, "IU", "root/a", CIM_RIGHT_METHOD_EXECUTE);
    assert_may(self, "SU", "root/a",
               CIM_RIGHT_FULL_WRITE | CIM_RIGHT_WRITE_PROVIDER);
    assert_denied(self, "SU", "root/a", CIM_RIGHT_SET_SECURITY);
    assert_may(self, "NU", "root/a",
               CIM_RIGHT_SET_SECURITY | CIM_RIGHT_METHOD_EXECUTE);
}

/* MS-WMI 2.2.30.2 */
static void what_is_inherited(void **state)
{
    t_catalog_t *self = with_namespaces();

    (void)state;
    protect(self, "root/a",
            "O:SYD:P" BA "(A;CINP;CC;;;AU)(A;CIIO;DC;;;IU)(A;;LC;;;SU)");
    assert_string_equal(shown(self, "root/a/b"),
                        "O:SYG:BAD:AI(A;CIID;CCDCLCSWRPWPRCWD;;;BA)"
                        "(A;ID;CC;;;AU)(A;CIID;DC;;;IU)");
    assert_string_equal(shown(self, "root/a/b/c"),
                        "O:SYG:BAD:AI(A;CIID;CCDCLCSWRPWPRCWD;;;BA)"
                        "(A;CIID;DC;;;IU)");
    /* what is set comes before what is inherited */
    protect(self, "root/a/b", "D:(D;CI;CC;;;BA)");
    assert_string_equal(shown(self, "root/a/b/c"),
                        "O:SYG:BAD:AI(D;CIID;CC;;;BA)"
                        "(A;CIID;CCDCLCSWRPWPRCWD;;;BA)(A;CIID;DC;;;IU)");
    assert_denied(self, "BA", "root/a/b", 0);
    assert_hidden(self, "BA", "root/a/b/c");
    /* the others are as they were */
    assert_may(self, "WD", "root/cimv2", 0);
}

static void beside_root(void **state)
{
    t_catalog_t *self = catalog_of("");

    (void)state;
    self->to.make_namespaces = 1;
    must(compile(self, "#pragma namespace(\"other/x\")\n"
                       "class O_A { [Key] string Id; };"));
    assert_string_equal(shown(self, "other/x"), shown(self, "root/cimv2"));
    protect(self, "root", "O:BAD:" BA);
    assert_denied(self, "WD", "root", 0);
    assert_hidden(self, "WD", "other");
    assert_may(self, "BA", "other/x", 0);
}

static void who_may_know_is_told(void **state)
{
    t_catalog_t *self = with_namespaces();

    (void)state;
    protect(self, "root/a/b", "D:P" BA);
    assert_denied(self, "WD", "root/a/b", 0);
    assert_hidden(self, "WD", "root/a/b/c");
    assert_hidden(self, "WD", "root/a/none");
    /* other rights alone do not make it known */
    protect(self, "root/a/b", "D:P" BA "(A;CI;WPDCLC;;;WD)");
    assert_hidden(self, "WD", "root/a/b/c");
}

static void a_namespace_takes_its_descriptor_with_it(void **state)
{
    t_catalog_t *self = with_namespaces();

    (void)state;
    protect(self, "root/a", "D:P" BA);
    protect(self, "root/a/b", "D:P" BA "(A;;CCWP;;;WD)");
    must(cim_compile_delete_namespace(&self->to, "root/a", pool));
    assert_hidden(self, "BA", "root/a");
    must(cim_compile_make_namespace(&self->to, "root/a", pool));
    must(cim_compile_make_namespace(&self->to, "root/a/b", pool));
    assert_string_equal(shown(self, "root/a/b"), shown(self, "root/cimv2"));
}

/* What another process has set before this one began, and after. */
static void layers(void **state)
{
    t_catalog_t *one = with_namespaces(), *two;

    (void)state;
    protect(one, "root/a", "D:P" BA);
    two = catalog_over(one->store, "");
    must(cim_catalog_load(two->catalog, two->store, NULL));
    assert_denied(two, "WD", "root/a", 0);
    protect(one, "root/a", "D:P" BA "(A;;CCWP;;;WD)");
    assert_may(two, "WD", "root/a", 0);
    protect(one, "root", "O:BAD:P" BA);
    assert_hidden(two, "WD", "root/cimv2");
    assert_may(two, "WD", "root/a", 0);
    /* classes of another layer change nothing of it */
    must(compile(one, "class L_A { [Key] string Id; };"));
    assert_hidden(two, "WD", "root/cimv2");
}

static void count_lines(void *baton, int level, const char *line)
{
    (void)level;
    apr_array_header_t *lines = baton;
    APR_ARRAY_PUSH(lines, const char *) = apr_pstrdup(pool, line);
}

static void one_that_cannot_be_read_closes(void **state)
{
    t_catalog_t *self = with_namespaces();
    const wsm_definition_t bad = {"root/a", WSM_DEFINES_SECURITY, "", "D:(x",
                                  0};

    (void)state;
    must(wsm_store_define(self->store, "default", &bad, pool));
    assert_denied(self, "WD", "root/a", 0);
    assert_denied(self, "WD", "root/a", CIM_RIGHT_METHOD_EXECUTE);
    assert_may(self, "BA", "root/a",
               CIM_RIGHT_SET_SECURITY | CIM_RIGHT_METHOD_EXECUTE);
    protect(self, "root/a", "D:P(A;;CCWP;;;WD)");
    assert_may(self, "WD", "root/a", 0);
}

static const char *const no_descriptors[] = {"",
                                             "x",
                                             "O:BA",
                                             "D:NO_ACCESS_CONTROL",
                                             "D:(A;;CC;;;XX)",
                                             "D:(OA;;CC;;;WD)",
                                             "D:(XA;;CC;;;WD;(a==1))",
                                             "D:P(A;;CC;;;WD"};

static void what_is_refused(void **state)
{
    t_catalog_t *self = with_namespaces();
    const char *before = shown(self, "root/a");
    const char *many = "D:";
    const wsm_error_t *err;
    apr_size_t i;

    (void)state;
    for (i = 0; i < sizeof(no_descriptors) / sizeof(no_descriptors[0]); i++) {
        err = cim_compile_set_security(&self->to, "root/a", no_descriptors[i],
                                       pool);
        assert_non_null(err);
        assert_int_equal(err->cim_status, WSMAN_CIM_INVALID_PARAMETER);
    }
    for (i = 0; i < 700; i++)
        many = apr_pstrcat(pool, many, "(A;CI;CC;;;WD)", NULL);
    protect(self, "root/a/b/c", many);
    err = cim_compile_set_security(&self->to, "root/a", many, pool);
    assert_non_null(err);
    assert_non_null(strstr(err->message, "root/a/b/c"));
    err = cim_compile_set_security(&self->to, "root/none", "D:", pool);
    assert_int_equal(err->cim_status, WSMAN_CIM_INVALID_NAMESPACE);
    assert_string_equal(shown(self, "root/a"), before);
}

static void what_is_audited(void **state)
{
    t_catalog_t *self = with_namespaces();
    apr_array_header_t *lines = apr_array_make(pool, 4, sizeof(char *));
    const wsm_log_t log = {count_lines, lines, WSMAN_LOG_INFO};
    wsm_call_t call;

    (void)state;
    protect(self, "root/a",
            "D:P" BA "(A;;CCWP;;;WD)S:(AU;FA;DC;;;WD)(AU;SA;LC;;;BA)");
    call = call_of(self, "WD");
    call.log = &log;
    call.pub.user = "alice";
    assert_null(cim_security_check(&call, "root/a", 0));
    assert_non_null(cim_security_check(&call, "root/a", CIM_RIGHT_FULL_WRITE));
    assert_int_equal(lines->nelts, 0);
    assert_non_null(
        cim_security_check(&call, "root/a", CIM_RIGHT_METHOD_EXECUTE));
    assert_int_equal(lines->nelts, 1);
    assert_string_equal(APR_ARRAY_IDX(lines, 0, const char *),
                        "audit: alice was denied to run methods in the "
                        "namespace root/a (rights 0x2)");
    call = call_of(self, "BA");
    call.log = &log;
    assert_null(cim_security_check(&call, "root/a", CIM_RIGHT_METHOD_EXECUTE));
    assert_null(cim_security_check(&call, "root/a", CIM_RIGHT_FULL_WRITE));
    assert_int_equal(lines->nelts, 2);
    assert_non_null(strstr(APR_ARRAY_IDX(lines, 1, const char *),
                           "nobody was allowed to define anything"));
}

static void what_is_seen(void **state)
{
    t_catalog_t *self = with_namespaces();
    const cim_schema_t *view;
    wsm_call_t call;

    (void)state;
    self->to.ns = "root/a/b/c";
    must(compile(self, "class V_A { [Key] string Id; };"));
    call = call_of(self, "WD");
    view = cim_security_view(&call, call.endpoint->schema, pool);
    assert_non_null(cim_schema_class(view, "root/a/b/c", "V_A"));
    protect(self, "root/a/b/c", "D:P" BA);
    call = call_of(self, "WD");
    view = cim_security_view(&call, call.endpoint->schema, pool);
    assert_true(cim_schema_has_namespace(view, "root/a/b/c"));
    assert_null(cim_schema_class(view, "root/a/b/c", "V_A"));
    protect(self, "root/a/b", "D:P" BA);
    call = call_of(self, "WD");
    view = cim_security_view(&call, call.endpoint->schema, pool);
    assert_false(cim_schema_has_namespace(view, "root/a/b/c"));
    assert_true(cim_schema_has_namespace(view, "root/a/b"));
    assert_non_null(
        cim_schema_class(cim_schema_whole(view), "root/a/b/c", "V_A"));
}

static wsm_error_t *changed(t_catalog_t *self, const char *who, const char *mof)
{
    wsm_call_t call = call_of(self, who);

    self->to.allow = cim_security_allow;
    self->to.baton = &call;
    wsm_error_t *err = compile(self, mof);
    self->to.allow = NULL;
    return err;
}

/* Hidden or not there: the text is answered alike. */
static void mof_is_no_way_to_look(void **state)
{
    static const char *const texts[] = {
        "class W_B { [Key] string Id; };", "class W_B : V_A { };",
        "instance of V_A { Id = \"1\"; };",
        "Qualifier Mine : string = null, Scope(any);",
        "instance of __NAMESPACE { Name = \"x\"; };"};
    t_catalog_t *self = with_namespaces();
    apr_size_t i;
    int make;

    (void)state;
    self->to.ns = "root/a/b";
    must(compile(self, "class V_A { [Key] string Id; };"));
    protect(self, "root/a", "D:P" BA);
    self->to.ns = "root/cimv2";
    for (make = 0; make < 2; make++) {
        self->to.make_namespaces = make;
        for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
            const wsm_error_t *hidden =
                changed(self, "WD",
                        apr_pstrcat(pool, "#pragma namespace(\"root/a/b\")\n",
                                    texts[i], NULL));
            const wsm_error_t *missing =
                changed(self, "WD",
                        apr_pstrcat(pool, "#pragma namespace(\"root/a/n\")\n",
                                    texts[i], NULL));

            assert_non_null(hidden);
            assert_non_null(missing);
            assert_int_equal(hidden->code, missing->code);
            assert_int_equal(hidden->cim_status, missing->cim_status);
            assert_int_equal(strlen(hidden->message), strlen(missing->message));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_default),
        TEST(the_server_itself_is_not_asked),
        TEST(every_right_is_its_own),
        TEST(generic_rights),
        TEST(what_is_inherited),
        TEST(beside_root),
        TEST(who_may_know_is_told),
        TEST(a_namespace_takes_its_descriptor_with_it),
        TEST(layers),
        TEST(one_that_cannot_be_read_closes),
        TEST(what_is_refused),
        TEST(what_is_audited),
        TEST(what_is_seen),
        TEST(mof_is_no_way_to_look),
    };
    int failed;
    apr_initialize();
    wsm_xml_init();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
