/* wsm_fault.c - the envelope of a fault (DSP0226 14.2, 14.3; SOAP 1.2 5.4). */
#include "wsm_fault.h"

#include <string.h>

#include <apr_strings.h>

#include "wsm_cim_error.h"
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
                             wsm_addressing_e addressing)
{
    if (addressing == WSM_ADDRESSING_2005 &&
        !strcmp(row->action, WSM_FAULT_WSA))
        return WSM_FAULT_WSA10;
    return row->action;
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

/** MS-WSMV 2.2.4.43 */
static void write_wsman_fault(wsm_writer_t *out, const wsm_error_t *err,
                              const char *machine, apr_size_t limit)
{
    wsm_write_lit(out, "<f:WSManFault xmlns:f=\"" WSM_NS_FAULT "\" Code=\"");
    wsm_write_u64(out, wsm_fault_number(err));
    wsm_write_lit(out, "\" Machine=\"");
    wsm_write_attr(out, machine);
    wsm_write_lit(out, "\"><f:Message>");
    wsm_write_textn(out, err->message, wsm_fault_cut(err->message, limit));
    wsm_write_lit(out, "</f:Message></f:WSManFault>");
}

static void write_body(wsm_writer_t *out, const wsm_fault_t *row,
                       const wsm_error_t *err, wsm_addressing_e addressing,
                       const char *machine, const extent_t *extent)
{
    wsm_write_strs(out, "<s:Fault><s:Code><s:Value>", code_of(row),
                   "</s:Value>", NULL);
    if (row->subcode)
        wsm_write_strs(out, "<s:Subcode><s:Value>", subcode_of(row, addressing),
                       "</s:Value></s:Subcode>", NULL);
    wsm_write_strs(out, "</s:Code><s:Reason><s:Text xml:lang=\"en-US\">",
                   row->reason, "</s:Text></s:Reason><s:Detail>", NULL);
    if (extent->details)
        write_details(out, row, err, addressing);
    if (row->detail)
        wsm_write_strs(out, "<w:FaultDetail>" WSM_FAULT_DETAIL, row->detail,
                       "</w:FaultDetail>", NULL);
    write_wsman_fault(out, err, machine, extent->message);
    if (extent->cim)
        wsm_cim_error_write(out, err, extent->message);
    wsm_write_lit(out, "</s:Detail></s:Fault>");
}

/* ---- the envelope */

static void write_envelope(wsm_writer_t *out, const wsm_request_t *request,
                           const wsm_error_t *err, const char *machine,
                           const extent_t *extent, apr_pool_t *pool)
{
    const wsm_fault_t *row = wsm_fault_row(err->code);
    wsm_request_t shown = {0};
    if (request)
        shown = *request;
    shown.reply_headers = extent->echo ? shown.fault_headers : NULL;
    if (!extent->relates)
        shown.message_id = NULL;
    wsm_reply_t reply = {0};
    reply.request = &shown;
    reply.action = action_of(row, shown.addressing);
    reply.prefixes = WSM_PREFIX_X | WSM_PREFIX_E | WSM_PREFIX_N;
    if (row->subcode && row->subcode[0] == 'b')
        reply.prefixes |= WSM_PREFIX_B;
    reply.first = first_headers(err, pool);
    wsm_reply_begin(out, &reply);
    write_body(out, row, err, shown.addressing, machine, extent);
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
    for (int i = 0; i < NEXTENTS; i++) {
        extent_t extent = extents[i];
        extent.cim &= cim;
        wsm_writer_rewind(out, start);
        write_envelope(out, request, err, machine, &extent, pool);
        if (!wsm_writer_full(out) &&
            wsm_writer_length(out) - start.total <= allowed(request))
            return;
    }
}
