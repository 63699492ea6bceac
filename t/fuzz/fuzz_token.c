/* Tokens from outside: verified with a random key, so all but what the
 * fuzzer cannot know must be refused; the same bytes as fields are signed and
 * must come back as they were.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/state/wsm_token.h"

static wsm_token_keys_t *keys;
static apr_pool_t *process;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void begin(void)
{
    apr_initialize();
    apr_pool_create(&process, NULL);
    if (wsm_token_keys_random(&keys, process) != NULL)
        abort();
}

static void sign_and_verify(const char *data, size_t size, apr_pool_t *pool)
{
    wsm_token_field_t fields[2], back[WSM_TOKEN_FIELDS];
    int n;

    fields[0].data = data;
    fields[0].length = size / 2;
    fields[1].data = data + size / 2;
    fields[1].length = size - size / 2;
    if (!wsm_token_verify(keys, wsm_token_sign(keys, fields, 2, pool), back, &n,
                          pool))
        return; /* too long */
    if (n != 2 || back[0].length != fields[0].length ||
        memcmp(back[1].data, fields[1].data, fields[1].length) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wsm_token_field_t fields[WSM_TOKEN_FIELDS];
    apr_pool_t *pool;
    int n;

    if (process == NULL)
        begin();
    apr_pool_create(&pool, process);
    if (wsm_token_verify(keys, apr_pstrmemdup(pool, (const char *)data, size),
                         fields, &n, pool))
        abort();
    sign_and_verify((const char *)data, size, pool);
    apr_pool_destroy(pool);
    return 0;
}
