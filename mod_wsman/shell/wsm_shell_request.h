/* wsm_shell_request.h - requests to the shell daemon, and its answers, as
 * structures: what httpd writes and the daemon reads, and the other way round.
 *
 * In a request the fields of the caller and SHELL_ID come first: the daemon
 * looks at the first WSM_SHELL_REQUEST_START bytes of a message to know which
 * shell it is for.
 */
#ifndef WSM_SHELL_REQUEST_H
#define WSM_SHELL_REQUEST_H

#include "wsm_shell_wire.h"

#define WSM_SHELL_REQUEST_START 16384

/** Of each type some members are used. */
typedef struct wsm_shell_request_t {
    wsm_shell_message_e type;
    wsm_shell_caller_t caller;
    apr_time_t deadline;
    const char *shell_id;
    const char *command_id;
    wsm_shell_wish_t wish;            /* CREATE */
    wsm_shell_command_wish_t command; /* COMMAND */
    const wsm_shell_piece_t *pieces;  /* SEND */
    int npieces;
    wsm_shell_wanted_t wanted; /* RECEIVE */
    wsm_shell_signal_e signal;
    apr_interval_time_t idle_timeout; /* DISCONNECT */
    wsm_shell_buffer_e buffer;
    wsm_shell_bytes_t bytes; /* CONNECT */
} wsm_shell_request_t;

void wsm_shell_request_write(wsm_shell_message_t *message,
                             const wsm_shell_request_t *request);
/** Reads the fields of a request of `request->type`.  Bytes stay in the
 *  message, all else is in `pool`.
 *  @param partial  the fields are the beginning of a message: what is cut off
 *                  is not read
 *  @return false if a field is broken or one that must be there is not */
int wsm_shell_request_read(wsm_shell_request_t *request,
                           wsm_shell_cursor_t *fields, int partial,
                           apr_pool_t *pool);

/** A shell in an answer; objects of a list have NEXT between them. */
void wsm_shell_write(wsm_shell_message_t *message, const wsm_shell_t *shell);
/** @return false if a field is broken, or the list is too long */
int wsm_shell_read_list(const wsm_shell_t *const **shells, int *nshells,
                        wsm_shell_cursor_t *fields, apr_pool_t *pool);

void wsm_shell_command_write(wsm_shell_message_t *message,
                             const wsm_shell_command_t *command);
int wsm_shell_read_commands(const wsm_shell_command_t **commands,
                            int *ncommands, wsm_shell_cursor_t *fields,
                            apr_pool_t *pool);

void wsm_shell_piece_write(wsm_shell_message_t *message,
                           const wsm_shell_piece_t *piece);
/** Reads pieces, and (output may be NULL) DONE and EXIT_CODE. */
int wsm_shell_read_pieces(const wsm_shell_piece_t **pieces, int *npieces,
                          wsm_shell_output_t *output,
                          wsm_shell_cursor_t *fields, apr_pool_t *pool);

/** A whole FAILED. */
void wsm_shell_error_write(wsm_shell_message_t *message, const wsm_error_t *err,
                           apr_pool_t *pool);
/** The error that a FAILED says. */
wsm_error_t *wsm_shell_error_read(wsm_shell_cursor_t *fields, apr_pool_t *pool);

/** An error with the number of a WSManFault. */
wsm_error_t *wsm_shell_fail(apr_pool_t *pool, wsman_code_e code,
                            apr_uint32_t number, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
