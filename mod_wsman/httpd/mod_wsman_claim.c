/* mod_wsman_claim.c - URLs that are ours, before anybody looks for files.
 *
 * Without a claim httpd walks the file system for every request.  What was
 * found is kept in r->request_config: after translate_name httpd takes the
 * Location's configuration away until it has a file.
 */
#include "mod_wsman.h"

#include <apr_strings.h>

#include "../auth/wsm_sealed.h"
#include "../soap/wsm_names.h"
#include "../xml/wsm_xml.h"

#define ANONYMOUS_PATH "/wsman-anon/identify"

static mod_wsman_request_t *make_request(request_rec *r,
                                         mod_wsman_claim_e claim,
                                         const mod_wsman_site_t *site)
{
    mod_wsman_request_t *self = apr_pcalloc(r->pool, sizeof(*self));

    self->r = r;
    self->claim = claim;
    self->anonymous = claim == MOD_WSMAN_CLAIM_ANONYMOUS;
    self->site = site;
    self->process = mod_wsman_server_of(r->server)->process;
    ap_set_module_config(r->request_config, &wsman_module, self);
    return self;
}

static mod_wsman_claim_e find_claim(const mod_wsman_server_t *server,
                                    const char *path,
                                    const mod_wsman_site_t **site)
{
    int below;

    *site = mod_wsman_site_at(server, path, &below);
    if (*site != NULL)
        return MOD_WSMAN_CLAIM_ENDPOINT;
    return below ? MOD_WSMAN_CLAIM_BELOW : MOD_WSMAN_CLAIM_STRAY;
}

int mod_wsman_translate(request_rec *r)
{
    const mod_wsman_server_t *server = mod_wsman_server_of(r->server);
    const mod_wsman_place_t *place = mod_wsman_place_of(r->per_dir_config);
    const mod_wsman_site_t *site = server->anonymous;
    mod_wsman_claim_e claim = MOD_WSMAN_CLAIM_ANONYMOUS;

    if (server->process == NULL || r->proxyreq != PROXYREQ_NONE)
        return DECLINED;
    if (place->is_endpoint == 1)
        claim = find_claim(server, r->uri, &site);
    else if (place->is_endpoint == 0 || site == NULL ||
             strcmp(r->uri, ANONYMOUS_PATH) != 0)
        return DECLINED;
    make_request(r, claim, site);
    /* Modules that look at the file's name find one; none looks for it. */
    r->filename = r->uri;
    return OK;
}

int mod_wsman_map_to_storage(request_rec *r)
{
    return mod_wsman_request_of(r) != NULL ? OK : DECLINED;
}

static int envelope_is_identify(const char *text, apr_size_t length,
                                apr_pool_t *pool)
{
    const xmlNode *body;
    xmlDocPtr doc;

    if (wsm_xml_parse(&doc, text, length, length, pool) != NULL)
        return 0;
    body = wsm_xml_child(xmlDocGetRootElement(doc), NULL, "Body");
    body = body ? wsm_xml_first(body) : NULL;
    return body != NULL && wsm_xml_is(body, WSM_NS_WSMID, "Identify");
}

/* Only a body that says it is small is parsed before authentication. */
static int is_small(const request_rec *r)
{
    const char *text = apr_table_get(r->headers_in, "Content-Length");
    apr_off_t length;
    char *end;

    return text != NULL &&
           apr_strtoff(&length, text, &end, 10) == APR_SUCCESS &&
           *end == '\0' && length <= MOD_WSMAN_HEAD;
}

/* Is it an Identify?  Only small bodies that name its namespace are looked at:
 * whoever has no credentials can cause no work that matters. */
static int body_is_identify(mod_wsman_request_t *self)
{
    if (!is_small(self->r))
        return 0;
    self->head = apr_palloc(self->r->pool, MOD_WSMAN_HEAD);
    self->read_status = mod_wsman_read(self);
    return self->read_status == OK && self->received <= MOD_WSMAN_HEAD &&
           memmem(self->head, (apr_size_t)self->received, WSM_NS_WSMID,
                  sizeof(WSM_NS_WSMID) - 1) != NULL &&
           envelope_is_identify(self->head, (apr_size_t)self->received,
                                self->r->pool);
}

static int admits(mod_wsman_request_t *self)
{
    request_rec *r = self->r;
    const mod_wsman_place_t *place = mod_wsman_place_of(r->per_dir_config);

    if (self->anonymous)
        return 1;
    if (self->claim != MOD_WSMAN_CLAIM_ENDPOINT ||
        place->identify != MOD_WSMAN_IDENTIFY_ANONYMOUS ||
        r->method_number != M_POST ||
        apr_table_get(r->headers_in, "Authorization") != NULL ||
        wsm_sealed_is_type(apr_table_get(r->headers_in, "Content-Type")))
        return 0;
    /* What Windows sends */
    if (apr_table_get(r->headers_in, "WSMANIDENTIFY") != NULL)
        return 1;
    return body_is_identify(self);
}

/* Runs after mod_authz_core, which has said that this needs a user: who is
 * refused for another reason (Require ip) stays refused. */
int mod_wsman_access(request_rec *r)
{
    mod_wsman_request_t *self = mod_wsman_request_of(r);

    if (self == NULL || !admits(self))
        return self != NULL && self->read_status != OK ? self->read_status
                                                       : DECLINED;
    self->anonymous = 1;
    return OK;
}
