/* wsm_context.c - contexts to tokens and back.
 */
#include "wsm_context.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../soap/wsm_names.h"

#define KIND_TOMBSTONE "tombstone"
#define KIND_FILTER    "filter"

/* A longer filter waits in the store. */
#define MAX_TOKEN_FILTER 1024

/* The fields of a token, in their order. */
enum {
    FIELD_MODE, /* item, polymorphism, where the filter is, the dialect */
    FIELD_ID,
    FIELD_OWNER, /* "+user", or "-" for nobody in particular */
    FIELD_ENDPOINT,
    FIELD_RESOURCE,
    FIELD_NS,
    FIELD_EXPIRES,
    FIELD_SPOOL,
    FIELD_AFTER_CLASS,
    FIELD_AFTER_KEY, /* "+key", "-" for none */
    FIELD_DIALECT,
    FIELD_FILTER,
    FIELD_OPTIONS, /* "+text", "-" for none */
    FIELD_COUNT
};

/* Behind the mode of an enumeration in the draft's names */
#define DIALECT_DRAFT 'd'

#define FILTER_NONE   '-'
#define FILTER_INLINE 't'
#define FILTER_STORED 's'

/* A field that may be absent: "+text", or "-". */
static const char *marked(const char *text, const wsm_exchange_t *ex)
{
    return text ? apr_pstrcat(ex->pool, "+", text, NULL) : "-";
}

static const char *unmarked(const wsm_token_field_t *field)
{
    return field->data[0] == '+' ? field->data + 1 : NULL;
}

static const char *owner_of(const wsm_exchange_t *ex)
{
    return marked(ex->call->pub.user, ex);
}

wsm_context_t *wsm_context_make(wsm_exchange_t *ex)
{
    wsm_context_t *context = apr_pcalloc(ex->pool, sizeof(*context));
    char *id = apr_palloc(ex->pool, WSM_UUID_LENGTH + 1);

    wsm_text_uuid(id);
    context->id = id;
    context->item = WSM_ITEM_OBJECT;
    /* MS-WSMAN 3.1.4.1.28: all are cast to the class */
    context->polymorphism = ex->request->draft ? WSM_POLYMORPHISM_EXCLUDE
                                               : WSM_POLYMORPHISM_INCLUDE;
    context->spool = -1;
    return context;
}

static void set_field(wsm_token_field_t *field, const char *text)
{
    field->data = text ? text : "";
    field->length = strlen(field->data);
}

static wsm_error_t *set_filter(wsm_token_field_t *fields, char *mode,
                               const wsm_context_t *context, wsm_exchange_t *ex)
{
    *mode = FILTER_NONE;
    if (context->dialect == NULL)
        return NULL;
    set_field(&fields[FIELD_DIALECT], context->dialect);
    if (strlen(context->filter) <= MAX_TOKEN_FILTER) {
        *mode = FILTER_INLINE;
        set_field(&fields[FIELD_FILTER], context->filter);
        return NULL;
    }
    *mode = FILTER_STORED;
    return wsm_store_item_put(ex->call->endpoint->server->store, KIND_FILTER,
                              context->id, context->filter, context->expires,
                              ex->pool);
}

wsm_error_t *wsm_context_sign(const char **token, const wsm_context_t *context,
                              wsm_exchange_t *ex)
{
    wsm_token_field_t fields[FIELD_COUNT];
    char mode[5] = {(char)context->item, (char)context->polymorphism, 0,
                    ex->request->draft ? DIALECT_DRAFT : 0, 0};
    wsm_error_t *err;
    int i;

    for (i = 0; i < FIELD_COUNT; i++)
        set_field(&fields[i], NULL);
    err = set_filter(fields, &mode[2], context, ex);
    if (err != NULL)
        return err;
    set_field(&fields[FIELD_MODE], mode);
    set_field(&fields[FIELD_ID], context->id);
    set_field(&fields[FIELD_OWNER], owner_of(ex));
    set_field(&fields[FIELD_ENDPOINT], ex->call->endpoint->id);
    set_field(&fields[FIELD_RESOURCE], ex->request->resource_uri);
    set_field(&fields[FIELD_NS], ex->call->pub.ns);
    set_field(&fields[FIELD_EXPIRES],
              apr_psprintf(ex->pool, "%" APR_TIME_T_FMT, context->expires));
    if (context->spool >= 0)
        set_field(&fields[FIELD_SPOOL],
                  apr_psprintf(ex->pool, "%" APR_OFF_T_FMT, context->spool));
    set_field(&fields[FIELD_AFTER_CLASS], context->after_class);
    set_field(&fields[FIELD_AFTER_KEY], marked(context->after_key, ex));
    set_field(&fields[FIELD_OPTIONS], marked(context->options, ex));
    *token = wsm_token_sign(ex->call->endpoint->server->keys, fields,
                            FIELD_COUNT, ex->pool);
    return NULL;
}

static wsm_error_t *invalid(const wsm_exchange_t *ex, const char *why)
{
    return wsm_fail(ex->pool, WSMAN_E_INVALID_ENUMERATION_CONTEXT,
                    "The enumeration context %s.", why);
}

/* The namespace of the enumeration; where the resource is a source of its own,
 * which asks for leave for each item, a client need not repeat its selectors.
 */
static wsm_error_t *take_namespace(const char *ns, wsm_exchange_t *ex)
{
    if (strcasecmp(ns, ex->call->pub.ns) == 0)
        return NULL;
    if (ex->source == NULL || ex->request->nselectors > 0)
        return invalid(ex, "belongs to another resource");
    ex->call->pub.ns = ns;
    ex->outcome->target.ns = ns;
    return NULL;
}

/* Is the token for this caller, here, now? */
static wsm_error_t *check(const wsm_token_field_t *fields,
                          const wsm_context_t *context, wsm_exchange_t *ex)
{
    const wsm_endpoint_t *endpoint = ex->call->endpoint;
    const char *buried;
    wsm_error_t *err;

    if (strcmp(fields[FIELD_ENDPOINT].data, endpoint->id) != 0)
        return invalid(ex, "belongs to another endpoint");
    if (strcmp(fields[FIELD_OWNER].data, owner_of(ex)) != 0)
        return wsm_fail(ex->pool, WSMAN_E_PULL_OTHER_USER,
                        "The enumeration was begun by another user.");
    if (strcasecmp(fields[FIELD_RESOURCE].data, ex->request->resource_uri) != 0)
        return invalid(ex, "belongs to another resource");
    err = take_namespace(fields[FIELD_NS].data, ex);
    if (err != NULL)
        return err;
    if ((fields[FIELD_MODE].data[3] == DIALECT_DRAFT) != ex->request->draft)
        return invalid(ex, "was begun in other namespaces");
    if (context->expires <= ex->call->now)
        return invalid(ex, "has expired");
    err = wsm_store_item_get(endpoint->server->store, KIND_TOMBSTONE,
                             context->id, ex->call->now, &buried, ex->pool);
    if (err == NULL && buried != NULL)
        err = invalid(ex, "has been released");
    return err;
}

static wsm_error_t *read_filter(wsm_context_t *context,
                                const wsm_token_field_t *fields, char where,
                                wsm_exchange_t *ex)
{
    wsm_error_t *err;

    if (where == FILTER_NONE)
        return NULL;
    context->dialect = fields[FIELD_DIALECT].data;
    context->filter = fields[FIELD_FILTER].data;
    if (where == FILTER_INLINE)
        return NULL;
    err = wsm_store_item_get(ex->call->endpoint->server->store, KIND_FILTER,
                             context->id, ex->call->now, &context->filter,
                             ex->pool);
    if (err == NULL && context->filter == NULL)
        err = invalid(ex, "has lost its filter");
    return err;
}

static void read_position(wsm_context_t *context,
                          const wsm_token_field_t *fields)
{
    if (fields[FIELD_AFTER_CLASS].length > 0)
        context->after_class = fields[FIELD_AFTER_CLASS].data;
    context->after_key = unmarked(&fields[FIELD_AFTER_KEY]);
    context->options = unmarked(&fields[FIELD_OPTIONS]);
    context->spool = -1;
    if (fields[FIELD_SPOOL].length > 0)
        context->spool = (apr_off_t)apr_atoi64(fields[FIELD_SPOOL].data);
}

wsm_error_t *wsm_context_read(wsm_context_t **context, wsm_exchange_t *ex)
{
    const xmlNode *node =
        wsm_xml_child(ex->request->body, WSM_NS_ENUM, "EnumerationContext");
    wsm_token_field_t fields[WSM_TOKEN_FIELDS];
    wsm_context_t *found = apr_pcalloc(ex->pool, sizeof(*found));
    int nfields;
    wsm_error_t *err;

    if (node == NULL)
        return invalid(ex, "is missing");
    if (!wsm_token_verify(ex->call->endpoint->server->keys,
                          wsm_xml_text(node, ex->pool), fields, &nfields,
                          ex->pool) ||
        nfields != FIELD_COUNT || fields[FIELD_MODE].length < 3)
        return invalid(ex, "is not one of this server");
    found->item = (wsm_item_e)fields[FIELD_MODE].data[0];
    found->polymorphism = (wsm_polymorphism_e)fields[FIELD_MODE].data[1];
    found->id = fields[FIELD_ID].data;
    found->expires = (apr_time_t)apr_atoi64(fields[FIELD_EXPIRES].data);
    read_position(found, fields);
    err = check(fields, found, ex);
    if (err == NULL)
        err = read_filter(found, fields, fields[FIELD_MODE].data[2], ex);
    if (err == NULL)
        *context = found;
    return err;
}

wsm_error_t *wsm_context_bury(const wsm_context_t *context, wsm_exchange_t *ex)
{
    const wsm_endpoint_t *endpoint = ex->call->endpoint;

    if (context->spool >= 0 && endpoint->server->spool != NULL)
        wsm_spool_remove(endpoint->server->spool, context->id, ex->pool);
    /* A token that was renewed a moment ago lives this long at most. */
    return wsm_store_item_put(
        endpoint->server->store, KIND_TOMBSTONE, context->id, "",
        ex->call->now + endpoint->limits.enum_timeout, ex->pool);
}
