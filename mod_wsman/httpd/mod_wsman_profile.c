/* mod_wsman_profile.c - which security profiles of DSP0226 Annex C.3 the
 * configuration of a request amounts to.
 */
#include "mod_wsman.h"

#include <apr_optional.h>
#include <http_core.h>
#include <mod_ssl.h>
#include <strings.h>

typedef enum scheme_e {
    SCHEME_NONE,
    SCHEME_BASIC,
    SCHEME_DIGEST,
    SCHEME_KERBEROS
} scheme_e;

static const struct {
    const char *type;
    scheme_e scheme;
} schemes[] = {
    {"Basic", SCHEME_BASIC},       {"Digest", SCHEME_DIGEST},
    {"GSSAPI", SCHEME_KERBEROS},   {"Negotiate", SCHEME_KERBEROS},
    {"Kerberos", SCHEME_KERBEROS},
};

/* C.3.1 to C.3.10; a combination that has no row has no name. */
static const struct {
    int tls;
    int mutual;
    scheme_e scheme;
    const char *const names[2];
} profiles[] = {
    {0, 0, SCHEME_BASIC, {"http/basic", NULL}},
    {0, 0, SCHEME_DIGEST, {"http/digest", NULL}},
    {0, 0, SCHEME_KERBEROS, {"http/spnego-kerberos", NULL}},
    {1, 0, SCHEME_BASIC, {"https/basic", NULL}},
    {1, 0, SCHEME_DIGEST, {"https/digest", NULL}},
    {1, 0, SCHEME_KERBEROS, {"https/spnego-kerberos", NULL}},
    {1, 1, SCHEME_NONE, {"https/mutual", NULL}},
    {1, 1, SCHEME_BASIC, {"https/mutual/basic", NULL}},
    {1, 1, SCHEME_DIGEST, {"https/mutual/digest", NULL}},
    {1, 1, SCHEME_KERBEROS, {"https/mutual/spnego-kerberos", NULL}},
};

int mod_wsman_is_secure(const request_rec *r)
{
    APR_OPTIONAL_FN_TYPE(ssl_is_https) *is_https =
        APR_RETRIEVE_OPTIONAL_FN(ssl_is_https);

    return is_https != NULL && is_https(r->connection);
}

/* A certificate that was asked for and verified on this connection */
static int is_mutual(request_rec *r)
{
    APR_OPTIONAL_FN_TYPE(ssl_var_lookup) *look_up =
        APR_RETRIEVE_OPTIONAL_FN(ssl_var_lookup);
    char name[] = "SSL_CLIENT_VERIFY";
    const char *verified;

    if (look_up == NULL)
        return 0;
    verified = look_up(r->pool, r->server, r->connection, r, name);
    return verified != NULL && strcmp(verified, "SUCCESS") == 0;
}

static scheme_e scheme_of(request_rec *r)
{
    const char *type = ap_auth_type(r);
    apr_size_t i;

    for (i = 0; type != NULL && i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (strcasecmp(schemes[i].type, type) == 0)
            return schemes[i].scheme;
    }
    return SCHEME_NONE;
}

const char *const *mod_wsman_profiles(request_rec *r)
{
    int tls = mod_wsman_is_secure(r);
    int mutual = tls && is_mutual(r);
    scheme_e scheme = scheme_of(r);
    apr_size_t i;

    for (i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        if (profiles[i].tls == tls && profiles[i].mutual == mutual &&
            profiles[i].scheme == scheme)
            return profiles[i].names;
    }
    return NULL;
}
