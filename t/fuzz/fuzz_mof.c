/* fuzz_mof.c - any text as MOF; what was read can be walked and copied. */
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "../../mod_wsman/cim/cim_mof.h"
#include "../../mod_wsman/cim/cim_value.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

typedef struct walk_t {
    const cim_schema_t *schema;
    apr_pool_t *pool;
} walk_t;

static void visit(void *baton, const cim_class_t *cls)
{
    const walk_t *walk = baton;
    for (apr_uint32_t i = 0; i < cls->nproperties; i++) {
        if (cim_class_property_index(cls, cls->properties[i].name) != (int)i)
            abort();
    }
    for (apr_uint32_t i = 0; i < cls->nmethods; i++) {
        if (cim_class_method(cls, cls->methods[i].name) != &cls->methods[i])
            abort();
        cim_instance_make(cls->methods[i].input, walk->pool);
        cim_instance_make(cls->methods[i].output, walk->pool);
    }
    cim_instance_t *instance = cim_instance_make(cls, walk->pool);
    cim_instance_defaults(instance);
    cim_instance_fault(instance, walk->pool);

    const cim_instance_t **list =
        cim_schema_instances(walk->schema, cls, walk->pool);
    for (; *list; list++) {
        cim_path_t *path = cim_instance_path(*list, walk->pool);
        if (!path || cim_instance_fault(*list, walk->pool))
            abort();
        cim_instance_t *copy = cim_instance_copy(*list, walk->pool);
        if (!cim_path_equal(path, cim_instance_path(copy, walk->pool)))
            abort();
        cim_path_text(path, walk->pool);
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static int started;
    cim_mof_options_t options = {.ns = "root/cimv2"};
    apr_pool_t *pool;
    if (!started) {
        apr_initialize();
        started = 1;
    }
    apr_pool_create(&pool, NULL);
    cim_schema_t *schema = cim_schema_make(pool);
    walk_t walk = {schema, pool};
    wsm_error_t *err = cim_mof_read_text(schema, "fuzz.mof", (const char *)data,
                                         size, &options, pool);
    if (!err)
        cim_schema_each(schema, NULL, visit, &walk);
    else if (!err->message || strncmp(err->message, "fuzz.mof:", 9))
        abort();
    apr_pool_destroy(pool);
    return 0;
}
