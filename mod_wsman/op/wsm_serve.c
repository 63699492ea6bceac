/* wsm_serve.c - from the parsed envelope to the operation, and from what came
 * of it to the reply.
 */
#include "wsm_serve.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../om/cim_catalog.h"
#include "../om/cim_manager.h"
#include "../om/cim_security.h"
#include "../provide/wsm_host.h"
#include "../soap/wsm_cim_error.h"
#include "../soap/wsm_fault.h"
#include "../soap/wsm_names.h"
#include "op_class.h"
#include "op_config.h"
#include "op_shell.h"
#include "wsm_op.h"

/* A fault always fits (DSP0226 R13.4-6 allows 4096 octets to every client);
 * what a client asks below this is refused (R6.2-4). */
#define MIN_ENVELOPE 8192
/* A fault may be longer than MIN_ENVELOPE by what the client itself sent. */
#define FAULT_LIMIT (64 * 1024)

static const wsm_op_t identify = {"Identify", "", op_identify, NULL, 0};
static const wsm_op_t this = {"Get", WSM_ACTION_GET, op_this, NULL, 0};
static const wsm_op_t invoke = {"Invoke", NULL, op_invoke, NULL, 0};

/* "<ResourceURI>/<Method>" (DSP0226 9, DSP0227 11) */
static const char *method_of(const wsm_request_t *request)
{
    apr_size_t length;

    if (request->resource_uri == NULL)
        return NULL;
    length = strlen(request->resource_uri);
    if (strncasecmp(request->action, request->resource_uri, length) != 0 ||
        request->action[length] != '/' || request->action[length + 1] == '\0')
        return NULL;
    return request->action + length + 1;
}

/* The service itself, as a resource of the draft (MS-WSMAN 3.1.4.1.22) */
static int asks_this(const wsm_request_t *request)
{
    return request->draft && request->resource_uri != NULL &&
           strcasecmp(request->resource_uri, WSM_URI_DRAFT_THIS) == 0 &&
           strcmp(request->action, this.action) == 0;
}

static wsm_error_t *find_operation(const wsm_op_t **op, wsm_exchange_t *ex)
{
    const wsm_request_t *request = ex->request;
    wsm_error_t *err;

    if (request->identify)
        *op = &identify;
    else if (asks_this(request))
        *op = &this;
    else
        *op = wsm_op_find(request->action);
    if (*op != NULL)
        return NULL;
    ex->method = method_of(request);
    if (ex->method != NULL) {
        *op = &invoke;
        return NULL;
    }
    err = wsm_fail(ex->pool, WSMAN_E_ACTION_NOT_SUPPORTED,
                   "The action %s is not supported.", request->action);
    return wsm_error_detail(err, request->action, ex->pool);
}

/* DSP0226 6.4: an option that must be obeyed and is not known here. */
static wsm_error_t *check_options(const wsm_exchange_t *ex)
{
    const wsm_request_t *request = ex->request;
    int i;

    for (i = 0; i < request->noptions; i++) {
        if (request->options[i].must_comply)
            return wsm_fail(ex->pool, WSMAN_E_OPTION_NOT_SUPPORTED,
                            "The option %s is not supported.",
                            request->options[i].name);
    }
    return NULL;
}

/* The namespace that selectors or the URI name; checked against each other
 * when the path is made. */
static const char *namespace_of(const wsm_exchange_t *ex)
{
    const wsm_selector_t *selector = wsm_selector_find(
        ex->request->selectors, ex->request->nselectors, "__cimnamespace");

    if (ex->style.uri.ns != NULL)
        return ex->style.uri.ns;
    if (selector != NULL && selector->value != NULL)
        return selector->value;
    return ex->call->endpoint->default_ns;
}

static wsm_error_t *unknown_resource(const wsm_exchange_t *ex)
{
    if (ex->request->resource_uri == NULL)
        return wsm_fail(ex->pool, WSMAN_E_INVALID_RESOURCE_URI,
                        "The request has no wsman:ResourceURI header.");
    return wsm_fail(ex->pool, WSMAN_E_INVALID_RESOURCE_URI,
                    "There is no resource %s.", ex->request->resource_uri);
}

/* The classes as they are now, for as long as the request is served. */
static wsm_error_t *enter_catalog(wsm_exchange_t *ex)
{
    const wsm_endpoint_t *shared = ex->call->endpoint;
    wsm_endpoint_t *own = apr_pmemdup(ex->pool, shared, sizeof(*own));
    wsm_error_t *err = NULL;

    ex->call->endpoint = own;
    if (shared->catalog != NULL)
        err = cim_catalog_enter(&own->schema, shared->catalog,
                                shared->server->store, ex->call->log, ex->pool);
    if (err == NULL)
        own->schema = cim_security_view(ex->call, own->schema, ex->pool);
    return err;
}

/* Resources that are no instances of classes. */
typedef struct special_t {
    int (*is)(const char *resource_uri);
    wsm_error_t *(*resource)(wsm_exchange_t *ex);
    wsm_error_t *(*run)(wsm_exchange_t *ex, const wsm_op_t *op);
    int cim;     /* the object manager is asked */
    int options; /* it has some of its own */
} special_t;

static const special_t specials[] = {
    {op_class_is, op_class_resource, op_class_run, 1, 1},
    {op_config_is, op_config_resource, op_config_run, 0, 0},
    {op_shell_is, op_shell_resource, op_shell_run, 0, 1},
};

static const special_t *special_of(const wsm_request_t *request)
{
    apr_size_t i;

    for (i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
        if (request->resource_uri != NULL &&
            specials[i].is(request->resource_uri))
            return &specials[i];
    }
    return NULL;
}

/* Which class in which namespace; what is known of it goes into the outcome
 * even when it does not exist, for the authorization and the log. */
static wsm_error_t *find_resource(wsm_exchange_t *ex)
{
    const wsm_request_t *request = ex->request;
    wsm_target_t *target = &ex->outcome->target;
    const cim_schema_t *schema = ex->call->endpoint->schema;

    ex->style.default_ns = ex->call->endpoint->default_ns;
    ex->style.addressing = request->addressing;
    ex->style.address = ex->call->address;
    ex->style.draft = request->draft;
    if (special_of(request) != NULL)
        return special_of(request)->resource(ex);
    if (request->resource_uri == NULL ||
        !cim_uri_read(&ex->style.uri, request->resource_uri, ex->pool))
        return unknown_resource(ex);
    target->ns = namespace_of(ex);
    target->class_name = ex->style.uri.class_name;
    ex->cls = cim_schema_class(schema, target->ns, target->class_name);
    if (ex->cls != NULL) {
        target->class_name = ex->cls->name;
        target->ns = ex->cls->ns;
    }
    ex->call->pub.ns = target->ns;
    return NULL;
}

/* The all-classes resource is all classes: only a query can choose
 * among them (DSP0227 R6-1). */
static wsm_error_t *no_class(const wsm_exchange_t *ex, const wsm_op_t *op)
{
    int all = strcmp(ex->style.uri.class_name, "*") == 0;
    wsm_error_t *err;

    if (all && !op->all_classes) {
        err = wsm_fail(ex->pool, WSMAN_E_ACTION_MISMATCH,
                       "%s cannot be applied to all classes.", op->name);
        return wsm_error_detail(err, ex->request->action, ex->pool);
    }
    return all ? NULL : unknown_resource(ex);
}

/* That there is a namespace, and what is in it, is said to those only who may
 * be there; also where something else would be refused them. */
static wsm_error_t *enter_namespace(const wsm_exchange_t *ex)
{
    const char *ns = ex->outcome->target.ns;

    if (!cim_schema_has_namespace(ex->call->endpoint->schema, ns))
        return cim_security_no_namespace(ns, ex->pool);
    return cim_security_check(ex->call, ns, 0);
}

static wsm_error_t *authorize(const wsm_exchange_t *ex)
{
    const wsm_call_t *call = ex->call;

    if (call->authorize == NULL)
        return NULL;
    return call->authorize(call->baton, &ex->outcome->target);
}

static wsm_error_t *run_special(wsm_exchange_t *ex, const wsm_op_t *op,
                                const special_t *special)
{
    wsm_error_t *err = special->options ? NULL : check_options(ex);

    return err ? err : special->run(ex, op);
}

static wsm_error_t *run_resource(wsm_exchange_t *ex, const wsm_op_t *op)
{
    const special_t *special = special_of(ex->request);
    wsm_error_t *err = enter_catalog(ex);
    wsm_error_t *elsewhere;

    if (err == NULL)
        err = find_resource(ex);
    if (err != NULL)
        return err;
    err = authorize(ex);
    if (special != NULL && !special->cim)
        return err ? err : run_special(ex, op, special);
    elsewhere = enter_namespace(ex);
    ex->cim = err == NULL || elsewhere != NULL;
    if (elsewhere != NULL)
        return elsewhere;
    if (err == NULL && special != NULL)
        return run_special(ex, op, special);
    if (err == NULL && ex->cls == NULL)
        err = no_class(ex, op);
    if (err == NULL && ex->request->fragment != NULL &&
        op->run_fragment == NULL)
        err = wsm_fail(ex->pool, WSMAN_E_UNSUPPORTED_FRAGMENT_ACCESS,
                       "%s is not for fragments.", op->name);
    if (err == NULL)
        err = check_options(ex);
    if (err != NULL)
        return err;
    return ex->request->fragment ? op->run_fragment(ex) : op->run(ex);
}

static wsm_error_t *run(wsm_exchange_t *ex)
{
    const wsm_op_t *op;
    wsm_error_t *err;

    if (ex->call->identify_only && !ex->request->identify)
        return wsm_fail(ex->pool, WSMAN_E_ACCESS_DENIED,
                        "Nothing but Identify can be asked here without "
                        "authentication.");
    err = find_operation(&op, ex);
    if (err != NULL)
        return err;
    ex->outcome->operation = op->name;
    if (op != &identify && op != &this)
        return run_resource(ex, op);
    err = authorize(ex);
    return err ? err : op->run(ex);
}

/* DSP0226 6.1, 6.2: the client's bounds, within the endpoint's. */
static void set_bounds(wsm_exchange_t *ex)
{
    const wsm_limits_t *limits = &ex->call->endpoint->limits;
    const wsm_request_t *request = ex->request;
    apr_interval_time_t timeout = limits->timeout;

    if (request->timeout >= 0 && request->timeout < timeout)
        timeout = request->timeout;
    ex->call->pub.deadline = ex->call->now + timeout;
    ex->limit = limits->max_envelope;
    if (request->max_envelope >= MIN_ENVELOPE &&
        request->max_envelope < ex->limit)
        ex->limit = request->max_envelope;
    /* The reply is written as UTF-8; two octets are the byte order mark. */
    if (request->utf16)
        ex->limit = (ex->limit - 2) / 2;
}

static void ready_call(wsm_exchange_t *ex)
{
    wsm_call_t *call = ex->call;

    call->request = ex->request;
    call->read = cim_manager_read;
    call->pub.host = &wsm_host;
    call->pub.locale = ex->request->locale;
    call->pub.ns = call->endpoint->default_ns;
    ex->outcome->target.action = ex->request->action;
    ex->outcome->target.resource_uri =
        ex->request->resource_uri ? ex->request->resource_uri : "";
    ex->outcome->utf16 = ex->request->utf16;
    set_bounds(ex);
}

static wsm_error_t *serve(wsm_exchange_t *ex, wsm_xml_parser_t *parser)
{
    xmlDocPtr doc;
    int utf16 = 0;
    wsm_error_t *err = wsm_xml_parser_done(parser, &doc, &utf16);

    ex->outcome->utf16 = utf16;
    if (err != NULL)
        return err;
    err = wsm_message_read(&ex->request, doc, utf16, ex->pool);
    if (ex->request != NULL)
        ready_call(ex);
    if (err == NULL)
        err = ex->call->refused;
    if (err != NULL)
        return err;
    wsm_writer_reset(ex->out, ex->limit);
    err = run(ex);
    if (err == NULL && wsm_writer_full(ex->out))
        err = wsm_fail(ex->pool, WSMAN_E_ENCODING_MAX_ENVELOPE,
                       "The reply does not fit the MaxEnvelopeSize of %lu "
                       "octets.",
                       (unsigned long)ex->limit);
    return err;
}

static int status_of(const wsm_error_t *err)
{
    if (err == NULL)
        return 200;
    /* R13.1-8 */
    if (err->code == WSMAN_E_ENCODING_CHARACTER_SET &&
        APR_STATUS_IS_EINVAL(err->status))
        return 400;
    return 500;
}

/* Who speaks SOAP 1.1 is answered in it, to be told which SOAP this is. */
static const char *content_type(const wsm_exchange_t *ex)
{
    int soap11 = ex->request != NULL && ex->request->soap11;

    if (ex->outcome->utf16)
        return soap11 ? "text/xml;charset=UTF-16"
                      : "application/soap+xml;charset=UTF-16";
    return soap11 ? "text/xml;charset=UTF-8"
                  : "application/soap+xml;charset=UTF-8";
}

/* A fault carries nothing of what the operation got. */
static void forget(wsm_outcome_t *outcome)
{
    if (outcome->settle != NULL)
        outcome->settle(outcome->settle_baton, 0);
    outcome->settle = NULL;
}

void wsm_serve(wsm_call_t *call, wsm_xml_parser_t *parser, wsm_writer_t *out,
               wsm_outcome_t *outcome)
{
    wsm_exchange_t ex = {
        .call = call, .out = out, .outcome = outcome, .pool = call->pub.pool};
    wsm_error_t *err;

    memset(outcome, 0, sizeof(*outcome));
    outcome->target.action = outcome->target.resource_uri = "";
    outcome->operation = "Unknown";
    err = serve(&ex, parser);
    if (err != NULL) {
        forget(outcome);
        wsm_writer_reset(out, FAULT_LIMIT);
        wsm_fault_write(out, ex.request, err, call->endpoint->server->machine,
                        ex.cim, ex.pool);
        outcome->items = 0;
    }
    outcome->error = err;
    outcome->body = out;
    outcome->http_status = status_of(err);
    outcome->content_type = content_type(&ex);
}
