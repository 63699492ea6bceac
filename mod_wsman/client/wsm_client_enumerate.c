/* wsm_client_enumerate.c - Enumerate, Pull and Release.
 *
 * Two pools take turns: an answer is read into one while the context that its
 * request carried lives in the other.
 */
#include "wsm_client.h"

#include <string.h>

#include <apr_strings.h>

#include "../soap/wsm_names.h"
#include "wsm_xmltext.h"

#define NAMESPACES   " xmlns:n=\"" WSM_NS_ENUM "\""
#define NAMESPACES_B NAMESPACES " xmlns:b=\"" WSM_NS_WSMB "\""
#define MAX_ELEMENTS 32000
/** A service may answer a Pull without an item when it has to wait
 *  (DSP0226 R8.4-6); one that does nothing else is not waited for. */
#define MAX_IDLE 1000
/** Filters are bounded by the request; see max_request. */
#define BODY_LIMIT WSM_CLIENT_MAX_REQUEST

static const char *const modes[] = {
    [WSM_ENUM_OBJECTS] = NULL,
    [WSM_ENUM_EPRS] = "EnumerateEPR",
    [WSM_ENUM_OBJECTS_AND_EPRS] = "EnumerateObjectAndEPR",
};

static const char *const polymorphisms[] = {
    [WSM_CLIENT_POLYMORPHISM_UNSAID] = NULL,
    [WSM_CLIENT_POLYMORPHISM_INCLUDE] = "IncludeSubClassProperties",
    [WSM_CLIENT_POLYMORPHISM_EXCLUDE] = "ExcludeSubClassProperties",
    [WSM_CLIENT_POLYMORPHISM_NONE] = "None",
};

static void write_filter(wsm_writer_t *out, const wsm_enumerate_t *what)
{
    wsm_write_lit(out, "<w:Filter Dialect=\"");
    wsm_write_attr(out,
                   what->nselectors ? WSM_DIALECT_SELECTOR : what->dialect);
    wsm_write_lit(out, "\">");
    if (what->nselectors) {
        wsm_write_lit(out, "<w:SelectorSet>");
        for (int i = 0; i < what->nselectors; i++) {
            wsm_write_lit(out, "<w:Selector Name=\"");
            wsm_write_attr(out, what->selectors[i].name);
            wsm_write_lit(out, "\">");
            wsm_write_text(out, what->selectors[i].value);
            wsm_write_lit(out, "</w:Selector>");
        }
        wsm_write_lit(out, "</w:SelectorSet>");
    } else if (what->filter_xml) {
        wsm_write_str(out, what->filter_xml);
    } else {
        wsm_write_text(out, what->filter ? what->filter : "");
    }
    wsm_write_lit(out, "</w:Filter>");
}

static const char *enumerate_body(const wsm_enumerate_t *what,
                                  apr_uint32_t max_elements, apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(BODY_LIMIT, pool);
    wsm_write_lit(out, "<n:Enumerate>");
    if (what->nselectors || what->dialect)
        write_filter(out, what);
    wsm_write_lit(out, "<w:OptimizeEnumeration/><w:MaxElements>");
    wsm_write_u64(out, max_elements);
    wsm_write_lit(out, "</w:MaxElements>");
    if (modes[what->mode])
        wsm_write_strs(out, "<w:EnumerationMode>", modes[what->mode],
                       "</w:EnumerationMode>", NULL);
    if (polymorphisms[what->polymorphism])
        wsm_write_strs(out, "<b:PolymorphismMode>",
                       polymorphisms[what->polymorphism],
                       "</b:PolymorphismMode>", NULL);
    wsm_write_lit(out, "</n:Enumerate>");
    return wsm_writer_full(out) ? NULL : wsm_writer_string(out, pool);
}

static apr_pool_t *next_page(wsm_enumeration_t *self)
{
    self->page = !self->page;
    apr_pool_clear(self->pages[self->page]);
    return self->pages[self->page];
}

/** An item as it stands in wsman:Items, by mode. */
static void split_item(wsm_item_t *item, const xmlNode *node)
{
    const xmlNode *child;
    memset(item, 0, sizeof(*item));
    if (wsm_xml_is(node, NULL, "EndpointReference")) {
        item->epr = node;
        return;
    }
    if (!wsm_xml_is(node, WSM_NS_WSMAN, "Item")) {
        item->object = node;
        return;
    }
    for (child = wsm_xml_first(node); child; child = wsm_xml_next(child)) {
        if (wsm_xml_is(child, NULL, "EndpointReference"))
            item->epr = child;
        else
            item->object = child;
    }
}

static int hand_over(wsm_enumeration_t *self, const xmlNode *items,
                     wsm_item_fn fn, void *baton, apr_pool_t *page)
{
    int count = 0;
    apr_pool_t *scratch;
    apr_pool_create(&scratch, page);
    for (const xmlNode *node = items ? wsm_xml_first(items) : NULL;
         node && !self->stopped; node = wsm_xml_next(node)) {
        wsm_item_t item;
        split_item(&item, node);
        count++;
        self->stopped = !fn(baton, &item, scratch);
        apr_pool_clear(scratch);
    }
    apr_pool_destroy(scratch);
    return count;
}

/** The context of an answer; NULL at the end (client-interop: services leave
 *  it out, or empty, or say EndOfSequence). */
static const char *next_context(const xmlNode *answer, apr_pool_t *pool)
{
    const xmlNode *context =
        wsm_xml_child(answer, WSM_NS_ENUM, "EnumerationContext");
    const char *content;
    if (!context || wsm_xml_child(answer, NULL, "EndOfSequence"))
        return NULL;
    content = wsm_xmltext_content(context, pool);
    return content[strspn(content, " \t\r\n")] ? content : NULL;
}

/** Takes in an answer of Enumerate or Pull. */
static wsm_failure_t *take_page(wsm_enumeration_t *self,
                                const wsm_client_reply_t *reply,
                                const char *element, wsm_item_fn fn,
                                void *baton, apr_pool_t *page)
{
    const xmlNode *answer = reply->content;
    if (!answer || !wsm_xml_is(answer, WSM_NS_ENUM, element))
        return wsm_failure_make(page, WSM_FAILURE_ANSWER, reply->status,
                                "the answer has no wsen:%s", element);
    self->npages++;
    self->context = next_context(answer, page);
    if (hand_over(self, wsm_xml_child(answer, NULL, "Items"), fn, baton, page))
        self->idle = 0;
    else if (++self->idle > MAX_IDLE)
        return wsm_failure_make(page, WSM_FAILURE_ANSWER, reply->status,
                                "the service has answered %d times without "
                                "an item or an end",
                                MAX_IDLE);
    return NULL;
}

wsm_failure_t *wsm_enumeration_open(wsm_enumeration_t **enumeration,
                                    wsm_client_t *client,
                                    const wsm_epr_t *target,
                                    const wsm_enumerate_t *what,
                                    wsm_item_fn item, void *baton,
                                    apr_pool_t *pool)
{
    wsm_enumeration_t *self = apr_pcalloc(pool, sizeof(*self));
    wsm_client_request_t request = {.action = WSM_ACTION_ENUMERATE,
                                    .target = target,
                                    .namespaces = NAMESPACES_B};
    wsm_client_reply_t reply;
    wsm_failure_t *failure;
    apr_pool_t *page;
    self->client = client;
    self->target = target;
    self->max_elements = what->max_elements ? what->max_elements : MAX_ELEMENTS;
    apr_pool_create(&self->pages[0], pool);
    apr_pool_create(&self->pages[1], pool);
    *enumeration = self;
    page = next_page(self);
    request.body = enumerate_body(what, self->max_elements, page);
    if (!request.body)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "the filter is too long");
    failure = wsm_client_call(client, &reply, &request, page);
    return failure ? failure
                   : take_page(self, &reply, "EnumerateResponse", item, baton,
                               page);
}

wsm_failure_t *wsm_enumeration_pull(wsm_enumeration_t *self, wsm_item_fn item,
                                    void *baton)
{
    wsm_client_request_t request = {.action = WSM_ACTION_PULL,
                                    .target = self->target,
                                    .namespaces = NAMESPACES,
                                    .continued = 1};
    wsm_client_reply_t reply;
    wsm_failure_t *failure;
    apr_pool_t *page;
    if (!self->context)
        return NULL;
    page = next_page(self);
    request.body =
        apr_psprintf(page,
                     "<n:Pull><n:EnumerationContext>%s</n:EnumerationContext>"
                     "<n:MaxElements>%u</n:MaxElements></n:Pull>",
                     self->context, self->max_elements);
    failure = wsm_client_call(self->client, &reply, &request, page);
    if (failure) {
        self->page = !self->page; /* the context still lives there */
        return failure;
    }
    return take_page(self, &reply, "PullResponse", item, baton, page);
}

wsm_failure_t *wsm_enumeration_release(wsm_enumeration_t *self)
{
    wsm_client_request_t request = {.action = WSM_ACTION_RELEASE,
                                    .target = self->target,
                                    .namespaces = NAMESPACES,
                                    .continued = 1};
    wsm_client_reply_t reply;
    apr_pool_t *page;
    if (!self->context)
        return NULL;
    page = next_page(self);
    request.body = apr_psprintf(
        page,
        "<n:Release><n:EnumerationContext>%s</n:EnumerationContext>"
        "</n:Release>",
        self->context);
    self->context = NULL;
    return wsm_client_call(self->client, &reply, &request, page);
}

wsm_failure_t *wsm_client_enumerate(wsm_client_t *client,
                                    const wsm_epr_t *target,
                                    const wsm_enumerate_t *what,
                                    wsm_item_fn item, void *baton,
                                    apr_pool_t *pool)
{
    wsm_enumeration_t *self;
    wsm_failure_t *failure =
        wsm_enumeration_open(&self, client, target, what, item, baton, pool);
    while (!failure && self->context && !self->stopped) {
        if (what->page_end)
            what->page_end(baton);
        failure = wsm_enumeration_pull(self, item, baton);
    }
    failure = wsm_failure_copy(failure, pool);
    wsm_enumeration_release(self);
    apr_pool_destroy(self->pages[0]);
    apr_pool_destroy(self->pages[1]);
    return failure;
}
