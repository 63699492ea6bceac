/* wsm_token.h - signed texts that a client keeps for us.
 *
 * A token is base64url(key id | payload | HMAC-SHA256).  Who has it can read it
 * and cannot change it.  The payload is a row of byte strings.
 *
 * Keys: one file, mode 0600, with three generations: previous, current, next.
 * The current one signs, all three verify; rotation shifts them, so children
 * of before a graceful restart already know the key that signs after it.
 */
#ifndef WSM_TOKEN_H
#define WSM_TOKEN_H

#include <apr_time.h>

#include "../base/wsm_error.h"

#define WSM_TOKEN_FIELDS 16 /* the most a token has */

typedef struct wsm_token_keys_t wsm_token_keys_t;

typedef struct wsm_token_field_t {
    const char *data; /* decoded fields are NUL-terminated */
    apr_size_t length;
} wsm_token_field_t;

/** Reads the key file, makes it if it is not there, rotates it if its current
 *  key is older than `max_age` (0: never).  Refuses a file that others may
 *  read or write.  Writes by a new file and rename. */
wsm_error_t *wsm_token_keys_open(wsm_token_keys_t **keys, const char *path,
                                 apr_time_t now, apr_interval_time_t max_age,
                                 apr_pool_t *pool);
/** Fresh keys that are kept nowhere. */
wsm_error_t *wsm_token_keys_random(wsm_token_keys_t **keys, apr_pool_t *pool);

/** @return the token, in pool; never NULL */
const char *wsm_token_sign(const wsm_token_keys_t *keys,
                           const wsm_token_field_t *fields, int nfields,
                           apr_pool_t *pool);
/** @return 0 unless it is one of ours, whole and unchanged.  Time does not
 *  depend on where it differs. */
int wsm_token_verify(const wsm_token_keys_t *keys, const char *token,
                     wsm_token_field_t fields[WSM_TOKEN_FIELDS], int *nfields,
                     apr_pool_t *pool);

#endif
