/* cim_repository.c - the store's records as instances.
 */
#include "cim_repository.h"

#include <ctype.h>
#include <string.h>

#include <apr_strings.h>

#include "../cim/cim_xml.h"
#include "../soap/wsm_names.h"

/* A record's key travels in enumeration contexts. */
#define MAX_KEY 4096
/* An instance that was accepted once must be readable always. */
#define MAX_RECORD (16 * 1024 * 1024)

static char *folded(const char *text, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, text);
    char *p;

    for (p = copy; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
    return copy;
}

/* The key is the path's canonical text behind the class name. */
static void record_id(wsm_record_id_t *id, const char *repository,
                      const cim_class_t *cls, const cim_path_t *path,
                      apr_pool_t *pool)
{
    cim_path_t own;

    id->repository = repository;
    id->ns = folded(cls->ns, pool);
    id->class_name = folded(cls->name, pool);
    id->key = NULL;
    if (path != NULL) {
        own = *path;
        own.class_name = cls->name;
        id->key = cim_path_text(&own, pool);
    }
}

static const cim_xml_style_t *storage_style(cim_xml_style_t *style,
                                            const cim_class_t *cls)
{
    memset(style, 0, sizeof(*style));
    style->uri.base = WSM_URI_CIM;
    style->default_ns = cls->ns;
    return style;
}

/* References in an instance need the prefixes of EPRs around it. */
static const char *encode(const cim_instance_t *instance, apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(MAX_RECORD, pool);
    cim_xml_style_t style;

    wsm_write_lit(out, "<record xmlns:a=\"" WSM_NS_WSA
                       "\" xmlns:w=\"" WSM_NS_WSMAN "\">");
    cim_xml_write_instance(out, instance, NULL, NULL,
                           storage_style(&style, instance->cls), pool);
    wsm_write_lit(out, "</record>");
    return wsm_writer_full(out) ? NULL : wsm_writer_string(out, pool);
}

static wsm_error_t *decode(cim_instance_t **instance, const char *data,
                           const cim_schema_t *schema, const cim_class_t *cls,
                           apr_pool_t *pool)
{
    cim_xml_reader_t reader = {
        .schema = schema, .default_ns = cls->ns, .pool = pool};
    xmlDocPtr doc;
    wsm_error_t *err;

    err = wsm_xml_parse(&doc, data, strlen(data), MAX_RECORD, pool);
    if (err == NULL)
        err = cim_xml_read_instance(
            &reader, instance, wsm_xml_first(xmlDocGetRootElement(doc)), cls,
            apr_pstrcat(pool, WSM_URI_CIM, cls->name, NULL));
    if (err == NULL)
        return NULL;
    return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, APR_SUCCESS, err,
                          "A stored instance of %s does not fit its class.",
                          cls->name);
}

wsm_error_t *cim_repository_get(const wsm_call_t *call, const cim_class_t *cls,
                                const cim_path_t *path,
                                const cim_instance_t **instance)
{
    apr_pool_t *pool = call->pub.pool;
    cim_instance_t *found;
    wsm_record_id_t id;
    const char *data;
    wsm_error_t *err;

    record_id(&id, call->endpoint->repository, cls, path, pool);
    err = wsm_store_get(call->endpoint->server->store, &id, &data, pool);
    if (err != NULL)
        return err;
    if (data == NULL)
        return wsm_fail(pool, WSMAN_E_DESTINATION_UNREACHABLE,
                        "There is no instance of %s with these selectors.",
                        cls->name);
    err = decode(&found, data, call->endpoint->schema, cls, pool);
    if (err == NULL)
        *instance = found;
    return err;
}

typedef struct lister_t {
    const wsm_call_t *call;
    const cim_class_t *cls;
    wsman_sink_t *sink;
    wsm_error_t *err;
} lister_t;

static int visit_record(void *baton, const char *key, const char *data)
{
    lister_t *self = baton;
    cim_instance_t *instance;

    self->err = decode(&instance, data, self->call->endpoint->schema, self->cls,
                       self->call->pub.scratch);
    if (self->err != NULL)
        return 0;
    return wsm_sink_put(self->sink, instance, key) == WSMAN_SINK_MORE;
}

wsm_error_t *cim_repository_list(const wsm_call_t *call, const cim_class_t *cls,
                                 const char *after, wsman_sink_t *sink)
{
    lister_t lister = {call, cls, sink, NULL};
    wsm_selection_t selection = {NULL, NULL, after};
    wsm_record_id_t id;
    wsm_error_t *err;

    record_id(&id, call->endpoint->repository, cls, NULL, call->pub.pool);
    err = wsm_store_list(call->endpoint->server->store, &id, &selection,
                         visit_record, &lister, call->pub.pool);
    return err ? err : lister.err;
}

typedef struct putter_t {
    const wsm_call_t *call;
    const cim_class_t *cls;
    const cim_instance_t *changes;
} putter_t;

static wsm_error_t *missing(const cim_instance_t *instance, apr_pool_t *pool)
{
    const cim_class_t *cls = instance->cls;
    apr_uint32_t i;

    for (i = 0; i < cls->nproperties; i++) {
        const cim_property_t *property = &cls->properties[i];
        const cim_value_t *value = &instance->values[i];

        if ((property->key || property->required) &&
            (value->type == CIM_NONE || value->is_null))
            return wsm_fail(pool, WSMAN_E_REPRESENTATION_MISSING_VALUES,
                            "The property %s of %s must have a value.",
                            property->name, cls->name);
    }
    return NULL;
}

static wsm_error_t *too_large(const cim_class_t *cls, apr_pool_t *pool)
{
    return wsm_fail(pool, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                    "The instance of %s is too large to be stored.", cls->name);
}

static wsm_error_t *merge(void *baton, const char *old, wsm_content_t *content,
                          apr_pool_t *pool)
{
    const putter_t *self = baton;
    cim_instance_t *instance;
    apr_uint32_t i;
    wsm_error_t *err;

    err = decode(&instance, old, self->call->endpoint->schema, self->cls, pool);
    if (err != NULL)
        return err;
    for (i = 0; i < instance->nvalues; i++) {
        if (self->changes->values[i].type != CIM_NONE)
            instance->values[i] = self->changes->values[i];
    }
    err = missing(instance, pool);
    if (err != NULL)
        return err;
    content->data = encode(instance, pool);
    return content->data ? NULL : too_large(self->cls, pool);
}

wsm_error_t *cim_repository_put(const wsm_call_t *call, const cim_class_t *cls,
                                const cim_path_t *path,
                                const cim_instance_t *changes)
{
    putter_t putter = {call, cls, changes};
    wsm_record_id_t id;

    record_id(&id, call->endpoint->repository, cls, path, call->pub.pool);
    return wsm_store_change(call->endpoint->server->store, &id, merge, &putter,
                            call->pub.pool);
}

static wsm_error_t *insert(wsm_store_t *store, const char *repository,
                           const cim_instance_t *instance, cim_path_t **path,
                           apr_pool_t *pool)
{
    cim_instance_t *complete = cim_instance_copy(instance, pool);
    wsm_content_t content = {NULL, NULL, NULL, 0};
    wsm_record_id_t id;
    wsm_error_t *err;

    cim_instance_defaults(complete);
    err = missing(complete, pool);
    if (err != NULL)
        return err;
    *path = cim_instance_path(complete, pool);
    record_id(&id, repository, complete->cls, *path, pool);
    content.folded_key = folded(id.key, pool);
    content.data = encode(complete, pool);
    if (content.data == NULL || strlen(id.key) > MAX_KEY)
        return too_large(complete->cls, pool);
    return wsm_store_insert(store, &id, &content, pool);
}

wsm_error_t *cim_repository_create(const wsm_call_t *call,
                                   const cim_class_t *cls,
                                   const cim_instance_t *instance,
                                   const cim_path_t **path)
{
    apr_pool_t *pool = call->pub.pool;
    cim_path_t *made;
    wsm_error_t *err;

    if (cls->nkeys == 0 || cls->abstract)
        return wsm_fail(pool, WSMAN_E_ACTION_MISMATCH,
                        "Instances of %s cannot be created: the class %s.",
                        cls->name,
                        cls->abstract ? "is abstract" : "has no key");
    err = insert(call->endpoint->server->store, call->endpoint->repository,
                 instance, &made, pool);
    if (err == NULL)
        *path = made;
    return err;
}

wsm_error_t *cim_repository_remove(const wsm_call_t *call,
                                   const cim_class_t *cls,
                                   const cim_path_t *path)
{
    wsm_record_id_t id;

    record_id(&id, call->endpoint->repository, cls, path, call->pub.pool);
    return wsm_store_remove(call->endpoint->server->store, &id, call->pub.pool);
}

typedef struct seeder_t {
    wsm_store_t *store;
    const char *repository;
    const cim_schema_t *schema;
    apr_pool_t *pool;
    wsm_error_t *err;
} seeder_t;

static void seed_class(void *baton, const cim_class_t *cls)
{
    seeder_t *self = baton;
    const cim_instance_t **instances;
    apr_pool_t *scratch;

    if (self->err != NULL)
        return;
    apr_pool_create(&scratch, self->pool);
    instances = cim_schema_instances(self->schema, cls, scratch);
    for (; *instances != NULL && self->err == NULL; instances++) {
        cim_path_t *path;
        wsm_error_t *err =
            insert(self->store, self->repository, *instances, &path, scratch);

        if (err != NULL && err->code != WSMAN_E_ALREADY_EXISTS)
            self->err = wsm_error_make(self->pool, err->code, err->status, NULL,
                                       "The declared instance of %s cannot be "
                                       "stored: %s",
                                       cls->name, err->message);
    }
    apr_pool_destroy(scratch);
}

wsm_error_t *cim_repository_seed(wsm_store_t *store, const char *repository,
                                 const cim_schema_t *schema, apr_pool_t *pool)
{
    seeder_t seeder = {store, repository, schema, pool, NULL};

    cim_schema_each(schema, NULL, seed_class, &seeder);
    return seeder.err;
}
