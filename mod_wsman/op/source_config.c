/* source_config.c - listeners, plugins and certificate mappings, one after the
 * other.
 */
#include <stdlib.h>
#include <strings.h>

#include <apr_strings.h>

#include "../soap/wsm_names.h"
#include "op_config.h"

/* ---- listeners (MS-WSMV 3.1.4.1.29.5) */

/* Where httpd listens on several ports of an address, Port says which: one
 * selector more than MS-WSMV has. */
static const char *const listener_selectors[] = {"Address", "Transport", "Port",
                                                 NULL};

static const char *listener_value(const wsm_config_t *config, int i,
                                  int selector, apr_pool_t *pool)
{
    const wsm_config_listener_t *listener = &config->listeners[i];
    const char *const values[] = {listener->address,
                                  listener->secure ? "HTTPS" : "HTTP",
                                  apr_psprintf(pool, "%u", listener->port)};

    return values[selector];
}

static void write_listener(wsm_writer_t *out, const wsm_config_t *config, int i)
{
    op_config_write_listener(out, &config->listeners[i]);
}

/* ---- plugins (3.1.4.1.34.2) */

static const char *const plugin_selectors[] = {"Name", NULL};

static const char *plugin_value(const wsm_config_t *config, int i, int selector,
                                apr_pool_t *pool)
{
    (void)selector;
    (void)pool;
    return config->plugins[i].name;
}

static void write_plugin(wsm_writer_t *out, const wsm_config_t *config, int i)
{
    op_config_write_plugin(out, &config->plugins[i]);
}

/* ---- certificate mappings (3.1.4.1.29.3) */

static const char *const certmap_selectors[] = {"Issuer", "Subject", "URI",
                                                NULL};

static const char *certmap_value(const wsm_config_t *config, int i,
                                 int selector, apr_pool_t *pool)
{
    const wsm_certmap_t *map = config->certmaps[i];
    const char *const values[] = {map->issuer, map->subject, map->uri};

    (void)pool;
    return values[selector];
}

static void write_certmap(wsm_writer_t *out, const wsm_config_t *config, int i)
{
    op_config_write_certmap(out, config->certmaps[i]);
}

int op_config_list(op_config_list_t *list, const wsm_config_t *config,
                   const char *resource_uri)
{
    const struct {
        const char *uri;
        op_config_list_t list;
    } lists[] = {
        {WSM_NS_CONFIG "/listener",
         {config->nlisteners, listener_selectors, listener_value,
          write_listener}},
        {WSM_NS_CONFIG "/plugin",
         {config->nplugins, plugin_selectors, plugin_value, write_plugin}},
        {WSM_NS_CONFIG "/service/certmapping",
         {config->ncertmaps, certmap_selectors, certmap_value, write_certmap}},
    };
    apr_size_t i;

    for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcasecmp(resource_uri, lists[i].uri) == 0) {
            *list = lists[i].list;
            return 1;
        }
    }
    return 0;
}

/* ---- the walk */

typedef struct thing_t {
    const wsm_config_t *config;
    const op_config_list_t *list;
    int i;
} thing_t;

static wsm_error_t *begin(wsm_context_t *context, const wsm_query_t *query,
                          wsm_exchange_t *ex)
{
    const wsm_request_t *request = ex->request;

    (void)context;
    (void)query;
    if (request->nselectors == 0)
        return NULL;
    return wsm_fail(ex->pool, WSMAN_E_UNEXPECTED_SELECTORS,
                    "The selector %s selects one; all are enumerated.",
                    request->selectors[0].name);
}

static wsm_error_t *walk_list(const wsm_walk_t *walk)
{
    const char *after = walk->context->after_key;
    op_config_list_t list;
    wsm_config_t config;
    thing_t thing = {&config, &list, after ? atoi(after) + 1 : 0};
    wsm_error_t *err = op_config_describe(&config, walk->ex);
    wsman_sink_e room = WSMAN_SINK_MORE;
    apr_pool_t *scratch;

    if (err != NULL ||
        !op_config_list(&list, &config, walk->ex->request->resource_uri))
        return err;
    apr_pool_create(&scratch, walk->ex->pool);
    for (; thing.i < list.count && room == WSMAN_SINK_MORE; thing.i++) {
        const char *key = apr_psprintf(scratch, "%d", thing.i);
        const wsm_entry_t entry = {&thing, "", key};

        room = walk->take(walk->baton, &entry, scratch);
        apr_pool_clear(scratch);
    }
    apr_pool_destroy(scratch);
    return NULL;
}

static void write_thing(wsm_writer_t *out, const wsm_walk_t *walk,
                        const void *data, apr_pool_t *scratch)
{
    const thing_t *thing = data;

    (void)walk;
    (void)scratch;
    thing->list->write(out, thing->config, thing->i);
}

static int epr_of(wsm_epr_t *epr, const wsm_walk_t *walk, const void *data,
                  apr_pool_t *scratch)
{
    const thing_t *thing = data;
    const char *const *names = thing->list->selectors;
    wsm_selector_t *selectors;
    int n = 0;
    int i;

    while (names[n] != NULL)
        n++;
    selectors = apr_pcalloc(scratch, sizeof(*selectors) * (apr_size_t)n);
    for (i = 0; i < n; i++) {
        selectors[i].name = names[i];
        selectors[i].value =
            thing->list->value(thing->config, thing->i, i, scratch);
    }
    epr->address = walk->ex->call->address;
    epr->resource_uri = walk->ex->request->resource_uri;
    epr->selectors = selectors;
    epr->nselectors = n;
    return 1;
}

const wsm_source_t wsm_source_config = {NULL,      begin,       NULL,
                                        walk_list, write_thing, epr_of};
