/* wsm_shell_request.c - requests to the shell daemon.
 */
#include "wsm_shell_request.h"
#include "wsm_shell_rows.h"

#define OF_CREATE     WSM_SHELL_OF(WSM_SHELL_M_CREATE)
#define OF_COMMAND    WSM_SHELL_OF(WSM_SHELL_M_COMMAND)
#define OF_RECEIVE    WSM_SHELL_OF(WSM_SHELL_M_RECEIVE)
#define OF_SIGNAL     WSM_SHELL_OF(WSM_SHELL_M_SIGNAL)
#define OF_DISCONNECT WSM_SHELL_OF(WSM_SHELL_M_DISCONNECT)
#define OF_CONNECT    WSM_SHELL_OF(WSM_SHELL_M_CONNECT)

#define ROW(of, tag, form, member)                                             \
    {                                                                          \
        WSM_SHELL_F_##tag, WSM_SHELL_##form,                                   \
            offsetof(wsm_shell_request_t, member), 0, of                       \
    }
#define LIST(of, tag, form, member, count)                                     \
    {                                                                          \
        WSM_SHELL_F_##tag, WSM_SHELL_##form,                                   \
            offsetof(wsm_shell_request_t, member),                             \
            offsetof(wsm_shell_request_t, count), of                           \
    }

static const wsm_shell_row_t rows[] = {
    ROW(0, USER, TEXT, caller.user),
    ROW(0, ACCOUNT, TEXT, caller.account),
    ROW(0, ADDRESS, TEXT, caller.address),
    ROW(0, ANY_OWNER, INT, caller.any_owner),
    ROW(0, SESSION, TEXT, caller.session),
    ROW(0, DEADLINE, LONG, deadline),
    ROW(~OF_CREATE, SHELL_ID, TEXT, shell_id),
    ROW(~OF_CREATE, RESOURCE_URI, TEXT, caller.resource_uri),
    ROW(OF_CREATE, SHELL_ID, TEXT, wish.id),
    ROW(OF_CREATE, KIND, INT, wish.kind),
    ROW(OF_CREATE, ENGINE, TEXT, wish.engine),
    ROW(OF_CREATE, RESOURCE_URI, TEXT, wish.resource_uri),
    ROW(OF_CREATE, NAME, TEXT, wish.name),
    ROW(OF_CREATE, DIRECTORY, TEXT, wish.directory),
    LIST(OF_CREATE, VARIABLE, VARIABLES, wish.environment, wish.nenvironment),
    ROW(OF_CREATE, IDLE_TIMEOUT, LONG, wish.idle_timeout),
    ROW(OF_CREATE, LIFETIME, LONG, wish.lifetime),
    ROW(OF_CREATE, BUFFER, INT, wish.buffer),
    ROW(OF_CREATE, INPUT_STREAMS, TEXT, wish.input_streams),
    ROW(OF_CREATE, OUTPUT_STREAMS, TEXT, wish.output_streams),
    ROW(OF_CREATE, LOCALE, TEXT, wish.locale),
    ROW(OF_CREATE, DATA_LOCALE, TEXT, wish.data_locale),
    ROW(OF_CREATE, NO_PROFILE, INT, wish.no_profile),
    ROW(OF_CREATE, CODE_PAGE, INT, wish.code_page),
    ROW(OF_CREATE, BYTES, BYTES, wish.creation),
    ROW(OF_COMMAND, COMMAND_ID, TEXT, command.id),
    ROW(OF_COMMAND, COMMAND, TEXT, command.command),
    LIST(OF_COMMAND, ARGUMENT, TEXTS, command.arguments, command.narguments),
    ROW(OF_COMMAND, SKIP_SHELL, INT, command.skip_shell),
    ROW(OF_COMMAND, BYTES, BYTES, command.first),
    ROW(OF_RECEIVE, COMMAND_ID, TEXT, wanted.command_id),
    LIST(OF_RECEIVE, STREAM, TEXTS, wanted.streams, wanted.nstreams),
    ROW(OF_RECEIVE, MOST, LONG, wanted.most),
    ROW(OF_SIGNAL, COMMAND_ID, TEXT, command_id),
    ROW(OF_SIGNAL, SIGNAL, INT, signal),
    ROW(OF_DISCONNECT, IDLE_TIMEOUT, LONG, idle_timeout),
    ROW(OF_DISCONNECT, BUFFER, INT, buffer),
    ROW(OF_CONNECT, BYTES, BYTES, bytes),
};

#define NROWS ((int)(sizeof(rows) / sizeof(rows[0])))

void wsm_shell_request_write(wsm_shell_message_t *message,
                             const wsm_shell_request_t *request)
{
    wsm_shell_rows_write(message, rows, NROWS, request,
                         WSM_SHELL_OF(request->type));
    if (request->type != WSM_SHELL_M_SEND)
        return;
    for (int i = 0; i < request->npieces; i++) {
        wsm_shell_message_bytes(message, WSM_SHELL_F_NEXT, NULL, 0);
        wsm_shell_piece_write(message, &request->pieces[i]);
    }
}

static int is_whole(const wsm_shell_request_t *request)
{
    const wsm_shell_wish_t *wish = &request->wish;

    if (request->caller.user == NULL || request->caller.account == NULL)
        return 0;
    if (request->type != WSM_SHELL_M_CREATE &&
        request->type != WSM_SHELL_M_LIST && request->shell_id == NULL)
        return 0;
    switch (request->type) {
    case WSM_SHELL_M_CREATE:
        return wish->engine != NULL && wish->resource_uri != NULL &&
               wish->kind <= WSM_SHELL_POWERSHELL &&
               wish->buffer <= WSM_SHELL_BUFFER_DROP;
    case WSM_SHELL_M_COMMAND:
        return request->command.command != NULL;
    case WSM_SHELL_M_SIGNAL:
        return request->signal <= WSM_SHELL_SIGNAL_CTRL_BREAK;
    case WSM_SHELL_M_DISCONNECT:
        return request->buffer <= WSM_SHELL_BUFFER_DROP;
    default:
        return 1;
    }
}

int wsm_shell_request_read(wsm_shell_request_t *request,
                           wsm_shell_cursor_t *fields, int partial,
                           apr_pool_t *pool)
{
    const apr_uint32_t of = WSM_SHELL_OF(request->type);
    wsm_shell_field_t field;

    for (;;) {
        wsm_shell_cursor_t before = *fields;

        if (!wsm_shell_cursor_next(fields, &field))
            break;
        if (field.tag == WSM_SHELL_F_NEXT) {
            *fields = before;
            break;
        }
        if (!wsm_shell_rows_read(&field, rows, NROWS, request, of, pool))
            return 0;
    }
    if (partial)
        return request->caller.user != NULL && request->caller.account != NULL;
    if (request->type == WSM_SHELL_M_SEND &&
        !wsm_shell_read_pieces(&request->pieces, &request->npieces, NULL,
                               fields, pool))
        return 0;
    return !fields->is_broken && is_whole(request);
}
