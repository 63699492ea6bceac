/* wsmanctl_check.c - is everything in order? */
#include "wsmanctl_check.h"

#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include <apr_strings.h>

#include "../om/cim_verify.h"
#include "wsman_report.h"
#include "wsman_session.h"

void wsmanctl_found(wsmanctl_check_t *self, const char *what,
                    const char *format, ...)
{
    static const char *const names[] = {"About", "Finding"};
    const char *values[2] = {what, NULL};
    wsman_options_t *options = &self->tool->common;
    va_list args;
    va_start(args, format);
    values[1] = apr_pvsprintf(self->pool, format, args);
    va_end(args);
    self->findings++;
    if (options->format.format == WSM_FORMAT_TEXT)
        wsman_report_out(apr_pstrcat(self->pool, what, ": ", values[1], NULL));
    else
        wsmanctl_item(self->tool, "Finding", names, values, 2, self->pool);
}

/* ---- The manifest and what it names */

static void check_version(wsmanctl_check_t *self)
{
    if (strcmp(self->manifest->version, WSM_VERSION))
        wsmanctl_found(self, "manifest",
                       "httpd was started with mod_wsman %s, this is wsmanctl "
                       "%s: restart httpd",
                       self->manifest->version, WSM_VERSION);
}

static void check_providers(wsmanctl_check_t *self)
{
    const apr_array_header_t *providers = self->manifest->providers;
    for (int i = 0; i < providers->nelts; i++) {
        const wsm_manifest_provider_t *one =
            APR_ARRAY_IDX(providers, i, const wsm_manifest_provider_t *);
        const char *fault = wsmanctl_provider_fault(one, self->pool);
        if (fault)
            wsmanctl_found(
                self, apr_pstrcat(self->pool, "provider ", one->name, NULL),
                "%s", fault);
    }
}

/** The schemas of the models' files; NULL where they cannot be read. */
static cim_schema_t **read_models(wsmanctl_check_t *self)
{
    const apr_array_header_t *models = self->manifest->models;
    cim_schema_t **schemas =
        apr_pcalloc(self->pool, sizeof(*schemas) * ((size_t)models->nelts + 1));
    for (int i = 0; i < models->nelts; i++) {
        wsm_error_t *err = wsmanctl_direct_read_files(
            &schemas[i], APR_ARRAY_IDX(models, i, const wsm_manifest_model_t *),
            self->pool);
        if (!err)
            continue;
        schemas[i] = NULL;
        wsmanctl_found(self, "classes", "%s: httpd will not start again",
                       wsm_error_text(err, self->pool));
    }
    return schemas;
}

/* ---- The repositories */

static void take_left_out(void *baton, int level, const char *line)
{
    (void)level;
    wsmanctl_found(baton, "definitions", "%s", line);
}

static void take_bad(void *baton, const cim_class_t *cls, const char *key,
                     const char *why)
{
    wsmanctl_check_t *self = baton;
    wsmanctl_found(self, apr_pstrcat(self->pool, cls->ns, ":", key, NULL),
                   "%s; delete it, or write it anew", why);
}

/** What the store has over the files of an endpoint.
 *  @return NULL if it cannot be read */
static const cim_schema_t *check_repository(
    wsmanctl_check_t *self, const wsm_manifest_endpoint_t *endpoint,
    const cim_schema_t *files)
{
    const wsm_log_t log = {take_left_out, self, WSMAN_LOG_WARNING};
    cim_catalog_t *catalog =
        cim_catalog_make(files, endpoint->repository, self->pool);
    const cim_schema_t *schema = NULL;
    cim_verify_t verify = {.store = self->store,
                           .repository = endpoint->repository,
                           .bad = take_bad,
                           .baton = self};
    wsm_error_t *err = cim_catalog_load(catalog, self->store, &log);
    if (!err)
        err =
            cim_catalog_enter(&schema, catalog, self->store, &log, self->pool);
    if (!err) {
        verify.schema = schema;
        err = cim_verify_records(&verify, self->pool);
        self->records += verify.records;
        self->classes += verify.classes;
    }
    if (err)
        wsmanctl_found(
            self,
            apr_pstrcat(self->pool, "repository ", endpoint->repository, NULL),
            "%s", wsm_error_text(err, self->pool));
    return schema;
}

static const wsm_manifest_endpoint_t *endpoint_at(const wsmanctl_check_t *self,
                                                  int i)
{
    return APR_ARRAY_IDX(self->manifest->endpoints, i,
                         const wsm_manifest_endpoint_t *);
}

/** An endpoint before this one with the same classes and repository, or -1. */
static int find_same(const wsmanctl_check_t *self, int i)
{
    const wsm_manifest_endpoint_t *one = endpoint_at(self, i);
    for (int k = 0; k < i; k++)
        if (endpoint_at(self, k)->model == one->model &&
            !strcmp(endpoint_at(self, k)->repository, one->repository))
            return k;
    return -1;
}

static void check_store(wsmanctl_check_t *self, cim_schema_t *const *files)
{
    int count = self->manifest->endpoints->nelts;
    const cim_schema_t **schemas =
        apr_pcalloc(self->pool, sizeof(*schemas) * ((size_t)count + 1));
    wsm_error_t *err = wsmanctl_direct_become(self->manifest, self->pool);
    if (!err)
        err = wsmanctl_direct_open_store(&self->store, self->manifest, NULL,
                                         self->pool);
    if (err) {
        wsmanctl_found(self, "store", "%s", wsm_error_text(err, self->pool));
        return;
    }
    for (int i = 0; i < count; i++) {
        const wsm_manifest_endpoint_t *one = endpoint_at(self, i);
        int same = find_same(self, i);
        if (same >= 0)
            schemas[i] = schemas[same];
        else if (files[one->model])
            schemas[i] = check_repository(self, one, files[one->model]);
    }
    wsmanctl_check_database(self, schemas);
}

static void summarize(wsmanctl_check_t *self)
{
    if (self->tool->common.format.format == WSM_FORMAT_TEXT &&
        !self->tool->common.quiet)
        wsman_report_out(apr_psprintf(
            self->pool,
            "%" APR_UINT64_T_FMT " instances of %u classes, %u findings",
            self->records, self->classes, self->findings));
}

wsm_failure_t *wsmanctl_check(wsman_options_t *options, wsm_client_t *client,
                              apr_pool_t *pool)
{
    wsmanctl_check_t self = {.tool = wsmanctl_of(options), .pool = pool};
    cim_schema_t **files;
    struct stat info;
    wsm_error_t *err;
    (void)client;
    if (self.tool->url)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "check looks at files of the server: without "
                                "--url");
    self.dir = wsmanctl_state_dir(self.tool);
    err = wsm_manifest_read(&self.manifest, self.dir, pool);
    if (err)
        return wsmanctl_failed(err, pool);
    if (!lstat(apr_pstrcat(pool, self.dir, "/" WSM_MANIFEST_FILE, NULL), &info))
        self.parent = info.st_uid;
    check_version(&self);
    wsmanctl_check_files(&self);
    check_providers(&self);
    files = read_models(&self);
    if (strcmp(self.manifest->store, "memory"))
        check_store(&self, files);
    summarize(&self);
    return self.findings ? wsmanctl_failure(pool, "%u findings", self.findings)
                         : NULL;
}
