/* enum_message.h - what the operations on enumerations read and write: the
 * parameters of a request, the parts of a reply (DSP0226 8).
 */
#ifndef ENUM_MESSAGE_H
#define ENUM_MESSAGE_H

#include "wsm_page.h"

/** The body of an Enumerate or Pull, read. */
typedef struct enum_parameters_t {
    int optimize;
    apr_uint32_t max_elements; /* 0: not given */
    apr_size_t max_characters; /* 0: not given */
    apr_int64_t max_time;      /* microseconds; -1: not given */
    const xmlNode *expires;
    const xmlNode *filter;
} enum_parameters_t;

/** WSMAN_E_SCHEMA_VALIDATION if the body is not the element n:`name`. */
wsm_error_t *enum_check_body(const wsm_exchange_t *ex, const char *name);

/** Reads the children of the body.
 *  @param context  takes the modes; NULL for a Pull, which has no modes and no
 *                  filter */
wsm_error_t *enum_read(enum_parameters_t *parameters, wsm_context_t *context,
                       const wsm_exchange_t *ex);

/** When a context ends, from an n:Expires (a duration or a dateTime) or its
 *  absence (NULL); never later than the endpoint allows. */
wsm_error_t *enum_set_expiry(wsm_context_t *context, const xmlNode *expires,
                             const wsm_exchange_t *ex);

/** Writes n:Expires in the form in which the client spoke of it; durations are
 *  the default (`asked` NULL). */
void enum_write_expires(const wsm_exchange_t *ex, const wsm_context_t *context,
                        const xmlNode *asked);
/** Writes n:EnumerationContext. */
wsm_error_t *enum_write_context(const wsm_context_t *context,
                                wsm_exchange_t *ex);
/** Writes the Items of a page, and EndOfSequence if it is the last.
 *  @param prefix  "w" in an Enumerate's reply, "n" in a Pull's */
void enum_write_items(const wsm_page_t *page, const char *prefix);

#endif
