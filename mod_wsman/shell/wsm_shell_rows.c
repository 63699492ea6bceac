/* wsm_shell_rows.c - structures to fields and back, by their tables.
 */
#include "wsm_shell_rows.h"

#include <limits.h>
#include <string.h>

#include <apr_strings.h>

static const char *at(const void *object, apr_size_t offset)
{
    return (const char *)object + offset;
}

static char *in(void *object, apr_size_t offset)
{
    return (char *)object + offset;
}

/* Members are looked at by memcpy: an enumeration is no int. */
#define GET(value, object, offset)                                             \
    memcpy(&(value), at(object, offset), sizeof(value))
#define SET(value, object, offset)                                             \
    memcpy(in(object, offset), &(value), sizeof(value))

/* ---- writing */

static void write_texts(wsm_shell_message_t *message,
                        const wsm_shell_row_t *row, const void *object)
{
    const char *const *texts;
    int count;

    GET(texts, object, row->offset);
    GET(count, object, row->count);
    for (int i = 0; i < count; i++)
        wsm_shell_message_text(message, row->tag, texts[i]);
}

static void write_variables(wsm_shell_message_t *message,
                            const wsm_shell_row_t *row, const void *object)
{
    const wsm_shell_variable_t *variables;
    int count;

    GET(variables, object, row->offset);
    GET(count, object, row->count);
    for (int i = 0; i < count; i++)
        wsm_shell_message_text(message, row->tag,
                               apr_pstrcat(message->pool, variables[i].name,
                                           "=", variables[i].value, NULL));
}

static void write_row(wsm_shell_message_t *message, const wsm_shell_row_t *row,
                      const void *object)
{
    wsm_shell_bytes_t bytes;
    const char *text;
    apr_int64_t wide;
    int number;

    switch (row->form) {
    case WSM_SHELL_TEXT:
        GET(text, object, row->offset);
        wsm_shell_message_text(message, row->tag, text);
        break;
    case WSM_SHELL_INT:
        GET(number, object, row->offset);
        if (number != 0)
            wsm_shell_message_number(message, row->tag, number);
        break;
    case WSM_SHELL_LONG:
        GET(wide, object, row->offset);
        if (wide != 0)
            wsm_shell_message_number(message, row->tag, wide);
        break;
    case WSM_SHELL_BYTES:
        GET(bytes, object, row->offset);
        if (bytes.length > 0)
            wsm_shell_message_bytes(message, row->tag, bytes.data,
                                    bytes.length);
        break;
    case WSM_SHELL_TEXTS:
        write_texts(message, row, object);
        break;
    case WSM_SHELL_VARIABLES:
        write_variables(message, row, object);
        break;
    }
}

void wsm_shell_rows_write(wsm_shell_message_t *message,
                          const wsm_shell_row_t *rows, int nrows,
                          const void *object, apr_uint32_t of)
{
    for (int i = 0; i < nrows; i++)
        if (rows[i].of == 0 || (rows[i].of & of) != 0)
            write_row(message, &rows[i], object);
}

/* ---- reading */

/** One more place at the end of a list: room for a power of two of them.
 *  @return the place, or NULL if the list is too long */
static void *grow(void *object, const wsm_shell_row_t *row, apr_size_t size,
                  apr_pool_t *pool)
{
    char *list;
    int count;

    GET(list, object, row->offset);
    GET(count, object, row->count);
    if (count >= WSM_SHELL_MAX_LIST)
        return NULL;
    if ((count & (count - 1)) == 0) {
        apr_size_t room = count == 0 ? 1 : (apr_size_t)count * 2;
        char *grown = apr_pcalloc(pool, room * size);

        if (count > 0)
            memcpy(grown, list, (apr_size_t)count * size);
        list = grown;
        SET(list, object, row->offset);
    }
    count++;
    SET(count, object, row->count);
    return list + (apr_size_t)(count - 1) * size;
}

static int read_variable(const wsm_shell_field_t *field,
                         const wsm_shell_row_t *row, void *object,
                         apr_pool_t *pool)
{
    const char *text = wsm_shell_field_text(field, pool);
    const char *equals = text != NULL ? strchr(text, '=') : NULL;
    wsm_shell_variable_t *variable;

    if (equals == NULL)
        return 0;
    variable = grow(object, row, sizeof(*variable), pool);
    if (variable == NULL)
        return 0;
    variable->name = apr_pstrmemdup(pool, text, (apr_size_t)(equals - text));
    variable->value = equals + 1;
    return 1;
}

static int read_text(const wsm_shell_field_t *field, const wsm_shell_row_t *row,
                     void *object, apr_pool_t *pool)
{
    const char *text = wsm_shell_field_text(field, pool);
    const char **place;

    if (text == NULL)
        return 0;
    if (row->form == WSM_SHELL_TEXT) {
        SET(text, object, row->offset);
        return 1;
    }
    place = grow(object, row, sizeof(*place), pool);
    if (place == NULL)
        return 0;
    *place = text;
    return 1;
}

static int read_number(const wsm_shell_field_t *field,
                       const wsm_shell_row_t *row, void *object)
{
    const apr_int64_t wide = wsm_shell_field_number(field);
    const int number = (int)wide;

    if (field->length != sizeof(wide))
        return 0;
    if (row->form == WSM_SHELL_LONG) {
        SET(wide, object, row->offset);
        return wide >= 0;
    }
    SET(number, object, row->offset);
    return wide >= INT_MIN && wide <= INT_MAX;
}

static int read_row(const wsm_shell_field_t *field, const wsm_shell_row_t *row,
                    void *object, apr_pool_t *pool)
{
    const wsm_shell_bytes_t bytes = {field->data, field->length};

    switch (row->form) {
    case WSM_SHELL_TEXT:
    case WSM_SHELL_TEXTS:
        return read_text(field, row, object, pool);
    case WSM_SHELL_INT:
    case WSM_SHELL_LONG:
        return read_number(field, row, object);
    case WSM_SHELL_VARIABLES:
        return read_variable(field, row, object, pool);
    case WSM_SHELL_BYTES:
        SET(bytes, object, row->offset);
        break;
    }
    return 1;
}

int wsm_shell_rows_read(const wsm_shell_field_t *field,
                        const wsm_shell_row_t *rows, int nrows, void *object,
                        apr_uint32_t of, apr_pool_t *pool)
{
    for (int i = 0; i < nrows; i++)
        if ((apr_uint16_t)rows[i].tag == field->tag &&
            (rows[i].of == 0 || (rows[i].of & of) != 0))
            return read_row(field, &rows[i], object, pool);
    return 1;
}
