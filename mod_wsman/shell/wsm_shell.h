/* wsm_shell.h - remote shells (MS-WSMV 3.1.4.1.31): what they are, whoever
 * looks at them, and the calls of the shell daemon.
 *
 * A shell is a place in which commands run as one account of the system: a
 * session with its environment, held by wsman-shelld, which outlives the
 * connection, the process of httpd that it was made through, and a restart of
 * httpd.  A command is a process in it with streams; of a PowerShell shell it
 * is a pipeline of its engine.
 *
 * Each call is one connection to the daemon, so that any process of httpd can
 * make it, and nothing of it is left in a process of httpd.  The connection is
 * not part of this room: it is handed in.
 */
#ifndef WSM_SHELL_H
#define WSM_SHELL_H

#include <apr_time.h>

#include "../base/wsm_error.h"

/** What a call goes through. */
typedef struct wsm_shell_service_t {
    /** Connects to the daemon.
     *  @param fd  out: a connected stream socket, non-blocking, that the
     *             caller closes
     *  Errors: WSMAN_E_RESOURCE_OFFLINE (the daemon is not there) */
    wsm_error_t *(*connect)(int *fd, void *baton, apr_pool_t *pool);
    /** @return true when nobody waits for the answer any more; asked at least
     *  once a second.  May be NULL */
    int (*cancelled)(void *baton);
    void *baton;
} wsm_shell_service_t;

/** What `connect` does where the daemon listens in the file system
 *  (wsm_shell_open.c). */
wsm_error_t *wsm_shell_open(int *fd, const char *path, apr_pool_t *pool);

/** Who calls. */
typedef struct wsm_shell_caller_t {
    /** As httpd authenticated it.  A shell's owner is the user with the
     *  account: the same name may be two people at two endpoints. */
    const char *user;
    const char *account; /* of the system: what its shells run as */
    const char *address; /* of the client, or NULL */
    int any_owner;       /* may use the shells of others, too */
    /** The client's session (p:SessionId), or NULL.  A shell that was made in
     *  one belongs to it until it is disconnected. */
    const char *session;
    /** The resource URI that he speaks of the shell by: it must be the shell's
     *  own, or there is no such shell.  NULL: whatever it is.  Not for Create
     *  and lists. */
    const char *resource_uri;
} wsm_shell_caller_t;

typedef enum wsm_shell_kind_e {
    WSM_SHELL_COMMANDS,  /* .../windows/shell/cmd */
    WSM_SHELL_POWERSHELL /* .../powershell/<configuration>: an engine that
                            speaks MS-PSRP */
} wsm_shell_kind_e;

typedef enum wsm_shell_state_e {
    WSM_SHELL_CONNECTED,
    WSM_SHELL_DISCONNECTED
} wsm_shell_state_e;

typedef enum wsm_shell_buffer_e {
    WSM_SHELL_BUFFER_UNSET,
    WSM_SHELL_BUFFER_BLOCK, /* who writes waits */
    WSM_SHELL_BUFFER_DROP   /* what is oldest is lost */
} wsm_shell_buffer_e;

typedef struct wsm_shell_variable_t {
    const char *name;
    const char *value;
} wsm_shell_variable_t;

/** Bytes; `data` may have zeros. */
typedef struct wsm_shell_bytes_t {
    const char *data;
    apr_size_t length;
} wsm_shell_bytes_t;

/** A shell that is wanted (Create).  NULL, 0: not said. */
typedef struct wsm_shell_wish_t {
    wsm_shell_kind_e kind;
    /** Which of the programs that the configuration names: "cmd", or the last
     *  part of the resource URI ("Microsoft.PowerShell"). */
    const char *engine;
    const char *resource_uri;
    const char *id; /* a UUID that the client chose */
    const char *name;
    const char *directory;
    const wsm_shell_variable_t *environment;
    int nenvironment;
    apr_interval_time_t idle_timeout;
    apr_interval_time_t lifetime;
    wsm_shell_buffer_e buffer;
    const char *input_streams; /* names with spaces between them */
    const char *output_streams;
    const char *locale;
    const char *data_locale;
    int no_profile;             /* WINRS_NOPROFILE */
    unsigned code_page;         /* WINRS_CODEPAGE; 0, 65001: UTF-8, nothing is
                                   converted */
    wsm_shell_bytes_t creation; /* creationXml, decoded */
} wsm_shell_wish_t;

/** A shell as it is. */
typedef struct wsm_shell_t {
    const char *id; /* as it is told: a UUID in capitals, or as the client
                       wrote it */
    wsm_shell_kind_e kind;
    const char *resource_uri;
    const char *name;    /* or NULL */
    const char *owner;   /* wsm_shell_caller_t.user of who made it */
    const char *account; /* that it runs as */
    const char *address; /* of the client that made it, or NULL */
    const char *locale;
    const char *data_locale;
    const char *input_streams;
    const char *output_streams;
    const char *directory;                   /* or NULL */
    const wsm_shell_variable_t *environment; /* as it was asked for */
    int nenvironment;
    apr_uint32_t pid; /* of the process that holds it */
    apr_interval_time_t idle_timeout;
    apr_interval_time_t max_idle_timeout;
    apr_interval_time_t lifetime; /* 0: no end */
    apr_interval_time_t age;
    apr_interval_time_t idle; /* since the last call */
    wsm_shell_state_e state;
    wsm_shell_buffer_e buffer;
    int profile_loaded;
    apr_uint32_t commands;      /* that are there */
    wsm_shell_bytes_t response; /* connectResponseXml of a Connect, decoded */
} wsm_shell_t;

/** A command that is wanted. */
typedef struct wsm_shell_command_wish_t {
    const char *id;               /* a UUID that the client chose, or NULL */
    const char *command;          /* never NULL */
    const char *const *arguments; /* as they came, unquoted */
    int narguments;
    int skip_shell;          /* WINRS_SKIP_CMD_SHELL: run the program itself */
    wsm_shell_bytes_t first; /* of a pipeline: its first fragment */
} wsm_shell_command_wish_t;

typedef struct wsm_shell_command_t {
    const char *id;
    const char *line; /* the command with its arguments */
    apr_uint32_t pid; /* 0: it runs no more, or is a pipeline */
    int done;
    int exit_code; /* when done; 128 + n: ended by signal n */
} wsm_shell_command_t;

/** Input (Send), or output (Receive). */
typedef struct wsm_shell_piece_t {
    const char *stream;     /* its name */
    const char *command_id; /* NULL: of the shell itself */
    wsm_shell_bytes_t bytes;
    int end; /* nothing follows on this stream */
} wsm_shell_piece_t;

/** What each piece counts in wsm_shell_wanted_t.most besides its bytes: what
 *  stands around them in a reply. */
#define WSM_SHELL_PIECE_COST 128

/** What a Receive waits for. */
typedef struct wsm_shell_wanted_t {
    const char *command_id;     /* NULL: the streams of the shell itself */
    const char *const *streams; /* names */
    int nstreams;
    apr_size_t most; /* bytes that fit the reply, WSM_SHELL_PIECE_COST more
                        for each piece; a first piece is given even if it does
                        not fit, where it cannot be cut */
} wsm_shell_wanted_t;

/** What a Receive got: never nothing. */
typedef struct wsm_shell_output_t {
    const wsm_shell_piece_t *pieces; /* none is empty but for its end */
    int npieces;
    int done; /* the command is over, and this was the last of it */
    int has_exit_code;
    int exit_code;
    int connection; /* that settle() wants; -1 when it was called */
} wsm_shell_output_t;

typedef enum wsm_shell_signal_e {
    WSM_SHELL_SIGNAL_TERMINATE,
    WSM_SHELL_SIGNAL_CTRL_C,
    WSM_SHELL_SIGNAL_CTRL_BREAK
} wsm_shell_signal_e;

/* ---- calls (wsm_shell_client.c)
 *
 * They wait until `deadline` at most, then WSMAN_E_TIMED_OUT with the number
 * 2150858793.  Other errors of all of them:
 *   WSMAN_E_UNEXPECTED_SELECTORS, number 2150858843: no such shell, or that of
 *       somebody else (nobody learns which)
 *   WSMAN_E_PARAMETER_INVALID_VALUE, number 87: no such command
 *   WSMAN_E_RESOURCE_OFFLINE: the daemon does not answer
 *   WSMAN_E_INTERNAL_ERROR, number 995: it ended in the middle
 * Results live in `pool`. */

/** Errors: WSMAN_E_ACCESS_DENIED (the account may have no shell; it does not
 *  exist), WSMAN_E_QUOTA_LIMIT with 2150859173 (of the user), 2150859179 (of
 *  all); WSMAN_E_ALREADY_EXISTS with 2150859223 (the id is taken),
 *  WSMAN_E_INVALID_RESOURCE_URI (no such engine), WSMAN_E_INTERNAL_ERROR (its
 *  program cannot be run: the message says what to install),
 *  WSMAN_E_PARAMETER_INVALID_VALUE (directory, environment, code page) */
wsm_error_t *wsm_shell_create(const wsm_shell_t **shell,
                              const wsm_shell_service_t *service,
                              const wsm_shell_caller_t *caller,
                              const wsm_shell_wish_t *wish, apr_time_t deadline,
                              apr_pool_t *pool);

wsm_error_t *wsm_shell_get(const wsm_shell_t **shell,
                           const wsm_shell_service_t *service,
                           const wsm_shell_caller_t *caller, const char *id,
                           apr_time_t deadline, apr_pool_t *pool);

/** Those that the caller may use, oldest first. */
wsm_error_t *wsm_shell_list(const wsm_shell_t *const **shells, int *nshells,
                            const wsm_shell_service_t *service,
                            const wsm_shell_caller_t *caller,
                            apr_time_t deadline, apr_pool_t *pool);

/** Every process of the shell is gone when it returns. */
wsm_error_t *wsm_shell_delete(const wsm_shell_service_t *service,
                              const wsm_shell_caller_t *caller, const char *id,
                              apr_time_t deadline, apr_pool_t *pool);

/** Starts a command.  *id: its id.
 *  Errors: WSMAN_E_QUOTA_LIMIT with 2150859241, WSMAN_E_ALREADY_EXISTS with
 *  2150859222, WSMAN_E_INTERNAL_ERROR with 2147942402 (skip_shell: there is no
 *  such program) or 2147942405 (it cannot be executed) */
wsm_error_t *wsm_shell_command(const char **id,
                               const wsm_shell_service_t *service,
                               const wsm_shell_caller_t *caller,
                               const char *shell_id,
                               const wsm_shell_command_wish_t *wish,
                               apr_time_t deadline, apr_pool_t *pool);

wsm_error_t *wsm_shell_list_commands(const wsm_shell_command_t **commands,
                                     int *ncommands,
                                     const wsm_shell_service_t *service,
                                     const wsm_shell_caller_t *caller,
                                     const char *shell_id, apr_time_t deadline,
                                     apr_pool_t *pool);

/** Gives input to commands.  All of it is taken, or on error nothing: where a
 *  command does not read, the call waits.  What is sent to a command that is
 *  over is lost without error.
 *  Errors: WSMAN_E_PARAMETER_INVALID_VALUE with 2150859147 (no such stream) */
wsm_error_t *wsm_shell_send(const wsm_shell_service_t *service,
                            const wsm_shell_caller_t *caller,
                            const char *shell_id,
                            const wsm_shell_piece_t *pieces, int npieces,
                            apr_time_t deadline, apr_pool_t *pool);

/** Waits for output, or for the end.  settle() must follow a success, and the
 *  pool must not be cleared before.
 *  Another receive for the same command, later, ends this one with
 *  WSMAN_E_INTERNAL_ERROR and the number 995.
 *  Errors: WSMAN_E_PARAMETER_INVALID_VALUE with 2150859149 (no such stream) */
wsm_error_t *wsm_shell_receive(wsm_shell_output_t **output,
                               const wsm_shell_service_t *service,
                               const wsm_shell_caller_t *caller,
                               const char *shell_id,
                               const wsm_shell_wanted_t *wanted,
                               apr_time_t deadline, apr_pool_t *pool);
/** Says what became of the output: it is on its way to the client, and the
 *  daemon may forget it, or not, and the next receive shall have it again.
 *  If the process dies before, the next one has it again. */
void wsm_shell_settle(wsm_shell_output_t *output, int is_sent);

/** Signals a command; one that is over hears nothing, which is no error.  After
 *  TERMINATE it is forgotten.
 *  @param command_id  NULL: all commands */
wsm_error_t *wsm_shell_signal(const wsm_shell_service_t *service,
                              const wsm_shell_caller_t *caller,
                              const char *shell_id, const char *command_id,
                              wsm_shell_signal_e code, apr_time_t deadline,
                              apr_pool_t *pool);

/** The shell goes on without a client, for idle_timeout (0: as it was) at
 *  most.  Receives that wait end with WSMAN_E_INTERNAL_ERROR and 2150859204.
 *  Errors: WSMAN_E_INVALID_PARAMETER with 2150859215 (it is disconnected),
 *  WSMAN_E_UNSUPPORTED_FEATURE with 2150859205 (made without a session id) */
wsm_error_t *wsm_shell_disconnect(const wsm_shell_service_t *service,
                                  const wsm_shell_caller_t *caller,
                                  const char *id,
                                  apr_interval_time_t idle_timeout,
                                  wsm_shell_buffer_e buffer,
                                  apr_time_t deadline, apr_pool_t *pool);
/** Errors: WSMAN_E_INVALID_PARAMETER with 2150859216 (it is connected) or
 *  2150859206 (it belongs to another client) */
wsm_error_t *wsm_shell_reconnect(const wsm_shell_service_t *service,
                                 const wsm_shell_caller_t *caller,
                                 const char *id, apr_time_t deadline,
                                 apr_pool_t *pool);
/** Another client of the owner takes over a shell that is disconnected.
 *  @param request  connectXml, decoded; may be empty */
wsm_error_t *wsm_shell_connect(const wsm_shell_t **shell,
                               const wsm_shell_service_t *service,
                               const wsm_shell_caller_t *caller, const char *id,
                               wsm_shell_bytes_t request, apr_time_t deadline,
                               apr_pool_t *pool);

#endif
