/* wsman.c - the command-line client of WS-Management. */
#include <apr_strings.h>

#include "../client/wsm_argument.h"
#include "../client/wsm_resource.h"
#include "wsman_run.h"
#include "wsman_session.h"

static wsm_failure_t *target_of(wsm_epr_t *target,
                                const wsman_options_t *options,
                                apr_pool_t *pool)
{
    return wsm_resource_read(target, options->arguments[0], pool);
}

static void print(const wsman_options_t *options, const xmlNode *object,
                  apr_pool_t *pool)
{
    wsm_item_t item = {.object = object};
    if (object)
        wsm_format_item(options->out, &item, pool);
}

/** The XML that put, create and invoke send: --body, or the arguments from
 *  `first` on. */
static wsm_failure_t *make_xml(char **xml, const wsman_options_t *options,
                               const wsm_epr_t *target, const char *name,
                               int first, apr_pool_t *pool)
{
    if (options->body && options->narguments > first)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "--body or Name=value, not both");
    if (options->body)
        return wsm_argument_body(xml, options->body,
                                 options->client.max_request, pool);
    if (!name)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "'%s' names no class: use --body",
                                options->arguments[0]);
    return wsm_arguments_xml(xml, target, name, options->arguments + first,
                             options->narguments - first,
                             options->client.max_request, pool);
}

/* ---- Commands */

static wsm_failure_t *run_identify(wsman_options_t *options,
                                   wsm_client_t *client, apr_pool_t *pool)
{
    const xmlNode *answer;
    wsm_failure_t *failure =
        wsm_client_identify(client, &answer, options->anonymous, pool);
    if (!failure)
        print(options, answer, pool);
    return failure;
}

static wsm_failure_t *run_get(wsman_options_t *options, wsm_client_t *client,
                              apr_pool_t *pool)
{
    const xmlNode *object;
    wsm_epr_t target;
    wsm_failure_t *failure = target_of(&target, options, pool);
    if (!failure)
        failure = wsm_client_get(client, &object, &target, pool);
    if (!failure)
        print(options, object, pool);
    return failure;
}

static wsm_failure_t *run_put(wsman_options_t *options, wsm_client_t *client,
                              apr_pool_t *pool)
{
    const xmlNode *object;
    wsm_epr_t target;
    char *xml;
    wsm_failure_t *failure = target_of(&target, options, pool);
    if (!failure)
        failure = make_xml(&xml, options, &target,
                           wsm_resource_class(&target, pool), 1, pool);
    if (!failure)
        failure = wsm_client_put(client, &object, &target, xml, pool);
    if (!failure)
        print(options, object, pool);
    return failure;
}

static wsm_failure_t *run_create(wsman_options_t *options, wsm_client_t *client,
                                 apr_pool_t *pool)
{
    wsm_epr_t target, created;
    char *xml;
    wsm_failure_t *failure = target_of(&target, options, pool);
    if (!failure)
        failure = make_xml(&xml, options, &target,
                           wsm_resource_class(&target, pool), 1, pool);
    if (!failure)
        failure = wsm_client_create(client, &created, NULL, &target, xml, pool);
    if (!failure)
        wsm_format_reference(options->out, &created, pool);
    return failure;
}

static wsm_failure_t *run_delete(wsman_options_t *options, wsm_client_t *client,
                                 apr_pool_t *pool)
{
    wsm_epr_t target;
    wsm_failure_t *failure = target_of(&target, options, pool);
    return failure ? failure : wsm_client_delete(client, &target, pool);
}

static wsm_failure_t *run_invoke(wsman_options_t *options, wsm_client_t *client,
                                 apr_pool_t *pool)
{
    const char *method = options->arguments[1];
    const xmlNode *output;
    wsm_epr_t target;
    char *xml;
    wsm_failure_t *failure = target_of(&target, options, pool);
    if (!failure && !wsm_resource_is_name(method))
        failure = wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                   "'%s' is no name of a method", method);
    if (!failure)
        failure = make_xml(&xml, options, &target,
                           apr_pstrcat(pool, method, "_INPUT", NULL), 2, pool);
    if (!failure)
        failure =
            wsm_client_invoke(client, &output, &target, method, xml, pool);
    if (!failure)
        print(options, output, pool);
    return failure;
}

static wsm_failure_t *run_enum(wsman_options_t *options, wsm_client_t *client,
                               apr_pool_t *pool)
{
    wsm_epr_t target;
    wsm_failure_t *failure = target_of(&target, options, pool);
    return failure ? failure
                   : wsman_session_enumerate(options, client, &target, pool);
}

const wsman_command_t wsman_commands[] = {
    {"identify", "", 0, 0, run_identify},
    {"get", "RESOURCE", 1, 1, run_get},
    {"enum", "RESOURCE", 1, 1, run_enum},
    {"put", "RESOURCE NAME=VALUE...", 1, -1, run_put},
    {"create", "RESOURCE NAME=VALUE...", 1, -1, run_create},
    {"delete", "RESOURCE", 1, 1, run_delete},
    {"invoke", "RESOURCE METHOD [NAME=VALUE...]", 2, -1, run_invoke},
    {"run", "URI COMMAND...", 0, -1, wsman_run},
    {"shell", "[URI [COMMAND...]]", 0, -1, wsman_shell},
    {NULL, NULL, 0, 0, NULL},
};

/* ---- Main */

static wsm_failure_t *run(wsman_options_t *options, apr_pool_t *pool)
{
    wsm_client_t *client;
    wsm_failure_t *failure = wsman_session_connect(&client, options, pool);
    if (failure)
        return failure;
    wsman_session_output(
        options, options->command->run == run_enum || options->remote.list,
        pool);
    failure = options->command->run(options, client, pool);
    if (options->is_remote && !options->remote.list)
        return failure; /* the output was another's */
    if (!failure || wsm_format_count(options->out))
        wsm_format_end(options->out, pool);
    return failure;
}

int main(int argc, char **argv)
{
    wsman_options_t options = {0};
    return wsman_session_main(&options, &wsman_program, run, argc, argv);
}
