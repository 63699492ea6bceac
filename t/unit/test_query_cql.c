/* CQL: which instances match, and what is declined. */
#include "query_fixture.h"

static const query_case_t conditions[] = {
    /* Numbers, exactly and in every radix */
    {"U8 = 200", "a"},
    {"U8 <> 200", "bc"},
    {"U8 != 200", "bc"},
    {"U8 = 0xC8", "a"},
    {"U8 = 11001000B", "a"},
    {"U8 < 1000b", "bc"},
    {"S8 = -0x5", "a"},
    {"U8 >= 7.5", "a"},
    {"U64 > 0xFFFFFFFFFFFFFFFE", "a"},
    {"U64 < 0x1FFFFFFFFFFFFFFFFF", "ab"},
    {"R64 = 5e-1", "a"},
    {"R64 = .5", "a"},
    {"7 = U8", "b"},
    /* Strings, exactly */
    {"Name = 'a'", "a"},
    {"Name = 'A'", ""},
    {"Name = \"a\"", "a"},
    {"Name > 'A'", "abc"},
    {"Text = 'C:\\\\Windows'", "a"},
    {"Text = 'it\\'s \\\"x\\\"'", "b"},
    {"Text = 'it\\u0027s \\U00000022x\\u0022'", "b"},
    {"Code = 'x'", "a"},
    {"Code = 'X'", ""},
    {"Flag = TRUE", "a"},
    {"Flag <> true", "b"},
    {"When = '20261121080000.000000+000'", "a"},
    {"When < '20261201000000.000000+000'", "a"},
    {"Other = 'Q_Base.Name=\"b\"'", "a"},
    {"Other = 'Q_Base.Name=\"B\"'", ""},
    /* One property with another */
    {"Text = Twin", ""},
    {"Text <> Twin", "ab"},
    {"U8 > S8", "ab"},
    {"S8 < U8", "ab"},
    {"S8 = U8", "c"},
    {"U64 > S64", "ab"},
    {"S64 > U64", ""},
    {"U64 > R64", "ab"},
    {"R64 < U64", "ab"},
    {"R64 = U64", ""},
    {"R64 > S8", "ab"},
    {"R32 > R64", ""},
    {"When = When", "ab"},
    {"When > Span", ""},
    {"Flag = Flag", "ab"},
    {"Code >= Code", "ab"},
    {"Other = Other", "a"},
    {"Part.Number < Part.Inner.Number", "a"},
    {"Text LIKE 'C.*'", "a"},
    {"Text LIKE 'c.*'", ""},
    {"Text LIKE '.*Win.*'", "a"},
    {"Text LIKE 'C:\\\\\\\\.*'", "a"},
    {"Text LIKE 'C:.Windows'", "a"},
    {"Text LIKE 'C:\\.Windows'", ""},
    {"Text NOT LIKE 'C.*'", "b"},
    {"Name LIKE 'a'", "a"},
    {"Name LIKE 'ab*'", "a"},
    /* Arrays */
    {"ANY Tags = 'red'", "a"},
    {"ANY Tags = 'blue'", ""},
    {"NOT ANY Tags = 'blue'", ""}, /* one item is NULL */
    {"ANY Tags LIKE 'gr.*'", "a"},
    {"EVERY Tags <> 'red'", ""},
    {"NOT EVERY Tags <> 'red'", "a"},
    {"ANY Numbers > 8", "a"},
    {"EVERY Numbers > 4", "a"},
    {"EVERY Numbers > 5", ""},
    {"NOT ANY Numbers = 7", "a"},
    {"Numbers[1] = 9", "a"},
    {"Numbers[2] = 9", ""},
    {"Numbers[2] IS NULL", "abc"},
    {"Tags[0] = 'red'", "a"},
    {"Tags[2] IS NULL", "abc"},
    {"Tags IS NOT NULL", "a"},
    /* Embedded instances, classes */
    {"Part.Number = 5", "a"},
    {"Part ISA Q_SubPart", "a"},
    {"Part.Inner ISA Q_Inner", "a"},
    {"Q_Base.Name = 'a'", "a"},
    {"Q_Base.Part.Number = 5", "a"},
    {"Q_Base ISA Q_Sub", "b"},
    {"NOT Q_Base ISA Q_Sub", "ac"},
    /* Truth */
    {"Flag IS NULL", "c"},
    {"Flag = TRUE OR NOT Flag = TRUE", "ab"},
    {"Name = 'a' OR Name = 'b' AND U8 = 1", "a"},
    {"(Name = 'a' OR Name = 'b') AND U8 = 7", "b"},
};

static void test_conditions(void **state)
{
    (void)state;
    query_check_cases(WSM_DIALECT_CQL, conditions, COUNT(conditions));
}

static void test_select(void **state)
{
    static const char *const whole[] = {
        "SELECT * FROM Q_Base", "SELECT Q_Base.* FROM Q_Base",
        "SELECT b.* FROM Q_Base AS b", "select x.* from q_base x"};
    const query_world_t *world = query_world();
    const wsm_query_t *query;
    unsigned i;

    (void)state;
    for (i = 0; i < COUNT(whole); i++) {
        query = query_parse(world, WSM_DIALECT_CQL, whole[i]);
        assert_string_equal(query->cls->name, "Q_Base");
        assert_null(query->projection);
        assert_null(query->matches);
        assert_string_equal(query->dialect, WSM_DIALECT_CQL);
    }
    query = query_parse(world, WSM_DIALECT_CQL,
                        "SELECT b.text, U8, B.NAME FROM Q_Base b "
                        "WHERE b.Name = 'a' AND b.Flag = TRUE AND S8 = -5");
    assert_int_equal(query->nprojection, 3);
    assert_string_equal(query->projection[0], "Text");
    assert_string_equal(query->projection[1], "U8");
    assert_string_equal(query->projection[2], "Name");
    assert_string_equal(query_matching(world, query), "a");
    /* Strings are exact, and so among the terms. */
    assert_int_equal(query->nterms, 3);
    assert_string_equal(query->terms[0].name, "Name");
    assert_string_equal(query->terms[0].value.v.s, "a");
    assert_string_equal(query->terms[1].name, "Flag");
    assert_int_equal(query->terms[2].value.v.i, -5);
    assert_int_equal(query->nfolded_terms, 0);
    query = query_parse(world, WSM_DIALECT_CQL,
                        "SELECT * FROM Q_Base WHERE U8 > S8 AND "
                        "ANY Numbers = 5 AND Numbers[0] = 5");
    assert_int_equal(query->nterms, 0);
    for (i = 0; i < query->cls->nproperties; i++) {
        const char *name = query->cls->properties[i].name;

        assert_int_equal(query->looks_at[i], strcmp(name, "U8") == 0 ||
                                                 strcmp(name, "S8") == 0 ||
                                                 strcmp(name, "Numbers") == 0);
    }
}

static const char *const refusals[][2] = {
    {"", "The CQL query ends where SELECT should come."},
    {"DELETE FROM Q_Base",
     "The CQL query has DELETE at character 1 where SELECT should come."},
    {"SELECT FROM Q_Base",
     "The CQL query has Q_Base at character 13 where FROM should come."},
    {"SELECT Name", "The CQL query ends where FROM should come."},
    {"SELECT Name FROM",
     "The CQL query ends where the name of a class should come."},
    {"SELECT Name FROM Q_None",
     "There is no class Q_None in root/cimv2 to select from."},
    {"SELECT Name FROM Q_Base AS",
     "The CQL query ends where another name of the class should come."},
    {"SELECT Name FROM Q_Base a b",
     "The CQL query has b at character 27 where WHERE should come."},
    {"SELECT *, Name FROM Q_Base",
     "The CQL query selects * and something else."},
    {"SELECT Nothing FROM Q_Base", "The class Q_Base has no property Nothing."},
    {"SELECT b.Nothing FROM Q_Base b",
     "The class Q_Base has no property Nothing."},
    {"SELECT * FROM Q_Base WHERE",
     "The CQL query ends where a condition should come."},
    {"SELECT * FROM Q_Base WHERE __CLASS = 'Q_Sub'",
     "The class Q_Base has no property __CLASS."},
    {"SELECT * FROM Q_Base WHERE Name = 'a",
     "The CQL query has a string without an end at character 35."},
    {"SELECT * FROM Q_Base WHERE Name = 'a\\d'",
     "The CQL query has an escape that does not exist in the string at "
     "character 35."},
    {"SELECT * FROM Q_Base WHERE Name = '\\u12'",
     "The CQL query has an escape that does not exist in the string at "
     "character 35."},
    {"SELECT * FROM Q_Base WHERE Name = '\\uD800'",
     "The CQL query has an escape that does not exist in the string at "
     "character 35."},
    {"SELECT * FROM Q_Base WHERE Name = '\\u0000'",
     "The CQL query has an escape that does not exist in the string at "
     "character 35."},
    {"SELECT * FROM Q_Base WHERE Name = 5",
     "Name is of type string, which 5 is not."},
    {"SELECT * FROM Q_Base WHERE U8 = '5'",
     "U8 is of type uint8, which '5' is not."},
    {"SELECT * FROM Q_Base WHERE U8 = 12B",
     "The CQL query has a number with letters at character 33."},
    {"SELECT * FROM Q_Base WHERE U8 = 0x",
     "The CQL query has a number with letters at character 33."},
    {"SELECT * FROM Q_Base WHERE Flag = 1",
     "Flag is of type boolean, which 1 is not."},
    {"SELECT * FROM Q_Base WHERE Flag = 'true'",
     "Flag is of type boolean, which 'true' is not."},
    {"SELECT * FROM Q_Base WHERE Name = NULL",
     "Nothing compares with NULL: Name IS NULL asks for it."},
    {"SELECT * FROM Q_Base WHERE When = 20261121080000.000000+000",
     "When is of type datetime, which 20261121080000.000000 is not."},
    {"SELECT * FROM Q_Base WHERE Tags = 'red'",
     "Tags is an array: CQL can only ask whether it is NULL, or about ANY or "
     "EVERY item or one by its number."},
    {"SELECT * FROM Q_Base WHERE ANY Name = 'red'",
     "Name is no array for ANY."},
    {"SELECT * FROM Q_Base WHERE EVERY Tags IS NULL",
     "The CQL query has IS at character 39 where a comparison should come."},
    {"SELECT * FROM Q_Base WHERE ANY 5 = 5",
     "A condition compares 5 with 5, and looks at no property."},
    {"SELECT * FROM Q_Base WHERE Name[0] = 'a'", "Name is no array."},
    {"SELECT * FROM Q_Base WHERE Tags[-1] = 'a'", "Tags has no item -1."},
    {"SELECT * FROM Q_Base WHERE Tags[1 = 'a'",
     "The CQL query has = at character 35 where ] should come."},
    {"SELECT * FROM Q_Base WHERE Name = U8", "Name and U8 cannot be compared."},
    {"SELECT * FROM Q_Base WHERE Name = Tags",
     "Name and Tags cannot be compared."},
    {"SELECT * FROM Q_Base WHERE Part = Part",
     "Part is an embedded instance, which cannot be compared."},
    {"SELECT * FROM Q_Base WHERE Flag < Flag",
     "Flag is of type boolean: it can be equal to something or not, but not "
     "less or greater."},
    {"SELECT * FROM Q_Base WHERE U8 LIKE '1'",
     "LIKE compares a string with a pattern in quotes; U8 is of type uint8."},
    {"SELECT * FROM Q_Base WHERE Name LIKE 5",
     "LIKE compares a string with a pattern in quotes; Name is of type "
     "string."},
    {"SELECT * FROM Q_Base WHERE Name LIKE '*'",
     "In the pattern '*' a * has nothing to repeat."},
    {"SELECT * FROM Q_Base WHERE Name LIKE 'a\\\\'",
     "The pattern 'a\\' ends in a backslash."},
    {"SELECT * FROM Q_Base b WHERE Q_Base.Name = 'a'",
     "The class Q_Base has no property Q_Base."},
    {"SELECT * FROM Q_Base WHERE Part.Inner.Number.More = 5",
     "Part.Inner.Number is no embedded instance of a known class."},
    {"SELECT * FROM Q_Base WHERE Name = Q_Base::Text",
     "Name and Q_Base cannot be compared."},
};

static const char *const declined[][2] = {
    {"SELECT * FROM Q_Base, Q_Else",
     "CQL is supported as its basic query; joins are not supported."},
    {"SELECT a.Name, b.Name FROM Q_Base a, Q_Sub b",
     "CQL is supported as its basic query; joins are not supported."},
    {"SELECT a.Name, b.Name FROM Q_Base a",
     "CQL is supported as its basic query; joins are not supported."},
    {"SELECT * FROM Q_Base JOIN Q_Else",
     "CQL is supported as its basic query; joins are not supported."},
    {"SELECT * FROM Q_Base INNER JOIN Q_Else",
     "CQL is supported as its basic query; joins are not supported."},
    {"SELECT DISTINCT Name FROM Q_Base",
     "CQL is supported as its basic query; result set operations (DISTINCT) "
     "are not supported."},
    {"SELECT FIRST 5 Name FROM Q_Base",
     "CQL is supported as its basic query; result set operations (FIRST) are "
     "not supported."},
    {"SELECT Name FROM Q_Base ORDER BY Name",
     "CQL is supported as its basic query; result set operations (ORDER BY) "
     "are not supported."},
    {"SELECT Name FROM Q_Base WHERE U8 = 1 ORDER BY Name",
     "CQL is supported as its basic query; result set operations (ORDER BY) "
     "are not supported."},
    {"SELECT Name FROM Q_Base GROUP BY Name",
     "CQL is supported as its basic query; aggregations (GROUP BY) are not "
     "supported."},
    {"SELECT COUNT(*) FROM Q_Base",
     "CQL is supported as its basic query; functions and aggregations are not "
     "supported."},
    {"SELECT MAX(U8) FROM Q_Base",
     "CQL is supported as its basic query; functions and aggregations are not "
     "supported."},
    {"SELECT Name AS n FROM Q_Base",
     "CQL is supported as its basic query; extended select lists (AS) are not "
     "supported."},
    {"SELECT Part.Number FROM Q_Base",
     "CQL is supported as its basic query; embedded properties in the select "
     "list are not supported."},
    {"SELECT Q_Base.Part.Number FROM Q_Base",
     "CQL is supported as its basic query; embedded properties in the select "
     "list are not supported."},
    {"SELECT Tags[0] FROM Q_Base",
     "CQL is supported as its basic query; items of arrays in the select list "
     "are not supported."},
    {"SELECT * FROM (SELECT * FROM Q_Base)",
     "CQL is supported as its basic query; subqueries are not supported."},
    {"SELECT * FROM Q_Base WHERE EXISTS (SELECT * FROM Q_Else)",
     "EXISTS() is not supported: CQL conditions here have no functions."},
    {"SELECT * FROM Q_Base WHERE UpperCase(Name) = 'A'",
     "UpperCase() is not supported: CQL conditions here have no functions."},
    {"SELECT * FROM Q_Base WHERE When < CurrentDateTime()",
     "CurrentDateTime() is not supported: CQL conditions here have no "
     "functions."},
    {"SELECT * FROM Q_Base WHERE ANY t IN Tags SATISFIES (t = 'red')",
     "SATISFIES is not supported: ANY and EVERY stand before an array."},
    {"SELECT * FROM Q_Base WHERE Tags[0..1] = 'red'",
     "Items of the array Tags are asked for by one number; ranges of them are "
     "not supported."},
    {"SELECT * FROM Q_Base WHERE Tags[*] = 'red'",
     "Items of the array Tags are asked for by one number; ranges of them are "
     "not supported."},
    {"SELECT * FROM Q_Base WHERE U8 = S8 + 1",
     "CQL is supported as its basic query; arithmetic expressions are not "
     "supported."},
    {"SELECT * FROM Q_Base WHERE U8 = S8 * 2",
     "CQL is supported as its basic query; arithmetic expressions are not "
     "supported."},
    {"SELECT * FROM Q_Base WHERE U8 = S8 -1",
     "CQL is supported as its basic query; arithmetic expressions are not "
     "supported."},
    {"SELECT * FROM Q_Base WHERE Name = Text || 'x'",
     "CQL is supported as its basic query; expressions (||) are not "
     "supported."},
};

static void test_refusals(void **state)
{
    (void)state;
    query_check_refused(WSM_DIALECT_CQL, refusals, COUNT(refusals));
    query_check_refused(WSM_DIALECT_CQL, declined, COUNT(declined));
}

static void test_declined(void **state)
{
    const query_world_t *world = query_world();
    const wsm_query_t *query;
    unsigned i;

    (void)state;
    for (i = 0; i < COUNT(declined); i++) {
        const wsm_error_t *err = wsm_query_parse(
            &query, WSM_DIALECT_CQL, declined[i][0], &world->scope, pool);

        assert_int_equal(err->code, WSMAN_E_CANNOT_PROCESS_FILTER);
        assert_int_equal(err->cim_status,
                         WSMAN_CIM_QUERY_FEATURE_NOT_SUPPORTED);
    }
}

static const struct CMUnitTest tests[] = {
    TEST(test_conditions), TEST(test_select), TEST(test_refusals),
    TEST(test_declined)};

int main(void)
{
    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
