/* fuzz_sddl.c - security descriptors as text and as octets: whatever is read is
 * written so that it reads back to the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/security/sec_descriptor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    return 0;
}

static void check(const sec_descriptor_t *descriptor, apr_pool_t *pool)
{
    static const sec_mapping_t mapping = {1, 4, 2, 0x6003f};
    const char *text = sec_sddl_text(descriptor, pool);
    const sec_descriptor_t *again;
    const unsigned char *octets;
    apr_size_t length;
    sec_sid_t everybody;
    sec_token_t token = {&everybody, 1};
    if (sec_sddl_parse(&again, text, pool) ||
        strcmp(sec_sddl_text(again, pool), text) != 0)
        abort();
    octets = sec_binary_make(descriptor, &length, pool);
    if (length <= SEC_MAX_BYTES &&
        (sec_binary_parse(&again, octets, length, pool) ||
         strcmp(sec_sddl_text(again, pool), text) != 0))
        abort();
    if (sec_sid_parse(&everybody, "WD", 2))
        abort();
    (void)sec_access_check(sec_inherit(descriptor, descriptor, pool), &token,
                           0xffffffffu, &mapping);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const sec_descriptor_t *descriptor;
    apr_pool_t *pool;
    apr_pool_create(&pool, NULL);
    if (sec_binary_parse(&descriptor, data, size, pool) == NULL)
        check(descriptor, pool);
    if (sec_sddl_parse(&descriptor,
                       apr_pstrmemdup(pool, (const char *)data, size),
                       pool) == NULL)
        check(descriptor, pool);
    apr_pool_destroy(pool);
    return 0;
}
