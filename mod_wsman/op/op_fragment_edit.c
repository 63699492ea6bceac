/* op_fragment_edit.c - what a Put, Create or Delete of a fragment makes of an
 * instance (7.9 to 7.11).
 *
 * The expression leads to an instance, the one that is addressed or one that is
 * embedded in it, and there to a property, or to items of it.  What comes of it
 * is a new value of that property, and so of every one on the way to it.
 */
#include <math.h>
#include <string.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../cim/cim_value.h"
#include "op_fragment.h"

/** What is addressed of an instance. */
typedef struct target_t {
    const query_path_t *path;
    op_selection_t owner; /* the instance that has the property */
    const cim_instance_t *instance;
    apr_uint32_t index;
    const cim_property_t *property;
    const cim_value_t *value; /* as it is; CIM_NONE counts as NULL */
    /** The nodes that the expression selects there. */
    op_selection_t nodes;
} target_t;

static wsm_error_t *not_one(const op_editor_t *self, apr_uint32_t count)
{
    if (count == 0)
        return wsm_fail(self->ex->pool, WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN,
                        "The expression %s selects nothing of the instance.",
                        self->fragment->shown);
    return wsm_fail(self->ex->pool, WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN,
                    "The expression %s selects %u nodes; say which one with "
                    "[number].",
                    self->fragment->shown, count);
}

static wsm_error_t *not_so(const op_editor_t *self, const char *why)
{
    wsm_error_t *err =
        wsm_fail(self->ex->pool, WSMAN_E_ACTION_MISMATCH, "%s", why);

    return wsm_error_detail(err, self->ex->request->action, self->ex->pool);
}

/* ---- what is addressed */

static wsm_error_t *find_owner(target_t *target, const op_editor_t *self,
                               const cim_instance_t *now, query_room_t *room)
{
    query_path_t way = *target->path;
    const cim_value_t *value;
    wsm_error_t *err;

    way.nsteps--;
    way.leaf = QUERY_LEAF_ELEMENT;
    err = op_fragment_select(&target->owner, &way, now, room, self->ex->pool);
    if (err != NULL)
        return err;
    if (target->owner.count != 1)
        return not_one(self, target->owner.count);
    target->instance = now;
    if (way.nsteps == 0)
        return NULL;
    value = target->owner.node.value;
    if (value->is_null || value->type != CIM_INSTANCE)
        return not_one(self, 0);
    target->instance = value->v.obj;
    return NULL;
}

static wsm_error_t *find(target_t *target, const op_editor_t *self,
                         const cim_instance_t *now)
{
    query_path_t element;
    query_room_t room;
    int beyond, index;
    wsm_error_t *err = op_fragment_path(&target->path, &beyond, self->fragment,
                                        now->cls, self->ex);

    if (err != NULL)
        return err;
    if (target->path->nsteps == 0)
        return not_so(self, "Attributes of an instance cannot be changed.");
    query_room_make(&room, self->ex->pool);
    err = find_owner(target, self, now, &room);
    if (err != NULL)
        return err;
    index = cim_class_property_index(
        target->instance->cls,
        target->path->steps[target->path->nsteps - 1].name);
    if (index < 0)
        return not_one(self, 0);
    target->index = (apr_uint32_t)index;
    target->property = &target->instance->cls->properties[index];
    target->value = &target->instance->values[index];
    element = *target->path;
    element.leaf = QUERY_LEAF_ELEMENT;
    return op_fragment_select(&target->nodes, &element, now, &room,
                              self->ex->pool);
}

static const query_predicates_t *predicates_of(const target_t *target)
{
    return &target->path->steps[target->path->nsteps - 1].predicates;
}

static int is_empty(const cim_value_t *value)
{
    return value->type == CIM_NONE || value->is_null ||
           (value->is_array && value->count == 0);
}

/* ---- what comes with the request */

/* @param many  all items of an array, not one */
static wsm_error_t *read_value(cim_value_t *value, const op_editor_t *self,
                               const target_t *target, int many)
{
    const cim_class_t *cls = target->instance->cls;
    wsm_error_t *err;

    if (target->path->leaf == QUERY_LEAF_TEXT)
        err = op_fragment_text(value, cls, target->index, self->body, self->ex);
    else
        err = op_fragment_elements(value, cls, target->index, self->body,
                                   self->ex);
    if (err != NULL || many || !target->property->is_array)
        return err;
    if (value->is_null) {
        *value = cim_null(target->property->type);
        return NULL;
    }
    if (value->count != 1)
        return wsm_fail(self->ex->pool, WSMAN_E_REPRESENTATION_INVALID_FRAGMENT,
                        "The fragment has %u elements; the expression names "
                        "one.",
                        value->count);
    *value = value->v.items[0];
    return NULL;
}

/* ---- arrays */

/* The array with `removed` items from `at` on replaced by `added` others. */
static cim_value_t spliced(const target_t *target, apr_uint32_t at,
                           apr_uint32_t removed, const cim_value_t *item,
                           apr_uint32_t added, apr_pool_t *pool)
{
    const cim_value_t *old = target->value;
    apr_uint32_t count = is_empty(old) ? 0 : old->count;
    cim_value_t *items =
        apr_pcalloc(pool, (count + added - removed + 1) * sizeof(*items));
    const cim_value_t *from = count > 0 ? old->v.items : items;

    memcpy(items, from, at * sizeof(*items));
    if (added > 0)
        items[at] = *item;
    memcpy(items + at + added, from + at + removed,
           (count - at - removed) * sizeof(*items));
    return cim_array(target->property->type, items, count + added - removed);
}

/* ---- Put */

static wsm_error_t *put_nil(cim_value_t *value, const op_editor_t *self,
                            const cim_value_t *old)
{
    const char *text = wsm_xml_text(self->body, self->ex->pool);
    int truth;

    if (wsm_xml_first(self->body) != NULL || !wsm_text_boolean(text, &truth))
        return wsm_fail(self->ex->pool, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                        "The value of xsi:nil is no boolean.");
    if (!truth && (old->type == CIM_NONE || old->is_null))
        return wsm_fail(self->ex->pool, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                        "What is NULL becomes something else by its value, not "
                        "by xsi:nil.");
    *value = *old;
    if (truth)
        value->is_null = 1;
    return NULL;
}

static wsm_error_t *put(cim_value_t *value, const op_editor_t *self,
                        const target_t *target, apr_pool_t *pool)
{
    query_leaf_e leaf = target->path->leaf;
    int whole = predicates_of(target)->count == 0 && leaf == QUERY_LEAF_ELEMENT;
    const cim_value_t *old = target->value;
    cim_value_t item;
    wsm_error_t *err;
    int at;

    if (leaf == QUERY_LEAF_TYPE)
        return not_so(self, "The class of an instance cannot be changed.");
    if (whole)
        return read_value(value, self, target, 1);
    if (target->nodes.count != 1)
        return not_one(self, target->nodes.count);
    at = APR_ARRAY_IDX(target->nodes.items, 0, int);
    if (at >= 0)
        old = &old->v.items[at];
    if (leaf == QUERY_LEAF_NIL)
        err = put_nil(&item, self, old);
    else
        err = read_value(&item, self, target, at < 0);
    if (err != NULL)
        return err;
    if (item.is_null)
        item = cim_null(target->property->type);
    if (at >= 0)
        item = spliced(target, (apr_uint32_t)at, 1, &item, 1, pool);
    item.is_array = target->property->is_array;
    *value = item;
    return NULL;
}

/* ---- Create */

static wsm_error_t *exists(const op_editor_t *self)
{
    return wsm_fail(self->ex->pool, WSMAN_E_ALREADY_EXISTS,
                    "%s has a value already; Put changes it.",
                    self->fragment->shown);
}

/* The [n] of what is to be added; 0: there is none. */
static wsm_error_t *position_of(apr_uint32_t *position, const op_editor_t *self,
                                const target_t *target)
{
    const query_predicates_t *predicates = predicates_of(target);
    const query_clause_t *clause = predicates->of[0];
    apr_uint32_t count = is_empty(target->value) ? 0 : target->value->count;
    double top = (target->property->is_array ? count : 0) + 1.0;

    *position = 0;
    if (predicates->count == 0)
        return NULL;
    if (predicates->count > 1 || clause->kind != QUERY_CLAUSE_POSITION ||
        clause->wanted != QUERY_EQUAL)
        return wsm_fail(self->ex->pool, WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN,
                        "Where an item is to be added is said with [number], "
                        "not as in %s.",
                        self->fragment->shown);
    if (clause->number < 1 || clause->number > top ||
        clause->number != trunc(clause->number))
        return wsm_fail(self->ex->pool, WSMAN_E_REPRESENTATION_INVALID_FRAGMENT,
                        "%s has %u items; the next one is [%u].",
                        target->property->name, count, (unsigned)top);
    *position = (apr_uint32_t)clause->number;
    return NULL;
}

static wsm_error_t *insert(cim_value_t *value, const op_editor_t *self,
                           const target_t *target, apr_uint32_t position,
                           apr_pool_t *pool)
{
    const cim_property_t *property = target->property;
    cim_value_t item;
    wsm_error_t *err = read_value(&item, self, target, 0);

    if (err != NULL)
        return err;
    *value = spliced(target, position - 1, 0, &item, 1, pool);
    if (property->array_size != 0 && value->count > property->array_size)
        return wsm_fail(self->ex->pool, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                        "%s has no more than %u items.", property->name,
                        property->array_size);
    return NULL;
}

static wsm_error_t *create(cim_value_t *value, const op_editor_t *self,
                           const target_t *target, apr_pool_t *pool)
{
    query_leaf_e leaf = target->path->leaf;
    int is_row = target->property->is_array && !target->property->octets;
    apr_uint32_t position;
    wsm_error_t *err;

    if (leaf == QUERY_LEAF_NIL || leaf == QUERY_LEAF_TYPE)
        return not_so(self, "Attributes cannot be added.");
    err = position_of(&position, self, target);
    if (err != NULL)
        return err;
    if (position > 0 && is_row)
        return insert(value, self, target, position, pool);
    if (!is_empty(target->value))
        return exists(self);
    return read_value(value, self, target, 1);
}

/* ---- Delete */

static wsm_error_t *delete (cim_value_t *value, const op_editor_t *self,
                            const target_t *target, apr_pool_t *pool)
{
    query_leaf_e leaf = target->path->leaf;
    int at;

    if (leaf == QUERY_LEAF_NIL || leaf == QUERY_LEAF_TYPE)
        return not_so(self, "Attributes cannot be deleted.");
    *value = cim_null(target->property->type);
    value->is_array = target->property->is_array;
    if (predicates_of(target)->count == 0 && leaf == QUERY_LEAF_ELEMENT)
        return NULL;
    if (target->nodes.count != 1)
        return not_one(self, target->nodes.count);
    at = APR_ARRAY_IDX(target->nodes.items, 0, int);
    if (at >= 0)
        *value = spliced(target, (apr_uint32_t)at, 1, NULL, 0, pool);
    return NULL;
}

/* ---- on the way back */

static cim_value_t *items_of(const cim_value_t *array, apr_pool_t *pool)
{
    return apr_pmemdup(pool, array->v.items,
                       array->count * sizeof(array->v.items[0]));
}

/* Sets the property of the embedded instance, of that the property that it is
 * in, and so on up. */
static void carry(cim_instance_t *changes, const target_t *target,
                  cim_value_t value, apr_pool_t *pool)
{
    const op_selection_t *owner = &target->owner;
    const cim_instance_t *inner = target->instance;
    apr_uint32_t index = target->index, i;

    for (i = owner->nplaces; i > 0; i--) {
        const op_place_t *place = &owner->places[i - 1];
        const cim_value_t *old = &place->instance->values[place->index];
        cim_instance_t *copy = cim_instance_make(inner->cls, pool);
        cim_value_t *items;

        memcpy(copy->values, inner->values,
               inner->nvalues * sizeof(inner->values[0]));
        copy->values[index] = value;
        value = cim_embedded(copy);
        if (place->item >= 0) {
            items = items_of(old, pool);
            items[place->item] = value;
            value = cim_array(CIM_INSTANCE, items, old->count);
        }
        inner = place->instance;
        index = place->index;
    }
    changes->values[index] = value;
}

typedef wsm_error_t *edit_fn(cim_value_t *value, const op_editor_t *self,
                             const target_t *target, apr_pool_t *pool);

static edit_fn *const edits[] = {
    [OP_EDIT_PUT] = put, [OP_EDIT_CREATE] = create, [OP_EDIT_DELETE] = delete};

wsm_error_t *op_fragment_edit(void *baton, const cim_instance_t *now,
                              cim_instance_t *changes, apr_pool_t *pool)
{
    const op_editor_t *self = baton;
    target_t target = {0};
    cim_value_t value;
    wsm_error_t *err = find(&target, self, now);

    if (err == NULL)
        err = edits[self->what](&value, self, &target, pool);
    if (err == NULL)
        carry(changes, &target, value, pool);
    return err;
}
