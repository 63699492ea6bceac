/* cim_schema.h - all classes, qualifier types and declared instances of a
 * repository, by namespace.
 *
 * Filled from MOF, then frozen: it may be read by all threads.  Names are found
 * in any letter case.
 *
 * A schema may lie over another one, its base: what it declares is added to
 * what the base has, replaces it or hides it, and the base stays as it is.  So
 * a class that changes costs that class and those below it, not a copy of all.
 * What the lowest schema declares is fixed: it can neither be replaced nor
 * hidden.
 */
#ifndef CIM_SCHEMA_H
#define CIM_SCHEMA_H

#include "cim_class.h"

typedef struct cim_schema_t cim_schema_t;
struct sec_descriptor_t;

cim_schema_t *cim_schema_make(apr_pool_t *pool);
/** @param base  frozen; must live as long as the new one */
cim_schema_t *cim_schema_make_over(const cim_schema_t *base, apr_pool_t *pool);
/** How much of a namespace somebody sees. */
typedef enum cim_sight_e {
    CIM_SIGHT_NOTHING,
    CIM_SIGHT_NAME, /* that it is there, but none of its classes */
    CIM_SIGHT_ALL
} cim_sight_e;
typedef cim_sight_e cim_sight_fn(void *baton, const char *ns);
/** A schema that is what somebody sees of its base: neither
 *  cim_schema_has_namespace() nor cim_schema_class() find more.
 *  @param sight  asked for each look */
cim_schema_t *cim_schema_make_view(const cim_schema_t *base,
                                   cim_sight_fn *sight, void *baton,
                                   apr_pool_t *pool);
/** What a view is of; a schema that is none is itself. */
const cim_schema_t *cim_schema_whole(const cim_schema_t *schema);
/** NULL for a lowest schema. */
const cim_schema_t *cim_schema_base(const cim_schema_t *schema);

/** The pool that all its classes live in. */
apr_pool_t *cim_schema_pool(const cim_schema_t *schema);

/** Adds a qualifier type, which is copied; a second one of that name, in the
 *  base too, must be equal.  The qualifiers of DSP0004 5.6 need no declaration:
 * they are in every namespace until one is declared there. */
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
 *  (adding the same again is success, and changes nothing).  `message` says
 *  which, without the place in the file: the MOF reader adds that.
 *
 *  Over a base it replaces the class that the base has under this name, unless
 *  that is fixed.  The subclasses that the base has of that one are then no
 *  longer to be found, until they are added again. */
wsm_error_t *cim_schema_add_class(cim_schema_t *schema, cim_class_t *cls);

/** Adds an instance that a MOF file declares; it and its values are copied.
 *  A second one with the same keys is an error. */
wsm_error_t *cim_schema_add_instance(cim_schema_t *schema, const char *ns,
                                     const cim_instance_t *instance);

/** @return NULL if there is none */
const cim_class_t *cim_schema_class(const cim_schema_t *schema, const char *ns,
                                    const char *name);
/** @return true if the namespace was added, or something declared in it */
int cim_schema_has_namespace(const cim_schema_t *schema, const char *ns);
/** Adds a namespace, which may stay empty. */
void cim_schema_add_namespace(cim_schema_t *schema, const char *ns);
/** All namespaces, by name.
 *  @return NULL-terminated, in pool */
const char **cim_schema_namespaces(const cim_schema_t *schema,
                                   apr_pool_t *pool);
/** @return true if the lowest schema has it: it cannot be hidden */
int cim_schema_namespace_is_fixed(const cim_schema_t *schema, const char *ns);
/** @return true if the class is declared by the lowest schema */
int cim_schema_class_is_fixed(const cim_schema_t *schema,
                              const cim_class_t *cls);

/** Hides what the base has; not what is fixed. */
void cim_schema_hide_namespace(cim_schema_t *schema, const char *ns);
void cim_schema_hide_class(cim_schema_t *schema, const char *ns,
                           const char *name);

/** What was set to protect a namespace; replaces what the base has.
 *  @param own  NULL: nothing; must live as long as the schema */
void cim_schema_set_security(cim_schema_t *schema, const char *ns,
                             const struct sec_descriptor_t *own);
/** @return NULL if nothing was set */
const struct sec_descriptor_t *cim_schema_own_security(
    const cim_schema_t *schema, const char *ns);
/** What protects a namespace, with all that it inherits.  A schema in which
 *  this was sealed for one namespace says it for all; its base is not asked
 *  any more. */
void cim_schema_seal(cim_schema_t *schema, const char *ns,
                     const struct sec_descriptor_t *effective);
/** @return NULL if there is no such namespace, or nothing was sealed */
const struct sec_descriptor_t *cim_schema_security(const cim_schema_t *schema,
                                                   const char *ns);

/** @return true if a class of the schema derives from this one */
int cim_schema_has_subclasses(const cim_schema_t *schema,
                              const cim_class_t *cls);
/** The class and all below it, depth first, each class before its subclasses,
 *  siblings by name: the order in which an enumeration walks them.
 *  @return an array of const cim_class_t *, NULL-terminated, in pool */
const cim_class_t **cim_schema_descendants(const cim_schema_t *schema,
                                           const cim_class_t *cls,
                                           apr_pool_t *pool);

/** Instances of just this class that this schema, not its base, declares.
 *  @return an array of const cim_instance_t *, NULL-terminated, in pool */
const cim_instance_t **cim_schema_instances(const cim_schema_t *schema,
                                            const cim_class_t *cls,
                                            apr_pool_t *pool);

/** Calls `visit` for every class of a namespace (all if NULL), superclasses
 *  first. */
void cim_schema_each(const cim_schema_t *schema, const char *ns,
                     void (*visit)(void *baton, const cim_class_t *cls),
                     void *baton);
/** The same for what this schema itself declares, not its base. */
void cim_schema_each_own(const cim_schema_t *schema,
                         void (*visit)(void *baton, const cim_class_t *cls),
                         void *baton);
void cim_schema_each_own_qualifier(
    const cim_schema_t *schema,
    void (*visit)(void *baton, const char *ns,
                  const cim_qualifier_type_t *type),
    void *baton);
/** The qualifier types declared in a namespace, base included. */
void cim_schema_each_qualifier(const cim_schema_t *schema, const char *ns,
                               void (*visit)(void *baton, const char *ns,
                                             const cim_qualifier_type_t *type),
                               void *baton);
/** In the order in which they were added. */
void cim_schema_each_own_instance(const cim_schema_t *schema,
                                  void (*visit)(void *baton, const char *ns,
                                                const cim_instance_t *instance),
                                  void *baton);
apr_uint32_t cim_schema_count(const cim_schema_t *schema);

#endif
