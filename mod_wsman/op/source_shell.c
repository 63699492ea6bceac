/* source_shell.c - shells, and the commands of one, one after the other
 * (MS-WSMV 3.1.4.8.2).
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../soap/wsm_names.h"
#include "op_shell.h"

/* What is enumerated, as it is now: shells, or commands of one. */
typedef struct all_t {
    const wsm_shell_t *shell; /* that has the commands */
    const wsm_shell_t *const *shells;
    const wsm_shell_command_t *commands;
    int count;
} all_t;

typedef struct thing_t {
    const all_t *all;
    int i;
} thing_t;

static const char *id_of(const all_t *all, int i)
{
    return all->commands ? all->commands[i].id : all->shells[i]->id;
}

/* ---- pages
 *
 * The key is the place and the id of what was last on a page.  Things go while
 * one pulls: what still is there is found by its id, else the page goes on at
 * its place, or before it. */

static int begin_of(const wsm_context_t *context, const all_t *all)
{
    const char *key = context->after_key;
    const char *id;
    int place, i;

    if (key == NULL)
        return 0;
    id = strchr(key, ' ');
    for (i = 0; id != NULL && i < all->count; i++) {
        if (strcmp(id_of(all, i), id + 1) == 0)
            return i + 1;
    }
    place = atoi(key);
    return place < all->count ? place : all->count;
}

static wsm_error_t *walk_all(const wsm_walk_t *walk, const all_t *all)
{
    thing_t thing = {all, begin_of(walk->context, all)};
    wsman_sink_e room = WSMAN_SINK_MORE;
    apr_pool_t *scratch;

    apr_pool_create(&scratch, walk->ex->pool);
    for (; thing.i < all->count && room == WSMAN_SINK_MORE; thing.i++) {
        const char *key =
            apr_psprintf(scratch, "%d %s", thing.i, id_of(all, thing.i));
        const wsm_entry_t entry = {&thing, "", key};

        room = walk->take(walk->baton, &entry, scratch);
        apr_pool_clear(scratch);
    }
    apr_pool_destroy(scratch);
    return NULL;
}

/* ---- shells */

/* Those of this resource.
 * @return how many there are; they are moved to the front */
static int choose(const wsm_shell_t **shells, const wsm_shell_t *const *from,
                  int n, const char *resource_uri)
{
    const int all = strcasecmp(resource_uri, WSM_NS_SHELL) == 0;
    int count = 0;
    int i;

    for (i = 0; i < n; i++) {
        if (all || (from[i]->resource_uri != NULL &&
                    strcasecmp(from[i]->resource_uri, resource_uri) == 0))
            shells[count++] = from[i];
    }
    return count;
}

static wsm_error_t *walk_shells(const wsm_walk_t *walk)
{
    wsm_exchange_t *ex = walk->ex;
    const wsm_shell_t *const *list;
    const wsm_shell_t **chosen;
    all_t all = {NULL, NULL, NULL, 0};
    op_shell_t self;
    wsm_error_t *err = op_shell_enter(&self, ex);

    if (err == NULL)
        err = wsm_shell_list(&list, &all.count, &self.service, &self.caller,
                             ex->call->pub.deadline, ex->pool);
    if (err != NULL)
        return err;
    chosen =
        apr_palloc(ex->pool, sizeof(*chosen) * (apr_size_t)(all.count + 1));
    all.count = choose(chosen, list, all.count, ex->request->resource_uri);
    all.shells = chosen;
    return walk_all(walk, &all);
}

static void write_shell(wsm_writer_t *out, const wsm_walk_t *walk,
                        const void *data, apr_pool_t *scratch)
{
    const thing_t *thing = data;

    (void)walk;
    (void)scratch;
    op_shell_write(out, thing->all->shells[thing->i], NULL, 0);
}

static int epr_of_shell(wsm_epr_t *epr, const wsm_walk_t *walk,
                        const void *data, apr_pool_t *scratch)
{
    const thing_t *thing = data;

    op_shell_epr(epr, walk->ex, thing->all->shells[thing->i], scratch);
    return 1;
}

const wsm_source_t wsm_source_shells = {NULL,        NULL,        NULL,
                                        walk_shells, write_shell, epr_of_shell};

/* ---- commands
 *
 * context->options is the id of their shell. */

static const char *shell_in(const wsm_selector_t *selectors, int nselectors)
{
    const wsm_selector_t *selector =
        wsm_selector_find(selectors, nselectors, "ShellId");

    if (selector == NULL || selector->value == NULL || *selector->value == '\0')
        return NULL;
    return selector->value;
}

static wsm_error_t *filter_commands(wsm_context_t *context,
                                    const xmlNode *filter, wsm_exchange_t *ex)
{
    const char *dialect = wsm_xml_attr(filter, NULL, "Dialect", ex->pool);
    const xmlNode *set = wsm_xml_child(filter, WSM_NS_WSMAN, "SelectorSet");
    const wsm_selector_t *selectors;
    int nselectors;
    wsm_error_t *err;

    if (dialect == NULL || strcmp(dialect, WSM_DIALECT_SELECTOR) != 0)
        return wsm_error_detail(
            wsm_fail(ex->pool, WSMAN_E_FILTER_DIALECT_UNAVAILABLE,
                     "Commands are filtered by the selector of their shell."),
            WSM_DIALECT_SELECTOR, ex->pool);
    if (set == NULL)
        return NULL;
    err = wsm_selectors_read(&selectors, &nselectors, set, ex->pool);
    if (err == NULL)
        context->options = shell_in(selectors, nselectors);
    return err;
}

/* MS-WSMV 3.1.4.8.2 has the shell as a selector of the resource. */
static wsm_error_t *begin_commands(wsm_context_t *context,
                                   const wsm_query_t *query, wsm_exchange_t *ex)
{
    const wsm_request_t *request = ex->request;

    (void)query;
    if (context->options == NULL)
        context->options = shell_in(request->selectors, request->nselectors);
    if (context->options == NULL)
        return op_shell_number(
            wsm_fail(ex->pool, WSMAN_E_FILTERING_REQUIRED,
                     "A filter must say of which shell the commands are "
                     "enumerated: the selector ShellId."),
            OP_SHELL_FILTER_EXPECTED);
    if (context->item != WSM_ITEM_OBJECT)
        return op_shell_number(
            wsm_fail(ex->pool, WSMAN_E_UNSUPPORTED_ENUMERATION_MODE,
                     "Commands have no endpoint references."),
            OP_SHELL_NO_EPRS);
    return NULL;
}

static wsm_error_t *walk_commands(const wsm_walk_t *walk)
{
    wsm_exchange_t *ex = walk->ex;
    const char *id = walk->context->options;
    const apr_time_t deadline = ex->call->pub.deadline;
    all_t all = {NULL, NULL, NULL, 0};
    op_shell_t self;
    wsm_error_t *err = op_shell_enter(&self, ex);

    if (err == NULL)
        err = wsm_shell_get(&all.shell, &self.service, &self.caller, id,
                            deadline, ex->pool);
    if (err == NULL)
        err = wsm_shell_list_commands(&all.commands, &all.count, &self.service,
                                      &self.caller, id, deadline, ex->pool);
    return err ? err : walk_all(walk, &all);
}

static void write_command(wsm_writer_t *out, const wsm_walk_t *walk,
                          const void *data, apr_pool_t *scratch)
{
    const thing_t *thing = data;
    const wsm_shell_t *shell = thing->all->shell;
    const wsm_shell_command_t *command = &thing->all->commands[thing->i];

    (void)walk;
    (void)scratch;
    wsm_write_lit(out,
                  "<rsp:Command xmlns:rsp=\"" WSM_NS_SHELL "\"><rsp:ShellId>");
    wsm_write_text(out, shell->id);
    wsm_write_lit(out, "</rsp:ShellId><rsp:CommandId>");
    wsm_write_text(out, command->id);
    wsm_write_strs(out, "</rsp:CommandId><rsp:State>",
                   shell->state == WSM_SHELL_DISCONNECTED ? "Disconnected"
                                                          : "Connected",
                   "</rsp:State><rsp:CommandLine>", NULL);
    wsm_write_text(out, command->line ? command->line : "");
    wsm_write_lit(out, "</rsp:CommandLine></rsp:Command>");
}

static int no_epr(wsm_epr_t *epr, const wsm_walk_t *walk, const void *data,
                  apr_pool_t *scratch)
{
    (void)epr;
    (void)walk;
    (void)data;
    (void)scratch;
    return 0;
}

const wsm_source_t wsm_source_commands = {
    filter_commands, begin_commands, NULL,
    walk_commands,   write_command,  no_epr};
