/* source_class_schema.c - classes as CIM-XML (DSP0227 15.3, 15.4): what is
 * below the class of the resource, or all of a namespace.
 */
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "../soap/wsm_names.h"
#include "op_class.h"
#include "source_class.h"

/* What later pages must know: the options as letters, then the class. */
static const struct {
    char letter;
    apr_size_t offset;
} letters[] = {
    {'q', offsetof(op_class_view_t, shown.qualifiers)},
    {'o', offsetof(op_class_view_t, shown.class_origin)},
    {'l', offsetof(op_class_view_t, shown.local_only)},
    {'h', offsetof(op_class_view_t, shown.derivation)},
    {'d', offsetof(op_class_view_t, deep)},
    {'n', offsetof(op_class_view_t, names_only)},
    {'p', offsetof(op_class_view_t, paths)},
};
#define NLETTERS (sizeof(letters) / sizeof(letters[0]))

static int *flag_of(op_class_view_t *view, apr_size_t i)
{
    return (int *)(void *)((char *)view + letters[i].offset);
}

static const char *text_of(op_class_view_t *view, const char *class_name,
                           apr_pool_t *pool)
{
    char text[NLETTERS + 1];
    apr_size_t length = 0, i;

    for (i = 0; i < NLETTERS; i++) {
        if (*flag_of(view, i))
            text[length++] = letters[i].letter;
    }
    text[length] = '\0';
    return apr_pstrcat(pool, text, ":", class_name ? class_name : "", NULL);
}

/* @return the name of the class, "" for none */
static const char *read_text(op_class_view_t *view, const char *text)
{
    apr_size_t i;

    memset(view, 0, sizeof(*view));
    for (; *text != ':' && *text != '\0'; text++) {
        for (i = 0; i < NLETTERS; i++) {
            if (letters[i].letter == *text)
                *flag_of(view, i) = 1;
        }
    }
    return *text == ':' ? text + 1 : text;
}

static wsm_error_t *check_view(const op_class_view_t *view,
                               const wsm_context_t *context,
                               const wsm_exchange_t *ex)
{
    /* MS-WSMV 3.1.4.1.38: no GetSubClassesWithPath */
    if (view->paths && !view->names_only)
        return wsm_fail(ex->pool, WSMAN_E_OPTION_INVALID_VALUE,
                        "IncludePath goes with ExcludeClassSpecification: "
                        "classes do not come with their paths.");
    return source_class_check_mode(context, ex);
}

static wsm_error_t *begin(wsm_context_t *context, const wsm_query_t *query,
                          wsm_exchange_t *ex)
{
    op_class_view_t view;
    wsm_error_t *err = op_class_options(&view, ex);

    (void)query;
    if (err == NULL)
        err = check_view(&view, context, ex);
    if (err != NULL)
        return err;
    if (ex->cls == NULL && op_class_name(ex) != NULL)
        return op_class_not_found(ex);
    context->options = text_of(&view, ex->cls ? ex->cls->name : NULL, ex->pool);
    return NULL;
}

static wsm_error_t *range_of(source_class_range_t *range,
                             const wsm_walk_t *walk)
{
    const wsm_exchange_t *ex = walk->ex;
    op_class_view_t view;
    const char *name = read_text(&view, walk->context->options);

    range->top = NULL;
    range->deep = view.deep;
    range->with_top = 0;
    if (*name == '\0')
        return NULL;
    range->top =
        cim_schema_class(ex->call->endpoint->schema, ex->call->pub.ns, name);
    if (range->top != NULL)
        return NULL;
    return wsm_fail(ex->pool, WSMAN_E_INVALID_ENUMERATION_CONTEXT,
                    "The class %s has gone.", name);
}

static wsm_error_t *authorize(const wsm_walk_t *walk)
{
    const wsm_call_t *call = walk->ex->call;
    source_class_range_t range;
    wsm_error_t *err = range_of(&range, walk);

    if (err != NULL || range.top == NULL || call->authorize_class == NULL)
        return err;
    return call->authorize_class(call->baton, range.top, 0);
}

static wsm_error_t *walk_classes(const wsm_walk_t *walk)
{
    source_class_range_t range;
    wsm_error_t *err = range_of(&range, walk);

    return err ? err : source_class_walk(walk, &range);
}

static void write_class(wsm_writer_t *out, const wsm_walk_t *walk,
                        const void *thing, apr_pool_t *scratch)
{
    op_class_view_t view;

    read_text(&view, walk->context->options);
    view.shown.schema = walk->ex->call->endpoint->schema;
    if (!view.names_only)
        cim_xml_class_write(out, thing, &view.shown, scratch);
    else if (view.paths)
        cim_xml_class_write_path(
            out, thing, walk->ex->call->endpoint->server->machine, scratch);
    else
        cim_xml_class_write_name(out, thing);
}

const wsm_source_t wsm_source_class_schema = {
    NULL, begin, authorize, walk_classes, write_class, source_class_epr};
