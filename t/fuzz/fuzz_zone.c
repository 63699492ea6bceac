/* fuzz_zone.c - time zone files: what the linux provider reads of them, and
 * the offsets that come out.
 *
 * The source itself is included: providers are not part of the library.
 */
#include <stdlib.h>

#include <apr_general.h>

#include "../../providers/linux/linux_file.c"
#include "../../providers/linux/linux_zone.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    return 0;
}

/* An offset that no datetime can carry is a fault of the reader. */
static void check(const linux_zone_t *zone, apr_int64_t seconds)
{
    int offset = linux_zone_offset(zone, seconds);
    if (offset < -26 * 3600 || offset > 26 * 3600)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const apr_int64_t times[] = {
        INT64_MIN / APR_USEC_PER_SEC, -1, 0, 1774746000, 1792890000,
        INT64_MAX / APR_USEC_PER_SEC};
    linux_zone_t zone = {0};
    apr_pool_t *pool;
    /* As linux_file_read() gives it: with a NUL behind it */
    char *copy;
    apr_pool_create(&pool, NULL);
    copy = malloc(size + 1);
    memcpy(copy, data, size);
    copy[size] = '\0';
    read_file(&zone, (const unsigned char *)copy, size, pool);
    for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
        check(&zone, times[i]);
    zone = (linux_zone_t){0};
    if (linux_zone_rule(&zone, copy, pool)) {
        for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
            check(&zone, times[i]);
    }
    free(copy);
    apr_pool_destroy(pool);
    return 0;
}
