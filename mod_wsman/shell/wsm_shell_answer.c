/* wsm_shell_answer.c - what the shell daemon answers: shells, commands, pieces
 * of output, errors.
 */
#include "wsm_shell_request.h"
#include "wsm_shell_rows.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

#define ROW(type, tag, form, member)                                           \
    {                                                                          \
        WSM_SHELL_F_##tag, WSM_SHELL_##form, offsetof(type, member), 0, 0      \
    }
#define S(tag, form, member) ROW(wsm_shell_t, tag, form, member)
#define C(tag, form, member) ROW(wsm_shell_command_t, tag, form, member)
#define P(tag, form, member) ROW(wsm_shell_piece_t, tag, form, member)
#define O(tag, form, member) ROW(wsm_shell_output_t, tag, form, member)

static const wsm_shell_row_t shell_rows[] = {
    S(SHELL_ID, TEXT, id),
    S(KIND, INT, kind),
    S(RESOURCE_URI, TEXT, resource_uri),
    S(NAME, TEXT, name),
    S(OWNER, TEXT, owner),
    S(ACCOUNT, TEXT, account),
    S(ADDRESS, TEXT, address),
    S(LOCALE, TEXT, locale),
    S(DATA_LOCALE, TEXT, data_locale),
    S(INPUT_STREAMS, TEXT, input_streams),
    S(OUTPUT_STREAMS, TEXT, output_streams),
    S(DIRECTORY, TEXT, directory),
    {WSM_SHELL_F_VARIABLE, WSM_SHELL_VARIABLES,
     offsetof(wsm_shell_t, environment), offsetof(wsm_shell_t, nenvironment),
     0},
    S(PID, INT, pid),
    S(IDLE_TIMEOUT, LONG, idle_timeout),
    S(MAX_IDLE_TIMEOUT, LONG, max_idle_timeout),
    S(LIFETIME, LONG, lifetime),
    S(AGE, LONG, age),
    S(IDLE, LONG, idle),
    S(STATE, INT, state),
    S(BUFFER, INT, buffer),
    S(PROFILE_LOADED, INT, profile_loaded),
    S(COMMANDS, INT, commands),
    S(BYTES, BYTES, response),
};

static const wsm_shell_row_t command_rows[] = {
    C(COMMAND_ID, TEXT, id), C(COMMAND, TEXT, line),       C(PID, INT, pid),
    C(DONE, INT, done),      C(EXIT_CODE, INT, exit_code),
};

static const wsm_shell_row_t piece_rows[] = {
    P(STREAM, TEXT, stream),
    P(COMMAND_ID, TEXT, command_id),
    P(BYTES, BYTES, bytes),
    P(END, INT, end),
};

static const wsm_shell_row_t output_rows[] = {
    O(DONE, INT, done),
    O(FLAG, INT, has_exit_code),
    O(EXIT_CODE, INT, exit_code),
};

void wsm_shell_write(wsm_shell_message_t *message, const wsm_shell_t *shell)
{
    wsm_shell_rows_write(message, shell_rows, COUNT(shell_rows), shell, 0);
}

void wsm_shell_command_write(wsm_shell_message_t *message,
                             const wsm_shell_command_t *command)
{
    wsm_shell_rows_write(message, command_rows, COUNT(command_rows), command,
                         0);
}

void wsm_shell_piece_write(wsm_shell_message_t *message,
                           const wsm_shell_piece_t *piece)
{
    wsm_shell_rows_write(message, piece_rows, COUNT(piece_rows), piece, 0);
}

/** Reads objects of one kind, each after a NEXT. */
static apr_array_header_t *read_list(const wsm_shell_row_t *rows, int nrows,
                                     int size, wsm_shell_output_t *output,
                                     wsm_shell_cursor_t *fields,
                                     apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 4, size);
    wsm_shell_field_t field;
    void *object = NULL;

    while (wsm_shell_cursor_next(fields, &field)) {
        if (field.tag == WSM_SHELL_F_NEXT) {
            if (list->nelts >= WSM_SHELL_MAX_LIST)
                return NULL;
            object = apr_array_push(list);
            memset(object, 0, (apr_size_t)size);
        } else if (object != NULL) {
            if (!wsm_shell_rows_read(&field, rows, nrows, object, 0, pool))
                return NULL;
        } else if (output != NULL &&
                   !wsm_shell_rows_read(&field, output_rows, COUNT(output_rows),
                                        output, 0, pool))
            return NULL;
    }
    return fields->is_broken ? NULL : list;
}

int wsm_shell_read_list(const wsm_shell_t *const **shells, int *nshells,
                        wsm_shell_cursor_t *fields, apr_pool_t *pool)
{
    apr_array_header_t *list = read_list(
        shell_rows, COUNT(shell_rows), sizeof(wsm_shell_t), NULL, fields, pool);
    const wsm_shell_t **found;

    if (list == NULL)
        return 0;
    found = apr_pcalloc(pool, ((apr_size_t)list->nelts + 1) * sizeof(*found));
    for (int i = 0; i < list->nelts; i++) {
        found[i] = &APR_ARRAY_IDX(list, i, wsm_shell_t);
        if (found[i]->id == NULL)
            return 0;
    }
    *shells = found;
    *nshells = list->nelts;
    return 1;
}

int wsm_shell_read_commands(const wsm_shell_command_t **commands,
                            int *ncommands, wsm_shell_cursor_t *fields,
                            apr_pool_t *pool)
{
    apr_array_header_t *list =
        read_list(command_rows, COUNT(command_rows),
                  sizeof(wsm_shell_command_t), NULL, fields, pool);

    if (list == NULL)
        return 0;
    for (int i = 0; i < list->nelts; i++)
        if (APR_ARRAY_IDX(list, i, wsm_shell_command_t).id == NULL)
            return 0;
    *commands = (const wsm_shell_command_t *)(void *)list->elts;
    *ncommands = list->nelts;
    return 1;
}

int wsm_shell_read_pieces(const wsm_shell_piece_t **pieces, int *npieces,
                          wsm_shell_output_t *output,
                          wsm_shell_cursor_t *fields, apr_pool_t *pool)
{
    apr_array_header_t *list =
        read_list(piece_rows, COUNT(piece_rows), sizeof(wsm_shell_piece_t),
                  output, fields, pool);

    if (list == NULL)
        return 0;
    for (int i = 0; i < list->nelts; i++)
        if (APR_ARRAY_IDX(list, i, wsm_shell_piece_t).stream == NULL)
            return 0;
    *pieces = (const wsm_shell_piece_t *)(void *)list->elts;
    *npieces = list->nelts;
    return 1;
}

/* ---- errors */

typedef struct failure_t {
    int code;
    apr_int64_t number;
    int status;
    const char *text;
} failure_t;

#define F(tag, form, member) ROW(failure_t, tag, form, member)

static const wsm_shell_row_t failure_rows[] = {
    F(CODE, INT, code),
    F(NUMBER, LONG, number),
    F(STATUS, INT, status),
    F(TEXT, TEXT, text),
};

void wsm_shell_error_write(wsm_shell_message_t *message, const wsm_error_t *err,
                           apr_pool_t *pool)
{
    const failure_t failure = {(int)err->code, err->number, err->status,
                               err->message};

    wsm_shell_message_begin(message, WSM_SHELL_M_FAILED, pool);
    wsm_shell_rows_write(message, failure_rows, COUNT(failure_rows), &failure,
                         0);
    (void)wsm_shell_message_end(message);
}

wsm_error_t *wsm_shell_error_read(wsm_shell_cursor_t *fields, apr_pool_t *pool)
{
    failure_t failure = {0, 0, 0, NULL};
    wsm_shell_field_t field;
    wsm_error_t *err;

    while (wsm_shell_cursor_next(fields, &field))
        if (!wsm_shell_rows_read(&field, failure_rows, COUNT(failure_rows),
                                 &failure, 0, pool))
            failure.code = 0;
    if (fields->is_broken || failure.code <= WSMAN_OK ||
        failure.code >= WSMAN_E_COUNT)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "The shell daemon's answer is not understood");
    err = wsm_error_make(pool, (wsman_code_e)failure.code, failure.status, NULL,
                         "%s", failure.text != NULL ? failure.text : "");
    err->number = (apr_uint32_t)failure.number;
    return err;
}

wsm_error_t *wsm_shell_fail(apr_pool_t *pool, wsman_code_e code,
                            apr_uint32_t number, const char *format, ...)
{
    va_list args;
    wsm_error_t *err;

    va_start(args, format);
    err = wsm_error_vmake(pool, code, APR_SUCCESS, NULL, format, args);
    va_end(args);
    err->number = number;
    return err;
}
