/* wsmanctl_acl.c - the security descriptors of namespaces, as SDDL. */
#include <string.h>

#include <apr_strings.h>

#include "../client/wsm_resource.h"
#include "../xml/wsm_writer.h"
#include "wsman_report.h"
#include "wsman_session.h"
#include "wsmanctl.h"

/** What the server takes is less. */
#define MAX_SDDL (512 * 1024)

/** Calls a method of __SystemSecurity. */
static wsm_failure_t *call(const xmlNode **output, wsmanctl_t *self,
                           const char *ns, const char *method, char *input,
                           apr_pool_t *pool)
{
    wsm_epr_t target;
    wsm_failure_t *failure =
        wsmanctl_target(&target, ns, "__SystemSecurity", pool);
    const char *element = apr_pstrcat(pool, method, "_INPUT", NULL);
    if (failure)
        return failure;
    return wsm_client_invoke(
        self->client, output, &target, method,
        wsm_resource_element(&target, element, input, pool), pool);
}

static wsm_failure_t *read_sddl(const char **sddl, wsmanctl_t *self,
                                const char *ns, apr_pool_t *pool)
{
    char none[] = "";
    const xmlNode *output, *text;
    wsm_failure_t *failure = call(&output, self, ns, "GetSDDL", none, pool);
    if (failure)
        return failure;
    text = output ? wsm_xml_child(output, NULL, "SDDL") : NULL;
    if (!text)
        return wsm_failure_make(pool, WSM_FAILURE_ANSWER, 0,
                                "GetSDDL gave no text");
    *sddl = wsm_xml_text(text, pool);
    return NULL;
}

/* ---- Commands */

static wsm_failure_t *get(wsmanctl_t *self, apr_pool_t *pool)
{
    static const char *const names[] = {"SDDL"};
    const char *const *arguments = self->common.arguments;
    const char *ns = self->common.narguments > 1 ? arguments[1] : self->ns;
    const char *sddl;
    wsm_failure_t *failure = read_sddl(&sddl, self, ns, pool);
    if (!failure)
        wsmanctl_line(self, "Security", names, &sddl, 1, pool);
    return failure;
}

static wsm_failure_t *set(wsmanctl_t *self, apr_pool_t *pool)
{
    const char *const *arguments = self->common.arguments;
    wsm_writer_t *out = wsm_writer_make(MAX_SDDL, pool);
    const xmlNode *output;
    wsm_write_lit(out, "<p:SDDL>");
    wsm_write_text(out, arguments[2]);
    wsm_write_lit(out, "</p:SDDL>");
    if (wsm_writer_full(out))
        return wsmanctl_failure(pool, "this SDDL is too long");
    return call(&output, self, arguments[1], "SetSDDL",
                wsm_writer_string(out, pool), pool);
}

static void print_one(wsmanctl_t *self, const char *ns, const char *sddl,
                      apr_pool_t *pool)
{
    static const char *const names[] = {"Namespace", "SDDL"};
    const char *const values[] = {ns, sddl};
    const char *line = apr_pstrcat(pool, ns, " ", sddl, NULL);
    if (self->common.format.format == WSM_FORMAT_TEXT)
        wsmanctl_line(self, "Security", names, &line, 1, pool);
    else
        wsmanctl_line(self, "Security", names, values, 2, pool);
}

/** What may not be read is said; the rest is still listed (MS-WMSO C). */
static wsm_failure_t *list(wsmanctl_t *self, apr_pool_t *pool)
{
    const char *const *ns;
    const char *sddl;
    int left_out = 0;
    wsm_failure_t *failure = wsmanctl_namespaces(&ns, self, pool);
    apr_pool_t *scratch;
    apr_pool_create(&scratch, pool);
    for (; !failure && *ns && !wsman_session_interrupted(); ns++) {
        apr_pool_clear(scratch);
        failure = read_sddl(&sddl, self, *ns, scratch);
        if (!failure) {
            print_one(self, *ns, sddl, scratch);
        } else if (failure->fault) {
            wsman_report_line(apr_psprintf(scratch, "%s: %s", *ns,
                                           failure->fault->message
                                               ? failure->fault->message
                                               : failure->fault->reason));
            failure = NULL;
            left_out++;
        } else {
            failure = wsm_failure_copy(failure, pool);
        }
    }
    if (!failure && left_out)
        failure = wsmanctl_failure(
            pool, "%d security descriptors could not be read", left_out);
    return failure;
}

static const struct {
    const char *name;
    int least, most; /* words, its name included */
    wsm_failure_t *(*run)(wsmanctl_t *self, apr_pool_t *pool);
} commands[] = {
    {"get", 1, 2, get},
    {"set", 3, 3, set},
    {"list", 1, 1, list},
};

wsm_failure_t *wsmanctl_acl(wsman_options_t *options, wsm_client_t *client,
                            apr_pool_t *pool)
{
    wsmanctl_t *self = wsmanctl_of(options);
    (void)client;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        wsm_failure_t *failure;
        if (strcmp(options->arguments[0], commands[i].name) ||
            options->narguments < commands[i].least ||
            options->narguments > commands[i].most)
            continue;
        failure = wsmanctl_open(self, pool);
        return failure ? failure : commands[i].run(self, pool);
    }
    return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                            "acl get [NS], acl set NS SDDL, or acl list");
}
