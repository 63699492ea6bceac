/* op_config.h - winrm/config (MS-WSMV 2.2.4.10, 3.1.4.1.29): how the service
 * is configured, as a resource.
 *
 *     http://schemas.microsoft.com/wbem/wsman/1/config          and its parts:
 *     .../client  .../client/auth  .../client/defaultports
 *     .../service .../service/auth .../service/defaultports
 *     .../winrs
 *     .../listener  selectors Address, Transport; can be enumerated
 *     .../plugin    selector Name; can be enumerated
 *     .../service/certmapping  selectors Issuer, Subject, URI; the same
 *
 * What is told is what is so.  An element for something that this service does
 * not have, and whose value would be invented, is left out, even where the
 * schema demands it.  The configuration is httpd's: what can be changed is a
 * few bounds, and those not beyond what stands there (wsm_setting_e).
 */
#ifndef OP_CONFIG_H
#define OP_CONFIG_H

#include "../auth/wsm_certmap.h"
#include "wsm_source.h"

/** Schemes by which users can log in (2.2.4.34) */
typedef struct wsm_config_auth_t {
    int basic;
    int kerberos;
    int negotiate;
    int certificate;
    const char *binding; /* CbtHardeningLevel: "None", "Relaxed", "Strict";
                            NULL: none of these schemes binds */
} wsm_config_auth_t;

/** Where the service listens (2.2.4.19) */
typedef struct wsm_config_listener_t {
    const char *address; /* "*" or "IP:192.0.2.1" */
    int secure;          /* HTTPS */
    unsigned port;
    const char *host;         /* or NULL */
    const char *prefix;       /* "wsman"; NULL: it is no prefix */
    const char *thumbprint;   /* of the certificate: 40 hexadecimal digits */
    const char *listening_on; /* its IP address; NULL: all */
} wsm_config_listener_t;

/** A provider (2.2.4.22) */
typedef struct wsm_config_plugin_t {
    const char *name;
    const char *file; /* without its folders, or NULL */
    const wsman_provider_t *provider;
} wsm_config_plugin_t;

/** What can be changed while the server runs, by a Put of .../config or
 *  .../service. */
typedef enum wsm_setting_e {
    WSM_SETTING_TIMEOUT,    /* MaxTimeoutms */
    WSM_SETTING_ELEMENTS,   /* MaxBatchItems */
    WSM_SETTING_OPERATIONS, /* MaxConcurrentOperationsPerUser */
    WSM_SETTINGS
} wsm_setting_e;

typedef struct wsm_settings_t {
    apr_uint32_t values[WSM_SETTINGS]; /* 0: as it is */
} wsm_settings_t;

/** Makes limits narrower where the settings are. */
void op_config_apply(wsm_limits_t *limits, const wsm_settings_t *changes);

struct wsm_shell_limits_t;

/** What the room above knows of the service; what is not known is NULL. */
typedef struct wsm_config_t {
    wsm_limits_t configured; /* the limits without settings */
    const char *root_sddl;
    apr_uint32_t max_connections; /* 0: not known */
    int allow_unencrypted;
    const char *thumbprint;
    const struct wsm_shell_limits_t *shells; /* NULL: there are none */
    wsm_config_auth_t auth;
    const wsm_config_listener_t *listeners;
    int nlisteners;
    const wsm_config_plugin_t *plugins;
    int nplugins;
    const wsm_certmap_t *const *certmaps; /* those that count */
    int ncertmaps;
} wsm_config_t;

/** @return true if it is the URI of the configuration, or of a part of it */
int op_config_is(const char *resource_uri);
/** Finds out which part is meant: the outcome's target, and ex->source. */
wsm_error_t *op_config_resource(wsm_exchange_t *ex);
/** Runs an operation on it. */
wsm_error_t *op_config_run(wsm_exchange_t *ex, const wsm_op_t *op);

/* op_config_write.c */

/** What is told, of what is known above and what the endpoint's limits are. */
typedef struct op_config_view_t {
    const wsm_config_t *config;
    const wsm_limits_t *limits;
} op_config_view_t;

/** Writes an element.
 *  @param ns  the declaration of its prefix, as an attribute with a space
 *             before it; "" within another one */
typedef void op_config_write_fn(wsm_writer_t *out, const op_config_view_t *view,
                                const char *ns);

op_config_write_fn op_config_write_all;
op_config_write_fn op_config_write_client;
op_config_write_fn op_config_write_client_auth;
op_config_write_fn op_config_write_ports;
op_config_write_fn op_config_write_service;
op_config_write_fn op_config_write_service_auth;
op_config_write_fn op_config_write_winrs;
void op_config_write_listener(wsm_writer_t *out,
                              const wsm_config_listener_t *listener);
void op_config_write_plugin(wsm_writer_t *out,
                            const wsm_config_plugin_t *plugin);
void op_config_write_certmap(wsm_writer_t *out, const wsm_certmap_t *map);

/* source_config.c */

/** Listeners, plugins and mappings, as the resource URI says. */
extern const wsm_source_t wsm_source_config;

/** Several things of which selectors choose one. */
typedef struct op_config_list_t {
    int count;
    const char *const *selectors; /* their names, NULL-terminated */
    const char *(*value)(const wsm_config_t *config, int i, int selector,
                         apr_pool_t *pool);
    void (*write)(wsm_writer_t *out, const wsm_config_t *config, int i);
} op_config_list_t;

/** What the resource URI is a list of.
 *  @return false if it is of none */
int op_config_list(op_config_list_t *list, const wsm_config_t *config,
                   const char *resource_uri);

/* op_config_put.c */

/** Changes what the body of a Put wants to be otherwise.
 *  @param limits  out: the endpoint's, as they are now
 *  @param write   tells the part that is put
 *  @param path    its place: "/Config"
 *  Errors: WSMAN_E_REPRESENTATION_..., those of call->change */
wsm_error_t *op_config_change(wsm_limits_t *limits, const wsm_config_t *config,
                              op_config_write_fn *write, const char *path,
                              wsm_exchange_t *ex);

/* op_config.c */

/** What the configuration is now. */
wsm_error_t *op_config_describe(wsm_config_t *config, wsm_exchange_t *ex);

#endif
