/* cim_class.c - asking a class. */
#include "cim_class.h"

#include "cim_name.h"

static const char *const type_names[] = {
    [CIM_NONE] = "void",         [CIM_BOOLEAN] = "boolean",
    [CIM_UINT8] = "uint8",       [CIM_SINT8] = "sint8",
    [CIM_UINT16] = "uint16",     [CIM_SINT16] = "sint16",
    [CIM_UINT32] = "uint32",     [CIM_SINT32] = "sint32",
    [CIM_UINT64] = "uint64",     [CIM_SINT64] = "sint64",
    [CIM_REAL32] = "real32",     [CIM_REAL64] = "real64",
    [CIM_CHAR16] = "char16",     [CIM_STRING] = "string",
    [CIM_DATETIME] = "datetime", [CIM_REFERENCE] = "reference",
    [CIM_INSTANCE] = "instance",
};

#define NTYPES (sizeof(type_names) / sizeof(type_names[0]))

int cim_class_property_index(const cim_class_t *cls, const char *name)
{
    if (!cls->nproperties)
        return -1;
    apr_uint32_t at = cim_name_hash(name) & cls->index_mask;
    for (; cls->index[at]; at = (at + 1) & cls->index_mask) {
        int number = cls->index[at] - 1;
        if (cim_name_equal(cls->properties[number].name, name))
            return number;
    }
    return -1;
}

const cim_property_t *cim_class_property(const cim_class_t *cls,
                                         const char *name)
{
    int number = cim_class_property_index(cls, name);
    return number < 0 ? NULL : &cls->properties[number];
}

const cim_method_t *cim_class_method(const cim_class_t *cls, const char *name)
{
    for (apr_uint32_t i = 0; i < cls->nmethods; i++) {
        if (cim_name_equal(cls->methods[i].name, name))
            return &cls->methods[i];
    }
    return NULL;
}

int cim_class_is_a(const cim_class_t *cls, const char *name)
{
    for (; cls; cls = cls->super) {
        if (cim_name_equal(cls->name, name))
            return 1;
    }
    return 0;
}

const cim_qualifier_t *cim_qualifier_find(const cim_qualifier_t *qualifiers,
                                          int nqualifiers, const char *name)
{
    for (int i = 0; i < nqualifiers; i++) {
        if (cim_name_equal(qualifiers[i].name, name))
            return &qualifiers[i];
    }
    return NULL;
}

int cim_qualifier_true(const cim_qualifier_t *qualifiers, int nqualifiers,
                       const char *name)
{
    const cim_qualifier_t *found =
        cim_qualifier_find(qualifiers, nqualifiers, name);
    return found && found->value.type == CIM_BOOLEAN && !found->value.is_null &&
           !found->value.is_array && found->value.v.u;
}

const char *cim_type_name(cim_type_e type)
{
    return (unsigned)type < NTYPES ? type_names[type] : "unknown type";
}

cim_type_e cim_type_by_name(const char *name)
{
    for (unsigned i = CIM_NONE + 1; i < NTYPES; i++) {
        if (cim_name_equal(type_names[i], name))
            return (cim_type_e)i;
    }
    return CIM_NONE;
}
