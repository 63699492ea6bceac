/* mod_wsman_root.c - the endpoint's own security descriptor: who may speak to
 * it at all, and read, write or run something (WSManRootSDDL; MS-WSMV's
 * RootSDDL in winrm/config/service).
 */
#include "mod_wsman.h"

#include <strings.h>

#include <apr_strings.h>

#include "../soap/wsm_names.h"

/* The object's own rights: what the generic ones are for an endpoint. */
#define ROOT_READ    0x1u
#define ROOT_WRITE   0x2u
#define ROOT_EXECUTE 0x4u

static const sec_mapping_t mapping = {ROOT_READ, ROOT_WRITE, ROOT_EXECUTE,
                                      ROOT_READ | ROOT_WRITE | ROOT_EXECUTE};

/* Whatever is not here runs something. */
static const struct {
    const char *action;
    apr_uint32_t right;
} rights[] = {
    {WSM_ACTION_GET, SEC_GENERIC_READ},
    {WSM_ACTION_ENUMERATE, SEC_GENERIC_READ},
    {WSM_ACTION_PULL, SEC_GENERIC_READ},
    {WSM_ACTION_RELEASE, SEC_GENERIC_READ},
    {WSM_ACTION_ENUM_RENEW, SEC_GENERIC_READ},
    {WSM_ACTION_ENUM_GETSTATUS, SEC_GENERIC_READ},
    {WSM_ACTION_PUT, SEC_GENERIC_WRITE},
    {WSM_ACTION_CREATE, SEC_GENERIC_WRITE},
    {WSM_ACTION_DELETE, SEC_GENERIC_WRITE},
};

const char *mod_wsman_root_read(cmd_parms *cmd, void *config, const char *text)
{
    mod_wsman_place_t *place = config;
    const char *fault;

    if (mod_wsman_section_inside(cmd))
        return apr_pstrcat(cmd->pool, cmd->cmd->name,
                           " cannot stand inside of a <WSManResource>", NULL);
    place->has_root = 1;
    place->root = NULL;
    if (strcasecmp(text, "None") == 0)
        return NULL;
    fault = sec_sddl_parse(&place->root, text, cmd->pool);
    return fault ? apr_pstrcat(cmd->pool, cmd->cmd->name, ": ", fault, NULL)
                 : NULL;
}

static apr_uint32_t right_of(const char *action)
{
    apr_size_t i;

    for (i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
        if (strcmp(rights[i].action, action) == 0)
            return rights[i].right;
    }
    return SEC_GENERIC_EXECUTE;
}

wsm_error_t *mod_wsman_root_check(const mod_wsman_request_t *self,
                                  const mod_wsman_place_t *place,
                                  const wsm_target_t *target)
{
    apr_uint32_t wanted = right_of(target->action);
    int denied;

    if (place->root == NULL)
        return NULL;
    denied = sec_access_check(place->root, &self->token, wanted, &mapping) != 0;
    if (sec_audit_check(place->root, &self->token, wanted, !denied, &mapping))
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, self->r,
                      "audit: %s was %s at the endpoint %s: %s",
                      self->r->user ? self->r->user : "nobody",
                      denied ? "denied" : "allowed", self->site->id,
                      target->action);
    if (!denied)
        return NULL;
    return wsm_fail(self->r->pool, WSMAN_E_ACCESS_DENIED,
                    "This user may not do this at this endpoint.");
}
