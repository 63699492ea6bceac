/* wsman-provider-check.c - runs every reading hook of a provider under a host
 * of its own, and says where it breaks the contract of wsman_provider.h.
 *
 * Methods, put, create and remove are not run: they change something.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_hash.h>
#include <apr_strings.h>

#include "../cim/cim_mof.h"
#include "../cim/cim_value.h"
#include "../provide/wsm_host.h"
#include "../provide/wsm_plugin.h"
#include "../provide/wsm_sink.h"

#define MAX_ITEMS   20000 /* of a list that are kept */
#define MAX_GETS    100
#define MAX_RESUMES 20
#define PATIENCE    apr_time_from_sec(60)

enum { EXIT_GOOD, EXIT_FAULTS, EXIT_USAGE };

/* One instance of a list, without its values */
typedef struct item_t {
    const cim_path_t *path;
    const char *name; /* the path as text */
    const char *key;  /* resume key, or NULL */
} item_t;

typedef struct run_t {
    apr_pool_t *pool; /* of the class under test */
    wsm_endpoint_t *endpoint;
    wsm_binding_t *binding;
    wsman_host_t host; /* wsm_host with our put */
    const wsm_log_t *log;
    const char *ns;
    const cim_class_t *cls;
    int faults; /* of the class */
} run_t;

/* A list that is being taken */
typedef struct taking_t {
    run_t *run;
    apr_array_header_t *items; /* item_t */
    int limit;                 /* FULL after so many */
} taking_t;

/* What one list needs to know besides the class */
typedef struct wish_t {
    const char *after;
    const unsigned char *wanted;
    const wsman_term_t *terms;
    apr_uint32_t nterms;
    int limit; /* 0: MAX_ITEMS */
    int late;  /* the deadline has passed already */
} wish_t;

static void fault(run_t *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void fault(run_t *run, const char *format, ...)
{
    va_list args;
    run->faults++;
    printf("  %s: ", run->cls->name);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

static void print_log(void *baton, int level, const char *line)
{
    (void)baton;
    (void)level;
    fprintf(stderr, "log: %s\n", line);
}

/* The host's put, which also notices a provider that goes on after FULL. */
typedef struct watched_sink_t {
    struct wsman_sink_t sink; /* first: what the provider sees */
    int after_full;
} watched_sink_t;

static wsman_sink_e watched_put(wsman_sink_t *sink,
                                const cim_instance_t *instance, const char *key)
{
    watched_sink_t *watched = (watched_sink_t *)sink;
    if (sink->full || sink->cancelled)
        watched->after_full++;
    return wsm_sink_put(sink, instance, key);
}

static wsman_sink_e take(void *baton, const cim_instance_t *instance,
                         const char *key, apr_pool_t *scratch)
{
    taking_t *taking = baton;
    apr_pool_t *pool = taking->run->pool;
    const cim_path_t *path = cim_instance_path(instance, scratch);
    item_t *item;
    if (!path) {
        fault(taking->run, "an instance without all of its keys");
        return WSMAN_SINK_FULL;
    }
    item = apr_array_push(taking->items);
    item->path = cim_path_copy(path, pool);
    item->name = cim_path_text(item->path, pool);
    item->key = apr_pstrdup(pool, key);
    return taking->items->nelts < taking->limit ? WSMAN_SINK_MORE
                                                : WSMAN_SINK_FULL;
}

static wsm_call_t make_call(const run_t *run, apr_pool_t *pool)
{
    wsm_call_t call = {.pub = {.host = &run->host,
                               .pool = pool,
                               .ns = run->cls->ns,
                               .deadline = apr_time_now() + PATIENCE},
                       .endpoint = run->endpoint,
                       .log = run->log,
                       .now = apr_time_now()};
    return call;
}

/* Runs list().  @return what it put, or NULL after a fault was told */
static apr_array_header_t *run_list(run_t *run, const char *what,
                                    const wish_t *wish)
{
    const wsman_provider_t *provider = wsm_binding_provider(run->binding);
    taking_t taking = {run, apr_array_make(run->pool, 64, sizeof(item_t)),
                       wish->limit ? wish->limit : MAX_ITEMS};
    wsman_query_t query = {run->cls, wish->terms, wish->nterms, wish->wanted,
                           wish->after};
    watched_sink_t watched = {
        .sink = {.cls = run->cls,
                 .keyed = (provider->flags & WSMAN_PROVIDER_RESUMABLE) != 0,
                 .take = take,
                 .baton = &taking}};
    wsm_call_t call = make_call(run, run->pool);
    wsm_call_t inner;
    wsm_error_t *err;
    if (wish->late)
        call.pub.deadline = apr_time_now() - 1;
    err = wsm_binding_enter(run->binding, &call, &inner);
    if (!err) {
        watched.sink.call = &inner;
        err = provider->list(&inner.pub, &query, &watched.sink);
        wsm_binding_leave(run->binding, &inner);
    }
    if (watched.sink.err)
        err = watched.sink.err;
    if (watched.after_full)
        fault(run, "%s: it puts on after the sink is full", what);
    if (err && !wish->late) {
        fault(run, "%s: %s", what, wsm_error_text(err, run->pool));
        return NULL;
    }
    return taking.items;
}

static const item_t *item_at(const apr_array_header_t *items, int at)
{
    return &APR_ARRAY_IDX(items, at, const item_t);
}

/* Name -> place in the list, beginning with 1 */
static apr_hash_t *index_of(run_t *run, const apr_array_header_t *items)
{
    apr_hash_t *places = apr_hash_make(run->pool);
    for (int i = 0; i < items->nelts; i++) {
        const char *name = item_at(items, i)->name;
        if (apr_hash_get(places, name, APR_HASH_KEY_STRING))
            fault(run, "two instances are called %s", name);
        else
            apr_hash_set(places, name, APR_HASH_KEY_STRING,
                         (void *)(apr_uintptr_t)(i + 1));
    }
    return places;
}

static int place_of(apr_hash_t *places, const item_t *item)
{
    return (int)(apr_uintptr_t)apr_hash_get(places, item->name,
                                            APR_HASH_KEY_STRING);
}

/* Instances come and go between two lists; those in both keep their order. */
static void check_order(run_t *run, apr_hash_t *places,
                        const apr_array_header_t *again)
{
    int last = 0;
    for (int i = 0; i < again->nelts; i++) {
        int place = place_of(places, item_at(again, i));
        if (place && place < last) {
            fault(run, "order: %s comes in another order the second time",
                  item_at(again, i)->name);
            return;
        }
        if (place)
            last = place;
    }
}

/* After a key nothing comes that was before it, and all that came behind it
 * and is still there. */
static void check_resume(run_t *run, const apr_array_header_t *items,
                         apr_hash_t *places)
{
    int step = items->nelts / MAX_RESUMES + 1;
    apr_pool_t *outer = run->pool;
    for (int at = 0; at < items->nelts; at += step) {
        wish_t wish = {.after = item_at(items, at)->key};
        apr_array_header_t *rest, *now;
        apr_hash_t *got, *still;
        apr_pool_create(&run->pool, outer);
        rest = run_list(run, "resume", &wish);
        now = rest ? run_list(run, "list", &(wish_t){0}) : NULL;
        if (!now) {
            run->pool = outer;
            return;
        }
        for (int i = 0; i < rest->nelts; i++) {
            int place = place_of(places, item_at(rest, i));
            if (place && place <= at + 1)
                fault(run,
                      "resume: after the key \"%s\" comes %s, which was "
                      "before it",
                      wish.after, item_at(rest, i)->name);
        }
        got = index_of(run, rest);
        still = index_of(run, now);
        for (int i = at + 1; i < items->nelts; i++) {
            if (!place_of(got, item_at(items, i)) &&
                place_of(still, item_at(items, i)) && rest->nelts < MAX_ITEMS)
                fault(run, "resume: after the key \"%s\" %s is missing",
                      wish.after, item_at(items, i)->name);
        }
        apr_pool_destroy(run->pool);
        run->pool = outer;
    }
}

/* With nothing but the keys wanted, the same instances must come. */
static void check_wanted(run_t *run, const apr_array_header_t *items)
{
    unsigned char *wanted = apr_pcalloc(run->pool, run->cls->nproperties + 1);
    wish_t wish = {.wanted = wanted};
    apr_array_header_t *found;
    apr_hash_t *places;
    int missing = 0;
    for (apr_uint32_t i = 0; i < run->cls->nkeys; i++)
        wanted[run->cls->keys[i]] = 1;
    found = run_list(run, "wanted", &wish);
    if (!found)
        return;
    places = index_of(run, found);
    for (int i = 0; i < items->nelts; i++)
        missing += !place_of(places, item_at(items, i));
    /* A few may have gone meanwhile; most must not. */
    if (missing > 1 + items->nelts / 4)
        fault(run,
              "wanted: %d of %d instances are missing when only the keys "
              "are wanted",
              missing, items->nelts);
}

/* @return the instance's error, NULL for success */
static wsm_error_t *run_get(run_t *run, const cim_path_t *path,
                            const cim_instance_t **instance)
{
    const wsman_provider_t *provider = wsm_binding_provider(run->binding);
    wsm_call_t call = make_call(run, run->pool);
    wsm_call_t inner;
    wsm_error_t *err;
    *instance = NULL;
    err = wsm_binding_enter(run->binding, &call, &inner);
    if (err)
        return err;
    err = provider->get(&inner.pub, path, instance);
    wsm_binding_leave(run->binding, &inner);
    return err;
}

static int is_gone(run_t *run, const item_t *item)
{
    apr_array_header_t *now = run_list(run, "list", &(wish_t){0});
    return now && !place_of(index_of(run, now), item);
}

static void check_got(run_t *run, const item_t *item,
                      const cim_instance_t *instance)
{
    const cim_path_t *path;
    const char *wrong;
    if (!instance || instance->cls != run->cls) {
        fault(run, "get %s: success without an instance of the class",
              item->name);
        return;
    }
    wrong = cim_instance_fault(instance, run->pool);
    if (wrong)
        fault(run, "get %s: %s", item->name, wrong);
    path = cim_instance_path(instance, run->pool);
    if (!path || !cim_path_equal(path, item->path))
        fault(run, "get %s: it answers with another instance", item->name);
}

static void check_gets(run_t *run, const apr_array_header_t *items)
{
    int step = items->nelts / MAX_GETS + 1;
    for (int at = 0; at < items->nelts; at += step) {
        const item_t *item = item_at(items, at);
        const cim_instance_t *instance;
        wsm_error_t *err = run_get(run, item->path, &instance);
        if (!err)
            check_got(run, item, instance);
        else if (err->code != WSMAN_E_DESTINATION_UNREACHABLE ||
                 !is_gone(run, item))
            fault(run, "get %s: %s", item->name,
                  wsm_error_text(err, run->pool));
    }
}

/* The keys of an instance as terms of a filter: it must be among what comes. */
static void check_terms(run_t *run, const apr_array_header_t *items)
{
    int step = items->nelts / MAX_RESUMES + 1;
    for (int at = 0; at < items->nelts; at += step) {
        const item_t *item = item_at(items, at);
        apr_uint32_t count = item->path->nkeys;
        wsman_term_t *terms =
            apr_palloc(run->pool, sizeof(*terms) * (count + 1));
        wish_t wish = {.terms = terms, .nterms = count};
        apr_array_header_t *found;
        for (apr_uint32_t i = 0; i < count; i++) {
            terms[i].name = item->path->keys[i].name;
            terms[i].value = item->path->keys[i].value;
        }
        found = run_list(run, "terms", &wish);
        if (!found)
            return;
        if (!place_of(index_of(run, found), item) && !is_gone(run, item))
            fault(run, "terms: %s is not in the list of those with its keys",
                  item->name);
    }
}

/* A key value that no instance should have */
static cim_value_t strange_value(cim_type_e type, apr_pool_t *pool)
{
    static const struct {
        cim_type_e type;
        const char *text;
    } rows[] = {{CIM_UINT8, "253"},
                {CIM_SINT8, "-119"},
                {CIM_UINT16, "65519"},
                {CIM_SINT16, "-32717"},
                {CIM_UINT32, "4294967279"},
                {CIM_SINT32, "-2147483629"},
                {CIM_UINT64, "18446744073709551557"},
                {CIM_SINT64, "-9223372036854775783"},
                {CIM_BOOLEAN, "true"},
                {CIM_CHAR16, "\xc2\xa7"},
                {CIM_REAL32, "-7.25e30"},
                {CIM_REAL64, "-7.25e300"},
                {CIM_DATETIME, "19010203040506.000007+000"},
                {CIM_STRING, "there is no such instance \xc2\xa7"}};
    cim_value_t value = cim_null(type);
    for (apr_size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (rows[i].type == type)
            cim_value_parse(type, rows[i].text, &value, pool);
    }
    return value;
}

static void check_unknown(run_t *run)
{
    const cim_class_t *cls = run->cls;
    cim_key_t *keys = apr_palloc(run->pool, sizeof(*keys) * (cls->nkeys + 1));
    cim_path_t path = {cls->ns, cls->name, keys, cls->nkeys};
    const cim_instance_t *instance;
    for (apr_uint32_t i = 0; i < cls->nkeys; i++) {
        const cim_property_t *property = &cls->properties[cls->keys[i]];
        keys[i].name = property->name;
        keys[i].value = strange_value(property->type, run->pool);
        if (keys[i].value.is_null)
            return; /* a reference: no telling what it may name */
    }
    if (cls->nkeys && !run_get(run, &path, &instance))
        fault(run, "get of an instance that cannot be there succeeds");
}

static const char *outcome(const run_t *run, int before)
{
    return run->faults > before ? "FAIL" : "ok";
}

static void check_list(run_t *run, apr_array_header_t *items,
                       const char *column[])
{
    const wsman_provider_t *provider = wsm_binding_provider(run->binding);
    apr_hash_t *places = index_of(run, items);
    apr_array_header_t *again;
    int before = run->faults;
    if (provider->flags & WSMAN_PROVIDER_RESUMABLE) {
        again = run_list(run, "list", &(wish_t){0});
        if (again)
            check_order(run, places, again);
        column[1] = outcome(run, before);
        before = run->faults;
        check_resume(run, items, places);
        column[2] = outcome(run, before);
    }
    before = run->faults;
    check_wanted(run, items);
    check_terms(run, items);
    column[3] = outcome(run, before);
    before = run->faults;
    run_list(run, "full", &(wish_t){.limit = 1});
    run_list(run, "late", &(wish_t){.late = 1});
    column[4] = outcome(run, before);
}

/* Runs all that can be run for a class and prints its row of the table. */
static int check_class(run_t *run, apr_pool_t *pool)
{
    const wsman_provider_t *provider = wsm_binding_provider(run->binding);
    const char *column[6] = {"-", "-", "-", "-", "-", "-"};
    apr_array_header_t *items = NULL;
    run->faults = 0;
    apr_pool_create(&run->pool, pool);
    if (provider->list) {
        items = run_list(run, "list", &(wish_t){0});
        if (items)
            check_list(run, items, column);
        column[0] = items ? "ok" : "FAIL";
    }
    if (provider->get) {
        int before = run->faults;
        if (items)
            check_gets(run, items);
        check_unknown(run);
        column[5] = outcome(run, before);
    }
    printf("%-36s %7d %-6s %-6s %-6s %-6s %-6s %-6s\n", run->cls->name,
           items ? items->nelts : 0, column[0], column[1], column[2], column[3],
           column[4], column[5]);
    apr_pool_destroy(run->pool);
    return run->faults;
}

static const cim_class_t *find_class(const run_t *run, const char *name,
                                     apr_pool_t *pool)
{
    const char *colon = strchr(name, ':');
    if (!colon)
        return cim_schema_class(run->endpoint->schema, run->ns, name);
    return cim_schema_class(
        run->endpoint->schema,
        apr_pstrmemdup(pool, name, (apr_size_t)(colon - name)), colon + 1);
}

static int check_classes(run_t *run, const wsman_provider_t *provider,
                         apr_pool_t *pool)
{
    int faults = 0;
    printf("provider version %s, ABI %d.%d,%s%s\n\n",
           provider->version ? provider->version : "(none)", provider->major,
           provider->minor,
           provider->flags & WSMAN_PROVIDER_THREADED ? " threaded"
                                                     : " not threaded",
           provider->flags & WSMAN_PROVIDER_RESUMABLE ? ", resumable"
                                                      : ", not resumable");
    printf("%-36s %7s %-6s %-6s %-6s %-6s %-6s %-6s\n", "class", "count",
           "list", "order", "resume", "query", "full", "get");
    for (const char *const *name = provider->classes; *name; name++) {
        run->cls = find_class(run, *name, pool);
        run->binding = wsm_registry_find(run->endpoint, NULL, run->cls);
        faults += check_class(run, pool);
    }
    return faults;
}

/* @return how many faults there are; -1 if the provider cannot be run */
static int check_provider(const char *path, const char *const *files,
                          const char *ns, const wsman_param_t *params,
                          apr_pool_t *pool)
{
    cim_schema_t *schema = cim_schema_make(pool);
    cim_mof_options_t options = {.ns = ns};
    wsm_log_t log = {print_log, NULL, WSMAN_LOG_INFO};
    wsm_endpoint_t endpoint = {
        .id = "check", .default_ns = ns, .schema = schema};
    run_t run = {
        .endpoint = &endpoint, .host = wsm_host, .log = &log, .ns = ns};
    wsm_plugin_t *plugin;
    wsm_call_t call, inner;
    apr_pool_t *process;
    wsm_error_t *err = cim_mof_read_files(schema, files, &options, pool);
    int faults;
    run.host.put = watched_put;
    if (!err)
        err = wsm_plugin_load(&plugin, "check", path, params, pool);
    if (!err) {
        endpoint.registry = wsm_registry_make(schema, ns, pool);
        err = wsm_registry_add(endpoint.registry, plugin, 0);
    }
    if (err) {
        fprintf(stderr, "wsman-provider-check: %s\n",
                wsm_error_text(err, pool));
        return -1;
    }
    apr_pool_create(&process, pool);
    wsm_registry_start(endpoint.registry, &log, process);
    run.cls = find_class(&run, plugin->provider->classes[0], pool);
    run.binding = wsm_registry_find(&endpoint, NULL, run.cls);
    call = make_call(&run, pool);
    err = wsm_binding_enter(run.binding, &call, &inner);
    if (err) /* the log has said why */
        return -1;
    wsm_binding_leave(run.binding, &inner);
    faults = check_classes(&run, plugin->provider, pool);
    apr_pool_destroy(process); /* stops it */
    return faults;
}

static int usage(void)
{
    fputs("usage: wsman-provider-check [-n namespace] [-p key=value]... "
          "provider.so file.mof...\n",
          stderr);
    return EXIT_USAGE;
}

static int read_param(apr_array_header_t *params, char *word, apr_pool_t *pool)
{
    char *equals = strchr(word, '=');
    wsman_param_t *param;
    if (!equals || equals == word)
        return 0;
    param = apr_array_push(params);
    param->name = apr_pstrmemdup(pool, word, (apr_size_t)(equals - word));
    param->value = equals + 1;
    return 1;
}

static int run_tool(int argc, char **argv, apr_pool_t *pool)
{
    apr_array_header_t *params = apr_array_make(pool, 4, sizeof(wsman_param_t));
    const char *ns = "root/cimv2";
    int option, faults;
    while ((option = getopt(argc, argv, "n:p:")) != -1) {
        if (option == 'n')
            ns = optarg;
        else if (option != 'p' || !read_param(params, optarg, pool))
            return usage();
    }
    if (argc - optind < 2)
        return usage();
    APR_ARRAY_PUSH(params, wsman_param_t) = (wsman_param_t){NULL, NULL};
    faults =
        check_provider(argv[optind], (const char *const *)(argv + optind + 1),
                       ns, (const wsman_param_t *)params->elts, pool);
    if (faults < 0)
        return EXIT_FAULTS;
    printf("\n%d fault%s\n", faults, faults == 1 ? "" : "s");
    return faults ? EXIT_FAULTS : EXIT_GOOD;
}

int main(int argc, char **argv)
{
    apr_pool_t *pool;
    int code;
    if (apr_initialize() != APR_SUCCESS ||
        apr_pool_create(&pool, NULL) != APR_SUCCESS)
        return EXIT_USAGE;
    code = run_tool(argc, argv, pool);
    apr_pool_destroy(pool);
    apr_terminate();
    return code;
}
