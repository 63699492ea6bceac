/* query_fixture.h - three instances that queries are asked of, "a", "b" (of a
 * subclass) and "c" (which has its key, U8 and S64 only).
 */
#ifndef QUERY_FIXTURE_H
#define QUERY_FIXTURE_H

#include "cim_test.h"

#include "../../mod_wsman/query/wsm_query.h"
#include "../../mod_wsman/soap/wsm_names.h"

static const char query_mof[] =
    "class Q_Inner { uint32 Number; };\n"
    "class Q_Part { uint32 Number; [EmbeddedInstance(\"Q_Inner\")]\n"
    "    string Inner; };\n"
    "class Q_SubPart : Q_Part { string Extra; };\n"
    "[Association] class Q_Base { [Key] string Name; uint8 U8; sint8 S8;\n"
    "    uint64 U64;\n"
    "    sint64 S64; real32 R32; real64 R64; boolean Flag; char16 Code;\n"
    "    string Text; datetime When; datetime Span; string Tags[];\n"
    "    uint8 Numbers[];\n"
    "    [EmbeddedInstance(\"Q_Part\")] string Part;\n"
    "    [EmbeddedObject] string Thing; string Twin;\n"
    "    Q_Base ref Other; };\n"
    "[Association] class Q_Sub : Q_Base { string Extra; };\n"
    "class Q_Else { [Key] uint32 Id; [Key] string Place; };\n"
    "[Association] class Q_Link { [Key] Q_Base ref From;\n"
    "    [Key] Q_Base ref To; };\n";

typedef struct query_case_t {
    const char *text;
    const char *matches; /* the names of those that do */
} query_case_t;

typedef struct query_world_t {
    wsm_query_scope_t scope;
    cim_instance_t *instances[3];
} query_world_t;

static inline void query_set(cim_instance_t *instance, const char *name,
                             cim_value_t value)
{
    cim_instance_set(instance, name, value);
}

static inline void query_parse_set(cim_instance_t *instance, const char *name,
                                   const char *text)
{
    const cim_property_t *property = cim_class_property(instance->cls, name);
    cim_value_t value;

    if (!cim_value_parse(property->type, text, &value, pool))
        fail_msg("%s %s", name, text);
    cim_instance_set(instance, name, value);
}

static inline cim_instance_t *query_part(const cim_schema_t *schema)
{
    cim_instance_t *part =
        cim_instance_make(class_of(schema, "Q_SubPart"), pool);
    cim_instance_t *inner =
        cim_instance_make(class_of(schema, "Q_Inner"), pool);

    query_set(inner, "Number", cim_uint32(6));
    query_set(part, "Number", cim_uint32(5));
    query_set(part, "Inner", cim_embedded(inner));
    return part;
}

static inline void query_fill_a(cim_instance_t *a, const cim_schema_t *schema)
{
    static const char *const texts[][2] = {
        {"Name", "a"},
        {"U8", "200"},
        {"S8", "-5"},
        {"U64", "18446744073709551615"},
        {"S64", "-9223372036854775808"},
        {"R32", "0.1"},
        {"R64", "0.5"},
        {"Flag", "true"},
        {"Code", "x"},
        {"Text", "C:\\Windows"},
        {"Twin", "c:\\windows"},
        {"When", "20261121090000.000000+060"},
        {"Span", "00000001000000.000000:000"},
    };
    cim_value_t *tags = apr_pcalloc(pool, 3 * sizeof(*tags));
    cim_value_t *numbers = apr_pcalloc(pool, 2 * sizeof(*numbers));
    cim_path_t *path = apr_pcalloc(pool, sizeof(*path));
    unsigned i;

    for (i = 0; i < COUNT(texts); i++)
        query_parse_set(a, texts[i][0], texts[i][1]);
    tags[0] = cim_string("red");
    tags[1] = cim_string("green");
    tags[2] = cim_null(CIM_STRING);
    query_set(a, "Tags", cim_array(CIM_STRING, tags, 3));
    numbers[0] = cim_uint8(5);
    numbers[1] = cim_uint8(9);
    query_set(a, "Numbers", cim_array(CIM_UINT8, numbers, 2));
    query_set(a, "Part", cim_embedded(query_part(schema)));
    assert_true(cim_path_parse("Q_Base.Name=\"b\"", class_of(schema, "Q_Base"),
                               path, pool));
    query_set(a, "Other", cim_reference(path));
}

static inline void query_fill_b(cim_instance_t *b)
{
    static const char *const texts[][2] = {
        {"Name", "b"},
        {"U8", "7"},
        {"S8", "0"},
        {"U64", "9007199254740993"},
        {"S64", "0"},
        {"R32", "16777216"},
        {"R64", "9007199254740992"},
        {"Flag", "false"},
        {"Code", "A"},
        {"Text", "it's \"x\""},
        {"Twin", "other"},
        {"When", "20261231235959.999999+000"},
        {"Span", "00000002000000.000000:000"},
    };
    unsigned i;

    for (i = 0; i < COUNT(texts); i++)
        query_parse_set(b, texts[i][0], texts[i][1]);
}

static inline query_world_t *query_world(void)
{
    query_world_t *world = apr_pcalloc(pool, sizeof(*world));
    cim_schema_t *schema = schema_of(query_mof);

    world->scope.schema = schema;
    world->scope.ns = "root/cimv2";
    world->instances[0] = cim_instance_make(class_of(schema, "Q_Base"), pool);
    world->instances[1] = cim_instance_make(class_of(schema, "Q_Sub"), pool);
    world->instances[2] = cim_instance_make(class_of(schema, "Q_Base"), pool);
    query_fill_a(world->instances[0], schema);
    query_fill_b(world->instances[1]);
    query_parse_set(world->instances[2], "Name", "c");
    query_parse_set(world->instances[2], "U8", "1");
    query_parse_set(world->instances[2], "S8", "1");
    query_parse_set(world->instances[2], "S64", "9223372036854775807");
    return world;
}

static inline const wsm_query_t *query_parse(const query_world_t *world,
                                             const char *dialect,
                                             const char *text)
{
    const wsm_query_t *query = NULL;
    wsm_error_t *err =
        wsm_query_parse(&query, dialect, text, &world->scope, pool);

    if (err != NULL)
        fail_msg("%s: %s", text, wsm_error_text(err, pool));
    return query;
}

/** The names of the instances that match. */
static inline const char *query_matching(const query_world_t *world,
                                         const wsm_query_t *query)
{
    const char *names = "";
    unsigned i;

    for (i = 0; i < 3; i++) {
        if (wsm_query_matches(query, world->instances[i]))
            names = apr_pstrcat(pool, names, world->instances[i]->values[0].v.s,
                                NULL);
    }
    return names;
}

/** Each case as a condition: SELECT * FROM Q_Base WHERE ... */
static inline void query_check_cases(const char *dialect,
                                     const query_case_t *cases, size_t count)
{
    const query_world_t *world = query_world();
    size_t i, failed = 0;

    for (i = 0; i < count; i++) {
        const char *text = apr_pstrcat(pool, "SELECT * FROM Q_Base WHERE ",
                                       cases[i].text, NULL);
        const wsm_query_t *query = NULL;
        wsm_error_t *err =
            wsm_query_parse(&query, dialect, text, &world->scope, pool);
        const char *found = err ? err->message : query_matching(world, query);

        if (strcmp(found, cases[i].matches) != 0) {
            print_error("%s: %s, not %s\n", cases[i].text, found,
                        cases[i].matches);
            failed++;
        }
    }
    if (failed > 0)
        fail_msg("%d of %d", (int)failed, (int)count);
}

/** Each query must be refused with exactly this message. */
static inline void query_check_refused(const char *dialect,
                                       const char *const (*cases)[2],
                                       size_t count)
{
    const query_world_t *world = query_world();
    size_t i, failed = 0;

    for (i = 0; i < count; i++) {
        const wsm_query_t *query;
        wsm_error_t *err =
            wsm_query_parse(&query, dialect, cases[i][0], &world->scope, pool);

        if (err == NULL || strcmp(err->message, cases[i][1]) != 0) {
            print_error("%s: %s\n", cases[i][0],
                        err ? err->message : "accepted");
            failed++;
        }
    }
    if (failed > 0)
        fail_msg("%d of %d", (int)failed, (int)count);
}

#endif
