/* shelld.h - the main process of the shell daemon: it accepts connections,
 * reads what they want, and hands them to the keeper of the shell.  It runs
 * nothing, asks no directory, and waits for nobody.
 */
#ifndef SHELLD_SHELLD_H
#define SHELLD_SHELLD_H

#include <sys/resource.h>
#include <sys/types.h>

#include "../shell/wsm_shell_policy.h"
#include "../shell/wsm_shell_request.h"
#include "loop.h"
#include "report.h"

typedef struct shelld_t shelld_t;
typedef struct connection_t connection_t;
typedef struct shell_t shell_t;

/** A shell, as the main process knows it. */
struct shell_t {
    apr_pool_t *pool;
    shell_t *next;
    const char *id;
    const char *owner;
    const char *account; /* that its owner has named */
    pid_t keeper;
    int fd; /* to the keeper */
    int is_open;
    int is_gone;
    apr_time_t kill_by; /* its keeper, if PAM has not let it go on; 0: never */
    const char *fields; /* of a wsm_shell_t, from its REPORT_OPEN */
    apr_size_t length;
    apr_time_t created;
    apr_time_t used;
    report_t last;
    connection_t *pending; /* waits until the keeper takes it */
};

typedef enum connection_phase_e {
    CONNECTION_READING,
    CONNECTION_HANDING, /* to the keeper of `shell` */
    CONNECTION_ANSWERING,
    CONNECTION_OVER
} connection_phase_e;

struct connection_t {
    shelld_t *daemon;
    connection_t *next;
    connection_phase_e phase;
    int fd;
    apr_time_t since;
    apr_size_t got;
    char *answer; /* malloc'd */
    apr_size_t length;
    apr_size_t sent;
    shell_t *shell;
    char data[sizeof(wsm_shell_head_t) + WSM_SHELL_REQUEST_START];
};

struct shelld_t {
    apr_pool_t *pool;
    loop_t loop;
    const wsm_shell_policy_t *policy; /* NULL: not yet said */
    apr_pool_t *policy_pool;
    shell_t *shells; /* oldest first */
    connection_t *connections;
    int nconnections;
    int signal_fd;
    int reports;   /* what keepers say */
    int report_fd; /* where they say it */
    int is_ending;
    apr_time_t accept_after; /* there were no descriptors */
    apr_time_t orphans;      /* are looked for then; 0: there are none */
    struct rlimit files;     /* as we were started: those of keepers */
    char *control;           /* a POLICY that comes in */
    apr_size_t control_got;
    apr_size_t control_room;
};

void shelld_log(int level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* shelld_control.c */
void shelld_control_ready(void *daemon, void *object, short events);

/* shelld_connection.c */
int shelld_may_accept(const shelld_t *self);
void shelld_accept(void *daemon, void *object, short events);
void shelld_connection_watch(connection_t *self, loop_t *loop);
void shelld_connections_sweep(shelld_t *self);
/** The answer; `data` is copied. */
void shelld_answer(connection_t *self, const char *data, apr_size_t length);
void shelld_refuse(connection_t *self, wsm_error_t *err, apr_pool_t *pool);
void shelld_connection_over(connection_t *self);

/* shelld_shells.c */
/** The beginning of a request is there. */
void shelld_dispatch(shelld_t *self, connection_t *connection,
                     wsm_shell_request_t *request, apr_pool_t *pool);
void shelld_shell_watch(shell_t *self, loop_t *loop, shelld_t *daemon);
void shelld_read_reports(shelld_t *self);
void shelld_shells_sweep(shelld_t *self);

/* shelld_keeper.c */
/** Makes a keeper for a Create. @return false if there can be none */
int shelld_fork_keeper(shelld_t *self, shell_t *shell,
                       const connection_t *create);
/** Reaps keepers, and ends what those that died left behind. */
void shelld_reap(shelld_t *self);
/** Ends what keepers left behind, if it is time. */
void shelld_end_orphans(shelld_t *self);
/** Memory that is in no pool. */
void shelld_free(shelld_t *self);
/** All shells end, with all processes. */
void shelld_end(shelld_t *self);

#endif
