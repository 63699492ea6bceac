/* wsm_xml_parser.c - libxml2's push parser on a short lead. */
#include "wsm_xml.h"

#include <string.h>

#include <apr_strings.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

#include "wsm_xml_encoding.h"

#define MAX_DEPTH 256
/* Every element with a prefix searches all declarations in scope. */
#define MAX_NAMESPACES 512
/* libxml2 compares each attribute with all before it.  How many there are is
 * known after that, so the tag is bounded too. */
#define MAX_ATTRIBUTES 64
#define MAX_TAG        16384
#define SLICE          4096
/* Room for an XML declaration */
#define MAX_DECLARATION 256

struct wsm_xml_parser_t {
    xmlParserCtxtPtr ctxt;
    xmlSAXHandler sax; /* what libxml2 itself does */
    wsm_error_t *err;  /* the first one */
    apr_size_t taken, limit;
    wsm_encoding_e said;  /* by the transport */
    wsm_encoding_e found; /* unknown until `head` is full */
    unsigned char head[4];
    apr_size_t nhead;
    wsm_utf16_t utf16;
    char declaration[MAX_DECLARATION];
    apr_size_t ndeclaration;
    int declared; /* the declaration has been looked at */
    int depth;
    int namespaces; /* in scope */
    unsigned short namespaces_at[MAX_DEPTH];
    apr_pool_t *pool;
};

void wsm_xml_init(void)
{
    xmlInitParser();
}

/* ---- what libxml2 calls */

static wsm_xml_parser_t *parser_of(void *ctx)
{
    return ((xmlParserCtxtPtr)ctx)->_private;
}

__attribute__((format(printf, 2, 3))) static void stop(wsm_xml_parser_t *parser,
                                                       const char *format, ...)
{
    if (!parser->err) {
        va_list args;
        va_start(args, format);
        char *what = apr_pvsprintf(parser->pool, format, args);
        va_end(args);
        parser->err = wsm_fail(parser->pool, WSMAN_E_SCHEMA_VALIDATION,
                               "Line %d, column %d: %s",
                               xmlSAX2GetLineNumber(parser->ctxt),
                               xmlSAX2GetColumnNumber(parser->ctxt), what);
    }
    /* wellFormed stays 1 after this: err is what counts. */
    xmlStopParser(parser->ctxt);
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *public_id,
                       const xmlChar *system_id)
{
    (void)name, (void)public_id, (void)system_id;
    stop(parser_of(ctx), "A document type declaration is not allowed in SOAP.");
}

static void on_instruction(void *ctx, const xmlChar *target,
                           const xmlChar *data)
{
    (void)target, (void)data;
    stop(parser_of(ctx), "Processing instructions are not allowed in SOAP.");
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *uri, int nnamespaces,
                     const xmlChar **namespaces, int nattributes,
                     int ndefaulted, const xmlChar **attributes)
{
    wsm_xml_parser_t *parser = parser_of(ctx);
    if (parser->depth == MAX_DEPTH) {
        stop(parser, "Elements are nested deeper than %d levels.", MAX_DEPTH);
        return;
    }
    if (parser->namespaces + nnamespaces > MAX_NAMESPACES) {
        stop(parser, "More than %d namespace declarations are in scope.",
             MAX_NAMESPACES);
        return;
    }
    if (nattributes > MAX_ATTRIBUTES) {
        stop(parser, "An element has more than %d attributes.", MAX_ATTRIBUTES);
        return;
    }
    parser->namespaces_at[parser->depth++] = (unsigned short)nnamespaces;
    parser->namespaces += nnamespaces;
    parser->sax.startElementNs(ctx, name, prefix, uri, nnamespaces, namespaces,
                               nattributes, ndefaulted, attributes);
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix,
                   const xmlChar *uri)
{
    wsm_xml_parser_t *parser = parser_of(ctx);
    if (parser->depth > 0)
        parser->namespaces -= parser->namespaces_at[--parser->depth];
    parser->sax.endElementNs(ctx, name, prefix, uri);
}

/** libxml2 has one code, and one text, for too much and for too little. */
static const char *message_of(const wsm_xml_parser_t *parser,
                              const xmlError *error)
{
    xmlDocPtr doc = parser->ctxt->myDoc;
    if (error->code == XML_ERR_DOCUMENT_END &&
        (parser->depth > 0 || !doc || !xmlDocGetRootElement(doc)))
        return "The document ends too early.";
    return error->message ? error->message : "It is not well-formed.";
}

static void on_error(void *ctx, xmlErrorPtr error)
{
    wsm_xml_parser_t *parser = parser_of(ctx);
    /* Namespace names need not be URIs that libxml2 can read. */
    if (parser->err || error->level < XML_ERR_ERROR ||
        error->code == XML_WAR_NS_URI || error->code == XML_WAR_NS_URI_RELATIVE)
        return;
    char *what = apr_pstrdup(parser->pool, message_of(parser, error));
    what[strcspn(what, "\n")] = '\0';
    parser->err =
        wsm_fail(parser->pool, WSMAN_E_SCHEMA_VALIDATION,
                 "Line %d, column %d: %s", error->line, error->int2, what);
}

/* ---- the parser's life */

static apr_status_t free_doc(void *doc)
{
    xmlFreeDoc(doc);
    return APR_SUCCESS;
}

static apr_status_t free_parser(void *data)
{
    wsm_xml_parser_t *parser = data;
    if (parser->ctxt->myDoc)
        xmlFreeDoc(parser->ctxt->myDoc);
    xmlFreeParserCtxt(parser->ctxt);
    parser->ctxt = NULL;
    return APR_SUCCESS;
}

static void set_handlers(wsm_xml_parser_t *parser)
{
    xmlSAXHandler *sax = parser->ctxt->sax;
    parser->sax = *sax;
    sax->internalSubset = on_doctype;
    sax->processingInstruction = on_instruction;
    sax->startElementNs = on_start;
    sax->endElementNs = on_end;
    sax->serror = on_error;
    sax->comment = NULL; /* they do not count (R13.1-11): texts join */
}

wsm_error_t *wsm_xml_parser_make(wsm_xml_parser_t **result, const char *charset,
                                 apr_size_t limit, apr_pool_t *pool)
{
    wsm_encoding_e said = WSM_ENCODING_UNKNOWN;
    if (charset)
        said = wsm_encoding_by_name(charset, strlen(charset));
    if (said == WSM_ENCODING_OTHER)
        return wsm_fail(pool, WSMAN_E_ENCODING_CHARACTER_SET,
                        "The character set %s is not supported; use UTF-8 or "
                        "UTF-16.",
                        charset);

    wsm_xml_parser_t *parser = apr_pcalloc(pool, sizeof(*parser));
    parser->said = said;
    parser->limit = limit;
    parser->pool = pool;
    parser->ctxt = xmlCreatePushParserCtxt(NULL, NULL, NULL, 0, NULL);
    if (!parser->ctxt)
        return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, APR_ENOMEM, NULL,
                              "There is no memory for the XML parser.");
    apr_pool_cleanup_register(pool, parser, free_parser, apr_pool_cleanup_null);
    parser->ctxt->_private = parser;
    /* It gets UTF-8 whatever the document is in and says. */
    xmlCtxtUseOptions(parser->ctxt, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
    xmlSwitchEncoding(parser->ctxt, XML_CHAR_ENCODING_UTF8);
    set_handlers(parser);
    *result = parser;
    return NULL;
}

/* ---- bytes on their way: encoding, declaration, libxml2 */

static void parse_slice(wsm_xml_parser_t *parser, const char *data, int length)
{
    xmlParserCtxtPtr ctxt = parser->ctxt;
    xmlParseChunk(ctxt, data, length, 0);
    if (!parser->err && ctxt->instate == XML_PARSER_START_TAG && ctxt->input &&
        ctxt->input->end - ctxt->input->cur > MAX_TAG)
        stop(parser, "A tag is longer than %d bytes.", MAX_TAG);
}

static void parse(wsm_xml_parser_t *parser, const char *data, apr_size_t length)
{
    while (length > 0 && !parser->err) {
        apr_size_t slice = length < SLICE ? length : SLICE;
        parse_slice(parser, data, (int)slice);
        data += slice;
        length -= slice;
    }
}

/** The error of two places that name different encodings, or of an encoding
 *  that is not supported. */
static void refuse_encoding(wsm_xml_parser_t *parser, const char *who,
                            wsm_encoding_e named)
{
    int contradiction =
        named != WSM_ENCODING_OTHER || parser->said != WSM_ENCODING_UNKNOWN;
    parser->err = wsm_error_make(
        parser->pool, WSMAN_E_ENCODING_CHARACTER_SET,
        contradiction ? APR_EINVAL : APR_SUCCESS, NULL,
        contradiction ? "%s another encoding than the message is in."
                      : "%s an encoding that is not supported; use UTF-8 or "
                        "UTF-16.",
        who);
}

static void check_declaration(wsm_xml_parser_t *parser)
{
    wsm_encoding_e named =
        wsm_encoding_declared(parser->declaration, parser->ndeclaration);
    parser->declared = 1;
    if (wsm_encoding_agrees(named, parser->found))
        parse(parser, parser->declaration, parser->ndeclaration);
    else
        refuse_encoding(parser, "The XML declaration names", named);
}

/** Takes UTF-8. */
static void take_text(wsm_xml_parser_t *parser, const char *text,
                      apr_size_t length)
{
    if (!parser->declared) {
        apr_size_t room = MAX_DECLARATION - parser->ndeclaration;
        apr_size_t part = length < room ? length : room;
        const char *end = memchr(text, '>', part);
        if (end)
            part = (apr_size_t)(end - text) + 1;
        memcpy(parser->declaration + parser->ndeclaration, text, part);
        parser->ndeclaration += part;
        text += part;
        length -= part;
        if (!end && parser->ndeclaration < MAX_DECLARATION)
            return;
        check_declaration(parser);
    }
    parse(parser, text, length);
}

static void take_bytes(wsm_xml_parser_t *parser, const unsigned char *data,
                       apr_size_t length)
{
    char text[SLICE * 3 / 2 + 4];
    if (parser->found == WSM_ENCODING_UTF8) {
        take_text(parser, (const char *)data, length);
        return;
    }
    while (length > 0 && !parser->err) {
        apr_size_t part = length < SLICE ? length : SLICE;
        apr_size_t written;
        if (!wsm_utf16_convert(&parser->utf16, data, part, text, &written)) {
            parser->err = wsm_fail(parser->pool, WSMAN_E_SCHEMA_VALIDATION,
                                   "A UTF-16 surrogate lacks its other half.");
            return;
        }
        take_text(parser, text, written);
        data += part;
        length -= part;
    }
}

/** Looks at the first bytes. */
static void begin(wsm_xml_parser_t *parser)
{
    apr_size_t mark;
    parser->found = wsm_encoding_detect(parser->head, parser->nhead, &mark);
    if (parser->found == WSM_ENCODING_OTHER) {
        refuse_encoding(parser, "The first bytes show", parser->found);
        return;
    }
    if (!wsm_encoding_agrees(parser->said, parser->found)) {
        refuse_encoding(parser, "The transport's charset names", parser->said);
        return;
    }
    parser->utf16.big_endian = parser->found == WSM_ENCODING_UTF16BE;
    take_bytes(parser, parser->head + mark, parser->nhead - mark);
}

wsm_error_t *wsm_xml_parser_feed(wsm_xml_parser_t *parser, const char *data,
                                 apr_size_t length)
{
    if (parser->err)
        return parser->err;
    if (length > parser->limit - parser->taken) {
        parser->err =
            wsm_fail(parser->pool, WSMAN_E_ENCODING_SERVICE_ENVELOPE,
                     "The message is longer than %" APR_SIZE_T_FMT " bytes.",
                     parser->limit);
        return parser->err;
    }
    parser->taken += length;
    while (length > 0 && parser->nhead < sizeof(parser->head)) {
        parser->head[parser->nhead++] = (unsigned char)*data++;
        length--;
        if (parser->nhead == sizeof(parser->head))
            begin(parser);
    }
    if (length > 0 && !parser->err)
        take_bytes(parser, (const unsigned char *)data, length);
    return parser->err;
}

static void finish(wsm_xml_parser_t *parser)
{
    if (parser->taken == 0)
        parser->err = wsm_fail(parser->pool, WSMAN_E_SCHEMA_VALIDATION,
                               "The message is empty.");
    else if (parser->found == WSM_ENCODING_UNKNOWN)
        begin(parser);
    if (!parser->err && (parser->utf16.has_odd || parser->utf16.high))
        parser->err = wsm_fail(parser->pool, WSMAN_E_SCHEMA_VALIDATION,
                               "The message ends within a UTF-16 character.");
    if (!parser->err && !parser->declared)
        check_declaration(parser);
    if (!parser->err)
        xmlParseChunk(parser->ctxt, "", 0, 1);
    if (!parser->err && (!parser->ctxt->wellFormed || !parser->ctxt->myDoc))
        parser->err = wsm_fail(parser->pool, WSMAN_E_SCHEMA_VALIDATION,
                               "The message is not well-formed XML.");
}

wsm_error_t *wsm_xml_parser_done(wsm_xml_parser_t *parser, xmlDocPtr *doc,
                                 int *utf16)
{
    if (!parser->err)
        finish(parser);
    if (utf16)
        *utf16 = parser->found == WSM_ENCODING_UTF16LE ||
                 parser->found == WSM_ENCODING_UTF16BE;
    if (!parser->err) {
        *doc = parser->ctxt->myDoc;
        parser->ctxt->myDoc = NULL;
        apr_pool_cleanup_register(parser->pool, *doc, free_doc,
                                  apr_pool_cleanup_null);
    }
    apr_pool_cleanup_run(parser->pool, parser, free_parser);
    return parser->err;
}

wsm_error_t *wsm_xml_parse(xmlDocPtr *doc, const char *data, apr_size_t length,
                           apr_size_t limit, apr_pool_t *pool)
{
    wsm_xml_parser_t *parser;
    wsm_error_t *err = wsm_xml_parser_make(&parser, NULL, limit, pool);
    if (err)
        return err;
    wsm_xml_parser_feed(parser, data, length);
    return wsm_xml_parser_done(parser, doc, NULL);
}
