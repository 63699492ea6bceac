/* mod_wsman_quota.c - how much a user and an endpoint may do, and addresses
 * from which wrong credentials come.
 *
 * Nobody is made to wait: a worker that sleeps is what who asks too much wants.
 * A request beyond its quota is answered with wsman:QuotaLimit, credentials
 * from an address that had too many wrong ones with 429, before anybody looks
 * at them.
 */
#include "mod_wsman.h"

#include <errno.h>
#include <strings.h>
#include <sys/mman.h>

#include <ap_mpm.h>
#include <apr_strings.h>

#define TABLE_KEY "mod_wsman:quota:1"

/* Users and addresses that are known at a time: 256 kB */
#define SLOTS 8192

/* Whose names keys are made of */
#define USER     'u'
#define NOBODY   'n' /* by address: who has not logged in */
#define ENDPOINT 'e'
#define ADDRESS  'a'

#ifndef HTTP_TOO_MANY_REQUESTS
#define HTTP_TOO_MANY_REQUESTS 429
#endif

/* WSManFault codes (MS-WSMV 2.2.4.43, wsmerror.h) */
#define QUOTA_MAX_OPERATIONS 0x803381a6u
#define QUOTA_USER           0x803381a7u
#define QUOTA_SYSTEM         0x803381a8u

/* ---- the table */

static apr_uint32_t ask_mpm(int what, apr_uint32_t least)
{
    int value = 0;

    if (ap_mpm_query(what, &value) != APR_SUCCESS || value < (int)least)
        return least;
    return (apr_uint32_t)value;
}

/* Two generations of children may be there at the same time; HTTP/2 has
 * threads of its own. */
static void set_bounds(wsm_quota_bounds_t *bounds)
{
    bounds->slots = SLOTS;
    bounds->places = 2 * ask_mpm(AP_MPMQ_HARD_LIMIT_DAEMONS, 16);
    bounds->holds =
        MOD_WSMAN_HOLDS * (2 * ask_mpm(AP_MPMQ_HARD_LIMIT_THREADS, 1) + 16);
}

apr_status_t mod_wsman_quota_get(wsm_quota_t **quota, apr_pool_t *process)
{
    wsm_quota_bounds_t bounds;
    void *kept = NULL;
    void *memory;

    apr_pool_userdata_get(&kept, TABLE_KEY, process);
    *quota = kept;
    if (kept != NULL)
        return APR_SUCCESS;
    set_bounds(&bounds);
    memory = mmap(NULL, wsm_quota_size(&bounds), PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return errno;
    *quota = wsm_quota_make(memory, &bounds);
    return apr_pool_userdata_set(*quota, TABLE_KEY, NULL, process);
}

static apr_status_t leave(void *data)
{
    mod_wsman_process_t *process = data;

    wsm_quota_leave(process->quota, process->quota_place);
    process->quota_place = WSM_QUOTA_NONE;
    return APR_SUCCESS;
}

void mod_wsman_quota_join(mod_wsman_process_t *process, apr_pool_t *pchild)
{
    process->quota_place = wsm_quota_enter(process->quota);
    apr_pool_cleanup_register(pchild, process, leave, apr_pool_cleanup_null);
}

/* ---- who */

/* A machine may have any address of its /64. */
static const char *address_of(const request_rec *r)
{
    const apr_sockaddr_t *addr = r->useragent_addr;
    const unsigned char *bytes;

    if (addr == NULL || addr->family != APR_INET6 ||
        IN6_IS_ADDR_V4MAPPED(&addr->sa.sin6.sin6_addr))
        return r->useragent_ip;
    bytes = (const unsigned char *)&addr->sa.sin6.sin6_addr;
    return apr_psprintf(r->pool, "%02x%02x:%02x%02x:%02x%02x:%02x%02x::/64",
                        bytes[0], bytes[1], bytes[2], bytes[3], bytes[4],
                        bytes[5], bytes[6], bytes[7]);
}

static apr_uint64_t user_key(const mod_wsman_request_t *self)
{
    const request_rec *r = self->r;

    if (r->user == NULL)
        return wsm_quota_key(self->process->quota, NOBODY, self->site->id,
                             address_of(r));
    return wsm_quota_key(self->process->quota, USER, self->site->id, r->user);
}

static apr_uint64_t endpoint_key(const mod_wsman_request_t *self)
{
    return wsm_quota_key(self->process->quota, ENDPOINT, self->site->id, NULL);
}

/* ---- requests */

static wsm_error_t *refuse(mod_wsman_request_t *self, apr_uint32_t number,
                           const char *why)
{
    wsm_error_t *err = wsm_fail(self->r->pool, WSMAN_E_QUOTA_LIMIT, "%s", why);

    err->number = number;
    self->is_refused = 1;
    mod_wsman_count(self->site->counts->refusals, 1);
    return err;
}

/* Who comes too often is told so before anybody else is kept from coming. */
static wsm_error_t *check_rates(mod_wsman_request_t *self)
{
    const wsm_limits_t *limits = &self->endpoint.limits;
    wsm_quota_t *quota = self->process->quota;
    apr_time_t now = self->call.now;

    if (limits->rate_per_user > 0 &&
        !wsm_quota_pass(quota, user_key(self), limits->rate_per_user, now))
        return refuse(self, QUOTA_USER,
                      "This user sends more requests in a second than are "
                      "allowed. Send them at a slower rate.");
    if (limits->rate > 0 &&
        !wsm_quota_pass(quota, endpoint_key(self), limits->rate, now))
        return refuse(self, QUOTA_SYSTEM,
                      "More requests come in a second than are allowed here. "
                      "Send them at a slower rate.");
    return NULL;
}

static int begin(mod_wsman_request_t *self, int which, apr_uint64_t key,
                 apr_uint32_t most)
{
    mod_wsman_process_t *process = self->process;

    self->holds[which] = wsm_quota_begin(process->quota, process->quota_place,
                                         key, most, self->call.now);
    return self->holds[which] != WSM_QUOTA_NONE;
}

wsm_error_t *mod_wsman_quota_begin(mod_wsman_request_t *self)
{
    const wsm_limits_t *limits = &self->endpoint.limits;
    int i;

    for (i = 0; i < MOD_WSMAN_HOLDS; i++)
        self->holds[i] = WSM_QUOTA_NONE;
    if (limits->max_operations_per_user > 0 &&
        !begin(self, 0, user_key(self), limits->max_operations_per_user))
        return refuse(self, QUOTA_MAX_OPERATIONS,
                      "This user has as many operations under way as are "
                      "allowed at a time. Wait until one has ended.");
    if (limits->max_connections > 0 &&
        !begin(self, 1, endpoint_key(self), limits->max_connections))
        return refuse(self, QUOTA_SYSTEM,
                      "As many requests are being worked on here as are "
                      "allowed at a time. Send this one later.");
    return check_rates(self);
}

void mod_wsman_quota_end(mod_wsman_request_t *self)
{
    int i;

    for (i = 0; i < MOD_WSMAN_HOLDS; i++)
        wsm_quota_end(self->process->quota, self->holds[i]);
}

/* ---- credentials */

static int bars(const mod_wsman_place_t *place, wsm_quota_failures_t *failures)
{
    if (place->auth_failures <= 0)
        return 0;
    failures->most = (apr_uint32_t)place->auth_failures;
    failures->window = place->auth_window;
    return 1;
}

static apr_uint64_t address_key(const mod_wsman_request_t *self)
{
    return wsm_quota_key(self->process->quota, ADDRESS, self->site->id,
                         address_of(self->r));
}

static int has_credentials(const request_rec *r)
{
    return apr_table_get(r->headers_in, "Authorization") != NULL;
}

int mod_wsman_quota_access(request_rec *r)
{
    mod_wsman_request_t *self = mod_wsman_request_of(r);
    wsm_quota_failures_t failures;
    apr_interval_time_t left;

    if (self == NULL || self->site == NULL || !has_credentials(r) ||
        !bars(mod_wsman_place_of(r->per_dir_config), &failures))
        return DECLINED;
    left = wsm_quota_barred(self->process->quota, address_key(self), &failures,
                            apr_time_now());
    if (left == 0)
        return DECLINED;
    self->is_refused = 1;
    mod_wsman_count(self->site->counts->barred, 1);
    apr_table_setn(
        r->err_headers_out, "Retry-After",
        apr_psprintf(r->pool, "%" APR_TIME_T_FMT, apr_time_sec(left) + 1));
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  "credentials are not looked at: too many from this address "
                  "were wrong");
    return HTTP_TOO_MANY_REQUESTS;
}

typedef struct challenges_t {
    int goes_on;
} challenges_t;

/* A scheme with a token is the next step of a handshake; a stale nonce is
 * nobody's mistake. */
static int look_at_challenge(void *baton, const char *name, const char *value)
{
    static const char *const schemes[] = {"Negotiate ", "NTLM ", "Kerberos "};
    challenges_t *self = baton;
    apr_size_t i;

    (void)name;
    for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (strncasecmp(value, schemes[i], strlen(schemes[i])) == 0)
            self->goes_on = 1;
    }
    if (strncasecmp(value, "Digest ", 7) == 0 &&
        strstr(value, "stale=true") != NULL)
        self->goes_on = 1;
    return 1;
}

/* Were credentials given, and not accepted? */
static int has_failed(const request_rec *r)
{
    challenges_t challenges = {0};

    if (r->status != HTTP_UNAUTHORIZED || !has_credentials(r))
        return 0;
    apr_table_do(look_at_challenge, &challenges, r->err_headers_out,
                 "WWW-Authenticate", NULL);
    return !challenges.goes_on;
}

void mod_wsman_quota_judge(mod_wsman_request_t *self)
{
    request_rec *r = self->r;
    wsm_quota_failures_t failures;
    apr_uint32_t number;

    if (self->is_judged || self->site == NULL || !has_failed(r))
        return;
    self->is_judged = 1;
    mod_wsman_count(self->site->counts->auth_failures, 1);
    if (!bars(mod_wsman_place_of(r->per_dir_config), &failures))
        return;
    number = wsm_quota_fail(self->process->quota, address_key(self), &failures,
                            apr_time_now());
    if (number == failures.most)
        ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, r,
                      "%u failed authentications from %s: no credentials from "
                      "there are looked at for %" APR_TIME_T_FMT " seconds",
                      number, address_of(r), apr_time_sec(failures.window));
}

/* httpd calls it before it sends the page of an error. */
void mod_wsman_quota_insert_error_filter(request_rec *r)
{
    mod_wsman_request_t *self = mod_wsman_request_of(r);

    if (self != NULL)
        mod_wsman_quota_judge(self);
}
