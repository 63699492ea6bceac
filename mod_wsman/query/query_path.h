/* query_path.h - the XPath of DSP0226 Annex D, level 1 and 2: read for a class,
 * and followed through the representations of its instances.
 *
 * The representation is that of cim_xml.h.  It is never made: a path walks the
 * values themselves, and nothing is kept of what it meets.
 *
 * Read are
 *     /  .  /Class  ../Class  Class            the instance (Annex D, WinRM)
 *     Name  Class/Name  /Class/Name  ./Name    a property: each of its elements
 *     Name[2]  Name[. = "x"]  Part/Count       an item; what is in an embedded
 *                                              instance
 *     .../text()  .../@xsi:nil  .../@xsi:type
 * and within brackets, or as a filter of its own, what compares a path with a
 * string or a number, position(), not(), true(), false(), a path that need only
 * be there, `and`, `or` and parentheses.  The rest of XPath is beyond it.
 *
 * What differs from XPath over the representation: names are taken in any
 * letter case; a name without a prefix is in the namespace of its class, and
 * the URI of a superclass, in any manner, is as good; text() of a datetime is
 * the text in its cim: element; xsi:type is the name of the class (as Windows
 * has it, MS-WSMV 3.1.4.1.18); numbers of real properties are themselves, even
 * where their text has an exponent.
 */
#ifndef QUERY_PATH_H
#define QUERY_PATH_H

#include "../xml/wsm_writer.h"
#include "query_expression.h"

/** How deep a path leads. */
#define QUERY_PATH_MAX_STEPS 8
/** How many nodes are looked at for an instance, long texts counted as several;
 *  then it is given up. */
#define QUERY_PATH_MAX_WORK 4000000
/** Brackets behind one name. */
#define QUERY_PATH_MAX_PREDICATES 4

/** What of an element is meant. */
typedef enum query_leaf_e {
    QUERY_LEAF_ELEMENT,
    QUERY_LEAF_TEXT, /* not there if it is NULL or empty */
    QUERY_LEAF_NIL,  /* @xsi:nil: there if it is NULL */
    QUERY_LEAF_TYPE  /* @xsi:type: there if it is an instance */
} query_leaf_e;

typedef struct query_clause_t query_clause_t;

typedef struct query_predicates_t {
    const query_clause_t *of[QUERY_PATH_MAX_PREDICATES];
    apr_uint32_t count;
} query_predicates_t;

typedef struct query_path_step_t {
    const char *name; /* of a property */
    /** Of the class that the path was read for, and so in all below it; -1: it
     *  is looked for by its name. */
    int index;
    query_predicates_t predicates;
} query_path_step_t;

typedef struct query_path_t {
    query_predicates_t root; /* of the instance itself */
    query_path_step_t steps[QUERY_PATH_MAX_STEPS];
    apr_uint32_t nsteps; /* 0: the instance */
    query_leaf_e leaf;
} query_path_t;

typedef enum query_clause_e {
    QUERY_CLAUSE_OR,
    QUERY_CLAUSE_AND,
    QUERY_CLAUSE_NOT,
    QUERY_CLAUSE_CONSTANT, /* true() and false(): `wanted` is 1, or 0 */
    QUERY_CLAUSE_EXISTS,   /* the path leads to something */
    QUERY_CLAUSE_TEXT, /* something that it leads to, compared with a string */
    QUERY_CLAUSE_NUMBER,  /* ... with a number */
    QUERY_CLAUSE_POSITION /* the position, compared with a number */
} query_clause_e;

struct query_clause_t {
    query_clause_e kind;
    unsigned wanted; /* QUERY_EQUAL, ... of what is there to the constant */
    const query_clause_t *first; /* _OR, _AND, _NOT: the operands */
    const query_clause_t *next;  /* the next operand of the same */
    const query_path_t *path;
    const char *text;
    double number;
    apr_uint32_t work; /* of a comparison with the text */
};

/** A namespace prefix of the expression; xsi needs none. */
typedef struct query_prefix_t {
    const char *name;
    const char *uri;
} query_prefix_t;

/** The prefixes that an expression has in it and that are bound at `node`. */
void query_prefixes_of(const query_prefix_t **prefixes, apr_uint32_t *nprefixes,
                       const char *text, const xmlNode *node, apr_pool_t *pool);

/** What an expression is read in. */
typedef struct query_path_scope_t {
    const cim_schema_t *schema;
    const cim_class_t *cls; /* of the instance */
    const query_prefix_t *prefixes;
    apr_uint32_t nprefixes;
    /** One byte a property of cls, set to 1 where it is looked at; may be
     *  NULL. */
    unsigned char *looks_at;
    /** Set by the functions below on error: the expression may be XPath, but
     *  is none of the above. */
    int beyond;
} query_path_scope_t;

/** Reads a path.  WSMAN_E_CANNOT_PROCESS_FILTER: also for properties that the
 *  class does not have. */
wsm_error_t *query_path_read(const query_path_t **path, const char *text,
                             query_path_scope_t *scope, apr_pool_t *pool);
/** Reads a condition: a path alone must lead to something. */
wsm_error_t *query_clause_read(const query_clause_t **clause, const char *text,
                               query_path_scope_t *scope, apr_pool_t *pool);

/** A node of a representation. */
typedef struct query_node_t {
    /** The element in which it is; NULL: it is the instance itself. */
    const struct query_node_t *parent;
    /** The instance; else the one of whose properties it is. */
    const cim_instance_t *instance;
    apr_uint32_t index;       /* of the property */
    int item;                 /* of an array; -1: all of the value */
    const cim_value_t *value; /* NULL: the instance itself */
} query_node_t;

/** Room for the texts of values; one a thread. */
typedef struct query_room_t {
    apr_pool_t *pool; /* cleared before the next text is made */
    wsm_writer_t *out;
    apr_uint32_t work; /* of the last evaluation */
} query_room_t;

/** @return true if the last evaluation was given up: what came of it is not
 *  to be trusted */
static inline int query_room_exhausted(const query_room_t *room)
{
    return room->work > QUERY_PATH_MAX_WORK;
}

void query_room_make(query_room_t *room, apr_pool_t *pool);

/** @param node  lives as long as the call, and its parents with it
 *  @return 0 if nothing more is wanted */
typedef int query_path_visit_fn(void *baton, const query_node_t *node);

/** Calls `visit` with the element of each node that a path leads to, of which
 *  path->leaf is there.
 *  @return 0 if visit() did */
int query_path_visit(const query_path_t *path, const cim_instance_t *instance,
                     query_room_t *room, query_path_visit_fn *visit,
                     void *baton);

int query_clause_holds(const query_clause_t *clause,
                       const cim_instance_t *instance, query_room_t *room);

/** The text of a node, until the next one is asked for; NULL if it has none: it
 * is not there, or an element with elements in it. */
const char *query_node_text(const query_node_t *node, query_leaf_e leaf,
                            query_room_t *room);

/** The number of an XPath: white space, a sign '-', digits and a point; else
 *  it is not a number (XPath 4.4). */
double query_path_number(const char *text, apr_pool_t *scratch);

#endif
