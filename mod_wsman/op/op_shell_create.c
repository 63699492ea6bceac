/* op_shell_create.c - Create of a shell (MS-WSMV 2.2.4.37, 3.1.4.5.2).
 */
#include "op_shell.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "../base/wsm_text.h"
#include "../soap/wsm_limits.h"
#include "../soap/wsm_names.h"

#define MAX_SHELL_NAME 255
#define MAX_VARIABLES  1024
#define MAX_CODE_PAGE  65535

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

typedef wsm_error_t *read_fn(wsm_shell_wish_t *wish, const xmlNode *node,
                             const wsm_exchange_t *ex);

/* ---- what stands in attributes, and by the schema could be elements */

static wsm_error_t *take_id(wsm_shell_wish_t *wish, const char *id,
                            const wsm_exchange_t *ex)
{
    wish->id = id;
    if (id == NULL || op_shell_is_uuid(id))
        return NULL;
    return op_shell_number(wsm_fail(ex->pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                                    "The ShellId that the client chose is no "
                                    "GUID."),
                           OP_SHELL_SHELL_ID);
}

static wsm_error_t *take_name(wsm_shell_wish_t *wish, const char *name,
                              const wsm_exchange_t *ex)
{
    wish->name = name;
    if (name == NULL || !wsm_longer_than(name, MAX_SHELL_NAME))
        return NULL;
    return op_shell_number(wsm_fail(ex->pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                                    "The name of a shell has at most %d "
                                    "characters.",
                                    MAX_SHELL_NAME),
                           OP_SHELL_NAME_INVALID);
}

static wsm_error_t *read_id(wsm_shell_wish_t *wish, const xmlNode *node,
                            const wsm_exchange_t *ex)
{
    return take_id(wish, wsm_xml_text(node, ex->pool), ex);
}

static wsm_error_t *read_name(wsm_shell_wish_t *wish, const xmlNode *node,
                              const wsm_exchange_t *ex)
{
    return take_name(wish, wsm_xml_text(node, ex->pool), ex);
}

static wsm_error_t *read_attributes(wsm_shell_wish_t *wish, const xmlNode *body,
                                    const wsm_exchange_t *ex)
{
    wsm_error_t *err =
        take_id(wish, wsm_xml_attr(body, NULL, "ShellId", ex->pool), ex);

    if (err == NULL)
        err = take_name(wish, wsm_xml_attr(body, NULL, "Name", ex->pool), ex);
    return err;
}

/* ---- elements */

static wsm_error_t *read_variable(apr_array_header_t *list, const xmlNode *node,
                                  const wsm_exchange_t *ex)
{
    wsm_shell_variable_t *variable;

    if (!wsm_xml_is(node, WSM_NS_SHELL, "Variable"))
        return op_shell_bad_element(ex, (const char *)node->name);
    if (list->nelts == MAX_VARIABLES)
        return wsm_fail(ex->pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                        "A shell has at most %d variables.", MAX_VARIABLES);
    variable = apr_array_push(list);
    variable->name = wsm_xml_attr(node, NULL, "Name", ex->pool);
    variable->value = wsm_xml_raw_text(node, ex->pool);
    if (variable->name == NULL || *variable->name == '\0' ||
        strchr(variable->name, '=') != NULL)
        return wsm_fail(ex->pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                        "An environment variable has no name, or one with an "
                        "equals sign in it.");
    return NULL;
}

static wsm_error_t *read_environment(wsm_shell_wish_t *wish,
                                     const xmlNode *node,
                                     const wsm_exchange_t *ex)
{
    apr_array_header_t *list =
        apr_array_make(ex->pool, 8, sizeof(wsm_shell_variable_t));
    const xmlNode *child;
    wsm_error_t *err = NULL;

    for (child = wsm_xml_first(node); child != NULL && err == NULL;
         child = wsm_xml_next(child))
        err = read_variable(list, child, ex);
    wish->environment = (const wsm_shell_variable_t *)list->elts;
    wish->nenvironment = list->nelts;
    return err;
}

static wsm_error_t *read_directory(wsm_shell_wish_t *wish, const xmlNode *node,
                                   const wsm_exchange_t *ex)
{
    const char *text = wsm_xml_text(node, ex->pool);

    if (*text != '\0')
        wish->directory = text;
    return NULL;
}

static wsm_error_t *read_lifetime(wsm_shell_wish_t *wish, const xmlNode *node,
                                  const wsm_exchange_t *ex)
{
    return op_shell_duration(&wish->lifetime, node, ex);
}

static wsm_error_t *read_idle(wsm_shell_wish_t *wish, const xmlNode *node,
                              const wsm_exchange_t *ex)
{
    return op_shell_duration(&wish->idle_timeout, node, ex);
}

static wsm_error_t *read_buffer(wsm_shell_wish_t *wish, const xmlNode *node,
                                const wsm_exchange_t *ex)
{
    return op_shell_buffer(&wish->buffer, node, ex);
}

/* What streams each kind of shell has (3.1.4.1.31.1; MS-PSRP 3.1.5.3.1) */
static const struct {
    const char *input[3];
    const char *output[3];
} streams[] = {
    [WSM_SHELL_COMMANDS] = {{"stdin"}, {"stdout", "stderr"}},
    [WSM_SHELL_POWERSHELL] = {{"stdin", "pr"}, {"stdout"}},
};

/* @return the names with one space between them */
static wsm_error_t *read_streams(const char **text, const xmlNode *node,
                                 const char *const *known, apr_uint32_t number,
                                 const wsm_exchange_t *ex)
{
    const char *const *names;
    int nnames, i, j;
    wsm_error_t *err = op_shell_names(&names, &nnames, node, ex);

    *text = "";
    for (i = 0; i < nnames && err == NULL; i++) {
        for (j = 0; known[j] != NULL && strcmp(known[j], names[i]) != 0; j++) {
        }
        if (known[j] == NULL)
            err = op_shell_number(
                wsm_fail(ex->pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                         "A shell of this kind has no stream \"%s\".",
                         names[i]),
                number);
        *text = apr_pstrcat(ex->pool, *text, i ? " " : "", names[i], NULL);
    }
    return err;
}

static wsm_error_t *read_input(wsm_shell_wish_t *wish, const xmlNode *node,
                               const wsm_exchange_t *ex)
{
    return read_streams(&wish->input_streams, node, streams[wish->kind].input,
                        OP_SHELL_INPUT_STREAM, ex);
}

static wsm_error_t *read_output(wsm_shell_wish_t *wish, const xmlNode *node,
                                const wsm_exchange_t *ex)
{
    return read_streams(&wish->output_streams, node, streams[wish->kind].output,
                        OP_SHELL_DESIRED_STREAMS, ex);
}

/* Of 2.2.4.37.  What only a reply tells may come back from a client, and says
 * nothing. */
static const struct {
    const char *name;
    read_fn *read;
} elements[] = {
    {"ShellId", read_id},
    {"Name", read_name},
    {"Environment", read_environment},
    {"WorkingDirectory", read_directory},
    {"Lifetime", read_lifetime},
    {"IdleTimeOut", read_idle},
    {"InputStreams", read_input},
    {"OutputStreams", read_output},
    {"BufferMode", read_buffer},
    {"ResourceUri", NULL},
    {"Owner", NULL},
    {"ClientIP", NULL},
    {"ProcessId", NULL},
    {"MaxIdleTimeOut", NULL},
    {"Locale", NULL},
    {"DataLocale", NULL},
    {"CompressionMode", NULL},
    {"ProfileLoaded", NULL},
    {"Encoding", NULL},
    {"State", NULL},
    {"ShellRunTime", NULL},
    {"ShellInactivity", NULL},
};

/* The last of them is what the shell itself wants to know, in another
 * namespace. */
static wsm_error_t *read_element(wsm_shell_wish_t *wish, const xmlNode *node,
                                 unsigned *seen, const wsm_exchange_t *ex)
{
    const char *name = (const char *)node->name;
    apr_size_t i;

    if (strcmp(wsm_xml_ns(node), WSM_NS_SHELL) != 0 ||
        strcmp(name, "creationXml") == 0)
        return NULL;
    for (i = 0; i < COUNT(elements); i++) {
        if (strcasecmp(elements[i].name, name) == 0)
            break;
    }
    if (i == COUNT(elements) || (*seen & 1u << i) != 0)
        return op_shell_bad_element(ex, name);
    *seen |= 1u << i;
    return elements[i].read ? elements[i].read(wish, node, ex) : NULL;
}

static wsm_error_t *read_body(wsm_shell_wish_t *wish, const wsm_exchange_t *ex)
{
    const xmlNode *body = ex->request->body;
    const xmlNode *child;
    unsigned seen = 0;
    wsm_error_t *err = op_shell_check_body(ex, "Shell");

    if (err == NULL)
        err = read_attributes(wish, body, ex);
    if (err != NULL)
        return err;
    for (child = wsm_xml_first(body); child != NULL && err == NULL;
         child = wsm_xml_next(child))
        err = read_element(wish, child, &seen, ex);
    return err ? err
               : op_shell_child_bytes(&wish->creation, body, "creationXml", ex);
}

/* ---- options */

static wsm_error_t *bad_option(const wsm_exchange_t *ex,
                               const wsm_option_t *option, const char *why)
{
    return wsm_fail(ex->pool, WSMAN_E_OPTION_INVALID_VALUE,
                    "The value \"%s\" of the option %s %s.", option->value,
                    option->name, why);
}

static wsm_error_t *read_code_page(wsm_shell_wish_t *wish,
                                   const wsm_exchange_t *ex)
{
    const wsm_option_t *option =
        wsm_request_option(ex->request, "WINRS_CODEPAGE");
    apr_uint64_t number = 0;

    if (option != NULL && !wsm_text_u64(option->value, MAX_CODE_PAGE, &number))
        return bad_option(ex, option, "is no code page");
    wish->code_page = (unsigned)number;
    return NULL;
}

/* MS-PSRP 2.2.2.1: 2 and something */
static wsm_error_t *check_protocol(const wsm_shell_wish_t *wish,
                                   const wsm_exchange_t *ex)
{
    const wsm_option_t *option =
        wsm_request_option(ex->request, "protocolversion");
    apr_uint64_t minor;

    if (wish->kind != WSM_SHELL_POWERSHELL)
        return NULL;
    if (option == NULL)
        return wsm_fail(ex->pool, WSMAN_E_INVALID_OPTIONS,
                        "The option protocolversion is missing: PowerShell "
                        "must be told which version of its remoting protocol "
                        "the client speaks.");
    if (strncmp(option->value, "2.", 2) != 0 ||
        !wsm_text_u64(option->value + 2, APR_UINT32_MAX, &minor))
        return bad_option(ex, option,
                          "is no version that is spoken here: it is 2.x");
    return NULL;
}

static wsm_error_t *read_options(wsm_shell_wish_t *wish,
                                 const wsm_exchange_t *ex)
{
    wsm_error_t *err = op_shell_flag(&wish->no_profile, ex, "WINRS_NOPROFILE");

    if (err == NULL)
        err = read_code_page(wish, ex);
    return err ? err : check_protocol(wish, ex);
}

/* ---- the reply */

static void write_created(const wsm_exchange_t *ex, const wsm_shell_t *shell)
{
    wsm_epr_t epr;

    op_shell_epr(&epr, ex, shell, ex->pool);
    wsm_write_lit(ex->out, "<x:ResourceCreated>");
    wsm_epr_write(ex->out, &epr, ex->request->addressing);
    wsm_write_lit(ex->out, "</x:ResourceCreated>");
}

wsm_error_t *op_shell_create(op_shell_t *self)
{
    wsm_exchange_t *ex = self->ex;
    const char *uri = ex->request->resource_uri;
    wsm_shell_wish_t wish = {.kind = self->kind,
                             .engine = strrchr(uri, '/') + 1,
                             .resource_uri = uri,
                             .locale = ex->request->locale,
                             .data_locale = ex->request->data_locale};
    const wsm_shell_t *shell;
    wsm_error_t *err = read_options(&wish, ex);

    if (err == NULL)
        err = read_body(&wish, ex);
    if (err == NULL)
        err = wsm_shell_create(&shell, &self->service, &self->caller, &wish,
                               ex->call->pub.deadline, ex->pool);
    if (err != NULL)
        return err;
    ex->outcome->target.shell = shell->id;
    op_shell_begin(ex, shell);
    write_created(ex, shell);
    op_shell_write(ex->out, shell, op_shell_encoding(ex), 0);
    wsm_reply_end(ex->out);
    return NULL;
}
