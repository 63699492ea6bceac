/* Which right each operation needs (MS-WMI 3.1.4.3, 5.2): with all others it is
 * refused, with this one it is done. */
#include "serve.h"

#include "../../mod_wsman/om/cim_security.h"

#define ENTER  (CIM_RIGHT_ENABLE | CIM_RIGHT_REMOTE_ENABLE)
#define STORED "<p:T_Stored xmlns:p=\"" T_URI("T_Stored") "\">"
#define ITEM   "<p:T_Item xmlns:p=\"" T_URI("T_Item") "\">"
#define ALL    "<n:Enumerate><w:OptimizeEnumeration/></n:Enumerate>"
#define FRAGMENT                                                               \
    "<w:FragmentTransfer s:mustUnderstand=\"true\">Title</w:FragmentTransfer>"
#define QUERY(text)                                                            \
    "<n:Enumerate><w:OptimizeEnumeration/><w:Filter "                          \
    "Dialect=\"" WSM_DIALECT_WQL "\">" text "</w:Filter></n:Enumerate>"

static const struct {
    const char *action;
    const char *uri;
    const char *headers;
    const char *body;
    apr_uint32_t right; /* 0: ENABLE and REMOTE_ENABLE do */
} operations[] = {
    {WSM_ACTION_GET, T_URI("T_Item"), T_SELECT("Name", "item00001"), NULL, 0},
    {WSM_ACTION_GET, T_URI("T_Root"), T_SELECT("Name", "item00001"), NULL, 0},
    {WSM_ACTION_GET, WSM_URI_CIM_XML "T_Item", NULL, NULL, 0},
    {WSM_ACTION_ENUMERATE, T_URI("T_Item"), NULL, ALL, 0},
    {WSM_ACTION_ENUMERATE, T_URI("T_Stored"), NULL, ALL, 0},
    {WSM_ACTION_ENUMERATE, WSM_URI_CIM_XML "*", NULL, ALL, 0},
    {WSM_ACTION_ENUMERATE, WSM_URI_CIM_ALL, NULL, QUERY("SELECT * FROM T_Item"),
     0},
    {WSM_ACTION_ENUMERATE, WSM_URI_CIM_ALL, NULL,
     QUERY("SELECT * FROM meta_class"), 0},
    {WSM_ACTION_ENUMERATE, WSM_URI_CIM_ALL, NULL,
     QUERY("REFERENCES OF {T_Stored.Id=\"one\"}"), 0},
    {T_URI("T_Method") "/Now", T_URI("T_Method"), NULL, NULL,
     CIM_RIGHT_METHOD_EXECUTE},
    {WSM_ACTION_PUT, T_URI("T_Item"), T_SELECT("Name", "item00001"),
     ITEM "<p:Size>1</p:Size></p:T_Item>", CIM_RIGHT_WRITE_PROVIDER},
    {WSM_ACTION_PUT, T_URI("T_Stored"), T_SELECT("Id", "one"),
     STORED "<p:Title>x</p:Title></p:T_Stored>", CIM_RIGHT_PARTIAL_WRITE},
    {WSM_ACTION_PUT, T_URI("T_Stored"), T_SELECT("Id", "one") FRAGMENT,
     "<w:XmlFragment><p:Title xmlns:p=\"" T_URI(
         "T_Stored") "\">y</p:Title></w:XmlFragment>",
     CIM_RIGHT_PARTIAL_WRITE},
    {WSM_ACTION_CREATE, T_URI("T_Stored"), NULL,
     STORED "<p:Id>two</p:Id><p:Title>x</p:Title></p:T_Stored>",
     CIM_RIGHT_PARTIAL_WRITE},
    {WSM_ACTION_DELETE, T_URI("T_Stored"), T_SELECT("Id", "two"), NULL,
     CIM_RIGHT_PARTIAL_WRITE},
};

#define ALL_RIGHTS                                                             \
    (ENTER | CIM_RIGHT_METHOD_EXECUTE | CIM_RIGHT_FULL_WRITE |                 \
     CIM_RIGHT_PARTIAL_WRITE | CIM_RIGHT_WRITE_PROVIDER |                      \
     CIM_RIGHT_READ_SECURITY | CIM_RIGHT_SET_SECURITY)

static void seal(t_world_t *world, const char *ns, apr_uint32_t rights)
{
    const sec_descriptor_t *descriptor;

    assert_null(sec_sddl_parse(
        &descriptor,
        apr_psprintf(world->pool, "D:P(A;;0x%x;;;WD)", (unsigned)rights),
        world->pool));
    cim_schema_seal(world->schema, ns, descriptor);
}

/* That there is the namespace is known from the one above it. */
static void protect(t_world_t *world, apr_uint32_t rights)
{
    seal(world, "root", ENTER);
    seal(world, "root/test", rights);
}

static const sec_token_t *everybody(t_world_t *world)
{
    sec_token_t *token = apr_pcalloc(world->pool, sizeof(*token));
    sec_sid_t *sid = apr_pcalloc(world->pool, sizeof(*sid));

    assert_null(sec_sid_parse(sid, "WD", 2));
    token->sids = sid;
    token->count = 1;
    return token;
}

static int run(t_world_t *world, apr_size_t i)
{
    return t_call(world, operations[i].action, operations[i].uri,
                  operations[i].headers, operations[i].body);
}

static void assert_denied(t_world_t *world, apr_size_t i)
{
    if (run(world, i) != 500)
        fail_msg("%u was done", (unsigned)i);
    assert_string_equal(t_subcode(world), "w:AccessDenied");
}

static void test_rights(void **state)
{
    t_world_t *world = *state;
    apr_size_t i;

    assert_int_equal(t_call(world, WSM_ACTION_CREATE, T_URI("T_Stored"), NULL,
                            STORED "<p:Id>one</p:Id><p:Title>x</p:Title>"
                                   "</p:T_Stored>"),
                     200);
    world->token = everybody(world);
    for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        apr_uint32_t right = operations[i].right;

        protect(world, ALL_RIGHTS & ~CIM_RIGHT_ENABLE);
        assert_denied(world, i);
        protect(world, ALL_RIGHTS & ~CIM_RIGHT_REMOTE_ENABLE);
        assert_denied(world, i);
        if (right != 0) {
            protect(world, ALL_RIGHTS & ~right);
            assert_denied(world, i);
        }
        protect(world, ENTER | right);
        if (run(world, i) != 200)
            fail_msg("%u: %s", (unsigned)i, world->text);
    }
}

/* What a provider reads for a caller is read with his rights. */
static void test_reads_of_providers(void **state)
{
    t_world_t *world = *state;
    const sec_descriptor_t *closed;
    cim_path_t path = {.ns = "root/other", .class_name = "T_None"};

    world->reads = &path;
    world->token = everybody(world);
    protect(world, ALL_RIGHTS);
    cim_schema_add_namespace(world->schema, path.ns);
    assert_null(sec_sddl_parse(&closed, "D:P", world->pool));
    cim_schema_seal(world->schema, path.ns, closed);
    assert_int_equal(
        t_call(world, T_URI("T_Method") "/Now", T_URI("T_Method"), NULL, NULL),
        500);
    assert_string_equal(t_subcode(world), "w:AccessDenied");
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_rights),
    T_CASE(test_reads_of_providers),
};

T_MAIN(tests)
