/* op_config_put.c - Put of the configuration: what may change while the server
 * runs, which is bounds, and those not beyond what httpd's configuration says.
 *
 * Clients send the whole part back with what they want changed.  What cannot be
 * changed must be as it is.
 */
#include "op_config.h"

#include <strings.h>

#include <apr_strings.h>

#include "../soap/wsm_names.h"

/* Where each setting stands; MS-WSMV 2.2.4.10 and 2.2.4.36 say what is least.
 */
static const struct {
    const char *path;
    apr_uint32_t least;
} settings[WSM_SETTINGS] = {
    [WSM_SETTING_TIMEOUT] = {"/Config/MaxTimeoutms", 500},
    [WSM_SETTING_ELEMENTS] = {"/Config/MaxBatchItems", 1},
    [WSM_SETTING_OPERATIONS] =
        {"/Config/Service/MaxConcurrentOperationsPerUser", 1},
};

#define MOST APR_UINT32_MAX

static apr_uint32_t bounded(apr_int64_t value)
{
    return value > (apr_int64_t)MOST ? MOST : (apr_uint32_t)value;
}

static apr_uint32_t value_in(const wsm_limits_t *limits, int setting)
{
    apr_uint32_t operations = limits->max_operations_per_user;

    switch (setting) {
    case WSM_SETTING_TIMEOUT:
        return bounded(apr_time_as_msec(limits->timeout));
    case WSM_SETTING_ELEMENTS:
        return limits->max_elements;
    default:
        return operations ? operations : MOST;
    }
}

static void set_in(wsm_limits_t *limits, int setting, apr_uint32_t value)
{
    switch (setting) {
    case WSM_SETTING_TIMEOUT:
        limits->timeout = apr_time_from_msec(value);
        break;
    case WSM_SETTING_ELEMENTS:
        limits->max_elements = value;
        break;
    default:
        limits->max_operations_per_user = value;
    }
}

void op_config_apply(wsm_limits_t *limits, const wsm_settings_t *changes)
{
    int i;

    for (i = 0; i < WSM_SETTINGS; i++) {
        if (changes->values[i] != 0 && changes->values[i] < value_in(limits, i))
            set_in(limits, i, changes->values[i]);
    }
}

/* ---- what a client wants */

typedef struct change_t {
    wsm_exchange_t *ex;
    const wsm_config_t *config;
    wsm_settings_t settings;
} change_t;

static wsm_error_t *wrong(const change_t *self, const char *path,
                          const char *what)
{
    return wsm_fail(self->ex->pool, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                    "%s %s", path + 1, what);
}

/* xs:unsignedInt */
static int read_number(apr_uint32_t *number, const char *text)
{
    apr_uint64_t value = 0;
    const char *p;

    for (p = text; *p >= '0' && *p <= '9' && value <= MOST; p++)
        value = value * 10 + (apr_uint64_t)(*p - '0');
    *number = (apr_uint32_t)value;
    return p != text && *p == '\0' && value <= MOST;
}

static wsm_error_t *take(change_t *self, const char *path, const char *text)
{
    apr_uint32_t number;
    int i;

    for (i = 0; i < WSM_SETTINGS; i++) {
        if (strcmp(settings[i].path, path) == 0)
            break;
    }
    if (i == WSM_SETTINGS)
        return wrong(self, path, "cannot be changed while the server runs.");
    if (!read_number(&number, text) || number < settings[i].least)
        return wrong(self, path, "is no such number.");
    if (number > value_in(&self->config->configured, i))
        return wrong(self, path,
                     "cannot be more than the server is configured to.");
    self->settings.values[i] = number;
    return NULL;
}

/* Goes through what came and what was told side by side. */
static wsm_error_t *compare(change_t *self, const xmlNode *wanted,
                            const xmlNode *told, const char *path)
{
    apr_pool_t *pool = self->ex->pool;
    const xmlNode *child;
    wsm_error_t *err = NULL;

    for (child = wsm_xml_first(wanted); child != NULL && err == NULL;
         child = wsm_xml_next(child)) {
        const char *name = (const char *)child->name;
        const char *below = apr_pstrcat(pool, path, "/", name, NULL);
        const xmlNode *now = wsm_xml_child(told, NULL, name);
        const char *text;

        if (now == NULL)
            return wrong(self, below, "is not there.");
        if (wsm_xml_first(now) != NULL) {
            err = compare(self, child, now, below);
            continue;
        }
        text = wsm_xml_text(child, pool);
        if (strcmp(text, wsm_xml_text(now, pool)) != 0)
            err = take(self, below, text);
    }
    return err;
}

static const xmlNode *tell(const change_t *self, op_config_write_fn *write)
{
    wsm_exchange_t *ex = self->ex;
    const op_config_view_t view = {self->config, &ex->call->endpoint->limits};
    wsm_writer_t *out = wsm_writer_make(ex->limit, ex->pool);
    const char *text;
    xmlDocPtr doc;

    write(out, &view, " xmlns:cfg=\"" WSM_NS_CONFIG "\"");
    text = wsm_writer_string(out, ex->pool);
    if (wsm_xml_parse(&doc, text, strlen(text), strlen(text), ex->pool) != NULL)
        return NULL;
    return xmlDocGetRootElement(doc);
}

/* winrm.vbs has the resource URI for the namespace. */
static wsm_error_t *check_root(const wsm_exchange_t *ex, const xmlNode *told)
{
    const xmlNode *body = ex->request->body;

    if (body == NULL)
        return wsm_fail(ex->pool, WSMAN_E_REPRESENTATION_MISSING_VALUES,
                        "The body has nothing to put.");
    if (strcmp(wsm_xml_ns(body), WSM_NS_CONFIG) != 0 &&
        strcasecmp(wsm_xml_ns(body), ex->request->resource_uri) != 0)
        return wsm_fail(ex->pool, WSMAN_E_REPRESENTATION_INVALID_NAMESPACE,
                        "The element %s is in another namespace.",
                        (const char *)body->name);
    if (xmlStrcmp(body->name, told->name) != 0)
        return wsm_fail(ex->pool, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                        "The element %s is not %s.", (const char *)body->name,
                        (const char *)told->name);
    return NULL;
}

wsm_error_t *op_config_change(wsm_limits_t *limits, const wsm_config_t *config,
                              op_config_write_fn *write, const char *path,
                              wsm_exchange_t *ex)
{
    change_t self = {.ex = ex, .config = config};
    const xmlNode *told = tell(&self, write);
    wsm_error_t *err;
    int i;

    if (told == NULL)
        return wsm_fail(ex->pool, WSMAN_E_INTERNAL_ERROR,
                        "The configuration cannot be told.");
    err = check_root(ex, told);
    if (err == NULL)
        err = compare(&self, ex->request->body, told, path);
    if (err == NULL)
        err = ex->call->change(ex->call->baton, &self.settings);
    if (err != NULL)
        return err;
    *limits = ex->call->endpoint->limits;
    for (i = 0; i < WSM_SETTINGS; i++) {
        if (self.settings.values[i] != 0)
            set_in(limits, i, self.settings.values[i]);
    }
    return NULL;
}
