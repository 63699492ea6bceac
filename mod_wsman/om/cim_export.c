/* cim_export.c - pages of MOF.
 *
 * A cursor says what was written last: its phase, a name, and in the last phase
 * the key of a record; as base64url, because keys may be any text.
 */
#include "cim_export.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../cim/cim_mof_write.h"
#include "../cim/cim_name.h"
#include "cim_manager_private.h"
#include "cim_repository.h"
#include "cim_system.h"

#define MAX_CURSOR 16384

typedef enum phase_e {
    PHASE_START = 's',
    PHASE_QUALIFIERS = 'q',
    PHASE_CLASSES = 'c',
    PHASE_INSTANCES = 'i'
} phase_e;

typedef struct place_t {
    char phase;
    const char *name; /* of a qualifier or a class; "": before the first */
    const char *key;  /* of a record; NULL: before the first */
} place_t;

typedef struct exporter_t {
    const cim_export_t *what;
    const cim_schema_t *schema;
    const cim_schema_t *files; /* the lowest layer */
    wsm_writer_t *out;
    wsm_writer_t *item; /* one declaration */
    apr_size_t room;
    apr_size_t used;
    place_t last; /* what was written last */
    const cim_class_t *cls;
    int full;
    wsm_error_t *err;
    apr_pool_t *pool;
} exporter_t;

/* ---- cursors */

static const char *write_cursor(const place_t *place, apr_pool_t *pool)
{
    const char *text =
        apr_psprintf(pool, "%c%s%s%s", place->phase, place->name,
                     place->key ? "\n" : "", place->key ? place->key : "");

    return wsm_text_b64url_encode((const unsigned char *)text, strlen(text),
                                  pool);
}

static int read_cursor(place_t *place, const char *cursor, apr_pool_t *pool)
{
    unsigned char *data;
    apr_size_t length;
    char *text, *key;

    if (strlen(cursor) > MAX_CURSOR ||
        !wsm_text_b64url_decode(cursor, &data, &length, pool) || length == 0)
        return 0;
    text = apr_pstrmemdup(pool, (const char *)data, length);
    if (strlen(text) != length || strchr("sqci", text[0]) == NULL)
        return 0;
    key = strchr(text, '\n');
    if (key != NULL)
        *key++ = '\0';
    place->phase = text[0];
    place->name = text + 1;
    place->key = key;
    return 1;
}

/* ---- items */

static apr_size_t size_in_xml(const char *text)
{
    apr_size_t size = 0;

    for (; *text != '\0'; text++)
        size += *text == '&' || *text == '<' || *text == '>' ? 5 : 1;
    return size;
}

/* Moves the item that was written to the page, if there is room for it. */
static int take_item(exporter_t *self, const char *name, apr_pool_t *scratch)
{
    const char *text = wsm_writer_string(self->item, scratch);
    apr_size_t size = size_in_xml(text);

    if (!wsm_writer_full(self->item) && size <= self->room - self->used) {
        wsm_write(self->out, text, strlen(text));
        self->used += size;
        wsm_writer_reset(self->item, self->room);
        return 1;
    }
    self->full = 1;
    if (self->used == 0)
        self->err = wsm_fail(self->pool, WSMAN_E_ENCODING_MAX_ENVELOPE,
                             "A declaration of %s alone is larger than a "
                             "page: allow larger envelopes.",
                             name);
    wsm_writer_reset(self->item, self->room);
    return 0;
}

/* When time is over the page ends. */
static void look_at_clock(exporter_t *self)
{
    if (!wsm_call_cancelled(self->what->call))
        return;
    self->full = 1;
    if (self->used == 0)
        self->err = wsm_fail(self->pool, WSMAN_E_TIMED_OUT,
                             "The time for a page was too short.");
}

static void came_to(exporter_t *self, char phase, const char *name,
                    const char *key)
{
    self->last.phase = phase;
    self->last.name = name;
    self->last.key = key;
}

/* ---- qualifiers */

static void gather_qualifier(void *baton, const char *ns,
                             const cim_qualifier_type_t *type)
{
    (void)ns;
    APR_ARRAY_PUSH((apr_array_header_t *)baton, const cim_qualifier_type_t *) =
        type;
}

static int order_qualifiers(const void *a, const void *b)
{
    return cim_name_order((*(const cim_qualifier_type_t *const *)a)->name,
                          (*(const cim_qualifier_type_t *const *)b)->name);
}

static int wants_qualifier(const exporter_t *self,
                           const cim_qualifier_type_t *type)
{
    if (self->last.phase == PHASE_QUALIFIERS &&
        cim_name_order(type->name, self->last.name) <= 0)
        return 0;
    return !self->what->own ||
           cim_schema_qualifier_type(self->files, self->what->ns, type->name) !=
               type;
}

static void export_qualifiers(exporter_t *self)
{
    apr_array_header_t *types =
        apr_array_make(self->pool, 64, sizeof(const cim_qualifier_type_t *));
    int i;

    cim_schema_each_qualifier(self->schema, self->what->ns, gather_qualifier,
                              types);
    qsort(types->elts, (size_t)types->nelts, sizeof(void *), order_qualifiers);
    for (i = 0; i < types->nelts && !self->full; i++) {
        const cim_qualifier_type_t *type =
            APR_ARRAY_IDX(types, i, const cim_qualifier_type_t *);

        if (!wants_qualifier(self, type))
            continue;
        cim_mof_write_qualifier_type(self->item, type);
        if (take_item(self, type->name, self->pool))
            came_to(self, PHASE_QUALIFIERS, type->name, NULL);
    }
}

/* ---- classes */

static void gather_top(void *baton, const cim_class_t *cls)
{
    if (cls->super == NULL && !cim_system_is(cls->name))
        APR_ARRAY_PUSH((apr_array_header_t *)baton, const cim_class_t *) = cls;
}

static int order_classes(const void *a, const void *b)
{
    return cim_name_order((*(const cim_class_t *const *)a)->name,
                          (*(const cim_class_t *const *)b)->name);
}

static apr_array_header_t *gather_classes(const exporter_t *self)
{
    apr_array_header_t *tops =
        apr_array_make(self->pool, 64, sizeof(const cim_class_t *));
    apr_array_header_t *all =
        apr_array_make(self->pool, 1024, sizeof(const cim_class_t *));
    int i;

    cim_schema_each(self->schema, self->what->ns, gather_top, tops);
    qsort(tops->elts, (size_t)tops->nelts, sizeof(void *), order_classes);
    for (i = 0; i < tops->nelts; i++) {
        const cim_class_t **cls = cim_schema_descendants(
            self->schema, APR_ARRAY_IDX(tops, i, const cim_class_t *),
            self->pool);

        for (; *cls != NULL; cls++)
            APR_ARRAY_PUSH(all, const cim_class_t *) = *cls;
    }
    return all;
}

/* Where a phase goes on: behind the class that it came to.
 * @return -1 if that class is not there any more */
static int next_class(const exporter_t *self, const apr_array_header_t *all,
                      char phase)
{
    int i;

    if (self->last.phase != phase || *self->last.name == '\0')
        return 0;
    for (i = 0; i < all->nelts; i++) {
        if (cim_name_equal(APR_ARRAY_IDX(all, i, const cim_class_t *)->name,
                           self->last.name))
            return self->last.key ? i : i + 1;
    }
    return -1;
}

static void lost(exporter_t *self)
{
    self->full = 1;
    self->err = wsm_fail(self->pool, WSMAN_E_INVALID_PARAMETER,
                         "The class %.200s, which the last page came to, is "
                         "gone meanwhile: begin again.",
                         self->last.name);
}

static void export_classes(exporter_t *self, const apr_array_header_t *all)
{
    int i = next_class(self, all, PHASE_CLASSES);

    if (i < 0)
        lost(self);
    for (; i < all->nelts && !self->full; i++) {
        const cim_class_t *cls = APR_ARRAY_IDX(all, i, const cim_class_t *);

        if (self->what->own && cim_schema_class_is_fixed(self->schema, cls))
            continue;
        cim_mof_write_class(self->item, cls);
        if (take_item(self, cls->name, self->pool)) {
            came_to(self, PHASE_CLASSES, cls->name, NULL);
            look_at_clock(self);
        }
    }
}

/* ---- instances */

static wsman_sink_e take_instance(void *baton, const cim_instance_t *instance,
                                  const char *key, apr_pool_t *scratch)
{
    exporter_t *self = baton;

    cim_mof_write_instance(self->item, instance);
    if (!take_item(self, instance->cls->name, scratch))
        return WSMAN_SINK_FULL;
    came_to(self, PHASE_INSTANCES, self->cls->name,
            apr_pstrdup(self->pool, key));
    return WSMAN_SINK_MORE;
}

static wsm_error_t *may_read(const exporter_t *self, const cim_class_t *cls)
{
    const wsm_call_t *call = self->what->call;

    return call->authorize_class ? call->authorize_class(call->baton, cls, 0)
                                 : NULL;
}

static void export_instances_of(exporter_t *self, const cim_class_t *cls,
                                const char *after)
{
    const wsm_call_t *call = self->what->call;
    wsman_sink_t sink = {
        .call = call, .cls = cls, .take = take_instance, .baton = self};

    wsm_error_t *err = may_read(self, cls);

    self->cls = cls;
    if (err == NULL)
        err = cim_repository_list(call, cls, NULL, after, &sink);
    if (err == NULL)
        err = sink.err;
    if (err == NULL && sink.cancelled)
        look_at_clock(self);
    if (err != NULL)
        self->err = err;
    if (self->err != NULL)
        self->full = 1;
    else if (!self->full)
        came_to(self, PHASE_INSTANCES, cls->name, NULL);
}

static void export_instances(exporter_t *self, const apr_array_header_t *all)
{
    int i = next_class(self, all, PHASE_INSTANCES);

    if (i < 0)
        lost(self);
    for (; i < all->nelts && !self->full; i++) {
        const cim_class_t *cls = APR_ARRAY_IDX(all, i, const cim_class_t *);
        const char *after = NULL;

        if (self->last.phase == PHASE_INSTANCES &&
            cim_name_equal(cls->name, self->last.name))
            after = self->last.key;
        if (cls->abstract || cls->nkeys == 0 ||
            cim_manager_binding(self->what->call, cls) != NULL)
            continue;
        export_instances_of(self, cls, after);
    }
}

/* ---- a page */

static void export_start(exporter_t *self)
{
    cim_mof_write_namespace(self->item, self->what->ns);
    if (take_item(self, self->what->ns, self->pool))
        came_to(self, PHASE_QUALIFIERS, "", NULL);
}

static void export_class(exporter_t *self)
{
    const char *name = self->what->class_name;
    const cim_class_t *cls =
        cim_schema_class(self->schema, self->what->ns, name);

    if (cls == NULL) {
        self->err =
            wsm_fail(self->pool, WSMAN_E_DESTINATION_UNREACHABLE,
                     "There is no class %.200s in %s.", name, self->what->ns);
        self->err->cim_status = WSMAN_CIM_INVALID_CLASS;
        return;
    }
    cim_mof_write_class(self->item, cls);
    take_item(self, cls->name, self->pool);
}

static void export_all(exporter_t *self)
{
    const cim_export_t *what = self->what;
    const apr_array_header_t *all = gather_classes(self);

    if (self->last.phase == PHASE_START)
        export_start(self);
    if (self->last.phase == PHASE_QUALIFIERS && !self->full && what->classes)
        export_qualifiers(self);
    if (self->last.phase == PHASE_QUALIFIERS && !self->full)
        came_to(self, PHASE_CLASSES, "", NULL);
    if (self->last.phase == PHASE_CLASSES && !self->full && what->classes)
        export_classes(self, all);
    if (self->last.phase == PHASE_CLASSES && !self->full)
        came_to(self, PHASE_INSTANCES, "", NULL);
    if (self->last.phase == PHASE_INSTANCES && !self->full && what->instances)
        export_instances(self, all);
}

static wsm_error_t *no_namespace(const char *ns, apr_pool_t *pool)
{
    wsm_error_t *err = wsm_fail(pool, WSMAN_E_INVALID_RESOURCE_URI,
                                "There is no namespace %.200s.", ns);

    err->cim_status = WSMAN_CIM_INVALID_NAMESPACE;
    return err;
}

wsm_error_t *cim_export_page(wsm_writer_t *out, const char **cursor,
                             const cim_export_t *what, apr_size_t room,
                             apr_pool_t *pool)
{
    exporter_t self = {.what = what,
                       .schema = what->call->endpoint->schema,
                       .out = out,
                       .item = wsm_writer_make(room, pool),
                       .room = room,
                       .last = {PHASE_START, "", NULL},
                       .pool = pool};

    self.files = self.schema;
    while (cim_schema_base(self.files) != NULL)
        self.files = cim_schema_base(self.files);
    if (!cim_schema_has_namespace(self.schema, what->ns))
        return no_namespace(what->ns, pool);
    if (*cursor != NULL && !read_cursor(&self.last, *cursor, pool))
        return wsm_fail(pool, WSMAN_E_INVALID_PARAMETER,
                        "The cursor is none of an export.");
    if (what->class_name != NULL)
        export_class(&self);
    else
        export_all(&self);
    *cursor = self.full ? write_cursor(&self.last, pool) : NULL;
    return self.err;
}
