/* wsmanctl_direct.h - the server without httpd: the manifest that httpd's
 * parent wrote, the MOF files and the store that it names, and the server's own
 * code over them.
 *
 * When root calls, everything that is root's is read first; then the process
 * becomes the user of httpd's children for good, before it touches what they
 * can write.  So files of the store stay theirs, and nothing that they have put
 * there is followed with root's rights.
 */
#ifndef WSMANCTL_DIRECT_H
#define WSMANCTL_DIRECT_H

#include "../om/cim_catalog.h"
#include "../provide/wsm_manifest.h"
#include "../shell/wsm_shell.h"
#include "wsmanctl.h"

struct wsmanctl_direct_t {
    wsmanctl_t *tool;
    const char *dir;
    wsm_manifest_t *manifest;
    const wsm_manifest_endpoint_t *chosen;
    cim_schema_t *files;
    cim_catalog_t *catalog;
    wsm_log_t log;
    wsm_server_t server;
    wsm_endpoint_t endpoint;
    wsm_shell_service_t shells; /* of httpd's daemon */
};

/** The state folder: the option, WSMAN_STATE_DIR, or where `make install` puts
 *  it. */
const char *wsmanctl_state_dir(const wsmanctl_t *tool);

/** Reads the manifest and chooses the endpoint: tool->direct. */
wsm_failure_t *wsmanctl_direct_find(wsmanctl_t *tool, apr_pool_t *pool);
/** Opens all of it. */
wsm_failure_t *wsmanctl_direct_open(wsmanctl_t *tool, apr_pool_t *pool);
/** A client that speaks to it. */
wsm_client_t *wsmanctl_direct_client(wsmanctl_direct_t *self, apr_pool_t *pool);

/** The classes as of now. */
wsm_failure_t *wsmanctl_direct_schema(wsmanctl_direct_t *self,
                                      const cim_schema_t **schema,
                                      apr_pool_t *pool);

/** Gives a call the daemon of remote shells; wsmanctl_shells.c */
void wsmanctl_direct_shells(wsmanctl_direct_t *self, wsm_call_t *call);

/* Its steps, for who looks at each */

/** The MOF files of a model, as the server completes them. */
wsm_error_t *wsmanctl_direct_read_files(cim_schema_t **files,
                                        const wsm_manifest_model_t *model,
                                        apr_pool_t *pool);
/** Becomes the user of httpd's children, if this is root. */
wsm_error_t *wsmanctl_direct_become(const wsm_manifest_t *manifest,
                                    apr_pool_t *pool);
/** Opens the store.  Its message says no password. */
wsm_error_t *wsmanctl_direct_open_store(wsm_store_t **store,
                                        const wsm_manifest_t *manifest,
                                        const wsm_log_t *log, apr_pool_t *pool);

#endif
