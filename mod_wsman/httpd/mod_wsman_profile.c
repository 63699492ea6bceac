/* mod_wsman_profile.c - which security profiles of DSP0226 Annex C.3 the
 * configuration of a request amounts to.
 */
#include "mod_wsman.h"

#include <apr_optional.h>
#include <http_core.h>
#include <mod_ssl.h>
#include <strings.h>

#include "../op/op_config.h"

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
    const char *name;
} profiles[] = {
    {0, 0, SCHEME_BASIC, "http/basic"},
    {0, 0, SCHEME_DIGEST, "http/digest"},
    {0, 0, SCHEME_KERBEROS, "http/spnego-kerberos"},
    {1, 0, SCHEME_BASIC, "https/basic"},
    {1, 0, SCHEME_DIGEST, "https/digest"},
    {1, 0, SCHEME_KERBEROS, "https/spnego-kerberos"},
    {1, 1, SCHEME_NONE, "https/mutual"},
    {1, 1, SCHEME_BASIC, "https/mutual/basic"},
    {1, 1, SCHEME_DIGEST, "https/mutual/digest"},
    {1, 1, SCHEME_KERBEROS, "https/mutual/spnego-kerberos"},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

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

#define BIT(scheme) (1u << (scheme))

/* AuthType WSMan may offer several. */
static unsigned schemes_offered(request_rec *r)
{
    mod_wsman_auth_t auth = mod_wsman_auth_of(r);
    unsigned found = 0;

    if ((auth.schemes & MOD_WSMAN_SCHEMES_GSS) != 0 &&
        (auth.mechanisms & WSM_GSS_KERBEROS) != 0)
        found |= BIT(SCHEME_KERBEROS);
    if ((auth.schemes & MOD_WSMAN_SCHEME_BASIC) != 0 &&
        (mod_wsman_is_secure(r) || auth.allow_unencrypted))
        found |= BIT(SCHEME_BASIC);
    return found;
}

static unsigned schemes_of(request_rec *r)
{
    const char *type = ap_auth_type(r);
    size_t i;

    if (type != NULL && strcasecmp(type, MOD_WSMAN_AUTH_TYPE) == 0)
        return schemes_offered(r);
    for (i = 0; type != NULL && i < COUNT(schemes); i++) {
        if (strcasecmp(schemes[i].type, type) == 0)
            return BIT(schemes[i].scheme);
    }
    return BIT(SCHEME_NONE);
}

/* What AuthType WSMan accepts; mod_auth_gssapi accepts both names, and says
 * nothing of channels. */
void mod_wsman_profile_auth(request_rec *r, wsm_config_auth_t *known)
{
    static const char *const bindings[] = {"None", "Relaxed", "Strict"};
    const mod_wsman_auth_t auth = mod_wsman_auth_of(r);
    const char *type = ap_auth_type(r);
    unsigned offered = schemes_of(r);
    int own = type != NULL && strcasecmp(type, MOD_WSMAN_AUTH_TYPE) == 0;

    known->basic = (offered & BIT(SCHEME_BASIC)) != 0;
    known->certificate = mod_wsman_is_secure(r) && is_mutual(r);
    if (!own) {
        known->kerberos = (offered & BIT(SCHEME_KERBEROS)) != 0;
        known->negotiate = known->kerberos;
        return;
    }
    known->negotiate = (auth.schemes & MOD_WSMAN_SCHEME_NEGOTIATE) != 0;
    known->kerberos = (offered & BIT(SCHEME_KERBEROS)) != 0;
    if ((auth.schemes & MOD_WSMAN_SCHEMES_GSS) != 0)
        known->binding = bindings[auth.binding];
}

const char *const *mod_wsman_profiles(request_rec *r)
{
    int tls = mod_wsman_is_secure(r);
    int mutual = tls && is_mutual(r);
    unsigned offered = schemes_of(r);
    const char **names =
        apr_pcalloc(r->pool, sizeof(*names) * (COUNT(profiles) + 1));
    const char **next = names;
    size_t i;

    for (i = 0; i < COUNT(profiles); i++) {
        if (profiles[i].tls == tls && profiles[i].mutual == mutual &&
            (offered & BIT(profiles[i].scheme)) != 0)
            *next++ = profiles[i].name;
    }
    return next != names ? names : NULL;
}
