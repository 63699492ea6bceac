/* wsmanctl_check_database.c - what is found where the database itself is asked.
 */
#include <string.h>

#include <apr_strings.h>

#include "../state/wsm_store_check.h"
#include "wsmanctl_check.h"

typedef struct asked_t {
    wsmanctl_check_t *check;
    const cim_schema_t *const *schemas;
} asked_t;

static void take_damage(void *baton, const char *text)
{
    const asked_t *self = baton;
    wsmanctl_found(self->check, "store",
                   "%s: stop httpd and put back a copy, or have sqlite3 "
                   "recover it (.recover)",
                   text);
}

static const cim_schema_t *schema_of(const asked_t *self,
                                     const char *repository, int *known)
{
    const apr_array_header_t *endpoints = self->check->manifest->endpoints;
    *known = 0;
    for (int i = 0; i < endpoints->nelts; i++) {
        const wsm_manifest_endpoint_t *one =
            APR_ARRAY_IDX(endpoints, i, const wsm_manifest_endpoint_t *);
        if (strcmp(one->repository, repository))
            continue;
        *known = 1;
        if (self->schemas[i])
            return self->schemas[i];
    }
    return NULL;
}

static void take_records(void *baton, const char *repository, const char *ns,
                         const char *class_name, const char *count)
{
    const asked_t *self = baton;
    const char *what = apr_pstrcat(self->check->pool, repository, " ", ns, ":",
                                   class_name, NULL);
    int known;
    const cim_schema_t *schema = schema_of(self, repository, &known);
    if (!known)
        wsmanctl_found(self->check, what,
                       "%s instances in a repository that no endpoint has: "
                       "name it in WSManRepository",
                       count);
    else if (schema && !cim_schema_class(schema, ns, class_name))
        wsmanctl_found(self->check, what,
                       "%s instances of a class that nothing declares: name "
                       "its file in WSManSchema, or compile it",
                       count);
}

static void take_lost(void *baton, const char *count)
{
    const asked_t *self = baton;
    wsmanctl_found(self->check, "store",
                   "%s references of instances that are not there: put back a "
                   "copy, or export all and compile it into an empty store",
                   count);
}

void wsmanctl_check_database(wsmanctl_check_t *self,
                             const cim_schema_t *const *schemas)
{
    asked_t asked = {self, schemas};
    const wsm_store_check_t told = {take_damage, take_records, take_lost,
                                    &asked};
    wsm_error_t *err =
        wsm_store_dbd_check(&told, self->manifest->store, self->pool);
    if (err)
        wsmanctl_found(self, "store", "%s", wsm_error_text(err, self->pool));
}
