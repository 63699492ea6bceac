/* wsm_dbd_pool.h - the connections of a process, each used by one thread at a
 * time.
 *
 * Of a sqlite3 file there is one that writes and a few that read, so that no
 * reader waits for a writer.  Others have a few that do both.  They are opened
 * when they are needed and stay open.
 */
#ifndef WSM_DBD_POOL_H
#define WSM_DBD_POOL_H

#include "wsm_dbd.h"
#include "wsm_dbd_gate.h"

typedef struct wsm_dbd_pool_t wsm_dbd_pool_t;

/** Opens the first connection, too. */
wsm_error_t *wsm_dbd_pool_make(wsm_dbd_pool_t **made, const char *spec,
                               apr_pool_t *pool);

/** Takes a connection; waits for one if all are in use, and, to write into a
 *  sqlite3 file, for other processes.
 *  WSMAN_E_CONCURRENCY if that takes seconds. */
wsm_error_t *wsm_dbd_pool_take(wsm_dbd_t **dbd, wsm_dbd_pool_t *self,
                               int to_write, apr_pool_t *pool);
void wsm_dbd_pool_give(wsm_dbd_pool_t *self, wsm_dbd_t *dbd);

/** A pool whose children may be made and ended by several threads; who
 *  allocates in it needs a lock of his own. */
apr_pool_t *wsm_dbd_pool_memory(const wsm_dbd_pool_t *self);

/** NULL: no sqlite3. */
wsm_dbd_gate_t *wsm_dbd_pool_gate(const wsm_dbd_pool_t *self);

#endif
