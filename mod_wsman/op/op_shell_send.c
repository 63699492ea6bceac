/* op_shell_send.c - Send: input for commands and shells (MS-WSMV 3.1.4.13).
 */
#include "op_shell.h"

#include <apr_tables.h>

#include "../base/wsm_text.h"
#include "../soap/wsm_names.h"

#define MAX_PIECES 1024

/* How long a Send may wait before it counts as one of those that wait */
#define PATIENCE apr_time_from_sec(1)

static wsm_error_t *read_piece(wsm_shell_piece_t *piece, const xmlNode *node,
                               const wsm_exchange_t *ex)
{
    const char *end = wsm_xml_attr(node, NULL, "End", ex->pool);

    if (!wsm_xml_is(node, WSM_NS_SHELL, "Stream"))
        return op_shell_bad_element(ex, (const char *)node->name);
    piece->stream = wsm_xml_attr(node, NULL, "Name", ex->pool);
    piece->command_id = op_shell_command_id(node, ex);
    piece->end = 0;
    if (piece->stream == NULL ||
        (end != NULL && !wsm_text_boolean(end, &piece->end)))
        return op_shell_bad_element(ex, "Stream");
    return op_shell_bytes(&piece->bytes, node, ex);
}

static wsm_error_t *read_pieces(apr_array_header_t *pieces,
                                const wsm_exchange_t *ex)
{
    const xmlNode *node;
    wsm_error_t *err = op_shell_check_body(ex, "Send");

    if (err != NULL)
        return err;
    for (node = wsm_xml_first(ex->request->body); node != NULL && err == NULL;
         node = wsm_xml_next(node)) {
        if (pieces->nelts == MAX_PIECES)
            return wsm_fail(ex->pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                            "A Send has at most %d streams.", MAX_PIECES);
        err = read_piece(apr_array_push(pieces), node, ex);
    }
    if (err == NULL && pieces->nelts == 0)
        err = op_shell_bad_element(ex, "Send");
    return err;
}

/* What is typed at no command would be a command (3.1.4.1.31.1). */
static wsm_error_t *check_receivers(const op_shell_t *self,
                                    const apr_array_header_t *pieces)
{
    const wsm_shell_piece_t *piece = (const wsm_shell_piece_t *)pieces->elts;
    int i;

    for (i = 0; i < pieces->nelts && piece[i].command_id != NULL; i++) {
    }
    if (i == pieces->nelts || self->kind == WSM_SHELL_POWERSHELL)
        return NULL;
    return op_shell_number(wsm_fail(self->ex->pool, WSMAN_E_INTERNAL_ERROR,
                                    "Input is for commands: the stream \"%s\" "
                                    "has no CommandId.",
                                    piece[i].stream),
                           OP_SHELL_NOT_SUPPORTED);
}

static wsm_error_t *send_until(const op_shell_t *self,
                               const apr_array_header_t *pieces,
                               apr_time_t deadline)
{
    return wsm_shell_send(&self->service, &self->caller, self->id,
                          (const wsm_shell_piece_t *)pieces->elts,
                          pieces->nelts, deadline, self->ex->pool);
}

/* Most commands read what they are sent.  For one that does not, a thread
 * waits; nothing of the input has been taken when the time was up. */
static wsm_error_t *send_pieces(const op_shell_t *self,
                                const apr_array_header_t *pieces)
{
    const wsm_call_t *call = self->ex->call;
    const apr_time_t deadline = call->pub.deadline;
    const apr_time_t soon = apr_time_now() + PATIENCE;
    wsm_error_t *err =
        send_until(self, pieces, soon < deadline ? soon : deadline);

    if (err == NULL || err->code != WSMAN_E_TIMED_OUT || soon >= deadline)
        return err;
    if (call->wait_begin != NULL)
        err = call->wait_begin(call->baton);
    else
        err = NULL;
    if (err != NULL)
        return err;
    err = send_until(self, pieces, deadline);
    if (call->wait_end != NULL)
        call->wait_end(call->baton);
    return err;
}

wsm_error_t *op_shell_send(op_shell_t *self)
{
    wsm_exchange_t *ex = self->ex;
    apr_array_header_t *pieces =
        apr_array_make(ex->pool, 4, sizeof(wsm_shell_piece_t));
    wsm_error_t *err = read_pieces(pieces, ex);

    if (err == NULL)
        err = check_receivers(self, pieces);
    if (err == NULL)
        err = send_pieces(self, pieces);
    return err ? err : op_shell_reply(ex, "<rsp:SendResponse/>");
}
