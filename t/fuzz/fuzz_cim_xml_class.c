/* fuzz_cim_xml_class.c - classes as clients send them: what is taken and can be
 * declared is one class, and is the same when it is written and read again.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "../../mod_wsman/cim/cim_mof.h"
#include "../../mod_wsman/cim/cim_mof_write.h"
#include "../../mod_wsman/cim/cim_xml_class.h"

#define LIMIT 65536
#define NS    "root/test"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static cim_schema_t *schema;

static const char model[] =
    "Qualifier Note : string = NULL, Scope(any), Flavor(Translatable);\n"
    "Qualifier Shy : uint64[] = NULL, Scope(any), Flavor(Restricted);\n"
    "Qualifier Real : real32, Scope(any), Flavor(DisableOverride);\n"
    "class T_Top { [Key, Note(\"n\")] string Name; uint8 Many[] = {1};\n"
    "    [Shy {1}] uint32 Go([In] uint8 How[], [Out] T_Top REF Where); };\n"
    "class T_Mid : T_Top { [EmbeddedObject] string Any; datetime When; };\n";

static wsm_error_t *declare(cim_schema_t *to, const char *text,
                            apr_pool_t *pool)
{
    const cim_mof_options_t options = {.ns = NS};
    return cim_mof_read_text(to, "t.mof", text, strlen(text), &options, pool);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    apr_pool_t *pool;
    (void)argc;
    (void)argv;
    apr_initialize();
    wsm_xml_init();
    apr_pool_create(&pool, NULL);
    schema = cim_schema_make(pool);
    if (declare(schema, model, pool))
        abort();
    return 0;
}

static const char *mof_of(const cim_class_t *cls, apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(LIMIT * 64, pool);
    cim_mof_write_class(out, cls);
    return wsm_writer_string(out, pool);
}

/** The MOF of a class in CIM-XML; NULL if it is refused. */
static const char *read_text(const char *text, size_t size, const char **name,
                             apr_pool_t *pool)
{
    xmlDocPtr doc;
    cim_class_t *cls;
    wsm_error_t *err;
    if (wsm_xml_parse(&doc, text, size, LIMIT * 64, pool))
        return NULL;
    err = cim_xml_class_read(&cls, xmlDocGetRootElement(doc), schema, NS, pool);
    if (err)
        return NULL;
    *name = cls->name;
    return mof_of(cls, pool);
}

static void count(void *baton, const cim_class_t *cls)
{
    int *classes = baton;
    (void)cls;
    (*classes)++;
}

static void complain(const char *what, const char *one, const char *other)
{
    fprintf(stderr, "%s\n%s\n%s\n", what, one, other);
    abort();
}

static void go_round(const char *text, size_t size, apr_pool_t *pool)
{
    cim_schema_t *layer = cim_schema_make_over(schema, pool);
    const cim_xml_class_options_t options = {.qualifiers = 1, .schema = layer};
    wsm_writer_t *out = wsm_writer_make(LIMIT * 64, pool);
    const char *name, *again, *mof = read_text(text, size, &name, pool);
    const cim_class_t *cls;
    int classes = 0;
    if (!mof || declare(layer, mof, pool))
        return;
    cim_schema_each_own(layer, count, &classes);
    cls = cim_schema_class(layer, NS, name);
    if (!cls || classes > 1)
        complain("not one class", name, mof);
    cim_xml_class_write(out, cls, &options, pool);
    again = wsm_writer_string(out, pool);
    mof = read_text(again, strlen(again), &name, pool);
    if (!mof || strcmp(mof, mof_of(cls, pool)) != 0)
        complain(again, mof ? mof : "refused", mof_of(cls, pool));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool;
    if (size < 1 || size > LIMIT)
        return 0;
    apr_pool_create(&pool, NULL);
    go_round((const char *)data, size, pool);
    apr_pool_destroy(pool);
    return 0;
}
