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

#endif
