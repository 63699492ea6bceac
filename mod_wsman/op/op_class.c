/* op_class.c - which class a request is for, what of it is wanted, and Get.
 */
#include "op_class.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../soap/wsm_cim_error.h"
#include "../soap/wsm_names.h"
#include "op_target.h"
#include "source_class.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

int op_class_is(const char *resource_uri)
{
    apr_size_t length = sizeof(WSM_URI_CIM_XML) - 1;

    return strncasecmp(resource_uri, WSM_URI_CIM_XML, length) == 0 &&
           resource_uri[length] != '\0';
}

/* ---- which class */

static const char *selector_text(const wsm_exchange_t *ex, const char *name)
{
    const wsm_selector_t *selector = wsm_selector_find(
        ex->request->selectors, ex->request->nselectors, name);

    return selector && selector->value && *selector->value ? selector->value
                                                           : NULL;
}

const char *op_class_name(const wsm_exchange_t *ex)
{
    const char *name = ex->request->resource_uri + sizeof(WSM_URI_CIM_XML) - 1;

    return strcmp(name, "*") == 0 ? selector_text(ex, "ClassName") : name;
}

/* What a Create is for is in its body, if nowhere else. */
static const char *name_in_body(const wsm_exchange_t *ex)
{
    const xmlNode *body = ex->request->body;

    if (strcmp(ex->request->action, WSM_ACTION_CREATE) != 0 || body == NULL)
        return NULL;
    return wsm_xml_attr(body, NULL, "NAME", ex->pool);
}

static int changes_classes(const wsm_exchange_t *ex)
{
    static const char *const actions[] = {WSM_ACTION_CREATE, WSM_ACTION_PUT,
                                          WSM_ACTION_DELETE};
    apr_size_t i;

    for (i = 0; i < COUNT(actions); i++) {
        if (strcmp(ex->request->action, actions[i]) == 0)
            return 1;
    }
    return 0;
}

wsm_error_t *op_class_resource(wsm_exchange_t *ex)
{
    wsm_target_t *target = &ex->outcome->target;
    const char *ns = selector_text(ex, "__cimnamespace");
    const char *name = op_class_name(ex);

    ex->style.uri.base = WSM_URI_CIM_XML;
    ex->style.uri.class_name = name ? name : "*";
    ex->source = &wsm_source_class_schema;
    target->ns = ns ? ns : ex->call->endpoint->default_ns;
    target->class_name = "*";
    if (name == NULL)
        name = name_in_body(ex);
    if (name != NULL)
        ex->cls =
            cim_schema_class(ex->call->endpoint->schema, target->ns, name);
    if (changes_classes(ex) && name != NULL)
        target->class_name = ex->cls ? ex->cls->name : name;
    if (ex->cls != NULL)
        target->ns = ex->cls->ns;
    ex->call->pub.ns = target->ns;
    return NULL;
}

static wsm_error_t *check_selectors(const wsm_exchange_t *ex)
{
    const wsm_request_t *request = ex->request;
    const char *name = op_class_name(ex);
    const char *chosen = selector_text(ex, "ClassName");
    int i;

    for (i = 0; i < request->nselectors; i++) {
        const wsm_selector_t *selector = &request->selectors[i];

        if (strcasecmp(selector->name, "ClassName") != 0 &&
            strcasecmp(selector->name, "__cimnamespace") != 0)
            return wsm_fail(ex->pool, WSMAN_E_UNEXPECTED_SELECTORS,
                            "A class has the selectors ClassName and "
                            "__cimnamespace, not %s.",
                            selector->name);
        if (selector->value == NULL)
            return wsm_fail(ex->pool, WSMAN_E_SELECTOR_TYPE_MISMATCH,
                            "The selector %s is a text.", selector->name);
    }
    if (chosen != NULL && strcasecmp(chosen, name) != 0)
        return wsm_fail(ex->pool, WSMAN_E_SELECTOR_INVALID_VALUE,
                        "The selector ClassName and the resource URI name "
                        "different classes.");
    return NULL;
}

/* DSP0200 5.3.2.1: that there is no such class is NOT_FOUND. */
wsm_error_t *op_class_not_found(const wsm_exchange_t *ex)
{
    if (op_class_name(ex) == NULL)
        return wsm_fail(ex->pool, WSMAN_E_INSUFFICIENT_SELECTORS,
                        "The selector ClassName must say which class.");
    return wsm_cim_error_make(ex->pool, WSMAN_CIM_NOT_FOUND,
                              "There is no class %s in %s.", op_class_name(ex),
                              ex->outcome->target.ns);
}

static wsm_error_t *check_class(const wsm_exchange_t *ex)
{
    const wsm_call_t *call = ex->call;

    if (ex->cls == NULL || op_class_name(ex) == NULL)
        return op_class_not_found(ex);
    return call->authorize_class
               ? call->authorize_class(call->baton, ex->cls, 0)
               : NULL;
}

/* ---- options */

typedef enum option_e {
    QUALIFIERS,
    ORIGIN,
    INHERITED,
    HIERARCHY,
    SUBCLASSES,
    PATH,
    NAMES,
    NOPTIONS
} option_e;

/* MS-WSMV 3.1.4.2, 3.1.4.8, and what Windows' clients send besides.  What
 * nobody asks is as Windows answers it. */
static const struct {
    const char *name;
    int usual;
} rows[NOPTIONS] = {
    [QUALIFIERS] = {"IncludeQualifiers", 0},
    [ORIGIN] = {"IncludeClassOrigin", 1},
    [INHERITED] = {"IncludeInheritedElements", 1},
    [HIERARCHY] = {"IncludeInheritanceHierarchy", 0},
    [SUBCLASSES] = {"IncludeSubClasses", 1},
    [PATH] = {"IncludePath", 0},
    [NAMES] = {"ExcludeClassSpecification", 0},
};

/* OMI knows them with this prefix too. */
static int find_option(const char *name)
{
    int i;

    if (strncasecmp(name, "wmi:", 4) == 0)
        name += 4;
    for (i = 0; i < NOPTIONS; i++) {
        if (strcasecmp(rows[i].name, name) == 0)
            return i;
    }
    return NOPTIONS;
}

/* An option that is just there is true. */
static wsm_error_t *read_flag(int *flag, const wsm_option_t *option,
                              apr_pool_t *pool)
{
    static const struct {
        const char *text;
        int truth;
    } words[] = {{"", 1}, {"true", 1}, {"1", 1}, {"false", 0}, {"0", 0}};
    apr_size_t i;

    for (i = 0; i < COUNT(words); i++) {
        if (strcasecmp(option->value, words[i].text) == 0) {
            *flag = words[i].truth;
            return NULL;
        }
    }
    return wsm_fail(pool, WSMAN_E_OPTION_INVALID_VALUE,
                    "The option %s is true or false.", option->name);
}

wsm_error_t *op_class_options(op_class_view_t *view, const wsm_exchange_t *ex)
{
    const wsm_request_t *request = ex->request;
    int flags[NOPTIONS + 1];
    wsm_error_t *err = NULL;
    int i;

    for (i = 0; i < NOPTIONS; i++)
        flags[i] = rows[i].usual;
    for (i = 0; i < request->noptions && err == NULL; i++) {
        const wsm_option_t *option = &request->options[i];
        int found = find_option(option->name);

        if (found < NOPTIONS)
            err = read_flag(&flags[found], option, ex->pool);
        else if (option->must_comply)
            err = wsm_fail(ex->pool, WSMAN_E_OPTION_NOT_SUPPORTED,
                           "The option %s is not supported.", option->name);
    }
    memset(view, 0, sizeof(*view));
    view->shown.schema = ex->call->endpoint->schema;
    view->shown.qualifiers = flags[QUALIFIERS];
    view->shown.class_origin = flags[ORIGIN];
    view->shown.local_only = !flags[INHERITED];
    view->shown.derivation = flags[HIERARCHY];
    view->deep = flags[SUBCLASSES];
    view->paths = flags[PATH];
    view->names_only = flags[NAMES];
    return err;
}

/* ---- Get */

static wsm_error_t *get(wsm_exchange_t *ex)
{
    const cim_path_t path = {.ns = ex->outcome->target.ns,
                             .class_name = ex->cls ? ex->cls->name : NULL};
    wsm_reply_t reply = {.request = ex->request, .prefixes = WSM_PREFIX_X};
    op_class_view_t view;
    wsm_error_t *err = check_class(ex);

    if (err == NULL)
        err = op_class_options(&view, ex);
    if (err != NULL)
        return err;
    reply.headers = op_requested_epr(ex, &path);
    wsm_reply_begin(ex->out, &reply);
    cim_xml_class_write(ex->out, ex->cls, &view.shown, ex->pool);
    wsm_reply_end(ex->out);
    ex->outcome->items = 1;
    return NULL;
}

/* ---- what can be done */

static const struct {
    const char *action;
    wsm_error_t *(*run)(wsm_exchange_t *ex);
} operations[] = {
    {WSM_ACTION_GET, get},
    {WSM_ACTION_CREATE, op_class_create},
    {WSM_ACTION_PUT, op_class_put},
    {WSM_ACTION_DELETE, op_class_delete},
    {WSM_ACTION_ENUMERATE, op_enumerate},
    {WSM_ACTION_PULL, op_pull},
    {WSM_ACTION_RELEASE, op_release},
    {WSM_ACTION_ENUM_RENEW, op_enum_renew},
    {WSM_ACTION_ENUM_GETSTATUS, op_enum_getstatus},
};

wsm_error_t *op_class_run(wsm_exchange_t *ex, const wsm_op_t *op)
{
    wsm_error_t *err;
    apr_size_t i;

    /* SupportsFragment="false", as Windows has it */
    if (ex->request->fragment != NULL)
        return wsm_fail(ex->pool, WSMAN_E_UNSUPPORTED_FRAGMENT_ACCESS,
                        "Fragments of classes cannot be addressed.");
    err = check_selectors(ex);
    if (err != NULL)
        return err;
    for (i = 0; i < COUNT(operations); i++) {
        if (op->action != NULL && strcmp(operations[i].action, op->action) == 0)
            return operations[i].run(ex);
    }
    err = wsm_fail(ex->pool, WSMAN_E_ACTION_MISMATCH,
                   "%s cannot be applied to a class.", op->name);
    return wsm_error_detail(err, ex->request->action, ex->pool);
}
