/* fuzz_wql.c - any text as a WQL query. */
#include "fuzz_query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz(WSM_DIALECT_WQL, data, size);
    return 0;
}
