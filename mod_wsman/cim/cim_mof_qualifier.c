/* cim_mof_qualifier.c - qualifier lists and qualifier declarations. */
#include <string.h>

#include <apr_strings.h>

#include "cim_mof_parse.h"

typedef struct word_t {
    const char *word;
    unsigned set;
    unsigned clear;
} word_t;

static const word_t flavors[] = {
    {"EnableOverride", CIM_FLAVOR_OVERRIDE, 0},
    {"DisableOverride", 0, CIM_FLAVOR_OVERRIDE},
    {"ToSubclass", CIM_FLAVOR_TOSUBCLASS, 0},
    {"Restricted", 0, CIM_FLAVOR_TOSUBCLASS},
    {"Translatable", CIM_FLAVOR_TRANSLATABLE, 0},
    {"ToInstance", 0, 0}, /* of DSP0004 2.2; qualifiers of instances are gone */
    {NULL, 0, 0}};

static const word_t scopes[] = {{"class", CIM_SCOPE_CLASS, 0},
                                {"association", CIM_SCOPE_ASSOCIATION, 0},
                                {"indication", CIM_SCOPE_INDICATION, 0},
                                {"property", CIM_SCOPE_PROPERTY, 0},
                                {"reference", CIM_SCOPE_REFERENCE, 0},
                                {"method", CIM_SCOPE_METHOD, 0},
                                {"parameter", CIM_SCOPE_PARAMETER, 0},
                                {"schema", CIM_SCOPE_SCHEMA, 0},
                                {"any", CIM_SCOPE_ANY, 0},
                                {NULL, 0, 0}};

/** Takes a word of the table and adds what it means. */
static wsm_error_t *take_word(cim_mof_reader_t *reader, const word_t *words,
                              unsigned *set, unsigned *clear, const char *what)
{
    for (; words->word; words++) {
        if (!cim_mof_accept_word(reader, words->word))
            continue;
        *set |= words->set;
        *clear |= words->clear;
        return NULL;
    }
    return cim_mof_expected(reader, what);
}

static wsm_error_t *check_flavors(const cim_mof_reader_t *reader,
                                  const cim_mof_place_t *place, unsigned set,
                                  unsigned clear)
{
    if (set & clear)
        return cim_mof_fail(reader, place,
                            "these flavors contradict each other");
    return NULL;
}

/** ": ToSubclass DisableOverride" */
static wsm_error_t *parse_flavors(cim_mof_reader_t *reader,
                                  cim_qualifier_t *qualifier)
{
    unsigned set = 0, clear = 0;
    cim_mof_place_t place = cim_mof_here(reader);
    if (!cim_mof_accept(reader, ':'))
        return NULL;
    do {
        wsm_error_t *err = take_word(reader, flavors, &set, &clear, "a flavor");
        if (err)
            return err;
    } while (reader->lex.kind == CIM_MOF_NAME);
    qualifier->flavor = (qualifier->flavor | set) & ~clear;
    return check_flavors(reader, &place, set, clear);
}

static wsm_error_t *wrong_shape(const cim_mof_reader_t *reader,
                                const cim_qualifier_type_t *type)
{
    return cim_mof_expected(
        reader,
        apr_psprintf(reader->errors,
                     type->value.is_array ? "'{': the qualifier %s is a %s[]"
                                          : "'(': the qualifier %s is a %s",
                     type->name, cim_type_name((cim_type_e)type->value.type)));
}

/** "(NULL)" may stand for any value, a list too. */
static int is_null(const cim_mof_reader_t *reader)
{
    cim_mof_lexer_t ahead = reader->lex;
    cim_mof_lex_next(&ahead);
    return cim_mof_lex_is(&ahead, "null");
}

/** "(value)", "{values}" or nothing. */
static wsm_error_t *parse_value(cim_mof_reader_t *reader,
                                const cim_qualifier_type_t *type,
                                cim_value_t *value)
{
    cim_mof_init_t init;
    int scalar = reader->lex.kind == '(';
    if (!scalar && reader->lex.kind != '{') {
        *value = type->value.type == CIM_BOOLEAN && !type->value.is_array
                     ? cim_boolean(1)
                     : type->value;
        return NULL;
    }
    if (scalar == type->value.is_array && !(scalar && is_null(reader)))
        return wrong_shape(reader, type);
    if (scalar)
        cim_mof_lex_next(&reader->lex);
    if (scalar && reader->lex.kind == '{')
        return cim_mof_expected(reader, "a single value");
    wsm_error_t *err = cim_mof_parse_init(reader, &init);
    if (!err)
        err = cim_mof_convert_init(reader, &init, (cim_type_e)type->value.type,
                                   type->value.is_array, value);
    if (!err && scalar)
        err = cim_mof_take(reader, ')', "')' after the value");
    return err;
}

static wsm_error_t *parse_qualifier(cim_mof_reader_t *reader,
                                    cim_qualifier_t *qualifier)
{
    const char *name;
    cim_mof_place_t place = cim_mof_here(reader);
    wsm_error_t *err = cim_mof_take_name(reader, CIM_MOF_NAME, &name,
                                         "the name of a qualifier");
    if (err)
        return err;
    const cim_qualifier_type_t *type =
        cim_schema_qualifier_type(reader->schema, reader->ns, name);
    if (!type)
        return cim_mof_fail(reader, &place, "the qualifier %s is not declared",
                            name);
    memset(qualifier, 0, sizeof(*qualifier));
    qualifier->name = type->name;
    qualifier->flavor = type->flavor;
    err = parse_value(reader, type, &qualifier->value);
    return err ? err : parse_flavors(reader, qualifier);
}

wsm_error_t *cim_mof_parse_qualifiers(cim_mof_reader_t *reader,
                                      const cim_qualifier_t **qualifiers,
                                      int *nqualifiers)
{
    apr_array_header_t *list = reader->qualifiers;
    int mark = list->nelts; /* a value may be an instance with qualifiers */
    *qualifiers = NULL;
    *nqualifiers = 0;
    if (!cim_mof_accept(reader, '['))
        return NULL;
    do {
        cim_qualifier_t qualifier;
        wsm_error_t *err = parse_qualifier(reader, &qualifier);
        if (err)
            return err;
        APR_ARRAY_PUSH(list, cim_qualifier_t) = qualifier;
    } while (cim_mof_accept(reader, ','));
    *nqualifiers = list->nelts - mark;
    *qualifiers =
        apr_pmemdup(reader->texts, &APR_ARRAY_IDX(list, mark, cim_qualifier_t),
                    (apr_size_t)*nqualifiers * sizeof(cim_qualifier_t));
    list->nelts = mark;
    return cim_mof_take(reader, ']', "',' or ']' after the qualifier");
}

/** "Scope(class, property)", "Flavor(...)" from the parenthesis on. */
static wsm_error_t *parse_words(cim_mof_reader_t *reader, const word_t *words,
                                unsigned *set, unsigned *clear,
                                const char *what)
{
    wsm_error_t *err = cim_mof_take(reader, '(', "'('");
    if (err)
        return err;
    do {
        err = take_word(reader, words, set, clear, what);
        if (err)
            return err;
    } while (cim_mof_accept(reader, ','));
    return cim_mof_take(reader, ')', "',' or ')'");
}

/** ", Scope(...) [, Flavor(...)];" */
static wsm_error_t *parse_use(cim_mof_reader_t *reader,
                              cim_qualifier_type_t *type)
{
    unsigned set = 0, clear = 0;
    wsm_error_t *err = cim_mof_take(reader, ',', "', Scope(...)'");
    if (!err && !cim_mof_accept_word(reader, "Scope"))
        err = cim_mof_expected(reader, "'Scope'");
    if (!err)
        err = parse_words(reader, scopes, &type->scope, &clear, "a scope");
    if (err)
        return err;
    clear = 0;
    type->flavor = CIM_FLAVOR_OVERRIDE | CIM_FLAVOR_TOSUBCLASS;
    if (!cim_mof_accept(reader, ','))
        return NULL;
    cim_mof_place_t place = cim_mof_here(reader);
    if (!cim_mof_accept_word(reader, "Flavor"))
        return cim_mof_expected(reader, "'Flavor'");
    err = parse_words(reader, flavors, &set, &clear, "a flavor");
    type->flavor = (type->flavor | set) & ~clear;
    return err ? err : check_flavors(reader, &place, set, clear);
}

/** ": string[] = {...}" */
static wsm_error_t *parse_type(cim_mof_reader_t *reader, cim_value_t *value)
{
    apr_uint32_t size;
    int is_array;
    cim_mof_init_t init;
    wsm_error_t *err = cim_mof_take(reader, ':', "':' and a type");
    if (err)
        return err;
    cim_type_e type = cim_mof_type(&reader->lex);
    if (type == CIM_NONE)
        return cim_mof_expected(reader, "a type");
    cim_mof_lex_next(&reader->lex);
    err = cim_mof_parse_bound(reader, &is_array, &size);
    if (err)
        return err;
    *value = cim_null(type);
    value->is_array = is_array != 0;
    if (!cim_mof_accept(reader, '='))
        return NULL;
    cim_mof_place_t place = cim_mof_here(reader);
    err = cim_mof_parse_init(reader, &init);
    if (!err && init.is_array && !is_array)
        err = cim_mof_fail(reader, &place, "expected a single value");
    return err ? err
               : cim_mof_convert_init(reader, &init, type, is_array, value);
}

wsm_error_t *cim_mof_parse_qualifier_type(cim_mof_reader_t *reader)
{
    cim_qualifier_type_t type = {0};
    cim_mof_place_t place = cim_mof_here(reader);
    wsm_error_t *err = cim_mof_take_name(reader, CIM_MOF_NAME, &type.name,
                                         "the name of a qualifier");
    if (!err)
        err = parse_type(reader, &type.value);
    if (!err)
        err = parse_use(reader, &type);
    if (!err)
        err =
            cim_mof_take(reader, ';', "';' after the qualifier's declaration");
    if (err)
        return err;
    err = cim_schema_add_qualifier_type(reader->schema, reader->ns, &type);
    return err ? cim_mof_fail(reader, &place, "%s", err->message) : NULL;
}
