/* The key file: kept, rotated, refused when others could read it. */
#include "state.h"

#include <stdio.h>
#include <sys/stat.h>

#include "../../mod_wsman/state/wsm_token.h"

#define NOW  apr_time_from_sec(1800000000)
#define WEEK apr_time_from_sec(7 * 86400)

static const char *path_of(const t_state_t *self)
{
    return apr_pstrcat(self->pool, self->dir, "/key", NULL);
}

static wsm_token_keys_t *open_at(const t_state_t *self, apr_time_t now)
{
    wsm_token_keys_t *keys;

    t_must(wsm_token_keys_open(&keys, path_of(self), now, WEEK, self->pool));
    return keys;
}

static int accepts(const t_state_t *self, const wsm_token_keys_t *keys,
                   const char *token)
{
    wsm_token_field_t back[WSM_TOKEN_FIELDS];
    int n;

    return wsm_token_verify(keys, token, back, &n, self->pool);
}

static const char *sign(const t_state_t *self, const wsm_token_keys_t *keys)
{
    wsm_token_field_t field = {"x", 1};

    return wsm_token_sign(keys, &field, 1, self->pool);
}

static void test_kept(void **state)
{
    t_state_t *self = *state;
    const char *token = sign(self, open_at(self, NOW));
    struct stat info;

    assert_true(accepts(self, open_at(self, NOW + 1), token));
    assert_int_equal(stat(path_of(self), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

/* Tokens live through one rotation, and children of before it understand
 * those of after it. */
static void test_rotation(void **state)
{
    t_state_t *self = *state;
    wsm_token_keys_t *first = open_at(self, NOW);
    wsm_token_keys_t *second = open_at(self, NOW + WEEK + 1);
    wsm_token_keys_t *third = open_at(self, NOW + 2 * WEEK + 2);

    assert_true(accepts(self, second, sign(self, first)));
    assert_true(accepts(self, first, sign(self, second)));
    assert_string_not_equal(sign(self, first), sign(self, second));
    assert_false(accepts(self, third, sign(self, first)));
    assert_true(accepts(self, third, sign(self, second)));
    assert_false(accepts(self, first, sign(self, third)));
}

static void test_refused(void **state)
{
    t_state_t *self = *state;
    const char *path = path_of(self);
    const char *link = apr_pstrcat(self->pool, self->dir, "/link", NULL);
    wsm_token_keys_t *keys;
    FILE *file;

    open_at(self, NOW);
    chmod(path, 0640);
    t_code(wsm_token_keys_open(&keys, path, NOW, 0, self->pool),
           WSMAN_E_INTERNAL_ERROR);
    chmod(path, 0600);
    assert_int_equal(symlink(path, link), 0);
    t_code(wsm_token_keys_open(&keys, link, NOW, 0, self->pool),
           WSMAN_E_INTERNAL_ERROR);
    file = fopen(path, "w");
    fputs("wsman-keys 1\n00000000 0 zz\n", file);
    fclose(file);
    t_code(wsm_token_keys_open(&keys, path, NOW, 0, self->pool),
           WSMAN_E_INTERNAL_ERROR);
    t_code(
        wsm_token_keys_open(&keys, "/nonexistent/dir/key", NOW, 0, self->pool),
        WSMAN_E_INTERNAL_ERROR);
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_kept), T_CASE(test_rotation), T_CASE(test_refused)};

T_MAIN(tests)
