/* wsm_format_text.c - objects for a person's eyes. */
#include "wsm_format_private.h"

#include <string.h>

static void write_object_inline(wsm_writer_t *out, const wsm_object_t *object);

/** @return the columns of a UTF-8 text, counting a character as one */
static size_t width(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static void pad(wsm_writer_t *out, size_t count)
{
    while (count--)
        wsm_write_lit(out, " ");
}

/** Text safe for a terminal: of the control characters only tabs and line ends
 *  (which go on at column `indent`) stay, DEL and those of U+0080 to U+009F are
 *  shown as numbers. */
static void write_safe(wsm_writer_t *out, const char *text, size_t indent)
{
    static const char digits[] = "0123456789ABCDEF";
    for (const char *c = text; *c; c++) {
        unsigned char here = (unsigned char)*c, next = (unsigned char)c[1];
        int c1 = here == 0xc2 && next >= 0x80 && next < 0xa0;
        unsigned char code = c1 ? next : here;
        if (here == '\n') {
            wsm_write_lit(out, "\n");
            pad(out, indent);
        } else if (c1 || here == 0x7f || (here < 0x20 && here != '\t')) {
            char number[] = {
                '<', 'U', '+', '0', '0', digits[code >> 4], digits[code & 15],
                '>'};
            if (here != '\r')
                wsm_write(out, number, sizeof(number));
            c += c1;
        } else {
            wsm_write(out, c, 1);
        }
    }
}

static void write_value(wsm_writer_t *out, const wsm_value_t *value,
                        size_t indent)
{
    if (value->object)
        write_object_inline(out, value->object);
    else if (value->text)
        write_safe(out, value->text, indent);
}

static void write_values(wsm_writer_t *out, const wsm_property_t *property,
                         size_t indent)
{
    int array = property->nvalues > 1;
    if (array)
        wsm_write_lit(out, "{");
    for (int i = 0; i < property->nvalues; i++) {
        if (i)
            wsm_write_lit(out, ", ");
        write_value(out, &property->values[i], indent);
    }
    if (array)
        wsm_write_lit(out, "}");
}

static void write_object_inline(wsm_writer_t *out, const wsm_object_t *object)
{
    write_safe(out, object->class_name, 0);
    wsm_write_lit(out, " {");
    for (int i = 0; i < object->nproperties; i++) {
        if (i)
            wsm_write_lit(out, "; ");
        write_safe(out, object->properties[i].name, 0);
        wsm_write_lit(out, " = ");
        write_values(out, &object->properties[i], 0);
    }
    wsm_write_lit(out, "}");
}

static int is_blank(const wsm_property_t *property)
{
    const wsm_value_t *value = property->values;
    return !property->nvalues || (property->nvalues == 1 && !value->object &&
                                  (!value->text || !*value->text));
}

void wsm_text_object(wsm_format_t *self, const wsm_object_t *object,
                     apr_pool_t *scratch)
{
    wsm_writer_t *out = self->out;
    size_t widest = 0;
    (void)scratch;
    for (int i = 0; i < object->nproperties; i++) {
        size_t here = width(object->properties[i].name);
        widest = here > widest ? here : widest;
    }
    if (self->count > 1)
        wsm_write_lit(out, "\n");
    write_safe(out, object->class_name, 0);
    wsm_write_lit(out, "\n");
    for (int i = 0; i < object->nproperties; i++) {
        const wsm_property_t *property = &object->properties[i];
        wsm_write_lit(out, "  ");
        write_safe(out, property->name, 0);
        pad(out, widest - width(property->name));
        wsm_write_lit(out, " =");
        if (!is_blank(property)) {
            wsm_write_lit(out, " ");
            write_values(out, property, widest + 5);
        }
        wsm_write_lit(out, "\n");
    }
}

void wsm_text_line(wsm_format_t *self, const char *text)
{
    write_safe(self->out, text, 0);
    wsm_write_lit(self->out, "\n");
}
