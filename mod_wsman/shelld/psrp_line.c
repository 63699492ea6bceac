/* psrp_line.c - reading and writing the lines of an engine. */
#include "psrp_line.h"

#include <string.h>

#include <apr_lib.h>

#include "../base/wsm_text.h"

static const char *const tag_name[] = {
    [PSRP_DATA] = "Data",       [PSRP_DATA_ACK] = "DataAck",
    [PSRP_COMMAND] = "Command", [PSRP_COMMAND_ACK] = "CommandAck",
    [PSRP_SIGNAL] = "Signal",   [PSRP_SIGNAL_ACK] = "SignalAck",
    [PSRP_CLOSE] = "Close",     [PSRP_CLOSE_ACK] = "CloseAck",
};

static const char *const stream_name[] = {
    [PSRP_DEFAULT] = "Default",
    [PSRP_PROMPT_RESPONSE] = "PromptResponse",
};

#define NAMES(table) ((int)(sizeof(table) / sizeof((table)[0])))

int psrp_guid_is(const char *text, apr_size_t length)
{
    if (length != PSRP_GUID_LENGTH)
        return 0;
    for (int i = 0; i < PSRP_GUID_LENGTH; i++) {
        int is_dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (is_dash ? text[i] != '-' : !apr_isxdigit(text[i]))
            return 0;
    }
    return 1;
}

/* ---- reading */

/* What is left of a line. */
typedef struct rest_t {
    char *at;
    char *end;
} rest_t;

static int is_space(char c)
{
    return c == ' ' || c == '\t';
}

static int skip_space(rest_t *rest)
{
    char *begin = rest->at;

    while (rest->at < rest->end && is_space(*rest->at))
        rest->at++;
    return rest->at > begin;
}

static int take(rest_t *rest, const char *text)
{
    apr_size_t length = strlen(text);

    if ((apr_size_t)(rest->end - rest->at) < length ||
        memcmp(rest->at, text, length) != 0)
        return 0;
    rest->at += length;
    return 1;
}

/* A run of letters, as an index of a table of names. */
static int take_name(rest_t *rest, const char *const *names, int count)
{
    char *begin = rest->at;

    while (rest->at < rest->end && apr_isalpha(*rest->at))
        rest->at++;
    for (int i = 0; i < count; i++)
        if (strlen(names[i]) == (apr_size_t)(rest->at - begin) &&
            memcmp(names[i], begin, strlen(names[i])) == 0)
            return i;
    rest->at = begin;
    return -1;
}

/* ='value' or ="value" */
static int take_value(rest_t *rest, rest_t *value)
{
    char *close;

    if (!take(rest, "=") || rest->at == rest->end ||
        (*rest->at != '\'' && *rest->at != '"'))
        return 0;
    value->at = rest->at + 1;
    close = memchr(value->at, *rest->at, (apr_size_t)(rest->end - value->at));
    if (close == NULL)
        return 0;
    value->end = close;
    rest->at = close + 1;
    return 1;
}

static int take_attributes(psrp_line_t *self, rest_t *rest)
{
    static const char *const attribute[] = {"Stream", "PSGuid"};
    int has[] = {0, 0};
    rest_t value;

    while (skip_space(rest)) {
        int which = take_name(rest, attribute, NAMES(attribute));
        int stream;

        if (which < 0)
            break;
        if (has[which]++ || !take_value(rest, &value))
            return 0;
        if (which == 1) {
            if (!psrp_guid_is(value.at, (apr_size_t)(value.end - value.at)))
                return 0;
            for (int i = 0; i < PSRP_GUID_LENGTH; i++)
                self->guid[i] = (char)apr_tolower(value.at[i]);
        } else {
            stream = take_name(&value, stream_name, NAMES(stream_name));
            if (stream < 0 || value.at != value.end)
                return 0;
            self->stream = (psrp_stream_e)stream;
        }
    }
    return has[1] && has[0] == (self->tag == PSRP_DATA);
}

static int take_data(psrp_line_t *self, rest_t *rest)
{
    char *close;

    if (!take(rest, ">"))
        return 0;
    close = memchr(rest->at, '<', (apr_size_t)(rest->end - rest->at));
    if (close == NULL)
        return 0;
    self->data = rest->at;
    self->length = (apr_size_t)(close - rest->at);
    if (!wsm_text_base64_decode(rest->at, &self->length))
        return 0;
    rest->at = close;
    return take(rest, "</Data>");
}

psrp_tag_e psrp_line_read(psrp_line_t *self, char *line, apr_size_t length)
{
    rest_t rest = {line, line + length};
    int tag = -1;

    memset(self, 0, sizeof(*self));
    self->tag = PSRP_NOISE;
    take(&rest, "\xef\xbb\xbf"); /* some runtimes begin their output so */
    skip_space(&rest);
    if (take(&rest, "<"))
        tag = take_name(&rest, tag_name, NAMES(tag_name));
    if (tag < 0 || rest.at == rest.end || !is_space(*rest.at))
        return self->tag;
    self->tag = (psrp_tag_e)tag;
    if (!take_attributes(self, &rest) ||
        !(self->tag == PSRP_DATA ? take_data(self, &rest)
                                 : take(&rest, "/>")) ||
        (skip_space(&rest), rest.at != rest.end))
        self->tag = PSRP_BROKEN;
    return self->tag;
}

/* ---- writing */

static char *put(char *out, const char *text)
{
    apr_size_t length = strlen(text);

    memcpy(out, text, length);
    return out + length;
}

static char *encode(char *out, const char *data, apr_size_t length)
{
    static const char letter[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = (const unsigned char *)data;

    for (; length > 0; in += 3) {
        unsigned held = (unsigned)in[0] << 16 |
                        (length > 1 ? (unsigned)in[1] << 8 : 0) |
                        (length > 2 ? in[2] : 0);

        *out++ = letter[held >> 18];
        *out++ = letter[held >> 12 & 63];
        *out++ = length > 1 ? letter[held >> 6 & 63] : '=';
        *out++ = length > 2 ? letter[held & 63] : '=';
        length -= length > 3 ? 3 : length;
    }
    return out;
}

apr_size_t psrp_line_size(apr_size_t length)
{
    return (length + 2) / 3 * 4 +
           sizeof("<Data Stream='PromptResponse' PSGuid=''></Data>\n") +
           PSRP_GUID_LENGTH;
}

apr_size_t psrp_line_write(char *out, psrp_tag_e tag, psrp_stream_e stream,
                           const char *guid, const char *data,
                           apr_size_t length)
{
    char *at = put(put(out, "<"), tag_name[tag]);

    if (tag == PSRP_DATA)
        at = put(put(put(at, " Stream='"), stream_name[stream]), "'");
    at = put(put(put(at, " PSGuid='"), guid), "'");
    if (tag == PSRP_DATA)
        at = put(encode(put(at, ">"), data, length), "</Data>\n");
    else
        at = put(at, " />\n");
    return (apr_size_t)(at - out);
}
