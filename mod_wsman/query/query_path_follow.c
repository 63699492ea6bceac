/* query_path_follow.c - paths and conditions over the values of an instance.
 *
 * The work is bounded by the size of the instance times that of the condition:
 * a path within brackets never leaves the element that they belong to.
 */
#include <math.h>
#include <string.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../cim/cim_value.h"
#include "../cim/cim_xml.h"
#include "query_path.h"

/* The text of a datetime, with the tags around it. */
#define MAX_DATETIME 128

static const cim_value_t null_value = {.type = CIM_STRING, .is_null = 1};

/** One path on its way. */
typedef struct walk_t {
    const query_path_t *path;
    query_room_t *room;
    query_path_visit_fn *visit;
    void *baton;
} walk_t;

void query_room_make(query_room_t *room, apr_pool_t *pool)
{
    apr_pool_create(&room->pool, pool);
    room->out = wsm_writer_make(MAX_DATETIME, pool);
}

/* ---- texts and numbers */

/* The text between the tags of its only element. */
static const char *datetime_text(const cim_datetime_t *when, query_room_t *room)
{
    const char *text, *start;

    wsm_writer_reset(room->out, MAX_DATETIME);
    cim_xml_write_datetime(room->out, when, 0, room->pool);
    text = wsm_writer_string(room->out, room->pool);
    start = strchr(text, '>') + 1;
    return apr_pstrmemdup(room->pool, start, strcspn(start, "<"));
}

static const cim_property_t *property_of(const query_node_t *node)
{
    return &node->instance->cls->properties[node->index];
}

static const char *type_text(const query_node_t *node)
{
    const cim_value_t *value = node->value;

    if (value == NULL)
        return node->instance->cls->name;
    if (value->is_null)
        return NULL;
    if (value->is_array && property_of(node)->octets)
        return "cim:cimBase64Binary";
    return value->type == CIM_INSTANCE ? value->v.obj->cls->name : NULL;
}

/* The text of a value of which XML has one. */
static const char *value_text(const cim_value_t *value, query_room_t *room)
{
    if (value->type == CIM_STRING)
        return value->v.s;
    apr_pool_clear(room->pool);
    if (value->type == CIM_DATETIME)
        return datetime_text(value->v.dt, room);
    return cim_value_text(value, room->pool);
}

const char *query_node_text(const query_node_t *node, query_leaf_e leaf,
                            query_room_t *room)
{
    const cim_value_t *value = node->value;

    if (leaf == QUERY_LEAF_TYPE)
        return type_text(node);
    if (leaf == QUERY_LEAF_NIL)
        return value != NULL && value->is_null ? "true" : NULL;
    if (value == NULL || value->is_array)
        return NULL;
    if (value->is_null)
        return leaf == QUERY_LEAF_ELEMENT ? "" : NULL;
    if (property_of(node)->octets)
        return NULL;
    return value_text(value, room);
}

double query_path_number(const char *text, apr_pool_t *scratch)
{
    apr_size_t length, whole;
    double number;

    text += strspn(text, " \t\r\n");
    length = *text == '-';
    whole = strspn(text + length, "0123456789");
    length += whole;
    if (text[length] == '.') {
        whole += strspn(text + length + 1, "0123456789");
        length += 1 + strspn(text + length + 1, "0123456789");
    }
    if (whole == 0 || text[length + strspn(text + length, " \t\r\n")] != '\0' ||
        !wsm_text_double(apr_pstrmemdup(scratch, text, length), &number))
        return NAN;
    return number;
}

static double number_of_text(const char *text, query_room_t *room)
{
    double number = query_path_number(text, room->pool);

    room->work += (apr_uint32_t)(strlen(text) / 32);
    apr_pool_clear(room->pool);
    return number;
}

static double number_of(const query_node_t *node, query_leaf_e leaf,
                        query_room_t *room)
{
    const cim_value_t *value = node->value;
    const char *text;

    if (value != NULL && !value->is_null && !value->is_array &&
        (leaf == QUERY_LEAF_ELEMENT || leaf == QUERY_LEAF_TEXT)) {
        switch (value->type) {
        case CIM_UINT8:
        case CIM_UINT16:
        case CIM_UINT32:
        case CIM_UINT64:
            return (double)value->v.u;
        case CIM_SINT8:
        case CIM_SINT16:
        case CIM_SINT32:
        case CIM_SINT64:
            return (double)value->v.i;
        case CIM_REAL32:
        case CIM_REAL64:
            return isfinite(value->v.r) ? value->v.r : NAN;
        default:
            break;
        }
    }
    text = query_node_text(node, leaf, room);
    return text ? number_of_text(text, room) : NAN;
}

static unsigned order(double a, double b)
{
    return a < b    ? QUERY_LESS
           : a > b  ? QUERY_GREATER
           : a == b ? QUERY_EQUAL
                    : QUERY_APART;
}

static int has_leaf(const query_node_t *node, query_leaf_e leaf,
                    query_room_t *room)
{
    const cim_value_t *value = node->value;
    const char *text;

    switch (leaf) {
    case QUERY_LEAF_ELEMENT:
        return 1;
    case QUERY_LEAF_NIL:
        return value != NULL && value->is_null;
    case QUERY_LEAF_TYPE:
        return type_text(node) != NULL;
    case QUERY_LEAF_TEXT:
        break;
    }
    if (value == NULL || value->is_null)
        return 0;
    if (property_of(node)->octets)
        return value->is_array || value->v.s[0] != '\0';
    text = query_node_text(node, leaf, room);
    return text != NULL && *text != '\0';
}

/* ---- conditions */

static int holds(const query_clause_t *clause, const query_node_t *context,
                 double position, query_room_t *room);

/** What a node is compared with, and whether one was found that fits. */
typedef struct test_t {
    const query_clause_t *clause;
    query_room_t *room;
} test_t;

static int visit_any(void *baton, const query_node_t *node)
{
    (void)baton;
    (void)node;
    return 0;
}

static int visit_text(void *baton, const query_node_t *node)
{
    const test_t *test = baton;
    const char *text =
        query_node_text(node, test->clause->path->leaf, test->room);
    unsigned found;

    if (text == NULL)
        return 1;
    test->room->work += test->clause->work;
    found = strcmp(text, test->clause->text) == 0 ? QUERY_EQUAL : QUERY_APART;
    return (found & test->clause->wanted) == 0;
}

static int visit_number(void *baton, const query_node_t *node)
{
    const test_t *test = baton;
    double number = number_of(node, test->clause->path->leaf, test->room);

    return (order(number, test->clause->number) & test->clause->wanted) == 0;
}

static int walk_from(const walk_t *walk, const query_node_t *node,
                     apr_uint32_t step);
static int passes(const query_predicates_t *predicates,
                  const query_node_t *node, apr_uint32_t *positions,
                  query_room_t *room);

static int leads_to(const query_clause_t *clause, const query_node_t *context,
                    query_room_t *room, query_path_visit_fn *visit)
{
    test_t test = {clause, room};
    const walk_t walk = {clause->path, room, visit, &test};
    apr_uint32_t positions[QUERY_PATH_MAX_PREDICATES] = {0};

    return passes(&clause->path->root, context, positions, room) &&
           !walk_from(&walk, context, 0);
}

/* Is there an operand of this truth? */
static int has_operand(const query_clause_t *clause, int truth,
                       const query_node_t *context, double position,
                       query_room_t *room)
{
    const query_clause_t *one;

    for (one = clause->first; one != NULL; one = one->next) {
        if (holds(one, context, position, room) == truth)
            return 1;
    }
    return 0;
}

static int holds(const query_clause_t *clause, const query_node_t *context,
                 double position, query_room_t *room)
{
    switch (clause->kind) {
    case QUERY_CLAUSE_OR:
        return has_operand(clause, 1, context, position, room);
    case QUERY_CLAUSE_AND:
        return !has_operand(clause, 0, context, position, room);
    case QUERY_CLAUSE_NOT:
        return !holds(clause->first, context, position, room);
    case QUERY_CLAUSE_CONSTANT:
        return clause->wanted != 0;
    case QUERY_CLAUSE_POSITION:
        return (order(position, clause->number) & clause->wanted) != 0;
    case QUERY_CLAUSE_EXISTS:
        return leads_to(clause, context, room, visit_any);
    case QUERY_CLAUSE_TEXT:
        return leads_to(clause, context, room, visit_text);
    case QUERY_CLAUSE_NUMBER:
        return leads_to(clause, context, room, visit_number);
    }
    return 0;
}

/** @param positions  how many came to each of the brackets, one a bracket */
static int passes(const query_predicates_t *predicates,
                  const query_node_t *node, apr_uint32_t *positions,
                  query_room_t *room)
{
    apr_uint32_t i;

    for (i = 0; i < predicates->count; i++) {
        positions[i]++;
        if (!holds(predicates->of[i], node, positions[i], room))
            return 0;
    }
    return 1;
}

/* ---- paths */

/* All elements of a property, one after the other: an array that is NULL, or
 * octets, is one. */
static int walk_property(const walk_t *walk, query_node_t *child,
                         const cim_value_t *value, apr_uint32_t step)
{
    const query_predicates_t *predicates = &walk->path->steps[step].predicates;
    apr_uint32_t positions[QUERY_PATH_MAX_PREDICATES] = {0};
    int is_row = value->is_array && !value->is_null &&
                 !(value->type == CIM_UINT8 && property_of(child)->octets);
    apr_uint32_t count = is_row ? value->count : 1;
    query_room_t *room = walk->room;
    apr_uint32_t i;

    for (i = 0; i < count; i++) {
        if (room->work++ > QUERY_PATH_MAX_WORK)
            return 1;
        child->item = is_row ? (int)i : -1;
        child->value = is_row ? &value->v.items[i] : value;
        if (passes(predicates, child, positions, room) &&
            !walk_from(walk, child, step + 1))
            return 0;
    }
    return 1;
}

static int walk_from(const walk_t *walk, const query_node_t *node,
                     apr_uint32_t step)
{
    const query_path_step_t *next = &walk->path->steps[step];
    query_node_t child = {.parent = node};
    const cim_value_t *value;
    int index;

    if (step == walk->path->nsteps)
        return !has_leaf(node, walk->path->leaf, walk->room) ||
               walk->visit(walk->baton, node);
    child.instance = node->instance;
    if (node->value != NULL) {
        if (node->value->is_null || node->value->type != CIM_INSTANCE)
            return 1;
        child.instance = node->value->v.obj;
    }
    index = next->index >= 0
                ? next->index
                : cim_class_property_index(child.instance->cls, next->name);
    if (index < 0)
        return 1;
    child.index = (apr_uint32_t)index;
    value = &child.instance->values[index];
    /* What is not named in an embedded instance has no element. */
    if (value->type == CIM_NONE && node->value != NULL)
        return 1;
    return walk_property(walk, &child,
                         value->type == CIM_NONE ? &null_value : value, step);
}

int query_path_visit(const query_path_t *path, const cim_instance_t *instance,
                     query_room_t *room, query_path_visit_fn *visit,
                     void *baton)
{
    const walk_t walk = {path, room, visit, baton};
    const query_node_t root = {.instance = instance};
    apr_uint32_t positions[QUERY_PATH_MAX_PREDICATES] = {0};

    room->work = 0;
    if (!passes(&path->root, &root, positions, room))
        return 1;
    return walk_from(&walk, &root, 0);
}

int query_clause_holds(const query_clause_t *clause,
                       const cim_instance_t *instance, query_room_t *room)
{
    const query_node_t root = {.instance = instance};

    room->work = 0;
    return holds(clause, &root, 1, room) && !query_room_exhausted(room);
}
