/* What a server was started with, written and read. */
#include "state.h"

#include <stdio.h>
#include <sys/stat.h>

#include "../../mod_wsman/provide/wsm_manifest.h"

static wsm_manifest_t *full(apr_pool_t *pool)
{
    wsm_manifest_t *made = wsm_manifest_make(pool);
    wsm_manifest_model_t *model;
    wsm_manifest_endpoint_t *endpoint;
    wsm_manifest_provider_t *provider;
    const wsm_map_t map = {"*/CIM_*", "b"};

    made->version = "0.1";
    made->uid = 33;
    made->gid = 34;
    made->store = "pgsql:host=x\tpassword=100%\n";
    made->shells = "/run/a b/shell.sock";
    wsm_manifest_add_model(made, "root/cimv2");
    model = wsm_manifest_add_model(made, "root/other");
    APR_ARRAY_PUSH(model->files, const char *) = "/a b/c\n.mof";
    APR_ARRAY_PUSH(model->files, const char *) = "/\xc3\xa4.mof";
    endpoint = wsm_manifest_add_endpoint(made);
    endpoint->id = "localhost:80/wsman";
    endpoint->repository = "default";
    endpoint->ns = "root/cimv2";
    endpoint->model = 1;
    APR_ARRAY_PUSH(endpoint->maps, wsm_map_t) = map;
    provider = wsm_manifest_add_provider(made);
    provider->name = "a";
    provider->path = "/a.so";
    provider->version = "";
    provider->flags = 3;
    APR_ARRAY_PUSH(provider->classes, const char *) = "root/x:C";
    provider = wsm_manifest_add_provider(made);
    provider->name = "b";
    provider->path = "/b.so";
    provider->version = "2";
    provider->shadow = 1;
    return made;
}

static void what_is_written_is_read(void **state)
{
    t_state_t *self = *state;
    wsm_manifest_t *got;
    wsm_manifest_model_t *model;
    wsm_manifest_endpoint_t *endpoint;
    wsm_manifest_provider_t *provider;

    t_must(wsm_manifest_write(full(self->pool), self->dir, self->pool));
    t_must(wsm_manifest_read(&got, self->dir, self->pool));
    assert_string_equal(got->version, "0.1");
    assert_int_equal(got->uid, 33);
    assert_int_equal(got->gid, 34);
    assert_string_equal(got->store, "pgsql:host=x\tpassword=100%\n");
    assert_string_equal(got->shells, "/run/a b/shell.sock");
    assert_int_equal(got->models->nelts, 2);
    model = APR_ARRAY_IDX(got->models, 1, wsm_manifest_model_t *);
    assert_string_equal(model->ns, "root/other");
    assert_int_equal(model->files->nelts, 2);
    assert_string_equal(APR_ARRAY_IDX(model->files, 0, const char *),
                        "/a b/c\n.mof");
    assert_string_equal(APR_ARRAY_IDX(model->files, 1, const char *),
                        "/\xc3\xa4.mof");
    assert_int_equal(got->endpoints->nelts, 1);
    endpoint = APR_ARRAY_IDX(got->endpoints, 0, wsm_manifest_endpoint_t *);
    assert_string_equal(endpoint->repository, "default");
    assert_int_equal(endpoint->model, 1);
    assert_string_equal(APR_ARRAY_IDX(endpoint->maps, 0, wsm_map_t).provider,
                        "b");
    assert_int_equal(got->providers->nelts, 2);
    provider = APR_ARRAY_IDX(got->providers, 0, wsm_manifest_provider_t *);
    assert_string_equal(provider->version, "");
    assert_int_equal(provider->flags, 3);
    assert_false(provider->shadow);
    assert_string_equal(APR_ARRAY_IDX(provider->classes, 0, const char *),
                        "root/x:C");
    assert_true(
        APR_ARRAY_IDX(got->providers, 1, wsm_manifest_provider_t *)->shadow);
}

static void write_raw(const t_state_t *self, const char *text, mode_t mode)
{
    const char *path =
        apr_pstrcat(self->pool, self->dir, "/" WSM_MANIFEST_FILE, NULL);
    FILE *file;

    unlink(path);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    chmod(path, mode);
}

#define START "wsman-manifest\t1\nserver\t1\nstore\tmemory\n"

static void what_does_not_hold_together_is_refused(void **state)
{
    static const char *const damaged[] = {
        START,
        START "end",
        START "end\nmore\n",
        START "file\t/x\nend\n",
        START "map\tx\ty\nend\n",
        START "class\tx\nend\n",
        START "endpoint\ta\tb\tc\t0\nend\n",
        START "model\tn\nendpoint\ta\tb\tc\t1\nend\n",
        START "model\tn\nendpoint\ta\tb\tc\t-1\nend\n",
        START "model\tn%0\nend\n",
        START "model\tn%00\nend\n",
        START "model\tn\tm\nend\n",
        START "provider\ta\tb\tc\td\te\tf\tg\nend\n",
        START "user\tx\t1\nend\n",
        START "user\t4294967295\t1\nend\n",
        START "other\t1\nend\n",
        "wsman-manifest\t1\nend\n",
    };
    t_state_t *self = *state;
    wsm_manifest_t *got;
    size_t i;

    write_raw(self, START "end\n", 0600);
    t_must(wsm_manifest_read(&got, self->dir, self->pool));
    for (i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
        wsm_error_t *err;

        write_raw(self, damaged[i], 0600);
        err = wsm_manifest_read(&got, self->dir, self->pool);
        if (err == NULL)
            fail_msg("case %u was read", (unsigned)i);
        assert_non_null(strstr(err->message, "damaged"));
    }
}

static void what_others_could_have_written_is_refused(void **state)
{
    t_state_t *self = *state;
    const char *path =
        apr_pstrcat(self->pool, self->dir, "/" WSM_MANIFEST_FILE, NULL);
    wsm_manifest_t *got;

    t_code(wsm_manifest_read(&got, self->dir, self->pool),
           WSMAN_E_INTERNAL_ERROR);
    write_raw(self, START "end\n", 0640);
    t_code(wsm_manifest_read(&got, self->dir, self->pool),
           WSMAN_E_INTERNAL_ERROR);
    write_raw(self, START "end\n", 0602);
    t_code(wsm_manifest_read(&got, self->dir, self->pool),
           WSMAN_E_INTERNAL_ERROR);
    if (geteuid() == 0) {
        write_raw(self, START "end\n", 0600);
        assert_int_equal(chown(path, 65534, 65534), 0);
        t_code(wsm_manifest_read(&got, self->dir, self->pool),
               WSMAN_E_INTERNAL_ERROR);
    }
    unlink(path);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    t_code(wsm_manifest_read(&got, self->dir, self->pool),
           WSMAN_E_INTERNAL_ERROR);
}

static void another_version_says_so(void **state)
{
    t_state_t *self = *state;
    wsm_manifest_t *got;
    wsm_error_t *err;

    write_raw(self, "wsman-manifest\t2\nend\n", 0600);
    err = wsm_manifest_read(&got, self->dir, self->pool);
    t_code(err, WSMAN_E_INTERNAL_ERROR);
    assert_non_null(strstr(err->message, "another version"));
}

static const struct CMUnitTest tests[] = {
    T_CASE(what_is_written_is_read),
    T_CASE(what_does_not_hold_together_is_refused),
    T_CASE(what_others_could_have_written_is_refused),
    T_CASE(another_version_says_so)};

T_MAIN(tests)
