/* sealed_client.c - how many sealed requests a second one client gets through.
 *
 *     sealed_client PORT SECONDS FILE
 *
 * Logs in at /wsman with the ticket that KRB5CCNAME has (SPNEGO, Kerberos),
 * then sends the file as a sealed message, again and again, on its connection,
 * and opens every reply.  Prints requests a second, and the 50th and the 99th
 * percentile in microseconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_base64.h>
#include <apr_file_io.h>
#include <apr_general.h>
#include <apr_network_io.h>
#include <apr_strings.h>
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>

#include "../../mod_wsman/auth/wsm_sealed.h"

#define PROTOCOL "application/HTTP-SPNEGO-session-encrypted"
#define TYPE     "application/soap+xml;charset=UTF-8"
#define ROOM     (1024 * 1024)
#define MOST     1000000

static apr_socket_t *line;
static gss_ctx_id_t context = GSS_C_NO_CONTEXT;
static char answer[ROOM];

static void require(int fine, const char *what)
{
    if (!fine) {
        fprintf(stderr, "%s\n", what);
        exit(1);
    }
}

static void connect_to(int port, apr_pool_t *pool)
{
    apr_sockaddr_t *address;

    require(apr_sockaddr_info_get(&address, "127.0.0.1", APR_INET,
                                  (apr_port_t)port, 0, pool) == APR_SUCCESS &&
                apr_socket_create(&line, APR_INET, SOCK_STREAM, APR_PROTO_TCP,
                                  pool) == APR_SUCCESS &&
                apr_socket_opt_set(line, APR_TCP_NODELAY, 1) == APR_SUCCESS &&
                apr_socket_connect(line, address) == APR_SUCCESS,
            "no connection");
}

/* Sends a request, reads its answer.  @return the answer's body */
static char *ask(const char *headers, const char *body, apr_size_t length,
                 apr_size_t *size, apr_pool_t *pool)
{
    char *head = apr_psprintf(pool,
                              "POST /wsman HTTP/1.1\r\nHost: localhost\r\n"
                              "Content-Length: %" APR_SIZE_T_FMT "\r\n%s\r\n",
                              length, headers);
    struct iovec parts[2] = {{head, strlen(head)}, {(void *)body, length}};
    apr_size_t got = 0, sent;
    char *end = NULL, *stated;

    require(apr_socket_sendv(line, parts, length ? 2 : 1, &sent) ==
                    APR_SUCCESS &&
                sent == parts[0].iov_len + length,
            "the request was not sent");
    for (;;) {
        apr_size_t more = ROOM - 1 - got;

        if (end == NULL && (end = strstr(answer, "\r\n\r\n")) != NULL && got) {
            stated = strstr(answer, "Content-Length: ");
            require(stated != NULL && stated < end, "no length");
            *size = (apr_size_t)atoi(stated + 16);
        }
        if (end != NULL && got >= (apr_size_t)(end + 4 - answer) + *size)
            return end + 4;
        require(apr_socket_recv(line, answer + got, &more) == APR_SUCCESS,
                "the connection was closed");
        got += more;
        answer[got] = '\0';
    }
}

static void log_in(apr_pool_t *pool)
{
    static gss_OID_desc spnego = {6, (void *)"\x2b\x06\x01\x05\x05\x02"};
    gss_buffer_desc name = {14, (void *)"HTTP@localhost"};
    gss_buffer_desc token = GSS_C_EMPTY_BUFFER, input = GSS_C_EMPTY_BUFFER;
    gss_name_t target;
    OM_uint32 major, minor;
    apr_size_t size;

    gss_import_name(&minor, &name, GSS_C_NT_HOSTBASED_SERVICE, &target);
    do {
        char *text, *found;

        major = gss_init_sec_context(
            &minor, GSS_C_NO_CREDENTIAL, &context, target, &spnego,
            GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG |
                GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG,
            0, GSS_C_NO_CHANNEL_BINDINGS, &input, NULL, &token, NULL, NULL);
        require(!GSS_ERROR(major), "no handshake");
        if (token.length == 0)
            return;
        text = apr_palloc(pool, token.length * 2);
        apr_base64_encode(text, token.value, (int)token.length);
        answer[0] = '\0';
        ask(apr_pstrcat(pool, "Authorization: Negotiate ", text, "\r\n", NULL),
            "", 0, &size, pool);
        found = strstr(answer, "WWW-Authenticate: Negotiate ");
        require(found != NULL, "the server sent no token");
        text = apr_pstrndup(pool, found + 28, strcspn(found + 28, "\r"));
        input.value = apr_palloc(pool, strlen(text));
        input.length = (size_t)apr_base64_decode(input.value, text);
    } while (major == GSS_S_CONTINUE_NEEDED);
}

static char *seal(const char *text, apr_size_t length, apr_size_t *size,
                  apr_pool_t *pool)
{
    apr_size_t tail = strlen(wsm_sealed_tail);
    wsm_sealed_t parts = {PROTOCOL, TYPE, length, NULL, 0, 0};
    gss_iov_buffer_desc iov[3] = {
        {.type = GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE},
        {.type = GSS_IOV_BUFFER_TYPE_DATA},
        {.type = GSS_IOV_BUFFER_TYPE_PADDING}};
    OM_uint32 major, minor;
    char *head, *body;
    apr_size_t at;

    iov[1].buffer.value = apr_pmemdup(pool, text, length);
    iov[1].buffer.length = length;
    major = gss_wrap_iov(&minor, context, 1, GSS_C_QOP_DEFAULT, NULL, iov, 3);
    require(major == GSS_S_COMPLETE, "it cannot be sealed");
    parts.header_length = iov[0].buffer.length;
    head = wsm_sealed_head(&parts, &at, pool);
    *size = at + parts.header_length + length + tail;
    body = apr_palloc(pool, *size);
    memcpy(body, head, at);
    memcpy(body + at, iov[0].buffer.value, parts.header_length);
    memcpy(body + at + parts.header_length, iov[1].buffer.value, length);
    memcpy(body + *size - tail, wsm_sealed_tail, tail);
    gss_release_iov_buffer(&minor, iov, 3);
    return body;
}

static void open_reply(char *body, apr_size_t size, apr_pool_t *pool)
{
    gss_iov_buffer_desc iov[3] = {{.type = GSS_IOV_BUFFER_TYPE_HEADER},
                                  {.type = GSS_IOV_BUFFER_TYPE_DATA},
                                  {.type = GSS_IOV_BUFFER_TYPE_PADDING}};
    OM_uint32 minor;
    wsm_sealed_t parts;

    require(wsm_sealed_parse(&parts, wsm_sealed_type(PROTOCOL, pool),
                             (unsigned char *)body, size, pool) == NULL,
            "the reply is not sealed");
    iov[0].buffer.value = parts.message;
    iov[0].buffer.length = parts.header_length;
    iov[1].buffer.value = parts.message + parts.header_length;
    iov[1].buffer.length = parts.message_length - parts.header_length;
    require(
        gss_unwrap_iov(&minor, context, NULL, NULL, iov, 3) == GSS_S_COMPLETE &&
            memmem(iov[1].buffer.value, iov[1].buffer.length, "Response", 8) !=
                NULL,
        "the reply cannot be opened");
}

static int by_time(const void *a, const void *b)
{
    const apr_interval_time_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void run(const char *text, apr_size_t length, apr_interval_time_t time,
                apr_pool_t *pool)
{
    apr_interval_time_t *spent = malloc(MOST * sizeof(*spent));
    char *headers = apr_pstrcat(
        pool, "Content-Type: ", wsm_sealed_type(PROTOCOL, pool), "\r\n", NULL);
    apr_time_t began = apr_time_now(), now = began;
    size_t n = 0;
    apr_pool_t *each;

    apr_pool_create(&each, pool);
    while (now - began < time && n < MOST) {
        apr_time_t before = now;
        apr_size_t size, got;
        char *body = seal(text, length, &size, each);

        answer[0] = '\0';
        body = ask(headers, body, size, &got, each);
        open_reply(body, got, each);
        apr_pool_clear(each);
        now = apr_time_now();
        spent[n++] = now - before;
    }
    qsort(spent, n, sizeof(*spent), by_time);
    printf("%.1f %.1f %.1f\n", (double)n * 1e6 / (double)(now - began),
           (double)spent[n / 2], (double)spent[n * 99 / 100]);
    free(spent);
}

int main(int argc, char **argv)
{
    static char text[ROOM];
    apr_size_t length = sizeof(text);
    apr_pool_t *pool;
    apr_file_t *file;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    require(argc == 4, "usage: sealed_client PORT SECONDS FILE");
    require(apr_file_open(&file, argv[3], APR_READ, 0, pool) == APR_SUCCESS &&
                apr_file_read(file, text, &length) == APR_SUCCESS,
            "no such file");
    connect_to(atoi(argv[1]), pool);
    log_in(pool);
    run(text, length, apr_time_from_sec(atoi(argv[2])), pool);
    return 0;
}
