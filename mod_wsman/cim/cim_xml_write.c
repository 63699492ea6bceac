/* cim_xml_write.c - instances as XML: copy a tag, write a value, copy a tag. */
#include "cim_xml_private.h"

#include <string.h>

#include "../base/wsm_text.h"
#include "../soap/wsm_draft.h"
#include "../soap/wsm_names.h"

/** What goes down through nested values. */
typedef struct writing_t {
    wsm_writer_t *out;
    const cim_xml_style_t *style;
    apr_pool_t *scratch;
    int depth; /* of embedded instances; their prefix is p1, p2, ... */
} writing_t;

static void write_instance_content(writing_t *w,
                                   const cim_instance_t *instance);

/* ---- tags */

static void write_prefix(const writing_t *w)
{
    wsm_write_lit(w->out, "p");
    if (w->depth > 0)
        wsm_write_u64(w->out, (apr_uint64_t)w->depth);
}

/** The tag of a property of an embedded instance: `before` p1:Name `after`. */
static void write_deep_tag(const writing_t *w, const char *before,
                           const char *name, const char *after)
{
    wsm_write_str(w->out, before);
    write_prefix(w);
    wsm_write_strs(w->out, ":", name, after, NULL);
}

static void write_open(const writing_t *w, const cim_xml_tag_t *tag,
                       const cim_property_t *property)
{
    if (w->depth == 0)
        wsm_write(w->out, tag->text, tag->open);
    else
        write_deep_tag(w, "<", property->name, ">");
}

static void write_close(const writing_t *w, const cim_xml_tag_t *tag,
                        const cim_property_t *property)
{
    if (w->depth == 0)
        wsm_write(w->out, tag->text + tag->open, tag->close);
    else
        write_deep_tag(w, "</", property->name, ">");
}

static void write_nil(const writing_t *w, const cim_xml_tag_t *tag,
                      const cim_property_t *property)
{
    if (w->depth == 0)
        wsm_write(w->out, tag->text + tag->open + tag->close, tag->nil);
    else
        write_deep_tag(w, "<", property->name, " xsi:nil=\"true\"/>");
}

/* ---- values */

/** One UTF-16 code unit; half of a pair is no character, and NUL is nothing
 *  (as in cim_value_text). */
static void write_char16(wsm_writer_t *out, apr_uint64_t unit)
{
    unsigned u = (unsigned)unit & 0xffff;
    char text[3];
    if (u < 0x80) {
        text[0] = (char)u;
        wsm_write_textn(out, text, u ? 1 : 0);
    } else if (u < 0x800) {
        text[0] = (char)(0xc0 | u >> 6);
        text[1] = (char)(0x80 | (u & 0x3f));
        wsm_write_textn(out, text, 2);
    } else {
        text[0] = (char)(0xe0 | u >> 12);
        text[1] = (char)(0x80 | (u >> 6 & 0x3f));
        text[2] = (char)(0x80 | (u & 0x3f));
        wsm_write_textn(out, text, 3);
    }
}

static void write_real(wsm_writer_t *out, const cim_value_t *value)
{
    char text[32];
    int length =
        wsm_text_double_put(value->v.r, value->type == CIM_REAL32, text);
    wsm_write(out, text, (apr_size_t)length);
}

static void write_reference(writing_t *w, const cim_path_t *path)
{
    wsm_epr_t epr;
    cim_xml_epr_of_path(&epr, path, w->style, w->scratch);
    wsm_epr_write(w->out, &epr, w->style->addressing);
}

/** A scalar that is not NULL. */
static void write_scalar(writing_t *w, const cim_property_t *property,
                         const cim_value_t *value)
{
    wsm_writer_t *out = w->out;
    switch (value->type) {
    case CIM_BOOLEAN:
        if (value->v.u)
            wsm_write_lit(out, "true");
        else
            wsm_write_lit(out, "false");
        break;
    case CIM_UINT8:
    case CIM_UINT16:
    case CIM_UINT32:
    case CIM_UINT64:
        wsm_write_u64(out, value->v.u);
        break;
    case CIM_SINT8:
    case CIM_SINT16:
    case CIM_SINT32:
    case CIM_SINT64:
        wsm_write_i64(out, value->v.i);
        break;
    case CIM_REAL32:
    case CIM_REAL64:
        write_real(out, value);
        break;
    case CIM_CHAR16:
        write_char16(out, value->v.u);
        break;
    case CIM_STRING:
        if (cim_xml_is_octets(property))
            cim_xml_write_hex(out, value->v.s);
        else
            wsm_write_text(out, value->v.s);
        break;
    case CIM_DATETIME:
        cim_xml_write_datetime(out, value->v.dt, w->style->draft, w->scratch);
        break;
    case CIM_REFERENCE:
        write_reference(w, value->v.ref);
        break;
    default:
        break;
    }
}

/** xmlns:pN="the class's URI" */
static void write_class_ns(const writing_t *w, const cim_class_t *cls,
                           const char *ns)
{
    const cim_uri_t *uri = &w->style->uri;
    wsm_write_lit(w->out, " xmlns:");
    write_prefix(w);
    wsm_write_lit(w->out, "=\"");
    wsm_write_attr(w->out, uri->base);
    if (cim_uri_has_ns(uri)) {
        if (!ns)
            ns = cls->ns ? cls->ns : w->style->default_ns;
        if (ns) {
            wsm_write_attr(w->out, ns);
            wsm_write_lit(w->out, "/");
        }
    }
    wsm_write_strs(w->out, cls->name, "\"", NULL);
}

/** xmlns:cim, where something is in it. */
static void write_cim_ns(const writing_t *w, const cim_xml_mapping_t *mapping)
{
    if (mapping->cim || w->style->draft)
        wsm_write_strs(w->out, " xmlns:cim=\"",
                       wsm_draft_name(w->style->draft, WSM_NS_CIM), "\"", NULL);
}

static void write_xsi_type(const writing_t *w, const cim_class_t *cls)
{
    wsm_write_lit(w->out, " xsi:type=\"");
    write_prefix(w);
    wsm_write_strs(w->out, ":", cls->name, "_Type\"", NULL);
}

/** The element is the property's, its content the embedded instance's. */
static void write_embedded(writing_t *w, const cim_xml_tag_t *tag,
                           const cim_property_t *property,
                           const cim_instance_t *instance)
{
    if (w->depth == 0)
        wsm_write(w->out, tag->text, tag->open - 1);
    else
        write_deep_tag(w, "<", property->name, "");
    w->depth++;
    write_class_ns(w, instance->cls, NULL);
    write_xsi_type(w, instance->cls);
    wsm_write_lit(w->out, ">");
    write_instance_content(w, instance);
    w->depth--;
    write_close(w, tag, property);
}

static void write_item(writing_t *w, const cim_xml_tag_t *tag,
                       const cim_property_t *property, const cim_value_t *value)
{
    if (value->is_null || value->type == CIM_NONE) {
        write_nil(w, tag, property);
        return;
    }
    if (value->type == CIM_INSTANCE) {
        write_embedded(w, tag, property, value->v.obj);
        return;
    }
    write_open(w, tag, property);
    write_scalar(w, property, value);
    write_close(w, tag, property);
}

/** uint8[] with OctetString: one element.  NULL within cannot be written. */
static void write_octets(writing_t *w, const cim_xml_tag_t *tag,
                         const cim_property_t *property,
                         const cim_value_t *value)
{
    wsm_mark_t mark = wsm_writer_mark(w->out);
    if (w->depth == 0)
        wsm_write(w->out, tag->text, tag->open - 1);
    else
        write_deep_tag(w, "<", property->name, "");
    wsm_write_lit(w->out, " xsi:type=\"cim:cimBase64Binary\">");
    if (cim_xml_write_octets(w->out, value)) {
        write_close(w, tag, property);
        return;
    }
    wsm_writer_rewind(w->out, mark);
    write_nil(w, tag, property);
}

static void write_property(writing_t *w, const cim_xml_tag_t *tag,
                           const cim_property_t *property,
                           const cim_value_t *value)
{
    if (!value->is_array || value->is_null) {
        write_item(w, tag, property, value);
        return;
    }
    if (property->type == CIM_UINT8 && cim_xml_is_octets(property)) {
        write_octets(w, tag, property, value);
        return;
    }
    for (apr_uint32_t i = 0; i < value->count; i++)
        if (!w->style->draft || !value->v.items[i].is_null)
            write_item(w, tag, property, &value->v.items[i]);
}

static void write_instance_content(writing_t *w, const cim_instance_t *instance)
{
    const cim_class_t *cls = instance->cls;
    const cim_xml_mapping_t *mapping = cim_xml_mapping(cls, w->scratch);
    for (apr_uint32_t i = 0; i < instance->nvalues; i++)
        if (instance->values[i].type != CIM_NONE)
            write_property(w, mapping->tags[i], &cls->properties[i],
                           &instance->values[i]);
}

/* ---- elements */

/** Where the instance is: as WMI did before the mapping was standardized. */
static void write_location(writing_t *w, const cim_instance_t *instance)
{
    cim_path_t *path = cim_instance_path(instance, w->scratch);
    wsm_epr_t epr;
    if (!path)
        return;
    path->ns = instance->cls->ns;
    cim_xml_epr_of_path(&epr, path, w->style, w->scratch);
    wsm_write_lit(w->out, "<cim:Location>");
    wsm_epr_write(w->out, &epr, w->style->addressing);
    wsm_write_lit(w->out, "</cim:Location>");
}

void cim_xml_write_instance(wsm_writer_t *out, const cim_instance_t *instance,
                            const cim_class_t *as, const unsigned char *wanted,
                            const cim_xml_style_t *style, apr_pool_t *scratch)
{
    const cim_class_t *cls = as ? as : instance->cls;
    const cim_xml_mapping_t *mapping = cim_xml_mapping(cls, scratch);
    writing_t w = {out, style, scratch, 0};
    wsm_write_strs(out, "<p:", cls->name, NULL);
    wsm_write_lit(out, " xmlns:xsi=\"" WSM_NS_XSI "\"");
    write_class_ns(&w, cls, NULL);
    write_cim_ns(&w, mapping);
    write_xsi_type(&w, cls);
    wsm_write_lit(out, ">");
    for (apr_uint32_t i = 0; i < cls->nproperties; i++)
        if (!wanted || wanted[i])
            write_property(&w, mapping->tags[i], &cls->properties[i],
                           &instance->values[i]);
    if (style->draft)
        write_location(&w, instance);
    wsm_write_strs(out, "</p:", cls->name, ">", NULL);
}

void cim_xml_write_fragment(wsm_writer_t *out, const cim_instance_t *instance,
                            const cim_class_t *as, const char *const *names,
                            apr_uint32_t nnames, const cim_xml_style_t *style,
                            apr_pool_t *scratch)
{
    const cim_class_t *cls = as ? as : instance->cls;
    const cim_xml_mapping_t *mapping = cim_xml_mapping(cls, scratch);
    writing_t w = {out, style, scratch, 0};
    wsm_write_lit(out, "<w:XmlFragment xmlns:xsi=\"" WSM_NS_XSI "\"");
    write_class_ns(&w, cls, NULL);
    write_cim_ns(&w, mapping);
    wsm_write_lit(out, ">");
    for (apr_uint32_t i = 0; i < nnames; i++) {
        int index = cim_class_property_index(cls, names[i]);
        if (index >= 0)
            write_property(&w, mapping->tags[index], &cls->properties[index],
                           &instance->values[index]);
    }
    wsm_write_lit(out, "</w:XmlFragment>");
}

void cim_xml_write_arguments(wsm_writer_t *out, const char *name,
                             const cim_instance_t *arguments,
                             const cim_class_t *cls, const char *ns,
                             const cim_xml_style_t *style, apr_pool_t *scratch)
{
    const cim_xml_mapping_t *mapping = cim_xml_mapping(arguments->cls, scratch);
    writing_t w = {out, style, scratch, 0};
    wsm_write_strs(out, "<p:", name, NULL);
    wsm_write_lit(out, " xmlns:xsi=\"" WSM_NS_XSI "\"");
    write_class_ns(&w, cls, ns);
    write_cim_ns(&w, mapping);
    wsm_write_lit(out, ">");
    write_instance_content(&w, arguments);
    wsm_write_strs(out, "</p:", name, ">", NULL);
}
