/* op_shell_command.c - Command and Signal (MS-WSMV 3.1.4.11, 3.1.4.12).
 */
#include "op_shell.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "../soap/wsm_names.h"

#define MAX_ARGUMENTS 4096

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- Command */

typedef struct line_t {
    wsm_shell_command_wish_t wish;
    wsm_shell_kind_e kind;
    apr_array_header_t *arguments; /* const char * */
} line_t;

/* A pipeline's arguments are its first fragment (MS-PSRP 3.1.5.3.3). */
static wsm_error_t *read_first(line_t *line, const xmlNode *node,
                               const wsm_exchange_t *ex)
{
    wsm_shell_bytes_t *first = &line->wish.first;
    wsm_shell_bytes_t more;
    wsm_error_t *err = op_shell_bytes(&more, node, ex);
    char *both;

    if (err != NULL)
        return err;
    both = apr_palloc(ex->pool, first->length + more.length + 1);
    if (first->length > 0)
        memcpy(both, first->data, first->length);
    memcpy(both + first->length, more.data, more.length);
    first->data = both;
    first->length += more.length;
    return NULL;
}

static wsm_error_t *read_argument(line_t *line, const xmlNode *node,
                                  const wsm_exchange_t *ex)
{
    if (line->arguments->nelts == MAX_ARGUMENTS)
        return wsm_fail(ex->pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                        "A command has at most %d arguments.", MAX_ARGUMENTS);
    APR_ARRAY_PUSH(line->arguments, const char *) =
        wsm_xml_raw_text(node, ex->pool);
    if (line->kind == WSM_SHELL_POWERSHELL)
        return read_first(line, node, ex);
    return NULL;
}

static wsm_error_t *read_part(line_t *line, const xmlNode *node,
                              const wsm_exchange_t *ex)
{
    const xmlNode *inside = wsm_xml_first(node);

    if (inside != NULL)
        return op_shell_bad_element(ex, (const char *)inside->name);
    if (wsm_xml_is(node, WSM_NS_SHELL, "Arguments"))
        return read_argument(line, node, ex);
    if (!wsm_xml_is(node, WSM_NS_SHELL, "Command") ||
        line->wish.command != NULL)
        return op_shell_bad_element(ex, (const char *)node->name);
    line->wish.command = wsm_xml_text(node, ex->pool);
    return NULL;
}

static wsm_error_t *check_line(const line_t *line, const wsm_exchange_t *ex)
{
    const wsm_shell_command_wish_t *wish = &line->wish;

    if (wish->command == NULL ||
        (*wish->command == '\0' && line->kind == WSM_SHELL_COMMANDS))
        return op_shell_bad_element(ex, "Command");
    if (wish->id != NULL && !op_shell_is_uuid(wish->id))
        return op_shell_number(
            wsm_fail(ex->pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                     "The CommandId that the client chose is no GUID."),
            OP_SHELL_COMMAND_ID);
    return NULL;
}

/* Of the streams of a command nothing but a pipe can be made here, so
 * WINRS_CONSOLEMODE_STDIN is the client's own matter: 3.1.4.11 says that it
 * changes nothing between the two. */
static wsm_error_t *read_options(line_t *line, const wsm_exchange_t *ex)
{
    int console = 0;
    wsm_error_t *err = op_shell_flag(&console, ex, "WINRS_CONSOLEMODE_STDIN");

    if (err == NULL)
        err = op_shell_flag(&line->wish.skip_shell, ex, "WINRS_SKIP_CMD_SHELL");
    return err;
}

static wsm_error_t *read_line(line_t *line, const wsm_exchange_t *ex)
{
    const xmlNode *body = ex->request->body;
    const xmlNode *child;
    wsm_error_t *err = op_shell_check_body(ex, "CommandLine");

    if (err == NULL)
        err = read_options(line, ex);
    if (err != NULL)
        return err;
    line->arguments = apr_array_make(ex->pool, 4, sizeof(const char *));
    line->wish.id = op_shell_command_id(body, ex);
    for (child = wsm_xml_first(body); child != NULL && err == NULL;
         child = wsm_xml_next(child))
        err = read_part(line, child, ex);
    line->wish.arguments = (const char *const *)line->arguments->elts;
    line->wish.narguments = line->arguments->nelts;
    return err ? err : check_line(line, ex);
}

wsm_error_t *op_shell_command(op_shell_t *self)
{
    wsm_exchange_t *ex = self->ex;
    line_t line = {.kind = self->kind};
    const char *id;
    wsm_error_t *err = read_line(&line, ex);

    if (err == NULL)
        err = wsm_shell_command(&id, &self->service, &self->caller, self->id,
                                &line.wish, ex->call->pub.deadline, ex->pool);
    if (err != NULL)
        return err;
    op_shell_begin(ex, NULL);
    wsm_write_lit(ex->out, "<rsp:CommandResponse><rsp:CommandId>");
    wsm_write_text(ex->out, id);
    wsm_write_lit(ex->out, "</rsp:CommandId></rsp:CommandResponse>");
    wsm_reply_end(ex->out);
    return NULL;
}

/* ---- Signal */

/* 2.2.4.38; PowerShell's own constant is misspelt (MS-PSRP 3.1.5.3.9). */
static const struct {
    const char *code;
    wsm_shell_signal_e signal;
} signals[] = {
    {WSM_SHELL_SIGNAL "terminate", WSM_SHELL_SIGNAL_TERMINATE},
    {WSM_SHELL_SIGNAL "ctrl_c", WSM_SHELL_SIGNAL_CTRL_C},
    {WSM_SHELL_SIGNAL "ctrl_break", WSM_SHELL_SIGNAL_CTRL_BREAK},
    {"powershell/signal/ctrl_c", WSM_SHELL_SIGNAL_CTRL_C},
    {"powershell/signal/crtl_c", WSM_SHELL_SIGNAL_CTRL_C},
    {WSM_SHELL_SIGNAL "crtl_c", WSM_SHELL_SIGNAL_CTRL_C},
};

/* In any letter case: clients differ. */
static wsm_error_t *read_signal(wsm_shell_signal_e *signal,
                                const wsm_exchange_t *ex)
{
    wsm_error_t *err = op_shell_check_body(ex, "Signal");
    const xmlNode *node;
    const char *code;
    apr_size_t i;

    if (err != NULL)
        return err;
    node = wsm_xml_child(ex->request->body, WSM_NS_SHELL, "Code");
    if (node == NULL)
        return op_shell_bad_element(ex, "Signal");
    code = wsm_xml_text(node, ex->pool);
    for (i = 0; i < COUNT(signals); i++) {
        if (strcasecmp(signals[i].code, code) == 0) {
            *signal = signals[i].signal;
            return NULL;
        }
    }
    return wsm_fail(ex->pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                    "There is no signal \"%s\".", code);
}

wsm_error_t *op_shell_signal(op_shell_t *self)
{
    wsm_exchange_t *ex = self->ex;
    wsm_shell_signal_e signal = WSM_SHELL_SIGNAL_TERMINATE;
    wsm_error_t *err = read_signal(&signal, ex);

    if (err == NULL)
        err = wsm_shell_signal(&self->service, &self->caller, self->id,
                               op_shell_command_id(ex->request->body, ex),
                               signal, ex->call->pub.deadline, ex->pool);
    return err ? err : op_shell_reply(ex, "<rsp:SignalResponse/>");
}
