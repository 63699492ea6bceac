/* wsm_spool.h - results that wait in files, for providers that cannot resume.
 *
 * A spool is a folder; a file in it is one enumeration's remaining items, each
 * with its length before it.  Any child may read it; it is named by a random
 * id that only a signed token carries.  The folder is bounded in bytes; files
 * are removed when they have expired.
 */
#ifndef WSM_SPOOL_H
#define WSM_SPOOL_H

#include <apr_time.h>

#include "../base/wsm_error.h"

typedef struct wsm_spool_t {
    const char *dir;     /* exists, mode 0700 */
    apr_off_t max_bytes; /* all files together */
} wsm_spool_t;

typedef struct wsm_spool_file_t wsm_spool_file_t;

/** Begins a file; it becomes visible with wsm_spool_close.  When the pool is
 *  cleared before that, nothing is left.  Expired files are removed first.
 *  WSMAN_E_QUOTA_LIMIT if the spool is full. */
wsm_error_t *wsm_spool_create(wsm_spool_file_t **file, const wsm_spool_t *spool,
                              const char *id, apr_time_t now,
                              apr_time_t expires, apr_pool_t *pool);
wsm_error_t *wsm_spool_append(wsm_spool_file_t *file, const char *item,
                              apr_size_t length);
wsm_error_t *wsm_spool_close(wsm_spool_file_t *file);

/** Opens for reading at an offset (0: the first item).
 *  WSMAN_E_INVALID_ENUMERATION_CONTEXT if it is gone or expired. */
wsm_error_t *wsm_spool_open(wsm_spool_file_t **file, const wsm_spool_t *spool,
                            const char *id, apr_off_t offset, apr_time_t now,
                            apr_pool_t *pool);
/** The next item, valid until the next call; *item NULL at the end.
 *  @param offset  set to where the item after this one begins */
wsm_error_t *wsm_spool_read(wsm_spool_file_t *file, const char **item,
                            apr_size_t *length, apr_off_t *offset);

/** Gives a file another expiry (Renew). */
wsm_error_t *wsm_spool_renew(const wsm_spool_t *spool, const char *id,
                             apr_time_t expires, apr_pool_t *pool);
/** Removes a file; it need not be there. */
void wsm_spool_remove(const wsm_spool_t *spool, const char *id,
                      apr_pool_t *pool);
/** Removes all that has expired. */
void wsm_spool_purge(const wsm_spool_t *spool, apr_time_t now,
                     apr_pool_t *pool);

#endif
