/* linux_provider.c - the hooks: from a request to the class that answers it.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "linux_provider.h"

static const linux_class_t *const types[] = {&linux_os_class,
                                             &linux_system_class,
                                             &linux_cpu_class,
                                             &linux_disk_class,
                                             &linux_adapter_class,
                                             &linux_ipconfig_class,
                                             &linux_process_class,
                                             &linux_service_class,
                                             &linux_user_class,
                                             &linux_group_class,
                                             &linux_timezone_class,
                                             &linux_system_os_class,
                                             &linux_adapter_setting_class,
                                             &linux_member_class};

/* What a host takes as a resume key (wsman_provider.h) */
#define LONGEST_KEY 512

#define NTYPES (sizeof(types) / sizeof(types[0]))

static const char *const class_names[] = {"Win32_OperatingSystem",
                                          "Win32_ComputerSystem",
                                          "Win32_Processor",
                                          "Win32_LogicalDisk",
                                          "Win32_NetworkAdapter",
                                          "Win32_NetworkAdapterConfiguration",
                                          "Win32_Process",
                                          "Win32_Service",
                                          "Win32_UserAccount",
                                          "Win32_Group",
                                          "Win32_TimeZone",
                                          "Win32_SystemOperatingSystem",
                                          "Win32_NetworkAdapterSetting",
                                          "Win32_GroupUser",
                                          NULL};

static const linux_class_t *find_type(const char *name)
{
    for (apr_size_t i = 0; i < NTYPES; i++) {
        if (strcasecmp(types[i]->name, name) == 0)
            return types[i];
    }
    return NULL;
}

static wsman_error_t *not_served(wsman_call_t *call, const char *name)
{
    return call->host->error(call->pool, WSMAN_E_INVALID_RESOURCE_URI,
                             APR_SUCCESS, NULL,
                             "The linux provider does not serve %s.", name);
}

/* Finds the properties of the class.  The keys are always wanted: without them
 * the host cannot name the instance. */
static wsman_error_t *view_open(linux_view_t *view, wsman_call_t *call,
                                const cim_class_t *cls,
                                const unsigned char *wanted)
{
    const wsman_host_t *host = call->host;
    int count = 0;
    view->call = call;
    view->system = call->state;
    view->cls = cls;
    view->type = find_type(host->class_name(cls));
    if (!view->type)
        return not_served(call, host->class_name(cls));
    while (view->type->properties[count])
        count++;
    view->at = apr_palloc(call->pool, sizeof(int) * (apr_size_t)(count + 1));
    for (int i = 0; i < count; i++) {
        int at = host->property_index(cls, view->type->properties[i]);
        if (at >= 0 && wanted && i >= view->type->nkeys && !wanted[at])
            at = -1;
        view->at[i] = at;
    }
    return NULL;
}

void linux_view_begin(linux_view_t *view)
{
    view->row = view->call->host->instance_make(view->cls, view->item);
}

static int key_matches(const wsman_host_t *host, const cim_value_t *have,
                       const cim_value_t *asked);

static int paths_match(const wsman_host_t *host, const cim_path_t *have,
                       const cim_path_t *asked)
{
    if (have->nkeys != asked->nkeys ||
        strcasecmp(have->class_name, asked->class_name) != 0)
        return 0;
    for (apr_uint32_t i = 0; i < asked->nkeys; i++) {
        if (!key_matches(host, host->key(have, asked->keys[i].name),
                         &asked->keys[i].value))
            return 0;
    }
    return 1;
}

static int key_matches(const wsman_host_t *host, const cim_value_t *have,
                       const cim_value_t *asked)
{
    if (!have || have->is_null || have->type != asked->type)
        return 0;
    if (asked->type == CIM_REFERENCE)
        return paths_match(host, have->v.ref, asked->v.ref);
    if (asked->type == CIM_STRING)
        return strcmp(have->v.s, asked->v.s) == 0;
    return have->v.u == asked->v.u;
}

static int row_matches(const linux_view_t *view)
{
    const wsman_host_t *host = view->call->host;
    for (apr_uint32_t i = 0; i < view->path->nkeys; i++) {
        const cim_key_t *key = &view->path->keys[i];
        if (!key_matches(host, host->get(view->row, key->name), &key->value))
            return 0;
    }
    return 1;
}

/* Does the row of an association refer to the object? */
static int row_refers(const linux_view_t *view)
{
    for (apr_uint32_t i = 0; i < view->row->nvalues; i++) {
        const cim_value_t *value = &view->row->values[i];
        if (value->type == CIM_REFERENCE && !value->is_null &&
            paths_match(view->call->host, value->v.ref, view->object))
            return 1;
    }
    return 0;
}

int linux_view_put(linux_view_t *view, const char *resume_key)
{
    if (wsman_cancelled(view->call))
        return 0;
    if (view->object && !row_refers(view))
        return 1;
    if (view->path) {
        if (row_matches(view))
            view->found = view->row;
        return view->found == NULL;
    }
    if (strlen(resume_key) > LONGEST_KEY) {
        view->call->host->log(view->call, WSMAN_LOG_WARNING,
                              "%s: an instance whose key is longer than %d "
                              "bytes is not listed",
                              view->type->name, LONGEST_KEY);
        return 1;
    }
    return wsman_sink_put(view->call, view->sink, view->row, resume_key) ==
           WSMAN_SINK_MORE;
}

const char *linux_view_after(const linux_view_t *view)
{
    return view->query ? view->query->after : NULL;
}

static const cim_value_t *asked_value(const linux_view_t *view,
                                      const char *property)
{
    if (view->path)
        return view->call->host->key(view->path, property);
    for (apr_uint32_t i = 0; i < view->query->nterms; i++) {
        if (strcasecmp(view->query->terms[i].name, property) == 0)
            return &view->query->terms[i].value;
    }
    return NULL;
}

const char *linux_view_asked(const linux_view_t *view, const char *property)
{
    const cim_value_t *value = asked_value(view, property);
    if (!value || value->is_null || value->type != CIM_STRING)
        return NULL;
    return value->v.s;
}

int linux_view_excludes(const linux_view_t *view, const char *property,
                        const char *text)
{
    const char *asked = linux_view_asked(view, property);
    if (!asked)
        return 0;
    return view->path ? strcmp(asked, text) != 0 : strcasecmp(asked, text) != 0;
}

int linux_view_asked_number(const linux_view_t *view, const char *property,
                            apr_uint64_t *number)
{
    const cim_value_t *value = asked_value(view, property);
    if (!value || value->is_null || value->type < CIM_UINT8 ||
        value->type > CIM_SINT64)
        return 0;
    *number = value->v.u;
    return 1;
}

cim_value_t linux_reference2(const linux_view_t *view, const char *class_name,
                             const char *key, cim_value_t value,
                             const char *key2, cim_value_t value2)
{
    cim_path_t *path = apr_pcalloc(view->item, sizeof(*path));
    cim_key_t *keys = apr_pcalloc(view->item, 2 * sizeof(*keys));
    path->class_name = class_name;
    path->keys = keys;
    path->nkeys = key2 ? 2 : (key ? 1 : 0);
    keys[0].name = key;
    keys[0].value = value;
    keys[1].name = key2;
    keys[1].value = value2;
    return cim_reference(path);
}

cim_value_t linux_reference(const linux_view_t *view, const char *class_name,
                            const char *key, cim_value_t value)
{
    return linux_reference2(view, class_name, key, value, NULL,
                            cim_null(CIM_STRING));
}

cim_value_t linux_strings(const apr_array_header_t *texts, apr_pool_t *pool)
{
    cim_value_t *items =
        apr_palloc(pool, sizeof(*items) * (apr_size_t)(texts->nelts + 1));
    for (int i = 0; i < texts->nelts; i++)
        items[i] = cim_string(APR_ARRAY_IDX(texts, i, const char *));
    return cim_array(CIM_STRING, items, (apr_uint32_t)texts->nelts);
}

/* The property tables and linux.mof must agree: a slip is found here and not
 * by a client that misses a value. */
static wsman_error_t *check_class(wsman_call_t *call, const linux_class_t *type)
{
    const wsman_host_t *host = call->host;
    const cim_class_t *cls = host->find_class(call, NULL, type->name);
    for (int i = 0; cls && type->properties[i]; i++) {
        if (host->property_index(cls, type->properties[i]) < 0)
            return host->error(call->pool, WSMAN_E_INTERNAL_ERROR, APR_SUCCESS,
                               NULL,
                               "The class %s that was loaded has no property "
                               "%s; load the linux.mof of this provider.",
                               type->name, type->properties[i]);
    }
    return NULL;
}

static wsman_error_t *read_params(wsman_call_t *call, linux_t *system,
                                  const wsman_param_t *params, apr_pool_t *pool)
{
    for (; params && params->name; params++) {
        const char *value = apr_pstrdup(pool, params->value);
        if (strcmp(params->name, "root") == 0)
            system->root = strcmp(value, "/") == 0 ? "" : value;
        else if (strcmp(params->name, "bus") == 0)
            system->bus = value;
        else
            return call->host->error(
                call->pool, WSMAN_E_OPTION_INVALID_NAME, APR_SUCCESS, NULL,
                "The linux provider has no parameter %s; it has root and bus.",
                params->name);
    }
    return NULL;
}

static wsman_error_t *provider_start(wsman_call_t *call,
                                     const wsman_param_t *params, void **state,
                                     apr_pool_t *pool)
{
    linux_t *system = apr_pcalloc(pool, sizeof(*system));
    wsman_error_t *err;
    system->root = "";
    err = read_params(call, system, params, pool);
    for (apr_size_t i = 0; i < NTYPES && !err; i++)
        err = check_class(call, types[i]);
    if (err)
        return err;
    system->load = linux_load_make(system, pool);
    *state = system;
    return NULL;
}

static wsman_error_t *provider_get(wsman_call_t *call, const cim_path_t *path,
                                   const cim_instance_t **instance)
{
    const cim_class_t *cls =
        call->host->find_class(call, path->ns, path->class_name);
    if (!cls)
        return not_served(call, path->class_name);
    linux_view_t view = {.path = path, .item = call->pool};
    wsman_error_t *err = view_open(&view, call, cls, NULL);
    if (!err)
        err = view.type->walk(&view);
    if (err)
        return err;
    if (!view.found)
        return call->host->error(
            call->pool, WSMAN_E_DESTINATION_UNREACHABLE, APR_SUCCESS, NULL,
            "No %s has these keys on this machine.", view.type->name);
    *instance = view.found;
    return NULL;
}

static wsman_error_t *provider_list(wsman_call_t *call,
                                    const wsman_query_t *query,
                                    wsman_sink_t *sink)
{
    linux_view_t view = {.query = query, .sink = sink, .item = call->scratch};
    wsman_error_t *err = view_open(&view, call, query->cls, query->wanted);
    return err ? err : view.type->walk(&view);
}

static wsman_error_t *provider_associate(wsman_call_t *call,
                                         const cim_path_t *path,
                                         const wsman_query_t *query,
                                         wsman_sink_t *sink)
{
    linux_view_t view = {
        .query = query, .sink = sink, .object = path, .item = call->scratch};
    wsman_error_t *err = view_open(&view, call, query->cls, query->wanted);
    return err ? err : view.type->walk(&view);
}

static wsman_error_t *provider_invoke(wsman_call_t *call,
                                      const cim_path_t *path,
                                      const char *method,
                                      const cim_instance_t *in,
                                      cim_instance_t *out)
{
    const linux_class_t *type = find_type(path->class_name);
    const linux_t *system = call->state;
    (void)in;
    if (!type)
        return not_served(call, path->class_name);
    if (system->root[0])
        return call->host->error(call->pool, WSMAN_E_ACTION_MISMATCH,
                                 APR_SUCCESS, NULL,
                                 "The provider shows another tree than this "
                                 "system's (root=); it runs no methods.");
    for (const linux_method_t *row = type->methods; row && row->name; row++) {
        if (strcasecmp(row->name, method) == 0)
            return row->run(call, path, out);
    }
    return call->host->error(call->pool, WSMAN_E_ACTION_MISMATCH, APR_SUCCESS,
                             NULL, "%s has no method %s here.", type->name,
                             method);
}

WSMAN_PROVIDER_DECLARE = {WSMAN_PROVIDER_HEADER,
                          .flags = WSMAN_PROVIDER_THREADED |
                                   WSMAN_PROVIDER_RESUMABLE,
                          .version = "1.1",
                          .classes = class_names,
                          .start = provider_start,
                          .get = provider_get,
                          .list = provider_list,
                          .invoke = provider_invoke,
                          .associate = provider_associate};
