/* cim_mof_instance.c - instance declarations, read but not yet made. */
#include <string.h>

#include <apr_strings.h>

#include "cim_mof_parse.h"

/** Moves an initializer from the reader's stack to the pool. */
static void keep(cim_mof_init_t *init, apr_pool_t *pool)
{
    init->literals = apr_pmemdup(pool, init->literals,
                                 init->count * sizeof(*init->literals));
}

/** "[...] Name = value;" */
static wsm_error_t *parse_member(cim_mof_reader_t *reader,
                                 cim_mof_member_t *member)
{
    const cim_qualifier_t *ignored; /* instances have none (DSP0004 2.5) */
    int nignored;
    wsm_error_t *err = cim_mof_parse_qualifiers(reader, &ignored, &nignored);
    member->place = cim_mof_here(reader);
    if (!err)
        err = cim_mof_take_name(reader, CIM_MOF_NAME, &member->name,
                                "the name of a property or '}'");
    if (!err)
        err = cim_mof_take(reader, '=', "'=' after the property");
    if (!err)
        err = cim_mof_parse_init(reader, &member->init);
    if (err)
        return err;
    keep(&member->init, reader->pool);
    return cim_mof_take(reader, ';', "';' after the value");
}

static wsm_error_t *parse_members(cim_mof_reader_t *reader,
                                  cim_mof_instance_t *instance)
{
    apr_array_header_t *members =
        apr_array_make(reader->pool, 4, sizeof(cim_mof_member_t));
    while (reader->lex.kind != '}') {
        cim_mof_member_t member;
        wsm_error_t *err = parse_member(reader, &member);
        if (err)
            return err;
        APR_ARRAY_PUSH(members, cim_mof_member_t) = member;
    }
    cim_mof_lex_next(&reader->lex);
    instance->members = (const cim_mof_member_t *)(void *)members->elts;
    instance->nmembers = members->nelts;
    return NULL;
}

static wsm_error_t *parse_head(cim_mof_reader_t *reader,
                               cim_mof_instance_t *instance)
{
    cim_mof_place_t alias_place = {0};
    instance->ns = reader->ns;
    if (!cim_mof_accept_word(reader, "of"))
        return cim_mof_expected(reader, "'of' after 'instance'");
    instance->place = cim_mof_here(reader);
    wsm_error_t *err = cim_mof_take_name(
        reader, CIM_MOF_NAME, &instance->class_name, "the name of a class");
    if (!err)
        err = cim_mof_parse_alias(reader, &instance->alias, &alias_place);
    if (!err && instance->alias) {
        cim_mof_alias_t alias = {instance, instance->ns, instance->class_name};
        err = cim_mof_add_alias(reader, instance->alias, &alias_place, &alias);
    }
    return err ? err : cim_mof_take(reader, '{', "'{' after the class");
}

wsm_error_t *cim_mof_parse_instance(cim_mof_reader_t *reader,
                                    cim_mof_instance_t **instance)
{
    cim_mof_instance_t *made = apr_pcalloc(reader->pool, sizeof(*made));
    if (reader->depth >= CIM_MOF_MAX_DEPTH)
        return cim_mof_expected(reader, "no more than 32 instances in each "
                                        "other");
    reader->depth++;
    wsm_error_t *err = parse_head(reader, made);
    if (!err)
        err = parse_members(reader, made);
    reader->depth--;
    *instance = made;
    return err;
}
