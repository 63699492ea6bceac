/* cim_mof_read.c - taking tokens, and errors with their place. */
#include <stdarg.h>
#include <string.h>

#include <apr_strings.h>

#include "cim_mof_parse.h"

cim_mof_place_t cim_mof_here(const cim_mof_reader_t *reader)
{
    cim_mof_place_t place = {reader->lex.file, reader->lex.line,
                             reader->lex.column};
    return place;
}

wsm_error_t *cim_mof_fail(const cim_mof_reader_t *reader,
                          const cim_mof_place_t *place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const wsm_error_t *what =
        wsm_error_vmake(reader->errors, WSMAN_E_INTERNAL_ERROR, APR_SUCCESS,
                        NULL, format, args);
    va_end(args);
    return wsm_fail(reader->errors, WSMAN_E_INTERNAL_ERROR, "%s:%u:%u: %s",
                    place->file, place->line, place->column, what->message);
}

wsm_error_t *cim_mof_expected(const cim_mof_reader_t *reader, const char *what)
{
    cim_mof_place_t place = cim_mof_here(reader);
    if (reader->lex.kind == CIM_MOF_BAD)
        return cim_mof_fail(reader, &place, "%s", reader->lex.fault);
    return cim_mof_fail(reader, &place, "expected %s, found %s", what,
                        cim_mof_lex_found(&reader->lex, reader->errors));
}

wsm_error_t *cim_mof_take(cim_mof_reader_t *reader, int kind, const char *what)
{
    if (reader->lex.kind != kind)
        return cim_mof_expected(reader, what);
    cim_mof_lex_next(&reader->lex);
    return NULL;
}

int cim_mof_accept(cim_mof_reader_t *reader, int kind)
{
    if (reader->lex.kind != kind)
        return 0;
    cim_mof_lex_next(&reader->lex);
    return 1;
}

int cim_mof_accept_word(cim_mof_reader_t *reader, const char *word)
{
    if (!cim_mof_lex_is(&reader->lex, word))
        return 0;
    cim_mof_lex_next(&reader->lex);
    return 1;
}

wsm_error_t *cim_mof_take_name(cim_mof_reader_t *reader, int kind,
                               const char **name, const char *what)
{
    if (reader->lex.kind != kind)
        return cim_mof_expected(reader, what);
    *name = cim_intern(reader->strings, reader->lex.text, reader->lex.length);
    cim_mof_lex_next(&reader->lex);
    return NULL;
}

/** Makes room for `more` bytes after the `used` ones. */
static void make_room(cim_mof_reader_t *reader, apr_size_t used,
                      apr_size_t more)
{
    if (used + more <= reader->buffer_size)
        return;
    apr_size_t size = reader->buffer_size ? reader->buffer_size : 4096;
    while (size < used + more)
        size *= 2;
    char *larger = apr_palloc(reader->pool, size);
    if (used)
        memcpy(larger, reader->buffer, used);
    reader->buffer = larger;
    reader->buffer_size = size;
}

static wsm_error_t *append_string(cim_mof_reader_t *reader, apr_size_t *used)
{
    cim_mof_lexer_t *lex = &reader->lex;
    unsigned column = 0;
    make_room(reader, *used, lex->length + 1);
    apr_size_t length =
        cim_mof_lex_decode(lex, reader->buffer + *used, &column);
    if (length == (apr_size_t)-1) {
        cim_mof_place_t place = {lex->file, lex->line, column};
        return cim_mof_fail(reader, &place, "%s", lex->fault);
    }
    *used += length;
    cim_mof_lex_next(lex);
    return NULL;
}

wsm_error_t *cim_mof_take_string(cim_mof_reader_t *reader, const char **text)
{
    cim_mof_lexer_t *lex = &reader->lex;
    apr_size_t used = 0;
    if (lex->kind != CIM_MOF_STRING)
        return cim_mof_expected(reader, "a string");
    while (lex->kind == CIM_MOF_STRING) {
        wsm_error_t *err = append_string(reader, &used);
        if (err)
            return err;
    }
    *text = cim_intern(reader->strings, used ? reader->buffer : "", used);
    return NULL;
}
