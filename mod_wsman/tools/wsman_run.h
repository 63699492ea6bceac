/* wsman_run.h - the commands that run something elsewhere. */
#ifndef WSMAN_RUN_H
#define WSMAN_RUN_H

#include "wsman_options.h"

/** wsman run: one command. */
wsm_failure_t *wsman_run(wsman_options_t *options, wsm_client_t *client,
                         apr_pool_t *pool);

/** wsman shell: a shell for a person, or a list of the shells that are
 *  there. */
wsm_failure_t *wsman_shell(wsman_options_t *options, wsm_client_t *client,
                           apr_pool_t *pool);

#endif
