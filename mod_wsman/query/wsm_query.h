/* wsm_query.h - queries and filters: parsed once, evaluated for each instance.
 *
 * A query is immutable and lives as long as its pool.  It has a text form, so
 * that an enumeration context can carry it: wsm_query_parse of dialect and
 * text in the same scope gives the same query again.
 *
 * Dialects are rows of a table in wsm_query.c, one file each.  What all of
 * them make is this structure: where the instances come from, which of them
 * match, and what is shown of each.
 */
#ifndef WSM_QUERY_H
#define WSM_QUERY_H

#include "../cim/cim_schema.h"
#include "../include/wsman_provider.h"
#include "../xml/wsm_xml.h"

typedef struct wsm_query_t wsm_query_t;

/** Where what is asked for comes from. */
typedef enum wsm_source_e {
    /** The instances of `cls` and its subclasses. */
    WSM_SOURCE_INSTANCES,
    /** Classes: `cls` and those below it, all of the namespace if NULL
     *  (SELECT ... FROM META_CLASS). */
    WSM_SOURCE_CLASSES,
    /** Instances at the other ends of associations of `object`
     *  (DSP0227 8.2.1, MS-WMI 2.2.1.3 ASSOCIATORS OF). */
    WSM_SOURCE_ASSOCIATED,
    /** Instances of associations that refer to `object`
     *  (DSP0227 8.2.2, MS-WMI 2.2.1.3 REFERENCES OF). */
    WSM_SOURCE_REFERENCES
} wsm_source_e;

/** What the association sources are limited by; every text may be NULL: not
 *  limited.  Class names mean their subclasses too. */
typedef struct wsm_association_t {
    cim_path_t object;             /* keys typed; no keys: a class */
    const cim_class_t *object_cls; /* its class, found in the schema */
    const char *assoc_class;       /* the association; _ASSOCIATED only: for
                                      _REFERENCES that is result_class */
    const char *result_class;
    const char *role;        /* the reference property that is the object */
    const char *result_role; /* the one that is the result */
    /** Qualifiers that the association, or the result's class, must have. */
    const char *assoc_qualifier;
    const char *result_qualifier;
    int classes_only; /* ClassDefsOnly: each class of a result once */
    int of_class;     /* SchemaOnly: the object is a class, also where a path
                         without keys could mean its one instance */
    int keys_only;    /* KeysOnly: results show nothing but their keys */
} wsm_association_t;

/** What a query is read in. */
typedef struct wsm_query_scope_t {
    const cim_schema_t *schema;
    const char *ns;
    /** The class of the resource URI; NULL: the all-classes URI.  A query for
     *  another class than this one or one below it is refused. */
    const cim_class_t *cls;
} wsm_query_scope_t;

struct wsm_query_t {
    const char *dialect;
    /** The text form, for wsm_query_parse. */
    const char *text;
    wsm_source_e source;
    /** What is selected FROM; for the association sources what results may be,
     *  or NULL. */
    const cim_class_t *cls;
    /** _ASSOCIATED and _REFERENCES only. */
    const wsm_association_t *association;
    /** Equalities that every match fulfils exactly, for pushing down. */
    const wsman_term_t *terms;
    apr_uint32_t nterms;
    /** Equalities of strings that every match fulfils but for the case of
     *  ASCII letters (WQL compares so): for who has an index of that kind.
     *  They are not in `terms`. */
    const wsman_term_t *folded_terms;
    apr_uint32_t nfolded_terms;
    /** One byte a property of `cls` (inherited first, so the same places in
     *  every subclass): 1 if the filter looks at it; NULL: it looks at none.
     */
    const unsigned char *looks_at;
    /** What is shown of each instance: names of properties in the order asked
     *  for; NULL: the whole instance.  With a projection every item is a
     *  wsman:XmlFragment (DSP0227 8.1, R8.2.1-10). */
    const char *const *projection;
    apr_uint32_t nprojection;
    /** A name that an instance does not have is left out instead of being an
     *  error when the query is read (R8.2.1-10). */
    int projection_is_lenient;
    /** NULL: all match.  @return true if the instance matches; it allocates
     *  nothing.  The instance is of `cls` or of a subclass; of whatever class
     *  for the association sources. */
    int (*matches)(const wsm_query_t *query, const cim_instance_t *instance);
    /** Why matches() could not tell, after it has said no: it would have taken
     *  too much work.  What is listed ends there, with this error.
     *  NULL: it always can.  @return NULL if it could */
    wsm_error_t *(*failure)(const wsm_query_t *query);
    /** _CLASSES only; NULL: all match. */
    int (*matches_class)(const wsm_query_t *query, const cim_class_t *cls);
};

/** @return true if the instance matches; `query` may be NULL */
static inline int wsm_query_matches(const wsm_query_t *query,
                                    const cim_instance_t *instance)
{
    return query == NULL || query->matches == NULL ||
           query->matches(query, instance);
}

/** Makes a query from its text form.
 *  Errors: WSMAN_E_FILTER_DIALECT_UNAVAILABLE (listing those there are),
 *  WSMAN_E_CANNOT_PROCESS_FILTER (also what is too long, too deep or costs too
 *  much to evaluate), WSMAN_E_INVALID_RESOURCE_URI (a class that is not
 *  there). */
wsm_error_t *wsm_query_parse(const wsm_query_t **query, const char *dialect,
                             const char *text, const wsm_query_scope_t *scope,
                             apr_pool_t *pool);

/** Makes a query from a wsman:Filter or wsen:Filter element; without a Dialect
 *  attribute it is XPath 1.0 (DSP0226 8.3). */
wsm_error_t *wsm_query_read(const wsm_query_t **query, const xmlNode *filter,
                            const wsm_query_scope_t *scope, apr_pool_t *pool);

#endif
