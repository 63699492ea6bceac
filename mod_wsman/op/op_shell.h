/* op_shell.h - remote shells as resources (MS-WSMV 3.1.4.1.31).
 *
 *     http://schemas.microsoft.com/wbem/wsman/1/windows/shell
 *         all shells, whatever their kind: everything but Create.  Who may do
 *         something there is asked again, with the shell's own URI
 *     .../windows/shell/cmd
 *     http://schemas.microsoft.com/powershell/<configuration>
 *         shells of one kind
 *     .../windows/shell/Command
 *         the commands of a shell; can be enumerated, with a filter that says
 *         of which shell
 *
 * The selector ShellId says which shell.  The shells are the daemon's
 * (shell/wsm_shell.h); here is the SOAP of it.
 */
#ifndef OP_SHELL_H
#define OP_SHELL_H

#include "../shell/wsm_shell.h"
#include "wsm_source.h"

/* ERROR_WSMAN_* and ERROR_WINRS_* that say more than the fault's own number */
#define OP_SHELL_NOT_ALLOWED     2150859180u
#define OP_SHELL_INPUT_STREAM    2150859147u
#define OP_SHELL_DESIRED_STREAMS 2150859149u
#define OP_SHELL_FILTER_EXPECTED 2150859200u
#define OP_SHELL_NO_EPRS         2150859201u
#define OP_SHELL_NAME_INVALID    2150859202u
#define OP_SHELL_COMMAND_ID      2150859220u
#define OP_SHELL_SHELL_ID        2150859221u
#define OP_SHELL_NO_COMMAND      87u /* ERROR_INVALID_PARAMETER */
#define OP_SHELL_NOT_SUPPORTED   50u /* ERROR_NOT_SUPPORTED */

/** @return true if it is the URI of shells, or of their commands */
int op_shell_is(const char *resource_uri);
/** Finds out what is meant: ex->source.
 *  WSMAN_E_INTERNAL_ERROR with OP_SHELL_NOT_ALLOWED: there are no shells. */
wsm_error_t *op_shell_resource(wsm_exchange_t *ex);
/** Runs an operation on it. */
wsm_error_t *op_shell_run(wsm_exchange_t *ex, const wsm_op_t *op);
/** What the actions of shells are to other resources: a mismatch. */
wsm_error_t *op_shell_elsewhere(wsm_exchange_t *ex);

/** A request about shells while it is served. */
typedef struct op_shell_t {
    wsm_exchange_t *ex;
    wsm_shell_service_t service; /* ends its waiting when the client is gone */
    wsm_shell_caller_t caller;
    const char *id;           /* the selector ShellId; NULL: there is none */
    wsm_shell_kind_e kind;    /* that the URI says, or the shell */
    const wsm_shell_t *shell; /* NULL: the URI says enough of it */
} op_shell_t;

/** Finds out who calls.  Errors: those of call->shell_caller */
wsm_error_t *op_shell_enter(op_shell_t *self, wsm_exchange_t *ex);

/* op_shell_read.c - what requests have in common */

/** @return err, with that number */
wsm_error_t *op_shell_number(wsm_error_t *err, apr_uint32_t number);
/** The fault of an element that should not be there, or not so
 *  (3.1.4.1.31.3). */
wsm_error_t *op_shell_bad_element(const wsm_exchange_t *ex, const char *name);
/** op_shell_bad_element() if the body is not rsp:`name`. */
wsm_error_t *op_shell_check_body(const wsm_exchange_t *ex, const char *name);
/** Refuses options that must be obeyed and are not known. */
wsm_error_t *op_shell_check_options(const wsm_exchange_t *ex);
/** An option that is a boolean.  *flag is untouched where there is none. */
wsm_error_t *op_shell_flag(int *flag, const wsm_exchange_t *ex,
                           const char *name);
/** @return true if it is a UUID without anything around it */
int op_shell_is_uuid(const char *text);
/** The attribute CommandId; NULL: there is none, or it is empty. */
const char *op_shell_command_id(const xmlNode *node, const wsm_exchange_t *ex);
/** Names with white space between them, each once; at most 16. */
wsm_error_t *op_shell_names(const char *const **names, int *nnames,
                            const xmlNode *node, const wsm_exchange_t *ex);
wsm_error_t *op_shell_duration(apr_interval_time_t *duration,
                               const xmlNode *node, const wsm_exchange_t *ex);
wsm_error_t *op_shell_buffer(wsm_shell_buffer_e *buffer, const xmlNode *node,
                             const wsm_exchange_t *ex);
/** base64Binary, also with white space in it. */
wsm_error_t *op_shell_bytes(wsm_shell_bytes_t *bytes, const xmlNode *node,
                            const wsm_exchange_t *ex);
/** What the child of that name has, whatever its namespace: creationXml and
 *  the like.  Empty where there is none. */
wsm_error_t *op_shell_child_bytes(wsm_shell_bytes_t *bytes,
                                  const xmlNode *parent, const char *name,
                                  const wsm_exchange_t *ex);

/* op_shell_write.c */

/** Writes rsp:Shell.
 *  @param encoding     of the messages: "UTF8", or NULL
 *  @param environment  with its variables */
void op_shell_write(wsm_writer_t *out, const wsm_shell_t *shell,
                    const char *encoding, int environment);
void op_shell_write_base64(wsm_writer_t *out, const wsm_shell_bytes_t *bytes);
/** The EPR of a shell; its selectors live in `pool`. */
void op_shell_epr(wsm_epr_t *epr, const wsm_exchange_t *ex,
                  const wsm_shell_t *shell, apr_pool_t *pool);
/** Begins a reply.
 *  @param shell  whose EPR goes into w:RequestedEPR, or NULL */
void op_shell_begin(wsm_exchange_t *ex, const wsm_shell_t *shell);
/** A reply without more than this in its body. */
wsm_error_t *op_shell_reply(wsm_exchange_t *ex, const char *body);
/** "UTF8" or "UTF16": how this request came. */
const char *op_shell_encoding(const wsm_exchange_t *ex);

/* Operations: op_shell_create.c, op_shell_command.c, op_shell_send.c,
 * op_shell_receive.c, op_shell_connect.c */
wsm_error_t *op_shell_create(op_shell_t *self);
wsm_error_t *op_shell_command(op_shell_t *self);
wsm_error_t *op_shell_signal(op_shell_t *self);
wsm_error_t *op_shell_send(op_shell_t *self);
wsm_error_t *op_shell_receive(op_shell_t *self);
wsm_error_t *op_shell_disconnect(op_shell_t *self);
wsm_error_t *op_shell_reconnect(op_shell_t *self);
wsm_error_t *op_shell_connect(op_shell_t *self);

/* source_shell.c */
extern const wsm_source_t wsm_source_shells;
extern const wsm_source_t wsm_source_commands;

#endif
