/* cim_schema.h - all classes, qualifier types and declared instances of a
 * repository, by namespace.
 *
 * Filled by the parent process from MOF, then frozen and shared by the
 * children copy-on-write.  Names are found in any letter case.
 */
#ifndef CIM_SCHEMA_H
#define CIM_SCHEMA_H

#include "cim_class.h"

typedef struct cim_schema_t cim_schema_t;

cim_schema_t *cim_schema_make(apr_pool_t *pool);

/** The pool that all its classes live in. */
apr_pool_t *cim_schema_pool(const cim_schema_t *schema);

/** Adds a qualifier type, which is copied; a second one of that name must be
 *  equal.  The qualifiers of DSP0004 5.6 need no declaration: they are in every
 *  namespace until one is declared there. */
wsm_error_t *cim_schema_add_qualifier_type(cim_schema_t *schema, const char *ns,
                                           const cim_qualifier_type_t *type);
const cim_qualifier_type_t *cim_schema_qualifier_type(
    const cim_schema_t *schema, const char *ns, const char *name);

/** Resolves a class and adds it.
 *
 *  On entry the class has what its declaration says: ns, name, super_name, own
 *  properties, methods and qualifiers (flavors as written, or those of the
 *  qualifier type).  It must live in cim_schema_pool().  On success it is
 *  complete as cim_class.h says.
 *
 *  Errors: the superclass is not there; a feature overrides one of another
 *  type; a qualifier with DisableOverride is changed; a key is added below a
 *  class that has keys; a class of this name that is not the same declaration
 *  (adding the same again is success).  `message` says which, without the
 *  place in the file: the MOF reader adds that. */
wsm_error_t *cim_schema_add_class(cim_schema_t *schema, cim_class_t *cls);

/** Adds an instance that a MOF file declares; it and its values are copied.
 *  A second one with the same keys is an error. */
wsm_error_t *cim_schema_add_instance(cim_schema_t *schema, const char *ns,
                                     const cim_instance_t *instance);

/** @return NULL if there is none */
const cim_class_t *cim_schema_class(const cim_schema_t *schema, const char *ns,
                                    const char *name);
/** @return true if something was declared in the namespace */
int cim_schema_has_namespace(const cim_schema_t *schema, const char *ns);

/** @return true if a class of the schema derives from this one */
int cim_schema_has_subclasses(const cim_schema_t *schema,
                              const cim_class_t *cls);
/** The class and all below it, depth first, each class before its subclasses,
 *  siblings by name: the order in which an enumeration walks them.
 *  @return an array of const cim_class_t *, NULL-terminated, in pool */
const cim_class_t **cim_schema_descendants(const cim_schema_t *schema,
                                           const cim_class_t *cls,
                                           apr_pool_t *pool);

/** Declared instances of just this class.
 *  @return an array of const cim_instance_t *, NULL-terminated, in pool */
const cim_instance_t **cim_schema_instances(const cim_schema_t *schema,
                                            const cim_class_t *cls,
                                            apr_pool_t *pool);

/** Calls `visit` for every class of a namespace (all if NULL), superclasses
 *  first. */
void cim_schema_each(const cim_schema_t *schema, const char *ns,
                     void (*visit)(void *baton, const cim_class_t *cls),
                     void *baton);
apr_uint32_t cim_schema_count(const cim_schema_t *schema);

#endif
