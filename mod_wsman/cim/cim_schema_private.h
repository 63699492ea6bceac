/* cim_schema_private.h - what the files of a schema share.
 */
#ifndef CIM_SCHEMA_PRIVATE_H
#define CIM_SCHEMA_PRIVATE_H

#include <apr_hash.h>
#include <apr_tables.h>

#include "cim_schema.h"
#include "cim_table.h"

typedef struct cim_namespace_t {
    const char *name;
    cim_table_t *classes;         /* cim_class_t, or cim_schema_hidden */
    cim_table_t *qualifiers;      /* cim_qualifier_type_t */
    cim_table_t *instances;       /* by class: array of cim_instance_t * */
    apr_array_header_t *sequence; /* the same in the order they came */
    apr_hash_t *paths;            /* canonical texts of their paths */
    int there;                    /* 0: hidden */
    int opaque;                   /* the base's of this name is not seen */
    int has_security;             /* its own was set here */
    const struct sec_descriptor_t *security; /* NULL: to nothing */
} cim_namespace_t;

struct cim_schema_t {
    const cim_schema_t *base;
    apr_pool_t *pool;
    cim_table_t *namespaces; /* cim_namespace_t */
    cim_table_t *standard;   /* qualifier types of DSP0004 */
    cim_table_t *sealed;     /* sec_descriptor_t by namespace; NULL: those of
                                the base */
    /** By class of the base: array of the classes of this schema that derive
     *  from it. */
    apr_hash_t *below;
    apr_uint32_t nclasses; /* that can be found */
    cim_sight_fn *sight;   /* of a view; else NULL */
    void *sight_baton;
};

/** Stands in a table for a class of the base that is not to be found. */
extern const char cim_schema_hidden[];

/** The namespace as this schema itself has it, or NULL. */
cim_namespace_t *cim_schema_own(const cim_schema_t *schema, const char *ns);
/** The namespace in this schema, made where it is not there. */
cim_namespace_t *cim_schema_make_namespace(cim_schema_t *schema,
                                           const char *ns);
/** The next of the layers that are looked into one after the other; NULL when
 *  what is below is not to be seen. */
const cim_schema_t *cim_schema_next(const cim_schema_t *schema,
                                    const cim_namespace_t *in);
/** Notes who derives from whom. */
void cim_schema_add_below(cim_schema_t *schema, const cim_class_t *cls,
                          cim_class_t *own_super);

#endif
