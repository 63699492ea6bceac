/* wsm_format_json.c - objects for programs (RFC 8259). */
#include "wsm_format_private.h"

#include <string.h>

#include <apr_lib.h>

#include "../base/wsm_text.h"

void wsm_json_string(wsm_writer_t *out, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    wsm_write_lit(out, "\"");
    for (const char *c = text; *c; c++) {
        unsigned char here = (unsigned char)*c, next = (unsigned char)c[1];
        int c1 = here == 0xc2 && next >= 0x80 && next < 0xa0;
        unsigned char code = c1 ? next : here;
        if (here == '"' || here == '\\') {
            char pair[] = {'\\', *c};
            wsm_write(out, pair, 2);
        } else if (here == '\n') {
            wsm_write_lit(out, "\\n");
        } else if (here == '\t') {
            wsm_write_lit(out, "\\t");
        } else if (here < 0x20 || here == 0x7f || c1) {
            char number[] = {
                '\\', 'u', '0', '0', digits[code >> 4], digits[code & 15]};
            wsm_write(out, number, sizeof(number));
            c += c1;
        } else {
            wsm_write(out, c, 1);
        }
    }
    wsm_write_lit(out, "\"");
}

static const char *digits_end(const char *text)
{
    while (apr_isdigit(*text))
        text++;
    return text;
}

/** @return true if `text` is a number as JSON writes it */
static int is_number(const char *text)
{
    const char *end;
    text += *text == '-';
    end = digits_end(text);
    if (end == text || (*text == '0' && end > text + 1))
        return 0;
    if (*end == '.') {
        text = end + 1;
        if ((end = digits_end(text)) == text)
            return 0;
    }
    if (*end == 'e' || *end == 'E') {
        text = end + 1;
        text += *text == '+' || *text == '-';
        if ((end = digits_end(text)) == text)
            return 0;
    }
    return !*end;
}

static void write_value(wsm_format_t *self, const wsm_value_t *value, int depth)
{
    int guess = self->config.typed && value->kind == WSM_VALUE_TEXT;
    int truth;
    if (value->object)
        wsm_json_object(self, value->object, depth);
    else if (!value->text)
        wsm_write_lit(self->out, "null");
    else if (value->kind == WSM_VALUE_BOOLEAN &&
             wsm_text_boolean(value->text, &truth))
        wsm_write_str(self->out, truth ? "true" : "false");
    else if ((value->kind == WSM_VALUE_NUMBER || guess) &&
             is_number(value->text))
        wsm_write_str(self->out, value->text);
    else if (guess &&
             (!strcmp(value->text, "true") || !strcmp(value->text, "false")))
        wsm_write_str(self->out, value->text);
    else
        wsm_json_string(self->out, value->text);
}

static void line(wsm_writer_t *out, int depth)
{
    if (depth < 0)
        return;
    wsm_write_lit(out, "\n");
    while (depth-- > 0)
        wsm_write_lit(out, "  ");
}

void wsm_json_values(wsm_format_t *self, const wsm_property_t *property,
                     int depth)
{
    wsm_writer_t *out = self->out;
    if (!property->nvalues) {
        wsm_write_lit(out, "null");
        return;
    }
    if (property->nvalues == 1) {
        write_value(self, property->values, depth);
        return;
    }
    wsm_write_lit(out, "[");
    for (int i = 0; i < property->nvalues; i++) {
        if (i)
            wsm_write_str(out, depth < 0 ? "," : ", ");
        write_value(self, &property->values[i], depth);
    }
    wsm_write_lit(out, "]");
}

void wsm_json_object(wsm_format_t *self, const wsm_object_t *object, int depth)
{
    wsm_writer_t *out = self->out;
    int inner = depth < 0 ? depth : depth + 1;
    wsm_write_lit(out, "{");
    for (int i = 0; i < object->nproperties; i++) {
        if (i)
            wsm_write_lit(out, ",");
        line(out, inner);
        wsm_json_string(out, object->properties[i].name);
        wsm_write_str(out, depth < 0 ? ":" : ": ");
        wsm_json_values(self, &object->properties[i], inner);
    }
    if (object->nproperties)
        line(out, depth);
    wsm_write_lit(out, "}");
}
