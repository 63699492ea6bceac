/* wsm_op.c - the table of operations.
 */
#include "wsm_op.h"

#include <string.h>

#include "../soap/wsm_names.h"

static const wsm_op_t operations[] = {
    {"Get", WSM_ACTION_GET, op_get},
    {"Put", WSM_ACTION_PUT, op_put},
    {"Create", WSM_ACTION_CREATE, op_create},
    {"Delete", WSM_ACTION_DELETE, op_delete},
    {"Enumerate", WSM_ACTION_ENUMERATE, op_enumerate},
    {"Pull", WSM_ACTION_PULL, op_pull},
    {"Release", WSM_ACTION_RELEASE, op_release},
    {"Renew", WSM_ACTION_ENUM_RENEW, op_enum_renew},
    {"GetStatus", WSM_ACTION_ENUM_GETSTATUS, op_enum_getstatus},
};

const wsm_op_t *wsm_op_find(const char *action)
{
    apr_size_t i;

    for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        if (strcmp(operations[i].action, action) == 0)
            return &operations[i];
    }
    return NULL;
}
