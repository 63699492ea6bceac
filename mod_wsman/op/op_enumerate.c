/* op_enumerate.c - Enumerate, Pull, Release, Renew, GetStatus (DSP0226 8).
 */
#include <string.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../soap/wsm_names.h"
#include "op_target.h"
#include "wsm_page.h"

/* What a reply has around its items: elements, expiry, token. */
#define OVERHEAD 2048
/* A token may be this much longer than that. */
#define TOKEN_ROOM 8192

/* The body of an Enumerate or Pull, read. */
typedef struct parameters_t {
    int optimize;
    apr_uint32_t max_elements; /* 0: not given */
    apr_size_t max_characters; /* 0: not given */
    apr_int64_t max_time;      /* microseconds; -1: not given */
    const xmlNode *expires;
    const xmlNode *filter;
} parameters_t;

static wsm_error_t *bad_element(const wsm_exchange_t *ex, const xmlNode *node)
{
    return wsm_fail(ex->pool, WSMAN_E_SCHEMA_VALIDATION,
                    "The value of %s cannot be used.",
                    (const char *)node->name);
}

static wsm_error_t *check_body(const wsm_exchange_t *ex, const char *name)
{
    if (ex->request->body != NULL &&
        wsm_xml_is(ex->request->body, WSM_NS_ENUM, name))
        return NULL;
    return wsm_fail(ex->pool, WSMAN_E_SCHEMA_VALIDATION,
                    "The body must be the element %s of WS-Enumeration.", name);
}

static wsm_error_t *read_number(apr_uint64_t *number, const xmlNode *node,
                                apr_uint64_t max, const wsm_exchange_t *ex)
{
    if (!wsm_text_u64(wsm_xml_text(node, ex->pool), max, number) ||
        *number == 0)
        return bad_element(ex, node);
    return NULL;
}

/* WS-Enumeration's own elements are in n, the ones DSP0226 adds in w. */
static wsm_error_t *read_parameter(parameters_t *parameters,
                                   const xmlNode *node,
                                   const wsm_exchange_t *ex)
{
    apr_uint64_t number = 0;
    wsm_error_t *err = NULL;

    if (wsm_xml_is(node, WSM_NS_WSMAN, "OptimizeEnumeration")) {
        parameters->optimize = 1;
    } else if (wsm_xml_is(node, WSM_NS_WSMAN, "MaxElements") ||
               wsm_xml_is(node, WSM_NS_ENUM, "MaxElements")) {
        err = read_number(&number, node, APR_UINT32_MAX, ex);
        parameters->max_elements = (apr_uint32_t)number;
    } else if (wsm_xml_is(node, WSM_NS_ENUM, "MaxCharacters")) {
        err = read_number(&number, node, APR_UINT32_MAX, ex);
        parameters->max_characters = (apr_size_t)number;
    } else if (wsm_xml_is(node, WSM_NS_ENUM, "MaxTime")) {
        if (!wsm_text_duration(wsm_xml_text(node, ex->pool),
                               &parameters->max_time) ||
            parameters->max_time < 0)
            err = bad_element(ex, node);
    } else if (wsm_xml_is(node, WSM_NS_ENUM, "Expires")) {
        parameters->expires = node;
    } else if (wsm_xml_is(node, WSM_NS_ENUM, "EndTo")) {
        err = wsm_fail(ex->pool, WSMAN_E_UNSUPPORTED_ADDRESSING_MODE,
                       "EnumerationEnd messages are not sent: leave EndTo "
                       "out.");
    }
    return err;
}

/* R8.3-3: not both of the two filters. */
static wsm_error_t *read_filter_element(parameters_t *parameters,
                                        const xmlNode *node,
                                        const wsm_exchange_t *ex)
{
    if (!wsm_xml_is(node, WSM_NS_WSMAN, "Filter") &&
        !wsm_xml_is(node, WSM_NS_ENUM, "Filter"))
        return NULL;
    if (parameters->filter != NULL)
        return wsm_fail(ex->pool, WSMAN_E_CANNOT_PROCESS_FILTER,
                        "An Enumerate has one filter only.");
    parameters->filter = node;
    return NULL;
}

static const struct {
    const char *text;
    wsm_item_e item;
} item_modes[] = {
    {"EnumerateEPR", WSM_ITEM_EPR},
    {"EnumerateObjectAndEPR", WSM_ITEM_OBJECT_AND_EPR},
    {"EnumerateObject", WSM_ITEM_OBJECT},
};

static const struct {
    const char *text;
    wsm_polymorphism_e mode;
} polymorphism_modes[] = {
    {"IncludeSubClassProperties", WSM_POLYMORPHISM_INCLUDE},
    {"ExcludeSubClassProperties", WSM_POLYMORPHISM_EXCLUDE},
    {"None", WSM_POLYMORPHISM_NONE},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static wsm_error_t *read_mode(wsm_context_t *context, const xmlNode *node,
                              const wsm_exchange_t *ex)
{
    const char *text;
    apr_size_t i;

    if (wsm_xml_is(node, WSM_NS_WSMAN, "EnumerationMode")) {
        text = wsm_xml_text(node, ex->pool);
        for (i = 0; i < COUNT(item_modes); i++) {
            if (strcmp(item_modes[i].text, text) == 0) {
                context->item = item_modes[i].item;
                return NULL;
            }
        }
        return wsm_fail(ex->pool, WSMAN_E_UNSUPPORTED_ENUMERATION_MODE,
                        "There is no EnumerationMode \"%s\".", text);
    }
    if (wsm_xml_is(node, WSM_NS_WSMB, "PolymorphismMode")) {
        text = wsm_xml_text(node, ex->pool);
        for (i = 0; i < COUNT(polymorphism_modes); i++) {
            if (strcmp(polymorphism_modes[i].text, text) == 0) {
                context->polymorphism = polymorphism_modes[i].mode;
                return NULL;
            }
        }
        return wsm_fail(ex->pool, WSMAN_E_POLYMORPHISM_MODE,
                        "There is no PolymorphismMode \"%s\".", text);
    }
    return NULL;
}

/* @param context  NULL for a Pull, which has no modes and no filter */
static wsm_error_t *read_parameters(parameters_t *parameters,
                                    wsm_context_t *context,
                                    const wsm_exchange_t *ex)
{
    const xmlNode *node;
    wsm_error_t *err = NULL;

    memset(parameters, 0, sizeof(*parameters));
    parameters->max_time = -1;
    for (node = wsm_xml_first(ex->request->body); node != NULL && err == NULL;
         node = wsm_xml_next(node)) {
        err = read_parameter(parameters, node, ex);
        if (err == NULL && context != NULL)
            err = read_filter_element(parameters, node, ex);
        if (err == NULL && context != NULL)
            err = read_mode(context, node, ex);
    }
    return err;
}

/* When a context ends, from an n:Expires (a duration or a dateTime) or its
 * absence; never later than the endpoint allows. */
static wsm_error_t *set_expiry(wsm_context_t *context, const xmlNode *expires,
                               const wsm_exchange_t *ex)
{
    apr_time_t now = ex->call->now;
    apr_time_t latest = now + ex->call->endpoint->limits.enum_timeout;
    apr_int64_t length;
    const char *text;

    context->expires = latest;
    if (expires == NULL)
        return NULL;
    text = wsm_xml_text(expires, ex->pool);
    if (wsm_text_duration(text, &length)) {
        if (length > 0 && length < latest - now)
            context->expires = now + length;
        if (length > 0)
            return NULL;
    } else if (wsm_text_datetime(text, &context->expires, NULL)) {
        if (context->expires > latest)
            context->expires = latest;
        if (context->expires > now)
            return NULL;
    }
    return wsm_fail(ex->pool, WSMAN_E_ENUM_INVALID_EXPIRATION,
                    "The expiration time \"%s\" is not in the future.", text);
}

/* In the form in which the client spoke of it; durations are the default. */
static void write_expires(const wsm_exchange_t *ex,
                          const wsm_context_t *context, const xmlNode *asked)
{
    const char *text = asked ? wsm_xml_text(asked, ex->pool) : "P";

    if (text[0] == 'P')
        text =
            wsm_text_duration_put(context->expires - ex->call->now, ex->pool);
    else
        text = wsm_text_datetime_put(context->expires, 0, ex->pool);
    wsm_write_strs(ex->out, "<n:Expires>", text, "</n:Expires>", NULL);
}

static wsm_error_t *write_context(const wsm_context_t *context,
                                  wsm_exchange_t *ex)
{
    const char *token;
    wsm_error_t *err = wsm_context_sign(&token, context, ex);

    if (err == NULL)
        wsm_write_strs(ex->out, "<n:EnumerationContext>", token,
                       "</n:EnumerationContext>", NULL);
    return err;
}

static void write_items(const wsm_page_t *page, const char *prefix)
{
    wsm_writer_t *out = page->ex->out;
    const char *data;
    apr_size_t length;
    void *cursor = NULL;

    wsm_write_strs(out, "<", prefix, ":Items>", NULL);
    while (wsm_writer_each(page->items, &cursor, &data, &length))
        wsm_write(out, data, length);
    wsm_write_strs(out, "</", prefix, ":Items>", NULL);
    if (!page->more)
        wsm_write_strs(out, "<", prefix, ":EndOfSequence/>", NULL);
}

/* The items get what the rest of the reply leaves. */
static apr_size_t room_for_items(const wsm_exchange_t *ex)
{
    apr_size_t used = OVERHEAD + WSM_REPLY_TAIL +
                      (ex->limit > 4 * TOKEN_ROOM ? TOKEN_ROOM : 0);

    return ex->limit > used ? ex->limit - used : 0;
}

static void bound_page(wsm_page_t *page, const parameters_t *parameters)
{
    apr_uint32_t wanted =
        parameters->max_elements ? parameters->max_elements : 1;

    if (wanted < page->max_elements)
        page->max_elements = wanted;
    page->max_characters = parameters->max_characters;
}

/* MaxTime bounds the waiting as OperationTimeout does (R8.4-4). */
static void bound_time(wsm_exchange_t *ex, const parameters_t *parameters)
{
    apr_time_t end = ex->call->now + parameters->max_time;

    if (parameters->max_time >= 0 && ex->request->timeout < 0 &&
        end < ex->call->pub.deadline)
        ex->call->pub.deadline = end;
}

static wsm_error_t *begin_reply(wsm_exchange_t *ex,
                                const wsm_context_t *context,
                                const wsm_query_t *query)
{
    wsm_reply_t reply = {.request = ex->request, .prefixes = WSM_PREFIX_N};
    apr_uint64_t count;

    if (ex->request->request_estimate) {
        wsm_error_t *err = wsm_page_estimate(&count, ex, context, query);

        if (err != NULL)
            return err;
        reply.headers =
            apr_psprintf(ex->pool,
                         "<w:TotalItemsCountEstimate>%" APR_UINT64_T_FMT
                         "</w:TotalItemsCountEstimate>",
                         count);
    }
    wsm_reply_begin(ex->out, &reply);
    return NULL;
}

static void scope_of(wsm_query_scope_t *scope, const wsm_exchange_t *ex)
{
    scope->schema = ex->call->endpoint->schema;
    scope->ns = ex->call->pub.ns;
    scope->cls = ex->cls;
}

static wsm_error_t *query_of(const wsm_query_t **query,
                             const wsm_context_t *context,
                             const wsm_exchange_t *ex)
{
    wsm_query_scope_t scope;

    *query = NULL;
    if (context->dialect == NULL)
        return NULL;
    scope_of(&scope, ex);
    return wsm_query_parse(query, context->dialect, context->filter, &scope,
                           ex->pool);
}

static wsm_error_t *read_query(wsm_context_t *context,
                               const parameters_t *parameters,
                               const wsm_query_t **query,
                               const wsm_exchange_t *ex)
{
    wsm_query_scope_t scope;
    wsm_error_t *err;

    *query = NULL;
    if (parameters->filter == NULL)
        return NULL;
    scope_of(&scope, ex);
    err = wsm_query_read(query, parameters->filter, &scope, ex->pool);
    if (err != NULL)
        return err;
    context->dialect = (*query)->dialect;
    context->filter = (*query)->text;
    return NULL;
}

/* The first page goes with the reply (8.2.3); when all fits, the context is
 * an empty element (R8.2.3-5). */
static wsm_error_t *write_first_page(wsm_page_t *page)
{
    wsm_error_t *err = NULL;

    if (page->more)
        err = write_context(page->context, page->ex);
    else
        wsm_write_lit(page->ex->out,
                      "<n:EnumerationContext></n:EnumerationContext>");
    if (err == NULL)
        write_items(page, "w");
    return err;
}

static wsm_error_t *write_enumeration(wsm_exchange_t *ex,
                                      wsm_context_t *context,
                                      const parameters_t *parameters,
                                      const wsm_query_t *query)
{
    wsm_page_t page;
    wsm_error_t *err = NULL;

    if (parameters->optimize) {
        wsm_page_init(&page, ex, context, room_for_items(ex));
        page.query = query;
        bound_page(&page, parameters);
        err = wsm_page_fill(&page);
    }
    if (err == NULL)
        err = begin_reply(ex, context, query);
    if (err != NULL)
        return err;
    wsm_write_lit(ex->out, "<n:EnumerateResponse>");
    if (parameters->expires != NULL)
        write_expires(ex, context, parameters->expires);
    err = parameters->optimize ? write_first_page(&page)
                               : write_context(context, ex);
    wsm_write_lit(ex->out, "</n:EnumerateResponse>");
    wsm_reply_end(ex->out);
    return err;
}

wsm_error_t *op_enumerate(wsm_exchange_t *ex)
{
    wsm_context_t *context = wsm_context_make(ex);
    const wsm_query_t *query;
    parameters_t parameters;
    cim_path_t path;
    wsm_error_t *err = check_body(ex, "Enumerate");

    if (err == NULL)
        err = op_class_path(&path, ex);
    if (err == NULL)
        err = read_parameters(&parameters, context, ex);
    if (err == NULL)
        err = set_expiry(context, parameters.expires, ex);
    if (err == NULL)
        err = read_query(context, &parameters, &query, ex);
    return err ? err : write_enumeration(ex, context, &parameters, query);
}

wsm_error_t *op_pull(wsm_exchange_t *ex)
{
    const wsm_query_t *query;
    parameters_t parameters;
    wsm_context_t *context;
    wsm_page_t page;
    wsm_error_t *err = check_body(ex, "Pull");

    if (err == NULL)
        err = wsm_context_read(&context, ex);
    if (err == NULL)
        err = read_parameters(&parameters, NULL, ex);
    if (err == NULL)
        err = query_of(&query, context, ex);
    if (err != NULL)
        return err;
    bound_time(ex, &parameters);
    wsm_page_init(&page, ex, context, room_for_items(ex));
    page.query = query;
    bound_page(&page, &parameters);
    err = wsm_page_fill(&page);
    if (err == NULL)
        err = begin_reply(ex, context, query);
    if (err != NULL)
        return err;
    wsm_write_lit(ex->out, "<n:PullResponse>");
    if (page.more)
        err = write_context(context, ex);
    write_items(&page, "n");
    wsm_write_lit(ex->out, "</n:PullResponse>");
    wsm_reply_end(ex->out);
    return err;
}

wsm_error_t *op_release(wsm_exchange_t *ex)
{
    const wsm_reply_t reply = {.request = ex->request,
                               .prefixes = WSM_PREFIX_N};
    wsm_context_t *context;
    wsm_error_t *err = check_body(ex, "Release");

    if (err == NULL)
        err = wsm_context_read(&context, ex);
    if (err == NULL)
        err = wsm_context_bury(context, ex);
    if (err != NULL)
        return err;
    wsm_reply_begin(ex->out, &reply);
    wsm_reply_end(ex->out);
    return NULL;
}

wsm_error_t *op_enum_renew(wsm_exchange_t *ex)
{
    const wsm_reply_t reply = {.request = ex->request,
                               .prefixes = WSM_PREFIX_N};
    const wsm_spool_t *spool = ex->call->endpoint->server->spool;
    const xmlNode *expires;
    wsm_context_t *context;
    wsm_error_t *err = check_body(ex, "Renew");

    if (err == NULL)
        err = wsm_context_read(&context, ex);
    if (err != NULL)
        return err;
    expires = wsm_xml_child(ex->request->body, WSM_NS_ENUM, "Expires");
    err = set_expiry(context, expires, ex);
    if (err == NULL && context->spool >= 0 && spool != NULL)
        err = wsm_spool_renew(spool, context->id, context->expires, ex->pool);
    if (err != NULL)
        return err;
    wsm_reply_begin(ex->out, &reply);
    wsm_write_lit(ex->out, "<n:RenewResponse>");
    write_expires(ex, context, expires);
    err = write_context(context, ex);
    wsm_write_lit(ex->out, "</n:RenewResponse>");
    wsm_reply_end(ex->out);
    return err;
}

wsm_error_t *op_enum_getstatus(wsm_exchange_t *ex)
{
    const wsm_reply_t reply = {.request = ex->request,
                               .prefixes = WSM_PREFIX_N};
    wsm_context_t *context;
    wsm_error_t *err = check_body(ex, "GetStatus");

    if (err == NULL)
        err = wsm_context_read(&context, ex);
    if (err != NULL)
        return err;
    wsm_reply_begin(ex->out, &reply);
    wsm_write_lit(ex->out, "<n:GetStatusResponse>");
    write_expires(ex, context, NULL);
    wsm_write_lit(ex->out, "</n:GetStatusResponse>");
    wsm_reply_end(ex->out);
    return NULL;
}
