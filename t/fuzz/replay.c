/* replay.c - runs a fuzz target over its corpus, without libFuzzer.
 *
 *     fuzz_name FILE-OR-DIRECTORY ...
 *
 * Prints how many inputs it ran; fails when there were none, so that a lost
 * corpus is noticed.
 */
#include <stdio.h>
#include <stdlib.h>

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_general.h>
#include <apr_strings.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static int run_file(const char *path, apr_pool_t *pool)
{
    apr_file_t *file;
    apr_finfo_t info;
    if (apr_file_open(&file, path, APR_READ | APR_BINARY, 0, pool) ||
        apr_file_info_get(&info, APR_FINFO_SIZE, file)) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return 0;
    }
    /* Of the exact size, so that a sanitizer sees the first byte beyond. */
    apr_size_t size = (apr_size_t)info.size;
    unsigned char *data = malloc(size ? size : 1);
    int done = data && !apr_file_read_full(file, data, size, NULL);
    if (done) {
        fprintf(stderr, "%s\n", path);
        LLVMFuzzerTestOneInput(data, size);
    }
    free(data);
    apr_file_close(file);
    return done;
}

static int run_path(const char *path, apr_pool_t *parent)
{
    apr_dir_t *dir;
    apr_finfo_t entry;
    apr_pool_t *pool;
    apr_pool_create(&pool, parent);
    int count = 0;
    if (apr_dir_open(&dir, path, pool))
        count = run_file(path, pool);
    else
        while (!apr_dir_read(&entry, APR_FINFO_NAME, dir))
            if (entry.name[0] != '.')
                count += run_path(
                    apr_pstrcat(pool, path, "/", entry.name, NULL), pool);
    apr_pool_destroy(pool);
    return count;
}

int main(int argc, char **argv)
{
    apr_pool_t *pool;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    int count = 0;
    for (int i = 1; i < argc; i++)
        count += run_path(argv[i], pool);
    printf("%d inputs\n", count);
    apr_pool_destroy(pool);
    apr_terminate();
    return count > 0 ? 0 : 1;
}
