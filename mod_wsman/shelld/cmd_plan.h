/* cmd_plan.h - which program a command line is for.
 */
#ifndef SHELLD_CMD_PLAN_H
#define SHELLD_CMD_PLAN_H

#include "keeper_private.h"

process_plan_t cmd_plan(keeper_t *keeper, const char *line,
                        const wsm_shell_command_wish_t *wish, apr_pool_t *pool);

#endif
