/* wsm_format_csv.c - objects for tables (RFC 4180). */
#include "wsm_format_private.h"

#include <string.h>
#include <strings.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_tables.h>

static void write_field(wsm_writer_t *out, const char *text)
{
    if (*text && !text[strcspn(text, "\",\r\n")] && *text != ' ' &&
        text[strlen(text) - 1] != ' ') {
        wsm_write_str(out, text);
        return;
    }
    wsm_write_lit(out, "\"");
    while (*text) {
        size_t length = strcspn(text, "\"");
        wsm_write(out, text, length);
        text += length;
        if (*text) {
            wsm_write_lit(out, "\"\"");
            text++;
        }
    }
    wsm_write_lit(out, "\"");
}

/** Arrays and objects are JSON, which is written beside and then quoted. */
static void write_json_field(wsm_format_t *self, const wsm_property_t *property,
                             apr_pool_t *pool)
{
    wsm_writer_t *out = self->out;
    self->out = wsm_writer_make((apr_size_t)-1 / 2, pool);
    wsm_json_values(self, property, -1);
    write_field(out, wsm_writer_string(self->out, pool));
    self->out = out;
}

static void write_row(wsm_format_t *self, const wsm_object_t *object)
{
    apr_pool_t *scratch;
    apr_pool_create(&scratch, self->pool);
    for (int i = 0; i < self->csv.ncolumns; i++) {
        const wsm_property_t *property =
            wsm_object_property(object, self->csv.columns[i]);
        const wsm_value_t *value = property ? property->values : NULL;
        if (i)
            wsm_write_lit(self->out, ",");
        if (!property || !property->nvalues)
            continue;
        if (property->nvalues > 1 || value->object)
            write_json_field(self, property, scratch);
        else if (value->text)
            write_field(self->out, value->text);
    }
    wsm_write_lit(self->out, "\r\n");
    apr_pool_destroy(scratch);
}

static int has_column(const wsm_csv_t *csv, const char *name)
{
    for (int i = 0; i < csv->ncolumns; i++)
        if (!strcasecmp(csv->columns[i], name))
            return 1;
    return 0;
}

static void check_columns(wsm_format_t *self, const wsm_object_t *object)
{
    wsm_csv_t *csv = &self->csv;
    char text[400];
    if (csv->warned || !self->config.warn)
        return;
    for (int i = 0; i < object->nproperties; i++) {
        if (has_column(csv, object->properties[i].name))
            continue;
        csv->warned = 1;
        apr_snprintf(text, sizeof(text),
                     "property %s of %s is not in the header, which has those "
                     "of the first %d objects; name the columns to have it",
                     object->properties[i].name, object->class_name,
                     WSM_CSV_SAMPLE);
        self->config.warn(self->config.baton, text);
        return;
    }
}

/** The properties of the sample, in the order in which they were first met. */
static void make_columns(wsm_format_t *self)
{
    wsm_csv_t *csv = &self->csv;
    int bound = self->config.ncolumns + 1;
    for (int i = 0; i < csv->nsample; i++)
        bound += csv->sample[i]->nproperties;
    csv->columns =
        apr_palloc(self->pool, sizeof(*csv->columns) * (apr_size_t)bound);
    for (int i = 0; i < self->config.ncolumns; i++)
        csv->columns[csv->ncolumns++] = self->config.columns[i];
    for (int i = 0; i < csv->nsample; i++)
        for (int j = 0; j < csv->sample[i]->nproperties; j++) {
            const char *name = csv->sample[i]->properties[j].name;
            if (!has_column(csv, name))
                csv->columns[csv->ncolumns++] = apr_pstrdup(self->pool, name);
        }
}

static void write_sample(wsm_format_t *self)
{
    wsm_csv_t *csv = &self->csv;
    make_columns(self);
    for (int i = 0; i < csv->ncolumns; i++) {
        if (i)
            wsm_write_lit(self->out, ",");
        write_field(self->out, csv->columns[i]);
    }
    if (csv->ncolumns)
        wsm_write_lit(self->out, "\r\n");
    for (int i = 0; i < csv->nsample; i++)
        write_row(self, csv->sample[i]);
    apr_pool_clear(csv->pool);
    csv->nsample = 0;
}

int wsm_csv_sampling(const wsm_format_t *self)
{
    return !self->csv.columns;
}

void wsm_csv_object(wsm_format_t *self, const wsm_object_t *object)
{
    wsm_csv_t *csv = &self->csv;
    if (csv->columns) {
        check_columns(self, object);
        write_row(self, object);
        return;
    }
    csv->sample[csv->nsample++] = object;
    if (csv->nsample == WSM_CSV_SAMPLE || self->config.ncolumns ||
        !self->config.list)
        write_sample(self);
}

void wsm_csv_end(wsm_format_t *self)
{
    if (!self->csv.columns)
        write_sample(self);
}
