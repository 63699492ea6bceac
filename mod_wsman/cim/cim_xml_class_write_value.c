/* cim_xml_class_write_value.c - values as CIM-XML writes them: VALUE,
 * VALUE.ARRAY, VALUE.REFERENCE (DSP0201).
 *
 * What XML cannot carry is '?', as everywhere.
 */
#include <string.h>

#include <apr_strings.h>

#include "cim_xml_class_private.h"

void cim_xml_class_write_ns(wsm_writer_t *out, const char *ns,
                            apr_pool_t *scratch)
{
    char *copy = apr_pstrdup(scratch, ns);
    char *last;
    wsm_write_lit(out, "<LOCALNAMESPACEPATH>");
    for (char *step = apr_strtok(copy, "/", &last); step;
         step = apr_strtok(NULL, "/", &last)) {
        wsm_write_lit(out, "<NAMESPACE NAME=\"");
        wsm_write_attr(out, step);
        wsm_write_lit(out, "\"/>");
    }
    wsm_write_lit(out, "</LOCALNAMESPACEPATH>");
}

static void write_reference(wsm_writer_t *out, const cim_path_t *path,
                            apr_pool_t *scratch);

static const char *value_type(const cim_value_t *value)
{
    switch (value->type) {
    case CIM_STRING:
    case CIM_DATETIME:
    case CIM_CHAR16:
        return "string";
    case CIM_BOOLEAN:
        return "boolean";
    default:
        return "numeric";
    }
}

static void write_key(wsm_writer_t *out, const cim_key_t *key,
                      apr_pool_t *scratch)
{
    const cim_value_t *value = &key->value;
    wsm_write_lit(out, "<KEYBINDING NAME=\"");
    wsm_write_attr(out, key->name);
    wsm_write_lit(out, "\">");
    if (value->type == CIM_REFERENCE) {
        write_reference(out, value->v.ref, scratch);
    } else {
        wsm_write_strs(out, "<KEYVALUE VALUETYPE=\"", value_type(value), "\">",
                       NULL);
        wsm_write_text(out, cim_value_text(value, scratch));
        wsm_write_lit(out, "</KEYVALUE>");
    }
    wsm_write_lit(out, "</KEYBINDING>");
}

/** INSTANCENAME, or CLASSNAME where there are no keys. */
static void write_object(wsm_writer_t *out, const cim_path_t *path,
                         apr_pool_t *scratch)
{
    if (!path->nkeys) {
        wsm_write_lit(out, "<CLASSNAME NAME=\"");
        wsm_write_attr(out, path->class_name);
        wsm_write_lit(out, "\"/>");
        return;
    }
    wsm_write_lit(out, "<INSTANCENAME CLASSNAME=\"");
    wsm_write_attr(out, path->class_name);
    wsm_write_lit(out, "\">");
    for (apr_uint32_t i = 0; i < path->nkeys; i++)
        write_key(out, &path->keys[i], scratch);
    wsm_write_lit(out, "</INSTANCENAME>");
}

static void write_reference(wsm_writer_t *out, const cim_path_t *path,
                            apr_pool_t *scratch)
{
    const char *local = path->nkeys ? "LOCALINSTANCEPATH" : "LOCALCLASSPATH";
    wsm_write_lit(out, "<VALUE.REFERENCE>");
    if (path->ns) {
        wsm_write_strs(out, "<", local, ">", NULL);
        cim_xml_class_write_ns(out, path->ns, scratch);
    }
    write_object(out, path, scratch);
    if (path->ns)
        wsm_write_strs(out, "</", local, ">", NULL);
    wsm_write_lit(out, "</VALUE.REFERENCE>");
}

static void write_scalar(wsm_writer_t *out, const cim_value_t *value,
                         apr_pool_t *scratch)
{
    const char *text;
    if (value->type == CIM_REFERENCE) {
        write_reference(out, value->v.ref, scratch);
        return;
    }
    text = cim_value_text(value, scratch);
    wsm_write_lit(out, "<VALUE>");
    wsm_write_text(out, text ? text : "");
    wsm_write_lit(out, "</VALUE>");
}

void cim_xml_class_write_value(wsm_writer_t *out, const cim_value_t *value,
                               apr_pool_t *scratch)
{
    if (value->is_null)
        return;
    if (!value->is_array) {
        write_scalar(out, value, scratch);
        return;
    }
    wsm_write_lit(out, "<VALUE.ARRAY>");
    for (apr_uint32_t i = 0; i < value->count; i++) {
        if (value->v.items[i].is_null)
            wsm_write_lit(out, "<VALUE.NULL/>");
        else
            write_scalar(out, &value->v.items[i], scratch);
    }
    wsm_write_lit(out, "</VALUE.ARRAY>");
}
