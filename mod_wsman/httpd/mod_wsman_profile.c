/* mod_wsman_profile.c - which security profiles of DSP0226 Annex C.3 the
 * configuration of a request amounts to.
 */
#include "mod_wsman.h"

#include <apr_optional.h>
#include <apr_strings.h>
#include <http_core.h>
#include <mod_ssl.h>
#include <strings.h>

#include "../op/op_config.h"
#include "../soap/wsm_names.h"

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

#define BIT(scheme) (1u << (scheme))

/* Are clients asked for a certificate?  If so, do they have to have one? */
static mod_wsman_verify_e verify_of(request_rec *r,
                                    const mod_wsman_auth_t *auth)
{
    if (!mod_wsman_is_secure(r))
        return MOD_WSMAN_VERIFY_NONE;
    if (auth->verify == MOD_WSMAN_VERIFY_NONE && mod_wsman_is_mutual(r))
        return MOD_WSMAN_VERIFY_OPTIONAL;
    return auth->verify;
}

/* What of it sends no password readably, and seals where it must */
static unsigned without_clear(unsigned found, request_rec *r,
                              const mod_wsman_auth_t *auth, int seals)
{
    if (mod_wsman_is_secure(r))
        return found;
    if (auth->encryption == MOD_WSMAN_DEGREE_REQUIRE)
        return seals ? found & BIT(SCHEME_KERBEROS) : 0;
    return auth->allow_unencrypted ? found : found & ~BIT(SCHEME_BASIC);
}

/* AuthType WSMan may offer several. */
static unsigned schemes_offered(request_rec *r, const mod_wsman_auth_t *auth)
{
    const apr_array_header_t *maps =
        mod_wsman_place_of(r->per_dir_config)->certmaps;
    unsigned found = 0;

    if ((auth->schemes & MOD_WSMAN_SCHEMES_GSS) != 0 &&
        (auth->mechanisms & WSM_GSS_KERBEROS) != 0)
        found |= BIT(SCHEME_KERBEROS);
    if ((auth->schemes & MOD_WSMAN_SCHEME_BASIC) != 0)
        found |= BIT(SCHEME_BASIC);
    if ((auth->schemes & MOD_WSMAN_SCHEME_CERTIFICATE) != 0 &&
        wsm_certmap_has_users(maps))
        found |= BIT(SCHEME_NONE);
    return without_clear(found, r, auth, 1);
}

static int is_own(const char *type)
{
    return type != NULL && strcasecmp(type, MOD_WSMAN_AUTH_TYPE) == 0;
}

static unsigned schemes_of(request_rec *r, const mod_wsman_auth_t *auth)
{
    const char *type = ap_auth_type(r);
    size_t i;

    if (is_own(type))
        return schemes_offered(r, auth);
    if (type == NULL)
        return mod_wsman_is_mutual(r) ? BIT(SCHEME_NONE) : 0;
    for (i = 0; i < COUNT(schemes); i++) {
        if (strcasecmp(schemes[i].type, type) == 0)
            return without_clear(BIT(schemes[i].scheme), r, auth, 0);
    }
    return 0;
}

/* What AuthType WSMan accepts; mod_auth_gssapi accepts both names, and says
 * nothing of channels. */
void mod_wsman_profile_auth(request_rec *r, wsm_config_auth_t *known)
{
    static const char *const bindings[] = {"None", "Relaxed", "Strict"};
    const mod_wsman_auth_t auth = mod_wsman_auth_of(r);
    unsigned offered = schemes_of(r, &auth);

    known->basic = (offered & BIT(SCHEME_BASIC)) != 0;
    known->kerberos = (offered & BIT(SCHEME_KERBEROS)) != 0;
    known->certificate = (offered & BIT(SCHEME_NONE)) != 0 &&
                         verify_of(r, &auth) != MOD_WSMAN_VERIFY_NONE;
    known->negotiate = known->kerberos;
    if (!is_own(ap_auth_type(r)))
        return;
    known->negotiate = (auth.schemes & MOD_WSMAN_SCHEME_NEGOTIATE) != 0;
    if ((auth.schemes & MOD_WSMAN_SCHEMES_GSS) != 0)
        known->binding = bindings[auth.binding];
}

const char *const *mod_wsman_profiles(request_rec *r)
{
    const mod_wsman_auth_t auth = mod_wsman_auth_of(r);
    mod_wsman_verify_e verify = verify_of(r, &auth);
    unsigned offered = schemes_of(r, &auth);
    int tls = mod_wsman_is_secure(r);
    const char **names =
        apr_pcalloc(r->pool, sizeof(*names) * (COUNT(profiles) + 1));
    const char **next = names;
    size_t i;

    for (i = 0; i < COUNT(profiles); i++) {
        if (profiles[i].tls == tls &&
            (offered & BIT(profiles[i].scheme)) != 0 &&
            (profiles[i].mutual ? verify != MOD_WSMAN_VERIFY_NONE
                                : verify != MOD_WSMAN_VERIFY_REQUIRE))
            *next++ = profiles[i].name;
    }
    return next != names ? names : NULL;
}

/* ---- Authorization: http://schemas.dmtf.org/.../https/mutual */

static int is_among(const char *const *names, const char *name)
{
    for (; names != NULL && *names != NULL; names++) {
        if (strcmp(*names, name) == 0)
            return 1;
    }
    return 0;
}

/* A client that names one takes it for granted that the server asks for its
 * certificate, and that nobody without one is let in (C.3.6). */
int mod_wsman_profile_hint(mod_wsman_request_t *self)
{
    request_rec *r = self->r;
    const char *header = apr_table_get(r->headers_in, "Authorization");
    const char *name;

    if (header == NULL ||
        strncmp(header, WSM_PROFILE, sizeof(WSM_PROFILE) - 1) != 0)
        return OK;
    name = header + sizeof(WSM_PROFILE) - 1;
    if (!is_among(mod_wsman_profiles(r), name) ||
        (strncmp(name, "https/mutual", 12) == 0 && !mod_wsman_is_mutual(r))) {
        ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, r,
                      "a client wants the security profile %s, which is not "
                      "to be had with this configuration and its certificate",
                      name);
        return HTTP_FORBIDDEN;
    }
    apr_table_unset(r->headers_in, "Authorization");
    self->asks = strcmp(name, "https/mutual") == 0 ? MOD_WSMAN_ASKS_CERTIFICATE
                                                   : MOD_WSMAN_ASKS_CHALLENGE;
    return OK;
}
