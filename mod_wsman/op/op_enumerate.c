/* op_enumerate.c - Enumerate, Pull (DSP0226 8.2, 8.4).
 */
#include <strings.h>

#include <apr_strings.h>

#include "../soap/wsm_names.h"
#include "enum_message.h"
#include "op_target.h"

/* What a reply has around its items: elements, expiry, token. */
#define OVERHEAD 2048
/* A token may be this much longer than that. */
#define TOKEN_ROOM 8192

/* The items get what the rest of the reply leaves. */
static apr_size_t room_for_items(const wsm_exchange_t *ex)
{
    apr_size_t used = OVERHEAD + WSM_REPLY_TAIL +
                      (ex->limit > 4 * TOKEN_ROOM ? TOKEN_ROOM : 0);

    return ex->limit > used ? ex->limit - used : 0;
}

static void bound_page(wsm_page_t *page, const enum_parameters_t *parameters)
{
    apr_uint32_t wanted =
        parameters->max_elements ? parameters->max_elements : 1;

    if (wanted < page->max_elements)
        page->max_elements = wanted;
    page->max_characters = parameters->max_characters;
}

/* MaxTime bounds the waiting as OperationTimeout does (R8.4-4). */
static void bound_time(wsm_exchange_t *ex, const enum_parameters_t *parameters)
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

/* What an enumeration works on, before there is a page of it. */
typedef struct enumeration_t {
    wsm_context_t *context;
    enum_parameters_t parameters;
    const wsm_query_t *query;
} enumeration_t;

static void scope_of(wsm_query_scope_t *scope, const wsm_exchange_t *ex)
{
    scope->schema = ex->call->endpoint->schema;
    scope->ns = ex->call->pub.ns;
    scope->cls = ex->cls;
}

/* The query of a context: its class may have gone since. */
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

static wsm_error_t *filter_source(enumeration_t *self, const xmlNode *filter,
                                  wsm_exchange_t *ex)
{
    if (ex->source->filter == NULL)
        return wsm_fail(ex->pool, WSMAN_E_FILTERING_NOT_SUPPORTED,
                        "This resource cannot be filtered.");
    return ex->source->filter(self->context, filter, ex);
}

static wsm_error_t *read_query(enumeration_t *self, wsm_exchange_t *ex)
{
    const xmlNode *filter = self->parameters.filter;
    wsm_query_scope_t scope;
    wsm_error_t *err;

    self->query = NULL;
    if (filter == NULL)
        return NULL;
    if (ex->source != NULL)
        return filter_source(self, filter, ex);
    scope_of(&scope, ex);
    err = wsm_query_read(&self->query, filter, &scope, ex->pool);
    if (err != NULL)
        return err;
    self->context->dialect = self->query->dialect;
    self->context->filter = self->query->text;
    return NULL;
}

static wsm_error_t *find_source(const wsm_source_t **source,
                                const enumeration_t *self,
                                const wsm_exchange_t *ex)
{
    *source = wsm_source_of(ex, self->query);
    if (*source != NULL)
        return NULL;
    return wsm_fail(ex->pool, WSMAN_E_CANNOT_PROCESS_FILTER,
                    "What the query asks for cannot be enumerated.");
}

static wsm_error_t *authorize(const enumeration_t *self, wsm_exchange_t *ex)
{
    const wsm_walk_t walk = {ex, self->context, self->query, NULL, NULL};
    const wsm_source_t *source;
    wsm_error_t *err = find_source(&source, self, ex);

    if (err == NULL && source->authorize != NULL)
        err = source->authorize(&walk);
    return err;
}

static wsm_error_t *begin_source(const enumeration_t *self, wsm_exchange_t *ex)
{
    const wsm_source_t *source;
    wsm_error_t *err = find_source(&source, self, ex);

    if (err == NULL && source->begin != NULL)
        err = source->begin(self->context, self->query, ex);
    return err ? err : authorize(self, ex);
}

/* An enumeration is of a class, not of an instance. */
static wsm_error_t *check_target(wsm_exchange_t *ex)
{
    const wsm_request_t *request = ex->request;
    cim_path_t path;
    int i;

    /* A resource that is a source of its own has seen to its selectors. */
    if (ex->source != NULL)
        return NULL;
    if (ex->cls != NULL)
        return op_class_path(&path, ex);
    for (i = 0; i < request->nselectors; i++) {
        const wsm_selector_t *selector = &request->selectors[i];

        if (strcasecmp(selector->name, "__cimnamespace") != 0)
            return wsm_fail(ex->pool, WSMAN_E_UNEXPECTED_SELECTORS,
                            "The selector %s selects an instance; enumerations "
                            "are of classes.",
                            selector->name);
        if (selector->value == NULL ||
            strcasecmp(selector->value, ex->call->pub.ns) != 0)
            return wsm_fail(ex->pool, WSMAN_E_SELECTOR_INVALID_VALUE,
                            "The selector __cimnamespace and the resource URI "
                            "name different namespaces.");
    }
    return NULL;
}

/* The first page goes with the reply (8.2.3); when all fits, the context is
 * an empty element (R8.2.3-5). */
static wsm_error_t *write_first_page(wsm_page_t *page)
{
    wsm_error_t *err = NULL;

    if (page->more)
        err = enum_write_context(page->context, page->ex);
    else
        wsm_write_lit(page->ex->out,
                      "<n:EnumerationContext></n:EnumerationContext>");
    if (err == NULL)
        enum_write_items(page, "w");
    return err;
}

static wsm_error_t *write_enumeration(wsm_exchange_t *ex,
                                      const enumeration_t *self)
{
    const enum_parameters_t *parameters = &self->parameters;
    wsm_context_t *context = self->context;
    wsm_page_t page;
    wsm_error_t *err = NULL;

    if (parameters->optimize) {
        wsm_page_init(&page, ex, context, room_for_items(ex));
        page.query = self->query;
        bound_page(&page, parameters);
        err = wsm_page_fill(&page);
    }
    if (err == NULL)
        err = begin_reply(ex, context, self->query);
    if (err != NULL)
        return err;
    wsm_write_lit(ex->out, "<n:EnumerateResponse>");
    if (parameters->expires != NULL)
        enum_write_expires(ex, context, parameters->expires);
    err = parameters->optimize ? write_first_page(&page)
                               : enum_write_context(context, ex);
    wsm_write_lit(ex->out, "</n:EnumerateResponse>");
    wsm_reply_end(ex->out);
    return err;
}

wsm_error_t *op_enumerate(wsm_exchange_t *ex)
{
    enumeration_t self = {.context = wsm_context_make(ex)};
    wsm_error_t *err = enum_check_body(ex, "Enumerate");

    if (err == NULL)
        err = check_target(ex);
    if (err == NULL)
        err = enum_read(&self.parameters, self.context, ex);
    if (err == NULL)
        err = enum_set_expiry(self.context, self.parameters.expires, ex);
    if (err == NULL)
        err = read_query(&self, ex);
    if (err == NULL)
        err = begin_source(&self, ex);
    return err ? err : write_enumeration(ex, &self);
}

static wsm_error_t *begin_pull(enumeration_t *self, wsm_exchange_t *ex)
{
    wsm_error_t *err = enum_check_body(ex, "Pull");

    if (err == NULL)
        err = wsm_context_read(&self->context, ex);
    if (err == NULL)
        err = enum_read(&self->parameters, NULL, ex);
    if (err == NULL)
        err = query_of(&self->query, self->context, ex);
    return err ? err : authorize(self, ex);
}

wsm_error_t *op_pull(wsm_exchange_t *ex)
{
    enumeration_t self;
    wsm_page_t page;
    wsm_error_t *err = begin_pull(&self, ex);

    if (err != NULL)
        return err;
    bound_time(ex, &self.parameters);
    wsm_page_init(&page, ex, self.context, room_for_items(ex));
    page.query = self.query;
    bound_page(&page, &self.parameters);
    err = wsm_page_fill(&page);
    if (err == NULL)
        err = begin_reply(ex, self.context, self.query);
    if (err != NULL)
        return err;
    wsm_write_lit(ex->out, "<n:PullResponse>");
    if (page.more)
        err = enum_write_context(self.context, ex);
    enum_write_items(&page, "n");
    wsm_write_lit(ex->out, "</n:PullResponse>");
    wsm_reply_end(ex->out);
    return err;
}
