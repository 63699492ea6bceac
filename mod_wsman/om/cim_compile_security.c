/* cim_compile_security.c - sets what protects a namespace. */
#include "../soap/wsm_cim_error.h"
#include "cim_compile_private.h"
#include "cim_security.h"

typedef struct setting_t {
    const char *ns;
    const sec_descriptor_t *own;
    const char *text; /* the same, as the store has it */
} setting_t;

static int is_too_long(const sec_descriptor_t *descriptor, apr_pool_t *pool)
{
    const sec_acl_t *acls[] = {descriptor->dacl, descriptor->sacl};
    apr_size_t length, i;

    for (i = 0; i < 2; i++) {
        if (acls[i] != NULL && acls[i]->count > SEC_MAX_ACES)
            return 1;
    }
    sec_binary_make(descriptor, &length, pool);
    return length > SEC_MAX_BYTES;
}

/* All namespaces below inherit from it. */
static wsm_error_t *check_lengths(const cim_change_t *change,
                                  const setting_t *setting)
{
    cim_schema_t *layer = cim_schema_make_over(change->base, change->pool);
    const char **ns = cim_schema_namespaces(change->base, change->pool);

    cim_schema_set_security(layer, setting->ns, setting->own);
    cim_security_seal(layer, change->pool);
    for (; *ns != NULL; ns++) {
        if (is_too_long(cim_schema_security(layer, *ns), change->pool))
            return wsm_cim_error_make(
                change->pool, WSMAN_CIM_INVALID_PARAMETER,
                "The security descriptor of %s, with what it inherits, would "
                "have more than %d entries or %d octets.",
                *ns, SEC_MAX_ACES, SEC_MAX_BYTES);
    }
    return NULL;
}

static wsm_error_t *set(void *baton, cim_change_t *change)
{
    const setting_t *setting = baton;
    wsm_error_t *err =
        cim_change_allow(change, setting->ns, CIM_RIGHT_SET_SECURITY);

    if (err == NULL && !cim_schema_has_namespace(change->base, setting->ns))
        err = cim_security_no_namespace(setting->ns, change->pool);
    if (err == NULL)
        err = check_lengths(change, setting);
    return err ? err
               : cim_change_define(change, WSM_DEFINES_SECURITY, setting->ns,
                                   "", setting->text);
}

wsm_error_t *cim_compile_set_security(const cim_compile_t *to, const char *ns,
                                      const char *sddl, apr_pool_t *pool)
{
    setting_t setting = {.ns = ns};
    const char *why = sec_sddl_parse(&setting.own, sddl, pool);

    /* Without one everybody could do everything, by an oversight. */
    if (why == NULL && setting.own->dacl == NULL)
        why = "A namespace has a DACL.";
    if (why == NULL) {
        setting.text = sec_sddl_text(setting.own, pool);
        why = sec_sddl_parse(&setting.own, setting.text, pool);
    }
    if (why != NULL)
        return wsm_cim_error_make(pool, WSMAN_CIM_INVALID_PARAMETER, "%s", why);
    return cim_change_run(NULL, to, set, &setting, pool);
}
