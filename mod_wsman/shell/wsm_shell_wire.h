/* wsm_shell_wire.h - messages between httpd and the shell daemon.
 *
 * A message is a head and fields, in the byte order of the machine:
 *
 *     head   magic u32, type u16, version u16, length u32 of the fields
 *     field  tag u16, zero u16, length u32, so many bytes
 *
 * A connection carries one request and its answer; after an OUTPUT the caller
 * says SETTLE.  Lists are fields of the same tag; the fields of an object that
 * occurs several times come together, and WSM_SHELL_F_NEXT separates objects.
 * Unknown tags are ignored.  Nothing here waits or allocates but from the pool.
 */
#ifndef WSM_SHELL_WIRE_H
#define WSM_SHELL_WIRE_H

#include "wsm_shell.h"

#define WSM_SHELL_MAGIC   0x57534831u
#define WSM_SHELL_VERSION 1
/** Bytes of fields that a message may have. */
#define WSM_SHELL_MAX_MESSAGE (16u * 1024 * 1024)

typedef enum wsm_shell_message_e {
    /* requests */
    WSM_SHELL_M_CREATE = 1,
    WSM_SHELL_M_GET,
    WSM_SHELL_M_LIST,
    WSM_SHELL_M_DELETE,
    WSM_SHELL_M_COMMAND,
    WSM_SHELL_M_LIST_COMMANDS,
    WSM_SHELL_M_SEND,
    WSM_SHELL_M_RECEIVE,
    WSM_SHELL_M_SIGNAL,
    WSM_SHELL_M_DISCONNECT,
    WSM_SHELL_M_RECONNECT,
    WSM_SHELL_M_CONNECT,
    /* answers */
    WSM_SHELL_M_OK = 100, /* with the fields of what was asked for */
    WSM_SHELL_M_FAILED,   /* CODE, NUMBER, STATUS, TEXT */
    WSM_SHELL_M_OUTPUT,   /* of RECEIVE */
    /* what follows OUTPUT: FLAG is true if it is on its way */
    WSM_SHELL_M_SETTLE = 200,
    /* what httpd's parent says on the control channel (shelld/) */
    WSM_SHELL_M_POLICY = 300
} wsm_shell_message_e;

typedef enum wsm_shell_field_e {
    WSM_SHELL_F_NEXT = 1, /* empty: another object begins */
    /* who calls */
    WSM_SHELL_F_USER,
    WSM_SHELL_F_ACCOUNT,
    WSM_SHELL_F_ADDRESS,
    WSM_SHELL_F_ANY_OWNER,
    WSM_SHELL_F_SESSION,
    WSM_SHELL_F_DEADLINE, /* apr_time_t */
    /* shells, and wishes for them */
    WSM_SHELL_F_SHELL_ID,
    WSM_SHELL_F_KIND,
    WSM_SHELL_F_ENGINE,
    WSM_SHELL_F_RESOURCE_URI,
    WSM_SHELL_F_NAME,
    WSM_SHELL_F_OWNER,
    WSM_SHELL_F_DIRECTORY,
    WSM_SHELL_F_VARIABLE, /* "NAME=value" */
    WSM_SHELL_F_IDLE_TIMEOUT,
    WSM_SHELL_F_MAX_IDLE_TIMEOUT,
    WSM_SHELL_F_LIFETIME,
    WSM_SHELL_F_AGE,
    WSM_SHELL_F_IDLE,
    WSM_SHELL_F_STATE,
    WSM_SHELL_F_BUFFER,
    WSM_SHELL_F_INPUT_STREAMS,
    WSM_SHELL_F_OUTPUT_STREAMS,
    WSM_SHELL_F_LOCALE,
    WSM_SHELL_F_DATA_LOCALE,
    WSM_SHELL_F_NO_PROFILE,
    WSM_SHELL_F_CODE_PAGE,
    WSM_SHELL_F_BYTES, /* creationXml, connectXml, connectResponseXml, a first
                          fragment, the data of a piece */
    WSM_SHELL_F_PID,
    WSM_SHELL_F_COMMANDS,
    WSM_SHELL_F_PROFILE_LOADED,
    /* commands */
    WSM_SHELL_F_COMMAND_ID,
    WSM_SHELL_F_COMMAND,
    WSM_SHELL_F_ARGUMENT,
    WSM_SHELL_F_SKIP_SHELL,
    WSM_SHELL_F_DONE,
    WSM_SHELL_F_EXIT_CODE,
    WSM_SHELL_F_SIGNAL,
    /* streams */
    WSM_SHELL_F_STREAM,
    WSM_SHELL_F_END,
    WSM_SHELL_F_MOST,
    WSM_SHELL_F_FLAG,
    /* errors */
    WSM_SHELL_F_CODE,   /* wsman_code_e */
    WSM_SHELL_F_NUMBER, /* WSManFault */
    WSM_SHELL_F_STATUS, /* apr_status_t */
    WSM_SHELL_F_TEXT,
    /* the policy has its own, from here on (shelld/) */
    WSM_SHELL_F_POLICY = 1000
} wsm_shell_field_e;

typedef struct wsm_shell_head_t {
    apr_uint32_t magic;
    apr_uint16_t type;
    apr_uint16_t version;
    apr_uint32_t length;
} wsm_shell_head_t;

/** A message that is written: one run of bytes, with its head. */
typedef struct wsm_shell_message_t {
    apr_pool_t *pool;
    char *data;
    apr_size_t length;
    apr_size_t room;
} wsm_shell_message_t;

void wsm_shell_message_begin(wsm_shell_message_t *self,
                             wsm_shell_message_e type, apr_pool_t *pool);
/** The text is not written where it is NULL. */
void wsm_shell_message_text(wsm_shell_message_t *self, wsm_shell_field_e tag,
                            const char *text);
void wsm_shell_message_bytes(wsm_shell_message_t *self, wsm_shell_field_e tag,
                             const char *data, apr_size_t length);
/** Adds a field of bytes that the caller writes.
 *  @return where; good until the next one is added */
char *wsm_shell_message_room(wsm_shell_message_t *self, wsm_shell_field_e tag,
                             apr_size_t length);
void wsm_shell_message_number(wsm_shell_message_t *self, wsm_shell_field_e tag,
                              apr_int64_t value);
/** Writes the length into the head; the message can be sent.
 *  @return false if it is longer than WSM_SHELL_MAX_MESSAGE */
int wsm_shell_message_end(wsm_shell_message_t *self);

/** @return true if a head is one of this version, and not too long */
int wsm_shell_head_is_good(const wsm_shell_head_t *head);

/** A field that was read; `data` points into the message. */
typedef struct wsm_shell_field_t {
    apr_uint16_t tag;
    const char *data;
    apr_size_t length;
} wsm_shell_field_t;

/** Where in the fields of a message one reads. */
typedef struct wsm_shell_cursor_t {
    const char *at;
    const char *end;
    int is_broken; /* a field says that it is longer than the message */
} wsm_shell_cursor_t;

void wsm_shell_cursor_begin(wsm_shell_cursor_t *self, const char *fields,
                            apr_size_t length);
/** @return false after the last field, and when the rest is broken */
int wsm_shell_cursor_next(wsm_shell_cursor_t *self, wsm_shell_field_t *field);
/** A copy of the field's text, or NULL if there is a zero in it. */
const char *wsm_shell_field_text(const wsm_shell_field_t *field,
                                 apr_pool_t *pool);
/** The field's number; 0 if it is none. */
apr_int64_t wsm_shell_field_number(const wsm_shell_field_t *field);

#endif
