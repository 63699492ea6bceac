/* wsm_sealed.c - takes multipart/encrypted apart and puts it together. */
#include "wsm_sealed.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>
#include <apr_strings.h>

#define MEDIA_TYPE "multipart/encrypted"
#define BOUNDARY   "Encrypted Boundary"
#define DELIMITER  "--" BOUNDARY
#define CRLF       "\r\n"
#define OCTETS     "application/octet-stream"

/* A part's header has two lines; whoever sends many means no good. */
#define MOST_LINES 8
#define MOST_LINE  256

#define LENGTH_FIELD 4

const char wsm_sealed_tail[] = DELIMITER "--" CRLF;

static const char *const protocols[] = {
    "application/HTTP-SPNEGO-session-encrypted",
    "application/HTTP-Kerberos-session-encrypted",
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

typedef struct reader_t {
    unsigned char *p;
    unsigned char *end;
} reader_t;

static wsm_error_t *wrong(apr_pool_t *pool, const char *what)
{
    return wsm_fail(pool, WSMAN_E_ENCODING_LIMIT,
                    "The sealed message is malformed: %s.", what);
}

static const char *protocol_named(const char *name)
{
    size_t i;

    for (i = 0; name != NULL && i < COUNT(protocols); i++) {
        if (strcasecmp(protocols[i], name) == 0)
            return protocols[i];
    }
    return NULL;
}

/* ---- the body's Content-Type: RFC 9110 5.6.6 */

int wsm_sealed_is_type(const char *content_type)
{
    apr_size_t length = sizeof(MEDIA_TYPE) - 1;

    return content_type != NULL &&
           strncasecmp(content_type, MEDIA_TYPE, length) == 0 &&
           (content_type[length] == '\0' || content_type[length] == ';' ||
            apr_isspace(content_type[length]));
}

static const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return p;
}

/* The value at p, without its quotes.  @param next  set behind it */
static const char *read_value(const char *p, const char **next,
                              apr_pool_t *pool)
{
    const char *end;

    if (*p == '"') {
        end = strchr(++p, '"');
        *next = end ? end + 1 : p + strlen(p);
    } else {
        end = p + strcspn(p, "; \t");
        *next = end;
    }
    return end ? apr_pstrmemdup(pool, p, (apr_size_t)(end - p)) : NULL;
}

/* The value of a parameter, or NULL */
static const char *parameter(const char *type, const char *name,
                             apr_pool_t *pool)
{
    apr_size_t length = strlen(name);
    const char *p = strchr(type, ';');

    while (p != NULL) {
        const char *equals;
        const char *value;

        p = skip_space(p + 1);
        equals = p + strcspn(p, "=;");
        if (*equals != '=') {
            p = *equals ? equals : NULL;
            continue;
        }
        value = read_value(equals + 1, &equals, pool);
        if (strncasecmp(p, name, length) == 0 && p[length] == '=')
            return value;
        p = strchr(equals, ';');
    }
    return NULL;
}

/* ---- the parts */

static int take(reader_t *in, const char *text)
{
    apr_size_t length = strlen(text);

    if ((apr_size_t)(in->end - in->p) < length ||
        memcmp(in->p, text, length) != 0)
        return 0;
    in->p += length;
    return 1;
}

/* A line of a part's header, without what is around it; NULL: there is none,
 * or it is too long. */
static const char *take_line(reader_t *in, apr_pool_t *pool)
{
    apr_size_t room = (apr_size_t)(in->end - in->p);
    unsigned char *eol =
        memmem(in->p, room < MOST_LINE ? room : MOST_LINE, CRLF, 2);
    const char *line;

    if (eol == NULL || memchr(in->p, '\0', (apr_size_t)(eol - in->p)) != NULL)
        return NULL;
    line = apr_pstrmemdup(pool, (const char *)in->p, (apr_size_t)(eol - in->p));
    in->p = eol + 2;
    return skip_space(line);
}

/* The value of a header line of this name, or NULL */
static const char *header_value(const char *line, const char *name)
{
    apr_size_t length = strlen(name);

    if (strncasecmp(line, name, length) != 0 || line[length] != ':')
        return NULL;
    return skip_space(line + length + 1);
}

static int read_length(apr_size_t *length, const char *digits)
{
    apr_size_t number = 0;

    if (digits == NULL || *digits == '\0' || strlen(digits) > 9)
        return 0;
    for (; *digits != '\0'; digits++) {
        if (!apr_isdigit(*digits))
            return 0;
        number = number * 10 + (apr_size_t)(*digits - '0');
    }
    *length = number;
    return 1;
}

/* "type=application/soap+xml;charset=UTF-8;Length=1724" */
static wsm_error_t *read_original(wsm_sealed_t *sealed, const char *value,
                                  apr_pool_t *pool)
{
    const char *semicolon;

    if (strncasecmp(value, "type=", 5) != 0)
        return wrong(pool, "OriginalContent has no type");
    if (!read_length(&sealed->length, parameter(value, "Length", pool)))
        return wrong(pool, "OriginalContent has no length");
    value += 5;
    semicolon = strrchr(value, ';');
    /* Length is the last; the rest is the message's own. */
    if (semicolon == NULL ||
        strncasecmp(skip_space(semicolon + 1), "Length=", 7) != 0)
        return wrong(pool, "Length is not the end of OriginalContent");
    sealed->type = apr_pstrmemdup(pool, value, (apr_size_t)(semicolon - value));
    return NULL;
}

static wsm_error_t *read_first_part(wsm_sealed_t *sealed, reader_t *in,
                                    apr_pool_t *pool)
{
    const char *protocol = NULL;
    wsm_error_t *err = NULL;
    int lines;

    if (!take(in, DELIMITER CRLF))
        return wrong(pool, "it does not begin with its boundary");
    for (lines = 0; !take(in, DELIMITER CRLF) && err == NULL; lines++) {
        const char *line = take_line(in, pool);
        const char *value;

        if (line == NULL || lines == MOST_LINES)
            return wrong(pool, "its first part does not end");
        value = header_value(line, "Content-Type");
        if (value != NULL)
            protocol = protocol_named(value);
        value = header_value(line, "OriginalContent");
        if (value != NULL)
            err = read_original(sealed, value, pool);
    }
    if (err == NULL && sealed->type == NULL)
        return wrong(pool, "it has no OriginalContent");
    if (err == NULL && protocol != sealed->protocol)
        return wrong(pool, "its parts are of different protocols");
    return err;
}

static int cut_tail(reader_t *in)
{
    static const apr_size_t sizes[] = {sizeof(wsm_sealed_tail) - 1,
                                       sizeof(wsm_sealed_tail) - 3};
    size_t i;

    /* Not every client ends its last line. */
    for (i = 0; i < COUNT(sizes); i++) {
        if ((apr_size_t)(in->end - in->p) >= sizes[i] &&
            memcmp(in->end - sizes[i], wsm_sealed_tail, sizes[i]) == 0) {
            in->end -= sizes[i];
            return 1;
        }
    }
    return 0;
}

static wsm_error_t *read_second_part(wsm_sealed_t *sealed, reader_t *in,
                                     apr_pool_t *pool)
{
    const char *line = take_line(in, pool);
    const char *value = line ? header_value(line, "Content-Type") : NULL;
    apr_size_t room;

    if (value == NULL || strcasecmp(value, OCTETS) != 0)
        return wrong(pool, "its second part is no " OCTETS);
    if (!cut_tail(in))
        return wrong(pool, "it does not end with its boundary");
    room = (apr_size_t)(in->end - in->p);
    if (room < LENGTH_FIELD)
        return wrong(pool, "it is cut off");
    sealed->header_length = (apr_size_t)in->p[0] | (apr_size_t)in->p[1] << 8 |
                            (apr_size_t)in->p[2] << 16 |
                            (apr_size_t)in->p[3] << 24;
    sealed->message = in->p + LENGTH_FIELD;
    sealed->message_length = room - LENGTH_FIELD;
    if (sealed->header_length == 0 ||
        sealed->header_length >= sealed->message_length)
        return wrong(pool, "its header is longer than the message");
    return NULL;
}

wsm_error_t *wsm_sealed_parse(wsm_sealed_t *sealed, const char *content_type,
                              unsigned char *body, apr_size_t length,
                              apr_pool_t *pool)
{
    reader_t in = {body, body + length};
    const char *boundary = parameter(content_type, "boundary", pool);
    wsm_error_t *err;

    memset(sealed, 0, sizeof(*sealed));
    sealed->protocol =
        protocol_named(parameter(content_type, "protocol", pool));
    if (sealed->protocol == NULL)
        return wrong(pool, "its protocol is unknown");
    if (boundary == NULL || strcmp(boundary, BOUNDARY) != 0)
        return wrong(pool, "its boundary is not \"" BOUNDARY "\"");
    err = read_first_part(sealed, &in, pool);
    return err ? err : read_second_part(sealed, &in, pool);
}

/* ---- the other way */

const char *wsm_sealed_type(const char *protocol, apr_pool_t *pool)
{
    return apr_pstrcat(pool, MEDIA_TYPE ";protocol=\"", protocol,
                       "\";boundary=\"" BOUNDARY "\"", NULL);
}

char *wsm_sealed_head(const wsm_sealed_t *sealed, apr_size_t *length,
                      apr_pool_t *pool)
{
    char *head = apr_psprintf(
        pool,
        DELIMITER CRLF
        "\tContent-Type: %s" CRLF
        "\tOriginalContent: type=%s;Length=%" APR_SIZE_T_FMT CRLF DELIMITER CRLF
        "\tContent-Type: " OCTETS CRLF "....",
        sealed->protocol, sealed->type, sealed->length);
    unsigned char *field;

    *length = strlen(head);
    field = (unsigned char *)head + *length - LENGTH_FIELD;
    field[0] = (unsigned char)(sealed->header_length & 0xff);
    field[1] = (unsigned char)((sealed->header_length >> 8) & 0xff);
    field[2] = (unsigned char)((sealed->header_length >> 16) & 0xff);
    field[3] = (unsigned char)((sealed->header_length >> 24) & 0xff);
    return head;
}
