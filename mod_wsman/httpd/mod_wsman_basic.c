/* mod_wsman_basic.c - passwords: never over clear HTTP unless that is allowed,
 * and not checked again and again on one connection.
 *
 * A check costs milliseconds (bcrypt, PAM).  What was checked is remembered
 * with its connection: the header byte for byte, for the same place and
 * configuration, for a limited time, until the password file changes.
 */
#include "mod_wsman_peer.h"

#include <strings.h>

#include <ap_provider.h>
#include <apr_base64.h>
#include <apr_strings.h>
#include <http_core.h>
#include <mod_auth.h>

#define BASIC "Basic"

static const char *authorization(const request_rec *r)
{
    return apr_table_get(r->headers_in, "Authorization");
}

static int is_basic(const char *header)
{
    const char *rest;

    return header != NULL &&
           mod_wsman_scheme_of(header, &rest) == MOD_WSMAN_SCHEME_BASIC;
}

/* ---- what is remembered */

/* All zero if there is no file */
static mod_wsman_file_t file_now(const mod_wsman_auth_t *auth, apr_pool_t *pool)
{
    mod_wsman_file_t file = {0, 0, 0};
    apr_finfo_t finfo;

    if (auth->user_file == NULL ||
        apr_stat(&finfo, auth->user_file,
                 APR_FINFO_MTIME | APR_FINFO_SIZE | APR_FINFO_INODE,
                 pool) != APR_SUCCESS)
        return file;
    file.modified = finfo.mtime;
    file.size = finfo.size;
    file.inode = (apr_uint64_t)finfo.inode;
    return file;
}

static int is_same_file(const mod_wsman_file_t *a, const mod_wsman_file_t *b)
{
    return a->modified == b->modified && a->size == b->size &&
           a->inode == b->inode;
}

static void forget(mod_wsman_checked_t *checked)
{
    if (checked->pool != NULL)
        apr_pool_destroy(checked->pool);
    memset(checked, 0, sizeof(*checked));
}

static const char *recall(mod_wsman_request_t *self,
                          const mod_wsman_auth_t *auth, const char *type)
{
    request_rec *r = self->r;
    mod_wsman_peer_t *peer =
        ap_get_module_config(r->connection->conn_config, &wsman_module);
    mod_wsman_checked_t *checked = peer ? &peer->checked : NULL;
    mod_wsman_realm_t realm;

    /* Also what remember() will need: the file as it is before the check */
    self->password_file = file_now(auth, r->pool);
    if (auth->cache == 0 || checked == NULL || checked->pool == NULL)
        return NULL;
    realm = mod_wsman_realm_of(r, auth);
    if (apr_time_now() < checked->until &&
        strcmp(checked->header, authorization(r)) == 0 &&
        strcasecmp(checked->type, type) == 0 &&
        is_same_file(&checked->file, &self->password_file) &&
        mod_wsman_realm_is(&checked->realm, &realm))
        return checked->user;
    forget(checked);
    return NULL;
}

static void remember(const mod_wsman_request_t *self,
                     const mod_wsman_auth_t *auth, const char *type)
{
    request_rec *r = self->r;
    mod_wsman_peer_t *peer;
    mod_wsman_checked_t *checked;
    mod_wsman_realm_t realm;

    /* Streams of HTTP/2 have connections of their own. */
    if (auth->cache == 0 || r->connection->master != NULL)
        return;
    peer = mod_wsman_peer_of(r->connection);
    checked = &peer->checked;
    forget(checked);
    apr_pool_create(&checked->pool, r->connection->pool);
    realm = mod_wsman_realm_of(r, auth);
    checked->realm = mod_wsman_realm_copy(&realm, checked->pool);
    checked->header = apr_pstrdup(checked->pool, authorization(r));
    checked->type = apr_pstrdup(checked->pool, type);
    checked->user = apr_pstrdup(checked->pool, r->user);
    checked->file = self->password_file;
    checked->until = apr_time_now() + auth->cache;
}

static int admit(mod_wsman_request_t *self, const char *user)
{
    self->r->user = apr_pstrdup(self->r->pool, user);
    self->r->ap_auth_type = (char *)BASIC;
    return OK;
}

/* ---- AuthType WSMan with Basic: httpd's providers are asked. */

static authn_status ask(request_rec *r, const char *name, const char *user,
                        const char *password)
{
    const authn_provider *provider =
        ap_lookup_provider(AUTHN_PROVIDER_GROUP, name, AUTHN_PROVIDER_VERSION);
    authn_status status;

    if (provider == NULL || provider->check_password == NULL) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      "AuthBasicProvider '%s' is not there, or checks no "
                      "passwords",
                      name);
        return AUTH_GENERAL_ERROR;
    }
    apr_table_setn(r->notes, AUTHN_PROVIDER_NAME_NOTE, name);
    status = provider->check_password(r, user, password);
    apr_table_unset(r->notes, AUTHN_PROVIDER_NAME_NOTE);
    return status;
}

static authn_status ask_all(request_rec *r, const mod_wsman_auth_t *auth,
                            const char *user, const char *password)
{
    authn_status status = AUTH_USER_NOT_FOUND;
    int i;

    if (auth->basic_providers == NULL)
        return ask(r, AUTHN_DEFAULT_PROVIDER, user, password);
    for (i = 0;
         status == AUTH_USER_NOT_FOUND && i < auth->basic_providers->nelts; i++)
        status = ask(r, APR_ARRAY_IDX(auth->basic_providers, i, const char *),
                     user, password);
    return status;
}

static int check(request_rec *r, const mod_wsman_auth_t *auth, char *user)
{
    char *password = strchr(user, ':');

    if (password == NULL || password == user)
        return HTTP_UNAUTHORIZED;
    *password++ = '\0';
    switch (ask_all(r, auth, user, password)) {
    case AUTH_GRANTED:
        return OK;
    case AUTH_DENIED:
    case AUTH_USER_NOT_FOUND:
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      "user %s: Basic authentication failure for \"%s\"", user,
                      r->uri);
        return HTTP_UNAUTHORIZED;
    default:
        return HTTP_INTERNAL_SERVER_ERROR;
    }
}

int mod_wsman_basic(mod_wsman_request_t *self, const mod_wsman_auth_t *auth,
                    const char *credentials)
{
    request_rec *r = self->r;
    const char *known = recall(self, auth, MOD_WSMAN_AUTH_TYPE);
    apr_size_t length;
    char *user;
    int status;

    if (known != NULL)
        return admit(self, known);
    user =
        apr_palloc(r->pool, (apr_size_t)apr_base64_decode_len(credentials) + 1);
    length = (apr_size_t)apr_base64_decode(user, credentials);
    if (strlen(user) != length)
        return HTTP_UNAUTHORIZED;
    status = check(r, auth, user);
    if (status == OK) {
        admit(self, user);
        remember(self, auth, MOD_WSMAN_AUTH_TYPE);
    }
    return status;
}

/* ---- other AuthTypes: another module checks. */

int mod_wsman_basic_before(mod_wsman_request_t *self, const char *type)
{
    request_rec *r = self->r;
    mod_wsman_auth_t auth = mod_wsman_auth_of(r);
    int asks = strcasecmp(type, BASIC) == 0;
    int comes = is_basic(authorization(r));
    const char *known;

    if ((asks || comes) && !auth.allow_unencrypted && !mod_wsman_is_secure(r)) {
        ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, r,
                      "a password would be sent over clear HTTP: refused, "
                      "unless WSManAllowUnencrypted is On");
        return HTTP_FORBIDDEN;
    }
    if (!asks || !comes)
        return DECLINED;
    self->asks_password = 1;
    known = recall(self, &auth, type);
    if (known == NULL)
        return DECLINED;
    self->asks_password = 0;
    return admit(self, known);
}

/* Only here it is known that the module behind us found the password right. */
void mod_wsman_basic_after(mod_wsman_request_t *self)
{
    request_rec *r = self->r;
    mod_wsman_auth_t auth;

    if (!self->asks_password || r->user == NULL || r->ap_auth_type == NULL ||
        strcasecmp(r->ap_auth_type, BASIC) != 0)
        return;
    auth = mod_wsman_auth_of(r);
    remember(self, &auth, BASIC);
}
