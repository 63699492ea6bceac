/* wsm_client_shell.h - remote shells, seen from the client (MS-WSMV
 * 3.1.4.1.31).
 *
 * A shell is created, commands are started in it, and each is asked for output
 * (Receive) until it is done; then it is signalled to be forgotten (TERMINATE)
 * and the shell is deleted.  Nothing here keeps a connection or a thread: input
 * and signals may be sent by other clients (wsm_client_t) of the same user and
 * session while one waits for output.
 */
#ifndef WSM_CLIENT_SHELL_H
#define WSM_CLIENT_SHELL_H

#include "wsm_client.h"

#define WSM_CLIENT_SHELL                                                       \
    "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
#define WSM_CLIENT_SHELL_CMD WSM_CLIENT_SHELL "/cmd"

/** WSManFault numbers: nothing came before OperationTimeout, which is no
 *  failure of a Receive; there is no such shell. */
#define WSM_CLIENT_TIMED_OUT     2150858793u
#define WSM_CLIENT_UNKNOWN_SHELL 2150858843u

/** A shell that is there. */
typedef struct wsm_client_shell_t {
    const char *id;
    wsm_epr_t target; /* of what is sent to it */
} wsm_client_shell_t;

typedef struct wsm_client_variable_t {
    const char *name;
    const char *value;
} wsm_client_variable_t;

/** A shell that is wanted.  NULL, 0: the service decides. */
typedef struct wsm_client_shell_wish_t {
    const char *resource_uri; /* NULL: WSM_CLIENT_SHELL_CMD */
    const char *id;           /* a UUID for it; needed to disconnect it later */
    const char *name;
    const char *directory;
    const wsm_client_variable_t *environment;
    int nenvironment;
    apr_interval_time_t idle_timeout;
    apr_interval_time_t lifetime;
    const char *input_streams;  /* "": none, commands find the end of it */
    const char *output_streams; /* NULL: "stdout stderr" */
    unsigned code_page;
    int no_profile;
} wsm_client_shell_wish_t;

/** Create.  Errors, beside those of every call: WSM_FAILURE_USE (a text cannot
 *  stand in XML). */
wsm_failure_t *wsm_client_shell_create(wsm_client_t *client,
                                       wsm_client_shell_t *shell,
                                       const wsm_client_shell_wish_t *wish,
                                       apr_pool_t *pool);

/** The shell with this id, without asking.
 *  @param resource_uri  NULL: WSM_CLIENT_SHELL_CMD */
void wsm_client_shell_refer(wsm_client_shell_t *shell, const char *resource_uri,
                            const char *id, apr_pool_t *pool);

/** Delete: all of its processes are ended. */
wsm_failure_t *wsm_client_shell_delete(wsm_client_t *client,
                                       const wsm_client_shell_t *shell,
                                       apr_pool_t *pool);

/** A command that is wanted. */
typedef struct wsm_client_command_t {
    const char *id; /* a UUID for it, or NULL */
    const char *command;
    const char *const *arguments; /* the shell joins them with spaces */
    int narguments;
    int skip_shell; /* WINRS_SKIP_CMD_SHELL: a program, not a line */
    int is_piped;   /* its input is no terminal's (WINRS_CONSOLEMODE_STDIN) */
} wsm_client_command_t;

/** Command.  Errors: WSM_FAILURE_USE, as above.
 *  @param id  what the service calls it */
wsm_failure_t *wsm_client_shell_command(wsm_client_t *client, const char **id,
                                        const wsm_client_shell_t *shell,
                                        const wsm_client_command_t *command,
                                        apr_pool_t *pool);

/** Send.  May wait until the command has read what it got before; if it does
 *  not in time the failure is WSM_CLIENT_TIMED_OUT, nothing was taken, and the
 *  same can be sent again.
 *  @param command_id  NULL: for the shell itself
 *  @param end         nothing follows */
wsm_failure_t *wsm_client_shell_send(wsm_client_t *client,
                                     const wsm_client_shell_t *shell,
                                     const char *command_id, const char *stream,
                                     const char *data, apr_size_t length,
                                     int end, apr_pool_t *pool);

/** The bytes of one stream, in the order in which they came. */
typedef struct wsm_client_piece_t {
    const char *stream;
    const char *data;
    apr_size_t length;
    int end; /* nothing follows on this stream */
} wsm_client_piece_t;

/** What a Receive brought. */
typedef struct wsm_client_output_t {
    const wsm_client_piece_t *pieces;
    int npieces;
    int done; /* the command is over */
    int has_exit_code;
    apr_uint32_t exit_code;
} wsm_client_output_t;

/** Receive: waits for output, as long as the service waits.  Nothing at all is
 *  a success, too (the service said that it timed out).
 *  @param command_id  NULL: of the shell itself
 *  @param streams     "stdout stderr" */
wsm_failure_t *wsm_client_shell_receive(wsm_client_t *client,
                                        wsm_client_output_t *output,
                                        const wsm_client_shell_t *shell,
                                        const char *command_id,
                                        const char *streams, apr_pool_t *pool);

typedef enum wsm_client_signal_e {
    WSM_CLIENT_SIGNAL_TERMINATE, /* end it; it is forgotten */
    WSM_CLIENT_SIGNAL_CTRL_C,
    WSM_CLIENT_SIGNAL_CTRL_BREAK
} wsm_client_signal_e;

/** Signal.  A command that is over hears nothing, which is no failure. */
wsm_failure_t *wsm_client_shell_signal(wsm_client_t *client,
                                       const wsm_client_shell_t *shell,
                                       const char *command_id,
                                       wsm_client_signal_e code,
                                       apr_pool_t *pool);

/** The ids of the commands of a shell (an enumeration), ended by NULL. */
wsm_failure_t *wsm_client_shell_commands(wsm_client_t *client,
                                         const char *const **ids,
                                         const wsm_client_shell_t *shell,
                                         apr_pool_t *pool);

/** Disconnect: the shell goes on without a client.
 *  @param idle_timeout  for so long; 0: as long as the service likes */
wsm_failure_t *wsm_client_shell_disconnect(wsm_client_t *client,
                                           const wsm_client_shell_t *shell,
                                           apr_interval_time_t idle_timeout,
                                           apr_pool_t *pool);
/** Reconnect: the session that has disconnected it has it again. */
wsm_failure_t *wsm_client_shell_reconnect(wsm_client_t *client,
                                          const wsm_client_shell_t *shell,
                                          apr_pool_t *pool);
/** Connect: another session takes it over. */
wsm_failure_t *wsm_client_shell_connect(wsm_client_t *client,
                                        const wsm_client_shell_t *shell,
                                        apr_pool_t *pool);

/** @return true if the service's fault has this number */
int wsm_client_fault_is(const wsm_failure_t *failure, apr_uint32_t number);

#endif
