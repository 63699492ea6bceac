/* XPath filters: the input as a filter element, and as the text form that a
 * context carries.  What is taken is evaluated; it means the same when it comes
 * back, and the same as libxml2 makes of it over the XML.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/cim/cim_mof.h"
#include "../../mod_wsman/cim/cim_value.h"
#include "../../mod_wsman/query/query_tree.h"
#include "../../mod_wsman/query/wsm_query.h"
#include "../../mod_wsman/soap/wsm_names.h"

static const char mof[] =
    "Qualifier Key : boolean = false, Scope(property, reference);\n"
    "Qualifier EmbeddedInstance : string = null, Scope(property);\n"
    "Qualifier OctetString : boolean = false, Scope(property);\n"
    "class F_Part { string Name; uint32 Count; string Marks[];\n"
    "    string None; };\n"
    "class F_Thing { [Key] string Name; uint32 Size; real64 Ratio;\n"
    "    boolean On; char16 Letter; datetime When; string Tags[];\n"
    "    [EmbeddedInstance(\"F_Part\")] string Part;\n"
    "    [EmbeddedInstance(\"F_Part\")] string Parts[];\n"
    "    [OctetString] uint8 Octets[]; string None; };\n";

static apr_pool_t *process;
static wsm_query_scope_t scope = {.ns = "root/fuzz"};
static cim_instance_t *full;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static cim_value_t part(const char *name)
{
    const cim_class_t *cls = cim_schema_class(scope.schema, scope.ns, "F_Part");
    cim_instance_t *made = cim_instance_make(cls, process);
    cim_value_t *marks = apr_pcalloc(process, 2 * sizeof(*marks));

    marks[0] = cim_string("m");
    marks[1] = cim_null(CIM_STRING);
    cim_instance_set(made, "Name", cim_string(name));
    cim_instance_set(made, "Count", cim_uint32(3));
    cim_instance_set(made, "Marks", cim_array(CIM_STRING, marks, 2));
    return cim_embedded(made);
}

static void fill(void)
{
    cim_value_t *tags = apr_pcalloc(process, 3 * sizeof(*tags));
    cim_value_t *parts = apr_pcalloc(process, 2 * sizeof(*parts));
    cim_value_t *octets = apr_pcalloc(process, 5 * sizeof(*octets));
    cim_datetime_t *when = apr_pcalloc(process, sizeof(*when));
    unsigned char i;

    for (i = 0; i < 5; i++)
        octets[i] = cim_uint8(i == 3 ? 5 : i == 4 ? 7 : 0);
    tags[0] = cim_string("red");
    tags[1] = cim_null(CIM_STRING);
    tags[2] = cim_string("10");
    parts[0] = part("first");
    parts[1] = part("second");
    *when = cim_timestamp(apr_time_from_sec(1795248000), 0);
    full = cim_instance_make(scope.cls, process);
    cim_instance_set(full, "Name", cim_string("one"));
    cim_instance_set(full, "Size", cim_uint32(7));
    cim_instance_set(full, "Ratio", cim_real(CIM_REAL64, 0.5));
    cim_instance_set(full, "On", cim_boolean(1));
    cim_instance_set(full, "Letter", cim_unsigned(CIM_CHAR16, 0xe4));
    cim_instance_set(full, "When", cim_datetime(when));
    cim_instance_set(full, "Tags", cim_array(CIM_STRING, tags, 3));
    cim_instance_set(full, "Part", part("only"));
    cim_instance_set(full, "Parts", cim_array(CIM_INSTANCE, parts, 2));
    cim_instance_set(full, "Octets", cim_array(CIM_UINT8, octets, 5));
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
    scope.cls = cim_schema_class(schema, scope.ns, "F_Thing");
    fill();
}

/* The terms are what every match fulfils. */
static void check_terms(const wsm_query_t *query)
{
    apr_uint32_t i;

    for (i = 0; i < query->nterms; i++) {
        const cim_value_t *value = cim_instance_get(full, query->terms[i].name);

        if (value == NULL || !cim_value_equal(value, &query->terms[i].value, 0))
            abort();
    }
}

static int is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_word(const char *text, size_t length)
{
    static const char *const words[] = {
        "Name", "Size",  "Ratio", "On",    "Letter",  "Tags",
        "Part", "Parts", "Count", "Marks", "None",    "and",
        "or",   "not",   "true",  "false", "position"};
    size_t i;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i]) == length && strncmp(words[i], text, length) == 0)
            return 1;
    }
    return 0;
}

/* Has it only what both read in the same way?  libxml2 has names with letter
 * case, knows exponents, and adds up the digits of long numbers. */
static int is_common(const char *text)
{
    const char *start;

    while (*text != '\0') {
        start = text;
        if (is_letter(*text)) {
            while (is_letter(*text) || is_digit(*text) || *text == '-' ||
                   *text == '.')
                text++;
            if (!is_word(start, (size_t)(text - start)))
                return 0;
        } else if (is_digit(*text)) {
            while (is_digit(*text))
                text++;
            if (text - start > 12 || is_letter(*text))
                return 0;
        } else if (*text == '@' || *text == ':' || *text == '{' ||
                   (unsigned char)*text >= 0x80) {
            return 0;
        } else {
            text++;
        }
    }
    return 1;
}

static void compare(const wsm_query_t *query, const cim_instance_t *instance,
                    apr_pool_t *pool)
{
    const cim_xml_style_t style = {.uri.base = WSM_URI_CIM,
                                   .default_ns = "root/fuzz"};
    xmlXPathObjectPtr result;
    query_tree_t *tree;

    if (!is_common(query->text) ||
        query_tree_make(&tree, query->text, NULL, 0, pool) != NULL ||
        query_tree_eval(&result, tree, instance, NULL, &style, pool) != NULL)
        return;
    if (xmlXPathCastToBoolean(result) != wsm_query_matches(query, instance))
        abort();
}

static void use(const wsm_query_t *query, apr_pool_t *pool)
{
    const cim_instance_t *empty = cim_instance_make(scope.cls, pool);
    const wsm_query_t *again;

    if (strcmp(query->dialect, WSM_DIALECT_XPATH) != 0)
        return;
    if (wsm_query_parse(&again, query->dialect, query->text, &scope, pool) !=
        NULL)
        abort();
    if (wsm_query_matches(query, full))
        check_terms(query);
    if (wsm_query_matches(query, full) != wsm_query_matches(again, full) ||
        wsm_query_matches(query, empty) != wsm_query_matches(again, empty) ||
        query->nterms != again->nterms)
        abort();
    compare(query, full, pool);
    compare(query, empty, pool);
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
    if (wsm_query_parse(&query, WSM_DIALECT_XPATH, text, &scope, pool) == NULL)
        use(query, pool);
    if (wsm_xml_parse(&doc, text, strlen(text), 65536, pool) == NULL &&
        wsm_query_read(&query, xmlDocGetRootElement(doc), &scope, pool) == NULL)
        use(query, pool);
    apr_pool_destroy(pool);
    return 0;
}
