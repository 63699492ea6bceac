/* wsm_page.h - one page of an enumeration: items as long as they fit.
 *
 * Items come from the enumeration's source, or from a spool file where an
 * earlier page of a source that cannot resume has put what did not fit.
 */
#ifndef WSM_PAGE_H
#define WSM_PAGE_H

#include "wsm_source.h"

typedef struct wsm_page_t {
    wsm_exchange_t *ex;
    wsm_context_t *context;   /* moved on as items are taken */
    const wsm_query_t *query; /* NULL: all */
    wsm_writer_t *items;      /* what goes into w:Items */
    apr_uint32_t max_elements;
    apr_size_t max_characters; /* 0: no such bound (DSP0226 R8.4-1) */
    /* What came of it */
    apr_uint32_t count;
    int more; /* the enumeration has not ended */
} wsm_page_t;

/** Readies a page whose items take at most `room` bytes. */
void wsm_page_init(wsm_page_t *page, wsm_exchange_t *ex, wsm_context_t *context,
                   apr_size_t room);

/** Fills it from where the context stands.
 *  Errors: WSMAN_E_ENCODING_MAX_ENVELOPE (the first item alone is too large),
 *  WSMAN_E_TIMED_OUT (no item came in time; with some, the page is good),
 *  WSMAN_E_QUOTA_LIMIT (the spool is full), those of providers. */
wsm_error_t *wsm_page_fill(wsm_page_t *page);

/** Counts what an enumeration would give (DSP0226 8.2.2). */
wsm_error_t *wsm_page_estimate(apr_uint64_t *count, wsm_exchange_t *ex,
                               const wsm_context_t *context,
                               const wsm_query_t *query);

#endif
