/* wsm_shell_rows.h - which member of a structure is which field of a message:
 * one table for writing and for reading.
 */
#ifndef WSM_SHELL_ROWS_H
#define WSM_SHELL_ROWS_H

#include <stddef.h>

#include "wsm_shell_wire.h"

typedef enum wsm_shell_form_e {
    WSM_SHELL_TEXT,  /* const char *; NULL is not written */
    WSM_SHELL_INT,   /* int, unsigned, an enumeration; 0 is not written */
    WSM_SHELL_LONG,  /* apr_int64_t, apr_time_t, apr_size_t; 0 is not written */
    WSM_SHELL_BYTES, /* wsm_shell_bytes_t; nothing is not written */
    WSM_SHELL_TEXTS, /* const char *const * and its int count */
    WSM_SHELL_VARIABLES /* wsm_shell_variable_t * and its int count */
} wsm_shell_form_e;

typedef struct wsm_shell_row_t {
    wsm_shell_field_e tag;
    wsm_shell_form_e form;
    apr_size_t offset;
    apr_size_t count; /* offset of the int that counts a list */
    apr_uint32_t of;  /* messages that have it, by their bits; 0: all */
} wsm_shell_row_t;

#define WSM_SHELL_OF(type) (1u << (type))

/** The longest list that a message may have. */
#define WSM_SHELL_MAX_LIST 4096

/** Adds the members of `object` that a message of `of` has. */
void wsm_shell_rows_write(wsm_shell_message_t *message,
                          const wsm_shell_row_t *rows, int nrows,
                          const void *object, apr_uint32_t of);
/** Sets the member that a field is of; what it points to lives in `pool`, but
 *  bytes in the message.
 *  @return false if the field is broken: a number that is none or too large, a
 *          text with a zero in it, a list without end.  Unknown tags are
 *          ignored */
int wsm_shell_rows_read(const wsm_shell_field_t *field,
                        const wsm_shell_row_t *rows, int nrows, void *object,
                        apr_uint32_t of, apr_pool_t *pool);

#endif
