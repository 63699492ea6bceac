/* Spool files: order, expiry, bounds, damage. */
#include "state.h"

#include <stdio.h>

#include "../../mod_wsman/state/wsm_spool.h"

#define ID  "0F8FAD5B-D9CB-469F-A165-70867728950E"
#define NOW apr_time_from_sec(1800000000)
#define END (NOW + apr_time_from_sec(60))

static wsm_spool_t spool_of(const t_state_t *self)
{
    wsm_spool_t spool = {self->dir, 100000};

    return spool;
}

static void fill(const t_state_t *self, const wsm_spool_t *spool, int count)
{
    wsm_spool_file_t *file;
    int i;

    t_must(wsm_spool_create(&file, spool, ID, NOW, END, self->pool));
    for (i = 0; i < count; i++) {
        const char *text = apr_psprintf(self->pool, "item %d", i);

        t_must(wsm_spool_append(file, text, strlen(text)));
    }
    t_must(wsm_spool_close(file));
}

static void test_round_trip(void **state)
{
    t_state_t *self = *state;
    wsm_spool_t spool = spool_of(self);
    wsm_spool_file_t *file;
    apr_off_t offset = 0, next;
    apr_size_t length;
    const char *item;
    int i;

    fill(self, &spool, 20);
    for (i = 0; i < 20; i++) {
        /* each in a "request" of its own */
        t_must(wsm_spool_open(&file, &spool, ID, offset, NOW, self->pool));
        t_must(wsm_spool_read(file, &item, &length, &next));
        assert_non_null(item);
        assert_string_equal(apr_pstrmemdup(self->pool, item, length),
                            apr_psprintf(self->pool, "item %d", i));
        offset = next;
    }
    t_must(wsm_spool_open(&file, &spool, ID, offset, NOW, self->pool));
    t_must(wsm_spool_read(file, &item, &length, &next));
    assert_null(item);
}

static void test_expiry(void **state)
{
    t_state_t *self = *state;
    wsm_spool_t spool = spool_of(self);
    wsm_spool_file_t *file;

    fill(self, &spool, 1);
    t_code(wsm_spool_open(&file, &spool, ID, 0, END, self->pool),
           WSMAN_E_INVALID_ENUMERATION_CONTEXT);
    t_must(wsm_spool_renew(&spool, ID, END + 10, self->pool));
    t_must(wsm_spool_open(&file, &spool, ID, 0, END, self->pool));
    wsm_spool_purge(&spool, END, self->pool);
    t_must(wsm_spool_open(&file, &spool, ID, 0, END, self->pool));
    wsm_spool_purge(&spool, END + 10, self->pool);
    t_code(wsm_spool_open(&file, &spool, ID, 0, NOW, self->pool),
           WSMAN_E_INVALID_ENUMERATION_CONTEXT);
    t_code(wsm_spool_renew(&spool, ID, END, self->pool),
           WSMAN_E_INVALID_ENUMERATION_CONTEXT);
}

static int count_files(const t_state_t *self)
{
    apr_finfo_t info;
    apr_dir_t *dir;
    int n = 0;

    apr_dir_open(&dir, self->dir, self->pool);
    while (apr_dir_read(&info, APR_FINFO_NAME, dir) == APR_SUCCESS)
        n += info.name[0] != '.';
    apr_dir_close(dir);
    return n;
}

/* What is not closed leaves nothing. */
static void test_abandoned(void **state)
{
    t_state_t *self = *state;
    wsm_spool_t spool = spool_of(self);
    wsm_spool_file_t *file;
    apr_pool_t *request;

    apr_pool_create(&request, self->pool);
    t_must(wsm_spool_create(&file, &spool, ID, NOW, END, request));
    t_must(wsm_spool_append(file, "x", 1));
    assert_int_equal(count_files(self), 1);
    t_code(wsm_spool_open(&file, &spool, ID, 0, NOW, request),
           WSMAN_E_INVALID_ENUMERATION_CONTEXT);
    apr_pool_destroy(request);
    assert_int_equal(count_files(self), 0);
}

static void test_bound(void **state)
{
    t_state_t *self = *state;
    wsm_spool_t spool = spool_of(self);
    wsm_spool_file_t *file;
    char block[1000] = {0};
    wsm_error_t *err = NULL;
    apr_pool_t *request;
    int i;

    apr_pool_create(&request, self->pool);
    t_must(wsm_spool_create(&file, &spool, ID, NOW, END, request));
    for (i = 0; i < 200 && err == NULL; i++)
        err = wsm_spool_append(file, block, sizeof(block));
    t_code(err, WSMAN_E_QUOTA_LIMIT);
    assert_in_range(i, 95, 101);
    apr_pool_destroy(request);
    assert_int_equal(count_files(self), 0);
}

static void test_bad_ids(void **state)
{
    static const char *const ids[] = {
        "", "../../etc/passwd", "a/b", ".", "..", "x", "0\n"};
    t_state_t *self = *state;
    wsm_spool_t spool = spool_of(self);
    wsm_spool_file_t *file;
    unsigned i;

    for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        t_code(wsm_spool_open(&file, &spool, ids[i], 0, NOW, self->pool),
               WSMAN_E_INVALID_ENUMERATION_CONTEXT);
        t_code(wsm_spool_create(&file, &spool, ids[i], NOW, END, self->pool),
               WSMAN_E_INVALID_ENUMERATION_CONTEXT);
    }
}

static void test_damaged(void **state)
{
    static const char *const contents[] = {"\xff\xff\xff\xfe", "\0\0",
                                           "\0\0\0\x10short", "\0\0\0\1"};
    static const unsigned lengths[] = {4, 2, 9, 4};
    t_state_t *self = *state;
    wsm_spool_t spool = spool_of(self);
    const char *path = apr_pstrcat(self->pool, self->dir, "/" ID, NULL);
    apr_size_t length;
    const char *item;
    apr_off_t next;
    unsigned i;

    for (i = 0; i < 4; i++) {
        wsm_spool_file_t *file;
        FILE *out = fopen(path, "w");

        fwrite(contents[i], 1, lengths[i], out);
        fclose(out);
        t_must(wsm_spool_renew(&spool, ID, END, self->pool));
        t_must(wsm_spool_open(&file, &spool, ID, 0, NOW, self->pool));
        t_code(wsm_spool_read(file, &item, &length, &next),
               WSMAN_E_INVALID_ENUMERATION_CONTEXT);
        t_code(wsm_spool_open(&file, &spool, ID, 1000, NOW, self->pool),
               WSMAN_E_INVALID_ENUMERATION_CONTEXT);
    }
}

/* A whole item, but a power failure has taken what came after it. */
static void test_cut(void **state)
{
    t_state_t *self = *state;
    wsm_spool_t spool = spool_of(self);
    const char *path = apr_pstrcat(self->pool, self->dir, "/" ID, NULL);
    wsm_spool_file_t *file;
    apr_size_t length;
    const char *item;
    apr_off_t next;

    fill(self, &spool, 1);
    assert_int_equal(truncate(path, 4 + 6), 0);
    t_must(wsm_spool_renew(&spool, ID, END, self->pool));
    t_must(wsm_spool_open(&file, &spool, ID, 0, NOW, self->pool));
    t_must(wsm_spool_read(file, &item, &length, &next));
    assert_int_equal(length, 6);
    t_code(wsm_spool_read(file, &item, &length, &next),
           WSMAN_E_INVALID_ENUMERATION_CONTEXT);
}

/* The end is said again to who asks again. */
static void test_end(void **state)
{
    t_state_t *self = *state;
    wsm_spool_t spool = spool_of(self);
    wsm_spool_file_t *file;
    apr_size_t length;
    const char *item;
    apr_off_t next, again;
    int i;

    fill(self, &spool, 1);
    t_must(wsm_spool_open(&file, &spool, ID, 0, NOW, self->pool));
    t_must(wsm_spool_read(file, &item, &length, &next));
    for (i = 0; i < 3; i++) {
        t_must(wsm_spool_read(file, &item, &length, &again));
        assert_null(item);
        assert_int_equal(again, next);
    }
}

/* Who writes at the same time shares the room. */
static void test_joint_bound(void **state)
{
    enum { WRITERS = 4, BLOCK = 100000, MEASURED = 1024 * 1024 };
    t_state_t *self = *state;
    wsm_spool_t spool = {self->dir, 16 * MEASURED};
    wsm_spool_file_t *files[WRITERS];
    char *block = apr_pcalloc(self->pool, BLOCK);
    wsm_error_t *err = NULL;
    apr_time_t now = apr_time_now(); /* part files have the time of the disk */
    apr_off_t written = 0;
    int i;

    for (i = 0; i < WRITERS; i++)
        t_must(wsm_spool_create(&files[i], &spool,
                                apr_psprintf(self->pool, "%d", i), now, now + 1,
                                self->pool));
    for (i = 0; err == NULL; i++) {
        err = wsm_spool_append(files[i % WRITERS], block, BLOCK);
        written += BLOCK;
    }
    t_code(err, WSMAN_E_QUOTA_LIMIT);
    assert_true(written <= spool.max_bytes + WRITERS * (MEASURED + BLOCK));
    assert_true(written >= spool.max_bytes - WRITERS * (MEASURED + BLOCK));
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_round_trip), T_CASE(test_expiry),  T_CASE(test_abandoned),
    T_CASE(test_bound),      T_CASE(test_bad_ids), T_CASE(test_damaged),
    T_CASE(test_cut),        T_CASE(test_end),     T_CASE(test_joint_bound)};

T_MAIN(tests)
