/* wsmanctl.c - the administrator's tool: what a repository holds. */
#include "wsmanctl.h"

#include <stdarg.h>
#include <string.h>

#include <apr_strings.h>

#include "../client/wsm_resource.h"
#include "../soap/wsm_names.h"
#include "../xml/wsm_writer.h"
#include "wsman_session.h"
#include "wsmanctl_direct.h"

/** Of an element that is made here only to be printed. */
#define MAX_ITEM (1024 * 1024)

const wsman_command_t wsmanctl_commands[] = {
    {"compile", "FILE.mof...", 1, -1, wsmanctl_compile},
    {"export", "", 0, 0, wsmanctl_export},
    {"namespaces", "", 0, 0, wsmanctl_list_namespaces},
    {"classes", "", 0, 0, wsmanctl_list_classes},
    {"class", "NAME", 1, 1, wsmanctl_class},
    {"query", "\"SELECT ... FROM ...\"", 1, 1, wsmanctl_query},
    {"acl", "get [NS] | set NS SDDL | list", 1, 3, wsmanctl_acl},
    {"shells", "[list] | end ID...", 0, -1, wsmanctl_shells},
    {"providers", "", 0, 0, wsmanctl_providers},
    {"check", "", 0, 0, wsmanctl_check},
    {NULL, NULL, 0, 0, NULL},
};

wsm_failure_t *wsmanctl_failure(apr_pool_t *pool, const char *format, ...)
{
    va_list args;
    const char *message;
    va_start(args, format);
    message = apr_pvsprintf(pool, format, args);
    va_end(args);
    return wsm_failure_make(pool, WSM_FAILURE_FAULT, 0, "%s", message);
}

wsm_failure_t *wsmanctl_failed(const wsm_error_t *err, apr_pool_t *pool)
{
    return wsmanctl_failure(pool, "%s", wsm_error_text(err, pool));
}

wsm_failure_t *wsmanctl_open(wsmanctl_t *self, apr_pool_t *pool)
{
    wsm_failure_t *failure;
    if (self->url)
        return wsman_session_connect(&self->client, &self->common, pool);
    failure = wsmanctl_direct_open(self, pool);
    if (!failure)
        self->client = wsmanctl_direct_client(self->direct, pool);
    return failure;
}

wsm_failure_t *wsmanctl_target(wsm_epr_t *target, const char *ns,
                               const char *class_name, apr_pool_t *pool)
{
    wsm_selector_t *selector;
    memset(target, 0, sizeof(*target));
    if (strcmp(class_name, "*") && !wsm_resource_is_name(class_name))
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "'%s' is no name of a class", class_name);
    target->resource_uri =
        strcmp(class_name, "*")
            ? apr_pstrcat(pool, WSM_URI_CIM, class_name, NULL)
            : WSM_URI_CIM_ALL;
    if (!ns)
        return NULL;
    selector = apr_pcalloc(pool, sizeof(*selector));
    selector->name = "__cimnamespace";
    selector->value = ns;
    target->selectors = selector;
    target->nselectors = 1;
    return NULL;
}

/* ---- Printing */

static const xmlNode *make_element(const char *element,
                                   const char *const *names,
                                   const char *const *values, int count,
                                   apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(MAX_ITEM, pool);
    const char *text;
    xmlDocPtr doc;
    wsm_write_strs(out, "<", element, " xmlns:xsi=\"" WSM_NS_XSI "\">", NULL);
    for (int i = 0; i < count; i++) {
        wsm_write_strs(out, "<", names[i], NULL);
        if (!values[i])
            wsm_write_lit(out, " xsi:nil=\"true\"");
        wsm_write_lit(out, ">");
        wsm_write_text(out, values[i] ? values[i] : "");
        wsm_write_strs(out, "</", names[i], ">", NULL);
    }
    wsm_write_strs(out, "</", element, ">", NULL);
    text = wsm_writer_string(out, pool);
    return wsm_xml_parse(&doc, text, strlen(text), MAX_ITEM, pool)
               ? NULL
               : xmlDocGetRootElement(doc);
}

void wsmanctl_item(wsmanctl_t *self, const char *element,
                   const char *const *names, const char *const *values,
                   int count, apr_pool_t *pool)
{
    wsm_item_t item = {.object =
                           make_element(element, names, values, count, pool)};
    if (item.object)
        wsm_format_item(self->common.out, &item, pool);
}

void wsmanctl_line(wsmanctl_t *self, const char *element,
                   const char *const *names, const char *const *values,
                   int count, apr_pool_t *pool)
{
    if (self->common.format.format != WSM_FORMAT_TEXT) {
        wsmanctl_item(self, element, names, values, count, pool);
        return;
    }
    wsman_session_write(&self->common, values[0], strlen(values[0]));
    wsman_session_write(&self->common, "\n", 1);
}

/* ---- Main */

/** What prints no objects, or prints all of them by itself. */
static int is_plain(const wsman_options_t *options)
{
    const wsman_command_t *command = options->command;
    return command->run == wsmanctl_export || command->run == wsmanctl_class ||
           (options->format.format == WSM_FORMAT_TEXT &&
            (command->run == wsmanctl_compile || command->run == wsmanctl_acl ||
             command->run == wsmanctl_list_namespaces ||
             command->run == wsmanctl_list_classes ||
             command->run == wsmanctl_check));
}

/** What the server's code in this process says needs no envelope around it. */
static wsm_failure_t *plainly(const wsmanctl_t *self, wsm_failure_t *failure,
                              apr_pool_t *pool)
{
    const wsm_client_fault_t *fault = failure ? failure->fault : NULL;
    if (!self->direct || !fault)
        return failure;
    return wsmanctl_failure(pool, "%s",
                            fault->message ? fault->message : fault->reason);
}

static wsm_failure_t *run(wsman_options_t *options, apr_pool_t *pool)
{
    wsm_failure_t *failure;
    wsman_session_output(options, options->command->run != wsmanctl_compile,
                         pool);
    failure = options->command->run(options, NULL, pool);
    if (!is_plain(options) && (!failure || wsm_format_count(options->out)))
        wsm_format_end(options->out, pool);
    return plainly(wsmanctl_of(options), failure, pool);
}

int main(int argc, char **argv)
{
    wsmanctl_t tool = {.url = NULL};
    return wsman_session_main(&tool.common, &wsmanctl_program, run, argc, argv);
}
