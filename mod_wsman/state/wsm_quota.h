/* wsm_quota.h - how much somebody does at a time, in a second, and wrongly:
 * counted by all processes together, in memory that they share.
 *
 * Whoever is counted (a user at an endpoint, an endpoint, an address) is a key,
 * and has one of a fixed number of slots.  The table never grows.  A new key
 * takes a free slot, or that of the key that was not seen for longest and does
 * nothing at the moment; what was counted for that one is forgotten.  Keys for
 * which there is no slot at all, because all that could be theirs are of keys
 * that are doing something, are counted together as if they were one.
 *
 * What is under way is also written down at the place of the process that does
 * it.  What a process leaves undone when it dies is taken back when another
 * takes its place, or when somebody would be refused.
 *
 * Nothing waits, but for a few stores of another thread when a key is new.
 * No function fails for want of memory.
 */
#ifndef WSM_QUOTA_H
#define WSM_QUOTA_H

#include <apr_time.h>

typedef struct wsm_quota_t wsm_quota_t;

typedef struct wsm_quota_bounds_t {
    apr_uint32_t slots;  /* a power of two, at least 8 */
    apr_uint32_t places; /* processes */
    apr_uint32_t holds;  /* what each can have under way */
} wsm_quota_bounds_t;

/** Bytes that a table needs. */
apr_size_t wsm_quota_size(const wsm_quota_bounds_t *bounds);
/** Makes a table in zeroed memory, before other processes know it. */
wsm_quota_t *wsm_quota_make(void *memory, const wsm_quota_bounds_t *bounds);

/** The key of somebody.  Nobody outside can choose names with equal keys.
 *  @param kind  whose names these are
 *  @param where @param who  NULL: "" */
apr_uint64_t wsm_quota_key(const wsm_quota_t *self, char kind,
                           const char *where, const char *who);

#define WSM_QUOTA_NONE (-1)

/** Takes a place for this process.
 *  @return its number, or WSM_QUOTA_NONE if all are taken: begin() refuses */
int wsm_quota_enter(wsm_quota_t *self);
/** Gives it back; what is under way is taken back. */
void wsm_quota_leave(wsm_quota_t *self, int place);

/** Begins something for a key, if less than `most` are under way for it.
 *  @return what end() wants to know, or WSM_QUOTA_NONE */
int wsm_quota_begin(wsm_quota_t *self, int place, apr_uint64_t key,
                    apr_uint32_t most, apr_time_t now);
void wsm_quota_end(wsm_quota_t *self, int hold);
/** How many are under way for a key. */
apr_uint32_t wsm_quota_active(const wsm_quota_t *self, apr_uint64_t key);

/** One more for a key: `rate` may come in a second, evenly or at once.
 *  @param rate  1 to 1000000
 *  @return true if this one may */
int wsm_quota_pass(wsm_quota_t *self, apr_uint64_t key, apr_uint32_t rate,
                   apr_time_t now);

/** How many failures count, and how long. */
typedef struct wsm_quota_failures_t {
    apr_uint32_t most;          /* this many are enough */
    apr_interval_time_t window; /* in this time, from the first on */
} wsm_quota_failures_t;

/** Counts a failure.  With the last one that was needed the key is barred for
 *  one more window.
 *  @return how many there are now in this window */
apr_uint32_t wsm_quota_fail(wsm_quota_t *self, apr_uint64_t key,
                            const wsm_quota_failures_t *failures,
                            apr_time_t now);
/** @return 0, or for how long the key is barred */
apr_interval_time_t wsm_quota_barred(const wsm_quota_t *self, apr_uint64_t key,
                                     const wsm_quota_failures_t *failures,
                                     apr_time_t now);

/** Slots that are taken, and how often a key found none. */
apr_uint32_t wsm_quota_taken(const wsm_quota_t *self);
apr_uint64_t wsm_quota_crowded(const wsm_quota_t *self);

#endif
