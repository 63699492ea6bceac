/* fuzz_cql.c - any text as a CQL query. */
#include "fuzz_query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz(WSM_DIALECT_CQL, data, size);
    return 0;
}
