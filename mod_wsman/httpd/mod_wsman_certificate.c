/* mod_wsman_certificate.c - who a client's certificate makes: WSManCertMap.
 *
 * mod_ssl has verified the certificate.  Whose key signed it is looked for
 * among the certificates that the client has sent and among the server's own
 * authorities: when a TLS session is resumed, nothing has been sent.
 */
#include "mod_wsman_peer.h"

#include <strings.h>

#include <apr_optional.h>
#include <apr_strings.h>
#include <http_core.h>
#include <mod_ssl.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

/* ---- WSManCertMap */

static const char *wrong(const cmd_parms *cmd, const char *what)
{
    return apr_pstrcat(cmd->pool, cmd->cmd->name, ": ", what, NULL);
}

static const char *read_flag(int *flag, const char *word)
{
    *flag = strcasecmp(word, "on") == 0;
    return *flag || strcasecmp(word, "off") == 0 ? NULL
                                                 : "enabled is 'on' or 'off'";
}

static const char *read_word(wsm_certmap_t *map, const char **enabled,
                             const cmd_parms *cmd, const char *word)
{
    const struct {
        const char *name;
        const char **value;
    } keys[] = {{"issuer=", &map->issuer},
                {"subject=", &map->subject},
                {"uri=", &map->uri},
                {"user=", &map->user},
                {"enabled=", enabled}};
    apr_size_t i;

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        apr_size_t length = strlen(keys[i].name);

        if (strncasecmp(word, keys[i].name, length) != 0)
            continue;
        if (*keys[i].value != NULL)
            return apr_pstrcat(cmd->pool, keys[i].name, " stands there twice",
                               NULL);
        *keys[i].value = apr_pstrdup(cmd->pool, word + length);
        return NULL;
    }
    return apr_psprintf(cmd->pool,
                        "'%s' is not issuer=, subject=, uri=, user= or "
                        "enabled=",
                        word);
}

static const char *read_map(wsm_certmap_t *map, const cmd_parms *cmd, int argc,
                            char *const argv[])
{
    const char *enabled = NULL;
    const char *err = NULL;
    int i;

    memset(map, 0, sizeof(*map));
    for (i = 0; err == NULL && i < argc; i++)
        err = read_word(map, &enabled, cmd, argv[i]);
    if (err == NULL)
        err = read_flag(&map->enabled, enabled ? enabled : "on");
    if (map->uri == NULL)
        map->uri = "*";
    return err ? err : wsm_certmap_check(map, cmd->pool);
}

const char *mod_wsman_certmap_read(cmd_parms *cmd, void *config, int argc,
                                   char *const argv[])
{
    mod_wsman_place_t *place = config;
    wsm_certmap_t map;
    const char *err = read_map(&map, cmd, argc, argv);

    if (err != NULL)
        return wrong(cmd, err);
    if (place->certmaps == NULL)
        place->certmaps = apr_array_make(cmd->pool, 4, sizeof(map));
    APR_ARRAY_PUSH(place->certmaps, wsm_certmap_t) = map;
    if (!wsm_certmap_counts(place->certmaps, place->certmaps->nelts - 1))
        return wrong(cmd, "this issuer, subject and URI stand there twice");
    return NULL;
}

/* ---- the server's authorities, whose files mod_ssl reads for itself */

static X509_STORE *read_store(const mod_wsman_server_t *server)
{
    X509_STORE *store = X509_STORE_new();

    if (store != NULL && server->ca_file != NULL)
        X509_STORE_load_locations(store, server->ca_file, NULL);
    if (store != NULL && server->ca_path != NULL)
        X509_STORE_load_locations(store, NULL, server->ca_path);
    ERR_clear_error();
    return store;
}

static apr_status_t free_store(void *data)
{
    X509_STORE_free(data);
    return APR_SUCCESS;
}

int mod_wsman_certificate_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                                      apr_pool_t *ptemp, server_rec *s)
{
    (void)plog;
    (void)ptemp;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG)
        return OK;
    for (; s != NULL; s = s->next) {
        mod_wsman_server_t *server = mod_wsman_server_of(s);

        if (server->nsites == 0 ||
            (server->ca_file == NULL && server->ca_path == NULL))
            continue;
        server->authorities = read_store(server);
        if (server->authorities != NULL)
            apr_pool_cleanup_register(pconf, server->authorities, free_store,
                                      apr_pool_cleanup_null);
    }
    return OK;
}

/* ---- the certificate of a connection */

static const char *look_up(request_rec *r, const char *name)
{
    APR_OPTIONAL_FN_TYPE(ssl_var_lookup) *find =
        APR_RETRIEVE_OPTIONAL_FN(ssl_var_lookup);
    const char *value = NULL;

    if (find != NULL)
        value = find(r->pool, r->server, r->connection, r,
                     apr_pstrdup(r->pool, name));
    return value != NULL && *value != '\0' ? value : NULL;
}

int mod_wsman_is_mutual(request_rec *r)
{
    const char *verified = look_up(r, "SSL_CLIENT_VERIFY");

    return verified != NULL && strcmp(verified, "SUCCESS") == 0;
}

static wsm_certificate_data_t data_of(const char *pem)
{
    wsm_certificate_data_t data = {pem, strlen(pem)};

    return data;
}

static wsm_certificate_t *read_certificate(request_rec *r, const char *pem,
                                           apr_pool_t *pool)
{
    wsm_certificate_data_t sent[WSM_CERTIFICATE_ISSUERS];
    wsm_certificate_t *certificate = NULL;
    wsm_error_t *err;
    int n;

    for (n = 0; n < WSM_CERTIFICATE_ISSUERS; n++) {
        const char *one =
            look_up(r, apr_psprintf(r->pool, "SSL_CLIENT_CERT_CHAIN_%d", n));

        if (one == NULL)
            break;
        sent[n] = data_of(one);
    }
    err =
        wsm_certificate_read(&certificate, data_of(pem), sent, n,
                             mod_wsman_server_of(r->server)->authorities, pool);
    if (err != NULL)
        ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, r,
                      "a client's certificate: %s",
                      wsm_error_text(err, r->pool));
    return certificate;
}

/* Read once a connection: a signature is checked with it. */
static const wsm_certificate_t *certificate_of(request_rec *r)
{
    const char *pem =
        mod_wsman_is_mutual(r) ? look_up(r, "SSL_CLIENT_CERT") : NULL;
    mod_wsman_shown_t *shown;

    if (pem == NULL)
        return NULL;
    /* Streams of HTTP/2 have connections of their own. */
    if (r->connection->master != NULL)
        return read_certificate(r, pem, r->pool);
    shown = &mod_wsman_peer_of(r->connection)->shown;
    if (shown->pool != NULL && shown->server == r->server &&
        strcmp(shown->pem, pem) == 0)
        return shown->certificate;
    if (shown->pool != NULL)
        apr_pool_destroy(shown->pool);
    apr_pool_create(&shown->pool, r->connection->pool);
    shown->server = r->server;
    shown->pem = apr_pstrdup(shown->pool, pem);
    shown->certificate = read_certificate(r, pem, shown->pool);
    return shown->certificate;
}

/* ---- whose it is */

static const char *joined(const char *const *words, apr_pool_t *pool)
{
    const char *text = *words != NULL ? *words++ : "none";

    for (; *words != NULL; words++)
        text = apr_pstrcat(pool, text, ", ", *words, NULL);
    return text;
}

static const char *user_of(const wsm_certificate_t *certificate, request_rec *r)
{
    const apr_array_header_t *maps =
        mod_wsman_place_of(r->per_dir_config)->certmaps;
    const char *user;

    /* A connection, or a TLS session, may live longer than it. */
    if (r->request_time < certificate->from ||
        r->request_time > certificate->until) {
        ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, r,
                      "the client's certificate %s is not good at this time",
                      certificate->thumbprint);
        return NULL;
    }
    user = wsm_certmap_user(maps, certificate);
    if (user == NULL)
        ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, r,
                      "no WSManCertMap, or several, for the client's "
                      "certificate %s: its names are %s; it was signed by %s",
                      certificate->thumbprint,
                      joined(certificate->names, r->pool),
                      joined(certificate->issuers, r->pool));
    return user;
}

int mod_wsman_certificate(mod_wsman_request_t *self)
{
    request_rec *r = self->r;
    const wsm_certificate_t *certificate = certificate_of(r);
    const char *user = certificate ? user_of(certificate, r) : NULL;

    if (user == NULL)
        return 0;
    self->certificate = certificate;
    r->user = apr_pstrdup(r->pool, user);
    r->ap_auth_type = (char *)MOD_WSMAN_CERTIFICATE_TYPE;
    return 1;
}

wsm_error_t *mod_wsman_certificate_check(const mod_wsman_request_t *self,
                                         const wsm_target_t *target)
{
    request_rec *r = self->r;

    if (self->certificate == NULL ||
        wsm_certmap_allows(mod_wsman_place_of(r->per_dir_config)->certmaps,
                           self->certificate, r->user, target->resource_uri))
        return NULL;
    return wsm_fail(r->pool, WSMAN_E_ACCESS_DENIED,
                    "The client's certificate makes nobody, or somebody else, "
                    "where %s is asked for.",
                    target->resource_uri);
}
