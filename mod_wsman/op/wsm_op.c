/* wsm_op.c - the table of operations.
 */
#include "wsm_op.h"

#include <string.h>

#include "../soap/wsm_names.h"
#include "op_fragment.h"
#include "op_shell.h"

static const wsm_op_t operations[] = {
    {"Get", WSM_ACTION_GET, op_get, op_fragment_get, 0},
    {"Put", WSM_ACTION_PUT, op_put, op_fragment_put, 0},
    {"Create", WSM_ACTION_CREATE, op_create, op_fragment_create, 0},
    {"Delete", WSM_ACTION_DELETE, op_delete, op_fragment_delete, 0},
    {"Enumerate", WSM_ACTION_ENUMERATE, op_enumerate, NULL, 1},
    {"Pull", WSM_ACTION_PULL, op_pull, NULL, 1},
    {"Release", WSM_ACTION_RELEASE, op_release, NULL, 1},
    {"Renew", WSM_ACTION_ENUM_RENEW, op_enum_renew, NULL, 1},
    {"GetStatus", WSM_ACTION_ENUM_GETSTATUS, op_enum_getstatus, NULL, 1},
    {"Command", WSM_ACTION_COMMAND, op_shell_elsewhere, NULL, 0},
    {"Send", WSM_ACTION_SEND, op_shell_elsewhere, NULL, 0},
    {"Receive", WSM_ACTION_RECEIVE, op_shell_elsewhere, NULL, 0},
    {"Signal", WSM_ACTION_SIGNAL, op_shell_elsewhere, NULL, 0},
    {"Disconnect", WSM_ACTION_DISCONNECT, op_shell_elsewhere, NULL, 0},
    {"Reconnect", WSM_ACTION_RECONNECT, op_shell_elsewhere, NULL, 0},
    {"Connect", WSM_ACTION_CONNECT, op_shell_elsewhere, NULL, 0},
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
