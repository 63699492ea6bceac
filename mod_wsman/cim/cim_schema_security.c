/* cim_schema_security.c - what protects namespaces, layer over layer. */
#include <apr_strings.h>

#include "cim_schema_private.h"

void cim_schema_set_security(cim_schema_t *schema, const char *ns,
                             const struct sec_descriptor_t *own)
{
    cim_namespace_t *in = cim_schema_make_namespace(schema, ns);
    in->has_security = 1;
    in->security = own;
}

const struct sec_descriptor_t *cim_schema_own_security(
    const cim_schema_t *schema, const char *ns)
{
    while (schema) {
        const cim_namespace_t *in = cim_schema_own(schema, ns);
        if (in && in->has_security)
            return in->security;
        schema = cim_schema_next(schema, in);
    }
    return NULL;
}

void cim_schema_seal(cim_schema_t *schema, const char *ns,
                     const struct sec_descriptor_t *effective)
{
    if (!schema->sealed)
        schema->sealed = cim_table_make(schema->pool);
    cim_table_set(schema->sealed, apr_pstrdup(schema->pool, ns),
                  (void *)(apr_uintptr_t)effective);
}

const struct sec_descriptor_t *cim_schema_security(const cim_schema_t *schema,
                                                   const char *ns)
{
    while (schema && !schema->sealed)
        schema = schema->base;
    return schema ? cim_table_get(schema->sealed, ns) : NULL;
}
