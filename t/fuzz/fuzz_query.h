/* fuzz_query.h - any text as a query of one dialect.  A query that is taken is
 * asked of instances: what matches must fulfil the terms that others are told,
 * and its text must give the same query again.
 */
#ifndef FUZZ_QUERY_H
#define FUZZ_QUERY_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/cim/cim_mof.h"
#include "../../mod_wsman/cim/cim_value.h"
#include "../../mod_wsman/query/wsm_query.h"
#include "../../mod_wsman/soap/wsm_names.h"

static const char mof[] =
    "class F_Part { uint32 N; [EmbeddedInstance(\"F_Part\")] string P; };\n"
    "[Association] class F_All { [Key] string Name; uint8 U8; sint64 S64;\n"
    "  uint64 U64; real32 R32; real64 R; boolean B; char16 C; datetime D;\n"
    "  string Tags[]; uint8 Numbers[]; F_All ref Other;\n"
    "  [EmbeddedInstance(\"F_Part\")] string P; };\n"
    "[Association] class F_Sub : F_All { string More; };\n";

static apr_pool_t *process;
static wsm_query_scope_t scope = {.ns = "root/fuzz"};
static cim_instance_t *instances[2];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fill(cim_instance_t *instance, const cim_schema_t *schema)
{
    cim_value_t *items = apr_pcalloc(process, 4 * sizeof(*items));
    cim_instance_t *part = cim_instance_make(
        cim_schema_class(schema, scope.ns, "F_Part"), process);
    cim_path_t *path = apr_pcalloc(process, sizeof(*path));
    cim_datetime_t *when = apr_pcalloc(process, sizeof(*when));

    items[0] = cim_string("a");
    items[1] = cim_null(CIM_STRING);
    items[2] = cim_uint8(1);
    items[3] = cim_uint8(2);
    cim_instance_set(part, "N", cim_uint32(5));
    cim_instance_set(part, "P", cim_embedded(part));
    cim_datetime_parse("20261121080000.000000+060", when);
    if (!cim_path_parse("F_All.Name=\"b\"", instance->cls, path, process))
        abort();
    cim_instance_set(instance, "Name", cim_string("name"));
    cim_instance_set(instance, "U8", cim_uint8(7));
    cim_instance_set(instance, "S64", cim_sint64(-5));
    cim_instance_set(instance, "R32", cim_real(CIM_REAL32, 0.5));
    cim_instance_set(instance, "R", cim_real(CIM_REAL64, 1e300));
    cim_instance_set(instance, "B", cim_boolean(1));
    cim_instance_set(instance, "C", cim_unsigned(CIM_CHAR16, 'x'));
    cim_instance_set(instance, "D", cim_datetime(when));
    cim_instance_set(instance, "Tags", cim_array(CIM_STRING, items, 2));
    cim_instance_set(instance, "Numbers", cim_array(CIM_UINT8, items + 2, 2));
    cim_instance_set(instance, "Other", cim_reference(path));
    cim_instance_set(instance, "P", cim_embedded(part));
}

static void begin(void)
{
    const cim_mof_options_t options = {.ns = "root/fuzz"};
    cim_schema_t *schema;

    apr_initialize();
    apr_pool_create(&process, NULL);
    wsm_xml_init();
    schema = cim_schema_make(process);
    if (cim_mof_read_text(schema, "fuzz.mof", mof, strlen(mof), &options,
                          process) != NULL)
        abort();
    scope.schema = schema;
    instances[0] =
        cim_instance_make(cim_schema_class(schema, scope.ns, "F_All"), process);
    instances[1] =
        cim_instance_make(cim_schema_class(schema, scope.ns, "F_Sub"), process);
    fill(instances[1], schema);
}

static void check_terms(const wsman_term_t *terms, apr_uint32_t count, int fold,
                        const cim_instance_t *instance)
{
    apr_uint32_t i;

    for (i = 0; i < count; i++) {
        const cim_value_t *value = cim_instance_get(instance, terms[i].name);

        if (value == NULL || !cim_value_equal(value, &terms[i].value, fold))
            abort();
    }
}

/* What a query says of all instances, as bits. */
static unsigned ask(const wsm_query_t *query)
{
    unsigned found = 0;
    int i;

    if (query->source == WSM_SOURCE_CLASSES)
        return query->matches_class == NULL ||
               query->matches_class(query, instances[1]->cls);
    if (query->source != WSM_SOURCE_INSTANCES)
        return query->association == NULL;
    for (i = 0; i < 2; i++) {
        if (!cim_class_is_a(instances[i]->cls, query->cls->name) ||
            !wsm_query_matches(query, instances[i]))
            continue;
        found |= 1u << i;
        check_terms(query->terms, query->nterms, 0, instances[i]);
        check_terms(query->folded_terms, query->nfolded_terms, 1, instances[i]);
    }
    return found;
}

static void use(const wsm_query_t *query, apr_pool_t *pool)
{
    const wsm_query_t *again;
    apr_uint32_t i;

    for (i = 0; i < query->nprojection; i++) {
        if (cim_class_property_index(query->cls, query->projection[i]) < 0)
            abort();
    }
    if (wsm_query_parse(&again, query->dialect, query->text, &scope, pool) !=
        NULL)
        abort();
    if (ask(again) != ask(query) || again->nterms != query->nterms)
        abort();
}

static void fuzz(const char *dialect, const uint8_t *data, size_t size)
{
    const wsm_query_t *query;
    wsm_error_t *err;
    apr_pool_t *pool;

    if (process == NULL)
        begin();
    apr_pool_create(&pool, process);
    err = wsm_query_parse(&query, dialect,
                          apr_pstrmemdup(pool, (const char *)data, size),
                          &scope, pool);
    if (err == NULL)
        use(query, pool);
    else if (err->message == NULL || strlen(err->message) > 4000)
        abort();
    apr_pool_destroy(pool);
}

#endif
