/* mod_wsman_handler.c - from a request_rec to a call, and what came of it into
 * the reply, the counters and the log.
 */
#include "mod_wsman.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <http_protocol.h>
#include <strings.h>

#include "../soap/wsm_fault.h"
#include "mod_wsman_peer.h"

/* DSP0226 C.2; no type at all is what some clients send. */
static int is_soap(const char *type)
{
    static const char *const types[] = {"application/soap+xml", "text/xml"};
    apr_size_t i;

    if (type == NULL)
        return 1;
    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        apr_size_t length = strlen(types[i]);

        if (strncasecmp(type, types[i], length) == 0 &&
            (type[length] == '\0' || type[length] == ';' ||
             apr_isspace(type[length])))
            return 1;
    }
    return 0;
}

/* What comes in clear, or over TLS.  Who is let in without authentication has
 * no keys to seal with. */
static int check_clear(request_rec *r, const mod_wsman_request_t *self)
{
    if (!is_soap(apr_table_get(r->headers_in, "Content-Type")))
        return HTTP_UNSUPPORTED_MEDIA_TYPE;
    if (self->anonymous || mod_wsman_is_secure(r) ||
        mod_wsman_auth_of(r).encryption != MOD_WSMAN_DEGREE_REQUIRE)
        return OK;
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  "a message in clear is refused: WSManMessageEncryption is "
                  "Require");
    return HTTP_FORBIDDEN;
}

/* What HTTP says before a body is looked at.  @return OK to go on */
static int check_request(request_rec *r, const mod_wsman_request_t *self)
{
    int status;

    if (self->claim == MOD_WSMAN_CLAIM_BELOW)
        return HTTP_NOT_FOUND;
    if (r->method_number == M_OPTIONS) {
        apr_table_setn(r->headers_out, "Allow", "POST,OPTIONS");
        ap_set_content_length(r, 0);
        return DONE;
    }
    if (r->method_number != M_POST) {
        ap_allow_methods(r, REPLACE_ALLOW, "POST", "OPTIONS", NULL);
        return HTTP_METHOD_NOT_ALLOWED;
    }
    if (self->has_logged_in && mod_wsman_is_empty(r)) {
        ap_set_content_type(r, "application/soap+xml;charset=UTF-8");
        ap_set_content_length(r, 0);
        return DONE;
    }
    if (!self->is_sealed) {
        status = check_clear(r, self);
        if (status != OK)
            return status;
    }
    if (!mod_wsman_has_store(self->process, r->request_time))
        return HTTP_SERVICE_UNAVAILABLE;
    return OK;
}

static void write_log(void *baton, int level, const char *line)
{
    ap_log_rerror(APLOG_MARK, level, 0, (request_rec *)baton, "%s", line);
}

static const mod_wsman_place_t *place_of(const mod_wsman_request_t *self)
{
    return self->claim == MOD_WSMAN_CLAIM_ANONYMOUS
               ? self->site->place
               : mod_wsman_place_of(self->r->per_dir_config);
}

void mod_wsman_limit(mod_wsman_request_t *self)
{
    mod_wsman_place_limits(&self->endpoint.limits, place_of(self));
    mod_wsman_settings_apply(self->site, &self->endpoint.limits);
}

static void ready_endpoint(mod_wsman_request_t *self)
{
    const mod_wsman_site_t *site = self->site;
    const mod_wsman_place_t *place = place_of(self);
    wsm_endpoint_t *endpoint = &self->endpoint;

    endpoint->server = &self->process->server;
    endpoint->id = site->id;
    endpoint->repository = mod_wsman_place_repository(place);
    endpoint->default_ns = mod_wsman_place_ns(place);
    endpoint->schema = site->model->schema;
    endpoint->catalog =
        mod_wsman_model_catalog(site->model, endpoint->repository);
    endpoint->registry = site->model->registry;
    if (place->maps != NULL) {
        endpoint->maps = (const wsm_map_t *)place->maps->elts;
        endpoint->nmaps = place->maps->nelts;
    }
    mod_wsman_limit(self);
}

static void ready_call(mod_wsman_request_t *self)
{
    request_rec *r = self->r;
    wsm_call_t *call = &self->call;

    self->log.write = write_log;
    self->log.baton = r;
    self->log.level = ap_get_request_module_loglevel(r, APLOG_MODULE_INDEX);
    call->pub.pool = r->pool;
    call->pub.scratch = r->pool;
    call->pub.user = r->user;
    call->endpoint = &self->endpoint;
    call->log = &self->log;
    call->now = apr_time_now();
    self->peeked = call->now;
    mod_wsman_token_make(&self->token, place_of(self), r);
    call->token = &self->token;
    call->identify_only = self->anonymous;
    call->aborted = mod_wsman_aborted;
    call->describe = mod_wsman_describe;
    call->change = mod_wsman_settings_change;
    call->authorize = mod_wsman_authorize;
    call->authorize_class = mod_wsman_authorize_class;
    call->baton = self;
    mod_wsman_shell_ready(self);
}

/* A charset that there is no parser for */
static void write_charset_fault(mod_wsman_request_t *self, wsm_writer_t *out,
                                wsm_outcome_t *outcome)
{
    memset(outcome, 0, sizeof(*outcome));
    wsm_fault_write(out, NULL, self->parser_error,
                    self->process->server.machine, 0, self->r->pool);
    outcome->http_status = HTTP_INTERNAL_SERVER_ERROR;
    outcome->content_type = "application/soap+xml;charset=UTF-8";
    outcome->body = out;
    outcome->error = self->parser_error;
    outcome->operation = "Unknown";
    outcome->target.action = outcome->target.resource_uri = "";
}

/* ---- what came of it */

static const char *fault_name(const wsm_fault_t *row, apr_pool_t *pool)
{
    if (row->subcode == NULL)
        return row->name;
    if (row->detail == NULL)
        return row->subcode;
    return apr_pstrcat(pool, row->subcode, "/", row->detail, NULL);
}

/* What went wrong here is worth a line to all; that something took too long or
 * is not there is worth one to who runs the server; a client's mistake to who
 * wants to know.  The first two with a number of their own are what remote
 * shells do all day: a Receive to which nothing came, a program that is not
 * there. */
static int fault_level(const wsm_error_t *err)
{
    switch (err->code) {
    case WSMAN_E_INTERNAL_ERROR:
        return err->number != 0 ? APLOG_INFO : APLOG_ERR;
    case WSMAN_E_TIMED_OUT:
        return err->number != 0 ? APLOG_INFO : APLOG_NOTICE;
    case WSMAN_E_ENDPOINT_UNAVAILABLE:
    case WSMAN_E_RESOURCE_OFFLINE:
    case WSMAN_E_QUOTA_LIMIT:
        return APLOG_NOTICE;
    default:
        return APLOG_INFO;
    }
}

static void log_fault(const mod_wsman_request_t *self,
                      const wsm_outcome_t *outcome, const char *name)
{
    request_rec *r = self->r;
    int level = self->is_gone ? APLOG_INFO : fault_level(outcome->error);

    if (level > self->log.level)
        return;
    ap_log_rerror(APLOG_MARK, level, 0, r, "%s of %s for %s: fault %s: %s",
                  outcome->operation,
                  *outcome->target.resource_uri ? outcome->target.resource_uri
                                                : "no resource",
                  r->user ? r->user : "nobody", name,
                  wsm_error_text(outcome->error, r->pool));
}

static void note(mod_wsman_request_t *self, const wsm_outcome_t *outcome)
{
    apr_pool_t *pool = self->r->pool;

    self->operation = outcome->operation;
    self->items = outcome->items;
    self->target = apr_pmemdup(pool, &outcome->target, sizeof(outcome->target));
    if (outcome->error == NULL)
        return;
    self->fault = fault_name(wsm_fault_row(outcome->error->code), pool);
    self->is_denied = outcome->error->code == WSMAN_E_ACCESS_DENIED ||
                      outcome->error->code == WSMAN_E_PULL_OTHER_USER;
    log_fault(self, outcome, self->fault);
}

static void count(mod_wsman_request_t *self, const wsm_outcome_t *outcome)
{
    mod_wsman_counts_t *counts = self->site->counts;
    apr_time_t spent = apr_time_now() - self->call.now;

    self->spent = spent;
    mod_wsman_count(counts->requests, 1);
    mod_wsman_count(counts->kinds[mod_wsman_kind_of(outcome->operation)], 1);
    mod_wsman_count(counts->bytes_in, (apr_uint64_t)self->received);
    mod_wsman_count(counts->bytes_out, (apr_uint64_t)self->sent);
    mod_wsman_count(counts->usec, spent > 0 ? (apr_uint64_t)spent : 0);
    if (outcome->items > 0)
        mod_wsman_count(counts->items, outcome->items);
    if (outcome->error == NULL)
        return;
    mod_wsman_count(counts->faults, 1);
    if (outcome->error->code == WSMAN_E_ACCESS_DENIED)
        mod_wsman_count(counts->denials, 1);
}

static int serve(mod_wsman_request_t *self)
{
    wsm_outcome_t outcome;
    wsm_writer_t *out;
    int status;

    self->call.refused = mod_wsman_quota_begin(self);
    status = mod_wsman_read(self);
    if (status != OK)
        return status;
    out = wsm_writer_make(self->endpoint.limits.max_envelope, self->r->pool);
    if (self->parser_error != NULL)
        write_charset_fault(self, out, &outcome);
    else
        wsm_serve(&self->call, self->parser, out, &outcome);
    note(self, &outcome);
    status = mod_wsman_write(self, &outcome);
    count(self, &outcome);
    return status;
}

static int is_stray(const request_rec *r, const mod_wsman_request_t *self)
{
    if (self != NULL && self->claim != MOD_WSMAN_CLAIM_STRAY)
        return 0;
    return r->handler != NULL && strcmp(r->handler, MOD_WSMAN_HANDLER) == 0;
}

int mod_wsman_handler(request_rec *r)
{
    mod_wsman_request_t *self = mod_wsman_request_of(r);
    mod_wsman_child_t *child;
    int status;

    if (is_stray(r, self)) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      "SetHandler wsman stands outside of a <Location>: "
                      "%s is no endpoint",
                      r->uri);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    if (self == NULL || (self->claim != MOD_WSMAN_CLAIM_ANONYMOUS &&
                         strcmp(r->handler, MOD_WSMAN_HANDLER) != 0))
        return DECLINED;
    status = check_request(r, self);
    if (status != OK)
        return status == DONE ? OK : status;
    mod_wsman_basic_after(self);
    child = self->process->child;
    if (child != NULL)
        mod_wsman_count(child->active, 1);
    ready_endpoint(self);
    ready_call(self);
    status = serve(self);
    mod_wsman_quota_end(self);
    if (child != NULL)
        mod_wsman_uncount(child->active);
    return status;
}

/* Before anybody logs: whoever logs finds all of it. */
int mod_wsman_judge(request_rec *r)
{
    mod_wsman_request_t *self = mod_wsman_request_of(r);

    if (self == NULL)
        return DECLINED;
    if (self->logged_status != 0)
        r->status = self->logged_status;
    mod_wsman_quota_judge(self);
    mod_wsman_audit(self);
    return DECLINED;
}

int mod_wsman_log_transaction(request_rec *r)
{
    const mod_wsman_request_t *self = mod_wsman_request_of(r);

    if (self != NULL && self->call.now != 0)
        mod_wsman_purge_maybe(self->process, self->call.now, r->pool);
    return DECLINED;
}
