/* wsmcall.c - the server without httpd: an envelope on standard input, its
 * answer on standard output.
 *
 *     wsmcall [-m FILE.mof]... [-p NAME=FILE.so]... [-s DIR] [-u USER]
 *             [-n NAMESPACE] [-c CHARSET] < request.xml
 *
 * -s keeps keys, store and spool in a folder, so that several calls follow one
 * another; without it all is in memory.  The exit code is 0 for an answer, 1
 * for a fault.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_file_io.h>
#include <apr_general.h>
#include <apr_getopt.h>
#include <apr_strings.h>

#include "../mod_wsman/cim/cim_mof.h"
#include "../mod_wsman/cim/cim_xml.h"
#include "../mod_wsman/om/cim_repository.h"
#include "../mod_wsman/op/wsm_serve.h"
#include "../mod_wsman/provide/wsm_registry.h"

typedef struct wsmcall_t {
    apr_pool_t *pool;
    apr_array_header_t *mof;     /* const char * */
    apr_array_header_t *plugins; /* const char *, "name=path" */
    const char *state_dir;
    const char *user;
    const char *charset;
    wsm_server_t server;
    wsm_spool_t spool;
    wsm_endpoint_t endpoint;
} wsmcall_t;

static void write_log(void *baton, int level, const char *line)
{
    (void)baton;
    fprintf(stderr, "%d %s\n", level, line);
}

static const wsm_log_t stderr_log = {write_log, NULL, WSMAN_LOG_INFO};

static void must(const wsm_error_t *err, apr_pool_t *pool)
{
    if (err) {
        fprintf(stderr, "wsmcall: %s\n", wsm_error_text(err, pool));
        exit(2);
    }
}

static void read_options(wsmcall_t *self, int argc, const char *const *argv)
{
    apr_getopt_t *options;
    const char *value;
    char letter;
    apr_status_t status;
    apr_getopt_init(&options, self->pool, argc, argv);
    while (!(status = apr_getopt(options, "m:p:s:u:n:c:", &letter, &value)))
        switch (letter) {
        case 'm':
            APR_ARRAY_PUSH(self->mof, const char *) = value;
            break;
        case 'p':
            APR_ARRAY_PUSH(self->plugins, const char *) = value;
            break;
        case 's':
            self->state_dir = value;
            break;
        case 'u':
            self->user = value;
            break;
        case 'n':
            self->endpoint.default_ns = value;
            break;
        case 'c':
            self->charset = value;
            break;
        }
    if (status != APR_EOF || options->ind < argc)
        exit(2);
    APR_ARRAY_PUSH(self->mof, const char *) = NULL;
}

static void open_schema(wsmcall_t *self)
{
    cim_mof_options_t options = {.ns = self->endpoint.default_ns};
    cim_schema_t *schema = cim_schema_make(self->pool);
    must(cim_mof_read_files(schema, (const char *const *)self->mof->elts,
                            &options, self->pool),
         self->pool);
    cim_xml_prepare(schema);
    self->endpoint.schema = schema;
}

static void open_providers(wsmcall_t *self)
{
    static const wsman_param_t none = {NULL, NULL};
    wsm_registry_t *registry = wsm_registry_make(
        self->endpoint.schema, self->endpoint.default_ns, self->pool);
    for (int i = 0; i < self->plugins->nelts; i++) {
        char *name = apr_pstrdup(self->pool,
                                 APR_ARRAY_IDX(self->plugins, i, const char *));
        char *path = strchr(name, '=');
        wsm_plugin_t *plugin;
        if (!path)
            exit(2);
        *path++ = '\0';
        must(wsm_plugin_load(&plugin, name, path, &none, self->pool),
             self->pool);
        must(wsm_registry_add(registry, plugin, 0), self->pool);
    }
    wsm_registry_start(registry, &stderr_log, self->pool);
    self->endpoint.registry = registry;
}

static void open_state(wsmcall_t *self)
{
    apr_pool_t *pool = self->pool;
    wsm_token_keys_t *keys;
    if (self->state_dir) {
        const char *dir = self->state_dir;
        const char *spec = apr_psprintf(pool, "sqlite3:%s/store.db", dir);
        self->spool.dir = apr_psprintf(pool, "%s/spool", dir);
        self->spool.max_bytes = 64 * 1024 * 1024;
        apr_dir_make(self->spool.dir, 0x700, pool);
        self->server.spool = &self->spool;
        must(wsm_token_keys_open(&keys, apr_pstrcat(pool, dir, "/keys", NULL),
                                 apr_time_now(), 0, pool),
             pool);
        must(wsm_store_dbd_prepare(spec, (apr_uid_t)-1, (apr_gid_t)-1, pool),
             pool);
        must(wsm_store_dbd_open(&self->server.store, spec, &stderr_log, pool),
             pool);
    } else {
        must(wsm_token_keys_random(&keys, pool), pool);
        must(wsm_store_mem_open(&self->server.store, pool), pool);
    }
    self->server.keys = keys;
    must(cim_repository_seed(self->server.store, self->endpoint.repository,
                             self->endpoint.schema, pool),
         pool);
}

static void feed_stdin(wsm_xml_parser_t *parser)
{
    char data[8192];
    size_t got;
    while ((got = fread(data, 1, sizeof(data), stdin)) > 0)
        if (wsm_xml_parser_feed(parser, data, got))
            break; /* the parser keeps the error, and wsm_serve answers it */
}

static int serve(wsmcall_t *self)
{
    apr_pool_t *scratch;
    wsm_xml_parser_t *parser;
    wsm_outcome_t outcome;
    wsm_error_t *err = wsm_xml_parser_make(
        &parser, self->charset, self->endpoint.limits.max_envelope, self->pool);
    must(err, self->pool);
    feed_stdin(parser);
    apr_pool_create(&scratch, self->pool);
    wsm_call_t call = {
        .pub = {.pool = self->pool, .scratch = scratch, .user = self->user},
        .endpoint = &self->endpoint,
        .log = &stderr_log,
        .now = apr_time_now()};
    wsm_serve(&call, parser, wsm_writer_make(0, self->pool), &outcome);
    fputs(wsm_writer_string(outcome.body, self->pool), stdout);
    fflush(stdout);
    if (outcome.error)
        fprintf(stderr, "%s: %s\n", outcome.operation,
                wsm_error_text(outcome.error, self->pool));
    return outcome.http_status == 200 ? 0 : 1;
}

int main(int argc, const char *const *argv)
{
    wsmcall_t self = {
        .endpoint = {.id = "wsmcall",
                     .repository = "wsmcall",
                     .default_ns = "root/cimv2",
                     .limits = {.max_envelope = 512000,
                                .timeout = apr_time_from_sec(60),
                                .max_elements = 32000,
                                .enum_timeout = apr_time_from_sec(3600)}}};
    apr_initialize();
    wsm_xml_init();
    apr_pool_create(&self.pool, NULL);
    self.mof = apr_array_make(self.pool, 8, sizeof(char *));
    self.plugins = apr_array_make(self.pool, 8, sizeof(char *));
    self.server.machine = "localhost";
    self.server.product = "mod_wsman";
    self.server.version = WSM_VERSION;
    self.endpoint.server = &self.server;
    read_options(&self, argc, argv);
    open_schema(&self);
    open_providers(&self);
    open_state(&self);
    int code = serve(&self);
    apr_pool_destroy(self.pool);
    apr_terminate();
    return code;
}
