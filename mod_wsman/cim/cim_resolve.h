/* cim_resolve.h - makes a declared class complete (DSP0004 5.1.2, 5.6).
 *
 * For cim_schema.c only: what a class inherits is copied in, qualifiers are
 * propagated by their flavors, keys and flags are known.  Lists that are the
 * same as the superclass's are shared with it.
 */
#ifndef CIM_RESOLVE_H
#define CIM_RESOLVE_H

#include "cim_schema.h"

/* Levels of inheritance, and properties or methods of a class. */
#define CIM_MAX_LEVELS   128
#define CIM_MAX_FEATURES 4096

/** Where a list of qualifiers stands, for checks and messages. */
typedef struct cim_place_t {
    cim_schema_t *schema;
    const cim_class_t *cls;
    const char *feature;   /* property or method; NULL: the class */
    const char *parameter; /* NULL: the feature itself */
    unsigned scope;        /* CIM_SCOPE_*, one bit */
} cim_place_t;

/** Completes `cls`; cls->super is set already.
 *  @return an error in the schema's pool; then cls is not to be used */
wsm_error_t *cim_resolve_class(cim_schema_t *schema, cim_class_t *cls);

/** Methods; part of cim_resolve_class. */
wsm_error_t *cim_resolve_methods(cim_schema_t *schema, cim_class_t *cls);

/** Checks the qualifiers of a declaration and adds what it inherits.
 *  @param inherited  those of the overridden feature; NULL with 0 */
wsm_error_t *cim_resolve_qualifiers(const cim_place_t *place,
                                    const cim_qualifier_t **qualifiers,
                                    int *nqualifiers,
                                    const cim_qualifier_t *inherited,
                                    int ninherited);

/** What is left of a list in a subclass that declares nothing: only what has
 *  the flavor ToSubclass, marked as propagated.  The list itself, if it is so
 *  already. */
void cim_resolve_inherit(const cim_qualifier_t **qualifiers, int *nqualifiers,
                         apr_pool_t *pool);

/** Sets what a property's or parameter's qualifiers say about it. */
void cim_resolve_flags(cim_property_t *property, apr_pool_t *pool);

/** The table behind cim_class_property_index(). */
void cim_resolve_index(cim_class_t *cls, apr_pool_t *pool);

/** @return true if two resolved classes were declared alike */
int cim_resolve_same(const cim_class_t *a, const cim_class_t *b);

/** "CIM_Foo", "CIM_Foo.Bar", "CIM_Foo.Bar(param)". */
const char *cim_place_text(const cim_place_t *place);

/** An error of the schema's making. */
#define cim_resolve_fail(schema, ...)                                          \
    wsm_fail(cim_schema_pool(schema), WSMAN_E_INTERNAL_ERROR, __VA_ARGS__)

#endif
