/* fuzz_ntlm.c - NTLM messages that are completed: whatever they are, what comes
 * is as long as it says, and complete.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/auth/wsm_ntlm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wsm_gss_data_t token = {malloc(size + 1), size};
    wsm_gss_data_t whole;
    apr_pool_t *pool;
    unsigned sum = 0;

    apr_pool_create(&pool, NULL);
    memcpy(token.data, data, size);
    token.data = realloc(token.data, size ? size : 1);
    whole = wsm_ntlm_complete(token, pool);
    if (whole.length < size || whole.length > size + 24)
        abort();
    for (size_t i = 0; i < whole.length; i++)
        sum += whole.data[i];
    if (whole.length > size && sum == 0)
        abort();
    if (wsm_ntlm_complete(whole, pool).length != whole.length)
        abort();
    apr_pool_destroy(pool);
    free(token.data);
    return 0;
}
