/* wsm_plugin.h - a loaded plug-in, as the registry sees it.
 */
#ifndef WSM_PLUGIN_H
#define WSM_PLUGIN_H

#include "wsm_registry.h"

struct wsm_plugin_t {
    const char *name; /* of its WSManProvider line */
    const wsman_provider_t *provider;
    const wsman_param_t *params; /* ended by a NULL name */
};

#endif
