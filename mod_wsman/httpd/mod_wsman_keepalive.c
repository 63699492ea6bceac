/* mod_wsman_keepalive.c - keeps the connection behind a fault.
 *
 * A fault is status 500 and no trouble of the connection, but httpd closes
 * after every 500.  Clients would have to connect and, with authentication that
 * is the connection's, to log in again after each mistake.  So httpd is asked
 * whether it would keep the connection after a 200, a filter behind its header
 * filter takes "Connection: close" out of the header, and from there to the
 * log line the request has the status 200.
 */
#include "mod_wsman.h"

#include <http_protocol.h>
#include <util_filter.h>

#define FILTER_NAME "WSMAN_KEEPALIVE"
#define CLOSE_LINE  "Connection: close" CRLF
#define HEADER_END  CRLF CRLF

/* @return where the line begins in the header, or -1 */
static apr_ssize_t find_line(const char *data, apr_size_t length)
{
    const char *end = memmem(data, length, HEADER_END, sizeof(HEADER_END) - 1);
    const char *line;

    if (end == NULL)
        return -1;
    line = memmem(data, (apr_size_t)(end - data) + 2, CRLF CLOSE_LINE,
                  sizeof(CRLF CLOSE_LINE) - 1);
    return line ? line - data + 2 : -1;
}

static void cut_line(apr_bucket *bucket, apr_size_t at)
{
    apr_bucket *line;

    if (apr_bucket_split(bucket, at) != APR_SUCCESS)
        return;
    line = APR_BUCKET_NEXT(bucket);
    if (apr_bucket_split(line, sizeof(CLOSE_LINE) - 1) == APR_SUCCESS)
        apr_bucket_delete(line);
}

static void keep(request_rec *r)
{
    mod_wsman_request_t *self = mod_wsman_request_of(r);

    r->connection->keepalive = AP_CONN_KEEPALIVE;
    self->logged_status = r->status;
    r->status = HTTP_OK;
}

static apr_status_t filter(ap_filter_t *f, apr_bucket_brigade *brigade)
{
    apr_bucket *bucket;
    const char *data;
    apr_size_t length;

    for (bucket = APR_BRIGADE_FIRST(brigade);
         bucket != APR_BRIGADE_SENTINEL(brigade);
         bucket = APR_BUCKET_NEXT(bucket)) {
        apr_ssize_t at;

        if (APR_BUCKET_IS_METADATA(bucket) ||
            apr_bucket_read(bucket, &data, &length, APR_BLOCK_READ) !=
                APR_SUCCESS)
            continue;
        at = find_line(data, length);
        if (at >= 0) {
            cut_line(bucket, (apr_size_t)at);
            keep(f->r);
        }
        break;
    }
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, brigade);
}

void mod_wsman_keep_connection(request_rec *r)
{
    int status = r->status;
    int keeps;

    /* HTTP/2 has no such header, HTTP/1.0 another one; and what others say
     * there (Upgrade) is not taken out. */
    if (apr_table_get(r->headers_out, "Connection") != NULL ||
        !ap_status_drops_connection(status) || r->connection->master != NULL ||
        r->proto_num != HTTP_VERSION(1, 1))
        return;
    r->status = HTTP_OK;
    keeps = ap_set_keepalive(r);
    r->status = status;
    if (!keeps)
        return;
    /* What httpd adds for a client that asks is the default of HTTP/1.1. */
    apr_table_unset(r->headers_out, "Connection");
    apr_table_unset(r->headers_out, "Keep-Alive");
    ap_add_output_filter(FILTER_NAME, NULL, r, r->connection);
}

void mod_wsman_keepalive_register(void)
{
    ap_register_output_filter(FILTER_NAME, filter, NULL, AP_FTYPE_PROTOCOL + 1);
}
