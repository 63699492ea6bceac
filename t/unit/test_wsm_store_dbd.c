/* The database: several processes at once, death in the middle, bad files. */
#include "state.h"

#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <apr_dbd.h>

#include "../../mod_wsman/state/wsm_dbd.h"
#include "../../mod_wsman/state/wsm_store.h"

#define PROCESSES 4
#define ROUNDS    50

static const char *spec_of(const t_state_t *self)
{
    return apr_pstrcat(self->pool, "sqlite3:", self->dir, "/store.db", NULL);
}

static void prepare(t_state_t *self)
{
    t_must(wsm_store_dbd_prepare(spec_of(self), (apr_uid_t)-1, (apr_gid_t)-1,
                                 self->pool));
}

static wsm_store_t *open_store(t_state_t *self)
{
    wsm_store_t *store;

    t_must(wsm_store_dbd_open(&store, spec_of(self), NULL, self->pool));
    return store;
}

static const wsm_record_id_t counter = {"r", "n", "c", "counter"};

static wsm_error_t *insert(wsm_store_t *store, const wsm_record_id_t *id,
                           const char *data, apr_pool_t *pool)
{
    const wsm_content_t content = {data, NULL, NULL, 0};

    return wsm_store_insert(store, id, &content, pool);
}

static wsm_error_t *increment(void *baton, const char *old,
                              wsm_content_t *content, apr_pool_t *pool)
{
    (void)baton;
    content->data = apr_psprintf(pool, "%d", atoi(old) + 1);
    return NULL;
}

static int work(t_state_t *self, int number)
{
    wsm_store_t *store;
    apr_pool_t *pool;
    int i;

    apr_pool_create(&pool, NULL);
    if (wsm_store_dbd_open(&store, spec_of(self), NULL, pool) != NULL)
        return 1;
    for (i = 0; i < ROUNDS; i++) {
        wsm_record_id_t id = {"r", "n", "own",
                              apr_psprintf(pool, "%d-%d", number, i)};

        if (insert(store, &id, "x", pool) != NULL ||
            wsm_store_change(store, &counter, increment, NULL, pool) != NULL)
            return 2;
    }
    apr_pool_destroy(pool);
    return 0;
}

static pid_t fork_worker(t_state_t *self, int number)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        _exit(work(self, number));
    return pid;
}

static int count_one(void *baton, const char *key, const char *data)
{
    (void)key;
    (void)data;
    (*(int *)baton)++;
    return 1;
}

static void test_processes(void **state)
{
    t_state_t *self = *state;
    wsm_record_id_t own = {"r", "n", "own", NULL};
    pid_t pids[PROCESSES];
    const char *data;
    wsm_store_t *store;
    int i, status, count = 0;
    apr_pool_t *pool;

    prepare(self);
    apr_pool_create(&pool, self->pool);
    t_must(wsm_store_dbd_open(&store, spec_of(self), NULL, pool));
    t_must(insert(store, &counter, "0", pool));
    apr_pool_destroy(pool);
    for (i = 0; i < PROCESSES; i++)
        pids[i] = fork_worker(self, i);
    for (i = 0; i < PROCESSES; i++) {
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    store = open_store(self);
    t_must(wsm_store_get(store, &counter, &data, self->pool));
    assert_int_equal(atoi(data), PROCESSES * ROUNDS);
    t_must(wsm_store_list(store, &own, NULL, count_one, &count, self->pool));
    assert_int_equal(count, PROCESSES * ROUNDS);
}

/* Writes the numbers it has acknowledged into a pipe, until it is killed. */
static void write_until_killed(t_state_t *self, int out)
{
    wsm_store_t *store;
    apr_pool_t *pool;
    int i;

    apr_pool_create(&pool, NULL);
    if (wsm_store_dbd_open(&store, spec_of(self), NULL, pool) != NULL)
        _exit(1);
    for (i = 0;; i++) {
        wsm_record_id_t id = {"r", "n", "k", apr_psprintf(pool, "%d", i)};

        if (insert(store, &id, "complete", pool) != NULL ||
            write(out, &i, sizeof(i)) != sizeof(i))
            _exit(2);
    }
}

static void test_killed(void **state)
{
    t_state_t *self = *state;
    int ends[2], number = -1, last = -1, i, status;
    wsm_store_t *store;
    const char *data;
    pid_t pid;

    prepare(self);
    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0)
        write_until_killed(self, ends[1]);
    close(ends[1]);
    while (last < 200 && read(ends[0], &number, sizeof(number)) > 0)
        last = number;
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    while (read(ends[0], &number, sizeof(number)) == sizeof(number))
        last = number;
    close(ends[0]);
    assert_true(WIFSIGNALED(status));
    store = open_store(self);
    for (i = 0; i <= last; i++) {
        wsm_record_id_t id = {"r", "n", "k", apr_psprintf(self->pool, "%d", i)};

        t_must(wsm_store_get(store, &id, &data, self->pool));
        assert_non_null(data);
        assert_string_equal(data, "complete");
    }
}

static void test_mode(void **state)
{
    t_state_t *self = *state;
    struct stat info;

    prepare(self);
    assert_int_equal(
        stat(apr_pstrcat(self->pool, self->dir, "/store.db", NULL), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void test_newer_schema(void **state)
{
    t_state_t *self = *state;
    wsm_store_t *store;
    wsm_dbd_t *dbd;
    apr_pool_t *pool;

    prepare(self);
    apr_pool_create(&pool, self->pool);
    t_must(wsm_dbd_open(&dbd, spec_of(self), pool));
    t_must(wsm_dbd_execute(dbd, "UPDATE wsman_meta SET value = '99'", pool));
    apr_pool_destroy(pool);
    t_code(wsm_store_dbd_open(&store, spec_of(self), NULL, self->pool),
           WSMAN_E_INTERNAL_ERROR);
    t_code(wsm_store_dbd_prepare(spec_of(self), (apr_uid_t)-1, (apr_gid_t)-1,
                                 self->pool),
           WSMAN_E_INTERNAL_ERROR);
}

static void test_bad_specs(void **state)
{
    static const char *const specs[] = {"store.db", "nodriver:x",
                                        "sqlite3:/nonexistent/dir/store.db"};
    t_state_t *self = *state;
    unsigned i;

    for (i = 0; i < 3; i++)
        t_code(wsm_store_dbd_prepare(specs[i], (apr_uid_t)-1, (apr_gid_t)-1,
                                     self->pool),
               WSMAN_E_INTERNAL_ERROR);
}

static void test_no_database(void **state)
{
    t_state_t *self = *state;
    const char *path = apr_pstrcat(self->pool, self->dir, "/store.db", NULL);
    wsm_store_t *store;
    FILE *file = fopen(path, "w");
    int i;

    for (i = 0; i < 1000; i++)
        fputs("this is no database\n", file);
    fclose(file);
    t_code(wsm_store_dbd_open(&store, spec_of(self), NULL, self->pool),
           WSMAN_E_INTERNAL_ERROR);
}

/* Somebody holds the write lock for good: the fault comes, nothing hangs. */
static void test_busy(void **state)
{
    t_state_t *self = *state;
    wsm_record_id_t id = {"r", "n", "c", "k"};
    wsm_store_t *store;
    const char *data;
    wsm_dbd_t *other;

    prepare(self);
    t_must(wsm_dbd_open(&other, spec_of(self), self->pool));
    store = open_store(self);
    t_must(wsm_dbd_begin(other, self->pool));
    t_code(insert(store, &id, "x", self->pool), WSMAN_E_CONCURRENCY);
    t_must(wsm_store_get(store, &id, &data, self->pool));
    t_must(wsm_dbd_end(other, NULL, self->pool));
    t_must(insert(store, &id, "x", self->pool));
}

/* VACUUM or a new index ends the statements of all who have it open. */
static void test_schema_change(void **state)
{
    t_state_t *self = *state;
    wsm_record_id_t id = {"r", "n", "c", "k"};
    wsm_store_t *store;
    const char *data;
    wsm_dbd_t *other;

    prepare(self);
    store = open_store(self);
    t_must(insert(store, &id, "1", self->pool));
    t_must(wsm_dbd_open(&other, spec_of(self), self->pool));
    t_must(wsm_dbd_execute(other, "CREATE INDEX extra ON wsman_record (data)",
                           self->pool));
    t_must(wsm_store_get(store, &id, &data, self->pool));
    assert_string_equal(data, "1");
    t_must(wsm_dbd_execute(other, "VACUUM", self->pool));
    t_must(wsm_store_change(store, &id, increment, NULL, self->pool));
    t_must(wsm_store_get(store, &id, &data, self->pool));
    assert_string_equal(data, "2");
}

/* Root must not be led to another file by who owns the folder. */
static void test_symlink(void **state)
{
    t_state_t *self = *state;
    const char *target = apr_pstrcat(self->pool, self->dir, "/target", NULL);
    const char *path = apr_pstrcat(self->pool, self->dir, "/store.db", NULL);
    struct stat info;
    FILE *file = fopen(target, "w");

    fclose(file);
    chmod(target, 0644);
    assert_int_equal(symlink(target, path), 0);
    t_code(wsm_store_dbd_prepare(spec_of(self), (apr_uid_t)-1, (apr_gid_t)-1,
                                 self->pool),
           WSMAN_E_INTERNAL_ERROR);
    assert_int_equal(stat(target, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0644);
    assert_int_equal(info.st_size, 0);
    unlink(path);
    assert_int_equal(link(target, path), 0);
    t_code(wsm_store_dbd_prepare(spec_of(self), (apr_uid_t)-1, (apr_gid_t)-1,
                                 self->pool),
           WSMAN_E_INTERNAL_ERROR);
    assert_int_equal(stat(target, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0644);
}

/* A child does not make the file that the parent has prepared. */
static void test_missing_file(void **state)
{
    t_state_t *self = *state;
    const char *path = apr_pstrcat(self->pool, self->dir, "/store.db", NULL);
    wsm_store_t *store;

    t_code(wsm_store_dbd_open(&store, spec_of(self), NULL, self->pool),
           WSMAN_E_INTERNAL_ERROR);
    assert_int_equal(access(path, F_OK), -1);
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_processes),    T_CASE(test_killed),
    T_CASE(test_mode),         T_CASE(test_bad_specs),
    T_CASE(test_newer_schema), T_CASE(test_no_database),
    T_CASE(test_busy),         T_CASE(test_schema_change),
    T_CASE(test_symlink),      T_CASE(test_missing_file)};

T_MAIN(tests)
