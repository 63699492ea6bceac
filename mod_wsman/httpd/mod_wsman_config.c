/* mod_wsman_config.c - the two structures of configuration, and how they merge.
 */
#include "mod_wsman_config.h"

#define STANDARD_MAX_ENVELOPE 512000
#define STANDARD_MAX_ELEMENTS 32000
#define STANDARD_TIMEOUT      apr_time_from_sec(60)
#define STANDARD_ENUM_TIMEOUT apr_time_from_sec(3600)
#define STANDARD_KEY_ROTATION apr_time_from_sec(7 * 86400)
#define STANDARD_SPOOL_MAX    (256 * 1024 * 1024)
#define STANDARD_REPOSITORY   "default"
#define STANDARD_NS           "root/cimv2"

void *mod_wsman_server_make(apr_pool_t *pool, server_rec *s)
{
    mod_wsman_server_t *server = apr_pcalloc(pool, sizeof(*server));

    (void)s;
    server->key_rotation = MOD_WSMAN_UNSET;
    server->spool_max = MOD_WSMAN_UNSET;
    mod_wsman_shells_make(&server->shells);
    return server;
}

static apr_array_header_t *appended(apr_pool_t *pool, apr_array_header_t *first,
                                    apr_array_header_t *second)
{
    if (first == NULL)
        return second;
    return second == NULL ? first : apr_array_append(pool, first, second);
}

/* Global values stay with the main server, who alone is asked for them. */
void *mod_wsman_server_merge(apr_pool_t *pool, void *base, void *add)
{
    const mod_wsman_server_t *main = base;
    const mod_wsman_server_t *own = add;
    mod_wsman_server_t *server = mod_wsman_server_make(pool, NULL);

    server->schema = appended(pool, main->schema, own->schema);
    server->ca_file = own->ca_file ? own->ca_file : main->ca_file;
    server->ca_path = own->ca_path ? own->ca_path : main->ca_path;
    return server;
}

void *mod_wsman_place_make(apr_pool_t *pool, char *dir)
{
    mod_wsman_place_t *place = apr_pcalloc(pool, sizeof(*place));

    (void)dir;
    place->max_envelope = MOD_WSMAN_UNSET;
    place->max_elements = MOD_WSMAN_UNSET;
    place->timeout = MOD_WSMAN_UNSET;
    place->enum_timeout = MOD_WSMAN_UNSET;
    place->max_operations_per_user = MOD_WSMAN_UNSET;
    place->max_connections = MOD_WSMAN_UNSET;
    place->rate_per_user = MOD_WSMAN_UNSET;
    place->rate = MOD_WSMAN_UNSET;
    place->auth_failures = MOD_WSMAN_UNSET;
    place->auth_window = MOD_WSMAN_UNSET;
    place->audit = MOD_WSMAN_UNSET;
    place->identify = MOD_WSMAN_IDENTIFY_UNSET;
    place->unix_accounts = MOD_WSMAN_UNSET;
    place->is_endpoint = MOD_WSMAN_UNSET;
    mod_wsman_auth_make(&place->auth);
    mod_wsman_shell_place_make(&place->shell);
    return place;
}

#define CHOOSE(field, unset)                                                   \
    place->field = inner->field != (unset) ? inner->field : outer->field

/* httpd calls this for each section that a request meets. */
void *mod_wsman_place_merge(apr_pool_t *pool, void *base, void *add)
{
    const mod_wsman_place_t *outer = base;
    const mod_wsman_place_t *inner = add;
    mod_wsman_place_t *place = apr_palloc(pool, sizeof(*place));

    CHOOSE(max_envelope, MOD_WSMAN_UNSET);
    CHOOSE(max_elements, MOD_WSMAN_UNSET);
    CHOOSE(timeout, MOD_WSMAN_UNSET);
    CHOOSE(enum_timeout, MOD_WSMAN_UNSET);
    CHOOSE(max_operations_per_user, MOD_WSMAN_UNSET);
    CHOOSE(max_connections, MOD_WSMAN_UNSET);
    CHOOSE(rate_per_user, MOD_WSMAN_UNSET);
    CHOOSE(rate, MOD_WSMAN_UNSET);
    CHOOSE(auth_failures, MOD_WSMAN_UNSET);
    CHOOSE(auth_window, MOD_WSMAN_UNSET);
    CHOOSE(audit, MOD_WSMAN_UNSET);
    CHOOSE(identify, MOD_WSMAN_IDENTIFY_UNSET);
    CHOOSE(unix_accounts, MOD_WSMAN_UNSET);
    CHOOSE(is_endpoint, MOD_WSMAN_UNSET);
    CHOOSE(repository, NULL);
    CHOOSE(ns, NULL);
    place->maps = appended(pool, inner->maps, outer->maps);
    place->sections = appended(pool, outer->sections, inner->sections);
    place->certmaps = appended(pool, inner->certmaps, outer->certmaps);
    mod_wsman_auth_merge(&place->auth, &outer->auth, &inner->auth);
    mod_wsman_shell_place_merge(&place->shell, &outer->shell, &inner->shell);
    place->has_root = inner->has_root || outer->has_root;
    place->root = inner->has_root ? inner->root : outer->root;
    place->sids = appended(pool, outer->sids, inner->sids);
    return place;
}

#define SET_OR(value, standard)                                                \
    ((value) != MOD_WSMAN_UNSET ? (value) : (standard))

void mod_wsman_place_limits(wsm_limits_t *limits,
                            const mod_wsman_place_t *place)
{
    limits->max_envelope =
        (apr_size_t)SET_OR(place->max_envelope, STANDARD_MAX_ENVELOPE);
    limits->max_elements =
        (apr_uint32_t)SET_OR(place->max_elements, STANDARD_MAX_ELEMENTS);
    limits->timeout = SET_OR(place->timeout, STANDARD_TIMEOUT);
    limits->enum_timeout = SET_OR(place->enum_timeout, STANDARD_ENUM_TIMEOUT);
    limits->max_operations_per_user =
        (apr_uint32_t)SET_OR(place->max_operations_per_user, 0);
    limits->max_connections = (apr_uint32_t)SET_OR(place->max_connections, 0);
    limits->rate_per_user = (apr_uint32_t)SET_OR(place->rate_per_user, 0);
    limits->rate = (apr_uint32_t)SET_OR(place->rate, 0);
}

const char *mod_wsman_place_repository(const mod_wsman_place_t *place)
{
    return place->repository ? place->repository : STANDARD_REPOSITORY;
}

const char *mod_wsman_place_ns(const mod_wsman_place_t *place)
{
    return place->ns ? place->ns : STANDARD_NS;
}

apr_interval_time_t mod_wsman_key_rotation(const mod_wsman_server_t *server)
{
    return SET_OR(server->key_rotation, STANDARD_KEY_ROTATION);
}

apr_off_t mod_wsman_spool_max(const mod_wsman_server_t *server)
{
    return SET_OR(server->spool_max, STANDARD_SPOOL_MAX);
}
