/* mod_wsman_peer.h - who speaks on a connection.
 *
 * A handshake (wsm_gss.h) goes on over several requests, and what it
 * establishes holds for the requests after it: those to the same place, on
 * this connection, that come without credentials of their own.  Another token
 * begins anew.
 */
#ifndef MOD_WSMAN_PEER_H
#define MOD_WSMAN_PEER_H

#include "mod_wsman.h"

/** What must be the same for one request's authentication to count for the
 *  next. */
typedef struct mod_wsman_realm_t {
    const mod_wsman_site_t *site;
    const server_rec *server;
    const char *name; /* AuthName, or "" */
    int schemes;
    int mechanisms;
    mod_wsman_degree_e binding;
    const char *user_file; /* or "" */
    const char *providers; /* of Basic, in one word */
} mod_wsman_realm_t;

/** A password that was checked. */
typedef struct mod_wsman_checked_t {
    apr_pool_t *pool;   /* NULL: none was */
    const char *header; /* the Authorization header, as it came */
    const char *type;   /* AuthType */
    const char *user;
    mod_wsman_realm_t realm;
    apr_time_t until;
    mod_wsman_file_t file; /* the password file as it was then */
} mod_wsman_checked_t;

/** The certificate that the client has shown. */
typedef struct mod_wsman_shown_t {
    apr_pool_t *pool; /* NULL: none yet */
    const char *pem;
    const server_rec *server;             /* whose authorities were asked */
    const wsm_certificate_t *certificate; /* NULL: it cannot be read */
} mod_wsman_shown_t;

struct mod_wsman_peer_t {
    conn_rec *connection;
    apr_pool_t *pool; /* of the handshake; NULL: there is none */
    wsm_gss_t *gss;
    int scheme; /* MOD_WSMAN_SCHEME_... with which it began */
    mod_wsman_realm_t realm;
    int has_sealed;      /* a sealed message has come */
    const char *binding; /* of this TLS connection; NULL: not yet known */
    apr_size_t binding_length;
    mod_wsman_checked_t checked;
    mod_wsman_shown_t shown;
};

/** The connection's; made if it has none. */
mod_wsman_peer_t *mod_wsman_peer_of(conn_rec *c);
/** Ends the handshake, or what it has established. */
void mod_wsman_peer_forget(mod_wsman_peer_t *peer);
/** @return true if it is established, for this very place, and still good */
int mod_wsman_peer_is_good(const mod_wsman_peer_t *peer,
                           const mod_wsman_realm_t *realm);

/** What a request's place is; strings of the configuration or of r->pool. */
mod_wsman_realm_t mod_wsman_realm_of(request_rec *r,
                                     const mod_wsman_auth_t *auth);
mod_wsman_realm_t mod_wsman_realm_copy(const mod_wsman_realm_t *realm,
                                       apr_pool_t *pool);
int mod_wsman_realm_is(const mod_wsman_realm_t *a, const mod_wsman_realm_t *b);

/* mod_wsman_gss_offer.c */

/** The schemes that this request may use, of what the configuration names.
 *  None: the reason is in the log. */
int mod_wsman_offer(const mod_wsman_request_t *self,
                    const mod_wsman_auth_t *auth);
/** Writes a challenge for each, and nothing else. */
int mod_wsman_challenge(request_rec *r, int schemes);
/** Finds the scheme of an Authorization header.
 *  @param rest  out: what is behind it
 *  @return 0: none that is known */
int mod_wsman_scheme_of(const char *header, const char **rest);
const char *mod_wsman_scheme_name(int scheme);
/** tls-server-end-point of this connection.  @return NULL: there is none */
const char *mod_wsman_binding(mod_wsman_peer_t *peer, request_rec *r);
/** @return true if the request says that it came through a proxy, which may
 *  send other people's requests over the same connection */
int mod_wsman_is_proxied(const request_rec *r);
/** @return true unless the request says that it has a body */
int mod_wsman_is_empty(const request_rec *r);

/* mod_wsman_basic.c */

/** Checks a password with the providers of AuthBasicProvider. */
int mod_wsman_basic(mod_wsman_request_t *self, const mod_wsman_auth_t *auth,
                    const char *credentials);
/** For other AuthTypes: refuses passwords over clear HTTP, and lets in a
 *  password that was checked on this connection. */
int mod_wsman_basic_before(mod_wsman_request_t *self, const char *type);

#endif
