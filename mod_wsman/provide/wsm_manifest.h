/* wsm_manifest.h - what a server was started with, for tools that work on its
 * state without it: a file in its state folder.
 *
 * Text, a line a fact, fields with tabs between, "%HH" for control characters
 * and '%':
 *
 *     wsman-manifest 1            first line
 *     server <version>
 *     user <uid> <gid>            whose the state is; none: the server's own
 *     store <specification>       may hold a password
 *     shells <path>               where the shell daemon listens; none: there
 *                                 are no remote shells
 *     model <namespace>           a set of MOF files; counted from 0
 *     file <path>                 of the last model
 *     endpoint <id> <repository> <namespace> <number of its model>
 *     map <pattern> <provider>    of the last endpoint
 *     provider <name> <path> <version> <flags> <"shadow" or nothing>
 *     class <name>                of the last provider, as it declares it
 *     end                         last line
 *
 * It is written by the server's parent, belongs to it, and nobody else may read
 * it.
 */
#ifndef WSM_MANIFEST_H
#define WSM_MANIFEST_H

#include <apr_tables.h>
#include <apr_user.h>

#include "wsm_call.h"

#define WSM_MANIFEST_FILE "wsman.manifest"

typedef struct wsm_manifest_model_t {
    const char *ns;            /* where files begin */
    apr_array_header_t *files; /* const char * */
} wsm_manifest_model_t;

typedef struct wsm_manifest_endpoint_t {
    const char *id; /* "server:port/path" */
    const char *repository;
    const char *ns; /* its default */
    int model;
    apr_array_header_t *maps; /* wsm_map_t */
} wsm_manifest_endpoint_t;

typedef struct wsm_manifest_provider_t {
    const char *name;
    const char *path;
    const char *version;         /* "": it says none */
    apr_uint32_t flags;          /* WSMAN_PROVIDER_... */
    int shadow;                  /* by WSManMap only */
    apr_array_header_t *classes; /* const char * */
} wsm_manifest_provider_t;

typedef struct wsm_manifest_t {
    const char *version; /* of the server */
    apr_uid_t uid;       /* of the children; (apr_uid_t)-1: as the parent */
    apr_gid_t gid;
    const char *store;             /* as wsm_store_dbd_open() takes it, or
                                      "memory" */
    const char *shells;            /* a socket, or NULL */
    apr_array_header_t *models;    /* wsm_manifest_model_t * */
    apr_array_header_t *endpoints; /* wsm_manifest_endpoint_t * */
    apr_array_header_t *providers; /* wsm_manifest_provider_t * */
} wsm_manifest_t;

/** An empty one. */
wsm_manifest_t *wsm_manifest_make(apr_pool_t *pool);
/** Adds one, zeroed but for its list. */
wsm_manifest_model_t *wsm_manifest_add_model(wsm_manifest_t *manifest,
                                             const char *ns);
wsm_manifest_endpoint_t *wsm_manifest_add_endpoint(wsm_manifest_t *manifest);
wsm_manifest_provider_t *wsm_manifest_add_provider(wsm_manifest_t *manifest);

/** Replaces the file in a folder: mode 0600, there whole or not at all. */
wsm_error_t *wsm_manifest_write(const wsm_manifest_t *manifest, const char *dir,
                                apr_pool_t *pool);
/** Reads it.  Refused: a file that another than root or this user could have
 *  written, one of another version, one that does not hold together. */
wsm_error_t *wsm_manifest_read(wsm_manifest_t **manifest, const char *dir,
                               apr_pool_t *pool);

#endif
