/* op_fragment_path.c - what w:FragmentTransfer addresses.
 */
#include <string.h>

#include <apr_strings.h>

#include "../soap/wsm_names.h"
#include "../query/query_lex.h"
#include "op_fragment.h"

/* The longest expression: it comes back in the header of the reply. */
#define MAX_EXPRESSION 4096

/* Of fragments it is wsman's fault, of filters wsen's (R7.7-7). */
static wsm_error_t *of_fragment(wsm_error_t *err)
{
    if (err != NULL && err->code == WSMAN_E_CANNOT_PROCESS_FILTER)
        err->code = WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN;
    return err;
}

wsm_error_t *op_fragment_read(op_fragment_t *fragment, const wsm_exchange_t *ex)
{
    const xmlNode *header = ex->request->fragment;
    wsm_error_t *err;

    fragment->dialect = wsm_xml_attr(header, NULL, "Dialect", ex->pool);
    if (fragment->dialect != NULL &&
        strcmp(fragment->dialect, WSM_DIALECT_XPATH) != 0) {
        err = wsm_fail(ex->pool, WSMAN_E_FRAGMENT_DIALECT_NOT_SUPPORTED,
                       "The fragment dialect %s is not supported.",
                       fragment->dialect);
        return wsm_error_detail(err, WSM_DIALECT_XPATH, ex->pool);
    }
    err = query_text_of(&fragment->text, header, ex->pool);
    if (err == NULL && strlen(fragment->text) > MAX_EXPRESSION)
        err = query_fail(ex->pool, "The expression is longer than %d bytes.",
                         MAX_EXPRESSION);
    if (err != NULL)
        return of_fragment(err);
    fragment->shown =
        query_shown(fragment->text, strlen(fragment->text), ex->pool);
    query_prefixes_of(&fragment->prefixes, &fragment->nprefixes, fragment->text,
                      header, ex->pool);
    return NULL;
}

wsm_error_t *op_fragment_path(const query_path_t **path, int *beyond,
                              const op_fragment_t *fragment,
                              const cim_class_t *cls, const wsm_exchange_t *ex)
{
    query_path_scope_t scope = {.schema = ex->call->endpoint->schema,
                                .cls = cls,
                                .prefixes = fragment->prefixes,
                                .nprefixes = fragment->nprefixes};
    wsm_error_t *err = query_path_read(path, fragment->text, &scope, ex->pool);

    *beyond = scope.beyond;
    return of_fragment(err);
}

static void set_place(op_place_t *place, const query_node_t *node)
{
    place->instance = node->instance;
    place->index = node->index;
    place->item = node->item;
}

static int select_node(void *baton, const query_node_t *node)
{
    op_selection_t *self = baton;
    const query_node_t *up;
    apr_uint32_t i;

    if (self->count++ == 0) {
        self->node = *node;
        self->node.parent = NULL;
        for (up = node; up->parent != NULL; up = up->parent)
            self->nplaces++;
        for (up = node, i = self->nplaces; i > 0; up = up->parent)
            set_place(&self->places[--i], up);
    } else if (node->instance != self->node.instance) {
        self->scattered = 1;
    }
    APR_ARRAY_PUSH(self->items, int) = node->item;
    return 1;
}

wsm_error_t *op_fragment_select(op_selection_t *selection,
                                const query_path_t *path,
                                const cim_instance_t *instance,
                                query_room_t *room, apr_pool_t *pool)
{
    memset(selection, 0, sizeof(*selection));
    selection->items = apr_array_make(pool, 4, sizeof(int));
    query_path_visit(path, instance, room, select_node, selection);
    if (!query_room_exhausted(room))
        return NULL;
    return wsm_fail(pool, WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN,
                    "The expression takes too much work for this instance of "
                    "%s.",
                    instance->cls->name);
}
