/* mod_wsman_sealed.c - messages that are sealed with the keys of their
 * connection (MS-WSMV 2.2.9.1): collected, opened, and answered alike.
 */
#include "mod_wsman_peer.h"

#include <apr_strings.h>
#include <http_protocol.h>

#include "../auth/wsm_sealed.h"

/* What a body of unknown length gets at first */
#define FIRST_ROOM 8192

struct mod_wsman_sealed_t {
    unsigned char *body;
    apr_size_t length;
    apr_size_t room;
    apr_size_t most;
    const char *protocol; /* of the request, and so of the reply */
};

static apr_size_t first_room(const request_rec *r, apr_size_t most)
{
    const char *text = apr_table_get(r->headers_in, "Content-Length");
    apr_off_t length;
    char *end;

    if (text == NULL || apr_strtoff(&length, text, &end, 10) != APR_SUCCESS ||
        *end != '\0' || length < 0 || (apr_uint64_t)length > most)
        return FIRST_ROOM < most ? FIRST_ROOM : most;
    return (apr_size_t)length;
}

int mod_wsman_sealed_begin(mod_wsman_request_t *self, apr_size_t limit)
{
    mod_wsman_sealed_t *sealed = apr_pcalloc(self->r->pool, sizeof(*sealed));
    const char *length = apr_table_get(self->r->headers_in, "Content-Length");

    sealed->most = limit + WSM_SEALED_OVERHEAD;
    sealed->room = first_room(self->r, sealed->most);
    sealed->body = apr_palloc(self->r->pool, sealed->room + 1);
    self->sealed = sealed;
    return length == NULL || apr_atoi64(length) <= (apr_int64_t)sealed->most;
}

void mod_wsman_sealed_take(mod_wsman_request_t *self, const char *data,
                           apr_size_t length)
{
    mod_wsman_sealed_t *sealed = self->sealed;

    if (length > sealed->most - sealed->length) {
        sealed->length = sealed->most;
        return; /* received tells that it was more */
    }
    if (length > sealed->room - sealed->length) {
        apr_size_t room = 2 * (sealed->length + length);
        unsigned char *body;

        sealed->room = room < sealed->most ? room : sealed->most;
        body = apr_palloc(self->r->pool, sealed->room + 1);
        memcpy(body, sealed->body, sealed->length);
        sealed->body = body;
    }
    memcpy(sealed->body + sealed->length, data, length);
    sealed->length += length;
}

int mod_wsman_sealed_is_over(const mod_wsman_request_t *self)
{
    return self->received > (apr_off_t)self->sealed->most;
}

int mod_wsman_sealed_refuse(mod_wsman_request_t *self, int status,
                            const char *why)
{
    request_rec *r = self->r;

    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "%s: %s",
                  r->user ? r->user : "nobody", why);
    mod_wsman_peer_forget(self->peer);
    r->connection->keepalive = AP_CONN_CLOSE;
    return status;
}

/* The stated length is that of the plain text, or with the padding that some
 * ciphers need. */
static int says_length(const wsm_sealed_t *parts, apr_size_t plain_length)
{
    return parts->length == plain_length ||
           parts->length == parts->message_length - parts->header_length;
}

int mod_wsman_sealed_open(mod_wsman_request_t *self, const char **type,
                          wsm_gss_data_t *plain)
{
    request_rec *r = self->r;
    mod_wsman_sealed_t *sealed = self->sealed;
    wsm_sealed_t parts;
    wsm_gss_data_t message;
    wsm_error_t *err =
        wsm_sealed_parse(&parts, apr_table_get(r->headers_in, "Content-Type"),
                         sealed->body, sealed->length, r->pool);

    if (err == NULL) {
        message.data = parts.message;
        message.length = parts.message_length;
        err = wsm_gss_unseal(self->peer->gss, message, parts.header_length,
                             plain, r->pool);
    }
    if (err != NULL)
        return mod_wsman_sealed_refuse(self, HTTP_BAD_REQUEST,
                                       wsm_error_text(err, r->pool));
    if (!says_length(&parts, plain->length))
        return mod_wsman_sealed_refuse(
            self, HTTP_BAD_REQUEST,
            "the sealed message is not as long as it says");
    self->peer->has_sealed = 1;
    sealed->protocol = parts.protocol;
    *type = parts.type;
    return OK;
}

wsm_error_t *mod_wsman_sealed_close(mod_wsman_request_t *self,
                                    wsm_gss_data_t plain,
                                    const char *content_type,
                                    mod_wsman_sealed_reply_t *reply)
{
    apr_pool_t *pool = self->r->pool;
    wsm_sealed_t parts;
    wsm_gss_data_t header, text;
    wsm_error_t *err =
        wsm_gss_seal(self->peer->gss, plain, &header, &text, pool);

    if (err != NULL)
        return err;
    memset(&parts, 0, sizeof(parts));
    parts.protocol = self->sealed->protocol;
    parts.type = content_type;
    parts.length = text.length;
    parts.header_length = header.length;
    reply->content_type = wsm_sealed_type(parts.protocol, pool);
    reply->parts[0].data =
        (unsigned char *)wsm_sealed_head(&parts, &reply->parts[0].length, pool);
    reply->parts[1] = header;
    reply->parts[2] = text;
    reply->parts[3].data = (unsigned char *)wsm_sealed_tail;
    reply->parts[3].length = strlen(wsm_sealed_tail);
    return NULL;
}
