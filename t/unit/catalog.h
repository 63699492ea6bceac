/* catalog.h - a repository in the memory store, for tests of what changes its
 * classes. */
#ifndef T_CATALOG_H
#define T_CATALOG_H

#include "cim_test.h"

#include "../../mod_wsman/om/cim_compile.h"
#include "../../mod_wsman/om/cim_repository.h"
#include "../../mod_wsman/om/cim_system.h"

typedef struct t_catalog_t {
    wsm_store_t *store;
    cim_catalog_t *catalog;
    cim_compile_t to;
    cim_compiled_t done;
} t_catalog_t;

static inline void must(const wsm_error_t *err)
{
    if (err)
        fail_msg("%s", wsm_error_text(err, pool));
}

static inline t_catalog_t *catalog_over(wsm_store_t *store, const char *mof)
{
    t_catalog_t *self = apr_pcalloc(pool, sizeof(*self));
    cim_schema_t *files = schema_of(mof);
    must(cim_catalog_complete(files, "root/cimv2", pool));
    self->store = store;
    self->catalog = cim_catalog_make(files, "default", pool);
    self->to.catalog = self->catalog;
    self->to.store = store;
    self->to.ns = "root/cimv2";
    return self;
}

static inline t_catalog_t *catalog_of(const char *mof)
{
    wsm_store_t *store;
    must(wsm_store_mem_open(&store, pool));
    return catalog_over(store, mof);
}

static inline const cim_schema_t *now(const t_catalog_t *self)
{
    const cim_schema_t *schema;
    must(cim_catalog_enter(&schema, self->catalog, self->store, NULL, pool));
    return schema;
}

static inline wsm_error_t *compile(t_catalog_t *self, const char *mof)
{
    memset(&self->done, 0, sizeof(self->done));
    return cim_compile_text(&self->done, &self->to, "t.mof", mof, strlen(mof),
                            pool);
}

#endif
