/* mof_parse.c - how long MOF takes to read, and how much memory it leaves.
 *
 *     mof_parse N NAMESPACE FILE...
 *
 * prints one line: median seconds of N readings, growth of the resident set in
 * kB over the first one, and how many classes there are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <apr_general.h>

#include "../../mod_wsman/cim/cim_mof.h"

#define MAX_RUNS 1000

static long resident_kb(void)
{
    long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    if (!statm)
        return 0;
    if (fscanf(statm, "%*s %ld", &pages) != 1)
        pages = 0;
    fclose(statm);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int by_size(const void *a, const void *b)
{
    const apr_time_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

static int read_once(apr_pool_t *pool, const char *ns, const char *const *files,
                     apr_uint32_t *classes)
{
    cim_mof_options_t options = {.ns = ns};
    cim_schema_t *schema = cim_schema_make(pool);
    apr_pool_t *scratch;
    apr_pool_create(&scratch, pool);
    wsm_error_t *err = cim_mof_read_files(schema, files, &options, scratch);
    if (err)
        fprintf(stderr, "%s\n", wsm_error_text(err, scratch));
    *classes = cim_schema_count(schema);
    apr_pool_destroy(scratch);
    return !err;
}

int main(int argc, char **argv)
{
    apr_time_t times[MAX_RUNS];
    apr_uint32_t classes = 0;
    long grown = 0;
    int runs = argc > 3 ? atoi(argv[1]) : 0;
    if (runs < 1 || runs > MAX_RUNS) {
        fprintf(stderr, "usage: %s N NAMESPACE FILE...\n", argv[0]);
        return 2;
    }
    apr_initialize();
    for (int i = 0; i < runs; i++) {
        apr_pool_t *pool;
        apr_pool_create(&pool, NULL);
        long before = resident_kb();
        apr_time_t start = apr_time_now();
        if (!read_once(pool, argv[2], (const char *const *)argv + 3, &classes))
            return 1;
        times[i] = apr_time_now() - start;
        if (i == 0)
            grown = resident_kb() - before;
        apr_pool_destroy(pool);
    }
    qsort(times, (size_t)runs, sizeof(times[0]), by_size);
    printf("%.6f s  %ld kB  %u classes\n", (double)times[runs / 2] / 1e6, grown,
           classes);
    apr_terminate();
    return 0;
}
