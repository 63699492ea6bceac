/* wsm_call.h - one request on its way through the server, and what it goes
 * through.
 *
 * The room above (httpd, a test, a tool) fills these plain structures; no
 * layer from here down knows httpd.
 */
#ifndef WSM_CALL_H
#define WSM_CALL_H

#include <apr_thread_mutex.h>

#include "../cim/cim_schema.h"
#include "../include/wsman_provider.h"
#include "../security/sec_descriptor.h"
#include "../soap/wsm_message.h"
#include "../state/wsm_spool.h"
#include "../state/wsm_store.h"
#include "../state/wsm_token.h"

typedef struct wsm_registry_t wsm_registry_t;
struct wsm_config_t;
struct wsm_settings_t;
struct wsm_shell_service_t;
struct wsm_shell_caller_t;

/** Bounds, each a directive. */
typedef struct wsm_limits_t {
    apr_size_t max_envelope;          /* bytes: requests, and replies where
                                         the client gives no smaller bound */
    apr_interval_time_t timeout;      /* OperationTimeout: default and cap */
    apr_uint32_t max_elements;        /* items in a reply */
    apr_interval_time_t enum_timeout; /* life of an enumeration context:
                                         default and cap */
    /* 0: no such bound */
    apr_uint32_t max_operations_per_user; /* at a time */
    apr_uint32_t max_connections;         /* requests of all at a time */
    apr_uint32_t rate_per_user;           /* requests in a second */
    apr_uint32_t rate;
} wsm_limits_t;

/** What all endpoints of a process share.  Lives as long as the process. */
typedef struct wsm_server_t {
    const wsm_token_keys_t *keys;
    wsm_store_t *store;
    const wsm_spool_t *spool; /* NULL: providers that cannot resume
                                 must fit one reply */
    const char *machine;      /* the name in faults */
    const char *product;      /* ProductVendor */
    const char *version;      /* of mod_wsman */
    const char *os;           /* "Debian GNU/Linux 12", or NULL */
} wsm_server_t;

/** A resource URI, or the class in it, that another provider serves than
 *  those who declare it (WSManMap). */
typedef struct wsm_map_t {
    const char *pattern;  /* apr_fnmatch, letter case ignored */
    const char *provider; /* its name */
} wsm_map_t;

/** An endpoint: a URL and what is behind it.  Immutable while requests run. */
typedef struct wsm_endpoint_t {
    const wsm_server_t *server;
    const char *id;         /* tokens are bound to it */
    const char *repository; /* the name of its part of the store */
    const char *default_ns; /* "root/cimv2" */
    /** What the classes are while this request is served. */
    const cim_schema_t *schema;
    /** Whom they are changed at; NULL where they cannot be. */
    struct cim_catalog_t *catalog;
    wsm_registry_t *registry;
    const wsm_map_t *maps;
    int nmaps;
    wsm_limits_t limits;
} wsm_endpoint_t;

/** What a request is for; known when its envelope has been read. */
typedef struct wsm_target_t {
    const char *action;       /* URI */
    const char *resource_uri; /* "" for Identify */
    const char *class_name;   /* as the schema spells it, or NULL */
    const char *ns;           /* or NULL */
    const char *shell;        /* id of a remote shell, or NULL */
} wsm_target_t;

typedef struct wsm_call_t {
    /** What hooks see.  First, so that the host's functions find the rest. */
    wsman_call_t pub;
    const wsm_endpoint_t *endpoint;
    const wsm_request_t *request;
    const wsm_log_t *log;
    apr_time_t now; /* the clock of this call */
    /** NULL, or the error that answers this request as soon as its headers
     *  are known, whatever it asks: a quota. */
    wsm_error_t *refused;
    /** Who the caller is to the security descriptors of namespaces; NULL: the
     *  server itself, who may do everything. */
    const sec_token_t *token;
    /** The caller may use nothing but Identify. */
    int identify_only;
    /** Identify's SecurityProfileNames (after WSM_PROFILE), NULL-terminated */
    const char *const *profiles;
    /** Our own address, for EPRs that must say it; NULL: anonymous. */
    const char *address;
    /** @return true when the client has gone; may be NULL */
    int (*aborted)(void *baton);
    /** May this caller do this?  Called once, before anything is done; again
     *  where what the resource URI leads to has one of its own.
     *  @return NULL, or an error of code WSMAN_E_ACCESS_DENIED; NULL function:
     *  all may */
    wsm_error_t *(*authorize)(void *baton, const wsm_target_t *target);
    /** The same for a class that the request comes to on its way: that of a
     *  query, of an association, of what is associated.  As often as asked.
     *  @param deep  and for all classes below it
     *  NULL function: all may */
    wsm_error_t *(*authorize_class)(void *baton, const cim_class_t *cls,
                                    int deep);
    /** How the service is configured, for winrm/config (op_config.h).
     *  @param config  zeroed
     *  NULL function: there is no such resource */
    wsm_error_t *(*describe)(void *baton, struct wsm_config_t *config);
    /** Changes settings of the endpoint, for all processes and for good.
     *  WSMAN_E_ACCESS_DENIED unless the caller may.
     *  NULL function: nothing can be changed */
    wsm_error_t *(*change)(void *baton, const struct wsm_settings_t *settings);
    /** The daemon that holds remote shells (wsm_shell.h); NULL: there are
     *  none. */
    const struct wsm_shell_service_t *shells;
    /** Who the caller is to the daemon.
     *  @param caller  zeroed
     *  WSMAN_E_ACCESS_DENIED: nobody who may have shells.
     *  NULL function: there are none */
    wsm_error_t *(*shell_caller)(void *baton,
                                 struct wsm_shell_caller_t *caller);
    /** Begins to wait for something that comes from outside, with a thread
     *  that others could use; NULL, or WSMAN_E_QUOTA_LIMIT: too many wait.
     *  NULL function: all may */
    wsm_error_t *(*wait_begin)(void *baton);
    void (*wait_end)(void *baton);
    void *baton;
    /** The lock of the provider whose hook is running; NULL: it has none. */
    apr_thread_mutex_t *held;
    /** Reads an instance of any class, for the host function get_instance; the
     *  object manager above sets it.  NULL outside of a request. */
    wsman_error_t *(*read)(const struct wsm_call_t *call,
                           const cim_path_t *path,
                           const cim_instance_t **instance);
} wsm_call_t;

/** @return true when the deadline has passed or the client has gone */
int wsm_call_cancelled(const wsm_call_t *call);

#endif
