/* wsm_fault.c - the envelope of a fault (DSP0226 14.2, 14.3; SOAP 1.2 5.4). */
#include "wsm_fault.h"

#include <string.h>

#include <apr_strings.h>

#include "wsm_cim_error.h"
#include "wsm_draft.h"
#include "wsm_names.h"

/* R13.4-6: faults up to here may always be sent. */
#define ALWAYS_ALLOWED 4096

/** How much of a fault is written: all at first, less if that is too long. */
typedef struct extent_t {
    apr_size_t message; /* bytes */
    int details;        /* the texts of err->detail */
    int echo;           /* FaultTo's reference parameters */
    int cim;            /* the CIM_Error */
    int relates;
} extent_t;

static const extent_t extents[] = {
    {(apr_size_t)-1, 1, 1, 1, 1},
    {512, 0, 0, 1, 1},
    {64, 0, 0, 0, 1},
    {64, 0, 0, 0, 0},
};

#define NEXTENTS ((int)(sizeof(extents) / sizeof(extents[0])))

/** WS-Addressing 1.0 has other names for what 2004/08 calls so. */
static const char *subcode_of(const wsm_fault_t *row,
                              wsm_addressing_e addressing)
{
    static const char *const names[][2] = {
        {"a:InvalidMessageInformationHeader", "a:InvalidAddressingHeader"},
        {"a:MessageInformationHeaderRequired",
         "a:MessageAddressingHeaderRequired"}};
    if (addressing == WSM_ADDRESSING_2005)
        for (int i = 0; i < 2; i++)
            if (!strcmp(row->subcode, names[i][0]))
                return names[i][1];
    return row->subcode;
}

static const char *action_of(const wsm_fault_t *row,
                             const wsm_request_t *request)
{
    if (request->addressing == WSM_ADDRESSING_2005 &&
        !strcmp(row->action, WSM_FAULT_WSA))
        return WSM_FAULT_WSA10;
    return wsm_draft_name(request->draft, row->action);
}

/* ---- header blocks of the two faults that SOAP itself defines */

#define UPGRADE                                                                \
    "<s:Upgrade><s:SupportedEnvelope qname=\"s:Envelope\"/></s:Upgrade>"

/** One "prefix:name namespace" as s:NotUnderstood (SOAP 1.2 5.4.8).  Anything
 *  else is nothing. */
static void write_not_understood(wsm_writer_t *out, const char *block,
                                 apr_pool_t *pool)
{
    char *qname = apr_pstrdup(pool, block);
    char *ns = strchr(qname, ' ');
    char *colon = strchr(qname, ':');
    if (!ns)
        return;
    *ns++ = '\0';
    if (xmlValidateQName((const xmlChar *)qname, 0) != 0 ||
        (colon && colon < ns) != (*ns != '\0'))
        return;
    wsm_write_strs(out, "<s:NotUnderstood qname=\"", qname, "\"", NULL);
    if (*ns) {
        *colon = '\0';
        wsm_write_strs(out, " xmlns:", qname, "=\"", NULL);
        wsm_write_attr(out, ns);
        wsm_write_lit(out, "\"");
    }
    wsm_write_lit(out, "/>");
}

static const char *not_understood(const wsm_error_t *err, apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(ALWAYS_ALLOWED / 4, pool);
    for (const char *const *d = err->detail; d && *d; d++) {
        wsm_mark_t mark = wsm_writer_mark(out);
        write_not_understood(out, *d, pool);
        if (wsm_writer_full(out))
            wsm_writer_rewind(out, mark);
    }
    return wsm_writer_string(out, pool);
}

static const char *first_headers(const wsm_error_t *err, apr_pool_t *pool)
{
    switch (err->code) {
    case WSMAN_E_NOT_UNDERSTOOD:
        return not_understood(err, pool);
    case WSMAN_E_VERSION_MISMATCH:
        return UPGRADE;
    default:
        return NULL;
    }
}

/* ---- the body */

static const char *code_of(const wsm_fault_t *row)
{
    switch (row->code) {
    case WSMAN_E_NOT_UNDERSTOOD:
        return "s:MustUnderstand";
    case WSMAN_E_VERSION_MISMATCH:
        return "s:VersionMismatch";
    default:
        return row->receiver ? "s:Receiver" : "s:Sender";
    }
}

/** Our texts name headers with the prefixes of the envelope; what a plug-in
 *  gives as detail may be anything. */
static int is_header_name(const char *text)
{
    return strchr("awpe", text[0]) && text[0] && text[1] == ':' &&
           xmlValidateQName((const xmlChar *)text, 0) == 0;
}

/** DSP0226 Tables 26 and 31: the header is in the detail.  What it held is not
 *  sent back. */
static void write_header_name(wsm_writer_t *out, const char *name,
                              wsm_addressing_e addressing)
{
    if (!is_header_name(name))
        return;
    if (addressing == WSM_ADDRESSING_2005)
        wsm_write_strs(out, "<a:ProblemHeaderQName>", name,
                       "</a:ProblemHeaderQName>", NULL);
    else
        wsm_write_strs(out, "<", name, "/>", NULL);
}

static void write_details(wsm_writer_t *out, const wsm_fault_t *row,
                          const wsm_error_t *err, wsm_addressing_e addressing)
{
    int problem = addressing == WSM_ADDRESSING_2005 && row->element &&
                  !strcmp(row->element, "a:Action");
    for (const char *const *d = err->detail; row->element && d && *d; d++) {
        if (!strcmp(row->element, WSM_FAULT_HEADER)) {
            write_header_name(out, *d, addressing);
            continue;
        }
        if (problem)
            wsm_write_lit(out, "<a:ProblemAction>");
        wsm_write_strs(out, "<", row->element, ">", NULL);
        wsm_write_text(out, *d);
        wsm_write_strs(out, "</", row->element, ">", NULL);
        if (problem)
            wsm_write_lit(out, "</a:ProblemAction>");
    }
}

apr_size_t wsm_fault_cut(const char *text, apr_size_t limit)
{
    apr_size_t length = strlen(text);
    if (length <= limit)
        return length;
    while (limit > 0 && ((unsigned char)text[limit] & 0xc0) == 0x80)
        limit--;
    return limit;
}

/** What a fault is written of. */
typedef struct writing_t {
    const wsm_request_t *request; /* zeros where nothing is known */
    const wsm_fault_t *row;
    const wsm_error_t *err;
    const char *machine;
    extent_t extent;
} writing_t;

/** MS-WSMV 2.2.4.43 */
static void write_wsman_fault(wsm_writer_t *out, const writing_t *w)
{
    int draft = w->request->draft;
    const char *message = w->err->message;
    wsm_write_strs(out, "<f:WSManFault xmlns:f=\"",
                   wsm_draft_name(draft, WSM_NS_FAULT), "\" Code=\"", NULL);
    wsm_write_u64(out, wsm_draft_number(draft, wsm_fault_number(w->err)));
    wsm_write_lit(out, "\" Machine=\"");
    wsm_write_attr(out, w->machine);
    wsm_write_lit(out, "\"><f:Message>");
    wsm_write_textn(out, message, wsm_fault_cut(message, w->extent.message));
    wsm_write_lit(out, "</f:Message></f:WSManFault>");
}

static void write_detail(wsm_writer_t *out, const writing_t *w)
{
    const wsm_request_t *request = w->request;
    wsm_write_lit(out, "<s:Detail>");
    if (w->extent.details)
        write_details(out, w->row, w->err, request->addressing);
    if (w->row->detail)
        wsm_write_strs(out, "<w:FaultDetail>",
                       wsm_draft_name(request->draft, WSM_FAULT_DETAIL),
                       w->row->detail, "</w:FaultDetail>", NULL);
    write_wsman_fault(out, w);
    if (w->extent.cim)
        wsm_cim_error_write(out, w->err, w->extent.message);
    wsm_write_lit(out, "</s:Detail>");
}

static void write_body(wsm_writer_t *out, const writing_t *w)
{
    const wsm_fault_t *row = w->row;
    wsm_write_strs(out, "<s:Fault><s:Code><s:Value>", code_of(row),
                   "</s:Value>", NULL);
    if (row->subcode)
        wsm_write_strs(out, "<s:Subcode><s:Value>",
                       subcode_of(row, w->request->addressing),
                       "</s:Value></s:Subcode>", NULL);
    wsm_write_strs(out, "</s:Code><s:Reason><s:Text xml:lang=\"en-US\">",
                   row->reason, "</s:Text></s:Reason>", NULL);
    write_detail(out, w);
    wsm_write_lit(out, "</s:Fault>");
}

/* ---- the envelope */

static void write_envelope(wsm_writer_t *out, const writing_t *w,
                           apr_pool_t *pool)
{
    const wsm_fault_t *row = w->row;
    wsm_request_t shown = *w->request;
    shown.reply_headers = w->extent.echo ? shown.fault_headers : NULL;
    if (!w->extent.relates)
        shown.message_id = NULL;
    wsm_reply_t reply = {0};
    reply.request = &shown;
    reply.action = action_of(row, &shown);
    reply.prefixes = WSM_PREFIX_X | WSM_PREFIX_E | WSM_PREFIX_N;
    if (row->subcode && row->subcode[0] == 'b')
        reply.prefixes |= WSM_PREFIX_B;
    reply.first = first_headers(w->err, pool);
    wsm_reply_begin(out, &reply);
    write_body(out, w);
    wsm_reply_end(out);
}

/** What a client that speaks SOAP 1.1 understands (SOAP 1.2 Annex A). */
static void write_soap11(wsm_writer_t *out)
{
    wsm_write_lit(
        out, "<s:Envelope xmlns:s=\"" WSM_NS_SOAP11 "\"><s:Header>"
             "<h:Upgrade xmlns:h=\"" WSM_NS_SOAP "\"><h:SupportedEnvelope "
             "qname=\"h:Envelope\"/></h:Upgrade></s:Header><s:Body><s:Fault>"
             "<faultcode>s:VersionMismatch</faultcode><faultstring>SOAP 1.2 is "
             "needed.</faultstring></s:Fault></s:Body></s:Envelope>");
}

/** The octets that the client wants at most, as UTF-8; UTF-16 takes two for a
 *  character, and a mark. */
static apr_size_t allowed(const wsm_request_t *request)
{
    if (!request || request->max_envelope == 0)
        return (apr_size_t)-1;
    apr_size_t size = request->max_envelope < ALWAYS_ALLOWED
                          ? ALWAYS_ALLOWED
                          : request->max_envelope;
    return request->utf16 ? (size - 2) / 2 : size;
}

void wsm_fault_write(wsm_writer_t *out, const wsm_request_t *request,
                     const wsm_error_t *err, const char *machine, int cim,
                     apr_pool_t *pool)
{
    wsm_mark_t start = wsm_writer_mark(out);
    if (request && request->soap11 && err->code == WSMAN_E_VERSION_MISMATCH) {
        write_soap11(out);
        return;
    }
    static const wsm_request_t unknown = {0};
    writing_t w = {.request = request ? request : &unknown,
                   .err = err,
                   .machine = machine};
    w.row = wsm_fault_row(wsm_draft_code(w.request->draft, err->code));
    for (int i = 0; i < NEXTENTS; i++) {
        w.extent = extents[i];
        /* CIM_Error in faults came after the draft. */
        w.extent.cim &= cim && !w.request->draft;
        wsm_writer_rewind(out, start);
        write_envelope(out, &w, pool);
        if (!wsm_writer_full(out) &&
            wsm_writer_length(out) - start.total <= allowed(request))
            return;
    }
}
