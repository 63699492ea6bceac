/* Selector filters: the input as a filter element in an envelope, and as the
 * text form that a context carries.  A filter that is taken is evaluated, and
 * its own text must give the same filter again.
 */
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
    "Qualifier Key : boolean = false, Scope(property, reference);\n"
    "Qualifier Association : boolean = false, Scope(association);\n"
    "[Association] class F_All { [Key] string Name; uint8 U8; sint64 S64; "
    "real64 R;\n"
    "  boolean B; char16 C; datetime D; string Tags[]; uint8 Numbers[];\n"
    "  F_All ref Other; };\n";

static apr_pool_t *process;
static wsm_query_scope_t scope = {.ns = "root/fuzz"};
static cim_instance_t *instance;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void begin(void)
{
    const cim_mof_options_t options = {.ns = "root/fuzz"};
    cim_value_t *tags;
    cim_schema_t *schema;

    apr_initialize();
    apr_pool_create(&process, NULL);
    wsm_xml_init();
    schema = cim_schema_make(process);
    if (cim_mof_read_text(schema, "fuzz.mof", mof, strlen(mof), &options,
                          process) != NULL)
        abort();
    scope.schema = schema;
    scope.cls = cim_schema_class(schema, scope.ns, "F_All");
    instance = cim_instance_make(scope.cls, process);
    tags = apr_pcalloc(process, 2 * sizeof(*tags));
    tags[0] = cim_string("a");
    tags[1] = cim_null(CIM_STRING);
    cim_instance_set(instance, "Name", cim_string("name"));
    cim_instance_set(instance, "U8", cim_uint8(7));
    cim_instance_set(instance, "Tags", cim_array(CIM_STRING, tags, 2));
    cim_instance_set(instance, "B", cim_null(CIM_BOOLEAN));
}

static void use(const wsm_query_t *query, apr_pool_t *pool)
{
    const wsm_query_t *again;
    int matches = query->matches(query, instance);

    if (wsm_query_parse(&again, query->dialect, query->text, &scope, pool) !=
        NULL)
        abort();
    if (again->matches(again, instance) != matches ||
        again->nterms != query->nterms)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text;
    const wsm_query_t *query;
    apr_pool_t *pool;
    xmlDocPtr doc;

    if (process == NULL)
        begin();
    apr_pool_create(&pool, process);
    text = apr_pstrmemdup(pool, (const char *)data, size);
    if (wsm_query_parse(&query, WSM_DIALECT_SELECTOR, text, &scope, pool) ==
        NULL)
        use(query, pool);
    if (wsm_xml_parse(&doc, text, strlen(text), 65536, pool) == NULL &&
        wsm_query_read(&query, xmlDocGetRootElement(doc), &scope, pool) == NULL)
        use(query, pool);
    apr_pool_destroy(pool);
    return 0;
}
