/* op_fragment_write.c - w:XmlFragment with what an expression selects (7.8).
 */
#include <string.h>

#include "../cim/cim_value.h"
#include "op_fragment.h"

static wsm_error_t *nothing(const wsm_exchange_t *ex,
                            const op_fragment_t *fragment)
{
    return wsm_fail(ex->pool, WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN,
                    "The expression %s selects nothing of the instance.",
                    fragment->shown);
}

/* A property as a whole is always there, if only with no elements. */
static int is_property(const query_path_t *path)
{
    return path->nsteps == 1 && path->root.count == 0 &&
           path->steps[0].predicates.count == 0;
}

static void write_text(wsm_exchange_t *ex, const char *text)
{
    wsm_write_lit(ex->out, "<w:XmlFragment>");
    wsm_write_text(ex->out, text);
    wsm_write_lit(ex->out, "</w:XmlFragment>");
}

/* Text and attributes: the value alone (R7.7-6). */
static wsm_error_t *write_value(wsm_exchange_t *ex,
                                const op_fragment_t *fragment,
                                const query_path_t *path,
                                const cim_instance_t *instance,
                                query_room_t *room)
{
    query_path_t element = *path;
    op_selection_t selection;
    const char *text;
    wsm_error_t *err =
        op_fragment_select(&selection, path, instance, room, ex->pool);

    if (err != NULL)
        return err;
    if (selection.count > 1)
        return wsm_fail(ex->pool, WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN,
                        "The expression %s selects the texts of %u nodes; say "
                        "which one with [number].",
                        fragment->shown, selection.count);
    if (selection.count == 1) {
        text = query_node_text(&selection.node, path->leaf, room);
        if (text == NULL)
            return op_fragment_write_xpath(ex, fragment, instance);
        write_text(ex, text);
        return NULL;
    }
    if (path->leaf != QUERY_LEAF_TEXT)
        return nothing(ex, fragment);
    /* An element without text has an empty one. */
    element.leaf = QUERY_LEAF_ELEMENT;
    err = op_fragment_select(&selection, &element, instance, room, ex->pool);
    if (err != NULL)
        return err;
    if (selection.count != 1 && !is_property(path))
        return nothing(ex, fragment);
    write_text(ex, "");
    return NULL;
}

static void write_whole(wsm_exchange_t *ex, const cim_instance_t *instance)
{
    wsm_write_lit(ex->out, "<w:XmlFragment>");
    cim_xml_write_instance(ex->out, instance, NULL, NULL, &ex->style, ex->pool);
    wsm_write_lit(ex->out, "</w:XmlFragment>");
}

/* The property of the instance that has it, with these items only. */
static void write_items(wsm_exchange_t *ex, const op_selection_t *selection)
{
    const cim_instance_t *from = selection->node.instance;
    apr_uint32_t index = selection->node.index;
    cim_instance_t *part = cim_instance_make(from->cls, ex->pool);
    const cim_value_t *value = &from->values[index];
    const char *name = from->cls->properties[index].name;
    cim_value_t *items;
    apr_uint32_t i;

    part->values[index] = *value;
    if (value->type == CIM_NONE)
        part->values[index] = cim_null(from->cls->properties[index].type);
    if (selection->node.item >= 0) {
        items = apr_pcalloc(ex->pool, selection->count * sizeof(*items));
        for (i = 0; i < selection->count; i++)
            items[i] = value->v.items[APR_ARRAY_IDX(selection->items, i, int)];
        part->values[index] =
            cim_array((cim_type_e)value->type, items, selection->count);
    }
    cim_xml_write_fragment(ex->out, part, NULL, &name, 1, &ex->style, ex->pool);
}

wsm_error_t *op_fragment_write(wsm_exchange_t *ex,
                               const op_fragment_t *fragment,
                               const cim_instance_t *instance)
{
    op_selection_t selection;
    const query_path_t *path;
    query_room_t room;
    int beyond;
    wsm_error_t *err =
        op_fragment_path(&path, &beyond, fragment, instance->cls, ex);

    if (err != NULL)
        return beyond ? op_fragment_write_xpath(ex, fragment, instance) : err;
    query_room_make(&room, ex->pool);
    if (path->leaf != QUERY_LEAF_ELEMENT)
        return write_value(ex, fragment, path, instance, &room);
    err = op_fragment_select(&selection, path, instance, &room, ex->pool);
    if (err != NULL)
        return err;
    if (selection.count == 0 && !is_property(path))
        return nothing(ex, fragment);
    if (selection.scattered)
        return op_fragment_write_xpath(ex, fragment, instance);
    if (selection.count == 0)
        write_text(ex, "");
    else if (selection.nplaces == 0)
        write_whole(ex, instance);
    else
        write_items(ex, &selection);
    return NULL;
}
