/* fuzz_wscim.c - instances as clients send them: what is taken is written and
 * read again, and is the same.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/soap/wsm_names.h"
#include "../unit/wscim_schema.h"

#define LIMIT 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static cim_schema_t *schema;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    apr_pool_t *pool;
    wsm_error_t *err;
    (void)argc;
    (void)argv;
    apr_initialize();
    wsm_xml_init();
    apr_pool_create(&pool, NULL);
    schema = test_schema(&err, pool);
    if (!schema)
        abort();
    return 0;
}

static cim_instance_t *read_text(const char *text, size_t size,
                                 const char *name, apr_pool_t *pool)
{
    xmlDocPtr doc;
    cim_instance_t *instance;
    cim_xml_reader_t reader = {schema, TEST_NS, CIM_XML_OK, pool};
    if (wsm_xml_parse(&doc, text, size, LIMIT * 16, pool))
        return NULL;
    const xmlNode *element = wsm_xml_first(xmlDocGetRootElement(doc));
    if (!element)
        return NULL;
    wsm_error_t *err = cim_xml_read_instance(
        &reader, &instance, element, cim_schema_class(schema, TEST_NS, name),
        apr_pstrcat(pool, TEST_URI, name, NULL));
    if (!err != (reader.problem == CIM_XML_OK))
        abort();
    return err ? NULL : instance;
}

static const char *write_text(const cim_instance_t *instance, apr_pool_t *pool)
{
    cim_xml_style_t style = {
        {TEST_URI, NULL, NULL}, TEST_NS, NULL, WSM_ADDRESSING_2004, 0};
    wsm_writer_t *out = wsm_writer_make(LIMIT * 16, pool);
    wsm_write_lit(out,
                  "<s:Body xmlns:s=\"" WSM_NS_SOAP "\" xmlns:a=\"" WSM_NS_WSA
                  "\" xmlns:w=\"" WSM_NS_WSMAN "\">");
    cim_xml_write_instance(out, instance, NULL, NULL, &style, pool);
    wsm_write_lit(out, "</s:Body>");
    return wsm_writer_full(out) ? NULL : wsm_writer_string(out, pool);
}

/** @param name  what the client was to send; it may have sent a subclass */
static void go_round(const char *text, size_t size, const char *name,
                     apr_pool_t *pool)
{
    cim_instance_t *first = read_text(text, size, name, pool);
    const char *written = first ? write_text(first, pool) : NULL;
    if (!written)
        return;
    const char *again;
    /* NULL for what was not named is refused for keys: name it. */
    for (apr_uint32_t i = 0; i < first->nvalues; i++)
        if (first->values[i].type == CIM_NONE &&
            (first->cls->properties[i].key ||
             first->cls->properties[i].required))
            return;
    cim_instance_t *second =
        read_text(written, strlen(written), first->cls->name, pool);
    if (!second || !(again = write_text(second, pool)) ||
        strcmp(written, again) != 0) {
        fprintf(stderr, "%s\n", written);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"T_All", "T_Link", "T_Two"};
    if (size < 1 || size > LIMIT)
        return 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        apr_pool_t *pool;
        apr_pool_create(&pool, NULL);
        go_round((const char *)data, size, names[i], pool);
        apr_pool_destroy(pool);
    }
    return 0;
}
