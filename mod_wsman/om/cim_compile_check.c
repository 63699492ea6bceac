/* cim_compile_check.c - whether a class may change while it has instances.
 */
#include <strings.h>

#include "cim_compile_private.h"

static wsm_error_t *has_instances(int *found, cim_change_t *change,
                                  const cim_class_t *cls)
{
    return wsm_store_any(
        change->store, cim_catalog_repository(change->to->catalog),
        cim_catalog_fold(cls->ns, change->pool),
        cim_catalog_fold(cls->name, change->pool), found, change->pool);
}

static int same_type(const cim_property_t *a, const cim_property_t *b)
{
    return a->type == b->type && a->is_array == b->is_array &&
           a->octets == b->octets && a->key == b->key;
}

/* What the records of the old class have must have a place in the new one;
 * what names them must still name them. */
static const char *lost_property(const cim_class_t *old, const cim_class_t *now)
{
    apr_uint32_t i;

    for (i = 0; i < old->nproperties; i++) {
        const cim_property_t *had = &old->properties[i];
        const cim_property_t *has = cim_class_property(now, had->name);

        if (has == NULL || !same_type(had, has))
            return had->name;
    }
    for (i = 0; i < now->nkeys; i++) {
        const char *name = now->properties[now->keys[i]].name;

        if (cim_class_property(old, name) == NULL)
            return name;
    }
    return NULL;
}

wsm_error_t *cim_change_check(cim_change_t *change, const cim_class_t *old,
                              const cim_class_t *now)
{
    const char *property = lost_property(old, now);
    int becomes_abstract = now->abstract && !old->abstract;
    int found = 0;
    wsm_error_t *err = NULL;

    if (property != NULL || becomes_abstract)
        err = has_instances(&found, change, old);
    if (err != NULL || !found)
        return err;
    if (property == NULL)
        return cim_change_refuse(change, WSMAN_CIM_CLASS_HAS_INSTANCES,
                                 "%s has instances and cannot become "
                                 "abstract.",
                                 now->name);
    return cim_change_refuse(change, WSMAN_CIM_CLASS_HAS_INSTANCES,
                             "%s has instances: its property %s can neither go "
                             "away nor change its type nor become a key.",
                             now->name, property);
}
