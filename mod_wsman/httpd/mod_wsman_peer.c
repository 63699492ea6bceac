/* mod_wsman_peer.c - what a connection knows of who speaks on it.
 */
#include "mod_wsman_peer.h"

#include <apr_strings.h>
#include <http_core.h>

mod_wsman_peer_t *mod_wsman_peer_of(conn_rec *c)
{
    mod_wsman_peer_t *peer =
        ap_get_module_config(c->conn_config, &wsman_module);

    if (peer == NULL) {
        peer = apr_pcalloc(c->pool, sizeof(*peer));
        peer->connection = c;
        ap_set_module_config(c->conn_config, &wsman_module, peer);
    }
    return peer;
}

void mod_wsman_peer_forget(mod_wsman_peer_t *peer)
{
    if (peer->pool != NULL)
        apr_pool_destroy(peer->pool);
    peer->pool = NULL;
    peer->gss = NULL;
    peer->scheme = 0;
    peer->has_sealed = 0;
    memset(&peer->realm, 0, sizeof(peer->realm));
}

int mod_wsman_peer_is_good(const mod_wsman_peer_t *peer,
                           const mod_wsman_realm_t *realm)
{
    return peer->gss != NULL &&
           wsm_gss_state(peer->gss) == WSM_GSS_ESTABLISHED &&
           mod_wsman_realm_is(&peer->realm, realm) &&
           !wsm_gss_is_expired(peer->gss, apr_time_now());
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

mod_wsman_realm_t mod_wsman_realm_of(request_rec *r,
                                     const mod_wsman_auth_t *auth)
{
    const mod_wsman_request_t *self = mod_wsman_request_of(r);
    mod_wsman_realm_t realm;

    memset(&realm, 0, sizeof(realm));
    realm.site = self ? self->site : NULL;
    realm.server = r->server;
    realm.name = or_empty(ap_auth_name(r));
    realm.schemes = auth->schemes;
    realm.mechanisms = auth->mechanisms;
    realm.binding = auth->binding;
    realm.user_file = or_empty(auth->user_file);
    realm.providers =
        auth->basic_providers
            ? apr_array_pstrcat(r->pool, auth->basic_providers, ' ')
            : "";
    return realm;
}

mod_wsman_realm_t mod_wsman_realm_copy(const mod_wsman_realm_t *realm,
                                       apr_pool_t *pool)
{
    mod_wsman_realm_t copy = *realm;

    copy.name = apr_pstrdup(pool, realm->name);
    copy.user_file = apr_pstrdup(pool, realm->user_file);
    copy.providers = apr_pstrdup(pool, realm->providers);
    return copy;
}

int mod_wsman_realm_is(const mod_wsman_realm_t *a, const mod_wsman_realm_t *b)
{
    return a->site != NULL && a->site == b->site && a->server == b->server &&
           a->schemes == b->schemes && a->mechanisms == b->mechanisms &&
           a->binding == b->binding && strcmp(a->name, b->name) == 0 &&
           strcmp(a->user_file, b->user_file) == 0 &&
           strcmp(a->providers, b->providers) == 0;
}
