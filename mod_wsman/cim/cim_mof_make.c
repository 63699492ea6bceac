/* cim_mof_make.c - makes declared instances, when all classes are there. */
#include <string.h>

#include <apr_strings.h>

#include "cim_mof_parse.h"
#include "cim_name.h"

/* Aliases let a small text mean very many instances: an instance may have as
 * many in it, or be named by as many. */
#define MAX_WORK  4096
#define MAX_LEVEL 32

static wsm_error_t *make_instance(cim_mof_reader_t *reader,
                                  cim_mof_instance_t *declared, int level);

static wsm_error_t *count_work(cim_mof_reader_t *reader,
                               const cim_mof_place_t *place, unsigned work,
                               int level)
{
    reader->work += work;
    if (level > MAX_LEVEL)
        return cim_mof_fail(reader, place,
                            "instances refer to each other without an end");
    if (reader->work > MAX_WORK)
        return cim_mof_fail(reader, place, "more than %d instances in one",
                            MAX_WORK);
    return NULL;
}

static wsm_error_t *find_class(const cim_mof_reader_t *reader,
                               const cim_mof_instance_t *declared,
                               const cim_class_t **cls)
{
    *cls = cim_schema_class(reader->schema, declared->ns, declared->class_name);
    if (!*cls)
        return cim_mof_fail(reader, &declared->place,
                            "the class %s is not in %s", declared->class_name,
                            declared->ns);
    if ((*cls)->abstract)
        return cim_mof_fail(reader, &declared->place,
                            "%s is abstract, it has no instances",
                            (*cls)->name);
    return NULL;
}

static wsm_error_t *find_alias(const cim_mof_reader_t *reader, const char *file,
                               const cim_mof_literal_t *literal,
                               const cim_mof_alias_t **alias)
{
    cim_mof_place_t place = {file, literal->line, literal->column};
    *alias = cim_table_get(reader->aliases, literal->v.text);
    return *alias ? NULL
                  : cim_mof_fail(reader, &place, "there is no alias $%s",
                                 literal->v.text);
}

/** A path in a string: its keys get their types if its class is known. */
static wsm_error_t *make_text_path(cim_mof_reader_t *reader,
                                   const cim_mof_place_t *place,
                                   const char *text, cim_path_t *path)
{
    if (!cim_path_parse(text, NULL, path, reader->texts)) {
        /* Class="value" asks for the class. */
        const char *name =
            apr_pstrndup(reader->pool, text, strcspn(text, "=."));
        const cim_class_t *only =
            cim_schema_class(reader->schema, reader->ns, name);
        if (!only || !cim_path_parse(text, only, path, reader->texts))
            return cim_mof_fail(reader, place, "'%.80s' is no object path",
                                text);
    }
    const cim_class_t *cls = cim_schema_class(
        reader->schema, path->ns ? path->ns : reader->ns, path->class_name);
    if (cls && !cim_path_parse(text, cls, path, reader->texts))
        return cim_mof_fail(reader, place,
                            "'%.80s' does not have the keys of %s", text,
                            cls->name);
    return NULL;
}

static wsm_error_t *make_value(cim_mof_reader_t *reader,
                               const cim_property_t *property,
                               const cim_mof_init_t *init, int level,
                               cim_value_t *value);

/** The path of an instance that is perhaps not yet made: only its keys are
 *  looked at, so that two instances may refer to each other. */
static wsm_error_t *make_alias_path(cim_mof_reader_t *reader,
                                    const cim_mof_alias_t *alias, int level,
                                    cim_path_t **path)
{
    if (!alias->instance) {
        *path = apr_pcalloc(reader->texts, sizeof(**path));
        (*path)->ns = alias->ns;
        (*path)->class_name = alias->class_name;
        return NULL;
    }
    const cim_mof_instance_t *declared = alias->instance;
    const cim_class_t *cls;
    wsm_error_t *err = count_work(reader, &declared->place, 1, level);
    if (!err)
        err = find_class(reader, declared, &cls);
    if (err)
        return err;
    cim_instance_t *keys = cim_instance_make(cls, reader->texts);
    for (int i = 0; i < declared->nmembers; i++) {
        const cim_mof_member_t *member = &declared->members[i];
        int number = cim_class_property_index(cls, member->name);
        if (number < 0 || !cls->properties[number].key)
            continue;
        err = make_value(reader, &cls->properties[number], &member->init,
                         level + 1, &keys->values[number]);
        if (err)
            return err;
    }
    cim_instance_defaults(keys);
    *path = cim_instance_path(keys, reader->texts);
    return *path ? NULL
                 : cim_mof_fail(reader, &declared->place,
                                "this instance of %s lacks a key", cls->name);
}

static wsm_error_t *make_reference(cim_mof_reader_t *reader,
                                   const cim_property_t *property,
                                   const char *file,
                                   const cim_mof_literal_t *literal, int level,
                                   cim_value_t *value)
{
    cim_mof_place_t place = {file, literal->line, literal->column};
    cim_path_t *path = apr_pcalloc(reader->texts, sizeof(*path));
    const cim_mof_alias_t *alias;
    wsm_error_t *err;
    if (literal->kind == CIM_MOF_L_STRING) {
        err = make_text_path(reader, &place, literal->v.text, path);
    } else if (literal->kind == CIM_MOF_L_ALIAS) {
        err = find_alias(reader, file, literal, &alias);
        if (!err)
            err = make_alias_path(reader, alias, level, &path);
    } else {
        return cim_mof_literal_fail(reader, file, literal,
                                    "an object path or an alias");
    }
    if (err)
        return err;
    const cim_class_t *cls = cim_schema_class(
        reader->schema, path->ns ? path->ns : reader->ns, path->class_name);
    if (cls && property->type_name && !cim_class_is_a(cls, property->type_name))
        return cim_mof_fail(reader, &place, "%s refers to a %s, this is a %s",
                            property->name, property->type_name, cls->name);
    *value = cim_reference(path);
    return NULL;
}

/** An instance in a string, in MOF (DSP0004, EmbeddedInstance). */
static wsm_error_t *parse_embedded(cim_mof_reader_t *reader,
                                   const cim_mof_place_t *place,
                                   const char *text,
                                   cim_mof_instance_t **declared)
{
    cim_mof_lexer_t outer = reader->lex;
    const char *name = apr_psprintf(reader->errors, "%s:%u:%u: in this string",
                                    place->file, place->line, place->column);
    cim_mof_lex_start(&reader->lex, name, text, strlen(text));
    cim_mof_lex_next(&reader->lex);
    wsm_error_t *err = cim_mof_accept_word(reader, "instance")
                           ? cim_mof_parse_instance(reader, declared)
                           : cim_mof_expected(reader, "'instance'");
    if (!err)
        err = cim_mof_take(reader, ';', "';' after the instance");
    if (!err && reader->lex.kind != CIM_MOF_END)
        err = cim_mof_expected(reader, "the end");
    reader->lex = outer;
    return err;
}

static wsm_error_t *make_embedded(cim_mof_reader_t *reader, const char *file,
                                  const cim_mof_literal_t *literal, int level,
                                  cim_value_t *value)
{
    cim_mof_place_t place = {file, literal->line, literal->column};
    const cim_mof_alias_t *alias = NULL;
    cim_mof_instance_t *declared = NULL;
    wsm_error_t *err = NULL;
    if (literal->kind == CIM_MOF_L_INSTANCE)
        declared = literal->v.instance;
    else if (literal->kind == CIM_MOF_L_STRING)
        err = parse_embedded(reader, &place, literal->v.text, &declared);
    else if (literal->kind == CIM_MOF_L_ALIAS)
        err = find_alias(reader, file, literal, &alias);
    if (alias)
        declared = alias->instance;
    if (!err && !declared)
        err = cim_mof_literal_fail(reader, file, literal, "an instance");
    if (!err)
        err = make_instance(reader, declared, level + 1);
    if (!err)
        *value = cim_embedded(declared->made);
    return err;
}

static wsm_error_t *make_scalar(cim_mof_reader_t *reader,
                                const cim_property_t *property,
                                const char *file,
                                const cim_mof_literal_t *literal, int level,
                                cim_value_t *value)
{
    if (literal->kind == CIM_MOF_L_NULL) {
        *value = cim_null(property->type);
        return NULL;
    }
    if (property->type == CIM_REFERENCE)
        return make_reference(reader, property, file, literal, level, value);
    if (property->type == CIM_INSTANCE)
        return make_embedded(reader, file, literal, level, value);
    return cim_mof_convert(reader, file, literal, property->type, value);
}

static wsm_error_t *make_value(cim_mof_reader_t *reader,
                               const cim_property_t *property,
                               const cim_mof_init_t *init, int level,
                               cim_value_t *value)
{
    const cim_mof_literal_t *first = init->literals;
    if (!init->is_array) {
        if (property->is_array && first->kind != CIM_MOF_L_NULL)
            return cim_mof_literal_fail(reader, init->file, first, "'{'");
        wsm_error_t *err =
            make_scalar(reader, property, init->file, first, level, value);
        value->is_array = property->is_array;
        return err;
    }
    cim_value_t *items =
        apr_palloc(reader->texts, (init->count + 1) * sizeof(*items));
    for (apr_uint32_t i = 0; i < init->count; i++) {
        wsm_error_t *err = make_scalar(reader, property, init->file,
                                       &init->literals[i], level, &items[i]);
        if (err)
            return err;
    }
    *value = cim_array(property->type, items, init->count);
    return NULL;
}

static wsm_error_t *make_member(cim_mof_reader_t *reader,
                                cim_instance_t *instance,
                                const cim_mof_member_t *member, int level)
{
    const cim_class_t *cls = instance->cls;
    int number = cim_class_property_index(cls, member->name);
    if (number < 0)
        return cim_mof_fail(reader, &member->place, "%s has no property %s",
                            cls->name, member->name);
    const cim_property_t *property = &cls->properties[number];
    if (instance->values[number].type != CIM_NONE)
        return cim_mof_fail(reader, &member->place, "%s has a value already",
                            property->name);
    if (member->init.is_array && !property->is_array)
        return cim_mof_fail(reader, &member->place,
                            "%s takes a single value, found '{'",
                            property->name);
    return make_value(reader, property, &member->init, level,
                      &instance->values[number]);
}

static wsm_error_t *make_instance(cim_mof_reader_t *reader,
                                  cim_mof_instance_t *declared, int level)
{
    const cim_class_t *cls;
    unsigned before = reader->work;
    wsm_error_t *err = count_work(reader, &declared->place,
                                  declared->made ? declared->weight : 1, level);
    if (err || declared->made)
        return err;
    err = find_class(reader, declared, &cls);
    if (err)
        return err;
    cim_instance_t *made = cim_instance_make(cls, reader->texts);
    for (int i = 0; i < declared->nmembers; i++) {
        err = make_member(reader, made, &declared->members[i], level);
        if (err)
            return err;
    }
    cim_instance_defaults(made);
    declared->made = made;
    declared->weight = reader->work - before;
    return NULL;
}

wsm_error_t *cim_mof_add_instances(cim_mof_reader_t *reader)
{
    for (int i = 0; i < reader->instances->nelts; i++) {
        cim_mof_instance_t *declared =
            APR_ARRAY_IDX(reader->instances, i, cim_mof_instance_t *);
        reader->work = 0;
        reader->ns = declared->ns;
        wsm_error_t *err = make_instance(reader, declared, 0);
        if (err)
            return err;
        /* What has no name of its own can only be meant by its alias. */
        if (declared->alias && !declared->made->cls->nkeys)
            continue;
        err = cim_schema_add_instance(reader->schema, declared->ns,
                                      declared->made);
        if (err)
            return cim_mof_fail(reader, &declared->place, "%s", err->message);
    }
    return NULL;
}
