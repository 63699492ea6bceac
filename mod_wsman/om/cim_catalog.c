/* cim_catalog.c - the layers of a repository's classes, and their snapshots.
 */
#include "cim_catalog.h"

#include <string.h>

#include <apr_allocator.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>

#include "../cim/cim_mof.h"
#include "../cim/cim_name.h"
#include "../cim/cim_xml.h"
#include "../include/wsman_provider.h"
#include "cim_catalog_private.h"
#include "cim_security.h"
#include "cim_system.h"

/** The third layer as it is at a version. */
typedef struct snapshot_t {
    cim_catalog_t *catalog;
    const cim_schema_t *schema;
    apr_uint64_t version;
    unsigned users; /* and one for being the current one */
    apr_pool_t *pool;
} snapshot_t;

struct cim_catalog_t {
    const cim_schema_t *files;
    const char *repository;
    apr_pool_t *pool;
    /** What all children share: `files`, or a layer over it. */
    const cim_schema_t *shared;
    apr_uint64_t shared_version;
    apr_thread_mutex_t *lock; /* of what follows */
    snapshot_t *current;      /* NULL: `shared` is */
};

const char *cim_catalog_fold(const char *name, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, name);
    char *p;

    for (p = copy; *p != '\0'; p++)
        *p = (char)cim_fold(*p);
    return copy;
}

const char *cim_catalog_repository(const cim_catalog_t *catalog)
{
    return catalog->repository;
}

/* ---- the files */

static const char *const standard[] = {"root", "root/cimv2", "root/interop",
                                       "root/StandardCimv2"};

static void protect(cim_schema_t *files, apr_pool_t *scratch)
{
    const sec_descriptor_t *own = NULL;

    sec_sddl_parse(&own, CIM_SECURITY_STANDARD, cim_schema_pool(files));
    cim_schema_set_security(files, "root", own);
    cim_security_seal(files, scratch);
}

wsm_error_t *cim_catalog_complete(cim_schema_t *files, const char *ns,
                                  apr_pool_t *scratch)
{
    const cim_mof_options_t options = {.ns = ns};
    cim_mof_reader_t *reader;
    const char **all;
    wsm_error_t *err, *end;
    apr_size_t i;

    for (i = 0; i < sizeof(standard) / sizeof(standard[0]); i++)
        cim_schema_add_namespace(files, standard[i]);
    cim_schema_add_namespace(files, ns);
    err = cim_mof_begin(&reader, files, &options, scratch);
    if (err != NULL)
        return err;
    for (all = cim_schema_namespaces(files, scratch);
         *all != NULL && err == NULL; all++)
        err = cim_system_declare(reader, *all);
    end = cim_mof_end(reader);
    if (err == NULL)
        err = end;
    if (err != NULL)
        return err;
    cim_xml_prepare(files);
    protect(files, scratch);
    return NULL;
}

cim_catalog_t *cim_catalog_make(const cim_schema_t *files,
                                const char *repository, apr_pool_t *pool)
{
    cim_catalog_t *catalog = apr_pcalloc(pool, sizeof(*catalog));

    catalog->files = files;
    catalog->shared = files;
    catalog->repository = repository;
    catalog->pool = pool;
    apr_thread_mutex_create(&catalog->lock, APR_THREAD_MUTEX_DEFAULT, pool);
    return catalog;
}

/* ---- a layer out of definitions */

typedef struct loader_t {
    const cim_catalog_t *catalog;
    cim_schema_t *schema;
    cim_mof_reader_t *reader;
    const wsm_log_t *log;
    apr_pool_t *pool;
    int unsealed; /* what protects namespaces must be computed */
    wsm_error_t *err;
} loader_t;

static void warn(const loader_t *self, const char *what, const char *name,
                 const char *ns, const wsm_error_t *why)
{
    wsm_log(self->log, WSMAN_LOG_WARNING,
            "the %s %s that clients defined in %s of the repository %s is left "
            "out: %s",
            what, name, ns, self->catalog->repository, why->message);
}

static void warn_of_class(void *baton, const cim_class_t *cls,
                          const wsm_error_t *why)
{
    warn(baton, "class", cls->name, cls->ns, why);
}

/* A namespace that was made again has nothing of what it had. */
static void load_namespace(loader_t *self, const wsm_definition_t *definition)
{
    const char *ns = definition->data ? definition->data : definition->ns;

    if (cim_schema_namespace_is_fixed(self->schema, ns))
        return;
    if (cim_schema_has_namespace(self->schema, ns))
        cim_schema_hide_namespace(self->schema, ns);
    self->unsealed = 1;
    if (definition->data == NULL)
        return;
    cim_schema_add_namespace(self->schema, ns);
    self->err = cim_system_declare(self->reader, ns);
}

static void load_text(loader_t *self, const wsm_definition_t *definition,
                      const char *what)
{
    wsm_error_t *err;

    if (!cim_schema_has_namespace(self->schema, definition->ns))
        return;
    err = cim_mof_feed(self->reader, definition->ns, "definition",
                       definition->data, strlen(definition->data));
    if (err != NULL)
        warn(self, what, definition->name, definition->ns, err);
}

static void load_class(loader_t *self, const wsm_definition_t *definition)
{
    const cim_class_t *old =
        cim_schema_class(self->schema, definition->ns, definition->name);

    if (definition->data != NULL)
        load_text(self, definition, "class");
    else if (old != NULL && !cim_schema_class_is_fixed(self->schema, old))
        cim_schema_hide_class(self->schema, definition->ns, definition->name);
}

/* One that cannot be read must not open what somebody has closed. */
static void load_security(loader_t *self, const wsm_definition_t *definition)
{
    apr_pool_t *pool = cim_schema_pool(self->schema);
    const sec_descriptor_t *own;
    const char *why;

    if (!cim_schema_has_namespace(self->schema, definition->ns))
        return;
    self->unsealed = 1;
    if (definition->data == NULL) {
        own = cim_schema_own_security(self->catalog->files, definition->ns);
    } else if ((why = sec_sddl_parse(&own, definition->data, pool)) != NULL) {
        own = cim_security_closed(pool);
        wsm_log(self->log, WSMAN_LOG_ERR,
                "the security descriptor of %s in the repository %s cannot be "
                "read, only administrators may use the namespace: %s",
                definition->ns, self->catalog->repository, why);
    }
    cim_schema_set_security(self->schema, definition->ns, own);
}

static int load(void *baton, const wsm_definition_t *definition)
{
    loader_t *self = baton;

    switch (definition->kind) {
    case WSM_DEFINES_NAMESPACE:
        load_namespace(self, definition);
        break;
    case WSM_DEFINES_QUALIFIER:
        /* One goes with its namespace only. */
        if (definition->data != NULL)
            load_text(self, definition, "qualifier");
        break;
    case WSM_DEFINES_SECURITY:
        load_security(self, definition);
        break;
    default:
        load_class(self, definition);
        break;
    }
    return self->err == NULL;
}

/* @param since  0: all that is defined, over the files; else what was defined
 *               since, over what is shared; set to 0 where that cannot be said
 *               any more */
static wsm_error_t *read_layer(cim_schema_t **schema, cim_catalog_t *catalog,
                               apr_uint64_t *since, wsm_store_t *store,
                               const wsm_log_t *log, apr_pool_t *pool,
                               apr_pool_t *scratch)
{
    loader_t loader = {.catalog = catalog, .log = log, .pool = scratch};
    const cim_mof_options_t options = {
        .ns = "root", .refused = warn_of_class, .baton = &loader};
    apr_uint64_t asked = *since;
    wsm_error_t *err, *end;

    loader.schema = *schema =
        cim_schema_make_over(asked ? catalog->shared : catalog->files, pool);
    err = cim_mof_begin(&loader.reader, *schema, &options, scratch);
    if (err != NULL)
        return err;
    err = wsm_store_definitions(store, catalog->repository, since, load,
                                &loader, scratch);
    end = cim_mof_end(loader.reader);
    if (err == NULL)
        err = loader.err ? loader.err : end;
    if (err != NULL || *since != asked)
        return err;
    cim_xml_prepare(*schema);
    if (loader.unsealed)
        cim_security_seal(*schema, scratch);
    return NULL;
}

/* Reads the definitions into a layer of a pool of its own. */
static wsm_error_t *make_layer(cim_schema_t **schema, cim_catalog_t *catalog,
                               apr_uint64_t since, wsm_store_t *store,
                               const wsm_log_t *log, apr_pool_t *pool)
{
    apr_uint64_t from = since;
    apr_pool_t *scratch;
    wsm_error_t *err;

    apr_pool_create(&scratch, pool);
    err = read_layer(schema, catalog, &from, store, log, pool, scratch);
    if (err == NULL && from != since)
        err = read_layer(schema, catalog, &from, store, log, pool, scratch);
    if (err != NULL)
        err = wsm_error_make(pool, err->code, err->status, err,
                             "The classes of the repository %s cannot be read.",
                             catalog->repository);
    else
        apr_pool_destroy(scratch);
    return err;
}

wsm_error_t *cim_catalog_load(cim_catalog_t *catalog, wsm_store_t *store,
                              const wsm_log_t *log)
{
    cim_schema_t *schema;
    apr_uint64_t version;
    wsm_error_t *err = wsm_store_definition_version(store, catalog->repository,
                                                    &version, catalog->pool);

    if (err != NULL || version == 0)
        return err;
    err = make_layer(&schema, catalog, 0, store, log, catalog->pool);
    if (err != NULL)
        return err;
    catalog->shared = schema;
    catalog->shared_version = version;
    return NULL;
}

/* ---- snapshots */

static void release_locked(snapshot_t *snapshot)
{
    if (--snapshot->users == 0)
        apr_pool_destroy(snapshot->pool);
}

static apr_status_t leave(void *data)
{
    snapshot_t *snapshot = data;
    apr_thread_mutex_t *lock = snapshot->catalog->lock;

    apr_thread_mutex_lock(lock);
    release_locked(snapshot);
    apr_thread_mutex_unlock(lock);
    return APR_SUCCESS;
}

/* The process ends. */
static apr_status_t forget_current(void *data)
{
    cim_catalog_t *catalog = data;
    snapshot_t *current = catalog->current;

    catalog->current = NULL;
    if (current != NULL)
        release_locked(current);
    return APR_SUCCESS;
}

/* No pool of the process is above it: several threads make and end them. */
static wsm_error_t *make_pool(apr_pool_t **made, apr_pool_t *pool)
{
    apr_allocator_t *allocator = NULL;
    apr_status_t status = apr_allocator_create(&allocator);

    if (status == APR_SUCCESS)
        status = apr_pool_create_unmanaged_ex(made, NULL, allocator);
    if (status != APR_SUCCESS) {
        if (allocator != NULL)
            apr_allocator_destroy(allocator);
        return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, status, NULL,
                              "There is no memory for the classes.");
    }
    apr_allocator_owner_set(allocator, *made);
    return NULL;
}

static wsm_error_t *renew_locked(cim_catalog_t *catalog, apr_uint64_t version,
                                 wsm_store_t *store, const wsm_log_t *log,
                                 apr_pool_t *pool)
{
    snapshot_t *snapshot;
    cim_schema_t *schema;
    apr_pool_t *own;
    wsm_error_t *err = make_pool(&own, pool);

    if (err != NULL)
        return err;
    err =
        make_layer(&schema, catalog, catalog->shared_version, store, log, own);
    if (err != NULL) {
        err = wsm_error_make(pool, err->code, err->status, NULL, "%s",
                             wsm_error_text(err, pool));
        apr_pool_destroy(own);
        return err;
    }
    snapshot = apr_pcalloc(own, sizeof(*snapshot));
    snapshot->catalog = catalog;
    snapshot->schema = schema;
    snapshot->version = version;
    snapshot->users = 1;
    snapshot->pool = own;
    if (catalog->current != NULL)
        release_locked(catalog->current);
    else
        apr_pool_cleanup_register(catalog->pool, catalog, forget_current,
                                  apr_pool_cleanup_null);
    catalog->current = snapshot;
    return NULL;
}

static apr_uint64_t version_of(const cim_catalog_t *catalog)
{
    return catalog->current ? catalog->current->version
                            : catalog->shared_version;
}

wsm_error_t *cim_catalog_enter_version(const cim_schema_t **schema,
                                       apr_uint64_t *version,
                                       cim_catalog_t *catalog,
                                       wsm_store_t *store, const wsm_log_t *log,
                                       apr_pool_t *pool)
{
    wsm_error_t *err =
        wsm_store_definition_version(store, catalog->repository, version, pool);

    if (err != NULL)
        return err;
    apr_thread_mutex_lock(catalog->lock);
    if (*version > version_of(catalog))
        err = renew_locked(catalog, *version, store, log, pool);
    *version = version_of(catalog);
    if (err == NULL && catalog->current != NULL) {
        *schema = catalog->current->schema;
        catalog->current->users++;
        apr_pool_cleanup_register(pool, catalog->current, leave,
                                  apr_pool_cleanup_null);
    } else if (err == NULL) {
        *schema = catalog->shared;
    }
    apr_thread_mutex_unlock(catalog->lock);
    return err;
}

wsm_error_t *cim_catalog_enter(const cim_schema_t **schema,
                               cim_catalog_t *catalog, wsm_store_t *store,
                               const wsm_log_t *log, apr_pool_t *pool)
{
    apr_uint64_t version;

    return cim_catalog_enter_version(schema, &version, catalog, store, log,
                                     pool);
}
