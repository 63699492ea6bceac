/* bad_provider.c - a provider with one fault, chosen by its parameter `fault`,
 * for t/provider_check: the tool must find each of them.
 */
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "../../mod_wsman/include/wsman_provider.h"

#define COUNT 12

typedef enum fault_e {
    NONE,
    START,     /* does not start */
    TYPE,      /* a value of another type */
    NO_KEY,    /* an instance without its key */
    NO_RESUME, /* no resume key */
    REPEATS,   /* the resume key itself comes again */
    LOSES,     /* after a resume key one instance is left out */
    ORDER,     /* another order each time */
    DOUBLE,    /* two instances of one name */
    PUTS_ON,   /* does not stop when the sink is full */
    WANTED,    /* instances are missing when only keys are wanted */
    TERMS,     /* an instance is missing when its key is asked for */
    GET_ANY,   /* Get answers whatever the key is */
    GET_OTHER, /* Get answers with another instance */
    GET_NONE,  /* Get knows none of what the list has */
    FAILS,     /* the list ends with an error */
    FORGETS,   /* associate does not give what refers to the object */
    CLINGS,    /* associate does not stop when the sink is full */
    NFAULTS
} fault_e;

static const char *const fault_names[NFAULTS] = {
    "none",    "start",     "type",     "no-key",  "no-resume", "repeats",
    "loses",   "order",     "double",   "puts-on", "wanted",    "terms",
    "get-any", "get-other", "get-none", "fails",   "forgets",   "clings"};

typedef struct bad_t {
    fault_e fault;
    unsigned lists;
} bad_t;

static wsman_error_t *start(wsman_call_t *call, const wsman_param_t *params,
                            void **state, apr_pool_t *pool)
{
    bad_t *bad = apr_pcalloc(pool, sizeof(*bad));
    for (; params->name; params++) {
        for (int i = 0; i < NFAULTS; i++) {
            if (strcmp(params->value, fault_names[i]) == 0)
                bad->fault = (fault_e)i;
        }
    }
    *state = bad;
    if (bad->fault != START)
        return NULL;
    return call->host->error(pool, WSMAN_E_INTERNAL_ERROR, APR_SUCCESS, NULL,
                             "It was told not to start.");
}

static cim_instance_t *make(wsman_call_t *call, const cim_class_t *cls,
                            fault_e fault, unsigned id, apr_pool_t *pool)
{
    cim_instance_t *instance = call->host->instance_make(cls, pool);
    if (fault != NO_KEY)
        call->host->set(instance, "Id", cim_uint32(id));
    call->host->set(instance, "Text", cim_string("text"));
    if (fault == TYPE)
        instance->values[call->host->property_index(cls, "Text")] =
            cim_uint32(7);
    return instance;
}

static unsigned pick(const bad_t *bad, unsigned i)
{
    if (bad->fault == ORDER && bad->lists % 2 == 0 && i >= 3 && i <= 4)
        return 7 - i;
    if (bad->fault == DOUBLE && i == 5)
        return 4;
    return i;
}

/* Bad_Link: each item with the next one. */

static cim_value_t item(unsigned id, apr_pool_t *pool)
{
    cim_path_t *path = apr_pcalloc(pool, sizeof(*path));
    cim_key_t *key = apr_pcalloc(pool, sizeof(*key));
    key->name = "Id";
    key->value = cim_uint32(id);
    path->class_name = "Bad_Item";
    path->keys = key;
    path->nkeys = 1;
    return cim_reference(path);
}

static cim_instance_t *make_link(wsman_call_t *call, const cim_class_t *cls,
                                 unsigned id, apr_pool_t *pool)
{
    cim_instance_t *instance = call->host->instance_make(cls, pool);
    call->host->set(instance, "One", item(id, pool));
    call->host->set(instance, "Two", item(id + 1, pool));
    return instance;
}

static int is_link(wsman_call_t *call, const cim_class_t *cls)
{
    return strcmp(call->host->class_name(cls), "Bad_Link") == 0;
}

static wsman_error_t *list_links(wsman_call_t *call, const wsman_query_t *query,
                                 wsman_sink_t *sink)
{
    unsigned i = query->after ? (unsigned)atoi(query->after) + 1 : 0;
    for (; i < COUNT; i++) {
        if (wsman_sink_put(
                call, sink, make_link(call, query->cls, i, call->scratch),
                apr_psprintf(call->pool, "%u", i)) == WSMAN_SINK_FULL)
            break;
    }
    return NULL;
}

static wsman_error_t *associate(wsman_call_t *call, const cim_path_t *path,
                                const wsman_query_t *query, wsman_sink_t *sink)
{
    const bad_t *bad = call->state;
    unsigned id = (unsigned)call->host->key(path, "Id")->v.u;
    for (unsigned i = id ? id - 1 : 0; i <= id && i < COUNT; i++) {
        if (bad->fault != FORGETS &&
            wsman_sink_put(call, sink,
                           make_link(call, query->cls, i, call->scratch),
                           NULL) == WSMAN_SINK_FULL &&
            bad->fault != CLINGS)
            break;
    }
    return NULL;
}

static wsman_error_t *list(wsman_call_t *call, const wsman_query_t *query,
                           wsman_sink_t *sink)
{
    bad_t *bad = call->state;
    unsigned i = 0, count = COUNT;
    wsman_sink_e more = WSMAN_SINK_MORE;
    if (is_link(call, query->cls))
        return list_links(call, query, sink);
    bad->lists++;
    if (query->after)
        i = (unsigned)atoi(query->after) + (bad->fault != REPEATS) +
            (bad->fault == LOSES);
    if ((bad->fault == WANTED && query->wanted) ||
        (bad->fault == TERMS && query->nterms))
        count = 3;
    for (; i < count && more == WSMAN_SINK_MORE; i++) {
        const char *key = apr_psprintf(call->pool, "%u", i);
        more = wsman_sink_put(
            call, sink,
            make(call, query->cls, bad->fault, pick(bad, i), call->scratch),
            bad->fault == NO_RESUME ? NULL : key);
        if (bad->fault == PUTS_ON)
            more = WSMAN_SINK_MORE;
    }
    if (bad->fault == FAILS)
        return call->host->error(call->pool, WSMAN_E_INTERNAL_ERROR,
                                 APR_SUCCESS, NULL, "Half-way is enough.");
    return NULL;
}

static wsman_error_t *get(wsman_call_t *call, const cim_path_t *path,
                          const cim_instance_t **instance)
{
    const bad_t *bad = call->state;
    const cim_class_t *cls =
        call->host->find_class(call, path->ns, path->class_name);
    apr_uint64_t id;
    if (is_link(call, cls)) {
        id = call->host->key(call->host->key(path, "One")->v.ref, "Id")->v.u;
        *instance = make_link(call, cls, (unsigned)id, call->pool);
        return NULL;
    }
    id = call->host->key(path, "Id")->v.u;
    if ((id >= COUNT && bad->fault != GET_ANY) || bad->fault == GET_NONE)
        return call->host->error(call->pool, WSMAN_E_DESTINATION_UNREACHABLE,
                                 APR_SUCCESS, NULL, "There is none.");
    *instance = make(call, cls, bad->fault,
                     (unsigned)id + (bad->fault == GET_OTHER), call->pool);
    return NULL;
}

static const char *const classes[] = {"Bad_Item", "Bad_Link", NULL};

WSMAN_PROVIDER_DECLARE = {WSMAN_PROVIDER_HEADER,
                          .flags = WSMAN_PROVIDER_RESUMABLE,
                          .classes = classes,
                          .start = start,
                          .get = get,
                          .list = list,
                          .associate = associate};
