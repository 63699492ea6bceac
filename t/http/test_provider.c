/* test_provider.c - a provider that behaves as badly as providers can, for
 * the HTTP tests.  Its classes are in test.mof.
 *
 *     WSManProvider test test_provider.so [list=50]
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../../mod_wsman/include/wsman_provider.h"

typedef struct test_state_t {
    apr_uint32_t list;
} test_state_t;

/* What a class of test.mof does; one row each. */
typedef struct test_class_t {
    const char *name;
    wsman_error_t *(*list)(wsman_call_t *, const wsman_query_t *,
                           wsman_sink_t *);
    wsman_error_t *(*get)(wsman_call_t *, const cim_path_t *,
                          const cim_instance_t **);
} test_class_t;

static const char *key_text(const wsman_call_t *call, const cim_path_t *path,
                            const char *name)
{
    const cim_value_t *value = call->host->key(path, name);
    return value && value->type == CIM_STRING ? value->v.s : "";
}

static wsman_error_t *not_there(const wsman_call_t *call)
{
    return call->host->error(call->pool, WSMAN_E_DESTINATION_UNREACHABLE,
                             APR_SUCCESS, NULL, "There is no such instance.");
}

static cim_instance_t *numbered(const wsman_call_t *call,
                                const cim_class_t *cls, apr_uint32_t id,
                                apr_pool_t *pool)
{
    cim_instance_t *instance = call->host->instance_make(cls, pool);
    const char *text =
        apr_psprintf(pool, "<instance> & number %u \xc3\xa4", id);
    call->host->set(instance, "Id", cim_uint32(id));
    call->host->set(instance, "Text", cim_string(text));
    return instance;
}

static void list_numbers(wsman_call_t *call, const wsman_query_t *query,
                         wsman_sink_t *sink, apr_uint32_t count)
{
    for (apr_uint32_t id = 0; id < count; id++)
        if (wsman_sink_put(call, sink,
                           numbered(call, query->cls, id, call->scratch),
                           NULL) == WSMAN_SINK_FULL)
            return;
}

static wsman_error_t *list_list(wsman_call_t *call, const wsman_query_t *query,
                                wsman_sink_t *sink)
{
    const test_state_t *state = call->state;
    list_numbers(call, query, sink, state->list);
    return NULL;
}

static wsman_error_t *list_fails(wsman_call_t *call, const wsman_query_t *query,
                                 wsman_sink_t *sink)
{
    list_numbers(call, query, sink, 3);
    return call->host->error(call->pool, WSMAN_E_INTERNAL_ERROR, APR_EGENERAL,
                             NULL, "The list broke off.");
}

static wsman_error_t *get_fails(wsman_call_t *call, const cim_path_t *path,
                                const cim_instance_t **instance)
{
    (void)path;
    (void)instance;
    return call->host->error(call->pool, WSMAN_E_INTERNAL_ERROR, APR_EGENERAL,
                             NULL, "This one cannot be read.");
}

static wsman_error_t *list_slow(wsman_call_t *call, const wsman_query_t *query,
                                wsman_sink_t *sink)
{
    for (apr_uint32_t id = 0; !wsman_cancelled(call); id++) {
        cim_instance_t *instance =
            numbered(call, query->cls, id, call->scratch);
        if (wsman_sink_put(call, sink, instance, NULL) == WSMAN_SINK_FULL)
            return NULL;
        apr_sleep(apr_time_from_msec(20));
    }
    call->host->log(call, WSMAN_LOG_INFO, "T_Slow: the list was cancelled");
    return NULL;
}

static wsman_error_t *get_slow(wsman_call_t *call, const cim_path_t *path,
                               const cim_instance_t **instance)
{
    (void)path;
    (void)instance;
    while (!wsman_cancelled(call))
        apr_sleep(apr_time_from_msec(10));
    call->host->log(call, WSMAN_LOG_INFO, "T_Slow: the get was cancelled");
    return not_there(call);
}

/* The host must notice each of these; set() would refuse them. */
static const cim_instance_t *invalid(wsman_call_t *call, const cim_class_t *cls,
                                     const char *kind)
{
    const wsman_host_t *host = call->host;
    cim_instance_t *instance = host->instance_make(cls, call->pool);
    host->set(instance, "Kind", cim_string(kind));
    int small = host->property_index(cls, "Small");
    int texts = host->property_index(cls, "Texts");
    if (!strcmp(kind, "type"))
        instance->values[small] = cim_string("no number");
    else if (!strcmp(kind, "range"))
        instance->values[small] = cim_unsigned(CIM_UINT8, 256);
    else if (!strcmp(kind, "array"))
        instance->values[texts] = cim_string("no array");
    else if (!strcmp(kind, "utf8"))
        instance->values[texts] = cim_array(
            CIM_STRING,
            memcpy(apr_palloc(call->pool, sizeof(cim_value_t)),
                   &(cim_value_t){.type = CIM_STRING, .v.s = "\xff\xfe broken"},
                   sizeof(cim_value_t)),
            1);
    else if (!strcmp(kind, "key"))
        instance->values[host->property_index(cls, "Kind")] =
            cim_null(CIM_STRING);
    else if (!strcmp(kind, "class"))
        return numbered(call, host->find_class(call, NULL, "T_List"), 1,
                        call->pool);
    else if (!strcmp(kind, "none"))
        return NULL;
    return instance;
}

static wsman_error_t *get_invalid(wsman_call_t *call, const cim_path_t *path,
                                  const cim_instance_t **instance)
{
    const cim_class_t *cls = call->host->find_class(call, NULL, "T_Invalid");
    *instance = invalid(call, cls, key_text(call, path, "Kind"));
    return NULL;
}

static wsman_error_t *list_invalid(wsman_call_t *call,
                                   const wsman_query_t *query,
                                   wsman_sink_t *sink)
{
    static const char *const kinds[] = {"good", "type"};
    for (int i = 0; i < 2; i++)
        if (wsman_sink_put(call, sink, invalid(call, query->cls, kinds[i]),
                           NULL) == WSMAN_SINK_FULL)
            break;
    return NULL;
}

static cim_instance_t *family(wsman_call_t *call, const cim_class_t *cls,
                              const char *name, apr_pool_t *pool)
{
    const wsman_host_t *host = call->host;
    cim_instance_t *instance = host->instance_make(cls, pool);
    host->set(instance, "Name", cim_string(name));
    host->set(instance, "Size", cim_uint32(3));
    host->set(instance, "Extra", cim_string("extra"));
    host->set(instance, "Deepest", cim_boolean(1));
    return instance;
}

/* One instance of each class, named like it. */
static wsman_error_t *list_family(wsman_call_t *call,
                                  const wsman_query_t *query,
                                  wsman_sink_t *sink)
{
    const char *name = call->host->class_name(query->cls);
    wsman_sink_put(call, sink, family(call, query->cls, name, call->scratch),
                   NULL);
    return NULL;
}

static wsman_error_t *get_family(wsman_call_t *call, const cim_path_t *path,
                                 const cim_instance_t **instance)
{
    const char *name = key_text(call, path, "Name");
    if (strcasecmp(name, path->class_name) != 0)
        return not_there(call);
    const cim_class_t *cls = call->host->find_class(call, NULL, name);
    *instance = family(call, cls, path->class_name, call->pool);
    return NULL;
}

static wsman_error_t *list_echo(wsman_call_t *call, const wsman_query_t *query,
                                wsman_sink_t *sink)
{
    cim_instance_t *instance =
        call->host->instance_make(query->cls, call->scratch);
    call->host->set(instance, "Name", cim_string("echo"));
    wsman_sink_put(call, sink, instance, NULL);
    return NULL;
}

static const test_class_t test_classes[] = {
    {"T_List", list_list, NULL},
    {"T_Fails", list_fails, get_fails},
    {"T_Slow", list_slow, get_slow},
    {"T_Invalid", list_invalid, get_invalid},
    {"T_Base", list_family, get_family},
    {"T_Derived", list_family, get_family},
    {"T_Deep", list_family, get_family},
    {"T_Echo", list_echo, NULL},
};

static const test_class_t *row_of(const wsman_call_t *call,
                                  const cim_class_t *cls, const char *name)
{
    if (cls)
        name = call->host->class_name(cls);
    for (size_t i = 0; i < sizeof(test_classes) / sizeof(*test_classes); i++)
        if (!strcasecmp(test_classes[i].name, name))
            return &test_classes[i];
    return NULL;
}

static wsman_error_t *test_list(wsman_call_t *call, const wsman_query_t *query,
                                wsman_sink_t *sink)
{
    return row_of(call, query->cls, NULL)->list(call, query, sink);
}

static wsman_error_t *test_get(wsman_call_t *call, const cim_path_t *path,
                               const cim_instance_t **instance)
{
    const test_class_t *row = row_of(call, NULL, path->class_name);
    if (row->get)
        return row->get(call, path, instance);
    const cim_class_t *cls =
        call->host->find_class(call, path->ns, path->class_name);
    const cim_value_t *id = call->host->key(path, "Id");
    const test_state_t *state = call->state;
    if (id && id->v.u >= state->list)
        return not_there(call);
    cim_instance_t *found;
    if (id) {
        found = numbered(call, cls, (apr_uint32_t)id->v.u, call->pool);
    } else {
        found = call->host->instance_make(cls, call->pool);
        call->host->set(found, "Name",
                        cim_string(key_text(call, path, "Name")));
    }
    *instance = found;
    return NULL;
}

/* ---- The methods of T_Echo */

typedef struct test_args_t {
    wsman_call_t *call;
    const cim_path_t *path;
    const cim_instance_t *in;
    cim_instance_t *out;
} test_args_t;

static void give(const test_args_t *args, const char *name, cim_value_t value)
{
    args->call->host->set(args->out, name, value);
}

/* Everything that came goes back. */
static wsman_error_t *echo(const test_args_t *args)
{
    static const char *const names[] = {
        "U8",  "S8",  "U16", "S16", "U32", "S32", "U64",  "S64",   "B",
        "R32", "R64", "C",   "S",   "D",   "Ref", "Part", "Parts",
    };
    apr_uint32_t count = 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const cim_value_t *value = args->call->host->get(args->in, names[i]);
        if (value) {
            count++;
            give(args, names[i], *value);
        }
    }
    give(args, "ReturnValue", cim_uint32(count));
    return NULL;
}

static wsman_error_t *needs(const test_args_t *args)
{
    const cim_value_t *must = args->call->host->get(args->in, "Must");
    const cim_value_t *may = args->call->host->get(args->in, "May");
    give(args, "Got",
         cim_string(apr_pstrcat(args->call->pool, must ? must->v.s : "",
                                may && !may->is_null ? "+" : "",
                                may && !may->is_null ? may->v.s : "", NULL)));
    give(args, "ReturnValue", cim_uint32(0));
    return NULL;
}

static wsman_error_t *which(const test_args_t *args)
{
    give(args, "ReturnValue",
         cim_string(key_text(args->call, args->path, "Name")));
    return NULL;
}

static wsman_error_t *fail(const test_args_t *args)
{
    const wsman_host_t *host = args->call->host;
    const cim_value_t *code = host->get(args->in, "Code");
    if (code && code->v.u)
        return host->error(args->call->pool, (wsman_code_e)code->v.u,
                           APR_SUCCESS, NULL, "As you wish: <%u> & so on.",
                           (unsigned)code->v.u);
    give(args, "ReturnValue", cim_uint32(0));
    return NULL;
}

static wsman_error_t *nap(const test_args_t *args)
{
    const cim_value_t *wanted = args->call->host->get(args->in, "Milliseconds");
    apr_time_t until = apr_time_now();
    if (wanted)
        until += apr_time_from_msec((apr_time_t)wanted->v.u);
    while (apr_time_now() < until && !wsman_cancelled(args->call))
        apr_sleep(apr_time_from_msec(5));
    give(args, "ReturnValue", cim_uint32(0));
    return NULL;
}

static wsman_error_t *pid(const test_args_t *args)
{
    give(args, "ReturnValue", cim_uint32((apr_uint32_t)getpid()));
    return NULL;
}

static wsman_error_t *who(const test_args_t *args)
{
    const wsman_call_t *call = args->call;
    give(args, "User", cim_string(call->user));
    give(args, "Locale", cim_string(call->locale));
    give(args, "Namespace", cim_string(call->ns));
    give(args, "MillisecondsLeft",
         cim_sint64(apr_time_as_msec(call->deadline - apr_time_now())));
    give(args, "ReturnValue", cim_uint32(0));
    return NULL;
}

static const struct {
    const char *name;
    wsman_error_t *(*run)(const test_args_t *args);
} test_methods[] = {
    {"Integers", echo}, {"Scalars", echo}, {"Arrays", echo}, {"Objects", echo},
    {"Needs", needs},   {"Which", which},  {"Fail", fail},   {"Sleep", nap},
    {"Pid", pid},       {"Who", who},
};

static wsman_error_t *test_invoke(wsman_call_t *call, const cim_path_t *path,
                                  const char *method, const cim_instance_t *in,
                                  cim_instance_t *out)
{
    const test_args_t args = {call, path, in, out};
    for (size_t i = 0; i < sizeof(test_methods) / sizeof(*test_methods); i++)
        if (!strcmp(test_methods[i].name, method))
            return test_methods[i].run(&args);
    return call->host->error(call->pool, WSMAN_E_ACTION_NOT_SUPPORTED,
                             APR_SUCCESS, NULL, "No method %s.", method);
}

static wsman_error_t *test_start(wsman_call_t *call,
                                 const wsman_param_t *params, void **state,
                                 apr_pool_t *pool)
{
    test_state_t *test = apr_pcalloc(pool, sizeof(*test));
    (void)call;
    test->list = 50;
    for (; params->name; params++)
        if (!strcmp(params->name, "list"))
            test->list = (apr_uint32_t)strtoul(params->value, NULL, 10);
    *state = test;
    return NULL;
}

static const char *const class_names[] = {
    "T_List",    "T_Fails", "T_Slow", "T_Invalid", "T_Base",
    "T_Derived", "T_Deep",  "T_Echo", NULL,
};

WSMAN_PROVIDER_DECLARE = {
    WSMAN_PROVIDER_HEADER,  .flags = WSMAN_PROVIDER_THREADED,
    .classes = class_names, .start = test_start,
    .get = test_get,        .list = test_list,
    .invoke = test_invoke,
};
