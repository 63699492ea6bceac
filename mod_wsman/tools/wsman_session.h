/* wsman_session.h - what every client does around its commands: signals, the
 * connection, the output.
 */
#ifndef WSMAN_SESSION_H
#define WSMAN_SESSION_H

#include "wsman_options.h"

/** Once, at the beginning: libraries, and signals.  The second interrupt ends
 *  the program; a reader that goes away is seen when writing. */
void wsman_session_init(void);
/** @return true after an interrupt */
int wsman_session_interrupted(void);

/** Finds the secrets, and makes a client of options->endpoint. */
wsm_failure_t *wsman_session_connect(wsm_client_t **client,
                                     wsman_options_t *options,
                                     apr_pool_t *pool);

/** Makes options->out, which writes to standard output.
 *  @param list  any number of objects, not just one */
void wsman_session_output(wsman_options_t *options, int list, apr_pool_t *pool);
/** Bytes to standard output.
 *  @return 0 when it cannot be written any more */
int wsman_session_write(void *options, const char *data, apr_size_t length);

/** Enumerates into options->out, as options->enumerate says and to
 *  options->limit. */
wsm_failure_t *wsman_session_enumerate(wsman_options_t *options,
                                       wsm_client_t *client,
                                       const wsm_epr_t *target,
                                       apr_pool_t *pool);

/** main(): reads the command line and runs the command.
 *  @param options  of the program, zeroed
 *  @param run      runs options->command
 *  @return the exit status */
int wsman_session_main(wsman_options_t *options, const wsman_program_t *program,
                       wsm_failure_t *(*run)(wsman_options_t *options,
                                             apr_pool_t *pool),
                       int argc, char **argv);

#endif
