/* mod_wsman_gss_offer.c - which schemes a request may use, and how the client
 * is told.
 */
#include "mod_wsman_peer.h"

#include <strings.h>

#include <apr_lib.h>
#include <apr_optional.h>
#include <apr_strings.h>
#include <http_core.h>
#include <mod_ssl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define ENDPOINT_PREFIX "tls-server-end-point:"

static const struct {
    int scheme;
    const char *name;
} schemes[] = {
    {MOD_WSMAN_SCHEME_NEGOTIATE, "Negotiate"},
    {MOD_WSMAN_SCHEME_KERBEROS, "Kerberos"},
    {MOD_WSMAN_SCHEME_NTLM, "NTLM"},
    {MOD_WSMAN_SCHEME_BASIC, "Basic"},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

int mod_wsman_scheme_of(const char *header, const char **rest)
{
    size_t i;

    for (i = 0; i < COUNT(schemes); i++) {
        apr_size_t length = strlen(schemes[i].name);

        if (strncasecmp(header, schemes[i].name, length) == 0 &&
            (header[length] == ' ' || header[length] == '\0')) {
            for (*rest = header + length; **rest == ' '; ++*rest)
                ;
            return schemes[i].scheme;
        }
    }
    return 0;
}

const char *mod_wsman_scheme_name(int scheme)
{
    size_t i;

    for (i = 0; i < COUNT(schemes); i++) {
        if (schemes[i].scheme == scheme)
            return schemes[i].name;
    }
    return "";
}

/* RFC 9110 7.6.3, RFC 7239, and what proxies say without a standard.
 * mod_remoteip takes such headers away, but says so. */
int mod_wsman_is_proxied(const request_rec *r)
{
    static const char *const headers[] = {"Via",
                                          "Forwarded",
                                          "X-Forwarded-For",
                                          "X-Forwarded-Host",
                                          "X-Forwarded-Server",
                                          "X-Real-IP"};
    size_t i;

    for (i = 0; i < COUNT(headers); i++) {
        if (apr_table_get(r->headers_in, headers[i]) != NULL)
            return 1;
    }
    return apr_table_get(r->notes, "remoteip-proxy-ip-list") != NULL;
}

int mod_wsman_is_empty(const request_rec *r)
{
    const char *length = apr_table_get(r->headers_in, "Content-Length");

    if (apr_table_get(r->headers_in, "Transfer-Encoding") != NULL)
        return 0;
    return length == NULL || strcmp(length, "0") == 0;
}

/* Why no handshake can be had, or NULL */
static const char *no_handshake(const request_rec *r)
{
    /* A connection of HTTP/2 carries requests side by side. */
    if (r->connection->master != NULL || r->proto_num >= HTTP_VERSION(2, 0))
        return "HTTP/2 has no authentication of connections";
    if (mod_wsman_is_proxied(r))
        return "a proxy may send many clients' requests over one connection";
    return NULL;
}

int mod_wsman_offer(const mod_wsman_request_t *self,
                    const mod_wsman_auth_t *auth)
{
    request_rec *r = self->r;
    const char *reason = no_handshake(r);
    int offered = auth->schemes;

    if (reason != NULL)
        offered &= ~MOD_WSMAN_SCHEMES_GSS;
    if (!mod_wsman_is_secure(r) &&
        (!auth->allow_unencrypted ||
         auth->encryption == MOD_WSMAN_DEGREE_REQUIRE))
        offered &= ~MOD_WSMAN_SCHEME_BASIC;
    if (!mod_wsman_is_secure(r) || mod_wsman_is_proxied(r))
        offered &= ~MOD_WSMAN_SCHEME_CERTIFICATE;
    if (offered == 0)
        ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, r,
                      "no authentication is possible for this request: %s",
                      reason ? reason
                             : "what WSManAuthSchemes has needs TLS, Basic at "
                               "least WSManAllowUnencrypted On");
    return offered;
}

int mod_wsman_challenge(request_rec *r, int offered)
{
    apr_table_t *headers = r->err_headers_out;
    size_t i;

    apr_table_unset(headers, "WWW-Authenticate");
    /* TLS is over, it asks no more. */
    offered &= ~MOD_WSMAN_SCHEME_CERTIFICATE;
    if (offered == 0) {
        /* mod_http2 makes HTTP_1_1_REQUIRED of this: come back with HTTP/1.1 */
        if (r->connection->master != NULL &&
            (mod_wsman_auth_of(r).schemes & MOD_WSMAN_SCHEMES_GSS) != 0)
            apr_table_setn(r->notes, "ssl-renegotiate-forbidden",
                           "verify-client");
        return HTTP_FORBIDDEN;
    }
    for (i = 0; i < COUNT(schemes); i++) {
        if ((offered & schemes[i].scheme) == 0)
            continue;
        if (schemes[i].scheme == MOD_WSMAN_SCHEME_BASIC)
            apr_table_addn(
                headers, "WWW-Authenticate",
                apr_psprintf(r->pool, "Basic realm=\"%s\"",
                             ap_auth_name(r) ? ap_auth_name(r) : "WSMAN"));
        else
            apr_table_addn(headers, "WWW-Authenticate", schemes[i].name);
    }
    return HTTP_UNAUTHORIZED;
}

/* ---- tls-server-end-point: RFC 5929 4.1 */

static const EVP_MD *digest_of(const X509 *certificate)
{
    int hash = NID_undef;

    X509_get_signature_info((X509 *)certificate, &hash, NULL, NULL, NULL);
    if (hash == NID_undef || hash == NID_md5 || hash == NID_sha1)
        hash = NID_sha256;
    return EVP_get_digestbynid(hash);
}

static X509 *certificate_of(request_rec *r)
{
    APR_OPTIONAL_FN_TYPE(ssl_var_lookup) *look_up =
        APR_RETRIEVE_OPTIONAL_FN(ssl_var_lookup);
    char name[] = "SSL_SERVER_CERT";
    const char *pem;
    X509 *certificate;
    BIO *bio;

    pem = look_up ? look_up(r->pool, r->server, r->connection, r, name) : NULL;
    if (pem == NULL || *pem == '\0')
        return NULL;
    bio = BIO_new_mem_buf(pem, -1);
    certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return certificate;
}

const char *mod_wsman_binding(mod_wsman_peer_t *peer, request_rec *r)
{
    const apr_size_t prefix = sizeof(ENDPOINT_PREFIX) - 1;
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    X509 *certificate;

    if (peer->binding != NULL)
        return peer->binding;
    certificate = certificate_of(r);
    if (certificate != NULL &&
        X509_digest(certificate, digest_of(certificate), hash, &length)) {
        char *text = apr_palloc(peer->connection->pool, prefix + length);

        memcpy(text, ENDPOINT_PREFIX, prefix);
        memcpy(text + prefix, hash, length);
        peer->binding_length = prefix + length;
        peer->binding = text;
    }
    X509_free(certificate);
    return peer->binding;
}
