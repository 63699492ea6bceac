/* mod_wsman.h - what the files of this room share.
 *
 * mod_wsman_process_t   made when the server starts, completed in each child
 * mod_wsman_site_t      an endpoint: a Location of a virtual host
 * mod_wsman_request_t   a request to an endpoint
 */
#ifndef MOD_WSMAN_H
#define MOD_WSMAN_H

#include <httpd.h>
#include <apr_thread_mutex.h>
#include <http_log.h>
#include <http_request.h>

#include "../om/cim_catalog.h"
#include "../op/wsm_serve.h"
#include "../provide/wsm_registry.h"
#include "../state/wsm_quota.h"
#include "../xml/wsm_xml.h"
#include "mod_wsman_config.h"
#include "mod_wsman_count.h"
#include "mod_wsman_shell.h"

APLOG_USE_MODULE(wsman);

#define MOD_WSMAN_STATUS_HANDLER "wsman-status"

/** What a request can be counted as at a time: its user's, and one. */
#define MOD_WSMAN_HOLDS 2

/** The largest body that is taken for an Identify of somebody unknown. */
#define MOD_WSMAN_HEAD 8192

/** A set of MOF files and what was made of it; virtual hosts with the same
 *  set share it. */
typedef struct mod_wsman_model_t {
    const apr_array_header_t *files; /* const char *, or NULL */
    const char *ns;
    cim_schema_t *schema;
    wsm_registry_t *registry;
    apr_array_header_t *catalogs; /* cim_catalog_t *, of each repository that
                                     an endpoint with this model has */
} mod_wsman_model_t;

/** Everything that endpoints share.  Made by the parent in pconf, gone with
 *  the next restart; each child completes its copy. */
typedef struct mod_wsman_process_t {
    wsm_server_t server; /* the store is opened in the child */
    const char *store;   /* of WSManStore; NULL: sqlite3 in state_dir */
    const char *state_dir;
    apr_array_header_t *models;  /* mod_wsman_model_t * */
    apr_array_header_t *plugins; /* wsm_plugin_t * */
    wsm_log_t log;
    server_rec *main;
    mod_wsman_board_t *board;
    mod_wsman_child_t *child; /* this child's place on the board */
    wsm_quota_t *quota;
    int quota_place;        /* this child's */
    apr_pool_t *child_pool; /* of the store */
    apr_thread_mutex_t *store_lock;
    apr_time_t next_store;      /* when it may be tried again */
    int has_shells;             /* there are to be some */
    const char *shell_socket;   /* where their daemon listens */
    mod_wsman_daemon_t *daemon; /* of the parent; NULL in children */
    apr_pool_t *pconf;          /* the same */
    pid_t parent;               /* its process */
    int has_watchdog;
    apr_time_t next_purge; /* without watchdog: atomic */
} mod_wsman_process_t;

typedef struct mod_wsman_site_t {
    const char *path;        /* "/wsman"; of a pattern: as it is written */
    apr_size_t length;       /* of path */
    const ap_regex_t *regex; /* of a LocationMatch, or NULL */
    int is_pattern;          /* path is an fnmatch pattern */
    const char *id;          /* "server:port/path" */
    mod_wsman_model_t *model;
    mod_wsman_counts_t *counts;
    apr_uint32_t stored[WSM_SETTINGS]; /* what the store had at start */
    /** What the configuration says of the path, without <If>. */
    const mod_wsman_place_t *place;
} mod_wsman_site_t;

struct wsm_config_t;
struct wsm_config_auth_t;

typedef enum mod_wsman_claim_e {
    MOD_WSMAN_CLAIM_ENDPOINT,  /* the endpoint's URL */
    MOD_WSMAN_CLAIM_BELOW,     /* a URL below it, which is nothing */
    MOD_WSMAN_CLAIM_ANONYMOUS, /* /wsman-anon/identify */
    MOD_WSMAN_CLAIM_STRAY      /* SetHandler wsman, but in no Location */
} mod_wsman_claim_e;

/** What a connection knows of who speaks on it; mod_wsman_peer.h */
typedef struct mod_wsman_peer_t mod_wsman_peer_t;

/** A body that is sealed; mod_wsman_sealed.c */
typedef struct mod_wsman_sealed_t mod_wsman_sealed_t;

/** A password file at one time, to see that it has changed; all zero: there is
 *  none */
typedef struct mod_wsman_file_t {
    apr_time_t modified;
    apr_off_t size;
    apr_uint64_t inode;
} mod_wsman_file_t;

/** What an Authorization header that names a profile wants to count */
typedef enum mod_wsman_asks_e {
    MOD_WSMAN_ASKS_NOTHING,     /* there is none */
    MOD_WSMAN_ASKS_CERTIFICATE, /* the certificate, nothing else */
    MOD_WSMAN_ASKS_CHALLENGE    /* what it is asked for now (C.3.6) */
} mod_wsman_asks_e;

/** A request to an endpoint, from the claim of its URI to its log line; in
 *  its pool, in r->request_config. */
typedef struct mod_wsman_request_t {
    wsm_call_t call; /* first: the baton of call functions is this */
    request_rec *r;
    const mod_wsman_site_t *site;
    mod_wsman_process_t *process;
    mod_wsman_claim_e claim;
    int anonymous; /* let in without authentication: Identify only */
    /* AuthType WSMan */
    const wsm_certificate_t *certificate; /* by which it is authenticated, or
                                             NULL */
    mod_wsman_asks_e asks;
    mod_wsman_peer_t *peer; /* who speaks on the connection; NULL: the request
                               is not authenticated by that */
    int has_logged_in;      /* the handshake ended with this request */
    int is_sealed;          /* the body is, and so will be the reply */
    mod_wsman_sealed_t *sealed;
    /* A password that another module checks */
    int asks_password;
    mod_wsman_file_t password_file;
    /* The body, once it has been read */
    int has_read;
    int read_status; /* OK, or what the handler must return */
    wsm_xml_parser_t *parser;
    const wsm_error_t *parser_error; /* there is no parser */
    apr_off_t received;
    char *head;        /* NULL, or where its first MOD_WSMAN_HEAD bytes go */
    apr_size_t sent;   /* bytes of the reply's body */
    int logged_status; /* of a fault whose connection is kept; 0: r->status */
    int holds[MOD_WSMAN_HOLDS]; /* in the table of quotas */
    int is_refused;             /* by a quota, or its address is barred */
    int is_denied;              /* wsman:AccessDenied */
    int is_judged;              /* wrong credentials have been counted */
    /* What came of it; NULL, 0: the envelope was not served */
    const char *operation;
    const char *fault;
    apr_uint32_t items;
    apr_interval_time_t spent;
    wsm_endpoint_t endpoint;
    wsm_shell_service_t shells;
    const char *account; /* of the caller's shells; NULL: nobody has asked */
    sec_token_t token;
    wsm_log_t log;
    const wsm_target_t *target; /* NULL until the envelope has been read */
    apr_time_t peeked;          /* when the connection was last looked at */
    int is_gone;                /* what was seen then */
} mod_wsman_request_t;

static inline mod_wsman_request_t *mod_wsman_request_of(const request_rec *r)
{
    return ap_get_module_config(r->request_config, &wsman_module);
}

/* mod_wsman_process.c */

int mod_wsman_check_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *s);
int mod_wsman_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                          apr_pool_t *ptemp, server_rec *s);
void mod_wsman_child_init(apr_pool_t *pchild, server_rec *s);
/** @return true if this child has its store; opens it if it is time */
int mod_wsman_has_store(mod_wsman_process_t *process, apr_time_t now);

/* mod_wsman_sites.c */

/** Finds the endpoints of a virtual host: Locations with SetHandler wsman.
 *  @return how many */
int mod_wsman_sites_find(server_rec *s, apr_pool_t *pool);
/** The endpoint at a path, or NULL.
 *  @param below  set if the path is below the endpoint, not the endpoint */
const mod_wsman_site_t *mod_wsman_site_at(const mod_wsman_server_t *server,
                                          const char *path, int *below);

/* mod_wsman_model.c */

/** Reads the MOF files of a virtual host, unless another has the same. */
wsm_error_t *mod_wsman_model_get(mod_wsman_model_t **model,
                                 mod_wsman_process_t *process, server_rec *s,
                                 apr_pool_t *pconf, apr_pool_t *ptemp);
/** The catalog of a repository, or NULL: no endpoint named it at start. */
cim_catalog_t *mod_wsman_model_catalog(const mod_wsman_model_t *model,
                                       const char *repository);
/** Makes it, if it is not there. */
void mod_wsman_model_add_catalog(mod_wsman_model_t *model,
                                 const char *repository, apr_pool_t *pconf);
/** Reads what clients have defined into the catalogs of all models. */
wsm_error_t *mod_wsman_model_load(mod_wsman_process_t *process,
                                  wsm_store_t *store);
/** Loads the plug-ins of all WSManProvider lines. */
wsm_error_t *mod_wsman_model_plugins(mod_wsman_process_t *process,
                                     apr_pool_t *pconf);
/** Binds the plug-ins to every model.  Those that a WSManMap names may serve
 *  classes that another serves: they are found by maps alone then. */
wsm_error_t *mod_wsman_model_bind(mod_wsman_process_t *process,
                                  apr_pool_t *pconf);

/* mod_wsman_manifest.c */

/** Writes the manifest (wsm_manifest.h) for tools. */
wsm_error_t *mod_wsman_manifest_write(const mod_wsman_process_t *process,
                                      apr_pool_t *pool);

/* mod_wsman_io.c */

/** Reads the body into a parser, once; see read_status. */
int mod_wsman_read(mod_wsman_request_t *self);
/** Writes the reply: one brigade with its length; then settles it. */
int mod_wsman_write(mod_wsman_request_t *self, const wsm_outcome_t *outcome);
/** For wsm_call_t.aborted. */
int mod_wsman_aborted(void *baton);

/* mod_wsman_keepalive.c */

/** Before a fault is written: sees to it that the connection stays open, if
 *  it would after a success. */
void mod_wsman_keep_connection(request_rec *r);
void mod_wsman_keepalive_register(void);

/* mod_wsman_claim.c */

int mod_wsman_translate(request_rec *r);
int mod_wsman_map_to_storage(request_rec *r);
/** Lets Identify in without authentication where the configuration says so. */
int mod_wsman_access(request_rec *r);

/* mod_wsman_authz.c */

wsm_error_t *mod_wsman_authorize(void *baton, const wsm_target_t *target);
/** The function for wsm_call_t.authorize_class: the sections that speak of a
 *  class, whatever the request is addressed to. */
wsm_error_t *mod_wsman_authorize_class(void *baton, const cim_class_t *cls,
                                       int deep);

/* mod_wsman_token.c */

/** Finds out who the caller is to the descriptors of namespaces. */
void mod_wsman_token_make(sec_token_t *token, const mod_wsman_place_t *place,
                          request_rec *r);

/* mod_wsman_root.c */

/** Does the endpoint's own descriptor let the caller do this? */
wsm_error_t *mod_wsman_root_check(const mod_wsman_request_t *self,
                                  const mod_wsman_place_t *place,
                                  const wsm_target_t *target);

/** @return true if a section that begins with this URI, and names the
 *  request's action, speaks of the request */
int mod_wsman_authorize_is_named(const mod_wsman_request_t *self,
                                 const char *uri);
/** Does a section give this right?  A right is the name of an action that no
 *  request has; sections without actions do not speak of it.
 *  @return false, too, where no section names it */
int mod_wsman_authorize_right(mod_wsman_request_t *self, const char *right);

/* mod_wsman_shell_call.c */

/** Gives the call its way to remote shells, and to long waits. */
void mod_wsman_shell_ready(mod_wsman_request_t *self);
/** The most requests that may wait, as this place has it. */
apr_uint32_t mod_wsman_max_waiters(const mod_wsman_place_t *place);

/* mod_wsman_require.c */

/** Require wsman-..., and the variables of expressions */
void mod_wsman_require_register(apr_pool_t *pool);

/* mod_wsman_profile.c */

/** @return the security profiles in force, NULL-terminated, or NULL */
const char *const *mod_wsman_profiles(request_rec *r);
/** The schemes by which users can log in, on this connection. */
void mod_wsman_profile_auth(request_rec *r, struct wsm_config_auth_t *known);
/** An Authorization header may name a profile instead of credentials (C.3.5):
 *  takes it away.  @return OK, or HTTP_FORBIDDEN: it is none of those here */
int mod_wsman_profile_hint(mod_wsman_request_t *self);
/** @return true if the client's connection is encrypted */
int mod_wsman_is_secure(const request_rec *r);

/* mod_wsman_certificate.c */

/** r->ap_auth_type of who is authenticated by a certificate */
#define MOD_WSMAN_CERTIFICATE_TYPE "Certificate"

/** Finds the servers' authorities. */
int mod_wsman_certificate_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                                      apr_pool_t *ptemp, server_rec *s);
/** @return true if a certificate was asked for and verified on this
 *  connection */
int mod_wsman_is_mutual(request_rec *r);
/** Authenticates by the client's certificate.
 *  @return true if it is a user's */
int mod_wsman_certificate(mod_wsman_request_t *self);
/** May who is authenticated so ask for this?  Others may. */
wsm_error_t *mod_wsman_certificate_check(const mod_wsman_request_t *self,
                                         const wsm_target_t *target);

/* mod_wsman_gss.c */

/** AuthType WSMan; for others what mod_wsman_basic.c says. */
int mod_wsman_authn(request_rec *r);
/** Challenges who may not do it. */
int mod_wsman_note_failure(request_rec *r, const char *type);
/** Tells the libraries where keys and users are. */
void mod_wsman_gss_child_init(apr_pool_t *pchild, server_rec *s);

/* mod_wsman_basic.c */

/** Remembers a password that another module found right. */
void mod_wsman_basic_after(mod_wsman_request_t *self);

/* mod_wsman_sealed.c */

/** A sealed reply: head, header, sealed text, tail */
typedef struct mod_wsman_sealed_reply_t {
    const char *content_type;
    wsm_gss_data_t parts[4];
} mod_wsman_sealed_reply_t;

/** Before the body is read.
 *  @param limit  of the envelope
 *  @return false if the body says that it is too long */
int mod_wsman_sealed_begin(mod_wsman_request_t *self, apr_size_t limit);
void mod_wsman_sealed_take(mod_wsman_request_t *self, const char *data,
                           apr_size_t length);
/** @return true if more has come than a sealed envelope can have */
int mod_wsman_sealed_is_over(const mod_wsman_request_t *self);
/** Ends the connection, and what was established on it.  @return status */
int mod_wsman_sealed_refuse(mod_wsman_request_t *self, int status,
                            const char *why);
/** Opens what was read.
 *  @param type  out: the envelope's own media type
 *  @return OK, or the status to answer with */
int mod_wsman_sealed_open(mod_wsman_request_t *self, const char **type,
                          wsm_gss_data_t *plain);
/** Seals a reply. */
wsm_error_t *mod_wsman_sealed_close(mod_wsman_request_t *self,
                                    wsm_gss_data_t plain,
                                    const char *content_type,
                                    mod_wsman_sealed_reply_t *reply);

/* mod_wsman_handler.c */

int mod_wsman_handler(request_rec *r);
/** The limits of this request. */
void mod_wsman_limit(mod_wsman_request_t *self);
/** Before anybody logs: restores the status that was sent, counts credentials
 *  that were wrong, says what is known of the request. */
int mod_wsman_judge(request_rec *r);
int mod_wsman_log_transaction(request_rec *r);

/* mod_wsman_quota.c */

/** The table; made, or found again after a restart.
 *  @param process  the pool of the httpd process */
apr_status_t mod_wsman_quota_get(wsm_quota_t **quota, apr_pool_t *process);
void mod_wsman_quota_join(mod_wsman_process_t *process, apr_pool_t *pchild);
/** Begins a request, before its body is read.
 *  @return NULL, or the quota that it goes beyond.  Either way end() follows */
wsm_error_t *mod_wsman_quota_begin(mod_wsman_request_t *self);
void mod_wsman_quota_end(mod_wsman_request_t *self);
/** Refuses credentials from an address that had too many wrong ones. */
int mod_wsman_quota_access(request_rec *r);
/** For the hook of that name: counts wrong credentials before their client is
 *  told, so that its next ones already meet the count. */
void mod_wsman_quota_insert_error_filter(request_rec *r);
/** When a request is over: the same, if it has not been counted. */
void mod_wsman_quota_judge(mod_wsman_request_t *self);

/* mod_wsman_audit.c */

/** When a request is over: sets the notes for LogFormat, and writes its line
 *  where WSManAudit is On. */
void mod_wsman_audit(mod_wsman_request_t *self);

/* mod_wsman_describe.c */

/** For wsm_call_t.describe. */
wsm_error_t *mod_wsman_describe(void *baton, struct wsm_config_t *config);

/* mod_wsman_settings.c */

/** Makes limits as narrow as a Put of winrm/config wants them. */
void mod_wsman_settings_apply(const mod_wsman_site_t *site,
                              wsm_limits_t *limits);
/** For wsm_call_t.change. */
wsm_error_t *mod_wsman_settings_change(void *baton,
                                       const struct wsm_settings_t *settings);
/** At start: reads what the store has, and puts it on the board. */
wsm_error_t *mod_wsman_settings_load(mod_wsman_site_t *site, wsm_store_t *store,
                                     apr_pool_t *pool);
void mod_wsman_settings_publish(const mod_wsman_site_t *site);

/* mod_wsman_purge.c */

void mod_wsman_purge_init(mod_wsman_process_t *process, apr_pool_t *pconf);
/** After a request: forgets what has expired, if it is time and no watchdog
 *  does it. */
void mod_wsman_purge_maybe(mod_wsman_process_t *process, apr_time_t now,
                           apr_pool_t *pool);

/* mod_wsman_status.c */

void mod_wsman_status_register(apr_pool_t *pool);

#endif
