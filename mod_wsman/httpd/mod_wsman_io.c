/* mod_wsman_io.c - from the client's brigades to the parser, from the writer's
 * buffers to one brigade.
 */
#include "mod_wsman.h"

#include <sys/socket.h>

#include <apr_lib.h>
#include <apr_portable.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <util_filter.h>

/* What is read of a body that is too long, before the connection is given up
 * instead. */
#define MOST_DRAINED (4 * 1024 * 1024)

/* httpd keeps -1 for a LimitXMLRequestBody that was not set. */
#define XML_LIMIT_UNSET (-1)

/* What a socket's send buffer takes without waiting. */
#define MOST_FLUSHED (64 * 1024)

#define PEEK_INTERVAL apr_time_from_msec(100)

static apr_size_t body_limit(const mod_wsman_request_t *self)
{
    const core_dir_config *core =
        ap_get_core_module_config(self->r->per_dir_config);
    apr_size_t limit = self->endpoint.limits.max_envelope;

    if (core->limit_xml_body != XML_LIMIT_UNSET && core->limit_xml_body > 0 &&
        (apr_size_t)core->limit_xml_body < limit)
        limit = (apr_size_t)core->limit_xml_body;
    return limit;
}

/* The next ';' that is not within a quoted string, or NULL. */
static const char *next_parameter(const char *p)
{
    int is_quoted = 0;

    for (; *p != '\0' && (is_quoted || *p != ';'); p++) {
        if (*p == '"')
            is_quoted = !is_quoted;
        else if (*p == '\\' && is_quoted && p[1] != '\0')
            p++;
    }
    return *p == ';' ? p : NULL;
}

/* The value of charset= behind the media type, or NULL. */
static const char *charset_of(const char *type, apr_pool_t *pool)
{
    const char *p = next_parameter(type);

    while (p != NULL) {
        const char *end;

        for (p++; apr_isspace(*p); p++)
            ;
        if (strncasecmp(p, "charset=", 8) != 0) {
            p = next_parameter(p);
            continue;
        }
        p += 8;
        if (*p == '"') {
            end = strchr(++p, '"');
            return end ? apr_pstrmemdup(pool, p, (apr_size_t)(end - p)) : p;
        }
        for (end = p; *end != '\0' && *end != ';' && !apr_isspace(*end); end++)
            ;
        return apr_pstrmemdup(pool, p, (apr_size_t)(end - p));
    }
    return NULL;
}

static void take(mod_wsman_request_t *self, const char *data, apr_size_t length)
{
    if (self->head != NULL && self->received < MOD_WSMAN_HEAD) {
        apr_size_t room = MOD_WSMAN_HEAD - (apr_size_t)self->received;

        memcpy(self->head + self->received, data,
               length < room ? length : room);
    }
    self->received += (apr_off_t)length;
    if (self->sealed != NULL) {
        mod_wsman_sealed_take(self, data, length);
        return;
    }
    /* Its error stays in the parser and is answered with a fault. */
    if (self->parser_error == NULL)
        wsm_xml_parser_feed(self->parser, data, length);
}

/* @return APR_EOF at the end of the body */
static apr_status_t take_brigade(mod_wsman_request_t *self,
                                 apr_bucket_brigade *brigade)
{
    apr_bucket *bucket;

    for (bucket = APR_BRIGADE_FIRST(brigade);
         bucket != APR_BRIGADE_SENTINEL(brigade);
         bucket = APR_BUCKET_NEXT(bucket)) {
        apr_status_t status;
        const char *data;
        apr_size_t length;

        if (APR_BUCKET_IS_EOS(bucket))
            return APR_EOF;
        if (APR_BUCKET_IS_METADATA(bucket))
            continue;
        status = apr_bucket_read(bucket, &data, &length, APR_BLOCK_READ);
        if (status != APR_SUCCESS)
            return status;
        if (length > 0)
            take(self, data, length);
    }
    return APR_SUCCESS;
}

static int read_body(mod_wsman_request_t *self, apr_size_t limit)
{
    request_rec *r = self->r;
    apr_bucket_brigade *brigade =
        apr_brigade_create(r->pool, r->connection->bucket_alloc);
    apr_off_t most = (apr_off_t)limit + MOST_DRAINED;
    apr_status_t status;

    do {
        status = ap_get_brigade(r->input_filters, brigade, AP_MODE_READBYTES,
                                APR_BLOCK_READ, 64 * 1024);
        if (status == APR_SUCCESS)
            status = take_brigade(self, brigade);
        apr_brigade_cleanup(brigade);
    } while (status == APR_SUCCESS && self->received <= most &&
             (self->sealed == NULL || !mod_wsman_sealed_is_over(self)));
    if (status == APR_SUCCESS)
        r->connection->keepalive = AP_CONN_CLOSE;
    if (status == APR_SUCCESS || APR_STATUS_IS_EOF(status))
        return OK;
    return ap_map_http_request_error(status, HTTP_BAD_REQUEST);
}

static void make_parser(mod_wsman_request_t *self, const char *type,
                        apr_size_t limit)
{
    apr_pool_t *pool = self->r->pool;

    self->parser_error = wsm_xml_parser_make(
        &self->parser, type ? charset_of(type, pool) : NULL, limit, pool);
}

/* All of it is there before any of it is opened: a message that was altered is
 * not looked into. */
static int read_sealed(mod_wsman_request_t *self, apr_size_t limit)
{
    int fits = mod_wsman_sealed_begin(self, limit);
    int status = fits ? read_body(self, limit) : OK;
    wsm_gss_data_t plain;
    const char *type;

    if (!fits || (status == OK && mod_wsman_sealed_is_over(self)))
        return mod_wsman_sealed_refuse(self, HTTP_REQUEST_ENTITY_TOO_LARGE,
                                       "the sealed message is too long");
    if (status != OK)
        return mod_wsman_sealed_refuse(self, status,
                                       "the sealed message did not arrive");
    status = mod_wsman_sealed_open(self, &type, &plain);
    if (status != OK)
        return status;
    make_parser(self, type, limit);
    if (self->parser_error == NULL)
        wsm_xml_parser_feed(self->parser, (const char *)plain.data,
                            plain.length);
    return OK;
}

int mod_wsman_read(mod_wsman_request_t *self)
{
    request_rec *r = self->r;
    apr_size_t limit;

    if (self->has_read)
        return self->read_status;
    self->has_read = 1;
    mod_wsman_limit(self);
    limit = body_limit(self);
    if (self->is_sealed) {
        self->read_status = read_sealed(self, limit);
        return self->read_status;
    }
    make_parser(self, apr_table_get(r->headers_in, "Content-Type"), limit);
    self->read_status = read_body(self, limit);
    return self->read_status;
}

/* UTF-8 from the writer, which makes no other, to UTF-16 in this order of
 * bytes. */
static unsigned char *put_unit(unsigned char *out, unsigned unit)
{
    *out++ = (unsigned char)(unit & 0xff);
    *out++ = (unsigned char)(unit >> 8);
    return out;
}

static unsigned char *put_character(unsigned char *out, unsigned character)
{
    if (character < 0x10000)
        return put_unit(out, character);
    character -= 0x10000;
    out = put_unit(out, 0xd800 | (character >> 10));
    return put_unit(out, 0xdc00 | (character & 0x3ff));
}

static char *as_utf16(const wsm_writer_t *body, apr_size_t *length,
                      apr_pool_t *pool)
{
    const unsigned char *p =
        (const unsigned char *)wsm_writer_string(body, pool);
    unsigned char *text = apr_palloc(pool, 2 * wsm_writer_length(body) + 2);
    unsigned char *out = put_unit(text, 0xfeff);

    while (*p != '\0') {
        unsigned lead = *p++;
        int more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
        unsigned character = more == 0 ? lead : lead & (0x3fu >> more);

        for (; more > 0 && *p != '\0'; more--)
            character = (character << 6) | (*p++ & 0x3fu);
        out = put_character(out, character);
    }
    *length = (apr_size_t)(out - text);
    return (char *)text;
}

static void add_bytes(apr_bucket_brigade *brigade, const char *data,
                      apr_size_t length, request_rec *r)
{
    APR_BRIGADE_INSERT_TAIL(
        brigade, apr_bucket_pool_create(data, length, r->pool,
                                        r->connection->bucket_alloc));
}

/* The buckets stand on the writer's buffers.
 * @return how many bytes they are */
static apr_size_t add_body(apr_bucket_brigade *brigade,
                           const wsm_outcome_t *outcome, request_rec *r)
{
    void *cursor = NULL;
    const char *data;
    apr_size_t length;

    if (outcome->utf16) {
        data = as_utf16(outcome->body, &length, r->pool);
        add_bytes(brigade, data, length, r);
        return length;
    }
    while (wsm_writer_each(outcome->body, &cursor, &data, &length))
        add_bytes(brigade, data, length, r);
    return wsm_writer_length(outcome->body);
}

static wsm_gss_data_t plain_of(const wsm_outcome_t *outcome, apr_pool_t *pool)
{
    wsm_gss_data_t plain;

    if (outcome->utf16) {
        plain.data =
            (unsigned char *)as_utf16(outcome->body, &plain.length, pool);
        return plain;
    }
    plain.data = (unsigned char *)wsm_writer_string(outcome->body, pool);
    plain.length = wsm_writer_length(outcome->body);
    return plain;
}

/* @return APR_SUCCESS, or there is nothing that could be sent */
static apr_status_t add_sealed(apr_bucket_brigade *brigade,
                               mod_wsman_request_t *self,
                               const wsm_outcome_t *outcome, apr_size_t *length)
{
    request_rec *r = self->r;
    mod_wsman_sealed_reply_t reply;
    wsm_error_t *err = mod_wsman_sealed_close(self, plain_of(outcome, r->pool),
                                              outcome->content_type, &reply);
    size_t i;

    if (err != NULL) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "%s",
                      wsm_error_text(err, r->pool));
        return APR_EGENERAL;
    }
    ap_set_content_type(r, reply.content_type);
    *length = 0;
    for (i = 0; i < sizeof(reply.parts) / sizeof(reply.parts[0]); i++) {
        add_bytes(brigade, (const char *)reply.parts[i].data,
                  reply.parts[i].length, r);
        *length += reply.parts[i].length;
    }
    return APR_SUCCESS;
}

/* @param is_sent  out: it is in the hands of the system */
static int write_reply(mod_wsman_request_t *self, const wsm_outcome_t *outcome,
                       int *is_sent)
{
    request_rec *r = self->r;
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, alloc);
    apr_status_t status;
    apr_size_t length;

    /* Or httpd would cut that range out of the envelope. */
    apr_table_unset(r->headers_in, "Range");
    if (self->is_sealed) {
        if (add_sealed(brigade, self, outcome, &length) != APR_SUCCESS)
            return HTTP_INTERNAL_SERVER_ERROR;
    } else {
        ap_set_content_type(r, outcome->content_type);
        length = add_body(brigade, outcome, r);
    }
    r->status = outcome->http_status;
    ap_set_content_length(r, (apr_off_t)length);
    self->sent = length;
    if (outcome->error != NULL)
        mod_wsman_keep_connection(r);
    /* Out at once: httpd would first look whether the next request is there
     * (it is not, its client waits), and then give the connection back to its
     * listener.  When the reply is out before it looks, it often is.  A reply
     * that a slow client may not take at once is left to the listener. */
    if (length <= MOST_FLUSHED || outcome->settle != NULL)
        APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_flush_create(alloc));
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(alloc));
    /* An error is the connection's: httpd has noted it there.  That of a stream
     * of HTTP/2 is also aborted when its client has had all of the reply. */
    status = ap_pass_brigade(r->output_filters, brigade);
    *is_sent = status == APR_SUCCESS &&
               (r->connection->master != NULL || !r->connection->aborted);
    return OK;
}

int mod_wsman_write(mod_wsman_request_t *self, const wsm_outcome_t *outcome)
{
    int is_sent = 0;
    int status = write_reply(self, outcome, &is_sent);

    if (outcome->settle != NULL)
        outcome->settle(outcome->settle_baton, is_sent);
    return status;
}

/* A client that has closed its side is gone; one that sends more is not.  When
 * httpd ends, its MPM closes the sockets of those who are still at work. */
static int peer_is_gone(conn_rec *c)
{
    apr_socket_t *socket = c->master ? NULL : ap_get_conn_socket(c);
    apr_os_sock_t fd;
    char byte;

    if (socket == NULL || apr_os_sock_get(&fd, socket) != APR_SUCCESS)
        return 0;
    return fd < 0 || recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

int mod_wsman_aborted(void *baton)
{
    mod_wsman_request_t *self = baton;
    conn_rec *c = self->r->connection;
    apr_time_t now;

    if (c->aborted || self->is_gone)
        return 1;
    now = apr_time_now();
    if (now - self->peeked < PEEK_INTERVAL && now >= self->peeked)
        return 0;
    self->peeked = now;
    self->is_gone = peer_is_gone(c);
    return self->is_gone;
}
