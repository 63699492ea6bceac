/* fuzz_mof_write.c - what MOF declares, written as MOF, reads back to the
 * same.
 */
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "../../mod_wsman/cim/cim_mof.h"
#include "../unit/mof_text.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#define LIMIT ((apr_size_t)8 << 20)

static const char *again(const char *text, apr_size_t size, int must,
                         apr_pool_t *pool)
{
    const cim_mof_options_t options = {.ns = "root/cimv2"};
    cim_schema_t *schema = cim_schema_make(pool);

    if (cim_mof_read_text(schema, "fuzz.mof", text, size, &options, pool) !=
        NULL) {
        if (must)
            abort();
        return NULL;
    }
    return mof_text(schema, 1, LIMIT, pool);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static int started;
    apr_pool_t *pool;
    const char *first, *second;

    if (!started) {
        apr_initialize();
        started = 1;
    }
    apr_pool_create(&pool, NULL);
    first = again((const char *)data, size, 0, pool);
    if (first != NULL) {
        second = again(first, strlen(first), 1, pool);
        if (second == NULL || strcmp(first, second) != 0)
            abort();
    }
    apr_pool_destroy(pool);
    return 0;
}
