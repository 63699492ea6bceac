/* wsm_client_shell_stream.c - input and output of commands (MS-WSMV 3.1.4.13,
 * 3.1.4.14).
 */
#include "wsm_client_shell.h"

#include <string.h>

#include <apr_base64.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "../base/wsm_text.h"
#include "../soap/wsm_names.h"

#define NAMESPACE  " xmlns:rsp=\"" WSM_NS_SHELL "\""
#define STATE_DONE "/CommandState/Done"

/* ---- Input */

static void write_id(wsm_writer_t *out, const char *command_id)
{
    if (!command_id)
        return;
    wsm_write_lit(out, " CommandId=\"");
    wsm_write_attr(out, command_id);
    wsm_write_lit(out, "\"");
}

/** apr_base64 counts in int, and no request is that long. */
static void write_base64(wsm_writer_t *out, const char *data, apr_size_t length,
                         apr_pool_t *pool)
{
    char *text;
    if (!length)
        return;
    text = apr_palloc(pool, (apr_size_t)apr_base64_encode_len((int)length));
    apr_base64_encode_binary(text, (const unsigned char *)data, (int)length);
    wsm_write_str(out, text);
}

wsm_failure_t *wsm_client_shell_send(wsm_client_t *client,
                                     const wsm_client_shell_t *shell,
                                     const char *command_id, const char *stream,
                                     const char *data, apr_size_t length,
                                     int end, apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(WSM_CLIENT_MAX_REQUEST, pool);
    wsm_client_request_t request = {.action = WSM_NS_SHELL "/Send",
                                    .target = &shell->target,
                                    .namespaces = NAMESPACE,
                                    .continued = 1};
    wsm_client_reply_t reply;
    if (length > WSM_CLIENT_MAX_REQUEST / 2)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "%" APR_SIZE_T_FMT
                                " bytes of input are too much for one request",
                                length);
    wsm_write_lit(out, "<rsp:Send><rsp:Stream Name=\"");
    wsm_write_attr(out, stream);
    wsm_write_lit(out, "\"");
    write_id(out, command_id);
    if (end)
        wsm_write_lit(out, " End=\"true\"");
    wsm_write_lit(out, ">");
    write_base64(out, data, length, pool);
    wsm_write_lit(out, "</rsp:Stream></rsp:Send>");
    request.body = wsm_writer_string(out, pool);
    return wsm_client_call(client, &reply, &request, pool);
}

/* ---- Output */

/** @return 0 if the element's text is no base64 */
static int read_base64(wsm_client_piece_t *piece, const xmlNode *node,
                       apr_pool_t *pool)
{
    char *text = wsm_xml_raw_text(node, pool);
    piece->data = text;
    piece->length = strlen(text);
    return wsm_text_base64_decode(text, &piece->length);
}

static wsm_failure_t *read_piece(wsm_client_piece_t *piece, const xmlNode *node,
                                 long status, apr_pool_t *pool)
{
    const char *end = wsm_xml_attr(node, NULL, "End", pool);
    memset(piece, 0, sizeof(*piece));
    piece->stream = wsm_xml_attr(node, NULL, "Name", pool);
    piece->data = "";
    if (!piece->stream || (end && !wsm_text_boolean(end, &piece->end)) ||
        !read_base64(piece, node, pool))
        return wsm_failure_make(pool, WSM_FAILURE_ANSWER, status,
                                "a stream of the answer has no name, or is no "
                                "base64");
    return NULL;
}

/** Windows' codes are 32 bits, and some write them as signed numbers. */
static int read_exit_code(wsm_client_output_t *output, const xmlNode *state,
                          apr_pool_t *pool)
{
    const xmlNode *node = wsm_xml_child(state, WSM_NS_SHELL, "ExitCode");
    apr_int64_t number;
    if (!node)
        return 1;
    if (!wsm_text_i64(wsm_xml_text(node, pool), -(apr_int64_t)0x80000000,
                      APR_UINT32_MAX, &number))
        return 0;
    output->has_exit_code = 1;
    output->exit_code = (apr_uint32_t)number;
    return 1;
}

static int is_done(const xmlNode *state, apr_pool_t *pool)
{
    const char *uri = wsm_xml_attr(state, NULL, "State", pool);
    size_t length = uri ? strlen(uri) : 0, done = sizeof(STATE_DONE) - 1;
    return length >= done && !strcmp(uri + length - done, STATE_DONE);
}

/** @return true if what the element is about is another command */
static int is_foreign(const xmlNode *node, const char *command_id,
                      apr_pool_t *pool)
{
    const char *id = wsm_xml_attr(node, NULL, "CommandId", pool);
    return command_id && id && strcmp(id, command_id);
}

static wsm_failure_t *read_output(wsm_client_output_t *output,
                                  const wsm_client_reply_t *reply,
                                  const char *command_id, apr_pool_t *pool)
{
    apr_array_header_t *pieces =
        apr_array_make(pool, 4, sizeof(wsm_client_piece_t));
    if (!reply->content ||
        !wsm_xml_is(reply->content, WSM_NS_SHELL, "ReceiveResponse"))
        return wsm_failure_make(pool, WSM_FAILURE_ANSWER, reply->status,
                                "the answer has no rsp:ReceiveResponse");
    for (const xmlNode *node = wsm_xml_first(reply->content); node;
         node = wsm_xml_next(node)) {
        wsm_failure_t *failure = NULL;
        if (is_foreign(node, command_id, pool))
            continue;
        if (wsm_xml_is(node, WSM_NS_SHELL, "Stream"))
            failure =
                read_piece(apr_array_push(pieces), node, reply->status, pool);
        if (failure)
            return failure;
        if (!wsm_xml_is(node, WSM_NS_SHELL, "CommandState") ||
            !is_done(node, pool))
            continue;
        output->done = 1;
        if (!read_exit_code(output, node, pool))
            return wsm_failure_make(pool, WSM_FAILURE_ANSWER, reply->status,
                                    "the exit code is no number");
    }
    output->pieces = (const wsm_client_piece_t *)(const void *)pieces->elts;
    output->npieces = pieces->nelts;
    return NULL;
}

wsm_failure_t *wsm_client_shell_receive(wsm_client_t *client,
                                        wsm_client_output_t *output,
                                        const wsm_client_shell_t *shell,
                                        const char *command_id,
                                        const char *streams, apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(WSM_CLIENT_MAX_REQUEST, pool);
    wsm_client_request_t request = {.action = WSM_NS_SHELL "/Receive",
                                    .target = &shell->target,
                                    .namespaces = NAMESPACE,
                                    .continued = 1};
    wsm_client_reply_t reply;
    wsm_failure_t *failure;
    memset(output, 0, sizeof(*output));
    wsm_write_lit(out, "<rsp:Receive><rsp:DesiredStream");
    write_id(out, command_id);
    wsm_write_lit(out, ">");
    wsm_write_text(out, streams);
    wsm_write_lit(out, "</rsp:DesiredStream></rsp:Receive>");
    request.body = wsm_writer_string(out, pool);
    failure = wsm_client_call(client, &reply, &request, pool);
    if (wsm_client_fault_is(failure, WSM_CLIENT_TIMED_OUT))
        return NULL;
    return failure ? failure : read_output(output, &reply, command_id, pool);
}
