/* cim_mof_write.c - declarations as MOF.
 */
#include "cim_mof_write_private.h"

#include "cim_value.h"

/** What is needed for one declaration. */
static apr_pool_t *scratch_of(void)
{
    apr_pool_t *scratch;
    apr_pool_create(&scratch, NULL);
    return scratch;
}

static void write_flavor(wsm_writer_t *out, unsigned flavor,
                         const char *separator)
{
    wsm_write_strs(
        out,
        flavor & CIM_FLAVOR_OVERRIDE ? "EnableOverride" : "DisableOverride",
        separator, flavor & CIM_FLAVOR_TOSUBCLASS ? "ToSubclass" : "Restricted",
        NULL);
    if (flavor & CIM_FLAVOR_TRANSLATABLE)
        wsm_write_strs(out, separator, "Translatable", NULL);
}

static void write_qualifier(wsm_writer_t *out, const cim_qualifier_t *qualifier,
                            apr_pool_t *scratch)
{
    const cim_value_t *value = &qualifier->value;
    int braces = value->is_array && !value->is_null;
    wsm_write_strs(out, qualifier->name, braces ? " " : "(", NULL);
    cim_mof_write_value(out, value, scratch);
    wsm_write_str(out, braces ? " : " : ") : ");
    write_flavor(out, qualifier->flavor, " ");
}

/** Those that are declared here; `end` follows if there are any. */
static void write_qualifiers(wsm_writer_t *out,
                             const cim_qualifier_t *qualifiers, int nqualifiers,
                             const char *indent, const char *end,
                             apr_pool_t *scratch)
{
    int written = 0;
    for (int i = 0; i < nqualifiers; i++) {
        if (qualifiers[i].propagated)
            continue;
        wsm_write_strs(out, written ? ",\n " : "[", written ? indent : "",
                       NULL);
        write_qualifier(out, &qualifiers[i], scratch);
        written = 1;
    }
    if (written)
        wsm_write_strs(out, "]", end, NULL);
}

/** What is an instance to us is declared as a string. */
static const char *type_text(cim_type_e type)
{
    return type == CIM_NONE       ? "void"
           : type == CIM_INSTANCE ? "string"
                                  : cim_type_name(type);
}

/** "uint8 Name[4]" */
static void write_declarator(wsm_writer_t *out, const cim_property_t *property)
{
    if (property->type == CIM_REFERENCE)
        wsm_write_strs(out, property->type_name, " REF ", NULL);
    else
        wsm_write_strs(out, type_text(property->type), " ", NULL);
    wsm_write_str(out, property->name);
    if (!property->is_array)
        return;
    wsm_write_lit(out, "[");
    if (property->array_size)
        wsm_write_u64(out, property->array_size);
    wsm_write_lit(out, "]");
}

static void write_property(wsm_writer_t *out, const cim_property_t *property,
                           apr_pool_t *scratch)
{
    wsm_write_lit(out, "    ");
    write_qualifiers(out, property->qualifiers, property->nqualifiers, "    ",
                     "\n    ", scratch);
    write_declarator(out, property);
    if (property->value.type != CIM_NONE) {
        wsm_write_lit(out, " = ");
        cim_mof_write_value(out, &property->value, scratch);
    }
    wsm_write_lit(out, ";\n");
}

static void write_method(wsm_writer_t *out, const cim_method_t *method,
                         apr_pool_t *scratch)
{
    wsm_write_lit(out, "    ");
    write_qualifiers(out, method->qualifiers, method->nqualifiers, "    ",
                     "\n    ", scratch);
    wsm_write_strs(out, type_text(method->type), " ", method->name, "(", NULL);
    for (int i = 0; i < method->nparameters; i++) {
        const cim_property_t *parameter = &method->parameters[i];
        wsm_write_str(out, i ? ",\n        " : "\n        ");
        write_qualifiers(out, parameter->qualifiers, parameter->nqualifiers,
                         "        ", "\n        ", scratch);
        write_declarator(out, parameter);
    }
    wsm_write_lit(out, ");\n");
}

void cim_mof_write_class(wsm_writer_t *out, const cim_class_t *cls)
{
    apr_pool_t *scratch = scratch_of();
    write_qualifiers(out, cls->qualifiers, cls->nqualifiers, "", "\n", scratch);
    wsm_write_strs(out, "class ", cls->name, NULL);
    if (cls->super_name)
        wsm_write_strs(out, " : ", cls->super_name, NULL);
    wsm_write_lit(out, "\n{\n");
    for (apr_uint32_t i = 0; i < cls->nproperties; i++) {
        if (!cls->properties[i].propagated)
            write_property(out, &cls->properties[i], scratch);
    }
    for (apr_uint32_t i = 0; i < cls->nmethods; i++) {
        if (!cls->methods[i].propagated)
            write_method(out, &cls->methods[i], scratch);
    }
    wsm_write_lit(out, "};\n");
    apr_pool_destroy(scratch);
}

static const struct {
    const char *name;
    unsigned scope;
} scopes[] = {{"any", CIM_SCOPE_ANY},
              {"schema", CIM_SCOPE_SCHEMA},
              {"class", CIM_SCOPE_CLASS},
              {"association", CIM_SCOPE_ASSOCIATION},
              {"indication", CIM_SCOPE_INDICATION},
              {"property", CIM_SCOPE_PROPERTY},
              {"reference", CIM_SCOPE_REFERENCE},
              {"method", CIM_SCOPE_METHOD},
              {"parameter", CIM_SCOPE_PARAMETER}};

void cim_mof_write_qualifier_type(wsm_writer_t *out,
                                  const cim_qualifier_type_t *type)
{
    apr_pool_t *scratch = scratch_of();
    unsigned left = type->scope;
    wsm_write_strs(out, "Qualifier ", type->name, " : ",
                   cim_type_name((cim_type_e)type->value.type),
                   type->value.is_array ? "[] = " : " = ", NULL);
    cim_mof_write_value(out, &type->value, scratch);
    wsm_write_lit(out, ",\n    Scope(");
    for (unsigned i = 0; left && i < sizeof(scopes) / sizeof(scopes[0]); i++) {
        if ((left & scopes[i].scope) != scopes[i].scope)
            continue;
        wsm_write_strs(out, left == type->scope ? "" : ", ", scopes[i].name,
                       NULL);
        left &= ~scopes[i].scope;
    }
    wsm_write_lit(out, "),\n    Flavor(");
    write_flavor(out, type->flavor, ", ");
    wsm_write_lit(out, ");\n");
    apr_pool_destroy(scratch);
}

void cim_mof_write_body(wsm_writer_t *out, const cim_instance_t *instance,
                        apr_pool_t *scratch)
{
    const cim_class_t *cls = instance->cls;
    wsm_write_strs(out, "instance of ", cls->name, "\n{\n", NULL);
    for (apr_uint32_t i = 0; i < instance->nvalues; i++) {
        if (instance->values[i].type == CIM_NONE)
            continue;
        wsm_write_strs(out, "    ", cls->properties[i].name, " = ", NULL);
        cim_mof_write_value(out, &instance->values[i], scratch);
        wsm_write_lit(out, ";\n");
    }
    wsm_write_lit(out, "}");
}

void cim_mof_write_instance(wsm_writer_t *out, const cim_instance_t *instance)
{
    apr_pool_t *scratch = scratch_of();
    cim_mof_write_body(out, instance, scratch);
    wsm_write_lit(out, ";\n");
    apr_pool_destroy(scratch);
}

void cim_mof_write_namespace(wsm_writer_t *out, const char *ns)
{
    wsm_write_lit(out, "#pragma namespace(");
    cim_mof_write_string(out, ns);
    wsm_write_lit(out, ")\n");
}
