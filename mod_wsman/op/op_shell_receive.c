/* op_shell_receive.c - Receive: output of commands and shells
 * (MS-WSMV 3.1.4.14).
 */
#include "op_shell.h"

#include "../soap/wsm_names.h"

/* What a reply has around its streams: the elements, the state of a command
 * with a long id. */
#define OVERHEAD 1024

static wsm_error_t *read_wanted(wsm_shell_wanted_t *wanted,
                                const wsm_exchange_t *ex)
{
    const xmlNode *body = ex->request->body;
    const xmlNode *node;
    wsm_error_t *err = op_shell_check_body(ex, "Receive");

    if (err != NULL)
        return err;
    node = wsm_xml_first(body);
    if (node == NULL || !wsm_xml_is(node, WSM_NS_SHELL, "DesiredStream") ||
        wsm_xml_next(node) != NULL)
        return op_shell_bad_element(ex, node ? (const char *)node->name
                                             : "Receive");
    wanted->command_id = op_shell_command_id(node, ex);
    err = op_shell_names(&wanted->streams, &wanted->nstreams, node, ex);
    if (err == NULL && wanted->nstreams == 0)
        err =
            op_shell_number(wsm_fail(ex->pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                                     "DesiredStream names no stream."),
                            OP_SHELL_DESIRED_STREAMS);
    return err;
}

/* How many bytes the rest of the reply can carry: three for four octets. */
static apr_size_t room_of(const wsm_exchange_t *ex)
{
    const apr_size_t used =
        wsm_writer_length(ex->out) + OVERHEAD + WSM_REPLY_TAIL;

    return ex->limit > used ? (ex->limit - used) / 4 * 3 : 1;
}

/* A thread is lent to it while it waits. */
static wsm_error_t *await_output(wsm_shell_output_t **output,
                                 const op_shell_t *self,
                                 const wsm_shell_wanted_t *wanted)
{
    const wsm_call_t *call = self->ex->call;
    wsm_error_t *err = call->wait_begin ? call->wait_begin(call->baton) : NULL;

    if (err != NULL)
        return err;
    err = wsm_shell_receive(output, &self->service, &self->caller, self->id,
                            wanted, call->pub.deadline, self->ex->pool);
    if (call->wait_end != NULL)
        call->wait_end(call->baton);
    return err;
}

static void settle(void *baton, int is_sent)
{
    wsm_shell_settle(baton, is_sent);
}

static void write_stream(wsm_writer_t *out, const wsm_shell_piece_t *piece,
                         const wsm_shell_bytes_t *bytes)
{
    wsm_write_lit(out, "<rsp:Stream Name=\"");
    wsm_write_attr(out, piece->stream);
    if (piece->command_id != NULL) {
        wsm_write_lit(out, "\" CommandId=\"");
        wsm_write_attr(out, piece->command_id);
    }
    wsm_write_str(out, bytes ? "\">" : "\" End=\"true\">");
    if (bytes != NULL)
        op_shell_write_base64(out, bytes);
    wsm_write_lit(out, "</rsp:Stream>");
}

/* As Windows does it, the end is a stream of its own, after what it has: some
 * clients read no data from an element that is the end, others take an empty
 * element that is not the end for data. */
static void write_streams(wsm_writer_t *out, const wsm_shell_output_t *output)
{
    int i;

    for (i = 0; i < output->npieces; i++) {
        if (output->pieces[i].bytes.length > 0)
            write_stream(out, &output->pieces[i], &output->pieces[i].bytes);
    }
    for (i = 0; i < output->npieces; i++) {
        if (output->pieces[i].end)
            write_stream(out, &output->pieces[i], NULL);
    }
}

/* The state is that of a command (2.2.4.9); of a shell only its end is told. */
static void write_state(wsm_writer_t *out, const wsm_shell_output_t *output,
                        const char *command_id)
{
    if (command_id == NULL && !output->done)
        return;
    wsm_write_lit(out, "<rsp:CommandState");
    if (command_id != NULL) {
        wsm_write_lit(out, " CommandId=\"");
        wsm_write_attr(out, command_id);
        wsm_write_lit(out, "\"");
    }
    wsm_write_strs(out, " State=\"" WSM_SHELL_STATE,
                   output->done ? "Done" : "Running", "\">", NULL);
    if (output->done && output->has_exit_code) {
        wsm_write_lit(out, "<rsp:ExitCode>");
        wsm_write_i64(out, output->exit_code);
        wsm_write_lit(out, "</rsp:ExitCode>");
    }
    wsm_write_lit(out, "</rsp:CommandState>");
}

wsm_error_t *op_shell_receive(op_shell_t *self)
{
    wsm_exchange_t *ex = self->ex;
    wsm_shell_wanted_t wanted = {0};
    wsm_shell_output_t *output;
    wsm_error_t *err = read_wanted(&wanted, ex);

    if (err != NULL)
        return err;
    op_shell_begin(ex, NULL);
    wanted.most = room_of(ex);
    err = await_output(&output, self, &wanted);
    if (err != NULL)
        return err;
    ex->outcome->settle = settle;
    ex->outcome->settle_baton = output;
    wsm_write_lit(ex->out, "<rsp:ReceiveResponse>");
    write_streams(ex->out, output);
    write_state(ex->out, output, wanted.command_id);
    wsm_write_lit(ex->out, "</rsp:ReceiveResponse>");
    wsm_reply_end(ex->out);
    return NULL;
}
