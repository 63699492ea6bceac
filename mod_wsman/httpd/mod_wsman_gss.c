/* mod_wsman_gss.c - AuthType WSMan: who a request is from (RFC 4559, MS-NTHT,
 * MS-WSMV 2.2.9.1), by a token or by what an earlier token has established on
 * this connection.
 */
#include "mod_wsman_peer.h"

#include <strings.h>

#include <apr_base64.h>
#include <apr_env.h>
#include <apr_strings.h>
#include <http_core.h>

#include "../auth/wsm_sealed.h"

typedef struct attempt_t {
    mod_wsman_request_t *self;
    request_rec *r;
    mod_wsman_peer_t *peer;
    mod_wsman_auth_t auth;
    mod_wsman_realm_t realm;
    int offered;
} attempt_t;

static int is_sealed_type(const request_rec *r)
{
    return wsm_sealed_is_type(apr_table_get(r->headers_in, "Content-Type"));
}

/* What an attacker could have sent, or a client whose context is lost: the
 * connection is worth nothing any more. */
static int give_up(const attempt_t *attempt, const char *why)
{
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, attempt->r, "%s", why);
    mod_wsman_peer_forget(attempt->peer);
    attempt->r->connection->keepalive = AP_CONN_CLOSE;
    return HTTP_BAD_REQUEST;
}

/* "DOMAIN\alice" and "alice@REALM" without domain and realm */
static const char *short_name(const char *name, apr_pool_t *pool)
{
    const char *backslash = strchr(name, '\\');
    const char *at;

    if (backslash != NULL && backslash[1] != '\0')
        return apr_pstrdup(pool, backslash + 1);
    at = strchr(name, '@');
    if (at != NULL && at != name)
        return apr_pstrmemdup(pool, name, (apr_size_t)(at - name));
    return apr_pstrdup(pool, name);
}

/* The connection's client is who this request is from. */
static int admit(const attempt_t *attempt)
{
    mod_wsman_request_t *self = attempt->self;
    request_rec *r = attempt->r;
    mod_wsman_peer_t *peer = attempt->peer;
    const char *user = wsm_gss_user(peer->gss);
    int allows = attempt->auth.encryption != MOD_WSMAN_DEGREE_OFF;

    if (is_sealed_type(r) && allows && !wsm_gss_can_seal(peer->gss))
        return give_up(attempt, "a sealed message, but its client has agreed "
                                "on no keys");
    self->is_sealed = is_sealed_type(r) && allows;
    if (peer->has_sealed && !self->is_sealed && !mod_wsman_is_empty(r))
        return give_up(attempt, "a message in clear after a sealed one");
    self->peer = peer;
    r->user = attempt->auth.short_names ? (char *)short_name(user, r->pool)
                                        : apr_pstrdup(r->pool, user);
    r->ap_auth_type = (char *)mod_wsman_scheme_name(peer->scheme);
    return OK;
}

/* A request without credentials of its own */
static int resume(const attempt_t *attempt)
{
    mod_wsman_peer_t *peer = attempt->peer;

    if (attempt->self->asks == MOD_WSMAN_ASKS_NOTHING &&
        mod_wsman_peer_is_good(peer, &attempt->realm) &&
        (attempt->offered & peer->scheme) != 0) {
        if (attempt->r->method_number != M_POST ||
            !mod_wsman_is_empty(attempt->r))
            return admit(attempt);
        /* Some clients ask so for a new handshake (client-interop 2). */
        mod_wsman_peer_forget(peer);
    }
    /* Sealed with a key of another connection: an answer of 401 would be taken
     * for a wrong password. */
    if (is_sealed_type(attempt->r) && attempt->offered != 0)
        return give_up(attempt, "a sealed message from a client that has not "
                                "authenticated on this connection");
    if ((attempt->offered & MOD_WSMAN_SCHEME_CERTIFICATE) != 0 &&
        attempt->self->asks != MOD_WSMAN_ASKS_CHALLENGE &&
        mod_wsman_certificate(attempt->self)) {
        mod_wsman_peer_forget(peer);
        return OK;
    }
    return mod_wsman_challenge(attempt->r, attempt->offered);
}

/* ---- a token */

static wsm_gss_acceptor_t acceptor_of(const attempt_t *attempt, int scheme)
{
    const mod_wsman_auth_t *auth = &attempt->auth;
    wsm_gss_acceptor_t acceptor;

    memset(&acceptor, 0, sizeof(acceptor));
    acceptor.mechanisms = (unsigned)auth->mechanisms;
    if (scheme == MOD_WSMAN_SCHEME_KERBEROS)
        acceptor.mechanisms &= WSM_GSS_KERBEROS;
    if (scheme == MOD_WSMAN_SCHEME_NTLM)
        acceptor.mechanisms &= WSM_GSS_NTLM;
    if (auth->binding == MOD_WSMAN_DEGREE_OFF ||
        !mod_wsman_is_secure(attempt->r))
        return acceptor;
    acceptor.binding = mod_wsman_binding(attempt->peer, attempt->r);
    acceptor.binding_length = attempt->peer->binding_length;
    acceptor.requires_binding = auth->binding == MOD_WSMAN_DEGREE_REQUIRE;
    return acceptor;
}

static wsm_gss_data_t decode(const char *text, apr_pool_t *pool)
{
    wsm_gss_data_t token;

    token.data = apr_palloc(pool, (apr_size_t)apr_base64_decode_len(text) + 1);
    token.length = (apr_size_t)apr_base64_decode_binary(token.data, text);
    return token;
}

/* During a handshake nothing but the token: clients take the first or the last
 * header that they find (client-interop 2). */
static void send_token(const attempt_t *attempt, int scheme,
                       wsm_gss_data_t token)
{
    apr_pool_t *pool = attempt->r->pool;
    char *text;

    if (token.length == 0)
        return;
    text =
        apr_palloc(pool, (apr_size_t)apr_base64_encode_len((int)token.length));
    apr_base64_encode_binary(text, token.data, (int)token.length);
    apr_table_setn(
        attempt->r->err_headers_out, "WWW-Authenticate",
        apr_pstrcat(pool, mod_wsman_scheme_name(scheme), " ", text, NULL));
}

/* Goes on with the handshake, or begins one. */
static wsm_gss_t *handshake(const attempt_t *attempt, int scheme,
                            wsm_gss_data_t token)
{
    mod_wsman_peer_t *peer = attempt->peer;

    if (peer->gss != NULL && peer->scheme == scheme &&
        wsm_gss_state(peer->gss) == WSM_GSS_CONTINUE &&
        mod_wsman_realm_is(&peer->realm, &attempt->realm) &&
        !wsm_gss_token_begins(token.data, token.length))
        return peer->gss;
    mod_wsman_peer_forget(peer);
    apr_pool_create(&peer->pool, peer->connection->pool);
    peer->gss = wsm_gss_make(peer->pool);
    peer->scheme = scheme;
    peer->realm = mod_wsman_realm_copy(&attempt->realm, peer->pool);
    return peer->gss;
}

static int take_token(const attempt_t *attempt, int scheme, const char *text)
{
    request_rec *r = attempt->r;
    wsm_gss_data_t token = decode(text, r->pool);
    wsm_gss_t *gss = handshake(attempt, scheme, token);
    wsm_gss_acceptor_t acceptor = acceptor_of(attempt, scheme);
    wsm_gss_data_t answer;
    wsm_error_t *err = wsm_gss_accept(gss, &acceptor, token, &answer, r->pool);

    if (err != NULL) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      "%s authentication failure for \"%s\": %s",
                      mod_wsman_scheme_name(scheme), r->uri,
                      wsm_error_text(err, r->pool));
        mod_wsman_peer_forget(attempt->peer);
        return mod_wsman_challenge(r, attempt->offered);
    }
    send_token(attempt, scheme, answer);
    if (wsm_gss_state(gss) != WSM_GSS_ESTABLISHED)
        return HTTP_UNAUTHORIZED;
    attempt->self->has_logged_in = 1;
    return admit(attempt);
}

static int authenticate(mod_wsman_request_t *self)
{
    const char *header = apr_table_get(self->r->headers_in, "Authorization");
    const char *rest = NULL;
    attempt_t attempt;
    int scheme;

    attempt.self = self;
    attempt.r = self->r;
    attempt.peer = mod_wsman_peer_of(self->r->connection);
    attempt.auth = mod_wsman_auth_of(self->r);
    attempt.realm = mod_wsman_realm_of(self->r, &attempt.auth);
    attempt.offered = mod_wsman_offer(self, &attempt.auth);
    if (header == NULL)
        return resume(&attempt);
    scheme = mod_wsman_scheme_of(header, &rest) & attempt.offered;
    if (scheme == MOD_WSMAN_SCHEME_BASIC) {
        int status = mod_wsman_basic(self, &attempt.auth, rest);

        return status == HTTP_UNAUTHORIZED
                   ? mod_wsman_challenge(self->r, attempt.offered)
                   : status;
    }
    if (scheme == 0 || *rest == '\0')
        return mod_wsman_challenge(self->r, attempt.offered);
    return take_token(&attempt, scheme, rest);
}

/* The libraries ask the environment, each time.  (A credential store would be
 * an endpoint's own, but gss-ntlmssp takes none where the acceptor has no
 * name.) */
void mod_wsman_gss_child_init(apr_pool_t *pchild, server_rec *s)
{
    const mod_wsman_server_t *server = mod_wsman_server_of(s);

    if (server->ntlm_users != NULL)
        apr_env_set("NTLM_USER_FILE", server->ntlm_users, pchild);
    if (server->keytab != NULL)
        apr_env_set("KRB5_KTNAME", server->keytab, pchild);
}

int mod_wsman_authn(request_rec *r)
{
    mod_wsman_request_t *self = mod_wsman_request_of(r);
    const char *type = ap_auth_type(r);
    int status;

    if (type == NULL)
        return DECLINED;
    status = self ? mod_wsman_profile_hint(self) : OK;
    if (status != OK)
        return status;
    if (strcasecmp(type, MOD_WSMAN_AUTH_TYPE) != 0)
        return self ? mod_wsman_basic_before(self, type) : DECLINED;
    if (self != NULL)
        return authenticate(self);
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                  "AuthType WSMan is for endpoints (SetHandler wsman) only");
    return HTTP_INTERNAL_SERVER_ERROR;
}

/* For httpd, when it denies somebody who has logged in: who may do it could log
 * in on this connection. */
int mod_wsman_note_failure(request_rec *r, const char *type)
{
    const mod_wsman_request_t *self = mod_wsman_request_of(r);
    mod_wsman_auth_t auth;

    if (self == NULL || strcasecmp(type, MOD_WSMAN_AUTH_TYPE) != 0)
        return DECLINED;
    auth = mod_wsman_auth_of(r);
    mod_wsman_challenge(r, mod_wsman_offer(self, &auth));
    return OK;
}
