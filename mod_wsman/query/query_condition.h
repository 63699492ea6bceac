/* query_condition.h - the grammar of conditions, for WQL and CQL.
 *
 *     condition  = conjunction *("OR" conjunction)
 *     conjunction = negation *("AND" negation)
 *     negation   = "NOT" negation / "(" condition ")" / test
 *     test       = operand "IS" ["NOT"] "NULL"
 *                / operand "ISA" class
 *                / ["ANY" / "EVERY"] operand ["NOT"] "LIKE" pattern
 *                / ["ANY" / "EVERY"] operand comparison operand
 *     operand    = constant / place
 *     place      = name *("." name / "[" number "]")
 */
#ifndef QUERY_CONDITION_H
#define QUERY_CONDITION_H

#include "query_compare.h"

typedef struct query_condition_t {
    query_lex_t *lex;
    query_builder_t *builder;
    const wsm_query_scope_t *scope;
    /** The class whose properties may be named; NULL: conditions are about
     *  classes, which have system properties only. */
    const cim_class_t *cls;
    /** Another name for it, or NULL (CQL: FROM class AS alias). */
    const char *alias;
    int depth;
} query_condition_t;

void query_condition_start(query_condition_t *condition, query_lex_t *lex,
                           const cim_class_t *cls,
                           const wsm_query_scope_t *scope);
/** Reads a condition; what follows is the caller's. */
wsm_error_t *query_condition_read(query_condition_t *condition);

/** Reads a place. */
wsm_error_t *query_place_read(query_operand_t *operand,
                              query_condition_t *condition);

/** Reads the name of a class, in quotes or without. */
wsm_error_t *query_class_name(const char **name, query_lex_t *lex);

/** The error of a name that the class does not have. */
wsm_error_t *query_no_property(const char *name, const cim_class_t *cls,
                               apr_pool_t *pool);

/** A system property (MS-WMI 2.2.4.1 names some): __CLASS and so on.
 *  @return 0 if it is none */
int query_system_place(query_operand_t *operand, const char *name);

#endif
