/* cim_system_private.h - what the files of the system classes share.
 */
#ifndef CIM_SYSTEM_PRIVATE_H
#define CIM_SYSTEM_PRIVATE_H

#include "cim_compile.h"
#include "cim_security.h"
#include "cim_system.h"

/* Our own host only calls the hooks. */
static inline const wsm_call_t *inner_of(const wsman_call_t *call)
{
    return (const wsm_call_t *)(const void *)call;
}

/** What changes of this call's repository go to.
 *  WSMAN_E_ACTION_MISMATCH where there can be none. */
wsm_error_t *cim_system_target(cim_compile_t *to, const wsman_call_t *call,
                               const char *ns);

/** A method of a system class.
 *  @param ns  the namespace that it is called in */
typedef wsman_error_t *cim_system_method_fn(wsman_call_t *call, const char *ns,
                                            const cim_instance_t *in,
                                            cim_instance_t *out);

/* cim_system_security.c: __SystemSecurity */
cim_system_method_fn cim_system_get_sd;
cim_system_method_fn cim_system_set_sd;
cim_system_method_fn cim_system_get_sddl;
cim_system_method_fn cim_system_set_sddl;

#endif
