/* wsm_header.c - the header blocks of a request. */
#include "wsm_header.h"

#include <string.h>
#include <strings.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "../base/wsm_text.h"
#include "wsm_draft.h"
#include "wsm_echo.h"
#include "wsm_limits.h"
#include "wsm_names.h"

#define MAX_OPTIONS     64
#define MIN_ENVELOPE    8192
#define INVALID_TIMEOUT 2150858881u /* ERROR_WSMAN_INVALID_TIMEOUT_HEADER */

/* Of reference parameters that come back in the reply */
#define MAX_ECHO 2048

#define ROLE_NEXT     WSM_NS_SOAP "/role/next"
#define ROLE_ULTIMATE WSM_NS_SOAP "/role/ultimateReceiver"

typedef enum place_e { IN_WSA, IN_WSMAN, IN_MS, IN_EVENT, ELSEWHERE } place_e;

/** One header that is being read. */
typedef struct block_t {
    wsm_request_t *request;
    const xmlNode *node;
    const char *qname; /* "w:Locale", with our prefix */
    int must;          /* mustUnderstand */
    apr_pool_t *pool;
} block_t;

typedef wsm_error_t *(*read_fn)(const block_t *block);

/* ---- errors */

static wsm_error_t *invalid(const block_t *block, const char *why)
{
    wsm_error_t *err = wsm_fail(block->pool, WSMAN_E_INVALID_HEADER,
                                "The header %s %s.", block->qname, why);
    return wsm_error_detail(err, block->qname, block->pool);
}

static wsm_error_t *required(const char *qname, apr_pool_t *pool)
{
    wsm_error_t *err = wsm_fail(pool, WSMAN_E_HEADER_REQUIRED,
                                "The header %s is missing.", qname);
    return wsm_error_detail(err, qname, pool);
}

/* ---- readers */

static wsm_error_t *read_nothing(const block_t *block)
{
    (void)block;
    return NULL;
}

/** A text of its own, not empty. */
static wsm_error_t *read_uri(const block_t *block, const char **uri)
{
    const char *text = wsm_xml_text(block->node, block->pool);
    if (!*text)
        return invalid(block, "is empty");
    if (wsm_longer_than(text, WSM_MAX_URI))
        return wsm_fail(block->pool, WSMAN_E_ENCODING_URI_LIMIT,
                        "The header %s is longer than %d characters.",
                        block->qname, WSM_MAX_URI);
    *uri = text;
    return NULL;
}

static wsm_error_t *read_action(const block_t *block)
{
    return read_uri(block, &block->request->action);
}

static wsm_error_t *read_message_id(const block_t *block)
{
    return read_uri(block, &block->request->message_id);
}

static wsm_error_t *read_relates_to(const block_t *block)
{
    const char *text;
    return read_uri(block, &text);
}

static wsm_error_t *read_resource_uri(const block_t *block)
{
    const char *text = wsm_xml_text(block->node, block->pool);
    if (!*text) /* R5.1.2.1-6 */
        return wsm_fail(block->pool, WSMAN_E_INVALID_RESOURCE_URI,
                        "The header w:ResourceURI is empty.");
    return read_uri(block, &block->request->resource_uri);
}

/** MS-WSMV 3.1.4.1.4 prints the address with a slash behind. */
static int is_anonymous(const char *address, wsm_addressing_e addressing)
{
    const char *anonymous = wsm_addressing_anonymous(addressing);
    apr_size_t length = strlen(anonymous);
    return !strncmp(address, anonymous, length) &&
           (!address[length] || !strcmp(address + length, "/"));
}

/** ReplyTo, FaultTo: to the same connection only (R5.4.2-2, R5.4.3-3). */
static wsm_error_t *check_address(const block_t *block)
{
    wsm_epr_t epr;
    wsm_error_t *err = wsm_epr_read(&epr, block->node, block->pool);
    if (err)
        return err;
    if (!epr.address || !*epr.address)
        return invalid(block, "has no Address");
    if (is_anonymous(epr.address, block->request->addressing))
        return NULL;
    return wsm_fail(block->pool, WSMAN_E_UNSUPPORTED_ADDRESSING_MODE,
                    "The header %s names another address than %s, the only one "
                    "that is served.",
                    block->qname,
                    wsm_addressing_anonymous(block->request->addressing));
}

/** R5.4.2-5, R5.4.3-4 */
static wsm_error_t *keep_parameters(const block_t *block, const char **kept)
{
    const wsm_request_t *request = block->request;
    wsm_writer_t *out =
        wsm_echo_parameters(block->node, MAX_ECHO, request->addressing,
                            request->draft, block->pool);
    if (!out || wsm_writer_length(out) == 0)
        return NULL;
    if (wsm_writer_full(out))
        return wsm_fail(block->pool, WSMAN_E_UNSUPPORTED_ADDRESSING_MODE,
                        "The reference parameters of %s are longer than %d "
                        "bytes.",
                        block->qname, MAX_ECHO);
    *kept = wsm_writer_string(out, block->pool);
    return NULL;
}

static wsm_error_t *read_reply_to(const block_t *block)
{
    wsm_error_t *err = check_address(block);
    return err ? err : keep_parameters(block, &block->request->reply_headers);
}

/** What does not fit a fault may be left out of it (R5.4.3-4). */
static wsm_error_t *read_fault_to(const block_t *block)
{
    wsm_error_t *err = check_address(block);
    if (!err)
        keep_parameters(block, &block->request->fault_headers);
    return err;
}

static wsm_error_t *read_selector_set(const block_t *block)
{
    return wsm_selectors_read(&block->request->selectors,
                              &block->request->nselectors, block->node,
                              block->pool);
}

static wsm_error_t *option_limit(const block_t *block, const char *what,
                                 int limit)
{
    return wsm_fail(block->pool, WSMAN_E_ENCODING_OPTION_LIMIT,
                    "The OptionSet has %s %d.", what, limit);
}

static wsm_error_t *read_option(wsm_option_t *option, const block_t *block,
                                const xmlNode *node)
{
    apr_pool_t *pool = block->pool;
    if (!wsm_xml_is(node, WSM_NS_WSMAN, "Option"))
        return wsm_fail(pool, WSMAN_E_INVALID_OPTIONS,
                        "The OptionSet holds the element %s, which is no "
                        "Option.",
                        (const char *)node->name);
    option->name = wsm_xml_attr(node, NULL, "Name", pool);
    if (!option->name || !*option->name)
        return wsm_fail(pool, WSMAN_E_OPTION_INVALID_NAME,
                        "An Option has no Name.");
    option->value = wsm_xml_text(node, pool);
    option->type = wsm_xml_attr(node, NULL, "Type", pool);
    option->nil = wsm_xml_nil(node, pool);
    if (wsm_longer_than(option->name, WSM_MAX_NAME))
        return option_limit(block, "a name longer than", WSM_MAX_NAME);
    if (wsm_longer_than(option->value, WSM_MAX_VALUE))
        return option_limit(block, "a value longer than", WSM_MAX_VALUE);
    const char *comply = wsm_xml_attr(node, NULL, "MustComply", pool);
    if (comply && !wsm_text_boolean(comply, &option->must_comply))
        return wsm_fail(pool, WSMAN_E_OPTION_INVALID_VALUE,
                        "MustComply of the option %s is no boolean.",
                        option->name);
    return NULL;
}

static wsm_error_t *read_option_set(const block_t *block)
{
    wsm_request_t *request = block->request;
    apr_array_header_t *list =
        apr_array_make(block->pool, 4, sizeof(wsm_option_t));
    const xmlNode *n = wsm_xml_first(block->node);
    request->options_must_understand = block->must;
    for (; n; n = wsm_xml_next(n)) {
        if (list->nelts == MAX_OPTIONS)
            return option_limit(block, "more options than", MAX_OPTIONS);
        wsm_option_t *option = apr_array_push(list);
        memset(option, 0, sizeof(*option));
        wsm_error_t *err = read_option(option, block, n);
        if (err)
            return err;
    }
    request->options = (const wsm_option_t *)list->elts;
    request->noptions = list->nelts;
    return NULL;
}

static wsm_error_t *read_timeout(const block_t *block)
{
    apr_int64_t usec;
    const char *text = wsm_xml_text(block->node, block->pool);
    if (wsm_text_duration(text, &usec) && usec >= 0) {
        block->request->timeout = usec;
        return NULL;
    }
    wsm_error_t *err =
        invalid(block, "is no duration that is not negative (\"PT60S\")");
    err->number = INVALID_TIMEOUT;
    return err;
}

/** Numbers that are too large for us are no error: our own limit is less. */
static int read_size(const char *text, apr_size_t *size)
{
    apr_uint64_t number;
    if (wsm_text_u64(text, (apr_uint64_t)-1, &number))
        *size = number < (apr_size_t)-1 ? (apr_size_t)number : (apr_size_t)-1;
    else if (*text && !text[strspn(text, "0123456789")])
        *size = (apr_size_t)-1;
    else
        return 0;
    return 1;
}

static wsm_error_t *read_max_envelope(const block_t *block)
{
    apr_size_t size;
    if (!read_size(wsm_xml_text(block->node, block->pool), &size) || size == 0)
        return invalid(block, "is no positive number");
    block->request->max_envelope = size;
    block->request->max_envelope_must = block->must;
    if (size < MIN_ENVELOPE) /* R6.2-4 */
        return wsm_fail(block->pool, WSMAN_E_ENCODING_MIN_ENVELOPE,
                        "MaxEnvelopeSize is %" APR_SIZE_T_FMT
                        "; at least %d is needed.",
                        size, MIN_ENVELOPE);
    return NULL;
}

/** @return true if it is of the form of RFC 3066: en, de-CH, i-klingon */
static int is_language(const char *text)
{
    int part = 0;
    for (int first = 1;; text++) {
        char c = *text;
        int letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (!first && c >= '0' && c <= '9')) {
            if (++part > 8)
                return 0;
            continue;
        }
        if (part == 0 || (c && c != '-'))
            return 0;
        if (!c)
            return 1;
        part = 0;
        first = 0;
    }
}

/** R6.3-2, MS-WSMV 3.1.4.1.8 and .9: it is a hint or it is refused. */
static wsm_error_t *read_language(const block_t *block, const char **language,
                                  wsman_code_e code)
{
    const char *text =
        wsm_xml_attr(block->node, WSM_NS_XML, "lang", block->pool);
    if (block->must)
        return wsm_fail(block->pool, code,
                        "The header %s cannot be obeyed, only be a hint: send "
                        "it without mustUnderstand.",
                        block->qname);
    if (!text || !*text)
        return NULL;
    if (!is_language(text))
        return invalid(block, "names no language as RFC 3066 writes it");
    *language = text;
    return NULL;
}

static wsm_error_t *read_locale(const block_t *block)
{
    return read_language(block, &block->request->locale,
                         WSMAN_E_UNSUPPORTED_LOCALE);
}

static wsm_error_t *read_data_locale(const block_t *block)
{
    return read_language(block, &block->request->data_locale,
                         WSMAN_E_UNSUPPORTED_DATA_LOCALE);
}

static wsm_error_t *read_request_epr(const block_t *block)
{
    block->request->request_epr = 1;
    return NULL;
}

static wsm_error_t *read_request_estimate(const block_t *block)
{
    block->request->request_estimate = 1;
    return NULL;
}

/** R7.7-2, MS-WSMV 3.1.4.1.18 */
static wsm_error_t *read_fragment(const block_t *block)
{
    if (!block->must)
        return invalid(block, "lacks s:mustUnderstand=\"true\"");
    block->request->fragment = block->node;
    return NULL;
}

static wsm_error_t *read_id(const block_t *block, const char **id)
{
    const char *text = wsm_xml_text(block->node, block->pool);
    if (wsm_longer_than(text, WSM_MAX_ID))
        return invalid(block, "is too long");
    *id = text;
    return NULL;
}

static wsm_error_t *read_session_id(const block_t *block)
{
    return read_id(block, &block->request->session_id);
}

static wsm_error_t *read_operation_id(const block_t *block)
{
    return read_id(block, &block->request->operation_id);
}

static wsm_error_t *read_sequence_id(const block_t *block)
{
    return read_id(block, &block->request->sequence_id);
}

static wsm_error_t *read_activity_id(const block_t *block)
{
    return read_id(block, &block->request->activity_id);
}

/* ---- the table */

static const struct {
    place_e place;
    const char *qname; /* the local name after two characters */
    read_fn read;
} headers[] = {
    {IN_WSA, "a:Action", read_action},
    {IN_WSA, "a:To", read_nothing}, /* present, not judged (interop R4) */
    {IN_WSA, "a:MessageID", read_message_id},
    {IN_WSA, "a:ReplyTo", read_reply_to},
    {IN_WSA, "a:FaultTo", read_fault_to},
    {IN_WSA, "a:RelatesTo", read_relates_to},
    {IN_WSA, "a:From", read_nothing}, /* R5.4.6-2 */
    {IN_WSMAN, "w:ResourceURI", read_resource_uri},
    {IN_WSMAN, "w:SelectorSet", read_selector_set},
    {IN_WSMAN, "w:OptionSet", read_option_set},
    {IN_WSMAN, "w:OperationTimeout", read_timeout},
    {IN_WSMAN, "w:MaxEnvelopeSize", read_max_envelope},
    {IN_WSMAN, "w:Locale", read_locale},
    {IN_WSMAN, "w:RequestEPR", read_request_epr},
    {IN_WSMAN, "w:RequestTotalItemsCountEstimate", read_request_estimate},
    {IN_WSMAN, "w:FragmentTransfer", read_fragment},
    {IN_MS, "p:DataLocale", read_data_locale},
    {IN_MS, "p:SessionId", read_session_id},
    {IN_MS, "p:OperationID", read_operation_id},
    {IN_MS, "p:SequenceId", read_sequence_id},
    {IN_MS, "p:ActivityId", read_activity_id},
};

#define NHEADERS ((int)(sizeof(headers) / sizeof(headers[0])))
enum { ACTION, TO, MESSAGE_ID, REPLY_TO, FAULT_TO };

static place_e place_of(const xmlNode *node, wsm_addressing_e addressing)
{
    const char *ns = wsm_xml_ns(node);
    if (!strcmp(ns, wsm_addressing_ns(addressing)))
        return IN_WSA;
    if (!strcmp(ns, WSM_NS_WSMAN))
        return IN_WSMAN;
    if (!strcmp(ns, WSM_NS_MS))
        return IN_MS;
    return strcmp(ns, WSM_NS_EVENT) ? ELSEWHERE : IN_EVENT;
}

/** The row of a header, or -1. */
static int find(const xmlNode *node, place_e place)
{
    for (int i = 0; i < NHEADERS; i++)
        if (headers[i].place == place &&
            !strcmp(headers[i].qname + 2, (const char *)node->name))
            return i;
    return -1;
}

/** @return true if the block is for us (SOAP 1.2 2.2) */
static int is_for_us(const xmlNode *node, apr_pool_t *pool)
{
    if (!node->properties)
        return 1;
    const char *role = wsm_xml_attr(node, WSM_NS_SOAP, "role", pool);
    return !role || !*role || !strcmp(role, ROLE_NEXT) ||
           !strcmp(role, ROLE_ULTIMATE);
}

/** Without its namespace it is just an attribute (interop R5).
 *  @return 0 if it is no boolean */
static int read_must_understand(const xmlNode *node, int *must,
                                apr_pool_t *pool)
{
    *must = 0;
    if (!node->properties)
        return 1;
    const char *text = wsm_xml_attr(node, WSM_NS_SOAP, "mustUnderstand", pool);
    return !text || wsm_text_boolean(text, must);
}

/* ---- passes over the headers */

static void look_for_message_id(wsm_request_t *request, const xmlNode *header,
                                apr_pool_t *pool)
{
    const xmlNode *id = wsm_xml_child(
        header, wsm_addressing_ns(request->addressing), "MessageID");
    if (!id)
        return;
    const char *text = wsm_xml_text(id, pool);
    if (*text && !wsm_longer_than(text, WSM_MAX_URI))
        request->message_id = text;
}

void wsm_headers_identify(wsm_request_t *request, const xmlNode *header,
                          apr_pool_t *pool)
{
    for (const xmlNode *n = wsm_xml_first(header); n; n = wsm_xml_next(n)) {
        const char *ns = wsm_xml_ns(n);
        int newer = !strcmp(ns, WSM_NS_WSA10);
        if (!newer && strcmp(ns, WSM_NS_WSA) != 0)
            continue;
        request->addressing = newer ? WSM_ADDRESSING_2005 : WSM_ADDRESSING_2004;
        if (!strcmp((const char *)n->name, "Action"))
            break; /* the header that every message has decides */
    }
    look_for_message_id(request, header, pool);
}

/** "prefix:name namespace", with a prefix that s:NotUnderstood can declare. */
static const char *name_block(const xmlNode *node, int draft, apr_pool_t *pool)
{
    const char *name = (const char *)node->name;
    if (!node->ns)
        return apr_pstrcat(pool, name, " ", NULL);
    const char *prefix = (const char *)node->ns->prefix;
    if (!prefix || !strcmp(prefix, "s") || !strncasecmp(prefix, "xml", 3))
        prefix = "h";
    return apr_pstrcat(pool, prefix, ":", name, " ",
                       wsm_draft_name(draft, wsm_xml_ns(node)), NULL);
}

static wsm_error_t *not_understood(wsm_error_t *err, const xmlNode *node,
                                   int draft, apr_pool_t *pool)
{
    if (!err)
        err = wsm_fail(pool, WSMAN_E_NOT_UNDERSTOOD,
                       "The header {%s}%s must be understood but is not known.",
                       wsm_draft_name(draft, wsm_xml_ns(node)),
                       (const char *)node->name);
    return wsm_error_detail(err, name_block(node, draft, pool), pool);
}

wsm_error_t *wsm_headers_understand(const wsm_request_t *request,
                                    apr_pool_t *pool)
{
    wsm_error_t *err = NULL;
    int count = 0;
    const xmlNode *n = wsm_xml_first(request->header);
    for (; n; n = wsm_xml_next(n)) {
        int must;
        if (!is_for_us(n, pool))
            continue;
        if (!read_must_understand(n, &must, pool))
            return wsm_fail(pool, WSMAN_E_SCHEMA_VALIDATION,
                            "mustUnderstand of the header %s is no boolean.",
                            (const char *)n->name);
        /* A fault has room for some of them. */
        if (must && count < 8 &&
            find(n, place_of(n, request->addressing)) < 0) {
            err = not_understood(err, n, request->draft, pool);
            count++;
        }
    }
    return err;
}

/** R13.1-9: a name of ours twice, whether we know the header or not. */
static wsm_error_t *refuse_double(const xmlNode *node, place_e place,
                                  apr_hash_t **seen, apr_pool_t *pool)
{
    static const char prefixes[][3] = {"a:", "w:", "p:", "e:"};
    if (place == ELSEWHERE)
        return NULL;
    if (!*seen)
        *seen = apr_hash_make(pool);
    const char *qname =
        apr_pstrcat(pool, prefixes[place], (const char *)node->name, NULL);
    if (!apr_hash_get(*seen, qname, APR_HASH_KEY_STRING)) {
        apr_hash_set(*seen, qname, APR_HASH_KEY_STRING, qname);
        return NULL;
    }
    block_t block = {NULL, node, qname, 0, pool};
    return invalid(&block, "is there twice");
}

static wsm_error_t *read_block(wsm_request_t *request, const xmlNode *node,
                               int row, apr_pool_t *pool)
{
    block_t block = {request, node, headers[row].qname, 0, pool};
    read_must_understand(node, &block.must, pool);
    return headers[row].read(&block);
}

static wsm_error_t *check_required(const wsm_request_t *request, unsigned seen,
                                   apr_pool_t *pool)
{
    static const struct {
        int row;
        int newer; /* required by 2005/08 too */
    } needed[] = {{ACTION, 1}, {TO, 0}, {REPLY_TO, 0}};
    for (int i = 0; i < 3; i++)
        if (!(seen & 1u << needed[i].row) &&
            (needed[i].newer || request->addressing == WSM_ADDRESSING_2004))
            return required(headers[needed[i].row].qname, pool);
    if (seen & 1u << MESSAGE_ID)
        return NULL;
    block_t block = {NULL, NULL, headers[MESSAGE_ID].qname, 0, pool};
    return invalid(&block, "is missing"); /* R5.4.4-4 */
}

wsm_error_t *wsm_headers_read(wsm_request_t *request, apr_pool_t *pool)
{
    wsm_error_t *err = NULL;
    unsigned seen = 0;
    apr_hash_t *others = NULL;
    const xmlNode *n = request->header ? wsm_xml_first(request->header) : NULL;
    for (; n; n = wsm_xml_next(n)) {
        if (!is_for_us(n, pool))
            continue;
        place_e place = place_of(n, request->addressing);
        int row = find(n, place);
        wsm_error_t *wrong;
        if (row >= 0 && !(seen & 1u << row)) {
            seen |= 1u << row;
            wrong = read_block(request, n, row, pool);
        } else if (row >= 0) {
            block_t block = {request, n, headers[row].qname, 0, pool};
            wrong = err ? NULL : invalid(&block, "is there twice");
        } else
            wrong = refuse_double(n, place, &others, pool);
        if (!err)
            err = wrong;
    }
    if (!(seen & 1u << FAULT_TO))
        request->fault_headers = request->reply_headers;
    return err ? err : check_required(request, seen, pool);
}
