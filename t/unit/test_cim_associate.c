/* Associations through the association filter (DSP0227 8.2): stored ones, those
 * of a provider with the associate hook, those of one without. */
#include "serve.h"

#include "../../mod_wsman/om/cim_repository.h"

#define ALL      "http://schemas.dmtf.org/wbem/wscim/1/*"
#define OPTIMIZE "<w:OptimizeEnumeration/><w:MaxElements>1000</w:MaxElements>"

static const char mof[] =
    "Qualifier Association : boolean = false, Scope(class, association),\n"
    "    Flavor(DisableOverride);\n"
    "Qualifier Marked : boolean = false, Scope(class, association);\n"
    "class A_Element { [Key] string Name; string Note; };\n"
    "class A_Disk : A_Element { uint32 Size; };\n"
    "[Marked] class A_Part : A_Element { uint32 Size; };\n"
    "class A_Volume : A_Part { string Label; };\n"
    "class A_Other { [Key] uint32 Id; };\n"
    "[Association] class A_Has {\n"
    "    [Key] A_Element REF Whole; [Key] A_Element REF Part; };\n"
    "[Association, Marked] class A_HasVolume : A_Has { uint32 Order; };\n"
    "[Association] class A_Foreign {\n"
    "    [Key] A_Other REF One; [Key] A_Other REF Two; };\n"
    "[Association] class A_Hooked {\n"
    "    [Key] A_Disk REF Antecedent; [Key] T_Item REF Dependent;\n"
    "    string Why; };\n"
    "[Association] class A_Listed {\n"
    "    [Key] A_Disk REF Antecedent; [Key] T_Spool REF Dependent; };\n"
    "[Association] class A_Broken {\n"
    "    [Key] A_Other REF One; [Key] A_Other REF Two; };\n";

/* ---- a provider of associations; disk "d<n>" has the items 2n and 2n+1 */

static cim_path_t *path_to(wsman_call_t *call, const char *cls, const char *key,
                           cim_value_t value)
{
    cim_path_t *path = apr_pcalloc(call->scratch, sizeof(*path));
    cim_key_t *keys = apr_pcalloc(call->scratch, sizeof(*keys));

    keys->name = key;
    keys->value = value;
    path->class_name = cls;
    path->keys = keys;
    path->nkeys = 1;
    return path;
}

static wsman_sink_e put_link(wsman_call_t *call, const wsman_query_t *query,
                             wsman_sink_t *sink, unsigned disk, unsigned item)
{
    const wsman_host_t *host = call->host;
    cim_instance_t *link = host->instance_make(query->cls, call->scratch);
    int listed = t_is(call, query->cls, "A_Listed");
    const char *name = apr_psprintf(call->scratch, "item%05u", item);

    host->set(link, "Antecedent",
              cim_reference(path_to(
                  call, "A_Disk", "Name",
                  cim_string(apr_psprintf(call->scratch, "d%u", disk)))));
    host->set(link, "Dependent",
              cim_reference(
                  listed ? path_to(call, "T_Spool", "Id", cim_uint32(item))
                         : path_to(call, "T_Item", "Name", cim_string(name))));
    host->set(link, "Why", cim_string("because"));
    return wsman_sink_put(call, sink, link, NULL);
}

static wsman_error_t *list_links(wsman_call_t *call, const wsman_query_t *query,
                                 wsman_sink_t *sink)
{
    unsigned i;

    if (t_is(call, query->cls, "A_Broken"))
        return call->host->error(call->pool, WSMAN_E_INTERNAL_ERROR,
                                 APR_SUCCESS, NULL, "It is broken.");
    t_world_of(call)->calls++;
    for (i = 0; i < 20; i++) {
        if (put_link(call, query, sink, i / 2, i) == WSMAN_SINK_FULL)
            break;
    }
    return NULL;
}

/* Gives one too many: the host looks again. */
static wsman_error_t *associate_links(wsman_call_t *call,
                                      const cim_path_t *path,
                                      const wsman_query_t *query,
                                      wsman_sink_t *sink)
{
    const cim_value_t *name = call->host->key(path, "Name");
    unsigned first = 0, i;

    t_world_of(call)->calls += 100;
    if (strcmp(path->class_name, "A_Disk") == 0)
        first = 2 * (unsigned)atoi(name->v.s + 1);
    else
        first = (unsigned)atoi(name->v.s + 4);
    for (i = first; i < first + 3; i++) {
        if (put_link(call, query, sink, i / 2, i) == WSMAN_SINK_FULL)
            break;
    }
    return NULL;
}

static const char *const hooked_classes[] = {"A_Hooked", NULL};
static const char *const listed_classes[] = {"A_Listed", "A_Broken", NULL};

static const wsman_provider_t hooked = {
    WSMAN_PROVIDER_HEADER, .classes = hooked_classes, .start = t_start,
    .list = list_links, .associate = associate_links};
static const wsman_provider_t listed = {WSMAN_PROVIDER_HEADER,
                                        .classes = listed_classes,
                                        .start = t_start, .list = list_links};

/* ---- the world, with things in it */

static void create(t_world_t *world, const char *cls, const char *content)
{
    if (t_call(world, WSM_ACTION_CREATE,
               apr_pstrcat(world->pool, WSM_URI_CIM, cls, NULL), NULL,
               apr_pstrcat(world->pool, "<p:", cls, " xmlns:p=\"" WSM_URI_CIM,
                           cls, "\">", content, "</p:", cls, ">", NULL)) != 200)
        fail_msg("%s", world->text);
}

static void element(t_world_t *world, const char *cls, const char *name)
{
    create(world, cls,
           apr_pstrcat(world->pool, "<p:Name>", name, "</p:Name>", NULL));
}

/* The content of an EPR. */
static const char *epr(t_world_t *world, const char *cls, const char *name)
{
    return apr_pstrcat(
        world->pool,
        "<a:Address>" WSM_ANONYMOUS "</a:Address>"
        "<a:ReferenceParameters><w:ResourceURI>" WSM_URI_CIM,
        cls,
        "</w:ResourceURI><w:SelectorSet><w:Selector "
        "Name=\"Name\">",
        name, "</w:Selector></w:SelectorSet></a:ReferenceParameters>", NULL);
}

static void link_up(t_world_t *world, const char *cls, const char *whole,
                    const char *part)
{
    create(world, cls,
           apr_pstrcat(world->pool, "<p:Whole>", whole, "</p:Whole><p:Part>",
                       part, "</p:Part>", NULL));
}

static int make_world(void **state)
{
    const cim_mof_options_t options = {.ns = "root/test"};
    t_world_t *world = t_world_make(t_pool);
    static const char *const volumes[] = {"v1", "v2"};
    unsigned i;

    t_must(cim_mof_read_text(world->schema, "links.mof", mof, strlen(mof),
                             &options, world->pool));
    cim_xml_prepare(world->schema);
    t_bind(world, "hooked", &hooked);
    t_bind(world, "listed", &listed);
    wsm_registry_start(world->endpoint.registry, NULL, world->pool);
    element(world, "A_Disk", "d1");
    element(world, "A_Disk", "d2");
    element(world, "A_Part", "p1");
    for (i = 0; i < 2; i++) {
        element(world, "A_Volume", volumes[i]);
        link_up(world, "A_HasVolume", epr(world, "A_Disk", "d1"),
                epr(world, "A_Volume", volumes[i]));
    }
    link_up(world, "A_Has", epr(world, "A_Disk", "d1"),
            epr(world, "A_Part", "p1"));
    /* It is a part of d1 twice; and there is no such part. */
    link_up(world, "A_Has", epr(world, "A_Disk", "d1"),
            epr(world, "A_Volume", "v1"));
    link_up(world, "A_Has", epr(world, "A_Disk", "d1"),
            epr(world, "A_Part", "gone"));
    world->calls = 0;
    *state = world;
    return 0;
}

/* ---- asking */

static int ask(t_world_t *world, const char *filter, const char *more)
{
    return t_call(world, WSM_ACTION_ENUMERATE, ALL, NULL,
                  apr_pstrcat(world->pool, "<n:Enumerate>", more,
                              "<w:Filter Dialect=\"" WSM_DIALECT_ASSOCIATION
                              "\">",
                              filter, "</w:Filter></n:Enumerate>", NULL));
}

static const char *filter_of(t_world_t *world, const char *kind,
                             const char *object, const char *more)
{
    return apr_pstrcat(world->pool, "<b:", kind, "><b:Object>", object,
                       "</b:Object>", more, "</b:", kind, ">", NULL);
}

#define ASSOCIATED "AssociatedInstances"
#define REFERENCES "AssociationInstances"

static const char *disk(t_world_t *world)
{
    return epr(world, "A_Disk", "d1");
}

/* "class:name class:name ...", as it came */
static const char *results(t_world_t *world)
{
    int n = atoi(t_xp(world, "count(//w:Items/*)")), i;
    const char *text = "";

    for (i = 1; i <= n; i++) {
        const char *item = apr_psprintf(world->pool, "//w:Items/*[%d]", i);

        text = apr_pstrcat(
            world->pool, text, i > 1 ? " " : "",
            t_xp(world, apr_psprintf(world->pool, "local-name(%s)", item)), ":",
            t_xp(world, apr_psprintf(world->pool,
                                     "string(%s/*[local-name()='Name' or "
                                     "local-name()='Id'])",
                                     item)),
            NULL);
    }
    return text;
}

static int has(const char *list, const char *word)
{
    const char *found = strstr(list, word);

    return found != NULL &&
           (found[strlen(word)] == ' ' || found[strlen(word)] == '\0');
}

#define N(element, name) "<b:" element ">" name "</b:" element ">"

static void test_what_is_limited(void **state)
{
    static const struct {
        const char *kind;
        const char *more;
        const char *results; /* in any order */
        int count;
    } cases[] = {
        {ASSOCIATED, N("AssociationClassName", "A_Has"),
         "A_Volume:v1 A_Volume:v2 A_Part:p1", 3},
        {ASSOCIATED, N("AssociationClassName", "a_hasvolume"),
         "A_Volume:v1 A_Volume:v2", 2},
        {ASSOCIATED, N("ResultClassName", "A_Volume"),
         "A_Volume:v1 A_Volume:v2", 2},
        {ASSOCIATED, N("ResultClassName", "A_Part"),
         "A_Volume:v1 A_Volume:v2 A_Part:p1", 3},
        {ASSOCIATED, N("Role", "whole") N("ResultClassName", "A_Element"),
         "A_Volume:v1 A_Volume:v2 A_Part:p1", 3},
        {ASSOCIATED, N("Role", "Part"), "", 0},
        {ASSOCIATED, N("ResultRole", "PART"),
         "A_Volume:v1 A_Volume:v2 A_Part:p1", 3},
        {ASSOCIATED, N("ResultRole", "Whole"), "", 0},
        {ASSOCIATED, N("ResultRole", "Dependent"),
         "T_Item:item00002 T_Item:item00003 T_Spool:2 T_Spool:3", 4},
        {ASSOCIATED, N("AssociationClassName", "A_Hooked"),
         "T_Item:item00002 T_Item:item00003", 2},
        {ASSOCIATED, N("AssociationClassName", "A_Listed"),
         "T_Spool:2 T_Spool:3", 2},
        {ASSOCIATED, "",
         "A_Volume:v1 A_Volume:v2 A_Part:p1 T_Item:item00002 T_Item:item00003 "
         "T_Spool:2 T_Spool:3",
         7},
        {REFERENCES, N("ResultClassName", "A_Has"), "A_Has: A_HasVolume:", 5},
        {REFERENCES, N("ResultClassName", "A_HasVolume"), "A_HasVolume:", 2},
        {REFERENCES, N("Role", "Antecedent"), "A_Hooked: A_Listed:", 4},
        {REFERENCES, N("Role", "Part"), "", 0},
        {REFERENCES, "", "A_Has: A_HasVolume: A_Hooked: A_Listed:", 9},
        {REFERENCES, N("ResultClassName", "A_Foreign"), "", 0},
    };
    t_world_t *world = *state;
    unsigned i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *words = apr_pstrdup(world->pool, cases[i].results), *last;
        const char *came, *word;

        if (ask(world,
                filter_of(world, cases[i].kind, disk(world), cases[i].more),
                OPTIMIZE) != 200)
            fail_msg("case %u: %s", i, world->text);
        came = results(world);
        if (atoi(t_xp(world, "count(//w:Items/*)")) != cases[i].count)
            fail_msg("case %u: %s", i, came);
        for (word = apr_strtok(words, " ", &last); word != NULL;
             word = apr_strtok(NULL, " ", &last)) {
            if (!has(came, word))
                fail_msg("case %u: no %s in %s", i, word, came);
        }
    }
}

/* From the other end. */
static void test_backwards(void **state)
{
    t_world_t *world = *state;

    ask(world, filter_of(world, ASSOCIATED, epr(world, "A_Volume", "v1"), ""),
        OPTIMIZE);
    assert_string_equal(results(world), "A_Disk:d1");
    /* The object may be named by a class above its own. */
    ask(world, filter_of(world, ASSOCIATED, epr(world, "A_Element", "v2"), ""),
        OPTIMIZE);
    assert_string_equal(results(world), "A_Disk:d1");
    /* d0 is not there: what leads to it is left out. */
    ask(world,
        filter_of(world, ASSOCIATED, epr(world, "T_Item", "item00001"), ""),
        OPTIMIZE);
    assert_string_equal(results(world), "");
    ask(world,
        filter_of(world, REFERENCES, epr(world, "T_Item", "item00001"), ""),
        OPTIMIZE);
    assert_string_equal(results(world), "A_Hooked:");
}

/* Namespaces have no letter case. */
static void test_namespace_in_capitals(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        t_call(world, WSM_ACTION_ENUMERATE, WSM_URI_WMI "ROOT/Test/*", NULL,
               apr_pstrcat(world->pool,
                           "<n:Enumerate>" OPTIMIZE
                           "<w:Filter Dialect=\"" WSM_DIALECT_ASSOCIATION "\">",
                           filter_of(world, ASSOCIATED, disk(world), ""),
                           "</w:Filter></n:Enumerate>", NULL)),
        200);
    assert_string_equal(t_xp(world, "count(//w:Items/*)"), "7");
}

/* Only who can have to do with the object is asked. */
static void test_who_is_asked(void **state)
{
    t_world_t *world = *state;

    ask(world,
        filter_of(world, REFERENCES, disk(world),
                  N("ResultClassName", "A_Listed")),
        OPTIMIZE);
    assert_int_equal(world->calls, 1);
    world->calls = 0;
    ask(world, filter_of(world, REFERENCES, epr(world, "A_Part", "p1"), ""),
        OPTIMIZE);
    assert_int_equal(world->calls, 0);
    ask(world,
        filter_of(world, REFERENCES, disk(world),
                  N("ResultClassName", "A_Hooked")),
        OPTIMIZE);
    assert_int_equal(world->calls, 100);
}

/* R8.2.1-10: fragments with just these, unknown names ignored. */
static void test_included_properties(void **state)
{
    t_world_t *world = *state;

    ask(world,
        filter_of(world, ASSOCIATED, disk(world),
                  N("ResultClassName", "A_Volume")
                      N("IncludeResultProperty", "label")
                          N("IncludeResultProperty", "NoSuch")
                              N("IncludeResultProperty", "Name")
                                  N("IncludeResultProperty", "NAME")),
        OPTIMIZE);
    assert_string_equal(t_xp(world, "count(//w:Items/w:XmlFragment)"), "2");
    assert_string_equal(t_xp(world, "count(//w:XmlFragment[1]/*)"), "2");
    assert_string_equal(t_xp(world, "local-name(//w:XmlFragment[1]/*[1])"),
                        "Label");
    assert_string_equal(t_xp(world, "string(//w:XmlFragment[1]/*[1]/@xsi:nil)"),
                        "true");
    assert_string_equal(t_xp(world, "namespace-uri(//w:XmlFragment[1]/*[2])"),
                        T_URI("A_Volume"));
    assert_string_equal(t_xp(world, "string(//w:XmlFragment[1]/*[2])"), "v1");
}

static void test_modes(void **state)
{
    static const char names[] = N("IncludeResultProperty", "Name");
    t_world_t *world = *state;
    const char *volumes = filter_of(world, ASSOCIATED, disk(world),
                                    N("ResultClassName", "A_Volume"));
    const char *projected = filter_of(world, ASSOCIATED, disk(world), names);

    ask(world, volumes,
        OPTIMIZE "<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>");
    assert_string_equal(t_xp(world, "count(//w:Items/a:EndpointReference)"),
                        "2");
    assert_string_equal(t_xp(world, "string(//w:Items//w:ResourceURI)"),
                        T_URI("A_Volume"));
    assert_int_equal(ask(world, projected,
                         "<w:EnumerationMode>EnumerateEPR"
                         "</w:EnumerationMode>"),
                     500);
    assert_string_equal(t_detail(world), "EnumerationMode");
    ask(world, projected,
        OPTIMIZE
        "<w:EnumerationMode>EnumerateObjectAndEPR</w:EnumerationMode>");
    assert_string_equal(t_xp(world, "count(//w:Item/w:XmlFragment)"), "7");
    assert_string_equal(t_xp(world, "count(//w:Item/a:EndpointReference)"),
                        "7");
    assert_int_equal(
        ask(world, volumes, "<b:PolymorphismMode>None</b:PolymorphismMode>"),
        500);
    assert_string_equal(t_subcode(world), "b:PolymorphismModeNotSupported");
    assert_int_equal(ask(world, volumes,
                         "<b:PolymorphismMode>IncludeSubClassProperties"
                         "</b:PolymorphismMode>"),
                     200);
}

static const char *context_of(t_world_t *world)
{
    return t_xp(world, "string(//n:EnumerationContext)");
}

static int pull(t_world_t *world, const char *context, const char *max)
{
    return t_call(world, WSM_ACTION_PULL, ALL, NULL,
                  apr_pstrcat(world->pool, "<n:Pull><n:EnumerationContext>",
                              context, "</n:EnumerationContext><n:MaxElements>",
                              max, "</n:MaxElements></n:Pull>", NULL));
}

/* The filter goes with the context; pages of any size give all of it once. */
static void test_pages(void **state)
{
    static const char *const sizes[] = {"1", "2", "6", "7", "8"};
    t_world_t *world = *state;
    const char *filter = filter_of(world, ASSOCIATED, disk(world), "");
    unsigned i;

    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        int total = 0;

        assert_int_equal(ask(world, filter, ""), 200);
        while (context_of(world)[0] != '\0') {
            assert_int_equal(pull(world, context_of(world), sizes[i]), 200);
            total += atoi(t_xp(world, "count(//n:Items/*)"));
        }
        assert_int_equal(total, 7);
    }
    t_call(
        world, WSM_ACTION_ENUMERATE, ALL, "<w:RequestTotalItemsCountEstimate/>",
        apr_pstrcat(world->pool,
                    "<n:Enumerate><w:Filter Dialect=\"" WSM_DIALECT_ASSOCIATION
                    "\">",
                    filter, "</w:Filter></n:Enumerate>", NULL));
    assert_string_equal(t_xp(world, "string(//w:TotalItemsCountEstimate)"),
                        "7");
}

static void test_bad_filters(void **state)
{
    t_world_t *world = *state;
    const char *object = disk(world);
    const char *const filters[] = {
        "",
        "text",
        "<b:Other/>",
        "<AssociatedInstances/>",
        "<b:AssociatedInstances/>",
        filter_of(world, ASSOCIATED, object, "<b:Other/>"),
        filter_of(world, ASSOCIATED, object, "<Role>x</Role>"),
        filter_of(world, ASSOCIATED, object, "<b:Role><b:Role/></b:Role>"),
        filter_of(world, ASSOCIATED, object, N("Role", "a") N("Role", "a")),
        filter_of(world, ASSOCIATED, object, "<b:Object/>"),
        filter_of(world, REFERENCES, object, N("ResultRole", "Part")),
        filter_of(world, REFERENCES, object,
                  N("AssociationClassName", "A_Has")),
        filter_of(world, ASSOCIATED, object,
                  N("AssociationClassName", "A_NoSuch")),
        filter_of(world, ASSOCIATED, object,
                  N("AssociationClassName", "A_Disk")),
        filter_of(world, ASSOCIATED, object, N("ResultClassName", "A_NoSuch")),
        filter_of(world, REFERENCES, object, N("ResultClassName", "A_Disk")),
        filter_of(world, ASSOCIATED, "", ""),
        filter_of(world, ASSOCIATED, "<a:Address>x</a:Address>", ""),
        filter_of(world, ASSOCIATED, epr(world, "A_NoSuch", "x"), ""),
        filter_of(world, ASSOCIATED, epr(world, "A_Other", "x"), ""),
        apr_pstrcat(world->pool, filter_of(world, ASSOCIATED, object, ""),
                    filter_of(world, ASSOCIATED, object, ""), NULL),
        filter_of(world, ASSOCIATED,
                  "<a:Address>x</a:Address><a:ReferenceParameters>"
                  "<w:ResourceURI>" T_URI("A_Disk") "</w:ResourceURI>"
                                                    "</a:ReferenceParameters>",
                  ""),
    };
    unsigned i;

    for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
        if (ask(world, filters[i], OPTIMIZE) != 500 ||
            strcmp(t_subcode(world), "n:CannotProcessFilter") != 0)
            fail_msg("filter %u: %s", i, world->text);
    }
    /* R8.2.1-4: an object that is not there */
    assert_int_equal(
        ask(world, filter_of(world, ASSOCIATED, epr(world, "A_Disk", "x"), ""),
            OPTIMIZE),
        500);
    assert_string_equal(t_subcode(world), "n:CannotProcessFilter");
    /* It is for all classes. */
    assert_int_equal(
        t_call(world, WSM_ACTION_ENUMERATE, T_URI("A_Disk"), NULL,
               apr_pstrcat(
                   world->pool,
                   "<n:Enumerate><n:Filter Dialect=\"" WSM_DIALECT_ASSOCIATION
                   "\">",
                   filter_of(world, ASSOCIATED, object, ""),
                   "</n:Filter></n:Enumerate>", NULL)),
        500);
    assert_string_equal(t_subcode(world), "n:CannotProcessFilter");
}

/* A provider's failure is not an answer with less in it. */
static void test_broken(void **state)
{
    t_world_t *world = *state;

    create(world, "A_Other", "<p:Id>1</p:Id>");
    assert_int_equal(
        ask(world,
            filter_of(world, ASSOCIATED,
                      "<a:Address>x</a:Address><a:ReferenceParameters>"
                      "<w:ResourceURI>" T_URI(
                          "A_Other") "</w:ResourceURI>"
                                     "<w:SelectorSet><w:Selector "
                                     "Name=\"Id\">1</w:Selector>"
                                     "</w:SelectorSet></a:ReferenceParameters>",
                      ""),
            OPTIMIZE),
        500);
    assert_string_equal(t_subcode(world), "w:InternalError");
}

/* Without a filter there is nothing to enumerate of all classes; what is in no
 * page is no item. */
static void test_all_classes_uri(void **state)
{
    t_world_t *world = *state;

    assert_int_equal(
        t_call(world, WSM_ACTION_ENUMERATE, ALL, NULL, "<n:Enumerate/>"), 500);
    assert_string_equal(t_detail(world), "FilteringRequired");
    assert_int_equal(t_call(world, WSM_ACTION_GET, ALL, NULL, ""), 500);
    assert_string_equal(t_subcode(world), "a:ActionNotSupported");
    assert_int_equal(t_call(world, WSM_ACTION_ENUMERATE, ALL,
                            T_SELECT("Name", "x"), "<n:Enumerate/>"),
                     500);
    assert_string_equal(t_detail(world), "UnexpectedSelectors");
    assert_int_equal(t_call(world, WSM_ACTION_ENUMERATE, ALL,
                            T_SELECT("__cimnamespace", "root/no"),
                            "<n:Enumerate/>"),
                     500);
    assert_string_equal(t_subcode(world), "a:DestinationUnreachable");
    assert_int_equal(
        t_call(world, WSM_ACTION_ENUMERATE, WSM_URI_WMI "root/test/*",
               T_SELECT("__cimnamespace", "root/other"), "<n:Enumerate/>"),
        500);
    assert_string_equal(t_detail(world), "InvalidValue");
}

/* ---- who may see what */

static const char *hidden;

static wsm_error_t *may(void *baton, const cim_class_t *cls, int deep)
{
    t_world_t *world = baton;

    (void)deep;
    return strcmp(cls->name, hidden) == 0
               ? wsm_fail(world->pool, WSMAN_E_ACCESS_DENIED, "No.")
               : NULL;
}

static void test_what_may_not_be_seen(void **state)
{
    t_world_t *world = *state;
    const char *filter = filter_of(world, ASSOCIATED, disk(world), "");

    world->authorize_class = may;
    hidden = "A_Volume";
    ask(world, filter, OPTIMIZE);
    assert_string_equal(t_xp(world, "count(//w:Items/*)"), "5");
    hidden = "A_Hooked";
    ask(world, filter, OPTIMIZE);
    assert_string_equal(t_xp(world, "count(//w:Items/*)"), "5");
    assert_string_equal(t_xp(world, "count(//*[local-name()='T_Item'])"), "0");
    hidden = "A_Disk";
    assert_int_equal(ask(world, filter, ""), 500);
    assert_string_equal(t_subcode(world), "w:AccessDenied");
    /* Named by a class that he may see, it is not there for him. */
    assert_int_equal(
        ask(world,
            filter_of(world, ASSOCIATED, epr(world, "A_Element", "d1"), ""),
            OPTIMIZE),
        500);
    assert_string_equal(t_subcode(world), "n:CannotProcessFilter");
    hidden = "";
    assert_int_equal(ask(world, filter, ""), 200);
    hidden = "A_Disk";
    assert_int_equal(pull(world, context_of(world), "1"), 500);
    assert_string_equal(t_subcode(world), "w:AccessDenied");
}

#define CASE(function)                                                         \
    cmocka_unit_test_setup_teardown(function, make_world, t_teardown)

static const struct CMUnitTest tests[] = {
    CASE(test_what_is_limited),
    CASE(test_backwards),
    CASE(test_namespace_in_capitals),
    CASE(test_who_is_asked),
    CASE(test_included_properties),
    CASE(test_modes),
    CASE(test_pages),
    CASE(test_bad_filters),
    CASE(test_broken),
    CASE(test_all_classes_uri),
    CASE(test_what_may_not_be_seen),
};

T_MAIN(tests)
