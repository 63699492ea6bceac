/* descend.h - processes below this one.
 */
#ifndef SHELLD_DESCEND_H
#define SHELLD_DESCEND_H

#include <sys/types.h>

/** Signals all descendants of this process, or those of one process group.
 *  @param group  0: all
 *  @param spared  ends with 0, or NULL: children that are not signalled, nor
 *                 what is below them
 *  @return how many there are */
int descend_kill(pid_t group, const pid_t *spared, int signal_number);

/** Kills all descendants of this process, which has one thread: what forks and
 *  ends all the time, and so has another number whenever it is found, is hit
 *  among the children that it leaves to us.  Those that end are not reaped.
 *  @return how many there were */
int descend_end(const pid_t *spared);

/** When a process began, in the kernel's measure; 0: there is none. */
unsigned long long descend_start(pid_t pid);
/** Signals the process that has begun then, and nobody else: it may have ended
 *  since it was looked at, and its number be another's. */
void descend_signal(pid_t pid, unsigned long long start, int signal_number);

#endif
