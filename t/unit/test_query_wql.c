/* WQL: which instances match, and what is refused. */
#include "cim_test.h"
#include "query_fixture.h"

#include "../../mod_wsman/query/query_dialect.h"

/* ---- conditions */

static const query_case_t conditions[] = {
    /* Every comparison, numbers of every kind */
    {"U8 = 200", "a"},
    {"U8 != 200", "bc"},
    {"U8 <> 200", "bc"},
    {"U8 > 7", "a"},
    {"U8 >= 7", "ab"},
    {"U8 < 7", "c"},
    {"U8 <= 7", "bc"},
    {"U8 < 300", "abc"},
    {"U8 = 300", ""},
    {"U8 > -1", "abc"},
    {"U8 != -1", "abc"},
    {"U8 = +7", "b"},
    {"U8 = '7'", "b"},
    {"7 = U8", "b"},
    {"7 < U8", "a"},
    {"7 >= U8", "bc"},
    {"U8 = 7.0", "b"},
    {"U8 = 7.5", ""},
    {"U8 < 7.5", "bc"},
    {"U8 > 6.5", "ab"},
    {"U8 >= -0.5", "abc"},
    {"U8 > 1e100", ""},
    {"U64 = 18446744073709551615", "a"},
    {"U64 < 18446744073709551615", "b"},
    {"U64 < 18446744073709551616", "ab"},
    {"U64 > 9007199254740992.0", "ab"},
    {"S64 = -9223372036854775808", "a"},
    {"S64 > -9223372036854775809", "abc"},
    {"S64 < 9223372036854775808", "abc"},
    {"S64 = 9223372036854775807", "c"},
    {"S8 < 0", "a"},
    {"S8 < -4.5", "a"},
    {"S8 > -5.5", "abc"},
    {"R64 = 0.5", "a"},
    {"R64 < 9007199254740993", "ab"},
    {"R64 = 9007199254740992", "b"},
    {"R64 = 9007199254740993", ""},
    {"R32 = 0.1", "a"},
    {"R32 > 1e300", ""},
    {"R32 < 99999999999999999999999", "ab"},
    /* Booleans */
    {"Flag = TRUE", "a"},
    {"Flag = false", "b"},
    {"Flag <> TRUE", "b"},
    {"Flag = 'true'", "a"},
    {"Flag = 1", "a"},
    /* Strings, without case */
    {"Name = 'A'", "a"},
    {"NAME = \"a\"", "a"},
    {"Name > 'A'", "bc"},
    {"Name <= 'B'", "ab"},
    {"Text = 'C:\\\\WINDOWS'", "a"},
    {"Text = 'it\\'s \"x\"'", "b"},
    {"Text = \"it's \\\"X\\\"\"", "b"},
    {"Code = 'X'", "a"},
    {"Code = 120", "a"},
    {"Code > 'm'", "a"},
    /* Datetimes */
    {"When = '20261121090000.000000+060'", "a"},
    {"When = 20261121080000.000000+000", "a"},
    {"When < '20261121080000.000001+000'", "a"},
    {"When >= 20261121080000.000000+000", "ab"},
    {"When = '20261121******.******+000'", "a"},
    {"When = '202611********.******+000'", "a"},
    {"When = '2026**********.******+000'", "ab"},
    {"When > '202611********.******+000'", "b"},
    {"When > '2026**********.******+000'", ""},
    {"When = '2026112108****.******+000'", "a"},
    {"When = '202611210800**.******+000'", "a"},
    {"When = '20261121080000.0*****+000'", "a"},
    {"When = '202612********.******+000'", "b"},
    {"When < '202612********.******+000'", "a"},
    {"When = '202612********.******+060'", ""},
    {"When > '202612********.******+060'", "b"},
    {"When = '2026**********.******-720'", "ab"},
    {"When = '20261121******.******-540'", ""},
    {"When < '20261121******.******-540'", "a"},
    {"When > '20280229******.******+000'", ""},
    {"When < '**************.******+000'", ""},
    {"When = '**************.******+000'", "ab"},
    {"When < 00000001000000.000000:000", ""},
    {"Span = 00000001000000.000000:000", "a"},
    {"Span > '00000000235959.999999:000'", "ab"},
    {"Span > '00000001******.******:000'", "b"},
    /* References */
    {"Other = 'Q_Base.Name=\"b\"'", "a"},
    {"Other = 'Q_Base.Name=\"B\"'", "a"},
    {"Other = '\\\\\\\\host\\\\root\\\\cimv2:Q_Base.Name=\"b\"'", "a"},
    {"Other = 'root/other:Q_Base.Name=\"b\"'", ""},
    {"Other <> 'Q_Base.Name=\"x\"'", "a"},
    /* NULL */
    {"Flag IS NULL", "c"},
    {"Flag IS NOT NULL", "ab"},
    {"Flag = NULL", "c"},
    {"Flag <> NULL", "ab"},
    {"Tags IS NULL", "bc"},
    {"Tags IS NOT NULL", "a"},
    {"Part IS NOT NULL", "a"},
    {"NOT Flag IS NULL", "ab"},
    {"NOT Flag = TRUE", "b"},
    {"Flag = TRUE OR Flag <> TRUE", "ab"},
    {"Flag = TRUE OR Name = 'c'", "ac"},
    {"Name = 'c' OR Flag = TRUE", "ac"},
    {"NOT (Flag = TRUE AND Name = 'c')", "ab"},
    {"NOT (Flag = TRUE AND Name = 'x')", "abc"},
    {"NOT (Name = 'x' AND Flag = TRUE)", "abc"},
    {"NOT (Flag = TRUE OR Name = 'x')", "b"},
    /* Precedence: NOT, AND, OR */
    {"Name = 'a' OR Name = 'b' AND U8 = 1", "a"},
    {"(Name = 'a' OR Name = 'b') AND U8 = 7", "b"},
    {"U8 = 1 AND Name = 'b' OR Name = 'a'", "a"},
    {"NOT Name = 'a' AND Name <> 'b'", "c"},
    {"NOT (Name = 'a' AND Name <> 'b')", "bc"},
    {"NOT NOT Name = 'a'", "a"},
    {"NOT (NOT (Name = 'a'))", "a"},
    {"Name='a'OR(Name='b')AND(U8=7)", "ab"},
    {"((((Name = 'a'))))", "a"},
    /* LIKE */
    {"Name LIKE 'A'", "a"},
    {"Text LIKE 'c:\\win%'", "a"},
    {"Text LIKE '%WIN%'", "a"},
    {"Text NOT LIKE '%WIN%'", "b"},
    {"NOT Text LIKE '%WIN%'", "b"},
    {"Text LIKE '%'", "ab"},
    {"Name LIKE '[a-b]'", "ab"},
    {"Name LIKE '[^a]'", "bc"},
    {"U8 LIKE 7", "b"},
    {"U8 LIKE '7'", "b"},
    {"U8 NOT LIKE '7'", "ac"},
    {"Flag LIKE TRUE", "a"},
    /* Classes */
    {"__CLASS = 'Q_Sub'", "b"},
    {"__CLASS = q_sub", "b"},
    {"__CLASS <> Q_Sub", "ac"},
    {"__CLASS LIKE '%sub'", "b"},
    {"__SUPERCLASS = 'Q_Base'", "b"},
    {"__SUPERCLASS IS NULL", "ac"},
    {"__DYNASTY = Q_Base", "abc"},
    {"__NAMESPACE = 'ROOT/cimv2'", "abc"},
    {"__GENUS = 2", "abc"},
    {"__RELPATH = 'Q_Base.Name=\"A\"'", "a"},
    {"__PATH = '\\\\\\\\.\\\\root\\\\cimv2:Q_Sub.Name=\"b\"'", "b"},
    {"__RELPATH <> 'Q_Base=\"a\"'", "bc"},
    {"__THIS ISA 'Q_Base'", "abc"},
    {"__this ISA Q_Sub", "b"},
    {"__CLASS ISA Q_Sub", "b"},
    {"NOT __THIS ISA Q_Sub", "ac"},
    {"__THIS ISA Q_None", ""},
    /* Embedded instances */
    {"Part ISA Q_Part", "a"},
    {"Part ISA 'q_subpart'", "a"},
    {"Part.Number = 5", "a"},
    {"Part.Number <> 5", ""},
    {"Part.Inner.Number = 6", "a"},
    {"Part.Number IS NULL", "bc"},
};

static void test_conditions(void **state)
{
    (void)state;
    query_check_cases(WSM_DIALECT_WQL, conditions, COUNT(conditions));
}

/* ---- what is shown, and what others are told */

static void test_everything(void **state)
{
    const query_world_t *world = query_world();
    const wsm_query_t *query =
        query_parse(world, WSM_DIALECT_WQL, "select * from q_base");

    (void)state;
    assert_int_equal(query->source, WSM_SOURCE_INSTANCES);
    assert_string_equal(query->cls->name, "Q_Base");
    assert_string_equal(query->dialect, WSM_DIALECT_WQL);
    assert_string_equal(query->text, "select * from q_base");
    assert_null(query->matches);
    assert_null(query->projection);
    assert_null(query->looks_at);
    assert_int_equal(query->nterms, 0);
    query = query_parse(world, WSM_DIALECT_WQL_DMTF, "SELECT * FROM Q_Sub");
    assert_string_equal(query->dialect, WSM_DIALECT_WQL_DMTF);
    assert_string_equal(query->cls->name, "Q_Sub");
}

static void test_projection(void **state)
{
    const query_world_t *world = query_world();
    const wsm_query_t *query =
        query_parse(world, WSM_DIALECT_WQL,
                    "SELECT text,u8 , Name, U8 FROM Q_Base WHERE s8 = 1 AND "
                    "(Flag = TRUE OR Part.Number = 1) AND __CLASS = 'x'");
    unsigned i;

    (void)state;
    assert_int_equal(query->nprojection, 3);
    assert_string_equal(query->projection[0], "Text");
    assert_string_equal(query->projection[1], "U8");
    assert_string_equal(query->projection[2], "Name");
    assert_false(query->projection_is_lenient);
    for (i = 0; i < query->cls->nproperties; i++) {
        const char *name = query->cls->properties[i].name;

        assert_int_equal(query->looks_at[i], strcmp(name, "S8") == 0 ||
                                                 strcmp(name, "Flag") == 0 ||
                                                 strcmp(name, "Part") == 0);
    }
}

/* "name=value" of each, and of each without case */
static const char *terms_of(const wsm_query_t *query)
{
    const char *text = "";
    apr_uint32_t i;

    for (i = 0; i < query->nterms; i++) {
        const wsman_term_t *term = &query->terms[i];

        assert_int_equal(term->value.type,
                         cim_class_property(query->cls, term->name)->type);
        text = apr_pstrcat(pool, text, i ? " " : "", term->name, "=",
                           cim_value_text(&term->value, pool), NULL);
    }
    for (i = 0; i < query->nfolded_terms; i++)
        text = apr_pstrcat(pool, text, " ", query->folded_terms[i].name, "~",
                           query->folded_terms[i].value.v.s, NULL);
    return text;
}

static void test_terms(void **state)
{
    static const char *const cases[][2] = {
        {"U8 = 7", "U8=7"},
        {"7 = U8", "U8=7"},
        {"U8 = 7 AND Name = 'B'", "U8=7 Name~B"},
        {"u8 = 7.0 AND (S64 = -5 AND Flag = TRUE)", "U8=7 S64=-5 Flag=true"},
        {"U8 = 7 OR U8 = 8", ""},
        {"NOT U8 = 7", ""},
        {"NOT NOT U8 = 7", ""},
        {"(U8 = 7 OR U8 = 8) AND S8 = 1", "S8=1"},
        {"U8 = 7 AND S8 = 1 OR S8 = 2", ""},
        {"U8 = 7 AND NOT (S8 = 1 AND S64 = 2)", "U8=7"},
        {"U8 = 300", ""},
        {"U8 = 7.5", ""},
        {"U8 = -1", ""},
        {"U8 <> 7", ""},
        {"U8 >= 7", ""},
        {"U8 LIKE 7", "U8=7"},
        {"R32 = 0.1", "R32=0.1"},
        {"R32 = 16777217", ""},
        {"R64 = 9007199254740993", ""},
        {"R64 = 0.5", "R64=0.5"},
        {"Name LIKE 'a'", ""},
        {"Code = 'x'", ""},
        {"When = '20261121080000.000000+000'",
         "When=20261121080000.000000+000"},
        {"When = '20261121******.******+000'", ""},
        {"Other = 'Q_Base.Name=\"b\"'", ""},
        {"Part.Number = 5", ""},
        {"__CLASS = 'Q_Sub'", ""},
        {"U8 = NULL", ""},
    };
    const query_world_t *world = query_world();
    unsigned i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        const char *text =
            apr_pstrcat(pool, "SELECT * FROM Q_Base WHERE ", cases[i][0], NULL);
        const char *found = terms_of(query_parse(world, WSM_DIALECT_WQL, text));

        if (*found == ' ')
            found++;
        if (strcmp(found, cases[i][1]) != 0)
            fail_msg("%s: %s", cases[i][0], found);
    }
}

/* ---- classes */

typedef struct found_t {
    const wsm_query_t *query;
    const char *names;
} found_t;

static void visit(void *baton, const cim_class_t *cls)
{
    found_t *found = baton;

    if (found->query->matches_class == NULL ||
        found->query->matches_class(found->query, cls))
        found->names = apr_pstrcat(pool, found->names, *found->names ? " " : "",
                                   cls->name + 2, NULL);
}

static void test_classes(void **state)
{
    static const char *const cases[][2] = {
        {"", "Inner Part SubPart Base Sub Else Link"},
        {" WHERE __THIS ISA Q_Base", "Base Sub"},
        {" WHERE __this ISA 'q_base'", "Base Sub"},
        {" WHERE __CLASS = 'Q_Sub'", "Sub"},
        {" WHERE __Class LIKE '%part'", "Part SubPart"},
        {" WHERE __SUPERCLASS = Q_Base", "Sub"},
        {" WHERE __SUPERCLASS IS NULL", "Inner Part Base Else Link"},
        {" WHERE __DYNASTY = 'Q_Part'", "Part SubPart"},
        {" WHERE __THIS ISA Q_Base AND NOT __CLASS = Q_Base", "Sub"},
        {" WHERE __CLASS = Q_Link OR __CLASS = Q_Else", "Else Link"},
        {" WHERE __GENUS = 1 AND __PROPERTY_COUNT = 2", "Part Else Link"},
        {" WHERE __PATH = 'root/cimv2:Q_Sub'", "Sub"},
        {" WHERE __NAMESPACE = 'root/none'", ""},
    };
    const query_world_t *world = query_world();
    unsigned i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        const char *text =
            apr_pstrcat(pool, "SELECT * FROM meta_class", cases[i][0], NULL);
        found_t found = {query_parse(world, WSM_DIALECT_WQL, text), ""};

        assert_int_equal(found.query->source, WSM_SOURCE_CLASSES);
        assert_null(found.query->cls);
        assert_null(found.query->matches);
        cim_schema_each(world->scope.schema, world->scope.ns, visit, &found);
        if (strcmp(found.names, cases[i][1]) != 0)
            fail_msg("%s: %s", text, found.names);
    }
}

/* ---- associations */

static void test_associators(void **state)
{
    const query_world_t *world = query_world();
    const wsm_query_t *query = query_parse(
        world, WSM_DIALECT_WQL,
        "ASSOCIATORS OF {Q_Sub.Name=\"a}'b\"} WHERE AssocClass = q_link "
        "RequiredAssocQualifier=Association RequiredQualifier = Key "
        "ResultClass=Q_SUB ResultRole = To Role=From KeysOnly ClassDefsOnly");
    const wsm_association_t *association = query->association;

    (void)state;
    assert_int_equal(query->source, WSM_SOURCE_ASSOCIATED);
    assert_string_equal(query->cls->name, "Q_Sub");
    assert_null(query->matches);
    assert_string_equal(association->object_cls->name, "Q_Sub");
    assert_int_equal(association->object.nkeys, 1);
    assert_string_equal(association->object.keys[0].value.v.s, "a}'b");
    assert_string_equal(association->assoc_class, "Q_Link");
    assert_string_equal(association->assoc_qualifier, "Association");
    assert_string_equal(association->result_qualifier, "Key");
    assert_string_equal(association->result_class, "Q_Sub");
    assert_string_equal(association->result_role, "To");
    assert_string_equal(association->role, "From");
    assert_true(association->keys_only);
    assert_true(association->classes_only);
}

static void test_references(void **state)
{
    const query_world_t *world = query_world();
    const wsm_query_t *query = query_parse(
        world, WSM_DIALECT_WQL,
        "references of { Q_Else.Place='x',Id=7 } where ResultClass=Q_Link "
        "Role=To RequiredQualifier='Association'");
    const wsm_association_t *association = query->association;

    (void)state;
    assert_int_equal(query->source, WSM_SOURCE_REFERENCES);
    assert_string_equal(query->cls->name, "Q_Link");
    assert_int_equal(association->object.nkeys, 2);
    assert_int_equal(cim_path_key(&association->object, "Id")->type,
                     CIM_UINT32);
    assert_string_equal(association->result_class, "Q_Link");
    assert_string_equal(association->role, "To");
    assert_string_equal(association->result_qualifier, "Association");
    assert_null(association->assoc_class);
    assert_false(association->keys_only);
    assert_false(association->classes_only);

    query = query_parse(world, WSM_DIALECT_WQL,
                        "REFERENCES OF {\\\\.\\root\\cimv2:Q_Base=\"a\"}");
    assert_string_equal(query->association->object.ns, "root/cimv2");
    assert_int_equal(query->association->object.nkeys, 1);
    assert_null(query->cls);
    query = query_parse(world, WSM_DIALECT_WQL,
                        "ASSOCIATORS OF {Q_Base} WHERE SchemaOnly");
    assert_int_equal(query->association->object.nkeys, 0);
}

/* ---- what is refused */

static const char *const refusals[][2] = {
    {"", "The WQL query ends where SELECT, ASSOCIATORS OF or REFERENCES OF "
         "should come."},
    {"SELEC * FROM Q_Base",
     "The WQL query has SELEC at character 1 where SELECT, ASSOCIATORS OF or "
     "REFERENCES OF should come."},
    {"SELECT FROM Q_Base",
     "The WQL query has Q_Base at character 13 where FROM should come."},
    {"SELECT *", "The WQL query ends where FROM should come."},
    {"SELECT * FROM",
     "The WQL query ends where the name of a class should come."},
    {"SELECT * Q_Base",
     "The WQL query has Q_Base at character 10 where FROM should come."},
    {"SELECT * FROM 'Q_Base'", "The WQL query has 'Q_Base' at character 15 "
                               "where the name of a class should come."},
    {"SELECT * FROM Q_None",
     "There is no class Q_None in root/cimv2 to select from."},
    {"SELECT *, Name FROM Q_Base",
     "The WQL query has , at character 9 where FROM should come."},
    {"SELECT Name, FROM Q_Base",
     "The WQL query has Q_Base at character 19 where FROM should come."},
    {"SELECT Nothing FROM Q_Base", "The class Q_Base has no property Nothing."},
    {"SELECT Extra FROM Q_Base", "The class Q_Base has no property Extra."},
    {"SELECT __CLASS FROM Q_Base",
     "__CLASS can be compared, but not be selected: it is no property of the "
     "instance."},
    {"SELECT count(*) FROM Q_Base",
     "WQL selects properties; count(*) and other functions are not supported."},
    {"SELECT * FROM Q_Base, Q_Sub",
     "WQL selects from one class: there are no joins."},
    {"SELECT * FROM Q_Base x",
     "The WQL query has x at character 22 where WHERE should come."},
    {"SELECT * FROM Q_Base WHERE",
     "The WQL query ends where a condition should come."},
    {"SELECT * FROM Q_Base WHERE Name",
     "The WQL query ends where a comparison should come."},
    {"SELECT * FROM Q_Base WHERE Name =",
     "The WQL query ends where a value should come."},
    {"SELECT * FROM Q_Base WHERE Name = 'x",
     "The WQL query has a string without an end at character 35."},
    {"SELECT * FROM Q_Base WHERE Name = 'x\\",
     "The WQL query has a string without an end at character 35."},
    {"SELECT * FROM Q_Base WHERE Name = 'x' AND",
     "The WQL query ends where a condition should come."},
    {"SELECT * FROM Q_Base WHERE Name = 'x' Name = 'y'",
     "The WQL query has Name at character 39 where AND or OR should come."},
    {"SELECT * FROM Q_Base WHERE (Name = 'x'",
     "The WQL query ends where AND, OR or ) should come."},
    {"SELECT * FROM Q_Base WHERE Name = 'x')",
     "The WQL query has ) at character 38 where AND or OR should come."},
    {"SELECT * FROM Q_Base WHERE ()",
     "The WQL query has ) at character 29 where a condition should come."},
    {"SELECT * FROM Q_Base WHERE NOT",
     "The WQL query ends where a condition should come."},
    {"SELECT * FROM Q_Base WHERE Name == 'x'",
     "The WQL query has = at character 34 where a value should come."},
    {"SELECT * FROM Q_Base WHERE Name ~ 'x'",
     "The WQL query has ~ at character 33 where a comparison should come."},
    {"SELECT * FROM Q_Base WHERE Nothing = 1",
     "The class Q_Base has no property Nothing."},
    {"SELECT * FROM Q_Base WHERE Extra = 'x'",
     "The class Q_Base has no property Extra."},
    {"SELECT * FROM Q_Base WHERE Name = 5",
     "Name is of type string, which 5 is not."},
    {"SELECT * FROM Q_Base WHERE Name = TRUE",
     "Name is of type string, which TRUE is not."},
    {"SELECT * FROM Q_Base WHERE U8 = 'x'",
     "U8 is of type uint8, which 'x' is not."},
    {"SELECT * FROM Q_Base WHERE U8 = 5x",
     "The WQL query has a number with letters at character 33."},
    {"SELECT * FROM Q_Base WHERE U8 = TRUE",
     "U8 is of type uint8, which TRUE is not."},
    {"SELECT * FROM Q_Base WHERE U8 = ''",
     "U8 is of type uint8, which '' is not."},
    {"SELECT * FROM Q_Base WHERE U8 = 0x10",
     "The WQL query has a number with letters at character 33."},
    {"SELECT * FROM Q_Base WHERE Flag = 2",
     "Flag is of type boolean, which 2 is not."},
    {"SELECT * FROM Q_Base WHERE Flag > FALSE",
     "Flag is of type boolean: it can be equal to something or not, but not "
     "less or greater."},
    {"SELECT * FROM Q_Base WHERE When = 'yesterday'",
     "When is of type datetime, which 'yesterday' is not."},
    {"SELECT * FROM Q_Base WHERE When = 5",
     "When is of type datetime, which 5 is not."},
    {"SELECT * FROM Q_Base WHERE When = '****0101000000.000000+000'",
     "When is of type datetime, which '****0101000000.000000+000' is not."},
    {"SELECT * FROM Q_Base WHERE Code = 'xy'",
     "Code is of type char16, which 'xy' is not."},
    {"SELECT * FROM Q_Base WHERE Other = 'not a path'",
     "Other is of type reference, which 'not a path' is not."},
    {"SELECT * FROM Q_Base WHERE Other < 'Q_Base.Name=\"b\"'",
     "Other is of type reference: it can be equal to something or not, but not "
     "less or greater."},
    {"SELECT * FROM Q_Base WHERE Tags = 'red'",
     "Tags is an array: WQL can only ask whether it is NULL."},
    {"SELECT * FROM Q_Base WHERE ANY Tags = 'red'",
     "The class Q_Base has no property ANY."},
    {"SELECT * FROM Q_Base WHERE Tags[0] = 'red'",
     "The WQL query has [ at character 32 where a comparison should come."},
    {"SELECT * FROM Q_Base WHERE Part = 'x'",
     "Part is an embedded instance, which cannot be compared."},
    {"SELECT * FROM Q_Base WHERE Thing.Name = 'x'",
     "Thing is no embedded instance of a known class."},
    {"SELECT * FROM Q_Base WHERE Part.None = 'x'",
     "The class Q_Part has no property None."},
    {"SELECT * FROM Q_Base WHERE Part. = 'x'",
     "The WQL query has = at character 34 where the name of a property should "
     "come."},
    {"SELECT * FROM Q_Base WHERE Name = Text",
     "WQL compares a property with a constant, not Name with Text."},
    {"SELECT * FROM Q_Base WHERE 1 = 1",
     "A condition compares 1 with 1, and looks at no property."},
    {"SELECT * FROM Q_Base WHERE Name < NULL",
     "Nothing compares with NULL: Name IS NULL asks for it."},
    {"SELECT * FROM Q_Base WHERE 5 IS NULL", "5 IS NULL asks of no property."},
    {"SELECT * FROM Q_Base WHERE Name IS 5",
     "The WQL query has 5 at character 36 where NULL should come."},
    {"SELECT * FROM Q_Base WHERE Name IS NOT 5",
     "The WQL query has 5 at character 40 where NULL should come."},
    {"SELECT * FROM Q_Base WHERE Name NOT = 'x'",
     "The WQL query has = at character 37 where LIKE should come."},
    {"SELECT * FROM Q_Base WHERE Name ISA Q_Base",
     "Name is no instance that could be ISA Q_Base."},
    {"SELECT * FROM Q_Base WHERE Part ISA 5",
     "The WQL query has 5 at character 37 where the name of a class should "
     "come."},
    {"SELECT * FROM Q_Base WHERE U8 LIKE '1%'",
     "U8 is of type uint8, which has no patterns for LIKE."},
    {"SELECT * FROM Q_Base WHERE Name LIKE '[a'",
     "The pattern '[a' has a [ without a ]."},
    {"SELECT * FROM Q_Base WHERE Name LIKE Text",
     "LIKE compares a property with a pattern."},
    {"SELECT * FROM Q_Base WHERE 'x' LIKE Name",
     "LIKE compares a property with a pattern."},
    {"SELECT * FROM Q_Base WHERE __THIS = 'x'",
     "__THIS is an embedded instance, which cannot be compared."},
    {"SELECT * FROM Q_Base WHERE __PATH < 'Q_Base.Name=\"x\"'",
     "__PATH is an object path: it can be equal to something or not, but not "
     "less or greater."},
    {"SELECT * FROM Q_Base WHERE __NOTHING = 'x'",
     "The class Q_Base has no property __NOTHING."},
    {"SELECT * FROM Q_Base WHERE Upper(Name) = 'x'",
     "Upper() is not supported: WQL conditions here have no functions."},
    {"SELECT * FROM Q_Base WITHIN 5 WHERE Name = 'x'",
     "WITHIN is for queries of events, which are made with Subscribe."},
    {"SELECT * FROM Q_Base WHERE Name = 'x' GROUP WITHIN 5",
     "GROUP is for queries of events, which are made with Subscribe."},
    {"SELECT * FROM Q_Base WHERE Name = 'x' HAVING U8 > 1",
     "HAVING is for queries of events, which are made with Subscribe."},
    {"SELECT Name FROM META_CLASS", "Of META_CLASS only * can be selected."},
    {"SELECT * FROM META_CLASS WHERE Name = 'x'",
     "Classes have no property Name: they are selected by __CLASS, "
     "__SUPERCLASS, __DYNASTY or __THIS."},
    {"SELECT * FROM META_CLASS WHERE __THIS = 'x'",
     "__THIS is an embedded instance, which cannot be compared."},
    {"ASSOCIATORS {Q_Base.Name=\"a\"}",
     "The WQL query has { at character 13 where OF should come."},
    {"ASSOCIATORS OF Q_Base",
     "The WQL query has Q_Base at character 16 where { should come."},
    {"ASSOCIATORS OF {Q_Base.Name=\"a\"",
     "The object path of the WQL query has no }."},
    {"ASSOCIATORS OF {}", "{} is no object path."},
    {"ASSOCIATORS OF {Q_None.Name=\"a\"}",
     "There is no class of {Q_None.Name=\"a\"}."},
    {"ASSOCIATORS OF {Q_Base.Nothing=\"a\"}",
     "{Q_Base.Nothing=\"a\"} is no object path of the class Q_Base with its "
     "keys."},
    {"ASSOCIATORS OF {Q_Else.Id=1}",
     "{Q_Else.Id=1} has not all keys of the class Q_Else."},
    {"ASSOCIATORS OF {Q_Base.Name=\"a\"} x",
     "The WQL query has x at character 34 where WHERE should come."},
    {"ASSOCIATORS OF {Q_Base.Name=\"a\"} WHERE",
     "The WQL query ends where a keyword should come."},
    {"ASSOCIATORS OF {Q_Base.Name=\"a\"} WHERE Role",
     "The WQL query ends where = should come."},
    {"ASSOCIATORS OF {Q_Base.Name=\"a\"} WHERE Role=",
     "The WQL query ends where a name should come."},
    {"ASSOCIATORS OF {Q_Base.Name=\"a\"} WHERE Role=a Role=b",
     "The WQL query has Role twice."},
    {"ASSOCIATORS OF {Q_Base.Name=\"a\"} WHERE Role=a AND ResultRole=b",
     "The WQL query has AND at character 47 where a keyword of ASSOCIATORS OF "
     "should come."},
    {"ASSOCIATORS OF {Q_Base.Name=\"a\"} WHERE AssocClass=Q_Else",
     "The class Q_Else is no association."},
    {"ASSOCIATORS OF {Q_Base.Name=\"a\"} WHERE AssocClass=Q_None",
     "There is no class Q_None in root/cimv2."},
    {"ASSOCIATORS OF {Q_Base.Name=\"a\"} WHERE ResultClass=Q_None",
     "There is no class Q_None in root/cimv2."},
    {"ASSOCIATORS OF {Q_Base.Name=\"a\"} WHERE SchemaOnly",
     "SchemaOnly asks about a class, and {Q_Base.Name=\"a\"} is an instance."},
    {"REFERENCES OF {Q_Base.Name=\"a\"} WHERE AssocClass=Q_Link",
     "The WQL query has AssocClass at character 39 where a keyword of "
     "REFERENCES OF should come."},
    {"REFERENCES OF {Q_Base.Name=\"a\"} WHERE ResultClass=Q_Else",
     "The class Q_Else is no association."},
    {"REFERENCES OF {Q_Base.Name=\"a\"} WHERE ResultRole=From",
     "The WQL query has ResultRole at character 39 where a keyword of "
     "REFERENCES OF should come."},
    {"SELECT * FROM Q_Base; DROP",
     "The WQL query has ; at character 21 where WHERE should come."},
};

static void test_refusals(void **state)
{
    (void)state;
    query_check_refused(WSM_DIALECT_WQL, refusals, COUNT(refusals));
}

static const wsm_error_t *refusal(const query_world_t *world, const char *text)
{
    const wsm_query_t *query;
    const wsm_error_t *err =
        wsm_query_parse(&query, WSM_DIALECT_WQL, text, &world->scope, pool);

    if (err == NULL)
        fail_msg("accepted: %.100s", text);
    return err;
}

/* Which fault, and which CIM error, a refusal is. */
static void test_codes(void **state)
{
    static const struct {
        const char *text;
        wsman_code_e code;
        wsman_cim_status_e status;
    } cases[] = {
        {"SELECT", WSMAN_E_CANNOT_PROCESS_FILTER, WSMAN_CIM_INVALID_QUERY},
        {"SELECT X FROM Q_Base", WSMAN_E_CANNOT_PROCESS_FILTER,
         WSMAN_CIM_INVALID_QUERY},
        {"SELECT * FROM Q_Base WITHIN 1", WSMAN_E_CANNOT_PROCESS_FILTER,
         WSMAN_CIM_QUERY_FEATURE_NOT_SUPPORTED},
        {"SELECT * FROM Q_None", WSMAN_E_INVALID_RESOURCE_URI,
         WSMAN_CIM_INVALID_CLASS},
    };
    const query_world_t *world = query_world();
    unsigned i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        const wsm_error_t *err = refusal(world, cases[i].text);

        assert_int_equal(err->code, cases[i].code);
        assert_int_equal(err->cim_status, cases[i].status);
    }
}

/* The class of the resource URI, and what is not of it. */
static void test_scope(void **state)
{
    query_world_t *world = query_world();

    (void)state;
    world->scope.cls = class_of(world->scope.schema, "Q_Base");
    query_parse(world, WSM_DIALECT_WQL, "SELECT * FROM Q_Base");
    query_parse(world, WSM_DIALECT_WQL, "SELECT * FROM Q_Sub");
    assert_string_equal(refusal(world, "SELECT * FROM Q_Else")->message,
                        "The WQL query selects from Q_Else, but the resource "
                        "URI is that of Q_Base.");
    assert_string_equal(refusal(world, "SELECT * FROM META_CLASS")->message,
                        "META_CLASS is asked of all classes, not of Q_Base.");
    assert_string_equal(
        refusal(world, "REFERENCES OF {Q_Base=\"a\"}")->message,
        "REFERENCES OF is asked of all classes, not of Q_Base.");
    world->scope.cls = class_of(world->scope.schema, "Q_Sub");
    refusal(world, "SELECT * FROM Q_Base");
}

/* ---- limits */

static const char *repeated(const char *before, const char *text, int times,
                            const char *after)
{
    apr_size_t length = strlen(text);
    char *row = apr_palloc(pool, length * (apr_size_t)times + 1);
    int i;

    for (i = 0; i < times; i++)
        memcpy(row + length * (apr_size_t)i, text, length);
    row[length * (apr_size_t)times] = '\0';
    return apr_pstrcat(pool, before, row, after, NULL);
}

#define WHERE "SELECT * FROM Q_Base WHERE "

static void test_limits(void **state)
{
    const query_world_t *world = query_world();
    const wsm_query_t *query;
    const char *text;

    (void)state;
    /* Depth */
    text = apr_pstrcat(pool, repeated(WHERE, "(", 64, "U8 = 7"),
                       repeated("", ")", 64, ""), NULL);
    assert_string_equal(
        query_matching(world, query_parse(world, WSM_DIALECT_WQL, text)), "b");
    assert_non_null(
        strstr(refusal(world, repeated(WHERE, "(", 65, "U8 = 7"))->message,
               "more than 64 parentheses"));
    text = repeated(WHERE, "NOT ", 64, "U8 = 7");
    assert_string_equal(
        query_matching(world, query_parse(world, WSM_DIALECT_WQL, text)), "b");
    refusal(world, repeated(WHERE, "NOT ", 65, "U8 = 7"));
    /* The stack of the evaluation, at its deepest */
    text = apr_pstrcat(pool,
                       repeated(WHERE, "U8 = 1 OR U8 <> 9 AND (", 64, "U8 = 7"),
                       repeated("", ")", 64, ""), NULL);
    assert_string_equal(
        query_matching(world, query_parse(world, WSM_DIALECT_WQL, text)), "bc");
    text = apr_pstrcat(
        pool, repeated(WHERE, "Flag IS NULL AND (U8 > 3 OR NOT(", 21, "U8=7"),
        repeated("", "))", 21, ""), NULL);
    query = query_parse(world, WSM_DIALECT_WQL, text);
    assert_string_equal(query_matching(world, query), "c");
    assert_int_equal(query->nterms, 0);
    /* Comparisons */
    text = repeated(WHERE, "U8 = 9 OR ", 1023, "U8 = 7");
    assert_string_equal(
        query_matching(world, query_parse(world, WSM_DIALECT_WQL, text)), "b");
    text = repeated(WHERE, "U8 = 7 AND ", 1023, "U8 = 7");
    query = query_parse(world, WSM_DIALECT_WQL, text);
    assert_string_equal(query_matching(world, query), "b");
    assert_int_equal(query->nterms, 1);
    assert_non_null(strstr(
        refusal(world, repeated(WHERE, "U8 = 9 OR ", 1024, "U8 = 7"))->message,
        "more than 1024 comparisons"));
    /* Text and patterns */
    text = repeated(WHERE "Name = '", "x", QUERY_MAX_TEXT, "'");
    assert_non_null(
        strstr(refusal(world, text)->message, "longer than 65536 bytes"));
    text = repeated(WHERE "Name = '", "x", 65000, "'");
    query_parse(world, WSM_DIALECT_WQL, text);
    query_parse(world, WSM_DIALECT_WQL,
                repeated(WHERE "Name LIKE '", "%x", 511, "'"));
    assert_non_null(strstr(
        refusal(world, repeated(WHERE "Name LIKE '", "%x", 512, "'"))->message,
        "more than 1023 characters"));
}

/* A fault does not repeat a long query, nor half of a character. */
static void test_long_words(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"SELECT ", " FROM Q_Base"},
        {"SELECT * FROM ", ""},
        {WHERE, " = 1"},
        {WHERE "U8 = '", "'"},
        {WHERE "U8 = ", "'"},
        {WHERE "Part ISA '", "'"},
        {WHERE "Name LIKE '", "["},
        {WHERE "Name LIKE '[", "'"},
        {WHERE "Other = ' ", "'"},
        {"REFERENCES OF {", "}"},
        {"REFERENCES OF {Q_Base.", "='x'}"},
        {"REFERENCES OF {Q_Base='x'} WHERE ResultClass='", "'"},
    };
    const query_world_t *world = query_world();
    unsigned i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        const char *text =
            repeated(cases[i][0], "x\xe2\x82\xac", 10000, cases[i][1]);
        const char *message = refusal(world, text)->message;
        const char *cut = strstr(message, "...");

        if (strlen(message) > 250)
            fail_msg("%.60s", cases[i][0]);
        if (cut != NULL && (unsigned char)cut[-1] >= 0x80)
            assert_memory_equal(cut - 3, "\xe2\x82\xac", 3);
    }
}

static void test_names(void **state)
{
    const query_world_t *world = query_world();
    cim_schema_t *schema = schema_of(query_mof);
    const wsm_query_t *query;
    wsm_query_scope_t scope = {schema, "root/cimv2", NULL};
    const char *mof = "class Q_Wide { [Key] string Name;";
    const char *list = "SELECT Name";
    int i;

    (void)state;
    query =
        query_parse(world, WSM_DIALECT_WQL,
                    repeated("SELECT Name", ", NAME", 5000, " FROM Q_Base"));
    assert_int_equal(query->nprojection, 1);
    for (i = 0; i < 256; i++) {
        mof = apr_psprintf(pool, "%s uint8 P%d;", mof, i);
        list = apr_psprintf(pool, "%s, P%d", list, i);
    }
    assert_null(read_mof(schema, apr_pstrcat(pool, mof, "};", NULL)));
    assert_non_null(wsm_query_parse(
        &query, WSM_DIALECT_WQL, apr_pstrcat(pool, list, " FROM Q_Wide", NULL),
        &scope, pool));
}

static const struct CMUnitTest tests[] = {
    TEST(test_conditions), TEST(test_everything), TEST(test_projection),
    TEST(test_terms),      TEST(test_classes),    TEST(test_associators),
    TEST(test_references), TEST(test_refusals),   TEST(test_codes),
    TEST(test_scope),      TEST(test_limits),     TEST(test_long_words),
    TEST(test_names),
};

int main(void)
{
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
