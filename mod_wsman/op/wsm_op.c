/* wsm_op.c - the table of operations.
 */
#include "wsm_op.h"

#include <string.h>

#include "../soap/wsm_names.h"

static const wsm_op_t operations[] = {
    {"Get", WSM_ACTION_GET, op_get, 0},
    {"Put", WSM_ACTION_PUT, op_put, 0},
    {"Create", WSM_ACTION_CREATE, op_create, 0},
    {"Delete", WSM_ACTION_DELETE, op_delete, 0},
    {"Enumerate", WSM_ACTION_ENUMERATE, op_enumerate, 1},
    {"Pull", WSM_ACTION_PULL, op_pull, 1},
    {"Release", WSM_ACTION_RELEASE, op_release, 1},
    {"Renew", WSM_ACTION_ENUM_RENEW, op_enum_renew, 1},
    {"GetStatus", WSM_ACTION_ENUM_GETSTATUS, op_enum_getstatus, 1},
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
