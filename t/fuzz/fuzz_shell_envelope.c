/* fuzz_shell_envelope.c - requests about remote shells: the whole server, with
 * a daemon that answers something, whatever it was asked.
 *
 * The first byte says what it answers, the next two what is asked of which
 * resource; then come headers, a zero, and the body.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/op/wsm_serve.h"
#include "../../mod_wsman/shell/wsm_shell_request.h"
#include "../../mod_wsman/soap/wsm_names.h"

#define MOST 60000
#define ID   "0F0E0D0C-0B0A-4908-8706-050403020100"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const actions[] = {
    WSM_ACTION_CREATE,     WSM_ACTION_GET,     WSM_ACTION_DELETE,
    WSM_ACTION_COMMAND,    WSM_ACTION_SEND,    WSM_ACTION_RECEIVE,
    WSM_ACTION_SIGNAL,     WSM_ACTION_CONNECT, WSM_ACTION_RECONNECT,
    WSM_ACTION_DISCONNECT, WSM_ACTION_PULL,    WSM_ACTION_ENUMERATE};

static const char *const uris[] = {WSM_URI_SHELL "cmd",
                                   WSM_URI_POWERSHELL "Microsoft.PowerShell",
                                   WSM_NS_SHELL, WSM_URI_SHELL_COMMAND};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

typedef struct world_t {
    wsm_server_t server;
    wsm_endpoint_t endpoint;
} world_t;

/* What a request has to do with. */
typedef struct case_t {
    unsigned answer;
    int fd; /* the daemon's end, of the last connection; -1 */
    apr_pool_t *pool;
} case_t;

static void must(const wsm_error_t *err)
{
    if (err != NULL)
        abort();
}

static world_t *make_world(void)
{
    wsm_token_keys_t *keys;
    apr_pool_t *pool;
    world_t *world;

    apr_initialize();
    wsm_xml_init();
    apr_pool_create(&pool, NULL);
    world = apr_pcalloc(pool, sizeof(*world));
    must(wsm_token_keys_random(&keys, pool));
    must(wsm_store_mem_open(&world->server.store, pool));
    world->server.keys = keys;
    world->server.machine = "host";
    world->endpoint.server = &world->server;
    world->endpoint.id = "x";
    world->endpoint.default_ns = "root/a";
    world->endpoint.schema = cim_schema_make(pool);
    world->endpoint.limits.max_envelope = 512000;
    world->endpoint.limits.timeout = apr_time_from_sec(60);
    world->endpoint.limits.max_elements = 32000;
    world->endpoint.limits.enum_timeout = apr_time_from_sec(60);
    return world;
}

/* ---- the daemon */

static void put_objects(wsm_shell_message_t *out, unsigned answer)
{
    static const wsm_shell_variable_t variable = {"A", "<1>"};
    const wsm_shell_t shell = {.id = ID,
                               .kind = answer & 1 ? WSM_SHELL_POWERSHELL
                                                  : WSM_SHELL_COMMANDS,
                               .resource_uri = uris[answer & 1],
                               .owner = "alice",
                               .environment = &variable,
                               .nenvironment = 1,
                               .response = {"ABC", 3}};
    const wsm_shell_command_t command = {.id = ID, .line = "<&>"};

    wsm_shell_message_bytes(out, WSM_SHELL_F_NEXT, NULL, 0);
    if (answer & 2)
        wsm_shell_write(out, &shell);
    else
        wsm_shell_command_write(out, &command);
}

static void put_output(wsm_shell_message_t *out, unsigned answer)
{
    const wsm_shell_piece_t piece = {"stdout",
                                     answer & 1 ? ID : NULL,
                                     {"ABCD", answer & 3},
                                     answer & 4 ? 1 : 0};

    wsm_shell_message_number(out, WSM_SHELL_F_DONE, answer & 1);
    wsm_shell_message_number(out, WSM_SHELL_F_FLAG, answer & 1);
    wsm_shell_message_bytes(out, WSM_SHELL_F_NEXT, NULL, 0);
    wsm_shell_piece_write(out, &piece);
}

static void make_answer(wsm_shell_message_t *out, const case_t *self)
{
    const unsigned answer = self->answer;

    if (answer % 4 == 0) {
        wsm_shell_error_write(out,
                              wsm_shell_fail(self->pool,
                                             (wsman_code_e)(answer / 4 + 1),
                                             answer, "It cannot be."),
                              self->pool);
        return;
    }
    wsm_shell_message_begin(
        out, answer % 4 == 1 ? WSM_SHELL_M_OUTPUT : WSM_SHELL_M_OK, self->pool);
    if (answer % 4 == 1)
        put_output(out, answer / 4);
    else
        put_objects(out, answer / 4);
    if (!wsm_shell_message_end(out))
        abort();
}

/* It has answered before it was asked, and then hangs up. */
static wsm_error_t *connect_daemon(int *fd, void *baton, apr_pool_t *pool)
{
    case_t *self = baton;
    wsm_shell_message_t out;
    int pair[2];

    if (self->fd >= 0)
        close(self->fd);
    self->fd = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return wsm_fail(pool, WSMAN_E_RESOURCE_OFFLINE, "No sockets.");
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    make_answer(&out, self);
    if (write(pair[1], out.data, out.length) != (ssize_t)out.length)
        abort();
    self->fd = pair[1];
    *fd = pair[0];
    return NULL;
}

static wsm_error_t *find_caller(void *baton, wsm_shell_caller_t *caller)
{
    (void)baton;
    caller->user = caller->account = "alice";
    return NULL;
}

/* ---- one request */

static char *make_envelope(const uint8_t *data, size_t size, size_t *length,
                           apr_pool_t *pool)
{
    const uint8_t *zero = memchr(data, 0, size);
    size_t headers = zero ? (size_t)(zero - data) : 0;
    size_t body = zero ? headers + 1 : 0;
    struct iovec parts[] = {
        {NULL, 0},
        {(char *)data, headers},
        {"</s:Header><s:Body>", 19},
        {(char *)data + body, size - body},
        {"</s:Body></s:Envelope>", 22},
    };

    parts[0].iov_base = apr_pstrcat(
        pool,
        "<s:Envelope xmlns:s=\"" WSM_NS_SOAP "\" xmlns:a=\"" WSM_NS_WSA
        "\" xmlns:w=\"" WSM_NS_WSMAN "\" xmlns:n=\"" WSM_NS_ENUM
        "\" xmlns:r=\"" WSM_NS_SHELL "\"><s:Header><a:To>x</a:To><a:ReplyTo>"
        "<a:Address>" WSM_ANONYMOUS "</a:Address></a:ReplyTo><a:MessageID>1"
        "</a:MessageID><w:ResourceURI>",
        uris[data[-1] % COUNT(uris)], "</w:ResourceURI><a:Action>",
        actions[data[-2] % COUNT(actions)], "</a:Action>", NULL);
    parts[0].iov_len = strlen(parts[0].iov_base);
    return apr_pstrcatv(pool, parts, COUNT(parts), length);
}

static void check(wsm_outcome_t *outcome, apr_pool_t *pool)
{
    const char *text = wsm_writer_string(outcome->body, pool);
    xmlDocPtr doc;

    if (wsm_xml_parse(&doc, text, strlen(text), 1 << 20, pool) != NULL)
        abort();
    if (outcome->error != NULL && outcome->settle != NULL)
        abort();
    if (outcome->settle != NULL)
        outcome->settle(outcome->settle_baton, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static world_t *world;
    case_t self = {.fd = -1};
    const wsm_shell_service_t service = {connect_daemon, NULL, &self};
    wsm_call_t call = {.shells = &service, .shell_caller = find_caller};
    wsm_xml_parser_t *parser;
    wsm_outcome_t outcome;
    size_t length;
    char *text;

    if (world == NULL)
        world = make_world();
    if (size < 3 || size > MOST)
        return 0;
    apr_pool_create(&self.pool, NULL);
    self.answer = data[0];
    call.endpoint = &world->endpoint;
    call.now = apr_time_now();
    call.pub.pool = self.pool;
    call.pub.user = "alice";
    text = make_envelope(data + 3, size - 3, &length, self.pool);
    must(wsm_xml_parser_make(&parser, NULL, 512000, self.pool));
    wsm_xml_parser_feed(parser, text, length);
    wsm_serve(&call, parser, wsm_writer_make(0, self.pool), &outcome);
    check(&outcome, self.pool);
    if (self.fd >= 0)
        close(self.fd);
    apr_pool_destroy(self.pool);
    return 0;
}
