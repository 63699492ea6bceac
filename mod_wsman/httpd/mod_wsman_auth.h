/* mod_wsman_auth.h - authentication that mod_wsman does itself, and what it
 * remembers of it.
 *
 * mod_wsman_auth_t   what a place says of it (configuration)
 * mod_wsman_peer_t   what a connection knows of who speaks on it: made when
 *                    there is something to know, gone with the connection.
 *                    A connection serves one request at a time, so nothing
 *                    here locks.
 */
#ifndef MOD_WSMAN_AUTH_H
#define MOD_WSMAN_AUTH_H

#include <httpd.h>
#include <http_config.h>

#include "../auth/wsm_gss.h"

#define MOD_WSMAN_AUTH_TYPE "WSMan"

/** WSManAuthSchemes, in the order in which they are offered */
#define MOD_WSMAN_SCHEME_NEGOTIATE 1
#define MOD_WSMAN_SCHEME_KERBEROS  2
#define MOD_WSMAN_SCHEME_NTLM      4
#define MOD_WSMAN_SCHEME_BASIC     8
/** Not an HTTP scheme: what TLS has shown */
#define MOD_WSMAN_SCHEME_CERTIFICATE 16
#define MOD_WSMAN_SCHEMES_GSS                                                  \
    (MOD_WSMAN_SCHEME_NEGOTIATE | MOD_WSMAN_SCHEME_KERBEROS |                  \
     MOD_WSMAN_SCHEME_NTLM)

/** Off, Allow and Require of several directives */
typedef enum mod_wsman_degree_e {
    MOD_WSMAN_DEGREE_UNSET = -1,
    MOD_WSMAN_DEGREE_OFF,
    MOD_WSMAN_DEGREE_ALLOW,
    MOD_WSMAN_DEGREE_REQUIRE
} mod_wsman_degree_e;

/** SSLVerifyClient: are clients asked for certificates? */
typedef enum mod_wsman_verify_e {
    MOD_WSMAN_VERIFY_UNSET = -1,
    MOD_WSMAN_VERIFY_NONE,
    MOD_WSMAN_VERIFY_OPTIONAL,
    MOD_WSMAN_VERIFY_REQUIRE
} mod_wsman_verify_e;

/** Every number may be unset (-1), every pointer NULL. */
typedef struct mod_wsman_auth_t {
    int schemes;    /* MOD_WSMAN_SCHEME_... */
    int mechanisms; /* WSM_GSS_... */
    mod_wsman_degree_e binding;
    mod_wsman_degree_e encryption;
    int allow_unencrypted;
    int short_names;
    apr_interval_time_t cache;
    /* What other modules' directives say */
    const apr_array_header_t *basic_providers; /* const char * */
    const char *user_file;                     /* of AuthUserFile, absolute */
    mod_wsman_verify_e verify;
} mod_wsman_auth_t;

void mod_wsman_auth_make(mod_wsman_auth_t *auth);
void mod_wsman_auth_merge(mod_wsman_auth_t *auth, const mod_wsman_auth_t *outer,
                          const mod_wsman_auth_t *inner);
/** With the defaults filled in. */
mod_wsman_auth_t mod_wsman_auth_of(const request_rec *r);

/** Functions of directives; their config is a mod_wsman_place_t, though those
 * of WSManKeytab and WSManNTLMUserFile set the main server's. */
const char *mod_wsman_set_schemes(cmd_parms *cmd, void *config, int argc,
                                  char *const argv[]);
const char *mod_wsman_set_mechanisms(cmd_parms *cmd, void *config, int argc,
                                     char *const argv[]);
const char *mod_wsman_set_keytab(cmd_parms *cmd, void *config,
                                 const char *name);
const char *mod_wsman_set_ntlm_users(cmd_parms *cmd, void *config,
                                     const char *name);
const char *mod_wsman_set_binding(cmd_parms *cmd, void *config,
                                  const char *word);
const char *mod_wsman_set_encryption(cmd_parms *cmd, void *config,
                                     const char *word);
const char *mod_wsman_set_unencrypted(cmd_parms *cmd, void *config, int flag);
const char *mod_wsman_set_user_name(cmd_parms *cmd, void *config,
                                    const char *word);
const char *mod_wsman_set_cache(cmd_parms *cmd, void *config, const char *time);
const char *mod_wsman_see_basic_provider(cmd_parms *cmd, void *config,
                                         const char *name);
const char *mod_wsman_see_user_file(cmd_parms *cmd, void *config,
                                    const char *name);
const char *mod_wsman_see_verify(cmd_parms *cmd, void *config,
                                 const char *level);
const char *mod_wsman_see_ca_file(cmd_parms *cmd, void *config,
                                  const char *name);
const char *mod_wsman_see_ca_path(cmd_parms *cmd, void *config,
                                  const char *name);

#endif
