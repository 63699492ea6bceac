/* wsman_report.h - what goes to standard error: failures, warnings, progress
 * and the trace.
 */
#ifndef WSMAN_REPORT_H
#define WSMAN_REPORT_H

#include "wsman_options.h"

/** Prints a failure with all that a fault says.
 *  @return the exit status that it has */
wsman_exit_e wsman_report_failure(const wsm_failure_t *failure,
                                  const wsman_options_t *options);

/** A line as it is, to standard error. */
void wsman_report_line(const char *text);
/** The same to standard output. */
void wsman_report_out(const char *text);

/** wsm_format_config_t.warn and others; silent with --quiet.
 *  @param baton  wsman_options_t */
void wsman_report_warning(void *baton, const char *text);

/** wsm_transport_config_t.trace. */
void wsman_report_trace(void *baton, wsm_trace_e what, const char *data,
                        apr_size_t length);

/** Shows how far an enumeration is, on a terminal, unless the objects go there,
 *  too. */
void wsman_report_progress(const wsman_options_t *options, apr_uint64_t items,
                           int end);

#endif
