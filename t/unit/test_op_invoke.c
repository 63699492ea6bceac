/* Custom actions (DSP0226 9, DSP0227 11). */
#include "serve.h"

#define URI T_URI("T_Method")

static int invoke(t_world_t *world, const char *method, const char *selectors,
                  const char *arguments)
{
    const char *body = NULL;

    if (arguments != NULL)
        body = apr_pstrcat(world->pool, "<p:", method,
                           "_INPUT xmlns:p=\"" URI "\">", arguments,
                           "</p:", method, "_INPUT>", NULL);
    return t_call(world, apr_pstrcat(world->pool, URI "/", method, NULL), URI,
                  selectors, body);
}

static void assert_fault(t_world_t *world, int status, const char *subcode,
                         const char *detail)
{
    assert_int_equal(status, 500);
    assert_string_equal(t_subcode(world), subcode);
    assert_string_equal(t_detail(world), detail);
}

#define THIS T_SELECT("Name", "m")

static void test_arguments(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(invoke(world, "Add", THIS, "<p:A>2</p:A><p:B>3</p:B>"),
                     200);
    assert_string_equal(t_xp(world, "name(//s:Body/*)"), "p:Add_OUTPUT");
    assert_string_equal(t_xp(world, "namespace-uri(//s:Body/*)"), URI);
    assert_string_equal(t_xp(world, "string(//*[local-name()='Sum'])"), "5");
    assert_string_equal(t_xp(world, "local-name(//s:Body/*/*[last()])"),
                        "ReturnValue");
    assert_string_equal(t_xp(world, "string(//a:Action)"), URI "/AddResponse");
    /* In any order, and in any letter case */
    assert_int_equal(invoke(world, "add", THIS, "<p:b>3</p:b>"), 200);
    assert_string_equal(t_xp(world, "string(//*[local-name()='Sum'])"), "3");
}

static void test_static(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(invoke(world, "Now", NULL, NULL), 200);
    assert_int_equal(invoke(world, "Now", NULL, ""), 200);
    assert_int_equal(invoke(world, "Now", THIS, ""), 200);
    assert_string_equal(t_xp(world, "string(//*[local-name()='Text'])"), "now");
}

static void test_faults(void **state)
{
    t_world_t *world = *state;

    assert_fault(world, invoke(world, "Add", THIS, "<p:A>2</p:A>"),
                 "w:InvalidParameter", "");
    assert_fault(world, invoke(world, "Add", THIS, "<p:B>x</p:B>"),
                 "w:InvalidParameter", "TypeMismatch");
    assert_fault(world, invoke(world, "Add", THIS, "<p:B>1</p:B><p:C>1</p:C>"),
                 "w:InvalidParameter", "InvalidName");
    assert_fault(world, invoke(world, "Add", THIS, "<p:B>1</p:B><p:B>2</p:B>"),
                 "w:InvalidParameter", "InvalidValue");
    assert_fault(world, invoke(world, "Add", NULL, "<p:B>1</p:B>"),
                 "w:InvalidSelectors", "InsufficientSelectors");
    assert_fault(world,
                 t_call(world, URI "/Add", URI, THIS,
                        "<p:Other_INPUT xmlns:p=\"" URI "\"/>"),
                 "w:InvalidParameter", "InvalidName");
    assert_fault(world, invoke(world, "NoSuch", THIS, ""),
                 "a:ActionNotSupported", "");
    assert_string_equal(t_xp(world, "string(//s:Detail/a:Action)"),
                        URI "/NoSuch");
    assert_fault(world, invoke(world, "Undone", THIS, ""), "w:InternalError",
                 "");
    assert_string_equal(t_xp(world, "string(//f:WSManFault/f:Message)"),
                        "It cannot be done.");
}

static wsm_error_t *deny_item(void *baton, const cim_class_t *cls, int deep)
{
    t_world_t *world = baton;

    (void)deep;
    if (strcmp(cls->name, "T_Item") != 0)
        return NULL;
    return wsm_fail(world->pool, WSMAN_E_ACCESS_DENIED, "Not T_Item.");
}

/* What a provider reads it reads with the rights of the caller. */
static void test_reads_for_the_caller(void **state)
{
    t_world_t *world = *state;
    cim_key_t key = {"Name", cim_string("item00001")};
    cim_path_t path = {NULL, "T_Item", &key, 1};

    world->reads = &path;
    assert_int_equal(invoke(world, "Now", THIS, ""), 200);
    world->authorize_class = deny_item;
    assert_int_equal(invoke(world, "Now", THIS, ""), 500);
    assert_string_equal(t_subcode(world), "w:AccessDenied");
    path.class_name = "T_Root";
    assert_int_equal(invoke(world, "Now", THIS, ""), 500);
    assert_string_equal(t_subcode(world), "w:AccessDenied");
    path.class_name = "T_None";
    assert_fault(world, invoke(world, "Now", THIS, ""),
                 "a:DestinationUnreachable", "InvalidResourceURI");
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_arguments), T_CASE(test_reads_for_the_caller),
    T_CASE(test_static), T_CASE(test_faults)};

T_MAIN(tests)
