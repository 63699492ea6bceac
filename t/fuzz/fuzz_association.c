/* Association filters: the input as a filter element, and as the text form that
 * a context carries.  What is taken means the same when it comes back.
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
    "Qualifier Singleton : boolean = false, Scope(class);\n"
    "class F_Thing { [Key] string Name; [Key] uint8 Number; };\n"
    "[Singleton] class F_One { [Key] string Name; };\n"
    "[Association] class F_Link { [Key] F_Thing REF A; [Key] F_Thing REF B; "
    "};\n";

static apr_pool_t *process;
static wsm_query_scope_t scope = {.ns = "root/fuzz"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
}

static int same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void use(const wsm_query_t *query, apr_pool_t *pool)
{
    const wsm_association_t *one = query->association, *two;
    const wsm_query_t *again;
    apr_uint32_t i;

    if (strcmp(query->dialect, WSM_DIALECT_ASSOCIATION) != 0)
        return;
    if (wsm_query_parse(&again, query->dialect, query->text, &scope, pool) !=
        NULL)
        abort();
    two = again->association;
    if (again->source != query->source || again->cls != query->cls ||
        again->nprojection != query->nprojection ||
        !cim_path_equal(&one->object, &two->object) ||
        !same(one->assoc_class, two->assoc_class) ||
        !same(one->role, two->role) ||
        !same(one->result_role, two->result_role))
        abort();
    for (i = 0; i < query->nprojection; i++) {
        if (strcmp(query->projection[i], again->projection[i]) != 0)
            abort();
    }
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
    if (wsm_query_parse(&query, WSM_DIALECT_ASSOCIATION, text, &scope, pool) ==
        NULL)
        use(query, pool);
    if (wsm_xml_parse(&doc, text, strlen(text), 65536, pool) == NULL &&
        wsm_query_read(&query, xmlDocGetRootElement(doc), &scope, pool) == NULL)
        use(query, pool);
    apr_pool_destroy(pool);
    return 0;
}
