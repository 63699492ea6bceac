/* query_association.c - the association filter (DSP0227 8.2).
 *
 *     <b:AssociatedInstances>
 *       <b:Object>the content of an EPR</b:Object>
 *       <b:AssociationClassName/> <b:Role/>
 *       <b:ResultClassName/> <b:ResultRole/>
 *       <b:IncludeResultProperty/> ...
 *     </b:AssociatedInstances>
 *
 * and b:AssociationInstances, which has no AssociationClassName and no
 * ResultRole.  Its text form is the same XML, written by us: it does not depend
 * on the declarations around the element that a client sent.
 */
#include "query_dialect.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../cim/cim_xml.h"
#include "../soap/wsm_epr.h"
#include "../soap/wsm_names.h"

#define ASSOCIATED "AssociatedInstances"
#define REFERENCES "AssociationInstances"

/* The element, read: names only, nothing of a schema. */
typedef struct filter_t {
    int references; /* AssociationInstances */
    int has_object;
    wsm_epr_t object;
    const char *assoc_class;
    const char *role;
    const char *result_class;
    const char *result_role;
    apr_array_header_t *properties; /* const char * */
} filter_t;

static const struct {
    const char *name;
    apr_size_t field;
    int associated_only;
} elements[] = {
    {"AssociationClassName", offsetof(filter_t, assoc_class), 1},
    {"Role", offsetof(filter_t, role), 0},
    {"ResultClassName", offsetof(filter_t, result_class), 0},
    {"ResultRole", offsetof(filter_t, result_role), 1},
};

#define NELEMENTS (sizeof(elements) / sizeof(elements[0]))

static const char **field_of(filter_t *filter, apr_size_t i)
{
    return (const char **)(void *)((char *)filter + elements[i].field);
}

/* ---- reading */

static wsm_error_t *twice(const xmlNode *node, apr_pool_t *pool)
{
    return query_fail(pool, "The association filter has %s twice.",
                      (const char *)node->name);
}

static wsm_error_t *read_object(filter_t *filter, const xmlNode *node,
                                apr_pool_t *pool)
{
    wsm_error_t *err;

    if (filter->has_object)
        return twice(node, pool);
    filter->has_object = 1;
    err = wsm_epr_read(&filter->object, node, pool);
    if (err == NULL)
        return NULL;
    return wsm_error_make(pool, WSMAN_E_CANNOT_PROCESS_FILTER, APR_SUCCESS, err,
                          "The Object of the association filter is no endpoint "
                          "reference: %s",
                          err->message);
}

/* A property that is named twice is shown once. */
static void add_property(filter_t *filter, const char *name)
{
    int i;

    for (i = 0; i < filter->properties->nelts; i++) {
        if (strcasecmp(APR_ARRAY_IDX(filter->properties, i, const char *),
                       name) == 0)
            return;
    }
    APR_ARRAY_PUSH(filter->properties, const char *) = name;
}

static wsm_error_t *read_child(filter_t *filter, const xmlNode *node,
                               apr_pool_t *pool)
{
    const char **field;
    apr_size_t i;

    if (wsm_xml_is(node, WSM_NS_WSMB, "Object"))
        return read_object(filter, node, pool);
    if (wsm_xml_first(node) != NULL)
        return query_fail(pool, "%s of the association filter must be a name.",
                          (const char *)node->name);
    if (wsm_xml_is(node, WSM_NS_WSMB, "IncludeResultProperty")) {
        add_property(filter, wsm_xml_text(node, pool));
        return NULL;
    }
    for (i = 0; i < NELEMENTS; i++) {
        if (!wsm_xml_is(node, WSM_NS_WSMB, elements[i].name) ||
            (filter->references && elements[i].associated_only))
            continue;
        field = field_of(filter, i);
        if (*field != NULL)
            return twice(node, pool);
        *field = wsm_xml_text(node, pool);
        return NULL;
    }
    return query_fail(pool, "%s has no %s.",
                      filter->references ? REFERENCES : ASSOCIATED,
                      (const char *)node->name);
}

static wsm_error_t *read_filter(filter_t *filter, const xmlNode *node,
                                apr_pool_t *pool)
{
    const xmlNode *child;
    wsm_error_t *err;

    memset(filter, 0, sizeof(*filter));
    filter->properties = apr_array_make(pool, 4, sizeof(const char *));
    filter->references =
        node != NULL && wsm_xml_is(node, WSM_NS_WSMB, REFERENCES);
    if (node == NULL || wsm_xml_next(node) != NULL ||
        (!filter->references && !wsm_xml_is(node, WSM_NS_WSMB, ASSOCIATED)))
        return query_fail(pool, "An association filter is one element, "
                                "wsmb:" ASSOCIATED " or wsmb:" REFERENCES ".");
    for (child = wsm_xml_first(node); child != NULL;
         child = wsm_xml_next(child)) {
        err = read_child(filter, child, pool);
        if (err != NULL)
            return err;
    }
    if (!filter->has_object)
        return query_fail(pool, "The association filter has no Object.");
    return NULL;
}

/* ---- the text form */

static void write_name(wsm_writer_t *out, const char *name, const char *value)
{
    wsm_write_strs(out, "<b:", name, ">", NULL);
    wsm_write_text(out, value);
    wsm_write_strs(out, "</b:", name, ">", NULL);
}

static wsm_error_t *association_text(const char **text, const xmlNode *node,
                                     apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(QUERY_MAX_TEXT, pool);
    filter_t filter;
    const char *name;
    apr_size_t i;
    int k;
    wsm_error_t *err = read_filter(&filter, wsm_xml_first(node), pool);

    if (err != NULL)
        return err;
    name = filter.references ? REFERENCES : ASSOCIATED;
    wsm_write_strs(out, "<b:", name,
                   " xmlns:b=\"" WSM_NS_WSMB "\" xmlns:a=\"" WSM_NS_WSA
                   "\" xmlns:w=\"" WSM_NS_WSMAN "\"><b:Object>",
                   NULL);
    wsm_epr_write(out, &filter.object, WSM_ADDRESSING_2004);
    wsm_write_lit(out, "</b:Object>");
    for (i = 0; i < NELEMENTS; i++) {
        if (*field_of(&filter, i) != NULL)
            write_name(out, elements[i].name, *field_of(&filter, i));
    }
    for (k = 0; k < filter.properties->nelts; k++)
        write_name(out, "IncludeResultProperty",
                   APR_ARRAY_IDX(filter.properties, k, const char *));
    wsm_write_strs(out, "</b:", name, ">", NULL);
    if (wsm_writer_full(out))
        return query_fail(pool, "The association filter is too long.");
    *text = wsm_writer_string(out, pool);
    return NULL;
}

/* ---- what it means */

static int has_selectors(const wsm_epr_t *epr)
{
    int i;

    for (i = 0; i < epr->nselectors; i++) {
        if (strcasecmp(epr->selectors[i].name, "__cimnamespace") != 0)
            return 1;
    }
    return 0;
}

static int has_one_instance(const cim_class_t *cls)
{
    return cls->nkeys == 0 ? !cls->abstract
                           : cim_qualifier_true(cls->qualifiers,
                                                cls->nqualifiers, "Singleton");
}

/* R8.2.1-4: the Object is exactly one instance.  Without selectors that can be
 * the one of a [Singleton] class. */
static wsm_error_t *find_object(wsm_association_t *association,
                                const wsm_epr_t *object,
                                const wsm_query_scope_t *scope,
                                apr_pool_t *pool)
{
    const cim_class_t *cls;
    cim_xml_keys_e keys =
        has_selectors(object) ? CIM_XML_KEYS_ALL : CIM_XML_KEYS_NONE;
    wsm_error_t *err =
        cim_xml_path_of_epr(&association->object, &cls, object, keys,
                            scope->schema, scope->ns, pool);

    if (err != NULL)
        return wsm_error_make(pool, WSMAN_E_CANNOT_PROCESS_FILTER, APR_SUCCESS,
                              err, "The Object of the association filter: %s",
                              err->message);
    if (!has_selectors(object) && !has_one_instance(cls))
        return query_fail(pool,
                          "The Object of the association filter must be one "
                          "instance of %s; it has no selectors.",
                          cls->name);
    association->object_cls = cls;
    return NULL;
}

/* @param association  it must be one */
static wsm_error_t *find_class(const cim_class_t **cls, const char *name,
                               int association, const wsm_query_scope_t *scope,
                               apr_pool_t *pool)
{
    *cls = NULL;
    if (name == NULL || *name == '\0')
        return NULL;
    *cls = cim_schema_class(scope->schema, scope->ns, name);
    if (*cls == NULL)
        return query_fail(pool, "There is no class %s in %s.", name, scope->ns);
    if (association && !(*cls)->association)
        return query_fail(pool, "The class %s is no association.",
                          (*cls)->name);
    return NULL;
}

static const char *name_of(const char *name)
{
    return name != NULL && *name != '\0' ? name : NULL;
}

static wsm_error_t *make_query(wsm_query_t *query, const filter_t *filter,
                               const wsm_query_scope_t *scope, apr_pool_t *pool)
{
    wsm_association_t *association = apr_pcalloc(pool, sizeof(*association));
    const cim_class_t *cls;
    wsm_error_t *err = find_object(association, &filter->object, scope, pool);

    if (err == NULL)
        err = find_class(&cls, filter->assoc_class, 1, scope, pool);
    if (err != NULL)
        return err;
    association->assoc_class = cls ? cls->name : NULL;
    err =
        find_class(&cls, filter->result_class, filter->references, scope, pool);
    if (err != NULL)
        return err;
    association->result_class = cls ? cls->name : NULL;
    association->role = name_of(filter->role);
    association->result_role = name_of(filter->result_role);
    query->source =
        filter->references ? WSM_SOURCE_REFERENCES : WSM_SOURCE_ASSOCIATED;
    query->cls = cls;
    query->association = association;
    if (filter->properties->nelts > 0) {
        query->projection = (const char *const *)filter->properties->elts;
        query->nprojection = (apr_uint32_t)filter->properties->nelts;
        query->projection_is_lenient = 1; /* R8.2.1-10 */
    }
    return NULL;
}

static wsm_error_t *association_parse(wsm_query_t **query, const char *text,
                                      const wsm_query_scope_t *scope,
                                      apr_pool_t *pool)
{
    filter_t filter;
    xmlDocPtr doc;
    wsm_error_t *err;

    if (scope->cls != NULL)
        return query_fail(pool,
                          "An association filter is for all classes, not for "
                          "the class %s.",
                          scope->cls->name);
    err = wsm_xml_parse(&doc, text, strlen(text), QUERY_MAX_TEXT, pool);
    if (err != NULL)
        return query_fail(pool, "The association filter cannot be read.");
    err = read_filter(&filter, xmlDocGetRootElement(doc), pool);
    if (err != NULL)
        return err;
    *query = apr_pcalloc(pool, sizeof(**query));
    return make_query(*query, &filter, scope, pool);
}

const query_dialect_t query_association_dialect = {
    WSM_DIALECT_ASSOCIATION, association_text, association_parse};
