/* cim_xml_class.c - classes written: the element CLASS (DSP0201), and the
 * instance of meta_class.
 *
 * Attributes are in the order in which Windows has them.
 */
#include <string.h>

#include "cim_name.h"
#include "cim_xml_class_private.h"

typedef struct writing_t {
    wsm_writer_t *out;
    const cim_xml_class_options_t *options;
    const char *ns; /* of the class */
    apr_pool_t *scratch;
} writing_t;

static void write_attribute(const writing_t *w, const char *name,
                            const char *value)
{
    wsm_write_strs(w->out, " ", name, "=\"", NULL);
    wsm_write_attr(w->out, value);
    wsm_write_lit(w->out, "\"");
}

/* ---- qualifiers */

/** What the DTD has as default is not said, unless the qualifier type has it
 *  otherwise: who reads it back may take either for granted. */
static void write_flavor(const writing_t *w, const cim_qualifier_t *qualifier)
{
    static const struct {
        const char *name;
        unsigned flavor;
    } rows[] = {{"OVERRIDABLE", CIM_FLAVOR_OVERRIDE},
                {"TOSUBCLASS", CIM_FLAVOR_TOSUBCLASS},
                {"TRANSLATABLE", CIM_FLAVOR_TRANSLATABLE}};
    const unsigned usual = CIM_FLAVOR_OVERRIDE | CIM_FLAVOR_TOSUBCLASS;
    const cim_qualifier_type_t *type =
        w->options->schema && w->ns
            ? cim_schema_qualifier_type(w->options->schema, w->ns,
                                        qualifier->name)
            : NULL;
    unsigned said = qualifier->flavor ^ usual;
    if (type)
        said |= qualifier->flavor ^ type->flavor;
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (said & rows[i].flavor)
            write_attribute(w, rows[i].name,
                            qualifier->flavor & rows[i].flavor ? "true"
                                                               : "false");
    }
}

static void write_qualifier(const writing_t *w,
                            const cim_qualifier_t *qualifier)
{
    wsm_write_lit(w->out, "<QUALIFIER");
    write_attribute(w, "NAME", qualifier->name);
    write_attribute(w, "TYPE",
                    cim_type_name((cim_type_e)qualifier->value.type));
    if (qualifier->propagated)
        wsm_write_lit(w->out, " PROPAGATED=\"true\"");
    write_flavor(w, qualifier);
    if (qualifier->value.is_null) {
        wsm_write_lit(w->out, "/>");
        return;
    }
    wsm_write_lit(w->out, ">");
    cim_xml_class_write_value(w->out, &qualifier->value, w->scratch);
    wsm_write_lit(w->out, "</QUALIFIER>");
}

static void write_qualifiers(const writing_t *w,
                             const cim_qualifier_t *qualifiers, int nqualifiers)
{
    if (!w->options->qualifiers)
        return;
    for (int i = 0; i < nqualifiers; i++)
        if (!w->options->local_only || !qualifiers[i].propagated)
            write_qualifier(w, &qualifiers[i]);
}

/* ---- features */

static void write_origin(const writing_t *w, const char *origin, int propagated)
{
    if (w->options->class_origin && origin)
        write_attribute(w, "CLASSORIGIN", origin);
    if (propagated)
        wsm_write_lit(w->out, " PROPAGATED=\"true\"");
}

/** What is an instance to us is declared as a string. */
static const char *type_text(cim_type_e type)
{
    return type == CIM_INSTANCE ? "string" : cim_type_name(type);
}

/** TYPE or REFERENCECLASS, and ARRAYSIZE. */
static void write_type(const writing_t *w, const cim_property_t *property)
{
    if (property->type == CIM_REFERENCE)
        write_attribute(w, "REFERENCECLASS", property->type_name);
    else
        write_attribute(w, "TYPE", type_text(property->type));
    if (property->is_array && property->array_size) {
        wsm_write_lit(w->out, " ARRAYSIZE=\"");
        wsm_write_u64(w->out, property->array_size);
        wsm_write_lit(w->out, "\"");
    }
}

/** Ends the start tag at `mark`, or the element, if nothing followed it. */
static void write_end(const writing_t *w, wsm_mark_t before, wsm_mark_t after,
                      const char *name)
{
    if (wsm_writer_mark(w->out).total == after.total) {
        wsm_writer_rewind(w->out, before);
        wsm_write_lit(w->out, "/>");
        return;
    }
    wsm_write_strs(w->out, "</", name, ">", NULL);
}

static void write_property(const writing_t *w, const cim_property_t *property)
{
    const char *name = property->type == CIM_REFERENCE ? "PROPERTY.REFERENCE"
                       : property->is_array            ? "PROPERTY.ARRAY"
                                                       : "PROPERTY";
    wsm_write_strs(w->out, "<", name, NULL);
    write_attribute(w, "NAME", property->name);
    write_origin(w, property->origin, property->propagated);
    write_type(w, property);
    if (property->type == CIM_INSTANCE)
        write_attribute(w, "EmbeddedObject",
                        property->type_name ? "instance" : "object");
    wsm_mark_t before = wsm_writer_mark(w->out);
    wsm_write_lit(w->out, ">");
    wsm_mark_t after = wsm_writer_mark(w->out);
    write_qualifiers(w, property->qualifiers, property->nqualifiers);
    if (property->value.type != CIM_NONE)
        cim_xml_class_write_value(w->out, &property->value, w->scratch);
    write_end(w, before, after, name);
}

static void write_parameter(const writing_t *w, const cim_property_t *parameter)
{
    static const char *const names[2][2] = {
        {"PARAMETER", "PARAMETER.ARRAY"},
        {"PARAMETER.REFERENCE", "PARAMETER.REFARRAY"}};
    const char *name =
        names[parameter->type == CIM_REFERENCE][parameter->is_array];
    wsm_write_strs(w->out, "<", name, NULL);
    write_attribute(w, "NAME", parameter->name);
    write_type(w, parameter);
    wsm_mark_t before = wsm_writer_mark(w->out);
    wsm_write_lit(w->out, ">");
    wsm_mark_t after = wsm_writer_mark(w->out);
    write_qualifiers(w, parameter->qualifiers, parameter->nqualifiers);
    write_end(w, before, after, name);
}

static void write_method(const writing_t *w, const cim_method_t *method)
{
    wsm_write_lit(w->out, "<METHOD");
    write_attribute(w, "NAME", method->name);
    if (method->type != CIM_NONE)
        write_attribute(w, "TYPE", type_text(method->type));
    write_origin(w, method->origin, method->propagated);
    wsm_mark_t before = wsm_writer_mark(w->out);
    wsm_write_lit(w->out, ">");
    wsm_mark_t after = wsm_writer_mark(w->out);
    write_qualifiers(w, method->qualifiers, method->nqualifiers);
    for (int i = 0; i < method->nparameters; i++)
        write_parameter(w, &method->parameters[i]);
    write_end(w, before, after, "METHOD");
}

static int is_wanted(const writing_t *w, const cim_property_t *property)
{
    const char *const *name = w->options->properties;
    if (w->options->local_only && property->propagated)
        return 0;
    if (!name)
        return 1;
    while (*name && !cim_name_equal(*name, property->name))
        name++;
    return *name != NULL;
}

/* ---- elements */

static void write_derivation(const writing_t *w, const cim_class_t *cls)
{
    wsm_write_lit(w->out, " DERIVATION=\"");
    for (const cim_class_t *super = cls->super; super; super = super->super)
        wsm_write_strs(w->out, super == cls->super ? "" : ",", super->name,
                       NULL);
    wsm_write_lit(w->out, "\"");
}

void cim_xml_class_write(wsm_writer_t *out, const cim_class_t *cls,
                         const cim_xml_class_options_t *options,
                         apr_pool_t *scratch)
{
    const writing_t w = {out, options, cls->ns, scratch};
    wsm_write_lit(out, "<CLASS");
    write_attribute(&w, "NAME", cls->name);
    if (cls->super_name)
        write_attribute(&w, "SUPERCLASS", cls->super_name);
    if (options->derivation)
        write_derivation(&w, cls);
    wsm_write_lit(out, ">");
    write_qualifiers(&w, cls->qualifiers, cls->nqualifiers);
    for (apr_uint32_t i = 0; i < cls->nproperties; i++)
        if (is_wanted(&w, &cls->properties[i]))
            write_property(&w, &cls->properties[i]);
    for (apr_uint32_t i = 0; i < cls->nmethods; i++)
        if (!options->local_only || !cls->methods[i].propagated)
            write_method(&w, &cls->methods[i]);
    wsm_write_lit(out, "</CLASS>");
}

void cim_xml_class_write_name(wsm_writer_t *out, const cim_class_t *cls)
{
    wsm_write_lit(out, "<CLASSNAME NAME=\"");
    wsm_write_attr(out, cls->name);
    wsm_write_lit(out, "\"/>");
}

void cim_xml_class_write_path(wsm_writer_t *out, const cim_class_t *cls,
                              const char *host, apr_pool_t *scratch)
{
    wsm_write_lit(out, "<CLASSPATH><NAMESPACEPATH><HOST>");
    wsm_write_text(out, host);
    wsm_write_lit(out, "</HOST>");
    cim_xml_class_write_ns(out, cls->ns, scratch);
    wsm_write_lit(out, "</NAMESPACEPATH>");
    cim_xml_class_write_name(out, cls);
    wsm_write_lit(out, "</CLASSPATH>");
}

void cim_xml_write_meta_class(wsm_writer_t *out, const cim_class_t *cls,
                              const cim_xml_style_t *style, apr_pool_t *scratch)
{
    cim_instance_t *defaults = cim_instance_make(cls, scratch);

    cim_instance_defaults(defaults);
    cim_xml_write_instance(out, defaults, NULL, NULL, style, scratch);
}
