/* wsm_serve.h - the whole server as one function: an envelope in, an envelope
 * out.
 */
#ifndef WSM_SERVE_H
#define WSM_SERVE_H

#include "../provide/wsm_call.h"
#include "../xml/wsm_writer.h"

/** What came of a request, for the transport, the log and the counters. */
typedef struct wsm_outcome_t {
    int http_status;          /* 200; 500 for every fault; 400 where the
                                 encoding contradicts itself (R13.1-8) */
    const char *content_type; /* of the reply */
    wsm_writer_t *body;
    int utf16;                /* the transport writes the body as UTF-16 with
                                 a byte order mark */
    const wsm_error_t *error; /* the fault, or NULL */
    const char *operation;    /* short: "Get", "Pull", "Invoke", ... */
    wsm_target_t target;      /* what is known of it */
    apr_uint32_t items;       /* instances in the reply */
    /** NULL, or to be called when the reply is on its way, or could not be
     *  sent: what it carries is then forgotten, or kept for the next one. */
    void (*settle)(void *baton, int is_sent);
    void *settle_baton;
} wsm_outcome_t;

/** Serves one request.
 *
 *  The caller has fed the body to `parser` (an error of feeding stays in it
 *  and is answered here), and has filled in `call`: everything but request,
 *  read, pub.host, pub.state, pub.ns, pub.locale, pub.deadline, which are set
 * here. Everything is in call->pub.pool.  Never fails: *outcome is always a
 * reply.
 *
 *  @param out  where the reply is written; its limit is set here */
void wsm_serve(wsm_call_t *call, wsm_xml_parser_t *parser, wsm_writer_t *out,
               wsm_outcome_t *outcome);

#endif
