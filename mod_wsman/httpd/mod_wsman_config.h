/* mod_wsman_config.h - what the directives say.
 *
 * Two structures: one for a server or virtual host (what is loaded once), one
 * for a place (a server, a virtual host, a Location, an <If>): limits, names,
 * maps and <WSManResource> sections.  In both every value has an UNSET, and
 * merging chooses value by value.
 */
#ifndef MOD_WSMAN_CONFIG_H
#define MOD_WSMAN_CONFIG_H

#include <httpd.h>
#include <ap_expr.h>
#include <http_config.h>

#include "../auth/wsm_certmap.h"
#include "../provide/wsm_call.h"
#include "mod_wsman_auth.h"
#include "mod_wsman_shell.h"

extern module AP_MODULE_DECLARE_DATA wsman_module;

/** SetHandler wsman makes a Location an endpoint. */
#define MOD_WSMAN_HANDLER "wsman"

#define MOD_WSMAN_UNSET (-1)

typedef enum mod_wsman_identify_e {
    MOD_WSMAN_IDENTIFY_UNSET = MOD_WSMAN_UNSET,
    MOD_WSMAN_IDENTIFY_AUTHENTICATED,
    MOD_WSMAN_IDENTIFY_ANONYMOUS
} mod_wsman_identify_e;

/** A WSManProvider line. */
typedef struct mod_wsman_provider_t {
    const char *name;
    const char *path; /* absolute */
    const wsman_param_t *params;
} mod_wsman_provider_t;

/** A <WSManResource> section. */
typedef struct mod_wsman_section_t {
    const char *pattern;        /* apr_fnmatch, letter case ignored */
    const char *const *actions; /* NULL-terminated; none: all */
    ap_conf_vector_t *config;   /* what stands in it */
} mod_wsman_section_t;

/** A WSManSid line: who has a SID. */
typedef struct mod_wsman_sid_t {
    sec_sid_t sid;
    const apr_array_header_t *users;  /* const char *; NULL: an expression */
    const ap_expr_info_t *expression; /* who makes it true */
} mod_wsman_sid_t;

/** What a place says; made at configuration time and, merged, for each
 *  request. */
typedef struct mod_wsman_place_t {
    apr_int64_t max_envelope; /* bytes */
    apr_int64_t max_elements;
    apr_interval_time_t timeout;
    apr_interval_time_t enum_timeout;
    apr_int64_t max_operations_per_user; /* 0 here and below: no bound */
    apr_int64_t max_connections;
    apr_int64_t rate_per_user; /* requests in a second */
    apr_int64_t rate;
    apr_int64_t auth_failures; /* from an address, until it is barred */
    apr_interval_time_t auth_window;
    int audit;
    mod_wsman_identify_e identify;
    int unix_accounts;      /* users are accounts of the system */
    int is_endpoint;        /* SetHandler wsman; 0: another handler */
    const char *repository; /* NULL: unset, as below */
    const char *ns;
    apr_array_header_t *maps;     /* wsm_map_t; the first that fits counts */
    apr_array_header_t *sections; /* mod_wsman_section_t, in the order in which
                                     they are merged */
    mod_wsman_auth_t auth;
    apr_array_header_t *certmaps; /* wsm_certmap_t; those of inner places are
                                     first */
    mod_wsman_shell_place_t shell;
    apr_array_header_t *sids;     /* mod_wsman_sid_t */
    int has_root;                 /* WSManRootSDDL stands there */
    const sec_descriptor_t *root; /* NULL: Require alone decides */
} mod_wsman_place_t;

struct mod_wsman_process_t;
struct mod_wsman_site_t;

/** What a server or virtual host says, and what was made of it. */
typedef struct mod_wsman_server_t {
    apr_array_header_t *schema; /* const char *: MOF files, absolute; NULL:
                                   none.  The main server's come first. */
    const char *ca_file;        /* of SSLCACertificateFile, absolute */
    const char *ca_path;        /* of SSLCACertificatePath, absolute */
    /* Global: of the main server only */
    apr_array_header_t *providers;    /* mod_wsman_provider_t, or NULL */
    const char *state_dir;            /* absolute; NULL: unset */
    const char *store;                /* "memory" or "driver:parameters" */
    apr_interval_time_t key_rotation; /* 0: never */
    apr_int64_t spool_max;            /* bytes */
    const char *keytab;               /* absolute; NULL: the library's own */
    const char *ntlm_users;           /* the same */
    mod_wsman_shells_t shells;
    /* Made when the server starts */
    struct mod_wsman_process_t *process; /* NULL: no endpoint anywhere */
    struct mod_wsman_site_t *sites;      /* endpoints of this virtual host */
    int nsites;
    struct x509_store_st *authorities; /* of the two above; or NULL */
    /** The endpoint that /wsman-anon/identify stands for, or NULL. */
    const struct mod_wsman_site_t *anonymous;
} mod_wsman_server_t;

extern const command_rec mod_wsman_commands[];

void *mod_wsman_server_make(apr_pool_t *pool, server_rec *s);
void *mod_wsman_server_merge(apr_pool_t *pool, void *base, void *add);
void *mod_wsman_place_make(apr_pool_t *pool, char *dir);
void *mod_wsman_place_merge(apr_pool_t *pool, void *base, void *add);

/** The bounds, defaults filled in. */
void mod_wsman_place_limits(wsm_limits_t *limits,
                            const mod_wsman_place_t *place);
const char *mod_wsman_place_repository(const mod_wsman_place_t *place);
const char *mod_wsman_place_ns(const mod_wsman_place_t *place);
/** Of the main server. */
apr_interval_time_t mod_wsman_key_rotation(const mod_wsman_server_t *server);
apr_off_t mod_wsman_spool_max(const mod_wsman_server_t *server);

static inline mod_wsman_server_t *mod_wsman_server_of(const server_rec *s)
{
    return ap_get_module_config(s->module_config, &wsman_module);
}

static inline mod_wsman_place_t *mod_wsman_place_of(
    const ap_conf_vector_t *config)
{
    return ap_get_module_config(config, &wsman_module);
}

/** The function of <WSManResource>. */
const char *mod_wsman_section_read(cmd_parms *cmd, void *config,
                                   const char *arg);
/** @return true if the directive stands inside of a <WSManResource> */
int mod_wsman_section_inside(const cmd_parms *cmd);

/** The function of WSManCertMap. */
const char *mod_wsman_certmap_read(cmd_parms *cmd, void *config, int argc,
                                   char *const argv[]);

/** The function of WSManRootSDDL. */
const char *mod_wsman_root_read(cmd_parms *cmd, void *config, const char *text);

/** The functions of WSManSid and WSManUnixAccounts. */
const char *mod_wsman_sid_read(cmd_parms *cmd, void *config, const char *args);
const char *mod_wsman_unix_accounts_set(cmd_parms *cmd, void *config, int on);

/** Values of directives.  @return NULL, or what is wrong with them */
const char *mod_wsman_value_bytes(apr_int64_t *bytes, const char *text,
                                  apr_int64_t least, apr_int64_t most,
                                  apr_pool_t *pool);
const char *mod_wsman_value_number(apr_int64_t *number, const char *text,
                                   apr_int64_t least, apr_int64_t most,
                                   apr_pool_t *pool);
/** "500ms", "60s", "60" (seconds), "15min" or "15m", "2h", "30d" */
const char *mod_wsman_value_time(apr_interval_time_t *time, const char *text,
                                 apr_interval_time_t least,
                                 apr_interval_time_t most, apr_pool_t *pool);

#endif
