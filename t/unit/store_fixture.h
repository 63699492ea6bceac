/* store_fixture.h - the store's implementations, for cases that hold for each.
 */
#ifndef T_STORE_FIXTURE_H
#define T_STORE_FIXTURE_H

#include "state.h"

#include "../../mod_wsman/state/wsm_dbd.h"
#include "../../mod_wsman/state/wsm_store.h"

typedef wsm_store_t *t_open_fn(t_state_t *self);

static inline const char *t_store_spec(const t_state_t *self)
{
    return apr_pstrcat(self->pool, "sqlite3:", self->dir, "/store.db", NULL);
}

static inline wsm_store_t *t_open_mem(t_state_t *self)
{
    wsm_store_t *store;

    t_must(wsm_store_mem_open(&store, self->pool));
    return store;
}

static inline wsm_store_t *t_open_sqlite(t_state_t *self)
{
    wsm_store_t *store;

    t_must(wsm_store_dbd_prepare(t_store_spec(self), (apr_uid_t)-1,
                                 (apr_gid_t)-1, self->pool));
    t_must(wsm_store_dbd_open(&store, t_store_spec(self), NULL, self->pool));
    return store;
}

/** A database server that may be used, "pgsql:host=... dbname=..."; NULL: none.
 *  Its tables are removed for each case. */
#define T_SERVER getenv("WSMAN_TEST_STORE")

static inline void t_drop_tables(const char *spec, apr_pool_t *pool)
{
    static const char *const tables[] = {"meta", "record",     "item",
                                         "link", "definition", "version"};
    wsm_dbd_t *dbd;
    apr_pool_t *scratch;
    unsigned i;

    apr_pool_create(&scratch, pool);
    t_must(wsm_dbd_open(&dbd, spec, scratch));
    for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        t_must(
            wsm_dbd_execute(dbd,
                            apr_pstrcat(scratch, "DROP TABLE IF EXISTS wsman_",
                                        tables[i], NULL),
                            scratch));
    apr_pool_destroy(scratch);
}

static inline wsm_store_t *t_open_server(t_state_t *self)
{
    wsm_store_t *store;

    t_drop_tables(T_SERVER, self->pool);
    t_must(wsm_store_dbd_prepare(T_SERVER, (apr_uid_t)-1, (apr_gid_t)-1,
                                 self->pool));
    t_must(wsm_store_dbd_open(&store, T_SERVER, NULL, self->pool));
    return store;
}

#define T_EACH_STORE(name)                                                     \
    static void test_##name(void **state)                                      \
    {                                                                          \
        name(*state, t_open_mem(*state));                                      \
        name(*state, t_open_sqlite(*state));                                   \
        if (T_SERVER != NULL)                                                  \
            name(*state, t_open_server(*state));                               \
    }

static inline wsm_record_id_t t_id(const char *key)
{
    wsm_record_id_t id = {"repo", "root/test", "t_class", key};

    return id;
}

static inline void t_insert(wsm_store_t *store, const char *class_name,
                            const char *key, const char *data, apr_pool_t *pool)
{
    wsm_record_id_t id = {"repo", "root/test", class_name, key};
    wsm_content_t content = {data, key, NULL, 0};

    t_must(wsm_store_insert(store, &id, &content, pool));
}

#endif
