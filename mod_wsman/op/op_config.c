/* op_config.c - which part of the configuration a request is for, and Get.
 */
#include "op_config.h"

#include <string.h>
#include <strings.h>

#include "../soap/wsm_names.h"
#include "op_target.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What stands behind WSM_NS_CONFIG, and the function that writes it; NULL: it
 * is a list. */
static const struct {
    const char *path;
    op_config_write_fn *write;
    const char *place; /* of its element; NULL: nothing of it can change */
} parts[] = {
    {"", op_config_write_all, "/Config"},
    {"/client", op_config_write_client, NULL},
    {"/client/auth", op_config_write_client_auth, NULL},
    {"/client/defaultports", op_config_write_ports, NULL},
    {"/service", op_config_write_service, "/Config/Service"},
    {"/service/auth", op_config_write_service_auth, NULL},
    {"/service/defaultports", op_config_write_ports, NULL},
    {"/winrs", op_config_write_winrs, NULL},
    {"/listener", NULL, NULL},
    {"/plugin", NULL, NULL},
    {"/service/certmapping", NULL, NULL},
};

static const char *path_of(const char *resource_uri)
{
    return resource_uri + sizeof(WSM_NS_CONFIG) - 1;
}

int op_config_is(const char *resource_uri)
{
    if (strncasecmp(resource_uri, WSM_NS_CONFIG, sizeof(WSM_NS_CONFIG) - 1) !=
        0)
        return 0;
    return *path_of(resource_uri) == '\0' || *path_of(resource_uri) == '/';
}

/* @return its row, or -1 */
static int find_part(const char *resource_uri)
{
    apr_size_t i;

    for (i = 0; i < COUNT(parts); i++) {
        if (strcasecmp(parts[i].path, path_of(resource_uri)) == 0)
            return (int)i;
    }
    return -1;
}

wsm_error_t *op_config_resource(wsm_exchange_t *ex)
{
    const char *uri = ex->request->resource_uri;
    int part = ex->call->describe ? find_part(uri) : -1;

    if (part < 0)
        return wsm_fail(ex->pool, WSMAN_E_INVALID_RESOURCE_URI,
                        "There is no resource %s.", uri);
    if (parts[part].write == NULL)
        ex->source = &wsm_source_config;
    return NULL;
}

wsm_error_t *op_config_describe(wsm_config_t *config, wsm_exchange_t *ex)
{
    memset(config, 0, sizeof(*config));
    return ex->call->describe(ex->call->baton, config);
}

/* ---- Get */

static void begin(wsm_exchange_t *ex)
{
    const wsm_reply_t reply = {.request = ex->request,
                               .prefixes = WSM_PREFIX_X,
                               .headers = op_requested_epr(ex, NULL)};

    wsm_reply_begin(ex->out, &reply);
}

static wsm_error_t *check_selectors(const wsm_exchange_t *ex,
                                    const char *const *known)
{
    const wsm_request_t *request = ex->request;
    int i, j;

    for (i = 0; i < request->nselectors; i++) {
        const wsm_selector_t *selector = &request->selectors[i];

        for (j = 0; known[j] != NULL; j++) {
            if (strcasecmp(known[j], selector->name) == 0)
                break;
        }
        if (known[j] == NULL)
            return wsm_fail(ex->pool, WSMAN_E_UNEXPECTED_SELECTORS,
                            "This resource has no selector %s.",
                            selector->name);
        if (selector->value == NULL)
            return wsm_fail(ex->pool, WSMAN_E_SELECTOR_TYPE_MISMATCH,
                            "The selector %s is a text.", selector->name);
    }
    if (request->nselectors == 0 && known[0] != NULL)
        return wsm_fail(ex->pool, WSMAN_E_INSUFFICIENT_SELECTORS,
                        "The selector %s must say which one.", known[0]);
    return NULL;
}

static int is_chosen(const wsm_exchange_t *ex, const op_config_list_t *list,
                     const wsm_config_t *config, int i)
{
    const wsm_request_t *request = ex->request;
    int j;

    for (j = 0; list->selectors[j] != NULL; j++) {
        const wsm_selector_t *selector = wsm_selector_find(
            request->selectors, request->nselectors, list->selectors[j]);

        if (selector != NULL &&
            strcasecmp(selector->value, list->value(config, i, j, ex->pool)) !=
                0)
            return 0;
    }
    return 1;
}

static wsm_error_t *get_chosen(wsm_exchange_t *ex, const wsm_config_t *config,
                               const op_config_list_t *list)
{
    wsm_error_t *err = check_selectors(ex, list->selectors);
    int found = -1;
    int i;

    if (err != NULL)
        return err;
    for (i = 0; i < list->count; i++) {
        if (!is_chosen(ex, list, config, i))
            continue;
        if (found >= 0)
            return wsm_fail(ex->pool, WSMAN_E_AMBIGUOUS_SELECTORS,
                            "The selectors choose several.");
        found = i;
    }
    if (found < 0)
        return wsm_fail(ex->pool, WSMAN_E_DESTINATION_UNREACHABLE,
                        "The selectors choose nothing that is there.");
    begin(ex);
    list->write(ex->out, config, found);
    wsm_reply_end(ex->out);
    ex->outcome->items = 1;
    return NULL;
}

static const char *const no_selectors[] = {NULL};

static void write_part(wsm_exchange_t *ex, const wsm_config_t *config,
                       const wsm_limits_t *limits)
{
    const op_config_view_t view = {config, limits};

    begin(ex);
    parts[find_part(ex->request->resource_uri)].write(
        ex->out, &view, " xmlns:cfg=\"" WSM_NS_CONFIG "\"");
    wsm_reply_end(ex->out);
    ex->outcome->items = 1;
}

static wsm_error_t *get_part(wsm_exchange_t *ex, const wsm_config_t *config)
{
    wsm_error_t *err = check_selectors(ex, no_selectors);

    if (err == NULL)
        write_part(ex, config, &ex->call->endpoint->limits);
    return err;
}

static wsm_error_t *get(wsm_exchange_t *ex)
{
    op_config_list_t list;
    wsm_config_t config;
    wsm_error_t *err = op_config_describe(&config, ex);

    if (err != NULL)
        return err;
    if (op_config_list(&list, &config, ex->request->resource_uri))
        return get_chosen(ex, &config, &list);
    return get_part(ex, &config);
}

static wsm_error_t *mismatch(const wsm_exchange_t *ex, const char *name)
{
    wsm_error_t *err = wsm_fail(
        ex->pool, WSMAN_E_ACTION_MISMATCH,
        "%s cannot be applied to this part of the configuration, which is that "
        "of the HTTP server.",
        name);

    return wsm_error_detail(err, ex->request->action, ex->pool);
}

static wsm_error_t *put(wsm_exchange_t *ex)
{
    int part = find_part(ex->request->resource_uri);
    wsm_limits_t limits;
    wsm_config_t config;
    wsm_error_t *err;

    if (ex->call->change == NULL || parts[part].place == NULL)
        return mismatch(ex, "Put");
    err = check_selectors(ex, no_selectors);
    if (err == NULL)
        err = op_config_describe(&config, ex);
    if (err == NULL)
        err = op_config_change(&limits, &config, parts[part].write,
                               parts[part].place, ex);
    if (err == NULL)
        write_part(ex, &config, &limits);
    return err;
}

/* ---- what can be done */

static const struct {
    const char *action;
    wsm_error_t *(*run)(wsm_exchange_t *ex);
    int of_lists; /* and of nothing else */
} operations[] = {
    {WSM_ACTION_GET, get, 0},
    {WSM_ACTION_PUT, put, 0},
    {WSM_ACTION_ENUMERATE, op_enumerate, 1},
    {WSM_ACTION_PULL, op_pull, 1},
    {WSM_ACTION_RELEASE, op_release, 1},
    {WSM_ACTION_ENUM_RENEW, op_enum_renew, 1},
    {WSM_ACTION_ENUM_GETSTATUS, op_enum_getstatus, 1},
};

wsm_error_t *op_config_run(wsm_exchange_t *ex, const wsm_op_t *op)
{
    apr_size_t i;

    if (ex->request->fragment != NULL)
        return wsm_fail(ex->pool, WSMAN_E_UNSUPPORTED_FRAGMENT_ACCESS,
                        "Fragments of the configuration cannot be addressed.");
    for (i = 0; i < COUNT(operations); i++) {
        if (op->action != NULL &&
            strcmp(operations[i].action, op->action) == 0 &&
            (ex->source != NULL || !operations[i].of_lists))
            return operations[i].run(ex);
    }
    return mismatch(ex, op->name);
}
