/* cim_compile_mof.c - MOF into a repository: what it declares goes into a layer
 * over what is there, and what is new in that layer into the store.
 */
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../cim/cim_mof_write.h"
#include "../cim/cim_value.h"
#include "../cim/cim_xml.h"
#include "cim_compile_private.h"
#include "cim_repository.h"
#include "cim_security.h"
#include "cim_system.h"

/* Bytes of the text of one definition. */
#define MAX_TEXT ((apr_size_t)4 << 20)

typedef struct compiler_t {
    cim_change_t *change;
    /* The text: files, or one in memory */
    const char *const *files;
    const char *name;
    const char *text;
    apr_size_t length;
    cim_schema_t *layer;
    apr_uint32_t declared; /* classes */
    wsm_error_t *err;
} compiler_t;

/* ---- reading */

/* The reader's errors say what is wrong with the text; what the client sent is
 * no representation of anything. */
static wsm_error_t *as_text_error(const compiler_t *self,
                                  const wsm_error_t *why)
{
    wsm_error_t *err =
        wsm_error_make(self->change->pool, WSMAN_E_INVALID_REPRESENTATION,
                       why->status, why->cause, "%s", why->message);

    err->cim_status =
        why->cim_status ? why->cim_status : WSMAN_CIM_INVALID_PARAMETER;
    return err;
}

static cim_sight_e see(void *baton, const char *ns)
{
    const compiler_t *self = baton;

    return cim_change_allow(self->change, ns, 0) ? CIM_SIGHT_NOTHING
                                                 : CIM_SIGHT_ALL;
}

/* What is wrong with a text tells nothing of where the caller may not be. */
static const cim_schema_t *seen_by_caller(compiler_t *self)
{
    const cim_change_t *change = self->change;

    return change->to->allow
               ? cim_schema_make_view(change->base, see, self, change->pool)
               : change->base;
}

static wsm_error_t *read_text(compiler_t *self)
{
    const cim_change_t *change = self->change;
    const cim_mof_options_t options = {.ns = change->to->ns,
                                       .classes = &self->declared};
    wsm_error_t *err;

    self->layer = cim_schema_make_over(seen_by_caller(self), change->pool);
    if (self->files != NULL)
        err = cim_mof_read_files(self->layer, self->files, &options,
                                 change->pool);
    else
        err = cim_mof_read_text(self->layer, self->name, self->text,
                                self->length, &options, change->pool);
    return err ? as_text_error(self, err) : NULL;
}

/* ---- namespaces */

static int is_namespace(const cim_instance_t *instance)
{
    return strcasecmp(instance->cls->name, "__NAMESPACE") == 0;
}

/* instance of __NAMESPACE { Name = "x"; }; is how WMI's MOF makes one. */
static void make_instance_namespace(void *baton, const char *ns,
                                    const cim_instance_t *instance)
{
    compiler_t *self = baton;
    const cim_value_t *name;

    if (self->err != NULL || !is_namespace(instance))
        return;
    name = cim_instance_get(instance, "Name");
    if (name == NULL || name->is_null)
        return;
    ns = apr_pstrcat(self->change->pool, ns, "/", name->v.s, NULL);
    self->err = cim_change_namespace(self->change, self->layer, ns, 1);
}

static wsm_error_t *make_namespaces(compiler_t *self)
{
    cim_change_t *change = self->change;
    const char **ns;
    wsm_error_t *err = NULL;

    cim_schema_each_own_instance(self->layer, make_instance_namespace, self);
    if (self->err != NULL)
        return self->err;
    for (ns = cim_schema_namespaces(self->layer, change->pool);
         *ns != NULL && err == NULL; ns++)
        err = cim_change_namespace(change, self->layer, *ns,
                                   change->to->make_namespaces);
    return err;
}

/* ---- what was below a class that has changed */

typedef struct list_t {
    compiler_t *compiler;
    apr_array_header_t *classes; /* const cim_class_t * */
} list_t;

static void note_changed(void *baton, const cim_class_t *cls)
{
    list_t *self = baton;
    const cim_class_t *old =
        cim_schema_class(self->compiler->change->base, cls->ns, cls->name);

    if (old == NULL) {
        self->compiler->change->done.classes_made++;
        return;
    }
    self->compiler->change->done.classes_changed++;
    APR_ARRAY_PUSH(self->classes, const cim_class_t *) = old;
}

static wsm_error_t *feed_class(compiler_t *self, cim_mof_reader_t *reader,
                               const cim_class_t *cls)
{
    wsm_writer_t *out = wsm_writer_make(MAX_TEXT, self->change->pool);
    const char *text;

    cim_mof_write_class(out, cls);
    text = wsm_writer_string(out, self->change->pool);
    return cim_mof_feed(reader, cls->ns, cls->name, text, strlen(text));
}

/* The classes of the base that derive from a changed one, and that the text
 * does not declare, are resolved anew below it. */
static wsm_error_t *feed_descendants(compiler_t *self, cim_mof_reader_t *reader,
                                     const cim_class_t *old)
{
    const cim_schema_t *base = self->change->base;
    const cim_class_t **below =
        cim_schema_descendants(base, old, self->change->pool);
    wsm_error_t *err = NULL;

    for (; *below != NULL && err == NULL; below++) {
        if (cim_schema_class(self->layer, (*below)->ns, (*below)->name) ==
            *below)
            err = feed_class(self, reader, *below);
    }
    return err;
}

static wsm_error_t *resolve_below(compiler_t *self)
{
    const cim_mof_options_t options = {.ns = self->change->to->ns};
    list_t changed = {self, apr_array_make(self->change->pool, 8,
                                           sizeof(const cim_class_t *))};
    cim_mof_reader_t *reader;
    wsm_error_t *err, *end;
    int i;

    cim_schema_each_own(self->layer, note_changed, &changed);
    if (changed.classes->nelts == 0)
        return NULL;
    err = cim_mof_begin(&reader, self->layer, &options, self->change->pool);
    if (err != NULL)
        return err;
    for (i = 0; i < changed.classes->nelts && err == NULL; i++)
        err = feed_descendants(
            self, reader,
            APR_ARRAY_IDX(changed.classes, i, const cim_class_t *));
    end = cim_mof_end(reader);
    if (err == NULL)
        err = end;
    if (err == NULL)
        return NULL;
    return cim_change_refuse(self->change, WSMAN_CIM_CLASS_HAS_CHILDREN,
                             "A class below what is changed does not fit any "
                             "more: %s.",
                             err->message);
}

/* ---- storing definitions */

static void store_qualifier(void *baton, const char *ns,
                            const cim_qualifier_type_t *type)
{
    compiler_t *self = baton;
    wsm_writer_t *out;

    if (self->err == NULL)
        self->err = cim_change_allow(self->change, ns, CIM_RIGHT_FULL_WRITE);
    if (self->err != NULL)
        return;
    out = wsm_writer_make(MAX_TEXT, self->change->pool);
    cim_mof_write_qualifier_type(out, type);
    self->change->done.qualifiers_made++;
    self->err =
        cim_change_define(self->change, WSM_DEFINES_QUALIFIER, ns, type->name,
                          wsm_writer_string(out, self->change->pool));
}

static wsm_error_t *check_class(compiler_t *self, const cim_class_t *cls)
{
    const cim_class_t *old =
        cim_schema_class(self->change->base, cls->ns, cls->name);

    if (cim_system_is(cls->name))
        return cim_change_refuse(self->change, WSMAN_CIM_NOT_SUPPORTED,
                                 "%s: names that begin with __ are the "
                                 "server's own.",
                                 cls->name);
    return old ? cim_change_check(self->change, old, cls) : NULL;
}

static void store_class(void *baton, const cim_class_t *cls)
{
    compiler_t *self = baton;
    wsm_writer_t *out;

    if (self->err == NULL)
        self->err =
            cim_change_allow(self->change, cls->ns, CIM_RIGHT_FULL_WRITE);
    if (self->err == NULL)
        self->err = check_class(self, cls);
    if (self->err != NULL)
        return;
    out = wsm_writer_make(MAX_TEXT, self->change->pool);
    cim_mof_write_class(out, cls);
    if (wsm_writer_full(out))
        self->err = wsm_fail(self->change->pool, WSMAN_E_QUOTA_LIMIT,
                             "The declaration of %s is larger than %u bytes.",
                             cls->name, (unsigned)MAX_TEXT);
    else
        self->err = cim_change_define(
            self->change, WSM_DEFINES_CLASS, cls->ns, cls->name,
            wsm_writer_string(out, self->change->pool));
}

/* ---- instances */

/* Does the instance have all that is declared of it? */
static int has_all(const cim_instance_t *instance,
                   const cim_instance_t *declared)
{
    apr_uint32_t i;

    for (i = 0; i < declared->nvalues; i++) {
        if (declared->values[i].type != CIM_NONE &&
            !cim_value_equal(&declared->values[i], &instance->values[i], 0))
            return 0;
    }
    return 1;
}

static wsm_error_t *declare_instance(cim_change_t *change, wsm_call_t *call,
                                     const cim_instance_t *declared)
{
    const cim_path_t *path = cim_instance_path(declared, call->pub.pool);
    const cim_instance_t *instance;
    wsm_error_t *err = cim_repository_get(call, declared->cls, path, &instance);

    if (err != NULL && err->code == WSMAN_E_DESTINATION_UNREACHABLE) {
        change->done.instances_made++;
        return cim_repository_create(call, declared->cls, declared, &path);
    }
    if (err != NULL)
        return err;
    if (has_all(instance, declared)) {
        change->done.instances_same++;
        return NULL;
    }
    change->done.instances_changed++;
    return cim_repository_put(call, declared->cls, path, declared);
}

static void store_instance(void *baton, const char *ns,
                           const cim_instance_t *instance)
{
    compiler_t *self = baton;
    cim_change_t *change = self->change;
    const wsm_server_t server = {.store = change->store};
    const wsm_endpoint_t endpoint = {
        .server = &server,
        .repository = cim_catalog_repository(change->to->catalog),
        .default_ns = ns,
        .schema = self->layer};
    wsm_call_t call = {.endpoint = &endpoint};

    if (self->err != NULL || is_namespace(instance))
        return;
    self->err = cim_change_allow(change, ns, CIM_RIGHT_PARTIAL_WRITE);
    if (self->err != NULL)
        return;
    if (cim_system_is(instance->cls->name)) {
        self->err = cim_change_refuse(change, WSMAN_CIM_NOT_SUPPORTED,
                                      "Instances of %s are the server's own.",
                                      instance->cls->name);
        return;
    }
    apr_pool_create(&call.pub.pool, change->pool);
    self->err = declare_instance(change, &call, instance);
    if (self->err != NULL)
        self->err = wsm_error_make(
            change->pool, self->err->code, self->err->status, NULL,
            "An instance of %s: %s", instance->cls->name, self->err->message);
    apr_pool_destroy(call.pub.pool);
}

/* ---- all of it */

static wsm_error_t *check_expectation(const cim_change_t *change)
{
    const cim_compile_t *to = change->to;

    if (to->new_class != NULL &&
        cim_schema_class(change->base, to->ns, to->new_class) != NULL)
        return wsm_fail(change->pool, WSMAN_E_ALREADY_EXISTS,
                        "There is a class %s in %s already.", to->new_class,
                        to->ns);
    if (to->known_class != NULL &&
        cim_schema_class(change->base, to->ns, to->known_class) == NULL)
        return wsm_fail(change->pool, WSMAN_E_DESTINATION_UNREACHABLE,
                        "There is no class %s in %s.", to->known_class, to->ns);
    return NULL;
}

static wsm_error_t *store_all(compiler_t *self)
{
    cim_change_t *change = self->change;

    if (cim_schema_count(self->layer) > CIM_CATALOG_MAX_CLASSES)
        return wsm_fail(change->pool, WSMAN_E_QUOTA_LIMIT,
                        "A repository has at most %d classes.",
                        CIM_CATALOG_MAX_CLASSES);
    cim_schema_each_own_qualifier(self->layer, store_qualifier, self);
    cim_schema_each_own(self->layer, store_class, self);
    change->done.classes_same = self->declared - change->done.classes_made -
                                change->done.classes_changed;
    cim_schema_each_own_instance(self->layer, store_instance, self);
    return self->err;
}

static wsm_error_t *compile(void *baton, cim_change_t *change)
{
    compiler_t *self = baton;
    wsm_error_t *err = check_expectation(change);

    self->change = change;
    if (err == NULL)
        err = read_text(self);
    if (err == NULL)
        err = make_namespaces(self);
    if (err == NULL)
        err = resolve_below(self);
    return err ? err : store_all(self);
}

wsm_error_t *cim_compile_text(cim_compiled_t *done, const cim_compile_t *to,
                              const char *name, const char *text,
                              apr_size_t length, apr_pool_t *pool)
{
    compiler_t compiler = {.name = name, .text = text, .length = length};

    return cim_change_run(done, to, compile, &compiler, pool);
}

wsm_error_t *cim_compile_files(cim_compiled_t *done, const cim_compile_t *to,
                               const char *const *files, apr_pool_t *pool)
{
    compiler_t compiler = {.files = files};

    return cim_change_run(done, to, compile, &compiler, pool);
}
