/* mod_wsman.c - the module's record and its hooks.
 */
#include "mod_wsman.h"

#include <http_protocol.h>
#include <mpm_common.h>

static void register_hooks(apr_pool_t *pool)
{
    static const char *const before[] = {"mod_rewrite.c", NULL};
    static const char *const after[] = {"mod_proxy.c", "mod_alias.c", NULL};

    ap_hook_check_config(mod_wsman_check_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(mod_wsman_post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(mod_wsman_certificate_post_config, NULL, NULL,
                        APR_HOOK_LAST);
    ap_hook_child_init(mod_wsman_child_init, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(mod_wsman_gss_child_init, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_monitor(mod_wsman_shell_monitor, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_translate_name(mod_wsman_translate, before, after, APR_HOOK_FIRST);
    ap_hook_map_to_storage(mod_wsman_map_to_storage, NULL, NULL,
                           APR_HOOK_FIRST);
    ap_hook_check_access(mod_wsman_quota_access, NULL, NULL, APR_HOOK_FIRST,
                         AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_check_access_ex(mod_wsman_access, NULL, NULL, APR_HOOK_REALLY_LAST,
                            AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_check_authn(mod_wsman_authn, NULL, NULL, APR_HOOK_FIRST,
                        AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_insert_error_filter(mod_wsman_quota_insert_error_filter, NULL, NULL,
                                APR_HOOK_MIDDLE);
    ap_hook_note_auth_failure(mod_wsman_note_failure, NULL, NULL,
                              APR_HOOK_MIDDLE);
    ap_hook_handler(mod_wsman_handler, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_log_transaction(mod_wsman_judge, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_log_transaction(mod_wsman_log_transaction, NULL, NULL,
                            APR_HOOK_LAST);
    mod_wsman_keepalive_register();
    mod_wsman_require_register(pool);
    mod_wsman_status_register(pool);
}

module AP_MODULE_DECLARE_DATA wsman_module = {
    STANDARD20_MODULE_STUFF, mod_wsman_place_make,   mod_wsman_place_merge,
    mod_wsman_server_make,   mod_wsman_server_merge, mod_wsman_commands,
    register_hooks,          AP_MODULE_FLAG_NONE};
