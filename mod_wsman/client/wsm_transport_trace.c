/* wsm_transport_trace.c - what a trace may show of headers. */
#include "wsm_transport.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

/** What of a header's value is shown before the rest is hidden. */
typedef struct secret_header_t {
    const char *name;
    int scheme;    /* the first word, when another follows, is a scheme */
    int challenge; /* parameters (realm="x") are no secret, a token is */
} secret_header_t;

static const secret_header_t secrets[] = {
    {"Authorization", 1, 0},       {"Proxy-Authorization", 1, 0},
    {"WWW-Authenticate", 1, 1},    {"Proxy-Authenticate", 1, 1},
    {"Authentication-Info", 0, 0}, {"Cookie", 0, 0},
    {"Set-Cookie", 0, 0},
};

static const secret_header_t *find(const char *line, apr_size_t length)
{
    for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
        size_t n = strlen(secrets[i].name);
        if (length > n && line[n] == ':' &&
            !strncasecmp(line, secrets[i].name, n))
            return &secrets[i];
    }
    return NULL;
}

static const char *skip_space(const char *text)
{
    return text + strspn(text, " \t");
}

const char *wsm_transport_redact(const char *line, apr_size_t length,
                                 apr_pool_t *pool)
{
    const secret_header_t *secret = find(line, length);
    const char *text, *end, *rest, *quoted;
    while (length && (line[length - 1] == '\n' || line[length - 1] == '\r'))
        length--;
    text = apr_pstrmemdup(pool, line, length);
    if (!secret)
        return text;
    end = text + strlen(secret->name) + 1;
    rest = skip_space(end);
    if (secret->scheme) {
        const char *after = rest + strcspn(rest, " \t");
        if (*skip_space(after) || secret->challenge) {
            end = after;
            rest = skip_space(after);
        }
    }
    quoted = strchr(rest, '=');
    if (!*rest || (secret->challenge && quoted && quoted[1] == '"'))
        return text;
    return apr_psprintf(pool, "%.*s [hidden]", (int)(end - text), text);
}
