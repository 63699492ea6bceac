/* wsmanctl_list.c - namespaces, classes, and what a query finds. */
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "../cim/cim_mof.h"
#include "../cim/cim_name.h"
#include "../om/cim_system.h"
#include "../soap/wsm_names.h"
#include "../xml/wsm_writer.h"
#include "wsman_session.h"
#include "wsmanctl_direct.h"

/** Bytes of MOF of a namespace's classes. */
#define MAX_TEXT (64 * 1024 * 1024)
/** Namespaces below each other. */
#define MAX_DEPTH 64

/* ---- Namespaces */

typedef struct walk_t {
    wsmanctl_t *tool;
    apr_array_header_t *found; /* const char * */
    const char *above;
    apr_array_header_t *below; /* of `above` */
    apr_pool_t *pool;
} walk_t;

static int take_namespace(void *baton, const wsm_item_t *item,
                          apr_pool_t *scratch)
{
    walk_t *self = baton;
    const xmlNode *name = wsm_xml_child(item->object, NULL, "Name");
    if (name)
        APR_ARRAY_PUSH(self->below, const char *) = apr_pstrcat(
            self->pool, self->above, "/", wsm_xml_text(name, scratch), NULL);
    return !wsman_session_interrupted();
}

static int is_denied(const wsm_failure_t *failure)
{
    return failure->fault && failure->fault->subcode &&
           strstr(failure->fault->subcode, "AccessDenied") != NULL;
}

static wsm_failure_t *walk_below(walk_t *outer, const char *ns, int depth)
{
    const wsm_enumerate_t all = {.mode = WSM_ENUM_OBJECTS};
    walk_t self = *outer;
    wsm_epr_t target;
    wsm_failure_t *failure;
    APR_ARRAY_PUSH(self.found, const char *) = ns;
    if (depth >= MAX_DEPTH)
        return NULL;
    self.above = ns;
    self.below = apr_array_make(self.pool, 8, sizeof(const char *));
    failure = wsmanctl_target(&target, ns, "__NAMESPACE", self.pool);
    if (!failure)
        failure = wsm_client_enumerate(self.tool->client, &target, &all,
                                       take_namespace, &self, self.pool);
    /* Its name is told by the one above it, not what is in it. */
    if (failure && depth > 0 && is_denied(failure))
        return NULL;
    for (int i = 0; i < self.below->nelts && !failure; i++)
        failure = walk_below(&self, APR_ARRAY_IDX(self.below, i, const char *),
                             depth + 1);
    return failure;
}

static int order_names(const void *a, const void *b)
{
    return cim_name_order(*(const char *const *)a, *(const char *const *)b);
}

static wsm_failure_t *ask_namespaces(const char *const **list, wsmanctl_t *tool,
                                     apr_pool_t *pool)
{
    walk_t walk = {.tool = tool,
                   .found = apr_array_make(pool, 8, sizeof(const char *)),
                   .pool = pool};
    wsm_failure_t *failure = walk_below(&walk, "root", 0);
    qsort(walk.found->elts, (size_t)walk.found->nelts, sizeof(const char *),
          order_names);
    APR_ARRAY_PUSH(walk.found, const char *) = NULL;
    *list = (const char *const *)(const void *)walk.found->elts;
    return failure;
}

wsm_failure_t *wsmanctl_namespaces(const char *const **list, wsmanctl_t *self,
                                   apr_pool_t *pool)
{
    const cim_schema_t *schema;
    wsm_failure_t *failure;
    if (!self->direct)
        return ask_namespaces(list, self, pool);
    failure = wsmanctl_direct_schema(self->direct, &schema, pool);
    if (!failure)
        *list = cim_schema_namespaces(schema, pool);
    return failure;
}

wsm_failure_t *wsmanctl_list_namespaces(wsman_options_t *options,
                                        wsm_client_t *client, apr_pool_t *pool)
{
    static const char *const names[] = {"Name"};
    wsmanctl_t *self = wsmanctl_of(options);
    const char *const *ns;
    wsm_failure_t *failure = wsmanctl_open(self, pool);
    (void)client;
    if (!failure)
        failure = wsmanctl_namespaces(&ns, self, pool);
    for (; !failure && *ns; ns++)
        wsmanctl_line(self, "Namespace", names, ns, 1, pool);
    return failure;
}

/* ---- Classes */

static wsm_failure_t *ask_classes(const char **text, wsmanctl_t *tool,
                                  apr_pool_t *pool)
{
    wsm_writer_t *all = wsm_writer_make(MAX_TEXT, pool);
    const char *cursor = NULL, *page;
    wsm_failure_t *failure;
    tool->classes_only = 1;
    do {
        failure =
            wsmanctl_export_page(tool, &page, &cursor, tool->ns, NULL, pool);
        if (!failure)
            wsm_write_str(all, page);
    } while (!failure && cursor && !wsm_writer_full(all) &&
             !wsman_session_interrupted());
    *text = wsm_writer_string(all, pool);
    return failure;
}

/** The classes of an endpoint's namespace: its export, read. */
static wsm_failure_t *ask_schema(const cim_schema_t **schema, wsmanctl_t *tool,
                                 apr_pool_t *pool)
{
    const cim_mof_options_t options = {.ns = "root"};
    cim_schema_t *made = cim_schema_make(pool);
    const char *text;
    wsm_failure_t *failure = ask_classes(&text, tool, pool);
    wsm_error_t *err;
    if (failure)
        return failure;
    err = cim_mof_read_text(made, "export", text, strlen(text), &options, pool);
    *schema = made;
    return err ? wsmanctl_failed(err, pool) : NULL;
}

typedef struct class_list_t {
    wsmanctl_t *tool;
    apr_array_header_t *classes; /* const cim_class_t * */
} class_list_t;

static void take_class(void *baton, const cim_class_t *cls)
{
    class_list_t *self = baton;
    if (!cim_system_is(cls->name))
        APR_ARRAY_PUSH(self->classes, const cim_class_t *) = cls;
}

static int order_classes(const void *a, const void *b)
{
    return cim_name_order((*(const cim_class_t *const *)a)->name,
                          (*(const cim_class_t *const *)b)->name);
}

static void print_class(wsmanctl_t *tool, const cim_class_t *cls,
                        apr_pool_t *scratch)
{
    static const char *const names[] = {"Name", "Superclass", "Abstract",
                                        "Association", "Indication"};
    const char *const values[] = {cls->name, cls->super_name,
                                  cls->abstract ? "true" : "false",
                                  cls->association ? "true" : "false",
                                  cls->indication ? "true" : "false"};
    wsmanctl_line(tool, "Class", names, values, 5, scratch);
}

wsm_failure_t *wsmanctl_list_classes(wsman_options_t *options,
                                     wsm_client_t *client, apr_pool_t *pool)
{
    class_list_t self = {
        wsmanctl_of(options),
        apr_array_make(pool, 1024, sizeof(const cim_class_t *))};
    const char *ns = self.tool->ns;
    const cim_schema_t *schema;
    apr_pool_t *scratch;
    wsm_failure_t *failure = wsmanctl_open(self.tool, pool);
    (void)client;
    if (!failure && self.tool->direct) {
        ns = ns ? ns : self.tool->direct->endpoint.default_ns;
        failure = wsmanctl_direct_schema(self.tool->direct, &schema, pool);
    } else if (!failure) {
        failure = ask_schema(&schema, self.tool, pool);
    }
    if (failure)
        return failure;
    if (self.tool->direct && !cim_schema_has_namespace(schema, ns))
        return wsmanctl_failure(pool, "there is no namespace %s", ns);
    cim_schema_each(schema, self.tool->direct ? ns : NULL, take_class, &self);
    qsort(self.classes->elts, (size_t)self.classes->nelts, sizeof(void *),
          order_classes);
    apr_pool_create(&scratch, pool);
    for (int i = 0; i < self.classes->nelts; i++) {
        print_class(self.tool,
                    APR_ARRAY_IDX(self.classes, i, const cim_class_t *),
                    scratch);
        apr_pool_clear(scratch);
    }
    return NULL;
}

/* ---- Queries */

wsm_failure_t *wsmanctl_query(wsman_options_t *options, wsm_client_t *client,
                              apr_pool_t *pool)
{
    wsmanctl_t *self = wsmanctl_of(options);
    wsm_epr_t target;
    wsm_failure_t *failure = wsmanctl_open(self, pool);
    (void)client;
    options->enumerate.dialect = WSM_DIALECT_WQL;
    options->enumerate.filter = options->arguments[0];
    if (!failure)
        failure = wsmanctl_target(&target, self->ns, "*", pool);
    if (!failure)
        failure = wsman_session_enumerate(options, self->client, &target, pool);
    return failure;
}
