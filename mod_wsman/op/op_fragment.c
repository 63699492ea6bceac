/* op_fragment.c - Get, Put, Create, Delete of fragments (DSP0226 7.8 to 7.11).
 */
#include "op_fragment.h"

#include <string.h>

#include <apr_strings.h>

#include "../cim/cim_value.h"
#include "../om/cim_edit.h"
#include "../om/cim_manager.h"
#include "../soap/wsm_names.h"
#include "op_target.h"

/* Bound of the header: the expression and its prefixes were in a request. */
#define MAX_HEADER (64 * 1024)

/** What all four begin with. */
typedef struct fragment_call_t {
    op_fragment_t fragment;
    cim_path_t path; /* of the instance, by its own class */
    const cim_instance_t *instance;
} fragment_call_t;

static wsm_error_t *begin(fragment_call_t *self, wsm_exchange_t *ex)
{
    wsm_error_t *err = op_fragment_read(&self->fragment, ex);

    if (err == NULL)
        err = op_instance_path(&self->path, ex);
    if (err == NULL)
        err = cim_manager_get(ex->call, ex->cls, &self->path, &self->instance);
    if (err == NULL)
        self->path.class_name = self->instance->cls->name;
    return err;
}

/* Is the fragment all of the instance (7.7: a fragment can be that)?  Errors
 * are those of the expression. */
static wsm_error_t *is_whole(int *whole, const fragment_call_t *self,
                             const wsm_exchange_t *ex)
{
    const query_path_t *path;
    op_selection_t selection;
    query_room_t room;
    int beyond;
    wsm_error_t *err = op_fragment_path(&path, &beyond, &self->fragment,
                                        self->instance->cls, ex);

    if (err != NULL)
        return err;
    *whole = path->nsteps == 0 && path->leaf == QUERY_LEAF_ELEMENT;
    if (!*whole)
        return NULL;
    query_room_make(&room, ex->pool);
    err = op_fragment_select(&selection, path, self->instance, &room, ex->pool);
    if (err == NULL && selection.count == 0)
        err = wsm_fail(ex->pool, WSMAN_E_CANNOT_PROCESS_FILTER_WSMAN,
                       "The expression %s selects nothing of the instance.",
                       self->fragment.shown);
    return err;
}

/* ---- replies */

/* A prefix of the envelope that stands there for something else cannot be
 * bound anew on an element that needs it. */
static int is_taken(const char *prefix)
{
    return strcmp(prefix, "s") == 0 || strcmp(prefix, "w") == 0 ||
           strncmp(prefix, "xml", 3) == 0;
}

/* The header comes back (R7.7-2, 7.8), with the prefixes that it uses. */
static const char *header_of(const op_fragment_t *fragment, apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(MAX_HEADER, pool);
    apr_uint32_t i;

    wsm_write_lit(out, "<w:FragmentTransfer s:mustUnderstand=\"true\"");
    if (fragment->dialect != NULL) {
        wsm_write_lit(out, " Dialect=\"");
        wsm_write_attr(out, fragment->dialect);
        wsm_write_lit(out, "\"");
    }
    for (i = 0; i < fragment->nprefixes; i++) {
        if (is_taken(fragment->prefixes[i].name))
            continue;
        wsm_write_strs(out, " xmlns:", fragment->prefixes[i].name, "=\"", NULL);
        wsm_write_attr(out, fragment->prefixes[i].uri);
        wsm_write_lit(out, "\"");
    }
    wsm_write_lit(out, ">");
    wsm_write_text(out, fragment->text);
    wsm_write_lit(out, "</w:FragmentTransfer>");
    return wsm_writer_full(out) ? "" : wsm_writer_string(out, pool);
}

static void reply_begin(wsm_exchange_t *ex, const op_fragment_t *fragment,
                        const cim_path_t *path)
{
    const char *epr = op_requested_epr(ex, path);
    const wsm_reply_t reply = {
        .request = ex->request,
        .prefixes = WSM_PREFIX_X,
        .headers = apr_pstrcat(ex->pool, header_of(fragment, ex->pool),
                               epr ? epr : "", NULL)};

    wsm_reply_begin(ex->out, &reply);
}

static wsm_error_t *write_fragment(wsm_exchange_t *ex,
                                   const fragment_call_t *self,
                                   const cim_instance_t *instance)
{
    wsm_error_t *err;

    reply_begin(ex, &self->fragment, &self->path);
    err = op_fragment_write(ex, &self->fragment, instance);
    wsm_reply_end(ex->out);
    ex->outcome->items = 1;
    return err;
}

/* ---- the operations */

wsm_error_t *op_fragment_get(wsm_exchange_t *ex)
{
    fragment_call_t self;
    wsm_error_t *err = begin(&self, ex);

    return err ? err : write_fragment(ex, &self, self.instance);
}

/* The fragment is the instance in its w:XmlFragment. */
static wsm_error_t *put_whole(const fragment_call_t *self, const xmlNode *body,
                              wsm_exchange_t *ex)
{
    const xmlNode *element = wsm_xml_first(body);
    cim_instance_t *changes;
    wsm_error_t *err;

    if (element == NULL || wsm_xml_next(element) != NULL)
        return wsm_fail(ex->pool, WSMAN_E_REPRESENTATION_INVALID_FRAGMENT,
                        "The fragment is not one instance of %s.",
                        ex->cls->name);
    err = op_read_element(&changes, element, ex);
    if (err != NULL)
        return err;
    return cim_manager_put(ex->call, ex->cls, &self->path, changes);
}

/* Only the fragment comes back, as it is now (7.9); it may be that the
 * expression does not select it any more. */
static void reply_put(wsm_exchange_t *ex, fragment_call_t *self)
{
    const cim_class_t *cls = self->instance->cls;
    wsm_error_t *err =
        cim_manager_get(ex->call, cls, &self->path, &self->instance);

    if (err == NULL)
        err = write_fragment(ex, self, self->instance);
    if (err == NULL && !wsm_writer_full(ex->out))
        return;
    wsm_writer_reset(ex->out, ex->limit);
    reply_begin(ex, &self->fragment, &self->path);
    wsm_reply_end(ex->out);
}

wsm_error_t *op_fragment_put(wsm_exchange_t *ex)
{
    op_editor_t editor = {.what = OP_EDIT_PUT, .ex = ex};
    fragment_call_t self;
    int whole = 0;
    wsm_error_t *err = begin(&self, ex);

    if (err == NULL)
        err = op_fragment_body(&editor.body, ex);
    if (err == NULL)
        err = is_whole(&whole, &self, ex);
    if (err != NULL)
        return err;
    editor.fragment = &self.fragment;
    if (whole)
        err = put_whole(&self, editor.body, ex);
    else
        err = cim_edit(ex->call, self.instance->cls, &self.path,
                       op_fragment_edit, &editor);
    if (err == NULL)
        reply_put(ex, &self);
    return err;
}

/* The EPR is of the whole instance (7.11). */
static wsm_error_t *reply_create(wsm_exchange_t *ex,
                                 const fragment_call_t *self)
{
    wsm_epr_t epr;

    cim_xml_epr_of_path(&epr, &self->path, &ex->style, ex->pool);
    reply_begin(ex, &self->fragment, &self->path);
    wsm_write_lit(ex->out, "<x:ResourceCreated>");
    wsm_epr_write(ex->out, &epr, ex->request->addressing);
    wsm_write_lit(ex->out, "</x:ResourceCreated>");
    wsm_reply_end(ex->out);
    if (wsm_writer_full(ex->out))
        return wsm_fail(ex->pool, WSMAN_E_ENCODING_UNREPORTABLE_SUCCESS,
                        "The fragment was created; the reference to its "
                        "instance does not fit the MaxEnvelopeSize.");
    return NULL;
}

wsm_error_t *op_fragment_create(wsm_exchange_t *ex)
{
    op_editor_t editor = {.what = OP_EDIT_CREATE, .ex = ex};
    fragment_call_t self;
    int whole = 0;
    wsm_error_t *err = begin(&self, ex);

    if (err == NULL)
        err = op_fragment_body(&editor.body, ex);
    if (err == NULL)
        err = is_whole(&whole, &self, ex);
    if (err == NULL && whole)
        err = wsm_fail(ex->pool, WSMAN_E_ALREADY_EXISTS,
                       "The instance is there already.");
    if (err != NULL)
        return err;
    editor.fragment = &self.fragment;
    err = cim_edit(ex->call, self.instance->cls, &self.path, op_fragment_edit,
                   &editor);
    return err ? err : reply_create(ex, &self);
}

wsm_error_t *op_fragment_delete(wsm_exchange_t *ex)
{
    op_editor_t editor = {.what = OP_EDIT_DELETE, .ex = ex};
    fragment_call_t self;
    int whole = 0;
    wsm_error_t *err = begin(&self, ex);

    if (err == NULL)
        err = is_whole(&whole, &self, ex);
    if (err != NULL)
        return err;
    editor.fragment = &self.fragment;
    if (whole)
        err = cim_manager_remove(ex->call, self.instance->cls, &self.path);
    else
        err = cim_edit(ex->call, self.instance->cls, &self.path,
                       op_fragment_edit, &editor);
    if (err != NULL)
        return err;
    reply_begin(ex, &self.fragment, whole ? NULL : &self.path);
    wsm_reply_end(ex->out);
    return NULL;
}
