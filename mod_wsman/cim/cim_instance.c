/* cim_instance.c - instances: setting, getting, checking against the class. */
#include "cim_value.h"

#include <string.h>

#include <apr_strings.h>

/* Instances in instances: none is deeper in earnest. */
#define MAX_DEPTH 32

cim_instance_t *cim_instance_make(const cim_class_t *cls, apr_pool_t *pool)
{
    cim_instance_t *instance = apr_pcalloc(
        pool, sizeof(*instance) + cls->nproperties * sizeof(*instance->values));
    instance->cls = cls;
    instance->values = (cim_value_t *)(void *)(instance + 1);
    instance->nvalues = cls->nproperties;
    return instance;
}

cim_instance_t *cim_instance_copy(const cim_instance_t *instance,
                                  apr_pool_t *pool)
{
    cim_instance_t *copy = cim_instance_make(instance->cls, pool);
    for (apr_uint32_t i = 0; i < copy->nvalues && i < instance->nvalues; i++)
        copy->values[i] = cim_value_copy(&instance->values[i], pool);
    return copy;
}

apr_status_t cim_instance_set(cim_instance_t *instance, const char *name,
                              cim_value_t value)
{
    int number = cim_class_property_index(instance->cls, name);
    if (number < 0)
        return APR_NOTFOUND;
    const cim_property_t *property = &instance->cls->properties[number];
    if (value.type != CIM_NONE) {
        if (!value.is_null && !value.is_array != !property->is_array)
            return APR_EINVAL;
        if (!cim_value_convert(&value, property->type, &value))
            return APR_EINVAL;
        value.is_array = property->is_array;
    }
    instance->values[number] = value;
    return APR_SUCCESS;
}

const cim_value_t *cim_instance_get(const cim_instance_t *instance,
                                    const char *name)
{
    int number = cim_class_property_index(instance->cls, name);
    if (number < 0 || instance->values[number].type == CIM_NONE)
        return NULL;
    return &instance->values[number];
}

cim_path_t *cim_instance_path(const cim_instance_t *instance, apr_pool_t *pool)
{
    const cim_class_t *cls = instance->cls;
    for (apr_uint32_t i = 0; i < cls->nkeys; i++) {
        const cim_value_t *value = &instance->values[cls->keys[i]];
        if (value->type == CIM_NONE || value->is_null)
            return NULL;
    }
    cim_path_t *path = apr_pcalloc(pool, sizeof(*path));
    cim_key_t *keys = apr_palloc(pool, (cls->nkeys + 1) * sizeof(*keys));
    for (apr_uint32_t i = 0; i < cls->nkeys; i++) {
        keys[i].name = cls->properties[cls->keys[i]].name;
        keys[i].value = instance->values[cls->keys[i]];
    }
    path->ns = cls->ns;
    path->class_name = cls->name;
    path->keys = keys;
    path->nkeys = cls->nkeys;
    return path;
}

void cim_instance_defaults(cim_instance_t *instance)
{
    for (apr_uint32_t i = 0; i < instance->nvalues; i++) {
        if (instance->values[i].type == CIM_NONE)
            instance->values[i] = instance->cls->properties[i].value;
    }
}

static const char *instance_fault(const cim_instance_t *instance, int depth,
                                  apr_pool_t *pool);

/** What is wrong with the content of a scalar of the right type; says it
 *  without naming the property ("is ...").  NULL: nothing. */
static const char *content_fault(const cim_value_t *value,
                                 const cim_property_t *property, int depth,
                                 apr_pool_t *pool)
{
    cim_value_t same;
    cim_value_t wide = *value;
    switch (value->type) {
    case CIM_BOOLEAN:
    case CIM_CHAR16:
        return value->v.u > (value->type == CIM_BOOLEAN ? 1u : 0xffffu)
                   ? "is out of range"
                   : NULL;
    case CIM_UINT8:
    case CIM_UINT16:
    case CIM_UINT32:
        wide.type = CIM_UINT64;
        return cim_value_convert(&wide, (cim_type_e)value->type, &same)
                   ? NULL
                   : "is out of range";
    case CIM_SINT8:
    case CIM_SINT16:
    case CIM_SINT32:
        wide.type = CIM_SINT64;
        return cim_value_convert(&wide, (cim_type_e)value->type, &same)
                   ? NULL
                   : "is out of range";
    case CIM_STRING:
        return value->v.s ? NULL : "has no text";
    case CIM_DATETIME:
        return value->v.dt ? NULL : "has no moment";
    case CIM_REFERENCE:
        return value->v.ref && value->v.ref->class_name ? NULL
                                                        : "refers to nothing";
    case CIM_INSTANCE:
        if (!value->v.obj)
            return "has no instance";
        if (property->type_name &&
            !cim_class_is_a(value->v.obj->cls, property->type_name))
            return apr_psprintf(pool, "holds a %s, not a %s",
                                value->v.obj->cls->name, property->type_name);
        const char *inner = instance_fault(value->v.obj, depth + 1, pool);
        return inner ? apr_pstrcat(pool, "holds an instance in which ", inner,
                                   NULL)
                     : NULL;
    default:
        return NULL;
    }
}

static const char *array_fault(const cim_value_t *value,
                               const cim_property_t *property, int depth,
                               apr_pool_t *pool)
{
    if (property->array_size && value->count > property->array_size)
        return apr_psprintf(pool, "has %u items, more than its %u",
                            value->count, property->array_size);
    if (value->count && !value->v.items)
        return "has no items";
    for (apr_uint32_t i = 0; i < value->count; i++) {
        const cim_value_t *item = &value->v.items[i];
        const char *fault = NULL;
        if (item->type != property->type)
            fault = apr_psprintf(pool, "is a %s",
                                 cim_type_name((cim_type_e)item->type));
        else if (!item->is_null && item->is_array)
            fault = "is an array itself";
        else if (!item->is_null)
            fault = content_fault(item, property, depth, pool);
        if (fault)
            return apr_psprintf(pool, "has an item %u that %s", i, fault);
    }
    return NULL;
}

static const char *value_fault(const cim_value_t *value,
                               const cim_property_t *property, int depth,
                               apr_pool_t *pool)
{
    if (value->type != property->type)
        return apr_psprintf(pool, "is a %s, but the value is a %s",
                            cim_type_name(property->type),
                            cim_type_name((cim_type_e)value->type));
    if (value->is_null)
        return NULL;
    if (!value->is_array != !property->is_array)
        return property->is_array ? "is an array, but the value is none"
                                  : "is no array, but the value is one";
    return value->is_array ? array_fault(value, property, depth, pool)
                           : content_fault(value, property, depth, pool);
}

static const char *instance_fault(const cim_instance_t *instance, int depth,
                                  apr_pool_t *pool)
{
    const cim_class_t *cls = instance->cls;
    if (depth > MAX_DEPTH)
        return "instances are nested too deeply";
    if (instance->nvalues != cls->nproperties)
        return apr_psprintf(pool,
                            "there are %u values for the %u properties "
                            "of %s",
                            instance->nvalues, cls->nproperties, cls->name);
    for (apr_uint32_t i = 0; i < instance->nvalues; i++) {
        if (instance->values[i].type == CIM_NONE)
            continue;
        const cim_property_t *property = &cls->properties[i];
        const char *fault =
            value_fault(&instance->values[i], property, depth, pool);
        if (fault)
            return apr_psprintf(pool, "%s.%s %s", cls->name, property->name,
                                fault);
    }
    return NULL;
}

const char *cim_instance_fault(const cim_instance_t *instance, apr_pool_t *pool)
{
    return instance_fault(instance, 0, pool);
}
