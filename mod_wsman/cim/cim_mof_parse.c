/* cim_mof_parse.c - class declarations. */
#include "cim_mof_parse.h"

#include <string.h>

#include <apr_strings.h>

cim_type_e cim_mof_type(const cim_mof_lexer_t *lex)
{
    for (int type = CIM_BOOLEAN; type <= CIM_DATETIME; type++) {
        if (cim_mof_lex_is(lex, cim_type_name((cim_type_e)type)))
            return (cim_type_e)type;
    }
    return CIM_NONE;
}

wsm_error_t *cim_mof_parse_bound(cim_mof_reader_t *reader, int *is_array,
                                 apr_uint32_t *size)
{
    const cim_mof_lexer_t *lex = &reader->lex;
    *size = 0;
    *is_array = cim_mof_accept(reader, '[');
    if (!*is_array)
        return NULL;
    if (lex->kind != ']') {
        if (lex->kind != CIM_MOF_INTEGER || lex->negative || !lex->number ||
            lex->number > APR_UINT32_MAX)
            return cim_mof_expected(reader, "']' or the size of the array");
        *size = (apr_uint32_t)lex->number;
        cim_mof_lex_next(&reader->lex);
    }
    return cim_mof_take(reader, ']', "']'");
}

wsm_error_t *cim_mof_add_alias(cim_mof_reader_t *reader, const char *name,
                               const cim_mof_place_t *place,
                               const cim_mof_alias_t *alias)
{
    if (cim_table_get(reader->aliases, name))
        return cim_mof_fail(reader, place, "there is another alias $%s", name);
    cim_table_add(reader->aliases, name,
                  apr_pmemdup(reader->pool, alias, sizeof(*alias)));
    return NULL;
}

wsm_error_t *cim_mof_parse_alias(cim_mof_reader_t *reader, const char **name,
                                 cim_mof_place_t *place)
{
    *name = NULL;
    if (!cim_mof_accept_word(reader, "as"))
        return NULL;
    *place = cim_mof_here(reader);
    return cim_mof_take_name(reader, CIM_MOF_ALIAS, name,
                             "an alias such as $a");
}

/** A data type, `void`, or a class and `ref`. */
static wsm_error_t *parse_type(cim_mof_reader_t *reader, cim_type_e *type,
                               const char **type_name, const char *what)
{
    *type_name = NULL;
    *type = cim_mof_type(&reader->lex);
    if (*type != CIM_NONE || cim_mof_lex_is(&reader->lex, "void")) {
        cim_mof_lex_next(&reader->lex);
        return NULL;
    }
    cim_mof_place_t place = cim_mof_here(reader);
    wsm_error_t *err = cim_mof_take_name(reader, CIM_MOF_NAME, type_name, what);
    if (err)
        return err;
    if (!cim_mof_accept_word(reader, "ref"))
        return cim_mof_fail(reader, &place,
                            "expected a type, or a class before 'ref', found "
                            "'%s'",
                            *type_name);
    *type = CIM_REFERENCE;
    return NULL;
}

static wsm_error_t *parse_default(cim_mof_reader_t *reader,
                                  cim_property_t *property)
{
    cim_mof_init_t init;
    if (!cim_mof_accept(reader, '='))
        return NULL;
    cim_mof_place_t place = cim_mof_here(reader);
    wsm_error_t *err = cim_mof_parse_init(reader, &init);
    if (err)
        return err;
    if (init.is_array && !property->is_array)
        return cim_mof_fail(reader, &place,
                            "expected a single value, found '{'");
    if (property->array_size && init.is_array &&
        init.count > property->array_size)
        return cim_mof_fail(reader, &place,
                            "expected at most %u values, found %u",
                            property->array_size, init.count);
    return cim_mof_convert_init(reader, &init, property->type,
                                property->is_array, &property->value);
}

/** From after the name on. */
static wsm_error_t *parse_property(cim_mof_reader_t *reader,
                                   cim_property_t *property)
{
    int is_array = 0;
    wsm_error_t *err = NULL;
    if (property->type == CIM_NONE)
        return cim_mof_expected(reader, "'(' after the method");
    if (property->type != CIM_REFERENCE)
        err = cim_mof_parse_bound(reader, &is_array, &property->array_size);
    property->is_array = is_array != 0;
    if (!err)
        err = parse_default(reader, property);
    return err ? err : cim_mof_take(reader, ';', "';' after the property");
}

static wsm_error_t *parse_parameter(cim_mof_reader_t *reader,
                                    cim_property_t *parameter)
{
    int is_array = 0;
    memset(parameter, 0, sizeof(*parameter));
    wsm_error_t *err = cim_mof_parse_qualifiers(reader, &parameter->qualifiers,
                                                &parameter->nqualifiers);
    cim_mof_place_t place = cim_mof_here(reader);
    if (!err)
        err = parse_type(reader, &parameter->type, &parameter->type_name,
                         "a parameter");
    if (!err && parameter->type == CIM_NONE)
        err = cim_mof_fail(reader, &place, "a parameter cannot be void");
    if (!err)
        err = cim_mof_take_name(reader, CIM_MOF_NAME, &parameter->name,
                                "the name of the parameter");
    if (!err)
        err = cim_mof_parse_bound(reader, &is_array, &parameter->array_size);
    parameter->is_array = is_array != 0;
    return err;
}

/** From after the parenthesis on. */
static wsm_error_t *parse_method(cim_mof_reader_t *reader, cim_method_t *method)
{
    apr_array_header_t *parameters =
        apr_array_make(reader->declaration, 8, sizeof(cim_property_t));
    if (reader->lex.kind != ')') {
        do {
            cim_property_t parameter;
            wsm_error_t *err = parse_parameter(reader, &parameter);
            if (err)
                return err;
            APR_ARRAY_PUSH(parameters, cim_property_t) = parameter;
        } while (cim_mof_accept(reader, ','));
    }
    method->parameters = (const cim_property_t *)(void *)parameters->elts;
    method->nparameters = parameters->nelts;
    wsm_error_t *err = cim_mof_take(reader, ')',
                                    "',' or ')' after the "
                                    "parameter");
    return err ? err : cim_mof_take(reader, ';', "';' after the method");
}

/** A property, a reference or a method. */
static wsm_error_t *parse_feature(cim_mof_reader_t *reader,
                                  apr_array_header_t *properties,
                                  apr_array_header_t *methods)
{
    cim_property_t read = {0};
    wsm_error_t *err =
        cim_mof_parse_qualifiers(reader, &read.qualifiers, &read.nqualifiers);
    if (!err)
        err = parse_type(reader, &read.type, &read.type_name,
                         "a property, a method or '}'");
    if (!err)
        err = cim_mof_take_name(reader, CIM_MOF_NAME, &read.name,
                                "the name of the property or method");
    if (err)
        return err;
    if (read.type != CIM_REFERENCE && cim_mof_accept(reader, '(')) {
        cim_method_t method = {.name = read.name,
                               .type = read.type,
                               .qualifiers = read.qualifiers,
                               .nqualifiers = read.nqualifiers};
        err = parse_method(reader, &method);
        APR_ARRAY_PUSH(methods, cim_method_t) = method;
        return err;
    }
    err = parse_property(reader, &read);
    APR_ARRAY_PUSH(properties, cim_property_t) = read;
    return err;
}

static wsm_error_t *parse_features(cim_mof_reader_t *reader, cim_class_t *cls)
{
    apr_array_header_t *properties =
        apr_array_make(reader->declaration, 16, sizeof(cim_property_t));
    apr_array_header_t *methods =
        apr_array_make(reader->declaration, 8, sizeof(cim_method_t));
    wsm_error_t *err = cim_mof_take(reader, '{', "'{' after the class");
    while (!err && reader->lex.kind != '}')
        err = parse_feature(reader, properties, methods);
    if (err)
        return err;
    cim_mof_lex_next(&reader->lex);
    cls->properties = (cim_property_t *)(void *)properties->elts;
    cls->nproperties = (apr_uint32_t)properties->nelts;
    cls->methods = (cim_method_t *)(void *)methods->elts;
    cls->nmethods = (apr_uint32_t)methods->nelts;
    return cim_mof_take(reader, ';', "';' after the class");
}

/** A superclass of the base may be replaced later in the text. */
static int has_its_super(const cim_mof_reader_t *reader, const cim_class_t *cls)
{
    return !cls->super_name ||
           (!cim_schema_base(reader->schema) &&
            cim_schema_class(reader->schema, cls->ns, cls->super_name));
}

/** Adds the class, or keeps it until its superclass is there. */
static wsm_error_t *add_or_wait(cim_mof_reader_t *reader, cim_class_t *cls,
                                const cim_mof_place_t *place)
{
    if (has_its_super(reader, cls)) {
        wsm_error_t *err = cim_mof_add_class(reader, cls, place);
        apr_pool_clear(reader->declaration);
        return err;
    }
    cim_mof_class_t *waits = apr_pcalloc(reader->pool, sizeof(*waits));
    waits->cls = cls;
    waits->place = *place;
    APR_ARRAY_PUSH(reader->classes, cim_mof_class_t *) = waits;
    const char *name = apr_pstrcat(reader->pool, cls->ns, ":", cls->name, NULL);
    if (!cim_table_get(reader->waiting, name))
        cim_table_add(reader->waiting, name, waits);
    apr_pool_create(&reader->declaration, reader->pool);
    return NULL;
}

wsm_error_t *cim_mof_parse_class(cim_mof_reader_t *reader,
                                 const cim_qualifier_t *qualifiers,
                                 int nqualifiers)
{
    cim_class_t *cls = apr_pcalloc(reader->texts, sizeof(*cls));
    cim_mof_place_t place = cim_mof_here(reader);
    cim_mof_place_t alias_place = place;
    const char *alias_name;
    cls->ns = reader->ns;
    cls->qualifiers = qualifiers;
    cls->nqualifiers = nqualifiers;
    wsm_error_t *err = cim_mof_take_name(reader, CIM_MOF_NAME, &cls->name,
                                         "the name of a class");
    if (!err)
        err = cim_mof_parse_alias(reader, &alias_name, &alias_place);
    if (!err && cim_mof_accept(reader, ':'))
        err = cim_mof_take_name(reader, CIM_MOF_NAME, &cls->super_name,
                                "the name of the superclass");
    if (!err)
        err = parse_features(reader, cls);
    if (!err && alias_name) {
        cim_mof_alias_t alias = {NULL, cls->ns, cls->name};
        err = cim_mof_add_alias(reader, alias_name, &alias_place, &alias);
    }
    return err ? err : add_or_wait(reader, cls, &place);
}
