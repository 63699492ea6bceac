/* wsm_page.c - filling a page.
 *
 * An instance that no longer fits is taken back.  If the place before it has
 * a resume key, the page ends there.  If not, what follows cannot be asked for
 * again: it goes into a spool file, all of it.
 */
#include "wsm_page.h"

#include <string.h>

#include <apr_strings.h>

typedef struct filler_t {
    wsm_page_t *page;
    const wsm_source_t *source;
    const wsm_walk_t *walk;
    char *cls; /* where the last item taken stands, if `keyed` */
    apr_size_t cls_size;
    char *key;
    apr_size_t key_size;
    int keyed;
    int too_large;
    wsm_spool_file_t *spool; /* not NULL: items go there */
    wsm_writer_t *spooled;   /* one item on its way there */
    wsm_error_t *err;
} filler_t;

void wsm_page_init(wsm_page_t *page, wsm_exchange_t *ex, wsm_context_t *context,
                   apr_size_t room)
{
    memset(page, 0, sizeof(*page));
    page->ex = ex;
    page->context = context;
    page->items = wsm_writer_make(room, ex->pool);
    page->max_elements = ex->call->endpoint->limits.max_elements;
}

static void write_epr(wsm_writer_t *out, const filler_t *self,
                      const void *thing, apr_pool_t *scratch)
{
    wsm_epr_t epr;

    if (!self->source->epr(&epr, self->walk, thing, scratch))
        return;
    wsm_write_lit(out, "<a:EndpointReference>");
    wsm_epr_write(out, &epr, self->page->ex->request->addressing);
    wsm_write_lit(out, "</a:EndpointReference>");
}

static void write_item(wsm_writer_t *out, const filler_t *self,
                       const void *thing, apr_pool_t *scratch)
{
    wsm_item_e item = self->page->context->item;

    if (item == WSM_ITEM_OBJECT_AND_EPR)
        wsm_write_lit(out, "<w:Item>");
    if (item != WSM_ITEM_EPR)
        self->source->write(out, self->walk, thing, scratch);
    if (item != WSM_ITEM_OBJECT)
        write_epr(out, self, thing, scratch);
    if (item == WSM_ITEM_OBJECT_AND_EPR)
        wsm_write_lit(out, "</w:Item>");
}

/* Keeps a text in a buffer that grows: each item brings another. */
static void keep(char **buffer, apr_size_t *room, const char *text,
                 apr_pool_t *pool)
{
    apr_size_t size = strlen(text) + 1;

    if (size > *room) {
        *room = size < 64 ? 64 : size * 2;
        *buffer = apr_palloc(pool, *room);
    }
    memcpy(*buffer, text, size);
}

static void remember(filler_t *self, const wsm_entry_t *entry)
{
    apr_pool_t *pool = self->page->ex->pool;

    self->page->count++;
    self->keyed = entry->key != NULL;
    if (!self->keyed)
        return;
    keep(&self->cls, &self->cls_size, entry->class_name, pool);
    keep(&self->key, &self->key_size, entry->key, pool);
}

static wsman_sink_e stop(filler_t *self, wsm_error_t *err)
{
    self->err = err;
    return WSMAN_SINK_FULL;
}

static wsman_sink_e spool_item(filler_t *self, const wsm_entry_t *entry,
                               apr_pool_t *scratch)
{
    apr_size_t length;
    wsm_error_t *err;

    wsm_writer_reset(self->spooled,
                     self->page->ex->call->endpoint->limits.max_envelope);
    write_item(self->spooled, self, entry->thing, scratch);
    if (wsm_writer_full(self->spooled))
        return stop(self, wsm_fail(self->page->ex->pool,
                                   WSMAN_E_ENCODING_MAX_ENVELOPE,
                                   "An item of %s is too large for any reply.",
                                   entry->class_name));
    length = wsm_writer_length(self->spooled);
    err = wsm_spool_append(self->spool,
                           wsm_writer_string(self->spooled, scratch), length);
    return err ? stop(self, err) : WSMAN_SINK_MORE;
}

static wsm_error_t *begin_spool(filler_t *self)
{
    const wsm_exchange_t *ex = self->page->ex;
    const wsm_spool_t *spool = ex->call->endpoint->server->spool;

    if (spool == NULL)
        return wsm_fail(ex->pool, WSMAN_E_ENCODING_MAX_ENVELOPE,
                        "The enumeration does not fit one reply, its provider "
                        "cannot resume it, and there is no spool.");
    self->spooled = wsm_writer_make(0, ex->pool);
    return wsm_spool_create(&self->spool, spool, self->page->context->id,
                            ex->call->now, self->page->context->expires,
                            ex->pool);
}

/* The item does not fit, or may not: the page ends before it. */
static wsman_sink_e end_page(filler_t *self, const wsm_entry_t *entry,
                             apr_pool_t *scratch)
{
    wsm_error_t *err;

    self->page->more = 1;
    if (self->keyed || self->page->count == 0)
        return WSMAN_SINK_FULL;
    err = begin_spool(self);
    return err ? stop(self, err) : spool_item(self, entry, scratch);
}

static int has_room(const wsm_page_t *page)
{
    if (page->count >= page->max_elements)
        return 0;
    return page->max_characters == 0 || page->count == 0 ||
           wsm_writer_length(page->items) < page->max_characters;
}

static wsman_sink_e take(void *baton, const wsm_entry_t *entry,
                         apr_pool_t *scratch)
{
    filler_t *self = baton;
    wsm_page_t *page = self->page;
    wsm_mark_t mark;

    if (self->spool != NULL)
        return spool_item(self, entry, scratch);
    if (!has_room(page))
        return end_page(self, entry, scratch);
    mark = wsm_writer_mark(page->items);
    write_item(page->items, self, entry->thing, scratch);
    if (wsm_writer_full(page->items) ||
        (page->max_characters != 0 && page->count > 0 &&
         wsm_writer_length(page->items) > page->max_characters)) {
        wsm_writer_rewind(page->items, mark);
        self->too_large = page->count == 0;
        return end_page(self, entry, scratch);
    }
    remember(self, entry);
    return WSMAN_SINK_MORE;
}

static wsm_error_t *finish_spool(filler_t *self)
{
    wsm_error_t *err = wsm_spool_close(self->spool);

    if (err == NULL)
        self->page->context->spool = 0;
    return err;
}

static wsm_error_t *too_large(const wsm_page_t *page)
{
    return wsm_fail(page->ex->pool, WSMAN_E_ENCODING_MAX_ENVELOPE,
                    "The next item alone is larger than the MaxEnvelopeSize of "
                    "%lu octets: pull again with a larger one.",
                    (unsigned long)page->ex->limit);
}

/* What was taken before the deadline is a page, if the next can be asked
 * for. */
static int is_good_so_far(const filler_t *self, const wsm_error_t *err)
{
    return err->code == WSMAN_E_TIMED_OUT && self->page->count > 0 &&
           self->keyed && self->spool == NULL;
}

static wsm_error_t *fill_from_source(wsm_page_t *page)
{
    wsm_context_t *context = page->context;
    filler_t filler = {.page = page,
                       .source = wsm_source_of(page->ex, page->query)};
    const wsm_walk_t walk = {page->ex, context, page->query, take, &filler};
    wsm_error_t *err;

    filler.walk = &walk;
    err = filler.source->walk(&walk);
    if (err == NULL)
        err = filler.err;
    if (err != NULL && is_good_so_far(&filler, err)) {
        page->more = 1;
        err = NULL;
    }
    if (err == NULL && filler.too_large)
        err = too_large(page);
    if (err == NULL && filler.spool != NULL)
        err = finish_spool(&filler);
    if (err == NULL && filler.keyed) {
        context->after_class = filler.cls;
        context->after_key = filler.key;
    }
    return err;
}

static wsm_error_t *fill_from_spool(wsm_page_t *page)
{
    wsm_exchange_t *ex = page->ex;
    wsm_context_t *context = page->context;
    wsm_spool_file_t *file;
    const char *item;
    apr_size_t length;
    apr_off_t next;
    wsm_error_t *err;

    err = wsm_spool_open(&file, ex->call->endpoint->server->spool, context->id,
                         context->spool, ex->call->now, ex->pool);
    while (err == NULL) {
        err = wsm_spool_read(file, &item, &length, &next);
        if (err != NULL || item == NULL)
            break;
        page->more = 1;
        if (page->count > 0 &&
            (!has_room(page) || length > wsm_writer_room(page->items)))
            break;
        if (length > wsm_writer_room(page->items))
            return too_large(page);
        wsm_write(page->items, item, length);
        page->count++;
        page->more = 0;
        context->spool = next;
    }
    if (err == NULL && !page->more)
        wsm_spool_remove(ex->call->endpoint->server->spool, context->id,
                         ex->pool);
    return err;
}

wsm_error_t *wsm_page_fill(wsm_page_t *page)
{
    wsm_error_t *err;

    if (page->context->spool < 0)
        err = fill_from_source(page);
    else if (page->ex->call->endpoint->server->spool != NULL)
        err = fill_from_spool(page);
    else
        err = wsm_fail(page->ex->pool, WSMAN_E_INVALID_ENUMERATION_CONTEXT,
                       "The enumeration context needs a spool that is no "
                       "longer configured.");
    page->ex->outcome->items = page->count;
    return err;
}

static wsman_sink_e count_item(void *baton, const wsm_entry_t *entry,
                               apr_pool_t *scratch)
{
    apr_uint64_t *count = baton;

    (void)entry;
    (void)scratch;
    (*count)++;
    return WSMAN_SINK_MORE;
}

wsm_error_t *wsm_page_estimate(apr_uint64_t *count, wsm_exchange_t *ex,
                               const wsm_context_t *context,
                               const wsm_query_t *query)
{
    wsm_context_t all = *context;
    const wsm_walk_t walk = {ex, &all, query, count_item, count};

    all.item = WSM_ITEM_EPR;
    all.after_class = all.after_key = NULL;
    *count = 0;
    return wsm_source_of(ex, query)->walk(&walk);
}
