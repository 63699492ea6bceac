/* wsmanctl_compile.c - MOF into a repository. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "../client/wsm_object.h"
#include "../client/wsm_resource.h"
#include "../om/cim_compile.h"
#include "../xml/wsm_writer.h"
#include "wsman_report.h"
#include "wsman_session.h"
#include "wsmanctl_direct.h"
#include "wsmanctl_mof.h"

enum {
    NAMESPACES_MADE,
    QUALIFIERS_MADE,
    CLASSES_MADE,
    CLASSES_CHANGED,
    CLASSES_SAME,
    INSTANCES_MADE,
    INSTANCES_CHANGED,
    INSTANCES_SAME,
    COUNTS
};

/** As CompileMOF of __Repository has them. */
static const char *const names[COUNTS] = {
    "NamespacesMade", "QualifiersMade", "ClassesMade",      "ClassesChanged",
    "ClassesSame",    "InstancesMade",  "InstancesChanged", "InstancesSame"};

typedef struct compilation_t {
    wsmanctl_t *tool;
    wsmanctl_mof_t mof;
    const char *counts[COUNTS];
    apr_pool_t *pool;
} compilation_t;

static void print(const compilation_t *self)
{
    const char *const *n = self->counts;
    const char *text;
    if (self->tool->common.format.format != WSM_FORMAT_TEXT) {
        wsmanctl_item(self->tool, "Compiled", names, n, COUNTS, self->pool);
        return;
    }
    text = apr_psprintf(self->pool,
                        "namespaces: %s made\n"
                        "qualifiers: %s made\n"
                        "classes: %s made, %s changed, %s the same\n"
                        "instances: %s made, %s changed, %s the same\n%s",
                        n[NAMESPACES_MADE], n[QUALIFIERS_MADE], n[CLASSES_MADE],
                        n[CLASSES_CHANGED], n[CLASSES_SAME], n[INSTANCES_MADE],
                        n[INSTANCES_CHANGED], n[INSTANCES_SAME],
                        self->tool->dry_run ? "dry run: nothing was changed\n"
                                            : "");
    wsman_session_write(&self->tool->common, text, strlen(text));
}

/** A message about the text goes out as compilers write it. */
static wsm_failure_t *as_place(const compilation_t *self, const char *message,
                               wsm_failure_t *otherwise)
{
    const char *placed =
        message ? wsmanctl_mof_place(&self->mof, message, self->pool) : NULL;
    if (!placed)
        return otherwise;
    wsman_report_line(placed);
    return wsmanctl_failure(self->pool, "nothing was changed");
}

/* ---- On the store */

static wsm_failure_t *compile_direct(compilation_t *self)
{
    const wsmanctl_t *tool = self->tool;
    const wsmanctl_direct_t *direct = tool->direct;
    const cim_compile_t to = {.catalog = direct->catalog,
                              .store = direct->server.store,
                              .log = &direct->log,
                              .ns = tool->ns ? tool->ns
                                             : direct->endpoint.default_ns,
                              .make_namespaces = tool->make_namespaces,
                              .dry_run = tool->dry_run};
    cim_compiled_t done;
    wsm_error_t *err =
        cim_compile_text(&done, &to, WSMANCTL_MOF_NAME, self->mof.text,
                         self->mof.length, self->pool);
    if (err)
        return as_place(self, err->message, wsmanctl_failed(err, self->pool));
    const apr_uint32_t counts[COUNTS] = {
        done.namespaces_made,   done.qualifiers_made, done.classes_made,
        done.classes_changed,   done.classes_same,    done.instances_made,
        done.instances_changed, done.instances_same};
    for (int i = 0; i < COUNTS; i++)
        self->counts[i] = apr_psprintf(self->pool, "%u", counts[i]);
    return NULL;
}

/* ---- At an endpoint */

static char *make_input(const compilation_t *self, const wsm_epr_t *target)
{
    const wsmanctl_t *tool = self->tool;
    /* What is escaped may be five times as long. */
    wsm_writer_t *out =
        wsm_writer_make(5 * self->mof.length + 4096, self->pool);
    wsm_write_lit(out, "<p:Text>");
    wsm_write_textn(out, self->mof.text, self->mof.length);
    wsm_write_lit(out, "</p:Text><p:Name>" WSMANCTL_MOF_NAME "</p:Name>");
    wsm_write_strs(out, "<p:DryRun>", tool->dry_run ? "true" : "false",
                   "</p:DryRun><p:MakeNamespaces>",
                   tool->make_namespaces ? "true" : "false",
                   "</p:MakeNamespaces>", NULL);
    return wsm_resource_element(target, "CompileMOF_INPUT",
                                wsm_writer_string(out, self->pool), self->pool);
}

static wsm_failure_t *explain(const compilation_t *self, wsm_failure_t *failure)
{
    const wsm_client_fault_t *fault = failure->fault;
    int too_large =
        (fault && fault->subcode && strstr(fault->subcode, "EncodingLimit")) ||
        self->mof.length > self->tool->common.client.max_request;
    if (too_large)
        return wsmanctl_failure(
            self->pool,
            "the text has %" APR_SIZE_T_FMT " bytes, more than the endpoint "
            "takes in one request (WSManMaxEnvelopeSize): compile it on the "
            "server, without --url",
            self->mof.length);
    if (!fault)
        return failure;
    failure = as_place(self, fault->message, failure);
    return as_place(self, failure->fault ? fault->reason : NULL, failure);
}

static void take_counts(compilation_t *self, const xmlNode *output)
{
    for (int i = 0; i < COUNTS; i++) {
        const xmlNode *count =
            output ? wsm_xml_child(output, NULL, names[i]) : NULL;
        self->counts[i] = count ? wsm_xml_text(count, self->pool) : "?";
    }
}

static wsm_failure_t *compile_remote(compilation_t *self)
{
    const xmlNode *output;
    wsm_epr_t target;
    wsm_failure_t *failure =
        wsmanctl_target(&target, self->tool->ns, "__Repository", self->pool);
    if (!failure)
        failure = wsm_client_invoke(self->tool->client, &output, &target,
                                    "CompileMOF", make_input(self, &target),
                                    self->pool);
    if (failure)
        return explain(self, failure);
    take_counts(self, output);
    return NULL;
}

/** Where each file begins.
 *  @param ns  set to NULL if only the endpoint knows */
static wsm_failure_t *find_start(const char **ns, wsmanctl_t *tool,
                                 apr_pool_t *pool)
{
    wsm_failure_t *failure;
    *ns = tool->ns;
    if (!tool->url) {
        failure = wsmanctl_direct_find(tool, pool);
        if (!failure && !*ns)
            *ns = tool->direct->chosen->ns;
        return failure;
    }
    if (!*ns && tool->common.narguments > 1)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "several files with --url need --namespace, "
                                "for each to begin in");
    return NULL;
}

wsm_failure_t *wsmanctl_compile(wsman_options_t *options, wsm_client_t *client,
                                apr_pool_t *pool)
{
    compilation_t self = {.tool = wsmanctl_of(options), .pool = pool};
    const char *ns;
    wsm_failure_t *failure = find_start(&ns, self.tool, pool);
    (void)client;
    /* Before the process becomes another user's. */
    if (!failure)
        failure = wsmanctl_mof_read(&self.mof, options->arguments,
                                    options->narguments, ns, pool);
    if (!failure)
        failure = wsmanctl_open(self.tool, pool);
    if (!failure)
        failure =
            self.tool->direct ? compile_direct(&self) : compile_remote(&self);
    if (!failure)
        print(&self);
    return failure;
}
