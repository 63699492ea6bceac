/* wsmanctl_export.c - a repository as MOF. */
#include <string.h>

#include <apr_strings.h>

#include "../client/wsm_resource.h"
#include "../xml/wsm_writer.h"
#include "wsman_session.h"
#include "wsmanctl.h"

#define MAX_ARGUMENTS (128 * 1024)

static void put_text(wsm_writer_t *out, const char *name, const char *text)
{
    if (!text)
        return;
    wsm_write_strs(out, "<p:", name, ">", NULL);
    wsm_write_text(out, text);
    wsm_write_strs(out, "</p:", name, ">", NULL);
}

static void put_flag(wsm_writer_t *out, const char *name, int flag)
{
    put_text(out, name, flag ? "true" : NULL);
}

static const char *make_input(const wsmanctl_t *self, const char *cursor,
                              const char *class_name, apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(MAX_ARGUMENTS, pool);
    put_text(out, "Cursor", cursor);
    put_flag(out, "ClassesOnly", self->classes_only);
    put_flag(out, "InstancesOnly", self->instances_only);
    put_flag(out, "Own", self->own);
    put_text(out, "ClassName", class_name);
    return wsm_writer_string(out, pool);
}

wsm_failure_t *wsmanctl_export_page(wsmanctl_t *self, const char **text,
                                    const char **cursor, const char *ns,
                                    const char *class_name, apr_pool_t *pool)
{
    const xmlNode *output, *mof, *next;
    wsm_epr_t target;
    wsm_failure_t *failure = wsmanctl_target(&target, ns, "__Repository", pool);
    if (!failure)
        failure = wsm_client_invoke(
            self->client, &output, &target, "ExportMOF",
            wsm_resource_element(&target, "ExportMOF_INPUT",
                                 make_input(self, *cursor, class_name, pool),
                                 pool),
            pool);
    if (failure)
        return failure;
    mof = output ? wsm_xml_child(output, NULL, "Text") : NULL;
    next = output ? wsm_xml_child(output, NULL, "Cursor") : NULL;
    if (!mof)
        return wsm_failure_make(pool, WSM_FAILURE_ANSWER, 0,
                                "ExportMOF gave no text");
    *text = wsm_xml_raw_text(mof, pool);
    *cursor =
        next && !wsm_xml_nil(next, pool) ? wsm_xml_text(next, pool) : NULL;
    return NULL;
}

/** Page after page, each gone before the next. */
static wsm_failure_t *export_pages(wsmanctl_t *self, const char *ns,
                                   const char *class_name, apr_pool_t *pool)
{
    apr_pool_t *pages[2];
    const char *cursor = NULL, *text;
    wsm_failure_t *failure = NULL;
    int turn = 0;
    apr_pool_create(&pages[0], pool);
    apr_pool_create(&pages[1], pool);
    do {
        turn = !turn;
        apr_pool_clear(pages[turn]);
        failure = wsmanctl_export_page(self, &text, &cursor, ns, class_name,
                                       pages[turn]);
        if (!failure && cursor && !*text)
            failure = wsm_failure_make(pool, WSM_FAILURE_ANSWER, 0,
                                       "ExportMOF does not come to an end");
        if (!failure)
            wsman_session_write(&self->common, text, strlen(text));
    } while (!failure && cursor && !self->common.output_error &&
             !wsman_session_interrupted());
    if (failure)
        return wsm_failure_copy(failure, pool);
    return NULL;
}

wsm_failure_t *wsmanctl_export(wsman_options_t *options, wsm_client_t *client,
                               apr_pool_t *pool)
{
    wsmanctl_t *self = wsmanctl_of(options);
    const char *const *ns;
    wsm_failure_t *failure = wsmanctl_open(self, pool);
    (void)client;
    if (!failure && !self->all)
        return export_pages(self, self->ns, NULL, pool);
    if (!failure)
        failure = wsmanctl_namespaces(&ns, self, pool);
    for (; !failure && *ns && !options->output_error &&
           !wsman_session_interrupted();
         ns++)
        failure = export_pages(self, *ns, NULL, pool);
    return failure;
}

wsm_failure_t *wsmanctl_class(wsman_options_t *options, wsm_client_t *client,
                              apr_pool_t *pool)
{
    wsmanctl_t *self = wsmanctl_of(options);
    wsm_failure_t *failure = wsmanctl_open(self, pool);
    (void)client;
    return failure ? failure
                   : export_pages(self, self->ns, options->arguments[0], pool);
}
