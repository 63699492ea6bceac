/* test_wsm_quota.c - counting what is under way, in a second, and wrong: over
 * threads, over processes that die, and when there are more keys than slots.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>

#include "../../mod_wsman/state/wsm_quota.h"

#define NOW    apr_time_from_sec(1000000)
#define SECOND APR_USEC_PER_SEC

static const wsm_quota_bounds_t small = {8, 4, 16};

static wsm_quota_t *make(const wsm_quota_bounds_t *bounds)
{
    void *memory = mmap(NULL, wsm_quota_size(bounds), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    assert_true(memory != MAP_FAILED);
    return wsm_quota_make(memory, bounds);
}

static void end(wsm_quota_t *quota, const wsm_quota_bounds_t *bounds)
{
    munmap(quota, wsm_quota_size(bounds));
}

static apr_uint64_t key_of(const wsm_quota_t *quota, const char *who)
{
    return wsm_quota_key(quota, 'u', "test:80/wsman", who);
}

static void test_keys_are_different(void **state)
{
    wsm_quota_t *quota = make(&small);
    wsm_quota_t *other = make(&small);
    apr_uint64_t key = wsm_quota_key(quota, 'u', "ab", "c");

    (void)state;
    assert_true(key == wsm_quota_key(quota, 'u', "ab", "c"));
    assert_false(key == wsm_quota_key(quota, 'a', "ab", "c"));
    assert_false(key == wsm_quota_key(quota, 'u', "a", "bc"));
    assert_false(key == wsm_quota_key(quota, 'u', "ab", NULL));
    assert_false(key == wsm_quota_key(other, 'u', "ab", "c"));
    end(quota, &small);
    end(other, &small);
}

static void test_no_more_than_allowed_at_a_time(void **state)
{
    wsm_quota_t *quota = make(&small);
    int place = wsm_quota_enter(quota);
    apr_uint64_t alice = key_of(quota, "alice"), bob = key_of(quota, "bob");
    int first, second;

    (void)state;
    first = wsm_quota_begin(quota, place, alice, 2, NOW);
    second = wsm_quota_begin(quota, place, alice, 2, NOW);
    assert_int_not_equal(first, WSM_QUOTA_NONE);
    assert_int_not_equal(second, WSM_QUOTA_NONE);
    assert_int_equal(wsm_quota_begin(quota, place, alice, 2, NOW),
                     WSM_QUOTA_NONE);
    assert_int_equal(wsm_quota_active(quota, alice), 2);
    assert_int_not_equal(wsm_quota_begin(quota, place, bob, 2, NOW),
                         WSM_QUOTA_NONE);
    wsm_quota_end(quota, first);
    /* Once is enough */
    wsm_quota_end(quota, first);
    assert_int_equal(wsm_quota_active(quota, alice), 1);
    assert_int_not_equal(wsm_quota_begin(quota, place, alice, 2, NOW),
                         WSM_QUOTA_NONE);
    wsm_quota_leave(quota, place);
    assert_int_equal(wsm_quota_active(quota, alice), 0);
    assert_int_equal(wsm_quota_active(quota, bob), 0);
    assert_int_equal(wsm_quota_begin(quota, WSM_QUOTA_NONE, bob, 2, NOW),
                     WSM_QUOTA_NONE);
    end(quota, &small);
}

static void test_no_more_than_can_be_written_down(void **state)
{
    wsm_quota_t *quota = make(&small);
    int place = wsm_quota_enter(quota);
    apr_uint64_t key = key_of(quota, "alice");
    unsigned i;

    (void)state;
    for (i = 0; i < small.holds; i++)
        assert_int_not_equal(wsm_quota_begin(quota, place, key, 1000, NOW),
                             WSM_QUOTA_NONE);
    assert_int_equal(wsm_quota_begin(quota, place, key, 1000, NOW),
                     WSM_QUOTA_NONE);
    assert_int_equal(wsm_quota_active(quota, key), small.holds);
    end(quota, &small);
}

/* A child that begins something and is killed. */
static void begin_and_die(wsm_quota_t *quota, apr_uint64_t key)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        int place = wsm_quota_enter(quota);

        if (wsm_quota_begin(quota, place, key, 1, NOW) == WSM_QUOTA_NONE)
            _exit(1);
        raise(SIGKILL);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
}

static void test_what_the_dead_have_left_is_taken_back(void **state)
{
    wsm_quota_t *quota = make(&small);
    int place = wsm_quota_enter(quota);
    apr_uint64_t key = key_of(quota, "alice");
    int hold;

    (void)state;
    begin_and_die(quota, key);
    assert_int_equal(wsm_quota_active(quota, key), 1);
    hold = wsm_quota_begin(quota, place, key, 1, NOW);
    assert_int_not_equal(hold, WSM_QUOTA_NONE);
    wsm_quota_end(quota, hold);
    /* Who takes the place does it too. */
    begin_and_die(quota, key);
    assert_int_not_equal(wsm_quota_enter(quota), WSM_QUOTA_NONE);
    assert_int_equal(wsm_quota_active(quota, key), 0);
    end(quota, &small);
}

static void test_places_come_back(void **state)
{
    wsm_quota_t *quota = make(&small);
    unsigned i;

    (void)state;
    for (i = 0; i < small.places; i++)
        assert_int_equal(wsm_quota_enter(quota), i);
    assert_int_equal(wsm_quota_enter(quota), WSM_QUOTA_NONE);
    wsm_quota_leave(quota, 2);
    assert_int_equal(wsm_quota_enter(quota), 2);
    end(quota, &small);
}

/* ---- more keys than slots */

static void test_the_oldest_idle_key_is_forgotten(void **state)
{
    static const wsm_quota_failures_t failures = {1, 100 * SECOND};
    wsm_quota_t *quota = make(&small);
    apr_pool_t *pool = *state;
    apr_uint64_t keys[9];
    int i;

    for (i = 0; i < 9; i++) {
        keys[i] = key_of(quota, apr_itoa(pool, i));
        wsm_quota_fail(quota, keys[i], &failures, NOW + i * SECOND);
    }
    assert_int_equal(wsm_quota_taken(quota), 8);
    assert_int_equal(wsm_quota_barred(quota, keys[0], &failures, NOW), 0);
    for (i = 1; i < 9; i++)
        assert_true(
            wsm_quota_barred(quota, keys[i], &failures, NOW + 9 * SECOND) > 0);
    assert_int_equal(wsm_quota_crowded(quota), 0);
    end(quota, &small);
}

static void test_who_finds_no_slot_is_counted_with_the_others(void **state)
{
    wsm_quota_t *quota = make(&small);
    int place = wsm_quota_enter(quota);
    apr_pool_t *pool = *state;
    int i, last;

    for (i = 0; i < 8; i++)
        assert_int_not_equal(wsm_quota_begin(quota, place,
                                             key_of(quota, apr_itoa(pool, i)),
                                             1, NOW),
                             WSM_QUOTA_NONE);
    last = wsm_quota_begin(quota, place, key_of(quota, "x"), 1, NOW);
    assert_int_not_equal(last, WSM_QUOTA_NONE);
    assert_int_equal(wsm_quota_begin(quota, place, key_of(quota, "y"), 1, NOW),
                     WSM_QUOTA_NONE);
    assert_true(wsm_quota_crowded(quota) > 0);
    wsm_quota_end(quota, last);
    assert_int_not_equal(
        wsm_quota_begin(quota, place, key_of(quota, "y"), 1, NOW),
        WSM_QUOTA_NONE);
    end(quota, &small);
}

/* ---- in a second */

static void test_so_many_in_a_second(void **state)
{
    wsm_quota_t *quota = make(&small);
    apr_uint64_t key = key_of(quota, "alice");
    int i;

    (void)state;
    for (i = 0; i < 5; i++)
        assert_true(wsm_quota_pass(quota, key, 5, NOW));
    assert_false(wsm_quota_pass(quota, key, 5, NOW));
    assert_false(wsm_quota_pass(quota, key, 5, NOW + SECOND / 5 - 1));
    assert_true(wsm_quota_pass(quota, key, 5, NOW + SECOND / 5));
    assert_false(wsm_quota_pass(quota, key, 5, NOW + SECOND / 5));
    assert_true(wsm_quota_pass(quota, key_of(quota, "bob"), 5, NOW));
    /* After a pause all may come again, and no more. */
    for (i = 0; i < 5; i++)
        assert_true(wsm_quota_pass(quota, key, 5, NOW + 60 * SECOND));
    assert_false(wsm_quota_pass(quota, key, 5, NOW + 60 * SECOND));
    end(quota, &small);
}

static void test_a_clock_that_is_set_back_bars_nobody(void **state)
{
    static const wsm_quota_failures_t failures = {1, 10 * SECOND};
    wsm_quota_t *quota = make(&small);
    apr_uint64_t key = key_of(quota, "alice");

    (void)state;
    assert_true(wsm_quota_pass(quota, key, 1, NOW));
    assert_false(wsm_quota_pass(quota, key, 1, NOW));
    assert_true(wsm_quota_pass(quota, key, 1, NOW - 3600 * SECOND));
    assert_false(wsm_quota_pass(quota, key, 1, NOW - 3600 * SECOND));
    wsm_quota_fail(quota, key, &failures, NOW);
    assert_int_equal(
        wsm_quota_barred(quota, key, &failures, NOW - 3600 * SECOND), 0);
    end(quota, &small);
}

/* ---- failures */

static void test_failures_bar_for_a_window(void **state)
{
    static const wsm_quota_failures_t failures = {3, 60 * SECOND};
    wsm_quota_t *quota = make(&small);
    apr_uint64_t key = key_of(quota, "10.0.0.1");
    apr_time_t end_of_bar = NOW + 110 * SECOND;

    (void)state;
    assert_int_equal(wsm_quota_barred(quota, key, &failures, NOW), 0);
    assert_int_equal(wsm_quota_taken(quota), 0);
    assert_int_equal(wsm_quota_fail(quota, key, &failures, NOW), 1);
    /* The first two are forgotten. */
    assert_int_equal(wsm_quota_fail(quota, key, &failures, NOW + 10 * SECOND),
                     2);
    assert_int_equal(wsm_quota_barred(quota, key, &failures, NOW), 0);
    assert_int_equal(wsm_quota_fail(quota, key, &failures, NOW + 60 * SECOND),
                     1);
    assert_int_equal(wsm_quota_fail(quota, key, &failures, NOW + 61 * SECOND),
                     2);
    assert_int_equal(wsm_quota_fail(quota, key, &failures, NOW + 50 * SECOND),
                     3);
    assert_int_equal(wsm_quota_barred(quota, key, &failures, NOW + 50 * SECOND),
                     60 * SECOND);
    assert_int_equal(wsm_quota_barred(quota, key, &failures, end_of_bar - 1),
                     1);
    assert_int_equal(wsm_quota_barred(quota, key, &failures, end_of_bar), 0);
    assert_int_equal(wsm_quota_fail(quota, key, &failures, end_of_bar), 1);
    end(quota, &small);
}

/* ---- threads */

#define NTHREADS 8
#define ROUNDS   20000
#define MOST     3

typedef struct race_t {
    wsm_quota_t *quota;
    int place;
    apr_uint64_t keys[2];
    int active[2], worst, refused;
} race_t;

static void *APR_THREAD_FUNC run(apr_thread_t *thread, void *data)
{
    race_t *race = data;
    int i;

    for (i = 0; i < ROUNDS; i++) {
        int which = i % 2;
        int hold = wsm_quota_begin(race->quota, race->place, race->keys[which],
                                   MOST, NOW);
        int now, worst;

        if (hold == WSM_QUOTA_NONE) {
            __atomic_fetch_add(&race->refused, 1, __ATOMIC_RELAXED);
            continue;
        }
        now = __atomic_add_fetch(&race->active[which], 1, __ATOMIC_SEQ_CST);
        worst = __atomic_load_n(&race->worst, __ATOMIC_SEQ_CST);
        while (now > worst &&
               !__atomic_compare_exchange_n(&race->worst, &worst, now, 0,
                                            __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            ;
        __atomic_sub_fetch(&race->active[which], 1, __ATOMIC_SEQ_CST);
        wsm_quota_end(race->quota, hold);
    }
    apr_thread_exit(thread, APR_SUCCESS);
    return NULL;
}

static void test_threads_count_together(void **state)
{
    race_t race = {.quota = make(&small)};
    apr_thread_t *threads[NTHREADS];
    apr_status_t status;
    int i;

    race.place = wsm_quota_enter(race.quota);
    race.keys[0] = key_of(race.quota, "alice");
    race.keys[1] = key_of(race.quota, "bob");
    for (i = 0; i < NTHREADS; i++)
        assert_int_equal(
            apr_thread_create(&threads[i], NULL, run, &race, *state),
            APR_SUCCESS);
    for (i = 0; i < NTHREADS; i++)
        apr_thread_join(&status, threads[i]);
    assert_in_range(race.worst, 1, MOST);
    assert_int_equal(wsm_quota_active(race.quota, race.keys[0]), 0);
    assert_int_equal(wsm_quota_active(race.quota, race.keys[1]), 0);
    assert_int_equal(wsm_quota_taken(race.quota), 2);
    end(race.quota, &small);
}

static int set_up(void **state)
{
    apr_pool_t *pool;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    *state = pool;
    return 0;
}

static int tear_down(void **state)
{
    apr_pool_destroy(*state);
    apr_terminate();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_are_different),
        cmocka_unit_test(test_no_more_than_allowed_at_a_time),
        cmocka_unit_test(test_no_more_than_can_be_written_down),
        cmocka_unit_test(test_what_the_dead_have_left_is_taken_back),
        cmocka_unit_test(test_places_come_back),
        cmocka_unit_test(test_the_oldest_idle_key_is_forgotten),
        cmocka_unit_test(test_who_finds_no_slot_is_counted_with_the_others),
        cmocka_unit_test(test_so_many_in_a_second),
        cmocka_unit_test(test_a_clock_that_is_set_back_bars_nobody),
        cmocka_unit_test(test_failures_bar_for_a_window),
        cmocka_unit_test(test_threads_count_together),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
