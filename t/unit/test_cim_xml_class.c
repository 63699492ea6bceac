/* test_cim_xml_class.c - classes as CIM-XML, both ways. */
#include "cim241.h"

#include "../../mod_wsman/cim/cim_mof_write.h"
#include "../../mod_wsman/cim/cim_xml_class.h"
#include "cim_same.h"

#define LIMIT ((apr_size_t)4 << 20)

static const char model[] =
    "Qualifier Association : boolean = false, Scope(association),\n"
    "    Flavor(DisableOverride);\n"
    "Qualifier Numbers : sint32[], Scope(any);\n"
    "Qualifier Real : real64, Scope(any), Flavor(Restricted);\n"
    "Qualifier Note : string = NULL, Scope(any), Flavor(Translatable);\n"
    "Qualifier Shy : string, Scope(any), Flavor(Restricted);\n"
    "[Abstract, Note(\"<top> & \\\"more\\\"\"), Shy(\"not below\")]\n"
    "class X_Top {\n"
    "    [Key, Note(\"k\")] string Name;\n"
    "    [Numbers {1, NULL, -3}] uint16 Many[8] = {1, NULL, 65535};\n"
    "    string Void;\n"
    "    uint32 Go([In, Note(\"p\")] uint8 How[], [Out] X_Top REF Where,\n"
    "        [In(false), Out] X_Top REF All[4]);\n"
    "};\n"
    "[Real(1.5)] class X_Mid : X_Top {\n"
    "    string Void = \"  white \\n space  \";\n"
    "    [Override(\"Many\"), Numbers {}] uint16 Many[8];\n"
    "    boolean Yes = true; boolean No = FALSE; char16 C = 'x';\n"
    "    datetime When = \"20240229120000.000000+060\";\n"
    "    real32 R = 0.1; sint64 S = -9223372036854775808;\n"
    "    uint64 U = 18446744073709551615;\n"
    "    [EmbeddedObject] string Any; [EmbeddedInstance(\"X_Top\")] string "
    "E[];\n"
    "    string Empty = \"\"; string None[] = {};\n"
    "    void Quiet();\n"
    "    [Override(\"Go\"), Note(\"other\")] uint32 Go(\n"
    "        [In] uint8 How[], [Out] X_Top REF Where,\n"
    "        [In(false), Out] X_Top REF All[4]);\n"
    "};\n"
    "class X_Low : X_Mid { };\n"
    "class X_Odd { [EmbeddedInstance(\"X_Top\")] string Give(\n"
    "    [EmbeddedObject, Out] string What[]);\n"
    "    [MappingStrings(NULL), Note(NULL)] char16 C[] = {39, 233, NULL, "
    "8364};\n"
    "    string P[] = {\"\", NULL, \"a\\r\\nb\\t\"}; uint8 class;\n"
    "    [EmbeddedInstance(\"X_Top\")] string Own; };\n"
    "class X_Even : X_Odd { [Override(\"Own\")] string Own; };\n"
    "[Association] class X_Link {\n"
    "    [Key] X_Top REF One = \"root/x:X_Mid.Name=\\\"a\\\"\";\n"
    "    [Key] X_Top REF Two; };\n";

static const cim_xml_class_options_t everything = {
    .qualifiers = 1, .class_origin = 1, .derivation = 1};

static const char *text_of(const cim_class_t *cls,
                           const cim_xml_class_options_t *options)
{
    wsm_writer_t *out = wsm_writer_make(LIMIT, pool);
    cim_xml_class_write(out, cls, options, pool);
    assert_false(wsm_writer_full(out));
    return wsm_writer_string(out, pool);
}

static wsm_error_t *read_text(cim_class_t **cls, const cim_schema_t *schema,
                              const char *ns, const char *text)
{
    xmlDocPtr doc;
    wsm_error_t *err = wsm_xml_parse(&doc, text, strlen(text), LIMIT, pool);
    if (err)
        fail_msg("%s: %s", err->message, text);
    return cim_xml_class_read(cls, xmlDocGetRootElement(doc), schema, ns, pool);
}

/* ---- there and back */

typedef struct copier_t {
    const cim_schema_t *from;
    cim_schema_t *to;
    same_t seen;
} copier_t;

static void copy_qualifier(void *baton, const char *ns,
                           const cim_qualifier_type_t *type)
{
    copier_t *self = baton;
    assert_null(cim_schema_add_qualifier_type(self->to, ns, type));
}

static void copy_class(void *baton, const cim_class_t *cls)
{
    copier_t *self = baton;
    const cim_mof_options_t options = {.ns = cls->ns};
    apr_pool_t *outer = pool;
    cim_class_t *read;
    const char *text;
    wsm_writer_t *mof;
    wsm_error_t *err;

    apr_pool_create(&pool, outer);
    text = text_of(cls, &everything);
    mof = wsm_writer_make(LIMIT, pool);
    err = read_text(&read, self->to, cls->ns, text);
    if (!err) {
        cim_mof_write_class(mof, read);
        err =
            cim_mof_read_text(self->to, cls->name, wsm_writer_string(mof, pool),
                              wsm_writer_length(mof), &options, pool);
    }
    if (err)
        fail_msg("%s: %s\n%s", wsm_error_text(err, pool), text,
                 wsm_writer_string(mof, pool));
    same_class(&self->seen, cls,
               cim_schema_class(self->to, cls->ns, cls->name));
    apr_pool_destroy(pool);
    pool = outer;
}

static void go_round(copier_t *self, const cim_schema_t *from, const char *ns)
{
    self->from = from;
    self->to = cim_schema_make(pool);
    cim_schema_each_qualifier(from, ns, copy_qualifier, self);
    cim_schema_each(from, ns, copy_class, self);
}

static void a_class_comes_back(void **state)
{
    copier_t copier = {0};
    (void)state;
    go_round(&copier, schema_of(model), "root/cimv2");
    assert_int_equal(copier.seen.classes, 6);
}

static void all_of_cim_comes_back(void **state)
{
    const char *files[] = {NULL, NULL};
    const cim_mof_options_t options = {.ns = "root/cim"};
    cim_schema_t *read = cim_schema_make(pool);
    copier_t copier = {0};
    (void)state;
    if (!unpack())
        skip();
    files[0] = top_file(pool);
    assert_null(cim_mof_read_files(read, files, &options, pool));
    go_round(&copier, read, "root/cim");
    assert_int_equal(copier.seen.classes, 1438);
    assert_true(copier.seen.qualifiers >= 79973);
}

/* ---- what is written */

static void the_element(void **state)
{
    (void)state;
    assert_string_equal(
        text_of(class_of(schema_of(model), "X_Top"), &everything),
        "<CLASS NAME=\"X_Top\" DERIVATION=\"\">"
        "<QUALIFIER NAME=\"Abstract\" TYPE=\"boolean\" TOSUBCLASS=\"false\">"
        "<VALUE>true</VALUE></QUALIFIER>"
        "<QUALIFIER NAME=\"Note\" TYPE=\"string\" TRANSLATABLE=\"true\">"
        "<VALUE>&lt;top&gt; &amp; \"more\"</VALUE></QUALIFIER>"
        "<QUALIFIER NAME=\"Shy\" TYPE=\"string\" TOSUBCLASS=\"false\">"
        "<VALUE>not below</VALUE></QUALIFIER>"
        "<PROPERTY NAME=\"Name\" CLASSORIGIN=\"X_Top\" TYPE=\"string\">"
        "<QUALIFIER NAME=\"Key\" TYPE=\"boolean\" OVERRIDABLE=\"false\">"
        "<VALUE>true</VALUE></QUALIFIER>"
        "<QUALIFIER NAME=\"Note\" TYPE=\"string\" TRANSLATABLE=\"true\">"
        "<VALUE>k</VALUE></QUALIFIER></PROPERTY>"
        "<PROPERTY.ARRAY NAME=\"Many\" CLASSORIGIN=\"X_Top\" TYPE=\"uint16\" "
        "ARRAYSIZE=\"8\"><QUALIFIER NAME=\"Numbers\" TYPE=\"sint32\">"
        "<VALUE.ARRAY><VALUE>1</VALUE><VALUE.NULL/><VALUE>-3</VALUE>"
        "</VALUE.ARRAY></QUALIFIER><VALUE.ARRAY><VALUE>1</VALUE><VALUE.NULL/>"
        "<VALUE>65535</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>"
        "<PROPERTY NAME=\"Void\" CLASSORIGIN=\"X_Top\" TYPE=\"string\"/>"
        "<METHOD NAME=\"Go\" TYPE=\"uint32\" CLASSORIGIN=\"X_Top\">"
        "<PARAMETER.ARRAY NAME=\"How\" TYPE=\"uint8\">"
        "<QUALIFIER NAME=\"In\" TYPE=\"boolean\" OVERRIDABLE=\"false\">"
        "<VALUE>true</VALUE></QUALIFIER>"
        "<QUALIFIER NAME=\"Note\" TYPE=\"string\" TRANSLATABLE=\"true\">"
        "<VALUE>p</VALUE></QUALIFIER></PARAMETER.ARRAY>"
        "<PARAMETER.REFERENCE NAME=\"Where\" REFERENCECLASS=\"X_Top\">"
        "<QUALIFIER NAME=\"Out\" TYPE=\"boolean\" OVERRIDABLE=\"false\">"
        "<VALUE>true</VALUE></QUALIFIER></PARAMETER.REFERENCE>"
        "<PARAMETER.REFARRAY NAME=\"All\" REFERENCECLASS=\"X_Top\" "
        "ARRAYSIZE=\"4\">"
        "<QUALIFIER NAME=\"In\" TYPE=\"boolean\" OVERRIDABLE=\"false\">"
        "<VALUE>false</VALUE></QUALIFIER>"
        "<QUALIFIER NAME=\"Out\" TYPE=\"boolean\" OVERRIDABLE=\"false\">"
        "<VALUE>true</VALUE></QUALIFIER></PARAMETER.REFARRAY></METHOD>"
        "</CLASS>");
}

/* As Windows answers to a Get without options. */
static void without_qualifiers(void **state)
{
    static const cim_xml_class_options_t options = {.class_origin = 1};
    (void)state;
    assert_string_equal(
        text_of(class_of(schema_of(model), "X_Low"), &options),
        "<CLASS NAME=\"X_Low\" SUPERCLASS=\"X_Mid\">"
        "<PROPERTY NAME=\"Name\" CLASSORIGIN=\"X_Top\" PROPAGATED=\"true\" "
        "TYPE=\"string\"/>"
        "<PROPERTY.ARRAY NAME=\"Many\" CLASSORIGIN=\"X_Top\" "
        "PROPAGATED=\"true\" TYPE=\"uint16\" ARRAYSIZE=\"8\"><VALUE.ARRAY>"
        "<VALUE>1</VALUE><VALUE.NULL/><VALUE>65535</VALUE></VALUE.ARRAY>"
        "</PROPERTY.ARRAY>"
        "<PROPERTY NAME=\"Void\" CLASSORIGIN=\"X_Top\" PROPAGATED=\"true\" "
        "TYPE=\"string\"><VALUE>  white \n space  </VALUE></PROPERTY>"
        "<PROPERTY NAME=\"Yes\" CLASSORIGIN=\"X_Mid\" PROPAGATED=\"true\" "
        "TYPE=\"boolean\"><VALUE>true</VALUE></PROPERTY>"
        "<PROPERTY NAME=\"No\" CLASSORIGIN=\"X_Mid\" PROPAGATED=\"true\" "
        "TYPE=\"boolean\"><VALUE>false</VALUE></PROPERTY>"
        "<PROPERTY NAME=\"C\" CLASSORIGIN=\"X_Mid\" PROPAGATED=\"true\" "
        "TYPE=\"char16\"><VALUE>x</VALUE></PROPERTY>"
        "<PROPERTY NAME=\"When\" CLASSORIGIN=\"X_Mid\" PROPAGATED=\"true\" "
        "TYPE=\"datetime\"><VALUE>20240229120000.000000+060</VALUE></PROPERTY>"
        "<PROPERTY NAME=\"R\" CLASSORIGIN=\"X_Mid\" PROPAGATED=\"true\" "
        "TYPE=\"real32\"><VALUE>0.1</VALUE></PROPERTY>"
        "<PROPERTY NAME=\"S\" CLASSORIGIN=\"X_Mid\" PROPAGATED=\"true\" "
        "TYPE=\"sint64\"><VALUE>-9223372036854775808</VALUE></PROPERTY>"
        "<PROPERTY NAME=\"U\" CLASSORIGIN=\"X_Mid\" PROPAGATED=\"true\" "
        "TYPE=\"uint64\"><VALUE>18446744073709551615</VALUE></PROPERTY>"
        "<PROPERTY NAME=\"Any\" CLASSORIGIN=\"X_Mid\" PROPAGATED=\"true\" "
        "TYPE=\"string\" EmbeddedObject=\"object\"/>"
        "<PROPERTY.ARRAY NAME=\"E\" CLASSORIGIN=\"X_Mid\" PROPAGATED=\"true\" "
        "TYPE=\"string\" EmbeddedObject=\"instance\"/>"
        "<PROPERTY NAME=\"Empty\" CLASSORIGIN=\"X_Mid\" PROPAGATED=\"true\" "
        "TYPE=\"string\"><VALUE></VALUE></PROPERTY>"
        "<PROPERTY.ARRAY NAME=\"None\" CLASSORIGIN=\"X_Mid\" "
        "PROPAGATED=\"true\" TYPE=\"string\"><VALUE.ARRAY></VALUE.ARRAY>"
        "</PROPERTY.ARRAY>"
        "<METHOD NAME=\"Go\" TYPE=\"uint32\" CLASSORIGIN=\"X_Top\" "
        "PROPAGATED=\"true\"><PARAMETER.ARRAY NAME=\"How\" TYPE=\"uint8\"/>"
        "<PARAMETER.REFERENCE NAME=\"Where\" REFERENCECLASS=\"X_Top\"/>"
        "<PARAMETER.REFARRAY NAME=\"All\" REFERENCECLASS=\"X_Top\" "
        "ARRAYSIZE=\"4\"/></METHOD>"
        "<METHOD NAME=\"Quiet\" CLASSORIGIN=\"X_Mid\" PROPAGATED=\"true\"/>"
        "</CLASS>");
}

/** Flavors are said where they are not what a reader takes for granted. */
static void flavors_that_are_not_the_types(void **state)
{
    const cim_schema_t *schema =
        schema_of("class X { [Key : EnableOverride] string k; };");
    const cim_xml_class_options_t options = {.qualifiers = 1, .schema = schema};
    cim_class_t *read;
    const char *text = text_of(class_of(schema, "X"), &options);
    (void)state;
    assert_non_null(strstr(text, "OVERRIDABLE=\"true\""));
    assert_null(read_text(&read, schema, "root/cimv2", text));
    assert_int_equal(read->properties[0].qualifiers[0].flavor,
                     CIM_FLAVOR_OVERRIDE | CIM_FLAVOR_TOSUBCLASS);
}

static void only_what_is_its_own(void **state)
{
    static const char *const names[] = {"void", "R", NULL};
    static const cim_xml_class_options_t options = {
        .local_only = 1, .qualifiers = 1, .derivation = 1, .properties = names};
    const cim_schema_t *schema = schema_of(model);
    (void)state;
    assert_string_equal(text_of(class_of(schema, "X_Low"), &options),
                        "<CLASS NAME=\"X_Low\" SUPERCLASS=\"X_Mid\" "
                        "DERIVATION=\"X_Mid,X_Top\"></CLASS>");
    assert_string_equal(
        text_of(class_of(schema, "X_Mid"), &options),
        "<CLASS NAME=\"X_Mid\" SUPERCLASS=\"X_Top\" DERIVATION=\"X_Top\">"
        "<QUALIFIER NAME=\"Real\" TYPE=\"real64\" TOSUBCLASS=\"false\">"
        "<VALUE>1.5</VALUE></QUALIFIER>"
        "<PROPERTY NAME=\"Void\" TYPE=\"string\">"
        "<VALUE>  white \n space  </VALUE></PROPERTY>"
        "<PROPERTY NAME=\"R\" TYPE=\"real32\"><VALUE>0.1</VALUE></PROPERTY>"
        "<METHOD NAME=\"Go\" TYPE=\"uint32\">"
        "<QUALIFIER NAME=\"Override\" TYPE=\"string\" TOSUBCLASS=\"false\">"
        "<VALUE>Go</VALUE></QUALIFIER>"
        "<QUALIFIER NAME=\"Note\" TYPE=\"string\" TRANSLATABLE=\"true\">"
        "<VALUE>other</VALUE></QUALIFIER>"
        "<PARAMETER.ARRAY NAME=\"How\" TYPE=\"uint8\">"
        "<QUALIFIER NAME=\"In\" TYPE=\"boolean\" OVERRIDABLE=\"false\">"
        "<VALUE>true</VALUE></QUALIFIER></PARAMETER.ARRAY>"
        "<PARAMETER.REFERENCE NAME=\"Where\" REFERENCECLASS=\"X_Top\">"
        "<QUALIFIER NAME=\"Out\" TYPE=\"boolean\" OVERRIDABLE=\"false\">"
        "<VALUE>true</VALUE></QUALIFIER></PARAMETER.REFERENCE>"
        "<PARAMETER.REFARRAY NAME=\"All\" REFERENCECLASS=\"X_Top\" "
        "ARRAYSIZE=\"4\">"
        "<QUALIFIER NAME=\"In\" TYPE=\"boolean\" OVERRIDABLE=\"false\">"
        "<VALUE>false</VALUE></QUALIFIER>"
        "<QUALIFIER NAME=\"Out\" TYPE=\"boolean\" OVERRIDABLE=\"false\">"
        "<VALUE>true</VALUE></QUALIFIER></PARAMETER.REFARRAY></METHOD>"
        "<METHOD NAME=\"Quiet\"/></CLASS>");
}

static void names_and_paths(void **state)
{
    wsm_writer_t *out = wsm_writer_make(LIMIT, pool);
    (void)state;
    cim_xml_class_write_path(out, class_of(schema_of(model), "X_Top"), "h<1",
                             pool);
    assert_string_equal(wsm_writer_string(out, pool),
                        "<CLASSPATH><NAMESPACEPATH><HOST>h&lt;1</HOST>"
                        "<LOCALNAMESPACEPATH><NAMESPACE NAME=\"root\"/>"
                        "<NAMESPACE NAME=\"cimv2\"/></LOCALNAMESPACEPATH>"
                        "</NAMESPACEPATH><CLASSNAME NAME=\"X_Top\"/>"
                        "</CLASSPATH>");
}

/* ---- what is read */

static const char *mof_of(const char *text)
{
    wsm_writer_t *out = wsm_writer_make(LIMIT, pool);
    cim_class_t *cls = NULL;
    wsm_error_t *err = read_text(&cls, schema_of(model), "root/cimv2", text);
    if (err)
        fail_msg("%s", err->message);
    cim_mof_write_class(out, cls);
    return wsm_writer_string(out, pool);
}

/* As other servers write it: flavors of the DTD, letter case, hexadecimal. */
static void other_hands(void **state)
{
    (void)state;
    assert_string_equal(
        mof_of("<CLASS NAME=\"A\" SUPERCLASS=\"X_Low\" DERIVATION=\"x\">"
               "<QUALIFIER NAME=\"Note\" TYPE=\"String\" PROPAGATED=\"TRUE\">"
               "<VALUE>gone</VALUE></QUALIFIER>"
               "<PROPERTY NAME=\"Void\" TYPE=\"string\" PROPAGATED=\"true\"/>"
               "<PROPERTY NAME=\"P\" TYPE=\"UINT8\" CLASSORIGIN=\"A\">"
               "<QUALIFIER NAME=\"key\" TYPE=\"boolean\"><VALUE>TRUE</VALUE>"
               "</QUALIFIER><VALUE> 0xFf </VALUE></PROPERTY>"
               "<PROPERTY NAME=\"N\" TYPE=\"sint8\"><VALUE>-0x80</VALUE>"
               "</PROPERTY>"
               "<!-- all --><METHOD NAME=\"Old\" PROPAGATED=\"true\"/>"
               "<METHOD NAME=\"M\"/></CLASS>"),
        "class A : X_Low\n{\n"
        "    [key(true) : DisableOverride ToSubclass]\n    uint8 P = 255;\n"
        "    sint8 N = -128;\n"
        "    void M();\n};\n");
}

static void references(void **state)
{
    (void)state;
    assert_string_equal(
        mof_of("<CLASS NAME=\"A\"><PROPERTY.REFERENCE NAME=\"R\" "
               "REFERENCECLASS=\"B\"><VALUE.REFERENCE><INSTANCEPATH>"
               "<NAMESPACEPATH><HOST>h</HOST><LOCALNAMESPACEPATH>"
               "<NAMESPACE NAME=\"root\"/><NAMESPACE NAME=\"x-1\"/>"
               "</LOCALNAMESPACEPATH></NAMESPACEPATH>"
               "<INSTANCENAME CLASSNAME=\"B\">"
               "<KEYBINDING NAME=\"S\"><KEYVALUE VALUETYPE=\"string\">a\"b"
               "</KEYVALUE></KEYBINDING>"
               "<KEYBINDING NAME=\"N\"><KEYVALUE VALUETYPE=\"numeric\">-5"
               "</KEYVALUE></KEYBINDING>"
               "<KEYBINDING NAME=\"T\"><KEYVALUE VALUETYPE=\"boolean\">true"
               "</KEYVALUE></KEYBINDING>"
               "<KEYBINDING NAME=\"R\"><VALUE.REFERENCE>"
               "<INSTANCENAME CLASSNAME=\"C\"><KEYBINDING NAME=\"K\">"
               "<KEYVALUE TYPE=\"uint8\">1</KEYVALUE></KEYBINDING>"
               "</INSTANCENAME></VALUE.REFERENCE></KEYBINDING>"
               "</INSTANCENAME></INSTANCEPATH></VALUE.REFERENCE>"
               "</PROPERTY.REFERENCE></CLASS>"),
        "class A\n{\n    B REF R = "
        "\"root/x-1:B.S=\\\"a\\\\\\\"b\\\",N=-5,T=true,"
        "R=\\\"C.K=1\\\"\";\n};\n");
}

static const struct {
    const char *text;
    const char *message;
} refusals[] = {
    {"<class NAME=\"A\"/>",
     "A class is the element CLASS of CIM-XML, in no namespace."},
    {"<CLASS xmlns=\"x\" NAME=\"A\"/>",
     "A class is the element CLASS of CIM-XML, in no namespace."},
    {"<CLASS/>", "CLASS has no NAME."},
    {"<CLASS NAME=\"A { }; class B\"/>", "\"A { }; class B\" is no name."},
    {"<CLASS NAME=\"\"/>", "\"\" is no name."},
    {"<CLASS NAME=\"A\" SUPERCLASS=\"1\"/>", "A: \"1\" is no name."},
    {"<CLASS NAME=\"A\"><FOO/></CLASS>", "A: the element FOO cannot be here."},
    {"<CLASS NAME=\"A\"><PROPERTY TYPE=\"string\"/></CLASS>",
     "A: PROPERTY has no NAME."},
    {"<CLASS NAME=\"A\"><PROPERTY NAME=\"P\"/></CLASS>", "A.P: P has no TYPE."},
    {"<CLASS NAME=\"A\"><PROPERTY NAME=\"P\" TYPE=\"int\"/></CLASS>",
     "A.P: there is no type \"int\"."},
    {"<CLASS NAME=\"A\"><PROPERTY NAME=\"P\" TYPE=\"ref\"/></CLASS>",
     "A.P: there is no type \"ref\"."},
    {"<CLASS NAME=\"A\"><PROPERTY NAME=\"P\" TYPE=\"uint8\"><VALUE>256</VALUE>"
     "</PROPERTY></CLASS>",
     "A.P: \"256\" is no uint8."},
    {"<CLASS NAME=\"A\"><PROPERTY NAME=\"P\" TYPE=\"uint8\"><VALUE>0x</VALUE>"
     "</PROPERTY></CLASS>",
     "A.P: \"0x\" is no uint8."},
    {"<CLASS NAME=\"A\"><PROPERTY NAME=\"P\" TYPE=\"real64\"><VALUE>INF</VALUE>"
     "</PROPERTY></CLASS>",
     "A.P: \"INF\" is no real64."},
    {"<CLASS NAME=\"A\"><PROPERTY NAME=\"P\" TYPE=\"string\"><VALUE><B/>"
     "</VALUE></PROPERTY></CLASS>",
     "A.P: the element B cannot be here."},
    {"<CLASS NAME=\"A\"><PROPERTY NAME=\"P\" TYPE=\"string\"><VALUE/><VALUE/>"
     "</PROPERTY></CLASS>",
     "A.P: the element VALUE cannot be here."},
    {"<CLASS NAME=\"A\"><PROPERTY NAME=\"P\" TYPE=\"string\"><VALUE.ARRAY/>"
     "</PROPERTY></CLASS>",
     "A.P: VALUE.ARRAY where there should be VALUE."},
    {"<CLASS NAME=\"A\"><PROPERTY.ARRAY NAME=\"P\" TYPE=\"string\"><VALUE/>"
     "</PROPERTY.ARRAY></CLASS>",
     "A.P: VALUE where there should be VALUE.ARRAY."},
    {"<CLASS NAME=\"A\"><PROPERTY.ARRAY NAME=\"P\" TYPE=\"string\" "
     "ARRAYSIZE=\"x\"/></CLASS>",
     "A.P: \"x\" is no ARRAYSIZE."},
    {"<CLASS NAME=\"A\"><PROPERTY NAME=\"P\" TYPE=\"string\" ARRAYSIZE=\"1\"/>"
     "</CLASS>",
     "A.P: \"1\" is no ARRAYSIZE."},
    {"<CLASS NAME=\"A\"><PROPERTY NAME=\"P\" TYPE=\"string\" "
     "EmbeddedObject=\"object\"/></CLASS>",
     "A.P: what is embedded must be said by the qualifier EmbeddedInstance or "
     "EmbeddedObject."},
    {"<CLASS NAME=\"A\"><PROPERTY.REFERENCE NAME=\"P\"/></CLASS>",
     "A.P: PROPERTY.REFERENCE has no REFERENCECLASS."},
    {"<CLASS NAME=\"A\"><PROPERTY.REFERENCE NAME=\"P\" REFERENCECLASS=\"B\">"
     "<VALUE.REFERENCE/></PROPERTY.REFERENCE></CLASS>",
     "A.P: a reference to nothing."},
    {"<CLASS NAME=\"A\"><QUALIFIER NAME=\"Q\"/></CLASS>",
     "A: the qualifier Q has no TYPE."},
    {"<CLASS NAME=\"A\"><METHOD NAME=\"M\"><PROPERTY NAME=\"P\" "
     "TYPE=\"string\"/></METHOD></CLASS>",
     "A.M: the element PROPERTY cannot be here."},
    {"<CLASS NAME=\"A\"><METHOD NAME=\"M\"><PARAMETER NAME=\"P\" "
     "TYPE=\"string\"><VALUE/></PARAMETER></METHOD></CLASS>",
     "A.M: the element VALUE cannot be here."},
};

static void what_is_refused(void **state)
{
    const cim_schema_t *schema = schema_of(model);
    (void)state;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        cim_class_t *cls = NULL;
        wsm_error_t *err =
            read_text(&cls, schema, "root/cimv2", refusals[i].text);
        assert_non_null(err);
        assert_null(cls);
        assert_string_equal(err->message, refusals[i].message);
        assert_int_equal(err->cim_status, WSMAN_CIM_INVALID_PARAMETER);
    }
}

static const char *repeat(const char *before, const char *text, int count,
                          const char *after)
{
    wsm_writer_t *out = wsm_writer_make(LIMIT, pool);
    wsm_write_str(out, before);
    while (count--)
        wsm_write_str(out, text);
    wsm_write_str(out, after);
    return wsm_writer_string(out, pool);
}

static void its_bounds(void **state)
{
    const cim_schema_t *schema = schema_of(model);
    cim_class_t *cls;
    const char *text =
        repeat("<CLASS NAME=\"A\">",
               "<QUALIFIER NAME=\"Note\" TYPE=\"string\"/>", 257, "</CLASS>");
    (void)state;
    assert_string_equal(read_text(&cls, schema, "root/cimv2", text)->message,
                        "A: more than 256 qualifiers.");
    text = repeat("<CLASS NAME=\"A\">",
                  "<PROPERTY NAME=\"P\" TYPE=\"string\"/>", 4097, "</CLASS>");
    assert_string_equal(read_text(&cls, schema, "root/cimv2", text)->message,
                        "A: more than 4096 properties.");
    text = repeat("<CLASS NAME=\"", "x", 257, "\"/>");
    assert_non_null(read_text(&cls, schema, "root/cimv2", text));
}

static int forget(void **state)
{
    remove_folder();
    return destroy_pool(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_class_comes_back),
        TEST(the_element),
        TEST(without_qualifiers),
        TEST(flavors_that_are_not_the_types),
        TEST(only_what_is_its_own),
        TEST(names_and_paths),
        TEST(other_hands),
        TEST(references),
        TEST(what_is_refused),
        TEST(its_bounds),
        cmocka_unit_test_setup_teardown(all_of_cim_comes_back, make_pool,
                                        forget)};
    apr_initialize();
    wsm_xml_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
