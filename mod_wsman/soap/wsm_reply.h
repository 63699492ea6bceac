/* wsm_reply.h - the envelope around a reply, as Windows writes it
 * (client-interop R1): prefixes s a w p n x e rsp on the Envelope, headers in
 * the order Action, MessageID, To, RelatesTo.  The MessageID is "uuid:" and a
 * UUID in capitals.  What the request's ReplyTo had as reference parameters
 * comes last (R5.4.2-5).  To a request of the draft w is the draft's namespace.
 *
 *     wsm_reply_begin(...);  content of s:Body;  wsm_reply_end(...);
 */
#ifndef WSM_REPLY_H
#define WSM_REPLY_H

#include "wsm_message.h"

/* Prefixes that a reply needs besides s, a, w and p. */
#define WSM_PREFIX_N 0x1  /* WS-Enumeration */
#define WSM_PREFIX_X 0x2  /* WS-Transfer */
#define WSM_PREFIX_E 0x4  /* WS-Eventing */
#define WSM_PREFIX_B 0x10 /* cimbinding */
#define WSM_PREFIX_R 0x20 /* "rsp": shells */

typedef struct wsm_reply_t {
    const wsm_request_t *request; /* NULL: nothing could be read */
    /** The reply's action; NULL: request->action with "Response" added. */
    const char *action;
    unsigned prefixes;
    /** More header blocks: NULL, or XML text with the prefixes of the
     *  envelope (TotalItemsCountEstimate, RequestedEPR).  They follow
     *  RelatesTo. */
    const char *headers;
    /** The same, but before a:Action (s:NotUnderstood, s:Upgrade). */
    const char *first;
} wsm_reply_t;

/** Bytes that wsm_reply_end writes: to be kept free. */
#define WSM_REPLY_TAIL 22

void wsm_reply_begin(wsm_writer_t *out, const wsm_reply_t *reply);
void wsm_reply_end(wsm_writer_t *out);

/** The envelope of an Identify reply, which has no headers. */
void wsm_reply_identify_begin(wsm_writer_t *out);

#endif
