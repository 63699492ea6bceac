/* cim_compile.h - changes what a repository knows: namespaces, qualifier
 * declarations, classes, and the instances that a MOF text declares.
 *
 * Every function is one transaction of the store.  What is declared by the
 * server's MOF files (WSManSchema), and what begins with "__", cannot be
 * changed.
 */
#ifndef CIM_COMPILE_H
#define CIM_COMPILE_H

#include "cim_catalog.h"

/** Where, for whom. */
typedef struct cim_compile_t {
    cim_catalog_t *catalog;
    wsm_store_t *store;
    const wsm_log_t *log;
    /** What MOF is compiled into until a #pragma namespace. */
    const char *ns;
    /** Namespaces that are not there are made; else they are an error. */
    int make_namespaces;
    /** All is checked, nothing is changed. */
    int dry_run;
    /** A class of `ns` that must not be there yet (Create), or must be (Put);
     *  NULL: whatever is there is good. */
    const char *new_class;
    const char *known_class;
    /** May it be done?  Asked inside of the transaction, for each namespace
     *  that changes.
     *  @param now     the classes as they are before
     *  @param ns      may be one that is only about to be made
     *  @param rights  CIM_RIGHT_...
     *  NULL function: all may be done */
    wsm_error_t *(*allow)(void *baton, const cim_schema_t *now, const char *ns,
                          apr_uint32_t rights, apr_pool_t *pool);
    void *baton; /* of allow */
} cim_compile_t;

/** What was done, or would have been. */
typedef struct cim_compiled_t {
    apr_uint32_t namespaces_made;
    apr_uint32_t qualifiers_made;
    apr_uint32_t classes_made;
    apr_uint32_t classes_changed;
    apr_uint32_t classes_same;
    apr_uint32_t instances_made;
    apr_uint32_t instances_changed;
    apr_uint32_t instances_same;
} cim_compiled_t;

/** Compiles MOF.  All or nothing, and a second time changes nothing: a class
 *  that is declared as before is left alone; one declared otherwise is changed,
 *  and what derives from it is resolved anew; an instance that is there gets
 *  the properties that the text names.
 *
 *  A class that has instances (or whose subclasses have) may get more, but
 *  loses no property, and none changes its type or becomes a key.
 *  Errors (their message has file, line, column, and why):
 *  WSMAN_E_INVALID_RESOURCE_URI for a namespace that is not there;
 *  WSMAN_E_ALREADY_EXISTS for new_class;
 *  WSMAN_E_DESTINATION_UNREACHABLE for known_class;
 *  WSMAN_E_INVALID_REPRESENTATION, with the CIM status that fits, for a text
 *  that is no MOF, and where the catalog or its instances do not allow it.
 *  @param done  may be NULL */
wsm_error_t *cim_compile_text(cim_compiled_t *done, const cim_compile_t *to,
                              const char *name, const char *text,
                              apr_size_t length, apr_pool_t *pool);
/** @param files  NULL-terminated; #pragma include works */
wsm_error_t *cim_compile_files(cim_compiled_t *done, const cim_compile_t *to,
                               const char *const *files, apr_pool_t *pool);

/** Refused while the class has subclasses or instances.
 *  WSMAN_E_DESTINATION_UNREACHABLE if it is not there. */
wsm_error_t *cim_compile_delete_class(const cim_compile_t *to, const char *ns,
                                      const char *name, apr_pool_t *pool);

/** Its parent must be there.  WSMAN_E_ALREADY_EXISTS. */
wsm_error_t *cim_compile_make_namespace(const cim_compile_t *to, const char *ns,
                                        apr_pool_t *pool);
/** Sets what protects a namespace.  In `sddl` entries that say that they are
 *  inherited count for nothing unless it is protected.
 *  WSMAN_E_INVALID_PARAMETER if it, or that of a namespace below with what it
 *  inherits, is too long. */
wsm_error_t *cim_compile_set_security(const cim_compile_t *to, const char *ns,
                                      const char *sddl, apr_pool_t *pool);
/** With all that is inside: namespaces below it, classes, qualifiers,
 *  instances.  Refused for the standard ones, the default one and those in
 *  which the server's MOF files declare something. */
wsm_error_t *cim_compile_delete_namespace(const cim_compile_t *to,
                                          const char *ns, apr_pool_t *pool);

#endif
