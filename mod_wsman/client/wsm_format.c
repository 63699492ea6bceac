/* wsm_format.c - which format, one or many, and handing out the bytes. */
#include "wsm_format_private.h"

#include <stdint.h>
#include <string.h>

#include <apr_strings.h>

#include "wsm_resource.h"
#include "wsm_xmltext.h"

#define RESULTS  "http://schemas.dmtf.org/wbem/wsman/1/wsman/results"
#define NO_LIMIT (SIZE_MAX / 2)

static const char *const names[] = {
    [WSM_FORMAT_TEXT] = "text",
    [WSM_FORMAT_XML] = "xml",
    [WSM_FORMAT_JSON] = "json",
    [WSM_FORMAT_CSV] = "csv",
};

int wsm_format_by_name(wsm_format_e *format, const char *name)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (!strcmp(names[i], name)) {
            *format = (wsm_format_e)i;
            return 1;
        }
    return 0;
}

wsm_format_t *wsm_format_make(const wsm_format_config_t *config,
                              apr_pool_t *pool)
{
    wsm_format_t *self = apr_pcalloc(pool, sizeof(*self));
    self->config = *config;
    self->out = wsm_writer_make(NO_LIMIT, pool);
    self->pool = pool;
    if (config->format == WSM_FORMAT_CSV)
        apr_pool_create(&self->csv.pool, pool);
    return self;
}

static int flush(wsm_format_t *self)
{
    void *cursor = NULL;
    const char *data;
    apr_size_t length;
    while (!self->failed && wsm_writer_each(self->out, &cursor, &data, &length))
        self->failed = !self->config.write(self->config.baton, data, length);
    wsm_writer_reset(self->out, NO_LIMIT);
    return !self->failed;
}

/** What stands before an object, and before the first of a list. */
static void begin(wsm_format_t *self)
{
    int first = !self->count++;
    switch (self->config.format) {
    case WSM_FORMAT_JSON:
        if (self->config.list)
            wsm_write_str(self->out, first ? "[\n  " : ",\n  ");
        break;
    case WSM_FORMAT_XML:
        if (self->config.list && first)
            wsm_write_lit(self->out,
                          "<wsman:Results xmlns:wsman=\"" RESULTS "\">\n");
        break;
    default:
        break;
    }
}

static const wsm_object_t *shape(wsm_format_t *self, const wsm_object_t *object,
                                 const char *path, apr_pool_t *pool)
{
    const wsm_format_config_t *config = &self->config;
    if (path)
        object = wsm_object_with(object, "__PATH", path, pool);
    if (config->with_class && config->format != WSM_FORMAT_TEXT)
        object = wsm_object_with(object, "__CLASS", object->class_name, pool);
    if (config->ncolumns)
        object =
            wsm_object_select(object, config->columns, config->ncolumns, pool);
    return object;
}

static apr_pool_t *object_pool(wsm_format_t *self, apr_pool_t *scratch)
{
    return self->config.format == WSM_FORMAT_CSV && wsm_csv_sampling(self)
               ? self->csv.pool
               : scratch;
}

static void write_object(wsm_format_t *self, const wsm_item_t *item,
                         apr_pool_t *scratch)
{
    apr_pool_t *pool = object_pool(self, scratch);
    const char *path = item->epr ? wsm_object_reference(item->epr, pool) : NULL;
    const wsm_object_t *object =
        shape(self, wsm_object_read(item->object, pool), path, pool);
    switch (self->config.format) {
    case WSM_FORMAT_TEXT:
        wsm_text_object(self, object, scratch);
        break;
    case WSM_FORMAT_JSON:
        wsm_json_object(self, object, self->config.list ? 1 : 0);
        break;
    default:
        wsm_csv_object(self, object);
        break;
    }
}

static void write_path(wsm_format_t *self, const char *path,
                       apr_pool_t *scratch)
{
    static const wsm_object_t nothing = {"", NULL, 0};
    apr_pool_t *pool = object_pool(self, scratch);
    switch (self->config.format) {
    case WSM_FORMAT_TEXT:
        wsm_text_line(self, path);
        break;
    case WSM_FORMAT_JSON:
        wsm_json_string(self->out, path);
        break;
    default:
        wsm_csv_object(self, wsm_object_with(&nothing, "__PATH",
                                             apr_pstrdup(pool, path), pool));
        break;
    }
}

static void write_xml(wsm_format_t *self, const wsm_item_t *item,
                      apr_pool_t *scratch)
{
    const xmlNode *node = item->object ? item->object : item->epr;
    if (item->object && item->epr)
        node = node->parent;
    wsm_xmltext_write(self->out, node, self->config.list ? 1 : 0, scratch);
}

int wsm_format_item(wsm_format_t *self, const wsm_item_t *item,
                    apr_pool_t *scratch)
{
    begin(self);
    if (self->config.format == WSM_FORMAT_XML) {
        write_xml(self, item, scratch);
    } else if (item->object) {
        write_object(self, item, scratch);
    } else {
        const char *path = wsm_object_reference(item->epr, scratch);
        write_path(self, path ? path : wsm_xmltext(item->epr, scratch),
                   scratch);
    }
    return flush(self);
}

int wsm_format_reference(wsm_format_t *self, const wsm_epr_t *epr,
                         apr_pool_t *scratch)
{
    begin(self);
    write_path(self, wsm_resource_text(epr, scratch), scratch);
    return flush(self);
}

apr_uint64_t wsm_format_count(const wsm_format_t *self)
{
    return self->count;
}

int wsm_format_end(wsm_format_t *self, apr_pool_t *scratch)
{
    (void)scratch;
    switch (self->config.format) {
    case WSM_FORMAT_XML:
        if (self->config.list && !self->count)
            begin(self);
        if (self->config.list)
            wsm_write_lit(self->out, "</wsman:Results>\n");
        break;
    case WSM_FORMAT_JSON:
        if (self->config.list)
            wsm_write_str(self->out, self->count ? "\n]\n" : "[]\n");
        else if (self->count)
            wsm_write_lit(self->out, "\n");
        break;
    case WSM_FORMAT_CSV:
        wsm_csv_end(self);
        break;
    default:
        break;
    }
    return flush(self);
}
