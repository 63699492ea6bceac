/* op_shell_connect.c - Disconnect, Reconnect and Connect (MS-WSMV 3.1.4.15 to
 * 3.1.4.17).
 */
#include "op_shell.h"

#include <string.h>
#include <strings.h>

#include "../soap/wsm_names.h"

/* ---- Disconnect */

typedef struct leave_t {
    apr_interval_time_t idle_timeout;
    wsm_shell_buffer_e buffer;
} leave_t;

static wsm_error_t *read_leave(leave_t *leave, const wsm_exchange_t *ex)
{
    const xmlNode *node;
    wsm_error_t *err = op_shell_check_body(ex, "Disconnect");

    if (err != NULL)
        return err;
    for (node = wsm_xml_first(ex->request->body); node != NULL && err == NULL;
         node = wsm_xml_next(node)) {
        const char *name = (const char *)node->name;

        if (strcasecmp(name, "IdleTimeOut") == 0)
            err = op_shell_duration(&leave->idle_timeout, node, ex);
        else if (strcasecmp(name, "BufferMode") == 0)
            err = op_shell_buffer(&leave->buffer, node, ex);
        else
            err = op_shell_bad_element(ex, name);
    }
    return err;
}

wsm_error_t *op_shell_disconnect(op_shell_t *self)
{
    wsm_exchange_t *ex = self->ex;
    leave_t leave = {0, WSM_SHELL_BUFFER_UNSET};
    wsm_error_t *err = read_leave(&leave, ex);

    if (err == NULL)
        err = wsm_shell_disconnect(&self->service, &self->caller, self->id,
                                   leave.idle_timeout, leave.buffer,
                                   ex->call->pub.deadline, ex->pool);
    return err ? err : op_shell_reply(ex, "");
}

/* ---- commands, of shells that are connected: there is nothing to do but to
 * find them.  Their output waits for the next Receive. */

static wsm_error_t *find_command(const op_shell_t *self, const char *id)
{
    wsm_exchange_t *ex = self->ex;
    const wsm_shell_command_t *commands;
    int ncommands, i;
    wsm_error_t *err = wsm_shell_list_commands(
        &commands, &ncommands, &self->service, &self->caller, self->id,
        ex->call->pub.deadline, ex->pool);

    if (err != NULL)
        return err;
    for (i = 0; i < ncommands; i++) {
        if (strcasecmp(commands[i].id, id) == 0)
            return NULL;
    }
    return op_shell_number(wsm_fail(ex->pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                                    "The shell has no command %s.", id),
                           OP_SHELL_NO_COMMAND);
}

static const char *command_of(const wsm_exchange_t *ex)
{
    const xmlNode *body = ex->request->body;

    return body ? op_shell_command_id(body, ex) : NULL;
}

/* ---- Reconnect, Connect */

wsm_error_t *op_shell_reconnect(op_shell_t *self)
{
    wsm_exchange_t *ex = self->ex;
    const char *command_id = command_of(ex);
    wsm_error_t *err =
        command_id
            ? find_command(self, command_id)
            : wsm_shell_reconnect(&self->service, &self->caller, self->id,
                                  ex->call->pub.deadline, ex->pool);

    return err ? err : op_shell_reply(ex, "");
}

static wsm_error_t *connect_shell(const wsm_shell_t **shell, op_shell_t *self)
{
    wsm_exchange_t *ex = self->ex;
    wsm_shell_bytes_t request = {NULL, 0};
    wsm_error_t *err = op_shell_check_body(ex, "Connect");

    if (err == NULL)
        err =
            op_shell_child_bytes(&request, ex->request->body, "connectXml", ex);
    if (err == NULL)
        err = wsm_shell_connect(shell, &self->service, &self->caller, self->id,
                                request, ex->call->pub.deadline, ex->pool);
    return err;
}

wsm_error_t *op_shell_connect(op_shell_t *self)
{
    wsm_exchange_t *ex = self->ex;
    const char *command_id = command_of(ex);
    const wsm_shell_t *shell = NULL;
    wsm_error_t *err = command_id ? find_command(self, command_id)
                                  : connect_shell(&shell, self);

    if (err != NULL)
        return err;
    op_shell_begin(ex, shell);
    wsm_write_lit(ex->out, "<rsp:ConnectResponse>");
    if (shell != NULL && shell->response.length > 0) {
        wsm_write_lit(ex->out,
                      "<connectResponseXml xmlns=\"" WSM_NS_POWERSHELL "\">");
        op_shell_write_base64(ex->out, &shell->response);
        wsm_write_lit(ex->out, "</connectResponseXml>");
    }
    wsm_write_lit(ex->out, "</rsp:ConnectResponse>");
    wsm_reply_end(ex->out);
    return NULL;
}
