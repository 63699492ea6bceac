/* wsm_resource.c - resources as people write them. */
#include "wsm_resource.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "../soap/wsm_names.h"

#define MAX_DEPTH 8

#define MS_WSMAN "http://schemas.microsoft.com/wbem/wsman/1"

/** First segments that stand for more, as winrm.cmd has them. */
static const struct {
    const char *alias;
    const char *uri;
} aliases[] = {
    {"wmi", MS_WSMAN "/wmi"},
    {"wmicimv2", MS_WSMAN "/wmi/root/cimv2"},
    {"cimv2", "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2"},
    {"winrm", MS_WSMAN},
    {"wsman", MS_WSMAN},
    {"shell", WSM_NS_SHELL},
};

typedef struct reader_t {
    const char *whole; /* for messages */
    int depth;
    apr_pool_t *pool;
} reader_t;

static wsm_failure_t *bad(const reader_t *reader, const char *what,
                          const char *part)
{
    return wsm_failure_make(reader->pool, WSM_FAILURE_USE, 0, "'%s': %s: '%s'",
                            reader->whole, what, part);
}

static int is_simple(const char *text)
{
    if (!*text)
        return 0;
    for (; *text; text++)
        if (!apr_isalnum(*text) && !strchr("_.-*/", *text) &&
            (unsigned char)*text < 0x80)
            return 0;
    return 1;
}

/** Without the characters that RFC 3986 keeps out of every URI. */
static int is_uri(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= 0x20 || strchr("\"<>{}\\^`|\x7f", *text))
            return 0;
    return 1;
}

static wsm_failure_t *read_uri(const char **uri, const char *text,
                               const reader_t *reader)
{
    apr_pool_t *pool = reader->pool;
    const char *slash = strchr(text, '/');
    *uri = text;
    if (strchr(text, ':'))
        return is_uri(text) ? NULL : bad(reader, "no URI", text);
    if (!is_simple(text) || *text == '/' || text[strlen(text) - 1] == '/')
        return bad(reader, "no resource URI and no class name", text);
    if (!slash) {
        *uri = !strcmp(text, "*") ? WSM_URI_CIM_ALL
                                  : apr_pstrcat(pool, WSM_URI_CIM, text, NULL);
        return NULL;
    }
    for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++) {
        size_t n = strlen(aliases[i].alias);
        if ((size_t)(slash - text) == n &&
            !strncmp(text, aliases[i].alias, n)) {
            *uri = apr_pstrcat(pool, aliases[i].uri, slash, NULL);
            return NULL;
        }
    }
    *uri = apr_pstrcat(pool, WSM_URI_WMI, text, NULL);
    return NULL;
}

static int hex(char c)
{
    return apr_isdigit(c) ? c - '0' : (apr_tolower(c) - 'a' + 10);
}

static wsm_failure_t *decode(const char **out, const char *text,
                             const reader_t *reader)
{
    char *to = apr_pstrdup(reader->pool, text);
    *out = to;
    for (; *text; text++) {
        if (*text != '%') {
            *to++ = *text;
            continue;
        }
        if (!apr_isxdigit(text[1]) || !apr_isxdigit(text[2]))
            return bad(reader, "'%' without two hexadecimal digits", text);
        *to = (char)(hex(text[1]) << 4 | hex(text[2]));
        if (!*to++)
            return bad(reader, "no text can hold %00", text);
        text += 2;
    }
    *to = '\0';
    if (!wsm_resource_is_utf8(*out))
        return bad(reader, "not UTF-8", *out);
    return NULL;
}

/** @return the end of the reference in braces that begins at `text`, or NULL if
 *  it is none */
static const char *reference_end(const char *text)
{
    int depth = 0, question = 0;
    if (*text != '{')
        return NULL;
    for (; *text; text++) {
        depth += (*text == '{') - (*text == '}');
        question |= *text == '?';
        if (!depth)
            return question ? text + 1 : NULL;
    }
    return NULL;
}

int wsm_resource_is_reference(const char *text)
{
    const char *end = reference_end(text);
    return end && !*end;
}

static wsm_failure_t *read_resource(wsm_epr_t *epr, const char *text,
                                    reader_t *reader);

/** @param at  the text behind "Name="
 *  @param end set to where the value ends */
static wsm_failure_t *read_value(wsm_selector_t *selector, const char *at,
                                 const char **end, reader_t *reader)
{
    apr_pool_t *pool = reader->pool;
    const char *close = reference_end(at);
    wsm_epr_t *inner;
    if (!close || !strchr("&,", *close)) {
        *end = at + strcspn(at, "&,");
        return decode(&selector->value,
                      apr_pstrmemdup(pool, at, (apr_size_t)(*end - at)),
                      reader);
    }
    *end = close;
    inner = apr_pcalloc(pool, sizeof(*inner));
    selector->epr = inner;
    return read_resource(
        inner, apr_pstrmemdup(pool, at + 1, (apr_size_t)(close - at - 2)),
        reader);
}

static wsm_failure_t *read_selectors(wsm_epr_t *epr, const char *text,
                                     reader_t *reader)
{
    apr_array_header_t *list =
        apr_array_make(reader->pool, 4, sizeof(wsm_selector_t));
    while (*text) {
        wsm_selector_t *selector = apr_array_push(list);
        size_t length = strcspn(text, "=&,");
        wsm_failure_t *failure;
        memset(selector, 0, sizeof(*selector));
        if (text[length] != '=' || !length)
            return bad(reader,
                       "a selector is Name=value (and a comma in a "
                       "value is %2C)",
                       text);
        failure = decode(&selector->name,
                         apr_pstrmemdup(reader->pool, text, length), reader);
        if (!failure)
            failure = read_value(selector, text + length + 1, &text, reader);
        if (failure)
            return failure;
        text += *text != '\0';
    }
    epr->selectors = (const wsm_selector_t *)(const void *)list->elts;
    epr->nselectors = list->nelts;
    return NULL;
}

static wsm_failure_t *read_resource(wsm_epr_t *epr, const char *text,
                                    reader_t *reader)
{
    const char *question = strchr(text, '?');
    const char *uri = text;
    wsm_failure_t *failure;
    memset(epr, 0, sizeof(*epr));
    if (++reader->depth > MAX_DEPTH)
        return bad(reader, "references nested too deep", text);
    if (question)
        uri = apr_pstrmemdup(reader->pool, text, (apr_size_t)(question - text));
    failure = read_uri(&epr->resource_uri, uri, reader);
    if (!failure && question)
        failure = read_selectors(epr, question + 1, reader);
    reader->depth--;
    return failure;
}

wsm_failure_t *wsm_resource_read(wsm_epr_t *epr, const char *text,
                                 apr_pool_t *pool)
{
    reader_t reader = {.whole = text, .pool = pool};
    if (!wsm_resource_is_utf8(text))
        return bad(&reader, "not UTF-8", text);
    return read_resource(epr, apr_pstrdup(pool, text), &reader);
}

/* ---- And back */

static const char *encode(const char *text, const char *special,
                          apr_pool_t *pool)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = apr_palloc(pool, strlen(text) * 3 + 1), *to = out;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c > 0x20 && c != 0x7f && !strchr(special, c)) {
            *to++ = *text;
            continue;
        }
        *to++ = '%';
        *to++ = digits[c >> 4];
        *to++ = digits[c & 15];
    }
    *to = '\0';
    return out;
}

static const char *short_uri(const char *uri)
{
    static const char *const bases[] = {WSM_URI_CIM, WSM_URI_WMI};
    for (size_t i = 0; i < sizeof(bases) / sizeof(*bases); i++) {
        size_t n = strlen(bases[i]);
        const char *rest = uri + n;
        /* One segment is a class of the CIM schema, more are WMI's */
        if (!strncmp(uri, bases[i], n) && is_simple(rest) && *rest != '/' &&
            rest[strlen(rest) - 1] != '/' && strcmp(rest, "*") &&
            !strchr(rest, '/') == !i)
            return rest;
    }
    return uri;
}

static int is_alias(const char *text)
{
    for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++) {
        size_t n = strlen(aliases[i].alias);
        if (!strncmp(text, aliases[i].alias, n) && text[n] == '/')
            return 1;
    }
    return 0;
}

/** A question mark makes a reference of what is in braces. */
static const char *nested_text(const wsm_epr_t *epr, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "{", wsm_resource_text(epr, pool),
                       epr->nselectors ? "}" : "?}", NULL);
}

const char *wsm_resource_text(const wsm_epr_t *epr, apr_pool_t *pool)
{
    const char *uri = epr->resource_uri ? epr->resource_uri : "";
    const char *text = short_uri(uri);
    if (is_alias(text))
        text = uri;
    for (int i = 0; i < epr->nselectors; i++) {
        const wsm_selector_t *selector = &epr->selectors[i];
        const char *value = selector->epr
                                ? nested_text(selector->epr, pool)
                                : encode(selector->value, "%&,{}", pool);
        text = apr_pstrcat(pool, text, i ? "&" : "?",
                           encode(selector->name, "%&,{}=", pool), "=", value,
                           NULL);
    }
    return text;
}

/* ---- Elements */

/** libxml2 takes UTF-8 for granted, and its own check overlong forms. */
int wsm_resource_is_utf8(const char *text)
{
    static const struct {
        unsigned char mask, lead;
        int more;
        unsigned least;
    } forms[] = {{0x80, 0x00, 0, 0},
                 {0xe0, 0xc0, 1, 0x80},
                 {0xf0, 0xe0, 2, 0x800},
                 {0xf8, 0xf0, 3, 0x10000}};
    const unsigned char *at = (const unsigned char *)text;
    while (*at) {
        unsigned code;
        int form = 0;
        while (form < 4 && (*at & forms[form].mask) != forms[form].lead)
            form++;
        if (form == 4)
            return 0;
        code = *at++ & (unsigned char)~forms[form].mask;
        for (int i = 0; i < forms[form].more; i++, at++) {
            if ((*at & 0xc0) != 0x80)
                return 0;
            code = code << 6 | (*at & 0x3f);
        }
        if (code < forms[form].least || code > 0x10ffff ||
            (code >= 0xd800 && code < 0xe000))
            return 0;
    }
    return 1;
}

int wsm_resource_is_name(const char *text)
{
    return wsm_resource_is_utf8(text) &&
           xmlValidateNCName((const xmlChar *)text, 0) == 0;
}

const char *wsm_resource_class(const wsm_epr_t *epr, apr_pool_t *pool)
{
    const char *slash =
        epr->resource_uri ? strrchr(epr->resource_uri, '/') : NULL;
    const char *name = slash ? slash + 1 : "";
    return wsm_resource_is_name(name) ? apr_pstrdup(pool, name) : NULL;
}

char *wsm_resource_element(const wsm_epr_t *epr, const char *name,
                           const char *content, apr_pool_t *pool)
{
    /* The content is at hand, and no attribute is longer than six times the
     * URI. */
    wsm_writer_t *out =
        wsm_writer_make(strlen(content) + 6 * strlen(epr->resource_uri) +
                            2 * strlen(name) + 512,
                        pool);
    wsm_write_strs(out, "<p:", name, " xmlns:p=\"", NULL);
    wsm_write_attr(out, epr->resource_uri);
    wsm_write_lit(out, "\" xmlns:xsi=\"" WSM_NS_XSI "\">");
    wsm_write_str(out, content);
    wsm_write_strs(out, "</p:", name, ">", NULL);
    return wsm_writer_string(out, pool);
}
