/* The database: several processes at once, death in the middle, bad files. */
#include "state.h"

#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <apr_thread_proc.h>

#include "../../mod_wsman/state/wsm_dbd.h"
#include "../../mod_wsman/state/wsm_dbd_gate.h"
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

/* Runs SQL on the file. */
static void execute(t_state_t *self, const char *const *sql)
{
    apr_pool_t *pool;
    wsm_dbd_t *dbd;

    apr_pool_create(&pool, self->pool);
    t_must(wsm_dbd_open(&dbd, spec_of(self), pool));
    for (; *sql != NULL; sql++)
        t_must(wsm_dbd_execute(dbd, *sql, pool));
    apr_pool_destroy(pool);
}

/* A newer version is refused before anything is made. */
static void test_newer_schema(void **state)
{
    static const char *const newer[] = {
        "CREATE TABLE wsman_meta "
        "(name VARCHAR(64) PRIMARY KEY, value TEXT NOT NULL)",
        "INSERT INTO wsman_meta (name, value) VALUES ('version', '99')", NULL};
    /* Fails if somebody has made one. */
    static const char *const untouched[] = {
        "CREATE TABLE wsman_record (x TEXT)",
        "CREATE TABLE wsman_link (x TEXT)", NULL};
    t_state_t *self = *state;
    wsm_store_t *store;

    execute(self, newer);
    t_code(wsm_store_dbd_prepare(spec_of(self), (apr_uid_t)-1, (apr_gid_t)-1,
                                 self->pool),
           WSMAN_E_INTERNAL_ERROR);
    t_code(wsm_store_dbd_open(&store, spec_of(self), NULL, self->pool),
           WSMAN_E_INTERNAL_ERROR);
    execute(self, untouched);
}

static int add_key(void *baton, const char *key, const char *data)
{
    const char **text = baton;

    assert_string_equal(data, "<old/>");
    *text = apr_pstrcat(t_root, *text, key, ";", NULL);
    return 1;
}

/* What version 1 has written is there, and can be found in any letter case. */
static void test_version_1(void **state)
{
    static const char *const version_1[] = {
        "CREATE TABLE wsman_meta "
        "(name VARCHAR(64) PRIMARY KEY, value TEXT NOT NULL)",
        "CREATE TABLE wsman_record "
        "(repository TEXT NOT NULL, ns TEXT NOT NULL, class TEXT NOT NULL, "
        "key TEXT NOT NULL, data TEXT NOT NULL, "
        "PRIMARY KEY (repository, ns, class, key))",
        "CREATE TABLE wsman_item "
        "(kind TEXT NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL, "
        "expires CHAR(20) NOT NULL, PRIMARY KEY (kind, name))",
        "CREATE INDEX wsman_item_expires ON wsman_item (expires)",
        "INSERT INTO wsman_meta (name, value) VALUES ('version', '1')",
        "INSERT INTO wsman_record VALUES ('r', 'n', 'c', 'k=Old', '<old/>')",
        "INSERT INTO wsman_record VALUES ('r', 'n', 'c', 'k=OLD', '<old/>')",
        "INSERT INTO wsman_item VALUES "
        "('kind', 'name', 'kept', '00000000000000001000')",
        NULL};
    static const wsm_selection_t any_case = {NULL, "k=old", NULL};
    t_state_t *self = *state;
    wsm_record_id_t id = {"r", "n", "c", "k=Old"};
    const char *keys = "", *data;
    wsm_store_t *store;

    execute(self, version_1);
    t_code(wsm_store_dbd_open(&store, spec_of(self), NULL, self->pool),
           WSMAN_E_INTERNAL_ERROR);
    prepare(self);
    prepare(self);
    store = open_store(self);
    t_must(wsm_store_get(store, &id, &data, self->pool));
    assert_string_equal(data, "<old/>");
    t_must(wsm_store_list(store, &id, &any_case, add_key, &keys, self->pool));
    assert_string_equal(keys, "k=OLD;k=Old;");
    t_must(wsm_store_item_get(store, "kind", "name", 999, &data, self->pool));
    assert_string_equal(data, "kept");
    t_must(wsm_store_item_get(store, WSM_STORE_UNLINKED, "r", 999, &data,
                              self->pool));
    assert_non_null(data);
    t_must(wsm_store_item_get(store, WSM_STORE_UNLINKED, "other", 999, &data,
                              self->pool));
    assert_null(data);
}

/* Nobody reads a password in a log. */
static void test_password(void **state)
{
    static const char *const specs[] = {
        "pgsql:host=/nonexistent user=x password=Geheim dbname=y",
        "pgsql:host=127.0.0.1 port=1 password='Geheim'",
        "pgsql:host=/nonexistent password=x Geheim user=y",
        "pgsql:password=x Geheim=y",
        "pgsql:postgresql://user:Geheim@[::1/x",
        "password=Geheim"};
    t_state_t *self = *state;
    unsigned i;

    for (i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
        wsm_error_t *err = wsm_store_dbd_prepare(specs[i], (apr_uid_t)-1,
                                                 (apr_gid_t)-1, self->pool);

        t_code(err, WSMAN_E_INTERNAL_ERROR);
        assert_null(strstr(wsm_error_text(err, self->pool), "Geheim"));
    }
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

/* Root may come first, with a tool; the children must be able to use what it
 * leaves. */
static void test_owner_of_gate(void **state)
{
    t_state_t *self = *state;
    const char *path = wsm_dbd_path(spec_of(self));
    const char *gate = apr_pstrcat(self->pool, path, WSM_DBD_GATE_SUFFIX, NULL);
    uid_t owner = geteuid() == 0 ? 65534 : geteuid();
    struct stat info;

    prepare(self);
    assert_int_equal(stat(gate, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(chown(path, owner, (gid_t)-1), 0);
    unlink(gate);
    open_store(self);
    assert_int_equal(stat(gate, &info), 0);
    assert_int_equal(info.st_uid, owner);
    assert_int_equal(info.st_mode & 0777, 0600);
}

/* ---- readers and definers beside one another */

typedef struct beside_t {
    wsm_store_t *store;
    const char *seen;
} beside_t;

/* It would wait for itself if readers waited for writers. */
static wsm_error_t *write_and_look(void *baton, wsm_store_t *tx,
                                   apr_pool_t *pool)
{
    beside_t *self = baton;
    wsm_record_id_t id = {"r", "n", "c", "k"};

    t_must(wsm_store_change(tx, &id, increment, NULL, pool));
    return wsm_store_get(self->store, &id, &self->seen, pool);
}

static void test_reader_beside_writer(void **state)
{
    t_state_t *self = *state;
    wsm_record_id_t id = {"r", "n", "c", "k"};
    beside_t beside = {NULL, NULL};
    const char *data;

    prepare(self);
    beside.store = open_store(self);
    t_must(insert(beside.store, &id, "1", self->pool));
    t_must(
        wsm_store_transact(beside.store, write_and_look, &beside, self->pool));
    assert_string_equal(beside.seen, "1");
    t_must(wsm_store_get(beside.store, &id, &data, self->pool));
    assert_string_equal(data, "2");
}

static const wsm_definition_t defined = {"root", 'c', "name", "data", 0};

static apr_uint64_t version_of(wsm_store_t *store, apr_pool_t *pool)
{
    apr_uint64_t version;

    t_must(wsm_store_definition_version(store, "r", &version, pool));
    return version;
}

/* What one has defined the other sees, and each repository counts its own. */
static void test_versions(void **state)
{
    t_state_t *self = *state;
    wsm_store_t *one, *two;
    apr_uint64_t other;
    int i;

    prepare(self);
    one = open_store(self);
    two = open_store(self);
    for (i = 0; i < 20; i++) {
        assert_int_equal(version_of(one, self->pool), i);
        assert_int_equal(version_of(two, self->pool), i);
        t_must(wsm_store_define(i % 3 ? one : two, "r", &defined, self->pool));
    }
    t_must(wsm_store_definition_version(two, "s", &other, self->pool));
    assert_int_equal(other, 0);
}

/* Who dies while it commits makes others ask the database, no more. */
static void test_dead_definer(void **state)
{
    t_state_t *self = *state;
    const char *path = wsm_dbd_path(spec_of(self));
    wsm_dbd_gate_t *gate;
    wsm_store_t *one, *two;

    prepare(self);
    one = open_store(self);
    two = open_store(self);
    assert_int_equal(version_of(one, self->pool), 0);
    t_must(wsm_dbd_gate_open(&gate, path, self->pool));
    wsm_dbd_gate_changing(gate);
    assert_int_equal(version_of(one, self->pool), 0);
    t_must(wsm_store_define(two, "r", &defined, self->pool));
    assert_int_equal(version_of(one, self->pool), 1);
    t_must(wsm_store_define(two, "r", &defined, self->pool));
    assert_int_equal(version_of(one, self->pool), 2);
    /* Nor does it help to take the file away. */
    unlink(apr_pstrcat(self->pool, path, WSM_DBD_GATE_SUFFIX, NULL));
    two = open_store(self);
    t_must(wsm_store_define(two, "r", &defined, self->pool));
    assert_int_equal(version_of(one, self->pool), 3);
}

/* What processes tell one another. */
typedef struct race_t {
    apr_uint64_t acknowledged; /* the highest version that a definer has */
    int ended;
    int failed;
} race_t;

static void define_often(t_state_t *self, race_t *race)
{
    wsm_store_t *store;
    apr_pool_t *pool;
    int i;

    apr_pool_create(&pool, NULL);
    if (wsm_store_dbd_open(&store, spec_of(self), NULL, pool) != NULL)
        _exit(1);
    for (i = 0; i < 200; i++) {
        apr_uint64_t before, version, old;

        before = __atomic_load_n(&race->acknowledged, __ATOMIC_SEQ_CST);
        if (wsm_store_define(store, "r", &defined, pool) != NULL ||
            wsm_store_definition_version(store, "r", &version, pool) != NULL ||
            version <= before)
            _exit(2);
        old = before;
        while (old < version && !__atomic_compare_exchange_n(
                                    &race->acknowledged, &old, version, 0,
                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            ;
    }
    _exit(0);
}

/* No version that is read is older than one that is known to be there. */
static void watch(t_state_t *self, race_t *race)
{
    wsm_store_t *store;
    apr_pool_t *pool, *scratch;

    apr_pool_create(&pool, NULL);
    apr_pool_create(&scratch, pool);
    if (wsm_store_dbd_open(&store, spec_of(self), NULL, pool) != NULL)
        _exit(1);
    while (!__atomic_load_n(&race->ended, __ATOMIC_SEQ_CST)) {
        apr_uint64_t least =
            __atomic_load_n(&race->acknowledged, __ATOMIC_SEQ_CST);
        apr_uint64_t version;

        if (wsm_store_definition_version(store, "r", &version, scratch) != NULL)
            _exit(3);
        if (version < least)
            _exit(4);
        apr_pool_clear(scratch);
    }
    _exit(0);
}

static void test_version_race(void **state)
{
    t_state_t *self = *state;
    race_t *race = mmap(NULL, sizeof(*race), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pids[4];
    int i, status;

    assert_ptr_not_equal(race, MAP_FAILED);
    prepare(self);
    for (i = 0; i < 4; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0 && i < 2)
            define_often(self, race);
        if (pids[i] == 0)
            watch(self, race);
    }
    for (i = 0; i < 4; i++) {
        if (i == 2)
            __atomic_store_n(&race->ended, 1, __ATOMIC_SEQ_CST);
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(race->acknowledged, 400);
    munmap(race, sizeof(*race));
}

/* More threads than there are connections. */
typedef struct crowd_t {
    wsm_store_t *store;
    apr_pool_t *pool;
    int failed;
} crowd_t;

static void *APR_THREAD_FUNC read_and_write(apr_thread_t *thread, void *data)
{
    crowd_t *self = data;
    apr_pool_t *pool;
    const char *text;
    int i;

    apr_pool_create_unmanaged(&pool);
    for (i = 0; i < 50; i++) {
        if (wsm_store_change(self->store, &counter, increment, NULL, pool) !=
                NULL ||
            wsm_store_get(self->store, &counter, &text, pool) != NULL)
            __atomic_store_n(&self->failed, 1, __ATOMIC_SEQ_CST);
    }
    apr_pool_destroy(pool);
    (void)thread;
    return NULL;
}

static void test_threads(void **state)
{
    enum { THREADS = 12 };
    t_state_t *self = *state;
    crowd_t crowd = {NULL, self->pool, 0};
    apr_thread_t *threads[THREADS];
    apr_status_t status;
    const char *data;
    int i;

    prepare(self);
    crowd.store = open_store(self);
    t_must(insert(crowd.store, &counter, "0", self->pool));
    for (i = 0; i < THREADS; i++)
        assert_int_equal(apr_thread_create(&threads[i], NULL, read_and_write,
                                           &crowd, self->pool),
                         APR_SUCCESS);
    for (i = 0; i < THREADS; i++)
        apr_thread_join(&status, threads[i]);
    assert_false(crowd.failed);
    t_must(wsm_store_get(crowd.store, &counter, &data, self->pool));
    assert_int_equal(atoi(data), THREADS * 50);
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_processes),    T_CASE(test_killed),
    T_CASE(test_mode),         T_CASE(test_bad_specs),
    T_CASE(test_newer_schema), T_CASE(test_version_1),
    T_CASE(test_password),     T_CASE(test_no_database),
    T_CASE(test_busy),         T_CASE(test_schema_change),
    T_CASE(test_symlink),      T_CASE(test_owner_of_gate),
    T_CASE(test_missing_file), T_CASE(test_versions),
    T_CASE(test_dead_definer), T_CASE(test_version_race),
    T_CASE(test_threads),      T_CASE(test_reader_beside_writer)};

T_MAIN(tests)
