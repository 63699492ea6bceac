/* cim_compile.c - changes of a repository, each one transaction.
 */
#include "cim_compile.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../base/wsm_error.h"
#include "../soap/wsm_cim_error.h"
#include "cim_compile_private.h"
#include "cim_security.h"
#include "cim_system.h"

/* ---- transactions */

/* Definers that find each other in the way this often give up. */
#define MAX_TRIES 50

typedef struct runner_t {
    cim_change_t change;
    apr_uint64_t version; /* of change.base */
    cim_change_fn *work;
    void *baton;
    int stale; /* others have defined something meanwhile */
    int done;  /* a dry run has done all that there was to do */
} runner_t;

static wsm_error_t *run_in_transaction(void *baton, wsm_store_t *tx,
                                       apr_pool_t *pool)
{
    runner_t *self = baton;
    const cim_compile_t *to = self->change.to;
    apr_uint64_t version;
    wsm_error_t *err = wsm_store_lock_definitions(
        tx, cim_catalog_repository(to->catalog), &version, pool);

    if (err != NULL)
        return err;
    self->stale = version != self->version;
    if (self->stale)
        return wsm_fail(pool, WSMAN_E_CONCURRENCY,
                        "Others define classes in the same repository: try "
                        "again.");
    self->change.store = tx;
    err = self->work(self->baton, &self->change);
    if (err != NULL || !to->dry_run)
        return err;
    self->done = 1;
    return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR, "Nothing was to be done.");
}

/* What is there is looked at before the transaction begins, because a thread
 * that renews the catalog must not wait for one that is in a transaction, nor
 * the other way round. */
static wsm_error_t *try_once(runner_t *self, apr_pool_t *pool)
{
    const cim_compile_t *to = self->change.to;
    wsm_error_t *err =
        cim_catalog_enter_version(&self->change.base, &self->version,
                                  to->catalog, to->store, to->log, pool);

    memset(&self->change.done, 0, sizeof(self->change.done));
    self->change.namespaces = apr_table_make(pool, 2);
    self->stale = 0;
    return err ? err
               : wsm_store_transact(to->store, run_in_transaction, self, pool);
}

wsm_error_t *cim_change_run(cim_compiled_t *done, const cim_compile_t *to,
                            cim_change_fn *work, void *baton, apr_pool_t *pool)
{
    runner_t runner = {
        .change = {.to = to, .pool = pool}, .work = work, .baton = baton};
    wsm_error_t *err;
    int tries = 0;

    do {
        err = try_once(&runner, pool);
    } while (runner.stale && ++tries < MAX_TRIES);
    if (runner.done)
        err = NULL;
    if (err == NULL && done != NULL)
        *done = runner.change.done;
    return err;
}

wsm_error_t *cim_change_refuse(const cim_change_t *change,
                               wsman_cim_status_e status, const char *format,
                               ...)
{
    wsm_error_t *err;
    va_list args;

    va_start(args, format);
    err = wsm_error_vmake(change->pool, WSMAN_E_INVALID_REPRESENTATION,
                          APR_SUCCESS, NULL, format, args);
    va_end(args);
    err->cim_status = status;
    return err;
}

wsm_error_t *cim_change_define(cim_change_t *change, char kind, const char *ns,
                               const char *name, const char *data)
{
    wsm_definition_t definition = {.kind = kind,
                                   .ns = cim_catalog_fold(ns, change->pool),
                                   .name = cim_catalog_fold(name, change->pool),
                                   .data = data};

    return wsm_store_define(change->store,
                            cim_catalog_repository(change->to->catalog),
                            &definition, change->pool);
}

wsm_error_t *cim_change_allow(const cim_change_t *change, const char *ns,
                              apr_uint32_t rights)
{
    const cim_compile_t *to = change->to;

    return to->allow
               ? to->allow(to->baton, change->base, ns, rights, change->pool)
               : NULL;
}

/* ---- namespaces */

static const char *parent_of(const char *ns, apr_pool_t *pool)
{
    const char *slash = strrchr(ns, '/');

    return slash ? apr_pstrmemdup(pool, ns, (apr_size_t)(slash - ns)) : NULL;
}

/* One step of a namespace's name is an identifier (DSP0004 8.2.1 leaves more
 * open; WMI does not). */
static int is_namespace(const char *ns)
{
    apr_size_t step = 0;

    for (; *ns != '\0'; ns++) {
        if (*ns == '/') {
            if (step == 0)
                return 0;
            step = 0;
        } else if (strchr("\\\"':;,=*?#&<>", *ns) != NULL ||
                   (unsigned char)*ns <= ' ') {
            return 0;
        } else if (++step > 64) {
            return 0;
        }
    }
    return step > 0;
}

/* Namespaces are instances in the one above them. */
static wsm_error_t *allow_above(const cim_change_t *change, const char *ns)
{
    const char *parent = parent_of(ns, change->pool);

    return cim_change_allow(change, parent ? parent : "root",
                            CIM_RIGHT_FULL_WRITE);
}

static wsm_error_t *make_one(cim_change_t *change, cim_schema_t *schema,
                             const char *ns)
{
    wsm_error_t *err = allow_above(change, ns);

    if (err != NULL)
        return err;
    if (strlen(ns) > 256 || !is_namespace(ns))
        return cim_change_refuse(change, WSMAN_CIM_INVALID_NAMESPACE,
                                 "\"%.80s\" cannot be a namespace.", ns);
    cim_schema_add_namespace(schema, ns);
    apr_table_setn(change->namespaces, ns, ns);
    change->done.namespaces_made++;
    return cim_change_define(change, WSM_DEFINES_NAMESPACE, ns, "", ns);
}

/* One that is hidden is not there: to make it the caller would need rights in
 * the one above it, which he has not. */
static int is_there(const cim_change_t *change, const char *ns)
{
    const wsm_error_t *err;

    if (!cim_schema_has_namespace(change->base, ns))
        return 0;
    err = cim_change_allow(change, ns, 0);
    return err == NULL || err->cim_status != WSMAN_CIM_INVALID_NAMESPACE;
}

wsm_error_t *cim_change_namespace(cim_change_t *change, cim_schema_t *schema,
                                  const char *ns, int make)
{
    const char *parent = parent_of(ns, change->pool);
    wsm_error_t *err = NULL;

    if (is_there(change, ns) || apr_table_get(change->namespaces, ns) != NULL)
        return NULL;
    if (!make) {
        err = wsm_fail(change->pool, WSMAN_E_INVALID_RESOURCE_URI,
                       "There is no namespace %s.", ns);
        err->cim_status = WSMAN_CIM_INVALID_NAMESPACE;
        return err;
    }
    if (parent != NULL)
        err = cim_change_namespace(change, schema, parent, make);
    return err ? err : make_one(change, schema, ns);
}

typedef struct place_t {
    const char *ns;
    const char *name;
} place_t;

static wsm_error_t *make_namespace(void *baton, cim_change_t *change)
{
    const char *ns = baton;
    const char *parent = parent_of(ns, change->pool);
    wsm_error_t *err = allow_above(change, ns);

    if (err != NULL)
        return err;
    if (cim_schema_has_namespace(change->base, ns))
        return wsm_fail(change->pool, WSMAN_E_ALREADY_EXISTS,
                        "There is a namespace %s already.", ns);
    if (parent == NULL || !cim_schema_has_namespace(change->base, parent)) {
        err = wsm_fail(change->pool, WSMAN_E_INVALID_RESOURCE_URI,
                       "There is no namespace %s for %s to be in.",
                       parent ? parent : "\"\"", ns);
        err->cim_status = WSMAN_CIM_INVALID_NAMESPACE;
        return err;
    }
    return make_one(change, cim_schema_make_over(change->base, change->pool),
                    ns);
}

wsm_error_t *cim_compile_make_namespace(const cim_compile_t *to, const char *ns,
                                        apr_pool_t *pool)
{
    return cim_change_run(NULL, to, make_namespace, (void *)(apr_uintptr_t)ns,
                          pool);
}

/* What the store has of a namespace and those below it, whether or not it can
 * be seen. */
typedef struct collector_t {
    const char *ns; /* folded */
    apr_array_header_t *found;
    apr_pool_t *pool;
} collector_t;

static int is_inside(const char *ns, const char *outer)
{
    apr_size_t length = strlen(outer);

    return strncasecmp(ns, outer, length) == 0 &&
           (ns[length] == '\0' || ns[length] == '/');
}

static int collect(void *baton, const wsm_definition_t *definition)
{
    collector_t *self = baton;
    wsm_definition_t *copy;

    if (!is_inside(definition->ns, self->ns))
        return 1;
    copy = apr_array_push(self->found);
    copy->kind = definition->kind;
    copy->ns = apr_pstrdup(self->pool, definition->ns);
    copy->name = apr_pstrdup(self->pool, definition->name);
    copy->data = NULL;
    return 1;
}

static wsm_error_t *empty_namespace(cim_change_t *change, const char *ns)
{
    const char *repository = cim_catalog_repository(change->to->catalog);
    collector_t collector = {
        cim_catalog_fold(ns, change->pool),
        apr_array_make(change->pool, 16, sizeof(wsm_definition_t)),
        change->pool};
    apr_uint64_t since = 0;
    wsm_error_t *err = wsm_store_definitions(change->store, repository, &since,
                                             collect, &collector, change->pool);
    int i;

    for (i = 0; i < collector.found->nelts && err == NULL; i++) {
        const wsm_definition_t *found =
            &APR_ARRAY_IDX(collector.found, i, wsm_definition_t);

        err = wsm_store_define(change->store, repository, found, change->pool);
        if (err == NULL && found->kind == WSM_DEFINES_NAMESPACE)
            err = wsm_store_remove_all(change->store, repository, found->ns,
                                       NULL, change->pool);
    }
    return err;
}

/* @param inner  the namespace, or one below it */
static wsm_error_t *check_deletion(const cim_change_t *change, const char *ns,
                                   const char *inner)
{
    if (cim_schema_namespace_is_fixed(change->base, inner))
        return cim_change_refuse(change, WSMAN_CIM_NOT_SUPPORTED,
                                 "The namespace %s is the server's own and "
                                 "cannot be deleted.",
                                 inner);
    if (cim_change_allow(change, inner, CIM_RIGHT_FULL_WRITE) == NULL)
        return NULL;
    return wsm_cim_error_make(change->pool, WSMAN_CIM_ACCESS_DENIED,
                              "This user may not delete all that is in the "
                              "namespace %s.",
                              ns);
}

static wsm_error_t *delete_namespace(void *baton, cim_change_t *change)
{
    const char *ns = baton;
    const char **all = cim_schema_namespaces(change->base, change->pool);
    wsm_error_t *err = allow_above(change, ns);

    if (err == NULL && !cim_schema_has_namespace(change->base, ns))
        err = wsm_fail(change->pool, WSMAN_E_DESTINATION_UNREACHABLE,
                       "There is no namespace %s.", ns);
    for (; *all != NULL && err == NULL; all++) {
        if (is_inside(*all, ns))
            err = check_deletion(change, ns, *all);
    }
    return err ? err : empty_namespace(change, ns);
}

wsm_error_t *cim_compile_delete_namespace(const cim_compile_t *to,
                                          const char *ns, apr_pool_t *pool)
{
    return cim_change_run(NULL, to, delete_namespace, (void *)(apr_uintptr_t)ns,
                          pool);
}

/* ---- classes */

static wsm_error_t *delete_class(void *baton, cim_change_t *change)
{
    const place_t *place = baton;
    const char *repository = cim_catalog_repository(change->to->catalog);
    const cim_class_t *cls =
        cim_schema_class(change->base, place->ns, place->name);
    wsm_error_t *err =
        cim_change_allow(change, place->ns, CIM_RIGHT_FULL_WRITE);
    int found;

    if (err != NULL)
        return err;
    if (cls == NULL)
        return wsm_fail(change->pool, WSMAN_E_DESTINATION_UNREACHABLE,
                        "There is no class %s in %s.", place->name, place->ns);
    if (cim_schema_class_is_fixed(change->base, cls) ||
        cim_system_is(cls->name))
        return cim_change_refuse(change, WSMAN_CIM_NOT_SUPPORTED,
                                 "%s is the server's own and cannot be "
                                 "deleted.",
                                 cls->name);
    if (cim_schema_has_subclasses(change->base, cls))
        return cim_change_refuse(change, WSMAN_CIM_CLASS_HAS_CHILDREN,
                                 "%s has subclasses: delete them first.",
                                 cls->name);
    err = wsm_store_any(
        change->store, repository, cim_catalog_fold(cls->ns, change->pool),
        cim_catalog_fold(cls->name, change->pool), &found, change->pool);
    if (err == NULL && found)
        err = cim_change_refuse(change, WSMAN_CIM_CLASS_HAS_INSTANCES,
                                "%s has instances: delete them first.",
                                cls->name);
    return err ? err
               : cim_change_define(change, WSM_DEFINES_CLASS, cls->ns,
                                   cls->name, NULL);
}

wsm_error_t *cim_compile_delete_class(const cim_compile_t *to, const char *ns,
                                      const char *name, apr_pool_t *pool)
{
    place_t place = {ns, name};

    return cim_change_run(NULL, to, delete_class, &place, pool);
}
