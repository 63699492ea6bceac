/* cim_catalog.h - the classes of a repository as they are at a moment: those of
 * the server's MOF files, and above them those that were defined at run time.
 *
 * Three layers (cim_schema_make_over): the files', which nobody can change at
 * run time; what the store had defined when the server started; and what was
 * defined since.  The parent makes the first two, children share them; the
 * third is each child's own and is made anew when the store's version has
 * changed, so a class defined in one child or on another node is there with the
 * next request.
 *
 * The standard namespaces root, root/cimv2, root/interop, root/StandardCimv2
 * and the endpoint's own are always there.
 */
#ifndef CIM_CATALOG_H
#define CIM_CATALOG_H

#include "../cim/cim_schema.h"
#include "../state/wsm_store.h"

typedef struct cim_catalog_t cim_catalog_t;

/** Completes a schema that was read from the server's MOF files, before it is
 *  shared: the standard namespaces, the system classes of each namespace
 *  (cim_system.h), and what the XML mapping prepares.
 *  @param ns  the default namespace */
wsm_error_t *cim_catalog_complete(cim_schema_t *files, const char *ns,
                                  apr_pool_t *scratch);

/** A catalog over a schema of files that may be shared by several.
 *  @param pool  the process': the catalog and its first two layers live in it
 */
cim_catalog_t *cim_catalog_make(const cim_schema_t *files,
                                const char *repository, apr_pool_t *pool);

/** Reads what the store has defined into the second layer, which children will
 *  share: in the parent, before the fork.  What does not fit the files (the
 *  server's MOF has changed) is left out with a warning. */
wsm_error_t *cim_catalog_load(cim_catalog_t *catalog, wsm_store_t *store,
                              const wsm_log_t *log);

/** The schema as of now.  It stays as it is until `pool` is cleared, whatever
 *  happens to classes meanwhile.
 *  By several threads at once. */
wsm_error_t *cim_catalog_enter(const cim_schema_t **schema,
                               cim_catalog_t *catalog, wsm_store_t *store,
                               const wsm_log_t *log, apr_pool_t *pool);

/** The name of its part of the store. */
const char *cim_catalog_repository(const cim_catalog_t *catalog);

#endif
