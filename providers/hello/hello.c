/* hello.c - the tutorial provider; README.md goes through it. */
#include <string.h>

#include <apr_strings.h>
#include <wsman_provider.h>

typedef struct greeting_t {
    const char *id, *text;
    apr_uint32_t speakers;
} greeting_t;

/* In the order of the resume keys, which are the ids. */
static const greeting_t greetings[] = {
    {"de", "Hallo", 76}, {"en", "Hello", 390}, {"sw", "Habari", 5}, {0}};

static cim_instance_t *make(wsman_call_t *call, const cim_class_t *cls,
                            const greeting_t *greeting, apr_pool_t *pool)
{
    const wsman_host_t *host = call->host;
    cim_instance_t *instance = host->instance_make(cls, pool);
    host->set(instance, "Id", cim_string(greeting->id));
    host->set(instance, "Text", cim_string(greeting->text));
    host->set(instance, "Speakers", cim_uint32(greeting->speakers));
    return instance;
}

static wsman_error_t *get(wsman_call_t *call, const cim_path_t *path,
                          const cim_instance_t **instance)
{
    const cim_class_t *cls =
        call->host->find_class(call, path->ns, path->class_name);
    const char *id = call->host->key(path, "Id")->v.s;
    for (const greeting_t *g = greetings; g->id; g++) {
        if (strcmp(g->id, id) == 0) {
            *instance = make(call, cls, g, call->pool);
            return NULL;
        }
    }
    return call->host->error(call->pool, WSMAN_E_DESTINATION_UNREACHABLE,
                             APR_SUCCESS, NULL, "No greeting in %s.", id);
}

static wsman_error_t *list(wsman_call_t *call, const wsman_query_t *query,
                           wsman_sink_t *sink)
{
    for (const greeting_t *g = greetings; g->id; g++)
        if ((!query->after || strcmp(g->id, query->after) > 0) &&
            wsman_sink_put(call, sink, make(call, query->cls, g, call->scratch),
                           g->id) == WSMAN_SINK_FULL)
            break;
    return NULL;
}

static wsman_error_t *invoke(wsman_call_t *call, const cim_path_t *path,
                             const char *method, const cim_instance_t *in,
                             cim_instance_t *out)
{
    const cim_instance_t *greeting;
    wsman_error_t *err = get(call, path, &greeting);
    (void)method; /* the class declares only one */
    if (err)
        return err;
    call->host->set(out, "ReturnValue",
                    cim_string(apr_pstrcat(
                        call->pool, call->host->get(greeting, "Text")->v.s,
                        ", ", call->host->get(in, "Name")->v.s, "!", NULL)));
    return NULL;
}

static const char *const classes[] = {"Hello_World", NULL};

WSMAN_PROVIDER_DECLARE = {WSMAN_PROVIDER_HEADER,
                          .version = "1.0",
                          .classes = classes,
                          .flags = WSMAN_PROVIDER_THREADED |
                                   WSMAN_PROVIDER_RESUMABLE,
                          .get = get,
                          .list = list,
                          .invoke = invoke};
