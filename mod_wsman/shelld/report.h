/* report.h - what a keeper tells the main process: datagrams on a socket that
 * all keepers share, so that one look shows what has happened.
 */
#ifndef SHELLD_REPORT_H
#define SHELLD_REPORT_H

#include <sys/types.h>

#include "../shell/wsm_shell.h"

typedef enum report_what_e {
    REPORT_OPEN,  /* the shell is there; the fields of a wsm_shell_t follow */
    REPORT_STATE, /* state, buffer, idle time or the commands are others */
    REPORT_GONE   /* its processes are gone */
} report_what_e;

typedef struct report_t {
    pid_t keeper;
    report_what_e what;
    wsm_shell_state_e state;
    wsm_shell_buffer_e buffer;
    apr_uint32_t commands;
    apr_interval_time_t idle_timeout;
} report_t;

/** The fields of a shell are not longer. */
#define REPORT_MAX_FIELDS (96 * 1024)

#endif
