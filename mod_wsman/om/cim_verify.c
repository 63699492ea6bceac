/* cim_verify.c - looks at every record. */
#include "cim_verify.h"

#include <string.h>

#include <apr_strings.h>

#include "../cim/cim_value.h"
#include "../xml/wsm_xml.h"
#include "cim_repository_private.h"

typedef struct verifier_t {
    cim_verify_t *to;
    const cim_class_t *cls;
    wsm_error_t *err;
    apr_pool_t *pool;
    apr_pool_t *scratch; /* of a record */
} verifier_t;

/* Who reads records trusts them to be an element in an element, as they were
 * written; here that is what is in doubt. */
static wsm_error_t *check_form(const verifier_t *self, const char *data)
{
    apr_size_t length = strlen(data);
    xmlDocPtr doc;
    wsm_error_t *err =
        wsm_xml_parse(&doc, data, length, length + 1, self->scratch);

    if (err == NULL && wsm_xml_first(xmlDocGetRootElement(doc)) == NULL)
        err = wsm_fail(self->scratch, WSMAN_E_INTERNAL_ERROR,
                       "there is no instance in it");
    return err;
}

static const char *fault_of(const verifier_t *self, const char *key,
                            const char *data)
{
    cim_instance_t *instance;
    const cim_path_t *path;
    wsm_record_id_t id;
    wsm_error_t *err = check_form(self, data);

    if (err == NULL)
        err = cim_record_decode(&instance, data, self->to->schema, self->cls,
                                self->scratch);
    if (err == NULL)
        err = cim_record_check(instance, self->scratch);
    if (err != NULL)
        return err->cause ? err->cause->message : err->message;
    path = cim_instance_path(instance, self->scratch);
    if (path == NULL)
        return "a key has no value";
    cim_record_id(&id, self->to->repository, self->cls, path, self->scratch);
    return strcmp(id.key, key) == 0 ? NULL : "its keys are others";
}

static int visit(void *baton, const char *key, const char *data)
{
    verifier_t *self = baton;
    const char *fault = fault_of(self, key, data);

    self->to->records++;
    if (fault != NULL)
        self->to->bad(self->to->baton, self->cls, key, fault);
    apr_pool_clear(self->scratch);
    return 1;
}

static void verify_class(void *baton, const cim_class_t *cls)
{
    verifier_t *self = baton;
    apr_pool_t *pool;
    wsm_record_id_t id;

    if (self->err != NULL)
        return;
    apr_pool_create(&pool, self->pool);
    self->cls = cls;
    self->to->classes++;
    cim_record_id(&id, self->to->repository, cls, NULL, pool);
    self->err = wsm_store_list(self->to->store, &id, NULL, visit, self, pool);
    if (self->err != NULL)
        self->err =
            wsm_error_make(self->pool, self->err->code, self->err->status, NULL,
                           "%s", wsm_error_text(self->err, pool));
    apr_pool_destroy(pool);
}

wsm_error_t *cim_verify_records(cim_verify_t *self, apr_pool_t *pool)
{
    verifier_t verifier = {.to = self, .pool = pool};

    self->classes = 0;
    self->records = 0;
    apr_pool_create(&verifier.scratch, pool);
    cim_schema_each(self->schema, NULL, verify_class, &verifier);
    return verifier.err;
}
