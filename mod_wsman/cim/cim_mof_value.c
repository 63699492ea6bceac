/* cim_mof_value.c - initializers, and giving them a type. */
#include <string.h>

#include <apr_strings.h>

#include "cim_mof_parse.h"

const char *cim_mof_literal_text(const cim_mof_reader_t *reader,
                                 const cim_mof_literal_t *literal)
{
    switch (literal->kind) {
    case CIM_MOF_L_NULL:
        return "NULL";
    case CIM_MOF_L_BOOLEAN:
        return literal->v.number ? "TRUE" : "FALSE";
    case CIM_MOF_L_INTEGER:
        return apr_psprintf(reader->errors, "the number %s%" APR_UINT64_T_FMT,
                            literal->negative ? "-" : "",
                            literal->negative ? 0 - literal->v.number
                                              : literal->v.number);
    case CIM_MOF_L_REAL:
        return "a real number";
    case CIM_MOF_L_CHAR:
        return "a character";
    case CIM_MOF_L_STRING:
        return "a string";
    case CIM_MOF_L_ALIAS:
        return apr_psprintf(reader->errors, "$%s", literal->v.text);
    default:
        return "an instance";
    }
}

wsm_error_t *cim_mof_literal_fail(const cim_mof_reader_t *reader,
                                  const char *file,
                                  const cim_mof_literal_t *literal,
                                  const char *what)
{
    cim_mof_place_t place = {file, literal->line, literal->column};
    return cim_mof_fail(reader, &place, "expected %s, found %s", what,
                        cim_mof_literal_text(reader, literal));
}

/** A negative number is kept as its two's complement. */
static wsm_error_t *read_integer(cim_mof_reader_t *reader,
                                 cim_mof_literal_t *literal)
{
    const cim_mof_lexer_t *lex = &reader->lex;
    literal->kind = CIM_MOF_L_INTEGER;
    literal->v.number = lex->number;
    literal->negative = lex->negative && lex->number;
    if (literal->negative) {
        cim_mof_place_t place = cim_mof_here(reader);
        if (lex->number > (apr_uint64_t)INT64_MAX + 1)
            return cim_mof_fail(reader, &place, "this number is too small");
        literal->v.number = 0 - lex->number;
    }
    return NULL;
}

static wsm_error_t *read_word(cim_mof_reader_t *reader,
                              cim_mof_literal_t *literal)
{
    if (cim_mof_accept_word(reader, "instance")) {
        literal->kind = CIM_MOF_L_INSTANCE;
        return cim_mof_parse_instance(reader, &literal->v.instance);
    }
    if (cim_mof_lex_is(&reader->lex, "null"))
        literal->kind = CIM_MOF_L_NULL;
    else if (cim_mof_lex_is(&reader->lex, "true"))
        literal->v.number = 1;
    else if (!cim_mof_lex_is(&reader->lex, "false"))
        return cim_mof_expected(reader, "a value");
    cim_mof_lex_next(&reader->lex);
    return NULL;
}

static wsm_error_t *read_literal(cim_mof_reader_t *reader,
                                 cim_mof_literal_t *literal)
{
    cim_mof_lexer_t *lex = &reader->lex;
    wsm_error_t *err = NULL;
    memset(literal, 0, sizeof(*literal));
    literal->kind = CIM_MOF_L_BOOLEAN;
    literal->line = lex->line;
    literal->column = lex->column;
    switch (lex->kind) {
    case CIM_MOF_STRING:
        literal->kind = CIM_MOF_L_STRING;
        return cim_mof_take_string(reader, &literal->v.text);
    case CIM_MOF_NAME:
        return read_word(reader, literal);
    case CIM_MOF_ALIAS:
        literal->kind = CIM_MOF_L_ALIAS;
        return cim_mof_take_name(reader, CIM_MOF_ALIAS, &literal->v.text,
                                 "an alias");
    case CIM_MOF_INTEGER:
        err = read_integer(reader, literal);
        break;
    case CIM_MOF_REAL:
        literal->kind = CIM_MOF_L_REAL;
        literal->v.real = lex->real;
        break;
    case CIM_MOF_CHAR:
        literal->kind = CIM_MOF_L_CHAR;
        literal->v.number = lex->number;
        break;
    default:
        return cim_mof_expected(reader, "a value");
    }
    cim_mof_lex_next(lex);
    return err;
}

/** Values between braces, pushed onto the stack. */
static wsm_error_t *read_list(cim_mof_reader_t *reader)
{
    if (cim_mof_accept(reader, '}'))
        return NULL;
    do {
        cim_mof_literal_t literal;
        wsm_error_t *err = read_literal(reader, &literal);
        if (err)
            return err;
        APR_ARRAY_PUSH(reader->literals, cim_mof_literal_t) = literal;
    } while (cim_mof_accept(reader, ','));
    return cim_mof_take(reader, '}', "',' or '}' after the value");
}

wsm_error_t *cim_mof_parse_init(cim_mof_reader_t *reader, cim_mof_init_t *init)
{
    int mark = reader->literals->nelts;
    wsm_error_t *err;
    init->file = reader->lex.file;
    init->is_array = cim_mof_accept(reader, '{');
    if (init->is_array) {
        err = read_list(reader);
    } else {
        cim_mof_literal_t literal;
        err = read_literal(reader, &literal);
        if (!err)
            APR_ARRAY_PUSH(reader->literals, cim_mof_literal_t) = literal;
    }
    /* What is above the mark stays until something is pushed again. */
    init->count = (apr_uint32_t)(reader->literals->nelts - mark);
    init->literals =
        &APR_ARRAY_IDX(reader->literals, mark, const cim_mof_literal_t);
    reader->literals->nelts = mark;
    return err;
}

static wsm_error_t *out_of_range(const cim_mof_reader_t *reader,
                                 const char *file,
                                 const cim_mof_literal_t *literal,
                                 cim_type_e type)
{
    cim_mof_place_t place = {file, literal->line, literal->column};
    return cim_mof_fail(reader, &place, "%s is out of the range of %s",
                        cim_mof_literal_text(reader, literal),
                        cim_type_name(type));
}

static wsm_error_t *convert_number(const cim_mof_reader_t *reader,
                                   const char *file,
                                   const cim_mof_literal_t *literal,
                                   cim_type_e type, cim_value_t *value)
{
    cim_value_t number = cim_unsigned(
        literal->negative ? CIM_SINT64 : CIM_UINT64, literal->v.number);
    int real = type == CIM_REAL32 || type == CIM_REAL64;
    if (real && literal->kind == CIM_MOF_L_REAL)
        number = cim_real(CIM_REAL64, literal->v.real);
    else if (literal->kind != CIM_MOF_L_INTEGER)
        return cim_mof_literal_fail(
            reader, file, literal,
            apr_psprintf(reader->errors, "a %s", cim_type_name(type)));
    return cim_value_convert(&number, type, value)
               ? NULL
               : out_of_range(reader, file, literal, type);
}

static wsm_error_t *convert_char(const cim_mof_reader_t *reader,
                                 const char *file,
                                 const cim_mof_literal_t *literal,
                                 cim_value_t *value)
{
    if (literal->kind != CIM_MOF_L_CHAR && literal->kind != CIM_MOF_L_INTEGER)
        return cim_mof_literal_fail(reader, file, literal, "a char16");
    if (literal->negative || literal->v.number > 0xffff)
        return out_of_range(reader, file, literal, CIM_CHAR16);
    *value = cim_unsigned(CIM_CHAR16, literal->v.number);
    return NULL;
}

static wsm_error_t *convert_string(const cim_mof_reader_t *reader,
                                   const char *file,
                                   const cim_mof_literal_t *literal,
                                   cim_type_e type, cim_value_t *value)
{
    cim_mof_place_t place = {file, literal->line, literal->column};
    const char *text = literal->v.text;
    if (literal->kind != CIM_MOF_L_STRING)
        return cim_mof_literal_fail(
            reader, file, literal,
            apr_psprintf(reader->errors, "a %s", cim_type_name(type)));
    if (type == CIM_REFERENCE) {
        cim_path_t *path = apr_pcalloc(reader->texts, sizeof(*path));
        *value = cim_reference(path);
        return cim_path_parse(text, NULL, path, reader->texts)
                   ? NULL
                   : cim_mof_fail(reader, &place, "'%.80s' is no object path",
                                  text);
    }
    if (type == CIM_INSTANCE)
        return cim_mof_literal_fail(reader, file, literal, "NULL");
    return cim_value_parse(type, text, value, reader->texts)
               ? NULL
               : cim_mof_fail(reader, &place, "'%.80s' is no %s", text,
                              cim_type_name(type));
}

wsm_error_t *cim_mof_convert(const cim_mof_reader_t *reader, const char *file,
                             const cim_mof_literal_t *literal, cim_type_e type,
                             cim_value_t *value)
{
    if (literal->kind == CIM_MOF_L_NULL) {
        *value = cim_null(type);
        return NULL;
    }
    switch (type) {
    case CIM_BOOLEAN:
        if (literal->kind != CIM_MOF_L_BOOLEAN)
            return cim_mof_literal_fail(reader, file, literal, "TRUE or FALSE");
        *value = cim_boolean(literal->v.number != 0);
        return NULL;
    case CIM_CHAR16:
        return convert_char(reader, file, literal, value);
    case CIM_STRING:
    case CIM_DATETIME:
    case CIM_REFERENCE:
    case CIM_INSTANCE:
        return convert_string(reader, file, literal, type, value);
    default:
        return convert_number(reader, file, literal, type, value);
    }
}

wsm_error_t *cim_mof_convert_init(const cim_mof_reader_t *reader,
                                  const cim_mof_init_t *init, cim_type_e type,
                                  int is_array, cim_value_t *value)
{
    const cim_mof_literal_t *first = init->literals;
    if (!init->is_array && first->kind == CIM_MOF_L_NULL) {
        *value = cim_null(type);
        value->is_array = is_array != 0;
        return NULL;
    }
    if (!init->is_array)
        return is_array
                   ? cim_mof_literal_fail(reader, init->file, first, "'{'")
                   : cim_mof_convert(reader, init->file, first, type, value);
    cim_value_t *items =
        apr_palloc(reader->texts, (init->count + 1) * sizeof(*items));
    for (apr_uint32_t i = 0; i < init->count; i++) {
        wsm_error_t *err = cim_mof_convert(reader, init->file,
                                           &init->literals[i], type, &items[i]);
        if (err)
            return err;
    }
    *value = cim_array(type, items, init->count);
    return NULL;
}
