/* mof_text.h - all that a schema declares as one MOF text.
 *
 * No cmocka: a fuzz target uses it, too.
 */
#ifndef T_MOF_TEXT_H
#define T_MOF_TEXT_H

#include <string.h>

#include <apr_tables.h>

#include "../../mod_wsman/cim/cim_mof_write.h"

typedef struct mof_text_t {
    wsm_writer_t *out;
    const char *ns; /* of what was written last */
    apr_array_header_t *classes;
} mof_text_t;

static inline void mof_text_enter(mof_text_t *self, const char *ns)
{
    if (!self->ns || strcmp(self->ns, ns) != 0)
        cim_mof_write_namespace(self->out, ns);
    self->ns = ns;
}

static inline void mof_text_qualifier(void *baton, const char *ns,
                                      const cim_qualifier_type_t *type)
{
    mof_text_enter(baton, ns);
    cim_mof_write_qualifier_type(((mof_text_t *)baton)->out, type);
}

static inline void mof_text_gather(void *baton, const cim_class_t *cls)
{
    APR_ARRAY_PUSH(((mof_text_t *)baton)->classes, const cim_class_t *) = cls;
}

static inline void mof_text_instance(void *baton, const char *ns,
                                     const cim_instance_t *instance)
{
    mof_text_enter(baton, ns);
    cim_mof_write_instance(((mof_text_t *)baton)->out, instance);
}

/** @param step  1: superclasses first; -1: last; another one, prime to the
 *               number of classes: in no order at all
 *  @return NULL if it is longer than `limit` */
static inline const char *mof_text(const cim_schema_t *schema, int step,
                                   apr_size_t limit, apr_pool_t *in)
{
    mof_text_t self = {.out = wsm_writer_make(limit, in),
                       .classes =
                           apr_array_make(in, 64, sizeof(const cim_class_t *))};
    int count, at, i;

    cim_schema_each_own_qualifier(schema, mof_text_qualifier, &self);
    cim_schema_each(schema, NULL, mof_text_gather, &self);
    count = self.classes->nelts;
    for (i = 0, at = step > 0 ? 0 : count - 1; i < count; i++) {
        const cim_class_t *cls =
            APR_ARRAY_IDX(self.classes, at, const cim_class_t *);
        mof_text_enter(&self, cls->ns);
        cim_mof_write_class(self.out, cls);
        at = (at + count + step % count) % count;
    }
    cim_schema_each_own_instance(schema, mof_text_instance, &self);
    return wsm_writer_full(self.out) ? NULL : wsm_writer_string(self.out, in);
}

#endif
