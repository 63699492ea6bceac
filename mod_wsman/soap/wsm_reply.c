/* wsm_reply.c - the envelope around a reply. */
#include "wsm_reply.h"

#include "../base/wsm_text.h"
#include "wsm_names.h"

#define ENVELOPE_BEGIN                                                         \
    "<s:Envelope xml:lang=\"en-US\" xmlns:s=\"" WSM_NS_SOAP "\" xmlns:a=\""
#define ENVELOPE_END "</s:Envelope>"
#define BODY_END     "</s:Body>"

_Static_assert(WSM_REPLY_TAIL == sizeof(BODY_END ENVELOPE_END) - 1,
               "what wsm_reply_end writes");

typedef struct text_t {
    const char *text;
    apr_size_t length;
} text_t;

#define TEXT(literal)                                                          \
    {                                                                          \
        literal, sizeof(literal) - 1                                           \
    }

/* Of each addressing: what declares it, and its anonymous address. */
static const text_t openings[] = {
    [WSM_ADDRESSING_2004] = TEXT(ENVELOPE_BEGIN WSM_NS_WSA "\""),
    [WSM_ADDRESSING_2005] = TEXT(ENVELOPE_BEGIN WSM_NS_WSA10 "\""),
};

static const text_t receivers[] = {
    [WSM_ADDRESSING_2004] =
        TEXT("</a:MessageID><a:To>" WSM_ANONYMOUS "</a:To>"),
    [WSM_ADDRESSING_2005] =
        TEXT("</a:MessageID><a:To>" WSM_ANONYMOUS10 "</a:To>"),
};

/* In the order in which Windows writes them. */
static const struct {
    unsigned prefix;
    text_t text;
} declarations[] = {
    {WSM_PREFIX_X, TEXT(" xmlns:x=\"" WSM_NS_TRANSFER "\"")},
    {WSM_PREFIX_E, TEXT(" xmlns:e=\"" WSM_NS_EVENT "\"")},
    {WSM_PREFIX_N, TEXT(" xmlns:n=\"" WSM_NS_ENUM "\"")},
    {WSM_PREFIX_B, TEXT(" xmlns:b=\"" WSM_NS_WSMB "\"")},
};

/* What every reply has, and in the draft (wsm_draft.h). */
static const text_t management[] = {
    TEXT(" xmlns:w=\"" WSM_NS_WSMAN "\""),
    TEXT(" xmlns:w=\"" WSM_NS_DRAFT "\""),
};
static const text_t shells = TEXT(" xmlns:rsp=\"" WSM_NS_SHELL "\"");
static const text_t closing = TEXT(" xmlns:p=\"" WSM_NS_MS "\">");

static void write_text_t(wsm_writer_t *out, const text_t *text)
{
    wsm_write(out, text->text, text->length);
}

static void write_action(wsm_writer_t *out, const wsm_reply_t *reply)
{
    wsm_write_lit(out, "<s:Header>");
    if (reply->first)
        wsm_write_str(out, reply->first);
    wsm_write_lit(out, "<a:Action>");
    if (reply->action)
        wsm_write_text(out, reply->action);
    else {
        wsm_write_text(out, reply->request->action);
        wsm_write_lit(out, "Response");
    }
    wsm_write_lit(out, "</a:Action>");
}

static void write_ids(wsm_writer_t *out, const wsm_reply_t *reply,
                      wsm_addressing_e addressing)
{
    char uuid[WSM_UUID_LENGTH + 1];
    wsm_text_uuid(uuid);
    wsm_write_lit(out, "<a:MessageID>uuid:");
    wsm_write(out, uuid, WSM_UUID_LENGTH);
    write_text_t(out, &receivers[addressing]);
    if (reply->request && reply->request->message_id) {
        wsm_write_lit(out, "<a:RelatesTo>");
        wsm_write_text(out, reply->request->message_id);
        wsm_write_lit(out, "</a:RelatesTo>");
    }
}

void wsm_reply_begin(wsm_writer_t *out, const wsm_reply_t *reply)
{
    wsm_addressing_e addressing =
        reply->request ? reply->request->addressing : WSM_ADDRESSING_2004;
    write_text_t(out, &openings[addressing]);
    for (size_t i = 0; i < sizeof(declarations) / sizeof(declarations[0]); i++)
        if (reply->prefixes & declarations[i].prefix)
            write_text_t(out, &declarations[i].text);
    write_text_t(out, &management[reply->request && reply->request->draft]);
    if (reply->prefixes & WSM_PREFIX_R)
        write_text_t(out, &shells);
    write_text_t(out, &closing);
    write_action(out, reply);
    write_ids(out, reply, addressing);
    if (reply->headers)
        wsm_write_str(out, reply->headers);
    if (reply->request && reply->request->reply_headers)
        wsm_write_str(out, reply->request->reply_headers);
    wsm_write_lit(out, "</s:Header><s:Body>");
}

void wsm_reply_end(wsm_writer_t *out)
{
    wsm_write_lit(out, BODY_END ENVELOPE_END);
}

void wsm_reply_identify_begin(wsm_writer_t *out)
{
    wsm_write_lit(out, "<s:Envelope xml:lang=\"en-US\" xmlns:s=\"" WSM_NS_SOAP
                       "\"><s:Header></s:Header><s:Body>");
}
