/* mod_wsman_sites.c - which Locations are endpoints, and which one a URL is.
 */
#include "mod_wsman.h"

#include <apr_fnmatch.h>
#include <apr_strings.h>
#include <http_core.h>

/* "/wsman/" is "/wsman". */
static apr_size_t path_length(const char *path)
{
    apr_size_t length = strlen(path);

    while (length > 0 && path[length - 1] == '/')
        length--;
    return length;
}

static int is_at(const char *path, const char *prefix, apr_size_t length,
                 int *below)
{
    if (strncmp(path, prefix, length) != 0)
        return 0;
    if (path[length] == '\0' || (path[length] == '/' && path[length + 1] == 0))
        return 1;
    if (path[length] == '/' && below != NULL)
        *below = 1;
    return 0;
}

static int site_is_at(const mod_wsman_site_t *site, const char *path,
                      int *below)
{
    if (site->regex != NULL)
        return ap_regexec(site->regex, path, 0, NULL, 0) == 0;
    if (site->is_pattern)
        return apr_fnmatch(site->path, path, APR_FNM_PATHNAME) == APR_SUCCESS;
    return is_at(path, site->path, site->length, below);
}

const mod_wsman_site_t *mod_wsman_site_at(const mod_wsman_server_t *server,
                                          const char *path, int *below)
{
    int i;

    *below = 0;
    for (i = 0; i < server->nsites; i++) {
        if (site_is_at(&server->sites[i], path, below))
            return &server->sites[i];
    }
    return NULL;
}

static core_dir_config *section_of(const apr_array_header_t *sections, int i,
                                   ap_conf_vector_t **config)
{
    *config = APR_ARRAY_IDX(sections, i, ap_conf_vector_t *);
    return ap_get_core_module_config(*config);
}

static int applies(const core_dir_config *section, const char *path)
{
    int below = 0;

    if (section->r != NULL)
        return ap_regexec(section->r, path, 0, NULL, 0) == 0;
    if (section->d_is_fnmatch)
        return apr_fnmatch(section->d, path, APR_FNM_PATHNAME) == APR_SUCCESS;
    return is_at(path, section->d, path_length(section->d), &below) || below;
}

/* What httpd's walk through the Locations will find for the site. */
static const mod_wsman_place_t *effective(const server_rec *s,
                                          const apr_array_header_t *sections,
                                          const mod_wsman_site_t *site,
                                          const core_dir_config *own,
                                          apr_pool_t *pool)
{
    mod_wsman_place_t *place = mod_wsman_place_of(s->lookup_defaults);
    int is_literal = site->regex == NULL && !site->is_pattern;
    ap_conf_vector_t *config;
    int i;

    for (i = 0; i < sections->nelts; i++) {
        const core_dir_config *section = section_of(sections, i, &config);
        mod_wsman_place_t *more = mod_wsman_place_of(config);

        if (more != NULL &&
            (section == own || (is_literal && applies(section, site->path))))
            place = mod_wsman_place_merge(pool, place, more);
    }
    return place;
}

static const char *site_id(const server_rec *s, const char *path,
                           apr_pool_t *pool)
{
    apr_port_t port =
        s->addrs && s->addrs->host_port ? s->addrs->host_port : s->port;

    return apr_psprintf(pool, "%s:%u%s",
                        s->server_hostname ? s->server_hostname : "",
                        (unsigned)port, path);
}

static int has_path(const mod_wsman_server_t *server, const char *path)
{
    int i;

    for (i = 0; i < server->nsites; i++) {
        if (strcmp(server->sites[i].path, path) == 0)
            return 1;
    }
    return 0;
}

static void add_site(mod_wsman_server_t *server, const server_rec *s,
                     const apr_array_header_t *sections,
                     const core_dir_config *own, apr_pool_t *pool)
{
    mod_wsman_site_t *site = &server->sites[server->nsites];

    if (has_path(server, own->d))
        return;
    site->path = own->d;
    site->regex = own->r;
    site->is_pattern = own->d_is_fnmatch;
    site->length = path_length(site->path);
    site->id = site_id(s, site->path, pool);
    site->place = effective(s, sections, site, own, pool);
    if (site->place->identify == MOD_WSMAN_IDENTIFY_ANONYMOUS &&
        server->anonymous == NULL)
        server->anonymous = site;
    server->nsites++;
}

int mod_wsman_sites_find(server_rec *s, apr_pool_t *pool)
{
    mod_wsman_server_t *server = mod_wsman_server_of(s);
    const core_server_config *core =
        ap_get_core_module_config(s->module_config);
    ap_conf_vector_t *config;
    int i;

    server->nsites = 0;
    server->anonymous = NULL;
    server->sites = apr_pcalloc(pool, sizeof(*server->sites) *
                                          (apr_size_t)core->sec_url->nelts);
    for (i = 0; i < core->sec_url->nelts; i++) {
        const core_dir_config *section = section_of(core->sec_url, i, &config);
        const mod_wsman_place_t *place = mod_wsman_place_of(config);

        if (place != NULL && place->is_endpoint == 1 && section->d != NULL)
            add_site(server, s, core->sec_url, section, pool);
    }
    return server->nsites;
}
