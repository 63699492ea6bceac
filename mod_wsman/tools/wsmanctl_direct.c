/* wsmanctl_direct.c - the server in this process. */
#include "wsmanctl_direct.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../cim/cim_mof.h"
#include "../om/cim_system.h"
#include "../op/wsm_serve.h"
#include "../provide/wsm_registry.h"
#include "wsman_report.h"

/** Larger than what endpoints allow: nothing goes over a network. */
#define MAX_ENVELOPE (4 * 1024 * 1024)

const char *wsmanctl_state_dir(const wsmanctl_t *tool)
{
    const char *dir = tool->state_dir;
    if (!dir)
        dir = getenv("WSMAN_STATE_DIR");
    return dir && *dir ? dir : WSM_STATE_DIR;
}

/* ---- Which endpoint */

static int is_wanted(const wsmanctl_direct_t *self,
                     const wsm_manifest_endpoint_t *one)
{
    const wsmanctl_t *tool = self->tool;
    return (!tool->endpoint || !strcmp(tool->endpoint, one->id)) &&
           (!tool->repository || !strcmp(tool->repository, one->repository));
}

static int is_same(const wsm_manifest_endpoint_t *one,
                   const wsm_manifest_endpoint_t *other)
{
    return one->model == other->model && !strcmp(one->ns, other->ns) &&
           !strcmp(one->repository, other->repository);
}

static const wsm_manifest_endpoint_t *endpoint_at(
    const wsm_manifest_t *manifest, int i)
{
    return APR_ARRAY_IDX(manifest->endpoints, i,
                         const wsm_manifest_endpoint_t *);
}

static wsm_failure_t *ambiguous(const wsmanctl_direct_t *self, apr_pool_t *pool)
{
    const char *list = "";
    for (int i = 0; i < self->manifest->endpoints->nelts; i++) {
        const wsm_manifest_endpoint_t *one = endpoint_at(self->manifest, i);
        if (is_wanted(self, one))
            list = apr_pstrcat(pool, list, "\n  --endpoint ", one->id,
                               "  (repository ", one->repository, ")", NULL);
    }
    return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                            "the server has several repositories or sets of "
                            "classes, say which:%s",
                            list);
}

static wsm_failure_t *choose(wsmanctl_direct_t *self, apr_pool_t *pool)
{
    for (int i = 0; i < self->manifest->endpoints->nelts; i++) {
        const wsm_manifest_endpoint_t *one = endpoint_at(self->manifest, i);
        if (!is_wanted(self, one))
            continue;
        if (self->chosen && !is_same(self->chosen, one))
            return ambiguous(self, pool);
        if (!self->chosen)
            self->chosen = one;
    }
    if (self->chosen)
        return NULL;
    return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                            "the server has no such endpoint or repository");
}

/* ---- Classes */

wsm_error_t *wsmanctl_direct_read_files(cim_schema_t **files,
                                        const wsm_manifest_model_t *model,
                                        apr_pool_t *pool)
{
    const cim_mof_options_t options = {.ns = model->ns};
    const char **names =
        apr_pcalloc(pool, sizeof(*names) * ((size_t)model->files->nelts + 1));
    apr_pool_t *scratch;
    wsm_error_t *err;
    for (int i = 0; i < model->files->nelts; i++)
        names[i] = APR_ARRAY_IDX(model->files, i, const char *);
    *files = cim_schema_make(pool);
    apr_pool_create(&scratch, pool);
    err = cim_mof_read_files(*files, names, &options, scratch);
    if (!err)
        err = cim_catalog_complete(*files, model->ns, scratch);
    if (err)
        err = wsm_error_make(pool, err->code, err->status, NULL, "%s",
                             wsm_error_text(err, scratch));
    apr_pool_destroy(scratch);
    return err;
}

/* ---- Providers: what stands in for them says what to do */

static wsm_error_t *stand_in_start(wsman_call_t *call,
                                   const wsman_param_t *params, void **state,
                                   apr_pool_t *pool)
{
    (void)call;
    (void)pool;
    *state = (void *)(uintptr_t)params[0].value;
    return NULL;
}

static wsm_error_t *only_httpd(const wsman_call_t *call, const char *class_name)
{
    return wsm_fail(call->pool, WSMAN_E_RESOURCE_OFFLINE,
                    "%s is served by the provider %s, which only httpd loads: "
                    "ask it with --url.",
                    class_name, (const char *)call->state);
}

static wsm_error_t *stand_in_get(wsman_call_t *call, const cim_path_t *path,
                                 const cim_instance_t **instance)
{
    (void)instance;
    return only_httpd(call, path->class_name);
}

static wsm_error_t *stand_in_list(wsman_call_t *call,
                                  const wsman_query_t *query,
                                  wsman_sink_t *sink)
{
    (void)sink;
    return only_httpd(call, call->host->class_name(query->cls));
}

static wsm_error_t *add_provider(wsmanctl_direct_t *self,
                                 const wsm_manifest_provider_t *from,
                                 apr_pool_t *pool)
{
    wsman_provider_t *made = apr_pcalloc(pool, sizeof(*made));
    wsman_param_t *params = apr_pcalloc(pool, 2 * sizeof(*params));
    const char **classes = apr_pcalloc(
        pool, sizeof(*classes) * ((size_t)from->classes->nelts + 1));
    const wsman_provider_t header = {WSMAN_PROVIDER_HEADER};
    wsm_plugin_t *plugin;
    wsm_error_t *err;
    for (int i = 0; i < from->classes->nelts; i++)
        classes[i] = APR_ARRAY_IDX(from->classes, i, const char *);
    *made = header;
    made->flags = WSMAN_PROVIDER_THREADED | WSMAN_PROVIDER_RESUMABLE;
    made->classes = classes;
    made->start = stand_in_start;
    made->get = stand_in_get;
    made->list = stand_in_list;
    params[0].name = "name";
    params[0].value = from->name;
    err = wsm_plugin_make(&plugin, from->name, made, params, pool);
    return err ? err
               : wsm_registry_add(self->endpoint.registry, plugin,
                                  from->shadow);
}

static wsm_error_t *make_registry(wsmanctl_direct_t *self,
                                  const wsm_manifest_model_t *model,
                                  apr_pool_t *pool)
{
    const wsm_manifest_t *manifest = self->manifest;
    wsm_plugin_t *plugin;
    wsm_error_t *err = wsm_plugin_make(&plugin, CIM_SYSTEM_PROVIDER_NAME,
                                       &cim_system_provider, NULL, pool);
    self->endpoint.registry = wsm_registry_make(self->files, model->ns, pool);
    if (!err)
        err = wsm_registry_add(self->endpoint.registry, plugin, 0);
    for (int i = 0; i < manifest->providers->nelts && !err; i++)
        err = add_provider(self,
                           APR_ARRAY_IDX(manifest->providers, i,
                                         const wsm_manifest_provider_t *),
                           pool);
    if (!err)
        wsm_registry_start(self->endpoint.registry, &self->log, pool);
    return err;
}

/* ---- Rights and the store */

wsm_error_t *wsmanctl_direct_become(const wsm_manifest_t *manifest,
                                    apr_pool_t *pool)
{
    if (geteuid() != 0 || manifest->uid == (apr_uid_t)-1 || manifest->uid == 0)
        return NULL;
    if (setgroups(1, &manifest->gid) == 0 && setgid(manifest->gid) == 0 &&
        setuid(manifest->uid) == 0)
        return NULL;
    return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, errno, NULL,
                          "This process cannot become the user of httpd's "
                          "children (%lu).",
                          (unsigned long)manifest->uid);
}

/** The text without the parameters of a store, which may have a password. */
static const char *without(const char *text, const char *spec, apr_pool_t *pool)
{
    const char *secret = strchr(spec, ':');
    const char *at;
    if (!secret || !*++secret || !strncmp(spec, "sqlite3:", 8))
        return text;
    while ((at = strstr(text, secret)))
        text = apr_pstrcat(pool,
                           apr_pstrmemdup(pool, text, (apr_size_t)(at - text)),
                           "...", at + strlen(secret), NULL);
    return text;
}

wsm_error_t *wsmanctl_direct_open_store(wsm_store_t **store,
                                        const wsm_manifest_t *manifest,
                                        const wsm_log_t *log, apr_pool_t *pool)
{
    wsm_error_t *err;
    if (!strcmp(manifest->store, "memory"))
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "The store is in the memory of httpd's children "
                        "(WSManStore memory): use --url.");
    err = wsm_store_dbd_open(store, manifest->store, log, pool);
    if (!err)
        return NULL;
    return wsm_error_make(
        pool, err->code, err->status, NULL, "%s",
        without(wsm_error_text(err, pool), manifest->store, pool));
}

/* ---- Opening */

static void warn(void *baton, int level, const char *line)
{
    (void)level;
    wsman_report_warning(baton, line);
}

static void describe(wsmanctl_direct_t *self)
{
    const wsm_manifest_endpoint_t *chosen = self->chosen;
    self->server.machine = "localhost";
    self->server.product = "wsmanctl";
    self->server.version = WSM_VERSION;
    self->endpoint.server = &self->server;
    self->endpoint.id = chosen->id;
    self->endpoint.repository = chosen->repository;
    self->endpoint.default_ns = chosen->ns;
    self->endpoint.schema = self->files;
    self->endpoint.catalog = self->catalog;
    self->endpoint.maps = (const wsm_map_t *)(const void *)chosen->maps->elts;
    self->endpoint.nmaps = chosen->maps->nelts;
    self->endpoint.limits.max_envelope = MAX_ENVELOPE;
    self->endpoint.limits.timeout = apr_time_from_sec(86400);
    self->endpoint.limits.enum_timeout = apr_time_from_sec(86400);
    self->endpoint.limits.max_elements = 32000;
}

static wsm_error_t *open_state(wsmanctl_direct_t *self, apr_pool_t *pool)
{
    const wsm_manifest_model_t *model =
        APR_ARRAY_IDX(self->manifest->models, self->chosen->model,
                      const wsm_manifest_model_t *);
    wsm_token_keys_t *keys;
    wsm_error_t *err = wsmanctl_direct_read_files(&self->files, model, pool);
    if (!err)
        err = make_registry(self, model, pool);
    if (!err)
        err = wsmanctl_direct_become(self->manifest, pool);
    if (!err)
        err = wsmanctl_direct_open_store(&self->server.store, self->manifest,
                                         &self->log, pool);
    if (!err)
        err = wsm_token_keys_random(&keys, pool);
    if (err)
        return err;
    self->server.keys = keys;
    self->catalog =
        cim_catalog_make(self->files, self->chosen->repository, pool);
    describe(self);
    return cim_catalog_load(self->catalog, self->server.store, &self->log);
}

wsm_failure_t *wsmanctl_direct_find(wsmanctl_t *tool, apr_pool_t *pool)
{
    wsmanctl_direct_t *self = apr_pcalloc(pool, sizeof(*self));
    wsm_failure_t *failure;
    wsm_error_t *err;
    self->tool = tool;
    self->dir = wsmanctl_state_dir(tool);
    self->log.write = warn;
    self->log.baton = &tool->common;
    self->log.level = WSMAN_LOG_WARNING;
    err = wsm_manifest_read(&self->manifest, self->dir, pool);
    if (err)
        return wsmanctl_failed(err, pool);
    failure = choose(self, pool);
    if (!failure)
        tool->direct = self;
    return failure;
}

wsm_failure_t *wsmanctl_direct_open(wsmanctl_t *tool, apr_pool_t *pool)
{
    wsm_failure_t *failure =
        tool->direct ? NULL : wsmanctl_direct_find(tool, pool);
    wsm_error_t *err = failure ? NULL : open_state(tool->direct, pool);
    return err ? wsmanctl_failed(err, pool) : failure;
}

wsm_failure_t *wsmanctl_direct_schema(wsmanctl_direct_t *self,
                                      const cim_schema_t **schema,
                                      apr_pool_t *pool)
{
    wsm_error_t *err = cim_catalog_enter(schema, self->catalog,
                                         self->server.store, &self->log, pool);
    return err ? wsmanctl_failed(err, pool) : NULL;
}

/* ---- A transport that is a function call */

static int hand_over(wsm_client_exchange_t *exchange, const wsm_writer_t *body)
{
    void *cursor = NULL;
    const char *data;
    apr_size_t length;
    while (wsm_writer_each(body, &cursor, &data, &length))
        if (!exchange->take(exchange, data, length))
            return 0;
    return 1;
}

static wsm_failure_t *call_server(void *baton, wsm_client_exchange_t *exchange,
                                  apr_pool_t *pool)
{
    wsmanctl_direct_t *self = baton;
    wsm_call_t call = {.pub = {.pool = pool},
                       .endpoint = &self->endpoint,
                       .log = &self->log,
                       .now = apr_time_now()};
    wsm_xml_parser_t *parser;
    wsm_outcome_t outcome;
    wsm_error_t *err = wsm_xml_parser_make(
        &parser, NULL, self->endpoint.limits.max_envelope, pool);
    if (err)
        return wsmanctl_failed(err, pool);
    /* An error stays the parser's, and is answered. */
    (void)wsm_xml_parser_feed(parser, exchange->body, exchange->length);
    apr_pool_create(&call.pub.scratch, pool);
    wsmanctl_direct_shells(self, &call);
    wsm_serve(&call, parser, wsm_writer_make(0, pool), &outcome);
    exchange->answers = 1;
    exchange->status = outcome.http_status;
    exchange->type = outcome.content_type;
    hand_over(exchange, outcome.body);
    return NULL;
}

wsm_client_t *wsmanctl_direct_client(wsmanctl_direct_t *self, apr_pool_t *pool)
{
    const wsm_transport_t transport = {call_server, self};
    wsm_client_config_t *config = &self->tool->common.client;
    config->to = "http://localhost/wsman";
    config->timeout = 0;
    config->max_envelope = MAX_ENVELOPE;
    config->max_reply = 2 * MAX_ENVELOPE;
    return wsm_client_make(config, &transport, pool);
}
