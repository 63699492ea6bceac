/* wsm_dbd_gate.h - what processes that share a sqlite3 file tell each other
 * beside it: a file "-lock".
 *
 * Writers queue there.  sqlite3 lets a writer that meets another sleep, and
 * apr_dbd sleeps with the lock that all of a process' statements need, so that
 * its readers would wait, too; here only the writer does.  sqlite3's own
 * locks still decide: who does not know the gate does no harm.
 *
 * And it counts changes of definitions, in memory that all have mapped, so that
 * "has anything changed?" asks no database: odd while one is being committed,
 * even else.  A process that dies in between leaves it odd, and it is not
 * trusted until the next writer comes.
 */
#ifndef WSM_DBD_GATE_H
#define WSM_DBD_GATE_H

#include <apr_time.h>

#include "../base/wsm_error.h"

typedef struct wsm_dbd_gate_t wsm_dbd_gate_t;

#define WSM_DBD_GATE_SUFFIX "-lock"

/** Opens the gate of a database file; never before fork.  Closed with the
 *  pool. */
wsm_error_t *wsm_dbd_gate_open(wsm_dbd_gate_t **gate, const char *path,
                               apr_pool_t *pool);

/** Waits for the right to write; by one thread of a process at a time.
 *  @return 0 if it did not come in time */
int wsm_dbd_gate_enter(wsm_dbd_gate_t *gate, apr_interval_time_t patience);
void wsm_dbd_gate_leave(wsm_dbd_gate_t *gate);

/** Inside: a change of definitions begins to be seen; has been seen. */
void wsm_dbd_gate_changing(wsm_dbd_gate_t *gate);
void wsm_dbd_gate_changed(wsm_dbd_gate_t *gate);

/** What is read after this call is known as long as it says the same number.
 *  @return 0 if nothing can be said: ask the database */
int wsm_dbd_gate_count(wsm_dbd_gate_t *gate, apr_uint64_t *count);

#endif
