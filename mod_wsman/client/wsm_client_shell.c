/* wsm_client_shell.c - shells and commands: all that is not a stream. */
#include "wsm_client_shell.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "../base/wsm_text.h"
#include "../soap/wsm_names.h"
#include "wsm_resource.h"

#define NAMESPACE " xmlns:rsp=\"" WSM_NS_SHELL "\""
/** Commands and environments are bounded by the request; see max_request. */
#define BODY_LIMIT WSM_CLIENT_MAX_REQUEST

int wsm_client_fault_is(const wsm_failure_t *failure, apr_uint32_t number)
{
    return failure && failure->fault && failure->fault->has_number &&
           failure->fault->number == number;
}

/** What a command is told must arrive as it is, or not at all: the writer would
 *  put '?' where XML has no character. */
static int is_writable(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if ((*at < 0x20 && !strchr("\t\n\r", *at)) ||
            (*at == 0xef && at[1] == 0xbf && at[2] >= 0xbe))
            return 0;
    return wsm_resource_is_utf8(text);
}

static wsm_failure_t *check(const char *text, apr_pool_t *pool)
{
    if (!text || is_writable(text))
        return NULL;
    return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                            "'%s' cannot be sent: control characters and "
                            "bytes that are not UTF-8 cannot stand in XML",
                            text);
}

static void write_text(wsm_writer_t *out, const char *name, const char *text)
{
    if (!text)
        return;
    wsm_write_strs(out, "<rsp:", name, ">", NULL);
    wsm_write_text(out, text);
    wsm_write_strs(out, "</rsp:", name, ">", NULL);
}

static void write_attribute(wsm_writer_t *out, const char *name,
                            const char *value)
{
    if (!value)
        return;
    wsm_write_strs(out, " ", name, "=\"", NULL);
    wsm_write_attr(out, value);
    wsm_write_lit(out, "\"");
}

static void write_duration(wsm_writer_t *out, const char *name,
                           apr_interval_time_t duration)
{
    char text[48];
    if (!duration)
        return;
    apr_snprintf(text, sizeof(text), "PT%" APR_INT64_T_FMT ".%03dS",
                 (apr_int64_t)apr_time_sec(duration),
                 (int)(apr_time_usec(duration) / 1000));
    write_text(out, name, text);
}

/** A request to a shell whose reply says nothing. */
static wsm_failure_t *call(wsm_client_t *client, wsm_client_reply_t *reply,
                           const char *action, const wsm_client_shell_t *shell,
                           wsm_writer_t *body, apr_pool_t *pool)
{
    wsm_client_request_t request = {.action = action,
                                    .target = &shell->target,
                                    .namespaces = NAMESPACE,
                                    .continued = 1};
    if (body && wsm_writer_full(body))
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "the request is too large");
    if (body)
        request.body = wsm_writer_string(body, pool);
    return wsm_client_call(client, reply, &request, pool);
}

/* ---- Shells */

void wsm_client_shell_refer(wsm_client_shell_t *shell, const char *resource_uri,
                            const char *id, apr_pool_t *pool)
{
    wsm_selector_t *selector = apr_pcalloc(pool, sizeof(*selector));
    memset(shell, 0, sizeof(*shell));
    shell->id = selector->value = apr_pstrdup(pool, id);
    selector->name = "ShellId";
    shell->target.resource_uri =
        resource_uri ? apr_pstrdup(pool, resource_uri) : WSM_CLIENT_SHELL_CMD;
    shell->target.selectors = selector;
    shell->target.nselectors = 1;
}

static wsm_failure_t *check_wish(const wsm_client_shell_wish_t *wish,
                                 apr_pool_t *pool)
{
    wsm_failure_t *failure = check(wish->directory, pool);
    failure = failure ? failure : check(wish->name, pool);
    for (int i = 0; !failure && i < wish->nenvironment; i++) {
        failure = check(wish->environment[i].name, pool);
        failure = failure ? failure : check(wish->environment[i].value, pool);
    }
    return failure;
}

/** In the order of the schema (2.2.4.37). */
static void write_shell(wsm_writer_t *out, const wsm_client_shell_wish_t *wish)
{
    wsm_write_lit(out, "<rsp:Shell");
    write_attribute(out, "ShellId", wish->id);
    wsm_write_lit(out, ">");
    write_text(out, "Name", wish->name);
    if (wish->nenvironment)
        wsm_write_lit(out, "<rsp:Environment>");
    for (int i = 0; i < wish->nenvironment; i++) {
        wsm_write_lit(out, "<rsp:Variable Name=\"");
        wsm_write_attr(out, wish->environment[i].name);
        wsm_write_lit(out, "\">");
        wsm_write_text(out, wish->environment[i].value);
        wsm_write_lit(out, "</rsp:Variable>");
    }
    if (wish->nenvironment)
        wsm_write_lit(out, "</rsp:Environment>");
    write_text(out, "WorkingDirectory", wish->directory);
    write_duration(out, "Lifetime", wish->lifetime);
    write_duration(out, "IdleTimeOut", wish->idle_timeout);
    write_text(out, "InputStreams", wish->input_streams);
    write_text(out, "OutputStreams",
               wish->output_streams ? wish->output_streams : "stdout stderr");
    wsm_write_lit(out, "</rsp:Shell>");
}

/** The new shell's id: of the reference (R8), else of rsp:Shell. */
static wsm_failure_t *read_created(wsm_client_shell_t *shell,
                                   const wsm_client_reply_t *reply,
                                   const char *resource_uri, apr_pool_t *pool)
{
    const xmlNode *node = reply->content, *id;
    const wsm_selector_t *selector;
    wsm_epr_t created = {0};
    if (wsm_xml_is(node, WSM_NS_TRANSFER, "ResourceCreated")) {
        if (!wsm_epr_read(&created, node, pool) &&
            (selector = wsm_selector_find(created.selectors, created.nselectors,
                                          "ShellId")) &&
            selector->value) {
            wsm_client_shell_refer(shell, resource_uri, selector->value, pool);
            return NULL;
        }
        node = wsm_xml_next(node);
    }
    id = node && wsm_xml_is(node, WSM_NS_SHELL, "Shell")
             ? wsm_xml_child(node, WSM_NS_SHELL, "ShellId")
             : NULL;
    if (!id)
        return wsm_failure_make(pool, WSM_FAILURE_ANSWER, reply->status,
                                "a shell was made, but the answer does not say "
                                "which");
    wsm_client_shell_refer(shell, resource_uri, wsm_xml_text(id, pool), pool);
    return NULL;
}

wsm_failure_t *wsm_client_shell_create(wsm_client_t *client,
                                       wsm_client_shell_t *shell,
                                       const wsm_client_shell_wish_t *wish,
                                       apr_pool_t *pool)
{
    char code_page[16];
    const wsm_option_t options[] = {
        {.name = "WINRS_NOPROFILE",
         .value = wish->no_profile ? "TRUE" : "FALSE"},
        {.name = "WINRS_CODEPAGE", .value = code_page},
    };
    wsm_epr_t factory = {.resource_uri = wish->resource_uri
                                             ? wish->resource_uri
                                             : WSM_CLIENT_SHELL_CMD};
    wsm_client_request_t request = {.action = WSM_ACTION_CREATE,
                                    .target = &factory,
                                    .namespaces = NAMESPACE,
                                    .options = options,
                                    .noptions = wish->code_page ? 2 : 1};
    wsm_writer_t *out = wsm_writer_make(BODY_LIMIT, pool);
    wsm_client_reply_t reply;
    wsm_failure_t *failure = check_wish(wish, pool);
    if (failure)
        return failure;
    apr_snprintf(code_page, sizeof(code_page), "%u", wish->code_page);
    write_shell(out, wish);
    if (wsm_writer_full(out))
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "the environment is too large");
    request.body = wsm_writer_string(out, pool);
    failure = wsm_client_call(client, &reply, &request, pool);
    if (failure)
        return failure;
    if (!reply.content)
        return wsm_failure_make(pool, WSM_FAILURE_ANSWER, reply.status,
                                "the answer to Create is empty");
    return read_created(shell, &reply, factory.resource_uri, pool);
}

wsm_failure_t *wsm_client_shell_delete(wsm_client_t *client,
                                       const wsm_client_shell_t *shell,
                                       apr_pool_t *pool)
{
    wsm_client_reply_t reply;
    return call(client, &reply, WSM_ACTION_DELETE, shell, NULL, pool);
}

/* ---- Commands */

static wsm_failure_t *check_command(const wsm_client_command_t *command,
                                    apr_pool_t *pool)
{
    wsm_failure_t *failure = check(command->command, pool);
    for (int i = 0; !failure && i < command->narguments; i++)
        failure = check(command->arguments[i], pool);
    return failure;
}

static wsm_writer_t *command_body(const wsm_client_command_t *command,
                                  apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(BODY_LIMIT, pool);
    wsm_write_lit(out, "<rsp:CommandLine");
    write_attribute(out, "CommandId", command->id);
    wsm_write_lit(out, ">");
    write_text(out, "Command", command->command);
    for (int i = 0; i < command->narguments; i++)
        write_text(out, "Arguments", command->arguments[i]);
    wsm_write_lit(out, "</rsp:CommandLine>");
    return out;
}

wsm_failure_t *wsm_client_shell_command(wsm_client_t *client, const char **id,
                                        const wsm_client_shell_t *shell,
                                        const wsm_client_command_t *command,
                                        apr_pool_t *pool)
{
    const wsm_option_t options[] = {
        {.name = "WINRS_CONSOLEMODE_STDIN",
         .value = command->is_piped ? "FALSE" : "TRUE"},
        {.name = "WINRS_SKIP_CMD_SHELL",
         .value = command->skip_shell ? "TRUE" : "FALSE"},
    };
    wsm_client_request_t request = {.action = WSM_NS_SHELL "/Command",
                                    .target = &shell->target,
                                    .namespaces = NAMESPACE,
                                    .options = options,
                                    .noptions = 2};
    wsm_failure_t *failure = check_command(command, pool);
    wsm_client_reply_t reply;
    wsm_writer_t *body;
    const xmlNode *node;
    if (failure)
        return failure;
    body = command_body(command, pool);
    if (wsm_writer_full(body))
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "the command is too long");
    request.body = wsm_writer_string(body, pool);
    failure = wsm_client_call(client, &reply, &request, pool);
    if (failure)
        return failure;
    node = reply.content &&
                   wsm_xml_is(reply.content, WSM_NS_SHELL, "CommandResponse")
               ? wsm_xml_child(reply.content, WSM_NS_SHELL, "CommandId")
               : NULL;
    if (!node)
        return wsm_failure_make(pool, WSM_FAILURE_ANSWER, reply.status,
                                "the command was started, but the answer does "
                                "not say as which");
    *id = wsm_xml_text(node, pool);
    return NULL;
}

/** As Windows' enumerations (2.2.5.6) write them. */
static const char *const signals[] = {
    [WSM_CLIENT_SIGNAL_TERMINATE] = WSM_NS_SHELL "/signal/terminate",
    [WSM_CLIENT_SIGNAL_CTRL_C] = WSM_NS_SHELL "/signal/ctrl_c",
    [WSM_CLIENT_SIGNAL_CTRL_BREAK] = WSM_NS_SHELL "/signal/ctrl_break",
};

wsm_failure_t *wsm_client_shell_signal(wsm_client_t *client,
                                       const wsm_client_shell_t *shell,
                                       const char *command_id,
                                       wsm_client_signal_e code,
                                       apr_pool_t *pool)
{
    wsm_writer_t *body = wsm_writer_make(BODY_LIMIT, pool);
    wsm_client_reply_t reply;
    wsm_write_lit(body, "<rsp:Signal");
    write_attribute(body, "CommandId", command_id);
    wsm_write_strs(body, "><rsp:Code>", signals[code],
                   "</rsp:Code></rsp:Signal>", NULL);
    return call(client, &reply, WSM_NS_SHELL "/Signal", shell, body, pool);
}

typedef struct ids_t {
    apr_array_header_t *list;
    apr_pool_t *pool;
} ids_t;

static int take_command(void *baton, const wsm_item_t *item,
                        apr_pool_t *scratch)
{
    ids_t *ids = baton;
    const xmlNode *id =
        item->object ? wsm_xml_child(item->object, WSM_NS_SHELL, "CommandId")
                     : NULL;
    (void)scratch;
    if (id)
        APR_ARRAY_PUSH(ids->list, const char *) = wsm_xml_text(id, ids->pool);
    return 1;
}

wsm_failure_t *wsm_client_shell_commands(wsm_client_t *client,
                                         const char *const **ids,
                                         const wsm_client_shell_t *shell,
                                         apr_pool_t *pool)
{
    wsm_enumerate_t what = {.selectors = shell->target.selectors,
                            .nselectors = shell->target.nselectors};
    wsm_epr_t target = {.resource_uri = WSM_CLIENT_SHELL "/Command"};
    ids_t found = {apr_array_make(pool, 4, sizeof(const char *)), pool};
    wsm_failure_t *failure = wsm_client_enumerate(client, &target, &what,
                                                  take_command, &found, pool);
    APR_ARRAY_PUSH(found.list, const char *) = NULL;
    *ids = (const char *const *)(const void *)found.list->elts;
    return failure;
}

/* ---- Without a client for a while */

wsm_failure_t *wsm_client_shell_disconnect(wsm_client_t *client,
                                           const wsm_client_shell_t *shell,
                                           apr_interval_time_t idle_timeout,
                                           apr_pool_t *pool)
{
    wsm_writer_t *body = wsm_writer_make(BODY_LIMIT, pool);
    wsm_client_reply_t reply;
    wsm_write_lit(body, "<rsp:Disconnect>");
    write_duration(body, "IdleTimeOut", idle_timeout);
    wsm_write_lit(body, "</rsp:Disconnect>");
    return call(client, &reply, WSM_NS_SHELL "/Disconnect", shell, body, pool);
}

wsm_failure_t *wsm_client_shell_reconnect(wsm_client_t *client,
                                          const wsm_client_shell_t *shell,
                                          apr_pool_t *pool)
{
    wsm_client_reply_t reply;
    return call(client, &reply, WSM_NS_SHELL "/Reconnect", shell, NULL, pool);
}

wsm_failure_t *wsm_client_shell_connect(wsm_client_t *client,
                                        const wsm_client_shell_t *shell,
                                        apr_pool_t *pool)
{
    wsm_writer_t *body = wsm_writer_make(BODY_LIMIT, pool);
    wsm_client_reply_t reply;
    wsm_write_lit(body, "<rsp:Connect/>");
    return call(client, &reply, WSM_NS_SHELL "/Connect", shell, body, pool);
}
