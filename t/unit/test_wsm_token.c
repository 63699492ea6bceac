/* Tokens: what is signed comes back, what is changed does not. */
#include "state.h"

#include "../../mod_wsman/state/wsm_token.h"

static wsm_token_keys_t *fresh(apr_pool_t *pool)
{
    wsm_token_keys_t *keys;

    t_must(wsm_token_keys_random(&keys, pool));
    return keys;
}

static void test_round_trip(void **state)
{
    t_state_t *self = *state;
    wsm_token_keys_t *keys = fresh(self->pool);
    wsm_token_field_t fields[] = {{"alice", 5}, {"", 0}, {"a\0b", 3}};
    wsm_token_field_t back[WSM_TOKEN_FIELDS];
    const char *token = wsm_token_sign(keys, fields, 3, self->pool);
    int n = 0;

    assert_true(wsm_token_verify(keys, token, back, &n, self->pool));
    assert_int_equal(n, 3);
    assert_string_equal(back[0].data, "alice");
    assert_int_equal(back[1].length, 0);
    assert_int_equal(back[2].length, 3);
    assert_memory_equal(back[2].data, "a\0b", 4);
}

static void test_no_fields(void **state)
{
    t_state_t *self = *state;
    wsm_token_keys_t *keys = fresh(self->pool);
    wsm_token_field_t back[WSM_TOKEN_FIELDS];
    int n = 7;

    assert_true(wsm_token_verify(
        keys, wsm_token_sign(keys, NULL, 0, self->pool), back, &n, self->pool));
    assert_int_equal(n, 0);
}

/* Every single changed, missing or added letter is noticed. */
static void test_every_change(void **state)
{
    t_state_t *self = *state;
    wsm_token_keys_t *keys = fresh(self->pool);
    wsm_token_field_t fields[] = {{"user", 4}, {"position", 8}};
    wsm_token_field_t back[WSM_TOKEN_FIELDS];
    char *token =
        apr_pstrdup(self->pool, wsm_token_sign(keys, fields, 2, self->pool));
    apr_size_t i, length = strlen(token);
    int n;

    for (i = 0; i < length; i++) {
        char old = token[i];

        token[i] = old == 'A' ? 'B' : 'A';
        assert_false(wsm_token_verify(keys, token, back, &n, self->pool));
        token[i] = old;
        assert_false(wsm_token_verify(keys, apr_pstrndup(self->pool, token, i),
                                      back, &n, self->pool));
    }
    assert_false(wsm_token_verify(
        keys, apr_pstrcat(self->pool, token, "A", NULL), back, &n, self->pool));
    assert_false(wsm_token_verify(
        keys, apr_pstrcat(self->pool, token, "=", NULL), back, &n, self->pool));
    assert_true(wsm_token_verify(keys, token, back, &n, self->pool));
}

/* The border between two fields is signed too. */
static void test_borders(void **state)
{
    t_state_t *self = *state;
    wsm_token_keys_t *keys = fresh(self->pool);
    wsm_token_field_t one[] = {{"ab", 2}, {"c", 1}};
    wsm_token_field_t two[] = {{"a", 1}, {"bc", 2}};

    assert_string_not_equal(wsm_token_sign(keys, one, 2, self->pool),
                            wsm_token_sign(keys, two, 2, self->pool));
}

static void test_other_keys(void **state)
{
    t_state_t *self = *state;
    wsm_token_field_t field = {"x", 1}, back[WSM_TOKEN_FIELDS];
    const char *token =
        wsm_token_sign(fresh(self->pool), &field, 1, self->pool);
    int n;

    assert_false(
        wsm_token_verify(fresh(self->pool), token, back, &n, self->pool));
}

static void test_oversized(void **state)
{
    t_state_t *self = *state;
    wsm_token_keys_t *keys = fresh(self->pool);
    char *text = apr_palloc(self->pool, 1000001);
    wsm_token_field_t back[WSM_TOKEN_FIELDS];
    int n;

    memset(text, 'A', 1000000);
    text[1000000] = '\0';
    assert_false(wsm_token_verify(keys, text, back, &n, self->pool));
}

static const struct CMUnitTest tests[] = {
    T_CASE(test_round_trip), T_CASE(test_no_fields),  T_CASE(test_every_change),
    T_CASE(test_borders),    T_CASE(test_other_keys), T_CASE(test_oversized)};

T_MAIN(tests)
