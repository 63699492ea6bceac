/* mod_wsman_match.h - patterns of the configuration against a request.
 */
#ifndef MOD_WSMAN_MATCH_H
#define MOD_WSMAN_MATCH_H

#include "../provide/wsm_call.h"

/** Does one of the words name the request's action?  A word is an action's
 *  URI, its short name (Enumerate covers Pull, Release, Renew and GetStatus;
 *  Invoke covers all methods), or the name of a method, in any letter case.
 *  @param words  NULL-terminated; none: all actions */
int mod_wsman_match_action(const char *const *words,
                           const wsm_target_t *target);

/** Can the action get at instances of subclasses of the class it names?  Create
 *  cannot (unless its body has an xsi:type), and Pull and the like go on with
 * what Enumerate was allowed. */
int mod_wsman_match_goes_below(const wsm_target_t *target);

/** Does the pattern fit the resource?  It is compared with its URI as the
 *  client spelled it, with the class name, and with the URI as DMTF and as
 *  Microsoft spell it, so that another spelling is no way round. */
int mod_wsman_match_resource(const char *pattern, const wsm_target_t *target,
                             apr_pool_t *pool);

/** Does a pattern fit a name, letter case ignored? */
int mod_wsman_match_name(const char *pattern, const char *name);

#endif
